//! Making elements: <https://dom.spec.whatwg.org/#concept-create-element>,
//! <https://html.spec.whatwg.org/#html-element-constructors>

use virga_dom::{LocalName, NodeId, QualName, ns, parser::PendingElement};
use virga_js::{
    Cx, DomExceptionName, Error, Fallible, GcCell, Obj, Object, Value, prototype_for,
    webidl::{self, InterfaceSpec},
};

use super::{
    CustomElementRegistry, definition,
    definition::{Definition, State},
    reactions::{Reactions, enqueue_upgrade},
    upgrade,
};
use crate::{
    agent::EngineCx,
    dom::{self, Element},
    events::report_exception,
    html,
    wrappers::{self, Node},
};

/// "Create an element", with the synchronous custom elements flag as `now`.
///
/// <https://dom.spec.whatwg.org/#concept-create-element>
pub(crate) fn create_element(
    cx: &mut Cx,
    document: NodeId,
    name: QualName,
    is: Option<&str>,
    now: bool,
) -> Fallible<Obj<Element>> {
    // 3.
    let definition = if name.ns == ns!(html) && (is.is_some() || name.local.contains('-')) {
        definition::look_up(cx, document, &name.local, is)
    } else {
        None
    };
    let Some(definition) = definition else {
        return make(cx, document, name, is);
    };
    // 4.
    if !definition.is_autonomous() {
        let element = make(cx, document, name, is)?;
        let node: Obj<Node> = element.upcast();
        if now {
            if let Err(error) = upgrade::upgrade(cx, &node, &definition) {
                report_exception(cx, error);
            }
        } else {
            enqueue_upgrade(cx, &node, definition);
        }
        return Ok(element);
    }
    // 5.
    if !now {
        let element = make(cx, document, name, None)?;
        enqueue_upgrade(cx, &element.upcast(), definition);
        return Ok(element);
    }
    match construct(cx, document, &name, &definition) {
        Ok(element) => Ok(element),
        Err(error) => {
            report_exception(cx, error);
            fail(cx, document, name)
        }
    }
}

/// "Create an element for a token", of a custom element that is defined.
///
/// <https://html.spec.whatwg.org/#create-an-element-for-the-token> steps 6 to 11
pub(crate) fn create_for_parser(
    cx: &mut Cx,
    document: NodeId,
    pending: PendingElement,
) -> Option<NodeId> {
    // 6.2.–6.3.
    if !cx.is_running_script() {
        cx.perform_microtask_checkpoint();
    }
    let reactions = Reactions::push(cx);
    // 9.
    let name = QualName::new(None, ns!(html), pending.name);
    let element = create_element(cx, document, name, None, true);
    // 10.
    let id = element.ok().map(|element| element.upcast::<Node>().id());
    if let Some(id) = id {
        for (name, value) in pending.attributes {
            dom::mutation::set_attribute(cx, id, &name, &value);
        }
    }
    // 11.
    reactions.pop(cx);
    id
}

/// An element that is not custom, or not yet.
fn make(cx: &mut Cx, document: NodeId, name: QualName, is: Option<&str>) -> Fallible<Obj<Element>> {
    let id = {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        let html = name.ns == ns!(html);
        let id = tree.create_element(document, name);
        if let Some(is) = is {
            tree.set_is_value(id, is);
            if html {
                tree.set_defined(id, false);
            }
        }
        id
    };
    cx.wrap_as(id).ok_or_else(|| Error::type_error("the node is not what it was made as"))
}

/// What takes the place of an element that could not be constructed.
fn fail(cx: &mut Cx, document: NodeId, name: QualName) -> Fallible<Obj<Element>> {
    let id = cx.engine().tree_mut().create_element(document, name);
    let node = wrappers::wrap_with(cx, id, html::make_unknown);
    node.with_custom_mut(|custom| custom.state = State::Failed);
    node.downcast().ok_or_else(|| Error::type_error("the node is not what it was made as"))
}

