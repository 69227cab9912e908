//! Inline content as a sequence that lines are cut from.

use std::rc::Rc;
use std::sync::Arc;

use crate::boxes::{BoxId, InlineContent, InlineItem};
use crate::layout::LayoutStyle;
use crate::layout::calc;
use crate::text::{CellKind, Shaped, TextContext, TextStyle};
use taffy::ResolveOrZero as _;

/// All that lines are made of, prepared once per layout.
pub(crate) struct Paragraph {
    pub(crate) shaped: Arc<Shaped>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) items: Vec<InlineItem>,
    /// Style and edges of each inline element.
    pub(crate) spans: Vec<SpanInfo>,
    pub(crate) root: Rc<LayoutStyle>,
    pub(crate) root_text: Rc<TextStyle>,
    /// By item; what is not an atomic inline has none.
    pub(crate) atomics: Vec<Option<Atomic>>,
    pub(crate) atomic_styles: Vec<Option<Rc<LayoutStyle>>>,
    pub(crate) rtl: bool,
}

pub(crate) struct SpanInfo {
    pub(crate) style: Rc<LayoutStyle>,
    pub(crate) text: Rc<TextStyle>,
    pub(crate) edges: Edges,
    pub(crate) parent: Option<u32>,
}

/// Used margins, borders and paddings of an inline element.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Edges {
    pub(crate) margin: (f32, f32),
    /// Border and padding, left and right.
    pub(crate) inner: (f32, f32),
    /// Border and padding, top and bottom.
    pub(crate) block: (f32, f32),
}

/// An atomic inline, laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atomic {
    pub(crate) id: BoxId,
    /// Of the margin box.
    pub(crate) width: f32,
    /// Above and below the baseline, margins included.
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    /// From the margin box to the border box.
    pub(crate) margin: (f32, f32),
}

/// The smallest thing that is on one line as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// In `Paragraph::items`.
    pub(crate) item: u32,
    /// A cell of the shaped paragraph; the next one, if it is none itself.
    pub(crate) cell: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Cell,
    Open(u32),
    Close(u32),
    Atomic,
    Float(BoxId),
    OutOfFlow(BoxId),
}

impl Paragraph {
    /// Shapes and flattens `content`. Percentages of edges are of `width`.
    pub(crate) fn new(
        content: &mut InlineContent,
        root: &Rc<LayoutStyle>,
        context: &mut TextContext,
        width: f32,
        root_text: Rc<TextStyle>,
    ) -> Self {
        let shaped = content.shaped(context);
        let spans = content
            .spans
            .iter()
            .map(|span| SpanInfo {
                text: span.style.text(context),
                edges: edges(&span.style, width, span.starts, span.ends),
                parent: span.parent,
                style: span.style.clone(),
            })
            .collect();
        let mut tokens = Vec::with_capacity(shaped.cells.len() + content.items.len());
        for (index, item) in content.items.iter().enumerate() {
            let index = index as u32;
            let cell = shaped.cell_at(item.at());
            let mut push = |kind| tokens.push(Token { kind, item: index, cell });
            match *item {
                InlineItem::Open { span, .. } => push(TokenKind::Open(span)),
                InlineItem::Close { span, .. } => push(TokenKind::Close(span)),
                InlineItem::Atomic { .. } => push(TokenKind::Atomic),
                InlineItem::Float { id, .. } => push(TokenKind::Float(id)),
                InlineItem::OutOfFlow { id, .. } => push(TokenKind::OutOfFlow(id)),
                InlineItem::Text { start, end, .. } => {
                    for cell in cell..shaped.cell_at(end.max(start)) {
                        tokens.push(Token { kind: TokenKind::Cell, item: index, cell });
                    }
                }
            }
        }
        Self {
            shaped,
            tokens,
            items: content.items.clone(),
            spans,
            root: root.clone(),
            root_text,
            atomics: vec![None; content.items.len()],
            atomic_styles: vec![None; content.items.len()],
            rtl: root.has(crate::layout::StyleFlags::RTL),
        }
    }

    /// The style of the text that a token is.
    pub(crate) fn text_style(&self, token: &Token) -> &TextStyle {
        match self.items[token.item as usize] {
            InlineItem::Text { span: Some(span), .. } => &self.spans[span as usize].text,
            _ => &self.root_text,
        }
    }

    /// Where text in `span` gets its style from.
    pub(crate) fn style_of(&self, span: Option<u32>) -> &TextStyle {
        span.map_or(&*self.root_text, |span| &self.spans[span as usize].text)
    }

