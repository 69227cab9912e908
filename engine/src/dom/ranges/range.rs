//! The `Range` interface: <https://dom.spec.whatwg.org/#interface-range>

use std::cmp::Ordering;

use virga_dom::{NodeId, Tree, tree::NodeKind};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};

use super::{
    Range,
    boundary::{Boundary, index, refuse_doctype},
    contents,
};
use crate::{
    agent::EngineCx,
    dom::{DocumentFragment, document::made, markup},
    generated::RangeMethods,
    geometry::{DOMRect, DOMRectList},
    wrappers::Node,
};

/// Which end of a range is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

/// "Set the start or end": <https://dom.spec.whatwg.org/#concept-range-bp-set>,
/// with a place that was checked.
fn set_end(cx: &mut Cx, range: &Obj<Range>, which: End, place: Boundary) {
    let (start, end) = (range.start(), range.end());
    let (start, end) = {
        let agent = cx.engine();
        let tree = agent.tree();
        match which {
            // 4. Another root compares as nothing.
            End::Start => match place.compare(&tree, end) {
                None | Some(Ordering::Greater) => (place, place),
                _ => (place, end),
            },
            End::End => match place.compare(&tree, start) {
                None | Some(Ordering::Less) => (place, place),
                _ => (start, place),
            },
        }
    };
    range.set_ends(cx, start, end);
}

fn checked(cx: &Cx, node: &Obj<Node>, offset: u32) -> Fallible<Boundary> {
    Boundary::checked(&cx.engine().tree(), node.id(), offset)
}

fn before(cx: &Cx, node: &Obj<Node>) -> Fallible<Boundary> {
    Boundary::before(&cx.engine().tree(), node.id())
}

fn after(cx: &Cx, node: &Obj<Node>) -> Fallible<Boundary> {
    Boundary::after(&cx.engine().tree(), node.id())
}

/// The deepest node that both ends are in.
pub(super) fn common_ancestor(tree: &Tree, start: NodeId, end: NodeId) -> NodeId {
    let mut at = start;
    while !tree.is_inclusive_ancestor(at, end) {
        match tree.parent(at) {
            Some(parent) => at = parent,
            None => return at,
        }
    }
    at
}

fn wrong_document(message: &str) -> Error {
    Error::dom(DomExceptionName::WrongDocument, message)
}

impl RangeMethods for Obj<Range> {
    fn get_client_rects(&self, cx: &mut Cx) -> Fallible<Obj<DOMRectList>> {
        Ok(crate::cssom_view::range_client_rects(cx, self))
    }

    fn get_bounding_client_rect(&self, cx: &mut Cx) -> Fallible<Obj<DOMRect>> {
        Ok(crate::cssom_view::range_bounding_rect(cx, self))
    }

    /// <https://dom.spec.whatwg.org/#dom-range-range>
    fn constructor(cx: &mut Cx) -> Fallible<Self> {
        let place = Boundary::start_of(cx.document_id());
        Ok(Range::create(cx, place, place))
    }

    /// <https://dom.spec.whatwg.org/#dom-range-commonancestorcontainer>
    fn common_ancestor_container(&self, cx: &mut Cx) -> Obj<Node> {
        let id = common_ancestor(&cx.engine().tree(), self.start().node, self.end().node);
        cx.wrap(id)
    }

    fn set_start(&self, cx: &mut Cx, node: Obj<Node>, offset: u32) -> Fallible<()> {
        let place = checked(cx, &node, offset)?;
        set_end(cx, self, End::Start, place);
        Ok(())
    }

    fn set_end(&self, cx: &mut Cx, node: Obj<Node>, offset: u32) -> Fallible<()> {
        let place = checked(cx, &node, offset)?;
        set_end(cx, self, End::End, place);
        Ok(())
    }

    fn set_start_before(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let place = before(cx, &node)?;
        set_end(cx, self, End::Start, place);
        Ok(())
    }

    fn set_start_after(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let place = after(cx, &node)?;
        set_end(cx, self, End::Start, place);
        Ok(())
    }

    fn set_end_before(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let place = before(cx, &node)?;
        set_end(cx, self, End::End, place);
        Ok(())
    }

