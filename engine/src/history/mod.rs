//! The `history` object: <https://html.spec.whatwg.org/#the-history-interface>
//!
//! The entries are those of one document: what `pushState` and fragments add.
//! Going back to another document is not there yet, and says so.

use std::cell::{Cell, RefCell};

use url::Url;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Traced, Value};
use virga_js::{Platform, Trace};
use virga_protocol::ConsoleLevel;

use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, HashChangeEvent, PopStateEvent, report_exception},
    generated::{HistoryMethods, ScrollRestoration},
    window::Window,
};

/// The session history of a window, as far as its document made it.
#[derive(Trace, Platform)]
pub(crate) struct History {
    window: Obj<Window>,
    /// The states of the entries, as values that no script can reach.
    states: Traced<Vec<Value>>,
    /// Their addresses.
    #[trace(skip)]
    urls: RefCell<Vec<Url>>,
    current: Cell<usize>,
    #[trace(skip)]
    scroll_restoration: Cell<ScrollRestoration>,
}

/// `window.history` of the current window.
pub(crate) fn history(cx: &mut Cx) -> Obj<History> {
    let window = cx.window();
    let of = window.clone();
    window.singleton(cx, |_| History {
        urls: RefCell::new(vec![of.url()]),
        window: of,
        states: Traced::new(vec![Value::null()]),
        current: Cell::new(0),
        scroll_restoration: Cell::new(ScrollRestoration::Auto),
    })
}

/// The document's address is about to get another fragment.
///
/// <https://html.spec.whatwg.org/#navigate-fragid>
pub(crate) fn navigated_to_fragment(cx: &mut Cx, url: &Url, replace: bool) {
    let history = history(cx);
    history.put(url.clone(), Value::null(), replace);
}

impl History {
    /// <https://html.spec.whatwg.org/#url-and-history-update-steps>
    fn put(&self, url: Url, state: Value, replace: bool) {
        let current = self.current.get();
        if replace {
            self.urls.borrow_mut()[current] = url;
            self.states.borrow_mut()[current] = state;
            return;
        }
        // What was ahead is no more.
        self.urls.borrow_mut().truncate(current + 1);
        self.states.borrow_mut().truncate(current + 1);
        self.urls.borrow_mut().push(url);
        self.states.borrow_mut().push(state);
        self.current.set(current + 1);
    }
}

/// <https://html.spec.whatwg.org/#shared-history-push/replace-state-steps>
fn push_or_replace(
    cx: &mut Cx,
    history: &Obj<History>,
    data: Value,
    url: Option<String>,
    replace: bool,
) -> Fallible<()> {
    let window = &history.window;
    // 2.
    require_fully_active(cx, window)?;
    // 4.
    let state = clone_state(cx, data)?;
    // 5, 6.
    let here = window.url();
    let new = match url {
        None => here,
        Some(text) => {
            let new = window.parse_url(&cx.engine(), &text).ok();
            new.filter(|new| can_have_url_rewritten(&here, new)).ok_or_else(|| {
                let message =
                    format!("History: the address {text:?} cannot stand for the document {here}");
                Error::dom(DomExceptionName::Security, message)
            })?
        }
    };
    // 9.
    window.set_url(new.clone());
    history.put(new, state, replace);
    Ok(())
}

fn require_fully_active(cx: &Cx, window: &Obj<Window>) -> Fallible<()> {
    match cx.engine().window_with(window.id()) {
        Some(_) => Ok(()),
        None => {
            Err(Error::dom(DomExceptionName::Security, "History: the document is no longer shown"))
        }
    }
}

/// <https://html.spec.whatwg.org/#can-have-its-url-rewritten>
fn can_have_url_rewritten(document: &Url, target: &Url) -> bool {
    // 2.
    let same_place = document.scheme() == target.scheme()
        && document.username() == target.username()
        && document.password() == target.password()
        && document.host() == target.host()
        && document.port() == target.port();
    match target.scheme() {
        _ if !same_place => false,
        // 3.
        "http" | "https" => true,
        // 4.
        "file" => document.path() == target.path(),
        // 5.
        _ => document.path() == target.path() && document.query() == target.query(),
    }
}

