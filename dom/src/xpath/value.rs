//! What expressions are about: <https://www.w3.org/TR/1999/REC-xpath-19991116/#section-Expressions>

use crate::tree::{NodeId, NodeKind, Tree};
use std::cmp::Ordering;

/// A node of XPath's: a node of the tree, or an attribute of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The node, or the attribute's element.
    pub node: NodeId,
    /// The place among the element's attributes.
    pub attribute: Option<u32>,
}

impl Item {
    pub(super) fn attribute(node: NodeId, place: usize) -> Self {
        Self { node, attribute: u32::try_from(place).ok() }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#dt-string-value>
    pub fn string_value(self, tree: &Tree) -> String {
        match self.attribute {
            Some(place) => tree
                .attributes(self.node)
                .get(place as usize)
                .map_or_else(String::new, |attribute| attribute.value().to_owned()),
            None => match tree.kind(self.node) {
                Some(
                    NodeKind::Element
                    | NodeKind::Document
                    | NodeKind::Fragment
                    | NodeKind::ShadowRoot,
                ) => tree.text_content(self.node),
                _ => tree.text(self.node).to_owned(),
            },
        }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#dt-document-order>
    pub(super) fn order(self, other: Self, tree: &Tree) -> Ordering {
        if self.node == other.node {
            return self.attribute.cmp(&other.attribute);
        }
        tree.tree_order(self.node, other.node).unwrap_or(Ordering::Equal)
    }
}

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nodes in document order, each once.
    Nodes(Vec<Item>),
    /// `true` or `false`.
    Boolean(bool),
    /// An IEEE 754 double.
    Number(f64),
    /// Text.
    String(String),
}

impl Value {
    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#function-string>
    pub fn to_text(&self, tree: &Tree) -> String {
        match self {
            Self::Nodes(nodes) => {
                nodes.first().map_or_else(String::new, |first| first.string_value(tree))
            }
            Self::Boolean(value) => value.to_string(),
            Self::Number(value) => format_number(*value),
            Self::String(value) => value.clone(),
        }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#function-number>
    pub fn to_number(&self, tree: &Tree) -> f64 {
        match self {
            Self::Boolean(value) => f64::from(u8::from(*value)),
            Self::Number(value) => *value,
            Self::String(value) => parse_number(value),
            Self::Nodes(_) => parse_number(&self.to_text(tree)),
        }
    }

    /// <https://www.w3.org/TR/1999/REC-xpath-19991116/#function-boolean>
    pub fn to_boolean(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Boolean(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::String(value) => !value.is_empty(),
        }
    }
}

/// A number as text: no exponent, and neither `-0` nor a plus sign.
pub(super) fn format_number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if value == 0.0 {
        "0".to_owned()
    } else {
        value.to_string()
    }
}

/// Text as a number: digits with a point at most, or not a number.
pub(super) fn parse_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let some = digits.bytes().any(|byte| byte.is_ascii_digit());
    if plain && some { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// <https://www.w3.org/TR/1999/REC-xpath-19991116/#NT-ExprWhitespace>
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
