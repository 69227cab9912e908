//! All that shaping wants to know about a font, interned.

use crate::fonts::{FaceId, FaceSlant};
use fontique::{Attributes, FamilyId};
use parlance::{FontFeature, FontStyle, FontVariation, FontWeight, FontWidth, Tag};
use style::properties::style_structs::Font;
use style::values::computed::font::FontStyle as ComputedFontStyle;
use style::values::specified::font::FontVariantLigatures;
use style::values::specified::font::FontVariantNumeric;

/// A font as text asks for it: families, size, weight, features and spacing.
///
/// Two styles that shape alike share one, so that addresses compare.
#[derive(Debug)]
pub(crate) struct TextFont {
    pub(super) key: FontKey,
    pub(super) features: Vec<FontFeature>,
    pub(super) variations: Vec<FontVariation>,
    /// Metrics of the first available face, rounded as for line layout.
    pub(crate) metrics: FontMetrics,
}

/// Metrics of a face at a size, in CSS px.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct FontMetrics {
    /// Above the baseline, whole px.
    pub(crate) ascent: f32,
    /// Below the baseline, whole px.
    pub(crate) descent: f32,
    /// Wanted between lines, whole px.
    pub(crate) line_gap: f32,
    pub(crate) x_height: f32,
    /// Width of a space.
    pub(crate) space: f32,
    /// Width of a zero, for the columns of form controls.
    pub(crate) zero: f32,
    pub(crate) underline_offset: f32,
    pub(crate) underline_size: f32,
    pub(crate) strikethrough_offset: f32,
    pub(crate) strikethrough_size: f32,
}

/// What makes two fonts the same; floats by their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FontKey {
    pub(super) families: Vec<FamilyId>,
    pub(super) size: u32,
    pub(super) weight: u32,
    pub(super) width: u32,
    /// Kind, and the angle of an oblique face.
    pub(super) slant: (u8, u32),
    pub(super) features: Vec<([u8; 4], u16)>,
    pub(super) variations: Vec<([u8; 4], u32)>,
    pub(super) letter_spacing: u32,
    pub(super) word_spacing: u32,
    /// Faces that it would be set in if they were there.
    pub(super) pending: Vec<FaceId>,
}

impl FontKey {
    pub(super) fn size(&self) -> f32 {
        f32::from_bits(self.size)
    }

    pub(super) fn attributes(&self) -> Attributes {
        let style = match self.slant {
            (0, _) => FontStyle::Normal,
            (1, _) => FontStyle::Italic,
            (_, angle) => FontStyle::Oblique(Some(f32::from_bits(angle))),
        };
        Attributes::new(
            FontWidth::from_ratio(f32::from_bits(self.width)),
            style,
            FontWeight::new(f32::from_bits(self.weight)),
        )
    }

    pub(super) fn features(&self) -> Vec<FontFeature> {
        self.features
            .iter()
            .map(|(tag, value)| FontFeature::new(Tag::from_bytes(*tag), *value))
            .collect()
    }

    pub(super) fn variations(&self) -> Vec<FontVariation> {
        self.variations
            .iter()
            .map(|(tag, value)| FontVariation::new(Tag::from_bytes(*tag), f32::from_bits(*value)))
            .collect()
    }
}

/// The weight, width and slant that a style asks for.
pub(crate) fn attributes(font: &Font) -> Attributes {
    let style = match slant(font) {
        (0, _) => FontStyle::Normal,
        (1, _) => FontStyle::Italic,
        (_, angle) => FontStyle::Oblique(Some(f32::from_bits(angle))),
    };
    Attributes::new(
        FontWidth::from_percentage(font.font_width.0.to_float()),
        style,
        FontWeight::new(font.font_weight.value()),
    )
}

pub(super) fn slant(font: &Font) -> (u8, u32) {
    match font.font_style {
        ComputedFontStyle::NORMAL => (0, 0),
        ComputedFontStyle::ITALIC => (1, 0),
        oblique => (2, oblique.oblique_degrees().to_bits()),
    }
}

/// How the face that a style asks for slants.
pub(super) fn face_slant(font: &Font) -> FaceSlant {
    match slant(font) {
        (0, _) => FaceSlant::Normal,
        (1, _) => FaceSlant::Italic,
        _ => FaceSlant::Oblique,
    }
}

/// OpenType features: those of `font-variant-*` first, so that
/// `font-feature-settings` wins.
/// <https://drafts.csswg.org/css-fonts/#feature-precedence>
pub(super) fn features(font: &Font, spaced: bool) -> Vec<([u8; 4], u16)> {
    let mut out: Vec<([u8; 4], u16)> = Vec::new();
    let mut set = |tag: &[u8; 4], value: u16| {
        out.retain(|(other, _)| other != tag);
        out.push((*tag, value));
    };
    // Letter-spaced text has no optional ligatures.
    // <https://drafts.csswg.org/css-text-3/#letter-spacing-property>
    if spaced {
        for tag in [b"liga", b"clig", b"dlig", b"hlig"] {
            set(tag, 0);
        }
    }
    let ligatures = font.font_variant_ligatures;
    let none = ligatures.contains(FontVariantLigatures::NONE);
    for (flag, value, tags) in [
        (FontVariantLigatures::COMMON_LIGATURES, 1, &[b"liga", b"clig"][..]),
        (FontVariantLigatures::NO_COMMON_LIGATURES, 0, &[b"liga", b"clig"]),
        (FontVariantLigatures::DISCRETIONARY_LIGATURES, 1, &[b"dlig"]),
        (FontVariantLigatures::HISTORICAL_LIGATURES, 1, &[b"hlig"]),
        (FontVariantLigatures::CONTEXTUAL, 1, &[b"calt"]),
        (FontVariantLigatures::NO_CONTEXTUAL, 0, &[b"calt"]),
    ] {
        if ligatures.contains(flag) || (none && value == 0) {
            for tag in tags {
                set(tag, value);
            }
        }
    }
    let numeric = font.font_variant_numeric;
    for (flag, tag) in [
        (FontVariantNumeric::LINING_NUMS, b"lnum"),
        (FontVariantNumeric::OLDSTYLE_NUMS, b"onum"),
        (FontVariantNumeric::PROPORTIONAL_NUMS, b"pnum"),
        (FontVariantNumeric::TABULAR_NUMS, b"tnum"),
        (FontVariantNumeric::DIAGONAL_FRACTIONS, b"frac"),
        (FontVariantNumeric::STACKED_FRACTIONS, b"afrc"),
        (FontVariantNumeric::ORDINAL, b"ordn"),
        (FontVariantNumeric::SLASHED_ZERO, b"zero"),
    ] {
        if numeric.contains(flag) {
            set(tag, 1);
        }
    }
    for setting in font.font_feature_settings.0.iter() {
        let value = u16::try_from(setting.value.max(0)).unwrap_or(u16::MAX);
        set(&setting.tag.0.to_be_bytes(), value);
    }
    out
}
