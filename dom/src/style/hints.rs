//! Presentational hints: what HTML attributes say about style.
//!
//! <https://html.spec.whatwg.org/multipage/rendering.html>
//!
//! Hints are written as CSS and parsed once per distinct text: stylo shares
//! styles between elements whose hints are the same object.

use super::handle::Handle;
use super::sheet::about_blank;
use crate::tree::ElementData;
use crate::tree::slot::NodeSlot;
use markup5ever::{LocalName, local_name, ns};
use std::fmt::Write;
use std::sync::Mutex;
use style::color::AbsoluteColor;
use style::context::QuirksMode;
use style::dom::TNode;
use style::properties::{PropertyDeclarationBlock, parse_style_attribute};
use style::servo::attr::{
    LengthOrPercentageOrAuto, parse_integer, parse_legacy_color, parse_length,
    parse_nonzero_length, parse_unsigned_integer,
};
use style::servo_arc::Arc;
use style::shared_lock::{Locked, SharedRwLock};
use style::stylesheets::CssRuleType;

/// Parsed hints of a document, by their text.
#[derive(Debug, Default)]
pub(crate) struct HintCache(Mutex<rustc_hash::FxHashMap<String, Block>>);

type Block = Arc<Locked<PropertyDeclarationBlock>>;

/// More distinct texts than this, and old ones are forgotten.
const MAX_CACHED: usize = 4096;

/// Whether a change of this attribute of this element changes its style by
/// itself.
pub(crate) fn is_presentational(element: &ElementData, attribute: &LocalName) -> bool {
    if element.name.ns == ns!(svg) {
        return element.name.local == local_name!("svg")
            && matches!(*attribute, local_name!("width") | local_name!("height"));
    }
    element.name.ns == ns!(html)
        && (matches!(
            &**attribute,
            "align"
                | "background"
                | "bgcolor"
                | "border"
                | "bordercolor"
                | "cellpadding"
                | "cellspacing"
                | "clear"
                | "color"
                | "cols"
                | "face"
                | "height"
                | "hspace"
                | "leftmargin"
                | "link"
                | "marginheight"
                | "marginwidth"
                | "noshade"
                | "nowrap"
                | "rows"
                | "size"
                | "start"
                | "text"
                | "topmargin"
                | "type"
                | "valign"
                | "value"
                | "vspace"
                | "width"
        ))
}

/// The declarations that an element's attributes stand for.
pub(crate) fn declarations(element: Handle<'_>, lock: &SharedRwLock) -> Option<Block> {
    let data = element.data();
    if data.attributes.is_empty() && !inherits_hints(data) {
        return None;
    }
    let mut css = String::new();
    if data.name.ns == ns!(html) {
        html(element, data, &mut css);
    } else if data.name.ns == ns!(svg) && data.name.local == local_name!("svg") {
        for name in [local_name!("width"), local_name!("height")] {
            if let Some(value) = data.plain(&name) {
                svg_length(&mut css, &name, value);
            }
        }
    }
    if css.is_empty() {
        return None;
    }
    let cache = &element.slot().document().and_then(NodeSlot::document_data)?.hints;
    let mut cache = cache.0.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(block) = cache.get(&css) {
        return Some(block.clone());
    }
    if cache.len() >= MAX_CACHED {
        cache.clear();
    }
    let url = about_blank();
    let block = parse_style_attribute(&css, &url, None, QuirksMode::NoQuirks, CssRuleType::Style);
    let block = Arc::new(lock.wrap(block));
    cache.insert(css, block.clone());
    Some(block)
}

/// A table's cells take hints from the table.
fn inherits_hints(data: &ElementData) -> bool {
    matches!(data.name.local, local_name!("td") | local_name!("th"))
}

/// A `border` attribute's pixels; one without a number counts as 1.
pub(crate) fn parse_border(value: &str) -> u32 {
    parse_unsigned_integer(value.chars()).unwrap_or(1)
}

fn html(element: Handle<'_>, data: &ElementData, css: &mut String) {
    let tag = &data.name.local;
    let attribute = |name: &str| {
        data.attributes
            .iter()
            .find(|a| a.name.ns == ns!() && *a.name.local == *name)
            .map(super::super::tree::Attribute::value)
    };
    dimensions(tag, &attribute, css);
    align(tag, &attribute, css);
    colors(tag, &attribute, css);
    match &**tag {
        "table" => table(&attribute, css),
        "td" | "th" => cell(element, &attribute, css),
        "font" => font(&attribute, css),
        "ol" | "ul" | "li" => list(tag, &attribute, css),
        "hr" => rule(&attribute, css),
        "br" => {
            if let Some(clear) = attribute("clear") {
                match &*clear.to_ascii_lowercase() {
                    "left" => css.push_str("clear:left;"),
                    "right" => css.push_str("clear:right;"),
                    "all" | "both" => css.push_str("clear:both;"),
                    _ => {}
                }
            }
        }
        "body" => {
            for (name, sides) in [
                ("marginwidth", &["left", "right"][..]),
                ("marginheight", &["top", "bottom"]),
                ("leftmargin", &["left"]),
                ("topmargin", &["top"]),
            ] {
                if let Some(px) = attribute(name).and_then(pixels) {
                    for side in sides {
                        put(css, format_args!("margin-{side}:{px}px;"));
                    }
                }
            }
        }
        _ => {}
    }
}

