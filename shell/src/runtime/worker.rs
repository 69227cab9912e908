//! The thread of a worker: its loop, its clock and its host.
//!
//! A worker's log is that of its owner: what it says and hears is a message there,
//! so a replay needs no workers.

use std::{
    any::Any,
    cell::RefCell,
    io,
    mem::ManuallyDrop,
    panic::{self, AssertUnwindSafe},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use rustc_hash::FxHashSet;
use virga_bridge::{AppLink, Bridge};
use virga_display_list::Frame;
use virga_engine::{App, FontSet, Host, Status};
use virga_protocol::{
    AgentId, Answer, AppConfig, Call, FromApp, Inbound, Reply, Request, RequestId, StorageReply,
    TimeMode, ToApp, WorkerId, WorkerReport,
};

use super::{Order, STACK, clock::Clock, exchange::Exchange, panic_text, switchboard::Switchboard};

/// All that a worker's thread needs.
pub(super) struct Launch {
    pub(super) config: AppConfig,
    pub(super) id: WorkerId,
    /// Who started it, and its inbox.
    pub(super) owner_agent: AgentId,
    pub(super) owner: Sender<Order>,
    pub(super) bridge: Bridge,
    pub(super) switchboard: Arc<Switchboard>,
}

/// The owner's hold on a worker. Dropping it ends the worker, whatever it does.
pub(super) struct Handle {
    agent: AgentId,
    orders: Sender<Order>,
    pulse: Arc<Pulse>,
}

/// What a worker and its owner both see.
#[derive(Default)]
struct Pulse {
    stop: AtomicBool,
    /// Orders that it has not finished, its start included.
    orders: AtomicUsize,
    /// It is in a turn, or waits for the network.
    working: AtomicBool,
}

impl Handle {
    pub(super) fn agent(&self) -> AgentId {
        self.agent
    }

    pub(super) fn send(&self, message: ToApp) {
        self.pulse.orders.fetch_add(1, Ordering::SeqCst);
        // A worker that has ended is told by its report.
        if self.orders.send(Order::Message(message)).is_err() {
            self.pulse.orders.store(0, Ordering::SeqCst);
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        self.pulse.orders.load(Ordering::SeqCst) > 0 || self.pulse.working.load(Ordering::SeqCst)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.pulse.stop.store(true, Ordering::SeqCst);
        let _ = self.orders.send(Order::Stop);
    }
}

/// Starts a worker's thread.
pub(super) fn spawn(launch: Launch) -> io::Result<Handle> {
    let (orders, inbox) = crossbeam_channel::unbounded();
    let pulse = Arc::new(Pulse::default());
    pulse.working.store(true, Ordering::SeqCst);
    let handle =
        Handle { agent: launch.config.agent, orders: orders.clone(), pulse: Arc::clone(&pulse) };
    // Now, not on the new thread: what is sent to ports that went along must not come
    // before there is a line.
    let switchboard = Arc::clone(&launch.switchboard);
    switchboard.connect(launch.config.agent, orders.clone());
    let thread = thread::Builder::new()
        .name(format!("virga-worker-{}", launch.config.agent.0))
        .stack_size(STACK)
        .spawn(move || guard(launch, orders, inbox, pulse));
    if let Err(error) = thread {
        switchboard.disconnect(handle.agent);
        return Err(error);
    }
    Ok(handle)
}

/// The panic boundary.
fn guard(launch: Launch, orders: Sender<Order>, inbox: Receiver<Order>, pulse: Arc<Pulse>) {
    let (owner, id) = (launch.owner.clone(), launch.id);
    let busy = Arc::clone(&pulse);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| run(launch, orders, &inbox, pulse)));
    busy.orders.store(0, Ordering::SeqCst);
    busy.working.store(false, Ordering::SeqCst);
    let _ = owner.send(Order::Nudge);
    if let Err(payload) = ended {
        crashed(&owner, id, &*payload);
        // As for an app: the collector's heap is in a state that nobody knows.
        loop {
            thread::park();
        }
    }
}

fn crashed(owner: &Sender<Order>, worker: WorkerId, payload: &(dyn Any + Send)) {
    let message = format!("the worker crashed: {}", panic_text(payload));
    for report in [WorkerReport::Error { message, position: None }, WorkerReport::Closed] {
        let _ = owner.send(Order::Message(ToApp::Worker { worker, report }));
    }
}

fn run(launch: Launch, orders: Sender<Order>, inbox: &Receiver<Order>, pulse: Arc<Pulse>) {
    let Launch { config, id, owner_agent, owner, bridge, switchboard } = launch;
    let virtual_time = config.time == TimeMode::Virtual;
    let clock = Clock::start(config.time);
    let replies = orders.clone();
    let link = bridge.connect(&config, move |message| {
        let _ = replies.send(Order::Message(message));
    });
    let exchange = Exchange::new(config.clone(), bridge, switchboard, orders);
    let shared = Rc::new(Shared {
        clock,
        link,
        exchange,
        owner_agent,
        owner,
        id,
        pulse,
        fetches: RefCell::default(),
    });
    let host = Box::new(WorkerHost(Rc::clone(&shared)));
    // Not dropped after a panic.
    let mut app = ManuallyDrop::new(App::new(config, FontSet::bundled(), host));
    let status = app.run();
    Worker { app: &mut app, status, inbox, virtual_time, shared: &shared }.until_end();
    drop(ManuallyDrop::into_inner(app));
}

