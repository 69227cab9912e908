use serde::{Deserialize, Serialize};

use crate::{Bytes, ClonedValue, ConsoleMessage, SourcePosition};

/// Names an agent, that is an app or a worker, among all that can reach it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct AgentId(pub u64);

/// Names one end of a message channel, wherever it has moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PortId {
    /// The agent that made it; it is there unless it moved.
    pub agent: AgentId,
    /// Its number there.
    pub number: u64,
}

/// What one end of a channel tells the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortMessage {
    /// `postMessage`
    Post(ClonedValue),
    /// It was closed.
    Close,
}

/// What the `BroadcastChannel` objects that hear each other share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// Serialized origin.
    pub origin: String,
    /// The name that script gave.
    pub name: String,
}

/// Names a worker among those of the agent that started it; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub u64);

/// How a worker starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerStart {
    /// The address of its script.
    pub url: String,
    /// The script itself, where the address means something only to who starts it
    /// (`blob:`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Bytes>,
    /// `new Worker(…, { name })`
    pub name: String,
    /// Whether the script is a module.
    pub module: bool,
    /// Whether what is posted to it are connections (`new SharedWorker(…)`).
    #[serde(default)]
    pub shared: bool,
    /// Serialized origin of who starts it.
    pub origin: String,
    /// Whether who starts it is a secure context.
    pub secure: bool,
    /// Whether who starts it is isolated from other origins.
    #[serde(default)]
    pub isolated: bool,
    /// URL of who starts it.
    pub referrer: String,
    /// Seed of what is drawn by lot in the worker.
    pub seed: u64,
}

/// What the owner of a worker tells the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerOrder {
    /// Start it.
    Start(WorkerStart),
    /// `worker.postMessage`
    Post(ClonedValue),
    /// `worker.terminate()`: it ends at once, whatever it does.
    Terminate,
}

/// What a worker tells its owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerReport {
    /// `postMessage`
    Message(ClonedValue),
    /// An exception that the worker did not handle.
    Error {
        /// What it says.
        message: String,
        /// Where it was thrown, as far as known.
        position: Option<SourcePosition>,
    },
    /// A line for the console, which the owner passes on, so that its log holds all of
    /// a run's lines in their order.
    Console(ConsoleMessage),
    /// The script could not be loaded; why, for people.
    Failed(String),
    /// It has ended by itself.
    Closed,
}
