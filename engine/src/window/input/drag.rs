//! Drag and drop: <https://html.spec.whatwg.org/#dnd>

use std::cell::{Cell, RefCell};

use virga_dom::{NodeId, Tree};
use virga_js::Trace;
use virga_js::{Cx, Obj};
use virga_protocol::{PointerEvent as Input, PointerPhase};

use super::{element_at, fire::Fire, inclusive_ancestors, release};
use crate::{
    agent::EngineCx,
    data_transfer::{DataTransfer, Mode},
    events::{self, DragEvent, EventTarget},
    window::{editing, forms},
};

/// How far a pointer moves before it drags, in CSS px.
const THRESHOLD: f64 = 4.0;

/// What is dragged; a window holds it while a drag lasts.
#[derive(Clone, Trace)]
pub(crate) struct Drag {
    transfer: Obj<DataTransfer>,
    #[trace(skip)]
    source: NodeId,
    #[trace(skip)]
    pointer: i32,
}

/// What a window knows of a drag beside its data.
#[derive(Default)]
pub(super) struct State {
    /// The draggable element that a button is down on.
    pressed: Cell<Option<NodeId>>,
    /// <https://html.spec.whatwg.org/#current-target-element>
    target: Cell<Option<NodeId>>,
    /// What a drop there would do; `none` where nothing can be dropped.
    operation: Cell<&'static str>,
    last: RefCell<Option<Input>>,
}

/// The nearest element around that can be dragged.
///
/// <https://html.spec.whatwg.org/#the-draggable-attribute>
fn draggable(tree: &Tree, id: NodeId) -> Option<NodeId> {
    for id in inclusive_ancestors(tree, Some(id)) {
        // A selection is made in fields and in what can be edited.
        if forms::is_text_field(tree, id) {
            return None;
        }
        let stated = tree.plain_attribute(id, &"draggable".into());
        match stated.map(str::to_ascii_lowercase).as_deref() {
            Some("true") => return Some(id),
            Some("false") => {}
            _ => {
                let is_link = tree.is_html_element(id, "a")
                    && tree.plain_attribute(id, &"href".into()).is_some();
                if is_link || tree.is_html_element(id, "img") {
                    return Some(id);
                }
            }
        }
    }
    None
}

/// The primary button went down: maybe a drag begins.
pub(super) fn press(cx: &mut Cx, fire: &Fire<'_>, target: NodeId) {
    let _ = fire;
    let found = draggable(&cx.engine().tree(), target);
    cx.window().input.drag.pressed.set(found);
}

/// The button is up again.
pub(super) fn forget(cx: &mut Cx) {
    cx.window().input.drag.pressed.set(None);
}

/// The pointer moved with its button down: a drag begins once it moved far
/// enough, unless `dragstart` is cancelled.
///
/// <https://html.spec.whatwg.org/#drag-and-drop-processing-model>
pub(super) fn maybe_start(cx: &mut Cx, fire: &Fire<'_>) {
    let window = cx.window();
    let Some(source) = window.input.drag.pressed.get() else { return };
    let id = fire.input.id;
    let Some(pointer) = window.input.pointers.get(id) else { return };
    let far = (fire.data.client.0 - pointer.start.0).hypot(fire.data.client.1 - pointer.start.1);
    if fire.input.buttons & 1 == 0 || far < THRESHOLD {
        return;
    }
    window.input.drag.pressed.set(None);
    let agent = cx.engine();
    if !agent.tree().is_connected(source) {
        return;
    }
    let transfer = DataTransfer::create(cx, Mode::ReadWrite);
    transfer.set_effects("none", "uninitialized");
    default_data(cx, source, &transfer);
    if !fire_drag(cx, fire, "dragstart", source, &transfer) {
        return;
    }
    transfer.set_mode(Mode::Protected);
    // From now on the pointer is the drag's.
    let over = window.input.pointers.get(id).and_then(|pointer| pointer.over);
    if let Some(over) = over {
        fire.pointer(cx, "pointercancel", over, None);
    }
    release(cx, id);
    super::select::end(cx);
    window.input.pointers.update(id, |pointer| {
        pointer.pending = None;
        pointer.no_mouse = false;
    });
    super::pointers::settle(cx, fire, None);
    window.input.drag.target.set(None);
    window.input.drag.operation.set("none");
    window.set_drag(Some(Drag { transfer, source, pointer: id }));
    let input = fire.input.clone();
    step(cx, &input);
}

/// What links and images bring by themselves.
fn default_data(cx: &mut Cx, source: NodeId, transfer: &Obj<DataTransfer>) {
    let agent = cx.engine();
    let name = if agent.tree().is_html_element(source, "a") { "href" } else { "src" };
    if let Some(url) = agent.attribute(source, name)
        && let Ok(url) = cx.window().parse_url(&agent, &url)
    {
        transfer.put("text/uri-list".to_owned(), url.as_str().into());
        if name == "href" {
            transfer.put("text/plain".to_owned(), url.as_str().into());
        }
    }
}

/// `false` if it was cancelled.
fn fire_drag(
    cx: &mut Cx,
    fire: &Fire<'_>,
    name: &str,
    to: NodeId,
    transfer: &Obj<DataTransfer>,
) -> bool {
    if !cx.engine().tree().contains(to) {
        return true;
    }
    let mouse = fire.mouse_event(cx, name, None);
    let event = DragEvent::trusted(mouse, transfer.clone());
    let target: Obj<EventTarget> = cx.wrap(to).upcast();
    events::fire_event(cx, &target, event)
}

