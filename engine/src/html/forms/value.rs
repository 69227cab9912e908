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
