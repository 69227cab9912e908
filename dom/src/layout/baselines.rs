//! Where the first and the last line of blocks stand, for what is aligned with them.
//! <https://drafts.csswg.org/css-align-3/#baseline-export>
//!
//! taffy tells of first baselines alone. The last one has to be part of a block's
//! answer, too: lines that stick out of a block of a given height change nothing else
//! in it, but an inline-block that the block is in stands on them.

use taffy::{Baselines, Size};

use super::StyleFlags;
use super::engine::{Engine, relative_offset};
use crate::boxes::{BoxId, BoxKind, LayoutBox};

impl Engine<'_> {
    /// The baselines of a block container whose children are laid out.
    pub(super) fn baselines_of_block(&self, id: BoxId) -> Baselines {
        let own = self.boxes.at(id);
        if own.style.taffy.contain.suppresses_baseline() {
            return Baselines::NONE;
        }
        let first = own.children.iter().find_map(|child| {
            let child = self.in_flow(*child)?;
            let output = &child.cache.last()?.1;
            let first = output.baselines.first;
            // The same as taffy's: a scroll container has a baseline in any case.
            let scrolls = child.style.taffy.overflow.y.is_scroll_container();
            let first = first.or_else(|| scrolls.then_some(output.size.height))?;
            Some(below_top_of_parent(child, first))
        });
        Baselines { first, last: self.last_of_block(id) }
    }

    /// The last baseline of a block container whose children are laid out.
    pub(super) fn last_of_block(&self, id: BoxId) -> Option<f32> {
        let own = self.boxes.at(id);
        if own.style.taffy.contain.suppresses_baseline() {
            return None;
        }
        own.children.iter().rev().find_map(|id| {
            let child = self.in_flow(*id)?;
            Some(below_top_of_parent(child, child.cache.last_baseline?))
        })
    }

    fn in_flow(&self, id: BoxId) -> Option<&LayoutBox> {
        let child = self.boxes.at(id);
        let is_out = child.style.flags.intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT);
        (!is_out).then_some(child)
    }
}

/// Which of a box's baselines counts as the last in its container.
pub(super) fn last_of(kind: &BoxKind, baselines: &Baselines) -> Option<f32> {
    match kind {
        BoxKind::Block | BoxKind::Inline(_) => baselines.last,
        _ => baselines.first,
    }
}

/// A child's baseline below the top of its parent's border box, in which a relative
/// offset of the child does not count and lines do not leave a scroll container.
fn below_top_of_parent(child: &LayoutBox, baseline: f32) -> f32 {
    let baseline = if child.style.taffy.overflow.y.is_scroll_container() {
        baseline.clamp(0.0, child.geometry.size.height.max(0.0))
    } else {
        baseline
    };
    // Beside floats, the question is not remembered, and percentages are of nothing.
    let basis = child.cache.last().map_or(Size::NONE, |(input, _)| input.parent_size);
    child.geometry.location.y - relative_offset(&child.style, basis).y + baseline
}
