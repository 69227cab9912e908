//! Colours and blend modes, from stylo's to peniko's.

use peniko::{BlendMode, Color, Mix};
use style::color::{AbsoluteColor, ColorSpace};
use style::computed_values::mix_blend_mode::T as MixBlendMode;
use style::properties::ComputedValues;

pub(super) const WHITE: Color = Color::WHITE;

/// A computed colour as painted; `currentcolor` is that of `values`.
pub(super) fn resolve(values: &ComputedValues, color: &style::values::computed::Color) -> Color {
    convert(&values.resolve_color(color))
}

/// A colour in sRGB.
pub(super) fn convert(color: &AbsoluteColor) -> Color {
    let srgb = color.to_color_space(ColorSpace::Srgb);
    let [red, green, blue, alpha] = *srgb.raw_components();
    let clean = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
    Color::new([clean(red), clean(green), clean(blue), clean(alpha)])
}

pub(super) fn is_visible(color: Color) -> bool {
    color.components[3] > 0.0
}

/// What a colour looks like on a white page.
pub(super) fn over_white(color: Color) -> Color {
    let [red, green, blue, alpha] = color.components;
    let mix = |value: f32| value * alpha + (1.0 - alpha);
    Color::new([mix(red), mix(green), mix(blue), 1.0])
}

pub(super) fn blend(mode: MixBlendMode) -> BlendMode {
    let mix = match mode {
        MixBlendMode::Multiply => Mix::Multiply,
        MixBlendMode::Screen => Mix::Screen,
        MixBlendMode::Overlay => Mix::Overlay,
        MixBlendMode::Darken => Mix::Darken,
        MixBlendMode::Lighten => Mix::Lighten,
        MixBlendMode::ColorDodge => Mix::ColorDodge,
        MixBlendMode::ColorBurn => Mix::ColorBurn,
        MixBlendMode::HardLight => Mix::HardLight,
        MixBlendMode::SoftLight => Mix::SoftLight,
        MixBlendMode::Difference => Mix::Difference,
        MixBlendMode::Exclusion => Mix::Exclusion,
        MixBlendMode::Hue => Mix::Hue,
        MixBlendMode::Saturation => Mix::Saturation,
        MixBlendMode::Color => Mix::Color,
        MixBlendMode::Luminosity => Mix::Luminosity,
        // `plus-lighter` adds light: a composition operator.
        MixBlendMode::PlusLighter => {
            return BlendMode::new(Mix::Normal, peniko::Compose::PlusLighter);
        }
        MixBlendMode::Normal => Mix::Normal,
    };
    BlendMode::new(mix, peniko::Compose::SrcOver)
}
