//! What differs between two pictures, as rectangles.
//!
//! Work follows what changed: pieces that are the same allocation at the same
//! place are skipped. Where a list of siblings was rebuilt, its items are
//! matched from both ends, and what is left between by identity.

use std::sync::Arc;

use kurbo::{Rect, Vec2};
use rustc_hash::FxHashMap;
use virga_display_list::{Chunk, Item, Shape};

use crate::{Entry, Picture};

/// A list of damage stays this short: beyond, rectangles are joined.
const MAX_RECTS: usize = 16;
/// Pairs of chunks that are compared, at most; beyond, they differ.
const MAX_PAIRS: usize = 100_000;

/// The parts of the picture, in its coordinates, that may look different.
#[derive(Debug, Default)]
pub(crate) struct Damage(pub(crate) Vec<Rect>);

impl Damage {
    fn add(&mut self, rect: Rect) {
        if rect.is_zero_area() || rect.width() <= 0.0 || rect.height() <= 0.0 {
            return;
        }
        if let Some(near) = self.0.iter_mut().find(|other| {
            let both = other.union(rect).area();
            both <= (other.area() + rect.area()) * 1.25
        }) {
            *near = near.union(rect);
        } else if self.0.len() < MAX_RECTS {
            self.0.push(rect);
        } else if let Some(last) = self.0.last_mut() {
            *last = last.union(rect);
        }
    }
}

/// What differs between `old` and `new`.
pub(crate) fn diff(old: &Picture, new: &Picture) -> Damage {
    let mut differ = Differ { damage: Damage::default(), pending: Vec::new(), budget: MAX_PAIRS };
    differ.entries(old.entries(), new.entries());
    while let Some(pair) = differ.pending.pop() {
        if differ.budget == 0 {
            differ.damage.add(clipped(pair.old.bounds() + pair.offset, pair.clip));
            differ.damage.add(clipped(pair.new.bounds() + pair.offset, pair.clip));
            continue;
        }
        differ.budget -= 1;
        differ.items(pair);
    }
    differ.damage
}

struct Differ<'a> {
    damage: Damage,
    pending: Vec<Pair<'a>>,
    budget: usize,
}

/// Two chunks at the same place.
#[derive(Clone, Copy)]
struct Pair<'a> {
    old: &'a Chunk,
    new: &'a Chunk,
    /// From the chunks' coordinates to the picture's.
    offset: Vec2,
    /// What is visible of them, in the picture's coordinates.
    clip: Option<Rect>,
}

fn clipped(rect: Rect, clip: Option<Rect>) -> Rect {
    match clip {
        Some(clip) => rect.intersect(clip),
        None => rect,
    }
}

impl<'a> Differ<'a> {
    fn entries(&mut self, old: &'a [Entry], new: &'a [Entry]) {
        if old.len() != new.len() {
            // Another layer came in between: everything of both.
            for entry in old.iter().chain(new) {
                self.damage.add(entry.bounds());
            }
            return;
        }
        for (old, new) in old.iter().zip(new) {
            if old.is_same(new) {
                continue;
            }
            let whole = |entry: &Entry| entry.range == (0..entry.chunk.items().len());
            if old.offset == new.offset && whole(old) && whole(new) {
                let (offset, clip) = (old.offset, None);
                self.pending.push(Pair { old: &old.chunk, new: &new.chunk, offset, clip });
            } else if old.offset == new.offset {
                self.lists(
                    &old.chunk.items()[old.range.clone()],
                    &new.chunk.items()[new.range.clone()],
                    old.offset,
                    None,
                );
            } else {
                self.damage.add(old.bounds());
                self.damage.add(new.bounds());
            }
        }
    }

    fn items(&mut self, pair: Pair<'a>) {
        self.lists(pair.old.items(), pair.new.items(), pair.offset, pair.clip);
    }

