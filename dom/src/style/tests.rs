use super::*;
use crate::tree::LayoutChange;
use markup5ever::LocalName;
use style::computed_values::display::T as Display;
use style::device::servo::FontMetricsProvider;
use style::font_metrics::FontMetrics;
use style::values::computed::font::{GenericFontFamily, QueryFontMetricsFlags};
use style::values::computed::{CSSPixelLength, Length};

/// Metrics of no font: what stylo falls back to.
#[derive(Debug)]
pub(crate) struct NoMetrics;

impl FontMetricsProvider for NoMetrics {
    fn query_font_metrics(
        &self,
        _vertical: bool,
        _font: &style::properties::style_structs::Font,
        _base_size: CSSPixelLength,
        _flags: QueryFontMetricsFlags,
    ) -> FontMetrics {
        FontMetrics::default()
    }

    fn base_size_for_generic(&self, generic: GenericFontFamily) -> Length {
        Length::new(if generic == GenericFontFamily::Monospace { 13.0 } else { 16.0 })
    }
}

/// A document with one sheet, styled.
struct Page {
    tree: Tree,
    document: NodeId,
    body: NodeId,
    engine: StyleEngine,
}

impl Page {
    fn new(css: &str) -> Self {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let html = tree.create_html_element(document, "html");
        let body = tree.create_html_element(document, "body");
        tree.append(html, body);
        tree.append(document, html);
        let mut engine =
            StyleEngine::new(&mut tree, document, Viewport::default(), Box::new(NoMetrics));
        engine.set_stylesheet(&tree, html, Some(sheet(&tree, document, css)));
        Self { tree, document, body, engine }
    }

    fn add(&mut self, parent: NodeId, tag: &str, class: &str) -> NodeId {
        let node = self.tree.create_html_element(self.document, tag);
        if !class.is_empty() {
            self.set(node, "class", class);
        }
        self.tree.append(parent, node);
        node
    }

    fn text(&mut self, parent: NodeId, text: &str) -> NodeId {
        let node = self.tree.create_text(self.document, text);
        self.tree.append(parent, node);
        node
    }

    fn set(&mut self, node: NodeId, name: &str, value: &str) {
        self.tree.set_plain_attribute(node, LocalName::from(name), value);
    }

    /// Updates, and returns how many elements were styled.
    fn update(&mut self) -> u64 {
        let before = self.engine.counters().nodes_styled;
        self.engine.update(&mut self.tree, 0.0);
        self.engine.counters().nodes_styled - before
    }

    fn changes(&mut self) -> Vec<LayoutChange> {
        self.tree.take_layout_changes(self.document)
    }

    fn display(&self, node: NodeId) -> Option<Display> {
        Some(self.tree.computed_style(node)?.get_box().display)
    }

    fn color(&self, node: NodeId) -> [u8; 3] {
        let style = self.tree.computed_style(node).expect("styled");
        let c = *style.get_inherited_text().color.raw_components();
        [c[0], c[1], c[2]].map(|c| (c * 255.0).round() as u8)
    }

    fn damage(&mut self) -> Vec<(NodeId, Damage)> {
        self.changes()
            .into_iter()
            .filter_map(|c| match c {
                LayoutChange::Style { node, damage } => Some((node, damage)),
                _ => None,
            })
            .collect()
    }
}

fn sheet(tree: &Tree, document: NodeId, css: &str) -> Stylesheet {
    let url = url::Url::parse("https://example.org/style.css").unwrap();
    Stylesheet::parse(tree, document, css, &url, "").unwrap()
}

const RED: [u8; 3] = [255, 0, 0];
const BLACK: [u8; 3] = [0, 0, 0];

