//! The order in which boxes are painted.
//! <https://drafts.csswg.org/css2/#painting-order>
//!
//! A block in the flow paints in two parts: the backgrounds of it and of the
//! blocks in it ([`PaintState::back`]), and everything else, floats first. Its
//! parent puts the parts of its children in the same order. What is positioned,
//! or a stacking context, is not painted where it is met but handed up as an
//! [`Entry`], until a stacking context paints all its entries by `z-index`.
//!
//! A box that clips or scrolls its overflow also paints the entries in it
//! itself, so that they are clipped and scrolled with it. (Where positioned
//! content of two clipped siblings overlaps, their order can differ from CSS's.)

use std::rc::Rc;
use std::sync::Arc;

use kurbo::{Affine, Insets, Point, Rect, Size, Vec2};
use style::computed_values::mix_blend_mode::T as MixBlendMode;
use style::values::computed::{Appearance, Image};
use virga_display_list::{
    Chunk, ChunkBuilder, Group, Item, Layer, LayerId, Scroll, ScrollId, Shape,
};

use super::decorate::Decorated;
use super::{ChildOrder, color, effects, interest};
use crate::boxes::{BoxId, BoxKind, LayoutBox, Marks, Origin};
use crate::layout::{Formatting, LayoutStyle, StyleFlags, insets, location};
use crate::tree::Tree;

/// Containers with at least this many children are searched, not visited.
pub(super) const SEARCHED: usize = 64;

/// Something that the nearest stacking context paints.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: BoxId,
    pub(crate) z: i32,
    /// From the border box of the box that holds the entry, not snapped.
    pub(crate) offset: Vec2,
}

/// One painting of a document.
pub(super) struct Walk<'a> {
    pub(super) formatting: &'a mut Formatting,
    pub(super) tree: &'a Tree,
    /// The box whose background is the canvas's.
    pub(super) canvas: Option<BoxId>,
    /// Items made.
    pub(super) items: u64,
}

/// What is in a box, by painting order.
#[derive(Default)]
pub(super) struct Contents {
    backs: ChunkBuilder,
    floats: ChunkBuilder,
    pub(super) fronts: ChunkBuilder,
    pub(super) entries: Vec<Entry>,
}

