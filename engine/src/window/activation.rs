//! What a click does, once its listeners had their say:
//! <https://dom.spec.whatwg.org/#eventtarget-activation-behavior>

use virga_dom::{ElementState, NodeId, QualName, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use super::{
    focus::{self, FocusBy},
    forms,
};
use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, Event, EventTarget, MouseEvent, PointerEvent},
    loading::{self, History},
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

fn input_type(tree: &Tree, id: NodeId) -> Option<String> {
    tree.is_html_element(id, "input").then(|| forms::input_type(tree, id))
}

/// <https://dom.spec.whatwg.org/#eventtarget-legacy-pre-activation-behavior>
pub(crate) fn pre_activate(cx: &mut Cx, id: NodeId) -> Before {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    match input_type(&tree, id).as_deref() {
        Some("checkbox") => {
            let state = tree.state(id);
            let checked = state.contains(ElementState::CHECKED);
            let indeterminate = state.contains(ElementState::INDETERMINATE);
            tree.set_state(id, ElementState::CHECKED, !checked);
            // Dirty: the attribute does not decide any more.
            tree.set_form_value(id, "");
            tree.set_state(id, ElementState::INDETERMINATE, false);
            Before::Checkbox { checked, indeterminate }
        }
        Some("radio") => {
            let checked = radio_group(&tree, id)
                .into_iter()
                .find(|&other| tree.state(other).contains(ElementState::CHECKED));
            check_radio(&mut tree, id);
            tree.set_form_value(id, "");
            Before::Radio { checked }
        }
        _ => Before::Nothing,
    }
}

/// Checks a radio button and unchecks the others of its group.
pub(crate) fn check_radio(tree: &mut Tree, id: NodeId) {
    for other in radio_group(tree, id) {
        tree.set_state(other, ElementState::CHECKED, other == id);
    }
}

/// <https://html.spec.whatwg.org/#radio-button-group>, the button itself included.
pub(crate) fn radio_group(tree: &Tree, id: NodeId) -> Vec<NodeId> {
    let name = tree.plain_attribute(id, &"name".into()).unwrap_or_default();
    if name.is_empty() {
        return vec![id];
    }
    let form = |id| tree.ancestors(id).find(|&other| tree.is_html_element(other, "form"));
    let (root, owner) = (tree.root(id), form(id));
    tree.descendants(root)
        .filter(|&other| {
            input_type(tree, other).as_deref() == Some("radio")
                && tree.plain_attribute(other, &"name".into()) == Some(name)
                && form(other) == owner
        })
        .collect()
}

/// <https://dom.spec.whatwg.org/#eventtarget-legacy-canceled-activation-behavior>
pub(crate) fn canceled(cx: &mut Cx, id: NodeId, before: Before) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    match before {
        Before::Nothing => {}
        Before::Checkbox { checked, indeterminate } => {
            tree.set_state(id, ElementState::CHECKED, checked);
            tree.set_state(id, ElementState::INDETERMINATE, indeterminate);
        }
        Before::Radio { checked: Some(other) } => check_radio(&mut tree, other),
        Before::Radio { checked: None } => tree.set_state(id, ElementState::CHECKED, false),
    }
}

