//! The `@font-face` rules that apply in a document.

use super::computed::supports_declaration;
use super::cssom::block as cssom_block;
use super::engine::StyleEngine;
use super::limits;
use super::sheet::{about_blank, parser_context};
use crate::fonts::{FaceRule, FaceSlant, FaceSource};
use crate::tree::Tree;
use cssparser::Parser;
use style::context::QuirksMode;
use style::font_face::{
    ComputedFontStyleRange, DescriptorId, Descriptors, FontFaceSourceFormat, FontStyleRange,
    FontWeightRange, FontWidthRange, Source,
};
use style::properties::parse_style_attribute;
use style::stylesheets::{CssRuleType, UrlExtraData};
use style::values::computed::font::FontStyle;
use style_traits::ToCss as _;

impl StyleEngine {
    /// The rules in order of the cascade. Those without a family or a source are
    /// none.
    pub(crate) fn font_faces(&self, tree: &Tree) -> Vec<FaceRule> {
        let guard = tree.lock.read();
        let mut rules = Vec::new();
        for (data, _) in self.stylist().iter_extra_data_origins() {
            for (rule, _) in data.font_faces.iter() {
                let own = &rule.read_with(&guard).descriptors;
                if let Some(family) = own.font_family.as_ref().filter(|_| own.src.is_some()) {
                    rules.push(face_rule(family.name.to_string(), own));
                }
            }
        }
        rules
    }
}

fn face_rule(family: String, own: &Descriptors) -> FaceRule {
    let sources = own.src.iter().flat_map(|list| &list.0).filter_map(source).collect();
    let weight = own.font_weight.as_ref().and_then(FontWeightRange::compute);
    let width = own.font_width.as_ref().and_then(FontWidthRange::compute);
    let slant = own.font_style.as_ref().and_then(FontStyleRange::compute);
    let ranges = own.unicode_range.iter().flatten().map(|range| (range.start, range.end));
    FaceRule {
        family,
        sources,
        weight: weight.map_or((400.0, 400.0), |range| (range.0.value(), range.1.value())),
        width: width.map_or((100.0, 100.0), |range| (range.0.0.to_float(), range.1.0.to_float())),
        slant: slant.map_or(FaceSlant::Normal, |ComputedFontStyleRange(least, _)| match least {
            FontStyle::NORMAL => FaceSlant::Normal,
            FontStyle::ITALIC => FaceSlant::Italic,
            _ => FaceSlant::Oblique,
        }),
        ranges: ranges.collect(),
    }
}

fn source(source: &Source) -> Option<FaceSource> {
    Some(match source {
        Source::Local(name) => FaceSource::Local(name.name.to_string()),
        Source::Url(source) => {
            let format = match &source.format_hint {
                None => String::new(),
                Some(FontFaceSourceFormat::Keyword(keyword)) => keyword.to_css_string(),
                Some(FontFaceSourceFormat::String(name)) => name.to_lowercase(),
            };
            FaceSource::Url { url: source.url.url()?.as_str().to_owned(), format }
        }
    })
}

/// A face that script describes: its family, its sources as `src` has them (none if it
/// brings its bytes), and other descriptors by name.
///
/// # Errors
///
/// The name of a descriptor whose value is not valid.
pub fn parse_face<'a>(
    family: &str,
    sources: Option<&str>,
    descriptors: &[(&'a str, &str)],
    base: &url::Url,
) -> Result<FaceRule, &'a str> {
    let context_base = UrlExtraData::from(base.clone());
    let context = parser_context(&context_base, QuirksMode::NoQuirks, CssRuleType::FontFace);
    let mut own = Descriptors::default();
    let mut set = |name: &'a str, value: &str| {
        let id = Parser::new(name).parse_entirely(DescriptorId::parse).map_err(|_| name)?;
        limits::check(value).map_err(|_| name)?;
        match own.set(id, &context, &mut Parser::new(value)) {
            Ok(_) => Ok(()),
            Err(_) => Err(name),
        }
    };
    if let Some(sources) = sources {
        set("src", sources)?;
    }
    for (name, value) in descriptors {
        let default = matches!((*name, *value), (_, "normal") if *name != "font-style");
        if !default || matches!(*name, "font-weight" | "font-width") {
            set(name, value)?;
        }
    }
    let rule = face_rule(family.to_owned(), &own);
    Ok(rule)
}

