//! Computed values as layout and painting read them.
//!
//! A style is converted once per set of computed values (which stylo shares
//! among alike elements), not once per question.

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use servo_arc::Arc as ServoArc;
use style::Atom;
use style::computed_values::flex_direction::T as FlexDirection;
use style::computed_values::mix_blend_mode::T as MixBlendMode;
use style::computed_values::position::T as Position;
use style::computed_values::visibility::T as Visibility;
use style::properties::ComputedValues;
use style::properties::longhands::{
    box_sizing::computed_value::T as BoxSizing, direction::computed_value::T as Direction,
};
use style::values::computed::length_percentage::Unpacked;
use style::values::computed::{
    Clear, Contain, Display, FlexWrap, Float, GridLine, GridTemplateComponent, ImplicitGridTracks,
    Inset, LengthPercentage, Margin, MaxSize, Overflow, Size,
};
use style::values::generics::flex::GenericFlexBasis;
use style::values::generics::grid::{RepeatCount, TrackBreadth, TrackListValue, TrackSize};
use style::values::generics::length::GenericLengthPercentageOrNormal as Gap;
use style::values::generics::position::PreferredRatio;
use style::values::specified::GenericGridTemplateComponent;
use style::values::specified::align::{AlignFlags, ContentDistribution};
use style::values::specified::box_::{DisplayInside, DisplayOutside, WillChangeBits};
use style::values::specified::position::{GridAutoFlow, GridTemplateAreas};
use taffy::style_helpers::{TaffyAuto as _, TaffyZero as _};

use super::calc;
use crate::text::{TextContext, TextStyle};

/// A computed style with what layout makes of it.
#[derive(Debug)]
pub(crate) struct LayoutStyle {
    /// Keeps alive what `taffy` points into.
    pub(crate) values: ServoArc<ComputedValues>,
    pub(crate) taffy: taffy::Style<Atom>,
    pub(crate) flags: StyleFlags,
    text: OnceCell<Rc<TextStyle>>,
}

bitflags::bitflags! {
    /// Answers to questions that are asked for every box.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct StyleFlags: u32 {
        /// Out of flow: absolute or fixed.
        const OUT_OF_FLOW = 1 << 0;
        const FIXED = 1 << 1;
        /// Any `position` but static.
        const POSITIONED = 1 << 2;
        const FLOAT = 1 << 3;
        /// Makes a stacking context of its own.
        const STACKING_CONTEXT = 1 << 4;
        /// The containing block of absolute descendants.
        const CONTAINS_ABSOLUTE = 1 << 5;
        /// The containing block of fixed descendants, too.
        const CONTAINS_FIXED = 1 << 6;
        /// Clips its overflow, in either axis.
        const CLIPS = 1 << 7;
        /// The user can scroll it.
        const SCROLLS = 1 << 8;
        const VISIBLE = 1 << 9;
        /// Has a background colour or image.
        const BACKGROUND = 1 << 10;
        const BORDER = 1 << 11;
        const SHADOW = 1 << 12;
        const OUTLINE = 1 << 13;
        const TRANSFORM = 1 << 14;
        /// Painted as one picture: opacity, filter, blending.
        const EFFECTS = 1 << 15;
        /// Inline-level in its parent's eyes.
        const INLINE_LEVEL = 1 << 16;
        const RTL = 1 << 17;
        /// Sticks to its scroll container's edges.
        const STICKY = 1 << 18;
        /// A layer of its own, since it will be animated.
        const WILL_CHANGE = 1 << 19;
        const NO_POINTER = 1 << 20;
    }
}

impl LayoutStyle {
    fn new(values: ServoArc<ComputedValues>) -> Self {
        let taffy = convert(&values);
        let flags = flags(&values, &taffy);
        Self { values, taffy, flags, text: OnceCell::new() }
    }

    pub(crate) fn has(&self, flag: StyleFlags) -> bool {
        self.flags.contains(flag)
    }

    pub(crate) fn display(&self) -> Display {
        self.values.get_box().display
    }

