//! Attributes, and what the tree keeps parsed because of them.
//!
//! `id` and `class` are kept as atoms for selector matching. A `style`
//! attribute is parsed when somebody needs the declarations, and written back
//! as text when somebody reads it: script that animates `el.style.left` pays
//! for neither text nor parsing.

use super::data::ElementData;
use super::journal::Mutation;
use super::slot::{NONE, NodeFlags, NodeSlot};
use super::{NodeId, Tree};
use markup5ever::{LocalName, Namespace, QualName, local_name, ns};
use std::sync::OnceLock;
use style::Atom;
use style::attr::AttrValue;
use style::properties::{PropertyDeclarationBlock, parse_style_attribute};
use style::servo_arc::Arc;
use style::shared_lock::{Locked, SharedRwLock};
use style::stylesheets::CssRuleType;
use style::values::AtomIdent;

/// One attribute of an element.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name, with namespace and prefix.
    pub name: QualName,
    value: AttributeValue,
}

impl Attribute {
    /// An attribute with a text value.
    pub fn new(name: QualName, value: impl Into<String>) -> Self {
        Self { name, value: AttributeValue::Text(value.into()) }
    }

    /// Its value.
    pub fn value(&self) -> &str {
        match &self.value {
            AttributeValue::Text(text) => text,
            AttributeValue::Declarations(d) => d.text.get_or_init(|| {
                let guard = d.lock.read();
                let mut text = style_traits::CssString::new();
                let written = d.block.read_with(&guard).to_css(&mut text);
                debug_assert!(written.is_ok(), "writing to a string cannot fail");
                text
            }),
        }
    }

    /// The qualified name, `prefix:local`.
    pub fn qualified_name(&self) -> String {
        match &self.name.prefix {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{}", self.name.local),
            _ => self.name.local.to_string(),
        }
    }

    fn is(&self, namespace: &Namespace, local: &LocalName) -> bool {
        self.name.local == *local && self.name.ns == *namespace
    }
}

#[derive(Clone, Debug)]
enum AttributeValue {
    Text(String),
    /// A `style` attribute that was last written through its declarations.
    Declarations(Box<DeclarationText>),
}

#[derive(Clone, Debug)]
struct DeclarationText {
    block: Arc<Locked<PropertyDeclarationBlock>>,
    lock: SharedRwLock,
    text: OnceLock<String>,
}

impl ElementData {
    pub(crate) fn attribute(&self, namespace: &Namespace, local: &LocalName) -> Option<&str> {
        self.attributes.iter().find(|a| a.is(namespace, local)).map(Attribute::value)
    }

    /// An attribute in no namespace.
    pub(crate) fn plain(&self, local: &LocalName) -> Option<&str> {
        self.attribute(&ns!(), local)
    }

    pub(crate) fn is_html(&self, local: &LocalName) -> bool {
        self.name.ns == ns!(html) && self.name.local == *local
    }
}

impl NodeSlot {
    /// The declarations of an element's `style` attribute, parsed when they are
    /// first asked for: by script, or by any thread of a style pass.
    pub(crate) fn inline_style(&self) -> Option<&Arc<Locked<PropertyDeclarationBlock>>> {
        let element = self.element()?;
        if element.attributes.is_empty() {
            return None;
        }
        let parse = || {
            let text = element.plain(&local_name!("style"))?;
            let document = self.document()?.document_data()?;
            let block = if crate::style::limits::check(text).is_err() {
                PropertyDeclarationBlock::new()
            } else {
                let url =
                    document.base_url.clone().unwrap_or_else(crate::style::sheet::about_blank);
                parse_style_attribute(text, &url, None, document.quirks, CssRuleType::Style)
            };
            Some(Arc::new(document.lock.wrap(block)))
        };
        element.inline_style.get_or_init(parse).as_ref()
    }
}

impl Tree {
    /// The attributes of an element, in the order they were added; empty for
    /// any other node.
    pub fn attributes(&self, id: NodeId) -> &[Attribute] {
        self.element(id).map_or(&[], |e| &e.attributes)
    }

