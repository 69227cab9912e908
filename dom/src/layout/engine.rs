//! taffy's algorithms over our boxes, and our own for lines and replaced boxes.

use std::rc::Rc;

use style::Atom;
use taffy::{
    AvailableSpace, BlockContext, BlockFormattingContext, CacheTree, ContainingBlockClaims,
    CoreStyle, DetailedGridInfo, DetailedLayoutInfo, Layout, LayoutBlockContainer,
    LayoutContainingBlock, LayoutFlexboxContainer, LayoutGridContainer, LayoutInput, LayoutOutput,
    LayoutPartialTree, Line, MaybeMath as _, MaybeResolve as _, NodeId, OofCandidate,
    OofCandidates, OofPositioningArea, Point, Rect, RequestedAxis, ResolveOrZero as _, RunMode,
    Size, SizingMode, TraversePartialTree,
};

use super::calc;
use super::lines::{Atomic, Paragraph, Piece, TokenKind, Wrap, break_lines};
use super::{LayoutStyle, StyleFlags};
use crate::boxes::{BoxId, BoxKind, BoxTree, InlineItem, Marks};
use crate::layout::lines::{OwnFloat};
use crate::text::TextContext;

/// One run of layout.
pub(crate) struct Engine<'a> {
    pub(crate) boxes: &'a mut BoxTree,
    pub(crate) text: &'a mut TextContext,
    /// Boxes that were computed, cached answers not counted.
    pub(crate) laid_out: u64,
}

