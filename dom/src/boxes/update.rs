//! Patching the box tree after the document and its styles.
//!
//! The tree's list of changes is read once, in order; what each asks for is
//! noted, and then each container concerned is filled again, once.

use rustc_hash::{FxHashMap, FxHashSet};
use servo_arc::Arc;
use style::{properties::ComputedValues, selector_parser::PseudoElement};
use virga_display_list::ImageData;

use super::build::Builder;
use super::{BoxId, BoxKind, BoxTree, Marks, NodeBox, Origin, flat, replaced};
use crate::paint::Decoration;
use crate::style::Damage;
use crate::text::TextContext;
use crate::tree::{LayoutChange, NodeId, Tree};

/// Brings the boxes up to date with `changes`.
pub(crate) fn update(
    tree: &Tree,
    document: NodeId,
    boxes: &mut BoxTree,
    text: &mut TextContext,
    images: &FxHashMap<NodeId, ImageData>,
    changes: &[LayoutChange],
) {
    if changes.is_empty() && boxes.root.is_some() {
        return;
    }
    boxes.stamp = boxes.stamp.wrapping_add(1);
    let root = tree.document_element(document);
    let mut patch = Patch {
        tree,
        boxes,
        containers: Vec::new(),
        seen: FxHashSet::default(),
        special: Vec::new(),
        all: false,
    };
    patch.follow_top_layer(document, root);
    for change in changes {
        patch.read(change, root);
    }
    let Patch { mut containers, special, all, .. } = patch;
    // Outer ones first: they decide which boxes live on, and where.
    if containers.len() > 1 {
        containers.sort_by_cached_key(|node| flat::depth(tree, *node));
    }
    let mut builder = Builder { tree, boxes, text, images };
    let missing = builder.boxes.root.is_none();
    if all || missing {
        match root {
            Some(root) => builder.build_root(root),
            None => builder.boxes.clear(),
        }
        return;
    }
    for node in special {
        if let Some(id) = builder.boxes.principal(node) {
            builder.refresh_special(id);
        }
    }
    for node in containers {
        let Some(id) = builder.boxes.principal(node) else { continue };
        let found = builder.boxes.at(id);
        if matches!(found.kind, BoxKind::Replaced(_) | BoxKind::Control(_)) {
            continue;
        }
        if replaced::may_show_label(builder.tree, node) {
            builder.refresh_special(id);
            continue;
        }
        builder.refill(id);
        builder.boxes.mark_paint(id);
    }
}

struct Patch<'a> {
    tree: &'a Tree,
    boxes: &'a mut BoxTree,
    /// Nodes whose boxes are to be filled again, once each, in order.
    containers: Vec<NodeId>,
    seen: FxHashSet<NodeId>,
    special: Vec<NodeId>,
    all: bool,
}

