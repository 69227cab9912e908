//! A host for tests: a virtual clock, files served under `http://test/`, a
//! position, permissions, storage, and the user's hands.
//!
//! Everything happens on one thread in an order that is fixed: what was asked
//! first is answered first, and time goes on only when nothing else is left.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::disallowed_methods,
    reason = "every test binary uses a part of it; a test's host reads files"
)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    rc::Rc,
};

use virga_display_list::Frame;
use virga_engine::{App, FontSet, FrameCounters, Host, Internals, Status};
use virga_protocol::{
    Answer, AppConfig, Bytes, Call, ColorScheme, FetchFailure, FetchRequest, Fetched, FromApp,
    HttpHead, Inbound, InputEvent, Micros, PermissionName, PermissionState, Position,
    PositionError, Reply, Request, RequestId, StorageArea, StorageCall, StorageReply, TimeMode,
    TimeZone, ToApp, Viewport,
};

/// Time between two frames of the display.
const FRAME: u64 = 16_667;

/// Code units that one pair of a storage may have here.
const STORAGE_QUOTA: usize = 5 * 1024 * 1024;

/// The stack that an app's thread gets.
const STACK: usize = if cfg!(debug_assertions) { 1 << 30 } else { 256 << 20 };

/// Runs `test` on a thread with a stack as large as an app's.
pub fn on_app_thread<R: Send + 'static>(test: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(test).expect("a thread");
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Hears of the lines of the console.
pub type OnLine = Box<dyn FnMut(&str)>;

/// The pairs of a storage area.
type Pairs = Vec<(Vec<u16>, Vec<u16>)>;

/// What a test says about the world, and what the app did.
pub struct World {
    /// The clock.
    pub now: Micros,
    /// Everything that left the app.
    pub sent: Vec<FromApp>,
    /// Frames, oldest first.
    pub frames: Vec<Frame>,
    /// Files by path, before those on disk.
    pub files: BTreeMap<String, (String, Vec<u8>)>,
    /// Where other files are.
    pub root: PathBuf,
    /// How many slices a script may run.
    pub slices: u64,
    /// Where the device is.
    pub position: (f64, f64),
    /// The page said that it is done.
    pub done: bool,
    /// Called for each line of the console.
    pub on_line: Option<OnLine>,
    inbox: VecDeque<ToApp>,
    permissions: BTreeMap<PermissionName, PermissionState>,
    asked: Vec<RequestId>,
    watches: Vec<RequestId>,
    storage: BTreeMap<(String, bool), Pairs>,
    frame_asked: bool,
    /// What apps copied.
    pub clipboard: virga_protocol::ClipboardData,
    /// Cookies that script has set, without their attributes.
    pub cookies: BTreeMap<String, String>,
}

impl World {
    /// A world without files of its own.
    pub fn new() -> Self {
        Self {
            now: Micros::ZERO,
            sent: Vec::new(),
            frames: Vec::new(),
            files: BTreeMap::new(),
            root: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pages"),
            slices: 200,
            position: (52.52, 13.405),
            done: false,
            on_line: None,
            inbox: VecDeque::new(),
            permissions: BTreeMap::new(),
            asked: Vec::new(),
            watches: Vec::new(),
            storage: BTreeMap::new(),
            frame_asked: false,
            clipboard: Default::default(),
            cookies: BTreeMap::new(),
        }
    }

