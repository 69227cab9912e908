//! What is in a range: taking it out, copying it, putting something in.
//!
//! The standard extracts and clones by recursion, one level per ancestor of the
//! ends. Here the two chains of ancestors are walked in loops, in the same
//! order, so that a range may be as deep as its tree.

use virga_dom::{NodeId, Tree, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{
    Range,
    boundary::{Boundary, index, is_character_data, length},
    range::common_ancestor,
};
use crate::{
    agent::EngineCx,
    dom::{character_data, mutation, node},
};

/// A range taken apart.
struct Parts {
    start: Boundary,
    end: Boundary,
    /// From the first partially contained child of the common ancestor down to
    /// the start node; empty if the start node is the common ancestor.
    left: Vec<NodeId>,
    /// From the last partially contained child down to the end node.
    right: Vec<NodeId>,
    /// The contained children of the common ancestor.
    contained: Vec<NodeId>,
}

impl Parts {
    fn of(tree: &Tree, start: Boundary, end: Boundary) -> Self {
        let common = common_ancestor(tree, start.node, end.node);
        let left = chain(tree, common, start.node);
        let right = chain(tree, common, end.node);
        let first = match left.first() {
            Some(child) => tree.next_sibling(*child),
            None => tree.children(common).nth(start.offset as usize),
        };
        let last = match right.first() {
            Some(child) => Some(*child),
            None => tree.children(common).nth(end.offset as usize),
        };
        let contained = siblings(tree, first, last);
        Self { start, end, left, right, contained }
    }

    /// The contained children of the `level`th node of the left chain.
    fn inside_left(&self, tree: &Tree, level: usize) -> Vec<NodeId> {
        let first = match self.left.get(level + 1) {
            Some(child) => tree.next_sibling(*child),
            None => tree.children(self.start.node).nth(self.start.offset as usize),
        };
        siblings(tree, first, None)
    }

    /// The contained children of the `level`th node of the right chain.
    fn inside_right(&self, tree: &Tree, level: usize) -> Vec<NodeId> {
        match self.right.get(level + 1) {
            Some(child) => siblings(tree, tree.first_child(self.right[level]), Some(*child)),
            None => tree.children(self.end.node).take(self.end.offset as usize).collect(),
        }
    }

    /// Where a range goes whose contents are taken out.
    ///
    /// Steps 5 and 6 of <https://dom.spec.whatwg.org/#dom-range-deletecontents>.
    fn place_after(&self, tree: &Tree) -> Boundary {
        match self.left.first() {
            // The start node contains the end node.
            None => self.start,
            Some(child) => {
                let parent = tree.parent(*child).unwrap_or(*child);
                Boundary::new(parent, index(tree, *child) + 1)
            }
        }
    }
}

/// From the child of `ancestor` down to `node`; empty if they are the same.
fn chain(tree: &Tree, ancestor: NodeId, node: NodeId) -> Vec<NodeId> {
    let mut chain = Vec::new();
    let mut at = node;
    while at != ancestor {
        chain.push(at);
        match tree.parent(at) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    chain.reverse();
    chain
}

/// A node and those after it, up to and without `until`.
fn siblings(tree: &Tree, first: Option<NodeId>, until: Option<NodeId>) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut next = first;
    while let Some(node) = next.filter(|node| Some(*node) != until) {
        found.push(node);
        next = tree.next_sibling(node);
    }
    found
}

fn has_data(cx: &Cx, node: NodeId) -> bool {
    cx.engine().tree().kind(node).is_some_and(is_character_data)
}

fn node_length(cx: &Cx, node: NodeId) -> u32 {
    length(&cx.engine().tree(), node)
}

/// "Replace data" of a node with nothing.
fn cut(cx: &mut Cx, node: NodeId, from: u32, to: u32) -> Fallible<()> {
    let count = to.saturating_sub(from);
    character_data::replace(cx, node, from, count, &DomString::empty())
}

/// `deleteContents`: <https://dom.spec.whatwg.org/#dom-range-deletecontents>
pub(super) fn delete(cx: &mut Cx, range: &Obj<Range>) {
    // The offsets are those of the nodes, so that cutting cannot fail.
    if let Err(error) = try_delete(cx, range) {
        crate::events::report_exception(cx, error);
    }
}

fn try_delete(cx: &mut Cx, range: &Obj<Range>) -> Fallible<()> {
    let (start, end) = (range.start(), range.end());
    // 1.
    if start == end {
        return Ok(());
    }
    // 3.
    if start.node == end.node && has_data(cx, start.node) {
        return cut(cx, start.node, start.offset, end.offset);
    }
    // 4.–6.
    let (removed, place) = {
        let agent = cx.engine();
        let tree = agent.tree();
        let parts = Parts::of(&tree, start, end);
        let mut removed = Vec::new();
        for level in (0..parts.left.len()).rev() {
            removed.extend(parts.inside_left(&tree, level));
        }
        removed.extend(&parts.contained);
        for level in 0..parts.right.len() {
            removed.extend(parts.inside_right(&tree, level));
        }
        (removed, parts.place_after(&tree))
    };
    // 7.
    if has_data(cx, start.node) {
        let to = node_length(cx, start.node);
        cut(cx, start.node, start.offset, to)?;
    }
    // 8.
    for node in removed {
        mutation::remove_if_attached(cx, node);
    }
    // 9.
    if has_data(cx, end.node) {
        cut(cx, end.node, 0, end.offset)?;
    }
    // 10.
    range.set_ends(cx, place, place);
    Ok(())
}

/// Whether contents are taken out or copied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Extract,
    Clone,
}

