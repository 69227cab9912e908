//! Popovers: <https://html.spec.whatwg.org/#the-popover-attribute>

use std::cell::RefCell;

use virga_dom::{ElementState, NodeId, Tree};
use virga_js::{Cx, Fallible, Obj, Platform};

use super::{HTMLButtonElement, HTMLInputElement, attribute, dialog, has_attribute, toggle};
use crate::{
    agent::EngineCx,
    dom::{self, Element},
    error,
    generated::PopoverTargetAttributesMethods,
    window::focus::{self, FocusBy},
};

/// The popovers of a window that are shown, the topmost last.
#[derive(Default)]
pub(crate) struct Popovers(RefCell<Vec<Shown>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Shown {
    element: NodeId,
    /// It closes with a click elsewhere, and others close for it.
    auto: bool,
    /// What it was opened by.
    invoker: Option<NodeId>,
    previously_focused: Option<NodeId>,
}

/// The state of the attribute.
pub(super) fn state_of(value: &str) -> &'static str {
    match value {
        value if value.is_empty() || value.eq_ignore_ascii_case("auto") => "auto",
        value if value.eq_ignore_ascii_case("hint") => "hint",
        _ => "manual",
    }
}

fn mode(cx: &Cx, element: NodeId) -> Option<&'static str> {
    let html = cx.engine().tree().namespace(element) == Some(&virga_dom::ns!(html));
    let value = attribute(cx, element, "popover").filter(|_| html)?;
    Some(state_of(&value))
}

/// "The popover visibility state is showing"
pub(crate) fn is_showing(cx: &Cx, element: NodeId) -> bool {
    cx.engine().tree().state(element).contains(ElementState::POPOVER_OPEN)
}

/// <https://html.spec.whatwg.org/#check-popover-validity>
fn check(cx: &Cx, element: NodeId, showing: bool) -> Fallible<bool> {
    // 1.
    if mode(cx, element).is_none() {
        return Err(error::not_supported("the element is no popover"));
    }
    // 2.
    if is_showing(cx, element) != showing {
        return Ok(false);
    }
    // 3.
    let agent = cx.engine();
    let tree = agent.tree();
    if !tree.is_connected(element) {
        return Err(error::invalid_state("the popover is in no document"));
    }
    let open_modal = tree.state(element).contains(ElementState::MODAL);
    if !showing && open_modal {
        return Err(error::invalid_state("the popover is open as a modal dialog"));
    }
    Ok(true)
}

/// <https://html.spec.whatwg.org/#show-popover>
pub(super) fn show(cx: &mut Cx, element: NodeId, invoker: Option<NodeId>) -> Fallible<()> {
    // 1.
    if !check(cx, element, false)? {
        return Ok(());
    }
    // 7.
    if !toggle::fire(cx, element, "beforetoggle", true, (false, true), invoker) {
        return Ok(());
    }
    // 8.
    if !check(cx, element, false)? {
        return Ok(());
    }
    // 9.–13.
    let auto = mode(cx, element) != Some("manual");
    if auto {
        let below = ancestor_of(cx, element, invoker);
        hide_above(cx, below);
        if !check(cx, element, false)? {
            return Ok(());
        }
    }
    // 14.–20.
    let window = cx.window();
    let first = !window.popovers.0.borrow().iter().any(|shown| shown.auto);
    let previously_focused = (auto && first).then(|| focus::focused(cx)).flatten();
    {
        let agent = cx.engine();
        let mut tree = agent.tree_mut();
        tree.add_to_top_layer(element);
        tree.set_state(element, ElementState::POPOVER_OPEN, true);
    }
    let shown = Shown { element, auto, invoker, previously_focused };
    window.popovers.0.borrow_mut().push(shown);
    // 21.
    run_focusing_steps(cx, element);
    // 25.
    toggle::queue(cx, element, false, invoker);
    Ok(())
}

/// <https://html.spec.whatwg.org/#popover-focusing-steps>
fn run_focusing_steps(cx: &mut Cx, element: NodeId) {
    let control = if has_attribute(cx, element, "autofocus") {
        Some(element)
    } else {
        dialog::focus_delegate(cx, element)
            .filter(|&delegate| has_attribute(cx, delegate, "autofocus"))
    };
    if let Some(control) = control {
        focus::focus(cx, Some(control), FocusBy::Script);
    }
}

