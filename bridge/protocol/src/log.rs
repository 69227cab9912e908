use serde::{Deserialize, Serialize};

use crate::{AppConfig, FromApp, Inbound, app::Answer, app::Call};

/// The version of the log's format that this build writes and reads.
pub const LOG_VERSION: u32 = 1;

/// The first line of a log; entries follow, one JSON value a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogHeader {
    /// [`LOG_VERSION`].
    pub version: u32,
    /// What the app was started with.
    pub config: AppConfig,
    /// Digest of the font collection, as 32 hexadecimal digits.
    pub fonts: String,
}

/// One line of a log, in the order in which things happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogEntry {
    /// Reached the app.
    In(Inbound),
    /// Left the app.
    Out(FromApp),
    /// The app waited for an answer and got it.
    Call(Call, Answer),
    /// The app produced a frame.
    Frame {
        /// Its number, from 1.
        sequence: u64,
        /// Digest of its display list, as 32 hexadecimal digits.
        digest: String,
    },
}
