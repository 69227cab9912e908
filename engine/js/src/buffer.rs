//! Bytes: `ArrayBuffer` and its views.

use boa_engine::builtins::typed_array::TypedArrayKind as EngineKind;
use boa_engine::object::builtins::{JsArrayBuffer, JsDataView, JsTypedArray};

use crate::{Cx, Error, Fallible, Object, Value};

/// The kinds of typed arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the constructors of script")]
pub enum TypedArrayKind {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    BigInt64,
    BigUint64,
    Float16,
    Float32,
    Float64,
}

impl TypedArrayKind {
    /// The name of the constructor.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "Int8Array",
            Self::Uint8 => "Uint8Array",
            Self::Uint8Clamped => "Uint8ClampedArray",
            Self::Int16 => "Int16Array",
            Self::Uint16 => "Uint16Array",
            Self::Int32 => "Int32Array",
            Self::Uint32 => "Uint32Array",
            Self::BigInt64 => "BigInt64Array",
            Self::BigUint64 => "BigUint64Array",
            Self::Float16 => "Float16Array",
            Self::Float32 => "Float32Array",
            Self::Float64 => "Float64Array",
        }
    }
}

/// An object that shows bytes ("BufferSource"): an `ArrayBuffer` or a view of
/// one. Traced through its object.
#[derive(Clone, Debug)]
pub enum Buffer {
    /// An `ArrayBuffer`.
    Whole(Object),
    /// A typed array.
    Typed(Object, TypedArrayKind),
    /// A `DataView`.
    View(Object),
}

impl Buffer {
    /// The buffer in `object`, if it is one.
    #[must_use]
    pub fn from_object(object: &Object) -> Option<Self> {
        if JsArrayBuffer::from_object(object.0.clone()).is_ok() {
            return Some(Self::Whole(object.clone()));
        }
        if let Ok(array) = JsTypedArray::from_object(object.0.clone()) {
            return Some(Self::Typed(object.clone(), kind(array.kind()?)));
        }
        JsDataView::from_object(object.0.clone()).ok()?;
        Some(Self::View(object.clone()))
    }

    /// A new `ArrayBuffer` with these bytes, of the current realm.
    ///
    /// # Errors
    /// A `RangeError` when there is no room.
    pub fn array_buffer(cx: &mut Cx, bytes: &[u8]) -> Fallible<Object> {
        let result = JsArrayBuffer::new(bytes.len(), cx.context_mut());
        let buffer = cx.lift(result)?;
        if let Some(mut data) = buffer.data_mut() {
            data.copy_from_slice(bytes);
        }
        Ok(Object(buffer.into()))
    }

    /// A new `Uint8Array` over a new buffer with these bytes.
    ///
    /// # Errors
    /// A `RangeError` when there is no room.
    pub fn uint8_array(cx: &mut Cx, bytes: &[u8]) -> Fallible<Object> {
        let buffer = Self::array_buffer(cx, bytes)?;
        let constructor =
            cx.context().intrinsics().constructors().typed_uint8_array().constructor();
        Object(constructor).construct(cx, &[Value::from(buffer)], None)
    }

    /// The object.
    #[must_use]
    pub fn object(&self) -> &Object {
        match self {
            Self::Whole(object) | Self::Typed(object, _) | Self::View(object) => object,
        }
    }

    /// A copy of the bytes it shows; empty when the buffer is detached.
    ///
    /// # Errors
    /// A `TypeError` for a view that lost its buffer or lies over shared memory.
    pub fn to_vec(&self, cx: &mut Cx) -> Fallible<Vec<u8>> {
        let (buffer, start, length) = self.range(cx)?;
        let data = buffer.data();
        let bytes = data.as_deref().unwrap_or(&[]);
        let end = start.saturating_add(length).min(bytes.len());
        Ok(bytes[start.min(end)..end].to_vec())
    }

    /// Overwrites its first bytes with `bytes`; what does not fit is left out.
    /// Returns how many were written.
    ///
    /// # Errors
    /// As [`to_vec`](Self::to_vec).
    pub fn write(&self, cx: &mut Cx, bytes: &[u8]) -> Fallible<usize> {
        let (buffer, start, length) = self.range(cx)?;
        let Some(mut data) = buffer.data_mut() else { return Ok(0) };
        let end = start.saturating_add(length).min(data.len());
        let target = &mut data[start.min(end)..end];
        let count = target.len().min(bytes.len());
        target[..count].copy_from_slice(&bytes[..count]);
        Ok(count)
    }

