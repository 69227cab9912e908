//! `customElements`: <https://html.spec.whatwg.org/#custom-elements-api>

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;
use virga_dom::{LocalName, NodeId, ns};
use virga_js::{
    Callback, Cx, DomExceptionName, DomString, Error, Fallible, GcCell, Obj, Object, Platform,
    Promise, Resolver, Trace, Value,
    webidl::{FromJs as _, Place},
};

use super::{
    definition::{Definition, Lifecycle},
    is_valid_name,
    reactions::enqueue_upgrade,
    upgrade::try_to_upgrade,
};
use crate::{
    agent::EngineCx,
    generated::{CustomElementRegistryMethods, ElementDefinitionOptions},
    html,
    window::Window,
    wrappers::Node,
};

/// <https://html.spec.whatwg.org/#customelementregistry>
#[derive(Default, Trace, Platform)]
pub(crate) struct CustomElementRegistry {
    definitions: RefCell<Vec<GcCell<Definition>>>,
    #[trace(skip)]
    by_name: RefCell<FxHashMap<LocalName, usize>>,
    /// By the constructor's address, which stays as long as the definition does.
    #[trace(skip)]
    by_constructor: RefCell<FxHashMap<usize, usize>>,
    waiting: RefCell<Vec<Waiting>>,
    is_running: Cell<bool>,
}

/// A promise of `whenDefined`.
#[derive(Trace)]
struct Waiting {
    #[trace(skip)]
    name: LocalName,
    promise: Promise,
    resolver: Resolver,
}

impl CustomElementRegistry {
    /// The registry of a window.
    pub(super) fn of(cx: &mut Cx, window: &Obj<Window>) -> Obj<Self> {
        window.singleton(cx, |_| Self::default())
    }

    /// The definition for elements of a name, or of an `is` value.
    pub(super) fn find(&self, local: &LocalName, is: Option<&str>) -> Option<GcCell<Definition>> {
        let by_name = |name: &LocalName| {
            let index = *self.by_name.borrow().get(name)?;
            self.definitions.borrow().get(index).cloned()
        };
        if let Some(found) = by_name(local).filter(|found| found.is_autonomous()) {
            return Some(found);
        }
        by_name(&LocalName::from(is?)).filter(|found| found.local_name == *local)
    }

    pub(super) fn by_constructor(&self, constructor: &Object) -> Option<GcCell<Definition>> {
        let index = *self.by_constructor.borrow().get(&constructor.address())?;
        self.definitions.borrow().get(index).cloned()
    }
}

fn not_supported(message: String) -> Error {
    Error::dom(DomExceptionName::NotSupported, message)
}

fn check_name(name: &str) -> Fallible<()> {
    if is_valid_name(name) {
        return Ok(());
    }
    Err(Error::dom(
        DomExceptionName::Syntax,
        format!(
            "{name:?} is no name for a custom element: it needs a hyphen, and starts with a letter from a to z"
        ),
    ))
}

/// Steps 14.1 to 14.13 of `define`: what the class says of itself.
struct Class {
    callbacks: Vec<(Lifecycle, Callback)>,
    observed: Vec<LocalName>,
    disabled: Vec<DomString>,
    form_associated: bool,
}

impl Class {
    fn read(cx: &mut Cx, constructor: &Object) -> Fallible<Self> {
        let prototype = constructor.get(cx, "prototype")?;
        let Some(prototype) = prototype.as_object() else {
            return Err(Error::type_error(
                "customElements.define: the prototype of the class is not an object",
            ));
        };
        let mut callbacks = Vec::new();
        for which in Lifecycle::ALL {
            read_callback(cx, &prototype, which, &mut callbacks)?;
        }
        let mut observed = Vec::new();
        if callbacks.iter().any(|(which, _)| *which == Lifecycle::AttributeChanged) {
            let names = read_names(cx, constructor, "observedAttributes")?;
            observed = names.iter().map(|name| LocalName::from(&*name.to_str())).collect();
        }
        let disabled = read_names(cx, constructor, "disabledFeatures")?;
        let form_associated = constructor.get(cx, "formAssociated")?.to_boolean();
        if form_associated {
            for which in Lifecycle::OF_FORMS {
                read_callback(cx, &prototype, which, &mut callbacks)?;
            }
        }
        Ok(Self { callbacks, observed, disabled, form_associated })
    }

    fn disables(&self, feature: &str) -> bool {
        self.disabled.iter().any(|name| name.to_str() == feature)
    }
}

fn read_callback(
    cx: &mut Cx,
    prototype: &Object,
    which: Lifecycle,
    callbacks: &mut Vec<(Lifecycle, Callback)>,
) -> Fallible<()> {
    let value = prototype.get(cx, which.name())?;
    if value.is_undefined() {
        return Ok(());
    }
    match value.as_object().filter(Object::is_callable) {
        Some(function) => {
            callbacks.push((which, Callback::new(cx, function)));
            Ok(())
        }
        None => Err(Error::type_error(format!(
            "customElements.define: {} is not a function",
            which.name()
        ))),
    }
}

fn read_names(cx: &mut Cx, constructor: &Object, name: &'static str) -> Fallible<Vec<DomString>> {
    let value = constructor.get(cx, name)?;
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    Vec::<DomString>::from_js(cx, &value, &Place::Value(name))
}

