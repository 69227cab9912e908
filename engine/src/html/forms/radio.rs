//! Radio buttons: <https://html.spec.whatwg.org/#radio-button-group>

use virga_dom::{ElementState, NodeId, Tree, tree::ControlFlags};

use super::{kind::InputType, owner};

/// The buttons of a radio button's group, itself included, in tree order.
pub(crate) fn group(tree: &Tree, button: NodeId) -> Vec<NodeId> {
    let name = tree.plain_attribute(button, &"name".into()).unwrap_or_default();
    if name.is_empty() {
        return vec![button];
    }
    let form = owner::form_owner(tree, button);
    tree.descendants(tree.root(button))
        .chain((tree.parent(button).is_none()).then_some(button))
        .filter(|&other| {
            InputType::of(tree, other) == Some(InputType::Radio)
                && tree.plain_attribute(other, &"name".into()) == Some(name)
                && owner::form_owner(tree, other) == form
        })
        .collect()
}

/// Checks a radio button and unchecks the others of its group.
pub(crate) fn check(tree: &mut Tree, button: NodeId) {
    for other in group(tree, button) {
        tree.set_control_flags(other, ControlFlags::CHECKED, other == button);
        tree.set_state(other, ElementState::CHECKED, other == button);
    }
}

/// A button came into a group, by its name, its form or its type: if it is
/// checked, no other is.
pub(crate) fn joined(tree: &mut Tree, button: NodeId) {
    if tree.state(button).contains(ElementState::CHECKED) {
        check(tree, button);
    }
}

/// The button of a group that is checked.
pub(crate) fn checked(tree: &Tree, button: NodeId) -> Option<NodeId> {
    group(tree, button).into_iter().find(|&other| tree.state(other).contains(ElementState::CHECKED))
}

/// Whether one of the group has to be checked, and none is.
pub(super) fn is_missing(tree: &Tree, button: NodeId) -> bool {
    // Without a name it is in no group.
    if tree.plain_attribute(button, &"name".into()).is_none_or(str::is_empty) {
        return false;
    }
    let group = group(tree, button);
    group.iter().any(|&id| tree.plain_attribute(id, &"required".into()).is_some())
        && !group.iter().any(|&id| tree.state(id).contains(ElementState::CHECKED))
}
