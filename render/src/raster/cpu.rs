use std::{fmt, sync::Arc};

use kurbo::{Affine, BezPath, Rect, Stroke};
use peniko::{BlendMode, Color, Extend, Fill, Gradient, ImageQuality, ImageSampler};
use vello_cpu::{
    Image, ImageSource, Level, PaintType, PixmapMut, RasterizerSettings, RenderContext, RenderMode,
    RenderSettings, Resources, TargetInit,
};
use virga_display_list::{GlyphRun, ImageData};

use super::{ImageStore, Raster, area_transform, images};
use crate::{
    IntRect, Picture, Pixmap, RenderError, Unsupported,
    paint::{Canvas, Sampling, paint},
};

/// How to draw without a GPU.
#[derive(Clone, Copy, Debug, Default)]
pub struct CpuOptions {
    /// The same pixels on every machine of the same kind: instructions that
    /// only some processors have are not used. Slower.
    pub reproducible: bool,
    /// How many threads draw tiles; as many as the machine has cores, up to
    /// four, if none is given.
    pub threads: Option<usize>,
}

impl CpuOptions {
    pub(crate) fn level(self) -> Level {
        if self.reproducible {
            Level::baseline()
        } else {
            Level::try_detect().unwrap_or(Level::baseline())
        }
    }
}

/// Draws with `vello_cpu`, on the thread that calls it.
pub struct CpuRaster {
    context: RenderContext,
    shared: Shared,
}

/// What outlives a canvas.
struct Shared {
    resources: Resources,
    images: Arc<ImageStore>,
    level: Level,
    /// The first thing that could not be drawn.
    refused: Option<Unsupported>,
}

impl CpuRaster {
    /// A rasteriser with caches of its own.
    #[must_use]
    pub fn new(options: CpuOptions) -> Self {
        Self::sharing(options, Arc::default())
    }

    pub(crate) fn sharing(options: CpuOptions, images: Arc<ImageStore>) -> Self {
        let level = options.level();
        Self {
            context: new_context(1, 1, level),
            shared: Shared { resources: Resources::new(), images, level, refused: None },
        }
    }

    /// Draws over what is on `target`: the pixels of `picture`, mapped by
    /// `transform` and clipped, faded and blended as the compositor's general
    /// case needs it.
    pub(crate) fn draw_with(
        &mut self,
        target: &mut Pixmap,
        draw: impl FnOnce(&mut CpuCanvas<'_>),
    ) -> Result<(), RenderError> {
        let (width, height) = sides(target.bounds())?;
        self.context.reset_and_resize(width, height);
        draw(&mut CpuCanvas { context: &mut self.context, shared: &mut self.shared });
        render(&mut self.context, &mut self.shared.resources, target, TargetInit::SrcOver);
        Ok(())
    }
}

impl fmt::Debug for CpuRaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CpuRaster").field("level", &self.shared.level).finish_non_exhaustive()
    }
}

impl Raster for CpuRaster {
    type Target = Pixmap;

    /// Everything: what `vello_cpu` has not, our own passes draw.
    fn supports(&self, _: &Picture, _: IntRect, _: f64) -> Result<(), Unsupported> {
        Ok(())
    }

    fn raster(
        &mut self,
        picture: &Picture,
        area: IntRect,
        scale: f64,
        target: &mut Pixmap,
    ) -> Result<(), RenderError> {
        let (width, height) = sides(area)?;
        if target.width() != area.width() || target.height() != area.height() {
            // Fresh memory is zero already, without being touched.
            *target = Pixmap::new(area.width(), area.height());
        }
        self.context.reset_and_resize(width, height);
        let mut canvas = CpuCanvas { context: &mut self.context, shared: &mut self.shared };
        paint(
            &mut canvas,
            picture.entries(),
            area_transform(area, scale),
            IntRect::from_size(area.width(), area.height()).to_rect(),
        );
        render(
            &mut self.context,
            &mut self.shared.resources,
            target,
            TargetInit::Clear(Color::TRANSPARENT),
        );
        if let Some(what) = self.shared.refused.take() {
            tracing::warn!("left out of a picture: {what}");
        }
        Ok(())
    }
}

fn new_context(width: u16, height: u16, level: Level) -> RenderContext {
    RenderContext::new_with(width, height, RenderSettings { level, num_threads: 0 })
}

fn sides(area: IntRect) -> Result<(u16, u16), RenderError> {
    match (u16::try_from(area.width()), u16::try_from(area.height())) {
        // The last ones are the rasteriser's own.
        (Ok(width @ 1..=65_000), Ok(height @ 1..=65_000)) => Ok((width, height)),
        _ => Err(RenderError::TooLarge(area.width(), area.height())),
    }
}

fn render(
    context: &mut RenderContext,
    resources: &mut Resources,
    target: &mut Pixmap,
    target_init: TargetInit,
) {
    context.flush();
    let (width, height) = (context.width(), context.height());
    if let Some(pixels) = PixmapMut::new(width, height, target.data_mut()) {
        let settings = RasterizerSettings {
            render_mode: RenderMode::OptimizeSpeed,
            target_init,
            ..RasterizerSettings::default()
        };
        context.render_with(pixels, resources, settings);
    }
}

/// A canvas on a `vello_cpu` context.
pub(crate) struct CpuCanvas<'a> {
    context: &'a mut RenderContext,
    shared: &'a mut Shared,
}

