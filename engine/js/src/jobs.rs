//! Microtasks and the other jobs of the engine.
//!
//! Microtasks (promise jobs and [`Cx::queue_microtask`]) run in order at a
//! checkpoint; one that fails never takes others with it. Waiting jobs (module
//! loads, finalization registries, `Atomics.waitAsync`) are futures of the
//! engine, polled at checkpoints after something woke them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Wake, Waker};

use boa_engine::job::{Job, JobExecutor, NativeAsyncJob, PromiseJob, TimeoutJob};
use boa_engine::{Context, JsResult};

use crate::raw::{self, Waiting};
use crate::{Cx, Error, Realm};

enum Microtask {
    Promise(PromiseJob),
    Native(Box<dyn FnOnce(&mut Cx)>),
}

/// How many microtasks run between two questions whether to go on.
const MICROTASKS_PER_SLICE: u64 = 1000;

/// The queues.
#[derive(Default)]
pub(crate) struct Jobs {
    microtasks: RefCell<VecDeque<Microtask>>,
    waiting: RefCell<Vec<Waiting>>,
    woken: Arc<Flag>,
    performing: Cell<bool>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Jobs {
    pub(crate) fn clear(&self) {
        // Taken out first: dropping a job may enqueue or wake others.
        let microtasks = std::mem::take(&mut *self.microtasks.borrow_mut());
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        drop(microtasks);
        drop(waiting);
    }

    fn next(&self) -> Option<Microtask> {
        self.microtasks.borrow_mut().pop_front()
    }

    fn wait(&self, job: NativeAsyncJob, context: &mut Context) {
        let waiting = Waiting::new(job, context);
        self.waiting.borrow_mut().push(waiting);
        self.woken.0.store(true, Ordering::Relaxed);
    }

    /// Polls what was woken. Returns whether anything was polled.
    fn poll_waiting(&self, cx: &mut Cx) -> bool {
        if !self.woken.0.swap(false, Ordering::Relaxed) {
            return false;
        }
        let waker = Waker::from(Arc::clone(&self.woken));
        let mut polling = std::mem::take(&mut *self.waiting.borrow_mut());
        polling.retain_mut(|job| match job.poll(cx.context_mut(), &waker) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                if let Err(error) = result {
                    let error = Error::from_js(cx, error);
                    report(cx, error);
                }
                false
            }
        });
        // Jobs that came while polling go after the older ones.
        let mut waiting = self.waiting.borrow_mut();
        polling.append(&mut waiting);
        *waiting = polling;
        true
    }
}

fn report(cx: &mut Cx, error: Error) {
    let environment = Rc::clone(&cx.state().environment);
    environment.job_failed(cx, error);
}

impl JobExecutor for Jobs {
    fn enqueue_job(self: Rc<Self>, job: Job, context: &mut Context) {
        match job {
            Job::PromiseJob(job) => {
                self.microtasks.borrow_mut().push_back(Microtask::Promise(job));
            }
            Job::AsyncJob(job) | Job::FinalizationRegistryCleanupJob(job) => {
                self.wait(job, context);
            }
            Job::TimeoutJob(job) => {
                let cx = raw::cx(context);
                let environment = Rc::clone(&cx.state().environment);
                environment.set_timer(cx, TimedJob { job });
            }
            Job::GenericJob(job) => {
                let run = move |cx: &mut Cx| {
                    if let Err(error) = job.call(cx.context_mut()) {
                        let error = Error::from_js(cx, error);
                        report(cx, error);
                    }
                };
                self.microtasks.borrow_mut().push_back(Microtask::Native(Box::new(run)));
            }
            // The engine makes no others by itself: intervals are for embedders
            // that build on its runtime crate.
            _ => {}
        }
    }

    fn run_jobs(self: Rc<Self>, context: &mut Context) -> JsResult<()> {
        raw::cx(context).perform_microtask_checkpoint();
        Ok(())
    }
}

/// A job of the engine that wants to run later.
pub struct TimedJob {
    job: TimeoutJob,
}

impl TimedJob {
    /// In how many milliseconds.
    #[must_use]
    pub fn delay_millis(&self) -> u64 {
        self.job.timeout().as_millis()
    }

    /// Whether it has been cancelled and can be dropped.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.job.cancelled()
    }

    /// Runs it.
    ///
    /// # Errors
    /// What the job throws.
    pub fn run(self, cx: &mut Cx) -> crate::Fallible<()> {
        let result = self.job.call(cx.context_mut());
        cx.lift(result).map(drop)
    }
}

impl Cx {
    /// Queues a microtask, to be run with the realm that is current now. Handles
    /// that `task` captures are roots until it has run; it reports its own errors.
    pub fn queue_microtask(&mut self, task: impl FnOnce(&mut Self) + 'static) {
        let realm = self.realm();
        let task = Microtask::Native(Box::new(move |cx: &mut Self| cx.in_realm(&realm, task)));
        self.state().jobs.microtasks.borrow_mut().push_back(task);
    }

    /// "Perform a microtask checkpoint": runs microtasks until there are none.
    /// Does nothing when one is running already. [`enter`](crate::enter) calls it
    /// when the outermost script has returned.
    ///
    /// When the host says stop, the microtasks that are left are dropped.
    pub fn perform_microtask_checkpoint(&mut self) {
        let state = Rc::clone(self.state());
        let jobs = &state.jobs;
        if jobs.performing.replace(true) {
            return;
        }
        let mut ran = 0_u64;
        loop {
            let Some(task) = jobs.next() else {
                if jobs.poll_waiting(self) {
                    continue;
                }
                break;
            };
            match task {
                Microtask::Native(task) => task(self),
                Microtask::Promise(job) => {
                    let realm = job.realm().cloned();
                    let depth = realm.map(|realm| state.push_incumbent(Realm(realm)));
                    let result = job.call(self.context_mut());
                    if let Some(depth) = depth {
                        state.pop_incumbent(depth);
                    }
                    if let Err(error) = result {
                        let error = Error::from_js(self, error);
                        state.stopping.set(false);
                        report(self, error);
                    }
                }
            }
            if state.poisoned.borrow().is_some() {
                break;
            }
            ran += 1;
            if ran.is_multiple_of(MICROTASKS_PER_SLICE)
                && !state.environment.keep_running(ran / MICROTASKS_PER_SLICE)
            {
                jobs.microtasks.borrow_mut().clear();
                report(self, Error::Stopped);
                break;
            }
        }
        // "ClearKeptObjects": what was reached through a `WeakRef` may go now.
        self.context_mut().clear_kept_objects();
        jobs.performing.set(false);
    }
}
