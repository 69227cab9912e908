//! The style of one rendered document: its sheets, its device, and the passes
//! that keep computed styles up to date.

use super::pass::{Outcome, Pass};
use super::scope::StyleScope;
use super::shadow::ShadowStyles;
use super::sheet::Stylesheet;
use super::{Damage, limits, pool, ua};
use crate::tree::slot::{NONE, NodeFlags, NodeSlot};
use crate::tree::work::{StyleWork, from_opaque};
use crate::tree::{LayoutChange, NodeId, Tree};
use euclid::{Scale, Size2D};
use rustc_hash::FxHashSet;
use selectors::matching::{ElementSelectorFlags, QuirksMode};
use std::cmp::Ordering;
use style::animation::{AnimationState, DocumentAnimationSet};
use style::context::{
    RegisteredSpeculativePainter, RegisteredSpeculativePainters, SharedStyleContext,
    StyleSystemOptions,
};
use style::device::Device;
use style::device::servo::{FontMetricsProvider, MediaData};
use style::invalidation::element::restyle_hints::RestyleHint;
use style::media_queries::MediaType;
use style::properties::ComputedValues;
use style::properties::style_structs::Font;
use style::queries::values::PrefersColorScheme;
use style::servo::media_features::PointerCapabilities;
use style::shared_lock::StylesheetGuards;
use style::stylesheets::{DocumentStyleSheet, OriginSet};
use style::stylist::Stylist;
use style::traversal_flags::TraversalFlags;
use style::{Atom, selector_parser::SnapshotMap};

/// The screen that a document is shown on, as media queries see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Width in CSS pixels.
    pub width: f32,
    /// Height in CSS pixels.
    pub height: f32,
    /// Device pixels per CSS pixel.
    pub scale: f32,
    /// The user prefers dark colours.
    pub dark: bool,
    /// The pointer is a finger: coarse, and it cannot hover.
    pub touch: bool,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { width: 390.0, height: 844.0, scale: 1.0, dark: false, touch: false }
    }
}

/// Counts of what style did, since the engine was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StyleCounters {
    /// Elements whose style was computed.
    pub nodes_styled: u64,
    /// Passes that had anything to do.
    pub passes: u64,
}

/// An author sheet with the node that it belongs to.
pub(super) struct OwnedSheet {
    pub(super) owner: NodeId,
    pub(super) sheet: Stylesheet,
}

/// See the module.
pub struct StyleEngine {
    document: NodeId,
    pub(super) stylist: Stylist,
    pub(super) sheets: Vec<OwnedSheet>,
    /// The sheets of `document.adoptedStyleSheets`, which come after those.
    pub(super) adopted: Vec<Stylesheet>,
    /// The sheets of shadow trees.
    pub(super) shadows: ShadowStyles,
    animations: DocumentAnimationSet,
    counters: StyleCounters,
    /// Everything has to be looked at: the sheets or the device changed.
    pub(super) all_dirty: bool,
}

impl std::fmt::Debug for StyleEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StyleEngine")
            .field("document", &self.document)
            .field("sheets", &self.sheets.len())
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

impl StyleEngine {
    /// Starts styling `document`: from now on the tree keeps a list of work
    /// for it.
    pub fn new(
        tree: &mut Tree,
        document: NodeId,
        viewport: Viewport,
        metrics: Box<dyn FontMetricsProvider>,
    ) -> Self {
        let quirks = tree.quirks_mode(document);
        let device = Device::new(
            ComputedValues::initial_values_with_font_override(Font::initial_values()),
            metrics,
            media_data(viewport, quirks),
        );
        let mut stylist = Stylist::new(device, quirks);
        stylist.append_stylesheet(ua::sheet(), &ua::lock().read());
        if let Some(data) = tree.arena.slot_mut(document).and_then(NodeSlot::document_data_mut) {
            data.work = Some(Box::default());
        }
        let engine = Self {
            document,
            stylist,
            sheets: Vec::new(),
            shadows: ShadowStyles::default(),
            adopted: Vec::new(),
            animations: DocumentAnimationSet::default(),
            counters: StyleCounters::default(),
            all_dirty: true,
        };
        engine.adopt_existing(tree);
        engine
    }

