//! Realms: a global object with its own set of built-ins.

use std::any::Any;
use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use crate::fast::Fast;
use crate::raw::Host;
use crate::trace::{Trace, Tracer};
use crate::{Cx, Error, Fallible, Object, PropertyKey, Value};

/// A handle to a realm. Cloning is a counter; equality is identity. A realm is
/// kept alive by handles, by its global object and by functions made in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Realm(pub(crate) boa_engine::realm::Realm);

impl Realm {
    /// A new realm with fresh built-ins and an empty global object, which gets
    /// its native data with [`Obj::global`](crate::Obj::global).
    ///
    /// # Errors
    /// If the engine cannot make one.
    pub fn new(cx: &mut Cx) -> Fallible<Self> {
        let result = cx.context_mut().create_realm();
        let realm = Self(cx.lift(result)?);
        cx.in_realm(&realm, initialize)?;
        Ok(realm)
    }

    /// As [`new`](Self::new), with another object as the value of `this` and
    /// `globalThis` at the top of its scripts.
    ///
    /// # Errors
    /// If the engine cannot make one.
    pub fn with_this(cx: &mut Cx, this: &Object) -> Fallible<Self> {
        let next = Rc::clone(&cx.state().next_global_this);
        next.replace(Some(this.0.clone()));
        let realm = Self::new(cx);
        drop(next.take());
        realm
    }

    /// The global object.
    #[must_use]
    pub fn global_object(&self) -> Object {
        self.built_ins().global.clone()
    }

    fn built_ins(&self) -> boa_gc::GcRef<'_, BuiltIns> {
        boa_gc::GcRef::map(self.0.host_defined(), |data| match data.get::<Host<BuiltIns>>() {
            Some(built_ins) => &built_ins.0,
            None => unreachable!("`initialize` ran when the realm was made"),
        })
    }

    /// Puts typed data into the realm, replacing what was there of this type.
    /// The realm traces it.
    pub fn insert_data<T: Trace + 'static>(&self, data: Rc<T>) {
        let old = self.0.host_defined_mut().insert(Host(Shared(data)));
        drop(old);
    }

    /// The realm's data of this type, if there is any.
    #[must_use]
    pub fn data<T: Trace + 'static>(&self) -> Option<RealmData<T>> {
        let data = Rc::clone(&self.0.host_defined().get::<Host<Shared<T>>>()?.0.0);
        Some(RealmData { _realm: self.clone(), data })
    }
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Realm({:#x})", self.global_object().address())
    }
}

impl Trace for Realm {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.0);
    }
}

/// Data of a realm; keeps the realm alive, since the realm owns the handles in
/// it. Not to be stored in the heap.
pub struct RealmData<T: 'static> {
    _realm: Realm,
    data: Rc<T>,
}

impl<T> Deref for RealmData<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

/// The realm's own copy, the one owner that visits the handles.
struct Shared<T>(Rc<T>);

impl<T: Trace> Trace for Shared<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        (*self.0).trace(tracer);
    }
}

/// Built-ins as they were before any page ran, so that what a page does to them
/// changes nothing here.
#[derive(virga_js_derive::Trace)]
pub(crate) struct BuiltIns {
    pub(crate) global: Object,
    pub(crate) reflect_get: Object,
    pub(crate) reflect_set: Object,
    pub(crate) reflect_define: Object,
    pub(crate) reflect_delete: Object,
    pub(crate) get_own_property_descriptor: Object,
    pub(crate) bind: Object,
    pub(crate) is_array: Object,
    pub(crate) array_iterator_next: Value,
    /// Nothing is pending on the global object any more ([`crate::settle`]).
    #[trace(skip)]
    pub(crate) settled: Cell<bool>,
    pub(crate) fast: Option<Fast>,
}

impl BuiltIns {
    /// Of the current realm, which is new.
    fn new(cx: &mut Cx) -> Fallible<Self> {
        let intrinsics = cx.context().intrinsics();
        let reflect = Object(intrinsics.objects().reflect());
        let object = Object(intrinsics.constructors().object().constructor());
        let function = Object(intrinsics.constructors().function().prototype());
        let array = Object(intrinsics.constructors().array().constructor());
        let array_iterator = Object(intrinsics.objects().iterator_prototypes().array());
        Ok(Self {
            global: cx.global(),
            reflect_get: method(cx, &reflect, "get")?,
            reflect_set: method(cx, &reflect, "set")?,
            reflect_define: method(cx, &reflect, "defineProperty")?,
            reflect_delete: method(cx, &reflect, "deleteProperty")?,
            get_own_property_descriptor: method(cx, &object, "getOwnPropertyDescriptor")?,
            bind: method(cx, &function, "bind")?,
            is_array: method(cx, &array, "isArray")?,
            array_iterator_next: array_iterator.get(cx, "next")?,
            settled: Cell::new(false),
            fast: if cx.state().options.slow_built_ins { None } else { Some(Fast::install(cx)?) },
        })
    }
}

fn method(cx: &mut Cx, object: &Object, name: &str) -> Fallible<Object> {
    match object.get_method(cx, name)? {
        Some(method) => Ok(method),
        None => Err(Error::type_error(format!("the engine has no built-in {name}"))),
    }
}

impl Cx {
    /// One of the built-ins of the current realm.
    pub(crate) fn built_in<R>(&self, pick: impl FnOnce(&BuiltIns) -> R) -> R {
        pick(&self.realm().built_ins())
    }

    /// The current realm's data of this type.
    ///
    /// # Panics
    /// If there is none: whoever makes the realm inserts it. [`Realm::data`]
    /// asks.
    #[must_use]
    pub fn realm_data<T: Trace + Any>(&self) -> RealmData<T> {
        match self.realm().data() {
            Some(data) => data,
            None => panic!("no realm data of type {}", std::any::type_name::<T>()),
        }
    }

    /// A property of the current realm's global object, as script would read it.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn global_property(&mut self, key: impl Into<PropertyKey>) -> Fallible<Value> {
        let global = self.global();
        global.get(self, key)
    }
}

/// Prepares the current realm, which is new: nothing of a page has run in it.
pub(crate) fn initialize(cx: &mut Cx) -> Fallible<()> {
    let built_ins = BuiltIns::new(cx)?;
    let realm = cx.context().realm().clone();
    let old = realm.host_defined_mut().insert(Host(built_ins));
    drop(old);
    crate::depth::install(cx);
    crate::random::install(cx);
    crate::json::install(cx);
    crate::settle::install(cx)
}
