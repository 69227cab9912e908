//! The tab key: through a document, into the frames in it, and out again.
//!
//! <https://html.spec.whatwg.org/#sequential-focus-navigation>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::Cx;

use super::{
    focus::{FocusBy, focus, focused, is_focusable_now},
    focus_order, forms, rendering,
};
use crate::agent::EngineCx;

/// Where to go on from.
#[derive(Clone, Copy)]
enum From {
    /// Where the focus is in the document, or was.
    Focus,
    /// An element, whether it can have the focus or not.
    Element(NodeId),
    /// The end of the document where one comes in.
    Edge,
}

/// Moves the focus to the next element in the order of tabbing, or the one before.
pub(super) fn advance(cx: &mut Cx, backwards: bool) {
    let agent = cx.engine();
    let mut window = cx.window();
    let mut next = next_in(cx, From::Focus, backwards);
    let mut wrapped = false;
    loop {
        let Some(element) = next else {
            // Out of a frame, or round.
            let container = agent.navigable_of(&window).and_then(|frame| frame.container());
            let from = match container.and_then(|id| Some((agent.window_of(id)?, id))) {
                Some((outer, element)) => {
                    window = outer;
                    From::Element(element)
                }
                None if wrapped => break,
                None => {
                    wrapped = true;
                    From::Edge
                }
            };
            next = cx.in_realm(window.realm(), |cx| next_in(cx, from, backwards));
            continue;
        };
        // Into a frame, if there is something in it to stop at.
        let inner = agent.navigables.of_container(element).and_then(|frame| frame.window());
        let Some(inner) = inner else { break };
        let first = cx.in_realm(inner.realm(), |cx| next_in(cx, From::Edge, backwards));
        if first.is_none() {
            break;
        }
        (window, next) = (inner, first);
    }
    cx.in_realm(window.realm(), |cx| {
        focus(cx, next, FocusBy::Keyboard);
        if let Some(next) = next.filter(|&next| focused(cx) == Some(next))
            && let Some(rect) = rendering::bounding_rect(cx, next)
        {
            rendering::reveal(cx, next, rect);
        }
    });
}

/// The next element of the current document to stop at, if one follows.
fn next_in(cx: &Cx, from: From, backwards: bool) -> Option<NodeId> {
    let agent = cx.engine();
    let mut order = focus_order::sequential(&agent.tree(), cx.document_id());
    if backwards {
        order.reverse();
    }
    let start = match from {
        From::Edge => 0,
        From::Element(element) => behind(&agent.tree(), &order, element, backwards),
        From::Focus => match (focused(cx), cx.window().input.navigation_start.get()) {
            (Some(element), _) if agent.tree().is_connected(element) => {
                behind(&agent.tree(), &order, element, backwards)
            }
            // Without a focus, behind what was clicked last.
            (_, Some(start)) if agent.tree().is_connected(start) => {
                after(&agent.tree(), &order, start, backwards)
            }
            _ if backwards => order.len(),
            _ => 0,
        },
    };
    // What is not rendered is passed over.
    let mut rest = order.into_iter().skip(start);
    rest.find(|&id| is_focusable_now(cx, id) && is_stop(&agent.tree(), id))
}

/// Where an order goes on behind one of its elements, or one that would be among them.
fn behind(tree: &Tree, order: &[NodeId], element: NodeId, backwards: bool) -> usize {
    match order.iter().position(|id| *id == element) {
        Some(at) => at + 1,
        None => after(tree, order, element, backwards),
    }
}

/// Where the elements begin that follow a node in the tree.
///
/// <https://html.spec.whatwg.org/#sequential-focus-navigation-starting-point>
fn after(tree: &Tree, order: &[NodeId], start: NodeId, backwards: bool) -> usize {
    let wanted = if backwards { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
    let follows = |id: NodeId| tree.tree_order(id, start) == Some(wanted);
    let found = order.iter().position(|&id| follows(id) && focus_order::index(tree, id).is_none());
    found.unwrap_or(order.len())
}

/// Of a group of radio buttons Tab stops at the checked one alone.
fn is_stop(tree: &Tree, id: NodeId) -> bool {
    let is_radio = tree.is_html_element(id, "input") && forms::input_type(tree, id) == "radio";
    if !is_radio || tree.state(id).contains(ElementState::CHECKED) {
        return true;
    }
    !crate::html::forms::radio::group(tree, id)
        .iter()
        .any(|&other| tree.state(other).contains(ElementState::CHECKED))
}
