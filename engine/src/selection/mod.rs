//! The Selection API: <https://w3c.github.io/selection-api/>
//!
//! A document that a window shows has one selection, made when it is first
//! asked for. It is a live range, which follows the tree, with a direction: the
//! anchor is where the user began, the focus where the caret is.

mod modify;

use std::{cell::Cell, cmp::Ordering};

use virga_dom::{NodeId, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Slot, Trace};

use crate::{
    agent::{EngineCx, TaskSource},
    dom::{
        Range,
        ranges::{Boundary, length},
    },
    error::invalid_state,
    events::{Bubbles, Cancelable, fire},
    generated::{RangeMethods, SelectionMethods},
    html::inner_text,
    window::{Window, editing},
    wrappers::Node,
};

/// Which end of a selection's range is its focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The end.
    Forwards,
    /// The start.
    Backwards,
    /// The end, but neither the user nor script said so.
    Directionless,
}

/// <https://w3c.github.io/selection-api/#selection-interface>
#[derive(Trace, Platform)]
pub(crate) struct Selection {
    /// The document that it selects in.
    #[trace(skip)]
    document: NodeId,
    range: Slot<Option<Obj<Range>>>,
    #[trace(skip)]
    direction: Cell<Direction>,
    /// An event that tells of a change is under way.
    scheduled: Cell<bool>,
}

/// The selection of the document that a window shows.
pub(crate) fn of_window(cx: &mut Cx, window: &Obj<Window>) -> Obj<Selection> {
    let document = window.document_id();
    window.singleton(cx, |_| Selection {
        document,
        range: Slot::new(None),
        direction: Cell::new(Direction::Directionless),
        scheduled: Cell::new(false),
    })
}

/// The selection of a document; `None` if no window shows it.
pub(crate) fn of_document(cx: &mut Cx, document: NodeId) -> Option<Obj<Selection>> {
    let window = cx.engine().window_of_document(document)?;
    Some(of_window(cx, &window))
}

/// To be called when script has changed the range of a selection, which was in
/// the tree of `node`.
pub(crate) fn range_changed(cx: &mut Cx, node: NodeId) {
    let document = cx.engine().tree().owner_document(node);
    if let Some(selection) = document.and_then(|document| of_document(cx, document)) {
        schedule_change(cx, &selection);
    }
}

/// "Schedule a selectionchange event".
///
/// <https://w3c.github.io/selection-api/#scheduling-selectionhange-event>
fn schedule_change(cx: &mut Cx, selection: &Obj<Selection>) {
    let agent = cx.engine();
    let Some(window) = agent.window_of_document(selection.document) else { return };
    // 1.–2.
    if selection.scheduled.replace(true) {
        return;
    }
    // 3.
    let document = selection.document;
    agent.queue_task(TaskSource::UserInteraction, window.id(), move |cx| {
        let Some(selection) = of_document(cx, document) else { return };
        selection.scheduled.set(false);
        let target = cx.wrap(document).upcast();
        fire(cx, &target, "selectionchange", Bubbles(false), Cancelable(false));
    });
}

/// What the rest of the engine asks and does.
impl Selection {
    /// Its range, if there is one and it is in the document.
    pub(crate) fn range(&self, cx: &Cx) -> Option<Obj<Range>> {
        let range = self.range.get()?;
        let agent = cx.engine();
        let tree = agent.tree();
        let inside = |place: Boundary| is_in_document(&tree, place.node, self.document);
        (inside(range.start()) && inside(range.end())).then_some(range)
    }

    /// Where the user began to select; `None` if nothing is selected.
    pub(crate) fn anchor(&self, cx: &Cx) -> Option<Boundary> {
        let range = self.range(cx)?;
        let backwards = self.direction.get() == Direction::Backwards;
        Some(if backwards { range.end() } else { range.start() })
    }

    /// Where the caret is; `None` if nothing is selected.
    pub(crate) fn focus(&self, cx: &Cx) -> Option<Boundary> {
        let range = self.range(cx)?;
        let backwards = self.direction.get() == Direction::Backwards;
        Some(if backwards { range.start() } else { range.end() })
    }
}

/// Selects nothing.
pub(crate) fn clear(cx: &mut Cx, selection: &Obj<Selection>) {
    set_range(cx, selection, None, Direction::Directionless);
}

/// Selects from one place to another, which must be in the selection's document;
/// equal places are a caret.
pub(crate) fn select(cx: &mut Cx, selection: &Obj<Selection>, anchor: Boundary, focus: Boundary) {
    let order = focus.compare(&cx.engine().tree(), anchor);
    let (start, end, direction) = match order {
        None => return,
        Some(Ordering::Less) => (focus, anchor, Direction::Backwards),
        Some(_) => (anchor, focus, Direction::Forwards),
    };
    let range = Range::create(cx, start, end);
    set_range(cx, selection, Some(range), direction);
}

