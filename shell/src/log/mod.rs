//! Recorded runs: an app's message log as a file.
//!
//! The file has one JSON value a line: a [`LogHeader`](virga_protocol::LogHeader),
//! then [`LogEntry`](virga_protocol::LogEntry)s in the exact order in which
//! things happened. Two rules make a replay exact:
//!
//! * the app's loop runs once after the app was made and once after each
//!   message it receives, recorded or replayed;
//! * everything else that reaches an app is the answer to a call, and the
//!   answers are in the log too.

mod reader;
mod recorder;
mod replay;

pub use reader::{Log, LogError};
pub(crate) use recorder::Recorder;
pub(crate) use replay::{Script, ScriptHost};
