//! Borders: <https://drafts.csswg.org/css-backgrounds/#borders>
//!
//! A border that looks the same on all sides is a ring. Otherwise each side is
//! drawn alone, clipped to its part of the ring: sides meet on the line from
//! the outer to the inner corner.

use kurbo::{
    Affine, BezPath, Cap, Circle, ParamCurve as _, ParamCurveArclen as _, Point, Rect, Shape as _,
    Stroke, Vec2,
};
use peniko::{Color, Fill};
use virga_display_list::{Border, BorderStyle, Radii, RoundedRect};

use super::{Canvas, shape::ring};

/// Dashes of lines thinner than this, in device px, cannot be told apart.
const FINEST: f64 = 0.05;

/// Round sides of more dashes than this are not drawn.
const MOST_DASHES: f64 = 100_000.0;

/// The sides, in the order of [`Border::sides`].
const LEFT: usize = 0;
const TOP: usize = 1;
const RIGHT: usize = 2;
const BOTTOM: usize = 3;

pub(super) fn paint<C: Canvas>(canvas: &mut C, border: &Border, transform: Affine, cull: Rect) {
    let widths = [border.widths.x0, border.widths.y0, border.widths.x1, border.widths.y1];
    if !border.rect.is_finite() || !widths.iter().all(|width| width.is_finite()) {
        return;
    }
    let frame = Frame::new(border, widths, transform);
    let visible: Vec<usize> = (0..4).filter(|&side| frame.is_visible(border, side)).collect();
    let [first, others @ ..] = visible.as_slice() else {
        return;
    };
    let alike = others.iter().all(|&side| border.sides[side] == border.sides[*first]);
    let style = border.sides[*first].style;
    let color = border.sides[*first].color;
    let ring_style = matches!(style, BorderStyle::Solid | BorderStyle::Double);
    // Sides of no width take part in a ring without a trace.
    let complete = (0..4).all(|side| visible.contains(&side) || frame.widths[side] == 0.0);
    if alike && ring_style && complete {
        // Along a round corner without a border both edges of the ring are the
        // same curve, which would leave a trace of itself.
        let partial = visible.len() < 4 && !frame.outer.radii.is_zero();
        if partial {
            let mut sides = BezPath::new();
            for &side in &visible {
                sides.extend(frame.wedge(side));
            }
            canvas.push_clip_path(&sides, Fill::NonZero);
        }
        frame.rings(canvas, style, color);
        if partial {
            canvas.pop_clip();
        }
        return;
    }
    let even = frame.widths.iter().all(|width| *width == frame.widths[0]);
    if alike && even && dashes(style) && !frame.outer.radii.is_zero() {
        canvas.set_color(color);
        frame.dashed_ring(canvas, style, cull);
        return;
    }
    for &side in &visible {
        let side_look = border.sides[side];
        if alike && complete && frame.outer.radii.is_zero() && dashes(style) {
            frame.dashes(canvas, side, style, color, cull);
            continue;
        }
        canvas.push_clip_path(&frame.wedge(side), Fill::NonZero);
        match side_look.style {
            BorderStyle::Dotted | BorderStyle::Dashed => {
                frame.dashes(canvas, side, side_look.style, side_look.color, cull);
            }
            style => frame.side(canvas, side, style, side_look.color),
        }
        canvas.pop_clip();
    }
}

fn dashes(style: BorderStyle) -> bool {
    matches!(style, BorderStyle::Dotted | BorderStyle::Dashed)
}

/// The geometry of a border.
struct Frame {
    outer: RoundedRect,
    widths: [f64; 4],
    /// Device px per px.
    scale: f64,
}

impl Frame {
    fn new(border: &Border, widths: [f64; 4], transform: Affine) -> Self {
        let drawn = |side: usize| match border.sides[side].style {
            BorderStyle::None => 0.0,
            _ => widths[side].max(0.0),
        };
        Self {
            outer: RoundedRect { rect: border.rect, radii: border.radii.fit(border.rect) },
            widths: [drawn(LEFT), drawn(TOP), drawn(RIGHT), drawn(BOTTOM)],
            scale: super::scale_of(transform),
        }
    }

    fn is_visible(&self, border: &Border, side: usize) -> bool {
        self.widths[side] > 0.0 && border.sides[side].color.components[3] > 0.0
    }

    /// The outline that lies `part` of the border's width inside the outer.
    fn edge(&self, part: f64) -> RoundedRect {
        self.edge_at(self.widths.map(|width| width * part))
    }

    fn edge_at(&self, [left, top, right, bottom]: [f64; 4]) -> RoundedRect {
        let Rect { x0, y0, x1, y1 } = self.outer.rect;
        let rect = Rect {
            x0: (x0 + left).min(x1),
            y0: (y0 + top).min(y1),
            x1: (x1 - right).max(x0),
            y1: (y1 - bottom).max(y0),
        };
        RoundedRect { rect, radii: self.outer.radii.inset(left, top, right, bottom) }
    }

