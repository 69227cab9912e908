//! Which documents have the focus: that of a window at the top, and those of the
//! frames which the focused elements are, down to where the user's keys go.
//!
//! A document that the focus leaves keeps in mind where it was, `activeElement`, and
//! has it there again when it comes back.
//!
//! <https://html.spec.whatwg.org/#focus-chain>

use virga_dom::{ElementState, NodeId};
use virga_js::{Cx, Obj};

use super::{
    Window, composition, editing,
    focus::{FocusBy, focused_in, is_focusable, is_focusable_now, set_states},
    forms, picker,
};
use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, EventTarget, FocusEvent},
};

/// The windows around a window and the elements of theirs that it is in, outermost
/// first.
fn around(agent: &Agent, window: &Window) -> Vec<(Obj<Window>, NodeId)> {
    let mut around = Vec::new();
    let mut container = agent.navigable_of(window).and_then(|navigable| navigable.container());
    while let Some(element) = container {
        let Some(outer) = agent.window_of(element) else { break };
        container = agent.navigable_of(&outer).and_then(|navigable| navigable.container());
        around.push((outer, element));
    }
    around.reverse();
    around
}

/// The window that the focused element of another shows.
fn inner(agent: &Agent, window: &Window) -> Option<Obj<Window>> {
    agent.navigables.of_container(focused_in(agent, window)?)?.window()
}

/// The windows that have the focus of one at the top, which is the first.
fn path(agent: &Agent, top: &Obj<Window>) -> Vec<Obj<Window>> {
    let mut path = vec![top.clone()];
    while let Some(next) = path.last().and_then(|window| inner(agent, window)) {
        path.push(next);
    }
    path
}

/// Whether a window is among those that the focus of its top is in.
pub(crate) fn is_in(agent: &Agent, window: &Window) -> bool {
    let around = around(agent, window);
    around.iter().all(|(outer, element)| focused_in(agent, outer) == Some(*element))
}

/// Whether a window shows its frames down to another, so that the focus can go there.
pub(super) fn can_enter(cx: &mut Cx, window: &Window) -> bool {
    let agent = cx.engine();
    around(&agent, window)
        .into_iter()
        .all(|(outer, element)| cx.in_realm(outer.realm(), |cx| is_focusable_now(cx, element)))
}

/// Whether `autofocus` may have an effect in a document: in a frame, if nothing
/// around it has the focus, and nobody else's document is around it.
///
/// <https://html.spec.whatwg.org/#flush-autofocus-candidates>
pub(crate) fn takes_autofocus(agent: &Agent, window: &Window) -> bool {
    let own = window.security_origin();
    around(agent, window)
        .iter()
        .all(|(outer, _)| focused_in(agent, outer).is_none() && outer.security_origin() == own)
}

/// A move of the focus; another one that begins meanwhile takes its place.
struct Move {
    serial: u64,
    by: FocusBy,
    /// The focus showed where it was.
    had_ring: bool,
    /// The user's system shows this app to have the focus: there are events.
    events: bool,
}

impl Move {
    fn is_over(&self, agent: &Agent) -> bool {
        agent.focus_moves.get() != self.serial
    }

    /// Fires two events at an element; `false` if the focus went elsewhere meanwhile.
    fn fire(
        &self,
        cx: &mut Cx,
        element: NodeId,
        names: [&str; 2],
        related: Option<NodeId>,
    ) -> bool {
        let agent = cx.engine();
        if !self.events {
            return true;
        }
        let target: Obj<EventTarget> = cx.wrap(element).upcast();
        for (name, bubbles) in names.into_iter().zip([false, true]) {
            let related = related.map(|id| -> Obj<EventTarget> { cx.wrap(id).upcast() });
            let event = FocusEvent::trusted(cx, name, Bubbles(bubbles), related);
            events::fire_event(cx, &target, event);
            if self.is_over(&agent) {
                return false;
            }
        }
        true
    }

