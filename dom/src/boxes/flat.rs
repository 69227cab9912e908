//! The flat tree: children as they are displayed, shadow trees included.
//! <https://drafts.csswg.org/css-scoping/#flattening>

use crate::tree::{NodeId, Tree};

/// The children of `node` in the flat tree.
pub(super) fn children(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    tree.flat_children(node)
}

/// The parent of `node` in the flat tree, an element or the document.
pub(super) fn parent(tree: &Tree, node: NodeId) -> Option<NodeId> {
    // A shadow root itself is not in it.
    tree.host(node).or_else(|| tree.flat_parent(node))
}

/// How many nodes are above `node` in the flat tree.
pub(super) fn depth(tree: &Tree, node: NodeId) -> usize {
    std::iter::successors(parent(tree, node), |above| parent(tree, *above)).count()
}
