//! Putting what is on a line in its place.

use std::ops::Range;

use style::values::computed::text::TextAlign;

use super::breaking::tab;
use super::metrics::{self, Align, Extent, Participant};
use super::tokens::{Paragraph, Token, TokenKind};
use super::{InlineLayout, Line, Piece, SpanPiece, TextPiece};
use crate::boxes::{BoxId, InlineItem};
use crate::text::{CellKind, LineHeight};

/// A line to place.
pub(super) struct Place<'a> {
    pub(super) tokens: Range<usize>,
    /// Elements that go on from the line before; afterwards, to the next.
    pub(super) open: &'a mut Vec<u32>,
    pub(super) left: f32,
    pub(super) width: f32,
    pub(super) top: f32,
    pub(super) indent: f32,
    /// It ends with a forced break.
    pub(super) forced: bool,
    pub(super) last: bool,
    pub(super) unlimited: bool,
    pub(super) visible: bool,
}

/// Where an out-of-flow box would have been in the flow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StaticPlace {
    pub(crate) id: BoxId,
    pub(crate) x: f32,
    pub(crate) top: f32,
    /// The top that it would have as a block: below what is on the line.
    pub(crate) block_top: f32,
}

/// What advances the pen.
#[derive(Clone, Copy, Debug)]
struct Step {
    token: usize,
    width: f32,
    level: u8,
    /// Dropped at an end of the line.
    dropped: bool,
}