/// "Associate" the selection with another range, or none.
fn set_range(
    cx: &mut Cx,
    selection: &Obj<Selection>,
    range: Option<Obj<Range>>,
    direction: Direction,
) {
    selection.direction.set(direction);
    if let Some(range) = &range {
        range.set_selected(true);
    }
    let before = selection.range.replace(range.clone());
    if let Some(before) = &before
        && Some(before) != range.as_ref()
    {
        before.set_selected(false);
    }
    let ends =
        |range: &Option<Obj<Range>>| range.as_ref().map(|range| (range.start(), range.end()));
    crate::window::rendering::selection_changed(cx, selection.document);
    if ends(&before) != ends(&range) {
        schedule_change(cx, selection);
    }
}

/// Whether a node is in a document, shadow trees included.
fn is_in_document(tree: &virga_dom::Tree, node: NodeId, document: NodeId) -> bool {
    tree.is_connected(node) && tree.owner_document(node) == Some(document)
}

fn index_size(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::IndexSize, message)
}

fn nothing_selected() -> Error {
    invalid_state("nothing is selected")
}

/// A place that is to be selected; `None` if it is not in the document.
fn place(
    cx: &Cx,
    selection: &Selection,
    node: &Obj<Node>,
    offset: u32,
) -> Fallible<Option<Boundary>> {
    let agent = cx.engine();
    let tree = agent.tree();
    let place = Boundary::checked(&tree, node.id(), offset)?;
    Ok(is_in_document(&tree, node.id(), selection.document).then_some(place))
}

impl SelectionMethods for Obj<Selection> {
    fn anchor_node(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        let node = self.anchor(cx)?.node;
        Some(cx.wrap(node))
    }

    fn anchor_offset(&self, cx: &mut Cx) -> u32 {
        self.anchor(cx).map_or(0, |place| place.offset)
    }

    fn focus_node(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        let node = self.focus(cx)?.node;
        Some(cx.wrap(node))
    }

    fn focus_offset(&self, cx: &mut Cx) -> u32 {
        self.focus(cx).map_or(0, |place| place.offset)
    }

    fn is_collapsed(&self, cx: &mut Cx) -> bool {
        self.range(cx).is_none_or(|range| range.is_collapsed())
    }

    fn range_count(&self, cx: &mut Cx) -> u32 {
        u32::from(self.range(cx).is_some())
    }

    fn type_(&self, cx: &mut Cx) -> DomString {
        DomString::from(match self.range(cx) {
            None => "None",
            Some(range) if range.is_collapsed() => "Caret",
            Some(_) => "Range",
        })
    }

