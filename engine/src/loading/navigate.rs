//! Navigation: <https://html.spec.whatwg.org/#navigate>

use std::cell::RefCell;

use url::Url;
use virga_dom::{ElementState, NodeId};
use virga_js::{Cx, Obj, ScriptSource};
use virga_protocol::{
    ConsoleLevel, FetchFailure, FetchRequest, FromApp, HttpHead, RedirectMode, ReferrerPolicy, Reply, Request,
    RequestCredentials, RequestMode,
};

use super::{error_page, fetch, parser};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, BeforeUnloadEvent, Bubbles, Cancelable, EventTarget, HashChangeEvent},
    window::{Window, rendering},
};

/// <https://html.spec.whatwg.org/#navigation-history-behavior>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum History {
    /// A new entry of the session history.
    Push,
    /// In place of the current one.
    Replace,
}

/// The app's first navigation, before there is any window.
pub(crate) fn start(cx: &mut Cx, url: &str) {
    match Url::parse(url) {
        Ok(url) => fetch_document(cx, url, "null".to_owned(), None, None, true),
        Err(_) => {
            let failure = FetchFailure::InvalidUrl(url.to_owned());
            show_error(cx, url, &failure.to_string(), true);
        }
    }
}

/// What a form posts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PostBody {
    /// The value of `Content-Type`.
    pub(crate) content_type: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Goes to another address; a fragment of the same document only scrolls.
pub(crate) fn navigate(cx: &mut Cx, url: Url, history: History) {
    navigate_with(cx, url, history, None);
}

/// As [`navigate`], with the body that a form sends.
pub(crate) fn navigate_with(cx: &mut Cx, url: Url, history: History, post: Option<PostBody>) {
    let agent = cx.engine();
    let window = cx.window();
    let here = window.url();
    if url.scheme() == "javascript" {
        let source = percent_decode(url.as_str().trim_start_matches("javascript:"));
        agent.queue_task(TaskSource::Dom, window.id(), move |cx| {
            let base = cx.window().url().to_string();
            super::script::run_classic(cx, &ScriptSource::new(&source, &base));
        });
        return;
    }
    if post.is_none() && url.fragment().is_some() && same_but_fragment(&here, &url) {
        return navigate_to_fragment(cx, &here, url, history);
    }
    if !matches!(url.scheme(), "http" | "https" | "file" | "data" | "about") {
        let text = format!("Cannot open {url}: the scheme \"{}\" is not supported", url.scheme());
        return agent.console(ConsoleLevel::Error, text, None);
    }
    // <https://html.spec.whatwg.org/#checking-if-unloading-is-canceled>: an app
    // has nobody to ask, so the event only informs.
    let target: Obj<EventTarget> = window.clone().upcast();
    let event = BeforeUnloadEvent::trusted(cx);
    events::fire_event(cx, &target, event);
    let origin = window.origin();
    fetch_document(cx, url, origin, Some(here.to_string()), post, false);
}

/// Loads the current address again.
pub(crate) fn reload(cx: &mut Cx) {
    let window = cx.window();
    let url = window.url();
    let origin = window.origin();
    fetch_document(cx, url, origin, None, None, false);
}

/// `window.stop()`: the navigation under way, if there is one, ends.
pub(crate) fn stop(cx: &mut Cx) {
    cx.engine().end_navigation(None);
}

fn same_but_fragment(a: &Url, b: &Url) -> bool {
    let without = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    without(a) == without(b)
}

/// <https://html.spec.whatwg.org/#navigate-fragid>
fn navigate_to_fragment(cx: &mut Cx, here: &Url, url: Url, history: History) {
    let window = cx.window();
    crate::history::navigated_to_fragment(cx, &url, history == History::Replace);
    window.set_url(url.clone());
    scroll_to_fragment(cx);
    if here.fragment() != url.fragment() {
        let old = here.to_string();
        cx.engine().queue_task(TaskSource::Dom, window.id(), move |cx| {
            let target: Obj<EventTarget> = cx.window().upcast();
            let event = HashChangeEvent::trusted(cx, old, url.to_string());
            events::fire_event(cx, &target, event);
        });
    }
}

