//! Glyphs and their decorations.

use std::sync::Arc;

use kurbo::{Affine, Point, Rect, Vec2};
use peniko::{Brush, Color};
use style::properties::ComputedValues;
use style::values::specified::text::TextDecorationLine;
use virga_display_list::{ChunkBuilder, Filter, Glyph, GlyphRun, Group, Item, Shape};

use super::color;
use crate::text::{Cell, CellKind, Shaped};

/// A piece of text to paint.
pub(super) struct Painted<'a> {
    pub(super) shaped: &'a Shaped,
    pub(super) cells: std::ops::Range<u32>,
    /// The left end of the baseline; the baseline is snapped.
    pub(super) origin: Point,
    pub(super) expand: f32,
    pub(super) values: &'a ComputedValues,
    pub(super) color: Color,
}

impl Painted<'_> {
    /// Paints shadows and glyphs.
    pub(super) fn paint(&self, out: &mut ChunkBuilder) {
        for shadow in self.values.get_inherited_text().text_shadow.0.iter().rev() {
            let color = color::resolve(self.values, &shadow.color);
            if !color::is_visible(color) {
                continue;
            }
            let offset =
                Vec2::new(f64::from(shadow.horizontal.px()), f64::from(shadow.vertical.px()));
            let blur = f64::from(shadow.blur.0.px());
            if blur <= 0.0 {
                self.glyphs(self.origin + offset, color, out);
                continue;
            }
            let mut content = ChunkBuilder::default();
            self.glyphs(self.origin, color, &mut content);
            out.push(Item::Group(Box::new(Group {
                transform: Affine::translate(offset),
                opacity: 1.0,
                blend: peniko::BlendMode::default(),
                filters: vec![Filter::Blur(blur / 2.0)],
                content: content.finish(),
            })));
        }
        self.glyphs(self.origin, self.color, out);
    }

    fn glyphs(&self, origin: Point, color: Color, out: &mut ChunkBuilder) {
        if !color::is_visible(color) {
            return;
        }
        let cells = self
            .shaped
            .cells
            .get(self.cells.start as usize..self.cells.end as usize)
            .unwrap_or_default();
        let Some(first) = cells.first() else { return };
        let run = &self.shaped.runs[usize::from(first.run)];
        let rtl = run.level & 1 == 1;
        let mut glyphs = Vec::with_capacity(cells.len());
        let mut x = 0.0_f32;
        let mut push = |cell: &Cell| {
            let mut pen = x;
            if cell.kind == CellKind::Glyphs {
                self.shaped.glyphs(cell, |id, dx, dy, advance| {
                    glyphs.push(Glyph { id, x: pen + dx, y: dy });
                    pen += advance;
                });
            }
            x += cell.advance;
            if cell.kind == CellKind::Space {
                x += self.expand;
            }
        };
        if rtl {
            cells.iter().rev().for_each(&mut push);
        } else {
            cells.iter().for_each(&mut push);
        }
        if glyphs.is_empty() {
            return;
        }
        // Ink may stick out of advances and metrics by about this much.
        let size = f64::from(run.size);
        let bounds = Rect::new(
            origin.x - size * 0.5,
            origin.y - size * 1.3,
            origin.x + f64::from(x) + size * 0.5,
            origin.y + size * 0.6,
        );
        out.push(Item::Glyphs(Arc::new(GlyphRun {
            font: run.face.clone(),
            size: run.size,
            coords: run.coords.clone(),
            skew: run.skew,
            embolden: if run.embolden { run.size / 24.0 } else { 0.0 },
            origin,
            glyphs: glyphs.into(),
            brush: Brush::Solid(color),
            bounds,
        })));
    }
}

/// Lines under, over and through text, of one element.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoration {
    pub(super) line: TextDecorationLine,
    pub(super) color: Color,
    pub(super) style: DecorationStyle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecorationStyle {
    Solid,
    Double,
    Dotted,
    Dashed,
    Wavy,
}

