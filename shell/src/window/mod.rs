//! Windows of the desktop, and the only place that knows winit.
//!
//! [`Loop::run`] opens one window and tells a [`Client`] what happens to it, in
//! our own terms ([`Change`]). A host with a winit loop of its own, such as
//! `examples/embed`, uses only [`Translator`].

mod keys;
mod translate;

use std::{sync::Arc, time::Instant};

pub use self::translate::{Change, Translator};

use virga_protocol::{CursorIcon, TextInputArea};
use winit::{
    application::ApplicationHandler,
    dpi::{LogicalPosition, LogicalSize},
    event::{StartCause, WindowEvent},
    event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy},
    window::WindowId,
};

use crate::{Error, RendererChoice, WindowTarget};

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// There is no window system, or it cannot be reached.
    #[error("there is no display to open a window on: {0}")]
    NoDisplay(String),
    /// The window system refused.
    #[error("the window system gave no window: {0}")]
    Refused(String),
}

/// An event loop with a window.
pub struct Loop {
    inner: EventLoop<()>,
    proxy: EventLoopProxy<()>,
}

/// What is told of a window.
pub trait Client {
    /// The window is there.
    ///
    /// # Errors
    /// What it returns ends the loop.
    fn opened(&mut self, window: Window) -> Result<(), Box<dyn std::error::Error>>;

    /// Something happened to it.
    fn changed(&mut self, change: Change) -> Flow;

    /// The loop's waker was called.
    fn woken(&mut self) -> Flow;
}

/// Whether a loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Until something happens.
    Wait,
    /// Until something happens, or then; [`Client::woken`] is called then too.
    WaitUntil(Instant),
    /// No longer.
    Exit,
}

impl Loop {
    /// Connects to the window system.
    ///
    /// # Errors
    /// If there is none.
    pub fn new() -> Result<Self, WindowError> {
        let inner = EventLoop::new().map_err(|error| WindowError::NoDisplay(reason(&error)))?;
        let proxy = inner.create_proxy();
        Ok(Self { inner, proxy })
    }

    /// What makes the loop call [`Client::woken`], from any thread.
    pub fn waker(&self) -> impl Fn() + Send + Sync + 'static {
        let proxy = self.proxy.clone();
        move || {
            // A loop that has ended needs no waking.
            let _ = proxy.send_event(());
        }
    }

    /// Opens a window of this size in CSS px and runs until the client exits.
    ///
    /// # Errors
    /// If there is no window, or what [`Client::opened`] says.
    pub fn run(
        self,
        title: &str,
        size: (f32, f32),
        client: &mut dyn Client,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mut runner = Runner {
            title: title.to_owned(),
            size,
            client,
            window: None,
            translator: Translator::new(1.0),
            failed: None,
        };
        self.inner.run_app(&mut runner)?;
        runner.failed.map_or(Ok(()), Err)
    }
}

/// What the system says, without the place in winit's source.
fn reason(error: &winit::error::EventLoopError) -> String {
    let text = error.to_string();
    match text.split_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")) {
        Some((_, message)) => message.trim_end_matches('.').to_owned(),
        None => text,
    }
}

/// A window, for its client.
#[derive(Clone)]
pub struct Window(Arc<winit::window::Window>);

impl Window {
    /// Its size in device px.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let size = self.0.inner_size();
        (size.width, size.height)
    }

    /// Device px per CSS px of the screen it is on.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.0.scale_factor()
    }

    /// Asks for a [`Change::Redraw`].
    pub fn request_redraw(&self) {
        self.0.request_redraw();
    }

    /// Says what it shows.
    pub fn set_title(&self, title: &str) {
        self.0.set_title(title);
    }

    /// Changes the pointer's shape.
    pub fn set_cursor(&self, cursor: CursorIcon) {
        match keys::cursor(cursor) {
            Some(icon) => {
                self.0.set_cursor_visible(true);
                self.0.set_cursor(icon);
            }
            None => self.0.set_cursor_visible(false),
        }
    }

    /// Text goes to a caret at this place (CSS px): where the window of an input
    /// method belongs.
    pub fn set_text_input(&self, area: TextInputArea) {
        let position = LogicalPosition::new(area.position.x, area.position.y);
        self.0.set_ime_cursor_area(position, LogicalSize::new(1.0, area.height));
    }

    /// Its surface.
    ///
    /// # Errors
    /// If neither GPU nor window system gives one.
    pub fn target(&self, renderer: RendererChoice) -> Result<WindowTarget, Error> {
        WindowTarget::open(renderer, Arc::clone(&self.0), self.size())
    }
}

struct Runner<'a> {
    title: String,
    size: (f32, f32),
    client: &'a mut dyn Client,
    window: Option<Window>,
    translator: Translator,
    failed: Option<Box<dyn std::error::Error>>,
}

impl Runner<'_> {
    fn open(&self, event_loop: &ActiveEventLoop) -> Result<Window, WindowError> {
        let attributes = winit::window::Window::default_attributes()
            .with_title(&self.title)
            .with_inner_size(LogicalSize::new(self.size.0, self.size.1))
            .with_min_inner_size(LogicalSize::new(120, 120));
        let window = event_loop
            .create_window(attributes)
            .map_err(|error| WindowError::Refused(error.to_string()))?;
        window.set_ime_allowed(true);
        Ok(Window(Arc::new(window)))
    }

    fn follow(event_loop: &ActiveEventLoop, flow: Flow) {
        match flow {
            Flow::Wait => event_loop.set_control_flow(ControlFlow::Wait),
            Flow::WaitUntil(then) => event_loop.set_control_flow(ControlFlow::WaitUntil(then)),
            Flow::Exit => event_loop.exit(),
        }
    }
}

impl ApplicationHandler for Runner<'_> {
    fn new_events(&mut self, event_loop: &ActiveEventLoop, cause: StartCause) {
        if matches!(cause, StartCause::ResumeTimeReached { .. }) {
            Self::follow(event_loop, self.client.woken());
        }
    }

    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.window.is_some() {
            return;
        }
        let opened = self.open(event_loop).map_err(Into::into).and_then(|window| {
            self.translator = Translator::new(window.scale());
            self.window = Some(window.clone());
            self.client.opened(window)
        });
        if let Err(error) = opened {
            self.failed = Some(error);
            event_loop.exit();
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, (): ()) {
        Self::follow(event_loop, self.client.woken());
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        for change in self.translator.translate(&event) {
            let flow = self.client.changed(change);
            Self::follow(event_loop, flow);
        }
    }
}
