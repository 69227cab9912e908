//! Places in text: carets, fields and what is selected.

use virga_display_list::kurbo;
use virga_dom::{NodeId, TextPlace};
use virga_js::{Cx, Obj};
use virga_protocol::{FromApp, Point, TextInputArea};

use super::{bounding_rect, computed, reveal, scroll_offset, scroll_to};
use crate::{
    agent::EngineCx,
    dom::ranges::Boundary,
    window::{Window, editing, focus},
};

/// The place in text that is nearest to a point of the viewport.
pub(crate) fn text_place(cx: &Cx, point: Point) -> Option<TextPlace> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().text_place(&mut agent.tree_mut(), point)
}

/// The rectangles of an element's boxes, or of a part of a text node.
pub(crate) fn range_rects(cx: &Cx, node: NodeId, part: Option<(usize, usize)>) -> Vec<kurbo::Rect> {
    let agent = cx.engine();
    let document = agent.tree().owner_document(node);
    let Some(window) = document.and_then(|id| agent.window_of_document(id)) else {
        return Vec::new();
    };
    let mut view = window.view.borrow_mut();
    let mut tree = agent.tree_mut();
    match part {
        Some((start, end)) => view.text_range_rects(&mut tree, node, start, end),
        None => view.client_rects(&mut tree, node),
    }
}

/// The byte of a field's value that is nearest to a point of the viewport.
pub(crate) fn field_offset(cx: &Cx, field: NodeId, point: Point) -> Option<usize> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().field_offset(&mut agent.tree_mut(), field, point)
}

/// The byte above or below a caret of a field; `None` on the first or last line.
pub(crate) fn field_line_move(cx: &Cx, field: NodeId, at: usize, down: bool) -> Option<usize> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().field_line_move(&mut agent.tree_mut(), field, at, down)
}

/// The byte at the start or end of the line that a caret of a field is on.
pub(crate) fn field_line_edge(cx: &Cx, field: NodeId, at: usize, end: bool) -> Option<usize> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().field_line_edge(&mut agent.tree_mut(), field, at, end)
}

/// Scrolls so that the caret of a field is to be seen, and tells the host where
/// text goes.
pub(crate) fn reveal_caret(cx: &mut Cx, field: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    if focus::focused(cx) != Some(field) || !focus::is_in_chain(&agent, &window) {
        return;
    }
    let (_, at) = editing::selection_of(&agent.tree(), field);
    let caret = window.view.borrow_mut().field_caret(&mut agent.tree_mut(), field, at);
    let Some(border) = bounding_rect(cx, field) else { return };
    let mut caret = caret.map_or(border, |caret| caret + border.origin().to_vec2());
    // A field of several lines scrolls itself first.
    let before = scroll_offset(cx, Some(field));
    let (above, below) = (caret.y0 - border.y0 - 3.0, caret.y1 - border.y1 + 3.0);
    let by = if above < 0.0 { above } else { below.max(0.0) };
    #[expect(clippy::cast_possible_truncation, reason = "layout has the precision of `f32`")]
    let to = Point { x: before.x, y: (f64::from(before.y) + by) as f32 };
    if by != 0.0 {
        scroll_to(cx, Some(field), to);
        caret =
            caret - kurbo::Vec2::new(0.0, f64::from(scroll_offset(cx, Some(field)).y - before.y));
    }
    reveal(cx, field, caret.intersect(border));
    tell_text_input(cx, caret);
}

#[expect(clippy::cast_possible_truncation, reason = "layout has the precision of `f32`")]
pub(crate) fn tell_text_input(cx: &Cx, caret: kurbo::Rect) {
    let area = TextInputArea {
        position: Point { x: caret.x0 as f32, y: caret.y0 as f32 },
        height: caret.height() as f32,
    };
    cx.engine().send(FromApp::TextInput(Some(area)));
}

/// The byte of a text at so many code units.
pub(crate) fn to_bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// The place in the text of an element that is nearest to a point of the viewport.
pub(crate) fn text_at(cx: &Cx, root: NodeId, point: Point) -> Option<Boundary> {
    let agent = cx.engine();
    let window = cx.window();
    let found = window.view.borrow_mut().text_at(&mut agent.tree_mut(), root, point);
    let (node, at) = found?;
    let tree = agent.tree();
    let before = tree.text(node).get(..at)?;
    let units = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
    Some(Boundary::new(node, units))
}

/// The caret at a place, relative to the viewport; `None` where no text shows it.
pub(crate) fn text_caret(cx: &Cx, place: Boundary) -> Option<kurbo::Rect> {
    let agent = cx.engine();
    let window = cx.window();
    if !agent.tree().is_text(place.node) {
        return None;
    }
    let at = to_bytes(agent.tree().text(place.node), place.offset);
    window.view.borrow_mut().text_caret(&mut agent.tree_mut(), place.node, at)
}

/// Whether the user can select text there.
///
/// <https://drafts.csswg.org/css-ui-4/#content-selection>
pub(crate) fn is_selectable(cx: &Cx, node: NodeId) -> bool {
    let around: Vec<NodeId> = {
        let agent = cx.engine();
        let tree = agent.tree();
        std::iter::once(node)
            .chain(tree.ancestors(node))
            .filter(|&id| tree.is_element(id))
            .collect()
    };
    for id in around {
        match computed(cx, id, "user-select").as_deref() {
            Some("none") => return editing::content::host_of(cx, node).is_some(),
            Some("text" | "all") => return true,
            _ => {}
        }
    }
    true
}

/// The selection of a document is another one.
pub(crate) fn selection_changed(cx: &Cx, document: NodeId) {
    if let Some(window) = cx.engine().window_of_document(document) {
        window.input.selection_changed.set(true);
    }
}

/// Shows what is selected.
pub(super) fn show_selection(cx: &mut Cx, window: &Obj<Window>) {
    if !window.input.selection_used.get() && !window.input.selection_changed.get() {
        return;
    }
    window.input.selection_changed.set(false);
    let selected = editing::content::selected(cx, window);
    let used = selected != virga_dom::Selected::default();
    window.input.selection_used.set(used);
    window.view.borrow_mut().set_selected(selected);
}
