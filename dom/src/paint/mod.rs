//! Painting: from laid out boxes to a display list.
//!
//! Every box keeps the chunks that it last painted, in its own coordinates; a
//! change throws away those of the box and of its ancestors, and painting makes
//! these again from the chunks of all others ([`walk`]). Of long block
//! containers only what lies near the scrollport is visited.
//!
//! Edges are snapped to device pixels here: a chunk's coordinates begin at its
//! box's snapped corner, and the chunk is painted again when the fraction that
//! was cut off changes.

mod color;
mod content;
mod control;
mod decorate;
mod effects;
mod gradient;
mod text;
mod walk;

use std::rc::Rc;
use std::sync::Arc;

use kurbo::{Rect, Vec2};
use virga_display_list::{
    Chunk, ChunkBuilder, DisplayList, Item, Layer, LayerId, Scroll, ScrollId, Shape,
};

use crate::boxes::{BoxId, BoxTree, Origin};
use crate::layout::{Formatting, StyleFlags};
use crate::tree::{NodeId, Tree};

pub(crate) use decorate::radii as corner_radii;
pub(crate) use text::Decoration;
use walk::Entry;
pub(crate) use walk::z_index;

/// The chunks that a box painted last.
#[derive(Debug, Default)]
pub(crate) struct PaintState {
    /// Nothing that they show has changed since.
    valid: bool,
    /// Its background, and those of blocks in it.
    back: Option<Arc<Chunk>>,
    /// Its other content; all of it, for a box that is painted as a unit.
    front: Option<Arc<Chunk>>,
    /// Positioned descendants that a stacking context above has to paint.
    entries: Option<Rc<[Entry]>>,
    /// What was cut off the box's position when it was snapped.
    fraction: Vec2,
    /// The order of children along the block axis, if it was looked at.
    order: Option<ChildOrder>,
}

/// Whether children follow each other downwards, so that they can be searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChildOrder {
    sorted: bool,
    /// How far any child sticks out of its border box.
    above: f32,
    below: f32,
}

impl PaintState {
    /// Throws the chunks away. Says whether they were good.
    pub(crate) fn invalidate(&mut self) -> bool {
        std::mem::replace(&mut self.valid, false)
    }

    /// Whether positioned descendants were handed up from here.
    pub(crate) fn has_entries(&self) -> bool {
        !self.valid || self.entries.is_some()
    }

    /// Says that children were laid out again.
    pub(crate) fn forget_order(&mut self) {
        self.order = None;
    }
}

/// What a view painted last.
#[derive(Debug, Default)]
pub(crate) struct PaintCache {
    last: Option<DisplayList>,
    stale: bool,
    /// The part of the document that the root's chunks show.
    interest: Option<Rect>,
}

impl PaintCache {
    /// Throws all chunks away, since something changed that all of them show.
    pub(crate) fn forget(&mut self, boxes: &mut BoxTree) {
        boxes.forget_paint();
        self.last = None;
        self.stale = true;
    }

    pub(crate) fn viewport_scrolled(&mut self) {
        self.stale = true;
    }
}

/// How far around the viewport the document is painted, in CSS px.
const MARGIN: f64 = 4000.0;
/// Scrolling this far paints again around the new place.
const STEP: f64 = 2000.0;

/// What is painted of a scrollport that shows the content from `offset` on.
/// Stays the same while the offset moves by less than a step.
fn interest(offset: Vec2, port: kurbo::Size) -> Rect {
    let base = |value: f64| (value / STEP).floor() * STEP;
    let (x, y) = (base(offset.x), base(offset.y));
    Rect::new(
        x - MARGIN,
        y - MARGIN,
        x + STEP + port.width + MARGIN,
        y + STEP + port.height + MARGIN,
    )
}

impl Formatting {
    /// Whether [`paint`](Self::paint) would give another list than last time.
    #[must_use]
    pub fn needs_paint(&self) -> bool {
        self.painter.stale
            || self.painter.last.is_none()
            || self.boxes.root.is_some_and(|root| !self.boxes.at(root).paint.valid)
    }

    /// What the document looks like. The same list as last time, without work,
    /// if nothing changed.
    pub fn paint(&mut self, tree: &Tree) -> DisplayList {
        if !self.needs_paint()
            && let Some(last) = &self.painter.last
        {
            return last.clone();
        }
        let list = self.paint_now(tree);
        self.painter.last = Some(list.clone());
        self.painter.stale = false;
        list
    }

