//! Resolved values: computed for most properties, used for those that layout
//! decides.
//!
//! <https://drafts.csswg.org/cssom/#resolved-values>

use crate::layout::UsedValues;
use crate::style::{property_id, resolve};
use kurbo::Size;
use style::computed_values::position::T as Position;
use style::properties::{ComputedValues, LonghandId, PropertyId};
use style::values::computed::{CSSPixelLength, Inset};

/// A property that is asked for.
pub(super) struct Property(PropertyId);

/// The four sides, in the order of shorthands.
const MARGINS: [LonghandId; 4] = [
    LonghandId::MarginTop,
    LonghandId::MarginRight,
    LonghandId::MarginBottom,
    LonghandId::MarginLeft,
];
const PADDINGS: [LonghandId; 4] = [
    LonghandId::PaddingTop,
    LonghandId::PaddingRight,
    LonghandId::PaddingBottom,
    LonghandId::PaddingLeft,
];
const OFFSETS: [LonghandId; 4] =
    [LonghandId::Top, LonghandId::Right, LonghandId::Bottom, LonghandId::Left];

impl Property {
    pub(super) fn parse(name: &str) -> Option<Self> {
        property_id(name).map(Self)
    }

    /// Whether layout may have to be asked.
    pub(super) fn may_be_used_value(&self) -> bool {
        match self.0.as_shorthand() {
            Ok(shorthand) => shorthand.longhands().any(is_used_longhand),
            Err(_) => self.0.longhand_id().is_some_and(is_used_longhand),
        }
    }

    pub(super) fn computed(&self, style: &ComputedValues) -> String {
        resolve(style, &self.0)
    }

    /// Whether the value is a matrix that depends on the size of the box.
    pub(super) fn is_transform(&self) -> bool {
        self.0.longhand_id() == Some(LonghandId::Transform)
    }

    /// The used value; `None` if this property's is the computed one.
    pub(super) fn used(&self, style: &ComputedValues, used: &UsedValues) -> Option<String> {
        match self.0.as_shorthand() {
            Err(_) => one(self.0.longhand_id()?, style, used),
            Ok(shorthand) => {
                let sides: Option<Vec<String>> =
                    shorthand.longhands().map(|l| one(l, style, used)).collect();
                match sides?.as_slice() {
                    [top, right, bottom, left] => Some(four(top, right, bottom, left)),
                    [start, end] if start == end => Some(start.clone()),
                    [start, end] => Some(format!("{start} {end}")),
                    _ => None,
                }
            }
        }
    }
}

fn is_used_longhand(id: LonghandId) -> bool {
    use LonghandId as L;
    id.is_logical()
        || matches!(id, L::Width | L::Height)
        || MARGINS.contains(&id)
        || PADDINGS.contains(&id)
        || OFFSETS.contains(&id)
}

fn one(id: LonghandId, style: &ComputedValues, used: &UsedValues) -> Option<String> {
    let id = if id.is_logical() { id.to_physical(style.writing_mode) } else { id };
    match id {
        LonghandId::Width => return Some(px(used.size.width)),
        LonghandId::Height => return Some(px(used.size.height)),
        _ => {}
    }
    let side = |sides: &[LonghandId; 4], of: kurbo::Insets| {
        let at = sides.iter().position(|s| *s == id)?;
        Some(px([of.y0, of.x1, of.y1, of.x0][at]))
    };
    if let Some(value) = side(&MARGINS, used.margin).or_else(|| side(&PADDINGS, used.padding)) {
        return Some(value);
    }
    offset(id, style, used)
}

/// A side's offset. Percentages are made px; what is `auto` is what it comes to.
///
/// <https://drafts.csswg.org/cssom/#resolved-value-special-case-property-like-top>
fn offset(id: LonghandId, style: &ComputedValues, used: &UsedValues) -> Option<String> {
    let at = OFFSETS.iter().position(|side| *side == id)?;
    let position = style.get_position();
    let sides = [&position.top, &position.right, &position.bottom, &position.left];
    let basis = if at % 2 == 0 { used.containing.height } else { used.containing.width };
    let resolve = |side: usize| match sides[side] {
        Inset::LengthPercentage(value) => {
            Some(f64::from(value.resolve(CSSPixelLength::new(basis as f32)).px()))
        }
        _ => None,
    };
    match (style.get_box().position, resolve(at)) {
        // A box that is not positioned keeps its computed offsets.
        (Position::Static, _) => None,
        (_, Some(own)) => Some(px(own)),
        (Position::Relative, None) => {
            Some(px(resolve((at + 2) % 4).map_or(0.0, |other| 0.0 - other)))
        }
        (Position::Sticky, None) => None,
        (Position::Absolute | Position::Fixed, None) => {
            let inset = used.inset?;
            Some(px([inset.y0, inset.x1, inset.y1, inset.x0][at]))
        }
    }
}

/// A transform list as one matrix, percentages resolved against the border
/// box. `None` if they cannot be, without a box.
///
/// <https://drafts.csswg.org/css-transforms/#serialization-of-the-computed-value>
pub(super) fn matrix(style: &ComputedValues, border_box: Option<Size>) -> Option<String> {
    let list = &style.get_box().transform;
    if list.0.is_empty() {
        return Some("none".to_owned());
    }
    let reference = border_box.map(|size| {
        let length = |v: f64| CSSPixelLength::new(v as f32);
        euclid::Rect::new(
            euclid::Point2D::zero(),
            euclid::Size2D::new(length(size.width), length(size.height)),
        )
    });
    let (m, is_3d) = list.to_transform_3d_matrix(reference.as_ref()).ok()?;
    let numbers: Vec<String> = if is_3d {
        m.to_array().iter().map(|n| number(f64::from(*n))).collect()
    } else {
        [m.m11, m.m12, m.m21, m.m22, m.m41, m.m42].iter().map(|n| number(f64::from(*n))).collect()
    };
    let name = if is_3d { "matrix3d" } else { "matrix" };
    Some(format!("{name}({})", numbers.join(", ")))
}

/// The shortest form of four sides.
fn four(top: &str, right: &str, bottom: &str, left: &str) -> String {
    if left != right {
        format!("{top} {right} {bottom} {left}")
    } else if bottom != top {
        format!("{top} {right} {bottom}")
    } else if right != top {
        format!("{top} {right}")
    } else {
        top.to_owned()
    }
}

fn px(value: f64) -> String {
    number(value) + "px"
}

/// A number as CSS writes it: four decimals at most, no needless zeros.
fn number(value: f64) -> String {
    let mut text = format!("{value:.4}");
    while text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
    if text == "-0" {
        text = "0".to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sides_are_short() {
        assert_eq!(px(10.0), "10px");
        assert_eq!(px(-0.0), "0px");
        assert_eq!(px(33.333_333), "33.3333px");
        assert_eq!(four("1px", "2px", "1px", "2px"), "1px 2px");
        assert_eq!(four("1px", "1px", "1px", "1px"), "1px");
        assert_eq!(four("1px", "2px", "3px", "2px"), "1px 2px 3px");
        assert_eq!(four("1px", "2px", "3px", "4px"), "1px 2px 3px 4px");
    }
}
