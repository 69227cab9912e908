//! <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee>

use std::cell::Cell;

use virga_js::{
    Buffer, Cx, Error, Fallible, GcCell, Obj, Object, Promise, Slot, Trace, TypedArrayKind, Value,
};

use super::{
    ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
    ReadableStreamDefaultReader,
    callbacks::Source,
    promises::{Deferred, done, fulfilled, upon_rejection},
    read::{ReadIntoRequest, ReadRequest},
    readable::Controller,
    reader::Reader,
};
use crate::events::report_exception;

/// What both branches share.
#[derive(Trace)]
struct Tee {
    stream: Obj<ReadableStream>,
    /// Of the kind that the last pull asked for.
    reader: Slot<Reader>,
    reading: Cell<bool>,
    read_again: [Cell<bool>; 2],
    branches: [Slot<Option<Obj<ReadableStream>>>; 2],
    cancelled: [Cell<bool>; 2],
    reasons: [Slot<Value>; 2],
    cancel: Deferred,
}

/// Two branches that get what the stream gets, each with its own bytes.
pub(super) fn tee(cx: &mut Cx, stream: &Obj<ReadableStream>) -> Fallible<[Obj<ReadableStream>; 2]> {
    let reader = Reader::Default(ReadableStreamDefaultReader::set_up(cx, stream)?);
    let tee = GcCell::new(Tee {
        stream: stream.clone(),
        reader: Slot::new(reader.clone()),
        reading: Cell::new(false),
        read_again: [Cell::new(false), Cell::new(false)],
        branches: [Slot::new(None), Slot::new(None)],
        cancelled: [Cell::new(false), Cell::new(false)],
        reasons: [Slot::new(Value::undefined()), Slot::new(Value::undefined())],
        cancel: Deferred::pending(cx),
    });
    let branch = |cx: &mut Cx, index: usize| {
        let source = Box::new(Branch { tee: tee.clone(), index });
        let branch = ReadableStream::from_byte_source(cx, source, 0.0)?;
        tee.branches[index].set(Some(branch.clone()));
        Ok(branch)
    };
    let branches = [branch(cx, 0)?, branch(cx, 1)?];
    forward_reader_error(cx, &tee, reader)?;
    Ok(branches)
}

impl Tee {
    fn controller(&self, index: usize) -> Option<Obj<ReadableByteStreamController>> {
        match self.branches[index].get()?.controller() {
            Some(Controller::Byte(controller)) => Some(controller),
            _ => None,
        }
    }

    fn is_cancelled(&self, index: usize) -> bool {
        self.cancelled[index].get()
    }

    fn resolve_cancel(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.is_cancelled(0) || !self.is_cancelled(1) {
            self.cancel.resolve(cx, Value::undefined())?;
        }
        Ok(())
    }

    fn error_both(&self, cx: &mut Cx, reason: &Value) -> Fallible<()> {
        for index in 0..2 {
            if let Some(controller) = self.controller(index) {
                controller.error_stream(cx, reason.clone())?;
            }
        }
        Ok(())
    }

    /// A chunk cannot be copied: both branches and the stream end.
    fn give_up(&self, cx: &mut Cx, error: Error) -> Fallible<()> {
        let reason = error.into_value(cx)?;
        self.error_both(cx, &reason)?;
        let cancelled = ReadableStream::cancel(&self.stream, cx, reason)?;
        self.cancel.resolve(cx, cancelled)
    }
}

fn forward_reader_error(cx: &mut Cx, tee: &GcCell<Tee>, reader: Reader) -> Fallible<()> {
    let closed = match &reader {
        Reader::Default(reader) => reader.closed_promise(),
        Reader::Byob(reader) => reader.closed_promise(),
    };
    upon_rejection(cx, &closed, (tee.clone(), reader), |cx, (tee, reader), reason| {
        if is_same(&tee.reader.get(), reader) {
            tee.error_both(cx, reason)?;
            tee.resolve_cancel(cx)?;
        }
        done()
    })
}

