//! Transforms, filters and opacity.

use euclid::default::Rect as EuclidRect;
use euclid::{Point2D, Size2D};
use kurbo::{Affine, Size, Vec2};
use style::properties::ComputedValues;
use style::values::computed::{CSSPixelLength, Filter as ComputedFilter, Length};
use style::values::generics::effects::Filter as GenericFilter;
use style::values::generics::transform::{Rotate, Scale, Translate};
use virga_display_list::Filter;

use super::color;
use crate::boxes::BoxId;
use crate::layout::Formatting;

impl Formatting {
    /// The transform of a box, from and to the coordinates of its border box.
    pub(crate) fn own_transform(&self, id: BoxId) -> Affine {
        let own = self.boxes.at(id);
        let g = &own.geometry;
        let size = Size::new(f64::from(g.size.width), f64::from(g.size.height));
        transform(&own.style.values, size)
    }
}

/// <https://drafts.csswg.org/css-transforms-2/#ctm>, flattened to the plane.
pub(super) fn transform(values: &ComputedValues, size: Size) -> Affine {
    let b = values.get_box();
    let (width, height) = (size.width as f32, size.height as f32);
    let origin = &b.transform_origin;
    let x = origin.horizontal.resolve(Length::new(width)).px();
    let y = origin.vertical.resolve(Length::new(height)).px();
    let origin = Vec2::new(f64::from(x), f64::from(y));
    let mut matrix = Affine::IDENTITY;
    if let Translate::Translate(x, y, _) = &b.translate {
        let x = x.resolve(Length::new(width)).px();
        let y = y.resolve(Length::new(height)).px();
        matrix *= Affine::translate((f64::from(x), f64::from(y)));
    }
    match &b.rotate {
        Rotate::Rotate(angle) => matrix *= Affine::rotate(angle.radians64()),
        Rotate::Rotate3D(x, y, z, angle) if *x == 0.0 && *y == 0.0 => {
            matrix *= Affine::rotate(angle.radians64() * f64::from(z.signum()));
        }
        _ => {}
    }
    if let Scale::Scale(x, y, _) = &b.scale {
        matrix *= Affine::scale_non_uniform(f64::from(*x), f64::from(*y));
    }
    let reference: EuclidRect<CSSPixelLength> = EuclidRect::new(
        Point2D::new(Length::new(0.0), Length::new(0.0)),
        Size2D::new(Length::new(width), Length::new(height)),
    );
    if let Ok((m, _)) = b.transform.to_transform_3d_matrix(Some(&reference)) {
        let affine = Affine::new([
            f64::from(m.m11),
            f64::from(m.m12),
            f64::from(m.m21),
            f64::from(m.m22),
            f64::from(m.m41),
            f64::from(m.m42),
        ]);
        if affine.is_finite() {
            matrix *= affine;
        }
    }
    Affine::translate(origin) * matrix * Affine::translate(-origin)
}

/// <https://drafts.csswg.org/filter-effects/#supported-filter-functions>
pub(super) fn filters(values: &ComputedValues) -> Vec<Filter> {
    values.get_effects().filter.0.iter().filter_map(|filter| convert(values, filter)).collect()
}

fn convert(values: &ComputedValues, filter: &ComputedFilter) -> Option<Filter> {
    Some(match filter {
        GenericFilter::Blur(radius) => Filter::Blur(f64::from(radius.0.px())),
        GenericFilter::Brightness(amount) => {
            let a = amount.0;
            matrix([a, 0.0, 0.0, 0.0, a, 0.0, 0.0, 0.0, a], 0.0)
        }
        GenericFilter::Contrast(amount) => {
            let a = amount.0;
            matrix([a, 0.0, 0.0, 0.0, a, 0.0, 0.0, 0.0, a], 0.5 - 0.5 * a)
        }
        GenericFilter::Grayscale(amount) => {
            saturate_like(1.0 - amount.0.min(1.0), [0.2126, 0.7152, 0.0722])
        }
        GenericFilter::Saturate(amount) => saturate_like(amount.0, [0.213, 0.715, 0.072]),
        GenericFilter::Sepia(amount) => {
            let a = 1.0 - amount.0.min(1.0);
            matrix(
                [
                    0.393 + 0.607 * a,
                    0.769 - 0.769 * a,
                    0.189 - 0.189 * a,
                    0.349 - 0.349 * a,
                    0.686 + 0.314 * a,
                    0.168 - 0.168 * a,
                    0.272 - 0.272 * a,
                    0.534 - 0.534 * a,
                    0.131 + 0.869 * a,
                ],
                0.0,
            )
        }
        GenericFilter::HueRotate(angle) => {
            let (s, c) = angle.radians().sin_cos();
            matrix(
                [
                    0.213 + c * 0.787 - s * 0.213,
                    0.715 - c * 0.715 - s * 0.715,
                    0.072 - c * 0.072 + s * 0.928,
                    0.213 - c * 0.213 + s * 0.143,
                    0.715 + c * 0.285 + s * 0.140,
                    0.072 - c * 0.072 - s * 0.283,
                    0.213 - c * 0.213 - s * 0.787,
                    0.715 - c * 0.715 + s * 0.715,
                    0.072 + c * 0.928 + s * 0.072,
                ],
                0.0,
            )
        }
        GenericFilter::Invert(amount) => {
            let a = 1.0 - 2.0 * amount.0.min(1.0);
            matrix([a, 0.0, 0.0, 0.0, a, 0.0, 0.0, 0.0, a], amount.0.min(1.0))
        }
        GenericFilter::Opacity(amount) => {
            let mut m = identity();
            m[18] = amount.0.min(1.0);
            Filter::ColorMatrix(m)
        }
        GenericFilter::DropShadow(shadow) => Filter::DropShadow {
            offset: Vec2::new(f64::from(shadow.horizontal.px()), f64::from(shadow.vertical.px())),
            blur: f64::from(shadow.blur.0.px()),
            color: color::resolve(values, &shadow.color),
        },
        // References to SVG filters are not supported.
        _ => return None,
    })
}

fn identity() -> [f32; 20] {
    let mut m = [0.0; 20];
    for index in 0..4 {
        m[index * 6] = 1.0;
    }
    m
}

fn matrix(rgb: [f32; 9], bias: f32) -> Filter {
    let mut m = identity();
    for row in 0..3 {
        for column in 0..3 {
            m[row * 5 + column] = rgb[row * 3 + column];
        }
        m[row * 5 + 4] = bias;
    }
    Filter::ColorMatrix(m)
}

fn saturate_like(amount: f32, [red, green, blue]: [f32; 3]) -> Filter {
    let rest = 1.0 - amount;
    matrix(
        [
            red * rest + amount,
            green * rest,
            blue * rest,
            red * rest,
            green * rest + amount,
            blue * rest,
            red * rest,
            green * rest,
            blue * rest + amount,
        ],
        0.0,
    )
}
