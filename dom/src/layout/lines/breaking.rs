//! Cutting a paragraph into lines.
//! <https://drafts.csswg.org/css-text-3/#line-breaking>

use std::ops::Range;

use taffy::{BlockContext, Clear, FloatDirection, Size};

use super::InlineLayout;
use super::placing::{Place, StaticPlace, place_line};
use super::tokens::{Paragraph, Token, TokenKind};
use crate::boxes::BoxId;
use crate::text::CellKind;

/// Text that is this little too wide fits: positions are sums of floats.
const TOLERANCE: f32 = 1.0 / 64.0;

/// The space that lines are laid out in.
pub(crate) struct Wrap<'a, 'b> {
    /// From the border box to the content box.
    pub(crate) origin: (f32, f32),
    /// Of the content box.
    pub(crate) width: f32,
    /// Lines are as wide as they are: no wrapping, no alignment.
    pub(crate) unlimited: bool,
    pub(crate) indent: f32,
    /// Floats that lines have to avoid.
    pub(crate) floats: Option<&'a mut BlockContext<'b>>,
    /// Sizes, margins and sides of the floats in the content, in order.
    pub(crate) own_floats: Vec<OwnFloat>,
}

/// A float in inline content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnFloat {
    pub(crate) id: BoxId,
    /// Of the margin box.
    pub(crate) size: (f32, f32),
    pub(crate) direction: FloatDirection,
    pub(crate) clear: Clear,
    /// Of the margin box, once it is placed.
    pub(crate) place: Option<(f32, f32)>,
}

/// Lays out all lines. Also says where out-of-flow boxes would have been.
pub(crate) fn break_lines(
    paragraph: &Paragraph,
    wrap: &mut Wrap<'_, '_>,
    visible: bool,
) -> (InlineLayout, Vec<StaticPlace>) {
    let mut layout = InlineLayout::default();
    let mut statics = Vec::new();
    let mut start = 0;
    let mut y = wrap.origin.1;
    let mut open: Vec<u32> = Vec::new();
    let mut first = true;
    if paragraph.tokens.is_empty() {
        return (layout, statics);
    }
    while start < paragraph.tokens.len() {
        let indent = if first { wrap.indent } else { 0.0 };
        let line = next_line(paragraph, wrap, start, y, indent);
        y = line.y;
        let placed = place_line(
            paragraph,
            &mut layout,
            Place {
                tokens: line.tokens.clone(),
                open: &mut open,
                left: line.left,
                width: line.width,
                top: y,
                indent,
                forced: line.forced,
                last: line.tokens.end >= paragraph.tokens.len(),
                unlimited: wrap.unlimited,
                visible,
            },
            &mut statics,
        );
        y += placed;
        start = line.tokens.end;
        first = false;
    }
    // A box of floats or empty elements alone has no height.
    layout.height = y - wrap.origin.1;
    (layout, statics)
}

struct NextLine {
    tokens: Range<usize>,
    /// Left end and width of the space for it.
    left: f32,
    width: f32,
    y: f32,
    forced: bool,
}

fn next_line(
    paragraph: &Paragraph,
    wrap: &mut Wrap<'_, '_>,
    start: usize,
    y: f32,
    indent: f32,
) -> NextLine {
    let mut y = y;
    let mut after = None;
    loop {
        let (mut left, mut width) = (wrap.origin.0, wrap.width);
        let mut narrowed = None;
        if let Some(context) = wrap.floats.as_deref_mut()
            && context.has_active_floats(y)
        {
            let slot = context.find_content_slot(y, Clear::None, after);
            narrowed = slot.segment_id;
            // The slot is relative to the border box.
            left = slot.x.max(wrap.origin.0);
            width = (slot.x + slot.width).min(wrap.origin.0 + wrap.width) - left;
            y = slot.y.max(y);
        }
        let available = if wrap.unlimited { f32::INFINITY } else { width - indent };
        let Cut { end, forced, fits, float } = cut(paragraph, wrap, start, available);
        if let Some(index) = float {
            place_float(wrap, index, y);
            continue;
        }
        // A word that does not fit beside a float goes below it.
        if !fits && narrowed.is_some() && width < wrap.width && after != narrowed {
            after = narrowed;
            continue;
        }
        return NextLine { tokens: start..end, left, width, y, forced };
    }
}

