//! Promises that were rejected and that nobody handles.

use std::cell::RefCell;

use boa_engine::builtins::promise::PromiseState;
use boa_engine::object::builtins::JsPromise;

use crate::{Cx, Object, Realm, Value};

/// A rejected promise.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// The promise.
    pub promise: Object,
    /// What it was rejected with.
    pub reason: Value,
    /// The realm it happened in.
    pub realm: Realm,
}

/// <https://html.spec.whatwg.org/#unhandled-promise-rejections>
#[derive(Default)]
pub(crate) struct Rejections {
    /// "About-to-be-notified rejected promises list".
    unhandled: RefCell<Vec<Rejection>>,
    /// Handled after the host was told.
    late: RefCell<Vec<Rejection>>,
    /// "Outstanding rejected promises weak set", as a `WeakSet` of script.
    outstanding: RefCell<Option<Object>>,
}

impl Rejections {
    pub(crate) fn clear(&self) {
        drop(self.unhandled.take());
        drop(self.late.take());
        drop(self.outstanding.take());
    }

    pub(crate) fn rejected(&self, cx: &mut Cx, promise: Object) {
        let rejection = Rejection { reason: reason(&promise), realm: cx.realm(), promise };
        self.unhandled.borrow_mut().push(rejection);
    }

    pub(crate) fn handled(&self, cx: &mut Cx, promise: &Object) {
        {
            let mut unhandled = self.unhandled.borrow_mut();
            if let Some(index) = unhandled.iter().position(|entry| entry.promise == *promise) {
                let entry = unhandled.remove(index);
                drop(unhandled);
                drop(entry);
                return;
            }
        }
        let outstanding = self.outstanding.borrow().clone();
        let Some(set) = outstanding else { return };
        let args = [Value::from(promise)];
        let was_there = weak_set_method(cx, &set, "delete", &args);
        if was_there.is_some_and(|value| value.to_boolean()) {
            let rejection =
                Rejection { reason: reason(promise), realm: cx.realm(), promise: promise.clone() };
            self.late.borrow_mut().push(rejection);
        }
    }

    fn note_told(&self, cx: &mut Cx, promise: &Object) {
        let existing = self.outstanding.borrow().clone();
        let set = match existing {
            Some(set) => set,
            None => {
                let weak_set = cx.context().intrinsics().constructors().weak_set().constructor();
                let Ok(set) = Object(weak_set).construct(cx, &[], None) else { return };
                for name in ["add", "delete"] {
                    // Own copies: a page may change the prototype's later.
                    if let Ok(method) = set.get(cx, name) {
                        set.put(name, crate::Property::data(method, crate::Flags::HIDDEN));
                    }
                }
                *self.outstanding.borrow_mut() = Some(set.clone());
                set
            }
        };
        weak_set_method(cx, &set, "add", &[Value::from(promise)]);
    }
}

fn weak_set_method(cx: &mut Cx, set: &Object, name: &str, args: &[Value]) -> Option<Value> {
    set.invoke(cx, name, args).ok()
}

fn reason(promise: &Object) -> Value {
    match JsPromise::from_object(promise.0.clone()).map(|promise| promise.state()) {
        Ok(PromiseState::Rejected(reason)) => Value(reason),
        _ => Value::undefined(),
    }
}

impl Cx {
    /// The promises rejected without a handler since the last time, oldest first
    /// ("notify about rejected promises"). Call it after a microtask checkpoint,
    /// and report each one that is still unhandled then.
    pub fn take_unhandled_rejections(&mut self) -> Vec<Rejection> {
        let state = std::rc::Rc::clone(self.state());
        state.rejections.unhandled.take()
    }

    /// Whether [`take_unhandled_rejections`](Self::take_unhandled_rejections)
    /// would return any.
    #[must_use]
    pub fn has_unhandled_rejections(&self) -> bool {
        !self.state().rejections.unhandled.borrow().is_empty()
    }

    /// Notes that the page was told of this rejection and did not handle it, so
    /// that a later handler is reported
    /// ([`take_late_handled`](Self::take_late_handled)).
    pub fn note_rejection_told(&mut self, rejection: &Rejection) {
        let state = std::rc::Rc::clone(self.state());
        state.rejections.note_told(self, &rejection.promise);
    }

    /// The told rejections that got a handler since the last time.
    pub fn take_late_handled(&mut self) -> Vec<Rejection> {
        self.state().rejections.late.take()
    }
}
