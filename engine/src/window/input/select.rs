//! Selecting text with a pointer.

use std::ops::Range;

use virga_dom::NodeId;
use virga_js::Cx;
use virga_protocol::{Modifiers, PointerEvent as Input};

use crate::{
    agent::EngineCx,
    window::{editing, forms, rendering},
};

/// What one step of a selection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Character,
    Word,
    Line,
}

impl Unit {
    fn of_clicks(clicks: u32) -> Self {
        match clicks {
            0 | 1 => Self::Character,
            2 => Self::Word,
            _ => Self::Line,
        }
    }
}

/// A selection that follows the pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selecting {
    field: NodeId,
    unit: Unit,
    /// Where it began, in bytes of the value.
    anchor: (usize, usize),
}

/// The primary button went down on something: a caret, a word, a line.
pub(super) fn begin(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let Some(hit) = rendering::hit(cx, input.position) else { return };
    let agent = cx.engine();
    if !forms::is_text_field(&agent.tree(), hit.node) {
        return editing::content::begin_pointer(cx, input);
    }
    let Some(offset) = rendering::field_offset(cx, hit.node, input.position) else { return };
    let unit = Unit::of_clicks(input.click_count);
    let text = forms::value(&agent.tree(), hit.node);
    let range = around(&text, offset, unit);
    let extend = input.modifiers.contains(Modifiers::SHIFT);
    let anchor = if extend {
        let (anchor, _) = editing::selection_of(&agent.tree(), hit.node);
        anchor..anchor
    } else {
        range.clone()
    };
    let selecting = Selecting { field: hit.node, unit, anchor: (anchor.start, anchor.end) };
    window.input.selecting.set(Some(selecting));
    show(cx, selecting, range);
}

/// A finger tapped: a caret, or a word.
pub(super) fn tap(cx: &mut Cx, input: &Input, count: i32) {
    let input = Input { click_count: u32::try_from(count).unwrap_or(1), ..input.clone() };
    begin(cx, &input);
    end(cx);
}

/// The pointer moved with its button down.
pub(super) fn drag(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let Some(selecting) = window.input.selecting.get() else {
        return editing::content::drag_pointer(cx, input);
    };
    if input.buttons & 1 == 0 {
        return end(cx);
    }
    let agent = cx.engine();
    if !agent.tree().is_connected(selecting.field) {
        return end(cx);
    }
    let Some(offset) = rendering::field_offset(cx, selecting.field, input.position) else { return };
    let text = forms::value(&agent.tree(), selecting.field);
    show(cx, selecting, around(&text, offset, selecting.unit));
}

pub(super) fn end(cx: &mut Cx) {
    cx.window().input.selecting.set(None);
}

/// Selects from where the selection began to `range`.
fn show(cx: &mut Cx, selecting: Selecting, range: Range<usize>) {
    let (start, end) = selecting.anchor;
    let (anchor, caret) =
        if range.start < start { (end, range.start) } else { (start, range.end.max(end)) };
    let (anchor, caret) = if selecting.unit == Unit::Character && range.start >= start {
        (start, range.end)
    } else {
        (anchor, caret)
    };
    editing::select(cx, selecting.field, anchor, caret);
}

/// What one step takes at an offset.
fn around(text: &str, offset: usize, unit: Unit) -> Range<usize> {
    let offset = editing::floor(text, offset);
    match unit {
        Unit::Character => offset..offset,
        Unit::Word => editing::word_around(text, offset),
        Unit::Line => editing::line_around(text, offset),
    }
}
