//! Bytes of a body that come over time.

use std::cell::{Cell, RefCell};

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Promise, Resolver, Slot, Trace, Traced, Value};
use virga_protocol::{FromApp, RequestId};

use super::package::{Into, package};
use crate::{
    agent::EngineCx,
    events::report_exception,
    streams::{Controller, Deferred, ReadableStream, Source, fulfilled},
};

/// Bytes that come over time, and who waits for them: for all of them, or as a
/// stream. Copies of a body share it.
#[derive(Trace)]
pub(crate) struct Buffer {
    #[trace(skip)]
    bytes: RefCell<Vec<u8>>,
    end: Slot<End>,
    waiting: Traced<Vec<Waiting>>,
    streams: Traced<Vec<Attached>>,
    /// Bodies that read it.
    owners: Cell<usize>,
    /// The fetch that fills it, which goes on only as bytes are read.
    #[trace(skip)]
    request: Cell<Option<RequestId>>,
    unread: Cell<u64>,
}

/// How far a buffer is.
#[derive(Trace, Clone)]
enum End {
    Filling,
    Complete,
    /// It broke off, for this reason.
    Failed(Value),
}

#[derive(Trace)]
struct Waiting {
    resolver: Resolver,
    into: Into,
}

/// A stream that reads the buffer.
#[derive(Trace, Clone)]
struct Attached {
    controller: Option<Controller>,
    /// How far it has read.
    at: usize,
    pull: Option<Deferred>,
    ended: bool,
}

impl Buffer {
    /// A buffer that is still to be filled.
    pub(crate) fn filling() -> GcCell<Self> {
        Self::new(Vec::new(), End::Filling)
    }

    /// A buffer that is complete.
    pub(crate) fn complete_with(bytes: Vec<u8>) -> GcCell<Self> {
        Self::new(bytes, End::Complete)
    }

    fn new(bytes: Vec<u8>, end: End) -> GcCell<Self> {
        GcCell::new(Self {
            bytes: RefCell::new(bytes),
            end: Slot::new(end),
            waiting: Traced::new(Vec::new()),
            streams: Traced::new(Vec::new()),
            owners: Cell::new(1),
            request: Cell::new(None),
            unread: Cell::new(0),
        })
    }

    /// A fetch fills it.
    pub(crate) fn set_request(&self, request: RequestId) {
        self.request.set(Some(request));
    }

    pub(super) fn add_owner(&self) {
        self.owners.set(self.owners.get() + 1);
    }

