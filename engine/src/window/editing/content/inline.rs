//! Bold, italic, links and the like.

use virga_dom::NodeId;
use virga_js::Cx;

use super::{
    editing,
    log::Log,
    set_selection,
    walk::{self, near, texts},
};
use crate::{
    agent::EngineCx,
    dom::ranges::{Boundary, length},
    window::rendering,
};

/// A style that is on or off, and the elements that make it.
pub(super) struct Style {
    pub(super) command: &'static str,
    /// The element that is made, and all that count.
    names: &'static [&'static str],
}

const STYLES: &[Style] = &[
    Style { command: "bold", names: &["b", "strong"] },
    Style { command: "italic", names: &["i", "em"] },
    Style { command: "underline", names: &["u", "ins"] },
    Style { command: "strikethrough", names: &["strike", "s", "del"] },
    Style { command: "subscript", names: &["sub"] },
    Style { command: "superscript", names: &["sup"] },
];

pub(super) fn style(command: &str) -> Option<&'static Style> {
    STYLES.iter().find(|style| style.command == command)
}

/// Whether a text has a style.
fn has(cx: &Cx, host: NodeId, text: NodeId, style: &Style) -> bool {
    if near(cx, text, host, style.names).is_some() {
        return true;
    }
    let parent = cx.engine().tree().parent_element(text);
    let computed = |name: &str| parent.and_then(|id| rendering::computed(cx, id, name));
    match style.command {
        "bold" => {
            computed("font-weight").and_then(|w| w.parse::<f64>().ok()).is_some_and(|w| w >= 600.0)
        }
        "italic" => computed("font-style").is_some_and(|value| value != "normal"),
        _ => false,
    }
}

/// Whether all that is selected has a style, or what is typed next.
pub(super) fn state(cx: &mut Cx, style: &Style) -> bool {
    let Some(editing) = editing(cx) else { return false };
    let (start, end) = (editing.range.start(), editing.range.end());
    if start == end {
        let pending = cx.window().input.content.pending.borrow().clone();
        if let Some((_, on)) = pending.iter().find(|(command, _)| *command == style.command) {
            return *on;
        }
        return has(cx, editing.host, start.node, style)
            || walk::is_named(&cx.engine().tree(), start.node, style.names);
    }
    let texts = texts(&cx.engine().tree(), editing.host, start, end);
    !texts.is_empty() && texts.iter().all(|&(text, ..)| has(cx, editing.host, text, style))
}

/// Turns a style of what is selected on or off; of what is typed next without a
/// selection.
pub(super) fn toggle(cx: &mut Cx, log: &mut Log, style: &'static Style) {
    let on = !state(cx, style);
    let Some(editing) = editing(cx) else { return };
    let (start, end) = (editing.range.start(), editing.range.end());
    if start == end {
        let window = cx.window();
        let mut pending = window.input.content.pending.borrow_mut();
        pending.retain(|(command, _)| *command != style.command);
        pending.push((style.command, on));
        return;
    }
    set(cx, log, editing.host, (start, end), style, on);
}

/// Styles what was just typed as was asked before.
pub(super) fn apply_pending(
    cx: &mut Cx,
    log: &mut Log,
    host: NodeId,
    start: Boundary,
    end: Boundary,
) {
    let pending = std::mem::take(&mut *cx.window().input.content.pending.borrow_mut());
    for (command, on) in pending {
        if let Some(style) = style(command) {
            // A style that came first has split the text.
            let now = match editing(cx).map(|editing| editing.range.end()) {
                Some(end) if end.node != start.node => (Boundary::start_of(end.node), end),
                Some(end) => (start, end),
                None => (start, end),
            };
            set(cx, log, host, now, style, on);
            if let Some(editing) = editing(cx) {
                let end = editing.range.end();
                set_selection(cx, end, end);
            }
        }
    }
}

/// The texts of a range, split from what is around them.
fn isolate(
    cx: &mut Cx,
    log: &mut Log,
    host: NodeId,
    (start, end): (Boundary, Boundary),
) -> Vec<NodeId> {
    let agent = cx.engine();
    let parts = texts(&agent.tree(), host, start, end);
    let mut out = Vec::new();
    for (text, from, to) in parts {
        if to < length(&agent.tree(), text) {
            log.split_text(cx, text, to);
        }
        if from > 0 {
            out.extend(log.split_text(cx, text, from));
        } else {
            out.push(text);
        }
    }
    out
}

/// Selects texts, from the first to the last.
fn select_texts(cx: &mut Cx, texts: &[NodeId]) {
    if let (Some(&first), Some(&last)) = (texts.first(), texts.last()) {
        let end = Boundary::end_of(&cx.engine().tree(), last);
        set_selection(cx, Boundary::start_of(first), end);
    }
}

