//! Bodies: <https://fetch.spec.whatwg.org/#body-mixin>
//!
//! A body is a buffer that may still be filling. Copies of a response share the
//! buffer; each has read it or not for itself.

use std::cell::{Cell, RefCell};

use virga_js::{
    self as js, Cx, DomString, Error, Fallible, GcCell, Obj, Object, Promise, Resolver, Slot,
    Traced, Value,
};
use virga_js::{Platform, Trace};

use super::{Request, Response};
use crate::{
    events::report_exception,
    generated::{BodyMethods, BufferSourceOrURLSearchParamsOrUSVString as BodyInit},
};

/// The body of a request or response.
#[derive(Trace, Default)]
pub(super) struct Body {
    /// `None` is the null body.
    buffer: Option<GcCell<Buffer>>,
    used: Cell<bool>,
}

/// Bytes that come over time, and who waits for all of them.
#[derive(Trace)]
pub(super) struct Buffer {
    #[trace(skip)]
    bytes: RefCell<Vec<u8>>,
    end: Slot<End>,
    waiting: Traced<Vec<Waiting>>,
}

/// How far a buffer is.
#[derive(Trace, Clone)]
enum End {
    Filling,
    Complete,
    /// It broke off, for this reason.
    Failed(Value),
}

#[derive(Trace)]
struct Waiting {
    resolver: Resolver,
    #[trace(skip)]
    into: Into,
}

/// What the bytes are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Into {
    ArrayBuffer,
    Bytes,
    Json,
    Text,
}

impl Buffer {
    /// A buffer that is still to be filled.
    pub(super) fn filling() -> GcCell<Self> {
        Self::new(Vec::new(), End::Filling)
    }

    fn new(bytes: Vec<u8>, end: End) -> GcCell<Self> {
        GcCell::new(Self {
            bytes: RefCell::new(bytes),
            end: Slot::new(end),
            waiting: Traced::new(Vec::new()),
        })
    }

    /// More bytes came.
    pub(super) fn push(&self, bytes: &[u8]) {
        self.bytes.borrow_mut().extend_from_slice(bytes);
    }

    /// All bytes have come.
    pub(super) fn complete(&self, cx: &mut Cx) {
        self.finish(cx, End::Complete);
    }

    /// No more bytes come.
    pub(super) fn fail(&self, cx: &mut Cx, reason: Value) {
        self.finish(cx, End::Failed(reason));
    }

    fn finish(&self, cx: &mut Cx, end: End) {
        self.end.set(end);
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        for Waiting { resolver, into } in waiting {
            self.settle(cx, &resolver, into);
        }
    }

    /// Settles a promise with what has come, if that is all.
    fn settle(&self, cx: &mut Cx, resolver: &Resolver, into: Into) {
        let result = match self.end.get() {
            End::Filling => {
                let waiting = Waiting { resolver: resolver.clone(), into };
                return self.waiting.borrow_mut().push(waiting);
            }
            End::Complete => {
                let bytes = self.bytes.borrow().clone();
                read(cx, &bytes, into)
            }
            End::Failed(reason) => Err(Error::Thrown(reason)),
        };
        let settled = match result {
            Ok(value) => resolver.resolve(cx, value),
            Err(error) => resolver.reject(cx, error),
        };
        if let Err(error) = settled {
            report_exception(cx, error);
        }
    }
}

/// <https://fetch.spec.whatwg.org/#concept-body-consume-body>, steps 3 and 4.
fn read(cx: &mut Cx, bytes: &[u8], into: Into) -> Fallible<Value> {
    match into {
        Into::ArrayBuffer => js::Buffer::array_buffer(cx, bytes).map(Value::from),
        Into::Bytes => js::Buffer::uint8_array(cx, bytes).map(Value::from),
        Into::Text => Ok(Value::from(decode(bytes))),
        Into::Json => {
            let text = Value::from(decode(bytes));
            json(cx)?.invoke(cx, "parse", &[text])
        }
    }
}

