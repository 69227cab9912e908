//! Linking nodes into trees, and walking along the links.

use super::journal::Mutation;
use super::slot::{NONE, NodeFlags, NodeSlot};
use super::{NodeData, NodeId, Tree};
use std::cmp::Ordering;

/// Walking.
impl Tree {
    /// The parent of a node.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        Some(self.arena.slot(id)?.parent()?.id())
    }

    /// The parent of a node, if it is an element.
    pub fn parent_element(&self, id: NodeId) -> Option<NodeId> {
        self.parent(id).filter(|p| self.is_element(*p))
    }

    /// The first child of a node.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.follow(id, |s| s.first_child)
    }

    /// The last child of a node.
    pub fn last_child(&self, id: NodeId) -> Option<NodeId> {
        self.follow(id, |s| s.last_child)
    }

    /// The next sibling of a node.
    pub fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.follow(id, |s| s.next)
    }

    /// The previous sibling of a node.
    pub fn prev_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.follow(id, |s| s.prev)
    }

    fn follow(&self, id: NodeId, link: impl Fn(&NodeSlot) -> u32) -> Option<NodeId> {
        let slot = self.arena.slot(id)?;
        Some(slot.link(link(slot))?.id())
    }

    /// The children of a node, in order.
    pub fn children(&self, id: NodeId) -> Children<'_> {
        let slot = self.arena.slot(id);
        Children {
            front: slot.and_then(|s| s.link(s.first_child)),
            back: slot.and_then(|s| s.link(s.last_child)),
        }
    }

    /// The descendants of a node in tree order, without the node itself.
    pub fn descendants(&self, id: NodeId) -> Descendants<'_> {
        let root = self.arena.slot(id);
        Descendants {
            next: root.and_then(|r| r.link(r.first_child)),
            root: root.map_or(NONE, |r| r.index),
        }
    }

    /// The ancestors of a node, from its parent up.
    pub fn ancestors(&self, id: NodeId) -> Ancestors<'_> {
        Ancestors { next: self.arena.slot(id).and_then(NodeSlot::parent) }
    }

    /// The node after `id` in tree order within `root`, not entering `id`'s
    /// own subtree if `skip_children`.
    pub fn next_in_order(&self, id: NodeId, root: NodeId, skip_children: bool) -> Option<NodeId> {
        let slot = self.arena.slot(id)?;
        next_in_order(slot, root.index(), skip_children).map(NodeSlot::id)
    }

    /// The node before `id` in tree order within `root`; `root` is the first.
    pub fn previous_in_order(&self, id: NodeId, root: NodeId) -> Option<NodeId> {
        if id == root {
            return None;
        }
        let Some(mut node) = self.prev_sibling(id) else {
            return self.parent(id);
        };
        while let Some(last) = self.last_child(node) {
            node = last;
        }
        Some(node)
    }

    /// Whether `ancestor` is `id` or one of its ancestors.
    pub fn is_inclusive_ancestor(&self, ancestor: NodeId, id: NodeId) -> bool {
        ancestor == id || self.ancestors(id).any(|a| a == ancestor)
    }

    /// The order of two nodes of the same tree; `None` if they are in
    /// different trees.
    pub fn tree_order(&self, a: NodeId, b: NodeId) -> Option<Ordering> {
        let (a, b) = (self.arena.slot(a)?, self.arena.slot(b)?);
        order(a, b)
    }

    pub(super) fn precedes(&self, a: u32, b: u32) -> bool {
        order(self.arena.at(a), self.arena.at(b)) == Some(Ordering::Less)
    }

    /// The number of siblings before a node. Linear.
    pub fn index_in_parent(&self, id: NodeId) -> usize {
        let mut n = 0;
        let mut at = self.prev_sibling(id);
        while let Some(node) = at {
            n += 1;
            at = self.prev_sibling(node);
        }
        n
    }

    /// The number of children. Linear.
    pub fn child_count(&self, id: NodeId) -> usize {
        self.children(id).count()
    }
}

