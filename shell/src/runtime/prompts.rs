use std::sync::{Mutex, PoisonError};

use virga_bridge::{Prompt, PromptDelegate, PromptId};

use super::{Event, Outbox};

/// Brings the broker's prompts to the apps that caused them.
#[derive(Default)]
pub(crate) struct Prompts(Mutex<Vec<(u64, Outbox)>>);

impl Prompts {
    /// The app that the bridge calls `link` hears through `outbox`.
    pub(crate) fn register(&self, link: u64, outbox: Outbox) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((link, outbox));
    }

    /// An app is gone.
    pub(crate) fn forget(&self, app: crate::AppId) {
        let mut apps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|(_, outbox)| outbox.app() != app);
    }
}

impl PromptDelegate for Prompts {
    fn prompt(&self, prompt: &Prompt) {
        let apps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, outbox)) = apps.iter().find(|(link, _)| *link == prompt.app) {
            outbox.post(Event::Prompt(prompt.clone()));
        }
    }

    fn withdraw(&self, id: PromptId) {
        // Prompt numbers are the broker's, not an app's: all look for it.
        for (_, outbox) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            outbox.post(Event::Withdraw(id));
        }
    }
}