    /// The inline-layout part.
    pub(crate) fn text(&self, context: &mut TextContext) -> Rc<TextStyle> {
        self.text.get_or_init(|| Rc::new(context.style(&self.values))).clone()
    }

    /// The inline-layout part, if somebody asked for it with a context before.
    pub(crate) fn known_text(&self) -> Option<&Rc<TextStyle>> {
        self.text.get()
    }

    /// Takes over the inline-layout part of a style that differs in nothing
    /// that lines read.
    pub(crate) fn keep_text(&self, old: &Self) {
        if let Some(text) = old.text.get() {
            // If somebody made it already, it is the same.
            let _ = self.text.set(text.clone());
        }
    }

    fn as_replaced(&self, picture: bool) -> Self {
        let mut taffy = self.taffy.clone();
        taffy.item_is_replaced = picture;
        taffy.item_is_compressible_replaced = true;
        Self { values: self.values.clone(), taffy, flags: self.flags, text: self.text.clone() }
    }

    /// The style of an anonymous block box in this one's box: inherited
    /// properties from here, all others initial.
    pub(crate) fn anonymous_block(&self) -> Self {
        let taffy = taffy::Style {
            display: taffy::Display::Block,
            direction: self.taffy.direction,
            box_sizing: taffy::BoxSizing::ContentBox,
            ..taffy::Style::DEFAULT
        };
        let flags = self.flags & (StyleFlags::VISIBLE | StyleFlags::RTL | StyleFlags::NO_POINTER);
        Self { values: self.values.clone(), taffy, flags, text: self.text.clone() }
    }
}

/// Converted styles, by the address of their computed values.
#[derive(Debug, Default)]
pub(crate) struct StyleCache {
    styles: FxHashMap<usize, Variants>,
    limit: usize,
}

/// One set of computed values as different kinds of boxes read it.
#[derive(Debug)]
struct Variants {
    plain: Rc<LayoutStyle>,
    anonymous: Option<Rc<LayoutStyle>>,
    picture: Option<Rc<LayoutStyle>>,
    field: Option<Rc<LayoutStyle>>,
}

impl Variants {
    fn in_use(&self) -> bool {
        let used = |style: &Rc<LayoutStyle>| Rc::strong_count(style) > 1;
        used(&self.plain)
            || [&self.anonymous, &self.picture, &self.field].into_iter().flatten().any(used)
    }
}

impl StyleCache {
    /// The conversion of `values`, made if it is new.
    pub(crate) fn get(&mut self, values: &ServoArc<ComputedValues>) -> Rc<LayoutStyle> {
        self.entry(values).plain.clone()
    }

    /// The style of anonymous blocks in a box with the style `of`.
    pub(crate) fn anonymous(&mut self, of: &LayoutStyle) -> Rc<LayoutStyle> {
        let entry = self.entry(&of.values);
        let plain = &entry.plain;
        entry.anonymous.get_or_insert_with(|| Rc::new(plain.anonymous_block())).clone()
    }

    /// The style of a replaced box, or of a form control that is sized like one.
    pub(crate) fn replaced(&mut self, of: &LayoutStyle, picture: bool) -> Rc<LayoutStyle> {
        let entry = self.entry(&of.values);
        let plain = &entry.plain;
        let variant = if picture { &mut entry.picture } else { &mut entry.field };
        variant.get_or_insert_with(|| Rc::new(plain.as_replaced(picture))).clone()
    }

    fn entry(&mut self, values: &ServoArc<ComputedValues>) -> &mut Variants {
        if self.styles.len() > self.limit {
            self.styles.retain(|_, variants| variants.in_use());
            self.limit = 256.max(self.styles.len() * 2);
        }
        // The cached style owns its values, so their address is not reused.
        let address = std::ptr::from_ref::<ComputedValues>(values).addr();
        self.styles.entry(address).or_insert_with(|| Variants {
            plain: Rc::new(LayoutStyle::new(values.clone())),
            anonymous: None,
            picture: None,
            field: None,
        })
    }
}

