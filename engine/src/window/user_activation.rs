//! What the user did last: <https://html.spec.whatwg.org/#tracking-user-activation>, and
//! whether by keys, which decides where rings of focus are shown.

use std::cell::Cell;

use virga_dom::ElementState;
use virga_js::{Cx, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::{InputEvent, Micros, PointerPhase, PointerType};

use super::{Window, focus};
use crate::{agent::EngineCx, generated::UserActivationMethods};

/// <https://html.spec.whatwg.org/#transient-activation-duration>
const TRANSIENT: Micros = Micros(5_000_000);

/// What a window knows of its user.
#[derive(Debug, Default)]
pub(crate) struct Activation {
    /// <https://html.spec.whatwg.org/#last-activation-timestamp>
    last: Cell<Option<Micros>>,
}

impl Activation {
    fn is_transient(&self, now: Micros) -> bool {
        self.last.get().is_some_and(|last| now.saturating_sub(last) < TRANSIENT)
    }
}

/// An input is about to be handled, in the realm of the window that it is for.
pub(super) fn note(cx: &mut Cx, event: &InputEvent) {
    let agent = cx.engine();
    // <https://html.spec.whatwg.org/#activation-triggering-input-event>
    let activates = match event {
        InputEvent::Key(key) if key.down => {
            let modifier = matches!(key.key.as_str(), "Alt" | "Control" | "Meta" | "Shift");
            if !modifier {
                agent.by_pointer.set(false);
                show_ring(cx);
            }
            key.key != "Escape"
        }
        InputEvent::Pointer(pointer) => {
            let is_mouse = pointer.kind == PointerType::Mouse;
            if pointer.phase == PointerPhase::Down {
                agent.by_pointer.set(true);
            }
            match pointer.phase {
                PointerPhase::Down => is_mouse,
                PointerPhase::Up => !is_mouse,
                _ => false,
            }
        }
        _ => false,
    };
    if !activates {
        return;
    }
    let now = agent.task_time();
    let mut next = crate::navigable::current(cx);
    while let Some(navigable) = next {
        if let Some(window) = navigable.window() {
            window.activation.last.set(Some(now));
        }
        let outer = navigable.container().and_then(|element| agent.window_of(element));
        next = outer.and_then(|window| agent.navigable_of(&window));
    }
}

/// A key went down: what has the focus shows it from now on.
fn show_ring(cx: &mut Cx) {
    if let Some(focused) = focus::focused(cx) {
        cx.engine().tree_mut().set_state(focused, ElementState::FOCUSRING, true);
    }
}

/// `navigator.userActivation`
#[derive(Trace, Platform)]
pub(crate) struct UserActivation {
    window: Obj<Window>,
}

/// The object of the current window.
pub(crate) fn user_activation(cx: &mut Cx) -> Obj<UserActivation> {
    let window = cx.window();
    let of = window.clone();
    window.singleton(cx, |_| UserActivation { window: of })
}

impl UserActivationMethods for Obj<UserActivation> {
    fn has_been_active(&self, _: &mut Cx) -> bool {
        self.window.activation.last.get().is_some()
    }

    fn is_active(&self, cx: &mut Cx) -> bool {
        self.window.activation.is_transient(cx.engine().task_time())
    }
}
