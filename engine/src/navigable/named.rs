//! Which navigable a `target` means:
//! <https://html.spec.whatwg.org/#the-rules-for-choosing-a-navigable>

use std::rc::Rc;

use virga_js::Cx;
use virga_protocol::ConsoleLevel;

use super::{Navigable, Sandbox};
use crate::agent::{Agent, EngineCx};

/// An array index, written as script writes it.
pub(crate) fn array_index(name: &str) -> Option<usize> {
    let index: u32 = name.parse().ok()?;
    (index != u32::MAX && index.to_string() == name).then_some(index as usize)
}

/// The navigable that `target` means, seen from `source`; `None` for one that is to be
/// opened.
pub(crate) fn choose(agent: &Agent, source: &Rc<Navigable>, target: &str) -> Option<Rc<Navigable>> {
    let parent = || match source.parent {
        Some(parent) => agent.navigables.get(parent),
        None => Some(Rc::clone(source)),
    };
    match target.to_ascii_lowercase().as_str() {
        "" | "_self" => Some(Rc::clone(source)),
        "_parent" => parent(),
        "_top" => Some(agent.navigables.top_of(source)),
        "_blank" => None,
        _ => find(agent, source, target),
    }
}

/// <https://html.spec.whatwg.org/#find-a-navigable-by-target-name>: its own subtree
/// first, then everything.
fn find(agent: &Agent, source: &Rc<Navigable>, name: &str) -> Option<Rc<Navigable>> {
    let mut subtree = vec![Rc::clone(source)];
    while let Some(navigable) = subtree.pop() {
        if navigable.name() == name {
            return Some(navigable);
        }
        subtree.extend(agent.navigables.children(&navigable));
    }
    let knows = |other: &Navigable| other.group.get() == source.group.get();
    let mut all = agent.active_navigables().into_iter();
    all.find(|navigable| navigable.name() == name && knows(navigable) && !navigable.is_closing())
}

/// <https://html.spec.whatwg.org/#allowed-to-navigate>
pub(crate) fn may_navigate(cx: &Cx, source: &Rc<Navigable>, target: &Rc<Navigable>) -> bool {
    let agent = cx.engine();
    if source.id() == target.id() {
        return true;
    }
    let sandbox: Sandbox = cx.window().sandbox();
    let mut above = target.parent;
    while let Some(id) = above {
        if id == source.id() {
            return true;
        }
        above = agent.navigables.get(id).and_then(|navigable| navigable.parent);
    }
    // What a document opened is its own, sandbox or not.
    if target.opener.get() == Some(source.id()) {
        return true;
    }
    let allowed = if target.is_top() { sandbox.top_navigation } else { sandbox == Sandbox::NONE };
    if !allowed {
        let text = "A sandboxed document may not navigate that window".to_owned();
        agent.console(ConsoleLevel::Error, text, None);
    }
    allowed
}