    fn paint_now(&mut self, tree: &Tree) -> DisplayList {
        let mut out = ChunkBuilder::default();
        let Some(root) = self.boxes.root else {
            return DisplayList {
                background: self.bare_canvas(),
                viewport: self.viewport,
                root: out.finish(),
            };
        };
        let node = self.boxes.at(root).node;
        let offset = self.scroll.get(node);
        let interest = interest(offset, self.viewport);
        if self.painter.interest != Some(interest) {
            self.painter.interest = Some(interest);
            self.boxes.mark_paint(root);
            self.forget_culled(root);
        }
        let canvas = self.canvas_source(tree, root);
        let background = canvas.map_or(self.bare_canvas(), |id| {
            let style = self.boxes.at(id).style.clone();
            let color =
                color::resolve(&style.values, &style.values.get_background().background_color);
            if self.nested { color } else { color::over_white(color) }
        });
        let size = self.scrollable_size(root);
        let mut content = ChunkBuilder::default();
        let mut painter = walk::Walk { formatting: self, tree, canvas, items: 0 };
        if let Some(id) = canvas {
            painter.canvas_images(id, size, &mut content);
        }
        let fixed = painter.root(root, interest, &mut content);
        let items = painter.items;
        let limit = self.scroll_limit(root);
        let id = node.to_bits();
        out.push(Item::Layer(Box::new(Layer {
            id: LayerId(id),
            transform: kurbo::Affine::IDENTITY,
            opacity: 1.0,
            blend: peniko::BlendMode::default(),
            filters: Vec::new(),
            clip: Some(Shape::Rect(self.viewport.to_rect())),
            scroll: Some(Scroll {
                id: ScrollId(id),
                port: self.viewport.to_rect(),
                content: size,
                offset,
                x: limit.x > 0.0,
                y: limit.y > 0.0,
                painted: interest.intersect(size.to_rect()),
            }),
            content: content.finish(),
        })));
        for item in fixed {
            out.push(item);
        }
        self.counters.items_painted += items + out.len() as u64;
        DisplayList { background, viewport: self.viewport, root: out.finish() }
    }

    /// The canvas where the document has no background.
    fn bare_canvas(&self) -> peniko::Color {
        if self.nested { peniko::Color::TRANSPARENT } else { color::WHITE }
    }

    /// The box whose background covers the canvas: the root element's, or the
    /// body's if the root has none.
    /// <https://drafts.csswg.org/css-backgrounds/#special-backgrounds>
    fn canvas_source(&self, tree: &Tree, root: BoxId) -> Option<BoxId> {
        let own = self.boxes.at(root);
        if own.style.has(StyleFlags::BACKGROUND) {
            return Some(root);
        }
        let document = self.document?;
        let body = self.boxes.principal(tree.body(document)?)?;
        self.boxes.at(body).style.has(StyleFlags::BACKGROUND).then_some(body)
    }

    /// The scroll container that shows a box, its own included, by node; for
    /// the host, which scrolls by these.
    #[must_use]
    pub fn scroll_container(&self, node: NodeId) -> Option<NodeId> {
        let mut next = self.boxes.principal(node).or_else(|| match self.boxes.of(node)? {
            crate::boxes::NodeBox::Inline(id) => Some(id),
            _ => None,
        });
        while let Some(id) = next {
            let own = self.boxes.at(id);
            if own.style.has(StyleFlags::SCROLLS) && own.origin == Origin::Element
                || own.parent.is_none()
            {
                return Some(own.node);
            }
            next = own.parent;
        }
        None
    }

    /// Notes that a box was scrolled.
    pub(crate) fn repaint_scrolled(&mut self, id: BoxId, old: Vec2, new: Vec2) {
        let port = self.viewport;
        if self.boxes.root == Some(id) {
            // The root's layer moves; `paint_now` looks whether it still covers
            // what is near.
            self.painter.viewport_scrolled();
        } else {
            self.boxes.mark_paint(id);
            if interest(old, port) != interest(new, port) {
                self.forget_culled(id);
            }
        }
        self.boxes.mark_sticky();
    }

    /// Chunks that leave something out have to be made again around another
    /// place: those of long containers.
    fn forget_culled(&mut self, root: BoxId) {
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            let own = self.boxes.at(id);
            if own.children.len() >= walk::SEARCHED {
                self.boxes.mark_paint(id);
            }
            // What is long may lie in what is short, but not many levels of it
            // in what is long: rows are searched only as far as they are few.
            let own = self.boxes.at(id);
            if own.children.len() < walk::SEARCHED {
                stack.extend(own.children.iter().copied());
            }
        }
    }
}
