//! Whether a checkbox or radio button is checked:
//! <https://html.spec.whatwg.org/#concept-fe-checked>

use virga_dom::{ElementState, NodeId, Tree, tree::ControlFlags};
use virga_js::Cx;

use super::{kind::InputType, radio};
use crate::agent::EngineCx;

/// Sets the checkedness apart from the `checked` attribute, as script and the
/// user do.
pub(crate) fn set_checked(tree: &mut Tree, input: NodeId, on: bool) {
    tree.set_control_flags(input, ControlFlags::CHECKED_DIRTY, true);
    set(tree, input, on);
}

fn set(tree: &mut Tree, input: NodeId, on: bool) {
    tree.set_control_flags(input, ControlFlags::CHECKED, on);
    show(tree, input);
}

/// Brings the state bit up to date with the checkedness and the type.
pub(super) fn show(tree: &mut Tree, input: NodeId) {
    let on = is_checked(tree, input);
    match InputType::of(tree, input) {
        Some(InputType::Radio) if on => radio::check(tree, input),
        Some(InputType::Checkbox | InputType::Radio) => {
            tree.set_state(input, ElementState::CHECKED, on);
        }
        _ => tree.set_state(input, ElementState::CHECKED, false),
    }
}

/// The checkedness, of inputs of any type.
pub(super) fn is_checked(tree: &Tree, input: NodeId) -> bool {
    tree.control_flags(input).contains(ControlFlags::CHECKED)
}

/// The `checked` attribute came or went: an input whose checkedness nobody set
/// follows it.
pub(in crate::html) fn attribute_changed(cx: &Cx, input: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    if tree.control_flags(input).contains(ControlFlags::CHECKED_DIRTY) {
        return;
    }
    let on = tree.plain_attribute(input, &"checked".into()).is_some();
    set(&mut tree, input, on);
}

/// Resets the checkedness to what the attribute says.
pub(super) fn reset(tree: &mut Tree, input: NodeId) {
    tree.set_control_flags(input, ControlFlags::CHECKED_DIRTY, false);
    let on = tree.plain_attribute(input, &"checked".into()).is_some();
    set(tree, input, on);
}

/// Gives the copy of a control the value and checkedness of the original.
///
/// <https://html.spec.whatwg.org/#the-input-element:concept-node-clone-ext>
pub(in crate::html) fn copy_state(cx: &Cx, from: NodeId, to: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    let value = tree.form_value(from).map(str::to_owned);
    let flags = tree.control_flags(from);
    let state = tree.state(from);
    if let Some(value) = value {
        tree.show_form_value(to, value);
        tree.set_form_selection(to, 0, 0);
    }
    for flag in [
        ControlFlags::VALUE_DIRTY,
        ControlFlags::CHECKED_DIRTY,
        ControlFlags::CHECKED,
        ControlFlags::INDETERMINATE,
    ] {
        tree.set_control_flags(to, flag, flags.contains(flag));
    }
    for flag in [ElementState::CHECKED, ElementState::INDETERMINATE] {
        tree.set_state(to, flag, state.contains(flag));
    }
}
