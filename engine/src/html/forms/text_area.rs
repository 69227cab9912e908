//! `textarea`: <https://html.spec.whatwg.org/#the-textarea-element>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::selection;
use crate::{
    agent::EngineCx,
    dom::{NodeList, mutation},
    generated::HTMLTextAreaElementMethods,
    html::{HTMLFormElement, HTMLTextAreaElement},
    window::forms,
};

/// <https://html.spec.whatwg.org/#concept-textarea-api-value>: line breaks are
/// single newlines.
fn api_value(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

impl HTMLTextAreaElementMethods for Obj<HTMLTextAreaElement> {
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        super::form_of(cx, self.id())
    }

    fn type_(&self, _cx: &mut Cx) -> DomString {
        virga_js::dom_string!("textarea")
    }

    fn default_value(&self, cx: &mut Cx) -> DomString {
        cx.engine().tree().child_text_content(self.id()).into()
    }

    fn set_default_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }

    fn value(&self, cx: &mut Cx) -> DomString {
        api_value(&forms::value(&cx.engine().tree(), self.id())).into()
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let agent = cx.engine();
        let value = api_value(&value.to_str());
        let mut tree = agent.tree_mut();
        // The same value leaves the selection alone.
        if tree.form_value(self.id()) != Some(&*value) {
            tree.set_form_value(self.id(), value);
        }
        Ok(())
    }

    fn text_length(&self, cx: &mut Cx) -> u32 {
        let value = api_value(&forms::value(&cx.engine().tree(), self.id()));
        u32::try_from(value.encode_utf16().count()).unwrap_or(u32::MAX)
    }

    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }

    fn select(&self, cx: &mut Cx) -> Fallible<()> {
        selection::set(cx, self.id(), 0, u32::MAX, None);
        Ok(())
    }

    fn selection_start(&self, cx: &mut Cx) -> Fallible<u32> {
        Ok(selection::get(cx, self.id()).0)
    }

    fn set_selection_start(&self, cx: &mut Cx, value: u32) -> Fallible<()> {
        let end = selection::get(cx, self.id()).1;
        selection::set(cx, self.id(), value, end.max(value), None);
        Ok(())
    }

    fn selection_end(&self, cx: &mut Cx) -> Fallible<u32> {
        Ok(selection::get(cx, self.id()).1)
    }

    fn set_selection_end(&self, cx: &mut Cx, value: u32) -> Fallible<()> {
        let start = selection::get(cx, self.id()).0;
        selection::set(cx, self.id(), start, value, None);
        Ok(())
    }

    fn selection_direction(&self, _cx: &mut Cx) -> Fallible<DomString> {
        Ok(virga_js::dom_string!("none"))
    }

    fn set_selection_direction(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let (start, end) = selection::get(cx, self.id());
        selection::set(cx, self.id(), start, end, Some(&value));
        Ok(())
    }

    fn set_selection_range(
        &self,
        cx: &mut Cx,
        start: u32,
        end: u32,
        direction: Option<DomString>,
    ) -> Fallible<()> {
        selection::set(cx, self.id(), start, end, direction.as_ref());
        Ok(())
    }
}
