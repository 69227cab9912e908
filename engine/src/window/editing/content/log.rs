//! Changes of what is edited in place, and how to take them back.

use virga_dom::{NodeId, QualName};
use virga_js::{Cx, DomString, Obj, Trace};

use super::{editing, set_selection};
use crate::{
    agent::EngineCx,
    dom::{character_data, mutation, plain_name, ranges::Boundary},
    events::Cancelable,
    wrappers::Node,
};

/// Changes that are kept.
const LIMIT: usize = 300;

/// One change of the tree.
#[derive(Clone, Trace)]
enum Change {
    Inserted { node: Obj<Node>, parent: Obj<Node>, before: Option<Obj<Node>> },
    Removed { node: Obj<Node>, parent: Obj<Node>, before: Option<Obj<Node>> },
    Data { node: Obj<Node>, old: String, new: String },
    Attribute { node: Obj<Node>, name: String, old: Option<String>, new: Option<String> },
}

/// A selection, by nodes that are kept alive.
#[derive(Clone, Trace)]
struct Kept {
    anchor: (Obj<Node>, u32),
    focus: (Obj<Node>, u32),
}

/// What the user sees as one change.
#[derive(Clone, Trace)]
struct Entry {
    #[trace(skip)]
    host: NodeId,
    changes: Vec<Change>,
    before: Option<Kept>,
    after: Option<Kept>,
    /// More typing joins it.
    typing: bool,
}

/// The changes of a window that can be undone.
#[derive(Default, Trace)]
pub(crate) struct History {
    done: Vec<Entry>,
    undone: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
}

/// The changes of one command.
pub(super) struct Log {
    changes: Vec<Change>,
    before: Option<Kept>,
}

fn keep(cx: &mut Cx) -> Option<Kept> {
    let editing = editing(cx)?;
    let (anchor, focus) = (editing.selection.anchor(cx)?, editing.selection.focus(cx)?);
    Some(Kept {
        anchor: (cx.wrap(anchor.node), anchor.offset),
        focus: (cx.wrap(focus.node), focus.offset),
    })
}