/// The JSON object of the realm.
pub(super) fn json(cx: &mut Cx) -> Fallible<Object> {
    let json = cx.global_property("JSON")?;
    json.as_object().ok_or_else(|| Error::type_error("JSON is missing"))
}

/// <https://encoding.spec.whatwg.org/#utf-8-decode>
fn decode(bytes: &[u8]) -> DomString {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    DomString::from(String::from_utf8_lossy(bytes).as_ref())
}

impl Body {
    /// A body that is complete.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self::filling(Buffer::new(bytes, End::Complete))
    }

    /// A body whose bytes come with the buffer.
    pub(super) fn filling(buffer: GcCell<Buffer>) -> Self {
        Self { buffer: Some(buffer), used: Cell::new(false) }
    }

    /// Another body with the same bytes, still to be read.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-body-clone>
    pub(super) fn copy(&self) -> Self {
        Self { buffer: self.buffer.clone(), used: Cell::new(false) }
    }

    /// Moves the body out of a request that another one was made of.
    pub(super) fn take(&self) -> Self {
        let taken = self.copy();
        self.used.set(self.buffer.is_some());
        taken
    }

    pub(super) fn is_null(&self) -> bool {
        self.buffer.is_none()
    }

    /// <https://fetch.spec.whatwg.org/#body-unusable>
    pub(super) fn is_used(&self) -> bool {
        self.used.get()
    }

    /// The bytes, if all are there: those of requests always are.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        self.buffer.as_ref().map(|buffer| buffer.bytes.borrow().clone())
    }

    /// <https://fetch.spec.whatwg.org/#concept-body-consume-body>
    fn consume(&self, cx: &mut Cx, into: Into) -> Fallible<Promise> {
        // 1.
        if self.used.get() {
            let error = Error::type_error("The body has been read already");
            return Promise::rejected(cx, error);
        }
        // 2. - 6.
        let (promise, resolver) = Promise::new(cx);
        match &self.buffer {
            Some(buffer) => {
                self.used.set(true);
                buffer.settle(cx, &resolver, into);
            }
            None => Buffer::new(Vec::new(), End::Complete).settle(cx, &resolver, into),
        }
        Ok(promise)
    }
}

/// The bytes of a body, and the content type that goes with them.
///
/// <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>
pub(super) fn extract(cx: &mut Cx, init: BodyInit) -> Fallible<(Body, Option<&'static str>)> {
    Ok(match init {
        BodyInit::BufferSource(source) => (Body::of(source.bytes(cx)?), None),
        BodyInit::URLSearchParams(params) => (
            Body::of(params.serialize().into_bytes()),
            Some("application/x-www-form-urlencoded;charset=UTF-8"),
        ),
        BodyInit::USVString(text) => {
            (Body::of(text.into_bytes()), Some("text/plain;charset=UTF-8"))
        }
    })
}

/// What has a body.
trait HasBody {
    fn body(&self) -> &Body;
}

impl HasBody for Request {
    fn body(&self) -> &Body {
        &self.body
    }
}

impl HasBody for Response {
    fn body(&self) -> &Body {
        &self.body
    }
}

impl<T: HasBody + Platform> BodyMethods for Obj<T> {
    fn body_used(&self, _: &mut Cx) -> bool {
        self.body().used.get()
    }

    fn array_buffer(&self, cx: &mut Cx) -> Fallible<Promise> {
        self.body().consume(cx, Into::ArrayBuffer)
    }

    fn bytes(&self, cx: &mut Cx) -> Fallible<Promise> {
        self.body().consume(cx, Into::Bytes)
    }

    fn json(&self, cx: &mut Cx) -> Fallible<Promise> {
        self.body().consume(cx, Into::Json)
    }

    fn text(&self, cx: &mut Cx) -> Fallible<Promise> {
        self.body().consume(cx, Into::Text)
    }
}