    fn set_end_after(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let place = after(cx, &node)?;
        set_end(cx, self, End::End, place);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-range-collapse>
    fn collapse(&self, cx: &mut Cx, to_start: bool) -> Fallible<()> {
        let place = if to_start { self.start() } else { self.end() };
        self.set_ends(cx, place, place);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#concept-range-select>
    fn select_node(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let start = before(cx, &node)?;
        let end = Boundary::new(start.node, start.offset + 1);
        self.set_ends(cx, start, end);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-range-selectnodecontents>
    fn select_node_contents(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        let end = {
            let agent = cx.engine();
            let tree = agent.tree();
            // 1.
            refuse_doctype(&tree, node.id())?;
            // 2.
            Boundary::end_of(&tree, node.id())
        };
        // 3.–4.
        self.set_ends(cx, Boundary::start_of(node.id()), end);
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-range-compareboundarypoints>
    fn compare_boundary_points(&self, cx: &mut Cx, how: u16, source: Obj<Range>) -> Fallible<i16> {
        // 1., 3.
        let (this, other) = match how {
            0 => (self.start(), source.start()),
            1 => (self.end(), source.start()),
            2 => (self.end(), source.end()),
            3 => (self.start(), source.end()),
            _ => {
                return Err(Error::dom(
                    DomExceptionName::NotSupported,
                    format!("{how} is not one of the four ways to compare ranges"),
                ));
            }
        };
        // 2., 4.
        match this.compare(&cx.engine().tree(), other) {
            Some(order) => Ok(order as i16),
            None => Err(wrong_document("the ranges are in different trees")),
        }
    }

    fn delete_contents(&self, cx: &mut Cx) -> Fallible<()> {
        contents::delete(cx, self);
        Ok(())
    }

    fn extract_contents(&self, cx: &mut Cx) -> Fallible<Obj<DocumentFragment>> {
        let id = contents::extract(cx, self)?;
        made(cx, id)
    }

    fn clone_contents(&self, cx: &mut Cx) -> Fallible<Obj<DocumentFragment>> {
        let id = contents::clone(cx, self)?;
        made(cx, id)
    }

    fn insert_node(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<()> {
        contents::insert(cx, self, node.id())
    }

    fn surround_contents(&self, cx: &mut Cx, new_parent: Obj<Node>) -> Fallible<()> {
        contents::surround(cx, self, new_parent.id())
    }

    fn clone_range(&self, cx: &mut Cx) -> Fallible<Obj<Range>> {
        Ok(Range::create(cx, self.start(), self.end()))
    }

    /// Does nothing, as the standard says.
    fn detach(&self, _cx: &mut Cx) -> Fallible<()> {
        Ok(())
    }

    /// <https://dom.spec.whatwg.org/#dom-range-ispointinrange>
    fn is_point_in_range(&self, cx: &mut Cx, node: Obj<Node>, offset: u32) -> Fallible<bool> {
        let agent = cx.engine();
        let tree = agent.tree();
        // 1.
        if tree.root(node.id()) != tree.root(self.start().node) {
            return Ok(false);
        }
        // 2.–3.
        let place = Boundary::checked(&tree, node.id(), offset)?;
        // 4.–5.
        Ok(place.compare(&tree, self.start()) != Some(Ordering::Less)
            && place.compare(&tree, self.end()) != Some(Ordering::Greater))
    }

    /// <https://dom.spec.whatwg.org/#dom-range-comparepoint>
    fn compare_point(&self, cx: &mut Cx, node: Obj<Node>, offset: u32) -> Fallible<i16> {
        let agent = cx.engine();
        let tree = agent.tree();
        // 1.
        if tree.root(node.id()) != tree.root(self.start().node) {
            return Err(wrong_document("the node is not in the range's tree"));
        }
        // 2.–3.
        let place = Boundary::checked(&tree, node.id(), offset)?;
        // 4.–6.
        if place.compare(&tree, self.start()) == Some(Ordering::Less) {
            Ok(-1)
        } else if place.compare(&tree, self.end()) == Some(Ordering::Greater) {
            Ok(1)
        } else {
            Ok(0)
        }
    }

    /// <https://dom.spec.whatwg.org/#dom-range-intersectsnode>
    fn intersects_node(&self, cx: &mut Cx, node: Obj<Node>) -> Fallible<bool> {
        let agent = cx.engine();
        let tree = agent.tree();
        // 1.
        if tree.root(node.id()) != tree.root(self.start().node) {
            return Ok(false);
        }
        // 2.–4.
        let Some(parent) = tree.parent(node.id()) else { return Ok(true) };
        let offset = index(&tree, node.id());
        // 5.–6.
        let before = Boundary::new(parent, offset);
        let after = Boundary::new(parent, offset + 1);
        Ok(before.compare(&tree, self.end()) == Some(Ordering::Less)
            && after.compare(&tree, self.start()) == Some(Ordering::Greater))
    }

    fn stringify(&self, cx: &mut Cx) -> Fallible<DomString> {
        Ok(contents::text(cx, self))
    }

    /// <https://html.spec.whatwg.org/#dom-range-createcontextualfragment>
    fn create_contextual_fragment(
        &self,
        cx: &mut Cx,
        string: DomString,
    ) -> Fallible<Obj<DocumentFragment>> {
        // 2.–4.
        let node = self.start().node;
        let context = {
            let agent = cx.engine();
            let tree = agent.tree();
            match tree.kind(node) {
                Some(NodeKind::Element) => Some(node),
                Some(NodeKind::Text | NodeKind::CdataSection | NodeKind::Comment) => {
                    tree.parent_element(node)
                }
                _ => None,
            }
        };
        // 5.–8.
        let fragment = markup::contextual_fragment(cx, node, context, &string.to_str())?;
        made(cx, fragment)
    }
}