    /// The value of the attribute with this namespace and local name.
    pub fn attribute(&self, id: NodeId, namespace: &Namespace, local: &LocalName) -> Option<&str> {
        self.element(id)?.attribute(namespace, local)
    }

    /// The value of the attribute with this local name in no namespace.
    pub fn plain_attribute(&self, id: NodeId, local: &LocalName) -> Option<&str> {
        self.element(id)?.plain(local)
    }

    /// The `id` attribute as an atom, if it is not empty.
    pub fn element_id(&self, id: NodeId) -> Option<&Atom> {
        self.element(id)?.id.as_ref()
    }

    /// The classes of an element, in order, without what is between them.
    pub fn classes(&self, id: NodeId) -> &[AtomIdent] {
        self.element(id).map_or(&[], |e| &e.classes)
    }

    /// Whether an element has a class (by case).
    pub fn has_class(&self, id: NodeId, class: &str) -> bool {
        self.classes(id).iter().any(|c| *c.0 == *class)
    }

    /// Sets an attribute, or adds it at the end. Returns whether `id` is an
    /// element.
    pub fn set_attribute(&mut self, id: NodeId, name: QualName, value: impl Into<String>) -> bool {
        let index = id.index();
        if self.element(id).is_none() {
            return false;
        }
        let value = AttributeValue::Text(value.into());
        self.write_attribute(index, name, Some(value));
        true
    }

    /// Sets an attribute in no namespace.
    pub fn set_plain_attribute(
        &mut self,
        id: NodeId,
        local: LocalName,
        value: impl Into<String>,
    ) -> bool {
        self.set_attribute(id, QualName::new(None, ns!(), local), value)
    }

    /// Removes an attribute and returns its value.
    pub fn remove_attribute(
        &mut self,
        id: NodeId,
        namespace: &Namespace,
        local: &LocalName,
    ) -> Option<String> {
        let old = self.attribute(id, namespace, local)?.to_owned();
        let name = QualName::new(None, namespace.clone(), local.clone());
        self.write_attribute(id.index(), name, None);
        Some(old)
    }

    /// The one place that writes the attribute list: keeps the id map, the
    /// journal and the style snapshot in step.
    fn write_attribute(&mut self, index: u32, name: QualName, value: Option<AttributeValue>) {
        self.version += 1;
        self.note_attribute_changed(&name);
        self.snapshot_attribute(index, &name.ns, &name.local);
        let is_id = name.ns == ns!() && name.local == local_name!("id");
        if is_id {
            self.forget_id(index);
        }
        if name.ns == ns!() && (is_id || name.local == local_name!("name")) {
            self.note_exposed_name(index, &name.local);
        }
        if name.ns == ns!() && name.local == local_name!("name") {
            self.rename(index, value.as_ref());
        }
        let recording = self.journal.is_some();
        let slot = self.arena.at_mut(index);
        let node = slot.id();
        let style = name.ns == ns!() && name.local == local_name!("style");
        let Some(element) = slot.element_mut() else {
            return;
        };
        if style {
            element.inline_style = OnceLock::new();
        }
        let place = element.attributes.iter().position(|a| a.is(&name.ns, &name.local));
        let old =
            if recording { place.map(|i| element.attributes[i].value().to_owned()) } else { None };
        match (place, value) {
            (Some(i), Some(value)) => element.attributes[i].value = value,
            (Some(i), None) => {
                element.attributes.remove(i);
            }
            (None, Some(value)) => element.attributes.push(Attribute { name: name.clone(), value }),
            (None, None) => return,
        }
        if name.ns == ns!() {
            if name.local == local_name!("class") {
                element.classes = parse_classes(element.plain(&name.local).unwrap_or(""));
            } else if is_id {
                element.id = element.plain(&name.local).filter(|v| !v.is_empty()).map(Atom::from);
            }
        }
        if is_id {
            self.remember_id(index);
        }
        self.attribute_state(index, &name);
        if name.ns == ns!() && matches!(name.local, local_name!("slot") | local_name!("name")) {
            self.slot_attribute_changed(index, &name.local);
        }
        if let Some(journal) = &mut self.journal {
            journal.push(Mutation::Attribute { node, name, old });
        }
    }

