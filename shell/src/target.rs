use std::{cell::RefCell, rc::Rc, sync::Arc};

use virga_render::{Compositor, CpuOptions, Pixmap, RendererChoice, present};

use crate::{AppId, Error};

/// Where [`App::paint`](crate::App::paint) draws to.
pub enum Target<'a> {
    /// Pixels in memory.
    Pixmap(&'a mut Pixmap),
    /// A window of the host.
    Window(&'a mut WindowTarget),
}

impl<'a> From<&'a mut Pixmap> for Target<'a> {
    fn from(pixmap: &'a mut Pixmap) -> Self {
        Self::Pixmap(pixmap)
    }
}

impl<'a> From<&'a mut WindowTarget> for Target<'a> {
    fn from(window: &'a mut WindowTarget) -> Self {
        Self::Window(window)
    }
}

/// A compositor, and whose frame it holds.
pub(crate) struct Stage {
    pub(crate) compositor: Compositor,
    pub(crate) shows: Option<AppId>,
}

impl Stage {
    pub(crate) fn new(compositor: Compositor) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self { compositor, shows: None }))
    }
}

/// The surface of a window that shows apps, one at a time.
///
/// It draws on the GPU where there is a real one, and with the CPU otherwise.
pub struct WindowTarget {
    pub(crate) stage: Rc<RefCell<Stage>>,
    pub(crate) surface: Box<dyn present::Surface>,
}

impl WindowTarget {
    /// Opens the surface of `window`, for example an `Arc<winit::window::Window>`,
    /// which is `width` × `height` device px large. This may take a while on a
    /// GPU.
    ///
    /// # Errors
    /// If neither the GPU nor the window system gives a surface.
    pub fn open<W: present::Window>(
        renderer: RendererChoice,
        window: Arc<W>,
        (width, height): (u32, u32),
    ) -> Result<Self, Error> {
        let (compositor, mut surface) = present::open(renderer, window, CpuOptions::default())?;
        surface.resize(width, height);
        Ok(Self { stage: Stage::new(compositor), surface })
    }

    /// The window has another size now, in device px.
    pub fn resize(&mut self, (width, height): (u32, u32)) {
        self.surface.resize(width, height);
    }

    /// Whether a GPU draws.
    #[must_use]
    pub fn is_gpu(&self) -> bool {
        self.surface.is_gpu()
    }
}
