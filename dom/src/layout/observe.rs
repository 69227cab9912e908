//! What observers ask of layout: how large an element is, and how much of it
//! can be seen.

use kurbo::{Rect, Size};

use super::{Formatting, StyleFlags};
use crate::boxes::{BoxId, NodeBox};
use crate::tree::{NodeId, Tree};

/// The sizes that a resize observer sees.
/// <https://drafts.csswg.org/resize-observer/#calculate-box-size>
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObservedBox {
    /// The content box, from the top left of the padding box.
    pub content: Rect,
    /// The size of the border box.
    pub border: Size,
    /// Its lines run from top to bottom.
    pub vertical: bool,
}

impl Formatting {
    /// The sizes that a resize observer sees. `None` without a box of its own.
    #[must_use]
    pub fn observed_box(&self, node: NodeId) -> Option<ObservedBox> {
        let own = self.boxes.at(self.boxes.principal(node)?);
        let g = &own.geometry;
        let origin = (f64::from(g.padding.left), f64::from(g.padding.top));
        let size = Size::new(f64::from(g.content_box_width()), f64::from(g.content_box_height()));
        Some(ObservedBox {
            content: Rect::from_origin_size(origin, size),
            border: Size::new(f64::from(g.size.width), f64::from(g.size.height)),
            vertical: own.style.values.writing_mode.is_vertical(),
        })
    }

    /// The part of the viewport in which an element shows its descendants: its
    /// padding box if it clips them, else its border box.
    /// <https://w3c.github.io/IntersectionObserver/#intersectionobserver-root-intersection-rectangle>
    #[must_use]
    pub fn root_bounds(&self, tree: &Tree, node: NodeId) -> Option<Rect> {
        let Some(id) = self.boxes.principal(node) else { return self.bounding_rect(node) };
        if self.clips(tree, id) { Some(self.padding_rect(id)) } else { self.bounding_rect(node) }
    }

    fn padding_rect(&self, id: BoxId) -> Rect {
        let g = &self.boxes.at(id).geometry;
        let rect = Rect::new(
            f64::from(g.border.left),
            f64::from(g.border.top),
            f64::from(g.size.width - g.border.right),
            f64::from(g.size.height - g.border.bottom),
        );
        self.to_viewport(id).transform_rect_bbox(rect)
    }

    /// Whether a box clips what is in it. What the viewport does is not its own.
    fn clips(&self, tree: &Tree, id: BoxId) -> bool {
        self.boxes.at(id).style.has(StyleFlags::CLIPS) && !self.is_viewport_overflow(tree, id)
    }

    /// What can be seen of an element in a root's rectangle, in the viewport:
    /// clipped by every scroller and every clip between the two. It may have no
    /// area. `None` if it cannot be seen, or is not inside the root. `within` is a
    /// part of a frame's document, to ask for instead of the frame.
    /// <https://w3c.github.io/IntersectionObserver/#compute-the-intersection>
    #[must_use]
    pub fn visible_part(
        &self,
        tree: &Tree,
        node: NodeId,
        within: Option<Rect>,
        root: Option<NodeId>,
        bounds: Rect,
    ) -> Option<Rect> {
        let mut rect = self.bounding_rect(node)?;
        if let Some(within) = within {
            rect = overlap(within, rect)?;
        }
        let stop = match root {
            Some(root) => Some(self.boxes.principal(root)?),
            None => None,
        };
        let mut at = match self.boxes.of(node)? {
            NodeBox::Principal(id) => self.boxes.above(id),
            NodeBox::Inline(id) => Some(id),
            NodeBox::Contents => return None,
        };
        while let Some(id) = at {
            if Some(id) == stop {
                return overlap(rect, bounds);
            }
            if self.clips(tree, id) {
                rect = overlap(rect, self.padding_rect(id))?;
            }
            at = self.boxes.above(id);
        }
        if stop.is_some() { None } else { overlap(rect, bounds) }
    }
}

/// The overlap of two rectangles that may only touch.
fn overlap(a: Rect, b: Rect) -> Option<Rect> {
    let rect = Rect::new(a.x0.max(b.x0), a.y0.max(b.y0), a.x1.min(b.x1), a.y1.min(b.y1));
    (rect.x0 <= rect.x1 && rect.y0 <= rect.y1).then_some(rect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_touch_overlap() {
        let a = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert_eq!(
            overlap(a, Rect::new(10.0, 0.0, 20.0, 10.0)),
            Some(Rect::new(10.0, 0.0, 10.0, 10.0))
        );
        assert_eq!(overlap(a, Rect::new(11.0, 0.0, 20.0, 10.0)), None);
    }
}
