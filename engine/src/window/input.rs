//! From what the user's hands did to events: <https://w3c.github.io/uievents/>,
//! <https://w3c.github.io/pointerevents/>

use std::cell::{Cell, RefCell};

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Obj};
use virga_protocol::{
    CursorIcon, FromApp, InputEvent, KeyEvent, Modifiers, PointerButton, PointerEvent as Pointer,
    PointerPhase, PointerType, WheelEvent as Wheel,
};

use super::{
    activation, editing,
    focus::{self, FocusBy},
    forms,
    rendering::{self, ScrollTarget},
};
use crate::{
    agent::EngineCx,
    events::{
        self, Bubbles, Cancelable, EventTarget, KeyboardEvent, MouseData, MouseEvent, PointerData,
        PointerEvent, WheelEvent,
    },
};

/// What a window remembers between two inputs.
#[derive(Default)]
pub(crate) struct InputState {
    /// The element under the pointer.
    hovered: Cell<Option<NodeId>>,
    /// The element that the primary button went down on.
    pressed: Cell<Option<NodeId>>,
    /// The element that has the focus.
    pub(super) focused: Cell<Option<NodeId>>,
    /// Where the pointer was last, in CSS px.
    last: Cell<Option<(f64, f64)>>,
    /// `pointerdown` was cancelled: no mouse events until the button is up.
    no_mouse: Cell<bool>,
    /// The space bar is down on a button.
    space_pressed: Cell<bool>,
    window_blurred: Cell<bool>,
    cursor: Cell<CursorIcon>,
    pub(super) edited: editing::Edited,
    /// The window was shown at least once.
    pub(super) presented: Cell<bool>,
    pub(super) resized: Cell<bool>,
    pub(super) scrolled: RefCell<Vec<ScrollTarget>>,
}

impl InputState {
    /// `document.hasFocus()`.
    pub(crate) fn has_focus(&self) -> bool {
        !self.window_blurred.get()
    }
}

/// Handles an input in the current window.
pub(crate) fn handle(cx: &mut Cx, event: InputEvent) {
    match event {
        InputEvent::Pointer(pointer) => match pointer.kind {
            PointerType::Touch => touch(cx, &pointer),
            PointerType::Mouse | PointerType::Pen => mouse(cx, &pointer),
        },
        InputEvent::Wheel(wheel_event) => wheel(cx, &wheel_event),
        InputEvent::Key(key_event) => key(cx, &key_event),
        InputEvent::Text(text) => editing::insert(cx, &text),
        InputEvent::Focus(gained) => {
            cx.window().input.window_blurred.set(!gained);
            let target: Obj<EventTarget> = cx.window().upcast();
            let name = if gained { "focus" } else { "blur" };
            events::fire(cx, &target, name, Bubbles(false), Cancelable(false));
        }
    }
}

/// The subtree at `root` left the document: nothing in it is hovered, pressed or
/// focused any more.
pub(crate) fn node_removed(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let window = cx.window();
    for cell in [&window.input.hovered, &window.input.pressed] {
        let Some(id) = cell.get() else { continue };
        let state = if std::ptr::eq(cell, &window.input.hovered) {
            ElementState::HOVER
        } else {
            ElementState::ACTIVE
        };
        let is_inside = agent.tree().is_inclusive_ancestor(root, id);
        if is_inside {
            let mut tree = agent.tree_mut();
            set_chain(&mut tree, Some(id), None, state);
            // What is left of the chain belongs to the document still.
            let parent = window.document_id();
            cell.set(tree.document_element(parent));
        }
    }
    focus::node_removed(cx, root);
}

/// The element under a point; the document's if there is nothing else.
fn element_at(cx: &Cx, pointer: &Pointer) -> Option<NodeId> {
    let hit = rendering::hit_test(cx, pointer.position);
    let agent = cx.engine();
    let tree = agent.tree();
    let hit = hit
        .filter(|&id| tree.contains(id))
        .and_then(|id| if tree.is_element(id) { Some(id) } else { tree.parent_element(id) });
    hit.or_else(|| tree.document_element(cx.document_id()))
}

/// Moves a state such as `:hover` from one element and its ancestors to another.
fn set_chain(tree: &mut Tree, from: Option<NodeId>, to: Option<NodeId>, state: ElementState) {
    let chain = |tree: &Tree, id: Option<NodeId>| -> Vec<NodeId> {
        let Some(id) = id.filter(|&id| tree.contains(id)) else { return Vec::new() };
        std::iter::once(id).chain(tree.ancestors(id)).filter(|&id| tree.is_element(id)).collect()
    };
    let (old, new) = (chain(tree, from), chain(tree, to));
    for id in old.iter().filter(|id| !new.contains(id)) {
        tree.set_state(*id, state, false);
    }
    for id in new.iter().filter(|id| !old.contains(id)) {
        tree.set_state(*id, state, true);
    }
}