/// `extractContents`: <https://dom.spec.whatwg.org/#concept-range-extract>
///
/// # Errors
/// `HierarchyRequestError` if there is a doctype in the range.
pub(super) fn extract(cx: &mut Cx, range: &Obj<Range>) -> Fallible<NodeId> {
    take(cx, range, Mode::Extract)
}

/// `cloneContents`: <https://dom.spec.whatwg.org/#concept-range-clone>
///
/// # Errors
/// `HierarchyRequestError` if there is a doctype in the range.
pub(super) fn clone(cx: &mut Cx, range: &Obj<Range>) -> Fallible<NodeId> {
    take(cx, range, Mode::Clone)
}

fn take(cx: &mut Cx, range: &Obj<Range>, mode: Mode) -> Fallible<NodeId> {
    let (start, end) = (range.start(), range.end());
    let agent = cx.engine();
    // 1.
    let document = agent.tree().owner_document(start.node).unwrap_or(start.node);
    let fragment = agent.tree_mut().create_fragment(document);
    agent.wrappers.release(fragment);
    // 2.
    if start == end {
        return Ok(fragment);
    }
    let taking = Taking { document, mode };
    // 4.
    if start.node == end.node && has_data(cx, start.node) {
        taking.data(cx, start.node, start.offset, end.offset, fragment)?;
        return Ok(fragment);
    }
    // 5.–14.
    let (parts, place) = {
        let tree = agent.tree();
        let parts = Parts::of(&tree, start, end);
        if parts.contained.iter().any(|node| tree.kind(*node) == Some(NodeKind::Doctype)) {
            return Err(Error::dom(
                DomExceptionName::HierarchyRequest,
                "a doctype cannot be taken out of its document",
            ));
        }
        let place = parts.place_after(&tree);
        (parts, place)
    };
    taking.left(cx, &parts, fragment)?;
    taking.nodes(cx, parts.contained.clone(), fragment);
    taking.right(cx, &parts, fragment)?;
    // 20.
    if mode == Mode::Extract {
        range.set_ends(cx, place, place);
    }
    Ok(fragment)
}

struct Taking {
    document: NodeId,
    mode: Mode,
}

