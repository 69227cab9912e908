//! Typing into text fields: <https://w3c.github.io/input-events/>
//!
//! A field's text and selection live in the tree, in bytes; a caret never
//! stands within a character.

use std::ops::Range;

use virga_dom::{NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, Obj};
use virga_protocol::{KeyEvent, Modifiers};

use super::{focus, forms};
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable, EventTarget, InputEvent},
};

/// The text that a field had when it got the focus, to know whether to fire
/// `change` when it loses it.
#[derive(Default)]
pub(super) struct Edited(std::cell::RefCell<Option<String>>);

/// What a key does to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Insert,
    Backward,
    Forward,
    WordBackward,
    WordForward,
}

impl Edit {
    fn input_type(self, is_line_break: bool) -> &'static str {
        match self {
            Self::Insert if is_line_break => "insertLineBreak",
            Self::Insert => "insertText",
            Self::Backward => "deleteContentBackward",
            Self::Forward => "deleteContentForward",
            Self::WordBackward => "deleteWordBackward",
            Self::WordForward => "deleteWordForward",
        }
    }
}

/// A field got the focus. A key that brought it selects everything.
pub(super) fn begin(cx: &mut Cx, field: NodeId, select_all: bool) {
    let agent = cx.engine();
    let window = cx.window();
    let mut tree = agent.tree_mut();
    if !forms::is_text_field(&tree, field) {
        return;
    }
    let value = forms::value(&tree, field);
    if tree.form_value(field).is_none() {
        tree.show_form_value(field, value.as_str());
        tree.set_form_selection(field, 0, 0);
    }
    if select_all && !tree.is_html_element(field, "textarea") {
        tree.set_form_selection(field, 0, value.len());
    }
    window.input.edited.0.replace(Some(value));
}

/// A field loses the focus, or Enter was pressed in it: `change`, if the user
/// changed its text.
pub(super) fn commit(cx: &mut Cx, field: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    if !forms::is_text_field(&agent.tree(), field) {
        return;
    }
    let value = forms::value(&agent.tree(), field);
    let before = window.input.edited.0.replace(Some(value.clone()));
    if before.is_some_and(|before| before != value) {
        forms::note_user_change(&mut agent.tree_mut(), field);
        let target: Obj<EventTarget> = cx.wrap(field).upcast();
        events::fire(cx, &target, "change", Bubbles(true), Cancelable(false));
    }
}

fn is_editable(tree: &Tree, field: NodeId) -> bool {
    forms::is_text_field(tree, field)
        && !forms::is_disabled(tree, field)
        && tree.plain_attribute(field, &"readonly".into()).is_none()
}

/// Inserts text where the caret is; text from an input method, or typed.
pub(super) fn insert(cx: &mut Cx, text: &str) {
    if let Some(field) = focus::focused(cx) {
        edit(cx, field, Edit::Insert, text);
    }
}

/// What a key does in the focused field, once `keydown` was not cancelled. `true`
/// if it did anything.
pub(super) fn key(cx: &mut Cx, field: NodeId, key: &KeyEvent) -> bool {
    let agent = cx.engine();
    if !forms::is_text_field(&agent.tree(), field) {
        return false;
    }
    let word = key.modifiers.intersects(Modifiers::CTRL | Modifiers::ALT);
    let extend = key.modifiers.contains(Modifiers::SHIFT);
    let multiline = agent.tree().is_html_element(field, "textarea");
    match key.key.as_str() {
        "Backspace" => edit(cx, field, if word { Edit::WordBackward } else { Edit::Backward }, ""),
        "Delete" => edit(cx, field, if word { Edit::WordForward } else { Edit::Forward }, ""),
        "ArrowLeft" => {
            caret(
                cx,
                field,
                extend,
                |text, at| {
                    if word { word_before(text, at) } else { before(text, at) }
                },
            )
        }
        "ArrowRight" => {
            caret(
                cx,
                field,
                extend,
                |text, at| {
                    if word { word_after(text, at) } else { after(text, at) }
                },
            )
        }
        "Home" if word => caret(cx, field, extend, |_, _| 0),
        "End" if word => caret(cx, field, extend, |text, _| text.len()),
        "Home" => caret(cx, field, extend, line_start),
        "End" => caret(cx, field, extend, line_end),
        "ArrowUp" if multiline => caret(cx, field, extend, line_above),
        "ArrowDown" if multiline => caret(cx, field, extend, line_below),
        "ArrowUp" => caret(cx, field, extend, |_, _| 0),
        "ArrowDown" => caret(cx, field, extend, |text, _| text.len()),
        "a" | "A" if key.modifiers.intersects(Modifiers::CTRL | Modifiers::META) => {
            let mut tree = agent.tree_mut();
            let length = forms::value(&tree, field).len();
            tree.set_form_selection(field, 0, length);
            true
        }
        "Enter" if multiline => edit(cx, field, Edit::Insert, "\n"),
        _ => false,
    }
}