/// Steps 5.1.1 to 5.1.12: constructs the element and sees whether it is what
/// was asked for.
fn construct(
    cx: &mut Cx,
    document: NodeId,
    name: &QualName,
    definition: &GcCell<Definition>,
) -> Fallible<Obj<Element>> {
    let made = definition.constructor.construct(cx, &[])?;
    let element: Option<Obj<Element>> = Obj::from_object(cx, &made);
    let node: Option<Obj<Node>> = element.as_ref().map(Obj::upcast);
    let (Some(element), Some(node)) = (element, node) else {
        return Err(Error::type_error(format!(
            "the constructor of {} returned no element",
            &*definition.name
        )));
    };
    let id = node.id();
    let agent = cx.engine();
    let tree = agent.tree();
    if tree.namespace(id) != Some(&ns!(html)) {
        return Err(Error::type_error(format!(
            "the constructor of {} returned no HTML element",
            &*definition.name
        )));
    }
    let wrong = if !tree.attributes(id).is_empty() {
        "gave it attributes"
    } else if tree.first_child(id).is_some() {
        "gave it children"
    } else if tree.parent(id).is_some() {
        "gave it a parent"
    } else if tree.owner_document(id) != Some(document) {
        "made it in another document"
    } else if tree.local_name(id) != Some(&name.local) {
        "made an element of another name"
    } else {
        drop(tree);
        // 5.1.11.
        if name.prefix.is_some() {
            agent.tree_mut().set_prefix(id, name.prefix.clone());
        }
        return Ok(element);
    };
    Err(Error::dom(
        DomExceptionName::NotSupported,
        format!("the constructor of {} {wrong}", &*definition.name),
    ))
}

/// <https://html.spec.whatwg.org/#html-element-constructors>
pub(crate) fn html_constructor(
    cx: &mut Cx,
    new_target: &Object,
    spec: &'static InterfaceSpec,
) -> Fallible<Value> {
    let illegal = |why: &str| Err(Error::type_error(format!("Illegal constructor: {why}")));
    // 1.–2.
    if webidl::interface_object(cx, spec).as_ref() == Some(new_target) {
        return illegal(&format!(
            "{} objects are made by document.createElement; to construct one, extend it and define the class with customElements.define",
            spec.name
        ));
    }
    // 3.–4.
    let window = cx.window();
    let registry = CustomElementRegistry::of(cx, &window);
    let Some(definition) = registry.by_constructor(new_target) else {
        return illegal("the class was not defined with customElements.define");
    };
    // 5.–7.
    let mut is = None;
    if definition.is_autonomous() {
        if spec.name != "HTMLElement" {
            return illegal(&format!(
                "{} is defined without `extends`, so it must extend HTMLElement, not {}",
                &*definition.name, spec.name
            ));
        }
    } else {
        if html::interface_of(&definition.local_name) != spec.name {
            return illegal(&format!(
                "{} is defined to extend {}, which is no {}",
                &*definition.name, &*definition.local_name, spec.name
            ));
        }
        is = Some(definition.name.clone());
    }
    // 8.
    let prototype = prototype_for(cx, &Value::from(new_target), |cx| webidl::prototype(cx, spec))?;
    let top = definition.construction_stack.borrow().last().cloned();
    match top {
        // 9.
        None => {
            let document = window.document_id();
            let element = constructed(cx, document, &definition, is)?;
            element.object().set_prototype(Some(&prototype));
            Ok(element.value())
        }
        // 11.
        Some(None) => Err(Error::type_error(format!(
            "the constructor of {} constructs its element twice",
            &*definition.name
        ))),
        // 12.–15.
        Some(Some(element)) => {
            element.object().set_prototype(Some(&prototype));
            if let Some(last) = definition.construction_stack.borrow_mut().last_mut() {
                *last = None;
            }
            Ok(element.value())
        }
    }
}

/// Step 9: an element that script makes with `new`.
fn constructed(
    cx: &mut Cx,
    document: NodeId,
    definition: &GcCell<Definition>,
    is: Option<LocalName>,
) -> Fallible<Obj<Node>> {
    let name = QualName::new(None, ns!(html), definition.local_name.clone());
    let element: Obj<Node> = make(cx, document, name, is.as_deref())?.upcast();
    element.with_custom_mut(|custom| {
        custom.state = State::Custom;
        custom.definition = Some(definition.clone());
    });
    upgrade::note_defined(cx, &element);
    Ok(element)
}
