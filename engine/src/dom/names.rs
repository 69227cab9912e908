//! Names: <https://dom.spec.whatwg.org/#namespaces>

use virga_dom::{LocalName, Namespace, Prefix, QualName, ns};
use virga_js::{DomExceptionName, DomString, Error, Fallible};

fn invalid_character(what: &str, name: &str) -> Error {
    Error::dom(DomExceptionName::InvalidCharacter, format!("{name:?} is not a valid {what}"))
}

/// An attribute's or element's name without namespace and prefix.
pub(crate) fn plain(local: &str) -> QualName {
    QualName::new(None, ns!(), LocalName::from(local))
}

/// The namespace of an optional argument; the empty string means none.
pub(crate) fn namespace(namespace: Option<&DomString>) -> Namespace {
    namespace.map_or_else(Namespace::default, |text| Namespace::from(&*text.to_str()))
}

/// <https://dom.spec.whatwg.org/#valid-attribute-local-name>
pub(crate) fn check_attribute_local_name(name: &str) -> Fallible<()> {
    let bad = |c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '/' | '=' | '>');
    if name.is_empty() || name.contains(bad) {
        return Err(invalid_character("attribute name", name));
    }
    Ok(())
}

/// <https://dom.spec.whatwg.org/#valid-element-local-name>
pub(crate) fn check_element_local_name(name: &str) -> Fallible<()> {
    let mut chars = name.chars();
    let valid = match chars.next() {
        Some(c) if c.is_ascii_alphabetic() => {
            !chars.any(|c| c.is_ascii_whitespace() || matches!(c, '\0' | '/' | '>'))
        }
        Some(c) if matches!(c, ':' | '_') || !c.is_ascii() => chars.all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_') || !c.is_ascii()
        }),
        _ => false,
    };
    if valid { Ok(()) } else { Err(invalid_character("element name", name)) }
}

/// <https://dom.spec.whatwg.org/#valid-doctype-name>
pub(crate) fn check_doctype_name(name: &str) -> Fallible<()> {
    if name.contains(|c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '>')) {
        return Err(invalid_character("doctype name", name));
    }
    Ok(())
}

/// What a qualified name is for, which decides the characters it may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// An element's.
    Element,
    /// An attribute's.
    Attribute,
}

/// "Validate and extract": <https://dom.spec.whatwg.org/#validate-and-extract>
pub(crate) fn validate_and_extract(
    namespace: Option<&DomString>,
    qualified_name: &str,
    context: Context,
) -> Fallible<QualName> {
    let wrong = |message: &str| {
        Error::dom(DomExceptionName::Namespace, format!("{qualified_name:?}: {message}"))
    };
    // 1.
    let namespace = self::namespace(namespace);
    // 2.–4.
    let (prefix, local) = match qualified_name.split_once(':') {
        Some((prefix, local)) => {
            let bad = |c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '/' | '>');
            if prefix.is_empty() || prefix.contains(bad) {
                return Err(invalid_character("namespace prefix", prefix));
            }
            (Some(prefix), local)
        }
        None => (None, qualified_name),
    };
    // 5.–6.
    match context {
        Context::Attribute => check_attribute_local_name(local)?,
        Context::Element => check_element_local_name(local)?,
    }
    // 7.
    if prefix.is_some() && namespace == ns!() {
        return Err(wrong("a prefix needs a namespace"));
    }
    // 8.
    if prefix == Some("xml") && namespace != ns!(xml) {
        return Err(wrong("the prefix \"xml\" belongs to the XML namespace"));
    }
    // 9.–10.
    let xmlns = qualified_name == "xmlns" || prefix == Some("xmlns");
    if xmlns != (namespace == ns!(xmlns)) {
        return Err(wrong("\"xmlns\" belongs to the XMLNS namespace, and only it does"));
    }
    // 11.
    Ok(QualName::new(prefix.map(Prefix::from), namespace, LocalName::from(local)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(namespace: Option<&str>, name: &str, expected: Result<(Option<&str>, &str), &str>) {
        let namespace = namespace.map(DomString::from);
        let result = validate_and_extract(namespace.as_ref(), name, Context::Element);
        match (result, expected) {
            (Ok(name), Ok((prefix, local))) => {
                assert_eq!(name.prefix.as_deref(), prefix);
                assert_eq!(&*name.local, local);
            }
            (Err(Error::Dom { name, .. }), Err(expected)) => assert_eq!(name.as_str(), expected),
            (result, expected) => panic!("{name}: {result:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn qualified_names_are_split_and_checked() {
        check(None, "a", Ok((None, "a")));
        check(Some(""), "a", Ok((None, "a")));
        check(Some("urn:x"), "p:a", Ok((Some("p"), "a")));
        check(None, "p:a", Err("NamespaceError"));
        check(Some("urn:x"), ":a", Err("InvalidCharacterError"));
        check(Some("urn:x"), "p:", Err("InvalidCharacterError"));
        check(Some("urn:x"), "xml:a", Err("NamespaceError"));
        check(Some("http://www.w3.org/XML/1998/namespace"), "xml:a", Ok((Some("xml"), "a")));
        check(Some("urn:x"), "xmlns", Err("NamespaceError"));
        check(Some("http://www.w3.org/2000/xmlns/"), "a", Err("NamespaceError"));
        check(None, "1a", Err("InvalidCharacterError"));
        check(None, "a b", Err("InvalidCharacterError"));
        check(None, "größe", Ok((None, "größe")));
    }
}
