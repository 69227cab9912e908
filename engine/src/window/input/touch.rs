//! Fingers: pointer events and touch events as they come, and the events of a
//! mouse for a tap: <https://w3c.github.io/touch-events/>

use std::cell::RefCell;

use virga_dom::{ElementState, NodeId};
use virga_js::{Cx, Obj};
use virga_protocol::{FromApp, Micros, PointerEvent as Input, PointerPhase};

use super::{
    click, element_at,
    fire::Fire,
    focus_at,
    pointers::{boundary, settle},
    press, release, set_chain,
};
use crate::{
    agent::EngineCx,
    events::{self, Cancelable, Event, EventTarget, Touch, TouchData, TouchEvent, TouchLists},
    window::{list_box, rendering},
    wrappers::Node,
};

/// A finger that moves less than this far, in CSS px, taps.
const SLOP: f64 = 15.0;
/// A finger that moved this far, in CSS px, pans, unless it was prevented: the
/// distance at which the host wants to scroll.
const PAN: f64 = 8.0;
/// A finger that rests so long presses for a menu.
const LONG_PRESS: Micros = Micros(500_000);
/// Taps that follow each other within this time, in ms, count together.
const DOUBLE_TAP: f64 = 300.0;

/// A finger on the screen.
#[derive(Clone, Copy)]
struct Finger {
    id: i32,
    /// What it touched first; all its touch events go there.
    target: NodeId,
    data: TouchData,
    start: (f64, f64),
    /// It may still become a tap.
    taps: bool,
    /// `touchstart`, or the first `touchmove`, was cancelled.
    prevented: bool,
    /// The host knows whether it may pan.
    told: bool,
    /// When it went down, in ms.
    at: f64,
}

/// The fingers on the screen, in the order they came.
#[derive(Default)]
pub(super) struct Touches(RefCell<Vec<Finger>>);

/// A tap, for the next one to count with.
#[derive(Clone, Copy)]
pub(super) struct Tap {
    at: f64,
    place: (f64, f64),
    count: i32,
    /// What the mouse that stands for fingers is over.
    over: Option<NodeId>,
}

impl Touches {
    fn get(&self, id: i32) -> Option<Finger> {
        self.0.borrow().iter().find(|finger| finger.id == id).copied()
    }

    fn update(&self, id: i32, change: impl FnOnce(&mut Finger)) {
        if let Some(finger) = self.0.borrow_mut().iter_mut().find(|finger| finger.id == id) {
            change(finger);
        }
    }

    fn remove(&self, id: i32) {
        self.0.borrow_mut().retain(|finger| finger.id != id);
    }
}

pub(super) fn handle(cx: &mut Cx, input: &Input) {
    match input.phase {
        PointerPhase::Down => down(cx, input),
        PointerPhase::Move => moved(cx, input),
        PointerPhase::Up => up(cx, input),
        PointerPhase::Cancel | PointerPhase::Leave => cancel(cx, input),
    }
}

fn data_of(cx: &Cx, input: &Input) -> TouchData {
    let client = (f64::from(input.position.x), f64::from(input.position.y));
    let scroll = cx.window().scroll_offset(cx);
    let (width, height) = input.contact.size.unwrap_or((1.0, 1.0));
    TouchData {
        identifier: input.id,
        client,
        screen: client,
        page: (client.0 + scroll.0, client.1 + scroll.1),
        radius: (width / 2.0, height / 2.0),
        rotation: 0.0,
        force: input.contact.pressure.unwrap_or(if input.buttons == 0 { 0.0 } else { 1.0 }),
    }
}

