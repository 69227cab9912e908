//! What the user does to controls that hold no text: groups of radio buttons, lists of
//! options, numbers.

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::KeyEvent;

use super::{
    activation,
    focus::{self, FocusBy},
    forms, list_box,
};
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, Cancelable, Event, EventTarget},
    generated::HTMLInputElementMethods as _,
    html::HTMLInputElement,
};

/// What a key does to the control that has the focus; `true` if it did anything.
pub(super) fn key(cx: &mut Cx, control: NodeId, input: &KeyEvent) -> bool {
    let agent = cx.engine();
    let (is_select, is_input) = {
        let tree = agent.tree();
        (tree.is_html_element(control, "select"), tree.is_html_element(control, "input"))
    };
    if is_select {
        return list_box::key(cx, control, input);
    }
    if input.modifiers != virga_protocol::Modifiers::empty()
        && input.modifiers != virga_protocol::Modifiers::SHIFT
    {
        return false;
    }
    if !is_input || forms::is_disabled(&agent.tree(), control) {
        return false;
    }
    let type_ = forms::input_type(&agent.tree(), control);
    match (type_, input.key.as_str()) {
        ("radio", "ArrowDown" | "ArrowRight") => next_radio(cx, control, false),
        ("radio", "ArrowUp" | "ArrowLeft") => next_radio(cx, control, true),
        ("range", "ArrowUp" | "ArrowRight") => step(cx, control, true),
        ("range", "ArrowDown" | "ArrowLeft") => step(cx, control, false),
        ("range", "PageUp") => step_by(cx, control, 10),
        ("range", "PageDown") => step_by(cx, control, -10),
        ("range", "Home") => to_bound(cx, control, false),
        ("range", "End") => to_bound(cx, control, true),
        _ => return false,
    }
    true
}

/// Whether Enter in a control that is no text field submits its form.
pub(super) fn submits_on_enter(tree: &Tree, control: NodeId) -> bool {
    tree.is_html_element(control, "input")
        && matches!(forms::input_type(tree, control), "checkbox" | "radio" | "range" | "color")
}

/// Moves the check, and the focus, to the next button of a group.
///
/// <https://html.spec.whatwg.org/#radio-button-state-(type=radio)>
fn next_radio(cx: &mut Cx, radio: NodeId, back: bool) {
    let next = {
        let agent = cx.engine();
        let tree = agent.tree();
        let group: Vec<NodeId> = crate::html::forms::radio::group(&tree, radio)
            .into_iter()
            .filter(|&id| !forms::is_disabled(&tree, id))
            .collect();
        let Some(at) = group.iter().position(|&id| id == radio) else { return };
        let count = group.len();
        let next = if back { (at + count - 1) % count } else { (at + 1) % count };
        group[next]
    };
    if next != radio {
        focus::focus(cx, Some(next), FocusBy::Keyboard);
        activation::click(cx, next);
    }
}

/// The user chose an option in place of all others.
pub(super) fn choose(cx: &mut Cx, select: NodeId, option: NodeId) {
    let agent = cx.engine();
    let changes: Vec<(NodeId, bool)> = {
        let tree = agent.tree();
        let on = |id: NodeId| tree.state(id).contains(ElementState::CHECKED);
        tree.options_of(select)
            .map(|id| (id, id == option))
            .filter(|(id, wanted)| on(*id) != *wanted)
            .collect()
    };
    if !changes.is_empty() {
        crate::html::forms::set_by_user(&mut agent.tree_mut(), &changes);
        chosen(cx, select);
    }
}

/// <https://html.spec.whatwg.org/#send-select-update-notifications>
pub(super) fn chosen(cx: &mut Cx, select: NodeId) {
    forms::note_user_change(&mut cx.engine().tree_mut(), select);
    changed(cx, select);
}

/// `input`, then `change`.
pub(super) fn changed(cx: &mut Cx, control: NodeId) {
    let target: Obj<EventTarget> = cx.wrap(control).upcast();
    let event = Event::trusted(cx, "input", Bubbles(true), Cancelable(false)).composed();
    events::fire_event(cx, &target, event);
    events::fire(cx, &target, "change", Bubbles(true), Cancelable(false));
}

/// One step of a number or another value that has steps.
pub(super) fn step(cx: &mut Cx, control: NodeId, up: bool) {
    step_by(cx, control, if up { 1 } else { -1 });
}

/// So many steps, as far as the bounds allow.
fn step_by(cx: &mut Cx, control: NodeId, steps: i32) {
    let agent = cx.engine();
    let before = {
        let tree = agent.tree();
        let read_only = tree.plain_attribute(control, &"readonly".into()).is_some();
        if read_only || forms::is_disabled(&tree, control) {
            return;
        }
        forms::value(&tree, control)
    };
    let Some(input) = cx.wrap_as::<HTMLInputElement>(control) else { return };
    let stepped = if steps > 0 { input.step_up(cx, steps) } else { input.step_down(cx, -steps) };
    // Types without steps have none.
    if stepped.is_err() || forms::value(&agent.tree(), control) == before {
        return;
    }
    forms::note_user_change(&mut agent.tree_mut(), control);
    changed(cx, control);
}

/// The first or the last value of a range.
fn to_bound(cx: &mut Cx, control: NodeId, last: bool) {
    let agent = cx.engine();
    let (name, default) = if last { ("max", "100") } else { ("min", "0") };
    let value = agent.attribute(control, name).unwrap_or_else(|| default.to_owned());
    let before = forms::value(&agent.tree(), control);
    let Some(input) = cx.wrap_as::<HTMLInputElement>(control) else { return };
    if input.set_value(cx, value.as_str().into()).is_ok()
        && forms::value(&agent.tree(), control) != before
    {
        forms::note_user_change(&mut agent.tree_mut(), control);
        changed(cx, control);
    }
}
