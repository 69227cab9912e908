//! How wide the columns of a table are.
//! <https://drafts.csswg.org/css-tables-3/#width-distribution-algorithm>

/// What is known of a column before the table has a width. CSS px.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// No narrower than its longest word.
    pub(super) min: f32,
    /// As wide as its content without breaking a line.
    pub(super) max: f32,
    /// Somebody gave it a width in px, which `min` and `max` have.
    pub(super) fixed: bool,
    /// A part of the table's width.
    pub(super) percent: Option<f32>,
}

/// A cell over several columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spanning {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) min: f32,
    pub(super) max: f32,
    pub(super) percent: Option<f32>,
}

/// Widens columns to hold a cell over several of them. `spacing` is between two
/// columns.
pub(super) fn widen(columns: &mut [Column], cell: &Spanning, spacing: f32) {
    let Some(spanned) = columns.get_mut(cell.first..cell.first + cell.count) else { return };
    if spanned.is_empty() {
        return;
    }
    let between = spacing * (spanned.len() - 1) as f32;
    if let Some(percent) = cell.percent {
        let known: f32 = spanned.iter().filter_map(|column| column.percent).sum();
        let open = spanned.iter().filter(|column| column.percent.is_none()).count();
        for column in spanned.iter_mut().filter(|column| column.percent.is_none()) {
            column.percent = Some(((percent - known) / open as f32).max(0.0));
        }
    }
    let lack = |sum: f32, wanted: f32| (wanted - between - sum).max(0.0);
    let more_min = lack(spanned.iter().map(|c| c.min).sum(), cell.min);
    let more_max = lack(spanned.iter().map(|c| c.max).sum(), cell.max);
    // Those that may grow do: others only if there are none.
    let growing = |column: &Column| !column.fixed && column.percent.is_none();
    let any = spanned.iter().any(growing);
    let weight = |column: &Column| if any && !growing(column) { 0.0 } else { column.max.max(0.01) };
    let all: f32 = spanned.iter().map(weight).sum();
    for column in spanned {
        let share = weight(column) / all;
        column.min += more_min * share;
        column.max = (column.max + more_max * share).max(column.min);
    }
}

/// The width of all columns together: the least, and the one that breaks no
/// line.
pub(super) fn intrinsic(columns: &[Column]) -> (f32, f32) {
    let min: f32 = columns.iter().map(|column| column.min).sum();
    let mut max: f32 = columns.iter().map(|column| column.max).sum();
    // A column that is a part of the table makes the table as many times wider.
    let mut rest = 0.0;
    let mut left = 1.0_f32;
    for column in columns {
        match column.percent {
            Some(part) => {
                let part = part.min(left);
                left -= part;
                if part > 0.0 {
                    max = max.max(column.max / part);
                }
            }
            None => rest += column.max,
        }
    }
    if left < 1.0 && rest > 0.0 {
        max = max.max(if left > 0.0 { rest / left } else { f32::MAX / 4.0 });
    }
    (min, max.max(min))
}

/// The widths of columns in a table that has `width` for them.
pub(super) fn distribute(columns: &[Column], width: f32) -> Vec<f32> {
    // Four guesses, each at least as wide as the one before.
    let mut left = 1.0_f32;
    let parts: Vec<Option<f32>> = columns
        .iter()
        .map(|column| {
            column.percent.map(|part| {
                let part = part.min(left);
                left -= part;
                (part * width).max(column.min)
            })
        })
        .collect();
    let guess = |fixed: bool, all: bool| -> Vec<f32> {
        columns
            .iter()
            .zip(&parts)
            .map(|(column, part)| match part {
                Some(part) => *part,
                None if all || (fixed && column.fixed) => column.max,
                None => column.min,
            })
            .collect()
    };
    let mins: Vec<f32> = columns.iter().map(|column| column.min).collect();
    let guesses = [mins, guess(false, false), guess(true, false), guess(true, true)];
    let sum = |widths: &[f32]| widths.iter().sum::<f32>();
    if width <= sum(&guesses[0]) {
        return guesses[0].clone();
    }
    for pair in guesses.windows(2) {
        let (low, high) = (sum(&pair[0]), sum(&pair[1]));
        if width <= high && high > low {
            let part = (width - low) / (high - low);
            return pair[0].iter().zip(&pair[1]).map(|(a, b)| a + (b - a) * part).collect();
        }
    }
    let mut widths = guesses[3].clone();
    let excess = width - sum(&widths);
    // Wider than wanted: columns without a width grow first, by what they want.
    let free = |at: usize| parts[at].is_none() && !columns[at].fixed;
    let pick: Vec<f32> = if (0..columns.len()).any(free) {
        let wide = (0..columns.len()).any(|at| free(at) && columns[at].max > 0.0);
        (0..columns.len())
            .map(|at| match free(at) {
                true if wide => columns[at].max,
                true => 1.0,
                false => 0.0,
            })
            .collect()
    } else if columns.iter().zip(&parts).any(|(c, part)| c.fixed && part.is_none() && c.max > 0.0) {
        columns
            .iter()
            .zip(&parts)
            .map(|(c, part)| if part.is_none() { c.max } else { 0.0 })
            .collect()
    } else if columns.iter().any(|column| column.percent.is_some_and(|part| part > 0.0)) {
        columns.iter().map(|column| column.percent.unwrap_or(0.0)).collect()
    } else {
        vec![1.0; columns.len()]
    };
    let all: f32 = sum(&pick);
    for (width, weight) in widths.iter_mut().zip(pick) {
        *width += excess * weight / all;
    }
    widths
}

