//! The pixels of pictures, in tiles.

use kurbo::Rect;
use rustc_hash::FxHashMap;

use super::{gpu::GpuTile, plan::TileJob};
use crate::{IntRect, Pixmap};

/// Sides of a tile in px. Wide, because what a phone shows is narrow and
/// scrolls up and down.
pub(crate) const TILE_WIDTH: i32 = 1024;
pub(crate) const TILE_HEIGHT: i32 = 256;

/// The tiles of a picture.
#[derive(Debug)]
pub(crate) struct TileCache {
    /// Device px per px.
    pub(crate) scale: f64,
    /// Where the grid begins, in device px of the picture.
    origin: (i32, i32),
    pub(crate) tiles: FxHashMap<(i32, i32), Tile>,
}

#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) content: Content,
    /// What it covers, in device px of the picture.
    pub(crate) area: IntRect,
    /// What has to be drawn again before it is shown.
    pub(crate) stale: IntRect,
    /// Never the same for two contents.
    pub(crate) version: u64,
    /// The version before, and what has changed since then.
    pub(crate) previous: u64,
    pub(crate) fresh: IntRect,
    /// The composite that last showed it.
    pub(crate) used: u64,
}

/// The pixels of a tile.
#[derive(Debug)]
pub(crate) enum Content {
    /// Transparent.
    Empty,
    /// All px the same.
    Solid(u32),
    Pixels(Pixmap),
    Gpu(GpuTile),
}

impl Content {
    /// The cheapest form of `pixmap`.
    pub(crate) fn of(pixmap: Pixmap) -> Self {
        let first = pixmap.words().first().copied().unwrap_or(0);
        if pixmap.words().iter().any(|pixel| *pixel != first) {
            Self::Pixels(pixmap)
        } else if first == 0 {
            Self::Empty
        } else {
            Self::Solid(first)
        }
    }

    pub(crate) fn bytes(&self, area: IntRect) -> u64 {
        match self {
            Self::Empty | Self::Solid(_) => 0,
            Self::Pixels(_) | Self::Gpu(_) => area.area() * 4,
        }
    }
}

impl Tile {
    /// The tile's pixels are those of `job` now.
    pub(crate) fn drawn(&mut self, job: &TileJob, version: u64) {
        self.area = job.cover;
        self.stale = IntRect::EMPTY;
        self.previous = self.version;
        self.version = version;
        self.fresh = job.area;
    }
}

impl TileCache {
    pub(crate) fn new(scale: f64, bounds: IntRect) -> Self {
        Self { scale, origin: (bounds.x0, bounds.y0), tiles: FxHashMap::default() }
    }

    /// Marks what the picture's `damage`, in its own coordinates, touches.
    pub(crate) fn invalidate(&mut self, damage: &[Rect]) {
        for rect in damage {
            let scaled = Rect::new(
                rect.x0 * self.scale,
                rect.y0 * self.scale,
                rect.x1 * self.scale,
                rect.y1 * self.scale,
            );
            // One px around, for the edges that anti-aliasing softens.
            let area = IntRect::around(scaled).inflate(1);
            for tile in self.tiles.values_mut() {
                tile.stale = tile.stale.union(area.intersect(tile.area));
            }
        }
    }

    /// The tiles that `area` touches, and what each covers at most.
    pub(crate) fn cells(
        &self,
        area: IntRect,
    ) -> impl Iterator<Item = ((i32, i32), IntRect)> + use<> {
        let (left, top) = self.origin;
        let first = |from: i32, origin: i32, side: i32| (from - origin).div_euclid(side);
        let last = |to: i32, origin: i32, side: i32| (to - 1 - origin).div_euclid(side);
        let (columns, rows) = if area.is_empty() {
            (0..0, 0..0)
        } else {
            (
                first(area.x0, left, TILE_WIDTH)..last(area.x1, left, TILE_WIDTH) + 1,
                first(area.y0, top, TILE_HEIGHT)..last(area.y1, top, TILE_HEIGHT) + 1,
            )
        };
        rows.flat_map(move |row| {
            columns.clone().map(move |column| {
                let (x, y) = (left + column * TILE_WIDTH, top + row * TILE_HEIGHT);
                ((column, row), IntRect::new(x, y, x + TILE_WIDTH, y + TILE_HEIGHT))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_an_area_once() {
        let cache = TileCache::new(1.0, IntRect::new(-10, -300, 2000, 2000));
        let area = IntRect::new(-10, -299, 1100, 300);
        let cells: Vec<_> = cache.cells(area).collect();
        let covered: u64 = cells.iter().map(|(_, cell)| cell.intersect(area).area()).sum();
        assert_eq!(covered, area.area());
        assert_eq!(cells.len(), 6);
        assert_eq!(cache.cells(IntRect::EMPTY).count(), 0);
    }
}
