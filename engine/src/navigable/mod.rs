//! Navigables: what shows documents, one after the other:
//! <https://html.spec.whatwg.org/#navigables>
//!
//! An app has one top-level navigable, one for each window that it opened, and one for
//! each `iframe` that is connected to a document that is shown. Each has an active [`Window`], which is a realm
//! with its document; navigation gives it another. All windows of an app live in
//! one agent, on one thread.
//!
//! * [`auxiliary`] opens and closes the windows beside the app's own;
//! * [`frame`] makes and discards the navigables of elements;
//! * [`proxy`] is the `WindowProxy`, the object that script holds of a navigable
//!   while its windows come and go, and that says what origins may not see of each
//!   other;
//! * [`named`] finds the navigable that a `target` means;
//! * [`input`] finds the one that the user's input is for.
//!
//! The first document of a frame, `about:blank`, is made only when somebody asks
//! for it: a frame that goes elsewhere at once costs one realm.
//!
//! Objects do not pass from one origin to another except through `WindowProxy` and
//! `Location`. So there is one `WindowProxy` of a navigable for each origin that
//! looks at it, and the one that is asked knows on whose behalf.

pub(crate) mod auxiliary;
pub(crate) mod frame;
pub(crate) mod input;
pub(crate) mod named;
mod proxy;
mod sandbox;

pub(crate) use proxy::{WindowProxy, proxy_value};
pub(crate) use sandbox::Sandbox;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use rustc_hash::FxHashMap;
use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::{FromApp, RequestId, Viewport};

use crate::{
    agent::{Agent, EngineCx},
    window::{Origin, Window, WindowId},
};

/// Names a navigable of an agent; never reused. The top-level one is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NavigableId(u64);

impl NavigableId {
    /// The top-level navigable.
    pub(crate) const TOP: Self = Self(0);
}

/// How many frames an app may have at once; more stay empty. (Blink's limit.)
const MAX_FRAMES: usize = 1000;
/// How deep frames may be nested.
const MAX_DEPTH: usize = 32;

/// <https://html.spec.whatwg.org/#navigable>
pub(crate) struct Navigable {
    id: NavigableId,
    /// The element that it is in; `None` for the top-level one.
    container: Option<NodeId>,
    parent: Option<NavigableId>,
    depth: usize,
    /// In the order they were made.
    children: RefCell<Vec<NavigableId>>,
    name: RefCell<String>,
    /// The active window; a root. `None` before there is any, and for a frame whose
    /// first document nobody has asked for.
    window: RefCell<Option<Obj<Window>>>,
    /// What each origin that looks at it sees; roots.
    proxies: RefCell<Vec<Obj<WindowProxy>>>,
    /// The fetch of the document that comes next.
    navigation: Cell<Option<RequestId>>,
    /// Whether the parent's `load` event waits for it.
    blocks_load: Cell<bool>,
    /// Counts navigations, so that one which was overtaken knows.
    serial: Cell<u64>,
    /// A navigation is under way, and its document has not come yet.
    ongoing: Cell<bool>,
    /// Nothing was navigated to yet: the document is the first `about:blank`.
    initial: Cell<bool>,
    viewport: Cell<Viewport>,
    /// Which navigables a name can mean: those that know of each other.
    ///
    /// <https://html.spec.whatwg.org/#browsing-context-group>
    group: Cell<NavigableId>,
    /// Who opened it, if that may be known.
    opener: Cell<Option<NavigableId>>,
    /// What its opener's sandbox lets the documents in it do.
    sandbox: Cell<Sandbox>,
    /// It is about to go.
    closing: Cell<bool>,
    /// Where its tree of navigables stands in its session history, if it is at the top.
    pub(crate) step: Cell<usize>,
    pub(crate) history: crate::history::SessionHistory,
}

