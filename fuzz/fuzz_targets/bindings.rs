//! Scripts made from the bytes: any interface, any member, any argument.
#![no_main]

#[path = "../../engine/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use support::{Harness, World, on_app_thread};
use virga_protocol::Micros;

const SCRIPT: &str = include_str!("../scripts/bindings.js");

fuzz_target!(|data: &[u8]| {
    let page = format!(
        "<!DOCTYPE html><body><form id=f><input id=i><select id=s><option>1</select></form>\
         <div id=d><p>one<b>two</b></p></div><script>const BYTES = {data:?};\n{SCRIPT}</script>"
    );
    on_app_thread(move || {
        let mut world = World::new().file("page.html", "text/html", page);
        world.slices = 20;
        let mut harness = Harness::new("page.html", world);
        harness.run(Micros(2_000_000));
    });
});
