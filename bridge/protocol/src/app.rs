use serde::{Deserialize, Serialize};

use crate::{
    Bytes, Channel, ClonedValue, CursorIcon, FetchFailure, FetchRequest, HttpHead, InputEvent,
    InputStep, Micros, PermissionName, PermissionState, Point, PortId, PortMessage, Position,
    PositionError, PositionOptions, SocketEvent, SocketOrder, SocketRequest, StorageArea,
    StorageCall, StorageChange, StorageReply, Viewport, WorkerId, WorkerOrder, WorkerReport,
};

/// Names a request of one app; replies carry it back. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

/// A message to an app and the time at which it reached it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// Time since the app's time origin.
    pub at: Micros,
    /// What arrived.
    pub message: ToApp,
}

/// Everything that can reach a running app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToApp {
    /// Time has passed: timers may be due.
    Wake,
    /// The display can take a frame; produce one if anything changed.
    RenderOpportunity,
    /// The user did something.
    Input(InputEvent),
    /// A script of what the user is to do: the app waits for what its lines wait
    /// for, and has the host send the input that they stand for.
    Play(Vec<InputStep>),
    /// The window has another size, scale or colour scheme.
    Resize(Viewport),
    /// The compositor scrolled.
    Scroll {
        /// Which scroll container; the same number as in the display list.
        scroll: u64,
        /// The new offset in CSS px.
        offset: Point,
    },
    /// An answer, or one of several, to a [`FromApp::Request`].
    Reply {
        /// The request.
        id: RequestId,
        /// The answer.
        reply: Reply,
    },
    /// The state of a permission changed.
    Permission {
        /// Serialized origin whose permission it is.
        origin: String,
        /// Which one.
        name: PermissionName,
        /// Its state now.
        state: PermissionState,
    },
    /// Another app of the same origin changed `localStorage`: what was loaded
    /// is out of date, and a `storage` event is due.
    StorageChanged(StorageChange),
    /// For a message port that is here.
    Port {
        /// Which one.
        to: PortId,
        /// What its other end says.
        message: PortMessage,
    },
    /// Somebody else said something on a channel that the app listens on.
    Broadcast {
        /// The channel.
        channel: Channel,
        /// The message.
        value: ClonedValue,
    },
    /// A worker of the app said something.
    Worker {
        /// Which one.
        worker: WorkerId,
        /// What.
        report: WorkerReport,
    },
    /// To a worker: its owner posted a message.
    Owner(ClonedValue),
    /// The app is shown (`true`) or hidden.
    Visibility(bool),
    /// A good moment to collect garbage.
    CollectGarbage,
    /// The user closes the app.
    Close,
}

/// What answers a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// A response began.
    Head(HttpHead),
    /// More of its body.
    Data(Bytes),
    /// Its body is complete. Final.
    End,
    /// It failed, before or after its head. Final.
    Failed(FetchFailure),
    /// A position; final unless it was asked to watch.
    Position(Position),
    /// No position; final unless it was asked to watch.
    PositionError(PositionError),
    /// The state of a permission. Final.
    Permission(PermissionState),
    /// Something happened to a socket; final if it closed.
    Socket(SocketEvent),
    /// The host knows no such service, or let the request fall. Final.
    Unsupported(String),
}

/// Everything that leaves an app, but for calls and frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromApp {
    /// Asks the host for something; replies come as [`ToApp::Reply`].
    Request {
        /// Chosen by the app.
        id: RequestId,
        /// What for.
        request: Request,
    },
    /// The app has no more interest in a request. No reply may follow.
    Cancel {
        /// The request.
        id: RequestId,
    },
    /// For a message port that is not here.
    Port {
        /// Which one.
        to: PortId,
        /// What its other end says.
        message: PortMessage,
    },
    /// The app begins (`true`) or ceases to listen on a channel.
    Listen {
        /// The channel.
        channel: Channel,
        /// Begins.
        listening: bool,
    },
    /// For all others that listen on a channel.
    Broadcast {
        /// The channel.
        channel: Channel,
        /// The message.
        value: ClonedValue,
    },
    /// About a worker of the app.
    Worker {
        /// Chosen by the app.
        worker: WorkerId,
        /// What to do.
        order: WorkerOrder,
    },
    /// From a worker to its owner.
    Owner(WorkerReport),
    /// The app read bytes of a response that was asked for with a
    /// [`window`](FetchRequest::window).
    Consumed {
        /// The request.
        id: RequestId,
        /// How many bytes since the last time.
        bytes: u64,
    },
    /// What to do with a socket that was asked for.
    Socket {
        /// The request.
        id: RequestId,
        /// What.
        order: SocketOrder,
    },
    /// A line for the console.
    Console(ConsoleMessage),
    /// The title of the document changed.
    Title(String),
    /// The pointer's shape changed.
    Cursor(CursorIcon),
    /// A line of an input script cannot be done; the script ends there.
    InputFailed {
        /// From 1.
        line: u32,
        /// Why, for people.
        reason: String,
    },
    /// What the document listens to changed: see [`BlockingInput`].
    BlockingInput(BlockingInput),
    /// No listener prevented a wheel that the host left to the app: scroll now.
    Scroll {
        /// Where the wheel turned, in CSS px of the viewport.
        position: Point,
        /// How far to scroll, in CSS px.
        delta: Point,
    },
    /// What a finger that the host left to the app may do, once the app knows.
    Touch {
        /// The pointer's id.
        id: i32,
        /// It may scroll along x and y; an app that prevented it keeps the finger.
        pan: (bool, bool),
    },
    /// The caret of what has the focus moved, or nothing takes text any more.
    TextInput(Option<TextInputArea>),
    /// The document's `load` event was dispatched.
    Loaded {
        /// The document's URL.
        url: String,
    },
    /// The first document cannot be shown; an error page stands in for it.
    LoadFailed {
        /// The address that was asked for.
        url: String,
        /// What went wrong, for people.
        reason: String,
    },
    /// The watchdog stopped a script; the app lives on.
    ScriptStopped {
        /// Where it was, as far as known.
        position: Option<SourcePosition>,
    },
    /// The app closed itself (`window.close()`).
    Closed,
}

