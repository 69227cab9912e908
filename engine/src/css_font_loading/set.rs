//! <https://drafts.csswg.org/css-font-loading/#FontFaceSet-interface>

use virga_dom::{
    NodeId,
    fonts::{FaceId, FaceRule},
    style::{FontQuery, parse_font},
};
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, Platform, Promise, Resolver,
    Settled, Trace, Traced, Value,
    webidl::{Collection, collection_call},
};

use super::{FontFace, FontFaceSetLoadEvent, load};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Event, EventTarget},
    generated::{FontFaceLoadStatus, FontFaceSetLoadStatus, FontFaceSetMethods},
    window::{Window, rendering},
};

/// The object behind `document.fonts`.
#[derive(Trace, Platform)]
pub(crate) struct FontFaceSet {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    document: NodeId,
    /// The `Set` that script looks into.
    backing: Object,
    state: Traced<State>,
}

#[derive(Trace)]
struct State {
    ready: Promise,
    resolver: Resolver,
    /// Those of style sheets that script may have seen.
    declared: Vec<Obj<FontFace>>,
    /// Those that script added.
    added: Vec<Obj<FontFace>>,
    loading: Vec<Obj<FontFace>>,
    loaded: Vec<Obj<FontFace>>,
    failed: Vec<Obj<FontFace>>,
    waiting: Vec<Waiting>,
}

/// A call of `load()` whose faces are not all there.
#[derive(Trace)]
struct Waiting {
    faces: Vec<Obj<FontFace>>,
    resolver: Resolver,
}

impl FontFaceSet {
    /// The set of a document.
    pub(crate) fn create(cx: &mut Cx, document: NodeId) -> Fallible<Obj<Self>> {
        let (ready, resolver) = Promise::new(cx);
        let state = State {
            ready,
            resolver,
            declared: Vec::new(),
            added: Vec::new(),
            loading: Vec::new(),
            loaded: Vec::new(),
            failed: Vec::new(),
            waiting: Vec::new(),
        };
        let backing = Object::new_set(cx);
        let set = Self { target: EventTarget::new(), document, backing, state: Traced::new(state) };
        Ok(Obj::new(cx, set))
    }
}

/// The window that shows the set's document.
pub(super) fn window_of(cx: &Cx, set: &Obj<FontFaceSet>) -> Option<Obj<Window>> {
    cx.engine().window_of_document(set.document)
}

