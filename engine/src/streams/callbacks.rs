//! What feeds, drains and transforms: of script's functions or of Rust.

use virga_js::webidl::{self, FromJs, Place};
use virga_js::{Callback, Cx, Fallible, GcCell, Obj, Object, Promise, Slot, Trace, Value};

use super::{
    TransformStreamDefaultController, WritableStreamDefaultController,
    promises::{fulfilled, promise_of},
    readable::Controller,
};
use crate::generated;

/// <https://streams.spec.whatwg.org/#underlying-source-api>
///
/// An error of [`pull`](Self::pull) and [`cancel`](Self::cancel) is the same as a
/// promise rejected with it.
pub(crate) trait Source: Trace {
    /// Called once, before anything else. The stream has started when what it
    /// returns is settled.
    fn start(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Value> {
        let _ = (cx, controller);
        Ok(Value::undefined())
    }

    /// The queue has room, or somebody reads.
    fn pull(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Promise> {
        let _ = controller;
        fulfilled(cx)
    }

    /// The consumer wants no more.
    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let _ = reason;
        fulfilled(cx)
    }
}

/// <https://streams.spec.whatwg.org/#underlying-sink-api>
pub(crate) trait Sink: Trace {
    /// Called once, before anything else.
    fn start(
        &self,
        cx: &mut Cx,
        controller: &Obj<WritableStreamDefaultController>,
    ) -> Fallible<Value> {
        let _ = (cx, controller);
        Ok(Value::undefined())
    }

    /// Takes a chunk; the next comes when the promise is fulfilled.
    fn write(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<WritableStreamDefaultController>,
    ) -> Fallible<Promise>;

    /// All chunks have come.
    fn close(&self, cx: &mut Cx) -> Fallible<Promise> {
        fulfilled(cx)
    }

    /// The producer gives up.
    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let _ = reason;
        fulfilled(cx)
    }
}

/// <https://streams.spec.whatwg.org/#transformer-api>
pub(crate) trait Transformer: Trace {
    /// Called once, before anything else.
    fn start(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Value> {
        let _ = (cx, controller);
        Ok(Value::undefined())
    }

    /// Takes a chunk, and enqueues what it becomes.
    fn transform(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise>;

    /// All chunks have come.
    fn flush(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        let _ = controller;
        fulfilled(cx)
    }

    /// The readable side was cancelled, or the writable side aborted.
    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let _ = reason;
        fulfilled(cx)
    }
}

/// A shared one: cleared by its controller, while a call may be under way.
pub(super) type Shared<T> = Slot<Option<GcCell<Box<T>>>>;

pub(super) fn shared<T: Trace + ?Sized + 'static>(value: Box<T>) -> Shared<T> {
    Slot::new(Some(GcCell::new(value)))
}

/// A dictionary of script's, read from an object that may be missing.
pub(super) fn read_dictionary<T: FromJs>(
    cx: &mut Cx,
    object: Option<&Object>,
    what: &'static str,
) -> Fallible<T> {
    let value = object.map_or_else(Value::undefined, Value::from);
    T::from_js(cx, &value, &Place::Value(what))
}

/// Calls a function of script's that is to return a promise.
fn call_promise(
    cx: &mut Cx,
    callback: Option<&Callback>,
    this: &Value,
    args: &[Value],
) -> Fallible<Promise> {
    match callback {
        None => fulfilled(cx),
        Some(callback) => {
            let result = callback.call(cx, this, args);
            promise_of(cx, result)
        }
    }
}

fn call_start(
    cx: &mut Cx,
    callback: Option<&Callback>,
    this: &Value,
    controller: Value,
) -> Fallible<Value> {
    match callback {
        None => Ok(Value::undefined()),
        Some(callback) => callback.call(cx, this, &[controller]),
    }
}

/// A source of script's functions.
#[derive(Trace)]
pub(super) struct ScriptSource {
    pub(super) this: Value,
    pub(super) start: Option<Callback>,
    pub(super) pull: Option<Callback>,
    pub(super) cancel: Option<Callback>,
}

