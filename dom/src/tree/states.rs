//! The states that attributes decide: `:disabled`, `:required`, `:read-only`,
//! `:open`, `:link`, `:placeholder-shown`. States that come from elsewhere (the pointer, focus, what a user
//! typed) are set by who knows them.
//!
//! <https://html.spec.whatwg.org/multipage/semantics-other.html#pseudo-classes>

use super::slot::NONE;
use super::{ElementData, Tree, controls, top_layer};
use markup5ever::{Namespace, QualName, local_name, ns};
use stylo_dom::ElementState;

impl Tree {
    /// Follows a change of the attribute `name` of an element.
    pub(super) fn attribute_state(&mut self, index: u32, name: &QualName) {
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        let local = &name.local;
        if *local == local_name!("href") && (name.ns == ns!() || name.ns == ns!(xlink)) {
            let link = is_link(element);
            let id = self.arena.at(index).id();
            return self.set_state(id, ElementState::UNVISITED, link);
        }
        if name.ns != ns!() || element.name.ns != ns!(html) {
            return;
        }
        if controls::takes_part(&element.name.local) {
            let id = self.arena.at(index).id();
            self.note_control_changed(id);
        }
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        if shows(&element.name.local, local) {
            let id = self.arena.at(index).id();
            self.note_content_changed(id);
        }
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        match *local {
            local_name!("disabled") => {
                let tag = element.name.local.clone();
                self.refresh_disabled(index);
                // It disables what is in it, too.
                if matches!(tag, local_name!("fieldset") | local_name!("optgroup")) {
                    let root = self.arena.at(index).id();
                    let inside: Vec<_> = self.descendants(root).collect();
                    for id in inside {
                        self.refresh_disabled(id.index());
                    }
                }
            }
            local_name!("required") if can_be_required(element) => {
                let required = element.plain(local).is_some();
                self.set_either(index, ElementState::REQUIRED, ElementState::OPTIONAL_, required);
            }
            local_name!("readonly") | local_name!("contenteditable") => {
                self.refresh_writable(index);
            }
            local_name!("type") => {
                self.refresh_writable(index);
                self.refresh_placeholder(index);
            }
            local_name!("placeholder") => self.refresh_placeholder(index),
            // Where a list counts from, whatever style makes of it.
            local_name!("start") if element.name.local == local_name!("ol") => {
                let id = self.arena.at(index).id();
                self.note_restyled(id);
            }
            local_name!("value") if element.name.local == local_name!("li") => {
                let id = self.arena.at(index).id();
                self.note_restyled(id);
            }
            local_name!("value") => {
                if element.name.local == local_name!("input") {
                    self.default_value_changed(index);
                }
                self.refresh_placeholder(index);
            }
            local_name!("open")
                if matches!(element.name.local, local_name!("details") | local_name!("dialog")) =>
            {
                let open = element.plain(local).is_some();
                let id = self.arena.at(index).id();
                self.set_state(id, ElementState::OPEN, open);
            }
            local_name!("autofocus") => self.note_autofocus(),
            _ if top_layer::is_inert_name(local) => self.inert_changed(index),
            _ => {}
        }
    }

    /// Brings a form control's `:disabled` and `:enabled` up to date with its
    /// attributes and with what it is in. Nothing for other elements.
    pub(super) fn refresh_disabled(&mut self, index: u32) {
        if !self.arena.at(index).element().is_some_and(is_control) {
            return;
        }
        let disabled = self.is_actually_disabled(index);
        self.set_either(index, ElementState::DISABLED, ElementState::ENABLED, disabled);
        self.refresh_writable(index);
    }

