use std::{fmt, sync::Arc};

use kurbo::{Affine, BezPath, Rect, Stroke};
use peniko::{BlendMode, Color, Extend, Fill, Gradient, ImageQuality, ImageSampler, WeakBlob};
use rustc_hash::FxHashMap;
use vello_gpu::{
    ClearSettings, Image, ImageSource, PaintType, RectU16, RenderSize, RenderTargetConfig,
    Renderer, Resources, Scene, TargetInit, TextureBindings, TextureId,
};
use virga_display_list::{GlyphRun, ImageData};

use super::{Raster, area_transform, check::CheckCanvas, images};
use crate::{
    Gpu, IntRect, Picture, Pixmap, RenderError, Unsupported,
    paint::{Canvas, Sampling, paint},
};

/// The format of all tiles.
pub(crate) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Draws with `vello_gpu` onto textures.
pub struct GpuRaster {
    gpu: Arc<Gpu>,
    renderer: Renderer,
    scene: Scene,
    shared: Shared,
}

struct Shared {
    gpu: Arc<Gpu>,
    resources: Resources,
    images: FxHashMap<(u64, u8), Uploaded>,
    bindings: TextureBindings,
    next_texture: u64,
    /// Px that were brought to the GPU.
    uploaded: u64,
}

struct Uploaded {
    source: WeakBlob<u8>,
    id: TextureId,
    width: u16,
    height: u16,
}

/// What is drawn onto: a texture, and where its corner lies in the picture's
/// device px.
#[derive(Clone, Debug)]
pub struct TextureTarget {
    /// All of the texture.
    pub view: wgpu::TextureView,
    /// What the texture covers.
    pub cover: IntRect,
}

impl GpuRaster {
    /// A rasteriser with caches of its own.
    #[must_use]
    pub fn new(gpu: &Arc<Gpu>) -> Self {
        let config = RenderTargetConfig { format: FORMAT, width: 1024, height: 256 };
        let (renderer, resources) = Renderer::new(&gpu.device, &config);
        Self {
            gpu: Arc::clone(gpu),
            renderer,
            scene: Scene::new(1, 1),
            shared: Shared {
                gpu: Arc::clone(gpu),
                resources,
                images: FxHashMap::default(),
                bindings: TextureBindings::new(),
                next_texture: 0,
                uploaded: 0,
            },
        }
    }

    /// Px that were brought to the GPU since the last call.
    pub(crate) fn take_uploaded(&mut self) -> u64 {
        std::mem::take(&mut self.shared.uploaded)
    }
}

impl fmt::Debug for GpuRaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuRaster").field("gpu", &self.gpu.name()).finish_non_exhaustive()
    }
}

impl Raster for GpuRaster {
    type Target = TextureTarget;

    fn supports(&self, picture: &Picture, area: IntRect, scale: f64) -> Result<(), Unsupported> {
        let max_image = self.gpu.device.limits().max_texture_dimension_2d.min(images::MAX_SIDE);
        let mut canvas = CheckCanvas { max_image, refused: None };
        let size = IntRect::from_size(area.width(), area.height()).to_rect();
        paint(&mut canvas, picture.entries(), area_transform(area, scale), size);
        canvas.refused.map_or(Ok(()), Err)
    }

    /// Draws `area`; what else the texture holds stays as it is.
    fn raster(
        &mut self,
        picture: &Picture,
        area: IntRect,
        scale: f64,
        target: &mut TextureTarget,
    ) -> Result<(), RenderError> {
        let cover = target.cover;
        let area = area.intersect(cover).translate(-cover.x0, -cover.y0);
        let (Ok(width), Ok(height)) = (u16::try_from(cover.width()), u16::try_from(cover.height()))
        else {
            return Err(RenderError::TooLarge(cover.width(), cover.height()));
        };
        if area.is_empty() {
            return Ok(());
        }
        self.scene.reset_and_resize(width, height);
        let partial = area.width() != cover.width() || area.height() != cover.height();
        let mut canvas = GpuCanvas { scene: &mut self.scene, shared: &mut self.shared };
        if partial {
            canvas.set_transform(Affine::IDENTITY);
            canvas.push_clip_rect(area.to_rect());
        }
        paint(&mut canvas, picture.entries(), area_transform(cover, scale), area.to_rect());
        if partial {
            canvas.pop_clip();
        }
        // `area` lies in a target whose sides fit into 16 bits.
        let rects = [RectU16::new(area.x0 as u16, area.y0 as u16, area.x1 as u16, area.y1 as u16)];
        let color = Color::TRANSPARENT;
        let clear = if partial {
            ClearSettings::Rects { color, rects: &rects }
        } else {
            ClearSettings::Viewport { color }
        };
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.renderer
            .render(
                &self.scene,
                &mut self.shared.resources,
                &self.gpu.device,
                &self.gpu.queue,
                &mut encoder,
                &RenderSize { width, height },
                &target.view,
                None,
                &self.shared.bindings,
                TargetInit::Clear(clear),
            )
            .map_err(|error| RenderError::Raster(error.to_string()))?;
        self.gpu.queue.submit([encoder.finish()]);
        Ok(())
    }
}

impl Shared {
    /// The texture of an image, uploaded when it is first drawn.
    fn texture(&mut self, image: &ImageData, halvings: u8) -> Result<&Uploaded, Unsupported> {
        images::check(image)?;
        let key = (image.0.data.id(), halvings);
        if !self.images.contains_key(&key) {
            self.drop_unused();
            let mut pixmap = images::premultiplied(image);
            for _ in 0..halvings {
                pixmap = images::half(&pixmap);
            }
            let id = TextureId(self.next_texture);
            self.next_texture += 1;
            self.bindings.insert(id, upload(&self.gpu, &pixmap));
            self.uploaded += u64::from(pixmap.width()) * u64::from(pixmap.height());
            let source = image.0.data.downgrade();
            // Sides of images that are drawn fit into 15 bits.
            let (width, height) = (pixmap.width() as u16, pixmap.height() as u16);
            self.images.insert(key, Uploaded { source, id, width, height });
        }
        self.images.get(&key).ok_or(Unsupported::ImageFormat)
    }

