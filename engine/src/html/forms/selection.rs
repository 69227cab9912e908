//! The selection of text controls:
//! <https://html.spec.whatwg.org/#textFieldSelection>
//!
//! The tree keeps it in bytes of the value; script counts code units.

use virga_dom::NodeId;
use virga_js::{Cx, DomString};

use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable},
    window::forms,
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

/// The selection in code units; at the end of the value if none was made.
pub(super) fn get(cx: &Cx, control: NodeId) -> (u32, u32) {
    let agent = cx.engine();
    let tree = agent.tree();
    let value = forms::value(&tree, control);
    match tree.form_selection(control) {
        Some((start, end)) => (units(&value, start), units(&value, end)),
        None => {
            let end = units(&value, value.len());
            (end, end)
        }
    }
}

/// <https://html.spec.whatwg.org/#set-the-selection-range>; a start behind the
/// end falls back to it. No direction is kept.
pub(super) fn set(
    cx: &mut Cx,
    control: NodeId,
    start: u32,
    end: u32,
    _direction: Option<&DomString>,
) {
    let agent = cx.engine();
    let before = get(cx, control);
    let value = forms::value(&agent.tree(), control);
    let end = bytes(&value, end);
    let start = bytes(&value, start).min(end);
    {
        let mut tree = agent.tree_mut();
        if tree.form_value(control).is_none() {
            // The selection is one of a value that the tree holds.
            tree.set_form_value(control, value);
        }
        tree.set_form_selection(control, start, end);
    }
    if get(cx, control) != before {
        let target = cx.wrap(control).upcast();
        agent.queue_task(crate::agent::TaskSource::UserInteraction, cx.window_id(), move |cx| {
            events::fire(cx, &target, "select", Bubbles(true), Cancelable(false));
        });
    }
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
