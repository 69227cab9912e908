//! The agent: what all documents of one app share.

use std::{
    cell::{Cell, Ref, RefCell, RefMut},
    rc::Rc,
};

use url::Url;
use virga_dom::{LocalName, NodeId, Tree, fonts::FontSet};
use virga_js::{Cx, Obj, Realm};
use virga_protocol::{
    Answer, AppConfig, Call, ConsoleLevel, ConsoleMessage, FromApp, Micros, Reply, Request,
    RequestId, SourcePosition, StorageArea, StorageCall, StorageReply,
};

use crate::{
    FrameCounters, Host,
    custom_elements::ReactionStack,
    event_loop::{EventLoop, Task},
    events::DispatchDepth,
    file::ObjectUrls,
    messaging::Ports,
    navigable::{NavigableId, Navigables},
    requests::Requests,
    testing::Internals,
    window::{GlobalScope, Window, WindowId},
    workers::{Inbox, Workers},
    wrappers::{Node, Wrappers},
};

pub(crate) use crate::event_loop::TaskSource;

/// Collect garbage at the end of a task once this many wrappers were made since
/// the last time. The collector counts its own heap only, not what hangs on it.
const WRAPPERS_PER_COLLECTION: usize = 100_000;

/// One app's script agent: its tree, its event loop, its way to the host.
///
/// Everything is behind cells, since script may come back in from anywhere. A
/// borrow of the tree must end before anything that may run script or make a
/// wrapper.
pub(crate) struct Agent {
    pub(crate) config: AppConfig,
    pub(crate) fonts: FontSet,
    pub(crate) wrappers: Wrappers,
    pub(crate) event_loop: EventLoop,
    pub(crate) requests: Requests,
    pub(crate) dispatch_depth: DispatchDepth,
    pub(crate) object_urls: ObjectUrls,
    pub(crate) reactions: ReactionStack,
    tree: RefCell<Tree>,
    host: RefCell<Box<dyn Host>>,
    /// What shows documents: the app's own window and its frames.
    pub(crate) navigables: Navigables,
    /// The realm that was there first, which has no window.
    neutral: RefCell<Option<Realm>>,
    opaque_origins: Cell<u64>,
    unloading: Cell<u32>,
    /// The navigable under the pointer.
    pub(crate) pointer_frame: Cell<Option<NavigableId>>,
    /// Counts how often the focus moved, so that a move which was overtaken knows.
    pub(crate) focus_moves: Cell<u64>,
    /// The user used a pointer last, not keys.
    pub(crate) by_pointer: Cell<bool>,
    /// A button or finger is down.
    pub(crate) pointer_held: Cell<bool>,
    windows_made: Cell<u64>,
    wrappers_made: Cell<usize>,
    collect_garbage: Cell<bool>,
    closing: Cell<bool>,
    visible: Cell<bool>,
    internals: RefCell<Option<Box<dyn Internals>>>,
    /// What the renderings of former windows cost.
    past_counters: Cell<FrameCounters>,
    pub(crate) observers: crate::dom::ObserverQueue,
    pub(crate) ranges: crate::dom::LiveRanges,
    pub(crate) node_iterators: crate::dom::NodeIterators,
    frames: Cell<u64>,
    /// What injected input left the devices in.
    pub(crate) devices: crate::testing::Devices,
    /// The input script that is played.
    pub(crate) player: crate::testing::Player,
    storage_written: RefCell<Vec<(String, StorageArea)>>,
    /// The list of a drop-down that is open.
    pub(crate) pickers: crate::window::picker::Pickers,
    pub(crate) ports: Ports,
    pub(crate) workers: Workers,
    /// What the owner posted, if this is a worker.
    pub(crate) inbox: Inbox,
    /// The global object, if this is a worker. Handles outside of the heap are
    /// roots.
    worker: RefCell<Option<Obj<GlobalScope>>>,
}

