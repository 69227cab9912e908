//! <https://streams.spec.whatwg.org/#ts-class>

use std::cell::Cell;

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Object, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    ReadableStream, TransformStreamDefaultController, WritableStream,
    WritableStreamDefaultController,
    callbacks::{ScriptTransformer, Sink, Source, Transformer, read_dictionary},
    promises::{Deferred, done, fulfilled, react},
    readable::Controller,
    strategy::{SizeAlgorithm, high_water_mark},
};
use crate::generated::{self, QueuingStrategy, TransformStreamMethods};

/// What is written becomes, transformed, what is read.
#[derive(Trace, Platform)]
pub(crate) struct TransformStream {
    readable: Slot<Option<Obj<ReadableStream>>>,
    writable: Slot<Option<Obj<WritableStream>>>,
    pub(super) controller: Slot<Option<Obj<TransformStreamDefaultController>>>,
    backpressure: Cell<bool>,
    backpressure_change: Slot<Option<Deferred>>,
}

/// The strategies of both sides.
struct Strategies {
    writable_mark: f64,
    writable_size: SizeAlgorithm,
    readable_mark: f64,
    readable_size: SizeAlgorithm,
}

/// Either side of a stream, as the other's source or sink.
#[derive(Trace)]
struct Side {
    stream: Obj<TransformStream>,
    /// Both sides wait for the transformer to start.
    start: Promise,
}

impl TransformStream {
    /// <https://streams.spec.whatwg.org/#initialize-transform-stream>
    fn initialize(cx: &mut Cx, start: &Promise, strategies: Strategies) -> Fallible<Obj<Self>> {
        let stream = Obj::new(
            cx,
            Self {
                readable: Slot::new(None),
                writable: Slot::new(None),
                controller: Slot::new(None),
                backpressure: Cell::new(false),
                backpressure_change: Slot::new(None),
            },
        );
        let Strategies { writable_mark, writable_size, readable_mark, readable_size } = strategies;
        let side = || Side { stream: stream.clone(), start: start.clone() };
        let sink: Box<dyn Sink> = Box::new(side());
        let writable = WritableStream::from_sink(cx, sink, writable_mark, writable_size)?;
        stream.writable.set(Some(writable));
        let readable = ReadableStream::unset(cx);
        super::ReadableStreamDefaultController::set_up(
            cx,
            &readable,
            Box::new(side()),
            readable_mark,
            readable_size,
        )?;
        stream.readable.set(Some(readable));
        stream.set_backpressure(cx, true)?;
        Ok(stream)
    }

    /// A stream with a transformer of Rust's.
    ///
    /// <https://streams.spec.whatwg.org/#transformstream-set-up>
    pub(super) fn from_transformer(
        cx: &mut Cx,
        transformer: Box<dyn Transformer>,
    ) -> Fallible<Obj<Self>> {
        let start = fulfilled(cx)?;
        let strategies = Strategies {
            writable_mark: 1.0,
            writable_size: SizeAlgorithm::default(),
            readable_mark: 0.0,
            readable_size: SizeAlgorithm::default(),
        };
        let stream = Self::initialize(cx, &start, strategies)?;
        TransformStreamDefaultController::set_up(cx, &stream, transformer);
        Ok(stream)
    }

    /// # Panics
    /// Before the stream is initialized: nobody has it then.
    pub(crate) fn readable_side(&self) -> Obj<ReadableStream> {
        match self.readable.get() {
            Some(readable) => readable,
            None => unreachable!("a transform stream is initialized before anybody has it"),
        }
    }

    /// # Panics
    /// Before the stream is initialized: nobody has it then.
    pub(crate) fn writable_side(&self) -> Obj<WritableStream> {
        match self.writable.get() {
            Some(writable) => writable,
            None => unreachable!("a transform stream is initialized before anybody has it"),
        }
    }

    pub(super) fn readable_controller(
        &self,
    ) -> Option<Obj<super::ReadableStreamDefaultController>> {
        match self.readable.get()?.controller() {
            Some(Controller::Default(controller)) => Some(controller),
            _ => None,
        }
    }

