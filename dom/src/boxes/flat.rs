//! The flat tree: children as they are displayed, shadow trees included.
//! <https://drafts.csswg.org/css-scoping/#flattening>

use web_atoms::{local_name, ns};

use crate::tree::{NodeId, NodeKind, Tree};

/// The children of `node` in the flat tree.
pub(super) fn children(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    if let Some(shadow) = tree.shadow_root(node) {
        return tree.children(shadow).collect();
    }
    if let Some(assigned) = assigned(tree, node) {
        return assigned;
    }
    tree.children(node).collect()
}

/// The parent of `node` in the flat tree, an element or the document.
pub(super) fn parent(tree: &Tree, node: NodeId) -> Option<NodeId> {
    let parent = tree.parent(node)?;
    if tree.kind(parent) == Some(NodeKind::ShadowRoot) {
        return tree.host(parent);
    }
    if let Some(shadow) = tree.shadow_root(parent) {
        let wanted = slot_name(tree, node);
        return tree
            .descendants(shadow)
            .find(|slot| is_slot(tree, *slot) && name(tree, *slot) == wanted);
    }
    Some(parent)
}

fn is_slot(tree: &Tree, node: NodeId) -> bool {
    tree.is_html_element(node, "slot")
}

fn name(tree: &Tree, slot: NodeId) -> &str {
    tree.attribute(slot, &ns!(), &local_name!("name")).unwrap_or_default()
}

fn slot_name(tree: &Tree, node: NodeId) -> &str {
    tree.attribute(node, &ns!(), &local_name!("slot")).unwrap_or_default()
}

/// The nodes that a slot shows instead of its own children.
fn assigned(tree: &Tree, slot: NodeId) -> Option<Vec<NodeId>> {
    if !is_slot(tree, slot) {
        return None;
    }
    let root = tree.root(slot);
    if tree.kind(root) != Some(NodeKind::ShadowRoot) {
        return None;
    }
    let host = tree.host(root)?;
    let wanted = name(tree, slot);
    let nodes: Vec<_> = tree
        .children(host)
        .filter(|child| match tree.kind(*child) {
            Some(NodeKind::Element) => slot_name(tree, *child) == wanted,
            Some(NodeKind::Text) => wanted.is_empty(),
            _ => false,
        })
        .collect();
    (!nodes.is_empty()).then_some(nodes)
}
