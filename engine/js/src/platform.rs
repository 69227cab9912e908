//! Platform objects: objects of script with native data behind them.
//!
//! The data of an object is one Rust value, composed as the interfaces inherit:
//!
//! ```ignore
//! #[derive(Trace, Platform)]
//! pub struct Node { #[base] target: EventTarget, id: NodeId }
//! #[derive(Trace, Platform)]
//! pub struct Element { #[base] node: Node }
//! ```
//!
//! It lives in an `Rc` that the object of script owns and traces; [`Obj`] is a
//! handle to both, typed as the interface it was asked for. Glue copies the `Rc`
//! out and keeps no borrow, so native code may call script, which may come back
//! to the same object. That is also why native data is changed through cells
//! ([`Slot`](crate::Slot), `Cell`, `RefCell`) whose borrows must end before
//! anything that may run script.

use std::any::{Any, TypeId};
use std::ops::Deref;
use std::rc::Rc;

use boa_engine::JsObject;

use crate::raw::{Host, Part};
use crate::trace::{Trace, Tracer};
use crate::{Cx, Object, Value};

/// Native data behind an object of script. Derived, with `#[base]` on the field
/// that holds the data of the parent interface.
pub trait Platform: Trace + Any {
    /// The part of this type: the data itself or, through `#[base]`, the data of
    /// an ancestor. `None` when the object does not have that interface.
    fn part(&self, id: TypeId) -> Option<&dyn Any>;
}

/// A platform type that has an interface of script, so that objects of it can be
/// made. Generated.
pub trait Interface: Platform {
    /// The name of the interface.
    const NAME: &'static str;

    /// Its prototype object in the current realm, installed if need be.
    fn prototype(cx: &mut Cx) -> Object;

    /// The handler of the proxies that stand for objects of this interface, if
    /// it has indexed or named properties ([`crate::exotic`]).
    fn exotic(_cx: &mut Cx) -> Option<Object> {
        None
    }
}

/// What an engine object of ours holds.
pub(crate) struct NativeData {
    data: Option<Rc<dyn Platform>>,
}

/// The one owner that visits the data's handles.
impl Trace for NativeData {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(data) = &self.data {
            (**data).trace(tracer);
        }
    }
}

impl NativeData {
    pub(crate) fn empty() -> Host<Self> {
        Host(Self { data: None })
    }

    pub(crate) fn new(data: Rc<dyn Platform>) -> Host<Self> {
        Host(Self { data: Some(data) })
    }

    /// The data behind `object`, if it is one of ours (not through a proxy).
    #[inline]
    pub(crate) fn of(object: &JsObject) -> Option<Rc<dyn Platform>> {
        object.downcast_ref::<Host<Self>>()?.0.data.clone()
    }

    /// Gives data to an object that was made without (a global object).
    pub(crate) fn attach(object: &JsObject, data: Rc<dyn Platform>) -> bool {
        match object.downcast_mut::<Host<Self>>() {
            Some(mut native) if native.0.data.is_none() => {
                native.0.data = Some(data);
                true
            }
            _ => false,
        }
    }
}

/// A handle to a platform object, known to have the interface `T`.
///
/// Dereferences to the native data. Cloning is two counters; equality is the
/// identity of the object. Tracing visits the object, which owns the data.
pub struct Obj<T: 'static> {
    object: Object,
    part: Part<T>,
}

impl<T: Platform> Obj<T> {
    /// A new object with this data and the prototype of `T` in the current
    /// realm; a proxy if `T` has indexed or named properties.
    #[must_use]
    pub fn new(cx: &mut Cx, data: T) -> Self
    where
        T: Interface,
    {
        let prototype = T::prototype(cx);
        Self::with_prototype(cx, &prototype, data)
    }

    /// As [`new`](Self::new), with another prototype (of a subclass of script, or
    /// of another realm).
    #[must_use]
    pub fn with_prototype(cx: &mut Cx, prototype: &Object, data: T) -> Self
    where
        T: Interface,
    {
        let handler = T::exotic(cx);
        let obj = Self::plain(cx, prototype, data);
        match handler {
            None => obj,
            Some(handler) => Self {
                object: crate::exotic::proxy(cx, &obj.object, &handler, &obj.part),
                part: obj.part,
            },
        }
    }