fn is_same(a: &Reader, b: &Reader) -> bool {
    match (a, b) {
        (Reader::Default(a), Reader::Default(b)) => a == b,
        (Reader::Byob(a), Reader::Byob(b)) => a == b,
        _ => false,
    }
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-cloneasuint8array>
fn clone(cx: &mut Cx, view: &Object) -> Fallible<Object> {
    let range = Buffer::view_range(cx, view)?;
    let buffer = Buffer::slice(cx, &range.buffer, range.offset, range.length)?;
    Buffer::new_view(cx, Some(TypedArrayKind::Uint8), &buffer, 0, range.length)
}

fn pull(cx: &mut Cx, tee: &GcCell<Tee>, index: usize) -> Fallible<()> {
    if tee.reading.replace(true) {
        tee.read_again[index].set(true);
        return Ok(());
    }
    let request = match tee.controller(index) {
        Some(controller) => controller.current_request(cx)?,
        None => None,
    };
    match request.and_then(|request| request.view_object()) {
        None => pull_with_default_reader(cx, tee),
        Some(view) => pull_with_byob_reader(cx, tee, &view, index),
    }
}

fn pull_with_default_reader(cx: &mut Cx, tee: &GcCell<Tee>) -> Fallible<()> {
    let reader = match tee.reader.get() {
        Reader::Default(reader) => reader,
        Reader::Byob(byob) => {
            byob.release(cx)?;
            let reader = ReadableStreamDefaultReader::set_up(cx, &tee.stream)?;
            tee.reader.set(Reader::Default(reader.clone()));
            forward_reader_error(cx, tee, Reader::Default(reader.clone()))?;
            reader
        }
    };
    let request = Box::new(Request { tee: tee.clone() });
    ReadableStreamDefaultReader::read_with(cx, &reader, request)
}

fn pull_with_byob_reader(
    cx: &mut Cx,
    tee: &GcCell<Tee>,
    view: &Object,
    index: usize,
) -> Fallible<()> {
    let reader = match tee.reader.get() {
        Reader::Byob(reader) => reader,
        Reader::Default(before) => {
            before.release(cx)?;
            let reader = ReadableStreamBYOBReader::set_up(cx, &tee.stream)?;
            tee.reader.set(Reader::Byob(reader.clone()));
            forward_reader_error(cx, tee, Reader::Byob(reader.clone()))?;
            reader
        }
    };
    let request = Box::new(IntoRequest { tee: tee.clone(), index });
    reader.read_with(cx, view, 1, request)
}

fn go_on(cx: &mut Cx, tee: &GcCell<Tee>) -> Fallible<()> {
    tee.reading.set(false);
    if tee.read_again[0].get() {
        pull(cx, tee, 0)
    } else if tee.read_again[1].get() {
        pull(cx, tee, 1)
    } else {
        Ok(())
    }
}

fn forget_again(tee: &Tee) {
    tee.read_again.iter().for_each(|again| again.set(false));
}

#[derive(Trace)]
struct Request {
    tee: GcCell<Tee>,
}

fn hand_on(cx: &mut Cx, tee: &GcCell<Tee>, chunk: &Value) -> Fallible<()> {
    forget_again(tee);
    let mut second = chunk.clone();
    if !tee.is_cancelled(0) && !tee.is_cancelled(1) {
        let Some(object) = chunk.as_object() else { return Ok(()) };
        match clone(cx, &object) {
            Ok(copy) => second = Value::from(copy),
            Err(error) => return tee.give_up(cx, error),
        }
    }
    for (index, chunk) in [(0, chunk), (1, &second)] {
        if !tee.is_cancelled(index)
            && let Some(controller) = tee.controller(index)
        {
            controller.enqueue_view(cx, chunk)?;
        }
    }
    go_on(cx, tee)
}

impl ReadRequest for Request {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        cx.queue_microtask(move |cx| {
            if let Err(error) = hand_on(cx, &self.tee, &chunk) {
                report_exception(cx, error);
            }
        });
        Ok(())
    }

    fn close(self: Box<Self>, cx: &mut Cx) -> Fallible<()> {
        let tee = &self.tee;
        tee.reading.set(false);
        for index in 0..2 {
            if !tee.is_cancelled(index)
                && let Some(controller) = tee.controller(index)
            {
                controller.close_stream(cx)?;
            }
        }
        for index in 0..2 {
            if let Some(controller) = tee.controller(index) {
                controller.respond_if_pending(cx)?;
            }
        }
        tee.resolve_cancel(cx)
    }

    fn error(self: Box<Self>, _: &mut Cx, _: Value) -> Fallible<()> {
        self.tee.reading.set(false);
        Ok(())
    }
}