impl CustomElementRegistryMethods for Obj<CustomElementRegistry> {
    /// <https://html.spec.whatwg.org/#dom-customelementregistry-define>
    fn define(
        &self,
        cx: &mut Cx,
        name: DomString,
        constructor: Object,
        options: ElementDefinitionOptions,
    ) -> Fallible<()> {
        // 1.
        if !constructor.is_constructor() {
            return Err(Error::type_error(
                "customElements.define: the class cannot be constructed",
            ));
        }
        // 2.
        let text = name.to_str();
        check_name(&text)?;
        let name = LocalName::from(&*text);
        // 3.–4.
        if self.by_name.borrow().contains_key(&name) {
            return Err(not_supported(format!("{text:?} is defined already")));
        }
        if let Some(known) = self.by_constructor(&constructor) {
            return Err(not_supported(format!("the class is used for {:?} already", &*known.name)));
        }
        // 5.–7.
        let mut local_name = name.clone();
        if let Some(extends) = &options.extends {
            let extends = extends.to_str();
            if is_valid_name(&extends) || html::interface_of(&extends) == "HTMLUnknownElement" {
                return Err(not_supported(format!(
                    "{extends:?} is no built-in element that could be extended"
                )));
            }
            local_name = LocalName::from(&*extends);
        }
        // 8.–9.
        if self.is_running.replace(true) {
            return Err(not_supported("another element is being defined".to_owned()));
        }
        // 14.–15.
        let class = Class::read(cx, &constructor);
        self.is_running.set(false);
        let class = class?;
        // 16.–17.
        let definition = GcCell::new(Definition {
            name: name.clone(),
            local_name,
            constructor: Callback::new(cx, constructor.clone()),
            form_associated: class.form_associated,
            disable_internals: class.disables("internals"),
            disable_shadow: class.disables("shadow"),
            callbacks: class.callbacks,
            observed: class.observed,
            construction_stack: RefCell::default(),
        });
        let index = self.definitions.borrow().len();
        self.definitions.borrow_mut().push(definition.clone());
        self.by_name.borrow_mut().insert(name.clone(), index);
        self.by_constructor.borrow_mut().insert(constructor.address(), index);
        let agent = cx.engine();
        agent.reactions.set_in_use();
        cx.window().loading.custom_elements.define(name.clone());
        // 18.–20.
        for element in candidates(cx, &definition) {
            let element = cx.wrap(element);
            enqueue_upgrade(cx, &element, definition.clone());
        }
        // 21.
        let waiting = {
            let mut waiting = self.waiting.borrow_mut();
            let at = waiting.iter().position(|waiting| waiting.name == name);
            at.map(|at| waiting.swap_remove(at))
        };
        match waiting {
            Some(waiting) => waiting.resolver.resolve(cx, Value::from(&constructor)),
            None => Ok(()),
        }
    }

    fn get(&self, _: &mut Cx, name: DomString) -> Fallible<Value> {
        let name = LocalName::from(&*name.to_str());
        let found = self.by_name.borrow().get(&name).copied();
        let found = found.and_then(|index| self.definitions.borrow().get(index).cloned());
        Ok(found.map_or_else(Value::undefined, |found| Value::from(found.constructor.object())))
    }

    fn get_name(&self, _: &mut Cx, constructor: Object) -> Fallible<Option<DomString>> {
        Ok(self.by_constructor(&constructor).map(|found| DomString::from(&*found.name)))
    }

    /// <https://html.spec.whatwg.org/#dom-customelementregistry-whendefined>
    fn when_defined(&self, cx: &mut Cx, name: DomString) -> Fallible<Promise> {
        // 1.
        let text = name.to_str();
        if let Err(error) = check_name(&text) {
            return Promise::rejected(cx, error);
        }
        // 2.
        let name = LocalName::from(&*text);
        let found = self.by_name.borrow().get(&name).copied();
        let found = found.and_then(|index| self.definitions.borrow().get(index).cloned());
        if let Some(found) = found {
            return Promise::resolved(cx, Value::from(found.constructor.object()));
        }
        // 3.–5.
        let known = {
            let waiting = self.waiting.borrow();
            waiting.iter().find(|waiting| waiting.name == name).map(|w| w.promise.clone())
        };
        if let Some(promise) = known {
            return Ok(promise);
        }
        let (promise, resolver) = Promise::new(cx);
        self.waiting.borrow_mut().push(Waiting { name, promise: promise.clone(), resolver });
        Ok(promise)
    }

    /// <https://html.spec.whatwg.org/#dom-customelementregistry-upgrade>
    fn upgrade(&self, cx: &mut Cx, root: Obj<Node>) -> Fallible<()> {
        let elements: Vec<NodeId> = {
            let agent = cx.engine();
            let tree = agent.tree();
            tree.shadow_including_descendants(root.id()).filter(|id| tree.is_element(*id)).collect()
        };
        for element in elements {
            try_to_upgrade(cx, element);
        }
        Ok(())
    }
}

/// The elements of the document that the definition is for, in shadow-including
/// tree order.
fn candidates(cx: &Cx, definition: &Definition) -> Vec<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    let document = cx.window().document_id();
    tree.shadow_including_descendants(document)
        .filter(|&id| {
            tree.name(id)
                .is_some_and(|name| name.ns == ns!(html) && name.local == definition.local_name)
                && (definition.is_autonomous() || tree.is_value(id) == Some(&*definition.name))
        })
        .collect()
}
