//! Keys and the pointer in what is edited in place, and selecting in documents.

use virga_js::Cx;
use virga_protocol::{KeyEvent, Modifiers, PointerEvent};

use super::{active_host, announce, delete, editing, insert, perform, reveal, set_selection};
use crate::{
    agent::EngineCx, dom::ranges::Boundary, events, generated::SelectionMethods as _, selection,
    window::rendering,
};

/// What a key does; `true` if it did anything.
pub(crate) fn key(cx: &mut Cx, input: &KeyEvent) -> bool {
    let Some(host) = active_host(cx) else { return false };
    let held = input.modifiers;
    let word = held.intersects(Modifiers::CTRL | Modifiers::ALT);
    let line = held.contains(Modifiers::META);
    let shift = held.contains(Modifiers::SHIFT);
    let chord =
        held.intersects(Modifiers::CTRL | Modifiers::META) && !held.contains(Modifiers::ALT_GRAPH);
    match input.key.as_str() {
        "Backspace" | "Delete" => {
            let forwards = input.key == "Delete";
            let (granularity, input_type) = match (forwards, word, line) {
                (false, _, true) => ("lineboundary", "deleteSoftLineBackward"),
                (true, _, true) => ("lineboundary", "deleteSoftLineForward"),
                (false, true, _) => ("word", "deleteWordBackward"),
                (true, true, _) => ("word", "deleteWordForward"),
                (false, ..) => ("character", "deleteContentBackward"),
                (true, ..) => ("character", "deleteContentForward"),
            };
            if announce(cx, host, input_type, None, None) && editing(cx).is_some() {
                perform(cx, host, input_type, None, |cx, log| {
                    delete::next_to_caret(cx, log, forwards, granularity);
                });
            }
        }
        "Enter" => {
            let input_type = if shift { "insertLineBreak" } else { "insertParagraph" };
            if announce(cx, host, input_type, None, None) && editing(cx).is_some() {
                let change = if shift { insert::line_break } else { insert::paragraph };
                perform(cx, host, input_type, None, change);
            }
        }
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" => {
            travel(cx, &input.key, word, line, shift);
        }
        "b" | "B" if chord => style(cx, host, "bold", "formatBold"),
        "i" | "I" if chord => style(cx, host, "italic", "formatItalic"),
        "u" | "U" if chord => style(cx, host, "underline", "formatUnderline"),
        key if !chord && events::single_char(key).is_some() => {
            super::insert_text(cx, key, "insertText");
        }
        _ => return false,
    }
    true
}

fn style(cx: &mut Cx, host: virga_dom::NodeId, command: &str, input_type: &'static str) {
    let Some(style) = super::inline::style(command) else { return };
    if !super::is_plain(cx, host) && announce(cx, host, input_type, None, None) {
        perform(cx, host, input_type, None, |cx, log| super::inline::toggle(cx, log, style));
    }
}

/// Moves the caret.
fn travel(cx: &mut Cx, key: &str, word: bool, line: bool, extend: bool) {
    let Some(now) = editing(cx) else { return };
    if matches!(key, "ArrowUp" | "ArrowDown")
        && !word
        && !line
        && vertically(cx, key == "ArrowDown", extend)
    {
        return reveal(cx);
    }
    let (direction, granularity) = match key {
        "ArrowLeft" if line => ("left", "lineboundary"),
        "ArrowRight" if line => ("right", "lineboundary"),
        "ArrowLeft" => ("left", if word { "word" } else { "character" }),
        "ArrowRight" => ("right", if word { "word" } else { "character" }),
        "ArrowUp" => ("backward", "line"),
        "ArrowDown" => ("forward", "line"),
        "Home" => ("backward", if word { "documentboundary" } else { "lineboundary" }),
        _ => ("forward", if word { "documentboundary" } else { "lineboundary" }),
    };
    let alter = if extend { "extend" } else { "move" };
    if now
        .selection
        .modify(cx, Some(alter.into()), Some(direction.into()), Some(granularity.into()))
        .is_ok()
    {
        reveal(cx);
    }
}