impl Taking {
    /// The first partially contained child, with what is in the range of it:
    /// the copies of its chain of ancestors, then their contained children from
    /// the innermost out.
    fn left(&self, cx: &mut Cx, parts: &Parts, fragment: NodeId) -> Fallible<()> {
        let mut into = fragment;
        let mut copies = Vec::new();
        for &node in &parts.left {
            if node == parts.start.node && has_data(cx, node) {
                let to = node_length(cx, node);
                self.data(cx, node, parts.start.offset, to, into)?;
            } else {
                into = self.shallow(cx, node, into);
                copies.push(into);
            }
        }
        for level in (0..copies.len()).rev() {
            let inside = parts.inside_left(&cx.engine().tree(), level);
            self.nodes(cx, inside, copies[level]);
        }
        Ok(())
    }

    /// The last partially contained child, from the outermost in.
    fn right(&self, cx: &mut Cx, parts: &Parts, fragment: NodeId) -> Fallible<()> {
        let mut into = fragment;
        for (level, &node) in parts.right.iter().enumerate() {
            if node == parts.end.node && has_data(cx, node) {
                self.data(cx, node, 0, parts.end.offset, into)?;
            } else {
                into = self.shallow(cx, node, into);
                let inside = parts.inside_right(&cx.engine().tree(), level);
                self.nodes(cx, inside, into);
            }
        }
        Ok(())
    }

    /// Appends a copy of a node without its children.
    fn shallow(&self, cx: &mut Cx, node: NodeId, into: NodeId) -> NodeId {
        match node::clone(cx, node, self.document, false) {
            Some(copy) => {
                mutation::insert(cx, copy, into, None);
                copy
            }
            None => into,
        }
    }

    /// Appends whole nodes, or copies of them.
    fn nodes(&self, cx: &mut Cx, nodes: Vec<NodeId>, into: NodeId) {
        for node in nodes {
            let node = match self.mode {
                Mode::Extract => Some(node),
                Mode::Clone => node::clone(cx, node, self.document, true),
            };
            if let Some(node) = node {
                mutation::insert(cx, node, into, None);
            }
        }
    }

    /// Appends a copy of a node with part of its data, which the node loses if
    /// it is taken out.
    fn data(&self, cx: &mut Cx, node: NodeId, from: u32, to: u32, into: NodeId) -> Fallible<()> {
        let part = {
            let agent = cx.engine();
            let tree = agent.tree();
            character_data::substring(tree.text(node), from, to.saturating_sub(from))?
        };
        if let Some(copy) = node::clone(cx, node, self.document, false) {
            cx.engine().tree_mut().set_text(copy, part.to_str().into_owned());
            mutation::insert(cx, copy, into, None);
        }
        if self.mode == Mode::Extract {
            cut(cx, node, from, to)?;
        }
        Ok(())
    }
}

/// "Insert a node into a live range": <https://dom.spec.whatwg.org/#concept-range-insert>
pub(super) fn insert(cx: &mut Cx, range: &Obj<Range>, node: NodeId) -> Fallible<()> {
    let agent = cx.engine();
    let refuse = |why: &str| Err(Error::dom(DomExceptionName::HierarchyRequest, why));
    let start = range.start();
    let (kind, parent) = {
        let tree = agent.tree();
        (tree.kind(start.node), tree.parent(start.node))
    };
    // 1.
    match kind {
        Some(NodeKind::ProcessingInstruction | NodeKind::Comment) => {
            return refuse("nothing can be inserted into a comment or processing instruction");
        }
        Some(NodeKind::Text | NodeKind::CdataSection) if parent.is_none() => {
            return refuse("nothing can be inserted into text without a parent");
        }
        _ if start.node == node => return refuse("a node cannot be inserted into itself"),
        _ => {}
    }
    // 2.–4.
    let is_text = matches!(kind, Some(NodeKind::Text | NodeKind::CdataSection));
    let mut reference = if is_text {
        Some(start.node)
    } else {
        agent.tree().children(start.node).nth(start.offset as usize)
    };
    // 5.
    let parent = match reference {
        Some(child) => agent.tree().parent(child).unwrap_or(start.node),
        None => start.node,
    };
    // 6.
    mutation::ensure_validity(cx, node, parent, reference)?;
    // 7.
    if is_text {
        reference = Some(character_data::split(cx, start.node, start.offset)?);
    }
    // 8.
    if reference == Some(node) {
        reference = agent.tree().next_sibling(node);
    }
    // 9.
    mutation::remove_if_attached(cx, node);
    // 10.–11.
    let offset = {
        let tree = agent.tree();
        let at = match reference {
            Some(child) => index(&tree, child),
            None => length(&tree, parent),
        };
        let fragment = tree.kind(node) == Some(NodeKind::Fragment);
        at + if fragment { length(&tree, node) } else { 1 }
    };
    // 12.
    mutation::pre_insert(cx, node, parent, reference)?;
    // 13.
    if range.is_collapsed() {
        let start = range.start();
        range.set_ends(cx, start, Boundary::new(parent, offset));
    }
    Ok(())
}

