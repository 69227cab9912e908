//! The node tree.
//!
//! One [`Tree`] holds the nodes of all documents of an agent, so that a node
//! keeps its [`NodeId`] when it is adopted by another document. Nodes are made
//! detached and live until somebody frees them: the tree does not know who
//! refers to a node from outside, the engine does.
//!
//! The operations here are primitive. They keep links, ids, style work, the
//! layout queue and the mutation journal consistent, but they check nothing
//! that a specification asks for (whether a text node may be the child of a
//! document, say): that is where the errors are thrown, in the engine.
//!
//! Nothing here recurses: a tree may be as deep as memory allows.

mod attributes;
mod controls;
mod copy;
mod custom;
mod data;
mod id;
mod journal;
mod links;
mod shadow;
pub(crate) mod slot;
mod slots;
mod states;
mod text;
mod top_layer;
mod versions;
pub(crate) mod work;

pub use attributes::Attribute;
pub use controls::ControlFlags;
pub use copy::CloneOptions;
pub use custom::is_valid_custom_element_name;
pub(crate) use data::{AttributeNode, CharacterData, DocumentData, ElementData, NodeData};
pub use data::{Doctype, NodeKind, ProcessingInstruction, ShadowMode, ShadowRoot};
pub use id::NodeId;
pub use journal::Mutation;
pub use links::{Ancestors, Children, Descendants};
pub use shadow::ShadowIncludingDescendants;
pub use style::context::QuirksMode;
pub use work::LayoutChange;

use markup5ever::{LocalName, Namespace, QualName, ns};
use slot::{ArenaBox, NONE, NodeFlags, NodeSlot};
use std::cell::UnsafeCell;
use style::Atom;
use style::shared_lock::SharedRwLock;
pub use stylo_dom::ElementState;