    /// Whether a line may end between what is in `previous` and a token. The
    /// nearest element that both are in decides whether lines wrap there.
    /// <https://drafts.csswg.org/css-text-3/#line-break-details>
    pub(crate) fn may_break_before(&self, token: &Token, previous: Option<u32>) -> bool {
        if !self.shaped.cells.get(token.cell as usize).is_some_and(|cell| cell.break_before) {
            return false;
        }
        let own = self.span_of(token);
        if own == previous {
            return self.style_of(own).wraps;
        }
        let depth = |mut span: Option<u32>| {
            let mut depth = 0;
            while let Some(index) = span {
                depth += 1;
                span = self.spans[index as usize].parent;
            }
            depth
        };
        let parent = |span: Option<u32>| span.and_then(|index| self.spans[index as usize].parent);
        let (mut a, mut b) = (own, previous);
        let (mut depth_a, mut depth_b) = (depth(a), depth(b));
        while a != b {
            if depth_a >= depth_b {
                a = parent(a);
                depth_a -= 1;
            } else {
                b = parent(b);
                depth_b -= 1;
            }
        }
        self.style_of(a).wraps
    }

    /// The element that a token is in.
    pub(crate) fn span_of(&self, token: &Token) -> Option<u32> {
        match self.items[token.item as usize] {
            InlineItem::Text { span, .. } | InlineItem::Atomic { span, .. } => span,
            _ => None,
        }
    }

    pub(crate) fn cell_kind(&self, token: &Token) -> CellKind {
        self.shaped.cells.get(token.cell as usize).map_or(CellKind::Glyphs, |cell| cell.kind)
    }

    pub(crate) fn advance(&self, token: &Token) -> f32 {
        self.shaped.cells.get(token.cell as usize).map_or(0.0, |cell| cell.advance)
    }

    /// Minimum and maximum content width.
    pub(crate) fn intrinsic_widths(&self) -> (f32, f32) {
        let (mut min, mut max) = (0.0_f32, 0.0_f32);
        let (mut word, mut line, mut spaces) = (0.0_f32, 0.0_f32, 0.0_f32);
        let mut previous = None;
        for token in &self.tokens {
            match token.kind {
                TokenKind::Cell => {
                    if self.may_break_before(token, previous) {
                        min = min.max(word);
                        word = 0.0;
                    }
                    previous = self.span_of(token);
                    let style = self.text_style(token);
                    match self.cell_kind(token) {
                        CellKind::Newline => {
                            max = max.max(line);
                            min = min.max(word);
                            (word, line, spaces) = (0.0, 0.0, 0.0);
                        }
                        CellKind::Space if style.white_space.collapses() => {
                            if line > 0.0 {
                                spaces += self.advance(token);
                            }
                            if !style.wraps {
                                word += self.advance(token);
                            }
                        }
                        kind => {
                            let advance =
                                if kind == CellKind::Tab { style.tab } else { self.advance(token) };
                            line += spaces + advance;
                            spaces = 0.0;
                            if style.breaks_anywhere {
                                min = min.max(word);
                                word = 0.0;
                            }
                            word += advance;
                        }
                    }
                }
                TokenKind::Open(span) => {
                    let edges = &self.spans[span as usize].edges;
                    word += edges.margin.0 + edges.inner.0;
                    line += edges.margin.0 + edges.inner.0;
                }
                TokenKind::Close(span) => {
                    let edges = &self.spans[span as usize].edges;
                    word += edges.margin.1 + edges.inner.1;
                    line += edges.margin.1 + edges.inner.1;
                }
                TokenKind::Atomic => {
                    if self.may_break_before(token, previous) {
                        min = min.max(word);
                        word = 0.0;
                    }
                    previous = self.span_of(token);
                    let width =
                        self.atomics[token.item as usize].map_or(0.0, |atomic| atomic.width);
                    line += spaces + width;
                    spaces = 0.0;
                    word += width;
                }
                TokenKind::Float(_) | TokenKind::OutOfFlow(_) => {}
            }
        }
        (min.max(word), max.max(line))
    }
}

fn edges(style: &LayoutStyle, width: f32, starts: bool, ends: bool) -> Edges {
    let t = &style.taffy;
    let padding = t.padding.resolve_or_zero(Some(width), calc::resolve);
    let border = t.border.resolve_or_zero(Some(width), calc::resolve);
    let margin = t.margin.resolve_or_zero(Some(width), calc::resolve);
    Edges {
        margin: (if starts { margin.left } else { 0.0 }, if ends { margin.right } else { 0.0 }),
        inner: (
            if starts { padding.left + border.left } else { 0.0 },
            if ends { padding.right + border.right } else { 0.0 },
        ),
        block: (padding.top + border.top, padding.bottom + border.bottom),
    }
}
