//! Input methods: <https://w3c.github.io/uievents/#events-compositionevents>
//!
//! What an input method has so far stands in the text, and is replaced with each
//! update until it is committed.

use std::{cell::RefCell, ops::Range};

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::Preedit;

use super::{editing, focus};
use crate::{
    agent::EngineCx,
    events::{self, CompositionEvent, EventTarget},
};

/// The composition of a window, if one is under way.
#[derive(Default)]
pub(crate) struct State(RefCell<Option<Composing>>);

#[derive(Clone)]
struct Composing {
    target: NodeId,
    place: Place,
    text: String,
}

/// Where the text stands that is composed.
#[derive(Clone)]
enum Place {
    /// Bytes of a field's value.
    Field(Range<usize>),
    /// In what is edited in place: the last so many code units before the caret.
    Content(usize),
}

/// Whether an input method composes.
pub(crate) fn is_active(cx: &Cx) -> bool {
    cx.window().input.composition.0.borrow().is_some()
}

fn fire(cx: &mut Cx, target: NodeId, name: &str, data: &str) -> bool {
    if !cx.engine().tree().contains(target) {
        return true;
    }
    let event = CompositionEvent::trusted(cx, name, data);
    let target: Obj<EventTarget> = cx.wrap(target).upcast();
    events::fire_event(cx, &target, event)
}

/// `compositionupdate`, which comes between `beforeinput` and the change.
pub(super) fn fire_update(cx: &mut Cx, target: &Obj<EventTarget>, data: &str) {
    let event = CompositionEvent::trusted(cx, "compositionupdate", data);
    events::fire_event(cx, target, event);
}

/// The input method has another text.
pub(super) fn update(cx: &mut Cx, preedit: &Preedit) {
    if !is_active(cx) {
        if preedit.text.is_empty() {
            return;
        }
        begin(cx);
    }
    show(cx, &preedit.text);
    if preedit.text.is_empty() {
        finish(cx, "");
    }
}

/// The input method is done: `text` is what came of it.
pub(super) fn commit(cx: &mut Cx, text: &str) {
    if !is_active(cx) {
        return editing::insert_typed(cx, text);
    }
    let same = cx.window().input.composition.0.borrow().as_ref().is_some_and(|c| c.text == text);
    if !same {
        show(cx, text);
    }
    finish(cx, text);
}

/// The composition ends as it stands: the focus moved, or the window lost it.
pub(super) fn cancel(cx: &mut Cx) {
    let text = cx.window().input.composition.0.borrow().as_ref().map(|c| c.text.clone());
    if let Some(text) = text {
        finish(cx, &text);
    }
}

fn begin(cx: &mut Cx) {
    let agent = cx.engine();
    let window = cx.window();
    let (target, place, selected) = if let Some(field) = editing::field_of(cx) {
        let tree = agent.tree();
        let (anchor, caret) = editing::selection_of(&tree, field);
        let range = anchor.min(caret)..anchor.max(caret);
        let value = super::forms::value(&tree, field);
        let selected = value.get(range.clone()).unwrap_or_default().to_owned();
        (field, Place::Field(range), selected)
    } else if let Some(host) = editing::content::active_host(cx) {
        (host, Place::Content(0), editing::content::selected_text(cx).unwrap_or_default())
    } else {
        // Nothing takes text; the events are told all the same.
        let Some(target) = focus::focused(cx).or_else(|| agent.tree().body(cx.document_id()))
        else {
            return;
        };
        (target, Place::Content(0), String::new())
    };
    let composing = Composing { target, place, text: String::new() };
    window.input.composition.0.replace(Some(composing));
    fire(cx, target, "compositionstart", &selected);
}

/// Puts a text where the one before stands.
fn show(cx: &mut Cx, text: &str) {
    let window = cx.window();
    let Some(composing) = window.input.composition.0.borrow().clone() else { return };
    let place = match composing.place {
        Place::Field(range) => match editing::compose(cx, composing.target, range.clone(), text) {
            Some(now) => Place::Field(now),
            None => Place::Field(range),
        },
        Place::Content(units) => {
            Place::Content(editing::content::compose(cx, units, text).unwrap_or(units))
        }
    };
    if let Some(composing) = &mut *window.input.composition.0.borrow_mut() {
        composing.place = place;
        text.clone_into(&mut composing.text);
    }
}

fn finish(cx: &mut Cx, data: &str) {
    let composing = cx.window().input.composition.0.take();
    if let Some(composing) = composing {
        fire(cx, composing.target, "compositionend", data);
    }
}