    /// The buffer underneath, and the bytes of it that this shows.
    fn range(&self, cx: &mut Cx) -> Fallible<(JsArrayBuffer, usize, usize)> {
        let context = cx.context_mut();
        let result = match self {
            Self::Whole(object) => JsArrayBuffer::from_object(object.0.clone()).map(|buffer| {
                let length = buffer.byte_length();
                (buffer, 0, length)
            }),
            Self::Typed(object, _) => {
                JsTypedArray::from_object(object.0.clone()).and_then(|array| {
                    let buffer = array.buffer(context)?;
                    let start = array.byte_offset(context)?;
                    let length = array.byte_length(context)?;
                    Ok((whole(&buffer)?, start, length))
                })
            }
            Self::View(object) => JsDataView::from_object(object.0.clone()).and_then(|view| {
                let buffer = view.buffer(context)?;
                let start = view.byte_offset(context)?;
                let length = view.byte_length(context)?;
                let to_usize = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
                Ok((whole(&buffer)?, to_usize(start), to_usize(length)))
            }),
        };
        cx.lift(result)
    }
}

fn whole(buffer: &boa_engine::JsValue) -> boa_engine::JsResult<JsArrayBuffer> {
    match buffer.as_object() {
        Some(object) => JsArrayBuffer::from_object(object),
        None => {
            Err(boa_engine::JsNativeError::typ().with_message("a view without a buffer").into())
        }
    }
}

fn kind(kind: EngineKind) -> TypedArrayKind {
    match kind {
        EngineKind::Int8 => TypedArrayKind::Int8,
        EngineKind::Uint8 => TypedArrayKind::Uint8,
        EngineKind::Uint8Clamped => TypedArrayKind::Uint8Clamped,
        EngineKind::Int16 => TypedArrayKind::Int16,
        EngineKind::Uint16 => TypedArrayKind::Uint16,
        EngineKind::Int32 => TypedArrayKind::Int32,
        EngineKind::Uint32 => TypedArrayKind::Uint32,
        EngineKind::BigInt64 => TypedArrayKind::BigInt64,
        EngineKind::BigUint64 => TypedArrayKind::BigUint64,
        EngineKind::Float16 => TypedArrayKind::Float16,
        EngineKind::Float32 => TypedArrayKind::Float32,
        EngineKind::Float64 => TypedArrayKind::Float64,
    }
}

impl TryFrom<&Value> for Buffer {
    type Error = Error;

    fn try_from(value: &Value) -> Fallible<Self> {
        value
            .as_object()
            .and_then(|object| Self::from_object(&object))
            .ok_or_else(|| Error::type_error("not an ArrayBuffer or a view of one"))
    }
}

/// Where a view lies: its buffer, and the part of it that it shows.
#[derive(Clone, Debug)]
pub struct ViewRange {
    /// The `ArrayBuffer`.
    pub buffer: Object,
    /// Where the view begins, in bytes.
    pub offset: usize,
    /// How many bytes it shows: 0 if the buffer is detached.
    pub length: usize,
    /// The kind of typed array; `None` for a `DataView`.
    pub kind: Option<TypedArrayKind>,
}

impl ViewRange {
    /// The size of an element in bytes; 1 for a `DataView`.
    #[must_use]
    pub fn element_size(&self) -> usize {
        self.kind.map_or(1, TypedArrayKind::element_size)
    }
}

impl TypedArrayKind {
    /// The size of an element in bytes.
    #[must_use]
    pub fn element_size(self) -> usize {
        match self {
            Self::Int8 | Self::Uint8 | Self::Uint8Clamped => 1,
            Self::Int16 | Self::Uint16 | Self::Float16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::BigInt64 | Self::BigUint64 | Self::Float64 => 8,
        }
    }
}