fn flags(values: &ComputedValues, taffy: &taffy::Style<Atom>) -> StyleFlags {
    let mut flags = StyleFlags::empty();
    let b = values.get_box();
    let effects = values.get_effects();
    let position = b.position;
    let fixed = position == Position::Fixed;
    let sticky = position == Position::Sticky;
    let will_change = b.will_change.bits;
    let transform = !b.transform.0.is_empty()
        || !matches!(b.rotate, style::values::generics::transform::Rotate::None)
        || !matches!(b.scale, style::values::generics::transform::Scale::None)
        || !matches!(b.translate, style::values::generics::transform::Translate::None);
    let filter = !effects.filter.0.is_empty();
    let grouped =
        effects.opacity != 1.0 || filter || effects.mix_blend_mode != MixBlendMode::Normal;
    let paint_contained = b.contain.intersects(Contain::PAINT | Contain::LAYOUT);
    let z_index = !values.get_position().z_index.is_auto();
    let positioned = position != Position::Static;
    let stacks = fixed
        || sticky
        || (z_index && positioned)
        || grouped
        || transform
        || paint_contained
        || will_change.contains(WillChangeBits::STACKING_CONTEXT_UNCONDITIONAL);
    let contains_all = transform
        || filter
        || paint_contained
        || will_change.contains(WillChangeBits::FIXPOS_CB_NON_SVG);
    let clips = taffy.overflow.x != taffy::Overflow::Visible
        || taffy.overflow.y != taffy::Overflow::Visible;
    let scrolls = matches!(b.overflow_x, Overflow::Scroll | Overflow::Auto)
        || matches!(b.overflow_y, Overflow::Scroll | Overflow::Auto);
    let background = values.get_background();
    let transparent =
        background.background_color.as_absolute().is_some_and(|color| color.alpha == 0.0);
    let images = background
        .background_image
        .0
        .iter()
        .any(|image| !matches!(image, style::values::computed::Image::None));
    let zero = taffy::LengthPercentage::ZERO;
    let border = taffy.border.left != zero
        || taffy.border.right != zero
        || taffy.border.top != zero
        || taffy.border.bottom != zero;
    let outline = values.get_outline();
    for (flag, on) in [
        (StyleFlags::OUT_OF_FLOW, matches!(position, Position::Absolute | Position::Fixed)),
        (StyleFlags::FIXED, fixed),
        (StyleFlags::STICKY, sticky),
        (StyleFlags::POSITIONED, positioned),
        (StyleFlags::FLOAT, taffy.float != taffy::Float::None),
        (StyleFlags::STACKING_CONTEXT, stacks),
        (StyleFlags::CONTAINS_ABSOLUTE, positioned || contains_all),
        (StyleFlags::CONTAINS_FIXED, contains_all),
        (StyleFlags::CLIPS, clips),
        (StyleFlags::SCROLLS, scrolls),
        (StyleFlags::VISIBLE, values.get_inherited_box().visibility == Visibility::Visible),
        (StyleFlags::BACKGROUND, !transparent || images),
        (StyleFlags::BORDER, border),
        (StyleFlags::SHADOW, !effects.box_shadow.0.is_empty()),
        (
            StyleFlags::OUTLINE,
            !outline.outline_style.none_or_hidden() && outline.outline_width.0 > app_units::Au(0),
        ),
        (StyleFlags::TRANSFORM, transform),
        (StyleFlags::EFFECTS, grouped),
        (StyleFlags::INLINE_LEVEL, b.display.outside() == DisplayOutside::Inline),
        (StyleFlags::RTL, values.get_inherited_box().direction == Direction::Rtl),
        (
            StyleFlags::WILL_CHANGE,
            will_change.intersects(WillChangeBits::TRANSFORM | WillChangeBits::OPACITY),
        ),
        (
            StyleFlags::NO_POINTER,
            values.get_inherited_ui().pointer_events
                == style::values::specified::ui::PointerEvents::None,
        ),
    ] {
        flags.set(flag, on);
    }
    flags
}

