//! The layer tree: what the compositor makes of a display list.
//!
//! A [`virga_display_list::Layer`] splits what its parent draws into what lies
//! below and what lies above it. So a surface's children alternate between
//! pictures (which have pixels of their own, in tiles) and surfaces (which have
//! children). Groups and clips that have a layer inside become surfaces too.
//!
//! From frame to frame, children are the same when they follow the same layer;
//! their tiles are kept then.

use std::sync::Arc;

use kurbo::{Affine, Rect, Vec2};
use peniko::BlendMode;
use rustc_hash::FxHashMap;
use virga_display_list::{Chunk, Filter, Item, LayerId, Scroll, Shape};

use crate::{Entry, Picture};

/// Surfaces that nest deeper than this are drawn into their parent's picture.
const MAX_DEPTH: usize = 64;

/// Names a picture's tiles; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PictureId(pub(crate) u64);

#[derive(Debug)]
pub(crate) enum Node {
    Picture(PictureNode),
    Surface(Box<Surface>),
}

#[derive(Debug)]
pub(crate) struct PictureNode {
    pub(crate) id: PictureId,
    pub(crate) picture: Arc<Picture>,
}

/// Content that is composed as one.
#[derive(Debug, Default)]
pub(crate) struct Surface {
    /// The layer that it is, if it is not a group or a clip around one.
    pub(crate) layer: Option<LayerId>,
    pub(crate) effects: Effects,
    pub(crate) children: Vec<Node>,
    /// The area that may get ink, before `effects.transform`, without clips.
    pub(crate) bounds: Rect,
    /// Whether a child blends with those below it.
    pub(crate) isolates: bool,
    /// At how many px per px the content was last drawn.
    pub(crate) raster_scale: Option<f64>,
    /// Whether its size on the screen changes from frame to frame: pixels of
    /// another size are stretched then, instead of drawn again.
    pub(crate) moving: bool,
}

/// How a surface is composed onto its parent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effects {
    /// From the surface's coordinates, before scrolling, to the parent's.
    pub(crate) transform: Affine,
    pub(crate) opacity: f32,
    pub(crate) blend: BlendMode,
    pub(crate) filters: Vec<Filter>,
    pub(crate) clip: Option<Shape>,
    pub(crate) scroll: Option<Scroll>,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            transform: Affine::IDENTITY,
            opacity: 1.0,
            blend: BlendMode::default(),
            filters: Vec::new(),
            clip: None,
            scroll: None,
        }
    }
}

impl Effects {
    /// What remains visible of the surface, in its coordinates before scrolling.
    pub(crate) fn clip_bounds(&self) -> Option<Rect> {
        let clip = self.clip.as_ref().map(Shape::bounds);
        let port = self.scroll.map(|scroll| scroll.port);
        match (clip, port) {
            (Some(clip), Some(port)) => Some(clip.intersect(port)),
            (clip, port) => clip.or(port),
        }
    }
}

/// What a child of a surface is recognized by in the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Layer(LayerId),
    /// The n-th picture, or group, after a layer.
    Picture(Option<LayerId>, u32),
    Group(Option<LayerId>, u32),
}

/// Makes the new tree, telling what becomes of pictures.
pub(crate) struct Builder<'a> {
    pub(crate) next_id: &'a mut u64,
    /// Called with the picture that was there before, if there was one;
    /// returns whether they look different.
    pub(crate) changed: &'a mut dyn FnMut(PictureId, Option<&Picture>, &Picture) -> bool,
    /// Whether anything looks different from before.
    pub(crate) different: bool,
}

