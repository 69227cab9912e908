//! The box tree: what the document's nodes look like to layout.
//!
//! Boxes live in a slab and are *patched*: a change of the document makes new
//! only the boxes of the nodes it touched, and their siblings move over as they
//! are, with their geometry and painted chunks ([`update`]). What a box is, is
//! decided in [`build`].
//!
//! # Invariants
//!
//! * A box's `children` are in layout order; every one of them names it as its
//!   `parent`.
//! * A block container has either block-level children only, or inline content
//!   ([`BoxKind::Inline`]), whose atomic, floating and out-of-flow boxes are its
//!   children. Inline elements and text are no boxes but parts of that content.
//! * `BoxTree::of` answers for a node as long as it is displayed; the entry of a
//!   node that was freed answers for no other node, since ids are versioned.
//! * Nothing is nested deeper than [`MAX_DEPTH`]: what is below is not
//!   displayed. All later passes recurse over boxes and rely on it.

pub(crate) mod build;
mod dump;
mod flat;
mod generated;
pub(crate) mod inline;
mod replaced;
pub(crate) mod update;

use std::rc::Rc;

use rustc_hash::FxHashMap;
use servo_arc::Arc;
use style::properties::ComputedValues;

pub(crate) use inline::{InlineContent, InlineItem, Span};
pub(crate) use replaced::{Control, Replaced, Toggle};

use crate::layout::{InlineLayout, LayoutCache, LayoutStyle, StyleCache, StyleFlags};
use crate::paint::PaintState;
use crate::tree::NodeId;

/// How deep boxes and inline elements may be nested. Deeper content is not
/// displayed. (Blink's parser stops at the same depth.)
pub(crate) const MAX_DEPTH: u16 = 512;

/// Names a box; valid until the box is freed, which only patching does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BoxId(u32);

impl BoxId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Debug for BoxId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "box{}", self.0)
    }
}

impl From<BoxId> for taffy::NodeId {
    fn from(id: BoxId) -> Self {
        Self::from(u64::from(id.0))
    }
}

impl From<taffy::NodeId> for BoxId {
    fn from(id: taffy::NodeId) -> Self {
        Self(u64::from(id) as u32)
    }
}

/// A box, with what was last computed for it.
#[derive(Debug)]
pub(crate) struct LayoutBox {
    /// The node whose box this is; that of an anonymous box is its parent's.
    pub(crate) node: NodeId,
    pub(crate) origin: Origin,
    /// Its lines stand in the middle of its height, as a button's do.
    pub(crate) centers_lines: bool,
    /// How many rows a list of options shows.
    pub(crate) list_rows: Option<u32>,
    /// Columns and rows that a cell is over; rows of 0 go to the end.
    pub(crate) spans: (u16, u16),
    pub(crate) kind: BoxKind,
    pub(crate) style: Rc<LayoutStyle>,
    pub(crate) parent: Option<BoxId>,
    pub(crate) children: Vec<BoxId>,
    pub(crate) depth: u16,
    /// That of a list item, unless its style says none.
    pub(crate) marker: Option<Box<generated::Marker>>,
    /// Place and size; the place is relative to the border box of `parent`, or
    /// of `containing` for an out-of-flow box.
    pub(crate) geometry: taffy::Layout,
    pub(crate) cache: LayoutCache,
    /// Lines of inline content, as last laid out for good.
    pub(crate) lines: Option<Rc<InlineLayout>>,
    /// Out-of-flow boxes that this one is the containing block of.
    pub(crate) hoisted: Vec<BoxId>,
    /// The containing block of an out-of-flow box, once it is laid out.
    pub(crate) containing: Option<BoxId>,
    pub(crate) grid: Option<Box<taffy::DetailedLayoutInfo<style::Atom>>>,
    pub(crate) marks: Marks,
    pub(crate) paint: PaintState,
    /// The patch that last used this box, and the one that made it.
    stamp: u32,
    made: u32,
}

/// Where a box comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The principal box of an element.
    Element,
    /// Wraps inline content beside block-level boxes.
    Anonymous,
    Before,
    After,
    /// Lies behind an element of the top layer.
    Backdrop,
}

/// What a box has inside.
#[derive(Debug)]
pub(crate) enum BoxKind {
    /// Block-level boxes, or nothing.
    Block,
    Flex,
    Grid,
    /// Lines.
    Inline(Box<InlineContent>),
    /// Content from elsewhere, with a size of its own.
    Replaced(Box<Replaced>),
    /// A field that the user edits.
    Control(Box<Control>),
}

