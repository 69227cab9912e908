//! `label` and `legend`: <https://html.spec.whatwg.org/#the-label-element>

use virga_dom::{NodeId, Tree};
use virga_js::{Cx, Obj};

use super::{
    kind::InputType,
    owner::{self, element_by_id},
};
use crate::{
    agent::EngineCx,
    generated::{HTMLLabelElementMethods, HTMLLegendElementMethods},
    html::{HTMLElement, HTMLFormElement, HTMLLabelElement, HTMLLegendElement},
};

/// <https://html.spec.whatwg.org/#category-label>
fn is_labelable(tree: &Tree, id: NodeId) -> bool {
    if tree.namespace(id) != Some(&virga_dom::ns!(html)) {
        return false;
    }
    match tree.local_name(id).map_or("", |name| name) {
        "input" => InputType::of(tree, id) != Some(InputType::Hidden),
        "button" | "meter" | "output" | "progress" | "select" | "textarea" => true,
        _ => tree.is_form_associated(id),
    }
}

/// <https://html.spec.whatwg.org/#labeled-control>
pub(crate) fn labeled_control(tree: &Tree, label: NodeId) -> Option<NodeId> {
    match tree.plain_attribute(label, &"for".into()) {
        Some(wanted) => {
            let found = element_by_id(tree, tree.root(label), wanted)?;
            is_labelable(tree, found).then_some(found)
        }
        None => tree.descendants(label).find(|&id| is_labelable(tree, id)),
    }
}

impl HTMLLabelElementMethods for Obj<HTMLLabelElement> {
    /// <https://html.spec.whatwg.org/#dom-label-form>
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        let control = {
            let agent = cx.engine();
            let tree = agent.tree();
            labeled_control(&tree, self.id()).filter(|&id| owner::is_listed(&tree, id))?
        };
        super::form_of(cx, control)
    }

    /// <https://html.spec.whatwg.org/#dom-label-control>
    fn control(&self, cx: &mut Cx) -> Option<Obj<HTMLElement>> {
        let control = labeled_control(&cx.engine().tree(), self.id())?;
        cx.wrap_as(control)
    }
}

impl HTMLLegendElementMethods for Obj<HTMLLegendElement> {
    /// <https://html.spec.whatwg.org/#dom-legend-form>
    fn form(&self, cx: &mut Cx) -> Option<Obj<HTMLFormElement>> {
        let agent = cx.engine();
        let parent = agent.tree().parent(self.id())?;
        if !agent.tree().is_html_element(parent, "fieldset") {
            return None;
        }
        super::form_of(cx, parent)
    }
}
