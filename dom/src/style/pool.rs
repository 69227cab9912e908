//! The threads that style large documents.
//!
//! One pool serves all apps of a process. It is ours and not stylo's global
//! one, which makes the first thread that asks one of its own workers and does
//! not exist on two cores.

use rayon::ThreadPool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, TryLockError};

/// Documents with fewer nodes than this are styled on the app's own thread:
/// making and waking workers costs more than they save.
pub(crate) const WORTH_THREADS: usize = 1000;

/// stylo's selector matching recurses once per compound of a selector; the
/// limits in `limits.rs` are made for this.
const STACK: usize = 8 << 20;

static WANTED: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Sets how many threads style documents from now on: 0 or 1 for none beside
/// the app's own. Without effect once the first large document was styled.
pub fn set_threads(threads: usize) {
    WANTED.store(threads, Ordering::Relaxed);
}

/// Runs `pass` with the pool, or with none if the machine is too small for one
/// or another app is using it.
///
/// stylo keeps caches in the workers' thread-local storage for as long as a
/// pass lasts, so a pool can serve one pass at a time.
pub(crate) fn with<R>(pass: impl FnOnce(Option<&ThreadPool>) -> R) -> R {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    static IN_USE: Mutex<()> = Mutex::new(());
    let turn = match IN_USE.try_lock() {
        Ok(turn) => Some(turn),
        // A pass of another app has panicked: its caches are gone with it.
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    };
    let pool = turn.as_ref().and_then(|_| POOL.get_or_init(build).as_ref());
    pass(pool)
}

fn build() -> Option<ThreadPool> {
    let threads = match WANTED.load(Ordering::Relaxed) {
        // Tests share elements between threads on any machine.
        usize::MAX if cfg!(test) => 4,
        usize::MAX => {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            // The app's thread waits meanwhile, and the compositor's must not.
            if cores > 2 { (cores - 1).min(6) } else { 1 }
        }
        threads => threads,
    };
    if threads < 2 {
        return None;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .thread_name(|i| format!("style {i}"))
        .start_handler(|_| style::thread_state::initialize_layout_worker_thread())
        .build();
    match pool {
        Ok(pool) => Some(pool),
        Err(error) => {
            tracing::warn!("no style threads, styling on the app's own: {error}");
            None
        }
    }
}
