//! One style pass: from what is dirty to computed styles and damage.
//!
//! The pass starts at the elements that changes have queued, not at the root.
//! stylo's own entry walks down from the root along dirty bits and, at every
//! level, over all siblings: with 10,000 rows that alone costs as much as the
//! restyle of a thousand. Only when very much is dirty is the root the better
//! start, and then several threads share the work.
#![expect(
    unsafe_code,
    reason = "stylo's traversal asks for exclusive access to each element's style data"
)]

use super::damage::Damage;
use super::handle::Handle;
use super::pool;
use crate::tree::NodeId;
use crate::tree::slot::NodeFlags;
use selectors::matching::SelectorCaches;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use style::context::{
    SharedStyleContext, StackLimitChecker, StyleContext, ThreadLocalStyleContext,
};
use style::dom::{TElement, TNode};
use style::driver;
use style::parallel::{STACK_SAFETY_MARGIN_KB, STYLE_THREAD_STACK_SIZE_KB};
use style::traversal::{DomTraversal, recalc_style_at};

/// What a pass did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Elements whose style was computed.
    pub(crate) styled: u64,
    /// Elements that had a style before and have another now, ordered by id.
    pub(crate) damage: Vec<(NodeId, Damage)>,
}

/// The state that the threads of a pass share.
pub(crate) struct Pass<'a> {
    context: SharedStyleContext<'a>,
    styled: AtomicU64,
    damage: Mutex<Vec<(NodeId, Damage)>>,
}

impl<'a> Pass<'a> {
    pub(crate) fn new(context: SharedStyleContext<'a>) -> Self {
        Self { context, styled: AtomicU64::new(0), damage: Mutex::new(Vec::new()) }
    }

    /// Styles what is dirty below and at `roots`, none of which contains
    /// another and all of whose parents have current styles.
    pub(crate) fn run(&self, roots: &[Handle<'_>]) {
        if roots.is_empty() {
            return;
        }
        let mut local = ThreadLocalStyleContext::new();
        for root in roots {
            let root = self.invalidate(*root);
            local.current_dom_depth = TNode::depth(&root);
            let mut context = StyleContext { shared: &self.context, thread_local: &mut local };
            let mut level = 1usize;
            let mut queue = VecDeque::from([root]);
            while let Some(node) = queue.pop_front() {
                self.process_preorder(&mut context, node, |child| queue.push_back(child));
                level -= 1;
                if level == 0 {
                    context.thread_local.current_dom_depth += 1;
                    level = queue.len();
                }
            }
        }
    }

    /// Styles all that is dirty in the document; in a large one, on several
    /// threads.
    pub(crate) fn run_from_root(&self, root: Handle<'_>, large: bool) {
        let root = self.invalidate(root);
        let token = Self::pre_traverse(root, &self.context);
        if token.should_traverse() {
            if large {
                pool::with(|pool| driver::traverse_dom(self, token, pool));
            } else {
                driver::traverse_dom(self, token, None);
            }
        }
    }

    /// Lets stylo compare an element with its snapshot. Returns where to start
    /// for it: at its parent if siblings turned out to be affected.
    fn invalidate<'h>(&self, root: Handle<'h>) -> Handle<'h> {
        let checker =
            StackLimitChecker::new((STYLE_THREAD_STACK_SIZE_KB - STACK_SAFETY_MARGIN_KB) * 1024);
        let siblings = match root.mutate_data() {
            Some(mut data) => data
                .invalidate_style_if_needed(
                    root,
                    &self.context,
                    Some(&checker),
                    &mut SelectorCaches::default(),
                )
                .has_invalidated_siblings(),
            None => false,
        };
        match TNode::traversal_parent(&root).filter(|_| siblings) {
            Some(parent) => {
                parent.slot().set(NodeFlags::DIRTY_DESCENDANTS);
                parent
            }
            None => root,
        }
    }

    pub(crate) fn finish(self) -> Outcome {
        let mut damage = self.damage.into_inner().unwrap_or_else(|e| e.into_inner());
        // Threads finish in any order; what follows must not depend on it.
        damage.sort_unstable_by_key(|(id, _)| *id);
        Outcome { styled: self.styled.into_inner(), damage }
    }
}

impl<'h> DomTraversal<Handle<'h>> for Pass<'_> {
    fn process_preorder<F: FnMut(Handle<'h>)>(
        &self,
        context: &mut StyleContext<'_, Handle<'h>>,
        node: Handle<'h>,
        note_child: F,
    ) {
        let Some(element) = node.as_element() else {
            return;
        };
        let before = context.thread_local.statistics.elements_styled;
        // SAFETY: the traversal hands each element to one thread, once.
        let mut data = unsafe { element.ensure_data() };
        let initial = !data.has_styles();
        recalc_style_at(self, context, element, &mut data, note_child);
        element.slot().unset(NodeFlags::DIRTY_DESCENDANTS | NodeFlags::STYLE_QUEUED);
        let styled = context.thread_local.statistics.elements_styled - before;
        self.styled.fetch_add(u64::from(styled), Ordering::Relaxed);
        let damage = data.damage;
        data.clear_restyle_flags_and_damage();
        if !initial && !damage.is_empty() {
            let entry =
                (element.slot().id(), Damage::from_stylo(damage, !data.styles.pseudos.is_empty()));
            self.damage.lock().unwrap_or_else(|e| e.into_inner()).push(entry);
        }
    }

    fn process_postorder(&self, _: &mut StyleContext<'_, Handle<'h>>, _: Handle<'h>) {}

    fn needs_postorder_traversal() -> bool {
        false
    }

    fn shared_context(&self) -> &SharedStyleContext<'_> {
        &self.context
    }
}
