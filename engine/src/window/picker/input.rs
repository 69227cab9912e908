//! What the user does to an open list.

use virga_dom::NodeId;
use virga_js::Cx;
use virga_protocol::{
    CursorIcon, FromApp, InputEvent, KeyEvent, Modifiers, Point, PointerButton, PointerEvent,
    PointerPhase, PointerType,
};

use super::{close, commit, open_select};
use crate::{
    agent::{Agent, EngineCx},
    events,
    navigable::input as page,
};

/// A pointer that opened a list and moved this far, in CSS px, chooses where it is let
/// go.
const SLOP: f32 = 5.0;

/// Handles an input before any document does; `true` if it was for the list.
pub(crate) fn handle(cx: &mut Cx, event: &InputEvent) -> bool {
    let agent = cx.engine();
    if let InputEvent::Pointer(input) = event
        && input.phase != PointerPhase::Move
    {
        agent.pickers.closed_by_press.set(None);
    }
    if open_select(&agent).is_none() {
        return false;
    }
    match event {
        InputEvent::Pointer(input) => pointer(cx, &agent, input),
        InputEvent::Wheel(input) => {
            if !is_inside(&agent, input.position) {
                close(&agent);
                return false;
            }
            // The compositor waits only if some document asked for it.
            if agent.windows().iter().any(|window| window.input.asks_for_wheel()) {
                let delta = Point { x: input.delta_x, y: input.delta_y };
                agent.send(FromApp::Scroll { position: input.position, delta });
            }
            true
        }
        InputEvent::Focus(false) => {
            close(&agent);
            false
        }
        _ => false,
    }
}

fn is_inside(agent: &Agent, point: Point) -> bool {
    agent.pickers.open.borrow().as_ref().is_some_and(|picker| picker.list.contains(point))
}

fn pointer(cx: &mut Cx, agent: &Agent, input: &PointerEvent) -> bool {
    let inside = is_inside(agent, input.position);
    let mut open = agent.pickers.open.borrow_mut();
    let Some(picker) = open.as_mut() else { return false };
    let held = picker.opener.is_some_and(|opener| opener.pointer == input.id);
    let primary = input.kind == PointerType::Touch
        || input.button.is_none_or(|button| button == PointerButton::Primary);
    match input.phase {
        PointerPhase::Move => {
            if let Some(opener) = picker.opener.as_mut().filter(|_| held) {
                let far = (input.position.x - opener.at.x).hypot(input.position.y - opener.at.y);
                opener.drags |= far > SLOP;
            }
            if !inside {
                picker.over = false;
                // A finger that went down in the list stays with it.
                return picker.pressed == Some(input.id);
            }
            let row = picker.list.row_at(&mut agent.tree_mut(), input.position);
            if input.kind != PointerType::Touch && row.is_some() {
                picker.list.point_at(&mut agent.tree_mut(), row);
            }
            let entered = !std::mem::replace(&mut picker.over, true);
            drop(open);
            if entered && !held {
                leave_page(cx, agent, input);
            }
            true
        }
        PointerPhase::Down if inside => {
            if primary {
                picker.pressed = Some(input.id);
                picker.opener = None;
                let row = picker.list.row_at(&mut agent.tree_mut(), input.position);
                if input.kind == PointerType::Touch {
                    // Scrolling is the host's, whatever documents say.
                    agent.send(FromApp::Touch { id: input.id, pan: (true, true) });
                } else {
                    picker.list.point_at(&mut agent.tree_mut(), row);
                }
            }
            true
        }
        PointerPhase::Down => {
            let select = picker.select;
            drop(open);
            close(agent);
            agent.pickers.closed_by_press.set(Some(select));
            false
        }
        PointerPhase::Up => {
            let drags = picker.opener.take().is_some_and(|opener| held && opener.drags);
            let pressed = picker.pressed.take_if(|id| *id == input.id).is_some();
            let row = picker.list.row_at(&mut agent.tree_mut(), input.position);
            let row = row.filter(|&row| inside && picker.list.is_enabled(row));
            let chosen = primary && (pressed || drags) && row.is_some();
            if chosen {
                picker.list.point_at(&mut agent.tree_mut(), row);
            }
            drop(open);
            if inside && held {
                // The page saw it go down: for the page it ends here.
                let mut ended = input.clone();
                ended.phase = PointerPhase::Cancel;
                page::handle_in_page(cx, InputEvent::Pointer(ended));
            }
            if chosen {
                commit(cx);
            }
            inside || pressed
        }
        PointerPhase::Cancel => {
            // The host took a finger to scroll with.
            picker.pressed.take_if(|id| *id == input.id).is_some()
        }
        PointerPhase::Leave => {
            picker.over = false;
            false
        }
    }
}