/// The widths of columns by `table-layout: fixed`: those that the first row and
/// the `col` elements say, the others sharing the rest.
/// <https://drafts.csswg.org/css2/#fixed-table-layout>
pub(super) fn fixed(said: &[Option<f32>], width: f32) -> Vec<f32> {
    let known: f32 = said.iter().flatten().sum();
    let open = said.iter().filter(|column| column.is_none()).count();
    let rest = (width - known).max(0.0);
    if open > 0 {
        return said.iter().map(|own| own.unwrap_or(rest / open as f32)).collect();
    }
    // All have one: they grow to the table's width.
    let scale = if known > 0.0 && width > known { width / known } else { 1.0 };
    said.iter().map(|own| own.unwrap_or(0.0) * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(min: f32, max: f32) -> Column {
        Column { min, max, ..Column::default() }
    }

    fn px(width: f32) -> Column {
        Column { min: 10.0, max: width, fixed: true, percent: None }
    }

    fn part(percent: f32) -> Column {
        Column { min: 10.0, max: 20.0, fixed: false, percent: Some(percent) }
    }

    fn check(columns: &[Column], width: f32, expected: &[f32]) {
        let found = distribute(columns, width);
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 0.01, "{columns:?} in {width}: {found:?}");
        }
    }

    #[test]
    fn columns_share_a_width() {
        check(&[auto(10.0, 100.0), auto(10.0, 50.0)], 5.0, &[10.0, 10.0]);
        check(&[auto(10.0, 100.0), auto(10.0, 50.0)], 150.0, &[100.0, 50.0]);
        check(&[auto(10.0, 100.0), auto(10.0, 50.0)], 300.0, &[200.0, 100.0]);
        check(&[auto(10.0, 110.0), auto(10.0, 60.0)], 95.0, &[60.0, 35.0]);
        check(&[px(50.0), auto(10.0, 30.0)], 200.0, &[50.0, 150.0]);
        check(&[px(50.0), px(150.0)], 400.0, &[100.0, 300.0]);
        check(&[part(0.25), auto(10.0, 20.0)], 200.0, &[50.0, 150.0]);
        check(&[part(0.6), part(0.6)], 100.0, &[60.0, 40.0]);
    }

    #[test]
    fn a_spanning_cell_widens_what_may_grow() {
        let mut columns = [px(50.0), auto(10.0, 10.0)];
        let cell = Spanning { first: 0, count: 2, min: 102.0, max: 202.0, percent: None };
        widen(&mut columns, &cell, 2.0);
        assert_eq!(columns[0], px(50.0));
        assert_eq!((columns[1].min, columns[1].max), (90.0, 150.0));
    }

    #[test]
    fn intrinsic_widths_count_parts() {
        assert_eq!(intrinsic(&[auto(10.0, 100.0), auto(5.0, 50.0)]), (15.0, 150.0));
        assert_eq!(intrinsic(&[part(0.1), auto(10.0, 20.0)]), (20.0, 200.0));
    }

    #[test]
    fn fixed_columns_ignore_their_content() {
        assert_eq!(fixed(&[Some(50.0), None, None], 250.0), [50.0, 100.0, 100.0]);
        assert_eq!(fixed(&[Some(50.0), Some(50.0)], 200.0), [100.0, 100.0]);
    }
}