/// Appends a line to `layout` and says how high it is.
pub(super) fn place_line(
    paragraph: &Paragraph,
    layout: &mut InlineLayout,
    place: Place<'_>,
    statics: &mut Vec<StaticPlace>,
) -> f32 {
    let tokens = &paragraph.tokens[place.tokens.clone()];
    let mut steps = measure(paragraph, tokens);
    let hanging = trim(paragraph, tokens, &mut steps);
    let used: f32 = steps.iter().map(|step| step.width).sum::<f32>() - hanging;

    // Heights.
    let mut participants: Vec<Participant> = Vec::new();
    let continued = place.open.clone();
    for span in &continued {
        let info = &paragraph.spans[*span as usize];
        participants.push(metrics::span_participant(paragraph, *span, info));
    }
    let mut substantial = false;
    let mut atomics: Vec<(usize, usize)> = Vec::new();
    let mut last_fallback = None;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open(span) => {
                let info = &paragraph.spans[span as usize];
                participants.push(metrics::span_participant(paragraph, span, info));
                let edges = &info.edges;
                substantial |= edges.inner.0 != 0.0 || edges.margin.0 != 0.0;
            }
            TokenKind::Close(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                substantial |= edges.inner.1 != 0.0 || edges.margin.1 != 0.0;
            }
            TokenKind::Atomic => {
                substantial = true;
                if let Some(atomic) = paragraph.atomics[token.item as usize] {
                    let span = paragraph.span_of(token);
                    let extent = Extent { ascent: atomic.ascent, descent: atomic.descent };
                    let parent = paragraph.style_of(span);
                    let align = match &paragraph.atomic_styles[token.item as usize] {
                        Some(style) => metrics::alignment(style, extent, parent),
                        None => Align::Baseline(0.0),
                    };
                    atomics.push((index, participants.len()));
                    participants.push(Participant { extent, align, parent: span, span: None });
                }
            }
            TokenKind::Cell if !steps[index].dropped => {
                substantial = true;
                // Faces that stand in for the style's own may be higher.
                let run = paragraph.shaped.cells[token.cell as usize].run;
                let style = paragraph.text_style(token);
                if last_fallback != Some(run) && style.line_height == LineHeight::Normal {
                    last_fallback = Some(run);
                    let face = &paragraph.shaped.runs[usize::from(run)].metrics;
                    let own = &style.font.metrics;
                    if face.ascent != own.ascent || face.descent != own.descent {
                        let extent = Extent { ascent: face.ascent, descent: face.descent };
                        let parent = paragraph.span_of(token);
                        participants.push(Participant {
                            extent,
                            align: Align::Baseline(0.0),
                            parent,
                            span: None,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    let mut offsets = vec![0.0; participants.len()];
    let mut line = metrics::align(paragraph, &participants, &mut offsets);
    if !substantial && (!place.forced || !place.visible) {
        // <https://drafts.csswg.org/css-inline-3/#invisible-line-boxes>
        line.height = 0.0;
        line.baseline = 0.0;
    }
    let baseline = place.top + line.baseline;

    // Alignment along the line.
    let free = if place.unlimited { 0.0 } else { place.width - place.indent - used };
    let (shift, expand) = align_inline(paragraph, &place, tokens, &steps, free);
    let start_indent = if paragraph.rtl { 0.0 } else { place.indent };
    let mut x = place.left + start_indent + shift;
    let line_left = x;

    // Pieces, in visual order.
    let first_piece = layout.pieces.len() as u32;
    let order = visual_order(paragraph, &steps);
    let mut boxes: Vec<SpanBox> = Vec::new();
    for span in &continued {
        open_box(layout, &mut boxes, *span, x, false);
    }
    for step_index in order {
        let step = steps[step_index];
        let token = &tokens[step.token];
        match token.kind {
            TokenKind::Open(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                x += edges.margin.0;
                open_box(layout, &mut boxes, span, x, true);
                x += edges.inner.0;
                place.open.push(span);
            }
            TokenKind::Close(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                x += edges.inner.1;
                if let Some(found) = boxes.iter_mut().find(|found| found.span == span) {
                    found.right = found.right.max(x);
                    found.closed = true;
                }
                x += edges.margin.1;
                place.open.retain(|open| *open != span);
            }
            TokenKind::Atomic => {
                if let Some(atomic) = paragraph.atomics[token.item as usize] {
                    let index = atomics
                        .iter()
                        .find(|(index, _)| *index == step.token)
                        .map_or(0, |found| found.1);
                    let y = baseline + offsets[index] - atomic.ascent + atomic.margin.1;
                    layout.pieces.push(Piece::Atomic { id: atomic.id, x: x + atomic.margin.0, y });
                }
                x += step.width;
            }
            TokenKind::Cell => {
                if step.dropped {
                    // Out of sight.
                } else {
                    let expands = expand != 0.0 && paragraph.cell_kind(token) == CellKind::Space;
                    let width = step.width + if expands { expand } else { 0.0 };
                    let place_in_line = Pen { x, width, baseline, first: first_piece, expand };
                    push_cell(paragraph, layout, token, place_in_line, &line.spans);
                    x += width;
                }
            }
            TokenKind::OutOfFlow(id) => {
                let below = if x > line_left { line.height } else { 0.0 };
                statics.push(StaticPlace { id, x, top: place.top, block_top: place.top + below });
            }
            TokenKind::Float(_) => {}
        }
        for found in boxes.iter_mut().filter(|found| !found.closed) {
            found.right = found.right.max(x);
        }
    }
    for found in boxes {
        let info = &paragraph.spans[found.span as usize];
        let area = metrics::content_area(&info.text);
        let own_baseline = baseline + line.spans[found.span as usize];
        let edges = &info.edges;
        layout.pieces[found.piece] = Piece::Span(SpanPiece {
            span: found.span,
            x: found.left,
            y: own_baseline - area.ascent - edges.block.0,
            width: found.right - found.left,
            height: area.height() + edges.block.0 + edges.block.1,
            baseline: own_baseline,
            first: found.first,
            last: found.closed,
        });
    }
    let text_start = tokens.first().map_or(0, |token| cell_start(paragraph, token.cell));
    let text_end = tokens.last().map_or(text_start, |token| {
        let cell = if matches!(token.kind, TokenKind::Cell | TokenKind::Atomic) {
            token.cell + 1
        } else {
            token.cell
        };
        cell_start(paragraph, cell)
    });
    layout.width = layout.width.max(used + place.indent);
    layout.lines.push(Line {
        pieces: first_piece..layout.pieces.len() as u32,
        top: place.top,
        height: line.height,
        baseline,
        left: line_left,
        width: used,
        text: text_start..text_end,
    });
    line.height
}

struct SpanBox {
    span: u32,
    piece: usize,
    left: f32,
    right: f32,
    first: bool,
    closed: bool,
}

fn open_box(layout: &mut InlineLayout, boxes: &mut Vec<SpanBox>, span: u32, x: f32, first: bool) {
    boxes.push(SpanBox {
        span,
        piece: layout.pieces.len(),
        left: x,
        right: x,
        first,
        closed: false,
    });
    layout.pieces.push(Piece::Span(SpanPiece {
        span,
        x,
        y: 0.0,
        width: 0.0,
        height: 0.0,
        baseline: 0.0,
        first,
        last: false,
    }));
}

fn cell_start(paragraph: &Paragraph, cell: u32) -> u32 {
    paragraph
        .shaped
        .cells
        .get(cell as usize)
        .map_or(paragraph.shaped.text().len() as u32, |cell| cell.start)
}

/// The width of every token.
fn measure(paragraph: &Paragraph, tokens: &[Token]) -> Vec<Step> {
    let mut x = 0.0;
    let mut steps = Vec::with_capacity(tokens.len());
    for (index, token) in tokens.iter().enumerate() {
        let width = match token.kind {
            TokenKind::Cell => match paragraph.cell_kind(token) {
                CellKind::Tab => tab(x, paragraph.text_style(token).tab),
                _ => paragraph.advance(token),
            },
            TokenKind::Open(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                edges.margin.0 + edges.inner.0
            }
            TokenKind::Close(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                edges.margin.1 + edges.inner.1
            }
            TokenKind::Atomic => {
                paragraph.atomics[token.item as usize].map_or(0.0, |atomic| atomic.width)
            }
            TokenKind::Float(_) | TokenKind::OutOfFlow(_) => 0.0,
        };
        let level = paragraph
            .shaped
            .cells
            .get(token.cell as usize)
            .map_or(u8::from(paragraph.rtl), |cell| {
                paragraph.shaped.runs[usize::from(cell.run)].level
            });
        x += width;
        steps.push(Step { token: index, width, level, dropped: false });
    }
    steps
}

/// Drops collapsible spaces at both ends and the break itself; says how much
/// preserved space hangs over the end.
/// <https://drafts.csswg.org/css-text-3/#white-space-phase-2>
fn trim(paragraph: &Paragraph, tokens: &[Token], steps: &mut [Step]) -> f32 {
    let collapses = |token: &Token| {
        token.kind == TokenKind::Cell
            && paragraph.cell_kind(token) == CellKind::Space
            && paragraph.text_style(token).white_space.collapses()
    };
    let drop = |step: &mut Step| {
        step.dropped = true;
        step.width = 0.0;
    };
    for (step, token) in steps.iter_mut().zip(tokens) {
        match token.kind {
            TokenKind::Cell if collapses(token) => drop(step),
            TokenKind::Cell | TokenKind::Atomic => break,
            _ => {}
        }
    }
    let mut hanging = 0.0;
    for (step, token) in steps.iter_mut().zip(tokens).rev() {
        match token.kind {
            TokenKind::Cell => {
                let style = paragraph.text_style(token);
                match paragraph.cell_kind(token) {
                    CellKind::Newline => drop(step),
                    _ if collapses(token) => drop(step),
                    CellKind::Space
                        if style.wraps
                            && style.white_space == crate::text::WhiteSpace::Preserve =>
                    {
                        hanging += step.width;
                    }
                    _ => break,
                }
            }
            TokenKind::Atomic => break,
            _ => {}
        }
    }
    hanging
}

/// How far the line moves to the right, and how much each space grows.
fn align_inline(
    paragraph: &Paragraph,
    place: &Place<'_>,
    tokens: &[Token],
    steps: &[Step],
    free: f32,
) -> (f32, f32) {
    let text = paragraph.root.values.get_inherited_text();
    let keyword = match text.text_align {
        TextAlign::Start => None,
        other => Some(other),
    };
    let ends = place.forced || place.last;
    let (start, end) = if paragraph.rtl { (free.max(0.0), 0.0) } else { (0.0, free.max(0.0)) };
    match keyword {
        None => (start, 0.0),
        Some(TextAlign::End) => (end, 0.0),
        Some(TextAlign::Left | TextAlign::MozLeft) => (0.0, 0.0),
        Some(TextAlign::Right | TextAlign::MozRight) => (free.max(0.0), 0.0),
        Some(TextAlign::Center | TextAlign::MozCenter) => (free.max(0.0) / 2.0, 0.0),
        Some(TextAlign::Justify) if !ends && free > 0.0 => {
            let spaces = tokens
                .iter()
                .zip(steps)
                .filter(|(token, step)| {
                    !step.dropped
                        && token.kind == TokenKind::Cell
                        && paragraph.cell_kind(token) == CellKind::Space
                })
                .count();
            if spaces == 0 { (start, 0.0) } else { (0.0, free / spaces as f32) }
        }
        Some(_) => (start, 0.0),
    }
}

/// Rule L2: <https://www.unicode.org/reports/tr9/#L2>
fn visual_order(paragraph: &Paragraph, steps: &[Step]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..steps.len()).collect();
    if !paragraph.shaped.bidi {
        return order;
    }
    let highest = steps.iter().map(|step| step.level).max().unwrap_or(0);
    let lowest_odd = steps.iter().map(|step| step.level | 1).min().unwrap_or(1);
    for level in (lowest_odd..=highest).rev() {
        let mut index = 0;
        while index < order.len() {
            if steps[order[index]].level < level {
                index += 1;
                continue;
            }
            let start = index;
            while index < order.len() && steps[order[index]].level >= level {
                index += 1;
            }
            order[start..index].reverse();
        }
    }
    order
}

struct Pen {
    x: f32,
    width: f32,
    baseline: f32,
    /// The first piece of the line.
    first: u32,
    expand: f32,
}

/// Adds a cell to the text piece before it, or begins another.
fn push_cell(
    paragraph: &Paragraph,
    layout: &mut InlineLayout,
    token: &Token,
    pen: Pen,
    spans: &[f32],
) {
    let cell = &paragraph.shaped.cells[token.cell as usize];
    let InlineItem::Text { node, span, .. } = paragraph.items[token.item as usize] else { return };
    if layout.pieces.len() > pen.first as usize
        && let Some(Piece::Text(last)) = layout.pieces.last_mut()
        && last.node == node
        && last.span == span
        && last.run == cell.run
    {
        let follows = last.cells.end == token.cell;
        let precedes = token.cell + 1 == last.cells.start;
        let rtl = paragraph.shaped.runs[usize::from(cell.run)].level & 1 == 1;
        if (follows && !rtl) || (precedes && rtl) {
            if rtl {
                last.cells.start = token.cell;
            } else {
                last.cells.end = token.cell + 1;
            }
            last.width += pen.width;
            return;
        }
    }
    let style = paragraph.style_of(span);
    let area = metrics::content_area(style);
    let offset = span.map_or(0.0, |span| spans[span as usize]);
    layout.pieces.push(Piece::Text(TextPiece {
        node,
        span,
        cells: token.cell..token.cell + 1,
        run: cell.run,
        x: pen.x,
        baseline: pen.baseline + offset,
        width: pen.width,
        expand: pen.expand,
        ascent: area.ascent,
        descent: area.descent,
    }));
}
