use kurbo::Affine;
use peniko::{BlendMode, Color, Compose};
use rustc_hash::FxHashMap;

use super::{
    masks::Masks,
    pipelines::{FilterStep, Pipelines, Quad},
    textures::{Picture, Textures},
};
use crate::{
    Gpu, IntRect, RenderError,
    compositor::{
        plan::{Op, SurfaceOp, TileOp},
        tiles::{Content, TileCache},
        tree::PictureId,
    },
    filter::DeviceFilter,
    raster::{CpuRaster, FORMAT},
};

/// Something that the device does, in order.
#[derive(Debug)]
pub(super) enum Pass {
    /// Draws quads.
    Quads {
        target: wgpu::TextureView,
        format: wgpu::TextureFormat,
        /// What the target is filled with first; `None` keeps what is there.
        clear: Option<Color>,
        draws: Vec<Draw>,
    },
    /// Copies part of a picture to the corner of another.
    Copy { from: wgpu::Texture, area: IntRect, to: wgpu::Texture },
    /// A step of a filter, from one picture to another of the same size.
    Filter { from: wgpu::TextureView, to: wgpu::TextureView, step: FilterStep },
}

/// A quad to draw, by its number.
#[derive(Debug)]
pub(super) struct Draw {
    pub(super) quad: u32,
    pub(super) source: Source,
    pub(super) blends: bool,
    /// In px of the target.
    pub(super) scissor: IntRect,
}

#[derive(Debug)]
pub(super) enum Source {
    Tile(PictureId, (i32, i32)),
    Group(wgpu::BindGroup),
}

/// How a quad reads its source, as `quad.wgsl` knows it.
const COPIED: f32 = 1.0;
const SMOOTH: f32 = 2.0;

/// Writes a composite down.
pub(super) struct Recorder<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) pipelines: &'a Pipelines,
    pub(super) textures: &'a mut Textures,
    pub(super) masks: &'a mut Masks,
    pub(super) raster: &'a mut CpuRaster,
    pub(super) caches: &'a FxHashMap<PictureId, TileCache>,
    pub(super) quads: Vec<Quad>,
    pub(super) passes: Vec<Pass>,
}

impl SurfaceOp {
    pub(super) fn blends(&self) -> bool {
        self.blend != BlendMode::default()
    }
}

