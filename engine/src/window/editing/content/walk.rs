//! Ways through what is edited: blocks, places, texts.

use virga_dom::{NodeId, Tree, ns};

use virga_js::Cx;

use crate::{
    agent::EngineCx,
    dom::ranges::{Boundary, length},
};

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "body",
];

/// Whether an element begins on a line of its own.
pub(super) fn is_block(tree: &Tree, id: NodeId) -> bool {
    tree.namespace(id) == Some(&ns!(html))
        && tree.local_name(id).is_some_and(|name| BLOCKS.contains(&&**name))
}

pub(super) fn is_named(tree: &Tree, id: NodeId, names: &[&str]) -> bool {
    names.iter().any(|name| tree.is_html_element(id, name))
}

/// What has content without having children.
fn is_atom(tree: &Tree, id: NodeId) -> bool {
    is_named(tree, id, &["br", "img", "hr", "input", "button", "video", "canvas", "iframe"])
}

/// The nearest block around a node, itself included; the host at last.
pub(super) fn block_of(tree: &Tree, node: NodeId, host: NodeId) -> NodeId {
    let mut next = Some(node);
    while let Some(id) = next {
        if id == host || is_block(tree, id) {
            return id;
        }
        next = tree.parent(id);
    }
    host
}

/// The nearest element of one of these names around a node, within the host.
pub(super) fn around(tree: &Tree, node: NodeId, host: NodeId, names: &[&str]) -> Option<NodeId> {
    let mut next = Some(node);
    while let Some(id) = next.filter(|id| *id != host) {
        if is_named(tree, id, names) {
            return Some(id);
        }
        next = tree.parent(id);
    }
    None
}

/// [`around`], for callers that go on to change the tree.
pub(super) fn near(cx: &Cx, node: NodeId, host: NodeId, names: &[&str]) -> Option<NodeId> {
    around(&cx.engine().tree(), node, host, names)
}

/// The first place in a node where text can stand.
pub(super) fn first_place(tree: &Tree, root: NodeId) -> Boundary {
    let text = std::iter::once(root).chain(tree.descendants(root)).find(|&id| tree.is_text(id));
    if let Some(text) = text {
        return Boundary::start_of(text);
    }
    // The innermost first block, before its line break if it has one.
    let mut at = root;
    while let Some(child) = tree.first_child(at).filter(|&child| !is_atom(tree, child)) {
        if !tree.is_element(child) {
            break;
        }
        at = child;
    }
    Boundary::start_of(at)
}

/// The last place in a node where text can stand.
pub(super) fn last_place(tree: &Tree, root: NodeId) -> Boundary {
    let mut at = root;
    while let Some(child) = tree.last_child(at) {
        if is_atom(tree, child) {
            // A line break at the end of a block only holds its line open.
            let index = length(tree, at) - 1;
            let holds = tree.is_html_element(child, "br");
            return Boundary::new(at, if holds { index } else { index + 1 });
        }
        if !tree.is_element(child) && !tree.is_text(child) {
            break;
        }
        at = child;
    }
    Boundary::end_of(tree, at)
}

/// The nearest place behind a block, or before it, within the host.
pub(super) fn beyond(tree: &Tree, host: NodeId, block: NodeId, forwards: bool) -> Option<Boundary> {
    // White space between blocks is no place.
    let blank = |id: NodeId| tree.is_text(id) && tree.text(id).trim().is_empty();
    if forwards {
        let mut next = tree.next_in_order(block, host, true);
        while let Some(id) = next.filter(|&id| blank(id)) {
            next = tree.next_in_order(id, host, true);
        }
        return next.map(|id| first_place(tree, id));
    }
    let mut previous = tree.previous_in_order(block, host);
    while let Some(id) = previous.filter(|&id| id != host) {
        // What is around the block begins before it, and is no place.
        if !tree.is_inclusive_ancestor(id, block) && !blank(id) {
            if tree.is_text(id) {
                return Some(Boundary::end_of(tree, id));
            }
            if is_atom(tree, id) {
                return if tree.is_html_element(id, "br") {
                    Boundary::before(tree, id).ok()
                } else {
                    Boundary::after(tree, id).ok()
                };
            }
            if tree.first_child(id).is_none() {
                return Some(Boundary::start_of(id));
            }
        }
        previous = tree.previous_in_order(id, host);
    }
    None
}

/// Whether a block has nothing in it that shows, but for a line break.
pub(super) fn is_empty(tree: &Tree, root: NodeId) -> bool {
    !tree.descendants(root).any(|id| {
        tree.is_text(id) && !tree.text(id).is_empty()
            || is_atom(tree, id) && !tree.is_html_element(id, "br")
    })
}

/// Whether a block has neither text nor a line break to hold it open.
pub(super) fn is_closed(tree: &Tree, root: NodeId) -> bool {
    is_empty(tree, root) && !tree.descendants(root).any(|id| tree.is_html_element(id, "br"))
}

/// The texts between two places, each with the code units of it that are there.
pub(super) fn texts(
    tree: &Tree,
    root: NodeId,
    start: Boundary,
    end: Boundary,
) -> Vec<(NodeId, u32, u32)> {
    use std::cmp::Ordering::{Greater, Less};
    std::iter::once(root)
        .chain(tree.descendants(root))
        .filter(|&id| tree.is_text(id))
        .filter_map(|id| {
            let whole = length(tree, id);
            let from = if start.node == id {
                start.offset
            } else if Boundary::start_of(id).compare(tree, start)? == Less {
                return None;
            } else {
                0
            };
            let to = if end.node == id {
                end.offset
            } else if Boundary::end_of(tree, id).compare(tree, end)? == Greater {
                return None;
            } else {
                whole
            };
            (from < to).then_some((id, from, to))
        })
        .collect()
}

/// The child of `parent` that a place in `parent` is before.
pub(super) fn child_at(tree: &Tree, parent: NodeId, offset: u32) -> Option<NodeId> {
    tree.children(parent).nth(offset as usize)
}
