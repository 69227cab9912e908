//! A node as its markup, on one line.

use virga_dom::{NodeId, Tree, tree::NodeKind};

/// Characters of one node.
const LONGEST: usize = 200;

/// An element's start tag, or what stands for another node.
pub(super) fn describe(tree: &Tree, id: NodeId) -> String {
    let text = match tree.kind(id) {
        Some(NodeKind::Element) => start_tag(tree, id),
        Some(NodeKind::Text) => format!("#text {:?}", tree.text(id)),
        Some(NodeKind::Comment) => format!("<!--{}-->", tree.text(id)),
        Some(NodeKind::Document) => "#document".to_owned(),
        Some(NodeKind::Fragment) => "#document-fragment".to_owned(),
        Some(NodeKind::Doctype) => "<!DOCTYPE html>".to_owned(),
        Some(_) => tree.text(id).to_owned(),
        None => "#gone".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn start_tag(tree: &Tree, id: NodeId) -> String {
    let name = tree.name(id).map(|name| &*name.local).unwrap_or_default();
    let mut text = format!("<{name}");
    for attribute in tree.attributes(id) {
        let value = attribute.value().replace('"', "&quot;");
        text.push_str(&format!(" {}=\"{value}\"", attribute.qualified_name()));
    }
    text.push('>');
    text
}
