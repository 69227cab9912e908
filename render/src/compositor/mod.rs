//! The compositor: the last frame of an app as layers of pixels.
//!
//! ```text
//! Frame ─► layer tree ─► plan ─► tiles drawn ─► composed onto the target
//!            (tree)      (plan)    (raster)        (cpu | gpu)
//! ```
//!
//! A frame makes a new tree, which takes over the tiles of the old one; what
//! differs between their pictures makes tiles stale ([`diff`]). Scrolling makes
//! a new plan of the same tree. In both cases only tiles that are in sight and
//! stale or missing are drawn.

pub(crate) mod cpu;
mod diff;
mod dump;
pub(crate) mod gpu;
mod plan;
mod scroll;
mod tiles;
mod tree;

use std::{collections::VecDeque, sync::Arc};

use kurbo::{Point, Size, Vec2};
use peniko::Color;
use rustc_hash::{FxHashMap, FxHashSet};
use virga_display_list::{Chunk, Frame, ScrollId};

use self::{
    cpu::{CpuBackend, Order, Words},
    gpu::GpuBackend,
    plan::{Op, Planner, TileJob},
    scroll::Scrolls,
    tiles::TileCache,
    tree::{Builder, Node, PictureId, Surface},
};
use crate::{CpuOptions, Gpu, IntRect, Pixmap, RenderError, rect::add_damage};

/// Device px that are made ahead around a scrollport.
const AHEAD: i32 = 512;
/// How many composites back a target may be and still be updated in part.
const MAX_AGE: usize = 4;
/// Bytes of tiles that are kept although they are out of sight.
const SPARE_BYTES: u64 = 24 << 20;

/// Shows the frames of one app.
#[derive(Debug)]
pub struct Compositor {
    backend: Backend,
    view: View,
    root: Option<Arc<Chunk>>,
    tree: Surface,
    caches: FxHashMap<PictureId, TileCache>,
    scrolls: Scrolls,
    next_picture: u64,
    next_version: u64,
    /// What was composed last, and onto a target of which size.
    shown: Option<Shown>,
    /// Damage of the last composites, newest first.
    history: VecDeque<Vec<IntRect>>,
    dirty: bool,
    counters: RenderCounters,
}

#[derive(Debug)]
enum Backend {
    Cpu(Box<CpuBackend>),
    Gpu(Box<GpuBackend>),
    Null,
}

/// What a frame says beside its list.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    scale: f64,
    viewport: Size,
    background: Color,
}

#[derive(Debug)]
struct Shown {
    size: (u32, u32),
    background: Color,
    ops: Vec<Op>,
}

/// What a composite did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composited {
    /// What changed on the target since the last composite, in device px.
    pub damage: Vec<IntRect>,
    /// Another composite would look better: something is shown stretched that
    /// will be drawn anew once it stops changing its size.
    pub needs_more: bool,
    /// Tiles that were drawn, in whole or in part.
    pub tiles_rastered: u64,
    /// Px that were drawn.
    pub pixels_rastered: u64,
    /// Px that were brought to a GPU.
    pub pixels_uploaded: u64,
}

/// What a compositor has done so far. Counts, not times: no noise disturbs
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RenderCounters {
    /// Times something was composed.
    pub composites: u64,
    /// Tiles that were drawn, in whole or in part.
    pub tiles_rastered: u64,
    /// Px that were drawn.
    pub pixels_rastered: u64,
    /// Px that were brought to a GPU.
    pub pixels_uploaded: u64,
    /// Tiles that the GPU cannot draw and the CPU did.
    pub tiles_by_fallback: u64,
    /// Px that were composed onto targets.
    pub pixels_composed: u64,
    /// Bytes of tiles, now.
    pub tile_bytes: u64,
}

impl Compositor {
    /// Draws and composes on the CPU. Makes no connection to a GPU.
    #[must_use]
    pub fn cpu(options: CpuOptions) -> Self {
        Self::new(Backend::Cpu(Box::new(CpuBackend::new(options))))
    }

    /// Draws and composes on the GPU.
    #[must_use]
    pub fn gpu(gpu: &Arc<Gpu>) -> Self {
        Self::new(Backend::Gpu(Box::new(GpuBackend::new(gpu))))
    }

    /// Draws nothing, but plans and counts as the others do.
    #[must_use]
    pub fn null() -> Self {
        Self::new(Backend::Null)
    }

    fn new(backend: Backend) -> Self {
        Self {
            backend,
            view: View { scale: 1.0, viewport: Size::ZERO, background: Color::WHITE },
            root: None,
            tree: Surface::default(),
            caches: FxHashMap::default(),
            scrolls: Scrolls::default(),
            next_picture: 0,
            next_version: 0,
            shown: None,
            history: VecDeque::new(),
            dirty: true,
            counters: RenderCounters::default(),
        }
    }