    /// A new ordinary object with this data, whatever its interface.
    #[must_use]
    pub fn plain(cx: &mut Cx, prototype: &Object, data: T) -> Self {
        let data: Rc<dyn Platform> = Rc::new(data);
        let native = NativeData::new(Rc::clone(&data));
        let object =
            JsObject::new(cx.context().root_shape(), prototype.0.clone(), native).upcast();
        Self::join(Object(object), data)
    }

    /// Gives its data to the global object of a realm; see
    /// [`Realm`](crate::Realm).
    ///
    /// # Panics
    /// If the global object has data already: a realm has one global.
    #[must_use]
    pub fn global(realm: &crate::Realm, data: T) -> Self {
        let data: Rc<dyn Platform> = Rc::new(data);
        let object = realm.global_object();
        assert!(
            NativeData::attach(&object.0, Rc::clone(&data)),
            "the global object of a realm gets its data once"
        );
        Self::join(object, data)
    }

    /// # Panics
    /// If a hand-written [`Platform::part`] denies its own type.
    fn join(object: Object, data: Rc<dyn Platform>) -> Self {
        match Part::of(data) {
            Some(part) => Self { object, part },
            None => panic!("Platform::part must find the type itself"),
        }
    }
}

impl<T: 'static> Obj<T> {
    /// The object of script.
    #[inline]
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The object of script, as a value.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Value {
        Value::from(&self.object)
    }

    /// The handle for `object`, if it is a platform object with interface `T`:
    /// the brand check. Never runs script; a proxy that a page made is no
    /// platform object.
    #[inline]
    #[must_use]
    pub fn from_object(cx: &Cx, object: &Object) -> Option<Self> {
        let data = match NativeData::of(&object.0) {
            Some(data) => data,
            None => crate::exotic::data_behind(cx, object)?,
        };
        Some(Self { object: object.clone(), part: Part::of(data)? })
    }

    /// The handle for `value`, if it is a platform object with interface `T`.
    #[inline]
    #[must_use]
    pub fn from_value(cx: &Cx, value: &Value) -> Option<Self> {
        Self::from_object(cx, &value.as_object()?)
    }

    /// The same object as one of its ancestors' interfaces.
    ///
    /// # Panics
    /// If `B` is not an ancestor: a mistake in the program, not in its input.
    #[inline]
    #[must_use]
    pub fn upcast<B: 'static>(&self) -> Obj<B> {
        match self.downcast() {
            Some(obj) => obj,
            None => panic!(
                "{} is not a base of {}",
                std::any::type_name::<B>(),
                std::any::type_name::<T>()
            ),
        }
    }

    /// The same object as another interface, if it has it.
    #[inline]
    #[must_use]
    pub fn downcast<D: 'static>(&self) -> Option<Obj<D>> {
        let part = Part::of(Rc::clone(self.part.whole()))?;
        Some(Obj { object: self.object.clone(), part })
    }

    /// The data of another interface, if the object has it.
    #[inline]
    #[must_use]
    pub fn as_part<D: 'static>(&self) -> Option<&D> {
        crate::raw::find(&**self.part.whole())
    }

    /// Whether the object has interface `D`.
    #[inline]
    #[must_use]
    pub fn is<D: 'static>(&self) -> bool {
        self.part.whole().part(TypeId::of::<D>()).is_some()
    }
}

impl<T: 'static> Deref for Obj<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.part
    }
}

impl<T: 'static> Clone for Obj<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { object: self.object.clone(), part: self.part.clone() }
    }
}

impl<T: 'static> Trace for Obj<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.object.trace(tracer);
    }
}

impl<T: 'static, U: 'static> PartialEq<Obj<U>> for Obj<T> {
    fn eq(&self, other: &Obj<U>) -> bool {
        self.object == other.object
    }
}

impl<T: 'static> Eq for Obj<T> {}

impl<T: 'static> std::hash::Hash for Obj<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.object.hash(state);
    }
}

impl<T: 'static> std::fmt::Debug for Obj<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Obj<{}>({:#x})", std::any::type_name::<T>(), self.object.address())
    }
}

impl<T: 'static> From<Obj<T>> for Value {
    fn from(obj: Obj<T>) -> Self {
        Self::from(obj.object)
    }
}

impl<T: 'static> From<&Obj<T>> for Value {
    fn from(obj: &Obj<T>) -> Self {
        obj.value()
    }
}