    /// Serves `body` at `http://test/{path}`.
    pub fn file(mut self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), (content_type.to_owned(), body.into()));
        self
    }

    fn fetch(&mut self, id: RequestId, request: &FetchRequest) {
        let mut reply = |reply| self.inbox.push_back(ToApp::Reply { id, reply });
        let url = request.url.split(['#', '?']).next().unwrap_or_default();
        let path = url.strip_prefix("http://test/").unwrap_or_default();
        match path {
            "__refused" => {
                let why = "connection refused".to_owned();
                return reply(Reply::Failed(FetchFailure::Connection("test".to_owned(), why)));
            }
            "__redirects" => {
                return reply(Reply::Failed(FetchFailure::TooManyRedirects(request.url.clone())));
            }
            "__never" => return,
            _ => {}
        }
        let found = match self.files.get(path) {
            Some((content_type, body)) => Some((content_type.clone(), body.clone())),
            None if path.is_empty() || path.contains("..") => None,
            None => std::fs::read(self.root.join(path)).ok().map(|body| (type_of(path), body)),
        };
        let (status, content_type, body) = match found {
            Some((content_type, body)) => (200, content_type, body),
            None => (404, "text/plain".to_owned(), b"not found".to_vec()),
        };
        let mut reply = |reply| self.inbox.push_back(ToApp::Reply { id, reply });
        reply(Reply::Head(HttpHead {
            url: request.url.clone(),
            status,
            status_text: if status == 200 { "OK" } else { "Not Found" }.to_owned(),
            headers: vec![("content-type".to_owned(), content_type)],
            redirected: false,
            tainting: Default::default(),
        }));
        for piece in body.chunks(64 * 1024) {
            reply(Reply::Data(Bytes::from(piece.to_vec())));
        }
        reply(Reply::End);
    }

    fn position(&self) -> Position {
        Position {
            latitude: self.position.0,
            longitude: self.position.1,
            accuracy: 5.0,
            altitude: None,
            altitude_accuracy: None,
            heading: None,
            speed: None,
            timestamp: i64::try_from(self.now.0).unwrap_or_default(),
        }
    }

    fn permission(&self, name: PermissionName) -> PermissionState {
        self.permissions.get(&name).copied().unwrap_or(PermissionState::Prompt)
    }

    fn answer_position(&mut self, id: RequestId) {
        let reply = match self.permission(PermissionName::Geolocation) {
            PermissionState::Granted => Reply::Position(self.position()),
            PermissionState::Denied => Reply::PositionError(PositionError::PermissionDenied(
                "denied by the test".to_owned(),
            )),
            PermissionState::Prompt => return self.asked.push(id),
        };
        self.inbox.push_back(ToApp::Reply { id, reply });
    }

    /// Another app of the origin writes to `localStorage`.
    pub fn write_storage(&mut self, origin: &str, key: &str, value: &str) {
        let (key, value) = (key.encode_utf16().collect(), value.encode_utf16().collect());
        self.storage(origin.to_owned(), StorageArea::Local, StorageCall::Set { key, value });
    }

    fn storage(&mut self, origin: String, area: StorageArea, call: StorageCall) -> StorageReply {
        let pairs = self.storage.entry((origin, area == StorageArea::Local)).or_default();
        match call {
            StorageCall::Load => return StorageReply::Pairs(pairs.clone()),
            StorageCall::Set { ref key, ref value } if key.len() + value.len() > STORAGE_QUOTA => {
                let bytes = |units: usize| u64::try_from(2 * units).unwrap_or(u64::MAX);
                return StorageReply::QuotaExceeded {
                    quota: bytes(STORAGE_QUOTA),
                    requested: bytes(key.len() + value.len()),
                };
            }
            StorageCall::Set { key, value } => {
                match pairs.iter_mut().find(|(other, _)| *other == key) {
                    Some((_, old)) => *old = value,
                    None => pairs.push((key, value)),
                }
            }
            StorageCall::Remove { key } => pairs.retain(|(other, _)| *other != key),
            StorageCall::Clear => pairs.clear(),
            StorageCall::Flush => {}
        }
        StorageReply::Done
    }
}

fn type_of(path: &str) -> String {
    let extension = path.rsplit('.').next().unwrap_or_default();
    match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "events" => "text/event-stream",
        _ => "application/octet-stream",
    }
    .to_owned()
}

/// The host that an app of a test has: a handle to the [`World`].
#[derive(Clone)]
pub struct TestHost(pub Rc<RefCell<World>>);

impl Host for TestHost {
    fn send(&mut self, message: FromApp) {
        let mut world = self.0.borrow_mut();
        match &message {
            FromApp::Request { id, request: Request::Fetch(request) } => world.fetch(*id, request),
            FromApp::Request { id, request: Request::Position { options, .. } } => {
                if options.watch {
                    world.watches.push(*id);
                }
                world.answer_position(*id);
            }
            FromApp::Request { id, request: Request::PermissionState { name, .. } } => {
                let reply = Reply::Permission(world.permission(*name));
                world.inbox.push_back(ToApp::Reply { id: *id, reply });
            }
            FromApp::Cancel { id } => {
                let gone = *id;
                world
                    .inbox
                    .retain(|message| !matches!(message, ToApp::Reply { id, .. } if *id == gone));
                world.asked.retain(|id| *id != gone);
                world.watches.retain(|id| *id != gone);
            }
            FromApp::Console(line) => {
                let text = line.text.clone();
                let on_line = world.on_line.take();
                if let Some(mut on_line) = on_line {
                    on_line(&text);
                    world.on_line = Some(on_line);
                }
            }
            _ => {}
        }
        world.sent.push(message);
    }

    fn frame(&mut self, frame: Frame) {
        self.0.borrow_mut().frames.push(frame);
    }

    fn call(&mut self, call: Call) -> Answer {
        let mut world = self.0.borrow_mut();
        match call {
            Call::Now => {
                world.now.0 += 1;
                Answer::Now(world.now)
            }
            Call::KeepRunning { slices } => Answer::KeepRunning(slices < world.slices),
            Call::ReadClipboard => Answer::Clipboard(Ok(world.clipboard.clone())),
            Call::WriteClipboard(data) => {
                world.clipboard = data;
                Answer::Clipboard(Ok(Default::default()))
            }
            Call::Cookies { set, .. } => {
                if let Some((name, value)) = set.as_deref().and_then(|set| set.split_once('=')) {
                    let value = value.split(';').next().unwrap_or_default();
                    world.cookies.insert(name.to_owned(), value.to_owned());
                }
                let pairs = world.cookies.iter().map(|(name, value)| format!("{name}={value}"));
                Answer::Cookies(pairs.collect::<Vec<_>>().join("; "))
            }
            Call::Storage { origin, area, call } => {
                Answer::Storage(world.storage(origin, area, call))
            }
            Call::Random { length } => {
                // The same in each run: a counter.
                let byte = |at: u32| u8::try_from(at % 251).unwrap_or_default();
                Answer::Random((1..=length).map(byte).collect::<Vec<_>>().into())
            }
            Call::Fetch(request) => Answer::Fetch(Fetched::Failed(FetchFailure::Dropped(format!(
                "{}: tests answer no calls for resources",
                request.url
            )))),
        }
    }
}