    /// Puts what the document holds already on the list of work.
    fn adopt_existing(&self, tree: &mut Tree) {
        let children: Vec<NodeId> = tree.children(self.document).collect();
        for node in children {
            tree.mark_dirty(node.index());
            tree.push_layout(node.index(), LayoutChange::Inserted { parent: self.document, node });
        }
    }

    /// The document that is styled.
    pub fn document(&self) -> NodeId {
        self.document
    }

    /// What was done so far.
    pub fn counters(&self) -> StyleCounters {
        self.counters
    }

    pub(crate) fn stylist(&self) -> &Stylist {
        &self.stylist
    }

    /// Sets, replaces or (with `None`) removes the sheet of an element, in the
    /// tree order of the elements that have one.
    pub fn set_stylesheet(&mut self, tree: &Tree, owner: NodeId, sheet: Option<Stylesheet>) {
        let guard = tree.lock.read();
        let scope = tree.containing_shadow(owner).filter(|_| sheet.is_some());
        if self.shadows.take(tree, owner, scope, &sheet) {
            return;
        }
        if let Some(at) = self.sheets.iter().position(|s| s.owner == owner) {
            let old = self.sheets.remove(at);
            self.stylist.remove_stylesheet(DocumentStyleSheet(old.sheet.sheet), &guard);
        }
        let Some(sheet) = sheet else { return };
        let chain: usize = self.sheets.iter().map(|s| s.sheet.variable_chain()).sum();
        if chain + sheet.variable_chain() > limits::MAX_TOTAL_CHAIN {
            tracing::warn!("a style sheet was refused: custom properties chain too far");
            return;
        }
        // From the end, which is where most new sheets belong: to compare places costs
        // as much as there are siblings.
        let before =
            |other: &OwnedSheet| tree.tree_order(owner, other.owner) != Some(Ordering::Less);
        let at = self.sheets.iter().rposition(before).map_or(0, |last| last + 1);
        let document_sheet = DocumentStyleSheet(sheet.sheet.clone());
        match self.sheets.get(at).map(|next| &next.sheet).or_else(|| self.first_adopted()) {
            Some(next) => self.stylist.insert_stylesheet_before(
                document_sheet,
                DocumentStyleSheet(next.sheet.clone()),
                &guard,
            ),
            None => self.stylist.append_stylesheet(document_sheet, &guard),
        }
        self.sheets.insert(at, OwnedSheet { owner, sheet });
    }

    /// The sheet of an element.
    pub fn stylesheet(&self, owner: NodeId) -> Option<&Stylesheet> {
        let own = self.sheets.iter().find(|s| s.owner == owner).map(|s| &s.sheet);
        own.or_else(|| self.shadows.sheet(owner))
    }

    /// The sheet of an element, to change.
    pub fn stylesheet_mut(&mut self, owner: NodeId) -> Option<&mut Stylesheet> {
        let own = self.sheets.iter_mut().find(|s| s.owner == owner).map(|s| &mut s.sheet);
        own.or_else(|| self.shadows.sheet_mut(owner))
    }

    /// The elements of a shadow tree that have a sheet, in tree order.
    pub fn stylesheet_owners_in(&self, shadow_root: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.shadows.owners_in(shadow_root)
    }

    /// Whether a media query list holds for this document's device.
    pub fn matches(&self, query: &super::MediaQuery) -> bool {
        query.evaluate(self.stylist.device())
    }

    /// The elements that have a sheet, in tree order.
    pub fn stylesheet_owners(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.sheets.iter().map(|s| s.owner)
    }

    /// Says that sheets were changed in place: an import arrived, one was
    /// disabled, a rule was edited.
    pub fn stylesheets_changed(&mut self) {
        self.stylist.force_stylesheet_origins_dirty(OriginSet::ORIGIN_AUTHOR);
        self.shadows.force_dirty();
    }