fn convert(values: &ComputedValues) -> taffy::Style<Atom> {
    let b = values.get_box();
    let p = values.get_position();
    let m = values.get_margin();
    let d = values.get_padding();
    let rtl = values.get_inherited_box().direction == Direction::Rtl;
    let display = b.display;
    let borders = border_widths(values);
    taffy::Style {
        dummy: std::marker::PhantomData,
        display: convert_display(display),
        item_is_table: matches!(display.inside(), DisplayInside::Table),
        item_is_replaced: false,
        item_is_compressible_replaced: false,
        box_sizing: match p.box_sizing {
            BoxSizing::BorderBox => taffy::BoxSizing::BorderBox,
            BoxSizing::ContentBox => taffy::BoxSizing::ContentBox,
        },
        direction: if rtl { taffy::Direction::Rtl } else { taffy::Direction::Ltr },
        overflow: taffy::Point { x: overflow(b.overflow_x), y: overflow(b.overflow_y) },
        // Scroll bars lie over the content, as on every phone.
        scrollbar_width: 0.0,
        contain: contain(b.contain),
        float: match b.float {
            Float::None => taffy::Float::None,
            Float::Left => taffy::Float::Left,
            Float::Right => taffy::Float::Right,
            Float::InlineStart => {
                if rtl {
                    taffy::Float::Right
                } else {
                    taffy::Float::Left
                }
            }
            Float::InlineEnd => {
                if rtl {
                    taffy::Float::Left
                } else {
                    taffy::Float::Right
                }
            }
        },
        clear: match b.clear {
            Clear::None => taffy::Clear::None,
            Clear::Left => taffy::Clear::Left,
            Clear::Right => taffy::Clear::Right,
            Clear::Both => taffy::Clear::Both,
            Clear::InlineStart => {
                if rtl {
                    taffy::Clear::Right
                } else {
                    taffy::Clear::Left
                }
            }
            Clear::InlineEnd => {
                if rtl {
                    taffy::Clear::Left
                } else {
                    taffy::Clear::Right
                }
            }
        },
        position: match b.position {
            Position::Static => taffy::Position::Static,
            Position::Relative => taffy::Position::Relative,
            Position::Absolute => taffy::Position::Absolute,
            Position::Fixed => taffy::Position::Fixed,
            Position::Sticky => taffy::Position::Sticky,
        },
        inset: taffy::Rect {
            left: inset(&p.left),
            right: inset(&p.right),
            top: inset(&p.top),
            bottom: inset(&p.bottom),
        },
        size: taffy::Size { width: size(&p.width), height: size(&p.height) },
        min_size: taffy::Size { width: min_size(&p.min_width), height: min_size(&p.min_height) },
        max_size: taffy::Size { width: max_size(&p.max_width), height: max_size(&p.max_height) },
        aspect_ratio: match p.aspect_ratio.ratio {
            PreferredRatio::None => None,
            PreferredRatio::Ratio(ratio) => {
                let value = ratio.0.0 / ratio.1.0;
                (value.is_finite() && value > 0.0).then_some(value)
            }
        },
        margin: taffy::Rect {
            left: margin(&m.margin_left),
            right: margin(&m.margin_right),
            top: margin(&m.margin_top),
            bottom: margin(&m.margin_bottom),
        },
        padding: taffy::Rect {
            left: length_percentage(&d.padding_left.0),
            right: length_percentage(&d.padding_right.0),
            top: length_percentage(&d.padding_top.0),
            bottom: length_percentage(&d.padding_bottom.0),
        },
        border: borders.map(taffy::LengthPercentage::length),
        align_items: items(p.align_items.0, false).unwrap_or(taffy::AlignItems::NORMAL),
        align_self: items(p.align_self.0, false),
        justify_items: items((p.justify_items.computed.0).0, rtl)
            .unwrap_or(taffy::AlignItems::NORMAL),
        justify_self: items(p.justify_self.0, rtl),
        align_content: match super::table::cell_alignment(values) {
            Some(0.5) => taffy::AlignContent::CENTER,
            Some(1.0) => taffy::AlignContent::END,
            _ => content(p.align_content, display).unwrap_or(taffy::AlignContent::NORMAL),
        },
        justify_content: justify_content(p.justify_content, p.flex_direction, rtl, display),
        gap: taffy::Size { width: gap(&p.column_gap), height: gap(&p.row_gap) },
        text_align: text_align(values),
        flex_direction: match p.flex_direction {
            FlexDirection::Row => taffy::FlexDirection::Row,
            FlexDirection::RowReverse => taffy::FlexDirection::RowReverse,
            FlexDirection::Column => taffy::FlexDirection::Column,
            FlexDirection::ColumnReverse => taffy::FlexDirection::ColumnReverse,
        },
        flex_wrap: if p.flex_wrap.contains(FlexWrap::WRAP_REVERSE) {
            taffy::FlexWrap::WrapReverse
        } else if p.flex_wrap.contains(FlexWrap::WRAP) {
            taffy::FlexWrap::Wrap
        } else {
            taffy::FlexWrap::NoWrap
        },
        flex_basis: match &p.flex_basis {
            GenericFlexBasis::Content => taffy::Dimension::content(),
            GenericFlexBasis::Size(value) => size(value),
        },
        flex_grow: p.flex_grow.0,
        flex_shrink: p.flex_shrink.0,
        grid_template_rows: tracks(&p.grid_template_rows),
        grid_template_columns: tracks(&p.grid_template_columns),
        grid_auto_rows: auto_tracks(&p.grid_auto_rows),
        grid_auto_columns: auto_tracks(&p.grid_auto_columns),
        grid_auto_flow: {
            let dense = p.grid_auto_flow.contains(GridAutoFlow::DENSE);
            match (p.grid_auto_flow.contains(GridAutoFlow::ROW), dense) {
                (true, false) => taffy::GridAutoFlow::Row,
                (true, true) => taffy::GridAutoFlow::RowDense,
                (false, false) => taffy::GridAutoFlow::Column,
                (false, true) => taffy::GridAutoFlow::ColumnDense,
            }
        },
        grid_template_areas: areas(&p.grid_template_areas),
        grid_template_column_names: line_names(&p.grid_template_columns),
        grid_template_row_names: line_names(&p.grid_template_rows),
        grid_row: taffy::Line { start: line(&p.grid_row_start), end: line(&p.grid_row_end) },
        grid_column: taffy::Line {
            start: line(&p.grid_column_start),
            end: line(&p.grid_column_end),
        },
    }
}

