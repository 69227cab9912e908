//! The permission broker: who may use what the device offers.
//!
//! The effective right to a feature is the host's decision for the origin: the
//! host's own word (`--grant`, `--deny`), then the user's stored decision, then
//! a one-time grant, then the question. Origins that cannot be trusted not to be
//! someone else (plain `http` from another machine) have none, unless the host
//! itself says so.
//!
//! Nothing is decided by waiting: a prompt that nobody answers leaves its
//! requests pending, and a dismissed prompt refuses those requests but decides
//! nothing. Every question, decision and use is written to the audit log ([`AuditEntry`]).
//!
//! <https://w3c.github.io/permissions/>

mod audit;
mod broker;
mod grant;
mod prompt;
mod store;

pub use audit::{AuditEntry, AuditEvent};
pub use broker::Broker;
pub(crate) use broker::{Asked, Denial, Outcome, PermissionPort, Ticket};
pub use grant::{Geolocation, Grant, Permission};
pub use prompt::{Prompt, PromptAnswer, PromptDelegate, PromptId};