/// Runs the activation behaviour of an element.
pub(crate) fn activate(cx: &mut Cx, id: NodeId, event: &Obj<Event>, before: Before) {
    let agent = cx.engine();
    let name = agent.tree().local_name(id).map(|name| name.to_string());
    match name.as_deref() {
        Some("a" | "area") => follow_link(cx, id),
        Some("button") => {
            let type_ = agent.attribute(id, "type").unwrap_or_default();
            if type_.eq_ignore_ascii_case("reset") {
                reset(cx, id);
            } else if !type_.eq_ignore_ascii_case("button") {
                submit(cx, id);
            }
        }
        Some("input") => {
            let type_ = forms::input_type(&agent.tree(), id);
            match type_.as_str() {
                "checkbox" | "radio" => changed(cx, id, &before),
                "submit" | "image" => submit(cx, id),
                "reset" => reset(cx, id),
                _ => {}
            }
        }
        Some("label") => activate_label(cx, id, event),
        Some("summary") => toggle_details(cx, id),
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

fn submit(cx: &mut Cx, button: NodeId) {
    if let Some(form) = forms::form_owner(&cx.engine(), button) {
        forms::submit(cx, form, Some(button));
    }
}

fn reset(cx: &mut Cx, button: NodeId) {
    if let Some(form) = forms::form_owner(&cx.engine(), button) {
        forms::reset(cx, form);
    }
}

/// <https://html.spec.whatwg.org/#following-hyperlinks-2>. An app has one window,
/// so `target` makes no difference.
fn follow_link(cx: &mut Cx, id: NodeId) {
    let agent = cx.engine();
    let href = agent.attribute(id, "href").unwrap_or_default();
    if agent.attribute(id, "download").is_some() {
        let text = format!("The link to {href:?} was not followed: downloads are not supported");
        return agent.console(ConsoleLevel::Error, text, None);
    }
    match cx.window().parse_url(&agent, href.trim()) {
        Ok(url) => loading::navigate(cx, url, History::Push),
        Err(_) => {
            let text = format!("The link was not followed: {href:?} is not a valid URL");
            agent.console(ConsoleLevel::Error, text, None);
        }
    }
}

/// A click on a label is one on its control, unless it was on something else in
/// it that reacts to clicks.
///
/// <https://html.spec.whatwg.org/#the-label-element>
fn activate_label(cx: &mut Cx, label: NodeId, event: &Obj<Event>) {
    let agent = cx.engine();
    let Some(control) = labeled_control(&agent, label) else { return };
    let clicked =
        event.target_object().and_then(|target| target.downcast::<Node>()).map(|node| node.id());
    if let Some(clicked) = clicked {
        let tree = agent.tree();
        let mut at = Some(clicked);
        while let Some(id) = at.filter(|&id| id != label) {
            if id == control || focus::is_focusable(&tree, id) {
                return;
            }
            at = tree.parent(id);
        }
    }
    focus::focus(cx, Some(control), FocusBy::Pointer);
    click(cx, control);
}

/// <https://html.spec.whatwg.org/#labeled-control>
pub(crate) fn labeled_control(agent: &Agent, label: NodeId) -> Option<NodeId> {
    let tree = agent.tree();
    let labelable = |id: NodeId| {
        ["button", "meter", "output", "progress", "select", "textarea"]
            .iter()
            .any(|name| tree.is_html_element(id, name))
            || input_type(&tree, id).is_some_and(|type_| type_ != "hidden")
    };
    match tree.plain_attribute(label, &"for".into()) {
        Some(id) => tree.element_by_id(tree.owner_document(label)?, id).filter(|&id| labelable(id)),
        None => tree.descendants(label).find(|&id| labelable(id)),
    }
}

fn toggle_details(cx: &mut Cx, summary: NodeId) {
    let agent = cx.engine();
    let details = {
        let tree = agent.tree();
        tree.parent(summary).filter(|&parent| {
            tree.is_html_element(parent, "details")
                && tree.children(parent).find(|&id| tree.is_html_element(id, "summary"))
                    == Some(summary)
        })
    };
    let Some(details) = details else { return };
    let open = QualName::new(None, virga_dom::ns!(), "open".into());
    if agent.attribute(details, "open").is_some() {
        crate::dom::mutation::remove_attribute(cx, details, &open);
    } else {
        crate::dom::mutation::set_attribute(cx, details, &open, "");
    }
    let target: Obj<EventTarget> = cx.wrap(details).upcast();
    let window = cx.window_id();
    agent.queue_task(crate::agent::TaskSource::Dom, window, move |cx| {
        events::fire(cx, &target, "toggle", Bubbles(false), Cancelable(false));
    });
}

/// Fires a synthetic `click`, as `element.click()` and keys do.
///
/// <https://html.spec.whatwg.org/#fire-a-synthetic-pointer-event>
pub(crate) fn click(cx: &mut Cx, id: NodeId) {
    let agent = cx.engine();
    if forms::is_disabled(&agent.tree(), id) {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(id).upcast();
    let data = events::MouseData::default();
    let mouse = MouseEvent::trusted(cx, "click", Bubbles(true), Cancelable(true), 0, data, None);
    let pointer = events::PointerData { id: -1, type_: "", is_primary: false, pressure: 0.0, contact: virga_protocol::Contact::default() };
    events::fire_event(cx, &target, PointerEvent::trusted(mouse, &pointer));
}
