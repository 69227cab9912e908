//! <https://streams.spec.whatwg.org/#ws-class>

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use virga_js::{Cx, Error, Fallible, Obj, Object, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    WritableStreamDefaultController, WritableStreamDefaultWriter,
    callbacks::{ScriptSink, Sink, read_dictionary},
    promises::{Deferred, done, fulfilled, react},
    strategy::{SizeAlgorithm, high_water_mark},
};
use crate::{
    events::signal_abort,
    generated::{QueuingStrategy, UnderlyingSink, WritableStreamMethods},
};

/// Where chunks go to.
#[derive(Trace, Platform)]
pub(crate) struct WritableStream {
    state: Cell<State>,
    stored_error: Slot<Value>,
    backpressure: Cell<bool>,
    pub(super) controller: Slot<Option<Obj<WritableStreamDefaultController>>>,
    pub(super) writer: Slot<Option<Obj<WritableStreamDefaultWriter>>>,
    close_request: Slot<Option<Deferred>>,
    in_flight_close: Slot<Option<Deferred>>,
    in_flight_write: Slot<Option<Deferred>>,
    write_requests: RefCell<VecDeque<Deferred>>,
    pending_abort: Slot<Option<PendingAbort>>,
}

/// How far a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Writable,
    Closed,
    Erroring,
    Errored,
}

#[derive(Trace, Clone)]
struct PendingAbort {
    result: Deferred,
    reason: Value,
    was_erroring: bool,
}

impl WritableStream {
    fn initial() -> Self {
        Self {
            state: Cell::new(State::Writable),
            stored_error: Slot::new(Value::undefined()),
            backpressure: Cell::new(false),
            controller: Slot::new(None),
            writer: Slot::new(None),
            close_request: Slot::new(None),
            in_flight_close: Slot::new(None),
            in_flight_write: Slot::new(None),
            write_requests: RefCell::default(),
            pending_abort: Slot::new(None),
        }
    }

    /// A stream to a sink of Rust's.
    ///
    /// <https://streams.spec.whatwg.org/#create-writable-stream>
    pub(super) fn from_sink(
        cx: &mut Cx,
        sink: Box<dyn Sink>,
        mark: f64,
        size: SizeAlgorithm,
    ) -> Fallible<Obj<Self>> {
        let stream = Obj::new(cx, Self::initial());
        WritableStreamDefaultController::set_up(cx, &stream, sink, mark, size)?;
        Ok(stream)
    }

    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    pub(super) fn is_writable(&self) -> bool {
        self.state.get() == State::Writable
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.get() == State::Closed
    }

    pub(super) fn is_errored(&self) -> bool {
        self.state.get() == State::Errored
    }

    pub(super) fn stored_error(&self) -> Value {
        self.stored_error.get()
    }

