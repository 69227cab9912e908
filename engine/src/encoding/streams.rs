//! <https://encoding.spec.whatwg.org/#interface-textdecoderstream> and
//! <https://encoding.spec.whatwg.org/#interface-textencoderstream>

use std::cell::Cell;

use virga_js::{Buffer, Cx, DomString, Error, Fallible, GcCell, Obj, Promise, Value};
use virga_js::{Platform, Trace};

use super::{HasDecoding, IsEncoder, decode::Decoding};
use crate::{
    generated::{TextDecoderOptions, TextDecoderStreamMethods, TextEncoderStreamMethods},
    streams::{
        HasTransform, TransformStreamDefaultController, Transformed, Transformer, fulfilled,
    },
};

/// Turns a stream of bytes into a stream of text.
#[derive(Trace, Platform)]
pub(crate) struct TextDecoderStream {
    decoding: GcCell<Decoding>,
    transformed: Transformed,
}

/// Turns a stream of text into a stream of UTF-8.
#[derive(Trace, Platform)]
pub(crate) struct TextEncoderStream {
    transformed: Transformed,
}

impl HasDecoding for TextDecoderStream {
    fn decoding(&self) -> &Decoding {
        &self.decoding
    }
}

impl HasTransform for TextDecoderStream {
    fn transformed(&self) -> &Transformed {
        &self.transformed
    }
}

impl HasTransform for TextEncoderStream {
    fn transformed(&self) -> &Transformed {
        &self.transformed
    }
}

impl IsEncoder for TextEncoderStream {}

impl TextDecoderStreamMethods for Obj<TextDecoderStream> {
    /// <https://encoding.spec.whatwg.org/#dom-textdecoderstream>
    fn constructor(
        cx: &mut Cx,
        label: DomString,
        options: TextDecoderOptions,
    ) -> Fallible<Obj<TextDecoderStream>> {
        let decoding = GcCell::new(Decoding::new(&label, &options)?);
        let transformer = Decode { decoding: decoding.clone() };
        let transformed = Transformed::new(cx, Box::new(transformer))?;
        Ok(Obj::new(cx, TextDecoderStream { decoding, transformed }))
    }
}

#[derive(Trace)]
struct Decode {
    decoding: GcCell<Decoding>,
}

impl Decode {
    fn enqueue(
        &self,
        cx: &mut Cx,
        bytes: &[u8],
        stream: bool,
        controller: &TransformStreamDefaultController,
    ) -> Fallible<Promise> {
        let text = self.decoding.decode(bytes, stream)?;
        if !text.is_empty() {
            controller.enqueue_chunk(cx, Value::from(text))?;
        }
        fulfilled(cx)
    }
}

impl Transformer for Decode {
    /// <https://encoding.spec.whatwg.org/#decode-and-enqueue-a-chunk>
    fn transform(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        let bytes = Buffer::try_from(&chunk)
            .map_err(|_| Error::type_error("TextDecoderStream: a chunk is no BufferSource"))?
            .to_vec(cx)?;
        self.enqueue(cx, &bytes, true, controller)
    }

    /// <https://encoding.spec.whatwg.org/#flush-and-enqueue>
    fn flush(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        self.enqueue(cx, &[], false, controller)
    }
}

impl TextEncoderStreamMethods for Obj<TextEncoderStream> {
    /// <https://encoding.spec.whatwg.org/#dom-textencoderstream>
    fn constructor(cx: &mut Cx) -> Fallible<Obj<TextEncoderStream>> {
        let transformed = Transformed::new(cx, Box::new(Encode { leading: Cell::new(None) }))?;
        Ok(Obj::new(cx, TextEncoderStream { transformed }))
    }
}

/// Text comes in pieces that may break surrogate pairs.
#[derive(Trace)]
struct Encode {
    leading: Cell<Option<u16>>,
}

impl Transformer for Encode {
    /// <https://encoding.spec.whatwg.org/#encode-and-enqueue-a-chunk>
    fn transform(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        let text = chunk.to_string(cx)?;
        let mut units = Vec::with_capacity(text.len() + 1);
        units.extend(self.leading.take());
        units.extend(text.code_units());
        if let Some(&last) = units.last()
            && (0xd800..0xdc00).contains(&last)
        {
            self.leading.set(units.pop());
        }
        let bytes = String::from_utf16_lossy(&units).into_bytes();
        if !bytes.is_empty() {
            let chunk = Buffer::uint8_array(cx, &bytes)?;
            controller.enqueue_chunk(cx, Value::from(chunk))?;
        }
        fulfilled(cx)
    }

    /// <https://encoding.spec.whatwg.org/#encode-and-flush>
    fn flush(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        if self.leading.take().is_some() {
            let chunk = Buffer::uint8_array(cx, "\u{fffd}".as_bytes())?;
            controller.enqueue_chunk(cx, Value::from(chunk))?;
        }
        fulfilled(cx)
    }
}
