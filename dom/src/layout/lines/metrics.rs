//! How high a line is, and where baselines lie in it.
//! <https://drafts.csswg.org/css-inline-3/#line-height>

use style::values::computed::Length;
use style::values::computed::{AlignmentBaseline, BaselineShift};
use style::values::generics::box_::BaselineShiftKeyword;

use super::tokens::{Paragraph, SpanInfo};
use crate::layout::LayoutStyle;
use crate::text::{LineHeight, TextStyle};

/// Above and below a baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Extent {
    pub(super) ascent: f32,
    pub(super) descent: f32,
}

impl Extent {
    pub(super) fn height(self) -> f32 {
        self.ascent + self.descent
    }
}

/// Where a box is aligned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Align {
    /// Its baseline is this far below its parent's.
    Baseline(f32),
    /// To the top, the middle or the bottom of the line box.
    Top,
    Center,
    Bottom,
}

/// The content area of a style's first font.
pub(super) fn content_area(style: &TextStyle) -> Extent {
    Extent { ascent: style.font.metrics.ascent, descent: style.font.metrics.descent }
}

/// What a style takes of a line, leading included.
pub(super) fn inline_extent(style: &TextStyle) -> Extent {
    let area = content_area(style);
    let height = match style.line_height {
        LineHeight::Normal => area.height() + style.font.metrics.line_gap,
        LineHeight::Px(height) => height,
    };
    // Whole px above, so that baselines stay on the grid where line heights do.
    let above = ((height - area.height()) / 2.0).floor();
    Extent { ascent: area.ascent + above, descent: height - area.ascent - above }
}

/// Where a box with `extent` and `style` goes in a parent with `parent`.
pub(super) fn alignment(style: &LayoutStyle, own: Extent, parent: &TextStyle) -> Align {
    let b = style.values.get_box();
    let parent_area = content_area(parent);
    let base = match b.alignment_baseline {
        AlignmentBaseline::TextTop => own.ascent - parent_area.ascent,
        AlignmentBaseline::TextBottom => parent_area.descent - own.descent,
        AlignmentBaseline::Middle => {
            (own.ascent - own.descent) / 2.0 - parent.font.metrics.x_height / 2.0
        }
        _ => 0.0,
    };
    match &b.baseline_shift {
        BaselineShift::Keyword(BaselineShiftKeyword::Top) => Align::Top,
        BaselineShift::Keyword(BaselineShiftKeyword::Center) => Align::Center,
        BaselineShift::Keyword(BaselineShiftKeyword::Bottom) => Align::Bottom,
        BaselineShift::Keyword(BaselineShiftKeyword::Sub) => {
            Align::Baseline(base + parent.size / 5.0 + 1.0)
        }
        BaselineShift::Keyword(BaselineShiftKeyword::Super) => {
            Align::Baseline(base - parent.size / 3.0 - 1.0)
        }
        BaselineShift::Length(length) => {
            let height = match style.known_text().map(|text| text.line_height) {
                Some(LineHeight::Px(height)) => height,
                _ => own.height(),
            };
            Align::Baseline(base - length.resolve(Length::new(height)).px())
        }
    }
}

/// A box whose height counts for a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Participant {
    pub(super) extent: Extent,
    pub(super) align: Align,
    /// The element that it is aligned in; `None` for the root.
    pub(super) parent: Option<u32>,
    /// The element that it is.
    pub(super) span: Option<u32>,
}

/// The height of a line, and where baselines lie in it.
#[derive(Debug, Default)]
pub(super) struct LineMetrics {
    pub(super) height: f32,
    /// Below the top of the line.
    pub(super) baseline: f32,
    /// Baselines of elements below the root's, by element.
    pub(super) spans: Vec<f32>,
}

/// Aligns what is on a line. `participants` name parents before children.
pub(super) fn align(
    paragraph: &Paragraph,
    participants: &[Participant],
    offsets: &mut [f32],
) -> LineMetrics {
    let mut spans = vec![0.0_f32; paragraph.spans.len()];
    // The box that a line-aligned ancestor roots is aligned later, as a whole.
    let mut rooted: Vec<Option<usize>> = vec![None; paragraph.spans.len()];
    let strut = inline_extent(&paragraph.root_text);
    let (mut top, mut bottom) = (-strut.ascent, strut.descent);
    let mut aligned: Vec<(usize, f32, f32)> = Vec::new();
    for (index, part) in participants.iter().enumerate() {
        let (parent_offset, parent_root) =
            part.parent.map_or((0.0, None), |span| (spans[span as usize], rooted[span as usize]));
        let (offset, root) = match part.align {
            Align::Baseline(shift) => (parent_offset + shift, parent_root),
            Align::Top | Align::Center | Align::Bottom => (0.0, Some(index)),
        };
        offsets[index] = offset;
        if let Some(span) = part.span {
            spans[span as usize] = offset;
            rooted[span as usize] = root;
        }
        let (own_top, own_bottom) = (offset - part.extent.ascent, offset + part.extent.descent);
        match root {
            None => {
                top = top.min(own_top);
                bottom = bottom.max(own_bottom);
            }
            Some(root) => match aligned.iter_mut().find(|(index, ..)| *index == root) {
                Some((_, top, bottom)) => {
                    *top = top.min(own_top);
                    *bottom = bottom.max(own_bottom);
                }
                None => aligned.push((root, own_top, own_bottom)),
            },
        }
    }
    for (root, own_top, own_bottom) in &aligned {
        let height = own_bottom - own_top;
        if height > bottom - top {
            match participants[*root].align {
                Align::Bottom => top = bottom - height,
                _ => bottom = top + height,
            }
        }
    }
    for (root, own_top, own_bottom) in aligned {
        let shift = match participants[root].align {
            Align::Bottom => bottom - own_bottom,
            Align::Center => (top + bottom) / 2.0 - (own_top + own_bottom) / 2.0,
            _ => top - own_top,
        };
        for (index, part) in participants.iter().enumerate() {
            let own_root = match part.align {
                Align::Baseline(_) => part.parent.and_then(|span| rooted[span as usize]),
                _ => Some(index),
            };
            if own_root == Some(root) {
                offsets[index] += shift;
                if let Some(span) = part.span {
                    spans[span as usize] += shift;
                }
            }
        }
    }
    LineMetrics { height: bottom - top, baseline: -top, spans }
}

/// The participant that an inline element is.
pub(super) fn span_participant(paragraph: &Paragraph, index: u32, span: &SpanInfo) -> Participant {
    let extent = inline_extent(&span.text);
    let parent = paragraph.style_of(span.parent);
    Participant {
        extent,
        align: alignment(&span.style, extent, parent),
        parent: span.parent,
        span: Some(index),
    }
}
