//! Without a window: `virga run --headless` and `virga screenshot`.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    rc::Rc,
    sync::mpsc,
    time::{Duration, Instant},
};

use virga::{
    App, AppState, ConsoleMessage, Delegate, Halt, Milestone, PermissionPrompt, Pixmap,
    SourcePosition,
};

use super::{
    args::{Options, Run, Screenshot, Until},
    console::Printer,
    exit::{Exit, Failure},
    session::{end_recording, reports},
};

/// A picture is taken after that time, if the page does not get ready.
const PICTURE_TIMEOUT: f64 = 60.0;
/// How much longer than its time limit an app may take to halt.
const GRACE: Duration = Duration::from_millis(500);

pub(crate) fn run(args: &Run, started: Instant) -> Result<Exit, Failure> {
    drive(args.target.as_deref(), &args.options, started, None)
}

pub(crate) fn screenshot(args: &Screenshot, started: Instant) -> Result<Exit, Failure> {
    picture(args.target.as_deref(), &args.options, started, &args.out)
}

/// Opens an app and writes a picture of it.
pub(crate) fn picture(
    target: Option<&str>,
    options: &Options,
    started: Instant,
    out: &Path,
) -> Result<Exit, Failure> {
    let mut options = options.clone();
    if options.replay.is_none() {
        options.until = options.until.or(Some(Until::Load));
        options.timeout = options.timeout.or(Some(PICTURE_TIMEOUT));
    }
    drive(target, &options, started, Some(out))
}

/// What the delegate found out.
#[derive(Default)]
struct Outcome {
    /// How the command will end, as far as that is known.
    exit: Cell<Option<Exit>>,
    /// The app does no more that matters.
    over: Cell<bool>,
    /// It is replayed, to the end of its log.
    replayed: bool,
    frame: Cell<bool>,
    /// Nobody answers: they stay pending.
    prompts: RefCell<Vec<PermissionPrompt>>,
}

struct Watcher {
    outcome: Rc<Outcome>,
    printer: Printer,
    input: Option<PathBuf>,
}

impl Watcher {
    /// The run ends so. What came first counts.
    fn end(&self, exit: Exit) {
        if self.outcome.exit.get().is_none() {
            self.outcome.exit.set(Some(exit));
        }
        self.outcome.over.set(true);
    }

    /// The run ends so, unless it is a replay, which goes on to the end of its
    /// log: the run that was recorded ended a little later, too.
    fn end_soon(&self, exit: Exit) {
        let over = self.outcome.over.get();
        self.end(exit);
        self.outcome.over.set(over || !self.outcome.replayed);
    }
}

impl Delegate for Watcher {
    fn frame_ready(&mut self, _: &App) {
        self.outcome.frame.set(true);
    }

    fn console(&mut self, _: &App, message: &ConsoleMessage) {
        self.printer.print(message);
    }

    fn input_failed(&mut self, _: &App, line: u32, reason: &str) {
        Options::input_failed(self.input.as_deref(), line, reason);
        self.end_soon(Exit::Failed);
    }

    fn load_failed(&mut self, _: &App, url: &str, reason: &str) {
        eprintln!("virga: cannot load {url}: {reason}");
        self.end_soon(Exit::Failed);
    }

    fn permission(&mut self, _: &App, prompt: PermissionPrompt) {
        eprintln!(
            "virga: {} asks for {}; nobody is here to answer (--grant or --deny decide it)",
            prompt.origin(),
            prompt.name().as_str()
        );
        self.outcome.prompts.borrow_mut().push(prompt);
    }

    fn script_stopped(&mut self, _: &App, position: Option<&SourcePosition>) {
        match position {
            Some(at) => eprintln!(
                "virga: a script ran too long and was stopped at {}:{}:{}",
                at.url, at.line, at.column
            ),
            None => eprintln!("virga: a script ran too long and was stopped"),
        }
        self.end_soon(Exit::Unresponsive);
    }

    fn abandoned(&mut self, _: &App) {
        eprintln!("virga: the app does not respond");
        self.end(Exit::Unresponsive);
    }

    fn crashed(&mut self, _: &App, reason: &str) {
        eprintln!("virga: the app crashed: {reason}");
        self.end(Exit::Crashed);
    }

    fn closed(&mut self, _: &App) {
        self.end_soon(Exit::Done);
    }

    fn halted(&mut self, _: &App, why: Halt) {
        match why {
            Halt::Goal | Halt::EndOfLog => self.end(Exit::Done),
            Halt::TimeLimit => {
                eprintln!("virga: time is up");
                self.end(Exit::TimedOut);
            }
        }
    }

    fn diverged(&mut self, _: &App, difference: &str) {
        eprintln!("virga: the replay differs from the log at {difference}");
        self.end(Exit::Failed);
    }

    fn recording_failed(&mut self, _: &App, reason: &str) {
        eprintln!("virga: the run cannot be recorded: {reason}");
        self.end(Exit::Failed);
    }
}

fn drive(
    target: Option<&str>,
    options: &Options,
    started: Instant,
    out: Option<&Path>,
) -> Result<Exit, Failure> {
    let (wake, woken) = mpsc::channel();
    let engine = options.engine(started, move || wake.send(()))?;
    let replayed = options.replay.is_some();
    let outcome = Rc::new(Outcome { replayed, ..Outcome::default() });
    let watcher = Watcher {
        outcome: Rc::clone(&outcome),
        printer: Printer(options.console),
        input: options.input.clone(),
    };
    let app = options.open(&engine, target)?.delegate(watcher).build()?;
    let deadline = options
        .timeout
        .filter(|_| !replayed)
        .map(|seconds| Instant::now() + Duration::from_secs_f64(seconds) + GRACE);

    let mut exit = loop {
        engine.turn();
        if let Some(exit) = outcome.exit.get().filter(|_| outcome.over.get()) {
            break exit;
        }
        if options.timing
            && out.is_none()
            && outcome.frame.get()
            && app.timeline().reached(Milestone::Pixels).is_none()
        {
            app.paint(&mut canvas(&app))?;
        }
        match deadline {
            None => drop(woken.recv()),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if woken.recv_timeout(left).is_err() && left.is_zero() {
                    break overdue(&app);
                }
            }
        }
    };
    // What the app said before it was halted.
    engine.turn();
    if exit == Exit::Crashed || app.is_busy() {
        let ended = end_recording(&app);
        engine.turn();
        return ended.map(|()| exit);
    }
    if let Some(out) = out.filter(|_| exit != Exit::Failed) {
        let mut pixels = canvas(&app);
        app.paint(&mut pixels)?;
        let png = pixels.to_png()?;
        std::fs::write(out, png)
            .map_err(|error| Failure::failed(format!("cannot write {}: {error}", out.display())))?;
    }
    let reported = reports(&app, options).and_then(|()| end_recording(&app));
    // What it said in its last turn.
    engine.turn();
    if let Err(failure) = reported {
        eprintln!("virga: {failure}");
        if exit == Exit::Done {
            exit = failure.exit;
        }
    }
    Ok(exit)
}

/// An app that did not halt in time.
fn overdue(app: &App) -> Exit {
    if app.is_busy() || app.state() == AppState::NotResponding {
        eprintln!("virga: time is up, and the app does not respond");
        Exit::Unresponsive
    } else {
        eprintln!("virga: time is up");
        Exit::TimedOut
    }
}

/// Pixels for the app's window.
fn canvas(app: &App) -> Pixmap {
    let (width, height) = app.pixel_size();
    Pixmap::new(width, height)
}
