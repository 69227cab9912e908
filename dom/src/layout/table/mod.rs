//! Tables: <https://drafts.csswg.org/css2/#tables>
//!
//! A table is laid out as a whole: its box asks its cells how wide they could
//! be, decides on columns and rows, and places rows, row groups and cells.
//! Cells remember their answers, so that doing it again after a change in one of
//! them asks the others nothing new. Rows and groups are boxes with a place, but
//! nobody asks them anything; cells may stand directly in a group or a table.

mod columns;
mod grid;

use style::computed_values::border_collapse::T as BorderCollapse;
use style::computed_values::table_layout::T as TableLayout;
use style::properties::ComputedValues;
use style::values::computed::length_percentage::Unpacked;
use style::values::computed::{AlignmentBaseline, BaselineShift, Size as StyleSize};
use style::values::generics::box_::BaselineShiftKeyword;
use style::values::specified::box_::DisplayInside;
use taffy::{
    AvailableSpace, AxisStaticEdge, AxisStaticPosition, Baselines, Layout, LayoutInput,
    LayoutOutput, LayoutPartialTree as _, Line, MaybeMath as _, MaybeResolve as _, OofCandidate,
    OofCandidates, OofPositioningArea, Point, Rect, RequestedAxis, ResolveOrZero as _, RunMode,
    Size, SizingMode,
};

use super::engine::{Engine, insets, relative_offset};
use super::{LayoutStyle, StyleFlags, calc};
use crate::boxes::BoxId;
use columns::{Column, Spanning};
use grid::{Cell, Grid};

/// Whether a style is a table's.
pub(super) fn is_table(style: &LayoutStyle) -> bool {
    style.taffy.item_is_table
}

/// Where the content of a cell that is higher than it stands: 0 at the top, 1 at
/// the bottom. Baselines of a row's cells are not aligned: they stand at the top.
pub(super) fn cell_alignment(values: &ComputedValues) -> Option<f32> {
    let own = values.get_box();
    if own.display.inside() != DisplayInside::TableCell {
        return None;
    }
    Some(match (&own.baseline_shift, own.alignment_baseline) {
        (BaselineShift::Keyword(BaselineShiftKeyword::Bottom), _) => 1.0,
        (BaselineShift::Keyword(BaselineShiftKeyword::Top), _) => 0.0,
        (_, AlignmentBaseline::Middle) => 0.5,
        _ => 0.0,
    })
}

/// A width that a cell or column asks for, of its border box.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Auto,
    Px(f32),
    Percent(f32),
}

fn wanted_width(style: &LayoutStyle, extra: f32) -> Wanted {
    let position = style.values.get_position();
    let StyleSize::LengthPercentage(width) = &position.width else { return Wanted::Auto };
    let outside = if style.taffy.box_sizing == taffy::BoxSizing::BorderBox { 0.0 } else { extra };
    match width.0.unpack() {
        Unpacked::Length(length) => Wanted::Px(length.px() + outside),
        Unpacked::Percentage(part) => Wanted::Percent(part.0.max(0.0)),
        Unpacked::Calc(_) => Wanted::Auto,
    }
}

/// The gaps of a table: between two cells, and around all of them.
struct Gaps {
    between: Size<f32>,
    around: Rect<f32>,
}

