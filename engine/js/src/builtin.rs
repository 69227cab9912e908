//! What built-in kind an object is, and making such objects: what structured
//! clones need to know of a heap.

use boa_engine::builtins::error::Error as EngineErrorObject;
use boa_engine::builtins::promise::Promise as EnginePromise;
use boa_engine::builtins::proxy::Proxy as EngineProxy;
use boa_engine::builtins::regexp::RegExp as EngineRegExp;
use boa_engine::object::builtins::{
    JsArray, JsArrayBuffer, JsDate, JsGenerator, JsMap, JsRegExp, JsSet, JsSharedArrayBuffer,
    JsWeakMap, JsWeakSet,
};
use boa_engine::{JsBigInt, JsString};

use crate::platform::NativeData;
use crate::{BigInt, Buffer, Cx, DomString, Error, Fallible, Object, TypedArrayKind, Value};

/// What an object is by its internal slots, whatever its prototype says, with
/// what these slots hold.
#[derive(Debug)]
pub enum Builtin {
    /// An object without slots of its own.
    Ordinary,
    /// An array.
    Array,
    /// A boolean object.
    Boolean(bool),
    /// A number object.
    Number(f64),
    /// A string object.
    String(DomString),
    /// A big integer object.
    BigInt(BigInt),
    /// A `Date`: milliseconds since 1970-01-01 UTC, or NaN.
    Date(f64),
    /// A `RegExp`.
    RegExp {
        /// Its pattern.
        source: DomString,
        /// Its flags.
        flags: DomString,
    },
    /// A `Map` with its entries in order.
    Map(Vec<(Value, Value)>),
    /// A `Set` with its values in order.
    Set(Vec<Value>),
    /// An `Error` of any kind.
    Error,
    /// An `ArrayBuffer` or a view.
    Buffer(Buffer),
    /// A platform object, or the proxy that stands for one.
    Platform,
    /// Something else; this is what people call it.
    Other(&'static str),
}

/// The kinds of errors that have constructors of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the constructors of script")]
pub enum ErrorKind {
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
}

impl Builtin {
    /// Finds out. Runs no script: a proxy is [`Builtin::Other`].
    ///
    /// # Errors
    /// None in practice.
    pub fn of(cx: &mut Cx, object: &Object) -> Fallible<Self> {
        let js = &object.0;
        if js.is_ordinary() {
            return Ok(Self::Ordinary);
        }
        if js.is_array() {
            return Ok(Self::Array);
        }
        if NativeData::is_in(js) || crate::exotic::data_behind(cx, object).is_some() {
            return Ok(Self::Platform);
        }
        if js.is_callable() {
            return Ok(Self::Other("function"));
        }
        if let Some(value) = js.downcast_ref::<bool>() {
            return Ok(Self::Boolean(*value));
        }
        if let Some(value) = js.downcast_ref::<f64>() {
            return Ok(Self::Number(*value));
        }
        if let Some(value) = js.downcast_ref::<JsString>() {
            return Ok(Self::String(DomString(value.clone())));
        }
        if let Some(value) = js.downcast_ref::<JsBigInt>() {
            return Ok(Self::BigInt(BigInt(value.clone())));
        }
        if let Some(buffer) = Buffer::from_object(object) {
            return Ok(Self::Buffer(buffer));
        }
        if js.is::<EngineErrorObject>() {
            return Ok(Self::Error);
        }
        if let Ok(map) = JsMap::from_object(js.clone()) {
            let mut entries = Vec::new();
            let result = map.for_each_native(|key, value| {
                entries.push((Value(key), Value(value)));
                Ok(())
            });
            cx.lift(result)?;
            return Ok(Self::Map(entries));
        }
        if let Ok(set) = JsSet::from_object(js.clone()) {
            let mut values = Vec::new();
            let result = set.for_each_native(|value| {
                values.push(Value(value));
                Ok(())
            });
            cx.lift(result)?;
            return Ok(Self::Set(values));
        }
        if let Ok(date) = JsDate::from_object(js.clone()) {
            let result = date.get_time(cx.context_mut());
            return Ok(Self::Date(cx.lift(result)?.as_number().unwrap_or(f64::NAN)));
        }
        if js.is::<EngineRegExp>() {
            return Self::reg_exp(cx, object);
        }
        Ok(Self::Other(name(object)))
    }