/// An input while something is dragged; `false` if nothing is.
pub(super) fn handle(cx: &mut Cx, input: &Input) -> bool {
    let window = cx.window();
    let Some(drag) = window.drag().filter(|drag| drag.pointer == input.id) else { return false };
    match input.phase {
        PointerPhase::Move | PointerPhase::Leave => step(cx, input),
        PointerPhase::Up if input.buttons == 0 => finish(cx, input, &drag, false),
        PointerPhase::Cancel => finish(cx, input, &drag, true),
        PointerPhase::Up | PointerPhase::Down => {}
    }
    true
}

/// Escape ends a drag without a drop; `false` if nothing is dragged.
pub(super) fn cancel(cx: &mut Cx) -> bool {
    let window = cx.window();
    let Some(drag) = window.drag() else { return false };
    let input = window.input.drag.last.borrow().clone();
    if let Some(input) = input {
        finish(cx, &input, &drag, true);
    }
    true
}

/// What the drop effect is while over a target that nobody decided for.
fn default_effect(allowed: &str) -> &'static str {
    match allowed {
        "none" => "none",
        "link" | "linkMove" => "link",
        "move" => "move",
        _ => "copy",
    }
}

/// <https://html.spec.whatwg.org/#current-drag-operation>
fn operation(drop: &'static str, allowed: &str) -> &'static str {
    let fits = match drop {
        "copy" => matches!(allowed, "uninitialized" | "copy" | "copyLink" | "copyMove" | "all"),
        "link" => matches!(allowed, "uninitialized" | "link" | "copyLink" | "linkMove" | "all"),
        "move" => matches!(allowed, "uninitialized" | "move" | "copyMove" | "linkMove" | "all"),
        _ => false,
    };
    if fits { drop } else { "none" }
}

/// One iteration of the drag: `drag`, leaving, entering, `dragover`.
fn step(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let Some(drag) = window.drag() else { return };
    window.input.drag.last.replace(Some(input.clone()));
    let fire = Fire::new(cx, input);
    let state = &window.input.drag;
    let (_, allowed) = drag.transfer.effects();
    // 1.
    drag.transfer.set_effects("none", allowed);
    if !fire_drag(cx, &fire, "drag", drag.source, &drag.transfer) {
        return finish(cx, input, &drag, true);
    }
    // 3.
    let over = match input.phase {
        PointerPhase::Leave => None,
        _ => element_at(cx, input.position),
    };
    let before = state.target.get().filter(|&id| cx.engine().tree().is_connected(id));
    if over != before {
        if let Some(over) = over {
            drag.transfer.set_effects(default_effect(allowed), allowed);
            fire_drag(cx, &fire, "dragenter", over, &drag.transfer);
        }
        if let Some(before) = before {
            drag.transfer.set_effects("none", allowed);
            fire_drag(cx, &fire, "dragleave", before, &drag.transfer);
        }
        state.target.set(over);
    }
    // 4.
    let Some(over) = over else { return state.operation.set("none") };
    drag.transfer.set_effects(default_effect(allowed), allowed);
    let cancelled = !fire_drag(cx, &fire, "dragover", over, &drag.transfer);
    let takes_text = editing::takes_text(cx, over) && drag.transfer.text("text/plain").is_some();
    state.operation.set(if cancelled {
        operation(drag.transfer.effects().0, allowed)
    } else if takes_text {
        "copy"
    } else {
        "none"
    });
}

/// The drag ends: a drop, or none, then `dragend`.
fn finish(cx: &mut Cx, input: &Input, drag: &Drag, cancelled: bool) {
    let window = cx.window();
    let fire = Fire::new(cx, input);
    if !cancelled {
        step(cx, input);
        if window.drag().is_none() {
            return;
        }
    }
    window.set_drag(None);
    let state = &window.input.drag;
    let (_, allowed) = drag.transfer.effects();
    let target = state.target.take().filter(|&id| cx.engine().tree().is_connected(id));
    let operation = state.operation.replace("none");
    let mut done = "none";
    if let Some(target) = target {
        if cancelled || operation == "none" {
            drag.transfer.set_effects("none", allowed);
            fire_drag(cx, &fire, "dragleave", target, &drag.transfer);
        } else {
            drag.transfer.set_mode(Mode::ReadOnly);
            drag.transfer.set_effects(operation, allowed);
            let allowed_default = fire_drag(cx, &fire, "drop", target, &drag.transfer);
            done = if allowed_default { operation } else { drag.transfer.effects().0 };
            if allowed_default && editing::takes_text(cx, target) {
                editing::drop_text(cx, target, &drag.transfer, input.position);
            }
        }
    }
    drag.transfer.set_mode(Mode::Protected);
    drag.transfer.set_effects(done, allowed);
    fire_drag(cx, &fire, "dragend", drag.source, &drag.transfer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_must_be_allowed() {
        for (drop, allowed, expected) in [
            ("copy", "uninitialized", "copy"),
            ("move", "copyMove", "move"),
            ("link", "copyMove", "none"),
            ("none", "all", "none"),
        ] {
            assert_eq!(operation(drop, allowed), expected, "{drop} {allowed}");
        }
    }
}
