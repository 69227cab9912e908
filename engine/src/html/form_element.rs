//! What a `form` remembers: <https://html.spec.whatwg.org/#the-form-element>

use std::cell::{Cell, RefCell};

use virga_dom::NodeId;
use virga_js::{Platform, Trace};

use super::HTMLElement;

/// The interface `HTMLFormElement`.
#[derive(Trace, Platform)]
pub(crate) struct HTMLFormElement {
    #[base]
    element: HTMLElement,
    /// "The past names map"
    #[trace(skip)]
    past_names: RefCell<Vec<(String, NodeId)>>,
    /// "Constructing entry list"
    #[trace(skip)]
    constructing_entries: Cell<bool>,
    /// "Firing submission events"
    #[trace(skip)]
    firing_events: Cell<bool>,
    /// "Locked for reset"
    #[trace(skip)]
    resetting: Cell<bool>,
    /// Counts "planned navigations": only the last is gone to.
    #[trace(skip)]
    plans: Cell<u64>,
}

/// Raises a flag; `false` if it was up.
fn raise(flag: &Cell<bool>) -> bool {
    !flag.replace(true)
}

impl HTMLFormElement {
    pub(super) fn new(element: HTMLElement) -> Self {
        Self {
            element,
            past_names: RefCell::default(),
            constructing_entries: Cell::new(false),
            firing_events: Cell::new(false),
            resetting: Cell::new(false),
            plans: Cell::new(0),
        }
    }

    /// The element that a name once stood for.
    pub(super) fn past_name(&self, name: &str) -> Option<NodeId> {
        self.past_names.borrow().iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    pub(super) fn past_names(&self) -> Vec<(String, NodeId)> {
        self.past_names.borrow().clone()
    }

    pub(super) fn remember_name(&self, name: &str, element: NodeId) {
        self.forget_name(name);
        self.past_names.borrow_mut().push((name.to_owned(), element));
    }

    pub(super) fn forget_name(&self, name: &str) {
        self.past_names.borrow_mut().retain(|(known, _)| known != name);
    }

    pub(super) fn is_constructing_entries(&self) -> bool {
        self.constructing_entries.get()
    }

    /// `false` if an entry list is being made already.
    pub(super) fn begin_entries(&self) -> bool {
        raise(&self.constructing_entries)
    }

    pub(super) fn end_entries(&self) {
        self.constructing_entries.set(false);
    }

    /// `false` if the events of a submission are being fired already.
    pub(super) fn begin_submission_events(&self) -> bool {
        raise(&self.firing_events)
    }

    pub(super) fn end_submission_events(&self) {
        self.firing_events.set(false);
    }

    /// `false` if the form is being reset already.
    pub(crate) fn begin_reset(&self) -> bool {
        raise(&self.resetting)
    }

    pub(crate) fn end_reset(&self) {
        self.resetting.set(false);
    }

    /// The number of a navigation that takes the place of those planned before.
    pub(super) fn plan_navigation(&self) -> u64 {
        self.plans.set(self.plans.get() + 1);
        self.plans.get()
    }

    /// Whether no later navigation was planned.
    pub(super) fn is_planned(&self, number: u64) -> bool {
        self.plans.get() == number
    }
}
