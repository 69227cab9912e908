//! <https://html.spec.whatwg.org/#run-a-worker>

use std::cell::{Cell, RefCell};

use url::Url;
use virga_js::{Cx, Error, Fallible, Module, Obj, ScriptSource, Value, enter};
use virga_protocol::{
    ClonedValue, EmbedderPolicy, FetchFailure, FromApp, RequestMode, WorkerReport, WorkerStart,
};

use super::{SharedWorkerGlobalScope, scope, shared};
use crate::{
    agent::{EngineCx, TaskSource},
    events::report_exception,
    loading::{self, Fetched},
    messaging::{fire_message, take_ports},
};

/// What a worker's owner posted before the worker's script had run.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: RefCell<Vec<ClonedValue>>,
    open: Cell<bool>,
}

/// The first task of a worker: makes its realm and fetches its script.
pub(crate) fn start(cx: &mut Cx, start: &WorkerStart) {
    let agent = cx.engine();
    let fail = |reason: String| agent.send(FromApp::Owner(WorkerReport::Failed(reason)));
    let url = match Url::parse(&start.url) {
        Ok(url) => url,
        Err(error) => return fail(format!("{} is not a valid URL: {error}", start.url)),
    };
    let scope = match scope::create(cx, url.clone(), start) {
        Ok(scope) => scope,
        Err(error) => return fail(error.to_string()),
    };
    agent.set_worker(scope.upcast());
    let realm = scope.realm().clone();
    let module = start.module;
    cx.in_realm(&realm, |cx| {
        if let Some(source) = &start.source {
            if start.isolated {
                scope.set_embedder_policy(EmbedderPolicy::RequireCorp);
                scope.isolate();
            }
            let text = String::from_utf8_lossy(source);
            return run(cx, module, text.strip_prefix('\u{feff}').unwrap_or(&text), url.as_str());
        }
        // 12. Scripts of other origins are refused; `data:` has none to differ.
        let mode = match url.scheme() {
            "data" => RequestMode::Cors,
            _ => RequestMode::SameOrigin,
        };
        let mut request = loading::request_for(cx, url.as_str(), mode);
        request.origin.clone_from(&start.origin);
        request.referrer = Some(start.referrer.clone());
        let scope = scope.clone();
        let isolated = start.isolated;
        loading::fetch(cx, request, move |cx, fetched| {
            let url = scope.url();
            let policy = fetched
                .as_ref()
                .ok()
                .and_then(|fetched| loading::header(&fetched.head, "cross-origin-embedder-policy"));
            let policy = policy.map_or(EmbedderPolicy::UnsafeNone, EmbedderPolicy::from_header);
            scope.set_embedder_policy(policy);
            if isolated && policy.isolates() {
                scope.isolate();
            }
            match read(fetched, module) {
                Ok((text, from)) => {
                    let from = Url::parse(&from).unwrap_or(url);
                    let from_text = from.to_string();
                    scope.set_url(from);
                    run(cx, module, &text, &from_text);
                }
                Err(reason) => {
                    let report = WorkerReport::Failed(format!("{url}: {reason}"));
                    let agent = cx.engine();
                    agent.send(FromApp::Owner(report));
                    agent.close();
                }
            }
        });
    });
}

/// The text of the script and where it came from, or why there is none.
fn read(fetched: Result<Fetched, FetchFailure>, module: bool) -> Result<(String, String), String> {
    let fetched = fetched.map_err(|failure| failure.to_string())?;
    if let Some(refusal) = fetched.refusal() {
        return Err(refusal);
    }
    let essence = fetched.essence();
    let http = fetched.head.url.starts_with("http");
    if (http || module) && !loading::is_javascript(&essence) {
        return Err(format!("its type is {essence:?}, which is no script"));
    }
    let text = encoding_rs::UTF_8.decode(&fetched.body).0.into_owned();
    Ok((text, fetched.head.url))
}

/// 14. Runs the script, and then lets messages through.
fn run(cx: &mut Cx, module: bool, text: &str, url: &str) {
    let source = ScriptSource::new(text, url);
    if !module {
        loading::run_classic(cx, &source);
        return open(cx);
    }
    let realm = cx.realm();
    let result: Fallible<()> = enter(cx, &realm, |cx| {
        let module = Module::parse(cx, &source)?;
        let promise = module.run(cx);
        promise.then(
            cx,
            (),
            |cx, (), _| {
                open(cx);
                Ok(Value::undefined())
            },
            |cx, (), reason| {
                report_exception(cx, Error::Thrown(reason.clone()));
                open(cx);
                Ok(Value::undefined())
            },
        )?;
        // A rejection that came at once is reported by the handler above.
        let _: virga_js::Settled = promise.state();
        Ok(())
    });
    if let Err(error) = result {
        report_exception(cx, error);
        open(cx);
    }
}

/// 15. "Enable inside port's port message queue."
fn open(cx: &mut Cx) {
    let agent = cx.engine();
    agent.inbox.open.set(true);
    for value in agent.inbox.waiting.take() {
        queue(cx, value);
    }
}

/// The owner posted a message.
pub(crate) fn owner_posted(cx: &mut Cx, value: ClonedValue) {
    let agent = cx.engine();
    take_ports(&agent, &value);
    if agent.inbox.open.get() {
        queue(cx, value);
    } else {
        agent.inbox.waiting.borrow_mut().push(value);
    }
}

fn queue(cx: &mut Cx, value: ClonedValue) {
    let agent = cx.engine();
    let Some(scope) = agent.worker() else { return };
    let id = scope.id();
    agent.queue_task(TaskSource::PostMessage, id, move |cx| {
        let target = Obj::upcast(&scope);
        if scope.downcast::<SharedWorkerGlobalScope>().is_some() {
            return shared::connected(cx, &target, &value);
        }
        fire_message(cx, &target, &value, String::new(), None);
    });
}
