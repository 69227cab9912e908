//! Which cell of a table is where.
//! <https://html.spec.whatwg.org/#forming-a-table>

use style::values::specified::box_::{DisplayInside, DisplayOutside};

use crate::boxes::{BoxId, BoxTree};
use crate::layout::{LayoutStyle, StyleFlags};

/// More columns than this are not laid out.
const MAX_COLUMNS: usize = 1000;

/// A row, which may be no box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) id: Option<BoxId>,
    pub(super) group: Option<BoxId>,
    pub(super) collapsed: bool,
}

/// A cell with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) id: BoxId,
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) column: usize,
    pub(super) columns: usize,
}

/// A `col` or what stands for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ColumnBox {
    pub(super) id: Option<BoxId>,
    pub(super) collapsed: bool,
}

/// The structure of a table.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) captions: Vec<BoxId>,
    pub(super) rows: Vec<Row>,
    pub(super) cells: Vec<Cell>,
    pub(super) columns: Vec<ColumnBox>,
    /// Boxes without a place of their own: columns.
    pub(super) placeless: Vec<BoxId>,
    /// Groups without rows, with the row before which they stand.
    pub(super) empty: Vec<(BoxId, usize)>,
    /// Out-of-flow boxes among the rows or cells, with the row they stand in.
    pub(super) absolute: Vec<(BoxId, Option<usize>)>,
}

/// What a box is to the table around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Caption,
    Columns,
    Column,
    Header,
    Body,
    Footer,
    Row,
    Cell,
    Absolute,
}

fn part(style: &LayoutStyle) -> Part {
    if style.has(StyleFlags::OUT_OF_FLOW) {
        return Part::Absolute;
    }
    let display = style.values.get_box().display;
    if display.outside() == DisplayOutside::TableCaption {
        return Part::Caption;
    }
    match display.inside() {
        DisplayInside::TableColumnGroup => Part::Columns,
        DisplayInside::TableColumn => Part::Column,
        DisplayInside::TableHeaderGroup => Part::Header,
        DisplayInside::TableRowGroup => Part::Body,
        DisplayInside::TableFooterGroup => Part::Footer,
        DisplayInside::TableRow => Part::Row,
        // Whatever else stands in a row is as good as a cell.
        _ => Part::Cell,
    }
}

fn is_collapsed(style: &LayoutStyle) -> bool {
    use style::computed_values::visibility::T as Visibility;
    style.values.get_inherited_box().visibility == Visibility::Collapse
}

/// Finds the structure of a table's box.
pub(super) fn form(boxes: &BoxTree, table: BoxId) -> Grid {
    let mut grid = Grid::default();
    let mut headers = Vec::new();
    let mut bodies: Vec<(BoxId, Part)> = Vec::new();
    let mut footers = Vec::new();
    for child in &boxes.at(table).children {
        match part(&boxes.at(*child).style) {
            Part::Caption => grid.captions.push(*child),
            Part::Columns => add_columns(boxes, &mut grid, *child),
            Part::Column => add_column(boxes, &mut grid, *child, false),
            // The first ones go to the top and the bottom.
            Part::Header if headers.is_empty() => headers.push((*child, Part::Header)),
            Part::Footer if footers.is_empty() => footers.push((*child, Part::Footer)),
            Part::Absolute => grid.absolute.push((*child, None)),
            other => bodies.push((*child, other)),
        }
    }
    // Rows that a cell of an earlier one still covers, a column each.
    let mut covered: Vec<usize> = Vec::new();
    let mut loose: Vec<BoxId> = Vec::new();
    for (id, kind) in headers.into_iter().chain(bodies).chain(footers) {
        if kind != Part::Cell && !loose.is_empty() {
            add_row(boxes, &mut grid, &mut covered, None, None, &std::mem::take(&mut loose));
        }
        match kind {
            Part::Cell => loose.push(id),
            Part::Row => {
                let cells = boxes.at(id).children.clone();
                add_row(boxes, &mut grid, &mut covered, Some(id), None, &cells);
            }
            _ => add_group(boxes, &mut grid, &mut covered, id),
        }
    }
    if !loose.is_empty() {
        add_row(boxes, &mut grid, &mut covered, None, None, &loose);
    }
    finish(&mut grid, 0);
    grid
}