fn mouse_data(cx: &Cx, pointer: &Pointer) -> MouseData {
    let window = cx.window();
    let at = (f64::from(pointer.position.x), f64::from(pointer.position.y));
    let last = window.input.last.get().unwrap_or(at);
    MouseData {
        client: at,
        screen: at,
        movement: (at.0 - last.0, at.1 - last.1),
        scroll: window.scroll_offset(cx),
        button: pointer.button.map_or(0, |button| button as i16),
        buttons: pointer.buttons,
        modifiers: pointer.modifiers,
    }
}

/// One pointer or mouse event at an element; `false` if it was cancelled.
struct Fire<'a> {
    pointer: &'a Pointer,
    data: MouseData,
    detail: i32,
}

impl Fire<'_> {
    fn new<'a>(cx: &Cx, pointer: &'a Pointer) -> Fire<'a> {
        let detail = i32::try_from(pointer.click_count).unwrap_or(i32::MAX);
        Fire { pointer, data: mouse_data(cx, pointer), detail }
    }

    fn pointer_data(&self) -> PointerData {
        PointerData {
            id: self.pointer.id,
            type_: match self.pointer.kind {
                PointerType::Mouse => "mouse",
                PointerType::Touch => "touch",
                PointerType::Pen => "pen",
            },
            is_primary: true,
            pressure: if self.pointer.buttons == 0 { 0.0 } else { 0.5 },
        }
    }

    /// `name` is that of a pointer event, or `click` and the like.
    fn pointer(&self, cx: &mut Cx, name: &str, to: NodeId, related: Option<NodeId>) -> bool {
        if !cx.engine().tree().contains(to) {
            return true;
        }
        let bubbles = !matches!(name, "pointerenter" | "pointerleave");
        let cancelable = bubbles && name != "pointercancel";
        let detail =
            if matches!(name, "click" | "auxclick" | "contextmenu") { self.detail } else { 0 };
        let mut data = self.data;
        // Only changes of buttons have one.
        if name.starts_with("pointer") && !matches!(name, "pointerdown" | "pointerup") {
            data.button = -1;
        }
        let related = related.map(|id| -> Obj<EventTarget> { cx.wrap(id).upcast() });
        let mouse = MouseEvent::trusted(
            cx,
            name,
            Bubbles(bubbles),
            Cancelable(cancelable),
            detail,
            data,
            related,
        );
        let event = PointerEvent::trusted(mouse, &self.pointer_data());
        let target: Obj<EventTarget> = cx.wrap(to).upcast();
        events::fire_event(cx, &target, event)
    }

    fn mouse(&self, cx: &mut Cx, name: &str, to: NodeId, related: Option<NodeId>) -> bool {
        if !cx.engine().tree().contains(to) {
            return true;
        }
        let plain = !matches!(name, "mouseenter" | "mouseleave");
        let detail =
            if matches!(name, "mousedown" | "mouseup" | "dblclick") { self.detail } else { 0 };
        let related = related.map(|id| -> Obj<EventTarget> { cx.wrap(id).upcast() });
        let event = MouseEvent::trusted(
            cx,
            name,
            Bubbles(plain),
            Cancelable(plain),
            detail,
            self.data,
            related,
        );
        let target: Obj<EventTarget> = cx.wrap(to).upcast();
        events::fire_event(cx, &target, event)
    }
}

/// The pointer is over another element: the events of leaving and entering, and
/// `:hover`.
fn move_over(cx: &mut Cx, fire: &Fire<'_>, to: Option<NodeId>, with_mouse: bool) {
    let agent = cx.engine();
    let window = cx.window();
    let from = window.input.hovered.get().filter(|&id| agent.tree().is_connected(id));
    if from == to {
        return;
    }
    window.input.hovered.set(to);
    set_chain(&mut agent.tree_mut(), from, to, ElementState::HOVER);
    let chain = |tree: &Tree, id: Option<NodeId>, other: Option<NodeId>| -> Vec<NodeId> {
        let Some(id) = id else { return Vec::new() };
        std::iter::once(id)
            .chain(tree.ancestors(id))
            .filter(|&id| {
                tree.is_element(id)
                    && !other.is_some_and(|other| tree.is_inclusive_ancestor(id, other))
            })
            .collect()
    };
    let (left, entered) = {
        let tree = agent.tree();
        (chain(&tree, from, to), chain(&tree, to, from))
    };
    let kinds: &[bool] = if with_mouse { &[true, false] } else { &[true] };
    for &is_pointer in kinds {
        let one = |cx: &mut Cx, pointer: &str, mouse: &str, at: NodeId, related: Option<NodeId>| {
            if is_pointer {
                fire.pointer(cx, pointer, at, related);
            } else {
                fire.mouse(cx, mouse, at, related);
            }
        };
        if let Some(from) = from {
            one(cx, "pointerout", "mouseout", from, to);
        }
        for &id in &left {
            one(cx, "pointerleave", "mouseleave", id, to);
        }
        if let Some(to) = to {
            one(cx, "pointerover", "mouseover", to, from);
        }
        for &id in entered.iter().rev() {
            one(cx, "pointerenter", "mouseenter", id, from);
        }
    }
}

