//! <https://streams.spec.whatwg.org/#other-specs-ts-wrapping>

use virga_js::{Cx, Fallible, Obj, Platform, Promise, Trace, Value};

use super::{
    ReadableStream, TransformStream, TransformStreamDefaultController, WritableStream,
    callbacks::Transformer, promises::fulfilled,
};
use crate::generated::{GenericTransformStreamMethods, StreamPipeOptions};

/// The transform stream inside an object that is one to script.
#[derive(Trace)]
pub(crate) struct Transformed(Obj<TransformStream>);

impl Transformed {
    /// <https://streams.spec.whatwg.org/#transformstream-set-up>
    pub(crate) fn new(cx: &mut Cx, transformer: Box<dyn Transformer>) -> Fallible<Self> {
        TransformStream::from_transformer(cx, transformer).map(Self)
    }

    /// Another stream with the same chunks; `stream` is locked to it.
    ///
    /// <https://streams.spec.whatwg.org/#readablestream-create-a-proxy>
    pub(crate) fn proxy(
        cx: &mut Cx,
        stream: &Obj<ReadableStream>,
    ) -> Fallible<Obj<ReadableStream>> {
        let identity = Self::new(cx, Box::new(Identity))?;
        let options = StreamPipeOptions::default();
        let writable = identity.0.writable_side();
        super::pipe::pipe(cx, stream, &writable, &options)?.mark_as_handled(cx)?;
        Ok(identity.0.readable_side())
    }
}

/// What has the members of `GenericTransformStream`.
pub(crate) trait HasTransform {
    /// The stream inside.
    fn transformed(&self) -> &Transformed;
}

impl<T: HasTransform + Platform> GenericTransformStreamMethods for Obj<T> {
    fn readable(&self, _: &mut Cx) -> Obj<ReadableStream> {
        self.transformed().0.readable_side()
    }

    fn writable(&self, _: &mut Cx) -> Obj<WritableStream> {
        self.transformed().0.writable_side()
    }
}

/// <https://streams.spec.whatwg.org/#identity-transform-stream>
#[derive(Trace)]
struct Identity;

impl Transformer for Identity {
    fn transform(
        &self,
        cx: &mut Cx,
        chunk: Value,
        controller: &Obj<TransformStreamDefaultController>,
    ) -> Fallible<Promise> {
        controller.enqueue_chunk(cx, chunk)?;
        fulfilled(cx)
    }
}