impl Navigable {
    fn new(
        id: NavigableId,
        container: Option<NodeId>,
        parent: Option<&Self>,
        viewport: Viewport,
    ) -> Rc<Self> {
        Rc::new(Self {
            id,
            container,
            parent: parent.map(|parent| parent.id),
            depth: parent.map_or(0, |parent| parent.depth + 1),
            children: RefCell::default(),
            name: RefCell::default(),
            window: RefCell::new(None),
            proxies: RefCell::default(),
            navigation: Cell::new(None),
            blocks_load: Cell::new(false),
            serial: Cell::new(0),
            ongoing: Cell::new(false),
            initial: Cell::new(true),
            viewport: Cell::new(viewport),
            group: Cell::new(parent.map_or(id, |parent| parent.group.get())),
            opener: Cell::new(None),
            sandbox: Cell::new(Sandbox::NONE),
            closing: Cell::new(false),
            step: Cell::new(0),
            history: crate::history::SessionHistory::default(),
        })
    }

    pub(crate) fn id(&self) -> NavigableId {
        self.id
    }

    /// The element that it is in.
    pub(crate) fn container(&self) -> Option<NodeId> {
        self.container
    }

    pub(crate) fn is_top(&self) -> bool {
        self.container.is_none()
    }

    /// Whether it is the app's own, which lives as long as the app.
    pub(crate) fn is_app(&self) -> bool {
        self.id == NavigableId::TOP
    }

    /// What the documents in it may do, if it is at the top.
    pub(crate) fn sandbox(&self) -> Sandbox {
        self.sandbox.get()
    }

    /// Whether `window.close()` was called for it.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Script wants to know no opener any more.
    pub(crate) fn disown_opener(&self) {
        self.opener.set(None);
    }

    /// The active window, if there is one already.
    pub(crate) fn window(&self) -> Option<Obj<Window>> {
        self.window.borrow().clone()
    }

    /// The navigable's target name.
    pub(crate) fn name(&self) -> String {
        self.name.borrow().clone()
    }

    pub(crate) fn set_name(&self, name: String) {
        self.name.replace(name);
    }

    pub(crate) fn viewport(&self) -> Viewport {
        self.viewport.get()
    }

    pub(crate) fn set_viewport(&self, viewport: Viewport) {
        self.viewport.set(viewport);
    }

    /// Whether it still shows its first document.
    pub(crate) fn is_initial(&self) -> bool {
        self.initial.get()
    }

    /// <https://html.spec.whatwg.org/#ongoing-navigation>
    pub(crate) fn is_navigating(&self) -> bool {
        self.ongoing.get()
    }

    /// The navigation under way ended without a document.
    pub(crate) fn stopped_navigating(&self) {
        self.ongoing.set(false);
    }

    /// It shows a document that was navigated to.
    pub(crate) fn navigated(&self) {
        self.initial.set(false);
    }

    pub(crate) fn has_children(&self) -> bool {
        !self.children.borrow().is_empty()
    }
}

/// The navigables of an agent.
pub(crate) struct Navigables {
    top: Rc<Navigable>,
    /// Windows that the app opened, in that order.
    auxiliary: RefCell<Vec<NavigableId>>,
    /// What the last frame showed.
    pub(crate) presented: Cell<NavigableId>,
    frames: RefCell<BTreeMap<NavigableId, Rc<Navigable>>>,
    by_container: RefCell<FxHashMap<NodeId, NavigableId>>,
    by_window: RefCell<FxHashMap<WindowId, NavigableId>>,
    by_document: RefCell<FxHashMap<NodeId, NavigableId>>,
    made: Cell<u64>,
    told_limit: Cell<bool>,
}

impl Navigables {
    pub(crate) fn new(viewport: Viewport) -> Self {
        Self {
            top: Navigable::new(NavigableId::TOP, None, None, viewport),
            auxiliary: RefCell::default(),
            presented: Cell::new(NavigableId::TOP),
            frames: RefCell::default(),
            by_container: RefCell::default(),
            by_window: RefCell::default(),
            by_document: RefCell::default(),
            made: Cell::new(0),
            told_limit: Cell::new(false),
        }
    }

    pub(crate) fn top(&self) -> &Rc<Navigable> {
        &self.top
    }

    pub(crate) fn get(&self, id: NavigableId) -> Option<Rc<Navigable>> {
        if id == NavigableId::TOP {
            return Some(Rc::clone(&self.top));
        }
        self.frames.borrow().get(&id).cloned()
    }

