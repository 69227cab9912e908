//! From a tree to XML: <https://w3c.github.io/DOM-Parsing/#xml-serialization>
//!
//! The standard copies its map of prefixes for each element. Here it is a list
//! that grows with each level and is cut back after it, and the levels are a
//! list too: a tree may be of any depth.

use super::chars::{is_name, is_public_id, is_xml_text};
use crate::parser::serializes_as_void;
use crate::tree::{Attribute, NodeId, NodeKind, Tree};
use markup5ever::{Namespace, ns};
use std::fmt::Write as _;

/// What a tree holds that XML cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotWellFormed(pub String);

impl std::fmt::Display for NotWellFormed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotWellFormed {}

type Written = Result<(), NotWellFormed>;

fn refuse(why: impl Into<String>) -> Written {
    Err(NotWellFormed(why.into()))
}

/// The XML of a node with what is inside.
///
/// # Errors
/// With `well_formed`, what cannot be written so that it is read again as it is.
pub fn serialize(tree: &Tree, node: NodeId, well_formed: bool) -> Result<String, NotWellFormed> {
    let mut writer = Writer::new(tree, well_formed);
    writer.tree(node)?;
    Ok(writer.out)
}

/// The XML of what is inside a node.
///
/// # Errors
/// As [`serialize`].
pub fn serialize_children(
    tree: &Tree,
    node: NodeId,
    well_formed: bool,
) -> Result<String, NotWellFormed> {
    let mut writer = Writer::new(tree, well_formed);
    let inside = tree.template_content(node).unwrap_or(node);
    for child in tree.children(inside) {
        writer.tree(child)?;
    }
    Ok(writer.out)
}

struct Writer<'a> {
    tree: &'a Tree,
    well_formed: bool,
    out: String,
    /// The "namespace prefix map": what prefixes stand for, the nearest last.
    prefixes: Vec<(Namespace, String)>,
    /// The "prefix index".
    generated: u32,
}

/// A node whose children are being written.
struct Level {
    next: Option<NodeId>,
    /// The default namespace that they inherit.
    namespace: Namespace,
    /// How many prefixes there were around it.
    prefixes: usize,
    /// What closes it.
    end_tag: String,
}

/// What an element's own declarations say.
struct Declared<'a> {
    /// The "local prefixes map".
    prefixes: Vec<(&'a str, &'a str)>,
    /// The "local default namespace".
    default: Option<&'a str>,
}

impl<'a> Writer<'a> {
    fn new(tree: &'a Tree, well_formed: bool) -> Self {
        Self {
            tree,
            well_formed,
            out: String::new(),
            prefixes: vec![(ns!(xml), "xml".to_owned())],
            generated: 0,
        }
    }

    /// Writes a node with what is inside.
    fn tree(&mut self, root: NodeId) -> Written {
        let mut levels = Vec::new();
        levels.extend(self.node(root, &ns!())?);
        while let Some(level) = levels.last_mut() {
            match level.next {
                Some(node) => {
                    level.next = self.tree.next_sibling(node);
                    let namespace = level.namespace.clone();
                    levels.extend(self.node(node, &namespace)?);
                }
                None => {
                    self.out.push_str(&level.end_tag);
                    self.prefixes.truncate(level.prefixes);
                    levels.pop();
                }
            }
        }
        Ok(())
    }

