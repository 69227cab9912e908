//! <https://streams.spec.whatwg.org/#read-request>

use std::cell::RefCell;

use virga_js::{Buffer, Cx, Error, Fallible, Obj, Object, Promise, Trace, Value};

use super::{
    ReadableStream, ReadableStreamDefaultReader, callbacks::read_result, promises::Deferred,
};

/// Who waits for a chunk. Each is answered once.
pub(crate) trait ReadRequest: Trace {
    /// Here it is.
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()>;
    /// There are no more.
    fn close(self: Box<Self>, cx: &mut Cx) -> Fallible<()>;
    /// There are none, for this reason.
    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()>;
}

/// Who waits for a chunk in a buffer of its own.
pub(super) trait ReadIntoRequest: Trace {
    /// Here it is.
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Object) -> Fallible<()>;
    /// There are no more; the buffer goes back, unless the stream was cancelled.
    fn close(self: Box<Self>, cx: &mut Cx, chunk: Option<Object>) -> Fallible<()>;
    /// There are none, for this reason.
    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()>;
}

/// Script waits, by a promise.
#[derive(Trace)]
pub(super) struct Promised(pub(super) Deferred);

impl ReadRequest for Promised {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        let result = read_result(cx, chunk, false);
        self.0.resolve(cx, result)
    }

    fn close(self: Box<Self>, cx: &mut Cx) -> Fallible<()> {
        let result = read_result(cx, Value::undefined(), true);
        self.0.resolve(cx, result)
    }

    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.0.reject(cx, reason)
    }
}

impl ReadIntoRequest for Promised {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Object) -> Fallible<()> {
        let result = read_result(cx, Value::from(chunk), false);
        self.0.resolve(cx, result)
    }

    fn close(self: Box<Self>, cx: &mut Cx, chunk: Option<Object>) -> Fallible<()> {
        let chunk = chunk.map_or_else(Value::undefined, Value::from);
        let result = read_result(cx, chunk, true);
        self.0.resolve(cx, result)
    }

    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.0.reject(cx, reason)
    }
}

/// Reads a stream of bytes to its end. `finish` gets all of them and says what
/// the promise resolves with; a chunk that is no `Uint8Array` rejects it.
///
/// <https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes>
///
/// # Errors
/// The stream is locked.
pub(crate) fn read_all<T: Trace + 'static>(
    cx: &mut Cx,
    stream: &Obj<ReadableStream>,
    data: T,
    finish: fn(&mut Cx, T, Vec<u8>) -> Fallible<Value>,
) -> Fallible<Promise> {
    let reader = ReadableStream::acquire_reader(cx, stream)?;
    let result = Deferred::pending(cx);
    let promise = result.promise.clone();
    let bytes = RefCell::default();
    let request = ReadAll { reader: reader.clone(), result, bytes, data, finish };
    ReadableStreamDefaultReader::read_with(cx, &reader, Box::new(request))?;
    Ok(promise)
}

struct ReadAll<T> {
    reader: Obj<ReadableStreamDefaultReader>,
    result: Deferred,
    bytes: RefCell<Vec<u8>>,
    data: T,
    finish: fn(&mut Cx, T, Vec<u8>) -> Fallible<Value>,
}

impl<T: Trace> Trace for ReadAll<T> {
    fn trace(&self, tracer: &mut virga_js::Tracer<'_>) {
        self.reader.trace(tracer);
        self.result.trace(tracer);
        self.data.trace(tracer);
    }
}

impl<T: Trace + 'static> ReadRequest for ReadAll<T> {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        let bytes = match chunk.as_object().as_ref().and_then(Buffer::from_object) {
            Some(buffer @ Buffer::Typed(_, virga_js::TypedArrayKind::Uint8)) => {
                buffer.to_vec(cx)?
            }
            _ => {
                let error = Error::type_error("The stream has a chunk that is no Uint8Array");
                let reason = error.into_value(cx)?;
                return self.result.reject(cx, reason);
            }
        };
        self.bytes.borrow_mut().extend_from_slice(&bytes);
        // A chunk that is there already is read at once: a long queue must not
        // become a deep recursion.
        let reader = self.reader.clone();
        cx.queue_microtask(move |cx| {
            if let Err(error) = ReadableStreamDefaultReader::read_with(cx, &reader, self) {
                crate::events::report_exception(cx, error);
            }
        });
        Ok(())
    }

    fn close(self: Box<Self>, cx: &mut Cx) -> Fallible<()> {
        let Self { result, bytes, data, finish, .. } = *self;
        match finish(cx, data, bytes.into_inner()) {
            Ok(value) => result.resolve(cx, value),
            Err(error) => {
                let reason = error.into_value(cx)?;
                result.reject(cx, reason)
            }
        }
    }

    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.result.reject(cx, reason)
    }
}
