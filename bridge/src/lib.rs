//! What apps get from outside: the network, storage, the device, and the one
//! broker that decides who may use it.
//!
//! ```text
//!   app thread ── Request, Call ──► AppLink ──► network  (tokio, reqwest)
//!        ▲                             │   ├──► storage  (SQLite per origin)
//!        └───────── ToApp ◄── sink ◄───┘   └──► devices  ◄── Grant ── permissions
//! ```
//!
//! [`Bridge`] is made once per engine and costs nothing until it is used:
//! threads, TLS and databases are made when the first request needs them.
//! [`Bridge::connect`] gives an app its [`AppLink`]. Three rules hold for
//! everything behind it:
//!
//! * **Every request is answered.** Replies go through a `Responder` that
//!   answers by itself if it is dropped, and says nothing more once a final
//!   reply was sent or the app cancelled.
//! * **A device call needs a grant in its hand.** Providers take a
//!   [`Grant`](permissions::Grant), which only the [`Broker`] can make.
//! * **The device lives on the app's clock.** What the simulated phone says at a
//!   moment is a function of that moment, and [`AppLink::advance`] tells it what
//!   time it is, so that a route plays the same on real and on virtual time.

mod bridge;
pub mod devices;
mod identity;
mod link;
mod network;
pub mod permissions;
mod profile;
mod responder;
mod storage;
mod sync;

pub use bridge::{Bridge, BridgeOptions, Trouble};
pub use devices::Phone;
pub use devices::location::{GpxError, LocationError, Route};
pub use link::AppLink;
pub use network::NetworkOptions;
pub use permissions::{Broker, Prompt, PromptAnswer, PromptDelegate, PromptId};
pub use storage::DEFAULT_STORAGE_QUOTA;
