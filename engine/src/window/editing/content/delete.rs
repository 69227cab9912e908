//! Deleting what is selected, or what the caret is next to.

use virga_dom::NodeId;
use virga_js::Cx;

use super::{
    block, editing, insert,
    log::Log,
    set_selection,
    walk::{self, block_of, near},
};
use crate::{
    agent::EngineCx,
    dom::ranges::{Boundary, length},
    generated::SelectionMethods as _,
};

/// Deletes what is selected and joins the blocks that this leaves open.
pub(super) fn selection(cx: &mut Cx, log: &mut Log) {
    let Some(editing) = editing(cx).filter(|editing| !editing.range.is_collapsed()) else { return };
    let (start, end) = (editing.range.start(), editing.range.end());
    range(cx, log, editing.host, start, end);
}

/// Deletes what is between two places of a host.
pub(super) fn range(cx: &mut Cx, log: &mut Log, host: NodeId, start: Boundary, end: Boundary) {
    let agent = cx.engine();
    let (first, last) = {
        let tree = agent.tree();
        (block_of(&tree, start.node, host), block_of(&tree, end.node, host))
    };
    if start.node == end.node && agent.tree().is_text(start.node) {
        log.replace(cx, start.node, start.offset, end.offset - start.offset, "");
    } else {
        // Whole nodes go, without what contains an end.
        let whole: Vec<NodeId> = {
            use std::cmp::Ordering::{Greater, Less};
            let tree = agent.tree();
            tree.descendants(host)
                .filter(|&id| {
                    let (Ok(before), Ok(after)) =
                        (Boundary::before(&tree, id), Boundary::after(&tree, id))
                    else {
                        return false;
                    };
                    let begins = before.compare(&tree, start).is_some_and(|order| order != Less);
                    let ends = after.compare(&tree, end).is_some_and(|order| order != Greater);
                    begins && ends
                })
                .collect()
        };
        if agent.tree().is_text(end.node) {
            log.replace(cx, end.node, 0, end.offset, "");
        }
        if agent.tree().is_text(start.node) {
            let rest = length(&agent.tree(), start.node).saturating_sub(start.offset);
            log.replace(cx, start.node, start.offset, rest, "");
        }
        for node in whole {
            // What is in a node that went is gone already.
            if agent.tree().is_inclusive_ancestor(host, node) {
                log.remove(cx, node);
            }
        }
    }
    let there = |cx: &Cx, id: NodeId| cx.engine().tree().is_inclusive_ancestor(host, id);
    if first != last && there(cx, first) && there(cx, last) {
        join(cx, log, host, first, last);
    }
    let caret = if there(cx, start.node) {
        let limit = length(&agent.tree(), start.node);
        Boundary::new(start.node, start.offset.min(limit))
    } else {
        walk::first_place(&agent.tree(), host)
    };
    drop_empty_text(cx, log, caret.node);
    let block = if there(cx, first) { first } else { host };
    if walk::is_closed(&agent.tree(), block) {
        insert::hold_open(cx, log, block);
        let caret = walk::first_place(&agent.tree(), block);
        return set_selection(cx, caret, caret);
    }
    set_selection(cx, caret, caret);
}

/// An empty text stays only where nothing else would hold the caret.
fn drop_empty_text(cx: &mut Cx, log: &mut Log, node: NodeId) {
    let agent = cx.engine();
    let (empty, parent) = {
        let tree = agent.tree();
        (tree.is_text(node) && tree.text(node).is_empty(), tree.parent(node))
    };
    let Some(parent) = parent.filter(|_| empty) else { return };
    let index = u32::try_from(agent.tree().index_in_parent(node)).unwrap_or(u32::MAX);
    log.remove(cx, node);
    let caret = Boundary::new(parent, index);
    set_selection(cx, caret, caret);
}

