//! <https://html.spec.whatwg.org/multipage/webstorage.html#the-storageevent-interface>

use std::cell::RefCell;

use virga_js::{Cx, DomString, Fallible, Obj, Slot};
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
    key: RefCell<Option<DomString>>,
    #[trace(skip)]
    old_value: RefCell<Option<DomString>>,
    #[trace(skip)]
    new_value: RefCell<Option<DomString>>,
    url: RefCell<String>,
    storage_area: Slot<Option<Obj<Storage>>>,
}

impl StorageEvent {
    /// An event of `document.createEvent`.
    pub(crate) fn uninitialized(cx: &mut Cx) -> Self {
        Self {
            event: Event::uninitialized(cx),
            key: RefCell::default(),
            old_value: RefCell::default(),
            new_value: RefCell::default(),
            url: RefCell::default(),
            storage_area: Slot::new(None),
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
            key: RefCell::new(text(&change.key)),
            old_value: RefCell::new(text(&change.old)),
            new_value: RefCell::new(text(&change.new)),
            url: RefCell::new(change.url.clone()),
            storage_area: Slot::new(storage_area),
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
                key: RefCell::new(init.key),
                old_value: RefCell::new(init.old_value),
                new_value: RefCell::new(init.new_value),
                url: RefCell::new(init.url),
                storage_area: Slot::new(init.storage_area),
            },
        ))
    }

    fn key(&self, _: &mut Cx) -> Option<DomString> {
        self.key.borrow().clone()
    }

    fn old_value(&self, _: &mut Cx) -> Option<DomString> {
        self.old_value.borrow().clone()
    }

    fn new_value(&self, _: &mut Cx) -> Option<DomString> {
        self.new_value.borrow().clone()
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.borrow().clone()
    }

    fn storage_area(&self, _: &mut Cx) -> Option<Obj<Storage>> {
        self.storage_area.get()
    }

    /// <https://html.spec.whatwg.org/multipage/webstorage.html#dom-storageevent-initstorageevent>
    fn init_storage_event(
        &self,
        _: &mut Cx,
        type_: DomString,
        bubbles: bool,
        cancelable: bool,
        key: Option<DomString>,
        old_value: Option<DomString>,
        new_value: Option<DomString>,
        url: String,
        storage_area: Option<Obj<Storage>>,
    ) -> Fallible<()> {
        if self.event.is_dispatching() {
            return Ok(());
        }
        self.event.initialize(type_, bubbles, cancelable);
        self.key.replace(key);
        self.old_value.replace(old_value);
        self.new_value.replace(new_value);
        self.url.replace(url);
        self.storage_area.set(storage_area);
        Ok(())
    }
}
