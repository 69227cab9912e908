//! Objects of script and their properties.

use boa_engine::JsObject;
use boa_engine::builtins::object::OrdinaryObject;
use boa_engine::object::IntegrityLevel;
use boa_engine::object::builtins::{JsArray, JsSet};
use boa_engine::property::{DescriptorKind, PropertyDescriptor};

use crate::platform::NativeData;
use crate::settle::{is_pending, settle};
use crate::trace::{Trace, Tracer};
use crate::{Cx, Error, Fallible, PropertyKey, Value, raw};

/// A handle to an object. Equality is identity; cloning is a counter.
///
/// On the stack a handle is a root. Stored in traced data it must be visited
/// ([`Trace`]).
#[derive(Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Object(pub(crate) JsObject);

impl Object {
    /// A new `{}` of the current realm.
    #[must_use]
    pub fn new(cx: &Cx) -> Self {
        let prototype = cx.context().intrinsics().constructors().object().prototype();
        Self(JsObject::new(cx.context().root_shape(), prototype, OrdinaryObject).upcast())
    }

    /// A new ordinary object with this prototype.
    #[must_use]
    pub fn with_prototype(cx: &Cx, prototype: Option<&Self>) -> Self {
        let prototype = prototype.map(|object| object.0.clone());
        Self(JsObject::new(cx.context().root_shape(), prototype, OrdinaryObject).upcast())
    }

    /// A new array of the current realm.
    #[must_use]
    pub fn array(cx: &mut Cx, items: impl IntoIterator<Item = Value>) -> Self {
        Self(JsArray::from_iter(items.into_iter().map(Value::into_js), cx.context_mut()).into())
    }

    /// A new, empty `Set` of the current realm.
    #[must_use]
    pub fn new_set(cx: &mut Cx) -> Self {
        Self(JsSet::new(cx.context_mut()).into())
    }

    /// `[[Get]]`. May run script.
    ///
    /// # Errors
    /// What a getter or proxy throws.
    pub fn get(&self, cx: &mut Cx, key: impl Into<PropertyKey>) -> Fallible<Value> {
        let result = self.0.get(key.into().0, cx.context_mut());
        cx.lift(result).map(Value)
    }

    /// The method of that name, `None` if it is `undefined` or `null`
    /// ("GetMethod"). May run script.
    ///
    /// # Errors
    /// What a getter throws; a value that cannot be called.
    pub fn get_method(&self, cx: &mut Cx, key: impl Into<PropertyKey>) -> Fallible<Option<Self>> {
        let value = self.get(cx, key)?;
        if value.is_nullish() {
            return Ok(None);
        }
        match value.as_object() {
            Some(object) if object.is_callable() => Ok(Some(object)),
            _ => Err(Error::type_error(format!("{} is not a function", value.display()))),
        }
    }

