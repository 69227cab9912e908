//! `details`, and the `toggle` events of what opens and closes:
//! <https://html.spec.whatwg.org/#the-details-element>

use std::cell::{Cell, RefCell};

use virga_dom::{NodeId, ns};
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use super::{has_attribute, remove_attribute};
use crate::{
    agent::{EngineCx, TaskSource},
    dom::Element,
    events::{self, Bubbles, Cancelable, Event, EventTarget},
    generated::{ToggleEventInit, ToggleEventMethods},
};

/// <https://html.spec.whatwg.org/#toggleevent>
#[derive(Trace, Platform)]
pub(crate) struct ToggleEvent {
    #[base]
    event: Event,
    #[trace(skip)]
    old_state: DomString,
    #[trace(skip)]
    new_state: DomString,
    source: Option<Obj<Element>>,
}

impl ToggleEventMethods for Obj<ToggleEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: ToggleEventInit) -> Fallible<Self> {
        let event = Event::new(cx, type_, &init);
        let (old_state, new_state) = (init.old_state, init.new_state);
        Ok(Self::new(cx, ToggleEvent { event, old_state, new_state, source: init.source }))
    }

    fn old_state(&self, _: &mut Cx) -> DomString {
        self.old_state.clone()
    }

    fn new_state(&self, _: &mut Cx) -> DomString {
        self.new_state.clone()
    }

    fn source(&self, _: &mut Cx) -> Option<Obj<Element>> {
        self.source.clone()
    }
}

/// Open or closed.
pub(super) fn state_name(open: bool) -> &'static str {
    if open { "open" } else { "closed" }
}

/// Fires `beforetoggle` or `toggle`; `false` if a listener cancelled it.
pub(super) fn fire(
    cx: &mut Cx,
    element: NodeId,
    type_: &str,
    cancelable: bool,
    (was_open, is_open): (bool, bool),
    source: Option<NodeId>,
) -> bool {
    let target: Obj<EventTarget> = cx.wrap(element).upcast();
    let event = Event::trusted(cx, type_, Bubbles(false), Cancelable(cancelable));
    let event = ToggleEvent {
        event,
        old_state: state_name(was_open).into(),
        new_state: state_name(is_open).into(),
        source: source.and_then(|id| cx.wrap_as(id)),
    };
    events::fire_event(cx, &target, event)
}

/// The `toggle` events of a window that were not fired yet.
#[derive(Default)]
pub(crate) struct PendingToggles {
    tasks: RefCell<Vec<Pending>>,
    last: Cell<u64>,
}

struct Pending {
    element: NodeId,
    was_open: bool,
    number: u64,
}

/// Queues `toggle`; several in a row become one.
///
/// <https://html.spec.whatwg.org/#queue-a-popover-toggle-event-task>
pub(super) fn queue(cx: &mut Cx, element: NodeId, was_open: bool, source: Option<NodeId>) {
    let window = cx.window();
    let pending = &window.toggles;
    let number = pending.last.get() + 1;
    pending.last.set(number);
    let is_open = !was_open;
    let was_open = {
        let mut tasks = pending.tasks.borrow_mut();
        let earlier = tasks.iter().position(|task| task.element == element);
        let was_open = earlier.map_or(was_open, |index| tasks.swap_remove(index).was_open);
        tasks.push(Pending { element, was_open, number });
        was_open
    };
    // The wrapper keeps the element until then.
    let keep = cx.wrap(element);
    cx.engine().queue_task(TaskSource::Dom, window.id(), move |cx| {
        let window = cx.window();
        let known = {
            let mut tasks = window.toggles.tasks.borrow_mut();
            let index = tasks.iter().position(|task| task.number == number);
            index.map(|index| tasks.swap_remove(index))
        };
        if known.is_some() {
            fire(cx, keep.id(), "toggle", false, (was_open, is_open), source);
        }
    });
}

fn is_details(cx: &Cx, id: NodeId) -> bool {
    cx.engine().tree().is_html_element(id, "details")
}

/// The `open` or `name` attribute of an element changed.
///
/// <https://html.spec.whatwg.org/#the-details-element:concept-element-attributes-change-ext>
pub(super) fn details_attribute_changed(
    cx: &mut Cx,
    element: NodeId,
    name: &str,
    old: Option<&str>,
) {
    if !is_details(cx, element) {
        return;
    }
    let is_open = has_attribute(cx, element, "open");
    // 2.
    if name == "name" {
        if is_open {
            close_if_not_alone(cx, element);
        }
        return;
    }
    // 3.
    let was_open = old.is_some();
    if was_open == is_open {
        return;
    }
    queue(cx, element, was_open, None);
    if is_open {
        close_others(cx, element);
    }
}

/// After the parser made an element with its attributes.
pub(super) fn parsed(cx: &mut Cx, element: NodeId) {
    if is_details(cx, element) && has_attribute(cx, element, "open") {
        queue(cx, element, false, None);
        close_if_not_alone(cx, element);
    }
}

/// The open `details` of the same name in the same tree, but for this one.
fn open_others(cx: &Cx, details: NodeId) -> Vec<NodeId> {
    let agent = cx.engine();
    let tree = agent.tree();
    let attribute = |id, name: &str| tree.plain_attribute(id, &name.into());
    let Some(name) = attribute(details, "name").filter(|name| !name.is_empty()) else {
        return Vec::new();
    };
    tree.descendants(tree.root(details))
        .filter(|&id| {
            id != details
                && tree.namespace(id) == Some(&ns!(html))
                && tree.is_html_element(id, "details")
                && attribute(id, "name") == Some(name)
                && attribute(id, "open").is_some()
        })
        .collect()
}

/// <https://html.spec.whatwg.org/#ensure-details-exclusivity-by-closing-other-elements-if-needed>
fn close_others(cx: &mut Cx, details: NodeId) {
    for other in open_others(cx, details) {
        remove_attribute(cx, other, "open");
    }
}

/// <https://html.spec.whatwg.org/#ensure-details-exclusivity-by-closing-the-given-element-if-needed>
pub(super) fn close_if_not_alone(cx: &mut Cx, details: NodeId) {
    if !open_others(cx, details).is_empty() {
        remove_attribute(cx, details, "open");
    }
}

/// A click on a summary opens or closes its details.
///
/// <https://html.spec.whatwg.org/#the-summary-element:activation-behaviour>
pub(crate) fn activate_summary(cx: &mut Cx, summary: NodeId) {
    let details = {
        let agent = cx.engine();
        let tree = agent.tree();
        tree.parent(summary).filter(|&parent| {
            tree.is_html_element(parent, "details")
                && tree.children(parent).find(|&id| tree.is_html_element(id, "summary"))
                    == Some(summary)
        })
    };
    let Some(details) = details else { return };
    let open = has_attribute(cx, details, "open");
    super::toggle_attribute(cx, details, "open", !open);
}
