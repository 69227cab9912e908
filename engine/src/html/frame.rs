//! `iframe`: <https://html.spec.whatwg.org/#the-iframe-element>. What is shown in it
//! is [`crate::navigable`]'s.

use virga_js::{Cx, Fallible, Obj, Value};

use super::HTMLIFrameElement;
use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, Document, Element},
    generated::HTMLIFrameElementMethods,
    navigable::{self, frame},
};

impl HTMLIFrameElementMethods for Obj<HTMLIFrameElement> {
    fn sandbox(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        let element: Obj<Element> = self.upcast();
        dom::token_list_of(cx, &element, "sandbox")
    }

    /// <https://html.spec.whatwg.org/#dom-iframe-contentdocument>
    fn content_document(&self, cx: &mut Cx) -> Option<Obj<Document>> {
        let navigable = cx.engine().navigables.of_container(self.id())?;
        frame::ensure_window(cx, &navigable);
        let window = navigable.window()?;
        // Only a document of the same origin.
        navigable::is_same_origin(cx, &window).then_some(())?;
        cx.wrap_as(window.document_id())
    }

    /// <https://html.spec.whatwg.org/#dom-iframe-contentwindow>
    fn content_window(&self, cx: &mut Cx) -> Value {
        match cx.engine().navigables.of_container(self.id()) {
            Some(navigable) => navigable::proxy_value(cx, &navigable),
            None => Value::null(),
        }
    }

    /// <https://html.spec.whatwg.org/#dom-media-getsvgdocument>: a document that was
    /// made from an SVG file.
    fn get_svg_document(&self, cx: &mut Cx) -> Fallible<Option<Obj<Document>>> {
        let document = HTMLIFrameElementMethods::content_document(self, cx);
        let Some(document) = document else { return Ok(None) };
        let window = cx.engine().window_of_document(document.id());
        let is_svg = window.is_some_and(|window| window.loading.content_type() == "image/svg+xml");
        Ok(is_svg.then_some(document))
    }
}
