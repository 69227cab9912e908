//! Radio buttons: <https://html.spec.whatwg.org/#radio-button-group>

use virga_dom::{ElementState, NodeId, Tree, local_name, tree::ControlFlags};

use super::{kind::InputType, owner};

/// The buttons of a radio button's group, itself included, in tree order.
pub(crate) fn group(tree: &Tree, button: NodeId) -> Vec<NodeId> {
    members(tree, button, |_| true).collect()
}

/// Those of a radio button's group that a test lets pass, which is asked of every
/// node first: so it should cost less than to tell whether the node is in the group.
fn members<'a>(
    tree: &'a Tree,
    button: NodeId,
    test: impl Fn(NodeId) -> bool + Copy + 'a,
) -> impl Iterator<Item = NodeId> + 'a {
    let name = tree.plain_attribute(button, &local_name!("name")).filter(|name| !name.is_empty());
    let form = owner::form_owner(tree, button);
    // Without a name, or outside of any tree, it is alone.
    let around = name.map(|_| tree.descendants(tree.root(button)));
    let alone = name.is_none() || tree.parent(button).is_none();
    around
        .into_iter()
        .flatten()
        .filter(move |&other| {
            test(other)
                && InputType::of(tree, other) == Some(InputType::Radio)
                && tree.plain_attribute(other, &local_name!("name")) == name
                && owner::form_owner(tree, other) == form
        })
        .chain(alone.then_some(button).filter(move |&id| test(id)))
}

fn is_checked(tree: &Tree, button: NodeId) -> bool {
    tree.state(button).contains(ElementState::CHECKED)
}

/// Checks a radio button and unchecks the others of its group.
pub(crate) fn check(tree: &mut Tree, button: NodeId) {
    let checked = members(tree, button, |other| is_checked(tree, other));
    let others: Vec<_> = checked.filter(|&other| other != button).collect();
    for (id, on) in others.into_iter().map(|other| (other, false)).chain([(button, true)]) {
        tree.set_control_flags(id, ControlFlags::CHECKED, on);
        tree.set_state(id, ElementState::CHECKED, on);
    }
}

/// A button came into a group, by its name, its form or its type: if it is
/// checked, no other is.
pub(crate) fn joined(tree: &mut Tree, button: NodeId) {
    if is_checked(tree, button) {
        check(tree, button);
    }
}

/// The button of a group that is checked.
pub(crate) fn checked(tree: &Tree, button: NodeId) -> Option<NodeId> {
    members(tree, button, |other| is_checked(tree, other)).next()
}

/// Whether one of the group has to be checked, and none is.
pub(super) fn is_missing(tree: &Tree, button: NodeId) -> bool {
    // Without a name it is in no group.
    if tree.plain_attribute(button, &local_name!("name")).is_none_or(str::is_empty) {
        return false;
    }
    let is_required = |id| tree.plain_attribute(id, &local_name!("required")).is_some();
    checked(tree, button).is_none() && members(tree, button, is_required).next().is_some()
}
