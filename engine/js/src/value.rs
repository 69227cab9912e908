//! Values of script.

use boa_engine::value::{IntegerOrInfinity, JsVariant, PreferredType};
use boa_engine::{JsBigInt, JsValue};

use crate::trace::{Trace, Tracer};
use crate::{Cx, DomString, Fallible, Object, PropertyKey, Symbol};

/// Any value of script. Cloning is a counter at most.
///
/// A value is a handle: on the stack it keeps its object alive; stored inside
/// traced data it must be visited ([`Trace`]).
#[derive(Clone, Debug, Default)]
#[repr(transparent)]
pub struct Value(pub(crate) JsValue);

/// What kind of value it is, with its content.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(DomString),
    /// A symbol.
    Symbol(Symbol),
    /// A big integer.
    BigInt(BigInt),
    /// An object; functions are objects.
    Object(Object),
}

/// A big integer of script.
#[derive(Clone, Debug, PartialEq)]
pub struct BigInt(pub(crate) JsBigInt);

impl BigInt {
    /// The number, if it fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.0.to_string().parse().ok()
    }

    /// The number, if it fits.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        self.0.to_string().parse().ok()
    }
}

impl std::fmt::Display for BigInt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_string())
    }
}

impl Value {
    /// `undefined`
    #[must_use]
    pub const fn undefined() -> Self {
        Self(JsValue::undefined())
    }

    /// `null`
    #[must_use]
    pub const fn null() -> Self {
        Self(JsValue::null())
    }

    /// The kind and content of the value.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.variant() {
            JsVariant::Undefined => Kind::Undefined,
            JsVariant::Null => Kind::Null,
            JsVariant::Boolean(value) => Kind::Boolean(value),
            JsVariant::Integer32(value) => Kind::Number(f64::from(value)),
            JsVariant::Float64(value) => Kind::Number(value),
            JsVariant::String(value) => Kind::String(DomString(value)),
            JsVariant::Symbol(value) => Kind::Symbol(Symbol(value)),
            JsVariant::BigInt(value) => Kind::BigInt(BigInt(value)),
            JsVariant::Object(value) => Kind::Object(Object(value)),
        }
    }

    /// Whether it is `undefined`.
    #[inline]
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        self.0.is_undefined()
    }

    /// Whether it is `null`.
    #[inline]
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// Whether it is `undefined` or `null`.
    #[inline]
    #[must_use]
    pub fn is_nullish(&self) -> bool {
        self.0.is_null_or_undefined()
    }

    /// Whether it is an object.
    #[inline]
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }

    /// Whether it is a string.
    #[inline]
    #[must_use]
    pub fn is_string(&self) -> bool {
        self.0.is_string()
    }

    /// Whether it is a number.
    #[inline]
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.0.is_number()
    }

    /// Whether it is `true` or `false`.
    #[inline]
    #[must_use]
    pub fn is_boolean(&self) -> bool {
        self.0.is_boolean()
    }

    /// Whether it is a symbol.
    #[inline]
    #[must_use]
    pub fn is_symbol(&self) -> bool {
        self.0.is_symbol()
    }

    /// Whether it is a big integer.
    #[inline]
    #[must_use]
    pub fn is_bigint(&self) -> bool {
        self.0.is_bigint()
    }

    /// Whether it can be called.
    #[inline]
    #[must_use]
    pub fn is_callable(&self) -> bool {
        self.0.is_callable()
    }

    /// The object, if it is one.
    #[inline]
    #[must_use]
    pub fn as_object(&self) -> Option<Object> {
        self.0.as_object().map(Object)
    }

    /// The string, if it is one. No conversion.
    #[inline]
    #[must_use]
    pub fn as_string(&self) -> Option<DomString> {
        self.0.as_string().map(DomString)
    }

    /// The number, if it is one. No conversion.
    #[inline]
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        self.0.as_number()
    }

    /// The number, if it is stored as, or is exactly, a 32-bit integer.
    #[inline]
    #[must_use]
    pub fn as_i32(&self) -> Option<i32> {
        self.0.as_i32()
    }

    /// The boolean, if it is one. No conversion.
    #[inline]
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        self.0.as_boolean()
    }

    /// The symbol, if it is one.
    #[must_use]
    pub fn as_symbol(&self) -> Option<Symbol> {
        self.0.as_symbol().map(Symbol)
    }

    /// The big integer, if it is one.
    #[must_use]
    pub fn as_bigint(&self) -> Option<BigInt> {
        self.0.as_bigint().map(BigInt)
    }

    /// "ToBoolean": never runs script.
    #[inline]
    #[must_use]
    pub fn to_boolean(&self) -> bool {
        self.0.to_boolean()
    }

    /// "ToNumber". May run script.
    ///
    /// # Errors
    /// What a conversion method throws; symbols and big integers throw.
    #[inline]
    pub fn to_number(&self, cx: &mut Cx) -> Fallible<f64> {
        if let Some(number) = self.0.as_number() {
            return Ok(number);
        }
        let result = self.0.to_number(cx.context_mut());
        cx.lift(result)
    }

    /// "ToNumeric": a number or a big integer. May run script.
    ///
    /// # Errors
    /// What a conversion method throws; symbols throw.
    pub fn to_numeric(&self, cx: &mut Cx) -> Fallible<Kind> {
        let result = self.0.to_numeric(cx.context_mut());
        Ok(match cx.lift(result)? {
            boa_engine::value::Numeric::Number(number) => Kind::Number(number),
            boa_engine::value::Numeric::BigInt(int) => Kind::BigInt(BigInt(int)),
        })
    }

    /// "ToBigInt". May run script.
    ///
    /// # Errors
    /// What a conversion method throws; numbers throw.
    pub fn to_bigint(&self, cx: &mut Cx) -> Fallible<BigInt> {
        let result = self.0.to_bigint(cx.context_mut());
        cx.lift(result).map(BigInt)
    }

    /// "ToBigInt64": modulo 2^64, signed. May run script.
    ///
    /// # Errors
    /// As [`to_bigint`](Self::to_bigint).
    pub fn to_bigint_i64(&self, cx: &mut Cx) -> Fallible<i64> {
        let result = self.0.to_big_int64(cx.context_mut());
        cx.lift(result)
    }

    /// "ToBigUint64": modulo 2^64. May run script.
    ///
    /// # Errors
    /// As [`to_bigint`](Self::to_bigint).
    pub fn to_bigint_u64(&self, cx: &mut Cx) -> Fallible<u64> {
        let result = self.0.to_big_uint64(cx.context_mut());
        cx.lift(result)
    }

    /// "ToIntegerOrInfinity". May run script.
    ///
    /// # Errors
    /// As [`to_number`](Self::to_number).
    pub fn to_integer_or_infinity(&self, cx: &mut Cx) -> Fallible<f64> {
        let result = self.0.to_integer_or_infinity(cx.context_mut());
        #[expect(clippy::cast_precision_loss, reason = "the standard works in doubles")]
        Ok(match cx.lift(result)? {
            IntegerOrInfinity::PositiveInfinity => f64::INFINITY,
            IntegerOrInfinity::NegativeInfinity => f64::NEG_INFINITY,
            IntegerOrInfinity::Integer(int) => int as f64,
        })
    }

    /// "ToString". May run script.
    ///
    /// # Errors
    /// What a conversion method throws; symbols throw.
    #[inline]
    pub fn to_string(&self, cx: &mut Cx) -> Fallible<DomString> {
        if let Some(string) = self.0.as_string() {
            return Ok(DomString(string));
        }
        let result = self.0.to_string(cx.context_mut());
        cx.lift(result).map(DomString)
    }

    /// "ToObject".
    ///
    /// # Errors
    /// `undefined` and `null` throw.
    pub fn to_object(&self, cx: &mut Cx) -> Fallible<Object> {
        let result = self.0.to_object(cx.context_mut());
        cx.lift(result).map(Object)
    }

    /// "ToPropertyKey". May run script.
    ///
    /// # Errors
    /// What a conversion method throws.
    pub fn to_property_key(&self, cx: &mut Cx) -> Fallible<PropertyKey> {
        let result = self.0.to_property_key(cx.context_mut());
        cx.lift(result).map(PropertyKey)
    }

    /// "ToPrimitive" with a hint. May run script.
    ///
    /// # Errors
    /// What a conversion method throws.
    pub fn to_primitive(&self, cx: &mut Cx, hint: Hint) -> Fallible<Self> {
        let hint = match hint {
            Hint::Default => PreferredType::Default,
            Hint::Number => PreferredType::Number,
            Hint::String => PreferredType::String,
        };
        let result = self.0.to_primitive(cx.context_mut(), hint);
        cx.lift(result).map(Self)
    }

    /// "SameValue".
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        JsValue::same_value(&self.0, &other.0)
    }

    /// "SameValueZero", the equality of `Map` and `includes`.
    #[must_use]
    pub fn same_value_zero(&self, other: &Self) -> bool {
        JsValue::same_value_zero(&self.0, &other.0)
    }

    /// `===`
    #[must_use]
    pub fn strict_equals(&self, other: &Self) -> bool {
        self.0.strict_equals(&other.0)
    }

    /// What `typeof` says.
    #[must_use]
    pub fn type_of(&self) -> &'static str {
        self.0.type_of()
    }

    /// For messages and logs, as a console would show it; never runs script.
    #[must_use]
    pub fn display(&self) -> String {
        self.0.display().to_string()
    }

    #[inline]
    pub(crate) fn into_js(self) -> JsValue {
        self.0
    }
}

