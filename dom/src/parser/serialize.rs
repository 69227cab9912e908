//! From a tree back to HTML.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments>

use crate::tree::{NodeId, NodeKind, ShadowMode, Tree};
use markup5ever::ns;

/// Which shadow roots are written, as templates at the beginning of their hosts.
#[derive(Clone, Copy, Debug, Default)]
pub struct WrittenShadows<'a> {
    /// Those that may be serialized.
    pub serializable: bool,
    /// And these.
    pub roots: &'a [NodeId],
}

impl WrittenShadows<'_> {
    /// The shadow root of an element, if it is written.
    fn root(&self, tree: &Tree, host: NodeId) -> Option<NodeId> {
        if (!self.serializable && self.roots.is_empty()) || !tree.is_shadow_host(host) {
            return None;
        }
        let root = tree.shadow_root(host)?;
        let serializable = || tree.shadow_data(root).is_some_and(|shadow| shadow.serializable);
        ((self.serializable && serializable()) || self.roots.contains(&root)).then_some(root)
    }
}

/// The HTML of what is inside a node (`innerHTML`).
pub fn serialize_children(tree: &Tree, node: NodeId, scripting: bool) -> String {
    serialize_with_shadows(tree, node, scripting, WrittenShadows::default())
}

/// The HTML of what is inside a node and of shadow trees in it (`getHTML`).
pub fn serialize_with_shadows(
    tree: &Tree,
    node: NodeId,
    scripting: bool,
    shadows: WrittenShadows<'_>,
) -> String {
    let mut out = String::new();
    if !is_void(tree, node) {
        write_inside(tree, node, scripting, shadows, &mut out);
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

/// What ends where there is no other child.
enum Level {
    /// An element: where to go on after it, and whether text is written there as it is.
    Element(NodeId, Option<NodeId>, bool),
    /// The shadow tree of an element, whose children follow.
    Shadow(NodeId),
}

/// Writes what is inside a node, without recursion.
fn write_inside(
    tree: &Tree,
    root: NodeId,
    scripting: bool,
    shadows: WrittenShadows<'_>,
    out: &mut String,
) {
    let mut levels: Vec<Level> = Vec::new();
    let children = |node| {
        let first = tree.first_child(tree.template_content(node).unwrap_or(node));
        (first, raw_text(tree, node, scripting))
    };
    let enter = |node, levels: &mut Vec<Level>, out: &mut String| {
        let Some(shadow) = shadows.root(tree, node) else { return children(node) };
        open_shadow(tree, shadow, out);
        levels.push(Level::Shadow(node));
        (tree.first_child(shadow), false)
    };
    let (mut next, mut raw) = enter(root, &mut levels, out);
    loop {
        let Some(node) = next else {
            match levels.pop() {
                None => return,
                Some(Level::Shadow(host)) => {
                    out.push_str("</template>");
                    (next, raw) = children(host);
                }
                Some(Level::Element(element, after, outer)) => {
                    close(tree, element, out);
                    (next, raw) = (after, outer);
                }
            }
            continue;
        };
        write_node(tree, node, raw, out);
        next = tree.next_sibling(node);
        if tree.is_element(node) && !is_void(tree, node) {
            levels.push(Level::Element(node, next, raw));
            (next, raw) = enter(node, &mut levels, out);
        }
    }
}

/// Writes the start tag of the template that stands for a shadow root.
fn open_shadow(tree: &Tree, root: NodeId, out: &mut String) {
    let Some(shadow) = tree.shadow_data(root) else { return };
    let mode = match shadow.mode {
        ShadowMode::Open => "open",
        ShadowMode::Closed => "closed",
    };
    out.push_str("<template shadowrootmode=\"");
    out.push_str(mode);
    out.push('"');
    for (name, on) in [
        (" shadowrootdelegatesfocus", shadow.delegates_focus),
        (" shadowrootserializable", shadow.serializable),
        (" shadowrootclonable", shadow.clonable),
    ] {
        if on {
            out.push_str(name);
            out.push_str("=\"\"");
        }
    }
    out.push('>');
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
