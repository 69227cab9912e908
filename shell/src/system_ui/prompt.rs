use std::sync::Arc;

use virga_bridge::{PromptAnswer, PromptId};
use virga_display_list::{
    Chunk,
    kurbo::{Point, Rect},
};
use virga_engine::FontSet;
use virga_protocol::{
    InputEvent, KeyEvent, Modifiers, PermissionName, PointerEvent, PointerPhase, Viewport,
};

use super::{
    MARGIN, PADDING,
    canvas::{Canvas, Weight, palette},
    card_width, size,
};
use crate::PermissionPrompt;

const BUTTON: f64 = 44.0;
const GAP: f64 = 8.0;

/// The answers that are offered, in their order.
const CHOICES: [(&str, PromptAnswer); 4] = [
    ("Allow this time", PromptAnswer::Once),
    ("Always allow", PromptAnswer::Always),
    ("Never allow", PromptAnswer::Never),
    ("Not now", PromptAnswer::Dismissed),
];

/// A permission prompt at the bottom of a window.
pub(crate) struct PromptPanel {
    prompt: Option<PermissionPrompt>,
    id: PromptId,
    /// What asks for what, as a sentence.
    question: String,
    /// The choice that Enter takes, once a key was used.
    focus: Option<usize>,
    /// The choice under the pointer.
    hot: Option<usize>,
    /// The choice on which the pointer went down.
    pressed: Option<usize>,
    /// A pointer that went down on the app is still down.
    elsewhere: bool,
}

/// What a panel did with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Response {
    /// It is for the app.
    Ignored,
    /// It was for the panel, which looks as before.
    Taken,
    /// It was for the panel, which looks different now.
    Redraw,
    /// The prompt is answered.
    Answered,
}

impl PromptPanel {
    pub(crate) fn new(prompt: PermissionPrompt) -> Self {
        // A file has no origin that would tell its user anything.
        let origin = match prompt.origin() {
            origin if origin == "null" || origin.starts_with("file:") => "This app",
            origin => origin,
        };
        Self {
            id: prompt.id(),
            question: format!("{origin} wants to {}.", wish(prompt.name())),
            prompt: Some(prompt),
            focus: None,
            hot: None,
            pressed: None,
            elsewhere: false,
        }
    }

    pub(crate) fn id(&self) -> PromptId {
        self.id
    }

    /// Lets the question stay open without being shown.
    pub(crate) fn leave_open(&mut self) {
        if let Some(prompt) = self.prompt.take() {
            prompt.leave_open();
        }
    }

    fn card(&self, viewport: &Viewport) -> Rect {
        let area = size(viewport).to_rect();
        let width = card_width(area);
        let height = 2.0 * PADDING + 30.0 + 44.0 + 2.0 * BUTTON + GAP;
        let bottom = area.y1 - MARGIN;
        let left = area.center().x - width / 2.0;
        Rect::new(left, bottom - height, left + width, bottom)
    }

    /// Where the choices are: two rows of two.
    fn buttons(card: Rect) -> [Rect; 4] {
        let width = (card.width() - 2.0 * PADDING - GAP) / 2.0;
        let top = card.y1 - PADDING - 2.0 * BUTTON - GAP;
        std::array::from_fn(|index| {
            let column = if index % 2 == 0 { 0.0 } else { 1.0 };
            let row = if index < 2 { 0.0 } else { 1.0 };
            let x = card.x0 + PADDING + column * (width + GAP);
            let y = top + row * (BUTTON + GAP);
            Rect::new(x, y, x + width, y + BUTTON)
        })
    }