    /// Replaces the declarations of the `style` attribute. Its text follows
    /// when somebody reads it.
    pub(crate) fn set_inline_style(
        &mut self,
        id: NodeId,
        block: Arc<Locked<PropertyDeclarationBlock>>,
    ) {
        if self.element(id).is_none() {
            return;
        }
        let index = id.index();
        let value = AttributeValue::Declarations(Box::new(DeclarationText {
            block: block.clone(),
            lock: self.lock.clone(),
            text: OnceLock::new(),
        }));
        let name = QualName::new(None, ns!(), local_name!("style"));
        self.write_attribute(index, name, Some(value));
        if let Some(element) = self.arena.at_mut(index).element_mut() {
            element.inline_style = OnceLock::from(Some(block));
        }
    }

    /// Enters a connected element into its document's id map.
    pub(super) fn remember_id(&mut self, index: u32) {
        self.with_ids(index, |ids, id| ids.entry(id).or_default().push(index));
    }

    /// Keeps the count of names, before a `name` attribute changes.
    fn rename(&mut self, index: u32, value: Option<&AttributeValue>) {
        let old = self.arena.at(index).element().and_then(|e| e.plain(&local_name!("name")));
        if let Some(old) = old.map(str::to_owned) {
            self.count_name(&old, false);
        }
        if let Some(AttributeValue::Text(new)) = value {
            self.count_name(new, true);
        }
    }

    /// Takes an element out of its document's id map.
    pub(super) fn forget_id(&mut self, index: u32) {
        self.with_ids(index, |ids, id| {
            if let Some(list) = ids.get_mut(&id) {
                list.retain(|i| *i != index);
                if list.is_empty() {
                    ids.remove(&id);
                }
            }
        });
    }

    fn with_ids(
        &mut self,
        index: u32,
        change: impl FnOnce(&mut rustc_hash::FxHashMap<Atom, smallvec::SmallVec<[u32; 1]>>, Atom),
    ) {
        let slot = self.arena.at(index);
        // The ids of a shadow tree are its own.
        if !slot.has(NodeFlags::CONNECTED)
            || slot.has(NodeFlags::IN_SHADOW_TREE)
            || slot.document == NONE
        {
            return;
        }
        let Some(id) = slot.element().and_then(|e| e.id.clone()) else {
            return;
        };
        let document = slot.document;
        if let Some(data) = self.arena.at_mut(document).document_data_mut() {
            change(&mut data.ids, id);
        }
    }
}

/// The class names of a `class` attribute's value, each once.
fn parse_classes(value: &str) -> Box<[AtomIdent]> {
    /// More names than this are told apart by a set.
    const FEW: usize = 16;

    let mut classes: smallvec::SmallVec<[AtomIdent; 4]> = smallvec::SmallVec::new();
    let mut known: rustc_hash::FxHashSet<AtomIdent> = Default::default();
    for name in value.split_ascii_whitespace() {
        let class = AtomIdent::from(name);
        if classes.len() == FEW {
            known.extend(classes.iter().cloned());
        }
        let is_new = if classes.len() < FEW {
            !classes.contains(&class)
        } else {
            known.insert(class.clone())
        };
        if is_new {
            classes.push(class);
        }
    }
    classes.into_boxed_slice()
}

/// An attribute as stylo's snapshots hold it.
pub(crate) fn snapshot_value(attribute: &Attribute) -> AttrValue {
    let value = attribute.value();
    if attribute.name.ns == ns!() {
        if attribute.name.local == local_name!("id") {
            return AttrValue::Atom(Atom::from(value));
        }
        if attribute.name.local == local_name!("class")
            || attribute.name.local == local_name!("part")
        {
            return AttrValue::from_serialized_tokenlist(value.to_owned());
        }
    }
    AttrValue::String(value.to_owned())
}
