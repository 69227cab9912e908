//! What is under a point.
//!
//! Boxes are asked in the reverse of the order they are painted in, through
//! the same scroll offsets, transforms and clips ([`crate::layout`] places,
//! `paint` orders). Only boxes near the point are visited: a long block
//! container is searched.

use kurbo::{Point, Rect, Vec2};

use crate::boxes::{BoxId, BoxKind, Origin};
use crate::layout::{Formatting, LayoutStyle, Piece, StyleFlags, location};
use crate::tree::{NodeId, Tree};

/// What was hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The element, or the element that the text is in.
    pub node: NodeId,
    /// The text node, if the point is on text.
    pub text: Option<NodeId>,
    /// Byte offset in the value of a text field.
    pub field_offset: Option<usize>,
    /// The point in the coordinates of the box's border box.
    pub local: Point,
}

impl Formatting {
    /// The topmost thing at a point of the viewport that takes pointer events.
    /// The root element where nothing else is; `None` outside of the viewport.
    /// <https://drafts.csswg.org/cssom-view/#dom-document-elementfrompoint>
    #[must_use]
    pub fn hit_test(&self, tree: &Tree, point: Point) -> Option<Hit> {
        self.hit_test_behind(tree, point, &[])
    }

    /// As [`Self::hit_test`], not seeing some elements.
    fn hit_test_behind(&self, tree: &Tree, point: Point, behind: &[NodeId]) -> Option<Hit> {
        let inside = point.x >= 0.0
            && point.y >= 0.0
            && point.x < self.viewport.width
            && point.y < self.viewport.height;
        let root = self.boxes.root.filter(|_| inside)?;
        let probe = Probe { formatting: self, tree, behind };
        // What is fixed to the viewport lies over everything.
        let mut fixed: Vec<BoxId> = self
            .boxes
            .at(root)
            .hoisted
            .iter()
            .copied()
            .filter(|id| self.is_viewport_fixed(*id))
            .collect();
        fixed.sort_by_key(|id| self.viewport_order(tree, *id));
        let origin = location(&self.boxes.at(root).geometry);
        for id in fixed.into_iter().rev() {
            let local = point - origin - location(&self.boxes.at(id).geometry);
            if let Some(hit) = probe.unit(id, local) {
                return Some(hit);
            }
        }
        let local = point + self.viewport_offset() - origin;
        probe.unit(root, local).or_else(|| {
            let own = self.boxes.at(root);
            Some(Hit { node: own.node, text: None, field_offset: None, local })
        })
    }

    /// All elements at a point, topmost first, each once.
    /// <https://drafts.csswg.org/cssom-view/#dom-document-elementsfrompoint>
    #[must_use]
    pub fn hit_test_all(&self, tree: &Tree, point: Point) -> Vec<NodeId> {
        let mut found: Vec<NodeId> = Vec::new();
        // What was found is looked through for what is behind it.
        while let Some(hit) = self.hit_test_behind(tree, point, &found) {
            let node = if tree.is_element(hit.node) {
                Some(hit.node)
            } else {
                tree.parent_element(hit.node)
            };
            match node {
                Some(node) if !found.contains(&node) && found.len() < MAX_FOUND => found.push(node),
                _ => break,
            }
        }
        found
    }
}

/// More elements than this at one point are not told.
const MAX_FOUND: usize = 1000;

struct Probe<'a> {
    formatting: &'a Formatting,
    tree: &'a Tree,
    /// Elements that are looked through.
    behind: &'a [NodeId],
}

/// Positioned descendants that are asked by their stacking context.
struct Entry {
    id: BoxId,
    z: i32,
    offset: Vec2,
}

