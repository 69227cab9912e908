//! The tree as stylo sees it.
//!
//! A [`Handle`] is one reference to a slot. It exists only while a
//! [`StyleScope`](super::scope::StyleScope) holds the tree, so the links it
//! follows cannot change under it. What stylo writes through it are the atomic
//! flags of a slot and the style data of an element; stylo's traversal gives an
//! element's data to one thread at a time, which is what its `unsafe` methods
//! ask of us.
#![expect(
    unsafe_code,
    reason = "stylo's element trait has unsafe methods: exclusive access is its traversal's promise"
)]

use crate::tree::slot::{NodeFlags, NodeSlot, SlotPointer};
use crate::tree::work::opaque;
use crate::tree::{ElementData, NodeData};
use markup5ever::{LocalName, Namespace, local_name, ns};
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::{BLOOM_HASH_MASK, BloomFilter};
use selectors::matching::{ElementSelectorFlags, MatchingContext, QuirksMode, VisitedHandlingMode};
use selectors::sink::Push;
use selectors::{Element as SelectorsElement, OpaqueElement};
use std::fmt;
use std::hash::{Hash, Hasher};
use style::animation::AnimationSetKey;
use style::applicable_declarations::ApplicableDeclarationBlock;
use style::bloom::each_relevant_element_hash;
use style::context::SharedStyleContext;
use style::data::{ElementDataMut, ElementDataRef};
use style::dom::{
    DomChildren, LayoutIterator, NodeInfo, OpaqueNode, TDocument, TElement, TNode, TShadowRoot,
};
use style::properties::{ComputedValues, PropertyDeclarationBlock};
use style::rule_tree::{CascadeLevel, CascadeOrigin};
use style::selector_parser::{
    AttrValue, Lang, NonTSPseudoClass, PseudoElement, RestyleDamage, SelectorImpl,
};
use style::servo::selector_parser::extended_filtering;
use style::servo_arc::{Arc, ArcBorrow};
use style::shared_lock::{Locked, SharedRwLock};
use style::stylesheets::layer_rule::LayerOrder;
use style::stylist::CascadeData;
use style::values::computed::Display;
use style::values::{AtomIdent, AtomString, GenericAtomIdent};
use style::{Atom, CaseSensitivityExt};
use stylo_dom::ElementState;

/// A node, for stylo. See the module.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Handle<'a>(&'a NodeSlot);

const _: () = assert!(size_of::<Handle<'_>>() == size_of::<usize>());

impl<'a> Handle<'a> {
    /// Only [`StyleScope`](super::scope::StyleScope) makes handles.
    pub(super) fn new(slot: &'a NodeSlot) -> Self {
        Self(slot)
    }

    pub(crate) fn slot(self) -> &'a NodeSlot {
        self.0
    }

    fn link(self, index: u32) -> Option<Self> {
        self.0.link(index).map(Self)
    }

    pub(crate) fn data(self) -> &'a ElementData {
        match self.0.element() {
            Some(data) => data,
            None => unreachable!("stylo asks only elements for element data"),
        }
    }

    fn is_element(self) -> bool {
        self.0.element().is_some()
    }

    fn siblings(self, step: impl Fn(&NodeSlot) -> u32) -> Option<Self> {
        let mut at = self.link(step(self.0))?;
        while !at.is_element() {
            at = at.link(step(at.0))?;
        }
        Some(at)
    }

    fn in_html_document(self) -> bool {
        self.0.document().and_then(NodeSlot::document_data).is_some_and(|d| d.html)
    }

    fn attribute(self, namespace: &Namespace, local: &LocalName) -> Option<&'a str> {
        self.data().attribute(namespace, local)
    }

    /// The language of the nearest element that says one.
    fn language(self) -> Option<&'a str> {
        let mut at = Some(self);
        while let Some(node) = at {
            if node.is_element() {
                let own = node
                    .attribute(&ns!(xml), &local_name!("lang"))
                    .or_else(|| node.attribute(&ns!(), &local_name!("lang")));
                if own.is_some() {
                    return own;
                }
            }
            at = node.0.host().map(Self).or_else(|| TNode::parent_node(&node));
        }
        None
    }

    /// The `part` attribute, which means something in a shadow tree alone.
    fn part_names(self) -> Option<&'a str> {
        if !self.0.has(NodeFlags::IN_SHADOW_TREE) {
            return None;
        }
        self.data().plain(&local_name!("part"))
    }

    fn exported_parts(self) -> Option<&'a str> {
        if !self.0.has(NodeFlags::SHADOW_HOST) {
            return None;
        }
        self.data().plain(&local_name!("exportparts"))
    }

    fn animation_key(self) -> AnimationSetKey {
        AnimationSetKey::new_for_non_pseudo(opaque(self.0))
    }

    fn lock(self) -> &'a SharedRwLock {
        match self.0.document().and_then(NodeSlot::document_data) {
            Some(document) => &document.lock,
            None => unreachable!("every node has an owner document"),
        }
    }
}

