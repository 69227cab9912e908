//! Computed values as text (`getComputedStyle`), and what CSS is known here.
//!
//! <https://drafts.csswg.org/cssom/#resolved-values>

use super::inline::property;
use super::limits;
use super::sheet::{about_blank, parse_media, parser_context};
use std::sync::LazyLock;
use style::context::QuirksMode;
use style::device::Device;
use style::media_queries::MediaList;
use style::properties::{
    ComputedValues, LonghandId, NonCustomPropertyId, PropertyDeclarationId, PropertyId, ShorthandId,
};
use style::stylesheets::supports_rule::{SupportsCondition, parse_condition_or_declaration};
use style::stylesheets::{CssRuleType, CustomMediaEvaluator};
use style_traits::ToCss;

/// The resolved value of a property in a style; `None` for a property that
/// does not exist.
pub(crate) fn resolve(style: &ComputedValues, property: &PropertyId) -> String {
    match property.as_shorthand() {
        Ok(shorthand) => resolve_shorthand(style, shorthand),
        Err(PropertyDeclarationId::Longhand(longhand)) => resolve_longhand(style, longhand),
        Err(custom @ PropertyDeclarationId::Custom(_)) => style.computed_value_to_string(custom),
    }
}

fn resolve_longhand(style: &ComputedValues, longhand: LonghandId) -> String {
    style.computed_value_to_string(PropertyDeclarationId::Longhand(longhand))
}

/// A shorthand has a value if its longhands' values can be written as one.
fn resolve_shorthand(style: &ComputedValues, shorthand: ShorthandId) -> String {
    let declarations: Vec<_> = shorthand
        .longhands()
        .map(|longhand| style.computed_or_resolved_declaration(longhand, None))
        .collect();
    let mut block = style::properties::PropertyDeclarationBlock::new();
    for declaration in declarations {
        block.push(declaration, style::properties::Importance::Normal);
    }
    let mut text = String::new();
    match block.shorthand_to_css(shorthand, &mut text) {
        Ok(()) => text,
        Err(_) => String::new(),
    }
}

struct Names {
    all: Vec<&'static str>,
    longhands: Vec<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    super::initialize();
    let mut names = Names { all: Vec::new(), longhands: Vec::new() };
    for id in NonCustomPropertyId::iter() {
        let property = id.to_property_id();
        if !property.enabled_for_all_content() {
            continue;
        }
        // An internal property has no name that an author could write.
        let name: &'static str = match (id.as_longhand(), id.as_shorthand()) {
            (Some(longhand), _) => longhand.name(),
            (None, Some(shorthand)) => shorthand.name(),
            (None, None) => {
                let text: String = id.to_css_string();
                Box::leak(text.into_boxed_str())
            }
        };
        if name.starts_with("-x-") || name.starts_with("-moz-") || self::property(name).is_none() {
            continue;
        }
        names.all.push(name);
        if id.as_longhand().is_some() && !name.starts_with('-') {
            names.longhands.push(name);
        }
    }
    names.all.sort_unstable();
    names.longhands.sort_unstable();
    names
});

/// The names of all properties, shorthands and aliases included, sorted.
pub fn property_names() -> &'static [&'static str] {
    &NAMES.all
}

/// The names of all longhands without a vendor's prefix, sorted: what a
/// computed style lists.
pub fn longhand_names() -> &'static [&'static str] {
    &NAMES.longhands
}

/// Whether a property of this name (in lower case, or a custom one) exists.
pub fn is_property(name: &str) -> bool {
    property(name).is_some()
}

/// `CSS.supports(property, value)`.
pub fn supports_declaration(name: &str, value: &str) -> bool {
    super::initialize();
    if limits::check(value).is_err() || value.contains('!') {
        return false;
    }
    let Some(id) = property(name) else {
        return false;
    };
    let mut source = style::properties::SourcePropertyDeclaration::default();
    style::properties::parse_one_declaration_into(
        &mut source,
        id,
        value,
        style::stylesheets::Origin::Author,
        &about_blank(),
        None,
        style_traits::ParsingMode::DEFAULT,
        QuirksMode::NoQuirks,
        CssRuleType::Style,
    )
    .is_ok()
}

