use std::sync::Arc;

use kurbo::Size;
use peniko::Color;

use crate::{Chunk, dump};

/// What a document looks like.
#[derive(Clone, Debug)]
pub struct DisplayList {
    /// What is behind everything.
    pub background: Color,
    /// Size of the viewport.
    pub viewport: Size,
    /// What to draw. The document itself is a [`crate::Layer`] that scrolls;
    /// what is fixed to the viewport stands beside it.
    pub root: Arc<Chunk>,
}

impl DisplayList {
    /// A readable form: one item a line, children indented; the same bytes in
    /// every process for the same document, fonts and input.
    #[must_use]
    pub fn dump(&self) -> String {
        dump::dump(self)
    }

    /// 128 bits of FNV-1a over [`Self::dump`], as hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        dump::digest(self)
    }
}

/// A new look of an app.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Counts the frames of an app from 1.
    pub sequence: u64,
    /// Device px per CSS px.
    pub scale: f64,
    /// What to show.
    pub list: DisplayList,
}