impl Engine<'_> {
    /// The size and content of a box, from the cache if nothing changed.
    pub(crate) fn compute(
        &mut self,
        id: BoxId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        if inputs.run_mode == RunMode::PerformHiddenLayout {
            return LayoutOutput::HIDDEN;
        }
        // The cache does not know of floats: neither of those beside a box nor
        // of those that stick out of it.
        let shares_floats = context.as_ref().is_some_and(|context| {
            context.has_active_floats(0.0) || self.boxes.at(id).marks.contains(Marks::FLOATS)
        });
        if !shares_floats && let Some(found) = self.boxes.at(id).cache.get(&inputs) {
            return found;
        }
        let output = self.compute_now(id, inputs, context);
        let own = self.boxes.at_mut(id);
        if shares_floats {
            own.cache.clear();
        } else {
            own.cache.store(&inputs, output.clone());
        }
        output
    }

    fn compute_now(
        &mut self,
        id: BoxId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        self.laid_out += 1;
        let own = self.boxes.at(id);
        let node = NodeId::from(id);
        let display = own.style.taffy.display;
        let mut output = match &own.kind {
            BoxKind::Inline(_) => self.lines(id, inputs, context),
            BoxKind::Replaced(_) => self.replaced(id, inputs),
            BoxKind::Control(_) => self.control(id, inputs),
            _ if own.children.is_empty() => {
                let style = own.style.clone();
                taffy::compute_leaf_layout(inputs, &&style.taffy, calc::resolve, |_, _| Size::ZERO)
            }
            BoxKind::Flex => taffy::compute_flexbox_layout(self, node, inputs),
            BoxKind::Grid => taffy::compute_grid_layout(self, node, inputs),
            BoxKind::Block if display == taffy::Display::Block => {
                taffy::compute_block_layout(self, node, inputs, context)
            }
            BoxKind::Block => taffy::compute_block_layout(self, node, inputs, None),
        };
        if inputs.run_mode == RunMode::PerformLayout {
            self.boxes.at_mut(id).cache.in_flow_overflow = output.scrollable_overflow_rect;
            taffy::compute_oof_layout(self, node, &mut output);
            let own = self.boxes.at_mut(id);
            own.marks.remove(Marks::CONTENT | Marks::BOX);
            own.paint.forget_order();
        }
        output
    }

    /// The layout of the whole document in a viewport.
    pub(crate) fn root(&mut self, root: BoxId, viewport: Size<f32>) {
        let available = viewport.map(AvailableSpace::Definite);
        taffy::compute_root_layout(self, root.into(), available);
    }

    fn replaced(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutOutput {
        let own = self.boxes.at(id);
        let BoxKind::Replaced(replaced) = &own.kind else { return LayoutOutput::DEFAULT };
        let (natural, ratio) = (replaced.natural, replaced.ratio);
        let style = own.style.clone();
        natural_leaf(&style, inputs, natural, ratio)
    }

    fn control(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutOutput {
        let own = self.boxes.at(id);
        let BoxKind::Control(control) = &own.kind else { return LayoutOutput::DEFAULT };
        let (columns, rows, multiline) = (control.columns, control.rows, control.multiline);
        let style = own.style.clone();
        let text = style.text(self.text);
        let line = super::lines::line_height(&text);
        let natural = (Some((columns * text.font.metrics.zero).ceil()), Some(rows * line));
        let mut output = natural_leaf(&style, inputs, natural, None);
        // The text of a field is laid out in it and never changes its size.
        let insets = insets(&style, inputs.parent_size.width);
        let width = (output.size.width - insets.horizontal_axis_sum()).max(0.0);
        let height = (output.size.height - insets.vertical_axis_sum()).max(0.0);
        let root_text = Rc::new(crate::text::TextStyle {
            white_space: crate::text::WhiteSpace::Preserve,
            wraps: multiline,
            breaks_words: multiline,
            ..crate::text::TextStyle::clone(&text)
        });
        let Some(content) = self.boxes.at_mut(id).inline_mut() else { return output };
        let paragraph = Paragraph::new(content, &style, self.text, width, root_text);
        let centered = if multiline { 0.0 } else { ((height - line) / 2.0).max(0.0) };
        let mut wrap = Wrap {
            origin: (insets.left, insets.top + centered),
            width,
            unlimited: !multiline,
            indent: 0.0,
            floats: None,
            own_floats: Vec::new(),
        };
        let (lines, _) = break_lines(&paragraph, &mut wrap, true);
        let area = text.font.metrics;
        let first = lines.lines.first().map_or_else(
            || insets.top + centered + (line - area.ascent - area.descent) / 2.0 + area.ascent,
            |line| line.baseline,
        );
        output.baselines.first = Some(first);
        if inputs.run_mode == RunMode::PerformLayout {
            self.boxes.at_mut(id).lines = Some(Rc::new(lines));
        }
        output
    }

    /// An inline formatting context.
    fn lines(
        &mut self,
        id: BoxId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        let style = self.boxes.at(id).style.clone();
        let mut result = LinesResult::default();
        let mut output =
            taffy::compute_leaf_layout(inputs, &&style.taffy, calc::resolve, |known, available| {
                self.measure_lines(id, &style, &inputs, known, available, context, &mut result)
            });
        output.baselines.first = result.baseline;
        if inputs.run_mode == RunMode::PerformLayout {
            output.oof_candidates = result.candidates;
            let border = style.taffy.border.resolve_or_zero(inputs.parent_size.width, calc::resolve);
            output.oof_positioning_area = Some(OofPositioningArea {
                size: output.size - border.sum_axes(),
                offset: Point { x: border.left, y: border.top },
            });
            if let Some(overflow) = result.overflow {
                output.scrollable_overflow_rect = output.scrollable_overflow_rect.union(overflow);
            }
        }
        output
    }

    #[expect(clippy::too_many_arguments, reason = "what a measure function is given, and by whom")]
    fn measure_lines(
        &mut self,
        id: BoxId,
        style: &Rc<LayoutStyle>,
        inputs: &LayoutInput,
        known: Size<Option<f32>>,
        available: Size<AvailableSpace>,
        context: Option<&mut BlockContext<'_>>,
        result: &mut LinesResult,
    ) -> Size<f32> {
        let insets = insets(style, inputs.parent_size.width);
        let root_text = style.text(self.text);
        let fixed = inputs.known_dimensions.width.is_some()
            || (inputs.sizing_mode == SizingMode::InherentSize
                && style
                    .taffy
                    .size
                    .width
                    .maybe_resolve(inputs.parent_size.width, calc::resolve)
                    .is_some());
        let _ = known;
        let basis = available.width.into_option().unwrap_or(0.0);
        let own = self.boxes.at_mut(id);
        let Some(content) = own.inline_mut() else { return Size::ZERO };
        let has_boxes = content.items.iter().any(|item| {
            matches!(item, InlineItem::Atomic { .. } | InlineItem::Float { .. })
        });
        let visible = content.visible;
        let known_widths = if has_boxes { None } else { content.widths };
        let mut paragraph = Paragraph::new(content, style, self.text, basis, root_text);
        let indent = {
            let text = style.values.get_inherited_text();
            text.text_indent.length.resolve(style::values::computed::Length::new(basis)).px()
        };
        let content_height = inputs
            .known_dimensions
            .height
            .or_else(|| style.taffy.size.height.maybe_resolve(inputs.parent_size.height, calc::resolve));
        let width = match available.width {
            AvailableSpace::Definite(width) if fixed => width.max(0.0),
            limit => {
                let (min, max) = match known_widths {
                    Some(widths) => widths,
                    None => {
                        let widths = self.intrinsic_widths(&mut paragraph, has_boxes);
                        if !has_boxes && let Some(content) = self.boxes.at_mut(id).inline_mut() {
                            content.widths = Some(widths);
                        }
                        widths
                    }
                };
                let (min, max) = (min + indent.max(0.0), max + indent.max(0.0));
                match limit {
                    AvailableSpace::MinContent => min,
                    AvailableSpace::MaxContent => max,
                    AvailableSpace::Definite(width) => width.max(min).min(max),
                }
            }
        };
        if inputs.run_mode == RunMode::ComputeSize && inputs.axis == RequestedAxis::Horizontal {
            return Size { width, height: 0.0 };
        }
        let parent_size = Size {
            width: Some(width),
            height: content_height.map(|height| (height - insets.vertical_axis_sum()).max(0.0)),
        };
        if has_boxes {
            self.lay_out_atomics(&mut paragraph, parent_size, width, inputs.run_mode);
        }
        let own_floats = self.own_floats(&paragraph, parent_size, width);
        let outer_width = width + insets.horizontal_axis_sum();
        let mut space = Space { insets, width, indent, visible, floats: own_floats };
        let (mut lines, statics, float_bottom) = match context {
            Some(context) => space.fill(&paragraph, Some(context)),
            None if space.floats.is_empty() => space.fill(&paragraph, None),
            None => {
                let mut own_context = BlockFormattingContext::new();
                let mut own_root = own_context.root_block_context();
                own_root.set_width(outer_width);
                space.fill(&paragraph, Some(&mut own_root))
            }
        };
        let mut height = lines.height;
        if super::establishes_bfc(style) && float_bottom.is_finite() {
            height = height.max(float_bottom - insets.top);
        }
        let own_floats = space.floats;
        super::lines::ellipsize(&paragraph, &mut lines, self.text, insets.left, width);
        result.baseline = lines.lines.iter().find(|line| line.height > 0.0).map(|line| line.baseline);
        if inputs.run_mode == RunMode::PerformLayout {
            self.commit_lines(id, &lines, &own_floats, parent_size, result);
            let mut own = self.candidates(&paragraph, &statics, &insets, width);
            result.candidates.append(&mut own);
            let own = self.boxes.at_mut(id);
            if own.lines.as_deref() != Some(&lines) {
                own.lines = Some(Rc::new(lines.clone()));
            }
            self.boxes.mark_paint(id);
        }
        Size { width: if fixed { width.max(lines.width) } else { width }, height }
    }

    fn intrinsic_widths(&mut self, paragraph: &mut Paragraph, has_boxes: bool) -> (f32, f32) {
        if !has_boxes {
            return paragraph.intrinsic_widths();
        }
        let mut widths = [0.0_f32; 2];
        for (result, space) in widths.iter_mut().zip([AvailableSpace::MinContent, AvailableSpace::MaxContent]) {
            let mut floats = 0.0_f32;
            for index in 0..paragraph.items.len() {
                let (InlineItem::Atomic { id, .. } | InlineItem::Float { id, .. }) = paragraph.items[index] else {
                    continue;
                };
                let child = self.boxes.at(id).style.clone();
                let margin = child.taffy.margin.resolve_or_zero(None, calc::resolve);
                let output = self.compute(
                    id,
                    LayoutInput {
                        run_mode: RunMode::ComputeSize,
                        sizing_mode: SizingMode::InherentSize,
                        axis: RequestedAxis::Horizontal,
                        known_dimensions: Size::NONE,
                        known_dimensions_are_definite: Size { width: true, height: true },
                        parent_size: Size::NONE,
                        available_space: Size { width: space, height: AvailableSpace::MaxContent },
                        vertical_margins_are_collapsible: Line::FALSE,
                    },
                    None,
                );
                let width = output.size.width + margin.horizontal_axis_sum();
                if matches!(paragraph.items[index], InlineItem::Float { .. }) {
                    match space {
                        AvailableSpace::MinContent => floats = floats.max(width),
                        _ => floats += width,
                    }
                    continue;
                }
                paragraph.atomics[index] = Some(Atomic {
                    id,
                    width,
                    ascent: 0.0,
                    descent: 0.0,
                    margin: (margin.left, margin.top),
                });
            }
            let (min, max) = paragraph.intrinsic_widths();
            *result = match space {
                AvailableSpace::MinContent => min.max(floats),
                _ => max + floats,
            };
        }
        (widths[0], widths[1])
    }

    fn lay_out_atomics(
        &mut self,
        paragraph: &mut Paragraph,
        parent_size: Size<Option<f32>>,
        width: f32,
        run_mode: RunMode,
    ) {
        for index in 0..paragraph.items.len() {
            let InlineItem::Atomic { id, .. } = paragraph.items[index] else { continue };
            let style = self.boxes.at(id).style.clone();
            let margin = style.taffy.margin.resolve_or_zero(Some(width), calc::resolve);
            let output = self.shrink_to_fit(id, parent_size, width, run_mode);
            let clips = style.has(StyleFlags::CLIPS);
            let baseline = if clips && !matches!(self.boxes.at(id).kind, BoxKind::Control(_)) {
                None
            } else {
                self.last_baseline(id, &output)
            };
            let ascent = match baseline {
                Some(baseline) => baseline + margin.top,
                None => output.size.height + margin.vertical_axis_sum(),
            };
            let descent = output.size.height + margin.vertical_axis_sum() - ascent;
            paragraph.atomics[index] = Some(Atomic {
                id,
                width: output.size.width + margin.horizontal_axis_sum(),
                ascent,
                descent,
                margin: (margin.left, margin.top),
            });
            paragraph.atomic_styles[index] = Some(style);
        }
    }

    fn shrink_to_fit(
        &mut self,
        id: BoxId,
        parent_size: Size<Option<f32>>,
        width: f32,
        run_mode: RunMode,
    ) -> LayoutOutput {
        let style = self.boxes.at(id).style.clone();
        let margin = style.taffy.margin.resolve_or_zero(Some(width), calc::resolve);
        let available = (width - margin.horizontal_axis_sum()).max(0.0);
        self.compute(
            id,
            LayoutInput {
                run_mode,
                sizing_mode: SizingMode::InherentSize,
                axis: RequestedAxis::Both,
                known_dimensions: Size::NONE,
                known_dimensions_are_definite: Size { width: true, height: true },
                parent_size,
                available_space: Size {
                    width: AvailableSpace::Definite(available),
                    height: AvailableSpace::MaxContent,
                },
                vertical_margins_are_collapsible: Line::FALSE,
            },
            None,
        )
    }

    /// The baseline of a box's last line, below its top.
    /// <https://drafts.csswg.org/css2/#valdef-vertical-align-baseline>
    fn last_baseline(&self, id: BoxId, output: &LayoutOutput) -> Option<f32> {
        let own = self.boxes.at(id);
        match &own.kind {
            BoxKind::Inline(_) => {
                own.lines.as_ref()?.lines.iter().rev().find(|line| line.height > 0.0).map(|line| line.baseline)
            }
            BoxKind::Block => own.children.iter().rev().find_map(|child| {
                let child_box = self.boxes.at(*child);
                if child_box.style.flags.intersects(StyleFlags::OUT_OF_FLOW | StyleFlags::FLOAT) {
                    return None;
                }
                let (_, output) = child_box.cache.last()?;
                Some(self.last_baseline(*child, output)? + child_box.geometry.location.y)
            }),
            _ => output.baselines.first,
        }
    }

    fn own_floats(
        &mut self,
        paragraph: &Paragraph,
        parent_size: Size<Option<f32>>,
        width: f32,
    ) -> Vec<OwnFloat> {
        let mut floats = Vec::new();
        for token in &paragraph.tokens {
            let TokenKind::Float(id) = token.kind else { continue };
            let style = self.boxes.at(id).style.clone();
            let Some(direction) = style.taffy.float.float_direction() else { continue };
            let margin = style.taffy.margin.resolve_or_zero(Some(width), calc::resolve);
            let output = self.shrink_to_fit(id, parent_size, width, RunMode::PerformLayout);
            floats.push(OwnFloat {
                id,
                size: (
                    output.size.width + margin.horizontal_axis_sum(),
                    output.size.height + margin.vertical_axis_sum(),
                ),
                direction,
                clear: style.taffy.clear,
                place: None,
            });
        }
        floats
    }

    /// Gives the boxes of the content their places.
    fn commit_lines(
        &mut self,
        id: BoxId,
        lines: &super::InlineLayout,
        floats: &[OwnFloat],
        parent_size: Size<Option<f32>>,
        result: &mut LinesResult,
    ) {
        let mut overflow: Option<Rect<f32>> = None;
        let mut candidates = OofCandidates::new();
        let border = self.boxes.at(id).style.taffy.border;
        let border = border.resolve_or_zero(parent_size.width, calc::resolve);
        let mut place = |engine: &mut Self, child: BoxId, x: f32, y: f32| {
            let style = engine.boxes.at(child).style.clone();
            let basis = parent_size.width;
            let margin = style.taffy.margin.resolve_or_zero(basis, calc::resolve);
            let inset = relative_offset(&style, parent_size);
            let (size, inner) = match engine.boxes.at(child).cache.last() {
                Some((_, output)) => (output.size, output.scrollable_overflow_rect),
                None => (Size::ZERO, Rect::ZERO),
            };
            let location = Point { x: x + inset.x, y: y + inset.y };
            let layout = Layout {
                order: 0,
                location,
                size,
                scrollable_overflow_rect: inner,
                scrollbar_size: Size::ZERO,
                border: style.taffy.border.resolve_or_zero(basis, calc::resolve),
                padding: style.taffy.padding.resolve_or_zero(basis, calc::resolve),
                margin,
            };
            engine.set_unrounded_layout(child.into(), &layout);
            // Boxes out of flow in there may be placed by somebody up here.
            let mut inner_candidates = engine
                .boxes
                .at(child)
                .cache
                .last()
                .map(|last| last.1.oof_candidates.clone())
                .unwrap_or_default();
            inner_candidates.translate(location);
            candidates.append(&mut inner_candidates);
            let clips = style.has(StyleFlags::CLIPS);
            let (right, bottom) = if clips {
                (size.width, size.height)
            } else {
                (size.width.max(inner.right), size.height.max(inner.bottom))
            };
            let reach = Rect {
                left: (location.x - border.left).min(0.0),
                top: (location.y - border.top).min(0.0),
                right: location.x - border.left + right,
                bottom: location.y - border.top + bottom,
            };
            overflow = Some(overflow.map_or(reach, |all| all.union(reach)));
        };
        for piece in &lines.pieces {
            if let Piece::Atomic { id, x, y } = piece {
                place(self, *id, *x, *y);
            }
        }
        for float in floats {
            if let Some((x, y)) = float.place {
                let style = self.boxes.at(float.id).style.clone();
                let margin = style.taffy.margin.resolve_or_zero(parent_size.width, calc::resolve);
                place(self, float.id, x + margin.left, y + margin.top);
            }
        }
        result.overflow = overflow;
        result.candidates = candidates;
    }

    fn candidates(
        &self,
        paragraph: &Paragraph,
        statics: &[(BoxId, f32, f32)],
        insets: &Rect<f32>,
        width: f32,
    ) -> OofCandidates {
        let mut candidates = OofCandidates::new();
        for (order, (id, x, y)) in statics.iter().enumerate() {
            let style = &self.boxes.at(*id).style;
            // A box that would be a block begins at the edge of its container.
            let block = style.values.get_box().original_display.outside()
                == style::values::specified::box_::DisplayOutside::Block;
            let position = if style.has(StyleFlags::FIXED) {
                taffy::Position::Fixed
            } else {
                taffy::Position::Absolute
            };
            let x_position = if block {
                taffy::AxisStaticPosition::from_alignment(
                    taffy::AlignSelf::NORMAL,
                    Line { start: insets.left, end: insets.left + width },
                    paragraph.rtl,
                )
            } else {
                taffy::AxisStaticPosition::from_edge(*x, taffy::AxisStaticEdge::Start)
            };
            candidates.push(OofCandidate {
                node: (*id).into(),
                order: order as u32,
                position,
                static_position: Point {
                    x: x_position,
                    y: taffy::AxisStaticPosition::from_edge(*y, taffy::AxisStaticEdge::Start),
                },
            });
        }
        candidates
    }
}

/// What lines are laid out in.
struct Space {
    insets: Rect<f32>,
    /// Of the content box.
    width: f32,
    indent: f32,
    visible: bool,
    floats: Vec<OwnFloat>,
}

impl Space {
    /// Lays out lines beside floats, and the floats among them. The last number
    /// is how far down floats reach.
    fn fill(
        &mut self,
        paragraph: &Paragraph,
        mut context: Option<&mut BlockContext<'_>>,
    ) -> (super::InlineLayout, Vec<(BoxId, f32, f32)>, f32) {
        // Our own content edges bound our floats, also in a shared context.
        if let Some(context) = context.as_deref_mut() {
            context.apply_content_box_inset([self.insets.left, self.insets.right]);
        }
        let mut wrap = Wrap {
            origin: (self.insets.left, self.insets.top),
            width: self.width,
            unlimited: false,
            indent: self.indent,
            floats: context,
            own_floats: std::mem::take(&mut self.floats),
        };
        let (lines, statics) = break_lines(paragraph, &mut wrap, self.visible);
        let bottom = wrap
            .floats
            .as_deref()
            .map_or(f32::NEG_INFINITY, BlockContext::floated_content_height_contribution);
        self.floats = wrap.own_floats;
        (lines, statics, bottom)
    }
}

#[derive(Default)]
struct LinesResult {
    baseline: Option<f32>,
    candidates: OofCandidates,
    overflow: Option<Rect<f32>>,
}

/// Border and padding, in CSS px.
pub(super) fn insets(style: &LayoutStyle, basis: Option<f32>) -> Rect<f32> {
    let padding = style.taffy.padding.resolve_or_zero(basis, calc::resolve);
    let border = style.taffy.border.resolve_or_zero(basis, calc::resolve);
    padding + border
}

/// How far `position: relative` moves a box.
pub(super) fn relative_offset(style: &LayoutStyle, parent: Size<Option<f32>>) -> Point<f32> {
    if style.taffy.position != taffy::Position::Relative {
        return Point::ZERO;
    }
    let inset = style.taffy.inset;
    let left = inset.left.maybe_resolve(parent.width, calc::resolve);
    let right = inset.right.maybe_resolve(parent.width, calc::resolve).map(|x| -x);
    let top = inset.top.maybe_resolve(parent.height, calc::resolve);
    let bottom = inset.bottom.maybe_resolve(parent.height, calc::resolve).map(|y| -y);
    let x = if style.has(StyleFlags::RTL) { right.or(left) } else { left.or(right) };
    Point { x: x.unwrap_or(0.0), y: top.or(bottom).unwrap_or(0.0) }
}

/// A box with a natural size.
/// <https://drafts.csswg.org/css2/#inline-replaced-width>
fn natural_leaf(
    style: &LayoutStyle,
    inputs: LayoutInput,
    natural: (Option<f32>, Option<f32>),
    ratio: Option<f32>,
) -> LayoutOutput {
    let ratio = style.taffy.aspect_ratio.or(ratio);
    let insets = insets(style, inputs.parent_size.width);
    let inherent = inputs.sizing_mode == SizingMode::InherentSize;
    let border_box = style.taffy.box_sizing == taffy::BoxSizing::BorderBox;
    let outside = if border_box { insets.sum_axes() } else { Size::ZERO };
    let own = |size: Size<Option<f32>>| {
        if inherent { size.maybe_sub(outside).maybe_max(Size::ZERO) } else { Size::NONE }
    };
    let parent = inputs.parent_size;
    let wanted = own(style.taffy.size.maybe_resolve(parent, calc::resolve));
    let min = own(style.taffy.min_size.maybe_resolve(parent, calc::resolve));
    let max = own(style.taffy.max_size.maybe_resolve(parent, calc::resolve));
    let known = inputs.known_dimensions.maybe_sub(insets.sum_axes()).maybe_max(Size::ZERO);
    let (width, height) = (known.width.or(wanted.width), known.height.or(wanted.height));
    let clamp_width = |width: f32| width.maybe_clamp(min.width, max.width);
    let clamp_height = |height: f32| height.maybe_clamp(min.height, max.height);
    let size = match (width, height) {
        (Some(width), Some(height)) => Size { width, height },
        (Some(width), None) => {
            let width = clamp_width(width);
            Size { width, height: ratio.map(|ratio| width / ratio).or(natural.1).unwrap_or(0.0) }
        }
        (None, Some(height)) => {
            let height = clamp_height(height);
            Size { width: ratio.map(|ratio| height * ratio).or(natural.0).unwrap_or(0.0), height }
        }
        (None, None) => {
            let first = natural.0.unwrap_or(0.0);
            let width = clamp_width(first);
            let mut size = Size { width, height: natural.1.unwrap_or(0.0) };
            if let Some(ratio) = ratio {
                if width != first {
                    size.height = width / ratio;
                }
                let height = clamp_height(size.height);
                if height != size.height {
                    size = Size { width: clamp_width(height * ratio), height };
                }
            }
            size
        }
    };
    // The ratio is applied above, with the limits in mind.
    let plain = taffy::Style { aspect_ratio: None, ..style.taffy.clone() };
    let inputs = if ratio.is_some() && (width.is_none() != height.is_none()) && inherent {
        // One side follows from the other: it is as good as given.
        let full = size + insets.sum_axes();
        LayoutInput { known_dimensions: inputs.known_dimensions.or(full.map(Some)), ..inputs }
    } else {
        inputs
    };
    let mut output = taffy::compute_leaf_layout(inputs, &&plain, calc::resolve, |_, _| size);
    output.scrollable_overflow_rect = Rect::ZERO;
    output
}

/// A style as taffy reads it for the box itself, with containing blocks as CSS
/// has them: transforms and filters make some, too.
pub(crate) struct ContainerStyle<'a>(&'a LayoutStyle);

