use virga_js::{Cx, DomString, Obj};

use super::{
    Bubbles, Cancelable, Event, EventTarget, MouseEvent,
    event::EventPhase,
    handler,
    path::{Path, Step},
    report_exception,
    target::ListenerCallback,
};
use crate::{
    agent::{Agent, EngineCx},
    window::{Window, activation},
    wrappers::Node,
};

/// The object of a step, if it can have a listener or a handler for the event.
fn listening(
    step: &Step,
    cx: &mut Cx,
    type_: &DomString,
    handled: bool,
) -> Option<Obj<EventTarget>> {
    match step {
        Step::Object(object) => Some(object.clone()),
        Step::Node(id) => {
            let agent = cx.engine();
            match agent.wrappers.get(cx, *id) {
                Some(node) => Some(node.upcast()),
                None if handled && handler::has_content_attribute(&agent, *id, type_) => {
                    Some(cx.wrap(*id).upcast())
                }
                None => None,
            }
        }
    }
}

/// Fires a trusted event without more to it at `target`; `false` if a listener
/// cancelled it.
///
/// <https://dom.spec.whatwg.org/#concept-event-fire>
pub(crate) fn fire(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &str,
    bubbles: Bubbles,
    cancelable: Cancelable,
) -> bool {
    in_realm_of(cx, target, |cx| {
        let event = Event::trusted(cx, type_, bubbles, cancelable);
        let event = Obj::new(cx, event);
        dispatch(cx, target, &event)
    })
}

/// Runs `steps` in the realm of the target's document, which its events belong to.
fn in_realm_of<R>(cx: &mut Cx, target: &Obj<EventTarget>, steps: impl FnOnce(&mut Cx) -> R) -> R {
    match target.downcast::<Node>() {
        Some(node) => cx.in_window_of(node.id(), steps),
        None => steps(cx),
    }
}

/// [`fire`] for an event of a derived interface.
pub(crate) fn fire_event<T: virga_js::Interface>(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    event: T,
) -> bool {
    in_realm_of(cx, target, |cx| {
        let event: Obj<T> = Obj::new(cx, event);
        let event: Obj<Event> = event.upcast();
        dispatch(cx, target, &event)
    })
}

/// Dispatches `event` to `target`; `false` if a listener cancelled it.
///
/// <https://dom.spec.whatwg.org/#concept-event-dispatch>
pub(crate) fn dispatch(cx: &mut Cx, target: &Obj<EventTarget>, event: &Obj<Event>) -> bool {
    let agent = cx.engine();
    if !agent.dispatch_depth.enter() {
        let error =
            virga_js::Error::range_error("Events are dispatched inside of each other too deeply");
        report_exception(cx, error);
        return !event.is_canceled();
    }
    let result = dispatch_steps(cx, &agent, target, target, event);
    if agent.player.listens()
        && let Some(node) = target.downcast::<Node>()
    {
        agent.player.dispatched(&agent, &event.name().to_str(), node.id());
    }
    agent.dispatch_depth.leave();
    result
}

/// Fires `load` at a window, whose document says to be the target.
///
/// <https://html.spec.whatwg.org/#the-end> step 9.5.
pub(crate) fn fire_load(cx: &mut Cx, window: &Obj<EventTarget>) {
    let agent = cx.engine();
    let document = cx.document_id();
    let document: Obj<EventTarget> = cx.wrap(document).upcast();
    let event = Event::trusted(cx, "load", Bubbles(false), Cancelable(false));
    let event = Obj::new(cx, event);
    if agent.dispatch_depth.enter() {
        dispatch_steps(cx, &agent, window, &document, &event);
        agent.dispatch_depth.leave();
    }
}

