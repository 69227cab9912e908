//! `dialog`: <https://html.spec.whatwg.org/#the-dialog-element>

use std::cell::{Cell, RefCell};

use virga_dom::{ElementState, NodeId};
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use super::{HTMLElement, has_attribute, popover, remove_attribute, set_attribute, toggle};
use crate::{
    agent::{EngineCx, TaskSource},
    error,
    events::{self, Bubbles, Cancelable, EventTarget},
    generated::HTMLDialogElementMethods,
    window::focus::{self, FocusBy},
};

/// The interface `HTMLDialogElement`.
#[derive(Trace, Platform)]
pub(crate) struct HTMLDialogElement {
    #[base]
    element: HTMLElement,
    #[trace(skip)]
    return_value: RefCell<DomString>,
    /// What had the focus when the dialog was shown.
    #[trace(skip)]
    previously_focused: Cell<Option<NodeId>>,
}

impl HTMLDialogElement {
    pub(super) fn new(element: HTMLElement) -> Self {
        Self {
            element,
            return_value: RefCell::new(DomString::empty()),
            previously_focused: Cell::new(None),
        }
    }
}

/// "Is modal"
fn is_modal(cx: &Cx, dialog: NodeId) -> bool {
    cx.engine().tree().state(dialog).contains(ElementState::MODAL)
}

fn is_open(cx: &Cx, dialog: NodeId) -> bool {
    has_attribute(cx, dialog, "open")
}

impl HTMLDialogElementMethods for Obj<HTMLDialogElement> {
    fn return_value(&self, _: &mut Cx) -> DomString {
        self.return_value.borrow().clone()
    }

