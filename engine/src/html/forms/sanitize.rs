//! Value sanitization of `input`:
//! <https://html.spec.whatwg.org/#value-sanitization-algorithm>

use std::borrow::Cow;

use virga_dom::{NodeId, Tree};

use super::{dates, kind::InputType, step::Scale};
use crate::html::numbers::is_valid_float;

/// White space that is stripped around addresses.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

/// What an input makes of a value.
pub(crate) fn sanitize<'a>(
    tree: &Tree,
    input: NodeId,
    type_: InputType,
    value: &'a str,
) -> Cow<'a, str> {
    match type_ {
        InputType::Range => range(&Scale::of(tree, input, type_), value).into(),
        InputType::Email if tree.plain_attribute(input, &"multiple".into()).is_some() => {
            let parts = value.split(',').map(|part| part.trim_matches(is_space));
            let joined = parts.collect::<Vec<_>>().join(",");
            without_newlines(&joined).into_owned().into()
        }
        _ => plain(type_, value),
    }
}

/// What no other attribute has a say in.
fn plain(type_: InputType, value: &str) -> Cow<'_, str> {
    match type_ {
        InputType::Text | InputType::Search | InputType::Tel | InputType::Password => {
            without_newlines(value)
        }
        InputType::Url | InputType::Email => match without_newlines(value) {
            Cow::Borrowed(value) => value.trim_matches(is_space).into(),
            Cow::Owned(value) => value.trim_matches(is_space).to_owned().into(),
        },
        InputType::Number if !is_valid_float(value) => "".into(),
        InputType::Color => color(value).into(),
        InputType::DatetimeLocal => dates::normalized_local(value).into(),
        InputType::Date | InputType::Month | InputType::Week | InputType::Time
            if dates::to_number(type_, value).is_none() =>
        {
            "".into()
        }
        _ => value.into(),
    }
}

fn without_newlines(value: &str) -> Cow<'_, str> {
    if value.contains(['\n', '\r']) { value.replace(['\n', '\r'], "").into() } else { value.into() }
}

/// A number between the bounds and on a step; the middle by default.
fn range(scale: &Scale, value: &str) -> String {
    let parsed = is_valid_float(value).then(|| value.parse::<f64>().ok()).flatten();
    let (min, max) = (scale.min.unwrap_or(0.0), scale.max.unwrap_or(100.0));
    let number = parsed.unwrap_or(if max < min { min } else { min + (max - min) / 2.0 });
    let clamped = scale.clamp(number);
    // A value that is right already keeps its spelling.
    if parsed == Some(clamped) { value.to_owned() } else { clamped.to_string() }
}

fn color(value: &str) -> String {
    let simple = value.len() == 7
        && value.starts_with('#')
        && value[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    if simple { value.to_ascii_lowercase() } else { "#000000".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_made_valid() {
        use InputType::*;
        for (type_, input, expected) in [
            (Text, "a\nb\r", "ab"),
            (Email, "  a@b\n ", "a@b"),
            (Number, "1e2", "1e2"),
            (Number, "1px", ""),
            (Color, "#AbCdEf", "#abcdef"),
            (Color, "red", "#000000"),
            (Date, "2024-02-29", "2024-02-29"),
            (Date, "2023-02-29", ""),
            (Month, "2024-13", ""),
            (Week, "2020-W53", "2020-W53"),
            (Time, "23:59:59.999", "23:59:59.999"),
            (Time, "24:00", ""),
            (DatetimeLocal, "2024-01-01 10:00", "2024-01-01T10:00"),
            (Hidden, "a\nb", "a\nb"),
        ] {
            assert_eq!(plain(type_, input), expected, "{type_:?} {input:?}");
        }
    }

    #[test]
    fn other_attributes_have_a_say() {
        let mut tree = Tree::new();
        let document = tree.create_document(true);
        let input = tree.create_html_element(document, "input");
        let mut check = |type_, attributes: &[(&str, &str)], value, expected: &str| {
            for (name, text) in attributes {
                tree.set_plain_attribute(input, (*name).into(), *text);
            }
            assert_eq!(sanitize(&tree, input, type_, value), expected, "{attributes:?} {value}");
        };
        use InputType::*;
        check(Range, &[], "x", "50");
        check(Range, &[], "120", "100");
        check(Range, &[], "-3", "0");
        check(Range, &[("min", "10"), ("max", "20"), ("step", "4")], "15", "14");
        check(Range, &[("max", "5")], "7", "10");
        check(Email, &[("multiple", "")], " a@b , c@d ", "a@b,c@d");
    }
}
