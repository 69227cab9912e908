//! <https://streams.spec.whatwg.org/#readable-stream-pipe-to>

use std::cell::Cell;

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Promise, Slot, Trace, Value};

use super::{
    ReadableStream, ReadableStreamDefaultReader, WritableStream, WritableStreamDefaultWriter,
    promises::{Deferred, done, fulfilled, react, upon_fulfillment, upon_rejection},
    read::ReadRequest,
};
use crate::{
    events::{AbortSignal, AbortSteps, report_exception},
    generated::StreamPipeOptions,
};

/// A pipe under way.
#[derive(Trace)]
struct Pipe {
    source: Obj<ReadableStream>,
    destination: Obj<WritableStream>,
    reader: Obj<ReadableStreamDefaultReader>,
    writer: Obj<WritableStreamDefaultWriter>,
    prevent_close: bool,
    prevent_abort: bool,
    prevent_cancel: bool,
    shutting_down: Cell<bool>,
    /// The last write, so that a shutdown can wait for it.
    current_write: Slot<Promise>,
    signal: Option<(Obj<AbortSignal>, Cell<u64>)>,
    result: Deferred,
}

/// What is done to the two streams at the end.
#[derive(Trace, Clone)]
enum Action {
    Nothing,
    AbortDestination(Value),
    CancelSource(Value),
    CloseDestination,
    /// The signal aborted, for this reason.
    Both(Value),
}

type This = GcCell<Pipe>;

/// Pipes one into the other. Both are known to be unlocked.
pub(super) fn pipe(
    cx: &mut Cx,
    source: &Obj<ReadableStream>,
    destination: &Obj<WritableStream>,
    options: &StreamPipeOptions,
) -> Fallible<Promise> {
    let reader = ReadableStreamDefaultReader::set_up(cx, source)?;
    let writer = WritableStreamDefaultWriter::set_up(cx, destination)?;
    source.set_disturbed();
    let written = fulfilled(cx)?;
    let signal = options.signal.clone();
    let pipe = GcCell::new(Pipe {
        source: source.clone(),
        destination: destination.clone(),
        reader,
        writer,
        prevent_close: options.prevent_close,
        prevent_abort: options.prevent_abort,
        prevent_cancel: options.prevent_cancel,
        shutting_down: Cell::new(false),
        current_write: Slot::new(written),
        signal: signal.clone().map(|signal| (signal, Cell::new(0))),
        result: Deferred::pending(cx),
    });
    let promise = pipe.result.promise.clone();
    // 14.
    if let (Some(signal), Some((_, key))) = (signal, &pipe.signal) {
        if signal.is_aborted() {
            shut_down(cx, &pipe, Action::Both(signal.abort_reason()))?;
            return Ok(promise);
        }
        key.set(signal.add_algorithm(Box::new(Aborting { pipe: pipe.clone() })));
    }
    watch(cx, &pipe)?;
    step(cx, &pipe)?;
    Ok(promise)
}

/// Errors and closing are carried both ways.
fn watch(cx: &mut Cx, pipe: &This) -> Fallible<()> {
    // Errors must be propagated forward.
    if pipe.source.is_errored() {
        source_errored(cx, pipe, &pipe.source.stored_error())?;
    } else {
        let closed = pipe.reader.closed_promise();
        upon_rejection(cx, &closed, pipe.clone(), |cx, pipe, reason| {
            source_errored(cx, pipe, reason)?;
            done()
        })?;
    }
    // Errors must be propagated backward.
    if pipe.destination.is_errored() {
        destination_errored(cx, pipe, &pipe.destination.stored_error())?;
    } else {
        let closed = pipe.writer.closed_promise();
        upon_rejection(cx, &closed, pipe.clone(), |cx, pipe, reason| {
            destination_errored(cx, pipe, reason)?;
            done()
        })?;
    }
    // Closing must be propagated forward.
    if pipe.source.is_closed() {
        source_closed(cx, pipe)?;
    } else {
        let closed = pipe.reader.closed_promise();
        upon_fulfillment(cx, &closed, pipe.clone(), |cx, pipe, _| {
            source_closed(cx, pipe)?;
            done()
        })?;
    }
    // Closing must be propagated backward.
    if pipe.destination.close_queued_or_in_flight() || pipe.destination.is_closed() {
        let error = Error::type_error("The destination of the pipe is closed already");
        let reason = error.into_value(cx)?;
        let action = if pipe.prevent_cancel {
            Action::Nothing
        } else {
            Action::CancelSource(reason.clone())
        };
        shut_down_with(cx, pipe, action, Some(reason))?;
    }
    Ok(())
}

fn source_errored(cx: &mut Cx, pipe: &This, reason: &Value) -> Fallible<()> {
    let action =
        if pipe.prevent_abort { Action::Nothing } else { Action::AbortDestination(reason.clone()) };
    shut_down_with(cx, pipe, action, Some(reason.clone()))
}

fn destination_errored(cx: &mut Cx, pipe: &This, reason: &Value) -> Fallible<()> {
    let action =
        if pipe.prevent_cancel { Action::Nothing } else { Action::CancelSource(reason.clone()) };
    shut_down_with(cx, pipe, action, Some(reason.clone()))
}

fn source_closed(cx: &mut Cx, pipe: &This) -> Fallible<()> {
    let action = if pipe.prevent_close { Action::Nothing } else { Action::CloseDestination };
    shut_down_with(cx, pipe, action, None)
}

