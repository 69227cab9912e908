//! Fetching another document and putting it in the place of the one before:
//! <https://html.spec.whatwg.org/#populating-a-session-history-entry>

use std::{cell::RefCell, rc::Rc};

use url::Url;
use virga_js::{Cx, Obj};
use virga_protocol::{
    ConsoleLevel, EmbedderPolicy, FetchRequest, FromApp, HttpHead, RedirectMode, ReferrerPolicy,
    Reply, Request, RequestCredentials, RequestMode,
};

use super::{
    error_page, fetch, navigate,
    navigate::{Destination, History, PostBody},
    parser,
};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget},
    navigable::{self, Navigable, Sandbox, frame},
    window::{About, Origin, Window, rendering},
};

/// <https://html.spec.whatwg.org/#navigation-params>
pub(super) struct Params {
    navigable: Rc<Navigable>,
    destination: Destination,
    history: History,
    /// The origin of whoever started it.
    initiator: Option<Origin>,
    /// What `about:blank` and `srcdoc` documents resolve URLs with.
    base: Option<Url>,
    referrer: Option<String>,
    /// The app has shown nothing yet.
    first: bool,
}

impl Params {
    /// The app's first navigation.
    pub(super) fn first(_: &Agent, navigable: Rc<Navigable>, url: Url) -> Self {
        Self {
            navigable,
            destination: Destination::url(url),
            history: History::Replace,
            initiator: None,
            base: None,
            referrer: None,
            first: true,
        }
    }

    /// A navigation that a document started.
    pub(super) fn new(
        cx: &Cx,
        navigable: &Rc<Navigable>,
        source: &Obj<Window>,
        destination: Destination,
        history: History,
    ) -> Self {
        let agent = cx.engine();
        let referrer = match &destination {
            Destination::Url(url, _) => source.referrer_for(url),
            Destination::Srcdoc(_) => source.url_for_referrer(),
        };
        Self {
            navigable: Rc::clone(navigable),
            destination,
            history,
            initiator: Some(source.security_origin()),
            base: Some(source.base_url(&agent)),
            referrer,
            first: false,
        }
    }

    /// Nobody is to know where it comes from.
    pub(super) fn without_referrer(mut self) -> Self {
        self.referrer = None;
        self
    }

    fn url(&self) -> Option<Url> {
        match &self.destination {
            Destination::Url(url, _) => Some(url.clone()),
            Destination::Srcdoc(_) => Url::parse("about:srcdoc").ok(),
        }
    }
}

/// What became of the response so far.
enum Progress {
    /// Nothing came yet.
    Waiting,
    /// The body goes to the parser of the window that shows it.
    Parsing,
    /// Nobody wants the body.
    Ignored,
}

/// Starts to get the document; the one before stays until something comes.
pub(super) fn fetch_document(cx: &Cx, params: Params) {
    let agent = cx.engine();
    let local = match &params.destination {
        Destination::Srcdoc(html) => Some(html.clone()),
        Destination::Url(url, _) if url.scheme() == "about" && url.path() != "error" => {
            Some(String::new())
        }
        Destination::Url(..) => None,
    };
    if let Some(html) = local {
        return show_local(&agent, params, html);
    }
    let Destination::Url(url, post) = &params.destination else { return };
    let mut headers = vec![(
        "accept".to_owned(),
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8".to_owned(),
    )];
    let (method, body) = match post {
        None => ("GET", None),
        Some(PostBody { content_type, body }) => {
            headers.push(("content-type".to_owned(), content_type.clone()));
            ("POST", Some(body.clone().into()))
        }
    };
    let origin = params.initiator.as_ref().map_or_else(|| "null".to_owned(), Origin::serialize);
    let request = FetchRequest {
        url: url.to_string(),
        method: method.to_owned(),
        headers,
        body,
        origin,
        mode: RequestMode::Navigate,
        credentials: RequestCredentials::Include,
        redirect: RedirectMode::Follow,
        referrer: params.referrer.clone(),
        ..FetchRequest::default()
    };
    let fragment = url.fragment().map(str::to_owned);
    let address = url.to_string();
    let navigable = Rc::clone(&params.navigable);
    let progress = RefCell::new(Progress::Waiting);
    let id = agent.app_request(Request::Fetch(request), move |cx, reply| {
        let at = progress.replace(Progress::Ignored);
        let next = match (at, reply) {
            (Progress::Waiting, Reply::Head(head)) => {
                respond(cx, &params, &head, fragment.as_deref())
            }
            (Progress::Waiting, Reply::Failed(failure)) => {
                show_error(cx, &params, &address, &failure.to_string());
                Progress::Ignored
            }
            (Progress::Waiting, reply) => {
                let reason = match reply {
                    Reply::Unsupported(what) => what,
                    _ => "the host gave no answer".to_owned(),
                };
                show_error(cx, &params, &address, &reason);
                Progress::Ignored
            }
            (at @ Progress::Parsing, reply) => {
                navigable::in_window(cx, &params.navigable, |cx| receive(cx, at, reply))
                    .unwrap_or(Progress::Ignored)
            }
            (Progress::Ignored, _) => Progress::Ignored,
        };
        progress.replace(next);
    });
    agent.end_navigation(&navigable, Some(id));
}

