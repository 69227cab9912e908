//! <https://dom.spec.whatwg.org/#aborting-ongoing-activities>

use std::cell::Cell;

use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, Slot, Traced, Value};
use virga_js::{Platform, Trace};
use virga_protocol::Micros;

use super::{Bubbles, Cancelable, EventTarget, fire};
use crate::generated::{AbortControllerMethods, AbortSignalMethods};

/// <https://dom.spec.whatwg.org/#interface-abortcontroller>
#[derive(Trace, Platform)]
pub(crate) struct AbortController {
    signal: Obj<AbortSignal>,
}

/// <https://dom.spec.whatwg.org/#interface-AbortSignal>
#[derive(Trace, Platform)]
pub(crate) struct AbortSignal {
    #[base]
    target: EventTarget,
    aborted: Cell<bool>,
    reason: Slot<Value>,
    algorithms: Traced<Vec<AbortAlgorithm>>,
    /// The number of the last algorithm.
    keys: Cell<u64>,
    /// The signals that abort with this one.
    dependents: Traced<Vec<Obj<AbortSignal>>>,
}

/// What follows when a signal aborts.
#[derive(Trace)]
enum AbortAlgorithm {
    RemoveListener { target: Obj<EventTarget>, key: u64 },
    Run { key: u64, steps: Box<dyn AbortSteps> },
}

/// Steps of the engine that follow when a signal aborts.
pub(crate) trait AbortSteps: Trace {
    /// The signal has aborted for this reason; its event comes after.
    fn abort(&self, cx: &mut Cx, reason: &Value);
}

impl AbortSignal {
    /// A signal that has not aborted.
    pub(crate) fn create(cx: &mut Cx) -> Obj<Self> {
        Obj::new(
            cx,
            Self {
                target: EventTarget::new(),
                aborted: Cell::new(false),
                reason: Slot::new(Value::undefined()),
                algorithms: Traced::new(Vec::new()),
                keys: Cell::new(0),
                dependents: Traced::new(Vec::new()),
            },
        )
    }

    /// Whether it has aborted.
    pub(crate) fn is_aborted(&self) -> bool {
        self.aborted.get()
    }

    /// The reason, `undefined` before it aborted.
    pub(crate) fn abort_reason(&self) -> Value {
        self.reason.get()
    }

    /// Runs `steps` when the signal aborts, unless they are removed by the number
    /// that comes back.
    ///
    /// <https://dom.spec.whatwg.org/#abortsignal-add>
    pub(crate) fn add_algorithm(&self, steps: Box<dyn AbortSteps>) -> u64 {
        let key = self.keys.get() + 1;
        self.keys.set(key);
        self.algorithms.borrow_mut().push(AbortAlgorithm::Run { key, steps });
        key
    }

    /// <https://dom.spec.whatwg.org/#abortsignal-remove>
    pub(crate) fn remove_algorithm(&self, key: u64) {
        let removed = {
            let mut algorithms = self.algorithms.borrow_mut();
            let found = algorithms.iter().position(
                |other| matches!(other, AbortAlgorithm::Run { key: of, .. } if *of == key),
            );
            found.map(|index| algorithms.remove(index))
        };
        drop(removed);
    }

    pub(super) fn remove_listener_on_abort(&self, target: Obj<EventTarget>, key: u64) {
        self.algorithms.borrow_mut().push(AbortAlgorithm::RemoveListener { target, key });
    }
}

/// <https://dom.spec.whatwg.org/#abortsignal-signal-abort>
pub(crate) fn signal_abort(cx: &mut Cx, signal: &Obj<AbortSignal>, reason: Value) -> Fallible<()> {
    // 1.
    if signal.aborted.get() {
        return Ok(());
    }
    // 2.
    let reason = reason_or(cx, reason, DomExceptionName::Abort, "The operation was aborted")?;
    // 3, 4. Dependents are marked before anything runs.
    let mut all = Vec::new();
    let mut next = vec![signal.clone()];
    while let Some(signal) = next.pop() {
        if !signal.aborted.replace(true) {
            signal.reason.set(reason.clone());
            next.extend(std::mem::take(&mut *signal.dependents.borrow_mut()));
            all.push(signal);
        }
    }
    // 5, 6.
    for signal in all {
        let algorithms = std::mem::take(&mut *signal.algorithms.borrow_mut());
        for algorithm in algorithms {
            match algorithm {
                AbortAlgorithm::RemoveListener { target, key } => target.remove_key(key),
                AbortAlgorithm::Run { steps, .. } => steps.abort(cx, &signal.reason.get()),
            }
        }
        fire(cx, &signal.upcast(), "abort", Bubbles(false), Cancelable(false));
    }
    Ok(())
}

fn reason_or(cx: &mut Cx, reason: Value, name: DomExceptionName, message: &str) -> Fallible<Value> {
    if reason.is_undefined() { Error::dom(name, message).into_value(cx) } else { Ok(reason) }
}

impl AbortControllerMethods for Obj<AbortController> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<AbortController>> {
        let signal = AbortSignal::create(cx);
        Ok(Obj::new(cx, AbortController { signal }))
    }

    fn signal(&self, _: &mut Cx) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    fn abort(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        signal_abort(cx, &self.signal, reason)
    }
}

impl AbortSignalMethods for Obj<AbortSignal> {
    fn abort(cx: &mut Cx, reason: Value) -> Fallible<Obj<AbortSignal>> {
        let signal = AbortSignal::create(cx);
        let reason = reason_or(cx, reason, DomExceptionName::Abort, "The operation was aborted")?;
        signal.aborted.set(true);
        signal.reason.set(reason);
        Ok(signal)
    }

    fn timeout(cx: &mut Cx, milliseconds: u64) -> Fallible<Obj<AbortSignal>> {
        let signal = AbortSignal::create(cx);
        let timed = signal.clone();
        crate::timers::run_after(cx, Micros(milliseconds.saturating_mul(1000)), move |cx| {
            let error = Error::dom(DomExceptionName::Timeout, "The time is up");
            let result = error.into_value(cx).and_then(|reason| signal_abort(cx, &timed, reason));
            if let Err(error) = result {
                super::report_exception(cx, error);
            }
        });
        Ok(signal)
    }

    /// <https://dom.spec.whatwg.org/#create-a-dependent-abort-signal>
    fn any(cx: &mut Cx, signals: Vec<Obj<AbortSignal>>) -> Fallible<Obj<AbortSignal>> {
        let result = AbortSignal::create(cx);
        if let Some(aborted) = signals.iter().find(|signal| signal.aborted.get()) {
            result.aborted.set(true);
            result.reason.set(aborted.reason.get());
            return Ok(result);
        }
        for signal in signals {
            signal.dependents.borrow_mut().push(result.clone());
        }
        Ok(result)
    }

    fn aborted(&self, _: &mut Cx) -> bool {
        self.aborted.get()
    }

    fn reason(&self, _: &mut Cx) -> Value {
        self.reason.get()
    }

    fn throw_if_aborted(&self, _: &mut Cx) -> Fallible<()> {
        if self.aborted.get() { Err(Error::Thrown(self.reason.get())) } else { Ok(()) }
    }
}