/// The pointer is over no document any more.
fn leave_page(cx: &mut Cx, agent: &Agent, input: &PointerEvent) {
    let mut left = input.clone();
    left.phase = PointerPhase::Leave;
    page::handle_in_page(cx, InputEvent::Pointer(left));
    agent.send(FromApp::Cursor(CursorIcon::Default));
    for window in agent.windows() {
        window.input.forget_cursor();
    }
}

/// A key went down while the list of `select` is open; `true` if it did anything.
pub(crate) fn key(cx: &mut Cx, input: &KeyEvent) -> bool {
    let agent = cx.engine();
    let Some(select) = open_select(&agent) else { return false };
    if super::super::focus::focused(cx) != Some(select) {
        return false;
    }
    let alt = input.modifiers.contains(Modifiers::ALT);
    match input.key.as_str() {
        "Escape" => close(&agent),
        "Enter" | "F4" => commit(cx),
        "ArrowUp" | "ArrowDown" if alt => commit(cx),
        "Tab" => {
            // It goes on to the next control.
            commit(cx);
            return false;
        }
        " " if !agent.pickers.typed.goes_on(cx.window().time_stamp(cx)) => commit(cx),
        key => return step(cx, &agent, key),
    }
    true
}

/// Moves the highlight.
fn step(cx: &Cx, agent: &Agent, key: &str) -> bool {
    let now = cx.window().time_stamp(cx);
    let mut open = agent.pickers.open.borrow_mut();
    let Some(picker) = open.as_mut() else { return false };
    let page = picker.list.page(&mut agent.tree_mut());
    let rows = picker.list.options();
    let current = picker.list.highlighted();
    let Some(to) = destination(agent, key, now, current, page, &rows) else { return false };
    if let Some(to) = to {
        picker.list.highlight(&mut agent.tree_mut(), Some(to));
    }
    true
}

/// Where a key moves among options, each with whether it can be chosen: `None` if the
/// key does not move, `Some(None)` if there is nowhere to go.
pub(crate) fn destination(
    agent: &Agent,
    key: &str,
    now: f64,
    current: Option<usize>,
    page: usize,
    rows: &[(NodeId, bool)],
) -> Option<Option<usize>> {
    let last = rows.len().checked_sub(1);
    let enabled = |at: &usize| rows.get(*at).is_some_and(|(_, enabled)| *enabled);
    let after = |from: usize| (from..rows.len()).find(enabled);
    let before = |to: usize| (0..(to + 1).min(rows.len())).rev().find(enabled);
    Some(match key {
        "ArrowDown" | "ArrowRight" => after(current.map_or(0, |at| at + 1)),
        "ArrowUp" | "ArrowLeft" => match current {
            Some(at) => at.checked_sub(1).and_then(before),
            None => last.and_then(before),
        },
        "PageDown" => {
            let wanted = current.unwrap_or(0) + page;
            last.and_then(|last| before(wanted.min(last)).filter(|&at| Some(at) >= current))
        }
        "PageUp" => {
            let wanted = current.unwrap_or(0).saturating_sub(page);
            after(wanted).filter(|&at| current.is_none_or(|current| at <= current))
        }
        "Home" => after(0),
        "End" => last.and_then(before),
        _ => {
            let letter = events::single_char(key)?;
            if letter.is_whitespace() && !agent.pickers.typed.goes_on(now) {
                return None;
            }
            let tree = agent.tree();
            let labels: Vec<Option<String>> = rows
                .iter()
                .map(|(option, enabled)| enabled.then(|| tree.option_label(*option)))
                .collect();
            agent.pickers.typed.find(letter, now, current, &labels)
        }
    })
}
