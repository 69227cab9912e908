//! Painting.

use crate::boxes::BoxTree;

#[derive(Debug, Default)]
pub(crate) struct PaintState {
    valid: bool,
}

impl PaintState {
    pub(crate) fn invalidate(&mut self) -> bool {
        std::mem::replace(&mut self.valid, false)
    }
}

#[derive(Debug, Default)]
pub(crate) struct PaintCache {}

impl PaintCache {
    pub(crate) fn forget(&mut self, _boxes: &mut BoxTree) {}
    pub(crate) fn viewport_scrolled(&mut self) {}
}
