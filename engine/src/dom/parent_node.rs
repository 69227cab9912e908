//! The mixins `ParentNode` and `NonElementParentNode`:
//! <https://dom.spec.whatwg.org/#interface-parentnode>

use virga_dom::{NodeId, Tree, select};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{
    Document, DocumentFragment, Element, Filter, HTMLCollection, NodeList, mutation, same_object,
    static_node_list,
};
use crate::{
    agent::EngineCx,
    generated::{NodeOrDOMString, NonElementParentNodeMethods, ParentNodeMethods},
    wrappers::Node,
};

/// "Convert nodes into a node": one of them, or a fragment of all.
///
/// <https://dom.spec.whatwg.org/#converting-nodes-into-a-node>
pub(super) fn convert(
    cx: &mut Cx,
    nodes: Vec<NodeOrDOMString>,
    document: NodeId,
) -> Fallible<NodeId> {
    let agent = cx.engine();
    let ids: Vec<NodeId> = nodes
        .into_iter()
        .map(|node| match node {
            NodeOrDOMString::Node(node) => node.id(),
            NodeOrDOMString::DOMString(text) => {
                let text = text.to_str().into_owned();
                agent.tree_mut().create_text(document, text)
            }
        })
        .collect();
    if let [one] = ids[..] {
        return Ok(one);
    }
    let fragment = agent.tree_mut().create_fragment(document);
    // The sweep takes it when nothing came to hold it.
    agent.wrappers.release(fragment);
    for id in ids {
        mutation::append(cx, id, fragment)?;
    }
    Ok(fragment)
}

/// The node document of a parent.
pub(super) fn document_of(cx: &Cx, id: NodeId) -> NodeId {
    cx.engine().tree().owner_document(id).unwrap_or(id)
}

/// The exception for selectors that cannot be used.
pub(super) fn selector_error(error: select::SelectorError) -> Error {
    Error::dom(DomExceptionName::Syntax, error.to_string())
}

fn first_element(tree: &Tree, id: NodeId) -> Option<NodeId> {
    tree.children(id).find(|child| tree.is_element(*child))
}

/// What elements, documents and fragments are to this mixin.
pub(super) trait Parent {}
impl Parent for Element {}
impl Parent for Document {}
impl Parent for DocumentFragment {}

impl<T: Parent + 'static> ParentNodeMethods for Obj<T> {
    fn children(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let node: Obj<Node> = self.upcast();
        same_object(
            cx,
            &node,
            |extras| &mut extras.children,
            |cx| HTMLCollection::create(cx, node.clone(), Filter::Children),
        )
    }

    fn first_element_child(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = first_element(&cx.engine().tree(), self.upcast::<Node>().id());
        found.and_then(|id| cx.wrap_as(id))
    }

    fn last_element_child(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let id = self.upcast::<Node>().id();
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.children(id).rev().find(|child| tree.is_element(*child))
        };
        found.and_then(|id| cx.wrap_as(id))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the tree numbers nodes with 32 bits")]
    fn child_element_count(&self, cx: &mut Cx) -> u32 {
        let id = self.upcast::<Node>().id();
        let agent = cx.engine();
        let tree = agent.tree();
        tree.children(id).filter(|child| tree.is_element(*child)).count() as u32
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-prepend>
    fn prepend(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let parent = self.upcast::<Node>().id();
        let document = document_of(cx, parent);
        let node = convert(cx, nodes, document)?;
        let first = cx.engine().tree().first_child(parent);
        mutation::pre_insert(cx, node, parent, first)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-append>
    fn append(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let parent = self.upcast::<Node>().id();
        let document = document_of(cx, parent);
        let node = convert(cx, nodes, document)?;
        mutation::append(cx, node, parent)
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-replacechildren>
    fn replace_children(&self, cx: &mut Cx, nodes: Vec<NodeOrDOMString>) -> Fallible<()> {
        let parent = self.upcast::<Node>().id();
        let document = document_of(cx, parent);
        let node = convert(cx, nodes, document)?;
        mutation::ensure_pre_insert_validity(cx, node, parent)?;
        mutation::replace_all(cx, Some(node), parent);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselector>
    fn query_selector(&self, cx: &mut Cx, selectors: DomString) -> Fallible<Option<Obj<Element>>> {
        let root = self.upcast::<Node>().id();
        crate::html::forms::validity::refresh(cx);
        let found = select::query_selector(&cx.engine().tree(), root, &selectors.to_str());
        Ok(found.map_err(selector_error)?.and_then(|id| cx.wrap_as(id)))
    }

    /// <https://dom.spec.whatwg.org/#dom-parentnode-queryselectorall>
    fn query_selector_all(&self, cx: &mut Cx, selectors: DomString) -> Fallible<Obj<NodeList>> {
        let root = self.upcast::<Node>().id();
        crate::html::forms::validity::refresh(cx);
        let found = select::query_selector_all(&cx.engine().tree(), root, &selectors.to_str());
        let nodes = found.map_err(selector_error)?.into_iter().map(|id| cx.wrap(id)).collect();
        Ok(static_node_list(cx, nodes))
    }
}

impl NonElementParentNodeMethods for Obj<Document> {
    /// <https://dom.spec.whatwg.org/#dom-nonelementparentnode-getelementbyid>
    fn get_element_by_id(&self, cx: &mut Cx, id: DomString) -> Fallible<Option<Obj<Element>>> {
        let found = cx.engine().tree().element_by_id(self.id(), &id.to_str());
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }
}

impl NonElementParentNodeMethods for Obj<DocumentFragment> {
    fn get_element_by_id(&self, cx: &mut Cx, id: DomString) -> Fallible<Option<Obj<Element>>> {
        if id.is_empty() {
            return Ok(None);
        }
        let wanted = id.to_str();
        let found = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.descendants(self.id())
                .find(|id| tree.element_id(*id).is_some_and(|own| **own == *wanted))
        };
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }
}
