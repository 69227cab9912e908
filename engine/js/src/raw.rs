//! The only unsafe code of the crate: casts between our types and the engine's,
//! and the adapter from our [`Trace`] to the collector's.
//!
//! Everything here is private to the crate; the types built on it are safe.

#![expect(unsafe_code, reason = "the one module that talks to the engine's memory model")]

use std::any::TypeId;
use std::cell::RefCell;
use std::ops::Deref;
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use boa_engine::job::NativeAsyncJob;
use boa_engine::native_function::NativeFunctionPointer;
use boa_engine::object::JsData;
use boa_engine::{Context, JsResult, JsValue};

use crate::platform::Platform;
use crate::trace::{Trace, Tracer, Walk};
use crate::{Cx, Fallible, Value};

/// The engine's context as ours.
#[inline]
pub(crate) fn cx(context: &mut Context) -> &mut Cx {
    // SAFETY: `Cx` is `repr(transparent)` over `Context`, and the reference
    // keeps its lifetime and uniqueness.
    unsafe { &mut *std::ptr::from_mut(context).cast::<Cx>() }
}

/// An engine value as ours.
#[inline]
pub(crate) fn value(value: &JsValue) -> &Value {
    // SAFETY: `Value` is `repr(transparent)` over `JsValue`.
    unsafe { &*std::ptr::from_ref(value).cast::<Value>() }
}

/// Engine values as ours.
#[inline]
pub(crate) fn values(values: &[JsValue]) -> &[Value] {
    // SAFETY: `Value` is `repr(transparent)` over `JsValue`, so the slices have
    // the same layout.
    unsafe { &*(std::ptr::from_ref(values) as *const [Value]) }
}

/// Our values as the engine's.
#[inline]
pub(crate) fn js_values(values: &[Value]) -> &[JsValue] {
    // SAFETY: as in `values`, the other way around.
    unsafe { &*(std::ptr::from_ref(values) as *const [JsValue]) }
}

/// What a native function looks like on our side.
pub(crate) trait NativeBody:
    Fn(&mut Cx, &Value, &[Value]) -> Fallible<Value> + Copy + 'static
{
}

impl<F: Fn(&mut Cx, &Value, &[Value]) -> Fallible<Value> + Copy + 'static> NativeBody for F {}

/// The engine's function pointer that calls a function known only by its type.
pub(crate) const fn trampoline<F>() -> NativeFunctionPointer
where
    F: Fn(&mut Cx, &Value, &[Value]) -> Fallible<Value> + Copy + 'static,
{
    const {
        assert!(size_of::<F>() == 0, "a native function must not capture anything");
    }
    call::<F>
}

fn call<F: NativeBody>(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    // SAFETY: `trampoline` checked that `F` has no bytes, so a dangling, aligned
    // pointer is a valid place to read one from; `F: Copy` has no destructor, and
    // a value existed when `NativeFn::new` was called with it.
    let function = unsafe { NonNull::<F>::dangling().read() };
    let cx = cx(context);
    match function(cx, value(this), values(args)) {
        Ok(value) => Ok(value.into_js()),
        Err(error) => Err(error.into_js(cx)),
    }
}

/// Native data inside the engine's heap: hands the three walks of the collector
/// to our [`Trace`].
pub(crate) struct Host<T: 'static>(pub(crate) T);

impl<T> JsData for Host<T> {}

impl<T> boa_gc::Finalize for Host<T> {}

// SAFETY: the three walks visit the same handles, because they all go through
// `T::trace`, whose implementations visit each handle they own at most once
// (`crate::trace` states the rule, and the derive follows it). A handle left out
// of all three is a root, which the collector allows.
unsafe impl<T: Trace> boa_gc::Trace for Host<T> {
    unsafe fn trace(&self, tracer: &mut boa_gc::Tracer) {
        self.0.trace(&mut Tracer { walk: Walk::Mark(tracer) });
    }

    unsafe fn trace_non_roots(&self) {
        self.0.trace(&mut Tracer { walk: Walk::CountInner });
    }

    fn run_finalizer(&self) {
        self.0.trace(&mut Tracer { walk: Walk::Release });
    }
}

