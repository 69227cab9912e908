//! Documents: the node tree, HTML parsing, style, layout and painting.
//!
//! This crate knows nothing of script and draws nothing itself. It turns bytes
//! into a [`tree::Tree`], a tree with style sheets into computed styles, those
//! into boxes and fragments, and fragments into a display list. Each of these
//! is patched, not rebuilt: the tree keeps lists of what changed, and a pass
//! looks at nothing else.
//!
//! It does no input or output. Fonts, style sheets, images, time and the size
//! of the viewport are handed in.

mod boxes;
pub mod fonts;
pub mod hit_test;
pub mod layout;
mod paint;
pub mod parser;
pub mod select;
pub mod style;
mod text;
pub mod tree;
mod view;
pub mod xml;
pub mod xpath;

pub use layout::selected::Selected;
pub use layout::{ObservedBox, TextPlace};
pub use tree::{NodeId, QuirksMode, Tree};
pub use view::{Counters, View};

pub use markup5ever::{LocalName, Namespace, Prefix, QualName, local_name, ns};
pub use stylo_dom::ElementState;
