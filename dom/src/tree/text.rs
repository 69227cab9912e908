//! Character data: text, comments, CDATA sections, processing instructions.

use super::journal::Mutation;
use super::slot::{NONE, NodeFlags};
use super::work::LayoutChange;
use super::{NodeData, NodeId, NodeKind, Tree};

impl Tree {
    /// The data of a text, CDATA section, comment or processing instruction, or
    /// the value of an attribute node; empty for any other node.
    pub fn text(&self, id: NodeId) -> &str {
        match self.arena.slot(id).map(|s| &s.data) {
            Some(NodeData::Text(t)) => t,
            Some(NodeData::CdataSection(t) | NodeData::Comment(t)) => &t.0,
            Some(NodeData::ProcessingInstruction(pi)) => &pi.data,
            Some(NodeData::Attribute(attribute)) => &attribute.value,
            _ => "",
        }
    }

    /// Replaces the data of a node that has some. Returns whether it has.
    pub fn set_text(&mut self, id: NodeId, text: impl Into<String>) -> bool {
        let text = text.into();
        self.change_text(id, |data| *data = text)
    }

    /// Adds to the end of the data of a node that has some. Where the newest record
    /// is of this node already, this makes none.
    pub fn append_text(&mut self, id: NodeId, text: &str) -> bool {
        let record = !self.newest_record_is_of(id);
        self.change_data(id, record, |data| data.push_str(text))
    }

    fn change_text(&mut self, id: NodeId, change: impl FnOnce(&mut String)) -> bool {
        self.change_data(id, true, change)
    }

    fn change_data(&mut self, id: NodeId, record: bool, change: impl FnOnce(&mut String)) -> bool {
        let recording = record && self.journal.is_some();
        let Some(slot) = self.arena.slot_mut(id) else {
            return false;
        };
        let (is_text, data) = match &mut slot.data {
            NodeData::Text(t) => (true, t),
            NodeData::CdataSection(t) => (true, &mut t.0),
            NodeData::Comment(t) => (false, &mut t.0),
            NodeData::ProcessingInstruction(pi) => (false, &mut pi.data),
            NodeData::Attribute(attribute) => (false, &mut attribute.value),
            _ => return false,
        };
        let old = recording.then(|| data.clone());
        let was_empty = data.is_empty();
        change(data);
        let is_empty = data.is_empty();
        let (index, parent) = (slot.index, slot.parent);
        if is_text && slot.has(NodeFlags::CONNECTED) && parent != NONE {
            let styled = self.arena.at(parent).element().is_some_and(|e| e.has_style());
            if styled {
                self.push_layout(index, LayoutChange::Text { node: id });
            }
            if was_empty != is_empty {
                self.emptiness_changed(index);
            }
        }
        if let (Some(journal), Some(old)) = (&mut self.journal, old) {
            journal.push(Mutation::CharacterData { node: id, old });
        }
        true
    }

    /// Splits a text node at a byte offset that lies between characters: the
    /// rest becomes a new text node after it. `None` if it cannot be split
    /// there.
    pub fn split_text(&mut self, id: NodeId, offset: usize) -> Option<NodeId> {
        if self.kind(id) != Some(NodeKind::Text) || !self.text(id).is_char_boundary(offset) {
            return None;
        }
        let rest = self.text(id).get(offset..)?.to_owned();
        let document = self.owner_document(id)?;
        let new = self.create_text(document, rest);
        if let Some(parent) = self.parent(id) {
            let next = self.next_sibling(id);
            self.insert(parent, new, next);
        }
        self.change_text(id, |data| data.truncate(offset));
        Some(new)
    }

    /// Appends text to the end of `parent`, into its last child if that is
    /// text. Returns the text node.
    pub fn append_merged_text(&mut self, parent: NodeId, text: &str) -> Option<NodeId> {
        self.insert_merged_text(parent, text, None)
    }

    /// Inserts text before a child, into the text that is there already.
    pub(crate) fn insert_merged_text(
        &mut self,
        parent: NodeId,
        text: &str,
        before: Option<NodeId>,
    ) -> Option<NodeId> {
        let previous = match before {
            Some(b) => self.prev_sibling(b),
            None => self.last_child(parent),
        };
        if let Some(previous) = previous.filter(|p| self.kind(*p) == Some(NodeKind::Text)) {
            self.append_text(previous, text);
            return Some(previous);
        }
        let document = self.owner_document(parent)?;
        let node = self.create_text(document, text);
        self.insert(parent, node, before);
        Some(node)
    }

    /// The text of all text descendants, in tree order (`textContent`).
    pub fn text_content(&self, id: NodeId) -> String {
        match self.kind(id) {
            Some(NodeKind::Element | NodeKind::Fragment | NodeKind::ShadowRoot) => {}
            _ => return self.text(id).to_owned(),
        }
        let mut text = String::new();
        for node in self.descendants(id) {
            if self.is_text(node) {
                text.push_str(self.text(node));
            }
        }
        text
    }

    /// The text of the text children alone: what a script or style element
    /// runs.
    pub fn child_text_content(&self, id: NodeId) -> String {
        let mut text = String::new();
        for node in self.children(id) {
            if self.is_text(node) {
                text.push_str(self.text(node));
            }
        }
        text
    }
}
