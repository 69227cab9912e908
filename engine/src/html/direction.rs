//! Which way text runs: <https://html.spec.whatwg.org/#the-directionality>

use virga_dom::{NodeId, Tree};

use super::forms::{kind::InputType, value};

/// Characters of scripts that run from right to left.
fn is_strong_rtl(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x05ff | 0x0600..=0x07bf | 0x07c0..=0x08ff | 0x200f | 0xfb1d..=0xfdff
        | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff)
        && (c.is_alphabetic() || c == '\u{200f}')
}

/// The direction of the first character that has one.
fn of_text(text: &str) -> Option<bool> {
    text.chars().find_map(|c| {
        if is_strong_rtl(c) {
            Some(true)
        } else if c.is_alphabetic() || c == '\u{200e}' {
            Some(false)
        } else {
            None
        }
    })
}

/// <https://html.spec.whatwg.org/#auto-directionality>
fn of_contents(tree: &Tree, element: NodeId) -> Option<bool> {
    if tree.is_html_element(element, "textarea") || InputType::of(tree, element).is_some() {
        let text = value::api_value(tree, element);
        return of_text(&text).or((!text.is_empty()).then_some(false));
    }
    let mut next = tree.next_in_order(element, element, false);
    while let Some(id) = next {
        if tree.is_text(id)
            && let Some(found) = of_text(tree.text(id))
        {
            return Some(found);
        }
        let skipped = tree.is_element(id)
            && (["bdi", "script", "style", "textarea"]
                .iter()
                .any(|name| tree.is_html_element(id, name))
                || stated(tree, id).is_some());
        next = tree.next_in_order(id, element, skipped);
    }
    None
}

/// What a `dir` attribute says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stated {
    Ltr,
    Rtl,
    Auto,
}

fn stated(tree: &Tree, element: NodeId) -> Option<Stated> {
    if tree.namespace(element) != Some(&virga_dom::ns!(html)) {
        return None;
    }
    let value = tree.plain_attribute(element, &"dir".into())?;
    [("ltr", Stated::Ltr), ("rtl", Stated::Rtl), ("auto", Stated::Auto)]
        .into_iter()
        .find(|(keyword, _)| keyword.eq_ignore_ascii_case(value))
        .map(|(_, stated)| stated)
}

/// Whether the text of an element runs from right to left.
pub(crate) fn is_rtl(tree: &Tree, element: NodeId) -> bool {
    let mut at = Some(element);
    while let Some(id) = at {
        match stated(tree, id) {
            Some(Stated::Ltr) => return false,
            Some(Stated::Rtl) => return true,
            Some(Stated::Auto) => return of_contents(tree, id).unwrap_or(false),
            None if tree.is_html_element(id, "bdi") => {
                if let Some(found) = of_contents(tree, id) {
                    return found;
                }
            }
            None if InputType::of(tree, id) == Some(InputType::Tel) => return false,
            None => {}
        }
        at = tree.parent_element(id);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_strong_character_decides() {
        for (text, expected) in [
            ("abc", Some(false)),
            ("1 \u{5d0}b", Some(true)),
            ("123", None),
            ("(\u{627}", Some(true)),
        ] {
            assert_eq!(of_text(text), expected, "{text}");
        }
    }
}
