//! What form controls have beyond attributes: values, selections, flags, and a
//! list of those whose validity somebody has to look at again.
//!
//! <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html>

use super::{NodeId, Tree};
use markup5ever::{local_name, ns};
use style::Atom;
use stylo_dom::ElementState;

bitflags::bitflags! {
    /// What happened to a form control, and which way its selection goes.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct ControlFlags: u8 {
        /// The value no longer follows the default ("dirty value flag").
        const VALUE_DIRTY = 1 << 0;
        /// The checkedness, or an option's selectedness, no longer follows the
        /// attribute ("dirty checkedness flag", "dirtiness").
        const CHECKED_DIRTY = 1 << 1;
        /// The value was last changed by the user, not by script.
        const USER_EDITED = 1 << 2;
        /// The user changed the control, or tried to submit it ("user validity").
        const USER_VALIDITY = 1 << 3;
        /// The selection was made forwards.
        const SELECTION_FORWARD = 1 << 4;
        /// The selection was made backwards.
        const SELECTION_BACKWARD = 1 << 5;
        /// The checkedness of an input, whose state bit is set only where the
        /// type has one.
        const CHECKED = 1 << 6;
        /// Script said that it is neither checked nor unchecked.
        const INDETERMINATE = 1 << 7;
    }
}

impl Tree {
    /// What a form field shows as its value, if the engine has set it.
    pub fn form_value(&self, id: NodeId) -> Option<&str> {
        self.element(id)?.rare.as_ref()?.form_value.as_deref()
    }

    /// Sets what a form field shows, with the caret at the end: its value does
    /// not follow the default any more.
    pub fn set_form_value(&mut self, id: NodeId, value: impl Into<String>) {
        self.show_form_value(id, value);
        self.set_control_flags(id, ControlFlags::VALUE_DIRTY, true);
        self.set_control_flags(id, ControlFlags::USER_EDITED, false);
    }

    /// Sets what a form field shows to its default, so that a selection can be
    /// kept for it.
    pub fn show_form_value(&mut self, id: NodeId, value: impl Into<String>) {
        if self.element(id).is_none() {
            return;
        }
        let value = value.into();
        let end = value.len();
        let rare = self.rare(id);
        let changed = rare.form_value.as_deref() != Some(&*value);
        rare.form_value = Some(value);
        rare.form_selection = (end, end);
        rare.control.remove(ControlFlags::SELECTION_FORWARD | ControlFlags::SELECTION_BACKWARD);
        self.refresh_placeholder(id.index());
        if changed {
            self.note_content_changed(id);
            self.note_control_changed(id);
        }
    }

    /// Lets a form field show its default again.
    pub fn clear_form_value(&mut self, id: NodeId) {
        if self.form_value(id).is_none() {
            return;
        }
        let rare = self.rare(id);
        rare.form_value = None;
        rare.form_selection = (0, 0);
        rare.control.remove(
            ControlFlags::VALUE_DIRTY
                | ControlFlags::USER_EDITED
                | ControlFlags::SELECTION_FORWARD
                | ControlFlags::SELECTION_BACKWARD,
        );
        self.refresh_placeholder(id.index());
        self.note_content_changed(id);
        self.note_control_changed(id);
    }

    /// The default of a field changed: one that shows nothing else follows.
    pub(super) fn default_value_changed(&mut self, index: u32) {
        let id = self.arena.at(index).id();
        if !self.control_flags(id).contains(ControlFlags::VALUE_DIRTY) {
            self.clear_form_value(id);
        }
    }

    /// The selection in a form field: anchor and caret, in bytes of its value.
    /// The caret may be before the anchor.
    pub fn form_selection(&self, id: NodeId) -> Option<(usize, usize)> {
        let rare = self.element(id)?.rare.as_ref()?;
        rare.form_value.as_ref()?;
        Some(rare.form_selection)
    }

