use std::{fmt, num::NonZeroU32, sync::Arc};

use super::{Surface, Window};
use crate::{
    Composited, Compositor, IntRect, RenderError,
    compositor::cpu::{Order, Words},
};

/// A window whose memory is composed onto by the CPU. Only what changed since
/// the memory was last shown is composed again.
pub struct SoftwareSurface<W: Window> {
    surface: softbuffer::Surface<Arc<W>, Arc<W>>,
    size: (u32, u32),
    /// Whether the window's memory has the size.
    is_sized: bool,
    /// The compositor's count of composites when it was last shown here.
    shown: u64,
}

impl<W: Window> SoftwareSurface<W> {
    /// A surface for `window`, whose size it must be told.
    ///
    /// # Errors
    ///
    /// If the window system gives no memory.
    pub fn new(window: Arc<W>) -> Result<Self, RenderError> {
        let context = softbuffer::Context::new(Arc::clone(&window)).map_err(failed)?;
        let surface = softbuffer::Surface::new(&context, window).map_err(failed)?;
        Ok(Self { surface, size: (0, 0), is_sized: false, shown: 0 })
    }
}

impl<W: Window> Surface for SoftwareSurface<W> {
    fn resize(&mut self, width: u32, height: u32) {
        if self.size != (width, height) {
            self.size = (width, height);
            self.is_sized = false;
        }
    }

    fn present(&mut self, compositor: &mut Compositor) -> Result<Composited, RenderError> {
        let (width, height) = self.size;
        let (Some(columns), Some(rows)) = (NonZeroU32::new(width), NonZeroU32::new(height)) else {
            // A window without area shows nothing.
            return Ok(Composited::default());
        };
        if !self.is_sized {
            self.surface.resize(columns, rows).map_err(failed)?;
            self.is_sized = true;
        }
        let mut buffer = self.surface.buffer_mut().map_err(failed)?;
        // What was composed elsewhere in between is not in this memory.
        let alone = compositor.composites() == self.shown;
        let age = if alone { usize::from(buffer.age()) } else { 0 };
        let target = Words { order: Order::ZeroRgb, width, height, data: &mut buffer };
        let result = compositor.composite_words(target, age)?;
        self.shown = compositor.composites();
        let damage: Vec<_> = result.damage.iter().filter_map(to_window).collect();
        // Memory that was never shown has to be shown whole.
        if age == 0 || damage.is_empty() {
            buffer.present().map_err(failed)?;
        } else {
            buffer.present_with_damage(&damage).map_err(failed)?;
        }
        Ok(result)
    }

    fn is_gpu(&self) -> bool {
        false
    }
}

impl<W: Window> fmt::Debug for SoftwareSurface<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareSurface").field("size", &self.size).finish_non_exhaustive()
    }
}

fn to_window(rect: &IntRect) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: u32::try_from(rect.x0).ok()?,
        y: u32::try_from(rect.y0).ok()?,
        width: NonZeroU32::new(rect.width())?,
        height: NonZeroU32::new(rect.height())?,
    })
}

fn failed(error: softbuffer::SoftBufferError) -> RenderError {
    RenderError::Surface(error.to_string())
}