#[derive(Trace)]
struct IntoRequest {
    tee: GcCell<Tee>,
    /// The branch whose buffer is filled.
    index: usize,
}

impl IntoRequest {
    fn hand_on(&self, cx: &mut Cx, chunk: &Object) -> Fallible<()> {
        let (tee, other) = (&self.tee, 1 - self.index);
        forget_again(tee);
        let copy = if tee.is_cancelled(other) {
            None
        } else {
            match clone(cx, chunk) {
                Ok(copy) => Some(copy),
                Err(error) => return tee.give_up(cx, error),
            }
        };
        self.respond(cx, chunk)?;
        if let (Some(copy), Some(controller)) = (copy, tee.controller(other)) {
            controller.enqueue_view(cx, &Value::from(copy))?;
        }
        go_on(cx, tee)
    }

    fn respond(&self, cx: &mut Cx, chunk: &Object) -> Fallible<()> {
        if self.tee.is_cancelled(self.index) {
            return Ok(());
        }
        let range = Buffer::view_range(cx, chunk)?;
        match self.tee.controller(self.index) {
            Some(controller) => controller.respond_with_new_view(cx, &range),
            None => Ok(()),
        }
    }
}

impl ReadIntoRequest for IntoRequest {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Object) -> Fallible<()> {
        cx.queue_microtask(move |cx| {
            if let Err(error) = self.hand_on(cx, &chunk) {
                report_exception(cx, error);
            }
        });
        Ok(())
    }

    fn close(self: Box<Self>, cx: &mut Cx, chunk: Option<Object>) -> Fallible<()> {
        let (tee, other) = (&self.tee, 1 - self.index);
        tee.reading.set(false);
        for index in [self.index, other] {
            if !tee.is_cancelled(index)
                && let Some(controller) = tee.controller(index)
            {
                controller.close_stream(cx)?;
            }
        }
        if let Some(chunk) = chunk {
            self.respond(cx, &chunk)?;
            if !tee.is_cancelled(other)
                && let Some(controller) = tee.controller(other)
            {
                controller.respond_if_pending(cx)?;
            }
        }
        tee.resolve_cancel(cx)
    }

    fn error(self: Box<Self>, _: &mut Cx, _: Value) -> Fallible<()> {
        self.tee.reading.set(false);
        Ok(())
    }
}

#[derive(Trace)]
struct Branch {
    tee: GcCell<Tee>,
    index: usize,
}

impl Source for Branch {
    fn pull(&self, cx: &mut Cx, _: &Controller) -> Fallible<Promise> {
        pull(cx, &self.tee, self.index)?;
        fulfilled(cx)
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let tee = &self.tee;
        tee.cancelled[self.index].set(true);
        tee.reasons[self.index].set(reason);
        if tee.is_cancelled(1 - self.index) {
            let reasons = Object::array(cx, [tee.reasons[0].get(), tee.reasons[1].get()]);
            let result = ReadableStream::cancel(&tee.stream, cx, Value::from(reasons))?;
            tee.cancel.resolve(cx, result)?;
        }
        Ok(tee.cancel.promise.clone())
    }
}
