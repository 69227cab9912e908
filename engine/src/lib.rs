//! The engine: realms, the event loop and the Web APIs.
//!
//! An [`App`] is one cloud app: a script agent with its documents. It does no
//! input or output of its own. Everything that reaches it is an
//! [`Inbound`](virga_protocol::Inbound) message or the answer to a
//! [`Call`](virga_protocol::Call); everything that leaves it goes through its
//! [`Host`]. The same messages give the same app, in every process.
//!
//! A folder per specification: `dom`, `events`, `html`, `window`,
//! `fetch` and so on hold the interfaces that script sees, each the body of a
//! trait that `cargo xtask codegen` writes into `generated` from
//! `engine/idl/*.webidl`. Under them are the `agent`, which all documents of an
//! app share, its `event_loop`, the `wrappers` of nodes, and `loading`,
//! which brings documents in.

mod agent;
mod app;
mod base64;
mod calendar;
mod console;
mod cookies;
mod crypto;
mod css_font_loading;
mod cssom;
mod cssom_view;
mod custom_elements;
mod data_transfer;
mod dom;
mod dom_exception;
mod encoding;
mod error;
mod event_loop;
mod event_source;
mod events;
mod fetch;
mod file;
#[expect(
    clippy::enum_variant_names,
    clippy::manual_range_patterns,
    clippy::too_many_arguments,
    clippy::unnecessary_lazy_evaluations,
    clippy::vec_init_then_push,
    clippy::wrong_self_convention,
    dead_code,
    unused_imports,
    reason = "bindings are complete, whether or not all of them are used"
)]
mod generated;
mod geolocation;
mod geometry;
mod history;
mod html;
mod interfaces;
mod intersection_observer;
mod loading;
mod location;
mod messaging;
mod navigable;
mod navigator;
mod performance;
mod permissions;
mod requests;
mod resize_observer;
mod selection;
mod storage;
mod streams;
mod structured_clone;
mod testing;
mod timers;
mod url;
mod web_sockets;
mod window;
mod workers;
mod wrappers;
mod xhr;

pub use app::{App, DumpPhase, FrameCounters, Host, Phase, Status};
pub use testing::Internals;
pub use virga_dom::fonts::FontSet;