impl Agent {
    pub(crate) fn new(config: AppConfig, fonts: FontSet, host: Box<dyn Host>) -> Self {
        let navigables = Navigables::new(config.viewport);
        Self {
            config,
            fonts,
            wrappers: Wrappers::default(),
            event_loop: EventLoop::default(),
            requests: Requests::default(),
            dispatch_depth: DispatchDepth::default(),
            object_urls: ObjectUrls::default(),
            reactions: ReactionStack::default(),
            tree: RefCell::new(Tree::new()),
            host: RefCell::new(host),
            navigables,
            neutral: RefCell::new(None),
            opaque_origins: Cell::new(0),
            unloading: Cell::new(0),
            pointer_frame: Cell::new(None),
            focus_moves: Cell::new(0),
            by_pointer: Cell::new(false),
            pointer_held: Cell::new(false),
            windows_made: Cell::new(0),
            wrappers_made: Cell::new(0),
            collect_garbage: Cell::new(false),
            closing: Cell::new(false),
            visible: Cell::new(true),
            internals: RefCell::new(None),
            past_counters: Cell::default(),
            observers: crate::dom::ObserverQueue::default(),
            ranges: crate::dom::LiveRanges::default(),
            node_iterators: crate::dom::NodeIterators::default(),
            frames: Cell::new(0),
            devices: crate::testing::Devices::default(),
            player: crate::testing::Player::default(),
            storage_written: RefCell::default(),
            pickers: crate::window::picker::Pickers::default(),
            ports: Ports::default(),
            workers: Workers::default(),
            inbox: Inbox::default(),
            worker: RefCell::new(None),
        }
    }

