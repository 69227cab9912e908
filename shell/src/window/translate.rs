use std::time::{Duration, Instant};

use virga_protocol::{
    ColorScheme, Contact, InputEvent, KeyEvent, Modifiers, Point, PointerButton, PointerEvent,
    PointerPhase, PointerType, Preedit, WheelEvent,
};
use winit::{
    dpi::PhysicalPosition,
    event::{
        ElementState, Force, Ime, MouseButton, MouseScrollDelta, Touch, TouchPhase, WindowEvent,
    },
    window::Theme,
};

use super::keys;

/// What one notch of a wheel scrolls, in CSS px.
const NOTCH: f32 = 100.0;
/// Clicks that follow each other within this time and distance count together.
const DOUBLE_CLICK: Duration = Duration::from_millis(500);
const DOUBLE_CLICK_SLOP: f32 = 5.0;
/// `PointerEvent.id` of the mouse; fingers come after it.
const MOUSE: i32 = 1;

/// Something that happened to a window.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// The user did something: for [`App::input`](crate::App::input).
    Input(InputEvent),
    /// It has another size (in device px) or scale (device px per CSS px).
    Resized((u32, u32), f64),
    /// It can, or cannot, be seen.
    Visible(bool),
    /// The user prefers another colour scheme.
    ColorScheme(ColorScheme),
    /// It wants to be painted.
    Redraw,
    /// The user wants to close it.
    Close,
}

/// Turns winit's events of one window into ours.
#[derive(Debug)]
pub struct Translator {
    scale: f64,
    size: (u32, u32),
    position: Point,
    buttons: u16,
    modifiers: Modifiers,
    clicks: Option<Clicks>,
    /// Keys that went to an input method, which commits text instead.
    composing: bool,
}

#[derive(Debug)]
struct Clicks {
    button: PointerButton,
    position: Point,
    at: Instant,
    count: u32,
}

impl Translator {
    /// For a window with so many device px per CSS px when it is opened.
    #[must_use]
    pub fn new(scale: f64) -> Self {
        Self {
            scale,
            size: (0, 0),
            position: Point::default(),
            buttons: 0,
            modifiers: Modifiers::empty(),
            clicks: None,
            composing: false,
        }
    }

    /// What `event` means.
    pub fn translate(&mut self, event: &WindowEvent) -> Vec<Change> {
        match event {
            WindowEvent::Resized(size) => {
                self.size = (size.width, size.height);
                self.resized()
            }
            WindowEvent::ScaleFactorChanged { scale_factor, .. } => {
                self.scale = *scale_factor;
                self.resized()
            }
            WindowEvent::CloseRequested => vec![Change::Close],
            WindowEvent::RedrawRequested => vec![Change::Redraw],
            WindowEvent::Occluded(occluded) => vec![Change::Visible(!occluded)],
            WindowEvent::ThemeChanged(theme) => vec![Change::ColorScheme(match theme {
                Theme::Light => ColorScheme::Light,
                Theme::Dark => ColorScheme::Dark,
            })],
            WindowEvent::Focused(focused) => {
                if !focused {
                    self.modifiers = Modifiers::empty();
                    self.composing = false;
                }
                vec![Change::Input(InputEvent::Focus(*focused))]
            }
            WindowEvent::ModifiersChanged(modifiers) => {
                self.modifiers = keys::modifiers(modifiers.state());
                Vec::new()
            }
            WindowEvent::KeyboardInput { event, is_synthetic: false, .. } if !self.composing => {
                vec![Change::Input(InputEvent::Key(KeyEvent {
                    down: event.state == ElementState::Pressed,
                    key: keys::key(&event.logical_key),
                    code: keys::code(event.physical_key),
                    location: keys::location(event.location),
                    repeat: event.repeat,
                    modifiers: self.modifiers,
                }))]
            }
            WindowEvent::Ime(ime) => self.ime(ime),
            WindowEvent::CursorMoved { position, .. } => {
                self.position = self.css(*position);
                vec![self.pointer(PointerPhase::Move, None, 0)]
            }
            WindowEvent::CursorLeft { .. } => vec![self.pointer(PointerPhase::Leave, None, 0)],
            WindowEvent::MouseInput { state, button, .. } => self.button(*state, *button),
            WindowEvent::MouseWheel { delta, .. } => vec![self.wheel(*delta)],
            WindowEvent::Touch(touch) => vec![self.touch(touch)],
            _ => Vec::new(),
        }
    }

