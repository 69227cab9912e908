//! Where boxes are, in the coordinates of the viewport.

use kurbo::{Affine, Insets, Point, Rect, Size, Vec2};

use super::{Formatting, Piece, StyleFlags};
use crate::boxes::{BoxId, NodeBox, Origin};
use crate::tree::{NodeId, Tree};

/// The sizes that CSSOM View asks of an element, in CSS px.
/// <https://drafts.csswg.org/cssom-view/#extension-to-the-element-interface>
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BoxMetrics {
    /// `offsetWidth` and `offsetHeight`, not rounded.
    pub offset_size: Size,
    /// `clientLeft` and `clientTop`.
    pub client_origin: Vec2,
    /// `clientWidth` and `clientHeight`.
    pub client_size: Size,
    /// `scrollWidth` and `scrollHeight`.
    pub scroll_size: Size,
}

/// Used values that `getComputedStyle` resolves to.
/// <https://drafts.csswg.org/cssom/#resolved-values>
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UsedValues {
    /// Of the content box, or the border box if `box-sizing` says so.
    pub size: Size,
    /// Left, top, right, bottom.
    pub margin: Insets,
    /// Left, top, right, bottom.
    pub padding: Insets,
    /// From the containing block's edges, for a box that is out of flow.
    pub inset: Option<Insets>,
    /// The size that percentages of offsets are of.
    pub containing: Size,
}

impl Formatting {
    /// The border box of an element in the viewport, transforms applied; the
    /// union of its boxes if it has several. `None` without a box.
    /// <https://drafts.csswg.org/cssom-view/#dom-element-getboundingclientrect>
    #[must_use]
    pub fn bounding_rect(&self, node: NodeId) -> Option<Rect> {
        if let Some(id) = self.boxes.principal(node) {
            return Some(self.border_box(id));
        }
        let rects = self.client_rects(node);
        let first = *rects.first()?;
        let solid =
            rects.iter().copied().filter(|rect| rect.width() != 0.0 && rect.height() != 0.0);
        Some(solid.reduce(|all, rect| all.union(rect)).unwrap_or(first))
    }

    /// The border boxes of an element, one for each line that it is on.
    #[must_use]
    pub fn client_rects(&self, node: NodeId) -> Vec<Rect> {
        match self.boxes.of(node) {
            Some(NodeBox::Principal(id)) => vec![self.border_box(id)],
            Some(NodeBox::Inline(id)) => {
                if let Some(rect) = self.break_rect(node) {
                    return vec![rect];
                }
                let mut rects = Vec::new();
                let parts = self.parts(node, id);
                let first = parts.iter().position(|id| self.shows(node, *id));
                let last = parts.iter().rposition(|id| self.shows(node, *id));
                for (index, id) in parts.iter().enumerate() {
                    if self.boxes.at(*id).inline().is_some_and(|_| {
                        self.boxes.at(*id).origin == Origin::Anonymous || parts.len() == 1
                    }) {
                        self.line_rects(node, *id, &mut rects);
                    } else if first.is_some_and(|first| first < index)
                        && last.is_some_and(|last| index < last)
                    {
                        // A block that broke it.
                        rects.push(self.border_box(*id));
                    }
                }
                rects
            }
            _ => Vec::new(),
        }
    }

    /// The boxes whose lines an inline element is on: more than one if blocks
    /// break it.
    fn parts(&self, node: NodeId, first: BoxId) -> Vec<BoxId> {
        let own = self.boxes.at(first);
        let broken = own.inline().is_some_and(|content| {
            content.spans.iter().any(|span| span.node == node && !(span.starts && span.ends))
        });
        match own.parent {
            Some(parent) if broken && own.origin == Origin::Anonymous => {
                self.boxes.at(parent).children.to_vec()
            }
            _ => vec![first],
        }
    }

    /// Whether a part of an inline element is among the lines of a box.
    fn shows(&self, node: NodeId, id: BoxId) -> bool {
        let own = self.boxes.at(id);
        own.inline().is_some_and(|content| content.spans.iter().any(|span| span.node == node))
    }

