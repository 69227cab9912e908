//! Mutation algorithms: <https://dom.spec.whatwg.org/#mutation-algorithms>
//!
//! Every change that script makes to a tree goes through here: validity, records
//! for mutation observers, scopes of wrappers, and what elements do when they
//! come, go or change.

use virga_dom::{NodeId, QualName, Tree, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, Error, Fallible};

use super::{
    mutation_observer::{self, Record},
    ranges::live,
    signal_slots, traversal,
};
use crate::{agent::EngineCx, custom_elements, html::hooks, wrappers};

fn hierarchy(message: &str) -> Error {
    Error::dom(DomExceptionName::HierarchyRequest, message)
}

fn not_found(message: &str) -> Error {
    Error::dom(DomExceptionName::NotFound, message)
}

/// The kinds that may have a parent.
fn is_insertable(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Fragment
            | NodeKind::ShadowRoot
            | NodeKind::Doctype
            | NodeKind::Element
            | NodeKind::Text
            | NodeKind::CdataSection
            | NodeKind::Comment
            | NodeKind::ProcessingInstruction
    )
}

/// Whether a node is inserted as what is in it; shadow roots are fragments, too.
fn is_fragment(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), Some(NodeKind::Fragment | NodeKind::ShadowRoot))
}

fn is_parent(kind: Option<NodeKind>) -> bool {
    matches!(
        kind,
        Some(NodeKind::Document | NodeKind::Fragment | NodeKind::ShadowRoot | NodeKind::Element)
    )
}

/// Whether `node` is a host-including inclusive ancestor of `parent`.
///
/// <https://dom.spec.whatwg.org/#concept-tree-host-including-inclusive-ancestor>
fn includes(tree: &Tree, node: NodeId, parent: NodeId) -> bool {
    // What has nothing in it need not be looked for among all ancestors.
    let is_empty = tree.first_child(node).is_none()
        && tree.template_content(node).is_none()
        && tree.shadow_root(node).is_none();
    if is_empty {
        return node == parent;
    }
    let mut at = parent;
    loop {
        if tree.is_inclusive_ancestor(node, at) {
            return true;
        }
        match tree.host(tree.root(at)) {
            Some(host) => at = host,
            None => return false,
        }
    }
}

/// What a check of validity leaves aside: the child that is being replaced.
fn check_validity(
    tree: &Tree,
    node: NodeId,
    parent: NodeId,
    child: Option<NodeId>,
    replacing: bool,
) -> Fallible<()> {
    // 1.
    if !is_parent(tree.kind(parent)) {
        return Err(hierarchy("this node cannot have children"));
    }
    // 2.
    if includes(tree, node, parent) {
        return Err(hierarchy("the new child contains its parent"));
    }
    // 3.
    if child.is_some_and(|child| tree.parent(child) != Some(parent)) {
        return Err(not_found("the reference node is not a child of this node"));
    }
    // 4.
    let kind = tree.kind(node).filter(|kind| is_insertable(*kind));
    let Some(kind) = kind else {
        return Err(hierarchy("a node of this kind cannot be inserted"));
    };
    // 5.
    let in_document = tree.kind(parent) == Some(NodeKind::Document);
    if in_document && matches!(kind, NodeKind::Text | NodeKind::CdataSection) {
        return Err(hierarchy("a document cannot have text as its child"));
    }
    if !in_document && kind == NodeKind::Doctype {
        return Err(hierarchy("only a document can have a doctype"));
    }
    // 6.
    if !in_document {
        return Ok(());
    }
    let other = |sibling: &NodeId| !(replacing && Some(*sibling) == child);
    let has_element = || tree.children(parent).filter(other).any(|id| tree.is_element(id));
    let is_doctype = |id: NodeId| tree.kind(id) == Some(NodeKind::Doctype);
    let doctype_follows = || {
        let mut next = child;
        if replacing {
            next = child.and_then(|child| tree.next_sibling(child));
        }
        while let Some(id) = next {
            if is_doctype(id) {
                return true;
            }
            next = tree.next_sibling(id);
        }
        false
    };
    let element_precedes = || match child {
        Some(child) => {
            let mut at = tree.prev_sibling(child);
            while let Some(id) = at {
                if tree.is_element(id) {
                    return true;
                }
                at = tree.prev_sibling(id);
            }
            false
        }
        None => has_element(),
    };
    let refuse_element = || has_element() || doctype_follows();
    match kind {
        NodeKind::Fragment | NodeKind::ShadowRoot => {
            let elements = tree.children(node).filter(|id| tree.is_element(*id)).count();
            let has_text = tree
                .children(node)
                .any(|id| matches!(tree.kind(id), Some(NodeKind::Text | NodeKind::CdataSection)));
            if elements > 1 || has_text || (elements == 1 && refuse_element()) {
                return Err(hierarchy("a document can have one element and no text as children"));
            }
        }
        NodeKind::Element if refuse_element() => {
            return Err(hierarchy("a document can have one element, after its doctype"));
        }
        NodeKind::Doctype
            if tree.children(parent).filter(other).any(is_doctype) || element_precedes() =>
        {
            return Err(hierarchy("a document can have one doctype, before its element"));
        }
        _ => {}
    }
    Ok(())
}

