//! Wheels, and what the host must not scroll before it has asked.

use virga_js::{Cx, DomString, Obj};
use virga_protocol::{BlockingInput, FromApp, Point, WheelEvent as Input};

use super::element_at;
use crate::{
    agent::EngineCx,
    events::{self, Cancelable, Event, EventTarget, MouseData, WheelEvent},
};

/// The compositor scrolled already, unless a listener may prevent it.
pub(super) fn handle(cx: &mut Cx, input: &Input) {
    let Some(target) = element_at(cx, input.position) else { return };
    let at = (f64::from(input.position.x), f64::from(input.position.y));
    let data = MouseData {
        client: at,
        screen: at,
        scroll: cx.window().scroll_offset(cx),
        modifiers: input.modifiers,
        ..MouseData::default()
    };
    let blocking = cx.window().input.blocking.get().wheel;
    let delta = (f64::from(input.delta_x), f64::from(input.delta_y));
    let event = WheelEvent::trusted(cx, data, delta, Cancelable(blocking));
    let event: Obj<WheelEvent> = Obj::new(cx, event);
    let event: Obj<Event> = event.upcast();
    let target: Obj<EventTarget> = cx.wrap(target).upcast();
    let allowed = events::dispatch(cx, &target, &event);
    if blocking && allowed {
        cx.engine().send(FromApp::Scroll {
            position: input.position,
            delta: Point { x: input.delta_x, y: input.delta_y },
        });
    }
}

/// A listener that is not passive was added somewhere: from now on the host asks
/// before it acts on input of its kind.
pub(crate) fn blocking_changed(cx: &mut Cx, type_: &DomString) {
    let window = cx.window();
    let before = window.input.blocking.get();
    let mut now: BlockingInput = before;
    match type_.to_str().as_ref() {
        "wheel" | "mousewheel" => now.wheel = true,
        "touchstart" | "touchmove" => now.touch = true,
        _ => return,
    }
    window.input.blocking.set(now);
    if now != before {
        cx.engine().send(FromApp::BlockingInput(now));
    }
}
