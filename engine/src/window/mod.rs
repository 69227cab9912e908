//! The window: <https://html.spec.whatwg.org/#the-window-object>
//!
//! A [`Window`] is the global object of a realm, with the document it shows and
//! the rendering of it. Navigation makes a new one; the old one's tasks, timers
//! and requests go with it.

pub(crate) mod activation;
mod animation_frames;
mod base64;
pub(crate) mod composition;
mod controls;
pub(crate) mod editing;
pub(crate) mod focus;
pub(crate) mod forms;
mod global;
pub(crate) mod input;
mod media;
mod named;
mod performance;
pub(crate) mod rendering;
mod screen;

pub(crate) use animation_frames::IdleDeadline;
pub(crate) use media::{MediaQueryList, MediaQueryListEvent};
pub(crate) use performance::Performance;
pub(crate) use screen::Screen;

use std::{
    any::TypeId,
    cell::{Cell, RefCell},
};

use url::Url;
use virga_dom::{NodeId, View};
use virga_js::{
    Cx, DomString, Fallible, Interface, Obj, Object, Realm, Slot, Traced, Value, WeakObj,
};
use virga_js::{Platform, Trace, webidl};
use virga_protocol::{Micros, Viewport};

use crate::{
    agent::{Agent, EngineCx},
    events::{Event, EventTarget},
    generated,
    loading::DocumentState,
    wrappers::Node,
};

/// Names a window of an agent; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WindowId(pub(crate) u64);

/// The global object of a realm.
#[derive(Trace, Platform)]
pub(crate) struct Window {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    id: WindowId,
    #[trace(skip)]
    document_id: NodeId,
    /// The document's wrapper, which holds those of all its nodes.
    document: Slot<Option<Obj<Node>>>,
    realm: Realm,
    #[trace(skip)]
    url: RefCell<Url>,
    #[trace(skip)]
    pub(crate) loading: DocumentState,
    /// The rendering of the document. No borrow may be held while script runs.
    #[trace(skip)]
    pub(crate) view: RefCell<View>,
    #[trace(skip)]
    pub(crate) input: input::InputState,
    #[trace(skip)]
    viewport: Cell<Viewport>,
    current_event: Slot<Option<Obj<Event>>>,
    /// What is dragged.
    drag: Slot<Option<input::Drag>>,
    singletons: Traced<Vec<(TypeId, Object)>>,
    frame_callbacks: Traced<animation_frames::FrameCallbacks>,
    media_queries: Traced<Vec<WeakObj<MediaQueryList>>>,
    #[trace(skip)]
    name: RefCell<DomString>,
    opener: Slot<Value>,
    /// When the document was made, since the app's time origin.
    #[trace(skip)]
    time_origin: Micros,
    #[trace(skip)]
    timer_nesting: Cell<u32>,
}

impl Window {
    /// Makes a realm with a window that shows `document`.
    pub(crate) fn create(
        cx: &mut Cx,
        document: NodeId,
        url: Url,
        viewport: Viewport,
    ) -> Fallible<Obj<Self>> {
        let agent = cx.engine();
        let realm = Realm::new(cx)?;
        let view = View::new(&mut agent.tree_mut(), document, viewport, agent.fonts.clone());
        let window = Self {
            target: EventTarget::new(),
            id: agent.next_window_id(),
            document_id: document,
            document: Slot::new(None),
            realm: realm.clone(),
            url: RefCell::new(url),
            loading: DocumentState::default(),
            view: RefCell::new(view),
            input: input::InputState::default(),
            viewport: Cell::new(viewport),
            current_event: Slot::new(None),
            drag: Slot::new(None),
            singletons: Traced::new(Vec::new()),
            frame_callbacks: Traced::new(animation_frames::FrameCallbacks::default()),
            media_queries: Traced::new(Vec::new()),
            name: RefCell::default(),
            opener: Slot::new(Value::null()),
            time_origin: agent.task_time(),
            timer_nesting: Cell::new(0),
        };
        let window = Obj::global(&realm, window);
        cx.in_realm(&realm, |cx| {
            webidl::install(cx, generated::INTERFACES, webidl::Exposure::WINDOW)?;
            webidl::install_callback_objects(cx, generated::CALLBACK_INTERFACES);
            named::install(cx);
            if agent.internals().is_some() {
                crate::testing::install(cx)?;
            }
            Ok(())
        })?;
        Ok(window)
    }

