//! The faces that a document brings along, by `@font-face` or by script.
//!
//! <https://drafts.csswg.org/css-fonts/#font-face-rule>
//!
//! A face is fetched once text wants it. Until then, and while it is on its way, text
//! is shown in the other families that `font-family` names.

use fontique::{Blob, FamilyId, FontInfoOverride};
use parlance::{FontStyle, FontWeight, FontWidth};
use rustc_hash::FxHashMap;
use style::values::computed::font::{FontFamilyList, SingleFontFamily};

use super::{Builder, FontError, FontSet};

/// What a face says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceRule {
    /// The family that it is one of.
    pub family: String,
    /// Where it can be had, in order of preference.
    pub sources: Vec<FaceSource>,
    /// The least and the greatest weight.
    pub weight: (f32, f32),
    /// The least and the greatest width, in percent.
    pub width: (f32, f32),
    /// How it slants.
    pub slant: FaceSlant,
    /// The characters that it is for, first and last of each range; all if there is
    /// none.
    pub ranges: Vec<(u32, u32)>,
}

/// How a face slants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaceSlant {
    /// Not at all.
    #[default]
    Normal,
    /// It has other letters.
    Italic,
    /// It leans.
    Oblique,
}

/// Where a face can be had.
#[derive(Clone, Debug, PartialEq)]
pub enum FaceSource {
    /// From a URL that is absolute.
    Url {
        /// The URL.
        url: String,
        /// What the `format()` beside it says, in lower case; empty without one.
        format: String,
    },
    /// From the fonts that are there, by a name.
    Local(String),
}

/// Names a face of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaceId(pub u64);

/// Where a face stands.
#[derive(Clone)]
pub(crate) enum FaceState {
    /// Nobody asked for it.
    Idle,
    Loading,
    Loaded(Blob<u8>),
    Failed,
}

/// A face of a document.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) id: FaceId,
    pub(crate) rule: FaceRule,
    pub(crate) state: FaceState,
}

/// What text looks up of a document's faces.
#[derive(Default)]
pub(super) struct Author {
    /// By name, in lower case: loaded families, the most wanted first.
    families: FxHashMap<String, Vec<FamilyId>>,
    ranges: FxHashMap<FamilyId, Vec<(u32, u32)>>,
    pending: Vec<Pending>,
}

/// A face that can still be asked for, with those that compete with it.
struct Pending {
    id: FaceId,
    name: String,
    rule: FaceRule,
}

impl FontSet {
    /// This collection with a document's faces before it.
    pub(crate) fn with_document_faces(&self, faces: &[Face]) -> Result<Self, FontError> {
        let mut builder = Builder {
            collection: self.0.collection.clone(),
            faces: self.0.faces.clone(),
            fallbacks: self.0.fallbacks.clone(),
            files: self.0.files.clone(),
        };
        let mut author = Author::default();
        for face in faces {
            let name = face.rule.family.to_lowercase();
            match &face.state {
                FaceState::Loaded(blob) => {
                    // Faces for the same characters are of one family here.
                    let unique = format!("{name}\u{1f}{:?}", face.rule.ranges);
                    let family = builder.add_document_face(&unique, &face.rule, blob)?;
                    let families = author.families.entry(name).or_default();
                    families.retain(|other| *other != family);
                    families.insert(0, family);
                    if !face.rule.ranges.is_empty() {
                        author.ranges.insert(family, face.rule.ranges.clone());
                    }
                }
                FaceState::Idle => {
                    author.families.entry(name.clone()).or_default();
                    author.pending.push(Pending { id: face.id, name, rule: face.rule.clone() });
                }
                FaceState::Loading | FaceState::Failed => {
                    author.families.entry(name).or_default();
                }
            }
        }
        Ok(builder.finish_with(author))
    }

    /// The families of a name that the document brings along; `None` if it says
    /// nothing of that name.
    pub(super) fn document_families(&self, name: &str) -> Option<&[FamilyId]> {
        let author = &self.0.author;
        if author.families.is_empty() {
            return None;
        }
        author.families.get(&name.to_lowercase()).map(Vec::as_slice)
    }