fn place_float(wrap: &mut Wrap<'_, '_>, index: usize, y: f32) {
    let float = wrap.own_floats[index];
    let place = match wrap.floats.as_deref_mut() {
        Some(context) => {
            let size = Size { width: float.size.0, height: float.size.1 };
            let place = context.place_floated_box(size, y, float.direction, float.clear, false);
            (place.x, place.y)
        }
        None => (wrap.origin.0, y),
    };
    wrap.own_floats[index].place = Some(place);
}

struct Cut {
    end: usize,
    forced: bool,
    fits: bool,
    /// A float of the content that is to be placed first.
    float: Option<usize>,
}

/// Finds the end of the line that begins at `start`.
fn cut(paragraph: &Paragraph, wrap: &Wrap<'_, '_>, start: usize, available: f32) -> Cut {
    let tokens = &paragraph.tokens;
    let mut x = 0.0_f32;
    // Something stands on the line that is no collapsible space.
    let mut solid = false;
    let mut opportunity: Option<usize> = None;
    // The element that the last text or box was in.
    let mut previous = None;
    let done = |end: usize, forced: bool, fits: bool| Cut { end, forced, fits, float: None };
    let overflows = |x: f32| x > available + TOLERANCE;
    for index in start..tokens.len() {
        let token = &tokens[index];
        match token.kind {
            TokenKind::Cell => {
                if solid && paragraph.may_break_before(token, previous) {
                    opportunity = Some(before_openings(tokens, index, start));
                }
                previous = paragraph.span_of(token);
                let style = paragraph.text_style(token);
                match paragraph.cell_kind(token) {
                    CellKind::Newline => return done(index + 1, true, true),
                    CellKind::Space
                        if style.white_space != crate::text::WhiteSpace::BreakSpaces =>
                    {
                        // Spaces hang over the end of the line.
                        if solid || !style.white_space.collapses() {
                            x += paragraph.advance(token);
                        }
                        if !style.wraps {
                            solid |= !style.white_space.collapses();
                        }
                    }
                    kind => {
                        let advance = match kind {
                            CellKind::Tab => tab(x, style.tab),
                            _ => paragraph.advance(token),
                        };
                        if overflows(x + advance) && solid {
                            if let Some(end) = opportunity {
                                return done(end, false, true);
                            }
                            if style.breaks_words && style.wraps {
                                return done(index, false, false);
                            }
                        }
                        x += advance;
                        solid = true;
                    }
                }
            }
            TokenKind::Open(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                x += edges.margin.0 + edges.inner.0;
                solid |= edges.inner.0 > 0.0;
            }
            TokenKind::Close(span) => {
                let edges = &paragraph.spans[span as usize].edges;
                let width = edges.margin.1 + edges.inner.1;
                if width > 0.0
                    && overflows(x + width)
                    && let Some(end) = opportunity
                {
                    return done(end, false, true);
                }
                x += width;
            }
            TokenKind::Atomic => {
                if solid && paragraph.may_break_before(token, previous) {
                    opportunity = Some(before_openings(tokens, index, start));
                }
                previous = paragraph.span_of(token);
                let width =
                    paragraph.atomics[token.item as usize].map_or(0.0, |atomic| atomic.width);
                if overflows(x + width)
                    && solid
                    && let Some(end) = opportunity
                {
                    return done(end, false, true);
                }
                x += width;
                solid = true;
            }
            TokenKind::Float(id) => {
                let waiting = wrap
                    .own_floats
                    .iter()
                    .position(|float| float.id == id && float.place.is_none());
                if waiting.is_some() {
                    return Cut { end: index, forced: false, fits: true, float: waiting };
                }
            }
            TokenKind::OutOfFlow(_) => {}
        }
    }
    done(tokens.len(), false, !overflows(x) || available.is_infinite())
}

/// Elements that open right before a break belong to the next line.
fn before_openings(tokens: &[Token], mut index: usize, start: usize) -> usize {
    while index > start + 1 && matches!(tokens[index - 1].kind, TokenKind::Open(_)) {
        index -= 1;
    }
    index
}

/// From `x` to the next tab stop.
pub(super) fn tab(x: f32, distance: f32) -> f32 {
    if distance <= 0.0 {
        return 0.0;
    }
    let next = (x / distance).floor() * distance + distance;
    let gap = next - x;
    // A tab is at least half a space wide; this keeps it visible.
    if gap < distance / 16.0 { gap + distance } else { gap }
}
