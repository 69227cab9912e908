//! What a traversal shows: <https://dom.spec.whatwg.org/#concept-node-filter>

use std::cell::Cell;

use virga_dom::{NodeId, tree::NodeKind};
use virga_js::{Cx, Fallible, Trace};

use crate::{agent::EngineCx, error::invalid_state, generated::NodeFilter};

/// What a filter says about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accept,
    /// Neither the node nor what is in it.
    Reject,
    /// Not the node itself.
    Skip,
    /// A number that stands for none of these.
    Other,
}

/// The filter of a `NodeIterator` or `TreeWalker`.
#[derive(Trace)]
pub(super) struct Filter {
    pub(super) what_to_show: u32,
    pub(super) callback: Option<NodeFilter>,
    /// The callback is running.
    active: Cell<bool>,
}

impl Filter {
    pub(super) fn new(what_to_show: u32, callback: Option<NodeFilter>) -> Self {
        Self { what_to_show, callback, active: Cell::new(false) }
    }

    /// "Filter": <https://dom.spec.whatwg.org/#concept-node-filter>
    ///
    /// # Errors
    /// What the callback throws; `InvalidStateError` if it is running already.
    pub(super) fn ask(&self, cx: &mut Cx, node: NodeId) -> Fallible<Verdict> {
        // 1.
        if self.active.get() {
            return Err(invalid_state("the filter is running already"));
        }
        // 2.–3.
        let kind = cx.engine().tree().kind(node);
        if kind.is_none_or(|kind| self.what_to_show & bit(kind) == 0) {
            return Ok(Verdict::Skip);
        }
        // 4.
        let Some(callback) = &self.callback else { return Ok(Verdict::Accept) };
        // 5.–8.
        let node = cx.wrap(node);
        self.active.set(true);
        let result = callback.accept_node(cx, &virga_js::Value::undefined(), node);
        self.active.set(false);
        // 9.
        Ok(match result? {
            1 => Verdict::Accept,
            2 => Verdict::Reject,
            3 => Verdict::Skip,
            _ => Verdict::Other,
        })
    }
}

/// The bit of `whatToShow` for a kind of node.
fn bit(kind: NodeKind) -> u32 {
    let node_type = match kind {
        NodeKind::Element => 1,
        NodeKind::Attribute => 2,
        NodeKind::Text => 3,
        NodeKind::CdataSection => 4,
        NodeKind::ProcessingInstruction => 7,
        NodeKind::Comment => 8,
        NodeKind::Document => 9,
        NodeKind::Doctype => 10,
        NodeKind::Fragment | NodeKind::ShadowRoot => 11,
    };
    1 << (node_type - 1)
}
