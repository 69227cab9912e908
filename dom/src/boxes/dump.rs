//! A readable form of the box tree.

use std::fmt::Write as _;

use super::{BoxId, BoxKind, BoxTree, InlineItem, Origin};
use crate::tree::Tree;

impl BoxTree {
    /// One box a line, children indented.
    pub(crate) fn dump(&self, tree: &Tree) -> String {
        let mut out = String::new();
        if let Some(root) = self.root {
            self.write(tree, root, 0, &mut out);
        }
        out
    }

    fn write(&self, tree: &Tree, id: BoxId, depth: usize, out: &mut String) {
        let found = self.at(id);
        let _ = write!(out, "{:depth$}{}", "", self.name(tree, id), depth = depth * 2);
        if let Some(marker) = found.marker.as_ref().and_then(|marker| marker.outside.as_ref()) {
            let _ = write!(out, " {:?}", marker.text());
        }
        match &found.kind {
            BoxKind::Block => out.push_str(" block"),
            BoxKind::Flex => out.push_str(" flex"),
            BoxKind::Grid => out.push_str(" grid"),
            BoxKind::Inline(content) => {
                out.push_str(" lines\n");
                for item in &content.items {
                    let _ = write!(out, "{:depth$}", "", depth = depth * 2 + 2);
                    match *item {
                        InlineItem::Open { span, .. } => {
                            let span = &content.spans[span as usize];
                            let name = tree.local_name(span.node).map_or("?", |name| &**name);
                            let _ = write!(out, "<{name}>");
                        }
                        InlineItem::Close { span, .. } => {
                            let span = &content.spans[span as usize];
                            let name = tree.local_name(span.node).map_or("?", |name| &**name);
                            let _ = write!(out, "</{name}>");
                        }
                        InlineItem::Text { start, end, .. } => {
                            let text =
                                content.text.get(start as usize..end as usize).unwrap_or_default();
                            let _ = write!(out, "{text:?}");
                        }
                        InlineItem::Atomic { .. } => out.push_str("atomic"),
                        InlineItem::Float { .. } => out.push_str("float"),
                        InlineItem::OutOfFlow { .. } => out.push_str("out of flow"),
                    }
                    out.push('\n');
                }
                out.pop();
            }
            BoxKind::Replaced(_) => out.push_str(" replaced"),
            BoxKind::Control(control) => {
                let _ = write!(out, " field {:?}", control.content.text);
            }
        }
        out.push('\n');
        for child in &found.children {
            self.write(tree, *child, depth + 1, out);
        }
    }

    /// What a box is called in dumps: the element's name, id and classes.
    pub(crate) fn name(&self, tree: &Tree, id: BoxId) -> String {
        let found = self.at(id);
        if found.origin == Origin::Anonymous {
            return String::from("anonymous");
        }
        let mut name =
            tree.local_name(found.node).map_or_else(|| String::from("?"), |name| name.to_string());
        if let Some(id) = tree.element_id(found.node) {
            let _ = write!(name, "#{id}");
        }
        for class in tree.classes(found.node) {
            let _ = write!(name, ".{}", class.0);
        }
        match found.origin {
            Origin::Before => name.push_str("::before"),
            Origin::After => name.push_str("::after"),
            Origin::Backdrop => name.push_str("::backdrop"),
            _ => {}
        }
        name
    }
}
