//! The app's side of the threads: one thread per app, with its loop, its clock
//! and its host.
//!
//! An app thread takes [`Order`]s and nothing else. What leaves it are
//! [`Event`]s for the host's thread, frames in the [`Mailbox`], requests to the
//! bridge, and lines of the log.

mod clock;
mod exchange;
mod host;
mod live;
mod mailbox;
mod outbox;
mod pace;
mod prompts;
mod replay;
mod switchboard;
mod timeline;
mod watchdog;
mod worker;

use std::{
    any::Any,
    io,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender};
use virga_bridge::Bridge;
use virga_engine::{DumpPhase, FrameCounters};
use virga_protocol::{AppConfig, InputStep, ToApp};

pub(crate) use self::{
    mailbox::Mailbox,
    outbox::{Event, Events, Outbox, Wake},
    prompts::Prompts,
    switchboard::Switchboard,
    watchdog::{Finding, Pulse, Watchdog},
};
pub use self::{
    timeline::{Milestone, Timeline},
    watchdog::Limits,
};
use crate::{
    clipboard::SharedClipboard,
    log::{Log, Recorder},
};

/// Script is compiled and run by recursion, and so are parsing, style and
/// layout, up to limits that are tested. Only touched pages cost memory.
const STACK: usize = 256 << 20;

/// Opening this address makes the app's thread panic, to see what a host does.
const CRASH: &str = "about:crash";
/// Opening this address makes the app's thread never come back to its loop.
const HANG: &str = "about:hang";

/// What the host tells an app's thread.
pub(crate) enum Order {
    /// A message for the app.
    Message(ToApp),
    /// The newest frame is on the display.
    Painted,
    /// A worker has nothing more to do: look again what to wait for.
    Nudge,
    /// The result of a phase is wanted.
    Dump(DumpPhase, Sender<String>),
    /// The counters are wanted.
    Counters(Sender<FrameCounters>),
    /// End, without asking the app.
    Stop,
}

/// How far an app runs before it halts, to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The document's `load` event was dispatched.
    Load,
    /// After that, nothing happened for half a second: no request is under way,
    /// no message came, no timer fired and no frame was made.
    Idle,
}

/// Why an app halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It reached its [`Goal`].
    Goal,
    /// Its time was up.
    TimeLimit,
    /// The log that was replayed is at its end.
    EndOfLog,
}

/// Where an app's messages come from.
pub(crate) enum Source {
    /// The world.
    Live {
        bridge: Bridge,
        switchboard: Arc<Switchboard>,
        prompts: Arc<Prompts>,
        goal: Option<Goal>,
        limit: Option<Duration>,
        clipboard: SharedClipboard,
        input: Vec<InputStep>,
    },
    /// A log.
    Log(Box<Log>),
}

/// All that an app's thread needs.
pub(crate) struct Launch {
    pub(crate) config: AppConfig,
    pub(crate) source: Source,
    pub(crate) recorder: Option<Arc<Recorder>>,
    pub(crate) orders: Sender<Order>,
    pub(crate) inbox: Receiver<Order>,
    pub(crate) outbox: Outbox,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) timeline: Arc<Timeline>,
    /// Dropped when the thread does no more.
    pub(crate) alive: Sender<()>,
}

/// Starts an app's thread. It ends by itself; nobody waits for it.
pub(crate) fn spawn(launch: Launch) -> io::Result<()> {
    thread::Builder::new()
        .name(format!("virga-app-{}", launch.outbox.app()))
        .stack_size(STACK)
        .spawn(move || guard(launch))
        .map(drop)
}

/// The panic boundary.
fn guard(launch: Launch) {
    launch.timeline.mark(Milestone::Thread);
    let outbox = launch.outbox.clone();
    let recorder = launch.recorder.clone();
    let pulse = Arc::clone(&launch.pulse);
    let alive = launch.alive.clone();
    let ended = panic::catch_unwind(AssertUnwindSafe(|| {
        match launch.config.url.as_str() {
            CRASH => {
                launch.pulse.begin();
                panic!("{CRASH} was opened");
            }
            HANG => {
                launch.pulse.begin();
                loop {
                    thread::park();
                }
            }
            _ => {}
        }
        match launch.source {
            Source::Live { .. } => live::run(launch),
            Source::Log(_) => replay::run(launch),
        }
    }));
    pulse.end();
    if let Some(Err(error)) = recorder.map(|recorder| recorder.flush()) {
        outbox.post(Event::RecordingFailed(error.to_string()));
    }
    match ended {
        Ok(()) => outbox.post(Event::Ended),
        Err(payload) => {
            outbox.post(Event::Crashed(panic_text(&*payload)));
            drop(alive);
            // The collector's heap is in a thread-local, in a state that nobody
            // knows: its destructor could panic again, which aborts the process
            // and with it all other apps. So this thread never ends.
            loop {
                thread::park();
            }
        }
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