impl Probe<'_> {
    fn z(&self, id: BoxId) -> i32 {
        crate::paint::z_index(self.formatting.boxes.at(id))
    }

    fn clips(&self, id: BoxId) -> bool {
        let own = self.formatting.boxes.at(id);
        own.style.has(StyleFlags::CLIPS) && !self.formatting.is_viewport_overflow(self.tree, id)
    }

    /// Asks a box that is painted as a unit; `point` is in the coordinates of
    /// its border box, before its transform.
    fn unit(&self, id: BoxId, point: Point) -> Option<Hit> {
        let own = self.formatting.boxes.at(id);
        let point = if own.style.has(StyleFlags::TRANSFORM) {
            let transform = self.formatting.own_transform(id);
            if transform.determinant().abs() < 1e-12 {
                return None;
            }
            transform.inverse() * point
        } else {
            point
        };
        let mut entries = Vec::new();
        self.collect(id, Vec2::ZERO, &mut entries, true);
        entries.sort_by_key(|entry| entry.z);
        let inner = self.scrolled(id, point);
        let split = entries.partition_point(|entry| entry.z < 0);
        let (below, above) = entries.split_at(split);
        let inside = !self.clips(id) || self.in_shape(id, point, true);
        if inside {
            if let Some(hit) = self.entries(above, inner) {
                return Some(hit);
            }
            if let Some(hit) = self.fronts(id, inner) {
                return Some(hit);
            }
            if let Some(hit) = self.backs(id, inner) {
                return Some(hit);
            }
            if let Some(hit) = self.entries(below, inner) {
                return Some(hit);
            }
        }
        self.own(id, point)
    }

    fn entries(&self, entries: &[Entry], point: Point) -> Option<Hit> {
        entries.iter().rev().find_map(|entry| self.unit(entry.id, point - entry.offset))
    }

    /// A point in a box's coordinates as its scrolled content sees it.
    fn scrolled(&self, id: BoxId, point: Point) -> Point {
        let own = self.formatting.boxes.at(id);
        if own.origin == Origin::Element
            && self.formatting.boxes.root != Some(id)
            && own.style.has(StyleFlags::CLIPS)
        {
            point + self.formatting.scroll.get(own.node)
        } else {
            point
        }
    }

    /// The positioned descendants that the unit `id` asks itself.
    fn collect(&self, id: BoxId, offset: Vec2, entries: &mut Vec<Entry>, top: bool) {
        let boxes = &self.formatting.boxes;
        let own = boxes.at(id);
        let captures = self.clips(id) || own.style.has(StyleFlags::STACKING_CONTEXT);
        if !top && captures {
            return;
        }
        for hoisted in &own.hoisted {
            if self.formatting.is_viewport_fixed(*hoisted) {
                continue;
            }
            let Some(found) = boxes.get(*hoisted) else { continue };
            entries.push(Entry {
                id: *hoisted,
                z: self.z(*hoisted),
                offset: offset + location(&found.geometry),
            });
        }
        let items = matches!(own.kind, BoxKind::Flex | BoxKind::Grid);
        for child in &own.children {
            let found = boxes.at(*child);
            if found.style.has(StyleFlags::OUT_OF_FLOW) {
                continue;
            }
            let at = offset + location(&found.geometry) + self.formatting.sticky_offset(*child);
            let indexed = items && !found.style.values.get_position().z_index.is_auto();
            if found.style.flags.intersects(StyleFlags::POSITIONED | StyleFlags::STACKING_CONTEXT)
                || indexed
            {
                entries.push(Entry { id: *child, z: self.z(*child), offset: at });
            } else if found.paint.has_entries() {
                self.collect(*child, at, entries, false);
            }
        }
    }

    /// What is painted in front of the backgrounds in a box.
    fn fronts(&self, id: BoxId, point: Point) -> Option<Hit> {
        let boxes = &self.formatting.boxes;
        let own = boxes.at(id);
        match &own.kind {
            BoxKind::Inline(_) => return self.lines(id, point),
            BoxKind::Replaced(_) => return None,
            BoxKind::Control(_) => {
                let content = own.geometry;
                let inside = point.x >= 0.0
                    && point.x <= f64::from(content.size.width)
                    && point.y >= 0.0
                    && point.y <= f64::from(content.size.height);
                if !inside || !self.takes_events(&own.style, own.node) {
                    return None;
                }
                let offset = self.formatting.byte_at(id, point).unwrap_or(0) as usize;
                return Some(Hit {
                    node: own.node,
                    text: None,
                    field_offset: Some(offset),
                    local: point,
                });
            }
            _ => {}
        }
        let items = matches!(own.kind, BoxKind::Flex | BoxKind::Grid);
        let near = Rect::from_center_size(point, (1.0, 1.0));
        for index in self.formatting.children_near(id, near).rev() {
            let child = own.children[index];
            let Some(local) = self.in_flow(child, items, point) else { continue };
            let found = boxes.at(child);
            if items || found.style.has(StyleFlags::FLOAT) {
                if let Some(hit) = self.unit(child, local) {
                    return Some(hit);
                }
                continue;
            }
            if self.clips(child) && !self.in_shape(child, local, true) {
                continue;
            }
            if self.clips(child) {
                // It also asks the positioned content that it clips.
                let mut entries = Vec::new();
                self.collect(child, Vec2::ZERO, &mut entries, true);
                entries.sort_by_key(|entry| entry.z);
                let inner = self.scrolled(child, local);
                let hit = self
                    .entries(&entries, inner)
                    .or_else(|| self.fronts(child, inner))
                    .or_else(|| self.backs(child, inner));
                if hit.is_some() {
                    return hit;
                }
                continue;
            }
            if let Some(hit) = self.fronts(child, local) {
                return Some(hit);
            }
        }
        None
    }

    /// The blocks whose backgrounds are in a box.
    fn backs(&self, id: BoxId, point: Point) -> Option<Hit> {
        let own = self.formatting.boxes.at(id);
        if !matches!(own.kind, BoxKind::Block) {
            return None;
        }
        let near = Rect::from_center_size(point, (1.0, 1.0));
        for index in self.formatting.children_near(id, near).rev() {
            let child = own.children[index];
            let Some(local) = self.in_flow(child, false, point) else { continue };
            if self.formatting.boxes.at(child).style.has(StyleFlags::FLOAT) {
                continue;
            }
            if !self.clips(child)
                && let Some(hit) = self.backs(child, local)
            {
                return Some(hit);
            }
            if let Some(hit) = self.own(child, local) {
                return Some(hit);
            }
        }
        None
    }

    /// The point in a child's coordinates, if the child is painted in the flow.
    fn in_flow(&self, id: BoxId, item: bool, point: Point) -> Option<Point> {
        let own = self.formatting.boxes.at(id);
        let style = &own.style;
        let indexed = item && !style.values.get_position().z_index.is_auto();
        if indexed
            || style.flags.intersects(
                StyleFlags::OUT_OF_FLOW | StyleFlags::POSITIONED | StyleFlags::STACKING_CONTEXT,
            )
        {
            return None;
        }
        Some(point - location(&own.geometry))
    }

    fn lines(&self, id: BoxId, point: Point) -> Option<Hit> {
        let boxes = &self.formatting.boxes;
        let own = boxes.at(id);
        let content = own.inline()?;
        let lines = own.lines.as_ref()?;
        for child in own.children.iter().rev() {
            let found = boxes.at(*child);
            if found.style.has(StyleFlags::FLOAT)
                && let Some(local) = self.in_flow(*child, false, point)
                && let Some(hit) = self.unit(*child, local)
            {
                return Some(hit);
            }
        }
        // Pieces may stick out of their lines: atomic boxes by much, text by
        // little. Lines far away are not looked at.
        for piece in lines.pieces.iter().rev() {
            match piece {
                Piece::Atomic { id, .. } => {
                    if let Some(local) = self.in_flow(*id, false, point)
                        && let Some(hit) = self.unit(*id, local)
                    {
                        return Some(hit);
                    }
                }
                Piece::Text(piece) => {
                    let style = content.style_of(piece.span, &own.style);
                    let rect = Rect::new(
                        f64::from(piece.x),
                        f64::from(piece.baseline - piece.ascent),
                        f64::from(piece.x + piece.width),
                        f64::from(piece.baseline + piece.descent),
                    );
                    let node = piece
                        .span
                        .and_then(|span| content.spans.get(span as usize))
                        .map_or(own.node, |span| span.node);
                    if rect.contains(point) && self.takes_events(style, node) {
                        let text = self.tree.is_text(piece.node).then_some(piece.node);
                        return Some(Hit { node, text, field_offset: None, local: point });
                    }
                }
                Piece::Span(piece) => {
                    let span = content.spans.get(piece.span as usize)?;
                    let rect = Rect::new(
                        f64::from(piece.x),
                        f64::from(piece.y),
                        f64::from(piece.x + piece.width),
                        f64::from(piece.y + piece.height),
                    );
                    if rect.contains(point) && self.takes_events(&span.style, span.node) {
                        return Some(Hit {
                            node: span.node,
                            text: None,
                            field_offset: None,
                            local: point,
                        });
                    }
                }
                Piece::Ellipsis { .. } => {}
            }
        }
        None
    }

    fn takes_events(&self, style: &LayoutStyle, node: NodeId) -> bool {
        style.has(StyleFlags::VISIBLE)
            && !style.has(StyleFlags::NO_POINTER)
            && !self.tree.is_inert(node)
            && !self.behind.contains(&node)
    }

    /// The box itself.
    fn own(&self, id: BoxId, point: Point) -> Option<Hit> {
        let own = self.formatting.boxes.at(id);
        if own.origin == Origin::Anonymous
            || !self.takes_events(&own.style, own.node)
            || !self.in_shape(id, point, false)
        {
            return None;
        }
        Some(Hit { node: own.node, text: None, field_offset: None, local: point })
    }

    /// Whether a point is inside a box's border box, or padding box, with its
    /// round corners.
    fn in_shape(&self, id: BoxId, point: Point, padding_box: bool) -> bool {
        let own = self.formatting.boxes.at(id);
        let g = &own.geometry;
        let mut rect = Rect::new(0.0, 0.0, f64::from(g.size.width), f64::from(g.size.height));
        let mut radii = crate::paint::corner_radii(&own.style.values, rect);
        if padding_box {
            let b = crate::layout::insets(&g.border);
            rect = Rect::new(rect.x0 + b.x0, rect.y0 + b.y0, rect.x1 - b.x1, rect.y1 - b.y1);
            radii = radii.inset(b.x0, b.y0, b.x1, b.y1);
        }
        if !rect.contains(point) {
            return false;
        }
        radii.is_zero() || corners_contain(rect, &radii.fit(rect), point)
    }
}

/// Whether a point of `rect` is not cut off by its round corners.
fn corners_contain(rect: Rect, radii: &virga_display_list::Radii, point: Point) -> bool {
    let cut = |radius: Vec2, dx: f64, dy: f64| {
        // Distances from the two sides that meet in the corner.
        if radius.x <= 0.0 || radius.y <= 0.0 || dx >= radius.x || dy >= radius.y {
            return false;
        }
        let (x, y) = (1.0 - dx / radius.x, 1.0 - dy / radius.y);
        x * x + y * y > 1.0
    };
    let (left, top) = (point.x - rect.x0, point.y - rect.y0);
    let (right, bottom) = (rect.x1 - point.x, rect.y1 - point.y);
    !(cut(radii.top_left, left, top)
        || cut(radii.top_right, right, top)
        || cut(radii.bottom_right, right, bottom)
        || cut(radii.bottom_left, left, bottom))
}

#[cfg(test)]
mod tests;
