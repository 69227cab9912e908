//! Shaping, and the cache of shaped paragraphs.

use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use fontique::{Collection, Query, QueryFamily, QueryFont, QueryStatus, SourceCache};
use parlance::{BaseDirection, WordBreak};
use parley_engine::itemize::{Item, Segment};
use parley_engine::shape::{CharCluster, Coverage, Whitespace};
use parley_engine::{
    Analysis, AnalysisDataSources, AnalysisOptions, Analyzer, FontInstanceRef, FontSelector,
    LineBreakConfig, ShapeOptions, ShapedText, Shaper,
};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use smallvec::SmallVec;
use style::properties::ComputedValues;
use virga_display_list::Font;

use super::font::{self, FontKey, FontMetrics, TextFont};
use super::style::{TextStyle, spacing};
use crate::fonts::{FaceId, FontSet, source_cache};

/// Paragraphs kept for reuse beyond those that boxes hold.
const CACHE_LIMIT: usize = 8192;

/// Shapes text with the fonts of a [`FontSet`].
pub(crate) struct TextContext {
    fonts: FontSet,
    collection: Collection,
    sources: SourceCache,
    shaper: Shaper,
    analyzer: Analyzer,
    analysis: Analysis,
    interned: FxHashMap<FontKey, Arc<TextFont>>,
    shaped: FxHashMap<u64, SmallVec<[Arc<Shaped>; 1]>>,
    shaped_count: usize,
    /// Paragraphs that were not in the cache, since the beginning.
    pub(crate) misses: u64,
    /// Faces that text would have been set in.
    pub(crate) wanted: FxHashSet<FaceId>,
}

/// A paragraph that waits to be shaped.
pub(crate) struct ShapeRequest<'a> {
    pub(crate) text: &'a str,
    /// Fonts, each with the byte where it ends; the last one ends with the text.
    pub(crate) fonts: &'a [(u32, Arc<TextFont>)],
    pub(crate) rtl: bool,
    pub(crate) word_break: WordBreak,
    /// Lines may break after every preserved space.
    pub(crate) break_spaces: bool,
}

/// A paragraph with its glyphs.
#[derive(Debug)]
pub(crate) struct Shaped {
    text: Box<str>,
    fonts: Box<[(u32, Arc<TextFont>)]>,
    flags: (bool, WordBreak, bool),
    glyphs: ShapedText,
    /// In logical order, without gaps.
    pub(crate) cells: Box<[Cell]>,
    pub(crate) runs: Box<[Run]>,
    /// Some run is right-to-left.
    pub(crate) bidi: bool,
}

/// The smallest piece of text that can stand on a line of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// Byte offset in the paragraph.
    pub(crate) start: u32,
    /// Clusters in the shaped text.
    clusters: (u32, u32),
    pub(crate) run: u16,
    pub(crate) kind: CellKind,
    /// A line may begin here.
    pub(crate) break_before: bool,
    /// Width with letter and word spacing, in CSS px.
    pub(crate) advance: f32,
}

/// What line breaking has to know about a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    Glyphs,
    /// U+0020, which hangs or is dropped at the end of a line.
    Space,
    Tab,
    /// Ends the line.
    Newline,
}

/// Cells in one face and direction.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) face: Font,
    pub(crate) size: f32,
    pub(crate) level: u8,
    pub(crate) skew: Option<f32>,
    pub(crate) embolden: bool,
    pub(crate) coords: Arc<[i16]>,
    /// Metrics of this face, which may be a fallback.
    pub(crate) metrics: FontMetrics,
}

impl Shaped {
    /// The paragraph's characters.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The cell that begins at or after byte `offset`.
    pub(crate) fn cell_at(&self, offset: u32) -> u32 {
        self.cells.partition_point(|cell| cell.start < offset) as u32
    }

    /// Byte where the cell ends.
    pub(crate) fn cell_end(&self, cell: u32) -> u32 {
        self.cells.get(cell as usize + 1).map_or(self.text.len() as u32, |next| next.start)
    }

    /// Calls `emit` with the id, x, y and advance of each glyph of a cell, from
    /// left to right.
    pub(crate) fn glyphs(&self, cell: &Cell, mut emit: impl FnMut(u32, f32, f32, f32)) {
        let slice = self.glyphs.run_slice(u32::from(cell.run));
        let rtl = self.runs[usize::from(cell.run)].level & 1 == 1;
        let (start, end) = cell.clusters;
        for index in start..end {
            let cluster = if rtl { end - 1 - (index - start) } else { index };
            for glyph in slice.shaped_cluster_glyphs(cluster) {
                emit(glyph.id, glyph.x, glyph.y, glyph.advance);
            }
        }
    }