    pub(super) fn has_backpressure(&self) -> bool {
        self.backpressure.get()
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.writer.with(Option::is_some)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-close-queued-or-in-flight>
    pub(super) fn close_queued_or_in_flight(&self) -> bool {
        self.close_request.with(Option::is_some) || self.in_flight_close.with(Option::is_some)
    }

    pub(super) fn has_write_in_flight(&self) -> bool {
        self.in_flight_write.with(Option::is_some)
    }

    fn has_operation_in_flight(&self) -> bool {
        self.has_write_in_flight() || self.in_flight_close.with(Option::is_some)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-abort>
    pub(super) fn abort(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        // 1.
        if matches!(stream.state(), State::Closed | State::Errored) {
            return fulfilled(cx);
        }
        // 2. This runs script.
        if let Some(controller) = stream.controller.get() {
            signal_abort(cx, &controller.abort_signal(), reason.clone())?;
        }
        // 3, 4.
        if matches!(stream.state(), State::Closed | State::Errored) {
            return fulfilled(cx);
        }
        // 5.
        if let Some(pending) = stream.pending_abort.get() {
            return Ok(pending.result.promise);
        }
        // 7, 8.
        let was_erroring = stream.state() == State::Erroring;
        let reason = if was_erroring { Value::undefined() } else { reason };
        // 9. - 12.
        let result = Deferred::pending(cx);
        let promise = result.promise.clone();
        let pending = PendingAbort { result, reason: reason.clone(), was_erroring };
        stream.pending_abort.set(Some(pending));
        if !was_erroring {
            Self::start_erroring(stream, cx, reason)?;
        }
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-close>
    pub(super) fn close(stream: &Obj<Self>, cx: &mut Cx) -> Fallible<Promise> {
        if matches!(stream.state(), State::Closed | State::Errored) {
            return Err(Error::type_error("The stream cannot be closed: it has ended already"));
        }
        let request = Deferred::pending(cx);
        let promise = request.promise.clone();
        stream.close_request.set(Some(request));
        if stream.has_backpressure()
            && stream.is_writable()
            && let Some(writer) = stream.writer.get()
        {
            writer.ready().resolve(cx, Value::undefined())?;
        }
        if let Some(controller) = stream.controller.get() {
            controller.close(cx)?;
        }
        Ok(promise)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-add-write-request>
    pub(super) fn add_write_request(&self, cx: &mut Cx) -> Promise {
        let request = Deferred::pending(cx);
        let promise = request.promise.clone();
        self.write_requests.borrow_mut().push_back(request);
        promise
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection>
    pub(super) fn deal_with_rejection(
        stream: &Obj<Self>,
        cx: &mut Cx,
        reason: Value,
    ) -> Fallible<()> {
        if stream.is_writable() {
            return Self::start_erroring(stream, cx, reason);
        }
        Self::finish_erroring(stream, cx)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-start-erroring>
    pub(super) fn start_erroring(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        stream.state.set(State::Erroring);
        stream.stored_error.set(reason.clone());
        if let Some(writer) = stream.writer.get() {
            writer.reject_ready(cx, reason)?;
        }
        let has_started =
            stream.controller.get().is_some_and(|controller| controller.has_started());
        if !stream.has_operation_in_flight() && has_started {
            Self::finish_erroring(stream, cx)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-finish-erroring>
    pub(super) fn finish_erroring(stream: &Obj<Self>, cx: &mut Cx) -> Fallible<()> {
        if stream.state() != State::Erroring {
            return Ok(());
        }
        // 3. - 7.
        stream.state.set(State::Errored);
        let Some(controller) = stream.controller.get() else { return Ok(()) };
        controller.reset_queue();
        let reason = stream.stored_error();
        let requests = std::mem::take(&mut *stream.write_requests.borrow_mut());
        for request in requests {
            request.reject(cx, reason.clone())?;
        }
        // 8. - 11.
        let Some(abort) = stream.pending_abort.take() else {
            return stream.reject_close_and_closed(cx);
        };
        if abort.was_erroring {
            abort.result.reject(cx, reason)?;
            return stream.reject_close_and_closed(cx);
        }
        // 12. - 14.
        let promise = controller.abort_steps(cx, abort.reason)?;
        react(
            cx,
            &promise,
            (stream.clone(), abort.result),
            |cx, (stream, result), _| {
                result.resolve(cx, Value::undefined())?;
                stream.reject_close_and_closed(cx)?;
                done()
            },
            |cx, (stream, result), reason| {
                result.reject(cx, reason.clone())?;
                stream.reject_close_and_closed(cx)?;
                done()
            },
        )
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed>
    fn reject_close_and_closed(&self, cx: &mut Cx) -> Fallible<()> {
        let reason = self.stored_error();
        if let Some(request) = self.close_request.take() {
            request.reject(cx, reason.clone())?;
        }
        if let Some(writer) = self.writer.get() {
            let closed = writer.closed();
            closed.reject(cx, reason)?;
            closed.promise.mark_as_handled(cx)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write>
    pub(super) fn finish_write(&self, cx: &mut Cx) -> Fallible<()> {
        match self.in_flight_write.take() {
            Some(request) => request.resolve(cx, Value::undefined()),
            None => Ok(()),
        }
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write-with-error>
    pub(super) fn fail_write(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if let Some(request) = stream.in_flight_write.take() {
            request.reject(cx, reason.clone())?;
        }
        Self::deal_with_rejection(stream, cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close>
    pub(super) fn finish_close(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(request) = self.in_flight_close.take() {
            request.resolve(cx, Value::undefined())?;
        }
        if self.state() == State::Erroring {
            self.stored_error.set(Value::undefined());
            if let Some(abort) = self.pending_abort.take() {
                abort.result.resolve(cx, Value::undefined())?;
            }
        }
        self.state.set(State::Closed);
        if let Some(writer) = self.writer.get() {
            writer.closed().resolve(cx, Value::undefined())?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close-with-error>
    pub(super) fn fail_close(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if let Some(request) = stream.in_flight_close.take() {
            request.reject(cx, reason.clone())?;
        }
        if let Some(abort) = stream.pending_abort.take() {
            abort.result.reject(cx, reason.clone())?;
        }
        Self::deal_with_rejection(stream, cx, reason)
    }

    pub(super) fn mark_close_in_flight(&self) {
        self.in_flight_close.set(self.close_request.take());
    }

    pub(super) fn mark_write_in_flight(&self) {
        let request = self.write_requests.borrow_mut().pop_front();
        self.in_flight_write.set(request);
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-update-backpressure>
    pub(super) fn update_backpressure(&self, cx: &mut Cx, backpressure: bool) -> Fallible<()> {
        if let Some(writer) = self.writer.get()
            && backpressure != self.backpressure.get()
        {
            if backpressure {
                let ready = Deferred::pending(cx);
                writer.set_ready(ready);
            } else {
                writer.ready().resolve(cx, Value::undefined())?;
            }
        }
        self.backpressure.set(backpressure);
        Ok(())
    }
}

impl WritableStreamMethods for Obj<WritableStream> {
    /// <https://streams.spec.whatwg.org/#ws-constructor>
    fn constructor(
        cx: &mut Cx,
        underlying_sink: Option<Object>,
        strategy: QueuingStrategy,
    ) -> Fallible<Obj<WritableStream>> {
        let object = underlying_sink.as_ref();
        let sink: UnderlyingSink =
            read_dictionary(cx, object, "new WritableStream: the underlying sink")?;
        if sink.type_.is_some() {
            return Err(Error::range_error("new WritableStream: there are no types of sinks"));
        }
        let size = SizeAlgorithm::of(&strategy);
        let mark = high_water_mark(&strategy, 1.0)?;
        let script = Box::new(ScriptSink::new(object, &sink));
        WritableStream::from_sink(cx, script, mark, size)
    }

    fn locked(&self, _: &mut Cx) -> bool {
        self.is_locked()
    }

    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        if self.is_locked() {
            return Err(Error::type_error(
                "WritableStream.abort: the stream is locked by a writer",
            ));
        }
        WritableStream::abort(self, cx, reason)
    }

    fn close(&self, cx: &mut Cx) -> Fallible<Promise> {
        if self.is_locked() {
            return Err(Error::type_error(
                "WritableStream.close: the stream is locked by a writer",
            ));
        }
        if self.close_queued_or_in_flight() {
            return Err(Error::type_error("WritableStream.close: the stream closes already"));
        }
        WritableStream::close(self, cx)
    }

    fn get_writer(&self, cx: &mut Cx) -> Fallible<Obj<WritableStreamDefaultWriter>> {
        WritableStreamDefaultWriter::set_up(cx, self)
    }
}
