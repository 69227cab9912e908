//! Boundary points: <https://dom.spec.whatwg.org/#boundary-points>

use std::cmp::Ordering;

use virga_dom::{NodeId, Tree, tree::NodeKind};
use virga_js::{DomExceptionName, Error, Fallible};

use crate::dom::character_data::utf16_len;

/// A place in a tree: between two children of a node, or two code units of its
/// data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Boundary {
    pub(crate) node: NodeId,
    /// In children, or in UTF-16 code units.
    pub(crate) offset: u32,
}

impl Boundary {
    /// The place at `offset` in `node`, which need not be there.
    pub(crate) fn new(node: NodeId, offset: u32) -> Self {
        Self { node, offset }
    }

    /// The place at `offset` in `node`.
    ///
    /// # Errors
    /// `InvalidNodeTypeError` in a doctype, `IndexSizeError` beyond the end.
    pub(crate) fn checked(tree: &Tree, node: NodeId, offset: u32) -> Fallible<Self> {
        refuse_doctype(tree, node)?;
        if !has_offset(tree, node, offset) {
            return Err(Error::dom(
                DomExceptionName::IndexSize,
                format!("the offset {offset} is beyond the end of the node"),
            ));
        }
        Ok(Self { node, offset })
    }

    /// The place before `node` in its parent.
    ///
    /// # Errors
    /// `InvalidNodeTypeError` if it has no parent.
    pub(crate) fn before(tree: &Tree, node: NodeId) -> Fallible<Self> {
        let Some(parent) = tree.parent(node) else {
            return Err(Error::dom(
                DomExceptionName::InvalidNodeType,
                "a node without a parent has no place before or after it",
            ));
        };
        Ok(Self { node: parent, offset: index(tree, node) })
    }

    /// The place after `node` in its parent.
    ///
    /// # Errors
    /// `InvalidNodeTypeError` if it has no parent.
    pub(crate) fn after(tree: &Tree, node: NodeId) -> Fallible<Self> {
        let Self { node, offset } = Self::before(tree, node)?;
        Ok(Self { node, offset: offset + 1 })
    }

    /// The place at the start of a node.
    pub(crate) fn start_of(node: NodeId) -> Self {
        Self { node, offset: 0 }
    }

    /// The place at the end of a node.
    pub(crate) fn end_of(tree: &Tree, node: NodeId) -> Self {
        Self { node, offset: length(tree, node) }
    }

    /// The order of two places; `None` if they are in different trees.
    ///
    /// <https://dom.spec.whatwg.org/#concept-range-bp-position>
    pub(crate) fn compare(self, tree: &Tree, other: Self) -> Option<Ordering> {
        // 2.
        if self.node == other.node {
            return Some(self.offset.cmp(&other.offset));
        }
        // 3.–5. An ancestor comes before its descendants; where it stands among
        // them its offset tells.
        let order = tree.tree_order(self.node, other.node)?;
        Some(match order {
            Ordering::Less => place_of(tree, self, other.node),
            _ => place_of(tree, other, self.node).reverse(),
        })
    }

    /// Whether two places are in the same tree.
    pub(crate) fn shares_root(self, tree: &Tree, other: Self) -> bool {
        self.node == other.node || tree.root(self.node) == tree.root(other.node)
    }
}

/// The order of a place and a node that comes after the place's node.
fn place_of(tree: &Tree, place: Boundary, later: NodeId) -> Ordering {
    match child_towards(tree, place.node, later) {
        Some(child) if index(tree, child) < place.offset => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// The child of `ancestor` that `node` is, or is in.
pub(super) fn child_towards(tree: &Tree, ancestor: NodeId, node: NodeId) -> Option<NodeId> {
    let mut at = node;
    loop {
        let parent = tree.parent(at)?;
        if parent == ancestor {
            return Some(at);
        }
        at = parent;
    }
}

/// The doctype is the only node that cannot hold a place.
pub(super) fn refuse_doctype(tree: &Tree, node: NodeId) -> Fallible<()> {
    if tree.kind(node) == Some(NodeKind::Doctype) {
        return Err(Error::dom(
            DomExceptionName::InvalidNodeType,
            "a range cannot start or end in a doctype",
        ));
    }
    Ok(())
}

/// "Index": <https://dom.spec.whatwg.org/#concept-tree-index>
#[expect(clippy::cast_possible_truncation, reason = "the tree numbers nodes with 32 bits")]
pub(crate) fn index(tree: &Tree, node: NodeId) -> u32 {
    tree.index_in_parent(node) as u32
}

/// "Length": <https://dom.spec.whatwg.org/#concept-node-length>
#[expect(clippy::cast_possible_truncation, reason = "no text is as long")]
pub(crate) fn length(tree: &Tree, node: NodeId) -> u32 {
    match tree.kind(node) {
        Some(NodeKind::Doctype | NodeKind::Attribute) | None => 0,
        Some(kind) if is_character_data(kind) => utf16_len(tree.text(node)) as u32,
        Some(_) => tree.child_count(node) as u32,
    }
}

/// Whether a node is at least as long as `offset`.
fn has_offset(tree: &Tree, node: NodeId, offset: u32) -> bool {
    let Some(last) = offset.checked_sub(1) else { return true };
    match tree.kind(node) {
        Some(kind) if is_character_data(kind) => offset <= length(tree, node),
        Some(NodeKind::Attribute | NodeKind::Doctype) | None => false,
        Some(_) => tree.children(node).nth(last as usize).is_some(),
    }
}

/// Whether nodes of this kind have data, which offsets in them count.
pub(crate) fn is_character_data(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Text
            | NodeKind::CdataSection
            | NodeKind::Comment
            | NodeKind::ProcessingInstruction
    )
}
