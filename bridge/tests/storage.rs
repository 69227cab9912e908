//! Storage as apps use it: through the link, against real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::{fs, path::Path};

use common::App;
use virga_bridge::{Bridge, BridgeOptions, DEFAULT_STORAGE_QUOTA};
use virga_protocol::{Answer, Call, StorageArea, StorageCall, StorageReply, ToApp};

const ORIGIN: &str = "https://example.com";

fn bridge(profile: Option<&Path>) -> Bridge {
    Bridge::new(BridgeOptions { profile: profile.map(Path::to_owned), ..BridgeOptions::default() })
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

trait Calls {
    fn storage(&self, area: StorageArea, call: StorageCall) -> StorageReply;

    fn set(&self, key: &str, value: &str) -> StorageReply {
        let (key, value) = (units(key), units(value));
        self.storage(StorageArea::Local, StorageCall::Set { key, value })
    }

    fn flush(&self) -> StorageReply {
        self.storage(StorageArea::Local, StorageCall::Flush)
    }

    fn load(&self) -> Vec<(String, String)> {
        match self.storage(StorageArea::Local, StorageCall::Load) {
            StorageReply::Pairs(pairs) => pairs
                .iter()
                .map(|(key, value)| {
                    (String::from_utf16(key).unwrap(), String::from_utf16(value).unwrap())
                })
                .collect(),
            other => panic!("{other:?}"),
        }
    }
}

impl Calls for App {
    fn storage(&self, area: StorageArea, call: StorageCall) -> StorageReply {
        let call = Call::Storage { origin: ORIGIN.to_owned(), area, call };
        match self.link.call(&call) {
            Some(Answer::Storage(reply)) => reply,
            other => panic!("{other:?}"),
        }
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn pairs_keep_their_order_and_outlive_the_bridge() {
    let folder = tempfile::tempdir().unwrap();
    for profile in [Some(folder.path()), None] {
        let bridge = bridge(profile);
        let app = App::connect(&bridge, ORIGIN);
        assert_eq!(app.load(), []);
        for (key, value) in [("b", "1"), ("a", "2"), ("c", ""), ("b", "3")] {
            assert_eq!(app.set(key, value), StorageReply::Done);
        }
        let remove =
            |key: &str| app.storage(StorageArea::Local, StorageCall::Remove { key: units(key) });
        assert_eq!(remove("c"), StorageReply::Done);
        assert_eq!(remove("never"), StorageReply::Done);
        assert_eq!(app.load(), pairs(&[("b", "3"), ("a", "2")]), "{profile:?}");
        assert_eq!(app.flush(), StorageReply::Done);
    }
    let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
    assert_eq!(app.load(), pairs(&[("b", "3"), ("a", "2")]));
    assert_eq!(app.storage(StorageArea::Local, StorageCall::Clear), StorageReply::Done);
    drop(app);
    assert_eq!(App::connect(&bridge(Some(folder.path())), ORIGIN).load(), []);
}

#[test]
fn nothing_is_made_for_an_app_that_only_looks() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
    assert_eq!(app.load(), []);
    assert_eq!(app.flush(), StorageReply::Done);
    assert_eq!(app.storage(StorageArea::Local, StorageCall::Clear), StorageReply::Done);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn lone_surrogates_survive() {
    let folder = tempfile::tempdir().unwrap();
    let (key, value) = (vec![0xd800, 0x61, 0], vec![0xdfff, 0xd83d, 0xde00, 0xdc00]);
    {
        let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
        let set = StorageCall::Set { key: key.clone(), value: value.clone() };
        assert_eq!(app.storage(StorageArea::Local, set), StorageReply::Done);
        app.flush();
    }
    let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
    let loaded = app.storage(StorageArea::Local, StorageCall::Load);
    assert_eq!(loaded, StorageReply::Pairs(vec![(key, value)]));
}

/// What a flush promised is there after the process was killed; what was not
/// flushed is not, and nothing in between.
#[test]
fn a_flush_survives_a_kill() {
    if let Some(profile) = std::env::var_os("VIRGA_TEST_KILL_PROFILE") {
        let app = App::connect(&bridge(Some(Path::new(&profile))), ORIGIN);
        app.set("kept", "1");
        app.set("also", "2");
        assert_eq!(app.flush(), StorageReply::Done);
        app.set("kept", "overwritten");
        app.set("lost", "3");
        // No destructor runs.
        std::process::abort();
    }
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_flush_survives_a_kill", "--nocapture"])
        .env("VIRGA_TEST_KILL_PROFILE", folder.path())
        .status()
        .unwrap();
    assert_eq!(status.code(), None, "the child ended by a signal");
    let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
    assert_eq!(app.load(), pairs(&[("kept", "1"), ("also", "2")]));
}

#[test]
fn the_quota_is_exact_and_nothing_changes_over_it() {
    let folder = tempfile::tempdir().unwrap();
    for (profile, area) in [
        (None, StorageArea::Local),
        (Some(folder.path()), StorageArea::Local),
        (None, StorageArea::Session),
    ] {
        let app = App::connect(&bridge(profile), ORIGIN);
        let set = |key: &str, length: usize| {
            let value = vec![u16::from(b'x'); length];
            app.storage(area, StorageCall::Set { key: units(key), value })
        };
        let all = usize::try_from(DEFAULT_STORAGE_QUOTA / 2).unwrap();
        assert_eq!(
            set("k", all),
            StorageReply::QuotaExceeded {
                quota: DEFAULT_STORAGE_QUOTA,
                requested: DEFAULT_STORAGE_QUOTA + 2,
            }
        );
        assert_eq!(app.storage(area, StorageCall::Load), StorageReply::Pairs(Vec::new()));
        assert_eq!(set("k", all - 1), StorageReply::Done);
        assert_eq!(
            set("l", 0),
            StorageReply::QuotaExceeded {
                quota: DEFAULT_STORAGE_QUOTA,
                requested: DEFAULT_STORAGE_QUOTA + 2,
            }
        );
        // Overwriting counts the difference, removing gives back.
        assert_eq!(set("k", all - 2), StorageReply::Done);
        assert_eq!(set("l", 0), StorageReply::Done);
        let remove = StorageCall::Remove { key: units("k") };
        assert_eq!(app.storage(area, remove), StorageReply::Done);
        assert_eq!(set("m", all - 2), StorageReply::Done);
    }
}

#[test]
fn a_damaged_file_is_kept_aside() {
    let check = |damage: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        {
            let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
            for number in 0..200 {
                app.set(&format!("key{number}"), &"value".repeat(20));
            }
            app.flush();
        }
        let file = folder.path().join("storage/https_3a_2f_2fexample.com/local.sqlite");
        damage(&file);
        let before = fs::read(&file).unwrap();
        let app = App::connect(&bridge(Some(folder.path())), ORIGIN);
        let StorageReply::Failed(reason) = app.storage(StorageArea::Local, StorageCall::Load)
        else {
            panic!("the damage went unnoticed");
        };
        let kept = file.with_extension("sqlite.damaged-1");
        assert!(reason.contains("damaged") && reason.contains(kept.to_str().unwrap()), "{reason}");
        assert_eq!(fs::read(&kept).unwrap(), before, "the file was changed");
        // The app goes on.
        assert_eq!(app.load(), []);
        assert_eq!(app.set("new", "1"), StorageReply::Done);
        assert_eq!(app.flush(), StorageReply::Done);
        assert_eq!(app.load(), pairs(&[("new", "1")]));
    };
    check(&|file| {
        fs::write(file, "this is no database, but it is long enough".repeat(20)).unwrap();
    });
    check(&|file| {
        let mut bytes = fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0xa5);
        fs::write(file, bytes).unwrap();
    });
}

#[test]
fn two_apps_of_one_origin_share_and_hear_of_changes() {
    let folder = tempfile::tempdir().unwrap();
    let bridge = bridge(Some(folder.path()));
    let (one, two) = (
        App::connect(&bridge, "https://example.com/one"),
        App::connect(&bridge, "https://example.com/two"),
    );
    let other = App::connect(&bridge, "https://example.org/");
    assert_eq!(two.load(), []);
    one.set("a", "1");
    one.set("a", "1");
    one.set("a", "2");
    assert_eq!(two.load(), pairs(&[("a", "2")]), "before the flush, too");
    let changes: Vec<_> = two
        .inbox
        .try_iter()
        .map(|message| match message {
            ToApp::StorageChanged(change) => change,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(changes.len(), 2, "setting the same value changes nothing");
    assert_eq!(changes[1].key, Some(units("a")));
    assert_eq!(changes[1].old, Some(units("1")));
    assert_eq!(changes[1].new, Some(units("2")));
    assert_eq!(changes[1].url, "https://example.com/one");
    assert_eq!(one.inbox.try_iter().count() + other.inbox.try_iter().count(), 0);
}

#[test]
fn two_processes_of_one_profile_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (bridge(Some(folder.path())), bridge(Some(folder.path())));
    let (a, b) = (App::connect(&a, ORIGIN), App::connect(&b, ORIGIN));
    for round in 0..20 {
        let (app, name) = if round % 2 == 0 { (&a, "a") } else { (&b, "b") };
        assert_eq!(app.set(&format!("{name}{round}"), "x"), StorageReply::Done);
        assert_eq!(app.flush(), StorageReply::Done);
    }
    assert_eq!(a.load().len(), 20);
    assert_eq!(a.load(), b.load());
}

#[test]
fn sessions_are_the_apps_own() {
    let bridge = bridge(None);
    let (one, two) = (App::connect(&bridge, ORIGIN), App::connect(&bridge, ORIGIN));
    let set = StorageCall::Set { key: units("k"), value: units("v") };
    assert_eq!(one.storage(StorageArea::Session, set), StorageReply::Done);
    assert_eq!(one.load(), []);
    assert_eq!(
        two.storage(StorageArea::Session, StorageCall::Load),
        StorageReply::Pairs(Vec::new())
    );
}

#[test]
fn who_has_no_origin_has_no_storage_but_a_file_has_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let bridge = bridge(Some(folder.path()));
    let call = |app: &App, call: StorageCall| {
        let call = Call::Storage { origin: "null".to_owned(), area: StorageArea::Local, call };
        app.link.call(&call)
    };
    let opaque = App::connect(&bridge, "data:text/html,x");
    assert!(matches!(
        call(&opaque, StorageCall::Load),
        Some(Answer::Storage(StorageReply::Failed(_)))
    ));
    let file = App::connect(&bridge, "file:///apps/one/index.html");
    let set = StorageCall::Set { key: units("k"), value: units("v") };
    call(&file, set);
    call(&file, StorageCall::Flush);
    let count = |url: &str| match call(&App::connect(&bridge, url), StorageCall::Load) {
        Some(Answer::Storage(StorageReply::Pairs(pairs))) => pairs.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(count("file:///apps/one/other.html?x#y"), 1);
    assert_eq!(count("file:///apps/two/index.html"), 0);
}
