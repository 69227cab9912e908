//! <https://console.spec.whatwg.org/#formatter>

use virga_js::{Cx, DomString, Value};

use super::{inspect::inspect, thrown};

/// The text of a call's arguments: the first may be a format for the others.
pub(super) fn format(cx: &mut Cx, data: &[Value]) -> String {
    let Some((first, rest)) = data.split_first() else { return String::new() };
    let specifiers = first.as_string().filter(|_| !rest.is_empty());
    match specifiers {
        Some(pattern) => substitute(cx, &pattern, rest),
        None => format_plain(cx, data),
    }
}

/// The values one after the other: strings as they are, others inspected.
pub(super) fn format_plain(cx: &mut Cx, data: &[Value]) -> String {
    let texts: Vec<_> = data
        .iter()
        .map(|value| match value.as_string() {
            Some(text) => text.to_str().into_owned(),
            None => inspect(cx, value),
        })
        .collect();
    texts.join(" ")
}

/// Fills the specifiers of a format in, and puts what is left behind it.
fn substitute(cx: &mut Cx, pattern: &DomString, rest: &[Value]) -> String {
    let pattern = pattern.to_str();
    let mut rest = rest.iter();
    let mut text = String::with_capacity(pattern.len());
    let mut left = &*pattern;
    while let Some(at) = left.find('%') {
        text.push_str(&left[..at]);
        let specifier = left[at + 1..].chars().next();
        match specifier {
            Some('%') => text.push('%'),
            Some(kind @ ('s' | 'd' | 'i' | 'f' | 'o' | 'O' | 'c' | 'j')) => match rest.next() {
                Some(value) => text.push_str(&convert(cx, kind, value)),
                // More specifiers than values: they stay.
                None => {
                    text.push('%');
                    text.push(kind);
                }
            },
            _ => {
                text.push('%');
                left = &left[at + 1..];
                continue;
            }
        }
        left = &left[at + 2..];
    }
    text.push_str(left);
    let rest: Vec<Value> = rest.cloned().collect();
    if !rest.is_empty() {
        text.push(' ');
        text.push_str(&format_plain(cx, &rest));
    }
    text
}

/// One value as its specifier wants it.
fn convert(cx: &mut Cx, kind: char, value: &Value) -> String {
    match kind {
        's' => match value.as_symbol() {
            Some(_) => inspect(cx, value),
            None => match value.to_string(cx) {
                Ok(text) => text.to_str().into_owned(),
                Err(error) => thrown(cx, error),
            },
        },
        'd' | 'i' => number(cx, value, "parseInt"),
        'f' => number(cx, value, "parseFloat"),
        // Styles mean nothing to text.
        'c' => String::new(),
        _ => inspect(cx, value),
    }
}

/// What `parseInt` or `parseFloat` makes of a value; a symbol is no number.
fn number(cx: &mut Cx, value: &Value, function: &str) -> String {
    if value.is_symbol() {
        return "NaN".to_owned();
    }
    if value.is_bigint() {
        return inspect(cx, value);
    }
    let parse = cx.global_property(function).ok().and_then(|function| function.as_object());
    let Some(parse) = parse else { return "NaN".to_owned() };
    match parse.call(cx, &Value::undefined(), std::slice::from_ref(value)) {
        Ok(number) => inspect(cx, &number),
        Err(error) => thrown(cx, error),
    }
}
