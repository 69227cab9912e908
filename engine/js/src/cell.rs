//! Cells for handles inside native data, shared traced cells, and notices that
//! something was collected.

use std::cell::{Ref, RefCell, RefMut};
use std::ops::Deref;
use std::rc::Rc;

use boa_gc::{Gc, WeakGc};

use crate::raw::Host;
use crate::trace::{Trace, Tracer};

/// One handle, or one small value of handles, that changes over time.
///
/// The borrow never escapes, so it cannot be held while script runs.
#[derive(Default)]
pub struct Slot<T> {
    value: RefCell<T>,
}

impl<T> Slot<T> {
    /// A slot holding `value`.
    pub const fn new(value: T) -> Self {
        Self { value: RefCell::new(value) }
    }

    /// A copy of what it holds.
    #[must_use]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.value.borrow().clone()
    }

    /// Puts `value` in. What it held is dropped after the borrow has ended.
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    /// Puts `value` in and gives back what it held.
    pub fn replace(&self, value: T) -> T {
        std::mem::replace(&mut *self.value.borrow_mut(), value)
    }

    /// Takes the value out, leaving the default.
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }

    /// Looks at the value. `look` must not run script or change this slot.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.borrow())
    }
}

impl<T: Trace> Trace for Slot<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.value.trace(tracer);
    }
}

impl<T> From<T> for Slot<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// A shared value in the engine's heap: a strong, clonable handle.
///
/// Several owners in the heap may each hold one; the value's own handles are
/// visited once, by the cell. Collected, cycles included, when no root leads to
/// it.
pub struct GcCell<T: Trace + 'static> {
    cell: Gc<Host<T>>,
}

impl<T: Trace + 'static> GcCell<T> {
    /// Moves `value` into the heap. May collect garbage: do not hold a mutable
    /// borrow of something that finalizers or `Drop` of traced data would need.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { cell: Gc::new(Host(value)) }
    }

    /// Whether both are the same cell.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Gc::ptr_eq(&self.cell, &other.cell)
    }

    /// A handle that does not keep the value alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakCell<T> {
        WeakCell { cell: WeakGc::new(&self.cell) }
    }

    /// A number that differs between any two live cells; for hashing and logs.
    #[must_use]
    pub fn address(&self) -> usize {
        std::ptr::from_ref::<Host<T>>(&self.cell).cast::<()>() as usize
    }
}

impl<T: Trace + 'static> Deref for GcCell<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.cell.0
    }
}

impl<T: Trace + 'static> Clone for GcCell<T> {
    fn clone(&self) -> Self {
        Self { cell: self.cell.clone() }
    }
}

impl<T: Trace + 'static> Trace for GcCell<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.cell);
    }
}

impl<T: Trace + std::fmt::Debug + 'static> std::fmt::Debug for GcCell<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// A handle to a [`GcCell`] that does not keep it alive.
///
/// Costs a small allocation each, and a step in every collection: share one per
/// target rather than making many.
pub struct WeakCell<T: Trace + 'static> {
    cell: WeakGc<Host<T>>,
}

impl<T: Trace + 'static> WeakCell<T> {
    /// The cell, unless it was collected.
    #[must_use]
    pub fn upgrade(&self) -> Option<GcCell<T>> {
        self.cell.upgrade().map(|cell| GcCell { cell })
    }
}

impl<T: Trace + 'static> Clone for WeakCell<T> {
    fn clone(&self) -> Self {
        Self { cell: self.cell.clone() }
    }
}

impl<T: Trace + 'static> Trace for WeakCell<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.visit(&self.cell);
    }
}

/// Where finalizers leave the numbers of what was dropped or collected; drained
/// at the end of a task.
#[derive(Clone, Default)]
pub struct FinalizerQueue {
    ids: Rc<RefCell<Vec<u64>>>,
}

impl FinalizerQueue {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The numbers left since the last time, oldest first.
    #[must_use]
    pub fn drain(&self) -> Vec<u64> {
        std::mem::take(&mut *self.ids.borrow_mut())
    }

    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.borrow().is_empty()
    }

    /// A value that leaves `id` in this queue when it is dropped. Put it into a
    /// [`GcCell`] or platform data to hear of its collection.
    #[must_use]
    pub fn finalizer(&self, id: u64) -> Finalizer {
        Finalizer { queue: self.clone(), id }
    }
}

/// Leaves its number in a [`FinalizerQueue`] when dropped, by the collector or
/// otherwise.
pub struct Finalizer {
    queue: FinalizerQueue,
    id: u64,
}

impl Finalizer {
    /// The number it will leave.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Finalizer {
    fn drop(&mut self) {
        // `try_borrow_mut` cannot fail: `drain` and `is_empty` run nothing while
        // they borrow.
        if let Ok(mut ids) = self.queue.ids.try_borrow_mut() {
            ids.push(self.id);
        }
    }
}

impl Trace for Finalizer {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// A `RefCell` of traced data by another name: use it for tables.
#[derive(Default)]
pub struct Traced<T> {
    value: RefCell<T>,
}

impl<T> Traced<T> {
    /// A table holding `value`.
    pub const fn new(value: T) -> Self {
        Self { value: RefCell::new(value) }
    }

    /// Borrows it; end the borrow before anything that may run script.
    ///
    /// # Panics
    /// If it is mutably borrowed.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    /// Borrows it mutably; end the borrow before anything that may allocate in
    /// the engine's heap or run script.
    ///
    /// # Panics
    /// If it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.value.borrow_mut()
    }
}

impl<T: Trace> Trace for Traced<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.value.trace(tracer);
    }
}
