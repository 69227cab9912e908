//! Events: <https://dom.spec.whatwg.org/#events>
//!
//! [`Event`] and [`EventTarget`] are the base parts of every event and of every
//! object that can get one. [`dispatch`] is the algorithm; it holds no borrow
//! of the tree or of a listener list while a listener runs, and looks each
//! listener up again before it calls it, so listeners may do what they want.

mod abort;
mod dispatch;
mod event;
pub(crate) mod handler;
mod html;
mod message;
mod path;
mod report;
mod target;
mod ui;

pub(crate) use abort::{AbortController, AbortSignal, AbortSteps, signal_abort};
pub(crate) use dispatch::{dispatch, fire, fire_event, fire_load};
pub(crate) use event::{CustomEvent, Event};
pub(crate) use html::{
    BeforeUnloadEvent, ErrorEvent, HashChangeEvent, PageTransitionEvent, PopStateEvent,
    ProgressEvent, PromiseRejectionEvent,
};
pub(crate) use message::MessageEvent;
pub(crate) use report::{report_exception, report_message, report_rejections};
pub(crate) use target::{DispatchDepth, EventTarget};
pub(crate) use ui::{
    CompositionEvent, DragEvent, FocusEvent, InputEvent, KeyboardEvent, MouseData, MouseEvent,
    PointerData, PointerEvent, TextEvent, Touch, TouchData, TouchEvent, TouchList, TouchLists,
    UIEvent, WheelEvent, single_char,
};

use virga_js::{Cx, Obj};

/// Whether an event goes up the tree after its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bubbles(pub(crate) bool);

/// Whether listeners can prevent what would follow an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cancelable(pub(crate) bool);

/// Whether an event of this type comes before scrolling, which a listener that
/// is not passive holds up.
fn is_scrolling(type_: &virga_js::DomString) -> bool {
    // Most types are of another length.
    matches!(type_.len(), 5 | 9 | 10)
        && matches!(type_.to_str().as_ref(), "touchstart" | "touchmove" | "wheel" | "mousewheel")
}

/// Whether listeners of such events are passive on this target if they do not say.
///
/// <https://dom.spec.whatwg.org/#default-passive-value>
fn is_passive_by_default(cx: &Cx, target: &Obj<EventTarget>) -> bool {
    if target.downcast::<crate::window::Window>().is_some() {
        return true;
    }
    let Some(node) = target.downcast::<crate::wrappers::Node>() else { return false };
    let agent = crate::agent::EngineCx::engine(cx);
    let tree = agent.tree();
    let id = node.id();
    let Some(document) = tree.owner_document(id) else { return false };
    id == document || tree.document_element(document) == Some(id) || tree.body(document) == Some(id)
}

/// `document.createEvent`: an event of the interface that an old name stands for,
/// which `initEvent` has to make usable.
///
/// <https://dom.spec.whatwg.org/#dom-document-createevent>
pub(crate) fn create_legacy(cx: &mut Cx, name: &str) -> Option<Obj<Event>> {
    let event = match name {
        "event" | "events" | "htmlevents" | "svgevents" => {
            let event = Event::uninitialized(cx);
            Obj::new(cx, event)
        }
        "customevent" => {
            let event = CustomEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "uievent" | "uievents" => {
            let event = UIEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "mouseevent" | "mouseevents" => {
            let event = MouseEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "keyboardevent" => {
            let event = KeyboardEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "focusevent" => {
            let event = FocusEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "beforeunloadevent" => {
            let event = BeforeUnloadEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "compositionevent" => {
            let event = CompositionEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "dragevent" => {
            let event = DragEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "storageevent" => {
            let event = crate::storage::StorageEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "textevent" => {
            let event = TextEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "touchevent" => {
            let event = TouchEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "messageevent" => {
            let event = MessageEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        "hashchangeevent" => {
            let event = HashChangeEvent::uninitialized(cx);
            Obj::new(cx, event).upcast()
        }
        _ => return None,
    };
    Some(event)
}