#[test]
fn sheets_and_inline_styles_cascade() {
    let mut page = Page::new("p { color: red } .off { display: none }");
    let p = page.add(page.body, "p", "");
    let off = page.add(page.body, "p", "off");
    let inside = page.add(off, "b", "");
    page.update();
    assert_eq!(page.color(p), RED);
    assert_eq!(page.display(p), Some(Display::Block));
    assert_eq!(page.display(off), Some(Display::None));
    assert_eq!(page.display(inside), None);
    page.set(p, "style", "color: #010203");
    page.update();
    assert_eq!(page.color(p), [1, 2, 3]);
    page.tree.remove_attribute(p, &ns!(), &local_name!("style"));
    page.update();
    assert_eq!(page.color(p), RED);
}

/// What a class toggle, a text change and a width change on one row cost.
fn one_row_costs(rows: usize) -> [u64; 3] {
    let mut page = Page::new("ul { margin: 0 } li { width: 100px } .on { color: red }");
    let list = page.add(page.body, "ul", "");
    let mut items = Vec::new();
    for i in 0..rows {
        let item = page.add(list, "li", "");
        let text = page.text(item, &format!("row {i}"));
        items.push((item, text));
    }
    let first = page.update();
    assert_eq!(first, rows as u64 + 3, "html, body, ul and each row");
    assert_eq!(page.update(), 0, "an idle page");
    page.changes();
    let (item, text) = items[rows / 2];
    page.set(item, "class", "on");
    let class = page.update();
    assert_eq!(page.color(item), RED);
    assert_eq!(page.damage(), [(item, Damage::REPAINT)]);
    page.tree.set_text(text, "changed");
    let text_cost = page.update();
    assert_eq!(page.changes(), [LayoutChange::Text { node: text }]);
    page.set(item, "style", "width: 50px");
    let width = page.update();
    assert_eq!(page.damage(), [(item, Damage::RELAYOUT)]);
    [class, text_cost, width]
}

#[test]
fn one_changed_row_costs_the_same_among_many() {
    let few = one_row_costs(1_000);
    assert_eq!(few, [1, 0, 1]);
    assert_eq!(one_row_costs(10_000), few);
}

#[test]
fn appended_rows_are_styled_alone() {
    let mut page = Page::new("li { color: red }");
    let list = page.add(page.body, "ul", "");
    for _ in 0..50 {
        page.add(list, "li", "");
    }
    page.update();
    page.changes();
    let new = page.add(list, "li", "");
    let inside = page.add(new, "b", "");
    assert_eq!(page.update(), 2);
    assert_eq!(page.color(inside), RED);
    assert_eq!(page.changes(), [LayoutChange::Inserted { parent: list, node: new }]);
}

#[test]
fn states_restyle_what_selects_them() {
    let mut page = Page::new("a:hover { color: red } a:hover ~ p { color: red }");
    let a = page.add(page.body, "a", "");
    let p = page.add(page.body, "p", "");
    page.update();
    page.tree.set_state(a, ElementState::HOVER, true);
    assert_eq!(page.update(), 2);
    assert_eq!((page.color(a), page.color(p)), (RED, RED));
    page.tree.set_state(a, ElementState::HOVER, false);
    page.update();
    assert_eq!((page.color(a), page.color(p)), (BLACK, BLACK));
    page.tree.set_state(p, ElementState::FOCUS, true);
    assert_eq!(page.update(), 0, "nothing selects :focus of a p");
}

