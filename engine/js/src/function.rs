//! Functions: native ones that script can call, and script's that we call.

use boa_engine::builtins::function::OrdinaryFunction;
use boa_engine::native_function::{NativeFunction, NativeFunctionPointer};
use boa_engine::object::FunctionObjectBuilder;
use boa_engine::{Context, JsResult, JsValue};

use crate::raw::{self, Host};
use crate::trace::{Trace, Tracer};
use crate::{Cx, DomString, Error, Fallible, Object, Realm, Value};

/// A native function: `fn(cx, this, args) -> Fallible<Value>`.
///
/// As a constructor (see [`Function::constructor`]) it gets `new.target` as
/// `this`: `undefined` when it was called without `new`.
#[derive(Clone, Copy)]
pub struct NativeFn(NativeFunctionPointer);

impl NativeFn {
    /// Wraps a function item, or a closure that captures nothing (checked when
    /// it is compiled). Costs nothing at run time.
    pub const fn new<F>(_: F) -> Self
    where
        F: Fn(&mut Cx, &Value, &[Value]) -> Fallible<Value> + Copy + 'static,
    {
        Self(raw::trampoline::<F>())
    }

    pub(crate) fn into_js(self) -> NativeFunction {
        NativeFunction::from_fn_ptr(self.0)
    }
}

/// A native function with traced data: `fn(cx, this, args, &data)`.
pub type NativeFnWith<T> = fn(&mut Cx, &Value, &[Value], &T) -> Fallible<Value>;

/// Makers of function objects. A function belongs to the realm that is current
/// when it is made.
pub struct Function;

impl Function {
    /// A function that cannot be used with `new`.
    #[must_use]
    pub fn native(cx: &mut Cx, name: impl Into<DomString>, length: usize, f: NativeFn) -> Object {
        build(cx, name.into(), length, f.into_js(), false)
    }

    /// A constructor: called with `new`, it gets `new.target` as `this` and
    /// returns the new object; called without, it gets `undefined`.
    ///
    /// It has no `prototype` property; the caller defines it.
    #[must_use]
    pub fn constructor(
        cx: &mut Cx,
        name: impl Into<DomString>,
        length: usize,
        f: NativeFn,
    ) -> Object {
        build(cx, name.into(), length, f.into_js(), true)
    }

    /// A function with data that the function object owns and traces.
    #[must_use]
    pub fn with_data<T: Trace + 'static>(
        cx: &mut Cx,
        name: impl Into<DomString>,
        length: usize,
        data: T,
        f: NativeFnWith<T>,
    ) -> Object {
        let native = NativeFunction::from_copy_closure_with_captures(
            move |this: &JsValue,
                  args: &[JsValue],
                  data: &Host<T>,
                  context: &mut Context|
                  -> JsResult<JsValue> {
                let cx = raw::cx(context);
                let result = f(cx, raw::value(this), raw::values(args), &data.0);
                raw::finish(cx, result)
            },
            Host(data),
        );
        build(cx, name.into(), length, native, false)
    }
}

fn build(
    cx: &mut Cx,
    name: DomString,
    length: usize,
    native: NativeFunction,
    constructor: bool,
) -> Object {
    let function = FunctionObjectBuilder::new(cx.context().realm(), native)
        .name(name.0)
        .length(length)
        .constructor(constructor)
        .build();
    Object(function.into())
}

/// "Get the prototype from a constructor": the `prototype` of `new.target`, or,
/// where that is no object, what `default` says for the realm of `new.target`.
///
/// # Errors
/// What a getter throws.
pub fn prototype_for(
    cx: &mut Cx,
    new_target: &Value,
    default: impl FnOnce(&mut Cx) -> Object,
) -> Fallible<Object> {
    let Some(new_target) = new_target.as_object() else {
        return Err(Error::type_error("constructor called without new"));
    };
    let prototype = new_target.get(cx, crate::dom_string!("prototype"))?;
    if let Some(prototype) = prototype.as_object() {
        return Ok(prototype);
    }
    let realm = function_realm(cx, &new_target);
    Ok(cx.in_realm(&realm, default))
}

/// The realm a function of script belongs to ("GetFunctionRealm"). The engine
/// does not tell that of native and bound functions and proxies: the current
/// one.
#[must_use]
pub fn function_realm(cx: &Cx, function: &Object) -> Realm {
    match function.0.downcast_ref::<OrdinaryFunction>() {
        Some(function) => Realm(function.realm().clone()),
        None => cx.realm(),
    }
}

/// A function (or callback interface object) of script, with the realm it is to
/// be called in ("callback function"). Traced; cloning is two counters.
#[derive(Clone, PartialEq)]
pub struct Callback {
    object: Object,
    realm: Realm,
}

impl Callback {
    /// A callback for `object`, made while converting an argument: the current
    /// realm becomes its callback context.
    #[must_use]
    pub fn new(cx: &Cx, object: Object) -> Self {
        let realm = function_realm(cx, &object);
        Self { object, realm }
    }

    /// The function or object.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The realm it is called in.
    #[must_use]
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Calls the function ("invoke a callback function"), entering script.
    ///
    /// # Errors
    /// What script throws, or [`Error::Stopped`].
    pub fn call(&self, cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
        crate::enter(cx, &self.realm, |cx| cx.call_entry(&self.object, this, args))
    }

    /// Calls the operation of a callback interface ("call a user object's
    /// operation"): the object itself if it is a function, else its method.
    ///
    /// # Errors
    /// What script throws; a method that is not there.
    pub fn call_operation(
        &self,
        cx: &mut Cx,
        name: &str,
        this: &Value,
        args: &[Value],
    ) -> Fallible<Value> {
        crate::enter(cx, &self.realm, |cx| {
            if self.object.is_callable() {
                return cx.call_entry(&self.object, this, args);
            }
            let method = self.object.get(cx, name)?;
            match method.as_object() {
                Some(function) if function.is_callable() => {
                    cx.call_entry(&function, &Value::from(&self.object), args)
                }
                _ => Err(Error::type_error(format!("{name} of the callback is not a function"))),
            }
        })
    }

    /// `new` on the function, entering script.
    ///
    /// # Errors
    /// What script throws; a function that is no constructor.
    pub fn construct(&self, cx: &mut Cx, args: &[Value]) -> Fallible<Object> {
        crate::enter(cx, &self.realm, |cx| {
            if !self.object.is_constructor() {
                return Err(Error::type_error("the callback is not a constructor"));
            }
            self.object.construct(cx, args, None)
        })
    }
}

impl Trace for Callback {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.object.trace(tracer);
        self.realm.trace(tracer);
    }
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callback({:?})", self.object)
    }
}

impl From<&Callback> for Value {
    fn from(callback: &Callback) -> Self {
        Self::from(&callback.object)
    }
}
