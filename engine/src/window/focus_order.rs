//! Where the focus goes by itself: through the flat tree, and from a host into
//! its shadow tree.
//!
//! <https://html.spec.whatwg.org/#tabindex-ordered-focus-navigation-scope>,
//! <https://html.spec.whatwg.org/#focus-delegate>

use virga_dom::{NodeId, Tree};

use super::focus::{is_click_focusable, is_focusable};

/// Whether an element has a shadow root that takes the focus in its place.
pub(super) fn delegates(tree: &Tree, id: NodeId) -> bool {
    tree.is_shadow_host(id)
        && tree
            .shadow_root(id)
            .and_then(|root| tree.shadow_data(root))
            .is_some_and(|shadow| shadow.delegates_focus)
}

/// The element that takes the focus when `id` shall have it: itself, or what is
/// in its shadow tree. `None` if there is nothing, or if the focus is in there
/// already.
///
/// <https://html.spec.whatwg.org/#get-the-focusable-area>
pub(crate) fn focusable_area(tree: &Tree, id: NodeId, focused: Option<NodeId>) -> Option<NodeId> {
    if !delegates(tree, id) {
        return is_focusable(tree, id).then_some(id);
    }
    if focused.is_some_and(|focused| tree.is_shadow_including_inclusive_ancestor(id, focused)) {
        return None;
    }
    delegate(tree, id)
}

/// "Focus delegate": the first element in a host's shadow tree that asks for the
/// focus by attribute, or else that can have it.
fn delegate(tree: &Tree, host: NodeId) -> Option<NodeId> {
    let autofocus = "autofocus".into();
    let mut first = None;
    // Hosts whose trees delegate further, outermost first.
    let mut hosts = vec![host];
    while let Some(host) = hosts.pop() {
        let root = tree.shadow_root(host)?;
        let mut deeper = Vec::new();
        for id in tree.descendants(root).filter(|id| tree.is_element(*id)) {
            if delegates(tree, id) {
                deeper.push(id);
                if first.is_none() {
                    first = delegate_within(tree, id);
                }
            } else if is_focusable(tree, id) {
                if tree.plain_attribute(id, &autofocus).is_some() {
                    return Some(id);
                }
                first = first.or(Some(id));
            }
        }
        deeper.reverse();
        hosts.extend(deeper);
    }
    first
}

/// The first element that can have the focus in a host's shadow tree and those
/// that it delegates to. Trees nest no deeper than documents do.
fn delegate_within(tree: &Tree, host: NodeId) -> Option<NodeId> {
    let mut at = host;
    loop {
        let root = tree.shadow_root(at)?;
        let found = tree
            .descendants(root)
            .find(|id| tree.is_element(*id) && (delegates(tree, *id) || is_focusable(tree, *id)))?;
        if !delegates(tree, found) {
            return Some(found);
        }
        at = found;
    }
}

/// An element and what it is in, as it is displayed.
pub(super) fn chain(tree: &Tree, id: NodeId) -> Vec<NodeId> {
    std::iter::successors(Some(id), |at| tree.flat_parent(*at)).collect()
}

/// What a click on `id` gives the focus to.
pub(crate) fn clicked(tree: &Tree, id: NodeId, focused: Option<NodeId>) -> Option<NodeId> {
    for at in chain(tree, id) {
        if delegates(tree, at) {
            let inside = |focused| tree.is_shadow_including_inclusive_ancestor(at, focused);
            return match focused {
                Some(focused) if inside(focused) => Some(focused),
                _ => delegate(tree, at),
            };
        }
        if is_click_focusable(tree, at) {
            return Some(at);
        }
    }
    None
}

/// The elements that the tab key goes through, in order. What a shadow tree or a
/// slot holds comes where its host or slot is.
pub(super) fn sequential(tree: &Tree, document: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    // Scopes that are open: what is still to be visited of each, last first.
    let mut scopes = vec![scope(tree, tree.children(document).collect())];
    while let Some(top) = scopes.last_mut() {
        let Some(id) = top.pop() else {
            scopes.pop();
            continue;
        };
        if is_focusable(tree, id) {
            out.push(id);
        }
        if let Some(root) = tree.shadow_root(id) {
            scopes.push(scope(tree, tree.children(root).collect()));
        } else if is_slot(tree, id) {
            scopes.push(scope(tree, tree.flat_children(id)));
        }
    }
    out
}

fn is_slot(tree: &Tree, id: NodeId) -> bool {
    tree.is_html_element(id, "slot") && tree.is_in_shadow_tree(id)
}

/// The `tabindex` of an element that has one other than zero.
pub(super) fn index(tree: &Tree, id: NodeId) -> Option<i32> {
    let index = tree.plain_attribute(id, &"tabindex".into())?;
    index.trim().parse::<i32>().ok().filter(|index| *index != 0)
}

/// The elements of a scope, by `tabindex`, last first: those that can have the
/// focus, and those that open a scope.
fn scope(tree: &Tree, top: Vec<NodeId>) -> Vec<NodeId> {
    let mut items: Vec<(i32, NodeId)> = Vec::new();
    for start in top {
        let mut next = Some(start);
        while let Some(id) = next {
            let opens = tree.is_shadow_host(id) || is_slot(tree, id);
            if tree.is_element(id) && (opens || is_focusable(tree, id)) {
                // Positive ones go first, negative ones are left out.
                let index = index(tree, id).unwrap_or(i32::MAX);
                if index > 0 {
                    items.push((index, id));
                }
            }
            // What a host or a slot has as its children is shown elsewhere.
            next = tree.next_in_order(id, start, opens);
        }
    }
    items.sort_by_key(|(index, _)| *index);
    items.into_iter().rev().map(|(_, id)| id).collect()
}