    /// Whether a field's value is empty, and whether it shows a placeholder
    /// instead.
    pub(super) fn refresh_placeholder(&mut self, index: u32) {
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        let input = element.is_html(&local_name!("input"));
        if !input && !element.is_html(&local_name!("textarea")) {
            return;
        }
        let value = match element.rare.as_ref().and_then(|r| r.form_value.as_deref()) {
            Some(value) => value,
            None if input => element.plain(&local_name!("value")).unwrap_or(""),
            None => "",
        };
        let empty = value.is_empty();
        let shown = empty
            && (!input || takes_text(element))
            && element.plain(&local_name!("placeholder")).is_some_and(|p| !p.is_empty());
        let id = self.arena.at(index).id();
        self.set_state(id, ElementState::VALUE_EMPTY, empty);
        self.set_state(id, ElementState::PLACEHOLDER_SHOWN, shown);
    }

    /// <https://html.spec.whatwg.org/multipage/semantics-other.html#concept-element-disabled>
    fn is_actually_disabled(&self, index: u32) -> bool {
        let disabled = local_name!("disabled");
        let slot = self.arena.at(index);
        let Some(element) = slot.element() else {
            return false;
        };
        if element.plain(&disabled).is_some() {
            return true;
        }
        let tag = &element.name.local;
        if *tag == local_name!("optgroup") {
            return false;
        }
        if *tag == local_name!("option") {
            return slot.parent().and_then(|p| p.element()).is_some_and(|parent| {
                parent.is_html(&local_name!("optgroup")) && parent.plain(&disabled).is_some()
            });
        }
        // Inside a disabled fieldset, but not inside its first legend.
        let mut child = slot;
        while let Some(parent) = child.parent() {
            if let Some(fieldset) = parent.element()
                && fieldset.is_html(&local_name!("fieldset"))
                && fieldset.plain(&disabled).is_some()
                && self.first_legend(parent.index) != child.index
            {
                return true;
            }
            child = parent;
        }
        false
    }

    fn first_legend(&self, fieldset: u32) -> u32 {
        let mut at = self.arena.at(fieldset).first_child;
        while at != NONE {
            let slot = self.arena.at(at);
            if slot.element().is_some_and(|e| e.is_html(&local_name!("legend"))) {
                return at;
            }
            at = slot.next;
        }
        NONE
    }

    /// <https://html.spec.whatwg.org/multipage/semantics-other.html#selector-read-write>
    fn refresh_writable(&mut self, index: u32) {
        let Some(element) = self.arena.at(index).element() else {
            return;
        };
        let writable = match &*element.name.local {
            "input" | "textarea" => {
                !element.state.contains(ElementState::DISABLED)
                    && element.plain(&local_name!("readonly")).is_none()
                    && (element.name.local == local_name!("textarea") || takes_text(element))
            }
            _ => element
                .plain(&local_name!("contenteditable"))
                .is_some_and(|v| !v.eq_ignore_ascii_case("false")),
        };
        self.set_either(index, ElementState::READWRITE, ElementState::READONLY, writable);
    }

    fn set_either(&mut self, index: u32, yes: ElementState, no: ElementState, is: bool) {
        let id = self.arena.at(index).id();
        self.set_state(id, yes, is);
        self.set_state(id, no, !is);
    }
}

fn is_link(element: &ElementData) -> bool {
    let has = |namespace: Namespace| element.attribute(&namespace, &local_name!("href")).is_some();
    match &*element.name.local {
        "a" if element.name.ns == ns!(svg) => has(ns!()) || has(ns!(xlink)),
        "a" | "area" if element.name.ns == ns!(html) => has(ns!()),
        _ => false,
    }
}

fn is_control(element: &ElementData) -> bool {
    element.name.ns == ns!(html)
        && (matches!(
            &*element.name.local,
            "button" | "input" | "select" | "textarea" | "optgroup" | "option" | "fieldset"
        ) || element.rare.as_ref().is_some_and(|r| r.form_associated))
}

fn can_be_required(element: &ElementData) -> bool {
    matches!(&*element.name.local, "input" | "select" | "textarea")
}

