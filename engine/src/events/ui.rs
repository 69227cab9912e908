//! <https://w3c.github.io/uievents/> and <https://w3c.github.io/pointerevents/>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::{KeyLocation, Modifiers};

use super::{Bubbles, Cancelable, Event, EventTarget};
use crate::{
    agent::EngineCx,
    generated::{
        FocusEventInit, FocusEventMethods, InputEventInit, InputEventMethods, KeyboardEventInit,
        KeyboardEventMethods, MouseEventInit, MouseEventMethods, PointerEventInit,
        PointerEventMethods, UIEventInit, UIEventMethods, WheelEventInit, WheelEventMethods,
    },
    window::Window,
    wrappers::Node,
};

/// An event that a person caused.
#[derive(Trace, Platform)]
pub(crate) struct UIEvent {
    #[base]
    event: Event,
    view: Option<Obj<Window>>,
    detail: i32,
    which: u32,
}

impl UIEvent {
    fn new(cx: &mut Cx, type_: DomString, init: UIEventInit) -> Self {
        Self {
            event: Event::new(cx, type_, &init.parent),
            view: init.view,
            detail: init.detail,
            which: init.which,
        }
    }

    /// A trusted, composed event of the current window.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        cancelable: Cancelable,
        detail: i32,
    ) -> Self {
        Self {
            event: Event::trusted(cx, type_, bubbles, cancelable).composed(),
            view: Some(cx.window()),
            detail,
            which: 0,
        }
    }
}

impl UIEvent {
    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { event: Event::uninitialized(cx), view: None, detail: 0, which: 0 }
    }
}

impl UIEventMethods for Obj<UIEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: UIEventInit) -> Fallible<Obj<UIEvent>> {
        let event = UIEvent::new(cx, type_, init);
        Ok(Obj::new(cx, event))
    }

    fn view(&self, _: &mut Cx) -> Option<Obj<Window>> {
        self.view.clone()
    }

    fn detail(&self, _: &mut Cx) -> i32 {
        self.detail
    }

    fn which(&self, cx: &mut Cx) -> u32 {
        if let Some(mouse) = self.downcast::<MouseEvent>() {
            return u32::try_from(mouse.data.button + 1).unwrap_or(0);
        }
        match self.downcast::<KeyboardEvent>() {
            Some(keyboard) if self.which == 0 => keyboard.key_code(cx).max(keyboard.char_code(cx)),
            _ => self.which,
        }
    }
}

/// <https://w3c.github.io/uievents/#interface-focusevent>
#[derive(Trace, Platform)]
pub(crate) struct FocusEvent {
    #[base]
    ui: UIEvent,
}

impl FocusEvent {
    /// A trusted focus event; `related` gains or loses the focus in exchange.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        bubbles: Bubbles,
        related: Option<Obj<EventTarget>>,
    ) -> Self {
        let ui = UIEvent::trusted(cx, type_, bubbles, Cancelable(false), 0);
        ui.event.set_related_target(related);
        Self { ui }
    }
}

impl FocusEvent {
    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx) }
    }
}

impl FocusEventMethods for Obj<FocusEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: FocusEventInit,
    ) -> Fallible<Obj<FocusEvent>> {
        let ui = UIEvent::new(cx, type_, init.parent);
        ui.event.set_related_target(init.related_target);
        Ok(Obj::new(cx, FocusEvent { ui }))
    }

    fn related_target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.upcast::<Event>().related_target()
    }
}

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

/// <https://w3c.github.io/uievents/#interface-mouseevent>
#[derive(Trace, Platform)]
pub(crate) struct MouseEvent {
    #[base]
    ui: UIEvent,
    #[trace(skip)]
    pub(crate) data: MouseData,
}

impl MouseEvent {
    fn new(cx: &mut Cx, type_: DomString, init: MouseEventInit) -> Self {
        let modifiers = modifiers(&init.parent);
        let scroll = cx.window().scroll_offset(cx);
        Self {
            data: MouseData {
                client: (init.client_x, init.client_y),
                screen: (init.screen_x, init.screen_y),
                movement: (init.movement_x, init.movement_y),
                scroll,
                button: init.button,
                buttons: init.buttons,
                modifiers,
            },
            ui: {
                let ui = UIEvent::new(cx, type_, init.parent.parent);
                ui.event.set_related_target(init.related_target);
                ui
            },
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
        Self { ui, data }
    }
}

impl MouseEvent {
    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { ui: UIEvent::uninitialized(cx), data: MouseData::default() }
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
        self.data.screen.0
    }