/// Used border widths: none where there is no style.
fn border_widths(values: &ComputedValues) -> taffy::Rect<f32> {
    let b = values.get_border();
    let width = |style: style::values::specified::BorderStyle, width: f32| {
        if style.none_or_hidden() { 0.0 } else { width }
    };
    taffy::Rect {
        left: width(b.border_left_style, b.border_left_width.0.to_f32_px()),
        right: width(b.border_right_style, b.border_right_width.0.to_f32_px()),
        top: width(b.border_top_style, b.border_top_width.0.to_f32_px()),
        bottom: width(b.border_bottom_style, b.border_bottom_width.0.to_f32_px()),
    }
}

fn convert_display(display: Display) -> taffy::Display {
    match display.inside() {
        DisplayInside::None | DisplayInside::Contents => taffy::Display::None,
        DisplayInside::Flow if display.outside() == DisplayOutside::Block => taffy::Display::Block,
        DisplayInside::Flex => taffy::Display::Flex,
        DisplayInside::Grid => taffy::Display::Grid,
        // What is in tables and their parts are boxes, never lines; where they
        // go, the table says. A row without a table is a line of cells.
        DisplayInside::Table
        | DisplayInside::TableRowGroup
        | DisplayInside::TableHeaderGroup
        | DisplayInside::TableFooterGroup => taffy::Display::Grid,
        DisplayInside::TableRow => taffy::Display::Flex,
        // Everything that is a block inside and on its own outside.
        _ => taffy::Display::FlowRoot,
    }
}

fn overflow(value: Overflow) -> taffy::Overflow {
    match value {
        Overflow::Visible => taffy::Overflow::Visible,
        Overflow::Clip => taffy::Overflow::Clip,
        Overflow::Hidden => taffy::Overflow::Hidden,
        Overflow::Scroll | Overflow::Auto => taffy::Overflow::Scroll,
    }
}

