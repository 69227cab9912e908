//! Traversal: <https://dom.spec.whatwg.org/#traversal>

mod filter;
mod node_iterator;
mod tree_walker;

pub(crate) use node_iterator::{NodeIterator, NodeIterators, create as create_iterator, removing};
pub(crate) use tree_walker::{TreeWalker, create as create_walker};
