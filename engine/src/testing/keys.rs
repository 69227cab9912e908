//! Keys by the values that WebDriver gives them:
//! <https://w3c.github.io/webdriver/#keyboard-actions>

use virga_protocol::{KeyLocation, Modifiers};

/// A key as an event says it.
pub(super) struct Key {
    pub(super) key: String,
    pub(super) code: String,
    pub(super) location: KeyLocation,
    /// The modifier that it is.
    pub(super) modifier: Modifiers,
}

/// Code points of the private use area, the keys that they stand for, their codes.
const SPECIAL: &[(char, &str, &str, KeyLocation)] = &[
    ('\u{E000}', "Unidentified", "", KeyLocation::Standard),
    ('\u{E001}', "Cancel", "", KeyLocation::Standard),
    ('\u{E002}', "Help", "Help", KeyLocation::Standard),
    ('\u{E003}', "Backspace", "Backspace", KeyLocation::Standard),
    ('\u{E004}', "Tab", "Tab", KeyLocation::Standard),
    ('\u{E005}', "Clear", "", KeyLocation::Standard),
    ('\u{E006}', "Enter", "Enter", KeyLocation::Standard),
    ('\u{E007}', "Enter", "Enter", KeyLocation::Standard),
    ('\u{E008}', "Shift", "ShiftLeft", KeyLocation::Left),
    ('\u{E009}', "Control", "ControlLeft", KeyLocation::Left),
    ('\u{E00A}', "Alt", "AltLeft", KeyLocation::Left),
    ('\u{E00B}', "Pause", "Pause", KeyLocation::Standard),
    ('\u{E00C}', "Escape", "Escape", KeyLocation::Standard),
    ('\u{E00D}', " ", "Space", KeyLocation::Standard),
    ('\u{E00E}', "PageUp", "PageUp", KeyLocation::Standard),
    ('\u{E00F}', "PageDown", "PageDown", KeyLocation::Standard),
    ('\u{E010}', "End", "End", KeyLocation::Standard),
    ('\u{E011}', "Home", "Home", KeyLocation::Standard),
    ('\u{E012}', "ArrowLeft", "ArrowLeft", KeyLocation::Standard),
    ('\u{E013}', "ArrowUp", "ArrowUp", KeyLocation::Standard),
    ('\u{E014}', "ArrowRight", "ArrowRight", KeyLocation::Standard),
    ('\u{E015}', "ArrowDown", "ArrowDown", KeyLocation::Standard),
    ('\u{E016}', "Insert", "Insert", KeyLocation::Standard),
    ('\u{E017}', "Delete", "Delete", KeyLocation::Standard),
    ('\u{E018}', ";", "Semicolon", KeyLocation::Standard),
    ('\u{E019}', "=", "Equal", KeyLocation::Standard),
    ('\u{E01A}', "0", "Numpad0", KeyLocation::Numpad),
    ('\u{E01B}', "1", "Numpad1", KeyLocation::Numpad),
    ('\u{E01C}', "2", "Numpad2", KeyLocation::Numpad),
    ('\u{E01D}', "3", "Numpad3", KeyLocation::Numpad),
    ('\u{E01E}', "4", "Numpad4", KeyLocation::Numpad),
    ('\u{E01F}', "5", "Numpad5", KeyLocation::Numpad),
    ('\u{E020}', "6", "Numpad6", KeyLocation::Numpad),
    ('\u{E021}', "7", "Numpad7", KeyLocation::Numpad),
    ('\u{E022}', "8", "Numpad8", KeyLocation::Numpad),
    ('\u{E023}', "9", "Numpad9", KeyLocation::Numpad),
    ('\u{E024}', "*", "NumpadMultiply", KeyLocation::Numpad),
    ('\u{E025}', "+", "NumpadAdd", KeyLocation::Numpad),
    ('\u{E026}', ",", "NumpadComma", KeyLocation::Numpad),
    ('\u{E027}', "-", "NumpadSubtract", KeyLocation::Numpad),
    ('\u{E028}', ".", "NumpadDecimal", KeyLocation::Numpad),
    ('\u{E029}', "/", "NumpadDivide", KeyLocation::Numpad),
    ('\u{E031}', "F1", "F1", KeyLocation::Standard),
    ('\u{E032}', "F2", "F2", KeyLocation::Standard),
    ('\u{E033}', "F3", "F3", KeyLocation::Standard),
    ('\u{E034}', "F4", "F4", KeyLocation::Standard),
    ('\u{E035}', "F5", "F5", KeyLocation::Standard),
    ('\u{E036}', "F6", "F6", KeyLocation::Standard),
    ('\u{E037}', "F7", "F7", KeyLocation::Standard),
    ('\u{E038}', "F8", "F8", KeyLocation::Standard),
    ('\u{E039}', "F9", "F9", KeyLocation::Standard),
    ('\u{E03A}', "F10", "F10", KeyLocation::Standard),
    ('\u{E03B}', "F11", "F11", KeyLocation::Standard),
    ('\u{E03C}', "F12", "F12", KeyLocation::Standard),
    ('\u{E03D}', "Meta", "MetaLeft", KeyLocation::Left),
    ('\u{E040}', "ZenkakuHankaku", "", KeyLocation::Standard),
    ('\u{E050}', "Shift", "ShiftRight", KeyLocation::Right),
    ('\u{E051}', "Control", "ControlRight", KeyLocation::Right),
    ('\u{E052}', "Alt", "AltRight", KeyLocation::Right),
    ('\u{E053}', "Meta", "MetaRight", KeyLocation::Right),
    ('\u{E054}', "PageUp", "Numpad9", KeyLocation::Numpad),
    ('\u{E055}', "PageDown", "Numpad3", KeyLocation::Numpad),
    ('\u{E056}', "End", "Numpad1", KeyLocation::Numpad),
    ('\u{E057}', "Home", "Numpad7", KeyLocation::Numpad),
    ('\u{E058}', "ArrowLeft", "Numpad4", KeyLocation::Numpad),
    ('\u{E059}', "ArrowUp", "Numpad8", KeyLocation::Numpad),
    ('\u{E05A}', "ArrowRight", "Numpad6", KeyLocation::Numpad),
    ('\u{E05B}', "ArrowDown", "Numpad2", KeyLocation::Numpad),
    ('\u{E05C}', "Insert", "Numpad0", KeyLocation::Numpad),
    ('\u{E05D}', "Delete", "NumpadDecimal", KeyLocation::Numpad),
];

