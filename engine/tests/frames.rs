//! When an app is shown, and when not.

mod support;

use support::{Harness, World, on_app_thread};
use virga_protocol::{Micros, ToApp, Viewport};

const LIMIT: Micros = Micros(5_000_000);

fn shown(html: &str) -> Harness {
    let world = World::new().file("page.html", "text/html", html).file(
        "a.css",
        "text/css",
        "p { color: #123456 }",
    );
    let mut harness = Harness::new("page.html", world);
    harness.run(LIMIT);
    harness
}

#[test]
fn the_first_frame_is_neither_blank_nor_unstyled() {
    on_app_thread(|| {
        let harness = shown("<link rel=stylesheet href=a.css><p>text");
        let world = harness.world.borrow();
        let first = world.frames.first().expect("a frame").list.dump();
        assert!(first.contains("glyphs") && first.contains("123456"), "{first}");
        assert_eq!(world.frames[0].sequence, 1);
    });
}

#[test]
fn a_style_sheet_that_does_not_come_holds_the_first_frame_back() {
    on_app_thread(|| {
        let harness = shown("<link rel=stylesheet href=__never><p>text");
        assert!(harness.world.borrow().frames.is_empty());
        assert!(!harness.status().wants_frame);
        assert_eq!(harness.status().outstanding, 1);
    });
}

#[test]
fn a_sheet_for_other_media_holds_nothing_back() {
    on_app_thread(|| {
        let harness = shown("<link rel=stylesheet media=print href=__never><p>text");
        assert_eq!(harness.world.borrow().frames.len(), 1);
    });
}

#[test]
fn a_hidden_app_makes_no_frames() {
    on_app_thread(|| {
        let mut harness =
            shown("<p id=p>text<script>setInterval(() => p.append('x'), 100)</script>");
        harness.deliver(ToApp::Visibility(false));
        let before = harness.world.borrow().frames.len();
        harness.run(Micros(LIMIT.0 * 2));
        assert_eq!(harness.world.borrow().frames.len(), before);
        harness.deliver(ToApp::Visibility(true));
        harness.run(Micros(LIMIT.0 * 3));
        assert!(harness.world.borrow().frames.len() > before);
    });
}

#[test]
fn a_resize_is_seen_by_script_and_shown() {
    on_app_thread(|| {
        let mut harness = shown(
            "<p>text<script>addEventListener('resize', () => print(innerWidth, innerHeight))\n\
             matchMedia('(max-width: 500px)').onchange = e => print(e.type, e.matches)</script>",
        );
        let viewport = Viewport { width: 400.0, height: 300.0, ..support::config("").viewport };
        harness.deliver(ToApp::Resize(viewport));
        harness.run(Micros(LIMIT.0 * 2));
        assert_eq!(harness.console(), ["log: 400 300", "log: change true"]);
        let world = harness.world.borrow();
        let last = world.frames.last().expect("a frame");
        assert!((last.list.viewport.width - 400.0).abs() < 0.01);
    });
}

#[test]
fn the_list_of_a_drop_down_lies_over_the_page() {
    on_app_thread(|| {
        let harness = shown(
            "<style>body { margin: 0 } div { overflow: hidden; height: 30px; width: 90px }\n\
             select { width: 80px; height: 20px }</style>\
             <div><select id=s></select></div>\
             <script>for (let i = 0; i < 100; i++) s.add(new Option(`option ${i}`));\n\
             requestAnimationFrame(() => setTimeout(() => {\n\
               internals.pointer('move', 10, 10);\n\
               internals.pointer('down', 10, 10);\n\
               internals.pointer('up', 10, 10);\n\
               setTimeout(() => internals.key('Escape'), 500);\n\
             }))</script>",
        );
        let world = harness.world.borrow();
        // The list has a document and what scrolls in it.
        let layers = |list: &virga_display_list::DisplayList| {
            list.dump().lines().filter(|line| line.trim_start().starts_with("layer ")).count()
        };
        let counts: Vec<usize> = world.frames.iter().map(|frame| layers(&frame.list)).collect();
        let open = counts.iter().position(|count| *count == 3).expect("a frame with a list");
        assert_eq!(counts[0], 1, "{counts:?}");
        assert_eq!(counts.last(), Some(&1), "{counts:?}");
        let root = &world.frames[open].list.root;
        let list = root.items().last().expect("the list").bounds();
        // Out of the container, in the screen.
        assert!(list.y1 > 300.0 && list.y1 < 630.0, "{list:?}");
    });
}
