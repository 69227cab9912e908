//! In a window: `virga run`.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};

use virga::{
    App, AppState, ConsoleMessage, CursorIcon, Delegate, Engine, Halt, RendererChoice,
    SourcePosition, SystemClipboard, TextInputArea, WindowTarget,
    window::{Change, Client, Flow, Loop, Window},
};

use super::{
    args::Options,
    console::Printer,
    exit::{Exit, Failure},
    session::{end_recording, reports},
};

/// How long an app that is to close may take before its window goes anyway.
const FAREWELL: Duration = Duration::from_secs(1);

pub(crate) fn run(
    target: Option<&str>,
    options: &Options,
    started: Instant,
) -> Result<Exit, Failure> {
    // Before anything else: what is wrong with an argument counts first.
    let events = Loop::new().map_err(|error| {
        Failure::failed(format!("{error}; without a display, use --headless or `virga screenshot`"))
    })?;
    run_on(events, target, options, started)
}

pub(crate) fn run_on(
    events: Loop,
    target: Option<&str>,
    options: &Options,
    started: Instant,
) -> Result<Exit, Failure> {
    let engine = options.engine_with(started, events.waker(), SystemClipboard::default())?;
    let shared = Rc::new(Shared::default());
    let watcher = Watcher {
        shared: Rc::clone(&shared),
        printer: Printer(options.console),
        input: options.input.clone(),
    };
    // The app starts while the window opens.
    let app = options.open(&engine, target)?.delegate(watcher).build()?;
    let size = app.size();
    let mut desktop = Desktop {
        engine,
        app,
        shared,
        renderer: options.renderer(),
        scale: options.scale,
        fixed: options.replay.is_some(),
        target: None,
        closing: None,
    };
    let factor = options.scale.unwrap_or(1.0);
    events
        .run("Virga", (size.0 * factor, size.1 * factor), &mut desktop)
        .map_err(|error| Failure::failed(format!("no window: {error}")))?;
    desktop.engine.turn();
    let exit = desktop.exit();
    if matches!(desktop.app.state(), AppState::Running | AppState::Halted | AppState::Closed) {
        reports(&desktop.app, options)?;
    }
    end_recording(&desktop.app)?;
    desktop.engine.turn();
    Ok(exit)
}

/// What the delegate and the window's client share.
#[derive(Default)]
struct Shared {
    window: RefCell<Option<Window>>,
    /// What went wrong; the window stays to show it.
    failed: Cell<Option<Exit>>,
    /// The app needs its window no longer.
    ended: Cell<Option<Exit>>,
}

struct Watcher {
    shared: Rc<Shared>,
    printer: Printer,
    input: Option<PathBuf>,
}

impl Watcher {
    fn window(&self, call: impl FnOnce(&Window)) {
        if let Some(window) = &*self.shared.window.borrow() {
            call(window);
        }
    }
}

impl Delegate for Watcher {
    fn frame_ready(&mut self, _: &App) {
        self.window(Window::request_redraw);
    }

    fn console(&mut self, _: &App, message: &ConsoleMessage) {
        self.printer.print(message);
    }

    fn title(&mut self, _: &App, title: &str) {
        self.window(|window| window.set_title(if title.is_empty() { "Virga" } else { title }));
    }

    fn cursor(&mut self, _: &App, cursor: CursorIcon) {
        self.window(|window| window.set_cursor(cursor));
    }

    fn text_input(&mut self, _: &App, area: Option<TextInputArea>) {
        if let Some(area) = area {
            self.window(|window| window.set_text_input(area));
        }
    }

    fn input_failed(&mut self, _: &App, line: u32, reason: &str) {
        Options::input_failed(self.input.as_deref(), line, reason);
        self.shared.failed.set(Some(Exit::Failed));
    }

    fn load_failed(&mut self, _: &App, url: &str, reason: &str) {
        eprintln!("virga: cannot load {url}: {reason}");
        self.shared.failed.set(Some(Exit::Failed));
    }

    fn loaded(&mut self, _: &App, _: &str) {
        self.shared.failed.set(None);
    }

    fn not_responding(&mut self, _: &App, not_responding: bool) {
        let what = if not_responding { "does not respond" } else { "responds again" };
        eprintln!("virga: the app {what}");
    }

    fn script_stopped(&mut self, _: &App, position: Option<&SourcePosition>) {
        match position {
            Some(at) => eprintln!(
                "virga: a script ran too long and was stopped at {}:{}:{}",
                at.url, at.line, at.column
            ),
            None => eprintln!("virga: a script ran too long and was stopped"),
        }
    }

