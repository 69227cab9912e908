//! The rule that an app does no input or output, where clippy cannot see it:
//! in what `engine/` and `dom/` depend on.

use std::{collections::BTreeMap, process::Command};

/// The packages below `package` and the features they are built with.
fn closure(package: &str) -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", package])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}\t{f}"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo tree prints UTF-8");
    text.lines()
        .map(|line| {
            let (name, features) = line.split_once('\t').unwrap_or((line, ""));
            let name = name.split(' ').next().unwrap_or_default().to_owned();
            (name, features.trim_end_matches(" (*)").split(',').map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn an_app_depends_on_no_input_or_output() {
    for package in ["virga-engine", "virga-dom"] {
        let closure = closure(package);
        assert!(closure.contains_key("virga-protocol"), "{package}: {closure:?}");
        for forbidden in [
            "virga-bridge",
            "virga-render",
            "tokio",
            "mio",
            "socket2",
            "hyper",
            "reqwest",
            "rusqlite",
            "winit",
            "wgpu",
            "softbuffer",
            "iana-time-zone",
            "sys-locale",
        ] {
            assert!(!closure.contains_key(forbidden), "{package} depends on {forbidden}");
        }
    }
}

#[test]
fn fonts_and_the_time_zone_come_from_the_host() {
    let closure = closure("virga-engine");
    for (package, feature) in [("fontique", "system"), ("boa_engine", "system-time-zone")] {
        let features = &closure[package];
        assert!(!features.iter().any(|on| on == feature), "{package} has {feature}: {features:?}");
    }
}

#[test]
fn only_virga_js_knows_the_script_engine() {
    for package in ["virga-dom", "virga-render", "virga-bridge", "virga-protocol"] {
        let closure = closure(package);
        assert!(!closure.contains_key("boa_engine"), "{package} depends on boa_engine");
    }
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--workspace", "--invert", "boa_engine"])
        .args(["--edges", "normal", "--prefix", "depth", "--format", "{p}"])
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("cargo tree prints UTF-8");
    let direct: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix('1'))
        .map(|line| line.split(' ').next().unwrap_or_default())
        .collect();
    assert_eq!(direct, ["virga-js"]);
}
