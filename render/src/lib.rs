//! From display list to pixels.
//!
//! ```text
//! Frame ─► Compositor ─► layers ─► tiles ─► Raster (vello_cpu │ vello_gpu)
//!                          │
//!                          └─► composed ─► Pixmap │ window memory │ texture
//! ```
//!
//! This crate draws from a display list alone: it knows no document and no
//! script, so that it can be benchmarked, replayed and fuzzed without them.
//!
//! * [`raster`] makes pixels of a rectangle of a picture.
//! * [`Compositor`] keeps an app's last frame as layers, scrolls them without
//!   drawing them again, and draws only what changed.
//! * [`present`] shows it in windows.
//!
//! The same list gives the same pixels on the CPU in every process; with
//! [`CpuOptions::reproducible`], also on every machine of the same kind.

mod blend;
mod compositor;
mod error;
mod filter;
mod gpu;
mod paint;
mod picture;
mod pixmap;
pub mod present;
pub mod raster;
mod rect;

pub use compositor::{Composited, Compositor, RenderCounters};
pub use error::{RenderError, Unsupported};
pub use gpu::{Adapters, Gpu};
pub use picture::{Entry, Picture};
pub use pixmap::{Pixmap, PngError};
pub use present::{RendererChoice, Surface};
pub use raster::CpuOptions;
pub use rect::IntRect;
