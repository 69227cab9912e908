//! `fieldset`, `datalist` and `object` as listed elements:
//! <https://html.spec.whatwg.org/#the-fieldset-element>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomString, Fallible, Obj};

use super::{owner, validity_state::validation_members};
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection},
    generated::{HTMLDataListElementMethods, HTMLFieldSetElementMethods, HTMLObjectElementMethods},
    html::{HTMLDataListElement, HTMLFieldSetElement, HTMLFormElement, HTMLObjectElement},
};

impl HTMLFieldSetElementMethods for Obj<HTMLFieldSetElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn type_(&self, _cx: &mut Cx) -> DomString {
        virga_js::dom_string!("fieldset")
    }

    fn elements(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "elements", Filter::Descendants(owner::is_listed))
    }

    validation_members!();
}

impl HTMLDataListElementMethods for Obj<HTMLDataListElement> {
    fn options(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let is_option = |tree: &Tree, id: NodeId| tree.is_html_element(id, "option");
        dom::collection_of(cx, &self.upcast(), "options", Filter::Descendants(is_option))
    }
}

impl HTMLObjectElementMethods for Obj<HTMLObjectElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    validation_members!();
}
