use std::fmt;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The page closed itself, or came as far as was asked.
    Done,
    /// The page cannot be loaded, or something else failed.
    Failed,
    /// The arguments make no sense.
    Usage,
    /// Time was up.
    TimedOut,
    /// A defect ended the app.
    Crashed,
    /// The app did not respond.
    Unresponsive,
}

impl Exit {
    pub(crate) const fn code(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::TimedOut => 3,
            Self::Crashed => 4,
            Self::Unresponsive => 5,
        }
    }
}

/// Why the command ends early, and with what code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, error: anyhow::anyhow!("{message}") }
    }

    pub(crate) fn failed(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Failed, error: anyhow::anyhow!("{message}") }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { exit: Exit::Failed, error: error.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // With what caused it.
        write!(f, "{:#}", self.error)
    }
}
