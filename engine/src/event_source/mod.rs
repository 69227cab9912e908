//! Server-sent events: <https://html.spec.whatwg.org/#server-sent-events>
//!
//! A connection is a fetch that does not end. While it is open, its request holds
//! the object; between two connections the timer does.

mod parser;

use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{
    ConsoleLevel, FetchFailure, HttpHead, Micros, Reply, Request, RequestCache, RequestCredentials,
    RequestId, RequestMode,
};

use self::parser::{Parser, Said};
use crate::{
    agent::{EngineCx, TaskSource},
    event_loop::TimerId,
    events::{self, Bubbles, Cancelable, EventTarget, MessageEvent},
    generated::{EventSourceInit, EventSourceMethods},
    loading, timers,
};

/// How long to wait before connecting again, unless the server says so.
const RETRY: u64 = 3_000;

const CONNECTING: u16 = 0;
const OPEN: u16 = 1;
const CLOSED: u16 = 2;

/// <https://html.spec.whatwg.org/#eventsource>
#[derive(Trace, Platform)]
pub(crate) struct EventSource {
    #[base]
    target: EventTarget,
    url: String,
    credentials: bool,
    state: Cell<u16>,
    /// In ms.
    retry: Cell<u64>,
    origin: RefCell<String>,
    #[trace(skip)]
    request: Cell<Option<RequestId>>,
    #[trace(skip)]
    timer: Cell<Option<TimerId>>,
    #[trace(skip)]
    parser: RefCell<Parser>,
}

impl EventSourceMethods for Obj<EventSource> {
    /// <https://html.spec.whatwg.org/#dom-eventsource>
    fn constructor(cx: &mut Cx, url: String, init: EventSourceInit) -> Fallible<Obj<EventSource>> {
        let url = cx.base_url().join(&url).map_err(|error| {
            Error::dom(
                DomExceptionName::Syntax,
                format!("EventSource: the address {url:?} is not valid: {error}"),
            )
        })?;
        let source = EventSource {
            target: EventTarget::new(),
            url: url.into(),
            credentials: init.with_credentials,
            state: Cell::new(CONNECTING),
            retry: Cell::new(RETRY),
            origin: RefCell::default(),
            request: Cell::new(None),
            timer: Cell::new(None),
            parser: RefCell::new(Parser::new(String::new())),
        };
        let source = Obj::new(cx, source);
        connect(cx, &source);
        Ok(source)
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.clone()
    }

    fn with_credentials(&self, _: &mut Cx) -> bool {
        self.credentials
    }

    fn ready_state(&self, _: &mut Cx) -> u16 {
        self.state.get()
    }

    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        self.state.set(CLOSED);
        if let Some(id) = self.request.take() {
            cx.engine().cancel(id);
        }
        if let Some(timer) = self.timer.take() {
            timers::clear(cx, timer);
        }
        Ok(())
    }
}

fn connect(cx: &mut Cx, source: &Obj<EventSource>) {
    let mut request = loading::request_for(cx, &source.url, RequestMode::Cors);
    request.headers.push(("accept".to_owned(), "text/event-stream".to_owned()));
    let last = source.parser.borrow().id().to_owned();
    if !last.is_empty() {
        // The header's value is the id in UTF-8, byte by byte.
        let value = last.bytes().map(char::from).collect();
        request.headers.push(("last-event-id".to_owned(), value));
    }
    request.cache = RequestCache::NoStore;
    request.credentials = if source.credentials {
        RequestCredentials::Include
    } else {
        RequestCredentials::SameOrigin
    };
    let held = source.clone();
    let (window, task) = (cx.window_id(), TaskSource::Networking);
    let agent = cx.engine();
    agent.requests.initiated_by("other");
    let id = agent.request(window, Request::Fetch(request), task, move |cx, reply| {
        on_reply(cx, &held, reply);
    });
    source.request.set(Some(id));
}

fn on_reply(cx: &mut Cx, source: &Obj<EventSource>, reply: Reply) {
    match reply {
        Reply::Head(head) => match refusal(&head) {
            None => {
                let last = source.parser.borrow().id().to_owned();
                source.parser.replace(Parser::new(last));
                source.origin.replace(origin_of(&head.url));
                source.state.set(OPEN);
                fire(cx, source, "open");
            }
            Some(why) => fail(cx, source, &why),
        },
        Reply::Data(bytes) => {
            let said = source.parser.borrow_mut().push(&bytes);
            for said in said {
                match said {
                    Said::Retry(time) => source.retry.set(time),
                    Said::Event { type_, data, id } => {
                        // A listener may have closed it.
                        if source.state.get() == OPEN {
                            announce(cx, source, &type_, data, id);
                        }
                    }
                }
            }
        }
        Reply::End => reconnect(cx, source),
        // A connection that went is made again; one that may not be made is not.
        Reply::Failed(FetchFailure::Connection(..) | FetchFailure::Body(..)) => {
            reconnect(cx, source);
        }
        Reply::Failed(failure) => fail(cx, source, &failure.to_string()),
        other => fail(cx, source, &format!("the host answered with {other:?}")),
    }
}

/// Why a response is no stream of events.
fn refusal(head: &HttpHead) -> Option<String> {
    if head.status != 200 {
        return Some(format!("the server answered {} {}", head.status, head.status_text));
    }
    let type_ = loading::header(head, "content-type").unwrap_or_default();
    (loading::essence(type_) != "text/event-stream")
        .then(|| format!("its type is {type_:?} and not text/event-stream"))
}

fn origin_of(url: &str) -> String {
    url::Url::parse(url)
        .map_or_else(|_| "null".to_owned(), |url| url.origin().ascii_serialization())
}

fn announce(cx: &mut Cx, source: &Obj<EventSource>, type_: &str, data: String, id: String) {
    let type_ = if type_.is_empty() { "message" } else { type_ };
    let data = Value::from(DomString::from(data));
    let origin = source.origin.borrow().clone();
    let event = MessageEvent::posted(cx, type_, data, origin, None, Vec::new())
        .with_last_event_id(DomString::from(id));
    events::fire_event(cx, &source.upcast(), event);
}

/// <https://html.spec.whatwg.org/#reestablish-the-connection>
fn reconnect(cx: &mut Cx, source: &Obj<EventSource>) {
    if source.state.get() == CLOSED {
        return;
    }
    source.request.set(None);
    source.state.set(CONNECTING);
    fire(cx, source, "error");
    if source.state.get() == CLOSED {
        return;
    }
    let held = source.clone();
    let delay = Micros(source.retry.get().saturating_mul(1_000));
    let timer = timers::run_after(cx, delay, move |cx| {
        held.timer.set(None);
        if held.state.get() == CONNECTING {
            connect(cx, &held);
        }
    });
    source.timer.set(Some(timer));
}

/// <https://html.spec.whatwg.org/#fail-the-connection>
fn fail(cx: &mut Cx, source: &Obj<EventSource>, why: &str) {
    if let Some(id) = source.request.take() {
        cx.engine().cancel(id);
    }
    if source.state.get() == CLOSED {
        return;
    }
    source.state.set(CLOSED);
    let text = format!("EventSource at {} failed: {why}", source.url);
    cx.engine().console(ConsoleLevel::Error, text, None);
    fire(cx, source, "error");
}

fn fire(cx: &mut Cx, source: &Obj<EventSource>, type_: &str) {
    events::fire(cx, &source.upcast(), type_, Bubbles(false), Cancelable(false));
}