impl Recorder<'_> {
    /// Composes `ops` onto a picture that shows `area` of their space.
    pub(super) fn surface(
        &mut self,
        ops: &[Op],
        area: IntRect,
        background: Color,
    ) -> Result<Picture, RenderError> {
        let picture = self.textures.take(area.width(), area.height())?;
        let prepared = self.prepare(ops)?;
        let mut draws = Vec::new();
        let mut clear = Some(background);
        for (op, prepared) in ops.iter().zip(prepared) {
            if let (Op::Surface(op), Some(inner)) = (op, &prepared)
                && op.blends()
            {
                // What is below is copied, so that the quad can read it.
                let seen = op.bounds.intersect(area);
                if seen.is_empty() {
                    continue;
                }
                self.passes.push(Pass::Quads {
                    target: picture.view.clone(),
                    format: FORMAT,
                    clear: clear.take(),
                    draws: std::mem::take(&mut draws),
                });
                let backdrop = self.textures.take(seen.width(), seen.height())?;
                self.passes.push(Pass::Copy {
                    from: picture.texture.clone(),
                    area: seen.translate(-area.x0, -area.y0),
                    to: backdrop.texture.clone(),
                });
                draws.extend(self.surface_quad(op, inner, area, seen, Some(&backdrop))?);
            } else {
                draws.extend(self.op(op, prepared.as_ref(), area)?);
            }
        }
        let target = picture.view.clone();
        self.passes.push(Pass::Quads { target, format: FORMAT, clear, draws });
        Ok(picture)
    }

    /// Composes `ops`, none of which blends, onto `target`.
    pub(super) fn pass(
        &mut self,
        ops: &[Op],
        target: wgpu::TextureView,
        format: wgpu::TextureFormat,
        area: IntRect,
        background: Color,
    ) -> Result<(), RenderError> {
        let prepared = self.prepare(ops)?;
        let mut draws = Vec::new();
        for (op, prepared) in ops.iter().zip(prepared) {
            draws.extend(self.op(op, prepared.as_ref(), area)?);
        }
        self.passes.push(Pass::Quads { target, format, clear: Some(background), draws });
        Ok(())
    }

    /// Copies a picture onto a target of the same size.
    pub(super) fn blit(
        &mut self,
        picture: &Picture,
        target: wgpu::TextureView,
        format: wgpu::TextureFormat,
        area: IntRect,
    ) {
        let blank = self.textures.blank().clone();
        let group = self.pipelines.quad_group(&self.gpu.device, &picture.view, &blank, &blank);
        let quad = self.quad(area, Affine::IDENTITY, area, (0.0, 0.0), 255, COPIED);
        let draws = vec![Draw { quad, source: Source::Group(group), blends: false, scissor: area }];
        self.passes.push(Pass::Quads { target, format, clear: Some(Color::TRANSPARENT), draws });
    }

    /// The pictures of the surfaces among `ops`.
    fn prepare(&mut self, ops: &[Op]) -> Result<Vec<Option<Picture>>, RenderError> {
        ops.iter()
            .map(|op| match op {
                Op::Tile(_) => Ok(None),
                Op::Surface(op) => {
                    let picture = self.surface(&op.ops, op.area, Color::TRANSPARENT)?;
                    self.filter(picture, &op.filters).map(Some)
                }
            })
            .collect()
    }

    fn op(
        &mut self,
        op: &Op,
        prepared: Option<&Picture>,
        area: IntRect,
    ) -> Result<Option<Draw>, RenderError> {
        match (op, prepared) {
            (Op::Tile(tile), _) => Ok(self.tile(tile, area)),
            (Op::Surface(op), Some(inner)) => {
                let seen = op.bounds.intersect(area);
                if seen.is_empty() {
                    return Ok(None);
                }
                self.surface_quad(op, inner, area, seen, None)
            }
            (Op::Surface(_), None) => Ok(None),
        }
    }

    fn tile(&mut self, op: &TileOp, area: IntRect) -> Option<Draw> {
        let tile = self.caches.get(&op.picture)?.tiles.get(&op.tile)?;
        let Content::Gpu(_) = &tile.content else { return None };
        let cover = tile.area.translate(op.shift.0, op.shift.1);
        let seen = op.clip.intersect(cover).intersect(area);
        if seen.is_empty() {
            return None;
        }
        let corner = (f64::from(cover.x0), f64::from(cover.y0));
        let quad = self.quad(seen, Affine::IDENTITY, area, corner, op.opacity, COPIED);
        let scissor = seen.translate(-area.x0, -area.y0);
        Some(Draw { quad, source: Source::Tile(op.picture, op.tile), blends: false, scissor })
    }

    fn surface_quad(
        &mut self,
        op: &SurfaceOp,
        inner: &Picture,
        area: IntRect,
        seen: IntRect,
        backdrop: Option<&Picture>,
    ) -> Result<Option<Draw>, RenderError> {
        let blank = self.textures.blank().clone();
        let mask = match &op.clip {
            Some((shape, transform)) => {
                self.masks.get(self.gpu, self.raster, (shape, *transform), seen)?
            }
            None => blank.clone(),
        };
        let behind = backdrop.map_or(&blank, |backdrop| &backdrop.view);
        let group = self.pipelines.quad_group(&self.gpu.device, &inner.view, &mask, behind);
        let mode = if op.transform == Affine::IDENTITY { COPIED } else { SMOOTH };
        let corner = (f64::from(op.area.x0), f64::from(op.area.y0));
        let index = self.quad(op.area, op.transform, area, corner, op.opacity, mode);
        let quad = &mut self.quads[index as usize];
        let at = [(seen.x0 - area.x0) as f32, (seen.y0 - area.y0) as f32];
        quad.around = [at[0], at[1], at[0], at[1]];
        let (source, below) = factors(op.blend.compose);
        quad.blend = [op.blend.mix as u32, source, below, 0];
        Ok(Some(Draw {
            quad: index,
            source: Source::Group(group),
            blends: backdrop.is_some(),
            scissor: seen.translate(-area.x0, -area.y0),
        }))
    }

    /// A quad of `rect`, mapped by `transform` to px of a target that shows
    /// `area`. Returns its number.
    fn quad(
        &mut self,
        rect: IntRect,
        transform: Affine,
        area: IntRect,
        corner: (f64, f64),
        opacity: u8,
        mode: f32,
    ) -> u32 {
        let [a, b, c, d, e, f] = transform.as_coeffs();
        let (e, f) = (e - f64::from(area.x0), f - f64::from(area.y0));
        let float = |values: [f64; 4]| values.map(|value| value as f32);
        self.quads.push(Quad {
            rect: float([rect.x0.into(), rect.y0.into(), rect.x1.into(), rect.y1.into()]),
            linear: float([a, b, c, d]),
            moved: float([e, f, area.width().into(), area.height().into()]),
            source: float([corner.0, corner.1, f64::from(opacity) / 255.0, mode.into()]),
            around: [0.0; 4],
            blend: [0; 4],
        });
        (self.quads.len() - 1) as u32
    }

    /// Applies filters; the result is another picture of the same size.
    fn filter(
        &mut self,
        picture: Picture,
        filters: &[DeviceFilter],
    ) -> Result<Picture, RenderError> {
        let mut picture = picture;
        for filter in filters {
            picture = match filter {
                DeviceFilter::Blur(deviation) => self.blur(&picture, *deviation)?,
                DeviceFilter::ColorMatrix(matrix) => {
                    let row = |row: usize| std::array::from_fn(|column| matrix[row * 5 + column]);
                    let mut step = step(MATRIX);
                    step.matrix = std::array::from_fn(row);
                    step.constant = std::array::from_fn(|row| matrix[row * 5 + 4]);
                    self.step(&picture, step)?
                }
                DeviceFilter::DropShadow { offset, blur, color } => {
                    let mut cast = step(SHADOW);
                    cast.along = [offset.0 as f32, offset.1 as f32];
                    cast.color = color.premultiply().components;
                    let shadow = self.step(&picture, cast)?;
                    let shadow = self.blur(&shadow, *blur)?;
                    self.lay_over(&shadow, &picture);
                    shadow
                }
            };
        }
        Ok(picture)
    }

    fn blur(&mut self, picture: &Picture, deviation: f64) -> Result<Picture, RenderError> {
        if deviation < 0.1 {
            return Ok(picture.clone());
        }
        let mut across = step(BLUR);
        across.deviation = deviation as f32;
        across.along = [1.0, 0.0];
        let first = self.step(picture, across)?;
        self.step(&first, FilterStep { along: [0.0, 1.0], ..across })
    }

    fn step(&mut self, from: &Picture, step: FilterStep) -> Result<Picture, RenderError> {
        let to = self.textures.take(from.texture.width(), from.texture.height())?;
        self.passes.push(Pass::Filter { from: from.view.clone(), to: to.view.clone(), step });
        Ok(to)
    }

    /// Draws `above` over `below`, px on px.
    fn lay_over(&mut self, below: &Picture, above: &Picture) {
        let area = IntRect::from_size(above.texture.width(), above.texture.height());
        let blank = self.textures.blank().clone();
        let group = self.pipelines.quad_group(&self.gpu.device, &above.view, &blank, &blank);
        let quad = self.quad(area, Affine::IDENTITY, area, (0.0, 0.0), 255, COPIED);
        self.passes.push(Pass::Quads {
            target: below.view.clone(),
            format: FORMAT,
            clear: None,
            draws: vec![Draw { quad, source: Source::Group(group), blends: false, scissor: area }],
        });
    }
}