/// "Pre-insert": <https://dom.spec.whatwg.org/#concept-node-pre-insert>
pub(crate) fn pre_insert(
    cx: &mut Cx,
    node: NodeId,
    parent: NodeId,
    child: Option<NodeId>,
) -> Fallible<()> {
    let agent = cx.engine();
    let reference = {
        let tree = agent.tree();
        // 1.
        check_validity(&tree, node, parent, child, false)?;
        // 2.–3.
        if child == Some(node) { tree.next_sibling(node) } else { child }
    };
    // 4.
    insert(cx, node, parent, reference);
    Ok(())
}

/// "Ensure pre-insert validity" of a node that will be a parent's last child.
///
/// # Errors
/// A `HierarchyRequestError` that says which rule it would break.
pub(crate) fn ensure_pre_insert_validity(
    cx: &mut Cx,
    node: NodeId,
    parent: NodeId,
) -> Fallible<()> {
    ensure_validity(cx, node, parent, None)
}

/// "Ensure pre-insert validity": <https://dom.spec.whatwg.org/#concept-node-ensure-pre-insertion-validity>
///
/// # Errors
/// A `HierarchyRequestError` that says which rule it would break, or a
/// `NotFoundError` if `child` is elsewhere.
pub(crate) fn ensure_validity(
    cx: &mut Cx,
    node: NodeId,
    parent: NodeId,
    child: Option<NodeId>,
) -> Fallible<()> {
    check_validity(&cx.engine().tree(), node, parent, child, false)
}

/// "Insert": <https://dom.spec.whatwg.org/#concept-node-insert>, with no checks.
pub(crate) fn insert(cx: &mut Cx, node: NodeId, parent: NodeId, child: Option<NodeId>) {
    let agent = cx.engine();
    let fragment = is_fragment(&agent.tree(), node);
    // 1.–3.
    let nodes: Vec<NodeId> =
        if fragment { agent.tree().children(node).collect() } else { vec![node] };
    if nodes.is_empty() {
        return;
    }
    // 4. A fragment loses its children first.
    if fragment {
        live::removing_all(cx, node);
        for &id in &nodes {
            traversal::removing(cx, id);
            let connected = agent.tree().is_connected(id);
            agent.tree_mut().remove(id);
            wrappers::removed(cx, id);
            // Only a shadow root can have been somewhere.
            if connected {
                signal_slots(cx);
                hooks::removed(cx, id, node);
                custom_elements::removed(cx, id, connected);
                crate::loading::node_removed(cx, id, connected);
            }
        }
        mutation_observer::queue(cx, node, || Record::children(vec![], nodes.clone(), None, None));
    } else {
        // 7.1. "Adopt" takes the node out of its old parent.
        remove_if_attached(cx, node);
    }
    // 5.
    if let Some(child) = child {
        live::inserting(cx, parent, child, nodes.len());
    }
    // 6.
    let (previous, document) = {
        let tree = agent.tree();
        let previous = match child {
            Some(child) => tree.prev_sibling(child),
            None => tree.last_child(parent),
        };
        let document = tree.owner_document(parent);
        (previous, document)
    };
    // 7.
    for &id in &nodes {
        if let Some(document) = document
            && agent.tree().owner_document(id) != Some(document)
        {
            let from = agent.tree().owner_document(id);
            agent.tree_mut().adopt(id, document);
            wrappers::adopted(cx, id);
            custom_elements::adopted(cx, id, from, document);
        }
        agent.tree_mut().insert(parent, id, child);
        wrappers::inserted(cx, id);
    }
    signal_slots(cx);
    // 8.
    mutation_observer::queue(cx, parent, || {
        Record::children(nodes.clone(), vec![], previous, child)
    });
    // 9.–12. What elements do once all of them are in place; it may run script.
    let connected = agent.tree().is_connected(parent);
    children_changed(cx, parent);
    for &id in &nodes {
        hooks::inserted(cx, id);
        custom_elements::inserted(cx, id);
    }
    if connected {
        for id in nodes {
            if agent.tree().is_connected(id) {
                crate::loading::node_inserted(cx, id);
            }
        }
    }
}

/// What a parent does when its children, or their data, have changed.
fn children_changed(cx: &mut Cx, parent: NodeId) {
    hooks::children_changed(cx, parent);
    crate::loading::children_changed(cx, parent);
}

