//! What was computed for a box, by the question that was asked.

use taffy::{LayoutInput, LayoutOutput, RequestedAxis, RunMode};

/// Questions kept per box. Flex and grid containers ask a handful.
const LIMIT: usize = 8;

/// A question and its answer.
pub(crate) type Answer = (LayoutInput, LayoutOutput);

/// Answers that a box gave to the layout of its parent.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayoutCache {
    /// The last layout for good.
    last: Option<Box<Answer>>,
    /// Sizes that were asked for.
    measured: Vec<Answer>,
    /// Scrollable overflow without the out-of-flow boxes placed here.
    pub(crate) in_flow_overflow: taffy::Rect<f32>,
}

impl LayoutCache {
    /// The answer to `input`, if it is known.
    pub(crate) fn get(&self, input: &LayoutInput) -> Option<LayoutOutput> {
        // A layout for good is no answer to a question for a size: its margins
        // are told otherwise.
        if input.run_mode == RunMode::PerformLayout {
            return self.last().filter(|last| last.0 == *input).map(|last| last.1.clone());
        }
        self.measured
            .iter()
            .find(|(asked, _)| answers(asked, input))
            .map(|(_, answer)| answer.clone())
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
