//! WebSockets: <https://websockets.spec.whatwg.org/>
//!
//! The connection is the host's. An open socket is held by its request, and so
//! lives as long as its global wants it or until it is closed.

mod close_event;

use std::cell::{Cell, RefCell};

use url::Url;
use virga_js::{Buffer, Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{
    Bytes, ConsoleLevel, FromApp, Reply, Request, RequestId, SocketEvent, SocketMessage,
    SocketOrder, SocketRequest,
};

pub(crate) use self::close_event::CloseEvent;
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget, MessageEvent},
    fetch::is_token,
    file::Blob,
    generated::{
        BinaryType, BufferSourceOrBlobOrUSVString, DOMStringOrDOMStringSequence, WebSocketMethods,
    },
};

/// What a goodbye may say, in bytes.
const MOST_REASON: usize = 123;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum State {
    Connecting = 0,
    Open = 1,
    Closing = 2,
    Closed = 3,
}

/// <https://websockets.spec.whatwg.org/#the-websocket-interface>
#[derive(Trace, Platform)]
pub(crate) struct WebSocket {
    #[base]
    target: EventTarget,
    url: String,
    origin: String,
    #[trace(skip)]
    state: Cell<State>,
    #[trace(skip)]
    request: Cell<Option<RequestId>>,
    buffered: Cell<u64>,
    protocol: RefCell<String>,
    #[trace(skip)]
    binary_type: Cell<BinaryType>,
}

impl WebSocketMethods for Obj<WebSocket> {
    /// <https://websockets.spec.whatwg.org/#dom-websocket-websocket>
    fn constructor(
        cx: &mut Cx,
        url: String,
        protocols: DOMStringOrDOMStringSequence,
    ) -> Fallible<Obj<WebSocket>> {
        let url = address(&cx.base_url(), &url)?;
        let protocols = match protocols {
            DOMStringOrDOMStringSequence::DOMString(one) => vec![one],
            DOMStringOrDOMStringSequence::DOMStringSequence(some) => some,
        };
        let protocols: Vec<String> =
            protocols.iter().map(|protocol| protocol.to_str().into_owned()).collect();
        check_protocols(&protocols)?;
        let origin = cx.scope().origin();
        let socket = WebSocket {
            target: EventTarget::new(),
            url: url.to_string(),
            // What messages say of where they are from.
            origin: format!("{}://{}", url.scheme(), authority(&url)),
            state: Cell::new(State::Connecting),
            request: Cell::new(None),
            buffered: Cell::new(0),
            protocol: RefCell::default(),
            binary_type: Cell::new(BinaryType::Blob),
        };
        let socket = Obj::new(cx, socket);
        let held = socket.clone();
        let request = Request::Socket(SocketRequest { url: url.into(), protocols, origin });
        let id = cx.engine().request(
            cx.window_id(),
            request,
            TaskSource::Networking,
            move |cx, reply| on_reply(cx, &held, reply),
        );
        socket.request.set(Some(id));
        Ok(socket)
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.clone()
    }

    fn ready_state(&self, _: &mut Cx) -> u16 {
        self.state.get() as u16
    }

    fn buffered_amount(&self, _: &mut Cx) -> u64 {
        self.buffered.get()
    }

    fn extensions(&self, _: &mut Cx) -> DomString {
        DomString::default()
    }

    fn protocol(&self, _: &mut Cx) -> DomString {
        DomString::from(self.protocol.borrow().as_str())
    }

    fn binary_type(&self, _: &mut Cx) -> BinaryType {
        self.binary_type.get()
    }

