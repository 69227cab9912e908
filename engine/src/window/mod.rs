//! The window: <https://html.spec.whatwg.org/#the-window-object>
//!
//! A [`Window`] is the global object of a realm, with the document it shows and
//! the rendering of it. Navigation makes a new one; the old one's tasks, timers
//! and requests go with it.

pub(crate) mod activation;
mod animation_frames;
mod bars;
pub(crate) mod composition;
mod controls;
pub(crate) mod editing;
pub(crate) mod focus;
mod focus_chain;
mod focus_order;
mod focus_sequential;
pub(crate) mod forms;
mod global;
pub(crate) mod input;
mod list_box;
mod media;
pub(crate) mod messaging;
mod named;
mod origin;
pub(crate) mod picker;
pub(crate) mod rendering;
mod scope;
mod screen;
pub(crate) mod user_activation;
mod visual_viewport;

pub(crate) use animation_frames::IdleDeadline;
pub(crate) use bars::BarProp;
pub(crate) use media::{MediaQueryList, MediaQueryListEvent};
pub(crate) use origin::Origin;
pub(crate) use scope::{Global, GlobalScope};
pub(crate) use screen::{Screen, ScreenOrientation};
pub(crate) use user_activation::UserActivation;
pub(crate) use visual_viewport::VisualViewport;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use url::Url;
use virga_dom::{NodeId, View};
use virga_js::{Cx, Fallible, Obj, Object, Realm, Slot, Traced, WeakObj};
use virga_js::{Platform, Trace, webidl};
use virga_protocol::Viewport;

use crate::{
    agent::{Agent, EngineCx},
    events::{Event, EventTarget},
    generated,
    interfaces::{IntersectionObserver, ResizeObserver},
    loading::DocumentState,
    navigable::{Navigable, NavigableId, Sandbox},
    wrappers::Node,
};

/// Names a window of an agent; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WindowId(pub(crate) u64);

/// The global object of a realm.
#[derive(Trace, Platform)]
#[stand_in(Window::proxy)]
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
    activation: user_activation::Activation,
    /// The document has elements as properties.
    #[trace(skip)]
    pub(crate) document_names: Cell<bool>,
    /// Elements that `click()` was called on and has not returned from.
    #[trace(skip)]
    clicking: RefCell<Vec<NodeId>>,
    #[trace(skip)]
    pub(crate) autofocus: crate::html::autofocus::Autofocus,
    #[trace(skip)]
    pub(crate) popovers: crate::html::popover::Popovers,
    #[trace(skip)]
    pub(crate) toggles: crate::html::toggle::PendingToggles,
    #[trace(skip)]
    viewport: Cell<Viewport>,
    #[trace(skip)]
    navigable: NavigableId,
    /// The `WindowProxy` that script gets to see, for a frame's window.
    proxy: Option<Object>,
    #[trace(skip)]
    sandbox: Sandbox,
    /// What `about:blank` and `srcdoc` documents resolve URLs with.
    #[trace(skip)]
    fallback_base: Option<Url>,
    #[trace(skip)]
    referrer: Option<String>,
    #[trace(skip)]
    srcdoc: RefCell<Option<String>>,
    current_event: Slot<Option<Obj<Event>>>,
    /// What is dragged.
    drag: Slot<Option<input::Drag>>,
    /// What was changed in place.
    edits: Traced<editing::content::History>,
    frame_callbacks: Traced<animation_frames::FrameCallbacks>,
    media_queries: Traced<Vec<WeakObj<MediaQueryList>>>,
    /// Those of them that nothing else need hold: new ones, and ones with listeners.
    kept_media_queries: Traced<Vec<Obj<MediaQueryList>>>,
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
}

impl Global for Window {}

/// The document before this one was the navigable's first: what script did to that
/// window is kept, as if this were the same one.
///
/// <https://html.spec.whatwg.org/#initialise-the-document-object>, step 5.1.
pub(crate) fn continue_from(cx: &mut Cx, window: &Obj<Window>, initial: &Obj<Window>) {
    let (target, before): (Obj<EventTarget>, Obj<EventTarget>) =
        (window.clone().upcast(), initial.clone().upcast());
    target.inherit(&before);
    let (own, before) = (window.object(), initial.object());
    let mut copy = || -> Fallible<()> {
        for key in before.own_keys(cx)? {
            if own.own_property(cx, key.clone())?.is_none()
                && let Some(property) = before.own_property(cx, key.clone())?
            {
                own.put(key, property);
            }
        }
        Ok(())
    };
    if let Err(error) = copy() {
        crate::events::report_exception(cx, error);
    }
}

/// What a window is made of.
pub(crate) struct About {
    /// Where it will be active.
    pub(crate) navigable: Rc<Navigable>,
    /// What it shows.
    pub(crate) document: NodeId,
    /// The document's address.
    pub(crate) url: Url,
    /// The document's origin.
    pub(crate) origin: Origin,
    /// What the document may do.
    pub(crate) sandbox: Sandbox,
    /// What `about:` documents resolve URLs with.
    pub(crate) base: Option<Url>,
    /// `document.referrer`.
    pub(crate) referrer: Option<String>,
}

