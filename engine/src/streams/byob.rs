//! <https://streams.spec.whatwg.org/#byob-reader-class> and
//! <https://streams.spec.whatwg.org/#rs-byob-request-class>

use std::cell::RefCell;
use std::collections::VecDeque;

use virga_js::webidl::ArrayBufferView;
use virga_js::{Buffer, Cx, Error, Fallible, Obj, Object, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    ReadableByteStreamController, ReadableStream,
    promises::Deferred,
    read::{Promised, ReadIntoRequest},
    readable::{Controller, State},
    reader::{Generic, HasGeneric, Reader, released},
};
use crate::generated::{
    ReadableStreamBYOBReaderMethods, ReadableStreamBYOBReaderReadOptions,
    ReadableStreamBYOBRequestMethods,
};

/// Reads bytes into buffers that its user brings.
#[derive(Trace, Platform)]
pub(crate) struct ReadableStreamBYOBReader {
    generic: Generic,
    requests: RefCell<VecDeque<Box<dyn ReadIntoRequest>>>,
}

/// The part of a reader's buffer that a source is to fill.
#[derive(Trace, Platform)]
pub(crate) struct ReadableStreamBYOBRequest {
    controller: Slot<Option<Obj<ReadableByteStreamController>>>,
    view: Slot<Option<Object>>,
}

impl ReadableStreamBYOBReader {
    /// <https://streams.spec.whatwg.org/#set-up-readable-stream-byob-reader>
    pub(super) fn set_up(cx: &mut Cx, stream: &Obj<ReadableStream>) -> Fallible<Obj<Self>> {
        if stream.is_locked() {
            return Err(Error::type_error(
                "A reader cannot be made: the stream is locked by another one",
            ));
        }
        if !matches!(stream.controller.get(), Some(Controller::Byte(_))) {
            return Err(Error::type_error(
                "A BYOB reader cannot be made: the stream is no byte stream",
            ));
        }
        let generic = Generic::initialize(cx, stream)?;
        let reader = Obj::new(cx, Self { generic, requests: RefCell::default() });
        stream.reader.set(Some(Reader::Byob(reader.clone())));
        Ok(reader)
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.borrow().len()
    }

    pub(super) fn add_request(&self, request: Box<dyn ReadIntoRequest>) {
        self.requests.borrow_mut().push_back(request);
    }

    pub(super) fn next_request(&self) -> Option<Box<dyn ReadIntoRequest>> {
        self.requests.borrow_mut().pop_front()
    }

    pub(super) fn take_requests(&self) -> VecDeque<Box<dyn ReadIntoRequest>> {
        std::mem::take(&mut *self.requests.borrow_mut())
    }

    pub(super) fn closed_promise(&self) -> Promise {
        self.generic.closed.get().promise
    }