    /// The viewport that styles are computed for.
    pub fn viewport(&self) -> Viewport {
        let media = self.stylist.device().media_data();
        Viewport {
            width: media.viewport_size.width,
            height: media.viewport_size.height,
            scale: media.device_pixel_ratio.0,
            dark: media.prefers_color_scheme == PrefersColorScheme::Dark,
            touch: media.primary_pointer_capabilities == PointerCapabilities::COARSE,
        }
    }

    /// Changes the viewport. Styles follow with the next update, as far as
    /// media queries or viewport units are affected.
    pub fn set_viewport(&mut self, tree: &mut Tree, viewport: Viewport) {
        if self.viewport() == viewport {
            return;
        }
        let media = media_data(viewport, self.stylist.quirks_mode());
        self.stylist.device_mut().set_media_data(media);
        let changed = {
            let author = tree.lock.read();
            let ua = ua::lock().read();
            let guards = StylesheetGuards { author: &author, ua_or_user: &ua };
            self.stylist.media_features_change_changed_style(&guards, self.stylist.device())
        };
        self.stylist.force_stylesheet_origins_dirty(changed);
        // Their media queries are not looked at apart.
        self.shadows.force_dirty();
        if self.stylist.device().used_viewport_size()
            && let Some(root) = tree.document_element(self.document)
        {
            tree.restyle(root.index(), RestyleHint::recascade_subtree());
            self.all_dirty = true;
        }
    }

    /// Whether the next update looks at other sheets than the last one.
    pub(crate) fn sheets_changed(&self) -> bool {
        self.stylist.stylesheets_have_changed()
    }

    /// Fonts measure otherwise from now on.
    pub(crate) fn fonts_changed(&mut self, tree: &mut Tree) {
        if self.stylist.device().used_font_metrics()
            && let Some(root) = tree.document_element(self.document)
        {
            tree.restyle(root.index(), RestyleHint::recascade_subtree());
            self.all_dirty = true;
        }
    }

    /// Whether an update would do anything.
    pub fn is_dirty(&self, tree: &Tree) -> bool {
        self.stylist.stylesheets_have_changed()
            || self.shadows.is_dirty()
            || tree.has_style_work(self.document)
    }

    /// Whether some animation or transition is running.
    pub fn is_animating(&self) -> bool {
        self.animations.sets.read().values().any(|set| set.needs_animation_ticks())
    }

    /// Brings all computed styles up to date. `now` is in seconds, on the
    /// clock that animations run on.
    ///
    /// What changed is added to the document's list of layout changes.
    pub fn update(&mut self, tree: &mut Tree, now: f64) {
        if tree.document_data(self.document).is_none() {
            return;
        }
        self.tick(tree, now);
        if !self.is_dirty(tree) {
            return;
        }
        let quirks = tree.quirks_mode(self.document);
        if quirks != self.stylist.quirks_mode() {
            self.stylist.set_quirks_mode(quirks);
            let viewport = self.viewport();
            self.stylist.device_mut().set_media_data(media_data(viewport, quirks));
        }
        self.note_relatives(tree);
        let Some(root) = tree.document_element(self.document) else {
            self.clear(tree);
            return;
        };
        self.shadows.flush(tree, &mut self.stylist);
        let outcome = self.pass(tree, root, now);
        self.counters.passes += 1;
        self.counters.nodes_styled += outcome.styled;
        self.clear(tree);
        for (node, damage) in outcome.damage {
            tree.push_layout(node.index(), LayoutChange::Style { node, damage });
        }
        self.settle_animations();
        self.stylist.rule_tree().maybe_gc();
    }

