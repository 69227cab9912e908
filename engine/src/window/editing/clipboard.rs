//! Cut, copy and paste: <https://w3c.github.io/clipboard-apis/>

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{Answer, Call, ClipboardData, ConsoleLevel};

use super::{content, field, field::Delete, field::Edit};
use crate::{
    agent::EngineCx,
    data_transfer::{ClipboardEvent, DataTransfer, Mode},
    events::{self, EventTarget},
    window::{focus, forms},
};

/// What takes the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Copy,
    Cut,
}

/// Where clipboard events go: what has the focus, or what is selected.
///
/// <https://w3c.github.io/clipboard-apis/#fire-a-clipboard-event>
fn target(cx: &mut Cx) -> Option<NodeId> {
    let document = cx.document_id();
    if let Some(field) = field::field_of(cx) {
        return Some(field);
    }
    content::selection_element(cx).or_else(|| focus::focused(cx)).or_else(|| {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.body(document).or_else(|| tree.document_element(document))
    })
}

/// `false` if the event was cancelled.
fn fire(cx: &mut Cx, name: &str, transfer: &Obj<DataTransfer>) -> bool {
    let Some(target) = target(cx) else { return true };
    let event = ClipboardEvent::trusted(cx, name, transfer.clone());
    let target: Obj<EventTarget> = cx.wrap(target).upcast();
    let allowed = events::fire_event(cx, &target, event);
    transfer.set_mode(Mode::Protected);
    allowed
}

/// What the clipboard holds.
pub(crate) fn read(cx: &Cx) -> ClipboardData {
    let why = match cx.engine().call(Call::ReadClipboard) {
        Answer::Clipboard(Ok(data)) => return data,
        Answer::Clipboard(Err(why)) => why,
        _ => "the host gave no answer".to_owned(),
    };
    let text = format!("The clipboard cannot be read: {why}");
    cx.engine().console(ConsoleLevel::Error, text, None);
    ClipboardData::default()
}

/// Puts something on the clipboard.
pub(crate) fn write(cx: &Cx, data: ClipboardData) {
    let why = match cx.engine().call(Call::WriteClipboard(data)) {
        Answer::Clipboard(Ok(_)) => return,
        Answer::Clipboard(Err(why)) => why,
        _ => "the host gave no answer".to_owned(),
    };
    let text = format!("The clipboard cannot be written: {why}");
    cx.engine().console(ConsoleLevel::Error, text, None);
}

/// The user copies or cuts the selection.
pub(crate) fn copy_or_cut(cx: &mut Cx, which: Which) {
    let name = if which == Which::Copy { "copy" } else { "cut" };
    let transfer = DataTransfer::create(cx, Mode::ReadWrite);
    if !fire(cx, name, &transfer) {
        // What a listener put there counts, also if it is nothing.
        return write(cx, transfer.to_clipboard());
    }
    let Some(field) = field::field_of(cx) else {
        let Some(data) = content::selected_data(cx) else { return };
        write(cx, data);
        if which == Which::Cut {
            content::delete_selection(cx, "deleteByCut");
        }
        return;
    };
    let selected = {
        let agent = cx.engine();
        let tree = agent.tree();
        let secret =
            tree.is_html_element(field, "input") && forms::input_type(&tree, field) == "password";
        let (anchor, caret) = field::selection_of(&tree, field);
        let value = forms::value(&tree, field);
        let selected = value.get(anchor.min(caret)..anchor.max(caret)).unwrap_or_default();
        if secret { String::new() } else { selected.to_owned() }
    };
    if selected.is_empty() {
        return;
    }
    write(cx, ClipboardData::plain(&selected));
    if which == Which::Cut {
        let edit = Edit::Delete { what: Delete::Nothing, input_type: "deleteByCut" };
        field::edit(cx, field, &edit);
    }
}

/// The user pastes; `plain` takes the text alone.
pub(crate) fn paste(cx: &mut Cx, plain: bool) {
    let mut data = read(cx);
    if plain {
        data.formats.retain(|(type_, _)| type_ == "text/plain");
    }
    let transfer = DataTransfer::of_clipboard(cx, &data, Mode::ReadOnly);
    if !fire(cx, "paste", &transfer) {
        return;
    }
    if let Some(field) = field::field_of(cx) {
        if let Some(text) = data.text("text/plain") {
            field::edit(cx, field, &Edit::Insert { text, input_type: "insertFromPaste" });
        }
    } else {
        content::paste(cx, &data, &transfer);
    }
}
