//! Shadow trees: which nodes are in one, which slot shows which node, and the
//! flat tree that follows from it.
//!
//! <https://dom.spec.whatwg.org/#shadow-trees>,
//! <https://drafts.csswg.org/css-scoping/#flattening>
//!
//! A document without shadow trees pays one test of a flag here and there:
//! whether a node is in a shadow tree, is a host, or is a slot that shows
//! something are bits of its slot. What slots show is kept by the shadow root.

use super::data::{NodeData, NodeKind};
use super::slot::{NodeFlags, NodeSlot};
use super::{NodeId, Tree};
use markup5ever::ns;

/// Asking.
impl Tree {
    /// The root of the shadow tree that a node is in.
    pub fn containing_shadow(&self, id: NodeId) -> Option<NodeId> {
        Some(self.arena.slot(id)?.containing_shadow()?.id())
    }

    /// Whether a node is in a shadow tree.
    pub fn is_in_shadow_tree(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::IN_SHADOW_TREE))
    }

    /// Whether an element has a shadow root.
    pub fn is_shadow_host(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::SHADOW_HOST))
    }

    /// Whether an element has a name that may have a shadow root.
    ///
    /// <https://dom.spec.whatwg.org/#valid-shadow-host-name>
    pub fn may_be_shadow_host(&self, id: NodeId) -> bool {
        self.name(id).filter(|name| name.ns == ns!(html)).is_some_and(|name| {
            let built_in = matches!(
                &*name.local,
                "article"
                    | "aside"
                    | "blockquote"
                    | "body"
                    | "div"
                    | "footer"
                    | "h1"
                    | "h2"
                    | "h3"
                    | "h4"
                    | "h5"
                    | "h6"
                    | "header"
                    | "main"
                    | "nav"
                    | "p"
                    | "section"
                    | "span"
            );
            built_in || super::is_valid_custom_element_name(&name.local)
        })
    }

    /// <https://dom.spec.whatwg.org/#concept-shadow-including-root>
    pub fn shadow_including_root(&self, id: NodeId) -> NodeId {
        let mut at = id;
        loop {
            let root = self.root(at);
            match self.shadow_data(root) {
                Some(shadow) => at = shadow.host,
                None => return root,
            }
        }
    }

    /// The parent of a node, or the host of a shadow root.
    pub fn parent_or_shadow_host(&self, id: NodeId) -> Option<NodeId> {
        self.parent(id).or_else(|| Some(self.shadow_data(id)?.host))
    }

    /// <https://dom.spec.whatwg.org/#concept-shadow-including-inclusive-ancestor>
    pub fn is_shadow_including_inclusive_ancestor(&self, ancestor: NodeId, id: NodeId) -> bool {
        let mut at = Some(id);
        while let Some(node) = at {
            if node == ancestor {
                return true;
            }
            at = self.parent_or_shadow_host(node);
        }
        false
    }

    /// "Retarget" `a` against `b`, which is `None` for what is no node.
    ///
    /// <https://dom.spec.whatwg.org/#retarget>
    pub fn retarget(&self, a: NodeId, b: Option<NodeId>) -> NodeId {
        let mut a = a;
        while let Some(root) = self.containing_shadow(a) {
            if b.is_some_and(|b| self.is_shadow_including_inclusive_ancestor(root, b)) {
                break;
            }
            let Some(host) = self.host(root) else { break };
            a = host;
        }
        a
    }

    /// A node with its descendants, shadow trees included, in shadow-including
    /// tree order.
    pub fn shadow_including_descendants(&self, id: NodeId) -> ShadowIncludingDescendants<'_> {
        let root = self.arena.slot(id);
        ShadowIncludingDescendants { next: root, root: root.map_or(u32::MAX, |r| r.index) }
    }

    /// The slot that shows a node.
    pub fn assigned_slot(&self, id: NodeId) -> Option<NodeId> {
        Some(self.arena.slot(id)?.assigned_slot()?.id())
    }

    /// The nodes assigned to a slot, in order.
    ///
    /// <https://dom.spec.whatwg.org/#slot-assigned-nodes>
    pub fn assigned_nodes(&self, slot: NodeId) -> Vec<NodeId> {
        let Some(slot) = self.arena.slot(slot) else {
            return Vec::new();
        };
        slot.assigned_nodes().iter().map(|node| self.arena.at(node.index()).id()).collect()
    }

    /// The nodes that script gave a slot (`slot.assign`).
    pub fn manually_assigned(&self, slot: NodeId) -> &[NodeId] {
        self.element(slot).and_then(|e| e.rare.as_deref()).map_or(&[], |r| &r.manual_nodes)
    }

    /// The parent of a node in the flat tree: `None` for a root, and for what is
    /// not in the flat tree since no slot shows it.
    pub fn flat_parent(&self, id: NodeId) -> Option<NodeId> {
        Some(self.arena.slot(id)?.flat_parent()?.id())
    }

    /// The children of a node in the flat tree.
    pub fn flat_children(&self, id: NodeId) -> Vec<NodeId> {
        let Some(slot) = self.arena.slot(id) else {
            return Vec::new();
        };
        if slot.has(NodeFlags::SHADOW_HOST)
            && let Some(root) = self.shadow_root(id)
        {
            return self.children(root).collect();
        }
        if slot.has(NodeFlags::SHOWS_ASSIGNED) {
            return self.assigned_nodes(id);
        }
        self.children(id).collect()
    }

    /// Slots whose nodes changed since the last call, in the order that events
    /// are to be fired in.
    ///
    /// <https://dom.spec.whatwg.org/#signal-a-slot-change>
    pub fn take_signaled_slots(&mut self) -> Vec<NodeId> {
        std::mem::take(&mut self.signaled_slots)
    }

    /// Whether [`take_signaled_slots`](Self::take_signaled_slots) would give any.
    pub fn has_signaled_slots(&self) -> bool {
        !self.signaled_slots.is_empty()
    }
}