fn contain(value: Contain) -> taffy::Contain {
    let mut result = taffy::Contain::NONE;
    if value.contains(Contain::LAYOUT) {
        result |= taffy::Contain::LAYOUT;
    }
    if value.contains(Contain::PAINT) {
        result |= taffy::Contain::PAINT;
    }
    result
}

pub(crate) fn length_percentage(value: &LengthPercentage) -> taffy::LengthPercentage {
    match value.unpack() {
        Unpacked::Length(length) => taffy::LengthPercentage::length(length.px()),
        Unpacked::Percentage(percentage) => taffy::LengthPercentage::percent(percentage.0),
        Unpacked::Calc(value) => taffy::LengthPercentage::calc(calc::pointer(value)),
    }
}

fn size(value: &Size) -> taffy::Dimension {
    match value {
        Size::LengthPercentage(value) => length_percentage(&value.0).into(),
        Size::MinContent => taffy::Dimension::min_content(),
        Size::MaxContent => taffy::Dimension::max_content(),
        Size::FitContent => taffy::Dimension::fit_content(),
        Size::FitContentFunction(limit) => match limit.0.unpack() {
            Unpacked::Length(length) => taffy::Dimension::fit_content_px(length.px()),
            Unpacked::Percentage(part) => taffy::Dimension::fit_content_percent(part.0),
            Unpacked::Calc(value) => taffy::Dimension::fit_content_calc(calc::pointer(value)),
        },
        Size::Stretch | Size::WebkitFillAvailable => taffy::Dimension::stretch(),
        // Anchor positioning is off.
        _ => taffy::Dimension::AUTO,
    }
}

/// taffy knows no sizing keywords for limits: they limit nothing.
fn min_size(value: &Size) -> taffy::LengthPercentageAuto {
    match value {
        Size::LengthPercentage(value) => length_percentage(&value.0).into(),
        _ => taffy::LengthPercentageAuto::AUTO,
    }
}

fn max_size(value: &MaxSize) -> taffy::LengthPercentageAuto {
    match value {
        MaxSize::LengthPercentage(value) => length_percentage(&value.0).into(),
        _ => taffy::LengthPercentageAuto::AUTO,
    }
}

fn margin(value: &Margin) -> taffy::LengthPercentageAuto {
    match value {
        Margin::LengthPercentage(value) => length_percentage(value).into(),
        _ => taffy::LengthPercentageAuto::AUTO,
    }
}

fn inset(value: &Inset) -> taffy::LengthPercentageAuto {
    match value {
        Inset::LengthPercentage(value) => length_percentage(value).into(),
        _ => taffy::LengthPercentageAuto::AUTO,
    }
}

fn gap(
    value: &Gap<style::values::generics::NonNegative<LengthPercentage>>,
) -> taffy::LengthPercentage {
    match value {
        Gap::Normal => taffy::LengthPercentage::ZERO,
        Gap::LengthPercentage(value) => length_percentage(&value.0),
    }
}

/// `<center>` and `align` attributes move blocks, too.
fn text_align(values: &ComputedValues) -> taffy::TextAlign {
    use style::values::computed::text::TextAlign;
    match values.get_inherited_text().text_align {
        TextAlign::MozLeft => taffy::TextAlign::LegacyLeft,
        TextAlign::MozRight => taffy::TextAlign::LegacyRight,
        TextAlign::MozCenter => taffy::TextAlign::LegacyCenter,
        _ => taffy::TextAlign::Auto,
    }
}

