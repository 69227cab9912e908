//! Promises as the algorithms of this standard use them.

use virga_js::{Cx, Error, Fallible, Promise, Resolver, Trace, Value};

/// A promise together with what settles it.
#[derive(Trace, Clone)]
pub(crate) struct Deferred {
    pub(crate) promise: Promise,
    resolver: Option<Resolver>,
}

impl Deferred {
    /// "A new promise."
    pub(crate) fn pending(cx: &mut Cx) -> Self {
        let (promise, resolver) = Promise::new(cx);
        Self { promise, resolver: Some(resolver) }
    }

    /// "A promise resolved with undefined."
    pub(crate) fn fulfilled(cx: &mut Cx) -> Fallible<Self> {
        Ok(Self { promise: fulfilled(cx)?, resolver: None })
    }

    /// "A promise rejected with" a reason, which nobody has to handle.
    pub(crate) fn rejected_handled(cx: &mut Cx, reason: Value) -> Fallible<Self> {
        let promise = Promise::rejected(cx, Error::Thrown(reason))?;
        promise.mark_as_handled(cx)?;
        Ok(Self { promise, resolver: None })
    }

    /// Does nothing to a promise that is settled already.
    pub(crate) fn resolve(&self, cx: &mut Cx, value: impl Into<Value>) -> Fallible<()> {
        match &self.resolver {
            Some(resolver) => resolver.resolve(cx, value),
            None => Ok(()),
        }
    }

    /// Does nothing to a promise that is settled already.
    pub(crate) fn reject(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        match &self.resolver {
            Some(resolver) => resolver.reject(cx, Error::Thrown(reason)),
            None => Ok(()),
        }
    }
}

/// "A promise resolved with undefined."
pub(crate) fn fulfilled(cx: &mut Cx) -> Fallible<Promise> {
    let (promise, resolver) = Promise::new(cx);
    resolver.resolve(cx, Value::undefined())?;
    Ok(promise)
}

/// "A promise resolved with" any value, as a conversion to a promise type makes
/// it: what throws on the way becomes a rejection.
pub(crate) fn promise_of(cx: &mut Cx, result: Fallible<Value>) -> Fallible<Promise> {
    let (promise, resolver) = Promise::new(cx);
    match result {
        Ok(value) => resolver.resolve(cx, value)?,
        Err(error) => resolver.reject(cx, error)?,
    }
    Ok(promise)
}

/// The result of a reaction that has none.
pub(crate) fn done() -> Fallible<Value> {
    Ok(Value::undefined())
}

/// A reaction: what to do with the value or reason of a settled promise.
pub(crate) type Reaction<T> = fn(&mut Cx, &T, &Value) -> Fallible<Value>;

/// "React", without a use for the result.
pub(crate) fn react<T: Trace + Clone + 'static>(
    cx: &mut Cx,
    promise: &Promise,
    data: T,
    on_fulfilled: Reaction<T>,
    on_rejected: Reaction<T>,
) -> Fallible<()> {
    promise.then(cx, data, on_fulfilled, on_rejected).map(drop)
}

/// "Upon rejection of."
pub(crate) fn upon_rejection<T: Trace + Clone + 'static>(
    cx: &mut Cx,
    promise: &Promise,
    data: T,
    on_rejected: Reaction<T>,
) -> Fallible<()> {
    react(cx, promise, data, |_, _, _| done(), on_rejected)
}

/// "Upon fulfillment of." A rejection stays as it is for others.
pub(crate) fn upon_fulfillment<T: Trace + Clone + 'static>(
    cx: &mut Cx,
    promise: &Promise,
    data: T,
    on_fulfilled: Reaction<T>,
) -> Fallible<()> {
    react(cx, promise, data, on_fulfilled, |_, _, _| done())
}