    fn set_return_value(&self, _: &mut Cx, value: DomString) -> Fallible<()> {
        self.return_value.replace(value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-dialog-show>
    fn show(&self, cx: &mut Cx) -> Fallible<()> {
        let id = self.id();
        // 1.–2.
        if is_open(cx, id) {
            if !is_modal(cx, id) {
                return Ok(());
            }
            return Err(error::invalid_state("show: the dialog is open as a modal one"));
        }
        // 3.–4.
        if !toggle::fire(cx, id, "beforetoggle", true, (false, true), None) || is_open(cx, id) {
            return Ok(());
        }
        // 5.–6.
        toggle::queue(cx, id, false, None);
        set_attribute(cx, id, "open", "");
        // 7.–12.
        self.previously_focused.set(focus::focused(cx));
        popover::hide_all(cx, id);
        run_focusing_steps(cx, id);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#show-a-modal-dialog>
    fn show_modal(&self, cx: &mut Cx) -> Fallible<()> {
        let id = self.id();
        let agent = cx.engine();
        // 1.–2.
        if is_open(cx, id) {
            if is_modal(cx, id) {
                return Ok(());
            }
            return Err(error::invalid_state("showModal: the dialog is open already"));
        }
        // 3.–4.
        if !agent.tree().is_connected(id) {
            return Err(error::invalid_state("showModal: the dialog is in no document"));
        }
        // 5.
        if popover::is_showing(cx, id) {
            return Err(error::invalid_state("showModal: the dialog is shown as a popover"));
        }
        // 6.–9.
        if !toggle::fire(cx, id, "beforetoggle", true, (false, true), None)
            || is_open(cx, id)
            || !agent.tree().is_connected(id)
            || popover::is_showing(cx, id)
        {
            return Ok(());
        }
        // 10.–11.
        toggle::queue(cx, id, false, None);
        set_attribute(cx, id, "open", "");
        // 12.–15.
        {
            let mut tree = agent.tree_mut();
            tree.set_state(id, ElementState::MODAL, true);
            tree.add_to_top_layer(id);
        }
        // 18.–23.
        self.previously_focused.set(focus::focused(cx));
        popover::hide_all(cx, id);
        run_focusing_steps(cx, id);
        Ok(())
    }

    fn close(&self, cx: &mut Cx, return_value: Option<DomString>) -> Fallible<()> {
        close_dialog(cx, self, return_value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/#dom-dialog-requestclose>
    fn request_close(&self, cx: &mut Cx, return_value: Option<DomString>) -> Fallible<()> {
        if is_open(cx, self.id()) && cx.engine().tree().is_connected(self.id()) {
            request(cx, self, return_value);
        }
        Ok(())
    }
}

/// Fires `cancel`, and closes the dialog unless a listener prevents it.
fn request(cx: &mut Cx, dialog: &Obj<HTMLDialogElement>, result: Option<DomString>) {
    let target: Obj<EventTarget> = dialog.upcast();
    if events::fire(cx, &target, "cancel", Bubbles(false), Cancelable(true))
        && is_open(cx, dialog.id())
    {
        close_dialog(cx, dialog, result);
    }
}

/// Closes a dialog with a result, as a form with `method=dialog` does.
pub(crate) fn close(cx: &mut Cx, dialog: NodeId, result: Option<String>) {
    if let Some(dialog) = cx.wrap_as::<HTMLDialogElement>(dialog) {
        close_dialog(cx, &dialog, result.map(DomString::from));
    }
}

/// <https://html.spec.whatwg.org/#close-the-dialog>
fn close_dialog(cx: &mut Cx, dialog: &Obj<HTMLDialogElement>, result: Option<DomString>) {
    let id = dialog.id();
    let agent = cx.engine();
    // 1.
    if !is_open(cx, id) {
        return;
    }
    // 2.–3.
    toggle::fire(cx, id, "beforetoggle", false, (true, false), None);
    if !is_open(cx, id) {
        return;
    }
    // 4.–5.
    toggle::queue(cx, id, true, None);
    remove_attribute(cx, id, "open");
    // 6.–8.
    let was_modal = is_modal(cx, id);
    leave_top_layer(cx, id);
    // 9.
    if let Some(result) = result {
        dialog.return_value.replace(result);
    }
    // 11.
    if let Some(element) = dialog.previously_focused.take() {
        let inside = focus::focused(cx)
            .is_some_and(|focused| agent.tree().is_inclusive_ancestor(id, focused));
        if inside || was_modal {
            focus_or_leave(cx, element);
        }
    }
    // 12.
    let target: Obj<EventTarget> = dialog.upcast();
    agent.queue_task(TaskSource::UserInteraction, cx.window_id(), move |cx| {
        events::fire(cx, &target, "close", Bubbles(false), Cancelable(false));
    });
}

/// Gives the focus back, or takes it away where that cannot be.
pub(super) fn focus_or_leave(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    let can = agent.tree().is_connected(element) && focus::is_focusable(&agent.tree(), element);
    focus::focus(cx, can.then_some(element), FocusBy::Script);
}

fn leave_top_layer(cx: &Cx, dialog: NodeId) {
    let agent = cx.engine();
    let mut tree = agent.tree_mut();
    if tree.state(dialog).contains(ElementState::MODAL) {
        tree.set_state(dialog, ElementState::MODAL, false);
        tree.remove_from_top_layer(dialog);
    }
}

/// <https://html.spec.whatwg.org/#focus-delegate>: the first element with
/// `autofocus`, else the first that can have the focus.
pub(super) fn focus_delegate(cx: &Cx, target: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let candidates: Vec<NodeId> = {
        let tree = agent.tree();
        tree.descendants(target)
            .filter(|&id| tree.is_element(id) && focus::is_focusable(&tree, id))
            .collect()
    };
    let wants = |id: &NodeId| has_attribute(cx, *id, "autofocus");
    let first = candidates.iter().filter(|id| wants(id)).chain(&candidates);
    first.copied().find(|&id| focus::is_focusable_now(cx, id))
}

/// <https://html.spec.whatwg.org/#dialog-focusing-steps>
fn run_focusing_steps(cx: &mut Cx, dialog: NodeId) {
    let agent = cx.engine();
    if agent.tree().is_inert(dialog) {
        return;
    }
    let control = if has_attribute(cx, dialog, "autofocus") {
        Some(dialog)
    } else {
        focus_delegate(cx, dialog)
    };
    focus::focus(cx, Some(control.unwrap_or(dialog)), FocusBy::Script);
    // Nothing else on the page takes the focus by itself any more.
    cx.window().autofocus.finish();
}

/// <https://html.spec.whatwg.org/#the-dialog-element:html-element-removing-steps>,
/// for all dialogs and popovers of a subtree that left the document.
pub(crate) fn removed(cx: &mut Cx, root: NodeId) {
    let agent = cx.engine();
    let document = cx.document_id();
    let gone: Vec<NodeId> = {
        let tree = agent.tree();
        let layer = tree.top_layer(document).iter().copied();
        layer.filter(|&id| tree.is_inclusive_ancestor(root, id)).collect()
    };
    for id in gone {
        if popover::is_showing(cx, id) {
            popover::removed(cx, id);
        }
        leave_top_layer(cx, id);
    }
}

/// After a subtree was inserted: an open `details` may not be alone.
pub(super) fn inserted(cx: &mut Cx, root: NodeId) {
    let open_details = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.is_html_element(root, "details")
            && tree.plain_attribute(root, &"open".into()).is_some()
    };
    if open_details {
        toggle::close_if_not_alone(cx, root);
    }
}

/// The user asks to close something: the Escape key, or a back gesture. `true`
/// if a dialog or popover was there to be asked.
///
/// <https://html.spec.whatwg.org/#close-requests>
pub(crate) fn close_request(cx: &mut Cx) -> bool {
    let agent = cx.engine();
    let document = cx.document_id();
    let top = agent.tree().top_layer(document).last().copied();
    let Some(top) = top else { return false };
    if popover::is_showing(cx, top) {
        return popover::close_request(cx, top);
    }
    match cx.wrap_as::<HTMLDialogElement>(top) {
        Some(dialog) if is_modal(cx, top) => {
            request(cx, &dialog, None);
            true
        }
        _ => false,
    }
}
