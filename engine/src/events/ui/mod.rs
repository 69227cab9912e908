//! Events that a person causes: <https://w3c.github.io/uievents/>,
//! <https://w3c.github.io/pointerevents/>, <https://w3c.github.io/touch-events/>
//! and <https://w3c.github.io/input-events/>

mod input;
mod keyboard;
mod modifiers;
mod mouse;
mod pointer;
mod touch;

pub(crate) use input::{CompositionEvent, InputEvent, TextEvent};
pub(crate) use keyboard::{KeyboardEvent, single_char};
pub(crate) use mouse::{DragEvent, MouseData, MouseEvent, WheelEvent};
pub(crate) use pointer::{PointerData, PointerEvent};
pub(crate) use touch::{Touch, TouchData, TouchEvent, TouchList, TouchLists};

use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::{Bubbles, Cancelable, Event, EventTarget};
use crate::{
    agent::EngineCx,
    generated::{
        FocusEventInit, FocusEventMethods, KeyboardEventMethods as _, UIEventInit, UIEventMethods,
    },
    window::Window,
};

/// <https://w3c.github.io/uievents/#interface-uievent>
#[derive(Trace, Platform)]
pub(crate) struct UIEvent {
    #[base]
    event: Event,
    view: RefCell<Option<Obj<Window>>>,
    detail: Cell<i32>,
    which: u32,
}

impl UIEvent {
    fn new(cx: &mut Cx, type_: DomString, init: UIEventInit) -> Self {
        Self {
            event: Event::new(cx, type_, &init.parent),
            view: RefCell::new(init.view),
            detail: Cell::new(init.detail),
            which: init.which,
        }
    }

    /// A trusted, composed event of the current window.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        cancelable: Cancelable,
        detail: i32,
    ) -> Self {
        Self {
            event: Event::trusted(cx, type_, bubbles, cancelable).composed(),
            view: RefCell::new(Some(cx.window())),
            detail: Cell::new(detail),
            which: 0,
        }
    }

    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            event: Event::uninitialized(cx),
            view: RefCell::default(),
            detail: Cell::new(0),
            which: 0,
        }
    }

    /// An event like this one that is not dispatched.
    fn undispatched_copy(&self) -> Self {
        Self {
            event: self.event.undispatched_copy(),
            view: RefCell::new(self.view.borrow().clone()),
            detail: Cell::new(self.detail.get()),
            which: self.which,
        }
    }

    /// What the `init…Event` methods of all these interfaces begin with; `false`
    /// while the event is being dispatched.
    fn initialize(
        &self,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        detail: i32,
    ) -> bool {
        if self.event.is_dispatching() {
            return false;
        }
        self.event.initialize(type_, bubbles, cancelable);
        self.view.replace(view);
        self.detail.set(detail);
        true
    }
}

impl UIEventMethods for Obj<UIEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: UIEventInit) -> Fallible<Obj<UIEvent>> {
        let event = UIEvent::new(cx, type_, init);
        Ok(Obj::new(cx, event))
    }

    fn view(&self, _: &mut Cx) -> Option<Obj<Window>> {
        self.view.borrow().clone()
    }

    fn detail(&self, _: &mut Cx) -> i32 {
        self.detail.get()
    }

    fn which(&self, cx: &mut Cx) -> u32 {
        if let Some(mouse) = self.downcast::<MouseEvent>() {
            return u32::try_from(mouse.data.get().button + 1).unwrap_or(0);
        }
        match self.downcast::<KeyboardEvent>() {
            Some(keyboard) if self.which == 0 => keyboard.key_code(cx).max(keyboard.char_code(cx)),
            _ => self.which,
        }
    }

    /// <https://w3c.github.io/uievents/#dom-uievent-inituievent>
    fn init_ui_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        detail: i32,
    ) -> Fallible<()> {
        self.initialize(type_, bubbles, cancelable, view, detail);
        Ok(())
    }
}

/// <https://w3c.github.io/uievents/#interface-focusevent>
#[derive(Trace, Platform)]
pub(crate) struct FocusEvent {
    #[base]
    ui: UIEvent,
}

impl FocusEvent {
    /// A trusted focus event; `related` gains or loses the focus in exchange.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        related: Option<Obj<EventTarget>>,
    ) -> Self {
        let ui = UIEvent::trusted(cx, type_, bubbles, Cancelable(false), 0);
        ui.event.set_related_target(related);
        Self { ui }
    }

    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx) }
    }
}

impl FocusEventMethods for Obj<FocusEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: FocusEventInit,
    ) -> Fallible<Obj<FocusEvent>> {
        let ui = UIEvent::new(cx, type_, init.parent);
        ui.event.set_related_target(init.related_target);
        Ok(Obj::new(cx, FocusEvent { ui }))
    }

    fn related_target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.ui.event.related_target()
    }
}
