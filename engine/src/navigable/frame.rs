//! `iframe` and its navigable: <https://html.spec.whatwg.org/#the-iframe-element>

use std::rc::Rc;

use url::Url;
use virga_dom::NodeId;
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use super::{Navigable, Sandbox};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable, EventTarget},
    loading::{self, Destination, NavigationHistory},
    window::{Origin, Window, rendering},
};

/// After the element became connected.
///
/// <https://html.spec.whatwg.org/#the-iframe-element:html-element-post-connection-steps>
pub(crate) fn inserted(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    if agent.navigables.of_container(element).is_some() {
        return;
    }
    let Some(parent) = super::current(cx) else { return };
    let Some(navigable) = agent.navigables.add(&agent, &parent, element) else { return };
    navigable.set_name(agent.attribute(element, "name").unwrap_or_default());
    process_attributes(cx, element, &navigable, true);
}

/// After the element was disconnected.
pub(crate) fn removed(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    if let Some(navigable) = agent.navigables.of_container(element) {
        discard(cx, &agent, &navigable);
    }
}

/// After an attribute changed.
pub(crate) fn attribute_changed(cx: &mut Cx, element: NodeId, name: &str) {
    let agent = cx.engine();
    let Some(navigable) = agent.navigables.of_container(element) else { return };
    match name {
        "srcdoc" => process_attributes(cx, element, &navigable, false),
        "src" if agent.attribute(element, "srcdoc").is_none() => {
            process_attributes(cx, element, &navigable, false);
        }
        "name" => navigable.set_name(agent.attribute(element, "name").unwrap_or_default()),
        _ => {}
    }
}

/// <https://html.spec.whatwg.org/#process-the-iframe-attributes>, in the realm of
/// the element's document.
fn process_attributes(cx: &mut Cx, element: NodeId, navigable: &Rc<Navigable>, first: bool) {
    let agent = cx.engine();
    let is_iframe = agent.tree().is_html_element(element, "iframe");
    // 1.
    let srcdoc = if is_iframe { agent.attribute(element, "srcdoc") } else { None };
    if let Some(html) = srcdoc {
        loading::navigate_to(cx, navigable, Destination::Srcdoc(html), NavigationHistory::Replace);
        return;
    }
    // 2.1. The shared attribute processing steps.
    let Some(url) = source_url(cx, element) else { return };
    // 2.3.
    if first && is_about_blank(&url) {
        return load_event_steps(cx, element);
    }
    // An ancestor of the same address would never end.
    if url.scheme() != "about" && is_own_ancestor(&agent, navigable, &url) {
        let text = format!("An iframe stays empty: {url} is the address of a document around it");
        return agent.console(ConsoleLevel::Error, text, None);
    }
    let history =
        if navigable.is_initial() { NavigationHistory::Replace } else { NavigationHistory::Push };
    loading::navigate_to(cx, navigable, Destination::url(url), history);
}

/// <https://html.spec.whatwg.org/#shared-attribute-processing-steps-for-iframe-and-frame-elements>
fn source_url(cx: &Cx, element: NodeId) -> Option<Url> {
    let agent = cx.engine();
    let blank = || Url::parse("about:blank").ok();
    match agent.attribute(element, "src") {
        Some(src) if !src.is_empty() => match cx.window().parse_url(&agent, src.trim()) {
            Ok(url) => Some(url),
            Err(_) => blank(),
        },
        _ => blank(),
    }
}

/// <https://html.spec.whatwg.org/#matches-about:blank>
pub(crate) fn is_about_blank(url: &Url) -> bool {
    url.scheme() == "about" && url.path() == "blank"
}

fn is_own_ancestor(agent: &Agent, navigable: &Navigable, url: &Url) -> bool {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    let wanted = bare(url);
    let mut above = navigable.parent;
    let mut same = 0;
    while let Some(navigable) = above.and_then(|id| agent.navigables.get(id)) {
        if navigable.window().is_some_and(|window| bare(&window.url()) == wanted) {
            same += 1;
        }
        above = navigable.parent;
    }
    same > 0
}

/// <https://html.spec.whatwg.org/#iframe-load-event-steps>
pub(crate) fn load_event_steps(cx: &mut Cx, element: NodeId) {
    let target: Obj<EventTarget> = cx.wrap(element).upcast();
    events::fire(cx, &target, "load", Bubbles(false), Cancelable(false));
}

/// The document in a frame is complete, or will never be.
pub(crate) fn child_loaded(cx: &mut Cx, navigable: &Rc<Navigable>) {
    let Some(element) = navigable.container() else { return };
    let agent = cx.engine();
    let Some(parent) = agent.window_of(element) else { return };
    agent.queue_task(TaskSource::Dom, parent.id(), {
        let navigable = Rc::clone(navigable);
        move |cx| {
            let agent = cx.engine();
            // It may have been removed meanwhile.
            if agent.navigables.of_container(element).is_some_and(|now| now.id() == navigable.id())
            {
                load_event_steps(cx, element);
            }
            unblock_parent(cx, &navigable);
        }
    });
}

