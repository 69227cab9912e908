//! Installing interfaces on a realm:
//! <https://webidl.spec.whatwg.org/#js-interfaces>.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use boa_engine::builtins::object::OrdinaryObject;
use boa_engine::object::FunctionObjectBuilder;
use boa_engine::property::{PropertyDescriptor, PropertyKey as JsKey};
use boa_engine::{JsObject, JsString, JsValue};

use super::spec::{
    CallbackObject, Constant, Exposure, HasSpec, InterfaceSpec, Iteration, Member, MemberKind,
};
use crate::settle::put_pending;
use crate::{
    Cx, DomString, Error, Fallible, Flags, Function, Interface, NativeFn, Obj, Object, Property,
    PropertyKey, Symbol, Trace, Tracer, Value, dom_string,
};

/// A realm's interfaces.
pub(super) struct Interfaces {
    entries: RefCell<Vec<Option<Entry>>>,
    exposure: Exposure,
    /// The functions of `Map` and `Set` as they were before any script ran.
    pub(super) collections: Vec<(super::Collection, &'static str, Object)>,
    /// Some of `Array.prototype`, as they were then.
    arrays: Vec<(&'static str, Object)>,
}

/// One installed interface.
struct Entry {
    prototype: Object,
    interface: Object,
    /// The functions of `[LegacyFactoryFunction]`.
    factories: Vec<Object>,
    unforgeables: Vec<(PropertyKey, Property)>,
    exotic: OnceCell<Object>,
    /// The prototype of its iterator objects.
    iterator: OnceCell<Object>,
}

impl Trace for Entry {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.prototype.trace(tracer);
        self.interface.trace(tracer);
        self.factories.trace(tracer);
        for (_, property) in &self.unforgeables {
            property.get.trace(tracer);
            property.set.trace(tracer);
            property.value.trace(tracer);
        }
        self.exotic.trace(tracer);
        self.iterator.trace(tracer);
    }
}

impl Trace for Interfaces {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.entries.trace(tracer);
        for (_, _, function) in &self.collections {
            function.trace(tracer);
        }
        for (_, function) in &self.arrays {
            function.trace(tracer);
        }
    }
}

/// Installs the interfaces of `specs` that are exposed on this kind of global,
/// on the current realm. To be called once per realm, before any script.
///
/// The global object's own interface (`[Global]`) gives it its prototype and its
/// members. The others get their names now, and are made when one is asked for: by
/// name, by an object of theirs, by an interface that inherits from them.
///
/// # Errors
/// If the engine lacks a built-in.
pub fn install(
    cx: &mut Cx,
    specs: &'static [&'static InterfaceSpec],
    exposure: Exposure,
) -> Fallible<()> {
    let mut entries = Vec::new();
    entries.resize_with(specs.len(), || None);
    let collections = super::iteration::collection_functions(cx)?;
    let array = Object(cx.context().intrinsics().constructors().array().prototype());
    let mut arrays = Vec::new();
    for name in ["entries", "keys", "values", "forEach"] {
        arrays.extend(array.get(cx, name)?.as_object().map(|function| (name, function)));
    }
    let data =
        Rc::new(Interfaces { entries: RefCell::new(entries), exposure, collections, arrays });
    cx.realm().insert_data(Rc::clone(&data));
    let is_exposed = |spec: &InterfaceSpec| {
        spec.exposure.meets(exposure) && (!spec.secure_context || exposure.is_secure())
    };
    let exposed = || specs.iter().filter(|spec| is_exposed(spec));
    if let Some(spec) = exposed().find(|spec| spec.global) {
        install_global(cx, &data, spec);
    }
    for spec in exposed() {
        if spec.namespace {
            put_pending(cx, spec.name, Name(spec, Part::Namespace), make);
            continue;
        }
        if !spec.no_interface_object {
            for name in std::iter::once(&spec.name).chain(spec.aliases) {
                put_pending(cx, name, Name(spec, Part::Interface), make);
            }
        }
        for (index, (name, _, _)) in spec.factories.iter().enumerate() {
            put_pending(cx, name, Name(spec, Part::Factory(index)), make);
        }
    }
    Ok(())
}

