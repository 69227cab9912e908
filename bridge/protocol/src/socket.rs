use serde::{Deserialize, Serialize};

use crate::Bytes;

/// Opens a WebSocket: <https://websockets.spec.whatwg.org/#concept-websocket-establish>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRequest {
    /// Its address, `ws:` or `wss:`.
    pub url: String,
    /// What the app would speak, the best first.
    pub protocols: Vec<String>,
    /// Serialized origin of who opens it.
    pub origin: String,
}

/// What goes over a socket, in either direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketMessage {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl SocketMessage {
    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// What an app wants of its socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketOrder {
    /// Send a message.
    Send(SocketMessage),
    /// Say goodbye, with a code and words for it.
    Close {
        /// <https://www.rfc-editor.org/rfc/rfc6455#section-7.4>
        code: Option<u16>,
        /// Why, at most 123 bytes.
        reason: String,
    },
}

/// What happens to a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketEvent {
    /// The server agreed.
    Open {
        /// Which of the protocols it chose; empty for none.
        protocol: String,
    },
    /// A message came.
    Message(SocketMessage),
    /// A message of that many bytes is on its way.
    Sent(u64),
    /// It is over. Final.
    Closed {
        /// Both sides said goodbye.
        clean: bool,
        /// The server's code; 1005 without one, 1006 without a goodbye.
        code: u16,
        /// The server's words.
        reason: String,
        /// What went wrong, for people; empty if nothing did.
        failure: String,
    },
}