    /// <https://streams.spec.whatwg.org/#readable-stream-byob-reader-read>
    pub(super) fn read_with(
        &self,
        cx: &mut Cx,
        view: &Object,
        min: usize,
        request: Box<dyn ReadIntoRequest>,
    ) -> Fallible<()> {
        let Some(stream) = self.generic.stream.get() else {
            let reason = released("read").into_value(cx)?;
            return request.error(cx, reason);
        };
        stream.set_disturbed();
        if stream.state() == State::Errored {
            return request.error(cx, stream.stored_error());
        }
        match stream.controller.get() {
            Some(Controller::Byte(controller)) => controller.pull_into(cx, view, min, request),
            _ => request.close(cx, None),
        }
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreaderrelease>
    pub(super) fn release(&self, cx: &mut Cx) -> Fallible<()> {
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

impl HasGeneric for ReadableStreamBYOBReader {
    fn generic(&self) -> &Generic {
        &self.generic
    }
}

impl ReadableStreamBYOBReaderMethods for Obj<ReadableStreamBYOBReader> {
    fn constructor(
        cx: &mut Cx,
        stream: Obj<ReadableStream>,
    ) -> Fallible<Obj<ReadableStreamBYOBReader>> {
        ReadableStreamBYOBReader::set_up(cx, &stream)
    }

    /// <https://streams.spec.whatwg.org/#byob-reader-read>
    fn read(
        &self,
        cx: &mut Cx,
        view: ArrayBufferView,
        options: ReadableStreamBYOBReaderReadOptions,
    ) -> Fallible<Promise> {
        let refuse =
            |what: &str| Err(Error::type_error(format!("ReadableStreamBYOBReader.read: {what}")));
        let range = Buffer::view_range(cx, view.object())?;
        // 1. - 3.
        if Buffer::has_no_bytes(&range.buffer) {
            return refuse("the view's buffer is detached");
        }
        if range.length == 0 {
            return refuse("the view is empty");
        }
        if Buffer::byte_length(&range.buffer) == 0 {
            return refuse("the view's buffer is empty");
        }
        // 4. - 6.
        if options.min == 0 {
            return refuse("min must not be 0");
        }
        let min = usize::try_from(options.min).unwrap_or(usize::MAX);
        if min > range.length / range.element_size() {
            return Err(Error::range_error(
                "ReadableStreamBYOBReader.read: min is more than the view has room for",
            ));
        }
        // 7.
        if self.generic.stream.with(Option::is_none) {
            return Err(released("ReadableStreamBYOBReader.read"));
        }
        // 8. - 11.
        let result = Deferred::pending(cx);
        let promise = result.promise.clone();
        self.read_with(cx, view.object(), min, Box::new(Promised(result)))?;
        Ok(promise)
    }

    fn release_lock(&self, cx: &mut Cx) -> Fallible<()> {
        self.release(cx)
    }
}

impl ReadableStreamBYOBRequest {
    pub(super) fn create(
        cx: &mut Cx,
        controller: Obj<ReadableByteStreamController>,
        view: Object,
    ) -> Obj<Self> {
        let request = Self { controller: Slot::new(Some(controller)), view: Slot::new(Some(view)) };
        Obj::new(cx, request)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-invalidate-byob-request>
    pub(super) fn invalidate(&self) {
        self.controller.set(None);
        self.view.set(None);
    }

    pub(super) fn view_object(&self) -> Option<Object> {
        self.view.get()
    }

    /// The controller, if the request can still be answered.
    fn answerable(&self, cx: &mut Cx, what: &str) -> Fallible<Obj<ReadableByteStreamController>> {
        let (Some(controller), Some(view)) = (self.controller.get(), self.view.get()) else {
            return Err(Error::type_error(format!("{what}: it was answered already")));
        };
        let range = Buffer::view_range(cx, &view)?;
        if Buffer::has_no_bytes(&range.buffer) {
            return Err(Error::type_error(format!("{what}: the view's buffer is detached")));
        }
        Ok(controller)
    }
}

impl ReadableStreamBYOBRequestMethods for Obj<ReadableStreamBYOBRequest> {
    fn view(&self, _: &mut Cx) -> Value {
        Value::from(self.view.get())
    }

    /// <https://streams.spec.whatwg.org/#rs-byob-request-respond>
    fn respond(&self, cx: &mut Cx, bytes_written: u64) -> Fallible<()> {
        let controller = self.answerable(cx, "ReadableStreamBYOBRequest.respond")?;
        controller.respond(cx, usize::try_from(bytes_written).unwrap_or(usize::MAX))
    }

    /// <https://streams.spec.whatwg.org/#rs-byob-request-respond-with-new-view>
    fn respond_with_new_view(&self, cx: &mut Cx, view: ArrayBufferView) -> Fallible<()> {
        const WHAT: &str = "ReadableStreamBYOBRequest.respondWithNewView";
        let Some(controller) = self.controller.get() else {
            return Err(Error::type_error(format!("{WHAT}: it was answered already")));
        };
        let range = Buffer::view_range(cx, view.object())?;
        if Buffer::has_no_bytes(&range.buffer) {
            return Err(Error::type_error(format!("{WHAT}: the view's buffer is detached")));
        }
        controller.respond_with_new_view(cx, &range)
    }
}
