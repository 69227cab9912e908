//! Fonts: an immutable collection that the host gives.
//!
//! Nothing here looks at the machine: a [`FontSet`] holds the bundled family
//! and what the host added to it, in that order, so that the same set chooses
//! the same face for the same text in every process. [`FontSet::digest`] names
//! its content in a log.

pub(crate) mod author;
mod metrics;

pub use author::{FaceId, FaceRule, FaceSlant, FaceSource};
pub(crate) use metrics::SharedFonts;

use std::sync::{Arc, Mutex, OnceLock};

use fontique::{Blob, Collection, CollectionOptions, FamilyId, SourceCache, SourceCacheOptions};
use rustc_hash::FxHashMap;
use style::values::computed::font::{FontFamilyList, GenericFontFamily, SingleFontFamily};
use virga_display_list::Font;
use virga_display_list::peniko::FontData;

/// Why a font file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// The bytes are no font that can be read.
    #[error("{name} is not a font: {why}")]
    Malformed {
        /// The name that was given with the bytes.
        name: String,
        /// What the parser said.
        why: String,
    },
    /// A readable file without a face that maps characters to glyphs.
    #[error("{name} has no face with a character map")]
    NoFace {
        /// The name that was given with the bytes.
        name: String,
    },
}

/// An immutable collection of font faces, cheap to clone.
#[derive(Clone)]
pub struct FontSet(Arc<Inner>);

struct Inner {
    collection: Collection,
    /// A face of the display list for each (file, index).
    faces: FxHashMap<(u64, u32), Font>,
    generics: Generics,
    /// Families to try after those that CSS names, in order.
    fallbacks: Vec<FamilyId>,
    files: Vec<(String, Blob<u8>)>,
    digest: OnceLock<String>,
    /// What a document brings along.
    author: author::Author,
    /// For the style system, which asks through a shared reference.
    metrics: Mutex<metrics::Measurer>,
}

#[derive(Clone, Default)]
struct Generics {
    sans: Option<FamilyId>,
    serif: Option<FamilyId>,
    mono: Option<FamilyId>,
}

const BUNDLED: [(&str, &[u8]); 9] = [
    ("NotoSans-Regular", include_bytes!("../../assets/fonts/NotoSans-Regular.ttf")),
    ("NotoSans-Bold", include_bytes!("../../assets/fonts/NotoSans-Bold.ttf")),
    ("NotoSans-Italic", include_bytes!("../../assets/fonts/NotoSans-Italic.ttf")),
    ("NotoSans-BoldItalic", include_bytes!("../../assets/fonts/NotoSans-BoldItalic.ttf")),
    ("NotoSerif-Regular", include_bytes!("../../assets/fonts/NotoSerif-Regular.ttf")),
    ("NotoSerif-Bold", include_bytes!("../../assets/fonts/NotoSerif-Bold.ttf")),
    ("NotoSansMono-Regular", include_bytes!("../../assets/fonts/NotoSansMono-Regular.ttf")),
    ("NotoSansSymbols-Regular", include_bytes!("../../assets/fonts/NotoSansSymbols-Regular.ttf")),
    ("NotoSansSymbols2-Regular", include_bytes!("../../assets/fonts/NotoSansSymbols2-Regular.ttf")),
];

impl FontSet {
    /// The fonts that are inside the program: Noto Sans, Serif, Mono and
    /// symbols, for Latin, Greek and Cyrillic text.
    #[must_use]
    pub fn bundled() -> Self {
        static SET: OnceLock<FontSet> = OnceLock::new();
        SET.get_or_init(|| {
            let mut builder = Builder::new();
            for (name, data) in BUNDLED {
                // The files are part of the program and tested below.
                let _ = builder.add(name.to_owned(), Blob::new(Arc::new(data)));
            }
            builder.finish()
        })
        .clone()
    }

    /// The bundled fonts and, after them, `faces`: pairs of a name, the same in
    /// every process, and the bytes of a font file.
    ///
    /// # Errors
    ///
    /// When bytes are not a font, with the name of the first such.
    pub fn with_faces(faces: Vec<(String, Vec<u8>)>) -> Result<Self, FontError> {
        Self::bundled().and_faces(faces)
    }

