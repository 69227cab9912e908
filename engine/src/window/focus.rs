//! <https://html.spec.whatwg.org/#focus>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};

use super::{composition, editing, focus_order, forms, picker, rendering};
use crate::{
    agent::EngineCx,
    events::{self, Bubbles, EventTarget, FocusEvent},
};

pub(crate) use super::focus_order::{clicked, focusable_area};

/// How the focus came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FocusBy {
    /// A pointer: the ring shows on text fields alone.
    Pointer,
    /// A key.
    Keyboard,
    /// Script.
    Script,
}

/// The element that has the focus, if any.
pub(crate) fn focused(cx: &Cx) -> Option<NodeId> {
    let agent = cx.engine();
    let focused = cx.window().input.focused.get()?;
    agent.tree().is_connected(focused).then_some(focused)
}

/// Whether an element can have the focus.
///
/// <https://html.spec.whatwg.org/#focusable-area>
pub(crate) fn is_focusable(tree: &Tree, id: NodeId) -> bool {
    let attribute = |name: &str| tree.plain_attribute(id, &name.into());
    if tree.namespace(id) != Some(&virga_dom::ns!(html)) || !tree.is_connected(id) {
        return false;
    }
    if forms::is_disabled(tree, id) || tree.is_inert(id) || focus_order::delegates(tree, id) {
        return false;
    }
    if attribute("tabindex").is_some_and(|index| index.trim().parse::<i32>().is_ok()) {
        return true;
    }
    match tree.local_name(id).map(|name| &**name) {
        Some("a" | "area") => attribute("href").is_some(),
        Some("input") => {
            !attribute("type").is_some_and(|type_| type_.eq_ignore_ascii_case("hidden"))
        }
        Some("button" | "select" | "textarea" | "iframe") => true,
        Some("summary") => is_summary(tree, id),
        // What the steps of showing it fall back on.
        Some("dialog") => attribute("open").is_some(),
        Some("audio" | "video") => attribute("controls").is_some(),
        _ => attribute("contenteditable").is_some_and(|value| !value.eq_ignore_ascii_case("false")),
    }
}

/// <https://html.spec.whatwg.org/#summary-for-its-parent-details>
fn is_summary(tree: &Tree, id: NodeId) -> bool {
    tree.parent(id).is_some_and(|parent| {
        tree.is_html_element(parent, "details")
            && tree.children(parent).find(|&child| tree.is_html_element(child, "summary"))
                == Some(id)
    })
}

/// Whether a click brings the focus to an element.
///
/// <https://html.spec.whatwg.org/#click-focusable>
pub(crate) fn is_click_focusable(tree: &Tree, id: NodeId) -> bool {
    is_focusable(tree, id)
}

/// Whether an element can have the focus now: it must be rendered.
pub(crate) fn is_focusable_now(cx: &Cx, id: NodeId) -> bool {
    let focusable = is_focusable(&cx.engine().tree(), id);
    focusable && rendering::is_visible(cx, id)
}

