//! <https://html.spec.whatwg.org/#broadcasting-to-other-browsing-contexts>

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{Channel, ClonedValue, FromApp};

use super::fire_message;
use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::EventTarget,
    generated::BroadcastChannelMethods,
    structured_clone::serialize,
    window::WindowId,
};

/// <https://html.spec.whatwg.org/#broadcastchannel>
#[derive(Trace, Platform)]
pub(crate) struct BroadcastChannel {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    name: DomString,
    #[trace(skip)]
    channel: Channel,
    #[trace(skip)]
    scope: WindowId,
    closed: Cell<bool>,
}

impl BroadcastChannel {
    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(super) fn scope(&self) -> WindowId {
        self.scope
    }
}

impl BroadcastChannelMethods for Obj<BroadcastChannel> {
    fn constructor(cx: &mut Cx, name: DomString) -> Fallible<Self> {
        let agent = cx.engine();
        let scope = cx.scope();
        // A lone surrogate makes no difference that anybody would notice.
        let channel = Channel { origin: scope.origin(), name: name.to_str().into_owned() };
        let new = !agent.ports.listens(&channel);
        let object = Self::new(
            cx,
            BroadcastChannel {
                target: EventTarget::new(),
                name,
                channel: channel.clone(),
                scope: scope.id(),
                closed: Cell::new(false),
            },
        );
        agent.ports.channels.borrow_mut().push(object.clone());
        // Documents without an origin share none with anybody.
        if new && channel.origin != "null" {
            agent.send(FromApp::Listen { channel, listening: true });
        }
        Ok(object)
    }

    fn name(&self, _: &mut Cx) -> DomString {
        self.name.clone()
    }

    /// <https://html.spec.whatwg.org/#dom-broadcastchannel-postmessage>
    fn post_message(&self, cx: &mut Cx, message: Value) -> Fallible<()> {
        // 2.
        if self.closed.get() {
            return Err(error::invalid_state("BroadcastChannel.postMessage: it is closed"));
        }
        // 3.
        let value = serialize(cx, &message)?;
        // 6–10.
        let opaque = self.channel.origin == "null";
        tell(cx, &self.channel, &value, Some(self));
        if !opaque {
            let channel = self.channel.clone();
            cx.engine().send(FromApp::Broadcast { channel, value });
        }
        Ok(())
    }

    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if self.closed.replace(true) {
            return Ok(());
        }
        let agent = cx.engine();
        agent.ports.channels.borrow_mut().retain(|other| other != self);
        if !agent.ports.listens(&self.channel) && self.channel.origin != "null" {
            let channel = self.channel.clone();
            agent.send(FromApp::Listen { channel, listening: false });
        }
        Ok(())
    }
}

/// Another agent said something on a channel.
pub(crate) fn broadcast_arrived(cx: &mut Cx, channel: &Channel, value: &ClonedValue) {
    tell(cx, channel, value, None);
}

/// Queues the message for all that listen here, in the order they were made in.
fn tell(cx: &mut Cx, channel: &Channel, value: &ClonedValue, from: Option<&Obj<BroadcastChannel>>) {
    let agent = cx.engine();
    let listening: Vec<_> = agent
        .ports
        .channels
        .borrow()
        .iter()
        .filter(|other| other.channel == *channel && from.is_none_or(|from| from != *other))
        // Without an origin, a global hears itself alone.
        .filter(|other| {
            channel.origin != "null" || from.is_some_and(|from| from.scope == other.scope)
        })
        .cloned()
        .collect();
    for object in listening {
        let value = value.clone();
        agent.queue_task(TaskSource::PostMessage, object.scope, move |cx| {
            if !object.closed.get() {
                let target = object.upcast();
                let origin = object.channel.origin.clone();
                fire_message(cx, &target, &value, origin, None);
            }
        });
    }
}
