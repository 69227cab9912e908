//! Nodes, wrappers and listeners live as long as script could tell, and no
//! longer.

mod support;

use std::{cell::RefCell, fs, rc::Rc};

use support::{Harness, World, on_app_thread};
use virga_protocol::Micros;

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

/// What each round printed, and how much memory was resident then.
fn rounds(rounds: usize, count: usize) -> Vec<(String, u64)> {
    on_app_thread(move || {
        let mut world = World::new().file("page.html", "text/html", page(rounds, count));
        let seen = Rc::new(RefCell::new(Vec::new()));
        let lines = Rc::clone(&seen);
        world.on_line = Some(Box::new(move |line| {
            lines.borrow_mut().push((line.to_owned(), resident_bytes()));
        }));
        world.slices = u64::MAX;
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(u64::MAX));
        drop(harness);
        seen.take()
    })
}

fn check(count_of_rounds: usize, count: usize, settled: usize) {
    let seen = rounds(count_of_rounds, count);
    assert_eq!(seen.len(), count_of_rounds, "{seen:?}");
    // The arena is back where it was after the first round, every time.
    assert!(seen.iter().all(|(line, _)| *line == seen[0].0), "{seen:?}");
    for pair in seen[settled..].windows(2) {
        let (before, after) = (pair[0].1, pair[1].1);
        #[expect(clippy::cast_precision_loss, reason = "a ratio")]
        let growth = after as f64 / before as f64;
        assert!(growth < 1.01, "memory grew by {growth} in a round: {seen:?}");
    }
}

#[test]
fn dropped_nodes_with_listeners_are_collected() {
    check(6, 4_000, 2);
}

/// A million nodes in ten rounds: `cargo nextest run --cargo-profile quick
/// --run-ignored all -E 'test(a_million)'`.
#[test]
#[ignore = "takes a while without optimisation; the continuous check runs it with the quick profile"]
fn a_million_nodes_with_listeners_are_collected() {
    check(10, 100_000, 1);
}
