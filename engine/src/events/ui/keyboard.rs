//! Keys: <https://w3c.github.io/uievents/#events-keyboardevents>

use std::cell::RefCell;

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::{KeyLocation, Modifiers};

use super::{UIEvent, modifiers};
use crate::{
    events::{Bubbles, Cancelable},
    generated::{KeyboardEventInit, KeyboardEventMethods},
    window::Window,
};

/// <https://w3c.github.io/uievents/#interface-keyboardevent>
#[derive(Trace, Platform)]
pub(crate) struct KeyboardEvent {
    #[base]
    ui: UIEvent,
    #[trace(skip)]
    pressed: RefCell<Pressed>,
    #[trace(skip)]
    code: DomString,
    repeat: bool,
    is_composing: bool,
    char_code: u32,
    key_code: u32,
}

/// What `initKeyboardEvent` can change.
struct Pressed {
    key: DomString,
    location: u32,
    modifiers: Modifiers,
}

impl KeyboardEvent {
    /// A trusted `keydown`, `keypress` or `keyup`. What an input method works on
    /// says so in place of the key.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        key: &virga_protocol::KeyEvent,
        is_composing: bool,
    ) -> Self {
        let character = single_char(&key.key);
        let press = type_ == "keypress";
        Self {
            ui: UIEvent::trusted(cx, type_, Bubbles(true), Cancelable(true), 0),
            pressed: RefCell::new(Pressed {
                key: DomString::from(key.key.as_str()),
                location: match key.location {
                    KeyLocation::Standard => 0,
                    KeyLocation::Left => 1,
                    KeyLocation::Right => 2,
                    KeyLocation::Numpad => 3,
                },
                modifiers: key.modifiers,
            }),
            code: DomString::from(key.code.as_str()),
            repeat: key.repeat,
            is_composing,
            char_code: match character {
                Some(character) if press => character as u32,
                None if press && key.key == "Enter" => 13,
                _ => 0,
            },
            key_code: if press {
                character.map_or(13, |character| character as u32)
            } else if is_composing && type_ == "keydown" {
                229
            } else {
                legacy_key_code(&key.key, &key.code)
            },
        }
    }

    /// An event of `document.createEvent`.
    pub(in crate::events) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            ui: UIEvent::uninitialized(cx),
            pressed: RefCell::new(Pressed {
                key: DomString::empty(),
                location: 0,
                modifiers: Modifiers::empty(),
            }),
            code: DomString::empty(),
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
            pressed: RefCell::new(Pressed {
                key: init.key,
                location: init.location,
                modifiers: modifiers::of_init(&init.parent),
            }),
            code: init.code,
            repeat: init.repeat,
            is_composing: init.is_composing,
            char_code: init.char_code,
            key_code: init.key_code,
            ui: UIEvent::new(cx, type_, init.parent.parent),
        };
        Ok(Obj::new(cx, event))
    }

    fn key(&self, _: &mut Cx) -> DomString {
        self.pressed.borrow().key.clone()
    }

    fn code(&self, _: &mut Cx) -> DomString {
        self.code.clone()
    }

    fn location(&self, _: &mut Cx) -> u32 {
        self.pressed.borrow().location
    }

    fn ctrl_key(&self, _: &mut Cx) -> bool {
        self.pressed.borrow().modifiers.contains(Modifiers::CTRL)
    }

    fn shift_key(&self, _: &mut Cx) -> bool {
        self.pressed.borrow().modifiers.contains(Modifiers::SHIFT)
    }

    fn alt_key(&self, _: &mut Cx) -> bool {
        self.pressed.borrow().modifiers.contains(Modifiers::ALT)
    }

    fn meta_key(&self, _: &mut Cx) -> bool {
        self.pressed.borrow().modifiers.contains(Modifiers::META)
    }

    fn repeat(&self, _: &mut Cx) -> bool {
        self.repeat
    }

    fn is_composing(&self, _: &mut Cx) -> bool {
        self.is_composing
    }

    fn get_modifier_state(&self, _: &mut Cx, key: DomString) -> Fallible<bool> {
        Ok(modifiers::has(self.pressed.borrow().modifiers, &key))
    }

    /// <https://w3c.github.io/uievents/#dom-keyboardevent-initkeyboardevent>
    fn init_keyboard_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        view: Option<Obj<Window>>,
        key: DomString,
        location: u32,
        ctrl_key: bool,
        alt_key: bool,
        shift_key: bool,
        meta_key: bool,
    ) -> Fallible<()> {
        if self.ui.initialize(type_, bubbles, cancelable, view, 0) {
            let modifiers = modifiers::of_flags(ctrl_key, alt_key, shift_key, meta_key);
            self.pressed.replace(Pressed { key, location, modifiers });
        }
        Ok(())
    }

    fn char_code(&self, _: &mut Cx) -> u32 {
        self.char_code
    }

    fn key_code(&self, _: &mut Cx) -> u32 {
        self.key_code
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
