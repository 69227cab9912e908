//! Composing on the CPU: the twin of the GPU's way, with the same results.
//!
//! Tiles that only moved are copied, row by row. What is turned, clipped to a
//! curve or blended is drawn by the rasteriser, as an image.

use kurbo::Affine;
use peniko::{BlendMode, Color, Compose, Fill};
use rustc_hash::FxHashMap;
use virga_display_list::Shape;

use super::{
    plan::{Op, SurfaceOp, TileJob, TileOp},
    tiles::{Content, TileCache},
    tree::PictureId,
};
use crate::{
    CpuOptions, IntRect, Pixmap, RenderError,
    blend::{fade, over},
    filter,
    paint::{Canvas as _, shape_path},
    raster::{Pool, Task},
};

/// Order of the bytes in a word of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// R, G, B, A in memory.
    Rgba,
    /// 0x00RRGGBB as a number: what windows take.
    ZeroRgb,
}

/// Memory that is composed onto.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    pub(crate) order: Order,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: &'a mut [u32],
}

impl Words<'_> {
    fn row(&mut self, y: i32, x0: i32, x1: i32) -> &mut [u32] {
        let start = y as usize * self.width as usize;
        &mut self.data[start + x0 as usize..start + x1 as usize]
    }

    fn bounds(&self) -> IntRect {
        IntRect::from_size(self.width, self.height)
    }
}

impl Order {
    /// A pixel of a tile as a word of the target, and back: the conversion is
    /// its own inverse but for alpha.
    #[inline]
    fn convert(self, pixel: u32) -> u32 {
        match self {
            Self::Rgba => pixel,
            Self::ZeroRgb => {
                let [r, g, b, _] = pixel.to_ne_bytes();
                u32::from_be_bytes([0, r, g, b])
            }
        }
    }