#[test]
fn structural_selectors_follow_the_child_list() {
    let mut page = Page::new(
        "li:nth-child(2) { color: red } ol:empty { color: red } li:last-child { display: none } \
         b + i { color: red } u:empty ~ s { color: red }",
    );
    let u = page.add(page.body, "u", "");
    let s = page.add(page.body, "s", "");
    let list = page.add(page.body, "ul", "");
    let one = page.add(list, "li", "");
    let two = page.add(list, "li", "");
    let three = page.add(list, "li", "");
    let empty = page.add(page.body, "ol", "");
    let i = page.add(page.body, "i", "");
    page.update();
    assert_eq!((page.color(two), page.color(empty), page.color(s)), (RED, RED, RED));
    assert_eq!(page.display(three), Some(Display::None));
    page.tree.remove(one);
    page.text(empty, "no more");
    let text = page.text(u, "x");
    let b = page.tree.create_html_element(page.document, "b");
    page.tree.insert(page.body, b, Some(i));
    page.update();
    assert_eq!((page.color(two), page.color(three), page.color(empty)), (BLACK, RED, BLACK));
    assert_eq!((page.color(i), page.color(s)), (RED, BLACK));
    page.tree.set_text(text, "");
    page.tree.remove(three);
    page.tree.remove(b);
    page.update();
    assert_eq!(page.display(two), Some(Display::None), "now the last");
    assert_eq!((page.color(i), page.color(s)), (BLACK, RED));
}

#[test]
fn has_follows_what_it_looks_for() {
    let mut page = Page::new("div:has(.x) { color: red } div:has(b) + p { color: red }");
    let div = page.add(page.body, "div", "");
    let p = page.add(page.body, "p", "");
    let inner = page.add(div, "span", "");
    page.update();
    assert_eq!((page.color(div), page.color(p)), (BLACK, BLACK));
    page.set(inner, "class", "x");
    let b = page.add(inner, "b", "");
    page.update();
    assert_eq!((page.color(div), page.color(p)), (RED, RED));
    page.tree.remove(b);
    page.set(inner, "class", "");
    page.update();
    assert_eq!((page.color(div), page.color(p)), (BLACK, BLACK));
}

#[test]
fn attributes_that_a_box_shows_reach_layout() {
    let mut page = Page::new("");
    let input = page.add(page.body, "input", "");
    page.update();
    page.changes();
    page.set(input, "data-x", "1");
    page.set(input, "placeholder", "name");
    page.update();
    assert_eq!(page.changes(), [LayoutChange::Content { node: input }]);
}

#[test]
fn many_changes_beside_a_has_cost_one_walk() {
    let mut page = Page::new("ul:has(.x) { color: red } li:has(+ .y) { color: blue }");
    let list = page.add(page.body, "ul", "");
    let items: Vec<_> = (0..3000).map(|_| page.add(list, "li", "")).collect();
    page.update();
    for item in &items {
        page.set(*item, "class", "z");
    }
    page.set(items[1500], "class", "y");
    page.set(items[2000], "class", "x");
    page.update();
    assert_eq!(page.color(list), RED);
    assert_eq!(page.color(items[1499]), [0, 0, 255]);
    assert_eq!(page.color(items[1498]), RED, "inherited");
}

#[test]
fn attributes_that_no_selector_reads_cost_nothing() {
    let mut page = Page::new("[data-on] { color: red }");
    let p = page.add(page.body, "p", "");
    page.update();
    page.set(p, "data-other", "1");
    page.update();
    page.set(p, "data-other", "2");
    assert!(!page.engine.is_dirty(&page.tree), "known not to matter");
    page.set(p, "data-on", "");
    assert_eq!(page.update(), 1);
    assert_eq!(page.color(p), RED);
}

