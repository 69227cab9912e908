//! Places in text fields: from a point to a byte of what a field shows, and back.

use kurbo::{Point, Rect, Vec2};

use super::Formatting;
use crate::boxes::{BoxId, BoxKind};
use crate::tree::NodeId;

impl Formatting {
    fn field_box(&self, node: NodeId) -> Option<BoxId> {
        let id = self.boxes.principal(node)?;
        matches!(self.boxes.at(id).kind, BoxKind::Control(_)).then_some(id)
    }

    /// How far the text of a field of one line is moved to the left, so that its
    /// caret is to be seen. One of several lines scrolls.
    pub(crate) fn field_shift(&self, id: BoxId) -> f32 {
        let own = self.boxes.at(id);
        let BoxKind::Control(field) = &own.kind else { return 0.0 };
        let Some(caret) = field.caret.filter(|_| !field.placeholder && !field.multiline) else {
            return 0.0;
        };
        let Some((x, _, _)) = self.caret_in(id, caret) else { return 0.0 };
        let g = &own.geometry;
        let visible = g.border.left + g.padding.left + g.content_box_width();
        // A px for the caret itself.
        (x + 1.0 - visible).max(0.0)
    }

    /// From the field's border box to its text.
    fn field_scroll(&self, node: NodeId, id: BoxId) -> Vec2 {
        let multiline =
            matches!(&self.boxes.at(id).kind, BoxKind::Control(field) if field.multiline);
        if multiline {
            return self.scroll_offset(node);
        }
        Vec2::new(self.field_shift(id).into(), 0.0)
    }

    /// The byte of what a field shows that is nearest to a point of the viewport.
    pub(crate) fn field_offset(&self, node: NodeId, point: Point) -> Option<u32> {
        let id = self.field_box(node)?;
        let transform = self.to_viewport(id);
        if transform.determinant().abs() < 1e-12 {
            return None;
        }
        let local = transform.inverse() * point;
        Some(self.byte_at(id, local + self.field_scroll(node, id)).unwrap_or(0))
    }

    /// The caret before a byte of what a field shows, in the field's border box.
    pub(crate) fn field_caret(&self, node: NodeId, at: u32) -> Option<Rect> {
        let id = self.field_box(node)?;
        let (x, top, bottom) = self.caret_in(id, at)?;
        let caret = Rect::new(x.into(), top.into(), f64::from(x) + 1.0, bottom.into());
        Some(caret - self.field_scroll(node, id))
    }

    /// The byte above or below a caret, in the same column; `None` on the first or
    /// last line.
    pub(crate) fn field_line_move(&self, node: NodeId, at: u32, down: bool) -> Option<u32> {
        let id = self.field_box(node)?;
        let (x, top, bottom) = self.caret_in(id, at)?;
        let lines = self.boxes.at(id).lines.as_ref()?;
        let middle = f32::midpoint(top, bottom);
        let line = lines.lines.iter().position(|line| middle < line.top + line.height);
        let count = lines.lines.len();
        // Behind the last line feed there is a line without text.
        let line = line.unwrap_or(count);
        let other = if down { line + 1 } else { line.checked_sub(1)? };
        let place = match lines.lines.get(other) {
            Some(line) => line.top + line.height / 2.0,
            None if down && self.ends_with_break(id) && line + 1 == count => {
                return Some(self.shown_length(id));
            }
            None => return None,
        };
        self.byte_at(id, Point::new(x.into(), place.into()))
    }

    /// The byte at the start or the end of a caret's line.
    pub(crate) fn field_line_edge(&self, node: NodeId, at: u32, end: bool) -> Option<u32> {
        let id = self.field_box(node)?;
        let (_, top, bottom) = self.caret_in(id, at)?;
        let middle = f64::from(f32::midpoint(top, bottom));
        let lines = self.boxes.at(id).lines.as_ref()?;
        if lines.lines.last().is_none_or(|line| middle >= f64::from(line.top + line.height)) {
            return None;
        }
        let x = if end { 1e9 } else { -1e9 };
        self.byte_at(id, Point::new(x, middle))
    }

    fn shown_length(&self, id: BoxId) -> u32 {
        let shaped = self.boxes.at(id).inline().and_then(|content| content.known_shaped());
        shaped.map_or(0, |shaped| u32::try_from(shaped.text().len()).unwrap_or(u32::MAX))
    }

    fn ends_with_break(&self, id: BoxId) -> bool {
        let shaped = self.boxes.at(id).inline().and_then(|content| content.known_shaped());
        shaped.is_some_and(|shaped| shaped.text().ends_with('\n'))
    }
}
