//! What happens to exceptions that nobody caught.

use virga_js::{Cx, DomString, Error, ErrorReport, Obj, Rejection, Value};
use virga_protocol::{ConsoleLevel, FromApp, SourcePosition, WorkerReport};

use super::{Cancelable, ErrorEvent, EventTarget, PromiseRejectionEvent, fire_event};
use crate::{
    agent::{EngineCx, TaskSource},
    window::GlobalScope,
};

/// <https://html.spec.whatwg.org/#report-an-exception>
///
/// The window's `error` event, then the console. A script that was stopped can
/// catch nothing any more: the host and the console hear of it.
pub(crate) fn report_exception(cx: &mut Cx, error: Error) {
    let agent = cx.engine();
    let value = match error.into_value(cx) {
        Ok(value) => value,
        Err(Error::Stopped) => {
            agent.send(FromApp::ScriptStopped { position: None });
            let text = "A script was stopped, since it ran for too long".to_owned();
            return agent.console(ConsoleLevel::Error, text, None);
        }
        // Whoever entered script hears of a defect of the engine.
        Err(_) => return,
    };
    let report = ErrorReport::of(cx, &value);
    // 6. Not for an error in an error handler.
    let scope = cx.scope();
    let handled = if scope.enter_error_reporting() {
        let message = DomString::from(format!("Uncaught {}", report.message));
        let place = (report.line, report.column);
        let event = ErrorEvent::trusted(cx, message, report.url.clone(), place, value);
        let target: Obj<EventTarget> = scope.upcast();
        let handled = !fire_event(cx, &target, event);
        scope.leave_error_reporting();
        handled
    } else {
        false
    };
    // 7.
    if !handled {
        let position = position(&report);
        // An owner's handler may still take it.
        if agent.is_worker() {
            let message = format!("Uncaught {}", report.message);
            return agent.send(FromApp::Owner(WorkerReport::Error { message, position }));
        }
        let text = with_stack(format!("Uncaught {}", report.message), &report.stack);
        agent.console(ConsoleLevel::Error, text, position);
    }
}

/// Reports an exception of a worker, whose value stayed there.
pub(crate) fn report_message(cx: &mut Cx, message: String, position: Option<SourcePosition>) {
    let agent = cx.engine();
    let scope = cx.scope();
    let handled = scope.enter_error_reporting() && {
        let (url, place) = position
            .as_ref()
            .map_or_else(Default::default, |at| (at.url.clone(), (at.line, at.column)));
        let text = DomString::from(message.as_str());
        let event = ErrorEvent::trusted(cx, text, url, place, Value::null());
        let target: Obj<EventTarget> = scope.upcast();
        let handled = !fire_event(cx, &target, event);
        scope.leave_error_reporting();
        handled
    };
    if handled {
        return;
    }
    if agent.is_worker() {
        agent.send(FromApp::Owner(WorkerReport::Error { message, position }));
    } else {
        agent.console(ConsoleLevel::Error, message, position);
    }
}

fn with_stack(mut text: String, stack: &str) -> String {
    // Calls that the engine made have no place.
    let calls: Vec<&str> = stack.lines().filter(|line| !line.contains("(unknown at ")).collect();
    // One line says where already; more say how it came there.
    if calls.len() > 1 {
        text.push('\n');
        text.push_str(&calls.join("\n"));
    }
    text
}

fn position(report: &ErrorReport) -> Option<SourcePosition> {
    (!report.url.is_empty()).then(|| SourcePosition {
        url: report.url.clone(),
        line: report.line.max(1),
        column: report.column.max(1),
    })
}

/// <https://html.spec.whatwg.org/#notify-about-rejected-promises>
pub(crate) fn report_rejections(cx: &mut Cx) {
    let rejections = cx.take_unhandled_rejections();
    let late = cx.take_late_handled();
    for rejection in rejections {
        queue(cx, rejection, "unhandledrejection", Cancelable(true));
    }
    for rejection in late {
        queue(cx, rejection, "rejectionhandled", Cancelable(false));
    }
}

fn queue(cx: &mut Cx, rejection: Rejection, type_: &'static str, cancelable: Cancelable) {
    let global = rejection.realm.global_object();
    let Some(scope) = Obj::<GlobalScope>::from_object(cx, &global) else { return };
    cx.engine().queue_task(TaskSource::Dom, scope.id(), move |cx| {
        let Rejection { promise, reason, .. } = rejection.clone();
        let event = PromiseRejectionEvent::trusted(cx, type_, cancelable, promise, reason);
        let target: Obj<EventTarget> = cx.scope().upcast();
        let handled = !fire_event(cx, &target, event);
        if !cancelable.0 {
            return;
        }
        if !handled {
            let report = ErrorReport::of(cx, &rejection.reason);
            let text =
                with_stack(format!("Uncaught (in promise) {}", report.message), &report.stack);
            cx.engine().console(ConsoleLevel::Error, text, position(&report));
        }
        cx.note_rejection_told(&rejection);
    });
}