fn set(
    cx: &mut Cx,
    log: &mut Log,
    host: NodeId,
    range: (Boundary, Boundary),
    style: &Style,
    on: bool,
) {
    let texts = isolate(cx, log, host, range);
    for &text in &texts {
        if has(cx, host, text, style) == on {
            continue;
        }
        if on {
            wrap(cx, log, text, style.names[0], &[]);
            continue;
        }
        while let Some(element) = near(cx, text, host, style.names) {
            push_out(cx, log, element, text);
        }
        if has(cx, host, text, style) {
            // What a style sheet says is overruled.
            let value = if style.command == "bold" {
                "font-weight: normal;"
            } else {
                "font-style: normal;"
            };
            wrap(cx, log, text, "span", &[("style", value)]);
        }
    }
    select_texts(cx, &texts);
}

/// Puts an element around a node, or the node into the like one before it.
fn wrap(cx: &mut Cx, log: &mut Log, node: NodeId, name: &str, attributes: &[(&str, &str)]) {
    let agent = cx.engine();
    let (parent, before) = {
        let tree = agent.tree();
        (tree.parent(node), tree.prev_sibling(node))
    };
    let Some(parent) = parent else { return };
    let alike = before.filter(|&id| {
        let tree = agent.tree();
        tree.is_html_element(id, name)
            && tree.attributes(id).len() == attributes.len()
            && attributes
                .iter()
                .all(|(key, value)| tree.plain_attribute(id, &(*key).into()) == Some(value))
    });
    if let Some(alike) = alike {
        return log.insert(cx, node, alike, None);
    }
    let element = Log::element(cx, name);
    log.insert(cx, element, parent, Some(node));
    for (key, value) in attributes {
        log.set_attribute(cx, element, key, Some(value));
    }
    log.insert(cx, node, element, None);
}

/// Splits an element around a text in it, which stands outside of it then.
fn push_out(cx: &mut Cx, log: &mut Log, element: NodeId, text: NodeId) {
    let agent = cx.engine();
    let after = Boundary::after(&agent.tree(), text);
    if let Ok(after) = after {
        let rest = super::insert::split(cx, log, element, after);
        if let Some(rest) = rest.filter(|&rest| walk::is_closed(&agent.tree(), rest)) {
            log.remove(cx, rest);
        }
    }
    let before = Boundary::before(&agent.tree(), text);
    let Ok(before) = before else { return };
    let own = super::insert::split(cx, log, element, before).unwrap_or(element);
    if walk::is_closed(&agent.tree(), element) {
        log.remove(cx, element);
    }
    log.unwrap(cx, own);
}

/// Puts what is selected into a link.
pub(super) fn link(cx: &mut Cx, log: &mut Log, url: &str) {
    let Some(editing) = editing(cx) else { return };
    let range = (editing.range.start(), editing.range.end());
    if range.0 == range.1 {
        return;
    }
    unlink(cx, log);
    let Some(editing) = self::editing(cx) else { return };
    let range = (editing.range.start(), editing.range.end());
    let texts = isolate(cx, log, editing.host, range);
    for &text in &texts {
        wrap(cx, log, text, "a", &[("href", url)]);
    }
    select_texts(cx, &texts);
}

/// Takes the links around what is selected away.
pub(super) fn unlink(cx: &mut Cx, log: &mut Log) {
    let Some(editing) = editing(cx) else { return };
    let (host, start, end) = (editing.host, editing.range.start(), editing.range.end());
    let collapsed = start == end;
    let mut texts = texts(&cx.engine().tree(), host, start, end);
    if collapsed {
        texts.push((start.node, 0, 0));
    }
    for (text, ..) in texts {
        if let Some(link) = near(cx, text, host, &["a"]) {
            log.unwrap(cx, link);
        }
    }
}

/// Colours, fonts and sizes: a `span` with a style.
pub(super) fn style_with(cx: &mut Cx, log: &mut Log, property: &str, value: &str) {
    let Some(editing) = editing(cx) else { return };
    let range = (editing.range.start(), editing.range.end());
    let texts = isolate(cx, log, editing.host, range);
    let style = format!("{property}: {value};");
    for &text in &texts {
        wrap(cx, log, text, "span", &[("style", &style)]);
    }
    select_texts(cx, &texts);
}

/// Takes all that styles away from what is selected.
pub(super) fn remove_format(cx: &mut Cx, log: &mut Log) {
    const NAMES: &[&str] = &[
        "b", "strong", "i", "em", "u", "ins", "strike", "s", "del", "sub", "sup", "span", "font",
        "big", "small", "tt", "code", "mark", "cite", "dfn", "kbd", "q", "samp", "var",
    ];
    let Some(editing) = editing(cx) else { return };
    let range = (editing.range.start(), editing.range.end());
    let texts = isolate(cx, log, editing.host, range);
    for &text in &texts {
        while let Some(element) = near(cx, text, editing.host, NAMES) {
            push_out(cx, log, element, text);
        }
    }
    select_texts(cx, &texts);
}