fn mouse(cx: &mut Cx, pointer: &Pointer) {
    let window = cx.window();
    let target = element_at(cx, pointer);
    let fire = Fire::new(cx, pointer);
    match pointer.phase {
        PointerPhase::Leave => return move_over(cx, &fire, None, true),
        PointerPhase::Cancel => {
            if let Some(target) = target {
                fire.pointer(cx, "pointercancel", target, None);
            }
            release(cx);
            return move_over(cx, &fire, None, true);
        }
        PointerPhase::Down | PointerPhase::Move | PointerPhase::Up => {}
    }
    if window.input.hovered.get() != target {
        move_over(cx, &fire, target, true);
        show_cursor(cx, target);
    }
    window.input.last.set(Some(fire.data.client));
    let Some(target) = target else { return };
    match pointer.phase {
        PointerPhase::Move => {
            fire.pointer(cx, "pointermove", target, None);
            if !window.input.no_mouse.get() {
                fire.mouse(cx, "mousemove", target, None);
            }
        }
        PointerPhase::Down => {
            press(cx, target);
            let allowed = fire.pointer(cx, "pointerdown", target, None);
            window.input.no_mouse.set(!allowed);
            if allowed && fire.mouse(cx, "mousedown", target, None) {
                focus_at(cx, target);
            }
            if pointer.button == Some(PointerButton::Secondary) {
                fire.pointer(cx, "contextmenu", target, None);
            }
        }
        PointerPhase::Up => {
            fire.pointer(cx, "pointerup", target, None);
            if !window.input.no_mouse.take() {
                fire.mouse(cx, "mouseup", target, None);
            }
            let pressed = release(cx);
            click(cx, &fire, pressed, target);
        }
        PointerPhase::Leave | PointerPhase::Cancel => {}
    }
}

/// Tells the host the pointer's shape, if it is another.
fn show_cursor(cx: &mut Cx, over: Option<NodeId>) {
    let agent = cx.engine();
    let over = over.filter(|&id| agent.tree().is_connected(id));
    let cursor = over.map_or(CursorIcon::Default, |id| rendering::cursor(cx, id));
    if cx.window().input.cursor.replace(cursor) != cursor {
        agent.send(FromApp::Cursor(cursor));
    }
}

fn press(cx: &mut Cx, target: NodeId) {
    let agent = cx.engine();
    cx.window().input.pressed.set(Some(target));
    set_chain(&mut agent.tree_mut(), None, Some(target), ElementState::ACTIVE);
}

fn release(cx: &mut Cx) -> Option<NodeId> {
    let agent = cx.engine();
    let pressed = cx.window().input.pressed.take();
    set_chain(&mut agent.tree_mut(), pressed, None, ElementState::ACTIVE);
    pressed
}

/// <https://w3c.github.io/uievents/#event-type-click>: at the nearest common
/// ancestor of where the button went down and up.
fn click(cx: &mut Cx, fire: &Fire<'_>, pressed: Option<NodeId>, released: NodeId) {
    let agent = cx.engine();
    let common = {
        let tree = agent.tree();
        let Some(pressed) = pressed.filter(|&id| tree.is_connected(id)) else { return };
        if !tree.is_connected(released) {
            return;
        }
        std::iter::once(released)
            .chain(tree.ancestors(released))
            .find(|&id| tree.is_element(id) && tree.is_inclusive_ancestor(id, pressed))
            // Disabled controls get no clicks.
            .filter(|&id| {
                !std::iter::once(id).chain(tree.ancestors(id)).any(|id| {
                    forms::is_disabled(&tree, id) && !tree.is_html_element(id, "fieldset")
                })
            })
    };
    let Some(target) = common else { return };
    match fire.pointer.button.unwrap_or(PointerButton::Primary) {
        PointerButton::Primary => {
            fire.pointer(cx, "click", target, None);
            if fire.detail == 2 {
                fire.mouse(cx, "dblclick", target, None);
            }
        }
        _ => {
            fire.pointer(cx, "auxclick", target, None);
        }
    }
}

/// The focus goes to the nearest element around that can have it.
fn focus_at(cx: &mut Cx, target: NodeId) {
    let agent = cx.engine();
    let focused = focus::focused(cx);
    let focusable = focus::clicked(&agent.tree(), target, focused);
    focus::focus(cx, focusable, FocusBy::Pointer);
}