    /// The widths of the two lines of a double border: whole device px, and
    /// both narrower than half.
    fn thirds(&self) -> Option<[f64; 4]> {
        let third = |width: f64| (width * self.scale / 3.0).round().max(1.0) / self.scale;
        let thirds = self.widths.map(|width| if width > 0.0 { third(width) } else { 0.0 });
        let fits = (0..4).all(|side| {
            self.widths[side] == 0.0 || self.widths[side] - 2.0 * thirds[side] > 0.5 / self.scale
        });
        fits.then_some(thirds)
    }

    fn rings<C: Canvas>(&self, canvas: &mut C, style: BorderStyle, color: Color) {
        canvas.set_color(color);
        if style == BorderStyle::Double
            && let Some(thirds) = self.thirds()
        {
            let inner = std::array::from_fn(|side| self.widths[side] - thirds[side]);
            self.ring(canvas, self.outer, self.edge_at(thirds));
            self.ring(canvas, self.edge_at(inner), self.edge(1.0));
        } else {
            self.ring(canvas, self.outer, self.edge(1.0));
        }
    }

    fn ring<C: Canvas>(&self, canvas: &mut C, outer: RoundedRect, inner: RoundedRect) {
        let square = outer.radii.is_zero();
        if square && self.is_aligned(outer.rect) && self.is_aligned(inner.rect) {
            let (o, i) = (outer.rect, inner.rect);
            let sides = [
                Rect::new(o.x0, o.y0, o.x1, i.y0),
                Rect::new(o.x0, i.y1.max(i.y0), o.x1, o.y1),
                Rect::new(o.x0, i.y0, i.x0, i.y1),
                Rect::new(i.x1.max(i.x0), i.y0, o.x1, i.y1),
            ];
            for side in sides {
                if side.x0 < side.x1 && side.y0 < side.y1 {
                    canvas.fill_rect(side);
                }
            }
        } else {
            canvas.fill_path(&ring(outer, inner), Fill::EvenOdd);
        }
    }

    /// Whether edges lie on whole px, so that parts that abut leave no seam.
    fn is_aligned(&self, rect: Rect) -> bool {
        [rect.x0, rect.y0, rect.x1, rect.y1].into_iter().all(|edge| {
            let device = edge * self.scale;
            (device - device.round()).abs() < 1e-4
        })
    }

    /// One side of a border whose sides differ; the clip keeps the others out.
    fn side<C: Canvas>(&self, canvas: &mut C, side: usize, style: BorderStyle, color: Color) {
        let (light, dark) = shades(color);
        // Light falls from the top left.
        let lit = side == LEFT || side == TOP;
        let (outside, inside) = match style {
            BorderStyle::Groove if lit => (dark, light),
            BorderStyle::Groove => (light, dark),
            BorderStyle::Ridge if lit => (light, dark),
            BorderStyle::Ridge => (dark, light),
            BorderStyle::Inset if lit => (dark, dark),
            BorderStyle::Outset if !lit => (dark, dark),
            BorderStyle::Inset | BorderStyle::Outset => (light, light),
            _ => return self.rings(canvas, style, color),
        };
        if outside == inside {
            canvas.set_color(outside);
            canvas.fill_path(&ring(self.outer, self.edge(1.0)), Fill::EvenOdd);
            return;
        }
        canvas.set_color(outside);
        canvas.fill_path(&ring(self.outer, self.edge(0.5)), Fill::EvenOdd);
        canvas.set_color(inside);
        canvas.fill_path(&ring(self.edge(0.5), self.edge(1.0)), Fill::EvenOdd);
    }

