//! Objects with named properties that stand in a prototype chain: below them is what
//! has the name otherwise, so they are only asked for names that nothing else has.
//!
//! <https://webidl.spec.whatwg.org/#named-properties-object>

use virga_js::{
    Cx, Error, Fallible, Flags, NativeFn, Object, Property, PropertyKey, Value,
    exotic::{self, Traps},
};

/// What such an object knows.
pub(crate) trait Named {
    /// What a key stands for, if it is a name.
    fn find(cx: &mut Cx, key: &Value) -> Option<Value>;
}

/// The traps that answer for the names; none can be defined.
pub(crate) fn traps<N: Named + 'static>() -> Traps {
    Traps {
        get: Some(NativeFn::new(get::<N>)),
        has: Some(NativeFn::new(has::<N>)),
        get_own_property_descriptor: Some(NativeFn::new(describe::<N>)),
        define_property: Some(NativeFn::new(refuse)),
        ..Traps::default()
    }
}

fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}

fn target(args: &[Value]) -> Fallible<Object> {
    argument(args, 0).as_object().ok_or_else(|| Error::type_error("a trap gets its target"))
}

fn key_of(cx: &mut Cx, args: &[Value]) -> Fallible<PropertyKey> {
    argument(args, 1).to_property_key(cx)
}

fn get<N: Named>(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = N::find(cx, &argument(args, 1)) {
        return Ok(found);
    }
    exotic::ordinary_get(cx, &target(args)?, &argument(args, 1), &argument(args, 2))
}

fn has<N: Named>(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if N::find(cx, &argument(args, 1)).is_some() {
        return Ok(true.into());
    }
    let key = key_of(cx, args)?;
    Ok(target(args)?.has(cx, key)?.into())
}

/// <https://webidl.spec.whatwg.org/#named-properties-object-getownproperty>
fn describe<N: Named>(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some(found) = N::find(cx, &argument(args, 1)) {
        let property = Property::data(found, Flags::HIDDEN);
        return Ok(property.to_object(cx)?.into());
    }
    let key = key_of(cx, args)?;
    match target(args)?.own_property(cx, key)? {
        Some(property) => Ok(property.to_object(cx)?.into()),
        None => Ok(Value::undefined()),
    }
}

/// The trap for what cannot be done.
pub(crate) fn refuse(_: &mut Cx, _: &Value, _: &[Value]) -> Fallible<Value> {
    Ok(false.into())
}