    fn answers(&self, request: &ShapeRequest<'_>) -> bool {
        self.flags == (request.rtl, request.word_break, request.break_spaces)
            && &*self.text == request.text
            && self.fonts.len() == request.fonts.len()
            && self
                .fonts
                .iter()
                .zip(request.fonts)
                .all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
    }
}

impl TextContext {
    pub(crate) fn new(fonts: FontSet) -> Self {
        Self {
            collection: fonts.collection(),
            fonts,
            sources: source_cache(),
            shaper: Shaper::default(),
            analyzer: Analyzer::new(),
            analysis: Analysis::new(),
            interned: FxHashMap::default(),
            shaped: FxHashMap::default(),
            shaped_count: 0,
            misses: 0,
            wanted: FxHashSet::default(),
        }
    }

    /// Takes other fonts: everything that was shaped is forgotten.
    pub(crate) fn set_fonts(&mut self, fonts: FontSet) {
        let misses = self.misses;
        *self = Self { misses, ..Self::new(fonts) };
    }

    /// Notes which faces a paragraph would have been set in.
    fn note_wanted(&mut self, request: &ShapeRequest<'_>) {
        let mut start = 0;
        for (end, font) in request.fonts {
            let end = *end as usize;
            let part = request.text.get(start..end).unwrap_or_default();
            start = end;
            for id in &font.key.pending {
                if !self.wanted.contains(id) && self.fonts.is_pending_for(*id, part) {
                    self.wanted.insert(*id);
                }
            }
        }
    }

    pub(crate) fn fonts(&self) -> &FontSet {
        &self.fonts
    }

    /// The inline-layout part of `values`.
    pub(crate) fn style(&mut self, values: &ComputedValues) -> TextStyle {
        let font = values.get_font();
        let (letter, word) = spacing(values);
        let families = self.fonts.families(&mut self.collection, &font.font_family.families);
        let key = FontKey {
            families,
            size: font.font_size.used_size.0.px().to_bits(),
            weight: font.font_weight.value().to_bits(),
            width: (font.font_width.0.to_float() / 100.0).to_bits(),
            slant: font::slant(font),
            features: font::features(font, letter != 0.0),
            variations: font
                .font_variation_settings
                .0
                .iter()
                .map(|setting| (setting.tag.0.to_be_bytes(), setting.value.to_bits()))
                .collect(),
            letter_spacing: letter.to_bits(),
            word_spacing: word.to_bits(),
            pending: self.fonts.pending(
                &font.font_family.families,
                font.font_weight.value(),
                font.font_width.0.to_float(),
                font::face_slant(font),
            ),
        };
        let font = match self.interned.get(&key) {
            Some(font) => font.clone(),
            None => self.intern(key),
        };
        TextStyle::new(values, font)
    }

    fn intern(&mut self, key: FontKey) -> Arc<TextFont> {
        if self.interned.len() >= CACHE_LIMIT {
            self.interned.retain(|_, font| Arc::strong_count(font) > 1);
        }
        let mut query = self.collection.query(&mut self.sources);
        query.set_families(key.families.iter().copied().map(QueryFamily::Id));
        query.set_attributes(key.attributes());
        let mut metrics = FontMetrics::default();
        query.matches_with(|face| match face_metrics(face, key.size()) {
            Some(found) => {
                metrics = found;
                QueryStatus::Stop
            }
            None => QueryStatus::Continue,
        });
        let font = Arc::new(TextFont {
            features: key.features(),
            variations: key.variations(),
            metrics,
            key: key.clone(),
        });
        self.interned.insert(key, font.clone());
        font
    }

    /// The glyphs of a paragraph, from the cache if they are there.
    pub(crate) fn shape(&mut self, request: &ShapeRequest<'_>) -> Arc<Shaped> {
        let mut hasher = FxHasher::default();
        request.text.hash(&mut hasher);
        for (end, font) in request.fonts {
            (end, Arc::as_ptr(font) as usize).hash(&mut hasher);
        }
        let hash = hasher.finish();
        if let Some(found) = self
            .shaped
            .get(&hash)
            .and_then(|bucket| bucket.iter().find(|shaped| shaped.answers(request)))
        {
            return found.clone();
        }
        self.misses += 1;
        if self.shaped_count >= CACHE_LIMIT {
            // Those that some box holds stay; the others go.
            self.shaped.retain(|_, bucket| {
                bucket.retain(|shaped| Arc::strong_count(shaped) > 1);
                !bucket.is_empty()
            });
            self.shaped_count = 0;
        }
        let shaped = Arc::new(self.shape_now(request));
        self.shaped.entry(hash).or_default().push(shaped.clone());
        self.shaped_count += 1;
        shaped
    }