/// The parent's `load` event waits for what is under way in this frame.
pub(crate) fn block_parent(cx: &Cx, navigable: &Navigable) {
    let agent = cx.engine();
    let parent = navigable.container().and_then(|element| agent.window_of(element));
    if let Some(parent) = parent
        && parent.loading.is_loading()
        && !navigable.blocks_load.replace(true)
    {
        parent.loading.block_load();
    }
}

/// It waits no longer.
pub(crate) fn unblock_parent(cx: &mut Cx, navigable: &Navigable) {
    if !navigable.blocks_load.replace(false) {
        return;
    }
    let agent = cx.engine();
    let parent = navigable.parent.and_then(|id| agent.navigables.get(id)?.window());
    if let Some(parent) = parent {
        cx.in_realm(parent.realm(), |cx| parent.loading.unblock_load(cx));
    }
}

/// <https://html.spec.whatwg.org/#destroy-a-child-navigable>: no events are fired.
pub(crate) fn discard(cx: &mut Cx, agent: &Agent, navigable: &Rc<Navigable>) {
    let all = &agent.navigables;
    if let Some(element) = navigable.container() {
        all.by_container.borrow_mut().remove(&element);
    }
    if let Some(parent) = navigable.parent.and_then(|id| all.get(id)) {
        parent.children.borrow_mut().retain(|id| *id != navigable.id());
    }
    all.auxiliary.borrow_mut().retain(|id| *id != navigable.id());
    discard_children(cx, agent, navigable);
    agent.end_navigation(navigable, None);
    let window = navigable.window.take();
    all.frames.borrow_mut().remove(&navigable.id());
    if let Some(window) = window {
        window.abort_parser();
        agent.end_window(&window);
        rendering::dispose(agent, &window);
        cx.forget_modules(window.realm());
    }
    drop(navigable.proxies.take());
    navigable.history.clear();
    if let Some(element) = navigable.container()
        && let Some(parent) = agent.window_of(element)
    {
        rendering::set_frame(agent, &parent, element, None);
    }
    unblock_parent(cx, navigable);
}

/// The navigable's document goes: so do the frames in it.
pub(crate) fn discard_children(cx: &mut Cx, agent: &Agent, navigable: &Navigable) {
    let children = navigable.children.borrow().clone();
    for child in children.into_iter().filter_map(|id| agent.navigables.get(id)) {
        child.blocks_load.set(false);
        discard(cx, agent, &child);
    }
}

/// Makes the first document of a frame, if there is none yet.
///
/// <https://html.spec.whatwg.org/#creating-a-new-browsing-context>
pub(crate) fn ensure_window(cx: &mut Cx, navigable: &Rc<Navigable>) {
    if navigable.window.borrow().is_some() {
        return;
    }
    let agent = cx.engine();
    let creator = navigable.parent.and_then(|id| agent.navigables.get(id)?.window());
    let Some(creator) = creator else { return };
    let sandbox = sandbox_of(&agent, navigable, &creator);
    let origin =
        if sandbox.same_origin { creator.security_origin() } else { Origin::opaque(&agent) };
    show_initial(cx, navigable, &creator, origin, sandbox);
}

/// Gives a navigable its first document, which `creator` is behind.
pub(crate) fn show_initial(
    cx: &mut Cx,
    navigable: &Rc<Navigable>,
    creator: &Obj<Window>,
    origin: Origin,
    sandbox: Sandbox,
) {
    let agent = cx.engine();
    let Ok(url) = Url::parse("about:blank") else { return };
    let document = {
        let mut tree = agent.tree_mut();
        let document = tree.create_document(true);
        tree.set_base_url(document, &url);
        tree.set_quirks_mode(document, virga_dom::tree::QuirksMode::Quirks);
        let html = tree.create_html_element(document, "html");
        tree.append(document, html);
        for name in ["head", "body"] {
            let child = tree.create_html_element(document, name);
            tree.append(html, child);
        }
        document
    };
    let about = crate::window::About {
        navigable: Rc::clone(navigable),
        document,
        url,
        origin,
        sandbox,
        base: Some(creator.base_url(&agent)),
        referrer: creator.url_for_referrer(),
    };
    let window = match Window::create(cx, about) {
        Ok(window) => window,
        Err(error) => {
            agent.console(ConsoleLevel::Error, format!("No realm could be made: {error}"), None);
            return;
        }
    };
    window.inherit_policies(creator);
    agent.activate(navigable, &window);
    cx.in_realm(window.realm(), |cx| {
        window.hold_document(cx);
        window.loading.start_complete();
    });
}

/// The flags of a document that is about to be shown in a navigable.
///
/// <https://html.spec.whatwg.org/#determining-the-creation-sandboxing-flags>
pub(crate) fn sandbox_of(agent: &Agent, navigable: &Navigable, parent: &Window) -> Sandbox {
    let own = navigable
        .container()
        .and_then(|element| agent.attribute(element, "sandbox"))
        .map_or(Sandbox::NONE, |attribute| Sandbox::parse(&attribute));
    parent.sandbox().and(own)
}
