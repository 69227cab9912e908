//! Nodes: <https://dom.spec.whatwg.org/#nodes>
//!
//! The tree itself is [`virga_dom::Tree`], one for the whole agent. Here is what
//! script sees of it: the interfaces, the algorithms with their checks
//! ([`mutation`]), live collections and mutation observers. A node's native data
//! holds its id and little else.

mod attr;
pub(crate) mod character_data;
mod child_node;
mod collections;
mod document;
mod element;
mod implementation;
mod markup;
pub(crate) mod mutation;
mod mutation_observer;
mod named_node_map;
pub(crate) mod named_properties;
mod names;
mod node;
mod parent_node;
mod parser;
pub(crate) mod ranges;
mod shadow;
mod slots;
mod token_list;
mod traversal;
mod xpath;

pub(crate) use attr::Attr;
pub(crate) use character_data::{
    CDATASection, CharacterData, Comment, ProcessingInstruction, Text,
};
pub(crate) use collections::{Filter, HTMLCollection, NodeList, static_node_list};
pub(crate) use document::{Document, XMLDocument};
pub(crate) use element::Element;
pub(crate) use implementation::{DOMImplementation, DocumentType};
pub(crate) use markup::{inner as serialize_inner, parse as parse_fragment};
pub(crate) use mutation_observer::{MutationObserver, MutationRecord, ObserverQueue, queue_parsed};
pub(crate) use named_node_map::NamedNodeMap;
pub(crate) use names::plain as plain_name;
pub(crate) use node::clone as clone_node;
pub(crate) use parser::{DOMParser, XMLSerializer};
pub(crate) use ranges::{AbstractRange, LiveRanges, Range, StaticRange};
pub(crate) use shadow::ShadowRoot;
pub(crate) use slots::signal_slots;
pub(crate) use token_list::DOMTokenList;
pub(crate) use traversal::{NodeIterator, NodeIterators, TreeWalker};
pub(crate) use xpath::{XPathEvaluator, XPathExpression, XPathResult};

use virga_dom::tree::NodeKind;
use virga_js::{Cx, Obj, Object, Platform, Trace};

use crate::{
    agent::EngineCx,
    cssom::{Adopted, CSSStyleDeclaration, CSSStyleSheet, StyleSheetList},
    wrappers::Node,
};

/// <https://dom.spec.whatwg.org/#interface-documentfragment>
#[derive(Trace, Platform)]
pub(crate) struct DocumentFragment {
    #[base]
    node: Node,
}