impl Builder<'_> {
    /// The tree for `root`, taking over what it shares with `old`.
    pub(crate) fn build(&mut self, root: &Arc<Chunk>, old: Surface) -> Surface {
        self.surface(None, Effects::default(), root, Vec2::ZERO, Some(old), 0)
    }

    fn surface(
        &mut self,
        layer: Option<LayerId>,
        effects: Effects,
        content: &Arc<Chunk>,
        offset: Vec2,
        old: Option<Surface>,
        depth: usize,
    ) -> Surface {
        let before = old.as_ref().map(|old| (old.effects.clone(), old.raster_scale));
        let old_count = old.as_ref().map(|old| old.children.len());
        let mut old = OldChildren::new(old);
        let mut parts = Parts::default();
        split(content, offset, depth >= MAX_DEPTH, &mut parts);
        let mut children = Vec::new();
        let mut after = None;
        let mut counts = (0, 0);
        let mut bounds = Rect::ZERO;
        for part in parts.0 {
            let part_bounds = match part {
                Part::Entries(entries) => {
                    let picture = Picture::new(entries);
                    if picture.bounds().is_zero_area() {
                        continue;
                    }
                    let area = picture.bounds();
                    let key = Key::Picture(after, counts.0);
                    counts.0 += 1;
                    children.push(Node::Picture(self.picture(picture, old.take_picture(key))));
                    area
                }
                Part::Item(item, offset) => {
                    let key = match item {
                        Item::Layer(layer) => {
                            after = Some(layer.id);
                            counts = (0, 0);
                            Key::Layer(layer.id)
                        }
                        _ => {
                            counts.1 += 1;
                            Key::Group(after, counts.1 - 1)
                        }
                    };
                    let old = old.take_surface(key);
                    let Some(surface) = self.item(item, offset, old, depth + 1) else {
                        continue;
                    };
                    children.push(Node::Surface(Box::new(surface)));
                    item.bounds() + offset
                }
            };
            if !part_bounds.is_zero_area() {
                bounds =
                    if bounds.is_zero_area() { part_bounds } else { bounds.union(part_bounds) };
            }
        }
        let moving = before.as_ref().is_some_and(|(before, _)| {
            let size = |effects: &Effects| effects.transform.determinant().abs();
            (size(before) - size(&effects)).abs() > 1e-9
        });
        self.different |= before.as_ref().is_none_or(|(before, _)| *before != effects)
            || old_count != Some(children.len());
        Surface {
            layer,
            effects,
            children,
            bounds,
            isolates: content.has_blend(),
            raster_scale: before.and_then(|(_, scale)| scale),
            moving,
        }
    }

    fn picture(&mut self, picture: Picture, old: Option<PictureNode>) -> PictureNode {
        if let Some(old) = old {
            let same = old.picture.entries().len() == picture.entries().len()
                && old.picture.entries().iter().zip(picture.entries()).all(|(a, b)| a.is_same(b));
            if same {
                return old;
            }
            self.different |= (self.changed)(old.id, Some(&old.picture), &picture);
            return PictureNode { id: old.id, picture: Arc::new(picture) };
        }
        *self.next_id += 1;
        let id = PictureId(*self.next_id);
        self.different |= (self.changed)(id, None, &picture);
        PictureNode { id, picture: Arc::new(picture) }
    }

    fn item(
        &mut self,
        item: &Item,
        offset: Vec2,
        old: Option<Surface>,
        depth: usize,
    ) -> Option<Surface> {
        let moved = Affine::translate(offset);
        let (layer, effects, content) = match item {
            Item::Layer(layer) => {
                let effects = Effects {
                    transform: moved * layer.transform,
                    opacity: layer.opacity,
                    blend: layer.blend,
                    filters: layer.filters.clone(),
                    clip: layer.clip.clone(),
                    scroll: layer.scroll,
                };
                (Some(layer.id), effects, &layer.content)
            }
            Item::Group(group) => {
                let effects = Effects {
                    transform: moved * group.transform,
                    opacity: group.opacity,
                    blend: group.blend,
                    filters: group.filters.clone(),
                    ..Effects::default()
                };
                (None, effects, &group.content)
            }
            Item::Clip { shape, content } => {
                let effects =
                    Effects { transform: moved, clip: Some(shape.clone()), ..Effects::default() };
                (None, effects, content)
            }
            _ => return None,
        };
        Some(self.surface(layer, effects, content, Vec2::ZERO, old, depth))
    }
}

/// What was there, to be taken by key.
#[derive(Default)]
struct OldChildren {
    pictures: FxHashMap<Key, PictureNode>,
    surfaces: FxHashMap<Key, Surface>,
}

impl OldChildren {
    fn new(old: Option<Surface>) -> Self {
        let mut children = Self::default();
        let mut after = None;
        let mut counts = (0, 0);
        for node in old.map(|old| old.children).unwrap_or_default() {
            match node {
                Node::Picture(picture) => {
                    children.pictures.insert(Key::Picture(after, counts.0), picture);
                    counts.0 += 1;
                }
                Node::Surface(surface) => {
                    let key = match surface.layer {
                        Some(layer) => {
                            after = Some(layer);
                            counts = (0, 0);
                            Key::Layer(layer)
                        }
                        None => {
                            counts.1 += 1;
                            Key::Group(after, counts.1 - 1)
                        }
                    };
                    children.surfaces.insert(key, *surface);
                }
            }
        }
        children
    }

    fn take_picture(&mut self, key: Key) -> Option<PictureNode> {
        self.pictures.remove(&key)
    }

    fn take_surface(&mut self, key: Key) -> Option<Surface> {
        self.surfaces.remove(&key)
    }
}

/// A surface's content, cut where layers are.
#[derive(Default)]
struct Parts<'a>(Vec<Part<'a>>);

enum Part<'a> {
    Entries(Vec<Entry>),
    Item(&'a Item, Vec2),
}

impl Parts<'_> {
    fn entry(&mut self, entry: Entry) {
        if entry.range.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(Part::Entries(entries)) => entries.push(entry),
            _ => self.0.push(Part::Entries(vec![entry])),
        }
    }
}

