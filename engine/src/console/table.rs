//! `console.table`: <https://console.spec.whatwg.org/#table>

use indexmap::IndexMap;
use virga_js::{Cx, DomString, Object, Value};

use super::inspect::inspect;

/// Rows and columns that are drawn.
const MOST_ROWS: usize = 1000;
const MOST_COLUMNS: usize = 50;
/// Characters of a cell.
const WIDEST: usize = 60;

/// One row: its name and its cells by column.
struct Row {
    name: String,
    cells: IndexMap<String, String>,
}

/// The column of rows that are values and not objects.
const VALUES: &str = "Values";

/// The table, if `data` has rows.
pub(super) fn table(cx: &mut Cx, data: &Value, wanted: Option<&[DomString]>) -> Option<String> {
    let object = data.as_object()?;
    let rows = rows(cx, &object, wanted);
    if rows.is_empty() {
        return None;
    }
    let mut columns: Vec<String> = match wanted {
        Some(wanted) => wanted.iter().map(|name| name.to_str().into_owned()).collect(),
        None => {
            let mut columns: Vec<String> = Vec::new();
            for name in rows.iter().flat_map(|row| row.cells.keys()) {
                if name != VALUES && !columns.contains(name) && columns.len() < MOST_COLUMNS {
                    columns.push(name.clone());
                }
            }
            columns
        }
    };
    if rows.iter().any(|row| row.cells.contains_key(VALUES))
        && !columns.contains(&VALUES.to_owned())
    {
        columns.push(VALUES.to_owned());
    }
    Some(draw(&rows, &columns))
}

fn rows(cx: &mut Cx, object: &Object, wanted: Option<&[DomString]>) -> Vec<Row> {
    let keys = object.own_keys(cx).unwrap_or_default();
    let mut rows = Vec::new();
    for key in keys {
        if rows.len() == MOST_ROWS {
            break;
        }
        let Some(name) = key_name(&key) else { continue };
        let Ok(Some(property)) = object.own_property(cx, key) else { continue };
        let (Some(value), Some(true)) = (property.value, property.enumerable) else { continue };
        let cells = cells(cx, &value, wanted);
        rows.push(Row { name, cells });
    }
    rows
}

fn cells(cx: &mut Cx, value: &Value, wanted: Option<&[DomString]>) -> IndexMap<String, String> {
    let mut cells = IndexMap::new();
    let Some(object) = value.as_object().filter(|object| !object.is_callable()) else {
        cells.insert(VALUES.to_owned(), cell(cx, value));
        return cells;
    };
    for key in object.own_keys(cx).unwrap_or_default() {
        let Some(name) = key_name(&key) else { continue };
        if wanted.is_some_and(|wanted| !wanted.iter().any(|want| want.to_str() == name.as_str())) {
            continue;
        }
        let Ok(Some(property)) = object.own_property(cx, key) else { continue };
        if let (Some(value), Some(true)) = (property.value, property.enumerable) {
            let text = cell(cx, &value);
            cells.insert(name, text);
        }
    }
    cells
}

fn key_name(key: &virga_js::PropertyKey) -> Option<String> {
    match (key.as_index(), key.as_string()) {
        (Some(index), _) => Some(index.to_string()),
        (None, Some(name)) => Some(name.to_str().into_owned()),
        (None, None) => None,
    }
}

/// A value on one line.
fn cell(cx: &mut Cx, value: &Value) -> String {
    let text = inspect(cx, value);
    let line: Vec<_> = text.lines().map(str::trim).collect();
    let line = line.join(" ");
    match line.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Draws the table with lines.
fn draw(rows: &[Row], columns: &[String]) -> String {
    let header = std::iter::once("(index)".to_owned()).chain(columns.iter().cloned()).collect();
    let mut lines: Vec<Vec<String>> = vec![header];
    for row in rows {
        let cells = columns.iter().map(|name| row.cells.get(name).cloned().unwrap_or_default());
        lines.push(std::iter::once(row.name.clone()).chain(cells).collect());
    }
    let width = |text: &String| text.chars().count();
    let widths: Vec<usize> = (0..=columns.len())
        .map(|column| lines.iter().map(|line| width(&line[column])).max().unwrap_or_default())
        .collect();
    let rule = |left: &str, middle: &str, right: &str| {
        let parts: Vec<_> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
        format!("{left}{}{right}", parts.join(middle))
    };
    let show = |line: &Vec<String>| {
        let cells: Vec<_> = line
            .iter()
            .zip(&widths)
            .map(|(cell, widest)| format!(" {cell}{} ", " ".repeat(widest - width(cell))))
            .collect();
        format!("│{}│", cells.join("│"))
    };
    let mut out = vec![rule("┌", "┬", "┐"), show(&lines[0]), rule("├", "┼", "┤")];
    out.extend(lines[1..].iter().map(show));
    out.push(rule("└", "┴", "┘"));
    out.join("\n")
}
