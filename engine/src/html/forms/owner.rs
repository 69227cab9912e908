//! Which form a control belongs to:
//! <https://html.spec.whatwg.org/#association-of-controls-and-forms>

use virga_dom::{NodeId, Tree, local_name};

use super::kind::InputType;

/// <https://html.spec.whatwg.org/#category-listed>
pub(crate) fn is_listed(tree: &Tree, id: NodeId) -> bool {
    tree.namespace(id) == Some(&virga_dom::ns!(html))
        && tree.local_name(id).is_some_and(|name| {
            matches!(
                &**name,
                "button" | "fieldset" | "input" | "object" | "output" | "select" | "textarea"
            ) || tree.is_form_associated(id)
        })
}

/// <https://html.spec.whatwg.org/#category-submit>
pub(crate) fn is_submittable(tree: &Tree, id: NodeId) -> bool {
    tree.namespace(id) == Some(&virga_dom::ns!(html))
        && tree.local_name(id).is_some_and(|name| {
            matches!(&**name, "button" | "input" | "select" | "textarea")
                || tree.is_form_associated(id)
        })
}

/// The first element of a tree with an id.
pub(crate) fn element_by_id(tree: &Tree, root: NodeId, id: &str) -> Option<NodeId> {
    if id.is_empty() {
        return None;
    }
    let is_document = tree.kind(root) == Some(virga_dom::tree::NodeKind::Document);
    if is_document && tree.is_connected(root) {
        return tree.element_by_id(root, id);
    }
    tree.descendants(root).find(|&at| tree.plain_attribute(at, &local_name!("id")) == Some(id))
}

/// <https://html.spec.whatwg.org/#form-owner>
///
/// Nothing is stored but what the parser decided: the nearest form above, and
/// the one that the `form` attribute names, are looked up when asked for.
pub(crate) fn form_owner(tree: &Tree, control: NodeId) -> Option<NodeId> {
    if let Some(wanted) = tree.plain_attribute(control, &local_name!("form"))
        && tree.is_connected(control)
        && is_listed(tree, control)
    {
        return element_by_id(tree, tree.root(control), wanted)
            .filter(|&id| tree.is_html_element(id, "form"));
    }
    tree.parser_form(control)
        .or_else(|| tree.ancestors(control).find(|&id| tree.is_html_element(id, "form")))
}

/// The listed elements that belong to a form, in tree order.
pub(crate) fn controls(tree: &Tree, form: NodeId) -> Vec<NodeId> {
    controls_that(tree, form, |_| true)
}

/// Those of [`controls`] for which this holds. It is asked of every node first, since
/// to find the form of a control is dear.
fn controls_that(tree: &Tree, form: NodeId, test: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    tree.descendants(tree.root(form))
        .filter(|&id| test(id) && is_listed(tree, id) && form_owner(tree, id) == Some(form))
        .collect()
}

/// The submittable elements that belong to a form, in tree order.
pub(crate) fn submittable(tree: &Tree, form: NodeId) -> Vec<NodeId> {
    let mut controls = controls(tree, form);
    controls.retain(|&id| is_submittable(tree, id));
    controls
}

/// What `form.elements` has: image buttons are left out for historical reasons.
pub(crate) fn elements(tree: &Tree, form: NodeId) -> Vec<NodeId> {
    elements_that(tree, form, |_| true)
}

/// Those of [`elements`] for which this holds, which is asked of every node first.
pub(super) fn elements_that(
    tree: &Tree,
    form: NodeId,
    test: impl Fn(NodeId) -> bool,
) -> Vec<NodeId> {
    let mut controls = controls_that(tree, form, test);
    controls.retain(|&id| InputType::of(tree, id) != Some(InputType::Image));
    controls
}
