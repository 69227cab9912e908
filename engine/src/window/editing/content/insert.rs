//! Inserting text, lines and HTML.

use virga_dom::NodeId;
use virga_js::Cx;

use super::{
    delete, editing, inline,
    log::Log,
    set_selection,
    walk::{self, block_of, child_at, is_empty, near},
};
use crate::{
    agent::EngineCx,
    dom::{
        clone_node, parse_fragment,
        ranges::{Boundary, length},
    },
    window::rendering,
};

const NBSP: char = '\u{a0}';

/// Whether white space collapses where a node is.
fn collapses(cx: &Cx, node: NodeId) -> bool {
    let element = {
        let agent = cx.engine();
        let tree = agent.tree();
        if tree.is_element(node) { Some(node) } else { tree.parent_element(node) }
    };
    let value = element.and_then(|id| rendering::computed(cx, id, "white-space"));
    !value.is_some_and(|value| value.starts_with("pre") || value.starts_with("break-spaces"))
}

/// A text at a place to write in, and the offset there; made if there is none.
fn text_place(cx: &mut Cx, log: &mut Log, place: Boundary) -> (NodeId, u32) {
    let agent = cx.engine();
    let (before, after) = {
        let tree = agent.tree();
        if tree.is_text(place.node) {
            return (place.node, place.offset);
        }
        let after = child_at(&tree, place.node, place.offset);
        let before = match after {
            Some(after) => tree.prev_sibling(after),
            None => tree.last_child(place.node),
        };
        (before, after)
    };
    if let Some(text) = before.filter(|&id| agent.tree().is_text(id)) {
        let end = length(&agent.tree(), text);
        return (text, end);
    }
    if let Some(text) = after.filter(|&id| agent.tree().is_text(id)) {
        return (text, 0);
    }
    let text = Log::text(cx, "");
    log.insert(cx, text, place.node, after);
    (text, 0)
}

/// Inserts text at the caret, in place of what is selected.
pub(super) fn text(cx: &mut Cx, log: &mut Log, data: &str) {
    delete::selection(cx, log);
    let Some(editing) = editing(cx) else { return };
    if data.is_empty() {
        return;
    }
    let (node, at) = text_place(cx, log, editing.range.start());
    let collapses = collapses(cx, node);
    let shown = if collapses { data.replace('\n', " ") } else { data.to_owned() };
    let (data, at, taken) = if collapses {
        let units: Vec<u16> = cx.engine().tree().text(node).encode_utf16().collect();
        spaced(&units, at as usize, &shown)
    } else {
        (shown, at, 0)
    };
    log.replace(cx, node, at, taken, &data);
    let end = at + u32::try_from(data.encode_utf16().count()).unwrap_or(u32::MAX);
    close_line(cx, log, node);
    let (start, end) = (Boundary::new(node, at + taken.min(1)), Boundary::new(node, end));
    set_selection(cx, end, end);
    inline::apply_pending(cx, log, editing.host, start, end);
}

/// What to write so that no white space collapses away: the text, where it begins,
/// and how many code units it replaces. A space that nothing follows must not
/// break; the one before it may again, once something does.
fn spaced(units: &[u16], at: usize, data: &str) -> (String, u32, u32) {
    let unit = |index: usize| units.get(index).and_then(|unit| char::from_u32(u32::from(*unit)));
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let before = at.checked_sub(1).and_then(unit);
    let mut out = String::new();
    let (mut from, mut taken) = (at, 0);
    let starts_word = data.chars().next().is_some_and(|c| c != ' ' && c != NBSP);
    let earlier = at.checked_sub(2).and_then(unit);
    if before == Some(NBSP) && starts_word && earlier.is_some_and(|c| c != ' ') {
        out.push(' ');
        (from, taken) = (at - 1, 1);
    }
    let mut last = before;
    let mut rest = data.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().or_else(|| unit(at));
        let breaks = c == ' '
            && (matches!(last, None | Some(' ')) || matches!(next, None | Some(' ' | '\n')));
        let c = if breaks { NBSP } else { c };
        out.push(c);
        last = Some(c);
    }
    (out, narrow(from), taken)
}

/// A line break that held an empty line open goes once there is text on it.
fn close_line(cx: &mut Cx, log: &mut Log, text: NodeId) {
    let agent = cx.engine();
    let next = agent.tree().next_sibling(text);
    let Some(next) = next.filter(|&id| agent.tree().is_html_element(id, "br")) else { return };
    let last = agent.tree().next_sibling(next).is_none();
    let alone = agent.tree().prev_sibling(text).is_none();
    if last && alone {
        log.remove(cx, next);
    }
}