    pub(crate) fn paint(&self, fonts: &FontSet, viewport: &Viewport) -> Arc<Chunk> {
        let mut canvas = Canvas::new(fonts);
        let card = self.card(viewport);
        canvas.card(card);
        let left = card.x0 + PADDING;
        let inner = card.width() - 2.0 * PADDING;
        let title = ["Allow access?".to_owned()];
        let y = canvas.lines(
            &title,
            Weight::Bold,
            18.0,
            30.0,
            palette::INK,
            Point::new(left, card.y0 + PADDING - 4.0),
        );
        let question = canvas.wrap(&self.question, Weight::Regular, 14.0, inner, 2);
        canvas.lines(&question, Weight::Regular, 14.0, 20.0, palette::QUIET, Point::new(left, y));
        for (index, rect) in Self::buttons(card).into_iter().enumerate() {
            if self.focus == Some(index) {
                canvas.round(rect.inflate(3.0, 3.0), 13.0, palette::ACCENT);
                canvas.round(rect.inflate(1.5, 1.5), 11.5, palette::CARD);
            }
            let lit = self.hot == Some(index) || self.pressed == Some(index);
            let (ground, ink) = match (index, lit) {
                (0, false) => (palette::ACCENT, palette::CARD),
                (0, true) => (palette::INK, palette::CARD),
                (_, false) => (palette::TINT, palette::ACCENT),
                (_, true) => (palette::ACCENT, palette::CARD),
            };
            canvas.round(rect, 10.0, ground);
            canvas.centered(CHOICES[index].0, Weight::Bold, 14.0, ink, rect);
        }
        canvas.finish()
    }

    /// Takes what is meant for the prompt: the pointer on the card, and the keys
    /// that choose. All else is the app's.
    pub(crate) fn input(&mut self, event: &InputEvent, viewport: &Viewport) -> Response {
        match event {
            InputEvent::Pointer(pointer) => self.pointer(pointer, viewport),
            InputEvent::Key(key) => self.key(key),
            InputEvent::Wheel(_)
            | InputEvent::Text(_)
            | InputEvent::Preedit(_)
            | InputEvent::Focus(_)
            | InputEvent::Mark(_) => Response::Ignored,
        }
    }

    fn pointer(&mut self, event: &PointerEvent, viewport: &Viewport) -> Response {
        let card = self.card(viewport);
        let at = Point::new(event.position.x.into(), event.position.y.into());
        let over = Self::buttons(card).iter().position(|rect| rect.contains(at));
        let inside = card.contains(at) && !self.elsewhere;
        let before = (self.hot, self.pressed);
        match event.phase {
            PointerPhase::Down if inside => {
                self.pressed = over;
                self.hot = over;
            }
            PointerPhase::Up if inside => {
                if let Some(choice) = over.filter(|_| self.pressed == over) {
                    return self.choose(choice);
                }
                self.pressed = None;
            }
            PointerPhase::Move if inside => self.hot = over,
            // What began on the app ends there, wherever the pointer is now.
            phase => {
                match phase {
                    PointerPhase::Down => self.elsewhere = true,
                    PointerPhase::Up | PointerPhase::Cancel => self.elsewhere = false,
                    PointerPhase::Move | PointerPhase::Leave => {}
                }
                (self.hot, self.pressed) = (None, None);
                if before != (None, None) {
                    return Response::Redraw;
                }
                return Response::Ignored;
            }
        }
        if before == (self.hot, self.pressed) { Response::Taken } else { Response::Redraw }
    }

    fn key(&mut self, event: &KeyEvent) -> Response {
        let last = CHOICES.len() - 1;
        let back = event.modifiers.contains(Modifiers::SHIFT);
        match (event.key.as_str(), self.focus) {
            ("Escape", _) if event.down => return self.choose(last),
            ("Enter" | " ", Some(choice)) if event.down => return self.choose(choice),
            ("Tab", focus) if event.down => {
                self.focus = Some(match (focus, back) {
                    (None, false) => 0,
                    (None, true) => last,
                    (Some(at), false) => (at + 1) % CHOICES.len(),
                    (Some(at), true) => at.checked_sub(1).unwrap_or(last),
                });
                return Response::Redraw;
            }
            ("Escape" | "Tab", _) | ("Enter" | " ", Some(_)) => return Response::Taken,
            _ => {}
        }
        Response::Ignored
    }

    fn choose(&mut self, choice: usize) -> Response {
        if let Some(prompt) = self.prompt.take() {
            prompt.answer(CHOICES[choice].1);
        }
        Response::Answered
    }
}

