//! How the command ends, and what it says then.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use support::{Response, Server, check, refused, run};

/// A page without a server.
fn page(html: &str) -> String {
    let encoded: String = html
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("data:text/html,{encoded}")
}

#[test]
fn a_page_that_closes_itself_is_0() {
    let closes = page("<script>console.log('bye'); window.close()</script>");
    let finished = run(["run", "--headless", &closes]);
    check(&finished, 0, "");
    assert_eq!(finished.console(), ["bye"]);
}

#[test]
fn until_load_and_until_idle_are_0() {
    let text = "<script>console.log('script'); addEventListener('load', () => { \
        console.log('load'); setTimeout(() => console.log('later'), 100) })</script>";
    let until_load = run(["run", "--headless", &page(text), "--until", "load"]);
    check(&until_load, 0, "");
    assert_eq!(until_load.console(), ["script", "load"]);
    let until_idle = run(["run", "--headless", &page(text), "--until", "idle"]);
    check(&until_idle, 0, "");
    assert_eq!(until_idle.console(), ["script", "load", "later"]);
}

#[test]
fn what_cannot_be_loaded_is_1() {
    let nobody = refused();
    check(&run(["run", "--headless", &nobody]), 1, "cannot connect");
    check(&run(["run", "--headless", "no/such/page.html"]), 1, "there is no file or folder");
    check(&run(["run", "--headless", "gopher://old.example/"]), 1, "is not supported");
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().to_str().unwrap();
    check(&run(["run", "--headless", empty]), 1, "has no index.html");
    check(&run(["screenshot", &nobody, "--out", "/nowhere/a.png"]), 1, "cannot connect");
}

#[test]
fn an_endless_redirect_is_1() {
    let server = Server::start(|path| Response::redirect(&format!("{path}x")));
    check(&run(["run", "--headless", &server.url("/")]), 1, "redirects without end");
}

#[test]
fn arguments_without_sense_are_2() {
    for (arguments, message) in [
        (&["run"][..], "required"),
        (&["screenshot", "about:blank"], "--out"),
        (&["fly"], "unrecognized subcommand"),
        (&["run", "http://[", "--headless"], "not a valid URL"),
        (&["run", "about:blank", "--headless", "--size", "390"], "WIDTHxHEIGHT"),
        (&["run", "about:blank", "--headless", "--size", "0x9"], "from 1 to 16384"),
        (&["run", "about:blank", "--headless", "--scale", "0"], "0.25 to 8"),
        (
            &["run", "about:blank", "--headless", "--device", "nokia"],
            "there is no such device; there are phone",
        ),
        (
            &["run", "about:blank", "--headless", "--device", "phone", "--size", "9x9"],
            "cannot be used with",
        ),
        (
            &["run", "about:blank", "--headless", "--grant", "flying"],
            "there is no such permission; there are geolocation",
        ),
        (
            &["run", "about:blank", "--headless", "--grant", "camera", "--deny", "camera"],
            "both granted and denied",
        ),
        (&["run", "about:blank", "--headless", "--gps", "91,0"], "a latitude is from -90 to 90"),
        (&["run", "about:blank", "--headless", "--gps", "here"], "neither LAT,LON"),
        (&["run", "about:blank", "--headless", "--gps", "no/such.gpx"], "no/such.gpx"),
        (&["run", "about:blank", "--headless", "--timeout", "-1"], "greater than 0"),
        (&["run", "about:blank", "--headless", "--until", "dawn"], "load, idle"),
        (
            &["run", "about:blank", "--headless", "--dump", "soup"],
            "style, boxes, fragments, display-list, layers",
        ),
    ] {
        let finished = run(arguments);
        assert_eq!(finished.code, 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(message), "{arguments:?}: {}", finished.stderr);
        assert_eq!(finished.stdout, "", "{arguments:?}");
    }
}

#[test]
fn time_is_up_is_3() {
    let ticks = page("<script>setInterval(() => {}, 50)</script>");
    check(&run(["run", "--headless", &ticks, "--timeout", "0.3"]), 3, "time is up");
    // Virtual hours pass at once.
    let virtual_time = ["--time", "virtual", "--timeout", "7200"];
    let hours = page("<script>setTimeout(() => console.log('an hour'), 3600e3)</script>");
    let finished = run(["run", "--headless", &hours].into_iter().chain(virtual_time));
    check(&finished, 3, "time is up");
    assert_eq!(finished.console(), ["an hour"]);
    // A request that nobody answers stops virtual time, but not the command.
    let server = Server::start(|path| {
        if path != "/" {
            std::thread::sleep(Duration::from_secs(30));
        }
        Response::html("<link rel=stylesheet href=slow.css><p>hi")
    });
    let slow = server.url("/");
    let waits = ["run", "--headless", &slow, "--time", "virtual", "--timeout", "1"];
    check(&run(waits), 3, "time is up");
    // The server's thread still sleeps.
    std::mem::forget(server);
}

