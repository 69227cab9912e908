//! Places in text: carets, and the rectangles of a selection.

use kurbo::{Point, Rect};

use super::geometry::rect;
use super::{Formatting, Piece, TextPiece};
use crate::boxes::BoxId;
use crate::text::Shaped;

impl Formatting {
    /// Where a caret before byte `at` of a box's text stands: its place along
    /// the line, its top and its bottom.
    pub(crate) fn caret_in(&self, id: BoxId, at: u32) -> Option<(f32, f32, f32)> {
        let own = self.boxes.at(id);
        let content = own.inline()?;
        let lines = own.lines.as_ref()?;
        let shaped = content.known_shaped()?;
        let mut last = None;
        for piece in &lines.pieces {
            let Piece::Text(piece) = piece else { continue };
            let (start, end) = bytes(shaped, piece);
            let (top, bottom) = (piece.baseline - piece.ascent, piece.baseline + piece.descent);
            if at >= start && at < end {
                return Some((x_of(shaped, piece, at), top, bottom));
            }
            if at >= end {
                last = Some((x_of(shaped, piece, end), top, bottom));
            }
        }
        // After the last line feed there is a line without text.
        let text = own.style.known_text()?;
        let metrics = &text.font.metrics;
        let line = super::lines::line_height(text);
        let after_break = at > 0 && shaped.text().as_bytes().get(at as usize - 1) == Some(&b'\n');
        if after_break && let Some(last_line) = lines.lines.last() {
            let insets = own.geometry.border + own.geometry.padding;
            let top =
                last_line.top + last_line.height + (line - metrics.ascent - metrics.descent) / 2.0;
            return Some((insets.left, top, top + metrics.ascent + metrics.descent));
        }
        last.or_else(|| {
            let g = &own.geometry;
            let insets = g.border + g.padding;
            let height = metrics.ascent + metrics.descent;
            let free = g.content_box_height() - line;
            let multiline =
                matches!(&own.kind, crate::boxes::BoxKind::Control(field) if field.multiline);
            let top = insets.top
                + if multiline { 0.0 } else { free.max(0.0) / 2.0 }
                + (line - height) / 2.0;
            Some((insets.left, top, top + height))
        })
    }

    /// The areas of bytes `start..end` of a box's text.
    pub(crate) fn text_rects(&self, id: BoxId, start: u32, end: u32) -> Vec<Rect> {
        let own = self.boxes.at(id);
        let (Some(content), Some(lines)) = (own.inline(), &own.lines) else { return Vec::new() };
        let Some(shaped) = content.known_shaped() else { return Vec::new() };
        let mut rects = Vec::new();
        for piece in &lines.pieces {
            let Piece::Text(piece) = piece else { continue };
            let (from, to) = bytes(shaped, piece);
            let (from, to) = (from.max(start), to.min(end));
            if from < to {
                let (a, b) = (x_of(shaped, piece, from), x_of(shaped, piece, to));
                rects.push(rect(
                    a.min(b),
                    piece.baseline - piece.ascent,
                    (a - b).abs(),
                    piece.ascent + piece.descent,
                ));
            }
        }
        rects
    }

    /// The byte of a box's text that is nearest to a point in its coordinates.
    pub(crate) fn byte_at(&self, id: BoxId, point: Point) -> Option<u32> {
        let own = self.boxes.at(id);
        let lines = own.lines.as_ref()?;
        let shaped = own.inline()?.known_shaped()?;
        let line = lines
            .lines
            .iter()
            .find(|line| point.y < f64::from(line.top + line.height))
            .or(lines.lines.last())?;
        let pieces = lines.pieces.get(line.pieces.start as usize..line.pieces.end as usize)?;
        let texts = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(piece) => Some(piece),
            _ => None,
        });
        let distance = |piece: &TextPiece| {
            let (x0, x1) = (f64::from(piece.x), f64::from(piece.x + piece.width));
            if point.x < x0 { x0 - point.x } else { (point.x - x1).max(0.0) }
        };
        let piece = texts.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some(byte_in(shaped, piece, point.x as f32))
    }
}

/// Bytes of the text that a piece shows.
fn bytes(shaped: &Shaped, piece: &TextPiece) -> (u32, u32) {
    let start = shaped.cells.get(piece.cells.start as usize).map_or(0, |cell| cell.start);
    let end = if piece.cells.is_empty() { start } else { shaped.cell_end(piece.cells.end - 1) };
    (start, end)
}

fn is_rtl(shaped: &Shaped, piece: &TextPiece) -> bool {
    shaped.runs.get(usize::from(piece.run)).is_some_and(|run| run.level & 1 == 1)
}

fn advance(shaped: &Shaped, piece: &TextPiece, cell: u32) -> f32 {
    let cell = &shaped.cells[cell as usize];
    let space = cell.kind == crate::text::CellKind::Space;
    cell.advance + if space { piece.expand } else { 0.0 }
}

/// Where byte `at` of a piece begins.
fn x_of(shaped: &Shaped, piece: &TextPiece, at: u32) -> f32 {
    let before: f32 = piece
        .cells
        .clone()
        .filter(|cell| shaped.cells[*cell as usize].start < at)
        .map(|cell| advance(shaped, piece, cell))
        .sum();
    if is_rtl(shaped, piece) { piece.x + piece.width - before } else { piece.x + before }
}

fn byte_in(shaped: &Shaped, piece: &TextPiece, x: f32) -> u32 {
    let along = if is_rtl(shaped, piece) { piece.x + piece.width - x } else { x - piece.x };
    let mut passed = 0.0;
    for cell in piece.cells.clone() {
        let width = advance(shaped, piece, cell);
        if along < passed + width / 2.0 {
            return shaped.cells[cell as usize].start;
        }
        passed += width;
    }
    bytes(shaped, piece).1
}
