use std::{fmt, rc::Rc, str::FromStr};

use virga_display_list::Frame;
use virga_dom::fonts::FontSet;
use virga_js::{Cx, Environment, Error, ModuleFetch, Object, Runtime, RuntimeOptions, TimedJob};
use virga_protocol::{Answer, AppConfig, Call, FromApp, Inbound, Micros, ToApp, WorkerReport};

use crate::{
    agent::Agent,
    event_loop::{Task, TaskSource},
    events, loading, messaging, navigable,
    testing::Internals,
    window::{GlobalScope, rendering},
    workers,
};

/// How many tasks [`App::run`] runs before it goes back to its host, so that
/// input and frames come through to an app that never runs out of tasks.
const TASKS_PER_RUN: usize = 100;
/// How many windows it makes before: each costs more than most tasks.
const WINDOWS_PER_RUN: u64 = 4;

/// What an app needs of the world around it. Called on the app's thread, from
/// within [`App::new`], [`App::run`] and [`App::dump`].
pub trait Host {
    /// A message left the app.
    fn send(&mut self, message: FromApp);

    /// The app has a new look.
    fn frame(&mut self, frame: Frame);

    /// Script waits for the answer; the host gives it before anything else
    /// happens, of the kind that the [`Call`] names.
    fn call(&mut self, call: Call) -> Answer;

    /// A phase on the way to the first frame is over. For hosts that measure; the
    /// app has no clock of its own.
    fn mark(&mut self, phase: Phase) {
        let _ = phase;
    }
}

/// A phase on the way to an app's first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The script engine is up.
    Created,
    /// The document's tree is complete, scripts of the parser included.
    Parsed,
    /// Every element has its style.
    Styled,
    /// Every box has its place.
    LaidOut,
    /// The display list is made.
    Painted,
}

/// What an app waits for, once [`App::run`] has nothing left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// When the next timer is due, since the app's time origin; send
    /// [`ToApp::Wake`] then.
    pub next_timer: Option<Micros>,
    /// The app would like a [`ToApp::RenderOpportunity`]: its look changed, or
    /// script asked for a frame callback. An idle app wants none.
    pub wants_frame: bool,
    /// Fetches whose end has not come. Positions and permissions are not counted:
    /// an unanswered question must not stop the time of the app.
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
/// It lives on one thread, whose stack must be large (64 MiB; script nests), and
/// blocks only in [`Host::call`]. A panic inside the engine is a defect: it comes
/// out of [`Self::run`] once the script stack is unwound, and the app must not be
/// used any more. What an app, a file or the network says never causes one.
pub struct App {
    agent: Rc<Agent>,
    runtime: Runtime,
    /// `closed` was told to the host.
    ended: bool,
}

impl App {
    /// Starts an app: its first act is a fetch of `config.url`.
    ///
    /// # Panics
    /// If the script engine cannot be set up.
    #[must_use]
    pub fn new(config: AppConfig, fonts: FontSet, host: Box<dyn Host>) -> Self {
        let options = RuntimeOptions {
            slice: u32::try_from(config.script_slice).unwrap_or(u32::MAX).max(1),
            random_seed: config.seed,
            ..RuntimeOptions::default()
        };
        let url = config.url.clone();
        let worker = config.worker.clone();
        let agent = Rc::new(Agent::new(config, fonts, host));
        let environment = Rc::new(AppEnvironment { agent: Rc::clone(&agent) });
        let mut runtime = match Runtime::new(environment, options) {
            Ok(runtime) => runtime,
            Err(error) => panic!("the script engine cannot be set up: {error}"),
        };
        let cx = runtime.cx();
        cx.insert_agent(Rc::clone(&agent));
        agent.set_neutral_realm(cx.realm());
        cx.set_dom_exception_factory(crate::dom_exception::make);
        agent.host().mark(Phase::Created);
        agent.event_loop.queue(Task {
            source: TaskSource::Navigation,
            window: None,
            steps: Box::new(move |cx| match &worker {
                Some(worker) => workers::start(cx, worker),
                None => loading::start(cx, &url),
            }),
        });
        Self { agent, runtime, ended: false }
    }

    /// Gives the app's pages the object `internals`, with which page tests act as
    /// the user and the host. To be called before the first [`Self::run`].
    pub fn enable_internals(&mut self, internals: Box<dyn Internals>) {
        self.agent.set_internals(internals);
    }

