//! `NodeIterator`: <https://dom.spec.whatwg.org/#interface-nodeiterator>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Fallible, Obj, Platform, Slot, Trace, WeakObj};

use super::filter::{Filter, Verdict};
use crate::{
    agent::EngineCx,
    generated::{NodeFilter, NodeIteratorMethods},
    wrappers::Node,
};

/// Where an iterator is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pointer {
    node: NodeId,
    before: bool,
}

/// What an iterator shares with the agent's list.
struct State {
    root: NodeId,
    pointer: Cell<Pointer>,
}

/// <https://dom.spec.whatwg.org/#interface-nodeiterator>
#[derive(Trace, Platform)]
pub(crate) struct NodeIterator {
    root: Obj<Node>,
    #[trace(skip)]
    state: Rc<State>,
    /// The node of the pointer.
    reference: Slot<Obj<Node>>,
    filter: Filter,
}

/// The iterators of an agent, which follow the removal of nodes. Holds none of
/// them: see [`LiveRanges`](crate::dom::LiveRanges).
#[derive(Default)]
pub(crate) struct NodeIterators {
    entries: RefCell<Vec<(Rc<State>, WeakObj<NodeIterator>)>>,
    limit: Cell<usize>,
}

impl NodeIterators {
    fn enter(&self, iterator: &Obj<NodeIterator>) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= self.limit.get().max(64) {
            entries.retain(|(state, _)| Rc::strong_count(state) > 1);
            self.limit.set(entries.len() * 2);
        }
        entries.push((Rc::clone(&iterator.state), iterator.downgrade()));
    }
}

/// The pre-removing steps of all iterators, before `node` leaves its parent.
///
/// <https://dom.spec.whatwg.org/#nodeiterator-pre-removing-steps>
pub(crate) fn removing(cx: &mut Cx, node: NodeId) {
    let agent = cx.engine();
    if agent.node_iterators.entries.borrow().is_empty() {
        return;
    }
    let mut moved = Vec::new();
    {
        let tree = agent.tree();
        let mut entries = agent.node_iterators.entries.borrow_mut();
        entries.retain(|(state, _)| Rc::strong_count(state) > 1);
        for (state, iterator) in entries.iter() {
            if let Some(to) = after_removal(&tree, state, node) {
                state.pointer.set(to);
                moved.extend(iterator.upgrade(cx));
            }
        }
    }
    for iterator in moved {
        let node = cx.wrap(iterator.state.pointer.get().node);
        iterator.reference.set(node);
    }
}

fn after_removal(tree: &Tree, state: &State, removed: NodeId) -> Option<Pointer> {
    let pointer = state.pointer.get();
    // 1.
    if !tree.is_inclusive_ancestor(removed, pointer.node)
        || tree.is_inclusive_ancestor(removed, state.root)
    {
        return None;
    }
    // 2.
    if pointer.before {
        let next = tree.next_in_order(removed, state.root, true);
        if let Some(next) = next {
            return Some(Pointer { node: next, before: true });
        }
    }
    // 3.
    let node = tree.previous_in_order(removed, state.root)?;
    Some(Pointer { node, before: false })
}

/// `document.createNodeIterator`.
pub(crate) fn create(
    cx: &mut Cx,
    root: Obj<Node>,
    what_to_show: u32,
    filter: Option<NodeFilter>,
) -> Obj<NodeIterator> {
    let pointer = Pointer { node: root.id(), before: true };
    let state = Rc::new(State { root: root.id(), pointer: Cell::new(pointer) });
    let iterator = NodeIterator {
        reference: Slot::new(root.clone()),
        root,
        state,
        filter: Filter::new(what_to_show, filter),
    };
    let iterator = Obj::new(cx, iterator);
    cx.engine().node_iterators.enter(&iterator);
    iterator
}

/// "Traverse": <https://dom.spec.whatwg.org/#concept-nodeiterator-traverse>
fn traverse(
    cx: &mut Cx,
    iterator: &Obj<NodeIterator>,
    forwards: bool,
) -> Fallible<Option<Obj<Node>>> {
    let state = &iterator.state;
    // 1.–2.
    let mut at = state.pointer.get();
    // 3.
    loop {
        if at.before == forwards {
            at.before = !forwards;
        } else {
            let next = {
                let agent = cx.engine();
                let tree = agent.tree();
                if forwards {
                    tree.next_in_order(at.node, state.root, false)
                } else {
                    tree.previous_in_order(at.node, state.root)
                }
            };
            match next {
                Some(next) => at.node = next,
                None => return Ok(None),
            }
        }
        if iterator.filter.ask(cx, at.node)? == Verdict::Accept {
            break;
        }
    }
    // 4.–6.
    let node = cx.wrap(at.node);
    state.pointer.set(at);
    iterator.reference.set(node.clone());
    Ok(Some(node))
}

impl NodeIteratorMethods for Obj<NodeIterator> {
    fn root(&self, _cx: &mut Cx) -> Obj<Node> {
        self.root.clone()
    }

    fn reference_node(&self, _cx: &mut Cx) -> Obj<Node> {
        self.reference.get()
    }

    fn pointer_before_reference_node(&self, _cx: &mut Cx) -> bool {
        self.state.pointer.get().before
    }

    fn what_to_show(&self, _cx: &mut Cx) -> u32 {
        self.filter.what_to_show
    }

    fn filter(&self, _cx: &mut Cx) -> Option<NodeFilter> {
        self.filter.callback.clone()
    }

    fn next_node(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        traverse(cx, self, true)
    }

    fn previous_node(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        traverse(cx, self, false)
    }

    /// Does nothing, as the standard says.
    fn detach(&self, _cx: &mut Cx) -> Fallible<()> {
        Ok(())
    }
}