    /// Sets anchor and caret of the selection in a form field, clamped to its
    /// value.
    pub fn set_form_selection(&mut self, id: NodeId, start: usize, end: usize) {
        let Some(value) = self.form_value(id) else {
            return;
        };
        let clamp = |at: usize| {
            let mut at = at.min(value.len());
            while !value.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let selection = (clamp(start), clamp(end));
        let rare = self.rare(id);
        rare.control.remove(ControlFlags::SELECTION_FORWARD | ControlFlags::SELECTION_BACKWARD);
        if rare.form_selection != selection {
            rare.form_selection = selection;
            self.note_content_changed(id);
        }
    }

    /// What happened to a control.
    pub fn control_flags(&self, id: NodeId) -> ControlFlags {
        let rare = self.element(id).and_then(|element| element.rare.as_ref());
        rare.map_or(ControlFlags::empty(), |rare| rare.control)
    }

    /// Notes what happened to a control.
    pub fn set_control_flags(&mut self, id: NodeId, flags: ControlFlags, on: bool) {
        if self.element(id).is_none() || self.control_flags(id).contains(flags) == on && on {
            return;
        }
        if !on && !self.control_flags(id).intersects(flags) {
            return;
        }
        self.rare(id).control.set(flags, on);
        let seen = ControlFlags::USER_EDITED
            | ControlFlags::USER_VALIDITY
            | ControlFlags::CHECKED
            | ControlFlags::INDETERMINATE;
        if flags.intersects(seen) {
            self.note_control_changed(id);
        }
    }

    /// The message that script gave a control with `setCustomValidity`.
    pub fn custom_validity(&self, id: NodeId) -> Option<&str> {
        self.element(id)?.rare.as_ref()?.custom_validity.as_deref()
    }

    /// Gives a control a message that makes it invalid; none if it is empty.
    pub fn set_custom_validity(&mut self, id: NodeId, message: &str) {
        if self.element(id).is_none() {
            return;
        }
        if message.is_empty() {
            if self.custom_validity(id).is_some() {
                self.rare(id).custom_validity = None;
            }
        } else {
            self.rare(id).custom_validity = Some(message.to_owned());
        }
        self.note_control_changed(id);
    }

    /// The form that the parser associated with a control outside of it, while
    /// both are in one tree.
    pub fn parser_form(&self, id: NodeId) -> Option<NodeId> {
        let form = self.element(id)?.rare.as_ref()?.parser_form?;
        (self.contains(form) && self.root(form) == self.root(id)).then_some(form)
    }

    /// Associates a control with a form, as the parser does.
    pub(crate) fn set_parser_form(&mut self, id: NodeId, form: NodeId) {
        if self.element(id).is_some() {
            self.rare(id).parser_form = Some(form);
            self.parser_forms = true;
        }
    }

    /// A subtree was moved: controls that the parser associated forget it.
    pub fn forget_parser_forms(&mut self, root: NodeId) {
        if !self.parser_forms {
            return;
        }
        let mut at = Some(root);
        while let Some(id) = at {
            if self
                .element(id)
                .and_then(|element| element.rare.as_ref())
                .is_some_and(|rare| rare.parser_form.is_some())
            {
                self.rare(id).parser_form = None;
            }
            at = self.next_in_order(id, root, false);
        }
    }

    /// How many px of its image an `img` shows in a CSS px.
    pub fn image_density(&self, id: NodeId) -> f32 {
        let rare = self.element(id).and_then(|element| element.rare.as_ref());
        rare.and_then(|rare| rare.image_density).unwrap_or(1.0)
    }

    /// Sets what [`image_density`](Self::image_density) gives.
    pub fn set_image_density(&mut self, id: NodeId, density: f32) {
        if self.element(id).is_some() && self.image_density(id) != density {
            self.rare(id).image_density = Some(density).filter(|d| *d > 0.0 && *d != 1.0);
            self.note_content_changed(id);
        }
    }

    /// Whether any element ever had an `autofocus` attribute.
    pub fn has_autofocus(&self) -> bool {
        self.autofocus
    }

    pub(super) fn note_autofocus(&mut self) {
        self.autofocus = true;
    }

    /// Whether any element ever had a name that documents know it by.
    pub fn has_exposed_names(&self) -> bool {
        self.exposed_names
    }

    /// Notes a name that documents may know an element by.
    pub(super) fn note_exposed_name(&mut self, index: u32, attribute: &markup5ever::LocalName) {
        if self.exposed_names {
            return;
        }
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        let exposed = match &*element.name.local {
            "form" | "iframe" | "embed" | "img" => *attribute == local_name!("name"),
            "object" => true,
            _ => false,
        };
        self.exposed_names |= exposed && element.name.ns == ns!(html);
    }

    /// Counts the elements of a name in or out.
    pub(super) fn count_name(&mut self, name: &str, in_: bool) {
        if name.is_empty() {
            return;
        }
        let name = Atom::from(name);
        if in_ {
            *self.names.entry(name).or_default() += 1;
        } else if let Some(count) = self.names.get_mut(&name) {
            *count -= 1;
            if *count == 0 {
                self.names.remove(&name);
            }
        }
    }

    /// Whether any element may have this as its name: false for most words, so
    /// that nothing has to be walked to find that out.
    pub fn knows_element_name(&self, name: &str) -> bool {
        self.names.contains_key(&Atom::from(name))
    }

    /// Whether an element in the tree of `node` may have this as its name or id.
    pub fn knows_name(&self, node: NodeId, name: &str) -> bool {
        if self.knows_element_name(name) {
            return true;
        }
        match self.owner_document(node) {
            // The ids of what is in no document are not known.
            Some(document) if self.is_connected(node) => self.has_id(document, name),
            _ => true,
        }
    }

    /// Whether any element was made that takes part in forms.
    pub fn has_controls(&self) -> bool {
        self.controls
    }

    /// Something that the validity of a control follows from has changed.
    pub fn note_control_changed(&mut self, id: NodeId) {
        let Some(element) = self.element(id) else {
            return;
        };
        let custom = element.rare.as_ref().is_some_and(|r| r.form_associated);
        if element.name.ns != ns!(html) || !(custom || takes_part(&element.name.local)) {
            return;
        }
        if self.changed_controls.last() != Some(&id) {
            self.changed_controls.push(id);
        }
    }

    /// Whether the validity of some controls has to be looked at.
    pub fn has_changed_controls(&self) -> bool {
        !self.changed_controls.is_empty()
    }

    /// The controls whose validity has to be looked at; some of them may be
    /// gone, or come twice.
    pub fn take_changed_controls(&mut self) -> Vec<NodeId> {
        std::mem::take(&mut self.changed_controls)
    }

    /// Follows the making of an element.
    pub(super) fn control_made(&mut self, id: NodeId) {
        self.controls = true;
        self.note_control_changed(id);
    }

    /// Follows a change of state bits.
    pub(super) fn control_state_changed(&mut self, id: NodeId, changed: ElementState) {
        if changed
            .intersects(ElementState::CHECKED | ElementState::DISABLED | ElementState::READONLY)
        {
            self.note_control_changed(id);
        }
        // Collections of what is selected look at it.
        if changed.contains(ElementState::CHECKED) {
            self.version += 1;
            self.checkedness_shows(id);
        }
    }

    /// A checkbox shows whether it is checked, a drop-down which option is selected.
    fn checkedness_shows(&mut self, id: NodeId) {
        if self.is_html_element(id, "input") {
            self.note_content_changed(id);
        } else if let Some(select) = self.select_of(id)
            && self.list_box_rows(select).is_none()
        {
            self.note_content_changed(select);
        }
    }

    /// The select that an option or a group of options is in.
    pub fn select_of(&self, id: NodeId) -> Option<NodeId> {
        let is_option = self.is_html_element(id, "option");
        if !is_option && !self.is_html_element(id, "optgroup") {
            return None;
        }
        let parent = self.parent(id)?;
        if self.is_html_element(parent, "select") {
            return Some(parent);
        }
        let above = self.parent(parent)?;
        (is_option
            && self.is_html_element(parent, "optgroup")
            && self.is_html_element(above, "select"))
        .then_some(above)
    }

    /// How many rows a select shows as a list; `None` if it is a drop-down.
    ///
    /// <https://html.spec.whatwg.org/#concept-select-size>
    pub fn list_box_rows(&self, select: NodeId) -> Option<u32> {
        if !self.is_html_element(select, "select") {
            return None;
        }
        let multiple = self.plain_attribute(select, &local_name!("multiple")).is_some();
        let stated = self.plain_attribute(select, &local_name!("size")).and_then(|size| {
            let size = size.trim_start_matches([' ', '\t', '\n', '\x0c', '\r']);
            let size = size.strip_prefix('+').unwrap_or(size);
            let digits = size.bytes().take_while(u8::is_ascii_digit).count();
            size[..digits].parse::<u32>().ok().filter(|size| *size > 0)
        });
        match stated {
            Some(1) if !multiple => None,
            Some(size) => Some(size),
            None => multiple.then_some(4),
        }
    }

    /// What a select shows of an option.
    ///
    /// <https://html.spec.whatwg.org/#concept-option-label>
    pub fn option_label(&self, option: NodeId) -> String {
        match self.plain_attribute(option, &local_name!("label")) {
            Some(label) if !label.is_empty() => label.to_owned(),
            _ => {
                let text = self.text_content(option);
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// The options of a select, in order.
    ///
    /// <https://html.spec.whatwg.org/#concept-select-option-list>
    pub fn options_of(&self, select: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let children = self.children(select);
        children.flat_map(|child| {
            let own = self.is_html_element(child, "option").then_some(child);
            let group = self.is_html_element(child, "optgroup").then_some(child);
            let inside = group.into_iter().flat_map(|group| self.children(group));
            own.into_iter().chain(inside.filter(|&id| self.is_html_element(id, "option")))
        })
    }
}

/// Whether elements of this name have validity, or pass on that of others.
pub(super) fn takes_part(local: &markup5ever::LocalName) -> bool {
    matches!(
        *local,
        local_name!("input")
            | local_name!("select")
            | local_name!("textarea")
            | local_name!("button")
            | local_name!("option")
            | local_name!("form")
            | local_name!("fieldset")
            | local_name!("output")
            | local_name!("object")
            | local_name!("progress")
    )
}