    #[inline]
    fn back(self, word: u32) -> u32 {
        match self {
            Self::Rgba => word,
            Self::ZeroRgb => {
                let [_, r, g, b] = word.to_be_bytes();
                u32::from_ne_bytes([r, g, b, 255])
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct CpuBackend {
    pool: Pool,
}

impl CpuBackend {
    pub(crate) fn new(options: CpuOptions) -> Self {
        Self { pool: Pool::new(options) }
    }

    /// Draws tiles, each on one thread.
    pub(crate) fn draw(&mut self, jobs: &[TileJob], caches: &mut FxHashMap<PictureId, TileCache>) {
        let mut tasks = Vec::with_capacity(jobs.len());
        for job in jobs {
            let tile = caches.get_mut(&job.id).and_then(|cache| cache.tiles.get_mut(&job.tile));
            let reuse = match tile {
                Some(tile) if job.area == job.cover => {
                    match std::mem::replace(&mut tile.content, Content::Empty) {
                        Content::Pixels(pixmap) => Some(pixmap),
                        _ => None,
                    }
                }
                _ => None,
            };
            let picture = std::sync::Arc::clone(&job.picture);
            tasks.push(Task { picture, area: job.area, scale: job.scale, reuse });
        }
        for (job, pixmap) in jobs.iter().zip(self.pool.run(tasks)) {
            let tile = caches.get_mut(&job.id).and_then(|cache| cache.tiles.get_mut(&job.tile));
            if let Some(tile) = tile {
                let old = std::mem::replace(&mut tile.content, Content::Empty);
                tile.content = patch(old, tile.area, job, pixmap);
            }
        }
    }

    /// Composes `ops` onto the parts of `target` in `repaint`.
    pub(crate) fn compose(
        &mut self,
        ops: &[Op],
        caches: &FxHashMap<PictureId, TileCache>,
        background: Color,
        target: &mut Words<'_>,
        repaint: &[IntRect],
    ) -> Result<(), RenderError> {
        let background = background.premultiply().to_rgba8().to_u8_array();
        let word = target.order.convert(u32::from_ne_bytes(background));
        let whole = target.bounds();
        for rect in repaint {
            let rect = rect.intersect(whole);
            for y in rect.y0..rect.y1 {
                target.row(y, rect.x0, rect.x1).fill(word);
            }
            self.ops(ops, caches, target, (0, 0), rect)?;
        }
        Ok(())
    }

    /// Composes `ops`, moved by `shift`, where they lie in `clip`, which is in
    /// px of the target.
    fn ops(
        &mut self,
        ops: &[Op],
        caches: &FxHashMap<PictureId, TileCache>,
        target: &mut Words<'_>,
        shift: (i32, i32),
        clip: IntRect,
    ) -> Result<(), RenderError> {
        for op in ops {
            match op {
                Op::Tile(op) => tile(op, caches, target, shift, clip),
                Op::Surface(op) => self.surface(op, caches, target, shift, clip)?,
            }
        }
        Ok(())
    }

    fn surface(
        &mut self,
        op: &SurfaceOp,
        caches: &FxHashMap<PictureId, TileCache>,
        target: &mut Words<'_>,
        shift: (i32, i32),
        clip: IntRect,
    ) -> Result<(), RenderError> {
        let seen = op.bounds.translate(shift.0, shift.1).intersect(clip);
        if seen.is_empty() {
            return Ok(());
        }
        // Only what is seen now, and what filters pull in from around it.
        let back = |rect: IntRect| rect.translate(-shift.0, -shift.1);
        let area = if op.transform == Affine::IDENTITY {
            back(seen).inflate(filter::growth(&op.filters)).intersect(op.area)
        } else {
            op.area
        };
        if area.is_empty() {
            return Ok(());
        }
        let mut picture = Pixmap::new(area.width(), area.height());
        let mut words = Words {
            order: Order::Rgba,
            width: area.width(),
            height: area.height(),
            data: picture.words_mut(),
        };
        let inner = words.bounds();
        self.ops(&op.ops, caches, &mut words, (-area.x0, -area.y0), inner)?;
        filter::apply(&mut picture, &op.filters);

        let straight = op.transform == Affine::IDENTITY
            && op.clip.is_none()
            && op.blend == BlendMode::default();
        if straight {
            let (x, y) = (area.x0 + shift.0, area.y0 + shift.1);
            blit(&picture, (x, y), target, seen, op.opacity);
            return Ok(());
        }
        self.general(op, &picture, area, target, shift, seen)
    }

    /// Draws `picture`, which shows `area` of the surface, by its transform,
    /// clip and blend mode.
    fn general(
        &mut self,
        op: &SurfaceOp,
        picture: &Pixmap,
        area: IntRect,
        target: &mut Words<'_>,
        shift: (i32, i32),
        seen: IntRect,
    ) -> Result<(), RenderError> {
        let order = target.order;
        let mut result = Pixmap::new(seen.width(), seen.height());
        let [width, height] = [result.width(), result.height()];
        for (y, row) in (seen.y0..seen.y1).zip(0..height) {
            let from = target.row(y, seen.x0, seen.x1);
            for (to, word) in result.row_mut(row, 0, width).iter_mut().zip(from) {
                *to = order.back(*word);
            }
        }
        let blends = op.blend != BlendMode::default();
        let covers = op.blend.compose == Compose::SrcOver;
        let backdrop = blends.then(|| std::mem::replace(&mut result, Pixmap::new(width, height)));
        let moved = Affine::translate((
            f64::from(shift.0) - f64::from(seen.x0),
            f64::from(shift.1) - f64::from(seen.y0),
        ));
        self.pool.local().draw_with(&mut result, |canvas| {
            if let Some(backdrop) = &backdrop {
                canvas.set_transform(Affine::IDENTITY);
                canvas.set_pixmap(backdrop, Affine::IDENTITY, false);
                canvas.fill_rect(backdrop.bounds().to_rect());
            }
            if let Some((shape, transform)) = &op.clip {
                canvas.set_transform(moved * *transform);
                match shape {
                    Shape::Rect(rect) => canvas.push_clip_rect(*rect),
                    shape => canvas.push_clip_path(&shape_path(shape), Fill::NonZero),
                }
            }
            let layered = blends || op.opacity < 255;
            if layered {
                canvas.push_layer(f32::from(op.opacity) / 255.0, op.blend);
            }
            canvas.set_transform(moved * op.transform);
            let brush = Affine::translate((area.x0.into(), area.y0.into()));
            canvas.set_pixmap(picture, brush, op.transform != Affine::IDENTITY);
            canvas.fill_rect(area.to_rect());
            if layered {
                canvas.pop_layer();
            }
            if op.clip.is_some() {
                canvas.pop_clip();
            }
        })?;
        for (y, row) in (seen.y0..seen.y1).zip(0..height) {
            let to = target.row(y, seen.x0, seen.x1);
            for (word, pixel) in to.iter_mut().zip(result.row(row, 0, width)) {
                let [r, g, b, mut a] = pixel.to_ne_bytes();
                if covers && order.back(*word).to_ne_bytes()[3] == 255 {
                    // The rasteriser's rounding must not make holes.
                    a = 255;
                }
                *word = order.convert(u32::from_ne_bytes([r, g, b, a]));
            }
        }
        Ok(())
    }
}

/// The content of a tile with new pixels in it.
fn patch(old: Content, covered: IntRect, job: &TileJob, new: Pixmap) -> Content {
    if job.area == job.cover {
        return Content::of(new);
    }
    let mut whole = match old {
        Content::Pixels(pixmap) if covered == job.cover => pixmap,
        Content::Solid(pixel) => {
            let mut pixmap = Pixmap::new(job.cover.width(), job.cover.height());
            pixmap.words_mut().fill(pixel);
            pixmap
        }
        _ => Pixmap::new(job.cover.width(), job.cover.height()),
    };
    whole.copy_from(&new, job.area.x0 - job.cover.x0, job.area.y0 - job.cover.y0);
    Content::Pixels(whole)
}

fn tile(
    op: &TileOp,
    caches: &FxHashMap<PictureId, TileCache>,
    target: &mut Words<'_>,
    shift: (i32, i32),
    clip: IntRect,
) {
    let Some(tile) = caches.get(&op.picture).and_then(|cache| cache.tiles.get(&op.tile)) else {
        return;
    };
    let (x, y) = (op.shift.0 + shift.0, op.shift.1 + shift.1);
    let area =
        op.clip.translate(shift.0, shift.1).intersect(clip).intersect(tile.area.translate(x, y));
    match &tile.content {
        Content::Pixels(pixmap) => {
            blit(pixmap, (tile.area.x0 + x, tile.area.y0 + y), target, area, op.opacity);
        }
        Content::Solid(pixel) => {
            let order = target.order;
            let pixel = fade(*pixel, op.opacity);
            for row in area.y0..area.y1 {
                let row = target.row(row, area.x0, area.x1);
                if pixel.to_ne_bytes()[3] == 255 {
                    row.fill(order.convert(pixel));
                } else {
                    for word in row {
                        *word = order.convert(over(pixel, order.back(*word)));
                    }
                }
            }
        }
        Content::Empty | Content::Gpu(_) => {}
    }
}

/// Composes `picture` with its corner `at`, where it lies in `area`.
fn blit(picture: &Pixmap, at: (i32, i32), target: &mut Words<'_>, area: IntRect, opacity: u8) {
    let area = area.intersect(picture.bounds().translate(at.0, at.1)).intersect(target.bounds());
    let order = target.order;
    for y in area.y0..area.y1 {
        let from = picture.row((y - at.1) as u32, (area.x0 - at.0) as u32, (area.x1 - at.0) as u32);
        let to = target.row(y, area.x0, area.x1);
        match (order, opacity) {
            (Order::Rgba, 255) => blit_row(from, to, |pixel| pixel, |word| word),
            (Order::ZeroRgb, 255) => blit_row(
                from,
                to,
                |pixel| Order::ZeroRgb.convert(pixel),
                |word| Order::ZeroRgb.back(word),
            ),
            (order, opacity) => {
                for (word, pixel) in to.iter_mut().zip(from) {
                    *word = order.convert(over(fade(*pixel, opacity), order.back(*word)));
                }
            }
        }
    }
}

/// Runs of opaque px are copied and runs of transparent ones left out, eight
/// at a time.
#[inline]
fn blit_row(from: &[u32], to: &mut [u32], convert: impl Fn(u32) -> u32, back: impl Fn(u32) -> u32) {
    const OPAQUE: u32 = u32::from_ne_bytes([0, 0, 0, 255]);
    let mut from = from.chunks_exact(8);
    let mut to = to.chunks_exact_mut(8);
    for (from, to) in from.by_ref().zip(to.by_ref()) {
        let all = from.iter().fold(u32::MAX, |all, pixel| all & pixel);
        let any = from.iter().fold(0, |any, pixel| any | pixel);
        if all & OPAQUE == OPAQUE {
            for (to, from) in to.iter_mut().zip(from) {
                *to = convert(*from);
            }
        } else if any != 0 {
            for (to, from) in to.iter_mut().zip(from) {
                *to = convert(over(*from, back(*to)));
            }
        }
    }
    for (to, from) in to.into_remainder().iter_mut().zip(from.remainder()) {
        *to = convert(over(*from, back(*to)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_memory_gets_the_same_colours() {
        let mut picture = Pixmap::new(20, 1);
        for (x, word) in picture.words_mut().iter_mut().enumerate() {
            let alpha = if x < 9 { 255 } else { 128 };
            *word = u32::from_ne_bytes([64, 32, 16, alpha]);
        }
        let [rgba, window] = [Order::Rgba, Order::ZeroRgb].map(|order| {
            let white = order.convert(u32::MAX);
            let mut data = vec![white; 20];
            let mut words = Words { order, width: 20, height: 1, data: &mut data };
            let area = words.bounds();
            blit(&picture, (0, 0), &mut words, area, 255);
            data
        });
        for (rgba, window) in rgba.into_iter().zip(window) {
            assert_eq!(Order::ZeroRgb.convert(rgba), window);
        }
    }
}
