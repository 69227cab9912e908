//! The values of controls: <https://html.spec.whatwg.org/#concept-fe-value>

use std::borrow::Cow;

use virga_dom::{NodeId, Tree};

use super::{
    kind::{InputType, ValueMode},
    sanitize::sanitize,
};

/// The value as it is kept: what the user or script made of it, else the
/// default.
pub(crate) fn raw(tree: &Tree, id: NodeId) -> Cow<'_, str> {
    if let Some(value) = tree.form_value(id) {
        return value.into();
    }
    if tree.is_html_element(id, "textarea") {
        return tree.child_text_content(id).into();
    }
    tree.plain_attribute(id, &"value".into()).unwrap_or_default().into()
}

/// Line breaks as single newlines.
pub(crate) fn normalized(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}

/// Whether the lines of a text area are broken when it is submitted.
///
/// <https://html.spec.whatwg.org/#attr-textarea-wrap>
pub(super) fn wraps_hard(tree: &Tree, id: NodeId) -> bool {
    tree.is_html_element(id, "textarea")
        && tree
            .plain_attribute(id, &"wrap".into())
            .is_some_and(|wrap| wrap.eq_ignore_ascii_case("hard"))
}

/// The value of a text area whose lines are broken.
pub(super) fn wrapped(tree: &Tree, id: NodeId) -> String {
    let columns = tree
        .plain_attribute(id, &"cols".into())
        .and_then(|columns| {
            let columns = columns.trim_ascii_start();
            let columns = columns.strip_prefix('+').unwrap_or(columns);
            let end = columns.find(|c: char| !c.is_ascii_digit()).unwrap_or(columns.len());
            columns.get(..end)?.parse().ok()
        })
        .filter(|columns| *columns > 0)
        .unwrap_or(20);
    let mut out = String::new();
    for (index, line) in api_value(tree, id).split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        wrap_line(line, columns, &mut out);
    }
    out
}

/// Breaks a line so that no piece has more than so many characters: behind white space,
/// or within what has none.
///
/// <https://html.spec.whatwg.org/#textarea-wrapping-transformation>
fn wrap_line(mut line: &str, columns: usize, out: &mut String) {
    while let Some((limit, next)) = line.char_indices().nth(columns) {
        let head = &line[..limit];
        let at = match next {
            // The line ends here by itself.
            ' ' | '\t' => limit,
            _ => head.rfind([' ', '\t']).map_or(limit, |space| space + 1),
        };
        let (piece, rest) = line.split_at(at);
        out.push_str(piece);
        out.push('\n');
        line = rest;
    }
    out.push_str(line);
}

/// The value of an input or a text area as script sees it.
///
/// <https://html.spec.whatwg.org/#concept-fe-api-value>
pub(crate) fn api_value(tree: &Tree, id: NodeId) -> Cow<'_, str> {
    let Some(type_) = InputType::of(tree, id) else {
        return match raw(tree, id) {
            Cow::Borrowed(text) => normalized(text),
            Cow::Owned(text) => normalized(&text).into_owned().into(),
        };
    };
    let attribute = tree.plain_attribute(id, &"value".into());
    match type_.mode() {
        ValueMode::Value => match raw(tree, id) {
            Cow::Borrowed(text) => sanitize(tree, id, type_, text),
            Cow::Owned(text) => sanitize(tree, id, type_, &text).into_owned().into(),
        },
        ValueMode::Default => attribute.unwrap_or_default().into(),
        ValueMode::DefaultOn => attribute.unwrap_or("on").into(),
        ValueMode::Filename => tree.form_value(id).unwrap_or_default().into(),
    }
}