/// `width`, `height`, `hspace`, `vspace` and `border` of what has them.
fn dimensions<'a>(tag: &str, attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let image =
        tag == "input" && attribute("type").is_some_and(|t| t.eq_ignore_ascii_case("image"));
    let embedded = image
        || matches!(tag, "iframe" | "embed" | "video" | "object" | "img" | "marquee" | "canvas");
    let wide = embedded && tag != "canvas"
        || matches!(tag, "table" | "col" | "colgroup" | "tr" | "td" | "th" | "hr");
    let high = embedded && tag != "canvas"
        || matches!(tag, "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th");
    let cell = matches!(tag, "td" | "th");
    if wide && let Some(value) = attribute("width") {
        length(css, "width", value, cell || tag == "table");
    }
    if high && let Some(value) = attribute("height") {
        length(css, "height", value, cell);
    }
    if matches!(tag, "img" | "video") || image {
        ratio(attribute, css);
    }
    if image || matches!(tag, "embed" | "img" | "object" | "marquee") {
        if let Some(value) = attribute("hspace") {
            length(css, "margin-left", value, false);
            length(css, "margin-right", value, false);
        }
        if let Some(value) = attribute("vspace") {
            length(css, "margin-top", value, false);
            length(css, "margin-bottom", value, false);
        }
    }
    if (image || matches!(tag, "img" | "object"))
        && let Some(px) = attribute("border").and_then(pixels).filter(|px| *px > 0)
    {
        put(css, format_args!("border:{px}px solid;"));
    }
}

/// Width and height together give an image its shape before it has loaded.
fn ratio<'a>(attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let px = |name| match parse_length(attribute(name).unwrap_or("")) {
        LengthOrPercentageOrAuto::Length(px) if px.0 > 0 => Some(px.to_f32_px()),
        _ => None,
    };
    if let (Some(w), Some(h)) = (px("width"), px("height")) {
        put(css, format_args!("aspect-ratio:auto {w} / {h};"));
    }
}

fn align<'a>(tag: &str, attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(value) = attribute("align") {
        let value = value.trim().to_ascii_lowercase();
        match tag {
            "div" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" => match &*value {
                "left" => css.push_str("text-align:-moz-left;"),
                "right" => css.push_str("text-align:-moz-right;"),
                "center" | "middle" => css.push_str("text-align:-moz-center;"),
                "justify" => css.push_str("text-align:justify;"),
                _ => {}
            },
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                if matches!(&*value, "left" | "right" | "center" | "justify") {
                    put(css, format_args!("text-align:{value};"));
                }
            }
            "caption" if value == "bottom" => css.push_str("caption-side:bottom;"),
            "table" => match &*value {
                "left" | "right" => put(css, format_args!("float:{value};")),
                "center" => css.push_str("margin-inline:auto;"),
                _ => {}
            },
            "hr" => match &*value {
                "left" => css.push_str("margin-left:0;margin-right:auto;"),
                "right" => css.push_str("margin-left:auto;margin-right:0;"),
                "center" => css.push_str("margin-inline:auto;"),
                _ => {}
            },
            "img" | "embed" | "object" | "iframe" | "input" | "video" => match &*value {
                "left" | "right" => put(css, format_args!("float:{value};")),
                "top" => css.push_str("vertical-align:top;"),
                "middle" | "center" | "absmiddle" | "abscenter" => {
                    css.push_str("vertical-align:middle;");
                }
                "bottom" | "baseline" => css.push_str("vertical-align:baseline;"),
                _ => {}
            },
            _ => {}
        }
    }
    if matches!(tag, "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "col" | "colgroup")
        && let Some(value) = attribute("valign")
    {
        let value = value.trim().to_ascii_lowercase();
        if matches!(&*value, "top" | "middle" | "bottom" | "baseline") {
            put(css, format_args!("vertical-align:{value};"));
        }
    }
}

fn colors<'a>(tag: &str, attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let table_part =
        matches!(tag, "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "body");
    if table_part && let Some(value) = attribute("bgcolor") {
        color(css, "background-color", value);
    }
    if table_part
        && let Some(value) = attribute("background").map(str::trim).filter(|v| !v.is_empty())
    {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "");
        put(css, format_args!("background-image:url(\"{escaped}\");"));
    }
    if tag == "body"
        && let Some(value) = attribute("text")
    {
        color(css, "color", value);
    }
    if matches!(tag, "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th")
        && let Some(value) = attribute("bordercolor")
    {
        color(css, "border-color", value);
    }
}