    /// Whether a family is for a character.
    pub(crate) fn is_for(&self, family: FamilyId, ch: char) -> bool {
        let ranges = self.0.author.ranges.get(&family);
        ranges.is_none_or(|ranges| contains(ranges, ch))
    }

    /// The faces that text in these families would ask for.
    pub(crate) fn pending(
        &self,
        list: &FontFamilyList,
        weight: f32,
        width: f32,
        slant: FaceSlant,
    ) -> Vec<FaceId> {
        if self.0.author.pending.is_empty() {
            return Vec::new();
        }
        let names = list.iter().filter_map(|family| match family {
            SingleFontFamily::FamilyName(name) => Some(name.name.to_lowercase()),
            SingleFontFamily::Generic(_) => None,
        });
        names.flat_map(|name| self.pending_of(&name, weight, width, slant)).collect()
    }

    /// The faces of one family, of which there are several for different characters.
    pub(crate) fn pending_of(
        &self,
        name: &str,
        weight: f32,
        width: f32,
        slant: FaceSlant,
    ) -> Vec<FaceId> {
        let all = || self.0.author.pending.iter().filter(|face| face.name == name);
        let best = all()
            .map(|face| distance(&face.rule, weight, width, slant))
            .min_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        all()
            .filter(|face| Some(distance(&face.rule, weight, width, slant)) == best)
            .map(|face| face.id)
            .collect()
    }

    /// Whether a face that nobody asked for yet is for any of these characters.
    pub(crate) fn is_pending_for(&self, id: FaceId, text: &str) -> bool {
        let face = self.0.author.pending.iter().find(|face| face.id == id);
        face.is_some_and(|face| {
            let ranges = &face.rule.ranges;
            ranges.is_empty() || text.chars().any(|ch| contains(ranges, ch))
        })
    }

    /// The bytes of the font that `local()` names.
    pub(crate) fn local(&self, name: &str) -> Option<Blob<u8>> {
        let mut collection = self.0.collection.clone();
        let family = collection.family_by_name(name)?;
        let face = family.default_font()?;
        let mut sources = super::source_cache();
        face.load(Some(&mut sources))
    }
}

fn contains(ranges: &[(u32, u32)], ch: char) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&u32::from(ch)))
}

/// How far a face is from what is wanted; the least is taken.
///
/// <https://drafts.csswg.org/css-fonts/#font-style-matching>
fn distance(rule: &FaceRule, weight: f32, width: f32, slant: FaceSlant) -> (f32, u8, f32) {
    let beyond = |(least, most): (f32, f32), wanted: f32| {
        if wanted < least { least - wanted } else { (wanted - most).max(0.0) }
    };
    let slants = match (slant, rule.slant) {
        (wanted, own) if wanted == own => 0,
        (FaceSlant::Italic, FaceSlant::Oblique) | (FaceSlant::Normal, FaceSlant::Oblique) => 1,
        (FaceSlant::Oblique, FaceSlant::Italic) => 1,
        _ => 2,
    };
    let (least, most) = rule.weight;
    // Light text would rather be lighter, bold text bolder, and text between rather
    // not bold.
    let wrong_way = if (400.0..=500.0).contains(&weight) {
        least > 500.0
    } else if weight < 400.0 {
        least > weight
    } else {
        most < weight
    };
    let weights = beyond(rule.weight, weight) + if wrong_way { 1000.0 } else { 0.0 };
    (beyond(rule.width, width), slants, weights)
}