/// What a value of the `font` property asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct FontQuery {
    /// Names of families; generic ones are not among them.
    pub families: Vec<String>,
    /// From 1 to 1000.
    pub weight: f32,
    /// How it slants.
    pub slant: FaceSlant,
}

/// Reads a value of the `font` property; `None` if it is not one that names families.
#[must_use]
pub fn parse_font(text: &str) -> Option<FontQuery> {
    let wide = ["inherit", "initial", "unset", "revert", "revert-layer"];
    // A value and nothing behind it: below, other declarations might follow.
    if !supports_declaration("font", text)
        || wide.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
    {
        return None;
    }
    let base = about_blank();
    let block = parse_style_attribute(
        &format!("font:{text}"),
        &base,
        None,
        QuirksMode::NoQuirks,
        CssRuleType::Style,
    );
    let value = |name: &str| cssom_block::value(&block, name);
    let families = value("font-family");
    if families.is_empty() {
        return None;
    }
    let weight = match value("font-weight").as_str() {
        "bold" | "bolder" => 700.0,
        "lighter" => 100.0,
        number => number.parse().unwrap_or(400.0),
    };
    let style = value("font-style");
    let slant = match style.as_str() {
        "italic" => FaceSlant::Italic,
        style if style.starts_with("oblique") => FaceSlant::Oblique,
        _ => FaceSlant::Normal,
    };
    Some(FontQuery { families: family_names(&families), weight, slant })
}

/// The names in a serialized `font-family`.
fn family_names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut quoted, mut chars) = (false, text.chars());
    while let Some(ch) = chars.next() {
        match ch {
            '"' => quoted = !quoted,
            '\\' => names.last_mut().into_iter().for_each(|name| name.extend(chars.next())),
            ',' if !quoted => names.push(String::new()),
            _ => names.last_mut().into_iter().for_each(|name| name.push(ch)),
        }
    }
    names.into_iter().map(|name| name.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_property_is_read() {
        let check = |text: &str, expected: Option<(&[&str], f32, FaceSlant)>| {
            let found = parse_font(text);
            let found = found.as_ref().map(|query| {
                let families: Vec<&str> = query.families.iter().map(String::as_str).collect();
                (families, query.weight, query.slant)
            });
            let expected = expected.map(|(names, weight, slant)| (names.to_vec(), weight, slant));
            assert_eq!(found, expected, "{text}");
        };
        check("16px Foo", Some((&["Foo"], 400.0, FaceSlant::Normal)));
        check(
            "italic bold 1em/2 'A, b', serif",
            Some((&["A, b", "serif"], 700.0, FaceSlant::Italic)),
        );
        check("oblique 350 10px \"Two words\"", Some((&["Two words"], 350.0, FaceSlant::Oblique)));
        for wrong in ["", "inherit", "Foo", "16px", "16px Foo; color: red"] {
            check(wrong, None);
        }
    }

    #[test]
    fn faces_of_scripts_are_read() {
        let base = url::Url::parse("http://a.example/b/c").expect("a URL");
        let face = |sources, descriptors: &[(&'static str, &str)]| {
            parse_face("F", sources, descriptors, &base)
        };
        let rule = face(
            Some("local(X), url(y.woff2) format('woff2')"),
            &[("font-weight", "100 900"), ("font-style", "italic"), ("unicode-range", "U+41-5A")],
        )
        .expect("a face");
        assert_eq!(rule.weight, (100.0, 900.0));
        assert_eq!((rule.slant, rule.ranges), (FaceSlant::Italic, vec![(0x41, 0x5A)]));
        let url = "http://a.example/b/y.woff2".to_owned();
        let named = FaceSource::Url { url, format: "woff2".to_owned() };
        assert_eq!(rule.sources, [FaceSource::Local("X".to_owned()), named]);
        assert_eq!(face(Some("nothing"), &[]), Err("src"));
        assert_eq!(face(None, &[("font-weight", "heavy")]), Err("font-weight"));
        assert!(face(None, &[("font-weight", "normal"), ("font-display", "auto")]).is_ok());
    }
}
