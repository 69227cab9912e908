//! <https://xhr.spec.whatwg.org/#interface-xmlhttprequest>

use std::cell::{Cell, RefCell};

use url::Url;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Slot, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{
    self as protocol, Bytes, FetchRequest, HttpHead, Micros, Request as ToHost, RequestId,
};

use super::response::Received;
use crate::{
    agent::{EngineCx, TaskSource},
    event_loop::TimerId,
    events::{Bubbles, Cancelable, EventTarget, ProgressEvent, fire, fire_event},
    fetch::MimeType,
    generated::XMLHttpRequestResponseType as ResponseType,
};

/// A request of script with events.
#[derive(Trace, Platform)]
pub(crate) struct XMLHttpRequest {
    #[base]
    base: XMLHttpRequestEventTarget,
    pub(super) upload: Obj<XMLHttpRequestUpload>,
    #[trace(skip)]
    pub(super) state: Cell<State>,
    pub(super) send_flag: Cell<bool>,
    pub(super) is_sync: Cell<bool>,
    /// Milliseconds; 0 is none.
    pub(super) timeout: Cell<u32>,
    pub(super) with_credentials: Cell<bool>,
    #[trace(skip)]
    pub(super) method: RefCell<String>,
    #[trace(skip)]
    pub(super) url: RefCell<Option<Url>>,
    #[trace(skip)]
    pub(super) headers: RefCell<Vec<(String, String)>>,
    #[trace(skip)]
    pub(super) override_mime: RefCell<Option<MimeType>>,
    #[trace(skip)]
    pub(super) response_type: Cell<ResponseType>,
    #[trace(skip)]
    pub(super) received: RefCell<Received>,
    /// What `response` gave, which it gives again.
    pub(super) response_object: Slot<Option<Value>>,
    upload_complete: Cell<bool>,
    upload_listened: Cell<bool>,
    sent: Cell<usize>,
    #[trace(skip)]
    request: Cell<Option<RequestId>>,
    #[trace(skip)]
    timer: Cell<Option<TimerId>>,
    #[trace(skip)]
    started: Cell<Micros>,
    #[trace(skip)]
    last_progress: Cell<Micros>,
    reported: Cell<Option<usize>>,
}

/// <https://xhr.spec.whatwg.org/#xmlhttprequesteventtarget>
#[derive(Trace, Platform)]
pub(crate) struct XMLHttpRequestEventTarget {
    #[base]
    target: EventTarget,
}

/// <https://xhr.spec.whatwg.org/#xmlhttprequestupload>
#[derive(Trace, Platform)]
pub(crate) struct XMLHttpRequestUpload {
    #[base]
    base: XMLHttpRequestEventTarget,
}

/// <https://xhr.spec.whatwg.org/#states>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Unsent = 0,
    Opened = 1,
    HeadersReceived = 2,
    Loading = 3,
    Done = 4,
}

/// Between two `progress` events.
const PROGRESS_INTERVAL: Micros = Micros(50_000);

/// The events of a request that came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Abort,
    Error,
    Timeout,
}

