//! WebSockets against real servers on this machine.

#![expect(clippy::unwrap_used, reason = "what the test sets up itself does not fail")]

mod common;

use std::{net::TcpListener, thread};

use common::App;
use tokio_tungstenite::tungstenite::{
    self, Message,
    handshake::server::{Request as Opening, Response as Agreed},
    protocol::{CloseFrame, frame::coding::CloseCode},
};
use virga_protocol::{
    Bytes, Micros, Reply, Request, RequestId, SocketEvent, SocketMessage, SocketOrder,
    SocketRequest, ToApp,
};

type Socket = tungstenite::WebSocket<std::net::TcpStream>;

/// Serves one connection, with the first protocol that the client names.
fn server(serve: impl FnOnce(Socket) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        #[expect(clippy::result_large_err, reason = "the library's own type")]
        let agree = |opening: &Opening, mut agreed: Agreed| {
            if let Some(offered) = opening.headers().get("sec-websocket-protocol") {
                let first = offered.to_str().unwrap().split(',').next().unwrap();
                agreed.headers_mut().insert("sec-websocket-protocol", first.parse().unwrap());
            }
            Ok(agreed)
        };
        serve(tungstenite::accept_hdr(stream, agree).unwrap());
    });
    format!("ws://{address}/chat?a=b")
}

fn open(app: &App, url: &str, protocols: &[&str]) -> RequestId {
    let request = SocketRequest {
        url: url.to_owned(),
        protocols: protocols.iter().map(|&protocol| protocol.to_owned()).collect(),
        origin: "http://localhost".to_owned(),
    };
    app.request(Request::Socket(request), Micros::ZERO)
}

fn event(app: &App) -> SocketEvent {
    match app.receive() {
        ToApp::Reply { reply: Reply::Socket(event), .. } => event,
        other => panic!("no event of a socket: {other:?}"),
    }
}

fn text(text: &str) -> SocketMessage {
    SocketMessage::Text(text.to_owned())
}

#[test]
fn a_conversation() {
    let url = server(|mut socket| {
        loop {
            match socket.read() {
                Ok(message @ (Message::Text(_) | Message::Binary(_))) => {
                    socket.send(message).unwrap();
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    });
    let app = App::open("http://localhost/");
    let id = open(&app, &url, &["one", "two"]);
    assert_eq!(event(&app), SocketEvent::Open { protocol: "one".to_owned() });
    for message in [text("grüß dich"), SocketMessage::Binary(Bytes::from(vec![0, 255, 7]))] {
        app.link.socket(id, SocketOrder::Send(message.clone()));
        let length = u64::try_from(message.length()).unwrap();
        assert_eq!(event(&app), SocketEvent::Sent(length));
        assert_eq!(event(&app), SocketEvent::Message(message));
    }
    app.link.socket(id, SocketOrder::Close { code: Some(3001), reason: "enough".to_owned() });
    assert_eq!(
        event(&app),
        SocketEvent::Closed {
            clean: true,
            code: 3001,
            reason: "enough".to_owned(),
            failure: String::new(),
        }
    );
}

#[test]
fn the_server_says_goodbye() {
    let url = server(|mut socket| {
        let frame = CloseFrame { code: CloseCode::Away, reason: "closing time".into() };
        socket.close(Some(frame)).unwrap();
        while socket.read().is_ok() {}
    });
    let app = App::open("http://localhost/");
    open(&app, &url, &[]);
    assert_eq!(event(&app), SocketEvent::Open { protocol: String::new() });
    assert_eq!(
        event(&app),
        SocketEvent::Closed {
            clean: true,
            code: 1001,
            reason: "closing time".to_owned(),
            failure: String::new(),
        }
    );
}

#[test]
fn what_goes_wrong_is_said() {
    let app = App::open("http://localhost/");
    let check = |url: &str, protocols: &[&str], expected: &str| {
        open(&app, url, protocols);
        match event(&app) {
            SocketEvent::Closed { clean: false, code: 1006, failure, .. } => {
                assert!(failure.contains(expected), "{url}: {failure}");
            }
            other => panic!("{url}: {other:?}"),
        }
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(&format!("ws://{free}/"), &[], "refused");
    check("ws://localhost:25/", &[], "port 25");
    check("http://localhost/", &[], "http");
    // A server that speaks HTTP alone.
    let plain = common::Server::start(|_| common::ok(&[], "hello"));
    check(&plain.url("/").replace("http:", "ws:"), &[], "200");
    // One that vanishes.
    let url = server(drop);
    open(&app, &url, &[]);
    assert_eq!(event(&app), SocketEvent::Open { protocol: String::new() });
    assert!(matches!(event(&app), SocketEvent::Closed { clean: false, code: 1006, .. }));
}

#[test]
fn nobody_hears_of_a_socket_that_was_given_up() {
    let (sender, gone) = std::sync::mpsc::channel();
    let url = server(move |mut socket| {
        while socket.read().is_ok() {}
        sender.send(()).unwrap();
    });
    let app = App::open("http://localhost/");
    let id = open(&app, &url, &[]);
    assert_eq!(event(&app), SocketEvent::Open { protocol: String::new() });
    app.link.cancel(id);
    gone.recv().unwrap();
    assert!(app.replies().is_empty());
}