/// A copy of the state that shares nothing with it, as far as JSON reaches; what
/// JSON cannot hold is refused.
fn clone_state(cx: &mut Cx, state: Value) -> Fallible<Value> {
    if !state.is_object() {
        return match state.is_symbol() {
            true => Err(error::data_clone("History: a symbol cannot be cloned")),
            false => Ok(state),
        };
    }
    let json = cx.global_property("JSON")?;
    let json = json.as_object().ok_or_else(|| Error::type_error("JSON is missing"))?;
    let text = json.invoke(cx, "stringify", &[state])?;
    if text.is_undefined() {
        return Err(error::data_clone("History: the state cannot be cloned"));
    }
    json.invoke(cx, "parse", &[text])
}

/// <https://html.spec.whatwg.org/#delta-traverse>
fn traverse(cx: &mut Cx, delta: i32) {
    let window = cx.window();
    if delta == 0 {
        return crate::loading::reload(cx);
    }
    // The address may change before the traversal is done: both are queued.
    cx.engine().queue_task(TaskSource::Navigation, window.id(), move |cx| {
        let history = history(cx);
        let target = isize::try_from(delta)
            .ok()
            .and_then(|delta| history.current.get().checked_add_signed(delta))
            .filter(|target| *target < history.urls.borrow().len());
        let Some(target) = target else {
            let text = "history: going to another document is not supported yet".to_owned();
            return cx.engine().console(ConsoleLevel::Warn, text, None);
        };
        show_entry(cx, &history, target);
    });
}

/// <https://html.spec.whatwg.org/#update-document-for-history-step-application>
fn show_entry(cx: &mut Cx, history: &Obj<History>, target: usize) {
    let window = Clone::clone(&history.window);
    let old = window.url();
    history.current.set(target);
    let url = history.urls.borrow()[target].clone();
    let state = history.states.borrow()[target].clone();
    window.set_url(url.clone());
    // Each time a copy, so that script cannot change what is kept.
    let state = match clone_state(cx, state) {
        Ok(state) => state,
        Err(error) => return report_exception(cx, error),
    };
    let popped = PopStateEvent::trusted(cx, state);
    events::fire_event(cx, &window.upcast(), popped);
    if old.fragment() != url.fragment() {
        let changed = HashChangeEvent::trusted(cx, old.into(), url.into());
        events::fire_event(cx, &window.upcast(), changed);
    }
}

impl HistoryMethods for Obj<History> {
    fn length(&self, cx: &mut Cx) -> Fallible<u32> {
        require_fully_active(cx, &self.window)?;
        Ok(u32::try_from(self.urls.borrow().len()).unwrap_or(u32::MAX))
    }

    fn scroll_restoration(&self, cx: &mut Cx) -> Fallible<ScrollRestoration> {
        require_fully_active(cx, &self.window)?;
        Ok(self.scroll_restoration.get())
    }

    fn set_scroll_restoration(&self, cx: &mut Cx, value: ScrollRestoration) -> Fallible<()> {
        require_fully_active(cx, &self.window)?;
        self.scroll_restoration.set(value);
        Ok(())
    }

    fn state(&self, cx: &mut Cx) -> Fallible<Value> {
        require_fully_active(cx, &self.window)?;
        let state = self.states.borrow()[self.current.get()].clone();
        clone_state(cx, state)
    }

    fn go(&self, cx: &mut Cx, delta: i32) -> Fallible<()> {
        require_fully_active(cx, &self.window)?;
        traverse(cx, delta);
        Ok(())
    }

    fn back(&self, cx: &mut Cx) -> Fallible<()> {
        self.go(cx, -1)
    }

    fn forward(&self, cx: &mut Cx) -> Fallible<()> {
        self.go(cx, 1)
    }

    fn push_state(
        &self,
        cx: &mut Cx,
        data: Value,
        _: DomString,
        url: Option<String>,
    ) -> Fallible<()> {
        push_or_replace(cx, self, data, url, false)
    }

    fn replace_state(
        &self,
        cx: &mut Cx,
        data: Value,
        _: DomString,
        url: Option<String>,
    ) -> Fallible<()> {
        push_or_replace(cx, self, data, url, true)
    }
}
