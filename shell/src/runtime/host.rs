use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use rustc_hash::FxHashSet;
use virga_bridge::AppLink;
use virga_display_list::Frame;
use virga_engine::{Host, Internals, Phase};
use virga_protocol::{
    Answer, Call, ClipboardData, FromApp, InputEvent, LogEntry, PermissionName, PermissionState,
    Reply, Request, RequestId, StorageReply,
};

use super::{Event, Mailbox, Milestone, Outbox, Pulse, Timeline, clock::Clock, exchange::Exchange};
use crate::{clipboard::SharedClipboard, log::Recorder};

/// What an app's loop and its host both look at.
pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) link: AppLink,
    pub(super) exchange: Exchange,
    pub(super) recorder: Option<Arc<Recorder>>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) show: Show,
    clipboard: SharedClipboard,
    /// Fetches whose last reply has not come: the only requests that the clock
    /// waits for.
    fetches: RefCell<FxHashSet<RequestId>>,
    /// The fetch of the document.
    document: Cell<Option<RequestId>>,
    loaded: Cell<bool>,
    /// What happens now is not part of the run: somebody looks at the app.
    observed: Cell<bool>,
}

impl Shared {
    pub(super) fn new(
        clock: Clock,
        link: AppLink,
        exchange: Exchange,
        recorder: Option<Arc<Recorder>>,
        pulse: Arc<Pulse>,
        show: Show,
        clipboard: SharedClipboard,
    ) -> Rc<Self> {
        Rc::new(Self {
            clock,
            link,
            exchange,
            recorder,
            pulse,
            show,
            clipboard,
            fetches: RefCell::default(),
            document: Cell::new(None),
            loaded: Cell::new(false),
            observed: Cell::new(false),
        })
    }

    pub(super) fn record(&self, entry: impl FnOnce() -> LogEntry) {
        if let Some(recorder) = self.recorder.as_ref().filter(|_| !self.observed.get()) {
            recorder.entry(&entry());
        }
    }

    /// Whether what happens from now on stays out of the log.
    pub(super) fn set_observed(&self, observed: bool) {
        self.observed.set(observed);
    }

    /// Whether a fetch is under way, or a worker at work.
    pub(super) fn fetching(&self) -> bool {
        !self.fetches.borrow().is_empty() || self.exchange.workers_busy()
    }

    /// Whether the `load` event was dispatched, or never will be.
    pub(super) fn loaded(&self) -> bool {
        self.loaded.get()
    }

    /// A reply is about to reach the app.
    pub(super) fn replied(&self, id: RequestId, reply: &Reply) {
        let document = self.document.get() == Some(id);
        match reply {
            Reply::Head(_) if document => self.show.timeline.mark(Milestone::Response),
            Reply::End | Reply::Failed(_) | Reply::Unsupported(_) => {
                self.fetches.borrow_mut().remove(&id);
                if document {
                    self.show.timeline.mark(Milestone::Received);
                }
            }
            _ => {}
        }
    }
}

/// The host of an app that runs in the world.
pub(super) struct LiveHost(pub(super) Rc<Shared>);

impl Host for LiveHost {
    fn send(&mut self, message: FromApp) {
        let shared = &*self.0;
        if shared.pulse.abandoned() {
            return;
        }
        shared.record(|| LogEntry::Out(message.clone()));
        let Some(message) = shared.exchange.take(message, shared.clock.now()) else { return };
        match message {
            FromApp::Request { id, request } => {
                if matches!(request, Request::Fetch(_)) {
                    shared.fetches.borrow_mut().insert(id);
                    if shared.document.get().is_none() {
                        shared.document.set(Some(id));
                    }
                }
                shared.link.request(id, request, shared.clock.now());
            }
            FromApp::Consumed { id, bytes } => shared.link.consumed(id, bytes),
            FromApp::Socket { id, order } => shared.link.socket(id, order),
            FromApp::Cancel { id } => {
                shared.fetches.borrow_mut().remove(&id);
                shared.link.cancel(id);
            }
            other => {
                if matches!(other, FromApp::Loaded { .. } | FromApp::LoadFailed { .. }) {
                    shared.loaded.set(true);
                }
                shared.show.send(other);
            }
        }
    }