/// Input that the host must not act on before the app has had its say, since a
/// listener that is not passive may prevent it. Everything else scrolls at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockingInput {
    /// Wheels.
    pub wheel: bool,
    /// Fingers.
    pub touch: bool,
}

/// Where text goes: for the window of an input method, and for a keyboard on
/// screen. In CSS px of the viewport.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextInputArea {
    /// The caret's top left.
    pub position: Point,
    /// Its height.
    pub height: f32,
}

/// What an app can ask for without waiting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// A fetch: `Head`, any number of `Data`, then `End`; or `Failed`.
    Fetch(FetchRequest),
    /// A WebSocket: any number of [`Reply::Socket`].
    Socket(SocketRequest),
    /// Where the device is.
    Position {
        /// Serialized origin of the document that asks.
        origin: String,
        /// How.
        options: PositionOptions,
    },
    /// The state of a permission.
    PermissionState {
        /// Serialized origin of the document that asks.
        origin: String,
        /// Which one.
        name: PermissionName,
    },
}

/// What script waits for. The host answers before anything else happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// The time since the app's time origin. Answered with [`Micros`].
    Now,
    /// A script has used up a slice of instructions: may it go on? Answered
    /// with a `bool`.
    KeepRunning {
        /// Slices used so far.
        slices: u64,
    },
    /// Storage of an origin. Answered with [`StorageReply`].
    Storage {
        /// Serialized origin.
        origin: String,
        /// Which area.
        area: StorageArea,
        /// What to do.
        call: StorageCall,
    },
    /// Random numbers fit for secrets. Answered with [`Answer::Random`].
    Random {
        /// How many bytes.
        length: u32,
    },
    /// What the clipboard holds. Answered with [`Answer::Clipboard`].
    ReadClipboard,
    /// Puts something on the clipboard. Answered with [`Answer::Clipboard`], which
    /// is empty.
    WriteClipboard(ClipboardData),
    /// A whole resource, for script that waits for it (`importScripts`).
    /// Answered with a [`Fetched`].
    Fetch(FetchRequest),
    /// The cookies that script sees at an address; sets one before. Answered with
    /// [`Answer::Cookies`].
    ///
    /// <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>
    Cookies {
        /// The document's address.
        url: String,
        /// The serialized origin of the document that the user is at.
        top: String,
        /// A cookie to set, as in a `Set-Cookie` header.
        set: Option<String>,
    },
}

/// One thing in the formats that it is offered in, the best first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipboardData {
    /// MIME types, in lower case and without parameters, and the data in them.
    pub formats: Vec<(String, Bytes)>,
}

impl ClipboardData {
    /// The data of one format, as text.
    #[must_use]
    pub fn text(&self, mime: &str) -> Option<String> {
        let (_, bytes) = self.formats.iter().find(|(name, _)| name == mime)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// Plain text.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { formats: vec![("text/plain".to_owned(), Bytes::from(text.as_bytes().to_vec()))] }
    }
}

/// The answer to a [`Call::Fetch`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fetched {
    /// The response.
    Response {
        /// Status and headers.
        head: HttpHead,
        /// All of its body.
        body: Bytes,
    },
    /// There is none.
    Failed(FetchFailure),
}

/// The answer to a [`Call`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Call::Now`].
    Now(Micros),
    /// To [`Call::KeepRunning`].
    KeepRunning(bool),
    /// To [`Call::Storage`].
    Storage(StorageReply),
    /// To [`Call::Random`].
    Random(Bytes),
    /// To [`Call::ReadClipboard`] and [`Call::WriteClipboard`]; or why not, for
    /// people.
    Clipboard(Result<ClipboardData, String>),
    /// To [`Call::Fetch`].
    Fetch(Fetched),
    /// To [`Call::Cookies`]: pairs, as in a `Cookie` header.
    Cookies(String),
}

/// A line of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleMessage {
    /// How loud.
    pub level: ConsoleLevel,
    /// The formatted text; may hold line breaks.
    pub text: String,
    /// Where it came from, as far as known.
    pub position: Option<SourcePosition>,
}

/// <https://console.spec.whatwg.org/#logger>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsoleLevel {
    /// `console.debug`.
    Debug,
    /// `console.log`.
    Log,
    /// `console.info`.
    Info,
    /// `console.warn`, and reports of the runtime.
    Warn,
    /// `console.error`, and exceptions that nobody caught.
    Error,
}

/// A place in a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePosition {
    /// URL of the script.
    pub url: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}