impl CpuCanvas<'_> {
    /// Makes `pixmap` the paint: its px are mapped by `brush` to the
    /// coordinates of the shape.
    pub(crate) fn set_pixmap(&mut self, pixmap: &Pixmap, brush: Affine, smooth: bool) {
        self.set_source(
            ImageSource::Pixmap(Arc::new(images::to_vello(pixmap))),
            brush,
            smooth,
            Extend::Pad,
        );
    }

    fn set_source(&mut self, image: ImageSource, brush: Affine, smooth: bool, extend: Extend) {
        let quality = if smooth { ImageQuality::Medium } else { ImageQuality::Low };
        let sampler = ImageSampler { x_extend: extend, y_extend: extend, quality, alpha: 1.0 };
        self.context.set_paint(Image { image, sampler });
        self.context.set_paint_transform(brush);
    }
}

impl Canvas for CpuCanvas<'_> {
    fn set_transform(&mut self, transform: Affine) {
        self.context.set_transform(transform);
    }

    fn set_color(&mut self, color: Color) {
        self.context.set_paint(color);
    }

    fn set_gradient(&mut self, gradient: &Gradient, brush: Affine) {
        self.context.set_paint(gradient.clone());
        self.context.set_paint_transform(brush);
    }

    fn set_image(&mut self, image: &ImageData, brush: Affine, sampling: Sampling) {
        let halvings = if sampling.smooth { images::halvings(image, sampling.scale) } else { 0 };
        match self.shared.images.get(image, halvings) {
            Ok(pixels) => {
                let x = f64::from(image.0.width) / f64::from(pixels.width());
                let y = f64::from(image.0.height) / f64::from(pixels.height());
                let brush = brush * Affine::scale_non_uniform(x, y);
                self.set_source(
                    ImageSource::Pixmap(pixels),
                    brush,
                    sampling.smooth,
                    sampling.extend,
                );
            }
            Err(what) => {
                self.refuse(what);
                self.context.set_paint(PaintType::Solid(Color::TRANSPARENT));
            }
        }
    }

    fn fill_rect(&mut self, rect: Rect) {
        self.context.fill_rect(&rect);
    }

    fn fill_path(&mut self, path: &BezPath, rule: Fill) {
        self.context.set_fill_rule(rule);
        self.context.fill_path(path);
        self.context.set_fill_rule(Fill::NonZero);
    }

    fn stroke_path(&mut self, path: &BezPath, stroke: &Stroke) {
        self.context.set_stroke(stroke.clone());
        self.context.stroke_path(path);
    }

    fn fill_blurred(&mut self, rect: Rect, radius: f64, deviation: f64, invert: bool) {
        self.context.fill_blurred_rounded_rect(&rect, radius as f32, deviation as f32, invert);
    }

    fn glyphs(&mut self, run: &GlyphRun, glyph_transform: Option<Affine>) {
        let mut builder = self
            .context
            .glyph_run(&mut self.shared.resources, run.font.data())
            .font_size(run.size)
            .normalized_coords(&run.coords);
        if let Some(transform) = glyph_transform {
            builder = builder.glyph_transform(transform);
        }
        if run.embolden > 0.0 {
            let amount = kurbo::Diagonal2::new(run.embolden.into(), run.embolden.into());
            builder = builder.font_embolden(glifo::FontEmbolden::new(amount));
        }
        let glyphs = run.glyphs.iter().map(|glyph| vello_cpu::Glyph {
            id: glyph.id,
            x: glyph.x,
            y: glyph.y,
        });
        if let Err(error) = builder.fill_glyphs(glyphs) {
            // Spaces have no outline either: nothing that a user would miss.
            tracing::trace!("{}: {error}", run.font.name());
        }
    }

    fn push_clip_rect(&mut self, rect: Rect) {
        self.context.push_clip_rect(&rect);
    }

    fn push_clip_path(&mut self, path: &BezPath, rule: Fill) {
        self.context.set_fill_rule(rule);
        self.context.push_clip_path(path);
        self.context.set_fill_rule(Fill::NonZero);
    }

    fn pop_clip(&mut self) {
        self.context.pop_clip();
    }

    fn push_layer(&mut self, opacity: f32, blend: BlendMode) {
        self.context.push_layer(None, Some(blend), Some(opacity), None, None);
    }

    fn pop_layer(&mut self) {
        self.context.pop_layer();
    }

    fn offscreen(
        &mut self,
        area: IntRect,
        paint: &mut dyn FnMut(&mut Self),
        change: &mut dyn FnMut(&mut Pixmap),
    ) {
        let Ok((width, height)) = sides(area) else {
            return self.refuse(Unsupported::Filter);
        };
        // The canvas draws on a context of its own for a while.
        let level = self.shared.level;
        let outer = std::mem::replace(self.context, new_context(width, height, level));
        paint(self);
        let mut inner = std::mem::replace(self.context, outer);
        let mut pixmap = Pixmap::new(area.width(), area.height());
        render(
            &mut inner,
            &mut self.shared.resources,
            &mut pixmap,
            TargetInit::Clear(Color::TRANSPARENT),
        );
        change(&mut pixmap);
        self.context.set_transform(Affine::translate((area.x0.into(), area.y0.into())));
        self.set_pixmap(&pixmap, Affine::IDENTITY, false);
        self.context.fill_rect(&pixmap.bounds().to_rect());
    }

    fn refuse(&mut self, what: Unsupported) {
        self.shared.refused.get_or_insert(what);
    }
}
