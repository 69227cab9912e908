//! The constraint validation API:
//! <https://html.spec.whatwg.org/#the-constraint-validation-api>

use virga_dom::NodeId;
use virga_js::{Cx, DomString, Obj, Platform, Trace};

use super::validity::{self, Flaws};
use crate::{
    agent::EngineCx,
    dom::{self, Element},
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::ValidityStateMethods,
    window::focus::{self, FocusBy},
};

/// What a control suffers from, live.
#[derive(Trace, Platform)]
pub(crate) struct ValidityState {
    control: Obj<Element>,
}

/// The object behind `control.validity`.
pub(crate) fn of(cx: &mut Cx, control: &Obj<Element>) -> Obj<ValidityState> {
    dom::kept_object(cx, &control.upcast(), "validity", |cx| {
        Obj::new(cx, ValidityState { control: control.clone() })
    })
}

impl ValidityState {
    fn suffers(&self, cx: &mut Cx, flaw: Flaws) -> bool {
        validity::flaws(cx, self.control.id()).contains(flaw)
    }
}

impl ValidityStateMethods for Obj<ValidityState> {
    fn value_missing(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::VALUE_MISSING)
    }

    fn type_mismatch(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::TYPE_MISMATCH)
    }

    fn pattern_mismatch(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::PATTERN_MISMATCH)
    }

    fn too_long(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::TOO_LONG)
    }

    fn too_short(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::TOO_SHORT)
    }

    fn range_underflow(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::RANGE_UNDERFLOW)
    }

    fn range_overflow(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::RANGE_OVERFLOW)
    }

    fn step_mismatch(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::STEP_MISMATCH)
    }

    fn bad_input(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::BAD_INPUT)
    }

    fn custom_error(&self, cx: &mut Cx) -> bool {
        self.suffers(cx, Flaws::CUSTOM_ERROR)
    }

    fn valid(&self, cx: &mut Cx) -> bool {
        validity::flaws(cx, self.control.id()).is_empty()
    }
}

/// Fires `invalid`; `false` if a listener took care of it.
fn fire_invalid(cx: &mut Cx, control: NodeId) -> bool {
    let target: Obj<EventTarget> = cx.wrap(control).upcast();
    events::fire(cx, &target, "invalid", Bubbles(false), Cancelable(true))
}

/// <https://html.spec.whatwg.org/#check-validity-steps>
pub(crate) fn check(cx: &mut Cx, control: NodeId) -> bool {
    if !validity::is_invalid(cx, control) {
        return true;
    }
    fire_invalid(cx, control);
    false
}

/// <https://html.spec.whatwg.org/#report-validity-steps>
pub(crate) fn report(cx: &mut Cx, control: NodeId) -> bool {
    if !validity::is_invalid(cx, control) {
        return true;
    }
    if fire_invalid(cx, control) {
        show(cx, control);
    }
    false
}

/// Tells the user of a problem: the control gets the focus.
fn show(cx: &mut Cx, control: NodeId) {
    if focus::is_focusable(&cx.engine().tree(), control) {
        focus::focus(cx, Some(control), FocusBy::Script);
        crate::html::cssom_view::scroll_if_hidden(cx, control);
    }
}

/// "Statically validate the constraints": the controls that fail and that no
/// listener took care of; `None` if all are valid.
///
/// <https://html.spec.whatwg.org/#statically-validate-the-constraints>
fn validate(cx: &mut Cx, form: NodeId) -> Option<Vec<NodeId>> {
    let agent = cx.engine();
    // 1.
    let controls = super::owner::submittable(&agent.tree(), form);
    // 2.–3.
    let invalid: Vec<NodeId> =
        controls.into_iter().filter(|&id| validity::is_invalid(cx, id)).collect();
    // 4.
    if invalid.is_empty() {
        return None;
    }
    // 5.–6.
    Some(invalid.into_iter().filter(|&id| fire_invalid(cx, id)).collect())
}

/// `form.checkValidity()`
pub(super) fn check_form(cx: &mut Cx, form: NodeId) -> bool {
    validate(cx, form).is_none()
}

/// "Interactively validate the constraints": `false` if the form is not to be
/// submitted.
///
/// <https://html.spec.whatwg.org/#interactively-validate-the-constraints>
pub(super) fn report_form(cx: &mut Cx, form: NodeId) -> bool {
    let Some(unhandled) = validate(cx, form) else { return true };
    let first = {
        let agent = cx.engine();
        let tree = agent.tree();
        unhandled.iter().copied().find(|&id| focus::is_focusable(&tree, id))
    };
    if let Some(first) = first {
        show(cx, first);
    } else if let Some(&hidden) = unhandled.first() {
        let name = super::super::attribute(cx, hidden, "name").unwrap_or_default();
        let text =
            format!("A form was not submitted: its invalid control {name:?} cannot be focused");
        cx.engine().console(virga_protocol::ConsoleLevel::Error, text, None);
    }
    false
}

/// `setCustomValidity`
pub(super) fn set_custom(cx: &mut Cx, control: NodeId, message: &DomString) {
    let message = super::value::normalized(&message.to_str()).into_owned();
    cx.engine().tree_mut().set_custom_validity(control, &message);
}

/// The constraint validation members, which all listed elements have alike.
macro_rules! validation_members {
    () => {
        fn will_validate(&self, cx: &mut Cx) -> bool {
            $crate::html::forms::validity::is_candidate(&cx.engine().tree(), self.id())
        }

        fn validity(&self, cx: &mut Cx) -> Obj<$crate::html::ValidityState> {
            $crate::html::forms::validity_state::of(cx, &self.upcast())
        }

        fn validation_message(&self, cx: &mut Cx) -> DomString {
            $crate::html::forms::validity::message(cx, self.id()).into()
        }

        fn check_validity(&self, cx: &mut Cx) -> Fallible<bool> {
            Ok($crate::html::forms::validity_state::check(cx, self.id()))
        }

        fn report_validity(&self, cx: &mut Cx) -> Fallible<bool> {
            Ok($crate::html::forms::validity_state::report(cx, self.id()))
        }

        fn set_custom_validity(&self, cx: &mut Cx, error: DomString) -> Fallible<()> {
            $crate::html::forms::validity_state::set_custom(cx, self.id(), &error);
            Ok(())
        }
    };
}
pub(crate) use validation_members;
