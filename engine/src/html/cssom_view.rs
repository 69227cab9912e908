//! Sizes, places and scrolling of elements: <https://drafts.csswg.org/cssom-view/>
//!
//! Everything here brings style and layout up to date for what it asks, and
//! nothing else.

use virga_display_list::kurbo::{Point, Rect, Size};
use virga_dom::{NodeId, ns, tree::QuirksMode};
use virga_js::{Cx, Obj};
use virga_protocol as protocol;

use crate::{
    agent::EngineCx,
    dom::Element,
    generated::{BooleanOrScrollIntoViewOptions, ScrollLogicalPosition, ScrollToOptions},
    geometry::{DOMRect, DOMRectList},
    window::rendering,
};

/// The computed value of a longhand; empty without a rendering.
pub(super) fn computed_value(cx: &Cx, element: NodeId, property: &str) -> String {
    let agent = cx.engine();
    let window = cx.window();
    let mut tree = agent.tree_mut();
    if tree.owner_document(element) != Some(window.document_id()) || !tree.is_connected(element) {
        return String::new();
    }
    let now = agent.task_time().as_millis() / 1000.0;
    let mut view = window.view.borrow_mut();
    view.computed_value(&mut tree, element, None, property, now).unwrap_or_default()
}

/// The padding box without scroll bars, relative to the viewport.
fn padding_rect(cx: &Cx, element: NodeId) -> Option<Rect> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().padding_rect(&mut agent.tree_mut(), element)
}

/// The scrollable overflow area; of the document without an element.
fn scroll_size(cx: &Cx, element: Option<NodeId>) -> Option<Size> {
    let agent = cx.engine();
    let window = cx.window();
    window.view.borrow_mut().scroll_size(&mut agent.tree_mut(), element)
}

/// The viewport, in CSS px.
fn viewport(cx: &Cx) -> Size {
    let viewport = cx.window().viewport();
    Size::new(f64::from(viewport.width), f64::from(viewport.height))
}

/// Integer attributes round, and stay in range.
fn rounded(value: f64) -> i32 {
    value.round() as i32
}

/// Whether an element's scroll members are the viewport's: the root's, or in
/// quirks mode the body's.
fn is_viewport(cx: &Cx, element: NodeId) -> bool {
    let agent = cx.engine();
    let tree = agent.tree();
    let document = cx.document_id();
    if tree.quirks_mode(document) == QuirksMode::Quirks {
        tree.body(document) == Some(element)
    } else {
        tree.document_element(document) == Some(element)
    }
}

/// <https://drafts.csswg.org/cssom-view/#dom-element-getboundingclientrect>
pub(crate) fn bounding_client_rect(cx: &mut Cx, element: &Obj<Element>) -> Obj<DOMRect> {
    let rect = rendering::bounding_rect(cx, element.id()).unwrap_or(Rect::ZERO);
    Obj::new(cx, DOMRect::from_kurbo(rect))
}

/// <https://drafts.csswg.org/cssom-view/#dom-element-getclientrects>
pub(crate) fn client_rects(cx: &mut Cx, element: &Obj<Element>) -> Obj<DOMRectList> {
    let rects = {
        let agent = cx.engine();
        let window = cx.window();
        window.view.borrow_mut().client_rects(&mut agent.tree_mut(), element.id())
    };
    let rects = rects.into_iter().map(|rect| Obj::new(cx, DOMRect::from_kurbo(rect))).collect();
    Obj::new(cx, DOMRectList::new(rects))
}

/// `clientLeft`, `clientTop`: the widths of the borders.
///
/// <https://drafts.csswg.org/cssom-view/#dom-element-clienttop>
pub(crate) fn client_offset(cx: &Cx, element: NodeId) -> (i32, i32) {
    match (rendering::bounding_rect(cx, element), padding_rect(cx, element)) {
        (Some(border), Some(padding)) => {
            (rounded(padding.x0 - border.x0), rounded(padding.y0 - border.y0))
        }
        _ => (0, 0),
    }
}

/// `clientWidth`, `clientHeight`.
///
/// <https://drafts.csswg.org/cssom-view/#dom-element-clientwidth>
pub(crate) fn client_size(cx: &Cx, element: NodeId) -> (i32, i32) {
    if is_viewport(cx, element) {
        let size = viewport(cx);
        return (rounded(size.width), rounded(size.height));
    }
    let rect = padding_rect(cx, element).unwrap_or(Rect::ZERO);
    (rounded(rect.width()), rounded(rect.height()))
}

/// `scrollWidth`, `scrollHeight`.
///
/// <https://drafts.csswg.org/cssom-view/#dom-element-scrollwidth>
pub(crate) fn scroll_extent(cx: &Cx, element: NodeId) -> (i32, i32) {
    if is_viewport(cx, element) {
        let (content, view) = (scroll_size(cx, None).unwrap_or(Size::ZERO), viewport(cx));
        return (rounded(content.width.max(view.width)), rounded(content.height.max(view.height)));
    }
    let size = scroll_size(cx, Some(element)).unwrap_or(Size::ZERO);
    (rounded(size.width), rounded(size.height))
}