const BLUR: u32 = 0;
const MATRIX: u32 = 1;
const SHADOW: u32 = 2;

fn step(kind: u32) -> FilterStep {
    FilterStep {
        matrix: [[0.0; 4]; 4],
        constant: [0.0; 4],
        color: [0.0; 4],
        along: [0.0; 2],
        deviation: 0.0,
        kind,
    }
}

/// The factors of source and backdrop: 0, 1, the other's alpha, or what it
/// leaves.
///
/// <https://drafts.fxtf.org/compositing-1/#porterduffcompositingoperators>
fn factors(compose: Compose) -> (u32, u32) {
    const ZERO: u32 = 0;
    const ONE: u32 = 1;
    const ALPHA: u32 = 2;
    const REST: u32 = 3;
    match compose {
        Compose::Clear => (ZERO, ZERO),
        Compose::Copy => (ONE, ZERO),
        Compose::Dest => (ZERO, ONE),
        Compose::SrcOver => (ONE, REST),
        Compose::DestOver => (REST, ONE),
        Compose::SrcIn => (ALPHA, ZERO),
        Compose::DestIn => (ZERO, ALPHA),
        Compose::SrcOut => (REST, ZERO),
        Compose::DestOut => (ZERO, REST),
        Compose::SrcAtop => (ALPHA, REST),
        Compose::DestAtop => (REST, ALPHA),
        Compose::Xor => (REST, REST),
        Compose::Plus | Compose::PlusLighter => (ONE, ONE),
    }
}