    /// Takes the app's new look. Returns whether it looks different; if not,
    /// there is nothing to compose.
    pub fn set_frame(&mut self, frame: Frame) -> bool {
        let scale = if frame.scale.is_finite() { frame.scale.clamp(0.05, 20.0) } else { 1.0 };
        let view = View { scale, viewport: frame.list.viewport, background: frame.list.background };
        let same_view = view == self.view;
        let same_root = self.root.as_ref().is_some_and(|root| Arc::ptr_eq(root, &frame.list.root));
        self.view = view;
        if same_root && same_view {
            return false;
        }
        let old = std::mem::take(&mut self.tree);
        let caches = &mut self.caches;
        let mut builder = Builder {
            next_id: &mut self.next_picture,
            changed: &mut |id, old, new| {
                let Some(old) = old else { return true };
                let damage = diff::diff(old, new).0;
                if let Some(cache) = caches.get_mut(&id) {
                    cache.invalidate(&damage);
                }
                !damage.is_empty()
            },
            different: self.root.is_none() || !same_view,
        };
        self.tree = builder.build(&frame.list.root, old);
        let different = builder.different;
        // What the old frame alone held is dropped after the new one is there.
        self.root = Some(frame.list.root);
        let mut live = FxHashSet::default();
        collect_pictures(&self.tree, &mut live);
        self.caches.retain(|id, _| live.contains(id));
        let scrolled = self.scrolls.update(&self.tree);
        self.dirty |= different || scrolled;
        different || scrolled
    }

    /// Whether a composite would show something new.
    #[must_use]
    pub fn needs_composite(&self) -> bool {
        self.dirty
    }

