//! The only unsafe code of the crate: casts between our types and the engine's,
//! and the adapter from our [`Trace`] to the collector's.
//!
//! Everything here is private to the crate; the types built on it are safe.

#![expect(unsafe_code, reason = "the one module that talks to the engine's memory model")]

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use boa_engine::job::NativeAsyncJob;
use boa_engine::native_function::NativeFunctionPointer;
use boa_engine::object::JsData;
use boa_engine::{Context, JsResult, JsValue};

use crate::platform::{Native, Platform};
use crate::trace::{Trace, Tracer, Walk};
use crate::{Cx, Fallible, Object, Value};

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

fn call<F: NativeBody>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    // SAFETY: `trampoline` checked that `F` has no bytes, so a dangling, aligned
    // pointer is a valid place to read one from; `F: Copy` has no destructor, and
    // a value existed when `NativeFn::new` was called with it.
    let function = unsafe { NonNull::<F>::dangling().read() };
    let cx = cx(context);
    let result = function(cx, value(this), values(args));
    finish(cx, result)
}

/// What a native function returns, as the engine wants it. Once, not in each of the
/// thousands of functions.
#[inline(never)]
pub(crate) fn finish(cx: &mut Cx, result: Fallible<Value>) -> JsResult<JsValue> {
    match result {
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
        self.0.trace(&mut Tracer::new(Walk::Mark(tracer)));
    }

    unsafe fn trace_non_roots(&self) {
        let mut tracer = Tracer::new(Walk::CountInner);
        self.0.trace(&mut tracer);
        #[cfg(debug_assertions)]
        tracer.check_visited_once(std::any::type_name::<T>());
    }

    fn run_finalizer(&self) {
        self.0.trace(&mut Tracer::new(Walk::Release));
    }
}

impl Tracer<'_> {
    /// Visits one engine handle.
    #[inline]
    pub(crate) fn visit<T: boa_gc::Trace>(&mut self, handle: &T) {
        #[cfg(debug_assertions)]
        self.visited.push(std::ptr::from_ref(handle) as usize);
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

/// An object together with references into the native data that it owns: to the
/// whole, and to one part (the whole, or one of its bases), so that reaching the
/// part costs a pointer. It counts as one handle to the object, and as none to
/// the data, since handles inside the heap may form cycles.
pub(crate) struct Held<T: 'static> {
    object: Object,
    whole: NonNull<Native<dyn Platform>>,
    part: NonNull<T>,
}

/// As [`Held`], before the type of the part matters: so much is the same for all.
pub(crate) struct Branded {
    object: Object,
    whole: NonNull<Native<dyn Platform>>,
    part: NonNull<dyn Any>,
}

impl Branded {
    /// The part with this type of the data that `object` owns, if it has one.
    /// `whole` must be that data: the content of the object's own
    /// [`NativeData`](crate::platform::NativeData), or, for a proxy of ours, of
    /// its target's.
    pub(crate) fn new(
        object: Object,
        whole: &Rc<Native<dyn Platform>>,
        id: TypeId,
    ) -> Option<Self> {
        let part = NonNull::from(whole.any_part(id)?);
        Some(Self { object, whole: NonNull::from(&**whole), part })
    }

    /// As the type that was asked for.
    #[inline]
    pub(crate) fn held<T: 'static>(self) -> Option<Held<T>> {
        // SAFETY: as in `Held::part`.
        let part = NonNull::from(unsafe { self.part.as_ref() }.downcast_ref::<T>()?);
        Some(Held { object: self.object, whole: self.whole, part })
    }

    /// Another part of the data.
    pub(crate) fn other<T: 'static>(&self) -> Option<Held<T>> {
        // SAFETY: as in `Held::whole`.
        let whole = unsafe { self.whole.as_ref() };
        let part = NonNull::from(whole.part::<T>()?);
        Some(Held { object: self.object.clone(), whole: self.whole, part })
    }
}

impl<T: 'static> Held<T> {
    #[inline]
    pub(crate) fn object(&self) -> &Object {
        &self.object
    }

    #[inline]
    pub(crate) fn whole(&self) -> &Native<dyn Platform> {
        // SAFETY: the data is in an `Rc` that the object owns, which never
        // changes and never leaves it, and `self.object` keeps the object alive.
        // The one time at which a handle may outlive its object is while the
        // collector sweeps: then only `Drop` runs, and `derive(Trace)` refuses
        // types that implement `Drop`. Nobody has the data mutably: it is behind
        // an `Rc` and `Native` hands out shared references only.
        unsafe { self.whole.as_ref() }
    }

    #[inline]
    pub(crate) fn part(&self) -> &T {
        // SAFETY: as in `whole`. The part came from a borrow of the whole with no
        // shorter lifetime than the whole's (`Platform::part` returns one bound
        // to `&self`), so it lies in the same allocation or outlives it.
        unsafe { self.part.as_ref() }
    }

    /// The same object with another part.
    #[inline]
    pub(crate) fn other<U: 'static>(&self) -> Option<Held<U>> {
        let part = NonNull::from(self.whole().part::<U>()?);
        Some(Held { object: self.object.clone(), whole: self.whole, part })
    }

    /// The same data behind the proxy that stands for the object. `proxy` must
    /// keep the object alive.
    pub(crate) fn behind(self, proxy: Object) -> Self {
        Self { object: proxy, ..self }
    }
}

impl<T: 'static> Clone for Held<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { object: self.object.clone(), whole: self.whole, part: self.part }
    }
}

/// An object remembered without being counted: the collector knows nothing of
/// it.
pub(crate) struct Uncounted {
    object: ManuallyDrop<Object>,
    alive: Rc<Cell<bool>>,
}

impl Uncounted {
    /// `alive` must become `false` before the object's memory is given back, and
    /// never become `true` again: the object's own native data clears it when it
    /// is dropped, which happens in the same sweep.
    pub(crate) fn new(object: &Object, alive: Rc<Cell<bool>>) -> Self {
        // SAFETY: a bitwise copy of a handle is sound as long as it is neither
        // dropped (`ManuallyDrop`) nor looked at after the object is gone (`get`
        // asks `alive`).
        let object = ManuallyDrop::new(unsafe { std::ptr::read(object) });
        Self { object, alive }
    }

    /// A counted handle, unless the object was collected. No code of ours runs
    /// between the marking of the dead and the end of the sweep, so an object
    /// that is found alive here is whole, whether or not anything leads to it.
    pub(crate) fn get(&self) -> Option<Object> {
        self.alive.get().then(|| Object::clone(&self.object))
    }
}

impl Clone for Uncounted {
    fn clone(&self) -> Self {
        Self::new(&self.object, Rc::clone(&self.alive))
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
    pub(crate) fn poll(&mut self, context: &mut Context, waker: &Waker) -> Poll<JsResult<JsValue>> {
        // SAFETY: as in `new`: the reborrow ends with this call, before the
        // caller's reference is used again.
        let context: &'static mut Context = unsafe { &mut *std::ptr::from_mut(context) };
        // SAFETY: the cell is alive until `drop`.
        let mut slot = unsafe { self.cell.as_ref() }.borrow_mut();
        // SAFETY: the slot is ours while it is borrowed. Overwritten, not
        // replaced: the reference that lies there is of an earlier poll, and not
        // even to be read.
        unsafe { std::ptr::write(&raw mut *slot, context) };
        drop(slot);
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
