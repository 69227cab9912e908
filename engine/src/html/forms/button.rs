//! `button`: <https://html.spec.whatwg.org/#the-button-element>

use virga_js::{Cx, Obj};

use crate::{
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
}