impl CoreStyle for ContainerStyle<'_> {
    type CustomIdent = Atom;

    fn is_containing_block(&self) -> ContainingBlockClaims {
        ContainingBlockClaims {
            absolute: self.0.has(StyleFlags::CONTAINS_ABSOLUTE),
            fixed: self.0.has(StyleFlags::CONTAINS_FIXED),
        }
    }
    fn box_generation_mode(&self) -> taffy::BoxGenerationMode {
        self.0.taffy.box_generation_mode()
    }
    fn is_block(&self) -> bool {
        self.0.taffy.is_block()
    }
    fn is_compressible_replaced(&self) -> bool {
        self.0.taffy.is_compressible_replaced()
    }
    fn is_replaced(&self) -> bool {
        self.0.taffy.item_is_replaced
    }
    fn box_sizing(&self) -> taffy::BoxSizing {
        self.0.taffy.box_sizing
    }
    fn direction(&self) -> taffy::Direction {
        self.0.taffy.direction
    }
    fn overflow(&self) -> Point<taffy::Overflow> {
        self.0.taffy.overflow
    }
    fn scrollbar_width(&self) -> f32 {
        self.0.taffy.scrollbar_width
    }
    fn position(&self) -> taffy::Position {
        self.0.taffy.position
    }
    fn inset(&self) -> Rect<taffy::LengthPercentageAuto> {
        self.0.taffy.inset
    }
    fn size(&self) -> Size<taffy::Dimension> {
        self.0.taffy.size
    }
    fn min_size(&self) -> Size<taffy::LengthPercentageAuto> {
        self.0.taffy.min_size
    }
    fn max_size(&self) -> Size<taffy::LengthPercentageAuto> {
        self.0.taffy.max_size
    }
    fn aspect_ratio(&self) -> Option<f32> {
        self.0.taffy.aspect_ratio
    }
    fn margin(&self) -> Rect<taffy::LengthPercentageAuto> {
        self.0.taffy.margin
    }
    fn padding(&self) -> Rect<taffy::LengthPercentage> {
        self.0.taffy.padding
    }
    fn border(&self) -> Rect<taffy::LengthPercentage> {
        self.0.taffy.border
    }
    fn contain(&self) -> taffy::Contain {
        self.0.taffy.contain
    }
}