impl Walk<'_> {
    pub(super) fn scale(&self) -> f64 {
        self.formatting.scale
    }

    pub(super) fn snap(&self, value: f64) -> f64 {
        let scale = self.scale();
        (value * scale).round() / scale
    }

    /// Splits a position into a snapped one and the rest.
    pub(super) fn split(&self, position: Vec2) -> (Vec2, Vec2) {
        let snapped = Vec2::new(self.snap(position.x), self.snap(position.y));
        // Rests that differ by less than a 64th of a px paint alike.
        let quantize = |value: f64| (value * 64.0).round() / 64.0;
        let rest = position - snapped;
        (snapped, Vec2::new(quantize(rest.x), quantize(rest.y)))
    }

    /// Paints the document into `out`; gives what is fixed to the viewport.
    pub(super) fn root(
        &mut self,
        root: BoxId,
        interest: Rect,
        out: &mut ChunkBuilder,
    ) -> Vec<Item> {
        let position = location(&self.formatting.boxes.at(root).geometry);
        let (snapped, fraction) = self.split(position);
        let chunk = self.unit(root, fraction, interest - position);
        push_chunk(out, snapped, chunk);
        let mut fixed: Vec<_> = self
            .formatting
            .boxes
            .at(root)
            .hoisted
            .iter()
            .copied()
            .filter(|id| self.formatting.is_viewport_fixed(*id))
            .collect();
        fixed.sort_by_key(|id| self.formatting.viewport_order(self.tree, *id));
        let mut items = Vec::new();
        for id in fixed {
            let position = position + location(&self.formatting.boxes.at(id).geometry);
            let (snapped, fraction) = self.split(position);
            let near = interest_of_everything();
            let chunk = self.unit(id, fraction, near);
            if !chunk.items().is_empty() {
                items.push(Item::Chunk { offset: snapped, chunk });
            }
        }
        items
    }

    /// Images of the background that covers the canvas.
    pub(super) fn canvas_images(&mut self, id: BoxId, size: Size, out: &mut ChunkBuilder) {
        let own = self.formatting.boxes.at(id);
        let style = own.style.clone();
        let root_box = {
            let root =
                self.formatting.boxes.root.map(|root| self.formatting.boxes.at(root).geometry);
            root.map_or(size.to_rect(), |g| {
                Rect::from_origin_size(
                    Point::new(f64::from(g.location.x), f64::from(g.location.y)),
                    Size::new(f64::from(g.size.width), f64::from(g.size.height)),
                )
            })
        };
        let decorated = Decorated {
            style: &style,
            border_box: root_box,
            border: Insets::ZERO,
            padding: Insets::ZERO,
            images: &self.formatting.backgrounds,
            bare: false,
        };
        let layers = &style.values.get_background().background_image.0;
        for (index, image) in layers.iter().enumerate().rev() {
            if !matches!(image, Image::None) {
                decorated.image_layer(index, image, root_box, Shape::Rect(size.to_rect()), out);
            }
        }
    }

    /// Whether a box clips its overflow. That of the root element, or else of
    /// the body, is the viewport's.
    fn clips(&self, id: BoxId) -> bool {
        let own = self.formatting.boxes.at(id);
        own.style.has(StyleFlags::CLIPS) && !self.formatting.is_viewport_overflow(self.tree, id)
    }

    /// Paints a box with all that is in it as one chunk.
    pub(super) fn unit(&mut self, id: BoxId, fraction: Vec2, near: Rect) -> Arc<Chunk> {
        let state = &self.formatting.boxes.at(id).paint;
        if state.valid
            && state.fraction == fraction
            && state.back.is_none()
            && let Some(front) = &state.front
        {
            return front.clone();
        }
        let own = self.formatting.boxes.at(id);
        let style = own.style.clone();
        let is_root = self.formatting.boxes.root == Some(id);
        let clips = self.clips(id);
        let scrolls = clips && style.has(StyleFlags::SCROLLS);
        let captures = is_root || clips || style.has(StyleFlags::STACKING_CONTEXT);
        let node = own.node;
        let near_inside = if scrolls {
            interest(self.formatting.scroll.get(node), self.padding_size(id))
        } else {
            near
        };
        let mut contents = self.contents(id, fraction, near_inside);
        let mut inner = ChunkBuilder::default();
        let mut escaping = Vec::new();
        let mut entries = std::mem::take(&mut contents.entries);
        if captures {
            entries.sort_by_key(|entry| entry.z);
            let cull = (is_root || scrolls).then_some(near_inside);
            let split = entries.partition_point(|entry| entry.z < 0);
            let above = entries.split_off(split);
            self.entries(&entries, fraction, near_inside, cull, &mut inner);
            inner.append(contents.backs);
            inner.append(contents.floats);
            inner.append(contents.fronts);
            self.entries(&above, fraction, near_inside, cull, &mut inner);
        } else {
            inner.append(contents.backs);
            inner.append(contents.floats);
            inner.append(contents.fronts);
            escaping = entries;
        }
        let mut out = ChunkBuilder::default();
        self.decorate(id, &style, fraction, &mut out);
        if clips {
            if let Some(item) = self.clip(id, &style, fraction, scrolls, inner) {
                out.push(item);
            }
        } else {
            out.append(inner);
        }
        self.outline(id, &style, fraction, &mut out);
        let out = self.with_effects(id, &style, out);
        self.items += out.len() as u64;
        let chunk = out.finish();
        let own = self.formatting.boxes.at_mut(id);
        own.paint.valid = true;
        own.paint.fraction = fraction;
        own.paint.back = None;
        own.paint.front = Some(chunk.clone());
        own.paint.entries = (!escaping.is_empty()).then(|| escaping.into());
        chunk
    }

    /// Paints a block in the flow, in two parts.
    fn flow(&mut self, id: BoxId, fraction: Vec2, near: Rect) {
        let state = &self.formatting.boxes.at(id).paint;
        if state.valid
            && state.fraction == fraction
            && (state.back.is_some() || state.front.is_none())
        {
            return;
        }
        let style = self.formatting.boxes.at(id).style.clone();
        let clips = self.clips(id);
        let contents = if clips {
            // Its own background is below, its content above what is beside it.
            let scrolls = style.has(StyleFlags::SCROLLS);
            let node = self.formatting.boxes.at(id).node;
            let near = if scrolls {
                interest(self.formatting.scroll.get(node), self.padding_size(id))
            } else {
                near
            };
            let mut contents = self.contents(id, fraction, near);
            let mut entries = std::mem::take(&mut contents.entries);
            entries.sort_by_key(|entry| entry.z);
            let split = entries.partition_point(|entry| entry.z < 0);
            let above = entries.split_off(split);
            let cull = scrolls.then_some(near);
            let mut inner = ChunkBuilder::default();
            self.entries(&entries, fraction, near, cull, &mut inner);
            inner.append(contents.backs);
            inner.append(contents.floats);
            inner.append(contents.fronts);
            self.entries(&above, fraction, near, cull, &mut inner);
            let mut clipped = Contents::default();
            if let Some(item) = self.clip(id, &style, fraction, scrolls, inner) {
                clipped.fronts.push(item);
            }
            clipped
        } else {
            self.contents(id, fraction, near)
        };
        let mut back = ChunkBuilder::default();
        self.decorate(id, &style, fraction, &mut back);
        back.append(contents.backs);
        let mut front = contents.floats;
        front.append(contents.fronts);
        self.outline(id, &style, fraction, &mut front);
        self.items += (back.len() + front.len()) as u64;
        let own = self.formatting.boxes.at_mut(id);
        own.paint.valid = true;
        own.paint.fraction = fraction;
        // An empty back marks that it was painted in two parts.
        own.paint.back = Some(back.finish());
        own.paint.front = (!front.is_empty()).then(|| front.finish());
        own.paint.entries = (!contents.entries.is_empty()).then(|| contents.entries.into());
    }

    /// Paints entries of a stacking context, in order.
    fn entries(
        &mut self,
        entries: &[Entry],
        fraction: Vec2,
        near: Rect,
        cull: Option<Rect>,
        out: &mut ChunkBuilder,
    ) {
        for entry in entries {
            if let Some(near) = cull
                && !self.reach(entry.id).is_some_and(|reach| (reach + entry.offset).overlaps(near))
            {
                continue;
            }
            let (snapped, rest) = self.split(fraction + entry.offset);
            let chunk = self.unit(entry.id, rest, near - entry.offset);
            push_chunk(out, snapped, chunk);
        }
    }

    /// The area that a box and its overflow may cover, transforms aside.
    fn reach(&self, id: BoxId) -> Option<Rect> {
        let own = self.formatting.boxes.get(id)?;
        let g = &own.geometry;
        if own.style.has(StyleFlags::TRANSFORM) {
            return Some(interest_of_everything());
        }
        let o = &g.scrollable_overflow_rect;
        let rect = Rect::new(
            f64::from(o.left.min(0.0)),
            f64::from(o.top.min(0.0)),
            f64::from(g.size.width.max(o.right + g.border.left)),
            f64::from(g.size.height.max(o.bottom + g.border.top)),
        );
        // Shadows and outlines are seldom larger.
        Some(rect.inflate(200.0, 200.0))
    }

    fn contents(&mut self, id: BoxId, fraction: Vec2, near: Rect) -> Contents {
        let mut contents = Contents::default();
        let own = self.formatting.boxes.at(id);
        let is_root = self.formatting.boxes.root == Some(id);
        for hoisted in &own.hoisted {
            let Some(found) = self.formatting.boxes.get(*hoisted) else { continue };
            if is_root && self.formatting.is_viewport_fixed(*hoisted) {
                continue;
            }
            contents.entries.push(Entry {
                id: *hoisted,
                z: z_index(found),
                offset: location(&found.geometry),
            });
        }
        match &own.kind {
            BoxKind::Inline(_) => self.lines(id, fraction, near, &mut contents),
            BoxKind::Replaced(_) => self.replaced(id, fraction, &mut contents.fronts),
            BoxKind::Control(_) => self.control(id, fraction, &mut contents.fronts),
            BoxKind::Block | BoxKind::Flex | BoxKind::Grid => {
                let items = !matches!(own.kind, BoxKind::Block);
                self.note_order(id);
                for index in self.formatting.children_near(id, near) {
                    let child = self.formatting.boxes.at(id).children[index];
                    self.child(child, fraction, near, items, &mut contents);
                }
            }
        }
        self.marker(id, fraction, &mut contents.fronts);
        contents
    }

    /// Paints a box-level child, or hands it up.
    pub(super) fn child(
        &mut self,
        id: BoxId,
        fraction: Vec2,
        near: Rect,
        item: bool,
        out: &mut Contents,
    ) {
        let own = self.formatting.boxes.at(id);
        let style = own.style.clone();
        if style.has(StyleFlags::OUT_OF_FLOW) {
            return;
        }
        let offset = location(&own.geometry) + self.formatting.sticky_offset(id);
        let indexed = item && !style.values.get_position().z_index.is_auto();
        if style.flags.intersects(StyleFlags::POSITIONED | StyleFlags::STACKING_CONTEXT) || indexed
        {
            out.entries.push(Entry { id, z: z_index(own), offset });
            return;
        }
        let (snapped, rest) = self.split(fraction + offset);
        let inner_near = near - offset;
        if item || style.has(StyleFlags::FLOAT) {
            let chunk = self.unit(id, rest, inner_near);
            let target = if item { &mut out.fronts } else { &mut out.floats };
            push_chunk(target, snapped, chunk);
        } else {
            self.flow(id, rest, inner_near);
            let state = &self.formatting.boxes.at(id).paint;
            if let Some(back) = &state.back {
                push_chunk(&mut out.backs, snapped, back.clone());
            }
            if let Some(front) = &state.front {
                push_chunk(&mut out.fronts, snapped, front.clone());
            }
        }
        self.hand_up(id, offset, out);
    }

    pub(super) fn hand_up(&self, id: BoxId, offset: Vec2, out: &mut Contents) {
        if let Some(entries) = &self.formatting.boxes.at(id).paint.entries {
            let moved = entries
                .iter()
                .map(|entry| Entry { offset: entry.offset + offset, ..entry.clone() });
            out.entries.extend(moved);
        }
    }

    /// Looks at the order of a long container's children, once per layout.
    fn note_order(&mut self, id: BoxId) {
        let own = self.formatting.boxes.at(id);
        if own.children.len() >= SEARCHED && own.paint.order.is_none() {
            let order = self.formatting.look_at_order(id);
            self.formatting.boxes.at_mut(id).paint.order = Some(order);
        }
    }

    pub(super) fn boxes_of(&self, id: BoxId, fraction: Vec2) -> (Rect, Insets, Insets) {
        let g = &self.formatting.boxes.at(id).geometry;
        let border_box = Rect::new(
            0.0,
            0.0,
            self.snap(fraction.x + f64::from(g.size.width)),
            self.snap(fraction.y + f64::from(g.size.height)),
        );
        // A border that is there is at least one device px wide, and whole.
        let scale = self.scale();
        let whole =
            |value: f64| if value <= 0.0 { 0.0 } else { (value * scale).floor().max(1.0) / scale };
        let b = insets(&g.border);
        let border = Insets::new(whole(b.x0), whole(b.y0), whole(b.x1), whole(b.y1));
        (border_box, border, insets(&g.padding))
    }

    fn padding_size(&self, id: BoxId) -> Size {
        let g = &self.formatting.boxes.at(id).geometry;
        Size::new(
            f64::from(g.size.width - g.border.left - g.border.right),
            f64::from(g.size.height - g.border.top - g.border.bottom),
        )
    }

    fn decorate(&self, id: BoxId, style: &Rc<LayoutStyle>, fraction: Vec2, out: &mut ChunkBuilder) {
        let own = self.formatting.boxes.at(id);
        let native = own.style.values.get_box().appearance != Appearance::None;
        let is_toggle =
            native && matches!(&own.kind, BoxKind::Replaced(replaced) if replaced.toggle.is_some());
        if own.origin == Origin::Anonymous || is_toggle {
            return;
        }
        let (border_box, border, padding) = self.boxes_of(id, fraction);
        Decorated {
            style,
            border_box,
            border,
            padding,
            images: &self.formatting.backgrounds,
            bare: self.canvas == Some(id),
        }
        .paint(out);
        let is_menu = matches!(&own.kind, BoxKind::Inline(content) if content.floor.is_some());
        if native && is_menu && style.has(StyleFlags::VISIBLE) {
            let inside = super::decorate::shrink(border_box, border);
            let color = super::content::text_color(style);
            super::control::arrow(inside, style.has(StyleFlags::RTL), color, out);
        }
    }

    fn outline(&self, id: BoxId, style: &Rc<LayoutStyle>, fraction: Vec2, out: &mut ChunkBuilder) {
        if !style.has(StyleFlags::OUTLINE)
            || self.formatting.boxes.at(id).origin == Origin::Anonymous
        {
            return;
        }
        let (border_box, border, padding) = self.boxes_of(id, fraction);
        let images = &self.formatting.backgrounds;
        Decorated { style, border_box, border, padding, images, bare: false }.outline(out);
    }

    /// The content of a box that clips it, and scrolls it if it can.
    fn clip(
        &mut self,
        id: BoxId,
        style: &Rc<LayoutStyle>,
        fraction: Vec2,
        scrolls: bool,
        inner: ChunkBuilder,
    ) -> Option<Item> {
        if inner.is_empty() && !scrolls {
            return None;
        }
        let (border_box, border, padding) = self.boxes_of(id, fraction);
        let images = &self.formatting.backgrounds;
        let decorated = Decorated { style, border_box, border, padding, images, bare: false };
        let clip = decorated.overflow_shape();
        let port = decorated.padding_box();
        self.items += inner.len() as u64;
        let content = inner.finish();
        let own = self.formatting.boxes.at(id);
        let node = own.node;
        let offset = self.formatting.scroll.get(node);
        if !scrolls || own.origin != Origin::Element {
            // Scripts scroll what only hides its overflow, too.
            let content = if offset == Vec2::ZERO {
                content
            } else {
                let mut moved = ChunkBuilder::default();
                moved.push(Item::Chunk { offset: -offset, chunk: content });
                moved.finish()
            };
            return Some(Item::Clip { shape: clip, content });
        }
        let limit = self.formatting.scroll_limit(id);
        let size = self.formatting.scrollable_size(id);
        let near = interest(offset, self.padding_size(id));
        let user = |value: style::values::computed::Overflow| {
            matches!(
                value,
                style::values::computed::Overflow::Auto | style::values::computed::Overflow::Scroll
            )
        };
        let b = style.values.get_box();
        Some(Item::Layer(Box::new(Layer {
            id: LayerId(node.to_bits()),
            transform: Affine::IDENTITY,
            opacity: 1.0,
            blend: peniko::BlendMode::default(),
            filters: Vec::new(),
            clip: Some(clip),
            scroll: Some(Scroll {
                id: ScrollId(node.to_bits()),
                port,
                content: size,
                offset,
                x: limit.x > 0.0 && user(b.overflow_x),
                y: limit.y > 0.0 && user(b.overflow_y),
                painted: near.intersect(size.to_rect()),
            }),
            content,
        })))
    }

    /// Wraps a box into what its transform, opacity and filters make of it.
    fn with_effects(
        &self,
        id: BoxId,
        style: &Rc<LayoutStyle>,
        content: ChunkBuilder,
    ) -> ChunkBuilder {
        let changed = style.flags.intersects(StyleFlags::TRANSFORM | StyleFlags::EFFECTS);
        let layer = style.has(StyleFlags::WILL_CHANGE);
        if content.is_empty() || !(changed || layer) {
            return content;
        }
        let own = self.formatting.boxes.at(id);
        let transform = self.formatting.own_transform(id);
        let e = style.values.get_effects();
        let opacity = e.opacity.clamp(0.0, 1.0);
        let blend = if e.mix_blend_mode == MixBlendMode::Normal {
            peniko::BlendMode::default()
        } else {
            color::blend(e.mix_blend_mode)
        };
        let filters = effects::filters(&style.values);
        let content = content.finish();
        let mut out = ChunkBuilder::default();
        out.push(if layer && own.origin == Origin::Element {
            Item::Layer(Box::new(Layer {
                // A scroll container's layer has the plain number.
                id: LayerId(own.node.to_bits() | 1 << 63),
                transform,
                opacity,
                blend,
                filters,
                clip: None,
                scroll: None,
                content,
            }))
        } else {
            Item::Group(Box::new(Group { transform, opacity, blend, filters, content }))
        });
        out
    }
}

