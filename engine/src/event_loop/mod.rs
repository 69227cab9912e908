//! The event loop: <https://html.spec.whatwg.org/#event-loops>
//!
//! One event loop per agent. Whatever happens in an app happens in a task, and
//! a task comes from a message: [`EventLoop`] keeps the queues and the timers,
//! `App::run` takes tasks from it until none is ready. Nothing here reads a
//! clock; the time is that of the message being handled.

mod task;
mod timers;

pub(crate) use task::{Task, TaskQueues, TaskSource};
pub(crate) use timers::{Timer, TimerId, Timers};

use std::cell::{Cell, RefCell};

use virga_protocol::Micros;

/// Tasks and timers of an agent.
#[derive(Default)]
pub(crate) struct EventLoop {
    tasks: RefCell<TaskQueues>,
    timers: RefCell<Timers>,
    time: Cell<Micros>,
    render_opportunity: Cell<bool>,
}

impl EventLoop {
    /// The time of the message that is being handled.
    pub(crate) fn time(&self) -> Micros {
        self.time.get()
    }

    /// A message of this time has come. Time never runs backwards.
    pub(crate) fn advance_to(&self, at: Micros) {
        self.time.set(self.time.get().max(at));
    }

    /// The display can take a frame.
    pub(crate) fn offer_frame(&self) {
        self.render_opportunity.set(true);
    }

    /// Whether the display can take a frame; the answer uses the offer up.
    pub(crate) fn take_frame_offer(&self) -> bool {
        self.render_opportunity.take()
    }

    pub(crate) fn queue(&self, task: Task) {
        self.tasks.borrow_mut().push(task);
    }

    /// Takes the next task that is ready, timers that are due included.
    pub(crate) fn next_task(&self) -> Option<Task> {
        let due = self.timers.borrow_mut().take_due(self.time.get());
        if !due.is_empty() {
            let mut tasks = self.tasks.borrow_mut();
            for timer in due {
                tasks.push(timer.into_task());
            }
        }
        self.tasks.borrow_mut().pop()
    }

    pub(crate) fn has_tasks(&self) -> bool {
        !self.tasks.borrow().is_empty()
    }

    pub(crate) fn timers(&self) -> &RefCell<Timers> {
        &self.timers
    }

    /// Forgets what `keep` does not want: the tasks and timers of windows that
    /// are gone.
    pub(crate) fn retain(&self, keep: impl Fn(crate::window::WindowId) -> bool) {
        // What is dropped may hold the last handle to something with a
        // destructor that comes back here, so it is dropped after the borrow.
        let tasks = self.tasks.borrow_mut().extract(&keep);
        let timers = self.timers.borrow_mut().extract(&keep);
        drop((tasks, timers));
    }
}
