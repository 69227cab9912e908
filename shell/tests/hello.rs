//! `examples/hello`, over HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{Server, check, hello, run};

fn hello_with(options: &[&str]) -> support::Finished {
    let server = Server::of_folder(hello());
    let url = server.url("/");
    let fixed =
        ["run", "--headless", &url, "--time", "virtual", "--until", "idle", "--timeout", "60"];
    run(fixed.iter().chain(options))
}

#[test]
fn granted_it_follows_a_route() {
    let route = hello().join("route.gpx");
    let server = Server::of_folder(hello());
    let url = server.url("/");
    let finished = run([
        "run",
        "--headless",
        &url,
        "--time",
        "virtual",
        "--timeout",
        "10",
        "--grant",
        "geolocation",
        "--gps",
        route.to_str().unwrap(),
    ]);
    check(&finished, 3, "");
    let console = finished.console();
    assert!(console.contains(&"permission: granted"), "{console:?}");
    let positions: Vec<_> = console.iter().filter(|line| line.starts_with("position: ")).collect();
    assert!(positions.len() >= 3, "{console:?}");
    assert_eq!(*positions[0], "position: 51.47790 -0.00150");
    assert_eq!(**positions.last().unwrap(), "position: 51.47870 -0.00090");
}

#[test]
fn denied_it_gets_code_1() {
    let finished = hello_with(&["--deny", "geolocation", "--gps", "51.4779,-0.0015"]);
    check(&finished, 0, "");
    let console = finished.console();
    assert!(console.contains(&"permission: denied"), "{console:?}");
    assert!(console.contains(&"position error: code 1"), "{console:?}");
}

#[test]
fn unanswered_it_stays_pending() {
    let finished = hello_with(&["--gps", "51.4779,-0.0015"]);
    check(&finished, 0, "asks for geolocation");
    let console = finished.console();
    assert!(console.contains(&"permission: prompt"), "{console:?}");
    assert!(!console.iter().any(|line| line.starts_with("position")), "{console:?}");
}

#[test]
fn every_phase_has_a_dump() {
    for (phase, part) in [
        ("style", "font-size: 26px"),
        ("boxes", "button"),
        ("fragments", "ul"),
        ("display-list", "glyphs NotoSans"),
        ("layers", "scroll"),
    ] {
        let finished = hello_with(&["--dump", phase]);
        check(&finished, 0, part);
    }
}
