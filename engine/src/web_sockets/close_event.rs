use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};

use crate::{
    events::{Bubbles, Cancelable, Event},
    generated::{CloseEventInit, CloseEventMethods},
};

/// <https://websockets.spec.whatwg.org/#the-closeevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct CloseEvent {
    #[base]
    event: Event,
    clean: bool,
    code: u16,
    reason: String,
}

impl CloseEvent {
    /// A trusted `close` event.
    pub(super) fn trusted(cx: &mut Cx, clean: bool, code: u16, reason: &str) -> Self {
        let event = Event::trusted(cx, "close", Bubbles(false), Cancelable(false));
        Self { event, clean, code, reason: reason.to_owned() }
    }
}

impl CloseEventMethods for Obj<CloseEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: CloseEventInit,
    ) -> Fallible<Obj<CloseEvent>> {
        let CloseEventInit { parent, was_clean, code, reason } = init;
        let event = Event::new(cx, type_, &parent);
        Ok(Obj::new(cx, CloseEvent { event, clean: was_clean, code, reason }))
    }

    fn was_clean(&self, _: &mut Cx) -> bool {
        self.clean
    }

    fn code(&self, _: &mut Cx) -> u16 {
        self.code
    }

    fn reason(&self, _: &mut Cx) -> String {
        self.reason.clone()
    }
}
