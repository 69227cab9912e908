//! Session history: <https://html.spec.whatwg.org/#session-history-entries>
//!
//! Each navigable has its own entries ([`SessionHistory`]), numbered with the steps
//! of the window that it is in; going back by one step changes whichever navigable made it.
//! A document that is left is not kept: going back loads it again.

mod interface;

pub(crate) use interface::{History, history};

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use url::Url;
use virga_js::{Cx, Value};
use virga_protocol::ClonedValue;

use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, HashChangeEvent, PopStateEvent},
    generated::ScrollRestoration,
    loading::{self, Destination, NavigationHistory, PostBody},
    navigable::Navigable,
    window::{Window, WindowId, messaging},
};

/// <https://html.spec.whatwg.org/#session-history-entry>
#[derive(Debug)]
pub(crate) struct Entry {
    step: Cell<usize>,
    url: RefCell<Url>,
    srcdoc: RefCell<Option<String>>,
    /// What `pushState` was given.
    state: Option<ClonedValue>,
    /// The window whose document it is; another one after it was loaded again.
    window: Cell<WindowId>,
    restoration: Cell<ScrollRestoration>,
    /// Where the document stood when it was left.
    scroll: Cell<(f64, f64)>,
    post: Option<PostBody>,
}

/// The entries of one navigable.
#[derive(Default)]
pub(crate) struct SessionHistory {
    entries: RefCell<Vec<Rc<Entry>>>,
    current: RefCell<Option<Rc<Entry>>>,
}

impl SessionHistory {
    /// Lets all handles go.
    pub(crate) fn clear(&self) {
        drop(self.entries.take());
        drop(self.current.take());
    }

    fn current(&self) -> Option<Rc<Entry>> {
        self.current.borrow().clone()
    }

    /// The entry that is shown at a step of the app.
    fn at(&self, step: usize) -> Option<Rc<Entry>> {
        let entries = self.entries.borrow();
        entries.iter().rev().find(|entry| entry.step.get() <= step).or(entries.first()).cloned()
    }

    fn push(&self, entry: Rc<Entry>) {
        self.entries.borrow_mut().push(Rc::clone(&entry));
        drop(self.current.replace(Some(entry)));
    }
}

/// Adds an entry after the current one; what was ahead is no more.
///
/// <https://html.spec.whatwg.org/#finalize-a-cross-document-navigation>
fn push(agent: &Agent, navigable: &Rc<Navigable>, entry: Entry) {
    let top = agent.navigables.top_of(navigable);
    let now = top.step.get();
    for other in agent.navigables.subtree(&top) {
        let gone: Vec<_> = {
            let mut entries = other.history.entries.borrow_mut();
            let (kept, gone) =
                std::mem::take(&mut *entries).into_iter().partition(|e| e.step.get() <= now);
            *entries = kept;
            gone
        };
        drop(gone);
    }
    top.step.set(now + 1);
    entry.step.set(now + 1);
    navigable.history.push(Rc::new(entry));
}

/// Puts an entry in the place of the current one.
fn replace(agent: &Agent, navigable: &Rc<Navigable>, entry: Entry) {
    let history = &navigable.history;
    let Some(current) = history.current() else {
        entry.step.set(agent.navigables.top_of(navigable).step.get());
        return history.push(Rc::new(entry));
    };
    entry.step.set(current.step.get());
    let entry = Rc::new(entry);
    {
        let mut entries = history.entries.borrow_mut();
        if let Some(slot) = entries.iter_mut().find(|slot| Rc::ptr_eq(slot, &current)) {
            *slot = Rc::clone(&entry);
        }
    }
    drop(history.current.replace(Some(entry)));
}

fn entry_for(window: &Window, url: Url, state: Option<ClonedValue>) -> Entry {
    Entry {
        step: Cell::new(0),
        url: RefCell::new(url),
        srcdoc: RefCell::new(window.srcdoc()),
        state,
        window: Cell::new(window.id()),
        restoration: Cell::new(ScrollRestoration::Auto),
        scroll: Cell::default(),
        post: None,
    }
}

/// A navigable shows another document.
pub(crate) fn document_shown(
    agent: &Agent,
    navigable: &Rc<Navigable>,
    window: &Window,
    how: &NavigationHistory,
) {
    let new = || entry_for(window, window.url(), None);
    match how {
        NavigationHistory::Push => push(agent, navigable, new()),
        NavigationHistory::Replace => replace(agent, navigable, new()),
        NavigationHistory::Reload => match navigable.history.current() {
            Some(entry) => entry.shown_in(window),
            None => replace(agent, navigable, new()),
        },
        NavigationHistory::Traverse(entry) => {
            entry.shown_in(window);
            drop(navigable.history.current.replace(Some(Rc::clone(entry))));
        }
    }
}

impl Entry {
    fn shown_in(&self, window: &Window) {
        self.window.set(window.id());
        self.url.replace(window.url());
    }
}

/// The document's address is about to get another fragment.
///
/// <https://html.spec.whatwg.org/#navigate-fragid>
pub(crate) fn navigated_to_fragment(cx: &mut Cx, window: &Window, url: &Url, is_replace: bool) {
    update(cx, window, url.clone(), None, is_replace);
    interface::state_changed(cx, Value::null());
}

/// `document.open` gave a document the address of the one that called.
pub(crate) fn document_opened(cx: &mut Cx, window: &Window, url: Url) {
    update(cx, window, url, None, true);
}

