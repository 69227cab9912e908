//! `form`: <https://html.spec.whatwg.org/#the-form-element>

use virga_dom::NodeId;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{HTMLFormControlsCollection, controls_collection, owner, submit, validity_state};
use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, Element},
    generated::{HTMLFormElementMethods, RadioNodeListOrElement},
    html::{HTMLElement, HTMLFormElement, attribute, reflect},
    window::forms,
};

/// An address to submit to; the document's own without one.
///
/// <https://html.spec.whatwg.org/#dom-fs-action>
pub(super) fn action_of(cx: &Cx, element: NodeId, name: &str) -> String {
    match attribute(cx, element, name) {
        Some(action) if !action.is_empty() => reflect::url(cx, &action),
        _ => cx.window().url().into(),
    }
}

/// Whether an element of that name may be in a form as a property at all: what
/// saves looking at all of them for each property that a form has by itself.
fn is_known(cx: &Cx, form: NodeId, name: &str) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    tree.knows_name(form, name)
}

impl HTMLFormElementMethods for Obj<HTMLFormElement> {
    fn action(&self, cx: &mut Cx) -> String {
        action_of(cx, self.id(), "action")
    }

    fn rel_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "rel")
    }

    fn elements(&self, cx: &mut Cx) -> Obj<HTMLFormControlsCollection> {
        controls_collection::of(cx, self.upcast())
    }

    fn length(&self, cx: &mut Cx) -> u32 {
        let count = owner::elements(&cx.engine().tree(), self.id()).len();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn indexed_getter(&self, cx: &mut Cx, index: u32) -> Fallible<Option<Obj<Element>>> {
        let found = owner::elements(&cx.engine().tree(), self.id()).get(index as usize).copied();
        Ok(found.and_then(|id| cx.wrap_as(id)))
    }

    /// <https://html.spec.whatwg.org/#dom-form-nameditem>
    fn named_getter(
        &self,
        cx: &mut Cx,
        name: DomString,
    ) -> Fallible<Option<RadioNodeListOrElement>> {
        let name = name.to_str();
        let past = self.past_name(&name);
        if past.is_none() && !is_known(cx, self.id(), &name) {
            return Ok(None);
        }
        // 1.–3.
        if let Some(found) = controls_collection::form_named_item(cx, &self.upcast(), &name) {
            if let RadioNodeListOrElement::Element(element) = &found {
                // 5. A name once used goes on meaning the element.
                self.remember_name(&name, element.id());
            }
            return Ok(Some(found));
        }
        // 4.
        let past = past.filter(|&id| owner::form_owner(&cx.engine().tree(), id) == Some(self.id()));
        if past.is_none() {
            self.forget_name(&name);
        }
        Ok(past.and_then(|id| cx.wrap_as(id)).map(RadioNodeListOrElement::Element))
    }

    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let mut names = controls_collection::form_names(&tree, self.id());
        for (name, id) in self.past_names() {
            if !names.contains(&name) && owner::form_owner(&tree, id) == Some(self.id()) {
                names.push(name);
            }
        }
        names.into_iter().map(DomString::from).collect()
    }

    /// <https://html.spec.whatwg.org/#dom-form-submit>
    fn submit(&self, cx: &mut Cx) -> Fallible<()> {
        submit::submit(cx, self.id(), None, submit::By::SubmitMethod);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-form-requestsubmit>
    fn request_submit(&self, cx: &mut Cx, submitter: Option<Obj<HTMLElement>>) -> Fallible<()> {
        let submitter = submitter.map(|submitter| submitter.id());
        if let Some(button) = submitter {
            // 1.1. It must be a submit button.
            if !forms::is_submit_button(&cx.engine().tree(), button) {
                return Err(Error::type_error(
                    "requestSubmit: the submitter is not a submit button",
                ));
            }
            // 1.2. It must be a button of this form.
            if forms::form_owner(&cx.engine(), button) != Some(self.id()) {
                return Err(Error::dom(
                    DomExceptionName::NotFound,
                    "requestSubmit: the submitter belongs to another form",
                ));
            }
        }
        submit::submit(cx, self.id(), submitter, submit::By::Button);
        Ok(())
    }

    fn reset(&self, cx: &mut Cx) -> Fallible<()> {
        forms::reset(cx, self.id());
        Ok(())
    }

    fn check_validity(&self, cx: &mut Cx) -> Fallible<bool> {
        Ok(validity_state::check_form(cx, self.id()))
    }

    fn report_validity(&self, cx: &mut Cx) -> Fallible<bool> {
        Ok(validity_state::report_form(cx, self.id()))
    }
}
