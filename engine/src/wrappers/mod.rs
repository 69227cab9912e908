//! Wrappers: the objects of script that stand for nodes.
//!
//! A node lives in the agent's tree, its wrapper in the heap of the script
//! engine. A wrapper is made when script first sees the node, and is the same
//! object from then on, for as long as script could tell: it has an identity,
//! expando properties and listeners. So these rules hold:
//!
//! * **The wrappers of one tree live and die together.** From any of them script
//!   can walk to any other. They are members of the tree's [`Scope`], a heap
//!   cell that every member holds and that holds every member.
//! * The scope of a document that a window shows is held by that window; the
//!   scope of any other tree only by its members. When nothing else leads to
//!   them, the collector takes them all, listeners and cycles included.
//! * **If any node of a tree has a wrapper, its root has one.** So "does this
//!   tree have wrappers" is one look-up, and a scope is found by climbing to the
//!   nearest node that has a wrapper.
//! * A single wrapper needs no scope: that is every element between
//!   `createElement` and `append`.
//! * Finalizers of wrappers only leave the node's number in a queue. When the
//!   task is over, [`Wrappers::sweep`] frees the trees that have no wrapper left
//!   and that no window shows. Until then an id on the native stack stays valid.
//!
//! Insertion unites two scopes, the smaller's members moving into the larger, so
//! that building a tree from its leaves up takes n log n steps at most; removal
//! splits one, in time that follows the removed subtree. No borrow of the tree
//! is held while a wrapper is made, since that may collect garbage.

mod node;
mod scope;

pub(crate) use node::Node;

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};
use virga_dom::{NodeId, Tree};
use virga_js::{Cx, FinalizerQueue, Obj, Realm, WeakObj};

use crate::{agent::EngineCx, dom::Document};

/// The wrappers of an agent's nodes.
#[derive(Default)]
pub(crate) struct Wrappers {
    table: RefCell<FxHashMap<NodeId, WeakObj<Node>>>,
    /// Nodes whose wrapper was collected.
    finalized: FinalizerQueue,
    /// Roots of subtrees that were removed without having wrappers.
    orphans: RefCell<Vec<NodeId>>,
}

impl Wrappers {
    /// The wrapper of a node, if it has one.
    pub(crate) fn get(&self, cx: &Cx, id: NodeId) -> Option<Obj<Node>> {
        self.table.borrow().get(&id)?.upgrade(cx)
    }

    /// How many nodes have a wrapper, those not swept yet included.
    pub(crate) fn len(&self) -> usize {
        self.table.borrow().len()
    }

    /// A tree nobody holds, made by native code: freed at the end of the task
    /// unless it got a wrapper or a place in a document by then.
    pub(crate) fn release(&self, root: NodeId) {
        self.orphans.borrow_mut().push(root);
    }

    /// Frees the trees that nothing leads to any more.
    ///
    /// `is_shown` says whether a document belongs to a window. To be called
    /// between tasks: nobody may still hold ids of nodes without a wrapper.
    pub(crate) fn sweep(&self, cx: &Cx, tree: &RefCell<Tree>, is_shown: impl Fn(NodeId) -> bool) {
        let finalized = self.finalized.drain();
        let orphans = std::mem::take(&mut *self.orphans.borrow_mut());
        if finalized.is_empty() && orphans.is_empty() {
            return;
        }
        let mut table = self.table.borrow_mut();
        let mut seen = FxHashSet::default();
        let mut roots = Vec::new();
        {
            let tree = tree.borrow();
            let mut climb = |start: NodeId| {
                let mut id = start;
                while tree.contains(id) && seen.insert(id) {
                    match parent_or_host(&tree, id) {
                        Some(parent) => id = parent,
                        None => return roots.push(id),
                    }
                }
            };
            for id in finalized.into_iter().filter_map(NodeId::from_bits) {
                // It may have got another wrapper since.
                if table.get(&id).is_some_and(|wrapper| wrapper.upgrade(cx).is_none()) {
                    table.remove(&id);
                    climb(id);
                }
            }
            orphans.into_iter().for_each(&mut climb);
        }
        let mut tree = tree.borrow_mut();
        for root in roots {
            if !is_shown(root) && !has_wrapper(cx, &tree, &table, root) {
                tree.free_subtree(root);
            }
        }
        if table.len() * 4 < table.capacity() {
            table.shrink_to_fit();
        }
    }
}

/// The node above this one, template contents and shadow trees belonging to the
/// tree of their host.
fn parent_or_host(tree: &Tree, id: NodeId) -> Option<NodeId> {
    tree.parent(id).or_else(|| tree.host(id))
}

/// A root's wrapper tells for its whole tree, but not while the collector has
/// taken some wrappers and natives made new ones; so this looks at all nodes.
fn has_wrapper(
    cx: &Cx,
    tree: &Tree,
    table: &FxHashMap<NodeId, WeakObj<Node>>,
    root: NodeId,
) -> bool {
    if table.is_empty() {
        return false;
    }
    let mut found = false;
    for_each_in_scope(tree, root, &mut |id| {
        found = found || table.get(&id).is_some_and(|wrapper| wrapper.upgrade(cx).is_some());
    });
    found
}

/// Visits a subtree, template contents and shadow trees included.
fn for_each_in_scope(tree: &Tree, root: NodeId, visit: &mut impl FnMut(NodeId)) {
    let mut roots = vec![root];
    while let Some(root) = roots.pop() {
        let mut next = Some(root);
        while let Some(id) = next {
            visit(id);
            roots.extend(tree.template_content(id));
            roots.extend(tree.shadow_root(id));
            next = tree.next_in_order(id, root, false);
        }
    }
}

