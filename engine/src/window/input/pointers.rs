//! The pointers of a window and what they hold:
//! <https://w3c.github.io/pointerevents/#pointer-capture>

use std::cell::RefCell;

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, DomExceptionName, Error, Fallible};
use virga_protocol::PointerType;

use super::{fire::Fire, set_chain};
use crate::agent::EngineCx;

/// What a window knows of one pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointer {
    pub(super) id: i32,
    pub(super) kind: PointerType,
    pub(super) is_primary: bool,
    /// The buttons that are down.
    pub(super) buttons: u16,
    /// The element that heard last that the pointer is over it.
    pub(super) over: Option<NodeId>,
    /// The element that the first button went down on.
    pub(super) pressed: Option<NodeId>,
    /// <https://w3c.github.io/pointerevents/#dfn-pointer-capture-target-override>
    pub(super) captured: Option<NodeId>,
    /// <https://w3c.github.io/pointerevents/#dfn-pending-pointer-capture-target-override>
    pub(super) pending: Option<NodeId>,
    /// `pointerdown` was cancelled: no mouse events until all buttons are up.
    pub(super) no_mouse: bool,
    /// Where it was last, in CSS px.
    pub(super) last: Option<(f64, f64)>,
    /// Where it went down, in CSS px.
    pub(super) start: (f64, f64),
}

impl Pointer {
    fn new(id: i32, kind: PointerType, is_primary: bool) -> Self {
        Self {
            id,
            kind,
            is_primary,
            buttons: 0,
            over: None,
            pressed: None,
            captured: None,
            pending: None,
            no_mouse: false,
            last: None,
            start: (0.0, 0.0),
        }
    }

    /// Whether it can be over something without touching it.
    pub(super) fn hovers(&self) -> bool {
        self.kind != PointerType::Touch
    }
}

/// The pointers that were seen: mice and pens stay, fingers go when they lift.
#[derive(Default)]
pub(super) struct Pointers(RefCell<Vec<Pointer>>);

impl Pointers {
    pub(super) fn get(&self, id: i32) -> Option<Pointer> {
        self.0.borrow().iter().find(|pointer| pointer.id == id).copied()
    }

    /// The pointer, entered if it is new.
    pub(super) fn enter(&self, id: i32, kind: PointerType) -> Pointer {
        if let Some(pointer) = self.get(id) {
            return pointer;
        }
        let mut all = self.0.borrow_mut();
        let is_primary = !all.iter().any(|pointer| pointer.kind == kind && pointer.is_primary);
        all.push(Pointer::new(id, kind, is_primary));
        Pointer::new(id, kind, is_primary)
    }

    /// Changes a pointer, if it is there.
    pub(super) fn update(&self, id: i32, change: impl FnOnce(&mut Pointer)) {
        if let Some(pointer) = self.0.borrow_mut().iter_mut().find(|pointer| pointer.id == id) {
            change(pointer);
        }
    }

    pub(super) fn remove(&self, id: i32) {
        self.0.borrow_mut().retain(|pointer| pointer.id != id);
    }

    pub(super) fn ids(&self) -> Vec<i32> {
        self.0.borrow().iter().map(|pointer| pointer.id).collect()
    }

    /// Forgets elements that are gone: a pointer is over what is left around them.
    pub(super) fn leave_subtree(&self, tree: &Tree, root: NodeId, parent: Option<NodeId>) {
        let inside = |id: Option<NodeId>| id.is_some_and(|id| tree.is_inclusive_ancestor(root, id));
        for pointer in self.0.borrow_mut().iter_mut() {
            if inside(pointer.over) {
                pointer.over = parent;
            }
            if inside(pointer.pressed) {
                pointer.pressed = parent;
            }
        }
    }
}

fn no_such_pointer(id: i32) -> Error {
    Error::dom(DomExceptionName::NotFound, format!("there is no active pointer with the id {id}"))
}

/// <https://w3c.github.io/pointerevents/#dom-element-setpointercapture>
pub(crate) fn set_capture(cx: &mut Cx, element: NodeId, id: i32) -> Fallible<()> {
    let window = cx.window();
    // 1, 2.
    let pointer = window.input.pointers.get(id).ok_or_else(|| no_such_pointer(id))?;
    // 3.
    if !cx.engine().tree().is_connected(element) {
        return Err(crate::error::invalid_state("The element is not in the document"));
    }
    // 5. Only while a button is down.
    if pointer.buttons != 0 {
        window.input.pointers.update(id, |pointer| pointer.pending = Some(element));
    }
    Ok(())
}