    /// This collection and, after it, `faces`.
    ///
    /// # Errors
    ///
    /// When bytes are not a font, with the name of the first such.
    pub fn and_faces(&self, faces: Vec<(String, Vec<u8>)>) -> Result<Self, FontError> {
        if faces.is_empty() {
            return Ok(self.clone());
        }
        let mut builder = Builder::new();
        for (name, blob) in &self.0.files {
            builder.add(name.clone(), blob.clone())?;
        }
        for (name, data) in faces {
            builder.add(name, Blob::new(Arc::new(data)))?;
        }
        Ok(builder.finish())
    }

    /// Names the content: equal digests, equal fonts in equal order.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.digest.get_or_init(|| {
            let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
            let mut mix = |bytes: &[u8]| {
                for chunk in bytes.chunks(8) {
                    let mut word = [0; 8];
                    word[..chunk.len()].copy_from_slice(chunk);
                    hash = (hash ^ u128::from(u64::from_le_bytes(word)))
                        .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
                }
            };
            for (name, blob) in &self.0.files {
                mix(name.as_bytes());
                mix(&(blob.as_ref().len() as u64).to_le_bytes());
                mix(blob.as_ref());
            }
            format!("{hash:032x}")
        })
    }

    /// The face that text without a wish is set in: the regular sans-serif one.
    #[must_use]
    pub fn default_face(&self) -> Option<Font> {
        let (_, blob) = self.0.files.first()?;
        self.0.faces.get(&(blob.id(), 0)).cloned()
    }

    /// The names of all files, in order of preference.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.files.iter().map(|(name, _)| name.as_str())
    }

    /// The first face of the file of that name, for text outside of documents.
    #[must_use]
    pub fn file_face(&self, name: &str) -> Option<Font> {
        let (_, blob) = self.0.files.iter().find(|(file, _)| file == name)?;
        self.0.faces.get(&(blob.id(), 0)).cloned()
    }

    /// A collection to query; queries need a mutable one.
    pub(crate) fn collection(&self) -> Collection {
        self.0.collection.clone()
    }

    /// The face that `font` is one of, for the display list.
    pub(crate) fn face(&self, font: &FontData) -> Font {
        match self.0.faces.get(&(font.data.id(), font.index)) {
            Some(face) => face.clone(),
            // Not one of this set: cannot be, since only it is queried.
            None => Font::new(String::from("unknown"), font.clone()),
        }
    }

    /// The families to look into for a `font-family`, most wanted first, all
    /// fallbacks included.
    pub(crate) fn families(
        &self,
        collection: &mut Collection,
        list: &FontFamilyList,
    ) -> Vec<FamilyId> {
        let mut families = Vec::with_capacity(6);
        for family in list.iter() {
            if let SingleFontFamily::FamilyName(name) = family
                && let Some(own) = self.document_families(&name.name)
            {
                own.iter().for_each(|id| push_new(&mut families, Some(*id)));
                continue;
            }
            let id = match family {
                SingleFontFamily::FamilyName(name) => collection.family_id(&name.name),
                SingleFontFamily::Generic(generic) => self.generic(*generic),
            };
            push_new(&mut families, id);
        }
        push_new(&mut families, self.0.generics.sans);
        for id in &self.0.fallbacks {
            push_new(&mut families, Some(*id));
        }
        families
    }

    fn generic(&self, generic: GenericFontFamily) -> Option<FamilyId> {
        let generics = &self.0.generics;
        match generic {
            GenericFontFamily::Serif => generics.serif,
            GenericFontFamily::Monospace => generics.mono,
            // No script or display face is bundled: all others are sans-serif.
            _ => generics.sans,
        }
    }
}

impl std::fmt::Debug for FontSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

fn push_new(families: &mut Vec<FamilyId>, id: Option<FamilyId>) {
    if let Some(id) = id
        && !families.contains(&id)
    {
        families.push(id);
    }
}