/// The wrapper of a node, made now if it has none.
///
/// May collect garbage: no borrow of the tree may be held.
pub(crate) fn wrap(cx: &mut Cx, id: NodeId) -> Obj<Node> {
    let agent = cx.engine();
    if let Some(node) = agent.wrappers.get(cx, id) {
        return node;
    }
    let (above, document) = {
        let tree = agent.tree();
        let document = tree.owner_document(id);
        // A connected node is in its document's scope, however deep it is.
        let above = match document {
            Some(document) if document != id && tree.is_connected(id) => Some(document),
            _ => nearest_wrapped(cx, &agent.wrappers, &tree, id),
        };
        (above, document)
    };
    // The document's wrapper knows whose realm it is.
    if agent.navigables.had_frames()
        && let Some(document) = document.filter(|document| *document != id)
        && !agent.is_shown(document)
    {
        wrap(cx, document);
        if let Some(node) = agent.wrappers.get(cx, id) {
            return node;
        }
    }
    let node = make(cx, id);
    // The document must outlive its nodes, as they lead to it.
    if let Some(document) = document
        && document != id
        && !agent.is_top_document(document)
    {
        let document = wrap(cx, document);
        node.keep_document(Some(document));
    }
    if let Some(above) = above {
        let above = agent.wrappers.get(cx, above).unwrap_or_else(|| make(cx, above));
        scope::unite(&above, &node);
    }
    node
}

/// As [`wrap`], for a new node without a parent whose wrapper is not the one that
/// its name asks for.
pub(crate) fn wrap_with(
    cx: &mut Cx,
    id: NodeId,
    make: impl FnOnce(&mut Cx, Node) -> Obj<Node>,
) -> Obj<Node> {
    let agent = cx.engine();
    let node = Node::new(id, agent.wrappers.finalized.finalizer(id.to_bits()));
    let node = make(cx, node);
    agent.wrappers.table.borrow_mut().insert(id, node.downgrade());
    agent.note_wrapper_made();
    wrap(cx, id)
}

/// The nearest node above that has a wrapper, else the root; `None` for a root.
fn nearest_wrapped(cx: &Cx, wrappers: &Wrappers, tree: &Tree, id: NodeId) -> Option<NodeId> {
    let mut at = parent_or_host(tree, id)?;
    while wrappers.get(cx, at).is_none() {
        match parent_or_host(tree, at) {
            Some(above) => at = above,
            None => break,
        }
    }
    Some(at)
}

/// Makes the wrapper and enters it into the table.
fn make(cx: &mut Cx, id: NodeId) -> Obj<Node> {
    match realm_for(cx, id) {
        Some(realm) => cx.in_realm(&realm, |cx| make_here(cx, id)),
        None => make_here(cx, id),
    }
}

/// The realm that a node's wrapper belongs to: that of its document. `None` is the
/// current one, as it always is in an app without frames.
fn realm_for(cx: &Cx, id: NodeId) -> Option<Realm> {
    let agent = cx.engine();
    if !agent.navigables.had_frames() {
        return None;
    }
    let document = agent.tree().owner_document(id)?;
    if let Some(window) = agent.window_of_document(document) {
        return Some(window.realm().clone());
    }
    let document = agent.wrappers.get(cx, document)?.downcast::<Document>()?;
    Some(document.realm().clone())
}

fn make_here(cx: &mut Cx, id: NodeId) -> Obj<Node> {
    let agent = cx.engine();
    let node = Node::new(id, agent.wrappers.finalized.finalizer(id.to_bits()));
    let node = crate::dom::make_wrapper(cx, node);
    agent.wrappers.table.borrow_mut().insert(id, node.downgrade());
    agent.note_wrapper_made();
    node
}

/// To be called after the subtree at `root` was inserted somewhere: unites its
/// scope with its new tree's.
pub(crate) fn inserted(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let Some(node) = agent.wrappers.get(cx, root) else { return };
    let above = {
        let tree = agent.tree();
        match tree.owner_document(root) {
            Some(document) if tree.is_connected(root) => Some(document),
            _ => nearest_wrapped(cx, &agent.wrappers, &tree, root),
        }
    };
    if let Some(above) = above {
        let above = agent.wrappers.get(cx, above).unwrap_or_else(|| make(cx, above));
        scope::unite(&above, &node);
    }
}

/// To be called after the subtree at `root` was removed from its parent: gives
/// it a scope of its own, or, without wrappers, to the sweep.
pub(crate) fn removed(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let mut members = Vec::new();
    {
        let tree = agent.tree();
        let mut ids = Vec::new();
        for_each_in_scope(&tree, root, &mut |id| ids.push(id));
        let table = agent.wrappers.table.borrow();
        for id in ids {
            members.extend(table.get(&id).and_then(|wrapper| wrapper.upgrade(cx)));
        }
    }
    if members.is_empty() {
        return agent.wrappers.release(root);
    }
    if members[0].id() != root {
        members.insert(0, make(cx, root));
    }
    scope::split(members);
}

/// To be called after the subtree at `root` moved to another document.
pub(crate) fn adopted(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let mut members = Vec::new();
    let document = {
        let tree = agent.tree();
        for_each_in_scope(&tree, root, &mut |id| members.extend(agent.wrappers.get(cx, id)));
        tree.owner_document(root)
    };
    if members.is_empty() {
        return;
    }
    let keep = match document {
        Some(document) if !agent.is_top_document(document) => Some(wrap(cx, document)),
        _ => None,
    };
    for member in members {
        member.keep_document(keep.clone());
    }
}
