//! Navigation: <https://html.spec.whatwg.org/#navigate>
//!
//! [`navigate_to`] decides what kind of a navigation it is: a fragment of the same
//! document, a `javascript:` URL, or another document, which [`super::commit`]
//! fetches and shows.

use std::rc::Rc;

use url::Url;
use virga_dom::{ElementState, NodeId};
use virga_js::{Cx, Obj, ScriptSource};
use virga_protocol::{ConsoleLevel, FetchFailure, FromApp};

use super::commit::{self, Params};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, BeforeUnloadEvent, EventTarget, HashChangeEvent},
    history::Entry,
    navigable::{
        self, Navigable,
        auxiliary::{self, Opening},
        frame, named,
    },
    window::{Origin, Window, rendering},
};

/// <https://html.spec.whatwg.org/#navigation-history-behavior>
#[derive(Clone, Debug)]
pub(crate) enum History {
    /// A new entry of the session history.
    Push,
    /// In place of the current one.
    Replace,
    /// The current entry once more.
    Reload,
    /// An entry that is there already.
    Traverse(Rc<Entry>),
}

impl History {
    fn is_push(&self) -> bool {
        matches!(self, Self::Push)
    }
}

/// What a form sends along.
#[derive(Clone, Debug)]
pub(crate) struct PostBody {
    /// The value of `Content-Type`.
    pub(crate) content_type: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Where a navigation goes.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    /// To an address, with the body of a form if it is a `POST`.
    Url(Url, Option<PostBody>),
    /// To the document in a `srcdoc` attribute.
    Srcdoc(String),
}

impl Destination {
    /// To an address.
    pub(crate) fn url(url: Url) -> Self {
        Self::Url(url, None)
    }
}

/// The app's first navigation, before there is any window.
pub(crate) fn start(cx: &mut Cx, url: &str) {
    let agent = cx.engine();
    let top = Rc::clone(agent.navigables.top());
    match Url::parse(url) {
        Ok(url) => commit::fetch_document(cx, Params::first(&agent, top, url)),
        Err(_) => {
            let failure = FetchFailure::InvalidUrl(url.to_owned());
            if let Ok(blank) = Url::parse("about:blank") {
                let params = Params::first(&agent, top, blank);
                commit::show_error(cx, &params, url, &failure.to_string());
            }
        }
    }
}

/// Sends the current window's navigable to another address; a fragment of the same
/// document only scrolls.
pub(crate) fn navigate(cx: &mut Cx, url: Url, history: History) {
    if let Some(navigable) = navigable::current(cx) {
        navigate_to(cx, &navigable, Destination::url(url), history);
    }
}

/// Sends a navigable to another address, on behalf of the current realm's document.
pub(crate) fn navigate_in(cx: &mut Cx, navigable: &Rc<Navigable>, url: Url, history: History) {
    navigate_to(cx, navigable, Destination::url(url), history);
}

/// The `target` of the first of these elements that has one, else that of the first
/// `base` element that does.
///
/// <https://html.spec.whatwg.org/#get-an-element's-target>
pub(crate) fn target_of(cx: &Cx, elements: &[NodeId]) -> String {
    let agent = cx.engine();
    if let Some(own) = elements.iter().find_map(|id| agent.attribute(*id, "target")) {
        return own;
    }
    let tree = agent.tree();
    let Some(head) = tree.head(cx.document_id()) else { return String::new() };
    let target = tree
        .children(head)
        .filter(|&id| tree.is_html_element(id, "base"))
        .find_map(|id| tree.plain_attribute(id, &"target".into()));
    target.unwrap_or_default().to_owned()
}