/// See [`Tree::shadow_including_descendants`].
#[derive(Clone)]
pub struct ShadowIncludingDescendants<'a> {
    next: Option<&'a NodeSlot>,
    root: u32,
}

impl Iterator for ShadowIncludingDescendants<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let slot = self.next?;
        self.next = next_shadow_including(slot, self.root);
        Some(slot.id())
    }
}

fn next_shadow_including(slot: &NodeSlot, root: u32) -> Option<&NodeSlot> {
    if slot.has(NodeFlags::SHADOW_HOST)
        && let Some(shadow) = slot.shadow()
    {
        return Some(shadow);
    }
    if let Some(child) = slot.link(slot.first_child) {
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
        match at.host() {
            // The shadow tree is through: now the host's own children.
            Some(host) => {
                if let Some(child) = host.link(host.first_child) {
                    return Some(child);
                }
                at = host;
            }
            None => at = at.parent()?,
        }
    }
}

/// Links of the flat tree.
impl NodeSlot {
    /// The host, if this is a shadow root.
    pub(crate) fn host(&self) -> Option<&NodeSlot> {
        match &self.data {
            NodeData::ShadowRoot(shadow) => self.link(shadow.host.index()),
            _ => None,
        }
    }

    /// The shadow root, if this is a host.
    pub(crate) fn shadow(&self) -> Option<&NodeSlot> {
        if !self.has(NodeFlags::SHADOW_HOST) {
            return None;
        }
        self.link(self.element()?.rare.as_ref()?.shadow_root?.index())
    }

    /// The root of the shadow tree that it is in.
    pub(crate) fn containing_shadow(&self) -> Option<&NodeSlot> {
        if !self.has(NodeFlags::IN_SHADOW_TREE) {
            return None;
        }
        let mut at = self;
        while let Some(parent) = at.parent() {
            at = parent;
        }
        matches!(at.data, NodeData::ShadowRoot(_)).then_some(at)
    }

    /// The slot that shows it.
    pub(crate) fn assigned_slot(&self) -> Option<&NodeSlot> {
        let host = self.parent().filter(|p| p.has(NodeFlags::SHADOW_HOST))?;
        let NodeData::ShadowRoot(shadow) = &host.shadow()?.data else { return None };
        self.link(*shadow.slots.by_node.get(&self.index)?)
    }

    /// What it shows, if it is a slot.
    pub(crate) fn assigned_nodes(&self) -> &[super::slot::SlotPointer] {
        if !self.has(NodeFlags::SHOWS_ASSIGNED) {
            return &[];
        }
        let Some(NodeData::ShadowRoot(shadow)) = self.containing_shadow().map(|root| &root.data)
        else {
            return &[];
        };
        shadow.slots.assigned.get(&self.index).map_or(&[], |nodes| nodes)
    }

    /// The parent in the flat tree.
    pub(crate) fn flat_parent(&self) -> Option<&NodeSlot> {
        let parent = self.parent()?;
        let special = NodeFlags::SHADOW_HOST | NodeFlags::SHADOW_ROOT | NodeFlags::SHOWS_ASSIGNED;
        if !parent.has(special) {
            return Some(parent);
        }
        if parent.has(NodeFlags::SHADOW_ROOT) {
            return parent.host();
        }
        if parent.has(NodeFlags::SHADOW_HOST) {
            return self.assigned_slot();
        }
        // What a slot would show if nothing were assigned to it.
        None
    }