impl Window {
    /// Makes a realm with a window that shows a document.
    pub(crate) fn create(cx: &mut Cx, about: About) -> Fallible<Obj<Self>> {
        let agent = cx.engine();
        let About { navigable, document, url, origin, sandbox, base, referrer } = about;
        let viewport = navigable.viewport();
        // <https://html.spec.whatwg.org/#secure-context>, step 3: the address at the top.
        let secure = match agent.top_window_of(&navigable) {
            Some(top) => top.is_secure_context(),
            None => scope::is_trustworthy(&agent, &url),
        };
        let proxy = (!navigable.is_app()).then(|| navigable.proxy(cx, &origin).object().clone());
        let realm = match &proxy {
            Some(proxy) => Realm::with_this(cx, proxy)?,
            None => Realm::new(cx)?,
        };
        let mut view = View::new(&mut agent.tree_mut(), document, viewport, agent.fonts.clone());
        view.set_nested(!navigable.is_top());
        let window = Self {
            scope: GlobalScope::with_origin(&agent, realm.clone(), url, origin, secure),
            document_id: document,
            document: Slot::new(None),
            loading: DocumentState::default(),
            view: RefCell::new(view),
            input: input::InputState::default(),
            activation: user_activation::Activation::default(),
            document_names: Cell::new(false),
            clicking: RefCell::default(),
            autofocus: Default::default(),
            popovers: Default::default(),
            toggles: Default::default(),
            viewport: Cell::new(viewport),
            navigable: navigable.id(),
            proxy,
            sandbox,
            fallback_base: base,
            referrer,
            srcdoc: RefCell::default(),
            current_event: Slot::new(None),
            drag: Slot::new(None),
            edits: Traced::new(editing::content::History::default()),
            frame_callbacks: Traced::new(animation_frames::FrameCallbacks::default()),
            media_queries: Traced::new(Vec::new()),
            kept_media_queries: Traced::new(Vec::new()),
            resize_observers: Traced::new(Vec::new()),
            intersection_observers: Traced::new(Vec::new()),
            observation_wanted: Cell::new(false),
            scrolling: RefCell::default(),
            image_decodes: Traced::new(Vec::new()),
        };
        let window = Obj::global(&realm, window);
        cx.in_realm(&realm, |cx| {
            let exposure = webidl::Exposure::WINDOW.in_context(secure);
            webidl::install(cx, generated::INTERFACES, exposure)?;
            webidl::install_callback_objects(cx, generated::CALLBACK_INTERFACES);
            named::install(cx);
            if agent.config.test_hooks && agent.internals().is_some() {
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
        let fallback = self.fallback_base.clone().unwrap_or_else(|| self.url());
        self.loading.base_url(agent, self.document_id, &fallback)
    }

    /// What script sees instead of the global object.
    fn proxy(&self) -> Option<Object> {
        self.proxy.clone()
    }

    /// The navigable that it was made for.
    pub(crate) fn navigable_id(&self) -> NavigableId {
        self.navigable
    }

    /// What the document may do.
    pub(crate) fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    /// `document.referrer`.
    pub(crate) fn referrer(&self) -> String {
        self.referrer.clone().unwrap_or_default()
    }

    /// The text of a `srcdoc` attribute that the document came from.
    pub(crate) fn srcdoc(&self) -> Option<String> {
        self.srcdoc.borrow().clone()
    }

    pub(crate) fn set_srcdoc(&self, html: String) {
        self.srcdoc.replace(Some(html));
    }

    /// The address that others hear of when this document asks them for something.
    ///
    /// <https://w3c.github.io/webappsec-referrer-policy/#strip-url>
    pub(crate) fn url_for_referrer(&self) -> Option<String> {
        let mut url = self.url();
        if !matches!(url.scheme(), "http" | "https") {
            // A document inside of another speaks for that.
            return self.referrer.clone().filter(|_| url.scheme() == "about");
        }
        url.set_fragment(None);
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Some(url.into())
    }

    /// What a request for `target` says: the whole address to the same origin, to
    /// others the origin, and nothing from a secure place to an insecure one.
    ///
    /// <https://w3c.github.io/webappsec-referrer-policy/#referrer-policy-strict-origin-when-cross-origin>
    pub(crate) fn referrer_for(&self, target: &Url) -> Option<String> {
        let own = self.url_for_referrer()?;
        let from = Url::parse(&own).ok()?;
        if from.origin() == target.origin() {
            return Some(own);
        }
        if from.scheme() == "https" && target.scheme() != "https" {
            return None;
        }
        Some(format!("{}/", from.origin().ascii_serialization()))
    }

    /// The document is gone: nothing of it is parsed any more.
    pub(crate) fn abort_parser(&self) {
        self.loading.abort_parser();
    }

    /// Parses an URL as the document writes it: relative to it, and with the query
    /// in its encoding.
    pub(crate) fn parse_url(&self, agent: &Agent, text: &str) -> Result<Url, url::ParseError> {
        crate::url::query::parse(&self.base_url(agent), text, self.loading.encoding())
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
}