/// <https://html.spec.whatwg.org/#url-and-history-update-steps>
fn update(cx: &mut Cx, window: &Window, url: Url, state: Option<ClonedValue>, is_replace: bool) {
    let agent = cx.engine();
    let Some(navigable) = agent.navigable_of(window) else { return };
    let entry = entry_for(window, url, state);
    if let Some(current) = navigable.history.current() {
        entry.restoration.set(current.restoration.get());
    }
    if is_replace || navigable.history.current().is_none() {
        replace(&agent, &navigable, entry);
    } else {
        remember_scroll(&agent, &navigable, window);
        push(&agent, &navigable, entry);
    }
}

/// The steps that there are in the tree of a top-level navigable, in order.
fn steps(agent: &Agent, top: &Rc<Navigable>) -> Vec<usize> {
    let mut steps = BTreeSet::new();
    for navigable in agent.navigables.subtree(top) {
        steps.extend(navigable.history.entries.borrow().iter().map(|entry| entry.step.get()));
    }
    steps.insert(top.step.get());
    steps.into_iter().collect()
}

/// <https://html.spec.whatwg.org/#traverse-the-history-by-a-delta>
fn traverse(cx: &mut Cx, window: &Window, delta: i32) {
    let agent = cx.engine();
    let window = window.id();
    // The address may change before the traversal is done: all is queued.
    agent.queue_task(TaskSource::History, window, move |cx| {
        let agent = cx.engine();
        let Some(own) = crate::navigable::current(cx) else { return };
        let top = agent.navigables.top_of(&own);
        let steps = steps(&agent, &top);
        let Some(here) = steps.iter().position(|step| *step == top.step.get()) else { return };
        let target = isize::try_from(delta).ok().and_then(|delta| here.checked_add_signed(delta));
        if let Some(step) = target.and_then(|target| steps.get(target)) {
            apply(cx, &agent, &top, *step);
        }
    });
}

/// The user goes back: to the entry before, and from the first one of a window that
/// the app opened to what lies below it.
pub(crate) fn go_back(cx: &mut Cx) {
    let agent = cx.engine();
    let Some(own) = crate::navigable::current(cx) else { return };
    let top = agent.navigables.top_of(&own);
    if steps(&agent, &top).first() == Some(&top.step.get()) {
        if !top.is_app() {
            crate::navigable::auxiliary::request_close(cx, &top);
        }
        return;
    }
    traverse(cx, &cx.window(), -1);
}

/// <https://html.spec.whatwg.org/#apply-the-history-step>
fn apply(cx: &mut Cx, agent: &Rc<Agent>, top: &Rc<Navigable>, step: usize) {
    top.step.set(step);
    for navigable in agent.navigables.subtree(top) {
        // An earlier one may have taken it along.
        if agent.navigables.get(navigable.id()).is_none() {
            continue;
        }
        let (Some(target), Some(window)) = (navigable.history.at(step), navigable.window()) else {
            continue;
        };
        let current = navigable.history.current();
        if current.as_ref().is_some_and(|current| Rc::ptr_eq(current, &target)) {
            continue;
        }
        if target.window.get() == window.id() {
            remember_scroll(agent, &navigable, &window);
            drop(navigable.history.current.replace(Some(Rc::clone(&target))));
            cx.in_realm(window.realm(), |cx| show_entry(cx, &target));
        } else {
            let destination = match target.srcdoc.borrow().clone() {
                Some(html) => Destination::Srcdoc(html),
                None => Destination::Url(target.url.borrow().clone(), target.post.clone()),
            };
            cx.in_realm(window.realm(), |cx| {
                loading::navigate_to(
                    cx,
                    &navigable,
                    destination,
                    NavigationHistory::Traverse(Rc::clone(&target)),
                );
            });
        }
    }
}

/// <https://html.spec.whatwg.org/#update-document-for-history-step-application>
fn show_entry(cx: &mut Cx, entry: &Rc<Entry>) {
    let window = cx.window();
    let old = window.url();
    let url = entry.url.borrow().clone();
    window.set_url(url.clone());
    // Each time a copy, so that script cannot change what is kept.
    let state = messaging::restore(cx, entry.state.as_ref());
    interface::state_changed(cx, state.clone());
    let popped = PopStateEvent::trusted(cx, state);
    events::fire_event(cx, &window.upcast(), popped);
    if entry.restoration.get() == ScrollRestoration::Auto {
        let (x, y) = entry.scroll.get();
        crate::window::rendering::scroll_document(cx, x, y);
    }
    if old.fragment() != url.fragment() {
        let changed = HashChangeEvent::trusted(cx, old.into(), url.into());
        events::fire_event(cx, &window.upcast(), changed);
    }
}

/// Notes where a document stands, before it is left.
pub(crate) fn remember_scroll(_: &Agent, navigable: &Navigable, window: &Window) {
    if let Some(entry) = navigable.history.current()
        && entry.window.get() == window.id()
    {
        let offset = window.view.borrow().scroll_offset(None);
        entry.scroll.set((f64::from(offset.x), f64::from(offset.y)));
    }
}

/// Scrolls a document that was loaded again to where it stood; `false` if it is
/// new.
pub(crate) fn restore_scroll(cx: &mut Cx) -> bool {
    let agent = cx.engine();
    let window = cx.window();
    let entry = agent.navigable_of(&window).and_then(|navigable| navigable.history.current());
    match entry {
        Some(entry)
            if entry.restoration.get() == ScrollRestoration::Auto
                && entry.scroll.get() != (0.0, 0.0) =>
        {
            let (x, y) = entry.scroll.get();
            crate::window::rendering::scroll_document(cx, x, y);
            true
        }
        _ => false,
    }
}
