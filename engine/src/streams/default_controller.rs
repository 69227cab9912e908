//! <https://streams.spec.whatwg.org/#rs-default-controller-class>

use std::cell::Cell;

use virga_js::{Cx, Error, Fallible, Obj, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    ReadableStream,
    callbacks::{Shared, Source, settled, shared},
    promises::{done, fulfilled, react},
    queue::Queue,
    read::ReadRequest,
    readable::{Controller, State},
    strategy::SizeAlgorithm,
};
use crate::generated::ReadableStreamDefaultControllerMethods;

/// The queue of a stream of values.
#[derive(Trace, Platform)]
pub(crate) struct ReadableStreamDefaultController {
    stream: Obj<ReadableStream>,
    queue: Queue<Value>,
    started: Cell<bool>,
    close_requested: Cell<bool>,
    pulling: Cell<bool>,
    pull_again: Cell<bool>,
    high_water_mark: f64,
    size: Slot<SizeAlgorithm>,
    source: Shared<dyn Source>,
}

impl ReadableStreamDefaultController {
    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller>
    pub(super) fn set_up(
        cx: &mut Cx,
        stream: &Obj<ReadableStream>,
        source: Box<dyn Source>,
        high_water_mark: f64,
        size: SizeAlgorithm,
    ) -> Fallible<()> {
        let source = shared(source);
        let starting = source.get();
        let this = Self {
            stream: stream.clone(),
            queue: Queue::new(),
            started: Cell::new(false),
            close_requested: Cell::new(false),
            pulling: Cell::new(false),
            pull_again: Cell::new(false),
            high_water_mark,
            size: Slot::new(size),
            source,
        };
        let this = Obj::new(cx, this);
        let controller = Controller::Default(this.clone());
        stream.controller.set(Some(controller.clone()));
        let started = match starting {
            Some(source) => source.start(cx, &controller)?,
            None => Value::undefined(),
        };
        let promise = Promise::resolved(cx, started)?;
        react(
            cx,
            &promise,
            this,
            |cx, this, _| {
                this.started.set(true);
                this.call_pull_if_needed(cx)?;
                done()
            },
            |cx, this, reason| {
                this.error_stream(cx, reason.clone())?;
                done()
            },
        )
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue>
    pub(super) fn can_close_or_enqueue(&self) -> bool {
        !self.close_requested.get() && self.stream.is_readable()
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size>
    pub(super) fn desired(&self) -> Option<f64> {
        match self.stream.state() {
            State::Errored => None,
            State::Closed => Some(0.0),
            State::Readable => Some(self.high_water_mark - self.queue.total()),
        }
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-has-backpressure>
    pub(super) fn has_backpressure(&self) -> bool {
        !self.should_call_pull()
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull>
    fn should_call_pull(&self) -> bool {
        if !self.can_close_or_enqueue() || !self.started.get() {
            return false;
        }
        if self.stream.is_locked() && self.stream.read_requests() > 0 {
            return true;
        }
        self.desired().is_some_and(|size| size > 0.0)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-clear-algorithms>
    fn clear_algorithms(&self) {
        self.source.set(None);
        self.size.set(SizeAlgorithm::default());
    }

    /// The object that this is the data of.
    fn object(&self) -> Option<Obj<Self>> {
        match self.stream.controller.get() {
            Some(Controller::Default(controller)) => Some(controller),
            _ => None,
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed>
    pub(super) fn call_pull_if_needed(&self, cx: &mut Cx) -> Fallible<()> {
        // 1. - 5.
        if !self.should_call_pull() {
            return Ok(());
        }
        if self.pulling.get() {
            self.pull_again.set(true);
            return Ok(());
        }
        self.pulling.set(true);
        // 6.
        let (Some(source), Some(this)) = (self.source.get(), self.object()) else { return Ok(()) };
        let result = source.pull(cx, &Controller::Default(this.clone()));
        let promise = settled(cx, result)?;
        // 7, 8.
        react(
            cx,
            &promise,
            this,
            |cx, this, _| {
                this.pulling.set(false);
                if this.pull_again.replace(false) {
                    this.call_pull_if_needed(cx)?;
                }
                done()
            },
            |cx, this, reason| {
                this.error_stream(cx, reason.clone())?;
                done()
            },
        )
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-close>
    pub(super) fn close_stream(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        self.close_requested.set(true);
        if self.queue.is_empty() {
            self.clear_algorithms();
            ReadableStream::close(&self.stream, cx)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue>
    pub(super) fn enqueue_chunk(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        // 1.
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        if self.stream.is_locked() && self.stream.read_requests() > 0 {
            // 3.
            self.stream.fulfill_read_request(cx, chunk, false)?;
        } else {
            // 4.
            let size = self.size.get();
            let result = match size.size(cx, &chunk) {
                Ok(size) => self.queue.push(chunk, size),
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                let reason = error.into_value(cx)?;
                self.error_stream(cx, reason.clone())?;
                return Err(Error::Thrown(reason));
            }
        }
        // 5.
        self.call_pull_if_needed(cx)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-controller-error>
    pub(super) fn error_stream(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if !self.stream.is_readable() {
            return Ok(());
        }
        self.queue.reset();
        self.clear_algorithms();
        ReadableStream::error(&self.stream, cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-private-cancel>
    pub(super) fn cancel_steps(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        self.queue.reset();
        let promise = match self.source.get() {
            Some(source) => {
                let result = source.cancel(cx, reason);
                settled(cx, result)?
            }
            None => fulfilled(cx)?,
        };
        self.clear_algorithms();
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#rs-default-controller-private-pull>
    pub(super) fn pull_steps(&self, cx: &mut Cx, request: Box<dyn ReadRequest>) -> Fallible<()> {
        match self.queue.pop() {
            Some(chunk) => {
                if self.close_requested.get() && self.queue.is_empty() {
                    self.clear_algorithms();
                    ReadableStream::close(&self.stream, cx)?;
                } else {
                    self.call_pull_if_needed(cx)?;
                }
                request.chunk(cx, chunk)
            }
            None => {
                self.stream.add_read_request(request);
                self.call_pull_if_needed(cx)
            }
        }
    }
}

impl ReadableStreamDefaultControllerMethods for Obj<ReadableStreamDefaultController> {
    fn desired_size(&self, _: &mut Cx) -> Option<f64> {
        self.desired()
    }

    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Err(Error::type_error(
                "ReadableStreamDefaultController.close: the stream is closed already",
            ));
        }
        self.close_stream(cx)
    }

    fn enqueue(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Err(Error::type_error(
                "ReadableStreamDefaultController.enqueue: the stream takes no more chunks",
            ));
        }
        self.enqueue_chunk(cx, chunk)
    }

    fn error(&self, cx: &mut Cx, e: Value) -> Fallible<()> {
        self.error_stream(cx, e)
    }
}
