//! The `history` object: <https://html.spec.whatwg.org/#the-history-interface>

use std::rc::Rc;

use url::Url;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Slot, Value};
use virga_js::{Platform, Trace};

use super::{Entry, steps, traverse, update};
use crate::{
    agent::EngineCx,
    generated::{HistoryMethods, ScrollRestoration},
    window::{Window, messaging},
};

/// The session history as one document sees it.
#[derive(Trace, Platform)]
pub(crate) struct History {
    window: Obj<Window>,
    /// What `state` answers, once it was asked for.
    state: Slot<Option<Value>>,
}

/// `window.history` of a window.
pub(crate) fn history(cx: &mut Cx, window: &Obj<Window>) -> Obj<History> {
    let of = window.clone();
    window.singleton(cx, |_| History { window: of, state: Slot::new(None) })
}

/// The current document is at another entry.
pub(super) fn state_changed(cx: &mut Cx, state: Value) {
    let window = cx.window();
    let history = history(cx, &window);
    history.state.set(Some(state));
}

fn require_fully_active(cx: &Cx, window: &Obj<Window>) -> Fallible<()> {
    match cx.engine().window_with(window.id()) {
        Some(_) => Ok(()),
        None => {
            Err(Error::dom(DomExceptionName::Security, "History: the document is no longer shown"))
        }
    }
}

fn entry(cx: &Cx, window: &Obj<Window>) -> Option<Rc<Entry>> {
    cx.engine().navigable_of(window)?.history.current()
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
    let state = messaging::keep(cx, &data)?;
    // 5, 6.
    let here = window.url();
    let new = match url {
        None => here,
        Some(text) if text.is_empty() => here,
        Some(text) => {
            let new = window.parse_url(&cx.engine(), &text).ok();
            new.filter(|new| can_have_url_rewritten(&here, new)).ok_or_else(|| {
                let message =
                    format!("History: the address {text:?} cannot stand for the document {here}");
                Error::dom(DomExceptionName::Security, message)
            })?
        }
    };
    // 7. A document that is still its navigable's first one leaves no trace.
    let initial = cx.engine().navigable_of(window).is_some_and(|navigable| navigable.is_initial());
    // 9.
    window.set_url(new.clone());
    update(cx, window, new, Some(state.clone()), replace || initial);
    let state = messaging::restore(cx, Some(&state));
    history.state.set(Some(state));
    Ok(())
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

impl HistoryMethods for Obj<History> {
    fn length(&self, cx: &mut Cx) -> Fallible<u32> {
        require_fully_active(cx, &self.window)?;
        let agent = cx.engine();
        let Some(own) = agent.navigable_of(&self.window) else { return Ok(1) };
        let top = agent.navigables.top_of(&own);
        Ok(u32::try_from(steps(&agent, &top).len()).unwrap_or(u32::MAX))
    }

    fn scroll_restoration(&self, cx: &mut Cx) -> Fallible<ScrollRestoration> {
        require_fully_active(cx, &self.window)?;
        let entry = entry(cx, &self.window);
        Ok(entry.map_or(ScrollRestoration::Auto, |entry| entry.restoration.get()))
    }

    fn set_scroll_restoration(&self, cx: &mut Cx, value: ScrollRestoration) -> Fallible<()> {
        require_fully_active(cx, &self.window)?;
        if let Some(entry) = entry(cx, &self.window) {
            entry.restoration.set(value);
        }
        Ok(())
    }

    fn state(&self, cx: &mut Cx) -> Fallible<Value> {
        require_fully_active(cx, &self.window)?;
        if let Some(state) = self.state.get() {
            return Ok(state);
        }
        let entry = entry(cx, &self.window);
        let state = messaging::restore(cx, entry.as_ref().and_then(|entry| entry.state.as_ref()));
        self.state.set(Some(state.clone()));
        Ok(state)
    }

    fn go(&self, cx: &mut Cx, delta: i32) -> Fallible<()> {
        require_fully_active(cx, &self.window)?;
        if delta == 0 {
            crate::loading::reload(cx, &self.window);
        } else {
            traverse(cx, &self.window, delta);
        }
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
