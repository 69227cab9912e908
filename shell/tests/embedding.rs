//! The library, as a host uses it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    cell::RefCell,
    rc::Rc,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use support::{Response, Server, hello};
use virga::{
    App, AppState, ConsoleMessage, Delegate, Device, Engine, Gps, InputEvent, Limits, Modifiers,
    PermissionName, PermissionPrompt, PermissionState, Pixmap, Point, PointerButton, PointerEvent,
    PointerPhase, PointerType, PromptAnswer, TimeMode, WheelEvent,
};

/// A host without a window.
struct Host {
    engine: Engine,
    woken: Receiver<()>,
}

impl Host {
    fn new(device: Device, limits: Limits) -> Self {
        let (wake, woken) = mpsc::channel();
        let engine =
            Engine::builder(move || wake.send(())).device(device).limits(limits).build().unwrap();
        Self { engine, woken }
    }

    /// Turns until something is so; fails after a minute.
    #[track_caller]
    fn until(&self, mut is: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            self.engine.turn();
            if is() {
                return;
            }
            assert!(Instant::now() < end, "it never came");
            let _ = self.woken.recv_timeout(Duration::from_millis(50));
        }
    }
}

/// What an app said.
#[derive(Clone, Default)]
struct Heard(Rc<RefCell<Vec<String>>>);

impl Heard {
    fn has(&self, line: &str) -> bool {
        self.0.borrow().iter().any(|heard| heard == line)
    }
}

impl Delegate for Heard {
    fn console(&mut self, _: &App, message: &ConsoleMessage) {
        self.0.borrow_mut().push(message.text.clone());
    }
    fn loaded(&mut self, _: &App, _: &str) {
        self.0.borrow_mut().push("[loaded]".into());
    }
    fn not_responding(&mut self, _: &App, not_responding: bool) {
        self.0.borrow_mut().push(format!("[not responding: {not_responding}]"));
    }
    fn script_stopped(&mut self, _: &App, _: Option<&virga::SourcePosition>) {
        self.0.borrow_mut().push("[stopped]".into());
    }
    fn crashed(&mut self, _: &App, reason: &str) {
        self.0.borrow_mut().push(format!("[crashed: {reason}]"));
    }
    fn abandoned(&mut self, _: &App) {
        self.0.borrow_mut().push("[abandoned]".into());
    }
    fn closed(&mut self, _: &App) {
        self.0.borrow_mut().push("[closed]".into());
    }
}

fn short() -> Limits {
    Limits {
        unresponsive: Duration::from_millis(300),
        script: Duration::from_millis(900),
        abandon: Duration::from_secs(5),
    }
}

fn pointer(phase: PointerPhase, x: f32, y: f32) -> InputEvent {
    let changed = matches!(phase, PointerPhase::Down | PointerPhase::Up);
    InputEvent::Pointer(PointerEvent {
        phase,
        id: 1,
        kind: PointerType::Mouse,
        position: Point { x, y },
        button: changed.then_some(PointerButton::Primary),
        buttons: u16::from(phase == PointerPhase::Down),
        modifiers: Modifiers::empty(),
        click_count: u32::from(changed),
        contact: Default::default(),
    })
}

fn click(app: &App, x: f32, y: f32) {
    for phase in [PointerPhase::Move, PointerPhase::Down, PointerPhase::Up] {
        app.input(pointer(phase, x, y));
    }
}

/// The colour at a place in CSS px.
fn pixel(app: &App, x: u32, y: u32) -> [u8; 4] {
    let (width, height) = app.pixel_size();
    let mut pixels = Pixmap::new(width, height);
    app.paint(&mut pixels).unwrap();
    let at = ((y * width + x) * 4) as usize;
    pixels.data()[at..at + 4].try_into().unwrap()
}

#[test]
fn a_click_adds_a_row() {
    let host = Host::new(Device::default(), Limits::default());
    let server = Server::of_folder(hello());
    let heard = Heard::default();
    let app = host
        .engine
        .open(server.url("/"))
        .size(390.0, 600.0)
        .scale(1.0)
        .delegate(heard.clone())
        .build()
        .unwrap();
    host.until(|| heard.has("[loaded]") && app.needs_paint());
    // The button is at the right end of the row with the text field.
    let button = (330.0, 157.0);
    click(&app, button.0, button.1);
    host.until(|| heard.has("rows: 3"));
    click(&app, button.0, button.1);
    host.until(|| heard.has("rows: 4"));
}

