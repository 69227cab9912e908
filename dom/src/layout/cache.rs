//! What was computed for a box, by the question that was asked.

use taffy::{LayoutInput, LayoutOutput, Rect, RequestedAxis, RunMode, Size};

use super::InlineLayout;

/// Questions kept per box. Flex and grid containers ask a handful.
const LIMIT: usize = 8;

/// All that lines of text depend on beside the box itself. CSS px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LinesPlace {
    pub(crate) width: f32,
    /// What percentages are of.
    pub(crate) basis: f32,
    pub(crate) indent: f32,
    pub(crate) insets: Rect<f32>,
}

/// A question and its answer.
pub(crate) type Answer = (LayoutInput, LayoutOutput);

/// Answers that a box gave to the layout of its parent.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayoutCache {
    /// The last layout for good.
    last: Option<Box<Answer>>,
    /// Sizes that were asked for.
    measured: Vec<Answer>,
    /// Lines that were broken to answer a question for a size.
    lines: Option<Box<(LinesPlace, InlineLayout)>>,
    /// Scrollable overflow without the out-of-flow boxes placed here.
    pub(crate) in_flow_overflow: Rect<f32>,
    /// The baseline that counts as the last in the container, as last laid out. Known
    /// also where no answer is kept, beside floats.
    pub(crate) last_baseline: Option<f32>,
}

impl LayoutCache {
    /// The answer to `input`, if it is known.
    pub(crate) fn get(&self, input: &LayoutInput) -> Option<LayoutOutput> {
        // A layout for good is no answer to a question for a size: its margins
        // are told otherwise.
        if input.run_mode == RunMode::PerformLayout {
            return self.last().filter(|last| last.0 == *input).map(|last| last.1.clone());
        }
        self.measured(input).cloned()
    }

    /// The size that was the answer to a question for one, if it is known.
    pub(crate) fn size(&self, input: &LayoutInput) -> Option<Size<f32>> {
        self.measured(input).map(|answer| answer.size)
    }

    fn measured(&self, input: &LayoutInput) -> Option<&LayoutOutput> {
        let found = self.measured.iter().find(|(asked, _)| answers(asked, input));
        found.map(|(_, answer)| answer)
    }

    pub(crate) fn store(&mut self, input: &LayoutInput, output: LayoutOutput) {
        match input.run_mode {
            RunMode::PerformLayout => match &mut self.last {
                Some(last) => **last = (*input, output),
                None => self.last = Some(Box::new((*input, output))),
            },
            RunMode::ComputeSize => {
                if self.measured.len() >= LIMIT {
                    self.measured.remove(0);
                }
                self.measured.push((*input, output));
            }
            RunMode::PerformHiddenLayout => {}
        }
    }

    pub(crate) fn clear(&mut self) {
        self.last = None;
        self.measured.clear();
        self.lines = None;
    }

    /// Lines that were broken for a question, to be those of the layout.
    pub(crate) fn store_lines(&mut self, place: LinesPlace, lines: InlineLayout) {
        self.lines = Some(Box::new((place, lines)));
    }

    /// The lines broken last, if it was for this place. Others are let go.
    pub(crate) fn take_lines(&mut self, place: &LinesPlace) -> Option<InlineLayout> {
        let (asked, lines) = *self.lines.take()?;
        (asked == *place).then_some(lines)
    }

    /// The last layout for good.
    pub(crate) fn last(&self) -> Option<&Answer> {
        self.last.as_deref()
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut Answer> {
        self.last.as_deref_mut()
    }

    /// Takes out everything, to compare it with what comes instead.
    pub(crate) fn take(&mut self) -> (Option<Box<Answer>>, Vec<Answer>) {
        self.lines = None;
        (self.last.take(), std::mem::take(&mut self.measured))
    }

    /// Whether some algorithm asked for sizes of this box beyond its layout.
    pub(crate) fn is_measured(&self) -> bool {
        !self.measured.is_empty()
    }
}

/// Whether the answer to `asked` is the answer to `input`.
fn answers(asked: &LayoutInput, input: &LayoutInput) -> bool {
    asked.sizing_mode == input.sizing_mode
        && asked.known_dimensions == input.known_dimensions
        && asked.available_space == input.available_space
        && asked.parent_size == input.parent_size
        && asked.vertical_margins_are_collapsible == input.vertical_margins_are_collapsible
        && asked.known_dimensions_are_definite == input.known_dimensions_are_definite
        && (asked.axis == RequestedAxis::Both || asked.axis == input.axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_one_place() {
        let place = LinesPlace { width: 100.0, basis: 100.0, indent: 0.0, insets: Rect::ZERO };
        let lines = || InlineLayout { width: 40.0, ..InlineLayout::default() };
        let mut cache = LayoutCache::default();
        cache.store_lines(place, lines());
        assert_eq!(cache.take_lines(&place), Some(lines()));
        assert_eq!(cache.take_lines(&place), None, "they were taken");
        cache.store_lines(place, lines());
        assert_eq!(cache.take_lines(&LinesPlace { width: 99.0, ..place }), None);
        cache.store_lines(place, lines());
        cache.clear();
        assert_eq!(cache.take_lines(&place), None, "the box changed");
    }
}
