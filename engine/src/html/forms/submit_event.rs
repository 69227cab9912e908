//! `SubmitEvent`: <https://html.spec.whatwg.org/#submitevent>

use virga_dom::NodeId;
use virga_js::{Cx, DomString, Fallible, Obj, Platform, Trace};

use crate::{
    agent::EngineCx,
    events::{Bubbles, Cancelable, Event},
    generated::{SubmitEventInit, SubmitEventMethods},
    html::HTMLElement,
};

/// The event of a form that is about to be submitted.
#[derive(Trace, Platform)]
pub(crate) struct SubmitEvent {
    #[base]
    event: Event,
    submitter: Option<Obj<HTMLElement>>,
}

/// The event that the engine fires.
pub(crate) fn submit_event(cx: &mut Cx, submitter: Option<NodeId>) -> Obj<Event> {
    let event = Event::trusted(cx, "submit", Bubbles(true), Cancelable(true));
    let submitter = submitter.and_then(|id| cx.wrap_as(id));
    Obj::new(cx, SubmitEvent { event, submitter }).upcast()
}

impl SubmitEventMethods for Obj<SubmitEvent> {
    fn constructor(cx: &mut Cx, type_: DomString, init: SubmitEventInit) -> Fallible<Self> {
        let event = Event::new(cx, type_, &init);
        Ok(Self::new(cx, SubmitEvent { event, submitter: init.submitter }))
    }

    fn submitter(&self, _cx: &mut Cx) -> Option<Obj<HTMLElement>> {
        self.submitter.clone()
    }
}
