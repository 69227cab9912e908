//! What the tree knows of custom elements.
//!
//! <https://html.spec.whatwg.org/#custom-elements>

use super::{NodeId, Tree};
use markup5ever::Prefix;
use style::invalidation::element::restyle_hints::RestyleHint;
use style::values::AtomIdent;
use stylo_dom::ElementState;

/// Whether an element of this name can be a custom element.
///
/// <https://html.spec.whatwg.org/#valid-custom-element-name>
pub fn is_valid_custom_element_name(name: &str) -> bool {
    let mut has_hyphen = false;
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| {
            has_hyphen |= c == '-';
            !(c.is_ascii_uppercase() || c.is_ascii_whitespace() || matches!(c, '\0' | '/' | '>'))
        })
        && has_hyphen
        && !matches!(
            name,
            "annotation-xml"
                | "color-profile"
                | "font-face"
                | "font-face-src"
                | "font-face-uri"
                | "font-face-format"
                | "font-face-name"
                | "missing-glyph"
        )
}

impl Tree {
    /// Sets or clears a custom state (`:state(name)`).
    pub fn set_custom_state(&mut self, id: NodeId, name: &str, on: bool) {
        if self.element(id).is_none() {
            return;
        }
        let name = AtomIdent::from(name);
        let states = &mut self.rare(id).custom_states;
        states.retain(|s| *s != name);
        if on {
            states.push(name);
        }
        self.restyle(id.index(), RestyleHint::restyle_subtree());
    }

    /// Clears all custom states.
    pub fn clear_custom_states(&mut self, id: NodeId) {
        if self.element(id).is_some_and(|e| e.rare.is_some()) {
            self.rare(id).custom_states.clear();
            self.restyle(id.index(), RestyleHint::restyle_subtree());
        }
    }

    /// Sets the prefix of an element's name, which a constructor does not know.
    pub fn set_prefix(&mut self, id: NodeId, prefix: Option<Prefix>) {
        let slot = self.arena.slot_mut(id);
        if let Some(element) = slot.and_then(super::NodeSlot::element_mut) {
            element.name.prefix = prefix;
        }
    }

    /// Says that a custom element takes part in forms: it can be disabled, has a
    /// form owner and labels.
    pub fn set_form_associated(&mut self, id: NodeId) {
        if self.element(id).is_some() {
            self.rare(id).form_associated = true;
            self.control_made(id);
            self.refresh_disabled(id.index());
        }
    }

    /// Whether it is a form-associated custom element.
    pub fn is_form_associated(&self, id: NodeId) -> bool {
        self.element(id).and_then(|e| e.rare.as_deref()).is_some_and(|r| r.form_associated)
    }

    /// What a form-associated custom element suffers from, in bits that whoever
    /// sets them gives a meaning.
    pub fn internal_flaws(&self, id: NodeId) -> u16 {
        self.element(id).and_then(|e| e.rare.as_deref()).map_or(0, |r| r.flaws)
    }

    /// Sets what a form-associated custom element suffers from.
    pub fn set_internal_flaws(&mut self, id: NodeId, flaws: u16) {
        if self.element(id).is_some() {
            self.rare(id).flaws = flaws;
            self.note_control_changed(id);
        }
    }

    /// Brings `:disabled` of a control up to date, and says whether it is.
    pub fn refresh_disabled_of(&mut self, id: NodeId) -> bool {
        if self.element(id).is_none() {
            return false;
        }
        self.refresh_disabled(id.index());
        self.state(id).contains(ElementState::DISABLED)
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid_custom_element_name;

    #[test]
    fn names_need_a_hyphen_and_a_small_letter_first() {
        for good in ["a-b", "a-", "x-é", "emotion-😍", "a-.b_1"] {
            assert!(is_valid_custom_element_name(good), "{good}");
        }
        for bad in ["", "a", "-a", "A-b", "a-B", "1-a", "font-face", "a-b c", "a-/", "é-a"] {
            assert!(!is_valid_custom_element_name(bad), "{bad}");
        }
    }
}