/// The children of a node in the flat tree.
pub(crate) enum FlatChildren<'a> {
    Own(DomChildren<Handle<'a>>),
    Assigned { nodes: &'a [SlotPointer], arena: &'a NodeSlot },
}

impl<'a> FlatChildren<'a> {
    fn of(parent: Handle<'a>) -> Self {
        if parent.0.has(NodeFlags::SHOWS_ASSIGNED) {
            return Self::Assigned { nodes: parent.0.assigned_nodes(), arena: parent.0 };
        }
        let shadow = parent.0.shadow().map(Handle);
        Self::Own(shadow.unwrap_or(parent).dom_children())
    }
}

impl<'a> Iterator for FlatChildren<'a> {
    type Item = Handle<'a>;

    fn next(&mut self) -> Option<Handle<'a>> {
        match self {
            Self::Own(children) => children.next(),
            Self::Assigned { nodes, arena } => {
                let (first, rest) = nodes.split_first()?;
                *nodes = rest;
                arena.link(first.index()).map(Handle)
            }
        }
    }
}

impl fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.element() {
            Some(element) => write!(f, "{element:?}{:?}", self.0.id()),
            None => write!(f, "{:?}", self.0.id()),
        }
    }
}

impl PartialEq for Handle<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Handle<'_> {}

impl Hash for Handle<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.index.hash(state);
    }
}

impl NodeInfo for Handle<'_> {
    fn is_element(&self) -> bool {
        Handle::is_element(*self)
    }

    fn is_text_node(&self) -> bool {
        matches!(self.0.data, NodeData::Text(_) | NodeData::CdataSection(_))
    }
}

impl<'a> TDocument for Handle<'a> {
    type ConcreteNode = Self;

    fn as_node(&self) -> Self {
        *self
    }

    fn is_html_document(&self) -> bool {
        self.in_html_document()
    }

    fn quirks_mode(&self) -> QuirksMode {
        self.0.document_data().map_or(QuirksMode::NoQuirks, |d| d.quirks)
    }

    fn shared_lock(&self) -> &SharedRwLock {
        self.lock()
    }
}

impl<'a> TShadowRoot for Handle<'a> {
    type ConcreteNode = Self;

    fn as_node(&self) -> Self {
        *self
    }

    fn host(&self) -> Self {
        // Only a shadow root is asked, and its host outlives it. A host that
        // was freed cannot be reached from a tree that is being styled.
        let NodeData::ShadowRoot(shadow) = &self.0.data else {
            return *self;
        };
        self.link(shadow.host.index()).unwrap_or(*self)
    }

    fn style_data<'b>(&self) -> Option<&'b CascadeData>
    where
        Self: 'b,
    {
        match &self.0.data {
            NodeData::ShadowRoot(shadow) => shadow.cascade.as_deref(),
            _ => None,
        }
    }
}