    fn shape_now(&mut self, request: &ShapeRequest<'_>) -> Shaped {
        self.note_wanted(request);
        let text = request.text;
        let range = 0..text.len();
        let line_break = [(
            range.clone(),
            LineBreakConfig { word_break: request.word_break, ..LineBreakConfig::default() },
        )];
        let whole = std::slice::from_ref(&range);
        let options = AnalysisOptions {
            base_direction: if request.rtl { BaseDirection::Rtl } else { BaseDirection::Ltr },
            line_break: if request.word_break == WordBreak::Normal { &[] } else { &line_break },
            break_spaces: if request.break_spaces { whole } else { &[] },
            line_break_override: None,
        };
        let mut glyphs = ShapedText::new();
        if !text.is_empty() {
            self.analyzer.analyze(text, &options, &mut self.analysis);
            let (indices, ends) = char_styles(text, request.fonts);
            let items = ends.iter().map(|(end, font)| Item {
                char_end: *end,
                options: ShapeOptions {
                    font_size: font.key.size(),
                    language: None,
                    features: &font.features,
                    variations: &font.variations,
                },
            });
            let selector = Selector {
                query: self.collection.query(&mut self.sources),
                fonts: request.fonts,
                set: &self.fonts,
                current: None,
                chosen: None,
                data: AnalysisDataSources::new(),
            };
            self.shaper.shape_text(text, &self.analysis, &indices, items, selector, &mut glyphs);
        }
        self.assemble(request, glyphs)
    }

    fn assemble(&self, request: &ShapeRequest<'_>, glyphs: ShapedText) -> Shaped {
        let mut runs: Vec<Run> = Vec::with_capacity(glyphs.runs().len());
        let mut cells = Vec::with_capacity(glyphs.characters().len());
        let mut bidi = false;
        for (index, run) in glyphs.runs().iter().enumerate() {
            // A paragraph with more runs than fit is shown up to there.
            let Ok(index) = u16::try_from(index) else { break };
            let Some(instance) = glyphs.fonts().get(run.font_index) else { break };
            let level = run.bidi_level.to_u8();
            bidi |= level > 0;
            let rounded = &run.font_metrics;
            runs.push(Run {
                face: self.fonts.face(&instance.font),
                size: run.font_size,
                level,
                skew: instance.synthesis.skew(),
                embolden: instance.synthesis.embolden(),
                coords: glyphs
                    .normalized_coords()
                    .get(run.normalized_coords_range.clone())
                    .unwrap_or_default()
                    .iter()
                    .map(|coord| coord.to_bits())
                    .collect(),
                metrics: FontMetrics {
                    ascent: rounded.ascent.round(),
                    descent: rounded.descent.round(),
                    line_gap: rounded.leading.round(),
                    x_height: rounded.x_height.unwrap_or(run.font_size * 0.5),
                    space: 0.0,
                    zero: 0.0,
                    underline_offset: rounded.underline_offset,
                    underline_size: rounded.underline_size,
                    strikethrough_offset: rounded.strikethrough_offset,
                    strikethrough_size: rounded.strikethrough_size,
                },
            });
            let slice = glyphs.run_slice(u32::from(index));
            for atom in slice.atoms_start() {
                let Some(first) = atom.characters().first() else { continue };
                let font = font_at(request.fonts, first.text_byte_start);
                let letter = f32::from_bits(font.key.letter_spacing);
                let word = f32::from_bits(font.key.word_spacing);
                let kind = match first.whitespace {
                    Whitespace::Space => CellKind::Space,
                    Whitespace::Tab => CellKind::Tab,
                    Whitespace::Newline => CellKind::Newline,
                    _ => CellKind::Glyphs,
                };
                let advance = match kind {
                    CellKind::Newline => 0.0,
                    _ => {
                        let spaced = first.whitespace.is_space_or_nbsp();
                        atom.advance() + letter + if spaced { word } else { 0.0 }
                    }
                };
                let clusters = atom.shaped_clusters_range();
                cells.push(Cell {
                    start: first.text_byte_start,
                    clusters: (clusters.start, clusters.end),
                    run: index,
                    kind,
                    break_before: atom.is_soft_wrap_opportunity_before(),
                    advance,
                });
            }
        }
        Shaped {
            text: request.text.into(),
            fonts: request.fonts.into(),
            flags: (request.rtl, request.word_break, request.break_spaces),
            glyphs,
            cells: cells.into_boxed_slice(),
            runs: runs.into_boxed_slice(),
            bidi: bidi || request.rtl,
        }
    }
}