impl Tracer<'_> {
    /// Visits one engine handle.
    #[inline]
    pub(crate) fn visit<T: boa_gc::Trace>(&mut self, handle: &T) {
        match &mut self.walk {
            // SAFETY: a `Tracer` exists only inside `Host`'s implementation of
            // the collector's trait, that is while the collector makes this walk.
            Walk::Mark(tracer) => unsafe { handle.trace(tracer) },
            // SAFETY: as above.
            Walk::CountInner => unsafe { handle.trace_non_roots() },
            Walk::Release => handle.run_finalizer(),
        }
    }
}

/// Shared native data together with a reference to one part of it (the whole, or
/// one of its bases), so that reaching the part costs a pointer.
pub(crate) struct Part<T> {
    whole: Rc<dyn Platform>,
    part: NonNull<T>,
}

impl<T: 'static> Part<T> {
    /// The part of type `T`, if the data has one.
    #[inline]
    pub(crate) fn of(whole: Rc<dyn Platform>) -> Option<Self> {
        let part = find::<T>(&*whole)?;
        let part = NonNull::from(part);
        Some(Self { whole, part })
    }

    pub(crate) fn whole(&self) -> &Rc<dyn Platform> {
        &self.whole
    }
}

/// The part of type `T` inside platform data.
#[inline]
pub(crate) fn find<T: 'static>(data: &dyn Platform) -> Option<&T> {
    data.part(TypeId::of::<T>())?.downcast_ref::<T>()
}

impl<T> Clone for Part<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            whole: Rc::clone(&self.whole),
            part: self.part,
        }
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: `part` points into the allocation that `whole` keeps alive, or
        // to something that outlives it (it came from a `&'a` borrow of `*whole`
        // with `T: 'static`). An `Rc`'s content neither moves nor is it mutably
        // borrowed while a second owner exists, and `Part` never hands out
        // `&mut`.
        unsafe { self.part.as_ref() }
    }
}


/// A job of the engine that waits for something, as a future polled over many
/// tasks.
///
/// The engine's futures borrow a `RefCell<&mut Context>` for as long as they
/// live. The cell belongs to the job, and gets the context of the caller for each
/// poll.
pub(crate) struct Waiting {
    future: Pin<Box<dyn Future<Output = JsResult<JsValue>>>>,
    cell: NonNull<RefCell<&'static mut Context>>,
}

impl Waiting {
    /// Makes the future. This calls the job's closure, which makes a future and
    /// runs none of it.
    pub(crate) fn new(job: NativeAsyncJob, context: &mut Context) -> Self {
        // SAFETY: the lifetime is a fiction kept by this type: the reference is
        // used only inside `new` and `poll`, where it is a fresh reborrow of the
        // caller's `&mut Context`, which the caller does not touch meanwhile.
        // Between polls it lies in the cell unused.
        let context: &'static mut Context = unsafe { &mut *std::ptr::from_mut(context) };
        let cell = NonNull::from(Box::leak(Box::new(RefCell::new(context))));
        // SAFETY: the cell is on the heap, at an address that does not change, is
        // only reached through shared references, and is freed by `drop` after
        // the future that borrows it.
        let shared: &'static RefCell<&'static mut Context> = unsafe { cell.as_ref() };
        Self { future: Box::pin(job.call(shared)), cell }
    }

    /// Polls the job with this context.
    pub(crate) fn poll(
        &mut self,
        context: &mut Context,
        waker: &Waker,
    ) -> Poll<JsResult<JsValue>> {
        // SAFETY: as in `new`: the reborrow ends with this call, before the
        // caller's reference is used again.
        let context: &'static mut Context = unsafe { &mut *std::ptr::from_mut(context) };
        // SAFETY: the cell is alive until `drop`.
        unsafe { self.cell.as_ref() }.replace(context);
        self.future.as_mut().poll(&mut TaskContext::from_waker(waker))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The future borrows the cell: it goes first.
        self.future = Box::pin(std::future::pending());
        // SAFETY: the cell came from `Box::leak` in `new`, and nothing borrows it
        // any more.
        drop(unsafe { Box::from_raw(self.cell.as_ptr()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_types_have_the_engines_layout() {
        assert_eq!(size_of::<Value>(), size_of::<JsValue>());
        assert_eq!(align_of::<Value>(), align_of::<JsValue>());
        assert_eq!(size_of::<Cx>(), size_of::<Context>());
        assert_eq!(align_of::<Cx>(), align_of::<Context>());
    }
}
