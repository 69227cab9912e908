//! Three files of the same glyphs: a space, simple outlines, and a composite one.

use skrifa::{
    FontRef, GlyphId, MetadataProvider as _,
    instance::{LocationRef, Size},
    outline::{DrawSettings, pen::SvgPen},
};

use super::*;

const PLAIN: &[u8] = include_bytes!("testdata/sample.ttf");
const WOFF: &[u8] = include_bytes!("testdata/sample.woff");
const WOFF2: &[u8] = include_bytes!("testdata/sample.woff2");

/// What a font draws, a glyph a line.
fn drawn(bytes: &[u8]) -> Vec<String> {
    let font = FontRef::new(bytes).expect("a font");
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let count = u32::from(metrics.glyph_count() as u16);
    (0..count)
        .map(|id| {
            let id = GlyphId::new(id);
            let mut pen = SvgPen::new();
            if let Some(outline) = font.outline_glyphs().get(id) {
                let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
                outline.draw(settings, &mut pen).expect("an outline");
            }
            let (advance, bearing) = (metrics.advance_width(id), metrics.left_side_bearing(id));
            format!("{advance:?} {bearing:?} {}", pen)
        })
        .collect()
}

#[test]
fn packed_fonts_draw_what_plain_ones_do() {
    let plain = drawn(PLAIN);
    assert!(plain.len() >= 5 && plain.iter().any(|glyph| glyph.len() > 100), "{plain:?}");
    for (name, bytes) in [("plain", PLAIN), ("WOFF", WOFF), ("WOFF 2", WOFF2)] {
        let decoded = decode_font(bytes).expect(name);
        assert_eq!(drawn(&decoded), plain, "{name}");
        let charmap = FontRef::new(&decoded).expect(name);
        assert!(charmap.charmap().map('\u{e9}').is_some(), "{name}");
    }
}

#[test]
fn what_is_cut_off_is_an_error() {
    for bytes in [WOFF, WOFF2] {
        for length in 4..bytes.len() {
            // The end of a file may be padding.
            if let Ok(decoded) = decode_font(&bytes[..length]) {
                assert_eq!(drawn(&decoded), drawn(PLAIN), "{length}");
            }
        }
    }
}

#[test]
fn what_is_changed_does_no_harm() {
    for bytes in [WOFF, WOFF2] {
        for at in 4..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[at] ^= 0x55;
            // Any answer will do, but it has to come.
            let _ = decode_font(&changed);
        }
    }
}

#[test]
fn what_is_no_font_is_named() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(decode_font(bytes).expect_err("no font").to_string(), expected);
    };
    check(b"", "the font is in no format that is known (OpenType, WOFF, WOFF 2)");
    check(b"<!doctype html>", "the font is in no format that is known (OpenType, WOFF, WOFF 2)");
    check(b"wOFF", "the font is broken: it ends too early");
    let mut collection = WOFF2.to_vec();
    collection[4..8].copy_from_slice(b"ttcf");
    check(&collection, "collections of fonts in WOFF 2 are not supported");
}
