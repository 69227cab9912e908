//! `output`: <https://html.spec.whatwg.org/#the-output-element>

use virga_js::{Cx, DomString, Fallible, Obj};

use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, mutation},
    generated::HTMLOutputElementMethods,
    html::{HTMLFormElement, HTMLOutputElement},
};

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
}
