//! Which document the user's input is for.
//!
//! The pointer's is for the innermost frame under it, in that frame's coordinates,
//! and stays with it while a button or finger is down. Keys and text are for the
//! innermost frame that has the focus.

use std::rc::Rc;

use virga_js::{Cx, Obj};
use virga_protocol::{InputEvent, Point, PointerPhase};

use super::{Navigable, in_window};
use crate::{
    agent::{Agent, EngineCx},
    window::{
        Window,
        focus::{self, FocusBy},
        input, picker, rendering,
    },
};

/// Handles an input, in the realm of the window that is shown.
pub(crate) fn handle(cx: &mut Cx, event: InputEvent) {
    // The list of a drop-down lies over all documents.
    if !picker::handle(cx, &event) {
        handle_in_page(cx, event);
    }
}

/// Handles an input that is for a document.
pub(crate) fn handle_in_page(cx: &mut Cx, event: InputEvent) {
    let agent = cx.engine();
    if !agent.navigables.has_frames() {
        return input::handle(cx, event);
    }
    match event {
        InputEvent::Pointer(mut pointer) => {
            let held = agent.pointer_frame.get().filter(|_| agent.pointer_held.get());
            let (target, at) = match held.and_then(|id| agent.navigables.get(id)) {
                Some(target) => {
                    let at = point_in(&agent, &target, pointer.position);
                    (target, at)
                }
                None => under(cx, &agent, pointer.position),
            };
            match pointer.phase {
                PointerPhase::Down => {
                    agent.pointer_held.set(true);
                }
                PointerPhase::Up | PointerPhase::Cancel | PointerPhase::Leave => {
                    agent.pointer_held.set(false);
                }
                PointerPhase::Move => {}
            }
            // The document that the pointer was over hears that it left.
            let before = agent.pointer_frame.replace(Some(target.id()));
            if let Some(before) = before.filter(|before| *before != target.id())
                && let Some(before) = agent.navigables.get(before)
            {
                let mut left = pointer.clone();
                left.phase = PointerPhase::Leave;
                left.position = point_in(&agent, &before, pointer.position);
                in_window(cx, &before, |cx| input::handle(cx, InputEvent::Pointer(left)));
            }
            pointer.position = at;
            in_window(cx, &target, |cx| input::handle(cx, InputEvent::Pointer(pointer)));
        }
        InputEvent::Wheel(mut wheel) => {
            let (target, at) = under(cx, &agent, wheel.position);
            wheel.position = at;
            in_window(cx, &target, |cx| input::handle(cx, InputEvent::Wheel(wheel)));
        }
        event @ InputEvent::Focus(_) => input::handle(cx, event),
        event => {
            let target = focused(cx, &agent);
            in_window(cx, &target, |cx| input::handle(cx, event));
        }
    }
}

/// The innermost navigable under a point of the app's viewport, and the point in its
/// own coordinates.
fn under(cx: &mut Cx, agent: &Rc<Agent>, point: Point) -> (Rc<Navigable>, Point) {
    let mut navigable = agent.navigables.shown(agent);
    let mut at = point;
    while let Some(window) = navigable.window() {
        let hit = cx.in_realm(window.realm(), |cx| rendering::hit_test(cx, at));
        let inner = hit.and_then(|node| agent.navigables.of_container(node));
        let Some(inner) = inner.filter(|inner| inner.window().is_some()) else { break };
        let Some(element) = inner.container() else { break };
        let Some(local) = rendering::point_in_frame(agent, &window, element, at) else { break };
        // The border of a frame belongs to the document around it.
        let viewport = inner.viewport();
        let inside =
            (0.0..viewport.width).contains(&local.x) && (0.0..viewport.height).contains(&local.y);
        if !inside {
            break;
        }
        navigable = inner;
        at = local;
    }
    (navigable, at)
}

/// A point of the app's viewport in the coordinates of a navigable.
fn point_in(agent: &Agent, navigable: &Rc<Navigable>, point: Point) -> Point {
    let Some(element) = navigable.container() else { return point };
    let Some(window) = agent.window_of(element) else { return point };
    let Some(outer) = agent.navigable_of(&window) else { return point };
    let outer = point_in(agent, &outer, point);
    rendering::point_in_frame(agent, &window, element, outer).unwrap_or(outer)
}

/// The innermost navigable that has the focus.
fn focused(cx: &mut Cx, agent: &Rc<Agent>) -> Rc<Navigable> {
    let mut navigable = agent.navigables.shown(agent);
    loop {
        let focused = in_window(cx, &navigable, |cx| focus::focused(cx)).flatten();
        let inner = focused.and_then(|element| agent.navigables.of_container(element));
        match inner.filter(|inner| inner.window().is_some()) {
            Some(inner) => navigable = inner,
            None => return navigable,
        }
    }
}

/// Whether the user's keys are for a window's document, or for one in a frame of it.
///
/// <https://html.spec.whatwg.org/#has-focus-steps>
pub(crate) fn has_focus(cx: &Cx, window: &Window) -> bool {
    let agent = cx.engine();
    let Some(navigable) = agent.navigable_of(window) else { return false };
    let top = agent.navigables.top_of(&navigable);
    agent.navigables.shown(&agent).id() == top.id()
        && top.window().is_some_and(|top| top.input.has_focus())
        && focus::is_in_chain(&agent, window)
}

/// `window.focus()`: the keys are for this document from now on.
///
/// <https://html.spec.whatwg.org/#dom-window-focus>
pub(crate) fn focus_window(cx: &mut Cx, window: &Obj<Window>) {
    let agent = cx.engine();
    let Some(navigable) = agent.navigable_of(window) else { return };
    // No frame in it has it any more.
    let in_frame = focus::focused_in(&agent, window)
        .is_some_and(|element| agent.navigables.of_container(element).is_some());
    if in_frame {
        cx.in_realm(window.realm(), |cx| focus::focus(cx, None, FocusBy::Script));
    }
    if let Some(element) = navigable.container() {
        cx.in_window_of(element, |cx| {
            if focus::is_focusable_now(cx, element) {
                focus::focus(cx, Some(element), FocusBy::Script);
            }
        });
    }
}
