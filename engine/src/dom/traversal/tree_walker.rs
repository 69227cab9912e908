//! `TreeWalker`: <https://dom.spec.whatwg.org/#interface-treewalker>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Fallible, Obj, Platform, Slot, Trace};

use super::filter::{Filter, Verdict};
use crate::{
    agent::EngineCx,
    generated::{NodeFilter, TreeWalkerMethods},
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-treewalker>
#[derive(Trace, Platform)]
pub(crate) struct TreeWalker {
    root: Obj<Node>,
    current: Slot<Obj<Node>>,
    filter: Filter,
}

/// `document.createTreeWalker`.
pub(crate) fn create(
    cx: &mut Cx,
    root: Obj<Node>,
    what_to_show: u32,
    filter: Option<NodeFilter>,
) -> Obj<TreeWalker> {
    let walker = TreeWalker {
        current: Slot::new(root.clone()),
        root,
        filter: Filter::new(what_to_show, filter),
    };
    Obj::new(cx, walker)
}

/// Which way among siblings.
#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

impl Side {
    fn child(self, tree: &Tree, node: NodeId) -> Option<NodeId> {
        match self {
            Self::First => tree.first_child(node),
            Self::Last => tree.last_child(node),
        }
    }

    fn sibling(self, tree: &Tree, node: NodeId) -> Option<NodeId> {
        match self {
            Self::First => tree.next_sibling(node),
            Self::Last => tree.prev_sibling(node),
        }
    }
}

fn look(cx: &Cx, find: impl FnOnce(&Tree) -> Option<NodeId>) -> Option<NodeId> {
    find(&cx.engine().tree())
}

/// What a walk answers with: the new current node.
fn arrive(cx: &mut Cx, walker: &Obj<TreeWalker>, node: NodeId) -> Option<Obj<Node>> {
    let node = cx.wrap(node);
    walker.current.set(node.clone());
    Some(node)
}

/// "Traverse children": <https://dom.spec.whatwg.org/#concept-traverse-children>
fn children(cx: &mut Cx, walker: &Obj<TreeWalker>, side: Side) -> Fallible<Option<Obj<Node>>> {
    let current = walker.current.get().id();
    // 1.–2.
    let mut at = look(cx, |tree| side.child(tree, current));
    // 3.
    while let Some(node) = at {
        match walker.filter.ask(cx, node)? {
            Verdict::Accept => return Ok(arrive(cx, walker, node)),
            Verdict::Skip => {
                let child = look(cx, |tree| side.child(tree, node));
                if child.is_some() {
                    at = child;
                    continue;
                }
            }
            Verdict::Reject | Verdict::Other => {}
        }
        // 3.3.
        let mut from = node;
        at = loop {
            let sibling = look(cx, |tree| side.sibling(tree, from));
            if sibling.is_some() {
                break sibling;
            }
            match look(cx, |tree| tree.parent(from)) {
                Some(parent) if parent != walker.root.id() && parent != current => from = parent,
                _ => return Ok(None),
            }
        };
    }
    Ok(None)
}

/// "Traverse siblings": <https://dom.spec.whatwg.org/#concept-traverse-siblings>
fn siblings(cx: &mut Cx, walker: &Obj<TreeWalker>, side: Side) -> Fallible<Option<Obj<Node>>> {
    // 1.–2.
    let mut node = walker.current.get().id();
    if node == walker.root.id() {
        return Ok(None);
    }
    // 3.
    loop {
        let mut sibling = look(cx, |tree| side.sibling(tree, node));
        while let Some(found) = sibling {
            node = found;
            let verdict = walker.filter.ask(cx, node)?;
            if verdict == Verdict::Accept {
                return Ok(arrive(cx, walker, node));
            }
            let child = match verdict {
                Verdict::Reject => None,
                _ => look(cx, |tree| side.child(tree, node)),
            };
            sibling = child.or_else(|| look(cx, |tree| side.sibling(tree, node)));
        }
        match look(cx, |tree| tree.parent(node)) {
            Some(parent) if parent != walker.root.id() => node = parent,
            _ => return Ok(None),
        }
        if walker.filter.ask(cx, node)? == Verdict::Accept {
            return Ok(None);
        }
    }
}

impl TreeWalkerMethods for Obj<TreeWalker> {
    fn root(&self, _cx: &mut Cx) -> Obj<Node> {
        self.root.clone()
    }

    fn what_to_show(&self, _cx: &mut Cx) -> u32 {
        self.filter.what_to_show
    }

    fn filter(&self, _cx: &mut Cx) -> Option<NodeFilter> {
        self.filter.callback.clone()
    }

    fn current_node(&self, _cx: &mut Cx) -> Obj<Node> {
        self.current.get()
    }

    fn set_current_node(&self, _cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        self.current.set(node);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-treewalker-parentnode>
    fn parent_node(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        let mut node = self.current.get().id();
        while node != self.root.id() {
            match look(cx, |tree| tree.parent(node)) {
                Some(parent) => node = parent,
                None => return Ok(None),
            }
            if self.filter.ask(cx, node)? == Verdict::Accept {
                return Ok(arrive(cx, self, node));
            }
        }
        Ok(None)
    }

    fn first_child(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        children(cx, self, Side::First)
    }

    fn last_child(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        children(cx, self, Side::Last)
    }

    fn previous_sibling(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        siblings(cx, self, Side::Last)
    }

    fn next_sibling(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        siblings(cx, self, Side::First)
    }

    /// <https://dom.spec.whatwg.org/#dom-treewalker-previousnode>
    fn previous_node(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        let root = self.root.id();
        // 1.–2.
        let mut node = self.current.get().id();
        while node != root {
            // 2.1.–2.2.
            let mut sibling = look(cx, |tree| tree.prev_sibling(node));
            while let Some(found) = sibling {
                node = found;
                let mut verdict = self.filter.ask(cx, node)?;
                while verdict != Verdict::Reject
                    && let Some(child) = look(cx, |tree| tree.last_child(node))
                {
                    node = child;
                    verdict = self.filter.ask(cx, node)?;
                }
                if verdict == Verdict::Accept {
                    return Ok(arrive(cx, self, node));
                }
                sibling = look(cx, |tree| tree.prev_sibling(node));
            }
            // 2.3.–2.4.
            match look(cx, |tree| tree.parent(node)) {
                Some(parent) if node != root => node = parent,
                _ => return Ok(None),
            }
            // 2.5.
            if self.filter.ask(cx, node)? == Verdict::Accept {
                return Ok(arrive(cx, self, node));
            }
        }
        Ok(None)
    }

    /// <https://dom.spec.whatwg.org/#dom-treewalker-nextnode>
    fn next_node(&self, cx: &mut Cx) -> Fallible<Option<Obj<Node>>> {
        let root = self.root.id();
        // 1.–2.
        let mut node = self.current.get().id();
        let mut verdict = Verdict::Accept;
        // 3.
        loop {
            // 3.1.
            while verdict != Verdict::Reject
                && let Some(child) = look(cx, |tree| tree.first_child(node))
            {
                node = child;
                verdict = self.filter.ask(cx, node)?;
                if verdict == Verdict::Accept {
                    return Ok(arrive(cx, self, node));
                }
            }
            // 3.2.–3.3.
            match look(cx, |tree| tree.next_in_order(node, root, true)) {
                Some(following) => node = following,
                None => return Ok(None),
            }
            // 3.4.–3.5.
            verdict = self.filter.ask(cx, node)?;
            if verdict == Verdict::Accept {
                return Ok(arrive(cx, self, node));
            }
        }
    }
}
