//! <https://w3c.github.io/clipboard-apis/#clipboard-event-interfaces>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::DataTransfer;
use crate::{
    events::{Bubbles, Cancelable, Event},
    generated::{ClipboardEventInit, ClipboardEventMethods},
};

/// `copy`, `cut` or `paste`.
#[derive(Trace, Platform)]
pub(crate) struct ClipboardEvent {
    #[base]
    event: Event,
    clipboard_data: Option<Obj<DataTransfer>>,
}

impl ClipboardEvent {
    /// A trusted clipboard event.
    pub(crate) fn trusted(cx: &mut Cx, type_: &str, data: Obj<DataTransfer>) -> Self {
        let event = Event::trusted(cx, type_, Bubbles(true), Cancelable(true)).composed();
        Self { event, clipboard_data: Some(data) }
    }
}

impl ClipboardEventMethods for Obj<ClipboardEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: ClipboardEventInit,
    ) -> Fallible<Obj<ClipboardEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(cx, ClipboardEvent { event, clipboard_data: init.clipboard_data }))
    }

    fn clipboard_data(&self, _: &mut Cx) -> Option<Obj<DataTransfer>> {
        self.clipboard_data.clone()
    }
}