#[test]
fn damage_is_no_more_than_the_change() {
    let mut page = Page::new("p { position: absolute; left: 1px; top: 0 }");
    let p = page.add(page.body, "p", "");
    page.update();
    page.changes();
    let mut check = |style: &str, expected: Damage| {
        page.set(p, "style", style);
        page.update();
        assert_eq!(page.damage(), [(p, expected)], "{style}");
    };
    check("left: 2px", Damage::REPOSITION);
    check("left: 2px; color: red", Damage::REPAINT);
    check("left: 2px; color: red; width: 3px", Damage::RELAYOUT);
    check("left: 2px; color: red; width: 3px; display: flex", Damage::REBUILD);
    check("left: 2px; width: 3px; display: flex", Damage::REPAINT);
    check("left: 2px; width: 3px; display: flex; z-index: 2", Damage::RESTACK | Damage::REPAINT);
    check("left: 2px; width: 3px; display: flex; z-index: 2; transform: scale(2)", Damage::REBUILD);
    check(
        "left: 2px; width: 3px; display: flex; z-index: 2; transform: scale(3)",
        Damage::REPOSITION | Damage::REPAINT,
    );
    check("left: 2px; width: 3px; display: flex; z-index: 2", Damage::REBUILD);
    check("left: auto; width: 3px; display: flex; z-index: 2", Damage::RELAYOUT);
    let base = "left: auto; width: 3px; display: flex; z-index: 2; ";
    check(&format!("{base} border: 1px solid red"), Damage::RELAYOUT);
    check(&format!("{base} border: 1px solid blue; border-radius: 2px"), Damage::REPAINT);
    check(&format!("{base} border: 1px solid blue; box-shadow: 0 0 2px red"), Damage::REPAINT);
    check(
        &format!("{base} border: 1px solid red; opacity: 0.5"),
        Damage::REPAINT | Damage::RESTACK,
    );
    check(
        &format!("{base} border: 1px solid blue; visibility: hidden"),
        Damage::REPAINT | Damage::RESTACK,
    );
    check(&format!("{base} border: 1px solid blue; visibility: collapse"), Damage::RELAYOUT);
    check(&format!("{base} border: 1px solid blue; letter-spacing: 1px"), Damage::RELAYOUT);
}

#[test]
fn pseudo_elements_come_and_go() {
    let mut page = Page::new(".x::before { content: 'a' }");
    let p = page.add(page.body, "p", "");
    page.update();
    page.changes();
    assert!(page.tree.pseudo_style(p, &PseudoElement::Before).is_none());
    page.set(p, "class", "x");
    page.update();
    assert!(page.tree.pseudo_style(p, &PseudoElement::Before).is_some());
    assert_eq!(page.damage(), [(p, Damage::REBUILD)]);
}

#[test]
fn the_damage_of_a_pseudo_element_is_its_elements() {
    let mut page = Page::new(
        "p { border: 1px solid red } p::before { content: 'a' }
         .x { border-color: blue } .x::before { letter-spacing: 1px }
         .y { border-color: blue } .y::before { color: red }",
    );
    let p = page.add(page.body, "p", "");
    page.update();
    page.changes();
    page.set(p, "class", "x");
    page.update();
    let damage = page.damage();
    assert!(damage[0].1.contains(Damage::RELAYOUT), "{damage:?}");
    page.set(p, "class", "");
    page.update();
    page.changes();
    page.set(p, "class", "y");
    page.update();
    let damage = page.damage();
    assert!(damage[0].1.contains(Damage::REPAINT), "{damage:?}");
    assert!(!damage[0].1.needs_layout(), "{damage:?}");
}

#[test]
fn sheets_apply_in_tree_order_and_can_leave() {
    let mut page = Page::new("");
    let first = page.add(page.body, "style", "");
    let second = page.add(page.body, "style", "");
    let p = page.add(page.body, "p", "");
    let blue = sheet(&page.tree, page.document, "p { color: blue }");
    let red = sheet(&page.tree, page.document, "p { color: red }");
    page.engine.set_stylesheet(&page.tree, second, Some(red));
    page.engine.set_stylesheet(&page.tree, first, Some(blue));
    page.update();
    assert_eq!(page.color(p), RED, "the later element wins, though it was set first");
    page.engine.set_stylesheet(&page.tree, second, None);
    page.update();
    assert_eq!(page.color(p), [0, 0, 255]);
}