    fn set_binary_type(&self, _: &mut Cx, value: BinaryType) -> Fallible<()> {
        self.binary_type.set(value);
        Ok(())
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-close>
    fn close(&self, cx: &mut Cx, code: Option<u16>, reason: Option<String>) -> Fallible<()> {
        if let Some(code) = code
            && code != 1000
            && !(3000..=4999).contains(&code)
        {
            return Err(Error::dom(
                DomExceptionName::InvalidAccess,
                format!("WebSocket.close: the code {code} is neither 1000 nor from 3000 to 4999"),
            ));
        }
        let reason = reason.unwrap_or_default();
        if reason.len() > MOST_REASON {
            return Err(Error::dom(
                DomExceptionName::Syntax,
                format!("WebSocket.close: the reason has more than {MOST_REASON} bytes"),
            ));
        }
        match self.state.get() {
            State::Closing | State::Closed => {}
            // The connection is failed: it never was one.
            State::Connecting => {
                self.state.set(State::Closing);
                let agent = cx.engine();
                if let Some(id) = self.request.take() {
                    agent.cancel(id);
                }
                let this = self.clone();
                agent.queue_task(TaskSource::Networking, cx.window_id(), move |cx| {
                    closed(cx, &this, false, 1006, "", "");
                });
            }
            State::Open => {
                self.state.set(State::Closing);
                // A reason needs a code to stand behind.
                let code = code.or((!reason.is_empty()).then_some(1000));
                self.order(cx, SocketOrder::Close { code, reason });
            }
        }
        Ok(())
    }

    /// <https://websockets.spec.whatwg.org/#dom-websocket-send>
    fn send(&self, cx: &mut Cx, data: BufferSourceOrBlobOrUSVString) -> Fallible<()> {
        if self.state.get() == State::Connecting {
            return Err(Error::dom(
                DomExceptionName::InvalidState,
                "WebSocket.send: the socket is still connecting",
            ));
        }
        let message = match data {
            BufferSourceOrBlobOrUSVString::BufferSource(source) => {
                SocketMessage::Binary(Bytes::from(source.bytes(cx)?))
            }
            BufferSourceOrBlobOrUSVString::Blob(blob) => {
                SocketMessage::Binary(Bytes::from(blob.data().as_slice().to_vec()))
            }
            BufferSourceOrBlobOrUSVString::USVString(text) => SocketMessage::Text(text),
        };
        let length = u64::try_from(message.length()).unwrap_or(u64::MAX);
        self.buffered.set(self.buffered.get().saturating_add(length));
        if self.state.get() == State::Open {
            self.order(cx, SocketOrder::Send(message));
        }
        Ok(())
    }
}

impl WebSocket {
    fn order(&self, cx: &Cx, order: SocketOrder) {
        if let Some(id) = self.request.get() {
            cx.engine().send(FromApp::Socket { id, order });
        }
    }
}

/// Steps 1 to 8 of <https://websockets.spec.whatwg.org/#dom-websocket-websocket>.
fn address(base: &Url, text: &str) -> Fallible<Url> {
    let wrong = |why: String| {
        Error::dom(DomExceptionName::Syntax, format!("WebSocket: the address {text:?} {why}"))
    };
    let mut url = base.join(text).map_err(|error| wrong(format!("is not valid: {error}")))?;
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        other => return Err(wrong(format!("has the scheme {other:?}"))),
    };
    if url.fragment().is_some() {
        return Err(wrong("has a fragment".to_owned()));
    }
    url.set_scheme(scheme).map_err(|()| wrong("is not valid".to_owned()))?;
    Ok(url)
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Each once, and each a token.
fn check_protocols(protocols: &[String]) -> Fallible<()> {
    for (place, protocol) in protocols.iter().enumerate() {
        if !is_token(protocol.as_bytes()) || protocols[..place].contains(protocol) {
            return Err(Error::dom(
                DomExceptionName::Syntax,
                format!("WebSocket: the protocol {protocol:?} is repeated or no token"),
            ));
        }
    }
    Ok(())
}

fn on_reply(cx: &mut Cx, socket: &Obj<WebSocket>, reply: Reply) {
    match reply {
        Reply::Socket(SocketEvent::Open { protocol }) => {
            if socket.state.get() == State::Connecting {
                socket.state.set(State::Open);
                socket.protocol.replace(protocol);
                fire(cx, socket, "open");
            }
        }
        Reply::Socket(SocketEvent::Message(message)) => {
            // <https://websockets.spec.whatwg.org/#feedback-from-the-protocol>
            if matches!(socket.state.get(), State::Open) {
                receive(cx, socket, message);
            }
        }
        Reply::Socket(SocketEvent::Sent(length)) => {
            socket.buffered.set(socket.buffered.get().saturating_sub(length));
        }
        Reply::Socket(SocketEvent::Closed { clean, code, reason, failure }) => {
            closed(cx, socket, clean, code, &reason, &failure);
        }
        other => {
            let failure = match other {
                Reply::Unsupported(why) => why,
                other => format!("the host answered with {other:?}"),
            };
            closed(cx, socket, false, 1006, "", &failure);
        }
    }
}

fn receive(cx: &mut Cx, socket: &Obj<WebSocket>, message: SocketMessage) {
    let data = match message {
        SocketMessage::Text(text) => Ok(Value::from(DomString::from(text))),
        SocketMessage::Binary(bytes) if socket.binary_type.get() == BinaryType::Blob => {
            Ok(Blob::create(cx, bytes.to_vec(), "").value())
        }
        SocketMessage::Binary(bytes) => Buffer::array_buffer(cx, &bytes).map(Value::from),
    };
    match data {
        Ok(data) => {
            let event = MessageEvent::trusted(cx, data, socket.origin.clone());
            events::fire_event(cx, &socket.upcast(), event);
        }
        Err(error) => events::report_exception(cx, error),
    }
}

/// <https://websockets.spec.whatwg.org/#eventdef-websocket-close>
fn closed(
    cx: &mut Cx,
    socket: &Obj<WebSocket>,
    clean: bool,
    code: u16,
    reason: &str,
    failure: &str,
) {
    socket.state.set(State::Closed);
    socket.request.set(None);
    if !clean {
        if !failure.is_empty() {
            let text = format!("WebSocket to {} failed: {failure}", socket.url);
            cx.engine().console(ConsoleLevel::Error, text, None);
        }
        fire(cx, socket, "error");
    }
    let event = CloseEvent::trusted(cx, clean, code, reason);
    events::fire_event(cx, &socket.upcast(), event);
}

fn fire(cx: &mut Cx, socket: &Obj<WebSocket>, type_: &str) {
    events::fire(cx, &socket.upcast(), type_, Bubbles(false), Cancelable(false));
}
