//! Windows that an app opens beside its own:
//! <https://html.spec.whatwg.org/#auxiliary-browsing-context>
//!
//! An app has one place on the screen. A window that it opens lies over its own one,
//! the newest on top, as soon as it has something to show, and until it is closed;
//! those below go on meanwhile. All belong to the app's agent.

use std::rc::Rc;

use url::Url;
use virga_js::{Cx, Obj};
use virga_protocol::ConsoleLevel;

use super::{Navigable, NavigableId, Navigables, Sandbox, frame};
use crate::{
    agent::{Agent, EngineCx, TaskSource},
    loading,
    window::{Origin, Window, rendering},
};

/// How many windows an app may have open beside its own.
const MAX_AUXILIARY: usize = 16;

/// What the opener says of a new window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opening {
    /// The two know nothing of each other.
    pub(crate) noopener: bool,
    /// Not even the address goes along.
    pub(crate) noreferrer: bool,
}

impl Opening {
    /// The tokens of a `rel` attribute or of the features of `window.open`.
    pub(crate) fn of_rel(rel: &str, target: &str) -> Self {
        let has = |token: &str| rel.split_ascii_whitespace().any(|t| t.eq_ignore_ascii_case(token));
        // <https://html.spec.whatwg.org/#get-an-element's-noopener>
        let implied = !has("opener") && target.eq_ignore_ascii_case("_blank");
        let noreferrer = has("noreferrer");
        Self { noopener: noreferrer || has("noopener") || implied, noreferrer }
    }

    /// <https://html.spec.whatwg.org/#concept-window-open-features-tokenize>
    pub(crate) fn of_features(features: &str) -> Self {
        let is_separator = |c: char| c == ',' || c == '=' || c.is_ascii_whitespace();
        let mut found = Self::default();
        let mut rest = features.trim_start_matches(is_separator);
        while !rest.is_empty() {
            let end = rest.find(is_separator).unwrap_or(rest.len());
            let name = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            // A value follows an equals sign with only white space around it.
            let after = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let mut value = "";
            if after.starts_with('=') {
                let start =
                    after.trim_start_matches(|c: char| c == '=' || (is_separator(c) && c != ','));
                let end = start.find(is_separator).unwrap_or(start.len());
                value = &start[..end];
                rest = &start[end..];
            }
            rest = rest.trim_start_matches(is_separator);
            // <https://html.spec.whatwg.org/#concept-window-open-features-parse-boolean>
            let is = matches!(value, "" | "yes" | "true")
                || value.parse::<i64>().is_ok_and(|number| number != 0);
            match name.as_str() {
                "noopener" => found.noopener = is,
                "noreferrer" => found.noreferrer = is,
                _ => {}
            }
        }
        found.noopener |= found.noreferrer;
        found
    }
}

impl Navigables {
    /// The top-level navigables: the app's own first, then in the order of opening.
    pub(crate) fn tops(&self) -> Vec<Rc<Navigable>> {
        let mut tops = vec![Rc::clone(&self.top)];
        if !self.auxiliary.borrow().is_empty() {
            let ids = self.auxiliary.borrow().clone();
            tops.extend(ids.into_iter().filter_map(|id| self.get(id)));
        }
        tops
    }

    /// The top-level navigable that a navigable is in, or is.
    pub(crate) fn top_of(&self, navigable: &Rc<Navigable>) -> Rc<Navigable> {
        let mut top = Rc::clone(navigable);
        while let Some(above) = top.parent.and_then(|id| self.get(id)) {
            top = above;
        }
        top
    }

    /// A navigable and those in it, each after its parent.
    pub(crate) fn subtree(&self, root: &Rc<Navigable>) -> Vec<Rc<Navigable>> {
        let mut all = vec![Rc::clone(root)];
        let mut at = 0;
        while let Some(navigable) = all.get(at).map(Rc::clone) {
            if navigable.has_children() {
                all.extend(self.children(&navigable));
            }
            at += 1;
        }
        all
    }

    /// What the user sees.
    pub(crate) fn shown(&self, agent: &Agent) -> Rc<Navigable> {
        let presentable = |id: &NavigableId| {
            let navigable = self.get(*id)?;
            let window = navigable.window()?;
            rendering::is_presentable(agent, &window).then_some(navigable)
        };
        let newest = {
            let auxiliary = self.auxiliary.borrow().clone();
            auxiliary.iter().rev().find_map(presentable)
        };
        newest.unwrap_or_else(|| Rc::clone(&self.top))
    }

