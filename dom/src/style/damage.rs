//! What a change of style asks of the passes after it.

use style::properties::ComputedValues;
use style::selector_parser::RestyleDamage;
use style::servo::restyle_damage::ServoRestyleDamage;

bitflags::bitflags! {
    /// What has to be done again for an element whose style changed. Each bit
    /// stands alone: a box that is rebuilt need not say that it is repainted.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Damage: u16 {
        /// Paint the element's own box again.
        const REPAINT = 1 << 0;
        /// What paints in which order may change: `z-index`, `opacity` to or
        /// from 1, and the like.
        const RESTACK = 1 << 1;
        /// The element, or what is in it, moves without a change of size:
        /// `transform`, offsets of a positioned box.
        const REPOSITION = 1 << 2;
        /// Sizes or lines may change: lay out again.
        const RELAYOUT = 1 << 3;
        /// The box itself is another: its kind, whether it exists, or its
        /// pseudo-elements.
        const REBUILD = 1 << 4;
    }
}

/// Set beside stylo's own bits when the box must be rebuilt.
const REBUILD_BIT: u16 = 1 << 8;
/// Set when only the offsets of a positioned box changed.
const OFFSETS_BIT: u16 = 1 << 9;

impl Damage {
    /// Reads the bits that stylo collected for an element.
    pub(crate) fn from_stylo(damage: RestyleDamage) -> Self {
        if damage == RestyleDamage::reconstruct() {
            return Self::REBUILD;
        }
        let bits = damage.bits();
        let mut result = Self::empty();
        if bits & REBUILD_BIT != 0 {
            result |= Self::REBUILD;
        } else if bits & OFFSETS_BIT != 0 {
            result |= Self::REPOSITION;
        } else if damage.contains(ServoRestyleDamage::RELAYOUT) {
            result |= Self::RELAYOUT;
        } else if damage.contains(ServoRestyleDamage::RECALCULATE_OVERFLOW) {
            result |= Self::REPOSITION | Self::REPAINT;
        } else if damage.contains(ServoRestyleDamage::REBUILD_STACKING_CONTEXT) {
            result |= Self::RESTACK | Self::REPAINT;
        } else if damage.contains(ServoRestyleDamage::REPAINT) {
            result |= Self::REPAINT;
        }
        result
    }
}

/// Looks closer at a change that stylo says needs layout: most need only
/// layout, some another box, and a moved positioned box neither.
pub(crate) fn refine(old: &ComputedValues, new: &ComputedValues) -> RestyleDamage {
    let bits = if needs_new_box(old, new) {
        REBUILD_BIT
    } else if only_offsets_changed(old, new) {
        OFFSETS_BIT
    } else {
        0
    };
    RestyleDamage::from_bits_retain(bits)
}

/// Whether the kind of box, or the content that style gives it, changed.
fn needs_new_box(old: &ComputedValues, new: &ComputedValues) -> bool {
    let (o, n) = (old.get_box(), new.get_box());
    if o.display != n.display
        || o.original_display != n.original_display
        || o.position != n.position
        || o.float != n.float
        || o.overflow_x != n.overflow_x
        || o.overflow_y != n.overflow_y
        || o.has_transform_or_perspective() != n.has_transform_or_perspective()
    {
        return true;
    }
    if old.get_counters() != new.get_counters() || old.get_list() != new.get_list() {
        return true;
    }
    // The text of an inline root is built with these.
    let (o, n) = (old.get_inherited_text(), new.get_inherited_text());
    o.white_space_collapse != n.white_space_collapse || o.text_transform != n.text_transform
}

/// Whether the two styles differ in nothing that layout reads but the offsets
/// of an absolutely, fixed or relatively positioned box.
fn only_offsets_changed(old: &ComputedValues, new: &ComputedValues) -> bool {
    use style::computed_values::position::T as Position;
    if !matches!(
        new.get_box().position,
        Position::Absolute | Position::Relative | Position::Fixed
    ) {
        return false;
    }
    let (o, n) = (old.get_position(), new.get_position());
    if o == n {
        return false;
    }
    let mut moved = o.clone();
    moved.top = n.top.clone();
    moved.right = n.right.clone();
    moved.bottom = n.bottom.clone();
    moved.left = n.left.clone();
    moved == *n
        && old.get_box() == new.get_box()
        && old.get_margin() == new.get_margin()
        && old.get_padding() == new.get_padding()
        && old.get_border() == new.get_border()
        && old.get_font() == new.get_font()
        && old.get_inherited_text() == new.get_inherited_text()
        && old.get_inherited_box() == new.get_inherited_box()
        && old.get_text() == new.get_text()
        && old.get_column() == new.get_column()
        && old.get_table() == new.get_table()
        && old.get_inherited_table() == new.get_inherited_table()
        && offsets_keep_the_size(o, n)
}

/// An absolutely positioned box whose size is `auto` may be stretched between
/// its offsets: then they are not only a matter of place. The pairs must keep
/// which of them are `auto`, and only one of each pair may be set.
fn offsets_keep_the_size(
    old: &style::properties::style_structs::Position,
    new: &style::properties::style_structs::Position,
) -> bool {
    use style::values::computed::position::Inset;
    let auto = |inset: &Inset| matches!(inset, Inset::Auto);
    auto(&old.left) == auto(&new.left)
        && auto(&old.right) == auto(&new.right)
        && auto(&old.top) == auto(&new.top)
        && auto(&old.bottom) == auto(&new.bottom)
        && (auto(&new.left) || auto(&new.right))
        && (auto(&new.top) || auto(&new.bottom))
}
