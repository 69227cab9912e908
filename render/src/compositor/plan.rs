//! From layer tree to plan: which tiles go where, which surfaces are composed
//! apart, and which tiles have to be drawn first.
//!
//! Invariants:
//!
//! * Everything that only moves lands on whole device px, so that its pixels
//!   are copied, not interpolated, and text stays sharp.
//! * A plan is a plain value: two plans are compared to know what changed on
//!   the screen, and each backend carries it out the same way.

use std::sync::Arc;

use kurbo::{Affine, Rect, Vec2};
use peniko::BlendMode;
use rustc_hash::FxHashMap;
use virga_display_list::Shape;

use super::{
    scroll::Scrolls,
    tiles::{Content, Tile, TileCache},
    tree::{Node, PictureId, PictureNode, Surface},
};
use crate::{
    IntRect, Picture,
    filter::{self, DeviceFilter},
    rect::add_damage,
};

/// Something to compose, back to front.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    Tile(TileOp),
    Surface(Box<SurfaceOp>),
}

/// Pixels of a tile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TileOp {
    pub(crate) picture: PictureId,
    pub(crate) tile: (i32, i32),
    pub(crate) version: u64,
    /// From the picture's device px to the target's.
    pub(crate) shift: (i32, i32),
    /// What is shown of it, in px of the target.
    pub(crate) clip: IntRect,
    pub(crate) opacity: u8,
}

/// Ops that are composed apart first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SurfaceOp {
    /// The px that are made, in the surface's own px.
    pub(crate) area: IntRect,
    /// In the surface's own px.
    pub(crate) ops: Vec<Op>,
    /// From the surface's px to the target's.
    pub(crate) transform: Affine,
    pub(crate) opacity: u8,
    pub(crate) blend: BlendMode,
    pub(crate) filters: Vec<DeviceFilter>,
    /// What remains, and how it gets to px of the target.
    pub(crate) clip: Option<(Shape, Affine)>,
    /// What is touched, in px of the target.
    pub(crate) bounds: IntRect,
}

/// A tile, or part of one, that has to be drawn.
#[derive(Debug)]
pub(crate) struct TileJob {
    pub(crate) picture: Arc<Picture>,
    pub(crate) id: PictureId,
    pub(crate) tile: (i32, i32),
    /// What to draw, in device px of the picture.
    pub(crate) area: IntRect,
    /// What the tile covers.
    pub(crate) cover: IntRect,
    pub(crate) scale: f64,
}

/// Walks the tree and says what to draw and what to compose.
pub(crate) struct Planner<'a> {
    pub(crate) caches: &'a mut FxHashMap<PictureId, TileCache>,
    pub(crate) scrolls: &'a Scrolls,
    pub(crate) jobs: Vec<TileJob>,
    /// Counts composites; marks tiles that are shown.
    pub(crate) now: u64,
    /// Device px around a scrollport for which tiles are made ahead; nothing
    /// is composed then.
    pub(crate) ahead: i32,
    /// Whether a surface was drawn in another size than it should have.
    pub(crate) unsettled: bool,
}

/// The space that a surface's children are composed in.
#[derive(Clone, Copy)]
struct Space {
    /// Px of the target per px.
    scale: f64,
    /// Where the origin lies, in px of the target.
    origin: (i32, i32),
    visible: IntRect,
}

impl Space {
    fn transform(self) -> Affine {
        Affine::new([self.scale, 0.0, 0.0, self.scale, self.origin.0.into(), self.origin.1.into()])
    }
}