/// The shown popover that a new one would be nested in: the one that contains
/// it, or its invoker.
///
/// <https://html.spec.whatwg.org/#topmost-popover-ancestor>
fn ancestor_of(cx: &Cx, element: NodeId, invoker: Option<NodeId>) -> Option<NodeId> {
    let window = cx.window();
    let popovers = window.popovers.0.borrow();
    let agent = cx.engine();
    let tree = agent.tree();
    let holds = |shown: &&Shown| {
        shown.auto
            && shown.element != element
            && (tree.is_inclusive_ancestor(shown.element, element)
                || invoker.is_some_and(|id| tree.is_inclusive_ancestor(shown.element, id)))
    };
    popovers.iter().rev().find(holds).map(|shown| shown.element)
}

/// Hides the automatic popovers above one, or all of them.
fn hide_above(cx: &mut Cx, below: Option<NodeId>) {
    loop {
        let window = cx.window();
        let top = {
            let popovers = window.popovers.0.borrow();
            let from = below.and_then(|below| {
                popovers.iter().position(|shown| shown.element == below).map(|index| index + 1)
            });
            let above = popovers.get(from.unwrap_or(0)..).unwrap_or_default();
            above.iter().rev().find(|shown| shown.auto).map(|shown| shown.element)
        };
        let Some(top) = top else { return };
        hide_one(cx, top, false);
        // What cannot be hidden is given up.
        window.popovers.0.borrow_mut().retain(|shown| shown.element != top);
    }
}

/// Hides the popovers that a dialog is not in.
pub(super) fn hide_all(cx: &mut Cx, for_dialog: NodeId) {
    if cx.window().popovers.0.borrow().is_empty() {
        return;
    }
    let below = ancestor_of(cx, for_dialog, None);
    hide_above(cx, below);
}

/// <https://html.spec.whatwg.org/#hide-popover-algorithm>
pub(super) fn hide(cx: &mut Cx, element: NodeId) -> Fallible<()> {
    if !check(cx, element, true)? {
        return Ok(());
    }
    let window = cx.window();
    let auto =
        window.popovers.0.borrow().iter().any(|shown| shown.element == element && shown.auto);
    if auto {
        hide_above(cx, Some(element));
        if !is_showing(cx, element) {
            return Ok(());
        }
    }
    hide_one(cx, element, true);
    Ok(())
}

fn hide_one(cx: &mut Cx, element: NodeId, focus_previous: bool) {
    toggle::fire(cx, element, "beforetoggle", false, (true, false), None);
    if !is_showing(cx, element) {
        return;
    }
    let shown = forget(cx, element);
    toggle::queue(cx, element, true, None);
    let agent = cx.engine();
    if let Some(previous) = shown.and_then(|shown| shown.previously_focused)
        && focus_previous
        && focus::focused(cx)
            .is_some_and(|focused| agent.tree().is_inclusive_ancestor(element, focused))
    {
        dialog::focus_or_leave(cx, previous);
    }
}

/// The popover is shown no more.
fn forget(cx: &Cx, element: NodeId) -> Option<Shown> {
    let agent = cx.engine();
    {
        let mut tree = agent.tree_mut();
        tree.set_state(element, ElementState::POPOVER_OPEN, false);
        tree.remove_from_top_layer(element);
    }
    let window = cx.window();
    let mut popovers = window.popovers.0.borrow_mut();
    let index = popovers.iter().position(|shown| shown.element == element)?;
    Some(popovers.remove(index))
}

/// A popover left the document: it is hidden without events.
pub(super) fn removed(cx: &Cx, element: NodeId) {
    forget(cx, element);
}

/// `togglePopover`, and what a button does to its popover. Gives whether it is
/// shown afterwards.
pub(super) fn toggle(
    cx: &mut Cx,
    element: NodeId,
    force: Option<bool>,
    invoker: Option<NodeId>,
) -> Fallible<bool> {
    let showing = is_showing(cx, element);
    if showing && force != Some(true) {
        hide(cx, element)?;
    } else if !showing && force != Some(false) {
        show(cx, element, invoker)?;
    } else {
        check(cx, element, showing)?;
    }
    Ok(is_showing(cx, element))
}

