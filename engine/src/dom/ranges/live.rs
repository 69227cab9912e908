//! Ranges that follow the tree: <https://dom.spec.whatwg.org/#concept-live-range>
//!
//! The ends of a range are plain numbers that the range and the agent's list
//! share, so that a mutation follows all ranges without touching the heap of the
//! script engine; only a range that is moved to another node has its handles
//! changed. The list holds no range: one that was collected leaves its ends
//! behind, which the list drops when it grows or is walked.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Obj, WeakObj};

use super::{
    AbstractRange, Range,
    boundary::{Boundary, index},
};
use crate::agent::{Agent, EngineCx};

/// Where a range starts and ends.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(super) start: Cell<Boundary>,
    pub(super) end: Cell<Boundary>,
}

impl Ends {
    fn each(&self) -> [&Cell<Boundary>; 2] {
        [&self.start, &self.end]
    }
}

struct Entry {
    ends: Rc<Ends>,
    range: WeakObj<Range>,
}

impl Entry {
    fn is_alive(&self) -> bool {
        Rc::strong_count(&self.ends) > 1
    }
}

/// The live ranges of an agent.
#[derive(Default)]
pub(crate) struct LiveRanges {
    entries: RefCell<Vec<Entry>>,
    /// How long the list may get before the dead are looked for.
    limit: Cell<usize>,
}

impl LiveRanges {
    pub(super) fn enter(&self, range: &Obj<Range>) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= self.limit.get().max(64) {
            entries.retain(Entry::is_alive);
            self.limit.set(entries.len() * 2);
        }
        let ends = Rc::clone(&range.ends);
        entries.push(Entry { ends, range: range.downgrade() });
    }

    /// Whether there is nothing to follow.
    pub(in crate::dom) fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// Moves ends: `to` says where, or that they stay.
    ///
    /// Ends that move to another node have their ranges hold it, which needs the
    /// node's wrapper; so the tree is only borrowed while `to` looks.
    fn follow(&self, cx: &mut Cx, mut to: impl FnMut(&Tree, Boundary) -> Option<Boundary>) {
        let mut moved = Vec::new();
        {
            let agent = cx.engine();
            let tree = agent.tree();
            let mut dead = false;
            for entry in self.entries.borrow().iter() {
                if !entry.is_alive() {
                    dead = true;
                    continue;
                }
                let mut elsewhere = false;
                for end in entry.ends.each() {
                    let from = end.get();
                    if let Some(to) = to(&tree, from) {
                        end.set(to);
                        elsewhere |= from.node != to.node;
                    }
                }
                if elsewhere {
                    moved.extend(entry.range.upgrade(cx));
                }
            }
            if dead {
                self.entries.borrow_mut().retain(Entry::is_alive);
            }
        }
        for range in moved {
            let range: Obj<AbstractRange> = range.upcast();
            range.hold_nodes(cx);
        }
    }

    /// Whether an end for which this holds is among the live ones.
    fn any(&self, agent: &Agent, test: impl Fn(&Tree, Boundary) -> bool) -> bool {
        let tree = agent.tree();
        let entries = self.entries.borrow();
        entries.iter().any(|entry| entry.ends.each().into_iter().any(|end| test(&tree, end.get())))
    }
}

/// Before `count` nodes are inserted into `parent` before `child`.
///
/// Step 4 of <https://dom.spec.whatwg.org/#concept-node-insert>.
pub(crate) fn inserting(cx: &mut Cx, parent: NodeId, child: NodeId, count: usize) {
    let agent = cx.engine();
    if agent.ranges.is_empty() || !agent.ranges.any(&agent, |_, end| end.node == parent) {
        return;
    }
    let at = index(&agent.tree(), child);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    agent.ranges.follow(cx, |_, end| {
        (end.node == parent && end.offset > at)
            .then(|| Boundary::new(parent, end.offset.saturating_add(count)))
    });
}

/// Before `node` is taken from `parent`.
///
/// Steps 4 to 7 of <https://dom.spec.whatwg.org/#concept-node-remove>.
pub(crate) fn removing(cx: &mut Cx, node: NodeId, parent: NodeId) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return;
    }
    let concerned = |tree: &Tree, end: Boundary| {
        (end.node == parent && end.offset > 0) || tree.is_inclusive_ancestor(node, end.node)
    };
    if !agent.ranges.any(&agent, concerned) {
        return;
    }
    let at = index(&agent.tree(), node);
    agent.ranges.follow(cx, |tree, end| {
        if end.node == parent {
            (end.offset > at).then(|| Boundary::new(parent, end.offset - 1))
        } else {
            tree.is_inclusive_ancestor(node, end.node).then(|| Boundary::new(parent, at))
        }
    });
}

/// Before all children of `parent` are taken from it: what removing one after
/// the other comes to.
pub(crate) fn removing_all(cx: &mut Cx, parent: NodeId) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return;
    }
    agent.ranges.follow(cx, |tree, end| {
        tree.is_inclusive_ancestor(parent, end.node).then(|| Boundary::start_of(parent))
    });
}

/// When `count` code units of a node's data from `offset` on give way to `new`
/// others.
///
/// Steps 8 to 11 of <https://dom.spec.whatwg.org/#concept-cd-replace>.
pub(crate) fn data_replaced(cx: &mut Cx, node: NodeId, offset: u32, count: u32, new: u32) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return;
    }
    agent.ranges.follow(cx, |_, end| {
        if end.node != node || end.offset <= offset {
            return None;
        }
        let past = offset.saturating_add(count);
        let to = if end.offset <= past { offset } else { end.offset - count + new };
        Some(Boundary::new(node, to))
    });
}

/// After the text from `offset` on was copied to `new`, which stands after
/// `node` in `parent`.
///
/// Step 7 of <https://dom.spec.whatwg.org/#concept-text-split>.
pub(crate) fn text_split(cx: &mut Cx, node: NodeId, offset: u32, new: NodeId, parent: NodeId) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return;
    }
    let after = index(&agent.tree(), node) + 1;
    agent.ranges.follow(cx, |_, end| {
        if end.node == node && end.offset > offset {
            Some(Boundary::new(new, end.offset - offset))
        } else if end.node == parent && end.offset == after {
            Some(Boundary::new(parent, after + 1))
        } else {
            None
        }
    });
}

/// When the data of `from` has become the end of `into`, from `offset` on.
///
/// Step 6 of <https://dom.spec.whatwg.org/#dom-node-normalize>.
pub(crate) fn text_merged(cx: &mut Cx, from: NodeId, into: NodeId, offset: u32) {
    let agent = cx.engine();
    if agent.ranges.is_empty() {
        return;
    }
    let place = {
        let tree = agent.tree();
        tree.parent(from).map(|parent| Boundary::new(parent, index(&tree, from)))
    };
    agent.ranges.follow(cx, |_, end| {
        if end.node == from {
            Some(Boundary::new(into, end.offset + offset))
        } else {
            (Some(end) == place).then(|| Boundary::new(into, offset))
        }
    });
}
