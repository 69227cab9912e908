use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
};

use url::Url;
use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::FromApp;

use super::{Images, parser::Parsing, script::Script};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget},
    navigable::frame,
    performance::LoadTiming,
};

/// <https://html.spec.whatwg.org/#document-readiness>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReadyState {
    /// The parser is at work.
    #[default]
    Loading,
    /// The tree is complete.
    Interactive,
    /// So are the resources.
    Complete,
}

/// What a document that loads waits for.
#[derive(Default)]
pub(crate) struct DocumentState {
    /// The names of the custom elements that are defined.
    pub(crate) custom_elements: virga_dom::parser::CustomElementNames,
    /// <https://html.spec.whatwg.org/#throw-on-dynamic-markup-insertion-counter>
    pub(crate) no_dynamic_markup: Cell<u32>,
    ready: Cell<ReadyState>,
    step: Cell<Step>,
    pub(super) parsing: RefCell<Option<Parsing>>,
    /// The script that the parser stopped at.
    pub(super) blocking: RefCell<Option<Script>>,
    /// "List of scripts that will execute when the document has finished parsing".
    pub(super) deferred: RefCell<VecDeque<Script>>,
    /// Modules among them that were started and whose imports are awaited.
    pub(super) deferred_modules: Cell<u32>,
    /// "List of scripts that will execute in order as soon as possible".
    pub(super) in_order: RefCell<VecDeque<Script>>,
    /// Script elements that script made and told not to be asynchronous.
    pub(super) ordered_scripts: RefCell<BTreeSet<NodeId>>,
    /// Scripts that execute whenever they are there.
    pub(super) asynchronous: Cell<u32>,
    /// Style sheets that scripts of the parser wait for.
    pub(super) script_blocking_sheets: Cell<u32>,
    /// Resources that the first frame waits for.
    pub(super) render_blocking: Cell<u32>,
    /// Resources that the `load` event waits for.
    pub(super) load_blocking: Cell<u32>,
    /// Whether this document stands in for one that could not be loaded.
    pub(super) is_error_page: Cell<bool>,
    /// `link` elements whose `disabled` attribute was removed.
    pub(super) enabled_links: RefCell<BTreeSet<NodeId>>,
    /// The title of the style sheets that apply of those that have one.
    pub(super) preferred_sheets: RefCell<Option<String>>,
    pub(crate) images: Images,
    base_url: RefCell<Option<Url>>,
    pub(super) title: RefCell<Option<String>>,
    pub(super) title_changed: Cell<bool>,
    pub(super) encoding: Cell<Option<&'static str>>,
    pub(super) content_type: RefCell<String>,
    pub(super) current_script: Cell<Option<NodeId>>,
    pub(super) target: Cell<Option<NodeId>>,
    pub(crate) timing: LoadTiming,
    /// The document was left: `document.visibilityState`.
    pub(crate) hidden: Cell<bool>,
    /// The document asked to be replaced after a while.
    pub(super) refreshes: Cell<bool>,
    /// And that at once.
    pub(super) refreshing_now: Cell<bool>,
    pub(super) import_map: super::import_map::ImportMap,
    aborted: Cell<bool>,
    pub(super) ignore_destructive_writes: Cell<u32>,
    /// What waits for the `load` event.
    pub(super) after_load: RefCell<Vec<AfterLoad>>,
    /// The header `Last-Modified`.
    pub(super) last_modified: RefCell<Option<String>>,
}

type AfterLoad = Box<dyn FnOnce(&mut Cx)>;

/// How far "the end" has come: <https://html.spec.whatwg.org/#the-end>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Parsing,
    /// Steps 4 and 5: scripts that waited for the parser.
    Deferred,
    /// Steps 6 to 8: `DOMContentLoaded` is queued or done; scripts and resources
    /// are awaited.
    Resources,
    /// Step 9: the `load` event is queued or done.
    Loaded,
}

impl DocumentState {
    /// `document.readyState`.
    pub(crate) fn ready_state(&self) -> ReadyState {
        self.ready.get()
    }