/// What a property of the global object names.
struct Name(&'static InterfaceSpec, Part);

#[derive(Clone, Copy)]
enum Part {
    Interface,
    Factory(usize),
    Namespace,
}

impl Trace for Name {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

fn make(cx: &mut Cx, Name(spec, part): &Name) -> Value {
    let data = cx.realm_data::<Interfaces>();
    match *part {
        Part::Namespace => namespace(cx, spec, data.exposure).into(),
        Part::Interface => ensure(cx, &data, spec).1.into(),
        Part::Factory(index) => {
            ensure(cx, &data, spec);
            let entries = data.entries.borrow();
            let entry = entries.get(spec.index).and_then(Option::as_ref);
            entry
                .and_then(|entry| entry.factories.get(index))
                .map_or_else(Value::undefined, Value::from)
        }
    }
}

/// The legacy objects of callback interfaces with constants (`NodeFilter`).
pub fn install_callback_objects(cx: &mut Cx, objects: &'static [CallbackObject]) {
    let global = cx.global();
    for (name, values) in objects {
        let illegal = NativeFn::new(|_: &mut Cx, _: &Value, _: &[Value]| {
            Err(Error::type_error("Illegal constructor: a callback interface has no objects"))
        });
        let object = Function::constructor(cx, *name, 0, illegal);
        constants(&object.0, values);
        global.put(*name, Property::data(object, Flags::HIDDEN));
    }
}

/// The prototype object of an interface in the current realm.
///
/// # Panics
/// If the realm has no interfaces installed, or not this one: a mistake of the
/// program.
#[must_use]
pub fn prototype(cx: &mut Cx, spec: &'static InterfaceSpec) -> Object {
    let data = cx.realm_data::<Interfaces>();
    let made = {
        let entries = data.entries.borrow();
        entries.get(spec.index).and_then(Option::as_ref).map(|entry| entry.prototype.clone())
    };
    match made {
        Some(prototype) => prototype,
        None if spec.exposure.meets(data.exposure) => ensure(cx, &data, spec).0,
        None => panic!("{} is not exposed in this realm", spec.name),
    }
}

/// The interface object of an interface in the current realm, if it is exposed.
#[must_use]
pub fn interface_object(cx: &mut Cx, spec: &'static InterfaceSpec) -> Option<Object> {
    let data = cx.realm_data::<Interfaces>();
    spec.exposure.meets(data.exposure).then(|| ensure(cx, &data, spec).1)
}

/// A function of `Array.prototype` as it was before any script ran.
///
/// # Panics
/// If it is none of `entries`, `keys`, `values`, `forEach`.
#[must_use]
pub fn array_function(cx: &mut Cx, name: &'static str) -> Object {
    let data = cx.realm_data::<Interfaces>();
    match data.arrays.iter().find(|(known, _)| *known == name) {
        Some((_, function)) => function.clone(),
        None => panic!("{name} of Array.prototype is not kept"),
    }
}

/// What an entry remembers, made on first use.
pub(super) fn remembered(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    slot: Remembered,
    make: impl FnOnce(&mut Cx) -> Object,
) -> Object {
    let data = cx.realm_data::<Interfaces>();
    ensure(cx, &data, spec);
    let find = |slot: Remembered| {
        let entries = data.entries.borrow();
        let entry = entries.get(spec.index)?.as_ref()?;
        match slot {
            Remembered::Exotic => entry.exotic.get().cloned(),
            Remembered::Iterator => entry.iterator.get().cloned(),
        }
    };
    if let Some(found) = find(slot) {
        return found;
    }
    let made = make(cx);
    let entries = data.entries.borrow();
    if let Some(entry) = entries.get(spec.index).and_then(Option::as_ref) {
        let cell = match slot {
            Remembered::Exotic => &entry.exotic,
            Remembered::Iterator => &entry.iterator,
        };
        // Nobody else can have set it: making it runs no script.
        let _ = cell.set(made.clone());
    }
    made
}

/// What [`remembered`] keeps.
#[derive(Clone, Copy)]
pub(super) enum Remembered {
    /// The handler of its proxies.
    Exotic,
    /// The prototype of its iterators.
    Iterator,
}

/// Puts the `[LegacyUnforgeable]` members on a new object, ancestors' too.
pub fn define_unforgeables(cx: &mut Cx, spec: &'static InterfaceSpec, object: &Object) {
    let data = cx.realm_data::<Interfaces>();
    ensure(cx, &data, spec);
    define_unforgeables_of(&data, spec, object);
}

/// What a constructor returns: the new object, with the prototype that
/// `new.target` asks for.
///
/// # Errors
/// What a getter for `prototype` throws.
pub fn constructed<T: Interface + HasSpec>(
    cx: &mut Cx,
    new_target: &Object,
    object: &Obj<T>,
) -> Fallible<Value> {
    give_prototype(cx, T::SPEC, new_target, object.object())?;
    Ok(object.value())
}

fn give_prototype(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    new_target: &Object,
    object: &Object,
) -> Fallible<()> {
    if interface_object(cx, spec).as_ref() != Some(new_target) {
        let wanted = crate::prototype_for(cx, &Value::from(new_target), |cx| prototype(cx, spec))?;
        object.set_prototype(Some(&wanted));
    }
    Ok(())
}

/// `[PutForwards]`: assigns to an attribute of the attribute's object.
///
/// # Errors
/// What a getter or setter throws; the attribute is no object.
pub fn put_forward(
    cx: &mut Cx,
    this: &Value,
    name: &'static str,
    target: &'static str,
    value: &Value,
) -> Fallible<Value> {
    let Some(this) = this.as_object() else { return Ok(Value::undefined()) };
    let object = this.get(cx, name)?;
    let Some(object) = object.as_object() else {
        return Err(Error::Type(format!("{name} is not an object, so it has no {target} to set")));
    };
    object.set(cx, target, value.clone())?;
    Ok(Value::undefined())
}

/// `[Replaceable]`: the value becomes a data property of the object.
///
/// # Errors
/// The object does not take it.
pub fn replace(cx: &mut Cx, this: &Value, name: &'static str, value: &Value) -> Fallible<Value> {
    if let Some(this) = this.as_object() {
        this.create(cx, name, value.clone())?;
    }
    Ok(Value::undefined())
}

/// The prototype and the interface object of an interface, which is made if it is
/// not there yet, and first what it inherits from.
fn ensure(cx: &mut Cx, data: &Interfaces, spec: &'static InterfaceSpec) -> (Object, Object) {
    let known = |data: &Interfaces| {
        let entries = data.entries.borrow();
        let entry = entries.get(spec.index)?.as_ref()?;
        Some((entry.prototype.clone(), entry.interface.clone()))
    };
    if let Some(found) = known(data) {
        return found;
    }
    let parent = spec.parent.map(|parent| ensure(cx, data, parent));
    let intrinsics = cx.context().intrinsics();
    let parent_prototype = match &parent {
        Some((prototype, _)) => prototype.0.clone(),
        // The one interface whose prototype inherits from an intrinsic one:
        // <https://webidl.spec.whatwg.org/#create-an-interface-prototype-object>.
        None if spec.name == "DOMException" => intrinsics.constructors().error().prototype(),
        None => intrinsics.constructors().object().prototype(),
    };
    let prototype = JsObject::new_unique(parent_prototype, OrdinaryObject).upcast();

    if !spec.unscopables.is_empty() {
        let names = Object::with_prototype(cx, None);
        for name in spec.unscopables {
            names.put(*name, Property::data(true, Flags::ALL));
        }
        Object(prototype.clone()).put(Symbol::unscopables(), Property::data(names, Flags::TAG));
    }
    constants(&prototype, spec.constants);
    if !spec.global {
        members(cx, &prototype, spec.members, data.exposure);
        iteration(cx, data, &prototype, spec);
    }
    let wrapped = Object(prototype.clone());
    wrapped.put(Symbol::to_string_tag(), Property::data(spec.name, Flags::TAG));

    let interface = interface_function(cx, spec, parent.as_ref().map(|(_, object)| object));
    interface.put(dom_string!("prototype"), Property::data(&wrapped, Flags::FIXED));
    constants(&interface.0, spec.constants);
    members(cx, &interface.0, spec.statics, data.exposure);
    if !spec.no_interface_object {
        wrapped.put(dom_string!("constructor"), Property::data(&interface, Flags::HIDDEN));
    }
    let factories = spec.factories.iter().map(|(name, function, length)| {
        let factory = Function::constructor(cx, *name, *length, *function);
        factory.put(dom_string!("prototype"), Property::data(&wrapped, Flags::FIXED));
        factory
    });
    let factories = factories.collect();
    let unforgeables = unforgeables(cx, spec, data.exposure);
    let entry = Entry {
        prototype: wrapped.clone(),
        interface: interface.clone(),
        factories,
        unforgeables,
        exotic: OnceCell::new(),
        iterator: OnceCell::new(),
    };
    if let Some(slot) = data.entries.borrow_mut().get_mut(spec.index) {
        *slot = Some(entry);
    }
    if let Some(hook) = spec.hook {
        hook(cx, &wrapped);
    }
    (wrapped, interface)
}

/// The interface object.
fn interface_function(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    parent: Option<&Object>,
) -> Object {
    let illegal = NativeFn::new(|_: &mut Cx, _: &Value, _: &[Value]| {
        Err(Error::type_error("Illegal constructor"))
    });
    let (function, length) = spec.constructor.unwrap_or((illegal, 0));
    let object = Function::constructor(cx, spec.name, length, function);
    if let Some(parent) = parent {
        object.set_prototype(Some(parent));
    }
    object
}

/// The global object gets its interface's members as its own.
fn install_global(cx: &mut Cx, data: &Interfaces, spec: &'static InterfaceSpec) {
    let global = cx.global();
    let (prototype, _) = ensure(cx, data, spec);
    global.set_prototype(Some(&prototype));
    members(cx, &global.0, spec.members, data.exposure);
    iteration(cx, data, &global.0, spec);
    define_unforgeables_of(data, spec, &global);
}

fn define_unforgeables_of(data: &Interfaces, spec: &'static InterfaceSpec, object: &Object) {
    let entries = data.entries.borrow();
    for spec in spec.chain() {
        let Some(Some(entry)) = entries.get(spec.index) else { continue };
        for (key, property) in &entry.unforgeables {
            object.put(key, property.clone());
        }
    }
}

/// <https://webidl.spec.whatwg.org/#js-namespaces>
fn namespace(cx: &mut Cx, spec: &'static InterfaceSpec, exposure: Exposure) -> Object {
    let object = Object::new(cx);
    // <https://console.spec.whatwg.org/#console-namespace>: "for historical web-compatibility
    // reasons" an empty object comes between.
    if spec.name == "console" {
        let between = Object::new(cx);
        object.set_prototype(Some(&between));
    }
    constants(&object.0, spec.constants);
    members(cx, &object.0, spec.members, exposure);
    object.put(Symbol::to_string_tag(), Property::data(spec.name, Flags::TAG));
    object
}

fn constants(object: &JsObject, list: &[(&'static str, Constant)]) {
    for (name, value) in list {
        let value = match value {
            Constant::Number(number) => JsValue::from(*number),
            Constant::Bool(value) => JsValue::from(*value),
            Constant::Null => JsValue::null(),
        };
        let property = PropertyDescriptor::builder()
            .value(value)
            .writable(false)
            .enumerable(true)
            .configurable(false);
        object.insert_property(JsString::from(*name), property);
    }
}

/// Whether a member is there on this kind of global.
fn exposed(member: &Member, exposure: Exposure) -> bool {
    member.exposure.meets(exposure) && (!member.secure || exposure.is_secure())
}

fn members(cx: &mut Cx, object: &JsObject, list: &'static [Member], exposure: Exposure) {
    for member in list.iter().filter(|m| exposed(m, exposure)) {
        let name = ascii(member.name);
        let property = match member.kind {
            MemberKind::Attribute { get, set } => {
                let get = accessor(cx, "get ", member.name, 0, get);
                let set = set.map(|set| accessor(cx, "set ", member.name, 1, set));
                PropertyDescriptor::builder()
                    .get(get)
                    .set(set.map_or_else(JsValue::undefined, JsValue::from))
                    .enumerable(true)
                    .configurable(true)
                    .build()
            }
            MemberKind::Operation { function, length } => {
                let function = native(cx, name.clone(), length, function);
                PropertyDescriptor::builder()
                    .value(function)
                    .writable(true)
                    .enumerable(true)
                    .configurable(true)
                    .build()
            }
        };
        object.insert_property(JsKey::from(name), property);
    }
}

fn unforgeables(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    exposure: Exposure,
) -> Vec<(PropertyKey, Property)> {
    let flags = Flags { writable: false, enumerable: true, configurable: false };
    spec.unforgeables
        .iter()
        .filter(|m| exposed(m, exposure))
        .map(|member| {
            let property = match member.kind {
                MemberKind::Attribute { get, set } => {
                    let get = Object(accessor(cx, "get ", member.name, 0, get));
                    let set = set.map(|set| Object(accessor(cx, "set ", member.name, 1, set)));
                    Property::accessor(Some(get), set, flags)
                }
                MemberKind::Operation { function, length } => {
                    let function = native(cx, ascii(member.name), length, function);
                    Property::data(Object(function), flags)
                }
            };
            (PropertyKey::from(member.name), property)
        })
        .collect()
}

fn iteration(cx: &mut Cx, data: &Interfaces, prototype: &JsObject, spec: &'static InterfaceSpec) {
    let object = Object(prototype.clone());
    match spec.iteration {
        Iteration::None => {
            // Indexed properties alone make an object iterable.
            let indexed = spec.exotic.is_some_and(|exotic| exotic.indexed.is_some());
            if indexed {
                let values = cx.context().intrinsics().objects().array_prototype_values();
                object
                    .put(Symbol::iterator(), Property::data(Object(values.into()), Flags::HIDDEN));
            }
        }
        Iteration::Indexed => {
            for (name, function) in &data.arrays {
                object.put(*name, Property::data(function, Flags::ALL));
                if *name == "values" {
                    object.put(Symbol::iterator(), Property::data(function, Flags::HIDDEN));
                }
            }
        }
        Iteration::Pairs { entries, keys, values, for_each } => {
            let entries = Object(native(cx, ascii("entries"), 0, entries));
            object.put("entries", Property::data(&entries, Flags::ALL));
            for (name, function, length) in
                [("keys", keys, 0), ("values", values, 0), ("forEach", for_each, 1)]
            {
                let function = Object(native(cx, ascii(name), length, function));
                object.put(name, Property::data(function, Flags::ALL));
            }
            object.put(Symbol::iterator(), Property::data(entries, Flags::HIDDEN));
        }
        Iteration::Map | Iteration::Set => {
            let name = if matches!(spec.iteration, Iteration::Map) { "entries" } else { "values" };
            let own = object.stored_property(&PropertyKey::from(name)).flatten();
            if let Some(function) = own.and_then(|property| property.value) {
                object.put(Symbol::iterator(), Property::data(function, Flags::HIDDEN));
            }
        }
        Iteration::AsyncValues { values } => {
            let values = Object(native(cx, ascii("values"), 0, values));
            object.put("values", Property::data(&values, Flags::ALL));
            object.put(Symbol::async_iterator(), Property::data(values, Flags::HIDDEN));
        }
        Iteration::AsyncPairs { entries, keys, values } => {
            let entries = Object(native(cx, ascii("entries"), 0, entries));
            object.put("entries", Property::data(&entries, Flags::ALL));
            for (name, function) in [("keys", keys), ("values", values)] {
                let function = Object(native(cx, ascii(name), 0, function));
                object.put(name, Property::data(function, Flags::ALL));
            }
            object.put(Symbol::async_iterator(), Property::data(entries, Flags::HIDDEN));
        }
    }
}

fn ascii(text: &'static str) -> JsString {
    DomString::from(text).0
}

fn accessor(cx: &mut Cx, prefix: &str, name: &str, length: usize, f: NativeFn) -> JsObject {
    let mut text = String::with_capacity(prefix.len() + name.len());
    text.push_str(prefix);
    text.push_str(name);
    native(cx, DomString::from(text).0, length, f)
}

fn native(cx: &mut Cx, name: JsString, length: usize, f: NativeFn) -> JsObject {
    FunctionObjectBuilder::new(cx.context().realm(), f.into_js())
        .name(name)
        .length(length)
        .constructor(false)
        .build()
        .into()
}
