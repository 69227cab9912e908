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
//! It lives in a box of its own that the object of script owns and traces;
//! [`Obj`] is a handle to the object, typed as the interface it was asked for,
//! that reaches the data directly. No borrow of the object is kept, so native
//! code may call script, which may come back to the same object. That is also
//! why native data is changed through cells ([`Slot`](crate::Slot), `Cell`,
//! `RefCell`) whose borrows must end before anything that may run script.

use std::any::{Any, TypeId};
use std::cell::{Cell, OnceCell};
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use boa_engine::JsObject;

use crate::raw::{Branded, Held, Host, Uncounted};
use crate::trace::{Trace, Tracer};
use crate::{Cx, Object, Value};

/// Native data behind an object of script. Derived, with `#[base]` on the field
/// that holds the data of the parent interface.
pub trait Platform: Trace + Any {
    /// The part of this type: the data itself or, through `#[base]`, the data of
    /// an ancestor. `None` when the object does not have that interface.
    fn part(&self, id: TypeId) -> Option<&dyn Any>;

    /// The object that script gets to see instead of the one with this data: the
    /// `WindowProxy` of a global object.
    #[inline]
    fn stand_in(&self) -> Option<Object> {
        None
    }

    /// The object whose data a brand check finds behind the proxy with this data.
    #[inline]
    fn stands_for(&self) -> Option<Object> {
        None
    }
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

    /// Puts on a new object what each object of this interface has as its own
    /// (`[LegacyUnforgeable]`).
    fn init(_cx: &mut Cx, _object: &Object) {}
}

/// Native data with what every platform object has.
pub(crate) struct Native<T: ?Sized> {
    /// Made for the first [`WeakObj`]: cleared when the object is collected.
    alive: OnceCell<Rc<Cell<bool>>>,
    data: T,
}

impl<T: Platform> Native<T> {
    pub(crate) fn new(data: T) -> Rc<Native<dyn Platform>> {
        LIVE.with(|live| live.set(live.get() + 1));
        Rc::new(Self { alive: OnceCell::new(), data })
    }
}

impl Native<dyn Platform> {
    #[inline]
    pub(crate) fn part<T: 'static>(&self) -> Option<&T> {
        self.data.part(TypeId::of::<T>())?.downcast_ref::<T>()
    }

    pub(crate) fn any_part(&self, id: TypeId) -> Option<&dyn Any> {
        self.data.part(id)
    }

    #[inline]
    pub(crate) fn stand_in(&self) -> Option<Object> {
        self.data.stand_in()
    }

    pub(crate) fn stands_for(&self) -> Option<Object> {
        self.data.stands_for()
    }
}

impl<T: ?Sized> Drop for Native<T> {
    fn drop(&mut self) {
        if let Some(alive) = self.alive.get() {
            alive.set(false);
        }
        // At the end of a thread the counter may be gone before the heap.
        let _ = LIVE.try_with(|live| live.set(live.get() - 1));
    }
}

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

/// How many platform objects this thread has: made and not yet collected.
#[must_use]
pub fn live_platform_objects() -> usize {
    LIVE.with(Cell::get)
}

/// What an engine object of ours holds.
pub(crate) struct NativeData {
    data: Option<Rc<Native<dyn Platform>>>,
}

/// The one owner that visits the data's handles.
impl Trace for NativeData {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(native) = &self.data {
            native.data.trace(tracer);
        }
    }
}

impl NativeData {
    pub(crate) fn empty() -> Host<Self> {
        Host(Self { data: None })
    }

    pub(crate) fn new(data: Rc<Native<dyn Platform>>) -> Host<Self> {
        Host(Self { data: Some(data) })
    }

    /// The data behind `object`, if it is one of ours (not through a proxy).
    #[inline]
    pub(crate) fn of(object: &Object) -> Option<Rc<Native<dyn Platform>>> {
        object.0.downcast_ref::<Host<Self>>()?.0.data.clone()
    }

    /// Whether `object` is one of ours.
    #[inline]
    pub(crate) fn is_in(object: &JsObject) -> bool {
        object.is::<Host<Self>>()
    }

    /// Whether `object` is one of ours, and if it has the interface of that type.
    fn branded(object: &Object, id: TypeId) -> Option<Option<Branded>> {
        let native = object.0.downcast_ref::<Host<Self>>()?;
        Some(Branded::new(object.clone(), native.0.data.as_ref()?, id))
    }

    /// Gives data to an object that was made without (a global object).
    pub(crate) fn attach(object: &JsObject, data: Rc<Native<dyn Platform>>) -> bool {
        match object.downcast_mut::<Host<Self>>() {
            Some(mut native) if native.0.data.is_none() => {
                native.0.data = Some(data);
                true
            }
            _ => false,
        }
    }
}

/// The brand check of [`Obj::from_object`], for all types.
pub(crate) fn branded(cx: &Cx, object: &Object, id: TypeId) -> Option<Branded> {
    if let Some(branded) = NativeData::branded(object, id) {
        return branded;
    }
    let data = crate::exotic::data_behind(cx, object)?;
    match Branded::new(object.clone(), &data, id) {
        Some(branded) => Some(branded),
        None => NativeData::branded(&data.stands_for()?, id)?,
    }
}

/// A new ordinary object with this data.
fn script_object(cx: &mut Cx, prototype: &Object, data: &Rc<Native<dyn Platform>>) -> Object {
    let native = NativeData::new(Rc::clone(data));
    let prototype = prototype.0.clone();
    Object(JsObject::new(cx.context().root_shape(), prototype, native).upcast())
}

