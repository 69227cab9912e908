//! <https://streams.spec.whatwg.org/#rs-asynciterator>

use virga_js::webidl::AsyncIteration;
use virga_js::{Cx, Fallible, Obj, Promise, Trace, Value};

use super::{
    ReadableStream, ReadableStreamDefaultReader,
    callbacks::read_result,
    promises::{Deferred, fulfilled},
    read::ReadRequest,
};

#[derive(Trace)]
struct Iteration {
    reader: Obj<ReadableStreamDefaultReader>,
    prevent_cancel: bool,
}

/// The steps of a new iterator.
pub(super) fn iterate(
    cx: &mut Cx,
    stream: &Obj<ReadableStream>,
    prevent_cancel: bool,
) -> Fallible<Box<dyn AsyncIteration>> {
    let reader = ReadableStreamDefaultReader::set_up(cx, stream)?;
    Ok(Box::new(Iteration { reader, prevent_cancel }))
}

impl AsyncIteration for Iteration {
    fn next(&self, cx: &mut Cx) -> Fallible<Promise> {
        let result = Deferred::pending(cx);
        let promise = result.promise.clone();
        let request = Next { reader: self.reader.clone(), result };
        ReadableStreamDefaultReader::read_with(cx, &self.reader, Box::new(request))?;
        Ok(promise)
    }

    fn finish(&self, cx: &mut Cx, value: &Value) -> Fallible<Promise> {
        if self.prevent_cancel {
            self.reader.release(cx)?;
            return fulfilled(cx);
        }
        let result = self.reader.cancel_stream(cx, value.clone())?;
        self.reader.release(cx)?;
        Ok(result)
    }
}

#[derive(Trace)]
struct Next {
    reader: Obj<ReadableStreamDefaultReader>,
    result: Deferred,
}

impl ReadRequest for Next {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        let result = read_result(cx, chunk, false);
        self.result.resolve(cx, result)
    }

    fn close(self: Box<Self>, cx: &mut Cx) -> Fallible<()> {
        self.reader.release(cx)?;
        let result = read_result(cx, Value::undefined(), true);
        self.result.resolve(cx, result)
    }

    fn error(self: Box<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.reader.release(cx)?;
        self.result.reject(cx, reason)
    }
}