    /// Writes a node, or its start if it has children.
    fn node(
        &mut self,
        node: NodeId,
        inherited: &Namespace,
    ) -> Result<Option<Level>, NotWellFormed> {
        let tree = self.tree;
        match tree.kind(node) {
            Some(NodeKind::Element) => return self.element(node, inherited),
            Some(NodeKind::Document | NodeKind::Fragment | NodeKind::ShadowRoot) => {
                if self.well_formed
                    && tree.kind(node) == Some(NodeKind::Document)
                    && tree.document_element(node).is_none()
                {
                    return Err(NotWellFormed("the document has no element".to_owned()));
                }
                return Ok(Some(Level {
                    next: tree.first_child(node),
                    namespace: inherited.clone(),
                    prefixes: self.prefixes.len(),
                    end_tag: String::new(),
                }));
            }
            Some(NodeKind::Text) => {
                let text = tree.text(node);
                self.check_chars(text, "text")?;
                for c in text.chars() {
                    match c {
                        '&' => self.out.push_str("&amp;"),
                        '<' => self.out.push_str("&lt;"),
                        '>' => self.out.push_str("&gt;"),
                        c => self.out.push(c),
                    }
                }
            }
            Some(NodeKind::CdataSection) => {
                let text = tree.text(node);
                if self.well_formed && text.contains("]]>") {
                    return Err(NotWellFormed("a CDATA section has \"]]>\" in it".to_owned()));
                }
                let _ = write!(self.out, "<![CDATA[{text}]]>");
            }
            Some(NodeKind::Comment) => {
                let text = tree.text(node);
                self.check_chars(text, "a comment")?;
                if self.well_formed && (text.contains("--") || text.ends_with('-')) {
                    return Err(NotWellFormed(
                        "a comment has \"--\" in it or ends in \"-\"".to_owned(),
                    ));
                }
                let _ = write!(self.out, "<!--{text}-->");
            }
            Some(NodeKind::ProcessingInstruction) => self.instruction(node)?,
            Some(NodeKind::Doctype) => self.doctype(node)?,
            Some(NodeKind::Attribute) | None => {}
        }
        Ok(None)
    }

    fn check_chars(&self, text: &str, what: &str) -> Written {
        if self.well_formed && !is_xml_text(text) {
            return refuse(format!("{what} has a character that XML does not allow"));
        }
        Ok(())
    }

    fn instruction(&mut self, node: NodeId) -> Written {
        let Some(instruction) = self.tree.processing_instruction(node) else { return Ok(()) };
        let (target, data) = (&instruction.target, &instruction.data);
        if self.well_formed {
            if target.contains(':') || target.eq_ignore_ascii_case("xml") {
                return refuse(format!(
                    "\"{target}\" cannot be the target of a processing instruction"
                ));
            }
            self.check_chars(data, "a processing instruction")?;
            if data.contains("?>") {
                return refuse("a processing instruction has \"?>\" in it");
            }
        }
        let _ = write!(self.out, "<?{target} {data}?>");
        Ok(())
    }

    fn doctype(&mut self, node: NodeId) -> Written {
        let Some(doctype) = self.tree.doctype(node) else { return Ok(()) };
        let (public_id, system_id) = (&doctype.public_id, &doctype.system_id);
        if self.well_formed {
            self.check_chars(system_id, "a system identifier")?;
            if !is_public_id(public_id) || (system_id.contains('"') && system_id.contains('\'')) {
                return refuse("an identifier of the document type cannot be written");
            }
        }
        let _ = write!(self.out, "<!DOCTYPE {}", doctype.name);
        match (public_id.is_empty(), system_id.is_empty()) {
            (true, true) => {}
            (true, false) => {
                let _ = write!(self.out, " SYSTEM \"{system_id}\"");
            }
            (false, true) => {
                let _ = write!(self.out, " PUBLIC \"{public_id}\"");
            }
            (false, false) => {
                let _ = write!(self.out, " PUBLIC \"{public_id}\" \"{system_id}\"");
            }
        }
        self.out.push('>');
        Ok(())
    }