impl TraversePartialTree for Engine<'_> {
    type ChildIter<'a>
        = std::iter::Map<std::slice::Iter<'a, BoxId>, fn(&BoxId) -> NodeId>
    where
        Self: 'a;

    fn child_ids(&self, parent: NodeId) -> Self::ChildIter<'_> {
        self.boxes.at(parent.into()).children.iter().map(|id| NodeId::from(*id))
    }
    fn child_count(&self, parent: NodeId) -> usize {
        self.boxes.at(parent.into()).children.len()
    }
    fn get_child_id(&self, parent: NodeId, index: usize) -> NodeId {
        self.boxes.at(parent.into()).children[index].into()
    }
}

impl LayoutPartialTree for Engine<'_> {
    type CoreContainerStyle<'a>
        = ContainerStyle<'a>
    where
        Self: 'a;
    type CustomIdent = Atom;

    fn get_core_container_style(&self, node: NodeId) -> ContainerStyle<'_> {
        ContainerStyle(&self.boxes.at(node.into()).style)
    }
    fn resolve_calc_value(&self, value: *const (), basis: f32) -> f32 {
        calc::resolve(value, basis)
    }
    fn set_unrounded_layout(&mut self, node: NodeId, layout: &Layout) {
        let id = node.into();
        let own = self.boxes.at_mut(id);
        let old = own.geometry;
        if old == *layout {
            return;
        }
        own.geometry = *layout;
        let moved = old.location != layout.location || old.order != layout.order;
        let changed = old.size != layout.size
            || old.border != layout.border
            || old.padding != layout.padding
            || old.scrollable_overflow_rect != layout.scrollable_overflow_rect;
        let parent = own.parent;
        if changed {
            self.boxes.mark_paint(id);
        } else if moved && let Some(parent) = parent {
            self.boxes.mark_paint(parent);
        }
    }
    fn compute_child_layout(&mut self, node: NodeId, inputs: LayoutInput) -> LayoutOutput {
        self.compute(node.into(), inputs, None)
    }
}

