//! Promises.

use boa_engine::builtins::promise::{PromiseState, ResolvingFunctions};
use boa_engine::object::builtins::{JsFunction, JsPromise};

use crate::trace::{Trace, Tracer};
use crate::{Cx, Error, Fallible, Function, Object, Value};

/// A promise of the engine. Traced; cloning is a counter.
#[derive(Clone, PartialEq, Debug)]
pub struct Promise {
    object: Object,
}

/// What settles a [`Promise`]. Traced.
#[derive(Clone)]
pub struct Resolver {
    resolve: Object,
    reject: Object,
}

/// How far a promise is.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// Not yet.
    Pending,
    /// With this value.
    Fulfilled(Value),
    /// With this reason.
    Rejected(Value),
}

impl Promise {
    /// A pending promise and what settles it.
    #[must_use]
    pub fn new(cx: &mut Cx) -> (Self, Resolver) {
        let (promise, ResolvingFunctions { resolve, reject }) =
            JsPromise::new_pending(cx.context_mut());
        let resolver = Resolver { resolve: Object(resolve.into()), reject: Object(reject.into()) };
        (Self { object: Object(promise.into()) }, resolver)
    }

    /// "A promise resolved with": `value` itself if it is a promise of this
    /// realm, else a new one, which follows `value` if that has a `then`. May run
    /// script.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn resolved(cx: &mut Cx, value: impl Into<Value>) -> Fallible<Self> {
        let result = JsPromise::resolve(value.into().0, cx.context_mut());
        cx.lift(result).map(|promise| Self { object: Object(promise.into()) })
    }

    /// "A promise rejected with" this error.
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Panicked`] pass through.
    pub fn rejected(cx: &mut Cx, error: Error) -> Fallible<Self> {
        let (promise, resolver) = Self::new(cx);
        resolver.reject(cx, error)?;
        Ok(promise)
    }

    /// The promise that an operation returns for this result: exceptions become
    /// rejections.
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Panicked`] pass through.
    pub fn from_result(cx: &mut Cx, result: Fallible<Value>) -> Fallible<Self> {
        match result {
            Ok(value) => Self::resolved(cx, value),
            Err(error) => Self::rejected(cx, error),
        }
    }

    /// The promise in `object`, if it is one.
    #[must_use]
    pub fn from_object(object: &Object) -> Option<Self> {
        JsPromise::from_object(object.0.clone()).ok()?;
        Some(Self { object: object.clone() })
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> Settled {
        match JsPromise::from_object(self.object.0.clone()).map(|promise| promise.state()) {
            Ok(PromiseState::Fulfilled(value)) => Settled::Fulfilled(Value(value)),
            Ok(PromiseState::Rejected(reason)) => Settled::Rejected(Value(reason)),
            Ok(PromiseState::Pending) | Err(_) => Settled::Pending,
        }
    }

    /// "React": calls one of the two, in a microtask, once the promise is
    /// settled. Counts as a handler of its rejection. Ignores what a page did to
    /// `Promise.prototype.then`.
    ///
    /// `data` is traced, so it may hold the promise itself. What the handlers
    /// throw becomes a rejection of the promise returned.
    ///
    /// # Errors
    /// None in practice.
    pub fn then<T: Trace + Clone + 'static>(
        &self,
        cx: &mut Cx,
        data: T,
        on_fulfilled: fn(&mut Cx, &T, &Value) -> Fallible<Value>,
        on_rejected: fn(&mut Cx, &T, &Value) -> Fallible<Value>,
    ) -> Fallible<Self> {
        let mut handler = |data: T, f| {
            let object =
                Function::with_data(cx, "", 1, Reaction { data, f }, |cx, _, args, reaction| {
                    let undefined = Value::undefined();
                    (reaction.f)(cx, &reaction.data, args.first().unwrap_or(&undefined))
                });
            JsFunction::from_object(object.0)
        };
        let fulfilled = handler(data.clone(), on_fulfilled);
        let rejected = handler(data, on_rejected);
        let result = match JsPromise::from_object(self.object.0.clone()) {
            Ok(promise) => promise.then(fulfilled, rejected, cx.context_mut()),
            Err(error) => Err(error),
        };
        cx.lift(result).map(|promise| Self { object: Object(promise.into()) })
    }

    /// Marks a rejection as handled, so that it is not reported.
    ///
    /// # Errors
    /// None in practice.
    pub fn mark_as_handled(&self, cx: &mut Cx) -> Fallible<()> {
        self.then(cx, (), |_, (), _| Ok(Value::undefined()), |_, (), _| Ok(Value::undefined()))
            .map(drop)
    }

    /// The object.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }
}

struct Reaction<T> {
    data: T,
    f: fn(&mut Cx, &T, &Value) -> Fallible<Value>,
}

impl<T: Trace> Trace for Reaction<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.data.trace(tracer);
    }
}

impl Resolver {
    /// "Resolve": fulfils the promise, or lets it follow a thenable. May run
    /// script (the getter of `then`).
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Panicked`] only.
    pub fn resolve(&self, cx: &mut Cx, value: impl Into<Value>) -> Fallible<()> {
        self.resolve.call(cx, &Value::undefined(), &[value.into()]).map(drop)
    }

    /// "Reject" with the exception object of this error, made in the current
    /// realm.
    ///
    /// # Errors
    /// [`Error::Stopped`] and [`Error::Panicked`] only.
    pub fn reject(&self, cx: &mut Cx, error: Error) -> Fallible<()> {
        let reason = error.into_value(cx)?;
        self.reject.call(cx, &Value::undefined(), &[reason]).map(drop)
    }
}

impl Trace for Promise {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.object.trace(tracer);
    }
}

impl Trace for Resolver {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.resolve.trace(tracer);
        self.reject.trace(tracer);
    }
}

impl From<Promise> for Value {
    fn from(promise: Promise) -> Self {
        Self::from(promise.object)
    }
}