/// Anchor and caret of a field, on character boundaries of its text.
fn selection(tree: &Tree, field: NodeId, text: &str) -> (usize, usize) {
    let (anchor, caret) = tree.form_selection(field).unwrap_or((text.len(), text.len()));
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    (floor(anchor), floor(caret))
}

fn caret(cx: &mut Cx, field: NodeId, extend: bool, to: impl FnOnce(&str, usize) -> usize) -> bool {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let text = forms::value(&tree, field);
    let (anchor, caret) = selection(&tree, field, &text);
    let caret = to(&text, caret);
    tree.set_form_selection(field, if extend { anchor } else { caret }, caret);
    true
}

fn edit(cx: &mut Cx, field: NodeId, edit: Edit, data: &str) -> bool {
    let agent = cx.engine();
    if !is_editable(&agent.tree(), field) {
        return true;
    }
    let multiline = agent.tree().is_html_element(field, "textarea");
    let data = if multiline { data.to_owned() } else { data.replace(['\n', '\r'], "") };
    if edit == Edit::Insert && data.is_empty() {
        return true;
    }
    let input_type = edit.input_type(data == "\n");
    let shown = (edit == Edit::Insert && data != "\n").then(|| data.clone());
    let target: Obj<EventTarget> = cx.wrap(field).upcast();
    let event = InputEvent::trusted(cx, "beforeinput", Cancelable(true), input_type, shown.clone());
    if !events::fire_event(cx, &target, event) {
        return true;
    }
    // Listeners may have changed the field.
    {
        let mut tree = agent.tree_mut();
        if !is_editable(&tree, field) {
            return true;
        }
        let mut text = forms::value(&tree, field);
        let (anchor, caret) = selection(&tree, field, &text);
        let range = replaced(&text, anchor.min(caret)..anchor.max(caret), edit);
        if range.is_empty() && data.is_empty() {
            return true;
        }
        let limit = tree
            .plain_attribute(field, &"maxlength".into())
            .and_then(|limit| limit.trim().parse().ok());
        let data = within_limit(&text, &range, &data, limit);
        text.replace_range(range.clone(), data);
        let caret = range.start + data.len();
        tree.set_form_value(field, text);
        tree.set_control_flags(field, ControlFlags::USER_EDITED, true);
        tree.set_form_selection(field, caret, caret);
    }
    let event = InputEvent::trusted(cx, "input", Cancelable(false), input_type, shown);
    events::fire_event(cx, &target, event);
    true
}

/// What an edit takes away.
fn replaced(text: &str, selected: Range<usize>, edit: Edit) -> Range<usize> {
    if !selected.is_empty() {
        return selected;
    }
    let at = selected.start;
    match edit {
        Edit::Insert => selected,
        Edit::Backward => before(text, at)..at,
        Edit::Forward => at..after(text, at),
        Edit::WordBackward => word_before(text, at)..at,
        Edit::WordForward => at..word_after(text, at),
    }
}