#[test]
fn media_and_viewport_units_follow_the_viewport() {
    let mut page = Page::new("@media (min-width: 500px) { p { color: red } } b { width: 50vw }");
    let p = page.add(page.body, "p", "");
    let b = page.add(page.body, "b", "");
    page.update();
    assert_eq!(page.color(p), BLACK);
    let wide = Viewport { width: 600.0, ..Viewport::default() };
    page.engine.set_viewport(&mut page.tree, wide);
    page.update();
    assert_eq!(page.color(p), RED);
    let width = page.tree.computed_style(b).unwrap().slow_clone_width();
    assert_eq!(
        format!("{width:?}"),
        format!(
            "{:?}",
            style::values::computed::Size::LengthPercentage(style::values::generics::NonNegative(
                style::values::computed::LengthPercentage::new_length(Length::new(300.0))
            ))
        )
    );
}

#[test]
fn imports_are_listed_and_filled_in() {
    let mut page = Page::new("");
    let p = page.add(page.body, "p", "");
    let mut sheet = sheet(&page.tree, page.document, "@import 'other.css'; p { margin: 0 }");
    let imports = sheet.imports().to_vec();
    assert_eq!(imports.len(), 1);
    assert_eq!(imports[0].url.as_str(), "https://example.org/other.css");
    page.engine.set_stylesheet(&page.tree, page.body, Some(sheet.clone()));
    page.update();
    assert_eq!(page.color(p), BLACK);
    let url = imports[0].url.clone();
    sheet.set_import(&page.tree, page.document, &imports[0], "p { color: red }", &url).unwrap();
    page.engine.stylesheets_changed();
    page.update();
    assert_eq!(page.color(p), RED);
}

#[test]
fn html_attributes_hint_at_style() {
    let mut page = Page::new("");
    let table = page.add(page.body, "table", "");
    let row = page.add(table, "tr", "");
    let cell = page.add(row, "td", "");
    let cell2 = page.add(row, "td", "");
    page.set(table, "cellpadding", "7");
    page.set(cell, "bgcolor", "#f00");
    page.set(cell2, "align", "center");
    page.update();
    let style = page.tree.computed_style(cell).unwrap();
    let padding = style.slow_clone_padding_left();
    assert_eq!(padding.0.to_length().map(|l| l.px()), Some(7.0));
    assert!(page.tree.computed_style(row).is_some());
    let font = page.add(page.body, "font", "");
    page.set(font, "color", "red");
    page.update();
    assert_eq!(page.color(font), RED);
    page.set(font, "color", "black");
    page.update();
    assert_eq!(page.color(font), BLACK);
}

#[test]
fn many_changes_in_one_pass_agree_with_a_fresh_one() {
    let css = "li:nth-child(odd) { color: red } .a > b { color: blue } .a + .a { display: none }";
    let mut page = Page::new(css);
    let list = page.add(page.body, "ul", "");
    let mut nodes = Vec::new();
    let mut seed = 12345u32;
    let mut random = |n: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % n
    };
    for _ in 0..1500 {
        let item = page.add(list, "li", "");
        page.add(item, "b", "");
        nodes.push(item);
    }
    page.update();
    for round in 0..20 {
        // Small rounds go element by element, large ones from the root.
        for _ in 0..if round % 5 == 4 { 1200 } else { 7 } {
            let node = nodes[random(nodes.len())];
            match random(4) {
                0 => page.set(node, "class", "a"),
                1 => page.set(node, "class", ""),
                2 => {
                    page.tree.append(list, node);
                }
                _ => {
                    let first = page.tree.first_child(list);
                    page.tree.insert(list, node, first.filter(|f| *f != node));
                }
            }
        }
        page.update();
    }
    let incremental: Vec<_> = nodes.iter().map(|n| (page.display(*n), page.color(*n))).collect();
    page.engine.detach(&mut page.tree);
    let mut engine =
        StyleEngine::new(&mut page.tree, page.document, Viewport::default(), Box::new(NoMetrics));
    engine.set_stylesheet(&page.tree, page.body, Some(sheet(&page.tree, page.document, css)));
    engine.update(&mut page.tree, 0.0);
    let fresh: Vec<_> = nodes.iter().map(|n| (page.display(*n), page.color(*n))).collect();
    assert!(incremental == fresh, "incremental and fresh styles differ");
    assert!(fresh.iter().any(|(d, _)| *d == Some(Display::None)));
}

