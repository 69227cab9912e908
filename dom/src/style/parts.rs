//! Parts of shadow trees: <https://drafts.csswg.org/css-shadow-parts/>

/// The mappings of an `exportparts` attribute: an inner name, and the name that
/// it has outside. What does not parse is left out.
///
/// <https://drafts.csswg.org/css-shadow-parts/#parsing-mapping-list>
pub(super) fn mappings(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(mapping)
}

fn mapping(text: &str) -> Option<(&str, &str)> {
    let (inner, outer) = text.split_once(':').unwrap_or((text, text));
    let (inner, outer) = (inner.trim_matches(' '), outer.trim_matches(' '));
    let token = |name: &str| !name.is_empty() && !name.contains([' ', ':']);
    (token(inner) && token(outer)).then_some((inner, outer))
}

#[cfg(test)]
mod tests {
    use super::mappings;

    #[test]
    fn mappings_are_names_or_pairs() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            assert_eq!(mappings(text).collect::<Vec<_>>(), expected, "{text:?}");
        };
        check("a", &[("a", "a")]);
        check(" a : b , c", &[("a", "b"), ("c", "c")]);
        check("a b, c", &[("c", "c")]);
        check("a:b:c, :d, e:, ,", &[]);
    }
}
