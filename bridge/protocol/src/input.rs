use bitflags::bitflags;
use serde::{Deserialize, Serialize};

use crate::{Micros, Point};

/// What the user's hands did, in the coordinates of the app's viewport.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputEvent {
    /// A mouse, a finger or a pen.
    Pointer(PointerEvent),
    /// A wheel or a touchpad.
    Wheel(WheelEvent),
    /// A key, real or on screen.
    Key(KeyEvent),
    /// Text that an input method committed; it takes the place of what it showed
    /// before as [`InputEvent::Preedit`].
    Text(String),
    /// What an input method has so far, to be shown at the caret; empty text ends
    /// the composition without a result.
    Preedit(Preedit),
    /// The window gained (`true`) or lost the focus.
    Focus(bool),
    /// Everything before it was handled: whoever injected input waits for this.
    Mark(u64),
}

/// What an input method composes: <https://w3c.github.io/uievents/#events-compositionevents>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preedit {
    /// The text as it stands.
    pub text: String,
    /// The selection or caret in it, in bytes; `None` hides the caret.
    pub selection: Option<(u32, u32)>,
}

/// One line of an input script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputStep {
    /// Where it stands in the script, from 1.
    pub line: u32,
    /// What it waits for.
    pub wait: Option<InputWait>,
    /// What it does then.
    pub act: Option<InputAct>,
}

/// What a step of an input script waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputWait {
    /// A time since the app's time origin.
    At(Micros),
    /// So much time.
    For(Micros),
    /// The document is loaded.
    Load,
    /// It is loaded, and nothing happened for half a second.
    Idle,
    /// An event at an element.
    Event {
        /// Its type.
        name: String,
        /// What its target matches.
        selector: String,
    },
    /// A line of the console with this text in it.
    Console(String),
}

/// What a step of an input script does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputAct {
    /// A finger taps.
    Tap(InputPlace),
    /// The mouse clicks.
    Click(InputPlace),
    /// The mouse moves.
    Move(InputPlace),
    /// A button of the mouse goes down: `MouseEvent.button`.
    Down(u8),
    /// A button of the mouse goes up.
    Up(u8),
    /// A finger drags.
    Drag {
        /// Where it touches.
        from: InputPlace,
        /// Where it lifts.
        to: InputPlace,
        /// How long it takes.
        time: Micros,
    },
    /// Two fingers move away from each other, or towards each other.
    Pinch {
        /// Between them.
        at: InputPlace,
        /// How far apart they are at first, in CSS px.
        from: f32,
        /// How far apart they are at last.
        to: f32,
        /// How long it takes.
        time: Micros,
    },
    /// The wheel turns.
    Wheel {
        /// By so many CSS px.
        by: (f32, f32),
        /// Where; in the middle of the window if nothing is said.
        at: Option<InputPlace>,
    },
    /// Text is typed, key by key.
    Type(String),
    /// Keys are pressed together, `+` between them.
    Key(String),
}

/// A place for a hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputPlace {
    /// In CSS px from the top left of the viewport.
    Point(f32, f32),
    /// The middle of the first element that matches a selector.
    Selector(String),
}

/// <https://w3c.github.io/pointerevents/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointerEvent {
    /// What happened.
    pub phase: PointerPhase,
    /// Tells concurrent pointers apart; a mouse is 1.
    pub id: i32,
    /// The kind of device.
    pub kind: PointerType,
    /// Position in CSS px from the top left of the viewport.
    pub position: Point,
    /// The button that changed, for `Down` and `Up`.
    pub button: Option<PointerButton>,
    /// Bit mask of the buttons that are down after the event.
    pub buttons: u16,
    /// Keys held meanwhile.
    pub modifiers: Modifiers,
    /// Consecutive clicks at this place, for `Down` and `Up`.
    pub click_count: u32,
    /// How the pointer touches the screen, as far as the device can tell.
    #[serde(default)]
    pub contact: Contact,
}

/// The contact of a pointer with the screen.
///
/// <https://w3c.github.io/pointerevents/#pointerevent-interface>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Width and height of the contact in CSS px; `None` for a point.
    pub size: Option<(f32, f32)>,
    /// From 0 to 1; `None` where the device has no sensor for it.
    pub pressure: Option<f32>,
    /// Of a pen's barrel, from -1 to 1.
    pub tangential_pressure: f32,
    /// Degrees from the screen's normal along x and y, from -90 to 90.
    pub tilt: (i32, i32),
    /// Clockwise rotation of a pen, in degrees from 0 to 359.
    pub twist: i32,
}

