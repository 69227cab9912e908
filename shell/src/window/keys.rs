use virga_protocol::{CursorIcon, KeyLocation, Modifiers};
use winit::{
    keyboard::{self, Key, KeyCode, ModifiersState, NamedKey, PhysicalKey},
    window,
};

/// `KeyboardEvent.key`: <https://w3c.github.io/uievents-key/>
pub(super) fn key(key: &Key) -> String {
    match key {
        Key::Character(text) => text.to_string(),
        Key::Named(NamedKey::Space) => " ".to_owned(),
        Key::Named(NamedKey::Super) => "Meta".to_owned(),
        // winit names its variants after the standard's values.
        Key::Named(named) => format!("{named:?}"),
        Key::Dead(_) => "Dead".to_owned(),
        Key::Unidentified(_) => "Unidentified".to_owned(),
    }
}

/// `KeyboardEvent.code`: <https://w3c.github.io/uievents-code/>
pub(super) fn code(key: PhysicalKey) -> String {
    match key {
        PhysicalKey::Code(KeyCode::SuperLeft) => "MetaLeft".to_owned(),
        PhysicalKey::Code(KeyCode::SuperRight) => "MetaRight".to_owned(),
        // Here too.
        PhysicalKey::Code(code) => format!("{code:?}"),
        PhysicalKey::Unidentified(_) => String::new(),
    }
}

pub(super) fn location(location: keyboard::KeyLocation) -> KeyLocation {
    match location {
        keyboard::KeyLocation::Standard => KeyLocation::Standard,
        keyboard::KeyLocation::Left => KeyLocation::Left,
        keyboard::KeyLocation::Right => KeyLocation::Right,
        keyboard::KeyLocation::Numpad => KeyLocation::Numpad,
    }
}

pub(super) fn modifiers(state: ModifiersState) -> Modifiers {
    [
        (ModifiersState::ALT, Modifiers::ALT),
        (ModifiersState::CONTROL, Modifiers::CTRL),
        (ModifiersState::SUPER, Modifiers::META),
        (ModifiersState::SHIFT, Modifiers::SHIFT),
    ]
    .into_iter()
    .filter(|&(theirs, _)| state.contains(theirs))
    .fold(Modifiers::empty(), |all, (_, ours)| all | ours)
}

/// `None` hides the pointer.
pub(super) fn cursor(cursor: CursorIcon) -> Option<window::CursorIcon> {
    Some(match cursor {
        CursorIcon::None => return None,
        CursorIcon::Default => window::CursorIcon::Default,
        CursorIcon::Pointer => window::CursorIcon::Pointer,
        CursorIcon::Text => window::CursorIcon::Text,
        CursorIcon::Wait => window::CursorIcon::Wait,
        CursorIcon::Progress => window::CursorIcon::Progress,
        CursorIcon::Help => window::CursorIcon::Help,
        CursorIcon::Crosshair => window::CursorIcon::Crosshair,
        CursorIcon::Move => window::CursorIcon::Move,
        CursorIcon::Grab => window::CursorIcon::Grab,
        CursorIcon::Grabbing => window::CursorIcon::Grabbing,
        CursorIcon::NotAllowed => window::CursorIcon::NotAllowed,
        CursorIcon::EwResize => window::CursorIcon::EwResize,
        CursorIcon::NsResize => window::CursorIcon::NsResize,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_standards_names() {
        for (theirs, expected) in [
            (Key::Named(NamedKey::Enter), "Enter"),
            (Key::Named(NamedKey::ArrowLeft), "ArrowLeft"),
            (Key::Named(NamedKey::Backspace), "Backspace"),
            (Key::Named(NamedKey::F12), "F12"),
            (Key::Named(NamedKey::Space), " "),
            (Key::Named(NamedKey::Super), "Meta"),
            (Key::Character("ß".into()), "ß"),
        ] {
            assert_eq!(key(&theirs), expected);
        }
        for (theirs, expected) in [
            (KeyCode::KeyA, "KeyA"),
            (KeyCode::Digit1, "Digit1"),
            (KeyCode::NumpadEnter, "NumpadEnter"),
            (KeyCode::SuperLeft, "MetaLeft"),
            (KeyCode::BracketLeft, "BracketLeft"),
        ] {
            assert_eq!(code(PhysicalKey::Code(theirs)), expected);
        }
        assert_eq!(
            modifiers(ModifiersState::SHIFT | ModifiersState::SUPER),
            Modifiers::SHIFT | Modifiers::META
        );
    }
}
