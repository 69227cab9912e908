//! Inline content: the text and inline elements of a block container, flattened.
//!
//! White space is collapsed while the content is built, and the text is one
//! paragraph, so that shaping, bidi and line breaking see across elements. An
//! atomic inline is an object replacement character in it.

use std::rc::Rc;
use std::sync::Arc;

use crate::boxes::{BoxId, Origin};
use crate::layout::{LayoutStyle, StyleFlags};
use crate::text::{ShapeRequest, Shaped, TextContext, TextFont, TextStyle, WhiteSpace};
use crate::tree::{NodeId, Tree};
use style::values::specified::text::TextTransform;

/// What stands for an atomic inline in the text.
const OBJECT: char = '\u{FFFC}';

/// The content of an inline formatting context.
#[derive(Debug, Default)]
pub(crate) struct InlineContent {
    pub(crate) text: String,
    pub(crate) items: Vec<InlineItem>,
    pub(crate) spans: Vec<Span>,
    /// Fonts, each with the byte where it ends.
    pub(super) fonts: Vec<(u32, Arc<TextFont>)>,
    pub(super) word_break: parlance::WordBreak,
    pub(super) break_spaces: bool,
    pub(super) rtl: bool,
    shaped: Option<Arc<Shaped>>,
    /// Minimum and maximum content width, if they were asked for.
    pub(crate) widths: Option<(f32, f32)>,
    /// The least width of a drop-down's content, which is that of its widest label.
    pub(crate) floor: Option<f32>,
    /// Something in it makes a line even if there is no text.
    pub(crate) visible: bool,
}

/// A part of inline content. `at` is a byte offset in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum InlineItem {
    Open {
        span: u32,
        at: u32,
    },
    Close {
        span: u32,
        at: u32,
    },
    /// Text of a node.
    Text {
        node: NodeId,
        span: Option<u32>,
        start: u32,
        end: u32,
    },
    /// An inline-level box that is laid out on its own.
    Atomic {
        id: BoxId,
        span: Option<u32>,
        at: u32,
    },
    Float {
        id: BoxId,
        at: u32,
    },
    OutOfFlow {
        id: BoxId,
        at: u32,
    },
}

impl InlineItem {
    /// Where it stands in the text.
    pub(crate) fn at(&self) -> u32 {
        match *self {
            Self::Open { at, .. }
            | Self::Close { at, .. }
            | Self::Atomic { at, .. }
            | Self::Float { at, .. }
            | Self::OutOfFlow { at, .. } => at,
            Self::Text { start, .. } => start,
        }
    }
}

/// An inline element, or the part of it between blocks.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) node: NodeId,
    pub(crate) origin: Origin,
    pub(crate) style: Rc<LayoutStyle>,
    pub(crate) parent: Option<u32>,
    /// Its left edge is here, not in an earlier part.
    pub(crate) starts: bool,
    /// Its right edge is here, not in a later part.
    pub(crate) ends: bool,
}

impl InlineContent {
    /// All nodes that are part of it. The text of a label or a list marker is no
    /// node's.
    pub(crate) fn nodes<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = NodeId> + 'a {
        self.owners()
            .filter(|(node, is_span)| {
                *is_span || tree.is_text(*node) || tree.is_html_element(*node, "br")
            })
            .map(|(node, _)| node)
    }

    /// The nodes that elements and texts come from, and whether as an element.
    pub(super) fn owners(&self) -> impl Iterator<Item = (NodeId, bool)> + '_ {
        let spans = self
            .spans
            .iter()
            .filter(|span| span.origin == Origin::Element)
            .map(|span| (span.node, true));
        let texts = self.items.iter().filter_map(|item| match item {
            InlineItem::Text { node, .. } => Some((*node, false)),
            _ => None,
        });
        spans.chain(texts)
    }

    /// The shaped paragraph, shaped now if it was not.
    pub(crate) fn shaped(&mut self, context: &mut TextContext) -> Arc<Shaped> {
        if let Some(shaped) = &self.shaped {
            return shaped.clone();
        }
        let shaped = context.shape(&ShapeRequest {
            text: &self.text,
            fonts: &self.fonts,
            rtl: self.rtl,
            word_break: self.word_break,
            break_spaces: self.break_spaces,
        });
        self.shaped = Some(shaped.clone());
        shaped
    }

    /// The shaped paragraph, if it was shaped.
    pub(crate) fn known_shaped(&self) -> Option<&Arc<Shaped>> {
        self.shaped.as_ref()
    }

    /// The style that text in `span` has; `root` is the block container's.
    pub(crate) fn style_of<'a>(
        &'a self,
        span: Option<u32>,
        root: &'a Rc<LayoutStyle>,
    ) -> &'a Rc<LayoutStyle> {
        span.and_then(|span| self.spans.get(span as usize)).map_or(root, |span| &span.style)
    }
}

