//! Box shadows: <https://drafts.csswg.org/css-backgrounds/#box-shadow>
//!
//! A blurred rectangle with equal, circular corners has a closed form that
//! rasterisers draw directly; any other is a picture that is blurred.

use kurbo::{Affine, BezPath, Rect, Vec2};
use peniko::Fill;
use virga_display_list::{BoxShadow, Filter, Radii, RoundedRect};

use super::{
    Canvas,
    shape::{append, rect_path},
};
use crate::{IntRect, filter};

pub(super) fn paint<C: Canvas>(
    canvas: &mut C,
    shadow: &BoxShadow,
    transform: Affine,
    area: Rect,
    cull: Rect,
) {
    let finite = shadow.rect.is_finite()
        && shadow.offset.is_finite()
        && shadow.blur.is_finite()
        && shadow.spread.is_finite();
    if !finite || shadow.color.components[3] <= 0.0 {
        return;
    }
    let around = RoundedRect { rect: shadow.rect, radii: shadow.radii.fit(shadow.rect) };
    if shadow.inset {
        let mut clip = BezPath::new();
        append(&mut clip, around);
        canvas.push_clip_path(&clip, Fill::NonZero);
        inside(canvas, shadow, around.radii, transform, area, cull);
        canvas.pop_clip();
    } else {
        // The shadow is drawn outside the box only.
        let mut clip = rect_path(cull.union(shadow.rect).inflate(1.0, 1.0));
        append(&mut clip, around);
        canvas.push_clip_path(&clip, Fill::EvenOdd);
        outside(canvas, shadow, around.radii, transform, area);
        canvas.pop_clip();
    }
}

fn outside<C: Canvas>(
    canvas: &mut C,
    shadow: &BoxShadow,
    radii: Radii,
    transform: Affine,
    area: Rect,
) {
    let rect = (shadow.rect + shadow.offset).inflate(shadow.spread, shadow.spread);
    if rect.width() <= 0.0 || rect.height() <= 0.0 {
        return;
    }
    let cast = RoundedRect { rect, radii: spread(radii, shadow.spread).fit(rect) };
    canvas.set_color(shadow.color);
    let deviation = shadow.blur.max(0.0) / 2.0;
    if deviation == 0.0 {
        fill(canvas, cast);
    } else if let Some(radius) = direct(cast.radii, transform) {
        canvas.fill_blurred(rect, radius, deviation, false);
    } else {
        let ink = transform.transform_rect_bbox(rect.inflate(deviation * 3.0, deviation * 3.0));
        blurred(canvas, shadow, deviation, transform, area, ink, &mut |canvas| fill(canvas, cast));
    }
}

fn inside<C: Canvas>(
    canvas: &mut C,
    shadow: &BoxShadow,
    radii: Radii,
    transform: Affine,
    area: Rect,
    cull: Rect,
) {
    let hole = (shadow.rect + shadow.offset).inflate(-shadow.spread, -shadow.spread);
    let deviation = shadow.blur.max(0.0) / 2.0;
    let frame = shadow.rect.intersect(cull).inflate(deviation * 3.0 + 1.0, deviation * 3.0 + 1.0);
    canvas.set_color(shadow.color);
    if hole.width() <= 0.0 || hole.height() <= 0.0 {
        canvas.fill_rect(frame);
        return;
    }
    let cast = RoundedRect { rect: hole, radii: spread(radii, -shadow.spread).fit(hole) };
    if deviation == 0.0 {
        fill_around(canvas, frame, cast);
    } else if let Some(radius) = direct(cast.radii, transform) {
        canvas.fill_blurred(hole, radius, deviation, true);
        // The blur is drawn up to here; beyond it the shadow is solid.
        let reach = hole.inflate(deviation * 2.5, deviation * 2.5);
        fill_around(canvas, frame.union(reach), RoundedRect::new(reach, 0.0));
    } else {
        let ink = transform.transform_rect_bbox(shadow.rect);
        let frame = frame.union(hole).inflate(deviation * 3.0, deviation * 3.0);
        blurred(canvas, shadow, deviation, transform, area, ink, &mut |canvas| {
            fill_around(canvas, frame, cast);
        });
    }
}

/// Draws `draw` as a picture of its own, and that blurred.
fn blurred<C: Canvas>(
    canvas: &mut C,
    shadow: &BoxShadow,
    deviation: f64,
    transform: Affine,
    area: Rect,
    ink: Rect,
    draw: &mut dyn FnMut(&mut C),
) {
    let filters = filter::to_device(&[Filter::Blur(deviation)], transform);
    let grow = filter::growth(&filters);
    let visible = IntRect::around(ink).intersect(IntRect::around(area));
    if visible.is_empty() {
        return;
    }
    let area = visible.inflate(grow);
    let shift = Affine::translate((-f64::from(area.x0), -f64::from(area.y0)));
    canvas.offscreen(
        area,
        &mut |canvas| {
            canvas.set_transform(shift * transform);
            canvas.set_color(shadow.color);
            draw(canvas);
        },
        &mut |pixmap| filter::apply(pixmap, &filters),
    );
}

/// The radius that rasterisers can blur directly.
fn direct(radii: Radii, transform: Affine) -> Option<f64> {
    let [a, b, c, d, ..] = transform.as_coeffs();
    // A similarity: circles stay circles.
    let similar = (a * a + b * b - c * c - d * d).abs() < 1e-6 && (a * c + b * d).abs() < 1e-6;
    similar.then(|| radii.uniform()).flatten()
}

fn fill<C: Canvas>(canvas: &mut C, shape: RoundedRect) {
    if shape.radii.is_zero() {
        canvas.fill_rect(shape.rect);
    } else {
        canvas.fill_path(&shape.to_path(), Fill::NonZero);
    }
}

fn fill_around<C: Canvas>(canvas: &mut C, frame: Rect, hole: RoundedRect) {
    let mut path = rect_path(frame.union(hole.rect.inflate(1.0, 1.0)));
    append(&mut path, hole);
    canvas.fill_path(&path, Fill::EvenOdd);
}

/// Radii after spreading: square corners stay square, and small ones become
/// round gradually.
fn spread(radii: Radii, by: f64) -> Radii {
    let grow = |radius: f64| {
        if radius <= 0.0 {
            0.0
        } else if by > radius {
            let part = radius / by - 1.0;
            radius + by * (1.0 + part * part * part)
        } else {
            (radius + by).max(0.0)
        }
    };
    let corner = |corner: Vec2| Vec2::new(grow(corner.x), grow(corner.y));
    Radii {
        top_left: corner(radii.top_left),
        top_right: corner(radii.top_right),
        bottom_right: corner(radii.bottom_right),
        bottom_left: corner(radii.bottom_left),
    }
}
