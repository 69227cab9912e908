//! <https://html.spec.whatwg.org/#animation-frames> and
//! <https://w3c.github.io/requestidlecallback/>

use virga_js::{Cx, Fallible, Obj};
use virga_js::{Platform, Trace};

use virga_protocol::Micros;

use super::Window;
use crate::{
    agent::EngineCx,
    events::report_exception,
    generated::{FrameRequestCallback, IdleDeadlineMethods, IdleRequestCallback},
};

/// The map of animation frame callbacks, and that of idle callbacks.
#[derive(Default, Trace)]
pub(super) struct FrameCallbacks {
    frames: Vec<(u32, FrameRequestCallback)>,
    idle: Vec<(u32, IdleRequestCallback)>,
    last: u32,
}

impl FrameCallbacks {
    fn next(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1).max(1);
        self.last
    }
}

impl Window {
    pub(super) fn request_frame(&self, callback: FrameRequestCallback) -> u32 {
        let mut callbacks = self.frame_callbacks.borrow_mut();
        let handle = callbacks.next();
        callbacks.frames.push((handle, callback));
        handle
    }

    pub(super) fn cancel_frame(&self, handle: u32) {
        let mut callbacks = self.frame_callbacks.borrow_mut();
        callbacks.frames.retain(|(other, _)| *other != handle);
    }

    /// Whether script asked for a frame.
    pub(crate) fn has_frame_callbacks(&self) -> bool {
        !self.frame_callbacks.borrow().frames.is_empty()
    }

    /// <https://html.spec.whatwg.org/#run-the-animation-frame-callbacks>
    ///
    /// Those that a callback asks for wait for the next frame; those that it
    /// cancels do not run.
    pub(crate) fn run_frame_callbacks(&self, cx: &mut Cx, now: f64) {
        let last = self.frame_callbacks.borrow().last;
        let global = cx.scope().value();
        loop {
            let callback = {
                let mut callbacks = self.frame_callbacks.borrow_mut();
                match callbacks.frames.first() {
                    Some((handle, _)) if *handle <= last => callbacks.frames.remove(0).1,
                    _ => return,
                }
            };
            if let Err(error) = callback.call(cx, &global, now) {
                report_exception(cx, error);
            }
        }
    }

    /// <https://w3c.github.io/requestidlecallback/#the-requestidlecallback-method>;
    /// after `timeout` milliseconds it is called, idle or not.
    pub(super) fn request_idle(
        &self,
        cx: &mut Cx,
        callback: IdleRequestCallback,
        timeout: Option<u32>,
    ) -> u32 {
        let handle = {
            let mut callbacks = self.frame_callbacks.borrow_mut();
            let handle = callbacks.next();
            callbacks.idle.push((handle, callback));
            handle
        };
        cx.engine().queue_task(crate::agent::TaskSource::Idle, self.id(), move |cx| {
            let window = cx.window();
            window.run_idle_callback(cx, handle, false);
        });
        if let Some(timeout @ 1..) = timeout {
            let delay = Micros::from_millis(f64::from(timeout));
            crate::timers::run_after(cx, delay, move |cx| {
                let window = cx.window();
                window.run_idle_callback(cx, handle, true);
            });
        }
        handle
    }

    pub(super) fn cancel_idle(&self, handle: u32) {
        self.frame_callbacks.borrow_mut().idle.retain(|(other, _)| *other != handle);
    }

    fn run_idle_callback(&self, cx: &mut Cx, handle: u32, timed_out: bool) {
        let callback = {
            let mut callbacks = self.frame_callbacks.borrow_mut();
            let index = callbacks.idle.iter().position(|(other, _)| *other == handle);
            index.map(|index| callbacks.idle.remove(index).1)
        };
        let Some(callback) = callback else { return };
        let period = if timed_out { 0.0 } else { IDLE_PERIOD };
        let end = cx.engine().task_time().as_millis() + period;
        let deadline = IdleDeadline { end, timed_out };
        let deadline = Obj::new(cx, deadline);
        let global = cx.scope().value();
        if let Err(error) = callback.call(cx, &global, deadline) {
            report_exception(cx, error);
        }
    }
}

/// How long an idle period is, in milliseconds: the most the specification
/// allows, as the app does nothing else by then.
const IDLE_PERIOD: f64 = 50.0;

/// <https://w3c.github.io/requestidlecallback/#the-idledeadline-interface>
#[derive(Trace, Platform)]
pub(crate) struct IdleDeadline {
    #[trace(skip)]
    end: f64,
    timed_out: bool,
}

impl IdleDeadlineMethods for Obj<IdleDeadline> {
    fn time_remaining(&self, cx: &mut Cx) -> Fallible<f64> {
        Ok((self.end - cx.engine().now().as_millis()).max(0.0))
    }

    fn did_timeout(&self, _: &mut Cx) -> bool {
        self.timed_out
    }
}
