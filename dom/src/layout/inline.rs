//! Inline formatting contexts as boxes among others: their size, what is laid
//! out in their lines, and the floats and out-of-flow boxes between them.

use std::rc::Rc;

use taffy::{
    AvailableSpace, BlockContext, BlockFormattingContext, Layout, LayoutInput, LayoutOutput,
    LayoutPartialTree as _, Line, MaybeResolve as _, OofCandidate, OofCandidates,
    OofPositioningArea, Point, Rect, RequestedAxis, ResolveOrZero as _, RunMode, Size, SizingMode,
};

use super::baselines::last_of;
use super::cache::LinesPlace;
use super::engine::{Engine, insets, relative_offset};
use super::lines::{
    Atomic, OwnFloat, Paragraph, Piece, StaticPlace, TokenKind, Wrap, break_lines, ellipsize,
};
use super::{InlineLayout, LayoutStyle, StyleFlags, calc, establishes_bfc};
use crate::boxes::{BoxId, BoxKind, InlineItem};

impl Engine<'_> {
    /// An inline formatting context.
    pub(super) fn inline_context(
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
        if !style.taffy.contain.suppresses_baseline() {
            output.baselines.first = result.first_baseline;
            output.baselines.last = result.last_baseline;
        }
        if inputs.run_mode == RunMode::PerformLayout {
            output.oof_candidates = result.candidates;
            let border =
                style.taffy.border.resolve_or_zero(inputs.parent_size.width, calc::resolve);
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
        let has_boxes = content
            .items
            .iter()
            .any(|item| matches!(item, InlineItem::Atomic { .. } | InlineItem::Float { .. }));
        let visible = content.visible;
        let known_widths = if has_boxes { None } else { content.widths };
        let floor = content.floor.unwrap_or(0.0);
        let indent = {
            let text = style.values.get_inherited_text();
            text.text_indent.length.resolve(style::values::computed::Length::new(basis)).px()
        };
        let content_height = inputs.known_dimensions.height.or_else(|| {
            style.taffy.size.height.maybe_resolve(inputs.parent_size.height, calc::resolve)
        });
        // Made when it is needed: widths and lines may be known.
        let mut prepared: Option<Paragraph> = None;
        let width = match available.width {
            AvailableSpace::Definite(width) if fixed => width.max(0.0),
            limit => {
                let (min, max) = match known_widths {
                    Some(widths) => widths,
                    None => {
                        let mut paragraph =
                            Paragraph::new(content, style, self.text, basis, root_text.clone());
                        let widths = self.intrinsic_widths(&mut paragraph, has_boxes);
                        prepared = Some(paragraph);
                        if !has_boxes && let Some(content) = self.boxes.at_mut(id).inline_mut() {
                            content.widths = Some(widths);
                        }
                        widths
                    }
                };
                let (min, max) = (min.max(floor), max.max(floor));
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
        let lays_out = inputs.run_mode == RunMode::PerformLayout;
        // Lines broken for a question about this width are those of the layout.
        let simple = !has_boxes && context.is_none();
        let place = LinesPlace { width, basis, indent, insets };
        if simple
            && lays_out
            && let Some(mut lines) = self.boxes.at_mut(id).cache.take_lines(&place)
        {
            self.align_lines(id, style, &mut lines, parent_size.height, result);
            let size = lines_size(&lines, width, fixed, lines.height);
            self.keep_lines(id, lines);
            return size;
        }
        let Some(content) = self.boxes.at_mut(id).inline_mut() else { return Size::ZERO };
        let mut paragraph = match prepared {
            Some(paragraph) => paragraph,
            None => Paragraph::new(content, style, self.text, basis, root_text),
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
        if establishes_bfc(style) && float_bottom.is_finite() {
            height = height.max(float_bottom - insets.top);
        }
        let own_floats = space.floats;
        ellipsize(&paragraph, &mut lines, self.text, insets.left, width);
        let moved = self.align_lines(id, style, &mut lines, parent_size.height, result);
        let size = lines_size(&lines, width, fixed, height);
        if lays_out {
            self.commit_lines(id, &lines, &own_floats, parent_size, result);
            let mut own = self.candidates(&paragraph, &statics, &insets, width);
            result.candidates.append(&mut own);
            self.keep_lines(id, lines);
        } else if simple && statics.is_empty() && !moved {
            self.boxes.at_mut(id).cache.store_lines(place, lines);
        }
        size
    }

    /// Moves lines to where they stand in a box of this content height; whether it did.
    /// <https://html.spec.whatwg.org/#button-layout>
    fn align_lines(
        &self,
        id: BoxId,
        style: &LayoutStyle,
        lines: &mut InlineLayout,
        content_height: Option<f32>,
        result: &mut LinesResult,
    ) -> bool {
        let shift = match self.boxes.at(id).centers_lines {
            true => Some(0.5),
            false => super::table::cell_alignment(&style.values),
        };
        let by = shift
            .zip(content_height)
            .map(|(shift, content_height)| ((content_height - lines.height) * shift).max(0.0));
        if let Some(by) = by {
            lines.move_down(by);
        }
        let mut baselines =
            lines.lines.iter().filter(|line| line.height > 0.0).map(|line| line.baseline);
        result.first_baseline = baselines.next();
        result.last_baseline = baselines.next_back().or(result.first_baseline);
        by.is_some()
    }

    /// Lines as the box is painted and asked for them.
    fn keep_lines(&mut self, id: BoxId, lines: InlineLayout) {
        let own = self.boxes.at_mut(id);
        if own.lines.as_deref() != Some(&lines) {
            own.lines = Some(Rc::new(lines));
        }
        self.boxes.mark_paint(id);
    }

    fn intrinsic_widths(&mut self, paragraph: &mut Paragraph, has_boxes: bool) -> (f32, f32) {
        if !has_boxes {
            return paragraph.intrinsic_widths();
        }
        let mut widths = [0.0_f32; 2];
        for (result, space) in
            widths.iter_mut().zip([AvailableSpace::MinContent, AvailableSpace::MaxContent])
        {
            let mut floats = 0.0_f32;
            for index in 0..paragraph.items.len() {
                let (InlineItem::Atomic { id, .. } | InlineItem::Float { id, .. }) =
                    paragraph.items[index]
                else {
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
                let baselines = output.baselines;
                match run_mode {
                    RunMode::PerformLayout => last_of(&self.boxes.at(id).kind, &baselines),
                    // Lines in blocks in there are not placed when only a size
                    // is asked for.
                    _ => baselines.last.or(baselines.first),
                }
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
        lines: &InlineLayout,
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
        statics: &[StaticPlace],
        insets: &Rect<f32>,
        width: f32,
    ) -> OofCandidates {
        let mut candidates = OofCandidates::new();
        for (order, place) in statics.iter().enumerate() {
            let style = &self.boxes.at(place.id).style;
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
                taffy::AxisStaticPosition::from_edge(place.x, taffy::AxisStaticEdge::Start)
            };
            let y = if block { place.block_top } else { place.top };
            candidates.push(OofCandidate {
                node: place.id.into(),
                order: order as u32,
                position,
                static_position: Point {
                    x: x_position,
                    y: taffy::AxisStaticPosition::from_edge(y, taffy::AxisStaticEdge::Start),
                },
            });
        }
        candidates
    }
}

/// The size that lines give their box.
fn lines_size(lines: &InlineLayout, width: f32, fixed: bool, height: f32) -> Size<f32> {
    Size { width: if fixed { width.max(lines.width) } else { width }, height }
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
    ) -> (InlineLayout, Vec<StaticPlace>, f32) {
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
    first_baseline: Option<f32>,
    last_baseline: Option<f32>,
    candidates: OofCandidates,
    overflow: Option<Rect<f32>>,
}
