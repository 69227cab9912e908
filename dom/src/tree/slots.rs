//! Assigning nodes to slots as trees change.
//!
//! <https://dom.spec.whatwg.org/#assigning-slotables-and-slots>
//!
//! A child that comes to a host or leaves it is put into its slot, or taken out,
//! alone. What slots do themselves (come, go, change their name) is rare, and
//! has all slots of the tree filled anew.

use super::data::{NodeData, ShadowRoot};
use super::slot::{NONE, NodeFlags, SlotPointer};
use super::work::LayoutChange;
use super::{NodeId, Tree};
use markup5ever::{LocalName, local_name};
use rustc_hash::FxHashMap;
use style::invalidation::element::restyle_hints::RestyleHint;

/// What the slots of a shadow tree show.
#[derive(Default)]
pub(crate) struct Slots {
    /// The slots of the tree, in tree order.
    all: Vec<u32>,
    /// The nodes assigned to a slot; none without any.
    pub(super) assigned: FxHashMap<u32, Vec<SlotPointer>>,
    /// The slot of each assigned node.
    pub(super) by_node: FxHashMap<u32, u32>,
}

/// What a tree knows about slots beside its shadow roots.
#[derive(Default)]
pub(crate) struct ManualSlots {
    /// The slot that script has assigned a node to.
    by_node: FxHashMap<NodeId, NodeId>,
}

/// Changing shadow trees.
impl Tree {
    /// Gives a slot the nodes that it shall show in a tree whose slots are
    /// assigned by script.
    ///
    /// <https://html.spec.whatwg.org/#dom-slot-assign>
    pub fn assign_manually(&mut self, slot: NodeId, nodes: &[NodeId]) {
        if self.element(slot).is_none() {
            return;
        }
        let before = std::mem::take(&mut self.rare(slot).manual_nodes);
        for node in before {
            self.manual_slots.by_node.remove(&node);
        }
        let mut changed = Vec::new();
        for &node in nodes {
            if let Some(other) = self.manual_slots.by_node.insert(node, slot)
                && self.element(other).is_some()
            {
                self.rare(other).manual_nodes.retain(|n| *n != node);
                changed.extend(self.containing_shadow(other));
            }
            let list = &mut self.rare(slot).manual_nodes;
            if !list.contains(&node) {
                list.push(node);
            }
        }
        changed.extend(self.containing_shadow(slot));
        changed.dedup();
        for root in changed {
            self.fill_slots(root.index());
        }
    }

    fn shadow_mut(&mut self, root: u32) -> Option<&mut ShadowRoot> {
        match &mut self.arena.at_mut(root).data {
            NodeData::ShadowRoot(shadow) => Some(shadow),
            _ => None,
        }
    }

    fn shadow_at(&self, root: u32) -> Option<&ShadowRoot> {
        match &self.arena.at(root).data {
            NodeData::ShadowRoot(shadow) => Some(shadow),
            _ => None,
        }
    }

    /// A host got its shadow root: what it showed before is not shown any more.
    pub(super) fn shadow_attached(&mut self, host: u32) {
        let mut child = self.arena.at(host).first_child;
        while child != NONE {
            self.leave_flat_tree(child);
            child = self.arena.at(child).next;
        }
        if self.arena.at(host).has(NodeFlags::CONNECTED) {
            let node = self.arena.at(host).id();
            self.restyle(host, RestyleHint::restyle_subtree());
            let damage = crate::style::Damage::REBUILD;
            self.push_layout(host, LayoutChange::Style { node, damage });
        }
    }

    /// The subtree at `node` was linked under `parent`.
    pub(super) fn slots_after_insertion(&mut self, parent: u32, node: u32) {
        let flags = self.arena.at(parent);
        let (in_shadow, host) =
            (flags.has(NodeFlags::IN_SHADOW_TREE), flags.has(NodeFlags::SHADOW_HOST));
        if host {
            self.assign(parent, node);
        }
        if !in_shadow {
            return;
        }
        let mut slots = Vec::new();
        self.for_each_below(node, |slot| {
            slot.set(NodeFlags::IN_SHADOW_TREE);
            if slot.element().is_some_and(|e| e.is_html(&local_name!("slot"))) {
                slots.push(slot.index);
            }
        });
        let Some(root) = self.arena.at(parent).containing_shadow().map(|root| root.index) else {
            return;
        };
        // What the slot shows while it has no nodes of its own.
        self.signal_fallback(parent);
        if !slots.is_empty() {
            for slot in slots {
                self.enter_slot(root, slot);
            }
            self.fill_slots(root);
        }
    }