/// `CSS.supports(condition)`: the condition, or a declaration alone.
pub fn supports_condition(condition: &str) -> bool {
    super::initialize();
    if limits::check(condition).is_err() {
        return false;
    }
    let parsed: Result<SupportsCondition, _> = cssparser::Parser::new(condition)
        .parse_entirely(|input| parse_condition_or_declaration(input));
    let base = about_blank();
    let mut context = parser_context(&base, QuirksMode::NoQuirks, CssRuleType::Style);
    parsed.is_ok_and(|condition| condition.eval(&mut context))
}

/// A list of transform functions as one matrix, by columns, and whether it is
/// 3D. `None` if the text is not one, or has lengths that are not absolute.
///
/// <https://drafts.fxtf.org/geometry/#parse-a-string-into-an-abstract-matrix>
pub fn parse_transform(text: &str) -> Option<([f64; 16], bool)> {
    super::initialize();
    limits::check(text).ok()?;
    let text = if text.trim().is_empty() { "none" } else { text };
    let base = about_blank();
    let context = parser_context(&base, QuirksMode::NoQuirks, CssRuleType::Style);
    let list = cssparser::Parser::new(text)
        .parse_entirely(|input| style::properties::longhands::transform::parse(&context, input))
        .ok()?;
    let (matrix, is_3d) = list.to_transform_3d_matrix_f64(None).ok()?;
    Some((matrix.to_array(), is_3d))
}

/// A media query list, as `matchMedia` takes it.
pub struct MediaQuery(MediaList);

impl std::fmt::Debug for MediaQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MediaQuery({:?})", self.text())
    }
}

impl MediaQuery {
    /// Parses a list. What cannot be parsed is `not all`.
    pub fn parse(text: &str) -> Self {
        super::initialize();
        let text = if limits::check(text).is_ok() { text } else { "not all" };
        Self(parse_media(text, &about_blank(), QuirksMode::NoQuirks))
    }

    /// The list in its canonical form.
    pub fn text(&self) -> String {
        self.0.to_css_string()
    }

    pub(crate) fn evaluate(&self, device: &Device) -> bool {
        self.0.evaluate(device, QuirksMode::NoQuirks, &mut CustomMediaEvaluator::none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supports_says_what_is_known() {
        assert!(supports_declaration("display", "flex"));
        assert!(!supports_declaration("display", "flexible"));
        assert!(!supports_declaration("display", "flex !important"));
        assert!(!supports_declaration("nonsense", "1px"));
        assert!(supports_declaration("--x", "anything at all"));
        assert!(supports_condition("display: grid"));
        assert!(supports_condition("(display: grid) and (not (display: nonsense))"));
        assert!(!supports_condition("(display: nonsense) or (width: 1furlong)"));
        assert!(supports_condition("selector(p:has(> b))"));
        assert!(!supports_condition("selector(p:nope)"));
        assert!(!supports_condition(""));
        assert!(!supports_condition(&"(".repeat(10_000)));
    }

    #[test]
    fn names_are_there_and_sorted() {
        for name in ["color", "margin", "border-top-left-radius", "float", "grid-template-areas"] {
            assert!(property_names().binary_search(&name).is_ok(), "{name}");
            assert!(is_property(name));
        }
        assert!(longhand_names().contains(&"margin-left"));
        assert!(!longhand_names().contains(&"margin"));
        assert!(!is_property("nonsense"));
    }

    #[test]
    fn media_queries_have_a_canonical_text() {
        assert_eq!(
            MediaQuery::parse("(MIN-WIDTH: 10px) and (orientation:landscape)").text(),
            "(min-width: 10px) and (orientation: landscape)"
        );
        assert_eq!(MediaQuery::parse("!!").text(), "not all");
        assert_eq!(MediaQuery::parse("").text(), "");
    }
}
