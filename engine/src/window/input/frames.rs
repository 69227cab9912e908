//! Input for the documents in frames: it goes to the innermost frame under the
//! pointer, in its own coordinates, or to the one that has the focus.

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{InputEvent, PointerEvent, PointerPhase};

use super::{fire::Fire, inclusive_ancestors, pointers};
use crate::{
    agent::EngineCx,
    window::{
        Window,
        focus::{self, FocusBy},
        rendering,
    },
};

/// A pointer that is in a frame.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    pointer: i32,
    frame: NodeId,
    /// A button is down since it was there: the frame keeps it.
    held: bool,
}

/// The window that a frame shows.
fn window_in(cx: &Cx, frame: NodeId) -> Option<Obj<Window>> {
    cx.engine().navigables.of_container(frame)?.window()
}

/// The frame at a point of the current window.
fn frame_at(cx: &Cx, position: virga_protocol::Point) -> Option<NodeId> {
    let agent = cx.engine();
    if !agent.navigables.had_frames() {
        return None;
    }
    let hit = rendering::hit(cx, position)?.node;
    window_in(cx, hit).map(|_| hit)
}

/// The window of a frame that an input is for, and the input in its coordinates;
/// `None` if it is for the current window.
pub(super) fn inner(cx: &mut Cx, event: &InputEvent) -> Option<(Obj<Window>, InputEvent)> {
    if !cx.engine().navigables.had_frames() {
        return None;
    }
    match event {
        InputEvent::Pointer(input) => pointer(cx, input),
        InputEvent::Wheel(input) => {
            let frame = frame_at(cx, input.position)?;
            let position = local(cx, frame, input.position)?;
            let event = virga_protocol::WheelEvent { position, ..input.clone() };
            Some((window_in(cx, frame)?, InputEvent::Wheel(event)))
        }
        InputEvent::Key(_) | InputEvent::Text(_) | InputEvent::Preedit(_) => {
            let focused = focus::focused(cx)?;
            Some((window_in(cx, focused)?, event.clone()))
        }
        InputEvent::Focus(_) | InputEvent::Mark(_) => None,
    }
}

fn local(cx: &Cx, frame: NodeId, at: virga_protocol::Point) -> Option<virga_protocol::Point> {
    rendering::point_in_frame(&cx.engine(), &cx.window(), frame, at)
}

fn pointer(cx: &mut Cx, input: &PointerEvent) -> Option<(Obj<Window>, InputEvent)> {
    let window = cx.window();
    // A pointer that is down on the window's own content is the window's.
    let own = window.input.pointers.get(input.id).is_some_and(|pointer| pointer.buttons != 0);
    if own || window.drag().is_some() {
        return None;
    }
    let find = |all: &Vec<Inside>| all.iter().find(|inside| inside.pointer == input.id).copied();
    let before = find(&window.input.inside.borrow());
    let frame = match before.filter(|inside| inside.held && window_in(cx, inside.frame).is_some()) {
        Some(inside) => Some(inside.frame),
        None if input.phase == PointerPhase::Leave => None,
        None => frame_at(cx, input.position),
    };
    window.input.inside.borrow_mut().retain(|inside| inside.pointer != input.id);
    if let Some(left) = before.filter(|inside| Some(inside.frame) != frame) {
        // The frame that it was in hears that it is gone.
        if let (Some(inner), Some(position)) =
            (window_in(cx, left.frame), local(cx, left.frame, input.position))
        {
            let leave = PointerEvent {
                phase: PointerPhase::Leave,
                position,
                button: None,
                ..input.clone()
            };
            cx.in_realm(inner.realm(), |cx| super::handle(cx, InputEvent::Pointer(leave)));
        }
    }
    let frame = frame?;
    let held = input.buttons != 0;
    window.input.inside.borrow_mut().push(Inside { pointer: input.id, frame, held });
    // Outside, the pointer is over the frame itself.
    window.input.pointers.enter(input.id, input.kind);
    let fire = Fire::new(cx, input);
    pointers::move_over(cx, &fire, Some(frame));
    if input.phase == PointerPhase::Down {
        let focusable = {
            let agent = cx.engine();
            let tree = agent.tree();
            let around = inclusive_ancestors(&tree, Some(frame));
            around.into_iter().find(|&id| focus::is_click_focusable(&tree, id))
        };
        focus::focus(cx, focusable, FocusBy::Pointer);
    }
    let position = local(cx, frame, input.position)?;
    let event = PointerEvent { position, ..input.clone() };
    Some((window_in(cx, frame)?, InputEvent::Pointer(event)))
}

/// From a point of the current window to one of the app's.
pub(crate) fn to_top(cx: &Cx, at: (f64, f64)) -> (f64, f64) {
    let agent = cx.engine();
    let (mut at, mut window) = (at, cx.window());
    while let Some(container) =
        agent.navigable_of(&window).and_then(|navigable| navigable.container())
    {
        let Some(outer) = agent.window_of(container) else { break };
        let zero = virga_protocol::Point { x: 0.0, y: 0.0 };
        let Some(origin) = rendering::point_in_frame(&agent, &outer, container, zero) else {
            break;
        };
        at = (at.0 - f64::from(origin.x), at.1 - f64::from(origin.y));
        window = outer;
    }
    at
}
