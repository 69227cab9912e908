//! The arithmetic of 4×4 matrices: <https://drafts.fxtf.org/geometry/#DOMMatrix>

/// A matrix by columns, as the interfaces number it: `m[0]` is m11, `m[1]` is
/// m12, `m[4]` is m21. Whether it is 2D is remembered, not looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix4 {
    pub(super) m: [f64; 16],
    pub(super) is_2d: bool,
}

impl Matrix4 {
    pub(super) const IDENTITY: Self = Self {
        m: [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        is_2d: true,
    };

    /// The elements that a 2D matrix has, at their indices.
    pub(super) const FLAT: [usize; 6] = [0, 1, 4, 5, 12, 13];

    pub(super) fn flat(values: [f64; 6]) -> Self {
        let mut out = Self::IDENTITY;
        for (index, value) in Self::FLAT.into_iter().zip(values) {
            out.m[index] = value;
        }
        out
    }

    /// Six or sixteen elements.
    pub(super) fn from_slice(values: &[f64]) -> Option<Self> {
        if let Ok(flat) = <[f64; 6]>::try_from(values) {
            return Some(Self::flat(flat));
        }
        let m = <[f64; 16]>::try_from(values).ok()?;
        Some(Self { m, is_2d: false })
    }

    /// "Post-multiply": the other is applied first.
    pub(super) fn multiply(&self, other: &Self) -> Self {
        let mut m = [0.0; 16];
        for column in 0..4 {
            for row in 0..4 {
                m[column * 4 + row] =
                    (0..4).map(|k| self.m[k * 4 + row] * other.m[column * 4 + k]).sum();
            }
        }
        // The rows that a 2D product has by its nature are kept clean of NaN.
        let is_2d = self.is_2d && other.is_2d;
        if is_2d {
            let flat = Self::FLAT.map(|index| m[index]);
            return Self::flat(flat);
        }
        Self { m, is_2d }
    }

    pub(super) fn translate(&self, x: f64, y: f64, z: f64) -> Self {
        let mut by = Self::IDENTITY;
        by.m[12] = x;
        by.m[13] = y;
        by.m[14] = z;
        by.is_2d = z == 0.0;
        self.multiply(&by)
    }

    pub(super) fn scale(&self, by: [f64; 3], origin: [f64; 3]) -> Self {
        let [x, y, z] = by;
        let mut scale = Self::IDENTITY;
        scale.m[0] = x;
        scale.m[5] = y;
        scale.m[10] = z;
        scale.is_2d = z == 1.0;
        let [ox, oy, oz] = origin;
        let mut out = self.translate(ox, oy, oz).multiply(&scale).translate(-ox, -oy, -oz);
        out.is_2d = self.is_2d && z == 1.0 && oz == 0.0;
        out
    }

    /// Degrees about an axis, which need not have the length 1.
    pub(super) fn rotate_axis(&self, x: f64, y: f64, z: f64, degrees: f64) -> Self {
        let length = (x * x + y * y + z * z).sqrt();
        let mut by = Self::IDENTITY;
        by.is_2d = x == 0.0 && y == 0.0;
        if length > 0.0 {
            let (x, y, z) = (x / length, y / length, z / length);
            let (sin, cos) = sin_cos(degrees);
            let t = 1.0 - cos;
            by.m = [
                t * x * x + cos,
                t * x * y + sin * z,
                t * x * z - sin * y,
                0.0,
                t * x * y - sin * z,
                t * y * y + cos,
                t * y * z + sin * x,
                0.0,
                t * x * z + sin * y,
                t * y * z - sin * x,
                t * z * z + cos,
                0.0,
                0.0,
                0.0,
                0.0,
                1.0,
            ];
        } else if length.is_nan() {
            by.m = [f64::NAN; 16];
        }
        self.multiply(&by)
    }

    /// Degrees about the axes: z, then y, then x.
    pub(super) fn rotate(&self, x: f64, y: f64, z: f64) -> Self {
        let mut out = self.rotate_axis(0.0, 0.0, 1.0, z);
        // Only what turns out of the plane makes it 3D.
        if y != 0.0 {
            out = out.rotate_axis(0.0, 1.0, 0.0, y);
        }
        if x != 0.0 {
            out = out.rotate_axis(1.0, 0.0, 0.0, x);
        }
        out.is_2d = self.is_2d && x == 0.0 && y == 0.0;
        out
    }

    pub(super) fn skew(&self, x: f64, y: f64) -> Self {
        let mut by = Self::IDENTITY;
        by.m[4] = x.to_radians().tan();
        by.m[1] = y.to_radians().tan();
        self.multiply(&by)
    }

    /// The inverse; all NaN, and not 2D, if there is none.
    pub(super) fn inverse(&self) -> Self {
        if self.is_2d {
            let [a, b, c, d, e, f] = Self::FLAT.map(|index| self.m[index]);
            let det = a * d - b * c;
            if det != 0.0 && det.is_finite() {
                return Self::flat([
                    d / det,
                    -b / det,
                    -c / det,
                    a / det,
                    (c * f - d * e) / det,
                    (b * e - a * f) / det,
                ]);
            }
        } else if let Some(m) = invert(&self.m) {
            return Self { m, is_2d: false };
        }
        Self { m: [f64::NAN; 16], is_2d: false }
    }

    pub(super) fn is_identity(&self) -> bool {
        self.m == Self::IDENTITY.m
    }

    /// A point (x, y, z, w), transformed.
    pub(super) fn apply(&self, point: [f64; 4]) -> [f64; 4] {
        std::array::from_fn(|row| (0..4).map(|k| self.m[k * 4 + row] * point[k]).sum())
    }
}

/// Exact where an angle is a multiple of a right one.
fn sin_cos(degrees: f64) -> (f64, f64) {
    if degrees % 90.0 == 0.0 {
        return match (degrees / 90.0).rem_euclid(4.0) as u8 {
            0 => (0.0, 1.0),
            1 => (1.0, 0.0),
            2 => (0.0, -1.0),
            _ => (-1.0, 0.0),
        };
    }
    degrees.to_radians().sin_cos()
}

/// By Gauss and Jordan, the largest pivot first.
fn invert(matrix: &[f64; 16]) -> Option<[f64; 16]> {
    let mut a = *matrix;
    let mut inverse = Matrix4::IDENTITY.m;
    let swap = |m: &mut [f64; 16], i: usize, j: usize| {
        for k in 0..4 {
            m.swap(k * 4 + i, k * 4 + j);
        }
    };
    for column in 0..4 {
        let pivot = (column..4)
            .max_by(|i, j| a[column * 4 + i].abs().total_cmp(&a[column * 4 + j].abs()))?;
        let value = a[column * 4 + pivot];
        if value == 0.0 || !value.is_finite() {
            return None;
        }
        swap(&mut a, column, pivot);
        swap(&mut inverse, column, pivot);
        for k in 0..4 {
            a[k * 4 + column] /= value;
            inverse[k * 4 + column] /= value;
        }
        for row in (0..4).filter(|row| *row != column) {
            let factor = a[column * 4 + row];
            for k in 0..4 {
                a[k * 4 + row] -= factor * a[k * 4 + column];
                inverse[k * 4 + row] -= factor * inverse[k * 4 + column];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_undoes() {
        let flat = Matrix4::IDENTITY.translate(3.0, 4.0, 0.0).scale([2.0, 4.0, 1.0], [0.0; 3]);
        assert!(flat.is_2d);
        assert_eq!(flat.multiply(&flat.inverse()), Matrix4::IDENTITY);
        let deep = flat.rotate(90.0, 0.0, 0.0).translate(0.0, 0.0, 5.0);
        assert!(!deep.is_2d);
        let product = deep.multiply(&deep.inverse());
        for (found, expected) in product.m.into_iter().zip(Matrix4::IDENTITY.m) {
            assert!((found - expected).abs() < 1e-12, "{product:?}");
        }
        let none = Matrix4::flat([0.0; 6]).inverse();
        assert!(none.m.iter().all(|n| n.is_nan()) && !none.is_2d);
    }

    #[test]
    fn quarter_turns_are_exact() {
        let turned = Matrix4::IDENTITY.rotate(0.0, 0.0, 90.0);
        assert_eq!(turned, Matrix4::flat([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]));
        assert_eq!(turned.apply([1.0, 0.0, 0.0, 1.0]), [0.0, 1.0, 0.0, 1.0]);
    }
}
