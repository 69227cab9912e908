//! Virga runs cloud apps, written for the web, in windows of other programs.
//!
//! An [`Engine`] runs apps on a [`Device`]. [`Engine::open`] starts an [`App`]
//! on a thread of its own; the host passes on what the user does
//! ([`App::input`]), lets the engine speak on the thread of its event loop
//! ([`Engine::turn`]), and paints ([`App::paint`]) when a [`Delegate`] hears
//! that there is something new:
//!
//! ```no_run
//! use virga::{App, Delegate, Device, Engine, Pixmap};
//!
//! struct Printer;
//! impl Delegate for Printer {
//!     fn console(&mut self, _: &App, message: &virga::ConsoleMessage) {
//!         println!("{}", message.text);
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (wake, woken) = std::sync::mpsc::channel();
//! let engine = Engine::builder(move || wake.send(())).device(Device::default()).build()?;
//! let app = engine
//!     .open("https://example.org/")
//!     .size(390.0, 844.0)
//!     .scale(2.0)
//!     .delegate(Printer)
//!     .build()?;
//! while !app.needs_paint() {
//!     woken.recv()?;
//!     engine.turn();
//! }
//! let mut picture = Pixmap::new(780, 1688);
//! app.paint(&mut picture)?;
//! std::fs::write("page.png", picture.to_png()?)?;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/embed` shows an app in a winit window in fewer than 60 lines.
//!
//! # What a host can rely on
//!
//! * Nothing that an app does stops another app or the host. A script that runs
//!   too long is stopped; an app that does not come back is shown as not
//!   responding and in the end given up; a defect inside the engine ends one app,
//!   which then shows an error screen.
//! * A prompt that is dropped is dismissed, an app that is dropped ends, and no
//!   request of an app stays without an answer, but for prompts that the user
//!   leaves open.
//! * An app is a function of its message log: [`AppBuilder::record`] writes it,
//!   and [`AppBuilder::replay`] runs the app again from it, exactly, without
//!   network, device or clock.
//!
//! # Threads
//!
//! Each app has a thread, on which script, style, layout and painting happen.
//! Network, storage and devices have theirs. Compositing (scrolling included)
//! happens in [`App::paint`], on the host's thread, so that it never waits for
//! an app.

mod app;
mod clipboard;
mod delegate;
mod device;
mod engine;
mod error;
mod log;
mod runtime;
mod system_ui;
mod target;
mod view;
pub mod window;
mod zone;

pub use app::{App, AppBuilder, AppId, AppState};
pub use clipboard::{Clipboard, MemoryClipboard, SystemClipboard};
pub use delegate::{Delegate, PermissionPrompt};
pub use device::{Device, DeviceProfile, Gps};
pub use engine::{Engine, EngineBuilder};
pub use error::Error;
pub use log::{Log, LogError};
pub use runtime::{Goal, Halt, Limits, Milestone, Timeline};
pub use target::{Target, WindowTarget};
pub use virga_bridge::{PromptAnswer, PromptId};
pub use virga_engine::{DumpPhase, FrameCounters};
pub use virga_protocol::{
    ClipboardData, ColorScheme, ConsoleLevel, ConsoleMessage, Contact, CursorIcon, InputAct,
    InputEvent, InputPlace, InputStep, InputWait, KeyEvent, KeyLocation, Modifiers, PermissionName,
    PermissionState, Point, PointerButton, PointerEvent, PointerPhase, PointerType, Preedit,
    SourcePosition, TextInputArea, TimeMode, WheelEvent,
};
pub use virga_render::{Composited, Pixmap, RendererChoice};
