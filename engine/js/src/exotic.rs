//! Objects with indexed or named properties ("legacy platform objects"), as
//! proxies whose traps are native.
//!
//! The engine keeps its internal methods to itself, so such an object is a proxy
//! over the ordinary object that holds the native data. All proxies of an
//! interface and realm share one handler object. A table tells which proxies are
//! ours, so that a brand check reaches the data behind one without asking its
//! traps, and a proxy made by a page is never taken for one of ours.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use boa_engine::builtins::proxy::Proxy;
use rustc_hash::FxHashMap;

use crate::platform::{Native, NativeData, Platform};
use crate::settle::settle;
use crate::{Cx, Fallible, Flags, Function, NativeFn, Object, Property, Value};

/// The proxies of ours, by address.
///
/// An entry does not keep its data alive. When a proxy and its data are gone, the
/// entry's upgrade fails, and the address may serve another proxy.
#[derive(Default)]
pub(crate) struct Identities {
    table: RefCell<FxHashMap<usize, Weak<Native<dyn Platform>>>>,
    sweep_at: std::cell::Cell<usize>,
}

impl Identities {
    fn insert(&self, address: usize, data: &Rc<Native<dyn Platform>>) {
        let mut table = self.table.borrow_mut();
        if table.len() >= self.sweep_at.get().max(256) {
            table.retain(|_, data| data.strong_count() > 0);
            self.sweep_at.set(table.len() * 2);
        }
        table.insert(address, Rc::downgrade(data));
    }

    fn get(&self, address: usize) -> Option<Rc<Native<dyn Platform>>> {
        self.table.borrow().get(&address)?.upgrade()
    }
}

/// The proxy that stands for `target`, with the shared `handler`.
pub(crate) fn proxy(cx: &mut Cx, target: &Object, handler: &Object) -> Object {
    let proxy = bare(cx, target, handler);
    if let Some(data) = NativeData::of(target) {
        cx.state().identities.insert(proxy.address(), &data);
    }
    proxy
}

/// A proxy over `target`, without native data behind it (the named properties
/// object of a global).
///
/// # Panics
/// Never: `Proxy` fails only for arguments that are no objects.
#[must_use]
pub fn bare(cx: &mut Cx, target: &Object, handler: &Object) -> Object {
    let constructor = Object(cx.context().intrinsics().constructors().proxy().constructor());
    match constructor.construct(cx, &[Value::from(target), Value::from(handler)], None) {
        Ok(proxy) => proxy,
        Err(error) => unreachable!("a proxy of two objects: {error}"),
    }
}

/// The data behind one of our proxies.
pub(crate) fn data_behind(cx: &Cx, object: &Object) -> Option<Rc<Native<dyn Platform>>> {
    if !object.0.is::<Proxy>() {
        return None;
    }
    cx.state().identities.get(object.address())
}

/// The native data of a trap's `target`.
#[must_use]
pub fn target_part<T: 'static>(cx: &Cx, target: &Value) -> Option<crate::Obj<T>> {
    let object = target.as_object()?;
    NativeData::of(&object)?;
    crate::Obj::from_object(cx, &object)
}

/// The native traps of a handler; what is `None` behaves as the ordinary target.
///
/// Arguments are those of the standard's traps: the target first, then for `get`
/// key and receiver, for `set` key, value and receiver, for `has`,
/// `delete_property` and `get_own_property_descriptor` the key, for
/// `define_property` key and descriptor object.
#[derive(Clone, Copy, Default)]
pub struct Traps {
    /// `[[Get]]`
    pub get: Option<NativeFn>,
    /// `[[Set]]`
    pub set: Option<NativeFn>,
    /// `[[HasProperty]]`
    pub has: Option<NativeFn>,
    /// `[[Delete]]`
    pub delete_property: Option<NativeFn>,
    /// `[[OwnPropertyKeys]]`
    pub own_keys: Option<NativeFn>,
    /// `[[GetOwnProperty]]`
    pub get_own_property_descriptor: Option<NativeFn>,
    /// `[[DefineOwnProperty]]`
    pub define_property: Option<NativeFn>,
    /// `[[PreventExtensions]]`
    pub prevent_extensions: Option<NativeFn>,
    /// `[[SetPrototypeOf]]`
    pub set_prototype_of: Option<NativeFn>,
    /// `[[GetPrototypeOf]]`
    pub get_prototype_of: Option<NativeFn>,
}