/// Sends the navigable that `target` means somewhere: what links and forms do.
///
/// <https://html.spec.whatwg.org/#following-hyperlinks-2>
pub(crate) fn navigate_target(cx: &mut Cx, target: &str, rel: &str, destination: Destination) {
    let agent = cx.engine();
    let Some(source) = navigable::current(cx) else { return };
    let opening = Opening::of_rel(rel, target);
    match named::choose(&agent, &source, target) {
        Some(chosen) if named::may_navigate(cx, &source, &chosen) => {
            navigate_as(cx, &chosen, destination, History::Push, opening.noreferrer);
        }
        Some(_) => {}
        None => {
            if let Some(new) = auxiliary::open(cx, target, opening) {
                navigate_as(cx, &new, destination, History::Push, opening.noreferrer);
            }
        }
    }
}

/// Sends a window that was just opened to its address.
pub(crate) fn navigate_opened(cx: &mut Cx, new: &Rc<Navigable>, url: Url, opening: Opening) {
    navigate_as(cx, new, Destination::url(url), History::Push, opening.noreferrer);
}

/// <https://html.spec.whatwg.org/#navigate>, on behalf of the current realm's
/// document.
pub(crate) fn navigate_to(
    cx: &mut Cx,
    navigable: &Rc<Navigable>,
    destination: Destination,
    history: History,
) {
    navigate_as(cx, navigable, destination, history, false);
}

fn navigate_as(
    cx: &mut Cx,
    navigable: &Rc<Navigable>,
    destination: Destination,
    mut history: History,
    noreferrer: bool,
) {
    let agent = cx.engine();
    let source = cx.window();
    if agent.is_unloading() {
        // 5. The document is on its way out.
        return;
    }
    let active = navigable.window();
    if let (Destination::Url(url, body), Some(window)) = (&destination, &active) {
        // 9. The same address again, or a page that was never left.
        if history.is_push()
            && (body.is_none()
                && *url == window.url()
                && source.security_origin() == window.security_origin())
        {
            history = History::Replace;
        }
        if url.scheme() != "javascript"
            && body.is_none()
            && url.fragment().is_some()
            && !matches!(history, History::Reload)
            && same_but_fragment(&window.url(), url)
        {
            let (window, url) = (window.clone(), url.clone());
            return cx.in_realm(window.realm(), |cx| {
                navigate_to_fragment(cx, &window, url, &history);
            });
        }
    }
    if navigable.is_initial() && history.is_push() {
        history = History::Replace;
    }
    if let Destination::Url(url, _) = &destination
        && url.scheme() == "javascript"
    {
        return navigate_to_javascript(cx, navigable, url);
    }
    if let Destination::Url(url, _) = &destination
        && !matches!(url.scheme(), "http" | "https" | "file" | "data" | "about" | "blob")
    {
        let text = format!("Cannot open {url}: the scheme \"{}\" is not supported", url.scheme());
        return agent.console(ConsoleLevel::Error, text, None);
    }
    agent.while_unloading(|| fire_beforeunload(cx, &agent, navigable));
    let mut params = Params::new(cx, navigable, &source, destination, history);
    if noreferrer {
        params = params.without_referrer();
    }
    frame::block_parent(cx, navigable);
    commit::fetch_document(cx, params);
}

/// <https://html.spec.whatwg.org/#checking-if-unloading-is-canceled>: an app has
/// nobody to ask, so the event only informs.
fn fire_beforeunload(cx: &mut Cx, agent: &Agent, navigable: &Rc<Navigable>) {
    let mut all = vec![Rc::clone(navigable)];
    while let Some(next) = all.pop() {
        all.extend(agent.navigables.children(&next));
        let Some(window) = next.window() else { continue };
        cx.in_realm(window.realm(), |cx| {
            let target: Obj<EventTarget> = window.clone().upcast();
            let event = BeforeUnloadEvent::trusted(cx);
            events::fire_event(cx, &target, event);
        });
    }
}