impl Engine<'_> {
    /// A table, its captions with it.
    pub(super) fn table(&mut self, id: BoxId, inputs: LayoutInput) -> LayoutOutput {
        let style = self.boxes.at(id).style.clone();
        let grid = grid::form(self.boxes, id);
        let basis = inputs.parent_size.width;
        let border = style.taffy.border.resolve_or_zero(basis, calc::resolve);
        let collapse =
            style.values.get_inherited_table().border_collapse == BorderCollapse::Collapse;
        let padding = if collapse {
            Rect::ZERO
        } else {
            style.taffy.padding.resolve_or_zero(basis, calc::resolve)
        };
        let edges = border + padding;
        let gaps = self.gaps(&style, &grid, &border, collapse);
        let visible = grid.columns.iter().filter(|column| !column.collapsed).count();
        let between = gaps.between.width * visible.saturating_sub(1) as f32;
        let outside = edges.horizontal_axis_sum() + gaps.around.horizontal_axis_sum() + between;

        // The table's own width, where it has one.
        let inherent = inputs.sizing_mode == SizingMode::InherentSize;
        let full = if style.taffy.box_sizing == taffy::BoxSizing::BorderBox {
            Size::ZERO
        } else {
            edges.sum_axes()
        };
        let said = |size: Size<Option<f32>>| {
            if inherent { size.maybe_add(full) } else { Size::NONE }
        };
        let own = said(style.taffy.size.maybe_resolve(inputs.parent_size, calc::resolve));
        let min = said(style.taffy.min_size.maybe_resolve(inputs.parent_size, calc::resolve));
        let max = said(style.taffy.max_size.maybe_resolve(inputs.parent_size, calc::resolve));
        let given = inputs.known_dimensions.width.or(own.width.maybe_clamp(min.width, max.width));

        let fixed = style.values.get_table().table_layout == TableLayout::Fixed
            && (own.width.is_some() || inputs.known_dimensions.width.is_some());
        let measured = if fixed { Vec::new() } else { self.measure_columns(&grid, &gaps) };
        let (least, most) = columns::intrinsic(&measured);
        let captions = self.caption_width(&grid);
        let least = (least + outside).max(captions);
        let most = (most + outside).max(least);
        let width = match (given, inputs.available_space.width) {
            (Some(width), _) if fixed => width,
            (Some(width), _) => width.max(least),
            (None, AvailableSpace::MinContent) => least,
            (None, AvailableSpace::MaxContent) => most,
            (None, AvailableSpace::Definite(room)) => most.min(room).max(least),
        };
        let width = if given.is_none() {
            width.maybe_clamp(min.width, max.width).max(if fixed { 0.0 } else { least })
        } else {
            width
        };
        if inputs.run_mode == RunMode::ComputeSize && inputs.axis == RequestedAxis::Horizontal {
            return LayoutOutput::from_sizes(Size { width, height: 0.0 }, Rect::ZERO);
        }
        let room = (width - outside).max(0.0);
        let mut widths = if fixed {
            columns::fixed(&self.said_columns(&grid, room), room)
        } else {
            columns::distribute(&measured, room)
        };
        for (width, column) in widths.iter_mut().zip(&grid.columns) {
            if column.collapsed {
                *width = 0.0;
            }
        }
        // What columns that are shut away leave makes the table narrower.
        let width = if grid.columns.iter().any(|column| column.collapsed) {
            widths.iter().sum::<f32>() + outside
        } else {
            width
        };

        let mut plan = Plan { x: Vec::new(), widths, y: Vec::new(), heights: Vec::new() };
        plan.place_columns(&grid, edges.left + gaps.around.left, gaps.between.width);
        let heights = self.row_heights(&grid, &plan, &gaps);
        let (above, below) = self.caption_heights(&grid, width);
        let rows_outside = edges.vertical_axis_sum()
            + gaps.around.vertical_axis_sum()
            + gaps.between.height
                * grid.rows.iter().filter(|row| !row.collapsed).count().saturating_sub(1) as f32;
        let wanted = inputs.known_dimensions.height.map(|height| height - above - below);
        let wanted = wanted.or(own.height.maybe_clamp(min.height, max.height)).or(min.height);
        plan.heights = stretch_rows(&grid, heights, wanted.map(|height| height - rows_outside));
        plan.place_rows(&grid, above + edges.top + gaps.around.top, gaps.between.height);
        let height = plan.heights.iter().sum::<f32>() + rows_outside + above + below;
        let size = Size { width, height };
        if inputs.run_mode != RunMode::PerformLayout {
            return LayoutOutput::from_sizes(size, Rect::ZERO);
        }
        self.commit(&style, &grid, &plan, size, (above, below), &border)
    }

    fn gaps(&self, style: &LayoutStyle, grid: &Grid, border: &Rect<f32>, collapse: bool) -> Gaps {
        if !collapse {
            let spacing = &style.values.get_inherited_table().border_spacing.0;
            let between = Size { width: spacing.width().px(), height: spacing.height().px() };
            let (x, y) =
                if grid.cells.is_empty() { (0.0, 0.0) } else { (between.width, between.height) };
            return Gaps { between, around: Rect { left: x, right: x, top: y, bottom: y } };
        }
        // Borders that are drawn once lie over each other: cells overlap by the
        // thinnest border that two of them share, and the table's own borders
        // with those of the cells at its edge.
        let mut thin = Size { width: f32::MAX, height: f32::MAX };
        for cell in &grid.cells {
            let own = &self.boxes.at(cell.id).style.taffy.border;
            let own = own.resolve_or_zero(None, calc::resolve);
            thin.width = thin.width.min(own.left).min(own.right);
            thin.height = thin.height.min(own.top).min(own.bottom);
        }
        if grid.cells.is_empty() {
            thin = Size::ZERO;
        }
        Gaps {
            between: Size { width: 0.0 - thin.width, height: 0.0 - thin.height },
            around: Rect {
                left: 0.0 - border.left.min(thin.width),
                right: 0.0 - border.right.min(thin.width),
                top: 0.0 - border.top.min(thin.height),
                bottom: 0.0 - border.bottom.min(thin.height),
            },
        }
    }

    /// Lays out a box.
    fn ask(
        &mut self,
        id: BoxId,
        known: Size<Option<f32>>,
        space: AvailableSpace,
        sizing_mode: SizingMode,
        run_mode: RunMode,
    ) -> LayoutOutput {
        self.compute(id, question(known, space, sizing_mode, run_mode), None)
    }

    /// Asks a box how large it is. A table asks all its cells each time.
    fn ask_size(
        &mut self,
        id: BoxId,
        known: Size<Option<f32>>,
        space: AvailableSpace,
        sizing_mode: SizingMode,
    ) -> Size<f32> {
        let question = question(known, space, sizing_mode, RunMode::ComputeSize);
        match self.boxes.at(id).cache.size(&question) {
            Some(size) => size,
            None => self.compute(id, question, None).size,
        }
    }

    /// The least and the most that a cell could use, and what it asks for.
    fn measure_cell(&mut self, id: BoxId) -> (f32, f32, Wanted) {
        let style = self.boxes.at(id).style.clone();
        let own = insets(&style, None).horizontal_axis_sum();
        let mut widths = [AvailableSpace::MinContent, AvailableSpace::MaxContent]
            .map(|space| self.ask_size(id, Size::NONE, space, SizingMode::ContentSize).width);
        let border_box = style.taffy.box_sizing == taffy::BoxSizing::BorderBox;
        let full = if border_box { 0.0 } else { own };
        let limit = |value: taffy::LengthPercentageAuto| {
            value.resolve_to_option(0.0, calc::resolve).filter(|px| *px > 0.0).map(|px| px + full)
        };
        if let Some(least) = limit(style.taffy.min_size.width) {
            widths = widths.map(|width| width.max(least));
        }
        let wanted = wanted_width(&style, own);
        let [min, mut max] = widths;
        if let Wanted::Px(width) = wanted {
            max = width.max(min);
        }
        (min, max.max(min), wanted)
    }

    fn measure_columns(&mut self, grid: &Grid, gaps: &Gaps) -> Vec<Column> {
        let mut columns = vec![Column::default(); grid.columns.len()];
        for (column, said) in columns.iter_mut().zip(&grid.columns) {
            let Some(id) = said.id else { continue };
            match wanted_width(&self.boxes.at(id).style, 0.0) {
                Wanted::Px(width) => {
                    column.max = width;
                    column.fixed = true;
                }
                Wanted::Percent(part) => column.percent = Some(part),
                Wanted::Auto => {}
            }
        }
        let mut spanning = Vec::new();
        for cell in &grid.cells {
            let (min, max, wanted) = self.measure_cell(cell.id);
            let percent = match wanted {
                Wanted::Percent(part) => Some(part),
                _ => None,
            };
            if cell.columns > 1 {
                let (first, count) = (cell.column, cell.columns);
                spanning.push(Spanning { first, count, min, max, percent });
                continue;
            }
            let column = &mut columns[cell.column];
            column.min = column.min.max(min);
            column.max = column.max.max(max);
            if let Wanted::Px(_) = wanted {
                column.fixed = true;
            }
            if let Some(part) = percent {
                column.percent = Some(column.percent.map_or(part, |other| other.max(part)));
            }
        }
        for column in &mut columns {
            column.max = column.max.max(column.min);
        }
        spanning.sort_by_key(|cell| cell.count);
        for cell in &spanning {
            columns::widen(&mut columns, cell, gaps.between.width);
        }
        columns
    }

    /// The widths that `table-layout: fixed` goes by.
    fn said_columns(&self, grid: &Grid, room: f32) -> Vec<Option<f32>> {
        let px = |wanted: Wanted| match wanted {
            Wanted::Auto => None,
            Wanted::Px(width) => Some(width),
            Wanted::Percent(part) => Some(part * room),
        };
        let mut said: Vec<Option<f32>> = grid
            .columns
            .iter()
            .map(|column| px(wanted_width(&self.boxes.at(column.id?).style, 0.0)))
            .collect();
        for cell in grid.cells.iter().filter(|cell| cell.row == 0) {
            let style = &self.boxes.at(cell.id).style;
            let own = insets(style, None).horizontal_axis_sum();
            if let Some(width) = px(wanted_width(style, own)) {
                for column in &mut said[cell.column..cell.column + cell.columns] {
                    column.get_or_insert(width / cell.columns as f32);
                }
            }
        }
        said
    }

    fn caption_width(&mut self, grid: &Grid) -> f32 {
        let space = AvailableSpace::MinContent;
        grid.captions.iter().fold(0.0, |width, id| {
            self.ask_size(*id, Size::NONE, space, SizingMode::InherentSize).width.max(width)
        })
    }

    /// The heights of the captions above and below.
    fn caption_heights(&mut self, grid: &Grid, width: f32) -> (f32, f32) {
        let (mut above, mut below) = (0.0, 0.0);
        for id in &grid.captions {
            let known = Size { width: Some(width), height: None };
            let space = AvailableSpace::Definite(width);
            let height = self.ask_size(*id, known, space, SizingMode::InherentSize).height;
            if is_below(&self.boxes.at(*id).style) {
                below += height;
            } else {
                above += height;
            }
        }
        (above, below)
    }

    fn row_heights(&mut self, grid: &Grid, plan: &Plan, gaps: &Gaps) -> Vec<f32> {
        let mut heights = vec![0.0_f32; grid.rows.len()];
        for (height, row) in heights.iter_mut().zip(&grid.rows) {
            let Some(id) = row.id else { continue };
            let own = self.boxes.at(id).style.taffy.size.height;
            *height = own.maybe_resolve(None, calc::resolve).unwrap_or(0.0);
        }
        let mut spanning = Vec::new();
        for cell in &grid.cells {
            let width = plan.width(cell);
            let known = Size { width: Some(width), height: None };
            let space = AvailableSpace::Definite(width);
            let height = self.ask_size(cell.id, known, space, SizingMode::InherentSize).height;
            if cell.rows > 1 {
                spanning.push((*cell, height));
            } else {
                heights[cell.row] = heights[cell.row].max(height);
            }
        }
        spanning.sort_by_key(|(cell, _)| cell.rows);
        for (cell, height) in spanning {
            let rows = &mut heights[cell.row..cell.row + cell.rows];
            let between = gaps.between.height * (cell.rows - 1) as f32;
            let lack = height - between - rows.iter().sum::<f32>();
            if lack > 0.0 {
                let share = lack / cell.rows as f32;
                rows.iter_mut().for_each(|row| *row += share);
            }
        }
        for (height, row) in heights.iter_mut().zip(&grid.rows) {
            if row.collapsed {
                *height = 0.0;
            }
        }
        heights
    }

    /// Gives everything its place.
    fn commit(
        &mut self,
        style: &LayoutStyle,
        grid: &Grid,
        plan: &Plan,
        size: Size<f32>,
        (above, below): (f32, f32),
        border: &Rect<f32>,
    ) -> LayoutOutput {
        let mut reach = Reach::default();
        let mut candidates = OofCandidates::new();
        let mut baseline = None;
        let rtl = style.has(StyleFlags::RTL);
        let place = |x: f32, width: f32| if rtl { size.width - x - width } else { x };

        for hidden in &grid.placeless {
            self.set_unrounded_layout((*hidden).into(), &Layout::new());
        }
        let mut top = 0.0;
        let mut bottom = size.height - below;
        for caption in &grid.captions {
            let at_bottom = is_below(&self.boxes.at(*caption).style);
            let y = if at_bottom { bottom } else { top };
            let known = Size { width: Some(size.width), height: None };
            let height = self
                .put(*caption, Point { x: 0.0, y }, known, Point::ZERO, &mut reach, &mut candidates)
                .0;
            if at_bottom {
                bottom += height;
            } else {
                top += height;
            }
        }

        // Groups and rows are as wide as all columns.
        let (left, right) = plan.sides();
        let (left, across) = (place(left, right - left), right - left);
        let mut groups: Vec<(BoxId, f32, f32)> = Vec::new();
        // Of the group that each row is in.
        let mut tops: Vec<Option<f32>> = Vec::with_capacity(grid.rows.len());
        for (index, row) in grid.rows.iter().enumerate() {
            let Some(group) = row.group else {
                tops.push(None);
                continue;
            };
            let (y, end) = (plan.y[index], plan.y[index] + plan.heights[index]);
            match groups.last_mut() {
                Some((last, _, bottom)) if *last == group => *bottom = end,
                _ => groups.push((group, y, end)),
            }
            tops.push(groups.last().map(|(_, y, _)| *y));
        }
        for (group, before) in &grid.empty {
            let ended = before.checked_sub(1).map(|row| plan.y[row] + plan.heights[row]);
            let y = plan.y.get(*before).copied().or(ended).unwrap_or(above + border.top);
            groups.push((*group, y, y));
        }
        for (group, y, end) in &groups {
            self.put_plain(
                *group,
                Rect { left, top: *y, right: left + across, bottom: *end },
                Point::ZERO,
            );
        }
        for (index, row) in grid.rows.iter().enumerate() {
            let Some(id) = row.id else { continue };
            let origin = tops[index].map_or(Point::ZERO, |y| Point { x: left, y });
            let y = plan.y[index];
            let area = Rect { left, top: y, right: left + across, bottom: y + plan.heights[index] };
            self.put_plain(id, area, origin);
        }
        for cell in &grid.cells {
            let row = &grid.rows[cell.row];
            let (x, width) = (plan.x[cell.column], plan.width(cell));
            let at = Point { x: place(x, width), y: plan.y[cell.row] };
            let height = plan.height(cell);
            // Cells are placed from the row, or what stands for it.
            let origin = match (row.id, tops[cell.row]) {
                (Some(_), _) => Point { x: left, y: plan.y[cell.row] },
                (None, Some(y)) => Point { x: left, y },
                (None, None) => Point::ZERO,
            };
            let known = Size { width: Some(width), height: Some(height) };
            let (_, first) = self.put(cell.id, at, known, origin, &mut reach, &mut candidates);
            if cell.row == 0 {
                baseline = baseline.or(first.map(|first| at.y + first));
            }
        }
        for (order, (absolute, row)) in grid.absolute.iter().enumerate() {
            let y = row.and_then(|row| plan.y.get(row).copied()).unwrap_or(above + border.top);
            let position = self.boxes.at(*absolute).style.taffy.position;
            candidates.push(OofCandidate {
                node: (*absolute).into(),
                order: order as u32,
                position,
                static_position: Point {
                    x: AxisStaticPosition::from_edge(left, AxisStaticEdge::Start),
                    y: AxisStaticPosition::from_edge(y, AxisStaticEdge::Start),
                },
            });
        }
        let overflow = Rect {
            left: reach.left.min(0.0),
            top: reach.top.min(0.0),
            right: (reach.right - border.left).max(0.0),
            bottom: (reach.bottom - border.top).max(0.0),
        };
        let baselines = Baselines { first: baseline, last: baseline };
        let mut output = LayoutOutput::from_sizes_and_baselines(size, overflow, baselines);
        output.oof_candidates = candidates;
        output.oof_positioning_area = Some(OofPositioningArea {
            size: size - border.sum_axes(),
            offset: Point { x: border.left, y: border.top },
        });
        output
    }

    /// Lays out a cell or caption at a place in the table; its height and its
    /// first baseline. `origin` is where its parent is.
    fn put(
        &mut self,
        id: BoxId,
        at: Point<f32>,
        known: Size<Option<f32>>,
        origin: Point<f32>,
        reach: &mut Reach,
        candidates: &mut OofCandidates,
    ) -> (f32, Option<f32>) {
        let space = AvailableSpace::Definite(known.width.unwrap_or(0.0));
        let mut output =
            self.ask(id, known, space, SizingMode::InherentSize, RunMode::PerformLayout);
        let style = self.boxes.at(id).style.clone();
        let moved = relative_offset(&style, known);
        let at = Point { x: at.x + moved.x, y: at.y + moved.y };
        let basis = known.width;
        let layout = Layout {
            order: 0,
            location: Point { x: at.x - origin.x, y: at.y - origin.y },
            size: output.size,
            scrollable_overflow_rect: output.scrollable_overflow_rect,
            scrollbar_size: Size::ZERO,
            border: style.taffy.border.resolve_or_zero(basis, calc::resolve),
            padding: style.taffy.padding.resolve_or_zero(basis, calc::resolve),
            margin: Rect::ZERO,
        };
        self.set_unrounded_layout(id.into(), &layout);
        output.oof_candidates.translate(at);
        candidates.append(&mut output.oof_candidates);
        let inner =
            if style.has(StyleFlags::CLIPS) { Rect::ZERO } else { output.scrollable_overflow_rect };
        reach.add(at, output.size, &inner);
        (output.size.height, output.baselines.first)
    }

    /// Places a row or a group, which has nothing of its own in it.
    fn put_plain(&mut self, id: BoxId, area: Rect<f32>, origin: Point<f32>) {
        let style = self.boxes.at(id).style.clone();
        let moved = relative_offset(&style, Size::NONE);
        let size = Size { width: area.right - area.left, height: area.bottom - area.top };
        let layout = Layout {
            location: Point { x: area.left - origin.x + moved.x, y: area.top - origin.y + moved.y },
            size,
            scrollable_overflow_rect: Rect {
                left: 0.0,
                top: 0.0,
                right: size.width,
                bottom: size.height,
            },
            ..Layout::new()
        };
        self.set_unrounded_layout(id.into(), &layout);
        let own = self.boxes.at_mut(id);
        own.marks.remove(crate::boxes::Marks::CONTENT | crate::boxes::Marks::BOX);
        own.paint.forget_order();
    }
}