    fn screen_y(&self, _: &mut Cx) -> f64 {
        self.data.screen.1
    }

    fn page_x(&self, _: &mut Cx) -> f64 {
        self.data.client.0 + self.data.scroll.0
    }

    fn page_y(&self, _: &mut Cx) -> f64 {
        self.data.client.1 + self.data.scroll.1
    }

    fn client_x(&self, _: &mut Cx) -> f64 {
        self.data.client.0
    }

    fn client_y(&self, _: &mut Cx) -> f64 {
        self.data.client.1
    }

    fn x(&self, _: &mut Cx) -> f64 {
        self.data.client.0
    }

    fn y(&self, _: &mut Cx) -> f64 {
        self.data.client.1
    }

    fn offset_x(&self, cx: &mut Cx) -> f64 {
        self.data.client.0 - target_origin(cx, self).0
    }

    fn offset_y(&self, cx: &mut Cx) -> f64 {
        self.data.client.1 - target_origin(cx, self).1
    }

    fn movement_x(&self, _: &mut Cx) -> f64 {
        self.data.movement.0
    }

    fn movement_y(&self, _: &mut Cx) -> f64 {
        self.data.movement.1
    }

    fn ctrl_key(&self, _: &mut Cx) -> bool {
        self.data.modifiers.contains(Modifiers::CTRL)
    }

    fn shift_key(&self, _: &mut Cx) -> bool {
        self.data.modifiers.contains(Modifiers::SHIFT)
    }

    fn alt_key(&self, _: &mut Cx) -> bool {
        self.data.modifiers.contains(Modifiers::ALT)
    }

    fn meta_key(&self, _: &mut Cx) -> bool {
        self.data.modifiers.contains(Modifiers::META)
    }

    fn button(&self, _: &mut Cx) -> i16 {
        self.data.button
    }

    fn buttons(&self, _: &mut Cx) -> u16 {
        self.data.buttons
    }

    fn related_target(&self, _: &mut Cx) -> Option<Obj<EventTarget>> {
        self.upcast::<Event>().related_target()
    }

    fn get_modifier_state(&self, _: &mut Cx, key: DomString) -> Fallible<bool> {
        Ok(has_modifier(self.data.modifiers, &key))
    }
}

/// The padding edge of the event's target, where offsets start.
///
/// <https://drafts.csswg.org/cssom-view/#dom-mouseevent-offsetx>
fn target_origin(cx: &mut Cx, event: &Obj<MouseEvent>) -> (f64, f64) {
    let Some(node) = event.target_object().and_then(|target| target.downcast::<Node>()) else {
        return (0.0, 0.0);
    };
    let id = node.id();
    cx.window().padding_origin(cx, id)
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
    /// A trusted `wheel` event; deltas in CSS px. The compositor scrolls without
    /// waiting for it, so it cannot be cancelled.
    pub(crate) fn trusted(cx: &mut Cx, data: MouseData, delta: (f64, f64)) -> Self {
        Self {
            mouse: MouseEvent::trusted(
                cx,
                "wheel",
                Bubbles(true),
                Cancelable(false),
                0,
                data,
                None,
            ),
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

/// What a pointer event says beyond a mouse event.
#[derive(Clone, Debug)]
pub(crate) struct PointerData {
    pub(crate) id: i32,
    pub(crate) type_: &'static str,
    pub(crate) is_primary: bool,
    pub(crate) pressure: f32,
}

/// <https://w3c.github.io/pointerevents/#pointerevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct PointerEvent {
    #[base]
    mouse: MouseEvent,
    id: i32,
    #[trace(skip)]
    size: (f64, f64),
    #[trace(skip)]
    pressure: (f32, f32),
    #[trace(skip)]
    tilt: (i32, i32),
    twist: i32,
    #[trace(skip)]
    pointer_type: DomString,
    is_primary: bool,
}

impl PointerEvent {
    /// A trusted pointer event around what a mouse event would say.
    pub(crate) fn trusted(mouse: MouseEvent, pointer: &PointerData) -> Self {
        Self {
            mouse,
            id: pointer.id,
            size: (1.0, 1.0),
            pressure: (pointer.pressure, 0.0),
            tilt: (0, 0),
            twist: 0,
            pointer_type: DomString::from(pointer.type_),
            is_primary: pointer.is_primary,
        }
    }
}

impl PointerEventMethods for Obj<PointerEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: PointerEventInit,
    ) -> Fallible<Obj<PointerEvent>> {
        let event = PointerEvent {
            id: init.pointer_id,
            size: (init.width, init.height),
            pressure: (init.pressure, init.tangential_pressure),
            tilt: (init.tilt_x, init.tilt_y),
            twist: init.twist,
            pointer_type: init.pointer_type,
            is_primary: init.is_primary,
            mouse: MouseEvent::new(cx, type_, init.parent),
        };
        Ok(Obj::new(cx, event))
    }

    fn pointer_id(&self, _: &mut Cx) -> i32 {
        self.id
    }

    fn width(&self, _: &mut Cx) -> f64 {
        self.size.0
    }

    fn height(&self, _: &mut Cx) -> f64 {
        self.size.1
    }

    fn pressure(&self, _: &mut Cx) -> f32 {
        self.pressure.0
    }

    fn tangential_pressure(&self, _: &mut Cx) -> f32 {
        self.pressure.1
    }

    fn tilt_x(&self, _: &mut Cx) -> i32 {
        self.tilt.0
    }

    fn tilt_y(&self, _: &mut Cx) -> i32 {
        self.tilt.1
    }

    fn twist(&self, _: &mut Cx) -> i32 {
        self.twist
    }

    fn pointer_type(&self, _: &mut Cx) -> DomString {
        self.pointer_type.clone()
    }

    fn is_primary(&self, _: &mut Cx) -> bool {
        self.is_primary
    }
}

