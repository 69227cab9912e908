//! An app in a world that a target makes.

#[path = "../../engine/tests/support/mod.rs"]
mod support;

use support::{Harness, World, on_app_thread};

/// Messages and turns after which an app has had its chance.
const STEPS: usize = 160;

/// Runs the app of `page` and `script`, and gives what its console says.
pub fn run(page: &'static str, script: String) -> Vec<String> {
    on_app_thread(move || {
        let mut world = World::new()
            .file("page.html", "text/html", page)
            .file("script.js", "text/javascript", script)
            .file("page", "text/html", "<p id=d>another page")
            .file("a.css", "text/css", "b { color: blue } @import 'a.css';")
            .file("a.png", "image/png", &b"\x89PNG\r\n\x1a\n"[..]);
        world.slices = 20;
        let mut harness = Harness::new("page.html", world);
        for _ in 0..STEPS {
            if harness.status().closed || !harness.step() {
                break;
            }
        }
        harness.console()
    })
}