    /// The part of the ring that belongs to a side: from the outer edge along
    /// the corners' diagonals to where they meet, or to the inner edge.
    fn wedge(&self, side: usize) -> BezPath {
        let o = self.outer.rect;
        let i = self.edge(1.0).rect;
        let outer =
            [(o.x0, o.y0), (o.x1, o.y0), (o.x1, o.y1), (o.x0, o.y1)].map(|(x, y)| Point::new(x, y));
        let inner =
            [(i.x0, i.y0), (i.x1, i.y0), (i.x1, i.y1), (i.x0, i.y1)].map(|(x, y)| Point::new(x, y));
        // Corners of each side, clockwise: left is from bottom left to top left.
        let (from, to) = [(3, 0), (0, 1), (1, 2), (2, 3)][side];
        let radii = self.outer.radii.corners();
        let deep = |corner: usize| {
            // The diagonal of a round corner goes on up to the corner's centre.
            let along = inner[corner] - outer[corner];
            let radius = radii[corner];
            let reach = |part: f64, radius: f64| {
                if part.abs() > 0.0 { radius / part.abs() } else { 1.0 }
            };
            let far = reach(along.x, radius.x).max(reach(along.y, radius.y)).clamp(1.0, 1e6);
            let middle = o.center() - outer[corner];
            let limit = |part: f64, half: f64| {
                if part.abs() > 0.0 { (half / part).abs().max(1.0) } else { f64::INFINITY }
            };
            let far = far.min(limit(along.x, middle.x)).min(limit(along.y, middle.y));
            outer[corner] + along * far
        };
        // Half a device px outwards, where anti-aliasing still has ink.
        let grow = 1.0 / self.scale.max(1e-6);
        let out = [
            Vec2::new(-grow, 0.0),
            Vec2::new(0.0, -grow),
            Vec2::new(grow, 0.0),
            Vec2::new(0.0, grow),
        ][side];
        let mut path = BezPath::new();
        path.move_to(outer[from] + out);
        path.line_to(outer[to] + out);
        path.line_to(outer[to]);
        path.line_to(deep(to));
        path.line_to(deep(from));
        path.line_to(outer[from]);
        path.close_path();
        path
    }

    fn dashes<C: Canvas>(
        &self,
        canvas: &mut C,
        side: usize,
        style: BorderStyle,
        color: Color,
        cull: Rect,
    ) {
        let width = self.widths[side];
        canvas.set_color(color);
        if width * self.scale < FINEST {
            canvas.fill_path(&ring(self.outer, self.edge(1.0)), Fill::EvenOdd);
            return;
        }
        if self.outer.radii.is_zero() {
            self.straight_dashes(canvas, side, style, cull);
            return;
        }
        let line = self.middle_line(side);
        let length: f64 = line.segments().map(|segment| segment.arclen(0.1)).sum();
        if !length.is_finite() || length <= 0.0 || length / width > MOST_DASHES {
            return;
        }
        if style == BorderStyle::Dotted {
            let (step, count) = fit_dots(length, width);
            canvas.fill_path(&dots_along(&line, width, step, count, cull), Fill::NonZero);
        } else {
            let (dash, gap) = fit_dashes(length, width, self.scale);
            let stroke = Stroke::new(width).with_caps(Cap::Butt).with_dashes(0.0, [dash, gap]);
            canvas.stroke_path(&line, &stroke);
        }
    }

    /// Dashes or dots all around, as even as can be.
    fn dashed_ring<C: Canvas>(&self, canvas: &mut C, style: BorderStyle, cull: Rect) {
        let width = self.widths[TOP];
        let line = self.edge(0.5).to_path();
        let length: f64 = line.segments().map(|segment| segment.arclen(0.1)).sum();
        if width * self.scale < FINEST || !length.is_finite() || length / width > MOST_DASHES {
            canvas.fill_path(&ring(self.outer, self.edge(1.0)), Fill::EvenOdd);
            return;
        }
        if style == BorderStyle::Dotted {
            let count = (length / (2.0 * width)).round().max(2.0);
            // The first dot lies half a dot after the start.
            let step = length / count;
            canvas.fill_path(&dots_along(&line, width, step, count, cull), Fill::NonZero);
        } else {
            let count = (length / (4.0 * width)).round().max(2.0);
            let dash = length / count / 2.0;
            let stroke = Stroke::new(width).with_caps(Cap::Butt).with_dashes(0.0, [dash, dash]);
            canvas.stroke_path(&line, &stroke);
        }
    }

    /// Dashes or dots of a side without round corners, only where they can be
    /// seen.
    fn straight_dashes<C: Canvas>(
        &self,
        canvas: &mut C,
        side: usize,
        style: BorderStyle,
        cull: Rect,
    ) {
        let width = self.widths[side];
        let o = self.outer.rect;
        let across = side == TOP || side == BOTTOM;
        let (start, length) = if across { (o.x0, o.width()) } else { (o.y0, o.height()) };
        let near = match side {
            LEFT => o.x0,
            TOP => o.y0,
            RIGHT => o.x1 - width,
            _ => o.y1 - width,
        };
        let dotted = style == BorderStyle::Dotted;
        // Dots too small to look round are squares.
        let round = dotted && width * self.scale >= 2.0;
        let (dash, step, count) = if dotted {
            let (step, count) = fit_dots(length, width);
            (width, step, count)
        } else {
            let (dash, gap) = fit_dashes(length, width, self.scale);
            (dash, dash + gap, ((length + gap) / (dash + gap)).round())
        };
        let (from, to) = if across { (cull.x0, cull.x1) } else { (cull.y0, cull.y1) };
        let first = ((from - start - dash) / step).floor().clamp(0.0, count);
        let last = ((to - start) / step).ceil().clamp(0.0, count);
        let mut path = BezPath::new();
        let mut index = first;
        while index < last {
            let along = start + index * step;
            let rect = if across {
                Rect::new(along, near, along + dash, near + width)
            } else {
                Rect::new(near, along, near + width, along + dash)
            };
            if round {
                path.extend(Circle::new(rect.center(), width / 2.0).path_elements(0.01));
            } else {
                path.extend(rect.path_elements(0.1));
            }
            index += 1.0;
        }
        if !path.is_empty() {
            canvas.fill_path(&path, Fill::NonZero);
        }
    }

