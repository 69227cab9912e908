//! Realms: a global object with its own set of built-ins.

use std::any::Any;
use std::ops::Deref;
use std::rc::Rc;

use crate::raw::Host;
use crate::trace::{Trace, Tracer};
use crate::{Cx, Fallible, Object, PropertyKey, Value};

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
        cx.in_realm(&realm, initialize);
        Ok(realm)
    }

    /// The global object.
    #[must_use]
    pub fn global_object(&self) -> Object {
        // The engine has no public accessor on the realm itself; the intrinsic
        // global is reached through the host data that every realm of ours has.
        Object(self.global_of())
    }

    fn global_of(&self) -> boa_engine::JsObject {
        match self.0.host_defined().get::<Host<Global>>() {
            Some(global) => global.0.object.0.clone(),
            None => unreachable!("`remember_global` ran when the realm was made"),
        }
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

struct Global {
    object: Object,
}

impl Trace for Global {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.object.trace(tracer);
    }
}

impl Cx {
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
pub(crate) fn initialize(cx: &mut Cx) {
    let object = cx.global();
    let realm = cx.context().realm().clone();
    let old = realm.host_defined_mut().insert(Host(Global { object }));
    drop(old);
    crate::random::install(cx);
}
