//! Workers: <https://html.spec.whatwg.org/#workers>
//!
//! A worker is an agent of its own, with its own script engine, heap and event
//! loop. The host runs it where it likes, on a thread of its own as a rule; what
//! passes between a worker and its owner are messages of the protocol, and so
//! part of the log of each. Here are [`Worker`] and [`shared`], the owner's
//! ends; [`scope`], the global objects of workers; and [`start`], which fetches its script and runs it.

mod import;
mod location;
mod navigator;
mod scope;
mod shared;
mod start;
mod worker;

pub(crate) use self::{
    location::WorkerLocation,
    navigator::WorkerNavigator,
    scope::{DedicatedWorkerGlobalScope, SharedWorkerGlobalScope, WorkerGlobalScope},
    shared::SharedWorker,
    start::{Inbox, owner_posted, start},
    worker::{Worker, Workers, reported},
};
