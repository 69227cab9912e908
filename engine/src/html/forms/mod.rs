//! Forms and their controls: <https://html.spec.whatwg.org/#forms>
//!
//! The state of a control is in the tree: its value, its selection, and whether
//! it is checked or selected (`ElementState::CHECKED`), which is what style and
//! layout look at. What the user does to controls is in
//! [`crate::window::forms`] and [`crate::window::activation`].

mod button;
mod field_set;
mod form;
mod input;
mod label;
mod measures;
mod option;
mod options;
mod output;
mod sanitize;
mod select;
mod selection;
mod submit_event;
mod text_area;

pub(super) use input::{checked_attribute_changed, copy_state, type_attribute_changed};
pub(crate) use options::HTMLOptionsCollection;
pub(super) use select::{option_attribute_changed, options_changed};
pub(crate) use submit_event::{SubmitEvent, submit_event};

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Obj};

use super::HTMLFormElement;
use crate::{
    agent::EngineCx,
    dom::{Filter, NodeList},
    window::forms,
};

/// The form a control belongs to.
fn form_of(cx: &mut Cx, control: NodeId) -> Option<Obj<HTMLFormElement>> {
    let form = forms::form_owner(&cx.engine(), control)?;
    cx.wrap_as(form)
}

/// The control of a label, among those that labels can name.
///
/// <https://html.spec.whatwg.org/#labeled-control>
fn labeled_control(tree: &Tree, label: NodeId) -> Option<NodeId> {
    let labelable = |id: NodeId| match tree.local_name(id).map_or("", |name| name) {
        "input" => forms::input_type(tree, id) != "hidden",
        "button" | "meter" | "output" | "progress" | "select" | "textarea" => true,
        _ => false,
    };
    match tree.plain_attribute(label, &"for".into()) {
        Some(wanted) => {
            let found = tree
                .descendants(tree.root(label))
                .find(|&id| tree.plain_attribute(id, &"id".into()) == Some(wanted))?;
            labelable(found).then_some(found)
        }
        None => tree.descendants(label).find(|&id| labelable(id)),
    }
}

/// The labels of a control, live.
pub(crate) fn labels_of(cx: &mut Cx, control: NodeId) -> Obj<NodeList> {
    let find = |tree: &Tree, control: NodeId| {
        tree.descendants(tree.root(control))
            .filter(|&id| {
                tree.is_html_element(id, "label") && labeled_control(tree, id) == Some(control)
            })
            .collect()
    };
    let root = cx.wrap(control);
    NodeList::live(cx, root, Filter::Find(find))
}

/// The text with white space stripped at the ends and collapsed inside.
fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