impl Planner<'_> {
    /// The plan for a target that shows `visible`.
    pub(crate) fn plan(&mut self, tree: &mut Surface, scale: f64, visible: IntRect) -> Vec<Op> {
        let mut ops = Vec::new();
        self.children(tree, Space { scale, origin: (0, 0), visible }, &mut ops);
        ops
    }

    fn children(&mut self, surface: &mut Surface, space: Space, ops: &mut Vec<Op>) {
        for child in &mut surface.children {
            match child {
                Node::Picture(picture) => self.picture(picture, space, ops),
                Node::Surface(surface) => self.surface(surface, space, ops),
            }
        }
    }

    fn picture(&mut self, node: &PictureNode, space: Space, ops: &mut Vec<Op>) {
        let bounds = scaled(node.picture.bounds(), space.scale);
        let shift = space.origin;
        let visible = space.visible.translate(-shift.0, -shift.1).intersect(bounds);
        if visible.is_empty() {
            return;
        }
        let cache = self
            .caches
            .entry(node.id)
            .and_modify(|cache| {
                if cache.scale != space.scale {
                    *cache = TileCache::new(space.scale, bounds);
                }
            })
            .or_insert_with(|| TileCache::new(space.scale, bounds));
        for (index, cell) in cache.cells(visible) {
            let cover = cell.intersect(bounds);
            let tile = cache.tiles.entry(index).or_insert_with(|| Tile {
                content: Content::Empty,
                area: IntRect::EMPTY,
                stale: cover,
                version: 0,
                previous: 0,
                fresh: IntRect::EMPTY,
                used: self.now,
            });
            tile.used = self.now;
            if !tile.area.contains(cover) {
                // New, or the picture has grown.
                tile.stale = cover;
            }
            let area = if tile.area.is_empty() { cover } else { tile.stale };
            if !area.is_empty() {
                let grown = !tile.area.contains(cover);
                self.jobs.push(TileJob {
                    picture: Arc::clone(&node.picture),
                    id: node.id,
                    tile: index,
                    area,
                    cover: if grown { cover } else { tile.area },
                    scale: space.scale,
                });
            }
            ops.push(Op::Tile(TileOp {
                picture: node.id,
                tile: index,
                version: tile.version,
                shift,
                clip: visible.intersect(cell).translate(shift.0, shift.1),
                opacity: 255,
            }));
        }
    }

    fn surface(&mut self, surface: &mut Surface, space: Space, ops: &mut Vec<Op>) {
        let effects = &surface.effects;
        let local = space.transform() * effects.transform;
        let opacity = (f64::from(effects.opacity.clamp(0.0, 1.0)) * 255.0).round() as u8;
        if opacity == 0 || !local.is_finite() || local.determinant() == 0.0 {
            return;
        }
        let offset =
            effects.scroll.and_then(|scroll| self.scrolls.offset(scroll.id)).unwrap_or_default();
        let wanted = size_of(local);
        let scale = match surface.raster_scale {
            Some(scale) if surface.moving && (0.5..=2.0).contains(&(wanted / scale)) => scale,
            _ => wanted,
        };
        self.unsettled |= scale != wanted;
        surface.raster_scale = Some(scale);
        let whole = [local.as_coeffs()[4].round(), local.as_coeffs()[5].round()];
        let moves_only =
            is_uniform(local) && scale == wanted && whole.iter().all(|at| at.abs() < 1e9);
        if moves_only {
            self.aligned(surface, space, scale, whole.map(|at| at as i32), offset, opacity, ops);
        } else {
            self.general(surface, space, scale, local, offset, opacity, ops);
        }
    }

    /// A surface whose px are those of the target.
    #[expect(clippy::too_many_arguments, reason = "the parts of one transform")]
    fn aligned(
        &mut self,
        surface: &mut Surface,
        space: Space,
        scale: f64,
        [x, y]: [i32; 2],
        offset: Vec2,
        opacity: u8,
        ops: &mut Vec<Op>,
    ) {
        let effects = surface.effects.clone();
        let snap = |by: f64| (by * scale).round().clamp(-1e9, 1e9) as i32;
        let origin = (x.saturating_sub(snap(offset.x)), y.saturating_sub(snap(offset.y)));
        let filters = filter::to_device(&effects.filters, Affine::scale(scale));
        let grow = filter::growth(&filters);
        let edge = |rect: Rect| snapped(rect, scale).translate(x, y);
        let mut shown = space.visible;
        let mut clip = None;
        if let Some(scroll) = effects.scroll {
            shown = shown.intersect(edge(scroll.port));
        }
        match &effects.clip {
            Some(Shape::Rect(rect)) => shown = shown.intersect(edge(*rect)),
            Some(shape) => {
                let transform = Affine::translate((x.into(), y.into())) * Affine::scale(scale);
                shown =
                    shown.intersect(IntRect::around(transform.transform_rect_bbox(shape.bounds())));
                clip = Some((shape.clone(), transform));
            }
            None => {}
        }
        let plain = opacity == 255
            && effects.blend == BlendMode::default()
            && filters.is_empty()
            && clip.is_none()
            && !surface.isolates;
        if self.ahead > 0 {
            shown = self.ahead_of(shown, &effects.scroll);
        }
        if plain || shown.is_empty() {
            if !shown.is_empty() {
                self.children(surface, Space { scale, origin, visible: shown }, ops);
            }
            return;
        }
        let ink = scaled(surface.bounds, scale).translate(origin.0, origin.1);
        let area = shown.inflate(grow).intersect(ink);
        let mut inner = Vec::new();
        self.children(surface, Space { scale, origin, visible: area }, &mut inner);
        let bounds = area.inflate(grow).intersect(shown);
        let simple = clip.is_none() && filters.is_empty() && effects.blend == BlendMode::default();
        match inner.as_mut_slice() {
            [] => {}
            // One tile fades alone.
            [Op::Tile(tile)] if simple && tile.opacity == 255 => {
                tile.opacity = opacity;
                ops.append(&mut inner);
            }
            _ => ops.push(Op::Surface(Box::new(SurfaceOp {
                area: if filters.is_empty() { area } else { area.inflate(grow) },
                ops: inner,
                transform: Affine::IDENTITY,
                opacity,
                blend: effects.blend,
                filters,
                clip,
                bounds,
            }))),
        }
    }

    /// A surface that is turned, skewed or stretched.
    #[expect(clippy::too_many_arguments, reason = "the parts of one transform")]
    fn general(
        &mut self,
        surface: &mut Surface,
        space: Space,
        scale: f64,
        local: Affine,
        offset: Vec2,
        opacity: u8,
        ops: &mut Vec<Op>,
    ) {
        let effects = surface.effects.clone();
        let filters = filter::to_device(&effects.filters, Affine::scale(scale));
        let grow = filter::growth(&filters);
        let transform = local * Affine::translate(-offset) * Affine::scale(1.0 / scale);
        let mut shown = space.visible;
        if let Some(clip) = effects.clip_bounds() {
            shown = shown.intersect(IntRect::around(local.transform_rect_bbox(clip)));
        }
        let clip = match (effects.clip, effects.scroll) {
            (Some(clip), _) => Some((clip, local)),
            (None, Some(scroll)) => Some((Shape::Rect(scroll.port), local)),
            (None, None) => None,
        };
        let ink = scaled(surface.bounds, scale);
        let seen = IntRect::around(transform.inverse().transform_rect_bbox(shown.to_rect()));
        // Two px around, for interpolation at the edge of what is seen.
        let area = seen.inflate(grow.saturating_add(2)).intersect(ink);
        if area.is_empty() || area.area() > MAX_SURFACE {
            return;
        }
        let mut inner = Vec::new();
        let visible = area;
        self.children(surface, Space { scale, origin: (0, 0), visible }, &mut inner);
        if inner.is_empty() {
            return;
        }
        let area = area.inflate(if filters.is_empty() { 1 } else { grow + 1 });
        let bounds = IntRect::around(transform.transform_rect_bbox(area.to_rect()));
        ops.push(Op::Surface(Box::new(SurfaceOp {
            area,
            ops: inner,
            transform,
            opacity,
            blend: effects.blend,
            filters,
            clip,
            bounds: bounds.intersect(shown),
        })));
    }

    /// The part of a scroller's content that may come into sight soon.
    fn ahead_of(&self, shown: IntRect, scroll: &Option<virga_display_list::Scroll>) -> IntRect {
        let Some(scroll) = scroll else { return shown };
        if shown.is_empty() {
            return shown;
        }
        let by = |scrolls: bool| if scrolls { self.ahead } else { 0 };
        IntRect::new(
            shown.x0 - by(scroll.x),
            shown.y0 - by(scroll.y),
            shown.x1 + by(scroll.x),
            shown.y1 + by(scroll.y),
        )
    }
}

