use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fs,
    rc::{Rc, Weak},
    sync::Arc,
    time::Instant,
};

use crossbeam_channel::Sender;
use virga_bridge::{Bridge, BridgeOptions, Phone, Route};
use virga_protocol::{PermissionName, PermissionState, TimeMode};
use virga_render::RendererChoice;

use crate::{
    App, AppBuilder, AppId, Device, Error, Gps, Limits,
    app::AppInner,
    clipboard::{Clipboard, MemoryClipboard, SharedClipboard},
    runtime::{Event, Events, Outbox, Prompts, Switchboard, Wake, Watchdog},
};

/// Runs apps on a device, each on a thread of its own.
///
/// An engine belongs to the thread that made it, which is the thread of the
/// host's event loop: there [`Engine::turn`] delivers what apps have to say.
/// The threads of apps, network and storage belong to the engine.
///
/// ```
/// use std::sync::mpsc;
/// use virga::{App, Delegate, Device, Engine};
///
/// /// Notes the title.
/// struct Titled(mpsc::Sender<String>);
/// impl Delegate for Titled {
///     fn title(&mut self, _: &App, title: &str) {
///         self.0.send(title.to_owned()).unwrap();
///     }
/// }
///
/// # fn main() -> Result<(), virga::Error> {
/// // The waker is called on any thread; it has to make the host call `turn`.
/// let (wake, woken) = mpsc::channel();
/// let engine = Engine::builder(move || wake.send(())).device(Device::default()).build()?;
/// let (titles, heard) = mpsc::channel();
/// let app = engine
///     .open("data:text/html,<title>Rain</title>")
///     .delegate(Titled(titles))
///     .build()?;
/// let title = loop {
///     woken.recv().unwrap();
///     engine.turn();
///     if let Ok(title) = heard.try_recv() {
///         break title;
///     }
/// };
/// assert_eq!(title, "Rain");
/// # drop(app);
/// # Ok(())
/// # }
/// ```
pub struct Engine {
    pub(crate) inner: Rc<EngineInner>,
}

pub(crate) struct EngineInner {
    pub(crate) device: Device,
    pub(crate) time: TimeMode,
    pub(crate) limits: Limits,
    pub(crate) renderer: RendererChoice,
    pub(crate) bridge: Bridge,
    pub(crate) prompts: Arc<Prompts>,
    pub(crate) switchboard: Arc<Switchboard>,
    pub(crate) watchdog: Watchdog,
    pub(crate) started: Instant,
    pub(crate) clipboard: SharedClipboard,
    apps: RefCell<BTreeMap<AppId, Weak<AppInner>>>,
    next: Cell<u64>,
    lost: Cell<usize>,
    sender: Sender<(AppId, Event)>,
    events: Events,
    wake: Arc<Wake>,
}

impl Engine {
    /// An engine that calls `waker`, on any thread, when [`Self::turn`] has
    /// something to do. What the waker returns is ignored.
    pub fn builder<R>(waker: impl Fn() -> R + Send + Sync + 'static) -> EngineBuilder {
        EngineBuilder {
            wake: Wake::new(move || {
                let _ = waker();
            }),
            device: Device::default(),
            time: TimeMode::Real,
            limits: Limits::default(),
            renderer: RendererChoice::Auto,
            started: None,
            clipboard: Box::new(MemoryClipboard::default()),
        }
    }

    /// An app at this address. It starts with [`AppBuilder::build`].
    pub fn open(&self, url: impl Into<String>) -> AppBuilder {
        AppBuilder::new(Rc::clone(&self.inner), url.into())
    }

    /// Delivers to delegates what has happened since the last turn. Call it on
    /// the engine's thread after each call of the waker, not from a delegate.
    pub fn turn(&self) {
        self.inner.wake.looking();
        // What arrives meanwhile calls the waker again.
        for _ in 0..self.inner.events.len() {
            let Ok((id, event)) = self.inner.events.try_recv() else { break };
            let app = self.inner.apps.borrow().get(&id).and_then(Weak::upgrade);
            match app {
                Some(app) => App::from_inner(app).handle(event),
                None => drop(event),
            }
        }
    }

    /// How many app threads were given up, because they crashed or never came
    /// back. Their memory is lost until the process ends.
    #[must_use]
    pub fn lost_threads(&self) -> usize {
        self.inner.lost.get()
    }

