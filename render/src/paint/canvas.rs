use kurbo::{Affine, BezPath, Rect, Stroke};
use peniko::{BlendMode, Color, Extend, Fill, Gradient};
use virga_display_list::{GlyphRun, ImageData};

use crate::{IntRect, Pixmap, Unsupported};

/// What a rasteriser has to be able to draw. Everything richer (borders,
/// shadows, filters) is lowered to this in [`crate::paint`], once.
///
/// A canvas is a rectangle of device px whose origin is at 0, 0.
pub(crate) trait Canvas {
    /// From the coordinates of what follows to device px.
    fn set_transform(&mut self, transform: Affine);
    fn set_color(&mut self, color: Color);
    /// `brush` maps the gradient's coordinates to those of the shape.
    fn set_gradient(&mut self, gradient: &Gradient, brush: Affine);
    /// `brush` maps image px to the coordinates of the shape; `scale` is how
    /// many device px an image px becomes.
    fn set_image(&mut self, image: &ImageData, brush: Affine, sampling: Sampling);

    fn fill_rect(&mut self, rect: Rect);
    fn fill_path(&mut self, path: &BezPath, rule: Fill);
    fn stroke_path(&mut self, path: &BezPath, stroke: &Stroke);
    /// A rectangle with corners of `radius`, blurred, in the current colour.
    /// `invert` draws what it leaves out, up to 2.5 `deviation` around it.
    fn fill_blurred(&mut self, rect: Rect, radius: f64, deviation: f64, invert: bool);
    /// Draws at the run's origin with the current colour or gradient.
    fn glyphs(&mut self, run: &GlyphRun, glyph_transform: Option<Affine>);

    fn push_clip_rect(&mut self, rect: Rect);
    fn push_clip_path(&mut self, path: &BezPath, rule: Fill);
    fn pop_clip(&mut self);
    fn push_layer(&mut self, opacity: f32, blend: BlendMode);
    fn pop_layer(&mut self);

    /// Draws `area` as a picture of its own with `paint`, whose canvas has its
    /// origin at the area's, changes it with `change`, and draws it in place.
    fn offscreen(
        &mut self,
        area: IntRect,
        paint: &mut dyn FnMut(&mut Self),
        change: &mut dyn FnMut(&mut Pixmap),
    ) where
        Self: Sized;

    /// Notes that something cannot be drawn at all.
    fn refuse(&mut self, what: Unsupported);

    /// Whether the rest may be left out.
    fn is_done(&self) -> bool {
        false
    }
}

/// How the pixels of an image are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    pub(crate) smooth: bool,
    /// How many device px an image px becomes.
    pub(crate) scale: f64,
    /// What lies beyond the image's edge.
    pub(crate) extend: Extend,
}
