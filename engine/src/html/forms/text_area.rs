//! `textarea`: <https://html.spec.whatwg.org/#the-textarea-element>

use virga_js::{Cx, DomString, Fallible, Obj};

use super::{selection, validity_state::validation_members, value};
use crate::{
    agent::EngineCx,
    dom::{NodeList, mutation},
    generated::{HTMLTextAreaElementMethods, SelectionMode},
    html::{HTMLFormElement, HTMLTextAreaElement},
};

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
        let agent = cx.engine();
        let tree = agent.tree();
        value::api_value(&tree, self.id()).into()
    }

    fn set_value(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        let new = value::normalized(&value.to_str()).into_owned();
        // The same value leaves the selection alone.
        if value::api_value(&tree, self.id()) == new {
            let selection = tree.form_selection(self.id());
            let flags = tree.control_flags(self.id());
            tree.set_form_value(self.id(), new);
            selection::restore(&mut tree, self.id(), selection, flags);
        } else {
            tree.set_form_value(self.id(), new);
        }
        Ok(())
    }

    fn text_length(&self, cx: &mut Cx) -> u32 {
        let agent = cx.engine();
        let tree = agent.tree();
        let value = value::api_value(&tree, self.id());
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

    fn selection_direction(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(selection::direction(cx, self.id()).into())
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

    fn autocomplete(&self, cx: &mut Cx) -> DomString {
        super::autofill::exposed(cx, self.id()).into()
    }

    fn set_range_text(&self, cx: &mut Cx, replacement: DomString) -> Fallible<()> {
        selection::set_range_text(cx, self.id(), &replacement, None, SelectionMode::Preserve)
    }

    fn set_range_text_with_replacement_and_start_and_end_and_selection_mode(
        &self,
        cx: &mut Cx,
        replacement: DomString,
        start: u32,
        end: u32,
        mode: SelectionMode,
    ) -> Fallible<()> {
        selection::set_range_text(cx, self.id(), &replacement, Some((start, end)), mode)
    }

    validation_members!();
}