/// A surface of more px is not shown: it would take more memory than a screen
/// could ever justify.
const MAX_SURFACE: u64 = 64 << 20;

/// How much larger things get, along the axis that grows most; rounded, so
/// that turning does not change it.
fn size_of(transform: Affine) -> f64 {
    let [a, b, c, d, ..] = transform.as_coeffs();
    if b == 0.0 && c == 0.0 && a == d && a > 0.0 {
        return a;
    }
    let larger = a.hypot(b).max(c.hypot(d));
    ((larger * 64.0).round() / 64.0).clamp(1.0 / 64.0, 64.0)
}

fn is_uniform(transform: Affine) -> bool {
    let [a, b, c, d, ..] = transform.as_coeffs();
    b == 0.0 && c == 0.0 && a == d && a > 0.0
}

fn scaled(rect: Rect, scale: f64) -> IntRect {
    if rect.is_zero_area() {
        return IntRect::EMPTY;
    }
    IntRect::around(Rect::new(rect.x0 * scale, rect.y0 * scale, rect.x1 * scale, rect.y1 * scale))
}

/// The whole px whose middle is inside, as boxes are painted.
fn snapped(rect: Rect, scale: f64) -> IntRect {
    let edge = |at: f64| (at * scale).round().clamp(-1e9, 1e9) as i32;
    IntRect::new(edge(rect.x0), edge(rect.y0), edge(rect.x1), edge(rect.y1))
}

