use serde::{Deserialize, Serialize};

/// Which of the two `Storage` areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageArea {
    /// `localStorage`: kept per origin, durable when the script's task ends.
    Local,
    /// `sessionStorage`: kept as long as the app runs.
    Session,
}

/// A call on the storage of one origin that script waits for.
///
/// Keys and values are UTF-16 strings on the web; lone surrogates are kept by
/// writing them as WTF-8 inside the host, and here as arrays of code units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageCall {
    /// All pairs of the area, in insertion order. Answered by [`StorageReply::Pairs`].
    Load,
    /// Sets a pair. Answered by [`StorageReply::Done`] or [`StorageReply::QuotaExceeded`].
    Set {
        /// Key, in UTF-16 code units.
        key: Vec<u16>,
        /// Value, in UTF-16 code units.
        value: Vec<u16>,
    },
    /// Removes a pair, if there is one.
    Remove {
        /// Key, in UTF-16 code units.
        key: Vec<u16>,
    },
    /// Removes all pairs.
    Clear,
    /// Makes what was written durable. Sent when a script's task ends.
    Flush,
}

/// The answer to a [`StorageCall`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageReply {
    /// It is done.
    Done,
    /// The pairs of the area, in insertion order.
    Pairs(Vec<(Vec<u16>, Vec<u16>)>),
    /// The origin's quota would be exceeded; nothing was changed.
    QuotaExceeded {
        /// The limit, in bytes.
        quota: u64,
        /// What the change would have made of it, in bytes.
        requested: u64,
    },
    /// The store is broken; nothing was changed.
    Failed(String),
}

/// One change of `localStorage`, told to the other apps of its origin.
///
/// <https://html.spec.whatwg.org/multipage/webstorage.html#concept-storage-broadcast>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageChange {
    /// Serialized origin.
    pub origin: String,
    /// The key in UTF-16 code units; `None` when all pairs were removed.
    pub key: Option<Vec<u16>>,
    /// The value before.
    pub old: Option<Vec<u16>>,
    /// The value now.
    pub new: Option<Vec<u16>>,
    /// URL of the app that made the change.
    pub url: String,
}
