//! Properties whose value is made when somebody asks for it.
//!
//! A global object has hundreds of properties, and a page uses few of them. The
//! engine has no data property that is filled later, so such a property stands on
//! the object as an accessor (a *pending* one), which makes the value when it is read
//! for the first time, and keeps what is assigned. Once script has returned it becomes
//! the data property that it stands for (it is *settled*): not earlier, since the
//! engine's inline caches do not expect that an accessor changes its object.
//!
//! Reading, writing, deleting and listing cannot tell the difference. What can are
//! the functions that describe or define properties: here they are wrapped, so that
//! they settle what they are about to look at. They stay what they were in all else.

use boa_engine::builtins::proxy::Proxy;

use crate::exotic::{data_behind, ordinary_set};
use crate::function::NativeFnWith;
use crate::platform::NativeData;
use crate::trace::Trace;
use crate::{Cx, Fallible, Flags, Function, Object, Property, PropertyKey, Slot, Tracer, Value};

/// Makes the value of a pending property, in the realm of its object.
pub(crate) type Make<T> = fn(&mut Cx, &T) -> Value;

/// A property that is not there yet.
struct Pending<T> {
    name: &'static str,
    what: T,
    make: Make<T>,
    /// What was made, or assigned.
    value: Slot<Option<Value>>,
}

impl<T: Trace> Trace for Pending<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.what.trace(tracer);
        self.value.trace(tracer);
    }
}

/// Puts a pending property on the current realm's global object: writable and
/// configurable, not enumerable.
pub(crate) fn put_pending<T: Trace + 'static>(
    cx: &mut Cx,
    name: &'static str,
    what: T,
    make: Make<T>,
) {
    let pending = Pending { name, what, make, value: Slot::new(None) };
    let function = Function::with_data(cx, name, 0, pending, access);
    let marker = marker(cx);
    function.set_prototype(Some(&marker));
    let accessor = Property::accessor(Some(function.clone()), Some(function), Flags::HIDDEN);
    cx.global().put(name, accessor);
}

/// The getter (called without arguments) and setter of a pending property.
fn access<T: Trace + 'static>(
    cx: &mut Cx,
    this: &Value,
    args: &[Value],
    pending: &Pending<T>,
) -> Fallible<Value> {
    let known = pending.value.get();
    let Some(assigned) = args.first() else {
        if let Some(value) = known {
            return Ok(value);
        }
        let made = (pending.make)(cx, &pending.what);
        pending.value.set(Some(made.clone()));
        let touched = (cx.global(), pending.name);
        cx.state().touched.borrow_mut().push(touched);
        return Ok(made);
    };
    if this.as_object().as_ref() == Some(&cx.global()) {
        pending.value.set(Some(assigned.clone()));
        if known.is_none() {
            let touched = (cx.global(), pending.name);
            cx.state().touched.borrow_mut().push(touched);
        }
        return Ok(Value::undefined());
    }
    // An object that inherits from the global one is assigned to: as if what it
    // inherits were the data property.
    let inherited = Object::with_prototype(cx, None);
    inherited.put(pending.name, Property::data(Value::undefined(), Flags::HIDDEN));
    ordinary_set(cx, &inherited, &Value::from(pending.name), assigned, this)?;
    Ok(Value::undefined())
}

/// Settles what script has used. No script is running.
pub(crate) fn settle_touched(cx: &mut Cx) -> Fallible<()> {
    loop {
        let Some((global, name)) = cx.state().touched.borrow_mut().pop() else { return Ok(()) };
        settle(cx, &global, &PropertyKey::from(name))?;
    }
}

/// The prototype of the accessor functions, by which they are known: script never
/// gets to see one.
fn marker(cx: &mut Cx) -> Object {
    if let Some(marker) = cx.state().pending_marker.get() {
        return marker.clone();
    }
    let made = Object::with_prototype(cx, None);
    cx.state().pending_marker.get_or_init(|| made).clone()
}

/// Settles a property of an object, if it is pending.
pub(crate) fn settle(cx: &mut Cx, object: &Object, key: &PropertyKey) -> Fallible<()> {
    if !NativeData::is_in(&object.0) {
        return Ok(());
    }
    if let Some(Some(property)) = object.stored_property(key)
        && is_pending(cx, &property)
        && let Some(getter) = property.get.and_then(|getter| getter.as_object())
    {
        let value = getter.call(cx, &Value::from(object), &[])?;
        object.put(key, Property::data(value, Flags::HIDDEN));
    }
    Ok(())
}