    /// <https://w3c.github.io/DOM-Parsing/#xml-serializing-an-element-node>
    fn element(
        &mut self,
        node: NodeId,
        inherited: &Namespace,
    ) -> Result<Option<Level>, NotWellFormed> {
        let tree = self.tree;
        let Some(name) = tree.name(node) else { return Ok(None) };
        // 1.
        if self.well_formed && (name.local.contains(':') || !is_name(&name.local)) {
            return Err(NotWellFormed(format!("\"{}\" is not the name of an element", name.local)));
        }
        // 2.–10.
        let before = self.prefixes.len();
        let declared = self.record_namespaces(node);
        let mut namespace = inherited.clone();
        let mut ignore_default = false;
        let mut declaration = None;
        // 11.–12.
        let qualified;
        if *inherited == name.ns {
            ignore_default = declared.default.is_some();
            qualified = match name.ns {
                ns!(xml) => format!("xml:{}", name.local),
                _ => name.local.to_string(),
            };
        } else {
            let own = name.prefix.as_deref();
            let mut candidate = self.preferred(own, &name.ns);
            if own == Some("xmlns") {
                if self.well_formed {
                    return Err(NotWellFormed("an element has the prefix \"xmlns\"".to_owned()));
                }
                candidate = Some("xmlns".to_owned());
            }
            if let Some(prefix) = candidate {
                qualified = format!("{prefix}:{}", name.local);
                if let Some(default) = declared.default.filter(|uri| **uri != *ns!(xml)) {
                    namespace = Namespace::from(default);
                }
            } else if let Some(own) = own {
                let taken = declared.prefixes.iter().any(|(prefix, _)| *prefix == own);
                let prefix = if taken {
                    self.generate(&name.ns)
                } else {
                    self.prefixes.push((name.ns.clone(), own.to_owned()));
                    own.to_owned()
                };
                qualified = format!("{prefix}:{}", name.local);
                declaration = Some(format!(" xmlns:{prefix}"));
                if let Some(default) = declared.default {
                    namespace = Namespace::from(default);
                }
            } else {
                if declared.default != Some(&*name.ns) {
                    ignore_default = true;
                    declaration = Some(" xmlns".to_owned());
                }
                qualified = name.local.to_string();
                namespace = name.ns.clone();
            }
        }
        self.out.push('<');
        self.out.push_str(&qualified);
        if let Some(declaration) = declaration {
            let _ = write!(self.out, "{declaration}=\"");
            self.attribute_value(&name.ns)?;
            self.out.push('"');
        }
        // 13.
        self.attributes(node, &declared, ignore_default)?;
        // 14.–17.
        let is_html = name.ns == ns!(html);
        let inside = tree.template_content(node).unwrap_or(node);
        let first = tree.first_child(inside);
        if first.is_none() && (!is_html || serializes_as_void(&name.local)) {
            self.out.push_str(if is_html { " />" } else { "/>" });
            self.prefixes.truncate(before);
            return Ok(None);
        }
        self.out.push('>');
        // 18.–21.
        let end_tag = format!("</{qualified}>");
        Ok(Some(Level { next: first, namespace, prefixes: before, end_tag }))
    }

