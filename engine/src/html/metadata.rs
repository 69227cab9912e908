//! `title`, `base`, `link`, `style`, `template`:
//! <https://html.spec.whatwg.org/#document-metadata>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::{
    HTMLBaseElement, HTMLLinkElement, HTMLStyleElement, HTMLTemplateElement, HTMLTitleElement,
    attribute,
};
use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, DocumentFragment, mutation},
    generated::{
        HTMLBaseElementMethods, HTMLLinkElementMethods, HTMLStyleElementMethods,
        HTMLTemplateElementMethods, HTMLTitleElementMethods,
    },
    loading::stylesheet,
    window::rendering,
};

impl HTMLTitleElementMethods for Obj<HTMLTitleElement> {
    fn text(&self, cx: &mut Cx) -> DomString {
        cx.engine().tree().child_text_content(self.id()).into()
    }

    fn set_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }
}

impl HTMLBaseElementMethods for Obj<HTMLBaseElement> {
    /// <https://html.spec.whatwg.org/#dom-base-href>: resolved against the
    /// document's own URL, since it says the base of all others.
    fn href(&self, cx: &mut Cx) -> String {
        let text = attribute(cx, self.id(), "href").unwrap_or_default();
        match cx.window().url().join(&text) {
            Ok(url) => url.into(),
            Err(_) => text,
        }
    }
}

impl HTMLLinkElementMethods for Obj<HTMLLinkElement> {
    fn rel_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "rel")
    }

    fn sizes(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "sizes")
    }
}

impl HTMLTemplateElementMethods for Obj<HTMLTemplateElement> {
    /// <https://html.spec.whatwg.org/#dom-template-content>
    fn content(&self, cx: &mut Cx) -> Obj<DocumentFragment> {
        let agent = cx.engine();
        let known = agent.tree().template_content(self.id());
        let content = match known {
            Some(content) => content,
            None => unreachable!("the tree gives every template its contents"),
        };
        cx.wrap(content).upcast()
    }
}

impl HTMLStyleElementMethods for Obj<HTMLStyleElement> {
    /// <https://html.spec.whatwg.org/#dom-style-disabled>: a disabled sheet is one
    /// that the rendering does not have.
    fn disabled(&self, cx: &mut Cx) -> bool {
        let agent = cx.engine();
        agent.tree().is_connected(self.id())
            && cx.window().view.borrow_mut().stylesheet(self.id()).is_none()
    }

    fn set_disabled(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        if !cx.engine().tree().is_connected(self.id()) {
            return Ok(());
        }
        if value {
            rendering::remove_stylesheet(cx, self.id());
        } else {
            stylesheet::update_style(cx, self.id());
        }
        Ok(())
    }
}
