//! <https://streams.spec.whatwg.org/#ws-default-controller-class>

use std::cell::Cell;

use virga_js::{Cx, Fallible, Obj, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    WritableStream,
    callbacks::{Shared, Sink, settled, shared},
    promises::{done, fulfilled, react},
    queue::Queue,
    strategy::SizeAlgorithm,
    writable::State,
};
use crate::{events::AbortSignal, generated::WritableStreamDefaultControllerMethods};

/// The queue of a writable stream.
#[derive(Trace, Platform)]
pub(crate) struct WritableStreamDefaultController {
    stream: Obj<WritableStream>,
    signal: Obj<AbortSignal>,
    queue: Queue<Item>,
    started: Cell<bool>,
    high_water_mark: f64,
    size: Slot<Option<SizeAlgorithm>>,
    sink: Shared<dyn Sink>,
}

#[derive(Trace, Clone)]
enum Item {
    Chunk(Value),
    Close,
}

impl WritableStreamDefaultController {
    /// <https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller>
    pub(super) fn set_up(
        cx: &mut Cx,
        stream: &Obj<WritableStream>,
        sink: Box<dyn Sink>,
        high_water_mark: f64,
        size: SizeAlgorithm,
    ) -> Fallible<()> {
        let sink = shared(sink);
        let starting = sink.get();
        let signal = AbortSignal::create(cx);
        let this = Self {
            stream: stream.clone(),
            signal,
            queue: Queue::new(),
            started: Cell::new(false),
            high_water_mark,
            size: Slot::new(Some(size)),
            sink,
        };
        let this = Obj::new(cx, this);
        stream.controller.set(Some(this.clone()));
        stream.update_backpressure(cx, this.has_backpressure())?;
        let started = match starting {
            Some(sink) => sink.start(cx, &this)?,
            None => Value::undefined(),
        };
        let promise = Promise::resolved(cx, started)?;
        react(
            cx,
            &promise,
            this,
            |cx, this, _| {
                this.started.set(true);
                this.advance(cx)?;
                done()
            },
            |cx, this, reason| {
                this.started.set(true);
                WritableStream::deal_with_rejection(&this.stream, cx, reason.clone())?;
                done()
            },
        )
    }

    pub(super) fn abort_signal(&self) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    pub(super) fn has_started(&self) -> bool {
        self.started.get()
    }

    pub(super) fn reset_queue(&self) {
        self.queue.reset();
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-get-desired-size>
    pub(super) fn desired(&self) -> f64 {
        self.high_water_mark - self.queue.total()
    }

    fn has_backpressure(&self) -> bool {
        self.desired() <= 0.0
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-clear-algorithms>
    fn clear_algorithms(&self) {
        self.sink.set(None);
        self.size.set(None);
    }

    fn object(&self) -> Option<Obj<Self>> {
        self.stream.controller.get()
    }

    /// <https://streams.spec.whatwg.org/#ws-default-controller-private-abort>
    pub(super) fn abort_steps(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let promise = match self.sink.get() {
            Some(sink) => {
                let result = sink.abort(cx, reason);
                settled(cx, result)?
            }
            None => fulfilled(cx)?,
        };
        self.clear_algorithms();
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-close>
    pub(super) fn close(&self, cx: &mut Cx) -> Fallible<()> {
        self.queue.push(Item::Close, 0.0)?;
        self.advance(cx)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size>
    pub(super) fn chunk_size(&self, cx: &mut Cx, chunk: &Value) -> Fallible<f64> {
        let Some(size) = self.size.get() else { return Ok(1.0) };
        match size.size(cx, chunk) {
            Ok(size) => Ok(size),
            Err(error) => {
                let reason = error.into_value(cx)?;
                self.error_if_needed(cx, reason)?;
                Ok(1.0)
            }
        }
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-write>
    pub(super) fn write(&self, cx: &mut Cx, chunk: Value, size: f64) -> Fallible<()> {
        if let Err(error) = self.queue.push(Item::Chunk(chunk), size) {
            let reason = error.into_value(cx)?;
            return self.error_if_needed(cx, reason);
        }
        if !self.stream.close_queued_or_in_flight() && self.stream.is_writable() {
            self.stream.update_backpressure(cx, self.has_backpressure())?;
        }
        self.advance(cx)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-error-if-needed>
    pub(super) fn error_if_needed(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if !self.stream.is_writable() {
            return Ok(());
        }
        self.clear_algorithms();
        WritableStream::start_erroring(&self.stream, cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed>
    fn advance(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.started.get() || self.stream.has_write_in_flight() {
            return Ok(());
        }
        if self.stream.state() == State::Erroring {
            return WritableStream::finish_erroring(&self.stream, cx);
        }
        match self.queue.peek() {
            None => Ok(()),
            Some(Item::Close) => self.process_close(cx),
            Some(Item::Chunk(chunk)) => self.process_write(cx, chunk),
        }
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close>
    fn process_close(&self, cx: &mut Cx) -> Fallible<()> {
        self.stream.mark_close_in_flight();
        self.queue.pop();
        let promise = match self.sink.get() {
            Some(sink) => {
                let result = sink.close(cx);
                settled(cx, result)?
            }
            None => fulfilled(cx)?,
        };
        self.clear_algorithms();
        react(
            cx,
            &promise,
            self.stream.clone(),
            |cx, stream, _| {
                stream.finish_close(cx)?;
                done()
            },
            |cx, stream, reason| {
                WritableStream::fail_close(stream, cx, reason.clone())?;
                done()
            },
        )
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write>
    fn process_write(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        self.stream.mark_write_in_flight();
        let Some(this) = self.object() else { return Ok(()) };
        let promise = match self.sink.get() {
            Some(sink) => {
                let result = sink.write(cx, chunk, &this);
                settled(cx, result)?
            }
            None => fulfilled(cx)?,
        };
        react(
            cx,
            &promise,
            this,
            |cx, this, _| {
                let stream = &this.stream;
                stream.finish_write(cx)?;
                this.queue.pop();
                if !stream.close_queued_or_in_flight() && stream.is_writable() {
                    stream.update_backpressure(cx, this.has_backpressure())?;
                }
                this.advance(cx)?;
                done()
            },
            |cx, this, reason| {
                if this.stream.is_writable() {
                    this.clear_algorithms();
                }
                WritableStream::fail_write(&this.stream, cx, reason.clone())?;
                done()
            },
        )
    }
}

impl WritableStreamDefaultControllerMethods for Obj<WritableStreamDefaultController> {
    fn signal(&self, _: &mut Cx) -> Obj<AbortSignal> {
        self.abort_signal()
    }

    fn error(&self, cx: &mut Cx, e: Value) -> Fallible<()> {
        self.error_if_needed(cx, e)
    }
}
