//! Font metrics for the style system's units (`ex`, `ch`, `cap`, `ic`).

use std::sync::{Arc, Mutex};

use fontique::{Attributes, Collection, QueryFamily, QueryStatus, SourceCache};
use skrifa::MetadataProvider as _;
use style::device::servo::FontMetricsProvider;
use style::font_metrics::FontMetrics;
use style::properties::style_structs::Font;
use style::values::computed::font::{GenericFontFamily, QueryFontMetricsFlags};
use style::values::computed::{CSSPixelLength, Length};

use super::{FontSet, source_cache};
use crate::text::attributes;

pub(super) struct Measurer {
    collection: Collection,
    sources: SourceCache,
}

impl Measurer {
    pub(super) fn new(collection: Collection) -> Self {
        Self { collection, sources: source_cache() }
    }
}

/// The fonts of a document as the style system asks them, which may become others.
#[derive(Clone, Debug)]
pub(crate) struct SharedFonts(Arc<Mutex<FontSet>>);

impl SharedFonts {
    pub(crate) fn new(fonts: FontSet) -> Self {
        Self(Arc::new(Mutex::new(fonts)))
    }

    pub(crate) fn set(&self, fonts: FontSet) {
        if let Ok(mut own) = self.0.lock() {
            *own = fonts;
        }
    }

    fn get(&self) -> Option<FontSet> {
        self.0.lock().ok().map(|fonts| fonts.clone())
    }
}

impl FontMetricsProvider for SharedFonts {
    fn query_font_metrics(
        &self,
        vertical: bool,
        font: &Font,
        base_size: CSSPixelLength,
        flags: QueryFontMetricsFlags,
    ) -> FontMetrics {
        let fonts = self.get();
        fonts.map_or_else(FontMetrics::default, |fonts| {
            fonts.query_font_metrics(vertical, font, base_size, flags)
        })
    }

    fn base_size_for_generic(&self, generic: GenericFontFamily) -> Length {
        Length::new(if generic == GenericFontFamily::Monospace { 13.0 } else { 16.0 })
    }
}

impl FontMetricsProvider for FontSet {
    fn query_font_metrics(
        &self,
        _vertical: bool,
        font: &Font,
        base_size: CSSPixelLength,
        _flags: QueryFontMetricsFlags,
    ) -> FontMetrics {
        let Ok(mut measurer) = self.0.metrics.lock() else {
            return FontMetrics::default();
        };
        let Measurer { collection, sources } = &mut *measurer;
        let families = self.families(collection, &font.font_family.families);
        let attributes: Attributes = attributes(font);
        let mut query = collection.query(sources);
        query.set_families(families.into_iter().map(QueryFamily::Id));
        query.set_attributes(attributes);
        let mut result = FontMetrics::default();
        query.matches_with(|face| {
            let Ok(parsed) = skrifa::FontRef::from_index(face.blob.as_ref(), face.index) else {
                return QueryStatus::Continue;
            };
            let size = skrifa::instance::Size::new(base_size.px());
            let location = skrifa::instance::LocationRef::default();
            let metrics = parsed.metrics(size, location);
            let glyphs = parsed.glyph_metrics(size, location);
            let advance = |ch: char| {
                parsed
                    .charmap()
                    .map(ch)
                    .and_then(|glyph| glyphs.advance_width(glyph))
                    .map(Length::new)
            };
            result = FontMetrics {
                x_height: metrics.x_height.map(Length::new),
                zero_advance_measure: advance('0'),
                cap_height: metrics.cap_height.map(Length::new),
                ic_width: advance('\u{6C34}'),
                ascent: Length::new(metrics.ascent),
                script_percent_scale_down: None,
                script_script_percent_scale_down: None,
            };
            QueryStatus::Stop
        });
        result
    }

    fn base_size_for_generic(&self, generic: GenericFontFamily) -> Length {
        Length::new(if generic == GenericFontFamily::Monospace { 13.0 } else { 16.0 })
    }
}
