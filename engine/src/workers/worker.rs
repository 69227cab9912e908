//! <https://html.spec.whatwg.org/#dedicated-workers-and-the-worker-interface>

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use url::Url;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{
    Bytes, ClonedValue, ConsoleLevel, FromApp, SourcePosition, WorkerId, WorkerOrder, WorkerReport,
    WorkerStart,
};

use super::shared::SharedWorkers;
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, ErrorEvent, EventTarget, fire_event},
    generated::{StructuredSerializeOptions, WorkerMethods, WorkerOptions, WorkerType},
    messaging::{fire_message, send_with_ports, take_ports},
    structured_clone::serialize_with_transfer,
    window::WindowId,
};

/// The workers that an agent started and that have not ended. Handles are roots:
/// a worker may always have something to say.
#[derive(Default)]
pub(crate) struct Workers {
    running: RefCell<BTreeMap<WorkerId, Obj<Worker>>>,
    pub(super) shared: SharedWorkers,
    started: Cell<u64>,
}

impl Workers {
    fn get(&self, id: WorkerId) -> Option<Obj<Worker>> {
        self.running.borrow().get(&id).cloned()
    }

    fn forget(&self, id: WorkerId) -> bool {
        // Bound first: the handle is dropped after the borrow.
        let worker = self.running.borrow_mut().remove(&id);
        worker.is_some()
    }

    pub(super) fn next_id(&self) -> WorkerId {
        self.started.set(self.started.get() + 1);
        WorkerId(self.started.get())
    }

    /// Ends the workers of globals that `keep` does not want; what the host has to
    /// hear of it.
    pub(crate) fn retain(&self, keep: impl Fn(WindowId) -> bool) -> Vec<FromApp> {
        let gone: Vec<_> = {
            let running = self.running.borrow();
            running.iter().filter(|(_, worker)| !keep(worker.scope)).map(|(id, _)| *id).collect()
        };
        let mut orders = self.shared.retain(&keep);
        let gone = gone.into_iter().filter(|id| self.forget(*id));
        orders.extend(gone.map(|worker| FromApp::Worker { worker, order: WorkerOrder::Terminate }));
        orders
    }
}

/// The owner's end of a worker.
#[derive(Trace, Platform)]
pub(crate) struct Worker {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    id: WorkerId,
    #[trace(skip)]
    scope: WindowId,
}

impl WorkerMethods for Obj<Worker> {
    /// <https://html.spec.whatwg.org/#dom-worker>
    fn constructor(cx: &mut Cx, script_url: String, options: WorkerOptions) -> Fallible<Self> {
        // 2–4.
        let url = cx.base_url().join(&script_url).map_err(|error| {
            let message = format!("Worker: {script_url:?} is not a valid URL: {error}");
            Error::dom(DomExceptionName::Syntax, message)
        })?;
        let agent = cx.engine();
        let scope = cx.scope();
        // Scripts of other origins never run; browsers say so at once.
        let same = url.origin().ascii_serialization() == scope.origin();
        if !same && !matches!(url.scheme(), "data" | "blob") {
            let message = format!("Worker: a script at {url} cannot be run by {}", scope.origin());
            return Err(Error::dom(DomExceptionName::Security, message));
        }
        let id = agent.workers.next_id();
        // 5.
        let worker = Obj::new(cx, Worker { target: EventTarget::new(), id, scope: scope.id() });
        agent.workers.running.borrow_mut().insert(id, worker.clone());
        // 8.
        let module = options.type_ == WorkerType::Module;
        let script = Script { url: &url, name: &options.name, module, shared: false };
        agent.send(start_order(cx, id, &script));
        Ok(worker)
    }

    /// <https://html.spec.whatwg.org/#dom-worker-terminate>
    fn terminate(&self, cx: &mut Cx) -> Fallible<()> {
        let agent = cx.engine();
        if agent.workers.forget(self.id) {
            agent.send(FromApp::Worker { worker: self.id, order: WorkerOrder::Terminate });
        }
        Ok(())
    }

    fn post_message(&self, cx: &mut Cx, message: Value, transfer: Vec<Object>) -> Fallible<()> {
        post(cx, self, &message, &transfer)
    }