    fn pass(&mut self, tree: &mut Tree, root: NodeId, now: f64) -> Outcome {
        let lock = tree.lock.clone();
        let author = lock.read();
        let ua = ua::lock().read();
        let guards = StylesheetGuards { author: &author, ua_or_user: &ua };
        let mut all = std::mem::take(&mut self.all_dirty);
        let mut snapshots = SnapshotMap::new();
        let mut dirty = Vec::new();
        if let Some(work) = tree.work_mut(self.document.index()) {
            std::mem::swap(&mut snapshots, &mut work.snapshots);
            dirty = std::mem::take(&mut work.dirty);
        }
        let scope = StyleScope::new(tree);
        let outcome = {
            let Some(root_handle) = scope.handle(root) else {
                return Outcome::default();
            };
            if self.stylist.stylesheets_have_changed() {
                let invalidations = self.stylist.flush(&guards);
                if self.shadows.is_empty() && is_shallow(root_handle.slot()) {
                    invalidations.process_style(root_handle, Some(&snapshots));
                } else if let Some(mut data) = root_handle.data().style_mut() {
                    // stylo looks for what is affected by recursion.
                    data.hint.insert(RestyleHint::restyle_subtree());
                }
                all = true;
            }
            let context = SharedStyleContext {
                stylist: &self.stylist,
                visited_styles_enabled: false,
                options: StyleSystemOptions::default(),
                guards,
                current_time_for_animations: now,
                traversal_flags: TraversalFlags::empty(),
                snapshot_map: &snapshots,
                animations: self.animations.clone(),
                registered_speculative_painters: &NoPainters,
            };
            let pass = Pass::new(context);
            if all || dirty.len() >= pool::WORTH_THREADS {
                let large = scope.tree().live_nodes() >= pool::WORTH_THREADS;
                pass.run_from_root(root_handle, large);
            } else {
                let roots: Vec<_> = dirty
                    .iter()
                    .filter(|id| is_pass_root(scope.tree(), **id))
                    .filter_map(|id| scope.handle(*id))
                    .collect();
                pass.run(&roots);
            }
            pass.finish()
        };
        drop(scope);
        for id in dirty {
            unmark(tree, id);
        }
        // Back, so that `clear` finds what was snapshotted.
        if let Some(work) = tree.work_mut(self.document.index()) {
            work.snapshots = snapshots;
        }
        outcome
    }

    /// Restyles what a `:has()` anchored at changed nodes' ancestors and
    /// earlier siblings may say about them.
    fn note_relatives(&self, tree: &mut Tree) {
        let changed = tree
            .work_mut(self.document.index())
            .map(|w| std::mem::take(&mut w.relative))
            .unwrap_or_default();
        let anchors = (ElementSelectorFlags::ANCHORS_RELATIVE_SELECTOR
            | ElementSelectorFlags::ANCHORS_RELATIVE_SELECTOR_NON_SUBJECT)
            .bits() as u32;
        // What was passed once, with all that is before and above it, need not
        // be passed again.
        let mut passed = FxHashSet::default();
        for id in changed {
            let Some(mut at) = tree.arena.slot(id).map(|slot| slot.index) else {
                continue;
            };
            while at != NONE {
                let mut sibling = at;
                while sibling != NONE && passed.insert(sibling) {
                    let slot = tree.arena.at(sibling);
                    let (prev, flags) = (slot.prev, slot.selector_flags());
                    if flags & anchors != 0 {
                        restyle_anchor(tree, sibling, flags);
                    }
                    sibling = prev;
                }
                let parent = tree.arena.at(at).parent;
                if parent != NONE && passed.contains(&parent) {
                    break;
                }
                at = parent;
            }
        }
    }

    /// Empties what the pass has used of the list of work.
    fn clear(&mut self, tree: &mut Tree) {
        let uses_has = self.sheets.iter().map(|s| &s.sheet).chain(&self.adopted);
        let uses_has = uses_has.into_iter().any(Stylesheet::uses_has) || self.shadows.uses_has();
        let Some(work) = tree.work_mut(self.document.index()) else {
            return;
        };
        work.uses_has = uses_has;
        let snapshotted = std::mem::take(&mut work.snapshotted);
        let dirty = std::mem::take(&mut work.dirty);
        let snapshots = std::mem::replace(&mut work.snapshots, SnapshotMap::new());
        self.learn_attributes(work, &snapshots);
        for id in dirty {
            unmark(tree, id);
        }
        for id in snapshotted {
            if let Some(slot) = tree.arena.slot(id) {
                slot.unset(NodeFlags::HAS_SNAPSHOT | NodeFlags::HANDLED_SNAPSHOT);
            }
        }
    }

