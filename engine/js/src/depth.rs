//! How deep native functions call each other.
//!
//! The engine counts the frames of script, but a native function pushes none: two
//! that call each other without script in between (`join` of an array within an
//! array within …, a `toJSON` that is a bound `JSON.stringify`) would go on until the
//! thread's stack overflows, which ends the process with all apps in it. So the
//! built-in functions that call what a page hands them count themselves, as do bound
//! functions whose target is native, and what we call through [`Object::call`].
//!
//! A built-in function keeps its identity: what it does moves into an object behind
//! it, which script never sees.
//!
//! Two recursions remain that no function of ours takes part in: through a bound
//! constructor that converts an object, and along a chain of prototypes that comes
//! back to its start through a proxy.

use boa_engine::native_function::{NativeFunction, NativeFunctionObject};
use boa_engine::object::{FunctionObjectBuilder, JsObject};
use boa_engine::{Context, JsResult, JsString, JsSymbol, JsValue, js_string};

use crate::{Cx, Error, Fallible, Object, raw};

const ARRAY: &[&str] = &[
    "concat",
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "join",
    "map",
    "reduce",
    "reduceRight",
    "some",
    "sort",
    "toLocaleString",
    "toSorted",
    "toString",
];
const REFLECT: &[&str] = &[
    "apply",
    "construct",
    "defineProperty",
    "deleteProperty",
    "get",
    "getOwnPropertyDescriptor",
    "getPrototypeOf",
    "has",
    "isExtensible",
    "ownKeys",
    "preventExtensions",
    "set",
    "setPrototypeOf",
];
const OBJECT: &[&str] = &["assign", "entries", "keys", "values"];

/// Makes the current realm's built-in functions count how deep they nest.
pub(crate) fn install(cx: &mut Cx) {
    let realm = cx.context().realm().clone();
    let constructors = realm.intrinsics().constructors();
    let objects = realm.intrinsics().objects();
    let holders: [(JsObject, &[&str]); 9] = [
        (constructors.array().prototype(), ARRAY),
        (constructors.object().constructor(), OBJECT),
        (constructors.object().prototype(), &["toLocaleString", "toString"]),
        (constructors.function().prototype(), &["apply"]),
        (constructors.error().prototype(), &["toString"]),
        (constructors.promise().prototype(), &["catch", "finally"]),
        (constructors.string().prototype(), &["replace", "replaceAll"]),
        (objects.reflect(), REFLECT),
        (objects.json(), &["stringify"]),
    ];
    for (holder, names) in holders {
        for &name in names {
            if let Some(function) = stored(&holder, &JsString::from(name).into()) {
                wrap(cx, &function, nested);
            }
        }
    }
    let reg_exp = constructors.regexp().prototype();
    if let Some(function) = stored(&reg_exp, &JsSymbol::replace().into()) {
        wrap(cx, &function, nested);
    }
    let function = constructors.function().prototype();
    if let Some(bind) = stored(&function, &js_string!("bind").into()) {
        wrap(cx, &bind, bind_counted);
    }
}

/// The function in a data property of an object, without running anything.
fn stored(holder: &JsObject, key: &boa_engine::property::PropertyKey) -> Option<JsObject> {
    holder.borrow().properties().get(key)?.value()?.as_object()
}

type Behind = fn(&JsValue, &[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

/// Puts `f` in front of what a native function does; `f` gets the function behind.
fn wrap(cx: &mut Cx, function: &JsObject, f: Behind) {
    let behind = native(cx, NativeFunction::from_fn_ptr(|_, _, _| Ok(JsValue::undefined())));
    swap(function, &behind);
    let front = NativeFunction::from_copy_closure_with_captures(f, behind);
    let front = native(cx, front);
    swap(function, &front);
}

fn native(cx: &Cx, f: NativeFunction) -> JsObject {
    FunctionObjectBuilder::new(cx.context().realm(), f).build().into()
}

/// Exchanges what two native functions do.
fn swap(one: &JsObject, other: &JsObject) {
    let one = one.downcast_mut::<NativeFunctionObject>();
    let other = other.downcast_mut::<NativeFunctionObject>();
    if let (Some(mut one), Some(mut other)) = (one, other) {
        std::mem::swap(&mut *one, &mut *other);
    }
}

/// Calls the function behind, one level deeper.
fn nested(
    this: &JsValue,
    args: &[JsValue],
    behind: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let cx = raw::cx(context);
    if let Err(error) = cx.enter_native() {
        return Err(error.into_js(cx));
    }
    let result = behind.call(this, args, cx.context_mut());
    cx.leave_native();
    result
}

/// `Function.prototype.bind`: a native target counts when it is called. One that is
/// a constructor stays as it is, since `new` and `instanceof` ask for it.
fn bind_counted(
    this: &JsValue,
    args: &[JsValue],
    bind: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = this
        .as_object()
        .filter(|target| target.is::<NativeFunctionObject>() && !target.is_constructor());
    let Some(target) = target else {
        return bind.call(this, args, context);
    };
    // What the bound function is called, and how many arguments it takes, it learns
    // from its target.
    let name = target.get(js_string!("name"), context)?;
    let name = name.as_string().unwrap_or_default();
    let length = target.get(js_string!("length"), context)?.to_length(context)?;
    let counted = NativeFunction::from_copy_closure_with_captures(nested, target);
    let counted = FunctionObjectBuilder::new(context.realm(), counted)
        .name(name)
        .length(usize::try_from(length).unwrap_or(usize::MAX))
        .build();
    bind.call(&counted.into(), args, context)
}

impl Cx {
    /// A native function is about to call another; [`Self::leave_native`] follows.
    ///
    /// # Errors
    /// A `RangeError` when they nest as deep as calls of script may.
    pub(crate) fn enter_native(&mut self) -> Fallible<()> {
        let state = self.state();
        let depth = state.native_depth.get();
        if depth >= state.options.recursion_limit {
            return Err(Error::Range("Maximum call stack size exceeded".into()));
        }
        state.native_depth.set(depth + 1);
        Ok(())
    }

    /// The call is over.
    pub(crate) fn leave_native(&mut self) {
        let depth = &self.state().native_depth;
        depth.set(depth.get().saturating_sub(1));
    }
}

impl Object {
    /// [`Self::call`], without the conversion of errors.
    pub(crate) fn call_counted(
        &self,
        cx: &mut Cx,
        this: &JsValue,
        args: &[JsValue],
    ) -> Fallible<JsValue> {
        cx.enter_native()?;
        let result = self.0.call(this, args, cx.context_mut());
        cx.leave_native();
        cx.lift(result)
    }
}
