//! <https://streams.spec.whatwg.org/#default-reader-class>, and what both kinds
//! of readers share.

use std::cell::RefCell;
use std::collections::VecDeque;

use virga_js::{Cx, Error, Fallible, Obj, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    ReadableStream, ReadableStreamBYOBReader,
    promises::Deferred,
    read::{Promised, ReadRequest},
    readable::{Controller, State},
};
use crate::generated::{ReadableStreamDefaultReaderMethods, ReadableStreamGenericReaderMethods};

/// Reads chunk after chunk.
#[derive(Trace, Platform)]
pub(crate) struct ReadableStreamDefaultReader {
    generic: Generic,
    requests: RefCell<VecDeque<Box<dyn ReadRequest>>>,
}

/// The reader that a stream is locked to.
#[derive(Trace, Clone)]
pub(super) enum Reader {
    Default(Obj<ReadableStreamDefaultReader>),
    Byob(Obj<ReadableStreamBYOBReader>),
}

impl Reader {
    pub(super) fn generic(&self) -> &Generic {
        match self {
            Self::Default(reader) => &reader.generic,
            Self::Byob(reader) => reader.generic(),
        }
    }

    /// Rejects those who wait.
    pub(super) fn error_requests(&self, cx: &mut Cx, reason: &Value) -> Fallible<()> {
        match self {
            Self::Default(reader) => {
                for request in reader.take_requests() {
                    request.error(cx, reason.clone())?;
                }
            }
            Self::Byob(reader) => {
                for request in reader.take_requests() {
                    request.error(cx, reason.clone())?;
                }
            }
        }
        Ok(())
    }
}

/// <https://streams.spec.whatwg.org/#readablestreamgenericreader>
#[derive(Trace)]
pub(super) struct Generic {
    pub(super) stream: Slot<Option<Obj<ReadableStream>>>,
    pub(super) closed: Slot<Deferred>,
}

impl Generic {
    /// <https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize>
    pub(super) fn initialize(cx: &mut Cx, stream: &Obj<ReadableStream>) -> Fallible<Self> {
        let closed = match stream.state() {
            State::Readable => Deferred::pending(cx),
            State::Closed => Deferred::fulfilled(cx)?,
            State::Errored => Deferred::rejected_handled(cx, stream.stored_error())?,
        };
        Ok(Self { stream: Slot::new(Some(stream.clone())), closed: Slot::new(closed) })
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-reader-generic-release>
    pub(super) fn release(&self, cx: &mut Cx) -> Fallible<()> {
        let Some(stream) = self.stream.get() else { return Ok(()) };
        let error = Error::type_error("The reader was released").into_value(cx)?;
        if stream.is_readable() {
            let closed = self.closed.get();
            closed.reject(cx, error)?;
            closed.promise.mark_as_handled(cx)?;
        } else {
            let closed = Deferred::rejected_handled(cx, error)?;
            self.closed.set(closed);
        }
        if let Some(Controller::Byte(controller)) = stream.controller.get() {
            controller.release_steps();
        }
        stream.reader.set(None);
        self.stream.set(None);
        Ok(())
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        match self.stream.get() {
            Some(stream) => ReadableStream::cancel(&stream, cx, reason),
            None => Err(released("cancel")),
        }
    }
}

pub(super) fn released(what: &str) -> Error {
    Error::type_error(format!("{what}: the reader was released"))
}

impl ReadableStreamDefaultReader {
    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-default-reader>
    pub(super) fn set_up(cx: &mut Cx, stream: &Obj<ReadableStream>) -> Fallible<Obj<Self>> {
        if stream.is_locked() {
            return Err(Error::type_error(
                "A reader cannot be made: the stream is locked by another one",
            ));
        }
        let generic = Generic::initialize(cx, stream)?;
        let reader = Obj::new(cx, Self { generic, requests: RefCell::default() });
        stream.reader.set(Some(Reader::Default(reader.clone())));
        Ok(reader)
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.borrow().len()
    }

    pub(super) fn add_request(&self, request: Box<dyn ReadRequest>) {
        self.requests.borrow_mut().push_back(request);
    }

    pub(super) fn next_request(&self) -> Option<Box<dyn ReadRequest>> {
        self.requests.borrow_mut().pop_front()
    }

    pub(super) fn take_requests(&self) -> VecDeque<Box<dyn ReadRequest>> {
        std::mem::take(&mut *self.requests.borrow_mut())
    }

    /// The promise behind `closed`.
    pub(super) fn closed_promise(&self) -> Promise {
        self.generic.closed.get().promise
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-default-reader-read>
    pub(crate) fn read_with(
        cx: &mut Cx,
        reader: &Obj<Self>,
        request: Box<dyn ReadRequest>,
    ) -> Fallible<()> {
        let Some(stream) = reader.generic.stream.get() else {
            let reason = released("read").into_value(cx)?;
            return request.error(cx, reason);
        };
        stream.set_disturbed();
        match stream.state() {
            State::Closed => request.close(cx),
            State::Errored => request.error(cx, stream.stored_error()),
            State::Readable => match stream.controller.get() {
                Some(Controller::Default(controller)) => controller.pull_steps(cx, request),
                Some(Controller::Byte(controller)) => controller.pull_steps(cx, request),
                None => request.close(cx),
            },
        }
    }

    /// <https://streams.spec.whatwg.org/#readablestreamdefaultreader-cancel>
    pub(crate) fn cancel_stream(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        self.generic.cancel(cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease>
    pub(crate) fn release(&self, cx: &mut Cx) -> Fallible<()> {
        if self.generic.stream.with(Option::is_none) {
            return Ok(());
        }
        self.generic.release(cx)?;
        let error = Error::type_error("The reader was released").into_value(cx)?;
        for request in self.take_requests() {
            request.error(cx, error.clone())?;
        }
        Ok(())
    }
}

/// What has the members of both readers.
pub(super) trait HasGeneric {
    fn generic(&self) -> &Generic;
}

impl HasGeneric for ReadableStreamDefaultReader {
    fn generic(&self) -> &Generic {
        &self.generic
    }
}

impl<T: HasGeneric + Platform> ReadableStreamGenericReaderMethods for Obj<T> {
    fn closed(&self, _: &mut Cx) -> Promise {
        self.generic().closed.get().promise
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        self.generic().cancel(cx, reason)
    }
}

impl ReadableStreamDefaultReaderMethods for Obj<ReadableStreamDefaultReader> {
    fn constructor(
        cx: &mut Cx,
        stream: Obj<ReadableStream>,
    ) -> Fallible<Obj<ReadableStreamDefaultReader>> {
        ReadableStreamDefaultReader::set_up(cx, &stream)
    }

    /// <https://streams.spec.whatwg.org/#default-reader-read>
    fn read(&self, cx: &mut Cx) -> Fallible<Promise> {
        if self.generic.stream.with(Option::is_none) {
            return Err(released("ReadableStreamDefaultReader.read"));
        }
        let result = Deferred::pending(cx);
        let promise = result.promise.clone();
        ReadableStreamDefaultReader::read_with(cx, self, Box::new(Promised(result)))?;
        Ok(promise)
    }

    fn release_lock(&self, cx: &mut Cx) -> Fallible<()> {
        self.release(cx)
    }
}