    /// Size of the newest frame's viewport, in device px.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let side = |css: f64| (css * self.view.scale).round().clamp(0.0, 65_000.0) as u32;
        (side(self.view.viewport.width), side(self.view.viewport.height))
    }

    /// Device px per CSS px of the newest frame.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.view.scale
    }

    /// Scrolls the innermost container under `point` that can move that way,
    /// without asking the app. All in CSS px; `point` is in the viewport.
    /// Returns which container moved, and its new offset, which the app has to
    /// be told.
    pub fn scroll_by(&mut self, point: Point, delta: Vec2) -> Option<(ScrollId, Vec2)> {
        let moved = self.scrolls.scroll_by(&self.tree, point, delta)?;
        self.dirty = true;
        Some(moved)
    }

    /// Scrolls a container to `offset`, as far as it goes. Returns the new
    /// offset if it moved.
    pub fn scroll_to(&mut self, id: ScrollId, offset: Vec2) -> Option<Vec2> {
        let offset = self.scrolls.scroll_to(id, offset)?;
        self.dirty = true;
        Some(offset)
    }

    /// Where a container is shown.
    #[must_use]
    pub fn scroll_offset(&self, id: ScrollId) -> Option<Vec2> {
        self.scrolls.offset(id)
    }

    /// Composes the newest frame onto `target`, all of it.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn composite(&mut self, target: &mut Pixmap) -> Result<Composited, RenderError> {
        self.composite_aged(target, 0)
    }

    /// Composes onto a target that holds what was composed `age` composites
    /// ago (1 is the last one), and draws only what changed since; 0 is a
    /// target that holds anything.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub fn composite_aged(
        &mut self,
        target: &mut Pixmap,
        age: usize,
    ) -> Result<Composited, RenderError> {
        let size = (target.width(), target.height());
        if matches!(self.backend, Backend::Gpu(_)) {
            let result = self.prepare(size)?;
            if let (Backend::Gpu(gpu), Some(shown)) = (&mut self.backend, &self.shown) {
                gpu.compose_to_pixmap(&shown.ops, &self.caches, self.view.background, target)?;
            }
            return Ok(result);
        }
        let words =
            Words { order: Order::Rgba, width: size.0, height: size.1, data: target.words_mut() };
        self.composite_words(words, age)
    }

    pub(crate) fn composite_words(
        &mut self,
        mut target: Words<'_>,
        age: usize,
    ) -> Result<Composited, RenderError> {
        let result = self.prepare((target.width, target.height))?;
        let whole = IntRect::from_size(target.width, target.height);
        let repaint = self.repaint(age, whole);
        self.counters.pixels_composed += repaint.iter().map(|rect| rect.area()).sum::<u64>();
        match (&mut self.backend, &self.shown) {
            (Backend::Cpu(cpu), Some(shown)) => {
                cpu.compose(&shown.ops, &self.caches, self.view.background, &mut target, &repaint)?;
            }
            (Backend::Gpu(_), _) => {
                return Err(RenderError::Mismatch(
                    "a compositor on the GPU cannot fill a window's memory",
                ));
            }
            _ => {}
        }
        Ok(result)
    }

    /// Composes onto a texture of the compositor's GPU, all of it.
    ///
    /// # Errors
    ///
    /// If the compositor is not on a GPU, or the device fails.
    pub fn composite_texture(
        &mut self,
        view: &wgpu::TextureView,
        format: wgpu::TextureFormat,
        width: u32,
        height: u32,
    ) -> Result<Composited, RenderError> {
        let result = self.prepare((width, height))?;
        self.counters.pixels_composed += u64::from(width) * u64::from(height);
        match (&mut self.backend, &self.shown) {
            (Backend::Gpu(gpu), Some(shown)) => {
                let target = gpu::Target { view, format, width, height };
                gpu.compose(&shown.ops, &self.caches, self.view.background, target)?;
            }
            _ => return Err(RenderError::Mismatch("a compositor on the CPU has no textures")),
        }
        Ok(result)
    }

    /// Idle work: draws tiles that will come into sight when the user scrolls
    /// on. Returns whether there is more.
    pub fn prefetch(&mut self) -> bool {
        let Some(size) = self.shown.as_ref().map(|shown| shown.size) else {
            return false;
        };
        let (_, mut jobs, _) = self.plan(size, AHEAD);
        let more = jobs.len() > PREFETCH_BATCH;
        jobs.truncate(PREFETCH_BATCH);
        if jobs.is_empty() {
            return false;
        }
        if let Err(error) = self.draw(jobs) {
            tracing::warn!("drawing ahead failed: {error}");
            return false;
        }
        more
    }

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> RenderCounters {
        let tile_bytes = self
            .caches
            .values()
            .flat_map(|cache| cache.tiles.values())
            .map(|tile| tile.content.bytes(tile.area))
            .sum();
        RenderCounters { tile_bytes, ..self.counters }
    }

    pub(crate) fn composites(&self) -> u64 {
        self.counters.composites
    }

    /// The layer tree, readable.
    #[must_use]
    pub fn dump_layers(&self) -> String {
        dump::dump(&self.tree, &self.scrolls, &self.caches)
    }

    /// Makes a plan, draws what it needs, and finds what changed.
    fn prepare(&mut self, size: (u32, u32)) -> Result<Composited, RenderError> {
        if size.0 > MAX_TARGET || size.1 > MAX_TARGET {
            return Err(RenderError::TooLarge(size.0, size.1));
        }
        let before = self.counters;
        self.counters.composites += 1;
        let (mut ops, jobs, unsettled) = self.plan(size, 0);
        self.draw(jobs)?;
        let caches = &self.caches;
        plan::for_each_tile(&mut ops, &mut |op| {
            if let Some(tile) = caches.get(&op.picture).and_then(|cache| cache.tiles.get(&op.tile))
            {
                op.version = tile.version;
            }
        });
        let whole = IntRect::from_size(size.0, size.1);
        let background = self.view.background;
        let mut damage = Vec::new();
        match &self.shown {
            Some(shown) if shown.size == size && shown.background == background => {
                plan::damage(&shown.ops, &ops, &self.caches, whole, &mut damage);
            }
            _ => {
                damage.push(whole);
                self.history.clear();
            }
        }
        self.shown = Some(Shown { size, background, ops });
        self.history.push_front(damage.clone());
        self.history.truncate(MAX_AGE);
        self.settle();
        self.dirty = unsettled;
        self.evict();
        Ok(Composited {
            damage,
            needs_more: unsettled,
            tiles_rastered: self.counters.tiles_rastered - before.tiles_rastered,
            pixels_rastered: self.counters.pixels_rastered - before.pixels_rastered,
            pixels_uploaded: self.counters.pixels_uploaded - before.pixels_uploaded,
        })
    }

    fn plan(&mut self, size: (u32, u32), ahead: i32) -> (Vec<Op>, Vec<TileJob>, bool) {
        let mut planner = Planner {
            caches: &mut self.caches,
            scrolls: &self.scrolls,
            jobs: Vec::new(),
            now: self.counters.composites,
            ahead,
            unsettled: false,
        };
        let visible = IntRect::from_size(size.0, size.1);
        let ops = planner.plan(&mut self.tree, self.view.scale, visible);
        (ops, planner.jobs, planner.unsettled)
    }

    fn draw(&mut self, jobs: Vec<TileJob>) -> Result<(), RenderError> {
        if jobs.is_empty() {
            return Ok(());
        }
        self.counters.tiles_rastered += jobs.len() as u64;
        self.counters.pixels_rastered += jobs.iter().map(|job| job.area.area()).sum::<u64>();
        match &mut self.backend {
            Backend::Cpu(cpu) => cpu.draw(&jobs, &mut self.caches),
            Backend::Gpu(gpu) => gpu.draw(&jobs, &mut self.caches, &mut self.counters)?,
            Backend::Null => {}
        }
        for job in jobs {
            let tile =
                self.caches.get_mut(&job.id).and_then(|cache| cache.tiles.get_mut(&job.tile));
            if let Some(tile) = tile {
                self.next_version += 1;
                tile.drawn(&job, self.next_version);
            }
        }
        Ok(())
    }

    /// What of a target that is `age` composites old has to be painted.
    fn repaint(&self, age: usize, whole: IntRect) -> Vec<IntRect> {
        if age == 0 || age > self.history.len() {
            return vec![whole];
        }
        let mut repaint = Vec::new();
        for rect in self.history.iter().take(age).flatten() {
            add_damage(&mut repaint, *rect);
        }
        disjoint(repaint)
    }

    /// Surfaces that kept their size for a composite are drawn in it.
    fn settle(&mut self) {
        fn settle(surface: &mut Surface) {
            surface.moving = false;
            for child in &mut surface.children {
                if let Node::Surface(child) = child {
                    settle(child);
                }
            }
        }
        settle(&mut self.tree);
    }

    /// Drops tiles that are out of sight, the oldest first.
    fn evict(&mut self) {
        let now = self.counters.composites;
        let mut spare: Vec<(u64, PictureId, (i32, i32), u64)> = Vec::new();
        for (id, cache) in &self.caches {
            for (index, tile) in &cache.tiles {
                if tile.used != now {
                    spare.push((tile.used, *id, *index, tile.content.bytes(tile.area).max(64)));
                }
            }
        }
        let mut bytes: u64 = spare.iter().map(|(.., bytes)| bytes).sum();
        if bytes <= SPARE_BYTES {
            return;
        }
        spare.sort_unstable();
        for (_, id, index, size) in spare {
            if bytes <= SPARE_BYTES {
                break;
            }
            bytes -= size;
            if let Some(cache) = self.caches.get_mut(&id) {
                cache.tiles.remove(&index);
            }
        }
    }
}