struct Shared {
    clock: Clock,
    link: AppLink,
    exchange: Exchange,
    owner_agent: AgentId,
    owner: Sender<Order>,
    id: WorkerId,
    pulse: Arc<Pulse>,
    fetches: RefCell<FxHashSet<RequestId>>,
}

impl Shared {
    fn stopped(&self) -> bool {
        self.pulse.stop.load(Ordering::SeqCst)
    }

    /// Whether the worker waits for somebody who will answer.
    fn waits(&self) -> bool {
        !self.fetches.borrow().is_empty() || self.exchange.workers_busy()
    }
}

struct Worker<'a> {
    app: &'a mut App,
    status: Status,
    inbox: &'a Receiver<Order>,
    virtual_time: bool,
    shared: &'a Shared,
}

impl Worker<'_> {
    fn until_end(&mut self) {
        while !self.shared.stopped() && !self.status.closed {
            match self.inbox.try_recv() {
                Ok(order) => {
                    if !self.obey(order) {
                        return;
                    }
                    continue;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) => {}
            }
            let now = self.shared.clock.now();
            let timer = self.status.next_timer;
            match timer {
                Some(due) if due <= now => self.turn(ToApp::Wake),
                Some(due) if self.virtual_time && !self.shared.waits() => {
                    self.shared.clock.advance_to(due);
                }
                Some(due) if !self.virtual_time => {
                    self.rest();
                    let wait = Duration::from_micros(due.saturating_sub(now).0);
                    match self.inbox.recv_timeout(wait) {
                        Ok(order) => {
                            if !self.obey(order) {
                                return;
                            }
                        }
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
                _ => {
                    self.rest();
                    match self.inbox.recv() {
                        Ok(order) => {
                            if !self.obey(order) {
                                return;
                            }
                        }
                        Err(_) => return,
                    }
                }
            }
        }
    }

    /// Nothing to do but wait: the owner hears of it if it waits for that.
    fn rest(&self) {
        let waits = self.shared.waits();
        if self.shared.pulse.working.swap(waits, Ordering::SeqCst) && !waits {
            let _ = self.shared.owner.send(Order::Nudge);
        }
    }

    /// Whether the worker goes on.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Message(message) => {
                let from_owner = matches!(message, ToApp::Owner(_));
                self.turn(message);
                if from_owner {
                    // Counted down after the turn, which has set `working`.
                    let orders = &self.shared.pulse.orders;
                    let _ = orders.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| {
                        Some(count.saturating_sub(1))
                    });
                }
            }
            Order::Stop => return false,
            // Questions are for apps; who asked hears nothing.
            Order::Nudge | Order::Painted | Order::Dump(..) | Order::Counters(_) => {}
        }
        true
    }

    fn turn(&mut self, message: ToApp) {
        let shared = self.shared;
        shared.pulse.working.store(true, Ordering::SeqCst);
        shared.exchange.note_report(&message);
        if let ToApp::Reply { id, reply: Reply::End | Reply::Failed(_) | Reply::Unsupported(_) } =
            &message
        {
            shared.fetches.borrow_mut().remove(id);
        }
        self.app.receive(Inbound { at: shared.clock.now(), message });
        self.status = self.app.run();
    }
}

/// The host of a worker.
struct WorkerHost(Rc<Shared>);

impl Host for WorkerHost {
    fn send(&mut self, message: FromApp) {
        let shared = &*self.0;
        if shared.stopped() {
            return;
        }
        let Some(message) = shared.exchange.take(message, shared.clock.now()) else { return };
        match message {
            FromApp::Request { id, request } => {
                if matches!(request, Request::Fetch(_)) {
                    shared.fetches.borrow_mut().insert(id);
                }
                shared.link.request(id, request, shared.clock.now());
            }
            FromApp::Consumed { id, bytes } => shared.link.consumed(id, bytes),
            FromApp::Socket { id, order } => shared.link.socket(id, order),
            FromApp::Cancel { id } => {
                shared.fetches.borrow_mut().remove(&id);
                shared.link.cancel(id);
            }
            FromApp::Owner(report) => {
                if let WorkerReport::Message(value) = &report {
                    shared.exchange.moved(value, shared.owner_agent);
                }
                let report = ToApp::Worker { worker: shared.id, report };
                let _ = shared.owner.send(Order::Message(report));
            }
            FromApp::Console(message) => {
                let report = WorkerReport::Console(message);
                let report = ToApp::Worker { worker: shared.id, report };
                let _ = shared.owner.send(Order::Message(report));
            }
            // A worker shows nothing.
            _ => {}
        }
    }

    fn frame(&mut self, _: Frame) {}

    fn call(&mut self, call: Call) -> Answer {
        let shared = &*self.0;
        match call {
            Call::Now => Answer::Now(shared.clock.read()),
            Call::KeepRunning { .. } => Answer::KeepRunning(!shared.stopped()),
            Call::Random { length } => Answer::Random(shared.exchange.random(length)),
            Call::Fetch(request) => {
                Answer::Fetch(shared.exchange.fetch(request, || !shared.stopped()))
            }
            Call::ReadClipboard | Call::WriteClipboard(_) => {
                Answer::Clipboard(Err("a worker has no clipboard".to_owned()))
            }
            Call::Cookies { .. } => {
                shared.link.call(&call).unwrap_or_else(|| Answer::Cookies(String::new()))
            }
            Call::Storage { .. } => shared.link.call(&call).unwrap_or_else(|| {
                Answer::Storage(StorageReply::Failed("this device has no storage".to_owned()))
            }),
        }
    }
}
