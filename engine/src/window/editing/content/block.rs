//! Paragraphs, lists and their like.

use virga_dom::NodeId;
use virga_js::Cx;

use super::{
    editing, insert,
    log::Log,
    set_selection,
    walk::{self, around, block_of, is_block, near},
};
use crate::{agent::EngineCx, dom::ranges::Boundary};

const LISTS: &[&str] = &["ul", "ol"];

/// Puts the line of bare content at a place in `root` into an element of its own.
pub(super) fn wrap_line(
    cx: &mut Cx,
    log: &mut Log,
    root: NodeId,
    place: Boundary,
    name: &str,
) -> Option<NodeId> {
    let agent = cx.engine();
    let line: Vec<NodeId> = {
        let tree = agent.tree();
        // The child of the root that the place is in, or next to.
        let child = if place.node == root {
            walk::child_at(&tree, root, place.offset).or_else(|| tree.last_child(root))
        } else {
            std::iter::once(place.node)
                .chain(tree.ancestors(place.node))
                .find(|&id| tree.parent(id) == Some(root))
        };
        let ends = |id: NodeId| is_block(&tree, id);
        let mut line = Vec::new();
        if let Some(child) = child.filter(|&id| !ends(id)) {
            let mut first = child;
            while let Some(before) =
                tree.prev_sibling(first).filter(|&id| !ends(id) && !tree.is_html_element(id, "br"))
            {
                first = before;
            }
            let mut next = Some(first);
            while let Some(id) = next.filter(|&id| !ends(id)) {
                line.push(id);
                if tree.is_html_element(id, "br") {
                    break;
                }
                next = tree.next_sibling(id);
            }
        }
        line
    };
    let (anchor, focus) = {
        let now = editing(cx)?;
        (now.selection.anchor(cx)?, now.selection.focus(cx)?)
    };
    let before = match line.first() {
        Some(&first) => Some(first),
        None if place.node == root => walk::child_at(&agent.tree(), root, place.offset),
        None => None,
    };
    let block = Log::element(cx, name);
    log.insert(cx, block, root, before);
    let first =
        before.map_or(0, |_| u32::try_from(agent.tree().index_in_parent(block)).unwrap_or(0));
    for &node in &line {
        log.insert(cx, node, block, None);
    }
    insert::hold_open(cx, log, block);
    // What was a place in the root is one in the block.
    let moved = |place: Boundary| {
        if place.node == root {
            let limit = crate::dom::ranges::length(&agent.tree(), block);
            Boundary::new(block, place.offset.saturating_sub(first).min(limit))
        } else {
            place
        }
    };
    let (anchor, focus) = (moved(anchor), moved(focus));
    set_selection(cx, anchor, focus);
    Some(block)
}

