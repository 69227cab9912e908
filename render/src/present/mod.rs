//! Windows: where composed frames are shown.
//!
//! A surface belongs to the thread of its window. After [`Surface::present`]
//! the display can take the next frame: that is the moment to give the app a
//! rendering opportunity. On a GPU, presenting waits for the display; window
//! memory has no such clock, and the host paces itself (60 times a second, say).

mod gpu;
mod software;

use std::{str::FromStr, sync::Arc};

use raw_window_handle::{HasDisplayHandle, HasWindowHandle};

pub use gpu::GpuSurface;
pub use software::SoftwareSurface;

use crate::{Composited, Compositor, CpuOptions, RenderError};

/// Who draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RendererChoice {
    /// The GPU if there is a real one, else the CPU.
    #[default]
    Auto,
    /// The GPU, also if its driver draws on the CPU.
    Gpu,
    /// The CPU. No connection to a GPU is made.
    Cpu,
}

impl FromStr for RendererChoice {
    type Err = UnknownRenderer;

    fn from_str(name: &str) -> Result<Self, UnknownRenderer> {
        match name {
            "auto" => Ok(Self::Auto),
            "gpu" => Ok(Self::Gpu),
            "cpu" => Ok(Self::Cpu),
            other => Err(UnknownRenderer(other.to_owned())),
        }
    }
}

/// A name that is no renderer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no renderer: it is one of auto, gpu and cpu")]
pub struct UnknownRenderer(String);

/// What a window of the host has to be. `Arc<winit::window::Window>` holds one.
pub trait Window: HasWindowHandle + HasDisplayHandle + Send + Sync + 'static {}

impl<W: HasWindowHandle + HasDisplayHandle + Send + Sync + 'static> Window for W {}

/// A window that shows what a compositor composes.
pub trait Surface {
    /// The window has another size, in device px.
    fn resize(&mut self, width: u32, height: u32);

    /// Composes the newest frame and shows it.
    ///
    /// # Errors
    ///
    /// If the window or the device is gone for good. What can be mended (a
    /// surface that is lost or out of date) is.
    fn present(&mut self, compositor: &mut Compositor) -> Result<Composited, RenderError>;

    /// Whether a GPU composes.
    fn is_gpu(&self) -> bool;
}

/// A compositor and a surface for `window`. Looks for a GPU, which takes long,
/// only if `choice` allows one.
///
/// # Errors
///
/// If the window takes no pictures, or a GPU was asked for and there is none.
pub fn open<W: Window>(
    choice: RendererChoice,
    window: Arc<W>,
    cpu: CpuOptions,
) -> Result<(Compositor, Box<dyn Surface>), RenderError> {
    if choice != RendererChoice::Cpu {
        match GpuSurface::new(Arc::clone(&window), choice) {
            Ok(surface) => return Ok((Compositor::gpu(surface.gpu()), Box::new(surface))),
            Err(error) if choice == RendererChoice::Gpu => return Err(error),
            Err(error) => tracing::info!("drawing on the CPU: {error}"),
        }
    }
    Ok((Compositor::cpu(cpu), Box::new(SoftwareSurface::new(window)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderers_have_names() {
        assert_eq!("auto".parse(), Ok(RendererChoice::Auto));
        assert_eq!("cpu".parse(), Ok(RendererChoice::Cpu));
        let error = "fast".parse::<RendererChoice>().unwrap_err();
        assert_eq!(error.to_string(), "\"fast\" is no renderer: it is one of auto, gpu and cpu");
    }
}
