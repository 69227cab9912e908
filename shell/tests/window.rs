//! The command in a window. Needs a display (`xvfb-run`); without one there is
//! nothing to test, and it says so.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use support::{Server, hello};
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{
            BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, ImageFormat,
            MOTION_NOTIFY_EVENT, Window,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A running `virga` and what it prints.
struct Running {
    child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_virga"))
            .args(arguments)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let pipes: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in pipes {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Self { child, lines, heard: Vec::new() }
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.heard.iter().any(|line| line.contains(text)) {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.heard.push(line),
                Err(_) => panic!("never said {text:?}, but {:?}", self.heard),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The X server, as a user sees it.
struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Screen {
    /// `None` without a display.
    fn connect() -> Option<Self> {
        if std::env::var_os("DISPLAY").is_none() {
            eprintln!("there is no display: nothing was tested");
            return None;
        }
        let (connection, number) = x11rb::connect(None).unwrap();
        let root = connection.setup().roots[number].root;
        Some(Self { connection, root })
    }

    /// Where the only window of this size is.
    fn window(&self, width: u16, height: u16) -> Option<(i16, i16)> {
        let tree = self.connection.query_tree(self.root).unwrap().reply().unwrap();
        tree.children.into_iter().find_map(|child| {
            let geometry = self.connection.get_geometry(child).ok()?.reply().ok()?;
            let attributes = self.connection.get_window_attributes(child).ok()?.reply().ok()?;
            let shown = attributes.map_state == x11rb::protocol::xproto::MapState::VIEWABLE;
            (shown && (geometry.width, geometry.height) == (width, height))
                .then_some((geometry.x, geometry.y))
        })
    }

    /// Red, green and blue at a place.
    fn pixel(&self, x: i16, y: i16) -> [u8; 3] {
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, !0)
            .unwrap()
            .reply()
            .unwrap();
        [image.data[2], image.data[1], image.data[0]]
    }

    #[track_caller]
    fn wait_for_pixel(&self, x: i16, y: i16, expected: [u8; 3]) {
        let end = Instant::now() + PATIENCE;
        loop {
            let got = self.pixel(x, y);
            if got == expected {
                return;
            }
            assert!(Instant::now() < end, "{x},{y} is {got:x?}, not {expected:x?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn input(&self, kind: u8, detail: u8, x: i16, y: i16) {
        self.connection
            .xtest_fake_input(kind, detail, 0, self.root, x, y, 0)
            .unwrap()
            .check()
            .unwrap();
    }

    fn click(&self, x: i16, y: i16) {
        self.input(MOTION_NOTIFY_EVENT, 0, x, y);
        self.input(BUTTON_PRESS_EVENT, 1, x, y);
        self.input(BUTTON_RELEASE_EVENT, 1, x, y);
    }
}

/// One test, since they share one screen and one pointer.
#[test]
fn a_window_shows_the_app_takes_clicks_and_prompts() {
    let Some(screen) = Screen::connect() else { return };
    let server = Server::of_folder(hello());
    let url = server.url("/");
    let arguments = ["run", &url, "--size", "400x640", "--scale", "1", "--gps", "51.4779,-0.0015"];
    let mut virga = Running::start(&arguments);
    virga.wait_for("hello is ready");
    let end = Instant::now() + PATIENCE;
    let (left, top) = loop {
        if let Some(place) = screen.window(400, 640) {
            break place;
        }
        assert!(Instant::now() < end, "there is no window");
        thread::sleep(Duration::from_millis(20));
    };
    let at = |x: i16, y: i16| (left + x, top + y);

    // The page's background, and the yellow of the position that is awaited.
    let (x, y) = at(5, 5);
    screen.wait_for_pixel(x, y, [0xf3, 0xf5, 0xf8]);
    let (x, y) = at(30, 85);
    screen.wait_for_pixel(x, y, [0xff, 0xf3, 0xcd]);

    // The prompt covers the bottom; its first button allows it.
    let (x, y) = at(60, 615);
    screen.wait_for_pixel(x, y, [0xff, 0xff, 0xff]);
    let (x, y) = at(100, 550);
    screen.click(x, y);
    virga.wait_for("position: 51.47790 -0.00150");
    let (x, y) = at(30, 85);
    screen.wait_for_pixel(x, y, [0xd9, 0xf2, 0xe3]);

    // The button adds rows.
    let (x, y) = at(345, 157);
    screen.click(x, y);
    virga.wait_for("rows: 3");
    drop(virga);

    // A busy app: the window says so, without the app.
    let busy = "data:text/html,<body style='background:%2300aa00'><script>onclick=()=>{while(true){}}</script>";
    let mut virga = Running::start(&["run", busy, "--size", "400x640", "--scale", "1"]);
    let (x, y) = at(5, 5);
    screen.wait_for_pixel(x, y, [0, 0xaa, 0]);
    screen.click(x + 50, y + 50);
    virga.wait_for("does not respond");
    // The card in the middle.
    let (x, y) = at(200, 300);
    screen.wait_for_pixel(x, y, [0xff, 0xff, 0xff]);
    virga.wait_for("a script ran too long");
    virga.wait_for("responds again");
    screen.wait_for_pixel(x, y, [0, 0xaa, 0]);
}