impl Builder {
    fn add_document_face(
        &mut self,
        family: &str,
        rule: &FaceRule,
        blob: &Blob<u8>,
    ) -> Result<FamilyId, FontError> {
        let name = || rule.family.clone();
        if let Err(why) = skrifa::raw::FileRef::new(blob.as_ref()) {
            return Err(FontError::Malformed { name: name(), why: why.to_string() });
        }
        let one = |(least, most): (f32, f32)| (least == most).then_some(least);
        let style = match rule.slant {
            FaceSlant::Normal => FontStyle::Normal,
            FaceSlant::Italic => FontStyle::Italic,
            FaceSlant::Oblique => FontStyle::Oblique(None),
        };
        let own = FontInfoOverride {
            family_name: Some(family),
            width: one(rule.width).map(FontWidth::from_percentage),
            style: Some(style),
            weight: one(rule.weight).map(FontWeight::new),
            axes: None,
        };
        let mut found = None;
        for (id, faces) in self.collection.register_fonts(blob.clone(), Some(own)) {
            for face in faces {
                self.take(&name(), blob, face.index());
                found = Some(id);
            }
        }
        found.ok_or_else(|| FontError::NoFace { name: name() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn rule(family: &str, weight: f32, ranges: &[(u32, u32)]) -> FaceRule {
        FaceRule {
            family: family.to_owned(),
            sources: Vec::new(),
            weight: (weight, weight),
            width: (100.0, 100.0),
            slant: FaceSlant::Normal,
            ranges: ranges.to_vec(),
        }
    }

    fn set(faces: Vec<(FaceRule, FaceState)>) -> FontSet {
        let faces: Vec<Face> = faces
            .into_iter()
            .enumerate()
            .map(|(id, (rule, state))| Face { id: FaceId(id as u64), rule, state })
            .collect();
        FontSet::bundled().with_document_faces(&faces).expect("fonts")
    }

    #[test]
    fn text_asks_for_the_nearest_faces() {
        let latin = [(0x20, 0x7F)];
        let greek = [(0x370, 0x3FF)];
        let set = set(vec![
            (rule("Icons", 400.0, &latin), FaceState::Idle),
            (rule("Icons", 400.0, &greek), FaceState::Idle),
            (rule("Icons", 700.0, &latin), FaceState::Idle),
            (rule("Other", 400.0, &[]), FaceState::Idle),
        ]);
        let check = |name: &str, weight: f32, text: &str, expected: &[u64]| {
            let found: Vec<u64> = set
                .pending_of(name, weight, 100.0, FaceSlant::Normal)
                .into_iter()
                .filter(|id| set.is_pending_for(*id, text))
                .map(|id| id.0)
                .collect();
            assert_eq!(found, expected, "{name} {weight} {text}");
        };
        check("icons", 400.0, "abc", &[0]);
        check("icons", 300.0, "αβγ", &[1]);
        check("icons", 400.0, "aα", &[0, 1]);
        check("icons", 900.0, "abc", &[2]);
        check("icons", 400.0, "中", &[]);
        check("other", 400.0, "中", &[3]);
        check("none", 400.0, "a", &[]);
    }

    #[test]
    fn loaded_faces_come_first_and_keep_to_their_characters() {
        let blob = Blob::new(Arc::new(super::super::BUNDLED[5].1));
        let mut loaded = set(vec![
            (rule("Mine", 400.0, &[(0x41, 0x41)]), FaceState::Loaded(blob.clone())),
            (rule("Noto Sans", 400.0, &[]), FaceState::Failed),
        ]);
        let families = loaded.document_families("MINE").expect("declared").to_vec();
        assert_eq!(families.len(), 1);
        assert!(loaded.is_for(families[0], 'A') && !loaded.is_for(families[0], 'B'));
        // What the document declares hides what the machine has.
        assert_eq!(loaded.document_families("noto sans"), Some(&[][..]));
        assert_eq!(loaded.document_families("noto serif"), None);
        assert!(loaded.local("Noto Serif").is_some() && loaded.local("Nothing").is_none());
        loaded = set(Vec::new());
        assert_eq!(loaded.document_families("mine"), None);
    }

    #[test]
    fn bytes_that_are_no_font_are_refused() {
        let noise = FaceState::Loaded(Blob::new(Arc::new([7_u8; 64])));
        let face = Face { id: FaceId(0), rule: rule("Noise", 400.0, &[]), state: noise };
        let error = FontSet::bundled().with_document_faces(&[face]).expect_err("noise");
        assert!(error.to_string().starts_with("Noise is not a font"), "{error}");
    }
}