/// A handle to a platform object, known to have the interface `T`.
///
/// Dereferences to the native data. Cloning is a counter; equality is the
/// identity of the object. Tracing visits the object, which owns the data.
pub struct Obj<T: 'static> {
    held: Held<T>,
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
        T::init(cx, obj.object());
        match handler {
            None => obj,
            Some(handler) => {
                let proxy = crate::exotic::proxy(cx, obj.object(), &handler);
                Self { held: obj.held.behind(proxy) }
            }
        }
    }

    /// A new ordinary object with this data, whatever its interface.
    #[must_use]
    pub fn plain(cx: &mut Cx, prototype: &Object, data: T) -> Self {
        crate::heap::settle(cx);
        let data = Native::new(data);
        Self::join(script_object(cx, prototype, &data), &data)
    }

    /// Gives its data to the global object of a realm; see
    /// [`Realm`](crate::Realm).
    ///
    /// # Panics
    /// If the global object has data already: a realm has one global.
    #[must_use]
    pub fn global(realm: &crate::Realm, data: T) -> Self {
        let data = Native::new(data);
        let object = realm.global_object();
        assert!(
            NativeData::attach(&object.0, Rc::clone(&data)),
            "the global object of a realm gets its data once"
        );
        Self::join(object, &data)
    }

    /// # Panics
    /// If a hand-written [`Platform::part`] denies its own type.
    fn join(object: Object, data: &Rc<Native<dyn Platform>>) -> Self {
        match Branded::new(object, data, TypeId::of::<T>()).and_then(Self::from_branded) {
            Some(obj) => obj,
            None => panic!("Platform::part must find the type itself"),
        }
    }
}

impl<T: 'static> Obj<T> {
    /// The handle that a brand check for `T` found.
    #[inline]
    pub(crate) fn from_branded(branded: Branded) -> Option<Self> {
        Some(Self { held: branded.held()? })
    }

    /// As another interface of the object that a brand check found.
    pub(crate) fn from_branded_as(branded: &Branded) -> Option<Self> {
        Some(Self { held: branded.other()? })
    }

    /// The object of script.
    #[inline]
    #[must_use]
    pub fn object(&self) -> &Object {
        self.held.object()
    }

    /// The object as script sees it: itself, or what stands for it
    /// ([`Platform::stand_in`]).
    #[inline]
    #[must_use]
    pub fn value(&self) -> Value {
        match self.held.whole().stand_in() {
            None => Value::from(self.object()),
            Some(object) => Value::from(object),
        }
    }

    /// The handle for `object`, if it is a platform object with interface `T`:
    /// the brand check. Never runs script; a proxy that a page made is no
    /// platform object.
    #[inline]
    #[must_use]
    pub fn from_object(cx: &Cx, object: &Object) -> Option<Self> {
        Self::from_branded(branded(cx, object, TypeId::of::<T>())?)
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
        Some(Obj { held: self.held.other()? })
    }

    /// The data of another interface, if the object has it.
    #[inline]
    #[must_use]
    pub fn as_part<D: 'static>(&self) -> Option<&D> {
        self.held.whole().part()
    }

    /// A handle that does not keep the object alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakObj<T> {
        let alive = self.held.whole().alive.get_or_init(|| Rc::new(Cell::new(true)));
        let object = Uncounted::new(self.object(), Rc::clone(alive));
        WeakObj { object, kind: PhantomData }
    }

    /// Whether the object has interface `D`.
    #[inline]
    #[must_use]
    pub fn is<D: 'static>(&self) -> bool {
        self.held.whole().part::<D>().is_some()
    }
}

/// A handle to a platform object that does not keep it alive, and costs the
/// collector nothing. Holds no handle, so tracing it is a formality.
pub struct WeakObj<T: 'static> {
    object: Uncounted,
    kind: PhantomData<fn() -> T>,
}

impl<T: 'static> WeakObj<T> {
    /// The object, unless it was collected.
    #[must_use]
    pub fn upgrade(&self, cx: &Cx) -> Option<Obj<T>> {
        Obj::from_object(cx, &self.object.get()?)
    }
}

impl<T: 'static> Clone for WeakObj<T> {
    fn clone(&self) -> Self {
        Self { object: self.object.clone(), kind: PhantomData }
    }
}

impl<T: 'static> Trace for WeakObj<T> {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

impl<T: 'static> Deref for Obj<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.held.part()
    }
}

impl<T: 'static> Clone for Obj<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { held: self.held.clone() }
    }
}

impl<T: 'static> Trace for Obj<T> {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.object().trace(tracer);
    }
}

impl<T: 'static, U: 'static> PartialEq<Obj<U>> for Obj<T> {
    fn eq(&self, other: &Obj<U>) -> bool {
        self.object() == other.object()
    }
}

impl<T: 'static> Eq for Obj<T> {}

impl<T: 'static> std::hash::Hash for Obj<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.object().hash(state);
    }
}

impl<T: 'static> std::fmt::Debug for Obj<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Obj<{}>({:#x})", std::any::type_name::<T>(), self.object().address())
    }
}

impl<T: 'static> From<Obj<T>> for Value {
    fn from(obj: Obj<T>) -> Self {
        obj.value()
    }
}

impl<T: 'static> From<&Obj<T>> for Value {
    fn from(obj: &Obj<T>) -> Self {
        obj.value()
    }
}
