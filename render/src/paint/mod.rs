//! From display list to canvas: the one place that knows how each kind of item
//! is drawn. The rasterisers see rectangles, paths, glyphs, clips and layers.
//!
//! Invariants:
//!
//! * The walk keeps its own stack. Lists nest as deep as pages make them, and
//!   a thread's stack does not.
//! * Only what touches the canvas is looked at; long lists are culled by blocks.
//! * Numbers that are not finite, and transforms that flatten a picture to a
//!   line, draw nothing.

mod border;
mod canvas;
mod shadow;
mod shape;

use kurbo::{Affine, Point, Rect, Vec2};
use peniko::{BlendMode, Brush, Extend, Fill};
use virga_display_list::{Chunk, Filter, GlyphRun, Image, Item, Layer, Shape, Tiles};

pub(crate) use canvas::{Canvas, Sampling};
pub(crate) use shape::shape_path;

use crate::{Entry, IntRect, Unsupported, filter};

/// Groups and clips that nest deeper than this are drawn as if they were not
/// there: rasterisers keep a layer or a mask for each.
const MAX_OPEN: usize = 256;
/// Filters that nest deeper than this are not applied: each is a picture of
/// its own.
const MAX_FILTERS: usize = 8;
/// How far from the canvas coordinates may lie before rasterisers' fixed point
/// numbers overflow, in device px.
const FAR: f64 = 1e7;

/// Draws `entries`, mapped by `transform` to device px, where they touch `area`
/// of the canvas.
pub(crate) fn paint<C: Canvas>(canvas: &mut C, entries: &[Entry], transform: Affine, area: Rect) {
    for entry in entries {
        let transform = transform * Affine::translate(entry.offset);
        Painter { canvas, area, filters: 0, stack: Vec::new(), open: 0 }.run(
            &entry.chunk,
            entry.range.start,
            entry.range.end,
            transform,
        );
    }
}

struct Painter<'a, C> {
    canvas: &'a mut C,
    /// What is drawn of the canvas, in device px.
    area: Rect,
    /// How many filters are around.
    filters: usize,
    stack: Vec<Frame<'a>>,
    /// How many clips and layers are open.
    open: usize,
}

enum Frame<'a> {
    Items { chunk: &'a Chunk, next: usize, end: usize, transform: Affine, cull: Rect },
    PopClip,
    PopLayer,
}

impl<'a, C: Canvas> Painter<'a, C> {
    fn run(mut self, chunk: &'a Chunk, start: usize, end: usize, transform: Affine) {
        self.enter(chunk, start, end, transform);
        while let Some(frame) = self.stack.last_mut() {
            match frame {
                Frame::Items { chunk, next, end, transform, cull } => {
                    let (chunk, transform) = (*chunk, *transform);
                    match chunk.next_in(*cull, *next) {
                        Some(index) if index < *end && !self.canvas.is_done() => {
                            *next = index + 1;
                            let cull = *cull;
                            self.item(&chunk.items()[index], transform, cull);
                        }
                        _ => {
                            self.stack.pop();
                        }
                    }
                }
                Frame::PopClip => {
                    self.canvas.pop_clip();
                    self.open -= 1;
                    self.stack.pop();
                }
                Frame::PopLayer => {
                    self.canvas.pop_layer();
                    self.open -= 1;
                    self.stack.pop();
                }
            }
        }
    }

    fn enter(&mut self, chunk: &'a Chunk, start: usize, end: usize, transform: Affine) {
        // One px around, for the edges that anti-aliasing softens.
        if let Some(cull) = unmap(transform, self.area.inflate(1.0, 1.0)) {
            self.stack.push(Frame::Items { chunk, next: start, end, transform, cull });
        }
    }

    fn item(&mut self, item: &'a Item, transform: Affine, cull: Rect) {
        match item {
            Item::Chunk { offset, chunk } => {
                let (end, offset) = (chunk.items().len(), *offset);
                let transform = transform * Affine::translate(offset);
                let cull = cull - offset;
                self.stack.push(Frame::Items { chunk, next: 0, end, transform, cull });
            }
            Item::Fill { shape, brush } => {
                self.canvas.set_transform(transform);
                if set_brush(self.canvas, brush, Vec2::ZERO, transform) {
                    fill(self.canvas, shape, cull);
                }
            }
            Item::Border(border) => {
                self.canvas.set_transform(transform);
                border::paint(self.canvas, border, transform, cull);
            }
            Item::BoxShadow(shadow) => {
                self.canvas.set_transform(transform);
                shadow::paint(self.canvas, shadow, transform, self.area, cull);
            }
            Item::Glyphs(run) => glyphs(self.canvas, run, transform),
            Item::Image(image) => paint_image(self.canvas, image, transform),
            Item::Tiles(tiles) => paint_tiles(self.canvas, tiles, transform, cull),
            Item::Clip { shape, content } => {
                self.clip(shape, transform);
                self.enter(content, 0, content.items().len(), transform);
            }
            Item::Group(group) => {
                let inner = transform * group.transform;
                self.group(inner, group.opacity, group.blend, &group.filters, &group.content);
            }
            Item::Layer(layer) => self.layer(layer, transform),
        }
    }

