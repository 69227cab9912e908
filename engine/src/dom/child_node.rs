//! The mixins `ChildNode` and `NonDocumentTypeChildNode`:
//! <https://dom.spec.whatwg.org/#interface-childnode>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Fallible, Obj};

use super::{
    CharacterData, DocumentType, Element, mutation,
    parent_node::{convert, document_of},
};
use crate::{
    agent::EngineCx,
    generated::{ChildNodeMethods, NodeOrDOMString, NonDocumentTypeChildNodeMethods},
    wrappers::Node,
};

/// What elements, character data and doctypes are to this mixin.
pub(super) trait Child {}
impl Child for Element {}
impl Child for CharacterData {}
impl Child for DocumentType {}

/// The nodes among the arguments.
fn ids(nodes: &[NodeOrDOMString]) -> Vec<NodeId> {
    nodes
        .iter()
        .filter_map(|node| match node {
            NodeOrDOMString::Node(node) => Some(node.id()),
            NodeOrDOMString::DOMString(_) => None,
        })
        .collect()
}

/// The first sibling after `id` that is not among `nodes`.
fn viable_next(tree: &Tree, id: NodeId, nodes: &[NodeId]) -> Option<NodeId> {
    let mut next = tree.next_sibling(id);
    while next.is_some_and(|sibling| nodes.contains(&sibling)) {
        next = next.and_then(|sibling| tree.next_sibling(sibling));
    }
    next
}

/// The first sibling before `id` that is not among `nodes`.
fn viable_previous(tree: &Tree, id: NodeId, nodes: &[NodeId]) -> Option<NodeId> {
    let mut previous = tree.prev_sibling(id);
    while previous.is_some_and(|sibling| nodes.contains(&sibling)) {
        previous = previous.and_then(|sibling| tree.prev_sibling(sibling));
    }
    previous
}

impl<T: Child + 'static> ChildNodeMethods for Obj<T> {
    /// <https://dom.spec.whatwg.org/#dom-childnode-before>
    fn before(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let id = self.upcast::<Node>().id();
        // 1.–3.
        let (parent, previous) = {
            let agent = cx.engine();
            let tree = agent.tree();
            let Some(parent) = tree.parent(id) else { return Ok(()) };
            (parent, viable_previous(&tree, id, &ids(&nodes)))
        };
        // 4.–6.
        let document = document_of(cx, id);
        let node = convert(cx, nodes, document)?;
        let reference = {
            let agent = cx.engine();
            let tree = agent.tree();
            match previous {
                Some(previous) => tree.next_sibling(previous),
                None => tree.first_child(parent),
            }
        };
        mutation::pre_insert(cx, node, parent, reference)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-after>
    fn after(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let id = self.upcast::<Node>().id();
        let (parent, next) = {
            let agent = cx.engine();
            let tree = agent.tree();
            let Some(parent) = tree.parent(id) else { return Ok(()) };
            (parent, viable_next(&tree, id, &ids(&nodes)))
        };
        let document = document_of(cx, id);
        let node = convert(cx, nodes, document)?;
        mutation::pre_insert(cx, node, parent, next)
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-replacewith>
    fn replace_with(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let id = self.upcast::<Node>().id();
        let (parent, next) = {
            let agent = cx.engine();
            let tree = agent.tree();
            let Some(parent) = tree.parent(id) else { return Ok(()) };
            (parent, viable_next(&tree, id, &ids(&nodes)))
        };
        let document = document_of(cx, id);
        let node = convert(cx, nodes, document)?;
        // It may have moved into the fragment.
        if cx.engine().tree().parent(id) == Some(parent) {
            mutation::replace(cx, id, node, parent)
        } else {
            mutation::pre_insert(cx, node, parent, next)
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-childnode-remove>
    fn remove(&self, cx: &mut Cx) -> Fallible<()> {
        mutation::remove(cx, self.upcast::<Node>().id());
        Ok(())
    }
}

/// What elements and character data are to this mixin.
pub(super) trait Sibling {}
impl Sibling for Element {}
impl Sibling for CharacterData {}

impl<T: Sibling + 'static> NonDocumentTypeChildNodeMethods for Obj<T> {
    fn previous_element_sibling(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            let mut at = tree.prev_sibling(self.upcast::<Node>().id());
            while at.is_some_and(|id| !tree.is_element(id)) {
                at = at.and_then(|id| tree.prev_sibling(id));
            }
            at
        };
        found.and_then(|id| cx.wrap_as(id))
    }

    fn next_element_sibling(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            let mut at = tree.next_sibling(self.upcast::<Node>().id());
            while at.is_some_and(|id| !tree.is_element(id)) {
                at = at.and_then(|id| tree.next_sibling(id));
            }
            at
        };
        found.and_then(|id| cx.wrap_as(id))
    }
}
