use std::sync::Arc;

use kurbo::Rect;

use crate::Item;

/// An immutable, shared piece of a display list in its own coordinates.
#[derive(Debug, Default)]
pub struct Chunk {
    bounds: Rect,
    items: Box<[Item]>,
}

impl PartialEq for Chunk {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.bounds == other.bounds && self.items == other.items)
    }
}

impl Chunk {
    /// A chunk of `items`, back to front.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Arc<Self> {
        let bounds = items
            .iter()
            .map(Item::bounds)
            .filter(|bounds| !bounds.is_zero_area())
            .reduce(|all, bounds| all.union(bounds))
            .unwrap_or(Rect::ZERO);
        Arc::new(Self { bounds, items: items.into_boxed_slice() })
    }

    /// The area that may get ink, in the chunk's coordinates.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// What to draw, back to front.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// Collects the items of a chunk.
#[derive(Debug, Default)]
pub struct ChunkBuilder {
    items: Vec<Item>,
}

impl ChunkBuilder {
    /// Draws `item` over what is there.
    pub fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// Whether nothing was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many items were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The chunk.
    #[must_use]
    pub fn finish(self) -> Arc<Chunk> {
        Chunk::new(self.items)
    }
}