    /// The content navigable of an element.
    pub(crate) fn of_container(&self, element: NodeId) -> Option<Rc<Navigable>> {
        if self.frames.borrow().is_empty() {
            return None;
        }
        let id = *self.by_container.borrow().get(&element)?;
        self.get(id)
    }

    /// Whether there is any frame.
    pub(crate) fn has_frames(&self) -> bool {
        !self.frames.borrow().is_empty()
    }

    /// Whether there ever was a frame. Asked on hot paths.
    pub(crate) fn had_frames(&self) -> bool {
        self.made.get() > 0
    }

    fn of_window(&self, id: WindowId) -> Option<Rc<Navigable>> {
        let id = *self.by_window.borrow().get(&id)?;
        self.get(id)
    }

    /// The navigable whose active document this is.
    pub(crate) fn of_document(&self, document: NodeId) -> Option<Rc<Navigable>> {
        let id = *self.by_document.borrow().get(&document)?;
        self.get(id)
    }

    /// Lets all handles go.
    pub(crate) fn clear(&self) {
        let frames = std::mem::take(&mut *self.frames.borrow_mut());
        for navigable in frames.values().chain([&self.top]) {
            drop(navigable.window.take());
            drop(navigable.proxies.take());
            navigable.history.clear();
        }
    }

    /// Makes the navigable of an element in a document of `parent`; `None` if there
    /// are too many.
    fn add(&self, agent: &Agent, parent: &Rc<Navigable>, element: NodeId) -> Option<Rc<Navigable>> {
        let mut frames = self.frames.borrow_mut();
        if frames.len() >= MAX_FRAMES || parent.depth >= MAX_DEPTH {
            drop(frames);
            if !self.told_limit.replace(true) {
                let text = format!(
                    "An iframe stays empty: an app may have {MAX_FRAMES} of them, nested {MAX_DEPTH} deep"
                );
                agent.console(virga_protocol::ConsoleLevel::Error, text, None);
            }
            return None;
        }
        self.made.set(self.made.get() + 1);
        let id = NavigableId(self.made.get());
        let viewport = Viewport { width: 300.0, height: 150.0, ..parent.viewport() };
        let navigable = Navigable::new(id, Some(element), Some(parent), viewport);
        frames.insert(id, Rc::clone(&navigable));
        parent.children.borrow_mut().push(id);
        self.by_container.borrow_mut().insert(element, id);
        Some(navigable)
    }

    /// The child navigables, in the order that their elements were inserted.
    pub(crate) fn children(&self, navigable: &Navigable) -> Vec<Rc<Navigable>> {
        let ids = navigable.children.borrow().clone();
        ids.into_iter().filter_map(|id| self.get(id)).collect()
    }
}

/// Windows, documents and navigables.
impl Agent {
    /// The window of the app's own document.
    pub(crate) fn window(&self) -> Option<Obj<Window>> {
        self.navigables.top.window()
    }

    /// The window that the user sees.
    pub(crate) fn shown_window(&self) -> Option<Obj<Window>> {
        self.navigables.shown(self).window()
    }

    /// The active windows: the app's own and those of its frames, each after its
    /// parent, then those of the windows that it opened.
    pub(crate) fn windows(&self) -> Vec<Obj<Window>> {
        self.active_navigables().iter().filter_map(|navigable| navigable.window()).collect()
    }

    /// The navigables, each after its parent.
    pub(crate) fn active_navigables(&self) -> Vec<Rc<Navigable>> {
        let all = &self.navigables;
        all.tops().iter().flat_map(|top| all.subtree(top)).collect()
    }

    /// The active window with this identity.
    pub(crate) fn window_with(&self, id: WindowId) -> Option<Obj<Window>> {
        if let Some(top) = self.window()
            && top.id() == id
        {
            return Some(top);
        }
        self.navigables.of_window(id)?.window()
    }

    /// The active window of a document.
    pub(crate) fn window_of_document(&self, document: NodeId) -> Option<Obj<Window>> {
        if let Some(top) = self.window()
            && top.document_id() == document
        {
            return Some(top);
        }
        self.navigables.of_document(document)?.window()
    }