impl Failure {
    fn event(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

type This = Obj<XMLHttpRequest>;

fn event_target() -> XMLHttpRequestEventTarget {
    XMLHttpRequestEventTarget { target: EventTarget::new() }
}

impl XMLHttpRequest {
    pub(super) fn create(cx: &mut Cx) -> Obj<Self> {
        let upload = Obj::new(cx, XMLHttpRequestUpload { base: event_target() });
        let request = Self {
            base: event_target(),
            upload,
            state: Cell::new(State::Unsent),
            send_flag: Cell::new(false),
            is_sync: Cell::new(false),
            timeout: Cell::new(0),
            with_credentials: Cell::new(false),
            method: RefCell::default(),
            url: RefCell::default(),
            headers: RefCell::default(),
            override_mime: RefCell::default(),
            response_type: Cell::new(ResponseType::Empty),
            received: RefCell::default(),
            response_object: Slot::new(None),
            upload_complete: Cell::new(false),
            upload_listened: Cell::new(false),
            sent: Cell::new(0),
            request: Cell::new(None),
            timer: Cell::new(None),
            started: Cell::new(Micros::ZERO),
            last_progress: Cell::new(Micros::ZERO),
            reported: Cell::new(None),
        };
        Obj::new(cx, request)
    }

    /// Gives up what is under way: no more replies, no timer.
    pub(super) fn terminate(&self, cx: &mut Cx) {
        if let Some(request) = self.request.take() {
            cx.engine().cancel(request);
        }
        if let Some(timer) = self.timer.take() {
            crate::timers::clear(cx, timer);
        }
    }

    /// "Set this's response to a network error."
    pub(super) fn forget_response(&self) {
        self.received.replace(Received::default());
        self.response_object.set(None);
    }
}

pub(super) fn fire_state(cx: &mut Cx, this: &This) {
    fire(cx, &this.upcast(), "readystatechange", Bubbles(false), Cancelable(false));
}

fn set_state(cx: &mut Cx, this: &This, state: State) {
    this.state.set(state);
    fire_state(cx, this);
}

/// <https://xhr.spec.whatwg.org/#concept-event-fire-progress>
fn fire_progress(
    cx: &mut Cx,
    target: &Obj<EventTarget>,
    type_: &str,
    loaded: usize,
    total: Option<usize>,
) {
    #[expect(clippy::cast_precision_loss, reason = "script counts in doubles")]
    let (loaded, length) = (loaded as f64, total.unwrap_or(0) as f64);
    let event = ProgressEvent::trusted(cx, type_, length > 0.0, loaded, length);
    fire_event(cx, target, event);
}

/// The steps of `send` from 8 on, with everything known.
pub(super) fn send(cx: &mut Cx, this: &This, body: Option<Vec<u8>>) -> Fallible<()> {
    let length = body.as_ref().map_or(0, Vec::len);
    let has_body = body.is_some();
    // 6. - 9.
    let names = ["loadstart", "progress", "abort", "error", "load", "timeout", "loadend"];
    let listened = names.iter().any(|name| this.upload.listens_to(&DomString::from(*name)));
    this.upload_listened.set(listened);
    this.upload_complete.set(!has_body);
    this.sent.set(length);
    this.send_flag.set(true);
    this.reported.set(None);
    let Some(request) = build(cx, this, body) else { return Ok(()) };
    if this.is_sync.get() {
        return send_sync(cx, this, &request);
    }
    // 11.
    fire_progress(cx, &this.upcast(), "loadstart", 0, None);
    if !this.upload_complete.get() && listened {
        fire_progress(cx, &this.upload.upcast(), "loadstart", 0, Some(length));
    }
    if this.state.get() != State::Opened || !this.send_flag.get() {
        return Ok(());
    }
    this.started.set(cx.engine().now());
    let held = this.clone();
    let window = cx.window_id();
    let on_reply = move |cx: &mut Cx, reply: protocol::Reply| on_reply(cx, &held, reply);
    cx.engine().requests.initiated_by("xmlhttprequest");
    let id = cx.engine().request(window, ToHost::Fetch(request), TaskSource::Networking, on_reply);
    this.request.set(Some(id));
    arm_timeout(cx, this);
    Ok(())
}

fn build(cx: &mut Cx, this: &This, body: Option<Vec<u8>>) -> Option<FetchRequest> {
    let mut url = this.url.borrow().clone()?;
    let scope = cx.scope();
    let mut headers = this.headers.borrow().clone();
    let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(of, _)| of == name);
    if !has(&headers, "accept") {
        headers.push(("accept".to_owned(), "*/*".to_owned()));
    }
    // The host takes addresses without credentials.
    if !url.username().is_empty() || url.password().is_some() {
        if !has(&headers, "authorization") {
            let decode = |text: &str| percent_encoding(text);
            let mut pair = decode(url.username());
            pair.push(b':');
            pair.extend(decode(url.password().unwrap_or_default()));
            let value = format!("Basic {}", crate::base64::encode(&pair));
            headers.push(("authorization".to_owned(), value));
        }
        // These fail only for addresses without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    Some(FetchRequest {
        url: url.to_string(),
        method: this.method.borrow().clone(),
        headers,
        body: body.map(Bytes::from),
        origin: scope.origin(),
        mode: protocol::RequestMode::Cors,
        credentials: if this.with_credentials.get() {
            protocol::RequestCredentials::Include
        } else {
            protocol::RequestCredentials::SameOrigin
        },
        redirect: protocol::RedirectMode::Follow,
        referrer: Some(scope.url().to_string()),
        referrer_policy: scope.referrer_policy(),
        preflight: this.upload_listened.get(),
        ..FetchRequest::default()
    })
}

/// What percent-encoded text says.
fn percent_encoding(text: &str) -> Vec<u8> {
    let query = text.replace('+', "%2B");
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned().into_bytes())
        .unwrap_or_default()
}

/// Waits for the whole response.
fn send_sync(cx: &mut Cx, this: &This, request: &FetchRequest) -> Fallible<()> {
    let agent = cx.engine();
    let fetched = if request.url.starts_with("blob:") {
        crate::file::answer_whole(&agent.object_urls, request)
    } else {
        match agent.call(protocol::Call::Fetch(request.clone())) {
            protocol::Answer::Fetch(fetched) => fetched,
            _ => protocol::Fetched::Failed(protocol::FetchFailure::Dropped(request.url.clone())),
        }
    };
    this.upload_complete.set(true);
    match fetched {
        protocol::Fetched::Response { head, body } => {
            let mut received = Received::new(head);
            received.bytes.extend_from_slice(&body);
            this.received.replace(received);
            end_of_body(cx, this);
            Ok(())
        }
        protocol::Fetched::Failed(failure) => {
            this.state.set(State::Done);
            this.send_flag.set(false);
            this.forget_response();
            let message = format!("XMLHttpRequest.send: {failure}");
            Err(Error::dom(DomExceptionName::Network, message))
        }
    }
}