/// Builds inline content from text and elements in document order.
#[derive(Debug)]
pub(super) struct InlineBuilder {
    content: InlineContent,
    open: Vec<u32>,
    /// Collapsible white space at the end of the text so far, which swallows
    /// more of it.
    after_space: bool,
    /// For `text-transform: capitalize`.
    in_word: bool,
    /// Some text or box that is more than collapsible white space.
    solid: bool,
    pub(super) boxes: Vec<BoxId>,
}

impl InlineBuilder {
    pub(super) fn new(root: &LayoutStyle, text: &TextStyle) -> Self {
        let content = InlineContent {
            rtl: root.has(StyleFlags::RTL),
            word_break: text.word_break,
            break_spaces: text.white_space == WhiteSpace::BreakSpaces,
            ..InlineContent::default()
        };
        Self {
            content,
            open: Vec::new(),
            after_space: true,
            in_word: false,
            solid: false,
            boxes: Vec::new(),
        }
    }

    fn here(&self) -> u32 {
        self.content.text.len() as u32
    }

    /// Whether nothing but collapsible white space and out-of-flow boxes came.
    pub(super) fn is_blank(&self) -> bool {
        !self.solid && self.content.spans.is_empty()
    }

    pub(super) fn open(
        &mut self,
        node: NodeId,
        origin: Origin,
        style: Rc<LayoutStyle>,
        starts: bool,
    ) -> u32 {
        let span = self.content.spans.len() as u32;
        let at = self.here();
        let edges = [
            style.taffy.padding.left,
            style.taffy.padding.right,
            style.taffy.border.left,
            style.taffy.border.right,
        ];
        let zero = taffy::LengthPercentage::length(0.0);
        self.content.visible |= edges.iter().any(|edge| *edge != zero);
        let parent = self.open.last().copied();
        self.content.spans.push(Span { node, origin, style, parent, starts, ends: false });
        self.content.items.push(InlineItem::Open { span, at });
        self.open.push(span);
        span
    }

    /// Closes the innermost open element; `ends` if nothing more of it comes.
    pub(super) fn close(&mut self, ends: bool) {
        let Some(span) = self.open.pop() else { return };
        let at = self.here();
        self.content.spans[span as usize].ends = ends;
        self.content.items.push(InlineItem::Close { span, at });
    }

    pub(super) fn atomic(&mut self, id: BoxId, text: &TextStyle) {
        let at = self.here();
        self.content.text.push(OBJECT);
        self.font(text);
        let span = self.open.last().copied();
        self.content.items.push(InlineItem::Atomic { id, span, at });
        self.content.visible = true;
        self.boxes.push(id);
        self.after_space = false;
        self.in_word = false;
        self.solid = true;
    }

    pub(super) fn out_of_flow(&mut self, id: BoxId) {
        let at = self.here();
        self.content.items.push(InlineItem::OutOfFlow { id, at });
        self.boxes.push(id);
    }

    pub(super) fn float(&mut self, id: BoxId) {
        let at = self.here();
        self.content.items.push(InlineItem::Float { id, at });
        self.boxes.push(id);
    }

