//! Editing in place: `contenteditable` and `designMode`
//! (<https://html.spec.whatwg.org/#editing-2>), by keys, input methods, paste and
//! `document.execCommand` (<https://w3c.github.io/editing/docs/execCommand/>).
//!
//! All changes go through [`log::Log`], which can take them back.

mod block;
mod commands;
mod delete;
mod inline;
mod insert;
mod keys;
mod log;
mod shown;
mod walk;

pub(crate) use keys::{begin_pointer, drag_pointer, key};
pub(crate) use log::History;
pub(crate) use shown::selected;

use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{Bytes, ClipboardData, Point};

use crate::{
    agent::EngineCx,
    data_transfer::DataTransfer,
    dom::{Range, ranges::Boundary},
    events::{self, Cancelable, EventTarget, InputEvent},
    generated::RangeMethods as _,
    selection::{self, Selection},
    window::{focus, rendering},
};

/// What a window remembers of editing in place.
#[derive(Default)]
pub(crate) struct State {
    /// `document.designMode`.
    pub(crate) design_mode: Cell<bool>,
    /// Styles that the next typed text gets, on or off, by their commands.
    pending: RefCell<Vec<(&'static str, bool)>>,
    /// `defaultParagraphSeparator`: `p` in place of `div`.
    paragraphs: Cell<bool>,
    /// A selection that the pointer makes: where it began.
    selecting: Cell<Option<Boundary>>,
}

/// A selection in what can be edited.
pub(super) struct Editing {
    pub(super) selection: Obj<Selection>,
    pub(super) range: Obj<Range>,
    pub(super) host: NodeId,
}

/// Whether a node can be edited.
fn is_editable(cx: &Cx, node: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    let mut next = Some(node);
    while let Some(id) = next {
        if let Some(stated) = tree.plain_attribute(id, &"contenteditable".into()) {
            match stated.to_ascii_lowercase().as_str() {
                "" | "true" | "plaintext-only" => return true,
                "false" => return false,
                _ => {}
            }
        }
        next = tree.parent(id);
    }
    let document = tree.owner_document(node);
    drop(tree);
    let window = document.and_then(|document| agent.window_of_document(document));
    window.is_some_and(|window| window.input.content.design_mode.get())
}

/// <https://html.spec.whatwg.org/#editing-host> of a node.
pub(crate) fn host_of(cx: &Cx, node: NodeId) -> Option<NodeId> {
    if !is_editable(cx, node) {
        return None;
    }
    let agent = cx.engine();
    let mut host = node;
    loop {
        let parent = agent.tree().parent_element(host);
        match parent {
            Some(parent) if is_editable(cx, parent) => host = parent,
            _ => break,
        }
    }
    // A text of its own is no host; a document's body is the place to write.
    let tree = agent.tree();
    if !tree.is_element(host) {
        return None;
    }
    let document = tree.owner_document(host)?;
    if tree.document_element(document) == Some(host) { tree.body(document) } else { Some(host) }
}

/// Whether text only can be written in a host.
pub(super) fn is_plain(cx: &Cx, host: NodeId) -> bool {
    let stated = cx.engine().attribute(host, "contenteditable");
    stated.is_some_and(|stated| stated.eq_ignore_ascii_case("plaintext-only"))
}

/// The selection, if it is in something that can be edited.
pub(super) fn editing(cx: &mut Cx) -> Option<Editing> {
    let document = cx.document_id();
    let selection = selection::of_document(cx, document)?;
    let range = selection.range(cx)?;
    let host = host_of(cx, range.start().node)?;
    let end_host = host_of(cx, range.end().node)?;
    (host == end_host).then_some(Editing { selection, range, host })
}

/// Whether typing goes to something that is edited in place.
pub(crate) fn is_active(cx: &mut Cx) -> bool {
    active_host(cx).is_some()
}

/// The host that typing goes to.
pub(crate) fn active_host(cx: &mut Cx) -> Option<NodeId> {
    let host = editing(cx)?.host;
    match focus::focused(cx) {
        Some(focused) => cx.engine().tree().is_inclusive_ancestor(focused, host).then_some(host),
        None => cx.window().input.content.design_mode.get().then_some(host),
    }
}

/// Something that is edited in place got the focus: it gets a caret, unless it
/// has one.
pub(crate) fn begin(cx: &mut Cx, element: NodeId) {
    let Some(host) = host_of(cx, element) else { return };
    if editing(cx).is_some_and(|editing| editing.host == host) {
        return;
    }
    let document = cx.document_id();
    let Some(selection) = selection::of_document(cx, document) else { return };
    let start = walk::first_place(&cx.engine().tree(), host);
    selection::select(cx, &selection, start, start);
}

/// Puts the caret somewhere, or selects from one place to another.
pub(super) fn set_selection(cx: &mut Cx, anchor: Boundary, focus: Boundary) {
    let document = cx.document_id();
    if let Some(selection) = selection::of_document(cx, document) {
        selection::select(cx, &selection, anchor, focus);
    }
}

/// `beforeinput`; `false` if it was cancelled.
pub(super) fn announce(
    cx: &mut Cx,
    host: NodeId,
    input_type: &str,
    data: Option<&str>,
    transfer: Option<&Obj<DataTransfer>>,
) -> bool {
    let cancelable = Cancelable(input_type != "insertCompositionText");
    fire(cx, host, "beforeinput", cancelable, input_type, data, transfer)
}

fn fire(
    cx: &mut Cx,
    host: NodeId,
    name: &str,
    cancelable: Cancelable,
    input_type: &str,
    data: Option<&str>,
    transfer: Option<&Obj<DataTransfer>>,
) -> bool {
    if !cx.engine().tree().contains(host) {
        return false;
    }
    let ranges = if name == "beforeinput" { target_ranges(cx) } else { Vec::new() };
    let event = InputEvent::trusted(cx, name, cancelable, input_type, data.map(str::to_owned))
        .composing(input_type == "insertCompositionText")
        .with_transfer(transfer.cloned())
        .with_ranges(ranges);
    let target: Obj<EventTarget> = cx.wrap(host).upcast();
    events::fire_event(cx, &target, event)
}

/// What a change will concern: the selection.
///
/// <https://w3c.github.io/input-events/#dom-inputevent-gettargetranges>
fn target_ranges(cx: &mut Cx) -> Vec<Obj<crate::dom::StaticRange>> {
    let Some(editing) = editing(cx) else { return Vec::new() };
    let (start, end) = (editing.range.start(), editing.range.end());
    vec![crate::dom::StaticRange::create(cx, start, end)]
}

/// One change as the user sees it: `change` makes it, `input` tells of it, and it
/// can be undone.
fn perform(
    cx: &mut Cx,
    host: NodeId,
    input_type: &str,
    data: Option<&str>,
    change: impl FnOnce(&mut Cx, &mut log::Log),
) {
    let mut log = log::Log::begin(cx);
    change(cx, &mut log);
    if log.is_empty() {
        return;
    }
    log.end(cx, host, input_type);
    reveal(cx);
    fire(cx, host, "input", Cancelable(false), input_type, data, None);
}

/// Scrolls so that the caret is to be seen.
pub(super) fn reveal(cx: &mut Cx) {
    let Some(editing) = editing(cx) else { return };
    let Some(focus) = editing.selection.focus(cx) else { return };
    if let Some(caret) = rendering::text_caret(cx, focus) {
        rendering::reveal(cx, focus.node, caret);
        rendering::tell_text_input(cx, caret);
    }
}

/// Inserts text at the caret, in place of what is selected.
pub(crate) fn insert_text(cx: &mut Cx, text: &str, input_type: &'static str) {
    let Some(editing) = editing(cx) else { return };
    if !announce(cx, editing.host, input_type, Some(text), None) {
        return;
    }
    // Listeners may have done anything.
    if let Some(editing) = self::editing(cx) {
        let host = editing.host;
        perform(cx, host, input_type, Some(text), |cx, log| insert::text(cx, log, text));
    }
}

/// Replaces the last `units` code units before the caret by what an input method
/// has; how many that is.
pub(crate) fn compose(cx: &mut Cx, units: usize, text: &str) -> Option<usize> {
    let editing = editing(cx)?;
    let host = editing.host;
    announce(cx, host, "insertCompositionText", Some(text), None);
    let target: Obj<EventTarget> = cx.wrap(host).upcast();
    crate::window::composition::fire_update(cx, &target, text);
    self::editing(cx)?;
    perform(cx, host, "insertCompositionText", Some(text), |cx, log| {
        delete::units_before(cx, log, units);
        insert::text(cx, log, text);
    });
    Some(text.encode_utf16().count())
}

/// Pastes what the clipboard holds: HTML where it can stand, else text.
pub(crate) fn paste(cx: &mut Cx, data: &ClipboardData, transfer: &Obj<DataTransfer>) {
    let Some(editing) = editing(cx) else { return };
    put(cx, editing.host, data, transfer, "insertFromPaste");
}

fn put(
    cx: &mut Cx,
    host: NodeId,
    data: &ClipboardData,
    transfer: &Obj<DataTransfer>,
    input_type: &'static str,
) {
    let html = data.text("text/html").filter(|_| !is_plain(cx, host));
    let text = data.text("text/plain").unwrap_or_default();
    if html.is_none() && text.is_empty() {
        return;
    }
    transfer.set_mode(crate::data_transfer::Mode::ReadOnly);
    if !announce(cx, host, input_type, None, Some(transfer)) || editing(cx).is_none() {
        return;
    }
    perform(cx, host, input_type, None, |cx, log| match html {
        Some(html) => insert::html(cx, log, &html),
        None => insert::lines(cx, log, &text),
    });
}

/// Inserts what was dropped where it was dropped.
pub(crate) fn drop_text(
    cx: &mut Cx,
    element: NodeId,
    text: &str,
    transfer: &Obj<DataTransfer>,
    position: Point,
) {
    let Some(host) = host_of(cx, element) else { return };
    if let Some(place) = rendering::text_at(cx, host, position) {
        set_selection(cx, place, place);
    } else {
        begin(cx, host);
    }
    focus::focus(cx, Some(host), focus::FocusBy::Pointer);
    put(cx, host, &ClipboardData::plain(text), transfer, "insertFromDrop");
}

/// Selects all of the host with the caret, or of the document.
pub(crate) fn select_all(cx: &mut Cx) {
    let root = active_host(cx).or_else(|| {
        let document = cx.document_id();
        cx.engine().tree().body(document)
    });
    let Some(root) = root else { return };
    let end = Boundary::end_of(&cx.engine().tree(), root);
    set_selection(cx, Boundary::start_of(root), end);
}

/// Whether there is something to take back.
pub(crate) fn can_undo(cx: &Cx) -> bool {
    log::can_step(cx, log::Way::Undo)
}

/// Whether there is something that was taken back.
pub(crate) fn can_redo(cx: &Cx) -> bool {
    log::can_step(cx, log::Way::Redo)
}

/// Takes the last change back; whether there was one.
pub(crate) fn undo(cx: &mut Cx) -> bool {
    log::step(cx, log::Way::Undo)
}

/// Makes a change again that was taken back; whether there was one.
pub(crate) fn redo(cx: &mut Cx) -> bool {
    log::step(cx, log::Way::Redo)
}

/// The text that is selected in the document.
pub(crate) fn selected_text(cx: &mut Cx) -> Option<String> {
    let document = cx.document_id();
    let selection = selection::of_document(cx, document)?;
    let range = selection.range(cx)?;
    if range.is_collapsed() {
        return None;
    }
    let text = text_of(cx, &range);
    Some(text).filter(|text| !text.is_empty())
}

/// The text of a range, with a line for each block and line break.
fn text_of(cx: &Cx, range: &Obj<Range>) -> String {
    let agent = cx.engine();
    let tree = agent.tree();
    let Some(root) = tree.owner_document(range.start().node) else { return String::new() };
    let mut out = String::new();
    let mut last = None;
    for (text, from, to) in walk::texts(&tree, root, range.start(), range.end()) {
        let block = walk::block_of(&tree, text, root);
        let breaks = std::iter::successors(tree.previous_in_order(text, root), |id| {
            tree.previous_in_order(*id, root)
        })
        .take_while(|&id| !tree.is_text(id))
        .any(|id| tree.is_html_element(id, "br"));
        if last.is_some_and(|last| last != block || breaks) {
            out.push('\n');
        }
        last = Some(block);
        let units: Vec<u16> =
            tree.text(text).encode_utf16().skip(from as usize).take((to - from) as usize).collect();
        out.push_str(&String::from_utf16_lossy(&units));
    }
    out
}

/// What copying the selection puts on the clipboard.
pub(crate) fn selected_data(cx: &mut Cx) -> Option<ClipboardData> {
    let text = selected_text(cx)?;
    let document = cx.document_id();
    let selection = selection::of_document(cx, document)?;
    let range = selection.range(cx)?;
    let fragment = range.clone_contents(cx).ok()?;
    let html = virga_dom::parser::serialize_children(&cx.engine().tree(), fragment.id(), true);
    Some(ClipboardData {
        formats: vec![
            ("text/html".to_owned(), Bytes::from(html.into_bytes())),
            ("text/plain".to_owned(), Bytes::from(text.into_bytes())),
        ],
    })
}

/// The element that the selection begins in.
pub(crate) fn selection_element(cx: &mut Cx) -> Option<NodeId> {
    let document = cx.document_id();
    let selection = selection::of_document(cx, document)?;
    let node = selection.focus(cx)?.node;
    let agent = cx.engine();
    let tree = agent.tree();
    if tree.is_element(node) { Some(node) } else { tree.parent_element(node) }
}

/// Deletes what is selected, if it can be edited.
pub(crate) fn delete_selection(cx: &mut Cx, input_type: &'static str) {
    let Some(editing) = editing(cx).filter(|editing| !editing.range.is_collapsed()) else { return };
    let host = editing.host;
    if announce(cx, host, input_type, None, None) && self::editing(cx).is_some() {
        perform(cx, host, input_type, None, delete::selection);
    }
}