/// <https://html.spec.whatwg.org/#the-javascript:-url-special-case>
fn navigate_to_javascript(cx: &mut Cx, navigable: &Rc<Navigable>, url: &Url) {
    let agent = cx.engine();
    let origin: Origin = cx.window().security_origin();
    let text = url.as_str();
    let source = percent_decode(text.strip_prefix("javascript:").unwrap_or(text));
    frame::ensure_window(cx, navigable);
    let Some(window) = navigable.window() else { return };
    let navigable = Rc::clone(navigable);
    frame::block_parent(cx, &navigable);
    agent.end_navigation(&navigable, None);
    agent.queue_task(TaskSource::Navigation, window.id(), move |cx| {
        let window = cx.window();
        // 1.
        if window.security_origin() != origin || !window.sandbox().scripts {
            let text = "A javascript: URL of another origin was not run".to_owned();
            cx.engine().console(ConsoleLevel::Error, text, None);
            return stays(cx, &navigable);
        }
        let base = window.url().to_string();
        let result = super::script::evaluate(cx, &ScriptSource::new(&source, &base));
        // 9. A string is the new document.
        match result.as_ref().and_then(virga_js::Value::as_string) {
            Some(html) => commit::show_text(cx, &navigable, &html.to_str()),
            None if window.loading.is_loading() => {}
            None => stays(cx, &navigable),
        }
    });

    /// No document came of it. Only what a frame starts with counts as loaded then.
    fn stays(cx: &mut Cx, navigable: &Rc<Navigable>) {
        if navigable.is_initial() {
            frame::child_loaded(cx, navigable);
        } else {
            frame::unblock_parent(cx, navigable);
        }
    }
}

/// Loads a window's address again.
pub(crate) fn reload(cx: &mut Cx, window: &Obj<Window>) {
    let agent = cx.engine();
    let Some(navigable) = agent.navigable_of(window) else { return };
    let destination = match window.srcdoc() {
        Some(html) => Destination::Srcdoc(html),
        None => Destination::url(window.url()),
    };
    let window = window.clone();
    cx.in_realm(window.realm(), |cx| navigate_to(cx, &navigable, destination, History::Reload));
}

/// `window.stop()`: the navigation under way, if there is one, ends.
pub(crate) fn stop(cx: &mut Cx) {
    if let Some(navigable) = navigable::current(cx) {
        let agent = cx.engine();
        agent.end_navigation(&navigable, None);
        abort_fetches(cx, &navigable);
        let window = cx.window();
        window.loading.stop_parser();
        frame::unblock_parent(cx, &navigable);
        super::advance(cx);
    }
}

/// What a document and those of its frames fetch fails.
///
/// <https://html.spec.whatwg.org/#abort-a-document-and-its-descendants>
pub(super) fn abort_fetches(cx: &Cx, navigable: &Rc<Navigable>) {
    let agent = cx.engine();
    let mut all = vec![Rc::clone(navigable)];
    while let Some(next) = all.pop() {
        all.extend(agent.navigables.children(&next));
        let Some(window) = next.window() else { continue };
        let failure = FetchFailure::Stopped(window.url().to_string());
        for (id, task) in agent.requests.stop_fetches(window.id(), &failure) {
            agent.send(FromApp::Cancel { id });
            agent.event_loop.queue(task);
        }
    }
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
fn navigate_to_fragment(cx: &mut Cx, window: &Obj<Window>, url: Url, history: &History) {
    let here = window.url();
    let replace = !history.is_push();
    crate::history::navigated_to_fragment(cx, window, &url, replace);
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
        tree.element_by_id(document, fragment)
            .or_else(|| tree.element_by_id(document, &decoded))
            .or_else(|| anchor_with_name(&tree, document, &decoded))
    };
    mark_target(cx, target);
    match target {
        Some(element) => rendering::scroll_into_view(cx, element),
        None if decoded.eq_ignore_ascii_case("top") => rendering::scroll_document(cx, 0.0, 0.0),
        None => {}
    }
}

fn anchor_with_name(tree: &virga_dom::Tree, document: NodeId, name: &str) -> Option<NodeId> {
    tree.descendants(document).find(|&id| {
        tree.is_html_element(id, "a") && tree.plain_attribute(id, &"name".into()) == Some(name)
    })
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
