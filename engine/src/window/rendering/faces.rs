//! Fonts that a document brings along.

use virga_dom::fonts::{FaceId, FaceRule, FontError};
use virga_dom::style::FontQuery;

use crate::{agent::Agent, window::Window};

/// Whether the document of a window brings fonts along.
pub(crate) fn has_faces(window: &Window) -> bool {
    window.view.borrow().has_faces()
}

/// The faces that text wants and that nobody fetched yet.
pub(crate) fn take_wanted_faces(window: &Window) -> Vec<(FaceId, FaceRule)> {
    window.view.borrow_mut().take_wanted_faces()
}

/// The faces of style sheets.
pub(crate) fn declared_faces(agent: &Agent, window: &Window) -> Vec<(FaceId, FaceRule)> {
    window.view.borrow_mut().declared_faces(&mut agent.tree_mut())
}

/// The faces that a text would be set in.
pub(crate) fn faces_for(window: &Window, query: &FontQuery, text: &str) -> Vec<(FaceId, FaceRule)> {
    let view = window.view.borrow();
    let wish = (query.weight, 100.0, query.slant);
    query.families.iter().flat_map(|family| view.faces_for(family, wish, text)).collect()
}

/// Adds a face of a script.
pub(crate) fn add_face(
    agent: &Agent,
    window: &Window,
    rule: FaceRule,
    data: Option<Vec<u8>>,
) -> Result<FaceId, FontError> {
    window.view.borrow_mut().add_face(&mut agent.tree_mut(), rule, data)
}

/// Takes a face of a script away.
pub(crate) fn remove_face(agent: &Agent, window: &Window, id: FaceId) {
    window.view.borrow_mut().remove_face(&mut agent.tree_mut(), id);
}

/// A face is being fetched though no text asked for it.
pub(crate) fn note_face_loading(window: &Window, id: FaceId) {
    window.view.borrow_mut().note_loading(id);
}

/// A face came, or cannot be had.
pub(crate) fn set_face(
    agent: &Agent,
    window: &Window,
    id: FaceId,
    data: Option<Vec<u8>>,
) -> Result<(), FontError> {
    window.view.borrow_mut().set_face(&mut agent.tree_mut(), id, data)
}

/// The bytes of a font of the host.
pub(crate) fn local_font(window: &Window, name: &str) -> Option<Vec<u8>> {
    window.view.borrow().local_font(name)
}
