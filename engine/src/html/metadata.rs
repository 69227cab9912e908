//! `title`, `base`, `link`, `style`, `template`:
//! <https://html.spec.whatwg.org/#document-metadata>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::{
    HTMLBaseElement, HTMLLinkElement, HTMLStyleElement, HTMLTemplateElement, HTMLTitleElement,
    attribute,
};
use crate::{
    agent::EngineCx,
    cssom::{self, CSSStyleSheet, StyleSheet},
    dom::{self, DOMTokenList, DocumentFragment, mutation},
    generated::{
        HTMLBaseElementMethods, HTMLLinkElementMethods, HTMLStyleElementMethods,
        HTMLTemplateElementMethods, HTMLTitleElementMethods, LinkStyleMethods, StyleSheetMethods,
    },
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
    /// <https://html.spec.whatwg.org/#dom-style-disabled>
    fn disabled(&self, cx: &mut Cx) -> bool {
        cssom::sheet_of(cx, self.id()).is_some_and(|sheet| sheet.sheet().disabled())
    }

    fn set_disabled(&self, cx: &mut Cx, value: bool) -> Fallible<()> {
        match cssom::sheet_of(cx, self.id()) {
            Some(sheet) => sheet.upcast::<StyleSheet>().set_disabled(cx, value),
            None => Ok(()),
        }
    }
}

impl LinkStyleMethods for Obj<HTMLStyleElement> {
    fn sheet(&self, cx: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        cssom::sheet_of(cx, self.id())
    }
}

impl LinkStyleMethods for Obj<HTMLLinkElement> {
    fn sheet(&self, cx: &mut Cx) -> Option<Obj<CSSStyleSheet>> {
        cssom::sheet_of(cx, self.id())
    }
}