#[test]
fn a_very_deep_document_overflows_nothing() {
    let mut page = Page::new("div div { color: red } .x div { color: blue }");
    let mut at = page.body;
    for _ in 0..3_000 {
        at = page.add(at, "div", "");
    }
    page.update();
    assert_eq!(page.color(at), RED);
    page.set(page.body, "class", "x");
    page.update();
    assert_eq!(page.color(at), [0, 0, 255]);
    let more = sheet(&page.tree, page.document, "div { color: black !important }");
    page.engine.set_stylesheet(&page.tree, page.body, Some(more));
    page.update();
    assert_eq!(page.color(at), BLACK);
}

#[test]
fn nonsense_is_refused_or_ignored() {
    let tree = Tree::new();
    let mut tree2 = Tree::new();
    let document = tree2.create_document(true);
    let url = url::Url::parse("https://example.org/").unwrap();
    let parse = |css: &str| Stylesheet::parse(&tree, document, css, &url, "").map(|_| ());
    assert_eq!(parse(&"@media all {".repeat(1000)), Err(limits::TooComplex::Nesting));
    assert_eq!(
        parse(&format!("a{{width:{}", "calc(".repeat(5000))),
        Err(limits::TooComplex::Nesting)
    );
    assert_eq!(parse(&"a ".repeat(500_000)), Err(limits::TooComplex::Chain));
    assert_eq!(parse(&format!("{}{{}}", "a".repeat(1 << 20))), Ok(()));
    assert_eq!(parse(&format!("{}{{}}", ".a".repeat(1 << 19))), Ok(()));
    assert_eq!(parse("\u{0}}}}]])) @@@ \\ <!-- --> ' \" "), Ok(()));
    for seed in 0..200u32 {
        let mut state = seed;
        let junk: String = (0..300)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                const BITS: [&str; 24] = [
                    "{",
                    "}",
                    "(",
                    ")",
                    "[",
                    "]",
                    ":",
                    ";",
                    ",",
                    "@media ",
                    "calc(",
                    "a",
                    ".b",
                    "#c",
                    "width",
                    "1px",
                    "var(--x)",
                    "--x:",
                    "!important",
                    "'",
                    "\"",
                    "\\",
                    ":is(",
                    "url(",
                ];
                BITS[(state >> 16) as usize % BITS.len()]
            })
            .collect();
        let _ = parse(&junk);
    }
}

/// `element.style`, as script sees it.
mod inline {
    use super::*;

    fn check(start: &str, edit: impl Fn(&mut Tree, NodeId), expected: &str) {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let p = tree.create_html_element(document, "p");
        if !start.is_empty() {
            tree.set_plain_attribute(p, local_name!("style"), start);
        }
        edit(&mut tree, p);
        assert_eq!(tree.style_text(p), expected);
        let attribute = tree.plain_attribute(p, &local_name!("style"));
        let rewritten = attribute != Some(start);
        if rewritten {
            assert_eq!(attribute.unwrap_or_default(), expected, "the attribute follows");
        }
    }

