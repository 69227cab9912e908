//! The style phase, written for people.

use super::computed::resolve;
use super::inline::property;
use crate::tree::{NodeId, Tree};
use std::fmt::Write;

/// What is shown of each element's style.
const SHOWN: [&str; 14] = [
    "display",
    "position",
    "float",
    "width",
    "height",
    "margin",
    "padding",
    "border-width",
    "color",
    "background-color",
    "font-size",
    "font-family",
    "opacity",
    "transform",
];

/// What needs no mention.
const USUAL: [&str; 12] = [
    "static",
    "none",
    "auto",
    "0px",
    "1",
    "rgba(0, 0, 0, 0)",
    "rgb(0, 0, 0)",
    "inline",
    "16px",
    "medium",
    "normal",
    "",
];

/// One line for each element below `document`, indented by depth: its tag, id
/// and classes, and those of its computed values that are not the usual ones.
pub(crate) fn dump(tree: &Tree, document: NodeId) -> String {
    let properties: Vec<_> =
        SHOWN.iter().filter_map(|name| Some((*name, property(name)?))).collect();
    let mut out = String::new();
    let mut depth = 0usize;
    let mut at = tree.first_child(document);
    while let Some(node) = at {
        if tree.is_element(node) {
            line(tree, node, depth, &properties, &mut out);
        }
        if let Some(child) = tree.first_child(node) {
            depth += 1;
            at = Some(child);
            continue;
        }
        let mut up = node;
        at = loop {
            if let Some(next) = tree.next_sibling(up) {
                break Some(next);
            }
            match tree.parent(up).filter(|p| *p != document) {
                Some(parent) => {
                    up = parent;
                    depth -= 1;
                }
                None => break None,
            }
        };
    }
    out
}

fn line(
    tree: &Tree,
    node: NodeId,
    depth: usize,
    properties: &[(&str, style::properties::PropertyId)],
    out: &mut String,
) {
    let name = tree.local_name(node).map(|n| &**n).unwrap_or_default();
    let id = tree.element_id(node).map(|id| format!("#{id}")).unwrap_or_default();
    let classes: String = tree.classes(node).iter().map(|c| format!(".{}", c.0)).collect();
    // Writing to a string cannot fail.
    let _ = write!(out, "{:width$}{name}{id}{classes}", "", width = depth * 2);
    match tree.computed_style(node) {
        None => out.push_str("  (not displayed)"),
        Some(style) => {
            for (name, property) in properties {
                let value = resolve(&style, property);
                if !USUAL.contains(&&*value) {
                    let _ = write!(out, "  {name}: {value};");
                }
            }
        }
    }
    out.push('\n');
}
