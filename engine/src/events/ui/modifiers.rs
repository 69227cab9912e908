//! <https://w3c.github.io/uievents/#event-modifier-initializers>

use virga_js::DomString;
use virga_protocol::Modifiers;

use crate::generated::EventModifierInit;

/// The modifiers that a dictionary of script states.
pub(super) fn of_init(init: &EventModifierInit) -> Modifiers {
    [
        (Modifiers::CTRL, init.ctrl_key),
        (Modifiers::SHIFT, init.shift_key),
        (Modifiers::ALT, init.alt_key),
        (Modifiers::META, init.meta_key),
        (Modifiers::ALT_GRAPH, init.modifier_alt_graph),
        (Modifiers::CAPS_LOCK, init.modifier_caps_lock),
        (Modifiers::FN, init.modifier_fn),
        (Modifiers::FN_LOCK, init.modifier_fn_lock),
        (Modifiers::HYPER, init.modifier_hyper),
        (Modifiers::NUM_LOCK, init.modifier_num_lock),
        (Modifiers::SCROLL_LOCK, init.modifier_scroll_lock),
        (Modifiers::SUPER, init.modifier_super),
        (Modifiers::SYMBOL, init.modifier_symbol),
        (Modifiers::SYMBOL_LOCK, init.modifier_symbol_lock),
    ]
    .into_iter()
    .filter(|(_, on)| *on)
    .fold(Modifiers::empty(), |all, (one, _)| all | one)
}

/// The modifiers of the old `init…Event` methods.
pub(super) fn of_flags(ctrl: bool, alt: bool, shift: bool, meta: bool) -> Modifiers {
    let mut modifiers = Modifiers::empty();
    modifiers.set(Modifiers::CTRL, ctrl);
    modifiers.set(Modifiers::ALT, alt);
    modifiers.set(Modifiers::SHIFT, shift);
    modifiers.set(Modifiers::META, meta);
    modifiers
}

/// <https://w3c.github.io/uievents/#dom-mouseevent-getmodifierstate>
pub(super) fn has(modifiers: Modifiers, key: &DomString) -> bool {
    let wanted = match key.to_str().as_ref() {
        "Control" => Modifiers::CTRL,
        "Shift" => Modifiers::SHIFT,
        "Alt" => Modifiers::ALT,
        "Meta" => Modifiers::META,
        "AltGraph" => Modifiers::ALT_GRAPH,
        "CapsLock" => Modifiers::CAPS_LOCK,
        "Fn" => Modifiers::FN,
        "FnLock" => Modifiers::FN_LOCK,
        "Hyper" => Modifiers::HYPER,
        "NumLock" => Modifiers::NUM_LOCK,
        "ScrollLock" => Modifiers::SCROLL_LOCK,
        "Super" => Modifiers::SUPER,
        "Symbol" => Modifiers::SYMBOL,
        "SymbolLock" => Modifiers::SYMBOL_LOCK,
        _ => return false,
    };
    modifiers.contains(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_go_by_their_names() {
        let held = Modifiers::CTRL | Modifiers::ALT_GRAPH;
        for (name, expected) in
            [("Control", true), ("AltGraph", true), ("Shift", false), ("control", false)]
        {
            assert_eq!(has(held, &DomString::from(name)), expected, "{name}");
        }
        assert_eq!(of_flags(true, false, true, false), Modifiers::CTRL | Modifiers::SHIFT);
    }
}