/// Larger targets than this are an error, not a crash.
const MAX_TARGET: u32 = 32_768;
/// Tiles that are drawn ahead at a time, so that input is not kept waiting.
const PREFETCH_BATCH: usize = 2;

/// Rectangles that may overlap as rectangles that do not: each px is composed
/// once, or translucent things would show twice.
fn disjoint(rects: Vec<IntRect>) -> Vec<IntRect> {
    let mut done: Vec<IntRect> = Vec::new();
    let mut pending = rects;
    while let Some(rect) = pending.pop() {
        let Some(other) = done.iter().find(|other| !other.intersect(rect).is_empty()) else {
            done.push(rect);
            continue;
        };
        let cut = other.intersect(rect);
        let parts = [
            IntRect::new(rect.x0, rect.y0, rect.x1, cut.y0),
            IntRect::new(rect.x0, cut.y1, rect.x1, rect.y1),
            IntRect::new(rect.x0, cut.y0, cut.x0, cut.y1),
            IntRect::new(cut.x1, cut.y0, rect.x1, cut.y1),
        ];
        pending.extend(parts.into_iter().filter(|part| !part.is_empty()));
    }
    done
}

fn collect_pictures(surface: &Surface, into: &mut FxHashSet<PictureId>) {
    for child in &surface.children {
        match child {
            Node::Picture(picture) => {
                into.insert(picture.id);
            }
            Node::Surface(surface) => collect_pictures(surface, into),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disjoint_rectangles_cover_the_same() {
        let rects = vec![
            IntRect::new(0, 0, 10, 10),
            IntRect::new(5, 5, 15, 15),
            IntRect::new(2, 2, 4, 20),
            IntRect::new(0, 0, 10, 10),
        ];
        let parts = disjoint(rects.clone());
        for y in 0..20 {
            for x in 0..20 {
                let px = IntRect::new(x, y, x + 1, y + 1);
                let count = parts.iter().filter(|part| part.contains(px)).count();
                let covered = rects.iter().any(|rect| rect.contains(px));
                assert_eq!(count, usize::from(covered), "{x},{y}");
            }
        }
    }
}
