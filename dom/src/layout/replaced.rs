//! Boxes with a natural size: pictures and form controls.
//! <https://drafts.csswg.org/css2/#inline-replaced-width>

use std::rc::Rc;

use taffy::{
    LayoutInput, LayoutOutput, MaybeMath as _, MaybeResolve as _, Rect, RunMode, Size, SizingMode,
};

use super::engine::{Engine, insets};
use super::lines::{Paragraph, Wrap, break_lines, line_height};
use super::{LayoutStyle, calc};
use crate::boxes::{BoxId, BoxKind};
use crate::text::{TextStyle, WhiteSpace};

impl Engine<'_> {
    pub(super) fn replaced(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutOutput {
        let own = self.boxes.at(id);
        let BoxKind::Replaced(replaced) = &own.kind else { return LayoutOutput::DEFAULT };
        let (natural, ratio) = (replaced.natural, replaced.ratio);
        let style = own.style.clone();
        natural_leaf(&style, inputs, natural, ratio)
    }

    pub(super) fn control(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutOutput {
        let own = self.boxes.at(id);
        let BoxKind::Control(control) = &own.kind else { return LayoutOutput::DEFAULT };
        let (columns, rows, multiline) = (control.columns, control.rows, control.multiline);
        let style = own.style.clone();
        let text = style.text(self.text);
        let line = line_height(&text);
        let natural = (Some((columns * text.font.metrics.zero).ceil()), Some(rows * line));
        let mut output = natural_leaf(&style, inputs, natural, None);
        // The text of a field is laid out in it and never changes its size.
        let insets = insets(&style, inputs.parent_size.width);
        let width = (output.size.width - insets.horizontal_axis_sum()).max(0.0);
        let height = (output.size.height - insets.vertical_axis_sum()).max(0.0);
        let root_text = Rc::new(TextStyle {
            white_space: WhiteSpace::Preserve,
            wraps: multiline,
            breaks_words: multiline,
            ..TextStyle::clone(&text)
        });
        let Some(content) = self.boxes.at_mut(id).inline_mut() else { return output };
        let paragraph = Paragraph::new(content, &style, self.text, width, root_text);
        let centered = if multiline { 0.0 } else { ((height - line) / 2.0).max(0.0) };
        let mut wrap = Wrap {
            origin: (insets.left, insets.top + centered),
            width,
            unlimited: !multiline,
            indent: 0.0,
            floats: None,
            own_floats: Vec::new(),
        };
        let (lines, _) = break_lines(&paragraph, &mut wrap, true);
        let area = text.font.metrics;
        let first = lines.lines.first().map_or_else(
            || insets.top + centered + (line - area.ascent - area.descent) / 2.0 + area.ascent,
            |line| line.baseline,
        );
        output.baselines.first = Some(first);
        if inputs.run_mode == RunMode::PerformLayout {
            self.boxes.at_mut(id).lines = Some(Rc::new(lines));
        }
        output
    }
}

/// A box with a natural size.
/// <https://drafts.csswg.org/css2/#inline-replaced-width>
fn natural_leaf(
    style: &LayoutStyle,
    inputs: LayoutInput,
    natural: (Option<f32>, Option<f32>),
    ratio: Option<f32>,
) -> LayoutOutput {
    let ratio = style.taffy.aspect_ratio.or(ratio);
    let insets = insets(style, inputs.parent_size.width);
    let inherent = inputs.sizing_mode == SizingMode::InherentSize;
    let border_box = style.taffy.box_sizing == taffy::BoxSizing::BorderBox;
    let outside = if border_box { insets.sum_axes() } else { Size::ZERO };
    let own = |size: Size<Option<f32>>| {
        if inherent { size.maybe_sub(outside).maybe_max(Size::ZERO) } else { Size::NONE }
    };
    let parent = inputs.parent_size;
    let wanted = own(style.taffy.size.maybe_resolve(parent, calc::resolve));
    let min = own(style.taffy.min_size.maybe_resolve(parent, calc::resolve));
    let max = own(style.taffy.max_size.maybe_resolve(parent, calc::resolve));
    let known = inputs.known_dimensions.maybe_sub(insets.sum_axes()).maybe_max(Size::ZERO);
    let (width, height) = (known.width.or(wanted.width), known.height.or(wanted.height));
    let clamp_width = |width: f32| width.maybe_clamp(min.width, max.width);
    let clamp_height = |height: f32| height.maybe_clamp(min.height, max.height);
    let size = match (width, height) {
        (Some(width), Some(height)) => Size { width, height },
        (Some(width), None) => {
            let width = clamp_width(width);
            Size { width, height: ratio.map(|ratio| width / ratio).or(natural.1).unwrap_or(0.0) }
        }
        (None, Some(height)) => {
            let height = clamp_height(height);
            Size { width: ratio.map(|ratio| height * ratio).or(natural.0).unwrap_or(0.0), height }
        }
        (None, None) => {
            let first = natural.0.unwrap_or(0.0);
            let width = clamp_width(first);
            let mut size = Size { width, height: natural.1.unwrap_or(0.0) };
            if let Some(ratio) = ratio {
                if width != first {
                    size.height = width / ratio;
                }
                let height = clamp_height(size.height);
                if height != size.height {
                    size = Size { width: clamp_width(height * ratio), height };
                }
            }
            size
        }
    };
    // The ratio is applied above, with the limits in mind.
    let plain = taffy::Style { aspect_ratio: None, ..style.taffy.clone() };
    let inputs = if ratio.is_some() && (width.is_none() != height.is_none()) && inherent {
        // One side follows from the other: it is as good as given.
        let full = size + insets.sum_axes();
        LayoutInput { known_dimensions: inputs.known_dimensions.or(full.map(Some)), ..inputs }
    } else {
        inputs
    };
    let mut output = taffy::compute_leaf_layout(inputs, &&plain, calc::resolve, |_, _| size);
    output.scrollable_overflow_rect = Rect::ZERO;
    output
}
