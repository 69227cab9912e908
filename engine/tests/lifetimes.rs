//! Nodes, wrappers and listeners live as long as script could tell, and no
//! longer.

#![expect(clippy::disallowed_methods, reason = "a test looks at its own memory")]

mod support;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::RefCell,
    fs,
    rc::Rc,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use support::{Harness, World, on_app_thread};
use virga_protocol::Micros;

/// Bytes that are allocated and not freed.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
struct Counting;

#[expect(unsafe_code, reason = "a global allocator")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a round left behind.
#[derive(Debug)]
struct Left {
    /// What the page printed.
    line: String,
    /// Bytes allocated.
    live: usize,
    /// Bytes resident, as the system says.
    resident: u64,
}

/// Makes `count` nodes a round, each with a listener that closes over it and an
/// expando that leads back, half of them in a tree that was in the document.
fn page(rounds: usize, count: usize) -> String {
    format!(
        r#"<!doctype html><body><div id=home></div><script>
        let left = {rounds};
        function round() {{
          const tree = document.createElement("div");
          for (let i = 0; i < {count}; i += 2) {{
            const lone = document.createElement("p");
            lone.addEventListener("click", () => lone.click);
            lone.self = lone;
            const child = document.createElement("p");
            child.addEventListener("click", () => tree);
            child.friend = lone;
            tree.append(child);
          }}
          home.append(tree);
          tree.remove();
        }}
        function next() {{
          if (left-- === 0) return done();
          round();
          internals.collectGarbage();
          setTimeout(() => {{
            print("nodes", internals.liveNodes(), "wrappers", internals.liveWrappers());
            next();
          }});
        }}
        next();
        </script>"#
    )
}

fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}

/// What each round left behind after a collection.
fn rounds(rounds: usize, count: usize) -> Vec<Left> {
    // The allocator counts for the whole process: one test at a time.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    on_app_thread(move || {
        let mut world = World::new().file("page.html", "text/html", page(rounds, count));
        let seen = Rc::new(RefCell::new(Vec::new()));
        let lines = Rc::clone(&seen);
        world.on_line = Some(Box::new(move |line| {
            lines.borrow_mut().push(Left {
                line: line.to_owned(),
                live: LIVE.load(Ordering::Relaxed),
                resident: resident_bytes(),
            });
        }));
        world.slices = u64::MAX;
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(u64::MAX));
        drop(harness);
        seen.take()
    })
}

#[expect(clippy::cast_precision_loss, reason = "ratios")]
fn check(count_of_rounds: usize, count: usize) {
    let left = rounds(count_of_rounds, count);
    assert_eq!(left.len(), count_of_rounds, "{left:?}");
    // The arena is back where it was after the first round, every time.
    assert!(left.iter().all(|round| round.line == left[0].line), "{left:?}");
    // Less than one percent a round, in truth nothing.
    for pair in left.windows(2) {
        let growth = pair[1].live as f64 / pair[0].live as f64;
        assert!(growth < 1.01, "live memory grew by {growth} in a round: {left:?}");
    }
    // The allocator takes some rounds to find its shape; it must not go on.
    let (first, last) = (&left[1], &left[left.len() - 1]);
    let growth = (last.resident as f64 / first.resident as f64).powf(1.0 / (left.len() - 2) as f64);
    assert!(growth < 1.01, "resident memory grew by {growth} a round: {left:?}");
}

#[test]
fn dropped_nodes_with_listeners_are_collected() {
    check(6, 4_000);
}

#[test]
fn a_million_nodes_with_listeners_are_collected() {
    check(10, 100_000);
}
