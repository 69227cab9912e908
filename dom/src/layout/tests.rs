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

/// Rows in a list, as the budget tables have them.
fn rows(count: usize) -> Page {
    let mut markup = String::from(r#"<div id="list">"#);
    for index in 0..count {
        markup.push_str(&format!(r#"<div class="row" id="r{index}">row <b>{index}</b> text</div>"#));
    }
    markup.push_str("</div>");
    Page::new("body { margin: 0 } .row { padding: 4px; border-bottom: 1px solid gray } .on { color: red }", &markup)
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
    println!("{short:#?}");
    assert_eq!(costs_of_one_row(10_000), short);
}