/// What few nodes have: objects that must stay the same, and who observes.
#[derive(Trace, Default)]
pub(crate) struct Extras {
    child_nodes: Option<Obj<NodeList>>,
    children: Option<Obj<HTMLCollection>>,
    /// Other collections that an attribute returns, by the attribute's name.
    collections: Vec<(&'static str, Obj<HTMLCollection>)>,
    attributes: Option<Obj<NamedNodeMap>>,
    /// The `Attr` nodes of an element that script has seen.
    attribute_nodes: Vec<Obj<Attr>>,
    /// Token lists by the attribute they reflect.
    token_lists: Vec<(&'static str, Obj<DOMTokenList>)>,
    style: Option<Obj<CSSStyleDeclaration>>,
    sheet: Option<Obj<CSSStyleSheet>>,
    style_sheets: Option<Obj<StyleSheetList>>,
    adopted_sheets: Option<Adopted>,
    /// Resize and intersection observers of an element.
    watchers: Vec<Object>,
    fonts: Option<Obj<crate::css_font_loading::FontFaceSet>>,
    dataset: Option<Obj<crate::html::DOMStringMap>>,
    options: Option<Obj<crate::html::HTMLOptionsCollection>>,
    implementation: Option<Obj<DOMImplementation>>,
    /// Other objects that an attribute returns, by the attribute's name.
    objects: Vec<(&'static str, Object)>,
    observers: Vec<mutation_observer::Registered>,
    /// What is known of a custom element.
    pub(crate) custom: Option<Box<crate::custom_elements::Custom>>,
}

impl Node {
    /// A look at the extras, if there are any.
    fn with_extras<R>(&self, look: impl FnOnce(&Extras) -> R) -> Option<R> {
        self.extras.borrow().as_deref().map(look)
    }

    /// Changes the extras, made now if there are none.
    fn with_extras_mut<R>(&self, change: impl FnOnce(&mut Extras) -> R) -> R {
        change(self.extras.borrow_mut().get_or_insert_default())
    }
}

/// An object that an attribute returns each time: found among the extras of
/// `node`, or made and kept there.
pub(crate) fn same_object<T: 'static>(
    cx: &mut Cx,
    node: &Obj<Node>,
    slot: impl Fn(&mut Extras) -> &mut Option<Obj<T>>,
    make: impl FnOnce(&mut Cx) -> Obj<T>,
) -> Obj<T> {
    if let Some(object) = node.with_extras_mut(|extras| slot(extras).clone()) {
        return object;
    }
    let object = make(cx);
    node.with_extras_mut(|extras| *slot(extras) = Some(object.clone()));
    object
}

/// As [`same_object`], for lists that are kept by name.
fn same_named<T: 'static>(
    cx: &mut Cx,
    node: &Obj<Node>,
    list: impl Fn(&mut Extras) -> &mut Vec<(&'static str, Obj<T>)>,
    name: &'static str,
    make: impl FnOnce(&mut Cx) -> Obj<T>,
) -> Obj<T> {
    let found = node.with_extras_mut(|extras| {
        list(extras).iter().find(|(key, _)| *key == name).map(|(_, object)| object.clone())
    });
    if let Some(object) = found {
        return object;
    }
    let object = make(cx);
    node.with_extras_mut(|extras| list(extras).push((name, object.clone())));
    object
}

/// As [`same_object`], for the objects that few elements have, by the attribute
/// that returns them.
pub(crate) fn kept_object<T: virga_js::Interface>(
    cx: &mut Cx,
    node: &Obj<Node>,
    name: &'static str,
    make: impl FnOnce(&mut Cx) -> Obj<T>,
) -> Obj<T> {
    let known = node.with_extras(|extras| {
        extras.objects.iter().find(|(key, _)| *key == name).map(|(_, object)| object.clone())
    });
    if let Some(object) = known.flatten().and_then(|object| Obj::from_object(cx, &object)) {
        return object;
    }
    let object = make(cx);
    node.with_extras_mut(|extras| extras.objects.push((name, object.object().clone())));
    object
}

/// Sets what [`kept_object`] gives.
pub(crate) fn keep_object(node: &Obj<Node>, name: &'static str, object: &Object) {
    node.with_extras_mut(|extras| {
        extras.objects.retain(|(key, _)| *key != name);
        extras.objects.push((name, object.clone()));
    });
}

/// An element that an attribute was set to.
pub(crate) fn kept_element(cx: &Cx, node: &Obj<Node>, name: &str) -> Option<Obj<Element>> {
    let known = node.with_extras(|extras| {
        extras.objects.iter().find(|(key, _)| *key == name).map(|(_, object)| object.clone())
    });
    Obj::from_object(cx, &known.flatten()?)
}

/// Sets what [`kept_element`] gives.
pub(crate) fn keep_element(node: &Obj<Node>, name: &'static str, element: Option<&Obj<Element>>) {
    node.with_extras_mut(|extras| {
        extras.objects.retain(|(key, _)| *key != name);
        if let Some(element) = element {
            extras.objects.push((name, element.object().clone()));
        }
    });
}

/// The object behind `element.style`.
pub(crate) fn style_of(cx: &mut Cx, element: &Obj<Element>) -> Obj<CSSStyleDeclaration> {
    same_object(
        cx,
        &element.upcast(),
        |extras| &mut extras.style,
        |cx| crate::cssom::inline_style(cx, element),
    )
}

/// The object behind `document.fonts`.
pub(crate) fn fonts_of(
    cx: &mut Cx,
    document: &Obj<Node>,
) -> virga_js::Fallible<Obj<crate::css_font_loading::FontFaceSet>> {
    if let Some(known) = document.with_extras(|extras| extras.fonts.clone()).flatten() {
        return Ok(known);
    }
    let fonts = crate::css_font_loading::FontFaceSet::create(cx, document.id())?;
    document.with_extras_mut(|extras| extras.fonts = Some(fonts.clone()));
    Ok(fonts)
}

/// The object behind `document.fonts`, if script or a font needed it before.
pub(crate) fn known_fonts(
    document: &Obj<Node>,
) -> Option<Obj<crate::css_font_loading::FontFaceSet>> {
    document.with_extras(|extras| extras.fonts.clone()).flatten()
}

/// An observer watches a node, and lives as long as its tree does.
pub(crate) fn add_watcher(node: &Obj<Node>, observer: &Object) {
    node.with_extras_mut(|extras| extras.watchers.push(observer.clone()));
}

/// The observer no longer watches the node.
pub(crate) fn remove_watcher(node: &Obj<Node>, observer: &Object) {
    node.with_extras_mut(|extras| {
        extras.watchers.retain(|other| other.address() != observer.address());
    });
}

/// The sheet of a `style` or `link` element that script has seen.
pub(crate) fn sheet_object(owner: &Obj<Node>) -> Option<Obj<CSSStyleSheet>> {
    owner.with_extras(|extras| extras.sheet.clone()).flatten()
}

/// Keeps the sheet of a `style` or `link` element.
pub(crate) fn set_sheet_object(owner: &Obj<Node>, sheet: Option<Obj<CSSStyleSheet>>) {
    owner.with_extras_mut(|extras| extras.sheet = sheet);
}

/// What a document or shadow root keeps of the sheets that it adopted.
pub(crate) fn adopted_sheets(root: &Obj<Node>) -> Option<Adopted> {
    root.with_extras(|extras| extras.adopted_sheets.clone()).flatten()
}

/// Keeps the sheets that a document or shadow root adopted.
pub(crate) fn set_adopted_sheets(root: &Obj<Node>, sheets: Adopted) {
    root.with_extras_mut(|extras| extras.adopted_sheets = Some(sheets));
}

/// The object behind `styleSheets` of a document or shadow root.
pub(crate) fn style_sheets_of(cx: &mut Cx, root: &Obj<Node>) -> Obj<StyleSheetList> {
    same_object(
        cx,
        root,
        |extras| &mut extras.style_sheets,
        |cx| StyleSheetList::create(cx, root.clone()),
    )
}

/// The object behind `element.dataset`.
pub(crate) fn dataset_of(
    cx: &mut Cx,
    element: &Obj<Element>,
    make: impl FnOnce(&mut Cx) -> Obj<crate::html::DOMStringMap>,
) -> Obj<crate::html::DOMStringMap> {
    same_object(cx, &element.upcast(), |extras| &mut extras.dataset, make)
}

/// The collection behind `select.options`.
pub(crate) fn options_of(
    cx: &mut Cx,
    select: &Obj<Node>,
    make: impl FnOnce(&mut Cx) -> Obj<crate::html::HTMLOptionsCollection>,
) -> Obj<crate::html::HTMLOptionsCollection> {
    same_object(cx, select, |extras| &mut extras.options, make)
}

/// The token list that reflects an attribute, such as `relList`.
pub(crate) fn token_list_of(
    cx: &mut Cx,
    element: &Obj<Element>,
    attribute: &'static str,
) -> Obj<DOMTokenList> {
    same_named(
        cx,
        &element.upcast(),
        |extras| &mut extras.token_lists,
        attribute,
        |cx| DOMTokenList::create(cx, element.clone(), attribute),
    )
}

/// A live collection that an attribute returns, such as `document.forms`.
pub(crate) fn collection_of(
    cx: &mut Cx,
    node: &Obj<Node>,
    attribute: &'static str,
    filter: Filter,
) -> Obj<HTMLCollection> {
    same_named(
        cx,
        node,
        |extras| &mut extras.collections,
        attribute,
        |cx| HTMLCollection::create(cx, node.clone(), filter),
    )
}

/// Makes the wrapper of a node with the interface that its kind and name ask for.
pub(crate) fn make_wrapper(cx: &mut Cx, node: Node) -> Obj<Node> {
    let agent = cx.engine();
    let id = node.id();
    let kind = agent.tree().kind(id);
    match kind {
        Some(NodeKind::Element) => {
            let name = agent.tree().name(id).cloned();
            let element = Element::new(node);
            match name {
                Some(name) if name.ns == virga_dom::ns!(html) => {
                    crate::html::make_wrapper(cx, element, &name.local)
                }
                Some(name) if name.ns == virga_dom::ns!(svg) => {
                    Obj::new(cx, crate::html::SVGElement::new(element)).upcast()
                }
                _ => Obj::new(cx, element).upcast(),
            }
        }
        Some(NodeKind::Text) => Obj::new(cx, Text::new(node)).upcast(),
        Some(NodeKind::CdataSection) => {
            Obj::new(cx, CDATASection { text: Text::new(node) }).upcast()
        }
        Some(NodeKind::Comment) => Obj::new(cx, Comment { data: CharacterData { node } }).upcast(),
        Some(NodeKind::ProcessingInstruction) => {
            Obj::new(cx, ProcessingInstruction { data: CharacterData { node } }).upcast()
        }
        Some(NodeKind::Document) => document::make_wrapper(cx, node),
        Some(NodeKind::Doctype) => Obj::new(cx, DocumentType { node }).upcast(),
        Some(NodeKind::Attribute) => Obj::new(cx, Attr::new(node)).upcast(),
        // A stale id has no node; a fragment is the node without properties.
        Some(NodeKind::ShadowRoot) => shadow::make_wrapper(cx, node),
        Some(NodeKind::Fragment) | None => Obj::new(cx, DocumentFragment { node }).upcast(),
    }
}
