use crate::style::Stylesheet;
use crate::style::cssom::{RuleChange, RuleError, RuleKind};
use crate::style::{StyleEngine, Viewport};
use crate::tree::{NodeId, Tree};
use url::Url;

/// A document with `rows` paragraphs, a sheet, and the engine that styles it.
struct Page {
    tree: Tree,
    engine: StyleEngine,
    sheet: Stylesheet,
    first: NodeId,
}

fn page(rows: usize, css: &str) -> Page {
    crate::style::initialize();
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    let html = tree.create_html_element(document, "html");
    let body = tree.create_html_element(document, "body");
    tree.append(html, body);
    tree.append(document, html);
    for row in 0..rows {
        let p = tree.create_html_element(document, "p");
        tree.set_plain_attribute(p, markup5ever::local_name!("id"), format!("p{row}"));
        tree.append(body, p);
    }
    let base = Url::parse("about:blank").unwrap();
    let sheet = Stylesheet::parse(&tree, document, css, &base, "").unwrap();
    let metrics = Box::new(crate::style::tests::NoMetrics);
    let mut engine = StyleEngine::new(&mut tree, document, Viewport::default(), metrics);
    let first = tree.first_child(body).unwrap();
    engine.set_stylesheet(&tree, body, Some(sheet.clone()));
    engine.update(&mut tree, 0.0);
    Page { tree, engine, sheet, first }
}

impl Page {
    /// How many elements an edit makes styled again.
    fn cost(&mut self, edit: impl FnOnce(&mut Self)) -> u64 {
        let before = self.engine.counters().nodes_styled;
        edit(self);
        self.engine.update(&mut self.tree, 0.0);
        self.engine.counters().nodes_styled - before
    }

    fn color(&self) -> String {
        let style = self.tree.computed_style(self.first).unwrap();
        crate::style::resolve(&style, &crate::style::property_id("color").unwrap())
    }
}

#[test]
fn an_inserted_rule_restyles_what_it_matches() {
    let costs: Vec<[u64; 4]> = [10, 1000]
        .into_iter()
        .map(|rows| {
            let mut page = page(rows, "p { color: red }");
            let nothing = page.cost(|p| {
                let inserted = p.sheet.insert_rule(&p.tree, ".none { color: blue }", 1).unwrap();
                p.engine.rule_changed(&p.tree, &inserted.rule, RuleChange::Added);
            });
            let one = page.cost(|p| {
                let inserted = p.sheet.insert_rule(&p.tree, "#p0 { color: blue }", 1).unwrap();
                p.engine.rule_changed(&p.tree, &inserted.rule, RuleChange::Added);
            });
            assert_eq!(page.color(), "rgb(0, 0, 255)");
            let edited = page.cost(|p| {
                let rule = p.sheet.rule(&p.tree, 1).unwrap();
                assert!(rule.declarations(&p.tree).unwrap().set(&p.tree, "color", "lime", false));
                p.engine.rule_changed(&p.tree, &rule, RuleChange::Declarations);
            });
            assert_eq!(page.color(), "rgb(0, 255, 0)");
            let removed = page.cost(|p| {
                let rule = p.sheet.remove_rule(&p.tree, 1).unwrap();
                p.engine.rule_changed(&p.tree, &rule, RuleChange::Removed);
            });
            assert_eq!(page.color(), "rgb(255, 0, 0)");
            [nothing, one, edited, removed]
        })
        .collect();
    assert_eq!(costs[0], [0, 1, 1, 1]);
    assert_eq!(costs[0], costs[1]);
}

#[test]
fn selectors_and_media_are_edited_in_place() {
    let mut page = page(3, "#p1 { color: red } @media print { #p0 { color: blue } }");
    page.cost(|p| {
        let rule = p.sheet.rule(&p.tree, 0).unwrap();
        assert!(!rule.accepts_selector(&p.tree, "p >"));
        p.engine.rule_changed(&p.tree, &rule, RuleChange::Removed);
        rule.set_selector_text(&p.tree, "#p0");
        assert_eq!(rule.selector_text(&p.tree), "#p0");
        p.engine.rule_changed(&p.tree, &rule, RuleChange::Added);
    });
    assert_eq!(page.color(), "rgb(255, 0, 0)");
    page.cost(|p| {
        let rule = p.sheet.rule(&p.tree, 1).unwrap();
        p.engine.rule_changed(&p.tree, &rule, RuleChange::Removed);
        rule.media(&p.tree).unwrap().set_text(&p.tree, "screen");
        assert_eq!(rule.condition_text(&p.tree), "screen");
        p.engine.rule_changed(&p.tree, &rule, RuleChange::Added);
    });
    assert_eq!(page.color(), "rgb(0, 0, 255)");
}

