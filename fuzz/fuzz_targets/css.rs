//! Style sheets and inline styles on a small page, to pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_dom::fonts::FontSet;
use virga_dom::parser::parse_document;
use virga_dom::style::Stylesheet;
use virga_dom::{Tree, View, local_name};
use virga_protocol::{ColorScheme, Micros, Viewport};

const VIEWPORT: Viewport =
    Viewport { width: 400.0, height: 300.0, scale: 1.5, color_scheme: ColorScheme::Light };

const PAGE: &str = "<!DOCTYPE html><body><style></style>\
    <div id=x class='a b'>one <b>two <i>three</i></b><img><input value=four>\
    <ul><li>five<li>six</ul><table><tr><td>seven<td>eight</table></div>\
    <p>nine<br>ten</p><svg><g/></svg>";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (sheet, inline) = text.split_once('\0').unwrap_or((text, ""));
    let mut tree = Tree::new();
    let document = parse_document(&mut tree, PAGE);
    let mut view = View::new(&mut tree, document, VIEWPORT, FontSet::bundled());
    let Ok(url) = url::Url::parse("https://example.org/a.css") else { return };
    let Some(element) = tree.element_by_id(document, "x") else { return };
    view.update(&mut tree, Micros(0));
    let owner = tree.descendants(document).find(|node| tree.is_html_element(*node, "style"));
    let Some(owner) = owner else { return };
    if let Ok(sheet) = Stylesheet::parse(&tree, document, sheet, &url, "") {
        view.set_stylesheet(&tree, owner, Some(sheet));
    }
    tree.set_plain_attribute(element, local_name!("style"), inline);
    view.update(&mut tree, Micros(0));
    view.paint(&mut tree);
    for property in ["width", "color", "transform", "grid-template-columns", "--a"] {
        view.computed_value(&mut tree, element, None, property, 0.0);
    }
    // Away again, and a class with it.
    tree.set_plain_attribute(element, local_name!("class"), "c");
    view.update(&mut tree, Micros(16_667));
    view.set_stylesheet(&tree, owner, None);
    view.update(&mut tree, Micros(33_334));
    view.paint(&mut tree);
});
