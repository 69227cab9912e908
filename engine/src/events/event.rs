use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomString, Fallible, Obj, Value};
use virga_js::{Platform, Trace};

use super::{Bubbles, Cancelable, EventTarget, path::Path};
use crate::{
    agent::EngineCx,
    generated::{CustomEventInit, CustomEventMethods, EventInit, EventMethods},
};

/// `Event.eventPhase`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum EventPhase {
    #[default]
    None = 0,
    Capturing = 1,
    AtTarget = 2,
    Bubbling = 3,
}

/// <https://dom.spec.whatwg.org/#interface-event>
#[derive(Trace, Platform)]
pub(crate) struct Event {
    #[trace(skip)]
    type_: RefCell<DomString>,
    #[trace(skip)]
    time_stamp: Cell<f64>,
    bubbles: Cell<bool>,
    cancelable: Cell<bool>,
    composed: Cell<bool>,
    trusted: Cell<bool>,
    stop_propagation: Cell<bool>,
    stop_immediate_propagation: Cell<bool>,
    canceled: Cell<bool>,
    in_passive_listener: Cell<bool>,
    initialized: Cell<bool>,
    dispatching: Cell<bool>,
    #[trace(skip)]
    phase: Cell<EventPhase>,
    target: RefCell<Option<Obj<EventTarget>>>,
    current_target: RefCell<Option<Obj<EventTarget>>>,
    pub(super) path: RefCell<Path>,
    /// <https://dom.spec.whatwg.org/#event-relatedtarget>
    related_target: RefCell<Option<Obj<EventTarget>>>,
}

impl Event {
    /// An event that the engine made, not yet dispatched.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        cancelable: Cancelable,
    ) -> Self {
        let init = EventInit { bubbles: bubbles.0, cancelable: cancelable.0, composed: false };
        let event = Self::at(DomString::from(type_), &init, cx.scope().time_stamp(cx));
        event.trusted.set(true);
        event
    }

    /// Also leaves shadow trees.
    pub(crate) fn composed(self) -> Self {
        self.composed.set(true);
        self
    }

    /// Step 1 to 4 of <https://dom.spec.whatwg.org/#inner-event-creation-steps>.
    pub(crate) fn new(cx: &mut Cx, type_: DomString, init: &EventInit) -> Self {
        // Script compares it with `performance.now()`, which goes on in a task.
        let now = cx.scope().relative_time(cx.engine().now());
        Self::at(type_, init, now)
    }

    /// An event of this time, in milliseconds since the time origin.
    fn at(type_: DomString, init: &EventInit, time: f64) -> Self {
        Self {
            type_: RefCell::new(type_),
            time_stamp: Cell::new(time),
            bubbles: Cell::new(init.bubbles),
            cancelable: Cell::new(init.cancelable),
            composed: Cell::new(init.composed),
            trusted: Cell::new(false),
            stop_propagation: Cell::new(false),
            stop_immediate_propagation: Cell::new(false),
            canceled: Cell::new(false),
            in_passive_listener: Cell::new(false),
            initialized: Cell::new(true),
            dispatching: Cell::new(false),
            phase: Cell::new(EventPhase::None),
            target: RefCell::default(),
            current_target: RefCell::default(),
            path: RefCell::default(),
            related_target: RefCell::default(),
        }
    }

    /// An event like this one, at the same time and target, that is not dispatched.
    pub(super) fn undispatched_copy(&self) -> Self {
        let init = EventInit { bubbles: false, cancelable: false, composed: self.composed.get() };
        let copy = Self::at(self.name(), &init, self.time_stamp.get());
        copy.trusted.set(self.trusted.get());
        copy.target.replace(self.target.borrow().clone());
        copy
    }

    /// Whether it is the engine's.
    pub(super) fn is_engines(&self) -> bool {
        self.trusted.get()
    }

    pub(crate) fn name(&self) -> DomString {
        self.type_.borrow().clone()
    }

    pub(crate) fn has_bubbles(&self) -> bool {
        self.bubbles.get()
    }

    /// <https://dom.spec.whatwg.org/#canceled-flag>
    pub(crate) fn is_canceled(&self) -> bool {
        self.canceled.get()
    }

    pub(crate) fn target_object(&self) -> Option<Obj<EventTarget>> {
        self.target.borrow().clone()
    }

    pub(super) fn current_target_object(&self) -> Option<Obj<EventTarget>> {
        self.current_target.borrow().clone()
    }

    pub(super) fn is_composed(&self) -> bool {
        self.composed.get()
    }

    /// The other object that the event is about, as it shows where the event is.
    pub(crate) fn related_target(&self) -> Option<Obj<EventTarget>> {
        self.related_target.borrow().clone()
    }

    pub(super) fn set_related_target(&self, related: Option<Obj<EventTarget>>) {
        self.related_target.replace(related);
    }

    pub(super) fn set_target(&self, target: Option<Obj<EventTarget>>) {
        self.target.replace(target);
    }

    pub(super) fn set_current_target(&self, target: Option<Obj<EventTarget>>) {
        self.current_target.replace(target);
    }

    pub(super) fn set_phase(&self, phase: EventPhase) {
        self.phase.set(phase);
    }

    pub(super) fn set_in_passive_listener(&self, passive: bool) {
        self.in_passive_listener.set(passive);
    }

    pub(crate) fn set_trusted(&self, trusted: bool) {
        self.trusted.set(trusted);
    }

    pub(super) fn begin_dispatch(&self) {
        self.dispatching.set(true);
    }

    pub(crate) fn is_dispatching(&self) -> bool {
        self.dispatching.get()
    }

    pub(super) fn is_initialized(&self) -> bool {
        self.initialized.get()
    }

    pub(super) fn is_propagation_stopped(&self) -> bool {
        self.stop_propagation.get()
    }

    pub(super) fn is_immediately_stopped(&self) -> bool {
        self.stop_immediate_propagation.get()
    }

    /// Steps 7 to 10 of dispatch.
    pub(super) fn end_dispatch(&self) {
        self.phase.set(EventPhase::None);
        self.current_target.take();
        self.path.take();
        self.dispatching.set(false);
        self.stop_propagation.set(false);
        self.stop_immediate_propagation.set(false);
    }

    /// <https://dom.spec.whatwg.org/#set-the-canceled-flag>
    pub(crate) fn cancel(&self) {
        if self.cancelable.get() && !self.in_passive_listener.get() {
            self.canceled.set(true);
        }
    }

    /// <https://dom.spec.whatwg.org/#concept-event-initialize>
    pub(crate) fn initialize(&self, type_: DomString, bubbles: bool, cancelable: bool) {
        self.initialized.set(true);
        self.stop_propagation.set(false);
        self.stop_immediate_propagation.set(false);
        self.canceled.set(false);
        self.trusted.set(false);
        self.target.take();
        self.type_.replace(type_);
        self.bubbles.set(bubbles);
        self.cancelable.set(cancelable);
    }

    /// An event of `document.createEvent`, which needs `initEvent` first.
    pub(crate) fn uninitialized(cx: &mut Cx) -> Self {
        let event = Self::new(cx, DomString::empty(), &EventInit::default());
        event.initialized.set(false);
        event
    }
}

