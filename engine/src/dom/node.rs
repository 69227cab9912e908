//! The `Node` interface: <https://dom.spec.whatwg.org/#interface-node>

use std::cmp::Ordering;

use virga_dom::{
    Namespace, NodeId, Tree, ns,
    tree::{CloneOptions, NodeKind},
};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{
    Document, Element, Filter, NodeList, mutation,
    ranges::{self, live},
    same_object,
};
use crate::{
    agent::EngineCx,
    generated::{GetRootNodeOptions, NodeMethods},
    wrappers::Node,
};

fn relative(
    cx: &mut Cx,
    node: &Obj<Node>,
    find: impl FnOnce(&Tree, NodeId) -> Option<NodeId>,
) -> Option<Obj<Node>> {
    let found = find(&cx.engine().tree(), node.id());
    found.map(|id| cx.wrap(id))
}

/// A copy of a node for `document`, with what elements do when they are copied;
/// `None` if it cannot be copied. It has no wrapper yet.
///
/// <https://dom.spec.whatwg.org/#concept-node-clone>
pub(crate) fn clone(cx: &mut Cx, id: NodeId, document: NodeId, deep: bool) -> Option<NodeId> {
    let copy = cx.engine().tree_mut().clone_node(id, document, CloneOptions { deep })?;
    crate::html::hooks::cloned(cx, id, copy);
    crate::custom_elements::cloned(cx, copy);
    Some(copy)
}

fn kind(cx: &Cx, node: &Obj<Node>) -> Option<NodeKind> {
    cx.engine().tree().kind(node.id())
}

/// The name of an element or attribute as the tree spells it: `prefix:local`.
pub(super) fn qualified_name(tree: &Tree, id: NodeId) -> String {
    match tree.name(id).or_else(|| tree.attribute_name(id)) {
        Some(name) => match &name.prefix {
            Some(prefix) => format!("{prefix}:{}", name.local),
            None => name.local.to_string(),
        },
        None => String::new(),
    }
}

/// "HTML-uppercased qualified name".
///
/// <https://dom.spec.whatwg.org/#element-html-uppercased-qualified-name>
pub(super) fn tag_name(tree: &Tree, id: NodeId) -> String {
    let mut name = qualified_name(tree, id);
    let html = tree.owner_document(id).is_some_and(|document| tree.is_html_document(document));
    if html && tree.namespace(id) == Some(&ns!(html)) {
        name.make_ascii_uppercase();
    }
    name
}

/// "Locate a namespace": <https://dom.spec.whatwg.org/#locate-a-namespace>
fn locate_namespace(tree: &Tree, start: NodeId, prefix: Option<&str>) -> Option<Namespace> {
    let mut at = element_for_lookup(tree, start);
    while let Some(id) = at {
        // The two prefixes that need no declaration.
        match prefix {
            Some("xml") => return Some(ns!(xml)),
            Some("xmlns") => return Some(ns!(xmlns)),
            _ => {}
        }
        if let Some(name) = tree.name(id)
            && name.ns != ns!()
            && name.prefix.as_deref() == prefix
        {
            return Some(name.ns.clone());
        }
        let declared = tree.attributes(id).iter().find(|attribute| {
            attribute.name.ns == ns!(xmlns)
                && match prefix {
                    Some(prefix) => {
                        attribute.name.prefix.is_some() && *attribute.name.local == *prefix
                    }
                    None => attribute.name.prefix.is_none() && &*attribute.name.local == "xmlns",
                }
        });
        if let Some(attribute) = declared {
            return Some(Namespace::from(attribute.value())).filter(|found| !found.is_empty());
        }
        at = tree.parent_element(id);
    }
    None
}

/// "Locate a namespace prefix": <https://dom.spec.whatwg.org/#locate-a-namespace-prefix>
fn locate_prefix(tree: &Tree, start: NodeId, namespace: &Namespace) -> Option<String> {
    let mut at = element_for_lookup(tree, start);
    while let Some(id) = at {
        if let Some(name) = tree.name(id)
            && name.ns == *namespace
            && let Some(prefix) = &name.prefix
        {
            return Some(prefix.to_string());
        }
        let declared = tree.attributes(id).iter().find(|attribute| {
            attribute.name.prefix.as_deref() == Some("xmlns") && attribute.value() == &**namespace
        });
        if let Some(attribute) = declared {
            return Some(attribute.name.local.to_string());
        }
        at = tree.parent_element(id);
    }
    None
}