impl Decoration {
    /// What an element draws on its text, if anything.
    pub(crate) fn of(values: &ComputedValues) -> Option<Self> {
        let text = values.get_text();
        let line = text.text_decoration_line;
        if line.is_empty() || line == TextDecorationLine::NONE {
            return None;
        }
        use style::computed_values::text_decoration_style::T as Style;
        Some(Self {
            line,
            color: color::resolve(values, &text.text_decoration_color),
            style: match text.text_decoration_style {
                Style::Double => DecorationStyle::Double,
                Style::Dotted => DecorationStyle::Dotted,
                Style::Dashed => DecorationStyle::Dashed,
                Style::Wavy => DecorationStyle::Wavy,
                _ => DecorationStyle::Solid,
            },
        })
    }
}

/// Where a decoration's lines go.
pub(super) struct Stroke {
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) baseline: f64,
    pub(super) ascent: f64,
    pub(super) underline: f64,
    pub(super) strike: f64,
    pub(super) thickness: f64,
    pub(super) scale: f64,
}

impl Stroke {
    /// Paints the lines of `decoration` that lie below (`over` false) or above
    /// the glyphs.
    pub(super) fn paint(&self, decoration: &Decoration, over: bool, out: &mut ChunkBuilder) {
        let line = decoration.line;
        let thickness = (self.thickness * self.scale).round().max(1.0) / self.scale;
        let mut draw = |top: f64| {
            let top = (top * self.scale).round() / self.scale;
            self.line(top, thickness, decoration, out);
        };
        if over {
            if line.contains(TextDecorationLine::LINE_THROUGH) {
                draw(self.baseline - self.strike - thickness / 2.0);
            }
            return;
        }
        if line.contains(TextDecorationLine::UNDERLINE) {
            draw(self.baseline - self.underline - thickness / 2.0);
        }
        if line.contains(TextDecorationLine::OVERLINE) {
            draw(self.baseline - self.ascent);
        }
    }

    fn line(&self, top: f64, thickness: f64, decoration: &Decoration, out: &mut ChunkBuilder) {
        let brush = Brush::Solid(decoration.color);
        let mut fill = |rect: Rect| {
            out.push(Item::Fill { shape: Shape::Rect(rect), brush: brush.clone() });
        };
        let (x0, x1) = (self.x, self.x + self.width);
        match decoration.style {
            DecorationStyle::Solid => fill(Rect::new(x0, top, x1, top + thickness)),
            DecorationStyle::Double => {
                fill(Rect::new(x0, top, x1, top + thickness));
                fill(Rect::new(x0, top + thickness * 2.0, x1, top + thickness * 3.0));
            }
            DecorationStyle::Dotted | DecorationStyle::Dashed => {
                let on = if decoration.style == DecorationStyle::Dotted {
                    thickness
                } else {
                    thickness * 3.0
                };
                let mut x = x0;
                // A line of text is short: this many dashes are not reached.
                for _ in 0..10_000 {
                    if x >= x1 {
                        break;
                    }
                    fill(Rect::new(x, top, (x + on).min(x1), top + thickness));
                    x += on * 2.0;
                }
            }
            DecorationStyle::Wavy => {
                let mut path = kurbo::BezPath::new();
                let step = thickness * 3.0;
                let mut x = x0;
                let mut up = true;
                path.move_to((x0, top));
                for _ in 0..10_000 {
                    if x >= x1 {
                        break;
                    }
                    let peak = if up { top - thickness * 1.5 } else { top + thickness * 1.5 };
                    path.quad_to((x + step / 2.0, peak), (x + step, top));
                    x += step;
                    up = !up;
                }
                let style = kurbo::Stroke::new(thickness);
                let outline = kurbo::stroke(path, &style, &kurbo::StrokeOpts::default(), 0.1);
                out.push(Item::Fill {
                    shape: Shape::Path(Arc::new(outline)),
                    brush: brush.clone(),
                });
            }
        }
    }
}
