//! What forms and their controls do when the user acts:
//! <https://html.spec.whatwg.org/#forms>

use url::form_urlencoded;
use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, EventTarget},
    loading::{self, History},
};

/// The type of an `input`, in lower case; `text` where none is known.
pub(crate) fn input_type(tree: &Tree, input: NodeId) -> String {
    let type_ =
        tree.plain_attribute(input, &"type".into()).unwrap_or_default().to_ascii_lowercase();
    match type_.as_str() {
        "hidden" | "search" | "tel" | "url" | "email" | "password" | "date" | "month" | "week"
        | "time" | "datetime-local" | "number" | "range" | "color" | "checkbox" | "radio"
        | "file" | "submit" | "image" | "reset" | "button" => type_,
        _ => "text".to_owned(),
    }
}

/// Whether the user types text into it.
pub(crate) fn is_text_field(tree: &Tree, id: NodeId) -> bool {
    if tree.is_html_element(id, "textarea") {
        return true;
    }
    tree.is_html_element(id, "input")
        && matches!(
            input_type(tree, id).as_str(),
            "text"
                | "search"
                | "tel"
                | "url"
                | "email"
                | "password"
                | "number"
                | "date"
                | "month"
                | "week"
                | "time"
                | "datetime-local"
        )
}

/// <https://html.spec.whatwg.org/#concept-fe-disabled>
pub(crate) fn is_disabled(tree: &Tree, id: NodeId) -> bool {
    let is_control = |id| {
        ["button", "input", "select", "textarea", "fieldset"]
            .iter()
            .any(|name| tree.is_html_element(id, name))
    };
    if !is_control(id) {
        return false;
    }
    if tree.plain_attribute(id, &"disabled".into()).is_some() {
        return true;
    }
    let mut below = id;
    for ancestor in tree.ancestors(id) {
        if tree.is_html_element(ancestor, "fieldset")
            && tree.plain_attribute(ancestor, &"disabled".into()).is_some()
        {
            // Except in its first legend.
            let legend =
                tree.children(ancestor).find(|&child| tree.is_html_element(child, "legend"));
            if legend != Some(below) {
                return true;
            }
        }
        below = ancestor;
    }
    false
}

/// <https://html.spec.whatwg.org/#form-owner>
pub(crate) fn form_owner(agent: &Agent, control: NodeId) -> Option<NodeId> {
    let tree = agent.tree();
    if let Some(id) = tree.plain_attribute(control, &"form".into())
        && let Some(document) = tree.owner_document(control)
    {
        return tree.element_by_id(document, id).filter(|&form| tree.is_html_element(form, "form"));
    }
    tree.ancestors(control).find(|&id| tree.is_html_element(id, "form"))
}

/// The controls of a form, in tree order.
fn controls(agent: &Agent, form: NodeId) -> Vec<NodeId> {
    let candidates: Vec<NodeId> = {
        let tree = agent.tree();
        let root = tree.root(form);
        tree.descendants(root)
            .filter(|&id| {
                ["input", "button", "select", "textarea"]
                    .iter()
                    .any(|name| tree.is_html_element(id, name))
            })
            .collect()
    };
    candidates.into_iter().filter(|&id| form_owner(agent, id) == Some(form)).collect()
}

/// The value of a text control: what the user or script made of it, else its
/// default.
pub(crate) fn value(tree: &Tree, id: NodeId) -> String {
    if let Some(value) = tree.form_value(id) {
        return value.to_owned();
    }
    if tree.is_html_element(id, "textarea") {
        return tree.child_text_content(id);
    }
    tree.plain_attribute(id, &"value".into()).unwrap_or_default().to_owned()
}

/// A number as the value of a control.
///
/// <https://html.spec.whatwg.org/#best-representation-of-the-number-as-a-floating-point-number>
pub(crate) fn number_text(number: f64) -> String {
    // What steps add up to has no more digits than its parts.
    let rounded = (number * 1e9).round() / 1e9;
    let text = if rounded.is_finite() { rounded } else { number }.to_string();
    if text == "-0" { "0".to_owned() } else { text }
}

/// The button that Enter in a field stands for.
///
/// <https://html.spec.whatwg.org/#default-button>
pub(super) fn default_button(agent: &Agent, form: NodeId) -> Option<NodeId> {
    let controls = controls(agent, form);
    let tree = agent.tree();
    controls.into_iter().find(|&id| is_submit_button(&tree, id))
}

pub(crate) fn is_submit_button(tree: &Tree, id: NodeId) -> bool {
    if tree.is_html_element(id, "button") {
        let type_ = tree.plain_attribute(id, &"type".into()).unwrap_or_default();
        return !type_.eq_ignore_ascii_case("button") && !type_.eq_ignore_ascii_case("reset");
    }
    tree.is_html_element(id, "input") && matches!(input_type(tree, id).as_str(), "submit" | "image")
}