    /// The middle of a side with the halves of its corners, clockwise.
    fn middle_line(&self, side: usize) -> BezPath {
        let middle = self.edge(0.5);
        let Rect { x0, y0, x1, y1 } = middle.rect;
        let radii: Radii = middle.radii.fit(middle.rect);
        let [tl, tr, br, bl] = radii.corners();
        let quarter = |path: &mut BezPath, from: Point, control: Point, to: Point| {
            const KAPPA: f64 = 0.552_284_749_830_793_6;
            path.curve_to(from + (control - from) * KAPPA, to + (control - to) * KAPPA, to);
        };
        let corners = [
            // From the end of the left side to the start of the top, and so on.
            (Point::new(x0, y0 + tl.y), Point::new(x0, y0), Point::new(x0 + tl.x, y0)),
            (Point::new(x1 - tr.x, y0), Point::new(x1, y0), Point::new(x1, y0 + tr.y)),
            (Point::new(x1, y1 - br.y), Point::new(x1, y1), Point::new(x1 - br.x, y1)),
            (Point::new(x0 + bl.x, y1), Point::new(x0, y1), Point::new(x0, y1 - bl.y)),
        ];
        let (from, to) = [(3, 0), (0, 1), (1, 2), (2, 3)][side];
        let mut path = BezPath::new();
        path.move_to(corners[from].0);
        quarter(&mut path, corners[from].0, corners[from].1, corners[from].2);
        path.line_to(corners[to].0);
        quarter(&mut path, corners[to].0, corners[to].1, corners[to].2);
        path
    }
}

/// A side of `length` begins and ends with a dash; gaps are as even as can be.
fn fit_dashes(length: f64, width: f64, scale: f64) -> (f64, f64) {
    let dash = if width * scale >= 3.0 { width * 2.0 } else { width * 3.0 };
    if length <= dash * 2.0 {
        return (length, length.max(1e-3));
    }
    let count = ((length + dash) / (2.0 * dash)).floor().max(2.0);
    let gap = (length - count * dash) / (count - 1.0);
    (dash, gap.max(1e-3))
}

/// Distance between the dots of a side, and how many there are.
fn fit_dots(length: f64, width: f64) -> (f64, f64) {
    let gaps = ((length - width) / (2.0 * width)).round().max(1.0);
    (((length - width) / gaps).max(width * 0.5), gaps + 1.0)
}

fn dots_along(line: &BezPath, width: f64, step: f64, count: f64, cull: Rect) -> BezPath {
    let mut path = BezPath::new();
    let cull = cull.inflate(width, width);
    let mut passed = 0.0;
    let mut index = 0.0;
    for segment in line.segments() {
        let length = segment.arclen(0.1);
        while index < count && width / 2.0 + index * step <= passed + length + 1e-9 {
            let along = width / 2.0 + index * step - passed;
            let center = segment.eval(segment.inv_arclen(along, 0.1));
            if cull.contains(center) {
                path.extend(Circle::new(center, width / 2.0).path_elements(0.01));
            }
            index += 1.0;
        }
        passed += length;
    }
    path
}

/// The lit and the shaded tone of a three-dimensional border.
fn shades(color: Color) -> (Color, Color) {
    let [r, g, b, a] = color.components;
    let tone = |factor: f32| Color::new([r * factor, g * factor, b * factor, a]);
    if r.max(g).max(b) < 0.2 {
        // Too dark to be shaded: the lit tone gets lighter instead.
        let lift = |channel: f32| channel + (1.0 - channel) * 0.4;
        (Color::new([lift(r), lift(g), lift(b), a]), color)
    } else {
        (color, tone(0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_fill_the_side_from_end_to_end() {
        for length in [20.0, 33.3, 100.0, 1234.5] {
            let (dash, gap) = fit_dashes(length, 3.0, 1.0);
            let count = ((length + gap) / (dash + gap)).round();
            assert!((count * dash + (count - 1.0) * gap - length).abs() < 1e-6, "{length}");
            assert!(gap > dash * 0.4, "{length}: {gap}");
        }
    }

    #[test]
    fn dots_end_at_the_corner() {
        for length in [20.0, 33.3, 100.0, 1234.5] {
            let (step, count) = fit_dots(length, 4.0);
            assert!((step * (count - 1.0) + 4.0 - length).abs() < 1e-6, "{length}");
        }
    }
}