    fn resized(&self) -> Vec<Change> {
        let (width, height) = self.size;
        // A minimized window has no size; it keeps its layout.
        if width == 0 || height == 0 {
            return Vec::new();
        }
        vec![Change::Resized((width, height), self.scale)]
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
    fn css(&self, position: PhysicalPosition<f64>) -> Point {
        Point { x: (position.x / self.scale) as f32, y: (position.y / self.scale) as f32 }
    }

    fn pointer(&self, phase: PointerPhase, button: Option<PointerButton>, clicks: u32) -> Change {
        Change::Input(InputEvent::Pointer(PointerEvent {
            phase,
            id: MOUSE,
            kind: PointerType::Mouse,
            position: self.position,
            button,
            buttons: self.buttons,
            modifiers: self.modifiers,
            click_count: clicks,
            contact: Contact::default(),
        }))
    }

    fn button(&mut self, state: ElementState, button: MouseButton) -> Vec<Change> {
        let (button, mask) = match button {
            MouseButton::Left => (PointerButton::Primary, 1),
            MouseButton::Right => (PointerButton::Secondary, 2),
            MouseButton::Middle => (PointerButton::Auxiliary, 4),
            MouseButton::Back => (PointerButton::Back, 8),
            MouseButton::Forward => (PointerButton::Forward, 16),
            MouseButton::Other(_) => return Vec::new(),
        };
        if state == ElementState::Pressed {
            self.buttons |= mask;
            let count = self.count_click(button, Instant::now());
            vec![self.pointer(PointerPhase::Down, Some(button), count)]
        } else {
            self.buttons &= !mask;
            let count = self.clicks.as_ref().map_or(1, |clicks| clicks.count);
            vec![self.pointer(PointerPhase::Up, Some(button), count)]
        }
    }

    fn count_click(&mut self, button: PointerButton, now: Instant) -> u32 {
        let count = match &self.clicks {
            Some(last)
                if last.button == button
                    && now.saturating_duration_since(last.at) <= DOUBLE_CLICK
                    && (last.position.x - self.position.x)
                        .hypot(last.position.y - self.position.y)
                        <= DOUBLE_CLICK_SLOP =>
            {
                last.count.saturating_add(1)
            }
            _ => 1,
        };
        self.clicks = Some(Clicks { button, position: self.position, at: now, count });
        count
    }

    fn wheel(&self, delta: MouseScrollDelta) -> Change {
        // winit says how far the content moves; we, how far the view does.
        #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
        let (x, y) = match delta {
            MouseScrollDelta::LineDelta(x, y) => (x * NOTCH, y * NOTCH),
            MouseScrollDelta::PixelDelta(by) => {
                ((by.x / self.scale) as f32, (by.y / self.scale) as f32)
            }
        };
        Change::Input(InputEvent::Wheel(WheelEvent {
            position: self.position,
            delta_x: -x,
            delta_y: -y,
            modifiers: self.modifiers,
        }))
    }

    fn touch(&self, touch: &Touch) -> Change {
        let (phase, button, buttons) = match touch.phase {
            TouchPhase::Started => (PointerPhase::Down, Some(PointerButton::Primary), 1),
            TouchPhase::Moved => (PointerPhase::Move, None, 1),
            TouchPhase::Ended => (PointerPhase::Up, Some(PointerButton::Primary), 0),
            TouchPhase::Cancelled => (PointerPhase::Cancel, None, 0),
        };
        Change::Input(InputEvent::Pointer(PointerEvent {
            phase,
            id: i32::try_from(touch.id).unwrap_or(i32::MAX - 2).saturating_add(MOUSE + 1),
            kind: PointerType::Touch,
            position: self.css(touch.location),
            button,
            buttons,
            modifiers: self.modifiers,
            click_count: u32::from(button.is_some()),
            contact: Contact { pressure: force(touch.force), ..Contact::default() },
        }))
    }

    fn ime(&mut self, ime: &Ime) -> Vec<Change> {
        match ime {
            Ime::Preedit(text, selection) => {
                let was = std::mem::replace(&mut self.composing, !text.is_empty());
                if !was && text.is_empty() {
                    return Vec::new();
                }
                let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                vec![Change::Input(InputEvent::Preedit(Preedit {
                    text: text.clone(),
                    selection: selection.map(|(start, end)| (narrow(start), narrow(end))),
                }))]
            }
            Ime::Commit(text) => {
                self.composing = false;
                vec![Change::Input(InputEvent::Text(text.clone()))]
            }
            Ime::Enabled => Vec::new(),
            Ime::Disabled => {
                if std::mem::take(&mut self.composing) {
                    return vec![Change::Input(InputEvent::Preedit(Preedit::default()))];
                }
                Vec::new()
            }
        }
    }
}

/// From 0 to 1, where the screen can tell.
#[expect(clippy::cast_possible_truncation, reason = "from 0 to 1")]
fn force(force: Option<Force>) -> Option<f32> {
    force.map(|force| force.normalized() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use winit::{dpi::PhysicalSize, event::DeviceId};

    fn pointer(change: &Change) -> &PointerEvent {
        match change {
            Change::Input(InputEvent::Pointer(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn positions_are_css_px_and_clicks_count() {
        let device_id = DeviceId::dummy();
        let mut translator = Translator::new(2.0);
        let moved =
            WindowEvent::CursorMoved { device_id, position: PhysicalPosition::new(20.0, 30.0) };
        assert_eq!(pointer(&translator.translate(&moved)[0]).position, Point { x: 10.0, y: 15.0 });
        let press = |state| WindowEvent::MouseInput { device_id, state, button: MouseButton::Left };
        for expected in 1..=3 {
            let down = translator.translate(&press(ElementState::Pressed));
            let down = pointer(&down[0]);
            assert_eq!(
                (down.click_count, down.buttons, down.phase),
                (expected, 1, PointerPhase::Down)
            );
            let up = translator.translate(&press(ElementState::Released));
            assert_eq!((pointer(&up[0]).click_count, pointer(&up[0]).buttons), (expected, 0));
        }
        let away =
            WindowEvent::CursorMoved { device_id, position: PhysicalPosition::new(90.0, 30.0) };
        translator.translate(&away);
        assert_eq!(pointer(&translator.translate(&press(ElementState::Pressed))[0]).click_count, 1);
    }

    #[test]
    fn a_wheel_turned_towards_the_user_scrolls_down() {
        let mut translator = Translator::new(1.0);
        let event = WindowEvent::MouseWheel {
            device_id: DeviceId::dummy(),
            delta: MouseScrollDelta::LineDelta(0.0, -1.0),
            phase: TouchPhase::Moved,
        };
        match &translator.translate(&event)[0] {
            Change::Input(InputEvent::Wheel(wheel)) => assert_eq!(wheel.delta_y, 100.0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_minimized_window_keeps_its_size() {
        let mut translator = Translator::new(1.0);
        assert_eq!(translator.translate(&WindowEvent::Resized(PhysicalSize::new(0, 0))), []);
        let sized = WindowEvent::Resized(PhysicalSize::new(390, 844));
        assert_eq!(translator.translate(&sized), [Change::Resized((390, 844), 1.0)]);
    }
}
