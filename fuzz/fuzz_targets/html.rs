//! Markup, in pieces, to pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_dom::fonts::FontSet;
use virga_dom::parser::{
    ByteDecoder, HtmlParser, ParseOptions, ParserYield, parse_fragment, serialize_children,
};
use virga_dom::style::Stylesheet;
use virga_dom::{Tree, View};
use virga_fuzz::{look, source::Source, stack, words};
use virga_protocol::{ColorScheme, Micros, Viewport};

const VIEWPORT: Viewport =
    Viewport { width: 400.0, height: 300.0, scale: 1.0, color_scheme: ColorScheme::Light };

fuzz_target!(|data: &[u8]| {
    let data = data.to_vec();
    stack::run(move || run(&data));
});

fn run(data: &[u8]) {
    // The first byte says how the network cuts the rest, and what becomes of it; what
    // stands behind the last newline changes the tree later.
    let Some((&how, rest)) = data.split_first() else { return };
    let cut = rest.iter().rposition(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (spelled, changes) = rest.split_at(cut);
    let bytes = words::spell(spelled, &words::HTML);
    if std::env::var_os("VIRGA_FUZZ_PRINT").is_some() {
        eprintln!("{}", String::from_utf8_lossy(&bytes));
    }
    let piece = match how & 0x3f {
        0 => usize::MAX,
        length => usize::from(length),
    };
    let mut tree = Tree::new();
    let document = tree.create_document(true);
    let mut view = View::new(&mut tree, document, VIEWPORT, FontSet::bundled());
    let mut parser = HtmlParser::new(&mut tree, document, ParseOptions::default());
    let mut decoder = ByteDecoder::new(None);
    tree.set_recording(how & 0x80 != 0);
    for (place, piece) in bytes.chunks(piece).enumerate() {
        let text = decoder.push(piece);
        let mut step = parser.feed(&mut tree, &text);
        while matches!(step, ParserYield::Script(_)) {
            // What a script may do there.
            if how & 0x40 != 0 {
                let depth = parser.written_depth();
                parser.write("<b>written<p>", depth);
            }
            step = parser.resume(&mut tree);
        }
        if place % 16 == 0 {
            view.update(&mut tree, Micros(0));
        }
    }
    let rest = decoder.finish();
    parser.feed(&mut tree, &rest);
    while parser.finish(&mut tree) != ParserYield::Done {}
    tree.take_mutations();
    let mut sheets = look::Sheets::new();
    if let Ok(url) = url::Url::parse("https://example.org/") {
        let styles: Vec<_> = tree
            .descendants(document)
            .filter(|node| tree.is_html_element(*node, "style"))
            .take(8)
            .collect();
        for owner in styles {
            let css = tree.child_text_content(owner);
            if let Ok(sheet) = Stylesheet::parse(&tree, document, &css, &url, "") {
                sheets.push((owner, sheet.clone()));
                view.set_stylesheet(&tree, owner, Some(sheet));
            }
        }
    }
    view.update(&mut tree, Micros(0));
    view.paint(&mut tree);

    let mut source = Source::new(changes);
    for _ in 0..8 {
        if source.is_empty() {
            break;
        }
        look::change(&mut tree, document, &mut source);
        if source.once_in(2) {
            view.update(&mut tree, Micros(0));
        }
    }
    view.update(&mut tree, Micros(0));
    view.paint(&mut tree);
    look::ask(&mut tree, &mut view);

    if how & 0x40 == 0 {
        let markup = serialize_children(&tree, document, true);
        if let Some(body) = tree.body(document) {
            let fragment = parse_fragment(&mut tree, body, &markup, true);
            tree.append(body, fragment);
            view.update(&mut tree, Micros(16_667));
            view.paint(&mut tree);
        }
    }
    look::same_as_new(&mut tree, view, VIEWPORT, Micros(16_667), &sheets);
}