/// A finger: pointer events as they come, mouse events when it lifts.
fn touch(cx: &mut Cx, pointer: &Pointer) {
    let window = cx.window();
    let target = element_at(cx, pointer);
    let fire = Fire::new(cx, pointer);
    let Some(target) = target else { return };
    match pointer.phase {
        PointerPhase::Down => {
            move_over(cx, &fire, Some(target), false);
            press(cx, target);
            let allowed = fire.pointer(cx, "pointerdown", target, None);
            window.input.no_mouse.set(!allowed);
        }
        // A finger keeps the element it touched first.
        PointerPhase::Move => {
            let captured = window.input.pressed.get().unwrap_or(target);
            fire.pointer(cx, "pointermove", captured, None);
        }
        PointerPhase::Up => {
            let captured = window.input.pressed.get().unwrap_or(target);
            fire.pointer(cx, "pointerup", captured, None);
            let pressed = release(cx);
            move_over(cx, &fire, None, false);
            if !window.input.no_mouse.take() {
                fire.mouse(cx, "mousemove", target, None);
                if fire.mouse(cx, "mousedown", target, None) {
                    focus_at(cx, target);
                }
                fire.mouse(cx, "mouseup", target, None);
            }
            click(cx, &fire, pressed, target);
        }
        PointerPhase::Cancel | PointerPhase::Leave => {
            let captured = window.input.pressed.get().unwrap_or(target);
            fire.pointer(cx, "pointercancel", captured, None);
            release(cx);
            move_over(cx, &fire, None, false);
        }
    }
    window.input.last.set(Some(fire.data.client));
}

/// The compositor scrolled already; script only hears of it.
fn wheel(cx: &mut Cx, wheel: &Wheel) {
    let pointer = Pointer {
        phase: PointerPhase::Move,
        id: 1,
        kind: PointerType::Mouse,
        position: wheel.position,
        button: None,
        buttons: 0,
        modifiers: wheel.modifiers,
        click_count: 0,
    };
    let Some(target) = element_at(cx, &pointer) else { return };
    let data = mouse_data(cx, &pointer);
    let event = WheelEvent::trusted(cx, data, (f64::from(wheel.delta_x), f64::from(wheel.delta_y)));
    let target: Obj<EventTarget> = cx.wrap(target).upcast();
    events::fire_event(cx, &target, event);
}

fn key(cx: &mut Cx, key: &KeyEvent) {
    let agent = cx.engine();
    let document = cx.document_id();
    let target = focus::focused(cx).or_else(|| {
        let tree = agent.tree();
        tree.body(document).or_else(|| tree.document_element(document))
    });
    let Some(target) = target else { return };
    let object: Obj<EventTarget> = cx.wrap(target).upcast();
    let name = if key.down { "keydown" } else { "keyup" };
    let event = KeyboardEvent::trusted(cx, name, key);
    let mut allowed = events::fire_event(cx, &object, event);
    let chord = key.modifiers.intersects(Modifiers::CTRL | Modifiers::META);
    let character = events::single_char(&key.key).filter(|_| !chord);
    if key.down && allowed && (character.is_some() || key.key == "Enter") {
        let event = KeyboardEvent::trusted(cx, "keypress", key);
        allowed = events::fire_event(cx, &object, event);
    }
    let target = focus::focused(cx);
    if !key.down {
        return key_up(cx, key, target, allowed);
    }
    if !allowed {
        return;
    }
    if key.key == "Tab" {
        return focus::advance(cx, key.modifiers.contains(Modifiers::SHIFT));
    }
    let Some(target) = target else { return };
    if editing::key(cx, target, key) {
        return;
    }
    let is_field = forms::is_text_field(&agent.tree(), target);
    match (key.key.as_str(), character) {
        ("Enter", _) if is_field => {
            editing::commit(cx, target);
            forms::submit_implicitly(cx, target);
        }
        ("Enter", _) if activation::has_behavior(&agent, target) => activation::click(cx, target),
        (_, Some(_)) if is_field => editing::insert(cx, &key.key),
        (" ", _) => cx.window().input.space_pressed.set(true),
        _ => {}
    }
}

/// Space activates a button when it is let go.
fn key_up(cx: &mut Cx, key: &KeyEvent, target: Option<NodeId>, allowed: bool) {
    if key.key != " " || !cx.window().input.space_pressed.take() || !allowed {
        return;
    }
    let agent = cx.engine();
    let Some(target) = target else { return };
    let is_link = agent.tree().is_html_element(target, "a");
    if !is_link && activation::has_behavior(&agent, target) {
        activation::click(cx, target);
    }
}