/// Whether an element's box shows the attribute, or takes its natural size from
/// it.
fn shows(tag: &str, attribute: &str) -> bool {
    match tag {
        "input" => {
            matches!(attribute, "type" | "size" | "value" | "placeholder" | "min" | "max" | "step")
        }
        "textarea" => matches!(attribute, "cols" | "rows" | "placeholder"),
        "select" => matches!(attribute, "size" | "multiple"),
        "option" | "optgroup" => attribute == "label",
        "progress" | "meter" => {
            matches!(attribute, "value" | "min" | "max" | "low" | "high" | "optimum")
        }
        "img" => attribute == "alt",
        "td" | "th" => matches!(attribute, "colspan" | "rowspan"),
        "col" | "colgroup" => attribute == "span",
        "canvas" | "video" => matches!(attribute, "width" | "height"),
        _ => false,
    }
}

/// Whether an `input` is one that its user types into, or picks a value with.
fn takes_text(element: &ElementData) -> bool {
    let Some(kind) = element.plain(&local_name!("type")) else {
        return true;
    };
    !matches!(
        &*kind.to_ascii_lowercase(),
        "hidden"
            | "range"
            | "color"
            | "checkbox"
            | "radio"
            | "file"
            | "submit"
            | "image"
            | "reset"
            | "button"
    )
}

#[cfg(test)]
mod tests {
    use crate::parser::parse_document;
    use crate::select::query_selector_all;
    use crate::tree::{NodeId, Tree};
    use markup5ever::{local_name, ns};

    fn ids(tree: &Tree, document: NodeId, selector: &str) -> String {
        query_selector_all(tree, document, selector)
            .unwrap()
            .iter()
            .filter_map(|n| tree.element_id(*n).map(ToString::to_string))
            .collect::<Vec<_>>()
            .join(" ")
    }

    const HTML: &str = "<fieldset disabled><legend><input id=a></legend><input id=b></fieldset>\
        <button id=c disabled></button><select id=d required><optgroup disabled><option id=e>\
        </optgroup><option id=f></select><textarea id=g readonly></textarea>\
        <input id=h type=checkbox placeholder=x><input id=k placeholder=x><input id=l \
        placeholder=x value=y><a id=m href></a><details id=i open></details><p id=j contenteditable></p>";

    #[test]
    fn attributes_decide_states() {
        let mut tree = Tree::new();
        let document = parse_document(&mut tree, HTML);
        assert_eq!(ids(&tree, document, "[id]:disabled"), "b c e");
        assert_eq!(ids(&tree, document, "[id]:enabled"), "a d f g h k l");
        assert_eq!(ids(&tree, document, "[id]:placeholder-shown"), "k");
        assert_eq!(ids(&tree, document, ":link"), "m");
        assert_eq!(ids(&tree, document, ":any-link:not(:visited)"), "m");
        assert_eq!(ids(&tree, document, "[id]:required"), "d");
        assert_eq!(ids(&tree, document, "[id]:read-write"), "a k l j");
        assert_eq!(ids(&tree, document, "[id]:open"), "i");
        let k = tree.element_by_id(document, "k").unwrap();
        tree.set_form_value(k, "typed");
        assert_eq!(ids(&tree, document, "[id]:placeholder-shown"), "");
        let fieldset = query_selector_all(&tree, document, "fieldset").unwrap()[0];
        tree.remove_attribute(fieldset, &ns!(), &local_name!("disabled"));
        assert_eq!(ids(&tree, document, "[id]:disabled"), "c e");
        let c = tree.element_by_id(document, "c").unwrap();
        tree.set_plain_attribute(fieldset, local_name!("disabled"), "");
        tree.remove_attribute(c, &ns!(), &local_name!("disabled"));
        assert_eq!(ids(&tree, document, "[id]:disabled"), "b e");
        tree.append(fieldset, c);
        assert_eq!(ids(&tree, document, "[id]:disabled"), "b c e", "inside now");
        let body = tree.body(document).unwrap();
        tree.append(body, c);
        assert_eq!(ids(&tree, document, "[id]:disabled"), "b e", "outside again");
    }
}
