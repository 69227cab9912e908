//! Web Storage: <https://html.spec.whatwg.org/multipage/webstorage.html>
//!
//! The host keeps the pairs. An area is read whole at its first use and kept
//! here, so that reading costs no call; each write is a call, and the agent asks
//! the host to make them durable when the task ends. When another app changes
//! the same area, what was read is dropped and read again.

mod event;

use std::{cell::RefCell, rc::Rc};

use indexmap::IndexMap;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::{Answer, Call, StorageArea, StorageCall, StorageChange, StorageReply};

pub(crate) use self::event::StorageEvent;
use crate::{
    agent::{EngineCx, TaskSource},
    events,
    generated::{StorageMethods, WindowLocalStorageMethods, WindowSessionStorageMethods},
    window::{Window, WindowId},
};

/// An object of the interface `Storage`: one area of the window's origin.
#[derive(Trace, Platform)]
pub(crate) struct Storage {
    #[trace(skip)]
    area: StorageArea,
    #[trace(skip)]
    origin: String,
    /// `None` until first used, and after another app changed the area.
    #[trace(skip)]
    pairs: RefCell<Option<Pairs>>,
}

type Pairs = IndexMap<DomString, DomString>;

/// The objects of a window; a window has at most one of each area.
#[derive(Trace, Default)]
struct Areas {
    local: RefCell<Option<Obj<Storage>>>,
    session: RefCell<Option<Obj<Storage>>>,
}

impl Areas {
    fn of(cx: &Cx) -> virga_js::RealmData<Self> {
        let realm = cx.realm();
        loop {
            if let Some(areas) = realm.data::<Self>() {
                return areas;
            }
            realm.insert_data(Rc::new(Self::default()));
        }
    }