    fn open(
        &self,
        agent: &Agent,
        opener: &Rc<Navigable>,
        name: &str,
        sandbox: Sandbox,
        opening: Opening,
    ) -> Option<Rc<Navigable>> {
        if self.auxiliary.borrow().len() >= MAX_AUXILIARY {
            let text = format!("No window was opened: an app may have {MAX_AUXILIARY} of them");
            agent.console(ConsoleLevel::Error, text, None);
            return None;
        }
        self.made.set(self.made.get() + 1);
        let id = NavigableId(self.made.get());
        let navigable = Navigable::new(id, None, None, self.top.viewport());
        navigable.set_name(name.to_owned());
        navigable.sandbox.set(sandbox);
        if opening.noopener {
            navigable.group.set(id);
        } else {
            navigable.group.set(opener.group.get());
            navigable.opener.set(Some(opener.id));
        }
        self.frames.borrow_mut().insert(id, Rc::clone(&navigable));
        self.auxiliary.borrow_mut().push(id);
        Some(navigable)
    }
}

/// Opens a window, on behalf of the current realm's document. It shows `about:blank`
/// at first.
///
/// <https://html.spec.whatwg.org/#the-rules-for-choosing-a-navigable>, step 8.
pub(crate) fn open(cx: &mut Cx, name: &str, opening: Opening) -> Option<Rc<Navigable>> {
    let agent = cx.engine();
    let source = super::current(cx)?;
    let window = cx.window();
    let sandbox = window.sandbox();
    if !sandbox.popups {
        let text = "No window was opened: the document is sandboxed".to_owned();
        agent.console(ConsoleLevel::Error, text, None);
        return None;
    }
    let inherited = if sandbox.popups_escape { Sandbox::NONE } else { sandbox };
    let name = if name.eq_ignore_ascii_case("_blank") { "" } else { name };
    let navigable = agent.navigables.open(&agent, &source, name, inherited, opening)?;
    let origin = if !inherited.same_origin || opening.noopener {
        Origin::opaque(&agent)
    } else {
        window.security_origin()
    };
    frame::show_initial(cx, &navigable, &window, origin, inherited);
    Some(navigable)
}

/// `window.close()`, of a window that the app opened or of the app's own.
///
/// <https://html.spec.whatwg.org/#dom-window-close>
pub(crate) fn request_close(cx: &mut Cx, navigable: &Rc<Navigable>) {
    let agent = cx.engine();
    if !navigable.is_top() {
        return;
    }
    if navigable.is_app() {
        return agent.close();
    }
    if navigable.closing.replace(true) {
        return;
    }
    let navigable = Rc::clone(navigable);
    agent.queue_app_task(TaskSource::Dom, move |cx| {
        let agent = cx.engine();
        if agent.navigables.get(navigable.id).is_some() {
            loading::unload_navigable(cx, &navigable);
            frame::discard(cx, &agent, &navigable);
        }
    });
}

/// The window that opened a window, if they know of each other.
pub(crate) fn opener(agent: &Agent, navigable: &Navigable) -> Option<Rc<Navigable>> {
    agent.navigables.get(navigable.opener.get()?)
}

/// Sends a navigable that was just opened to its first address.
pub(crate) fn first_address(cx: &mut Cx, navigable: &Rc<Navigable>, url: &Url) -> bool {
    // <https://html.spec.whatwg.org/#window-open-steps>: `about:blank` is there already.
    if !frame::is_about_blank(url) {
        return true;
    }
    let Some(window) = navigable.window() else { return true };
    window.set_url(url.clone());
    cx.engine().queue_task(TaskSource::Dom, window.id(), |cx| {
        let window: Obj<Window> = cx.window();
        let target = window.upcast();
        crate::events::fire_load(cx, &target);
    });
    false
}

#[cfg(test)]
mod tests {
    use super::Opening;

    #[test]
    fn what_links_and_features_say_of_openers() {
        let rel = |rel: &str, target: &str| {
            let opening = Opening::of_rel(rel, target);
            (opening.noopener, opening.noreferrer)
        };
        assert_eq!(rel("", "_blank"), (true, false));
        assert_eq!(rel("opener", "_BLANK"), (false, false));
        assert_eq!(rel("", "name"), (false, false));
        assert_eq!(rel("nofollow NOOPENER", "name"), (true, false));
        assert_eq!(rel("opener noreferrer", "_blank"), (true, true));
        let features = |features: &str| {
            let opening = Opening::of_features(features);
            (opening.noopener, opening.noreferrer)
        };
        assert_eq!(features(""), (false, false));
        assert_eq!(features("noopener"), (true, false));
        assert_eq!(features("width=100, NoOpener=yes"), (true, false));
        assert_eq!(features("noopener=0"), (false, false));
        assert_eq!(features("noopener = 1,height=3"), (true, false));
        assert_eq!(features("noreferrer"), (true, true));
        assert_eq!(features("noopenerx"), (false, false));
    }
}
