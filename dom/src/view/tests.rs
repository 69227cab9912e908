use super::*;
use crate::parser::parse_document;
use markup5ever::local_name;

/// A page with its `style` elements applied, as the engine would.
fn page(html: &str) -> (Tree, View) {
    let mut tree = Tree::new();
    let document = parse_document(&mut tree, html);
    let viewport =
        Viewport { width: 400.0, height: 300.0, scale: 1.0, color_scheme: ColorScheme::Light };
    let mut view = View::new(&mut tree, document, viewport, FontSet::bundled());
    let url = url::Url::parse("https://example.org/").unwrap();
    let styles: Vec<NodeId> =
        tree.descendants(document).filter(|n| tree.is_html_element(*n, "style")).collect();
    for owner in styles {
        let css = tree.child_text_content(owner);
        let sheet = Stylesheet::parse(&tree, document, &css, &url, "").unwrap();
        view.set_stylesheet(&tree, owner, Some(sheet));
    }
    (tree, view)
}

fn value(html: &str, property: &str) -> Option<String> {
    value_of(html, None, property)
}

fn value_of(html: &str, pseudo: Option<&str>, property: &str) -> Option<String> {
    let (mut tree, mut view) = page(html);
    let document = view.document();
    let element = tree.element_by_id(document, "x").unwrap();
    view.computed_value(&mut tree, element, pseudo, property, 0.0)
}

fn check(html: &str, property: &str, expected: &str) {
    assert_eq!(value(html, property).as_deref(), Some(expected), "{property} of {html}");
}

#[test]
fn computed_values_are_text() {
    check("<p id=x style='color: red'>", "color", "rgb(255, 0, 0)");
    check("<p id=x>", "display", "block");
    check("<b id=x>", "font-weight", "700");
    check("<p id=x style='--a: 1 2'>", "--a", "1 2");
    check("<p id=x style='border: 1px solid red'>", "border", "1px solid rgb(255, 0, 0)");
    check("<p id=x style='font: italic 20px serif'>", "font-size", "20px");
    check("<p id=x style='transform: rotate(90deg)'>", "transform", "matrix(0, 1, -1, 0, 0, 0)");
    assert_eq!(value("<p id=x>", "nonsense"), None);
}

#[test]
fn html_looks_as_the_standard_says() {
    for (html, property, expected) in [
        ("<ol id=x>", "list-style-type", "decimal"),
        ("<ul><li><ul id=x>", "list-style-type", "circle"),
        ("<ul><li><ul id=x>", "margin-top", "0px"),
        ("<summary id=x>", "display", "list-item"),
        ("<summary id=x>", "list-style-type", "disclosure-closed"),
        ("<h1 id=x>", "font-size", "32px"),
        ("<h3 id=x>", "font-weight", "700"),
        ("<blockquote id=x>", "margin-left", "40px"),
        ("<dialog id=x>", "display", "none"),
        ("<dialog id=x open>", "position", "absolute"),
        ("<dialog id=x open>", "border-top-style", "solid"),
        ("<div id=x popover>", "display", "none"),
        ("<div id=x hidden>", "display", "none"),
        ("<p id=x hidden style='display: block'>", "display", "block"),
        ("<details><p id=x>", "display", "none"),
        ("<details open><p id=x>", "display", "block"),
        ("<script id=x></script>", "display", "none"),
        ("<textarea id=x>", "white-space-collapse", "preserve"),
        ("<input id=x>", "overflow-x", "clip"),
        ("<input id=x>", "border-top-style", "inset"),
        ("<button id=x>", "text-align", "center"),
        ("<button id=x disabled>", "cursor", "default"),
        ("<bdo id=x dir=rtl>", "direction", "rtl"),
        ("<bdo id=x dir=rtl>", "unicode-bidi", "isolate-override"),
        ("<table><td id=x>", "vertical-align", "middle"),
        ("<table><th id=x>", "font-weight", "700"),
        ("<table id=x>", "box-sizing", "border-box"),
        ("<table id=x cellspacing=5>", "border-spacing", "5px"),
        ("<center id=x>", "display", "block"),
        ("<a id=x href=#>", "cursor", "pointer"),
        ("<a id=x href=#>", "color", "rgb(0, 0, 238)"),
        ("<a id=x>", "cursor", "auto"),
        ("<sup id=x>", "vertical-align", "super"),
        ("<pre id=x>", "font-family", "monospace"),
        ("<pre id=x>", "font-size", "13px"),
        ("<mark id=x>", "background-color", "rgb(255, 255, 0)"),
        ("<font id=x size=+2>", "font-size", "24px"),
        ("<ol id=x start=5>", "counter-reset", "list-item 4"),
        ("<fieldset id=x>", "border-top-style", "groove"),
        ("<img id=x align=left>", "float", "left"),
        ("<hr id=x>", "overflow-x", "hidden"),
    ] {
        check(html, property, expected);
    }
}

#[test]
fn used_values_come_from_layout() {
    check("<div id=x style='width: 50%'>", "width", "192px");
    check("<div id=x style='width: 50%; display: none'>", "width", "50%");
    check("<div id=x style='height: 10px; padding: 1px 2px'>", "padding", "1px 2px");
    check("<div id=x style='width: 100px; margin: 0 auto'>", "margin-left", "142px");
    check("<div id=x style='width: 100px; margin: 0 auto'>", "margin-inline-start", "142px");
    check("<div id=x style='position: absolute; left: 10%; top: 5px'>", "left", "40px");
    check("<div id=x style='left: 10%'>", "left", "10%");
    check("<span id=x style='width: 10px'>a</span>", "width", "10px");
    check(
        "<div id=x style='width: 10px; transform: translate(50%, 1px)'>",
        "transform",
        "matrix(1, 0, 0, 1, 5, 1)",
    );
}

