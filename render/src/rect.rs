use kurbo::Rect;

/// A rectangle of device px: from `x0`, `y0` up to but without `x1`, `y1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the edges")]
pub struct IntRect {
    pub x0: i32,
    pub y0: i32,
    pub x1: i32,
    pub y1: i32,
}

/// Beyond this many device px from the origin nothing is ever shown.
const FAR: f64 = 1_000_000_000.0;

impl IntRect {
    /// Nothing.
    pub const EMPTY: Self = Self { x0: 0, y0: 0, x1: 0, y1: 0 };

    /// A rectangle by its edges.
    #[must_use]
    pub const fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// A rectangle at the origin.
    #[must_use]
    pub fn from_size(width: u32, height: u32) -> Self {
        Self::new(
            0,
            0,
            i32::try_from(width).unwrap_or(i32::MAX),
            i32::try_from(height).unwrap_or(i32::MAX),
        )
    }

    /// The smallest rectangle of whole px around `rect`; empty if `rect` is
    /// empty or not finite.
    #[must_use]
    pub fn around(rect: Rect) -> Self {
        if !(rect.is_finite() && rect.x0 < rect.x1 && rect.y0 < rect.y1) {
            return Self::EMPTY;
        }
        // A rounding error of a thousandth of a px must not cost a row.
        let low = |edge: f64| (edge + 1e-3).floor().clamp(-FAR, FAR) as i32;
        let high = |edge: f64| (edge - 1e-3).ceil().clamp(-FAR, FAR) as i32;
        Self::new(low(rect.x0), low(rect.y0), high(rect.x1), high(rect.y1)).normalized()
    }

    fn normalized(self) -> Self {
        if self.is_empty() { Self::EMPTY } else { self }
    }

    /// Whether no px is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// Extent along x, in px.
    #[must_use]
    pub fn width(self) -> u32 {
        u32::try_from(i64::from(self.x1) - i64::from(self.x0)).unwrap_or(0)
    }

    /// Extent along y, in px.
    #[must_use]
    pub fn height(self) -> u32 {
        u32::try_from(i64::from(self.y1) - i64::from(self.y0)).unwrap_or(0)
    }

    /// How many px are in it.
    #[must_use]
    pub fn area(self) -> u64 {
        u64::from(self.width()) * u64::from(self.height())
    }

    /// The px in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self::new(
            self.x0.max(other.x0),
            self.y0.max(other.y0),
            self.x1.min(other.x1),
            self.y1.min(other.y1),
        )
        .normalized()
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            other
        } else if other.is_empty() {
            self
        } else {
            Self::new(
                self.x0.min(other.x0),
                self.y0.min(other.y0),
                self.x1.max(other.x1),
                self.y1.max(other.y1),
            )
        }
    }

    /// Whether every px of `other` is in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        other.is_empty()
            || (self.x0 <= other.x0
                && self.y0 <= other.y0
                && self.x1 >= other.x1
                && self.y1 >= other.y1)
    }

    /// Moved by `x` and `y`.
    #[must_use]
    pub fn translate(self, x: i32, y: i32) -> Self {
        Self::new(
            self.x0.saturating_add(x),
            self.y0.saturating_add(y),
            self.x1.saturating_add(x),
            self.y1.saturating_add(y),
        )
    }

    /// Grown by `by` on each side.
    #[must_use]
    pub fn inflate(self, by: i32) -> Self {
        if self.is_empty() {
            return self;
        }
        Self::new(
            self.x0.saturating_sub(by),
            self.y0.saturating_sub(by),
            self.x1.saturating_add(by),
            self.y1.saturating_add(by),
        )
        .normalized()
    }

    /// The same rectangle with real edges.
    #[must_use]
    pub fn to_rect(self) -> Rect {
        Rect::new(self.x0.into(), self.y0.into(), self.x1.into(), self.y1.into())
    }
}

/// Adds `rect` to a short list of disjoint-ish rectangles: it is merged with
/// one that it nearly fills a common rectangle with, or with any once the list
/// is full.
pub(crate) fn add_damage(list: &mut Vec<IntRect>, rect: IntRect) {
    const MOST: usize = 8;
    if rect.is_empty() || list.iter().any(|other| other.contains(rect)) {
        return;
    }
    let mut rect = rect;
    loop {
        let candidate = list.iter().position(|other| {
            let both = other.union(rect).area();
            let sum = other.area() + rect.area();
            list.len() >= MOST || both <= sum + sum / 4
        });
        match candidate {
            Some(index) => rect = list.swap_remove(index).union(rect),
            None => break,
        }
    }
    list.push(rect);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_out_ignores_noise_and_nonsense() {
        let check = |rect: Rect, expected: IntRect| assert_eq!(IntRect::around(rect), expected);
        check(Rect::new(0.2, 0.0, 9.9, 4.0), IntRect::new(0, 0, 10, 4));
        check(Rect::new(1.0 - 1e-9, 0.0, 4.0 + 1e-9, 1.0), IntRect::new(1, 0, 4, 1));
        check(Rect::new(f64::NAN, 0.0, 1.0, 1.0), IntRect::EMPTY);
        check(Rect::new(5.0, 5.0, 5.0, 9.0), IntRect::EMPTY);
        assert!(IntRect::around(Rect::new(-1e300, 0.0, 1e300, 1.0)).width() > 0);
    }

    #[test]
    fn damage_stays_a_short_list_that_covers_everything() {
        let mut list = Vec::new();
        let rects: Vec<_> =
            (0..40).map(|i| IntRect::new(i * 37, i * 91, i * 37 + 5, i * 91 + 5)).collect();
        for rect in &rects {
            add_damage(&mut list, *rect);
        }
        assert!(list.len() <= 8, "{}", list.len());
        for rect in rects {
            assert!(list.iter().any(|damage| damage.contains(rect)), "{rect:?}");
        }
    }
}