    /// A forced line break.
    pub(super) fn line_break(&mut self, node: NodeId, text: &TextStyle) {
        let start = self.here();
        self.content.text.push('\n');
        self.font(text);
        self.push_text(node, start);
        self.content.visible = true;
        self.after_space = true;
        self.in_word = false;
        self.solid = true;
    }

    /// A place where a line may be broken (`<wbr>`).
    pub(super) fn opportunity(&mut self, node: NodeId, text: &TextStyle) {
        let start = self.here();
        self.content.text.push('\u{200B}');
        self.font(text);
        self.push_text(node, start);
    }

    /// Text of `node` in the innermost open element, whose style is `style`.
    pub(super) fn text(&mut self, node: NodeId, data: &str, style: &TextStyle) {
        let start = self.here();
        match style.white_space {
            WhiteSpace::Preserve | WhiteSpace::BreakSpaces => self.preserve(data, style),
            _ => self.collapse(data, style),
        }
        if self.here() > start {
            self.font(style);
        }
        // Even swallowed text has a place.
        self.push_text(node, start);
    }

    fn push_text(&mut self, node: NodeId, start: u32) {
        let end = self.here();
        let span = self.open.last().copied();
        self.content.items.push(InlineItem::Text { node, span, start, end });
    }

    fn preserve(&mut self, data: &str, style: &TextStyle) {
        for ch in data.chars() {
            // A carriage return that the parser let through is a control.
            self.push(ch, style.transform);
        }
        if !data.is_empty() {
            self.solid = true;
            self.content.visible = true;
            self.after_space = false;
        }
    }

    /// <https://drafts.csswg.org/css-text-3/#white-space-phase-1>
    fn collapse(&mut self, data: &str, style: &TextStyle) {
        let keeps_breaks = style.white_space.keeps_breaks();
        for ch in data.chars() {
            match ch {
                '\n' if keeps_breaks => {
                    while self.content.text.ends_with(' ') && self.after_space {
                        self.content.text.pop();
                    }
                    self.push('\n', TextTransform::NONE);
                    self.after_space = true;
                    self.in_word = false;
                    self.solid = true;
                    self.content.visible = true;
                }
                ' ' | '\t' | '\n' | '\r' | '\u{C}' => {
                    if !self.after_space {
                        self.content.text.push(' ');
                        self.after_space = true;
                    }
                    self.in_word = false;
                }
                _ => {
                    self.push(ch, style.transform);
                    self.after_space = false;
                    self.solid = true;
                    self.content.visible = true;
                }
            }
        }
    }

    fn push(&mut self, ch: char, transform: TextTransform) {
        let word = ch.is_alphanumeric() || (self.in_word && matches!(ch, '\'' | '\u{2019}'));
        if transform.contains(TextTransform::UPPERCASE) {
            self.content.text.extend(ch.to_uppercase());
        } else if transform.contains(TextTransform::LOWERCASE) {
            self.content.text.extend(ch.to_lowercase());
        } else if transform.contains(TextTransform::CAPITALIZE) && word && !self.in_word {
            self.content.text.extend(ch.to_uppercase());
        } else {
            self.content.text.push(ch);
        }
        self.in_word = word;
    }

    fn font(&mut self, style: &TextStyle) {
        let end = self.here();
        match self.content.fonts.last_mut() {
            Some((last, font)) if Arc::ptr_eq(font, &style.font) => *last = end,
            _ => self.content.fonts.push((end, style.font.clone())),
        }
    }

    /// The open elements, innermost last, to go on with in another content.
    pub(super) fn suspended(&self) -> Vec<Span> {
        self.open.iter().map(|span| self.content.spans[*span as usize].clone()).collect()
    }

    /// The content, with elements that are still open broken off.
    pub(super) fn finish(mut self) -> (InlineContent, Vec<BoxId>) {
        while !self.open.is_empty() {
            self.close(false);
        }
        (self.content, self.boxes)
    }
}
