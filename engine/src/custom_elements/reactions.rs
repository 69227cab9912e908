//! Reactions: what elements do once the operation that made them is over.
//!
//! <https://html.spec.whatwg.org/#custom-element-reactions>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use virga_js::{Callback, Cx, GcCell, Obj, Trace, Value};

use super::{
    definition::{Definition, Lifecycle, State},
    upgrade,
};
use crate::{
    agent::{Agent, EngineCx},
    events::report_exception,
    wrappers::Node,
};

/// What waits in an element's queue.
#[derive(Trace)]
pub(super) enum Reaction {
    Upgrade(GcCell<Definition>),
    Callback { function: Callback, args: Vec<Value> },
}

/// The agent's stack of element queues.
///
/// The queues lie on each other in one list; each entry says how high. Handles
/// in here are roots, until the operation is over that put them here.
///
/// <https://html.spec.whatwg.org/#custom-element-reactions-stack>
#[derive(Default)]
pub(crate) struct ReactionStack {
    depth: Cell<u32>,
    queued: RefCell<Vec<(u32, Obj<Node>)>>,
    /// <https://html.spec.whatwg.org/#backup-element-queue>
    backup: RefCell<Vec<Obj<Node>>>,
    processing_backup: Cell<bool>,
    /// Some element was defined, in some window.
    in_use: Cell<bool>,
}

impl ReactionStack {
    /// Whether there can be custom elements at all.
    pub(super) fn is_in_use(&self) -> bool {
        self.in_use.get()
    }

    pub(super) fn set_in_use(&self) {
        self.in_use.set(true);
    }

    /// Lets all handles go, before the script engine does.
    pub(crate) fn clear(&self) {
        drop(self.queued.take());
        drop(self.backup.take());
    }
}

/// An element queue pushed on the reactions stack.
#[must_use = "pop it after the steps"]
pub(crate) struct Reactions(Rc<Agent>);

impl Reactions {
    /// Pushes a new element queue.
    #[inline]
    pub(crate) fn push(cx: &mut Cx) -> Self {
        let agent = cx.engine();
        agent.reactions.depth.set(agent.reactions.depth.get() + 1);
        Self(agent)
    }

    /// Pops the queue, and runs the reactions in it.
    #[inline]
    pub(crate) fn pop(self, cx: &mut Cx) {
        let stack = &self.0.reactions;
        let depth = stack.depth.get();
        stack.depth.set(depth - 1);
        if stack.queued.borrow().last().is_some_and(|(height, _)| *height == depth) {
            run_queue(cx, &self.0, depth);
        }
    }
}

#[cold]
fn run_queue(cx: &mut Cx, agent: &Agent, depth: u32) {
    let queue: Vec<Obj<Node>> = {
        let mut queued = agent.reactions.queued.borrow_mut();
        let first = queued.partition_point(|(height, _)| *height < depth);
        queued.drain(first..).map(|(_, element)| element).collect()
    };
    for element in queue {
        invoke(cx, &element);
    }
}

/// "Invoke custom element reactions" of one element.
///
/// <https://html.spec.whatwg.org/#invoke-custom-element-reactions>
pub(super) fn invoke(cx: &mut Cx, element: &Obj<Node>) {
    while let Some(reaction) = element.with_custom_mut(|custom| custom.reactions.pop_front()) {
        let result = match reaction {
            Reaction::Upgrade(definition) => upgrade::upgrade(cx, element, &definition),
            Reaction::Callback { function, args } => {
                function.call(cx, &element.value(), &args).map(drop)
            }
        };
        if let Err(error) = result {
            report_exception(cx, error);
        }
    }
}

/// "Enqueue an element on the appropriate element queue".
///
/// <https://html.spec.whatwg.org/#enqueue-an-element-on-the-appropriate-element-queue>
fn enqueue_element(cx: &mut Cx, element: &Obj<Node>) {
    let agent = cx.engine();
    let stack = &agent.reactions;
    let depth = stack.depth.get();
    if depth > 0 {
        stack.queued.borrow_mut().push((depth, element.clone()));
        return;
    }
    stack.backup.borrow_mut().push(element.clone());
    if stack.processing_backup.replace(true) {
        return;
    }
    cx.queue_microtask(|cx| {
        let agent = cx.engine();
        loop {
            let next = {
                let mut backup = agent.reactions.backup.borrow_mut();
                if backup.is_empty() { None } else { Some(backup.remove(0)) }
            };
            match next {
                Some(element) => invoke(cx, &element),
                None => break,
            }
        }
        agent.reactions.processing_backup.set(false);
    });
}

/// "Enqueue a custom element callback reaction".
///
/// <https://html.spec.whatwg.org/#enqueue-a-custom-element-callback-reaction>
pub(super) fn enqueue_callback(
    cx: &mut Cx,
    element: &Obj<Node>,
    which: Lifecycle,
    args: Vec<Value>,
) {
    // 1.–3.
    let function = element
        .with_custom(|custom| {
            custom.definition.as_ref().and_then(|definition| definition.callback(which).cloned())
        })
        .flatten();
    let Some(function) = function else { return };
    // 5.–6.
    element.with_custom_mut(|custom| {
        custom.reactions.push_back(Reaction::Callback { function, args });
    });
    enqueue_element(cx, element);
}

/// "Enqueue a custom element upgrade reaction".
///
/// <https://html.spec.whatwg.org/#enqueue-a-custom-element-upgrade-reaction>
pub(super) fn enqueue_upgrade(cx: &mut Cx, element: &Obj<Node>, definition: GcCell<Definition>) {
    element.with_custom_mut(|custom| {
        custom.reactions.push_back(Reaction::Upgrade(definition));
    });
    enqueue_element(cx, element);
}

/// Whether the element is custom now.
pub(super) fn is_in_state(element: &Obj<Node>, state: State) -> bool {
    element.with_custom(|custom| custom.state == state).unwrap_or(false)
}
