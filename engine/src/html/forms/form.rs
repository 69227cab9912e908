//! `form`: <https://html.spec.whatwg.org/#the-form-element>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};

use super::field_set::is_listed;
use crate::{
    agent::EngineCx,
    dom::{self, Filter, HTMLCollection},
    generated::{HTMLCollectionMethods as _, HTMLFormElementMethods},
    html::{HTMLElement, HTMLFormElement, attribute, reflect},
    window::forms,
};

/// <https://html.spec.whatwg.org/#form-owner>, by the tree alone.
fn owner(tree: &Tree, control: NodeId) -> Option<NodeId> {
    if let Some(wanted) = tree.plain_attribute(control, &"form".into())
        && tree.is_connected(control)
    {
        let found = tree
            .descendants(tree.root(control))
            .find(|&id| tree.plain_attribute(id, &"id".into()) == Some(wanted));
        return found.filter(|&id| tree.is_html_element(id, "form"));
    }
    tree.ancestors(control).find(|&id| tree.is_html_element(id, "form"))
}

/// The listed elements of a form, image buttons left out for historical reasons.
fn elements(tree: &Tree, form: NodeId) -> Vec<NodeId> {
    tree.descendants(tree.root(form))
        .filter(|&id| {
            is_listed(tree, id)
                && !(tree.is_html_element(id, "input") && forms::input_type(tree, id) == "image")
                && owner(tree, id) == Some(form)
        })
        .collect()
}

impl HTMLFormElementMethods for Obj<HTMLFormElement> {
    /// <https://html.spec.whatwg.org/#dom-fs-action>
    fn action(&self, cx: &mut Cx) -> String {
        match attribute(cx, self.id(), "action") {
            Some(action) if !action.is_empty() => reflect::url(cx, &action),
            _ => cx.window().url().into(),
        }
    }

    fn elements(&self, cx: &mut Cx) -> Obj<HTMLCollection> {
        dom::collection_of(cx, &self.upcast(), "elements", Filter::Find(elements))
    }

    fn length(&self, cx: &mut Cx) -> u32 {
        let elements = HTMLFormElementMethods::elements(self, cx);
        elements.length(cx)
    }

    /// <https://html.spec.whatwg.org/#dom-form-submit>
    fn submit(&self, cx: &mut Cx) -> Fallible<()> {
        forms::navigate(cx, self.id(), None);
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
        forms::submit(cx, self.id(), submitter);
        Ok(())
    }

    fn reset(&self, cx: &mut Cx) -> Fallible<()> {
        forms::reset(cx, self.id());
        Ok(())
    }
}