/// `surroundContents`: <https://dom.spec.whatwg.org/#dom-range-surroundcontents>
pub(super) fn surround(cx: &mut Cx, range: &Obj<Range>, new_parent: NodeId) -> Fallible<()> {
    let agent = cx.engine();
    // 1.
    let partial = {
        let tree = agent.tree();
        let parts = Parts::of(&tree, range.start(), range.end());
        let is_text = |node: &NodeId| {
            matches!(tree.kind(*node), Some(NodeKind::Text | NodeKind::CdataSection))
        };
        parts.left.iter().chain(&parts.right).any(|node| !is_text(node))
    };
    if partial {
        return Err(Error::dom(
            DomExceptionName::InvalidState,
            "the range has only a part of an element",
        ));
    }
    // 2.
    let kind = agent.tree().kind(new_parent);
    if matches!(
        kind,
        Some(NodeKind::Document | NodeKind::Doctype | NodeKind::Fragment | NodeKind::ShadowRoot)
    ) {
        return Err(Error::dom(
            DomExceptionName::InvalidNodeType,
            "a node of this kind cannot surround anything",
        ));
    }
    // 3.
    let fragment = extract(cx, range)?;
    // 4.
    if agent.tree().first_child(new_parent).is_some() {
        mutation::replace_all(cx, None, new_parent);
    }
    // 5.
    insert(cx, range, new_parent)?;
    // 6.
    mutation::append(cx, fragment, new_parent)?;
    // 7.
    let (start, end) = {
        let tree = agent.tree();
        let start = Boundary::before(&tree, new_parent)?;
        (start, Boundary::new(start.node, start.offset + 1))
    };
    range.set_ends(cx, start, end);
    Ok(())
}

/// What a range is as a string.
///
/// <https://dom.spec.whatwg.org/#dom-range-stringifier>
pub(super) fn text(cx: &Cx, range: &Obj<Range>) -> DomString {
    let (start, end) = (range.start(), range.end());
    let agent = cx.engine();
    let tree = agent.tree();
    let is_text = |node| tree.is_text(node);
    let part = |node, from, count| {
        character_data::substring(tree.text(node), from, count)
            .map(|part| part.to_str().into_owned())
            .unwrap_or_default()
    };
    // 2.
    if start.node == end.node && is_text(start.node) {
        let count = end.offset.saturating_sub(start.offset);
        return DomString::from(part(start.node, start.offset, count));
    }
    let mut text = String::new();
    // 3.
    if is_text(start.node) {
        text.push_str(&part(start.node, start.offset, u32::MAX));
    }
    // 4. The text nodes after the start, up to the end.
    let root = tree.root(start.node);
    let first = match tree.children(start.node).nth(start.offset as usize) {
        Some(child) => Some(child),
        None => tree.next_in_order(start.node, root, true),
    };
    let last = match tree.children(end.node).nth(end.offset as usize) {
        Some(child) => Some(child),
        None if is_text(end.node) => Some(end.node),
        None => tree.next_in_order(end.node, root, true),
    };
    let mut next = first;
    while let Some(node) = next.filter(|node| Some(*node) != last) {
        if is_text(node) {
            text.push_str(tree.text(node));
        }
        next = tree.next_in_order(node, root, false);
    }
    // 5.
    if is_text(end.node) {
        text.push_str(&part(end.node, 0, end.offset));
    }
    DomString::from(text)
}
