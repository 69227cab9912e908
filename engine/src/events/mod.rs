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
    FocusEvent, InputEvent, KeyboardEvent, MouseData, MouseEvent, PointerData, PointerEvent,
    UIEvent, WheelEvent, single_char,
};

use virga_js::{Cx, Obj};

/// Whether an event goes up the tree after its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bubbles(pub(crate) bool);

/// Whether listeners can prevent what would follow an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cancelable(pub(crate) bool);

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