fn order(a: &NodeSlot, b: &NodeSlot) -> Option<Ordering> {
    if a.index == b.index {
        return Some(Ordering::Equal);
    }
    let depth = |slot: &NodeSlot| {
        let mut depth = 0usize;
        let mut at = slot.parent();
        while let Some(node) = at {
            depth += 1;
            at = node.parent();
        }
        depth
    };
    let (mut da, mut db) = (depth(a), depth(b));
    let (mut x, mut y) = (a, b);
    while da > db {
        x = x.parent()?;
        da -= 1;
    }
    while db > da {
        y = y.parent()?;
        db -= 1;
    }
    if x.index == y.index {
        // One contains the other: the container comes first.
        return Some(if a.index == x.index { Ordering::Less } else { Ordering::Greater });
    }
    loop {
        match (x.parent(), y.parent()) {
            (Some(p), Some(q)) if p.index != q.index => (x, y) = (p, q),
            (Some(_), Some(_)) => break,
            _ => return None,
        }
    }
    // Siblings: walk both ways at once, so that near ones are found fast.
    let (mut forward, mut backward) = (x.link(x.next), x.link(x.prev));
    loop {
        match (forward, backward) {
            (Some(f), _) if f.index == y.index => return Some(Ordering::Less),
            (_, Some(b)) if b.index == y.index => return Some(Ordering::Greater),
            (None, None) => return None,
            _ => {}
        }
        forward = forward.and_then(|f| f.link(f.next));
        backward = backward.and_then(|b| b.link(b.prev));
    }
}

pub(super) fn next_in_order(slot: &NodeSlot, root: u32, skip_children: bool) -> Option<&NodeSlot> {
    if !skip_children && let Some(child) = slot.link(slot.first_child) {
        return Some(child);
    }
    let mut at = slot;
    loop {
        if at.index == root {
            return None;
        }
        if let Some(next) = at.link(at.next) {
            return Some(next);
        }
        at = at.parent()?;
    }
}

/// The children of a node. See [`Tree::children`].
#[derive(Clone)]
pub struct Children<'a> {
    front: Option<&'a NodeSlot>,
    back: Option<&'a NodeSlot>,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let slot = self.front?;
        if self.back.is_some_and(|b| b.index == slot.index) {
            (self.front, self.back) = (None, None);
        } else {
            self.front = slot.link(slot.next);
        }
        Some(slot.id())
    }
}

impl DoubleEndedIterator for Children<'_> {
    fn next_back(&mut self) -> Option<NodeId> {
        let slot = self.back?;
        if self.front.is_some_and(|f| f.index == slot.index) {
            (self.front, self.back) = (None, None);
        } else {
            self.back = slot.link(slot.prev);
        }
        Some(slot.id())
    }
}

/// The descendants of a node. See [`Tree::descendants`].
#[derive(Clone)]
pub struct Descendants<'a> {
    next: Option<&'a NodeSlot>,
    root: u32,
}

impl Iterator for Descendants<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let slot = self.next?;
        self.next = next_in_order(slot, self.root, false);
        Some(slot.id())
    }
}

/// The ancestors of a node. See [`Tree::ancestors`].
#[derive(Clone)]
pub struct Ancestors<'a> {
    next: Option<&'a NodeSlot>,
}

impl Iterator for Ancestors<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let slot = self.next?;
        self.next = slot.parent();
        Some(slot.id())
    }
}

/// Linking.
impl Tree {
    /// Appends `node` to `parent`. See [`insert`](Self::insert).
    pub fn append(&mut self, parent: NodeId, node: NodeId) -> bool {
        self.insert(parent, node, None)
    }

    /// Makes `node` a child of `parent`, before the child `before` or last.
    ///
    /// A node that has a parent leaves it first; a node of another document is
    /// adopted first. A fragment stays empty afterwards: its children are
    /// moved, in order. Returns whether it was done; what cannot be done
    /// (stale ids, a `before` that is no child of `parent`, a cycle, a
    /// document as a child) is left undone.
    pub fn insert(&mut self, parent: NodeId, node: NodeId, before: Option<NodeId>) -> bool {
        let (Some(p), Some(n)) = (self.arena.slot(parent), self.arena.slot(node)) else {
            return false;
        };
        if matches!(
            n.data,
            NodeData::Document(_)
                | NodeData::ShadowRoot(_)
                | NodeData::Attribute(_)
                | NodeData::Vacant
        ) || matches!(p.data, NodeData::Vacant)
        {
            return false;
        }
        let has_children = n.first_child != NONE;
        let fragment = matches!(n.data, NodeData::Fragment(_));
        if has_children && self.is_inclusive_ancestor(node, parent) || node == parent {
            return false;
        }
        self.version += 1;
        self.structure_version += 1;
        let mut before = match before {
            Some(b) => match self.arena.slot(b) {
                Some(slot) if slot.parent == parent.index() => Some(b),
                _ => return false,
            },
            None => None,
        };
        if before == Some(node) {
            before = self.next_sibling(node);
        }
        if fragment {
            while let Some(child) = self.first_child(node) {
                self.insert_one(parent, child, before);
            }
        } else {
            self.insert_one(parent, node, before);
        }
        true
    }

