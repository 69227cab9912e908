//! The time during which stylo may look at a tree.

pub(crate) use super::handle::Handle;
use crate::tree::{NodeId, Tree};
use style::thread_state::{self, ThreadState};

/// Holds a tree still, so that stylo may keep references into it.
///
/// The scope has the tree's only borrow; handles borrow from the scope, so
/// none survives it and nothing changes while one exists.
pub(crate) struct StyleScope<'t> {
    tree: &'t mut Tree,
    _state: InLayout,
}

impl<'t> StyleScope<'t> {
    pub(crate) fn new(tree: &'t mut Tree) -> Self {
        Self { tree, _state: InLayout::enter() }
    }

    pub(crate) fn tree(&self) -> &Tree {
        self.tree
    }

    pub(crate) fn handle(&self, id: NodeId) -> Option<Handle<'_>> {
        handle(self.tree, id)
    }
}

/// A handle for matching selectors, which needs no more than the tree held
/// shared: it reads links, names, attributes and states.
pub(crate) fn handle(tree: &Tree, id: NodeId) -> Option<Handle<'_>> {
    tree.arena.slot(id).map(Handle::new)
}

/// Tells stylo's assertions that this thread is styling, also if it panics.
pub(crate) struct InLayout(());

impl InLayout {
    pub(crate) fn enter() -> Self {
        thread_state::enter(ThreadState::LAYOUT);
        Self(())
    }
}

impl Drop for InLayout {
    fn drop(&mut self) {
        thread_state::exit(ThreadState::LAYOUT);
    }
}