/// As much of `data` as `maxlength`, in UTF-16 code units, leaves room for.
fn within_limit<'a>(
    text: &str,
    range: &Range<usize>,
    data: &'a str,
    limit: Option<usize>,
) -> &'a str {
    let Some(limit) = limit else { return data };
    let units = |text: &str| text.encode_utf16().count();
    let kept = units(&text[..range.start]) + units(&text[range.end..]);
    let mut room = limit.saturating_sub(kept);
    let mut end = 0;
    for (at, character) in data.char_indices() {
        if character.len_utf16() > room {
            break;
        }
        room -= character.len_utf16();
        end = at + character.len_utf8();
    }
    &data[..end]
}

/// Marks that belong to the character before them.
fn is_mark(character: char) -> bool {
    matches!(u32::from(character),
        0x0300..=0x036f | 0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff | 0xe0100..=0xe01ef)
}

fn before(text: &str, at: usize) -> usize {
    let mut chars = text[..at].char_indices().rev().peekable();
    while let Some((index, character)) = chars.next() {
        let joined = chars.peek().is_some_and(|(_, previous)| *previous == '\u{200d}');
        if !is_mark(character) && !joined {
            return index;
        }
    }
    0
}

fn after(text: &str, at: usize) -> usize {
    let mut chars = text[at..].char_indices().peekable();
    let Some((_, mut last)) = chars.next() else { return at };
    for (index, character) in chars {
        if !is_mark(character) && last != '\u{200d}' {
            return at + index;
        }
        last = character;
    }
    text.len()
}

fn word_before(text: &str, at: usize) -> usize {
    let trimmed = text[..at].trim_end_matches(|character: char| !character.is_alphanumeric());
    trimmed.trim_end_matches(char::is_alphanumeric).len()
}

fn word_after(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let trimmed = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
    text.len() - trimmed.trim_start_matches(char::is_alphanumeric).len()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |index| index + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |index| at + index)
}

fn line_above(text: &str, at: usize) -> usize {
    let start = line_start(text, at);
    if start == 0 {
        return 0;
    }
    same_column(text, line_start(text, start - 1), start - 1, start, at)
}

fn line_below(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    if end == text.len() {
        return end;
    }
    same_column(text, end + 1, line_end(text, end + 1), line_start(text, at), at)
}

/// The place in `from..to` as many characters in as `at` is after `start`.
fn same_column(text: &str, from: usize, to: usize, start: usize, at: usize) -> usize {
    let column = text[start..at].chars().count();
    text[from..to].char_indices().nth(column).map_or(to, |(index, _)| from + index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_keep_their_marks() {
        for (text, at, expected) in [("ab", 2, 1), ("e\u{301}", 3, 0), ("a👍🏽", 9, 1), ("", 0, 0)]
        {
            assert_eq!(before(text, at), expected, "{text}");
        }
        for (text, at, expected) in [("ab", 0, 1), ("e\u{301}x", 0, 3), ("a👍🏽b", 1, 9), ("a", 1, 1)]
        {
            assert_eq!(after(text, at), expected, "{text}");
        }
    }

    #[test]
    fn words_and_lines() {
        assert_eq!(word_before("one two  ", 9), 4);
        assert_eq!(word_after("one two", 3), 7);
        assert_eq!(line_start("a\nbc", 4), 2);
        assert_eq!(line_end("a\nbc\nd", 2), 4);
        assert_eq!(line_above("abc\nde", 6), 2);
        assert_eq!(line_below("abc\nde\nf", 3), 6);
        assert_eq!(line_above("abc", 2), 0);
        assert_eq!(line_below("abc", 1), 3);
    }

    #[test]
    fn edits_take_the_selection_first() {
        assert_eq!(replaced("abc", 0..2, Edit::Backward), 0..2);
        assert_eq!(replaced("abc", 2..2, Edit::Backward), 1..2);
        assert_eq!(replaced("abc", 3..3, Edit::Forward), 3..3);
    }

    #[test]
    fn maxlength_counts_code_units() {
        assert_eq!(within_limit("ab", &(2..2), "cd", Some(3)), "c");
        assert_eq!(within_limit("ab", &(2..2), "👍", Some(3)), "");
        assert_eq!(within_limit("ab", &(0..2), "cd", Some(2)), "cd");
        assert_eq!(within_limit("ab", &(2..2), "cd", None), "cd");
    }
}