/// `shown` is what the event says its target is.
fn dispatch_steps(
    cx: &mut Cx,
    agent: &Agent,
    target: &Obj<EventTarget>,
    shown: &Obj<EventTarget>,
    event: &Obj<Event>,
) -> bool {
    // 1. Set event's dispatch flag.
    event.begin_dispatch();
    let type_ = event.name();
    // 4.–6.9. The path, and what the event activates.
    let is_activation = type_ == "click" && event.downcast::<MouseEvent>().is_some();
    let target_node = target.downcast::<Node>().map(|node| node.id());
    let mut activated = None;
    let path = match target_node {
        None => Some(Path::alone(target)),
        Some(node) => Path::to_node(cx, target, node, event, &type_, |at, is_target| {
            if is_activation
                && activated.is_none()
                && (is_target || event.has_bubbles())
                && activation::has_behavior(agent, at)
            {
                activated = Some(at);
            }
        }),
    };
    let Some(path) = path else {
        event.end_dispatch();
        return !event.is_canceled();
    };
    let steps = path.len();
    let clear_targets = path.clears_targets();
    event.path.replace(path);
    event.set_target(Some(shown.clone()));
    // 6.12. Legacy-pre-activation behaviour.
    let before = activated.map(|node| activation::pre_activate(cx, node));
    // 6.13. Capture.
    let handled = handler::is_known(&type_);
    for index in (0..steps).rev() {
        let at_target = event.path.borrow().is_at_target(index);
        let phase = if at_target { EventPhase::AtTarget } else { EventPhase::Capturing };
        invoke(cx, index, event, &type_, phase, true, handled);
    }
    // 6.14. Bubble.
    for index in 0..steps {
        if event.path.borrow().is_at_target(index) {
            invoke(cx, index, event, &type_, EventPhase::AtTarget, false, handled);
        } else if event.has_bubbles() {
            invoke(cx, index, event, &type_, EventPhase::Bubbling, false, handled);
        }
    }
    // 7.–10.
    event.end_dispatch();
    // 11.
    if clear_targets {
        event.set_target(None);
        event.set_related_target(None);
    }
    // 12. Activation behaviour.
    if let (Some(node), Some(before)) = (activated, before) {
        if event.is_canceled() {
            activation::canceled(cx, node, before);
        } else {
            activation::activate(cx, node, event, before);
        }
    }
    // 13.
    !event.is_canceled()
}

/// <https://dom.spec.whatwg.org/#concept-event-listener-invoke>
fn invoke(
    cx: &mut Cx,
    index: usize,
    event: &Obj<Event>,
    type_: &DomString,
    phase: EventPhase,
    capturing: bool,
    handled: bool,
) {
    // 4. If event's stop propagation flag is set, return.
    if event.is_propagation_stopped() {
        return;
    }
    let Some(step) = event.path.borrow().step(index) else { return };
    let Some(target) = listening(&step, cx, type_, handled) else { return };
    if handled {
        handler::activate_content_attribute(cx, &target, type_);
    }
    if target.is_silent() {
        return;
    }
    // 6. Let listeners be a clone.
    let keys = target.listener_keys(type_);
    if keys.is_empty() {
        return;
    }
    // 1.–3. What it says of its targets here.
    let mut in_shadow_tree = false;
    if let Some(look) = Path::look(event, cx, index) {
        event.set_target(Some(look.target));
        event.set_related_target(look.related);
        in_shadow_tree = look.in_shadow_tree;
    }
    event.set_phase(phase);
    event.set_current_target(Some(target.clone()));
    for key in keys {
        inner_invoke(cx, &target, event, key, capturing, in_shadow_tree);
        if event.is_immediately_stopped() {
            return;
        }
    }
}

/// One round of <https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke>
fn inner_invoke(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    event: &Obj<Event>,
    key: u64,
    capturing: bool,
    in_shadow_tree: bool,
) {
    // 2. Whose removed is false, of this phase.
    let found = target.with_listener(key, |listener| {
        (listener.capture, listener.once, listener.passive, listener.callback.clone())
    });
    let Some((capture, once, passive, callback)) = found else { return };
    if capture != capturing {
        return;
    }
    // 2.5. If listener's once is true, remove it.
    if once {
        target.remove_key(key);
    }
    // 2.6–2.8. `window.event`, of the callback's global.
    let realm = match &callback {
        ListenerCallback::Listener(listener) => listener.0.realm().clone(),
        ListenerCallback::Handler => cx.realm(),
    };
    let window = Obj::<Window>::from_object(cx, &realm.global_object());
    let shown = (!in_shadow_tree).then(|| event.clone());
    let outer_event = window.as_ref().and_then(|window| window.set_current_event(shown));
    // 2.9.
    event.set_in_passive_listener(passive.unwrap_or(false));
    // 2.11. Call it; an exception is reported and stops nothing.
    let result = match &callback {
        ListenerCallback::Listener(listener) => {
            let this = target.value();
            listener.handle_event(cx, &this, event.clone())
        }
        ListenerCallback::Handler => handler::process(cx, target, event),
    };
    if let Err(error) = result {
        cx.in_realm(&realm, |cx| report_exception(cx, error));
    }
    // 2.12, 2.13.
    event.set_in_passive_listener(false);
    if let Some(window) = window {
        window.set_current_event(outer_event);
    }
}