/// Reads a chunk once the destination has room, and so on.
fn step(cx: &mut Cx, pipe: &This) -> Fallible<()> {
    if pipe.shutting_down.get() {
        return Ok(());
    }
    let ready = pipe.writer.ready_promise();
    upon_fulfillment(cx, &ready, pipe.clone(), |cx, pipe, _| {
        if !pipe.shutting_down.get() {
            let request = Box::new(Request { pipe: pipe.clone() });
            ReadableStreamDefaultReader::read_with(cx, &pipe.reader, request)?;
        }
        done()
    })
}

#[derive(Trace)]
struct Request {
    pipe: This,
}

impl ReadRequest for Request {
    fn chunk(self: Box<Self>, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        let pipe = self.pipe;
        let write = WritableStreamDefaultWriter::write_chunk(cx, &pipe.writer, chunk)?;
        // Errors of a write reach the pipe through the destination.
        let written = write.then(cx, (), |_, (), _| done(), |_, (), _| done())?;
        pipe.current_write.set(written);
        // Not at once: a long queue must not become a deep recursion.
        cx.queue_microtask(move |cx| {
            if let Err(error) = step(cx, &pipe) {
                report_exception(cx, error);
            }
        });
        Ok(())
    }

    fn close(self: Box<Self>, _: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    fn error(self: Box<Self>, _: &mut Cx, _: Value) -> Fallible<()> {
        Ok(())
    }
}

/// What a signal does to its pipe.
#[derive(Trace)]
struct Aborting {
    pipe: This,
}

impl AbortSteps for Aborting {
    fn abort(&self, cx: &mut Cx, reason: &Value) {
        if let Err(error) = shut_down(cx, &self.pipe, Action::Both(reason.clone())) {
            report_exception(cx, error);
        }
    }
}

fn shut_down(cx: &mut Cx, pipe: &This, action: Action) -> Fallible<()> {
    let error = match &action {
        Action::Both(reason) => Some(reason.clone()),
        _ => None,
    };
    shut_down_with(cx, pipe, action, error)
}

/// <https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action>
fn shut_down_with(cx: &mut Cx, pipe: &This, action: Action, error: Option<Value>) -> Fallible<()> {
    if pipe.shutting_down.replace(true) {
        return Ok(());
    }
    let data = (pipe.clone(), action, error);
    if pipe.destination.is_writable() && !pipe.destination.close_queued_or_in_flight() {
        wait_for_writes(cx, data)
    } else {
        finish(cx, &data)
    }
}

type End = (This, Action, Option<Value>);

/// Goes on when all chunks that were read have been written.
fn wait_for_writes(cx: &mut Cx, end: End) -> Fallible<()> {
    let write = end.0.current_write.get();
    upon_fulfillment(cx, &write.clone(), (end, Value::from(write)), |cx, (end, before), _| {
        // A read that was under way may have brought another one.
        if Value::from(end.0.current_write.get()) == *before {
            finish(cx, end)?;
        } else {
            wait_for_writes(cx, end.clone())?;
        }
        done()
    })
}

fn finish(cx: &mut Cx, end: &End) -> Fallible<()> {
    let (pipe, action, error) = end;
    let promise = match action {
        Action::Nothing => return finalize(cx, pipe, error.clone()),
        Action::AbortDestination(reason) => {
            WritableStream::abort(&pipe.destination, cx, reason.clone())?
        }
        Action::CancelSource(reason) => ReadableStream::cancel(&pipe.source, cx, reason.clone())?,
        Action::CloseDestination => pipe.writer.close_with_error_propagation(cx)?,
        Action::Both(reason) => abort_both(cx, pipe, reason)?,
    };
    react(
        cx,
        &promise,
        (pipe.clone(), error.clone()),
        |cx, (pipe, error), _| {
            finalize(cx, pipe, error.clone())?;
            done()
        },
        |cx, (pipe, _), reason| {
            finalize(cx, pipe, Some(reason.clone()))?;
            done()
        },
    )
}

/// Steps 14.1.3 to 14.1.5: "getting a promise to wait for all" of them.
fn abort_both(cx: &mut Cx, pipe: &This, reason: &Value) -> Fallible<Promise> {
    let mut actions = Vec::new();
    if !pipe.prevent_abort {
        actions.push(if pipe.destination.is_writable() {
            WritableStream::abort(&pipe.destination, cx, reason.clone())?
        } else {
            fulfilled(cx)?
        });
    }
    if !pipe.prevent_cancel {
        actions.push(if pipe.source.is_readable() {
            ReadableStream::cancel(&pipe.source, cx, reason.clone())?
        } else {
            fulfilled(cx)?
        });
    }
    let all = Deferred::pending(cx);
    let promise = all.promise.clone();
    if actions.is_empty() {
        all.resolve(cx, Value::undefined())?;
    }
    let left = GcCell::new(Cell::new(actions.len()));
    for action in actions {
        react(
            cx,
            &action,
            (all.clone(), left.clone()),
            |cx, (all, left), _| {
                left.set(left.get() - 1);
                if left.get() == 0 {
                    all.resolve(cx, Value::undefined())?;
                }
                done()
            },
            |cx, (all, _), reason| {
                all.reject(cx, reason.clone())?;
                done()
            },
        )?;
    }
    Ok(promise)
}

/// <https://streams.spec.whatwg.org/#rs-pipeTo-finalize>
fn finalize(cx: &mut Cx, pipe: &This, error: Option<Value>) -> Fallible<()> {
    pipe.writer.release(cx)?;
    pipe.reader.release(cx)?;
    if let Some((signal, key)) = &pipe.signal {
        signal.remove_algorithm(key.get());
    }
    match error {
        Some(reason) => pipe.result.reject(cx, reason),
        None => pipe.result.resolve(cx, Value::undefined()),
    }
}