/// <https://html.spec.whatwg.org/#implicit-submission>
pub(super) fn submit_implicitly(cx: &mut Cx, field: NodeId) {
    let agent = cx.engine();
    let Some(form) = form_owner(&agent, field) else { return };
    match default_button(&agent, form) {
        Some(button) if is_disabled(&agent.tree(), button) => {}
        Some(button) => super::activation::click(cx, button),
        None => {
            let fields = controls(&agent, form);
            let blocking = fields.iter().filter(|&&id| is_text_field(&agent.tree(), id)).count();
            if blocking <= 1 {
                submit(cx, form, None);
            }
        }
    }
}

/// <https://html.spec.whatwg.org/#concept-form-submit>
pub(crate) fn submit(cx: &mut Cx, form: NodeId, submitter: Option<NodeId>) {
    let agent = cx.engine();
    if !agent.tree().is_connected(form) {
        return;
    }
    let target: Obj<EventTarget> = cx.wrap(form).upcast();
    let event = crate::html::submit_event(cx, submitter);
    if !events::dispatch(cx, &target, &event) {
        return;
    }
    navigate(cx, form, submitter);
}

/// Submits without asking anybody: `form.submit()`.
pub(crate) fn navigate(cx: &mut Cx, form: NodeId, submitter: Option<NodeId>) {
    let agent = cx.engine();
    let window = cx.window();
    let attribute = |name: &str| {
        submitter
            .and_then(|button| agent.attribute(button, &format!("form{name}")))
            .or_else(|| agent.attribute(form, name))
            .unwrap_or_default()
    };
    let method = attribute("method");
    if method.eq_ignore_ascii_case("dialog") {
        return;
    }
    if method.eq_ignore_ascii_case("post") {
        let text = "A form was not submitted: forms with the method \"post\" are not supported, use fetch()";
        return agent.console(ConsoleLevel::Error, text.to_owned(), None);
    }
    let action = attribute("action");
    let url = if action.is_empty() { Ok(window.url()) } else { window.parse_url(&agent, &action) };
    let Ok(mut url) = url else {
        let text = format!("A form was not submitted: its action {action:?} is not a valid URL");
        return agent.console(ConsoleLevel::Error, text, None);
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in entries(&agent, form, submitter) {
        query.append_pair(&name, &value);
    }
    url.set_query(Some(&query.finish()));
    loading::navigate(cx, url, History::Push);
}

/// <https://html.spec.whatwg.org/#constructing-the-form-data-set>, for what can
/// be written into an URL.
pub(crate) fn entries(
    agent: &Agent,
    form: NodeId,
    submitter: Option<NodeId>,
) -> Vec<(String, String)> {
    let controls = controls(agent, form);
    let tree = agent.tree();
    let mut entries = Vec::new();
    for id in controls {
        let name = tree.plain_attribute(id, &"name".into()).unwrap_or_default().to_owned();
        if name.is_empty() || is_disabled(&tree, id) {
            continue;
        }
        if tree.is_html_element(id, "select") {
            for option in
                tree.descendants(id).filter(|&option| tree.is_html_element(option, "option"))
            {
                if tree.state(option).contains(ElementState::CHECKED) {
                    let value = tree.plain_attribute(option, &"value".into());
                    let value = value.map_or_else(|| tree.text_content(option), str::to_owned);
                    entries.push((name.clone(), value));
                }
            }
            continue;
        }
        let type_ =
            if tree.is_html_element(id, "input") { input_type(&tree, id) } else { String::new() };
        match type_.as_str() {
            "checkbox" | "radio" => {
                if tree.state(id).contains(ElementState::CHECKED) {
                    let value = tree.plain_attribute(id, &"value".into()).unwrap_or("on");
                    entries.push((name, value.to_owned()));
                }
            }
            "submit" | "image" | "button" | "reset" => {
                if submitter == Some(id) {
                    entries.push((name, value(&tree, id)));
                }
            }
            _ if tree.is_html_element(id, "button") => {
                if submitter == Some(id) {
                    entries.push((name, value(&tree, id)));
                }
            }
            _ => entries.push((name, value(&tree, id))),
        }
    }
    entries
}

/// <https://html.spec.whatwg.org/#concept-form-reset>
pub(crate) fn reset(cx: &mut Cx, form: NodeId) {
    let agent = cx.engine();
    let target: Obj<EventTarget> = cx.wrap(form).upcast();
    if !events::fire(cx, &target, "reset", Bubbles(true), Cancelable(true)) {
        return;
    }
    for id in controls(&agent, form) {
        let mut tree = agent.tree_mut();
        let checked = tree.plain_attribute(id, &"checked".into()).is_some();
        if tree.is_html_element(id, "input") {
            tree.set_state(id, ElementState::CHECKED, checked);
        }
        tree.clear_form_value(id);
    }
}
