//! One run of layout: who computes a box, and what is remembered of it.

use taffy::{
    AvailableSpace, BlockContext, LayoutInput, LayoutOutput, MaybeMath as _, MaybeResolve as _,
    NodeId, Point, Rect, ResolveOrZero as _, RunMode, Size,
};

use super::baselines::last_of;
use super::{LayoutStyle, StyleFlags, calc};
use crate::boxes::{BoxId, BoxKind, BoxTree, Marks};
use crate::text::TextContext;

/// One run of layout.
pub(crate) struct Engine<'a> {
    pub(crate) boxes: &'a mut BoxTree,
    pub(crate) text: &'a mut TextContext,
    /// Boxes that were computed, cached answers not counted.
    pub(crate) laid_out: u64,
}

impl Engine<'_> {
    /// The size and content of a box, from the cache if nothing changed.
    pub(crate) fn compute(
        &mut self,
        id: BoxId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        if inputs.run_mode == RunMode::PerformHiddenLayout {
            return LayoutOutput::HIDDEN;
        }
        // The cache does not know of floats: neither of those beside a box nor
        // of those that stick out of it.
        let shares_floats = context.as_ref().is_some_and(|context| {
            context.has_active_floats(0.0) || self.boxes.at(id).marks.contains(Marks::FLOATS)
        });
        if !shares_floats && let Some(found) = self.boxes.at(id).cache.get(&inputs) {
            return found;
        }
        let output = self.compute_now(id, inputs, context);
        let own = self.boxes.at_mut(id);
        if shares_floats {
            own.cache.clear();
        } else {
            own.cache.store(&inputs, output.clone());
        }
        output
    }

    fn compute_now(
        &mut self,
        id: BoxId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        self.laid_out += 1;
        if inputs.run_mode == RunMode::PerformLayout {
            self.boxes.at_mut(id).hoisted.clear();
        }
        let inputs = self.with_list_height(id, inputs);
        let own = self.boxes.at(id);
        let node = NodeId::from(id);
        let display = own.style.taffy.display;
        let mut output = match &own.kind {
            BoxKind::Inline(_) => self.inline_context(id, inputs, context),
            BoxKind::Replaced(_) => self.replaced(id, inputs),
            BoxKind::Control(_) => self.control(id, inputs),
            _ if super::table::is_table(&own.style) && !own.children.is_empty() => {
                self.table(id, inputs)
            }
            _ if own.children.is_empty() => {
                let style = own.style.clone();
                taffy::compute_leaf_layout(inputs, &&style.taffy, calc::resolve, |_, _| Size::ZERO)
            }
            BoxKind::Flex => taffy::compute_flexbox_layout(self, node, inputs),
            BoxKind::Grid => taffy::compute_grid_layout(self, node, inputs),
            BoxKind::Block if display == taffy::Display::Block => {
                taffy::compute_block_layout(self, node, inputs, context)
            }
            BoxKind::Block => taffy::compute_block_layout(self, node, inputs, None),
        };
        if inputs.run_mode == RunMode::PerformLayout {
            if matches!(self.boxes.at(id).kind, BoxKind::Block) && output.baselines.last.is_none() {
                output.baselines.last = self.last_of_block(id);
            }
            let own = self.boxes.at_mut(id);
            own.cache.last_baseline = last_of(&own.kind, &output.baselines);
            own.cache.in_flow_overflow = output.scrollable_overflow_rect;
            taffy::compute_oof_layout(self, node, &mut output);
            let own = self.boxes.at_mut(id);
            own.marks.remove(Marks::CONTENT | Marks::BOX);
            own.paint.forget_order();
        }
        output
    }

    /// A list of options is as high as the rows that it shows, unless it is told.
    ///
    /// <https://html.spec.whatwg.org/#the-select-element-2>
    fn with_list_height(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutInput {
        let own = self.boxes.at(id);
        let Some(rows) = own.list_rows else { return inputs };
        let style = own.style.clone();
        if inputs.known_dimensions.height.is_some() || !style.taffy.size.height.is_auto() {
            return inputs;
        }
        let line = super::lines::line_height(&style.text(self.text)) + OPTION_PADDING;
        #[expect(clippy::cast_precision_loss, reason = "nobody sees so many rows")]
        let height =
            rows as f32 * line + insets(&style, inputs.parent_size.width).vertical_axis_sum();
        let limit = |size: Size<taffy::LengthPercentageAuto>| {
            size.height.maybe_resolve(inputs.parent_size.height, calc::resolve)
        };
        let height = height.maybe_clamp(limit(style.taffy.min_size), limit(style.taffy.max_size));
        let known_dimensions = Size { height: Some(height), ..inputs.known_dimensions };
        LayoutInput { known_dimensions, ..inputs }
    }

    /// The layout of the whole document in a viewport.
    pub(crate) fn root(&mut self, root: BoxId, viewport: Size<f32>) {
        let available = viewport.map(AvailableSpace::Definite);
        taffy::compute_root_layout(self, root.into(), available);
    }
}

/// What the style sheet puts below the text of an option, in CSS px.
const OPTION_PADDING: f32 = 1.0;

/// Border and padding, in CSS px.
pub(super) fn insets(style: &LayoutStyle, basis: Option<f32>) -> Rect<f32> {
    let padding = style.taffy.padding.resolve_or_zero(basis, calc::resolve);
    let border = style.taffy.border.resolve_or_zero(basis, calc::resolve);
    padding + border
}

/// How far `position: relative` moves a box.
pub(super) fn relative_offset(style: &LayoutStyle, parent: Size<Option<f32>>) -> Point<f32> {
    if style.taffy.position != taffy::Position::Relative {
        return Point::ZERO;
    }
    let inset = style.taffy.inset;
    let left = inset.left.maybe_resolve(parent.width, calc::resolve);
    let right = inset.right.maybe_resolve(parent.width, calc::resolve).map(|x| -x);
    let top = inset.top.maybe_resolve(parent.height, calc::resolve);
    let bottom = inset.bottom.maybe_resolve(parent.height, calc::resolve).map(|y| -y);
    let x = if style.has(StyleFlags::RTL) { right.or(left) } else { left.or(right) };
    Point { x: x.unwrap_or(0.0), y: top.or(bottom).unwrap_or(0.0) }
}