/// "Append": <https://dom.spec.whatwg.org/#concept-node-append>
pub(crate) fn append(cx: &mut Cx, node: NodeId, parent: NodeId) -> Fallible<()> {
    pre_insert(cx, node, parent, None)
}

/// "Replace": <https://dom.spec.whatwg.org/#concept-node-replace>
pub(crate) fn replace(cx: &mut Cx, child: NodeId, node: NodeId, parent: NodeId) -> Fallible<()> {
    let agent = cx.engine();
    let (reference, previous, added) = {
        let tree = agent.tree();
        // 1.–6.
        check_validity(&tree, node, parent, Some(child), true)?;
        // 7.–8.
        let mut reference = tree.next_sibling(child);
        if reference == Some(node) {
            reference = tree.next_sibling(node);
        }
        // 9.
        let mut previous = tree.prev_sibling(child);
        if previous == Some(node) {
            previous = tree.prev_sibling(node);
        }
        let added =
            if is_fragment(&tree, node) { tree.children(node).collect() } else { vec![node] };
        (reference, previous, added)
    };
    // That the new node leaves its old parent is a change of its own, and comes
    // first.
    let fragment = is_fragment(&agent.tree(), node);
    if !fragment {
        remove_if_attached(cx, node);
    }
    // 10.–13. One record stands for the removal and the insertion.
    let mut removed = vec![];
    if agent.tree().parent(child).is_some() {
        removed.push(child);
        let quiet = mutation_observer::suppress_children_of(&agent, parent);
        remove(cx, child);
        drop(quiet);
    }
    let quiet = mutation_observer::suppress_children_of(&agent, parent);
    insert(cx, node, parent, reference);
    drop(quiet);
    // 14.
    mutation_observer::queue(cx, parent, || {
        Record::children(added.clone(), removed.clone(), previous, reference)
    });
    Ok(())
}

/// "Replace all": <https://dom.spec.whatwg.org/#concept-node-replace-all>
pub(crate) fn replace_all(cx: &mut Cx, node: Option<NodeId>, parent: NodeId) {
    let agent = cx.engine();
    // 1.–4.
    let (removed, added) = {
        let tree = agent.tree();
        let removed: Vec<NodeId> = tree.children(parent).collect();
        let added: Vec<NodeId> = match node {
            Some(node) if is_fragment(&tree, node) => tree.children(node).collect(),
            Some(node) => vec![node],
            None => vec![],
        };
        (removed, added)
    };
    // 5.–6.
    let quiet = mutation_observer::suppress_children_of(&agent, parent);
    live::removing_all(cx, parent);
    for &id in removed.iter().rev() {
        remove_without_steps(cx, id);
    }
    if !removed.is_empty() {
        children_changed(cx, parent);
    }
    if let Some(node) = node {
        insert(cx, node, parent, None);
    }
    drop(quiet);
    // 7.
    if !added.is_empty() || !removed.is_empty() {
        mutation_observer::queue(cx, parent, || {
            Record::children(added.clone(), removed.clone(), None, None)
        });
    }
}

/// "String replace all": <https://dom.spec.whatwg.org/#string-replace-all>
pub(crate) fn string_replace_all(cx: &mut Cx, text: &str, parent: NodeId) {
    let agent = cx.engine();
    let node = if text.is_empty() {
        None
    } else {
        let mut tree = agent.tree_mut();
        tree.owner_document(parent).map(|document| tree.create_text(document, text))
    };
    replace_all(cx, node, parent);
}

/// "Pre-remove": <https://dom.spec.whatwg.org/#concept-node-pre-remove>
pub(crate) fn pre_remove(cx: &mut Cx, child: NodeId, parent: NodeId) -> Fallible<()> {
    if cx.engine().tree().parent(child) != Some(parent) {
        return Err(not_found("the node to be removed is not a child of this node"));
    }
    remove(cx, child);
    Ok(())
}

/// "Remove": <https://dom.spec.whatwg.org/#concept-node-remove>
pub(crate) fn remove(cx: &mut Cx, node: NodeId) {
    if let Some(parent) = remove_without_steps(cx, node) {
        children_changed(cx, parent);
    }
}

/// "Remove", if it has a parent.
pub(crate) fn remove_if_attached(cx: &mut Cx, node: NodeId) {
    if cx.engine().tree().parent(node).is_some() {
        remove(cx, node);
    }
}

