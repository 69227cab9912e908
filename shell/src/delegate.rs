use std::fmt;

use virga_bridge::{Bridge, PromptAnswer, PromptId};
use virga_protocol::{ConsoleMessage, CursorIcon, PermissionName, SourcePosition, TextInputArea};

use crate::{App, Halt};

/// What a host hears of one of its apps.
///
/// Methods are called on the host's thread, from within
/// [`Engine::turn`](crate::Engine::turn), and may call anything. Every method
/// has a default, so that a host writes only what it cares for.
#[expect(unused_variables, reason = "the names are documentation")]
pub trait Delegate {
    /// The app looks different now: [`App::paint`] shows it. The natural thing
    /// is to ask the window for a redraw.
    fn frame_ready(&mut self, app: &App) {}

    /// The app wrote a line to its console.
    fn console(&mut self, app: &App, message: &ConsoleMessage) {}

    /// The title of the app's document changed.
    fn title(&mut self, app: &App, title: &str) {}

    /// The pointer should have another shape.
    fn cursor(&mut self, app: &App, cursor: CursorIcon) {}

    /// Text goes to a caret at this place, or (`None`) nowhere: for the window of an
    /// input method, or a keyboard on screen.
    fn text_input(&mut self, app: &App, area: Option<TextInputArea>) {}

    /// A line of the input script cannot be done; the script ended there.
    fn input_failed(&mut self, app: &App, line: u32, reason: &str) {}

    /// The document at `url` is loaded: its `load` event was dispatched.
    fn loaded(&mut self, app: &App, url: &str) {}

    /// The app's document cannot be shown. The app shows an error page.
    fn load_failed(&mut self, app: &App, url: &str, reason: &str) {}

    /// The app wants something that its user has to allow. Unless the host shows
    /// the prompt in its own way, [`App::ask`] shows it over the app. A prompt
    /// that is dropped is dismissed: the user may be asked again.
    fn permission(&mut self, app: &App, prompt: PermissionPrompt) {
        app.ask(prompt);
    }

    /// A prompt is no longer needed: the app took its request back. A prompt
    /// that [`App::ask`] shows has disappeared already.
    fn permission_withdrawn(&mut self, app: &App, prompt: PromptId) {}

    /// The app stopped (`true`) or began to respond again. The app shows that
    /// over its last frame.
    fn not_responding(&mut self, app: &App, not_responding: bool) {}

    /// A script ran too long and was stopped; the app lives on.
    fn script_stopped(&mut self, app: &App, position: Option<&SourcePosition>) {}

    /// The app does not come back: its thread was given up, and its memory is
    /// lost to the process until that ends.
    fn abandoned(&mut self, app: &App) {}

    /// A defect in the engine ended the app. It shows an error screen.
    fn crashed(&mut self, app: &App, reason: &str) {}

    /// The app closed itself, or was closed.
    fn closed(&mut self, app: &App) {}

    /// The app halted, as [`AppBuilder::run_until`](crate::AppBuilder::run_until),
    /// [`AppBuilder::time_limit`](crate::AppBuilder::time_limit) or the end of
    /// its log said. It keeps its state, to be looked at.
    fn halted(&mut self, app: &App, why: Halt) {}

    /// A replayed app did something else than its log says, and was halted.
    fn diverged(&mut self, app: &App, difference: &str) {}

    /// The log of the app cannot be written any more.
    fn recording_failed(&mut self, app: &App, reason: &str) {}
}

/// Hears nothing.
impl Delegate for () {}

/// A question to the user: may this origin do that?
///
/// Dropped, it answers itself: dismissed, which is not a denial for ever.
pub struct PermissionPrompt {
    id: PromptId,
    origin: String,
    name: PermissionName,
    bridge: Option<Bridge>,
}

impl PermissionPrompt {
    pub(crate) fn new(bridge: Bridge, prompt: virga_bridge::Prompt) -> Self {
        Self { id: prompt.id, origin: prompt.origin, name: prompt.name, bridge: Some(bridge) }
    }

    /// Tells prompts apart.
    #[must_use]
    pub fn id(&self) -> PromptId {
        self.id
    }

    /// Serialized origin of the document that asks.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What it asks for.
    #[must_use]
    pub fn name(&self) -> PermissionName {
        self.name
    }

    /// Gives the user's answer.
    pub fn answer(mut self, answer: PromptAnswer) {
        if let Some(bridge) = self.bridge.take() {
            bridge.permissions().answer(self.id, answer);
        }
    }

    /// Lets the question stay open: the app's request stays pending, as long as
    /// the app waits for it.
    pub fn leave_open(mut self) {
        self.bridge = None;
    }
}

impl Drop for PermissionPrompt {
    fn drop(&mut self) {
        if let Some(bridge) = self.bridge.take() {
            bridge.permissions().answer(self.id, PromptAnswer::Dismissed);
        }
    }
}

impl fmt::Debug for PermissionPrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermissionPrompt")
            .field("origin", &self.origin)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
