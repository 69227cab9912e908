use std::sync::Arc;

use kurbo::Rect;

use crate::Item;

/// Items whose bounds are kept together, so that culling a long list does not
/// look at each of its items.
const BLOCK: usize = 32;

/// An immutable, shared piece of a display list in its own coordinates.
#[derive(Debug, Default)]
pub struct Chunk {
    bounds: Rect,
    items: Box<[Item]>,
    /// Bounds of each run of [`BLOCK`] items; empty if there is only one.
    blocks: Box<[Rect]>,
    has_layers: bool,
    has_blend: bool,
}

impl Chunk {
    /// A chunk of `items`, back to front.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Arc<Self> {
        let blocks: Vec<Rect> = items.chunks(BLOCK).map(union_of_bounds).collect();
        let bounds = blocks.iter().copied().reduce(union).unwrap_or(Rect::ZERO);
        let has_layers = items.iter().any(Item::has_layers);
        let has_blend = items.iter().any(Item::has_blend);
        Arc::new(Self {
            bounds,
            items: items.into_boxed_slice(),
            blocks: if blocks.len() > 1 { blocks.into_boxed_slice() } else { Box::default() },
            has_layers,
            has_blend,
        })
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

    /// Whether there is a [`crate::Layer`] in it, at any depth.
    #[must_use]
    pub fn has_layers(&self) -> bool {
        self.has_layers
    }

    /// Whether something in it blends with what lies below it in another way
    /// than by covering it. Groups and layers isolate their content: what
    /// blends inside them is theirs.
    #[must_use]
    pub fn has_blend(&self) -> bool {
        self.has_blend
    }

    /// The index of the first item from `from` on that may touch `area`.
    #[must_use]
    pub fn next_in(&self, area: Rect, from: usize) -> Option<usize> {
        let mut index = from;
        while index < self.items.len() {
            if index.is_multiple_of(BLOCK)
                && let Some(block) = self.blocks.get(index / BLOCK)
                && !touches(*block, area)
            {
                index += BLOCK;
                continue;
            }
            if touches(self.items[index].bounds(), area) {
                return Some(index);
            }
            index += 1;
        }
        None
    }
}

impl PartialEq for Chunk {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.items == other.items
    }
}

/// Chunks nest as deep as a page makes them: they are dropped level by level,
/// never by recursion.
impl Drop for Chunk {
    fn drop(&mut self) {
        let mut pending = vec![std::mem::take(&mut self.items)];
        while let Some(mut items) = pending.pop() {
            for item in &mut items {
                if let Some(chunk) = item.content_mut().and_then(Arc::get_mut)
                    && !chunk.items.is_empty()
                {
                    pending.push(std::mem::take(&mut chunk.items));
                }
            }
        }
    }
}

fn union_of_bounds(items: &[Item]) -> Rect {
    items
        .iter()
        .map(Item::bounds)
        .filter(|bounds| !bounds.is_zero_area())
        .reduce(|all, bounds| all.union(bounds))
        .unwrap_or(Rect::ZERO)
}

fn union(a: Rect, b: Rect) -> Rect {
    if a.is_zero_area() {
        b
    } else if b.is_zero_area() {
        a
    } else {
        a.union(b)
    }
}

fn touches(bounds: Rect, area: Rect) -> bool {
    bounds.x0 < area.x1 && area.x0 < bounds.x1 && bounds.y0 < area.y1 && area.y0 < bounds.y1
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

    /// Draws all that `other` collected over what is there.
    pub fn append(&mut self, mut other: Self) {
        if self.items.is_empty() {
            self.items = other.items;
        } else {
            self.items.append(&mut other.items);
        }
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

#[cfg(test)]
mod tests {
    use kurbo::Vec2;
    use peniko::Color;

    use super::*;
    use crate::Shape;

    fn row(index: usize) -> Item {
        let top = index as f64 * 10.0;
        Item::Fill {
            shape: Shape::Rect(Rect::new(0.0, top, 100.0, top + 10.0)),
            brush: Color::BLACK.into(),
        }
    }

    #[test]
    fn culling_finds_what_a_full_scan_finds() {
        let chunk = Chunk::new((0..1000).map(row).collect());
        for area in [(0.0, 5.0), (315.0, 345.0), (9990.0, 20000.0), (20000.0, 20001.0)] {
            let area = Rect::new(0.0, area.0, 10.0, area.1);
            let expected: Vec<_> =
                (0..1000).filter(|&index| touches(chunk.items()[index].bounds(), area)).collect();
            let mut found = Vec::new();
            let mut from = 0;
            while let Some(index) = chunk.next_in(area, from) {
                found.push(index);
                from = index + 1;
            }
            assert_eq!(found, expected, "{area:?}");
        }
    }

    #[test]
    fn a_list_nested_a_million_deep_is_dropped() {
        let mut chunk = Chunk::new(vec![row(0)]);
        for _ in 0..1_000_000 {
            chunk = Chunk::new(vec![Item::Chunk { offset: Vec2::ZERO, chunk }]);
        }
        drop(chunk);
    }
}