/// Inserts text of several lines, each a paragraph of its own.
pub(super) fn lines(cx: &mut Cx, log: &mut Log, data: &str) {
    let data = data.replace("\r\n", "\n").replace('\r', "\n");
    for (index, line) in data.split('\n').enumerate() {
        if index > 0 {
            paragraph(cx, log);
        }
        text(cx, log, line);
    }
}

/// Moves what follows a place in `root` into a copy of `root` behind it.
pub(super) fn split(cx: &mut Cx, log: &mut Log, root: NodeId, place: Boundary) -> Option<NodeId> {
    let agent = cx.engine();
    let (mut node, mut offset) = (place.node, place.offset);
    if agent.tree().is_text(node) {
        let (whole, parent) = (length(&agent.tree(), node), agent.tree().parent(node)?);
        let index = {
            let tree = agent.tree();
            u32::try_from(tree.index_in_parent(node)).unwrap_or(u32::MAX)
        };
        if offset == 0 {
            offset = index;
        } else {
            if offset < whole {
                log.split_text(cx, node, offset)?;
            }
            offset = index + 1;
        }
        node = parent;
    }
    loop {
        let rest: Vec<NodeId> = agent.tree().children(node).skip(offset as usize).collect();
        let parent = agent.tree().parent(node)?;
        let next = agent.tree().next_sibling(node);
        let document = agent.tree().owner_document(node)?;
        let copy = clone_node(cx, node, document, false)?;
        let _ = cx.wrap(copy);
        log.insert(cx, copy, parent, next);
        log.set_attribute(cx, copy, "id", None);
        for child in rest {
            log.insert(cx, child, copy, None);
        }
        if node == root {
            return Some(copy);
        }
        offset = u32::try_from(agent.tree().index_in_parent(node)).unwrap_or(u32::MAX) + 1;
        node = parent;
    }
}

/// Holds an empty line open.
pub(super) fn hold_open(cx: &mut Cx, log: &mut Log, block: NodeId) {
    let closed = walk::is_closed(&cx.engine().tree(), block);
    if closed {
        let inner = {
            let agent = cx.engine();
            let tree = agent.tree();
            let mut at = block;
            while let Some(child) = tree.first_child(at).filter(|&child| tree.is_element(child)) {
                at = child;
            }
            at
        };
        let line_break = Log::element(cx, "br");
        log.insert(cx, line_break, inner, None);
    }
}

/// The element of a new paragraph.
fn separator(cx: &Cx) -> &'static str {
    if cx.window().input.content.paragraphs.get() { "p" } else { "div" }
}

/// Enter: the paragraph ends and another one begins.
pub(super) fn paragraph(cx: &mut Cx, log: &mut Log) {
    delete::selection(cx, log);
    let Some(editing) = editing(cx) else { return };
    let (host, place) = (editing.host, editing.range.start());
    let agent = cx.engine();
    if super::is_plain(cx, host) || near(cx, place.node, host, &["pre"]).is_some() {
        return line_break(cx, log);
    }
    let mut block = block_of(&agent.tree(), place.node, host);
    if let Some(item) = near(cx, place.node, host, &["li", "dd", "dt"]) {
        block = item;
        // Enter in an empty item ends the list.
        if is_empty(&agent.tree(), item) {
            return super::block::leave_list(cx, log, host, item);
        }
    }
    let is_cell = walk::is_named(&agent.tree(), block, &["td", "th", "caption", "body"]);
    if block == host || is_cell {
        // Bare text: its line becomes a block.
        let name = separator(cx);
        let wrapped = super::block::wrap_line(cx, log, block, place, name);
        let Some(wrapped) = wrapped else { return };
        block = wrapped;
    }
    // The caret's node may have been moved, but it is the same one.
    let Some(editing) = self::editing(cx) else { return };
    let place = editing.range.start();
    let Some(second) = split(cx, log, block, place) else { return };
    hold_open(cx, log, block);
    // After a heading there is text again.
    let heading = walk::is_named(&agent.tree(), second, &["h1", "h2", "h3", "h4", "h5", "h6"]);
    let second = if heading && is_empty(&agent.tree(), second) {
        let name = separator(cx);
        log.rename(cx, second, name)
    } else {
        second
    };
    hold_open(cx, log, second);
    let caret = walk::first_place(&agent.tree(), second);
    set_selection(cx, caret, caret);
}