    #[test]
    fn properties_are_set_and_removed() {
        check(
            "",
            |t, p| {
                t.set_style_property(p, "color", "red", false);
            },
            "color: red;",
        );
        check(
            "",
            |t, p| {
                t.set_style_property(p, "color", "nonsense", false);
            },
            "",
        );
        check(
            "",
            |t, p| {
                t.set_style_property(p, "nonsense", "1px", false);
            },
            "",
        );
        check(
            "",
            |t, p| {
                t.set_style_property(p, "color", "red; top: 0", false);
            },
            "",
        );
        check(
            "color: red",
            |t, p| {
                t.set_style_property(p, "color", "blue", true);
            },
            "color: blue !important;",
        );
        check(
            "color: red; top: 1px",
            |t, p| {
                t.remove_style_property(p, "color");
            },
            "top: 1px;",
        );
        check(
            "",
            |t, p| {
                t.set_style_property(p, "margin", "1px 2px", false);
            },
            "margin: 1px 2px;",
        );
        check(
            "margin: 1px",
            |t, p| {
                t.set_style_property(p, "margin-left", "3px", false);
            },
            "margin: 1px 1px 1px 3px;",
        );
        check(
            "margin: 1px; color: red",
            |t, p| {
                t.remove_style_property(p, "margin");
            },
            "color: red;",
        );
        check(
            "",
            |t, p| {
                t.set_style_property(p, "--X", " a b ", false);
            },
            "--X: a b;",
        );
        check("color: red", |t, p| t.set_style_text(p, "top: 0; nonsense: 1"), "top: 0px;");
        check("", |t, p| t.set_style_text(p, &"(".repeat(100_000)), "");
    }

