//! How large the engine's heap may grow before garbage is collected.
//!
//! The collector starts at 1 MB (of objects, without what they point to), and after
//! each collection lets the heap grow to 1/0.7 of what is alive, never to less than
//! before. Each collection walks all of the heap several times, so an app that makes a
//! few ten thousand objects pays for a dozen of them. The limit cannot be set, but a
//! collection while a ballast is alive raises it. That is done once per thread, after
//! the first collection: small apps never get there, and others pay for two
//! collections of a small heap.

use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;

use boa_gc::Gc;

use crate::Cx;
use crate::raw::Host;
use crate::trace::{Trace, Tracer};

/// Bytes of objects up to which the heap may grow without a collection, once it has
/// grown beyond the collector's own limit. With what they point to, objects take
/// about three times that.
const LIMIT: usize = 12 << 20;

/// The collector collects when more than the limit is allocated, and raises the limit
/// when more than this part of it survives.
const SURVIVING: f64 = 0.7;

const CHUNK: usize = 64 << 10;

/// Memory that counts and that nobody reads.
struct Ballast(#[expect(dead_code, reason = "only its size matters")] MaybeUninit<[u8; CHUNK]>);

impl Trace for Ballast {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// Notices the first collection, which walks over it; then it is let go.
pub(crate) struct Witness(RefCell<Option<Gc<Host<Seen>>>>);

struct Seen;

impl Trace for Seen {
    fn trace(&self, _: &mut Tracer<'_>) {
        COLLECTED.set(true);
    }
}

thread_local! {
    /// A witness was walked over.
    static COLLECTED: Cell<bool> = const { Cell::new(false) };
    /// The limit of this thread's heap was raised.
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

impl Witness {
    pub(crate) fn new() -> Self {
        Self(RefCell::new((!RAISED.get()).then(|| Gc::new(Host(Seen)))))
    }
}

/// To be called often, where garbage may be collected: raises the limit after the
/// first collection.
#[inline]
pub(crate) fn settle(cx: &Cx) {
    if COLLECTED.get() {
        raise(cx);
    }
}

#[cold]
fn raise(cx: &Cx) {
    let witness = cx.state().witness.0.take();
    let raised = RAISED.replace(true);
    if !raised {
        let bytes = (LIMIT as f64 * SURVIVING) as usize;
        let ballast: Vec<_> =
            (0..bytes / CHUNK).map(|_| Gc::new(Host(Ballast(MaybeUninit::uninit())))).collect();
        drop(ballast);
        boa_gc::force_collect();
    }
    drop(witness);
    COLLECTED.set(false);
}
