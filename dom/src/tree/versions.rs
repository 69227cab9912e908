//! When what changed last: so that whoever keeps what follows from a part of
//! the tree need not look again because of another part.

use super::slot::NodeFlags;
use super::{NodeId, Tree};
use markup5ever::{QualName, local_name, ns};
use rustc_hash::FxHashMap;

/// Numbers of changes, each that of the last change of its kind.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Of the structure of document trees.
    connected: u64,
    /// Of some `class` attribute.
    classes: u64,
    /// Of some `id` or `name` attribute.
    names: u64,
    /// Of the children of nodes that are watched, by the nodes' indices.
    children: FxHashMap<u32, u64>,
}

impl Tree {
    /// A number that differs whenever the descendants of `root` do: what happens
    /// in detached trees leaves those of a document as they are.
    pub fn descendants_version(&self, root: NodeId) -> u64 {
        if self.is_connected(root) {
            self.versions.connected * 2 + 1
        } else {
            self.structure_version * 2
        }
    }

    /// A number that grows with every change of a `class` attribute.
    pub fn classes_version(&self) -> u64 {
        self.versions.classes
    }

    /// A number that grows with every change of an `id` or `name` attribute.
    pub fn names_version(&self) -> u64 {
        self.versions.names
    }

    /// Asks for [`children_version`](Self::children_version) of a node.
    pub fn watch_children(&mut self, parent: NodeId) {
        if let Some(slot) = self.arena.slot(parent)
            && !slot.has(NodeFlags::CHILDREN_WATCHED)
        {
            slot.set(NodeFlags::CHILDREN_WATCHED);
            self.versions.children.insert(parent.index(), self.structure_version);
        }
    }

    /// A number that differs whenever the children of a node that is
    /// [watched](Self::watch_children) do; `None` if it is not.
    pub fn children_version(&self, parent: NodeId) -> Option<u64> {
        let slot = self.arena.slot(parent)?;
        if !slot.has(NodeFlags::CHILDREN_WATCHED) {
            return None;
        }
        self.versions.children.get(&parent.index()).copied()
    }

    /// After the structure's version has grown by a change below `parent`.
    pub(super) fn note_children_changed(&mut self, parent: u32) {
        let slot = self.arena.at(parent);
        if slot.has(NodeFlags::CONNECTED) {
            self.versions.connected = self.structure_version;
        }
        if slot.has(NodeFlags::CHILDREN_WATCHED) {
            self.versions.children.insert(parent, self.structure_version);
        }
    }

    /// Before a node is freed.
    pub(super) fn forget_children_version(&mut self, node: u32) {
        if self.arena.at(node).has(NodeFlags::CHILDREN_WATCHED) {
            self.versions.children.remove(&node);
        }
    }

    /// After the version has grown by a change of an attribute.
    pub(super) fn note_attribute_changed(&mut self, name: &QualName) {
        if name.ns != ns!() {
            return;
        }
        if name.local == local_name!("class") {
            self.versions.classes = self.version;
        } else if name.local == local_name!("id") || name.local == local_name!("name") {
            self.versions.names = self.version;
        }
    }
}