/// What a table asks a cell or caption.
fn question(
    known: Size<Option<f32>>,
    space: AvailableSpace,
    sizing_mode: SizingMode,
    run_mode: RunMode,
) -> LayoutInput {
    let horizontal = known.width.is_none() && run_mode != RunMode::PerformLayout;
    LayoutInput {
        run_mode,
        sizing_mode,
        axis: if horizontal { RequestedAxis::Horizontal } else { RequestedAxis::Both },
        known_dimensions: known,
        known_dimensions_are_definite: Size { width: true, height: true },
        parent_size: Size { width: known.width, height: None },
        available_space: Size { width: space, height: AvailableSpace::MaxContent },
        vertical_margins_are_collapsible: Line::FALSE,
    }
}

fn is_below(style: &LayoutStyle) -> bool {
    use style::values::specified::table::CaptionSide;
    style.values.get_inherited_table().caption_side == CaptionSide::Bottom
}

/// How far what is in a table reaches.
#[derive(Default)]
struct Reach {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Reach {
    fn add(&mut self, at: Point<f32>, size: Size<f32>, inner: &Rect<f32>) {
        self.left = self.left.min(at.x + inner.left.min(0.0));
        self.top = self.top.min(at.y + inner.top.min(0.0));
        self.right = self.right.max(at.x + size.width.max(inner.right));
        self.bottom = self.bottom.max(at.y + size.height.max(inner.bottom));
    }
}

/// Where columns and rows are, from the table's border box.
struct Plan {
    x: Vec<f32>,
    widths: Vec<f32>,
    y: Vec<f32>,
    heights: Vec<f32>,
}

impl Plan {
    fn place_columns(&mut self, grid: &Grid, start: f32, between: f32) {
        let mut x = start;
        for (width, column) in self.widths.iter().zip(&grid.columns) {
            self.x.push(x);
            if !column.collapsed {
                x += width + between;
            }
        }
    }

