//! The context: the hand that everything which touches script holds.

use std::any::Any;
use std::rc::Rc;

use boa_engine::Context;

use crate::runtime::State;
use crate::{DomExceptionName, Object, Realm, Value};

/// The context of the thread's script engine, with a current realm.
///
/// Passed down as `&mut Cx` by everything that may touch the heap or run script;
/// whoever does not get one, cannot. Native functions are called with the realm
/// of the function as the current realm.
#[repr(transparent)]
pub struct Cx(Context);

impl Cx {
    #[inline]
    pub(crate) fn context(&self) -> &Context {
        &self.0
    }

    #[inline]
    pub(crate) fn context_mut(&mut self) -> &mut Context {
        &mut self.0
    }

    #[inline]
    pub(crate) fn state(&self) -> &Rc<State> {
        match self.0.get_data::<Rc<State>>() {
            Some(state) => state,
            None => unreachable!("`Runtime::new` puts the state into every context"),
        }
    }

    /// The current realm.
    #[must_use]
    pub fn realm(&self) -> Realm {
        Realm(self.0.realm().clone())
    }

    /// The global object of the current realm.
    #[must_use]
    pub fn global(&self) -> Object {
        Object(self.0.global_object())
    }

    /// The realm of the script that was entered last, which is the one that called
    /// the native function at hand unless it did so through a function of another
    /// realm ("incumbent realm"). Outside of script, the current one.
    #[must_use]
    pub fn incumbent_realm(&self) -> Realm {
        self.state().incumbent().unwrap_or_else(|| self.realm())
    }

    /// Runs `f` with `realm` as the current realm.
    pub fn in_realm<R>(&mut self, realm: &Realm, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.0.enter_realm(realm.0.clone());
        let result = f(self);
        self.0.enter_realm(before);
        result
    }

    /// Puts data into the context, for all realms, replacing what was there of
    /// this type. Handles inside are roots.
    pub fn insert_agent<T: Any>(&mut self, data: Rc<T>) {
        self.0.insert_data(data);
    }

    /// The context's data of this type.
    ///
    /// # Panics
    /// If there is none: the owner of the runtime inserts it right after making
    /// it. [`try_agent`](Self::try_agent) asks.
    #[inline]
    #[must_use]
    pub fn agent<T: Any>(&self) -> Rc<T> {
        match self.try_agent() {
            Some(data) => data,
            None => panic!("no agent data of type {}", std::any::type_name::<T>()),
        }
    }

    /// The context's data of this type, if there is any.
    #[inline]
    #[must_use]
    pub fn try_agent<T: Any>(&self) -> Option<Rc<T>> {
        self.0.get_data::<Rc<T>>().cloned()
    }

    /// Collects garbage now: stops the world for a time that grows with the live
    /// heap.
    pub fn collect_garbage(&mut self) {
        boa_gc::force_collect();
    }

    /// The exception object for a DOM exception; before a factory is set, an
    /// `Error` with that name.
    pub(crate) fn dom_exception(&mut self, name: DomExceptionName, message: String) -> Value {
        let factory = self.state().dom_exception.get();
        match factory {
            Some(factory) => factory(self, name, message),
            None => {
                let error = boa_engine::JsNativeError::error().with_message(message);
                let object = Object(error.into_opaque(self.context_mut()));
                object.put(
                    crate::dom_string!("name"),
                    crate::Property::data(name.as_str(), crate::Flags::HIDDEN),
                );
                Value::from(object)
            }
        }
    }

    /// Sets how [`Error::Dom`](crate::Error::Dom) becomes an object. The factory must not fail and
    /// should not run script.
    pub fn set_dom_exception_factory(&mut self, factory: DomExceptionFactory) {
        self.state().dom_exception.set(Some(factory));
    }

    /// Whether the script that is being unwound was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.state().stopping.get()
    }
}

/// Makes a `DOMException` object in the current realm.
pub type DomExceptionFactory = fn(&mut Cx, DomExceptionName, String) -> Value;