/// <https://w3c.github.io/pointerevents/#dom-element-releasepointercapture>
pub(crate) fn release_capture(cx: &mut Cx, element: NodeId, id: i32) -> Fallible<()> {
    let window = cx.window();
    window.input.pointers.get(id).ok_or_else(|| no_such_pointer(id))?;
    if has_capture(cx, element, id) {
        window.input.pointers.update(id, |pointer| pointer.pending = None);
    }
    Ok(())
}

/// <https://w3c.github.io/pointerevents/#dom-element-haspointercapture>
pub(crate) fn has_capture(cx: &Cx, element: NodeId, id: i32) -> bool {
    let pointer = cx.window().input.pointers.get(id);
    pointer.is_some_and(|pointer| pointer.pending == Some(element))
}

/// What comes before each event of a pointer: a capture that ended, leaving and
/// entering, a capture that begins. Returns the event's target; `hit` is what
/// lies under the pointer.
///
/// <https://w3c.github.io/pointerevents/#process-pending-pointer-capture>
pub(super) fn settle(cx: &mut Cx, fire: &Fire<'_>, hit: Option<NodeId>) -> Option<NodeId> {
    let agent = cx.engine();
    let window = cx.window();
    let id = fire.input.id;
    let mut pointer = window.input.pointers.get(id)?;
    // A capture by what left the document is none.
    if pointer.pending.is_some_and(|id| !agent.tree().is_connected(id)) {
        pointer.pending = None;
        window.input.pointers.update(id, |pointer| pointer.pending = None);
    }
    if let Some(captured) = pointer.captured.filter(|_| pointer.captured != pointer.pending) {
        window.input.pointers.update(id, |pointer| pointer.captured = None);
        let target = if agent.tree().is_connected(captured) { captured } else { cx.document_id() };
        fire.pointer(cx, "lostpointercapture", target, None);
        pointer = window.input.pointers.get(id)?;
    }
    let target = pointer.pending.or(hit);
    if pointer.over != target {
        move_over(cx, fire, target);
        pointer = window.input.pointers.get(id)?;
    }
    if let Some(pending) = pointer.pending.filter(|_| pointer.captured != pointer.pending) {
        window.input.pointers.update(id, |pointer| pointer.captured = Some(pending));
        fire.pointer(cx, "gotpointercapture", pending, None);
        pointer = window.input.pointers.get(id)?;
    }
    pointer.captured.filter(|&id| agent.tree().is_connected(id)).or(hit)
}

/// The elements from a node up, across the roots of shadow trees, without those
/// that `other` is in as well.
fn path(tree: &Tree, id: Option<NodeId>, other: &[NodeId]) -> Vec<NodeId> {
    super::inclusive_ancestors(tree, id).into_iter().filter(|id| !other.contains(id)).collect()
}

/// The pointer is over another element: the events of leaving and entering, and
/// `:hover`.
pub(super) fn move_over(cx: &mut Cx, fire: &Fire<'_>, to: Option<NodeId>) {
    let agent = cx.engine();
    let window = cx.window();
    let id = fire.input.id;
    let Some(pointer) = window.input.pointers.get(id) else { return };
    let from = pointer.over.filter(|&id| agent.tree().is_connected(id));
    window.input.pointers.update(id, |pointer| pointer.over = to);
    if from == to {
        return;
    }
    set_chain(&mut agent.tree_mut(), from, to, ElementState::HOVER);
    boundary(cx, fire, from, to, true);
    if pointer.hovers() {
        boundary(cx, fire, from, to, false);
    }
}

/// The events of leaving `from` and entering `to`, of pointers or of mice.
pub(super) fn boundary(
    cx: &mut Cx,
    fire: &Fire<'_>,
    from: Option<NodeId>,
    to: Option<NodeId>,
    is_pointer: bool,
) {
    let agent = cx.engine();
    let (left, entered) = {
        let tree = agent.tree();
        let (old, new) =
            (super::inclusive_ancestors(&tree, from), super::inclusive_ancestors(&tree, to));
        (path(&tree, from, &new), path(&tree, to, &old))
    };
    let one = |cx: &mut Cx, pointer: &str, mouse: &str, at: NodeId, related: Option<NodeId>| {
        if is_pointer {
            fire.pointer(cx, pointer, at, related);
        } else {
            fire.mouse(cx, mouse, at, related);
        }
    };
    if let Some(from) = from {
        one(cx, "pointerout", "mouseout", from, to);
    }
    for &id in &left {
        one(cx, "pointerleave", "mouseleave", id, to);
    }
    if let Some(to) = to {
        one(cx, "pointerover", "mouseover", to, from);
    }
    for &id in entered.iter().rev() {
        one(cx, "pointerenter", "mouseenter", id, from);
    }
}
