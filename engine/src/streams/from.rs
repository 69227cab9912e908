//! <https://streams.spec.whatwg.org/#rs-from>

use virga_js::{Cx, Error, Fallible, Obj, Object, Promise, Slot, Symbol, Trace, Value, dom_string};

use super::{
    ReadableStream,
    callbacks::Source,
    promises::{done, fulfilled, promise_of},
    readable::Controller,
};

/// <https://streams.spec.whatwg.org/#readable-stream-from-iterable>
pub(super) fn from_iterable(cx: &mut Cx, iterable: &Value) -> Fallible<Obj<ReadableStream>> {
    let not_iterable = || Error::type_error("ReadableStream.from: the value is not iterable");
    let object = match iterable.as_object() {
        Some(object) => object,
        // A string is iterable, though no object.
        None if iterable.is_string() => iterable.to_object(cx)?,
        None => return Err(not_iterable()),
    };
    let (method, is_async) = match object.get_method(cx, Symbol::async_iterator())? {
        Some(method) => (method, true),
        None => match object.get_method(cx, Symbol::iterator())? {
            Some(method) => (method, false),
            None => return Err(not_iterable()),
        },
    };
    let iterator = method.call(cx, iterable, &[])?;
    let Some(iterator) = iterator.as_object() else {
        return Err(Error::type_error("ReadableStream.from: the iterator is no object"));
    };
    let next = iterator.get(cx, dom_string!("next"))?;
    let source = Iterated { iterator, next: Slot::new(next), is_async };
    ReadableStream::from_source(cx, Box::new(source), 0.0)
}

#[derive(Trace)]
struct Iterated {
    iterator: Object,
    next: Slot<Value>,
    is_async: bool,
}

impl Iterated {
    fn call_next(&self, cx: &mut Cx) -> Fallible<Value> {
        let next = self.next.get();
        let Some(next) = next.as_object().filter(Object::is_callable) else {
            return Err(Error::type_error("ReadableStream.from: the iterator has no next"));
        };
        next.call(cx, &Value::from(&self.iterator), &[])
    }
}

/// Awaits the value of a result of a synchronous iterator, as
/// <https://tc39.es/ecma262/#sec-asyncfromsynciteratorcontinuation> does.
fn unwrap_sync(cx: &mut Cx, result: &Value) -> Fallible<Promise> {
    let Some(object) = result.as_object() else {
        return Err(Error::type_error("ReadableStream.from: the iterator's result is no object"));
    };
    let is_done = object.get(cx, dom_string!("done"))?.to_boolean();
    let value = object.get(cx, dom_string!("value"))?;
    let value = Promise::resolved(cx, value)?;
    value.then(
        cx,
        is_done,
        |cx, is_done, value| Ok(virga_js::webidl::iterator_result(cx, value.clone(), *is_done)),
        |_, _, reason| Err(Error::Thrown(reason.clone())),
    )
}

impl Source for Iterated {
    fn pull(&self, cx: &mut Cx, controller: &Controller) -> Fallible<Promise> {
        let result = self.call_next(cx);
        let promise = if self.is_async {
            match result {
                Ok(value) => Promise::resolved(cx, value)?,
                Err(error) => return Promise::rejected(cx, error),
            }
        } else {
            let result = result?;
            unwrap_sync(cx, &result)?
        };
        promise.then(
            cx,
            controller.clone(),
            |cx, controller, result| {
                let Some(object) = result.as_object() else {
                    return Err(Error::type_error(
                        "ReadableStream.from: the iterator's result is no object",
                    ));
                };
                if object.get(cx, dom_string!("done"))?.to_boolean() {
                    controller.close(cx)?;
                } else {
                    let value = object.get(cx, dom_string!("value"))?;
                    controller.enqueue(cx, value)?;
                }
                done()
            },
            |_, _, reason| Err(Error::Thrown(reason.clone())),
        )
    }

    fn cancel(&self, cx: &mut Cx, reason: Value) -> Fallible<Promise> {
        let Some(method) = self.iterator.get_method(cx, dom_string!("return"))? else {
            return fulfilled(cx);
        };
        let result = method.call(cx, &Value::from(&self.iterator), &[reason]);
        let promise = if self.is_async {
            promise_of(cx, result)?
        } else {
            let result = result?;
            unwrap_sync(cx, &result)?
        };
        promise.then(
            cx,
            (),
            |_, (), result| {
                if result.is_object() {
                    return done();
                }
                Err(Error::type_error("ReadableStream.from: return gave no object"))
            },
            |_, (), reason| Err(Error::Thrown(reason.clone())),
        )
    }
}
