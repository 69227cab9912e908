//! Lines: the layout of inline content.
//! <https://drafts.csswg.org/css-inline-3/>
//!
//! Three steps: the content becomes a list of [`Token`]s ([`tokens`]), the
//! tokens are broken into lines that fit ([`breaking`]), and each line is
//! ordered, aligned and given its height ([`placing`]). Shaping is done before
//! and does not depend on the width.

mod breaking;
mod metrics;
mod placing;
mod tokens;

pub(super) use breaking::{OwnFloat, Wrap, break_lines};
pub(super) use placing::StaticPlace;
pub(super) use tokens::{Atomic, Paragraph, TokenKind};

use std::ops::Range;
use std::sync::Arc;

use style::values::specified::text::TextOverflowSide;

use crate::boxes::BoxId;
use crate::text::{ShapeRequest, Shaped, TextContext, TextStyle};
use crate::tree::NodeId;

/// The lines of a block container. Coordinates are relative to its border box.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct InlineLayout {
    pub(crate) lines: Vec<Line>,
    pub(crate) pieces: Vec<Piece>,
    /// The widest line, without its trailing spaces.
    pub(crate) width: f32,
    /// From the top of the first line to the bottom of the last.
    pub(crate) height: f32,
}

impl InlineLayout {
    /// Moves all lines, and what stands on them.
    pub(crate) fn move_down(&mut self, by: f32) {
        for line in &mut self.lines {
            line.top += by;
            line.baseline += by;
        }
        for piece in &mut self.pieces {
            match piece {
                Piece::Text(text) => text.baseline += by,
                Piece::Span(span) => {
                    span.y += by;
                    span.baseline += by;
                }
                Piece::Atomic { y, .. } => *y += by,
                Piece::Ellipsis { baseline, .. } => *baseline += by,
            }
        }
    }
}

/// A line box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// In `InlineLayout::pieces`, an element before what is in it.
    pub(crate) pieces: Range<u32>,
    pub(crate) top: f32,
    pub(crate) height: f32,
    pub(crate) baseline: f32,
    pub(crate) left: f32,
    pub(crate) width: f32,
    /// Bytes of the text.
    pub(crate) text: Range<u32>,
}

/// What stands on a line.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(TextPiece),
    Span(SpanPiece),
    Atomic {
        id: BoxId,
        x: f32,
        y: f32,
    },
    /// The mark of text that was cut off.
    Ellipsis {
        shaped: Arc<Shaped>,
        x: f32,
        baseline: f32,
        span: Option<u32>,
    },
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Span(a), Self::Span(b)) => a == b,
            (Self::Atomic { id, x, y }, Self::Atomic { id: id2, x: x2, y: y2 }) => {
                (id, x, y) == (id2, x2, y2)
            }
            (Self::Ellipsis { x, baseline, .. }, Self::Ellipsis { x: x2, baseline: b2, .. }) => {
                (x, baseline) == (x2, b2)
            }
            _ => false,
        }
    }
}

/// Text of one node, run and direction on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextPiece {
    pub(crate) node: NodeId,
    pub(crate) span: Option<u32>,
    /// Cells of the shaped paragraph, in logical order.
    pub(crate) cells: Range<u32>,
    pub(crate) run: u16,
    pub(crate) x: f32,
    pub(crate) baseline: f32,
    pub(crate) width: f32,
    /// Added to every space by `text-align: justify`.
    pub(crate) expand: f32,
    /// Of the font that the style asks for, for decorations and selection.
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
}

/// The part of an inline element on one line: its border box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SpanPiece {
    pub(crate) span: u32,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) baseline: f32,
    /// Its left and right edges are on this line.
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// The height of a line that has nothing but text of this style.
pub(crate) fn line_height(style: &TextStyle) -> f32 {
    metrics::inline_extent(style).height()
}

/// Cuts lines that stick out of a box that hides its overflow, with an
/// ellipsis. <https://drafts.csswg.org/css-overflow/#text-overflow>
pub(super) fn ellipsize(
    paragraph: &Paragraph,
    layout: &mut InlineLayout,
    context: &mut TextContext,
    left: f32,
    width: f32,
) {
    let style = &paragraph.root;
    let text = style.values.get_text();
    if !matches!(text.text_overflow.second, TextOverflowSide::Ellipsis)
        || style.taffy.overflow.x == taffy::Overflow::Visible
        || paragraph.shaped.bidi
    {
        return;
    }
    let limit = left + width;
    let mut mark = None;
    for index in 0..layout.lines.len() {
        let line = &layout.lines[index];
        if line.left + line.width <= limit + 1.0 / 64.0 {
            continue;
        }
        let shaped: &Arc<Shaped> = mark.get_or_insert_with(|| {
            context.shape(&ShapeRequest {
                text: "\u{2026}",
                fonts: &[(3, paragraph.root_text.font.clone())],
                rtl: false,
                word_break: parlance::WordBreak::Normal,
                break_spaces: false,
            })
        });
        let mark_width: f32 = shaped.cells.iter().map(|cell| cell.advance).sum();
        let mut end = line.left;
        let baseline = line.baseline;
        for piece in &mut layout.pieces[line.pieces.start as usize..line.pieces.end as usize] {
            match piece {
                Piece::Text(piece) => {
                    let mut x = piece.x;
                    let mut keep = piece.cells.start;
                    for cell in piece.cells.clone() {
                        let advance = paragraph.shaped.cells[cell as usize].advance;
                        if x + advance + mark_width > limit {
                            break;
                        }
                        x += advance;
                        keep = cell + 1;
                    }
                    if keep > piece.cells.start {
                        end = end.max(x);
                    }
                    piece.cells.end = keep;
                    piece.width = x - piece.x;
                }
                Piece::Span(piece) => {
                    piece.width = piece.width.min((limit - piece.x).max(0.0));
                }
                Piece::Atomic { .. } | Piece::Ellipsis { .. } => {}
            }
        }
        // The mark goes into the place of a piece that is now empty.
        let range = line.pieces.start as usize..line.pieces.end as usize;
        let ellipsis = Piece::Ellipsis { shaped: shaped.clone(), x: end, baseline, span: None };
        let empty = layout.pieces[range.clone()]
            .iter()
            .rposition(|piece| matches!(piece, Piece::Text(piece) if piece.cells.is_empty()));
        match empty {
            Some(at) => layout.pieces[range.start + at] = ellipsis,
            None => {
                layout.pieces.insert(range.end, ellipsis);
                layout.lines[index].pieces.end += 1;
                for later in &mut layout.lines[index + 1..] {
                    later.pieces.start += 1;
                    later.pieces.end += 1;
                }
            }
        }
    }
}