/// The nodes of all documents of an agent. See the module.
pub struct Tree {
    pub(crate) arena: ArenaBox,
    pub(crate) journal: Option<Vec<Mutation>>,
    /// Guards the style sheets and `style` attributes of this tree.
    pub(crate) lock: SharedRwLock,
    pub(crate) version: u64,
    pub(crate) structure_version: u64,
    versions: versions::Versions,
    /// Selectors that script has asked with.
    pub(crate) selectors: crate::select::SelectorCache,
    /// Slots whose nodes changed, until somebody takes them.
    pub(crate) signaled_slots: Vec<NodeId>,
    manual_slots: slots::ManualSlots,
    /// Some control was associated with a form by the parser.
    parser_forms: bool,
    /// Some element has a name that its document knows it by.
    exposed_names: bool,
    /// Some element was told to take the focus by itself.
    autofocus: bool,
    /// How many elements have a name, by name.
    names: rustc_hash::FxHashMap<Atom, u32>,
    /// Some element was made inert, or put into the top layer.
    inert: bool,
    /// Some element was made that takes part in forms.
    controls: bool,
    /// Controls whose validity may have changed.
    changed_controls: Vec<NodeId>,
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("live_nodes", &self.live_nodes()).finish_non_exhaustive()
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

/// Making nodes.
impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        crate::style::initialize();
        Self {
            arena: ArenaBox::new(),
            journal: None,
            lock: SharedRwLock::new(),
            version: 0,
            structure_version: 0,
            versions: Default::default(),
            selectors: Default::default(),
            signaled_slots: Vec::new(),
            manual_slots: Default::default(),
            parser_forms: false,
            exposed_names: false,
            autofocus: false,
            names: Default::default(),
            inert: false,
            controls: false,
            changed_controls: Vec::new(),
        }
    }

    /// A new document: an HTML one, or an XML one.
    pub fn create_document(&mut self, html: bool) -> NodeId {
        let data = DocumentData {
            html,
            generic: false,
            quirks: QuirksMode::NoQuirks,
            ids: Default::default(),
            work: None,
            template_document: None,
            owned: 0,
            lock: self.lock.clone(),
            hints: Default::default(),
            base_url: None,
            top_layer: Vec::new(),
        };
        let id = self.arena.insert(NodeData::Document(Box::new(data)), NONE);
        self.arena.at(id.index()).set(NodeFlags::CONNECTED);
        id
    }

    /// A document that only holds nodes for a while: what is in it counts as
    /// detached, which costs less.
    pub(crate) fn create_inert_document(&mut self, html: bool) -> NodeId {
        let id = self.create_document(html);
        self.arena.at(id.index()).unset(NodeFlags::CONNECTED);
        id
    }

    /// A new element, with what its name makes of it: a template gets its
    /// content, a field its first state.
    pub fn create_element(&mut self, document: NodeId, name: QualName) -> NodeId {
        let is_html = name.ns == ns!(html);
        let state = crate::style::initial_state(&name);
        let template = is_html && name.local == markup5ever::local_name!("template");
        let control = is_html && controls::takes_part(&name.local);
        let data = ElementData {
            name,
            attributes: Vec::new(),
            id: None,
            classes: Box::default(),
            state,
            inline_style: Default::default(),
            style: UnsafeCell::new(None),
            rare: None,
        };
        let id = self.make(document, NodeData::Element(Box::new(data)));
        if template {
            let owner = self.template_document(document);
            let content = self.make(owner, NodeData::Fragment(Some(id)));
            self.rare(id).template_content = Some(content);
        }
        if control {
            self.control_made(id);
        }
        id
    }

    /// A new HTML element.
    pub fn create_html_element(&mut self, document: NodeId, local: &str) -> NodeId {
        self.create_element(document, QualName::new(None, ns!(html), LocalName::from(local)))
    }

    /// A new text node.
    pub fn create_text(&mut self, document: NodeId, text: impl Into<String>) -> NodeId {
        self.make(document, NodeData::Text(text.into()))
    }

    /// A new CDATA section.
    pub fn create_cdata_section(&mut self, document: NodeId, text: impl Into<String>) -> NodeId {
        self.make(document, NodeData::CdataSection(Box::new(CharacterData(text.into()))))
    }

    /// A new comment.
    pub fn create_comment(&mut self, document: NodeId, text: impl Into<String>) -> NodeId {
        self.make(document, NodeData::Comment(Box::new(CharacterData(text.into()))))
    }

    /// A new processing instruction.
    pub fn create_processing_instruction(
        &mut self,
        document: NodeId,
        target: impl Into<String>,
        data: impl Into<String>,
    ) -> NodeId {
        let pi = ProcessingInstruction { target: target.into(), data: data.into() };
        self.make(document, NodeData::ProcessingInstruction(Box::new(pi)))
    }

    /// A new attribute as a node of its own, which can have no parent.
    pub fn create_attribute(
        &mut self,
        document: NodeId,
        name: QualName,
        value: impl Into<String>,
    ) -> NodeId {
        let attribute = AttributeNode { name, value: value.into() };
        self.make(document, NodeData::Attribute(Box::new(attribute)))
    }

    /// A new document type.
    pub fn create_doctype(&mut self, document: NodeId, doctype: Doctype) -> NodeId {
        self.make(document, NodeData::Doctype(Box::new(doctype)))
    }

    /// A new, empty fragment.
    pub fn create_fragment(&mut self, document: NodeId) -> NodeId {
        self.make(document, NodeData::Fragment(None))
    }

    /// Attaches a shadow root to `host`; `None` if it is no element or has one.
    pub fn attach_shadow(&mut self, host: NodeId, mode: ShadowMode) -> Option<NodeId> {
        self.element(host)?;
        if self.shadow_root(host).is_some() {
            return None;
        }
        let document = self.owner_document(host)?;
        let root = self.make(
            document,
            NodeData::ShadowRoot(Box::new(ShadowRoot {
                host,
                mode,
                delegates_focus: false,
                manual_slots: false,
                clonable: false,
                serializable: false,
                declarative: false,
                available_to_internals: false,
                slots: Default::default(),
                cascade: None,
            })),
        );
        self.rare(host).shadow_root = Some(root);
        let host = host.index();
        self.arena.at(host).set(NodeFlags::SHADOW_HOST);
        let slot = self.arena.at(root.index());
        slot.set(NodeFlags::SHADOW_ROOT | NodeFlags::IN_SHADOW_TREE);
        if self.arena.at(host).has(NodeFlags::CONNECTED) {
            slot.set(NodeFlags::CONNECTED);
        }
        self.shadow_attached(host);
        Some(root)
    }

    pub(crate) fn make(&mut self, document: NodeId, data: NodeData) -> NodeId {
        debug_assert!(self.document_data(document).is_some(), "{document:?} is no document");
        self.count_owned(document.index(), 1);
        self.arena.insert(data, document.index())
    }

    /// Counts nodes in or out of a document. A document that is freed before
    /// the nodes it owns keeps its slot, so that they never find another node
    /// in its place.
    pub(crate) fn count_owned(&mut self, document: u32, by: isize) {
        if let Some(data) = self.arena.at_mut(document).document_data_mut() {
            data.owned = data.owned.saturating_add_signed(by);
        }
    }

    pub(crate) fn rare(&mut self, element: NodeId) -> &mut data::RareElementData {
        let Some(element) = self.arena.at_mut(element.index()).element_mut() else {
            unreachable!("only called for elements made above")
        };
        element.rare.get_or_insert_default()
    }

    /// The inert document that owns the contents of a document's templates.
    fn template_document(&mut self, document: NodeId) -> NodeId {
        let Some(data) = self.document_data(document) else {
            return document;
        };
        if let Some(inert) = data.template_document.filter(|d| self.contains(*d)) {
            return inert;
        }
        let inert = self.create_document(data.html);
        for (of, is) in [(document, inert), (inert, inert)] {
            if let Some(data) = self.arena.at_mut(of.index()).document_data_mut() {
                data.template_document = Some(is);
            }
        }
        inert
    }
}

