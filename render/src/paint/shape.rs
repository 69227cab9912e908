use std::borrow::Cow;

use kurbo::{BezPath, Rect, Shape as _};
use virga_display_list::{RoundedRect, Shape};

/// The outline of a shape.
pub(crate) fn shape_path(shape: &Shape) -> Cow<'_, BezPath> {
    match shape {
        Shape::Rect(rect) => Cow::Owned(rect_path(*rect)),
        Shape::RoundedRect(rounded) => Cow::Owned(rounded.to_path()),
        Shape::Path(path) => Cow::Borrowed(path),
    }
}

pub(super) fn rect_path(rect: Rect) -> BezPath {
    rect.to_path(0.1)
}

/// The area between two outlines, to be filled by the even-odd rule.
pub(super) fn ring(outer: RoundedRect, inner: RoundedRect) -> BezPath {
    let mut path = BezPath::new();
    append(&mut path, outer);
    if inner.rect.x0 < inner.rect.x1 && inner.rect.y0 < inner.rect.y1 {
        append(&mut path, inner);
    }
    path
}

/// Appends an outline, square corners without curves.
pub(super) fn append(path: &mut BezPath, rounded: RoundedRect) {
    if rounded.radii.is_zero() {
        path.extend(rounded.rect.path_elements(0.1));
    } else {
        rounded.append_to(path);
    }
}