/// Moves what is in the second of two blocks to the end of the first one.
fn join(cx: &mut Cx, log: &mut Log, host: NodeId, first: NodeId, last: NodeId) {
    let agent = cx.engine();
    let inside = agent.tree().is_inclusive_ancestor(last, first);
    if inside {
        // The second one is around the first: its lines after it move in.
        let mut next = agent.tree().next_sibling(first);
        while let Some(node) = next.filter(|&id| !walk::is_block(&agent.tree(), id)) {
            next = agent.tree().next_sibling(node);
            log.insert(cx, node, first, None);
        }
        return;
    }
    let empty = walk::is_empty(&agent.tree(), last);
    if empty {
        // Only a line break held it open.
        let breaks: Vec<NodeId> = agent.tree().children(last).collect();
        for id in breaks {
            log.remove(cx, id);
        }
    } else {
        drop_trailing_break(cx, log, first);
    }
    let children: Vec<NodeId> = {
        let tree = agent.tree();
        // A block's own blocks stay where they are, behind it.
        tree.children(last).take_while(|&id| !walk::is_block(&tree, id)).collect()
    };
    for child in children {
        log.insert(cx, child, first, None);
    }
    let mut empty = Some(last);
    while let Some(id) = empty.filter(|&id| id != host && agent.tree().first_child(id).is_none()) {
        empty = agent.tree().parent(id);
        log.remove(cx, id);
    }
}

/// The line break that holds an empty line open goes when text comes.
fn drop_trailing_break(cx: &mut Cx, log: &mut Log, block: NodeId) {
    let agent = cx.engine();
    let last = agent.tree().last_child(block);
    if let Some(last) = last.filter(|&id| agent.tree().is_html_element(id, "br")) {
        log.remove(cx, last);
    }
}

/// What a key deletes without a selection.
pub(super) fn next_to_caret(cx: &mut Cx, log: &mut Log, forwards: bool, granularity: &str) {
    let Some(now) = editing(cx) else { return };
    if !now.range.is_collapsed() {
        return selection(cx, log);
    }
    let (host, caret) = (now.host, now.range.start());
    let agent = cx.engine();
    let block = block_of(&agent.tree(), caret.node, host);
    let at_start =
        caret == walk::first_place(&agent.tree(), block) || caret == Boundary::start_of(block);
    if !forwards && at_start {
        let item = near(cx, caret.node, host, &["li"]);
        if let Some(item) = item.filter(|&item| agent.tree().prev_sibling(item).is_none()) {
            return block::leave_list(cx, log, host, item);
        }
        if let Some(quote) = near(cx, caret.node, host, &["blockquote"]) {
            return log.unwrap(cx, quote);
        }
    }
    let at_end = caret == walk::last_place(&agent.tree(), block)
        || caret == Boundary::end_of(&agent.tree(), block);
    if block != host && (forwards && at_end || !forwards && at_start) {
        let other = walk::beyond(&agent.tree(), host, block, forwards);
        if let Some(other) = other {
            let (start, end) = if forwards { (caret, other) } else { (other, caret) };
            return range(cx, log, host, start, end);
        }
        return;
    }
    let direction = if forwards { "forward" } else { "backward" };
    if now
        .selection
        .modify(cx, Some("extend".into()), Some(direction.into()), Some(granularity.into()))
        .is_err()
    {
        return;
    }
    let Some(extended) = editing(cx) else {
        return set_selection(cx, caret, caret);
    };
    if extended.host == host {
        selection(cx, log);
    } else {
        set_selection(cx, caret, caret);
    }
}

/// Deletes code units before the caret, which are in its text.
pub(super) fn units_before(cx: &mut Cx, log: &mut Log, units: usize) {
    selection(cx, log);
    let Some(editing) = editing(cx) else { return };
    let place = editing.range.start();
    let units = u32::try_from(units).unwrap_or(u32::MAX).min(place.offset);
    if units > 0 && cx.engine().tree().is_text(place.node) {
        log.replace(cx, place.node, place.offset - units, units, "");
        let caret = Boundary::new(place.node, place.offset - units);
        set_selection(cx, caret, caret);
    }
}