    fn insert_one(&mut self, parent: NodeId, node: NodeId, before: Option<NodeId>) {
        self.remove(node);
        let (p, n) = (parent.index(), node.index());
        let document = self.arena.at(p).document;
        if self.arena.at(n).document != document {
            let document = self.arena.at(document).id();
            self.adopt(node, document);
        }
        let next = before.map_or(NONE, |b| b.index());
        let prev =
            if next == NONE { self.arena.at(p).last_child } else { self.arena.at(next).prev };
        {
            let slot = self.arena.at_mut(n);
            slot.parent = p;
            slot.prev = prev;
            slot.next = next;
        }
        if prev == NONE {
            self.arena.at_mut(p).first_child = n;
        } else {
            self.arena.at_mut(prev).next = n;
        }
        if next == NONE {
            self.arena.at_mut(p).last_child = n;
        } else {
            self.arena.at_mut(next).prev = n;
        }
        let shadow = NodeFlags::IN_SHADOW_TREE | NodeFlags::SHADOW_HOST;
        let shadow = self.arena.at(p).has(shadow);
        if shadow && self.arena.at(p).has(NodeFlags::IN_SHADOW_TREE) {
            // Before ids are entered into the document.
            self.arena.at(n).set(NodeFlags::IN_SHADOW_TREE);
        }
        self.note_children_changed(p);
        if self.arena.at(p).has(NodeFlags::CONNECTED) {
            self.connect(n);
            self.children_changed(p, n, true);
        }
        if shadow {
            self.slots_after_insertion(p, n);
        }
        if self.journal.is_some() {
            let (previous, next) = (self.prev_sibling(node), self.next_sibling(node));
            if let Some(journal) = &mut self.journal {
                journal.push(Mutation::Inserted { parent, node, previous, next });
            }
        }
    }

    /// Takes a node out of its parent. Returns whether it had one.
    pub fn remove(&mut self, node: NodeId) -> bool {
        let Some(slot) = self.arena.slot(node) else {
            return false;
        };
        let (p, prev, next) = (slot.parent, slot.prev, slot.next);
        if p == NONE {
            return false;
        }
        self.version += 1;
        self.structure_version += 1;
        let n = node.index();
        let connected = slot.has(NodeFlags::CONNECTED);
        self.note_children_changed(p);
        if connected {
            self.children_changed(p, n, false);
        }
        if prev == NONE {
            self.arena.at_mut(p).first_child = next;
        } else {
            self.arena.at_mut(prev).next = next;
        }
        if next == NONE {
            self.arena.at_mut(p).last_child = prev;
        } else {
            self.arena.at_mut(next).prev = prev;
        }
        {
            let slot = self.arena.at_mut(n);
            slot.parent = NONE;
            slot.prev = NONE;
            slot.next = NONE;
        }
        if connected {
            self.disconnect(n);
        }
        if self.arena.at(p).has(NodeFlags::IN_SHADOW_TREE | NodeFlags::SHADOW_HOST) {
            self.slots_after_removal(p, n);
        }
        if self.journal.is_some() {
            let parent = self.arena.at(p).id();
            let id = |tree: &Self, i: u32| (i != NONE).then(|| tree.arena.at(i).id());
            let (previous, next) = (id(self, prev), id(self, next));
            if let Some(journal) = &mut self.journal {
                journal.push(Mutation::Removed { parent, node, previous, next });
            }
        }
        true
    }

