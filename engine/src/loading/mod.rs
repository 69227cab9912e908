//! How documents come in: <https://html.spec.whatwg.org/#document-lifecycle>
//!
//! [`navigate`] asks the host for a resource and makes a window for what comes;
//! [`parser`] feeds the text to the HTML parser as it arrives, stopping where a
//! script has to run; [`script`], [`stylesheet`] and [`image`] fetch what
//! elements name. [`DocumentState`] counts what the document waits for, and
//! [`advance`] takes the next step of its life as soon as nothing is left.

mod commit;
mod document;
pub(crate) mod encoding;
mod error_page;
pub(crate) mod fetch;
pub(crate) mod hooks;
pub(crate) mod image;
pub(crate) mod import_map;
mod last_modified;
mod navigate;
pub(crate) mod open;
mod parser;
mod refresh;
mod script;
pub(crate) mod stylesheet;
mod title;

pub(crate) use commit::{unload_navigable, unload_shown};
pub(crate) use document::{DocumentState, ReadyState, advance, base_url};
pub(crate) use encoding::charset_of;
pub(crate) use fetch::{Fetched, essence, fetch, header, request_for};
pub(crate) use hooks::{attribute_changed, children_changed, node_inserted, node_removed};
pub(crate) use image::Images;
pub(crate) use last_modified::last_modified;
pub(crate) use navigate::{
    Destination, History, History as NavigationHistory, PostBody, navigate, navigate_in,
    navigate_opened, navigate_target, navigate_to, reload, start, stop, target_of,
};
pub(crate) use open::entry_window;
pub(crate) use script::{
    clear_force_async, fetch_module, forces_async, import_meta_resolve, is_javascript, run_classic,
};
pub(crate) use title::{send_title, title};
