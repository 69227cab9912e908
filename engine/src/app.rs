use std::{fmt, str::FromStr};

use virga_display_list::Frame;
use virga_protocol::{Answer, AppConfig, Call, FromApp, Inbound, Micros, ToApp};

/// What an app needs of the world around it. Called on the app's thread, from
/// within [`App::run`].
pub trait Host {
    /// A message left the app.
    fn send(&mut self, message: FromApp);

    /// The app has a new look.
    fn frame(&mut self, frame: Frame);

    /// Script waits for the answer; the host gives it before anything else
    /// happens, of the kind that the [`Call`] names.
    fn call(&mut self, call: Call) -> Answer;
}

/// What an app waits for, once [`App::run`] has nothing left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// When the next timer is due, since the app's time origin; send
    /// [`ToApp::Wake`](virga_protocol::ToApp::Wake) then.
    pub next_timer: Option<Micros>,
    /// The app would like a
    /// [`RenderOpportunity`](virga_protocol::ToApp::RenderOpportunity): its look
    /// changed, or script asked for a frame callback. An idle app wants none.
    pub wants_frame: bool,
    /// Requests sent to the host whose final reply has not come. Watches, which
    /// have no final reply, do not count once they brought something.
    pub outstanding: usize,
    /// The app closed itself or was closed; it does nothing any more.
    pub closed: bool,
    /// The document's `load` event is still to come.
    pub loading: bool,
}

/// A phase between document and frame whose result can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DumpPhase {
    /// The computed style of every element.
    Style,
    /// The box tree.
    Boxes,
    /// The fragments: boxes with sizes and positions.
    Fragments,
    /// The display list.
    DisplayList,
    /// The layers of the display list that the compositor moves by itself.
    Layers,
}

impl DumpPhase {
    /// All phases, in their order.
    pub const ALL: [Self; 5] =
        [Self::Style, Self::Boxes, Self::Fragments, Self::DisplayList, Self::Layers];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Style => "style",
            Self::Boxes => "boxes",
            Self::Fragments => "fragments",
            Self::DisplayList => "display-list",
            Self::Layers => "layers",
        }
    }
}

impl fmt::Display for DumpPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DumpPhase {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == name).ok_or_else(|| {
            format!("no phase is called {name:?}; there are style, boxes, fragments, display-list, layers")
        })
    }
}

/// How much work an app's rendering has done since it started. A frame's cost
/// is the difference of two of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCounters {
    /// Frames handed to the host.
    pub frames: u64,
    /// Elements whose style was computed.
    pub nodes_styled: u64,
    /// Boxes that were made or replaced.
    pub boxes_rebuilt: u64,
    /// Boxes that were laid out.
    pub nodes_laid_out: u64,
    /// Display items that were made.
    pub items_painted: u64,
}

/// One running cloud app.
///
/// It lives on one thread. [`Self::receive`] and [`Self::run`] never block but
/// in [`Host::call`], and never panic: a defect inside the engine stops the
/// app, which then shows what happened, and nothing else.
pub struct App {
    host: Box<dyn Host>,
    config: AppConfig,
    status: Status,
}

impl App {
    /// Starts an app: its first act is a fetch of `config.url`.
    #[must_use]
    pub fn new(config: AppConfig, _fonts: FontSet, host: Box<dyn Host>) -> Self {
        Self { host, config, status: Status::default() }
    }

    /// Takes a message in; what it causes happens in [`Self::run`].
    pub fn receive(&mut self, inbound: Inbound) {
        if inbound.message == ToApp::Close {
            self.status.closed = true;
        }
    }

    /// Runs tasks until none is ready.
    pub fn run(&mut self) -> Status {
        if self.status.closed {
            self.host.send(FromApp::Closed);
        }
        self.status
    }

    /// The result of a phase of rendering, for people to read. Brings rendering
    /// up to date first.
    pub fn dump(&mut self, phase: DumpPhase) -> String {
        format!("{phase}: nothing is shown\n")
    }

    /// How much work rendering has done so far.
    #[must_use]
    pub fn counters(&self) -> FrameCounters {
        FrameCounters::default()
    }
}

/// The fonts an app may use.
#[derive(Clone, Debug, Default)]
pub struct FontSet;

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("url", &self.config.url).field("status", &self.status).finish_non_exhaustive()
    }
}
