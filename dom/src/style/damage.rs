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
/// Set when something changed that layout reads.
const LAYOUT_BIT: u16 = 1 << 9;
/// Set when the offsets of a positioned box changed.
const OFFSETS_BIT: u16 = 1 << 10;
/// Set when the box is, or is no longer, a stacking context.
const STACK_BIT: u16 = 1 << 11;

impl Damage {
    /// Reads the bits that stylo collected for an element, and for its
    /// pseudo-elements if it has some.
    pub(crate) fn from_stylo(damage: RestyleDamage, has_pseudos: bool) -> Self {
        if damage == RestyleDamage::reconstruct() {
            return Self::REBUILD;
        }
        let bits = damage.bits();
        if bits & REBUILD_BIT != 0 {
            return Self::REBUILD;
        }
        if damage.contains(ServoRestyleDamage::RELAYOUT) {
            // The bit that all unclassified properties set: ours say more.
            let mut result = Self::empty();
            result.set(Self::RELAYOUT, bits & LAYOUT_BIT != 0);
            result.set(Self::REPOSITION, bits & OFFSETS_BIT != 0);
            result.set(Self::RESTACK, bits & STACK_BIT != 0);
            if has_pseudos {
                // Lesser damage of a pseudo-element hides in the same bit.
                result |= Self::REPOSITION | Self::RESTACK;
            }
            if !result.intersects(Self::RELAYOUT) && result != Self::REPOSITION {
                result |= Self::REPAINT;
            }
            return result;
        }
        if damage.contains(ServoRestyleDamage::RECALCULATE_OVERFLOW) {
            return Self::REPOSITION | Self::REPAINT;
        }
        if damage.contains(ServoRestyleDamage::REBUILD_STACKING_CONTEXT) {
            return Self::RESTACK | Self::REPAINT;
        }
        Self::REPAINT
    }
}

/// Whether two styles of a pseudo-element differ in anything.
pub(crate) fn is_other_style(old: &ComputedValues, new: &ComputedValues) -> bool {
    macro_rules! differ {
        ($($get:ident),*) => { $(old.$get() != new.$get())||* };
    }
    differ!(
        get_background,
        get_border,
        get_box,
        get_counters,
        get_effects,
        get_inherited_box,
        get_inherited_text,
        get_margin,
        get_outline,
        get_padding,
        get_position,
        get_font
    )
}

/// Looks closer at a change that stylo says needs layout (which it says of any
/// property that nobody has classified): most need only layout, some another
/// box, and some neither.
pub(crate) fn refine(old: &ComputedValues, new: &ComputedValues) -> RestyleDamage {
    let mut bits = if needs_new_box(old, new) {
        REBUILD_BIT
    } else if !layout_reads_the_same(old, new) {
        LAYOUT_BIT
    } else if old.get_position() == new.get_position() {
        0
    } else if only_offsets_changed(old, new) {
        OFFSETS_BIT
    } else {
        LAYOUT_BIT
    };
    if old.guarantees_stacking_context() != new.guarantees_stacking_context() {
        bits |= STACK_BIT;
    }
    RestyleDamage::from_bits_retain(bits)
}

/// Whether all that layout reads is equal, but for the position struct, which
/// the caller looks at.
fn layout_reads_the_same(old: &ComputedValues, new: &ComputedValues) -> bool {
    old.get_box() == new.get_box()
        && old.get_margin() == new.get_margin()
        && old.get_padding() == new.get_padding()
        && old.get_font() == new.get_font()
        && old.get_inherited_text() == new.get_inherited_text()
        && old.get_text() == new.get_text()
        && old.get_column() == new.get_column()
        && old.get_table() == new.get_table()
        && old.get_inherited_table() == new.get_inherited_table()
        && same_border_sizes(old, new)
        && same_visibility_for_layout(old, new)
}

/// Whether borders differ in nothing but colours, radii and images.
fn same_border_sizes(old: &ComputedValues, new: &ComputedValues) -> bool {
    let (o, n) = (old.get_border(), new.get_border());
    if o == n {
        return true;
    }
    let mut like = o.clone();
    like.border_top_color = n.border_top_color.clone();
    like.border_right_color = n.border_right_color.clone();
    like.border_bottom_color = n.border_bottom_color.clone();
    like.border_left_color = n.border_left_color.clone();
    like.border_top_left_radius = n.border_top_left_radius.clone();
    like.border_top_right_radius = n.border_top_right_radius.clone();
    like.border_bottom_left_radius = n.border_bottom_left_radius.clone();
    like.border_bottom_right_radius = n.border_bottom_right_radius.clone();
    like.border_image_source = n.border_image_source.clone();
    like == *n
}

/// Whether what boxes inherit differs in nothing but whether they are seen.
/// `collapse` takes rows and flex items out of layout.
fn same_visibility_for_layout(old: &ComputedValues, new: &ComputedValues) -> bool {
    use style::computed_values::visibility::T as Visibility;
    let (o, n) = (old.get_inherited_box(), new.get_inherited_box());
    if o == n {
        return true;
    }
    if o.visibility == Visibility::Collapse || n.visibility == Visibility::Collapse {
        return false;
    }
    let mut like = o.clone();
    like.visibility = n.visibility;
    like.image_rendering = n.image_rendering;
    like == *n
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
        || old.get_effects().filter.0.is_empty() != new.get_effects().filter.0.is_empty()
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

/// Whether the position structs differ in nothing but the offsets of an
/// absolutely, fixed or relatively positioned box.
fn only_offsets_changed(old: &ComputedValues, new: &ComputedValues) -> bool {
    use style::computed_values::position::T as Position;
    if !matches!(new.get_box().position, Position::Absolute | Position::Relative | Position::Fixed)
    {
        return false;
    }
    let (o, n) = (old.get_position(), new.get_position());
    let mut moved = o.clone();
    moved.top = n.top.clone();
    moved.right = n.right.clone();
    moved.bottom = n.bottom.clone();
    moved.left = n.left.clone();
    moved == *n && offsets_keep_the_size(o, n)
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