    /// Remembers which of the attributes that changed some selector looks at.
    fn learn_attributes(&self, work: &mut StyleWork, snapshots: &SnapshotMap) {
        let rebuilds = self.stylist.num_rebuilds();
        if work.learned_at != rebuilds {
            work.learned_at = rebuilds;
            work.selected_attributes.clear();
        }
        for snapshot in snapshots.values() {
            for name in &snapshot.changed_attrs {
                if !work.selected_attributes.contains_key(&name.0) {
                    let selected = self
                        .stylist
                        .iter_origins()
                        .any(|(data, _)| data.might_have_attribute_dependency(name))
                        || self.shadows.depends_on_attribute(name);
                    work.selected_attributes.insert(name.0.clone(), selected);
                }
            }
        }
    }

    /// Moves running animations on, and queues the elements that they move.
    fn tick(&mut self, tree: &mut Tree, now: f64) {
        let mut sets = self.animations.sets.write();
        if sets.is_empty() {
            return;
        }
        for (key, set) in sets.iter_mut() {
            // What has ended and stays in effect needs no more ticks.
            if !set.needs_animation_ticks() {
                continue;
            }
            let node = from_opaque(key.node).filter(|id| tree.is_connected(*id));
            let Some(node) = node else {
                set.animations.clear();
                set.transitions.clear();
                continue;
            };
            for animation in &mut set.animations {
                if animation.state == AnimationState::Pending && animation.started_at <= now {
                    animation.state = AnimationState::Running;
                }
                while animation.iterate_if_necessary(now) {}
                if animation.state == AnimationState::Running && animation.has_ended(now) {
                    animation.state = AnimationState::Finished;
                }
            }
            for transition in &mut set.transitions {
                if transition.state == AnimationState::Pending && transition.start_time <= now {
                    transition.state = AnimationState::Running;
                }
                if transition.state == AnimationState::Running && transition.has_ended(now) {
                    transition.state = AnimationState::Finished;
                }
            }
            tree.restyle(node.index(), RestyleHint::RESTYLE_SELF);
        }
        sets.retain(|_, set| !set.is_empty());
    }

    fn settle_animations(&mut self) {
        let mut sets = self.animations.sets.write();
        for set in sets.values_mut() {
            set.clear_canceled_animations();
            for animation in &mut set.animations {
                animation.is_new = false;
            }
            for transition in &mut set.transitions {
                transition.is_new = false;
            }
            // A finished transition has nothing more to say.
            set.transitions.retain(|t| t.state != AnimationState::Finished);
        }
        sets.retain(|_, set| !set.is_empty());
    }

    /// Stops styling the document: computed styles are dropped.
    pub fn detach(&self, tree: &mut Tree) {
        let nodes: Vec<NodeId> = tree.descendants(self.document).collect();
        for id in nodes {
            if let Some(element) = tree.arena.at_mut(id.index()).element_mut() {
                *element.style.get_mut() = None;
            }
            tree.arena.at(id.index()).unset(
                NodeFlags::DIRTY_DESCENDANTS
                    | NodeFlags::STYLE_QUEUED
                    | NodeFlags::HAS_SNAPSHOT
                    | NodeFlags::HANDLED_SNAPSHOT
                    | NodeFlags::MAY_ANIMATE,
            );
        }
        if let Some(data) = tree.arena.slot_mut(self.document).and_then(NodeSlot::document_data_mut)
        {
            data.work = None;
        }
    }
}