    /// Moves all children of `from` to the end of `to`.
    pub fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.first_child(from) {
            if !self.insert(to, child, None) {
                return;
            }
        }
    }

    /// Removes all children of a node; they stay alive, detached.
    pub fn remove_children(&mut self, parent: NodeId) -> Vec<NodeId> {
        let children: Vec<_> = self.children(parent).collect();
        for child in &children {
            self.remove(*child);
        }
        children
    }

    /// Marks a subtree as connected.
    fn connect(&mut self, root: u32) {
        let flags = if self.arena.at(root).has(NodeFlags::IN_SHADOW_TREE) {
            NodeFlags::CONNECTED | NodeFlags::IN_SHADOW_TREE
        } else {
            NodeFlags::CONNECTED
        };
        let mut at = root;
        loop {
            self.arena.at(at).set(flags);
            if self.arena.at(at).element().is_some() {
                self.remember_id(at);
                self.refresh_disabled(at);
                if let Some(shadow) = self.shadow_index(at) {
                    self.connect_shadow(shadow, true);
                }
            }
            match next_in_order(self.arena.at(at), root, false) {
                Some(next) => at = next.index,
                None => break,
            }
        }
    }

    /// Marks a subtree as detached and drops the styles that it had.
    fn disconnect(&mut self, root: u32) {
        let mut at = root;
        loop {
            if self.arena.at(at).element().is_some() {
                self.forget_id(at);
                if let Some(shadow) = self.shadow_index(at) {
                    self.connect_shadow(shadow, false);
                }
            }
            self.drop_style(at);
            self.arena.at(at).unset(
                NodeFlags::CONNECTED
                    | NodeFlags::DIRTY_DESCENDANTS
                    | NodeFlags::STYLE_QUEUED
                    | NodeFlags::MAY_ANIMATE,
            );
            match next_in_order(self.arena.at(at), root, false) {
                Some(next) => at = next.index,
                None => break,
            }
        }
    }

    fn shadow_index(&self, host: u32) -> Option<u32> {
        let rare = self.arena.at(host).element()?.rare.as_ref()?;
        rare.shadow_root.map(NodeId::index)
    }

    /// Connects or disconnects a shadow tree with its host. A host inside a
    /// shadow tree is reached by its own walk, one level per nesting of hosts.
    fn connect_shadow(&mut self, shadow: u32, connected: bool) {
        let mut roots = vec![shadow];
        while let Some(root) = roots.pop() {
            let mut at = root;
            loop {
                if connected {
                    self.arena.at(at).set(NodeFlags::CONNECTED);
                    self.refresh_disabled(at);
                } else {
                    self.drop_style(at);
                    self.arena.at(at).unset(
                        NodeFlags::CONNECTED
                            | NodeFlags::DIRTY_DESCENDANTS
                            | NodeFlags::STYLE_QUEUED
                            | NodeFlags::MAY_ANIMATE,
                    );
                }
                roots.extend(self.shadow_index(at));
                match next_in_order(self.arena.at(at), root, false) {
                    Some(next) => at = next.index,
                    None => break,
                }
            }
        }
    }

    pub(super) fn drop_style(&mut self, index: u32) {
        let key = super::work::opaque(self.arena.at(index));
        let slot = self.arena.at_mut(index);
        let document = slot.document;
        if let Some(element) = slot.element_mut() {
            *element.style.get_mut() = None;
        }
        if slot.has(NodeFlags::HAS_SNAPSHOT) {
            slot.unset(NodeFlags::HAS_SNAPSHOT | NodeFlags::HANDLED_SNAPSHOT);
            if let Some(work) = self.work_mut(document) {
                work.snapshots.remove(&key);
            }
        }
    }

    /// Frees a node with its subtree, template contents and shadow trees. A
    /// node that has a parent leaves it first. All their ids become stale.
    pub fn free_subtree(&mut self, root: NodeId) {
        if !self.contains(root) {
            return;
        }
        self.remove(root);
        let mut roots = vec![root.index()];
        while let Some(root) = roots.pop() {
            self.free_tree(root, &mut roots);
        }
    }

    /// Frees the tree at `root` from its leaves, noting other trees that its
    /// nodes own.
    fn free_tree(&mut self, root: u32, roots: &mut Vec<u32>) {
        let mut at = root;
        loop {
            // Down to a leaf.
            while self.arena.at(at).first_child != NONE {
                at = self.arena.at(at).first_child;
            }
            let slot = self.arena.at(at);
            let (parent, next, document, id) = (slot.parent, slot.next, slot.document, slot.id());
            let name = slot.element().and_then(|e| e.plain(&markup5ever::local_name!("name")));
            let name = name.map(str::to_owned);
            if let Some(rare) = slot.element().and_then(|e| e.rare.as_ref()) {
                roots.extend(rare.template_content.map(NodeId::index));
                roots.extend(rare.shadow_root.map(NodeId::index));
            }
            if let Some(inert) = slot.document_data().and_then(|d| d.template_document)
                && inert != id
                && self.contains(inert)
            {
                roots.push(inert.index());
            }
            if document != at {
                self.count_owned(document, -1);
                if let Some(work) = self.work_mut(document) {
                    work.freed.push(id);
                }
            }
            if let Some(name) = name {
                self.count_name(&name, false);
            }
            self.forget_children_version(at);
            let orphans = self.arena.at(at).document_data().is_some_and(|d| d.owned > 0);
            self.arena.free(at, !orphans);
            if at == root {
                return;
            }
            // The next sibling, or the parent, which is now a leaf.
            if next == NONE {
                self.arena.at_mut(parent).first_child = NONE;
                at = parent;
            } else {
                at = next;
            }
        }
    }
}
