//! <https://html.spec.whatwg.org/#focus>

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::Cx;

use super::{Window, focus_chain, focus_order, forms, rendering};
use crate::agent::{Agent, EngineCx};

pub(crate) use super::focus_chain::{is_in as is_in_chain, takes_autofocus};
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

/// The element of the current document that has the focus, or will have it when the
/// focus comes back to this document.
pub(crate) fn focused(cx: &Cx) -> Option<NodeId> {
    focused_in(&cx.engine(), &cx.window())
}

/// The same of another window.
pub(crate) fn focused_in(agent: &Agent, window: &Window) -> Option<NodeId> {
    let focused = window.input.focused.get()?;
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
/// <https://html.spec.whatwg.org/#focusing-steps>,
/// <https://html.spec.whatwg.org/#unfocusing-steps>
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
    if focus_chain::is_in(&agent, &window) {
        if from != to {
            focus_chain::go(cx, to, by);
        }
    } else if to.is_none() && by != FocusBy::Pointer {
        // The user's keys go elsewhere, and shall.
        window.input.focused.set(None);
    } else if focus_chain::can_enter(cx, &window) {
        focus_chain::go(cx, to, by);
    }
}

/// The states of an element that gains or loses the focus, and of those around it.
/// A frame is not in focus itself: what is in it is.
///
/// <https://html.spec.whatwg.org/#element-has-the-focus>
pub(super) fn set_states(agent: &Agent, id: NodeId, on: bool, ring: bool) {
    let is_frame = agent.navigables.of_container(id).is_some();
    let tree = &mut *agent.tree_mut();
    tree.set_state(id, ElementState::FOCUS, on && !is_frame);
    tree.set_state(id, ElementState::FOCUSRING, ring && !is_frame);
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
        set_states(&agent, focused, false, false);
        // What it was in is not above it any more.
        let tree = &mut *agent.tree_mut();
        let mut next = tree.document_element(window.document_id());
        while let Some(id) = next {
            tree.set_state(id, ElementState::FOCUS_WITHIN | ElementState::FOCUS, false);
            let below = tree.flat_children(id);
            let is_around = |id: &NodeId| tree.state(*id).contains(ElementState::FOCUS_WITHIN);
            next = below.into_iter().find(is_around);
        }
    }
}
