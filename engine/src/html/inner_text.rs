//! `innerText` and `outerText`:
//! <https://html.spec.whatwg.org/#the-innertext-idl-attribute>

use std::ops::ControlFlow;

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomExceptionName, Error, Fallible};

use super::cssom_view::computed_value;
use crate::{
    agent::EngineCx,
    dom::{mutation, ranges::Boundary},
    window::rendering,
};

/// A piece of the text as rendered: <https://html.spec.whatwg.org/#rendered-text-collection-steps>
enum Item {
    Text(String),
    /// Text whose white space is preserved.
    Kept(String),
    /// As many line breaks as the largest count in a row of these.
    Breaks(u8),
}

/// The text of an element as rendered; of one that is not, all its text.
pub(super) fn get(cx: &mut Cx, element: NodeId) -> String {
    // 1. Not being rendered.
    if !is_rendered(cx, element) {
        return cx.engine().tree().text_content(element);
    }
    // 2, 3.
    let mut items = Vec::new();
    let _ = collect_children(cx, element, None, &mut items);
    join(items)
}

/// The text between two places as rendered: what `getSelection().toString()` says.
pub(crate) fn between(cx: &mut Cx, start: Boundary, end: Boundary) -> String {
    let Some((root, part)) = Part::new(&cx.engine().tree(), start, end) else {
        return String::new();
    };
    if !is_rendered(cx, root) {
        return String::new();
    }
    let mut items = Vec::new();
    let _ = collect_children(cx, root, Some(part), &mut items);
    join(items)
}

/// A part of a subtree in tree order.
struct Part {
    start: Boundary,
    end: Boundary,
    /// The first node in it, and what that is in, up to the root; until it is reached.
    way: Vec<NodeId>,
    first: NodeId,
    /// The first node behind it.
    stop: Option<NodeId>,
    /// The first node was reached.
    begun: bool,
}

impl Part {
    /// The part between two places, and an element or document that it is in.
    fn new(tree: &Tree, start: Boundary, end: Boundary) -> Option<(NodeId, Self)> {
        let root = std::iter::once(start.node)
            .chain(tree.ancestors(start.node))
            .find(|id| !tree.is_text(*id) && tree.is_inclusive_ancestor(*id, end.node))?;
        // The node that a place is before, in tree order.
        let next = |place: Boundary| {
            let child = tree.children(place.node).nth(place.offset as usize);
            child.or_else(|| tree.next_in_order(place.node, root, true))
        };
        let first = if tree.is_text(start.node) { start.node } else { next(start)? };
        let stop = if tree.is_text(end.node) { None } else { next(end) };
        let mut way = vec![first];
        way.extend(tree.ancestors(first).take_while(|id| *id != root));
        Some((root, Self { start, end, way, first, stop, begun: false }))
    }

    /// Whether a node that is walked over is in it; `Break` behind its end.
    fn has(&mut self, id: NodeId) -> ControlFlow<(), bool> {
        if self.stop == Some(id) {
            return ControlFlow::Break(());
        }
        self.begun = self.begun || id == self.first;
        ControlFlow::Continue(self.begun || self.way.contains(&id))
    }

    /// The bytes of a text that are in it.
    fn cut(&self, id: NodeId, text: &str) -> std::ops::Range<usize> {
        let from = if self.start.node == id { self.start.offset } else { 0 };
        let from = rendering::to_bytes(text, from);
        let to = match self.end {
            end if end.node == id => rendering::to_bytes(text, end.offset),
            _ => text.len(),
        };
        from..to.max(from)
    }
}

fn is_rendered(cx: &mut Cx, element: NodeId) -> bool {
    let agent = cx.engine();
    if !agent.tree().is_connected(element) {
        return false;
    }
    let mut at = Some(element);
    while let Some(id) = at {
        if agent.tree().is_element(id) && property(cx, id, "display") == "none" {
            return false;
        }
        at = agent.tree().parent(id);
    }
    true
}

fn property(cx: &Cx, element: NodeId, name: &str) -> String {
    computed_value(cx, element, name)
}

/// How a subtree is walked without recursion: entering a node, or leaving it
/// with what has to follow.
enum Step {
    Enter(NodeId),
    Leave(Vec<Item>),
}