#[test]
fn what_is_not_displayed_has_styles_too() {
    check("<div style='display: none; color: red'><p id=x>", "color", "rgb(255, 0, 0)");
    check("<div style='display: none; color: red'><p id=x>", "display", "block");
}

#[test]
fn pseudo_elements_can_be_asked() {
    let html = "<style>#x::before { content: 'a'; color: red } #x::marker { color: blue }</style>\
        <li id=x>";
    let get = |pseudo, property| value_of(html, Some(pseudo), property);
    assert_eq!(get("::before", "color").as_deref(), Some("rgb(255, 0, 0)"));
    assert_eq!(get("::before", "content").as_deref(), Some("\"a\""));
    assert_eq!(get("::marker", "color").as_deref(), Some("rgb(0, 0, 255)"));
    assert_eq!(get("::after", "color").as_deref(), Some(""));
    assert_eq!(get("::nonsense", "color").as_deref(), Some(""));
}

#[test]
fn an_idle_view_does_nothing() {
    let (mut tree, mut view) = page("<p>a<p>b");
    view.update(&mut tree, Micros::ZERO);
    assert!(view.paint(&mut tree).is_some());
    assert!(!view.is_dirty(&tree));
    let before = view.counters();
    view.update(&mut tree, Micros(1_000_000));
    assert!(view.paint(&mut tree).is_none());
    assert_eq!(view.counters(), before);
}

#[test]
fn one_changed_row_costs_the_same_in_every_phase() {
    fn costs(rows: usize) -> Vec<Counters> {
        let mut html = String::from("<style>.on { color: red }</style><ul>");
        for i in 0..rows {
            html.push_str(&format!("<li>row {i}"));
        }
        let (mut tree, mut view) = page(&html);
        let document = view.document();
        view.update(&mut tree, Micros::ZERO);
        view.paint(&mut tree);
        let list = tree.descendants(document).find(|n| tree.is_html_element(*n, "ul")).unwrap();
        let item = tree.children(list).nth(2).unwrap();
        let text = tree.first_child(item).unwrap();
        let mut result = Vec::new();
        let mut last = view.counters();
        let mut step = |tree: &mut Tree, view: &mut View| {
            view.update(tree, Micros::ZERO);
            view.paint(tree);
            let now = view.counters();
            result.push(Counters {
                nodes_styled: now.nodes_styled - last.nodes_styled,
                boxes_rebuilt: now.boxes_rebuilt - last.boxes_rebuilt,
                nodes_laid_out: now.nodes_laid_out - last.nodes_laid_out,
                items_painted: now.items_painted - last.items_painted,
            });
            last = now;
        };
        tree.set_plain_attribute(item, local_name!("class"), "on");
        step(&mut tree, &mut view);
        tree.set_text(text, "row X");
        step(&mut tree, &mut view);
        tree.set_style_property(item, "width", "50px", false);
        step(&mut tree, &mut view);
        step(&mut tree, &mut view);
        result
    }
    let few = costs(1_000);
    assert_eq!(few[3], Counters::default(), "an idle frame");
    assert_eq!(few[0].nodes_styled, 1);
    assert_eq!(few[1].nodes_styled, 0);
    assert_eq!(costs(10_000), few);
}

#[test]
fn scrolling_is_clamped_and_known_by_the_compositors_id() {
    let (mut tree, mut view) = page("<body style='margin: 0'><div style='height: 1000px'>");
    let root = tree.document_element(view.document()).unwrap();
    let to = view.scroll_to(&mut tree, None, Point { x: 5.0, y: 5000.0 });
    assert_eq!(to, Point { x: 0.0, y: 700.0 });
    let back = Point { x: 0.0, y: 10.0 };
    assert_eq!(view.compositor_scrolled(&mut tree, root.to_bits(), back), Some(None));
    assert_eq!(view.scroll_offset(None), back);
    assert_eq!(view.compositor_scrolled(&mut tree, 77, back), None);
}

#[test]
fn media_queries_follow_the_viewport() {
    let (mut tree, mut view) = page("<p>");
    assert!(view.matches_media("(min-width: 400px) and (prefers-color-scheme: light)"));
    assert!(!view.matches_media("print"));
    let wide =
        Viewport { width: 800.0, height: 300.0, scale: 2.0, color_scheme: ColorScheme::Dark };
    view.set_viewport(&mut tree, wide);
    assert!(view.matches_media("(min-width: 800px) and (resolution: 2dppx)"));
    assert!(view.matches_media("(prefers-color-scheme: dark)"));
}

#[test]
fn a_dump_reads_like_the_document() {
    let (mut tree, mut view) = page("<p id=a class='b c' style='color:red'>x<i hidden></i>");
    view.update(&mut tree, Micros::ZERO);
    let dump = view.dump_style(&tree);
    let line = dump.lines().find(|l| l.contains("p#a.b.c")).unwrap();
    assert!(line.starts_with("    p#a.b.c  display: block;"), "{dump}");
    assert!(line.contains("color: rgb(255, 0, 0);"), "{dump}");
}

#[test]
fn a_detached_view_leaves_nothing_behind() {
    let (mut tree, mut view) = page("<p id=x>");
    view.update(&mut tree, Micros::ZERO);
    let p = tree.element_by_id(view.document(), "x").unwrap();
    assert!(tree.computed_style(p).is_some());
    view.detach(&mut tree);
    assert!(tree.computed_style(p).is_none());
    tree.set_plain_attribute(p, local_name!("class"), "y");
    assert!(!view.is_dirty(&tree) || !tree.has_layout_work(view.document()));
}
