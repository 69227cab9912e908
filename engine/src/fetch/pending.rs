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
use virga_protocol::{ConsoleLevel, FetchFailure, Reply, Request as ToHost, RequestId};

use super::{Request, Response, body::Buffer};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{AbortSignal, AbortSteps, report_exception},
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
    signal: Obj<AbortSignal>,
    /// Settles the promise; `None` once the head has come.
    resolver: Option<Resolver>,
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

    fn take(&self, key: u64) -> Option<Fetch> {
        self.fetches.borrow_mut().remove(&key)
    }
}

/// Steps 1 and 7 to 13 of <https://fetch.spec.whatwg.org/#dom-global-fetch>.
pub(super) fn start(cx: &mut Cx, request: &Obj<Request>) -> Promise {
    let (promise, resolver) = Promise::new(cx);
    let signal = request.signal_object();
    let to_send = request.to_send(cx);
    let table = Table::of(cx);
    let key = table.made.get() + 1;
    table.made.set(key);
    let fetch = Fetch {
        url: to_send.url.clone(),
        request: None,
        signal: signal.clone(),
        resolver: Some(resolver),
        buffer: Buffer::filling(),
    };
    table.fetches.borrow_mut().insert(key, fetch);
    let window = cx.window_id();
    // 12.
    cx.engine().requests.initiated_by("fetch");
    let id = cx.engine().request(
        window,
        ToHost::Fetch(to_send),
        TaskSource::Networking,
        move |cx, reply| {
            if let Err(error) = on_reply(cx, key, reply) {
                report_exception(cx, error);
            }
        },
    );
    if let Some(fetch) = table.fetches.borrow_mut().get_mut(&key) {
        fetch.request = Some(id);
    }
    // 11. The steps find the fetch through its window.
    signal.add_algorithm(Box::new(Aborting { window: window.0, key }));
    promise
}

/// What a signal does to a fetch.
#[derive(Trace)]
struct Aborting {
    window: u64,
    key: u64,
}

impl AbortSteps for Aborting {
    fn abort(&self, cx: &mut Cx, _: &Value) {
        if let Some(scope) = cx.engine().scope_with(WindowId(self.window)) {
            let realm = scope.realm().clone();
            let key = self.key;
            cx.in_realm(&realm, |cx| abort(cx, key));
        }
    }
}

fn on_reply(cx: &mut Cx, key: u64, reply: Reply) -> Fallible<()> {
    let table = Table::of(cx);
    let Some(fetch) = table.get(key) else { return Ok(()) };
    match reply {
        Reply::Head(head) => {
            let response = Response::received(cx, &head, fetch.buffer.clone());
            let resolver =
                table.fetches.borrow_mut().get_mut(&key).and_then(|fetch| fetch.resolver.take());
            if let Some(resolver) = resolver {
                resolver.resolve(cx, response.value())?;
            }
        }
        Reply::Data(bytes) => fetch.buffer.push(&bytes),
        Reply::End => {
            table.take(key);
            fetch.buffer.complete(cx);
        }
        Reply::Failed(failure) => fail(cx, key, &failure)?,
        Reply::Unsupported(what) => fail(cx, key, &FetchFailure::Dropped(what))?,
        Reply::Position(_) | Reply::PositionError(_) | Reply::Permission(_) => {
            let what = "the host gave an answer to something else".to_owned();
            fail(cx, key, &FetchFailure::Dropped(what))?;
        }
    }
    Ok(())
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
            fetch.buffer.fail(cx, reason);
            Ok(())
        }
    }
}

/// <https://fetch.spec.whatwg.org/#abort-fetch>
fn abort(cx: &mut Cx, key: u64) {
    let Some(fetch) = Table::of(cx).take(key) else { return };
    if let Some(id) = fetch.request {
        cx.engine().cancel(id);
    }
    let reason: Value = fetch.signal.abort_reason();
    // 1, 2.
    let result = match fetch.resolver {
        Some(resolver) => resolver.reject(cx, Error::Thrown(reason)),
        // 5.
        None => {
            fetch.buffer.fail(cx, reason);
            Ok(())
        }
    };
    if let Err(error) = result {
        report_exception(cx, error);
    }
}