    fn slot(&self, area: StorageArea) -> &RefCell<Option<Obj<Storage>>> {
        match area {
            StorageArea::Local => &self.local,
            StorageArea::Session => &self.session,
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage>
fn area(cx: &mut Cx, window: &Obj<Window>, area: StorageArea) -> Fallible<Obj<Storage>> {
    let areas = Areas::of(cx);
    if let Some(storage) = areas.slot(area).borrow().clone() {
        return Ok(storage);
    }
    let origin = window.origin();
    let storage = Storage { area, origin, pairs: RefCell::new(None) };
    // An origin that can keep nothing is found out by trying to read.
    storage.read(cx)?;
    let storage = Obj::new(cx, storage);
    *areas.slot(area).borrow_mut() = Some(storage.clone());
    Ok(storage)
}

impl WindowLocalStorageMethods for Obj<Window> {
    fn local_storage(&self, cx: &mut Cx) -> Fallible<Obj<Storage>> {
        area(cx, self, StorageArea::Local)
    }
}

impl WindowSessionStorageMethods for Obj<Window> {
    fn session_storage(&self, cx: &mut Cx) -> Fallible<Obj<Storage>> {
        area(cx, self, StorageArea::Session)
    }
}

/// Another app of the origin changed `localStorage`.
pub(crate) fn changed_elsewhere(cx: &mut Cx, change: StorageChange) {
    broadcast(cx, StorageArea::Local, &change, None);
}

/// Lets the windows of an origin know of a change, but for the one that made it.
///
/// <https://html.spec.whatwg.org/multipage/webstorage.html#concept-storage-broadcast>
fn broadcast(cx: &mut Cx, area: StorageArea, change: &StorageChange, by: Option<WindowId>) {
    let agent = cx.engine();
    for window in agent.windows() {
        if by == Some(window.id()) || window.origin() != change.origin {
            continue;
        }
        // What was read there is out of date from now on.
        if let Some(areas) = window.realm().data::<Areas>()
            && let Some(storage) = &*areas.slot(area).borrow()
        {
            storage.pairs.replace(None);
        }
        let change = change.clone();
        agent.queue_task(TaskSource::Dom, window.id(), move |cx| {
            let storage = Areas::of(cx).slot(area).borrow().clone();
            let event = StorageEvent::trusted(cx, &change, storage);
            let target = cx.window().upcast();
            events::fire_event(cx, &target, event);
        });
    }
}

impl Storage {
    /// What a call will change.
    fn change(&self, cx: &Cx, call: &StorageCall) -> StorageChange {
        let (key, new) = match call {
            StorageCall::Set { key, value } => (Some(key.clone()), Some(value.clone())),
            StorageCall::Remove { key } => (Some(key.clone()), None),
            StorageCall::Load | StorageCall::Clear | StorageCall::Flush => (None, None),
        };
        let old = key.as_ref().and_then(|key| {
            let pairs = self.pairs.borrow();
            pairs.as_ref()?.get(&DomString::from_utf16(key)).map(DomString::to_utf16)
        });
        let url = cx.scope().url().to_string();
        StorageChange { origin: self.origin.clone(), key, old, new, url }
    }

    /// Asks the host, which answers at once.
    fn call(&self, cx: &Cx, call: StorageCall) -> Fallible<StorageReply> {
        let call = Call::Storage { origin: self.origin.clone(), area: self.area, call };
        match cx.engine().call(call) {
            Answer::Storage(StorageReply::Failed(reason)) => {
                Err(Error::dom(DomExceptionName::Security, format!("{}: {reason}", self.name())))
            }
            Answer::Storage(reply) => Ok(reply),
            _ => Err(Error::dom(
                DomExceptionName::Unknown,
                format!("{}: the host gave no answer", self.name()),
            )),
        }
    }

    const fn name(&self) -> &'static str {
        match self.area {
            StorageArea::Local => "localStorage",
            StorageArea::Session => "sessionStorage",
        }
    }

    /// Reads the area, if that was not done before.
    fn read(&self, cx: &Cx) -> Fallible<()> {
        if self.pairs.borrow().is_some() {
            return Ok(());
        }
        let pairs = match self.call(cx, StorageCall::Load)? {
            StorageReply::Pairs(pairs) => pairs
                .iter()
                .map(|(key, value)| (DomString::from_utf16(key), DomString::from_utf16(value)))
                .collect(),
            _ => Pairs::default(),
        };
        self.pairs.replace(Some(pairs));
        Ok(())
    }

    /// Looks into the area.
    fn look<R>(&self, cx: &Cx, look: impl FnOnce(&Pairs) -> R) -> Fallible<R> {
        self.read(cx)?;
        Ok(look(self.pairs.borrow().as_ref().unwrap_or(&Pairs::default())))
    }

    /// Tells the host of a change, and then the other windows of the origin; what is
    /// kept here follows if it was made.
    fn write(
        &self,
        cx: &mut Cx,
        call: StorageCall,
        follow: impl FnOnce(&mut Pairs),
    ) -> Fallible<()> {
        let change = self.change(cx, &call);
        match self.call(cx, call)? {
            StorageReply::QuotaExceeded { quota, requested } => Err(Error::dom(
                DomExceptionName::QuotaExceeded,
                format!(
                    "{}: the quota of {} is {quota} bytes, and this would make {requested}",
                    self.name(),
                    self.origin
                ),
            )),
            _ => {
                cx.engine().note_storage_written(self.origin.clone(), self.area);
                if let Some(pairs) = self.pairs.borrow_mut().as_mut() {
                    follow(pairs);
                }
                let by = cx.window_id();
                broadcast(cx, self.area, &change, Some(by));
                Ok(())
            }
        }
    }
}

impl StorageMethods for Obj<Storage> {
    fn length(&self, cx: &mut Cx) -> Fallible<u32> {
        self.look(cx, |pairs| u32::try_from(pairs.len()).unwrap_or(u32::MAX))
    }

    fn key(&self, cx: &mut Cx, index: u32) -> Fallible<Option<DomString>> {
        self.look(cx, |pairs| pairs.get_index(index as usize).map(|(key, _)| key.clone()))
    }

    fn get_item(&self, cx: &mut Cx, key: DomString) -> Fallible<Option<DomString>> {
        self.look(cx, |pairs| pairs.get(&key).cloned())
    }

    /// <https://html.spec.whatwg.org/multipage/webstorage.html#dom-storage-setitem>
    fn set_item(&self, cx: &mut Cx, key: DomString, value: DomString) -> Fallible<()> {
        // 3.1. Nothing changes.
        if self.look(cx, |pairs| pairs.get(&key) == Some(&value))? {
            return Ok(());
        }
        let call = StorageCall::Set { key: key.to_utf16(), value: value.to_utf16() };
        self.write(cx, call, |pairs| drop(pairs.insert(key, value)))
    }

    /// <https://html.spec.whatwg.org/multipage/webstorage.html#dom-storage-removeitem>
    fn remove_item(&self, cx: &mut Cx, key: DomString) -> Fallible<()> {
        if !self.look(cx, |pairs| pairs.contains_key(&key))? {
            return Ok(());
        }
        let call = StorageCall::Remove { key: key.to_utf16() };
        self.write(cx, call, |pairs| drop(pairs.shift_remove(&key)))
    }

    fn clear(&self, cx: &mut Cx) -> Fallible<()> {
        if self.look(cx, |pairs| pairs.is_empty())? {
            return Ok(());
        }
        self.write(cx, StorageCall::Clear, Pairs::clear)
    }

    fn supported_names(&self, cx: &mut Cx) -> Vec<DomString> {
        self.look(cx, |pairs| pairs.keys().cloned().collect()).unwrap_or_default()
    }
}
