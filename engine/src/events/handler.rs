//! Event handlers: <https://html.spec.whatwg.org/#event-handler-attributes>
//!
//! A handler takes its turn among the listeners of its target, at the place
//! where it was first set. A handler that a content attribute states costs
//! nothing until an event of its type, a listener of its type or script asks
//! for it; only then is it entered, and compiled when it is first called.

use virga_dom::{NodeId, QualName};
use virga_js::{Callback, Cx, DomString, Fallible, Obj, Object, ScriptSource, Trace};

use super::{
    BeforeUnloadEvent, ErrorEvent, Event, EventTarget, report_exception,
    target::{Listener, ListenerCallback},
};
use crate::{
    agent::{Agent, EngineCx},
    dom::Element,
    messaging::MessagePort,
    window::{GlobalScope, Window},
    wrappers::Node,
};

/// The event handler map of one target.
#[derive(Default, Trace)]
pub(super) struct Handlers(Vec<Handler>);

#[derive(Trace)]
struct Handler {
    #[trace(skip)]
    type_: DomString,
    value: HandlerValue,
    /// The listener that calls it, if it is activated.
    listener: Option<u64>,
}

/// <https://html.spec.whatwg.org/#event-handler-value>
#[derive(Clone, Trace)]
enum HandlerValue {
    Null,
    Callback(Object),
    /// An internal raw uncompiled handler.
    Uncompiled(String),
}

/// The types of events that `GlobalEventHandlers` and `WindowEventHandlers` have
/// handlers for, in ascending order.
const KNOWN: &[&str] = &[
    "abort",
    "afterprint",
    "animationcancel",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforeinput",
    "beforeprint",
    "beforeunload",
    "blur",
    "cancel",
    "canplay",
    "canplaythrough",
    "change",
    "click",
    "close",
    "contextmenu",
    "copy",
    "cut",
    "dblclick",
    "drag",
    "dragend",
    "dragenter",
    "dragleave",
    "dragover",
    "dragstart",
    "drop",
    "ended",
    "error",
    "focus",
    "formdata",
    "gotpointercapture",
    "hashchange",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "languagechange",
    "load",
    "loadeddata",
    "loadedmetadata",
    "loadstart",
    "lostpointercapture",
    "message",
    "messageerror",
    "mousedown",
    "mouseenter",
    "mouseleave",
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "offline",
    "online",
    "pagehide",
    "pageshow",
    "paste",
    "pause",
    "play",
    "playing",
    "pointercancel",
    "pointerdown",
    "pointerenter",
    "pointerleave",
    "pointermove",
    "pointerout",
    "pointerover",
    "pointerup",
    "popstate",
    "progress",
    "rejectionhandled",
    "reset",
    "resize",
    "scroll",
    "scrollend",
    "select",
    "selectionchange",
    "selectstart",
    "storage",
    "submit",
    "timeupdate",
    "toggle",
    "touchcancel",
    "touchend",
    "touchmove",
    "touchstart",
    "transitioncancel",
    "transitionend",
    "transitionrun",
    "transitionstart",
    "unhandledrejection",
    "unload",
    "volumechange",
    "wheel",
];

/// Handlers that `body` keeps on the window.
///
/// <https://html.spec.whatwg.org/#window-reflecting-body-element-event-handler-set>
const ON_WINDOW: &[&str] = &[
    "afterprint",
    "beforeprint",
    "beforeunload",
    "blur",
    "error",
    "focus",
    "hashchange",
    "languagechange",
    "load",
    "message",
    "messageerror",
    "offline",
    "online",
    "pagehide",
    "pageshow",
    "popstate",
    "rejectionhandled",
    "resize",
    "scroll",
    "storage",
    "unhandledrejection",
    "unload",
];

/// Whether content attributes can state handlers for this type of event.
pub(super) fn is_known(type_: &DomString) -> bool {
    KNOWN.binary_search(&type_.to_str().into_owned().as_str()).is_ok()
}

fn content_attribute(agent: &Agent, element: NodeId, type_: &str) -> Option<String> {
    agent.attribute(element, &format!("on{type_}"))
}

/// Whether an element states a handler for `type_` that the element itself runs.
pub(super) fn has_content_attribute(agent: &Agent, node: NodeId, type_: &DomString) -> bool {
    let type_ = type_.to_str().into_owned();
    is_element(agent, node)
        && !(is_body(agent, node) && ON_WINDOW.contains(&type_.as_str()))
        && content_attribute(agent, node, &type_).is_some()
}

fn is_element(agent: &Agent, node: NodeId) -> bool {
    agent.tree().is_element(node)
}

