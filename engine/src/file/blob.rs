//! <https://w3c.github.io/FileAPI/#blob-section>

use std::cell::Cell;

use virga_js::{Buffer, Cx, DomString, Fallible, Obj, Promise, Value};
use virga_js::{Platform, Trace};
use virga_protocol::Bytes;

use crate::{
    encoding::utf8_decode,
    generated::{
        BlobMethods, BlobPropertyBag, BufferSourceOrBlobOrUSVString as BlobPart, EndingType,
    },
    streams::{Controller, ReadableStream, Source, fulfilled},
    structured_clone::{Fields, Reader, Serializable},
};

/// Immutable bytes with a media type.
#[derive(Trace, Platform)]
pub(crate) struct Blob {
    #[trace(skip)]
    data: BlobData,
    #[trace(skip)]
    type_: String,
}

/// A part of bytes that others share.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlobData {
    bytes: Bytes,
    start: usize,
    end: usize,
}

impl From<Vec<u8>> for BlobData {
    fn from(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Self { bytes: Bytes::from(bytes), start: 0, end }
    }
}

impl From<Bytes> for BlobData {
    fn from(bytes: Bytes) -> Self {
        let end = bytes.len();
        Self { bytes, start: 0, end }
    }
}

impl BlobData {
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// The bytes alone, copied only if they are a part of others.
    pub(crate) fn to_bytes(&self) -> Bytes {
        if self.start == 0 && self.end == self.bytes.len() {
            self.bytes.clone()
        } else {
            Bytes::from(self.as_slice())
        }
    }

    pub(super) fn part(&self, start: usize, end: usize) -> Self {
        Self { bytes: self.bytes.clone(), start: self.start + start, end: self.start + end }
    }
}

impl Blob {
    /// The data of a blob, with a type that is valid.
    pub(crate) fn new(data: impl Into<BlobData>, type_: &str) -> Self {
        Self { data: data.into(), type_: type_.to_owned() }
    }

    /// A new blob. `type_` is normalized.
    pub(crate) fn create(cx: &mut Cx, data: impl Into<BlobData>, type_: &str) -> Obj<Self> {
        Obj::new(cx, Self::new(data, &normalized_type(type_)))
    }

    pub(crate) fn data(&self) -> &BlobData {
        &self.data
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.data.as_slice()
    }

    /// Its media type, or the empty string.
    pub(crate) fn media_type(&self) -> &str {
        &self.type_
    }
}

/// Steps of the constructors for `type`: invalid ones are empty.
pub(super) fn normalized_type(type_: &str) -> String {
    if type_.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        type_.to_ascii_lowercase()
    } else {
        String::new()
    }
}

/// <https://w3c.github.io/FileAPI/#process-blob-parts>
pub(super) fn process_parts(
    cx: &mut Cx,
    parts: Vec<BlobPart>,
    options: &BlobPropertyBag,
) -> Fallible<BlobData> {
    // One part that is a blob needs no copy.
    if let [BlobPart::Blob(blob)] = parts.as_slice() {
        return Ok(blob.data.clone());
    }
    let mut bytes = Vec::new();
    for part in parts {
        match part {
            BlobPart::BufferSource(source) => bytes.extend_from_slice(&source.bytes(cx)?),
            BlobPart::Blob(blob) => bytes.extend_from_slice(blob.as_slice()),
            BlobPart::USVString(text) => match options.endings {
                EndingType::Transparent => bytes.extend_from_slice(text.as_bytes()),
                EndingType::Native => bytes.extend_from_slice(native_endings(&text).as_bytes()),
            },
        }
    }
    Ok(BlobData::from(bytes))
}

