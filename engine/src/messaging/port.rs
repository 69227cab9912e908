//! <https://html.spec.whatwg.org/#message-channels>

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use virga_js::{Cx, Fallible, Obj, Object, Slot, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{AgentId, ClonedValue, PortId, PortMessage};

use super::{Place, deliver, fire_message};
use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::{MessageChannelMethods, MessagePortMethods, StructuredSerializeOptions},
    structured_clone::{Fields, Reader, Transferable, serialize_with_transfer},
    window::WindowId,
};

/// <https://html.spec.whatwg.org/#messagechannel>
#[derive(Trace, Platform)]
pub(crate) struct MessageChannel {
    ports: (Obj<MessagePort>, Obj<MessagePort>),
}

impl MessageChannelMethods for Obj<MessageChannel> {
    fn constructor(cx: &mut Cx) -> Fallible<Self> {
        let ports = MessagePort::pair(cx);
        Ok(Self::new(cx, MessageChannel { ports }))
    }

    fn port1(&self, _: &mut Cx) -> Obj<MessagePort> {
        self.ports.0.clone()
    }

    fn port2(&self, _: &mut Cx) -> Obj<MessagePort> {
        self.ports.1.clone()
    }
}

/// One end of a channel, as an object.
///
/// <https://html.spec.whatwg.org/#messageport>
#[derive(Trace, Platform)]
pub(crate) struct MessagePort {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    id: PortId,
    /// The global that it belongs to.
    #[trace(skip)]
    scope: WindowId,
    /// The other end, while both are open.
    #[trace(skip)]
    other: Cell<Option<PortId>>,
    /// The other end's object, if it is here: each keeps the other alive.
    other_object: Slot<Option<Obj<MessagePort>>>,
    /// Whether messages come through ([`MessagePortMethods::start`]).
    enabled: Cell<bool>,
    /// It moved, or was closed.
    detached: Cell<bool>,
    /// The port message queue. A task per message takes the first one out.
    #[trace(skip)]
    queue: RefCell<VecDeque<ClonedValue>>,
}

impl MessagePort {
    fn create(cx: &mut Cx, id: PortId, other: Option<PortId>) -> Obj<Self> {
        let scope = cx.window_id();
        Obj::new(
            cx,
            Self {
                target: EventTarget::new(),
                id,
                scope,
                other: Cell::new(other),
                other_object: Slot::new(None),
                enabled: Cell::new(false),
                detached: Cell::new(false),
                queue: RefCell::default(),
            },
        )
    }

    /// Two ends that are entangled, in the current realm.
    pub(crate) fn pair(cx: &mut Cx) -> (Obj<Self>, Obj<Self>) {
        let agent = cx.engine();
        let ids = (agent.ports.next_id(&agent), agent.ports.next_id(&agent));
        let first = Self::create(cx, ids.0, Some(ids.1));
        let second = Self::create(cx, ids.1, Some(ids.0));
        link(cx, &first, &second);
        (first, second)
    }

    pub(super) fn scope(&self) -> WindowId {
        self.scope
    }

    /// Its global is gone; the other end that has to hear of it.
    pub(super) fn let_go(&self) -> Option<PortId> {
        self.detached.set(true);
        self.queue.borrow_mut().clear();
        self.other_object.take();
        self.other.take()
    }
}

/// Both ends are objects here.
fn link(cx: &Cx, first: &Obj<MessagePort>, second: &Obj<MessagePort>) {
    let agent = cx.engine();
    first.other_object.set(Some(second.clone()));
    second.other_object.set(Some(first.clone()));
    for port in [first, second] {
        agent.ports.put(port.id, Place::Here(port.downgrade()));
    }
}

/// A message has come to the object.
pub(super) fn receive(cx: &mut Cx, port: &Obj<MessagePort>, message: PortMessage) {
    match message {
        PortMessage::Post(value) => {
            port.queue.borrow_mut().push_back(value);
            if port.enabled.get() {
                queue_delivery(cx, port);
            }
        }
        PortMessage::Close => {
            // Nothing comes from there any more, but what came before is taken
            // out first.
            port.other.set(None);
            port.other_object.set(None);
            let port = port.clone();
            cx.engine().queue_task(TaskSource::PostMessage, port.scope, move |cx| {
                cx.engine().ports.forget(port.id);
                if !port.detached.get() {
                    let target = port.upcast();
                    events::fire(cx, &target, "close", Bubbles(false), Cancelable(false));
                }
            });
        }
    }
}