#[test]
fn an_endless_loop_stops_nobody_else() {
    let host = Host::new(Device::default(), short());
    let server = Server::start(|path| match path {
        "/busy" => Response::html(
            "<body style='margin:0;background:#0a0'><script>onclick = () => { while (true) {} }</script>",
        ),
        _ => Response::html(
            "<script>let n = 0; setInterval(() => console.log('tick ' + n++), 20)</script>",
        ),
    });
    let (busy_heard, other_heard) = (Heard::default(), Heard::default());
    let small = |path: &str| host.engine.open(server.url(path)).size(300.0, 200.0).scale(1.0);
    let busy = small("/busy").delegate(busy_heard.clone()).build().unwrap();
    let other = small("/other").delegate(other_heard.clone()).build().unwrap();
    host.until(|| busy_heard.has("[loaded]") && other_heard.has("tick 0"));
    host.until(|| pixel(&busy, 5, 5) == [0, 0xaa, 0, 255]);
    click(&busy, 50.0, 50.0);
    host.until(|| busy_heard.has("[not responding: true]"));
    assert_eq!(busy.state(), AppState::NotResponding);
    // It is shaded now, and the other app goes on.
    assert_ne!(pixel(&busy, 5, 5), [0, 0xaa, 0, 255]);
    let ticks = other_heard.0.borrow().len();
    host.until(|| other_heard.0.borrow().len() > ticks + 5);
    // The script is stopped, and the app lives on.
    host.until(|| busy_heard.has("[stopped]") && busy_heard.has("[not responding: false]"));
    assert_eq!(busy.state(), AppState::Running);
    assert_eq!(pixel(&busy, 5, 5), [0, 0xaa, 0, 255]);
    assert_eq!((other.state(), host.engine.lost_threads()), (AppState::Running, 0));
}

#[test]
fn crashed_and_hung_apps_are_shown_and_counted() {
    let host =
        Host::new(Device::default(), Limits { abandon: Duration::from_millis(700), ..short() });
    let (crashed_heard, hung_heard) = (Heard::default(), Heard::default());
    let crashed = host.engine.open("about:crash").delegate(crashed_heard.clone()).build().unwrap();
    let hung = host.engine.open("about:hang").delegate(hung_heard.clone()).build().unwrap();
    host.until(|| crashed.state() == AppState::Crashed && hung.state() == AppState::Abandoned);
    assert!(crashed_heard.has("[crashed: about:crash was opened]"));
    assert!(hung_heard.has("[not responding: true]") && hung_heard.has("[abandoned]"));
    assert_eq!(host.engine.lost_threads(), 2);
    // Never a blank window: a screen that says what happened.
    let (width, height) = crashed.pixel_size();
    let mut pixels = Pixmap::new(width, height);
    crashed.paint(&mut pixels).unwrap();
    let mut colors: Vec<_> = pixels.data().chunks_exact(4).collect();
    colors.sort_unstable();
    colors.dedup();
    assert!(colors.len() > 20, "{} colours", colors.len());
    assert!(crashed.dump(virga::DumpPhase::Boxes).is_err());
}

/// Keeps the prompt.
#[derive(Clone, Default)]
struct Asked(Heard, Rc<RefCell<Option<PermissionPrompt>>>);

impl Delegate for Asked {
    fn console(&mut self, app: &App, message: &ConsoleMessage) {
        self.0.console(app, message);
    }
    fn permission(&mut self, _: &App, prompt: PermissionPrompt) {
        *self.1.borrow_mut() = Some(prompt);
    }
}

