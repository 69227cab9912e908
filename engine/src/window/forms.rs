//! What forms and their controls do when the user acts:
//! <https://html.spec.whatwg.org/#forms>

use virga_dom::{NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, Obj};

use crate::{
    agent::{Agent, EngineCx},
    events::{self, Bubbles, Cancelable, EventTarget},
    html::{
        HTMLFormElement,
        forms::{self, kind::InputType, owner, submit},
    },
};

pub(crate) use crate::html::forms::reset_control;

/// Whether the user types text into it.
pub(crate) fn is_text_field(tree: &Tree, id: NodeId) -> bool {
    if tree.is_html_element(id, "textarea") {
        return true;
    }
    InputType::of(tree, id).is_some_and(InputType::blocks_implicit_submission)
}

/// The keyword of an input's type; empty for what is no input.
pub(crate) fn input_type(tree: &Tree, id: NodeId) -> &'static str {
    InputType::of(tree, id).map_or("", InputType::as_str)
}

/// <https://html.spec.whatwg.org/#concept-fe-disabled>
pub(crate) fn is_disabled(tree: &Tree, id: NodeId) -> bool {
    let is_control = ["button", "input", "select", "textarea", "fieldset"]
        .iter()
        .any(|name| tree.is_html_element(id, name));
    if !is_control && !tree.is_form_associated(id) {
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
    owner::form_owner(&agent.tree(), control)
}

/// The value of a text control as it is kept.
pub(crate) fn value(tree: &Tree, id: NodeId) -> String {
    forms::value::raw(tree, id).into_owned()
}

/// The button that Enter in a field stands for.
///
/// <https://html.spec.whatwg.org/#default-button>
pub(super) fn default_button(agent: &Agent, form: NodeId) -> Option<NodeId> {
    let tree = agent.tree();
    owner::submittable(&tree, form).into_iter().find(|&id| is_submit_button(&tree, id))
}

/// <https://html.spec.whatwg.org/#concept-submit-button>
pub(crate) fn is_submit_button(tree: &Tree, id: NodeId) -> bool {
    if tree.is_html_element(id, "button") {
        let type_ = tree.plain_attribute(id, &"type".into()).unwrap_or_default();
        return !type_.eq_ignore_ascii_case("button") && !type_.eq_ignore_ascii_case("reset");
    }
    matches!(InputType::of(tree, id), Some(InputType::Submit | InputType::Image))
}

/// <https://html.spec.whatwg.org/#implicit-submission>
pub(super) fn submit_implicitly(cx: &mut Cx, field: NodeId) {
    let agent = cx.engine();
    let Some(form) = form_owner(&agent, field) else { return };
    match default_button(&agent, form) {
        Some(button) if is_disabled(&agent.tree(), button) => {}
        Some(button) => super::activation::click(cx, button),
        None => {
            let blocking = {
                let tree = agent.tree();
                let blocks = |id: &NodeId| {
                    InputType::of(&tree, *id).is_some_and(InputType::blocks_implicit_submission)
                };
                owner::submittable(&tree, form).iter().filter(|id| blocks(id)).count()
            };
            if blocking <= 1 {
                submit::submit(cx, form, None, submit::By::Button);
            }
        }
    }
}

/// <https://html.spec.whatwg.org/#concept-form-reset>
pub(crate) fn reset(cx: &mut Cx, form: NodeId) {
    let Some(element) = cx.wrap_as::<HTMLFormElement>(form) else { return };
    if !element.begin_reset() {
        return;
    }
    let agent = cx.engine();
    let target: Obj<EventTarget> = element.upcast();
    if events::fire(cx, &target, "reset", Bubbles(true), Cancelable(true)) {
        let controls = owner::controls(&agent.tree(), form);
        for id in controls {
            reset_control(cx, id);
        }
    }
    element.end_reset();
}

/// The user changed a control: what is wrong with it may be shown from now on.
pub(crate) fn note_user_change(tree: &mut Tree, control: NodeId) {
    tree.set_control_flags(control, ControlFlags::USER_VALIDITY, true);
}
