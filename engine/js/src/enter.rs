//! The one way into script.
//!
//! Everything that runs script from outside of script goes through [`enter`]:
//! listeners, timers, frame callbacks, classic and module scripts. It carries
//!
//! * **the budget**: script runs in slices of instructions; between two the host
//!   says whether to go on ([`Environment::keep_running`]). A script that is told
//!   to stop ends with [`Error::Stopped`], and the realm stays usable.
//! * **the microtask checkpoint** when the outermost entry returns.
//! * **the panic boundary**: a panic of native code becomes
//!   [`Error::Panicked`], and no script runs any more in this runtime.
//!
//! The engine can be left only between instructions of the outermost activation.
//! A loop inside a call that native code made (`[1].forEach(() => { while (true)
//! {} })`), after an `await`, or at the top of a module, runs on until
//! `RuntimeOptions::loop_limit`. Calls that native code
//! makes while script is on the stack are direct, and cost a seventh.
//!
//! [`Environment::keep_running`]: crate::Environment::keep_running

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use boa_engine::builtins::function::OrdinaryFunction;
use boa_engine::{Script, Source};

use crate::{Cx, DomString, Error, Fallible, Flags, Object, Property, Realm, Value, dom_string};

/// Enters script in `realm`: runs `run`, which calls script through
/// [`Callback`](crate::Callback) or [`Cx::evaluate_script`].
///
/// Entries nest. The outermost one performs a microtask checkpoint before it
/// returns, and catches panics.
///
/// # Errors
/// What `run` returns; [`Error::Panicked`] after a panic, now or earlier.
pub fn enter<R>(
    cx: &mut Cx,
    realm: &Realm,
    run: impl FnOnce(&mut Cx) -> Fallible<R>,
) -> Fallible<R> {
    let state = Rc::clone(cx.state());
    if let Some(reason) = &*state.poisoned.borrow() {
        return Err(Error::Panicked(reason.clone()));
    }
    let depth = state.entries.get();
    if depth > 0 {
        state.entries.set(depth + 1);
        let entry = state.push_incumbent(realm.clone());
        let result = cx.in_realm(realm, run);
        state.pop_incumbent(entry);
        state.entries.set(depth);
        return result;
    }
    guard(cx, |cx| {
        drop(state.thrown.take());
        state.entries.set(1);
        let entry = state.push_incumbent(realm.clone());
        let result = cx.in_realm(realm, run);
        state.pop_incumbent(entry);
        state.stopping.set(false);
        cx.perform_microtask_checkpoint();
        if let Some(entry) = state.entry_point.get() {
            entry.forget();
        }
        state.regexps.forget();
        if !state.touched.borrow().is_empty() {
            crate::settle::settle_touched(cx)?;
        }
        state.entries.set(0);
        crate::heap::settle(cx);
        result
    })
}

/// Runs native code behind the panic boundary, without entering script: for a
/// host's tasks as a whole.
///
/// # Errors
/// What `run` returns; [`Error::Panicked`] after a panic, which poisons the
/// runtime.
pub fn guard<R>(cx: &mut Cx, run: impl FnOnce(&mut Cx) -> Fallible<R>) -> Fallible<R> {
    let state = Rc::clone(cx.state());
    // What a panic leaves half-done is not looked at again: the runtime is
    // poisoned below.
    match catch_unwind(AssertUnwindSafe(|| run(cx))) {
        Ok(result) => result,
        Err(payload) => {
            let message = panic_message(&*payload);
            // Without unwinding through it: the payload may be anything.
            std::mem::forget(payload);
            *state.poisoned.borrow_mut() = Some(message.clone());
            state.pop_incumbent(0);
            state.entries.set(0);
            Err(Error::Panicked(message))
        }
    }
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}

/// The scripts through which functions are called with a budget. They live in a
/// realm of their own, which no page can see; a function called from them runs
/// in its own realm.
pub(crate) struct EntryPoint {
    global: Object,
    bind: Object,
    /// Whether the global object holds something of a call.
    used: Cell<bool>,
    /// `f()` and `f(a)`.
    scripts: [Script; 2],
}

