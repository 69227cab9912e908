//! The arena: chunks of slots that never move.
//!
//! stylo hands out references to elements, wants its element handle to be one
//! pointer wide, and follows parent, child and sibling links from any thread.
//! So slots live in chunks that stay where they are, a slot can find its arena
//! by a pointer set when its chunk is made, and links are slot indices.
//!
//! # The rules
//!
//! * Every write to a slot goes through `&mut Arena` (which a `&mut Tree`
//!   owns), except the three things below.
//! * While a style pass runs, it holds the tree borrowed (`StyleScope`), so no
//!   one else can write; it reads slots from several threads, and writes only
//!   the atomic flags, the atomic selector flags, and the style data of an
//!   element. stylo's traversal gives each element's style data to one thread
//!   at a time.
//! * Outside a style pass, style data is read through `&Tree` and written
//!   through `&mut Tree`.
//!
//! `NodeSlot` is not `Sync`, since its style data sits in an `UnsafeCell`; the
//! one place that shares slots between threads is stylo's traversal, whose
//! `SendNode` asks for exactly the discipline above.
#![expect(
    unsafe_code,
    reason = "the arena hands stylo pointers to slots that stay valid while the tree is frozen"
)]

use super::NodeId;
use super::data::{DocumentData, ElementData, NodeData};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use style::data::{ElementDataMut, ElementDataRef, ElementDataWrapper};

/// A link that leads nowhere.
pub(crate) const NONE: u32 = u32::MAX;

const CHUNK: usize = 512;

bitflags::bitflags! {
    /// Bits about a node that passes may set through a shared reference.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct NodeFlags: u32 {
        /// In a document tree.
        const CONNECTED = 1 << 0;
        /// A descendant has style work to do.
        const DIRTY_DESCENDANTS = 1 << 1;
        /// A snapshot of its old state and attributes is kept.
        const HAS_SNAPSHOT = 1 << 2;
        /// The invalidation pass has seen that snapshot.
        const HANDLED_SNAPSHOT = 1 << 3;
        /// Queued as a root of style work.
        const STYLE_QUEUED = 1 << 4;
        /// Some animation or transition may apply.
        const MAY_ANIMATE = 1 << 5;
        /// A script element that has been prepared or must not run.
        const SCRIPT_STARTED = 1 << 7;
        /// Made by a parser for a document (script elements care).
        const PARSER_INSERTED = 1 << 8;
        /// A duplicate attribute was dropped by the tokenizer.
        const DUPLICATE_ATTRIBUTES = 1 << 9;
        /// A MathML `annotation-xml` that holds HTML.
        const HTML_INTEGRATION_POINT = 1 << 10;
        /// An element with a shadow root.
        const SHADOW_HOST = 1 << 11;
        /// A shadow root itself.
        const SHADOW_ROOT = 1 << 12;
        /// In a shadow tree, connected or not; its root included.
        const IN_SHADOW_TREE = 1 << 13;
        /// A slot that shows assigned nodes instead of its children.
        const SHOWS_ASSIGNED = 1 << 14;
        /// Somebody asks when its children last came or went.
        const CHILDREN_WATCHED = 1 << 15;
    }
}

/// One node's place in the arena.
///
/// Links are indices of live slots of the same arena, or [`NONE`].
pub(crate) struct NodeSlot {
    arena: *const Arena,
    pub(crate) index: u32,
    pub(crate) generation: u32,
    pub(crate) parent: u32,
    pub(crate) first_child: u32,
    pub(crate) last_child: u32,
    pub(crate) prev: u32,
    pub(crate) next: u32,
    /// The node document; a document is its own.
    pub(crate) document: u32,
    flags: AtomicU32,
    selector_flags: AtomicU32,
    pub(crate) data: NodeData,
}

impl NodeSlot {
    pub(crate) fn id(&self) -> NodeId {
        NodeId::new(self.index, self.generation)
    }

    /// The slot behind a link of this slot.
    pub(crate) fn link(&self, index: u32) -> Option<&NodeSlot> {
        if index == NONE {
            return None;
        }
        // SAFETY: `arena` was set from the arena's own heap allocation when the
        // chunk was made; the arena outlives its slots, and a shared borrow of
        // a slot excludes `&mut Arena`.
        let arena = unsafe { &*self.arena };
        Some(arena.at(index))
    }

    pub(crate) fn parent(&self) -> Option<&NodeSlot> {
        self.link(self.parent)
    }

    pub(crate) fn document(&self) -> Option<&NodeSlot> {
        self.link(self.document)
    }

    pub(crate) fn has(&self, flag: NodeFlags) -> bool {
        self.flags.load(Ordering::Relaxed) & flag.bits() != 0
    }

    pub(crate) fn set(&self, flag: NodeFlags) {
        self.flags.fetch_or(flag.bits(), Ordering::Relaxed);
    }

    pub(crate) fn unset(&self, flag: NodeFlags) {
        self.flags.fetch_and(!flag.bits(), Ordering::Relaxed);
    }

