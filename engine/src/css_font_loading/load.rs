//! Fetching faces: <https://drafts.csswg.org/css-fonts/#font-fetching-requirements>

use std::collections::VecDeque;

use virga_dom::fonts::{FaceSource, check_font};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};
use virga_protocol::{ConsoleLevel, FetchFailure, RequestMode};

use super::{FontFace, FontFaceSet, face, set};
use crate::{
    agent::EngineCx,
    dom,
    generated::FontFaceLoadStatus,
    loading::{
        ReadyState,
        fetch::{self, Fetched, request_for},
    },
    window::rendering,
};

/// A face on its way.
struct Job {
    set: Obj<FontFaceSet>,
    face: Obj<FontFace>,
    /// The sources that were not tried yet.
    left: VecDeque<FaceSource>,
    /// Why the others did not do.
    reasons: Vec<String>,
}

fn own_set(cx: &mut Cx) -> Fallible<Obj<FontFaceSet>> {
    let document = cx.document_id();
    let document = cx.wrap(document);
    dom::fonts_of(cx, &document)
}

/// Fetches what the text of the current window wants and nobody fetched yet.
pub(crate) fn poll(cx: &mut Cx) {
    let window = cx.window();
    if !rendering::has_faces(&window) {
        return;
    }
    let wanted = rendering::take_wanted_faces(&window);
    if wanted.is_empty() {
        return;
    }
    let Ok(set) = own_set(cx) else { return };
    for (id, rule) in wanted {
        if let Ok(face) = set::object_of(cx, &set, id, rule) {
            start(cx, &set, &face);
        }
    }
}

/// The document is complete: `ready` may be fulfilled.
pub(crate) fn document_complete(cx: &mut Cx) {
    let document = cx.document_id();
    let document = cx.wrap(document);
    if let Some(set) = dom::known_fonts(&document) {
        check_ready(cx, &set);
    }
}

/// Fulfills `ready`, unless something may still want a face.
///
/// <https://drafts.csswg.org/css-font-loading/#fontfaceset-pending-on-the-environment>
pub(super) fn check_ready(cx: &mut Cx, set: &Obj<FontFaceSet>) {
    let Some(window) = set::window_of(cx, set) else { return set::fulfill_ready(cx, set) };
    if window.loading.ready_state() != ReadyState::Complete || !set::is_idle(set) {
        return;
    }
    if rendering::has_faces(&window) {
        rendering::settle(&cx.engine(), &window);
        let realm = window.realm().clone();
        cx.in_realm(&realm, poll);
    }
    if set::is_idle(set) {
        set::fulfill_ready(cx, set);
    }
}

/// Loads a face because script asks for it.
pub(super) fn load_face(cx: &mut Cx, face: &Obj<FontFace>) -> Fallible<()> {
    if face.load_status() == FontFaceLoadStatus::Unloaded {
        let set = own_set(cx)?;
        if let (Some(window), Some(id)) = (set::window_of(cx, &set), face.id()) {
            rendering::note_face_loading(&window, id);
        }
        start(cx, &set, face);
    }
    Ok(())
}

fn start(cx: &mut Cx, set: &Obj<FontFaceSet>, face: &Obj<FontFace>) {
    if face.load_status() != FontFaceLoadStatus::Unloaded {
        return;
    }
    face.set_loading();
    set::begin(cx, set, face);
    cx.window().loading.block_load();
    let left = face.rule().sources.into();
    attempt(cx, Job { set: set.clone(), face: face.clone(), left, reasons: Vec::new() });
}

/// Whether a `format()` is one that [`virga_codec::decode_font`] knows.
fn is_known(format: &str) -> bool {
    let plain = format.strip_suffix("-variations").unwrap_or(format);
    matches!(plain, "" | "woff" | "woff2" | "truetype" | "opentype" | "collection")
}

/// Tries the next source.
fn attempt(cx: &mut Cx, mut job: Job) {
    while let Some(source) = job.left.pop_front() {
        match source {
            FaceSource::Local(name) => match rendering::local_font(&cx.window(), &name) {
                Some(bytes) => match arrived(cx, &job.face, bytes) {
                    Ok(()) => return finish(cx, &job, true),
                    Err(reason) => job.reasons.push(reason),
                },
                None => job.reasons.push(format!("there is no font {name:?} here")),
            },
            FaceSource::Url { url, format } if !is_known(&format) => {
                job.reasons.push(format!("{url}: the format {format:?} is not supported"));
            }
            FaceSource::Url { url, .. } => {
                let request = request_for(cx, &url, RequestMode::Cors);
                cx.engine().requests.initiated_by("css");
                fetch::fetch(cx, request, move |cx, fetched| {
                    match read(fetched).and_then(|bytes| arrived(cx, &job.face, bytes)) {
                        Ok(()) => finish(cx, &job, true),
                        Err(reason) => {
                            job.reasons.push(format!("{url}: {reason}"));
                            attempt(cx, job);
                        }
                    }
                });
                return;
            }
        }
    }
    finish(cx, &job, false);
}

/// The bytes of an OpenType file from one of the formats of the web.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    virga_codec::decode_font(bytes).map(Into::into).map_err(|error| error.to_string())
}

fn read(fetched: Result<Fetched, FetchFailure>) -> Result<Vec<u8>, String> {
    let fetched = fetched.map_err(|failure| failure.to_string())?;
    match fetched.refusal() {
        Some(refusal) => Err(refusal),
        None => unpack(&fetched.body),
    }
}

/// The bytes of a face are there: text is set in it from now on.
fn arrived(cx: &Cx, face: &Obj<FontFace>, bytes: Vec<u8>) -> Result<(), String> {
    let family = face.rule().family;
    check_font(&family, &bytes).map_err(|error| error.to_string())?;
    if let Some(id) = face.id() {
        let agent = cx.engine();
        rendering::set_face(&agent, &cx.window(), id, Some(bytes.clone()))
            .map_err(|error| error.to_string())?;
    }
    face.keep_data(bytes);
    Ok(())
}

fn finish(cx: &mut Cx, job: &Job, ok: bool) {
    let window = cx.window();
    let result = if ok {
        Ok(())
    } else {
        let family = job.face.rule().family;
        let reasons = job.reasons.join("; ");
        let text = format!("Failed to load a font face of {family:?}: {reasons}");
        cx.engine().console(ConsoleLevel::Error, text.clone(), None);
        if let Some(id) = job.face.id() {
            // What is not there cannot be malformed.
            drop(rendering::set_face(&cx.engine(), &window, id, None));
        }
        Err(Error::dom(DomExceptionName::Network, text))
    };
    // Script that ends here ends alone.
    drop(face::settle(cx, &job.face, result));
    set::end(cx, &job.set, &job.face, ok);
    window.loading.unblock_load(cx);
}