impl Internals for TestHost {
    fn set_permission(&mut self, name: PermissionName, state: PermissionState) {
        let mut world = self.0.borrow_mut();
        world.permissions.insert(name, state);
        let origin = "http://test".to_owned();
        world.inbox.push_back(ToApp::Permission { origin, name, state });
        for id in std::mem::take(&mut world.asked) {
            world.answer_position(id);
        }
    }

    fn send_input(&mut self, event: InputEvent) {
        self.0.borrow_mut().inbox.push_back(ToApp::Input(event));
    }

    fn done(&mut self) {
        self.0.borrow_mut().done = true;
    }

    fn offer_frame(&mut self) {
        self.0.borrow_mut().frame_asked = true;
    }
}

/// An app in a test's world.
pub struct Harness {
    /// The app.
    pub app: App,
    /// Its world.
    pub world: Rc<RefCell<World>>,
    status: Status,
    next_frame: Micros,
}

impl Harness {
    /// Starts an app at `http://test/{path}`.
    pub fn new(path: &str, world: World) -> Self {
        let world = Rc::new(RefCell::new(world));
        let host = TestHost(Rc::clone(&world));
        let mut app = App::new(config(path), FontSet::bundled(), Box::new(host.clone()));
        app.enable_internals(Box::new(host));
        let status = app.run();
        Self { app, world, status, next_frame: Micros(FRAME) }
    }

    /// Runs until the page says it is done, nothing is left to do, or `limit` of
    /// virtual time has passed.
    pub fn run(&mut self, limit: Micros) {
        // A page that asks for frames for ever ends by the clock.
        while !self.world.borrow().done && !self.status.closed && self.world.borrow().now < limit {
            if !self.step() {
                return;
            }
        }
    }

    /// Delivers one message; `false` if there is none to come.
    pub fn step(&mut self) -> bool {
        let next = self.world.borrow_mut().inbox.pop_front();
        if let Some(message) = next {
            self.deliver(message);
            return true;
        }
        let wants_frame =
            self.status.wants_frame || std::mem::take(&mut self.world.borrow_mut().frame_asked);
        let now = self.world.borrow().now;
        let timer = self.status.next_timer;
        let frame = wants_frame.then_some(self.next_frame.max(now));
        let (at, message) = match (timer, frame) {
            (None, None) => return false,
            (Some(timer), Some(frame)) if timer <= frame => (timer, ToApp::Wake),
            (Some(timer), None) => (timer, ToApp::Wake),
            (_, Some(frame)) => (frame, ToApp::RenderOpportunity),
        };
        self.world.borrow_mut().now = now.max(at);
        if message == ToApp::RenderOpportunity {
            self.next_frame = Micros(at.0 + FRAME);
        }
        self.deliver(message);
        true
    }

    /// Delivers a message now.
    pub fn deliver(&mut self, message: ToApp) {
        let at = self.world.borrow().now;
        self.app.receive(Inbound { at, message });
        self.status = self.app.run();
    }

    /// What the app waits for.
    pub fn status(&self) -> Status {
        self.status
    }

    /// How much work rendering has done.
    pub fn counters(&self) -> FrameCounters {
        self.app.counters()
    }

    /// The lines of the console, marked with their level.
    pub fn console(&self) -> Vec<String> {
        let world = self.world.borrow();
        let lines = world.sent.iter().filter_map(|message| match message {
            FromApp::Console(line) => {
                let level = format!("{:?}", line.level).to_lowercase();
                Some(format!("{level}: {}", line.text))
            }
            FromApp::ScriptStopped { .. } => Some("[script stopped]".to_owned()),
            FromApp::Closed => Some("[closed]".to_owned()),
            _ => None,
        });
        lines.collect()
    }
}

/// The configuration that all tests share.
pub fn config(path: &str) -> AppConfig {
    AppConfig {
        url: format!("http://test/{path}"),
        viewport: Viewport {
            width: 800.0,
            height: 600.0,
            scale: 1.0,
            color_scheme: ColorScheme::Light,
        },
        seed: 1,
        time_origin: 1_795_219_200_000_000,
        time_zone: TimeZone::utc(),
        locale: "en-US".to_owned(),
        time: TimeMode::Virtual,
        user_agent: "Virga test".to_owned(),
        script_slice: 10_000,
        test_hooks: true,
        agent: virga_protocol::AgentId(1),
        trusted_origins: vec!["http://test".to_owned()],
        worker: None,
    }
}