/// Removes a node, but for what its parent does about it. Gives that parent.
fn remove_without_steps(cx: &mut Cx, node: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let (parent, previous, next, connected) = {
        let tree = agent.tree();
        let parent = tree.parent(node)?;
        (parent, tree.prev_sibling(node), tree.next_sibling(node), tree.is_connected(node))
    };
    // 4.–8.
    live::removing(cx, node, parent);
    traversal::removing(cx, node);
    // Observers of ancestors go on watching the node until the task ends, so
    // they are noted while it still has these ancestors.
    mutation_observer::note_removal(cx, node, parent);
    agent.tree_mut().remove(node);
    wrappers::removed(cx, node);
    signal_slots(cx);
    mutation_observer::queue(cx, parent, || Record::children(vec![], vec![node], previous, next));
    hooks::removed(cx, node, parent);
    custom_elements::removed(cx, node, connected);
    crate::loading::node_removed(cx, node, connected);
    Some(parent)
}

/// "Adopt": <https://dom.spec.whatwg.org/#concept-node-adopt>
pub(crate) fn adopt(cx: &mut Cx, node: NodeId, document: NodeId) {
    let agent = cx.engine();
    // 2.
    remove_if_attached(cx, node);
    // 3.
    let from = agent.tree().owner_document(node);
    if from != Some(document) {
        agent.tree_mut().adopt(node, document);
        wrappers::adopted(cx, node);
        custom_elements::adopted(cx, node, from, document);
    }
}

/// "Change" or "append" an attribute, as `setAttribute` does.
///
/// <https://dom.spec.whatwg.org/#concept-element-attributes-set-value>
pub(crate) fn set_attribute(cx: &mut Cx, element: NodeId, name: &QualName, value: &str) {
    let agent = cx.engine();
    let old = agent.tree().attribute(element, &name.ns, &name.local).map(str::to_owned);
    agent.tree_mut().set_attribute(element, name.clone(), value);
    attribute_changed(cx, element, name, old);
}

/// "Remove an attribute". Gives its value, if it was there.
///
/// <https://dom.spec.whatwg.org/#concept-element-attributes-remove>
pub(crate) fn remove_attribute(cx: &mut Cx, element: NodeId, name: &QualName) -> Option<String> {
    let old = cx.engine().tree_mut().remove_attribute(element, &name.ns, &name.local)?;
    attribute_changed(cx, element, name, Some(old.clone()));
    Some(old)
}

/// Changes the declarations of a `style` attribute, which the tree keeps parsed
/// and serializes.
pub(crate) fn change_style_attribute(cx: &mut Cx, element: NodeId, change: impl FnOnce(&mut Tree)) {
    let agent = cx.engine();
    if !mutation_observer::is_active(&agent) && !custom_elements::is_custom(cx, element) {
        change(&mut agent.tree_mut());
        return;
    }
    let name = super::names::plain("style");
    let value = |tree: &Tree| tree.plain_attribute(element, &name.local).map(str::to_owned);
    let old = value(&agent.tree());
    change(&mut agent.tree_mut());
    let new = value(&agent.tree());
    if old != new {
        mutation_observer::queue(cx, element, || Record::attribute(&name, old.clone()));
        custom_elements::attribute_changed(cx, element, &name, old.as_deref());
    }
}

/// "Handle attribute changes".
fn attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName, old: Option<String>) {
    mutation_observer::queue(cx, element, || Record::attribute(name, old.clone()));
    custom_elements::attribute_changed(cx, element, name, old.as_deref());
    signal_slots(cx);
    hooks::attribute_changed(cx, element, name, old.as_deref());
    crate::loading::attribute_changed(cx, element, name, old.as_deref());
}

/// "Replace data" on the whole: sets the data of a text, comment or processing
/// instruction.
///
/// <https://dom.spec.whatwg.org/#concept-cd-replace>
pub(crate) fn set_data(cx: &mut Cx, node: NodeId, data: String) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return change_data(cx, node, data, |_| {});
    }
    let count = super::ranges::length(&agent.tree(), node);
    #[expect(clippy::cast_possible_truncation, reason = "no text is as long")]
    let added = super::character_data::utf16_len(&data) as u32;
    change_data(cx, node, data, |cx| live::data_replaced(cx, node, 0, count, added));
}

/// Steps 4 to 12 of "replace data", with the data as it is to be after it.
pub(super) fn change_data(cx: &mut Cx, node: NodeId, data: String, follow: impl FnOnce(&mut Cx)) {
    let agent = cx.engine();
    // 4.
    if mutation_observer::is_active(&agent) {
        let old = agent.tree().text(node).to_owned();
        mutation_observer::queue(cx, node, || Record::character_data(old.clone()));
    }
    // 5.–7.
    let parent = {
        let mut tree = agent.tree_mut();
        tree.set_text(node, data);
        tree.parent(node)
    };
    // 8.–11.
    follow(cx);
    // 12.
    if let Some(parent) = parent {
        children_changed(cx, parent);
    }
}
