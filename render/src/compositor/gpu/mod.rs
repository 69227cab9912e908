//! Composing on the GPU: textured quads, few pipelines, all made up front.
//!
//! A composite is first written down as a list of passes ([`passes`]), then
//! uploaded in one buffer and encoded ([`encode`]): nothing is created in the
//! middle of a pass but bind groups.

mod encode;
mod masks;
mod passes;
mod pipelines;
mod textures;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use peniko::Color;
use rustc_hash::FxHashMap;

use self::{masks::Masks, passes::Recorder, pipelines::Pipelines, textures::Textures};
use super::{
    RenderCounters,
    plan::{Op, TileJob},
    tiles::{Content, Tile, TileCache},
    tree::PictureId,
};
use crate::{
    CpuOptions, Gpu, IntRect, Pixmap, RenderError,
    raster::{CpuRaster, FORMAT, GpuRaster, Raster as _, TextureTarget, write},
};

/// The pixels of a tile on the GPU.
#[derive(Debug)]
pub(crate) struct GpuTile {
    texture: wgpu::Texture,
    target: TextureTarget,
    group: wgpu::BindGroup,
}

/// A texture that is composed onto.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) view: &'a wgpu::TextureView,
    pub(crate) format: wgpu::TextureFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

#[derive(Debug)]
pub(crate) struct GpuBackend {
    gpu: Arc<Gpu>,
    pipelines: Pipelines,
    raster: GpuRaster,
    /// For what the GPU cannot draw.
    fallback: CpuRaster,
    textures: Textures,
    masks: Masks,
}

impl GpuBackend {
    pub(crate) fn new(gpu: &Arc<Gpu>) -> Self {
        let pipelines = Pipelines::new(&gpu.device);
        Self {
            raster: GpuRaster::new(gpu),
            fallback: CpuRaster::new(CpuOptions::default()),
            textures: Textures::new(gpu),
            masks: Masks::default(),
            gpu: Arc::clone(gpu),
            pipelines,
        }
    }

    /// Draws tiles: on the GPU what it can, else on the CPU.
    pub(crate) fn draw(
        &mut self,
        jobs: &[TileJob],
        caches: &mut FxHashMap<PictureId, TileCache>,
        counters: &mut RenderCounters,
    ) -> Result<(), RenderError> {
        for job in jobs {
            let tile = caches.get_mut(&job.id).and_then(|cache| cache.tiles.get_mut(&job.tile));
            let Some(tile) = tile else { continue };
            let mut gpu_tile = self.texture_of(tile, job);
            let supported = self.raster.supports(&job.picture, job.area, job.scale);
            let drawn = match supported {
                Ok(()) => self.draw_on_gpu(job, &mut gpu_tile),
                Err(what) => {
                    tracing::debug!("a tile is drawn on the CPU: the GPU cannot draw {what}");
                    false
                }
            };
            if !drawn {
                counters.tiles_by_fallback += 1;
                counters.pixels_uploaded += job.area.area();
                let mut pixmap = Pixmap::default();
                self.fallback.raster(&job.picture, job.area, job.scale, &mut pixmap)?;
                let at = |edge: i32, origin: i32| u32::try_from(edge - origin).unwrap_or(0);
                let at = (at(job.area.x0, job.cover.x0), at(job.area.y0, job.cover.y0));
                write(&self.gpu, &gpu_tile.texture, &pixmap, at);
            }
            counters.pixels_uploaded += self.raster.take_uploaded();
            tile.content = Content::Gpu(gpu_tile);
        }
        Ok(())
    }

    /// Whether it was drawn; a rasteriser that failed is replaced.
    fn draw_on_gpu(&mut self, job: &TileJob, tile: &mut GpuTile) -> bool {
        let raster = &mut self.raster;
        let result = catch_unwind(AssertUnwindSafe(|| {
            raster.raster(&job.picture, job.area, job.scale, &mut tile.target)
        }));
        match result {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!("a tile is drawn on the CPU: {error}");
                false
            }
            Err(_) => {
                tracing::error!("a tile is drawn on the CPU: the rasteriser panicked");
                self.raster = GpuRaster::new(&self.gpu);
                false
            }
        }
    }

    /// The tile's texture, or a new one if it covers something else.
    fn texture_of(&self, tile: &mut Tile, job: &TileJob) -> GpuTile {
        match std::mem::replace(&mut tile.content, Content::Empty) {
            Content::Gpu(old) if tile.area == job.cover => return old,
            Content::Gpu(mut old)
                if (old.texture.width(), old.texture.height())
                    == (job.cover.width(), job.cover.height()) =>
            {
                old.target.cover = job.cover;
                return old;
            }
            _ => {}
        }
        let texture = textures::create(&self.gpu.device, job.cover.width(), job.cover.height());
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let blank = self.textures.blank();
        let group = self.pipelines.quad_group(&self.gpu.device, &view, blank, blank);
        GpuTile { texture, target: TextureTarget { view, cover: job.cover }, group }
    }

    /// Composes `ops` onto `target`.
    pub(crate) fn compose(
        &mut self,
        ops: &[Op],
        caches: &FxHashMap<PictureId, TileCache>,
        background: Color,
        target: Target<'_>,
    ) -> Result<(), RenderError> {
        let mut recorder = Recorder {
            gpu: &self.gpu,
            pipelines: &self.pipelines,
            textures: &mut self.textures,
            masks: &mut self.masks,
            raster: &mut self.fallback,
            caches,
            quads: Vec::new(),
            passes: Vec::new(),
        };
        let area = IntRect::from_size(target.width, target.height);
        let blends = ops.iter().any(|op| matches!(op, Op::Surface(surface) if surface.blends()));
        if blends {
            // What blends reads what is below it, which a window may not allow.
            let root = recorder.surface(ops, area, background)?;
            recorder.blit(&root, target.view.clone(), target.format, area);
        } else {
            recorder.pass(ops, target.view.clone(), target.format, area, background)?;
        }
        let (quads, passes) = (recorder.quads, recorder.passes);
        encode::encode(&self.gpu, &self.pipelines, &quads, &passes, caches);
        self.textures.end_frame();
        self.masks.end_frame();
        Ok(())
    }

    /// Composes `ops` and reads the pixels back.
    pub(crate) fn compose_to_pixmap(
        &mut self,
        ops: &[Op],
        caches: &FxHashMap<PictureId, TileCache>,
        background: Color,
        pixmap: &mut Pixmap,
    ) -> Result<(), RenderError> {
        if pixmap.bounds().is_empty() {
            return Ok(());
        }
        let most = self.gpu.device.limits().max_texture_dimension_2d;
        if pixmap.width() > most || pixmap.height() > most {
            return Err(RenderError::TooLarge(pixmap.width(), pixmap.height()));
        }
        let texture = textures::create(&self.gpu.device, pixmap.width(), pixmap.height());
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let (width, height) = (pixmap.width(), pixmap.height());
        let target = Target { view: &view, format: FORMAT, width, height };
        self.compose(ops, caches, background, target)?;
        textures::read_back(&self.gpu, &texture, pixmap)
    }
}
