//! Upgrading: <https://html.spec.whatwg.org/#upgrades>

use virga_dom::NodeId;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, GcCell, Obj, Value};

use super::{
    definition::{Definition, Lifecycle, State, look_up_for},
    hooks,
    reactions::{enqueue_callback, enqueue_upgrade},
};
use crate::{agent::EngineCx, wrappers::Node};

/// "Try to upgrade an element".
///
/// <https://html.spec.whatwg.org/#concept-try-upgrade>
pub(super) fn try_to_upgrade(cx: &mut Cx, element: NodeId) {
    if let Some(definition) = look_up_for(cx, element) {
        let element = cx.wrap(element);
        enqueue_upgrade(cx, &element, definition);
    }
}

/// "Upgrade an element".
///
/// <https://html.spec.whatwg.org/#concept-upgrade-an-element>
pub(super) fn upgrade(
    cx: &mut Cx,
    element: &Obj<Node>,
    definition: &GcCell<Definition>,
) -> Fallible<()> {
    let id = element.id();
    // 1.–3.
    let fresh = element.with_custom_mut(|custom| {
        if custom.state != State::Plain {
            return false;
        }
        custom.definition = Some(definition.clone());
        custom.state = State::Failed;
        true
    });
    if !fresh {
        return Ok(());
    }
    // 4.
    enqueue_attributes(cx, element, definition);
    // 5.
    if cx.engine().tree().is_connected(id) {
        enqueue_callback(cx, element, Lifecycle::Connected, Vec::new());
    }
    // 6.–8.
    definition.construction_stack.borrow_mut().push(element.downcast());
    let result = construct(cx, element, definition);
    definition.construction_stack.borrow_mut().pop();
    if let Err(error) = result {
        element.with_custom_mut(|custom| {
            custom.state = State::Failed;
            custom.definition = None;
            custom.reactions.clear();
        });
        return Err(error);
    }
    // 10.
    become_custom(cx, element);
    // 9.
    hooks::join_form(cx, element);
    Ok(())
}

/// Has the callbacks hear of the attributes that the element has already.
pub(super) fn enqueue_attributes(
    cx: &mut Cx,
    element: &Obj<Node>,
    definition: &GcCell<Definition>,
) {
    if definition.observed.is_empty() {
        return;
    }
    let attributes: Vec<Vec<Value>> = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.attributes(element.id())
            .iter()
            .filter(|attribute| definition.observed.contains(&attribute.name.local))
            .map(|attribute| {
                hooks::attribute_arguments(&attribute.name, None, Some(attribute.value()))
            })
            .collect()
    };
    for args in attributes {
        enqueue_callback(cx, element, Lifecycle::AttributeChanged, args);
    }
}

/// The element is custom from now on.
pub(super) fn become_custom(cx: &mut Cx, element: &Obj<Node>) {
    element.with_custom_mut(|custom| custom.state = State::Custom);
    note_defined(cx, element);
}

/// Tells the tree what it has to know of a custom element.
pub(super) fn note_defined(cx: &Cx, element: &Obj<Node>) {
    let agent = cx.engine();
    let form_associated = super::is_form_associated(cx, element.id());
    let mut tree = agent.tree_mut();
    tree.set_defined(element.id(), true);
    if form_associated {
        tree.set_form_associated(element.id());
    }
}

fn construct(cx: &mut Cx, element: &Obj<Node>, definition: &GcCell<Definition>) -> Fallible<()> {
    // 1.
    if definition.disable_shadow && cx.engine().tree().is_shadow_host(element.id()) {
        return Err(Error::dom(
            DomExceptionName::NotSupported,
            format!("the definition of {} disables shadow roots", &*definition.name),
        ));
    }
    // 2.
    element.with_custom_mut(|custom| custom.state = State::Precustomized);
    // 3.
    let made = definition.constructor.construct(cx, &[])?;
    // 4.
    if made != *element.object() {
        return Err(Error::type_error(format!(
            "the constructor of {} returned another object than the element",
            &*definition.name
        )));
    }
    Ok(())
}

/// A string of script, or `null`.
pub(super) fn text_or_null(text: Option<&str>) -> Value {
    text.map_or_else(Value::null, |text| Value::from(DomString::from(text)))
}
