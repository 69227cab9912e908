//! Brings messages from one agent to another: between the ends of message
//! channels, wherever they have moved, and among those that listen on a broadcast
//! channel.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crossbeam_channel::Sender;
use virga_protocol::{AgentId, Channel, ClonedValue, PortId, PortMessage, ToApp};

use super::Order;

/// The switchboard of an engine: all its apps and their workers are connected.
#[derive(Default)]
pub(crate) struct Switchboard {
    lines: Mutex<Lines>,
    agents: AtomicU64,
}

#[derive(Default)]
struct Lines {
    agents: BTreeMap<AgentId, Line>,
    /// Where ports are that left the agent that made them.
    moved: BTreeMap<PortId, AgentId>,
}

struct Line {
    orders: Sender<Order>,
    channels: BTreeSet<Channel>,
}

impl Switchboard {
    /// A number for one more agent.
    pub(crate) fn enroll(&self) -> AgentId {
        AgentId(self.agents.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// From now on the agent gets messages.
    pub(super) fn connect(&self, agent: AgentId, orders: Sender<Order>) {
        let line = Line { orders, channels: BTreeSet::new() };
        self.lines().agents.insert(agent, line);
    }

    /// The agent is gone, and with it the ports that it had.
    pub(super) fn disconnect(&self, agent: AgentId) {
        let mut lines = self.lines();
        lines.agents.remove(&agent);
        lines.moved.retain(|_, at| *at != agent);
    }

    /// A value goes to `agent`, and with it these ports.
    pub(super) fn moved(&self, value: &ClonedValue, agent: AgentId) {
        let mut lines = self.lines();
        for port in &value.ports {
            lines.moved.insert(*port, agent);
        }
    }

    /// Brings a message to the agent that has a port. It is lost if that is gone.
    pub(super) fn port(&self, to: PortId, message: PortMessage) {
        let mut lines = self.lines();
        let at = lines.moved.get(&to).copied().unwrap_or(to.agent);
        match &message {
            PortMessage::Post(value) => {
                for port in &value.ports {
                    lines.moved.insert(*port, at);
                }
            }
            PortMessage::Close => {
                lines.moved.remove(&to);
            }
        }
        lines.send(at, ToApp::Port { to, message });
    }

    /// The agent begins or ceases to listen on a channel.
    pub(super) fn listen(&self, agent: AgentId, channel: Channel, listening: bool) {
        let mut lines = self.lines();
        let Some(line) = lines.agents.get_mut(&agent) else { return };
        if listening {
            line.channels.insert(channel);
        } else {
            line.channels.remove(&channel);
        }
    }

    /// Brings a message to all that listen on a channel, but for who sent it.
    pub(super) fn broadcast(&self, from: AgentId, channel: &Channel, value: &ClonedValue) {
        let lines = self.lines();
        for (agent, line) in &lines.agents {
            if *agent != from && line.channels.contains(channel) {
                let (channel, value) = (channel.clone(), value.clone());
                lines.send(*agent, ToApp::Broadcast { channel, value });
            }
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn send(&self, agent: AgentId, message: ToApp) {
        if let Some(line) = self.agents.get(&agent) {
            // An agent that ends just now wants no more messages.
            let _ = line.orders.send(Order::Message(message));
        }
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::Receiver;
    use virga_protocol::CloneItem;

    use super::*;

    fn agent(board: &Switchboard) -> (AgentId, Receiver<Order>) {
        let id = board.enroll();
        let (sender, receiver) = crossbeam_channel::unbounded();
        board.connect(id, sender);
        (id, receiver)
    }

    fn value(ports: &[PortId]) -> ClonedValue {
        ClonedValue { ports: ports.to_vec(), ..ClonedValue::primitive(CloneItem::Null) }
    }

    fn got(inbox: &Receiver<Order>) -> usize {
        inbox.try_iter().count()
    }

    #[test]
    fn messages_follow_a_port_that_moves() {
        let board = Switchboard::default();
        let (first, at_first) = agent(&board);
        let (second, at_second) = agent(&board);
        let (third, at_third) = agent(&board);
        let port = PortId { agent: first, number: 1 };
        let carrier = PortId { agent: second, number: 1 };
        let post = || PortMessage::Post(value(&[]));
        board.port(port, post());
        assert_eq!((got(&at_first), got(&at_second)), (1, 0));
        board.moved(&value(&[port]), third);
        board.port(port, post());
        assert_eq!((got(&at_first), got(&at_third)), (0, 1));
        // It goes on through another port.
        board.port(carrier, PortMessage::Post(value(&[port])));
        board.port(port, post());
        assert_eq!((got(&at_second), got(&at_third)), (2, 0));
        board.disconnect(second);
        board.port(carrier, post());
        assert_eq!(got(&at_second), 0);
    }

    #[test]
    fn a_broadcast_reaches_all_others_that_listen() {
        let board = Switchboard::default();
        let (first, at_first) = agent(&board);
        let (second, at_second) = agent(&board);
        let (_, at_third) = agent(&board);
        let channel = Channel { origin: "https://a.example".into(), name: "n".into() };
        for id in [first, second] {
            board.listen(id, channel.clone(), true);
        }
        board.broadcast(first, &channel, &value(&[]));
        assert_eq!((got(&at_first), got(&at_second), got(&at_third)), (0, 1, 0));
        board.listen(second, channel.clone(), false);
        board.broadcast(first, &channel, &value(&[]));
        assert_eq!(got(&at_second), 0);
    }
}
