//! `output`: <https://html.spec.whatwg.org/#the-output-element>

use virga_dom::NodeId;
use virga_js::{Cx, DomString, Fallible, Obj};

use super::validity_state::validation_members;
use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, NodeList, mutation},
    generated::HTMLOutputElementMethods,
    html::{HTMLFormElement, HTMLOutputElement},
};

/// <https://html.spec.whatwg.org/#the-output-element:concept-form-reset-control>
pub(super) fn reset(cx: &mut Cx, output: NodeId) {
    let default = {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        let default = tree.form_value(output).map(str::to_owned);
        tree.clear_form_value(output);
        default
    };
    if let Some(default) = default {
        mutation::string_replace_all(cx, &default, output);
    }
}

impl HTMLOutputElementMethods for Obj<HTMLOutputElement> {
    fn html_for(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "for")
    }

    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn type_(&self, _cx: &mut Cx) -> DomString {
        virga_js::dom_string!("output")
    }

    /// The default is kept, in the place of a control's value, once the value was
    /// set apart from it.
    fn default_value(&self, cx: &mut Cx) -> DomString {
        let agent = cx.engine();
        let tree = agent.tree();
        match tree.form_value(self.id()) {
            Some(default) => default.into(),
            None => tree.text_content(self.id()).into(),
        }
    }

    fn set_default_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let agent = cx.engine();
        if agent.tree().form_value(self.id()).is_some() {
            agent.tree_mut().set_form_value(self.id(), value.to_str());
        } else {
            mutation::string_replace_all(cx, &value.to_str(), self.id());
        }
        Ok(())
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        cx.engine().tree().text_content(self.id()).into()
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let default = self.default_value(cx);
        cx.engine().tree_mut().set_form_value(self.id(), default.to_str());
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }

    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }

    validation_members!();
}
