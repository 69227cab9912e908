//! Namespaces: <https://www.w3.org/TR/xml-names/>

use super::reader::{Step, fail};
use markup5ever::{LocalName, Namespace, Prefix, QualName, ns};

/// A tag's attribute: its qualified name and value.
pub(super) type RawAttribute = (String, String);

/// The namespaces that are in scope, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Scope(Vec<(Option<Prefix>, Namespace)>);

impl Scope {
    /// How many there are, to come back to.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the innermost ones.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Enters one.
    pub(super) fn push(&mut self, prefix: Option<Prefix>, namespace: Namespace) {
        self.0.push((prefix, namespace));
    }

    /// Enters those that an element declares.
    pub(super) fn declare(&mut self, attributes: &[RawAttribute]) -> Step<()> {
        for (name, value) in attributes {
            let prefix = match name.as_str() {
                "xmlns" => None,
                name => match name.strip_prefix("xmlns:") {
                    Some(prefix) => Some(prefix),
                    None => continue,
                },
            };
            let namespace = Namespace::from(value.as_str());
            if prefix == Some("xmlns") {
                return fail("the prefix \"xmlns\" cannot be declared");
            }
            if (prefix == Some("xml")) != (namespace == ns!(xml)) {
                return fail("the prefix \"xml\" belongs to the XML namespace");
            }
            if namespace == ns!(xmlns) {
                return fail("no prefix can stand for the XMLNS namespace");
            }
            if prefix.is_some() && value.is_empty() {
                return fail(format!("\"{name}\" cannot be empty"));
            }
            self.push(prefix.map(Prefix::from), namespace);
        }
        Ok(())
    }

    fn find(&self, prefix: Option<&str>) -> Option<Namespace> {
        match prefix {
            Some("xml") => return Some(ns!(xml)),
            Some("xmlns") => return Some(ns!(xmlns)),
            _ => {}
        }
        let found = self.0.iter().rev().find(|(own, _)| own.as_deref() == prefix);
        found.map(|(_, namespace)| namespace.clone())
    }

    /// The expanded name of an element.
    pub(super) fn element(&self, qualified: &str) -> Step<QualName> {
        let (prefix, local) = split(qualified)?;
        let namespace = match (self.find(prefix), prefix) {
            (Some(namespace), _) => namespace,
            (None, None) => ns!(),
            (None, Some(prefix)) => return undeclared(prefix),
        };
        if prefix == Some("xmlns") {
            return fail("an element cannot have the prefix \"xmlns\"");
        }
        Ok(QualName::new(prefix.map(Prefix::from), namespace, LocalName::from(local)))
    }

    /// The expanded name of an attribute.
    pub(super) fn attribute(&self, qualified: &str) -> Step<QualName> {
        let (prefix, local) = split(qualified)?;
        let namespace = match prefix {
            None if local == "xmlns" => ns!(xmlns),
            None => ns!(),
            Some(prefix) => match self.find(Some(prefix)) {
                Some(namespace) => namespace,
                None => return undeclared(prefix),
            },
        };
        Ok(QualName::new(prefix.map(Prefix::from), namespace, LocalName::from(local)))
    }
}

fn undeclared<T>(prefix: &str) -> Step<T> {
    fail(format!("the namespace prefix \"{prefix}\" is not declared"))
}

/// The prefix and the local name of a qualified name.
fn split(qualified: &str) -> Step<(Option<&str>, &str)> {
    let parts = match qualified.split_once(':') {
        None => return Ok((None, qualified)),
        Some((prefix, local)) => (prefix, local),
    };
    let starts_name = |part: &str| part.chars().next().is_some_and(super::chars::is_name_start);
    if parts.0.is_empty() || !starts_name(parts.1) || parts.1.contains(':') {
        return fail(format!("\"{qualified}\" is not a qualified name"));
    }
    Ok((Some(parts.0), parts.1))
}
