//! The faces that the document brings along: which there are, which text wants, and
//! what came.

use std::sync::Arc;

use fontique::Blob;

use super::View;
use crate::fonts::{
    FontError, FontSet, SharedFonts,
    author::{Face, FaceId, FaceRule, FaceSlant, FaceState},
};
use crate::tree::Tree;

/// The faces of a document.
pub(super) struct Faces {
    /// Those of style sheets, and after them those of scripts.
    all: Vec<Face>,
    /// How many are of scripts.
    scripted: usize,
    made: u64,
    /// The fonts of the host, without those of the document.
    base: FontSet,
    /// The fonts that style measures.
    measured: SharedFonts,
}

impl Faces {
    pub(super) fn new(base: FontSet) -> Self {
        Self {
            all: Vec::new(),
            scripted: 0,
            made: 0,
            measured: SharedFonts::new(base.clone()),
            base,
        }
    }

    pub(super) fn measured(&self) -> &SharedFonts {
        &self.measured
    }
}

impl std::fmt::Debug for Faces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Faces").field("count", &self.all.len()).finish_non_exhaustive()
    }
}

impl View {
    /// Follows the `@font-face` rules of the style sheets.
    pub(super) fn read_faces(&mut self, tree: &mut Tree) {
        let rules = self.style.font_faces(tree);
        let declared = self.faces.all.len() - self.faces.scripted;
        let own = self.faces.all.iter().take(declared);
        if rules.len() == declared && rules.iter().zip(own).all(|(rule, face)| *rule == face.rule) {
            return;
        }
        // What is there already stays, wherever its rule went.
        let scripted = self.faces.all.split_off(declared);
        let mut before = std::mem::take(&mut self.faces.all);
        for rule in rules {
            let kept = before.iter().position(|face| face.rule == rule);
            let face = match kept {
                Some(at) => before.swap_remove(at),
                None => {
                    self.faces.made += 1;
                    Face { id: FaceId(self.faces.made), rule, state: FaceState::Idle }
                }
            };
            self.faces.all.push(face);
        }
        self.faces.all.extend(scripted);
        // All of them were loaded before, one by one.
        let _ = self.use_faces(tree);
    }

    /// Sets text in the faces that are there now.
    fn use_faces(&mut self, tree: &mut Tree) -> Result<(), FontError> {
        let base = &self.faces.base;
        let fonts = if self.faces.all.is_empty() {
            base.clone()
        } else {
            base.with_document_faces(&self.faces.all)?
        };
        self.faces.measured.set(fonts.clone());
        self.style.fonts_changed(tree);
        self.formatting.set_fonts(fonts);
        Ok(())
    }

    /// The faces that text wants and that nobody fetched yet; they count as being
    /// loaded from now on.
    pub fn take_wanted_faces(&mut self) -> Vec<(FaceId, FaceRule)> {
        let wanted = self.formatting.take_wanted_faces();
        let mut out = Vec::new();
        for face in &mut self.faces.all {
            if wanted.contains(&face.id) && matches!(face.state, FaceState::Idle) {
                face.state = FaceState::Loading;
                out.push((face.id, face.rule.clone()));
            }
        }
        out
    }

    /// The faces of style sheets as they are now.
    pub fn declared_faces(&mut self, tree: &mut Tree) -> Vec<(FaceId, FaceRule)> {
        self.style_at(tree, self.now);
        let declared = self.faces.all.len() - self.faces.scripted;
        let own = self.faces.all.iter().take(declared);
        own.map(|face| (face.id, face.rule.clone())).collect()
    }

    /// Adds a face of a script, with its bytes if they are there.
    ///
    /// # Errors
    ///
    /// If the bytes are no font.
    pub fn add_face(
        &mut self,
        tree: &mut Tree,
        rule: FaceRule,
        data: Option<Vec<u8>>,
    ) -> Result<FaceId, FontError> {
        self.faces.made += 1;
        let id = FaceId(self.faces.made);
        let state =
            data.map_or(FaceState::Idle, |data| FaceState::Loaded(Blob::new(Arc::new(data))));
        self.faces.all.push(Face { id, rule, state });
        self.faces.scripted += 1;
        let result = self.use_faces(tree);
        if result.is_err() {
            self.remove_face(tree, id);
        }
        result.map(|()| id)
    }

    /// Takes a face of a script away.
    pub fn remove_face(&mut self, tree: &mut Tree, id: FaceId) {
        let declared = self.faces.all.len() - self.faces.scripted;
        let at = self.faces.all.iter().position(|face| face.id == id);
        if let Some(at) = at.filter(|at| *at >= declared) {
            self.faces.all.remove(at);
            self.faces.scripted -= 1;
            // The others were taken before.
            let _ = self.use_faces(tree);
        }
    }

    /// A face is being fetched though no text asked for it.
    pub fn note_loading(&mut self, id: FaceId) {
        for face in &mut self.faces.all {
            if face.id == id && matches!(face.state, FaceState::Idle) {
                face.state = FaceState::Loading;
            }
        }
    }

    /// Whether the document brings any faces along.
    #[must_use]
    pub fn has_faces(&self) -> bool {
        !self.faces.all.is_empty()
    }

    /// The faces that a text in a family would be set in.
    #[must_use]
    pub fn faces_for(
        &self,
        family: &str,
        (weight, width, slant): (f32, f32, FaceSlant),
        text: &str,
    ) -> Vec<(FaceId, FaceRule)> {
        let idle: Vec<Face> = self
            .faces
            .all
            .iter()
            .map(|face| Face { state: FaceState::Idle, ..face.clone() })
            .collect();
        let Ok(set) = self.faces.base.with_document_faces(&idle) else { return Vec::new() };
        set.pending_of(&family.to_lowercase(), weight, width, slant)
            .into_iter()
            .filter(|id| set.is_pending_for(*id, text))
            .filter_map(|id| self.faces.all.iter().find(|face| face.id == id))
            .map(|face| (face.id, face.rule.clone()))
            .collect()
    }

    /// The bytes of the font that `local()` names.
    #[must_use]
    pub fn local_font(&self, name: &str) -> Option<Vec<u8>> {
        self.faces.base.local(name).map(|blob| blob.as_ref().to_vec())
    }

    /// A face came, as an OpenType file; `None`: it cannot be had.
    ///
    /// # Errors
    ///
    /// If it is no font; then the face waits for another.
    pub fn set_face(
        &mut self,
        tree: &mut Tree,
        id: FaceId,
        data: Option<Vec<u8>>,
    ) -> Result<(), FontError> {
        let Some(at) = self.faces.all.iter().position(|face| face.id == id) else {
            return Ok(());
        };
        self.faces.all[at].state = match data {
            Some(data) => FaceState::Loaded(Blob::new(Arc::new(data))),
            None => FaceState::Failed,
        };
        let result = self.use_faces(tree);
        if result.is_err() {
            self.faces.all[at].state = FaceState::Loading;
        }
        result
    }
}
