//! Mice, wheels, and what is dragged.

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::Modifiers;

use super::{PointerEvent, UIEvent, modifiers};
use crate::{
    agent::EngineCx,
    data_transfer::DataTransfer,
    events::{Bubbles, Cancelable, Event, EventTarget},
    generated::{
        DragEventInit, DragEventMethods, MouseEventInit, MouseEventMethods, WheelEventInit,
        WheelEventMethods,
    },
    window::Window,
    wrappers::Node,
};

/// What a mouse event says of the pointer; positions in CSS px.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MouseData {
    pub(crate) client: (f64, f64),
    pub(crate) screen: (f64, f64),
    pub(crate) movement: (f64, f64),
    /// How far the document was scrolled when the event was made.
    pub(crate) scroll: (f64, f64),
    pub(crate) button: i16,
    pub(crate) buttons: u16,
    pub(crate) modifiers: Modifiers,
}

impl MouseData {
    /// Without fractions of a px, as events of a mouse have it that are not
    /// pointer events.
    pub(crate) fn whole(self) -> Self {
        let floor = |(x, y): (f64, f64)| (x.floor(), y.floor());
        Self { client: floor(self.client), screen: floor(self.screen), ..self }
    }
}

/// <https://w3c.github.io/uievents/#interface-mouseevent>
#[derive(Trace, Platform)]
pub(crate) struct MouseEvent {
    #[base]
    ui: UIEvent,
    #[trace(skip)]
    pub(crate) data: Cell<MouseData>,
}

impl MouseEvent {
    pub(super) fn new(cx: &mut Cx, type_: DomString, init: MouseEventInit) -> Self {
        let modifiers = modifiers::of_init(&init.parent);
        let scroll = cx.window().scroll_offset(cx);
        let ui = UIEvent::new(cx, type_, init.parent.parent);
        ui.event.set_related_target(init.related_target);
        Self {
            data: Cell::new(MouseData {
                client: (init.client_x, init.client_y),
                screen: (init.screen_x, init.screen_y),
                movement: (init.movement_x, init.movement_y),
                scroll,
                button: init.button,
                buttons: init.buttons,
                modifiers,
            }),
            ui,
        }
    }

    /// A trusted mouse event; `detail` counts clicks.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        cancelable: Cancelable,
        detail: i32,
        data: MouseData,
        related_target: Option<Obj<EventTarget>>,
    ) -> Self {
        let ui = UIEvent::trusted(cx, type_, bubbles, cancelable, detail);
        ui.event.set_related_target(related_target);
        Self { ui, data: Cell::new(data) }
    }

    /// An event like this one that is not dispatched.
    pub(super) fn undispatched_copy(&self) -> Self {
        Self { ui: self.ui.undispatched_copy(), data: Cell::new(self.data.get()) }
    }

    /// Whether it is the engine's, of this type.
    pub(super) fn is_trusted_as(&self, type_: &str) -> bool {
        self.ui.event.is_engines() && self.ui.event.name().to_str() == type_
    }

    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx), data: Cell::default() }
    }
}

impl MouseEventMethods for Obj<MouseEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: MouseEventInit,
    ) -> Fallible<Obj<MouseEvent>> {
        let event = MouseEvent::new(cx, type_, init);
        Ok(Obj::new(cx, event))
    }

    fn screen_x(&self, _: &mut Cx) -> f64 {
        self.data.get().screen.0
    }

    fn screen_y(&self, _: &mut Cx) -> f64 {
        self.data.get().screen.1
    }

    fn page_x(&self, _: &mut Cx) -> f64 {
        let data = self.data.get();
        data.client.0 + data.scroll.0
    }

    fn page_y(&self, _: &mut Cx) -> f64 {
        let data = self.data.get();
        data.client.1 + data.scroll.1
    }

    fn client_x(&self, _: &mut Cx) -> f64 {
        self.data.get().client.0
    }

    fn client_y(&self, _: &mut Cx) -> f64 {
        self.data.get().client.1
    }

    fn x(&self, _: &mut Cx) -> f64 {
        self.data.get().client.0
    }

    fn y(&self, _: &mut Cx) -> f64 {
        self.data.get().client.1
    }

    fn offset_x(&self, cx: &mut Cx) -> f64 {
        let page = self.page_x(cx);
        target_origin(cx, self).map_or(page, |origin| self.data.get().client.0 - origin.0)
    }

    fn offset_y(&self, cx: &mut Cx) -> f64 {
        let page = self.page_y(cx);
        target_origin(cx, self).map_or(page, |origin| self.data.get().client.1 - origin.1)
    }

    /// Positions relative to the layer, which browsers agree on and no standard
    /// says: the page's here.
    #[expect(clippy::cast_possible_truncation, reason = "the attribute is a long")]
    fn layer_x(&self, cx: &mut Cx) -> i32 {
        self.page_x(cx) as i32
    }

    #[expect(clippy::cast_possible_truncation, reason = "the attribute is a long")]
    fn layer_y(&self, cx: &mut Cx) -> i32 {
        self.page_y(cx) as i32
    }

    fn movement_x(&self, _: &mut Cx) -> f64 {
        self.data.get().movement.0
    }

    fn movement_y(&self, _: &mut Cx) -> f64 {
        self.data.get().movement.1
    }

    fn ctrl_key(&self, _: &mut Cx) -> bool {
        self.data.get().modifiers.contains(Modifiers::CTRL)
    }

    fn shift_key(&self, _: &mut Cx) -> bool {
        self.data.get().modifiers.contains(Modifiers::SHIFT)
    }

    fn alt_key(&self, _: &mut Cx) -> bool {
        self.data.get().modifiers.contains(Modifiers::ALT)
    }

    fn meta_key(&self, _: &mut Cx) -> bool {
        self.data.get().modifiers.contains(Modifiers::META)
    }

    fn button(&self, _: &mut Cx) -> i16 {
        self.data.get().button
    }

    fn buttons(&self, _: &mut Cx) -> u16 {
        self.data.get().buttons
    }

    fn related_target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.ui.event.related_target()
    }

    /// What a mouse came from, by its old name.
    fn from_element(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        if self.downcast::<PointerEvent>().is_some() {
            return None;
        }
        if leaves(&self.ui.event) {
            self.ui.event.target_object()
        } else {
            self.ui.event.related_target()
        }
    }

    /// What it went to.
    fn to_element(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        if self.downcast::<PointerEvent>().is_some() {
            return None;
        }
        if leaves(&self.ui.event) {
            self.ui.event.related_target()
        } else {
            self.ui.event.target_object()
        }
    }

    fn get_modifier_state(&self, _: &mut Cx, key: DomString) -> Fallible<bool> {
        Ok(modifiers::has(self.data.get().modifiers, &key))
    }

    /// <https://w3c.github.io/uievents/#dom-mouseevent-initmouseevent>
    fn init_mouse_event(
        &self,
        cx: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        detail: i32,
        screen_x: i32,
        screen_y: i32,
        client_x: i32,
        client_y: i32,
        ctrl_key: bool,
        alt_key: bool,
        shift_key: bool,
        meta_key: bool,
        button: i16,
        related_target: Option<Obj<EventTarget>>,
    ) -> Fallible<()> {
        if self.ui.initialize(type_, bubbles, cancelable, view, detail) {
            self.data.set(MouseData {
                screen: (screen_x.into(), screen_y.into()),
                client: (client_x.into(), client_y.into()),
                scroll: cx.window().scroll_offset(cx),
                button,
                modifiers: modifiers::of_flags(ctrl_key, alt_key, shift_key, meta_key),
                ..MouseData::default()
            });
            self.ui.event.set_related_target(related_target);
        }
        Ok(())
    }
}

