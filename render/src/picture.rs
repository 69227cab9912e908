use std::{ops::Range, sync::Arc};

use kurbo::{Rect, Vec2};
use virga_display_list::Chunk;

/// Part of a chunk at a place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the chunk's origin lies.
    pub offset: Vec2,
    /// The chunk.
    pub chunk: Arc<Chunk>,
    /// Which of its items.
    pub range: Range<usize>,
}

impl Entry {
    /// Whether it looks the same because it is the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunk, &other.chunk)
            && self.offset == other.offset
            && self.range == other.range
    }

    /// The area that may get ink.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        if self.range.len() == self.chunk.items().len() {
            return self.chunk.bounds() + self.offset;
        }
        self.chunk.items()[self.range.clone()]
            .iter()
            .map(virga_display_list::Item::bounds)
            .filter(|bounds| !bounds.is_zero_area())
            .reduce(|all, bounds| all.union(bounds))
            .map_or(Rect::ZERO, |bounds| bounds + self.offset)
    }
}

/// What goes into one layer's pixels: pieces of a display list, back to front.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    entries: Vec<Entry>,
    bounds: Rect,
}

impl Picture {
    /// A picture of `entries`, back to front.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let bounds = entries
            .iter()
            .map(Entry::bounds)
            .filter(|bounds| !bounds.is_zero_area())
            .reduce(|all, bounds| all.union(bounds))
            .unwrap_or(Rect::ZERO);
        Self { entries, bounds }
    }

    /// A whole chunk.
    #[must_use]
    pub fn of(chunk: &Arc<Chunk>) -> Self {
        Self::new(vec![Entry {
            offset: Vec2::ZERO,
            chunk: Arc::clone(chunk),
            range: 0..chunk.items().len(),
        }])
    }

    /// Its pieces.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The area that may get ink.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.bounds
    }
}
