//! The built-ins that were written anew against the engine's own: the same script
//! runs with both, and must show the same.

use virga_js::RuntimeOptions;

use crate::common::Bench;

/// Runs a script that fills `out` with lines, with the engine's own built-ins or
/// without.
fn lines(script: &str, rounds: u32, slow_built_ins: bool) -> Vec<String> {
    let mut bench = Bench::with(RuntimeOptions {
        recursion_limit: 300,
        slow_built_ins,
        ..RuntimeOptions::default()
    });
    let script = format!(
        "{}\nconst ROUNDS = {rounds};\n{{\n{script}\n}}\nout.join('\\n')",
        include_str!("prelude.js")
    );
    bench.show(&script).lines().map(str::to_owned).collect()
}

/// Both must give the same lines, and at least so many.
#[track_caller]
fn check(script: &str, rounds: u32, at_least: usize) {
    let expected = lines(script, rounds, true);
    let got = lines(script, rounds, false);
    for (index, (got, expected)) in got.iter().zip(&expected).enumerate() {
        assert_eq!(got, expected, "line {index}");
    }
    assert_eq!(got.len(), expected.len());
    assert!(got.len() >= at_least, "{} lines, the last is {:?}", got.len(), got.last());
}

#[test]
fn functions_look_the_same() {
    check(include_str!("properties.js"), 0, 1500);
}

#[test]
fn patterns_match_the_same() {
    check(include_str!("patterns.js"), 200, 1000);
}

#[test]
fn changed_regular_expressions_are_asked_the_same() {
    check(include_str!("protocol.js"), 0, 1000);
}

#[test]
fn strings_are_searched_the_same() {
    check(include_str!("strings.js"), 300, 1000);
}

#[test]
fn arrays_are_moved_the_same() {
    check(include_str!("arrays.js"), 300, 1000);
}