fn down(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    if window.input.touches.get(input.id).is_some() {
        // A host that lost track of a finger starts it anew.
        cancel(cx, input);
    }
    window.input.pointers.enter(input.id, input.kind);
    let fire = Fire::new(cx, input);
    let hit = element_at(cx, input.position);
    let Some(target) = settle(cx, &fire, hit) else { return };
    window.input.pointers.update(input.id, |pointer| {
        pointer.last = Some(fire.data.client);
        pointer.start = fire.data.client;
        pointer.buttons = input.buttons;
        // <https://w3c.github.io/pointerevents/#implicit-pointer-capture>
        pointer.pending = Some(target);
    });
    press(cx, input.id, target);
    let allowed = fire.pointer(cx, "pointerdown", target, None);
    window.input.pointers.update(input.id, |pointer| pointer.no_mouse = !allowed);
    // Several fingers do not tap.
    let alone = window.input.touches.0.borrow().is_empty();
    for finger in window.input.touches.0.borrow_mut().iter_mut() {
        finger.taps = false;
    }
    window.input.touches.0.borrow_mut().push(Finger {
        id: input.id,
        target,
        data: data_of(cx, input),
        start: fire.data.client,
        taps: alone,
        prevented: false,
        told: false,
        at: window.time_stamp(cx),
    });
    let allowed = fire_touch(cx, "touchstart", input, true);
    window.input.touches.update(input.id, |finger| finger.prevented = !allowed);
    let action = rendering::touch_action(cx, target);
    if action != (true, true) && !window.input.blocking.get().touch {
        tell(cx, input.id, action);
    }
    if alone && allowed {
        wait_for_long_press(cx, input);
    }
}

/// Tells the host what a finger may do.
fn tell(cx: &mut Cx, id: i32, pan: (bool, bool)) {
    let window = cx.window();
    window.input.touches.update(id, |finger| finger.told = true);
    cx.engine().send(FromApp::Touch { id, pan });
}

fn moved(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let fire = Fire::new(cx, input);
    let Some(finger) = window.input.touches.get(input.id) else { return };
    let hit = element_at(cx, input.position);
    let target = settle(cx, &fire, hit);
    window.input.pointers.update(input.id, |pointer| pointer.last = Some(fire.data.client));
    if let Some(target) = target {
        fire.pointer(cx, "pointermove", target, None);
    }
    let far = (fire.data.client.0 - finger.start.0).hypot(fire.data.client.1 - finger.start.1);
    window.input.touches.update(input.id, |finger| {
        finger.taps &= far < SLOP;
    });
    let data = data_of(cx, input);
    window.input.touches.update(input.id, |finger| finger.data = data);
    let allowed = fire_touch(cx, "touchmove", input, true);
    if !finger.told {
        let prevented = finger.prevented || !allowed;
        window.input.touches.update(input.id, |finger| finger.prevented = prevented);
        if far >= PAN && window.input.blocking.get().touch {
            let action =
                if prevented { (false, false) } else { rendering::touch_action(cx, finger.target) };
            tell(cx, input.id, action);
        }
    }
}

fn up(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let fire = Fire::new(cx, input);
    let Some(finger) = window.input.touches.get(input.id) else { return };
    let hit = element_at(cx, input.position);
    let target = settle(cx, &fire, hit);
    window.input.pointers.update(input.id, |pointer| pointer.buttons = 0);
    if let Some(target) = target {
        fire.pointer(cx, "pointerup", target, None);
    }
    let no_mouse = window.input.pointers.get(input.id).is_some_and(|pointer| pointer.no_mouse);
    let pressed = lift(cx, &fire);
    let data = data_of(cx, input);
    window.input.touches.update(input.id, |finger| finger.data = data);
    let allowed = fire_touch(cx, "touchend", input, true);
    window.input.touches.remove(input.id);
    if !finger.told && window.input.blocking.get().touch {
        // The host may wait still.
        tell(cx, input.id, (false, false));
    }
    let far = (fire.data.client.0 - finger.start.0).hypot(fire.data.client.1 - finger.start.1);
    if allowed && !finger.prevented && finger.taps && far < SLOP {
        tap(cx, input, pressed, hit, no_mouse);
    }
}

/// The pointer ends: its capture, and being over anything. What it was down on.
fn lift(cx: &mut Cx, fire: &Fire<'_>) -> Option<NodeId> {
    let window = cx.window();
    let id = fire.input.id;
    window.input.pointers.update(id, |pointer| pointer.pending = None);
    settle(cx, fire, None);
    let pressed = release(cx, id);
    window.input.pointers.remove(id);
    pressed
}