fn table<'a>(attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(px) = attribute("cellspacing").and_then(pixels) {
        put(css, format_args!("border-spacing:{px}px;"));
    }
    let px = attribute("border").map_or(0, parse_border);
    if px > 0 {
        put(css, format_args!("border:{px}px outset;"));
    }
}

fn cell<'a>(element: Handle<'_>, attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if attribute("nowrap").is_some() {
        css.push_str("white-space:nowrap;");
    }
    // Row, row group, table: no cell is further from its table.
    let mut at = element.parent_node();
    for _ in 0..3 {
        let Some(node) = at else { return };
        if let Some(table) = node.slot().element().filter(|e| e.is_html(&local_name!("table"))) {
            let own = |name: LocalName| table.plain(&name);
            if let Some(px) = own(local_name!("cellpadding")).and_then(pixels) {
                put(css, format_args!("padding:{px}px;"));
            }
            if own(local_name!("border")).map_or(0, parse_border) > 0 {
                css.push_str("border:1px inset;");
            }
            return;
        }
        at = node.parent_node();
    }
}

fn font<'a>(attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(value) = attribute("color") {
        color(css, "color", value);
    }
    if let Some(face) = attribute("face") {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '_');
        if face.chars().all(plain) && !face.trim().is_empty() {
            put(css, format_args!("font-family:{face};"));
        }
    }
    if let Some(value) = attribute("size").map(str::trim) {
        let relative = value.starts_with(['+', '-']);
        let number = parse_integer(value.chars()).ok();
        if let Some(number) = number {
            let size = if relative { number.saturating_add(3) } else { number };
            let names = ["x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"];
            put(css, format_args!("font-size:{};", names[(size.clamp(1, 7) - 1) as usize]));
        }
    }
}

fn list<'a>(tag: &str, attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(value) = attribute("type") {
        let style = match value {
            "1" => "decimal",
            "a" => "lower-alpha",
            "A" => "upper-alpha",
            "i" => "lower-roman",
            "I" => "upper-roman",
            other => match &*other.to_ascii_lowercase() {
                "none" => "none",
                "disc" => "disc",
                "circle" => "circle",
                "square" => "square",
                _ => "",
            },
        };
        if !style.is_empty() {
            put(css, format_args!("list-style-type:{style};"));
        }
    }
    if tag == "ol"
        && let Some(start) = attribute("start").and_then(|v| parse_integer(v.chars()).ok())
    {
        put(css, format_args!("counter-reset:list-item {};", start.saturating_sub(1)));
    }
    if tag == "li"
        && let Some(value) = attribute("value").and_then(|v| parse_integer(v.chars()).ok())
    {
        put(css, format_args!("counter-set:list-item {value};"));
    }
}

fn rule<'a>(attribute: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let solid = attribute("color").is_some() || attribute("noshade").is_some();
    if let Some(value) = attribute("color") {
        color(css, "color", value);
    }
    if solid {
        css.push_str("border-style:solid;");
    }
    if let Some(size) = attribute("size").and_then(pixels).filter(|px| *px > 0) {
        if solid {
            put(css, format_args!("border-width:{}px;", f64::from(size) / 2.0));
        } else if size == 1 {
            css.push_str("border-bottom-width:0;");
        } else {
            put(css, format_args!("height:{}px;", size - 2));
        }
    }
}

fn put(css: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = css.write_fmt(text);
}

fn pixels(value: &str) -> Option<u32> {
    parse_unsigned_integer(value.chars()).ok()
}

fn length(css: &mut String, property: &str, value: &str, ignore_zero: bool) {
    let parsed = if ignore_zero { parse_nonzero_length(value) } else { parse_length(value) };
    match parsed {
        LengthOrPercentageOrAuto::Length(px) => {
            put(css, format_args!("{property}:{}px;", px.to_f32_px()));
        }
        LengthOrPercentageOrAuto::Percentage(p) => {
            put(css, format_args!("{property}:{}%;", p * 100.0));
        }
        LengthOrPercentageOrAuto::Auto => {}
    }
}

/// An `svg` element's size: a CSS length, or a number of pixels.
fn svg_length(css: &mut String, property: &str, value: &str) {
    let value = value.trim();
    if value.parse::<f32>().is_ok_and(|px| px >= 0.0 && px.is_finite()) {
        put(css, format_args!("{property}:{value}px;"));
    } else if value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '%')) {
        put(css, format_args!("{property}:{value};"));
    }
}

fn color(css: &mut String, property: &str, value: &str) {
    if let Ok(color) = parse_legacy_color(value) {
        let srgb: AbsoluteColor = color.into_srgb_legacy();
        let byte = |c: f32| (c * 255.0).round() as u8;
        let c = srgb.raw_components();
        put(css, format_args!("{property}:rgb({},{},{});", byte(c[0]), byte(c[1]), byte(c[2])));
    }
}