impl<'a> TNode for Handle<'a> {
    type ConcreteElement = Self;
    type ConcreteDocument = Self;
    type ConcreteShadowRoot = Self;

    fn parent_node(&self) -> Option<Self> {
        self.link(self.0.parent)
    }

    fn first_child(&self) -> Option<Self> {
        self.link(self.0.first_child)
    }

    fn last_child(&self) -> Option<Self> {
        self.link(self.0.last_child)
    }

    fn prev_sibling(&self) -> Option<Self> {
        self.link(self.0.prev)
    }

    fn next_sibling(&self) -> Option<Self> {
        self.link(self.0.next)
    }

    fn owner_doc(&self) -> Self {
        self.link(self.0.document).unwrap_or(*self)
    }

    fn is_in_document(&self) -> bool {
        self.0.has(NodeFlags::CONNECTED)
    }

    fn traversal_parent(&self) -> Option<Self> {
        self.0.flat_parent().map(Self).filter(|p| p.is_element())
    }

    fn opaque(&self) -> OpaqueNode {
        opaque(self.0)
    }

    fn debug_id(self) -> usize {
        self.0.index as usize
    }

    fn as_element(&self) -> Option<Self> {
        self.is_element().then_some(*self)
    }

    fn as_document(&self) -> Option<Self> {
        self.0.document_data().map(|_| *self)
    }

    fn as_shadow_root(&self) -> Option<Self> {
        matches!(self.0.data, NodeData::ShadowRoot(_)).then_some(*self)
    }
}