    fn abandoned(&mut self, _: &App) {
        eprintln!("virga: the app was given up; its window can only be closed");
        self.shared.failed.set(Some(Exit::Unresponsive));
    }

    fn crashed(&mut self, _: &App, reason: &str) {
        eprintln!("virga: the app crashed: {reason}");
        self.shared.failed.set(Some(Exit::Crashed));
    }

    fn closed(&mut self, _: &App) {
        self.shared.ended.set(Some(Exit::Done));
    }

    fn halted(&mut self, _: &App, why: Halt) {
        match why {
            // The last state of a replay stays to be seen.
            Halt::EndOfLog => {}
            Halt::Goal => self.shared.ended.set(Some(Exit::Done)),
            Halt::TimeLimit => {
                eprintln!("virga: time is up");
                self.shared.ended.set(Some(Exit::TimedOut));
            }
        }
    }

    fn diverged(&mut self, _: &App, difference: &str) {
        eprintln!("virga: the replay differs from the log at {difference}");
        self.shared.failed.set(Some(Exit::Failed));
    }

    fn recording_failed(&mut self, _: &App, reason: &str) {
        eprintln!("virga: the run cannot be recorded: {reason}");
        self.shared.ended.set(Some(Exit::Failed));
    }
}

struct Desktop {
    engine: Engine,
    app: App,
    shared: Rc<Shared>,
    renderer: RendererChoice,
    /// What `--scale` says; else the screen decides.
    scale: Option<f32>,
    /// A replayed app has the size of its log.
    fixed: bool,
    target: Option<WindowTarget>,
    /// When the window goes, whatever the app says.
    closing: Option<Instant>,
}

impl Desktop {
    fn exit(&self) -> Exit {
        if self.app.is_busy() {
            return Exit::Unresponsive;
        }
        self.shared.failed.get().or(self.shared.ended.get()).unwrap_or(Exit::Done)
    }

    fn flow(&self) -> Flow {
        if self.shared.ended.get().is_some() {
            return Flow::Exit;
        }
        match self.closing {
            Some(then) if then <= Instant::now() => Flow::Exit,
            Some(then) => Flow::WaitUntil(then),
            None => Flow::Wait,
        }
    }

    fn resized(&mut self, size: (u32, u32), scale: f64) {
        if let Some(target) = &mut self.target {
            target.resize(size);
        }
        if !self.fixed {
            self.app.resize_pixels(size, self.scale.map_or(scale, f64::from));
        }
    }

    fn paint(&mut self) -> Flow {
        let Some(target) = &mut self.target else { return self.flow() };
        match self.app.paint(target) {
            // Tiles that were put off, or a frame that came meanwhile.
            Ok(composited) if composited.needs_more || self.app.needs_paint() => {
                self.request_redraw();
            }
            Ok(_) => {}
            Err(error) => {
                eprintln!("virga: cannot draw: {error}");
                self.shared.failed.set(Some(Exit::Failed));
                return Flow::Exit;
            }
        }
        self.flow()
    }

    fn request_redraw(&self) {
        if let Some(window) = &*self.shared.window.borrow() {
            window.request_redraw();
        }
    }

    fn close(&mut self) -> Flow {
        let responds = matches!(self.app.state(), AppState::Running) && !self.app.is_busy();
        // A second time, or nobody there who could answer.
        if self.closing.is_some() || !responds {
            return Flow::Exit;
        }
        self.closing = Some(Instant::now() + FAREWELL);
        self.app.close();
        self.flow()
    }
}

impl Client for Desktop {
    fn opened(&mut self, window: Window) -> Result<(), Box<dyn Error>> {
        self.target = Some(window.target(self.renderer)?);
        let title = self.app.title();
        if !title.is_empty() {
            window.set_title(&title);
        }
        self.resized(window.size(), window.scale());
        window.request_redraw();
        *self.shared.window.borrow_mut() = Some(window);
        Ok(())
    }

    fn changed(&mut self, change: Change) -> Flow {
        match change {
            Change::Input(event) => self.app.input(event),
            Change::Resized(size, scale) => self.resized(size, scale),
            Change::Visible(visible) => self.app.set_visible(visible),
            Change::ColorScheme(scheme) => self.app.set_color_scheme(scheme),
            Change::Redraw => return self.paint(),
            Change::Close => return self.close(),
            _ => {}
        }
        self.flow()
    }

    fn woken(&mut self) -> Flow {
        self.engine.turn();
        self.flow()
    }
}
