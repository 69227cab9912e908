//! One pointer or mouse event at an element.

use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{PointerEvent as Input, PointerType};

use crate::{
    agent::EngineCx,
    events::{
        self, Bubbles, Cancelable, EventTarget, MouseData, MouseEvent, PointerData, PointerEvent,
    },
};

/// What the events that one input causes have in common.
pub(super) struct Fire<'a> {
    pub(super) input: &'a Input,
    pub(super) data: MouseData,
    /// Clicks that count together.
    pub(super) detail: i32,
    is_primary: bool,
}

impl Fire<'_> {
    pub(super) fn new<'a>(cx: &Cx, input: &'a Input) -> Fire<'a> {
        let window = cx.window();
        let at = (f64::from(input.position.x), f64::from(input.position.y));
        let known = window.input.pointers.get(input.id);
        let last = known.and_then(|pointer| pointer.last).unwrap_or(at);
        let data = MouseData {
            client: at,
            screen: at,
            movement: (at.0 - last.0, at.1 - last.1),
            scroll: window.scroll_offset(cx),
            button: input.button.map_or(0, |button| button as i16),
            buttons: input.buttons,
            modifiers: input.modifiers,
        };
        let detail = i32::try_from(input.click_count).unwrap_or(i32::MAX);
        Fire { input, data, detail, is_primary: known.is_none_or(|pointer| pointer.is_primary) }
    }

    fn pointer_data(&self) -> PointerData {
        PointerData {
            id: self.input.id,
            type_: match self.input.kind {
                PointerType::Mouse => "mouse",
                PointerType::Touch => "touch",
                PointerType::Pen => "pen",
            },
            is_primary: self.is_primary,
            // Half the force where the device cannot tell.
            pressure: match self.input.contact.pressure {
                _ if self.input.buttons == 0 => 0.0,
                Some(pressure) => pressure,
                None => 0.5,
            },
            contact: self.input.contact,
        }
    }

    /// `name` is that of a pointer event, or `click` and the like; `false` if it
    /// was cancelled.
    pub(super) fn pointer(
        &self,
        cx: &mut Cx,
        name: &str,
        to: NodeId,
        related: Option<NodeId>,
    ) -> bool {
        let pointer = self.pointer_data();
        self.pointer_as(cx, name, to, related, &pointer)
    }

    fn pointer_as(
        &self,
        cx: &mut Cx,
        name: &str,
        to: NodeId,
        related: Option<NodeId>,
        pointer: &PointerData,
    ) -> bool {
        if !cx.engine().tree().contains(to) {
            return true;
        }
        let bubbles = !matches!(name, "pointerenter" | "pointerleave");
        let cancelable = bubbles
            && !matches!(name, "pointercancel" | "gotpointercapture" | "lostpointercapture");
        let is_click = matches!(name, "click" | "auxclick" | "contextmenu");
        let mut data = self.data;
        if is_click {
            data = data.whole();
        }
        // Only changes of buttons have one; a finger comes and goes with its own.
        data.button = match name {
            _ if is_click => data.button,
            "pointerdown" | "pointerup" => data.button,
            "pointermove" => self.input.button.map_or(-1, |button| button as i16),
            _ if self.input.kind == PointerType::Touch => 0,
            _ => -1,
        };
        if name != "pointermove" {
            data.movement = (0.0, 0.0);
        }
        let detail = if is_click { self.detail } else { 0 };
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
        let event = PointerEvent::trusted(mouse, pointer);
        let target: Obj<EventTarget> = cx.wrap(to).upcast();
        events::fire_event(cx, &target, event)
    }

    /// A mouse event; `false` if it was cancelled.
    pub(super) fn mouse(
        &self,
        cx: &mut Cx,
        name: &str,
        to: NodeId,
        related: Option<NodeId>,
    ) -> bool {
        if !cx.engine().tree().contains(to) {
            return true;
        }
        let event = self.mouse_event(cx, name, related);
        let target: Obj<EventTarget> = cx.wrap(to).upcast();
        events::fire_event(cx, &target, event)
    }

    /// A mouse event to be fired, or to be made a drag event of.
    pub(super) fn mouse_event(
        &self,
        cx: &mut Cx,
        name: &str,
        related: Option<NodeId>,
    ) -> MouseEvent {
        let bubbles = !matches!(name, "mouseenter" | "mouseleave");
        let cancelable = bubbles && !matches!(name, "dragleave" | "dragend");
        let changes = matches!(name, "mousedown" | "mouseup" | "dblclick");
        let detail = if changes { self.detail } else { 0 };
        let mut data = self.data.whole();
        if !changes {
            data.button = 0;
        }
        if name != "mousemove" {
            data.movement = (0.0, 0.0);
        }
        let related = related.map(|id| -> Obj<EventTarget> { cx.wrap(id).upcast() });
        MouseEvent::trusted(
            cx,
            name,
            Bubbles(bubbles),
            Cancelable(cancelable),
            detail,
            data,
            related,
        )
    }
}
