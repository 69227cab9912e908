//! WebSockets: <https://websockets.spec.whatwg.org/>, <https://www.rfc-editor.org/rfc/rfc6455>
//!
//! The handshake is an HTTP exchange of the same clients that fetches use, with
//! their certificates, proxies and cookies. What is left of the connection then is
//! a stream of messages.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::Upgraded;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{CloseFrame, Role, frame::coding::CloseCode},
    },
};
use url::Url;
use virga_protocol::{
    Bytes, FetchFailure, Reply, RequestMode, SocketEvent, SocketMessage, SocketOrder, SocketRequest,
};

use super::{Shared, cookies::site_of, http::Exchange, policy};
use crate::{identity::Identity, responder::Responder};

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// The connection went without a goodbye.
const ABNORMAL: u16 = 1006;
/// The goodbye had no code.
const NO_STATUS: u16 = 1005;

/// A socket that never opened, or broke.
pub(super) fn failed(failure: String) -> SocketEvent {
    SocketEvent::Closed { clean: false, code: ABNORMAL, reason: String::new(), failure }
}

/// Opens a socket and serves it until it is over.
pub(super) async fn run(
    shared: &Shared,
    app: &Identity,
    request: &SocketRequest,
    responder: &Responder,
    orders: UnboundedReceiver<SocketOrder>,
) {
    let interest = responder.interest();
    let serve = async {
        match open(shared, app, request).await {
            Ok((stream, protocol)) => {
                responder.send(Reply::Socket(SocketEvent::Open { protocol }));
                converse(stream, responder, orders).await
            }
            Err(failure) => failed(failure.to_string()),
        }
    };
    // Whoever lost interest closes the connection by dropping it.
    tokio::select! {
        end = serve => { responder.send(Reply::Socket(end)); }
        () = interest.cancelled() => {}
    }
}

/// <https://websockets.spec.whatwg.org/#concept-websocket-establish>
async fn open(
    shared: &Shared,
    app: &Identity,
    request: &SocketRequest,
) -> Result<(WebSocketStream<Upgraded>, String), FetchFailure> {
    let invalid = || FetchFailure::InvalidUrl(request.url.clone());
    let mut url = Url::parse(&request.url).map_err(|_| invalid())?;
    let scheme = match url.scheme() {
        "ws" => "http",
        "wss" => "https",
        _ => return Err(FetchFailure::UnsupportedScheme(url.scheme().to_owned())),
    };
    url.set_scheme(scheme).map_err(|()| invalid())?;
    let origin = Url::parse(&request.origin).map_or(url::Origin::new_opaque(), |url| url.origin());
    policy::check(&url, &origin, RequestMode::Cors)?;
    let site = site_of(&origin, &url, false);

    let key = generate_key();
    let mut headers: Vec<(String, String)> = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", &key),
        ("origin", &request.origin),
        ("user-agent", &app.user_agent),
        ("accept-language", &app.accept_language),
        ("cache-control", "no-cache"),
        ("pragma", "no-cache"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    if !request.protocols.is_empty() {
        headers.push(("sec-websocket-protocol".to_owned(), request.protocols.join(", ")));
    }
    let cookies = shared.cookies.header(&url, site);
    headers.extend(cookies.map(|cookies| ("cookie".to_owned(), cookies)));

    let exchange = Exchange { method: "GET", url: &url, headers, body: None };
    let (headers, upgraded) = shared.clients.upgrade(exchange).await?;
    let set = headers.iter().filter(|(name, _)| name == "set-cookie");
    shared.cookies.store(&url, site, set.map(|(_, value)| value.as_str()));

    let find = |wanted: &str| {
        headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let refuse = |what: &str| Err(FetchFailure::Blocked(request.url.clone(), what.to_owned()));
    if find("sec-websocket-accept") != Some(&derive_accept_key(key.as_bytes())) {
        return refuse("the server's Sec-WebSocket-Accept does not answer the key");
    }
    if find("sec-websocket-extensions").is_some() {
        return refuse("the server uses an extension that was not offered");
    }
    let protocol = find("sec-websocket-protocol").unwrap_or_default();
    let offered = request.protocols.iter().any(|own| own == protocol);
    if offered == request.protocols.is_empty() || (!offered && !protocol.is_empty()) {
        return refuse(&format!("the server chose the protocol {protocol:?}"));
    }
    let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
    Ok((stream, protocol.to_owned()))
}

/// Messages both ways, until the goodbye.
async fn converse(
    mut stream: WebSocketStream<Upgraded>,
    responder: &Responder,
    mut orders: UnboundedReceiver<SocketOrder>,
) -> SocketEvent {
    let mut closing = false;
    let mut goodbye = (NO_STATUS, String::new());
    loop {
        tokio::select! {
            message = stream.next() => match message {
                Some(Ok(message)) => {
                    if let Message::Close(frame) = &message {
                        goodbye = frame.as_ref().map_or((NO_STATUS, String::new()), |frame| {
                            (frame.code.into(), frame.reason.to_string())
                        });
                    }
                    if let Some(message) = received(message) {
                        responder.send(Reply::Socket(SocketEvent::Message(message)));
                    }
                }
                None | Some(Err(Error::ConnectionClosed)) => {
                    let (code, reason) = goodbye;
                    return SocketEvent::Closed { clean: true, code, reason, failure: String::new() };
                }
                Some(Err(error)) => return failed(error.to_string()),
            },
            order = orders.recv(), if !closing => match order {
                Some(SocketOrder::Send(message)) => {
                    let length = u64::try_from(message.length()).unwrap_or(u64::MAX);
                    if let Err(error) = stream.send(to_send(message)).await {
                        return failed(error.to_string());
                    }
                    responder.send(Reply::Socket(SocketEvent::Sent(length)));
                }
                Some(SocketOrder::Close { code, reason }) => {
                    closing = true;
                    let frame = code.map(|code| CloseFrame {
                        code: CloseCode::from(code),
                        reason: Utf8Bytes::from(reason),
                    });
                    if let Err(error) = stream.close(frame).await {
                        return failed(error.to_string());
                    }
                }
                None => closing = true,
            },
            () = tokio::time::sleep(GOODBYE), if closing => {
                return failed("the server did not say goodbye".to_owned());
            }
        }
    }
}

fn received(message: Message) -> Option<SocketMessage> {
    match message {
        Message::Text(text) => Some(SocketMessage::Text(text.to_string())),
        Message::Binary(bytes) => Some(SocketMessage::Binary(Bytes::from(bytes.to_vec()))),
        // Pings are answered by the protocol itself.
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => None,
    }
}

fn to_send(message: SocketMessage) -> Message {
    match message {
        SocketMessage::Text(text) => Message::text(text),
        SocketMessage::Binary(bytes) => Message::binary(bytes.to_vec()),
    }
}