    /// The subtree at `node` was unlinked from `parent`.
    pub(super) fn slots_after_removal(&mut self, parent: u32, node: u32) {
        if self.arena.at(parent).has(NodeFlags::SHADOW_HOST) {
            self.unassign(parent, node);
        }
        if !self.arena.at(node).has(NodeFlags::IN_SHADOW_TREE) {
            return;
        }
        let root = self.arena.at(parent).containing_shadow().map(|root| root.index);
        let mut slots = Vec::new();
        self.for_each_below(node, |slot| {
            slot.unset(NodeFlags::IN_SHADOW_TREE);
            if slot.element().is_some_and(|e| e.is_html(&local_name!("slot"))) {
                slots.push(slot.index);
            }
        });
        let Some(root) = root else { return };
        self.signal_fallback(parent);
        if slots.is_empty() {
            return;
        }
        let mut signaled = Vec::new();
        for &slot in &slots {
            if self.leave_slot(root, slot) {
                signaled.push(slot);
            }
        }
        self.fill_slots(root);
        for slot in signaled {
            self.signal(slot);
        }
    }

    /// An attribute that slots go by has changed.
    pub(super) fn slot_attribute_changed(&mut self, element: u32, local: &LocalName) {
        let slot = self.arena.at(element);
        if *local == local_name!("slot") {
            let host = slot.parent().filter(|p| p.has(NodeFlags::SHADOW_HOST)).map(|p| p.index);
            if let Some(host) = host {
                self.unassign(host, element);
                self.assign(host, element);
            }
        } else if slot.has(NodeFlags::IN_SHADOW_TREE)
            && slot.element().is_some_and(|e| e.is_html(&local_name!("slot")))
            && let Some(root) = slot.containing_shadow().map(|root| root.index)
        {
            self.fill_slots(root);
        }
    }

    fn for_each_below(&self, root: u32, mut visit: impl FnMut(&super::slot::NodeSlot)) {
        let mut at = self.arena.at(root);
        loop {
            visit(at);
            match super::links::next_in_order(at, root, false) {
                Some(next) => at = next,
                None => break,
            }
        }
    }

    /// Enters a slot among those of its tree.
    fn enter_slot(&mut self, root: u32, slot: u32) {
        let Some(shadow) = self.shadow_at(root) else { return };
        let at = shadow.slots.all.partition_point(|other| self.precedes(*other, slot));
        if let Some(shadow) = self.shadow_mut(root) {
            shadow.slots.all.insert(at, slot);
        }
    }

    /// Takes a slot out of those of its tree. Says whether it showed something.
    fn leave_slot(&mut self, root: u32, slot: u32) -> bool {
        let Some(shadow) = self.shadow_mut(root) else { return false };
        shadow.slots.all.retain(|other| *other != slot);
        let Some(nodes) = shadow.slots.assigned.remove(&slot) else { return false };
        for node in &nodes {
            shadow.slots.by_node.remove(&node.index());
        }
        self.arena.at(slot).unset(NodeFlags::SHOWS_ASSIGNED);
        for node in nodes {
            self.leave_flat_tree(node.index());
        }
        true
    }

    /// The slot for a child of a host.
    ///
    /// <https://dom.spec.whatwg.org/#find-a-slot>
    fn find_slot(&self, shadow: &ShadowRoot, child: u32) -> Option<u32> {
        let slot = self.arena.at(child);
        if !slot.is_slottable() {
            return None;
        }
        if shadow.manual_slots {
            let wanted = self.manual_slots.by_node.get(&slot.id())?;
            return shadow.slots.all.iter().copied().find(|s| self.arena.at(*s).id() == *wanted);
        }
        let name = slot.element().and_then(|e| e.plain(&local_name!("slot"))).unwrap_or("");
        shadow.slots.all.iter().copied().find(|s| self.slot_name(*s) == name)
    }

    fn slot_name(&self, slot: u32) -> &str {
        self.arena.at(slot).element().and_then(|e| e.plain(&local_name!("name"))).unwrap_or("")
    }

