//! `fieldset` and `datalist`: <https://html.spec.whatwg.org/#the-fieldset-element>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomString, Obj};

use crate::{
    dom::{self, Filter, HTMLCollection},
    generated::{HTMLDataListElementMethods, HTMLFieldSetElementMethods},
    html::{HTMLDataListElement, HTMLFieldSetElement, HTMLFormElement},
};

/// <https://html.spec.whatwg.org/#category-listed>
pub(super) fn is_listed(tree: &Tree, id: NodeId) -> bool {
    ["button", "fieldset", "input", "object", "output", "select", "textarea"]
        .iter()
        .any(|name| tree.is_html_element(id, name))
}

impl HTMLFieldSetElementMethods for Obj<HTMLFieldSetElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn type_(&self, _cx: &mut Cx) -> DomString {
        virga_js::dom_string!("fieldset")
    }

    fn elements(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "elements", Filter::Descendants(is_listed))
    }
}

impl HTMLDataListElementMethods for Obj<HTMLDataListElement> {
    fn options(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        let is_option = |tree: &Tree, id: NodeId| tree.is_html_element(id, "option");
        dom::collection_of(cx, &self.upcast(), "options", Filter::Descendants(is_option))
    }
}
