//! Rasterisers: from a picture to the pixels of a rectangle.
//!
//! A rasteriser is asked for a rectangle of a picture, not for draw commands:
//! it culls, lowers and records what touches the rectangle, moved so that the
//! rectangle's corner is at 0, 0. What it cannot draw it says before it begins
//! ([`Raster::supports`]); the caller takes another rasteriser then.

mod check;
mod cpu;
mod gpu;
mod images;
mod null;
mod pool;

use kurbo::Affine;

pub use cpu::{CpuOptions, CpuRaster};
pub(crate) use gpu::{FORMAT, upload, write};
pub use gpu::{GpuRaster, TextureTarget};
pub(crate) use images::ImageStore;
pub use null::NullRaster;
pub(crate) use pool::{Pool, Task};

use crate::{IntRect, Picture, RenderError, Unsupported};

/// Makes pixels of a picture.
pub trait Raster {
    /// Where the pixels go.
    type Target;

    /// Whether everything of `picture` that touches `area` can be drawn.
    ///
    /// # Errors
    ///
    /// The first thing that cannot.
    fn supports(&self, picture: &Picture, area: IntRect, scale: f64) -> Result<(), Unsupported>;

    /// Draws the px of `area`, in a space where the picture is `scale` times
    /// as large, onto `target`, which is as large as `area`.
    ///
    /// # Errors
    ///
    /// If `area` is too large, or the device fails.
    fn raster(
        &mut self,
        picture: &Picture,
        area: IntRect,
        scale: f64,
        target: &mut Self::Target,
    ) -> Result<(), RenderError>;
}

/// From a picture's coordinates to those of a canvas that shows `area`.
pub(crate) fn area_transform(area: IntRect, scale: f64) -> Affine {
    Affine::translate((-f64::from(area.x0), -f64::from(area.y0))) * Affine::scale(scale)
}