/// Whether a pass may start at this element: its parent has a current style
/// and shows it, and no ancestor is a start itself.
fn is_pass_root(tree: &Tree, id: NodeId) -> bool {
    let Some(slot) = tree.arena.slot(id) else {
        return false;
    };
    // Freed and reused, or handled by the pass of an earlier root.
    if !slot.has(NodeFlags::STYLE_QUEUED) || !slot.has(NodeFlags::CONNECTED) {
        return false;
    }
    let Some(parent) = slot.flat_parent() else {
        // No slot shows it.
        return false;
    };
    if let Some(parent) = parent.element() {
        match parent.style() {
            Some(style) if style.has_styles() && !style.styles.is_display_none() => {}
            _ => return false,
        }
    }
    let mut at = slot.flat_parent();
    while let Some(node) = at {
        if node.has(NodeFlags::STYLE_QUEUED) {
            return false;
        }
        at = node.flat_parent();
    }
    true
}

/// Clears the marks that lead from the root to an element.
fn unmark(tree: &Tree, id: NodeId) {
    let Some(slot) = tree.arena.slot(id) else {
        return;
    };
    slot.unset(NodeFlags::STYLE_QUEUED);
    let mut at = slot.flat_parent();
    while let Some(node) = at {
        if !node.has(NodeFlags::DIRTY_DESCENDANTS) {
            break;
        }
        node.unset(NodeFlags::DIRTY_DESCENDANTS);
        at = node.flat_parent();
    }
}

fn restyle_anchor(tree: &mut Tree, anchor: u32, flags: u32) {
    let beyond = ElementSelectorFlags::ANCHORS_RELATIVE_SELECTOR_NON_SUBJECT.bits() as u32;
    if flags & beyond == 0 {
        tree.restyle(anchor, RestyleHint::RESTYLE_SELF | RestyleHint::RESTYLE_PSEUDOS);
        return;
    }
    // The subject may be inside the anchor, or after it.
    let mut next = anchor;
    while next != NONE {
        let after = tree.arena.at(next).next;
        tree.restyle(next, RestyleHint::restyle_subtree());
        next = after;
    }
}

/// Whether no branch below an element is so deep that a recursion over it
/// could overflow the stack.
fn is_shallow(root: &NodeSlot) -> bool {
    const DEEP: usize = 600;
    let mut depth = 0usize;
    let mut at = root;
    loop {
        if let Some(child) = at.link(at.first_child) {
            depth += 1;
            if depth > DEEP {
                return false;
            }
            at = child;
            continue;
        }
        while at.index != root.index && at.next == NONE {
            depth -= 1;
            match at.parent() {
                Some(parent) => at = parent,
                None => return true,
            }
        }
        if at.index == root.index {
            return true;
        }
        match at.link(at.next) {
            Some(next) => at = next,
            None => return true,
        }
    }
}

fn media_data(viewport: Viewport, quirks_mode: QuirksMode) -> MediaData {
    let size = Size2D::new(viewport.width, viewport.height);
    let pointer = if viewport.touch {
        PointerCapabilities::COARSE
    } else {
        PointerCapabilities::FINE | PointerCapabilities::HOVER
    };
    MediaData {
        media_type: MediaType::screen(),
        viewport_size: size,
        device_size: size.cast_unit() * viewport.scale,
        device_pixel_ratio: Scale::new(viewport.scale),
        quirks_mode,
        prefers_color_scheme: if viewport.dark {
            PrefersColorScheme::Dark
        } else {
            PrefersColorScheme::Light
        },
        primary_pointer_capabilities: pointer,
        all_pointer_capabilities: pointer,
    }
}

pub(super) struct NoPainters;

impl RegisteredSpeculativePainters for NoPainters {
    fn get(&self, _name: &Atom) -> Option<&dyn RegisteredSpeculativePainter> {
        None
    }
}

impl Damage {
    /// Whether layout has anything to do.
    pub fn needs_layout(self) -> bool {
        self.intersects(Self::RELAYOUT | Self::REBUILD)
    }
}