impl ScriptSource {
    pub(super) fn new(object: Option<&Object>, source: &generated::UnderlyingSource) -> Self {
        Self {
            this: object.map_or_else(Value::undefined, Value::from),
            start: source.start.as_ref().map(|callback| callback.0.clone()),
            pull: source.pull.as_ref().map(|callback| callback.0.clone()),
            cancel: source.cancel.as_ref().map(|callback| callback.0.clone()),
        }
    }
}

impl Source for ScriptSource {
    fn start(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Value> {
        call_start(cx, self.start.as_ref(), &self.this, controller.value())
    }

    fn pull(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Promise> {
        call_promise(cx, self.pull.as_ref(), &self.this, &[controller.value()])
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        call_promise(cx, self.cancel.as_ref(), &self.this, &[reason])
    }
}

/// A sink of script's functions.
#[derive(Trace)]
pub(super) struct ScriptSink {
    this: Value,
    start: Option<Callback>,
    write: Option<Callback>,
    close: Option<Callback>,
    abort: Option<Callback>,
}

impl ScriptSink {
    pub(super) fn new(object: Option<&Object>, sink: &generated::UnderlyingSink) -> Self {
        Self {
            this: object.map_or_else(Value::undefined, Value::from),
            start: sink.start.as_ref().map(|callback| callback.0.clone()),
            write: sink.write.as_ref().map(|callback| callback.0.clone()),
            close: sink.close.as_ref().map(|callback| callback.0.clone()),
            abort: sink.abort.as_ref().map(|callback| callback.0.clone()),
        }
    }
}

impl Sink for ScriptSink {
    fn start(
        &self,
        cx: &mut Cx,
        controller: &Obj<WritableStreamDefaultController>,
    ) -> Fallible<Value> {
        call_start(cx, self.start.as_ref(), &self.this, controller.value())
    }

    fn write(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<WritableStreamDefaultController>,
    ) -> Fallible<Promise> {
        call_promise(cx, self.write.as_ref(), &self.this, &[chunk, controller.value()])
    }

    fn close(&self, cx: &mut Cx) -> Fallible<Promise> {
        call_promise(cx, self.close.as_ref(), &self.this, &[])
    }

    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        call_promise(cx, self.abort.as_ref(), &self.this, &[reason])
    }
}

/// A transformer of script's functions.
#[derive(Trace)]
pub(super) struct ScriptTransformer {
    this: Value,
    start: Option<Callback>,
    transform: Option<Callback>,
    flush: Option<Callback>,
    cancel: Option<Callback>,
}

impl ScriptTransformer {
    pub(super) fn new(object: Option<&Object>, transformer: &generated::Transformer) -> Self {
        Self {
            this: object.map_or_else(Value::undefined, Value::from),
            start: transformer.start.as_ref().map(|callback| callback.0.clone()),
            transform: transformer.transform.as_ref().map(|callback| callback.0.clone()),
            flush: transformer.flush.as_ref().map(|callback| callback.0.clone()),
            cancel: transformer.cancel.as_ref().map(|callback| callback.0.clone()),
        }
    }
}

impl Transformer for ScriptTransformer {
    fn start(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Value> {
        call_start(cx, self.start.as_ref(), &self.this, controller.value())
    }

    fn transform(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        if self.transform.is_some() {
            let args = [chunk, controller.value()];
            return call_promise(cx, self.transform.as_ref(), &self.this, &args);
        }
        // Without a function chunks pass as they are.
        let result = controller.enqueue_chunk(cx, chunk);
        promise_of(cx, result.map(|()| Value::undefined()))
    }

    fn flush(
        &self,
        cx: &mut Cx,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        call_promise(cx, self.flush.as_ref(), &self.this, &[controller.value()])
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        call_promise(cx, self.cancel.as_ref(), &self.this, &[reason])
    }
}

/// The promise of a call of Rust's: errors become rejections.
pub(super) fn settled(cx: &mut Cx, result: Fallible<Promise>) -> Fallible<Promise> {
    match result {
        Ok(promise) => Ok(promise),
        Err(error) => Promise::rejected(cx, error),
    }
}

/// `{ value, done }`, what readers resolve with.
pub(super) fn read_result(cx: &mut Cx, value: Value, done: bool) -> Value {
    webidl::iterator_result(cx, value, done)
}