    fn frame(&mut self, frame: Frame) {
        let shared = &*self.0;
        if shared.pulse.abandoned() {
            return;
        }
        shared.record(|| LogEntry::Frame { sequence: frame.sequence, digest: frame.list.digest() });
        shared.show.frame(frame);
    }

    fn call(&mut self, call: Call) -> Answer {
        let shared = &*self.0;
        let answer = match &call {
            Call::Now => Answer::Now(shared.clock.read()),
            Call::KeepRunning { .. } => Answer::KeepRunning(shared.pulse.may_run()),
            Call::Random { length } => Answer::Random(shared.exchange.random(*length)),
            Call::ReadClipboard => Answer::Clipboard(shared.clipboard.read()),
            Call::WriteClipboard(data) => {
                let written = shared.clipboard.write(data.clone());
                Answer::Clipboard(written.map(|()| ClipboardData::default()))
            }
            Call::Fetch(request) => {
                let go_on = || shared.pulse.may_run();
                Answer::Fetch(shared.exchange.fetch(request.clone(), go_on))
            }
            Call::Cookies { .. } => {
                shared.link.call(&call).unwrap_or_else(|| Answer::Cookies(String::new()))
            }
            Call::Storage { .. } => shared.link.call(&call).unwrap_or_else(|| {
                Answer::Storage(StorageReply::Failed("this device has no storage".to_owned()))
            }),
        };
        shared.record(|| LogEntry::Call(call, answer.clone()));
        answer
    }

    fn mark(&mut self, phase: Phase) {
        self.0.show.mark(phase);
    }
}

/// The hands of a page that may act as the user: what it does goes the way of
/// what the user does.
pub(super) struct Hands(pub(super) Outbox);

impl Internals for Hands {
    fn set_permission(&mut self, name: PermissionName, state: PermissionState) {
        self.0.post(Event::SetPermission(name, state));
    }

    fn send_input(&mut self, event: InputEvent) {
        self.0.post(Event::Input(event));
    }

    fn done(&mut self) {}

    fn offer_frame(&mut self) {}

    fn defines_print(&self) -> bool {
        false
    }
}

/// The hands of a page that is replayed: the log has what they did.
pub(super) struct NoHands;

impl Internals for NoHands {
    fn set_permission(&mut self, _: PermissionName, _: PermissionState) {}

    fn send_input(&mut self, _: InputEvent) {}

    fn done(&mut self) {}

    fn offer_frame(&mut self) {}

    fn defines_print(&self) -> bool {
        false
    }
}

/// Shows what leaves an app to the host's thread; all that a replay does with it.
#[derive(Clone)]
pub(super) struct Show {
    pub(super) outbox: Outbox,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) timeline: Arc<Timeline>,
}

impl Host for Show {
    fn send(&mut self, message: FromApp) {
        Self::send(self, message);
    }

    fn frame(&mut self, frame: Frame) {
        Self::frame(self, frame);
    }

    fn call(&mut self, call: Call) -> Answer {
        unreachable!("{call:?} is answered from the log")
    }

    fn mark(&mut self, phase: Phase) {
        Self::mark(self, phase);
    }
}

impl Show {
    fn send(&self, message: FromApp) {
        match message {
            FromApp::Request { .. }
            | FromApp::Cancel { .. }
            | FromApp::Consumed { .. }
            | FromApp::Socket { .. }
            | FromApp::Port { .. }
            | FromApp::Listen { .. }
            | FromApp::Broadcast { .. }
            | FromApp::Worker { .. }
            | FromApp::Owner(_) => {}
            message => {
                if matches!(message, FromApp::Loaded { .. }) {
                    self.timeline.mark(Milestone::Loaded);
                }
                self.outbox.post(Event::Message(message));
            }
        }
    }

    fn frame(&self, frame: Frame) {
        self.timeline.mark(Milestone::Painted);
        self.mailbox.put(frame);
        self.outbox.post(Event::Frame);
    }

    fn mark(&self, phase: Phase) {
        self.timeline.mark(match phase {
            Phase::Created => Milestone::Engine,
            Phase::Parsed => Milestone::Parsed,
            Phase::Styled => Milestone::Styled,
            Phase::LaidOut => Milestone::LaidOut,
            // With the frame.
            Phase::Painted => return,
        });
    }
}
