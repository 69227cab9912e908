//! <https://streams.spec.whatwg.org/#other-specs-ts-wrapping>

use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use super::{ReadableStream, TransformStream, WritableStream, callbacks::Transformer};
use crate::generated::GenericTransformStreamMethods;

/// The transform stream inside an object that is one to script.
#[derive(Trace)]
pub(crate) struct Transformed(Obj<TransformStream>);

impl Transformed {
    /// <https://streams.spec.whatwg.org/#transformstream-set-up>
    pub(crate) fn new(cx: &mut Cx, transformer: Box<dyn Transformer>) -> Fallible<Self> {
        TransformStream::from_transformer(cx, transformer).map(Self)
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
