//! A connected app and small servers for the tests of the bridge.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test program uses a part of it"
)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

use virga_bridge::{AppLink, Bridge, BridgeOptions};
use virga_protocol::{
    AppConfig, Bytes, ColorScheme, FetchFailure, FetchRequest, HttpHead, Micros, RedirectMode,
    Reply, Request, RequestCredentials, RequestId, RequestMode, TimeMode, TimeZone, ToApp,
    Viewport,
};

/// How long a reply may take before a test calls it missing.
const PATIENCE: Duration = Duration::from_secs(20);

/// An app that is connected to a bridge, and its inbox.
pub struct App {
    pub link: AppLink,
    pub inbox: Receiver<ToApp>,
    next: AtomicU64,
}

/// What a fetch brought.
#[derive(Debug)]
pub struct Response {
    pub head: HttpHead,
    pub body: Vec<u8>,
}

impl Response {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

pub fn config(url: &str) -> AppConfig {
    AppConfig {
        url: url.to_owned(),
        viewport: Viewport {
            width: 390.0,
            height: 844.0,
            scale: 2.0,
            color_scheme: ColorScheme::Light,
        },
        seed: 1,
        time_origin: 1_700_000_000_000_000,
        time_zone: TimeZone::utc(),
        locale: "de-AT".to_owned(),
        time: TimeMode::Virtual,
        user_agent: "Virga/test".to_owned(),
        script_slice: 1_000_000,
        test_hooks: false,
        agent: virga_protocol::AgentId(1),
        trusted_origins: Vec::new(),
        worker: None,
    }
}

impl App {
    pub fn connect(bridge: &Bridge, url: &str) -> Self {
        let (sender, inbox) = mpsc::channel();
        let link = bridge.connect(&config(url), move |message| {
            // The receiver goes with the test.
            let _ = sender.send(message);
        });
        Self { link, inbox, next: AtomicU64::new(1) }
    }

    pub fn open(url: &str) -> Self {
        Self::connect(&Bridge::new(BridgeOptions::default()), url)
    }

    pub fn request(&self, request: Request, now: Micros) -> RequestId {
        let id = RequestId(self.next.fetch_add(1, Ordering::Relaxed));
        self.link.request(id, request, now);
        id
    }

    /// The next message, or a failed test.
    pub fn receive(&self) -> ToApp {
        self.inbox.recv_timeout(PATIENCE).expect("no message came")
    }

    /// The replies that have come so far.
    pub fn replies(&self) -> Vec<(RequestId, Reply)> {
        self.inbox
            .try_iter()
            .filter_map(|message| match message {
                ToApp::Reply { id, reply } => Some((id, reply)),
                _ => None,
            })
            .collect()
    }

    /// Fetches and waits for the end.
    pub fn fetch(&self, request: FetchRequest) -> Result<Response, FetchFailure> {
        let id = self.request(Request::Fetch(request), Micros::ZERO);
        self.wait_for(id)
    }

    pub fn wait_for(&self, id: RequestId) -> Result<Response, FetchFailure> {
        let mut response = None;
        loop {
            let ToApp::Reply { id: of, reply } = self.receive() else { continue };
            assert_eq!(of, id, "a reply to another request");
            match reply {
                Reply::Head(head) => {
                    assert!(response.is_none(), "two heads");
                    response = Some(Response { head, body: Vec::new() });
                }
                Reply::Data(data) => {
                    response.as_mut().expect("data before the head").body.extend_from_slice(&data);
                }
                Reply::End => return Ok(response.expect("an end before the head")),
                Reply::Failed(failure) => return Err(failure),
                other => panic!("not a reply to a fetch: {other:?}"),
            }
        }
    }
}

/// A request as a page at `origin` makes it.
pub fn get(url: &str, origin: &str, mode: RequestMode) -> FetchRequest {
    FetchRequest {
        url: url.to_owned(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: None,
        origin: origin.to_owned(),
        mode,
        credentials: RequestCredentials::SameOrigin,
        redirect: RedirectMode::Follow,
        referrer: None,
        ..FetchRequest::default()
    }
}

/// The first document of an app.
pub fn navigate(url: &str) -> FetchRequest {
    get(url, "null", RequestMode::Navigate)
}

pub fn post(url: &str, origin: &str, body: &str) -> FetchRequest {
    FetchRequest {
        method: "POST".to_owned(),
        body: Some(Bytes::from(body.as_bytes().to_vec())),
        ..get(url, origin, RequestMode::Cors)
    }
}

/// A request that a server got.
#[derive(Clone, Debug)]
pub struct Got {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// An HTTP/1.1 server on this machine that answers with what a function returns,
/// byte for byte, and closes the connection.
pub struct Server {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Got) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&got), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &log, answer.as_ref()));
            }
        });
        Self { address, got }
    }

    /// The origin under which pages know it.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Another origin, another site, the same server.
    pub fn other_origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Got>>, answer: &dyn Fn(&Got) -> Vec<u8>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
    let body = String::from_utf8_lossy(&bytes[head_end + 4..]).into_owned();
    let got = Got { method, path, headers, body };
    log.lock().unwrap().push(got.clone());
    // A client may have gone away; that is its business.
    let _ = stream.write_all(&answer(&got));
}

/// A response with these extra headers, closed after its body.
pub fn respond(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut response = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        response.push_str(&format!("{name}: {value}\r\n"));
    }
    response.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let mut response = response.into_bytes();
    response.extend_from_slice(body);
    response
}

pub fn ok(headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    respond("200 OK", headers, body.as_bytes())
}
