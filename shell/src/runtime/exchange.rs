//! What an agent has to do with other agents: its workers, the switchboard, and
//! the fetches that it waits for.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use virga_bridge::{AppLink, Bridge};
use virga_protocol::{
    AgentId, AppConfig, Bytes, ClonedValue, FetchFailure, FetchRequest, Fetched, FromApp, Micros,
    Reply, Request, RequestId, TimeMode, ToApp, WorkerId, WorkerOrder, WorkerReport, WorkerStart,
};

use super::{
    Order,
    switchboard::Switchboard,
    worker::{self, Handle},
};

/// How often a fetch that script waits for looks whether it should go on.
const LOOK: Duration = Duration::from_millis(50);

/// One agent's part in the exchange. Dropping it ends the agent's workers.
pub(super) struct Exchange {
    config: AppConfig,
    bridge: Bridge,
    switchboard: Arc<Switchboard>,
    /// The agent's own inbox.
    orders: Sender<Order>,
    workers: RefCell<BTreeMap<WorkerId, Handle>>,
    waiting: OnceCell<(AppLink, Receiver<ToApp>)>,
    /// How many random numbers were drawn on virtual time.
    drawn: Cell<u64>,
}

impl Exchange {
    pub(super) fn new(
        config: AppConfig,
        bridge: Bridge,
        switchboard: Arc<Switchboard>,
        orders: Sender<Order>,
    ) -> Self {
        switchboard.connect(config.agent, orders.clone());
        let (workers, waiting) = (RefCell::default(), OnceCell::new());
        let drawn = Cell::new(0);
        Self { config, bridge, switchboard, orders, workers, waiting, drawn }
    }

    /// Takes a message that is for another agent; others come back.
    pub(super) fn take(&self, message: FromApp, now: Micros) -> Option<FromApp> {
        let me = self.config.agent;
        match message {
            FromApp::Port { to, message } => self.switchboard.port(to, message),
            FromApp::Listen { channel, listening } => {
                self.switchboard.listen(me, channel, listening);
            }
            FromApp::Broadcast { channel, value } => {
                self.switchboard.broadcast(me, &channel, &value);
            }
            FromApp::Worker { worker, order } => self.worker(worker, order, now),
            other => return Some(other),
        }
        None
    }

    fn worker(&self, id: WorkerId, order: WorkerOrder, now: Micros) {
        match order {
            WorkerOrder::Start(start) => {
                let launch = worker::Launch {
                    config: self.worker_config(start, now),
                    id,
                    owner_agent: self.config.agent,
                    owner: self.orders.clone(),
                    bridge: self.bridge.clone(),
                    switchboard: Arc::clone(&self.switchboard),
                };
                match worker::spawn(launch) {
                    Ok(handle) => {
                        self.workers.borrow_mut().insert(id, handle);
                    }
                    Err(error) => {
                        let report = WorkerReport::Failed(error.to_string());
                        let report = ToApp::Worker { worker: id, report };
                        let _ = self.orders.send(Order::Message(report));
                    }
                }
            }
            WorkerOrder::Post(value) => {
                if let Some(handle) = self.workers.borrow().get(&id) {
                    self.switchboard.moved(&value, handle.agent());
                    handle.send(ToApp::Owner(value));
                }
            }
            WorkerOrder::Terminate => drop(self.workers.borrow_mut().remove(&id)),
        }
    }

    /// A worker is part of its app: it has the same identity towards the bridge.
    fn worker_config(&self, start: WorkerStart, now: Micros) -> AppConfig {
        let owner = &self.config;
        let time_origin = match owner.time {
            TimeMode::Virtual => {
                owner.time_origin.saturating_add(i64::try_from(now.0).unwrap_or(i64::MAX))
            }
            TimeMode::Real => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(now.as_micros()).unwrap_or(i64::MAX)
            }
        };
        AppConfig {
            seed: start.seed,
            time_origin,
            agent: self.switchboard.enroll(),
            worker: Some(start),
            ..owner.clone()
        }
    }

    /// A value goes to another agent, with the ports in it.
    pub(super) fn moved(&self, value: &ClonedValue, agent: AgentId) {
        self.switchboard.moved(value, agent);
    }

    /// A worker has ended by itself.
    pub(super) fn note_report(&self, message: &ToApp) {
        if let ToApp::Worker { worker, report: WorkerReport::Closed | WorkerReport::Failed(_) } =
            message
        {
            drop(self.workers.borrow_mut().remove(worker));
        }
    }

    /// Random numbers: the system's, or on virtual time, where each run is to be the
    /// same and nothing is secret, those that the app's seed decides.
    pub(super) fn random(&self, length: u32) -> Bytes {
        if self.config.time == TimeMode::Real {
            // None at all, if the system has none: the app says so.
            return Bridge::random(length as usize).map(Bytes::from).unwrap_or_default();
        }
        let mut bytes = vec![0; length as usize];
        for chunk in bytes.chunks_mut(8) {
            let number = self.drawn.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.drawn.set(number);
            // SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
            let mut z = self.config.seed ^ number;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (byte, random) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *byte = random;
            }
        }
        Bytes::from(bytes)
    }

    /// Whether a worker is at work or has been told something.
    pub(super) fn workers_busy(&self) -> bool {
        self.workers.borrow().values().any(Handle::is_busy)
    }

    /// Fetches a whole resource, while script waits and `go_on` says so.
    pub(super) fn fetch(&self, request: FetchRequest, go_on: impl Fn() -> bool) -> Fetched {
        const ID: RequestId = RequestId(1);
        let url = request.url.clone();
        let (link, replies) = self.waiting.get_or_init(|| {
            let (sender, receiver) = crossbeam_channel::unbounded();
            let link = self.bridge.connect(&self.config, move |message| {
                let _ = sender.send(message);
            });
            (link, receiver)
        });
        let dropped = || Fetched::Failed(FetchFailure::Dropped(url.clone()));
        let (mut head, mut body) = (None, Vec::new());
        link.request(ID, Request::Fetch(request), Micros::ZERO);
        loop {
            let message = match replies.recv_timeout(LOOK) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) if go_on() => continue,
                Err(_) => {
                    link.cancel(ID);
                    while replies.try_recv().is_ok() {}
                    return dropped();
                }
            };
            let ToApp::Reply { reply, .. } = message else { continue };
            match reply {
                Reply::Head(got) => head = Some(got),
                Reply::Data(bytes) => body.extend_from_slice(&bytes),
                Reply::Failed(failure) => return Fetched::Failed(failure),
                Reply::End => {
                    return match head {
                        Some(head) => Fetched::Response { head, body: Bytes::from(body) },
                        None => dropped(),
                    };
                }
                _ => return dropped(),
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.switchboard.disconnect(self.config.agent);
    }
}