bitflags::bitflags! {
    /// What has to be done again for a box.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Marks: u8 {
        /// Its content changed: lay it out again.
        const CONTENT = 1 << 0;
        /// Its own box-model properties changed: its parent has to place it
        /// again, too.
        const BOX = 1 << 1;
        /// Queued for layout.
        const QUEUED = 1 << 2;
        /// Has to be made anew.
        const OBSOLETE = 1 << 3;
        /// A float is inside that may stick out of it.
        const FLOATS = 1 << 4;
        /// An element of the top layer, or what lies behind it.
        const TOP = 1 << 5;
    }
}

/// All boxes of a view.
#[derive(Debug)]
pub(crate) struct BoxTree {
    slots: Vec<Option<Box<LayoutBox>>>,
    free: Vec<u32>,
    nodes: Vec<NodeEntry>,
    pub(crate) root: Option<BoxId>,
    pub(crate) styles: StyleCache,
    /// Boxes made since the counter was last taken.
    pub(crate) rebuilt: u64,
    /// Boxes whose layout is to be done again.
    pub(crate) queue: Vec<BoxId>,
    /// Boxes that stick to the edges of a scrollport.
    sticky: Vec<BoxId>,
    /// Containing blocks whose out-of-flow boxes moved by their offsets.
    pub(crate) moved: Vec<BoxId>,
    stamp: u32,
    live: usize,
    /// The elements of the top layer whose boxes are the root's children, in order.
    top_layer: Vec<NodeId>,
    /// The styles of what lies behind them.
    pub(crate) backdrops: FxHashMap<NodeId, Arc<ComputedValues>>,
    /// Freed in this update; their numbers are given out again after it.
    freed: Vec<u32>,
}

/// What a node is in the box tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeBox {
    /// It has a box of its own.
    Principal(BoxId),
    /// It is an inline element or text in the content of this box (the first,
    /// if it is broken by blocks).
    Inline(BoxId),
    /// It has no box, but its children may: `display: contents`.
    Contents,
}

#[derive(Clone, Copy, Debug)]
struct NodeEntry {
    generation: u32,
    what: Option<NodeBox>,
}