impl std::fmt::Debug for TextContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextContext").field("fonts", &self.fonts).finish_non_exhaustive()
    }
}

fn font_at(fonts: &[(u32, Arc<TextFont>)], byte: u32) -> &TextFont {
    let index = fonts.partition_point(|(end, _)| *end <= byte).min(fonts.len() - 1);
    &fonts[index].1
}

/// The index of the font of each character, and the character where each font
/// that has any ends.
fn char_styles<'a>(
    text: &str,
    fonts: &'a [(u32, Arc<TextFont>)],
) -> (Vec<u16>, Vec<(u32, &'a TextFont)>) {
    let mut indices = Vec::with_capacity(text.len());
    let mut ends: Vec<(u32, &TextFont)> = Vec::with_capacity(fonts.len());
    let mut font = 0;
    for (byte, _) in text.char_indices() {
        while font + 1 < fonts.len() && fonts[font].0 as usize <= byte {
            let end = indices.len() as u32;
            if ends.last().map_or(0, |last| last.0) < end {
                ends.push((end, &*fonts[font].1));
            }
            font += 1;
        }
        indices.push(u16::try_from(font).unwrap_or(u16::MAX));
    }
    let end = indices.len() as u32;
    if ends.last().map_or(0, |last| last.0) < end {
        ends.push((end, &*fonts[font].1));
    }
    (indices, ends)
}

fn face_metrics(face: &QueryFont, size: f32) -> Option<FontMetrics> {
    use skrifa::MetadataProvider as _;

    let font = skrifa::FontRef::from_index(face.blob.as_ref(), face.index).ok()?;
    let size_px = skrifa::instance::Size::new(size);
    let location = skrifa::instance::LocationRef::default();
    let metrics = font.metrics(size_px, location);
    let glyphs = font.glyph_metrics(size_px, location);
    let advance = |ch: char| font.charmap().map(ch).and_then(|glyph| glyphs.advance_width(glyph));
    let underline = metrics
        .underline
        .unwrap_or(skrifa::metrics::Decoration { offset: -size * 0.1, thickness: size * 0.05 });
    let strikeout = metrics
        .strikeout
        .unwrap_or(skrifa::metrics::Decoration { offset: size * 0.3, thickness: size * 0.05 });
    Some(FontMetrics {
        ascent: metrics.ascent.round(),
        descent: (-metrics.descent).round(),
        line_gap: metrics.leading.round(),
        x_height: metrics.x_height.unwrap_or(size * 0.5),
        space: advance(' ').unwrap_or(size * 0.25),
        zero: advance('0').unwrap_or(size * 0.5),
        underline_offset: underline.offset,
        underline_size: underline.thickness,
        strikethrough_offset: strikeout.offset,
        strikethrough_size: strikeout.thickness,
    })
}

/// Chooses a face for each cluster: the first of the families that covers it.
struct Selector<'a, 'f> {
    query: Query<'a>,
    fonts: &'f [(u32, Arc<TextFont>)],
    set: &'f FontSet,
    current: Option<u16>,
    chosen: Option<QueryFont>,
    data: AnalysisDataSources,
}

impl FontSelector for Selector<'_, '_> {
    fn begin_segment(&mut self, _segment: &Segment, _options: &ShapeOptions<'_>) {}

    fn select_font(
        &mut self,
        _segment: &Segment,
        _options: &ShapeOptions<'_>,
        cluster: &mut CharCluster,
    ) -> Option<FontInstanceRef<'_>> {
        let index = cluster.style_index();
        if self.current != Some(index) {
            let font = &self.fonts.get(usize::from(index))?.1;
            self.query.set_families(font.key.families.iter().copied().map(QueryFamily::Id));
            self.query.set_attributes(font.key.attributes());
            self.current = Some(index);
        }
        let data = &self.data;
        let mut best = Coverage::NONE;
        let mut chosen: Option<QueryFont> = None;
        self.query.matches_with(|face| {
            let Some(charmap) = face.charmap() else { return QueryStatus::Continue };
            let covers = |ch| {
                charmap.map(ch).is_some_and(|glyph| glyph != 0)
                    && self.set.is_for(face.family.0, ch)
            };
            let coverage = cluster.calculate_coverage(covers, data);
            if chosen.is_none() || coverage > best {
                best = coverage;
                chosen = Some(face.clone());
            }
            if coverage.is_complete() { QueryStatus::Stop } else { QueryStatus::Continue }
        });
        self.chosen = chosen;
        self.chosen.as_ref().map(|face| FontInstanceRef {
            data: &face.blob,
            index: face.index,
            synthesis: &face.synthesis,
        })
    }
}
