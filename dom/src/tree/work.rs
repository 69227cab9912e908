//! What changed since style and layout last caught up.
//!
//! A document that is rendered keeps a list of work: elements whose style has
//! to be looked at, snapshots of what they were (stylo compares), and changes
//! for the box tree. Every entry is made by the change itself, so that nobody
//! has to search a document for what is dirty.

use super::attributes::snapshot_value;
use super::data::NodeData;
use super::slot::{NONE, NodeFlags, NodeSlot};
use super::{NodeId, Tree};
use crate::style::Damage;
use markup5ever::{LocalName, Namespace, local_name, ns};
use rustc_hash::FxHashMap;
use selectors::matching::ElementSelectorFlags;
use style::attr::AttrIdentifier;
use style::dom::OpaqueNode;
use style::invalidation::element::restyle_hints::RestyleHint;
use style::selector_parser::SnapshotMap;
use style::servo::selector_parser::ServoElementSnapshot;
use style::values::GenericAtomIdent;
use stylo_dom::ElementState;

/// A change that the box tree must follow, in the order they happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutChange {
    /// `node`, with its subtree, is now a child of `parent`.
    Inserted {
        /// The parent that it has now.
        parent: NodeId,
        /// The root of what was inserted.
        node: NodeId,
    },
    /// `node`, with its subtree, is no longer a child of `parent`.
    Removed {
        /// The parent that it had.
        parent: NodeId,
        /// The root of what was removed. It may have been freed since.
        node: NodeId,
    },
    /// The data of a text node changed.
    Text {
        /// The text node.
        node: NodeId,
    },
    /// The computed style of an element, or of one of its pseudo-elements,
    /// changed. Elements styled for the first time are not reported, unless
    /// they were not displayed before.
    Style {
        /// The element.
        node: NodeId,
        /// What the change asks for.
        damage: Damage,
    },
    /// Something that only the element's own box content depends on changed:
    /// an image's size, a field's value.
    Content {
        /// The element.
        node: NodeId,
    },
}

/// A document's list of work. See the module.
pub(crate) struct StyleWork {
    pub(crate) snapshots: SnapshotMap,
    pub(crate) snapshotted: Vec<NodeId>,
    /// Elements to start style passes from; each has `STYLE_QUEUED` set.
    pub(crate) dirty: Vec<NodeId>,
    /// Nodes that changed, or whose children did, when there is a `:has()`
    /// that may look at them.
    pub(crate) relative: Vec<NodeId>,
    pub(crate) layout: Vec<LayoutChange>,
    pub(crate) freed: Vec<NodeId>,
    /// For attributes that have changed before: whether some selector looks
    /// at them, so that a change of the others needs no snapshot. Kept by the
    /// style engine, which empties it when sheets change.
    pub(crate) selected_attributes: FxHashMap<LocalName, bool>,
    /// The generation of the sheets that the map above was learned from.
    pub(crate) learned_at: usize,
    /// Some selector has a `:has()`: note which nodes changed.
    pub(crate) uses_has: bool,
}

impl Default for StyleWork {
    fn default() -> Self {
        Self {
            snapshots: SnapshotMap::new(),
            snapshotted: Vec::new(),
            dirty: Vec::new(),
            relative: Vec::new(),
            layout: Vec::new(),
            freed: Vec::new(),
            selected_attributes: FxHashMap::default(),
            learned_at: 0,
            uses_has: false,
        }
    }
}

impl std::fmt::Debug for StyleWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StyleWork")
            .field("dirty", &self.dirty)
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

/// A node as stylo's maps key it.
pub(crate) fn opaque(slot: &NodeSlot) -> OpaqueNode {
    OpaqueNode(slot.id().to_bits() as usize)
}

/// The node behind a key of stylo's maps.
pub(crate) fn from_opaque(node: OpaqueNode) -> Option<NodeId> {
    NodeId::from_bits(node.0 as u64)
}

const _: () = assert!(usize::BITS == 64, "stylo's node keys must hold a NodeId");

impl Tree {
    /// The changes that layout has not taken yet, for the document `document`.
    pub(crate) fn take_layout_changes(&mut self, document: NodeId) -> Vec<LayoutChange> {
        self.work_mut(document.index()).map(|w| std::mem::take(&mut w.layout)).unwrap_or_default()
    }

    /// Nodes of `document` that were freed since the last call: tables keyed by
    /// slot forget them.
    pub(crate) fn take_freed(&mut self, document: NodeId) -> Vec<NodeId> {
        self.work_mut(document.index()).map(|w| std::mem::take(&mut w.freed)).unwrap_or_default()
    }