impl Buffer {
    /// Where a view lies.
    ///
    /// # Errors
    /// The object is no view, or one of shared memory.
    pub fn view_range(cx: &mut Cx, object: &Object) -> Fallible<ViewRange> {
        let buffer = Self::from_object(object);
        let kind = match &buffer {
            Some(Self::Typed(_, kind)) => Some(*kind),
            Some(Self::View(_)) => None,
            _ => return Err(Error::type_error("not a view of an ArrayBuffer")),
        };
        // A `DataView` of a detached buffer throws at every question.
        if let (Some(Self::View(object)), None) = (&buffer, kind)
            && let Ok(view) = JsDataView::from_object(object.0.clone())
        {
            let result = view.buffer(cx.context_mut()).and_then(|buffer| whole(&buffer));
            let buffer = Object(cx.lift(result)?.into());
            if Self::has_no_bytes(&buffer) {
                return Ok(ViewRange { buffer, offset: 0, length: 0, kind });
            }
        }
        let Some(buffer) = buffer else { return Err(Error::type_error("not a view")) };
        let (buffer, offset, length) = buffer.range(cx)?;
        Ok(ViewRange { buffer: Object(buffer.into()), offset, length, kind })
    }

    /// The bytes that an `ArrayBuffer` has room for; 0 if it is detached or none.
    #[must_use]
    pub fn byte_length(buffer: &Object) -> usize {
        JsArrayBuffer::from_object(buffer.0.clone())
            .map_or(0, |buffer| buffer.data().map_or(0, |data| data.len()))
    }

    /// Whether the object is an `ArrayBuffer` whose bytes went elsewhere.
    #[must_use]
    pub fn has_no_bytes(buffer: &Object) -> bool {
        JsArrayBuffer::from_object(buffer.0.clone()).is_ok_and(|buffer| buffer.data().is_none())
    }

    /// Moves the bytes of an `ArrayBuffer` into a new one of the current realm and
    /// detaches it ("TransferArrayBuffer").
    ///
    /// # Errors
    /// A `TypeError` if it is detached already or cannot be.
    pub fn transfer(cx: &mut Cx, buffer: &Object) -> Fallible<Object> {
        let result = JsArrayBuffer::from_object(buffer.0.clone())
            .and_then(|buffer| buffer.detach(&boa_engine::JsValue::undefined()))
            .and_then(|bytes| JsArrayBuffer::from_byte_block(bytes, cx.context_mut()));
        let buffer = cx.lift(result)?;
        Ok(Object(buffer.into()))
    }

    /// Copies bytes between two `ArrayBuffer`s; what lies outside of them is left
    /// out.
    pub fn copy(to: &Object, to_offset: usize, from: &Object, from_offset: usize, count: usize) {
        let Ok(from) = JsArrayBuffer::from_object(from.0.clone()) else { return };
        let Ok(to) = JsArrayBuffer::from_object(to.0.clone()) else { return };
        // Both may be the same buffer, which cannot be borrowed twice.
        let bytes = from.data().map(|data| {
            let end = from_offset.saturating_add(count).min(data.len());
            data[from_offset.min(end)..end].to_vec()
        });
        let (Some(bytes), Some(mut data)) = (bytes, to.data_mut()) else { return };
        let end = to_offset.saturating_add(bytes.len()).min(data.len());
        let target = &mut data[to_offset.min(end)..end];
        let count = target.len();
        target.copy_from_slice(&bytes[..count]);
    }

    /// A copy of a part of an `ArrayBuffer`, in a new one ("CloneArrayBuffer").
    ///
    /// # Errors
    /// A `RangeError` when there is no room.
    pub fn slice(cx: &mut Cx, buffer: &Object, offset: usize, count: usize) -> Fallible<Object> {
        let bytes = JsArrayBuffer::from_object(buffer.0.clone()).ok().and_then(|buffer| {
            let data = buffer.data()?;
            let end = offset.saturating_add(count).min(data.len());
            Some(data[offset.min(end)..end].to_vec())
        });
        Self::array_buffer(cx, &bytes.unwrap_or_default())
    }

    /// A new `ArrayBuffer` of that many zeros.
    ///
    /// # Errors
    /// A `RangeError` when there is no room.
    pub fn zeros(cx: &mut Cx, length: usize) -> Fallible<Object> {
        let result = JsArrayBuffer::new(length, cx.context_mut());
        let buffer = cx.lift(result)?;
        Ok(Object(buffer.into()))
    }

    /// A new view of `buffer`: `length` counts elements. `kind` is `None` for a
    /// `DataView`.
    ///
    /// # Errors
    /// A `RangeError` if the view would lie outside; a `TypeError` if the buffer
    /// is detached.
    pub fn new_view(
        cx: &mut Cx,
        kind: Option<TypedArrayKind>,
        buffer: &Object,
        offset: usize,
        length: usize,
    ) -> Fallible<Object> {
        let to_u64 = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Self::view(cx, kind, buffer, to_u64(offset), Some(to_u64(length)))
    }
}