/// The hint of [`Value::to_primitive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// No preference.
    Default,
    /// Numbers first.
    Number,
    /// Strings first.
    String,
}

/// `===`, so that tests and `Option<Value>` can compare.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.strict_equals(other)
    }
}

impl Trace for Value {
    #[inline]
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.0);
    }
}

macro_rules! from {
    ($($t:ty),* $(,)?) => { $(
        impl From<$t> for Value {
            #[inline]
            fn from(value: $t) -> Self {
                Self(JsValue::from(value))
            }
        }
    )* };
}

from!(bool, u8, i8, u16, i16, u32, i32, u64, i64, usize, f32, f64);

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::undefined()
    }
}

impl From<DomString> for Value {
    #[inline]
    fn from(value: DomString) -> Self {
        Self(JsValue::from(value.0))
    }
}

impl From<&DomString> for Value {
    #[inline]
    fn from(value: &DomString) -> Self {
        Self(JsValue::from(value.0.clone()))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::from(DomString::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::from(DomString::from(value))
    }
}

impl From<Object> for Value {
    #[inline]
    fn from(value: Object) -> Self {
        Self(JsValue::from(value.0))
    }
}

impl From<&Object> for Value {
    #[inline]
    fn from(value: &Object) -> Self {
        Self(JsValue::from(value.0.clone()))
    }
}

impl From<Symbol> for Value {
    fn from(value: Symbol) -> Self {
        Self(JsValue::from(value.0))
    }
}

impl From<BigInt> for Value {
    fn from(value: BigInt) -> Self {
        Self(JsValue::from(value.0))
    }
}

/// `None` becomes `null`.
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}
