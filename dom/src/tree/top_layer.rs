//! The top layer, and what is inert below it.
//!
//! <https://drafts.csswg.org/css-position-4/#top-layer>,
//! <https://html.spec.whatwg.org/multipage/interaction.html#inert-subtrees>

use super::{NodeId, Tree};
use markup5ever::ns;
use stylo_dom::ElementState;

impl Tree {
    /// The elements in the top layer of a document, the topmost last.
    pub fn top_layer(&self, document: NodeId) -> &[NodeId] {
        self.document_data(document).map_or(&[], |data| &data.top_layer)
    }

    /// Puts an element on top of everything in its document.
    pub fn add_to_top_layer(&mut self, element: NodeId) {
        self.remove_from_top_layer(element);
        let Some(document) = self.owner_document(element) else {
            return;
        };
        self.inert = true;
        if let Some(data) = self.arena.at_mut(document.index()).document_data_mut() {
            data.top_layer.push(element);
        }
        self.note_content_changed(element);
    }

    /// Takes an element out of the top layer, if it is there.
    pub fn remove_from_top_layer(&mut self, element: NodeId) {
        let Some(document) = self.owner_document(element) else {
            return;
        };
        if !self.top_layer(document).contains(&element) {
            return;
        }
        if let Some(data) = self.arena.at_mut(document.index()).document_data_mut() {
            data.top_layer.retain(|id| *id != element);
        }
        self.note_content_changed(element);
    }

    /// The modal dialog that blocks everything outside of it.
    pub fn blocking_modal(&self, document: NodeId) -> Option<NodeId> {
        self.top_layer(document)
            .iter()
            .rev()
            .copied()
            .find(|id| self.state(*id).contains(ElementState::MODAL))
    }

    /// Whether the user cannot reach an element: it is in an inert subtree, or
    /// blocked by a modal dialog.
    pub fn is_inert(&self, id: NodeId) -> bool {
        if !self.inert {
            return false;
        }
        let modal = self.owner_document(id).and_then(|document| self.blocking_modal(document));
        let mut at = Some(id);
        while let Some(id) = at {
            if modal == Some(id) {
                return false;
            }
            if self.element(id).is_some_and(|element| {
                element.name.ns == ns!(html) && element.plain(&INERT).is_some()
            }) {
                return true;
            }
            at = self.parent(id).or_else(|| self.host(id));
        }
        modal.is_some()
    }

    /// Follows a change of an `inert` attribute.
    pub(super) fn inert_changed(&mut self, index: u32) {
        self.inert = true;
        let id = self.arena.at(index).id();
        self.note_content_changed(id);
    }
}

/// The name of the attribute, which has no static atom.
static INERT: std::sync::LazyLock<markup5ever::LocalName> =
    std::sync::LazyLock::new(|| markup5ever::LocalName::from("inert"));

/// Whether this names the `inert` attribute.
pub(super) fn is_inert_name(local: &markup5ever::LocalName) -> bool {
    *local == *INERT
}