impl LayoutContainingBlock for Engine<'_> {
    type OofItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_oof_item_style(&self, node: NodeId) -> Self::OofItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn clear_hoisted_children(&mut self, node: NodeId) {
        self.boxes.at_mut(node.into()).hoisted.clear();
    }
    fn add_hoisted_children(&mut self, node: NodeId, hoisted: &[NodeId]) {
        let id = BoxId::from(node);
        for child in hoisted {
            let child = BoxId::from(*child);
            self.boxes.at_mut(child).containing = Some(id);
            self.boxes.at_mut(id).hoisted.push(child);
        }
        self.boxes.mark_paint(id);
    }
    fn get_detailed_layout_info(&self, node: NodeId) -> &DetailedLayoutInfo<Atom> {
        self.boxes.at(node.into()).grid.as_deref().unwrap_or(&DetailedLayoutInfo::None)
    }
}

impl CacheTree for Engine<'_> {
    fn cache_get(&mut self, node: NodeId, input: &LayoutInput) -> Option<LayoutOutput> {
        self.boxes.at(node.into()).cache.get(input)
    }
    fn cache_store(&mut self, node: NodeId, input: &LayoutInput, output: LayoutOutput) {
        self.boxes.at_mut(node.into()).cache.store(input, output);
    }
    fn cache_clear(&mut self, node: NodeId) {
        self.boxes.at_mut(node.into()).cache.clear();
    }
}

impl LayoutFlexboxContainer for Engine<'_> {
    type FlexboxContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type FlexboxItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_flexbox_container_style(&self, node: NodeId) -> Self::FlexboxContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_flexbox_child_style(&self, node: NodeId) -> Self::FlexboxItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
}

impl LayoutGridContainer for Engine<'_> {
    type GridContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type GridItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_grid_container_style(&self, node: NodeId) -> Self::GridContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_grid_child_style(&self, node: NodeId) -> Self::GridItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn set_detailed_grid_info(&mut self, node: NodeId, info: DetailedGridInfo<Atom>) {
        self.boxes.at_mut(node.into()).grid = Some(Box::new(DetailedLayoutInfo::Grid(Box::new(info))));
    }
}

impl LayoutBlockContainer for Engine<'_> {
    type BlockContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type BlockItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_block_container_style(&self, node: NodeId) -> Self::BlockContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_block_child_style(&self, node: NodeId) -> Self::BlockItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn compute_block_child_layout(
        &mut self,
        node: NodeId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        self.compute(node.into(), inputs, context)
    }
}
