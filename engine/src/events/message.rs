use std::cell::RefCell;

use virga_js::{Cx, DomString, Fallible, Obj, Object, Slot, Value, webidl};
use virga_js::{Platform, Trace};

use super::{Bubbles, Cancelable, Event};
use crate::{
    generated::{MessageEventInit, MessageEventMethods, WindowOrMessagePort},
    messaging::MessagePort,
};

/// <https://html.spec.whatwg.org/#messageevent>
#[derive(Trace, Platform)]
pub(crate) struct MessageEvent {
    #[base]
    event: Event,
    data: Slot<Value>,
    origin: RefCell<String>,
    #[trace(skip)]
    last_event_id: RefCell<DomString>,
    /// A window or a port.
    source: Slot<Value>,
    ports: RefCell<Vec<Obj<MessagePort>>>,
    /// The same frozen array each time.
    ports_array: Slot<Option<Object>>,
}

impl MessageEvent {
    fn over(event: Event, data: Value, origin: String) -> Self {
        Self {
            event,
            data: Slot::new(data),
            origin: RefCell::new(origin),
            last_event_id: RefCell::default(),
            source: Slot::new(Value::null()),
            ports: RefCell::default(),
            ports_array: Slot::new(None),
        }
    }

    /// A trusted `message` event.
    pub(crate) fn trusted(cx: &mut Cx, data: Value, origin: String) -> Self {
        Self::over(Event::trusted(cx, "message", Bubbles(false), Cancelable(false)), data, origin)
    }

    /// A trusted event about a posted message: `message` or `messageerror`.
    pub(crate) fn posted(
        cx: &mut Cx,
        type_: &str,
        data: Value,
        origin: String,
        source: Option<WindowOrMessagePort>,
        ports: Vec<Obj<MessagePort>>,
    ) -> Self {
        let event = Event::trusted(cx, type_, Bubbles(false), Cancelable(false));
        let event = Self::over(event, data, origin);
        event.source.set(source_value(source));
        event.ports.replace(ports);
        event
    }

    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self::over(Event::uninitialized(cx), Value::null(), String::new())
    }

    /// With the window that sent it, as the receiver sees it.
    pub(crate) fn with_source(self, source: Value) -> Self {
        self.source.set(source);
        self
    }

    /// With its `lastEventId`, for server-sent events.
    pub(crate) fn with_last_event_id(self, id: DomString) -> Self {
        self.last_event_id.replace(id);
        self
    }
}

fn source_value(source: Option<WindowOrMessagePort>) -> Value {
    match source {
        None => Value::null(),
        Some(WindowOrMessagePort::Window(window)) => window.value(),
        Some(WindowOrMessagePort::MessagePort(port)) => port.value(),
    }
}

impl MessageEventMethods for Obj<MessageEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: MessageEventInit,
    ) -> Fallible<Obj<MessageEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        let event = MessageEvent::over(event, init.data, init.origin);
        event.last_event_id.replace(init.last_event_id);
        event.source.set(source_value(init.source));
        event.ports.replace(init.ports);
        Ok(Obj::new(cx, event))
    }

    fn data(&self, _: &mut Cx) -> Value {
        self.data.get()
    }

    fn origin(&self, _: &mut Cx) -> String {
        self.origin.borrow().clone()
    }

    fn last_event_id(&self, _: &mut Cx) -> DomString {
        self.last_event_id.borrow().clone()
    }

    fn source(&self, _: &mut Cx) -> Value {
        self.source.get()
    }

    fn ports(&self, cx: &mut Cx) -> Value {
        if let Some(array) = self.ports_array.get() {
            return Value::from(array);
        }
        let ports: Vec<Value> = self.ports.borrow().iter().map(Obj::value).collect();
        let array = webidl::frozen_array(cx, ports);
        self.ports_array.set(Some(array.clone()));
        Value::from(array)
    }

    /// <https://html.spec.whatwg.org/#dom-messageevent-initmessageevent>
    fn init_message_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        data: Value,
        origin: String,
        last_event_id: DomString,
        source: Option<WindowOrMessagePort>,
        ports: Vec<Obj<MessagePort>>,
    ) -> Fallible<()> {
        if self.event.is_dispatching() {
            return Ok(());
        }
        self.event.initialize(type_, bubbles, cancelable);
        self.data.set(data);
        self.origin.replace(origin);
        self.last_event_id.replace(last_event_id);
        self.source.set(source_value(source));
        self.ports.replace(ports);
        self.ports_array.set(None);
        Ok(())
    }
}