    fn drop_unused(&mut self) {
        let bindings = &mut self.bindings;
        self.images.retain(|_, uploaded| {
            let used = uploaded.source.upgrade().is_some();
            if !used {
                bindings.remove(uploaded.id);
            }
            used
        });
    }
}

/// A texture with the pixels of `pixmap`.
pub(crate) fn upload(gpu: &Gpu, pixmap: &Pixmap) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("image"),
        size: wgpu::Extent3d {
            width: pixmap.width(),
            height: pixmap.height(),
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    write(gpu, &texture, pixmap, (0, 0));
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// Overwrites part of a texture.
pub(crate) fn write(gpu: &Gpu, texture: &wgpu::Texture, pixmap: &Pixmap, at: (u32, u32)) {
    gpu.queue.write_texture(
        wgpu::TexelCopyTextureInfo {
            texture,
            mip_level: 0,
            origin: wgpu::Origin3d { x: at.0, y: at.1, z: 0 },
            aspect: wgpu::TextureAspect::All,
        },
        pixmap.data(),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(pixmap.width() * 4),
            rows_per_image: None,
        },
        wgpu::Extent3d { width: pixmap.width(), height: pixmap.height(), depth_or_array_layers: 1 },
    );
}

struct GpuCanvas<'a> {
    scene: &'a mut Scene,
    shared: &'a mut Shared,
}

impl Canvas for GpuCanvas<'_> {
    fn set_transform(&mut self, transform: Affine) {
        self.scene.set_transform(transform);
    }

    fn set_color(&mut self, color: Color) {
        self.scene.set_paint(color);
    }

    fn set_gradient(&mut self, gradient: &Gradient, brush: Affine) {
        self.scene.set_paint(gradient.clone());
        self.scene.set_paint_transform(brush);
    }

    fn set_image(&mut self, image: &ImageData, brush: Affine, sampling: Sampling) {
        let halvings = if sampling.smooth { images::halvings(image, sampling.scale) } else { 0 };
        match self.shared.texture(image, halvings) {
            Ok(uploaded) => {
                let x = f64::from(image.0.width) / f64::from(uploaded.width);
                let y = f64::from(image.0.height) / f64::from(uploaded.height);
                let region = RectU16::new(0, 0, uploaded.width, uploaded.height);
                let source = ImageSource::external_texture(uploaded.id, region, true);
                let quality =
                    if sampling.smooth { ImageQuality::Medium } else { ImageQuality::Low };
                let extend: Extend = sampling.extend;
                let sampler =
                    ImageSampler { x_extend: extend, y_extend: extend, quality, alpha: 1.0 };
                self.scene.set_paint(Image { image: source, sampler });
                self.scene.set_paint_transform(brush * Affine::scale_non_uniform(x, y));
            }
            Err(what) => {
                self.refuse(what);
                self.scene.set_paint(PaintType::Solid(Color::TRANSPARENT));
            }
        }
    }

    fn fill_rect(&mut self, rect: Rect) {
        self.scene.fill_rect(&rect);
    }

    fn fill_path(&mut self, path: &BezPath, rule: Fill) {
        self.scene.set_fill_rule(rule);
        self.scene.fill_path(path);
        self.scene.set_fill_rule(Fill::NonZero);
    }

    fn stroke_path(&mut self, path: &BezPath, stroke: &Stroke) {
        self.scene.set_stroke(stroke.clone());
        self.scene.stroke_path(path);
    }

    fn fill_blurred(&mut self, rect: Rect, radius: f64, deviation: f64, invert: bool) {
        self.scene.fill_blurred_rounded_rect(&rect, radius as f32, deviation as f32, invert);
    }

    fn glyphs(&mut self, run: &GlyphRun, glyph_transform: Option<Affine>) {
        let mut builder = self
            .scene
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
        let glyphs =
            run.glyphs.iter().map(|glyph| glifo::Glyph { id: glyph.id, x: glyph.x, y: glyph.y });
        if let Err(error) = builder.fill_glyphs(glyphs) {
            tracing::trace!("{}: {error}", run.font.name());
        }
    }

    fn push_clip_rect(&mut self, rect: Rect) {
        self.scene.push_clip_rect(&rect);
    }

    fn push_clip_path(&mut self, path: &BezPath, rule: Fill) {
        self.scene.set_fill_rule(rule);
        self.scene.push_clip_path(path);
        self.scene.set_fill_rule(Fill::NonZero);
    }

    fn pop_clip(&mut self) {
        self.scene.pop_clip();
    }

    fn push_layer(&mut self, opacity: f32, blend: BlendMode) {
        self.scene.push_layer(None, Some(blend), Some(opacity), None, None);
    }

    fn pop_layer(&mut self) {
        self.scene.pop_layer();
    }

    /// Never called: [`Raster::supports`] refuses what needs it.
    fn offscreen(
        &mut self,
        _: IntRect,
        _: &mut dyn FnMut(&mut Self),
        _: &mut dyn FnMut(&mut Pixmap),
    ) {
        self.refuse(Unsupported::Filter);
    }

    fn refuse(&mut self, what: Unsupported) {
        tracing::error!("drawn on the GPU although it cannot be: {what}");
    }
}
