//! Bodies: <https://fetch.spec.whatwg.org/#body-mixin>
//!
//! A body is a buffer that may still be filling until somebody asks for its
//! stream; then it is that stream. Nobody can tell, and most bodies never need
//! one.

use std::cell::Cell;

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Platform, Promise, Slot, Trace, Value};

use super::{
    Headers, MimeType, Request, Response,
    buffer::Buffer,
    package::{Into, package},
};
use crate::{
    generated::{
        BodyMethods,
        ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit,
    },
    streams::{Controller, ReadableStream, Source, Transformed, read_all},
    xhr::encode_multipart,
};

/// The body of a request or response.
#[derive(Trace, Default)]
pub(super) struct Body {
    content: Slot<Content>,
    /// Whether a buffer was read; a stream knows by itself.
    used: Cell<bool>,
}

#[derive(Trace, Clone, Default)]
enum Content {
    /// The null body.
    #[default]
    Null,
    Buffer(GcCell<Buffer>),
    Stream(Obj<ReadableStream>),
}

/// What is sent of a request.
pub(super) enum ToSend {
    Nothing,
    Bytes(Vec<u8>),
    /// It is read to its end first.
    Stream(Obj<ReadableStream>),
}

impl Body {
    /// A body that is complete.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self::filling(Buffer::complete_with(bytes))
    }

    /// A body whose bytes come with the buffer.
    pub(super) fn filling(buffer: GcCell<Buffer>) -> Self {
        Self { content: Slot::new(Content::Buffer(buffer)), used: Cell::new(false) }
    }

    fn stream(stream: Obj<ReadableStream>) -> Self {
        Self { content: Slot::new(Content::Stream(stream)), used: Cell::new(false) }
    }

    pub(super) fn is_null(&self) -> bool {
        self.content.with(|content| matches!(content, Content::Null))
    }

    /// Whether it is a stream, whose bytes nobody knows yet.
    pub(super) fn has_null_source(&self) -> bool {
        self.content.with(|content| matches!(content, Content::Stream(_)))
    }

    /// `bodyUsed`.
    pub(super) fn is_used(&self) -> bool {
        self.used.get()
            || self
                .content
                .with(|content| matches!(content, Content::Stream(stream) if stream.is_disturbed()))
    }

    /// <https://fetch.spec.whatwg.org/#body-unusable>
    pub(super) fn is_unusable(&self) -> bool {
        self.is_used()
            || self
                .content
                .with(|content| matches!(content, Content::Stream(stream) if stream.is_locked()))
    }

    /// Another body with the same bytes, still to be read.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-body-clone>
    pub(super) fn copy(&self, cx: &mut Cx) -> Fallible<Self> {
        let content = match self.content.get() {
            Content::Null => Content::Null,
            Content::Buffer(buffer) => {
                buffer.add_owner();
                Content::Buffer(buffer)
            }
            Content::Stream(stream) => {
                let [own, other] = ReadableStream::tee(&stream, cx, true)?;
                self.content.set(Content::Stream(own));
                Content::Stream(other)
            }
        };
        Ok(Self { content: Slot::new(content), used: Cell::new(false) })
    }

    /// Moves the body out of a request that another one is made of.
    ///
    /// <https://fetch.spec.whatwg.org/#body-create-a-proxy>
    pub(super) fn take(&self, cx: &mut Cx) -> Fallible<Self> {
        let content = match self.content.get() {
            Content::Null => return Ok(Self::default()),
            Content::Buffer(buffer) => {
                self.used.set(true);
                Content::Buffer(buffer)
            }
            Content::Stream(stream) => Content::Stream(Transformed::proxy(cx, &stream)?),
        };
        Ok(Self { content: Slot::new(content), used: Cell::new(false) })
    }

    /// What is sent, which uses the body up.
    pub(super) fn to_send(&self) -> ToSend {
        match self.content.get() {
            Content::Null => ToSend::Nothing,
            Content::Buffer(buffer) => {
                self.used.set(true);
                ToSend::Bytes(buffer.bytes())
            }
            Content::Stream(stream) => ToSend::Stream(stream),
        }
    }

    /// The stream that script sees.
    fn to_stream(&self, cx: &mut Cx) -> Fallible<Option<Obj<ReadableStream>>> {
        let stream = match self.content.get() {
            Content::Null => return Ok(None),
            Content::Stream(stream) => return Ok(Some(stream)),
            Content::Buffer(buffer) if self.used.get() => used_stream(cx, &buffer)?,
            Content::Buffer(buffer) => Buffer::stream(&buffer, cx)?,
        };
        self.content.set(Content::Stream(stream.clone()));
        Ok(Some(stream))
    }

    /// The fetch was aborted before its body was sent.
    pub(super) fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if let Content::Stream(stream) = self.content.get()
            && stream.is_readable()
        {
            ReadableStream::cancel(&stream, cx, reason)?.mark_as_handled(cx)?;
        }
        Ok(())
    }

    /// <https://fetch.spec.whatwg.org/#concept-body-consume-body>
    fn consume(&self, cx: &mut Cx, into: Into) -> Fallible<Promise> {
        // 1.
        if self.is_used() {
            return Err(Error::type_error("The body has been read already"));
        }
        if self.is_unusable() {
            return Err(Error::type_error("The body is locked by a reader of its stream"));
        }
        // 2. - 6.
        match self.content.get() {
            Content::Null => {
                let (promise, resolver) = Promise::new(cx);
                Buffer::complete_with(Vec::new()).settle(cx, resolver, into)?;
                Ok(promise)
            }
            Content::Buffer(buffer) => {
                self.used.set(true);
                let (promise, resolver) = Promise::new(cx);
                buffer.settle(cx, resolver, into)?;
                Ok(promise)
            }
            Content::Stream(stream) => {
                read_all(cx, &stream, into, |cx, into, bytes| package(cx, bytes, &into))
            }
        }
    }
}