    fn writable_controller(&self) -> Option<Obj<WritableStreamDefaultController>> {
        self.writable.get()?.controller.get()
    }

    pub(super) fn has_backpressure(&self) -> bool {
        self.backpressure.get()
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-set-backpressure>
    pub(super) fn set_backpressure(&self, cx: &mut Cx, backpressure: bool) -> Fallible<()> {
        let change = Deferred::pending(cx);
        if let Some(before) = self.backpressure_change.replace(Some(change)) {
            before.resolve(cx, Value::undefined())?;
        }
        self.backpressure.set(backpressure);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-error>
    pub(super) fn error(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if let Some(controller) = self.readable_controller() {
            controller.error_stream(cx, reason.clone())?;
        }
        self.error_writable_and_unblock(cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write>
    pub(super) fn error_writable_and_unblock(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if let Some(controller) = self.controller.get() {
            controller.clear_algorithms();
        }
        if let Some(controller) = self.writable_controller() {
            controller.error_if_needed(cx, reason)?;
        }
        self.unblock_write(cx)
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-unblock-write>
    fn unblock_write(&self, cx: &mut Cx) -> Fallible<()> {
        if self.backpressure.get() { self.set_backpressure(cx, false) } else { Ok(()) }
    }
}

impl Sink for Side {
    fn start(&self, _: &mut Cx, _: &Obj<WritableStreamDefaultController>) -> Fallible<Value> {
        Ok(Value::from(self.start.object()))
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-sink-write-algorithm>
    fn write(
        &self,
        cx: &mut Cx,
        chunk: Value,
        _: &Obj<WritableStreamDefaultController>,
    ) -> Fallible<Promise> {
        let stream = &self.stream;
        let Some(controller) = stream.controller.get() else { return fulfilled(cx) };
        if !stream.has_backpressure() {
            return controller.perform_transform(cx, chunk);
        }
        let change = match stream.backpressure_change.get() {
            Some(change) => change.promise,
            None => fulfilled(cx)?,
        };
        change.then(
            cx,
            (stream.clone(), chunk),
            |cx, (stream, chunk), _| {
                let writable = stream.writable_side();
                if writable.state() == super::writable::State::Erroring {
                    return Err(Error::Thrown(writable.stored_error()));
                }
                match stream.controller.get() {
                    Some(controller) => {
                        controller.perform_transform(cx, chunk.clone()).map(Value::from)
                    }
                    None => done(),
                }
            },
            |_, _, reason| Err(Error::Thrown(reason.clone())),
        )
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-sink-abort-algorithm>
    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let Some(controller) = self.stream.controller.get() else { return fulfilled(cx) };
        let (finish, cancelled) = match controller.begin_finish(cx, &reason)? {
            Ok(running) => return Ok(running),
            Err(pair) => pair,
        };
        react(
            cx,
            &cancelled,
            (self.stream.clone(), finish.clone(), reason),
            |cx, (stream, finish, reason), _| {
                let readable = stream.readable_side();
                if readable.is_errored() {
                    finish.reject(cx, readable.stored_error())?;
                } else {
                    if let Some(controller) = stream.readable_controller() {
                        controller.error_stream(cx, reason.clone())?;
                    }
                    finish.resolve(cx, Value::undefined())?;
                }
                done()
            },
            |cx, (stream, finish, _), reason| {
                if let Some(controller) = stream.readable_controller() {
                    controller.error_stream(cx, reason.clone())?;
                }
                finish.reject(cx, reason.clone())?;
                done()
            },
        )?;
        Ok(finish.promise)
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-sink-close-algorithm>
    fn close(&self, cx: &mut Cx) -> Fallible<Promise> {
        let Some(controller) = self.stream.controller.get() else { return fulfilled(cx) };
        if let Some(running) = controller.finishing() {
            return Ok(running);
        }
        let (finish, flushed) = controller.begin_flush(cx)?;
        react(
            cx,
            &flushed,
            (self.stream.clone(), finish.clone()),
            |cx, (stream, finish), _| {
                let readable = stream.readable_side();
                if readable.is_errored() {
                    finish.reject(cx, readable.stored_error())?;
                } else {
                    if let Some(controller) = stream.readable_controller() {
                        controller.close_stream(cx)?;
                    }
                    finish.resolve(cx, Value::undefined())?;
                }
                done()
            },
            |cx, (stream, finish), reason| {
                if let Some(controller) = stream.readable_controller() {
                    controller.error_stream(cx, reason.clone())?;
                }
                finish.reject(cx, reason.clone())?;
                done()
            },
        )?;
        Ok(finish.promise)
    }
}

impl Source for Side {
    fn start(&self, _: &mut Cx, _: &Controller) -> Fallible<Value> {
        Ok(Value::from(self.start.object()))
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-source-pull>
    fn pull(&self, cx: &mut Cx, _: &Controller) -> Fallible<Promise> {
        self.stream.set_backpressure(cx, false)?;
        match self.stream.backpressure_change.get() {
            Some(change) => Ok(change.promise),
            None => fulfilled(cx),
        }
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-source-cancel>
    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let Some(controller) = self.stream.controller.get() else { return fulfilled(cx) };
        let (finish, cancelled) = match controller.begin_finish(cx, &reason)? {
            Ok(running) => return Ok(running),
            Err(pair) => pair,
        };
        react(
            cx,
            &cancelled,
            (self.stream.clone(), finish.clone(), reason),
            |cx, (stream, finish, reason), _| {
                let writable = stream.writable_side();
                if writable.is_errored() {
                    finish.reject(cx, writable.stored_error())?;
                } else {
                    if let Some(controller) = stream.writable_controller() {
                        controller.error_if_needed(cx, reason.clone())?;
                    }
                    stream.unblock_write(cx)?;
                    finish.resolve(cx, Value::undefined())?;
                }
                done()
            },
            |cx, (stream, finish, _), reason| {
                if let Some(controller) = stream.writable_controller() {
                    controller.error_if_needed(cx, reason.clone())?;
                }
                stream.unblock_write(cx)?;
                finish.reject(cx, reason.clone())?;
                done()
            },
        )?;
        Ok(finish.promise)
    }
}

impl TransformStreamMethods for Obj<TransformStream> {
    /// <https://streams.spec.whatwg.org/#ts-constructor>
    fn constructor(
        cx: &mut Cx,
        transformer: Option<Object>,
        writable_strategy: QueuingStrategy,
        readable_strategy: QueuingStrategy,
    ) -> Fallible<Obj<TransformStream>> {
        // 1. - 4.
        let object = transformer.as_ref();
        let dictionary: generated::Transformer =
            read_dictionary(cx, object, "new TransformStream: the transformer")?;
        if dictionary.readable_type.is_some() || dictionary.writable_type.is_some() {
            return Err(Error::range_error("new TransformStream: there are no types of its sides"));
        }
        // 5. - 8.
        let strategies = Strategies {
            readable_mark: high_water_mark(&readable_strategy, 0.0)?,
            readable_size: SizeAlgorithm::of(&readable_strategy),
            writable_mark: high_water_mark(&writable_strategy, 1.0)?,
            writable_size: SizeAlgorithm::of(&writable_strategy),
        };
        // 9. - 13.
        let start = Deferred::pending(cx);
        let stream = TransformStream::initialize(cx, &start.promise, strategies)?;
        let script: Box<dyn Transformer> = Box::new(ScriptTransformer::new(object, &dictionary));
        let controller = TransformStreamDefaultController::set_up(cx, &stream, script);
        let starting: Option<GcCell<Box<dyn Transformer>>> = controller.transformer();
        let started = match starting {
            Some(transformer) => transformer.start(cx, &controller)?,
            None => Value::undefined(),
        };
        start.resolve(cx, started)?;
        Ok(stream)
    }

    fn readable(&self, _: &mut Cx) -> Obj<ReadableStream> {
        self.readable_side()
    }

    fn writable(&self, _: &mut Cx) -> Obj<WritableStream> {
        self.writable_side()
    }
}
