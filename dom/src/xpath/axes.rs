//! Axes: <https://www.w3.org/TR/1999/REC-xpath-19991116/#axes>

use super::value::Item;
use crate::tree::{NodeId, NodeKind, Tree};
use markup5ever::ns;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    /// Always empty: the DOM has no namespace nodes.
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    SelfNode,
}

impl Axis {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "attribute" => Self::Attribute,
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "following" => Self::Following,
            "following-sibling" => Self::FollowingSibling,
            "namespace" => Self::Namespace,
            "parent" => Self::Parent,
            "preceding" => Self::Preceding,
            "preceding-sibling" => Self::PrecedingSibling,
            "self" => Self::SelfNode,
            _ => return None,
        })
    }

    /// Whether nodes come in reverse document order.
    pub(super) fn is_reverse(self) -> bool {
        matches!(
            self,
            Self::Ancestor | Self::AncestorOrSelf | Self::Preceding | Self::PrecedingSibling
        )
    }

    /// Calls `visit` with every node of the axis, the nearest first.
    pub(super) fn walk(self, tree: &Tree, from: Item, visit: &mut dyn FnMut(Item)) {
        let node = from.node;
        // An attribute has a parent, and what comes after that in document order.
        let is_attribute = from.attribute.is_some();
        match self {
            Self::SelfNode => visit(from),
            Self::Attribute if !is_attribute => {
                for (place, attribute) in tree.attributes(node).iter().enumerate() {
                    if attribute.name.ns != ns!(xmlns) {
                        visit(Item::attribute(node, place));
                    }
                }
            }
            Self::Child if !is_attribute => {
                tree.children(node).for_each(|child| visit(child.into()));
            }
            Self::Descendant if !is_attribute => descendants(tree, node, visit),
            Self::DescendantOrSelf => {
                visit(from);
                if !is_attribute {
                    descendants(tree, node, visit);
                }
            }
            Self::Parent | Self::Ancestor | Self::AncestorOrSelf => {
                if self == Self::AncestorOrSelf {
                    visit(from);
                }
                let mut next = if is_attribute { Some(node) } else { tree.parent(node) };
                while let Some(ancestor) = next {
                    visit(ancestor.into());
                    next = if self == Self::Parent { None } else { tree.parent(ancestor) };
                }
            }
            Self::FollowingSibling if !is_attribute => {
                let mut next = tree.next_sibling(node);
                while let Some(sibling) = next {
                    visit(sibling.into());
                    next = tree.next_sibling(sibling);
                }
            }
            Self::PrecedingSibling if !is_attribute => {
                let mut next = tree.prev_sibling(node);
                while let Some(sibling) = next {
                    visit(sibling.into());
                    next = tree.prev_sibling(sibling);
                }
            }
            Self::Following => {
                let root = tree.root(node);
                let mut next = tree.next_in_order(node, root, !is_attribute);
                while let Some(following) = next {
                    visit(following.into());
                    next = tree.next_in_order(following, root, false);
                }
            }
            Self::Preceding => {
                let root = tree.root(node);
                let mut next = tree.previous_in_order(node, root);
                while let Some(preceding) = next {
                    if !tree.is_inclusive_ancestor(preceding, node) {
                        visit(preceding.into());
                    }
                    next = tree.previous_in_order(preceding, root);
                }
            }
            _ => {}
        }
    }

    /// Whether a node is of the kind that `*` and names are about on this axis.
    pub(super) fn is_principal(self, tree: &Tree, item: Item) -> bool {
        match item.attribute {
            Some(_) => self == Self::Attribute || self == Self::SelfNode,
            None => self != Self::Attribute && tree.kind(item.node) == Some(NodeKind::Element),
        }
    }
}

fn descendants(tree: &Tree, node: NodeId, visit: &mut dyn FnMut(Item)) {
    let mut next = tree.next_in_order(node, node, false);
    while let Some(descendant) = next {
        visit(descendant.into());
        next = tree.next_in_order(descendant, node, false);
    }
}