    fn direction(&self, cx: &mut Cx) -> DomString {
        DomString::from(match (self.range(cx), self.direction.get()) {
            (None, _) | (_, Direction::Directionless) => "none",
            (_, Direction::Forwards) => "forward",
            (_, Direction::Backwards) => "backward",
        })
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-getrangeat>
    fn get_range_at(&self, cx: &mut Cx, index: u32) -> Fallible<Obj<Range>> {
        let range = self.range(cx).filter(|_| index == 0);
        range.ok_or_else(|| index_size(format!("the selection has no range {index}")))
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-addrange>
    fn add_range(&self, cx: &mut Cx, range: Obj<Range>) -> Fallible<()> {
        // 1.–2.
        if range.root(cx) != self.document || self.range(cx).is_some() {
            return Ok(());
        }
        // 3.
        set_range(cx, self, Some(range), Direction::Forwards);
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-removerange>
    fn remove_range(&self, cx: &mut Cx, range: Obj<Range>) -> Fallible<()> {
        if self.range.get() != Some(range) {
            return Err(Error::dom(DomExceptionName::NotFound, "the range is not the selection's"));
        }
        clear(cx, self);
        Ok(())
    }

    fn remove_all_ranges(&self, cx: &mut Cx) -> Fallible<()> {
        clear(cx, self);
        Ok(())
    }

    fn empty(&self, cx: &mut Cx) -> Fallible<()> {
        self.remove_all_ranges(cx)
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-collapse>
    fn collapse(&self, cx: &mut Cx, node: Option<Obj<Node>>, offset: u32) -> Fallible<()> {
        // 1.
        let Some(node) = node else { return self.remove_all_ranges(cx) };
        // 2.–7.
        if let Some(place) = place(cx, self, &node, offset)? {
            select(cx, self, place, place);
        }
        Ok(())
    }

    fn set_position(&self, cx: &mut Cx, node: Option<Obj<Node>>, offset: u32) -> Fallible<()> {
        SelectionMethods::collapse(self, cx, node, offset)
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-collapsetostart>
    fn collapse_to_start(&self, cx: &mut Cx) -> Fallible<()> {
        let start = self.range(cx).ok_or_else(nothing_selected)?.start();
        select(cx, self, start, start);
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-collapsetoend>
    fn collapse_to_end(&self, cx: &mut Cx) -> Fallible<()> {
        let end = self.range(cx).ok_or_else(nothing_selected)?.end();
        select(cx, self, end, end);
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-extend>
    fn extend(&self, cx: &mut Cx, node: Obj<Node>, offset: u32) -> Fallible<()> {
        // 1.
        if !is_in_document(&cx.engine().tree(), node.id(), self.document) {
            return Ok(());
        }
        // 2.
        let anchor = self.anchor(cx).ok_or_else(nothing_selected)?;
        // 3.–9.
        let Some(focus) = place(cx, self, &node, offset)? else { return Ok(()) };
        let shares_root = focus.shares_root(&cx.engine().tree(), anchor);
        select(cx, self, if shares_root { anchor } else { focus }, focus);
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-setbaseandextent>
    fn set_base_and_extent(
        &self,
        cx: &mut Cx,
        anchor_node: Obj<Node>,
        anchor_offset: u32,
        focus_node: Obj<Node>,
        focus_offset: u32,
    ) -> Fallible<()> {
        let anchor = place(cx, self, &anchor_node, anchor_offset)?;
        let focus = place(cx, self, &focus_node, focus_offset)?;
        if let (Some(anchor), Some(focus)) = (anchor, focus) {
            select(cx, self, anchor, focus);
        }
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-selectallchildren>
    #[expect(clippy::cast_possible_truncation, reason = "the tree numbers nodes with 32 bits")]
    fn select_all_children(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let Some(start) = place(cx, self, &node, 0)? else { return Ok(()) };
        let children = cx.engine().tree().child_count(node.id()) as u32;
        select(cx, self, start, Boundary::new(node.id(), children));
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-modify>
    fn modify(
        &self,
        cx: &mut Cx,
        alter: Option<DomString>,
        direction: Option<DomString>,
        granularity: Option<DomString>,
    ) -> Fallible<()> {
        let text = |text: Option<DomString>| {
            text.map(|text| text.to_str().to_ascii_lowercase()).unwrap_or_default()
        };
        modify::modify(cx, self, &text(alter), &text(direction), &text(granularity));
        Ok(())
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-deletefromdocument>
    fn delete_from_document(&self, cx: &mut Cx) -> Fallible<()> {
        match self.range(cx) {
            Some(range) => range.delete_contents(cx),
            None => Ok(()),
        }
    }

    /// <https://w3c.github.io/selection-api/#dom-selection-containsnode>
    fn contains_node(&self, cx: &mut Cx, node: Obj<Node>, partially: bool) -> Fallible<bool> {
        let Some(range) = self.range(cx) else { return Ok(false) };
        let agent = cx.engine();
        let tree = agent.tree();
        // 1.
        if !is_in_document(&tree, node.id(), self.document) {
            return Ok(false);
        }
        let first = Boundary::start_of(node.id());
        let last = Boundary::new(node.id(), length(&tree, node.id()));
        let not_after = |a: Boundary, b: Boundary| a.compare(&tree, b) != Some(Ordering::Greater);
        Ok(if partially {
            // 3.
            not_after(range.start(), last) && not_after(first, range.end())
        } else {
            // 2.
            not_after(range.start(), first) && not_after(last, range.end())
        })
    }

    /// The rendered text, as everybody has it; the specification leaves it open. Where
    /// only a caret is, what is selected in the field that has the focus.
    ///
    /// <https://w3c.github.io/selection-api/#dom-selection-stringifier>
    fn stringify(&self, cx: &mut Cx) -> Fallible<DomString> {
        let range = self.range(cx).filter(|range| !range.is_collapsed());
        let agent = cx.engine();
        let Some(window) = agent.window_of_document(self.document) else {
            return Ok(DomString::empty());
        };
        let text = cx.in_realm(window.realm(), |cx| match range {
            Some(range) => inner_text::between(cx, range.start(), range.end()),
            None => editing::selected_in_field(cx),
        });
        Ok(text.into())
    }
}

/// Whether a node of this kind can hold a caret with text around it.
fn holds_text(kind: Option<NodeKind>) -> bool {
    matches!(kind, Some(NodeKind::Text | NodeKind::CdataSection))
}
