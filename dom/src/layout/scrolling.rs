//! Scroll offsets, and how far they can go.

use kurbo::{Size, Vec2};
use rustc_hash::FxHashMap;

use super::{Formatting, StyleFlags};
use crate::boxes::BoxId;
use crate::tree::{NodeId, Tree};

/// Scroll offsets of a view, by the element that scrolls; that of the viewport
/// belongs to the root element.
#[derive(Debug, Default)]
pub(crate) struct ScrollState {
    offsets: FxHashMap<NodeId, Vec2>,
}

impl ScrollState {
    pub(crate) fn get(&self, node: NodeId) -> Vec2 {
        self.offsets.get(&node).copied().unwrap_or(Vec2::ZERO)
    }

    pub(crate) fn forget(&mut self, node: NodeId) {
        self.offsets.remove(&node);
    }
}

impl Formatting {
    /// The element that stands for the viewport.
    fn root_node(&self) -> Option<NodeId> {
        self.boxes.root.map(|root| self.boxes.at(root).node)
    }

    /// How far an element is scrolled; the root element's offset is the
    /// viewport's. CSS px.
    #[must_use]
    pub fn scroll_offset(&self, node: NodeId) -> Vec2 {
        self.scroll.get(node)
    }

    /// Scrolls an element, as far as it goes. Says whether it moved.
    pub fn set_scroll_offset(&mut self, node: NodeId, offset: Vec2) -> bool {
        let Some(id) = self.boxes.principal(node) else { return false };
        let limit = self.scroll_limit(id);
        let clamp =
            |value: f64, limit: f64| if value.is_nan() { 0.0 } else { value.clamp(0.0, limit) };
        let offset = Vec2::new(clamp(offset.x, limit.x), clamp(offset.y, limit.y));
        if self.scroll.get(node) == offset {
            return false;
        }
        let old = self.scroll.offsets.insert(node, offset).unwrap_or(Vec2::ZERO);
        self.repaint_scrolled(id, old, offset);
        true
    }

    /// Whether the overflow of a box is the viewport's: that of the root
    /// element, or of the body if the root element leaves it visible.
    /// <https://drafts.csswg.org/css-overflow/#overflow-propagation>
    pub(crate) fn is_viewport_overflow(&self, tree: &Tree, id: BoxId) -> bool {
        let Some(root) = self.boxes.root else { return false };
        if id == root {
            return true;
        }
        self.boxes.at(id).parent == Some(root)
            && !self.boxes.at(root).style.has(StyleFlags::CLIPS)
            && self.document.and_then(|document| tree.body(document))
                == Some(self.boxes.at(id).node)
    }

    /// The size of what can be scrolled to, from the scroll origin.
    #[must_use]
    pub fn scroll_size(&self, node: NodeId) -> Option<Size> {
        let id = self.boxes.principal(node)?;
        Some(self.scrollable_size(id))
    }

    pub(crate) fn scrollable_size(&self, id: BoxId) -> Size {
        let own = self.boxes.at(id);
        let g = &own.geometry;
        let (right, bottom) = (
            f64::from(g.scrollable_overflow_rect.right),
            f64::from(g.scrollable_overflow_rect.bottom),
        );
        if self.boxes.root == Some(id) {
            // The viewport scrolls over the root element's margin box and all
            // that sticks out of it.
            let width = f64::from(
                g.location.x
                    + g.size.width.max(g.border.left + g.scrollable_overflow_rect.right)
                    + g.margin.right,
            );
            let height = f64::from(
                g.location.y
                    + g.size.height.max(g.border.top + g.scrollable_overflow_rect.bottom)
                    + g.margin.bottom,
            );
            return Size::new(width.max(self.viewport.width), height.max(self.viewport.height));
        }
        let padding_box = self.padding_size(id);
        Size::new(right.max(padding_box.width), bottom.max(padding_box.height))
    }

    fn padding_size(&self, id: BoxId) -> Size {
        let g = &self.boxes.at(id).geometry;
        Size::new(
            f64::from(g.size.width - g.border.left - g.border.right),
            f64::from(g.size.height - g.border.top - g.border.bottom),
        )
    }

    /// The largest offset.
    pub(crate) fn scroll_limit(&self, id: BoxId) -> Vec2 {
        let size = self.scrollable_size(id);
        let port = if self.boxes.root == Some(id) {
            self.viewport
        } else if self.boxes.at(id).style.has(StyleFlags::CLIPS) {
            self.padding_size(id)
        } else {
            return Vec2::ZERO;
        };
        // Less than a px cannot be seen and comes from sums of floats.
        let over =
            |content: f64, port: f64| if content - port < 0.5 { 0.0 } else { content - port };
        Vec2::new(over(size.width, port.width), over(size.height, port.height))
    }

    /// Brings offsets back into what is there to scroll after a layout.
    pub(crate) fn clamp_scroll_offsets(&mut self) {
        let nodes: Vec<_> = self.scroll.offsets.keys().copied().collect();
        for node in nodes {
            let Some(id) = self.boxes.principal(node) else { continue };
            let limit = self.scroll_limit(id);
            let old = self.scroll.get(node);
            let new = Vec2::new(old.x.min(limit.x), old.y.min(limit.y));
            if new != old {
                self.scroll.offsets.insert(node, new);
                self.boxes.mark_paint(id);
            }
        }
    }

    /// How far the viewport is scrolled.
    #[must_use]
    pub fn viewport_offset(&self) -> Vec2 {
        self.root_node().map_or(Vec2::ZERO, |node| self.scroll.get(node))
    }
}
