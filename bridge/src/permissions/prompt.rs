use serde::{Deserialize, Serialize};
use virga_protocol::PermissionName;

/// Names a prompt; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromptId(pub u64);

/// A question to the user. It is plain data: the answer goes to
/// [`Broker::answer`](super::Broker::answer).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What to answer to.
    pub id: PromptId,
    /// The app that asked first: its [`AppLink::id`](crate::AppLink::id).
    pub app: u64,
    /// The address of the app that asks.
    pub app_url: String,
    /// The origin that asks, or the folder of an app that is a file. Show this.
    pub origin: String,
    /// What it asks for.
    pub name: PermissionName,
}

/// What the user may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptAnswer {
    /// Allowed until the app is closed; not stored.
    Once,
    /// Allowed whenever the app is visible; stored.
    WhileUsing,
    /// Allowed; stored.
    Always,
    /// Forbidden; stored.
    Never,
    /// No decision: refuses what waits for it, and the next request asks again.
    Dismissed,
}

/// Shows prompts to the user. Called on whatever thread the cause came from, and
/// without a lock held: it may answer at once.
pub trait PromptDelegate: Send + Sync {
    /// Show this prompt. Only one is shown at a time.
    fn prompt(&self, prompt: &Prompt) {
        let _ = prompt;
    }

    /// Nobody waits for the answer any more: take the prompt away.
    fn withdraw(&self, id: PromptId) {
        let _ = id;
    }
}
