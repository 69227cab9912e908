use std::{io, path::PathBuf};

use virga_render::RenderError;

use crate::LogError;

/// Why an engine or an app could not be made, or what was asked of it not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is no URL.
    #[error("{url:?} is not an address: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The simulated location cannot be used.
    #[error("{0}")]
    Location(String),
    /// A log cannot be replayed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log was recorded with other fonts, so that every frame would differ.
    #[error(
        "{} was recorded with other fonts ({recorded}) than this build has ({here}); replay it with the build that recorded it",
        path.display()
    )]
    Fonts {
        /// The log.
        path: PathBuf,
        /// Digest of the fonts when it was recorded.
        recorded: String,
        /// Digest of the fonts here.
        here: String,
    },
    /// The file for the log cannot be made.
    #[error("cannot record to {}: {error}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The system gave no thread.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    /// Drawing failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The app has crashed, has ended, or does not respond.
    #[error("the app does not answer: it has ended, crashed, or is not responding")]
    NoAnswer,
}