/// How far an element is scrolled.
///
/// <https://drafts.csswg.org/cssom-view/#dom-element-scrolltop>
pub(crate) fn scroll_position(cx: &Cx, element: NodeId) -> (f64, f64) {
    let target = if is_viewport(cx, element) { None } else { Some(element) };
    let offset = rendering::scroll_offset(cx, target);
    (f64::from(offset.x), f64::from(offset.y))
}

/// Scrolls an element to a place; what is `None` stays.
pub(crate) fn set_scroll_position(cx: &mut Cx, element: NodeId, x: Option<f64>, y: Option<f64>) {
    let target = if is_viewport(cx, element) { None } else { Some(element) };
    scroll_target(cx, target, x, y);
}

fn scroll_target(cx: &mut Cx, target: Option<NodeId>, x: Option<f64>, y: Option<f64>) {
    // Not finite means no scrolling in that direction.
    let finite = |value: Option<f64>, now: f32| match value {
        Some(value) if value.is_finite() => value as f32,
        Some(_) => 0.0,
        None => now,
    };
    // The place that can be reached depends on the layout as it is now.
    let _ = scroll_size(cx, target);
    let now = rendering::scroll_offset(cx, target);
    let to = protocol::Point { x: finite(x, now.x), y: finite(y, now.y) };
    rendering::scroll_to(cx, target, to);
}

/// `scroll()` and `scrollTo()` with options. All scrolling is instant: the
/// compositor's own scrolling is what is smooth.
pub(crate) fn scroll_to(cx: &mut Cx, element: NodeId, options: &ScrollToOptions) {
    set_scroll_position(cx, element, options.left, options.top);
}

/// `scrollBy()`.
pub(crate) fn scroll_by(cx: &mut Cx, element: NodeId, options: &ScrollToOptions) {
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite()).unwrap_or(0.0);
    let (x, y) = scroll_position(cx, element);
    let (x, y) = (x + finite(options.left), y + finite(options.top));
    set_scroll_position(cx, element, Some(x), Some(y));
}

/// <https://drafts.csswg.org/cssom-view/#dom-element-scrollintoview>
pub(crate) fn scroll_into_view(
    cx: &mut Cx,
    element: NodeId,
    argument: &BooleanOrScrollIntoViewOptions,
) {
    let (block, inline) = match argument {
        BooleanOrScrollIntoViewOptions::Boolean(true) => {
            (ScrollLogicalPosition::Start, ScrollLogicalPosition::Nearest)
        }
        BooleanOrScrollIntoViewOptions::Boolean(false) => {
            (ScrollLogicalPosition::End, ScrollLogicalPosition::Nearest)
        }
        BooleanOrScrollIntoViewOptions::ScrollIntoViewOptions(options) => {
            (options.block, options.inline)
        }
    };
    reveal(cx, element, block, inline);
}

/// After an element got the focus: scrolls it into view if it is not.
pub(super) fn scroll_if_hidden(cx: &mut Cx, element: NodeId) {
    reveal(cx, element, ScrollLogicalPosition::Nearest, ScrollLogicalPosition::Nearest);
}

/// Scrolls each scroll container around an element, innermost first, then the
/// viewport.
///
/// <https://drafts.csswg.org/cssom-view/#scroll-an-element-into-view>
fn reveal(
    cx: &mut Cx,
    element: NodeId,
    block: ScrollLogicalPosition,
    inline: ScrollLogicalPosition,
) {
    let agent = cx.engine();
    let ancestors: Vec<NodeId> = {
        let tree = agent.tree();
        tree.ancestors(element).filter(|&id| tree.is_element(id)).collect()
    };
    for container in ancestors {
        if is_viewport(cx, container) || !is_scroll_container(cx, container) {
            continue;
        }
        let (Some(target), Some(port)) =
            (rendering::bounding_rect(cx, element), padding_rect(cx, container))
        else {
            return;
        };
        let (x, y) = scroll_position(cx, container);
        let x = x + shift(inline, (target.x0, target.x1), (port.x0, port.x1));
        let y = y + shift(block, (target.y0, target.y1), (port.y0, port.y1));
        scroll_target(cx, Some(container), Some(x), Some(y));
    }
    let Some(target) = rendering::bounding_rect(cx, element) else { return };
    let port = viewport(cx);
    let (x, y) = cx.window().scroll_offset(cx);
    let x = x + shift(inline, (target.x0, target.x1), (0.0, port.width));
    let y = y + shift(block, (target.y0, target.y1), (0.0, port.height));
    scroll_target(cx, None, Some(x), Some(y));
}

