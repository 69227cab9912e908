//! The mutation journal: what changed, for whoever reacts to it.
//!
//! The engine switches it on while it has mutation observers, custom elements
//! or scripts that could be affected, and drains it after each operation. Off,
//! it costs one test per change.

use super::{NodeId, Tree};
use markup5ever::QualName;

/// One change to a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Mutation {
    /// `node` was inserted under `parent`.
    Inserted {
        /// The new parent.
        parent: NodeId,
        /// What was inserted, with its subtree.
        node: NodeId,
        /// The sibling before it.
        previous: Option<NodeId>,
        /// The sibling after it.
        next: Option<NodeId>,
    },
    /// `node` was removed from `parent`.
    Removed {
        /// The old parent.
        parent: NodeId,
        /// What was removed, with its subtree.
        node: NodeId,
        /// The sibling that was before it.
        previous: Option<NodeId>,
        /// The sibling that was after it.
        next: Option<NodeId>,
    },
    /// An attribute was added, changed or removed.
    Attribute {
        /// The element.
        node: NodeId,
        /// The attribute's name.
        name: QualName,
        /// Its value before, if there was one.
        old: Option<String>,
    },
    /// The data of a text, comment or processing instruction changed.
    CharacterData {
        /// The node.
        node: NodeId,
        /// Its data before.
        old: String,
    },
}

impl Tree {
    /// Starts or stops recording; stopping drops what was not taken.
    pub fn set_recording(&mut self, on: bool) {
        if on != self.journal.is_some() {
            self.journal = on.then(Vec::new);
        }
    }

    /// Whether changes are being recorded.
    pub fn is_recording(&self) -> bool {
        self.journal.is_some()
    }

    /// Whether the newest record tells of this node's data, or that it came. What
    /// is added to its data then makes no record of its own: text that a parser
    /// takes in bit by bit would be copied with every bit.
    pub(super) fn newest_record_is_of(&self, id: NodeId) -> bool {
        matches!(
            self.journal.as_ref().and_then(|journal| journal.last()),
            Some(Mutation::CharacterData { node, .. } | Mutation::Inserted { node, .. })
                if *node == id
        )
    }

    /// The changes since the last call, in order. Empty while not recording.
    pub fn take_mutations(&mut self) -> Vec<Mutation> {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