/// Whether a property is pending.
pub(crate) fn is_pending(cx: &Cx, property: &Property) -> bool {
    let getter = property.get.as_ref().and_then(Value::as_object);
    getter.is_some_and(|getter| match getter.prototype() {
        Some(prototype) => cx.state().pending_marker.get() == Some(&prototype),
        None => false,
    })
}

/// Settles all properties of an object.
fn settle_all(cx: &mut Cx, object: &Object) -> Fallible<()> {
    if NativeData::is_in(&object.0) {
        for key in object.own_keys(cx)? {
            settle(cx, object, &key)?;
        }
    }
    Ok(())
}

/// Settles what a wrapped function is about to look at: one property of the object,
/// or, without a key, all. The key comes back as it is to be used: converting it may
/// run script, once.
fn prepare(cx: &mut Cx, object: &Object, key: Option<&Value>) -> Fallible<Option<Value>> {
    // A proxy of script may stand for the global object, at any depth; those of ours
    // ask with `Object::own_property` and `exotic::ordinary_define`.
    if object.0.is::<Proxy>() {
        if data_behind(cx, object).is_none() && !cx.built_in(|known| known.settled.get()) {
            let global = cx.global();
            settle_all(cx, &global)?;
            cx.built_in(|known| known.settled.set(true));
        }
        return Ok(None);
    }
    if !NativeData::is_in(&object.0) {
        return Ok(None);
    }
    let Some(key) = key else {
        settle_all(cx, object)?;
        return Ok(None);
    };
    let key = key.to_property_key(cx)?;
    settle(cx, object, &key)?;
    Ok(Some(Value::from(&key)))
}

/// `f(object, key, …)`.
fn object_and_key(cx: &mut Cx, this: &Value, args: &[Value], f: &Object) -> Fallible<Value> {
    if let [object, key, rest @ ..] = args
        && let Some(object) = object.as_object()
        && let Some(key) = prepare(cx, &object, Some(key))?
    {
        let args: Vec<Value> =
            [Value::from(object), key].into_iter().chain(rest.iter().cloned()).collect();
        return f.call(cx, this, &args);
    }
    f.call(cx, this, args)
}

/// `f(object, …)`.
fn object(cx: &mut Cx, this: &Value, args: &[Value], f: &Object) -> Fallible<Value> {
    if let Some(object) = args.first().and_then(Value::as_object) {
        prepare(cx, &object, None)?;
    }
    f.call(cx, this, args)
}

/// `object.f(key, …)`.
fn this_and_key(cx: &mut Cx, this: &Value, args: &[Value], f: &Object) -> Fallible<Value> {
    if let [key, rest @ ..] = args
        && let Some(object) = this.as_object()
        && let Some(key) = prepare(cx, &object, Some(key))?
    {
        let args: Vec<Value> = std::iter::once(key).chain(rest.iter().cloned()).collect();
        return f.call(cx, this, &args);
    }
    f.call(cx, this, args)
}

/// Wraps the functions of the current realm, which is new.
pub(crate) fn install(cx: &mut Cx) -> Fallible<()> {
    let intrinsics = cx.context().intrinsics();
    let constructor = Object(intrinsics.constructors().object().constructor());
    let prototype = Object(intrinsics.constructors().object().prototype());
    let reflect = Object(intrinsics.objects().reflect());
    let functions: [(&Object, &'static str, usize, NativeFnWith<Object>); 12] = [
        (&constructor, "getOwnPropertyDescriptor", 2, object_and_key),
        (&constructor, "getOwnPropertyDescriptors", 1, object),
        (&constructor, "defineProperty", 3, object_and_key),
        (&constructor, "defineProperties", 2, object),
        (&constructor, "freeze", 1, object),
        (&constructor, "seal", 1, object),
        (&reflect, "getOwnPropertyDescriptor", 2, object_and_key),
        (&reflect, "defineProperty", 3, object_and_key),
        (&prototype, "__lookupGetter__", 1, this_and_key),
        (&prototype, "__lookupSetter__", 1, this_and_key),
        (&prototype, "__defineGetter__", 2, this_and_key),
        (&prototype, "__defineSetter__", 2, this_and_key),
    ];
    for (holder, name, length, wrapper) in functions {
        if let Some(original) = holder.get(cx, name)?.as_object() {
            let function = Function::with_data(cx, name, length, original, wrapper);
            holder.put(name, Property::data(function, Flags::HIDDEN));
        }
    }
    Ok(())
}
