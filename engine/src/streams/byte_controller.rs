//! <https://streams.spec.whatwg.org/#rbs-controller-class>

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use virga_js::webidl::ArrayBufferView;
use virga_js::{
    Buffer, Cx, Error, Fallible, Obj, Object, Promise, Slot, TypedArrayKind, Value, ViewRange,
};
use virga_js::{Platform, Trace};

use super::{
    ReadableStream, ReadableStreamBYOBRequest,
    callbacks::{Shared, Source, settled, shared},
    promises::{done, fulfilled, react},
    read::{ReadIntoRequest, ReadRequest},
    readable::{Controller, State},
};
use crate::generated::ReadableByteStreamControllerMethods;

/// The queue of a stream of bytes, and the buffers that readers brought.
#[derive(Trace, Platform)]
pub(crate) struct ReadableByteStreamController {
    stream: Obj<ReadableStream>,
    queue: RefCell<VecDeque<Entry>>,
    queue_total: Cell<usize>,
    pending: RefCell<VecDeque<PullInto>>,
    byob_request: Slot<Option<Obj<ReadableStreamBYOBRequest>>>,
    started: Cell<bool>,
    close_requested: Cell<bool>,
    pulling: Cell<bool>,
    pull_again: Cell<bool>,
    high_water_mark: f64,
    #[trace(skip)]
    auto_allocate: Option<usize>,
    source: Shared<dyn Source>,
}

/// <https://streams.spec.whatwg.org/#readable-byte-stream-queue-entry>
#[derive(Trace, Clone)]
struct Entry {
    buffer: Object,
    offset: usize,
    length: usize,
}

