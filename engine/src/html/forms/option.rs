//! `option`: <https://html.spec.whatwg.org/#the-option-element>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, DomString, Fallible, Obj};

use super::{collapsed, select};
use crate::{
    agent::EngineCx,
    dom::mutation,
    generated::HTMLOptionElementMethods,
    html::{HTMLFormElement, HTMLOptionElement, attribute, create, set_attribute},
};

/// <https://html.spec.whatwg.org/#dom-option-text>: without the text of scripts.
pub(super) fn text(tree: &Tree, option: NodeId) -> String {
    let mut out = String::new();
    let mut next = tree.next_in_order(option, option, false);
    while let Some(id) = next {
        let script = tree.local_name(id).is_some_and(|name| &**name == "script")
            && tree
                .namespace(id)
                .is_some_and(|ns| *ns == virga_dom::ns!(html) || *ns == virga_dom::ns!(svg));
        if tree.is_text(id) {
            out.push_str(tree.text(id));
        }
        next = tree.next_in_order(id, option, script);
    }
    collapsed(&out)
}

/// <https://html.spec.whatwg.org/#concept-option-value>
pub(super) fn value(tree: &Tree, option: NodeId) -> String {
    match tree.plain_attribute(option, &"value".into()) {
        Some(value) => value.to_owned(),
        None => text(tree, option),
    }
}

impl HTMLOptionElementMethods for Obj<HTMLOptionElement> {
    /// <https://html.spec.whatwg.org/#dom-option-form>
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        let select = select::of_option(&cx.engine().tree(), self.id())?;
        super::form_of(cx, select)
    }

    fn label(&self, cx: &mut Cx) -> DomString {
        match attribute(cx, self.id(), "label") {
            Some(label) => label.into(),
            None => text(&cx.engine().tree(), self.id()).into(),
        }
    }

    fn selected(&self, cx: &mut Cx) -> bool {
        cx.engine().tree().state(self.id()).contains(ElementState::CHECKED)
    }

    /// <https://html.spec.whatwg.org/#dom-option-selected>
    fn set_selected(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        select::set_selected(cx, self.id(), value);
        Ok(())
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        value(&cx.engine().tree(), self.id()).into()
    }

    fn text(&self, cx: &mut Cx) -> DomString {
        text(&cx.engine().tree(), self.id()).into()
    }

    fn set_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-option-index>
    fn index(&self, cx: &mut Cx) -> i32 {
        let agent = cx.engine();
        let tree = agent.tree();
        let Some(select) = select::of_option(&tree, self.id()) else { return 0 };
        let position = select::options(&tree, select).iter().position(|&id| id == self.id());
        position.and_then(|index| i32::try_from(index).ok()).unwrap_or(0)
    }

    /// <https://html.spec.whatwg.org/#dom-option>
    fn option(
        cx: &mut Cx,
        text: DomString,
        value: Option<DomString>,
        default_selected: bool,
        selected: bool,
    ) -> Fallible<Obj<HTMLOptionElement>> {
        let id = create(cx, "option");
        if !text.is_empty() {
            let agent = cx.engine();
            let document = cx.document_id();
            let mut tree = agent.tree_mut();
            let node = tree.create_text(document, text.to_str());
            tree.append(id, node);
        }
        if let Some(value) = value {
            set_attribute(cx, id, "value", &value.to_str());
        }
        if default_selected {
            set_attribute(cx, id, "selected", "");
        }
        cx.engine().tree_mut().set_state(id, ElementState::CHECKED, selected);
        Ok(cx.wrap(id).upcast())
    }
}