fn add_group(boxes: &BoxTree, grid: &mut Grid, covered: &mut Vec<usize>, group: BoxId) {
    let (first, first_cell) = (grid.rows.len(), grid.cells.len());
    // No cell goes on from one group into the next.
    covered.clear();
    let mut loose = Vec::new();
    for child in &boxes.at(group).children {
        match part(&boxes.at(*child).style) {
            Part::Row => {
                if !loose.is_empty() {
                    let cells = std::mem::take(&mut loose);
                    add_row(boxes, grid, covered, None, Some(group), &cells);
                }
                let cells = boxes.at(*child).children.clone();
                add_row(boxes, grid, covered, Some(*child), Some(group), &cells);
            }
            Part::Absolute => grid.absolute.push((*child, Some(grid.rows.len()))),
            _ => loose.push(*child),
        }
    }
    if !loose.is_empty() {
        add_row(boxes, grid, covered, None, Some(group), &loose);
    }
    if grid.rows.len() == first {
        grid.empty.push((group, first));
    }
    finish(grid, first_cell);
    covered.clear();
}

/// Cells, from the `first` on, end where their group does.
fn finish(grid: &mut Grid, first: usize) {
    let end = grid.rows.len();
    for cell in grid.cells.iter_mut().skip(first) {
        if cell.rows == 0 || cell.row + cell.rows > end {
            cell.rows = end - cell.row;
        }
    }
}

fn add_row(
    boxes: &BoxTree,
    grid: &mut Grid,
    covered: &mut Vec<usize>,
    id: Option<BoxId>,
    group: Option<BoxId>,
    cells: &[BoxId],
) {
    let row = grid.rows.len();
    let hidden = |id: Option<BoxId>| id.is_some_and(|id| is_collapsed(&boxes.at(id).style));
    grid.rows.push(Row { id, group, collapsed: hidden(id) || hidden(group) });
    let mut column = 0;
    for cell in cells {
        let own = boxes.at(*cell);
        if own.style.has(StyleFlags::OUT_OF_FLOW) {
            grid.absolute.push((*cell, Some(row)));
            continue;
        }
        while covered.get(column).is_some_and(|rows| *rows > row) {
            column += 1;
        }
        let (columns, rows) = own.spans;
        let columns = usize::from(columns.max(1)).min(MAX_COLUMNS.saturating_sub(column).max(1));
        let rows = usize::from(rows);
        if column + columns > covered.len() {
            covered.resize(column + columns, 0);
        }
        let until = if rows == 0 { usize::MAX } else { row + rows };
        covered[column..column + columns].fill(until);
        if column + columns > grid.columns.len() {
            grid.columns.resize(column + columns, ColumnBox::default());
        }
        grid.cells.push(Cell { id: *cell, row, rows, column, columns });
        column += columns;
    }
}

fn add_columns(boxes: &BoxTree, grid: &mut Grid, group: BoxId) {
    let own = boxes.at(group);
    let collapsed = is_collapsed(&own.style);
    grid.placeless.push(group);
    if own.children.is_empty() {
        for _ in 0..own.spans.0.max(1) {
            if grid.columns.len() < MAX_COLUMNS {
                grid.columns.push(ColumnBox { id: Some(group), collapsed });
            }
        }
    }
    for child in &own.children {
        add_column(boxes, grid, *child, collapsed);
    }
}

fn add_column(boxes: &BoxTree, grid: &mut Grid, id: BoxId, collapsed: bool) {
    let own = boxes.at(id);
    let collapsed = collapsed || is_collapsed(&own.style);
    grid.placeless.push(id);
    for _ in 0..own.spans.0.max(1) {
        if grid.columns.len() < MAX_COLUMNS {
            grid.columns.push(ColumnBox { id: Some(id), collapsed });
        }
    }
}
