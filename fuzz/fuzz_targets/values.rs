//! URLs, search parameters and structured clones survive a round trip.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_fuzz::app;

const SCRIPT: &str = include_str!("../scripts/values.js");

fuzz_target!(|data: &[u8]| {
    let script = format!("const BYTES = {data:?};\n{SCRIPT}");
    for line in app::run("<!DOCTYPE html><script src=script.js></script>", script) {
        assert!(!line.contains("BROKEN"), "{line}");
    }
});