/// The object of a face that a style sheet declares.
pub(super) fn object_of(
    cx: &mut Cx,
    set: &Obj<FontFaceSet>,
    id: FaceId,
    rule: FaceRule,
) -> Fallible<Obj<FontFace>> {
    let known = {
        let state = set.state.borrow();
        let mut all = state.declared.iter().chain(&state.added);
        all.find(|face| face.id() == Some(id)).cloned()
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let face = FontFace::declared(cx, id, rule)?;
    set.state.borrow_mut().declared.push(face.clone());
    Ok(face)
}

/// Brings what script looks into up to date with the style sheets.
fn sync(cx: &mut Cx, set: &Obj<FontFaceSet>) -> Fallible<()> {
    let Some(window) = window_of(cx, set) else { return Ok(()) };
    let rules = rendering::declared_faces(&cx.engine(), &window);
    let ids: Vec<Option<FaceId>> = rules.iter().map(|(id, _)| Some(*id)).collect();
    let same = {
        let state = set.state.borrow();
        state.declared.iter().map(|face| face.id()).eq(ids.iter().copied())
    };
    let size = virga_js::webidl::collection_size(cx, Collection::Set, &set.backing)?;
    let wanted = ids.len() + set.state.borrow().added.len();
    if same && size.to_number(cx)? as usize == wanted {
        return Ok(());
    }
    let mut declared = Vec::new();
    for (id, rule) in rules {
        declared.push(object_of(cx, set, id, rule)?);
    }
    let all: Vec<Obj<FontFace>> = {
        let mut state = set.state.borrow_mut();
        state.declared.clone_from(&declared);
        declared.into_iter().chain(state.added.iter().cloned()).collect()
    };
    call(cx, set, "clear", &[])?;
    for face in all {
        call(cx, set, "add", &[face.value()])?;
    }
    Ok(())
}

fn call(
    cx: &mut Cx,
    set: &Obj<FontFaceSet>,
    name: &'static str,
    args: &[Value],
) -> Fallible<Value> {
    collection_call(cx, Collection::Set, &set.backing, &set.value(), name, args)
}

/// The rule of a face that a script added is another one.
pub(super) fn readd(cx: &mut Cx, face: &Obj<FontFace>) {
    let window = cx.window();
    let Some(id) = face.id() else { return };
    let agent = cx.engine();
    rendering::remove_face(&agent, &window, id);
    let id = rendering::add_face(&agent, &window, face.rule(), face.data());
    face.set_id(id.ok());
}

/// A face began to load: <https://drafts.csswg.org/css-font-loading/#switch-the-fontfaceset-to-loading>
pub(super) fn begin(cx: &mut Cx, set: &Obj<FontFaceSet>, face: &Obj<FontFace>) {
    let first = {
        let mut state = set.state.borrow_mut();
        state.loading.push(face.clone());
        state.loading.len() == 1
    };
    if !first {
        return;
    }
    let settled = set.state.borrow().ready.state() != Settled::Pending;
    if settled {
        let (ready, resolver) = Promise::new(cx);
        let mut state = set.state.borrow_mut();
        (state.ready, state.resolver) = (ready, resolver);
    }
    queue_event(cx, set, "loading", Vec::new());
}

/// A face came, or did not.
pub(super) fn end(cx: &mut Cx, set: &Obj<FontFaceSet>, face: &Obj<FontFace>, ok: bool) {
    let all = {
        let mut state = set.state.borrow_mut();
        state.loading.retain(|other| other.object().address() != face.object().address());
        let list = if ok { &mut state.loaded } else { &mut state.failed };
        list.push(face.clone());
        state.loading.is_empty()
    };
    settle_waiting(cx, set);
    if all {
        // <https://drafts.csswg.org/css-font-loading/#switch-the-fontfaceset-to-loaded>
        let (loaded, failed) = {
            let mut state = set.state.borrow_mut();
            (std::mem::take(&mut state.loaded), std::mem::take(&mut state.failed))
        };
        queue_event(cx, set, "loadingdone", loaded);
        if !failed.is_empty() {
            queue_event(cx, set, "loadingerror", failed);
        }
    }
    load::check_ready(cx, set);
}

fn queue_event(cx: &Cx, set: &Obj<FontFaceSet>, name: &'static str, faces: Vec<Obj<FontFace>>) {
    let Some(window) = window_of(cx, set) else { return };
    let set = set.clone();
    cx.engine().queue_task(TaskSource::Dom, window.id(), move |cx| {
        let event = FontFaceSetLoadEvent::trusted(cx, name, faces);
        let event: Obj<Event> = Obj::new(cx, event).upcast();
        let target: Obj<EventTarget> = set.upcast();
        events::dispatch(cx, &target, &event);
    });
}

/// Answers the calls of `load()` that have nothing to wait for any more.
fn settle_waiting(cx: &mut Cx, set: &Obj<FontFaceSet>) {
    let over = |waiting: &Waiting| {
        let all = |status| waiting.faces.iter().all(|face| face.load_status() == status);
        let failed =
            waiting.faces.iter().any(|face| face.load_status() == FontFaceLoadStatus::Error);
        failed || all(FontFaceLoadStatus::Loaded)
    };
    let done: Vec<Waiting> = {
        let mut state = set.state.borrow_mut();
        let (done, left) = std::mem::take(&mut state.waiting).into_iter().partition(over);
        state.waiting = left;
        done
    };
    for waiting in done {
        let failed =
            waiting.faces.iter().find(|face| face.load_status() == FontFaceLoadStatus::Error);
        let result = match failed {
            Some(face) => {
                let text = format!("a face of {:?} could not be loaded", face.rule().family);
                waiting.resolver.reject(cx, Error::dom(DomExceptionName::Network, text))
            }
            None => {
                let faces: Vec<Value> = waiting.faces.iter().map(Obj::value).collect();
                let faces = Object::array(cx, faces);
                waiting.resolver.resolve(cx, faces)
            }
        };
        // Script that ends here ends alone.
        drop(result);
    }
}

/// Whether nothing is on its way.
pub(super) fn is_idle(set: &Obj<FontFaceSet>) -> bool {
    set.state.borrow().loading.is_empty()
}

/// Fulfills `ready`, if it waits.
pub(super) fn fulfill_ready(cx: &mut Cx, set: &Obj<FontFaceSet>) {
    let resolver = {
        let state = set.state.borrow();
        (state.ready.state() == Settled::Pending).then(|| state.resolver.clone())
    };
    if let Some(resolver) = resolver {
        drop(resolver.resolve(cx, set.value()));
    }
}

fn query(font: &DomString) -> Fallible<FontQuery> {
    let text = font.to_str();
    parse_font(&text).ok_or_else(|| {
        Error::dom(DomExceptionName::Syntax, format!("{text:?} is not a value of `font`"))
    })
}

/// <https://drafts.csswg.org/css-font-loading/#find-the-matching-font-faces>
fn matching(
    cx: &mut Cx,
    set: &Obj<FontFaceSet>,
    query: &FontQuery,
    text: &DomString,
) -> Fallible<Vec<Obj<FontFace>>> {
    sync(cx, set)?;
    let Some(window) = window_of(cx, set) else { return Ok(Vec::new()) };
    let found = rendering::faces_for(&window, query, &text.to_str());
    found.into_iter().map(|(id, rule)| object_of(cx, set, id, rule)).collect()
}

impl FontFaceSetMethods for Obj<FontFaceSet> {
    fn backing(&self, cx: &mut Cx) -> Object {
        // It is as it was if script was stopped meanwhile.
        drop(sync(cx, self));
        self.backing.clone()
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontfaceset-add>
    fn add(&self, cx: &mut Cx, font: Obj<FontFace>) -> Fallible<Obj<FontFaceSet>> {
        if font.is_declared() {
            return Err(Error::dom(
                DomExceptionName::InvalidModification,
                "the face is declared by a style sheet",
            ));
        }
        let same = |other: &Obj<FontFace>| other.object().address() == font.object().address();
        let known = self.state.borrow().added.iter().any(same);
        let Some(window) = window_of(cx, self).filter(|_| !known) else { return Ok(self.clone()) };
        let id = rendering::add_face(&cx.engine(), &window, font.rule(), font.data());
        font.set_id(id.ok());
        if font.load_status() == FontFaceLoadStatus::Loading
            && let Some(id) = font.id()
        {
            rendering::note_face_loading(&window, id);
        }
        self.state.borrow_mut().added.push(font);
        sync(cx, self)?;
        Ok(self.clone())
    }

    fn delete(&self, cx: &mut Cx, font: Obj<FontFace>) -> Fallible<bool> {
        let same = |other: &Obj<FontFace>| other.object().address() == font.object().address();
        let at = self.state.borrow().added.iter().position(same);
        let Some(at) = at else { return Ok(false) };
        self.state.borrow_mut().added.remove(at);
        if let (Some(window), Some(id)) = (window_of(cx, self), font.id()) {
            rendering::remove_face(&cx.engine(), &window, id);
            font.set_id(None);
        }
        sync(cx, self)?;
        Ok(true)
    }

    fn clear(&self, cx: &mut Cx) -> Fallible<()> {
        let added = self.state.borrow().added.clone();
        for face in added {
            self.delete(cx, face)?;
        }
        Ok(())
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontfaceset-load>
    fn load(&self, cx: &mut Cx, font: DomString, text: DomString) -> Fallible<Promise> {
        let query = match query(&font) {
            Ok(query) => query,
            Err(refused) => return Promise::rejected(cx, refused),
        };
        let faces = matching(cx, self, &query, &text)?;
        for face in &faces {
            load::load_face(cx, face)?;
        }
        let (promise, resolver) = Promise::new(cx);
        self.state.borrow_mut().waiting.push(Waiting { faces, resolver });
        settle_waiting(cx, self);
        Ok(promise)
    }

    /// <https://drafts.csswg.org/css-font-loading/#dom-fontfaceset-check>
    fn check(&self, cx: &mut Cx, font: DomString, text: DomString) -> Fallible<bool> {
        let query = query(&font)?;
        let faces = matching(cx, self, &query, &text)?;
        Ok(faces.iter().all(|face| face.load_status() == FontFaceLoadStatus::Loaded))
    }

    fn ready(&self, cx: &mut Cx) -> Promise {
        load::check_ready(cx, self);
        self.state.borrow().ready.clone()
    }

    fn status(&self, _: &mut Cx) -> FontFaceSetLoadStatus {
        if is_idle(self) { FontFaceSetLoadStatus::Loaded } else { FontFaceSetLoadStatus::Loading }
    }
}