    /// The active window of a node's document.
    pub(crate) fn window_of(&self, node: NodeId) -> Option<Obj<Window>> {
        let document = self.tree().owner_document(node)?;
        self.window_of_document(document)
    }

    /// Whether this is the active document of a navigable.
    pub(crate) fn is_shown(&self, document: NodeId) -> bool {
        self.navigables.by_document.borrow().contains_key(&document)
    }

    /// Whether a document lives as long as the app's own window shows it, so that its
    /// nodes need not hold it.
    pub(crate) fn is_top_document(&self, document: NodeId) -> bool {
        let window = self.navigables.top.window.borrow();
        window.as_ref().is_some_and(|window| window.document_id() == document)
    }

    /// The window at the top of the navigables that a frame is in; `None` for one that
    /// is at the top itself.
    pub(crate) fn top_window_of(&self, navigable: &Navigable) -> Option<Obj<Window>> {
        let parent = self.navigables.get(navigable.parent?)?;
        self.navigables.top_of(&parent).window()
    }

    /// The navigable of an active window.
    pub(crate) fn navigable_of(&self, window: &Window) -> Option<Rc<Navigable>> {
        self.navigables.get(window.navigable_id()).filter(|navigable| {
            navigable.window.borrow().as_ref().is_some_and(|active| active.id() == window.id())
        })
    }

    /// Gives a navigable another window. What the one before had under way ends:
    /// its tasks, its timers, its requests, its frames.
    pub(crate) fn activate(&self, navigable: &Rc<Navigable>, window: &Obj<Window>) {
        self.navigables.by_window.borrow_mut().insert(window.id(), navigable.id);
        self.navigables.by_document.borrow_mut().insert(window.document_id(), navigable.id);
        let before = navigable.window.replace(Some(window.clone()));
        if let Some(before) = before {
            self.end_window(&before);
        }
        for proxy in navigable.proxies.borrow().iter() {
            proxy.point_to(window);
        }
    }

    /// What a window that is active no more had under way ends.
    fn end_window(&self, window: &Obj<Window>) {
        let id = window.id();
        self.navigables.by_window.borrow_mut().remove(&id);
        self.navigables.by_document.borrow_mut().remove(&window.document_id());
        self.collect_garbage_soon();
        self.event_loop.retain(|other| other != id);
        for request in self.requests.retain(|other| other != id) {
            self.send(FromApp::Cancel { id: request });
        }
        self.end_messaging(|other| other != id);
    }

    /// Another navigation begins, or none: the one before ends.
    pub(crate) fn end_navigation(&self, navigable: &Navigable, next: Option<RequestId>) {
        navigable.serial.set(navigable.serial.get() + 1);
        navigable.ongoing.set(next.is_some());
        if let Some(before) = navigable.navigation.replace(next) {
            self.cancel(before);
        }
    }
}

/// Navigations that need no fetch, which go on in a task.
impl Agent {
    /// Another navigation begins; the one before ends.
    pub(crate) fn begin_local_navigation(&self, navigable: &Navigable) -> u64 {
        self.end_navigation(navigable, None);
        navigable.ongoing.set(true);
        navigable.serial.get()
    }

    /// Whether that navigation is still the newest.
    pub(crate) fn is_local_navigation(&self, navigable: &Navigable, serial: u64) -> bool {
        navigable.serial.get() == serial && self.navigables.get(navigable.id).is_some()
    }
}

/// The navigable of the current realm's window, if that is active.
pub(crate) fn current(cx: &Cx) -> Option<Rc<Navigable>> {
    cx.engine().navigable_of(&cx.window())
}

/// Runs `steps` in the realm of a navigable's window.
pub(crate) fn in_window<R>(
    cx: &mut Cx,
    navigable: &Navigable,
    steps: impl FnOnce(&mut Cx) -> R,
) -> Option<R> {
    let window = navigable.window()?;
    Some(cx.in_realm(window.realm(), steps))
}

/// Whether the current realm's document may reach into a window.
pub(crate) fn is_same_origin(cx: &Cx, window: &Window) -> bool {
    let origin: Origin = cx.window().security_origin();
    origin == window.security_origin()
}