/// The innermost blocks that are selected; bare lines become blocks first.
fn selected(cx: &mut Cx, log: &mut Log) -> Vec<NodeId> {
    let Some(now) = editing(cx) else { return Vec::new() };
    let (host, start, end) = (now.host, now.range.start(), now.range.end());
    let agent = cx.engine();
    let mut places: Vec<NodeId> =
        walk::texts(&agent.tree(), host, start, end).into_iter().map(|(text, ..)| text).collect();
    for place in [start.node, end.node] {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let mut blocks = Vec::new();
    for place in places {
        if !agent.tree().is_inclusive_ancestor(host, place) {
            continue;
        }
        let mut block = block_of(&agent.tree(), place, host);
        if block == host {
            let at = if place == host { start } else { Boundary::start_of(place) };
            match wrap_line(cx, log, host, at, "div") {
                Some(wrapped) => block = wrapped,
                None => continue,
            }
        }
        if !blocks.contains(&block) {
            blocks.push(block);
        }
    }
    let tree = agent.tree();
    // A block around another one that is selected too is not the innermost.
    let inner: Vec<NodeId> = blocks
        .iter()
        .copied()
        .filter(|&id| {
            !blocks.iter().any(|&other| other != id && tree.is_inclusive_ancestor(id, other))
        })
        .collect();
    inner
}

/// The name of the block that the selection begins in.
pub(super) fn name(cx: &mut Cx) -> Option<String> {
    let now = editing(cx)?;
    let agent = cx.engine();
    let tree = agent.tree();
    let block = block_of(&tree, now.range.start().node, now.host);
    if block == now.host {
        return None;
    }
    tree.local_name(block).map(|name| name.to_string())
}

/// Makes the selected blocks elements of this name.
pub(super) fn format(cx: &mut Cx, log: &mut Log, name: &str) {
    const FORMATS: &[&str] = &[
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "main",
        "nav",
        "p",
        "pre",
        "section",
    ];
    let name = name.trim_start_matches('<').trim_end_matches('>').to_ascii_lowercase();
    if !FORMATS.contains(&name.as_str()) {
        return;
    }
    let kept = kept_places(cx);
    for block in selected(cx, log) {
        if walk::is_named(&cx.engine().tree(), block, &["li", "td", "th"]) {
            // What is in an item or a cell is formatted, not the item.
            let inner = Log::element(cx, &name);
            let first = cx.engine().tree().first_child(block);
            log.insert(cx, inner, block, first);
            let rest: Vec<NodeId> =
                cx.engine().tree().children(block).filter(|&id| id != inner).collect();
            for child in rest {
                log.insert(cx, child, inner, None);
            }
        } else {
            log.rename(cx, block, &name);
        }
    }
    put_back(cx, kept);
}

/// Anchor and focus, where they are in texts, which blocks are moved with.
fn kept_places(cx: &mut Cx) -> Option<(Boundary, Boundary)> {
    let now = editing(cx)?;
    Some((now.selection.anchor(cx)?, now.selection.focus(cx)?))
}

fn put_back(cx: &mut Cx, kept: Option<(Boundary, Boundary)>) {
    let Some((anchor, focus)) = kept else { return };
    let there = |place: Boundary| cx.engine().tree().is_connected(place.node);
    if there(anchor) && there(focus) {
        set_selection(cx, anchor, focus);
    }
}

/// `text-align` of the selected blocks.
pub(super) fn align(cx: &mut Cx, log: &mut Log, value: &str) {
    let kept = kept_places(cx);
    for block in selected(cx, log) {
        let style = cx.engine().attribute(block, "style").unwrap_or_default();
        let others = style
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty() && !part.starts_with("text-align"));
        let mut style: Vec<String> = others.map(str::to_owned).collect();
        style.push(format!("text-align: {value}"));
        log.set_attribute(cx, block, "style", Some(&format!("{};", style.join("; "))));
    }
    put_back(cx, kept);
}

/// Whether the selection begins in a list of this name.
pub(super) fn is_in_list(cx: &mut Cx, list: &str) -> bool {
    let Some(now) = editing(cx) else { return false };
    let agent = cx.engine();
    let tree = agent.tree();
    let found = around(&tree, now.range.start().node, now.host, LISTS);
    found.is_some_and(|found| tree.is_html_element(found, list))
}

/// Makes the selected blocks items of a list, or takes them out of it.
pub(super) fn toggle_list(cx: &mut Cx, log: &mut Log, list: &'static str) {
    let kept = kept_places(cx);
    let leaves = is_in_list(cx, list);
    let agent = cx.engine();
    let Some(host) = editing(cx).map(|now| now.host) else { return };
    let blocks = selected(cx, log);
    let mut target: Option<NodeId> = None;
    for block in blocks {
        let item = near(cx, block, host, &["li"]);
        match item {
            Some(item) if leaves => {
                leave_list(cx, log, host, item);
            }
            Some(item) => {
                // In a list of the other kind.
                let parent = agent.tree().parent(item);
                if let Some(parent) = parent.filter(|&id| walk::is_named(&agent.tree(), id, LISTS))
                {
                    target = Some(log.rename(cx, parent, list));
                }
            }
            None => {
                let Some(parent) = agent.tree().parent(block) else { continue };
                let before = agent.tree().prev_sibling(block);
                let joins = before
                    .filter(|&id| target == Some(id) || agent.tree().is_html_element(id, list));
                let list = match joins {
                    Some(list) => list,
                    None => {
                        let new = Log::element(cx, list);
                        log.insert(cx, new, parent, Some(block));
                        new
                    }
                };
                target = Some(list);
                let item = Log::element(cx, "li");
                log.insert(cx, item, list, None);
                if walk::is_named(&agent.tree(), block, &["div", "p"]) {
                    log.move_children(cx, block, item);
                    log.remove(cx, block);
                } else {
                    log.insert(cx, block, item, None);
                }
                insert::hold_open(cx, log, item);
            }
        }
    }
    put_back(cx, kept);
}

