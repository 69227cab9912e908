//! URLs, search parameters and structured clones survive a round trip.
#![no_main]

#[path = "../../engine/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use support::{Harness, World, on_app_thread};
use virga_protocol::Micros;

const SCRIPT: &str = include_str!("../scripts/values.js");

fuzz_target!(|data: &[u8]| {
    let page = format!("<!DOCTYPE html><script>const BYTES = {data:?};\n{SCRIPT}</script>");
    let console = on_app_thread(move || {
        let mut world = World::new().file("page.html", "text/html", page);
        world.slices = 20;
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(2_000_000));
        harness.console()
    });
    for line in console {
        assert!(!line.contains("BROKEN"), "{line}");
    }
});
