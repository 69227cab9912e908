//! Notices app threads that do not come back to their loop.
//!
//! An app thread says when a turn begins and ends ([`Pulse`]); one watchdog
//! thread per engine looks at all pulses twice a second while any app is in a
//! turn, and sleeps without waking up while none is.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// How long an app may stay in one turn of its loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// After this, the app is called not responding.
    pub unresponsive: Duration,
    /// After this, its script is stopped, where script can be stopped.
    pub script: Duration,
    /// After this, its thread is given up.
    pub abandon: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unresponsive: Duration::from_secs(4),
            script: Duration::from_secs(10),
            abandon: Duration::from_secs(20),
        }
    }
}

/// What the watchdog found out about an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It stopped (`true`) or began to respond again.
    Unresponsive(bool),
    /// It will not come back; its thread is lost.
    Abandoned,
}

/// Set by an app's thread, read by the watchdog.
pub(crate) struct Pulse {
    limits: Limits,
    /// Microseconds since `Watch::epoch`, plus 1, at which the turn began; 0
    /// between turns.
    turn: AtomicU64,
    unresponsive: AtomicBool,
    abandoned: AtomicBool,
    report: Box<dyn Fn(Finding) + Send + Sync>,
    watch: Arc<Watch>,
}

impl Pulse {
    /// A turn begins.
    pub(crate) fn begin(&self) {
        self.turn.store(self.watch.stamp(), Ordering::SeqCst);
        if self.watch.asleep.swap(false, Ordering::SeqCst) {
            self.watch.wake();
        }
    }

    /// The turn is over.
    pub(crate) fn end(&self) {
        self.turn.store(0, Ordering::SeqCst);
        if self.unresponsive.swap(false, Ordering::SeqCst) {
            (self.report)(Finding::Unresponsive(false));
        }
    }

    /// How long the turn in progress has lasted.
    pub(crate) fn in_turn_for(&self) -> Duration {
        match self.turn.load(Ordering::SeqCst) {
            0 => Duration::ZERO,
            began => Duration::from_micros(self.watch.stamp().saturating_sub(began)),
        }
    }

    /// Whether script that asks may go on.
    pub(crate) fn may_run(&self) -> bool {
        !self.abandoned() && self.in_turn_for() < self.limits.script
    }

    /// Whether the app is not responding at the moment.
    pub(crate) fn unresponsive(&self) -> bool {
        self.unresponsive.load(Ordering::SeqCst)
    }

    /// Whether the app was given up.
    pub(crate) fn abandoned(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst)
    }

    fn look(&self) -> bool {
        let busy = self.in_turn_for();
        if busy >= self.limits.unresponsive && !self.unresponsive.swap(true, Ordering::SeqCst) {
            (self.report)(Finding::Unresponsive(true));
        }
        if busy >= self.limits.abandon && !self.abandoned.swap(true, Ordering::SeqCst) {
            (self.report)(Finding::Abandoned);
        }
        // Not `busy`, which is zero in the first microsecond.
        self.turn.load(Ordering::SeqCst) != 0 && !self.abandoned()
    }
}

struct Watch {
    epoch: Instant,
    asleep: AtomicBool,
    thread: Mutex<Option<Thread>>,
    pulses: Mutex<Vec<Weak<Pulse>>>,
    stop: AtomicBool,
}

impl Watch {
    fn stamp(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX - 1) + 1
    }

    fn wake(&self) {
        if let Some(thread) = &*self.thread.lock().unwrap_or_else(PoisonError::into_inner) {
            thread.unpark();
        }
    }

    /// Looks at all pulses; whether any app is in a turn.
    fn look(&self) -> bool {
        let pulses: Vec<_> = {
            let mut pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
            pulses.retain(|pulse| pulse.strong_count() > 0);
            pulses.iter().filter_map(Weak::upgrade).collect()
        };
        pulses.iter().fold(false, |busy, pulse| pulse.look() | busy)
    }
}

/// The watchdog of an engine.
pub(crate) struct Watchdog(Arc<Watch>);

impl Watchdog {
    /// A watchdog; its thread starts with the first app.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Watch {
            epoch: Instant::now(),
            asleep: AtomicBool::new(false),
            thread: Mutex::new(None),
            pulses: Mutex::default(),
            stop: AtomicBool::new(false),
        }))
    }

    /// Watches one more app. `report` is called on the watchdog's thread or the
    /// app's.
    pub(crate) fn watch(
        &self,
        limits: Limits,
        report: impl Fn(Finding) + Send + Sync + 'static,
    ) -> std::io::Result<Arc<Pulse>> {
        let pulse = Arc::new(Pulse {
            limits,
            turn: AtomicU64::new(0),
            unresponsive: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            report: Box::new(report),
            watch: Arc::clone(&self.0),
        });
        self.0.pulses.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&pulse));
        let mut thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let watch = Arc::clone(&self.0);
            let handle =
                thread::Builder::new().name("virga-watchdog".into()).spawn(move || run(&watch))?;
            *thread = Some(handle.thread().clone());
        }
        Ok(pulse)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
        self.0.wake();
    }
}

fn run(watch: &Watch) {
    const LOOK: Duration = Duration::from_millis(250);
    while !watch.stop.load(Ordering::SeqCst) {
        // Say that we go to sleep before the last look: an app that begins a
        // turn after the look sees the flag and wakes us.
        watch.asleep.store(true, Ordering::SeqCst);
        if watch.look() {
            watch.asleep.store(false, Ordering::SeqCst);
            thread::park_timeout(LOOK);
        } else {
            thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn limits() -> Limits {
        Limits {
            unresponsive: Duration::from_millis(50),
            script: Duration::from_millis(100),
            abandon: Duration::from_millis(600),
        }
    }

    #[test]
    fn a_long_turn_is_noticed_stopped_and_given_up() {
        let dog = Watchdog::new();
        let (sender, findings) = mpsc::channel();
        let pulse = dog.watch(limits(), move |finding| sender.send(finding).unwrap()).unwrap();
        pulse.begin();
        assert!(pulse.may_run());
        let wait = Duration::from_secs(20);
        assert_eq!(findings.recv_timeout(wait), Ok(Finding::Unresponsive(true)));
        assert_eq!(findings.recv_timeout(wait), Ok(Finding::Abandoned));
        assert!(!pulse.may_run() && pulse.unresponsive() && pulse.abandoned());
    }

    #[test]
    fn an_app_that_comes_back_responds_again() {
        let dog = Watchdog::new();
        let (sender, findings) = mpsc::channel();
        let pulse = dog.watch(limits(), move |finding| sender.send(finding).unwrap()).unwrap();
        for _ in 0..2 {
            pulse.begin();
            let wait = Duration::from_secs(20);
            assert_eq!(findings.recv_timeout(wait), Ok(Finding::Unresponsive(true)));
            pulse.end();
            assert_eq!(findings.recv_timeout(wait), Ok(Finding::Unresponsive(false)));
            assert_eq!(pulse.in_turn_for(), Duration::ZERO);
            // Let the watchdog fall asleep: the next turn has to wake it.
            thread::sleep(Duration::from_millis(300));
        }
    }
}
