use markup5ever::local_name;

use super::testing::{Page, check};

#[test]
fn blocks_stack_and_margins_collapse() {
    check(
        "body { margin: 8px } div { height: 20px } #b { margin-top: 10px; margin-bottom: 30px } #c { margin-top: 20px }",
        r#"<div id="a"></div><div id="b"></div><div id="c"></div>"#,
        "a: 8 8 784 20
         b: 8 38 784 20
         c: 8 88 784 20",
    );
}

#[test]
fn text_has_the_height_of_its_lines() {
    check(
        "body { margin: 0; font: 16px sans-serif } #p { width: 200px }",
        r#"<div id="p">The quick brown fox jumps over the lazy dog.</div><div id="q">x</div>"#,
        "p: 0 0 200 44
         q: 0 44 800 22",
    );
}

/// Compares a page with what Chromium made of it (`fixtures/expect.py`).
#[track_caller]
fn check_like_chromium(html: &str, expected: &str) {
    let page = Page::parse(html);
    let mut wrong = String::new();
    let mut count = 0;
    for line in expected.lines() {
        let mut words = line.split(' ');
        let id = words.next().expect("an id");
        let numbers: Vec<f64> = words.map(|word| word.parse().expect("a number")).collect();
        let rect = page.rect(id);
        let found = [rect.x0, rect.y0, rect.width(), rect.height()];
        count += 1;
        // Chromium rounds each width and position to a 64th of a px.
        if found.iter().zip(&numbers).any(|(a, b)| (a - b).abs() > 0.2) {
            wrong.push_str(&format!("{id}: {found:.2?}, in Chromium {numbers:.2?}\n"));
        }
    }
    assert!(
        wrong.is_empty() && count > 10,
        "{wrong}\n{}",
        page.formatting.dump_fragments(&page.tree)
    );
}

macro_rules! like_chromium {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check_like_chromium(
                    include_str!(concat!("fixtures/", stringify!($name), ".html")),
                    include_str!(concat!("fixtures/", stringify!($name), ".expected")),
                );
            }
        )*
    };
}

like_chromium!(inline_and_flex flow_and_floats positions_and_grid);

