//! What a point or a range has to do with the text of a page:
//! <https://drafts.csswg.org/cssom-view/>. Sizes, places and scrolling of
//! elements are with the elements ([`crate::html::cssom_view`]).

use virga_display_list::kurbo::Rect;
use virga_dom::{NodeId, TextPlace};
use virga_js::{Cx, Fallible, Obj, Platform, Trace};
use virga_protocol::Point;

use crate::{
    agent::EngineCx,
    dom::ranges::{Boundary, Range},
    generated::CaretPositionMethods,
    geometry::{DOMRect, DOMRectList},
    window::rendering,
    wrappers::Node,
};

/// <https://drafts.csswg.org/cssom-view/#the-caretposition-interface>
#[derive(Trace, Platform)]
pub(crate) struct CaretPosition {
    node: Obj<Node>,
    #[trace(skip)]
    offset: u32,
    #[trace(skip)]
    caret: Rect,
}

/// The place in text at a point; `None` outside of the viewport.
#[expect(clippy::cast_possible_truncation, reason = "a viewport has few px")]
fn place(cx: &Cx, x: f64, y: f64) -> Option<TextPlace> {
    let viewport = cx.window().viewport();
    let inside = (0.0..=f64::from(viewport.width)).contains(&x)
        && (0.0..=f64::from(viewport.height)).contains(&y);
    inside.then(|| rendering::text_place(cx, Point { x: x as f32, y: y as f32 })).flatten()
}

/// <https://drafts.csswg.org/cssom-view/#dom-document-caretpositionfrompoint>
#[expect(clippy::cast_possible_truncation, reason = "text is shorter than that")]
pub(crate) fn caret_position(cx: &mut Cx, x: f64, y: f64) -> Option<Obj<CaretPosition>> {
    let place = place(cx, x, y)?;
    let node = cx.wrap(place.node);
    let position = CaretPosition { node, offset: place.offset as u32, caret: place.caret };
    Some(Obj::new(cx, position))
}

/// `caretRangeFromPoint`, which browsers had before.
#[expect(clippy::cast_possible_truncation, reason = "text is shorter than that")]
pub(crate) fn caret_range(cx: &mut Cx, x: f64, y: f64) -> Option<Obj<Range>> {
    let place = place(cx, x, y)?;
    let at = Boundary { node: place.node, offset: place.offset as u32 };
    Some(Range::create(cx, at, at))
}

impl CaretPositionMethods for Obj<CaretPosition> {
    fn offset_node(&self, _: &mut Cx) -> Obj<Node> {
        self.node.clone()
    }

    fn offset(&self, _: &mut Cx) -> u32 {
        self.offset
    }

    fn get_client_rect(&self, cx: &mut Cx) -> Fallible<Option<Obj<DOMRect>>> {
        Ok(Some(Obj::new(cx, DOMRect::from_kurbo(self.caret))))
    }
}

/// The rectangles of what is in a range: the boxes of elements that are in it as
/// a whole, and the text.
///
/// <https://drafts.csswg.org/cssom-view/#dom-range-getclientrects>
fn rects(cx: &Cx, start: Boundary, end: Boundary) -> Vec<Rect> {
    enum Part {
        Element(NodeId),
        Text(NodeId, usize, usize),
    }
    let agent = cx.engine();
    let parts: Vec<Part> = {
        let tree = agent.tree();
        let root = tree.root(start.node);
        if !tree.is_connected(start.node) {
            return Vec::new();
        }
        let child = |at: Boundary| tree.children(at.node).nth(at.offset as usize);
        // The first node in the range, and the first after it.
        let first = match child(start) {
            Some(child) => Some(child),
            None if tree.is_text(start.node) => Some(start.node),
            None => tree.next_in_order(start.node, root, true),
        };
        let last = match child(end) {
            Some(child) => Some(child),
            None => tree.next_in_order(end.node, root, true),
        };
        let mut parts = Vec::new();
        let mut inside: Option<NodeId> = None;
        let mut next = first;
        while let Some(id) = next {
            if Some(id) == last && !(tree.is_text(id) && id == start.node) {
                break;
            }
            // What is in an element that was told is told with it.
            let told = inside.is_some_and(|above| tree.ancestors(id).any(|at| at == above));
            if tree.is_text(id) {
                if !told || id == end.node || id == start.node {
                    let from = if id == start.node { start.offset as usize } else { 0 };
                    let to = if id == end.node { end.offset as usize } else { usize::MAX };
                    parts.push(Part::Text(id, from, to));
                }
            } else if !told && tree.is_element(id) {
                let whole = !tree.ancestors(end.node).any(|at| at == id) && end.node != id;
                if whole {
                    parts.push(Part::Element(id));
                    inside = Some(id);
                }
            }
            if id == end.node {
                break;
            }
            next = tree.next_in_order(id, root, false);
        }
        parts
    };
    parts
        .into_iter()
        .flat_map(|part| match part {
            Part::Element(id) => rendering::range_rects(cx, id, None),
            Part::Text(id, from, to) => rendering::range_rects(cx, id, Some((from, to))),
        })
        .collect()
}

/// <https://drafts.csswg.org/cssom-view/#dom-range-getclientrects>
pub(crate) fn range_client_rects(cx: &mut Cx, range: &Obj<Range>) -> Obj<DOMRectList> {
    let rects = rects(cx, range.start(), range.end());
    let rects = rects.into_iter().map(|rect| Obj::new(cx, DOMRect::from_kurbo(rect))).collect();
    Obj::new(cx, DOMRectList::new(rects))
}

/// <https://drafts.csswg.org/cssom-view/#dom-range-getboundingclientrect>
pub(crate) fn range_bounding_rect(cx: &mut Cx, range: &Obj<Range>) -> Obj<DOMRect> {
    let rects = rects(cx, range.start(), range.end());
    let solid = rects.iter().copied().filter(|rect| rect.area() != 0.0);
    let all = solid.reduce(|all, rect| all.union(rect));
    let rect = all.or_else(|| rects.first().copied()).unwrap_or(Rect::ZERO);
    Obj::new(cx, DOMRect::from_kurbo(rect))
}