/// The stream of a body that was read in another way: it is locked by that.
fn used_stream(cx: &mut Cx, buffer: &Buffer) -> Fallible<Obj<ReadableStream>> {
    struct Empty;
    impl Trace for Empty {
        fn trace(&self, _: &mut virga_js::Tracer<'_>) {}
    }
    impl Source for Empty {}
    let stream = ReadableStream::from_byte_source(cx, Box::new(Empty), 0.0)?;
    if !buffer.is_filling()
        && let Some(Controller::Byte(_)) = stream.controller()
        && let Some(controller) = stream.controller()
    {
        controller.close(cx)?;
    }
    stream.set_disturbed();
    ReadableStream::acquire_reader(cx, &stream)?;
    Ok(stream)
}

/// The bytes of a body, and the content type that goes with them.
///
/// <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>
pub(super) fn extract(
    cx: &mut Cx,
    init: BodyInit,
    keepalive: bool,
) -> Fallible<(Body, Option<String>)> {
    Ok(match init {
        BodyInit::ReadableStream(stream) => {
            if keepalive {
                return Err(Error::type_error("A stream cannot be the body with keepalive"));
            }
            if stream.is_disturbed() || stream.is_locked() {
                return Err(Error::type_error("The stream is locked, or was read from already"));
            }
            (Body::stream(stream), None)
        }
        BodyInit::Blob(blob) => {
            let type_ = blob.media_type();
            let type_ = (!type_.is_empty()).then(|| type_.to_owned());
            (Body::of(blob.as_slice().to_vec()), type_)
        }
        BodyInit::BufferSource(source) => (Body::of(source.bytes(cx)?), None),
        BodyInit::FormData(form) => {
            let (bytes, boundary) = encode_multipart(cx, &form.entries());
            (Body::of(bytes), Some(format!("multipart/form-data; boundary={boundary}")))
        }
        BodyInit::URLSearchParams(params) => (
            Body::of(params.serialize().into_bytes()),
            Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned()),
        ),
        BodyInit::USVString(text) => {
            (Body::of(text.into_bytes()), Some("text/plain;charset=UTF-8".to_owned()))
        }
    })
}

/// What has a body.
pub(super) trait HasBody {
    fn body(&self) -> &Body;
    fn header_list(&self) -> &Headers;

    /// <https://fetch.spec.whatwg.org/#concept-body-mime-type>
    fn mime_type(&self) -> Option<MimeType> {
        let value = self.header_list().combined("content-type")?;
        let text: String = value.iter().copied().map(char::from).collect();
        MimeType::extract(&text)
    }
}

impl HasBody for Request {
    fn body(&self) -> &Body {
        &self.body
    }

    fn header_list(&self) -> &Headers {
        self.list()
    }
}

impl HasBody for Response {
    fn body(&self) -> &Body {
        &self.body
    }

    fn header_list(&self) -> &Headers {
        self.list()
    }
}

impl<T: HasBody + Platform> BodyMethods for Obj<T> {
    fn body(&self, cx: &mut Cx) -> Fallible<Option<Obj<ReadableStream>>> {
        HasBody::body(&**self).to_stream(cx)
    }

    fn body_used(&self, _: &mut Cx) -> bool {
        HasBody::body(&**self).is_used()
    }

    fn array_buffer(&self, cx: &mut Cx) -> Fallible<Promise> {
        HasBody::body(&**self).consume(cx, Into::ArrayBuffer)
    }

    fn blob(&self, cx: &mut Cx) -> Fallible<Promise> {
        let mime = self.mime_type();
        HasBody::body(&**self).consume(cx, Into::Blob(mime))
    }

    fn bytes(&self, cx: &mut Cx) -> Fallible<Promise> {
        HasBody::body(&**self).consume(cx, Into::Bytes)
    }

    fn form_data(&self, cx: &mut Cx) -> Fallible<Promise> {
        let mime = self.mime_type();
        HasBody::body(&**self).consume(cx, Into::FormData(mime))
    }

    fn json(&self, cx: &mut Cx) -> Fallible<Promise> {
        HasBody::body(&**self).consume(cx, Into::Json)
    }

    fn text(&self, cx: &mut Cx) -> Fallible<Promise> {
        HasBody::body(&**self).consume(cx, Into::Text)
    }
}
