//! From a tree back to HTML.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments>

use crate::tree::{NodeId, NodeKind, Tree};
use markup5ever::ns;

/// The HTML of what is inside a node (`innerHTML`).
pub fn serialize_children(tree: &Tree, node: NodeId, scripting: bool) -> String {
    let mut out = String::new();
    if !is_void(tree, node) {
        let inside = tree.template_content(node).unwrap_or(node);
        write_children(tree, inside, raw_text(tree, node, scripting), scripting, &mut out);
    }
    out
}

/// The HTML of a node with what is inside (`outerHTML`).
pub fn serialize(tree: &Tree, node: NodeId, scripting: bool) -> String {
    let mut out = String::new();
    write_node(tree, node, false, &mut out);
    if tree.is_element(node) && !is_void(tree, node) {
        out.push_str(&serialize_children(tree, node, scripting));
        close(tree, node, &mut out);
    }
    out
}

/// Writes the children of a node, and theirs, without recursion.
fn write_children(tree: &Tree, root: NodeId, raw: bool, scripting: bool, out: &mut String) {
    // The element to close with each level, where to go on after it, and
    // whether text at that level is written as it is.
    let mut levels: Vec<(NodeId, Option<NodeId>, bool)> = Vec::new();
    let mut next = tree.first_child(root);
    let mut raw = raw;
    loop {
        let Some(node) = next else {
            let Some((element, after, outer)) = levels.pop() else {
                return;
            };
            close(tree, element, out);
            (next, raw) = (after, outer);
            continue;
        };
        write_node(tree, node, raw, out);
        next = tree.next_sibling(node);
        if tree.is_element(node) && !is_void(tree, node) {
            levels.push((node, next, raw));
            raw = raw_text(tree, node, scripting);
            next = tree.first_child(tree.template_content(node).unwrap_or(node));
        }
    }
}

/// Writes a node, of an element the start tag.
fn write_node(tree: &Tree, node: NodeId, raw: bool, out: &mut String) {
    match tree.kind(node) {
        Some(NodeKind::Element) => open(tree, node, out),
        Some(NodeKind::Text | NodeKind::CdataSection) => {
            if raw {
                out.push_str(tree.text(node));
            } else {
                escape(tree.text(node), false, out);
            }
        }
        Some(NodeKind::Comment) => {
            out.push_str("<!--");
            out.push_str(tree.text(node));
            out.push_str("-->");
        }
        Some(NodeKind::ProcessingInstruction) => {
            if let Some(pi) = tree.processing_instruction(node) {
                out.push_str("<?");
                out.push_str(&pi.target);
                out.push(' ');
                out.push_str(&pi.data);
                out.push('>');
            }
        }
        Some(NodeKind::Doctype) => {
            if let Some(doctype) = tree.doctype(node) {
                out.push_str("<!DOCTYPE ");
                out.push_str(&doctype.name);
                out.push('>');
            }
        }
        Some(
            NodeKind::Document | NodeKind::Fragment | NodeKind::ShadowRoot | NodeKind::Attribute,
        )
        | None => {}
    }
}

fn open(tree: &Tree, node: NodeId, out: &mut String) {
    out.push('<');
    push_name(tree, node, out);
    // An `is` value that no attribute shows is written as one.
    if let Some(is) = tree.is_value(node)
        && !tree.attributes(node).iter().any(|a| *a.name.local == *"is")
    {
        out.push_str(" is=\"");
        escape(is, true, out);
        out.push('"');
    }
    for attribute in tree.attributes(node) {
        out.push(' ');
        let name = &attribute.name;
        match name.ns {
            ns!(xml) => out.push_str("xml:"),
            ns!(xlink) => out.push_str("xlink:"),
            ns!(xmlns) if &*name.local != "xmlns" => out.push_str("xmlns:"),
            ns!() | ns!(xmlns) => {}
            _ => {
                if let Some(prefix) = &name.prefix {
                    out.push_str(prefix);
                    out.push(':');
                }
            }
        }
        out.push_str(&name.local);
        out.push_str("=\"");
        escape(attribute.value(), true, out);
        out.push('"');
    }
    out.push('>');
}

fn close(tree: &Tree, node: NodeId, out: &mut String) {
    out.push_str("</");
    push_name(tree, node, out);
    out.push('>');
}

fn push_name(tree: &Tree, node: NodeId, out: &mut String) {
    let Some(name) = tree.name(node) else { return };
    if let Some(prefix) = &name.prefix
        && !matches!(name.ns, ns!(html) | ns!(svg) | ns!(mathml))
    {
        out.push_str(prefix);
        out.push(':');
    }
    out.push_str(&name.local);
}

/// Elements without an end tag.
fn is_void(tree: &Tree, node: NodeId) -> bool {
    tree.name(node).is_some_and(|name| name.ns == ns!(html) && serializes_as_void(&name.local))
}

/// Whether HTML has no end tag for an element of this name.
///
/// <https://html.spec.whatwg.org/#serializes-as-void>
pub(crate) fn serializes_as_void(local: &str) -> bool {
    matches!(
        local,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose text is written as it is.
fn raw_text(tree: &Tree, node: NodeId, scripting: bool) -> bool {
    tree.name(node).is_some_and(|name| {
        name.ns == ns!(html)
            && match &*name.local {
                "style" | "script" | "xmp" | "iframe" | "noembed" | "noframes" | "plaintext" => {
                    true
                }
                "noscript" => scripting,
                _ => false,
            }
    })
}

fn escape(text: &str, attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
