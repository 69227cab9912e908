//! Forms and their controls: <https://html.spec.whatwg.org/#forms>
//!
//! The state of a control is in the tree: its value, its selection, its flags,
//! and whether it is checked or selected (`ElementState::CHECKED`), which is what
//! style and layout look at. What the user does to controls is in
//! [`crate::window::forms`] and [`crate::window::activation`].

mod autofill;
mod button;
pub(crate) mod checkedness;
mod controls_collection;
mod dates;
pub(crate) mod entries;
mod field_set;
mod form;
pub(crate) mod input;
pub(crate) mod kind;
mod label;
mod measures;
mod option;
mod options;
mod output;
pub(crate) mod owner;
pub(crate) mod radio;
mod sanitize;
mod select;
mod selection;
mod step;
pub(crate) mod submit;
mod submit_event;
mod text_area;
pub(crate) mod validity;
pub(crate) mod validity_state;
pub(crate) mod value;

pub(super) use checkedness::copy_state;
pub(crate) use controls_collection::{HTMLFormControlsCollection, RadioNodeList};
pub(super) use input::type_attribute_changed;
pub(crate) use label::labeled_control;
pub(crate) use options::HTMLOptionsCollection;
pub(crate) use select::{is_disabled as is_disabled_option, set_by_user};
pub(super) use select::{option_attribute_changed, options_changed};
pub(crate) use submit_event::{SubmitEvent, submit_event};
pub(crate) use validity_state::ValidityState;

use virga_dom::{NodeId, Tree, tree::ControlFlags};
use virga_js::{Cx, Obj};

use super::HTMLFormElement;
use crate::{
    agent::EngineCx,
    custom_elements,
    dom::{self, Filter, NodeList},
};

/// The form a control belongs to.
fn form_of(cx: &mut Cx, control: NodeId) -> Option<Obj<HTMLFormElement>> {
    let form = owner::form_owner(&cx.engine().tree(), control)?;
    cx.wrap_as(form)
}

/// The labels of a control, live.
pub(crate) fn labels_of(cx: &mut Cx, control: NodeId) -> Obj<NodeList> {
    let find = |tree: &Tree, control: NodeId| {
        let root = tree.root(control);
        let is_label = |id: NodeId| {
            tree.is_html_element(id, "label") && labeled_control(tree, id) == Some(control)
        };
        let own = Some(root).filter(|&id| is_label(id));
        own.into_iter().chain(tree.descendants(root).filter(|&id| is_label(id))).collect()
    };
    let root = cx.wrap(control);
    dom::kept_object(cx, &root.clone(), "labels", |cx| NodeList::live(cx, root, Filter::Find(find)))
}

/// The text with white space stripped at the ends and collapsed inside.
fn collapsed(text: &str) -> String {
    text.split([' ', '\t', '\n', '\x0c', '\r'])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "The reset algorithm" of a control.
///
/// <https://html.spec.whatwg.org/#concept-form-reset-control>
pub(crate) fn reset_control(cx: &mut Cx, control: NodeId) {
    let agent = cx.engine();
    let is = |name: &str| agent.tree().is_html_element(control, name);
    if is("output") {
        return output::reset(cx, control);
    }
    if agent.tree().is_form_associated(control) {
        return custom_elements::reset(cx, control);
    }
    let mut tree = agent.tree_mut();
    let flags = ControlFlags::USER_VALIDITY | ControlFlags::USER_EDITED;
    tree.set_control_flags(control, flags, false);
    if tree.is_html_element(control, "select") {
        select::reset(&mut tree, control);
    } else if tree.is_html_element(control, "input") {
        tree.clear_form_value(control);
        checkedness::reset(&mut tree, control);
    } else if tree.is_html_element(control, "textarea") {
        tree.clear_form_value(control);
    }
}