/// Collects what is inside of an element, or a part of that, at whose end it breaks.
fn collect_children(
    cx: &mut Cx,
    root: NodeId,
    mut part: Option<Part>,
    items: &mut Vec<Item>,
) -> ControlFlow<()> {
    let agent = cx.engine();
    let children = |tree: &Tree, id: NodeId| -> Vec<Step> {
        tree.children(id).rev().map(Step::Enter).collect()
    };
    let mut stack = children(&agent.tree(), root);
    while let Some(step) = stack.pop() {
        let id = match step {
            Step::Leave(more) => {
                items.extend(more);
                continue;
            }
            Step::Enter(id) => id,
        };
        if let Some(part) = &mut part
            && !part.has(id)?
        {
            continue;
        }
        if agent.tree().is_text(id) {
            text(cx, id, part.as_ref(), items);
            if part.as_ref().is_some_and(|part| part.end.node == id) {
                return ControlFlow::Break(());
            }
            continue;
        }
        if !agent.tree().is_element(id) {
            continue;
        }
        // 2. Invisible elements have no text, but their visible descendants do.
        let display = property(cx, id, "display");
        if display == "none" {
            continue;
        }
        let name = agent.tree().local_name(id).map(|name| name.to_string()).unwrap_or_default();
        let mut after = Vec::new();
        match name.as_str() {
            // 5.
            "br" => {
                items.push(Item::Text("\n".to_owned()));
                continue;
            }
            // What is rendered otherwise than by its text.
            "textarea" | "input" | "video" | "audio" | "canvas" | "img" | "iframe" => continue,
            // 8.
            "p" => {
                items.push(Item::Breaks(2));
                after.push(Item::Breaks(2));
            }
            _ => {}
        }
        match display.as_str() {
            // 6.
            "table-cell" => {
                let last = agent.tree().next_sibling(id).is_none();
                if !last {
                    after.push(Item::Text("\t".to_owned()));
                }
            }
            // 7.
            "table-row" => {
                let last = agent.tree().next_sibling(id).is_none();
                if !last {
                    after.push(Item::Text("\n".to_owned()));
                }
            }
            // 9.
            "block" | "flex" | "grid" | "list-item" | "flow-root" | "table" | "table-caption"
            | "table-row-group"
                if name != "p" =>
            {
                items.push(Item::Breaks(1));
                after.push(Item::Breaks(1));
            }
            _ => {}
        }
        stack.push(Step::Leave(after));
        stack.extend(children(&agent.tree(), id));
    }
    ControlFlow::Continue(())
}

/// The text of a text node as it is rendered: white space collapsed as its
/// parent's style says, case changed.
fn text(cx: &mut Cx, id: NodeId, part: Option<&Part>, items: &mut Vec<Item>) {
    let agent = cx.engine();
    let Some(parent) = agent.tree().parent(id) else { return };
    let mut content = agent.tree().text(id).to_owned();
    // Spaces at the ends of a part of a text are not at the ends of a line.
    let mut inner_space = (false, false);
    if let Some(part) = part {
        let cut = part.cut(id, &content);
        let before = content.get(..cut.start).unwrap_or_default();
        let behind = content.get(cut.end..).unwrap_or_default();
        inner_space = (
            !before.is_empty() && !before.ends_with(|c: char| c.is_ascii_whitespace()),
            !behind.trim_ascii_start().is_empty(),
        );
        content = content.get(cut).unwrap_or_default().to_owned();
    }
    let (white_space, transform) = if agent.tree().is_element(parent) {
        if property(cx, parent, "visibility") != "visible" {
            return;
        }
        (property(cx, parent, "white-space-collapse"), property(cx, parent, "text-transform"))
    } else {
        (String::new(), String::new())
    };
    let mut out = String::with_capacity(content.len());
    let preserved = matches!(white_space.as_str(), "preserve" | "break-spaces");
    match white_space.as_str() {
        "preserve" | "break-spaces" => out.push_str(&content),
        "preserve-breaks" => {
            for (i, line) in content.split('\n').enumerate() {
                if i > 0 {
                    out.push('\n');
                }
                out.push_str(&line.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        _ => {
            let mut space = false;
            for c in content.chars() {
                if matches!(c, ' ' | '\t' | '\n' | '\r') {
                    space = true;
                    continue;
                }
                if space {
                    out.push(' ');
                    space = false;
                }
                out.push(c);
            }
            if space {
                out.push(' ');
            }
        }
    }
    let out = match transform.as_str() {
        "uppercase" => out.to_uppercase(),
        "lowercase" => out.to_lowercase(),
        "capitalize" => capitalize(&out),
        _ => out,
    };
    if preserved {
        return items.push(Item::Kept(out));
    }
    let mut rest = out.as_str();
    if inner_space.0
        && let Some(text) = rest.strip_prefix(' ')
    {
        items.push(Item::Kept(" ".to_owned()));
        rest = text;
    }
    let trimmed = rest.strip_suffix(' ').filter(|_| inner_space.1);
    items.push(Item::Text(trimmed.unwrap_or(rest).to_owned()));
    if trimmed.is_some() {
        items.push(Item::Kept(" ".to_owned()));
    }
}

fn capitalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start && c.is_alphabetic() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = c.is_whitespace();
    }
    out
}

/// Joins pieces: runs of required breaks become as many as the largest asks for,
/// none at the ends; spaces around breaks and beside spaces collapse.
fn join(items: Vec<Item>) -> String {
    let mut out = String::new();
    // What is before it cannot be trimmed: the end of preserved text.
    let mut kept = 0;
    let mut breaks = 0;
    for item in items {
        let (text, preserved) = match item {
            Item::Breaks(count) => {
                breaks = breaks.max(count);
                continue;
            }
            Item::Text(text) => (text, false),
            Item::Kept(text) => (text, true),
        };
        let at_start = out.is_empty() || breaks > 0 || out.ends_with(['\n', ' ', '\t']);
        let text =
            if at_start && !preserved { text.strip_prefix(' ').unwrap_or(&text) } else { &text };
        if text.is_empty() {
            continue;
        }
        if breaks > 0 && !out.is_empty() {
            trim_space(&mut out, kept);
            for _ in 0..breaks {
                out.push('\n');
            }
        }
        breaks = 0;
        if text.starts_with('\n') {
            trim_space(&mut out, kept);
        }
        out.push_str(text);
        if preserved {
            kept = out.len();
        }
    }
    trim_space(&mut out, kept);
    out
}

/// Takes spaces off the end, down to the length `least`.
fn trim_space(out: &mut String, least: usize) {
    while out.len() > least && out.ends_with(' ') {
        out.pop();
    }
}

/// A fragment of text nodes with `br` for each line break.
///
/// <https://html.spec.whatwg.org/#rendered-text-fragment>
fn fragment(cx: &mut Cx, text: &str, document: NodeId) -> NodeId {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let fragment = tree.create_fragment(document);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        if end > 0 {
            let node = tree.create_text(document, &rest[..end]);
            tree.append(fragment, node);
        }
        rest = &rest[end..];
        if !rest.is_empty() {
            let br = tree.create_html_element(document, "br");
            tree.append(fragment, br);
            rest = rest.strip_prefix("\r\n").unwrap_or_else(|| &rest[1..]);
        }
    }
    fragment
}