/// Where a look-up of namespaces from a node begins.
fn element_for_lookup(tree: &Tree, id: NodeId) -> Option<NodeId> {
    match tree.kind(id)? {
        NodeKind::Element => Some(id),
        NodeKind::Document => tree.document_element(id),
        NodeKind::Doctype | NodeKind::Fragment | NodeKind::ShadowRoot => None,
        _ => tree.parent_element(id),
    }
}

/// "A node equals another": <https://dom.spec.whatwg.org/#concept-node-equals>
fn equals(tree: &Tree, a: NodeId, b: NodeId) -> bool {
    let same = |a: NodeId, b: NodeId| {
        let kind = tree.kind(a);
        kind == tree.kind(b)
            && tree.name(a) == tree.name(b)
            && tree.attribute_name(a) == tree.attribute_name(b)
            && tree.doctype(a) == tree.doctype(b)
            && (kind == Some(NodeKind::Element) || tree.text(a) == tree.text(b))
            && tree.processing_instruction(a) == tree.processing_instruction(b)
            && tree.attributes(a).len() == tree.attributes(b).len()
            && tree
                .attributes(a)
                .iter()
                .all(|one| tree.attribute(b, &one.name.ns, &one.name.local) == Some(one.value()))
    };
    let (mut at_a, mut at_b) = (a, b);
    loop {
        if !same(at_a, at_b) || tree.child_count(at_a) != tree.child_count(at_b) {
            return false;
        }
        match (tree.next_in_order(at_a, a, false), tree.next_in_order(at_b, b, false)) {
            (Some(next_a), Some(next_b)) => (at_a, at_b) = (next_a, next_b),
            (None, None) => return true,
            _ => return false,
        }
    }
}

