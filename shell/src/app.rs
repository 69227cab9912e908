use std::{
    cell::{Cell, RefCell},
    fmt,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, Sender};
use url::Url;
use virga_bridge::PromptId;
use virga_engine::{DumpPhase, FontSet, FrameCounters};
use virga_protocol::{
    AppConfig, ColorScheme, FromApp, InputEvent, InputStep, LogEntry, TimeMode, ToApp, Viewport,
};
use virga_render::Composited;

use crate::{
    Delegate, Error, Goal, Log, PermissionPrompt, Target, Timeline,
    engine::EngineInner,
    log::Recorder,
    runtime::{self, Event, Finding, Launch, Mailbox, Milestone, Order, Outbox, Pulse, Source},
    view::{Taken, View},
    zone,
};

/// Instructions that script executes between two looks at the watchdog: some
/// milliseconds.
const SCRIPT_SLICE: u64 = 1_000_000;
/// How long an app may take to answer a question of its host.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an app may take to finish its last turn.
const FAREWELL: Duration = Duration::from_secs(2);
/// What virtual time and chance begin with: 1 January 2026, and any number.
const VIRTUAL_ORIGIN: i64 = 1_767_225_600_000_000;
const VIRTUAL_SEED: u64 = 0x5eed;

/// Names an app of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppId(pub(crate) u64);

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How an app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppState {
    /// It runs.
    Running,
    /// It did not come back to its loop for a while.
    NotResponding,
    /// Its thread was given up.
    Abandoned,
    /// A defect ended it.
    Crashed,
    /// It was halted, to be looked at.
    Halted,
    /// It closed itself or was closed.
    Closed,
}

/// A running app. Clones are the same app; it ends when the last one is dropped.
#[derive(Clone)]
pub struct App {
    inner: Rc<AppInner>,
}

pub(crate) struct AppInner {
    id: AppId,
    url: String,
    title: RefCell<String>,
    state: Cell<AppState>,
    delegate: RefCell<Option<Box<dyn Delegate>>>,
    view: RefCell<View>,
    orders: Sender<Order>,
    mailbox: Arc<Mailbox>,
    pulse: Arc<Pulse>,
    timeline: Arc<Timeline>,
    recorder: Option<Arc<Recorder>>,
    /// Disconnected when the thread does no more.
    alive: Receiver<()>,
    engine: Rc<EngineInner>,
}

impl Drop for AppInner {
    fn drop(&mut self) {
        // A thread that has ended needs no order to.
        let _ = self.orders.send(Order::Stop);
        if let Some(recorder) = &self.recorder {
            // Nobody is left to hear of an error; `App::end_recording` tells it.
            let _ = recorder.flush();
        }
        self.engine.forget(self.id);
    }
}

impl App {
    pub(crate) fn from_inner(inner: Rc<AppInner>) -> Self {
        Self { inner }
    }

    /// Tells apps of an engine apart.
    #[must_use]
    pub fn id(&self) -> AppId {
        self.inner.id
    }

    /// The address it was opened with.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// The title of its document.
    #[must_use]
    pub fn title(&self) -> String {
        self.inner.title.borrow().clone()
    }

    /// How it is, as far as [`Engine::turn`](crate::Engine::turn) has heard.
    #[must_use]
    pub fn state(&self) -> AppState {
        self.inner.state.get()
    }