/// What a permission is good for, in words that follow "wants to".
fn wish(name: PermissionName) -> &'static str {
    match name {
        PermissionName::Geolocation => "know where you are",
        PermissionName::Notifications => "show you notifications",
        PermissionName::Push => "get messages while it is closed",
        PermissionName::Camera => "use the camera",
        PermissionName::Microphone => "use the microphone",
        PermissionName::PersistentStorage => "keep its data on this device",
        PermissionName::Contacts => "see your contacts",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virga_bridge::{Bridge, BridgeOptions, Prompt};
    use virga_protocol::{PointerButton, PointerType};

    use crate::DeviceProfile;

    fn panel() -> PromptPanel {
        let prompt = Prompt {
            id: PromptId(1),
            app: 1,
            app_url: "https://example.org/".into(),
            origin: "https://example.org".into(),
            name: PermissionName::Geolocation,
        };
        PromptPanel::new(PermissionPrompt::new(Bridge::new(BridgeOptions::default()), prompt))
    }

    fn viewport() -> Viewport {
        DeviceProfile::default().viewport()
    }

    fn pointer(phase: PointerPhase, at: Point) -> InputEvent {
        #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
        let position = virga_protocol::Point { x: at.x as f32, y: at.y as f32 };
        InputEvent::Pointer(PointerEvent {
            phase,
            id: 1,
            kind: PointerType::Mouse,
            position,
            button: Some(PointerButton::Primary),
            buttons: 1,
            modifiers: Modifiers::empty(),
            click_count: 1,
            contact: Default::default(),
        })
    }

    fn key(name: &str, modifiers: Modifiers) -> InputEvent {
        InputEvent::Key(KeyEvent {
            down: true,
            key: name.into(),
            code: name.into(),
            location: virga_protocol::KeyLocation::Standard,
            repeat: false,
            modifiers,
        })
    }

    /// What each of these events does to a fresh panel.
    fn check(events: &[(InputEvent, Response)]) -> PromptPanel {
        let mut panel = panel();
        for (event, expected) in events {
            assert_eq!(panel.input(event, &viewport()), *expected, "{event:?}");
        }
        panel
    }

    #[test]
    fn a_click_on_a_button_answers() {
        let viewport = viewport();
        let buttons = PromptPanel::buttons(panel().card(&viewport));
        for button in buttons {
            assert!(size(&viewport).to_rect().contains_rect(button));
            check(&[
                (pointer(PointerPhase::Move, button.center()), Response::Redraw),
                (pointer(PointerPhase::Move, button.center()), Response::Taken),
                (pointer(PointerPhase::Down, button.center()), Response::Redraw),
                (pointer(PointerPhase::Up, button.center()), Response::Answered),
            ]);
        }
        // Pressed on one, released on another: nothing is chosen.
        check(&[
            (pointer(PointerPhase::Down, buttons[0].center()), Response::Redraw),
            (pointer(PointerPhase::Up, buttons[1].center()), Response::Redraw),
        ]);
    }

    #[test]
    fn what_is_not_on_the_card_is_the_apps() {
        let button = PromptPanel::buttons(panel().card(&viewport()))[0].center();
        let above = Point::new(20.0, 20.0);
        check(&[
            (pointer(PointerPhase::Down, above), Response::Ignored),
            // A drag that began on the app stays there.
            (pointer(PointerPhase::Move, button), Response::Ignored),
            (pointer(PointerPhase::Up, button), Response::Ignored),
            (pointer(PointerPhase::Down, button), Response::Redraw),
            (InputEvent::Text("x".into()), Response::Ignored),
            (key("a", Modifiers::empty()), Response::Ignored),
            // Not before a key has chosen something.
            (key("Enter", Modifiers::empty()), Response::Ignored),
        ]);
    }

    #[test]
    fn the_keyboard_goes_round_and_chooses() {
        let none = Modifiers::empty();
        let tab = || (key("Tab", none), Response::Redraw);
        assert_eq!(check(&[tab()]).focus, Some(0));
        assert_eq!(check(&[tab(), tab(), tab(), tab(), tab()]).focus, Some(0));
        assert_eq!(check(&[(key("Tab", Modifiers::SHIFT), Response::Redraw)]).focus, Some(3));
        check(&[tab(), (key("Enter", none), Response::Answered)]);
        check(&[(key("Escape", none), Response::Answered)]);
    }
}