    pub(crate) fn selector_flags(&self) -> u32 {
        self.selector_flags.load(Ordering::Relaxed)
    }

    pub(crate) fn add_selector_flags(&self, bits: u32) {
        if self.selector_flags.load(Ordering::Relaxed) & bits != bits {
            self.selector_flags.fetch_or(bits, Ordering::Relaxed);
        }
    }

    pub(crate) fn element(&self) -> Option<&ElementData> {
        match &self.data {
            NodeData::Element(e) => Some(e),
            _ => None,
        }
    }

    pub(crate) fn element_mut(&mut self) -> Option<&mut ElementData> {
        match &mut self.data {
            NodeData::Element(e) => Some(e),
            _ => None,
        }
    }

    pub(crate) fn document_data(&self) -> Option<&DocumentData> {
        match &self.data {
            NodeData::Document(d) => Some(d),
            _ => None,
        }
    }

    pub(crate) fn document_data_mut(&mut self) -> Option<&mut DocumentData> {
        match &mut self.data {
            NodeData::Document(d) => Some(d),
            _ => None,
        }
    }
}

/// Where a slot is. Slots stay where they are for as long as their arena lives,
/// and only what is in the arena holds one of these.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct SlotPointer(NonNull<NodeSlot>);

impl SlotPointer {
    /// The index of the slot, whoever lives there.
    pub(crate) fn index(self) -> u32 {
        // SAFETY: the pointer comes from `ArenaBox::pointer`, slots never move,
        // and whoever holds it holds its arena.
        unsafe { self.0.as_ref() }.index
    }

    /// A list of places as the slots themselves.
    pub(crate) fn slots<'s>(pointers: &'s [Self], _arena: &'s NodeSlot) -> &'s [&'s NodeSlot] {
        // SAFETY: a reference has the layout of a pointer that is not null; that
        // they are valid is said above, and the shared borrow of a slot of the
        // same arena excludes writing for as long as the result lives.
        unsafe { &*(std::ptr::from_ref(pointers) as *const [&'s NodeSlot]) }
    }
}

// SAFETY: only an address within the arena that the holder moves with.
unsafe impl Send for SlotPointer {}

impl ElementData {
    fn style_cell(&self) -> Option<&ElementDataWrapper> {
        // SAFETY: the cell is replaced only by `ensure_style` and
        // `drop_style`, whose callers have this element to themselves.
        unsafe { &*self.style.get() }.as_ref()
    }

    /// Whether the element has style data.
    pub(crate) fn has_style(&self) -> bool {
        self.style_cell().is_some()
    }

    /// The element's style data, to read.
    pub(crate) fn style(&self) -> Option<ElementDataRef<'_>> {
        self.style_cell().map(ElementDataWrapper::borrow)
    }

    /// The element's style data, to write, from within a style pass (or with
    /// the tree borrowed mutably). That two do not write at once is checked in
    /// debug builds; in others it rests on the rules above.
    pub(crate) fn style_mut(&self) -> Option<ElementDataMut<'_>> {
        self.style_cell().map(ElementDataWrapper::borrow_mut)
    }

    /// Makes style data if there is none.
    ///
    /// # Safety
    ///
    /// No other thread may touch this element's style data, and no borrow of
    /// it may be live.
    pub(crate) unsafe fn ensure_style(&self) -> ElementDataMut<'_> {
        // SAFETY: by the contract above nobody else refers to the cell.
        let cell = unsafe { &mut *self.style.get() };
        cell.get_or_insert_with(ElementDataWrapper::default).borrow_mut()
    }

    /// Drops the style data.
    ///
    /// # Safety
    ///
    /// As for [`ensure_style`](Self::ensure_style).
    pub(crate) unsafe fn drop_style(&self) {
        // SAFETY: by the contract above nobody else refers to the cell.
        unsafe { *self.style.get() = None };
    }
}

/// All slots of a tree.
pub(crate) struct Arena {
    chunks: Vec<Box<[NodeSlot]>>,
    /// Slots given out so far, free ones included.
    len: u32,
    free: Vec<u32>,
    live: usize,
}

impl Arena {
    fn at(&self, index: u32) -> &NodeSlot {
        &self.chunks[index as usize / CHUNK][index as usize % CHUNK]
    }
}

/// The owner of an arena: the only way to it.
pub(crate) struct ArenaBox(NonNull<Arena>);

// SAFETY: `ArenaBox` owns its arena alone; the pointers inside lead only into
// that arena, and everything a slot holds may move between threads. The style
// data holds computed values, which are `Send`.
unsafe impl Send for ArenaBox {}

impl ArenaBox {
    pub(crate) fn new() -> Self {
        let arena = Box::new(Arena { chunks: Vec::new(), len: 0, free: Vec::new(), live: 0 });
        Self(NonNull::from(Box::leak(arena)))
    }

    fn get(&self) -> &Arena {
        // SAFETY: the pointer comes from `Box::leak` and is freed in `drop`.
        unsafe { self.0.as_ref() }
    }

