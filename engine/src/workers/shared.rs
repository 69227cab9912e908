//! Shared workers: <https://html.spec.whatwg.org/#shared-workers-and-the-sharedworker-interface>
//!
//! The documents of an app are one agent, so that agent owns its shared workers. A
//! worker runs while a document lives that connected to it; a connection is a message
//! port that is posted to it.

use std::cell::RefCell;

use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{ClonedValue, ConsoleLevel, FromApp, WorkerId, WorkerOrder, WorkerReport};

use super::worker::{Script, start_order};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget, MessageEvent, fire_event},
    generated::{
        DOMStringOrWorkerOptions, SharedWorkerMethods, WindowOrMessagePort, WorkerOptions,
        WorkerType,
    },
    messaging::{MessagePort, send_with_ports},
    structured_clone::{deserialize_with_transfer, serialize_with_transfer},
    window::WindowId,
};

/// The shared workers of an agent that have not ended.
#[derive(Default)]
pub(super) struct SharedWorkers {
    running: RefCell<Vec<Running>>,
}

/// A shared worker and those that connected to it. Handles are roots.
struct Running {
    id: WorkerId,
    /// <https://html.spec.whatwg.org/#concept-sharedworkerglobalscope-constructor-url> and
    /// what else tells it from others.
    key: Key,
    module: bool,
    secure: bool,
    objects: Vec<Obj<SharedWorker>>,
}

#[derive(PartialEq, Eq)]
struct Key {
    origin: String,
    url: String,
    name: String,
}

impl SharedWorkers {
    /// Ends those that no global that `keep` wants is connected to.
    pub(super) fn retain(&self, keep: impl Fn(WindowId) -> bool) -> Vec<FromApp> {
        let mut gone = Vec::new();
        let mut dropped = Vec::new();
        self.running.borrow_mut().retain_mut(|running| {
            dropped.extend(running.objects.extract_if(.., |object| !keep(object.scope)));
            if running.objects.is_empty() {
                gone.push(running.id);
            }
            !running.objects.is_empty()
        });
        gone.into_iter()
            .map(|worker| FromApp::Worker { worker, order: WorkerOrder::Terminate })
            .collect()
    }

    fn take(&self, id: WorkerId) -> Option<Running> {
        let mut running = self.running.borrow_mut();
        let at = running.iter().position(|running| running.id == id)?;
        Some(running.swap_remove(at))
    }

    /// A worker said something; `false` if it is none of these.
    pub(super) fn reported(&self, agent: &Agent, id: WorkerId, report: &WorkerReport) -> bool {
        let known = self.running.borrow().iter().any(|running| running.id == id);
        if !known {
            return false;
        }
        match report {
            WorkerReport::Failed(reason) => {
                let text = format!("Failed to start a shared worker: {reason}");
                agent.console(ConsoleLevel::Error, text, None);
                for object in self.take(id).map(|running| running.objects).unwrap_or_default() {
                    queue_error(agent, object);
                }
            }
            WorkerReport::Closed => drop(self.take(id)),
            // It belongs to nobody in particular: the console is told.
            WorkerReport::Error { message, position } => {
                agent.console(ConsoleLevel::Error, message.clone(), position.clone());
            }
            WorkerReport::Console(message) => agent.send(FromApp::Console(message.clone())),
            WorkerReport::Message(_) => {}
        }
        true
    }
}

fn queue_error(agent: &Agent, object: Obj<SharedWorker>) {
    agent.queue_task(TaskSource::Dom, object.scope, move |cx| {
        let target = object.upcast();
        events::fire(cx, &target, "error", Bubbles(false), Cancelable(false));
    });
}

/// A document's connection to a shared worker.
#[derive(Trace, Platform)]
pub(crate) struct SharedWorker {
    #[base]
    target: EventTarget,
    port: Obj<MessagePort>,
    #[trace(skip)]
    scope: WindowId,
}

impl SharedWorkerMethods for Obj<SharedWorker> {
    /// <https://html.spec.whatwg.org/#dom-sharedworker>
    fn constructor(
        cx: &mut Cx,
        script_url: String,
        options: DOMStringOrWorkerOptions,
    ) -> Fallible<Self> {
        // 2.
        let options = match options {
            DOMStringOrWorkerOptions::DOMString(name) => {
                WorkerOptions { name, ..WorkerOptions::default() }
            }
            DOMStringOrWorkerOptions::WorkerOptions(options) => options,
        };
        // 4, 5.
        let url = cx.base_url().join(&script_url).map_err(|error| {
            let message = format!("SharedWorker: {script_url:?} is not a valid URL: {error}");
            Error::dom(DomExceptionName::Syntax, message)
        })?;
        let agent = cx.engine();
        let scope = cx.scope();
        let same = url.origin().ascii_serialization() == scope.origin();
        if !same && !matches!(url.scheme(), "data" | "blob") {
            let message =
                format!("SharedWorker: a script at {url} cannot be run by {}", scope.origin());
            return Err(Error::dom(DomExceptionName::Security, message));
        }
        // 7–9.
        let (outside, inside) = MessagePort::pair(cx);
        let object = Obj::new(
            cx,
            SharedWorker { target: EventTarget::new(), port: outside, scope: scope.id() },
        );
        let connection = serialize_with_transfer(
            cx,
            &Value::from(DomString::default()),
            &[inside.object().clone()],
        )?;
        // 11. Here, not in parallel: all who could do the same are in this agent.
        let key = Key {
            origin: scope.origin(),
            url: url.to_string(),
            name: options.name.to_str().into_owned(),
        };
        let module = options.type_ == WorkerType::Module;
        let secure = scope.is_secure_context();
        let id = {
            let mut all = agent.workers.shared.running.borrow_mut();
            match all.iter_mut().find(|running| running.key == key) {
                // 11.4, 11.5.
                Some(running) if running.module != module || running.secure != secure => None,
                Some(running) => {
                    running.objects.push(object.clone());
                    Some(running.id)
                }
                None => {
                    let id = agent.workers.next_id();
                    let objects = vec![object.clone()];
                    all.push(Running { id, key, module, secure, objects });
                    drop(all);
                    let script = Script { url: &url, name: &options.name, module, shared: true };
                    agent.send(start_order(cx, id, &script));
                    Some(id)
                }
            }
        };
        match id {
            Some(worker) => send_with_ports(&agent, connection, |value| FromApp::Worker {
                worker,
                order: WorkerOrder::Post(value),
            }),
            None => queue_error(&agent, object.clone()),
        }
        Ok(object)
    }

    fn port(&self, _: &mut Cx) -> Obj<MessagePort> {
        self.port.clone()
    }
}

/// In the worker: somebody connected.
///
/// <https://html.spec.whatwg.org/#run-a-worker>, step 17.
pub(super) fn connected(cx: &mut Cx, target: &Obj<EventTarget>, value: &ClonedValue) {
    let made: Fallible<_> = deserialize_with_transfer(cx, value);
    let Ok((data, transferred)) = made else { return };
    let ports: Vec<_> = transferred
        .iter()
        .filter_map(|object| Obj::<MessagePort>::from_object(cx, object))
        .collect();
    let source = ports.first().cloned().map(WindowOrMessagePort::MessagePort);
    let event = MessageEvent::posted(cx, "connect", data, String::new(), source, ports);
    fire_event(cx, target, event);
}