    /// Fires an event at the current window.
    fn fire_at_window(&self, cx: &mut Cx, name: &str) -> bool {
        if self.events {
            let target: Obj<EventTarget> = cx.window().upcast();
            let event = FocusEvent::trusted(cx, name, Bubbles(false), None);
            events::fire_event(cx, &target, event);
        }
        !self.is_over(&cx.engine())
    }

    /// The current document's element loses the focus, and keeps it in mind.
    fn lose(&self, cx: &mut Cx, related: Option<NodeId>, forget: bool) -> bool {
        let agent = cx.engine();
        let window = cx.window();
        let Some(from) = focused_in(&agent, &window) else { return true };
        if !agent.tree().state(from).contains(ElementState::FOCUS_WITHIN) {
            // It was about to have it when a listener moved the focus on.
            if forget {
                window.input.focused.set(None);
            }
            return true;
        }
        picker::blurred(&agent, from);
        composition::cancel(cx);
        editing::commit(cx, from);
        if forget {
            window.input.focused.set(None);
        }
        set_states(&agent, from, false, false);
        self.fire(cx, from, ["blur", "focusout"], related)
    }

    /// An element of the current document gets the focus.
    fn gain(&self, cx: &mut Cx, to: NodeId, related: Option<NodeId>, again: bool) -> bool {
        let agent = cx.engine();
        let window = cx.window();
        window.input.navigation_start.set(None);
        window.input.focused.set(Some(to));
        // <https://drafts.csswg.org/selectors-4/#the-focus-visible-pseudo>: what takes text
        // shows it always, and what script chooses after what showed it, or after keys.
        let ring = match self.by {
            FocusBy::Keyboard => true,
            FocusBy::Pointer => false,
            FocusBy::Script => !agent.by_pointer.get() || self.had_ring,
        };
        let is_text = forms::is_text_field(&agent.tree(), to);
        let ring = ring || is_text || crate::html::is_content_editable(cx, to);
        set_states(&agent, to, true, ring);
        editing::begin(cx, to, self.by == FocusBy::Keyboard && !again);
        self.fire(cx, to, ["focus", "focusin"], related)
    }
}

/// "Focus update steps": moves the focus into the current document, to `to` or to
/// none of its elements. `to` can have it.
///
/// <https://html.spec.whatwg.org/#focus-update-steps>
pub(super) fn go(cx: &mut Cx, to: Option<NodeId>, by: FocusBy) {
    let agent = cx.engine();
    let window = cx.window();
    let mut new: Vec<(Obj<Window>, Option<NodeId>)> =
        around(&agent, &window).into_iter().map(|(outer, id)| (outer, Some(id))).collect();
    new.push((window, to));
    let Some((top, _)) = new.first() else { return };
    let old = path(&agent, top);
    // 1. What both chains have in common is not concerned.
    let common = old.iter().zip(&new).take_while(|(old, (new, _))| old.id() == new.id()).count();
    let last = old.last().and_then(|window| focused_in(&agent, window));
    let was_text = takes_text(cx, last);
    agent.focus_moves.set(agent.focus_moves.get() + 1);
    let step = Move {
        serial: agent.focus_moves.get(),
        by,
        had_ring: last.is_some_and(|id| agent.tree().state(id).contains(ElementState::FOCUSRING)),
        events: top.input.has_focus(),
    };
    // 2. From the innermost document outwards.
    for window in old.iter().skip(common).rev() {
        window.input.selection_changed.set(true);
        let stays = cx.in_realm(window.realm(), |cx| {
            step.lose(cx, None, false) && step.fire_at_window(cx, "blur")
        });
        if !stays {
            return;
        }
    }
    // The last entries of both chains are elements of one document. They are related,
    // but browsers agree not to say so of frames that the focus goes through.
    let Some((window, to)) = new.get(common.saturating_sub(1)) else { return };
    let is_frame = |id: &NodeId| agent.navigables.of_container(*id).is_some();
    let through = old.len() > common || new.len() > common || to.as_ref().is_some_and(is_frame);
    let stays = cx.in_realm(window.realm(), |cx| exchange(cx, &step, *to, !through));
    if !stays {
        return;
    }
    // 3.–4. And inwards again.
    for (window, to) in new.iter().skip(common) {
        window.input.selection_changed.set(true);
        let stays = cx.in_realm(window.realm(), |cx| {
            // Where it was before does not matter any more.
            window.input.focused.set(*to);
            step.fire_at_window(cx, "focus")
                && match to.filter(|&id| is_focusable(&agent.tree(), id)) {
                    Some(to) => step.gain(cx, to, None, false),
                    None => {
                        window.input.focused.set(None);
                        true
                    }
                }
        });
        if !stays {
            return;
        }
    }
    // A frame that gets the focus has it where it had it before.
    let mut next = new.last().and_then(|(window, _)| inner(&agent, window));
    while let Some(window) = next {
        window.input.selection_changed.set(true);
        let stays = cx.in_realm(window.realm(), |cx| {
            step.fire_at_window(cx, "focus")
                && focused_in(&agent, &window).is_none_or(|to| step.gain(cx, to, None, true))
        });
        if !stays {
            return;
        }
        next = inner(&agent, &window);
    }
    if was_text {
        let top = new.first().map(|(top, _)| path(&agent, top));
        let last = top.and_then(|path| focused_in(&agent, path.last()?));
        if !takes_text(cx, last) {
            agent.send(virga_protocol::FromApp::TextInput(None));
        }
    }
}

