//! `dataset`: <https://html.spec.whatwg.org/#dom-dataset>

use virga_dom::ns;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Platform, Trace};

use crate::{agent::EngineCx, dom::Element, generated::DOMStringMapMethods};

/// The `data-*` attributes of an element.
#[derive(Trace, Platform)]
pub(crate) struct DOMStringMap {
    element: Obj<Element>,
}

impl DOMStringMap {
    pub(super) fn create(cx: &mut Cx, element: &Obj<Element>) -> Obj<Self> {
        Obj::new(cx, Self { element: element.clone() })
    }
}

/// `data-foo-bar` → `fooBar`; `None` for attributes that are not data or have an
/// upper-case letter.
fn property(attribute: &str) -> Option<String> {
    let rest = attribute.strip_prefix("data-")?;
    if rest.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut out = String::with_capacity(rest.len());
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '-' && next.is_ascii_lowercase() => {
                out.push(next.to_ascii_uppercase());
                chars.next();
            }
            _ => out.push(c),
        }
    }
    Some(out)
}

/// `fooBar` → `data-foo-bar`; `None` for a hyphen before a lower-case letter.
fn attribute(property: &str) -> Option<String> {
    let mut out = String::with_capacity(property.len() + 8);
    out.push_str("data-");
    let mut chars = property.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '-' && chars.peek().is_some_and(char::is_ascii_lowercase) {
            return None;
        }
        if c.is_ascii_uppercase() {
            out.push('-');
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    Some(out)
}

impl DOMStringMapMethods for Obj<DOMStringMap> {
    fn named_getter(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<DomString>> {
        let Some(attribute) = attribute(&name.to_str()) else { return Ok(None) };
        Ok(super::attribute(cx, self.element.id(), &attribute).map(DomString::from))
    }

    /// <https://html.spec.whatwg.org/#dom-domstringmap-setitem>
    fn named_setter(&self, cx: &mut Cx, name: DomString, value: DomString) -> Fallible<()> {
        // 1. A hyphen before a lower-case letter would not come back as it was.
        let Some(attribute) = attribute(&name.to_str()) else {
            return Err(Error::dom(
                DomExceptionName::Syntax,
                format!(
                    "'{name}' is not a name for a data attribute: a lower-case letter follows a hyphen"
                ),
            ));
        };
        // 4. What no attribute may be called.
        if attribute
            .contains(|c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '/' | '=' | '>'))
        {
            return Err(Error::dom(
                DomExceptionName::InvalidCharacter,
                format!("'{attribute}' is not a name for an attribute"),
            ));
        }
        // 5.
        super::set_attribute(cx, self.element.id(), &attribute, &value.to_str());
        Ok(())
    }

    fn named_deleter(&self, cx: &mut Cx, name: DomString) -> Fallible<bool> {
        if let Some(attribute) = attribute(&name.to_str()) {
            super::remove_attribute(cx, self.element.id(), &attribute);
        }
        Ok(true)
    }

    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        let agent = cx.engine();
        let tree = agent.tree();
        let attributes = tree.attributes(self.element.id()).iter();
        attributes
            .filter(|attribute| attribute.name.ns == ns!())
            .filter_map(|attribute| property(&attribute.name.local).map(DomString::from))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (attr, prop) in [
            ("data-foo", "foo"),
            ("data-foo-bar", "fooBar"),
            ("data--foo", "Foo"),
            ("data-", ""),
            ("data-1-2", "1-2"),
            ("data-a-", "a-"),
        ] {
            assert_eq!(property(attr).as_deref(), Some(prop));
            assert_eq!(attribute(prop).as_deref(), Some(attr));
        }
        assert_eq!(property("data-Foo"), None);
        assert_eq!(property("title"), None);
        assert_eq!(attribute("foo-bar"), None);
    }
}