impl<'a> SelectorsElement for Handle<'a> {
    type Impl = SelectorImpl;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.0)
    }

    fn parent_element(&self) -> Option<Self> {
        TNode::parent_node(self).filter(|p| p.is_element())
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        TNode::parent_node(self).is_some_and(|p| p.0.has(NodeFlags::SHADOW_ROOT))
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        TElement::containing_shadow(self).map(|s| s.host())
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.siblings(|s| s.prev)
    }

    fn next_sibling_element(&self) -> Option<Self> {
        self.siblings(|s| s.next)
    }

    fn first_element_child(&self) -> Option<Self> {
        let first = TNode::first_child(self)?;
        if first.is_element() { Some(first) } else { first.next_sibling_element() }
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.is_html_element() && self.in_html_document()
    }

    fn has_local_name(&self, local_name: &LocalName) -> bool {
        self.data().name.local == *local_name
    }

    fn has_namespace(&self, namespace: &Namespace) -> bool {
        self.data().name.ns == *namespace
    }

    fn is_same_type(&self, other: &Self) -> bool {
        let (a, b) = (&self.data().name, &other.data().name);
        a.local == b.local && a.ns == b.ns
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&style::Namespace>,
        local: &style::LocalName,
        operation: &AttrSelectorOperation<&AtomString>,
    ) -> bool {
        match namespace {
            NamespaceConstraint::Specific(ns) => {
                self.attribute(ns, local).is_some_and(|v| operation.eval_str(v))
            }
            NamespaceConstraint::Any => self
                .data()
                .attributes
                .iter()
                .any(|a| a.name.local == **local && operation.eval_str(a.value())),
        }
    }

    fn match_non_ts_pseudo_class(
        &self,
        class: &NonTSPseudoClass,
        _context: &mut MatchingContext<SelectorImpl>,
    ) -> bool {
        match class {
            // Nobody's history is told to a page.
            NonTSPseudoClass::Visited => false,
            NonTSPseudoClass::Lang(range) => self.match_element_lang(None, range),
            NonTSPseudoClass::CustomState(state) => self.has_custom_state(&state.0),
            NonTSPseudoClass::ServoNonZeroBorder => self
                .data()
                .plain(&local_name!("border"))
                .is_some_and(|v| super::hints::parse_border(v) != 0),
            other => self.state().intersects(other.state_flag()),
        }
    }

    fn match_pseudo_element(
        &self,
        _pseudo: &PseudoElement,
        _context: &mut MatchingContext<SelectorImpl>,
    ) -> bool {
        false
    }

    fn apply_selector_flags(&self, flags: ElementSelectorFlags) {
        let own = flags.for_self();
        if !own.is_empty() {
            self.0.add_selector_flags(own.bits() as u32);
        }
        let parent = flags.for_parent();
        if !parent.is_empty()
            && let Some(node) = TNode::parent_node(self)
        {
            node.0.add_selector_flags(parent.bits() as u32);
        }
    }

    fn is_link(&self) -> bool {
        self.state().intersects(ElementState::VISITED_OR_UNVISITED)
    }

    fn is_html_slot_element(&self) -> bool {
        self.data().is_html(&local_name!("slot"))
    }

    fn assigned_slot(&self) -> Option<Self> {
        self.0.assigned_slot().map(Self)
    }

    fn has_id(&self, id: &AtomIdent, case: CaseSensitivity) -> bool {
        self.data().id.as_ref().is_some_and(|own| case.eq_atom(own, id))
    }

    fn has_class(&self, name: &AtomIdent, case: CaseSensitivity) -> bool {
        self.data().classes.iter().any(|own| case.eq_atom(own, name))
    }

    fn has_custom_state(&self, name: &AtomIdent) -> bool {
        self.data().rare.as_ref().is_some_and(|r| r.custom_states.contains(name))
    }

    fn imported_part(&self, name: &AtomIdent) -> Option<AtomIdent> {
        let mut mappings = super::parts::mappings(self.exported_parts()?);
        mappings.find(|(_, outer)| **outer == ***name).map(|(inner, _)| AtomIdent::from(inner))
    }

    fn is_part(&self, name: &AtomIdent) -> bool {
        self.part_names()
            .is_some_and(|parts| parts.split_ascii_whitespace().any(|part| *part == ***name))
    }

    fn is_empty(&self) -> bool {
        self.dom_children().all(|child| match &child.0.data {
            NodeData::Element(_) => false,
            NodeData::Text(text) => text.is_empty(),
            NodeData::CdataSection(text) => text.0.is_empty(),
            _ => true,
        })
    }

    fn is_root(&self) -> bool {
        TNode::parent_node(self).is_some_and(|p| p.0.document_data().is_some())
    }

    fn add_element_unique_hashes(&self, filter: &mut BloomFilter) -> bool {
        each_relevant_element_hash(*self, |hash| filter.insert_hash(hash & BLOOM_HASH_MASK));
        true
    }
}

impl<'a> TElement for Handle<'a> {
    type ConcreteNode = Self;
    type TraversalChildrenIterator = FlatChildren<'a>;

    fn as_node(&self) -> Self {
        *self
    }

    fn traversal_children(&self) -> LayoutIterator<Self::TraversalChildrenIterator> {
        LayoutIterator(FlatChildren::of(*self))
    }

    fn inheritance_parent(&self) -> Option<Self> {
        TNode::traversal_parent(self)
    }

    fn slotted_nodes(&self) -> &[Self] {
        let slots = SlotPointer::slots(self.0.assigned_nodes(), self.0);
        // SAFETY: a handle is one reference to a slot and nothing else.
        unsafe { &*(std::ptr::from_ref(slots) as *const [Self]) }
    }

    fn is_html_element(&self) -> bool {
        self.data().name.ns == ns!(html)
    }

    fn is_mathml_element(&self) -> bool {
        self.data().name.ns == ns!(mathml)
    }

    fn is_svg_element(&self) -> bool {
        self.data().name.ns == ns!(svg)
    }

    fn is_html_media_element(&self) -> bool {
        self.is_html_element()
            && matches!(self.data().name.local, local_name!("audio") | local_name!("video"))
    }