    fn post_message_with_message_and_options(
        &self,
        cx: &mut Cx,
        message: Value,
        options: StructuredSerializeOptions,
    ) -> Fallible<()> {
        post(cx, self, &message, &options.transfer)
    }
}

/// What a worker is to run.
pub(super) struct Script<'a> {
    pub(super) url: &'a Url,
    pub(super) name: &'a DomString,
    pub(super) module: bool,
    pub(super) shared: bool,
}

/// What starts a worker, on behalf of the current global.
pub(super) fn start_order(cx: &Cx, id: WorkerId, script: &Script<'_>) -> FromApp {
    let agent = cx.engine();
    let scope = cx.scope();
    let source = agent.object_urls.get(script.url.as_str());
    let start = WorkerStart {
        url: script.url.to_string(),
        source: source.map(|entry| Bytes::from(entry.data.as_slice())),
        name: script.name.to_str().into_owned(),
        module: script.module,
        shared: script.shared,
        origin: scope.origin(),
        secure: scope.is_secure_context(),
        isolated: scope.is_cross_origin_isolated(),
        referrer: scope.url().to_string(),
        seed: seed(&agent, id.0),
    };
    FromApp::Worker { worker: id, order: WorkerOrder::Start(start) }
}

/// The seed of a worker: another one for each, the same in each run.
fn seed(agent: &Agent, number: u64) -> u64 {
    // SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
    let mut z = agent.config.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn post(cx: &mut Cx, worker: &Obj<Worker>, message: &Value, transfer: &[Object]) -> Fallible<()> {
    let value = serialize_with_transfer(cx, message, transfer)?;
    let agent = cx.engine();
    let id = worker.id;
    if agent.workers.get(id).is_some() {
        send_with_ports(&agent, value, |value| FromApp::Worker {
            worker: id,
            order: WorkerOrder::Post(value),
        });
    }
    Ok(())
}

/// A worker said something.
pub(crate) fn reported(cx: &mut Cx, id: WorkerId, report: WorkerReport) {
    let agent = cx.engine();
    if let WorkerReport::Message(value) = &report {
        take_ports(&agent, value);
    }
    if agent.workers.shared.reported(&agent, id, &report) {
        return;
    }
    // A worker that was terminated is heard no more.
    let Some(worker) = agent.workers.get(id) else { return };
    let scope = worker.scope;
    match report {
        WorkerReport::Message(value) => {
            agent
                .queue_task(TaskSource::PostMessage, scope, move |cx| message(cx, &worker, &value));
        }
        WorkerReport::Error { message, position } => {
            agent.queue_task(TaskSource::Dom, scope, move |cx| {
                error(cx, &worker, message, position);
            });
        }
        WorkerReport::Failed(reason) => {
            agent.workers.forget(id);
            agent.console(ConsoleLevel::Error, format!("Failed to start a worker: {reason}"), None);
            agent.queue_task(TaskSource::Dom, scope, move |cx| {
                let target = worker.upcast();
                events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
            });
        }
        WorkerReport::Closed => {
            agent.workers.forget(id);
        }
        WorkerReport::Console(message) => agent.send(FromApp::Console(message)),
    }
}

fn message(cx: &mut Cx, worker: &Obj<Worker>, value: &ClonedValue) {
    let target = worker.upcast();
    fire_message(cx, &target, value, String::new(), None);
}

/// <https://html.spec.whatwg.org/#runtime-script-errors-2>
fn error(cx: &mut Cx, worker: &Obj<Worker>, message: String, position: Option<SourcePosition>) {
    let target = worker.upcast();
    let event = error_event(cx, &message, position.as_ref());
    if !fire_event(cx, &target, event) {
        return;
    }
    // Not handled: it goes on to the owner's own global.
    events::report_message(cx, message, position);
}

fn error_event(cx: &mut Cx, message: &str, position: Option<&SourcePosition>) -> ErrorEvent {
    let (url, place) =
        position.map_or_else(Default::default, |at| (at.url.clone(), (at.line, at.column)));
    ErrorEvent::trusted(cx, DomString::from(message), url, place, Value::null())
}