/// Whether the user can type text where the focus is.
fn takes_text(cx: &mut Cx, focused: Option<NodeId>) -> bool {
    focused.is_some_and(|id| {
        let is_field = forms::is_text_field(&cx.engine().tree(), id);
        is_field || cx.in_window_of(id, |cx| crate::html::is_content_editable(cx, id))
    })
}

/// The focus goes from one element of the current document to another, which their
/// events say if they are `related`; `false` if it went elsewhere meanwhile.
fn exchange(cx: &mut Cx, step: &Move, to: Option<NodeId>, related: bool) -> bool {
    let agent = cx.engine();
    let from = focused_in(&agent, &cx.window());
    if from == to {
        return true;
    }
    if !step.lose(cx, to.filter(|_| related), true) {
        return false;
    }
    // A listener may have removed the element.
    match to.filter(|&id| is_focusable(&agent.tree(), id)) {
        Some(to) => step.gain(cx, to, from.filter(|_| related), false),
        None => true,
    }
}

/// The current window, one at the top, gained or lost the focus of the user's system.
/// Its documents keep in mind where they have it.
pub(super) fn system_focus(cx: &mut Cx, gained: bool) {
    let agent = cx.engine();
    let top = cx.window();
    let changed = top.input.has_focus() != gained;
    top.input.set_has_focus(gained);
    let step = Move {
        serial: agent.focus_moves.get(),
        by: FocusBy::Script,
        had_ring: false,
        events: true,
    };
    if !changed {
        step.fire_at_window(cx, if gained { "focus" } else { "blur" });
        return;
    }
    let path = path(&agent, &top);
    if gained {
        for window in &path {
            let stays = cx.in_realm(window.realm(), |cx| {
                let element = focused_in(&agent, window);
                step.fire_at_window(cx, "focus")
                    && element.is_none_or(|id| step.fire(cx, id, ["focus", "focusin"], None))
            });
            if !stays {
                return;
            }
        }
        return;
    }
    for window in path.iter().rev() {
        window.input.forget_pressed();
        let stays = cx.in_realm(window.realm(), |cx| {
            composition::cancel(cx);
            let element = focused_in(&agent, window);
            element.is_none_or(|id| {
                editing::commit(cx, id);
                step.fire(cx, id, ["blur", "focusout"], None)
            }) && step.fire_at_window(cx, "blur")
        });
        if !stays {
            return;
        }
    }
}
