//! The selection of a document and its caret: where they are in the text that
//! nodes show, which collapses white space.

use kurbo::{Point, Rect};
use rustc_hash::FxHashMap;

use super::Formatting;
use crate::boxes::{BoxId, InlineItem, NodeBox};
use crate::tree::{NodeId, Tree};

/// What is selected, in bytes of text nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected {
    /// The selected part of each text node.
    pub ranges: FxHashMap<NodeId, (usize, usize)>,
    /// The text node with the caret, and the byte it stands before.
    pub caret: Option<(NodeId, usize)>,
}

/// How many boxes are looked at for the text nearest to a point.
const SEARCHED: usize = 4000;

impl Formatting {
    /// Shows another selection.
    pub(crate) fn set_selected(&mut self, selected: Selected) {
        if self.selected == selected {
            return;
        }
        let old = std::mem::replace(&mut self.selected, selected);
        let caret = |selected: &Selected| selected.caret.map(|(node, _)| node);
        let stale: Vec<NodeId> = old
            .ranges
            .iter()
            .filter(|(node, range)| self.selected.ranges.get(*node) != Some(*range))
            .map(|(node, _)| *node)
            .chain(
                self.selected
                    .ranges
                    .iter()
                    .filter(|(node, range)| old.ranges.get(*node) != Some(*range))
                    .map(|(node, _)| *node),
            )
            .chain(caret(&old))
            .chain(caret(&self.selected))
            .collect();
        for node in stale {
            if let Some(id) = self.text_box(node) {
                self.boxes.mark_paint(id);
            }
        }
    }

    fn text_box(&self, node: NodeId) -> Option<BoxId> {
        match self.boxes.of(node)? {
            NodeBox::Inline(id) | NodeBox::Principal(id) => Some(id),
            NodeBox::Contents => None,
        }
    }

    /// The bytes of a box's text that a node shows.
    fn shown_by(&self, id: BoxId, wanted: NodeId) -> Option<(usize, usize)> {
        self.boxes.at(id).inline()?.items.iter().find_map(|item| match item {
            InlineItem::Text { node, start, end, .. } if *node == wanted => {
                Some((*start as usize, *end as usize))
            }
            _ => None,
        })
    }

    /// From a byte of a text node to one of the text of its box.
    fn to_shown(&self, tree: &Tree, id: BoxId, node: NodeId, at: usize) -> Option<u32> {
        let (start, end) = self.shown_by(id, node)?;
        let shown = self.boxes.at(id).inline()?.text.get(start..end)?;
        let mapped = start + aligned(tree.text(node), shown, at).1;
        u32::try_from(mapped).ok()
    }

    /// The selected areas of a box's text, and its caret, in its coordinates.
    pub(crate) fn selected_in(&self, tree: &Tree, id: BoxId) -> (Vec<Rect>, Option<Rect>) {
        let Some(content) = self.boxes.at(id).inline() else { return (Vec::new(), None) };
        let (mut rects, mut caret) = (Vec::new(), None);
        for item in &content.items {
            let InlineItem::Text { node, .. } = item else { continue };
            if let Some(&(from, to)) = self.selected.ranges.get(node)
                && let Some(from) = self.to_shown(tree, id, *node, from)
                && let Some(to) = self.to_shown(tree, id, *node, to)
            {
                rects.extend(self.text_rects(id, from, to));
            }
            if let Some((_, at)) = self.selected.caret.filter(|(other, _)| other == node)
                && let Some(at) = self.to_shown(tree, id, *node, at)
                && let Some((x, top, bottom)) = self.caret_in(id, at)
            {
                let x = f64::from(x);
                caret = Some(Rect::new(x, top.into(), x + 1.0, bottom.into()));
            }
        }
        (rects, caret)
    }

    /// Whether there is anything to draw for a selection.
    pub(crate) fn has_selected(&self) -> bool {
        self.selected.caret.is_some() || !self.selected.ranges.is_empty()
    }

    /// The caret before a byte of a text node, in the viewport.
    pub(crate) fn text_caret(&self, tree: &Tree, node: NodeId, at: usize) -> Option<Rect> {
        let id = self.text_box(node)?;
        let shown = self.to_shown(tree, id, node, at)?;
        let (x, top, bottom) = self.caret_in(id, shown)?;
        let caret = Rect::new(x.into(), top.into(), f64::from(x) + 1.0, bottom.into());
        Some(self.to_viewport(id).transform_rect_bbox(caret))
    }