    /// A layer as part of its parent's picture, scrolled to where the document
    /// knows it.
    fn layer(&mut self, layer: &'a Layer, transform: Affine) {
        let outer = transform * layer.transform;
        let scrolled =
            layer.scroll.map_or(outer, |scroll| outer * Affine::translate(-scroll.offset));
        if let Some(clip) = &layer.clip {
            self.clip(clip, outer);
        } else if let Some(scroll) = &layer.scroll {
            self.clip(&Shape::Rect(scroll.port), outer);
        }
        self.group(scrolled, layer.opacity, layer.blend, &layer.filters, &layer.content);
    }

    fn clip(&mut self, shape: &Shape, transform: Affine) {
        if self.open >= MAX_OPEN || !shape.bounds().is_finite() {
            return;
        }
        self.canvas.set_transform(transform);
        match shape {
            Shape::Rect(rect) => self.canvas.push_clip_rect(*rect),
            other => self.canvas.push_clip_path(&shape_path(other), Fill::NonZero),
        }
        self.open += 1;
        self.stack.push(Frame::PopClip);
    }

    fn group(
        &mut self,
        transform: Affine,
        opacity: f32,
        blend: BlendMode,
        filters: &'a [Filter],
        content: &'a Chunk,
    ) {
        if opacity <= 0.0 || !transform.is_finite() || transform.determinant() == 0.0 {
            return;
        }
        let plain = opacity >= 1.0 && blend == BlendMode::default() && !content.has_blend();
        if !plain && self.open < MAX_OPEN {
            self.canvas.push_layer(opacity.min(1.0), blend);
            self.open += 1;
            self.stack.push(Frame::PopLayer);
        }
        if filters.is_empty() || self.filters >= MAX_FILTERS {
            self.enter(content, 0, content.items().len(), transform);
        } else {
            self.filtered(transform, filters, content);
        }
    }

    fn filtered(&mut self, transform: Affine, filters: &[Filter], content: &Chunk) {
        let filters = filter::to_device(filters, transform);
        let grow = filter::growth(&filters);
        let ink = IntRect::around(transform.transform_rect_bbox(content.bounds())).inflate(grow);
        let area = ink.intersect(IntRect::around(self.area).inflate(grow));
        if area.is_empty() {
            return;
        }
        let shift = Affine::translate((-f64::from(area.x0), -f64::from(area.y0)));
        let depth = self.filters + 1;
        self.canvas.offscreen(
            area,
            &mut |canvas| {
                let area = Rect::new(0.0, 0.0, area.width().into(), area.height().into());
                let end = content.items().len();
                Painter { canvas, area, filters: depth, stack: Vec::new(), open: 0 }.run(
                    content,
                    0,
                    end,
                    shift * transform,
                );
            },
            &mut |pixmap| filter::apply(pixmap, &filters),
        );
    }
}

/// The bounding box in source coordinates of what `transform` maps into `rect`.
fn unmap(transform: Affine, rect: Rect) -> Option<Rect> {
    let inverse = (transform.is_finite() && transform.determinant() != 0.0)
        .then(|| transform.inverse().transform_rect_bbox(rect))?;
    inverse.is_finite().then_some(inverse)
}

/// Makes `brush` the canvas's paint; false if it paints nothing.
fn set_brush<C: Canvas>(canvas: &mut C, brush: &Brush, moved: Vec2, transform: Affine) -> bool {
    match brush {
        Brush::Solid(color) => canvas.set_color(*color),
        Brush::Gradient(gradient) => {
            canvas.set_gradient(gradient, Affine::translate(-moved));
        }
        Brush::Image(image) => {
            let data = virga_display_list::ImageData(image.image.clone());
            let sampling = Sampling {
                smooth: image.sampler.quality != peniko::ImageQuality::Low,
                scale: scale_of(transform),
                extend: image.sampler.x_extend,
            };
            canvas.set_image(&data, Affine::translate(-moved), sampling);
        }
    }
    match brush {
        Brush::Solid(color) => color.components[3] > 0.0,
        _ => true,
    }
}

fn fill<C: Canvas>(canvas: &mut C, shape: &Shape, cull: Rect) {
    match shape {
        // A huge rectangle is cut to what can be seen, beyond which
        // rasterisers' coordinates end.
        Shape::Rect(rect) => {
            let seen = rect.intersect(cull.inflate(cull.width(), cull.height()));
            if seen.is_finite() && !seen.is_zero_area() {
                canvas.fill_rect(seen);
            }
        }
        Shape::RoundedRect(rounded) if rounded.radii.is_zero() => {
            fill(canvas, &Shape::Rect(rounded.rect), cull);
        }
        other => {
            let bounds = other.bounds();
            if bounds.is_finite() && bounds.width() < FAR && bounds.height() < FAR {
                canvas.fill_path(&shape_path(other), Fill::NonZero);
            }
        }
    }
}

