//! Content that no node holds: `::before`, `::after` and list markers.

use std::rc::Rc;
use std::sync::Arc;

use style::computed_values::list_style_position::T as ListStylePosition;
use style::counter_style::CounterStyle;
use style::properties::ComputedValues;
use style::servo::attr::parse_integer;
use style::values::generics::counters::{Content, GenericContentItem};
use web_atoms::{LocalName, local_name, ns};

use crate::layout::LayoutStyle;
use crate::text::Shaped;
use crate::tree::{NodeId, Tree};

/// The marker of a list item.
#[derive(Debug)]
pub(crate) struct Marker {
    pub(crate) ordinal: i32,
    pub(crate) style: Rc<LayoutStyle>,
    /// What stands outside of the box. A marker inside is part of its lines.
    pub(crate) outside: Option<Arc<Shaped>>,
}

/// The text that `content` generates; `None` if it makes no box.
///
/// Counters and images generate nothing yet.
pub(super) fn content(tree: &Tree, node: NodeId, values: &ComputedValues) -> Option<String> {
    let _ = (tree, node);
    let Content::Items(items) = &values.get_counters().content else { return None };
    let mut text = String::new();
    for item in items.items.iter() {
        match item {
            GenericContentItem::String(string) => text.push_str(string),
            GenericContentItem::OpenQuote => text.push('\u{201C}'),
            GenericContentItem::CloseQuote => text.push('\u{201D}'),
            _ => {}
        }
    }
    Some(text)
}

/// The text of a list item's marker, with the space after it; `None` for none.
pub(super) fn marker(values: &ComputedValues, ordinal: i32) -> Option<String> {
    let text = match &values.get_list().list_style_type.0 {
        CounterStyle::None => return None,
        CounterStyle::String(text) => return Some(text.0.to_string()),
        CounterStyle::Name(name) => match &*name.0 {
            "disc" => return Some(String::from("\u{2022} ")),
            "circle" => return Some(String::from("\u{25E6} ")),
            "square" => return Some(String::from("\u{25AA} ")),
            "disclosure-open" => return Some(String::from("\u{25BE} ")),
            "disclosure-closed" => return Some(String::from("\u{25B8} ")),
            "decimal-leading-zero" => format!("{ordinal:02}"),
            "lower-roman" => roman(ordinal).unwrap_or_else(|| ordinal.to_string()),
            "upper-roman" => {
                roman(ordinal).map_or_else(|| ordinal.to_string(), |text| text.to_uppercase())
            }
            "lower-alpha" | "lower-latin" => letters(ordinal, b'a'),
            "upper-alpha" | "upper-latin" => letters(ordinal, b'A'),
            _ => ordinal.to_string(),
        },
        CounterStyle::Symbols { .. } => ordinal.to_string(),
    };
    Some(text + ". ")
}

pub(super) fn is_inside(values: &ComputedValues) -> bool {
    values.get_list().list_style_position == ListStylePosition::Inside
}

fn letters(ordinal: i32, first: u8) -> String {
    let Ok(mut rest) = u32::try_from(ordinal) else { return ordinal.to_string() };
    if rest == 0 {
        return String::from("0");
    }
    let mut reversed = Vec::new();
    while rest > 0 {
        reversed.push(char::from(first + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    reversed.iter().rev().collect()
}

fn roman(ordinal: i32) -> Option<String> {
    if !(1..=3999).contains(&ordinal) {
        return None;
    }
    let mut rest = ordinal;
    let mut out = String::new();
    for (value, digits) in [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ] {
        while rest >= value {
            out.push_str(digits);
            rest -= value;
        }
    }
    Some(out)
}

/// The ordinal of the first item of a list; `None` for what is no list.
pub(super) fn list_start(tree: &Tree, list: NodeId) -> Option<i32> {
    match tree.name(list).filter(|name| name.ns == ns!(html))?.local {
        local_name!("ol") => Some(integer(tree, list, &local_name!("start")).unwrap_or(1)),
        local_name!("ul") | local_name!("menu") => Some(1),
        _ => None,
    }
}

/// The ordinal that an item asks for.
pub(super) fn item_value(tree: &Tree, item: NodeId) -> Option<i32> {
    let is_item = tree.is_html_element(item, "li");
    is_item.then(|| integer(tree, item, &local_name!("value")))?
}

fn integer(tree: &Tree, node: NodeId, name: &LocalName) -> Option<i32> {
    parse_integer(tree.attribute(node, &ns!(), name)?.chars()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_have_their_letters() {
        for (ordinal, expected) in
            [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (703, "aaa"), (0, "0")]
        {
            assert_eq!(letters(ordinal, b'a'), expected);
        }
        for (ordinal, expected) in
            [(1, Some("i")), (4, Some("iv")), (1994, Some("mcmxciv")), (0, None), (4000, None)]
        {
            assert_eq!(roman(ordinal).as_deref(), expected);
        }
    }
}