    fn get_mut(&mut self) -> &mut Arena {
        // SAFETY: as above, and `&mut self` means that no reference to a slot
        // is live: all of them borrow from `&self`.
        unsafe { self.0.as_mut() }
    }

    pub(crate) fn live(&self) -> usize {
        self.get().live
    }

    /// Slots ever given out: what side tables must have room for.
    pub(crate) fn capacity(&self) -> u32 {
        self.get().len
    }

    /// The slot at a link.
    pub(crate) fn at(&self, index: u32) -> &NodeSlot {
        self.get().at(index)
    }

    /// Where the slot at a link is.
    pub(crate) fn pointer(&self, index: u32) -> SlotPointer {
        SlotPointer(NonNull::from(self.at(index)))
    }

    /// The slot at a link, to write.
    pub(crate) fn at_mut(&mut self, index: u32) -> &mut NodeSlot {
        let arena = self.get_mut();
        &mut arena.chunks[index as usize / CHUNK][index as usize % CHUNK]
    }

    /// The slot that `id` names, unless its node is gone.
    pub(crate) fn slot(&self, id: NodeId) -> Option<&NodeSlot> {
        let arena = self.get();
        if id.index() >= arena.len {
            return None;
        }
        let slot = arena.at(id.index());
        (slot.generation == id.generation()).then_some(slot)
    }

    /// As [`slot`](Self::slot), to write.
    pub(crate) fn slot_mut(&mut self, id: NodeId) -> Option<&mut NodeSlot> {
        self.slot(id)?;
        Some(self.at_mut(id.index()))
    }

    /// Puts `data` into a free slot; `document` is the owner, or [`NONE`] for
    /// the node itself.
    pub(crate) fn insert(&mut self, data: NodeData, document: u32) -> NodeId {
        let pointer = self.0.as_ptr().cast_const();
        let arena = self.get_mut();
        arena.live += 1;
        let index = match arena.free.pop() {
            Some(index) => index,
            None => {
                let index = arena.len;
                assert!(index < NONE - 1, "the node arena is full");
                if index as usize / CHUNK == arena.chunks.len() {
                    arena.chunks.push(new_chunk(pointer, index));
                }
                arena.len += 1;
                index
            }
        };
        let slot = &mut arena.chunks[index as usize / CHUNK][index as usize % CHUNK];
        slot.parent = NONE;
        slot.first_child = NONE;
        slot.last_child = NONE;
        slot.prev = NONE;
        slot.next = NONE;
        slot.document = if document == NONE { index } else { document };
        *slot.flags.get_mut() = 0;
        *slot.selector_flags.get_mut() = 0;
        slot.data = data;
        slot.id()
    }

    /// Empties a slot and retires its id. The node must be unlinked. `reuse`
    /// says whether another node may live there.
    pub(crate) fn free(&mut self, index: u32, reuse: bool) -> NodeData {
        let arena = self.get_mut();
        let slot = &mut arena.chunks[index as usize / CHUNK][index as usize % CHUNK];
        let data = std::mem::replace(&mut slot.data, NodeData::Vacant);
        arena.live -= 1;
        // A generation that has run out retires its slot for good.
        slot.generation = slot.generation.checked_add(1).unwrap_or(0);
        if reuse && slot.generation != 0 {
            arena.free.push(index);
        }
        data
    }
}

impl Drop for ArenaBox {
    fn drop(&mut self) {
        // SAFETY: the pointer comes from `Box::leak`, and nobody can hold a
        // reference through it any more.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

fn new_chunk(arena: *const Arena, first: u32) -> Box<[NodeSlot]> {
    (0..CHUNK as u32)
        .map(|i| NodeSlot {
            arena,
            index: first + i,
            generation: 1,
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            prev: NONE,
            next: NONE,
            document: NONE,
            flags: AtomicU32::new(0),
            selector_flags: AtomicU32::new(0),
            data: NodeData::Vacant,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_id_never_resolves_again() {
        let mut arena = ArenaBox::new();
        let a = arena.insert(NodeData::Text("a".into()), NONE);
        arena.free(a.index(), true);
        let b = arena.insert(NodeData::Text("b".into()), NONE);
        assert_eq!(a.index(), b.index());
        assert!(arena.slot(a).is_none());
        assert!(arena.slot(b).is_some());
        assert_eq!(arena.live(), 1);
    }

    #[test]
    fn slots_stay_where_they_are() {
        let mut arena = ArenaBox::new();
        let first = arena.insert(NodeData::Text(String::new()), NONE);
        let before = std::ptr::from_ref(arena.at(first.index()));
        for _ in 0..10 * CHUNK {
            arena.insert(NodeData::Text(String::new()), NONE);
        }
        assert_eq!(before, std::ptr::from_ref(arena.at(first.index())));
    }

    #[test]
    fn a_slot_is_small() {
        assert!(size_of::<NodeSlot>() <= 72, "{}", size_of::<NodeSlot>());
        assert!(size_of::<ElementData>() <= 160, "{}", size_of::<ElementData>());
    }
}
