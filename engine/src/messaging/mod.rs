//! Messages between realms: <https://html.spec.whatwg.org/#web-messaging>
//!
//! One end of a channel has a [`PortId`], which it keeps wherever it moves. Each
//! agent knows in [`Ports`] where the ends are that it has to do with: as an
//! object here, between two objects (messages wait), or with another agent (the
//! host brings messages there). A channel whose ends are both here is no matter
//! of the host.

mod broadcast;
mod port;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use virga_js::{Cx, Fallible, Obj, Value, WeakObj};
use virga_protocol::{Channel, ClonedValue, FromApp, PortId, PortMessage};

pub(crate) use self::{
    broadcast::{BroadcastChannel, broadcast_arrived},
    port::{MessageChannel, MessagePort, start},
};
use crate::{
    agent::{Agent, EngineCx},
    events::{EventTarget, MessageEvent, fire_event},
    generated::WindowOrMessagePort,
    structured_clone::deserialize_with_transfer,
    window::WindowId,
};

/// Where the ends of channels are.
#[derive(Default)]
pub(crate) struct Ports {
    places: RefCell<BTreeMap<PortId, Place>>,
    made: Cell<u64>,
    /// The channels that objects of this agent listen on. Handles are roots: who
    /// listens stays.
    channels: RefCell<Vec<Obj<BroadcastChannel>>>,
}

enum Place {
    /// An object whose other end is here too, or gone: that keeps it alive.
    Here(WeakObj<MessagePort>),
    /// An object that somebody elsewhere may send to; a root.
    Held(Obj<MessagePort>),
    /// On its way to an object; messages wait.
    Moving(Vec<PortMessage>),
    /// With another agent.
    Away,
}

impl Ports {
    fn next_id(&self, agent: &Agent) -> PortId {
        self.made.set(self.made.get() + 1);
        PortId { agent: agent.config.agent, number: self.made.get() }
    }

    fn object(&self, cx: &Cx, id: PortId) -> Option<Obj<MessagePort>> {
        match self.places.borrow().get(&id)? {
            Place::Here(port) => port.upgrade(cx),
            Place::Held(port) => Some(port.clone()),
            Place::Moving(_) | Place::Away => None,
        }
    }

    fn put(&self, id: PortId, place: Place) {
        // Bound first: a handle is dropped after the borrow.
        let before = self.places.borrow_mut().insert(id, place);
        drop(before);
    }

    fn forget(&self, id: PortId) {
        let before = self.places.borrow_mut().remove(&id);
        drop(before);
    }

    /// Lets go of what globals have that `keep` does not want; what their other
    /// ends and the host have to hear of it comes back.
    pub(crate) fn retain(&self, keep: impl Fn(WindowId) -> bool) -> Vec<FromApp> {
        let mut messages = Vec::new();
        let mut gone = Vec::new();
        self.places.borrow_mut().retain(|_, place| match place {
            Place::Held(port) if !keep(port.scope()) => {
                gone.push(port.clone());
                false
            }
            _ => true,
        });
        for port in gone {
            if let Some(to) = port.let_go() {
                messages.push(FromApp::Port { to, message: PortMessage::Close });
            }
        }
        let mut channels = self.channels.borrow_mut();
        let (kept, gone): (Vec<_>, Vec<_>) =
            channels.drain(..).partition(|channel| keep(channel.scope()));
        *channels = kept;
        for channel in gone {
            let listens = channels.iter().any(|other| other.channel() == channel.channel());
            let channel = channel.channel().clone();
            let message = FromApp::Listen { channel, listening: false };
            if !listens && !messages.contains(&message) {
                messages.push(message);
            }
        }
        messages
    }

    fn listens(&self, channel: &Channel) -> bool {
        self.channels.borrow().iter().any(|other| other.channel() == channel)
    }
}

/// Brings a message to the end of a channel, wherever it is.
fn deliver(cx: &mut Cx, to: PortId, message: PortMessage) {
    let agent = cx.engine();
    if let Some(port) = agent.ports.object(cx, to) {
        return port::receive(cx, &port, message);
    }
    let is_away = match agent.ports.places.borrow_mut().get_mut(&to) {
        Some(Place::Moving(waiting)) => {
            waiting.push(message);
            return;
        }
        Some(Place::Away) => true,
        // Collected, so that nobody can listen.
        Some(Place::Here(_) | Place::Held(_)) => false,
        // Ends that were made here and are nowhere were closed.
        None => to.agent != agent.config.agent,
    };
    if is_away {
        send_away(&agent, to, message);
    }
}

fn send_away(agent: &Agent, to: PortId, message: PortMessage) {
    match message {
        PortMessage::Close => agent.send(FromApp::Port { to, message }),
        PortMessage::Post(value) => send_with_ports(agent, value, |value| FromApp::Port {
            to,
            message: PortMessage::Post(value),
        }),
    }
}

/// Sends a value to another agent. The ports that go along are there from now on,
/// and what waits for them follows.
pub(crate) fn send_with_ports(
    agent: &Agent,
    value: ClonedValue,
    message: impl FnOnce(ClonedValue) -> FromApp,
) {
    let ports = value.ports.clone();
    agent.send(message(value));
    for port in ports {
        let before = agent.ports.places.borrow_mut().insert(port, Place::Away);
        if let Some(Place::Moving(waiting)) = before {
            for message in waiting {
                send_away(agent, port, message);
            }
        }
    }
}

/// A value came from another agent: the ports in it are here from now on.
pub(crate) fn take_ports(agent: &Agent, value: &ClonedValue) {
    for port in &value.ports {
        agent.ports.put(*port, Place::Moving(Vec::new()));
    }
}

/// A message came from another agent.
pub(crate) fn port_arrived(cx: &mut Cx, to: PortId, message: PortMessage) {
    if let PortMessage::Post(value) = &message {
        take_ports(&cx.engine(), value);
    }
    deliver(cx, to, message);
}

/// Fires `message` at `target` with the value, made in the current realm, or
/// `messageerror` if it cannot be made here.
pub(crate) fn fire_message(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    value: &ClonedValue,
    origin: String,
    source: Option<WindowOrMessagePort>,
) {
    let made: Fallible<_> = deserialize_with_transfer(cx, value);
    let event = match made {
        Ok((data, transferred)) => {
            let ports = transferred
                .iter()
                .filter_map(|object| Obj::<MessagePort>::from_object(cx, object))
                .collect();
            MessageEvent::posted(cx, "message", data, origin, source, ports)
        }
        Err(_) => {
            MessageEvent::posted(cx, "messageerror", Value::null(), origin, source, Vec::new())
        }
    };
    fire_event(cx, target, event);
}
