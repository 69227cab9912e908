//! Built-ins written anew, because the engine's own are slow in a way that grows
//! with their input: they copy a string for each match, or look at each element
//! through the whole machinery of properties.
//!
//! A replacement behaves as what it replaces, so far as script can see. It takes
//! the fast way only for receivers and arguments whose every step is known to run
//! no script (primitive strings, regular expressions whose methods nobody
//! changed, plain arrays); everything else goes to the engine's own function,
//! which is kept. `tests/script/fast` compares the two.

mod array;
pub(crate) mod regexp;
mod search;
mod string;
mod substitution;

use std::rc::Rc;

use boa_engine::JsValue;

use crate::trace::{Trace, Tracer};
use crate::{Cx, Error, Fallible, Flags, Function, NativeFn, Object, Property, PropertyKey, Value};

/// What the replacements of one realm know. Shared, so that a function can hold
/// it while it runs; the realm visits the handles.
pub(crate) struct Fast(Rc<Known>);

#[derive(virga_js_derive::Trace)]
pub(crate) struct Known {
    string: string::Originals,
    array: array::Originals,
    regexp: regexp::Known,
}

impl Trace for Fast {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        (*self.0).trace(tracer);
    }
}

impl Fast {
    /// Replaces the built-ins of the current realm, which is new.
    pub(crate) fn install(cx: &mut Cx) -> Fallible<Self> {
        Ok(Self(Rc::new(Known {
            string: string::install(cx)?,
            array: array::install(cx)?,
            regexp: regexp::install(cx)?,
        })))
    }
}

/// What the current realm knows.
fn known(cx: &Cx) -> Rc<Known> {
    match cx.built_in(|built_ins| built_ins.fast.as_ref().map(|fast| Rc::clone(&fast.0))) {
        Some(known) => known,
        None => unreachable!("a replacement runs in a realm where it was installed"),
    }
}

/// Puts a native function where a method of `holder` is, which is returned.
fn replace(
    cx: &mut Cx,
    holder: &Object,
    key: impl Into<PropertyKey>,
    name: &'static str,
    length: usize,
    function: NativeFn,
) -> Fallible<Object> {
    let key = key.into();
    let Some(original) = holder.get_method(cx, &key)? else {
        return Err(Error::type_error(format!("the engine has no built-in {name}")));
    };
    let function = Function::native(cx, name, length, function);
    holder.put(key, Property::data(function, Flags::HIDDEN));
    Ok(original)
}

/// The function stored in a data property of an ordinary object.
fn stored(holder: &Object, key: &PropertyKey) -> Option<Object> {
    let property = holder.0.borrow().properties().get(&key.0)?;
    property.value().and_then(JsValue::as_object).map(Object)
}

/// The getter stored in an accessor of an ordinary object.
fn stored_getter(holder: &Object, key: &PropertyKey) -> Option<Object> {
    let property = holder.0.borrow().properties().get(&key.0)?;
    property.get().and_then(JsValue::as_object).map(Object)
}

/// An argument, `undefined` if it is missing.
fn argument(args: &[Value], index: usize) -> Value {
    args.get(index).cloned().unwrap_or_default()
}