    fn line_rects(&self, node: NodeId, id: BoxId, rects: &mut Vec<Rect>) {
        let own = self.boxes.at(id);
        let (Some(content), Some(lines)) = (own.inline(), &own.lines) else { return };
        let transform = self.to_viewport(id);
        for piece in &lines.pieces {
            let rect = match piece {
                Piece::Span(piece)
                    if content.spans[piece.span as usize].node == node
                        && content.spans[piece.span as usize].origin == Origin::Element =>
                {
                    rect(piece.x, piece.y, piece.width, piece.height)
                }
                Piece::Text(piece) if piece.node == node => rect(
                    piece.x,
                    piece.baseline - piece.ascent,
                    piece.width,
                    piece.ascent + piece.descent,
                ),
                _ => continue,
            };
            rects.push(transform.transform_rect_bbox(rect));
        }
    }

    fn border_box(&self, id: BoxId) -> Rect {
        let g = &self.boxes.at(id).geometry;
        let size = Size::new(f64::from(g.size.width), f64::from(g.size.height));
        self.to_viewport(id).transform_rect_bbox(size.to_rect())
    }

    /// From a box's border box to the viewport.
    pub(crate) fn to_viewport(&self, id: BoxId) -> Affine {
        let mut transform = Affine::IDENTITY;
        let mut next = Some(id);
        while let Some(id) = next {
            let own = self.boxes.at(id);
            if own.style.has(StyleFlags::TRANSFORM) {
                transform = self.own_transform(id) * transform;
            }
            let mut offset = location(&own.geometry) + self.sticky_offset(id);
            let above = self.boxes.above(id);
            match above {
                // The viewport scrolls the root element and all but fixed boxes
                // whose containing block is the viewport itself.
                None => {
                    if !self.is_viewport_fixed(id) {
                        offset -= self.viewport_offset();
                    }
                }
                Some(above) => {
                    if Some(above) != self.boxes.root {
                        offset -= self.scroll.get(self.boxes.at(above).node)
                            * f64::from(u8::from(self.boxes.at(above).origin == Origin::Element));
                    } else if self.is_viewport_fixed(id) {
                        // Placed from the root's border box, which scrolls.
                        offset += self.viewport_offset();
                    }
                }
            }
            transform = Affine::translate(offset) * transform;
            next = above;
        }
        transform
    }

    /// A point of the viewport from the corner of an element's border box, transforms
    /// undone.
    #[must_use]
    pub fn to_local(&self, node: NodeId, point: Point) -> Option<Point> {
        let transform = self.to_viewport(self.boxes.principal(node)?);
        (transform.determinant().abs() > 1e-12).then(|| transform.inverse() * point)
    }

