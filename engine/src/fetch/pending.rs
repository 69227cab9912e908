//! Fetches of script that are under way.
//!
//! What settles them is in a table of their realm, which traces it; replies and
//! abort signals find it by number. So a fetch holds nothing but what its realm
//! holds, and is gone with it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Promise, RealmData, Resolver, Trace, Value};
use virga_protocol::{
    Bytes, ConsoleLevel, FetchFailure, HttpHead, Reply, Request as ToHost, RequestId,
    ResponseTainting,
};

use super::{
    Request, Response,
    body::ToSend,
    buffer::{Buffer, report},
    integrity,
};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{AbortSignal, AbortSteps},
    streams::{done, react, read_all},
    window::WindowId,
};

/// The fetches of a realm.
#[derive(Trace, Default)]
struct Table {
    fetches: RefCell<BTreeMap<u64, Fetch>>,
    made: Cell<u64>,
}

#[derive(Trace, Clone)]
struct Fetch {
    #[trace(skip)]
    url: String,
    #[trace(skip)]
    request: Option<RequestId>,
    source: Obj<Request>,
    signal: Obj<AbortSignal>,
    algorithm: u64,
    /// Settles the promise; `None` once the response is out.
    resolver: Option<Resolver>,
    response: Option<Obj<Response>>,
    /// Of a response whose integrity is still to be checked.
    #[trace(skip)]
    held: Option<HttpHead>,
    buffer: GcCell<Buffer>,
}

impl Table {
    fn of(cx: &Cx) -> RealmData<Self> {
        let realm = cx.realm();
        loop {
            if let Some(table) = realm.data::<Self>() {
                return table;
            }
            realm.insert_data(Rc::new(Self::default()));
        }
    }

    fn get(&self, key: u64) -> Option<Fetch> {
        self.fetches.borrow().get(&key).cloned()
    }

    fn change(&self, key: u64, change: impl FnOnce(&mut Fetch)) {
        if let Some(fetch) = self.fetches.borrow_mut().get_mut(&key) {
            change(fetch);
        }
    }

    fn take(&self, key: u64) -> Option<Fetch> {
        let fetch = self.fetches.borrow_mut().remove(&key)?;
        fetch.signal.remove_algorithm(fetch.algorithm);
        Some(fetch)
    }
}

/// Forgets the fetch that made a request, which was given up.
pub(super) fn forget(cx: &Cx, request: RequestId) {
    let table = Table::of(cx);
    let found = table
        .fetches
        .borrow()
        .iter()
        .find(|(_, fetch)| fetch.request == Some(request))
        .map(|(key, _)| *key);
    if let Some(key) = found {
        table.take(key);
    }
}

/// Steps 1 and 7 to 13 of <https://fetch.spec.whatwg.org/#dom-global-fetch>.
pub(super) fn start(cx: &mut Cx, request: &Obj<Request>) -> Fallible<Promise> {
    let (promise, resolver) = Promise::new(cx);
    let signal = request.signal_object();
    let table = Table::of(cx);
    let key = table.made.get() + 1;
    table.made.set(key);
    // 11.
    let steps = Aborting { window: cx.window_id().0, key };
    let algorithm = signal.add_algorithm(Box::new(steps));
    let fetch = Fetch {
        url: request.address(),
        request: None,
        source: request.clone(),
        signal,
        algorithm,
        resolver: Some(resolver),
        response: None,
        held: None,
        buffer: Buffer::filling(),
    };
    table.fetches.borrow_mut().insert(key, fetch);
    // 12.
    match request.body_to_send() {
        ToSend::Nothing => send(cx, key, request, None),
        ToSend::Bytes(bytes) => send(cx, key, request, Some(bytes)),
        // The network takes bodies whole.
        ToSend::Stream(stream) => {
            let read =
                read_all(cx, &stream, (request.clone(), key), |cx, (request, key), bytes| {
                    send(cx, key, &request, Some(bytes));
                    done()
                })?;
            react(
                cx,
                &read,
                key,
                |_, _, _| done(),
                |cx, key, reason| {
                    if let Some(fetch) = Table::of(cx).take(*key)
                        && let Some(resolver) = fetch.resolver
                    {
                        resolver.reject(cx, Error::Thrown(reason.clone()))?;
                    }
                    done()
                },
            )?;
        }
    }
    Ok(promise)
}

