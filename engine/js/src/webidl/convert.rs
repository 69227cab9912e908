//! Conversions of single values: <https://webidl.spec.whatwg.org/#js-type-mapping>.

use super::place::Place;
use crate::{
    BigInt, Cx, DomString, Fallible, Obj, Object, Platform, Promise, Symbol, Trace, Tracer, Value,
};

/// A type that values of script convert to.
pub trait FromJs: Sized {
    /// Converts `value`; `place` says where it comes from.
    ///
    /// # Errors
    /// The value does not convert, or a conversion method of script throws.
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self>;
}

/// A type that converts to values of script.
pub trait IntoJs {
    /// Converts it. Runs no script.
    fn into_js(self, cx: &mut Cx) -> Value;
}

/// `result` as a value of script.
#[inline]
pub fn value(cx: &mut Cx, result: impl IntoJs) -> Value {
    result.into_js(cx)
}

/// Whether `value` is a platform object with interface `T`.
#[inline]
#[must_use]
pub fn is<T: Platform>(cx: &Cx, value: &Value) -> bool {
    Obj::<T>::from_value(cx, value).is_some()
}

/// Whether a `this` value (the global object, if there is none) has interface `T`.
#[must_use]
pub fn is_this<T: Platform>(cx: &Cx, this: &Value) -> bool {
    if this.is_nullish() {
        return Obj::<T>::from_object(cx, &cx.global()).is_some();
    }
    is::<T>(cx, this)
}

/// Runs the body of an operation that returns a promise: what it throws becomes
/// a rejected promise.
///
/// # Errors
/// What script cannot catch.
pub fn or_reject(cx: &mut Cx, body: impl FnOnce(&mut Cx) -> Fallible<Value>) -> Fallible<Value> {
    match body(cx) {
        Ok(value) => Ok(value),
        Err(error) => Ok(Value::from(Promise::rejected(cx, error)?.object())),
    }
}

impl FromJs for Value {
    #[inline]
    fn from_js(_: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        Ok(value.clone())
    }
}

impl IntoJs for Value {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        self
    }
}

impl FromJs for () {
    fn from_js(_: &mut Cx, _: &Value, _: &Place<'_>) -> Fallible<Self> {
        Ok(())
    }
}

impl IntoJs for () {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::undefined()
    }
}

impl FromJs for bool {
    #[inline]
    fn from_js(_: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        Ok(value.to_boolean())
    }
}

impl IntoJs for bool {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl FromJs for DomString {
    #[inline]
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        value.to_string(cx)
    }
}

impl IntoJs for DomString {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

/// `USVString`
impl FromJs for String {
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        Ok(value.to_string(cx)?.to_str().into_owned())
    }
}

impl IntoJs for String {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl IntoJs for &'static str {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

/// `ByteString`: each byte is one code unit of script's string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteString(pub Vec<u8>);

impl FromJs for ByteString {
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        let text = value.to_string(cx)?;
        match text.to_latin1() {
            Some(bytes) => Ok(Self(bytes)),
            None => Err(place.is("a string with a character above U+00FF")),
        }
    }
}

impl IntoJs for ByteString {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(DomString::from_latin1(&self.0))
    }
}

impl Trace for ByteString {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// `[LegacyNullToEmptyString]`
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NullToEmpty<T>(pub T);

impl<T: FromJs + Default> FromJs for NullToEmpty<T> {
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        if value.is_null() {
            return Ok(Self(T::default()));
        }
        T::from_js(cx, value, place).map(Self)
    }
}

impl<T: IntoJs> IntoJs for NullToEmpty<T> {
    fn into_js(self, cx: &mut Cx) -> Value {
        self.0.into_js(cx)
    }
}

impl<T> Trace for NullToEmpty<T> {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

impl FromJs for Object {
    fn from_js(_: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        value.as_object().ok_or_else(|| place.wrong_type("object"))
    }
}

impl IntoJs for Object {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl FromJs for Symbol {
    fn from_js(_: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        value.as_symbol().ok_or_else(|| place.wrong_type("symbol"))
    }
}

impl IntoJs for Symbol {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl FromJs for BigInt {
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        value.to_bigint(cx)
    }
}

impl IntoJs for BigInt {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

/// "Resolved with the value", as the standard converts to promises.
impl FromJs for Promise {
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        Self::resolved(cx, value.clone())
    }
}

impl IntoJs for Promise {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self.object())
    }
}

impl<T: crate::Interface> FromJs for Obj<T> {
    #[inline]
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        match Self::from_value(cx, value) {
            Some(obj) => Ok(obj),
            None => Err(place.wrong_type(T::NAME)),
        }
    }
}

impl<T> IntoJs for Obj<T> {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl<T> IntoJs for &Obj<T> {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        self.value()
    }
}

/// Nullable: `null` and `undefined` are `None`.
impl<T: FromJs> FromJs for Option<T> {
    #[inline]
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        if value.is_nullish() {
            return Ok(None);
        }
        T::from_js(cx, value, place).map(Some)
    }
}

impl<T: IntoJs> IntoJs for Option<T> {
    #[inline]
    fn into_js(self, cx: &mut Cx) -> Value {
        match self {
            Some(value) => value.into_js(cx),
            None => Value::null(),
        }
    }
}
