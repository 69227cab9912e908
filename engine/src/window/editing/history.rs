//! What can be undone in fields.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use virga_dom::{NodeId, tree::ControlFlags};
use virga_js::{Cx, Obj};

use super::field;
use crate::{
    agent::EngineCx,
    events::{self, Cancelable, EventTarget, InputEvent},
    window::{forms, rendering},
};

/// Changes that a field keeps.
const LIMIT: usize = 500;

/// One change.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) before: String,
    pub(super) after: String,
    /// Anchor and caret before it.
    pub(super) selection: (usize, usize),
    /// The caret after it.
    pub(super) caret: usize,
}

/// What one field went through.
#[derive(Default)]
struct History {
    done: Vec<Entry>,
    undone: Vec<Entry>,
    /// The last change was typing, which the next one may join.
    typing: bool,
    /// The user changed the field since it got the focus.
    touched: bool,
}

/// The histories of a window's fields.
#[derive(Default)]
pub(crate) struct Histories(RefCell<FxHashMap<NodeId, History>>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
}

impl Histories {
    /// Enters a change. Typing joins what was typed right before it.
    pub(super) fn push(&self, field: NodeId, entry: Entry, input_type: &str) {
        let mut all = self.0.borrow_mut();
        let history = all.entry(field).or_default();
        history.touched = true;
        history.undone.clear();
        let typing = matches!(input_type, "insertText" | "insertCompositionText");
        if history.done.last().is_some_and(|last| last.after != entry.before) {
            // Script changed the value in between: what was before is no more.
            history.done.clear();
        }
        let joins = typing && history.typing && entry.selection.0 == entry.selection.1;
        match history.done.last_mut() {
            Some(last) if joins && last.caret == entry.selection.0 => {
                last.after = entry.after;
                last.caret = entry.caret;
            }
            _ => history.done.push(entry),
        }
        history.typing = typing;
        if history.done.len() > LIMIT {
            history.done.remove(0);
        }
    }

    /// Whether the user changed a field since this was asked last.
    pub(super) fn take_touched(&self, field: NodeId) -> bool {
        let mut all = self.0.borrow_mut();
        all.get_mut(&field).is_some_and(|history| {
            history.typing = false;
            std::mem::take(&mut history.touched)
        })
    }

    /// Forgets fields that are gone.
    pub(crate) fn retain(&self, keep: impl Fn(NodeId) -> bool) {
        self.0.borrow_mut().retain(|field, _| keep(*field));
    }

    fn peek(&self, field: NodeId, way: Way) -> Option<Entry> {
        let all = self.0.borrow();
        let history = all.get(&field)?;
        match way {
            Way::Undo => history.done.last().cloned(),
            Way::Redo => history.undone.last().cloned(),
        }
    }

    fn shift(&self, field: NodeId, way: Way) {
        let mut all = self.0.borrow_mut();
        let Some(history) = all.get_mut(&field) else { return };
        history.typing = false;
        history.touched = true;
        let (from, to) = match way {
            Way::Undo => (&mut history.done, &mut history.undone),
            Way::Redo => (&mut history.undone, &mut history.done),
        };
        to.extend(from.pop());
    }
}

/// Whether there is something to undo or redo in a field.
pub(super) fn can_step(cx: &Cx, field: NodeId, way: Way) -> bool {
    let window = cx.window();
    let Some(entry) = window.input.edited.histories.peek(field, way) else { return false };
    let value = forms::value(&cx.engine().tree(), field);
    value == if way == Way::Undo { entry.after } else { entry.before }
}

/// Undoes or redoes a change of a field; whether there was one.
pub(super) fn step(cx: &mut Cx, field: NodeId, way: Way) -> bool {
    let agent = cx.engine();
    let window = cx.window();
    if !field::is_editable(&agent.tree(), field) || !can_step(cx, field, way) {
        return false;
    }
    let input_type = if way == Way::Undo { "historyUndo" } else { "historyRedo" };
    let target: Obj<EventTarget> = cx.wrap(field).upcast();
    let event = InputEvent::trusted(cx, "beforeinput", Cancelable(true), input_type, None);
    if !events::fire_event(cx, &target, event) || !can_step(cx, field, way) {
        return false;
    }
    let Some(entry) = window.input.edited.histories.peek(field, way) else { return false };
    window.input.edited.histories.shift(field, way);
    {
        let mut tree = agent.tree_mut();
        let (value, (anchor, caret)) = match way {
            Way::Undo => (entry.before, entry.selection),
            Way::Redo => (entry.after, (entry.caret, entry.caret)),
        };
        tree.set_form_value(field, value);
        tree.set_control_flags(field, ControlFlags::USER_EDITED, true);
        tree.set_form_selection(field, anchor, caret);
    }
    rendering::reveal_caret(cx, field);
    let event = InputEvent::trusted(cx, "input", Cancelable(false), input_type, None);
    events::fire_event(cx, &target, event);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_one_change() {
        let mut tree = virga_dom::Tree::new();
        let field = tree.create_document(true);
        let histories = Histories::default();
        let entry = |before: &str, after: &str| Entry {
            before: before.to_owned(),
            after: after.to_owned(),
            selection: (before.len(), before.len()),
            caret: after.len(),
        };
        histories.push(field, entry("", "a"), "insertText");
        histories.push(field, entry("a", "ab"), "insertText");
        let last = histories.peek(field, Way::Undo).map(|entry| entry.before);
        assert_eq!(last.as_deref(), Some(""));
        histories.push(field, entry("ab", "abc"), "insertFromPaste");
        let last = histories.peek(field, Way::Undo).map(|entry| entry.before);
        assert_eq!(last.as_deref(), Some("ab"));
        histories.shift(field, Way::Undo);
        assert_eq!(
            histories.peek(field, Way::Redo).map(|entry| entry.after).as_deref(),
            Some("abc")
        );
        // Script set the value meanwhile.
        histories.push(field, entry("x", "xy"), "insertText");
        assert_eq!(
            histories.peek(field, Way::Undo).map(|entry| entry.before).as_deref(),
            Some("x")
        );
    }
}