#[test]
fn prompts_are_answered_or_dismissed() {
    let phone = || Device::default().gps(Gps::Fixed { latitude: 51.4779, longitude: -0.0015 });
    let server = Server::of_folder(hello());
    for (answer, expected) in [
        (Some(PromptAnswer::Always), "position: 51.47790 -0.00150"),
        (Some(PromptAnswer::Never), "position error: code 1"),
        (None, "position error: code 1"),
    ] {
        let host = Host::new(phone(), Limits::default());
        let asked = Asked::default();
        let app = host.engine.open(server.url("/")).delegate(asked.clone()).build().unwrap();
        host.until(|| asked.1.borrow().is_some() && asked.0.has("permission: prompt"));
        assert!(!asked.0.has(expected));
        let prompt = asked.1.borrow_mut().take().unwrap();
        assert_eq!(prompt.name(), PermissionName::Geolocation);
        let origin = prompt.origin().to_owned();
        match answer {
            Some(answer) => prompt.answer(answer),
            None => drop(prompt),
        }
        host.until(|| asked.0.has(expected));
        let state = host.engine.permission(&origin, PermissionName::Geolocation);
        let decided = match answer {
            Some(PromptAnswer::Always) => PermissionState::Granted,
            Some(_) => PermissionState::Denied,
            None => PermissionState::Prompt,
        };
        assert_eq!(state, decided);
        drop(app);
    }
}

#[test]
fn a_prompt_over_the_app_takes_the_keyboard() {
    let phone = Device::default().gps(Gps::Fixed { latitude: 51.4779, longitude: -0.0015 });
    let host = Host::new(phone, Limits::default());
    let server = Server::of_folder(hello());

    /// Lets the library show the prompt.
    struct Shows(Heard);
    impl Delegate for Shows {
        fn console(&mut self, app: &App, message: &ConsoleMessage) {
            self.0.console(app, message);
        }
        fn permission(&mut self, app: &App, prompt: PermissionPrompt) {
            app.ask(prompt);
            self.0.0.borrow_mut().push("[asked]".into());
        }
    }
    let heard = Heard::default();
    let app = host
        .engine
        .open(server.url("/"))
        .scale(1.0)
        .delegate(Shows(heard.clone()))
        .build()
        .unwrap();
    host.until(|| heard.has("[asked]"));
    let key = |name: &str| {
        InputEvent::Key(virga::KeyEvent {
            down: true,
            key: name.into(),
            code: name.into(),
            location: virga::KeyLocation::Standard,
            repeat: false,
            modifiers: Modifiers::empty(),
        })
    };
    // The card is at the bottom, white.
    let (_, height) = app.pixel_size();
    assert_eq!(pixel(&app, 40, height - 16), [255, 255, 255, 255]);
    app.input(key("Tab"));
    app.input(key("Enter"));
    host.until(|| heard.has("position: 51.47790 -0.00150"));
    // The card is gone, and the page's ground is there again.
    host.until(|| pixel(&app, 40, height - 16) == [0xf3, 0xf5, 0xf8, 255]);
}

#[test]
fn a_wheel_scrolls_while_script_is_busy() {
    let host = Host::new(Device::default(), short());
    let server = Server::start(|_| {
        Response::html(
            "<body style='margin:0'><div style='height:300px;background:#00f'></div>\
             <div style='height:3000px;background:#f00'></div>\
             <script>onclick = () => { while (true) {} }</script>",
        )
    });
    let heard = Heard::default();
    let app = host
        .engine
        .open(server.url("/"))
        .size(200.0, 200.0)
        .scale(1.0)
        .delegate(heard.clone())
        .build()
        .unwrap();
    host.until(|| heard.has("[loaded]") && pixel(&app, 100, 150) == [0, 0, 255, 255]);
    click(&app, 50.0, 50.0);
    app.input(InputEvent::Wheel(WheelEvent {
        position: Point { x: 100.0, y: 100.0 },
        delta_x: 0.0,
        delta_y: 250.0,
        modifiers: Modifiers::empty(),
    }));
    // Without a turn: the app has not said a word.
    assert_eq!(pixel(&app, 100, 150), [255, 0, 0, 255]);
    host.until(|| heard.has("[stopped]"));
}

#[test]
fn virtual_time_does_not_wait() {
    let (wake, woken) = mpsc::channel();
    let engine = Engine::builder(move || wake.send(())).time(TimeMode::Virtual).build().unwrap();
    let host = Host { engine, woken };
    let heard = Heard::default();
    let began = Instant::now();
    let page = "data:text/html,<script>const t = Date.now(); \
        setTimeout(() => { console.log('after ' + (Date.now() - t)); window.close() }, 86400e3)</script>";
    let app = host.engine.open(page).delegate(heard.clone()).build().unwrap();
    host.until(|| app.state() == AppState::Closed);
    assert!(heard.has("after 86400000"), "{:?}", heard.0.borrow());
    assert!(began.elapsed() < Duration::from_secs(30));
}
