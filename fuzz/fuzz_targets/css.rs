//! Style sheets and inline styles on a small page, to pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_dom::fonts::FontSet;
use virga_dom::parser::parse_document;
use virga_dom::style::Stylesheet;
use virga_dom::{Tree, View, local_name};
use virga_fuzz::{look, source::Source, stack, words};
use virga_protocol::{ColorScheme, Micros, Viewport};

const VIEWPORT: Viewport =
    Viewport { width: 400.0, height: 300.0, scale: 1.5, color_scheme: ColorScheme::Light };

const PAGE: &str = "<!DOCTYPE html><body><style></style><style></style>\
    <div id=x class='a b'>one <b>two <i>three</i></b><img><input value=four>\
    <ul><li>five<li>six</ul><table><tr><td>seven<td>eight</table></div>\
    <p class=c>nine<br>ten \u{5d0}\u{5d1} and words that wrap somewhere in a line</p><svg><g/></svg>\
    <details open><summary>s</summary>t</details><textarea>u\nv</textarea><select><option>w</select>";

fuzz_target!(|data: &[u8]| {
    let data = data.to_vec();
    stack::run(move || run(&data));
});

fn run(data: &[u8]) {
    // A style sheet, an inline style, and how the tree changes later, NUL between them.
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut spell = || {
        let bytes = words::spell(parts.next().unwrap_or_default(), &words::CSS);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (sheet, inline) = (spell(), spell());
    let changes = parts.next().unwrap_or_default();
    if std::env::var_os("VIRGA_FUZZ_PRINT").is_some() {
        eprintln!("{sheet}\n---\n{inline}");
    }
    let mut tree = Tree::new();
    let document = parse_document(&mut tree, PAGE);
    let mut view = View::new(&mut tree, document, VIEWPORT, FontSet::bundled());
    let Ok(url) = url::Url::parse("https://example.org/a.css") else { return };
    let Some(element) = tree.element_by_id(document, "x") else { return };
    view.update(&mut tree, Micros(0));
    let owner = tree.descendants(document).find(|node| tree.is_html_element(*node, "style"));
    let Some(owner) = owner else { return };
    let mut sheets = look::Sheets::new();
    if let Ok(sheet) = Stylesheet::parse(&tree, document, &sheet, &url, "") {
        sheets.push((owner, sheet.clone()));
        view.set_stylesheet(&tree, owner, Some(sheet));
    }
    tree.set_plain_attribute(element, local_name!("style"), &inline);
    view.update(&mut tree, Micros(0));
    view.paint(&mut tree);
    for pseudo in [None, Some("::before"), Some("::marker"), Some("::first-line")] {
        for property in
            ["width", "color", "transform", "grid-template-columns", "--a", "font", "border"]
        {
            view.computed_value(&mut tree, element, pseudo, property, 0.0);
        }
    }
    view.update(&mut tree, Micros(500_000));
    view.paint(&mut tree);
    look::ask(&mut tree, &mut view);
    let mut source = Source::new(changes);
    for _ in 0..6 {
        if source.is_empty() {
            break;
        }
        look::change(&mut tree, document, &mut source);
        if source.once_in(2) {
            view.update(&mut tree, Micros(500_000));
        }
    }
    // Away again, and a class with it.
    tree.set_plain_attribute(element, local_name!("class"), "c");
    view.update(&mut tree, Micros(516_667));
    view.paint(&mut tree);
    if sheet.len() % 2 == 0 {
        view.set_stylesheet(&tree, owner, None);
        sheets.clear();
    }
    view.update(&mut tree, Micros(20_000_000));
    view.paint(&mut tree);
    look::same_as_new(&mut tree, view, VIEWPORT, Micros(20_000_000), &sheets);
}
