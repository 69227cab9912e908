//! What the host tells a running app: positions, permissions, changes of
//! storage. The page tests have the everyday part of it.

mod support;

use support::{Harness, World, on_app_thread};
use virga_protocol::{
    FromApp, Micros, PermissionName, PermissionState, Position, PositionError, Reply, Request,
    RequestId, StorageChange, ToApp,
};

/// Runs a page of this content until it has nothing left to do.
fn page(script: &str) -> Harness {
    let html = format!("<!DOCTYPE html><script>{script}</script>");
    let mut harness = Harness::new("page.html", World::new().file("page.html", "text/html", html));
    harness.run(Micros(1_000_000));
    harness
}

fn position_requests(harness: &Harness) -> Vec<RequestId> {
    let world = harness.world.borrow();
    let ids = world.sent.iter().filter_map(|message| match message {
        FromApp::Request { id, request: Request::Position { .. } } => Some(*id),
        _ => None,
    });
    ids.collect()
}

fn cancelled(harness: &Harness) -> Vec<RequestId> {
    let world = harness.world.borrow();
    let ids = world.sent.iter().filter_map(|message| match message {
        FromApp::Cancel { id } => Some(*id),
        _ => None,
    });
    ids.collect()
}

fn at(latitude: f64, speed: Option<f64>, heading: Option<f64>) -> Reply {
    Reply::Position(Position {
        latitude,
        longitude: 13.0,
        accuracy: 5.0,
        altitude: Some(34.5),
        altitude_accuracy: None,
        heading,
        speed,
        timestamp: 1_700_000_000_123_456,
    })
}

const WATCH: &str = "
    const show = p => console.log(p.coords.latitude, p.coords.altitude, p.coords.speed,
        p.coords.heading, p.timestamp);
    const fail = e => console.log('code', e.code, e.message);
    globalThis.watch = navigator.geolocation.watchPosition(show, fail);";

#[test]
fn a_watch_hears_of_each_position_until_it_is_cleared() {
    on_app_thread(|| {
        let mut harness = page(WATCH);
        let id = position_requests(&harness)[0];
        harness.deliver(ToApp::Reply { id, reply: at(1.0, Some(2.0), Some(90.0)) });
        harness.deliver(ToApp::Reply { id, reply: at(2.0, Some(0.0), None) });
        let timeout = PositionError::Timeout("late".to_owned());
        harness.deliver(ToApp::Reply { id, reply: Reply::PositionError(timeout) });
        harness.deliver(ToApp::Reply { id, reply: at(3.0, None, None) });
        let expected = [
            "log: 1 34.5 2 90 1700000000123",
            "log: 2 34.5 0 NaN 1700000000123",
            "log: code 3 late",
            "log: 3 34.5 null null 1700000000123",
        ];
        assert_eq!(harness.console(), expected);
        assert_eq!(cancelled(&harness), []);
    });
}

#[test]
fn a_withdrawn_permission_ends_a_watch_and_clearing_cancels_it() {
    on_app_thread(|| {
        let mut harness = page(WATCH);
        let id = position_requests(&harness)[0];
        let denied = PositionError::PermissionDenied("withdrawn".to_owned());
        harness.deliver(ToApp::Reply { id, reply: Reply::PositionError(denied) });
        assert_eq!(cancelled(&harness), [id]);
        harness.deliver(ToApp::Reply { id, reply: at(1.0, None, None) });
        assert_eq!(harness.console(), ["log: code 1 withdrawn"]);

        let cleared = page(&format!("{WATCH} navigator.geolocation.clearWatch(watch);"));
        assert_eq!(cancelled(&cleared), position_requests(&cleared));
    });
}

#[test]
fn a_callback_that_throws_is_reported_and_the_watch_goes_on() {
    on_app_thread(|| {
        let mut harness = page(
            "navigator.geolocation.watchPosition(p => { throw new Error('at ' + p.coords.latitude); });",
        );
        let id = position_requests(&harness)[0];
        for latitude in [1.0, 2.0] {
            harness.deliver(ToApp::Reply { id, reply: at(latitude, None, None) });
        }
        let said = harness.console();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[1].starts_with("error: Uncaught Error: at 2"), "{said:?}");
    });
}

#[test]
fn storage_that_another_app_changed_is_read_again() {
    on_app_thread(|| {
        let mut harness = page(
            "localStorage.mine = 'a';
             addEventListener('storage', e => console.log(e.key, e.oldValue, e.newValue, e.url,
                 e.storageArea === localStorage, e.isTrusted, localStorage.mine));",
        );
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let change = |origin: &str| StorageChange {
            origin: origin.to_owned(),
            key: Some(units("mine")),
            old: Some(units("a")),
            new: Some(units("b")),
            url: "http://test/other.html".to_owned(),
        };
        harness.world.borrow_mut().write_storage("http://test", "mine", "b");
        harness.deliver(ToApp::StorageChanged(change("http://elsewhere")));
        harness.deliver(ToApp::StorageChanged(change("http://test")));
        assert_eq!(harness.console(), ["log: mine a b http://test/other.html true true b"]);
    });
}

#[test]
fn a_permission_status_survives_a_collection_if_it_listens() {
    on_app_thread(|| {
        let mut harness = page(
            "(async () => {
                const query = () => navigator.permissions.query({ name: 'geolocation' });
                (await query()).onchange = e => console.log('one', e.target.state);
                (await query()).addEventListener('change', e => console.log('two', e.target.state));
                await query();
                internals.collectGarbage();
            })();",
        );
        harness.deliver(ToApp::CollectGarbage);
        let (name, state) = (PermissionName::Geolocation, PermissionState::Granted);
        let change = |origin: &str| ToApp::Permission { origin: origin.to_owned(), name, state };
        harness.deliver(change("http://elsewhere"));
        harness.deliver(change("http://test"));
        harness.deliver(change("http://test"));
        assert_eq!(harness.console(), ["log: one granted", "log: two granted"]);
    });
}