impl Traps {
    /// A handler object with these traps, to be made once per interface and
    /// realm. It has no prototype, so nothing a page does reaches it.
    #[must_use]
    pub fn handler(&self, cx: &mut Cx) -> Object {
        let handler = Object::with_prototype(cx, None);
        let traps = [
            ("get", self.get, 3),
            ("set", self.set, 4),
            ("has", self.has, 2),
            ("deleteProperty", self.delete_property, 2),
            ("ownKeys", self.own_keys, 1),
            ("getOwnPropertyDescriptor", self.get_own_property_descriptor, 2),
            ("defineProperty", self.define_property, 3),
            ("preventExtensions", self.prevent_extensions, 1),
            ("setPrototypeOf", self.set_prototype_of, 2),
            ("getPrototypeOf", self.get_prototype_of, 1),
        ];
        for (name, trap, length) in traps {
            if let Some(trap) = trap {
                let function = Function::native(cx, name, length, trap);
                handler.put(name, Property::data(function, Flags::HIDDEN));
            }
        }
        handler
    }
}

/// `[[Get]]` of the ordinary target with another receiver ("Reflect.get").
///
/// # Errors
/// What a getter throws.
pub fn ordinary_get(
    cx: &mut Cx,
    target: &Object,
    key: &Value,
    receiver: &Value,
) -> Fallible<Value> {
    // The usual case, without the detour through the engine's function: all
    // objects up to the property store what they have.
    let name = key.to_property_key(cx)?;
    let mut next = Some(target.clone());
    while let Some(object) = next {
        match object.stored_property(&name) {
            None => {
                let get = cx.built_in(|known| known.reflect_get.clone());
                let args = [Value::from(&object), key.clone(), receiver.clone()];
                return get.call(cx, &Value::undefined(), &args);
            }
            Some(Some(property)) => {
                if let Some(value) = property.value {
                    return Ok(value);
                }
                return match property.get.and_then(|getter| getter.as_object()) {
                    Some(getter) => getter.call(cx, receiver, &[]),
                    None => Ok(Value::undefined()),
                };
            }
            Some(None) => next = object.prototype(),
        }
    }
    Ok(Value::undefined())
}

/// `[[Set]]` of the ordinary target with another receiver ("Reflect.set").
///
/// # Errors
/// What a setter throws.
pub fn ordinary_set(
    cx: &mut Cx,
    target: &Object,
    key: &Value,
    value: &Value,
    receiver: &Value,
) -> Fallible<bool> {
    let set = cx.built_in(|known| known.reflect_set.clone());
    let args = [Value::from(target), key.clone(), value.clone(), receiver.clone()];
    Ok(set.call(cx, &Value::undefined(), &args)?.to_boolean())
}

/// `[[DefineOwnProperty]]` of the ordinary target; whether it was allowed
/// ("Reflect.defineProperty").
///
/// # Errors
/// A malformed descriptor.
pub fn ordinary_define(
    cx: &mut Cx,
    target: &Object,
    key: &Value,
    descriptor: &Value,
) -> Fallible<bool> {
    let key = key.to_property_key(cx)?;
    settle(cx, target, &key)?;
    let define = cx.built_in(|known| known.reflect_define.clone());
    let args = [Value::from(target), Value::from(&key), descriptor.clone()];
    Ok(define.call(cx, &Value::undefined(), &args)?.to_boolean())
}

/// `[[Delete]]` of the ordinary target; whether it was allowed
/// ("Reflect.deleteProperty").
///
/// # Errors
/// None for ordinary targets.
pub fn ordinary_delete(cx: &mut Cx, target: &Object, key: &Value) -> Fallible<bool> {
    let delete = cx.built_in(|known| known.reflect_delete.clone());
    let args = [Value::from(target), key.clone()];
    Ok(delete.call(cx, &Value::undefined(), &args)?.to_boolean())
}
