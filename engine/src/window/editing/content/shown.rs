//! What of the selection is to be seen.

use virga_dom::Selected;
use virga_js::{Cx, Obj};

use super::{host_of, walk};
use crate::{
    agent::EngineCx,
    dom::ranges::Boundary,
    selection,
    window::{Window, focus, rendering},
};

/// The selected parts of texts, and the caret if something is edited in place.
pub(crate) fn selected(cx: &mut Cx, window: &Obj<Window>) -> Selected {
    let mut out = Selected::default();
    let selection = selection::of_window(cx, window);
    let Some(range) = selection.range(cx) else { return out };
    let (start, end) = (range.start(), range.end());
    let agent = cx.engine();
    if start != end {
        let tree = agent.tree();
        let root = tree.document_element(window.document_id());
        let Some(root) = root else { return out };
        for (text, from, to) in walk::texts(&tree, root, start, end) {
            let data = tree.text(text);
            let bytes = (rendering::to_bytes(data, from), rendering::to_bytes(data, to));
            out.ranges.insert(text, bytes);
        }
        return out;
    }
    let Some(host) = host_of(cx, start.node) else { return out };
    let focused = focus::focused(cx);
    let has_focus = match focused {
        Some(focused) => agent.tree().is_inclusive_ancestor(focused, host),
        None => window.input.content.design_mode.get(),
    };
    if has_focus && focus::is_in_chain(&agent, window) {
        out.caret = caret(cx, start);
    }
    out
}

/// The text that a caret stands in or next to.
fn caret(cx: &Cx, place: Boundary) -> Option<(virga_dom::NodeId, usize)> {
    let agent = cx.engine();
    let tree = agent.tree();
    if tree.is_text(place.node) {
        return Some((place.node, rendering::to_bytes(tree.text(place.node), place.offset)));
    }
    let after = walk::child_at(&tree, place.node, place.offset);
    if let Some(text) = after.filter(|&id| tree.is_text(id)) {
        return Some((text, 0));
    }
    let before = match after {
        Some(after) => tree.prev_sibling(after),
        None => tree.last_child(place.node),
    };
    if let Some(text) = before.filter(|&id| tree.is_text(id)) {
        return Some((text, tree.text(text).len()));
    }
    // An empty line: the element itself stands for it.
    Some((after.filter(|&id| tree.is_element(id)).unwrap_or(place.node), 0))
}
