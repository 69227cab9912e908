use kurbo::{BezPath, Point, Rect, RoundedRectRadii, Vec2};

/// The radii of a box's corners: `x` along the horizontal side, `y` along the
/// vertical one. A corner with a zero in it is square.
///
/// <https://drafts.csswg.org/css-backgrounds/#border-radius>
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Radii {
    /// Of the top left corner.
    pub top_left: Vec2,
    /// Of the top right corner.
    pub top_right: Vec2,
    /// Of the bottom right corner.
    pub bottom_right: Vec2,
    /// Of the bottom left corner.
    pub bottom_left: Vec2,
}

impl Radii {
    /// Four square corners.
    pub const ZERO: Self = Self {
        top_left: Vec2::ZERO,
        top_right: Vec2::ZERO,
        bottom_right: Vec2::ZERO,
        bottom_left: Vec2::ZERO,
    };

    /// Whether all corners are square.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.corners().iter().all(|corner| corner.x <= 0.0 || corner.y <= 0.0)
    }

    /// The radius, if all corners are the same part of a circle.
    #[must_use]
    pub fn uniform(&self) -> Option<f64> {
        let radius = self.top_left.x;
        self.corners()
            .iter()
            .all(|corner| corner.x == radius && corner.y == radius)
            .then_some(radius)
    }

    /// The radii scaled down so that no two of them overlap on a side of
    /// `rect`.
    ///
    /// <https://drafts.csswg.org/css-backgrounds/#corner-overlap>
    #[must_use]
    pub fn fit(&self, rect: Rect) -> Self {
        let (width, height) = (rect.width().max(0.0), rect.height().max(0.0));
        let sides = [
            (width, self.top_left.x + self.top_right.x),
            (height, self.top_right.y + self.bottom_right.y),
            (width, self.bottom_right.x + self.bottom_left.x),
            (height, self.bottom_left.y + self.top_left.y),
        ];
        let factor = sides
            .into_iter()
            .filter(|&(_, sum)| sum > 0.0)
            .map(|(side, sum)| side / sum)
            .fold(1.0, f64::min);
        if factor < 1.0 { self.map(|corner| corner * factor) } else { *self }
    }

    /// The radii of an edge that lies `left`, `top`, `right` and `bottom`
    /// further inside; negative distances lie outside.
    #[must_use]
    pub fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        let corner = |radius: Vec2, x: f64, y: f64| {
            if radius.x <= 0.0 || radius.y <= 0.0 {
                return Vec2::ZERO;
            }
            Vec2::new((radius.x - x).max(0.0), (radius.y - y).max(0.0))
        };
        Self {
            top_left: corner(self.top_left, left, top),
            top_right: corner(self.top_right, right, top),
            bottom_right: corner(self.bottom_right, right, bottom),
            bottom_left: corner(self.bottom_left, left, bottom),
        }
    }

    /// Clockwise from the top left.
    #[must_use]
    pub fn corners(&self) -> [Vec2; 4] {
        [self.top_left, self.top_right, self.bottom_right, self.bottom_left]
    }

    fn map(&self, change: impl Fn(Vec2) -> Vec2) -> Self {
        Self {
            top_left: change(self.top_left),
            top_right: change(self.top_right),
            bottom_right: change(self.bottom_right),
            bottom_left: change(self.bottom_left),
        }
    }
}

impl From<f64> for Radii {
    fn from(radius: f64) -> Self {
        Self::ZERO.map(|_| Vec2::new(radius, radius))
    }
}

impl From<RoundedRectRadii> for Radii {
    fn from(radii: RoundedRectRadii) -> Self {
        let round = |radius| Vec2::new(radius, radius);
        Self {
            top_left: round(radii.top_left),
            top_right: round(radii.top_right),
            bottom_right: round(radii.bottom_right),
            bottom_left: round(radii.bottom_left),
        }
    }
}

/// A rectangle with corners that are quarters of ellipses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundedRect {
    /// The rectangle.
    pub rect: Rect,
    /// Its corners; they need not fit.
    pub radii: Radii,
}

/// Distance of a cubic's control points that draws a quarter of a circle best.
const KAPPA: f64 = 0.552_284_749_830_793_6;

impl RoundedRect {
    /// A rectangle with round corners.
    #[must_use]
    pub fn new(rect: Rect, radii: impl Into<Radii>) -> Self {
        Self { rect, radii: radii.into() }
    }

    /// Its outline, clockwise, with radii that fit.
    #[must_use]
    pub fn to_path(&self) -> BezPath {
        let mut path = BezPath::new();
        self.append_to(&mut path);
        path
    }

    /// Appends the outline to `path` as a closed subpath.
    pub fn append_to(&self, path: &mut BezPath) {
        let Rect { x0, y0, x1, y1 } = self.rect;
        let radii = self.radii.fit(self.rect);
        let [tl, tr, br, bl] = radii.corners();
        let corner = |path: &mut BezPath, from: Point, control: Point, to: Point| {
            if from == to {
                return;
            }
            path.curve_to(from + (control - from) * KAPPA, to + (control - to) * KAPPA, to);
        };
        path.move_to((x0 + tl.x, y0));
        path.line_to((x1 - tr.x, y0));
        corner(path, Point::new(x1 - tr.x, y0), Point::new(x1, y0), Point::new(x1, y0 + tr.y));
        path.line_to((x1, y1 - br.y));
        corner(path, Point::new(x1, y1 - br.y), Point::new(x1, y1), Point::new(x1 - br.x, y1));
        path.line_to((x0 + bl.x, y1));
        corner(path, Point::new(x0 + bl.x, y1), Point::new(x0, y1), Point::new(x0, y1 - bl.y));
        path.line_to((x0, y0 + tl.y));
        corner(path, Point::new(x0, y0 + tl.y), Point::new(x0, y0), Point::new(x0 + tl.x, y0));
        path.close_path();
    }
}

impl From<kurbo::RoundedRect> for RoundedRect {
    fn from(rounded: kurbo::RoundedRect) -> Self {
        Self { rect: rounded.rect(), radii: rounded.radii().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radii_shrink_together_until_they_fit() {
        let check = |radius: f64, width: f64, height: f64, expected: f64| {
            let fitted = Radii::from(radius).fit(Rect::new(0.0, 0.0, width, height));
            assert_eq!(fitted, Radii::from(expected), "{radius} in {width}×{height}");
        };
        check(10.0, 100.0, 100.0, 10.0);
        check(80.0, 100.0, 100.0, 50.0);
        check(80.0, 100.0, 40.0, 20.0);
        check(80.0, 0.0, 0.0, 0.0);
    }

    #[test]
    fn an_inner_edge_is_square_where_the_border_is_wider_than_the_radius() {
        let inner = Radii::from(10.0).inset(4.0, 20.0, 4.0, 2.0);
        assert_eq!(inner.top_left, Vec2::new(6.0, 0.0));
        assert_eq!(inner.bottom_right, Vec2::new(6.0, 8.0));
    }

    #[test]
    fn the_outline_stays_in_the_rectangle() {
        use kurbo::Shape as _;
        let rect = Rect::new(3.0, 4.0, 103.0, 44.0);
        let bounds = RoundedRect::new(rect, 500.0).to_path().bounding_box();
        assert!((bounds.x0 - rect.x0).abs() < 1e-9 && (bounds.y1 - rect.y1).abs() < 1e-9);
        assert!(bounds.width() <= rect.width() + 1e-9);
    }
}
