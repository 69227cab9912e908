//! The engine: realms, the event loop and the Web APIs.
//!
//! An [`App`] is one cloud app: a script agent with its documents. It does no
//! input or output of its own. Everything that reaches it is an
//! [`Inbound`](virga_protocol::Inbound) message or the answer to a
//! [`Call`](virga_protocol::Call); everything that leaves it goes through its
//! [`Host`]. The same messages give the same app, in every process.

mod app;

pub use app::{App, FontSet, DumpPhase, FrameCounters, Host, Status};
