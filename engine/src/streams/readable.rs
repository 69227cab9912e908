//! <https://streams.spec.whatwg.org/#rs-class>

use std::cell::Cell;

use virga_js::webidl::AsyncIteration;
use virga_js::{Cx, Error, Fallible, Obj, Object, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    ReadableByteStreamController, ReadableStreamBYOBReader, ReadableStreamDefaultController,
    ReadableStreamDefaultReader, WritableStream,
    callbacks::{ScriptSource, Source, read_dictionary},
    from, iterate, pipe,
    promises::{done, fulfilled},
    read::{ReadIntoRequest, ReadRequest},
    reader::Reader,
    strategy::{SizeAlgorithm, high_water_mark},
    tee, tee_bytes,
};
use crate::generated::{
    QueuingStrategy, ReadableStreamDefaultReaderOrReadableStreamBYOBReader as AnyReader,
    ReadableStreamGetReaderOptions, ReadableStreamIteratorOptions, ReadableStreamMethods,
    ReadableWritablePair, StreamPipeOptions, UnderlyingSource,
};

/// Where chunks come from.
#[derive(Trace, Platform)]
pub(crate) struct ReadableStream {
    state: Cell<State>,
    disturbed: Cell<bool>,
    pub(super) reader: Slot<Option<Reader>>,
    pub(super) controller: Slot<Option<Controller>>,
    stored_error: Slot<Value>,
}

/// How far a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Readable,
    Closed,
    Errored,
}

/// The controller of a stream, of either kind.
#[derive(Trace, Clone)]
pub(crate) enum Controller {
    Default(Obj<ReadableStreamDefaultController>),
    Byte(Obj<ReadableByteStreamController>),
}

impl Controller {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Default(controller) => controller.value(),
            Self::Byte(controller) => controller.value(),
        }
    }

    /// Whether chunks may still be enqueued.
    pub(crate) fn can_close_or_enqueue(&self) -> bool {
        match self {
            Self::Default(controller) => controller.can_close_or_enqueue(),
            Self::Byte(controller) => controller.can_close_or_enqueue(),
        }
    }

    /// Adds a chunk. Does nothing to a stream that takes none any more.
    pub(crate) fn enqueue(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        match self {
            Self::Default(controller) => controller.enqueue_chunk(cx, chunk),
            Self::Byte(controller) => controller.enqueue_view(cx, &chunk),
        }
    }

    /// Adds bytes, as a `Uint8Array`.
    pub(crate) fn enqueue_bytes(&self, cx: &mut Cx, bytes: &[u8]) -> Fallible<()> {
        if bytes.is_empty() || !self.can_close_or_enqueue() {
            return Ok(());
        }
        let chunk = virga_js::Buffer::uint8_array(cx, bytes)?;
        self.enqueue(cx, Value::from(chunk))
    }

    /// No more chunks come. Does nothing to a stream that has ended.
    pub(crate) fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        match self {
            Self::Default(controller) => controller.close_stream(cx),
            Self::Byte(controller) => {
                controller.close_stream(cx)?;
                // Readers that wait with a buffer of their own are answered too.
                controller.respond_if_pending(cx)
            }
        }
    }

    /// Ends the stream with an error. Does nothing to a stream that has ended.
    pub(crate) fn error(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        match self {
            Self::Default(controller) => controller.error_stream(cx, reason),
            Self::Byte(controller) => controller.error_stream(cx, reason),
        }
    }
}

impl ReadableStream {
    /// A stream without a controller, which is set up next.
    pub(super) fn unset(cx: &mut Cx) -> Obj<Self> {
        Obj::new(cx, Self::initial())
    }

    fn initial() -> Self {
        Self {
            state: Cell::new(State::Readable),
            disturbed: Cell::new(false),
            reader: Slot::new(None),
            controller: Slot::new(None),
            stored_error: Slot::new(Value::undefined()),
        }
    }

    /// A stream of values from a source of Rust's. `mark` is how many chunks it
    /// queues before it stops pulling.
    ///
    /// <https://streams.spec.whatwg.org/#readablestream-set-up>
    pub(crate) fn from_source(
        cx: &mut Cx,
        source: Box<dyn Source>,
        mark: f64,
    ) -> Fallible<Obj<Self>> {
        let stream = Self::unset(cx);
        let size = SizeAlgorithm::default();
        ReadableStreamDefaultController::set_up(cx, &stream, source, mark, size)?;
        Ok(stream)
    }

    /// A byte stream from a source of Rust's. `mark` counts bytes.
    ///
    /// <https://streams.spec.whatwg.org/#readablestream-set-up-with-byte-reading-support>
    pub(crate) fn from_byte_source(
        cx: &mut Cx,
        source: Box<dyn Source>,
        mark: f64,
    ) -> Fallible<Obj<Self>> {
        let stream = Self::unset(cx);
        ReadableByteStreamController::set_up(cx, &stream, source, mark, None)?;
        Ok(stream)
    }

    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    pub(crate) fn is_readable(&self) -> bool {
        self.state.get() == State::Readable
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.get() == State::Closed
    }

