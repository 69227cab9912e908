//! Web Storage: pairs of strings per origin.
//!
//! `localStorage` is a SQLite file per origin in the profile, shared by all apps
//! of the origin; without a profile it lives in memory as long as the bridge.
//! `sessionStorage` lives as long as its app. Strings are UTF-16 code units
//! throughout, so that lone surrogates survive.
//!
//! <https://html.spec.whatwg.org/multipage/webstorage.html>

mod area;
mod database;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use virga_protocol::{StorageArea, StorageCall, StorageChange, StorageReply, ToApp};

use self::area::{Area, Change, Memory};
use crate::{
    identity::{AppId, Identity},
    profile::Profile,
    responder::Sink,
    storage::database::Database,
    sync::lock,
};

/// Bytes that one origin may keep in an area: 5 Mi UTF-16 code units, keys
/// included, which is what apps meet elsewhere.
pub const DEFAULT_STORAGE_QUOTA: u64 = 10 * 1024 * 1024;

/// All `localStorage` areas of a bridge.
pub(crate) struct Storage {
    profile: Profile,
    quota: u64,
    areas: Mutex<BTreeMap<String, Shared>>,
}

/// The area of one origin and the apps that have looked into it.
struct Shared {
    area: Arc<Mutex<Box<dyn Area>>>,
    readers: Vec<Reader>,
}

#[derive(Clone)]
struct Reader {
    app: AppId,
    /// The origin as that app writes it.
    origin: String,
    sink: Sink,
}

/// The `sessionStorage` areas of one app.
#[derive(Default)]
pub(crate) struct SessionStorage(Mutex<BTreeMap<String, Memory>>);

impl Storage {
    pub(crate) fn new(profile: Profile, quota: Option<u64>) -> Self {
        let quota = quota.unwrap_or(DEFAULT_STORAGE_QUOTA);
        Self { profile, quota, areas: Mutex::default() }
    }

    /// Answers a call of an app.
    pub(crate) fn call(
        &self,
        app: &Identity,
        sink: &Sink,
        session: &SessionStorage,
        origin: &str,
        area: StorageArea,
        call: &StorageCall,
    ) -> StorageReply {
        let Some(key) = app.key(origin) else {
            return StorageReply::Failed("documents without an origin have no storage".to_owned());
        };
        match area {
            StorageArea::Session => {
                let mut areas = lock(&session.0);
                let area = areas.entry(key).or_default();
                answer(area, call, self.quota).0
            }
            StorageArea::Local => {
                let area = self.area(&key, app.id, origin, sink);
                let (reply, change) = answer(lock(&area).as_mut(), call, self.quota);
                if let Some(change) = change {
                    self.tell_others(&key, app, change);
                }
                reply
            }
        }
    }

    /// Forgets an app; what it wrote and did not flush is flushed.
    pub(crate) fn disconnect(&self, app: AppId) {
        let mut areas = lock(&self.areas);
        for shared in areas.values_mut() {
            let before = shared.readers.len();
            shared.readers.retain(|reader| reader.app != app);
            if shared.readers.len() < before
                && let Err(error) = lock(&shared.area).flush()
            {
                tracing::error!("storage: {error}");
            }
        }
    }

    fn area(&self, key: &str, app: AppId, origin: &str, sink: &Sink) -> Arc<Mutex<Box<dyn Area>>> {
        let mut areas = lock(&self.areas);
        let shared = areas.entry(key.to_owned()).or_insert_with(|| {
            let area: Box<dyn Area> = match self.profile.origin_folder(key) {
                Some(folder) => Box::new(Database::new(key, folder.join("local.sqlite"))),
                None => Box::new(Memory::default()),
            };
            Shared { area: Arc::new(Mutex::new(area)), readers: Vec::new() }
        });
        if !shared.readers.iter().any(|reader| reader.app == app) {
            shared.readers.push(Reader { app, origin: origin.to_owned(), sink: Arc::clone(sink) });
        }
        Arc::clone(&shared.area)
    }

    fn tell_others(&self, key: &str, app: &Identity, change: Change) {
        let readers = match lock(&self.areas).get(key) {
            Some(shared) => shared.readers.clone(),
            None => return,
        };
        for reader in readers.into_iter().filter(|reader| reader.app != app.id) {
            (reader.sink)(ToApp::StorageChanged(StorageChange {
                origin: reader.origin,
                key: change.key.clone(),
                old: change.old.clone(),
                new: change.new.clone(),
                url: app.url.clone(),
            }));
        }
    }
}

/// Carries a call out on an area.
fn answer(area: &mut dyn Area, call: &StorageCall, quota: u64) -> (StorageReply, Option<Change>) {
    let done = match call {
        StorageCall::Load => {
            return match area.load() {
                Ok(pairs) => (StorageReply::Pairs(pairs), None),
                Err(error) => (StorageReply::Failed(error), None),
            };
        }
        StorageCall::Set { key, value } => {
            match area.size_with(key, value) {
                Ok(requested) if requested > quota => {
                    return (StorageReply::QuotaExceeded { quota, requested }, None);
                }
                Ok(_) => {}
                Err(error) => return (StorageReply::Failed(error), None),
            }
            area.set(key, value).map(|old| {
                (old.as_ref() != Some(value)).then(|| Change {
                    key: Some(key.clone()),
                    old,
                    new: Some(value.clone()),
                })
            })
        }
        StorageCall::Remove { key } => area
            .remove(key)
            .map(|old| old.map(|old| Change { key: Some(key.clone()), old: Some(old), new: None })),
        StorageCall::Clear => area
            .clear()
            .map(|had_pairs| had_pairs.then_some(Change { key: None, old: None, new: None })),
        StorageCall::Flush => area.flush().map(|()| None),
    };
    match done {
        Ok(change) => (StorageReply::Done, change),
        Err(error) => (StorageReply::Failed(error), None),
    }
}