/// <https://w3c.github.io/FileAPI/#convert-line-endings-to-native>: a line feed, so
/// that an app does the same everywhere.
fn native_endings(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The range of a slice: negative numbers count from the end.
fn slice_range(size: usize, start: Option<i64>, end: Option<i64>) -> (usize, usize) {
    let length = i64::try_from(size).unwrap_or(i64::MAX);
    let place = |at: i64| if at < 0 { (length.saturating_add(at)).max(0) } else { at.min(length) };
    let start = place(start.unwrap_or(0));
    let end = place(end.unwrap_or(length)).max(start);
    let to_usize = |n: i64| usize::try_from(n).unwrap_or_default();
    (to_usize(start), to_usize(end))
}

impl BlobMethods for Obj<Blob> {
    fn constructor(
        cx: &mut Cx,
        blob_parts: Option<Vec<BlobPart>>,
        options: BlobPropertyBag,
    ) -> Fallible<Obj<Blob>> {
        let data = process_parts(cx, blob_parts.unwrap_or_default(), &options)?;
        let type_ = normalized_type(&options.type_.to_str());
        Ok(Obj::new(cx, Blob { data, type_ }))
    }

    fn size(&self, _: &mut Cx) -> u64 {
        u64::try_from(self.as_slice().len()).unwrap_or(u64::MAX)
    }

    fn type_(&self, _: &mut Cx) -> DomString {
        DomString::from(self.type_.as_str())
    }

    /// <https://w3c.github.io/FileAPI/#slice-blob>
    fn slice(
        &self,
        cx: &mut Cx,
        start: Option<i64>,
        end: Option<i64>,
        content_type: Option<DomString>,
    ) -> Fallible<Obj<Blob>> {
        let (start, end) = slice_range(self.as_slice().len(), start, end);
        let type_ = content_type.map(|type_| normalized_type(&type_.to_str())).unwrap_or_default();
        Ok(Obj::new(cx, Blob { data: self.data.part(start, end), type_ }))
    }

    fn stream(&self, cx: &mut Cx) -> Fallible<Obj<ReadableStream>> {
        stream(cx, self.data.clone())
    }

    fn text(&self, cx: &mut Cx) -> Fallible<Promise> {
        Promise::resolved(cx, utf8_decode(self.as_slice()))
    }

    fn array_buffer(&self, cx: &mut Cx) -> Fallible<Promise> {
        let buffer = Buffer::array_buffer(cx, self.as_slice())?;
        Promise::resolved(cx, buffer)
    }

    fn bytes(&self, cx: &mut Cx) -> Fallible<Promise> {
        let array = Buffer::uint8_array(cx, self.as_slice())?;
        Promise::resolved(cx, array)
    }
}

/// A stream of these bytes.
///
/// <https://w3c.github.io/FileAPI/#blob-get-stream>
pub(crate) fn stream(cx: &mut Cx, data: BlobData) -> Fallible<Obj<ReadableStream>> {
    let source = Chunks { data, at: Cell::new(0) };
    ReadableStream::from_byte_source(cx, Box::new(source), 0.0)
}

/// Gives bytes out in chunks.
struct Chunks {
    data: BlobData,
    at: Cell<usize>,
}

/// Bytes of a chunk.
const CHUNK: usize = 64 * 1024;

impl Trace for Chunks {
    fn trace(&self, _: &mut virga_js::Tracer<'_>) {}
}

impl Source for Chunks {
    fn pull(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Promise> {
        let bytes = self.data.as_slice();
        let at = self.at.get();
        let end = (at + CHUNK).min(bytes.len());
        controller.enqueue_bytes(cx, bytes.get(at..end).unwrap_or_default())?;
        self.at.set(end);
        if end == bytes.len() {
            controller.close(cx)?;
        }
        fulfilled(cx)
    }

    fn cancel(&self, cx: &mut Cx, _: Value) -> Fallible<Promise> {
        fulfilled(cx)
    }
}

impl Serializable for Blob {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        to.bytes(this.data.to_bytes());
        to.text(&this.type_);
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let data = BlobData::from(from.bytes()?);
        let type_ = from.text()?;
        Ok(Obj::new(cx, Self { data, type_ }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_stay_within() {
        let check = |start: Option<i64>, end: Option<i64>, expected: (usize, usize)| {
            assert_eq!(slice_range(10, start, end), expected, "{start:?} {end:?}");
        };
        check(None, None, (0, 10));
        check(Some(-3), None, (7, 10));
        check(Some(2), Some(-2), (2, 8));
        check(Some(5), Some(3), (5, 5));
        check(Some(-20), Some(20), (0, 10));
        check(Some(i64::MAX), Some(i64::MIN), (10, 10));
        check(Some(i64::MIN), None, (0, 10));
    }

    #[test]
    fn types_are_ascii_in_lower_case() {
        for (type_, expected) in [("Text/HTML", "text/html"), ("a\u{7f}", ""), ("té", "")] {
            assert_eq!(normalized_type(type_), expected);
        }
    }
}
