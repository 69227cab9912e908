//! The window: <https://html.spec.whatwg.org/#the-window-object>
//!
//! A [`Window`] is the global object of a realm, with the document it shows and
//! the rendering of it. Navigation makes a new one; the old one's tasks, timers
//! and requests go with it.

pub(crate) mod activation;
mod animation_frames;
mod base64;
pub(crate) mod editing;
pub(crate) mod focus;
pub(crate) mod forms;
mod global;
pub(crate) mod input;
mod media;
mod named;
mod performance;
pub(crate) mod rendering;
mod scope;
mod screen;
mod visual_viewport;

pub(crate) use animation_frames::IdleDeadline;
pub(crate) use media::{MediaQueryList, MediaQueryListEvent};
pub(crate) use performance::Performance;
pub(crate) use scope::{Global, GlobalScope};
pub(crate) use screen::{Screen, ScreenOrientation};
pub(crate) use visual_viewport::VisualViewport;

use std::cell::{Cell, RefCell};

use url::Url;
use virga_dom::{NodeId, View};
use virga_js::{Cx, DomString, Fallible, Obj, Realm, Slot, Traced, Value, WeakObj};
use virga_js::{Platform, Trace, webidl};
use virga_protocol::Viewport;

use crate::{
    agent::{Agent, EngineCx},
    events::Event,
    generated,
    interfaces::{IntersectionObserver, ResizeObserver},
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
    scope: GlobalScope,
    #[trace(skip)]
    document_id: NodeId,
    /// The document's wrapper, which holds those of all its nodes.
    document: Slot<Option<Obj<Node>>>,
    #[trace(skip)]
    pub(crate) loading: DocumentState,
    /// The rendering of the document. No borrow may be held while script runs.
    #[trace(skip)]
    pub(crate) view: RefCell<View>,
    #[trace(skip)]
    pub(crate) input: input::InputState,
    #[trace(skip)]
    pub(crate) autofocus: crate::html::autofocus::Autofocus,
    #[trace(skip)]
    pub(crate) popovers: crate::html::popover::Popovers,
    #[trace(skip)]
    pub(crate) toggles: crate::html::toggle::PendingToggles,
    #[trace(skip)]
    viewport: Cell<Viewport>,
    current_event: Slot<Option<Obj<Event>>>,
    frame_callbacks: Traced<animation_frames::FrameCallbacks>,
    media_queries: Traced<Vec<WeakObj<MediaQueryList>>>,
    pub(crate) resize_observers: Traced<Vec<WeakObj<ResizeObserver>>>,
    pub(crate) intersection_observers: Traced<Vec<WeakObj<IntersectionObserver>>>,
    /// An observer has a new target, and looks at it with the next frame.
    #[trace(skip)]
    pub(crate) observation_wanted: Cell<bool>,
    /// What scrolled in the last frame.
    #[trace(skip)]
    pub(crate) scrolling: RefCell<Vec<Option<NodeId>>>,
    /// Promises of `img.decode()`.
    pub(crate) image_decodes: Traced<Vec<(Obj<Node>, virga_js::Resolver)>>,
    #[trace(skip)]
    name: RefCell<DomString>,
    opener: Slot<Value>,
}

impl Global for Window {}

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
            scope: GlobalScope::new(&agent, realm.clone(), url),
            document_id: document,
            document: Slot::new(None),
            loading: DocumentState::default(),
            view: RefCell::new(view),
            input: input::InputState::default(),
            autofocus: Default::default(),
            popovers: Default::default(),
            toggles: Default::default(),
            viewport: Cell::new(viewport),
            current_event: Slot::new(None),
            frame_callbacks: Traced::new(animation_frames::FrameCallbacks::default()),
            media_queries: Traced::new(Vec::new()),
            resize_observers: Traced::new(Vec::new()),
            intersection_observers: Traced::new(Vec::new()),
            observation_wanted: Cell::new(false),
            scrolling: RefCell::default(),
            image_decodes: Traced::new(Vec::new()),
            name: RefCell::default(),
            opener: Slot::new(Value::null()),
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

    /// The document that the window shows.
    pub(crate) fn document_id(&self) -> NodeId {
        self.document_id
    }

    /// What relative URLs are relative to: the first `base` element with a valid
    /// `href`, else the document's URL.
    ///
    /// <https://html.spec.whatwg.org/#document-base-url>
    pub(crate) fn base_url(&self, agent: &Agent) -> Url {
        self.loading.base_url(agent, self.document_id, &self.url())
    }

    /// Parses an URL relative to the document.
    pub(crate) fn parse_url(&self, agent: &Agent, text: &str) -> Result<Url, url::ParseError> {
        self.base_url(agent).join(text)
    }

    pub(crate) fn viewport(&self) -> Viewport {
        self.viewport.get()
    }

    /// Sets `window.event`; what it was comes back.
    pub(crate) fn set_current_event(&self, event: Option<Obj<Event>>) -> Option<Obj<Event>> {
        self.current_event.replace(event)
    }
}