    /// Whether style has anything to catch up with.
    pub(crate) fn has_style_work(&self, document: NodeId) -> bool {
        self.work(document).is_some_and(|w| !w.dirty.is_empty() || !w.relative.is_empty())
    }

    /// Whether layout has anything to catch up with.
    pub(crate) fn has_layout_work(&self, document: NodeId) -> bool {
        self.work(document).is_some_and(|w| !w.layout.is_empty())
    }

    fn work(&self, document: NodeId) -> Option<&StyleWork> {
        self.document_data(document)?.work.as_deref()
    }

    /// Says that the element's box content changed by something that is
    /// neither style nor children: a decoded image, a field's value.
    pub fn note_content_changed(&mut self, id: NodeId) {
        if self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::CONNECTED)) {
            self.push_layout(id.index(), LayoutChange::Content { node: id });
        }
    }

    /// Says that an element's box has to be made anew.
    pub(crate) fn note_restyled(&mut self, id: NodeId) {
        if self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::CONNECTED)) {
            self.push_layout(id.index(), LayoutChange::Style { node: id, damage: Damage::REBUILD });
        }
    }

    pub(crate) fn work_mut(&mut self, document: u32) -> Option<&mut StyleWork> {
        if document == NONE {
            return None;
        }
        self.arena.at_mut(document).document_data_mut()?.work.as_deref_mut()
    }

    fn is_rendered(&self, index: u32) -> bool {
        let slot = self.arena.at(index);
        slot.has(NodeFlags::CONNECTED)
            && slot.document().and_then(NodeSlot::document_data).is_some_and(|d| d.work.is_some())
    }

    /// Adds a layout change of the document that owns `index`.
    pub(crate) fn push_layout(&mut self, index: u32, change: LayoutChange) {
        let document = self.arena.at(index).document;
        if let Some(work) = self.work_mut(document) {
            work.layout.push(change);
        }
    }

    /// The element's state bits (`:hover`, `:checked`…).
    pub fn state(&self, id: NodeId) -> ElementState {
        self.element(id).map_or(ElementState::empty(), |e| e.state)
    }

    /// Sets or clears state bits of an element.
    pub fn set_state(&mut self, id: NodeId, bits: ElementState, on: bool) {
        let Some(element) = self.element(id) else {
            return;
        };
        let mut new = element.state;
        new.set(bits, on);
        if new == element.state {
            return;
        }
        let old = element.state;
        if let Some(snapshot) = self.snapshot(id.index()) {
            snapshot.state.get_or_insert(old);
        }
        if let Some(element) = self.arena.at_mut(id.index()).element_mut() {
            element.state = new;
        }
        self.control_state_changed(id, old ^ new);
    }

    /// The snapshot of a styled element, made if there is none; queues the
    /// element. `None` if the element has no style that could change.
    fn snapshot(&mut self, index: u32) -> Option<&mut ServoElementSnapshot> {
        if !self.is_rendered(index) {
            return None;
        }
        let slot = self.arena.at(index);
        if !slot.element().is_some_and(|e| e.has_style()) {
            return None;
        }
        self.mark_dirty(index);
        self.note_relative(index);
        let slot = self.arena.at(index);
        let (key, node, document) = (opaque(slot), slot.id(), slot.document);
        let first = !slot.has(NodeFlags::HAS_SNAPSHOT);
        slot.set(NodeFlags::HAS_SNAPSHOT);
        slot.unset(NodeFlags::HANDLED_SNAPSHOT);
        let work = self.work_mut(document)?;
        if first {
            work.snapshotted.push(node);
        }
        Some(work.snapshots.entry(key).or_default())
    }

    /// Notes that an attribute is about to change.
    pub(crate) fn snapshot_attribute(
        &mut self,
        index: u32,
        namespace: &Namespace,
        local: &LocalName,
    ) {
        if !self.is_rendered(index) {
            return;
        }
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        if !element.has_style() {
            return;
        }
        let plain = *namespace == ns!();
        let class = plain && *local == local_name!("class");
        let id = plain && *local == local_name!("id");
        let style = plain && *local == local_name!("style");
        let hint = plain && crate::style::hints::is_presentational(element, local);
        let mut restyle = RestyleHint::empty();
        if style {
            restyle |= RestyleHint::RESTYLE_STYLE_ATTRIBUTE;
        }
        if hint {
            restyle |= RestyleHint::RESTYLE_SELF;
        }
        if plain && matches!(&**local, "lang" | "dir") {
            restyle |= RestyleHint::restyle_subtree();
        }
        // Rules of other trees may go by parts.
        let slot = self.arena.at(index);
        if plain && *local == local_name!("part") && slot.has(NodeFlags::IN_SHADOW_TREE) {
            restyle |= RestyleHint::RESTYLE_SELF | RestyleHint::RESTYLE_PSEUDOS;
        } else if plain && *local == local_name!("exportparts") && slot.has(NodeFlags::SHADOW_HOST)
        {
            restyle |= RestyleHint::restyle_subtree();
        }
        if !restyle.is_empty() {
            self.restyle(index, restyle);
        }
        let document = self.arena.at(index).document;
        let selected = class
            || id
            || self
                .work_mut(document)
                .is_some_and(|w| w.selected_attributes.get(local) != Some(&false));
        if !selected {
            return;
        }
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        let needs_old = !self.arena.at(index).has(NodeFlags::HAS_SNAPSHOT) || {
            let key = opaque(self.arena.at(index));
            self.arena
                .at(document)
                .document_data()
                .and_then(|d| d.work.as_ref())
                .and_then(|w| std::ops::Deref::deref(&w.snapshots).get(&key))
                .is_none_or(|s| s.attrs.is_none())
        };
        let old = needs_old.then(|| {
            element
                .attributes
                .iter()
                .map(|a| {
                    let identifier = AttrIdentifier {
                        local_name: GenericAtomIdent(a.name.local.clone()),
                        name: GenericAtomIdent(a.name.local.clone()),
                        namespace: GenericAtomIdent(a.name.ns.clone()),
                        prefix: a.name.prefix.clone().map(GenericAtomIdent),
                    };
                    (identifier, snapshot_value(a))
                })
                .collect::<Vec<_>>()
        });
        let local = GenericAtomIdent(local.clone());
        if let Some(snapshot) = self.snapshot(index) {
            if let Some(old) = old {
                snapshot.attrs = Some(old);
            }
            snapshot.class_changed |= class;
            snapshot.id_changed |= id;
            snapshot.other_attributes_changed |= !class && !id;
            if !snapshot.changed_attrs.contains(&local) {
                snapshot.changed_attrs.push(local);
            }
        }
    }

    /// The sheets of a shadow tree changed: what was learned about attributes
    /// may not hold any more.
    pub(crate) fn forget_selected_attributes(&mut self, node: NodeId) {
        let document = self.arena.slot(node).map_or(NONE, |slot| slot.document);
        if let Some(work) = self.work_mut(document) {
            work.selected_attributes.clear();
        }
    }

    /// Whether a selector may look at the `style` attribute of an element.
    pub(crate) fn style_attribute_is_selected(&self, id: NodeId) -> bool {
        let work = self
            .arena
            .slot(id)
            .and_then(NodeSlot::document)
            .and_then(NodeSlot::document_data)
            .and_then(|d| d.work.as_ref());
        work.is_some_and(|w| w.selected_attributes.get(&local_name!("style")) != Some(&false))
    }

    /// Asks for an element to be restyled as `hint` says.
    pub(crate) fn restyle(&mut self, index: u32, hint: RestyleHint) {
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        match element.style_mut() {
            Some(mut style) => style.hint.insert(hint),
            // It has no style yet: whatever made that so has queued it.
            None => return,
        }
        self.mark_dirty(index);
    }

    /// Queues an element as a root of style work, and tells its ancestors.
    pub(crate) fn mark_dirty(&mut self, index: u32) {
        if !self.is_rendered(index) {
            return;
        }
        let slot = self.arena.at(index);
        if slot.element().is_none() || slot.has(NodeFlags::STYLE_QUEUED) {
            return;
        }
        slot.set(NodeFlags::STYLE_QUEUED);
        let mut ancestor = slot.flat_parent();
        while let Some(node) = ancestor {
            if node.has(NodeFlags::DIRTY_DESCENDANTS) {
                break;
            }
            node.set(NodeFlags::DIRTY_DESCENDANTS);
            ancestor = node.flat_parent();
        }
        let (id, document) = (slot.id(), slot.document);
        if let Some(work) = self.work_mut(document) {
            work.dirty.push(id);
        }
    }

    /// Style work of a child list that changed: `child` was inserted, or is
    /// about to be removed.
    pub(crate) fn children_changed(&mut self, parent: u32, child: u32, inserted: bool) {
        if !self.is_rendered(parent) {
            return;
        }
        let child_id = self.arena.at(child).id();
        // The children of a host are shown by slots, which see to it themselves.
        let shown_by = self.arena.at(child).flat_parent();
        let shown_by = shown_by.filter(|_| !self.arena.at(parent).has(NodeFlags::SHADOW_HOST));
        let styled = shown_by.is_some_and(|p| p.element().is_none_or(|e| e.has_style()));
        let parent_id = shown_by.map_or(child_id, NodeSlot::id);
        // Below what has no style yet, all is styled with it.
        if inserted && styled && self.arena.at(child).element().is_some() {
            self.mark_dirty(child);
        }
        if styled {
            let change = if inserted {
                LayoutChange::Inserted { parent: parent_id, node: child_id }
            } else {
                LayoutChange::Removed { parent: parent_id, node: child_id }
            };
            self.push_layout(parent, change);
        }
        self.note_relative(parent);
        let flags = ElementSelectorFlags::from_bits_truncate(
            self.arena.at(parent).selector_flags() as usize,
        );
        if flags.is_empty() {
            return;
        }
        if flags.contains(ElementSelectorFlags::HAS_EMPTY_SELECTOR)
            && !self.has_content_besides(parent, child)
        {
            self.restyle_emptied(parent);
        }
        if self.arena.at(child).element().is_none() {
            return;
        }
        // Sibling combinators set the flag for later siblings, too.
        if flags.contains(ElementSelectorFlags::HAS_SLOW_SELECTOR) {
            self.restyle_siblings(self.arena.at(parent).first_child);
        } else if flags.contains(ElementSelectorFlags::HAS_SLOW_SELECTOR_LATER_SIBLINGS) {
            self.restyle_siblings(self.arena.at(child).next);
        }
        if flags.contains(ElementSelectorFlags::HAS_EDGE_CHILD_SELECTOR) {
            self.restyle_edges(parent, child);
        }
    }

    fn note_relative(&mut self, index: u32) {
        let slot = self.arena.at(index);
        let (id, document) = (slot.id(), slot.document);
        if let Some(work) = self.work_mut(document)
            && work.uses_has
            && work.relative.last() != Some(&id)
        {
            work.relative.push(id);
        }
    }

    /// A text node's data changed from or to nothing.
    pub(crate) fn emptiness_changed(&mut self, text: u32) {
        let parent = self.arena.at(text).parent;
        if parent == NONE || !self.is_rendered(parent) {
            return;
        }
        self.note_relative(parent);
        let flags = ElementSelectorFlags::from_bits_truncate(
            self.arena.at(parent).selector_flags() as usize,
        );
        if flags.contains(ElementSelectorFlags::HAS_EMPTY_SELECTOR)
            && !self.has_content_besides(parent, text)
        {
            self.restyle_emptied(parent);
        }
    }

    /// Restyles an element that became or ceased to be `:empty`, and siblings
    /// that may be selected by that.
    fn restyle_emptied(&mut self, index: u32) {
        self.restyle(index, RestyleHint::restyle_subtree());
        let slot = self.arena.at(index);
        let next = slot.next;
        let siblings = slot.parent().is_some_and(|p| {
            ElementSelectorFlags::from_bits_truncate(p.selector_flags() as usize)
                .contains(ElementSelectorFlags::HAS_SLOW_SELECTOR_LATER_SIBLINGS)
        });
        if siblings {
            self.restyle_siblings(next);
        }
    }

    /// Whether `parent` has an element or text other than `child`.
    fn has_content_besides(&self, parent: u32, child: u32) -> bool {
        let mut next = self.arena.at(parent).first_child;
        while next != NONE {
            let slot = self.arena.at(next);
            let counts = match &slot.data {
                NodeData::Element(_) => true,
                NodeData::Text(t) => !t.is_empty(),
                NodeData::CdataSection(t) => !t.0.is_empty(),
                _ => false,
            };
            if counts && next != child {
                return true;
            }
            next = slot.next;
        }
        false
    }

    fn restyle_siblings(&mut self, first: u32) {
        let mut next = first;
        while next != NONE {
            let after = self.arena.at(next).next;
            self.restyle(next, RestyleHint::restyle_subtree());
            next = after;
        }
    }

    /// Restyles what is or was the first and last element around `child`.
    fn restyle_edges(&mut self, parent: u32, child: u32) {
        let slot = self.arena.at(parent);
        let (first, last) = (slot.first_child, slot.last_child);
        let edge = |start: u32, forward: bool| {
            let mut next = start;
            let mut seen = 0;
            let mut found = [NONE; 2];
            while next != NONE && seen < 2 {
                let slot = self.arena.at(next);
                if slot.element().is_some() {
                    found[seen] = next;
                    seen += 1;
                }
                next = if forward { slot.next } else { slot.prev };
            }
            found
        };
        let candidates = [edge(first, true), edge(last, false)];
        for pair in candidates {
            // The child itself is at the edge: the one after it was, or will be.
            if pair.contains(&child) {
                for index in pair {
                    if index != NONE && index != child {
                        self.restyle(index, RestyleHint::restyle_subtree());
                    }
                }
            }
        }
    }
}