fn is_body(agent: &Agent, node: NodeId) -> bool {
    agent.tree().local_name(node).is_some_and(|name| matches!(&**name, "body" | "frameset"))
}

/// The object that really has the handler, and the element whose content
/// attribute may state it.
fn owner(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &str,
) -> (Obj<EventTarget>, Option<NodeId>) {
    let agent = cx.engine();
    if let Some(element) = target.downcast::<Element>() {
        let id = element.id();
        if is_body(&agent, id) && ON_WINDOW.contains(&type_) {
            let document = agent.tree().owner_document(id);
            return match document.and_then(|document| agent.window_of_document(document)) {
                Some(window) => (window.upcast(), Some(id)),
                None => (target.clone(), None),
            };
        }
        return (target.clone(), Some(id));
    }
    if target.downcast::<Window>().is_some() && ON_WINDOW.contains(&type_) {
        let body = agent.tree().body(cx.document_id());
        return (target.clone(), body);
    }
    (target.clone(), None)
}

/// Enters the handler that a content attribute states, if nobody did yet.
pub(super) fn activate_content_attribute(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &DomString,
) {
    if !is_known(type_) {
        return;
    }
    let name = type_.to_str().into_owned();
    let (owner, element) = owner(cx, target, &name);
    let Some(element) = element else { return };
    if owner.with_handlers(|handlers| handlers.find(type_).is_some()).unwrap_or(false) {
        return;
    }
    if let Some(source) = content_attribute(&cx.engine(), element, &name) {
        set_value(&owner, type_, HandlerValue::Uncompiled(source));
    }
}