    /// "Record the namespace information".
    ///
    /// <https://w3c.github.io/DOM-Parsing/#recording-the-namespace>
    fn record_namespaces(&mut self, node: NodeId) -> Declared<'a> {
        let mut declared = Declared { prefixes: Vec::new(), default: None };
        for attribute in self.tree.attributes(node) {
            if attribute.name.ns != ns!(xmlns) {
                continue;
            }
            let value = attribute.value();
            if attribute.name.prefix.is_none() {
                declared.default = Some(value);
                continue;
            }
            let prefix = &*attribute.name.local;
            let namespace = Namespace::from(value);
            if namespace == ns!(xml) || self.knows(prefix, &namespace) {
                continue;
            }
            self.prefixes.push((namespace, prefix.to_owned()));
            declared.prefixes.push((prefix, value));
        }
        declared
    }

    /// Whether a prefix was declared to stand for a namespace.
    fn knows(&self, prefix: &str, namespace: &Namespace) -> bool {
        self.prefixes.iter().any(|(uri, own)| uri == namespace && own == prefix)
    }

    /// "Retrieve a preferred prefix string".
    fn preferred(&self, wanted: Option<&str>, namespace: &Namespace) -> Option<String> {
        let mut last = None;
        for (_, prefix) in self.prefixes.iter().filter(|(uri, _)| uri == namespace) {
            if Some(prefix.as_str()) == wanted {
                return Some(prefix.clone());
            }
            last = Some(prefix);
        }
        last.cloned()
    }

    /// "Generate a prefix".
    fn generate(&mut self, namespace: &Namespace) -> String {
        self.generated += 1;
        let prefix = format!("ns{}", self.generated);
        self.prefixes.push((namespace.clone(), prefix.clone()));
        prefix
    }

    /// <https://w3c.github.io/DOM-Parsing/#serializing-an-element-s-attributes>
    fn attributes(&mut self, node: NodeId, declared: &Declared<'_>, no_default: bool) -> Written {
        let attributes = self.tree.attributes(node);
        for (place, attribute) in attributes.iter().enumerate() {
            let name = &attribute.name;
            // 3.1.–3.2.
            let twice =
                |other: &Attribute| other.name.ns == name.ns && other.name.local == name.local;
            if self.well_formed && attributes[..place].iter().any(twice) {
                return refuse(format!("the attribute \"{}\" is there twice", name.local));
            }
            // 3.3.–3.5.
            let mut prefix = None;
            if name.ns == ns!(xmlns) {
                if self.is_redundant(attribute, declared, no_default) {
                    continue;
                }
                self.check_declaration(attribute)?;
                if name.prefix.as_deref() == Some("xmlns") {
                    prefix = Some("xmlns".to_owned());
                }
            } else if name.ns != ns!() {
                let own = name.prefix.as_deref();
                prefix = self.preferred(own, &name.ns);
                if prefix.is_none() {
                    let made = self.new_prefix(own, &name.ns);
                    let _ = write!(self.out, " xmlns:{made}=\"");
                    self.attribute_value(&name.ns)?;
                    self.out.push('"');
                    prefix = Some(made);
                }
            }
            // 3.6.–3.9.
            if self.well_formed
                && (name.local.contains(':')
                    || !is_name(&name.local)
                    || (&*name.local == "xmlns" && name.ns == ns!()))
            {
                return refuse(format!("\"{}\" is not the name of an attribute", name.local));
            }
            self.out.push(' ');
            if let Some(prefix) = prefix {
                self.out.push_str(&prefix);
                self.out.push(':');
            }
            self.out.push_str(&name.local);
            self.out.push_str("=\"");
            self.attribute_value(attribute.value())?;
            self.out.push('"');
        }
        Ok(())
    }

    /// A prefix for the namespace of an attribute. That of an XLink attribute
    /// stays as it is, for readers that know no other.
    fn new_prefix(&mut self, own: Option<&str>, namespace: &Namespace) -> String {
        let is_free = |prefix: &&str| self.prefixes.iter().all(|(_, known)| known != prefix);
        match own.filter(|_| *namespace == ns!(xlink)).filter(is_free) {
            Some(own) => {
                self.prefixes.push((namespace.clone(), own.to_owned()));
                own.to_owned()
            }
            None => self.generate(namespace),
        }
    }

    /// Whether a declaration of a namespace need not be written.
    fn is_redundant(
        &self,
        attribute: &Attribute,
        declared: &Declared<'_>,
        no_default: bool,
    ) -> bool {
        let value = attribute.value();
        if *value == *ns!(xml) {
            return true;
        }
        if attribute.name.prefix.is_none() {
            return no_default;
        }
        let local = &*attribute.name.local;
        let own = declared.prefixes.iter().find(|(prefix, _)| *prefix == local);
        own.is_none_or(|(_, uri)| *uri != value) && self.knows(local, &Namespace::from(value))
    }

    fn check_declaration(&self, attribute: &Attribute) -> Written {
        if !self.well_formed {
            return Ok(());
        }
        if *attribute.value() == *ns!(xmlns) {
            return refuse("no prefix can stand for the XMLNS namespace");
        }
        if attribute.value().is_empty() && attribute.name.prefix.is_some() {
            return refuse("a prefix cannot stand for no namespace");
        }
        Ok(())
    }

    /// <https://w3c.github.io/DOM-Parsing/#dfn-serializing-an-attribute-value>
    fn attribute_value(&mut self, value: &str) -> Written {
        self.check_chars(value, "an attribute")?;
        for c in value.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '"' => self.out.push_str("&quot;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\t' => self.out.push_str("&#9;"),
                '\n' => self.out.push_str("&#xA;"),
                '\r' => self.out.push_str("&#xD;"),
                c => self.out.push(c),
            }
        }
        Ok(())
    }
}