    /// Asks the engine's own getters, since it shows its slots no other way; what a
    /// page put in their place is not asked.
    fn reg_exp(cx: &mut Cx, object: &Object) -> Fallible<Self> {
        let result = JsRegExp::from_object(object.0.clone());
        let reg_exp = cx.lift(result)?;
        // The engine puts a backslash before each slash, also where there is one.
        let source = match reg_exp.source(cx.context_mut()) {
            Ok(source) => DomString::from(source.replace("\\/", "/")),
            // A pattern with a lone surrogate is no `String`.
            Err(_) => object.get(cx, crate::dom_string!("source"))?.to_string(cx)?,
        };
        let mut flags = String::new();
        let all = [
            (reg_exp.has_indices(cx.context_mut()), 'd'),
            (reg_exp.global(cx.context_mut()), 'g'),
            (reg_exp.ignore_case(cx.context_mut()), 'i'),
            (reg_exp.multiline(cx.context_mut()), 'm'),
            (reg_exp.dot_all(cx.context_mut()), 's'),
            (reg_exp.unicode(cx.context_mut()), 'u'),
            (reg_exp.sticky(cx.context_mut()), 'y'),
        ];
        for (is_set, flag) in all {
            if cx.lift(is_set)? {
                flags.push(flag);
            }
        }
        Ok(Self::RegExp { source, flags: flags.into() })
    }
}

fn name(object: &Object) -> &'static str {
    let js = &object.0;
    if js.is::<EngineProxy>() {
        "Proxy"
    } else if js.is::<EnginePromise>() {
        "Promise"
    } else if JsWeakMap::from_object(js.clone()).is_ok() {
        "WeakMap"
    } else if JsWeakSet::from_object(js.clone()).is_ok() {
        "WeakSet"
    } else if js.is::<boa_engine::JsSymbol>() {
        "Symbol"
    } else if JsSharedArrayBuffer::from_object(js.clone()).is_ok() {
        "SharedArrayBuffer"
    } else if JsGenerator::from_object(js.clone()).is_ok() {
        "Generator"
    } else {
        "object of this kind"
    }
}

impl Object {
    /// A new object of the current realm for a primitive: `Object(value)`.
    ///
    /// # Errors
    /// `undefined` and `null` have none.
    pub fn wrapping(cx: &mut Cx, value: &Value) -> Fallible<Self> {
        value.to_object(cx)
    }

    /// A new `Date`.
    ///
    /// # Errors
    /// None in practice.
    pub fn date(cx: &mut Cx, millis: f64) -> Fallible<Self> {
        let constructor = cx.context().intrinsics().constructors().date().constructor();
        Self(constructor).construct(cx, &[millis.into()], None)
    }

    /// A new `RegExp`.
    ///
    /// # Errors
    /// A `SyntaxError`.
    pub fn reg_exp(cx: &mut Cx, source: &DomString, flags: &DomString) -> Fallible<Self> {
        let constructor = cx.context().intrinsics().constructors().regexp().constructor();
        Self(constructor).construct(cx, &[source.into(), flags.into()], None)
    }

    /// A new empty `Map`, to be filled with [`Object::map_set`].
    #[must_use]
    pub fn map(cx: &mut Cx) -> Self {
        Self(JsMap::new(cx.context_mut()).into())
    }