/// A document that needs no fetch: `about:blank` and `srcdoc`.
fn show_local(agent: &Rc<Agent>, params: Params, html: String) {
    let serial = agent.begin_local_navigation(&params.navigable);
    let steps = move |cx: &mut Cx| {
        let agent = cx.engine();
        if !agent.is_local_navigation(&params.navigable, serial) {
            return;
        }
        let Some(url) = params.url() else { return };
        if show(cx, &params, url, "text/html; charset=utf-8", "text/html", Sandbox::NONE) {
            navigable::in_window(cx, &params.navigable, |cx| {
                if matches!(params.destination, Destination::Srcdoc(_)) {
                    cx.window().set_srcdoc(html.clone());
                }
                parser::feed(cx, html.as_bytes());
                parser::end(cx);
            });
        }
    };
    agent.queue_app_task(TaskSource::Navigation, steps);
}

fn receive(cx: &mut Cx, at: Progress, reply: Reply) -> Progress {
    match reply {
        Reply::Data(bytes) => {
            parser::feed(cx, &bytes);
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
fn respond(cx: &mut Cx, params: &Params, head: &HttpHead, fragment: Option<&str>) -> Progress {
    let agent = cx.engine();
    // Nothing to show: the old document stays.
    if matches!(head.status, 204 | 205) && !params.first {
        params.navigable.stopped_navigating();
        frame::unblock_parent(cx, &params.navigable);
        return Progress::Ignored;
    }
    let content_type = fetch::header(head, "content-type").unwrap_or("text/html");
    let disposition = fetch::header(head, "content-disposition").unwrap_or_default();
    if disposition.trim_start().to_ascii_lowercase().starts_with("attachment") {
        let reason = "the server offers it as a download, and apps cannot download files";
        return refuse(cx, params, head, reason);
    }
    let Ok(mut url) = Url::parse(&head.url) else {
        return refuse(cx, params, head, "its address is not valid");
    };
    if url.fragment().is_none() {
        url.set_fragment(fragment);
    }
    if let Some(reason) = refuses_frame(&agent, params, head, &url) {
        return refuse(cx, params, head, &reason);
    }
    let essence = fetch::essence(content_type);
    let (prefix, progress) = match essence.as_str() {
        "text/html" | "" => (None, Progress::Parsing),
        essence if essence.starts_with("image/") && essence != "image/svg+xml" => {
            let url = error_page::escape(&head.url);
            let html = format!(
                "<!doctype html><style>body {{ margin: 0 }} img {{ max-width: 100% }}</style><img src=\"{url}\">"
            );
            (Some(html), Progress::Ignored)
        }
        essence if is_xml(essence) => (None, Progress::Parsing),
        essence
            if essence.starts_with("text/")
                || essence == "application/json"
                || super::script::is_javascript(essence) =>
        {
            (
                Some("<!doctype html><pre style=\"white-space: pre-wrap\">".to_owned()),
                Progress::Parsing,
            )
        }
        other => {
            let reason = format!("documents of the type {other:?} are not supported");
            return refuse(cx, params, head, &reason);
        }
    };
    let embedder = fetch::header(head, "cross-origin-embedder-policy")
        .map_or(EmbedderPolicy::UnsafeNone, EmbedderPolicy::from_header);
    let parent = params.navigable.container().and_then(|element| agent.window_of(element));
    // <https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-its-embedder-policy>
    if let Some(parent) = &parent
        && parent.embedder_policy().isolates()
        && !embedder.isolates()
    {
        let reason = "its Cross-Origin-Embedder-Policy is not as strict as that around it";
        return refuse(cx, params, head, reason);
    }
    let sandbox = csp_sandbox(head);
    // Text says itself what it is encoded in, the document around an image is ours.
    let parsed_type = match (&prefix, &progress) {
        (None, _) => content_type.to_owned(),
        (Some(_), Progress::Parsing) if super::charset_of(content_type).is_some() => {
            content_type.to_owned()
        }
        (Some(_), _) => "text/html; charset=utf-8".to_owned(),
    };
    if !show(cx, params, url, &parsed_type, &essence, sandbox) {
        return Progress::Ignored;
    }
    if head.status >= 400 {
        let text = format!("{} answered {} {}", head.url, head.status, head.status_text);
        agent.console(ConsoleLevel::Error, text.trim_end().to_owned(), None);
    }
    navigable::in_window(cx, &params.navigable, |cx| {
        let window = cx.window();
        window.set_embedder_policy(embedder);
        let isolates = match &parent {
            Some(parent) => parent.is_cross_origin_isolated(),
            None => fetch::header(head, "cross-origin-opener-policy")
                .is_some_and(|value| value.split(';').next() == Some("same-origin")),
        };
        if isolates && embedder.isolates() && window.is_secure_context() {
            window.isolate();
        }
        let policy = fetch::header(head, "referrer-policy").and_then(ReferrerPolicy::from_header);
        if let Some(policy) = policy {
            cx.window().set_referrer_policy(policy);
        }
        if let Some(modified) = fetch::header(head, "last-modified") {
            cx.window().loading.last_modified.replace(Some(modified.to_owned()));
        }
        if let Some(refresh) = fetch::header(head, "refresh") {
            super::refresh::declare(cx, refresh);
        }
        match (prefix, &progress) {
            (None, _) => {}
            (Some(prefix), Progress::Parsing) => parser::start_text(cx, &prefix),
            (Some(prefix), _) => {
                parser::feed(cx, prefix.as_bytes());
                parser::end(cx);
            }
        }
    });
    progress
}

fn is_xml(essence: &str) -> bool {
    matches!(essence, "text/xml" | "application/xml") || essence.ends_with("+xml")
}

/// The `sandbox` directive of a content security policy.
fn csp_sandbox(head: &HttpHead) -> Sandbox {
    let mut sandbox = Sandbox::NONE;
    let policies =
        head.headers.iter().filter(|(name, _)| name == "content-security-policy").map(|(_, v)| v);
    for policy in policies {
        for directive in policy.split([';', ',']) {
            let directive = directive.trim();
            if let Some(rest) = directive.strip_prefix("sandbox")
                && (rest.is_empty() || rest.starts_with(' '))
            {
                sandbox = sandbox.and(Sandbox::parse(rest));
            }
        }
    }
    sandbox
}

/// <https://html.spec.whatwg.org/#the-x-frame-options-header>
fn refuses_frame(agent: &Agent, params: &Params, head: &HttpHead, url: &Url) -> Option<String> {
    if params.navigable.is_top() {
        return None;
    }
    let option = fetch::header(head, "x-frame-options")?.trim().to_ascii_lowercase();
    let refused = match option.as_str() {
        "deny" => true,
        "sameorigin" => {
            let origin = Origin::of_url(agent, url);
            let top = agent.window();
            top.is_none_or(|top| top.security_origin() != origin)
        }
        _ => false,
    };
    refused.then(|| format!("its X-Frame-Options are {option:?}"))
}

fn refuse(cx: &mut Cx, params: &Params, head: &HttpHead, reason: &str) -> Progress {
    show_error(cx, params, &head.url, reason);
    Progress::Ignored
}

/// Shows a page that says what went wrong, and tells the host.
pub(super) fn show_error(cx: &mut Cx, params: &Params, url: &str, reason: &str) {
    let agent = cx.engine();
    agent.console(ConsoleLevel::Error, format!("Cannot open {url}: {reason}"), None);
    if params.first {
        agent.send(FromApp::LoadFailed { url: url.to_owned(), reason: reason.to_owned() });
    }
    let Ok(about) = Url::parse("about:error") else { return };
    if show(cx, params, about, "text/html; charset=utf-8", "text/html", Sandbox::NONE) {
        navigable::in_window(cx, &params.navigable, |cx| {
            cx.window().loading.is_error_page.set(true);
            parser::feed(cx, error_page::html(url, reason).as_bytes());
            parser::end(cx);
        });
    }
}

/// What a `javascript:` URL returned becomes the document, at the same address.
pub(super) fn show_text(cx: &mut Cx, navigable: &Rc<Navigable>, html: &str) {
    let window = cx.window();
    let params =
        Params::new(cx, navigable, &window, Destination::url(window.url()), History::Replace);
    let origin = window.security_origin();
    if show_with(
        cx,
        &params,
        window.url(),
        "text/html; charset=utf-8",
        "text/html",
        origin,
        Sandbox::NONE,
    ) {
        navigable::in_window(cx, navigable, |cx| {
            parser::feed(cx, html.as_bytes());
            parser::end(cx);
        });
    }
}

/// Gives the navigable a window with an empty document, for the parser to fill.
fn show(
    cx: &mut Cx,
    params: &Params,
    url: Url,
    content_type: &str,
    essence: &str,
    sandbox: Sandbox,
) -> bool {
    let agent = cx.engine();
    // <https://html.spec.whatwg.org/#determining-the-origin>
    let origin = match (&params.destination, &params.initiator) {
        (Destination::Srcdoc(_), initiator) => {
            let parent = params.navigable.container().and_then(|id| agent.window_of(id));
            parent.map(|parent| parent.security_origin()).or_else(|| initiator.clone())
        }
        (Destination::Url(..), Some(initiator)) if frame::is_about_blank(&url) => {
            Some(initiator.clone())
        }
        _ => None,
    };
    let origin = origin.unwrap_or_else(|| Origin::of_url(&agent, &url));
    show_with(cx, params, url, content_type, essence, origin, sandbox)
}

fn show_with(
    cx: &mut Cx,
    params: &Params,
    url: Url,
    content_type: &str,
    essence: &str,
    origin: Origin,
    sandbox: Sandbox,
) -> bool {
    let agent = cx.engine();
    let navigable = &params.navigable;
    let parent = navigable.container().map(|element| agent.window_of(element));
    let sandbox = match &parent {
        None => navigable.sandbox().and(sandbox),
        Some(Some(parent)) => frame::sandbox_of(&agent, navigable, parent).and(sandbox),
        // The element is gone, and so is the frame.
        Some(None) => return false,
    };
    let origin = if sandbox.same_origin { origin } else { Origin::opaque(&agent) };
    unload(cx, &agent, navigable);
    let srcdoc = matches!(params.destination, Destination::Srcdoc(_));
    let inherits = srcdoc || frame::is_about_blank(&url);
    let document = {
        let mut tree = agent.tree_mut();
        let document = tree.create_document(!is_xml(essence));
        tree.set_base_url(document, &url);
        document
    };
    let about = About {
        navigable: Rc::clone(navigable),
        document,
        url,
        origin,
        sandbox,
        base: params.base.clone().filter(|_| inherits),
        referrer: params.referrer.clone(),
    };
    let window = match Window::create(cx, about) {
        Ok(window) => window,
        Err(error) => {
            agent.console(ConsoleLevel::Error, format!("No realm could be made: {error}"), None);
            return false;
        }
    };
    if inherits && let Some(Some(parent)) = &parent {
        window.inherit_policies(parent);
    }
    if let Some(initial) = navigable.window().filter(|_| navigable.is_initial())
        && initial.security_origin() == window.security_origin()
    {
        cx.in_realm(window.realm(), |cx| crate::window::continue_from(cx, &window, &initial));
    }
    navigable.stopped_navigating();
    agent.activate(navigable, &window);
    navigable.navigated();
    crate::history::document_shown(&agent, navigable, &window, &params.history);
    cx.in_realm(window.realm(), |cx| {
        window.hold_document(cx);
        window.loading.content_type.replace(essence.to_owned());
        parser::start(cx, Some(content_type), srcdoc);
    });
    true
}

/// The app ends: its document goes without another in its place.
pub(crate) fn unload_shown(cx: &mut Cx) {
    let agent = cx.engine();
    let top = Rc::clone(agent.navigables.top());
    unload(cx, &agent, &top);
}

/// A window that the app opened is about to be closed.
pub(crate) fn unload_navigable(cx: &mut Cx, navigable: &Rc<Navigable>) {
    let agent = cx.engine();
    let visible = agent.is_visible();
    agent.while_unloading(|| fire_unload(cx, &agent, navigable, visible));
}

/// <https://html.spec.whatwg.org/#unload-a-document>, with the frames in it.
fn unload(cx: &mut Cx, agent: &Rc<Agent>, navigable: &Rc<Navigable>) {
    let Some(window) = navigable.window() else { return };
    crate::history::remember_scroll(agent, navigable, &window);
    let visible = agent.is_visible();
    agent.while_unloading(|| fire_unload(cx, agent, navigable, visible));
    frame::discard_children(cx, agent, navigable);
    window.abort_parser();
    rendering::dispose(agent, &window);
    cx.forget_modules(window.realm());
}

fn fire_unload(cx: &mut Cx, agent: &Agent, navigable: &Rc<Navigable>, visible: bool) {
    let Some(window) = navigable.window() else { return };
    cx.in_realm(window.realm(), |cx| {
        let target: Obj<EventTarget> = window.clone().upcast();
        let event = events::PageTransitionEvent::trusted(cx, "pagehide", false);
        events::fire_event(cx, &target, event);
        if visible {
            window.loading.hidden.set(true);
            let document: Obj<EventTarget> = cx.wrap(window.document_id()).upcast();
            events::fire(cx, &document, "visibilitychange", Bubbles(true), Cancelable(false));
        }
        events::fire(cx, &target, "unload", Bubbles(false), Cancelable(false));
    });
    for child in agent.navigables.children(navigable) {
        fire_unload(cx, agent, &child, visible);
    }
}

/// Scrolls to where a document that was shown before stood, or to its fragment.
pub(super) fn restore_position(cx: &mut Cx) {
    if !crate::history::restore_scroll(cx) {
        navigate::scroll_to_fragment(cx);
    }
}