/// The key that a value stands for: a character, one of the private use area, or a
/// key's name.
pub(super) fn key(value: &str) -> Key {
    let mut chars = value.chars();
    let single = chars.next().filter(|_| chars.next().is_none());
    let special = SPECIAL.iter().find(|(character, ..)| single == Some(*character));
    let (key, code, location) = match special {
        Some(&(_, key, code, location)) => (key.to_owned(), code.to_owned(), location),
        None => (value.to_owned(), code_of(value, single), KeyLocation::Standard),
    };
    let modifier = match key.as_str() {
        "Shift" => Modifiers::SHIFT,
        "Control" => Modifiers::CTRL,
        "Alt" => Modifiers::ALT,
        "Meta" => Modifiers::META,
        _ => Modifiers::empty(),
    };
    Key { key, code, location, modifier }
}

/// The key of a keyboard for the United States that types a character.
pub(super) fn code_of(value: &str, single: Option<char>) -> String {
    let Some(character) = single else { return value.to_owned() };
    if character.is_ascii_alphabetic() {
        return format!("Key{}", character.to_ascii_uppercase());
    }
    if let Some(at) = "0123456789".find(character).or_else(|| ")!@#$%^&*(".find(character)) {
        return format!("Digit{at}");
    }
    match character {
        ' ' => "Space",
        '-' | '_' => "Minus",
        '=' | '+' => "Equal",
        '[' | '{' => "BracketLeft",
        ']' | '}' => "BracketRight",
        '\\' | '|' => "Backslash",
        ';' | ':' => "Semicolon",
        '\'' | '"' => "Quote",
        '`' | '~' => "Backquote",
        ',' | '<' => "Comma",
        '.' | '>' => "Period",
        '/' | '?' => "Slash",
        '\n' | '\r' => "Enter",
        '\t' => "Tab",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_for_keys() {
        for (value, expected) in [
            ("a", ("a", "KeyA")),
            ("A", ("A", "KeyA")),
            ("!", ("!", "Digit1")),
            ("\u{E007}", ("Enter", "Enter")),
            ("\u{E050}", ("Shift", "ShiftRight")),
            ("Escape", ("Escape", "Escape")),
            ("ß", ("ß", "")),
        ] {
            let key = key(value);
            assert_eq!((key.key.as_str(), key.code.as_str()), expected, "{value:?}");
        }
        assert_eq!(key("\u{E008}").modifier, Modifiers::SHIFT);
    }
}
