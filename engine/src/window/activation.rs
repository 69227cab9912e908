//! What a click does, once its listeners had their say:
//! <https://dom.spec.whatwg.org/#eventtarget-activation-behavior>

use virga_dom::{ElementState, NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use super::{
    focus::{self, FocusBy},
    forms,
};
use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, Event, EventTarget, MouseEvent, PointerEvent},
    generated::{EventMethods as _, MouseEventMethods as _},
    html::{
        forms::{checkedness, entries::Submitter, kind::InputType, labeled_control, radio, submit},
        popover, toggle,
    },
    loading::{self, Destination},
    wrappers::Node,
};

/// What was before a legacy-pre-activation behaviour.
pub(crate) enum Before {
    Nothing,
    Checkbox { checked: bool, indeterminate: bool },
    Radio { checked: Option<NodeId> },
}

/// Whether a click activates this element.
pub(crate) fn has_behavior(agent: &Agent, id: NodeId) -> bool {
    let tree = agent.tree();
    if tree.namespace(id) != Some(&virga_dom::ns!(html)) || forms::is_disabled(&tree, id) {
        return false;
    }
    match tree.local_name(id).map(|name| &**name) {
        Some("a" | "area") => tree.plain_attribute(id, &"href".into()).is_some(),
        Some("input" | "button" | "label" | "summary") => true,
        _ => false,
    }
}

/// <https://dom.spec.whatwg.org/#eventtarget-legacy-pre-activation-behavior>
pub(crate) fn pre_activate(cx: &mut Cx, id: NodeId) -> Before {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    match InputType::of(&tree, id) {
        Some(InputType::Checkbox) => {
            let state = tree.state(id);
            let checked = state.contains(ElementState::CHECKED);
            let flags = tree.control_flags(id);
            let indeterminate = flags.contains(ControlFlags::INDETERMINATE);
            checkedness::set_checked(&mut tree, id, !checked);
            tree.set_control_flags(id, ControlFlags::INDETERMINATE, false);
            tree.set_state(id, ElementState::INDETERMINATE, false);
            Before::Checkbox { checked, indeterminate }
        }
        Some(InputType::Radio) => {
            let checked = radio::checked(&tree, id);
            checkedness::set_checked(&mut tree, id, true);
            Before::Radio { checked }
        }
        _ => Before::Nothing,
    }
}

/// <https://dom.spec.whatwg.org/#eventtarget-legacy-canceled-activation-behavior>
pub(crate) fn canceled(cx: &mut Cx, id: NodeId, before: Before) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    match before {
        Before::Nothing => {}
        Before::Checkbox { checked, indeterminate } => {
            checkedness::set_checked(&mut tree, id, checked);
            tree.set_control_flags(id, ControlFlags::INDETERMINATE, indeterminate);
            tree.set_state(id, ElementState::INDETERMINATE, indeterminate);
        }
        Before::Radio { checked: Some(other) } if radio::group(&tree, id).contains(&other) => {
            radio::check(&mut tree, other);
        }
        Before::Radio { .. } => checkedness::set_checked(&mut tree, id, false),
    }
}

fn input_type(agent: &Agent, id: NodeId) -> Option<InputType> {
    InputType::of(&agent.tree(), id)
}

/// Runs the activation behaviour of an element.
pub(crate) fn activate(cx: &mut Cx, id: NodeId, event: &Obj<Event>, before: Before) {
    let agent = cx.engine();
    let name = agent.tree().local_name(id).map(|name| name.to_string());
    match name.as_deref() {
        Some("a" | "area") => follow_link(cx, id),
        Some("button") => {
            let type_ = agent.attribute(id, "type").unwrap_or_default();
            if forms::form_owner(&agent, id).is_none() {
                popover::activate_button(cx, id);
            } else if type_.eq_ignore_ascii_case("reset") {
                reset(cx, id);
            } else if !type_.eq_ignore_ascii_case("button") {
                submit(cx, id, event);
            } else {
                popover::activate_button(cx, id);
            }
        }
        Some("input") => match input_type(&agent, id) {
            Some(InputType::Checkbox | InputType::Radio) => changed(cx, id, &before),
            Some(InputType::Submit | InputType::Image) => submit(cx, id, event),
            Some(InputType::Reset) => reset(cx, id),
            Some(InputType::Button) => {
                popover::activate_button(cx, id);
            }
            _ => {}
        },
        Some("label") => activate_label(cx, id, event),
        Some("summary") => toggle::activate_summary(cx, id),
        _ => {}
    }
}