fn cancel(cx: &mut Cx, input: &Input) {
    let window = cx.window();
    let fire = Fire::new(cx, input);
    if window.input.touches.get(input.id).is_none() {
        return;
    }
    let over = window.input.pointers.get(input.id).and_then(|pointer| pointer.over);
    if let Some(target) = settle(cx, &fire, over) {
        fire.pointer(cx, "pointercancel", target, None);
    }
    lift(cx, &fire);
    fire_touch(cx, "touchcancel", input, false);
    window.input.touches.remove(input.id);
}

/// One touch event about the finger of `input`; `false` if it was cancelled.
fn fire_touch(cx: &mut Cx, name: &str, input: &Input, cancelable: bool) -> bool {
    let window = cx.window();
    let fingers: Vec<Finger> = window.input.touches.0.borrow().clone();
    let Some(changed) = fingers.iter().find(|finger| finger.id == input.id).copied() else {
        return true;
    };
    if !cx.engine().tree().contains(changed.target) {
        return true;
    }
    let gone = matches!(name, "touchend" | "touchcancel");
    let target: Obj<EventTarget> = cx.wrap(changed.target).upcast();
    let mut lists = TouchLists { all: Vec::new(), target: Vec::new(), changed: Vec::new() };
    for finger in &fingers {
        if !cx.engine().tree().contains(finger.target) {
            continue;
        }
        let on: Obj<Node> = cx.wrap(finger.target);
        let touch = Touch::create(cx, on.upcast(), finger.data);
        if finger.id == changed.id {
            lists.changed.push(touch.clone());
        }
        if finger.id != changed.id || !gone {
            if finger.target == changed.target {
                lists.target.push(touch.clone());
            }
            lists.all.push(touch);
        }
    }
    let event = TouchEvent::trusted(cx, name, Cancelable(cancelable), lists, input.modifiers);
    let event: Obj<TouchEvent> = Obj::new(cx, event);
    let event: Obj<Event> = event.upcast();
    events::dispatch(cx, &target, &event)
}

/// The events of a mouse that stands for a finger.
///
/// <https://w3c.github.io/touch-events/#mouse-events>
fn tap(cx: &mut Cx, input: &Input, pressed: Option<NodeId>, hit: Option<NodeId>, no_mouse: bool) {
    let window = cx.window();
    let agent = cx.engine();
    let Some(target) = hit else { return };
    let mut fire = Fire::new(cx, input);
    let now = window.time_stamp(cx);
    let place = fire.data.client;
    let before = window.input.taps.get();
    let count = match before {
        Some(tap)
            if now - tap.at <= DOUBLE_TAP
                && (tap.place.0 - place.0).hypot(tap.place.1 - place.1) < 2.0 * SLOP =>
        {
            tap.count + 1
        }
        _ => 1,
    };
    fire.detail = count;
    let over = before.and_then(|tap| tap.over).filter(|&id| agent.tree().is_connected(id));
    window.input.taps.set(Some(Tap { at: now, place, count, over: Some(target) }));
    // What the finger leaves stays hovered until it touches something else.
    set_chain(&mut agent.tree_mut(), over, Some(target), ElementState::HOVER);
    if !no_mouse {
        if over != Some(target) {
            boundary(cx, &fire, over, Some(target), false);
        }
        fire.mouse(cx, "mousemove", target, None);
        if fire.mouse(cx, "mousedown", target, None) {
            focus_at(cx, target);
            super::select::tap(cx, input, count);
            list_box::press(cx, input, target, true);
            list_box::release(cx);
        }
        fire.mouse(cx, "mouseup", target, None);
    }
    click::after_release(cx, &fire, pressed, target);
}

/// A finger that rests asks for a menu.
fn wait_for_long_press(cx: &mut Cx, input: &Input) {
    let input = input.clone();
    let at = cx.window().time_stamp(cx);
    crate::timers::run_after(cx, LONG_PRESS, move |cx| {
        let window = cx.window();
        let finger = window.input.touches.get(input.id);
        let Some(finger) = finger.filter(|finger| finger.taps && finger.at >= at - 1.0) else {
            return;
        };
        window.input.touches.update(input.id, |finger| finger.taps = false);
        let fire = Fire::new(cx, &input);
        fire.pointer(cx, "contextmenu", finger.target, None);
    });
}