/// Takes an item out of its list, which is split around it.
pub(super) fn leave_list(cx: &mut Cx, log: &mut Log, host: NodeId, item: NodeId) {
    let agent = cx.engine();
    let Some(list) = agent.tree().parent(item) else { return };
    let Some(parent) = agent.tree().parent(list).filter(|_| list != host) else { return };
    let nested = agent.tree().is_html_element(parent, "li");
    let after: Vec<NodeId> = {
        let tree = agent.tree();
        std::iter::successors(tree.next_sibling(item), |id| tree.next_sibling(*id)).collect()
    };
    let place = if nested { agent.tree().parent(parent) } else { Some(parent) };
    let Some(place) = place else { return };
    let behind = agent.tree().next_sibling(if nested { parent } else { list });
    let paragraphs = cx.window().input.content.paragraphs.get();
    let out = if nested {
        log.insert(cx, item, place, behind);
        item
    } else {
        let new = Log::element(cx, if paragraphs { "p" } else { "div" });
        log.insert(cx, new, place, behind);
        log.move_children(cx, item, new);
        log.remove(cx, item);
        new
    };
    if !after.is_empty() {
        let name = agent.tree().local_name(list).map(|name| name.to_string()).unwrap_or_default();
        let rest = Log::element(cx, &name);
        if nested {
            log.insert(cx, rest, out, None);
        } else {
            log.insert(cx, rest, place, behind);
        }
        for id in after {
            log.insert(cx, id, rest, None);
        }
    }
    let bare = !agent.tree().children(list).any(|id| agent.tree().is_element(id));
    if bare {
        log.remove(cx, list);
    }
    insert::hold_open(cx, log, out);
    let caret = walk::first_place(&agent.tree(), out);
    set_selection(cx, caret, caret);
}

/// Moves the selected blocks in: items into a list below, others into a quote.
pub(super) fn indent(cx: &mut Cx, log: &mut Log) {
    const STYLE: &str = "margin: 0 0 0 40px; border: none; padding: 0px;";
    let kept = kept_places(cx);
    let agent = cx.engine();
    let Some(host) = editing(cx).map(|now| now.host) else { return };
    for block in selected(cx, log) {
        if let Some(item) = near(cx, block, host, &["li"]) {
            let (list, before) = {
                let tree = agent.tree();
                let before = tree.prev_sibling(item).filter(|&id| tree.is_html_element(id, "li"));
                (tree.parent(item), before)
            };
            let (Some(list), Some(before)) = (list, before) else { continue };
            let name =
                agent.tree().local_name(list).map(|name| name.to_string()).unwrap_or_default();
            let last = agent.tree().last_child(before);
            let inner = match last.filter(|&id| agent.tree().is_html_element(id, &name)) {
                Some(inner) => inner,
                None => {
                    let new = Log::element(cx, &name);
                    log.insert(cx, new, before, None);
                    new
                }
            };
            log.insert(cx, item, inner, None);
            continue;
        }
        let (parent, before) = {
            let tree = agent.tree();
            (tree.parent(block), tree.prev_sibling(block))
        };
        let Some(parent) = parent else { continue };
        let quote = before.filter(|&id| {
            agent.tree().is_html_element(id, "blockquote")
                && agent.tree().plain_attribute(id, &"style".into()) == Some(STYLE)
        });
        let quote = match quote {
            Some(quote) => quote,
            None => {
                let new = Log::element(cx, "blockquote");
                log.insert(cx, new, parent, Some(block));
                log.set_attribute(cx, new, "style", Some(STYLE));
                new
            }
        };
        log.insert(cx, block, quote, None);
    }
    put_back(cx, kept);
}

/// Moves the selected blocks out of the quote or the list that they are in.
pub(super) fn outdent(cx: &mut Cx, log: &mut Log) {
    let kept = kept_places(cx);
    let Some(host) = editing(cx).map(|now| now.host) else { return };
    for block in selected(cx, log) {
        if let Some(item) = near(cx, block, host, &["li"]) {
            leave_list(cx, log, host, item);
        } else if let Some(quote) = near(cx, block, host, &["blockquote"]) {
            log.unwrap(cx, quote);
        }
    }
    put_back(cx, kept);
}