struct Builder {
    collection: Collection,
    faces: FxHashMap<(u64, u32), Font>,
    fallbacks: Vec<FamilyId>,
    files: Vec<(String, Blob<u8>)>,
}

impl Builder {
    fn new() -> Self {
        Self {
            collection: Collection::new(CollectionOptions { shared: false, system_fonts: false }),
            faces: FxHashMap::default(),
            fallbacks: Vec::new(),
            files: Vec::new(),
        }
    }

    fn add(&mut self, name: String, blob: Blob<u8>) -> Result<(), FontError> {
        // The shaper trusts that a face it is given can be parsed.
        if let Err(why) = skrifa::raw::FileRef::new(blob.as_ref()) {
            return Err(FontError::Malformed { name, why: why.to_string() });
        }
        let mut taken = false;
        for (family, faces) in self.collection.register_fonts(blob.clone(), None) {
            push_new(&mut self.fallbacks, Some(family));
            for face in faces {
                self.take(&name, &blob, face.index());
                taken = true;
            }
        }
        if !taken {
            return Err(FontError::NoFace { name });
        }
        self.files.push((name, blob));
        Ok(())
    }

    /// Makes a face known to the display list.
    fn take(&mut self, name: &str, blob: &Blob<u8>, index: u32) {
        let name = if index == 0 { name.to_owned() } else { format!("{name}#{index}") };
        let data = FontData { data: blob.clone(), index };
        self.faces.insert((blob.id(), index), Font::new(name, data));
    }

    fn finish(self) -> FontSet {
        self.finish_with(author::Author::default())
    }

    fn finish_with(mut self, author: author::Author) -> FontSet {
        let generics = Generics {
            sans: self.collection.family_id("Noto Sans"),
            serif: self.collection.family_id("Noto Serif"),
            mono: self.collection.family_id("Noto Sans Mono"),
        };
        let metrics = Mutex::new(metrics::Measurer::new(self.collection.clone()));
        FontSet(Arc::new(Inner {
            collection: self.collection,
            faces: self.faces,
            generics,
            fallbacks: self.fallbacks,
            files: self.files,
            digest: OnceLock::new(),
            author,
            metrics,
        }))
    }
}

/// Whether bytes are an OpenType file.
///
/// # Errors
///
/// When they are not, with the `name` that they go by.
pub fn check_font(name: &str, bytes: &[u8]) -> Result<(), FontError> {
    match skrifa::raw::FileRef::new(bytes) {
        Ok(_) => Ok(()),
        Err(why) => Err(FontError::Malformed { name: name.to_owned(), why: why.to_string() }),
    }
}

/// A cache of font files for queries; ours are all in memory.
pub(crate) fn source_cache() -> SourceCache {
    SourceCache::new(SourceCacheOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_faces_are_all_there() {
        let set = FontSet::bundled();
        let names: Vec<_> = set.names().collect();
        assert_eq!(names, BUNDLED.map(|(name, _)| name));
        assert!(set.0.generics.sans.is_some());
        assert!(set.0.generics.serif.is_some());
        assert!(set.0.generics.mono.is_some());
    }

    #[test]
    fn digest_follows_content_and_order() {
        let one = FontSet::with_faces(vec![("a".into(), BUNDLED[0].1.to_vec())]).expect("a font");
        let same = FontSet::with_faces(vec![("a".into(), BUNDLED[0].1.to_vec())]).expect("a font");
        let other = FontSet::with_faces(vec![("b".into(), BUNDLED[0].1.to_vec())]).expect("a font");
        assert_eq!(one.digest(), same.digest());
        assert_ne!(one.digest(), other.digest());
        assert_ne!(one.digest(), FontSet::bundled().digest());
    }

    #[test]
    fn bytes_that_are_no_font_are_refused_by_name() {
        let error = FontSet::with_faces(vec![("noise".into(), vec![7; 100])]).expect_err("noise");
        assert!(error.to_string().starts_with("noise is not a font"), "{error}");
        // A font cut off in the middle of a table.
        let cut = BUNDLED[0].1[..2000].to_vec();
        let cut = FontSet::with_faces(vec![("cut".into(), cut)]);
        assert!(cut.is_err());
    }
}