    #[test]
    fn declarations_can_be_read() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let p = tree.create_html_element(document, "p");
        assert_eq!((tree.style_length(p), tree.style_item(p, 0)), (0, None));
        tree.set_plain_attribute(p, local_name!("style"), "color: red !important; margin: 1px");
        assert_eq!(tree.style_length(p), 5);
        assert_eq!(tree.style_item(p, 1).as_deref(), Some("margin-top"));
        assert_eq!(tree.style_property(p, "margin"), "1px");
        assert_eq!(tree.style_property(p, "margin-left"), "1px");
        assert_eq!(tree.style_priority(p, "color"), "important");
        assert_eq!(tree.style_priority(p, "margin"), "");
        let copy = tree.clone_node(p, document, crate::tree::CloneOptions::default()).unwrap();
        tree.set_style_property(p, "color", "blue", false);
        assert_eq!(tree.style_property(copy, "color"), "red", "a copy has its own");
    }

    #[test]
    fn the_journal_gets_the_old_text() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let p = tree.create_html_element(document, "p");
        tree.set_style_property(p, "left", "1px", false);
        tree.set_recording(true);
        tree.set_style_property(p, "left", "2px", false);
        tree.set_style_property(p, "left", "3px", false);
        let old: Vec<_> = tree
            .take_mutations()
            .into_iter()
            .map(|m| match m {
                crate::tree::Mutation::Attribute { old, .. } => old.unwrap_or_default(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(old, ["left: 1px;", "left: 2px;"]);
    }

    #[test]
    fn edits_restyle_and_attribute_selectors_see_them() {
        let mut page = Page::new("[style*='10px'] { color: red }");
        let p = page.add(page.body, "p", "");
        page.update();
        page.tree.set_style_property(p, "left", "10px", false);
        assert_eq!(page.update(), 1);
        assert_eq!(page.color(p), RED);
        page.tree.set_style_property(p, "left", "20px", false);
        page.update();
        assert_eq!(page.color(p), BLACK);
        assert!(!page.tree.set_style_property(p, "left", "20px", false), "no change, no work");
        assert!(!page.engine.is_dirty(&page.tree));
    }
}

#[test]
fn animations_and_transitions_run() {
    let mut page = Page::new(
        "@keyframes k { from { color: rgb(0,0,0) } to { color: rgb(200,0,0) } }
         .run { animation: k 10s linear } .slow { transition: color 10s linear; color: black }
         .slow.on { color: rgb(100, 0, 0) }",
    );
    let a = page.add(page.body, "p", "run");
    let b = page.add(page.body, "p", "slow");
    let at = |page: &mut Page, now: f64| {
        page.engine.update(&mut page.tree, now);
    };
    at(&mut page, 1.0);
    assert!(page.engine.is_animating());
    at(&mut page, 6.0);
    assert_eq!(page.color(a), [100, 0, 0]);
    page.set(b, "class", "slow on");
    at(&mut page, 6.0);
    at(&mut page, 11.0);
    assert_eq!((page.color(a), page.color(b)), (BLACK, [50, 0, 0]));
    at(&mut page, 20.0);
    at(&mut page, 21.0);
    assert_eq!(page.color(b), [100, 0, 0]);
    assert!(!page.engine.is_animating(), "all have ended");
    // What stays in effect costs nothing.
    let c = page.add(page.body, "p", "");
    page.set(c, "style", "animation: k 1s forwards");
    at(&mut page, 21.0);
    at(&mut page, 22.5);
    assert_eq!(page.color(c), [200, 0, 0]);
    let before = page.engine.counters();
    at(&mut page, 30.0);
    assert_eq!(page.engine.counters(), before);
    // What goes away stops, and nothing panics.
    page.set(a, "class", "");
    at(&mut page, 32.0);
    page.set(a, "class", "run");
    at(&mut page, 33.0);
    page.tree.remove(a);
    page.tree.free_subtree(a);
    at(&mut page, 34.0);
    assert!(!page.engine.is_animating());
}

#[test]
fn a_document_that_loses_its_root_comes_to_rest() {
    let mut page = Page::new("p { color: red }");
    let root = page.tree.document_element(page.document).unwrap();
    page.update();
    page.set(page.body, "class", "x");
    page.tree.remove(root);
    page.update();
    assert!(!page.engine.is_dirty(&page.tree));
    page.tree.append(page.document, root);
    let p = page.add(page.body, "p", "");
    page.update();
    assert_eq!(page.color(p), RED);
    assert!(!page.engine.is_dirty(&page.tree));
}

#[test]
fn long_chains_of_variables_overflow_nothing() {
    let chain = |n: usize| {
        let links: String = (0..n).map(|i| format!("--a{i}: var(--a{}); ", i + 1)).collect();
        format!("color: var(--a0); {links} --a{n}: red")
    };
    let mut page = Page::new("");
    let p = page.add(page.body, "p", "");
    page.set(p, "style", &chain(limits::MAX_VARIABLE_CHAIN - 2));
    page.update();
    assert_eq!(page.color(p), RED);
    page.set(p, "style", &chain(100_000));
    page.update();
    assert_eq!(page.color(p), BLACK, "refused");
    page.tree.set_style_text(p, "color: var(--a0)");
    for i in 0..5_000 {
        page.tree.set_style_property(p, &format!("--a{i}"), &format!("var(--a{})", i + 1), false);
    }
    page.update();
    assert_eq!(page.tree.style_length(p), limits::MAX_INLINE_VARIABLES);
}

#[test]
fn variables_that_double_stay_small() {
    let mut css = String::from("--a0: lol;");
    for i in 1..60 {
        let before = i - 1;
        css.push_str(&format!("--a{i}: var(--a{before}) var(--a{before});"));
    }
    let mut page = Page::new("");
    let p = page.add(page.body, "p", "");
    page.set(p, "style", &css);
    page.update();
    let value = resolve(&page.tree.computed_style(p).unwrap(), &property_id("--a59").unwrap());
    assert!(value.len() < 4 << 20, "{}", value.len());
}

#[test]
fn two_apps_style_at_the_same_time() {
    let style_one = || {
        let mut page = Page::new("li:nth-child(3) b { color: red }");
        let list = page.add(page.body, "ul", "");
        let items: Vec<_> = (0..1500)
            .map(|_| {
                let item = page.add(list, "li", "");
                page.add(item, "b", "")
            })
            .collect();
        for round in 0..4 {
            page.set(list, "class", &round.to_string());
            let more = sheet(&page.tree, page.document, "i { color: red }");
            page.engine.set_stylesheet(&page.tree, list, Some(more));
            page.update();
        }
        assert_eq!(page.color(items[2]), RED);
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(style_one);
        }
    });
}