    /// Whether it can be shown by a slot.
    ///
    /// <https://dom.spec.whatwg.org/#concept-slotable>
    pub(crate) fn is_slottable(&self) -> bool {
        matches!(
            self.data.kind(),
            Some(NodeKind::Element | NodeKind::Text | NodeKind::CdataSection)
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::{NodeId, ShadowMode, Tree};

    fn host(tree: &mut Tree) -> (NodeId, NodeId, NodeId) {
        let document = tree.create_document(true);
        let html = tree.create_html_element(document, "html");
        tree.append(document, html);
        let host = tree.create_html_element(document, "div");
        tree.append(html, host);
        let shadow = tree.attach_shadow(host, ShadowMode::Open).unwrap();
        (document, host, shadow)
    }

    fn slot(tree: &mut Tree, document: NodeId, shadow: NodeId, name: &str) -> NodeId {
        let slot = tree.create_html_element(document, "slot");
        if !name.is_empty() {
            tree.set_plain_attribute(slot, "name".into(), name);
        }
        tree.append(shadow, slot);
        slot
    }

    #[test]
    fn slots_show_the_children_of_the_host() {
        let mut tree = Tree::new();
        let (document, host, shadow) = host(&mut tree);
        let a = tree.create_html_element(document, "a");
        tree.append(host, a);
        assert_eq!(tree.flat_parent(a), None, "no slot");
        let rest = slot(&mut tree, document, shadow, "");
        let named = slot(&mut tree, document, shadow, "n");
        assert_eq!(tree.flat_parent(rest), Some(host));
        assert_eq!(tree.assigned_nodes(rest), [a]);
        assert_eq!(tree.take_signaled_slots(), [rest]);
        tree.set_plain_attribute(a, "slot".into(), "n");
        assert_eq!(tree.assigned_slot(a), Some(named));
        assert_eq!(tree.take_signaled_slots(), [rest, named]);
        let text = tree.create_text(document, "x");
        tree.insert(host, text, Some(a));
        let b = tree.create_html_element(document, "b");
        tree.insert(host, b, Some(text));
        assert_eq!(tree.assigned_nodes(rest), [b, text]);
        tree.take_signaled_slots();
        tree.remove(named);
        assert_eq!(tree.flat_parent(a), None);
        assert_eq!(tree.take_signaled_slots(), [named]);
        tree.remove(text);
        assert_eq!(tree.assigned_nodes(rest), [b]);
    }

    #[test]
    fn the_first_slot_of_a_name_wins() {
        let mut tree = Tree::new();
        let (document, host, shadow) = host(&mut tree);
        let a = tree.create_html_element(document, "a");
        tree.append(host, a);
        let second = slot(&mut tree, document, shadow, "");
        let first = tree.create_html_element(document, "slot");
        tree.insert(shadow, first, Some(second));
        assert_eq!(tree.assigned_slot(a), Some(first));
        tree.remove(first);
        assert_eq!(tree.assigned_slot(a), Some(second));
    }

    #[test]
    fn fallback_is_shown_while_nothing_is_assigned() {
        let mut tree = Tree::new();
        let (document, host, shadow) = host(&mut tree);
        let shown = slot(&mut tree, document, shadow, "");
        let fallback = tree.create_text(document, "fallback");
        tree.append(shown, fallback);
        assert_eq!(tree.take_signaled_slots(), [shown]);
        assert_eq!(tree.flat_children(shown), [fallback]);
        let a = tree.create_html_element(document, "a");
        tree.append(host, a);
        assert_eq!(tree.flat_children(shown), [a]);
        assert_eq!(tree.flat_parent(fallback), None);
    }

    #[test]
    fn nodes_know_their_shadow_tree() {
        let mut tree = Tree::new();
        let (document, host, shadow) = host(&mut tree);
        let p = tree.create_html_element(document, "p");
        let q = tree.create_html_element(document, "q");
        tree.append(p, q);
        assert_eq!(tree.containing_shadow(q), None);
        tree.append(shadow, p);
        assert_eq!(tree.containing_shadow(q), Some(shadow));
        assert!(tree.is_connected(q));
        assert_eq!(tree.retarget(q, Some(host)), host);
        assert_eq!(tree.retarget(q, Some(p)), q);
        assert_eq!(tree.shadow_including_root(q), document);
        let all: Vec<_> = tree.shadow_including_descendants(host).collect();
        assert_eq!(all, [host, shadow, p, q]);
        tree.remove(p);
        assert_eq!(tree.containing_shadow(q), None);
        assert!(!tree.is_connected(q));
    }

    #[test]
    fn ids_belong_to_their_tree() {
        let mut tree = Tree::new();
        let (document, _, shadow) = host(&mut tree);
        let p = tree.create_html_element(document, "p");
        tree.set_plain_attribute(p, "id".into(), "x");
        tree.append(shadow, p);
        assert_eq!(tree.element_by_id(document, "x"), None);
        tree.set_plain_attribute(p, "id".into(), "y");
        assert_eq!(tree.element_by_id(document, "y"), None);
        let html = tree.document_element(document).unwrap();
        tree.append(html, p);
        assert_eq!(tree.element_by_id(document, "y"), Some(p));
    }
}