fn glyphs<C: Canvas>(canvas: &mut C, run: &GlyphRun, transform: Affine) {
    if !run.origin.is_finite() || !run.size.is_finite() || run.size <= 0.0 {
        return;
    }
    let mut origin = run.origin.to_vec2();
    let [a, b, c, d, _, f] = transform.as_coeffs();
    if b == 0.0 && c == 0.0 && a > 0.0 && d > 0.0 {
        // Baselines lie on whole device px, so that the same text looks the
        // same on every line.
        let baseline = (d * origin.y + f).round();
        origin.y = (baseline - f) / d;
    }
    canvas.set_transform(transform * Affine::translate(origin));
    if set_brush(canvas, &run.brush, origin, transform) {
        // Positive angles lean to the right, and y grows downwards.
        let skew = run.skew.map(|angle| {
            Affine::skew(-f64::from(angle.clamp(-80.0, 80.0)).to_radians().tan(), 0.0)
        });
        canvas.glyphs(run, skew);
    }
}

fn paint_image<C: Canvas>(canvas: &mut C, image: &Image, transform: Affine) {
    let (source, dest) = (image.source, image.dest);
    if !(source.is_finite() && dest.is_finite()) || source.is_zero_area() || dest.is_zero_area() {
        return;
    }
    let (x, y) = (dest.width() / source.width(), dest.height() / source.height());
    canvas.set_transform(transform);
    canvas.set_image(
        &image.data,
        Affine::new([x, 0.0, 0.0, y, dest.x0 - source.x0 * x, dest.y0 - source.y0 * y]),
        Sampling {
            smooth: image.smooth,
            scale: x.min(y) * scale_of(transform),
            extend: Extend::Pad,
        },
    );
    canvas.fill_rect(dest);
}

fn paint_tiles<C: Canvas>(canvas: &mut C, tiles: &Tiles, transform: Affine, cull: Rect) {
    let (tile, step, area) = (tiles.tile, tiles.step, tiles.area.intersect(cull));
    let (width, height) = (f64::from(tiles.data.0.width), f64::from(tiles.data.0.height));
    let usable = tile.is_finite()
        && !tile.is_zero_area()
        && step.is_finite()
        && step.width > 0.0
        && step.height > 0.0
        && width > 0.0
        && height > 0.0;
    if !usable || area.is_zero_area() {
        return;
    }
    let (x, y) = (tile.width() / width, tile.height() / height);
    let scale = x.min(y) * scale_of(transform);
    canvas.set_transform(transform);
    let seamless =
        (step.width - tile.width()).abs() < 1e-6 && (step.height - tile.height()).abs() < 1e-6;
    if seamless {
        let sampling = Sampling { smooth: tiles.smooth, scale, extend: Extend::Repeat };
        let brush = Affine::new([x, 0.0, 0.0, y, tile.x0, tile.y0]);
        canvas.set_image(&tiles.data, brush, sampling);
        canvas.fill_rect(area);
        return;
    }
    let columns = steps(area.x0, area.x1, tile.x0, tile.width(), step.width);
    let rows = steps(area.y0, area.y1, tile.y0, tile.height(), step.height);
    // Copies smaller than a px cannot be told apart from none.
    if columns.clone().count().saturating_mul(rows.clone().count()) > 1_000_000 {
        canvas.refuse(Unsupported::TooManyTiles);
        return;
    }
    canvas.push_clip_rect(tiles.area);
    for row in rows {
        for column in columns.clone() {
            let origin = Point::new(
                tile.x0 + column as f64 * step.width,
                tile.y0 + row as f64 * step.height,
            );
            let sampling = Sampling { smooth: tiles.smooth, scale, extend: Extend::Pad };
            canvas.set_image(
                &tiles.data,
                Affine::new([x, 0.0, 0.0, y, origin.x, origin.y]),
                sampling,
            );
            canvas.fill_rect(Rect::from_origin_size(origin, tile.size()));
        }
    }
    canvas.pop_clip();
}

/// Which copies of a tile from `start` with `extent`, every `step`, touch the
/// interval from `from` to `to`.
fn steps(from: f64, to: f64, start: f64, extent: f64, step: f64) -> std::ops::RangeInclusive<i64> {
    let first = ((from - start - extent) / step).ceil() as i64;
    let last = ((to - start) / step).floor() as i64;
    first..=last
}

/// How many device px a px becomes, at least.
fn scale_of(transform: Affine) -> f64 {
    transform.determinant().abs().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_cover_the_interval() {
        let check = |from, to, expected: (i64, i64)| {
            let found = steps(from, to, 0.0, 10.0, 25.0);
            assert_eq!((*found.start(), *found.end()), expected, "{from}..{to}");
        };
        check(0.0, 100.0, (0, 4));
        check(12.0, 24.0, (1, 0));
        check(-30.0, -1.0, (-1, -1));
    }

    #[test]
    fn a_flat_transform_maps_nothing() {
        assert_eq!(unmap(Affine::scale_non_uniform(1.0, 0.0), Rect::new(0.0, 0.0, 1.0, 1.0)), None);
        assert_eq!(unmap(Affine::scale(f64::NAN), Rect::new(0.0, 0.0, 1.0, 1.0)), None);
    }
}