    /// All nodes of the agent.
    pub(crate) fn tree(&self) -> Ref<'_, Tree> {
        self.tree.borrow()
    }

    /// All nodes of the agent, to change them. The DOM's own mutations go through
    /// [`crate::dom::mutation`], which does what the standard has follow.
    pub(crate) fn tree_mut(&self) -> RefMut<'_, Tree> {
        self.tree.borrow_mut()
    }

    /// Sends a message out.
    pub(crate) fn send(&self, message: FromApp) {
        self.host.borrow_mut().send(message);
    }

    /// Asks the host and waits.
    pub(crate) fn call(&self, call: Call) -> Answer {
        self.host.borrow_mut().call(call)
    }

    pub(crate) fn host(&self) -> RefMut<'_, Box<dyn Host>> {
        self.host.borrow_mut()
    }

    /// The time since the time origin, read from the host's clock.
    pub(crate) fn now(&self) -> Micros {
        match self.call(Call::Now) {
            Answer::Now(now) => now,
            // A host that breaks its contract gets the time of the last message.
            _ => self.task_time(),
        }
    }

    /// The time of the message being handled.
    pub(crate) fn task_time(&self) -> Micros {
        self.event_loop.time()
    }

    /// Writes a line to the console.
    pub(crate) fn console(
        &self,
        level: ConsoleLevel,
        text: String,
        position: Option<SourcePosition>,
    ) {
        self.player.heard(&text);
        self.send(FromApp::Console(ConsoleMessage { level, text, position }));
    }

    /// Runs `steps` later as a task, with the window's realm current and a
    /// microtask checkpoint after them; not at all if the window is gone by then.
    ///
    /// Handles that `steps` captures are roots until then.
    pub(crate) fn queue_task(
        &self,
        source: TaskSource,
        window: WindowId,
        steps: impl FnOnce(&mut Cx) + 'static,
    ) {
        self.event_loop.queue(Task { source, window: Some(window), steps: Box::new(steps) });
    }

    /// Sends a request. Each reply runs `on_reply` in a task of `source`, until a
    /// final one, [`Self::cancel`] or navigation; what it captures is rooted until
    /// then.
    pub(crate) fn request(
        &self,
        window: WindowId,
        request: Request,
        source: TaskSource,
        on_reply: impl FnMut(&mut Cx, Reply) + 'static,
    ) -> RequestId {
        let now = self.task_time();
        let id = self.requests.enter(Some(window), &request, source, Box::new(on_reply), now);
        self.send_request(Some(window), source, id, request);
        id
    }

    /// As [`Self::request`], for the app itself: navigation outlives windows.
    pub(crate) fn app_request(
        &self,
        request: Request,
        on_reply: impl FnMut(&mut Cx, Reply) + 'static,
    ) -> RequestId {
        let (source, now) = (TaskSource::Navigation, self.task_time());
        let id = self.requests.enter(None, &request, source, Box::new(on_reply), now);
        self.send_request(None, source, id, request);
        id
    }

    /// As [`Self::queue_task`], for the app itself: with no window's realm current.
    pub(crate) fn queue_app_task(&self, source: TaskSource, steps: impl FnOnce(&mut Cx) + 'static) {
        self.event_loop.queue(Task { source, window: None, steps: Box::new(steps) });
    }

    /// Requests for blob URLs are answered here, from the agent's own store.
    fn send_request(
        &self,
        window: Option<WindowId>,
        source: TaskSource,
        id: RequestId,
        request: Request,
    ) {
        match &request {
            Request::Fetch(fetch) if fetch.url.starts_with("blob:") => {
                let replies = crate::file::answer(&self.object_urls, fetch);
                self.answer(window, source, id, replies);
            }
            _ => self.send(FromApp::Request { id, request }),
        }
    }

    /// Answers a request in the place of the host: a task for each reply.
    pub(crate) fn answer(
        &self,
        window: Option<WindowId>,
        source: TaskSource,
        id: RequestId,
        replies: Vec<Reply>,
    ) {
        for reply in replies {
            let steps = move |cx: &mut Cx| {
                let agent = cx.engine();
                if let Some(task) = agent.requests.reply(id, reply, agent.task_time()) {
                    (task.steps)(cx);
                }
            };
            self.event_loop.queue(Task { source, window, steps: Box::new(steps) });
        }
    }

    /// Enters a request that [`Self::answer`] is going to answer.
    pub(crate) fn local_request(
        &self,
        window: WindowId,
        request: &Request,
        source: TaskSource,
        on_reply: impl FnMut(&mut Cx, Reply) + 'static,
    ) -> RequestId {
        let now = self.task_time();
        self.requests.enter(Some(window), request, source, Box::new(on_reply), now)
    }

    /// The realm that was there first is told.
    pub(crate) fn set_neutral_realm(&self, realm: Realm) {
        self.neutral.replace(Some(realm));
    }

    /// A realm without a window, for what must not lead to any.
    pub(crate) fn neutral_realm(&self) -> Option<Realm> {
        self.neutral.borrow().clone()
    }

    /// The number of a new opaque origin.
    pub(crate) fn next_opaque_origin(&self) -> u64 {
        self.opaque_origins.set(self.opaque_origins.get() + 1);
        self.opaque_origins.get()
    }

    /// Whether a document is being unloaded: it cannot go elsewhere any more.
    ///
    /// <https://html.spec.whatwg.org/#unload-counter>
    pub(crate) fn is_unloading(&self) -> bool {
        self.unloading.get() > 0
    }

    pub(crate) fn while_unloading(&self, steps: impl FnOnce()) {
        self.unloading.set(self.unloading.get() + 1);
        steps();
        self.unloading.set(self.unloading.get() - 1);
    }

    pub(crate) fn set_visible(&self, visible: bool) {
        self.visible.set(visible);
    }

    /// Whether the app is shown: `document.visibilityState`.
    pub(crate) fn is_visible(&self) -> bool {
        self.visible.get()
    }

    pub(crate) fn set_internals(&self, internals: Box<dyn Internals>) {
        self.internals.replace(Some(internals));
    }

    /// What page tests may do, in an app that is one.
    pub(crate) fn internals(&self) -> RefMut<'_, Option<Box<dyn Internals>>> {
        self.internals.borrow_mut()
    }

    pub(crate) fn past_counters(&self) -> FrameCounters {
        self.past_counters.get()
    }

    /// A window's rendering ends, having cost this much.
    pub(crate) fn keep_counters(&self, counters: virga_dom::Counters) {
        let mut all = self.past_counters.get();
        all.nodes_styled += counters.nodes_styled;
        all.boxes_rebuilt += counters.boxes_rebuilt;
        all.nodes_laid_out += counters.nodes_laid_out;
        all.items_painted += counters.items_painted;
        self.past_counters.set(all);
    }

    /// Lets all handles go, before the script engine does.
    pub(crate) fn let_go(&self) {
        self.event_loop.retain(|_| false);
        self.devices.let_go();
        self.requests.clear();
        self.reactions.clear();
        drop(self.ports.retain(|_| false));
        drop(self.workers.retain(|_| false));
        drop(self.worker.take());
        self.navigables.clear();
        drop(self.neutral.take());
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(&self, element: NodeId, name: &str) -> Option<String> {
        self.tree().plain_attribute(element, &LocalName::from(name)).map(str::to_owned)
    }

    /// How many frames the host got.
    pub(crate) fn frames(&self) -> u64 {
        self.frames.get()
    }

    /// The number of the next frame.
    pub(crate) fn next_frame(&self) -> u64 {
        self.frames.set(self.frames.get() + 1);
        self.frames.get()
    }

    /// Gives up a request: no more replies.
    pub(crate) fn cancel(&self, id: RequestId) {
        if self.requests.forget(id) {
            self.send(FromApp::Cancel { id });
        }
    }

    /// The global object with this identity, while tasks of it may run.
    pub(crate) fn scope_with(&self, id: WindowId) -> Option<Obj<GlobalScope>> {
        let worker = self.worker().filter(|scope| scope.id() == id);
        worker.or_else(|| self.window_with(id).map(|window| window.upcast()))
    }

    /// Whether this is the agent of a worker.
    pub(crate) fn is_worker(&self) -> bool {
        self.config.worker.is_some()
    }

    /// The global object of the worker, if this is one and it has begun.
    pub(crate) fn worker(&self) -> Option<Obj<GlobalScope>> {
        self.worker.borrow().clone()
    }

    /// This is a worker, with this global object.
    pub(crate) fn set_worker(&self, scope: Obj<GlobalScope>) {
        self.worker.replace(Some(scope));
    }

    /// The global object that the agent as a whole acts for.
    pub(crate) fn main_scope(&self) -> Option<Obj<GlobalScope>> {
        self.worker().or_else(|| self.window().map(|window| window.upcast()))
    }

    /// The ports, channels and workers of globals end that `keep` does not want.
    pub(crate) fn end_messaging(&self, keep: impl Fn(WindowId) -> bool) {
        for message in self.ports.retain(&keep).into_iter().chain(self.workers.retain(&keep)) {
            self.send(message);
        }
    }

    /// How many windows and other globals were made so far.
    pub(crate) fn windows_made(&self) -> u64 {
        self.windows_made.get()
    }

    pub(crate) fn next_window_id(&self) -> WindowId {
        self.windows_made.set(self.windows_made.get() + 1);
        WindowId(self.windows_made.get())
    }

    /// The app is to end.
    pub(crate) fn close(&self) {
        self.closing.set(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    pub(crate) fn note_wrapper_made(&self) {
        self.wrappers_made.set(self.wrappers_made.get() + 1);
    }

    /// Collect garbage when the task is over.
    pub(crate) fn collect_garbage_soon(&self) {
        self.collect_garbage.set(true);
    }

    /// An area of an origin was written; it is made durable when the task ends.
    pub(crate) fn note_storage_written(&self, origin: String, area: StorageArea) {
        let mut written = self.storage_written.borrow_mut();
        if !written.iter().any(|(other, kind)| *other == origin && *kind == area) {
            written.push((origin, area));
        }
    }

    /// What follows every task.
    pub(crate) fn end_task(&self, cx: &mut Cx) {
        let written = std::mem::take(&mut *self.storage_written.borrow_mut());
        for (origin, area) in written {
            let flush = Call::Storage { origin, area, call: StorageCall::Flush };
            if let Answer::Storage(StorageReply::Failed(reason)) = self.call(flush) {
                let text = format!("What a script stored was not saved: {reason}");
                self.console(ConsoleLevel::Error, text, None);
            }
        }
        let collect = self.collect_garbage.take()
            || self.wrappers_made.get() >= WRAPPERS_PER_COLLECTION.max(self.wrappers.len());
        if collect {
            self.wrappers_made.set(0);
            cx.collect_garbage();
        }
        self.wrappers.sweep(cx, &self.tree, |document| self.is_shown(document));
        // What rendering has to hear of waits in a list, also while nothing is
        // shown; it must not grow for ever.
        if collect {
            for window in self.windows() {
                crate::window::rendering::settle(self, &window);
            }
        }
    }
}

/// What the engine reaches from a context.
pub(crate) trait EngineCx {
    /// The agent of the context.
    fn engine(&self) -> Rc<Agent>;

    /// The global object of the current realm, a window's or a worker's.
    fn scope(&self) -> Obj<GlobalScope>;

    /// The global object of the current realm, where it can only be a window: not
    /// in code that workers run too.
    fn window(&self) -> Obj<Window>;

    /// The global object of the current realm, if it is a window.
    fn try_window(&self) -> Option<Obj<Window>> {
        self.scope().downcast()
    }

    /// The identity of the current realm's global object.
    fn window_id(&self) -> WindowId {
        self.scope().id()
    }

    /// What relative URLs are relative to in the current realm.
    ///
    /// <https://html.spec.whatwg.org/#api-base-url>
    fn base_url(&self) -> Url {
        match self.try_window() {
            Some(window) => window.base_url(&self.engine()),
            None => self.scope().url(),
        }
    }

    /// The document of the current realm's window.
    fn document_id(&self) -> NodeId {
        self.window().document_id()
    }

    /// Runs `steps` in the realm of the window that shows a node's document; in the
    /// current one if none does.
    fn in_window_of<R>(&mut self, node: NodeId, steps: impl FnOnce(&mut Cx) -> R) -> R;

    /// The wrapper of a node: the same object each time. May collect garbage.
    fn wrap(&mut self, id: NodeId) -> Obj<Node>;

    /// The wrapper of a node, if it has interface `T`.
    fn wrap_as<T: 'static>(&mut self, id: NodeId) -> Option<Obj<T>> {
        self.wrap(id).downcast()
    }
}

impl EngineCx for Cx {
    fn engine(&self) -> Rc<Agent> {
        self.agent()
    }

    fn scope(&self) -> Obj<GlobalScope> {
        match Obj::from_object(self, &self.global()) {
            Some(scope) => scope,
            None => unreachable!("script only runs in realms that a global was made for"),
        }
    }

    fn window(&self) -> Obj<Window> {
        match Obj::from_object(self, &self.global()) {
            Some(window) => window,
            None => unreachable!("script only runs in realms that a window was made for"),
        }
    }

    fn in_window_of<R>(&mut self, node: NodeId, steps: impl FnOnce(&mut Cx) -> R) -> R {
        let agent = self.engine();
        if !agent.navigables.had_frames() {
            return steps(self);
        }
        match agent.window_of(node) {
            Some(window) => self.in_realm(window.realm(), steps),
            None => steps(self),
        }
    }

    fn wrap(&mut self, id: NodeId) -> Obj<Node> {
        crate::wrappers::wrap(self, id)
    }
}