/// What a pointer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointerPhase {
    /// A button went down or a finger touched.
    Down,
    /// The pointer moved.
    Move,
    /// A button went up or a finger lifted.
    Up,
    /// The system took the pointer away.
    Cancel,
    /// The pointer left the window.
    Leave,
}

/// `PointerEvent.pointerType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointerType {
    /// A mouse or a touchpad's cursor.
    Mouse,
    /// A finger.
    Touch,
    /// A stylus.
    Pen,
}

/// `MouseEvent.button`; the numbers are the standard's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointerButton {
    /// Usually the left one, or a touch.
    Primary = 0,
    /// The middle one.
    Auxiliary = 1,
    /// Usually the right one.
    Secondary = 2,
    /// Browser back.
    Back = 3,
    /// Browser forward.
    Forward = 4,
}

/// <https://w3c.github.io/uievents/#events-wheelevents>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WheelEvent {
    /// Position in CSS px from the top left of the viewport.
    pub position: Point,
    /// Distance to scroll in CSS px; positive is right.
    pub delta_x: f32,
    /// Distance to scroll in CSS px; positive is down.
    pub delta_y: f32,
    /// Keys held meanwhile.
    pub modifiers: Modifiers,
}

/// <https://w3c.github.io/uievents/#events-keyboardevents>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyEvent {
    /// Went down (`true`) or up.
    pub down: bool,
    /// `KeyboardEvent.key`: the character, or a name such as `Enter`.
    pub key: String,
    /// `KeyboardEvent.code`: the physical key, such as `KeyA`.
    pub code: String,
    /// `KeyboardEvent.location`.
    pub location: KeyLocation,
    /// Sent again because the key is held.
    pub repeat: bool,
    /// Keys held meanwhile.
    pub modifiers: Modifiers,
}

/// `KeyboardEvent.location`; the numbers are the standard's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyLocation {
    /// Only one place has this key.
    #[default]
    Standard = 0,
    /// The left one of two.
    Left = 1,
    /// The right one of two.
    Right = 2,
    /// The number pad.
    Numpad = 3,
}

bitflags! {
    /// Modifier keys that are held.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Modifiers: u16 {
        /// Alt or Option.
        const ALT = 1;
        /// Control.
        const CTRL = 2;
        /// Command, Windows or Super.
        const META = 4;
        /// Shift.
        const SHIFT = 8;
        /// Alt Graph.
        const ALT_GRAPH = 1 << 4;
        /// Caps Lock is on.
        const CAPS_LOCK = 1 << 5;
        /// Num Lock is on.
        const NUM_LOCK = 1 << 6;
        /// Scroll Lock is on.
        const SCROLL_LOCK = 1 << 7;
        /// Fn.
        const FN = 1 << 8;
        /// Fn Lock is on.
        const FN_LOCK = 1 << 9;
        /// Hyper.
        const HYPER = 1 << 10;
        /// Super, where it is another key than Meta.
        const SUPER = 1 << 11;
        /// Symbol.
        const SYMBOL = 1 << 12;
        /// Symbol Lock is on.
        const SYMBOL_LOCK = 1 << 13;
    }
}

impl Serialize for Modifiers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.bits())
    }
}

impl<'de> Deserialize<'de> for Modifiers {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u16::deserialize(deserializer).map(Self::from_bits_truncate)
    }
}

/// The shape of the pointer, as the CSS `cursor` property computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CursorIcon {
    /// An arrow.
    #[default]
    Default,
    /// Nothing.
    None,
    /// A hand, over links.
    Pointer,
    /// An I-beam, over text.
    Text,
    /// Busy.
    Wait,
    /// Busy in the background.
    Progress,
    /// A question mark.
    Help,
    /// A cross.
    Crosshair,
    /// Something can be moved.
    Move,
    /// Something can be grabbed.
    Grab,
    /// Something is grabbed.
    Grabbing,
    /// Not here.
    NotAllowed,
    /// Resizes along x.
    EwResize,
    /// Resizes along y.
    NsResize,
}
