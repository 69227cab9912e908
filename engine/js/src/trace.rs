//! Which handles a value holds: the collector's view of native data.
//!
//! The engine's collector finds roots by counting: a heap cell is a root when
//! it has more handles than the collector met inside the heap. Two rules follow,
//! and everything in this crate is built so that they hold:
//!
//! * **A handle is visited at most once per walk**, by its one owner. A handle
//!   visited twice hides a handle on the stack, and its cell is freed too early.
//!   That is why there is no `Trace` for `Rc`, `&mut` or raw pointers: what is
//!   shared is owned by exactly one heap cell, which visits it.
//! * **A handle that is not visited is a root.** Forgetting a field (or skipping
//!   it with `#[trace(skip)]`) never frees anything too early, but keeps what it
//!   points to alive, and a cycle through it leaks.
//!
//! `#[derive(Trace)]` visits each field once; debug builds check each walk. Implement the trait by hand only
//! for containers, and visit each contained value exactly once, or not at all.
//!
//! Tracing runs inside the collector: it must not allocate on the heap of the
//! engine, run script, or panic. The same holds for `Drop` of traced data, which
//! the collector runs while it sweeps: it may push an id on a
//! [`FinalizerQueue`](crate::FinalizerQueue) and nothing more that concerns the
//! engine.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::marker::PhantomData;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{Array, SmallVec};

/// Implemented by data that lives inside the engine's heap; see the module
/// documentation for the rules. Normally derived.
pub trait Trace {
    /// Visits each handle this value owns, once.
    fn trace(&self, tracer: &mut Tracer<'_>);
}

/// The visitor handed to [`Trace::trace`]. Only handle types of this crate talk
/// to it; everything else passes it on to its fields.
pub struct Tracer<'a> {
    pub(crate) walk: Walk<'a>,
    /// Where the handles visited in this walk of this cell are.
    #[cfg(debug_assertions)]
    pub(crate) visited: Vec<usize>,
}

impl<'a> Tracer<'a> {
    pub(crate) fn new(walk: Walk<'a>) -> Self {
        Self {
            walk,
            #[cfg(debug_assertions)]
            visited: Vec::new(),
        }
    }

    /// Debug builds check the first rule for each cell.
    ///
    /// # Panics
    /// If `owner` visited a handle twice.
    #[cfg(debug_assertions)]
    pub(crate) fn check_visited_once(mut self, owner: &str) {
        self.visited.sort_unstable();
        let twice = self.visited.windows(2).any(|pair| pair[0] == pair[1]);
        assert!(!twice, "{owner} visits a handle twice: its `Trace` is wrong");
    }
}

/// The three walks of the collector.
pub(crate) enum Walk<'a> {
    /// Marks what is reachable.
    Mark(&'a mut boa_gc::Tracer),
    /// Counts handles that live inside the heap.
    CountInner,
    /// Gives up the handles of a dead cell.
    Release,
}

macro_rules! no_handles {
    ($($t:ty),* $(,)?) => { $(
        impl Trace for $t {
            #[inline]
            fn trace(&self, _: &mut Tracer<'_>) {}
        }
    )* };
}

no_handles!(
    (),
    bool,
    char,
    u8,
    i8,
    u16,
    i16,
    u32,
    i32,
    u64,
    i64,
    u128,
    i128,
    usize,
    isize,
    f32,
    f64,
    str,
    &'static str,
    String,
    crate::DomString,
    crate::Symbol,
    std::time::Duration,
    std::any::TypeId,
);

impl<T: ?Sized> Trace for PhantomData<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// Handles are not `Copy`, so a cell of a `Copy` type holds none.
impl<T: Copy> Trace for Cell<T> {
    #[inline]
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// While the cell is mutably borrowed its handles are not visited, which makes
/// them roots: nothing is freed under the borrower.
impl<T: Trace + ?Sized> Trace for RefCell<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Ok(value) = self.try_borrow() {
            value.trace(tracer);
        }
    }
}

impl<T: Trace> Trace for OnceCell<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(value) = self.get() {
            value.trace(tracer);
        }
    }
}

impl<T: Trace> Trace for Option<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        if let Some(value) = self {
            value.trace(tracer);
        }
    }
}

impl<T: Trace, E: Trace> Trace for Result<T, E> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            Ok(value) => value.trace(tracer),
            Err(error) => error.trace(tracer),
        }
    }
}

impl<T: Trace + ?Sized> Trace for Box<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        (**self).trace(tracer);
    }
}

impl<T: Trace> Trace for [T] {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for value in self {
            value.trace(tracer);
        }
    }
}

impl<T: Trace, const N: usize> Trace for [T; N] {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.as_slice().trace(tracer);
    }
}

impl<T: Trace> Trace for Vec<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.as_slice().trace(tracer);
    }
}

impl<T: Trace> Trace for VecDeque<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for value in self {
            value.trace(tracer);
        }
    }
}

impl<K: Trace, V: Trace> Trace for FxHashMap<K, V> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for (key, value) in self {
            key.trace(tracer);
            value.trace(tracer);
        }
    }
}

impl<T: Trace> Trace for FxHashSet<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for value in self {
            value.trace(tracer);
        }
    }
}

impl<K: Trace, V: Trace, S> Trace for IndexMap<K, V, S> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for (key, value) in self {
            key.trace(tracer);
            value.trace(tracer);
        }
    }
}

impl<A: Array<Item: Trace>> Trace for SmallVec<A> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.as_slice().trace(tracer);
    }
}

impl<K: Trace, V: Trace> Trace for BTreeMap<K, V> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for (key, value) in self {
            key.trace(tracer);
            value.trace(tracer);
        }
    }
}

impl<T: Trace> Trace for BTreeSet<T> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for value in self {
            value.trace(tracer);
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))*) => { $(
        impl<$($name: Trace),+> Trace for ($($name,)+) {
            #[expect(non_snake_case, reason = "type parameters name the fields")]
            fn trace(&self, tracer: &mut Tracer<'_>) {
                let ($($name,)+) = self;
                $($name.trace(tracer);)+
            }
        }
    )* };
}

tuples!((A)(A, B)(A, B, C)(A, B, C, D)(A, B, C, D, E));
