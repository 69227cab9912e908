//! Scripts made from the bytes by the declarations in `engine/idl`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_fuzz::{app, script};

const PAGE: &str = "<!DOCTYPE html><style>b { color: green } @media all { p { margin: 1px } }\
    @keyframes k { to { opacity: 0 } }</style><body><form id=f><input id=i name=n value=v>\
    <input type=radio name=r><select id=s><option>1<option selected>2</select><textarea>t</textarea>\
    <button>b</button></form><div id=d class='a b'><p>one<b>two</b></p><x-a name=x>x</x-a>\
    <ul><li>three<li>four</ul></div><script src=script.js></script>";

fuzz_target!(|data: &[u8]| {
    let script = script::write(data);
    // To read a finding.
    if std::env::var_os("VIRGA_FUZZ_PRINT").is_some() {
        eprintln!("{script}");
    }
    for line in app::run(PAGE, format!("{}{script}", script::PRELUDE)) {
        // What was written must be a script, and no promise of ours may break.
        assert!(!line.contains("SyntaxError") || line.contains("[object"), "{line}\n{script}");
    }
});