    /// `[[Set]]`, throwing when it is refused, as in strict code. May run script.
    ///
    /// # Errors
    /// What a setter or proxy throws; a property that cannot be set.
    pub fn set(
        &self,
        cx: &mut Cx,
        key: impl Into<PropertyKey>,
        value: impl Into<Value>,
    ) -> Fallible<()> {
        let result = self.0.set(key.into().0, value.into().0, true, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// `[[HasProperty]]`. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws.
    pub fn has(&self, cx: &mut Cx, key: impl Into<PropertyKey>) -> Fallible<bool> {
        let result = self.0.has_property(key.into().0, cx.context_mut());
        cx.lift(result)
    }

    /// Whether there is an own property. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws.
    pub fn has_own(&self, cx: &mut Cx, key: impl Into<PropertyKey>) -> Fallible<bool> {
        let result = self.0.has_own_property(key.into().0, cx.context_mut());
        cx.lift(result)
    }

    /// `[[Delete]]`, throwing when it is refused. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws; a property that cannot be deleted.
    pub fn delete(&self, cx: &mut Cx, key: impl Into<PropertyKey>) -> Fallible<()> {
        let result = self.0.delete_property_or_throw(key.into().0, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// `[[OwnPropertyKeys]]`, in the order script sees. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws.
    pub fn own_keys(&self, cx: &mut Cx) -> Fallible<Vec<PropertyKey>> {
        let result = self.0.own_property_keys(cx.context_mut());
        Ok(cx.lift(result)?.into_iter().map(PropertyKey).collect())
    }

    /// `[[GetOwnProperty]]`. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws.
    pub fn own_property(
        &self,
        cx: &mut Cx,
        key: impl Into<PropertyKey>,
    ) -> Fallible<Option<Property>> {
        let key: PropertyKey = key.into();
        if let Some(property) = self.stored_property(&key) {
            if !property.as_ref().is_some_and(|property| is_pending(cx, property)) {
                return Ok(property);
            }
            settle(cx, self, &key)?;
            return Ok(self.stored_property(&key).flatten());
        }
        // The engine's own method is private; the built-in function reaches it.
        let function = cx.built_in(|known| known.get_own_property_descriptor.clone());
        let descriptor =
            function.call(cx, &Value::undefined(), &[Value::from(self), Value::from(&key)])?;
        match descriptor.as_object() {
            None => Ok(None),
            Some(object) => Property::from_object(cx, &object).map(Some),
        }
    }

    /// The own property, read from where it is stored, if the object is one whose
    /// properties are all stored: an ordinary or platform object.
    pub(crate) fn stored_property(&self, key: &PropertyKey) -> Option<Option<Property>> {
        if !self.0.is_ordinary() && !NativeData::is_in(&self.0) {
            return None;
        }
        let property = self.0.borrow().properties().get(&key.0);
        Some(property.map(Property::from_js))
    }

    /// `[[DefineOwnProperty]]`, throwing when it is refused. May run script
    /// (proxies).
    ///
    /// # Errors
    /// What a proxy throws; a property that cannot be defined.
    pub fn define(
        &self,
        cx: &mut Cx,
        key: impl Into<PropertyKey>,
        property: Property,
    ) -> Fallible<()> {
        let key: PropertyKey = key.into();
        settle(cx, self, &key)?;
        let result = self.0.define_property_or_throw(key.0, property.into_js(), cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// "CreateDataProperty", throwing when it is refused: writable, enumerable,
    /// configurable. May run script (proxies).
    ///
    /// # Errors
    /// What a proxy throws; a property that cannot be created.
    pub fn create(
        &self,
        cx: &mut Cx,
        key: impl Into<PropertyKey>,
        value: impl Into<Value>,
    ) -> Fallible<()> {
        let result =
            self.0.create_data_property_or_throw(key.into().0, value.into().0, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// Puts a property into an ordinary object that script has not seen yet (or
    /// whose property is known to be definable): no checks, no script.
    pub fn put(&self, key: impl Into<PropertyKey>, property: Property) {
        self.0.insert_property(key.into().0, property.into_js());
    }

    /// The prototype of an ordinary object (a proxy's trap is not asked).
    #[must_use]
    pub fn prototype(&self) -> Option<Self> {
        self.0.prototype().map(Self)
    }

    /// Sets the prototype of an ordinary object; `false` if it is refused.
    pub fn set_prototype(&self, prototype: Option<&Self>) -> bool {
        self.0.set_prototype(prototype.map(|object| object.0.clone()))
    }

    /// Makes the object non-extensible and its properties fixed, values included
    /// ("frozen").
    ///
    /// # Errors
    /// What a proxy throws.
    pub fn freeze(&self, cx: &mut Cx) -> Fallible<()> {
        let result = self.0.set_integrity_level(IntegrityLevel::Frozen, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// Whether it can be called.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        self.0.is_callable()
    }

    /// Whether `new` works on it.
    #[must_use]
    pub fn is_constructor(&self) -> bool {
        self.0.is_constructor()
    }

    /// Whether it is an array itself (a proxy for one is not).
    #[must_use]
    pub fn is_array(&self) -> bool {
        self.0.is_array()
    }

    /// Calls it, directly: runs script without a budget, so use it only where
    /// script is on the stack already, or through [`Callback`](crate::Callback).
    ///
    /// # Errors
    /// What script throws.
    pub fn call(&self, cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
        self.call_counted(cx, &this.0, raw::js_values(args)).map(Value)
    }

    /// `new`, with `new.target` if it is another function. Runs script.
    ///
    /// # Errors
    /// What script throws.
    pub fn construct(
        &self,
        cx: &mut Cx,
        args: &[Value],
        new_target: Option<&Self>,
    ) -> Fallible<Self> {
        let new_target = new_target.map(|object| &object.0);
        let result = self.0.construct(raw::js_values(args), new_target, cx.context_mut());
        cx.lift(result).map(Self)
    }

    /// Calls the method of that name.
    ///
    /// # Errors
    /// What script throws; a method that is not there.
    pub fn invoke(
        &self,
        cx: &mut Cx,
        key: impl Into<PropertyKey>,
        args: &[Value],
    ) -> Fallible<Value> {
        let key: PropertyKey = key.into();
        match self.get_method(cx, &key)? {
            Some(method) => method.call(cx, &Value::from(self), args),
            None => Err(Error::type_error(format!(
                "{} is not a function",
                key.as_string().unwrap_or_default()
            ))),
        }
    }

    /// The length of an array-like object ("LengthOfArrayLike"). May run script.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn length(&self, cx: &mut Cx) -> Fallible<u64> {
        let length = self.get(cx, crate::dom_string!("length"))?;
        let result = length.0.to_length(cx.context_mut());
        cx.lift(result)
    }

    /// A number that differs between any two live objects; for hashing and logs.
    #[must_use]
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self.0.as_ref()).cast::<()>() as usize
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Object({:#x})", self.address())
    }
}

impl Trace for Object {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.0);
    }
}

/// A property descriptor: what is `None` is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Property {
    /// The value of a data property.
    pub value: Option<Value>,
    /// Whether a data property can be assigned to.
    pub writable: Option<bool>,
    /// The getter of an accessor: a function or `undefined`.
    pub get: Option<Value>,
    /// The setter of an accessor: a function or `undefined`.
    pub set: Option<Value>,
    /// Whether enumeration shows it.
    pub enumerable: Option<bool>,
    /// Whether it can be deleted and redefined.
    pub configurable: Option<bool>,
}

/// Attributes of a property that is defined whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Whether it can be assigned to.
    pub writable: bool,
    /// Whether enumeration shows it.
    pub enumerable: bool,
    /// Whether it can be deleted and redefined.
    pub configurable: bool,
}

impl Flags {
    /// Writable, enumerable, configurable: what assignment makes, and the
    /// operations of an interface.
    pub const ALL: Self = Self { writable: true, enumerable: true, configurable: true };
    /// Writable and configurable, not enumerable: what built-ins are.
    pub const HIDDEN: Self = Self { writable: true, enumerable: false, configurable: true };
    /// Configurable only: names, lengths, `Symbol.toStringTag`.
    pub const TAG: Self = Self { writable: false, enumerable: false, configurable: true };
    /// Enumerable only: constants of interfaces.
    pub const CONSTANT: Self = Self { writable: false, enumerable: true, configurable: false };
    /// Nothing: the `prototype` of an interface object.
    pub const FIXED: Self = Self { writable: false, enumerable: false, configurable: false };
}

impl Property {
    /// A data property.
    pub fn data(value: impl Into<Value>, flags: Flags) -> Self {
        Self {
            value: Some(value.into()),
            writable: Some(flags.writable),
            enumerable: Some(flags.enumerable),
            configurable: Some(flags.configurable),
            ..Self::default()
        }
    }

    /// An accessor property; `flags.writable` says nothing here.
    #[must_use]
    pub fn accessor(get: Option<Object>, set: Option<Object>, flags: Flags) -> Self {
        let or_undefined =
            |object: Option<Object>| object.map_or_else(Value::undefined, Value::from);
        Self {
            get: Some(or_undefined(get)),
            set: Some(or_undefined(set)),
            enumerable: Some(flags.enumerable),
            configurable: Some(flags.configurable),
            ..Self::default()
        }
    }

    /// Whether it has `get` or `set`.
    #[must_use]
    pub fn is_accessor(&self) -> bool {
        self.get.is_some() || self.set.is_some()
    }

    /// "ToPropertyDescriptor". May run script.
    ///
    /// # Errors
    /// What a getter throws; a descriptor that contradicts itself.
    pub fn from_object(cx: &mut Cx, object: &Object) -> Fallible<Self> {
        let result = object.0.to_property_descriptor(cx.context_mut());
        Ok(Self::from_js(cx.lift(result)?))
    }

    /// "FromPropertyDescriptor".
    ///
    /// # Errors
    /// None in practice.
    pub fn to_object(&self, cx: &mut Cx) -> Fallible<Object> {
        let object = Object::new(cx);
        let put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.put(name, Self::data(value, Flags::ALL));
            }
        };
        put("value", self.value.clone());
        put("writable", self.writable.map(Value::from));
        put("get", self.get.clone());
        put("set", self.set.clone());
        put("enumerable", self.enumerable.map(Value::from));
        put("configurable", self.configurable.map(Value::from));
        Ok(object)
    }

    fn into_js(self) -> PropertyDescriptor {
        let builder = PropertyDescriptor::builder()
            .maybe_enumerable(self.enumerable)
            .maybe_configurable(self.configurable);
        if self.get.is_some() || self.set.is_some() {
            builder
                .maybe_get(self.get.map(Value::into_js))
                .maybe_set(self.set.map(Value::into_js))
                .build()
        } else if self.value.is_some() || self.writable.is_some() {
            builder
                .maybe_value(self.value.map(Value::into_js))
                .maybe_writable(self.writable)
                .build()
        } else {
            builder.build()
        }
    }

    fn from_js(descriptor: PropertyDescriptor) -> Self {
        let mut property = Self {
            enumerable: descriptor.enumerable(),
            configurable: descriptor.configurable(),
            ..Self::default()
        };
        match descriptor.kind() {
            DescriptorKind::Data { value, writable } => {
                property.value = value.clone().map(Value);
                property.writable = *writable;
            }
            DescriptorKind::Accessor { get, set } => {
                property.get = get.clone().map(Value);
                property.set = set.clone().map(Value);
            }
            DescriptorKind::Generic => {}
        }
        property
    }
}