/// An attribute of an element changed; keeps its event handlers right.
///
/// <https://html.spec.whatwg.org/#event-handler-content-attributes>
pub(crate) fn content_attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName) {
    let Some(type_) = name.local.strip_prefix("on") else { return };
    if name.ns != virga_dom::ns!() || KNOWN.binary_search(&type_).is_err() {
        return;
    }
    let agent = cx.engine();
    let value = content_attribute(&agent, element, type_);
    let on_window = is_body(&agent, element) && ON_WINDOW.contains(&type_);
    if !on_window && agent.wrappers.get(cx, element).is_none() {
        // Nobody can have listeners on it; the attribute speaks for itself.
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(element).upcast();
    let (owner, _) = owner(cx, &target, type_);
    let value = value.map_or(HandlerValue::Null, HandlerValue::Uncompiled);
    set_value(&owner, &DomString::from(type_), value);
}

impl Handlers {
    fn find(&self, type_: &DomString) -> Option<&Handler> {
        self.0.iter().find(|handler| handler.type_ == *type_)
    }
}

/// Sets the value, and activates or deactivates the handler.
fn set_value(target: &Obj<EventTarget>, type_: &DomString, value: HandlerValue) {
    let is_null = matches!(value, HandlerValue::Null);
    let (replaced, listener) = target.with_handlers_mut(|handlers| {
        if let Some(handler) = handlers.0.iter_mut().find(|handler| handler.type_ == *type_) {
            let replaced = std::mem::replace(&mut handler.value, value);
            let listener = if is_null { handler.listener.take() } else { handler.listener };
            (Some(replaced), listener)
        } else {
            handlers.0.push(Handler { type_: type_.clone(), value, listener: None });
            (None, None)
        }
    });
    drop(replaced);
    match listener {
        // <https://html.spec.whatwg.org/#deactivate-an-event-handler>
        Some(key) if is_null => target.remove_key(key),
        // <https://html.spec.whatwg.org/#activate-an-event-handler>
        None if !is_null => {
            let key = target.push(Listener {
                type_: type_.clone(),
                callback: ListenerCallback::Handler,
                capture: false,
                once: false,
                passive: None,
                key: 0,
            });
            target.with_handlers_mut(|handlers| {
                if let Some(handler) = handlers.0.iter_mut().find(|handler| handler.type_ == *type_)
                {
                    handler.listener = Some(key);
                }
            });
        }
        _ => {}
    }
}

/// The getter of an event handler IDL attribute.
pub(crate) fn get(cx: &mut Cx, target: &Obj<EventTarget>, type_: &str) -> Option<Object> {
    let name = DomString::from(type_);
    activate_content_attribute(cx, target, &name);
    let (owner, _) = owner(cx, target, type_);
    current_value(cx, &owner, &name)
}

/// The setter of an event handler IDL attribute.
pub(crate) fn set(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &str,
    value: Option<Object>,
) -> Fallible<()> {
    let name = DomString::from(type_);
    activate_content_attribute(cx, target, &name);
    let (owner, _) = owner(cx, target, type_);
    if value.is_some() && super::is_scrolling(&name) && !super::is_passive_by_default(cx, &owner) {
        crate::window::input::blocking_changed(cx, &name);
    }
    set_value(&owner, &name, value.map_or(HandlerValue::Null, HandlerValue::Callback));
    // <https://html.spec.whatwg.org/#handler-messageport-onmessage>
    if type_ == "message"
        && let Some(port) = target.downcast::<MessagePort>()
    {
        crate::messaging::start(cx, &port);
    }
    Ok(())
}

/// <https://html.spec.whatwg.org/#getting-the-current-value-of-the-event-handler>
fn current_value(cx: &mut Cx, target: &Obj<EventTarget>, type_: &DomString) -> Option<Object> {
    let value = target
        .with_handlers(|handlers| handlers.find(type_).map(|handler| handler.value.clone()))??;
    match value {
        HandlerValue::Null => None,
        HandlerValue::Callback(callback) => Some(callback),
        // 3.2.
        HandlerValue::Uncompiled(_) if !may_script(cx, target) => None,
        HandlerValue::Uncompiled(source) => match compile(cx, target, type_, &source) {
            Ok(function) => {
                set_value(target, type_, HandlerValue::Callback(function.clone()));
                Some(function)
            }
            Err(error) => {
                // 3.7. An error in it: null from now on, in its place among the listeners;
                // and report.
                target.with_handlers_mut(|handlers| {
                    let handler = handlers.0.iter_mut().find(|handler| handler.type_ == *type_)?;
                    Some(std::mem::replace(&mut handler.value, HandlerValue::Null))
                });
                report_exception(cx, error);
                None
            }
        },
    }
}

/// Whether scripting is enabled for the document of what has a handler attribute.
///
/// <https://html.spec.whatwg.org/#concept-n-script>
fn may_script(cx: &Cx, target: &Obj<EventTarget>) -> bool {
    let window = match target.downcast::<Node>() {
        Some(node) => cx.engine().window_of(node.id()),
        None => target.downcast::<Window>(),
    };
    window.is_some_and(|window| window.sandbox().scripts)
}

/// Compiles a handler with the element, its form owner and its document as its
/// scope, by steps 8 to 12 of the algorithm above.
fn compile(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &DomString,
    source: &str,
) -> Fallible<Object> {
    let url = cx.scope().url().to_string();
    let on_window = target.downcast::<Window>().is_some();
    let parameters: &[&str] = if on_window && *type_ == "error" {
        &["event", "source", "lineno", "colno", "error"]
    } else {
        &["event"]
    };
    let mut scopes = Vec::new();
    if !on_window && let Some(node) = target.downcast::<Node>() {
        let agent = cx.engine();
        let document = agent.tree().owner_document(node.id());
        if let Some(document) = document {
            scopes.push(cx.wrap(document).object().clone());
        }
        if let Some(form) = crate::window::forms::form_owner(&agent, node.id()) {
            scopes.push(cx.wrap(form).object().clone());
        }
        scopes.push(target.object().clone());
    }
    let name = format!("on{}", type_.to_str());
    let realm = cx.realm();
    virga_js::enter(cx, &realm, |cx| {
        cx.compile_function(&name, parameters, &ScriptSource::new(source, &url), &scopes)
    })
}

/// <https://html.spec.whatwg.org/#the-event-handler-processing-algorithm>
pub(super) fn process(cx: &mut Cx, target: &Obj<EventTarget>, event: &Obj<Event>) -> Fallible<()> {
    // 1.
    let type_ = event.name();
    let Some(callback) = current_value(cx, target, &type_) else { return Ok(()) };
    // 3. Special error event handling.
    let error = if type_ == "error" && target.downcast::<GlobalScope>().is_some() {
        event.downcast::<ErrorEvent>()
    } else {
        None
    };
    // 4.
    if !callback.is_callable() {
        return Ok(());
    }
    let callback = Callback::new(cx, callback);
    let this = target.value();
    let returned = match &error {
        Some(error) => callback.call(cx, &this, &error.handler_arguments())?,
        None => callback.call(cx, &this, &[event.value()])?,
    };
    // 5.
    if event.downcast::<BeforeUnloadEvent>().is_some() {
        if !returned.is_nullish() {
            event.cancel();
        }
    } else if error.is_some() {
        if returned.as_bool() == Some(true) {
            event.cancel();
        }
    } else if returned.as_bool() == Some(false) {
        event.cancel();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_types_are_sorted_for_the_search() {
        assert!(KNOWN.is_sorted());
        assert!(ON_WINDOW.iter().all(|name| KNOWN.binary_search(name).is_ok()));
    }
}
