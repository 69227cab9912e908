//! Places in the text of nodes: where a part of a text node is shown, and which
//! character a point is on.

use kurbo::{Point, Rect};

use super::geometry::rect;
use super::{Formatting, Piece};
use crate::boxes::{BoxId, InlineItem, NodeBox};
use crate::tree::{NodeId, Tree};

/// A place in the text of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextPlace {
    /// The text node.
    pub node: NodeId,
    /// Offset in UTF-16 code units.
    pub offset: usize,
    /// The caret there, in the viewport.
    pub caret: Rect,
}

impl Formatting {
    /// The rectangles of `start..end` (UTF-16 code units) of a text node, a line
    /// each, in the viewport. One without a width if they are equal.
    #[must_use]
    pub fn text_range_rects(
        &self,
        tree: &Tree,
        node: NodeId,
        start: usize,
        end: usize,
    ) -> Vec<Rect> {
        let Some(NodeBox::Inline(id)) = self.boxes.of(node) else { return Vec::new() };
        let Some((shown, places)) = self.alignment(tree, id, node) else { return Vec::new() };
        let at = |offset: usize| shown.0 + places[offset.min(places.len() - 1)];
        let transform = self.to_viewport(id);
        if start >= end {
            let Some((x, top, bottom)) = self.caret_in(id, at(start)) else { return Vec::new() };
            let caret = rect(x, top, 0.0, bottom - top);
            return vec![transform.transform_rect_bbox(caret)];
        }
        let rects = self.text_rects(id, at(start), at(end));
        rects.into_iter().map(|rect| transform.transform_rect_bbox(rect)).collect()
    }

    /// The place in text that is nearest to a point of the viewport, if the point
    /// is on text or on a box that has lines.
    #[must_use]
    pub fn text_place(&self, tree: &Tree, point: Point) -> Option<TextPlace> {
        let hit = self.hit_test(tree, point)?;
        let id = match hit.text.and_then(|text| self.boxes.of(text)) {
            Some(NodeBox::Inline(id)) => id,
            _ => match self.boxes.of(hit.node)? {
                NodeBox::Principal(id) | NodeBox::Inline(id) => {
                    self.boxes.at(id).inline().map(|_| id)?
                }
                NodeBox::Contents => return None,
            },
        };
        let transform = self.to_viewport(id);
        let byte = self.byte_at(id, transform.inverse() * point)?;
        let content = self.boxes.at(id).inline()?;
        let node = content.items.iter().find_map(|item| match item {
            InlineItem::Text { node, start, end, .. }
                if tree.is_text(*node) && *start <= byte && byte <= *end =>
            {
                Some(*node)
            }
            _ => None,
        })?;
        let (shown, places) = self.alignment(tree, id, node)?;
        let offset = places.iter().position(|place| shown.0 + place >= byte)?;
        let (x, top, bottom) = self.caret_in(id, byte)?;
        let caret = transform.transform_rect_bbox(rect(x, top, 0.0, bottom - top));
        Some(TextPlace { node, offset, caret })
    }

    /// Where a node's text stands in a box's text, and for each UTF-16 offset of
    /// it the byte in there, white space having collapsed.
    fn alignment(&self, tree: &Tree, id: BoxId, node: NodeId) -> Option<((u32, u32), Vec<u32>)> {
        let content = self.boxes.at(id).inline()?;
        let shown = content.items.iter().find_map(|item| match item {
            InlineItem::Text { node: own, start, end, .. } if *own == node => Some((*start, *end)),
            _ => None,
        })?;
        let text = content.text.get(shown.0 as usize..shown.1 as usize)?;
        Some((shown, align(tree.text(node), text)))
    }
}

/// For each UTF-16 offset of `source`, the end included, the byte of `shown` that
/// it is shown at.
fn align(source: &str, shown: &str) -> Vec<u32> {
    let mut places = Vec::with_capacity(source.len() + 1);
    let mut rest = shown.char_indices().peekable();
    let mut after_space = false;
    let is_space = |ch: char| matches!(ch, ' ' | '\t' | '\n' | '\r' | '\u{C}');
    for ch in source.chars() {
        let at = rest.peek().map_or(shown.len(), |(at, _)| *at);
        for _ in 0..ch.len_utf16() {
            places.push(at as u32);
        }
        match rest.peek() {
            // Collapsed into the white space before it, or dropped.
            Some((_, other))
                if is_space(ch) && (!is_space(*other) || after_space && ch != *other) => {}
            Some(_) => {
                rest.next();
                // A letter may be shown as several: "ß" in upper case.
                let wide = ch.to_uppercase().count();
                if wide > 1 && shown[at..].chars().take(wide).eq(ch.to_uppercase()) {
                    for _ in 1..wide {
                        rest.next();
                    }
                }
            }
            None => {}
        }
        after_space = is_space(ch);
    }
    places.push(shown.len() as u32);
    places
}

impl Formatting {
    /// Whether a piece of a box's lines is of a node: for line breaks, which are
    /// elements that have text.
    pub(crate) fn break_rect(&self, node: NodeId) -> Option<Rect> {
        let NodeBox::Inline(id) = self.boxes.of(node)? else { return None };
        let own = self.boxes.at(id);
        let content = own.inline()?;
        if content.spans.iter().any(|span| span.node == node) {
            return None;
        }
        let at = content.items.iter().find_map(|item| match item {
            InlineItem::Text { node: own, start, .. } if *own == node => Some(*start),
            _ => None,
        })?;
        let lines = own.lines.as_ref()?;
        let shown = lines.pieces.iter().any(|piece| match piece {
            Piece::Text(piece) => piece.node == node,
            _ => false,
        });
        if shown {
            return None;
        }
        let (x, top, bottom) = self.caret_in(id, at)?;
        Some(self.to_viewport(id).transform_rect_bbox(rect(x, top, 0.0, bottom - top)))
    }
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn offsets_follow_white_space_as_it_collapses() {
        let check = |source: &str, shown: &str, expected: &[u32]| {
            assert_eq!(align(source, shown), expected, "{source:?} as {shown:?}");
        };
        check("ab", "ab", &[0, 1, 2]);
        check("  a  b ", "a b ", &[0, 0, 0, 1, 2, 2, 3, 4]);
        check("a\n b", "a b", &[0, 1, 2, 2, 3]);
        check("a  b", "a  b", &[0, 1, 2, 3, 4]);
        check("ß!", "SS!", &[0, 2, 3]);
        check("😀x", "😀x", &[0, 0, 4, 5]);
        check("", "", &[0]);
    }
}
