//! Gradients, from CSS to brushes.
//! <https://drafts.csswg.org/css-images/#gradients>

use kurbo::{Point, Rect, Vec2};
use peniko::{ColorStop, Extend, Gradient};
use style::properties::ComputedValues;
use style::values::computed::image::{Gradient as ComputedGradient, LineDirection};
use style::values::computed::{AngleOrPercentage, Color, Length, Position};
use style::values::generics::image::{
    Circle, Ellipse, EndingShape, GradientFlags, GradientItem, ShapeExtent,
};
use style::values::specified::position::{HorizontalPositionKeyword, VerticalPositionKeyword};

use super::color;

/// The brush for a gradient that fills `area`.
pub(super) fn brush(
    values: &ComputedValues,
    gradient: &ComputedGradient,
    area: Rect,
) -> Option<Gradient> {
    match gradient {
        style::values::generics::image::Gradient::Linear { direction, items, flags, .. } => {
            let (start, end) = line(direction, area);
            let length = (end - start).hypot();
            let stops = stops(values, items, length, |position, length| {
                position.resolve(Length::new(length as f32)).px() as f64
                    / length.max(f64::MIN_POSITIVE)
            });
            let (stops, first, last) = normalize(stops)?;
            let span = end - start;
            let gradient = Gradient::new_linear(start + span * first, start + span * last);
            Some(finish(gradient, &stops, *flags))
        }
        style::values::generics::image::Gradient::Radial {
            shape, position, items, flags, ..
        } => {
            let center = place(position, area);
            let (rx, ry) = radii(shape, center, area);
            let stops = stops(values, items, rx, |position, length| {
                position.resolve(Length::new(length as f32)).px() as f64
                    / length.max(f64::MIN_POSITIVE)
            });
            let (stops, first, last) = normalize(stops)?;
            // An ellipse is drawn as a circle of its mean radius: brushes have
            // no transform of their own.
            let radius = if (rx - ry).abs() < 0.01 { rx } else { (rx * ry).sqrt() };
            let gradient = Gradient::new_two_point_radial(
                center,
                (radius * first.max(0.0)) as f32,
                center,
                (radius * last) as f32,
            );
            Some(finish(gradient, &stops, *flags))
        }
        style::values::generics::image::Gradient::Conic {
            angle, position, items, flags, ..
        } => {
            let center = place(position, area);
            let stops = stops(values, items, 1.0, |position, _| match position {
                AngleOrPercentage::Percentage(part) => f64::from(part.0),
                AngleOrPercentage::Angle(angle) => angle.radians64() / std::f64::consts::TAU,
            });
            let (stops, first, last) = normalize(stops)?;
            // CSS begins at the top, brushes at the right.
            let begin = angle.radians64() - std::f64::consts::FRAC_PI_2;
            let turn = std::f64::consts::TAU;
            let gradient = Gradient::new_sweep(
                center,
                (begin + turn * first) as f32,
                (begin + turn * last) as f32,
            );
            Some(finish(gradient, &stops, *flags))
        }
    }
}

fn finish(gradient: Gradient, stops: &[ColorStop], flags: GradientFlags) -> Gradient {
    let extend =
        if flags.contains(GradientFlags::REPEATING) { Extend::Repeat } else { Extend::Pad };
    gradient.with_extend(extend).with_stops(stops)
}

/// <https://drafts.csswg.org/css-images/#linear-gradient-syntax>
fn line(direction: &LineDirection, area: Rect) -> (Point, Point) {
    let (width, height) = (area.width(), area.height());
    let angle = match direction {
        LineDirection::Angle(angle) => angle.radians64(),
        LineDirection::Horizontal(HorizontalPositionKeyword::Left) => 1.5 * std::f64::consts::PI,
        LineDirection::Horizontal(HorizontalPositionKeyword::Right) => 0.5 * std::f64::consts::PI,
        LineDirection::Vertical(VerticalPositionKeyword::Top) => 0.0,
        LineDirection::Vertical(VerticalPositionKeyword::Bottom) => std::f64::consts::PI,
        LineDirection::Corner(horizontal, vertical) => {
            // The 50 % line goes through the two other corners.
            let x = if *horizontal == HorizontalPositionKeyword::Right { 1.0 } else { -1.0 };
            let y = if *vertical == VerticalPositionKeyword::Top { 1.0 } else { -1.0 };
            f64::atan2(x * height, y * width)
        }
    };
    let (sin, cos) = angle.sin_cos();
    let half = (width * sin.abs() + height * cos.abs()) / 2.0;
    let along = Vec2::new(sin, -cos) * half;
    (area.center() - along, area.center() + along)
}

fn place(position: &Position, area: Rect) -> Point {
    let x = position.horizontal.resolve(Length::new(area.width() as f32)).px();
    let y = position.vertical.resolve(Length::new(area.height() as f32)).px();
    area.origin() + Vec2::new(f64::from(x), f64::from(y))
}

