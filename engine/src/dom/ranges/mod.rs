//! Ranges: <https://dom.spec.whatwg.org/#ranges>

mod boundary;
mod contents;
pub(crate) mod live;
mod range;

pub(crate) use boundary::{Boundary, length};
pub(crate) use live::LiveRanges;

use std::{cell::Cell, rc::Rc};

use virga_dom::{NodeId, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Platform, Slot, Trace};

use crate::{
    agent::EngineCx,
    generated::{AbstractRangeMethods, StaticRangeInit, StaticRangeMethods},
    wrappers::Node,
};
use live::Ends;

/// <https://dom.spec.whatwg.org/#interface-abstractrange>
#[derive(Trace, Platform)]
pub(crate) struct AbstractRange {
    #[trace(skip)]
    ends: Rc<Ends>,
    /// The nodes of the ends, which must live as long as the range.
    nodes: Slot<(Obj<Node>, Obj<Node>)>,
}

impl AbstractRange {
    fn new(cx: &mut Cx, start: Boundary, end: Boundary) -> Self {
        let ends = Rc::new(Ends { start: Cell::new(start), end: Cell::new(end) });
        let nodes = (cx.wrap(start.node), cx.wrap(end.node));
        Self { ends, nodes: Slot::new(nodes) }
    }

    /// Where it starts.
    pub(crate) fn start(&self) -> Boundary {
        self.ends.start.get()
    }

    /// Where it ends.
    pub(crate) fn end(&self) -> Boundary {
        self.ends.end.get()
    }

    /// Whether it starts where it ends.
    pub(crate) fn is_collapsed(&self) -> bool {
        self.start() == self.end()
    }

    /// Holds the nodes that its ends are in now.
    fn hold_nodes(&self, cx: &mut Cx) {
        let nodes = (cx.wrap(self.start().node), cx.wrap(self.end().node));
        self.nodes.set(nodes);
    }
}

impl AbstractRangeMethods for Obj<AbstractRange> {
    fn start_container(&self, _cx: &mut Cx) -> Obj<Node> {
        self.nodes.with(|(start, _)| start.clone())
    }

    fn start_offset(&self, _cx: &mut Cx) -> u32 {
        self.start().offset
    }

    fn end_container(&self, _cx: &mut Cx) -> Obj<Node> {
        self.nodes.with(|(_, end)| end.clone())
    }

    fn end_offset(&self, _cx: &mut Cx) -> u32 {
        self.end().offset
    }

    fn collapsed(&self, _cx: &mut Cx) -> bool {
        self.is_collapsed()
    }
}

/// <https://dom.spec.whatwg.org/#interface-staticrange>
#[derive(Trace, Platform)]
pub(crate) struct StaticRange {
    #[base]
    range: AbstractRange,
}

impl StaticRange {
    /// A range that does not follow the tree, such as `beforeinput` events have.
    pub(crate) fn create(cx: &mut Cx, start: Boundary, end: Boundary) -> Obj<Self> {
        let range = AbstractRange::new(cx, start, end);
        Obj::new(cx, Self { range })
    }
}

impl StaticRangeMethods for Obj<StaticRange> {
    /// <https://dom.spec.whatwg.org/#dom-staticrange-staticrange>
    fn constructor(cx: &mut Cx, init: StaticRangeInit) -> Fallible<Self> {
        // 1.
        let refuse = |node: &Obj<Node>| {
            let kind = cx.engine().tree().kind(node.id());
            matches!(kind, Some(NodeKind::Doctype | NodeKind::Attribute))
        };
        if refuse(&init.start_container) || refuse(&init.end_container) {
            return Err(Error::dom(
                DomExceptionName::InvalidNodeType,
                "a range cannot start or end in a doctype or an attribute",
            ));
        }
        // 2.
        let start = Boundary::new(init.start_container.id(), init.start_offset);
        let end = Boundary::new(init.end_container.id(), init.end_offset);
        let range = AbstractRange::new(cx, start, end);
        Ok(Obj::new(cx, StaticRange { range }))
    }
}

/// <https://dom.spec.whatwg.org/#interface-range>
#[derive(Trace, Platform)]
pub(crate) struct Range {
    #[base]
    range: AbstractRange,
    /// It is the range of its document's selection, which must hear of changes
    /// that script makes.
    selected: Cell<bool>,
}

impl Range {
    /// A live range. Its ends must be in one tree, the start first.
    pub(crate) fn create(cx: &mut Cx, start: Boundary, end: Boundary) -> Obj<Self> {
        let range = AbstractRange::new(cx, start, end);
        let range = Obj::new(cx, Self { range, selected: Cell::new(false) });
        cx.engine().ranges.enter(&range);
        range
    }

    /// Says whether it is the range of a selection.
    pub(crate) fn set_selected(&self, selected: bool) {
        self.selected.set(selected);
    }

    /// Sets both ends, which must be in one tree, the start first.
    pub(crate) fn set_ends(&self, cx: &mut Cx, start: Boundary, end: Boundary) {
        let before = (self.start(), self.end());
        self.ends.start.set(start);
        self.ends.end.set(end);
        if before.0.node != start.node || before.1.node != end.node {
            self.hold_nodes(cx);
        }
        if self.selected.get() && before != (start, end) {
            crate::selection::range_changed(cx, before.0.node);
        }
    }

    /// The root of the tree it is in.
    pub(crate) fn root(&self, cx: &Cx) -> NodeId {
        cx.engine().tree().root(self.start().node)
    }
}
