//! A readable form of what layout found.

use std::fmt::Write as _;

use super::{Formatting, Piece};
use crate::boxes::BoxId;
use crate::tree::Tree;

impl Formatting {
    /// The fragment tree: used places and sizes, one box or piece of a line per
    /// line; `x,y width×height`, relative to the parent's border box.
    #[must_use]
    pub fn dump_fragments(&self, tree: &Tree) -> String {
        let mut out = String::new();
        if let Some(root) = self.boxes.root {
            self.write_fragment(tree, root, 0, &mut out);
        }
        out
    }

    fn write_fragment(&self, tree: &Tree, id: BoxId, depth: usize, out: &mut String) {
        let own = self.boxes.at(id);
        let g = &own.geometry;
        let _ = writeln!(
            out,
            "{:indent$}{} {},{} {}×{}",
            "",
            self.boxes.name(tree, id),
            Short(g.location.x),
            Short(g.location.y),
            Short(g.size.width),
            Short(g.size.height),
            indent = depth * 2
        );
        if let (Some(content), Some(lines)) = (own.inline(), &own.lines) {
            for line in &lines.lines {
                let _ = writeln!(
                    out,
                    "{:indent$}line {},{} {}×{} baseline {}",
                    "",
                    Short(line.left),
                    Short(line.top),
                    Short(line.width),
                    Short(line.height),
                    Short(line.baseline),
                    indent = depth * 2 + 2
                );
                for piece in &lines.pieces[line.pieces.start as usize..line.pieces.end as usize] {
                    let _ = write!(out, "{:indent$}", "", indent = depth * 2 + 4);
                    match piece {
                        Piece::Text(piece) => {
                            let text = content.known_shaped().map_or("", |shaped| {
                                let start = shaped
                                    .cells
                                    .get(piece.cells.start as usize)
                                    .map_or(0, |cell| cell.start);
                                let end = shaped.cell_end(piece.cells.end.saturating_sub(1));
                                shaped.text().get(start as usize..end as usize).unwrap_or_default()
                            });
                            let _ =
                                write!(out, "{:?} {} {}", text, Short(piece.x), Short(piece.width));
                        }
                        Piece::Span(piece) => {
                            let span = &content.spans[piece.span as usize];
                            let name = tree.local_name(span.node).map_or("?", |name| &**name);
                            let _ = write!(
                                out,
                                "{name} {},{} {}×{}",
                                Short(piece.x),
                                Short(piece.y),
                                Short(piece.width),
                                Short(piece.height)
                            );
                        }
                        Piece::Atomic { x, y, .. } => {
                            let _ = write!(out, "atomic {},{}", Short(*x), Short(*y));
                        }
                        Piece::Ellipsis { x, .. } => {
                            let _ = write!(out, "ellipsis {}", Short(*x));
                        }
                    }
                    out.push('\n');
                }
            }
        }
        for child in &own.children {
            self.write_fragment(tree, *child, depth + 1, out);
        }
    }
}

/// A number with at most two places.
struct Short(f32);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = (self.0 * 100.0).round() / 100.0;
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}