/// Asking about nodes. A stale id is answered as a node without anything.
impl Tree {
    /// Whether `id` names a node that has not been freed.
    pub fn contains(&self, id: NodeId) -> bool {
        self.kind(id).is_some()
    }

    /// How many nodes there are.
    pub fn live_nodes(&self) -> usize {
        self.arena.live()
    }

    /// One more than the largest slot index in use: the size of tables indexed
    /// by [`NodeId::index`].
    pub fn slot_capacity(&self) -> u32 {
        self.arena.capacity()
    }

    /// What kind of node it is.
    pub fn kind(&self, id: NodeId) -> Option<NodeKind> {
        self.arena.slot(id)?.data.kind()
    }

    /// Whether it is an element.
    pub fn is_element(&self, id: NodeId) -> bool {
        self.kind(id) == Some(NodeKind::Element)
    }

    /// Whether it is a text node (CDATA sections included).
    pub fn is_text(&self, id: NodeId) -> bool {
        matches!(self.kind(id), Some(NodeKind::Text | NodeKind::CdataSection))
    }

    /// A number that grows with every insertion, removal, adoption and change of
    /// an attribute: whoever keeps something that follows from these can tell
    /// whether it is still true.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// As [`version`](Self::version), but changes of attributes leave it as it is.
    pub fn structure_version(&self) -> u64 {
        self.structure_version
    }

    /// The name of an attribute node.
    pub fn attribute_name(&self, id: NodeId) -> Option<&QualName> {
        match &self.arena.slot(id)?.data {
            NodeData::Attribute(attribute) => Some(&attribute.name),
            _ => None,
        }
    }

    /// The name of an element.
    pub fn name(&self, id: NodeId) -> Option<&QualName> {
        Some(&self.element(id)?.name)
    }

    /// The local name of an element.
    pub fn local_name(&self, id: NodeId) -> Option<&LocalName> {
        Some(&self.element(id)?.name.local)
    }

    /// The namespace of an element.
    pub fn namespace(&self, id: NodeId) -> Option<&Namespace> {
        Some(&self.element(id)?.name.ns)
    }

    /// Whether it is the HTML element `local`.
    pub fn is_html_element(&self, id: NodeId, local: &str) -> bool {
        self.name(id).is_some_and(|n| n.ns == ns!(html) && *n.local == *local)
    }

    /// The node document; a document's own is itself.
    pub fn owner_document(&self, id: NodeId) -> Option<NodeId> {
        let document = self.arena.slot(id)?.document()?;
        // It may have been freed before the node.
        document.document_data().map(|_| document.id())
    }

