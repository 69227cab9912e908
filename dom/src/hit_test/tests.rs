use kurbo::{Point, Vec2};

use crate::layout::testing::Page;

/// Asserts which element is at each point: `x,y id`.
#[track_caller]
fn check(css: &str, markup: &str, expected: &[(f64, f64, &str)]) {
    let mut page = Page::new(css, markup);
    page.frame();
    for (x, y, id) in expected {
        assert_eq!(at(&page, *x, *y), *id, "at {x},{y}");
    }
}

fn at(page: &Page, x: f64, y: f64) -> String {
    let Some(hit) = page.formatting.hit_test(&page.tree, Point::new(x, y)) else {
        return String::from("nothing");
    };
    match page.tree.element_id(hit.node) {
        Some(id) => id.to_string(),
        None => page.tree.local_name(hit.node).map_or_else(String::new, |name| name.to_string()),
    }
}

#[test]
fn the_topmost_box_is_hit() {
    check(
        "body { margin: 0 } div { width: 100px; height: 100px } #b { position: absolute; left: 50px; top: 50px } #c { position: absolute; left: 60px; top: 60px; z-index: -1; width: 200px }",
        r#"<div id="a"></div><div id="b"></div><div id="c"></div>"#,
        &[
            (10.0, 10.0, "a"),
            (60.0, 60.0, "b"),
            (90.0, 90.0, "b"),
            (200.0, 70.0, "body"),
            (200.0, 150.0, "c"),
            (300.0, 300.0, "html"),
            (-1.0, 0.0, "nothing"),
        ],
    );
}

#[test]
fn text_and_inline_elements_are_hit() {
    check(
        "body { margin: 0; font: 16px sans-serif }",
        r#"<p id="p" style="margin: 0; width: 300px">plain <b id="b">bold</b></p>"#,
        &[(3.0, 10.0, "p"), (50.0, 10.0, "b"), (250.0, 10.0, "p")],
    );
}

#[test]
fn clips_corners_and_pointer_events_count() {
    check(
        "body { margin: 0 } #clip { width: 50px; height: 50px; overflow: hidden } #big { width: 500px; height: 20px } #round { width: 100px; height: 100px; border-radius: 50px } #off { pointer-events: none; position: absolute; left: 0; top: 0; width: 20px; height: 20px }",
        r#"<div id="clip"><div id="big"></div></div><div id="round"></div><div id="off"></div>"#,
        &[(10.0, 10.0, "big"), (60.0, 10.0, "body"), (2.0, 52.0, "body"), (50.0, 100.0, "round")],
    );
}

#[test]
fn scrolled_and_transformed_content_is_hit_where_it_is_seen() {
    let mut page = Page::new(
        "body { margin: 0 } #s { width: 100px; height: 100px; overflow: auto } #s div { height: 80px } #t { width: 10px; height: 10px; transform: translate(200px, 0) scale(2) }",
        r#"<div id="s"><div id="one"></div><div id="two"></div></div><div id="t"></div>"#,
    );
    page.frame();
    assert_eq!(at(&page, 5.0, 50.0), "one");
    let scroller = page.id("s");
    assert!(page.formatting.set_scroll_offset(scroller, Vec2::new(0.0, 1000.0)));
    assert_eq!(page.formatting.scroll_offset(scroller), Vec2::new(0.0, 60.0));
    assert_eq!(at(&page, 5.0, 50.0), "two");
    assert_eq!(at(&page, 212.0, 108.0), "t");
    assert_eq!(at(&page, 5.0, 105.0), "body");
}