/// Shift and Enter: a line ends within its paragraph.
pub(super) fn line_break(cx: &mut Cx, log: &mut Log) {
    delete::selection(cx, log);
    let Some(editing) = editing(cx) else { return };
    let place = editing.range.start();
    if !collapses(cx, place.node) {
        let (node, at) = text_place(cx, log, place);
        // The last line feed of a block shows nothing by itself.
        let last = at == length(&cx.engine().tree(), node)
            && cx.engine().tree().next_sibling(node).is_none();
        log.replace(cx, node, at, 0, if last { "\n\n" } else { "\n" });
        let caret = Boundary::new(node, at + 1);
        return set_selection(cx, caret, caret);
    }
    let line_break = Log::element(cx, "br");
    let (parent, before) = element_place(cx, log, place);
    log.insert(cx, line_break, parent, before);
    let agent = cx.engine();
    let ends = {
        let tree = agent.tree();
        !std::iter::successors(tree.next_sibling(line_break), |id| tree.next_sibling(*id))
            .any(|id| !tree.is_text(id) || !tree.text(id).is_empty())
    };
    if ends {
        let second = Log::element(cx, "br");
        log.insert(cx, second, parent, before);
    }
    let place = Boundary::after(&agent.tree(), line_break);
    if let Ok(caret) = place {
        set_selection(cx, caret, caret);
    }
}

/// A place between elements: the parent, and the child that it is before.
pub(super) fn element_place(
    cx: &mut Cx,
    log: &mut Log,
    place: Boundary,
) -> (NodeId, Option<NodeId>) {
    let agent = cx.engine();
    let parent = {
        let tree = agent.tree();
        if !tree.is_text(place.node) {
            return (place.node, child_at(&tree, place.node, place.offset));
        }
        tree.parent(place.node)
    };
    let Some(parent) = parent else { return (place.node, None) };
    let whole = length(&agent.tree(), place.node);
    if place.offset == 0 {
        return (parent, Some(place.node));
    }
    if place.offset >= whole {
        let next = agent.tree().next_sibling(place.node);
        return (parent, next);
    }
    let second = log.split_text(cx, place.node, place.offset);
    (parent, second)
}

/// Inserts HTML in place of what is selected.
pub(super) fn html(cx: &mut Cx, log: &mut Log, html: &str) {
    delete::selection(cx, log);
    let Some(editing) = editing(cx) else { return };
    let agent = cx.engine();
    let place = editing.range.start();
    let block = block_of(&agent.tree(), place.node, editing.host);
    let Ok(fragment) = parse_fragment(cx, block, html) else { return };
    let _ = cx.wrap(fragment);
    let nodes: Vec<NodeId> = {
        let tree = agent.tree();
        // What never belongs into a document that is written.
        tree.children(fragment)
            .filter(|&id| !walk::is_named(&tree, id, &["meta", "title", "link", "script", "style"]))
            .collect()
    };
    let Some(&last) = nodes.last() else { return };
    let has_blocks = nodes.iter().any(|&id| walk::is_block(&agent.tree(), id));
    let is_paragraph =
        walk::is_named(&agent.tree(), block, &["p", "h1", "h2", "h3", "h4", "h5", "h6"]);
    let (parent, before) = if has_blocks && is_paragraph && block != editing.host {
        // Blocks do not stand in a paragraph.
        let parent = agent.tree().parent(block);
        let Some(parent) = parent else { return };
        if is_empty(&agent.tree(), block) {
            let next = agent.tree().next_sibling(block);
            log.remove(cx, block);
            (parent, next)
        } else {
            let second = split(cx, log, block, place);
            (parent, second)
        }
    } else {
        if is_empty(&agent.tree(), block) {
            let breaks: Vec<NodeId> = {
                let tree = agent.tree();
                tree.children(block).filter(|&id| tree.is_html_element(id, "br")).collect()
            };
            for line_break in breaks {
                log.remove(cx, line_break);
            }
        }
        let place = self::editing(cx).map_or(place, |editing| editing.range.start());
        element_place(cx, log, place)
    };
    for node in nodes {
        log.insert(cx, node, parent, before);
    }
    let caret = {
        let tree = agent.tree();
        if tree.is_text(last) || tree.first_child(last).is_some() {
            Ok(walk::last_place(&tree, last))
        } else {
            Boundary::after(&tree, last)
        }
    };
    if let Ok(caret) = caret {
        set_selection(cx, caret, caret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_do_not_collapse() {
        for (text, at, data, expected) in [
            ("ab", 2, " ", ("\u{a0}", 2, 0)),
            ("ab\u{a0}", 3, "c", (" c", 2, 1)),
            ("ab", 1, " ", (" ", 1, 0)),
            ("", 0, "a b", ("a b", 0, 0)),
            ("a ", 2, " ", ("\u{a0}", 2, 0)),
        ] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let (data, from, taken) = spaced(&units, at, data);
            assert_eq!((data.as_str(), from, taken), expected, "{text:?}");
        }
    }
}