/// The `popover` attribute changed: what is shown is hidden.
///
/// <https://html.spec.whatwg.org/#the-popover-attribute:concept-element-attributes-change-ext>
pub(super) fn attribute_changed(cx: &mut Cx, element: NodeId, old: Option<&str>) {
    let now = mode(cx, element);
    if is_showing(cx, element) && old.map(state_of) != now {
        hide_one(cx, element, true);
    }
}

/// The user asks to close a popover; `true` if it is one that closes so.
pub(super) fn close_request(cx: &mut Cx, element: NodeId) -> bool {
    let window = cx.window();
    let auto =
        window.popovers.0.borrow().iter().any(|shown| shown.element == element && shown.auto);
    if auto {
        hide_above(cx, Some(element));
        hide_one(cx, element, true);
    }
    auto
}

/// The automatic popover that an element is in, or whose button it is in.
fn clicked_popover(popovers: &[Shown], tree: &Tree, target: NodeId) -> Option<NodeId> {
    let inside = |shown: &&Shown| {
        shown.auto
            && (tree.is_inclusive_ancestor(shown.element, target)
                || shown.invoker.is_some_and(|id| tree.is_inclusive_ancestor(id, target)))
    };
    popovers.iter().rev().find(inside).map(|shown| shown.element)
}

/// A pointer was pressed and released on an element: popovers elsewhere hide.
///
/// <https://html.spec.whatwg.org/#light-dismiss-open-popovers>
pub(crate) fn light_dismiss(cx: &mut Cx, target: Option<NodeId>) {
    let window = cx.window();
    if window.popovers.0.borrow().is_empty() {
        return;
    }
    let below = {
        let agent = cx.engine();
        let tree = agent.tree();
        target.and_then(|target| clicked_popover(&window.popovers.0.borrow(), &tree, target))
    };
    hide_above(cx, below);
}

/// The popover that a button is for.
///
/// <https://html.spec.whatwg.org/#popover-target-element>
pub(super) fn target_of(cx: &Cx, button: NodeId) -> Option<NodeId> {
    let found = stated_target(cx, button)?;
    mode(cx, found).map(|_| found)
}

/// The element that `popovertarget` names, or script set.
fn stated_target(cx: &Cx, button: NodeId) -> Option<NodeId> {
    let agent = cx.engine();
    let wanted = attribute(cx, button, "popovertarget")?;
    if wanted.is_empty() {
        let button = agent.wrappers.get(cx, button)?;
        return dom::kept_element(cx, &button, TARGET).map(|element| element.id());
    }
    let tree = agent.tree();
    super::forms::owner::element_by_id(&tree, tree.root(button), &wanted)
}

const TARGET: &str = "popoverTargetElement";

/// The elements with the attributes of [`target_of`].
pub(crate) trait PopoverButton: Platform {}

impl PopoverButton for HTMLButtonElement {}
impl PopoverButton for HTMLInputElement {}

impl<T: PopoverButton> PopoverTargetAttributesMethods for Obj<T> {
    fn popover_target_element(&self, cx: &mut Cx) -> Option<Obj<Element>> {
        let found = stated_target(cx, self.upcast::<Element>().id())?;
        cx.wrap_as(found)
    }

    fn set_popover_target_element(&self, cx: &mut Cx, value: Option<Obj<Element>>) -> Fallible<()> {
        let button = self.upcast::<Element>();
        match &value {
            Some(_) => super::set_attribute(cx, button.id(), "popovertarget", ""),
            None => super::remove_attribute(cx, button.id(), "popovertarget"),
        }
        dom::keep_element(&button.upcast(), TARGET, value.as_ref());
        Ok(())
    }
}

/// A button was activated: it shows or hides its popover. `false` if it has
/// none.
///
/// <https://html.spec.whatwg.org/#popover-target-attribute-activation-behavior>
pub(crate) fn activate_button(cx: &mut Cx, button: NodeId) -> bool {
    let Some(popover) = target_of(cx, button) else { return false };
    let action = attribute(cx, button, "popovertargetaction").unwrap_or_default();
    let showing = is_showing(cx, popover);
    let wanted = match action.to_ascii_lowercase().as_str() {
        "show" => true,
        "hide" => false,
        _ => !showing,
    };
    if wanted != showing {
        // A popover that cannot be shown stays hidden.
        let _ = toggle(cx, popover, Some(wanted), Some(button));
    }
    true
}
