//! <https://w3c.github.io/uievents/#event-type-click>

use virga_dom::NodeId;
use virga_js::Cx;
use virga_protocol::PointerButton;

use super::{fire::Fire, inclusive_ancestors};
use crate::{agent::EngineCx, window::forms};

/// `click`, `auxclick` and `dblclick` at the nearest common ancestor of where the
/// button went down and up.
pub(super) fn after_release(
    cx: &mut Cx,
    fire: &Fire<'_>,
    pressed: Option<NodeId>,
    released: NodeId,
) {
    let Some(target) = target(cx, pressed, released) else { return };
    crate::html::popover::light_dismiss(cx, Some(target));
    match fire.input.button.unwrap_or(PointerButton::Primary) {
        PointerButton::Primary => {
            fire.pointer(cx, "click", target, None);
            if fire.detail > 0 && fire.detail % 2 == 0 {
                fire.mouse(cx, "dblclick", target, None);
            }
        }
        _ => {
            fire.pointer(cx, "auxclick", target, None);
        }
    }
}

fn target(cx: &Cx, pressed: Option<NodeId>, released: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    let pressed = pressed.filter(|&id| tree.is_connected(id))?;
    if !tree.is_connected(released) {
        return None;
    }
    let around_pressed = inclusive_ancestors(&tree, Some(pressed));
    let common = inclusive_ancestors(&tree, Some(released))
        .into_iter()
        .find(|id| around_pressed.contains(id))?;
    // Disabled controls get no clicks.
    let disabled = inclusive_ancestors(&tree, Some(common))
        .into_iter()
        .any(|id| forms::is_disabled(&tree, id) && !tree.is_html_element(id, "fieldset"));
    (!disabled).then_some(common)
}
