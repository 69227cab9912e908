//! The selection of text controls:
//! <https://html.spec.whatwg.org/#textFieldSelection>
//!
//! The tree keeps it in bytes of the value; script counts code units.

use virga_dom::{NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible};

use super::value;
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable},
    generated::SelectionMode,
};

/// The code units before a byte offset.
fn units(text: &str, bytes: usize) -> u32 {
    let before = text.get(..bytes).unwrap_or(text);
    u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The byte offset of a number of code units, at most the whole text.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// The selection in code units; at the start of the value if none was made.
pub(super) fn get(cx: &Cx, control: NodeId) -> (u32, u32) {
    let agent = cx.engine();
    let tree = agent.tree();
    let value = value::raw(&tree, control);
    match tree.form_selection(control) {
        Some((anchor, caret)) => {
            let (start, end) = (anchor.min(caret), anchor.max(caret));
            (units(&value, start), units(&value, end))
        }
        None => (0, 0),
    }
}

/// Which way the selection was made.
pub(super) fn direction(cx: &Cx, control: NodeId) -> &'static str {
    let agent = cx.engine();
    let tree = agent.tree();
    let flags = tree.control_flags(control);
    if tree.form_selection(control).is_some_and(|(anchor, caret)| caret < anchor) {
        return "backward";
    }
    if flags.contains(ControlFlags::SELECTION_FORWARD) {
        "forward"
    } else if flags.contains(ControlFlags::SELECTION_BACKWARD) {
        "backward"
    } else {
        "none"
    }
}

/// Puts back what setting an equal value has reset.
pub(super) fn restore(
    tree: &mut Tree,
    control: NodeId,
    selection: Option<(usize, usize)>,
    flags: ControlFlags,
) {
    let (start, end) = selection.unwrap_or_default();
    tree.set_form_selection(control, start, end);
    for flag in [ControlFlags::SELECTION_FORWARD, ControlFlags::SELECTION_BACKWARD] {
        tree.set_control_flags(control, flag, flags.contains(flag));
    }
}

/// The state that `select` events tell a change of.
type State = ((u32, u32), &'static str);

fn state(cx: &Cx, control: NodeId) -> State {
    (get(cx, control), direction(cx, control))
}

/// <https://html.spec.whatwg.org/#set-the-selection-range>; a start behind the
/// end falls back to it.
pub(super) fn set(
    cx: &mut Cx,
    control: NodeId,
    start: u32,
    end: u32,
    direction: Option<&DomString>,
) {
    let before = state(cx, control);
    {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        let value = value::raw(&tree, control).into_owned();
        // 1.–4.
        let end = bytes(&value, end);
        let start = bytes(&value, start).min(end);
        if tree.form_value(control).is_none() {
            // The selection is one of a value that the tree holds.
            tree.show_form_value(control, value);
        }
        // 5.
        let direction = direction.map(DomString::to_str);
        let (forward, backward) = match direction.as_deref() {
            Some("forward") => (true, false),
            Some("backward") => (false, true),
            _ => (false, false),
        };
        let (anchor, caret) = if backward { (end, start) } else { (start, end) };
        tree.set_form_selection(control, anchor, caret);
        tree.set_control_flags(control, ControlFlags::SELECTION_FORWARD, forward);
        tree.set_control_flags(control, ControlFlags::SELECTION_BACKWARD, backward);
    }
    // 6.
    if state(cx, control) != before {
        queue_select(cx, control);
    }
}

fn queue_select(cx: &mut Cx, control: NodeId) {
    let target = cx.wrap(control).upcast();
    let window = cx.window_id();
    cx.engine().queue_task(crate::agent::TaskSource::UserInteraction, window, move |cx| {
        events::fire(cx, &target, "select", Bubbles(true), Cancelable(false));
    });
}

/// <https://html.spec.whatwg.org/#dom-textarea/input-setrangetext>
pub(super) fn set_range_text(
    cx: &mut Cx,
    control: NodeId,
    replacement: &DomString,
    range: Option<(u32, u32)>,
    mode: SelectionMode,
) -> Fallible<()> {
    let before = state(cx, control);
    let (selection_start, selection_end) = before.0;
    // 3.–4.
    let (start, end) = range.unwrap_or(before.0);
    if start > end {
        return Err(Error::dom(
            DomExceptionName::IndexSize,
            "setRangeText: the start is behind the end",
        ));
    }
    let agent = cx.engine();
    let old = value::raw(&agent.tree(), control).into_owned();
    // 5.–9.
    let length = units(&old, old.len());
    let (start, end) = (start.min(length), end.min(length));
    let (from, to) = (bytes(&old, start), bytes(&old, end));
    let replacement = replacement.to_str();
    let mut new = old;
    new.replace_range(from..to, &replacement);
    // 10.–12.
    let new_length = units(&replacement, replacement.len());
    let new_end = start.saturating_add(new_length);
    let moved = i64::from(new_length) - i64::from(end - start);
    let shift = |at: u32| u32::try_from(i64::from(at) + moved).unwrap_or(0);
    let (selected_start, selected_end) = match mode {
        SelectionMode::Select => (start, new_end),
        SelectionMode::Start => (start, start),
        SelectionMode::End => (new_end, new_end),
        SelectionMode::Preserve => {
            let kept_start = match selection_start {
                at if at > end => shift(at),
                at if at > start => start,
                at => at,
            };
            let kept_end = match selection_end {
                at if at > end => shift(at),
                at if at > start => new_end,
                at => at,
            };
            (kept_start, kept_end)
        }
    };
    {
        let mut tree = agent.tree_mut();
        tree.set_form_value(control, new);
        let value = value::raw(&tree, control).into_owned();
        let end = bytes(&value, selected_end);
        tree.set_form_selection(control, bytes(&value, selected_start).min(end), end);
    }
    if state(cx, control) != before {
        queue_select(cx, control);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_code_units() {
        let text = "aß🌧z";
        for (at, expected) in [(0, 0), (1, 1), (2, 3), (3, 3), (4, 7), (5, 8), (9, 8)] {
            assert_eq!(bytes(text, at), expected, "{at}");
        }
        assert_eq!(units(text, 7), 4);
        assert_eq!(units(text, 8), 5);
    }
}
