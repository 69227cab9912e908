//! Custom elements: <https://html.spec.whatwg.org/#custom-elements>
//!
//! What an element is beyond its name (its state, its definition, reactions that
//! wait, internals) is with its wrapper, which lives as long as the element's
//! tree can be reached. Until the first definition is made, the hooks below cost
//! one test of a flag.

mod create;
mod definition;
mod hooks;
mod internals;
mod reactions;
mod registry;
mod states;
mod upgrade;

pub(crate) use create::{create_element, create_for_parser, html_constructor};
pub(crate) use definition::{Custom, disables_shadow, is_custom, is_form_associated};
pub(crate) use hooks::{adopted, attribute_changed, cloned, inserted, parsed, removed, reset};
pub(crate) use internals::{
    ElementInternals, attach as attach_internals, install_aria, submission_value,
};
pub(crate) use reactions::{ReactionStack, Reactions};
pub(crate) use registry::CustomElementRegistry;
pub(crate) use states::CustomStateSet;
pub(crate) use virga_dom::tree::is_valid_custom_element_name as is_valid_name;
