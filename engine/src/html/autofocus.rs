//! `autofocus`: <https://html.spec.whatwg.org/#the-autofocus-attribute>

use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::Cx;

use super::dialog;
use crate::{
    agent::EngineCx,
    window::focus::{self, FocusBy},
};

/// Which elements of a document would like the focus.
#[derive(Default)]
pub(crate) struct Autofocus {
    candidates: RefCell<Vec<NodeId>>,
    processed: Cell<bool>,
}

impl Autofocus {
    /// No element gets the focus by its attribute any more.
    pub(super) fn finish(&self) {
        self.processed.set(true);
        self.candidates.borrow_mut().clear();
    }
}

/// An element with the attribute came into the document.
pub(super) fn inserted(cx: &Cx, element: NodeId) {
    let window = cx.window();
    if window.autofocus.processed.get() || !cx.engine().tree().is_connected(element) {
        return;
    }
    let mut candidates = window.autofocus.candidates.borrow_mut();
    candidates.retain(|id| *id != element);
    candidates.push(element);
}

/// <https://html.spec.whatwg.org/#flush-autofocus-candidates>, before a frame.
pub(crate) fn flush(cx: &mut Cx) {
    let window = cx.window();
    let state = &window.autofocus;
    // 1.–3.
    if state.processed.get() || state.candidates.borrow().is_empty() {
        return;
    }
    // 4.
    let taken = focus::focused(cx).is_some() || !focus::takes_autofocus(&cx.engine(), &window);
    if taken || window.url().fragment().is_some_and(|f| !f.is_empty()) {
        return state.finish();
    }
    // 5.
    loop {
        let next = {
            let mut candidates = state.candidates.borrow_mut();
            if candidates.is_empty() {
                return;
            }
            candidates.remove(0)
        };
        let target = {
            let agent = cx.engine();
            let tree = agent.tree();
            if !tree.is_connected(next) {
                continue;
            }
            if focus::is_focusable(&tree, next) { Some(next) } else { None }
        };
        let target = target.or_else(|| dialog::focus_delegate(cx, next));
        if let Some(target) = target {
            state.finish();
            return focus::focus(cx, Some(target), FocusBy::Script);
        }
    }
}