/// (Re)starts the timer of `timeout`, which counts from the start of the fetch.
pub(super) fn arm_timeout(cx: &mut Cx, this: &This) {
    if let Some(timer) = this.timer.take() {
        crate::timers::clear(cx, timer);
    }
    let timeout = this.timeout.get();
    if timeout == 0 || this.request.get().is_none() {
        return;
    }
    let due = Micros(u64::from(timeout) * 1000);
    let elapsed = cx.engine().now().saturating_sub(this.started.get());
    let held = this.clone();
    let timer = crate::timers::run_after(cx, due.saturating_sub(elapsed), move |cx| {
        held.timer.set(None);
        if held.request.get().is_some() {
            held.terminate(cx);
            fail(cx, &held, Failure::Timeout);
        }
    });
    this.timer.set(Some(timer));
}

fn on_reply(cx: &mut Cx, this: &This, reply: protocol::Reply) {
    use protocol::Reply;
    match reply {
        Reply::Head(head) => on_head(cx, this, head),
        Reply::Data(bytes) => on_data(cx, this, &bytes),
        Reply::End => {
            this.request.set(None);
            this.terminate(cx);
            end_of_body(cx, this);
        }
        Reply::Failed(protocol::FetchFailure::Stopped(_)) => {
            this.request.set(None);
            this.terminate(cx);
            fail(cx, this, Failure::Abort);
        }
        _ => {
            this.request.set(None);
            this.terminate(cx);
            if let Reply::Failed(failure) = &reply {
                let url = this.url.borrow().as_ref().map(Url::to_string).unwrap_or_default();
                let text = format!("XMLHttpRequest of {url} failed: {failure}");
                cx.engine().console(protocol::ConsoleLevel::Error, text, None);
            }
            fail(cx, this, Failure::Error);
        }
    }
}

fn on_head(cx: &mut Cx, this: &This, head: HttpHead) {
    // The request's body has been sent.
    let request = this.request.get();
    if !this.upload_complete.replace(true) && this.upload_listened.get() {
        let length = this.sent.get();
        for name in ["progress", "load", "loadend"] {
            fire_progress(cx, &this.upload.upcast(), name, length, Some(length));
            if this.request.get() != request {
                return;
            }
        }
    }
    this.received.replace(Received::new(head));
    this.last_progress.set(cx.engine().task_time());
    set_state(cx, this, State::HeadersReceived);
}

fn on_data(cx: &mut Cx, this: &This, bytes: &[u8]) {
    this.received.borrow_mut().bytes.extend_from_slice(bytes);
    let request = this.request.get();
    let state = this.state.get();
    if state == State::HeadersReceived {
        this.state.set(State::Loading);
    }
    let now = cx.engine().task_time();
    let is_due = now.saturating_sub(this.last_progress.get()) >= PROGRESS_INTERVAL;
    if state == State::HeadersReceived || is_due {
        fire_state(cx, this);
    }
    if is_due && this.request.get() == request {
        this.last_progress.set(now);
        report_progress(cx, this);
    }
}

fn report_progress(cx: &mut Cx, this: &This) {
    let (loaded, total) = this.received.borrow().progress();
    if this.reported.replace(Some(loaded)) != Some(loaded) {
        fire_progress(cx, &this.upcast(), "progress", loaded, total);
    }
}

/// <https://xhr.spec.whatwg.org/#handle-response-end-of-body>
fn end_of_body(cx: &mut Cx, this: &This) {
    if !this.is_sync.get() {
        report_progress(cx, this);
        // A listener may have aborted it, or opened it anew.
        if !this.send_flag.get() || this.request.get().is_some() {
            return;
        }
    }
    let (loaded, total) = this.received.borrow().progress();
    this.state.set(State::Done);
    this.send_flag.set(false);
    fire_state(cx, this);
    for name in ["load", "loadend"] {
        if this.state.get() != State::Done {
            return;
        }
        fire_progress(cx, &this.upcast(), name, loaded, total);
    }
}

/// <https://xhr.spec.whatwg.org/#request-error-steps>
pub(super) fn fail(cx: &mut Cx, this: &This, failure: Failure) {
    this.state.set(State::Done);
    this.send_flag.set(false);
    this.forget_response();
    fire_state(cx, this);
    let name = failure.event();
    if !this.upload_complete.replace(true) && this.upload_listened.get() {
        fire_progress(cx, &this.upload.upcast(), name, 0, None);
        fire_progress(cx, &this.upload.upcast(), "loadend", 0, None);
    }
    fire_progress(cx, &this.upcast(), name, 0, None);
    fire_progress(cx, &this.upcast(), "loadend", 0, None);
}
