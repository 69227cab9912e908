//! Text: from characters and styles to glyphs.
//!
//! A [`TextContext`] turns a paragraph (the whole text of an inline formatting
//! context, white space already collapsed) into a [`Shaped`] paragraph: glyphs
//! and [`Cell`]s, the smallest pieces that a line can be broken between. The
//! result does not depend on the width, and is shared by all paragraphs with
//! the same text and fonts, so that laying out again costs no shaping.

mod font;
mod shape;
mod style;

pub(crate) use font::{TextFont, attributes};
pub(crate) use shape::{Cell, CellKind, ShapeRequest, Shaped, TextContext};
pub(crate) use style::{LineHeight, TextStyle, WhiteSpace};
