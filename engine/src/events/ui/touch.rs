//! <https://w3c.github.io/touch-events/>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace, webidl};
use virga_protocol::Modifiers;

use super::{UIEvent, modifiers};
use crate::{
    events::{Bubbles, Cancelable, EventTarget},
    generated::{
        TouchEventInit, TouchEventMethods, TouchInit, TouchListMethods, TouchMethods, TouchType,
    },
};

/// What a touch says of a finger; positions and radii in CSS px.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TouchData {
    pub(crate) identifier: i32,
    pub(crate) client: (f64, f64),
    pub(crate) screen: (f64, f64),
    pub(crate) page: (f64, f64),
    pub(crate) radius: (f32, f32),
    pub(crate) rotation: f32,
    pub(crate) force: f32,
}

/// <https://w3c.github.io/touch-events/#touch-interface>
#[derive(Trace, Platform)]
pub(crate) struct Touch {
    target: Obj<EventTarget>,
    #[trace(skip)]
    data: TouchData,
    #[trace(skip)]
    angles: (f32, f32),
    #[trace(skip)]
    kind: TouchType,
}

impl Touch {
    /// A finger on what it touched first.
    pub(crate) fn create(cx: &mut Cx, target: Obj<EventTarget>, data: TouchData) -> Obj<Self> {
        let touch = Self { target, data, angles: (0.0, 0.0), kind: TouchType::Direct };
        Obj::new(cx, touch)
    }
}

impl TouchMethods for Obj<Touch> {
    #[expect(clippy::cast_possible_truncation, reason = "the attributes are floats")]
    fn constructor(cx: &mut Cx, init: TouchInit) -> Fallible<Obj<Touch>> {
        let touch = Touch {
            target: init.target,
            data: TouchData {
                identifier: init.identifier,
                client: (init.client_x, init.client_y),
                screen: (init.screen_x, init.screen_y),
                page: (init.page_x, init.page_y),
                radius: (init.radius_x, init.radius_y),
                rotation: init.rotation_angle,
                force: init.force,
            },
            angles: (init.altitude_angle as f32, init.azimuth_angle as f32),
            kind: init.touch_type,
        };
        Ok(Obj::new(cx, touch))
    }

    fn identifier(&self, _: &mut Cx) -> i32 {
        self.data.identifier
    }

    fn target(&self, _: &mut Cx) -> Obj<EventTarget> {
        self.target.clone()
    }

    fn screen_x(&self, _: &mut Cx) -> f64 {
        self.data.screen.0
    }

    fn screen_y(&self, _: &mut Cx) -> f64 {
        self.data.screen.1
    }

    fn client_x(&self, _: &mut Cx) -> f64 {
        self.data.client.0
    }

    fn client_y(&self, _: &mut Cx) -> f64 {
        self.data.client.1
    }

    fn page_x(&self, _: &mut Cx) -> f64 {
        self.data.page.0
    }

    fn page_y(&self, _: &mut Cx) -> f64 {
        self.data.page.1
    }

    fn radius_x(&self, _: &mut Cx) -> f32 {
        self.data.radius.0
    }

    fn radius_y(&self, _: &mut Cx) -> f32 {
        self.data.radius.1
    }

    fn rotation_angle(&self, _: &mut Cx) -> f32 {
        self.data.rotation
    }

    fn force(&self, _: &mut Cx) -> f32 {
        self.data.force
    }

    fn altitude_angle(&self, _: &mut Cx) -> f32 {
        self.angles.0
    }

    fn azimuth_angle(&self, _: &mut Cx) -> f32 {
        self.angles.1
    }

    fn touch_type(&self, _: &mut Cx) -> TouchType {
        self.kind
    }
}

/// <https://w3c.github.io/touch-events/#touchlist-interface>
#[derive(Trace, Platform)]
pub(crate) struct TouchList {
    touches: Vec<Obj<Touch>>,
}

impl TouchList {
    fn create(cx: &mut Cx, touches: Vec<Obj<Touch>>) -> Obj<Self> {
        match webidl::new_static_list(cx, Self { touches }) {
            Ok(list) => list,
            Err(error) => unreachable!("the members of a static list are at hand: {error}"),
        }
    }
}

impl TouchListMethods for Obj<TouchList> {
    fn length(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.touches.len()).unwrap_or(u32::MAX)
    }

    fn item(&self, _: &mut Cx, index: u32) -> Fallible<Option<Obj<Touch>>> {
        Ok(self.touches.get(index as usize).cloned())
    }
}

/// <https://w3c.github.io/touch-events/#touchevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct TouchEvent {
    #[base]
    ui: UIEvent,
    touches: Obj<TouchList>,
    target_touches: Obj<TouchList>,
    changed_touches: Obj<TouchList>,
    #[trace(skip)]
    modifiers: Modifiers,
}

/// The three lists of a touch event.
pub(crate) struct TouchLists {
    /// All fingers on the screen.
    pub(crate) all: Vec<Obj<Touch>>,
    /// Those that began on the event's target.
    pub(crate) target: Vec<Obj<Touch>>,
    /// Those that the event is about.
    pub(crate) changed: Vec<Obj<Touch>>,
}

impl TouchEvent {
    /// A trusted touch event.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        cancelable: Cancelable,
        lists: TouchLists,
        modifiers: Modifiers,
    ) -> Self {
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), cancelable, 0),
            touches: TouchList::create(cx, lists.all),
            target_touches: TouchList::create(cx, lists.target),
            changed_touches: TouchList::create(cx, lists.changed),
            modifiers,
        }
    }

    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            ui: UIEvent::uninitialized(cx),
            touches: TouchList::create(cx, Vec::new()),
            target_touches: TouchList::create(cx, Vec::new()),
            changed_touches: TouchList::create(cx, Vec::new()),
            modifiers: Modifiers::empty(),
        }
    }
}

impl TouchEventMethods for Obj<TouchEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: TouchEventInit,
    ) -> Fallible<Obj<TouchEvent>> {
        let modifiers = modifiers::of_init(&init.parent);
        let event = TouchEvent {
            touches: TouchList::create(cx, init.touches),
            target_touches: TouchList::create(cx, init.target_touches),
            changed_touches: TouchList::create(cx, init.changed_touches),
            modifiers,
            ui: UIEvent::new(cx, type_, init.parent.parent),
        };
        Ok(Obj::new(cx, event))
    }

    fn touches(&self, _: &mut Cx) -> Obj<TouchList> {
        self.touches.clone()
    }

    fn target_touches(&self, _: &mut Cx) -> Obj<TouchList> {
        self.target_touches.clone()
    }

    fn changed_touches(&self, _: &mut Cx) -> Obj<TouchList> {
        self.changed_touches.clone()
    }

    fn alt_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::ALT)
    }

    fn meta_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::META)
    }

    fn ctrl_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::CTRL)
    }

    fn shift_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::SHIFT)
    }

    fn get_modifier_state(&self, _: &mut Cx, key: DomString) -> Fallible<bool> {
        Ok(modifiers::has(self.modifiers, &key))
    }
}