impl Log {
    pub(super) fn begin(cx: &mut Cx) -> Self {
        Self { changes: Vec::new(), before: keep(cx) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Enters what was done in the window's history.
    pub(super) fn end(self, cx: &mut Cx, host: NodeId, input_type: &str) {
        let after = keep(cx);
        let typing = matches!(input_type, "insertText" | "insertCompositionText");
        let window = cx.window();
        let mut history = window.edits.borrow_mut();
        history.undone.clear();
        let joins = typing
            && history.done.last().is_some_and(|last| {
                last.typing && last.host == host && same(&last.after, &self.before)
            });
        match history.done.last_mut().filter(|_| joins) {
            Some(last) => {
                for change in self.changes {
                    match (last.changes.last_mut(), change) {
                        (
                            Some(Change::Data { node, new, .. }),
                            Change::Data { node: other, new: newer, .. },
                        ) if *node == other => *new = newer,
                        (_, change) => last.changes.push(change),
                    }
                }
                last.after = after;
            }
            None => {
                let Self { changes, before } = self;
                history.done.push(Entry { host, changes, before, after, typing });
            }
        }
        if history.done.len() > LIMIT {
            history.done.remove(0);
        }
    }

    /// Inserts a node, which may be moved from elsewhere.
    pub(super) fn insert(
        &mut self,
        cx: &mut Cx,
        node: NodeId,
        parent: NodeId,
        before: Option<NodeId>,
    ) {
        if cx.engine().tree().parent(node).is_some() {
            self.remove(cx, node);
        }
        let change = Change::Inserted {
            node: cx.wrap(node),
            parent: cx.wrap(parent),
            before: before.map(|id| cx.wrap(id)),
        };
        if mutation::pre_insert(cx, node, parent, before).is_ok() {
            self.changes.push(change);
        }
    }

    pub(super) fn remove(&mut self, cx: &mut Cx, node: NodeId) {
        let agent = cx.engine();
        let (parent, before) = {
            let tree = agent.tree();
            (tree.parent(node), tree.next_sibling(node))
        };
        let Some(parent) = parent else { return };
        let change = Change::Removed {
            node: cx.wrap(node),
            parent: cx.wrap(parent),
            before: before.map(|id| cx.wrap(id)),
        };
        mutation::remove(cx, node);
        self.changes.push(change);
    }

    /// Replaces code units of a text.
    pub(super) fn replace(&mut self, cx: &mut Cx, node: NodeId, at: u32, count: u32, data: &str) {
        let old = cx.engine().tree().text(node).to_owned();
        if character_data::replace(cx, node, at, count, &DomString::from(data)).is_err() {
            return;
        }
        let new = cx.engine().tree().text(node).to_owned();
        let node = cx.wrap(node);
        self.changes.push(Change::Data { node, old, new });
    }

    pub(super) fn set_attribute(
        &mut self,
        cx: &mut Cx,
        element: NodeId,
        name: &str,
        value: Option<&str>,
    ) {
        let old = cx.engine().attribute(element, name);
        if old.as_deref() == value {
            return;
        }
        apply_attribute(cx, element, name, value);
        let (name, new) = (name.to_owned(), value.map(str::to_owned));
        let node = cx.wrap(element);
        self.changes.push(Change::Attribute { node, name, old, new });
    }

    /// A new element, not inserted yet.
    pub(super) fn element(cx: &mut Cx, name: &str) -> NodeId {
        let document = cx.document_id();
        let id = cx.engine().tree_mut().create_html_element(document, name);
        // Its wrapper keeps it until it is inserted.
        let _ = cx.wrap(id);
        id
    }

    /// A new text, not inserted yet.
    pub(super) fn text(cx: &mut Cx, text: &str) -> NodeId {
        let document = cx.document_id();
        cx.engine().tree_mut().create_text(document, text)
    }

    /// Moves all children from one element to the end of another.
    pub(super) fn move_children(&mut self, cx: &mut Cx, from: NodeId, to: NodeId) {
        let children: Vec<NodeId> = cx.engine().tree().children(from).collect();
        for child in children {
            self.insert(cx, child, to, None);
        }
    }

    /// Puts an element's children in its place.
    pub(super) fn unwrap(&mut self, cx: &mut Cx, element: NodeId) {
        let agent = cx.engine();
        let Some(parent) = agent.tree().parent(element) else { return };
        let children: Vec<NodeId> = agent.tree().children(element).collect();
        for child in children {
            self.insert(cx, child, parent, Some(element));
        }
        self.remove(cx, element);
    }

    /// Puts an element of another name in place of one.
    pub(super) fn rename(&mut self, cx: &mut Cx, element: NodeId, name: &str) -> NodeId {
        let agent = cx.engine();
        let Some(parent) = agent.tree().parent(element) else { return element };
        let new = Self::element(cx, name);
        self.insert(cx, new, parent, Some(element));
        self.move_children(cx, element, new);
        self.remove(cx, element);
        new
    }

    /// Splits a text; the second half.
    pub(super) fn split_text(&mut self, cx: &mut Cx, node: NodeId, at: u32) -> Option<NodeId> {
        let agent = cx.engine();
        let (parent, next, rest) = {
            let tree = agent.tree();
            let units: Vec<u16> = tree.text(node).encode_utf16().skip(at as usize).collect();
            (tree.parent(node)?, tree.next_sibling(node), String::from_utf16_lossy(&units))
        };
        let second = Self::text(cx, &rest);
        self.insert(cx, second, parent, next);
        self.replace(cx, node, at, u32::MAX, "");
        Some(second)
    }
}

fn apply_attribute(cx: &mut Cx, element: NodeId, name: &str, value: Option<&str>) {
    let name: QualName = plain_name(name);
    match value {
        Some(value) => mutation::set_attribute(cx, element, &name, value),
        None => drop(mutation::remove_attribute(cx, element, &name)),
    }
}

fn same(a: &Option<Kept>, b: &Option<Kept>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.anchor == b.anchor && a.focus == b.focus,
        _ => false,
    }
}

fn reverse(change: &Change) -> Change {
    match change.clone() {
        Change::Inserted { node, parent, before } => Change::Removed { node, parent, before },
        Change::Removed { node, parent, before } => Change::Inserted { node, parent, before },
        Change::Data { node, old, new } => Change::Data { node, old: new, new: old },
        Change::Attribute { node, name, old, new } => {
            Change::Attribute { node, name, old: new, new: old }
        }
    }
}

/// Makes a change again; `false` if the tree is no longer what it was.
fn apply(cx: &mut Cx, change: &Change) -> bool {
    let agent = cx.engine();
    match change {
        Change::Inserted { node, parent, before } => {
            let before = before.as_ref().map(|node| node.id());
            mutation::pre_insert(cx, node.id(), parent.id(), before).is_ok()
        }
        Change::Removed { node, parent, .. } => {
            let there = agent.tree().parent(node.id()) == Some(parent.id());
            if there {
                mutation::remove(cx, node.id());
            }
            there
        }
        Change::Data { node, old, new } => {
            let there = agent.tree().text(node.id()) == old;
            if there {
                let new = DomString::from(new.as_str());
                return character_data::replace(cx, node.id(), 0, u32::MAX, &new).is_ok();
            }
            false
        }
        Change::Attribute { node, name, new, .. } => {
            apply_attribute(cx, node.id(), name, new.as_deref());
            true
        }
    }
}

/// Whether there is something to undo or redo.
pub(super) fn can_step(cx: &Cx, way: Way) -> bool {
    let window = cx.window();
    let history = window.edits.borrow();
    match way {
        Way::Undo => !history.done.is_empty(),
        Way::Redo => !history.undone.is_empty(),
    }
}

/// Undoes or redoes one change; whether there was one.
pub(super) fn step(cx: &mut Cx, way: Way) -> bool {
    let Some(editing) = editing(cx) else { return false };
    let host = editing.host;
    let input_type = if way == Way::Undo { "historyUndo" } else { "historyRedo" };
    if !can_step(cx, way) || !super::announce(cx, host, input_type, None, None) {
        return false;
    }
    let window = cx.window();
    let entry = {
        let mut history = window.edits.borrow_mut();
        match way {
            Way::Undo => history.done.pop(),
            Way::Redo => history.undone.pop(),
        }
    };
    let Some(mut entry) = entry else { return false };
    entry.typing = false;
    let changes: Vec<Change> = match way {
        Way::Undo => entry.changes.iter().rev().map(reverse).collect(),
        Way::Redo => entry.changes.clone(),
    };
    if !changes.iter().all(|change| apply(cx, change)) {
        // Script changed what was edited: what was before is no more.
        *window.edits.borrow_mut() = History::default();
        return false;
    }
    let kept = if way == Way::Undo { entry.before.clone() } else { entry.after.clone() };
    {
        let mut history = window.edits.borrow_mut();
        match way {
            Way::Undo => history.undone.push(entry),
            Way::Redo => history.done.push(entry),
        }
    }
    if let Some(kept) = kept {
        let place = |(node, offset): &(Obj<Node>, u32)| Boundary::new(node.id(), *offset);
        set_selection(cx, place(&kept.anchor), place(&kept.focus));
    }
    super::fire(cx, host, "input", Cancelable(false), input_type, None, None);
    true
}