impl EntryPoint {
    fn new(cx: &mut Cx) -> Fallible<Self> {
        let realm = Realm::new(cx)?;
        cx.in_realm(&realm, |cx| {
            let global = cx.global();
            for name in ["f", "a"] {
                global.put(name, Property::data(Value::undefined(), Flags::ALL));
            }
            let bind = cx.built_in(|known| known.bind.clone());
            let mut parse = |source: &str| {
                let script = Script::parse(Source::from_bytes(source), None, cx.context_mut());
                cx.lift(script)
            };
            let scripts = [parse("f()")?, parse("f(a)")?];
            Ok(Self { global, bind, used: Cell::new(false), scripts })
        })
    }

    /// Lets go of the last call's function and argument.
    fn forget(&self) {
        if self.used.replace(false) {
            self.set(dom_string!("f"), Value::undefined());
            self.set(dom_string!("a"), Value::undefined());
        }
    }

    fn set(&self, name: DomString, value: Value) {
        self.global.put(name, Property::data(value, Flags::ALL));
    }
}

impl Cx {
    /// Calls a function: with a budget when no script is on the stack, else
    /// directly. Only script functions take the way with a budget; native ones
    /// cannot be interrupted anyway.
    pub(crate) fn call_entry(
        &mut self,
        function: &Object,
        this: &Value,
        args: &[Value],
    ) -> Fallible<Value> {
        if self.is_running_script() || !function.0.is::<OrdinaryFunction>() {
            return function.call(self, this, args);
        }
        let state = Rc::clone(self.state());
        let entry = match state.entry_point.get() {
            Some(entry) => entry,
            None => {
                let entry = EntryPoint::new(self)?;
                state.entry_point.get_or_init(|| entry)
            }
        };
        entry.used.set(true);
        let script = match args {
            [] if this.is_undefined() => {
                entry.set(dom_string!("f"), Value::from(function));
                &entry.scripts[0]
            }
            [argument] if this.is_undefined() => {
                entry.set(dom_string!("f"), Value::from(function));
                entry.set(dom_string!("a"), argument.clone());
                &entry.scripts[1]
            }
            _ => {
                // `bind` is the only way to hand over `this`; the engine calls a
                // bound function without leaving the budget.
                let mut bound = Vec::with_capacity(args.len() + 1);
                bound.push(this.clone());
                bound.extend_from_slice(args);
                let bound = entry.bind.call(self, &Value::from(function), &bound)?;
                entry.set(dom_string!("f"), bound);
                &entry.scripts[0]
            }
        };
        self.run_with_budget(script)
    }

    /// Runs a script in slices, asking the host in between.
    pub(crate) fn run_with_budget(&mut self, script: &Script) -> Fallible<Value> {
        let state = Rc::clone(self.state());
        let slice = state.options.slice;
        let mut slices = 0_u64;
        let outcome = {
            let mut running = pin!(script.evaluate_async_with_budget(self.context_mut(), slice));
            let mut task = TaskContext::from_waker(Waker::noop());
            loop {
                match running.as_mut().poll(&mut task) {
                    Poll::Ready(result) => break Some(result),
                    Poll::Pending => {
                        slices += 1;
                        if !state.environment.keep_running(slices) {
                            break None;
                        }
                    }
                }
            }
        };
        match outcome {
            Some(result) => self.lift(result).map(Value),
            None => {
                // The frames of the stopped script stay on the engine's stack,
                // under everything that comes; they are never run again.
                let stale = self.context().stack_trace().count();
                state.stale_frames.set(stale);
                let limit = state.options.recursion_limit + stale;
                self.context_mut().runtime_limits_mut().set_recursion_limit(limit);
                Err(Error::Stopped)
            }
        }
    }

    /// Whether script is on the stack: whether a call made now is a nested one.
    #[must_use]
    pub fn is_running_script(&self) -> bool {
        self.context().stack_trace().nth(self.state().stale_frames.get()).is_some()
    }
}