    /// Takes a message in; what it causes happens in [`Self::run`].
    pub fn receive(&mut self, inbound: Inbound) {
        let agent = &self.agent;
        agent.event_loop.advance_to(inbound.at);
        let queue = |source, steps: Box<dyn FnOnce(&mut Cx)>| {
            let Some(window) = agent.shown_window() else { return };
            agent.event_loop.queue(Task { source, window: Some(window.id()), steps });
        };
        match inbound.message {
            ToApp::Wake => {}
            ToApp::RenderOpportunity => agent.event_loop.offer_frame(),
            ToApp::Play(steps) => agent.player.play(steps),
            ToApp::Input(event) => queue(
                TaskSource::UserInteraction,
                Box::new(move |cx| navigable::input::handle(cx, event)),
            ),
            ToApp::Resize(viewport) => {
                for top in agent.navigables.tops() {
                    top.set_viewport(viewport);
                    if let Some(window) = top.window() {
                        rendering::resize(agent, &window, viewport);
                    }
                }
            }
            ToApp::Scroll { scroll, offset } => {
                rendering::compositor_scrolled(agent, scroll, offset);
            }
            ToApp::Reply { id, reply } => {
                if let Some(task) = agent.requests.reply(id, reply, inbound.at) {
                    agent.event_loop.queue(task);
                }
            }
            ToApp::Permission { origin, name, state } => {
                crate::permissions::changed(self.runtime.cx(), &origin, name, state);
            }
            ToApp::StorageChanged(change) => {
                crate::storage::changed_elsewhere(self.runtime.cx(), change);
            }
            ToApp::Port { to, message } => {
                messaging::port_arrived(self.runtime.cx(), to, message);
            }
            ToApp::Broadcast { channel, value } => {
                messaging::broadcast_arrived(self.runtime.cx(), &channel, &value);
            }
            ToApp::Worker { worker, report } => {
                workers::reported(self.runtime.cx(), worker, report);
            }
            ToApp::Owner(value) => workers::owner_posted(self.runtime.cx(), value),
            ToApp::Visibility(visible) => {
                agent.set_visible(visible);
                for window in agent.windows() {
                    agent.queue_task(TaskSource::UserInteraction, window.id(), |cx| {
                        let document = crate::agent::EngineCx::document_id(cx);
                        let target = crate::agent::EngineCx::wrap(cx, document).upcast();
                        let bubbles = events::Bubbles(true);
                        let cancelable = events::Cancelable(false);
                        events::fire(cx, &target, "visibilitychange", bubbles, cancelable);
                    });
                }
            }
            ToApp::CollectGarbage => agent.collect_garbage_soon(),
            ToApp::Close => agent.close(),
        }
    }

    /// Runs tasks until none is ready, and makes a frame if the display can take
    /// one and the look changed.
    ///
    /// # Panics
    /// When the engine itself panicked: see [`App`].
    pub fn run(&mut self) -> Status {
        if self.ended {
            return Status { closed: true, ..Status::default() };
        }
        let mut ran = 0;
        let windows = self.agent.windows_made();
        while ran < TASKS_PER_RUN
            && self.agent.windows_made() < windows + WINDOWS_PER_RUN
            && !self.agent.is_closing()
        {
            let Some(task) = self.agent.event_loop.next_task() else { break };
            ran += 1;
            self.run_task(task);
        }
        if self.agent.event_loop.take_frame_offer() && !self.agent.is_closing() {
            self.render();
        }
        self.end_task();
        if self.agent.is_closing() {
            return self.end();
        }
        self.status()
    }

    /// The result of a phase of rendering, for people to read. Brings rendering
    /// up to date first.
    pub fn dump(&mut self, phase: DumpPhase) -> String {
        match self.agent.shown_window() {
            Some(window) => rendering::dump(&self.agent, &window, phase),
            None => String::new(),
        }
    }

    /// How much work rendering has done so far.
    #[must_use]
    pub fn counters(&self) -> FrameCounters {
        rendering::counters(&self.agent)
    }

    fn run_task(&mut self, task: Task) {
        let scope = match task.window {
            None => None,
            Some(id) => match self.agent.scope_with(id) {
                Some(scope) => Some(scope),
                None => return,
            },
        };
        self.in_scope(scope.as_deref(), task.steps);
        self.end_task();
    }

    fn render(&mut self) {
        let Some(window) = self.agent.shown_window() else { return };
        if self.agent.is_visible() && rendering::wants_frame(&self.agent) {
            self.in_scope(Some(&**window), rendering::update_the_rendering);
        }
    }