    /// Puts a child of a host into its slot.
    fn assign(&mut self, host: u32, child: u32) {
        let Some(root) = self.arena.at(host).shadow().map(|root| root.index) else { return };
        let Some(shadow) = self.shadow_at(root) else { return };
        if !self.arena.at(child).is_slottable() || shadow.slots.by_node.contains_key(&child) {
            return;
        }
        let Some(slot) = self.find_slot(shadow, child) else {
            return self.leave_flat_tree(child);
        };
        if shadow.manual_slots {
            return self.fill_slots(root);
        }
        // Behind the nearest sibling before it that is there, too.
        let mut before = self.arena.at(child).prev;
        while before != NONE && shadow.slots.by_node.get(&before) != Some(&slot) {
            before = self.arena.at(before).prev;
        }
        let pointer = self.arena.pointer(child);
        let Some(shadow) = self.shadow_mut(root) else { return };
        shadow.slots.by_node.insert(child, slot);
        let list = shadow.slots.assigned.entry(slot).or_default();
        let at = if before == NONE {
            0
        } else {
            // Mostly the last one.
            list.iter().rposition(|p| p.index() == before).map_or(list.len(), |at| at + 1)
        };
        list.insert(at, pointer);
        if list.len() == 1 {
            self.fallback_hidden(slot);
        }
        self.enter_flat_tree(slot, child);
        self.signal(slot);
    }

    /// Takes what was a child of a host out of its slot.
    fn unassign(&mut self, host: u32, child: u32) {
        let Some(root) = self.arena.at(host).shadow().map(|root| root.index) else { return };
        let Some(shadow) = self.shadow_mut(root) else { return };
        let Some(slot) = shadow.slots.by_node.remove(&child) else { return };
        let mut emptied = false;
        if let Some(list) = shadow.slots.assigned.get_mut(&slot) {
            list.retain(|p| p.index() != child);
            emptied = list.is_empty();
        }
        if emptied {
            shadow.slots.assigned.remove(&slot);
            self.fallback_shown(slot);
        }
        self.leave_flat_tree(child);
        self.note_slot_layout(slot, child, false);
        self.signal(slot);
    }

    /// "Assign slottables for a tree".
    ///
    /// <https://dom.spec.whatwg.org/#assign-slotables-for-a-tree>
    fn fill_slots(&mut self, root: u32) {
        let Some(shadow) = self.shadow_at(root) else { return };
        let host = shadow.host.index();
        let mut wanted: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        if shadow.manual_slots {
            for &slot in &shadow.slots.all {
                let nodes = self.manually_assigned(self.arena.at(slot).id());
                let nodes: Vec<u32> = nodes
                    .iter()
                    .filter(|n| self.arena.slot(**n).is_some_and(|s| s.parent == host))
                    .map(|n| n.index())
                    .collect();
                if !nodes.is_empty() {
                    wanted.insert(slot, nodes);
                }
            }
        } else {
            let mut names: FxHashMap<&str, u32> = FxHashMap::default();
            for &slot in &shadow.slots.all {
                names.entry(self.slot_name(slot)).or_insert(slot);
            }
            let mut child = self.arena.at(host).first_child;
            while child != NONE {
                let slot = self.arena.at(child);
                if slot.is_slottable() {
                    let name = slot.element().and_then(|e| e.plain(&local_name!("slot")));
                    if let Some(slot) = names.get(name.unwrap_or("")) {
                        wanted.entry(*slot).or_default().push(child);
                    }
                }
                child = slot.next;
            }
        }
        let all = shadow.slots.all.clone();
        let mut entering = Vec::new();
        let mut leaving = Vec::new();
        let mut changed = Vec::new();
        let mut by_node = FxHashMap::default();
        for &slot in &all {
            let old: Vec<u32> = shadow
                .slots
                .assigned
                .get(&slot)
                .map_or_else(Vec::new, |nodes| nodes.iter().map(|n| n.index()).collect());
            let new = wanted.get(&slot).map_or(&[][..], |nodes| nodes);
            by_node.extend(new.iter().map(|node| (*node, slot)));
            if old == new {
                continue;
            }
            leaving.extend(old.iter().filter(|n| !new.contains(n)).map(|n| (slot, *n)));
            entering.extend(new.iter().filter(|n| !old.contains(n)).map(|n| (slot, *n)));
            changed.push((slot, old.is_empty(), new.is_empty()));
        }
        if changed.is_empty() {
            return;
        }
        for (slot, _, _) in &changed {
            let nodes = wanted.remove(slot).unwrap_or_default();
            let pointers: Vec<_> = nodes.iter().map(|n| self.arena.pointer(*n)).collect();
            let Some(shadow) = self.shadow_mut(root) else { return };
            if pointers.is_empty() {
                shadow.slots.assigned.remove(slot);
            } else {
                shadow.slots.assigned.insert(*slot, pointers);
            }
        }
        if let Some(shadow) = self.shadow_mut(root) {
            shadow.slots.by_node = by_node;
        }
        for (slot, node) in leaving {
            self.leave_flat_tree(node);
            self.note_slot_layout(slot, node, false);
        }
        for &(slot, was_empty, is_empty) in &changed {
            if was_empty && !is_empty {
                self.fallback_hidden(slot);
            } else if is_empty && !was_empty {
                self.fallback_shown(slot);
            }
        }
        for (slot, node) in entering {
            self.enter_flat_tree(slot, node);
        }
        for (slot, _, _) in changed {
            self.signal(slot);
        }
    }