    /// A copy of what has come.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    pub(super) fn is_filling(&self) -> bool {
        self.end.with(|end| matches!(end, End::Filling))
    }

    /// Tells the host that what has come was read.
    fn demand(&self, cx: &Cx) {
        let bytes = self.unread.take();
        if bytes > 0
            && let Some(id) = self.request.get()
        {
            cx.engine().send(FromApp::Consumed { id, bytes });
        }
    }

    /// More bytes came.
    pub(crate) fn push(&self, cx: &mut Cx, bytes: &[u8]) -> Fallible<()> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        self.unread.set(self.unread.get() + u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if !self.waiting.borrow().is_empty() {
            self.demand(cx);
        }
        self.feed_streams(cx)
    }

    /// All bytes have come.
    pub(crate) fn complete(&self, cx: &mut Cx) -> Fallible<()> {
        self.finish(cx, End::Complete)
    }

    /// No more bytes come.
    pub(crate) fn fail(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.finish(cx, End::Failed(reason))
    }

    fn finish(&self, cx: &mut Cx, end: End) -> Fallible<()> {
        self.request.set(None);
        self.end.set(end);
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        for Waiting { resolver, into } in waiting {
            self.settle(cx, resolver, into)?;
        }
        self.feed_streams(cx)
    }

    /// Settles a promise with all bytes, once they have come.
    pub(super) fn settle(&self, cx: &mut Cx, resolver: Resolver, into: Into) -> Fallible<()> {
        let result = match self.end.get() {
            End::Filling => {
                self.waiting.borrow_mut().push(Waiting { resolver, into });
                self.demand(cx);
                return Ok(());
            }
            End::Complete => {
                let bytes = self.bytes();
                package(cx, bytes, &into)
            }
            End::Failed(reason) => Err(Error::Thrown(reason)),
        };
        match result {
            Ok(value) => resolver.resolve(cx, value),
            Err(error) => resolver.reject(cx, error),
        }
    }

    /// A stream of the bytes.
    pub(super) fn stream(buffer: &GcCell<Self>, cx: &mut Cx) -> Fallible<Obj<ReadableStream>> {
        let index = {
            let mut streams = buffer.streams.borrow_mut();
            streams.push(Attached { controller: None, at: 0, pull: None, ended: false });
            streams.len() - 1
        };
        let source = FromBuffer { buffer: buffer.clone(), index };
        let stream = ReadableStream::from_byte_source(cx, Box::new(source), 0.0)?;
        buffer.feed_streams(cx)?;
        Ok(stream)
    }

    /// Gives each stream that waits what there is, and the end to those that have
    /// all.
    fn feed_streams(&self, cx: &mut Cx) -> Fallible<()> {
        let count = self.streams.borrow().len();
        for index in 0..count {
            self.feed(cx, index)?;
        }
        Ok(())
    }

    fn feed(&self, cx: &mut Cx, index: usize) -> Fallible<()> {
        let Some(attached) = self.streams.borrow().get(index).cloned() else { return Ok(()) };
        let Some(controller) = attached.controller.filter(|_| !attached.ended) else {
            return Ok(());
        };
        let end = self.end.get();
        if let End::Failed(reason) = end {
            self.change(index, |attached| attached.ended = true);
            return controller.error(cx, reason);
        }
        if let Some(pull) = &attached.pull {
            let chunk = self.take(index, attached.at);
            if !chunk.is_empty() {
                self.change(index, |attached| attached.pull = None);
                controller.enqueue_bytes(cx, &chunk)?;
                pull.resolve(cx, Value::undefined())?;
            }
        }
        let at = self.streams.borrow().get(index).map_or(0, |attached| attached.at);
        if matches!(end, End::Complete) && at >= self.bytes.borrow().len() {
            self.change(index, |attached| attached.ended = true);
            controller.close(cx)?;
            if let Some(pull) = attached.pull {
                pull.resolve(cx, Value::undefined())?;
            }
        }
        Ok(())
    }

    fn change(&self, index: usize, change: impl FnOnce(&mut Attached)) {
        if let Some(attached) = self.streams.borrow_mut().get_mut(index) {
            change(attached);
        }
    }

    /// What a stream has not read; it is forgotten if nobody else can want it.
    fn take(&self, index: usize, at: usize) -> Vec<u8> {
        let (chunk, at) = if self.owners.get() == 1 && self.waiting.borrow().is_empty() {
            let mut bytes = std::mem::take(&mut *self.bytes.borrow_mut());
            bytes.drain(..at.min(bytes.len()));
            (bytes, 0)
        } else {
            let bytes = self.bytes.borrow();
            (bytes.get(at..).unwrap_or_default().to_vec(), bytes.len())
        };
        self.change(index, |attached| attached.at = at);
        chunk
    }
}

/// The source of a stream that reads a buffer.
#[derive(Trace)]
struct FromBuffer {
    buffer: GcCell<Buffer>,
    index: usize,
}

impl Source for FromBuffer {
    fn start(&self, _: &mut Cx, controller: &Controller) -> Fallible<Value> {
        self.buffer.change(self.index, |attached| attached.controller = Some(controller.clone()));
        Ok(Value::undefined())
    }

    fn pull(&self, cx: &mut Cx, _: &Controller) -> Fallible<Promise> {
        let pull = Deferred::pending(cx);
        let promise = pull.promise.clone();
        self.buffer.change(self.index, |attached| attached.pull = Some(pull));
        self.buffer.feed(cx, self.index)?;
        self.buffer.demand(cx);
        Ok(promise)
    }

    fn cancel(&self, cx: &mut Cx, _: Value) -> Fallible<Promise> {
        let buffer = &self.buffer;
        buffer.change(self.index, |attached| attached.ended = true);
        if buffer.owners.get() == 1
            && let Some(request) = buffer.request.take()
        {
            cx.engine().cancel(request);
            super::pending::forget(cx, request);
        }
        fulfilled(cx)
    }
}

/// Reports what goes wrong in a task of the network.
pub(super) fn report(cx: &mut Cx, result: Fallible<()>) {
    if let Err(error) = result {
        report_exception(cx, error);
    }
}