    /// What an origin may do.
    #[must_use]
    pub fn permission(&self, origin: &str, name: PermissionName) -> PermissionState {
        self.inner.bridge.permissions().state(origin, name)
    }

    /// Decides what an origin may do; `None` takes a decision back. Apps that use
    /// what is taken away notice at once.
    pub fn set_permission(
        &self,
        origin: &str,
        name: PermissionName,
        state: Option<PermissionState>,
    ) {
        self.inner.bridge.permissions().set(origin, name, state);
    }
}

impl EngineInner {
    /// A number for one more app, and its way to the host's thread.
    pub(crate) fn enroll(&self) -> Outbox {
        let id = AppId(self.next.get());
        self.next.set(id.0 + 1);
        Outbox::new(id, self.sender.clone(), Arc::clone(&self.wake))
    }

    pub(crate) fn adopt(&self, id: AppId, app: &Rc<AppInner>) {
        self.apps.borrow_mut().insert(id, Rc::downgrade(app));
    }

    pub(crate) fn forget(&self, id: AppId) {
        self.apps.borrow_mut().remove(&id);
        self.prompts.forget(id);
    }

    pub(crate) fn lose(&self) {
        self.lost.set(self.lost.get() + 1);
    }
}

/// Makes an [`Engine`].
pub struct EngineBuilder {
    wake: Arc<Wake>,
    device: Device,
    time: TimeMode,
    limits: Limits,
    renderer: RendererChoice,
    started: Option<Instant>,
    clipboard: Box<dyn Clipboard>,
}

impl EngineBuilder {
    /// The device that apps run on.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// How time passes for apps. On virtual time an app starts on 1 January 2026,
    /// its random numbers are the same in each run, and it waits for nothing but
    /// the network.
    #[must_use]
    pub fn time(mut self, time: TimeMode) -> Self {
        self.time = time;
        self
    }

    /// How long apps may be busy.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What draws apps to memory: the CPU, unless the GPU is chosen. For windows
    /// see [`WindowTarget::open`](crate::WindowTarget::open).
    #[must_use]
    pub fn renderer(mut self, renderer: RendererChoice) -> Self {
        self.renderer = renderer;
        self
    }

    /// Where apps copy to and paste from: one that they alone share, if not given.
    #[must_use]
    pub fn clipboard(mut self, clipboard: impl Clipboard + 'static) -> Self {
        self.clipboard = Box::new(clipboard);
        self
    }

    /// When the process started: from then on [`App::timeline`] counts.
    #[must_use]
    pub fn started(mut self, started: Instant) -> Self {
        self.started = Some(started);
        self
    }

    /// The engine. Nothing heavy happens before the first app needs it.
    ///
    /// # Errors
    /// If the device's location or route cannot be read.
    pub fn build(self) -> Result<Engine, Error> {
        let location = self.device.gps.as_ref().map(route).transpose()?;
        let prompts = Arc::new(Prompts::default());
        let bridge = Bridge::new(BridgeOptions {
            profile: self.device.storage.clone(),
            phone: Phone { location },
            grant: self.device.granted.clone(),
            deny: self.device.denied.clone(),
            prompts: Some(prompts.clone()),
            ..BridgeOptions::default()
        });
        let (sender, events) = crossbeam_channel::unbounded();
        Ok(Engine {
            inner: Rc::new(EngineInner {
                device: self.device,
                time: self.time,
                limits: self.limits,
                renderer: self.renderer,
                bridge,
                prompts,
                switchboard: Arc::default(),
                watchdog: Watchdog::new(),
                started: self.started.unwrap_or_else(Instant::now),
                clipboard: SharedClipboard::new(self.clipboard),
                apps: RefCell::default(),
                next: Cell::new(1),
                lost: Cell::new(0),
                sender,
                events,
                wake: self.wake,
            }),
        })
    }
}

fn route(gps: &Gps) -> Result<Route, Error> {
    match gps {
        Gps::Fixed { latitude, longitude } => {
            Route::fixed(*latitude, *longitude).map_err(|error| Error::Location(error.to_string()))
        }
        Gps::Route(path) => {
            let wrong = |error: &dyn std::fmt::Display| {
                Error::Location(format!("cannot use {} as a route: {error}", path.display()))
            };
            let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
            Route::from_gpx(&text).map_err(|error| wrong(&error))
        }
    }
}
