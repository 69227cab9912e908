//! What inline layout wants to know about a style.

use std::sync::Arc;

use style::computed_values::text_wrap_mode::T as TextWrapMode;
use style::computed_values::white_space_collapse::T as WhiteSpaceCollapse;
use style::properties::ComputedValues;
use style::values::computed::Length;
use style::values::computed::text::{OverflowWrap, WordBreak};
use style::values::generics::font::LineHeight as ComputedLineHeight;
use style::values::specified::text::TextTransform;

use super::TextFont;

/// The inline-layout part of a computed style.
#[derive(Clone, Debug)]
pub(crate) struct TextStyle {
    pub(crate) font: Arc<TextFont>,
    pub(crate) size: f32,
    pub(crate) line_height: LineHeight,
    pub(crate) white_space: WhiteSpace,
    /// Lines may be broken at soft wrap opportunities.
    pub(crate) wraps: bool,
    /// Words that do not fit may be broken anywhere.
    pub(crate) breaks_words: bool,
    /// … and such breaks count for the minimum content width.
    pub(crate) breaks_anywhere: bool,
    pub(crate) word_break: parlance::WordBreak,
    pub(crate) transform: TextTransform,
    /// Distance of tab stops.
    pub(crate) tab: f32,
}

/// `line-height`, used value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LineHeight {
    /// What the font says.
    Normal,
    /// CSS px.
    Px(f32),
}

/// How white space is collapsed.
/// <https://drafts.csswg.org/css-text-4/#white-space-collapse>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhiteSpace {
    Collapse,
    /// All of it stays.
    Preserve,
    /// Line feeds stay.
    PreserveBreaks,
    /// All of it stays, and lines break after every space.
    BreakSpaces,
}

impl WhiteSpace {
    /// Whether spaces and tabs collapse.
    pub(crate) fn collapses(self) -> bool {
        matches!(self, Self::Collapse | Self::PreserveBreaks)
    }

    /// Whether a line feed ends the line.
    pub(crate) fn keeps_breaks(self) -> bool {
        !matches!(self, Self::Collapse)
    }
}

impl TextStyle {
    pub(super) fn new(values: &ComputedValues, font: Arc<TextFont>) -> Self {
        let text = values.get_inherited_text();
        let size = values.get_font().font_size.used_size.0.px();
        let line_height = match &values.get_font().line_height {
            ComputedLineHeight::Normal => LineHeight::Normal,
            ComputedLineHeight::Number(number) => LineHeight::Px(number.0 * size),
            ComputedLineHeight::Length(length) => LineHeight::Px(length.0.px()),
        };
        let white_space = match text.white_space_collapse {
            WhiteSpaceCollapse::Collapse => WhiteSpace::Collapse,
            WhiteSpaceCollapse::Preserve | WhiteSpaceCollapse::PreserveSpaces => {
                WhiteSpace::Preserve
            }
            WhiteSpaceCollapse::PreserveBreaks => WhiteSpace::PreserveBreaks,
            WhiteSpaceCollapse::BreakSpaces => WhiteSpace::BreakSpaces,
        };
        let word_break = match text.word_break {
            WordBreak::BreakAll => parlance::WordBreak::BreakAll,
            WordBreak::KeepAll => parlance::WordBreak::KeepAll,
            _ => parlance::WordBreak::Normal,
        };
        let tab = match &text.tab_size {
            style::values::generics::length::LengthOrNumber::Number(number) => {
                number.0 * font.metrics.space
            }
            style::values::generics::length::LengthOrNumber::Length(length) => length.0.px(),
        };
        Self {
            size,
            line_height,
            white_space,
            wraps: text.text_wrap_mode == TextWrapMode::Wrap,
            breaks_words: text.overflow_wrap != OverflowWrap::Normal
                || text.word_break == WordBreak::BreakWord,
            breaks_anywhere: text.overflow_wrap == OverflowWrap::Anywhere
                || text.word_break == WordBreak::BreakWord,
            word_break,
            transform: text.text_transform,
            tab,
            font,
        }
    }
}

/// Letter and word spacing in CSS px.
pub(super) fn spacing(values: &ComputedValues) -> (f32, f32) {
    let text = values.get_inherited_text();
    let size = Length::new(values.get_font().font_size.used_size.0.px());
    (text.letter_spacing.0.resolve(size).px(), text.word_spacing.resolve(size).px())
}
