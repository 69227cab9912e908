//! Layout: from boxes to places and sizes.
//!
//! Block, flex, grid and float layout are taffy's (`bridge` is what it sees of
//! our boxes); lines (`lines`), tables (`table`) and replaced boxes are ours. Places are
//! relative to the parent, so that moving a box costs nothing for what is in it;
//! `geometry` sums them up when somebody asks.
//! `incremental` decides what has to be done again.

mod baselines;
mod bridge;
mod cache;
mod calc;
mod caret;
mod engine;
mod fields;
mod formatting;
mod fragments;
mod geometry;
mod incremental;
mod inline;
mod lines;
mod observe;
mod ranges;
mod replaced;
mod scrolling;
pub(crate) mod selected;
mod sticky;
mod style;
mod table;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use cache::LayoutCache;
pub use formatting::{Formatting, LayoutCounters};
pub use geometry::{BoxMetrics, UsedValues};
pub(crate) use geometry::{insets, location};
pub(crate) use incremental::move_by_offsets;
pub(crate) use lines::{InlineLayout, Piece, TextPiece};
pub use observe::ObservedBox;
pub use ranges::TextPlace;
pub(crate) use style::{LayoutStyle, StyleCache, StyleFlags};

/// Whether a box keeps its floats, and those of others, apart.
/// <https://drafts.csswg.org/css-display/#block-formatting-context>
pub(crate) fn establishes_bfc(style: &LayoutStyle) -> bool {
    let t = &style.taffy;
    t.display != taffy::Display::Block
        || t.overflow.x.is_scroll_container()
        || t.overflow.y.is_scroll_container()
        || t.contain.establishes_independent_formatting_context()
        || t.align_content != taffy::AlignContent::NORMAL
        || style.flags.intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT)
}