impl Formatting {
    /// Indices of the children of a box that may lie in `near`.
    pub(crate) fn children_near(&self, id: BoxId, near: Rect) -> std::ops::Range<usize> {
        let own = self.boxes.at(id);
        let all = 0..own.children.len();
        let Some(order) = own.paint.order.filter(|order| order.sorted) else { return all };
        let top = near.y0 - f64::from(order.below);
        let bottom = near.y1 + f64::from(order.above);
        let start = own.children.partition_point(|child| {
            let g = &self.boxes.at(*child).geometry;
            f64::from(g.location.y + g.size.height) < top
        });
        let end = own.children.partition_point(|child| {
            f64::from(self.boxes.at(*child).geometry.location.y) <= bottom
        });
        start..end.max(start)
    }

    fn look_at_order(&self, id: BoxId) -> ChildOrder {
        let mut order = ChildOrder { sorted: true, above: 0.0, below: 0.0 };
        let (mut top, mut bottom) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
        for child in &self.boxes.at(id).children {
            let child = self.boxes.at(*child);
            let elsewhere = StyleFlags::OUT_OF_FLOW | StyleFlags::STICKY | StyleFlags::TRANSFORM;
            let g = &child.geometry;
            let end = g.location.y + g.size.height;
            if child.style.flags.intersects(elsewhere) || g.location.y < top || end < bottom {
                order.sorted = false;
                return order;
            }
            (top, bottom) = (g.location.y, end);
            let reach = &g.scrollable_overflow_rect;
            order.above = order.above.max(-reach.top);
            order.below = order.below.max(reach.bottom - g.size.height);
        }
        order
    }
}

/// An area that nothing lies outside of.
fn interest_of_everything() -> Rect {
    Rect::new(-1e9, -1e9, 1e9, 1e9)
}

pub(super) fn push_chunk(out: &mut ChunkBuilder, offset: Vec2, chunk: Arc<Chunk>) {
    if !chunk.items().is_empty() {
        out.push(Item::Chunk { offset, chunk });
    }
}

/// What orders a box in its stacking context. The top layer is above all of it.
pub(crate) fn z_index(own: &LayoutBox) -> i32 {
    if own.marks.contains(Marks::TOP) {
        return i32::MAX;
    }
    own.style.values.get_position().z_index.integer_or(0)
}