/// <https://streams.spec.whatwg.org/#pull-into-descriptor>
#[derive(Trace, Clone)]
struct PullInto {
    buffer: Object,
    buffer_length: usize,
    offset: usize,
    length: usize,
    filled: usize,
    minimum_fill: usize,
    element_size: usize,
    #[trace(skip)]
    kind: Option<TypedArrayKind>,
    #[trace(skip)]
    reader: ReaderType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReaderType {
    Default,
    Byob,
    None,
}

impl ReadableByteStreamController {
    /// <https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller>
    pub(super) fn set_up(
        cx: &mut Cx,
        stream: &Obj<ReadableStream>,
        source: Box<dyn Source>,
        high_water_mark: f64,
        auto_allocate: Option<usize>,
    ) -> Fallible<()> {
        let source = shared(source);
        let starting = source.get();
        let this = Self {
            stream: stream.clone(),
            queue: RefCell::default(),
            queue_total: Cell::new(0),
            pending: RefCell::default(),
            byob_request: Slot::new(None),
            started: Cell::new(false),
            close_requested: Cell::new(false),
            pulling: Cell::new(false),
            pull_again: Cell::new(false),
            high_water_mark,
            auto_allocate,
            source,
        };
        let this = Obj::new(cx, this);
        let controller = Controller::Byte(this.clone());
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

    /// The object that this is the data of.
    fn object(&self) -> Option<Obj<Self>> {
        match self.stream.controller.get() {
            Some(Controller::Byte(controller)) => Some(controller),
            _ => None,
        }
    }

    pub(super) fn can_close_or_enqueue(&self) -> bool {
        !self.close_requested.get() && self.stream.is_readable()
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-get-desired-size>
    pub(super) fn desired(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "script counts in doubles")]
        match self.stream.state() {
            State::Errored => None,
            State::Closed => Some(0.0),
            State::Readable => Some(self.high_water_mark - self.queue_total.get() as f64),
        }
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-should-call-pull>
    fn should_call_pull(&self) -> bool {
        if !self.can_close_or_enqueue() || !self.started.get() {
            return false;
        }
        if self.stream.read_requests() > 0 || self.stream.read_into_requests() > 0 {
            return true;
        }
        self.desired().is_some_and(|size| size > 0.0)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-call-pull-if-needed>
    fn call_pull_if_needed(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.should_call_pull() {
            return Ok(());
        }
        if self.pulling.get() {
            self.pull_again.set(true);
            return Ok(());
        }
        self.pulling.set(true);
        let (Some(source), Some(this)) = (self.source.get(), self.object()) else { return Ok(()) };
        let result = source.pull(cx, &Controller::Byte(this.clone()));
        let promise = settled(cx, result)?;
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

    fn clear_algorithms(&self) {
        self.source.set(None);
    }

    fn reset_queue(&self) {
        let queue = std::mem::take(&mut *self.queue.borrow_mut());
        drop(queue);
        self.queue_total.set(0);
    }

    fn first(&self) -> Option<PullInto> {
        self.pending.borrow().front().cloned()
    }

    fn set_first(&self, first: PullInto) {
        if let Some(slot) = self.pending.borrow_mut().front_mut() {
            *slot = first;
        }
    }

    fn shift(&self) -> Option<PullInto> {
        self.pending.borrow_mut().pop_front()
    }

    fn invalidate_request(&self) {
        if let Some(request) = self.byob_request.take() {
            request.invalidate();
        }
    }

    fn clear_pending(&self) {
        self.invalidate_request();
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        drop(pending);
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps>
    pub(super) fn release_steps(&self) {
        let mut pending = self.pending.borrow_mut();
        pending.truncate(1);
        if let Some(first) = pending.front_mut() {
            first.reader = ReaderType::None;
        }
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-private-cancel>
    pub(super) fn cancel_steps(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        self.clear_pending();
        self.reset_queue();
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

    /// <https://streams.spec.whatwg.org/#rbs-controller-private-pull>
    pub(super) fn pull_steps(&self, cx: &mut Cx, request: Box<dyn ReadRequest>) -> Fallible<()> {
        // 3.
        if self.queue_total.get() > 0 {
            return self.fill_read_request(cx, request);
        }
        // 4, 5.
        if let Some(size) = self.auto_allocate {
            let buffer = match Buffer::zeros(cx, size) {
                Ok(buffer) => buffer,
                Err(error) => {
                    let reason = error.into_value(cx)?;
                    return request.error(cx, reason);
                }
            };
            self.pending.borrow_mut().push_back(PullInto {
                buffer,
                buffer_length: size,
                offset: 0,
                length: size,
                filled: 0,
                minimum_fill: 1,
                element_size: 1,
                kind: Some(TypedArrayKind::Uint8),
                reader: ReaderType::Default,
            });
        }
        // 6, 7.
        self.stream.add_read_request(request);
        self.call_pull_if_needed(cx)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-close>
    pub(super) fn close_stream(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        if self.queue_total.get() > 0 {
            self.close_requested.set(true);
            return Ok(());
        }
        if self.first().is_some_and(|first| first.filled % first.element_size != 0) {
            let error =
                Error::type_error("The stream closed within an element of the reader's view");
            let reason = error.into_value(cx)?;
            self.error_stream(cx, reason.clone())?;
            return Err(Error::Thrown(reason));
        }
        self.clear_algorithms();
        ReadableStream::close(&self.stream, cx)
    }

    /// Answers readers that brought a buffer to a stream that has closed: what a
    /// source of script does with `byobRequest.respond(0)`.
    pub(super) fn respond_if_pending(&self, cx: &mut Cx) -> Fallible<()> {
        if self.stream.is_closed() && self.first().is_some() {
            self.respond(cx, 0)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-error>
    pub(super) fn error_stream(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        if !self.stream.is_readable() {
            return Ok(());
        }
        self.clear_pending();
        self.reset_queue();
        self.clear_algorithms();
        ReadableStream::error(&self.stream, cx, reason)
    }

    /// Enqueues a view that Rust made.
    pub(super) fn enqueue_view(&self, cx: &mut Cx, chunk: &Value) -> Fallible<()> {
        let Some(object) = chunk.as_object() else {
            return Err(Error::type_error("a byte stream takes only views of buffers"));
        };
        let range = Buffer::view_range(cx, &object)?;
        self.enqueue_range(cx, &range)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue>
    fn enqueue_range(&self, cx: &mut Cx, range: &ViewRange) -> Fallible<()> {
        // 2.
        if !self.can_close_or_enqueue() {
            return Ok(());
        }
        let &ViewRange { ref buffer, offset, length, .. } = range;
        // 6, 7.
        let transferred = Buffer::transfer(cx, buffer)?;
        // 8.
        if let Some(mut first) = self.first() {
            if Buffer::has_no_bytes(&first.buffer) {
                return Err(Error::type_error("The buffer of the BYOB request is detached"));
            }
            self.invalidate_request();
            first.buffer = Buffer::transfer(cx, &first.buffer)?;
            self.set_first(first.clone());
            if first.reader == ReaderType::None {
                self.enqueue_detached(cx, &first)?;
            }
        }
        if self.stream.has_default_reader() {
            // 9.
            self.process_read_requests(cx)?;
            if self.stream.read_requests() == 0 {
                self.enqueue_entry(transferred, offset, length);
            } else {
                if self.first().is_some() {
                    self.shift();
                }
                let kind = Some(TypedArrayKind::Uint8);
                let view = Buffer::new_view(cx, kind, &transferred, offset, length)?;
                self.stream.fulfill_read_request(cx, Value::from(view), false)?;
            }
        } else if self.stream.has_byob_reader() {
            // 10.
            self.enqueue_entry(transferred, offset, length);
            let filled = self.process_pull_intos();
            self.commit_all(cx, filled)?;
        } else {
            // 11.
            self.enqueue_entry(transferred, offset, length);
        }
        // 12.
        self.call_pull_if_needed(cx)
    }

    fn enqueue_entry(&self, buffer: Object, offset: usize, length: usize) {
        self.queue.borrow_mut().push_back(Entry { buffer, offset, length });
        self.queue_total.set(self.queue_total.get() + length);
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueueclonedchunktoqueue>
    fn enqueue_cloned(
        &self,
        cx: &mut Cx,
        buffer: &Object,
        offset: usize,
        length: usize,
    ) -> Fallible<()> {
        match Buffer::slice(cx, buffer, offset, length) {
            Ok(clone) => {
                self.enqueue_entry(clone, 0, length);
                Ok(())
            }
            Err(error) => {
                let reason = error.into_value(cx)?;
                self.error_stream(cx, reason.clone())?;
                Err(Error::Thrown(reason))
            }
        }
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerenqueuedetachedpullintotoqueue>
    fn enqueue_detached(&self, cx: &mut Cx, first: &PullInto) -> Fallible<()> {
        if first.filled > 0 {
            self.enqueue_cloned(cx, &first.buffer, first.offset, first.filled)?;
        }
        self.shift();
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollerfillreadrequestfromqueue>
    fn fill_read_request(&self, cx: &mut Cx, request: Box<dyn ReadRequest>) -> Fallible<()> {
        let entry = self.queue.borrow_mut().pop_front();
        let Some(entry) = entry else { return request.close(cx) };
        self.queue_total.set(self.queue_total.get() - entry.length);
        self.handle_queue_drain(cx)?;
        let kind = Some(TypedArrayKind::Uint8);
        let view = Buffer::new_view(cx, kind, &entry.buffer, entry.offset, entry.length)?;
        request.chunk(cx, Value::from(view))
    }

    fn handle_queue_drain(&self, cx: &mut Cx) -> Fallible<()> {
        if self.queue_total.get() == 0 && self.close_requested.get() {
            self.clear_algorithms();
            return ReadableStream::close(&self.stream, cx);
        }
        self.call_pull_if_needed(cx)
    }

    fn process_read_requests(&self, cx: &mut Cx) -> Fallible<()> {
        let Some(super::reader::Reader::Default(reader)) = self.stream.reader.get() else {
            return Ok(());
        };
        while self.queue_total.get() > 0 {
            let Some(request) = reader.next_request() else { break };
            self.fill_read_request(cx, request)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-process-pull-into-descriptors-using-queue>
    fn process_pull_intos(&self) -> Vec<PullInto> {
        let mut filled = Vec::new();
        while self.queue_total.get() > 0 {
            let Some(mut first) = self.first() else { break };
            let is_ready = self.fill_from_queue(&mut first);
            self.set_first(first.clone());
            if is_ready {
                self.shift();
                filled.push(first);
            }
        }
        filled
    }

    /// Whether it has as much as its reader asked for.
    ///
    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-fill-pull-into-descriptor-from-queue>
    fn fill_from_queue(&self, into: &mut PullInto) -> bool {
        let most = self.queue_total.get().min(into.length - into.filled);
        let most_filled = into.filled + most;
        let aligned = most_filled - most_filled % into.element_size;
        let is_ready = aligned >= into.minimum_fill;
        let mut remaining = if is_ready { aligned - into.filled } else { most };
        let mut queue = self.queue.borrow_mut();
        while remaining > 0 {
            let Some(head) = queue.front_mut() else { break };
            let count = remaining.min(head.length);
            let to = into.offset + into.filled;
            Buffer::copy(&into.buffer, to, &head.buffer, head.offset, count);
            if head.length == count {
                queue.pop_front();
            } else {
                head.offset += count;
                head.length -= count;
            }
            self.queue_total.set(self.queue_total.get() - count);
            into.filled += count;
            remaining -= count;
        }
        is_ready
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-convert-pull-into-descriptor>
    fn convert(cx: &mut Cx, into: &PullInto) -> Fallible<Object> {
        let buffer = Buffer::transfer(cx, &into.buffer)?;
        Buffer::new_view(cx, into.kind, &buffer, into.offset, into.filled / into.element_size)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-commit-pull-into-descriptor>
    fn commit(&self, cx: &mut Cx, into: &PullInto) -> Fallible<()> {
        let is_done = self.stream.is_closed();
        let view = Self::convert(cx, into)?;
        if into.reader == ReaderType::Default {
            self.stream.fulfill_read_request(cx, Value::from(view), is_done)
        } else {
            self.stream.fulfill_read_into_request(cx, view, is_done)
        }
    }

    fn commit_all(&self, cx: &mut Cx, filled: Vec<PullInto>) -> Fallible<()> {
        filled.iter().try_for_each(|into| self.commit(cx, into))
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into>
    pub(super) fn pull_into(
        &self,
        cx: &mut Cx,
        view: &Object,
        min: usize,
        request: Box<dyn ReadIntoRequest>,
    ) -> Fallible<()> {
        let range = Buffer::view_range(cx, view)?;
        let element_size = range.element_size();
        let buffer_length = Buffer::byte_length(&range.buffer);
        // 9. - 11.
        let buffer = match Buffer::transfer(cx, &range.buffer) {
            Ok(buffer) => buffer,
            Err(error) => {
                let reason = error.into_value(cx)?;
                return request.error(cx, reason);
            }
        };
        // 12.
        let mut into = PullInto {
            buffer,
            buffer_length,
            offset: range.offset,
            length: range.length,
            filled: 0,
            minimum_fill: min.saturating_mul(element_size),
            element_size,
            kind: range.kind,
            reader: ReaderType::Byob,
        };
        // 13.
        if self.first().is_some() {
            self.pending.borrow_mut().push_back(into);
            self.stream.add_read_into_request(request);
            return Ok(());
        }
        // 14.
        if self.stream.is_closed() {
            let empty = Buffer::new_view(cx, into.kind, &into.buffer, into.offset, 0)?;
            return request.close(cx, Some(empty));
        }
        // 15.
        if self.queue_total.get() > 0 {
            if self.fill_from_queue(&mut into) {
                let view = Self::convert(cx, &into)?;
                self.handle_queue_drain(cx)?;
                return request.chunk(cx, view);
            }
            if self.close_requested.get() {
                let error = Error::type_error("The stream ends within an element of the view");
                let reason = error.into_value(cx)?;
                self.error_stream(cx, reason.clone())?;
                return request.error(cx, reason);
            }
        }
        // 16. - 18.
        self.pending.borrow_mut().push_back(into);
        self.stream.add_read_into_request(request);
        self.call_pull_if_needed(cx)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond>
    pub(super) fn respond(&self, cx: &mut Cx, written: usize) -> Fallible<()> {
        let Some(mut first) = self.first() else { return Ok(()) };
        // 4, 5.
        if self.stream.is_closed() {
            if written != 0 {
                return Err(Error::type_error("The stream is closed: nothing more can be written"));
            }
        } else {
            if written == 0 {
                return Err(Error::type_error("respond(0) is for a stream that is closed"));
            }
            if first.filled.saturating_add(written) > first.length {
                return Err(Error::range_error("More bytes were written than there is room for"));
            }
        }
        // 6, 7.
        first.buffer = Buffer::transfer(cx, &first.buffer)?;
        self.set_first(first);
        self.respond_internal(cx, written)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view>
    pub(super) fn respond_with_new_view(&self, cx: &mut Cx, view: &ViewRange) -> Fallible<()> {
        let Some(mut first) = self.first() else { return Ok(()) };
        // 5, 6.
        if self.stream.is_closed() {
            if view.length != 0 {
                return Err(Error::type_error("The stream is closed: nothing more can be written"));
            }
        } else if view.length == 0 {
            return Err(Error::type_error("An empty view is for a stream that is closed"));
        }
        // 7. - 9.
        if first.offset + first.filled != view.offset {
            return Err(Error::range_error("The view does not begin where the request's does"));
        }
        if first.buffer_length != Buffer::byte_length(&view.buffer) {
            return Err(Error::range_error("The view's buffer has another length"));
        }
        if first.filled + view.length > first.length {
            return Err(Error::range_error("The view is larger than the request's"));
        }
        // 10. - 12.
        first.buffer = Buffer::transfer(cx, &view.buffer)?;
        self.set_first(first);
        self.respond_internal(cx, view.length)
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal>
    fn respond_internal(&self, cx: &mut Cx, written: usize) -> Fallible<()> {
        self.invalidate_request();
        if self.stream.is_closed() {
            self.respond_in_closed_state(cx)?;
        } else {
            self.respond_in_readable_state(cx, written)?;
        }
        self.call_pull_if_needed(cx)
    }

    fn respond_in_closed_state(&self, cx: &mut Cx) -> Fallible<()> {
        if self.first().is_some_and(|first| first.reader == ReaderType::None) {
            self.shift();
        }
        if self.stream.has_byob_reader() {
            let mut filled = Vec::new();
            while filled.len() < self.stream.read_into_requests() {
                let Some(into) = self.shift() else { break };
                filled.push(into);
            }
            self.commit_all(cx, filled)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state>
    fn respond_in_readable_state(&self, cx: &mut Cx, written: usize) -> Fallible<()> {
        let Some(mut first) = self.first() else { return Ok(()) };
        // 2.
        first.filled += written;
        self.set_first(first.clone());
        // 3.
        if first.reader == ReaderType::None {
            self.enqueue_detached(cx, &first)?;
            let filled = self.process_pull_intos();
            return self.commit_all(cx, filled);
        }
        // 4.
        if first.filled < first.minimum_fill {
            return Ok(());
        }
        // 5. - 8.
        self.shift();
        let remainder = first.filled % first.element_size;
        if remainder > 0 {
            let end = first.offset + first.filled;
            self.enqueue_cloned(cx, &first.buffer, end - remainder, remainder)?;
        }
        first.filled -= remainder;
        // 9. - 11.
        let filled = self.process_pull_intos();
        self.commit(cx, &first)?;
        self.commit_all(cx, filled)
    }

    /// <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollergetbyobrequest>
    pub(super) fn current_request(
        &self,
        cx: &mut Cx,
    ) -> Fallible<Option<Obj<ReadableStreamBYOBRequest>>> {
        if let Some(request) = self.byob_request.get() {
            return Ok(Some(request));
        }
        let (Some(first), Some(this)) = (self.first(), self.object()) else { return Ok(None) };
        let (offset, length) = (first.offset + first.filled, first.length - first.filled);
        let kind = Some(TypedArrayKind::Uint8);
        let view = Buffer::new_view(cx, kind, &first.buffer, offset, length)?;
        let request = ReadableStreamBYOBRequest::create(cx, this, view);
        self.byob_request.set(Some(request.clone()));
        Ok(Some(request))
    }
}

impl ReadableByteStreamControllerMethods for Obj<ReadableByteStreamController> {
    fn byob_request(&self, cx: &mut Cx) -> Fallible<Option<Obj<ReadableStreamBYOBRequest>>> {
        self.current_request(cx)
    }

    fn desired_size(&self, _: &mut Cx) -> Option<f64> {
        self.desired()
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-close>
    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.can_close_or_enqueue() {
            return Err(Error::type_error(
                "ReadableByteStreamController.close: the stream is closed already",
            ));
        }
        self.close_stream(cx)
    }

    /// <https://streams.spec.whatwg.org/#rbs-controller-enqueue>
    fn enqueue(&self, cx: &mut Cx, chunk: ArrayBufferView) -> Fallible<()> {
        const WHAT: &str = "ReadableByteStreamController.enqueue";
        let range = Buffer::view_range(cx, chunk.object())?;
        if range.length == 0 || Buffer::byte_length(&range.buffer) == 0 {
            return Err(Error::type_error(format!("{WHAT}: the view is empty or detached")));
        }
        if !self.can_close_or_enqueue() {
            return Err(Error::type_error(format!("{WHAT}: the stream takes no more chunks")));
        }
        self.enqueue_range(cx, &range)
    }

    fn error(&self, cx: &mut Cx, e: Value) -> Fallible<()> {
        self.error_stream(cx, e)
    }
}
