//! Streams: <https://streams.spec.whatwg.org/>
//!
//! A stream of script and one of the engine are the same thing: what feeds or
//! drains it is a [`Source`], [`Sink`] or [`Transformer`], of script's functions
//! or of Rust. Everything lives in the collected heap; callbacks copy the handles
//! they need and hold no borrow.

mod byob;
mod byte_controller;
mod callbacks;
mod default_controller;
mod from;
mod generic;
mod iterate;
mod pipe;
mod promises;
mod queue;
mod read;
mod readable;
mod reader;
mod strategy;
mod tee;
mod tee_bytes;
mod transform;
mod transform_controller;
mod writable;
mod writable_controller;
mod writer;

pub(crate) use self::{
    byob::{ReadableStreamBYOBReader, ReadableStreamBYOBRequest},
    byte_controller::ReadableByteStreamController,
    callbacks::{Source, Transformer},
    default_controller::ReadableStreamDefaultController,
    generic::{HasTransform, Transformed},
    promises::{Deferred, done, fulfilled, react},
    read::read_all,
    readable::{Controller, ReadableStream},
    reader::ReadableStreamDefaultReader,
    strategy::{ByteLengthQueuingStrategy, CountQueuingStrategy},
    transform::TransformStream,
    transform_controller::TransformStreamDefaultController,
    writable::WritableStream,
    writable_controller::WritableStreamDefaultController,
    writer::WritableStreamDefaultWriter,
};
