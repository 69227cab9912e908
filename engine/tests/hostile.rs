//! What an app, a file or the network says is never a reason to fail: there is
//! an error that says what, and the app lives on.

mod support;

use support::{Harness, World, on_app_thread};
use virga_protocol::{FromApp, Micros};

/// Bytes without rhyme or reason, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

/// Runs a page, checks that it was shown, and hands out its console.
fn shown(world: World) -> Vec<String> {
    let mut harness = Harness::new("page.html", world);
    harness.run(Micros(20_000_000));
    assert!(
        !harness.world.borrow().frames.is_empty(),
        "nothing was shown: {:?}",
        harness.console()
    );
    assert!(!harness.status().loading, "still loading: {:?}", harness.console());
    harness.console()
}

fn page(html: &str) -> World {
    World::new().file("page.html", "text/html", html)
}

fn has(console: &[String], part: &str) {
    assert!(console.iter().any(|line| line.contains(part)), "{part:?} is not in {console:?}");
}

#[test]
fn noise_as_html() {
    on_app_thread(|| {
        shown(World::new().file("page.html", "text/html", noise(100_000)));
    });
}

#[test]
fn noise_as_a_style_sheet() {
    on_app_thread(|| {
        let world = page("<link rel=stylesheet href=a.css><p>text").file(
            "a.css",
            "text/css",
            noise(100_000),
        );
        shown(world);
    });
}

#[test]
fn noise_as_a_script() {
    on_app_thread(|| {
        let world = page("<script src=a.js></script><p>text<script>print('lives')</script>").file(
            "a.js",
            "text/javascript",
            noise(10_000),
        );
        let console = shown(world);
        has(&console, "SyntaxError");
        has(&console, "lives");
    });
}

#[test]
fn noise_as_an_image() {
    on_app_thread(|| {
        let world = page("<img src=a.png onerror=\"print('broken')\"><p>text").file(
            "a.png",
            "image/png",
            noise(10_000),
        );
        let console = shown(world);
        has(&console, "Failed to load image http://test/a.png");
        has(&console, "broken");
    });
}

#[test]
fn noise_as_a_font() {
    on_app_thread(|| {
        let css =
            "@font-face { font-family: X; src: url(a.woff2) } p { font-family: X, sans-serif }";
        let world = page(&format!("<style>{css}</style><p>text")).file(
            "a.woff2",
            "font/woff2",
            noise(10_000),
        );
        shown(world);
    });
}

#[test]
fn refused_resources_are_named() {
    on_app_thread(|| {
        let console = shown(page(
            "<link rel=stylesheet href=gone.css><script src=gone.js></script>\
             <script src=__refused></script><p>text",
        ));
        has(&console, "http://test/gone.css answered 404");
        has(&console, "http://test/gone.js answered 404");
        has(&console, "connection refused");
    });
}

#[test]
fn a_document_nested_100_000_deep() {
    on_app_thread(|| {
        let mut html = "<div>".repeat(100_000);
        html.push_str("deep<script>print(document.body.textContent.startsWith('deep'))</script>");
        let console = shown(page(&html));
        has(&console, "true");
    });
}

#[test]
fn a_tree_built_very_deep_by_script() {
    // Debug assertions of the style system walk up from every element.
    let depth = if cfg!(debug_assertions) { 10_000 } else { 100_000 };
    on_app_thread(move || {
        let mut world = page(&format!(
            "<body><script>let at = document.body; for (let i = 0; i < {depth}; i++)\
             at = at.appendChild(document.createElement('div')); at.textContent = 'deep';\
             print(at.getBoundingClientRect().width >= 0);\
             document.body.textContent = ''; print('gone');</script>",
        ));
        world.slices = u64::MAX;
        let console = shown(world);
        has(&console, "gone");
    });
}

#[test]
fn recursion_without_end() {
    on_app_thread(|| {
        let console = shown(page(
            "<script>function f() { f() } f()</script>\
             <script>addEventListener('x', () => dispatchEvent(new Event('x')));\
             dispatchEvent(new Event('x')); print('lives')</script><p>text",
        ));
        has(&console, "RangeError");
        has(&console, "lives");
    });
}

/// Built-in functions push no frames of script, so these have to count by themselves.
#[test]
fn recursion_of_built_in_functions_without_end() {
    on_app_thread(|| {
        let mut world = page(
            "<script>function tell(what, f) {\
               try { f(); print(what, 'went through') } catch (e) { print(what, e.name) }\
             }\
             let deep = []; for (let i = 0; i < 20000; i++) deep = [deep];\
             tell('join', () => String(deep));\
             tell('toLocaleString', () => deep.toLocaleString());\
             const args = [Reflect.apply, null]; args.push(args);\
             tell('apply', () => Reflect.apply(Reflect.apply, null, args));\
             const json = {}; json.toJSON = JSON.stringify.bind(null, json);\
             tell('stringify', () => JSON.stringify(json));\
             const own = {}; Object.defineProperty(own, 'a', { get: Reflect.get.bind(null, own, 'a') });\
             tell('get', () => own.a);\
             tell('bind', () => print(Math.max.bind(null, 3)(1, 7), Math.max.bind().name));\
             </script><p>text",
        );
        world.slices = u64::MAX;
        let console = shown(world);
        for what in ["join", "toLocaleString", "apply", "stringify", "get"] {
            has(&console, &format!("{what} RangeError"));
        }
        has(&console, "7 bound max");
    });
}

#[test]
fn a_loop_without_end_is_stopped() {
    on_app_thread(|| {
        let console =
            shown(page("<script>while (true) {}</script><script>print('lives')</script><p>text"));
        has(&console, "[script stopped]");
        has(&console, "lives");
    });
}

#[test]
fn a_listener_without_end_is_stopped_and_the_next_click_works() {
    on_app_thread(|| {
        let console = shown(page(
            "<button id=a>a</button><button id=b onclick=\"print('lives')\">b</button><script>\
             a.onclick = () => { while (true) {} };\
             requestAnimationFrame(() => { internals.click(a); internals.click(b) })</script>",
        ));
        has(&console, "[script stopped]");
        has(&console, "lives");
    });
}

/// The first document cannot be had: an error page stands in for it.
fn fails(path: &'static str, world: fn() -> World, reason: &'static str) {
    on_app_thread(move || {
        let mut harness = Harness::new(path, world());
        harness.run(Micros(20_000_000));
        let world = harness.world.borrow();
        let said = world.sent.iter().find_map(|message| match message {
            FromApp::LoadFailed { url, reason } => Some((url.clone(), reason.clone())),
            _ => None,
        });
        let (url, said) = said.expect("LoadFailed");
        assert_eq!(url, format!("http://test/{path}"));
        assert!(said.contains(reason), "{said}");
        assert!(!world.frames.is_empty(), "the error page was shown");
        let loaded = world.sent.iter().any(|message| matches!(message, FromApp::Loaded { .. }));
        assert!(!loaded, "an error page is not the app");
    });
}

#[test]
fn a_refused_connection() {
    fails("__refused", World::new, "connection refused");
}

#[test]
fn an_endless_redirect() {
    fails("__redirects", World::new, "redirects without end");
}

#[test]
fn a_type_that_is_no_document() {
    fails(
        "page.bin",
        || World::new().file("page.bin", "application/zip", noise(100)),
        "application/zip",
    );
}
