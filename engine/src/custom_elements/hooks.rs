//! What makes reactions: changes of trees, attributes and forms.

use virga_dom::{NodeId, QualName, ns};
use virga_js::{Cx, Obj, Value};

use super::{
    definition::{self, Lifecycle, State},
    reactions::{Reactions, enqueue_callback, is_in_state},
    upgrade::{text_or_null, try_to_upgrade},
};
use crate::{agent::EngineCx, window::forms, wrappers::Node};

/// The elements in a subtree that are or may become custom ones, in
/// shadow-including tree order. None before anything was defined.
fn candidates(cx: &Cx, root: NodeId) -> Vec<NodeId> {
    let agent = cx.engine();
    if !agent.reactions.is_in_use() {
        return Vec::new();
    }
    let tree = agent.tree();
    tree.shadow_including_descendants(root)
        .filter(|&id| {
            tree.name(id).is_some_and(|name| {
                name.ns == ns!(html) && (name.local.contains('-') || tree.is_value(id).is_some())
            })
        })
        .collect()
}

/// The custom elements among them.
fn custom_elements(cx: &Cx, root: NodeId) -> Vec<Obj<Node>> {
    let agent = cx.engine();
    candidates(cx, root)
        .into_iter()
        .filter_map(|id| agent.wrappers.get(cx, id))
        .filter(|element| is_in_state(element, State::Custom))
        .collect()
}

/// After a subtree was inserted.
///
/// <https://dom.spec.whatwg.org/#concept-node-insert> step 7.7
pub(crate) fn inserted(cx: &mut Cx, root: NodeId) {
    let connected = cx.engine().tree().is_connected(root);
    for id in candidates(cx, root) {
        match definition::state(cx, id) {
            State::Custom => {
                let element = cx.wrap(id);
                if connected {
                    enqueue_callback(cx, &element, Lifecycle::Connected, Vec::new());
                }
                form_changed(cx, &element);
                disabled_changed_of(cx, &element);
            }
            State::Plain if connected => try_to_upgrade(cx, id),
            _ => {}
        }
    }
}

/// After the parser inserted an element: its reactions run at once.
pub(crate) fn parsed(cx: &mut Cx, element: NodeId) {
    if !cx.engine().reactions.is_in_use() {
        return;
    }
    let reactions = Reactions::push(cx);
    inserted(cx, element);
    reactions.pop(cx);
}

/// After a subtree was removed.
///
/// <https://dom.spec.whatwg.org/#concept-node-remove> step 14
pub(crate) fn removed(cx: &mut Cx, root: NodeId, was_connected: bool) {
    for element in custom_elements(cx, root) {
        if was_connected {
            enqueue_callback(cx, &element, Lifecycle::Disconnected, Vec::new());
        }
        form_changed(cx, &element);
        disabled_changed_of(cx, &element);
    }
}

/// After a subtree moved to another document.
///
/// <https://dom.spec.whatwg.org/#concept-node-adopt> step 3.2
pub(crate) fn adopted(cx: &mut Cx, root: NodeId, from: Option<NodeId>, to: NodeId) {
    let elements = custom_elements(cx, root);
    if elements.is_empty() {
        return;
    }
    let from = from.map_or_else(Value::null, |from| cx.wrap(from).value());
    let to = cx.wrap(to).value();
    for element in elements {
        enqueue_callback(cx, &element, Lifecycle::Adopted, vec![from.clone(), to.clone()]);
    }
}

/// After a subtree was copied: "create an element" without the synchronous
/// flag has the copies upgraded later.
pub(crate) fn cloned(cx: &mut Cx, copy: NodeId) {
    for id in candidates(cx, copy) {
        try_to_upgrade(cx, id);
    }
}

/// What `attributeChangedCallback` is called with.
pub(super) fn attribute_arguments(
    name: &QualName,
    old: Option<&str>,
    new: Option<&str>,
) -> Vec<Value> {
    let namespace = (name.ns != ns!()).then_some(&*name.ns);
    vec![
        text_or_null(Some(&name.local)),
        text_or_null(old),
        text_or_null(new),
        text_or_null(namespace),
    ]
}

/// After an attribute was added, changed or removed.
///
/// <https://dom.spec.whatwg.org/#handle-attribute-changes> step 2
pub(crate) fn attribute_changed(cx: &mut Cx, element: NodeId, name: &QualName, old: Option<&str>) {
    let agent = cx.engine();
    if !agent.reactions.is_in_use() {
        return;
    }
    let is_fieldset = || agent.tree().is_html_element(element, "fieldset");
    if name.ns == ns!() && *name.local == *"disabled" && is_fieldset() {
        disabled_changed(cx, element);
    }
    let Some(node) = agent.wrappers.get(cx, element) else { return };
    if !is_in_state(&node, State::Custom) {
        return;
    }
    let observed = node
        .with_custom(|custom| {
            custom.definition.as_ref().is_some_and(|definition| {
                definition.observed.contains(&name.local)
                    && definition.callback(Lifecycle::AttributeChanged).is_some()
            })
        })
        .unwrap_or(false);
    if observed {
        let new = agent.tree().attribute(element, &name.ns, &name.local).map(str::to_owned);
        let args = attribute_arguments(name, old, new.as_deref());
        enqueue_callback(cx, &node, Lifecycle::AttributeChanged, args);
    }
    if name.ns == ns!() {
        match &*name.local {
            "form" => form_changed(cx, &node),
            "disabled" => disabled_changed_of(cx, &node),
            _ => {}
        }
    }
}

/// A custom element takes part in forms from now on.
pub(super) fn join_form(cx: &mut Cx, element: &Obj<Node>) {
    form_changed(cx, element);
    disabled_changed_of(cx, element);
}

/// "Reset the form owner" of a form-associated custom element.
///
/// <https://html.spec.whatwg.org/#reset-the-form-owner>
fn form_changed(cx: &mut Cx, element: &Obj<Node>) {
    if !definition::is_form_associated(cx, element.id()) {
        return;
    }
    let form = forms::form_owner(&cx.engine(), element.id());
    let before = element.with_custom_mut(|custom| std::mem::replace(&mut custom.form, form));
    if before == form {
        return;
    }
    let argument = form.map_or_else(Value::null, |form| cx.wrap(form).value());
    enqueue_callback(cx, element, Lifecycle::FormAssociated, vec![argument]);
}

fn disabled_changed_of(cx: &mut Cx, element: &Obj<Node>) {
    if !definition::is_form_associated(cx, element.id()) {
        return;
    }
    let disabled = cx.engine().tree_mut().refresh_disabled_of(element.id());
    let before =
        element.with_custom_mut(|custom| std::mem::replace(&mut custom.disabled, disabled));
    if before != disabled {
        enqueue_callback(cx, element, Lifecycle::FormDisabled, vec![Value::from(disabled)]);
    }
}

/// After a `fieldset` was disabled or enabled, or its legend changed: the custom
/// elements in it hear of it.
fn disabled_changed(cx: &mut Cx, root: NodeId) {
    for element in custom_elements(cx, root) {
        disabled_changed_of(cx, &element);
    }
}

/// A form is reset: a form-associated custom element hears of it.
pub(crate) fn reset(cx: &mut Cx, element: NodeId) {
    if definition::is_form_associated(cx, element) {
        let element = cx.wrap(element);
        enqueue_callback(cx, &element, Lifecycle::FormReset, Vec::new());
    }
}