impl Patch<'_> {
    fn read(&mut self, change: &LayoutChange, root: Option<NodeId>) {
        match *change {
            LayoutChange::Inserted { parent, node } => {
                if Some(node) == root {
                    self.all = true;
                    return;
                }
                // It may have been moved here with a box from elsewhere.
                self.obsolete(node);
                self.refill_children_of(parent);
            }
            LayoutChange::Removed { parent, .. } => {
                if self.tree.document_element(parent).is_none() && root.is_none() {
                    self.all = true;
                    return;
                }
                self.refill_children_of(parent);
            }
            LayoutChange::Text { node } => {
                if let Some(parent) = flat::parent(self.tree, node) {
                    self.refill_children_of(parent);
                }
            }
            LayoutChange::Content { node } => self.special.push(node),
            LayoutChange::Style { node, damage } => self.restyle(node, damage, root),
        }
    }

    /// Elements move between where they are in the document and the root's box, which
    /// has the boxes of the top layer.
    fn follow_top_layer(&mut self, document: NodeId, root: Option<NodeId>) {
        let now = self.tree.top_layer(document);
        if self.boxes.top_layer == now {
            return;
        }
        let before = std::mem::replace(&mut self.boxes.top_layer, now.to_vec());
        let moved = |node: &NodeId| before.contains(node) != now.contains(node);
        for node in before.iter().chain(now).copied().filter(moved) {
            self.obsolete(node);
            if let Some(parent) = flat::parent(self.tree, node) {
                self.refill_children_of(parent);
            }
        }
        if let Some(root) = root {
            self.refill_children_of(root);
        }
    }

    fn obsolete(&mut self, node: NodeId) {
        if let Some(id) = self.boxes.principal(node) {
            self.boxes.at_mut(id).marks |= Marks::OBSOLETE;
        }
    }

    /// Fills again the box that shows the children of `node`.
    fn refill_children_of(&mut self, node: NodeId) {
        let mut next = Some(node);
        while let Some(node) = next {
            match self.boxes.of(node) {
                Some(NodeBox::Principal(id)) => {
                    // A field shows its children by its own means.
                    if matches!(self.boxes.at(id).kind, BoxKind::Control(_) | BoxKind::Replaced(_))
                    {
                        self.special.push(node);
                    } else if self.seen.insert(node) {
                        self.containers.push(node);
                    }
                    return;
                }
                Some(NodeBox::Inline(_) | NodeBox::Contents) => {
                    next = flat::parent(self.tree, node);
                }
                // Not displayed, and so are its children; or a slot's or
                // option's child that an ancestor shows.
                None => {
                    let hidden = |values: Arc<ComputedValues>| values.get_box().display.is_none();
                    let is_option = |node| self.tree.is_html_element(node, "option");
                    if self.tree.computed_style(node).is_some_and(hidden)
                        && self.tree.select_of(node).is_none()
                        && !self.tree.ancestors(node).any(is_option)
                    {
                        return;
                    }
                    next = flat::parent(self.tree, node);
                }
            }
        }
    }

    fn rebuild(&mut self, node: NodeId, root: Option<NodeId>) {
        if Some(node) == root {
            self.all = true;
            return;
        }
        self.obsolete(node);
        let above = if self.boxes.is_in_top_layer(node) { root } else { None };
        if let Some(parent) = above.or_else(|| flat::parent(self.tree, node)) {
            self.refill_children_of(parent);
        }
    }

    fn restyle(&mut self, node: NodeId, damage: Damage, root: Option<NodeId>) {
        if damage.contains(Damage::REBUILD) {
            self.rebuild(node, root);
            return;
        }
        let Some(values) = self.tree.computed_style(node) else { return };
        let generates = |pseudo| self.tree.pseudo_style(node, &pseudo).is_some();
        if generates(PseudoElement::Before) || generates(PseudoElement::After) {
            // Their styles follow the element's.
            self.refill_children_of(node);
        }
        match self.boxes.of(node) {
            Some(NodeBox::Contents) if damage.contains(Damage::RELAYOUT) => {
                self.refill_children_of(node);
            }
            None | Some(NodeBox::Contents) => {}
            Some(NodeBox::Inline(id)) => {
                if damage.intersects(Damage::RELAYOUT | Damage::RESTACK) {
                    self.refill_children_of(node);
                } else {
                    self.recolor_span(node, id, &values);
                }
            }
            Some(NodeBox::Principal(id)) => {
                let plain = self.boxes.styles.get(&values);
                let style = match self.boxes.at(id).kind {
                    BoxKind::Replaced(_) => self.boxes.styles.replaced(&plain, true),
                    BoxKind::Control(_) => self.boxes.styles.replaced(&plain, false),
                    _ => plain,
                };
                let found = self.boxes.at_mut(id);
                if let Some(marker) = &mut found.marker {
                    marker.style = style.clone();
                }
                let old = std::mem::replace(&mut found.style, style);
                self.boxes.mark_paint(id);
                if Decoration::of(&old.values) != Decoration::of(&values) {
                    // It is drawn on the text of all blocks in there.
                    self.boxes.mark_subtree_paint(id);
                }
                if damage.contains(Damage::RELAYOUT) {
                    self.boxes.mark(id, Marks::BOX);
                    let reads_text = {
                        let found = self.boxes.at(id);
                        found.inline().is_some() || found.marker.is_some() || self.has_anonymous(id)
                    };
                    if reads_text {
                        match self.boxes.at(id).kind {
                            BoxKind::Control(_) => self.special.push(node),
                            _ if self.seen.insert(node) => self.containers.push(node),
                            _ => {}
                        }
                    }
                } else {
                    // The inline-layout part is the same: keep what was made of it.
                    self.boxes.keep_text(id, &old);
                    if damage.contains(Damage::REPOSITION) {
                        self.boxes.reposition(id, &old);
                    }
                    self.recolor_anonymous(id);
                }
            }
        }
    }

    fn has_anonymous(&self, id: BoxId) -> bool {
        let children = &self.boxes.at(id).children;
        children.iter().any(|child| self.boxes.at(*child).origin == Origin::Anonymous)
    }

    /// Anonymous children show their parent's inherited properties.
    fn recolor_anonymous(&mut self, id: BoxId) {
        if !matches!(self.boxes.at(id).kind, BoxKind::Block | BoxKind::Flex | BoxKind::Grid) {
            return;
        }
        for index in 0..self.boxes.at(id).children.len() {
            let child = self.boxes.at(id).children[index];
            if self.boxes.at(child).origin == Origin::Anonymous {
                let style = self.boxes.at(id).style.clone();
                let style = self.boxes.styles.anonymous(&style);
                let old = std::mem::replace(&mut self.boxes.at_mut(child).style, style);
                self.boxes.keep_text(child, &old);
                self.boxes.mark_paint(child);
            }
        }
    }

    fn recolor_span(&mut self, node: NodeId, id: BoxId, values: &Arc<ComputedValues>) {
        let style = self.boxes.styles.get(values);
        let mut broken = false;
        if let Some(content) = self.boxes.at_mut(id).inline_mut() {
            for span in &mut content.spans {
                if span.node == node && span.origin == Origin::Element {
                    broken |= !span.starts || !span.ends;
                    style.keep_text(&span.style);
                    span.style = style.clone();
                }
            }
        }
        self.boxes.mark_paint(id);
        if broken {
            self.refill_children_of(node);
        }
    }
}

impl BoxTree {
    /// Whether an element's box is the root's child, wherever the element is.
    pub(super) fn is_in_top_layer(&self, node: NodeId) -> bool {
        self.top_layer.contains(&node)
    }

    fn keep_text(&mut self, id: BoxId, old: &crate::layout::LayoutStyle) {
        self.at(id).style.keep_text(old);
    }

    /// Moves a box whose offsets or transform changed, in constant time if it
    /// can be.
    fn reposition(&mut self, id: BoxId, old: &crate::layout::LayoutStyle) {
        let new = self.at(id).style.clone();
        if new.taffy.inset == old.taffy.inset {
            return;
        }
        if !crate::layout::move_by_offsets(self, id, old) {
            self.mark(id, Marks::BOX);
        }
    }
}