fn items(flags: AlignFlags, rtl: bool) -> Option<taffy::AlignItems> {
    let mut result = match flags.value() {
        AlignFlags::NORMAL => taffy::AlignItems::NORMAL,
        AlignFlags::STRETCH => taffy::AlignItems::STRETCH,
        AlignFlags::START => taffy::AlignItems::START,
        AlignFlags::END => taffy::AlignItems::END,
        AlignFlags::SELF_START => taffy::AlignItems::SELF_START,
        AlignFlags::SELF_END => taffy::AlignItems::SELF_END,
        AlignFlags::FLEX_START => taffy::AlignItems::FLEX_START,
        AlignFlags::FLEX_END => taffy::AlignItems::FLEX_END,
        AlignFlags::CENTER => taffy::AlignItems::CENTER,
        AlignFlags::LEFT => {
            if rtl {
                taffy::AlignItems::END
            } else {
                taffy::AlignItems::START
            }
        }
        AlignFlags::RIGHT => {
            if rtl {
                taffy::AlignItems::START
            } else {
                taffy::AlignItems::END
            }
        }
        AlignFlags::BASELINE => taffy::AlignItems::BASELINE,
        // taffy aligns first baselines only; this is the fallback alignment.
        AlignFlags::LAST_BASELINE => taffy::AlignItems::END,
        // `auto`: as the parent says.
        _ => return None,
    };
    if flags.flags().contains(AlignFlags::SAFE) {
        result.safety = taffy::AlignmentSafety::Safe;
    }
    Some(result)
}

fn content(value: ContentDistribution, display: Display) -> Option<taffy::AlignContent> {
    let primary = value.primary();
    let mut result = match primary.value() {
        AlignFlags::START | AlignFlags::LEFT | AlignFlags::BASELINE => taffy::AlignContent::START,
        AlignFlags::END | AlignFlags::RIGHT | AlignFlags::LAST_BASELINE => taffy::AlignContent::END,
        AlignFlags::FLEX_START => taffy::AlignContent::FLEX_START,
        AlignFlags::FLEX_END => taffy::AlignContent::FLEX_END,
        AlignFlags::CENTER => taffy::AlignContent::CENTER,
        AlignFlags::STRETCH => taffy::AlignContent::STRETCH,
        AlignFlags::SPACE_BETWEEN => taffy::AlignContent::SPACE_BETWEEN,
        AlignFlags::SPACE_AROUND => taffy::AlignContent::SPACE_AROUND,
        AlignFlags::SPACE_EVENLY => taffy::AlignContent::SPACE_EVENLY,
        _ => return None,
    };
    // In a block container the content is one subject that must stay reachable.
    let block = matches!(display.inside(), DisplayInside::Flow | DisplayInside::FlowRoot);
    let flags = primary.flags();
    if flags.contains(AlignFlags::SAFE) || (block && !flags.contains(AlignFlags::UNSAFE)) {
        result.safety = taffy::AlignmentSafety::Safe;
    }
    Some(result)
}

fn justify_content(
    value: ContentDistribution,
    direction: FlexDirection,
    rtl: bool,
    display: Display,
) -> taffy::JustifyContent {
    let row = matches!(direction, FlexDirection::Row | FlexDirection::RowReverse);
    let physical = match value.primary().value() {
        AlignFlags::LEFT => Some(rtl),
        AlignFlags::RIGHT => Some(!rtl),
        _ => None,
    };
    match physical {
        Some(end) if row && end => taffy::JustifyContent::END,
        Some(_) => taffy::JustifyContent::START,
        None => content(value, display).unwrap_or(taffy::JustifyContent::NORMAL),
    }
}

fn line(value: &GridLine) -> taffy::GridPlacement<Atom> {
    let named = value.ident.0 != stylo_atoms::atom!("");
    let small = value.line_num.clamp(-10_000, 10_000) as i16;
    if value.is_span {
        let count = small.unsigned_abs().max(1);
        return if named {
            taffy::GridPlacement::NamedSpan(value.ident.0.clone(), count)
        } else {
            taffy::GridPlacement::Span(count)
        };
    }
    if named {
        taffy::GridPlacement::NamedLine(value.ident.0.clone(), small)
    } else if small != 0 {
        taffy::style_helpers::line(small)
    } else {
        taffy::GridPlacement::Auto
    }
}