#[test]
fn a_crash_is_4() {
    check(&run(["run", "--headless", "about:crash"]), 4, "the app crashed: about:crash was opened");
}

#[test]
fn an_app_that_does_not_respond_is_5() {
    let busy = page("<script>setTimeout(() => { console.log('in'); while (true) {} })</script>");
    let finished = run(["run", "--headless", &busy]);
    check(&finished, 5, "a script ran too long");
    assert!(finished.stdout.starts_with("in\n"), "{}", finished.stdout);
    // A listener that script calls through `click()` cannot be interrupted: it
    // ends when the loop limit is reached or the app is given up, whatever is first.
    let clicked = page(
        "<button>x</button><script>const b = document.querySelector('button');\
         b.addEventListener('click', () => { console.log('in'); while (true) {} });\
         b.click(); console.log('never')</script>",
    );
    let finished = run(["run", "--headless", &clicked]);
    check(&finished, 5, "virga: ");
    assert!(finished.stdout.starts_with("in\n"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("never"), "{}", finished.stdout);
    let started = Instant::now();
    check(&run(["run", "--headless", "about:hang", "--patience", "1"]), 5, "does not respond");
    // Without it, an app is given up after 20 s.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    check(&run(["run", "--headless", "about:hang", "--timeout", "5"]), 5, "does not respond");
}

#[test]
fn a_message_is_one_line_and_the_rest_is_standard_error() {
    let talks = page(
        "<title>t</title><p>t<script>console.log('a\\nb', 1); console.warn('w'); nothing.at.all; \
         </script><script>console.log(JSON.stringify({x: [1]}));\
         requestAnimationFrame(() => requestAnimationFrame(() => window.close()))</script>",
    );
    let finished = run(["run", "--headless", &talks, "--dump", "display-list", "--timing"]);
    check(&finished, 0, "first pixels");
    let console = finished.console();
    assert_eq!(console.len(), 4, "{console:?}");
    assert_eq!((console[0], console[1], console[3]), ("a\\nb 1", "w", "{\"x\":[1]}"));
    assert!(console[2].contains("nothing"), "{console:?}");

    let finished = run(["run", "--headless", &talks, "--console", "json"]);
    let lines: Vec<serde_json::Value> =
        finished.console().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["text"], "a\nb 1");
    let levels: Vec<_> = lines.iter().map(|line| line["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["log", "warn", "error", "log"]);
    assert!(lines[2]["line"].is_u64(), "{}", lines[2]);
}

#[test]
fn malformed_bytes_are_no_crash() {
    // Bytes that are no text in any encoding, cut-off markup, and things that
    // are something else than they say.
    let noise: Vec<u8> =
        (0..60_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let server = Server::start(move |path| {
        let kind = match path {
            "/" => {
                let page = "<link rel=stylesheet href=/css><img src=/png><script src=/js></script>\
                     <style>@font-face { font-family: n; src: url(/font) } p { font-family: n }</style><p>text";
                return Response::html(page);
            }
            "/html" => "text/html",
            "/css" => "text/css",
            "/js" => "text/javascript",
            "/png" => "image/png",
            _ => "font/ttf",
        };
        Response::ok(kind, noise.clone())
    });
    for path in ["/", "/html", "/png"] {
        let url = server.url(path);
        let finished = run(["run", "--headless", &url, "--until", "idle", "--timeout", "20"]);
        assert!(
            finished.code == 0 || finished.code == 1,
            "{path}: {} {}",
            finished.code,
            finished.stderr
        );
        assert!(!finished.stderr.contains("panicked"), "{path}: {}", finished.stderr);
    }
}

#[test]
fn deep_nesting_is_no_crash() {
    let server = Server::start(|path| match path {
        "/" => Response::html("<div>".repeat(100_000)),
        _ => Response::html(format!("<script>{}1</script>", "(".repeat(100_000))),
    });
    for path in ["/", "/script"] {
        let url = server.url(path);
        let finished = run(["run", "--headless", &url, "--until", "load", "--timeout", "120"]);
        assert_eq!(finished.code, 0, "{path}: {}", finished.stderr);
        if path == "/script" {
            assert!(finished.stdout.contains("1000 brackets"), "{}", finished.stdout);
        }
    }
}

#[test]
fn without_a_display_it_says_so() {
    check(&run(["run", "about:blank"]), 1, "use --headless");
    let folder = tempfile::tempdir().unwrap();
    let finished = support::finish(support::virga().arg("demo").current_dir(folder.path()));
    check(&finished, 0, "virga-demo.png");
    assert!(finished.stderr.contains("no display"), "{}", finished.stderr);
    let picture = std::fs::read(folder.path().join("virga-demo.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{}", picture.len());
}
