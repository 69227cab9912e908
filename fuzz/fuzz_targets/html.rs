//! Markup, in pieces, to pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use virga_dom::fonts::FontSet;
use virga_dom::parser::{ByteDecoder, HtmlParser, ParseOptions, ParserYield, parse_fragment, serialize};
use virga_dom::{Tree, View};
use virga_protocol::{ColorScheme, Micros, Viewport};

const VIEWPORT: Viewport =
    Viewport { width: 400.0, height: 300.0, scale: 1.0, color_scheme: ColorScheme::Light };

fuzz_target!(|data: &[u8]| {
    // The first byte says how the network cuts the rest, and what becomes of it.
    let Some((&how, bytes)) = data.split_first() else { return };
    let piece = usize::from(how & 0x3f) + 1;
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
                parser.write(&mut tree, "<b>written<p>");
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
    view.update(&mut tree, Micros(0));
    view.paint(&mut tree);

    let markup = serialize(&tree, document, true);
    if let Some(body) = tree.body(document) {
        let fragment = parse_fragment(&mut tree, body, &markup, true);
        tree.append(body, fragment);
        view.update(&mut tree, Micros(16_667));
        view.paint(&mut tree);
    }
});