    /// The window is shown now: from here on it holds its document.
    pub(crate) fn hold_document(&self, cx: &mut Cx) {
        let document = cx.wrap(self.document_id);
        self.document.set(Some(document));
    }

    pub(crate) fn id(&self) -> WindowId {
        self.id
    }

    pub(crate) fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The document that the window shows.
    pub(crate) fn document_id(&self) -> NodeId {
        self.document_id
    }

    /// The document's URL.
    pub(crate) fn url(&self) -> Url {
        self.url.borrow().clone()
    }

    /// Changes the document's URL without a navigation: fragments and history.
    pub(crate) fn set_url(&self, url: Url) {
        self.url.replace(url);
    }

    /// The serialized origin of the document.
    pub(crate) fn origin(&self) -> String {
        self.url.borrow().origin().ascii_serialization()
    }

    /// What relative URLs are relative to: the first `base` element with a valid
    /// `href`, else the document's URL.
    ///
    /// <https://html.spec.whatwg.org/#document-base-url>
    pub(crate) fn base_url(&self, agent: &Agent) -> Url {
        self.loading.base_url(agent, self.document_id, &self.url.borrow())
    }

    /// Parses an URL relative to the document.
    pub(crate) fn parse_url(&self, agent: &Agent, text: &str) -> Result<Url, url::ParseError> {
        self.base_url(agent).join(text)
    }

    /// Milliseconds since the time origin of this window, for events and script.
    pub(crate) fn time_stamp(&self, cx: &Cx) -> f64 {
        cx.engine().task_time().saturating_sub(self.time_origin).as_millis()
    }

    /// The time origin of this window, since that of the app.
    pub(crate) fn time_origin(&self) -> Micros {
        self.time_origin
    }

    pub(crate) fn viewport(&self) -> Viewport {
        self.viewport.get()
    }

    /// Sets `window.event`; what it was comes back.
    pub(crate) fn set_current_event(&self, event: Option<Obj<Event>>) -> Option<Obj<Event>> {
        self.current_event.replace(event)
    }

    /// What is dragged, while something is.
    pub(crate) fn drag(&self) -> Option<input::Drag> {
        self.drag.get()
    }

    pub(crate) fn set_drag(&self, drag: Option<input::Drag>) {
        self.drag.set(drag);
    }

    /// The only object of its kind in this window, made when first asked for.
    pub(crate) fn singleton<T: Interface>(
        &self,
        cx: &mut Cx,
        make: impl FnOnce(&mut Cx) -> T,
    ) -> Obj<T> {
        let kind = TypeId::of::<T>();
        let find = |singletons: &Vec<(TypeId, Object)>| {
            singletons.iter().find(|(id, _)| *id == kind).map(|(_, object)| object.clone())
        };
        let found = find(&self.singletons.borrow());
        if let Some(obj) = found.and_then(|object| Obj::from_object(cx, &object)) {
            return obj;
        }
        let data = make(cx);
        let obj = Obj::new(cx, data);
        self.singletons.borrow_mut().push((kind, obj.object().clone()));
        obj
    }

    /// How deep timers that set timers are nested in the current task.
    pub(crate) fn timer_nesting(&self) -> u32 {
        self.timer_nesting.get()
    }

    /// Sets the nesting level; the level before comes back.
    pub(crate) fn set_timer_nesting(&self, level: u32) -> u32 {
        self.timer_nesting.replace(level)
    }
}
