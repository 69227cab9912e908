//! <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee>

use std::cell::Cell;

use virga_js::{Buffer, Cx, Fallible, GcCell, Obj, Object, Promise, Slot, Trace, Value};

use super::{
    ReadableStream, ReadableStreamDefaultReader,
    callbacks::Source,
    promises::{Deferred, done, fulfilled, upon_rejection},
    read::ReadRequest,
    readable::Controller,
};
use crate::events::report_exception;

/// What both branches share.
#[derive(Trace)]
struct Tee {
    stream: Obj<ReadableStream>,
    reader: Obj<ReadableStreamDefaultReader>,
    clone_for_second: bool,
    reading: Cell<bool>,
    read_again: Cell<bool>,
    branches: [Slot<Option<Obj<ReadableStream>>>; 2],
    cancelled: [Cell<bool>; 2],
    reasons: [Slot<Value>; 2],
    cancel: Deferred,
}

/// Two branches that get what the stream gets.
pub(super) fn tee(
    cx: &mut Cx,
    stream: &Obj<ReadableStream>,
    clone_for_second: bool,
) -> Fallible<[Obj<ReadableStream>; 2]> {
    let reader = ReadableStreamDefaultReader::set_up(cx, stream)?;
    let closed = reader.closed_promise();
    let tee = GcCell::new(Tee {
        stream: stream.clone(),
        reader,
        clone_for_second,
        reading: Cell::new(false),
        read_again: Cell::new(false),
        branches: [Slot::new(None), Slot::new(None)],
        cancelled: [Cell::new(false), Cell::new(false)],
        reasons: [Slot::new(Value::undefined()), Slot::new(Value::undefined())],
        cancel: Deferred::pending(cx),
    });
    let branch = |cx: &mut Cx, index: usize| {
        let source = Box::new(Branch { tee: tee.clone(), index });
        let branch = ReadableStream::from_source(cx, source, 1.0)?;
        tee.branches[index].set(Some(branch.clone()));
        Ok(branch)
    };
    let branches = [branch(cx, 0)?, branch(cx, 1)?];
    upon_rejection(cx, &closed, tee, |cx, tee, reason| {
        for index in 0..2 {
            if let Some(controller) = tee.controller(index) {
                controller.error(cx, reason.clone())?;
            }
        }
        tee.resolve_cancel(cx)?;
        done()
    })?;
    Ok(branches)
}

impl Tee {
    fn controller(&self, index: usize) -> Option<Controller> {
        self.branches[index].get()?.controller()
    }

    fn resolve_cancel(&self, cx: &mut Cx) -> Fallible<()> {
        if !self.cancelled[0].get() || !self.cancelled[1].get() {
            self.cancel.resolve(cx, Value::undefined())?;
        }
        Ok(())
    }
}

fn pull(cx: &mut Cx, tee: &GcCell<Tee>) -> Fallible<()> {
    if tee.reading.replace(true) {
        tee.read_again.set(true);
        return Ok(());
    }
    let request = Box::new(Request { tee: tee.clone() });
    ReadableStreamDefaultReader::read_with(cx, &tee.reader, request)
}

fn hand_on(cx: &mut Cx, tee: &GcCell<Tee>, chunk: &Value) -> Fallible<()> {
    tee.read_again.set(false);
    for index in 0..2 {
        if tee.cancelled[index].get() {
            continue;
        }
        let chunk = if index == 1 && tee.clone_for_second {
            match clone(cx, chunk) {
                Ok(chunk) => chunk,
                Err(error) => {
                    let reason = error.into_value(cx)?;
                    for index in 0..2 {
                        if let Some(controller) = tee.controller(index) {
                            controller.error(cx, reason.clone())?;
                        }
                    }
                    let cancelled = ReadableStream::cancel(&tee.stream, cx, reason)?;
                    return tee.cancel.resolve(cx, cancelled);
                }
            }
        } else {
            chunk.clone()
        };
        if let Some(controller) = tee.controller(index) {
            controller.enqueue(cx, chunk)?;
        }
    }
    tee.reading.set(false);
    if tee.read_again.get() { pull(cx, tee) } else { Ok(()) }
}

/// A copy for the second branch, so that neither sees what the other does to the
/// bytes.
fn clone(cx: &mut Cx, chunk: &Value) -> Fallible<Value> {
    let Some(object) = chunk.as_object() else { return Ok(chunk.clone()) };
    match Buffer::from_object(&object) {
        Some(Buffer::Whole(_)) => {
            let length = Buffer::byte_length(&object);
            Buffer::slice(cx, &object, 0, length).map(Value::from)
        }
        Some(_) => {
            let range = Buffer::view_range(cx, &object)?;
            let buffer = Buffer::slice(cx, &range.buffer, range.offset, range.length)?;
            let length = range.length / range.element_size();
            Buffer::new_view(cx, range.kind, &buffer, 0, length).map(Value::from)
        }
        None => Ok(chunk.clone()),
    }
}

#[derive(Trace)]
struct Request {
    tee: GcCell<Tee>,
}

impl ReadRequest for Request {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        // In a microtask, since reading may fail the stream, and the branches must
        // not have the chunk before they hear of that.
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
            if !tee.cancelled[index].get()
                && let Some(controller) = tee.controller(index)
            {
                controller.close(cx)?;
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
        pull(cx, &self.tee)?;
        fulfilled(cx)
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let tee = &self.tee;
        tee.cancelled[self.index].set(true);
        tee.reasons[self.index].set(reason);
        if tee.cancelled[1 - self.index].get() {
            let reasons = Object::array(cx, [tee.reasons[0].get(), tee.reasons[1].get()]);
            let result = ReadableStream::cancel(&tee.stream, cx, Value::from(reasons))?;
            tee.cancel.resolve(cx, result)?;
        }
        Ok(tee.cancel.promise.clone())
    }
}