fn radii(
    shape: &EndingShape<
        style::values::computed::NonNegativeLength,
        style::values::computed::NonNegativeLengthPercentage,
    >,
    center: Point,
    area: Rect,
) -> (f64, f64) {
    let (left, right) = ((center.x - area.x0).abs(), (area.x1 - center.x).abs());
    let (top, bottom) = ((center.y - area.y0).abs(), (area.y1 - center.y).abs());
    let corner = |x: f64, y: f64| x.hypot(y);
    match shape {
        EndingShape::Circle(Circle::Radius(radius)) => {
            let radius = f64::from(radius.0.px());
            (radius, radius)
        }
        EndingShape::Circle(Circle::Extent(extent)) => {
            let radius = match extent {
                ShapeExtent::ClosestSide | ShapeExtent::Contain => {
                    left.min(right).min(top).min(bottom)
                }
                ShapeExtent::FarthestSide => left.max(right).max(top).max(bottom),
                ShapeExtent::ClosestCorner => corner(left.min(right), top.min(bottom)),
                ShapeExtent::FarthestCorner | ShapeExtent::Cover => {
                    corner(left.max(right), top.max(bottom))
                }
            };
            (radius, radius)
        }
        EndingShape::Ellipse(Ellipse::Radii(x, y)) => (
            f64::from(x.0.resolve(Length::new(area.width() as f32)).px()),
            f64::from(y.0.resolve(Length::new(area.height() as f32)).px()),
        ),
        EndingShape::Ellipse(Ellipse::Extent(extent)) => {
            let near = (left.min(right), top.min(bottom));
            let far = (left.max(right), top.max(bottom));
            let root = std::f64::consts::SQRT_2;
            match extent {
                ShapeExtent::ClosestSide | ShapeExtent::Contain => near,
                ShapeExtent::FarthestSide => far,
                ShapeExtent::ClosestCorner => (near.0 * root, near.1 * root),
                ShapeExtent::FarthestCorner | ShapeExtent::Cover => (far.0 * root, far.1 * root),
            }
        }
    }
}

/// Colours with places along the gradient line, 0 to 1 from start to end.
/// <https://drafts.csswg.org/css-images/#color-stop-fixup>
fn stops<T>(
    values: &ComputedValues,
    items: &[GradientItem<Color, T>],
    length: f64,
    resolve: impl Fn(&T, f64) -> f64,
) -> Vec<(f64, peniko::Color)> {
    let mut found: Vec<(Option<f64>, Option<peniko::Color>)> = items
        .iter()
        .map(|item| match item {
            GradientItem::SimpleColorStop(color) => (None, Some(color::resolve(values, color))),
            GradientItem::ComplexColorStop { color, position } => {
                (Some(resolve(position, length)), Some(color::resolve(values, color)))
            }
            GradientItem::InterpolationHint(position) => (Some(resolve(position, length)), None),
        })
        .collect();
    if let Some(first) = found.first_mut() {
        first.0.get_or_insert(0.0);
    }
    if let Some(last) = found.last_mut() {
        last.0.get_or_insert(1.0);
    }
    // Each is at least as far as those before it.
    let mut furthest = f64::NEG_INFINITY;
    for (position, _) in &mut found {
        if let Some(position) = position {
            *position = position.max(furthest);
            furthest = *position;
        }
    }
    // Those without a place are spread between their neighbours.
    let mut index = 0;
    while index < found.len() {
        if found[index].0.is_some() {
            index += 1;
            continue;
        }
        let end =
            (index..found.len()).find(|other| found[*other].0.is_some()).unwrap_or(found.len());
        let from = found[index - 1].0.unwrap_or(0.0);
        let to = found.get(end).and_then(|stop| stop.0).unwrap_or(1.0);
        let count = (end - index + 1) as f64;
        for (step, stop) in found[index..end].iter_mut().enumerate() {
            stop.0 = Some(from + (to - from) * (step + 1) as f64 / count);
        }
        index = end;
    }
    // A hint is where the colour is half way.
    let mut out: Vec<(f64, peniko::Color)> = Vec::with_capacity(found.len());
    for (index, (position, color)) in found.iter().enumerate() {
        let position = position.unwrap_or(0.0);
        match color {
            Some(color) => out.push((position, *color)),
            None => {
                let before = out.last().map(|stop| stop.1);
                let after = found.get(index + 1).and_then(|stop| stop.1);
                if let (Some(before), Some(after)) = (before, after) {
                    let (a, b) = (before.components, after.components);
                    let half = std::array::from_fn(|index| (a[index] + b[index]) / 2.0);
                    out.push((position, peniko::Color::new(half)));
                }
            }
        }
    }
    out
}

/// Stops from 0 to 1, and where these are on the gradient line.
fn normalize(stops: Vec<(f64, peniko::Color)>) -> Option<(Vec<ColorStop>, f64, f64)> {
    let first = stops.first()?.0;
    let last = stops.last()?.0;
    let span = last - first;
    let stops = stops
        .into_iter()
        .enumerate()
        .map(|(index, (position, color))| {
            let offset =
                if span > 0.0 { (position - first) / span } else { f64::from(u8::from(index > 0)) };
            ColorStop::from((offset as f32, color))
        })
        .collect();
    let last = if span > 0.0 { last } else { first + 1e-6 };
    Some((stops, first, last))
}