    /// Whether the `load` event is still to come.
    pub(crate) fn is_loading(&self) -> bool {
        self.ready.get() != ReadyState::Complete
    }

    /// Whether the first frame has to wait for a style sheet.
    pub(crate) fn is_render_blocked(&self) -> bool {
        self.render_blocking.get() > 0
    }

    /// Another window was shown: the host is told the title once more.
    pub(crate) fn tell_title_again(&self) {
        self.title.take();
        self.title_changed.set(true);
    }

    /// `document.currentScript`.
    pub(crate) fn current_script(&self) -> Option<NodeId> {
        self.current_script.get()
    }

    /// `document.characterSet`.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.get().unwrap_or("UTF-8")
    }

    /// `document.contentType`.
    pub(crate) fn content_type(&self) -> String {
        let content_type = self.content_type.borrow();
        if content_type.is_empty() { "text/html".to_owned() } else { content_type.clone() }
    }

    /// Something of the document must not be forgotten before `load`.
    pub(crate) fn block_load(&self) {
        self.load_blocking.set(self.load_blocking.get() + 1);
    }

    /// It has come, or will never come.
    pub(crate) fn unblock_load(&self, cx: &mut Cx) {
        self.load_blocking.set(self.load_blocking.get().saturating_sub(1));
        advance(cx);
    }

    /// The document is complete from the start: the first one of a frame.
    pub(crate) fn start_complete(&self) {
        self.ready.set(ReadyState::Complete);
        self.step.set(Step::Loaded);
    }

    /// Nothing is parsed or run any more.
    pub(crate) fn abort_parser(&self) {
        drop(self.parsing.take());
        drop(self.blocking.take());
        drop(self.deferred.take());
        drop(self.in_order.take());
        drop(self.after_load.take());
    }

    /// Whether the parser was stopped before its end.
    pub(super) fn parser_aborted(&self) -> bool {
        self.aborted.get()
    }

    /// `window.stop()` and the like: what is parsed now is all there will be.
    pub(super) fn stop_parser(&self) {
        if !super::parser::is_done(self) {
            self.aborted.set(true);
            self.abort_parser();
        }
    }

    /// Whether the script that runs must not open the document anew.
    ///
    /// <https://html.spec.whatwg.org/#ignore-destructive-writes-counter>
    pub(super) fn ignores_destructive_writes(&self) -> bool {
        self.ignore_destructive_writes.get() > 0
    }

    /// The header `Last-Modified` of the document.
    pub(crate) fn last_modified(&self) -> Option<String> {
        self.last_modified.borrow().clone()
    }

    /// A `base` element came, went or changed.
    pub(super) fn forget_base_url(&self) {
        self.base_url.take();
    }

    pub(crate) fn base_url(&self, agent: &Agent, document: NodeId, url: &Url) -> Url {
        if let Some(base) = &*self.base_url.borrow() {
            return base.clone();
        }
        let base = find_base(agent, document, url).unwrap_or_else(|| url.clone());
        self.base_url.replace(Some(base.clone()));
        base
    }
}

/// The base URL of a document whose address is `url`.
///
/// <https://html.spec.whatwg.org/#document-base-url>
pub(crate) fn base_url(agent: &Agent, document: NodeId, url: &Url) -> Url {
    find_base(agent, document, url).unwrap_or_else(|| url.clone())
}

fn find_base(agent: &Agent, document: NodeId, url: &Url) -> Option<Url> {
    let tree = agent.tree();
    let head = tree.head(document)?;
    let base = tree.descendants(head).find(|&id| {
        tree.is_html_element(id, "base")
            && tree.plain_attribute(id, &virga_dom::local_name!("href")).is_some()
    })?;
    let href = tree.plain_attribute(base, &virga_dom::local_name!("href"))?;
    let base = url.join(href).ok()?;
    (!matches!(base.scheme(), "data" | "javascript")).then_some(base)
}

/// The current window's document starts over, with a new parser.
pub(super) fn reopen(cx: &mut Cx) {
    let window = cx.window();
    window.loading.step.set(Step::Parsing);
    set_ready(cx, ReadyState::Loading);
}