/// <https://w3c.github.io/uievents/#interface-inputevent>
#[derive(Trace, Platform)]
pub(crate) struct InputEvent {
    #[base]
    ui: UIEvent,
    data: Option<String>,
    is_composing: bool,
    #[trace(skip)]
    input_type: DomString,
}

impl InputEvent {
    /// A trusted `beforeinput` or `input` event.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        cancelable: Cancelable,
        input_type: &str,
        data: Option<String>,
    ) -> Self {
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), cancelable, 0),
            data,
            is_composing: false,
            input_type: DomString::from(input_type),
        }
    }
}

impl InputEventMethods for Obj<InputEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: InputEventInit,
    ) -> Fallible<Obj<InputEvent>> {
        let ui = UIEvent::new(cx, type_, init.parent);
        let event = InputEvent {
            ui,
            data: init.data,
            is_composing: init.is_composing,
            input_type: init.input_type,
        };
        Ok(Obj::new(cx, event))
    }

    fn data(&self, _: &mut Cx) -> Option<String> {
        self.data.clone()
    }

    fn is_composing(&self, _: &mut Cx) -> bool {
        self.is_composing
    }

    fn input_type(&self, _: &mut Cx) -> DomString {
        self.input_type.clone()
    }
}

/// <https://w3c.github.io/uievents/#interface-keyboardevent>
#[derive(Trace, Platform)]
pub(crate) struct KeyboardEvent {
    #[base]
    ui: UIEvent,
    #[trace(skip)]
    key: DomString,
    #[trace(skip)]
    code: DomString,
    #[trace(skip)]
    location: u32,
    #[trace(skip)]
    modifiers: Modifiers,
    repeat: bool,
    is_composing: bool,
    char_code: u32,
    key_code: u32,
}

impl KeyboardEvent {
    /// A trusted `keydown`, `keypress` or `keyup`.
    pub(crate) fn trusted(cx: &mut Cx, type_: &str, key: &virga_protocol::KeyEvent) -> Self {
        let character = single_char(&key.key);
        let press = type_ == "keypress";
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), Cancelable(true), 0),
            key: DomString::from(key.key.as_str()),
            code: DomString::from(key.code.as_str()),
            location: match key.location {
                KeyLocation::Standard => 0,
                KeyLocation::Left => 1,
                KeyLocation::Right => 2,
                KeyLocation::Numpad => 3,
            },
            modifiers: key.modifiers,
            repeat: key.repeat,
            is_composing: false,
            char_code: match character {
                Some(character) if press => character as u32,
                None if press && key.key == "Enter" => 13,
                _ => 0,
            },
            key_code: if press {
                character.map_or(13, |character| character as u32)
            } else {
                legacy_key_code(&key.key, &key.code)
            },
        }
    }
}

impl KeyboardEvent {
    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            ui: UIEvent::uninitialized(cx),
            key: DomString::empty(),
            code: DomString::empty(),
            location: 0,
            modifiers: Modifiers::empty(),
            repeat: false,
            is_composing: false,
            char_code: 0,
            key_code: 0,
        }
    }
}