/// Rows in a list, as the budget tables have them.
fn rows(count: usize) -> Page {
    let mut markup = String::from(r#"<div id="list">"#);
    for index in 0..count {
        markup
            .push_str(&format!(r#"<div class="row" id="r{index}">row <b>{index}</b> text</div>"#));
    }
    markup.push_str("</div>");
    Page::new(
        "body { margin: 0 } .row { padding: 4px; border-bottom: 1px solid gray } .on { color: red }",
        &markup,
    )
}

fn costs_of_one_row(count: usize) -> [super::LayoutCounters; 4] {
    let mut page = rows(count);
    page.frame();
    let idle = page.frame();
    let middle = format!("r{}", 40);
    page.set(&middle, "class", "row on");
    let class = page.frame();
    let node = page.id(&middle);
    let text = page.tree.first_child(node).expect("text");
    page.tree.set_text(text, "another ");
    let text = page.frame();
    page.set(&middle, "style", "width: 200px");
    let width = page.frame();
    [idle, class, text, width]
}

#[test]
fn a_row_costs_the_same_in_a_long_list() {
    let short = costs_of_one_row(1000);
    assert_eq!(short[0], super::LayoutCounters::default(), "an idle update does nothing");
    assert!(short[1].items_painted > 0 && short[1].nodes_laid_out == 0, "{:?}", short[1]);
    assert!(short[2].nodes_laid_out > 0 && short[3].nodes_laid_out > 0, "{short:?}");
    assert_eq!(costs_of_one_row(10_000), short);
}

/// A sequence of numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

const CHANGING: &str = "
    body { margin: 0; font: 16px sans-serif }
    .wide { width: 300px } .narrow { width: 80px } .tall { height: 50px } .part { width: 50% }
    .pad { padding: 7px 3px } .edge { border: 2px solid } .margin { margin: 9px 4px }
    .big { font-size: 24px } .flex { display: flex; gap: 3px } .inline { display: inline }
    .block { display: inline-block } .gone { display: none } .out { position: absolute; left: 30px }
    .moved { position: relative; left: 5px; top: 3px } .left { float: left } .clip { overflow: hidden }
    .fixed { position: fixed; right: 0 } .grid { display: grid; grid-template-columns: 1fr 2fr }
    .items > * { flex: 1 } .pre { white-space: pre-wrap } .contents { display: contents }
    .mark::before { content: 'before ' } .mark::after { content: 'after'; display: block }
    .item { display: list-item; margin-left: 20px } .table { display: table } .row { display: table-row }
    .sticky { position: sticky; top: 2px } .scroll { overflow: auto; height: 30px } .faint { opacity: 0.5 }
    .below { position: relative; z-index: -1 } .turn { transform: rotate(3deg) } .hide { visibility: hidden }
    .right { text-align: right } .under { text-decoration: underline } .nowrap { white-space: nowrap }
    .inside { display: list-item; list-style: lower-roman inside }";

const CLASSES: [&str; 35] = [
    "", "wide", "narrow", "tall", "part", "pad", "edge", "margin", "big", "flex", "inline",
    "block", "gone", "out", "moved", "left", "clip", "fixed", "grid", "pre", "contents", "mark",
    "item", "table", "row", "sticky", "scroll", "faint", "below", "turn", "hide", "right", "under",
    "nowrap", "inside",
];

const TEXTS: [&str; 6] = [
    "word",
    "several words that may wrap",
    "  ",
    "",
    "line\nfeed",
    "a longer text with many words in it, so that it takes several lines",
];

/// Changes a page at random and compares each state with a layout from nothing.
fn change_at_random(seed: u64, steps: usize, classes: &[&str]) {
    let mut numbers = Numbers(seed);
    let mut markup = String::new();
    for index in 0..12 {
        let text = TEXTS[index % TEXTS.len()];
        markup.push_str(&format!(
            r#"<div id="a{index}"><span id="b{index}">{text}</span> {text}<div id="c{index}"><p id="d{index}">{text}</p></div></div>"#
        ));
    }
    let mut page = Page::new(CHANGING, &markup);
    page.frame();
    let body = page.body;
    let mut nodes: Vec<_> =
        page.tree.descendants(body).filter(|node| page.tree.is_element(*node)).collect();
    nodes.push(body);
    let mut log = Vec::new();
    for step in 0..steps {
        let node = nodes[numbers.below(nodes.len())];
        match numbers.below(6) {
            0..3 => {
                let class = classes[numbers.below(classes.len())];
                log.push(format!("class of {node:?} = {class}"));
                page.tree.set_plain_attribute(node, markup5ever::local_name!("class"), class);
            }
            3 => {
                let text = TEXTS[numbers.below(TEXTS.len())];
                let found: Vec<_> =
                    page.tree.children(node).filter(|child| page.tree.is_text(*child)).collect();
                if let Some(child) = found.first() {
                    log.push(format!("text of {child:?} = {text:?}"));
                    page.tree.set_text(*child, text);
                }
            }
            4 => {
                let tag = ["div", "b", "input", "li", "textarea", "img", "select", "option"]
                    [numbers.below(8)];
                let new = page.tree.create_html_element(page.document, tag);
                let text = page.tree.create_text(page.document, TEXTS[numbers.below(TEXTS.len())]);
                page.tree.append(new, text);
                let before = page.tree.first_child(node);
                log.push(format!("insert {new:?} into {node:?}"));
                page.tree.insert(node, new, before);
                nodes.push(new);
            }
            _ => {
                let target = nodes[numbers.below(nodes.len())];
                if node != body && !page.tree.is_inclusive_ancestor(node, target) {
                    log.push(format!("move {node:?} into {target:?}"));
                    page.tree.append(target, node);
                }
            }
        }
        if numbers.below(3) == 0 {
            continue;
        }
        let recent = &log[log.len().saturating_sub(6)..];
        assert_like_new(&mut page, &format!("seed {seed}, step {step}: {recent:#?}"));
    }
}

/// Brings a page up to date and compares it with a layout from nothing.
#[track_caller]
fn assert_like_new(page: &mut Page, case: &str) {
    page.frame();
    let found = page.formatting.dump_fragments(&page.tree);
    let list = page.formatting.paint(&page.tree).dump();
    let html = page.tree.document_element(page.document).expect("a root");
    let mut fresh = super::Formatting::new(crate::fonts::FontSet::bundled());
    fresh.set_viewport(kurbo::Size::new(800.0, 600.0), 1.0);
    let all = crate::tree::LayoutChange::Inserted { parent: page.document, node: html };
    fresh.update(&page.tree, page.document, &[all]);
    let expected = fresh.dump_fragments(&page.tree);
    assert_same(&page.formatting.dump_boxes(&page.tree), &fresh.dump_boxes(&page.tree), case);
    assert_same(&found, &expected, case);
    assert_same(&list, &fresh.paint(&page.tree).dump(), case);
}

/// Asserts that two texts are equal; shows where they begin to differ.
#[track_caller]
fn assert_same(found: &str, expected: &str, case: &str) {
    let differs = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    if let Some(at) = differs {
        let part = |text: &str| {
            text.lines().skip(at.saturating_sub(8)).take(14).collect::<Vec<_>>().join("\n")
        };
        panic!("{case}\nline {at}, found:\n{}\nexpected:\n{}", part(found), part(expected));
    }
    assert_eq!(found.len(), expected.len(), "{case}");
}

#[test]
fn patching_gives_what_laying_out_anew_gives() {
    for seed in 0..16 {
        change_at_random(seed, 40, &CLASSES);
    }
}

#[test]
fn patching_blocks_gives_what_laying_out_anew_gives() {
    let blocks = ["", "wide", "narrow", "part", "pad", "edge", "big", "tall", "margin", "moved"];
    for seed in 100..120 {
        change_at_random(seed, 60, &blocks);
    }
}

/// The numbers before the items of lists.
fn numbers(page: &Page) -> Vec<String> {
    let dump = page.formatting.dump_boxes(&page.tree);
    let quoted = dump.split('"').skip(1).step_by(2);
    quoted.filter_map(|text| text.strip_suffix(". ")).map(str::to_owned).collect()
}

#[test]
fn numbers_follow_what_comes_before() {
    for position in ["inside", "outside"] {
        let mut page = Page::new(
            &format!(
                "li {{ list-style: decimal {position} }} #inner {{ display: contents }}
                ol, li {{ counter-reset: other; counter-set: other }}"
            ),
            r#"<ol id="list" start="3"><li id="a">a</li><li id="b">b<i>i</i></li><li id="c"><p>c</p></li></ol><ol id="inner"><li>d</li><li>e</li></ol><div id="away"></div>"#,
        );
        page.frame();
        assert_eq!(numbers(&page), ["3", "4", "5", "1", "2"], "{position}");
        let (list, a, b) = (page.id("list"), page.id("a"), page.id("b"));
        page.tree.remove(a);
        assert_like_new(&mut page, position);
        assert_eq!(numbers(&page), ["3", "4", "1", "2"], "{position}");
        page.tree.append(list, a);
        page.set("b", "value", "10");
        assert_like_new(&mut page, position);
        assert_eq!(numbers(&page), ["10", "11", "12", "1", "2"], "{position}");
        page.set("list", "start", "-2147483648");
        page.tree.remove_attribute(b, &markup5ever::ns!(), &local_name!("value"));
        assert_like_new(&mut page, position);
        assert_eq!(numbers(&page)[..2], ["-2147483648", "-2147483647"], "{position}");
        page.set("b", "style", "display: none");
        page.set("inner", "start", "7x");
        assert_like_new(&mut page, position);
        assert_eq!(numbers(&page), ["-2147483648", "-2147483647", "7", "8"], "{position}");
        // What is counted may be away from the list's children.
        page.set("c", "style", "list-style-type: disc");
        page.set("a", "style", "position: absolute");
        assert_like_new(&mut page, position);
        assert_eq!(numbers(&page), ["-2147483647", "7", "8"], "{position}");
    }
}

#[test]
fn bullets_cost_nothing_when_the_list_grows() {
    for style in ["disc inside", "disc outside"] {
        let cost = |count: usize| {
            let markup = format!(r#"<ul id="list">{}</ul>"#, "<li>item</li>".repeat(count));
            let mut page = Page::new(&format!("li {{ list-style: {style} }}"), &markup);
            page.frame();
            let (list, new) = (page.id("list"), page.tree.create_html_element(page.document, "li"));
            let first = page.tree.first_child(list);
            page.tree.insert(list, new, first);
            let counters = page.frame();
            (counters.boxes_rebuilt, counters.nodes_laid_out, counters.paragraphs_shaped)
        };
        assert_eq!(cost(20), cost(200), "{style}");
    }
}

#[test]
fn a_summary_has_a_triangle() {
    let mut page =
        Page::new("", r#"<details id="details"><summary>more</summary><p>inside</p></details>"#);
    let has = |page: &Page, text: &str| page.formatting.dump_boxes(&page.tree).contains(text);
    page.frame();
    assert!(has(&page, "\u{25B8} "), "{}", page.formatting.dump_boxes(&page.tree));
    page.set("details", "open", "");
    page.frame();
    assert!(has(&page, "\u{25BE} ") && !has(&page, "\u{25B8} "));
}

/// The last line in an inline-block may stick out of a box of a given height.
#[test]
fn an_inline_block_stands_on_its_last_line() {
    let mut page = Page::new(
        "body { margin: 0; font: 16px/20px sans-serif } .outer { display: inline-block; width: 200px; height: 16px }
         .float { float: left } .moved { position: relative; top: 50% }",
        r#"<div id="line"><div class="outer" id="outer"><div id="first">one</div></div></div><div id="after"></div>"#,
    );
    page.frame();
    assert_eq!(page.place("after"), "0 20 800 0");
    let (outer, first) = (page.id("outer"), page.id("first"));
    let mut added = Vec::new();
    for (class, height) in [("", 40), ("moved", 60), ("", 80)] {
        let new = page.tree.create_html_element(page.document, "div");
        let text = page.tree.create_text(page.document, "more");
        page.tree.append(new, text);
        page.tree.set_plain_attribute(new, local_name!("class"), class);
        page.tree.append(outer, new);
        added.push(new);
        assert_like_new(&mut page, class);
        assert_eq!(page.rect("line").height(), f64::from(height), "{class}");
    }
    // A float in there must not hide the lines beside it.
    page.tree.set_plain_attribute(first, local_name!("class"), "float");
    assert_like_new(&mut page, "float");
    assert_eq!(page.rect("line").height(), 60.0);
    // Without lines, it stands on its lower edge.
    for (node, height) in added.into_iter().rev().zip([40.0, 20.0, 20.0]) {
        page.tree.remove(node);
        assert_like_new(&mut page, "less");
        assert!((page.rect("line").height() - height).abs() < 1.5, "{}", page.place("line"));
    }
}

#[test]
fn a_block_that_loses_its_text_collapses() {
    let mut page = Page::new(
        CHANGING,
        r#"<div id="a"><span>x</span> y<div id="c"><p id="d">text</p></div></div><div id="e">z</div>"#,
    );
    page.frame();
    assert_eq!(page.place("a"), "0 0 800 60");
    let text = page.tree.first_child(page.id("d")).expect("text");
    page.tree.set_text(text, " ");
    page.frame();
    assert_eq!(page.place("a"), "0 0 800 22");
}

#[test]
fn a_label_is_kept_and_follows_what_it_is_made_of() {
    let mut page = Page::new(
        "",
        r#"<select id="s"><option id="a">one</option><option id="b">two</option></select><input id="i" type="submit" value="go"/>"#,
    );
    let (a, b) = (page.id("a"), page.id("b"));
    let (s, i) = (page.id("s"), page.id("i"));
    page.tree.set_state(b, stylo_dom::ElementState::CHECKED, true);
    #[track_caller]
    fn shows(page: &mut Page, select: &str) {
        page.frame();
        let boxes = page.formatting.dump_boxes(&page.tree);
        assert!(boxes.contains(&format!("\"{select}\"")), "{boxes}");
        assert!(boxes.contains("\"go\""), "{boxes}");
        assert_eq!(boxes.matches('"').count(), 4, "{boxes}");
    }
    shows(&mut page, "two");
    let text = page.tree.first_child(b).expect("text");
    page.tree.set_text(text, "three");
    shows(&mut page, "three");
    for node in [s, i] {
        page.tree.set_plain_attribute(node, local_name!("style"), "font-size: 30px");
    }
    shows(&mut page, "three");
    page.tree.remove(a);
    page.tree.append(i, a);
    shows(&mut page, "three");
    let inner = page.tree.create_html_element(page.document, "b");
    page.tree.append(b, inner);
    page.frame();
    page.tree.append(inner, text);
    shows(&mut page, "three");
    page.tree.set_text(text, "four");
    shows(&mut page, "four");
}

#[test]
fn a_group_of_rows_that_loses_them_has_no_height() {
    let mut page = Page::new(
        "body { margin: 0 } table { border-spacing: 0 } td { height: 20px; width: 30px; padding: 0 }",
        r#"<table><tbody id="a"><tr id="r"><td>x</td></tr></tbody><tbody id="b"><tr><td>y</td></tr></tbody></table>"#,
    );
    page.frame();
    assert_eq!((page.place("a"), page.place("b")), ("0 0 30 20".into(), "0 20 30 20".into()));
    let row = page.id("r");
    page.tree.remove(row);
    page.frame();
    assert_eq!((page.place("a"), page.place("b")), ("0 0 30 0".into(), "0 0 30 20".into()));
}

/// On a thread with the stack that an app has.
fn with_app_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}

/// A debug build of stylo checks all ancestors of each element.
const DEEP: usize = if cfg!(debug_assertions) { 4000 } else { 100_000 };

#[test]
fn nesting_has_a_limit() {
    for tag in ["div", "span", "b"] {
        with_app_stack(move || {
            let mut page = Page::new("", "<p id=\"p\">seen</p>");
            let innermost = page.tree.create_html_element(page.document, tag);
            let mut outermost = innermost;
            for _ in 0..DEEP {
                let parent = page.tree.create_html_element(page.document, tag);
                let text = page.tree.create_text(page.document, "x");
                page.tree.append(parent, text);
                page.tree.append(parent, outermost);
                outermost = parent;
            }
            page.tree.append(page.body, outermost);
            page.frame();
            assert_eq!(page.formatting.bounding_rect(innermost), None, "too deep to be displayed");
            assert!(page.rect("p").height() > 0.0);
            let _ = page.formatting.hit_test(&page.tree, kurbo::Point::new(20.0, 300.0));
            let _ = page.formatting.dump_fragments(&page.tree);
            // It can be taken away, too.
            page.tree.remove(outermost);
            page.frame();
        });
    }
}

/// <https://html.spec.whatwg.org/#button-layout>
#[test]
fn the_text_of_a_button_stands_in_its_middle() {
    check(
        "body { margin: 0 } button { display: block; width: 200px; height: 100px; padding: 10px;
            border: 0; box-sizing: border-box; font: 16px/20px sans-serif }
         i { display: inline-block; width: 20px; height: 20px; vertical-align: top }",
        r#"<button id="outer"><i id="inner"></i></button>"#,
        "outer: 0 0 200 100
         inner: 90 40 20 20",
    );
}