/// Takes the steps of the document's life that nothing holds up any more. To be
/// called whenever something came that could have held one up.
pub(crate) fn advance(cx: &mut Cx) {
    let window = cx.window();
    loop {
        let state = &window.loading;
        match state.step.get() {
            Step::Parsing => {
                if !super::parser::is_done(state) {
                    super::parser::resume(cx);
                    if !super::parser::is_done(state) {
                        return;
                    }
                    continue;
                }
                // The end, step 1.
                state.step.set(Step::Deferred);
                LoadTiming::note(cx, |timing| &timing.dom_interactive);
                set_ready(cx, ReadyState::Interactive);
            }
            Step::Deferred => {
                // Step 4: scripts in order, each once no style sheet blocks it.
                if state.script_blocking_sheets.get() > 0 {
                    return;
                }
                // One by one: a module is done when its imports are.
                if state.deferred_modules.get() > 0 {
                    return;
                }
                let next = match state.deferred.borrow_mut().front() {
                    Some(script) if !script.is_ready() => return,
                    Some(_) => true,
                    None => false,
                };
                if next {
                    let script = state.deferred.borrow_mut().pop_front();
                    if let Some(script) = script {
                        super::script::execute_deferred(cx, script);
                    }
                    continue;
                }
                // Step 5.
                state.step.set(Step::Resources);
                state.block_load();
                cx.engine().queue_task(TaskSource::Dom, window.id(), |cx| {
                    let document = cx.document_id();
                    let target: Obj<EventTarget> = cx.wrap(document).upcast();
                    LoadTiming::note(cx, |timing| &timing.dom_content_loaded_start);
                    events::fire(cx, &target, "DOMContentLoaded", Bubbles(true), Cancelable(false));
                    LoadTiming::note(cx, |timing| &timing.dom_content_loaded_end);
                    cx.window().loading.unblock_load(cx);
                });
                return;
            }
            Step::Resources => {
                if super::script::run_in_order(cx) {
                    continue;
                }
                if !state.in_order.borrow().is_empty()
                    || state.asynchronous.get() > 0
                    || state.load_blocking.get() > 0
                {
                    return;
                }
                state.step.set(Step::Loaded);
                cx.engine().queue_task(TaskSource::Dom, window.id(), complete);
                return;
            }
            Step::Loaded => {
                while super::script::run_in_order(cx) {}
                return;
            }
        }
    }
}

/// Step 9.
fn complete(cx: &mut Cx) {
    let window = cx.window();
    let agent = cx.engine();
    LoadTiming::note(cx, |timing| &timing.dom_complete);
    set_ready(cx, ReadyState::Complete);
    LoadTiming::note(cx, |timing| &timing.load_start);
    let target: Obj<EventTarget> = window.upcast();
    events::fire_load(cx, &target);
    crate::performance::loaded(cx);
    crate::css_font_loading::document_complete(cx);
    let event = events::PageTransitionEvent::trusted(cx, "pageshow", false);
    events::fire_event(cx, &target, event);
    // A listener may have sent it elsewhere, or taken its frame away.
    let Some(navigable) = agent.navigable_of(&window) else { return };
    if !navigable.is_top() {
        frame::child_loaded(cx, &navigable);
    } else if navigable.is_app() && !window.loading.is_error_page.get() {
        agent.send(FromApp::Loaded { url: window.url().to_string() });
    }
    super::commit::restore_position(cx);
    let waiting = window.loading.after_load.take();
    for then in waiting {
        then(cx);
    }
}

/// <https://html.spec.whatwg.org/#update-the-current-document-readiness>
fn set_ready(cx: &mut Cx, ready: ReadyState) {
    let window = cx.window();
    window.loading.ready.set(ready);
    let document = cx.document_id();
    let target: Obj<EventTarget> = cx.wrap(document).upcast();
    events::fire(cx, &target, "readystatechange", Bubbles(false), Cancelable(false));
}
