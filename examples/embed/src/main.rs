//! Shows an app in a winit window of one's own.

use std::sync::Arc;

use virga::window::{Change, Translator};
use virga::{App, Delegate, Engine, RendererChoice, WindowTarget};
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::window::{Window, WindowId};
use winit::{application::ApplicationHandler, event::WindowEvent};

struct Redraw(Arc<Window>);

impl Delegate for Redraw {
    fn frame_ready(&mut self, _: &App) {
        self.0.request_redraw();
    }
}

struct Shell(Engine, Option<(App, WindowTarget, Translator)>);

impl ApplicationHandler for Shell {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let window = events.create_window(Window::default_attributes()).expect("a window");
        let (size, scale) = (window.inner_size().into(), window.scale_factor());
        let window = Arc::new(window);
        let url = std::env::args().nth(1).unwrap_or("data:text/html,<h1>Hello, Virga".into());
        let app = self.0.open(url).pixels(size, scale).delegate(Redraw(window.clone())).build();
        let target = WindowTarget::open(RendererChoice::Auto, window, size).expect("a surface");
        self.1 = Some((app.expect("an app"), target, Translator::new(scale)));
    }

    fn user_event(&mut self, _: &ActiveEventLoop, (): ()) {
        self.0.turn();
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some((app, target, translator)) = &mut self.1 else { return };
        for change in translator.translate(&event) {
            match change {
                Change::Input(input) => app.input(input),
                Change::Resized(size, scale) => {
                    target.resize(size);
                    app.resize_pixels(size, scale);
                }
                Change::Redraw => drop(app.paint(&mut *target).expect("pixels")),
                Change::Close => events.exit(),
                _ => {}
            }
        }
    }
}

fn main() -> anyhow::Result<()> {
    let events = EventLoop::new()?;
    let proxy = events.create_proxy();
    let engine = Engine::builder(move || proxy.send_event(())).build()?;
    Ok(events.run_app(&mut Shell(engine, None))?)
}