/// <https://html.spec.whatwg.org/#scroll-to-the-fragment-identifier>
pub(super) fn scroll_to_fragment(cx: &mut Cx) {
    let agent = cx.engine();
    let url = cx.window().url();
    let Some(fragment) = url.fragment() else { return };
    let document = cx.document_id();
    if fragment.is_empty() {
        mark_target(cx, None);
        return rendering::scroll_document(cx, 0.0, 0.0);
    }
    let decoded = percent_decode(fragment);
    let target = {
        let tree = agent.tree();
        tree.element_by_id(document, fragment).or_else(|| tree.element_by_id(document, &decoded))
    };
    mark_target(cx, target);
    match target {
        Some(element) => rendering::scroll_into_view(cx, element),
        None if decoded.eq_ignore_ascii_case("top") => rendering::scroll_document(cx, 0.0, 0.0),
        None => {}
    }
}

/// The element that `:target` matches.
fn mark_target(cx: &mut Cx, target: Option<NodeId>) {
    let agent = cx.engine();
    let before = cx.window().loading.target.replace(target);
    let mut tree = agent.tree_mut();
    for (element, on) in [(before, false), (target, true)] {
        if let Some(element) = element {
            tree.set_state(element, ElementState::URLTARGET, on);
        }
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |index: usize| bytes.get(index).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What became of the response so far.
enum Progress {
    /// Nothing came yet.
    Waiting,
    /// The body goes to the parser of the window that shows it.
    Parsing,
    /// The body is collected as plain text.
    Text,
    /// Nobody wants the body.
    Ignored,
}

fn fetch_document(
    cx: &mut Cx,
    url: Url,
    origin: String,
    referrer: Option<String>,
    post: Option<PostBody>,
    first: bool,
) {
    let agent = cx.engine();
    let mut headers =
        vec![("accept".to_owned(), "text/html,application/xhtml+xml,*/*;q=0.8".to_owned())];
    let method = if post.is_some() { "POST" } else { "GET" };
    let sent = post.map(|post| {
        headers.push(("content-type".to_owned(), post.content_type));
        post.body.into()
    });
    let request = FetchRequest {
        url: url.to_string(),
        method: method.to_owned(),
        headers,
        body: sent,
        origin,
        mode: RequestMode::Navigate,
        credentials: RequestCredentials::Include,
        redirect: RedirectMode::Follow,
        referrer,
        ..FetchRequest::default()
    };
    let progress = RefCell::new(Progress::Waiting);
    let address = url.to_string();
    let id = agent.app_request(Request::Fetch(request), move |cx, reply| {
        let at = progress.replace(Progress::Ignored);
        let next = match (at, reply) {
            (Progress::Waiting, Reply::Head(head)) => respond(cx, &head, first),
            (Progress::Waiting, Reply::Failed(failure)) => {
                show_error(cx, &address, &failure.to_string(), first);
                Progress::Ignored
            }
            (Progress::Waiting, reply) => {
                let reason = match reply {
                    Reply::Unsupported(what) => what,
                    _ => "the host gave no answer".to_owned(),
                };
                show_error(cx, &address, &reason, first);
                Progress::Ignored
            }
            (at @ (Progress::Parsing | Progress::Text), reply) => {
                in_shown_window(cx, |cx| body(cx, at, reply))
            }
            (Progress::Ignored, _) => Progress::Ignored,
        };
        progress.replace(next);
    });
    agent.end_navigation(Some(id));
}

fn in_shown_window<R>(cx: &mut Cx, run: impl FnOnce(&mut Cx) -> R) -> R {
    match cx.engine().window() {
        Some(window) => cx.in_realm(window.realm(), run),
        None => run(cx),
    }
}

fn body(cx: &mut Cx, at: Progress, reply: Reply) -> Progress {
    match reply {
        Reply::Data(bytes) => {
            match at {
                Progress::Text => {
                    let escaped = error_page::escape(&String::from_utf8_lossy(&bytes));
                    parser::feed(cx, escaped.as_bytes());
                }
                _ => parser::feed(cx, &bytes),
            }
            at
        }
        Reply::End => {
            parser::end(cx);
            Progress::Ignored
        }
        Reply::Failed(failure) => {
            let text = format!("The document broke off: {failure}");
            cx.engine().console(ConsoleLevel::Error, text, None);
            parser::end(cx);
            Progress::Ignored
        }
        _ => at,
    }
}

/// <https://html.spec.whatwg.org/#loading-a-document>
fn respond(cx: &mut Cx, head: &HttpHead, first: bool) -> Progress {
    let agent = cx.engine();
    // Nothing to show: the old document stays.
    if matches!(head.status, 204 | 205) && !first {
        return Progress::Ignored;
    }
    let content_type = fetch::header(head, "content-type").unwrap_or("text/html");
    let disposition = fetch::header(head, "content-disposition").unwrap_or_default();
    if disposition.trim_start().to_ascii_lowercase().starts_with("attachment") {
        let reason = "the server offers it as a download, and apps cannot download files";
        return refuse(cx, head, reason, first);
    }
    let essence = fetch::essence(content_type);
    let (prefix, progress) = match essence.as_str() {
        "text/html" | "application/xhtml+xml" | "" => (None, Progress::Parsing),
        essence if essence.starts_with("image/") => {
            let url = error_page::escape(&head.url);
            let html = format!(
                "<!doctype html><style>body {{ margin: 0 }} img {{ max-width: 100% }}</style><img src=\"{url}\">"
            );
            (Some(html), Progress::Ignored)
        }
        essence
            if essence.starts_with("text/")
                || essence == "application/json"
                || super::script::is_javascript(essence) =>
        {
            (
                Some("<!doctype html><pre style=\"white-space: pre-wrap\">".to_owned()),
                Progress::Text,
            )
        }
        other => {
            let reason = format!("documents of the type {other:?} are not supported");
            return refuse(cx, head, &reason, first);
        }
    };
    let Ok(url) = Url::parse(&head.url) else {
        return refuse(cx, head, "its address is not valid", first);
    };
    let parsed_type = if prefix.is_some() { "text/html; charset=utf-8" } else { content_type };
    if !show(cx, url, parsed_type, &essence) {
        return Progress::Ignored;
    }
    let policy = fetch::header(head, "referrer-policy").and_then(ReferrerPolicy::from_header);
    if let (Some(policy), Some(window)) = (policy, agent.window()) {
        window.set_referrer_policy(policy);
    }
    if head.status >= 400 {
        let text = format!("{} answered {} {}", head.url, head.status, head.status_text);
        agent.console(ConsoleLevel::Error, text.trim_end().to_owned(), None);
    }
    in_shown_window(cx, |cx| {
        if let Some(prefix) = prefix {
            parser::feed(cx, prefix.as_bytes());
            if matches!(progress, Progress::Ignored) {
                parser::end(cx);
            }
        }
    });
    progress
}

fn refuse(cx: &mut Cx, head: &HttpHead, reason: &str, first: bool) -> Progress {
    show_error(cx, &head.url, reason, first);
    Progress::Ignored
}

/// Shows a page that says what went wrong, and tells the host.
fn show_error(cx: &mut Cx, url: &str, reason: &str, first: bool) {
    let agent = cx.engine();
    agent.console(ConsoleLevel::Error, format!("Cannot open {url}: {reason}"), None);
    if first {
        agent.send(FromApp::LoadFailed { url: url.to_owned(), reason: reason.to_owned() });
    }
    let Ok(about) = Url::parse("about:error") else { return };
    if show(cx, about, "text/html; charset=utf-8", "text/html") {
        in_shown_window(cx, |cx| {
            cx.window().loading.is_error_page.set(true);
            parser::feed(cx, error_page::html(url, reason).as_bytes());
            parser::end(cx);
        });
    }
}

/// Replaces the window that is shown by a new one with an empty document.
fn show(cx: &mut Cx, url: Url, content_type: &str, essence: &str) -> bool {
    let agent = cx.engine();
    let viewport =
        agent.window().map_or_else(|| agent.first_viewport(), |window| window.viewport());
    unload(cx, &agent);
    let document = {
        let mut tree = agent.tree_mut();
        let document = tree.create_document(true);
        tree.set_base_url(document, &url);
        document
    };
    let window = match Window::create(cx, document, url, viewport) {
        Ok(window) => window,
        Err(error) => {
            agent.console(ConsoleLevel::Error, format!("No realm could be made: {error}"), None);
            return false;
        }
    };
    agent.show(window.clone());
    cx.in_realm(window.realm(), |cx| {
        window.hold_document(cx);
        window.loading.content_type.replace(essence.to_owned());
        parser::start(cx, Some(content_type));
    });
    true
}

/// The app ends: its document goes without another in its place.
pub(crate) fn unload_shown(cx: &mut Cx) {
    let agent = cx.engine();
    unload(cx, &agent);
}

/// <https://html.spec.whatwg.org/#unload-a-document>
fn unload(cx: &mut Cx, agent: &Agent) {
    let Some(window) = agent.window() else { return };
    cx.in_realm(window.realm(), |cx| {
        let target: Obj<EventTarget> = window.clone().upcast();
        for name in ["pagehide", "unload"] {
            events::fire(cx, &target, name, Bubbles(false), Cancelable(false));
        }
    });
    rendering::dispose(agent, &window);
    cx.forget_modules(window.realm());
}