impl EventMethods for Obj<Event> {
    fn constructor(cx: &mut Cx, type_: DomString, init: EventInit) -> Fallible<Obj<Event>> {
        let event = Event::new(cx, type_, &init);
        Ok(Obj::new(cx, event))
    }

    fn type_(&self, _: &mut Cx) -> DomString {
        self.name()
    }

    fn target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.target_object()
    }

    fn src_element(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.target_object()
    }

    fn current_target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.current_target.borrow().clone()
    }

    fn composed_path(&self, cx: &mut Cx) -> Fallible<Vec<Obj<EventTarget>>> {
        Ok(Path::composed(self, cx))
    }

    fn event_phase(&self, _: &mut Cx) -> u16 {
        self.phase.get() as u16
    }

    fn stop_propagation(&self, _: &mut Cx) -> Fallible<()> {
        self.stop_propagation.set(true);
        Ok(())
    }

    fn cancel_bubble(&self, _: &mut Cx) -> bool {
        self.stop_propagation.get()
    }

    fn set_cancel_bubble(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        if value {
            self.stop_propagation.set(true);
        }
        Ok(())
    }

    fn stop_immediate_propagation(&self, _: &mut Cx) -> Fallible<()> {
        self.stop_propagation.set(true);
        self.stop_immediate_propagation.set(true);
        Ok(())
    }

    fn bubbles(&self, _: &mut Cx) -> bool {
        self.bubbles.get()
    }

    fn cancelable(&self, _: &mut Cx) -> bool {
        self.cancelable.get()
    }

    fn return_value(&self, _: &mut Cx) -> bool {
        !self.canceled.get()
    }

    fn set_return_value(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        if !value {
            self.cancel();
        }
        Ok(())
    }

    fn prevent_default(&self, _: &mut Cx) -> Fallible<()> {
        self.cancel();
        Ok(())
    }

    fn default_prevented(&self, _: &mut Cx) -> bool {
        self.canceled.get()
    }

    fn composed(&self, _: &mut Cx) -> bool {
        self.composed.get()
    }

    fn is_trusted(&self, _: &mut Cx) -> bool {
        self.trusted.get()
    }

    fn time_stamp(&self, _: &mut Cx) -> f64 {
        self.time_stamp.get()
    }

    fn init_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
    ) -> Fallible<()> {
        if !self.dispatching.get() {
            self.initialize(type_, bubbles, cancelable);
        }
        Ok(())
    }
}

/// <https://dom.spec.whatwg.org/#interface-customevent>
#[derive(Trace, Platform)]
pub(crate) struct CustomEvent {
    #[base]
    event: Event,
    detail: RefCell<Value>,
}

impl CustomEvent {
    /// An event of `document.createEvent`.
    pub(crate) fn uninitialized(cx: &mut Cx) -> Self {
        Self { event: Event::uninitialized(cx), detail: RefCell::new(Value::null()) }
    }
}

impl CustomEventMethods for Obj<CustomEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: CustomEventInit,
    ) -> Fallible<Obj<CustomEvent>> {
        let event = Event::new(cx, type_, &init);
        Ok(Obj::new(cx, CustomEvent { event, detail: RefCell::new(init.detail) }))
    }

    fn detail(&self, _: &mut Cx) -> Value {
        self.detail.borrow().clone()
    }

    fn init_custom_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        detail: Value,
    ) -> Fallible<()> {
        if !self.event.is_dispatching() {
            self.event.initialize(type_, bubbles, cancelable);
            self.detail.replace(detail);
        }
        Ok(())
    }
}
