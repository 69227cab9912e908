//! What the tests of the command share: a web server, and the command itself.
#![expect(dead_code, unreachable_pub, reason = "each test uses a part")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::Engine as _;
use sha1::{Digest as _, Sha1};

/// What a server sends for a path: everything after the status line's version.
pub type Respond = dyn Fn(&str) -> Response + Send + Sync;

pub struct Response {
    pub status: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn ok(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: "200 OK",
            headers: vec![("Content-Type", kind.to_owned())],
            body: body.into(),
        }
    }

    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("text/html; charset=utf-8", body)
    }

    pub fn not_found() -> Self {
        Self { status: "404 Not Found", headers: Vec::new(), body: b"nothing".to_vec() }
    }

    pub fn redirect(to: &str) -> Self {
        Self { status: "302 Found", headers: vec![("Location", to.to_owned())], body: Vec::new() }
    }
}

/// A server that stops when it is dropped: then connections are refused.
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(respond: impl Fn(&str) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let respond: Arc<Respond> = Arc::new(respond);
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let respond = Arc::clone(&respond);
                thread::spawn(move || answer(stream.unwrap(), &*respond));
            }
        });
        Self { address, stop, thread: Some(thread) }
    }

    /// Serves the files of a folder.
    pub fn of_folder(folder: PathBuf) -> Self {
        Self::start(move |path| {
            let path = path.trim_start_matches('/');
            let name = if path.is_empty() { "index.html" } else { path };
            let kind = match Path::new(name).extension().and_then(|end| end.to_str()) {
                Some("html") => "text/html; charset=utf-8",
                Some("css") => "text/css",
                Some("js") => "text/javascript",
                _ => "application/octet-stream",
            };
            std::fs::read(folder.join(name))
                .map_or_else(|_| Response::not_found(), |body| Response::ok(kind, body))
        })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn answer(mut stream: TcpStream, respond: &Respond) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(count) if count > 0 => head.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let response = respond(&path);
    let mut out = format!(
        "HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n",
        response.status,
        response.body.len()
    );
    for (name, value) in response.headers {
        out += &format!("{name}: {value}\r\n");
    }
    out += "\r\n";
    let mut out = out.into_bytes();
    out.extend(response.body);
    let _ = stream.write_all(&out);
}

/// A server for one WebSocket, which sends back what it gets; its address.
pub fn echo_socket() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || echo(listener.accept().unwrap().0));
    format!("ws://{address}/")
}

/// <https://www.rfc-editor.org/rfc/rfc6455>, for short messages in one frame.
fn echo(mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let key = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))
        .unwrap()
        .1;
    let accept = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        base64::engine::general_purpose::STANDARD.encode(accept)
    );
    stream.write_all(answer.as_bytes()).unwrap();
    loop {
        let mut start = [0; 6];
        if stream.read_exact(&mut start).is_err() {
            return;
        }
        let [first, length, mask @ ..] = start;
        let length = length & 0x7f;
        assert!(length < 126, "only short messages");
        let mut payload = vec![0; usize::from(length)];
        stream.read_exact(&mut payload).unwrap();
        for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        stream.write_all(&[&[first, length], payload.as_slice()].concat()).unwrap();
        if first & 0x0f == 8 {
            return;
        }
    }
}

/// An address at which nobody listens.
pub fn refused() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// `examples/hello`.
pub fn hello() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/hello")
}

/// The `virga` command, away from any display.
pub fn virga() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virga"));
    command
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .stdin(Stdio::null());
    command
}

/// A run that is over.
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Its console, by line.
    pub fn console(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

/// Runs the command with these arguments.
pub fn run<I, S>(arguments: I) -> Finished
where
    I: IntoIterator<Item = S>,
    S: AsRef<std::ffi::OsStr>,
{
    finish(virga().args(arguments))
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Finished {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    Finished {
        code: status.code().unwrap_or_else(|| panic!("ended by {status}: {stderr}")),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr,
    }
}

/// Asserts how a run ended.
#[track_caller]
pub fn check(finished: &Finished, code: i32, message: &str) {
    assert_eq!(finished.code, code, "stdout: {}\nstderr: {}", finished.stdout, finished.stderr);
    assert!(finished.stderr.contains(message), "{:?} should hold {message:?}", finished.stderr);
}