    fn style_attribute(&self) -> Option<ArcBorrow<'_, Locked<PropertyDeclarationBlock>>> {
        self.0.inline_style().map(Arc::borrow_arc)
    }

    fn animation_rule(
        &self,
        context: &SharedStyleContext<'_>,
    ) -> Option<Arc<Locked<PropertyDeclarationBlock>>> {
        context.animations.get_animation_declarations(
            &self.animation_key(),
            context.current_time_for_animations,
            self.lock(),
        )
    }

    fn transition_rule(
        &self,
        context: &SharedStyleContext<'_>,
    ) -> Option<Arc<Locked<PropertyDeclarationBlock>>> {
        context.animations.get_transition_declarations(
            &self.animation_key(),
            context.current_time_for_animations,
            self.lock(),
        )
    }

    fn state(&self) -> ElementState {
        self.data().state
    }

    fn has_part_attr(&self) -> bool {
        self.part_names().is_some()
    }

    fn exports_any_part(&self) -> bool {
        self.0.has(NodeFlags::SHADOW_HOST)
            && self.data().plain(&local_name!("exportparts")).is_some()
    }

    fn each_part<F: FnMut(&AtomIdent)>(&self, mut callback: F) {
        for part in self.part_names().unwrap_or_default().split_ascii_whitespace() {
            callback(&AtomIdent::from(part));
        }
    }

    fn each_exported_part<F: FnMut(&AtomIdent)>(&self, name: &AtomIdent, mut callback: F) {
        for (inner, outer) in self.exported_parts().into_iter().flat_map(super::parts::mappings) {
            if *inner == ***name {
                callback(&AtomIdent::from(outer));
            }
        }
    }

    fn id(&self) -> Option<&Atom> {
        self.data().id.as_ref()
    }

    fn each_class<F: FnMut(&AtomIdent)>(&self, callback: F) {
        self.data().classes.iter().for_each(callback);
    }

    fn each_custom_state<F: FnMut(&AtomIdent)>(&self, callback: F) {
        if let Some(rare) = &self.data().rare {
            rare.custom_states.iter().for_each(callback);
        }
    }

    fn each_attr_name<F: FnMut(&style::LocalName)>(&self, mut callback: F) {
        for attribute in &self.data().attributes {
            callback(GenericAtomIdent::cast(&attribute.name.local));
        }
    }

    fn has_dirty_descendants(&self) -> bool {
        self.0.has(NodeFlags::DIRTY_DESCENDANTS)
    }

    fn has_snapshot(&self) -> bool {
        self.0.has(NodeFlags::HAS_SNAPSHOT)
    }

    fn handled_snapshot(&self) -> bool {
        self.0.has(NodeFlags::HANDLED_SNAPSHOT)
    }

    unsafe fn set_handled_snapshot(&self) {
        self.0.set(NodeFlags::HANDLED_SNAPSHOT);
    }

    unsafe fn set_dirty_descendants(&self) {
        self.0.set(NodeFlags::DIRTY_DESCENDANTS);
    }

    unsafe fn unset_dirty_descendants(&self) {
        self.0.unset(NodeFlags::DIRTY_DESCENDANTS);
    }

    fn store_children_to_process(&self, _n: isize) {
        unreachable!("the traversal has no way up")
    }

    fn did_process_child(&self) -> isize {
        unreachable!("the traversal has no way up")
    }

    unsafe fn ensure_data(&self) -> ElementDataMut<'_> {
        // SAFETY: the caller promises exclusive access to this element.
        unsafe { self.data().ensure_style() }
    }

    unsafe fn clear_data(&self) {
        // SAFETY: the caller promises exclusive access to this element.
        unsafe { self.data().drop_style() }
        self.0.unset(NodeFlags::DIRTY_DESCENDANTS);
    }

    fn has_data(&self) -> bool {
        self.data().has_style()
    }

    fn borrow_data(&self) -> Option<ElementDataRef<'_>> {
        self.data().style()
    }

    fn mutate_data(&self) -> Option<ElementDataMut<'_>> {
        self.data().style_mut()
    }

    fn skip_item_display_fixup(&self) -> bool {
        false
    }

    fn may_have_animations(&self) -> bool {
        self.0.has(NodeFlags::MAY_ANIMATE)
    }

    fn set_may_have_animations(&self) {
        self.0.set(NodeFlags::MAY_ANIMATE);
    }

    fn has_animations(&self, context: &SharedStyleContext<'_>) -> bool {
        self.has_css_animations(context, None) || self.has_css_transitions(context, None)
    }

    fn has_css_animations(
        &self,
        context: &SharedStyleContext<'_>,
        pseudo: Option<PseudoElement>,
    ) -> bool {
        let key = AnimationSetKey::new(opaque(self.0), pseudo);
        context.animations.has_active_animations(&key)
    }

    fn has_css_transitions(
        &self,
        context: &SharedStyleContext<'_>,
        pseudo: Option<PseudoElement>,
    ) -> bool {
        let key = AnimationSetKey::new(opaque(self.0), pseudo);
        context.animations.has_active_transitions(&key)
    }

    fn shadow_root(&self) -> Option<Self> {
        self.0.shadow().map(Self)
    }

    fn containing_shadow(&self) -> Option<Self> {
        self.0.containing_shadow().map(Self)
    }

    fn lang_attr(&self) -> Option<AttrValue> {
        self.attribute(&ns!(xml), &local_name!("lang"))
            .or_else(|| self.attribute(&ns!(), &local_name!("lang")))
            .map(AttrValue::from)
    }

    fn match_element_lang(&self, own: Option<Option<AttrValue>>, range: &Lang) -> bool {
        let language = match &own {
            Some(Some(language)) => Some(language.as_ref()),
            Some(None) => TNode::parent_node(self).and_then(Handle::language),
            None => self.language(),
        };
        language.is_some_and(|l| !l.is_empty() && extended_filtering(l, range))
    }

    fn is_html_document_body_element(&self) -> bool {
        self.data().is_html(&local_name!("body"))
            && SelectorsElement::parent_element(self).is_some_and(|p| p.is_root())
    }

    fn synthesize_presentational_hints_for_legacy_attributes<V>(
        &self,
        _visited: VisitedHandlingMode,
        hints: &mut V,
    ) where
        V: Push<ApplicableDeclarationBlock>,
    {
        if let Some(block) = super::hints::declarations(*self, self.lock()) {
            hints.push(ApplicableDeclarationBlock::from_declarations(
                block,
                CascadeLevel::new(CascadeOrigin::PresHints),
                LayerOrder::root(),
            ));
        }
    }

    fn local_name(&self) -> &LocalName {
        &self.data().name.local
    }

    fn namespace(&self) -> &Namespace {
        &self.data().name.ns
    }

    fn query_container_size(
        &self,
        _display: &Display,
    ) -> euclid::default::Size2D<Option<app_units::Au>> {
        // Unknown sizes make a size query false: container queries are off.
        euclid::default::Size2D::new(None, None)
    }

    fn has_selector_flags(&self, flags: ElementSelectorFlags) -> bool {
        let bits = flags.bits() as u32;
        self.0.selector_flags() & bits == bits
    }

    fn relative_selector_search_direction(&self) -> ElementSelectorFlags {
        let flags = ElementSelectorFlags::from_bits_truncate(self.0.selector_flags() as usize);
        flags & ElementSelectorFlags::RELATIVE_SELECTOR_SEARCH_DIRECTION_ANCESTOR_SIBLING
    }

    fn compute_layout_damage(old: &ComputedValues, new: &ComputedValues) -> RestyleDamage {
        super::damage::refine(old, new)
    }

    fn get_attr(&self, local: &style::LocalName, namespace: &style::Namespace) -> Option<String> {
        self.attribute(namespace, local).map(str::to_owned)
    }
}