#[test]
fn adopted_sheets_come_last() {
    let mut page = page(1, "p { color: red }");
    let document = page.engine.document();
    let base = Url::parse("about:blank").unwrap();
    let sheet =
        Stylesheet::construct(&page.tree, document, "p { color: blue }", &base, "").unwrap();
    page.cost(|p| p.engine.set_adopted(&p.tree, &[sheet.clone(), sheet.clone()]));
    assert_eq!(page.color(), "rgb(0, 0, 255)");
    page.cost(|p| {
        p.engine.change_sheet(&p.tree, &sheet, |sheet| {
            sheet.set_disabled(true);
        });
    });
    assert_eq!(page.color(), "rgb(255, 0, 0)");
    page.cost(|p| {
        p.engine.change_sheet(&p.tree, &sheet, |sheet| {
            sheet.set_disabled(false);
        });
    });
    assert_eq!(page.color(), "rgb(0, 0, 255)");
    page.cost(|p| p.engine.set_adopted(&p.tree, &[]));
    assert_eq!(page.color(), "rgb(255, 0, 0)");
}

#[test]
fn what_is_not_a_rule_is_refused() {
    let page = page(1, "p { color: red }");
    let check = |text: &str, index, expected| {
        let result = page.sheet.insert_rule(&page.tree, text, index).map(|_| ());
        assert_eq!(result, Err(expected), "{text}");
    };
    check("", 0, RuleError::Syntax);
    check("p {} q {}", 0, RuleError::Syntax);
    check("p >", 0, RuleError::Syntax);
    check("p {}", 2, RuleError::IndexSize);
    check("@import url(x.css);", 1, RuleError::HierarchyRequest);
    check("@namespace url(x);", 0, RuleError::InvalidState);
    check(&"@media all {".repeat(200), 0, RuleError::Syntax);
    assert_eq!(page.sheet.remove_rule(&page.tree, 1).unwrap_err(), RuleError::IndexSize);
}

#[test]
fn rules_say_what_they_are() {
    let css = "@import url(a.css) screen; @namespace svg url(http://s); p { color: red }
        @media (width > 1px) { a { top: 0 } } @supports (top: 0) {} @font-face { font-family: x }
        @keyframes k { from { top: 0 } 50%, to { top: 1px } } @layer a, b; @layer c {}
        @property --x { syntax: '<length>'; inherits: false; initial-value: 1px } @scope (a) {}";
    let page = page(1, css);
    let rule = |index| page.sheet.rule(&page.tree, index).unwrap();
    let kinds: Vec<RuleKind> =
        (0..page.sheet.rule_count(&page.tree)).map(|index| rule(index).kind()).collect();
    use RuleKind::*;
    assert_eq!(
        kinds,
        [
            Import,
            Namespace,
            Style,
            Media,
            Supports,
            FontFace,
            Keyframes,
            LayerStatement,
            LayerBlock,
            Property,
            Scope
        ]
    );
    assert_eq!(rule(2).text(&page.tree), "p { color: red; }");
    assert_eq!(rule(3).child(&page.tree, 0).unwrap().text(&page.tree), "a { top: 0px; }");
    assert_eq!(rule(6).child(&page.tree, 1).unwrap().selector_text(&page.tree), "50%, 100%");
    assert_eq!(rule(6).find_keyframe(&page.tree, "0%"), Some(0));
    assert_eq!(rule(7).layer_names(), ["a", "b"]);
    assert_eq!(rule(9).property(), ("<length>".to_owned(), false, Some("1px".to_owned())));
    let font = rule(5).descriptors().unwrap();
    font.set(&page.tree, "font-weight", "bold");
    font.set(&page.tree, "font-weight", "nonsense");
    assert_eq!(font.text(&page.tree), "font-family: x; font-weight: bold;");
}