/// The padding edge of the event's target, where offsets start.
///
/// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-offsetx>
fn target_origin(cx: &mut Cx, event: &Obj<MouseEvent>) -> Option<(f64, f64)> {
    let node = event.target_object()?.downcast::<Node>()?;
    let id = node.id();
    Some(cx.window().padding_origin(cx, id))
}

/// <https://w3c.github.io/uievents/#interface-wheelevent>
#[derive(Trace, Platform)]
pub(crate) struct WheelEvent {
    #[base]
    mouse: MouseEvent,
    #[trace(skip)]
    delta: (f64, f64, f64),
    delta_mode: u32,
}

impl WheelEvent {
    /// A trusted `wheel` event; deltas in CSS px. One that the compositor did not
    /// wait with cannot be cancelled.
    pub(crate) fn trusted(
        cx: &mut Cx,
        data: MouseData,
        delta: (f64, f64),
        cancelable: Cancelable,
    ) -> Self {
        Self {
            mouse: MouseEvent::trusted(cx, "wheel", Bubbles(true), cancelable, 0, data, None),
            delta: (delta.0, delta.1, 0.0),
            delta_mode: 0,
        }
    }
}

impl WheelEventMethods for Obj<WheelEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: WheelEventInit,
    ) -> Fallible<Obj<WheelEvent>> {
        let mouse = MouseEvent::new(cx, type_, init.parent);
        let delta = (init.delta_x, init.delta_y, init.delta_z);
        Ok(Obj::new(cx, WheelEvent { mouse, delta, delta_mode: init.delta_mode }))
    }

    fn delta_x(&self, _: &mut Cx) -> f64 {
        self.delta.0
    }

    fn delta_y(&self, _: &mut Cx) -> f64 {
        self.delta.1
    }

    fn delta_z(&self, _: &mut Cx) -> f64 {
        self.delta.2
    }

    fn delta_mode(&self, _: &mut Cx) -> u32 {
        self.delta_mode
    }
}

/// <https://html.spec.whatwg.org/#the-dragevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct DragEvent {
    #[base]
    mouse: MouseEvent,
    data_transfer: Option<Obj<DataTransfer>>,
}

impl DragEvent {
    /// A trusted drag event around what a mouse event would say.
    pub(crate) fn trusted(mouse: MouseEvent, data_transfer: Obj<DataTransfer>) -> Self {
        Self { mouse, data_transfer: Some(data_transfer) }
    }

    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self { mouse: MouseEvent::uninitialized(cx), data_transfer: None }
    }
}

impl DragEventMethods for Obj<DragEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: DragEventInit) -> Fallible<Obj<DragEvent>> {
        let mouse = MouseEvent::new(cx, type_, init.parent);
        Ok(Obj::new(cx, DragEvent { mouse, data_transfer: init.data_transfer }))
    }

    fn data_transfer(&self, _: &mut Cx) -> Option<Obj<DataTransfer>> {
        self.data_transfer.clone()
    }
}

/// Whether an event's target is what a mouse left.
fn leaves(event: &Event) -> bool {
    let name = event.name();
    ["mouseout", "mouseleave", "dragleave"].iter().any(|leaving| name == *leaving)
}
