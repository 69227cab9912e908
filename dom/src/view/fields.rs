//! Text fields, in bytes of their values: a password shows other bytes.

use kurbo::Rect;
use virga_protocol::Point;

use super::View;
use crate::layout::selected::Selected;
use crate::tree::{NodeId, Tree};

/// Bytes of the character that stands for each of a password.
const BULLET: usize = '\u{2022}'.len_utf8();

fn is_password(tree: &Tree, field: NodeId) -> bool {
    tree.is_html_element(field, "input")
        && tree
            .plain_attribute(field, &"type".into())
            .is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
}

/// From a byte of a field's value to one of what it shows.
pub(crate) fn shown_byte(tree: &Tree, field: NodeId, at: usize) -> usize {
    if !is_password(tree, field) {
        return at;
    }
    let value = tree.form_value(field).unwrap_or_default();
    value.char_indices().take_while(|(index, _)| *index < at).count() * BULLET
}

fn value_byte(tree: &Tree, field: NodeId, shown: usize) -> usize {
    if !is_password(tree, field) {
        return shown;
    }
    let value = tree.form_value(field).unwrap_or_default();
    value.char_indices().nth(shown / BULLET).map_or(value.len(), |(index, _)| index)
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The document's selection.
impl View {
    /// Shows what is selected, and a caret.
    pub fn set_selected(&mut self, selected: Selected) {
        self.formatting.set_selected(selected);
    }

    /// The caret before a byte of a text node, relative to the viewport.
    pub fn text_caret(&mut self, tree: &mut Tree, node: NodeId, at: usize) -> Option<Rect> {
        self.freshen(tree);
        self.formatting.text_caret(tree, node, at)
    }

    /// The text node in an element, and its byte, that is nearest to a point of the
    /// viewport.
    pub fn text_at(
        &mut self,
        tree: &mut Tree,
        root: NodeId,
        point: Point,
    ) -> Option<(NodeId, usize)> {
        self.freshen(tree);
        let point = kurbo::Point::new(f64::from(point.x), f64::from(point.y));
        self.formatting.text_at(tree, root, point)
    }
}

impl View {
    /// The byte of a field's value that is nearest to a point of the viewport.
    pub fn field_offset(&mut self, tree: &mut Tree, field: NodeId, point: Point) -> Option<usize> {
        self.freshen(tree);
        let point = kurbo::Point::new(f64::from(point.x), f64::from(point.y));
        let shown = self.formatting.field_offset(field, point)?;
        Some(value_byte(tree, field, shown as usize))
    }

    /// The caret before a byte of a field's value, relative to the field's border
    /// box.
    pub fn field_caret(&mut self, tree: &mut Tree, field: NodeId, at: usize) -> Option<Rect> {
        self.freshen(tree);
        self.formatting.field_caret(field, narrow(shown_byte(tree, field, at)))
    }

    /// The byte above or below a caret of a field; `None` on the first or last
    /// line.
    pub fn field_line_move(
        &mut self,
        tree: &mut Tree,
        field: NodeId,
        at: usize,
        down: bool,
    ) -> Option<usize> {
        self.freshen(tree);
        let shown = self.formatting.field_line_move(field, narrow(at), down)?;
        Some(shown as usize)
    }

    /// The byte at the start or end of a caret's line, as the lines are broken.
    pub fn field_line_edge(
        &mut self,
        tree: &mut Tree,
        field: NodeId,
        at: usize,
        end: bool,
    ) -> Option<usize> {
        self.freshen(tree);
        let shown = self.formatting.field_line_edge(field, narrow(at), end)?;
        Some(shown as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_shows_bullets() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let field = tree.create_html_element(document, "input");
        tree.set_plain_attribute(field, "type".into(), "password");
        tree.set_form_value(field, "aß🌧");
        for (at, shown) in [(0, 0), (1, 3), (3, 6), (7, 9)] {
            assert_eq!(shown_byte(&tree, field, at), shown, "{at}");
            assert_eq!(value_byte(&tree, field, shown), at, "{shown}");
        }
    }
}
