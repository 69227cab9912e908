//! What a node is, by kind.

use super::NodeId;
use super::attributes::Attribute;
use super::controls::ControlFlags;
use super::work::StyleWork;
use crate::style::hints::HintCache;
use markup5ever::QualName;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::UnsafeCell;
use std::sync::OnceLock;
use style::data::ElementDataWrapper;
use style::properties::PropertyDeclarationBlock;
use style::servo_arc::Arc;
use style::shared_lock::{Locked, SharedRwLock};
use style::values::AtomIdent;
use style::{Atom, context::QuirksMode};
use stylo_dom::ElementState;

/// The kind of a node, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A document.
    Document,
    /// A document type declaration.
    Doctype,
    /// A document fragment, including a template's content.
    Fragment,
    /// A shadow root.
    ShadowRoot,
    /// An element.
    Element,
    /// A text node.
    Text,
    /// A CDATA section of an XML document.
    CdataSection,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// An attribute as a node of its own; an element's attributes are no nodes.
    Attribute,
}

/// What a slot holds. Small kinds are inline, large ones are boxed, so that a
/// text node does not pay for an element's fields.
#[derive(Debug)]
pub(crate) enum NodeData {
    /// Nothing: the slot is free.
    Vacant,
    Document(Box<DocumentData>),
    Doctype(Box<Doctype>),
    /// The host is the template whose content this is.
    Fragment(Option<NodeId>),
    ShadowRoot(Box<ShadowRoot>),
    Element(Box<ElementData>),
    Text(String),
    CdataSection(Box<CharacterData>),
    Comment(Box<CharacterData>),
    ProcessingInstruction(Box<ProcessingInstruction>),
    Attribute(Box<AttributeNode>),
}

/// An attribute as a node of its own.
#[derive(Clone, Debug)]
pub(crate) struct AttributeNode {
    pub(crate) name: QualName,
    pub(crate) value: String,
}

/// The data of the rarer kinds of character data, behind a pointer: with one
/// string alone in the enum, its spare values tell the kinds apart.
#[derive(Clone, Debug)]
pub(crate) struct CharacterData(pub(crate) String);

impl NodeData {
    pub(crate) fn kind(&self) -> Option<NodeKind> {
        Some(match self {
            NodeData::Vacant => return None,
            NodeData::Document(_) => NodeKind::Document,
            NodeData::Doctype(_) => NodeKind::Doctype,
            NodeData::Fragment(_) => NodeKind::Fragment,
            NodeData::ShadowRoot(_) => NodeKind::ShadowRoot,
            NodeData::Element(_) => NodeKind::Element,
            NodeData::Text(_) => NodeKind::Text,
            NodeData::CdataSection(_) => NodeKind::CdataSection,
            NodeData::Comment(_) => NodeKind::Comment,
            NodeData::ProcessingInstruction(_) => NodeKind::ProcessingInstruction,
            NodeData::Attribute(_) => NodeKind::Attribute,
        })
    }
}

/// A document type declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doctype {
    /// Its name, `html` for almost every page.
    pub name: String,
    /// Its public identifier.
    pub public_id: String,
    /// Its system identifier.
    pub system_id: String,
}

/// A processing instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessingInstruction {
    /// Its target.
    pub target: String,
    /// Its data.
    pub data: String,
}

/// Whether script outside may reach a shadow tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShadowMode {
    /// `element.shadowRoot` gives the root.
    Open,
    /// Only who attached it holds the root.
    Closed,
}

/// A shadow root's own data.
pub struct ShadowRoot {
    /// The element that it is attached to.
    pub host: NodeId,
    /// Whether script outside may reach it.
    pub mode: ShadowMode,
    /// Focus goes to the first focusable element inside.
    pub delegates_focus: bool,
    /// Slots are assigned by script.
    pub manual_slots: bool,
    /// It may be cloned with its host.
    pub clonable: bool,
    /// It is written by `getHTML`.
    pub serializable: bool,
    /// A parser made it of a template, and script may take it over.
    pub declarative: bool,
    /// Elements may attach internals that know it (`element internals`).
    pub available_to_internals: bool,
    pub(crate) slots: super::slots::Slots,
    /// The rules of its style sheets, as of the last style pass.
    pub(crate) cascade: Option<Arc<style::stylist::CascadeData>>,
}

impl std::fmt::Debug for ShadowRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShadowRoot")
            .field("host", &self.host)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// What a document is beyond being a node.
#[derive(Debug)]
pub(crate) struct DocumentData {
    /// An HTML document, as against an XML one.
    pub(crate) html: bool,
    /// An XML document that script made with `new Document()`.
    pub(crate) generic: bool,
    pub(crate) quirks: QuirksMode,
    /// Connected elements by id, in no order. `RefCell`-free: writes need
    /// `&mut Tree`.
    pub(crate) ids: FxHashMap<Atom, SmallVec<[u32; 1]>>,
    /// What style and layout have to catch up with; `None` while no view
    /// renders the document, which makes recording free.
    pub(crate) work: Option<Box<StyleWork>>,
    /// The document that owns the contents of this one's templates.
    pub(crate) template_document: Option<NodeId>,
    /// How many other nodes it is the node document of.
    pub(crate) owned: usize,
    pub(crate) lock: SharedRwLock,
    pub(crate) hints: HintCache,
    /// The base for URLs in its `style` attributes.
    pub(crate) base_url: Option<style::stylesheets::UrlExtraData>,
    /// What lies on top of everything, the topmost last.
    pub(crate) top_layer: Vec<NodeId>,
}

/// What an element is beyond being a node.
pub(crate) struct ElementData {
    pub(crate) name: QualName,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) id: Option<Atom>,
    pub(crate) classes: Box<[AtomIdent]>,
    pub(crate) state: ElementState,
    /// The parsed `style` attribute, once somebody has asked for it.
    pub(crate) inline_style: OnceLock<Option<Arc<Locked<PropertyDeclarationBlock>>>>,
    /// Computed styles, written by the style pass through a shared reference:
    /// see the rules in `slot.rs`.
    pub(crate) style: UnsafeCell<Option<ElementDataWrapper>>,
    pub(crate) rare: Option<Box<RareElementData>>,
}

/// What few elements have.
#[derive(Clone, Debug, Default)]
pub(crate) struct RareElementData {
    pub(crate) template_content: Option<NodeId>,
    pub(crate) shadow_root: Option<NodeId>,
    /// The `is` value that the element was made with.
    pub(crate) is_value: Option<String>,
    pub(crate) custom_states: Vec<AtomIdent>,
    pub(crate) form_value: Option<String>,
    /// Selection in the form value, in bytes.
    pub(crate) form_selection: (usize, usize),
    /// A custom element that takes part in forms.
    pub(crate) form_associated: bool,
    /// What a form-associated custom element suffers from, as its internals say.
    pub(crate) flaws: u16,
    /// The nodes that script gave a slot.
    pub(crate) manual_nodes: Vec<NodeId>,
    pub(crate) control: ControlFlags,
    /// Image px per CSS px of an image, if that is not one.
    pub(crate) image_density: Option<f32>,
    /// What script said with `setCustomValidity`.
    pub(crate) custom_validity: Option<String>,
    /// The form that the parser associated with the element.
    pub(crate) parser_form: Option<NodeId>,
}

impl std::fmt::Debug for ElementData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}>", self.name.local)
    }
}