impl NodeMethods for Obj<Node> {
    fn node_type(&self, cx: &mut Cx) -> u16 {
        match kind(cx, self) {
            Some(NodeKind::Element) => 1,
            Some(NodeKind::Attribute) => 2,
            Some(NodeKind::Text) => 3,
            Some(NodeKind::CdataSection) => 4,
            Some(NodeKind::ProcessingInstruction) => 7,
            Some(NodeKind::Comment) => 8,
            Some(NodeKind::Document) => 9,
            Some(NodeKind::Doctype) => 10,
            Some(NodeKind::Fragment | NodeKind::ShadowRoot) | None => 11,
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nodename>
    fn node_name(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        let id = self.id();
        match tree.kind(id) {
            Some(NodeKind::Element) => DomString::from(tag_name(&tree, id)),
            Some(NodeKind::Attribute) => DomString::from(qualified_name(&tree, id)),
            Some(NodeKind::Text) => DomString::from("#text"),
            Some(NodeKind::CdataSection) => DomString::from("#cdata-section"),
            Some(NodeKind::ProcessingInstruction) => DomString::from(
                tree.processing_instruction(id).map_or("", |instruction| &instruction.target),
            ),
            Some(NodeKind::Comment) => DomString::from("#comment"),
            Some(NodeKind::Document) => DomString::from("#document"),
            Some(NodeKind::Doctype) => {
                DomString::from(tree.doctype(id).map_or("", |doctype| &doctype.name))
            }
            Some(NodeKind::Fragment | NodeKind::ShadowRoot) | None => {
                DomString::from("#document-fragment")
            }
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-baseuri>
    fn base_uri(&self, cx: &mut Cx) -> String {
        let document = cx.engine().tree().owner_document(self.id());
        document.map_or_else(String::new, |document| super::document::base_url(cx, document))
    }

    fn is_connected(&self, cx: &mut Cx) -> bool {
        cx.engine().tree().is_connected(self.id())
    }

    fn owner_document(&self, cx: &mut Cx) -> Option<Obj<Document>> {
        // A document's node document is itself, but it has no owner.
        let owner = cx.engine().tree().owner_document(self.id());
        owner.filter(|document| *document != self.id()).and_then(|id| cx.wrap_as(id))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-getrootnode>
    fn get_root_node(&self, cx: &mut Cx, options: GetRootNodeOptions) -> Fallible<Obj<Node>> {
        let root = {
            let agent = cx.engine();
            let tree = agent.tree();
            let mut root = tree.root(self.id());
            while options.composed
                && let Some(shadow) = tree.shadow_data(root)
            {
                root = tree.root(shadow.host);
            }
            root
        };
        Ok(cx.wrap(root))
    }

    fn parent_node(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        relative(cx, self, Tree::parent)
    }

    fn parent_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let parent = cx.engine().tree().parent_element(self.id());
        parent.and_then(|id| cx.wrap_as(id))
    }

    fn has_child_nodes(&self, cx: &mut Cx) -> Fallible<bool> {
        Ok(cx.engine().tree().first_child(self.id()).is_some())
    }

    fn child_nodes(&self, cx: &mut Cx) -> Obj<NodeList> {
        same_object(
            cx,
            self,
            |extras| &mut extras.child_nodes,
            |cx| NodeList::live(cx, self.clone(), Filter::ChildNodes),
        )
    }

    fn first_child(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        relative(cx, self, Tree::first_child)
    }

    fn last_child(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        relative(cx, self, Tree::last_child)
    }

    fn previous_sibling(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        relative(cx, self, Tree::prev_sibling)
    }

    fn next_sibling(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        relative(cx, self, Tree::next_sibling)
    }

    /// <https://dom.spec.whatwg.org/#dom-node-nodevalue>
    fn node_value(&self, cx: &mut Cx) -> Option<DomString> {
        match kind(cx, self)? {
            NodeKind::Attribute => {
                self.downcast::<super::Attr>().map(|attr| super::attr::value(cx, &attr))
            }
            NodeKind::Text
            | NodeKind::CdataSection
            | NodeKind::Comment
            | NodeKind::ProcessingInstruction => {
                Some(DomString::from(cx.engine().tree().text(self.id())))
            }
            _ => None,
        }
    }

    fn set_node_value(&self, cx: &mut Cx, value: Option<DomString>) -> Fallible<()> {
        let value = value.unwrap_or_default();
        match kind(cx, self) {
            Some(NodeKind::Attribute) => {
                if let Some(attr) = self.downcast::<super::Attr>() {
                    super::attr::set_value(cx, &attr, &value);
                }
            }
            Some(
                NodeKind::Text
                | NodeKind::CdataSection
                | NodeKind::Comment
                | NodeKind::ProcessingInstruction,
            ) => mutation::set_data(cx, self.id(), value.to_str().into_owned()),
            _ => {}
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-node-textcontent>
    fn text_content(&self, cx: &mut Cx) -> Option<DomString> {
        match kind(cx, self)? {
            NodeKind::Element | NodeKind::Fragment | NodeKind::ShadowRoot => {
                Some(DomString::from(cx.engine().tree().text_content(self.id())))
            }
            _ => self.node_value(cx),
        }
    }

    fn set_text_content(&self, cx: &mut Cx, value: Option<DomString>) -> Fallible<()> {
        match kind(cx, self) {
            Some(NodeKind::Element | NodeKind::Fragment | NodeKind::ShadowRoot) => {
                let text = value.unwrap_or_default();
                mutation::string_replace_all(cx, &text.to_str(), self.id());
                Ok(())
            }
            _ => self.set_node_value(cx, value),
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-node-normalize>
    fn normalize(&self, cx: &mut Cx) -> Fallible<()> {
        let agent = cx.engine();
        // CDATA sections stay as they are.
        let is_text = |tree: &Tree, id: NodeId| tree.kind(id) == Some(NodeKind::Text);
        let texts: Vec<NodeId> = {
            let tree = agent.tree();
            tree.descendants(self.id()).filter(|id| is_text(&tree, *id)).collect()
        };
        for id in texts {
            let (gone, empty) = {
                let tree = agent.tree();
                // It may have gone into the one before it.
                (tree.parent(id).is_none(), tree.text(id).is_empty())
            };
            if gone {
                continue;
            }
            // 1.–2.
            if empty {
                mutation::remove(cx, id);
                continue;
            }
            // 3.
            let mut following = Vec::new();
            let mut data = String::new();
            let mut length = 0;
            {
                let tree = agent.tree();
                let mut next = tree.next_sibling(id);
                while let Some(sibling) = next.filter(|sibling| is_text(&tree, *sibling)) {
                    data.push_str(tree.text(sibling));
                    following.push(sibling);
                    next = tree.next_sibling(sibling);
                }
                if !following.is_empty() {
                    length = ranges::length(&tree, id);
                }
            }
            if following.is_empty() {
                continue;
            }
            // 4. At the end, where no range has to follow.
            let data = agent.tree().text(id).to_owned() + &data;
            mutation::change_data(cx, id, data, |_| {});
            // 5.–6.
            for &sibling in &following {
                let own = ranges::length(&agent.tree(), sibling);
                live::text_merged(cx, sibling, id, length);
                length += own;
            }
            // 7.
            for sibling in following {
                mutation::remove(cx, sibling);
            }
        }
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-node-clonenode>
    fn clone_node(&self, cx: &mut Cx, subtree: bool) -> Fallible<Obj<Node>> {
        let id = self.id();
        let agent = cx.engine();
        let copy = {
            let mut tree = agent.tree_mut();
            if tree.shadow_data(id).is_some() {
                return Err(Error::dom(
                    DomExceptionName::NotSupported,
                    "a shadow root cannot be cloned",
                ));
            }
            let document = tree.owner_document(id).unwrap_or(id);
            tree.clone_node(id, document, CloneOptions { deep: subtree })
        };
        match copy {
            Some(copy) => Ok(super::document::finish_clone(cx, id, copy)),
            None => Err(Error::dom(DomExceptionName::NotSupported, "this node cannot be cloned")),
        }
    }

    fn is_equal_node(&self, cx: &mut Cx, other: Option<Obj<Node>>) -> Fallible<bool> {
        let agent = cx.engine();
        Ok(other.is_some_and(|other| equals(&agent.tree(), self.id(), other.id())))
    }

    fn is_same_node(&self, _cx: &mut Cx, other: Option<Obj<Node>>) -> Fallible<bool> {
        Ok(other.is_some_and(|other| other.id() == self.id()))
    }

    /// <https://dom.spec.whatwg.org/#dom-node-comparedocumentposition>
    fn compare_document_position(&self, cx: &mut Cx, other: Obj<Node>) -> Fallible<u16> {
        const DISCONNECTED: u16 = 1;
        const PRECEDING: u16 = 2;
        const FOLLOWING: u16 = 4;
        const CONTAINS: u16 = 8;
        const CONTAINED_BY: u16 = 16;
        const IMPLEMENTATION_SPECIFIC: u16 = 32;
        // 1.
        if self.id() == other.id() {
            return Ok(0);
        }
        // 2.–5. An attribute stands right after its element.
        let owner = |node: &Obj<Node>| {
            node.downcast::<super::Attr>().map(|attr| attr.owner().map(|element| element.id()))
        };
        let (attr1, attr2) = (owner(&other), owner(self));
        let agent = cx.engine();
        let tree = agent.tree();
        let node1 = attr1.map_or(Some(other.id()), |owner| owner);
        let node2 = attr2.map_or(Some(self.id()), |owner| owner);
        let (Some(node1), Some(node2)) = (node1, node2) else {
            let order = if other.id() < self.id() { PRECEDING } else { FOLLOWING };
            return Ok(DISCONNECTED | IMPLEMENTATION_SPECIFIC | order);
        };
        if node1 == node2 && attr1.is_some() && attr2.is_some() {
            let position = |id: NodeId| {
                let name = tree.attribute_name(id);
                tree.attributes(node1).iter().position(|one| Some(&one.name) == name)
            };
            let order =
                if position(other.id()) < position(self.id()) { PRECEDING } else { FOLLOWING };
            return Ok(IMPLEMENTATION_SPECIFIC | order);
        }
        // 6.
        if tree.root(node1) != tree.root(node2) {
            let order = if node1 < node2 { PRECEDING } else { FOLLOWING };
            return Ok(DISCONNECTED | IMPLEMENTATION_SPECIFIC | order);
        }
        // 7.–8.
        let contains = tree.is_inclusive_ancestor(node1, node2);
        if (contains && node1 != node2 && attr1.is_none()) || (node1 == node2 && attr2.is_some()) {
            return Ok(CONTAINS | PRECEDING);
        }
        let contained = tree.is_inclusive_ancestor(node2, node1);
        if (contained && node1 != node2 && attr2.is_none()) || (node1 == node2 && attr1.is_some()) {
            return Ok(CONTAINED_BY | FOLLOWING);
        }
        // 9.–10.
        Ok(match tree.tree_order(node1, node2) {
            Some(Ordering::Less) => PRECEDING,
            _ => FOLLOWING,
        })
    }

    fn contains(&self, cx: &mut Cx, other: Option<Obj<Node>>) -> Fallible<bool> {
        let agent = cx.engine();
        Ok(other.is_some_and(|other| agent.tree().is_inclusive_ancestor(self.id(), other.id())))
    }

    fn lookup_prefix(
        &self,
        cx: &mut Cx,
        namespace: Option<DomString>,
    ) -> Fallible<Option<DomString>> {
        let Some(namespace) = namespace.filter(|text| !text.is_empty()) else { return Ok(None) };
        let namespace = Namespace::from(&*namespace.to_str());
        let start = lookup_start(self);
        Ok(locate_prefix(&cx.engine().tree(), start, &namespace).map(DomString::from))
    }

    fn lookup_namespace_uri(
        &self,
        cx: &mut Cx,
        prefix: Option<DomString>,
    ) -> Fallible<Option<DomString>> {
        let prefix = prefix.filter(|text| !text.is_empty());
        let prefix = prefix.as_ref().map(DomString::to_str);
        let found = locate_namespace(&cx.engine().tree(), lookup_start(self), prefix.as_deref());
        Ok(found.map(|namespace| DomString::from(&*namespace)))
    }

    fn is_default_namespace(&self, cx: &mut Cx, namespace: Option<DomString>) -> Fallible<bool> {
        let namespace = namespace.filter(|text| !text.is_empty());
        let found = locate_namespace(&cx.engine().tree(), lookup_start(self), None);
        Ok(match (found, namespace) {
            (Some(found), Some(wanted)) => *found == *wanted.to_str(),
            (None, None) => true,
            _ => false,
        })
    }

    /// <https://dom.spec.whatwg.org/#dom-node-insertbefore>
    fn insert_before(
        &self,
        cx: &mut Cx,
        node: Obj<Node>,
        child: Option<Obj<Node>>,
    ) -> Fallible<Obj<Node>> {
        mutation::pre_insert(cx, node.id(), self.id(), child.map(|child| child.id()))?;
        Ok(node)
    }

    /// <https://dom.spec.whatwg.org/#dom-node-appendchild>
    fn append_child(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<Obj<Node>> {
        mutation::append(cx, node.id(), self.id())?;
        Ok(node)
    }

    /// <https://dom.spec.whatwg.org/#dom-node-replacechild>
    fn replace_child(&self, cx: &mut Cx, node: Obj<Node>, child: Obj<Node>) -> Fallible<Obj<Node>> {
        mutation::replace(cx, child.id(), node.id(), self.id())?;
        Ok(child)
    }

    /// <https://dom.spec.whatwg.org/#dom-node-removechild>
    fn remove_child(&self, cx: &mut Cx, child: Obj<Node>) -> Fallible<Obj<Node>> {
        mutation::pre_remove(cx, child.id(), self.id())?;
        Ok(child)
    }
}

/// An attribute looks namespaces up from its element.
fn lookup_start(node: &Obj<Node>) -> NodeId {
    match node.downcast::<super::Attr>() {
        Some(attr) => attr.owner().map_or(node.id(), |element| element.id()),
        None => node.id(),
    }
}