fn send(cx: &mut Cx, key: u64, request: &Obj<Request>, body: Option<Vec<u8>>) {
    let table = Table::of(cx);
    // It may have been aborted while its body was read.
    let Some(fetch) = table.get(key) else { return };
    let mut to_send = request.to_send(cx);
    to_send.body = body.map(Bytes::from);
    let refusal = request.refusal();
    let local = request.object_url();
    let to_send = ToHost::Fetch(to_send);
    let on_reply = move |cx: &mut Cx, reply: Reply| {
        let result = on_reply(cx, key, reply);
        report(cx, result);
    };
    let (window, source) = (cx.window_id(), TaskSource::Networking);
    let agent = cx.engine();
    let id = match (refusal, local, &to_send) {
        (Some(failure), _, _) => {
            let id = agent.local_request(window, &to_send, source, on_reply);
            agent.answer(Some(window), source, id, vec![Reply::Failed(failure)]);
            id
        }
        (None, Some(entry), ToHost::Fetch(request)) => {
            let replies = entry.replies(request);
            let id = agent.local_request(window, &to_send, source, on_reply);
            agent.answer(Some(window), source, id, replies);
            id
        }
        _ => {
            agent.requests.initiated_by("fetch");
            agent.request(window, to_send, source, on_reply)
        }
    };
    fetch.buffer.set_request(id);
    table.change(key, |fetch| fetch.request = Some(id));
}

/// What a signal does to a fetch.
#[derive(Trace)]
struct Aborting {
    window: u64,
    key: u64,
}

impl AbortSteps for Aborting {
    fn abort(&self, cx: &mut Cx, reason: &Value) {
        if let Some(scope) = cx.engine().scope_with(WindowId(self.window)) {
            let realm = scope.realm().clone();
            let key = self.key;
            let result = cx.in_realm(&realm, |cx| abort(cx, key, reason));
            report(cx, result);
        }
    }
}

fn on_reply(cx: &mut Cx, key: u64, reply: Reply) -> Fallible<()> {
    let table = Table::of(cx);
    let Some(fetch) = table.get(key) else { return Ok(()) };
    match reply {
        Reply::Head(head) => {
            if fetch.source.integrity_metadata().is_empty() {
                respond(cx, key, &head)?;
            } else {
                table.change(key, |fetch| fetch.held = Some(head));
            }
        }
        Reply::Data(bytes) => fetch.buffer.push(cx, &bytes)?,
        Reply::End => {
            if let Some(head) = fetch.held {
                let metadata = fetch.source.integrity_metadata();
                let is_opaque = matches!(
                    head.tainting,
                    ResponseTainting::Opaque | ResponseTainting::OpaqueRedirect
                );
                if is_opaque || !integrity::matches(&fetch.buffer.bytes(), metadata) {
                    let reason = format!("it is not what its integrity says: {metadata}");
                    return fail(cx, key, &FetchFailure::Blocked(fetch.url, reason));
                }
                respond(cx, key, &head)?;
            }
            table.take(key);
            fetch.buffer.complete(cx)?;
        }
        Reply::Failed(failure) => fail(cx, key, &failure)?,
        Reply::Unsupported(what) => fail(cx, key, &FetchFailure::Dropped(what))?,
        Reply::Position(_) | Reply::PositionError(_) | Reply::Permission(_) | Reply::Socket(_) => {
            let what = "the host gave an answer to something else".to_owned();
            fail(cx, key, &FetchFailure::Dropped(what))?;
        }
    }
    Ok(())
}

fn respond(cx: &mut Cx, key: u64, head: &HttpHead) -> Fallible<()> {
    let table = Table::of(cx);
    let Some(fetch) = table.get(key) else { return Ok(()) };
    let response = Response::received(cx, head, fetch.buffer.clone());
    let mut resolver = None;
    table.change(key, |fetch| {
        fetch.response = Some(response.clone());
        resolver = fetch.resolver.take();
    });
    match resolver {
        Some(resolver) => resolver.resolve(cx, response.value()),
        None => Ok(()),
    }
}

/// The promise, or the body if the response is out already, fails with a
/// `TypeError` that says why; the console says it too.
fn fail(cx: &mut Cx, key: u64, failure: &FetchFailure) -> Fallible<()> {
    let Some(fetch) = Table::of(cx).take(key) else { return Ok(()) };
    let text = format!("Failed to fetch {}: {failure}", fetch.url);
    cx.engine().console(ConsoleLevel::Error, text, None);
    let error = Error::type_error(format!("Failed to fetch: {failure}"));
    match fetch.resolver {
        Some(resolver) => resolver.reject(cx, error),
        None => {
            let reason = error.into_value(cx)?;
            fetch.buffer.fail(cx, reason)
        }
    }
}

/// <https://fetch.spec.whatwg.org/#abort-fetch>
fn abort(cx: &mut Cx, key: u64, reason: &Value) -> Fallible<()> {
    let Some(fetch) = Table::of(cx).take(key) else { return Ok(()) };
    if let Some(id) = fetch.request {
        cx.engine().cancel(id);
    }
    // 1.
    if let Some(resolver) = fetch.resolver {
        resolver.reject(cx, Error::Thrown(reason.clone()))?;
    }
    // 2.
    fetch.source.cancel_body(cx, reason.clone())?;
    // 4, 5.
    fetch.buffer.fail(cx, reason.clone())
}
