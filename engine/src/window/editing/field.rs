//! Typing into text fields.

use std::ops::Range;

use virga_dom::{NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, Obj};
use virga_protocol::{KeyEvent, Modifiers};

use super::{history, text};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget, InputEvent},
    window::{focus, forms, rendering},
};

/// What changes a field's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Text in place of the selection.
    Insert { text: String, input_type: &'static str },
    /// The selection goes, or else what the caret is next to.
    Delete { what: Delete, input_type: &'static str },
}

/// What goes without a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delete {
    Nothing,
    Backward,
    Forward,
    WordBackward,
    WordForward,
    LineBackward,
    LineForward,
}

impl Edit {
    /// Typed text.
    pub(crate) fn insert(text: &str) -> Self {
        let input_type = if text == "\n" { "insertLineBreak" } else { "insertText" };
        Self::Insert { text: text.to_owned(), input_type }
    }

    /// The selection goes.
    pub(crate) fn remove() -> Self {
        Self::delete(Delete::Nothing)
    }

    /// What Backspace deletes.
    pub(crate) fn backward() -> Self {
        Self::delete(Delete::Backward)
    }

    /// What Delete deletes.
    pub(crate) fn forward() -> Self {
        Self::delete(Delete::Forward)
    }

    pub(super) fn delete(what: Delete) -> Self {
        let input_type = match what {
            Delete::Nothing => "deleteContent",
            Delete::Backward => "deleteContentBackward",
            Delete::Forward => "deleteContentForward",
            Delete::WordBackward => "deleteWordBackward",
            Delete::WordForward => "deleteWordForward",
            Delete::LineBackward => "deleteSoftLineBackward",
            Delete::LineForward => "deleteSoftLineForward",
        };
        Self::Delete { what, input_type }
    }

    fn input_type(&self) -> &'static str {
        match self {
            Self::Insert { input_type, .. } | Self::Delete { input_type, .. } => input_type,
        }
    }
}

/// The text field that has the focus.
pub(crate) fn field_of(cx: &Cx) -> Option<NodeId> {
    let field = focus::focused(cx)?;
    forms::is_text_field(&cx.engine().tree(), field).then_some(field)
}

/// A field got the focus. A key that brought it selects everything.
pub(crate) fn begin(cx: &mut Cx, field: NodeId, select_all: bool) {
    let agent = cx.engine();
    let window = cx.window();
    if !forms::is_text_field(&agent.tree(), field) {
        return super::content::begin(cx, field);
    }
    let mut tree = agent.tree_mut();
    let value = forms::value(&tree, field);
    if tree.form_value(field).is_none() {
        tree.show_form_value(field, value.as_str());
        tree.set_form_selection(field, 0, 0);
    }
    if select_all && !tree.is_html_element(field, "textarea") {
        tree.set_form_selection(field, 0, value.len());
    }
    window.input.edited.before.replace(Some(value));
}

/// A field loses the focus, or Enter was pressed in it: `change`, if the user
/// changed its text.
pub(crate) fn commit(cx: &mut Cx, field: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    if !forms::is_text_field(&agent.tree(), field) {
        return;
    }
    let value = forms::value(&agent.tree(), field);
    let before = window.input.edited.before.replace(Some(value.clone()));
    let histories = &window.input.edited.histories;
    let edited = histories.take_touched(field);
    histories.retain(|field| agent.tree().contains(field));
    if edited && before.is_some_and(|before| before != value) {
        forms::note_user_change(&mut agent.tree_mut(), field);
        let target: Obj<EventTarget> = cx.wrap(field).upcast();
        events::fire(cx, &target, "change", Bubbles(true), Cancelable(false));
    }
}

/// Whether the user can change the text of a field.
pub(super) fn is_editable(tree: &Tree, field: NodeId) -> bool {
    forms::is_text_field(tree, field)
        && !forms::is_disabled(tree, field)
        && tree.plain_attribute(field, &"readonly".into()).is_none()
}

/// Anchor and caret of a field, on character boundaries of its text.
pub(crate) fn selection_of(tree: &Tree, field: NodeId) -> (usize, usize) {
    let value = forms::value(tree, field);
    let (anchor, caret) = tree.form_selection(field).unwrap_or((value.len(), value.len()));
    (text::floor(&value, anchor), text::floor(&value, caret))
}

