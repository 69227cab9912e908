//! <https://streams.spec.whatwg.org/#ts-default-controller-class>

use virga_js::{Cx, Error, Fallible, GcCell, Obj, Promise, Slot, Value};
use virga_js::{Platform, Trace};

use super::{
    TransformStream,
    callbacks::{Shared, Transformer, settled, shared},
    promises::{Deferred, fulfilled},
};
use crate::generated::TransformStreamDefaultControllerMethods;

/// How a transformer reaches the readable side.
#[derive(Trace, Platform)]
pub(crate) struct TransformStreamDefaultController {
    stream: Obj<TransformStream>,
    transformer: Shared<dyn Transformer>,
    finish: Slot<Option<Deferred>>,
}

impl TransformStreamDefaultController {
    /// <https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller>
    pub(super) fn set_up(
        cx: &mut Cx,
        stream: &Obj<TransformStream>,
        transformer: Box<dyn Transformer>,
    ) -> Obj<Self> {
        let transformer = shared(transformer);
        let controller = Self { stream: stream.clone(), transformer, finish: Slot::new(None) };
        let controller = Obj::new(cx, controller);
        stream.controller.set(Some(controller.clone()));
        controller
    }

    pub(super) fn transformer(&self) -> Option<GcCell<Box<dyn Transformer>>> {
        self.transformer.get()
    }

    pub(super) fn clear_algorithms(&self) {
        self.transformer.set(None);
    }

    fn object(&self) -> Option<Obj<Self>> {
        self.stream.controller.get()
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue>
    pub(crate) fn enqueue_chunk(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        let stream = &self.stream;
        let Some(readable) = stream.readable_controller() else { return Ok(()) };
        if !readable.can_close_or_enqueue() {
            return Err(Error::type_error(
                "TransformStreamDefaultController.enqueue: the readable side takes no more chunks",
            ));
        }
        if let Err(error) = readable.enqueue_chunk(cx, chunk) {
            let reason = error.into_value(cx)?;
            stream.error_writable_and_unblock(cx, reason)?;
            return Err(Error::Thrown(stream.readable_side().stored_error()));
        }
        let backpressure = readable.has_backpressure();
        if backpressure != stream.has_backpressure() {
            stream.set_backpressure(cx, true)?;
        }
        Ok(())
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform>
    pub(super) fn perform_transform(&self, cx: &mut Cx, chunk: Value) -> Fallible<Promise> {
        let (Some(transformer), Some(this)) = (self.transformer.get(), self.object()) else {
            return fulfilled(cx);
        };
        let result = transformer.transform(cx, chunk, &this);
        let promise = settled(cx, result)?;
        promise.then(
            cx,
            self.stream.clone(),
            |_, _, _| Ok(Value::undefined()),
            |cx, stream, reason| {
                stream.error(cx, reason.clone())?;
                Err(Error::Thrown(reason.clone()))
            },
        )
    }

    /// The promise of the end, if it has begun.
    pub(super) fn finishing(&self) -> Option<Promise> {
        self.finish.get().map(|finish| finish.promise)
    }

    /// Begins the end by calling `cancel`; the promise of the end if it has begun
    /// before.
    pub(super) fn begin_finish(
        &self,
        cx: &mut Cx,
        reason: &Value,
    ) -> Fallible<Result<Promise, (Deferred, Promise)>> {
        if let Some(running) = self.finishing() {
            return Ok(Ok(running));
        }
        let finish = Deferred::pending(cx);
        self.finish.set(Some(finish.clone()));
        let promise = match self.transformer.get() {
            Some(transformer) => {
                let result = transformer.cancel(cx, reason.clone());
                settled(cx, result)?
            }
            None => fulfilled(cx)?,
        };
        self.clear_algorithms();
        Ok(Err((finish, promise)))
    }

    /// Begins the end by calling `flush`.
    pub(super) fn begin_flush(&self, cx: &mut Cx) -> Fallible<(Deferred, Promise)> {
        let finish = Deferred::pending(cx);
        self.finish.set(Some(finish.clone()));
        let promise = match (self.transformer.get(), self.object()) {
            (Some(transformer), Some(this)) => {
                let result = transformer.flush(cx, &this);
                settled(cx, result)?
            }
            _ => fulfilled(cx)?,
        };
        self.clear_algorithms();
        Ok((finish, promise))
    }
}

impl TransformStreamDefaultControllerMethods for Obj<TransformStreamDefaultController> {
    fn desired_size(&self, _: &mut Cx) -> Option<f64> {
        self.stream.readable_controller().and_then(|controller| controller.desired())
    }

    fn enqueue(&self, cx: &mut Cx, chunk: Value) -> Fallible<()> {
        self.enqueue_chunk(cx, chunk)
    }

    fn error(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.stream.error(cx, reason)
    }

    /// <https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate>
    fn terminate(&self, cx: &mut Cx) -> Fallible<()> {
        if let Some(controller) = self.stream.readable_controller() {
            controller.close_stream(cx)?;
        }
        let error = Error::type_error("The transform stream was terminated");
        let reason = error.into_value(cx)?;
        self.stream.error_writable_and_unblock(cx, reason)
    }
}