/// Cuts `content` without recursion: chunks nest as deep as the page.
fn split<'a>(content: &'a Arc<Chunk>, offset: Vec2, flat: bool, parts: &mut Parts<'a>) {
    let mut pending = vec![(content, offset, 0)];
    while let Some((chunk, offset, start)) = pending.pop() {
        let items = chunk.items();
        let rest = |range| Entry { offset, chunk: Arc::clone(chunk), range };
        // A group that blends must see the layers below it as its backdrop.
        let above = parts.0.iter().any(|part| matches!(part, Part::Item(..)));
        let splits = |item: &Item| item.has_layers() || (above && item.has_blend());
        if flat || !(chunk.has_layers() || (above && chunk.has_blend())) {
            parts.entry(rest(start..items.len()));
            continue;
        }
        let Some(at) = (start..items.len()).find(|&index| splits(&items[index])) else {
            parts.entry(rest(start..items.len()));
            continue;
        };
        parts.entry(rest(start..at));
        pending.push((chunk, offset, at + 1));
        match &items[at] {
            Item::Chunk { offset: inner, chunk } => pending.push((chunk, offset + *inner, 0)),
            item => parts.0.push(Part::Item(item, offset)),
        }
    }
}

#[cfg(test)]
mod tests {
    use kurbo::Rect;
    use peniko::Color;
    use virga_display_list::Layer;

    use super::*;

    fn fill(x: f64) -> Item {
        Item::Fill {
            shape: Shape::Rect(Rect::new(x, 0.0, x + 5.0, 5.0)),
            brush: Color::BLACK.into(),
        }
    }

    fn layer(id: u64, items: Vec<Item>) -> Item {
        Item::Layer(Box::new(Layer {
            id: LayerId(id),
            transform: Affine::IDENTITY,
            opacity: 1.0,
            blend: BlendMode::default(),
            filters: Vec::new(),
            clip: None,
            scroll: None,
            content: Chunk::new(items),
        }))
    }

    fn build(root: &Arc<Chunk>, old: Surface, next: &mut u64) -> (Surface, Vec<(u64, bool)>) {
        let mut log = Vec::new();
        let surface = Builder {
            next_id: next,
            changed: &mut |id, old, _| {
                log.push((id.0, old.is_some()));
                true
            },
            different: false,
        }
        .build(root, old);
        (surface, log)
    }

    fn shape(surface: &Surface) -> String {
        surface
            .children
            .iter()
            .map(|child| match child {
                Node::Picture(picture) => format!("p{}", picture.picture.entries().len()),
                Node::Surface(surface) => format!("({})", shape(surface)),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn layers_split_what_is_below_from_what_is_above() {
        let check = |items: Vec<Item>, expected: &str| {
            let (surface, _) = build(&Chunk::new(items), Surface::default(), &mut 0);
            assert_eq!(shape(&surface), expected);
        };
        check(vec![fill(0.0), fill(1.0)], "p1");
        check(vec![fill(0.0), layer(1, vec![fill(1.0)]), fill(2.0)], "p1 (p1) p1");
        check(vec![layer(1, vec![fill(1.0)]), layer(2, vec![fill(2.0)])], "(p1) (p1)");
        let nested = Item::Chunk {
            offset: Vec2::new(3.0, 0.0),
            chunk: Chunk::new(vec![fill(0.0), layer(1, vec![fill(1.0)]), fill(2.0)]),
        };
        check(vec![fill(0.0), nested, fill(9.0)], "p2 (p1) p2");
        let clip = Item::Clip {
            shape: Shape::Rect(Rect::new(0.0, 0.0, 9.0, 9.0)),
            content: Chunk::new(vec![fill(0.0), layer(1, vec![fill(1.0)])]),
        };
        check(vec![clip], "(p1 (p1))");
    }

    #[test]
    fn pictures_are_recognized_by_the_layer_below_them() {
        let mut next = 0;
        let one = layer(1, vec![fill(1.0)]);
        let above = Chunk::new(vec![fill(2.0)]);
        let above = Item::Chunk { offset: Vec2::ZERO, chunk: above };
        let (old, log) =
            build(&Chunk::new(vec![one.clone(), above]), Surface::default(), &mut next);
        assert_eq!(log.len(), 2);
        // A layer comes in between: the old layer's tiles stay what they are.
        let root = Chunk::new(vec![one, layer(2, vec![fill(3.0)]), fill(2.0)]);
        let (_, log) = build(&root, old, &mut next);
        assert_eq!(log.len(), 2, "{log:?}");
        assert!(log.iter().all(|(id, known)| *id > 2 && !known), "{log:?}");
    }

    #[test]
    fn nesting_beyond_the_limit_is_drawn_flat() {
        let mut item = layer(0, vec![fill(0.0)]);
        for id in 1..10_000 {
            item = layer(id, vec![item]);
        }
        let (surface, _) = build(&Chunk::new(vec![item]), Surface::default(), &mut 0);
        let mut depth = 0;
        let mut at = &surface;
        while let Some(Node::Surface(inner)) = at.children.first() {
            depth += 1;
            at = inner;
        }
        assert_eq!(depth, MAX_DEPTH);
        assert_eq!(shape(at), "p1");
    }
}
