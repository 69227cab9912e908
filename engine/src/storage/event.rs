//! <https://html.spec.whatwg.org/multipage/webstorage.html#the-storageevent-interface>

use virga_js::{Cx, DomString, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::StorageChange;

use super::Storage;
use crate::{
    events::{Bubbles, Cancelable, Event},
    generated::{StorageEventInit, StorageEventMethods},
};

/// Another app of the origin changed an area.
#[derive(Trace, Platform)]
pub(crate) struct StorageEvent {
    #[base]
    event: Event,
    #[trace(skip)]
    key: Option<DomString>,
    #[trace(skip)]
    old_value: Option<DomString>,
    #[trace(skip)]
    new_value: Option<DomString>,
    #[trace(skip)]
    url: String,
    storage_area: Option<Obj<Storage>>,
}

impl StorageEvent {
    /// An event of `document.createEvent`.
    pub(crate) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            event: Event::uninitialized(cx),
            key: None,
            old_value: None,
            new_value: None,
            url: String::new(),
            storage_area: None,
        }
    }

    pub(super) fn trusted(
        cx: &mut Cx,
        change: &StorageChange,
        storage_area: Option<Obj<Storage>>,
    ) -> Self {
        let text = |units: &Option<Vec<u16>>| units.as_deref().map(DomString::from_utf16);
        Self {
            event: Event::trusted(cx, "storage", Bubbles(false), Cancelable(false)),
            key: text(&change.key),
            old_value: text(&change.old),
            new_value: text(&change.new),
            url: change.url.clone(),
            storage_area,
        }
    }
}

impl StorageEventMethods for Obj<StorageEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: StorageEventInit,
    ) -> Fallible<Obj<StorageEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(
            cx,
            StorageEvent {
                event,
                key: init.key,
                old_value: init.old_value,
                new_value: init.new_value,
                url: init.url,
                storage_area: init.storage_area,
            },
        ))
    }

    fn key(&self, _: &mut Cx) -> Option<DomString> {
        self.key.clone()
    }

    fn old_value(&self, _: &mut Cx) -> Option<DomString> {
        self.old_value.clone()
    }

    fn new_value(&self, _: &mut Cx) -> Option<DomString> {
        self.new_value.clone()
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.clone()
    }

    fn storage_area(&self, _: &mut Cx) -> Option<Obj<Storage>> {
        self.storage_area.clone()
    }
}
