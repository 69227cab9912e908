//! Computed styles.

mod computed;
pub mod cssom;
mod damage;
mod dump;
mod engine;
mod font_faces;
mod handle;
pub(crate) mod hints;
mod inline;
pub mod limits;
mod parts;
mod pass;
mod pool;
mod prefs;
mod query;
pub(crate) mod scope;
mod shadow;
pub(crate) mod sheet;
mod sheets;
mod ua;

pub(crate) use computed::resolve;
pub use computed::{
    MediaQuery, is_property, longhand_names, parse_transform, property_names, supports_condition,
    supports_declaration,
};
pub use damage::Damage;
pub(crate) use damage::is_other_style;
pub(crate) use dump::dump;
pub use engine::{StyleCounters, StyleEngine, Viewport};
pub use font_faces::{FontQuery, parse_face, parse_font};
pub(crate) use inline::property as property_id;
pub use pool::set_threads;
pub(crate) use prefs::initialize;
pub(crate) use query::pseudo_element;
pub use sheet::{Import, Stylesheet};

use crate::tree::{NodeId, Tree};
use markup5ever::{QualName, local_name, ns};
use style::properties::ComputedValues;
use style::selector_parser::PseudoElement;
use style::servo_arc::Arc;
use stylo_dom::ElementState;

/// The states that an element of this name is made with.
pub(crate) fn initial_state(name: &QualName) -> ElementState {
    let mut state = ElementState::empty();
    // A custom element waits for its definition; everything else is defined.
    let custom = name.ns == ns!(html) && crate::tree::is_valid_custom_element_name(&name.local);
    state.set(ElementState::DEFINED, !custom);
    if name.ns != ns!(html) {
        return state;
    }
    match name.local {
        local_name!("button")
        | local_name!("input")
        | local_name!("select")
        | local_name!("textarea")
        | local_name!("optgroup")
        | local_name!("option")
        | local_name!("fieldset") => state |= ElementState::ENABLED,
        _ => {}
    }
    match name.local {
        local_name!("input") | local_name!("textarea") => {
            state |= ElementState::READWRITE | ElementState::OPTIONAL_ | ElementState::VALUE_EMPTY;
        }
        local_name!("select") => state |= ElementState::READONLY | ElementState::OPTIONAL_,
        _ => state |= ElementState::READONLY,
    }
    state
}

impl Tree {
    /// The computed style of an element that is displayed, as of the last
    /// style pass.
    pub fn computed_style(&self, id: NodeId) -> Option<Arc<ComputedValues>> {
        let style = self.element(id)?.style()?;
        style.styles.get_primary().cloned()
    }

    /// The computed style of a pseudo-element that exists beside an element:
    /// `::before`, `::after`, `::first-letter`, `::selection`.
    pub fn pseudo_style(&self, id: NodeId, pseudo: &PseudoElement) -> Option<Arc<ComputedValues>> {
        if !pseudo.is_eager() {
            return None;
        }
        let style = self.element(id)?.style()?;
        style.styles.pseudos.get(pseudo).cloned()
    }
}

#[cfg(test)]
pub(crate) mod tests;
