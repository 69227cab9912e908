//! `button`: <https://html.spec.whatwg.org/#the-button-element>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::validity_state::validation_members;
use crate::{
    agent::EngineCx,
    dom::NodeList,
    generated::HTMLButtonElementMethods,
    html::{HTMLButtonElement, HTMLFormElement},
};

impl HTMLButtonElementMethods for Obj<HTMLButtonElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }

    fn form_action(&self, cx: &mut Cx) -> String {
        super::form::action_of(cx, self.id(), "formaction")
    }

    validation_members!();
}