/// Moves the selection of a field, as the user does.
pub(crate) fn select(cx: &mut Cx, field: NodeId, anchor: usize, caret: usize) {
    let agent = cx.engine();
    let changed = {
        let mut tree = agent.tree_mut();
        if tree.form_value(field).is_none() {
            let value = forms::value(&tree, field);
            tree.show_form_value(field, value);
        }
        let before = tree.form_selection(field);
        tree.set_form_selection(field, anchor, caret);
        tree.form_selection(field) != before
    };
    if !changed {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(field).upcast();
    let is_range = anchor != caret;
    agent.queue_task(TaskSource::UserInteraction, cx.window_id(), move |cx| {
        if is_range {
            events::fire(cx, &target, "select", Bubbles(true), Cancelable(false));
        }
        events::fire(cx, &target, "selectionchange", Bubbles(true), Cancelable(false));
    });
    rendering::reveal_caret(cx, field);
}

/// What a key does in a field; `true` if it did anything.
pub(super) fn key(cx: &mut Cx, field: NodeId, input: &KeyEvent) -> bool {
    let agent = cx.engine();
    let held = input.modifiers;
    let word = held.intersects(Modifiers::CTRL | Modifiers::ALT);
    let line = held.contains(Modifiers::META);
    let extend = held.contains(Modifiers::SHIFT);
    let multiline = agent.tree().is_html_element(field, "textarea");
    let delete = |what| Edit::delete(what);
    match input.key.as_str() {
        "Backspace" if line || word && extend => edit(cx, field, &delete(Delete::LineBackward)),
        "Backspace" if word => edit(cx, field, &delete(Delete::WordBackward)),
        "Backspace" => edit(cx, field, &delete(Delete::Backward)),
        "Delete" if line || word && extend => edit(cx, field, &delete(Delete::LineForward)),
        "Delete" if word => edit(cx, field, &delete(Delete::WordForward)),
        "Delete" => edit(cx, field, &delete(Delete::Forward)),
        "ArrowLeft" if line => caret(cx, field, extend, text::line_start),
        "ArrowRight" if line => caret(cx, field, extend, text::line_end),
        "ArrowLeft" if word => caret(cx, field, extend, text::word_before),
        "ArrowRight" if word => caret(cx, field, extend, text::word_after),
        "ArrowLeft" => sideways(cx, field, extend, true),
        "ArrowRight" => sideways(cx, field, extend, false),
        "Home" if word || line => caret(cx, field, extend, |_, _| 0),
        "End" if word || line => caret(cx, field, extend, |text, _| text.len()),
        "Home" | "End" if multiline => {
            let to = rendering::field_line_edge(cx, field, caret_of(cx, field), input.key == "End");
            match to {
                Some(to) => caret(cx, field, extend, |_, _| to),
                None if input.key == "Home" => caret(cx, field, extend, text::line_start),
                None => caret(cx, field, extend, text::line_end),
            }
        }
        "Home" => caret(cx, field, extend, |_, _| 0),
        "End" => caret(cx, field, extend, |text, _| text.len()),
        "ArrowUp" | "ArrowDown" if multiline && !word && !line => {
            let down = input.key == "ArrowDown";
            let to = rendering::field_line_move(cx, field, caret_of(cx, field), down);
            match to {
                Some(to) => caret(cx, field, extend, |_, _| to),
                None if down => caret(cx, field, extend, text::line_below),
                None => caret(cx, field, extend, text::line_above),
            }
        }
        "ArrowUp" | "ArrowDown" if steps(&agent.tree(), field) => {
            crate::window::controls::step(cx, field, input.key == "ArrowUp");
        }
        "ArrowUp" => caret(cx, field, extend, |_, _| 0),
        "ArrowDown" => caret(cx, field, extend, |text, _| text.len()),
        "Enter" if multiline => edit(cx, field, &Edit::insert("\n")),
        _ => return false,
    }
    true
}

fn steps(tree: &Tree, field: NodeId) -> bool {
    tree.is_html_element(field, "input")
        && matches!(
            forms::input_type(tree, field),
            "number" | "date" | "month" | "week" | "time" | "datetime-local"
        )
}

fn caret_of(cx: &Cx, field: NodeId) -> usize {
    selection_of(&cx.engine().tree(), field).1
}

fn caret(cx: &mut Cx, field: NodeId, extend: bool, to: impl FnOnce(&str, usize) -> usize) {
    let (anchor, at) = selection_of(&cx.engine().tree(), field);
    let value = forms::value(&cx.engine().tree(), field);
    let at = to(&value, at);
    select(cx, field, if extend { anchor } else { at }, at);
}

/// One character on; a selection that is not extended collapses to its edge.
fn sideways(cx: &mut Cx, field: NodeId, extend: bool, back: bool) {
    let (anchor, at) = selection_of(&cx.engine().tree(), field);
    if anchor != at && !extend {
        let edge = if back { anchor.min(at) } else { anchor.max(at) };
        return select(cx, field, edge, edge);
    }
    caret(cx, field, extend, if back { text::before } else { text::after });
}

/// Changes the text of a field as the user does: `beforeinput`, the change,
/// `input`.
pub(crate) fn edit(cx: &mut Cx, field: NodeId, edit: &Edit) {
    apply(cx, field, edit, None);
}

/// Text in place of a range of the value, for an input method; where it is then.
pub(crate) fn compose(
    cx: &mut Cx,
    field: NodeId,
    range: Range<usize>,
    text: &str,
) -> Option<Range<usize>> {
    let edit = Edit::Insert { text: text.to_owned(), input_type: "insertCompositionText" };
    apply(cx, field, &edit, Some(range))
}

fn apply(
    cx: &mut Cx,
    field: NodeId,
    edit: &Edit,
    composed: Option<Range<usize>>,
) -> Option<Range<usize>> {
    let agent = cx.engine();
    if !is_editable(&agent.tree(), field) {
        return None;
    }
    let multiline = agent.tree().is_html_element(field, "textarea");
    let data = match edit {
        Edit::Insert { text, .. } => allowed_text(&agent.tree(), field, text, multiline),
        Edit::Delete { .. } => String::new(),
    };
    let is_insert = matches!(edit, Edit::Insert { .. });
    if is_insert && data.is_empty() && composed.is_none() {
        return None;
    }
    let composing = composed.is_some();
    let input_type = edit.input_type();
    let shown = (is_insert && input_type != "insertLineBreak").then(|| data.clone());
    let target: Obj<EventTarget> = cx.wrap(field).upcast();
    let event =
        InputEvent::trusted(cx, "beforeinput", Cancelable(!composing), input_type, shown.clone())
            .composing(composing);
    if !events::fire_event(cx, &target, event) {
        return None;
    }
    if composing {
        super::super::composition::fire_update(cx, &target, &data);
    }
    // Listeners may have changed the field.
    let done;
    {
        let mut tree = agent.tree_mut();
        if !is_editable(&tree, field) {
            return None;
        }
        let mut value = forms::value(&tree, field);
        let (anchor, caret) = selection_of(&tree, field);
        let range = match (edit, composed) {
            (_, Some(range)) => text::floor(&value, range.start)..text::floor(&value, range.end),
            (Edit::Delete { what, .. }, None) => {
                replaced(&value, anchor.min(caret)..anchor.max(caret), *what)
            }
            (Edit::Insert { .. }, None) => anchor.min(caret)..anchor.max(caret),
        };
        if range.is_empty() && data.is_empty() && !composing {
            return None;
        }
        let limit = max_length(&tree, field);
        let data = text::within_limit(&value, &range, &data, limit);
        let before = value.clone();
        value.replace_range(range.clone(), data);
        let at = range.start + data.len();
        done = range.start..at;
        tree.set_form_value(field, value.as_str());
        tree.set_control_flags(field, ControlFlags::USER_EDITED, true);
        tree.set_form_selection(field, at, at);
        drop(tree);
        let entry = history::Entry { before, after: value, selection: (anchor, caret), caret: at };
        cx.window().input.edited.histories.push(field, entry, input_type);
    }
    rendering::reveal_caret(cx, field);
    let event =
        InputEvent::trusted(cx, "input", Cancelable(false), input_type, shown).composing(composing);
    events::fire_event(cx, &target, event);
    Some(done)
}

/// What of a text a field takes.
fn allowed_text(tree: &Tree, field: NodeId, text: &str, multiline: bool) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if multiline {
        return text;
    }
    let text = text.replace('\n', " ");
    if tree.is_html_element(field, "input") && forms::input_type(tree, field) == "number" {
        return text
            .chars()
            .filter(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E'))
            .collect();
    }
    text
}

/// `maxlength`, where it applies, in UTF-16 code units.
fn max_length(tree: &Tree, field: NodeId) -> Option<usize> {
    let applies = tree.is_html_element(field, "textarea")
        || matches!(
            forms::input_type(tree, field),
            "text" | "search" | "url" | "tel" | "email" | "password"
        );
    let stated = tree.plain_attribute(field, &"maxlength".into()).filter(|_| applies)?;
    stated.trim().parse().ok()
}

/// What a deletion takes away.
fn replaced(value: &str, selected: Range<usize>, what: Delete) -> Range<usize> {
    if !selected.is_empty() {
        return selected;
    }
    let at = selected.start;
    match what {
        Delete::Nothing => selected,
        Delete::Backward => text::before(value, at)..at,
        Delete::Forward => at..text::after(value, at),
        Delete::WordBackward => text::word_before(value, at)..at,
        Delete::WordForward => at..text::word_after(value, at),
        Delete::LineBackward => text::line_start(value, at)..at,
        Delete::LineForward => at..text::line_end(value, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletions_take_the_selection_first() {
        assert_eq!(replaced("abc", 0..2, Delete::Backward), 0..2);
        assert_eq!(replaced("abc", 2..2, Delete::Backward), 1..2);
        assert_eq!(replaced("abc", 3..3, Delete::Forward), 3..3);
        assert_eq!(replaced("a\nbc", 4..4, Delete::LineBackward), 2..4);
    }
}