/// `input`, then `change`, if the click changed anything.
fn changed(cx: &mut Cx, id: NodeId, before: &Before) {
    let agent = cx.engine();
    if matches!(before, Before::Radio { checked: Some(other) } if *other == id)
        || !agent.tree().is_connected(id)
    {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(id).upcast();
    for name in ["input", "change"] {
        let event = Event::trusted(cx, name, Bubbles(true), Cancelable(false)).composed();
        events::fire_event(cx, &target, event);
    }
}

fn submit(cx: &mut Cx, button: NodeId, event: &Obj<Event>) {
    let Some(form) = forms::form_owner(&cx.engine(), button) else {
        popover::activate_button(cx, button);
        return;
    };
    let at = clicked_at(cx, button, event);
    submit::submit_with(cx, form, Some(Submitter { button, at }), submit::By::Button);
}

/// Where an image button was clicked; its corner if that cannot be told.
///
/// <https://html.spec.whatwg.org/#concept-input-type-image-coordinate>
#[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
fn clicked_at(cx: &mut Cx, button: NodeId, event: &Obj<Event>) -> (i32, i32) {
    if input_type(&cx.engine(), button) != Some(InputType::Image) || !event.is_trusted(cx) {
        return (0, 0);
    }
    let Some(mouse) = event.downcast::<MouseEvent>() else { return (0, 0) };
    let (x, y) = (mouse.client_x(cx), mouse.client_y(cx));
    match super::rendering::bounding_rect(cx, button) {
        Some(rect) => ((x - rect.x0) as i32, (y - rect.y0) as i32),
        None => (0, 0),
    }
}

fn reset(cx: &mut Cx, button: NodeId) {
    if let Some(form) = forms::form_owner(&cx.engine(), button) {
        forms::reset(cx, form);
    }
}

/// <https://html.spec.whatwg.org/#following-hyperlinks-2>
fn follow_link(cx: &mut Cx, id: NodeId) {
    let agent = cx.engine();
    let href = agent.attribute(id, "href").unwrap_or_default();
    if agent.attribute(id, "download").is_some() {
        let text = format!("The link to {href:?} was not followed: downloads are not supported");
        return agent.console(ConsoleLevel::Error, text, None);
    }
    match cx.window().parse_url(&agent, href.trim()) {
        Ok(url) => {
            let target = loading::target_of(cx, &[id]);
            let rel = agent.attribute(id, "rel").unwrap_or_default();
            loading::navigate_target(cx, &target, &rel, Destination::url(url));
        }
        Err(_) => {
            let text = format!("The link was not followed: {href:?} is not a valid URL");
            agent.console(ConsoleLevel::Error, text, None);
        }
    }
}

/// <https://html.spec.whatwg.org/#interactive-content>
fn is_interactive(tree: &Tree, id: NodeId) -> bool {
    if tree.namespace(id) != Some(&virga_dom::ns!(html)) {
        return false;
    }
    let has = |name: &str| tree.plain_attribute(id, &name.into()).is_some();
    match tree.local_name(id).map_or("", |name| name) {
        "a" => has("href"),
        "audio" | "video" => has("controls"),
        "img" | "object" => has("usemap"),
        "input" => InputType::of(tree, id) != Some(InputType::Hidden),
        "button" | "details" | "embed" | "iframe" | "label" | "select" | "textarea" => true,
        _ => has("tabindex"),
    }
}

/// A click on a label is one on its control, unless it was on something else in
/// it that reacts to clicks.
///
/// <https://html.spec.whatwg.org/#the-label-element>
fn activate_label(cx: &mut Cx, label: NodeId, event: &Obj<Event>) {
    let agent = cx.engine();
    let control = labeled_control(&agent.tree(), label);
    let Some(control) = control else { return };
    let clicked =
        event.target_object().and_then(|target| target.downcast::<Node>()).map(|node| node.id());
    if let Some(clicked) = clicked {
        let tree = agent.tree();
        let mut at = Some(clicked);
        while let Some(id) = at.filter(|&id| id != label) {
            if id == control || is_interactive(&tree, id) {
                return;
            }
            at = tree.parent(id);
        }
    }
    let trusted = event.is_trusted(cx);
    if trusted {
        focus::focus(cx, Some(control), FocusBy::Pointer);
    }
    click_with(cx, control, trusted);
}

/// Fires a synthetic `click`, as `element.click()` and keys do.
///
/// <https://html.spec.whatwg.org/#fire-a-synthetic-pointer-event>
pub(crate) fn click(cx: &mut Cx, id: NodeId) {
    click_with(cx, id, true);
}

/// `element.click()`
///
/// <https://html.spec.whatwg.org/#dom-click>
pub(crate) fn click_by_script(cx: &mut Cx, id: NodeId) {
    let window = cx.window();
    // 2.–3. "Click in progress"
    if window.clicking.borrow().contains(&id) {
        return;
    }
    window.clicking.borrow_mut().push(id);
    click_with(cx, id, false);
    window.clicking.borrow_mut().retain(|other| *other != id);
}

/// As [`click`]; `element.click()` fires an event that is not trusted.
fn click_with(cx: &mut Cx, id: NodeId, trusted: bool) {
    let agent = cx.engine();
    if forms::is_disabled(&agent.tree(), id) {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(id).upcast();
    let data = events::MouseData::default();
    let mouse = MouseEvent::trusted(cx, "click", Bubbles(true), Cancelable(true), 0, data, None);
    let pointer = events::PointerData {
        id: -1,
        type_: "",
        is_primary: false,
        pressure: 0.0,
        contact: virga_protocol::Contact::default(),
    };
    let event = Obj::new(cx, PointerEvent::trusted(mouse, &pointer)).upcast::<Event>();
    event.set_trusted(trusted);
    events::dispatch(cx, &target, &event);
}