    fn place_rows(&mut self, grid: &Grid, start: f32, between: f32) {
        let mut y = start;
        for (height, row) in self.heights.iter().zip(&grid.rows) {
            self.y.push(y);
            if !row.collapsed {
                y += height + between;
            }
        }
    }

    /// The width of a cell.
    fn width(&self, cell: &Cell) -> f32 {
        let last = cell.column + cell.columns - 1;
        (self.x[last] + self.widths[last] - self.x[cell.column]).max(0.0)
    }

    /// The height of a cell.
    fn height(&self, cell: &Cell) -> f32 {
        let last = cell.row + cell.rows - 1;
        (self.y[last] + self.heights[last] - self.y[cell.row]).max(0.0)
    }

    /// Where the first column begins and the last one ends.
    fn sides(&self) -> (f32, f32) {
        match (self.x.first(), self.x.last(), self.widths.last()) {
            (Some(first), Some(last), Some(width)) => (*first, last + width),
            _ => (0.0, 0.0),
        }
    }
}

/// The heights of rows in a table that is to be higher than they are.
fn stretch_rows(grid: &Grid, mut heights: Vec<f32>, wanted: Option<f32>) -> Vec<f32> {
    let all: f32 = heights.iter().sum();
    let more = wanted.map_or(0.0, |wanted| wanted - all);
    let shown = grid.rows.iter().filter(|row| !row.collapsed).count();
    if more > 0.0 && shown > 0 {
        for (height, row) in heights.iter_mut().zip(&grid.rows) {
            if !row.collapsed {
                *height += if all > 0.0 { more * *height / all } else { more / shown as f32 };
            }
        }
    }
    heights
}