/// Moves the focus to an element, or away from all.
///
/// <https://html.spec.whatwg.org/#focus-update-steps>
pub(crate) fn focus(cx: &mut Cx, to: Option<NodeId>, by: FocusBy) {
    let agent = cx.engine();
    let window = cx.window();
    let from = focused(cx);
    if to.is_some_and(|id| focus_order::delegates(&agent.tree(), id)) {
        let area = to.and_then(|id| focusable_area(&agent.tree(), id, from));
        if area.is_some() {
            focus(cx, area, by);
        }
        return;
    }
    let to = to.filter(|&id| is_focusable_now(cx, id));
    if from == to {
        return;
    }
    let had_ring = from.is_some_and(|id| agent.tree().state(id).contains(ElementState::FOCUSRING));
    let related =
        |cx: &mut Cx, id: Option<NodeId>| id.map(|id| -> Obj<EventTarget> { cx.wrap(id).upcast() });
    if let Some(from) = from {
        picker::blurred(&agent, from);
        composition::cancel(cx);
        editing::commit(cx, from);
        window.input.focused.set(None);
        set_states(&mut agent.tree_mut(), from, false, false);
        let target: Obj<EventTarget> = cx.wrap(from).upcast();
        for (name, bubbles) in [("blur", false), ("focusout", true)] {
            let to = related(cx, to);
            let event = FocusEvent::trusted(cx, name, Bubbles(bubbles), to);
            events::fire_event(cx, &target, event);
        }
    }
    // A listener may have moved the focus, or removed the element.
    let Some(to) = to.filter(|&id| is_focusable(&agent.tree(), id)) else {
        agent.send(virga_protocol::FromApp::TextInput(None));
        return;
    };
    window.input.navigation_start.set(None);
    if window.input.focused.get().is_some() {
        return;
    }
    window.input.focused.set(Some(to));
    // <https://drafts.csswg.org/selectors-4/#the-focus-visible-pseudo>: what takes text
    // shows it always, and what script chooses after what showed it, or after keys.
    let ring = match by {
        FocusBy::Keyboard => true,
        FocusBy::Pointer => false,
        FocusBy::Script => !agent.by_pointer.get() || had_ring,
    };
    let ring =
        ring || forms::is_text_field(&agent.tree(), to) || crate::html::is_content_editable(cx, to);
    set_states(&mut agent.tree_mut(), to, true, ring);
    editing::begin(cx, to, by == FocusBy::Keyboard);
    let target: Obj<EventTarget> = cx.wrap(to).upcast();
    for (name, bubbles) in [("focus", false), ("focusin", true)] {
        let from = related(cx, from);
        let event = FocusEvent::trusted(cx, name, Bubbles(bubbles), from);
        events::fire_event(cx, &target, event);
    }
}

fn set_states(tree: &mut Tree, id: NodeId, on: bool, ring: bool) {
    tree.set_state(id, ElementState::FOCUS, on);
    tree.set_state(id, ElementState::FOCUSRING, ring);
    for above in focus_order::chain(tree, id) {
        if tree.is_element(above) {
            tree.set_state(above, ElementState::FOCUS_WITHIN, on);
            // A host has the focus that its shadow tree took for it.
            let inside = above != id && focus_order::delegates(tree, above);
            if inside && tree.is_shadow_including_inclusive_ancestor(above, id) {
                tree.set_state(above, ElementState::FOCUS, on);
            }
        }
    }
}

/// The focus follows a removed element nowhere.
///
/// <https://html.spec.whatwg.org/#focus-fixup-rule>
pub(super) fn node_removed(cx: &mut Cx, root: NodeId) {
    let window = cx.window();
    let agent = cx.engine();
    if let Some(focused) = window.input.focused.get()
        && agent.tree().is_shadow_including_inclusive_ancestor(root, focused)
    {
        window.input.focused.set(None);
        set_states(&mut agent.tree_mut(), focused, false, false);
    }
}

/// Moves the focus to the next element in the order of tabbing, or the one
/// before.
///
/// <https://html.spec.whatwg.org/#sequential-focus-navigation>
pub(super) fn advance(cx: &mut Cx, backwards: bool) {
    let agent = cx.engine();
    let document = cx.document_id();
    let mut order = focus_order::sequential(&agent.tree(), document);
    if backwards {
        order.reverse();
    }
    let at = focused(cx).and_then(|id| order.iter().position(|other| *other == id));
    let start = match at {
        Some(at) => at + 1,
        None => start_of(cx, &order, backwards),
    };
    // What is not rendered is passed over.
    let count = order.len();
    let next = (0..count)
        .map(|step| order[(start + step) % count])
        .find(|&id| is_focusable_now(cx, id) && is_stop(&agent.tree(), id));
    focus(cx, next, FocusBy::Keyboard);
    if let Some(next) = next.filter(|&next| focused(cx) == Some(next))
        && let Some(rect) = rendering::bounding_rect(cx, next)
    {
        rendering::reveal(cx, next, rect);
    }
}

/// Where to begin in the order of tabbing without a focus: behind what was
/// clicked last.
///
/// <https://html.spec.whatwg.org/#sequential-focus-navigation-starting-point>
fn start_of(cx: &Cx, order: &[NodeId], backwards: bool) -> usize {
    let agent = cx.engine();
    let tree = agent.tree();
    let Some(start) = cx.window().input.navigation_start.get() else { return 0 };
    if !tree.is_connected(start) {
        return 0;
    }
    let wanted = if backwards { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
    let follows = |id: NodeId| tree.tree_order(id, start) == Some(wanted);
    let found = order.iter().position(|&id| follows(id) && focus_order::index(&tree, id).is_none());
    found.unwrap_or(0)
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