fn is_scroll_container(cx: &Cx, element: NodeId) -> bool {
    ["overflow-x", "overflow-y"].iter().any(|name| {
        matches!(computed_value(cx, element, name).as_str(), "auto" | "scroll" | "hidden")
    })
}

/// How far to scroll along one axis.
fn shift(position: ScrollLogicalPosition, target: (f64, f64), port: (f64, f64)) -> f64 {
    let start = target.0 - port.0;
    let end = target.1 - port.1;
    match position {
        ScrollLogicalPosition::Start => start,
        ScrollLogicalPosition::End => end,
        ScrollLogicalPosition::Center => f64::midpoint(start, end),
        // Not at all if it is inside, or covers the port on both sides.
        ScrollLogicalPosition::Nearest if start >= 0.0 && end <= 0.0 => 0.0,
        ScrollLogicalPosition::Nearest if start <= 0.0 && end >= 0.0 => 0.0,
        ScrollLogicalPosition::Nearest if start.abs() < end.abs() => start,
        ScrollLogicalPosition::Nearest => end,
    }
}

/// <https://drafts.csswg.org/cssom-view/#dom-htmlelement-offsetparent>
pub(super) fn offset_parent(cx: &Cx, element: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    rendering::bounding_rect(cx, element)?;
    let document = cx.document_id();
    let (root, body) = {
        let tree = agent.tree();
        (tree.document_element(document), tree.body(document))
    };
    if Some(element) == root
        || Some(element) == body
        || computed_value(cx, element, "position") == "fixed"
    {
        return None;
    }
    let is_static = computed_value(cx, element, "position") == "static";
    // What is hidden in shadow trees is passed over.
    let ancestors: Vec<NodeId> = {
        let tree = agent.tree();
        std::iter::successors(tree.flat_parent(element), |at| tree.flat_parent(*at))
            .filter(|&above| tree.retarget(above, Some(element)) == above)
            .collect()
    };
    ancestors.into_iter().find(|&id| {
        if !agent.tree().is_element(id) {
            return false;
        }
        let is_table_part = is_static && {
            let tree = agent.tree();
            tree.namespace(id) == Some(&ns!(html))
                && tree.local_name(id).is_some_and(|name| matches!(&**name, "td" | "th" | "table"))
        };
        Some(id) == body || is_table_part || is_containing_block(cx, id)
    })
}

/// Whether positioned descendants are placed relative to it.
fn is_containing_block(cx: &Cx, element: NodeId) -> bool {
    computed_value(cx, element, "position") != "static"
        || !matches!(computed_value(cx, element, "transform").as_str(), "none" | "")
}

/// `offsetLeft`, `offsetTop`: relative to the padding edge of the offset parent.
///
/// <https://drafts.csswg.org/cssom-view/#dom-htmlelement-offsettop>
pub(super) fn offset(cx: &Cx, element: NodeId) -> (i32, i32) {
    let agent = cx.engine();
    let Some(rect) = rendering::bounding_rect(cx, element) else { return (0, 0) };
    if agent.tree().body(cx.document_id()) == Some(element) {
        return (0, 0);
    }
    let origin = match offset_parent(cx, element) {
        // A body that is not positioned counts as the initial containing block.
        Some(parent)
            if agent.tree().body(cx.document_id()) != Some(parent)
                || is_containing_block(cx, parent) =>
        {
            let padding = padding_rect(cx, parent).map(|rect| rect.origin());
            let (x, y) = scroll_position(cx, parent);
            let own = !is_viewport(cx, parent);
            padding.map(|p| if own { Point::new(p.x - x, p.y - y) } else { p }).unwrap_or_default()
        }
        _ => {
            let (x, y) = cx.window().scroll_offset(cx);
            Point::new(-x, -y)
        }
    };
    (rounded(rect.x0 - origin.x), rounded(rect.y0 - origin.y))
}

/// `offsetWidth`, `offsetHeight`.
pub(super) fn offset_size(cx: &Cx, element: NodeId) -> (i32, i32) {
    let rect = rendering::bounding_rect(cx, element).unwrap_or(Rect::ZERO);
    (rounded(rect.width()), rounded(rect.height()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts() {
        use ScrollLogicalPosition::*;
        let check = |position, target, expected: f64| {
            assert_eq!(
                shift(position, target, (100.0, 200.0)),
                expected,
                "{position:?} {target:?}"
            );
        };
        check(Start, (250.0, 260.0), 150.0);
        check(End, (250.0, 260.0), 60.0);
        check(Center, (250.0, 260.0), 105.0);
        check(Nearest, (120.0, 180.0), 0.0);
        check(Nearest, (50.0, 300.0), 0.0);
        check(Nearest, (80.0, 120.0), -20.0);
        check(Nearest, (190.0, 240.0), 40.0);
        check(Nearest, (190.0, 400.0), 90.0);
    }
}
