use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crossbeam_channel::{Receiver, Sender};
use virga_bridge::{Prompt, PromptId};
use virga_protocol::{FromApp, InputEvent, PermissionName, PermissionState};

use super::{Finding, Halt};
use crate::AppId;

/// What an app's thread and the bridge tell the host's thread.
pub(crate) enum Event {
    /// The app said something that is for the host.
    Message(FromApp),
    /// A new frame is in the mailbox.
    Frame,
    /// The watchdog noticed something.
    Finding(Finding),
    /// A permission prompt is to be shown.
    Prompt(Prompt),
    /// The page acts as the user.
    Input(InputEvent),
    /// The page decides as the user.
    SetPermission(PermissionName, PermissionState),
    /// A prompt has no more reason.
    Withdraw(PromptId),
    /// The app halted, to be looked at.
    Halted(Halt),
    /// A replay went another way than its log.
    Diverged(String),
    /// The log could not be written.
    RecordingFailed(String),
    /// The thread panicked.
    Crashed(String),
    /// The thread has ended.
    Ended,
}

/// Wakes the host's thread, at most once until it looks.
pub(crate) struct Wake {
    waker: Box<dyn Fn() + Send + Sync>,
    pending: AtomicBool,
}

impl Wake {
    pub(crate) fn new(waker: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { waker: Box::new(waker), pending: AtomicBool::new(false) })
    }

    /// Something is there to be looked at.
    pub(crate) fn wake(&self) {
        if !self.pending.swap(true, Ordering::SeqCst) {
            (self.waker)();
        }
    }

    /// The host's thread is about to look.
    pub(crate) fn looking(&self) {
        self.pending.store(false, Ordering::SeqCst);
    }
}

/// One app's way to the host's thread.
#[derive(Clone)]
pub(crate) struct Outbox {
    app: AppId,
    events: Sender<(AppId, Event)>,
    wake: Arc<Wake>,
}

impl Outbox {
    pub(crate) fn new(app: AppId, events: Sender<(AppId, Event)>, wake: Arc<Wake>) -> Self {
        Self { app, events, wake }
    }

    pub(crate) fn app(&self) -> AppId {
        self.app
    }

    /// Delivers `event` at the host's next turn. Without a host it is lost.
    pub(crate) fn post(&self, event: Event) {
        if self.events.send((self.app, event)).is_ok() {
            self.wake.wake();
        }
    }
}

/// The host's end.
pub(crate) type Events = Receiver<(AppId, Event)>;