fn tracks(value: &GridTemplateComponent) -> Vec<taffy::GridTemplateComponent<Atom>> {
    // Subgrid and masonry are behind switches that are off.
    let GenericGridTemplateComponent::TrackList(list) = value else { return Vec::new() };
    list.values
        .iter()
        .map(|track| match track {
            TrackListValue::TrackSize(size) => {
                taffy::GridTemplateComponent::Single(track_size(size))
            }
            TrackListValue::TrackRepeat(repeat) => {
                taffy::GridTemplateComponent::Repeat(taffy::GridTemplateRepetition {
                    count: match repeat.count {
                        RepeatCount::Number(count) => {
                            taffy::RepetitionCount::Count(count.clamp(1, 10_000) as u16)
                        }
                        RepeatCount::AutoFill => taffy::RepetitionCount::AutoFill,
                        RepeatCount::AutoFit => taffy::RepetitionCount::AutoFit,
                    },
                    tracks: repeat.track_sizes.iter().map(track_size).collect(),
                    line_names: names(&repeat.line_names),
                })
            }
        })
        .collect()
}

fn names(list: &[style::OwnedSlice<style::values::CustomIdent>]) -> Vec<Vec<Atom>> {
    list.iter().map(|names| names.iter().map(|name| name.0.clone()).collect()).collect()
}

fn line_names(value: &GridTemplateComponent) -> Vec<Vec<Atom>> {
    match value {
        GenericGridTemplateComponent::TrackList(list) => names(&list.line_names),
        _ => Vec::new(),
    }
}

fn auto_tracks(value: &ImplicitGridTracks) -> Vec<taffy::TrackSizingFunction> {
    value.0.iter().map(track_size).collect()
}

fn track_size(value: &TrackSize<LengthPercentage>) -> taffy::TrackSizingFunction {
    match value {
        TrackSize::Breadth(breadth) => {
            taffy::MinMax { min: min_track(breadth), max: max_track(breadth) }
        }
        TrackSize::Minmax(min, max) => taffy::MinMax { min: min_track(min), max: max_track(max) },
        TrackSize::FitContent(limit) => taffy::MinMax {
            min: taffy::MinTrackSizingFunction::AUTO,
            max: match limit {
                TrackBreadth::Breadth(value) => {
                    taffy::style_helpers::fit_content(length_percentage(value))
                }
                _ => taffy::MaxTrackSizingFunction::AUTO,
            },
        },
    }
}

fn min_track(value: &TrackBreadth<LengthPercentage>) -> taffy::MinTrackSizingFunction {
    use taffy::style_helpers::{TaffyMaxContent as _, TaffyMinContent as _};
    match value {
        TrackBreadth::Breadth(value) => length_percentage(value).into(),
        TrackBreadth::MinContent => taffy::MinTrackSizingFunction::MIN_CONTENT,
        TrackBreadth::MaxContent => taffy::MinTrackSizingFunction::MAX_CONTENT,
        TrackBreadth::Flex(_) | TrackBreadth::Auto => taffy::MinTrackSizingFunction::AUTO,
    }
}

fn max_track(value: &TrackBreadth<LengthPercentage>) -> taffy::MaxTrackSizingFunction {
    use taffy::style_helpers::{FromFr as _, TaffyMaxContent as _, TaffyMinContent as _};
    match value {
        TrackBreadth::Breadth(value) => length_percentage(value).into(),
        TrackBreadth::Flex(fraction) => taffy::MaxTrackSizingFunction::from_fr(fraction.0),
        TrackBreadth::MinContent => taffy::MaxTrackSizingFunction::MIN_CONTENT,
        TrackBreadth::MaxContent => taffy::MaxTrackSizingFunction::MAX_CONTENT,
        TrackBreadth::Auto => taffy::MaxTrackSizingFunction::AUTO,
    }
}

fn areas(value: &GridTemplateAreas) -> Option<taffy::GridTemplateAreas<Atom>> {
    let GridTemplateAreas::Areas(template) = value else { return None };
    let template = &template.0;
    let number = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    Some(taffy::GridTemplateAreas {
        areas: template
            .areas
            .iter()
            .map(|area| taffy::GridTemplateArea {
                name: area.name.clone(),
                row_start: number(area.rows.start),
                row_end: number(area.rows.end),
                column_start: number(area.columns.start),
                column_end: number(area.columns.end),
            })
            .collect(),
        row_count: u16::try_from(template.strings.len()).unwrap_or(u16::MAX),
        column_count: number(template.width),
    })
}