/// The only character of a key's value, if it is one and not a name.
pub(crate) fn single_char(key: &str) -> Option<char> {
    let mut chars = key.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// <https://w3c.github.io/uievents/#fixed-virtual-key-codes> and the values that
/// all browsers agree on.
fn legacy_key_code(key: &str, code: &str) -> u32 {
    let fixed = match key {
        "Backspace" => 8,
        "Tab" => 9,
        "Enter" => 13,
        "Shift" => 16,
        "Control" => 17,
        "Alt" => 18,
        "CapsLock" => 20,
        "Escape" => 27,
        " " => 32,
        "PageUp" => 33,
        "PageDown" => 34,
        "End" => 35,
        "Home" => 36,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Delete" => 46,
        "Meta" => 91,
        _ => 0,
    };
    if fixed != 0 {
        return fixed;
    }
    if let Some(letter) = code.strip_prefix("Key").and_then(single_char) {
        return letter as u32;
    }
    if let Some(digit) = code.strip_prefix("Digit").and_then(single_char) {
        return digit as u32;
    }
    if let Some(number) = key.strip_prefix('F').and_then(|number| number.parse::<u32>().ok())
        && (1..=24).contains(&number)
    {
        return 111 + number;
    }
    match single_char(key).map(|character| character.to_ascii_uppercase()) {
        Some(character @ ('A'..='Z' | '0'..='9')) => character as u32,
        Some(';' | ':') => 186,
        Some('=' | '+') => 187,
        Some(',' | '<') => 188,
        Some('-' | '_') => 189,
        Some('.' | '>') => 190,
        Some('/' | '?') => 191,
        Some('`' | '~') => 192,
        Some('[' | '{') => 219,
        Some('\\' | '|') => 220,
        Some(']' | '}') => 221,
        Some('\'' | '"') => 222,
        _ => 0,
    }
}

impl KeyboardEventMethods for Obj<KeyboardEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: KeyboardEventInit,
    ) -> Fallible<Obj<KeyboardEvent>> {
        let event = KeyboardEvent {
            key: init.key,
            code: init.code,
            location: init.location,
            modifiers: modifiers(&init.parent),
            repeat: init.repeat,
            is_composing: init.is_composing,
            char_code: init.char_code,
            key_code: init.key_code,
            ui: UIEvent::new(cx, type_, init.parent.parent),
        };
        Ok(Obj::new(cx, event))
    }

    fn key(&self, _: &mut Cx) -> DomString {
        self.key.clone()
    }

    fn code(&self, _: &mut Cx) -> DomString {
        self.code.clone()
    }

    fn location(&self, _: &mut Cx) -> u32 {
        self.location
    }

    fn ctrl_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::CTRL)
    }

    fn shift_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::SHIFT)
    }

    fn alt_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::ALT)
    }

    fn meta_key(&self, _: &mut Cx) -> bool {
        self.modifiers.contains(Modifiers::META)
    }

    fn repeat(&self, _: &mut Cx) -> bool {
        self.repeat
    }

    fn is_composing(&self, _: &mut Cx) -> bool {
        self.is_composing
    }

    fn get_modifier_state(&self, _: &mut Cx, key: DomString) -> Fallible<bool> {
        Ok(has_modifier(self.modifiers, &key))
    }

    fn char_code(&self, _: &mut Cx) -> u32 {
        self.char_code
    }

    fn key_code(&self, _: &mut Cx) -> u32 {
        self.key_code
    }
}

fn modifiers(init: &crate::generated::EventModifierInit) -> Modifiers {
    let mut modifiers = Modifiers::empty();
    modifiers.set(Modifiers::CTRL, init.ctrl_key);
    modifiers.set(Modifiers::SHIFT, init.shift_key);
    modifiers.set(Modifiers::ALT, init.alt_key);
    modifiers.set(Modifiers::META, init.meta_key);
    modifiers
}

fn has_modifier(modifiers: Modifiers, key: &DomString) -> bool {
    match key.to_str().as_ref() {
        "Control" => modifiers.contains(Modifiers::CTRL),
        "Shift" => modifiers.contains(Modifiers::SHIFT),
        "Alt" => modifiers.contains(Modifiers::ALT),
        "Meta" => modifiers.contains(Modifiers::META),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::legacy_key_code;

    #[test]
    fn legacy_key_codes() {
        for (key, code, expected) in [
            ("a", "KeyA", 65),
            ("A", "KeyA", 65),
            ("1", "Digit1", 49),
            ("F5", "F5", 116),
            ("Enter", "Enter", 13),
            (";", "Semicolon", 186),
            ("Fn", "Fn", 0),
        ] {
            assert_eq!(legacy_key_code(key, code), expected, "{key}");
        }
    }
}
