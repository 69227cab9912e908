//! <https://streams.spec.whatwg.org/#default-writer-class>

use virga_js::{Cx, Error, Fallible, Obj, Promise, Settled, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    WritableStream,
    promises::{Deferred, fulfilled},
    writable::State,
};
use crate::generated::WritableStreamDefaultWriterMethods;

/// Writes chunk after chunk.
#[derive(Trace, Platform)]
pub(crate) struct WritableStreamDefaultWriter {
    stream: Slot<Option<Obj<WritableStream>>>,
    closed: Slot<Deferred>,
    ready: Slot<Deferred>,
}

impl WritableStreamDefaultWriter {
    /// <https://streams.spec.whatwg.org/#set-up-writable-stream-default-writer>
    pub(super) fn set_up(cx: &mut Cx, stream: &Obj<WritableStream>) -> Fallible<Obj<Self>> {
        if stream.is_locked() {
            return Err(Error::type_error(
                "A writer cannot be made: the stream is locked by another one",
            ));
        }
        let reason = stream.stored_error();
        let (ready, closed) = match stream.state() {
            State::Writable => {
                let waits = !stream.close_queued_or_in_flight() && stream.has_backpressure();
                let ready = if waits { Deferred::pending(cx) } else { Deferred::fulfilled(cx)? };
                (ready, Deferred::pending(cx))
            }
            State::Erroring => (Deferred::rejected_handled(cx, reason)?, Deferred::pending(cx)),
            State::Closed => (Deferred::fulfilled(cx)?, Deferred::fulfilled(cx)?),
            State::Errored => (
                Deferred::rejected_handled(cx, reason.clone())?,
                Deferred::rejected_handled(cx, reason)?,
            ),
        };
        let writer = Self {
            stream: Slot::new(Some(stream.clone())),
            closed: Slot::new(closed),
            ready: Slot::new(ready),
        };
        let writer = Obj::new(cx, writer);
        stream.writer.set(Some(writer.clone()));
        Ok(writer)
    }

    pub(super) fn ready(&self) -> Deferred {
        self.ready.get()
    }

    pub(super) fn ready_promise(&self) -> Promise {
        self.ready.get().promise
    }

    pub(super) fn set_ready(&self, ready: Deferred) {
        self.ready.set(ready);
    }

    pub(super) fn closed(&self) -> Deferred {
        self.closed.get()
    }

    pub(super) fn closed_promise(&self) -> Promise {
        self.closed.get().promise
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-ready-promise-rejected>
    pub(super) fn reject_ready(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        ensure_rejected(cx, &self.ready, reason)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-writer-release>
    pub(super) fn release(&self, cx: &mut Cx) -> Fallible<()> {
        let Some(stream) = self.stream.get() else { return Ok(()) };
        let reason = Error::type_error("The writer was released").into_value(cx)?;
        ensure_rejected(cx, &self.ready, reason.clone())?;
        ensure_rejected(cx, &self.closed, reason)?;
        stream.writer.set(None);
        self.stream.set(None);
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation>
    pub(super) fn close_with_error_propagation(&self, cx: &mut Cx) -> Fallible<Promise> {
        let Some(stream) = self.stream.get() else { return fulfilled(cx) };
        if stream.close_queued_or_in_flight() || stream.is_closed() {
            return fulfilled(cx);
        }
        if stream.is_errored() {
            return Promise::rejected(cx, Error::Thrown(stream.stored_error()));
        }
        WritableStream::close(&stream, cx)
    }

    /// <https://streams.spec.whatwg.org/#writable-stream-default-writer-write>
    pub(super) fn write_chunk(cx: &mut Cx, writer: &Obj<Self>, chunk: Value) -> Fallible<Promise> {
        let Some(stream) = writer.stream.get() else {
            return Promise::rejected(cx, released("write"));
        };
        let Some(controller) = stream.controller.get() else { return fulfilled(cx) };
        // 4. This may run script.
        let size = controller.chunk_size(cx, &chunk)?;
        // 5.
        if writer.stream.get().as_ref() != Some(&stream) {
            return Promise::rejected(cx, released("write"));
        }
        // 6. - 9.
        if stream.is_errored() {
            return Promise::rejected(cx, Error::Thrown(stream.stored_error()));
        }
        if stream.close_queued_or_in_flight() || stream.is_closed() {
            let error = Error::type_error("The chunk cannot be written: the stream is closed");
            return Promise::rejected(cx, error);
        }
        if stream.state() == State::Erroring {
            return Promise::rejected(cx, Error::Thrown(stream.stored_error()));
        }
        // 11. - 13.
        let promise = stream.add_write_request(cx);
        controller.write(cx, chunk, size)?;
        Ok(promise)
    }
}

/// Rejects a promise, or puts a rejected one in the place of a settled one.
fn ensure_rejected(cx: &mut Cx, slot: &Slot<Deferred>, reason: Value) -> Fallible<()> {
    let current = slot.get();
    if current.promise.state() == Settled::Pending {
        current.reject(cx, reason)?;
        current.promise.mark_as_handled(cx)
    } else {
        let rejected = Deferred::rejected_handled(cx, reason)?;
        slot.set(rejected);
        Ok(())
    }
}

fn released(what: &str) -> Error {
    Error::type_error(format!("WritableStreamDefaultWriter.{what}: the writer was released"))
}

impl WritableStreamDefaultWriterMethods for Obj<WritableStreamDefaultWriter> {
    fn constructor(
        cx: &mut Cx,
        stream: Obj<WritableStream>,
    ) -> Fallible<Obj<WritableStreamDefaultWriter>> {
        WritableStreamDefaultWriter::set_up(cx, &stream)
    }

    fn closed(&self, _: &mut Cx) -> Promise {
        self.closed_promise()
    }

    fn desired_size(&self, _: &mut Cx) -> Fallible<Option<f64>> {
        let Some(stream) = self.stream.get() else { return Err(released("desiredSize")) };
        Ok(match stream.state() {
            State::Errored | State::Erroring => None,
            State::Closed => Some(0.0),
            State::Writable => stream.controller.get().map(|controller| controller.desired()),
        })
    }

    fn ready(&self, _: &mut Cx) -> Promise {
        self.ready_promise()
    }

    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        match self.stream.get() {
            Some(stream) => WritableStream::abort(&stream, cx, reason),
            None => Err(released("abort")),
        }
    }

    fn close(&self, cx: &mut Cx) -> Fallible<Promise> {
        let Some(stream) = self.stream.get() else { return Err(released("close")) };
        if stream.close_queued_or_in_flight() {
            return Err(Error::type_error(
                "WritableStreamDefaultWriter.close: the stream closes already",
            ));
        }
        WritableStream::close(&stream, cx)
    }

    fn release_lock(&self, cx: &mut Cx) -> Fallible<()> {
        self.release(cx)
    }

    fn write(&self, cx: &mut Cx, chunk: Value) -> Fallible<Promise> {
        if self.stream.with(Option::is_none) {
            return Err(released("write"));
        }
        WritableStreamDefaultWriter::write_chunk(cx, self, chunk)
    }
}