impl BoxTree {
    pub(crate) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            nodes: Vec::new(),
            root: None,
            styles: StyleCache::default(),
            rebuilt: 0,
            queue: Vec::new(),
            sticky: Vec::new(),
            moved: Vec::new(),
            stamp: 0,
            live: 0,
            top_layer: Vec::new(),
            backdrops: FxHashMap::default(),
            freed: Vec::new(),
        }
    }

    /// The box named `id`, if it still is.
    pub(crate) fn get(&self, id: BoxId) -> Option<&LayoutBox> {
        self.slots.get(id.index())?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, id: BoxId) -> Option<&mut LayoutBox> {
        self.slots.get_mut(id.index())?.as_deref_mut()
    }

    /// The box named `id` by another box.
    pub(crate) fn at(&self, id: BoxId) -> &LayoutBox {
        match self.get(id) {
            Some(found) => found,
            None => unreachable!("{id:?} is named by a box but was freed"),
        }
    }

    pub(crate) fn at_mut(&mut self, id: BoxId) -> &mut LayoutBox {
        match self.get_mut(id) {
            Some(found) => found,
            None => unreachable!("{id:?} is named by a box but was freed"),
        }
    }

    /// What `node` is here.
    pub(crate) fn of(&self, node: NodeId) -> Option<NodeBox> {
        let entry = self.nodes.get(node.index() as usize)?;
        if entry.generation == node.generation() { entry.what } else { None }
    }

    /// The box that `node` has for itself.
    pub(crate) fn principal(&self, node: NodeId) -> Option<BoxId> {
        match self.of(node)? {
            NodeBox::Principal(id) => Some(id),
            _ => None,
        }
    }

    fn note(&mut self, node: NodeId, what: Option<NodeBox>) {
        let index = node.index() as usize;
        if index >= self.nodes.len() {
            self.nodes.resize(index + 1, NodeEntry { generation: 0, what: None });
        }
        self.nodes[index] = NodeEntry { generation: node.generation(), what };
    }

    /// The box that an out-of-flow box is placed in.
    pub(crate) fn containing_block(&self, id: BoxId) -> Option<BoxId> {
        let found = self.at(id);
        // It may have been freed since the last layout.
        found
            .containing
            .filter(|other| found.style.has(StyleFlags::OUT_OF_FLOW) && self.get(*other).is_some())
    }

    /// The box whose coordinates a box is placed in.
    pub(crate) fn above(&self, id: BoxId) -> Option<BoxId> {
        self.containing_block(id).or(self.at(id).parent)
    }

    /// How many boxes there are.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    fn add(&mut self, new: LayoutBox) -> BoxId {
        self.rebuilt += 1;
        self.live += 1;
        let sticks = new.style.has(StyleFlags::STICKY);
        let new = Some(Box::new(new));
        let id = match self.free.pop() {
            Some(index) => {
                self.slots[index as usize] = new;
                BoxId(index)
            }
            None => {
                self.slots.push(new);
                BoxId(self.slots.len() as u32 - 1)
            }
        };
        if sticks {
            self.sticky.push(id);
        }
        id
    }

    /// Frees a box and all below it.
    fn free_subtree(&mut self, id: BoxId) {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            let Some(old) = self.slots.get_mut(id.index()).and_then(Option::take) else { continue };
            self.freed.push(id.0);
            self.live -= 1;
            if old.origin == Origin::Element && self.of(old.node) == Some(NodeBox::Principal(id)) {
                self.note(old.node, None);
            }
            if let BoxKind::Inline(content) = &old.kind {
                for (node, _) in content.owners() {
                    if self.of(node) == Some(NodeBox::Inline(id)) {
                        self.note(node, None);
                    }
                }
            }
            // Some may have been taken over by a new parent.
            let own =
                |child: &BoxId| self.get(*child).is_some_and(|child| child.parent == Some(id));
            stack.extend(old.children.iter().copied().filter(own));
        }
    }

    /// Drops everything.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.free.clear();
        self.freed.clear();
        self.nodes.clear();
        self.queue.clear();
        self.moved.clear();
        self.sticky.clear();
        self.top_layer.clear();
        self.backdrops.clear();
        self.root = None;
        self.live = 0;
    }

    /// Asks for a box to be laid out again.
    pub(crate) fn mark(&mut self, id: BoxId, marks: Marks) {
        let Some(found) = self.get_mut(id) else { return };
        let queued = found.marks.contains(Marks::QUEUED);
        found.marks |= marks | Marks::QUEUED;
        if !queued {
            self.queue.push(id);
        }
    }

    /// Says that what a box paints is stale, and so are the chunks of its
    /// ancestors, which contain it. Stops where that is known.
    pub(crate) fn mark_paint(&mut self, id: BoxId) {
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(found) = self.get_mut(id) else { return };
            if !found.paint.invalidate() {
                return;
            }
            next = found.parent;
        }
    }

    /// Says that a box and all in it have to be painted again.
    pub(crate) fn mark_subtree_paint(&mut self, id: BoxId) {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            self.mark_paint(id);
            stack.extend(self.at(id).children.iter().copied());
        }
    }

    /// Says that boxes which stick to a scrollport moved.
    pub(crate) fn mark_sticky(&mut self) {
        let mut sticky = std::mem::take(&mut self.sticky);
        sticky.retain(|id| self.get(*id).is_some_and(|found| found.style.has(StyleFlags::STICKY)));
        for id in &sticky {
            if let Some(parent) = self.at(*id).parent {
                self.mark_paint(parent);
            }
        }
        self.sticky = sticky;
    }

    /// Throws all chunks away.
    pub(crate) fn forget_paint(&mut self) {
        for found in self.slots.iter_mut().flatten() {
            found.paint.invalidate();
        }
    }

    /// Lets the numbers of boxes freed in this update be given out again.
    pub(crate) fn end_update(&mut self) {
        self.free.append(&mut self.freed);
    }
}

impl LayoutBox {
    pub(crate) fn inline(&self) -> Option<&InlineContent> {
        match &self.kind {
            BoxKind::Inline(content) => Some(content),
            BoxKind::Control(control) => Some(&control.content),
            _ => None,
        }
    }

    pub(crate) fn inline_mut(&mut self) -> Option<&mut InlineContent> {
        match &mut self.kind {
            BoxKind::Inline(content) => Some(content),
            BoxKind::Control(control) => Some(&mut control.content),
            _ => None,
        }
    }
}