    /// When it reached its milestones, from the start of the engine or of what
    /// [`EngineBuilder::started`](crate::EngineBuilder::started) said.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.inner.timeline
    }

    /// Passes on what the user did, in CSS px of the app's viewport.
    ///
    /// Scrolling happens at once, in the compositor: the app hears of it, but is
    /// not asked, so that it stays smooth while script is busy.
    pub fn input(&self, event: InputEvent) {
        if matches!(self.state(), AppState::Crashed | AppState::Closed | AppState::Halted) {
            return;
        }
        let Taken { messages, redraw } = {
            let mut view = self.inner.view.borrow_mut();
            view.update(self.inner.mailbox.take());
            view.input(event)
        };
        for message in messages {
            self.send(message);
        }
        if redraw {
            self.tell(|delegate, app| delegate.frame_ready(app));
        }
    }

    /// Its window has this size now, in CSS px, and this many device px per CSS
    /// px.
    pub fn resize(&self, width: f32, height: f32, scale: f32) {
        let viewport = self.inner.view.borrow_mut().resize(width, height, scale);
        if let Some(viewport) = viewport {
            self.send(ToApp::Resize(viewport));
        }
    }

    /// The same, for a window of this size in device px.
    pub fn resize_pixels(&self, size: (u32, u32), scale: f64) {
        let (width, height, scale) = css(size, scale);
        self.resize(width, height, scale);
    }

    /// Size of its window in CSS px.
    #[must_use]
    pub fn size(&self) -> (f32, f32) {
        self.inner.view.borrow().size()
    }

    /// Size of its window in device px.
    #[must_use]
    pub fn pixel_size(&self) -> (u32, u32) {
        self.inner.view.borrow().pixel_size()
    }

    /// The user prefers dark or light apps.
    pub fn set_color_scheme(&self, scheme: ColorScheme) {
        let viewport = self.inner.view.borrow_mut().set_color_scheme(scheme);
        if let Some(viewport) = viewport {
            self.send(ToApp::Resize(viewport));
        }
    }

    /// Whether its window can be seen. A hidden app makes no frames.
    pub fn set_visible(&self, visible: bool) {
        self.send(ToApp::Visibility(visible));
    }

    /// Asks the app to close. [`Delegate::closed`] tells when it has; an app that
    /// does not respond can only be dropped.
    pub fn close(&self) {
        self.send(ToApp::Close);
    }

    /// Composites the newest frame to `target`, with what the system shows over
    /// it. Draws only what has changed since this app was painted there.
    ///
    /// # Errors
    /// If the target is lost and cannot be had again.
    pub fn paint<'a>(&self, target: impl Into<Target<'a>>) -> Result<Composited, Error> {
        let target = target.into();
        let paced = matches!(target, Target::Window(_));
        let mut view = self.inner.view.borrow_mut();
        view.update(self.inner.mailbox.take());
        let composited = view.composite(target)?;
        if view.has_frame() {
            self.inner.timeline.mark(Milestone::Pixels);
        }
        drop(view);
        if self.inner.mailbox.painted(paced) {
            // It may have ended meanwhile.
            let _ = self.inner.orders.send(Order::Painted);
        }
        Ok(composited)
    }

    /// Whether there is anything that [`Self::paint`] has not shown yet.
    #[must_use]
    pub fn needs_paint(&self) -> bool {
        let mut view = self.inner.view.borrow_mut();
        view.update(self.inner.mailbox.take());
        view.needs_paint()
    }

    /// Shows a permission prompt over the app, below which the app goes on. The
    /// user answers it with the pointer or the keyboard.
    pub fn ask(&self, prompt: PermissionPrompt) {
        self.inner.view.borrow_mut().ask(prompt);
        self.tell(|delegate, app| delegate.frame_ready(app));
    }

    /// The result of a phase of rendering, for people to read. Waits for the app.
    ///
    /// # Errors
    /// If the app has ended, crashed, or does not answer within ten seconds.
    pub fn dump(&self, phase: DumpPhase) -> Result<String, Error> {
        self.question(|reply| Order::Dump(phase, reply))
    }

    /// How much work rendering has done so far. Waits for the app.
    ///
    /// # Errors
    /// If the app has ended, crashed, or does not answer within ten seconds.
    pub fn counters(&self) -> Result<FrameCounters, Error> {
        self.question(Order::Counters)
    }

    /// Whether the app is in a turn of its loop that lasts too long, right now.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.inner.pulse.unresponsive()
    }

    /// Ends the app and its recording: waits a little until the app has finished
    /// its turn, so that the log ends between two turns, and saves the log. An
    /// app that is not recorded goes on.
    ///
    /// # Errors
    /// If the log cannot be written.
    pub fn end_recording(&self) -> std::io::Result<()> {
        let Some(recorder) = &self.inner.recorder else { return Ok(()) };
        // A thread that has ended needs no order to; one that hangs leaves a log
        // that ends where it hangs.
        let _ = self.inner.orders.send(Order::Stop);
        let _ = self.inner.alive.recv_timeout(FAREWELL);
        recorder.close()
    }

    fn question<T>(&self, order: impl FnOnce(Sender<T>) -> Order) -> Result<T, Error> {
        if matches!(self.state(), AppState::Crashed | AppState::Abandoned) {
            return Err(Error::NoAnswer);
        }
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.inner.orders.send(order(reply)).map_err(|_| Error::NoAnswer)?;
        answer.recv_timeout(PATIENCE).map_err(|_| Error::NoAnswer)
    }

    fn send(&self, message: ToApp) {
        // An app that has ended hears nothing.
        let _ = self.inner.orders.send(Order::Message(message));
    }

    /// Calls the delegate, which may itself call anything but `turn`.
    fn tell(&self, call: impl FnOnce(&mut dyn Delegate, &Self)) {
        let Some(mut delegate) = self.inner.delegate.borrow_mut().take() else { return };
        call(&mut *delegate, self);
        *self.inner.delegate.borrow_mut() = Some(delegate);
    }

    /// Something happened on another thread.
    pub(crate) fn handle(&self, event: Event) {
        match event {
            Event::Message(message) => self.message(message),
            Event::Frame => self.tell(|delegate, app| delegate.frame_ready(app)),
            Event::Finding(Finding::Unresponsive(unresponsive)) => {
                self.not_responding(unresponsive);
            }
            Event::Finding(Finding::Abandoned) => {
                self.inner.state.set(AppState::Abandoned);
                self.inner.engine.lose();
                self.tell(|delegate, app| delegate.abandoned(app));
            }
            Event::Prompt(prompt) => {
                let prompt = PermissionPrompt::new(self.inner.engine.bridge.clone(), prompt);
                self.tell(|delegate, app| delegate.permission(app, prompt));
            }
            Event::Withdraw(id) => self.withdraw(id),
            Event::Input(event) => self.input(event),
            Event::SetPermission(name, state) => {
                if let Ok(url) = Url::parse(&self.inner.url) {
                    let origin = url.origin().ascii_serialization();
                    let permissions = self.inner.engine.bridge.permissions();
                    permissions.set(&origin, name, Some(state));
                }
            }
            Event::Halted(why) => {
                self.inner.state.set(AppState::Halted);
                self.tell(|delegate, app| delegate.halted(app, why));
            }
            Event::Diverged(difference) => {
                self.inner.state.set(AppState::Halted);
                self.tell(|delegate, app| delegate.diverged(app, &difference));
            }
            Event::RecordingFailed(reason) => {
                self.tell(|delegate, app| delegate.recording_failed(app, &reason));
            }
            Event::Crashed(reason) => self.crashed(&reason),
            Event::Ended => {}
        }
    }

    fn message(&self, message: FromApp) {
        match message {
            FromApp::Console(message) => self.tell(|delegate, app| delegate.console(app, &message)),
            FromApp::Title(title) => {
                self.inner.title.replace(title.clone());
                self.tell(|delegate, app| delegate.title(app, &title));
            }
            FromApp::BlockingInput(blocking) => {
                self.inner.view.borrow_mut().set_blocking(blocking);
            }
            FromApp::Scroll { position, delta } => {
                let scrolled = self.inner.view.borrow_mut().scroll(position, delta.x, delta.y);
                if let Some(message) = scrolled {
                    self.send(message);
                    self.tell(|delegate, app| delegate.frame_ready(app));
                }
            }
            FromApp::Touch { id, pan } => self.inner.view.borrow_mut().decide_touch(id, pan),
            FromApp::TextInput(area) => {
                self.tell(|delegate, app| delegate.text_input(app, area));
            }
            FromApp::InputFailed { line, reason } => {
                self.tell(|delegate, app| delegate.input_failed(app, line, &reason));
            }
            FromApp::Cursor(cursor) => self.tell(|delegate, app| delegate.cursor(app, cursor)),
            FromApp::Loaded { url } => self.tell(|delegate, app| delegate.loaded(app, &url)),
            FromApp::LoadFailed { url, reason } => {
                self.tell(|delegate, app| delegate.load_failed(app, &url, &reason));
            }
            FromApp::ScriptStopped { position } => {
                self.tell(|delegate, app| delegate.script_stopped(app, position.as_ref()));
            }
            FromApp::Closed => {
                self.inner.state.set(AppState::Closed);
                self.tell(|delegate, app| delegate.closed(app));
            }
            // The app's own thread has sent these to the bridge and to other agents.
            FromApp::Request { .. }
            | FromApp::Cancel { .. }
            | FromApp::Consumed { .. }
            | FromApp::Socket { .. }
            | FromApp::Port { .. }
            | FromApp::Listen { .. }
            | FromApp::Broadcast { .. }
            | FromApp::Worker { .. }
            | FromApp::Owner(_) => {}
        }
    }

    fn not_responding(&self, unresponsive: bool) {
        let state = match (self.state(), unresponsive) {
            (AppState::Running, true) => AppState::NotResponding,
            (AppState::NotResponding, false) => AppState::Running,
            (other, _) => other,
        };
        self.inner.state.set(state);
        self.inner.view.borrow_mut().set_not_responding(unresponsive, &self.title());
        self.tell(|delegate, app| {
            delegate.not_responding(app, unresponsive);
            delegate.frame_ready(app);
        });
    }

    fn crashed(&self, reason: &str) {
        self.inner.state.set(AppState::Crashed);
        self.inner.engine.lose();
        self.inner.view.borrow_mut().set_crashed(&self.inner.url, reason);
        self.tell(|delegate, app| {
            delegate.crashed(app, reason);
            delegate.frame_ready(app);
        });
    }

    fn withdraw(&self, id: PromptId) {
        let shown = self.inner.view.borrow_mut().withdraw(id);
        self.tell(|delegate, app| {
            delegate.permission_withdrawn(app, id);
            if shown {
                delegate.frame_ready(app);
            }
        });
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("id", &self.inner.id)
            .field("url", &self.inner.url)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// Starts an [`App`].
pub struct AppBuilder {
    engine: Rc<EngineInner>,
    url: String,
    viewport: Viewport,
    delegate: Box<dyn Delegate>,
    goal: Option<Goal>,
    limit: Option<Duration>,
    record: Option<PathBuf>,
    replay: Option<(PathBuf, Log)>,
    test_hooks: bool,
    input: Vec<InputStep>,
}

impl AppBuilder {
    pub(crate) fn new(engine: Rc<EngineInner>, url: String) -> Self {
        let viewport = engine.device.profile().viewport();
        Self {
            engine,
            url,
            viewport,
            delegate: Box::new(()),
            goal: None,
            limit: None,
            record: None,
            replay: None,
            test_hooks: false,
            input: Vec::new(),
        }
    }

    /// The size of its window in CSS px; the device's screen if not given.
    #[must_use]
    pub fn size(mut self, width: f32, height: f32) -> Self {
        (self.viewport.width, self.viewport.height) = (width, height);
        self
    }

    /// Device px per CSS px; the device's if not given.
    #[must_use]
    pub fn scale(mut self, scale: f32) -> Self {
        self.viewport.scale = scale;
        self
    }

    /// The same, for a window of this size in device px.
    #[must_use]
    pub fn pixels(self, size: (u32, u32), scale: f64) -> Self {
        let (width, height, scale) = css(size, scale);
        self.size(width, height).scale(scale)
    }

    /// Who hears of the app.
    #[must_use]
    pub fn delegate(mut self, delegate: impl Delegate + 'static) -> Self {
        self.delegate = Box::new(delegate);
        self
    }

    /// Halts the app when it has come so far: it takes no more messages, but can
    /// be painted and dumped.
    #[must_use]
    pub fn run_until(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    /// Halts the app after so much of its own time.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Gives the app's pages the object `internals`, with which tests act as the
    /// user: `internals.sendInput()` and `internals.setPermission()`. Not for pages
    /// that are not trusted.
    #[must_use]
    pub fn test_hooks(mut self, on: bool) -> Self {
        self.test_hooks = on;
        self
    }

    /// Lets the app do what a user would do, step by step.
    #[must_use]
    pub fn play_input(mut self, steps: Vec<InputStep>) -> Self {
        self.input = steps;
        self
    }

    /// Records the app's message log to a file.
    #[must_use]
    pub fn record(mut self, file: impl Into<PathBuf>) -> Self {
        self.record = Some(file.into());
        self
    }

    /// Plays a recorded run instead of opening the address: no network, no
    /// device, no clock. `file` is where the log came from, for messages.
    #[must_use]
    pub fn replay(mut self, file: &Path, log: Log) -> Self {
        self.viewport = log.config().viewport;
        self.url.clone_from(&log.config().url);
        self.replay = Some((file.to_owned(), log));
        self
    }

    /// Starts the app.
    ///
    /// # Errors
    /// If the address is no URL, a file for the log cannot be made, a log does
    /// not fit this build, or the system gives no thread.
    pub fn build(self) -> Result<App, Error> {
        let engine = self.engine;
        let mut limits = engine.limits;
        let (config, source) = match self.replay {
            Some((path, log)) => {
                check_fonts(path, &log)?;
                // The log says when a script was stopped, on a faster machine maybe.
                limits.abandon = Duration::MAX;
                (log.config().clone(), Source::Log(Box::new(log)))
            }
            None => {
                let url = Url::parse(&self.url).map_err(|error| Error::Address {
                    url: self.url.clone(),
                    reason: error.to_string(),
                })?;
                let source = Source::Live {
                    bridge: engine.bridge.clone(),
                    switchboard: Arc::clone(&engine.switchboard),
                    prompts: Arc::clone(&engine.prompts),
                    goal: self.goal,
                    limit: self.limit,
                    clipboard: engine.clipboard.clone(),
                    input: self.input,
                };
                let mut config = config(url.into(), self.viewport, &engine);
                config.test_hooks = self.test_hooks;
                (config, source)
            }
        };
        let recorder = match self.record {
            None => None,
            Some(path) => match Recorder::create(&path) {
                Ok(recorder) => Some(Arc::new(recorder)),
                Err(error) => return Err(Error::Record { path, error }),
            },
        };
        let outbox = engine.enroll();
        let id = outbox.app();
        let (orders, inbox) = crossbeam_channel::unbounded();
        let (living, alive) = crossbeam_channel::bounded(0);
        let mailbox = Arc::new(Mailbox::default());
        let timeline = Arc::new(Timeline::since(engine.started));
        timeline.mark(Milestone::Arguments);
        let pulse = engine
            .watchdog
            .watch(limits, report(outbox.clone(), recorder.clone()))
            .map_err(Error::Thread)?;
        let inner = Rc::new(AppInner {
            id,
            url: config.url.clone(),
            title: RefCell::default(),
            state: Cell::new(AppState::Running),
            delegate: RefCell::new(Some(self.delegate)),
            view: RefCell::new(View::new(id, config.viewport, engine.renderer)),
            orders: orders.clone(),
            mailbox: Arc::clone(&mailbox),
            pulse: Arc::clone(&pulse),
            timeline: Arc::clone(&timeline),
            recorder: recorder.clone(),
            alive,
            engine: Rc::clone(&engine),
        });
        engine.adopt(id, &inner);
        runtime::spawn(Launch {
            config,
            source,
            recorder,
            orders,
            inbox,
            outbox,
            mailbox,
            pulse,
            timeline,
            alive: living,
        })
        .map_err(Error::Thread)?;
        Ok(App { inner })
    }
}

/// A window's size in CSS px, and its scale.
#[expect(clippy::cast_possible_truncation, reason = "sizes and scales of windows")]
fn css((width, height): (u32, u32), scale: f64) -> (f32, f32, f32) {
    let side = |device: u32| (f64::from(device) / scale) as f32;
    (side(width), side(height), scale as f32)
}

/// Passes on what the watchdog finds, and saves the log of an app that will not
/// do it.
fn report(outbox: Outbox, recorder: Option<Arc<Recorder>>) -> impl Fn(Finding) + Send + Sync {
    move |finding| {
        if finding != Finding::Unresponsive(false)
            && let Some(Err(error)) = recorder.as_ref().map(|recorder| recorder.flush())
        {
            outbox.post(Event::RecordingFailed(error.to_string()));
        }
        outbox.post(Event::Finding(finding));
    }
}

fn check_fonts(path: PathBuf, log: &Log) -> Result<(), Error> {
    let fonts = FontSet::bundled();
    // A run that made no frame does not depend on fonts.
    let drew = log.entries().iter().any(|entry| matches!(entry, LogEntry::Frame { .. }));
    if drew && log.fonts() != fonts.digest() {
        return Err(Error::Fonts {
            path,
            recorded: log.fonts().to_owned(),
            here: fonts.digest().to_owned(),
        });
    }
    Ok(())
}

fn config(url: String, viewport: Viewport, engine: &EngineInner) -> AppConfig {
    let (seed, time_origin) = match engine.time {
        TimeMode::Virtual => (VIRTUAL_SEED, VIRTUAL_ORIGIN),
        TimeMode::Real => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            (random_seed(), i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
        }
    };
    let mobile = if engine.device.profile().mobile { "; Mobile" } else { "" };
    AppConfig {
        url,
        viewport,
        seed,
        time_origin,
        time_zone: zone::system(),
        locale: zone::locale(),
        time: engine.time,
        user_agent: format!("Mozilla/5.0 (Linux{mobile}) Virga/{}", env!("CARGO_PKG_VERSION")),
        script_slice: SCRIPT_SLICE,
        test_hooks: false,
        agent: engine.switchboard.enroll(),
        trusted_origins: Vec::new(),
        worker: None,
    }
}

/// The standard library seeds its hashers from the system's random numbers.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}