    /// Whether it is in a document tree.
    pub fn is_connected(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::CONNECTED))
    }

    /// The root of its tree: the last of its ancestors, or itself.
    pub fn root(&self, id: NodeId) -> NodeId {
        self.ancestors(id).last().unwrap_or(id)
    }

    /// A document's type declaration, or the one with this id.
    pub fn doctype(&self, id: NodeId) -> Option<&Doctype> {
        match &self.arena.slot(id)?.data {
            NodeData::Doctype(d) => Some(d),
            NodeData::Document(_) => {
                self.children(id).find_map(|c| match &self.arena.slot(c)?.data {
                    NodeData::Doctype(d) => Some(&**d),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// The data of a processing instruction.
    pub fn processing_instruction(&self, id: NodeId) -> Option<&ProcessingInstruction> {
        match &self.arena.slot(id)?.data {
            NodeData::ProcessingInstruction(pi) => Some(pi),
            _ => None,
        }
    }

    /// Whether it is an HTML document.
    pub fn is_html_document(&self, document: NodeId) -> bool {
        self.document_data(document).is_some_and(|d| d.html)
    }

    /// Whether an XML document was made with `new Document()`.
    pub fn is_generic_document(&self, document: NodeId) -> bool {
        self.document_data(document).is_some_and(|d| d.generic)
    }

    /// Says that an XML document was made with `new Document()`.
    pub fn set_generic_document(&mut self, document: NodeId) {
        if let Some(data) = self.arena.slot_mut(document).and_then(NodeSlot::document_data_mut) {
            data.generic = true;
        }
    }

    /// The document's quirks mode.
    pub fn quirks_mode(&self, document: NodeId) -> QuirksMode {
        self.document_data(document).map_or(QuirksMode::NoQuirks, |d| d.quirks)
    }

    /// Sets the document's quirks mode.
    pub fn set_quirks_mode(&mut self, document: NodeId, mode: QuirksMode) {
        if let Some(data) = self.arena.slot_mut(document).and_then(NodeSlot::document_data_mut) {
            data.quirks = mode;
        }
    }

    /// Sets the URL that `url()` in `style` attributes is relative to.
    pub fn set_base_url(&mut self, document: NodeId, url: &url::Url) {
        if let Some(data) = self.arena.slot_mut(document).and_then(NodeSlot::document_data_mut) {
            data.base_url = Some(crate::style::sheet::url_data(url));
        }
    }

    /// The element child of a document.
    pub fn document_element(&self, document: NodeId) -> Option<NodeId> {
        self.children(document).find(|c| self.is_element(*c))
    }

    /// The document's `body`: the first `body` or `frameset` child of `html`.
    pub fn body(&self, document: NodeId) -> Option<NodeId> {
        let html = self.document_element(document).filter(|e| self.is_html_element(*e, "html"))?;
        self.children(html)
            .find(|c| self.is_html_element(*c, "body") || self.is_html_element(*c, "frameset"))
    }

    /// The document's `head`.
    pub fn head(&self, document: NodeId) -> Option<NodeId> {
        let html = self.document_element(document).filter(|e| self.is_html_element(*e, "html"))?;
        self.children(html).find(|c| self.is_html_element(*c, "head"))
    }

    /// The fragment that holds a template's content.
    pub fn template_content(&self, template: NodeId) -> Option<NodeId> {
        self.element(template)?.rare.as_ref()?.template_content
    }

    /// The template whose content a fragment is, or the host of a shadow root.
    pub fn host(&self, root: NodeId) -> Option<NodeId> {
        match &self.arena.slot(root)?.data {
            NodeData::Fragment(host) => *host,
            NodeData::ShadowRoot(shadow) => Some(shadow.host),
            _ => None,
        }
    }

    /// The shadow root of an element, open or closed.
    pub fn shadow_root(&self, host: NodeId) -> Option<NodeId> {
        self.element(host)?.rare.as_ref()?.shadow_root
    }

    /// A shadow root's data.
    pub fn shadow_data(&self, root: NodeId) -> Option<&ShadowRoot> {
        match &self.arena.slot(root)?.data {
            NodeData::ShadowRoot(shadow) => Some(shadow),
            _ => None,
        }
    }

    /// Changes a shadow root's data.
    pub fn shadow_data_mut(&mut self, root: NodeId) -> Option<&mut ShadowRoot> {
        match &mut self.arena.slot_mut(root)?.data {
            NodeData::ShadowRoot(shadow) => Some(shadow),
            _ => None,
        }
    }

    /// The `is` value an element was made with.
    pub fn is_value(&self, id: NodeId) -> Option<&str> {
        self.element(id)?.rare.as_ref()?.is_value.as_deref()
    }

    /// Sets the `is` value of an element.
    pub fn set_is_value(&mut self, id: NodeId, value: impl Into<String>) {
        if self.element(id).is_some() {
            self.rare(id).is_value = Some(value.into());
        }
    }

    /// Whether an element matches `:defined`.
    pub fn set_defined(&mut self, id: NodeId, defined: bool) {
        self.set_state(id, ElementState::DEFINED, defined);
    }

    /// The first element in tree order that has this id, in the document.
    pub fn element_by_id(&self, document: NodeId, id: &str) -> Option<NodeId> {
        /// To compare places costs as much as there are siblings: with more
        /// candidates than this, it is cheaper to look for the first from the top.
        const COMPARED: usize = 4;

        let id = Atom::from(id);
        let candidates = self.document_data(document)?.ids.get(&id)?;
        if candidates.len() > COMPARED {
            return self.descendants(document).find(|&node| {
                self.element(node).is_some_and(|element| element.id.as_ref() == Some(&id))
            });
        }
        let first =
            candidates.iter().copied().reduce(|a, b| if self.precedes(b, a) { b } else { a })?;
        Some(self.arena.at(first).id())
    }

    /// How many elements of a document have this id.
    pub fn count_id(&self, document: NodeId, id: &str) -> usize {
        let known = self.document_data(document).and_then(|data| data.ids.get(&Atom::from(id)));
        known.map_or(0, |elements| elements.len())
    }

    /// Whether any element of a document has this id.
    pub fn has_id(&self, document: NodeId, id: &str) -> bool {
        self.document_data(document).is_some_and(|data| data.ids.contains_key(&Atom::from(id)))
    }

    /// A script element's "already started" flag.
    pub fn script_started(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::SCRIPT_STARTED))
    }

    /// Sets a script element's "already started" flag.
    pub fn set_script_started(&mut self, id: NodeId, on: bool) {
        self.set_flag(id, NodeFlags::SCRIPT_STARTED, on);
    }

    /// Whether a parser made this element for a document.
    pub fn is_parser_inserted(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::PARSER_INSERTED))
    }

    /// Says whether a parser made this element for a document.
    pub fn set_parser_inserted(&mut self, id: NodeId, on: bool) {
        self.set_flag(id, NodeFlags::PARSER_INSERTED, on);
    }

    /// What the tokenizer knows about an element that it made.
    pub(crate) fn note_parser_flags(
        &mut self,
        id: NodeId,
        integration_point: bool,
        duplicate_attributes: bool,
    ) {
        self.set_flag(id, NodeFlags::HTML_INTEGRATION_POINT, integration_point);
        self.set_flag(id, NodeFlags::DUPLICATE_ATTRIBUTES, duplicate_attributes);
    }

    /// Whether a MathML element holds HTML.
    pub(crate) fn is_html_integration_point(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::HTML_INTEGRATION_POINT))
    }

    /// Whether the element's tag repeated an attribute (content security
    /// policy does not trust its nonce then).
    pub fn had_duplicate_attributes(&self, id: NodeId) -> bool {
        self.arena.slot(id).is_some_and(|s| s.has(NodeFlags::DUPLICATE_ATTRIBUTES))
    }

    fn set_flag(&mut self, id: NodeId, flag: NodeFlags, on: bool) {
        if let Some(slot) = self.arena.slot(id) {
            if on { slot.set(flag) } else { slot.unset(flag) }
        }
    }

    pub(crate) fn element(&self, id: NodeId) -> Option<&ElementData> {
        self.arena.slot(id)?.element()
    }

    pub(crate) fn document_data(&self, id: NodeId) -> Option<&DocumentData> {
        self.arena.slot(id)?.document_data()
    }
}

#[cfg(test)]
mod tests;