/// Sets `innerText`.
pub(super) fn set_inner(cx: &mut Cx, element: NodeId, text: &str) {
    let agent = cx.engine();
    let Some(document) = agent.tree().owner_document(element) else { return };
    if text.is_empty() {
        return mutation::replace_all(cx, None, element);
    }
    let fragment = fragment(cx, text, document);
    mutation::replace_all(cx, Some(fragment), element);
}

/// Sets `outerText`.
///
/// # Errors
/// The element has no parent.
pub(super) fn set_outer(cx: &mut Cx, element: NodeId, text: &str) -> Fallible<()> {
    let agent = cx.engine();
    let (parent, document) = {
        let tree = agent.tree();
        let (Some(parent), Some(document)) = (tree.parent(element), tree.owner_document(element))
        else {
            return Err(Error::dom(
                DomExceptionName::NoModificationAllowed,
                "outerText cannot be set: the element has no parent",
            ));
        };
        (parent, document)
    };
    let fragment = fragment(cx, text, document);
    if agent.tree().first_child(fragment).is_none() {
        let mut tree = agent.tree_mut();
        let empty = tree.create_text(document, "");
        tree.append(fragment, empty);
    }
    let (previous, next) = {
        let tree = agent.tree();
        (tree.prev_sibling(element), tree.next_sibling(element))
    };
    mutation::replace(cx, element, fragment, parent)?;
    // 7.–8.
    if let Some(last) = next.and_then(|next| agent.tree().prev_sibling(next)) {
        merge_with_next(cx, last);
    }
    if let Some(previous) = previous {
        merge_with_next(cx, previous);
    }
    Ok(())
}

/// <https://html.spec.whatwg.org/#merge-with-the-next-text-node>
fn merge_with_next(cx: &mut Cx, node: NodeId) {
    let agent = cx.engine();
    let found = {
        let tree = agent.tree();
        let next = tree.next_sibling(node).filter(|&next| tree.is_text(node) && tree.is_text(next));
        next.map(|next| (next, format!("{}{}", tree.text(node), tree.text(next))))
    };
    if let Some((next, data)) = found {
        mutation::set_data(cx, node, data);
        mutation::remove(cx, next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_as_lines() {
        let t = |s: &str| Item::Text(s.to_owned());
        let check = |items: Vec<Item>, expected: &str| assert_eq!(join(items), expected);
        check(
            vec![
                Item::Breaks(1),
                t("a"),
                Item::Breaks(1),
                Item::Breaks(2),
                t("b"),
                Item::Breaks(1),
            ],
            "a\n\nb",
        );
        check(vec![t(" a "), t(" b ")], "a b");
        check(vec![t("a "), t("\n"), t(" b")], "a\nb");
        check(
            vec![Item::Breaks(1), Item::Kept(" a ".to_owned()), Item::Breaks(1), t(" b")],
            " a \nb",
        );
        check(vec![t("a "), Item::Breaks(1), t(" "), Item::Breaks(1), t(" b")], "a\nb");
    }
}
