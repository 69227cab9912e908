//! <https://html.spec.whatwg.org/#timers>

use std::rc::Rc;

use virga_js::{Cx, ScriptSource, Value};
use virga_protocol::Micros;

use crate::{
    agent::EngineCx,
    event_loop::{Timer, TimerId},
    events::report_exception,
    generated::DOMStringOrFunction,
    window::WindowId,
};

/// The timer initialization steps.
pub(crate) fn set(
    cx: &mut Cx,
    handler: DOMStringOrFunction,
    timeout: i32,
    arguments: Vec<Value>,
    repeat: bool,
) -> TimerId {
    let delay = Micros::from_millis(f64::from(timeout.max(0)));
    let action: Rc<dyn Fn(&mut Cx)> = Rc::new(move |cx| {
        let result = match &handler {
            DOMStringOrFunction::Function(function) => {
                let this = cx.scope().value();
                function.call(cx, &this, arguments.clone()).map(drop)
            }
            DOMStringOrFunction::DOMString(source) => {
                let url = cx.scope().url().to_string();
                crate::loading::run_classic(cx, &ScriptSource::new(&source.to_str(), &url));
                Ok(())
            }
        };
        if let Err(error) = result {
            report_exception(cx, error);
        }
    });
    start(cx, None, delay, repeat, action)
}

/// Runs `action` once, `delay` from now, unless it is cleared or its window goes.
pub(crate) fn run_after(cx: &mut Cx, delay: Micros, action: impl Fn(&mut Cx) + 'static) -> TimerId {
    start(cx, None, delay, false, Rc::new(action))
}

fn start(
    cx: &mut Cx,
    previous: Option<TimerId>,
    delay: Micros,
    repeat: bool,
    action: Rc<dyn Fn(&mut Cx)>,
) -> TimerId {
    let agent = cx.engine();
    let window = cx.scope();
    let nesting = window.timer_nesting();
    let now = agent.now();
    let repeats = if repeat { Some(delay) } else { None };
    let mut timers = agent.event_loop.timers().borrow_mut();
    timers.set(window.id(), previous, now, delay, nesting, repeats, action)
}

/// Forgets a timer of the current window.
pub(crate) fn clear(cx: &mut Cx, id: TimerId) {
    clear_in(cx, cx.window_id(), id);
}

fn clear_in(cx: &Cx, window: WindowId, id: TimerId) {
    let agent = cx.engine();
    // Bound first: what the timer held is dropped after the borrow.
    let cleared = agent.event_loop.timers().borrow_mut().clear(window, id);
    drop(cleared);
}

/// The task of a timer that is due.
pub(crate) fn run(cx: &mut Cx, timer: &Timer) {
    let agent = cx.engine();
    // 8.1. If id does not exist in the map of active timers, abort.
    if !agent.event_loop.timers().borrow().is_active(timer) {
        return;
    }
    let window = cx.scope();
    let outer = window.set_timer_nesting(timer.nesting);
    // 8.4, 8.5.
    timer.act(cx);
    // 8.6–8.8. It may have been cleared, or even set anew.
    if agent.event_loop.timers().borrow().is_active(timer) {
        match timer.repeats {
            Some(delay) => {
                start(cx, Some(timer.id), delay, true, timer.action());
            }
            None => clear_in(cx, timer.window, timer.id),
        }
    }
    window.set_timer_nesting(outer);
}