    /// Runs native steps with a global's realm current, behind the panic
    /// boundary, and the microtasks that they leave.
    fn in_scope(&mut self, scope: Option<&GlobalScope>, steps: impl FnOnce(&mut Cx)) {
        let cx = self.runtime.cx();
        let realm = scope.map_or_else(|| cx.realm(), |scope| scope.realm().clone());
        let result = virga_js::guard(cx, |cx| {
            cx.in_realm(&realm, |cx| {
                steps(cx);
                cx.perform_microtask_checkpoint();
            });
            Ok(())
        });
        if let Err(Error::Panicked(message)) = result {
            std::panic::resume_unwind(Box::new(message));
        }
        if self.runtime.is_poisoned() {
            std::panic::resume_unwind(Box::new("native code called by script panicked"));
        }
    }

    /// What follows a task: reports of rejections, the title, durable storage,
    /// garbage.
    fn end_task(&mut self) {
        let scope = self.agent.main_scope();
        let agent = Rc::clone(&self.agent);
        self.in_scope(scope.as_deref(), move |cx| {
            events::report_rejections(cx);
            loading::send_title(cx);
            agent.end_task(cx);
            if agent.player.is_playing() {
                crate::testing::poll(cx);
            }
        });
    }

    fn status(&self) -> Status {
        let agent = &self.agent;
        let window = agent.window();
        let next_timer = if agent.event_loop.has_tasks() {
            Some(agent.task_time())
        } else {
            agent.event_loop.timers().borrow_mut().next()
        };
        let next_timer = match (next_timer, agent.player.due()) {
            (Some(timer), Some(due)) => Some(timer.min(due)),
            (timer, due) => timer.or(due),
        };
        Status {
            next_timer,
            wants_frame: agent.is_visible() && rendering::wants_frame(agent),
            outstanding: agent.requests.outstanding(),
            closed: false,
            loading: window.is_none_or(|window| window.loading.is_loading()),
        }
    }

    fn end(&mut self) -> Status {
        self.ended = true;
        let agent = Rc::clone(&self.agent);
        if let Some(window) = agent.window() {
            self.in_scope(Some(&**window), loading::unload_shown);
        }
        agent.end_messaging(|_| false);
        for id in agent.requests.clear() {
            agent.send(FromApp::Cancel { id });
        }
        agent.send(if agent.is_worker() {
            FromApp::Owner(WorkerReport::Closed)
        } else {
            FromApp::Closed
        });
        Status { closed: true, ..Status::default() }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Handles outside of the heap would outlive the runtime.
        self.agent.let_go();
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("url", &self.agent.config.url).finish_non_exhaustive()
    }
}

/// What the script engine asks of an app.
struct AppEnvironment {
    agent: Rc<Agent>,
}

impl Environment for AppEnvironment {
    fn monotonic_micros(&self) -> u64 {
        self.agent.now().0
    }

    fn wall_millis(&self) -> i64 {
        let now = i64::try_from(self.agent.now().0).unwrap_or(i64::MAX);
        self.agent.config.time_origin.saturating_add(now).div_euclid(1000)
    }

    fn utc_offset_seconds(&self, unix_seconds: i64) -> i32 {
        self.agent.config.time_zone.offset_at(unix_seconds)
    }

    fn keep_running(&self, slices: u64) -> bool {
        !matches!(self.agent.call(Call::KeepRunning { slices }), Answer::KeepRunning(false))
    }

    fn fetch_module(&self, cx: &mut Cx, fetch: ModuleFetch) {
        loading::fetch_module(cx, fetch);
    }

    fn import_meta(&self, cx: &mut Cx, meta: &Object, url: &str) {
        meta.put("url", virga_js::Property::data(url, virga_js::Flags::ALL));
        let resolve = loading::import_meta_resolve(cx, url);
        meta.put("resolve", virga_js::Property::data(resolve, virga_js::Flags::ALL));
    }

    fn set_timer(&self, cx: &mut Cx, job: TimedJob) {
        let delay = Micros(job.delay_millis().saturating_mul(1000));
        let job = std::cell::RefCell::new(Some(job));
        crate::timers::run_after(cx, delay, move |cx| {
            let job = job.borrow_mut().take();
            if let Some(job) = job.filter(|job| !job.is_cancelled())
                && let Err(error) = job.run(cx)
            {
                events::report_exception(cx, error);
            }
        });
    }

    fn job_failed(&self, cx: &mut Cx, error: Error) {
        events::report_exception(cx, error);
    }
}