    /// The baseline of the first line in a box, below its top.
    pub(crate) fn first_baseline(&self, id: BoxId) -> Option<f32> {
        let own = self.boxes.at(id);
        if own.inline().is_some() {
            return own
                .lines
                .as_ref()?
                .lines
                .iter()
                .find(|line| line.height > 0.0)
                .map(|line| line.baseline);
        }
        own.children.iter().find_map(|child| {
            let found = self.boxes.at(*child);
            if found.style.flags.intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT) {
                return None;
            }
            Some(self.first_baseline(*child)? + found.geometry.location.y)
        })
    }

    /// Whether a box is fixed to the viewport, and not to an ancestor that has
    /// a transform or the like.
    pub(crate) fn is_viewport_fixed(&self, id: BoxId) -> bool {
        let Some(own) = self.boxes.get(id) else { return false };
        own.style.has(StyleFlags::FIXED)
            && own.containing.is_some()
            && self.boxes.containing_block(id) == self.boxes.root
            && self
                .boxes
                .root
                .is_some_and(|root| !self.boxes.at(root).style.has(StyleFlags::CONTAINS_FIXED))
    }

    /// The content box of an element, from the corner of its border box, before
    /// transforms.
    #[must_use]
    pub fn content_box(&self, node: NodeId) -> Option<Rect> {
        let g = &self.boxes.at(self.boxes.principal(node)?).geometry;
        let (border, padding) = (insets(&g.border), insets(&g.padding));
        let origin = Point::new(border.x0 + padding.x0, border.y0 + padding.y0);
        let size = Size::new(
            f64::from(g.content_box_width()).max(0.0),
            f64::from(g.content_box_height()).max(0.0),
        );
        Some(Rect::from_origin_size(origin, size))
    }

    /// What orders the boxes that are fixed to the viewport: those in the top
    /// layer come last, in its order.
    pub(crate) fn viewport_order(&self, tree: &Tree, id: BoxId) -> (usize, i32) {
        let own = self.boxes.at(id);
        let layer = tree.owner_document(own.node).map_or(&[][..], |d| tree.top_layer(d));
        let place = layer.iter().position(|element| *element == own.node);
        match place {
            // There `z-index` changes nothing.
            Some(place) => (place + 1, 0),
            None => (0, own.style.values.get_position().z_index.integer_or(0)),
        }
    }

    /// The sizes of an element's box. `None` without one; inline elements have
    /// only the first.
    #[must_use]
    pub fn box_metrics(&self, node: NodeId) -> Option<BoxMetrics> {
        match self.boxes.of(node)? {
            NodeBox::Principal(id) => {
                let own = self.boxes.at(id);
                let g = &own.geometry;
                let client_size = if self.boxes.root == Some(id) {
                    self.viewport
                } else {
                    Size::new(
                        f64::from(g.size.width - g.border.left - g.border.right),
                        f64::from(g.size.height - g.border.top - g.border.bottom),
                    )
                };
                Some(BoxMetrics {
                    offset_size: Size::new(f64::from(g.size.width), f64::from(g.size.height)),
                    client_origin: Vec2::new(f64::from(g.border.left), f64::from(g.border.top)),
                    client_size,
                    scroll_size: self.scrollable_size(id),
                })
            }
            NodeBox::Inline(_) => {
                let rect = self.bounding_rect(node)?;
                Some(BoxMetrics { offset_size: rect.size(), ..BoxMetrics::default() })
            }
            NodeBox::Contents => None,
        }
    }

    /// The border box of an element in the coordinates of the padding box of
    /// `ancestor`, or of the document, before transforms and scrolling.
    #[must_use]
    pub fn offset_in(&self, node: NodeId, ancestor: Option<NodeId>) -> Option<Point> {
        let stop = ancestor.and_then(|node| self.boxes.principal(node));
        let (mut id, mut point) = match self.boxes.of(node)? {
            NodeBox::Principal(id) => (id, Point::ZERO),
            NodeBox::Inline(id) => {
                let own = self.boxes.at(id);
                let content = own.inline()?;
                let first = own.lines.as_ref()?.pieces.iter().find_map(|piece| match piece {
                    Piece::Span(piece) if content.spans[piece.span as usize].node == node => {
                        Some(Point::new(f64::from(piece.x), f64::from(piece.y)))
                    }
                    _ => None,
                })?;
                (id, first)
            }
            NodeBox::Contents => return None,
        };
        loop {
            if Some(id) == stop {
                let border = &self.boxes.at(id).geometry.border;
                return Some(point - Vec2::new(f64::from(border.left), f64::from(border.top)));
            }
            let own = self.boxes.at(id);
            point += location(&own.geometry);
            let above = self.boxes.above(id);
            match above {
                Some(above) => id = above,
                None => return Some(point),
            }
        }
    }

    /// The element that `offsetParent` names: the nearest ancestor box that is
    /// positioned, or the body. `None` for a fixed or boxless element.
    #[must_use]
    pub fn offset_parent(&self, node: NodeId, body: Option<NodeId>) -> Option<NodeId> {
        let mut id = match self.boxes.of(node)? {
            NodeBox::Principal(id) => {
                let own = self.boxes.at(id);
                if own.style.has(StyleFlags::FIXED) || Some(node) == body || own.parent.is_none() {
                    return None;
                }
                own.parent?
            }
            NodeBox::Inline(id) => id,
            NodeBox::Contents => return None,
        };
        loop {
            let own = self.boxes.at(id);
            if own.origin == Origin::Element
                && (own
                    .style
                    .flags
                    .intersects(StyleFlags::POSITIONED | StyleFlags::CONTAINS_ABSOLUTE)
                    || Some(own.node) == body)
            {
                return Some(own.node);
            }
            id = own.parent?;
        }
    }

    /// Used sizes, margins, paddings and offsets of an element. `None` without a
    /// box of its own: then computed values are the answer.
    #[must_use]
    pub fn used_values(&self, node: NodeId) -> Option<UsedValues> {
        let id = self.boxes.principal(node)?;
        let own = self.boxes.at(id);
        let g = &own.geometry;
        let full = Size::new(f64::from(g.size.width), f64::from(g.size.height));
        let size = if own.style.taffy.box_sizing == taffy::BoxSizing::BorderBox {
            full
        } else {
            Size::new(f64::from(g.content_box_width()), f64::from(g.content_box_height()))
        };
        let mut containing = self.offset_basis(id);
        let inset = own.style.has(StyleFlags::OUT_OF_FLOW).then(|| {
            let (origin, area) = match self.boxes.containing_block(id) {
                Some(containing) if !self.is_viewport_fixed(id) => {
                    let c = &self.boxes.at(containing).geometry;
                    (
                        Vec2::new(f64::from(c.border.left), f64::from(c.border.top)),
                        Size::new(
                            f64::from(c.size.width - c.border.left - c.border.right),
                            f64::from(c.size.height - c.border.top - c.border.bottom),
                        ),
                    )
                }
                _ => (Vec2::ZERO, self.viewport),
            };
            containing = area;
            let place = location(g) - origin;
            let margin = insets(&g.margin);
            Insets::new(
                place.x - margin.x0,
                place.y - margin.y0,
                area.width - place.x - full.width - margin.x1,
                area.height - place.y - full.height - margin.y1,
            )
        });
        let (margin, padding) = (insets(&g.margin), insets(&g.padding));
        Some(UsedValues { size, margin, padding, inset, containing })
    }

    /// What percentages of the offsets of a box in flow are of: the content box
    /// around it, or what a sticky box sticks to.
    fn offset_basis(&self, id: BoxId) -> Size {
        let sticky = self.boxes.at(id).style.has(StyleFlags::STICKY);
        let mut next = self.boxes.at(id).parent;
        while let Some(above) = next {
            let own = self.boxes.at(above);
            if sticky && own.style.has(StyleFlags::CLIPS) && own.parent.is_some() {
                let g = &own.geometry;
                return Size::new(
                    f64::from(g.size.width - g.border.left - g.border.right),
                    f64::from(g.size.height - g.border.top - g.border.bottom),
                );
            }
            if !sticky {
                let g = &own.geometry;
                return Size::new(
                    f64::from(g.content_box_width()),
                    f64::from(g.content_box_height()),
                );
            }
            next = own.parent;
        }
        self.viewport
    }
}

pub(crate) fn insets(rect: &taffy::Rect<f32>) -> Insets {
    Insets::new(
        f64::from(rect.left),
        f64::from(rect.top),
        f64::from(rect.right),
        f64::from(rect.bottom),
    )
}

/// Where a box is in its parent.
pub(crate) fn location(layout: &taffy::Layout) -> Vec2 {
    Vec2::new(f64::from(layout.location.x), f64::from(layout.location.y))
}

pub(crate) fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
    let (x, y) = (f64::from(x), f64::from(y));
    Rect::new(x, y, x + f64::from(width), y + f64::from(height))
}