    pub(crate) fn is_errored(&self) -> bool {
        self.state.get() == State::Errored
    }

    /// Why it is errored.
    pub(crate) fn stored_error(&self) -> Value {
        self.stored_error.get()
    }

    /// <https://streams.spec.whatwg.org/#readablestream-locked>
    pub(crate) fn is_locked(&self) -> bool {
        self.reader.with(Option::is_some)
    }

    /// <https://streams.spec.whatwg.org/#is-readable-stream-disturbed>
    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.get()
    }

    /// As if it had been read from.
    pub(crate) fn set_disturbed(&self) {
        self.disturbed.set(true);
    }

    /// The controller, by which Rust feeds a stream of its own.
    pub(crate) fn controller(&self) -> Option<Controller> {
        self.controller.get()
    }

    /// A reader of its own, for Rust.
    ///
    /// <https://streams.spec.whatwg.org/#acquire-readable-stream-reader>
    pub(crate) fn acquire_reader(
        cx: &mut Cx,
        stream: &Obj<Self>,
    ) -> Fallible<Obj<ReadableStreamDefaultReader>> {
        ReadableStreamDefaultReader::set_up(cx, stream)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-close>
    pub(super) fn close(stream: &Obj<Self>, cx: &mut Cx) -> Fallible<()> {
        stream.state.set(State::Closed);
        let Some(reader) = stream.reader.get() else { return Ok(()) };
        reader.generic().closed.get().resolve(cx, Value::undefined())?;
        if let Reader::Default(reader) = reader {
            for request in reader.take_requests() {
                request.close(cx)?;
            }
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-error>
    pub(super) fn error(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<()> {
        stream.state.set(State::Errored);
        stream.stored_error.set(reason.clone());
        let Some(reader) = stream.reader.get() else { return Ok(()) };
        let closed = reader.generic().closed.get();
        closed.reject(cx, reason.clone())?;
        closed.promise.mark_as_handled(cx)?;
        reader.error_requests(cx, &reason)
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-cancel>
    pub(crate) fn cancel(stream: &Obj<Self>, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        // 1. - 3.
        stream.disturbed.set(true);
        match stream.state() {
            State::Closed => return fulfilled(cx),
            State::Errored => {
                return Promise::rejected(cx, Error::Thrown(stream.stored_error()));
            }
            State::Readable => {}
        }
        // 4. - 6.
        Self::close(stream, cx)?;
        if let Some(Reader::Byob(reader)) = stream.reader.get() {
            for request in reader.take_requests() {
                request.close(cx, None)?;
            }
        }
        // 7, 8.
        let result = match stream.controller.get() {
            Some(Controller::Default(controller)) => controller.cancel_steps(cx, reason)?,
            Some(Controller::Byte(controller)) => controller.cancel_steps(cx, reason)?,
            None => fulfilled(cx)?,
        };
        result.then(cx, (), |_, (), _| done(), |_, (), reason| Err(Error::Thrown(reason.clone())))
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-get-num-read-requests>
    pub(super) fn read_requests(&self) -> usize {
        match self.reader.get() {
            Some(Reader::Default(reader)) => reader.requests(),
            _ => 0,
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-get-num-read-into-requests>
    pub(super) fn read_into_requests(&self) -> usize {
        match self.reader.get() {
            Some(Reader::Byob(reader)) => reader.requests(),
            _ => 0,
        }
    }

    pub(super) fn has_default_reader(&self) -> bool {
        self.reader.with(|reader| matches!(reader, Some(Reader::Default(_))))
    }

    pub(super) fn has_byob_reader(&self) -> bool {
        self.reader.with(|reader| matches!(reader, Some(Reader::Byob(_))))
    }

    pub(super) fn add_read_request(&self, request: Box<dyn ReadRequest>) {
        if let Some(Reader::Default(reader)) = self.reader.get() {
            reader.add_request(request);
        }
    }

    pub(super) fn add_read_into_request(&self, request: Box<dyn ReadIntoRequest>) {
        if let Some(Reader::Byob(reader)) = self.reader.get() {
            reader.add_request(request);
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-fulfill-read-request>
    pub(super) fn fulfill_read_request(
        &self,
        cx: &mut Cx,
        chunk: Value,
        done: bool,
    ) -> Fallible<()> {
        let Some(Reader::Default(reader)) = self.reader.get() else { return Ok(()) };
        match reader.next_request() {
            Some(request) if done => request.close(cx),
            Some(request) => request.chunk(cx, chunk),
            None => Ok(()),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-fulfill-read-into-request>
    pub(super) fn fulfill_read_into_request(
        &self,
        cx: &mut Cx,
        chunk: Object,
        done: bool,
    ) -> Fallible<()> {
        let Some(Reader::Byob(reader)) = self.reader.get() else { return Ok(()) };
        match reader.next_request() {
            Some(request) if done => request.close(cx, Some(chunk)),
            Some(request) => request.chunk(cx, chunk),
            None => Ok(()),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-tee>
    pub(crate) fn tee(
        stream: &Obj<Self>,
        cx: &mut Cx,
        clone_for_branch2: bool,
    ) -> Fallible<[Obj<Self>; 2]> {
        match stream.controller.get() {
            Some(Controller::Byte(_)) => tee_bytes::tee(cx, stream),
            _ => tee::tee(cx, stream, clone_for_branch2),
        }
    }
}

fn locked_error(what: &str) -> Error {
    Error::type_error(format!("{what}: the stream is locked by a reader"))
}

impl ReadableStreamMethods for Obj<ReadableStream> {
    /// <https://streams.spec.whatwg.org/#rs-constructor>
    fn constructor(
        cx: &mut Cx,
        underlying_source: Option<Object>,
        strategy: QueuingStrategy,
    ) -> Fallible<Obj<ReadableStream>> {
        // 1. - 3.
        let object = underlying_source.as_ref();
        let source: UnderlyingSource =
            read_dictionary(cx, object, "new ReadableStream: the underlying source")?;
        let stream = Obj::new(cx, ReadableStream::initial());
        let script = Box::new(ScriptSource::new(object, &source));
        if source.type_.is_some() {
            // 4.
            if SizeAlgorithm::of(&strategy).is_given() {
                return Err(Error::range_error(
                    "new ReadableStream: a byte stream's strategy has no size function",
                ));
            }
            let mark = high_water_mark(&strategy, 0.0)?;
            let chunk_size = match source.auto_allocate_chunk_size {
                Some(0) => {
                    return Err(Error::type_error(
                        "new ReadableStream: autoAllocateChunkSize must not be 0",
                    ));
                }
                size => size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
            };
            ReadableByteStreamController::set_up(cx, &stream, script, mark, chunk_size)?;
        } else {
            // 5.
            let size = SizeAlgorithm::of(&strategy);
            let mark = high_water_mark(&strategy, 1.0)?;
            ReadableStreamDefaultController::set_up(cx, &stream, script, mark, size)?;
        }
        Ok(stream)
    }

    /// <https://streams.spec.whatwg.org/#rs-from>
    fn from(cx: &mut Cx, async_iterable: Value) -> Fallible<Obj<ReadableStream>> {
        from::from_iterable(cx, &async_iterable)
    }

    fn locked(&self, _: &mut Cx) -> bool {
        self.is_locked()
    }

    /// <https://streams.spec.whatwg.org/#rs-cancel>
    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        if self.is_locked() {
            return Err(locked_error("ReadableStream.cancel"));
        }
        ReadableStream::cancel(self, cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#rs-get-reader>
    fn get_reader(
        &self,
        cx: &mut Cx,
        options: ReadableStreamGetReaderOptions,
    ) -> Fallible<AnyReader> {
        Ok(match options.mode {
            None => {
                let reader = ReadableStreamDefaultReader::set_up(cx, self)?;
                AnyReader::ReadableStreamDefaultReader(reader)
            }
            Some(_) => {
                let reader = ReadableStreamBYOBReader::set_up(cx, self)?;
                AnyReader::ReadableStreamBYOBReader(reader)
            }
        })
    }

    /// <https://streams.spec.whatwg.org/#rs-pipe-through>
    fn pipe_through(
        &self,
        cx: &mut Cx,
        transform: ReadableWritablePair,
        options: StreamPipeOptions,
    ) -> Fallible<Obj<ReadableStream>> {
        // 1, 2.
        if self.is_locked() {
            return Err(locked_error("ReadableStream.pipeThrough"));
        }
        if transform.writable.is_locked() {
            return Err(Error::type_error(
                "ReadableStream.pipeThrough: the writable side is locked by a writer",
            ));
        }
        // 3. - 6.
        let promise = pipe::pipe(cx, self, &transform.writable, &options)?;
        promise.mark_as_handled(cx)?;
        Ok(transform.readable)
    }

    /// <https://streams.spec.whatwg.org/#rs-pipe-to>
    fn pipe_to(
        &self,
        cx: &mut Cx,
        destination: Obj<WritableStream>,
        options: StreamPipeOptions,
    ) -> Fallible<Promise> {
        if self.is_locked() {
            return Err(locked_error("ReadableStream.pipeTo"));
        }
        if destination.is_locked() {
            return Err(Error::type_error(
                "ReadableStream.pipeTo: the destination is locked by a writer",
            ));
        }
        pipe::pipe(cx, self, &destination, &options)
    }

    /// <https://streams.spec.whatwg.org/#rs-tee>
    fn tee(&self, cx: &mut Cx) -> Fallible<Vec<Obj<ReadableStream>>> {
        ReadableStream::tee(self, cx, false).map(Vec::from)
    }

    /// <https://streams.spec.whatwg.org/#rs-asynciterator>
    fn async_iterator(
        &self,
        cx: &mut Cx,
        options: ReadableStreamIteratorOptions,
    ) -> Fallible<Box<dyn AsyncIteration>> {
        iterate::iterate(cx, self, options.prevent_cancel)
    }
}