/// Moves the caret a line up or down, as the lines are laid out.
#[expect(clippy::cast_possible_truncation, reason = "layout has the precision of `f32`")]
fn vertically(cx: &mut Cx, down: bool, extend: bool) -> bool {
    let Some(now) = editing(cx) else { return false };
    let (Some(anchor), Some(focus)) = (now.selection.anchor(cx), now.selection.focus(cx)) else {
        return false;
    };
    let Some(caret) = rendering::text_caret(cx, focus) else { return false };
    let height = caret.height().max(1.0);
    // Half a line further, then a whole one more: margins may lie between.
    for distance in [0.5, 1.0, 1.5, 2.0] {
        let y = if down { caret.y1 + height * distance } else { caret.y0 - height * distance };
        let point = virga_protocol::Point { x: caret.x0 as f32, y: y as f32 };
        let Some(place) = rendering::text_at(cx, now.host, point) else { continue };
        let moved = rendering::text_caret(cx, place).is_some_and(|new| {
            if down { new.y0 > caret.y0 + 1.0 } else { new.y0 < caret.y0 - 1.0 }
        });
        if moved {
            set_selection(cx, if extend { anchor } else { place }, place);
            return true;
        }
    }
    false
}

/// The primary button went down outside of fields: a caret, a word or a paragraph
/// is selected there.
pub(crate) fn begin_pointer(cx: &mut Cx, input: &PointerEvent) {
    cx.window().input.content.selecting.set(None);
    let Some(hit) = rendering::hit(cx, input.position) else { return };
    if !rendering::is_selectable(cx, hit.node) {
        return;
    }
    let document = cx.document_id();
    let Some(selection) = selection::of_document(cx, document) else { return };
    let Some(place) = rendering::text_at(cx, hit.node, input.position) else {
        // Nothing to select: a host without text gets a caret, else there is none.
        if super::host_of(cx, hit.node).is_some() {
            let place = super::walk::first_place(&cx.engine().tree(), hit.node);
            set_selection(cx, place, place);
        } else {
            selection::clear(cx, &selection);
        }
        return;
    };
    let extended = input.modifiers.contains(Modifiers::SHIFT);
    let anchor = selection.anchor(cx).filter(|_| extended).unwrap_or(place);
    if !start(cx, hit.node) {
        return;
    }
    set_selection(cx, anchor, place);
    cx.window().input.content.selecting.set(Some(anchor));
    let unit = match input.click_count {
        0 | 1 => return,
        2 => "word",
        _ => "paragraphboundary",
    };
    around(cx, place, unit);
}

/// `selectstart`; `false` if it was cancelled.
fn start(cx: &mut Cx, node: virga_dom::NodeId) -> bool {
    let target = cx.wrap(node).upcast();
    events::fire(cx, &target, "selectstart", events::Bubbles(true), events::Cancelable(true))
}

/// Selects the word or paragraph at a place.
fn around(cx: &mut Cx, place: Boundary, unit: &str) {
    let text = {
        let agent = cx.engine();
        let tree = agent.tree();
        if !tree.is_text(place.node) {
            return;
        }
        tree.text(place.node).to_owned()
    };
    let bytes = rendering::to_bytes(&text, place.offset);
    let range = if unit == "word" {
        crate::window::editing::word_around(&text, bytes)
    } else {
        0..text.len()
    };
    let units = |at: usize| {
        let before = text.get(..at).unwrap_or(&text);
        u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
    };
    let (start, end) = (units(range.start), units(range.end));
    set_selection(cx, Boundary::new(place.node, start), Boundary::new(place.node, end));
}

/// The pointer moved with its button down.
pub(crate) fn drag_pointer(cx: &mut Cx, input: &PointerEvent) {
    let window = cx.window();
    let Some(anchor) = window.input.content.selecting.get() else { return };
    if input.buttons & 1 == 0 || !cx.engine().tree().is_connected(anchor.node) {
        window.input.content.selecting.set(None);
        return;
    }
    let root = {
        let agent = cx.engine();
        let host = super::host_of(cx, anchor.node);
        host.or_else(|| agent.tree().body(cx.document_id()))
    };
    let Some(root) = root else { return };
    // What is hit, if it is in the same root, else the nearest text in it.
    let hit = rendering::hit(cx, input.position).map(|hit| hit.node);
    let within = hit.filter(|&id| cx.engine().tree().is_inclusive_ancestor(root, id));
    if let Some(place) = rendering::text_at(cx, within.unwrap_or(root), input.position) {
        set_selection(cx, anchor, place);
    }
}