    /// The text node in `root`, and its byte, that is nearest to a point of the
    /// viewport.
    pub(crate) fn text_at(
        &self,
        tree: &Tree,
        root: NodeId,
        point: Point,
    ) -> Option<(NodeId, usize)> {
        let mut best: Option<(f64, BoxId)> = None;
        let mut stack = vec![self.text_box(root)?];
        let mut seen = 0;
        while let Some(id) = stack.pop() {
            seen += 1;
            if seen > SEARCHED {
                break;
            }
            let own = self.boxes.at(id);
            stack.extend(own.children.iter().copied());
            let Some(content) = own.inline() else { continue };
            if !content.items.iter().any(|item| matches!(item, InlineItem::Text { .. })) {
                continue;
            }
            let g = &own.geometry;
            let size = kurbo::Size::new(f64::from(g.size.width), f64::from(g.size.height));
            let area = self.to_viewport(id).transform_rect_bbox(size.to_rect());
            let outside = |at: f64, from: f64, to: f64| (from - at).max(at - to).max(0.0);
            // Lines above or below are farther than text beside.
            let distance =
                outside(point.y, area.y0, area.y1) * 1000.0 + outside(point.x, area.x0, area.x1);
            if best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, id));
            }
        }
        let (_, id) = best?;
        let transform = self.to_viewport(id);
        if transform.determinant().abs() < 1e-12 {
            return None;
        }
        let shown = self.byte_at(id, transform.inverse() * point)? as usize;
        let content = self.boxes.at(id).inline()?;
        let mut found = None;
        for item in &content.items {
            let InlineItem::Text { node, start, end, .. } = item else { continue };
            let (start, end) = (*start as usize, *end as usize);
            // At the border of two nodes the first one has it.
            if shown >= start && shown <= end && (found.is_none() || shown < end) {
                let text = content.text.get(start..end)?;
                found = Some((*node, source(tree.text(*node), text, shown - start)));
                if shown < end {
                    break;
                }
            }
        }
        found
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// Walks through a node's data and what is shown of it side by side, up to byte
/// `at` of the data; how far both came.
fn aligned(data: &str, shown: &str, at: usize) -> (usize, usize) {
    let mut rest = shown.char_indices().peekable();
    for (index, c) in data.char_indices() {
        if index >= at {
            return (index, rest.peek().map_or(shown.len(), |(place, _)| *place));
        }
        step(c, &mut rest);
    }
    (data.len(), rest.peek().map_or(shown.len(), |(place, _)| *place))
}

/// The byte of a node's data that is shown at byte `at`.
fn source(data: &str, shown: &str, at: usize) -> usize {
    let mut rest = shown.char_indices().peekable();
    for (index, c) in data.char_indices() {
        let before = rest.peek().map_or(shown.len(), |(place, _)| *place);
        if before >= at && !(is_space(c) && rest.peek().is_none_or(|(_, s)| !is_space(*s))) {
            return index;
        }
        step(c, &mut rest);
    }
    data.len()
}

/// Takes what a character of the data shows as: nothing for white space that
/// collapses away.
fn step(c: char, rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
    match rest.peek() {
        Some((_, s)) if is_space(c) && !is_space(*s) => {}
        Some(_) => {
            rest.next();
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collapsed_white_space_has_its_place() {
        for (data, shown, at, expected) in [
            ("abc", "abc", 2, 2),
            ("  a b", "a b", 2, 0),
            ("  a b", "a b", 3, 1),
            ("a \n b", "a b", 4, 2),
            ("a\nb", "a\nb", 2, 2),
        ] {
            assert_eq!(aligned(data, shown, at).1, expected, "{data:?} {at}");
        }
        for (data, shown, at, expected) in [
            ("abc", "abc", 3, 3),
            ("  a b", "a b", 0, 2),
            ("a \n b", "a b", 2, 4),
            ("aß", "aß", 1, 1),
        ] {
            assert_eq!(source(data, shown, at), expected, "{data:?} {at}");
        }
    }
}