/// Collects what looks different between two plans, in px of the target.
pub(crate) fn damage(
    old: &[Op],
    new: &[Op],
    caches: &FxHashMap<PictureId, TileCache>,
    limit: IntRect,
    into: &mut Vec<IntRect>,
) {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    if old.len() != new.len() {
        for op in old.iter().chain(new) {
            add_damage(into, bounds_of(op).intersect(limit));
        }
        return;
    }
    for (old, new) in old.iter().zip(new) {
        match (old, new) {
            (old, new) if old == new => {}
            (Op::Tile(old), Op::Tile(new)) => tile_damage(old, new, caches, limit, into),
            (Op::Surface(old), Op::Surface(new)) if old.is_like(new) => {
                let limit = limit.intersect(new.bounds);
                damage(&old.ops, &new.ops, caches, limit, into);
            }
            (old, new) => {
                add_damage(into, bounds_of(old).intersect(limit));
                add_damage(into, bounds_of(new).intersect(limit));
            }
        }
    }
}

fn tile_damage(
    old: &TileOp,
    new: &TileOp,
    caches: &FxHashMap<PictureId, TileCache>,
    limit: IntRect,
    into: &mut Vec<IntRect>,
) {
    let moved = TileOp { version: new.version, ..old.clone() };
    let tile = caches.get(&new.picture).and_then(|cache| cache.tiles.get(&new.tile));
    match tile {
        Some(tile) if moved == *new && tile.previous == old.version => {
            let fresh = tile.fresh.translate(new.shift.0, new.shift.1);
            add_damage(into, fresh.intersect(new.clip).intersect(limit));
        }
        _ => {
            add_damage(into, old.clip.intersect(limit));
            add_damage(into, new.clip.intersect(limit));
        }
    }
}

fn bounds_of(op: &Op) -> IntRect {
    match op {
        Op::Tile(tile) => tile.clip,
        Op::Surface(surface) => surface.bounds,
    }
}

impl SurfaceOp {
    /// Whether only what is inside may differ, and damage inside is damage
    /// outside, px by px.
    fn is_like(&self, other: &Self) -> bool {
        self.transform == Affine::IDENTITY
            && other.transform == Affine::IDENTITY
            && self.filters.is_empty()
            && other.filters.is_empty()
            && self.area == other.area
            && self.opacity == other.opacity
            && self.blend == other.blend
            && self.clip == other.clip
            && self.bounds == other.bounds
    }
}

/// Visits all tile ops, also those inside surfaces.
pub(crate) fn for_each_tile(ops: &mut [Op], visit: &mut dyn FnMut(&mut TileOp)) {
    for op in ops {
        match op {
            Op::Tile(tile) => visit(tile),
            Op::Surface(surface) => for_each_tile(&mut surface.ops, visit),
        }
    }
}