    /// <https://dom.spec.whatwg.org/#signal-a-slot-change>
    fn signal(&mut self, slot: u32) {
        let id = self.arena.at(slot).id();
        if self.signaled_slots.last() != Some(&id) && !self.signaled_slots.contains(&id) {
            self.signaled_slots.push(id);
        }
    }

    /// The children of a slot in a shadow tree changed, which shows if it has
    /// nothing else to show.
    fn signal_fallback(&mut self, parent: u32) {
        let slot = self.arena.at(parent);
        if slot.element().is_some_and(|e| e.is_html(&local_name!("slot")))
            && !slot.has(NodeFlags::SHOWS_ASSIGNED)
        {
            self.signal(parent);
        }
    }

    /// A slot shows assigned nodes from now on, instead of its children.
    fn fallback_hidden(&mut self, slot: u32) {
        let mut child = self.arena.at(slot).first_child;
        while child != NONE {
            self.leave_flat_tree(child);
            child = self.arena.at(child).next;
        }
        self.arena.at(slot).set(NodeFlags::SHOWS_ASSIGNED);
        self.note_slot_layout(slot, slot, false);
    }

    /// A slot shows its own children again.
    fn fallback_shown(&mut self, slot: u32) {
        self.arena.at(slot).unset(NodeFlags::SHOWS_ASSIGNED);
        let mut child = self.arena.at(slot).first_child;
        while child != NONE {
            self.enter_flat_tree(slot, child);
            child = self.arena.at(child).next;
        }
    }

    /// A node has another parent in the flat tree.
    fn enter_flat_tree(&mut self, parent: u32, node: u32) {
        if !self.arena.at(node).has(NodeFlags::CONNECTED) {
            return;
        }
        if self.arena.at(parent).element().is_some_and(|e| e.has_style()) {
            self.restyle(node, RestyleHint::restyle_subtree());
            self.mark_dirty(node);
        }
        self.note_slot_layout(parent, node, true);
    }

    /// A node is not in the flat tree any more: neither it nor what it shows has
    /// a style.
    fn leave_flat_tree(&mut self, node: u32) {
        if !self.arena.at(node).has(NodeFlags::CONNECTED) {
            return;
        }
        if self.arena.at(node).element().is_none_or(|e| !e.has_style()) {
            return;
        }
        let id = self.arena.at(node).id();
        let below: Vec<NodeId> = self.shadow_including_descendants(id).collect();
        for id in below {
            self.drop_style(id.index());
            self.arena.at(id.index()).unset(
                NodeFlags::DIRTY_DESCENDANTS | NodeFlags::STYLE_QUEUED | NodeFlags::MAY_ANIMATE,
            );
        }
    }

    fn note_slot_layout(&mut self, slot: u32, node: u32, inserted: bool) {
        if !self.arena.at(slot).element().is_some_and(|e| e.has_style()) {
            return;
        }
        let (parent, id) = (self.arena.at(slot).id(), self.arena.at(node).id());
        let change = if inserted {
            LayoutChange::Inserted { parent, node: id }
        } else {
            LayoutChange::Removed { parent, node: id }
        };
        self.push_layout(slot, change);
    }
}
