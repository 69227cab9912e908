//! Buffers and views of script as types of WebIDL, over [`Buffer`].

use super::convert::{FromJs, IntoJs};
use super::place::Place;
use crate::{Buffer, Cx, Fallible, Object, Trace, Tracer, TypedArrayKind, Value};

macro_rules! types {
    ($($(#[$doc:meta])* $t:ident $name:literal $pattern:pat,)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $t(Object);

        impl $t {
            /// Whether `value` is one.
            #[must_use]
            pub fn is(_: &Cx, value: &Value) -> bool {
                match value.as_object().as_ref().and_then(Buffer::from_object) {
                    Some(buffer) => matches!(buffer, $pattern),
                    None => false,
                }
            }

            /// The object of script.
            #[must_use]
            pub fn object(&self) -> &Object {
                &self.0
            }

            /// A copy of the bytes ("get a copy of the bytes held by the buffer
            /// source"); none if the buffer is detached.
            ///
            /// # Errors
            /// The view is out of the bounds of its buffer.
            pub fn bytes(&self, cx: &mut Cx) -> Fallible<Vec<u8>> {
                match Buffer::from_object(&self.0) {
                    Some(buffer) => buffer.to_vec(cx),
                    None => Ok(Vec::new()),
                }
            }
        }

        impl FromJs for $t {
            fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
                match value.as_object() {
                    Some(object) if Self::is(cx, value) => Ok(Self(object)),
                    _ => Err(place.wrong_type($name)),
                }
            }
        }

        impl IntoJs for $t {
            fn into_js(self, _: &mut Cx) -> Value {
                Value::from(self.0)
            }
        }

        impl Trace for $t {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                self.0.trace(tracer);
            }
        }
    )* };
}

types! {
    /// An `ArrayBuffer`.
    ArrayBuffer "ArrayBuffer" Buffer::Whole(_),
    /// A typed array or `DataView`.
    ArrayBufferView "ArrayBufferView" Buffer::Typed(..) | Buffer::View(_),
    /// A buffer or a view of one.
    BufferSource "BufferSource" _,
}

impl ArrayBuffer {
    /// A new buffer with this content.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn new(cx: &mut Cx, bytes: &[u8]) -> Fallible<Self> {
        Buffer::array_buffer(cx, bytes).map(Self)
    }
}

/// The typed arrays and `DataView`, each a type of its own.
pub mod buffer {
    use super::*;

    types! {
        /// An `Int8Array`.
        Int8Array "Int8Array" Buffer::Typed(_, TypedArrayKind::Int8),
        /// A `Uint8Array`.
        Uint8Array "Uint8Array" Buffer::Typed(_, TypedArrayKind::Uint8),
        /// A `Uint8ClampedArray`.
        Uint8ClampedArray "Uint8ClampedArray" Buffer::Typed(_, TypedArrayKind::Uint8Clamped),
        /// An `Int16Array`.
        Int16Array "Int16Array" Buffer::Typed(_, TypedArrayKind::Int16),
        /// A `Uint16Array`.
        Uint16Array "Uint16Array" Buffer::Typed(_, TypedArrayKind::Uint16),
        /// An `Int32Array`.
        Int32Array "Int32Array" Buffer::Typed(_, TypedArrayKind::Int32),
        /// A `Uint32Array`.
        Uint32Array "Uint32Array" Buffer::Typed(_, TypedArrayKind::Uint32),
        /// A `Float16Array`.
        Float16Array "Float16Array" Buffer::Typed(_, TypedArrayKind::Float16),
        /// A `Float32Array`.
        Float32Array "Float32Array" Buffer::Typed(_, TypedArrayKind::Float32),
        /// A `Float64Array`.
        Float64Array "Float64Array" Buffer::Typed(_, TypedArrayKind::Float64),
        /// A `BigInt64Array`.
        BigInt64Array "BigInt64Array" Buffer::Typed(_, TypedArrayKind::BigInt64),
        /// A `BigUint64Array`.
        BigUint64Array "BigUint64Array" Buffer::Typed(_, TypedArrayKind::BigUint64),
        /// A `DataView`.
        DataView "DataView" Buffer::View(_),
    }

    impl Uint8Array {
        /// A new array with this content.
        ///
        /// # Errors
        /// There is no memory for it.
        pub fn new(cx: &mut Cx, bytes: &[u8]) -> Fallible<Self> {
            Buffer::uint8_array(cx, bytes).map(Self)
        }
    }
}