    fn lists(&mut self, old: &'a [Item], new: &'a [Item], offset: Vec2, clip: Option<Rect>) {
        let start = old.iter().zip(new).take_while(|(old, new)| same(old, new)).count();
        let (old, new) = (&old[start..], &new[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| same(a, b)).count();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        if old.len() == new.len() {
            for (old, new) in old.iter().zip(new) {
                self.pair(old, new, offset, clip);
            }
            return;
        }
        // Items that stay, and in the same order, keep their pixels.
        let mut places: FxHashMap<(usize, u64, u64), Vec<usize>> = FxHashMap::default();
        for (index, item) in new.iter().enumerate().rev() {
            if let Some(identity) = identity(item) {
                places.entry(identity).or_default().push(index);
            }
        }
        let mut next = 0;
        for item in old {
            let found = identity(item).and_then(|identity| {
                let indices = places.get_mut(&identity)?;
                while indices.last().is_some_and(|index| *index < next) {
                    indices.pop();
                }
                indices.pop()
            });
            match found {
                Some(index) => {
                    for item in &new[next..index] {
                        self.damage.add(clipped(item.bounds() + offset, clip));
                    }
                    next = index + 1;
                }
                None => self.damage.add(clipped(item.bounds() + offset, clip)),
            }
        }
        for item in &new[next..] {
            self.damage.add(clipped(item.bounds() + offset, clip));
        }
    }

    fn pair(&mut self, old: &'a Item, new: &'a Item, offset: Vec2, clip: Option<Rect>) {
        if same(old, new) {
            return;
        }
        let inner = match (old, new) {
            (
                Item::Chunk { offset: old_offset, chunk: old },
                Item::Chunk { offset: new_offset, chunk: new },
            ) if old_offset == new_offset => Some((old, new, offset + *old_offset, clip)),
            (Item::Clip { shape: a, content: old }, Item::Clip { shape: b, content: new })
                if a == b =>
            {
                let bounds = a.bounds() + offset;
                Some((old, new, offset, Some(clipped(bounds, clip))))
            }
            _ => None,
        };
        if let Some((old, new, offset, clip)) = inner {
            self.pending.push(Pair { old, new, offset, clip });
        } else {
            self.damage.add(clipped(old.bounds() + offset, clip));
            self.damage.add(clipped(new.bounds() + offset, clip));
        }
    }
}

/// Whether two items look the same, without looking deep.
fn same(old: &Item, new: &Item) -> bool {
    match (old, new) {
        (Item::Chunk { offset: a, chunk: old }, Item::Chunk { offset: b, chunk: new }) => {
            a == b && Arc::ptr_eq(old, new)
        }
        (Item::Clip { shape: a, content: old }, Item::Clip { shape: b, content: new }) => {
            Arc::ptr_eq(old, new) && a == b
        }
        (Item::Group(old), Item::Group(new)) => {
            Arc::ptr_eq(&old.content, &new.content)
                && old.transform == new.transform
                && old.opacity == new.opacity
                && old.blend == new.blend
                && old.filters == new.filters
        }
        (Item::Layer(old), Item::Layer(new)) => {
            Arc::ptr_eq(&old.content, &new.content)
                && old.id == new.id
                && old.transform == new.transform
                && old.opacity == new.opacity
                && old.blend == new.blend
                && old.filters == new.filters
                && old.clip == new.clip
                && old.scroll == new.scroll
        }
        (Item::Glyphs(old), Item::Glyphs(new)) => Arc::ptr_eq(old, new) || old == new,
        (Item::Fill { shape: a, brush: old }, Item::Fill { shape: b, brush: new }) => {
            old == new
                && match (a, b) {
                    (Shape::Path(a), Shape::Path(b)) => Arc::ptr_eq(a, b) || a == b,
                    (a, b) => a == b,
                }
        }
        (Item::Border(old), Item::Border(new)) => old == new,
        (Item::BoxShadow(old), Item::BoxShadow(new)) => old == new,
        (Item::Image(old), Item::Image(new)) => old == new,
        (Item::Tiles(old), Item::Tiles(new)) => old == new,
        _ => false,
    }
}

/// What tells an item from all others: a shared allocation at a place.
fn identity(item: &Item) -> Option<(usize, u64, u64)> {
    let place = |at: Vec2| (at.x.to_bits(), at.y.to_bits());
    match item {
        Item::Chunk { offset, chunk } => {
            let (x, y) = place(*offset);
            Some((Arc::as_ptr(chunk) as usize, x, y))
        }
        Item::Glyphs(run) => {
            let (x, y) = place(run.origin.to_vec2());
            Some((Arc::as_ptr(run) as usize, x, y))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use peniko::Color;

    use super::*;

    fn row(index: usize, color: Color) -> Item {
        let chunk = Chunk::new(vec![Item::Fill {
            shape: Shape::Rect(Rect::new(0.0, 0.0, 100.0, 10.0)),
            brush: color.into(),
        }]);
        Item::Chunk { offset: Vec2::new(0.0, index as f64 * 10.0), chunk }
    }

    fn nested(rows: &[Item]) -> Picture {
        let list = Chunk::new(rows.to_vec());
        let body = Chunk::new(vec![Item::Chunk { offset: Vec2::new(0.0, 5.0), chunk: list }]);
        Picture::of(&body)
    }

    #[test]
    fn a_changed_row_damages_itself_only() {
        for count in [10, 1000] {
            let mut rows: Vec<_> = (0..count).map(|index| row(index, Color::BLACK)).collect();
            let old = nested(&rows);
            assert!(diff(&old, &nested(&rows)).0.is_empty());
            rows[7] = row(7, Color::WHITE);
            let damage = diff(&old, &nested(&rows)).0;
            assert_eq!(damage, [Rect::new(0.0, 75.0, 100.0, 85.0)]);
        }
    }

    #[test]
    fn a_removed_row_leaves_the_others_alone() {
        let mut rows: Vec<_> = (0..50).map(|index| row(index, Color::BLACK)).collect();
        let old = nested(&rows);
        rows.remove(20);
        rows.remove(30);
        let damage = diff(&old, &nested(&rows)).0;
        let expected = [Rect::new(0.0, 205.0, 100.0, 215.0), Rect::new(0.0, 315.0, 100.0, 325.0)];
        assert_eq!(damage, expected);
    }

    #[test]
    fn reordered_rows_are_damaged() {
        let mut rows: Vec<_> =
            (0..5).map(|index| row(0, [Color::BLACK, Color::WHITE][index % 2])).collect();
        let old = nested(&rows);
        rows.swap(1, 2);
        rows.push(row(3, Color::BLACK));
        assert!(!diff(&old, &nested(&rows)).0.is_empty());
    }

    #[test]
    fn damage_inside_a_clip_ends_at_its_edge() {
        let clip = |color| {
            Picture::of(&Chunk::new(vec![Item::Clip {
                shape: Shape::Rect(Rect::new(0.0, 0.0, 30.0, 5.0)),
                content: Chunk::new(vec![row(0, color)]),
            }]))
        };
        let damage = diff(&clip(Color::BLACK), &clip(Color::WHITE)).0;
        assert_eq!(damage, [Rect::new(0.0, 0.0, 30.0, 5.0)]);
    }

    #[test]
    fn a_list_nested_deep_is_compared() {
        let deep = |color| {
            let mut item = row(0, color);
            for _ in 0..50_000 {
                item = Item::Chunk { offset: Vec2::ZERO, chunk: Chunk::new(vec![item]) };
            }
            Picture::of(&Chunk::new(vec![item]))
        };
        let damage = diff(&deep(Color::BLACK), &deep(Color::WHITE)).0;
        assert_eq!(damage, [Rect::new(0.0, 0.0, 100.0, 10.0)]);
    }
}
