//! What the user does to text: <https://w3c.github.io/input-events/>
//!
//! Fields keep their text and selection in the tree, in bytes
//! ([`field`]); what is `contenteditable` is edited where it stands
//! ([`content`]). Both announce each change with `beforeinput` and tell of it
//! with `input`.

pub(crate) mod clipboard;
pub(crate) mod content;
mod field;
mod history;
mod text;

pub(crate) use clipboard::Which as ClipboardAction;
pub(crate) use field::{Edit, begin, commit, compose, edit, field_of, select, selection_of};
pub(crate) use history::Histories;
pub(crate) use text::{floor, line_around, word_around};

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{KeyEvent, Modifiers, Point};

use super::{focus, forms};
use crate::{agent::EngineCx, data_transfer::DataTransfer};

/// What the user changed in fields: the text that the focused one had, to know
/// whether to fire `change`, and what can be undone.
#[derive(Default)]
pub(crate) struct Edited {
    before: std::cell::RefCell<Option<String>>,
    histories: Histories,
}

/// Inserts text that was typed at the caret of what has the focus.
pub(crate) fn insert_typed(cx: &mut Cx, text: &str) {
    if let Some(field) = field_of(cx) {
        edit(cx, field, &Edit::insert(text));
    } else if content::is_active(cx) {
        content::insert_text(cx, text, "insertText");
    }
}

/// Whether a text dropped at an element would be inserted there.
pub(crate) fn takes_text(cx: &Cx, element: NodeId) -> bool {
    let agent = cx.engine();
    let is_field = field::is_editable(&agent.tree(), element);
    is_field || content::host_of(cx, element).is_some()
}

/// Inserts a text that was dropped.
pub(crate) fn drop_text(
    cx: &mut Cx,
    element: NodeId,
    transfer: &Obj<DataTransfer>,
    position: Point,
) {
    let Some(text) = transfer.text("text/plain") else { return };
    let agent = cx.engine();
    let is_field = field::is_editable(&agent.tree(), element);
    if is_field {
        focus::focus(cx, Some(element), focus::FocusBy::Pointer);
        if let Some(at) = super::rendering::field_offset(cx, element, position) {
            select(cx, element, at, at);
        }
        edit(cx, element, &Edit::Insert { text, input_type: "insertFromDrop" });
    } else {
        content::drop_text(cx, element, &text, transfer, position);
    }
}

/// What a key does to text, once `keydown` was not cancelled; `true` if it did
/// anything.
pub(crate) fn key(cx: &mut Cx, target: Option<NodeId>, input: &KeyEvent) -> bool {
    let chord = input.modifiers.intersects(Modifiers::CTRL | Modifiers::META)
        && !input.modifiers.contains(Modifiers::ALT_GRAPH);
    if chord && !input.modifiers.contains(Modifiers::ALT) && self::chord(cx, target, input) {
        return true;
    }
    let agent = cx.engine();
    match target {
        Some(field) if forms::is_text_field(&agent.tree(), field) => field::key(cx, field, input),
        _ => content::key(cx, input),
    }
}

/// The chords that all that can be edited has in common.
fn chord(cx: &mut Cx, target: Option<NodeId>, input: &KeyEvent) -> bool {
    let shift = input.modifiers.contains(Modifiers::SHIFT);
    match input.key.to_ascii_lowercase().as_str() {
        "c" | "insert" if !shift => clipboard::copy_or_cut(cx, ClipboardAction::Copy),
        "x" => clipboard::copy_or_cut(cx, ClipboardAction::Cut),
        "v" => clipboard::paste(cx, shift),
        "a" => select_all(cx, target),
        "z" if shift => drop(redo(cx)),
        "z" => drop(undo(cx)),
        "y" => drop(redo(cx)),
        _ => return false,
    }
    true
}

/// Selects all of the focused field, or of what is edited or shown.
pub(crate) fn select_all(cx: &mut Cx, target: Option<NodeId>) {
    let agent = cx.engine();
    match target {
        Some(field) if forms::is_text_field(&agent.tree(), field) => {
            let length = forms::value(&agent.tree(), field).len();
            select(cx, field, 0, length);
        }
        _ => content::select_all(cx),
    }
}

/// The selected text of the field that has the focus; a password is nobody's.
pub(crate) fn selected_in_field(cx: &Cx) -> String {
    let agent = cx.engine();
    let tree = agent.tree();
    let shown = |field: &NodeId| {
        forms::is_text_field(&tree, *field) && forms::input_type(&tree, *field) != "password"
    };
    let Some(field) = focus::focused(cx).filter(shown) else { return String::new() };
    let (anchor, caret) = selection_of(&tree, field);
    let value = forms::value(&tree, field);
    value.get(anchor.min(caret)..anchor.max(caret)).unwrap_or_default().to_owned()
}

/// Whether there is something to take back.
pub(crate) fn can_undo(cx: &Cx) -> bool {
    match field_of(cx) {
        Some(field) => history::can_step(cx, field, history::Way::Undo),
        None => content::can_undo(cx),
    }
}

/// Whether there is something that was taken back.
pub(crate) fn can_redo(cx: &Cx) -> bool {
    match field_of(cx) {
        Some(field) => history::can_step(cx, field, history::Way::Redo),
        None => content::can_redo(cx),
    }
}

/// Takes the last change back; whether there was one.
pub(crate) fn undo(cx: &mut Cx) -> bool {
    match field_of(cx) {
        Some(field) => history::step(cx, field, history::Way::Undo),
        None => content::undo(cx),
    }
}

/// Makes a change again that was taken back; whether there was one.
pub(crate) fn redo(cx: &mut Cx) -> bool {
    match field_of(cx) {
        Some(field) => history::step(cx, field, history::Way::Redo),
        None => content::redo(cx),
    }
}