    /// Sets an entry of a `Map`; nothing happens to other objects.
    ///
    /// # Errors
    /// None in practice.
    pub fn map_set(&self, cx: &mut Cx, key: Value, value: Value) -> Fallible<()> {
        let Ok(map) = JsMap::from_object(self.0.clone()) else { return Ok(()) };
        let result = map.set(key.0, value.0, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// A new empty `Set`, to be filled with [`Object::set_add`].
    #[must_use]
    pub fn set_object(cx: &mut Cx) -> Self {
        Self(boa_engine::JsObject::from(JsSet::new(cx.context_mut())))
    }

    /// Adds to a `Set`; nothing happens to other objects.
    ///
    /// # Errors
    /// None in practice.
    pub fn set_add(&self, cx: &mut Cx, value: Value) -> Fallible<()> {
        let Ok(set) = JsSet::from_object(self.0.clone()) else { return Ok(()) };
        let result = set.add(value.0, cx.context_mut());
        cx.lift(result).map(drop)
    }

    /// A new array of this length whose elements are all missing.
    ///
    /// # Errors
    /// None in practice.
    pub fn array_of_length(cx: &mut Cx, length: u32) -> Fallible<Self> {
        let result = JsArray::new(cx.context_mut());
        let array = Self(cx.lift(result)?.into());
        if length > 0 {
            array.set(cx, crate::dom_string!("length"), length)?;
        }
        Ok(array)
    }

    /// A new error object with this message.
    ///
    /// # Errors
    /// None in practice.
    pub fn error(cx: &mut Cx, kind: ErrorKind, message: Option<&DomString>) -> Fallible<Self> {
        let constructors = cx.context().intrinsics().constructors();
        let constructor = match kind {
            ErrorKind::Error => constructors.error(),
            ErrorKind::EvalError => constructors.eval_error(),
            ErrorKind::RangeError => constructors.range_error(),
            ErrorKind::ReferenceError => constructors.reference_error(),
            ErrorKind::SyntaxError => constructors.syntax_error(),
            ErrorKind::TypeError => constructors.type_error(),
            ErrorKind::URIError => constructors.uri_error(),
        }
        .constructor();
        let arguments: Vec<Value> = message.map(Value::from).into_iter().collect();
        Self(constructor).construct(cx, &arguments, None)
    }
}

impl Buffer {
    /// Whether the `ArrayBuffer` was detached, which leaves a view without bytes.
    #[must_use]
    pub fn is_detached(&self, cx: &mut Cx) -> bool {
        match self.whole(cx) {
            Ok(whole) => match JsArrayBuffer::from_object(whole.0) {
                Ok(buffer) => buffer.data().is_none(),
                Err(_) => false,
            },
            Err(_) => true,
        }
    }

    /// The buffer that this shows; itself if it is one.
    ///
    /// # Errors
    /// The engine knows no buffer for the view.
    pub fn whole(&self, cx: &mut Cx) -> Fallible<Object> {
        let object = match self {
            Self::Whole(object) => return Ok(object.clone()),
            Self::Typed(object, _) | Self::View(object) => object,
        };
        let buffer = match self {
            Self::View(_) => {
                let result =
                    boa_engine::object::builtins::JsDataView::from_object(object.0.clone())
                        .and_then(|view| view.buffer(cx.context_mut()));
                cx.lift(result)?
            }
            _ => {
                let result =
                    boa_engine::object::builtins::JsTypedArray::from_object(object.0.clone())
                        .and_then(|array| array.buffer(cx.context_mut()));
                cx.lift(result)?
            }
        };
        buffer.as_object().map(Object).ok_or_else(|| Error::type_error("a view without a buffer"))
    }

    /// Where a view begins, in bytes, and how many elements it has (bytes for a
    /// `DataView`).
    ///
    /// # Errors
    /// The view lies outside of its buffer.
    pub fn window(&self, cx: &mut Cx) -> Fallible<(u64, u64)> {
        use boa_engine::object::builtins::{JsDataView, JsTypedArray};
        let to_u64 = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let context = cx.context_mut();
        let result = match self {
            Self::Whole(object) => JsArrayBuffer::from_object(object.0.clone())
                .map(|buffer| (0, to_u64(buffer.byte_length()))),
            Self::Typed(object, _) => {
                JsTypedArray::from_object(object.0.clone()).and_then(|array| {
                    Ok((to_u64(array.byte_offset(context)?), to_u64(array.length(context)?)))
                })
            }
            Self::View(object) => JsDataView::from_object(object.0.clone())
                .and_then(|view| Ok((view.byte_offset(context)?, view.byte_length(context)?))),
        };
        cx.lift(result)
    }

    /// `maxByteLength` of a resizable `ArrayBuffer`.
    ///
    /// # Errors
    /// What a getter throws that a page put there.
    pub fn max_byte_length(&self, cx: &mut Cx) -> Fallible<Option<u64>> {
        let Self::Whole(object) = self else { return Ok(None) };
        if !object.get(cx, "resizable")?.to_boolean() {
            return Ok(None);
        }
        let length = object.get(cx, "maxByteLength")?.as_number().unwrap_or(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the engine's own length"
        )]
        Ok(Some(length as u64))
    }

    /// Takes the bytes out of an `ArrayBuffer`, which is detached by that.
    ///
    /// # Errors
    /// A `TypeError` if it is detached already or cannot be.
    pub fn detach(&self, cx: &mut Cx) -> Fallible<Vec<u8>> {
        let Self::Whole(object) = self else {
            return Err(Error::type_error("only an ArrayBuffer can be detached"));
        };
        let bytes = self.to_vec(cx)?;
        let result = JsArrayBuffer::from_object(object.0.clone())
            .and_then(|buffer| buffer.detach(&boa_engine::JsValue::undefined()));
        cx.lift(result)?;
        Ok(bytes)
    }

    /// A new `ArrayBuffer` with these bytes that can grow.
    ///
    /// # Errors
    /// A `RangeError` when there is no room.
    pub fn resizable(cx: &mut Cx, bytes: &[u8], max: u64) -> Fallible<Object> {
        let constructor = cx.context().intrinsics().constructors().array_buffer().constructor();
        let options = Object::new(cx);
        #[expect(clippy::cast_precision_loss, reason = "lengths of buffers")]
        options.create(cx, "maxByteLength", max as f64)?;
        let object = Object(constructor).construct(
            cx,
            &[Value::from(bytes.len()), Value::from(&options)],
            None,
        )?;
        Self::Whole(object.clone()).write(cx, bytes)?;
        Ok(object)
    }

    /// A new view of a buffer: a typed array of this kind, or a `DataView`. Without
    /// a length it shows all that follows, also when the buffer grows.
    ///
    /// # Errors
    /// A `RangeError` when it does not fit.
    pub fn view(
        cx: &mut Cx,
        kind: Option<TypedArrayKind>,
        buffer: &Object,
        offset: u64,
        length: Option<u64>,
    ) -> Fallible<Object> {
        let constructors = cx.context().intrinsics().constructors();
        let constructor = match kind {
            None => constructors.data_view(),
            Some(TypedArrayKind::Int8) => constructors.typed_int8_array(),
            Some(TypedArrayKind::Uint8) => constructors.typed_uint8_array(),
            Some(TypedArrayKind::Uint8Clamped) => constructors.typed_uint8clamped_array(),
            Some(TypedArrayKind::Int16) => constructors.typed_int16_array(),
            Some(TypedArrayKind::Uint16) => constructors.typed_uint16_array(),
            Some(TypedArrayKind::Int32) => constructors.typed_int32_array(),
            Some(TypedArrayKind::Uint32) => constructors.typed_uint32_array(),
            Some(TypedArrayKind::BigInt64) => constructors.typed_bigint64_array(),
            Some(TypedArrayKind::BigUint64) => constructors.typed_biguint64_array(),
            Some(TypedArrayKind::Float16) => constructors.typed_float16_array(),
            Some(TypedArrayKind::Float32) => constructors.typed_float32_array(),
            Some(TypedArrayKind::Float64) => constructors.typed_float64_array(),
        }
        .constructor();
        #[expect(clippy::cast_precision_loss, reason = "lengths of buffers")]
        let mut arguments = vec![Value::from(buffer), Value::from(offset as f64)];
        #[expect(clippy::cast_precision_loss, reason = "lengths of buffers")]
        arguments.extend(length.map(|length| Value::from(length as f64)));
        Object(constructor).construct(cx, &arguments, None)
    }
}

impl TypedArrayKind {
    /// The kind whose constructor has this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Int8,
            Self::Uint8,
            Self::Uint8Clamped,
            Self::Int16,
            Self::Uint16,
            Self::Int32,
            Self::Uint32,
            Self::BigInt64,
            Self::BigUint64,
            Self::Float16,
            Self::Float32,
            Self::Float64,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

impl BigInt {
    /// From decimal digits with a sign before them.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        JsBigInt::from_string(digits).map(Self)
    }
}
