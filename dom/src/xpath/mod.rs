//! XPath 1.0: <https://www.w3.org/TR/1999/REC-xpath-19991116/>
//!
//! An expression is parsed once, with its prefixes resolved, and evaluated against
//! a tree that it does not change. In HTML documents a name without a prefix means
//! HTML elements, whatever its case, as the DOM Standard has it:
//! <https://dom.spec.whatwg.org/#xpath>.

mod axes;
mod eval;
mod functions;
mod lex;
mod parse;
#[cfg(test)]
mod tests;
mod value;

use crate::tree::{NodeId, Tree};

pub use value::{Item, Value};

/// Why text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XPathError {
    /// It does not parse.
    #[error("the XPath expression is not valid: {0}")]
    Syntax(String),
    /// A prefix that the resolver does not know.
    #[error("the XPath expression uses the prefix `{0}`, which has no namespace")]
    Prefix(String),
}

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expression(parse::Expr);

impl Expression {
    /// Parses text. `resolve` says the namespace of a prefix; it may run script.
    ///
    /// # Errors
    ///
    /// What the text says wrong, and where; a prefix without a namespace.
    pub fn parse(
        text: &str,
        resolve: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Result<Self, XPathError> {
        parse::parse(text, resolve).map(Self)
    }

    /// The value of the expression for a context node.
    pub fn evaluate(&self, tree: &Tree, context: Item) -> Value {
        eval::evaluate(tree, &self.0, context)
    }
}

impl From<NodeId> for Item {
    fn from(node: NodeId) -> Self {
        Self { node, attribute: None }
    }
}