fn queue_delivery(cx: &mut Cx, port: &Obj<MessagePort>) {
    let port = port.clone();
    cx.engine().queue_task(TaskSource::PostMessage, port.scope, move |cx| {
        // It may have moved since, and its messages with it.
        if port.detached.get() {
            return;
        }
        let value = port.queue.borrow_mut().pop_front();
        if let Some(value) = value {
            let target = port.upcast();
            fire_message(cx, &target, &value, String::new(), None);
        }
    });
}

/// <https://html.spec.whatwg.org/#dom-messageport-start>; `onmessage` does it too.
pub(crate) fn start(cx: &mut Cx, port: &Obj<MessagePort>) {
    if port.enabled.replace(true) || port.detached.get() {
        return;
    }
    let waiting = port.queue.borrow().len();
    for _ in 0..waiting {
        queue_delivery(cx, port);
    }
}

/// <https://html.spec.whatwg.org/#message-port-post-message-steps>
fn post(
    cx: &mut Cx,
    port: &Obj<MessagePort>,
    message: &Value,
    transfer: &[Object],
) -> Fallible<()> {
    // 1, 2.
    if transfer.contains(port.object()) {
        return Err(error::data_clone("MessagePort.postMessage: a port cannot send itself"));
    }
    // 3, 4.
    let other = port.other.get();
    let doomed = port.other_object.get().is_some_and(|other| transfer.contains(other.object()));
    // 5.
    let value = serialize_with_transfer(cx, message, transfer)?;
    // 6.
    match other {
        Some(other) if !doomed => deliver(cx, other, PortMessage::Post(value)),
        _ => {}
    }
    Ok(())
}

impl MessagePortMethods for Obj<MessagePort> {
    fn post_message(&self, cx: &mut Cx, message: Value, transfer: Vec<Object>) -> Fallible<()> {
        post(cx, self, &message, &transfer)
    }

    fn post_message_with_message_and_options(
        &self,
        cx: &mut Cx,
        message: Value,
        options: StructuredSerializeOptions,
    ) -> Fallible<()> {
        post(cx, self, &message, &options.transfer)
    }

    fn start(&self, cx: &mut Cx) -> Fallible<()> {
        start(cx, self);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-messageport-close>
    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if self.detached.get() {
            return Ok(());
        }
        if let Some(other) = self.let_go() {
            deliver(cx, other, PortMessage::Close);
        }
        cx.engine().ports.forget(self.id);
        Ok(())
    }
}

/// <https://html.spec.whatwg.org/#messageport>, "transfer steps".
impl Transferable for MessagePort {
    fn is_detached(this: &Obj<Self>) -> bool {
        this.detached.get()
    }

    fn transfer(this: &Obj<Self>, cx: &mut Cx, to: &mut Fields) -> Fallible<()> {
        let agent = cx.engine();
        this.detached.set(true);
        let waiting = this.queue.take().into_iter().map(PortMessage::Post).collect();
        agent.ports.put(this.id, Place::Moving(waiting));
        // Only messages lead to the other end until this one is here again.
        if let Some(other) = this.other_object.take() {
            other.other_object.take();
            agent.ports.put(other.id, Place::Held(other));
        }
        write_id(to, this.id);
        let other = this.other.take();
        to.bool(other.is_some());
        if let Some(other) = other {
            write_id(to, other);
        }
        to.moves(this.id);
        Ok(())
    }

    fn receive(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let id = read_id(from)?;
        let other = if from.bool()? { Some(read_id(from)?) } else { None };
        let agent = cx.engine();
        let port = Self::create(cx, id, other);
        let before = agent.ports.places.borrow_mut().remove(&id);
        match other.and_then(|other| agent.ports.object(cx, other)) {
            Some(other) => link(cx, &port, &other),
            None => agent.ports.put(id, Place::Held(port.clone())),
        }
        if let Some(Place::Moving(waiting)) = before {
            for message in waiting {
                receive(cx, &port, message);
            }
        }
        Ok(port)
    }
}

fn write_id(to: &mut Fields, id: PortId) {
    // Text, since not all of these are exact as numbers.
    to.text(&id.agent.0.to_string());
    to.text(&id.number.to_string());
}

fn read_id(from: &mut Reader<'_>) -> Fallible<PortId> {
    let mut number = || {
        let text = from.text()?;
        text.parse().map_err(|_| error::data_clone(format!("{text:?} names no message port")))
    };
    Ok(PortId { agent: AgentId(number()?), number: number()? })
}
