//! Cloning and adopting.

use super::data::RareElementData;
use super::slot::{NONE, NodeFlags};
use super::{DocumentData, NodeData, NodeId, Tree};
use stylo_dom::ElementState;

/// How [`Tree::clone_node`] copies.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloneOptions {
    /// With all descendants.
    pub deep: bool,
}

impl Tree {
    /// Copies a node for `document`, with its subtree if asked to. Attributes
    /// are copied, template contents in a deep copy, and shadow trees that say
    /// that they are clonable; listeners and states are not.
    pub fn clone_node(
        &mut self,
        id: NodeId,
        document: NodeId,
        options: CloneOptions,
    ) -> Option<NodeId> {
        self.document_data(document)?;
        let root = self.clone_one(id, document)?;
        // A work list of (original, copy) whose children are to be copied.
        let mut work = Vec::new();
        work.extend(self.clone_shadow(id, root));
        if options.deep {
            work.push((id, root));
        }
        while let Some((from, to)) = work.pop() {
            let owner = self.owner_document(to)?;
            let mut child = self.first_child(from);
            while let Some(original) = child {
                let copy = self.clone_one(original, owner)?;
                self.insert(to, copy, None);
                work.extend(self.clone_shadow(original, copy));
                if self.first_child(original).is_some() || self.template_content(original).is_some()
                {
                    work.push((original, copy));
                }
                child = self.next_sibling(original);
            }
            if let (Some(from), Some(to)) = (self.template_content(from), self.template_content(to))
            {
                work.push((from, to));
            }
        }
        Some(root)
    }

    /// Gives the copy of a host an empty copy of its shadow root, if that may be
    /// copied, and says whose children are to follow.
    fn clone_shadow(&mut self, host: NodeId, copy: NodeId) -> Option<(NodeId, NodeId)> {
        if !self.is_shadow_host(host) {
            return None;
        }
        let root = self.shadow_root(host)?;
        let shadow = self.shadow_data(root).filter(|shadow| shadow.clonable)?;
        let (mode, delegates_focus, manual_slots, serializable, declarative) = (
            shadow.mode,
            shadow.delegates_focus,
            shadow.manual_slots,
            shadow.serializable,
            shadow.declarative,
        );
        let new = self.attach_shadow(copy, mode)?;
        if let Some(shadow) = self.shadow_data_mut(new) {
            shadow.delegates_focus = delegates_focus;
            shadow.manual_slots = manual_slots;
            shadow.clonable = true;
            shadow.serializable = serializable;
            shadow.declarative = declarative;
        }
        Some((root, new))
    }

    fn clone_one(&mut self, id: NodeId, document: NodeId) -> Option<NodeId> {
        let slot = self.arena.slot(id)?;
        let flags = [NodeFlags::SCRIPT_STARTED, NodeFlags::HTML_INTEGRATION_POINT]
            .into_iter()
            .filter(|f| slot.has(*f))
            .collect::<Vec<_>>();
        let data = match &slot.data {
            NodeData::Vacant | NodeData::ShadowRoot(_) => return None,
            NodeData::Document(d) => NodeData::Document(Box::new(DocumentData {
                html: d.html,
                generic: d.generic,
                quirks: d.quirks,
                ids: Default::default(),
                work: None,
                template_document: None,
                owned: 0,
                lock: d.lock.clone(),
                hints: Default::default(),
                base_url: d.base_url.clone(),
                top_layer: Vec::new(),
            })),
            NodeData::Doctype(d) => NodeData::Doctype(d.clone()),
            NodeData::Fragment(_) => NodeData::Fragment(None),
            NodeData::Text(t) => NodeData::Text(t.clone()),
            NodeData::CdataSection(t) => NodeData::CdataSection(t.clone()),
            NodeData::Comment(t) => NodeData::Comment(t.clone()),
            NodeData::ProcessingInstruction(pi) => NodeData::ProcessingInstruction(pi.clone()),
            NodeData::Attribute(attribute) => NodeData::Attribute(attribute.clone()),
            NodeData::Element(e) => {
                return self.clone_element(id, document, e.name.clone(), &flags);
            }
        };
        if matches!(data, NodeData::Document(_)) {
            let copy = self.arena.insert(data, NONE);
            self.arena.at(copy.index()).set(NodeFlags::CONNECTED);
            return Some(copy);
        }
        Some(self.make(document, data))
    }

    fn clone_element(
        &mut self,
        id: NodeId,
        document: NodeId,
        name: markup5ever::QualName,
        flags: &[NodeFlags],
    ) -> Option<NodeId> {
        let copy = self.create_element(document, name);
        let from = self.element(id)?;
        // Styles written as declarations are copied as text: two elements must
        // not share a declaration block.
        let attributes: Vec<_> = from
            .attributes
            .iter()
            .map(|a| super::Attribute::new(a.name.clone(), a.value()))
            .collect();
        let (id_atom, classes) = (from.id.clone(), from.classes.clone());
        let is_value = from.rare.as_ref().and_then(|r| r.is_value.clone());
        // What attributes decide is copied with them.
        let decided = ElementState::DEFINED
            | ElementState::DISABLED_STATES
            | ElementState::REQUIRED_STATES
            | ElementState::READONLY
            | ElementState::READWRITE
            | ElementState::VISITED_OR_UNVISITED
            | ElementState::OPEN;
        let state = from.state & decided;
        let slot = self.arena.slot_mut(copy)?;
        for flag in flags {
            slot.set(*flag);
        }
        let to = slot.element_mut()?;
        to.attributes = attributes;
        to.id = id_atom;
        to.classes = classes;
        to.state.remove(decided);
        to.state |= state;
        if is_value.is_some() {
            to.rare.get_or_insert_default().is_value = is_value;
        }
        self.refresh_placeholder(copy.index());
        let name = self.plain_attribute(copy, &markup5ever::local_name!("name"));
        if let Some(name) = name.map(str::to_owned) {
            self.count_name(&name, true);
        }
        Some(copy)
    }

    /// Makes `document` the owner of a subtree, template contents and shadow
    /// trees included. The subtree must have no parent.
    pub fn adopt(&mut self, root: NodeId, document: NodeId) -> bool {
        if self.document_data(document).is_none() || self.parent(root).is_some() {
            return false;
        }
        self.version += 1;
        self.structure_version += 1;
        let mut work = vec![(root, document)];
        while let Some((root, document)) = work.pop() {
            let mut at = Some(root);
            while let Some(id) = at {
                let (content, shadow) = self
                    .element(id)
                    .and_then(|e| e.rare.as_deref())
                    .map_or((None, None), |r: &RareElementData| {
                        (r.template_content, r.shadow_root)
                    });
                self.set_owner(id, document);
                if let Some(content) = content {
                    let inert = self.template_document(document);
                    work.push((content, inert));
                }
                work.extend(shadow.map(|s| (s, document)));
                at = self.next_in_order(id, root, false);
            }
        }
        true
    }

    fn set_owner(&mut self, id: NodeId, document: NodeId) {
        let Some(slot) = self.arena.slot_mut(id) else {
            return;
        };
        if matches!(slot.data, NodeData::Document(_)) || slot.document == document.index() {
            return;
        }
        let old = std::mem::replace(&mut slot.document, document.index());
        // Without a document its `style` attribute could not be parsed.
        if let Some(element) = slot.element_mut()
            && element.inline_style.get().is_some_and(Option::is_none)
        {
            element.inline_style = Default::default();
        }
        self.count_owned(old, -1);
        self.count_owned(document.index(), 1);
    }
}
