//! Positions as apps ask for them: through the link, on the app's clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::App;
use virga_bridge::{Bridge, BridgeOptions, Phone, PromptAnswer, Route};
use virga_protocol::{
    Micros, PermissionName, PermissionState, Position, PositionError, PositionOptions, Reply,
    Request, RequestId, ToApp,
};

const ORIGIN: &str = "https://example.com";
const GEO: PermissionName = PermissionName::Geolocation;
const ONCE: PositionOptions = PositionOptions {
    high_accuracy: false,
    maximum_age: Micros::ZERO,
    timeout: None,
    watch: false,
};
const WATCH: PositionOptions = PositionOptions { watch: true, ..ONCE };

const ROUTE: &str = r#"<gpx><trk><trkseg>
    <trkpt lat="1" lon="0"><time>2026-01-01T00:00:00Z</time></trkpt>
    <trkpt lat="2" lon="0"><time>2026-01-01T00:00:05Z</time></trkpt>
    <trkpt lat="3" lon="0"><time>2026-01-01T00:00:07.5Z</time></trkpt>
</trkseg></trk></gpx>"#;

fn seconds(seconds: f64) -> Micros {
    Micros::from_millis(seconds * 1000.0)
}

fn bridge(route: Option<Route>, grant: bool) -> Bridge {
    Bridge::new(BridgeOptions {
        phone: Phone { location: route },
        grant: if grant { vec![GEO] } else { Vec::new() },
        ..BridgeOptions::default()
    })
}

fn route() -> Route {
    Route::from_gpx(ROUTE).unwrap()
}

fn ask(app: &App, options: PositionOptions, now: Micros) -> RequestId {
    app.request(Request::Position { origin: ORIGIN.to_owned(), options }, now)
}

/// Latitudes of positions and names of errors that have come.
fn came(app: &App) -> Vec<String> {
    app.replies()
        .into_iter()
        .map(|(_, reply)| match reply {
            Reply::Position(position) => position.latitude.to_string(),
            Reply::PositionError(PositionError::PermissionDenied(_)) => "denied".to_owned(),
            Reply::PositionError(PositionError::PositionUnavailable(_)) => "unavailable".to_owned(),
            Reply::PositionError(PositionError::Timeout(_)) => "timeout".to_owned(),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn last_position(app: &App) -> Position {
    match app.replies().pop() {
        Some((_, Reply::Position(position))) => position,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fixed_point() {
    let app = App::connect(&bridge(Some(Route::fixed(52.5, 13.4).unwrap()), true), ORIGIN);
    ask(&app, ONCE, seconds(3.0));
    let position = last_position(&app);
    assert_eq!((position.latitude, position.longitude), (52.5, 13.4));
    assert_eq!((position.speed, position.heading), (None, None));
    assert_eq!(position.timestamp, 1_700_000_003_000_000);
    assert_eq!(app.link.next_due(), None);
}

#[test]
fn a_watch_follows_the_route_on_the_apps_clock() {
    let app = App::connect(&bridge(Some(route()), true), ORIGIN);
    ask(&app, WATCH, seconds(1.0));
    assert_eq!(last_position(&app).timestamp, 1_700_000_001_000_000);
    assert_eq!(app.link.next_due(), Some(seconds(5.0)));
    app.link.advance(seconds(4.999));
    assert_eq!(came(&app), [""; 0]);
    app.link.advance(seconds(5.0));
    let second = last_position(&app);
    assert_eq!((second.latitude, second.timestamp), (2.0, 1_700_000_005_000_000));
    assert!((second.speed.unwrap() - 111_195.0 / 5.0).abs() < 10.0);
    assert_eq!(second.heading, Some(0.0));
    assert_eq!(app.link.next_due(), Some(seconds(7.5)));
    app.link.advance(seconds(60.0));
    assert_eq!(came(&app), ["3"]);
    assert_eq!(app.link.next_due(), None, "the route is over");
    app.link.advance(seconds(120.0));
    assert_eq!(came(&app), [""; 0]);
}

#[test]
fn one_request_gets_one_position() {
    let app = App::connect(&bridge(Some(route()), true), ORIGIN);
    ask(&app, ONCE, seconds(6.0));
    app.link.advance(seconds(10.0));
    assert_eq!(came(&app), ["2"]);
}

#[test]
fn without_a_device() {
    let app = App::connect(&bridge(None, true), ORIGIN);
    ask(&app, ONCE, seconds(0.0));
    ask(&app, WATCH, seconds(0.0));
    app.link.advance(seconds(9.0));
    assert_eq!(came(&app), ["unavailable", "unavailable"], "a watch says it once");
}

#[test]
fn an_unanswered_prompt_leaves_the_request_pending_and_answers_count() {
    let check = |answer: Option<PromptAnswer>, expected: &[&str]| {
        let bridge = bridge(Some(route()), false);
        let app = App::connect(&bridge, ORIGIN);
        let timeout = Some(seconds(1.0));
        ask(&app, PositionOptions { timeout, ..ONCE }, seconds(0.0));
        // Far past the timeout, which counts from the permission on.
        app.link.advance(seconds(3600.0));
        assert_eq!(came(&app), [""; 0]);
        assert_eq!(app.link.next_due(), None);
        let Some(answer) = answer else { return };
        let prompt = bridge.permissions().pending().remove(0);
        assert_eq!((prompt.origin.as_str(), prompt.name), (ORIGIN, GEO));
        assert!(bridge.permissions().answer(prompt.id, answer));
        assert_eq!(app.link.next_due(), Some(Micros::ZERO), "there is something to take up");
        app.link.advance(seconds(3601.0));
        assert_eq!(came(&app), expected, "{answer:?}");
    };
    check(None, &[]);
    check(Some(PromptAnswer::Once), &["3"]);
    check(Some(PromptAnswer::WhileUsing), &["3"]);
    check(Some(PromptAnswer::Always), &["3"]);
    check(Some(PromptAnswer::Never), &["denied"]);
    check(Some(PromptAnswer::Dismissed), &["denied"]);
}

#[test]
fn denied_by_the_host_and_by_an_insecure_origin() {
    let denied = Bridge::new(BridgeOptions {
        phone: Phone { location: Some(route()) },
        deny: vec![GEO],
        ..BridgeOptions::default()
    });
    let app = App::connect(&denied, ORIGIN);
    ask(&app, ONCE, Micros::ZERO);
    assert_eq!(came(&app), ["denied"]);

    let app = App::connect(&bridge(Some(route()), false), "http://example.com");
    let request = Request::Position { origin: "http://example.com".to_owned(), options: ONCE };
    app.request(request, Micros::ZERO);
    assert_eq!(came(&app), ["denied"]);
}

#[test]
fn timeouts_and_cached_positions() {
    // The device needs two seconds for a first position.
    let slow = route().with_acquisition(seconds(2.0));
    let app = App::connect(&bridge(Some(slow), true), ORIGIN);
    let with = |timeout: f64, age: f64| PositionOptions {
        timeout: Some(seconds(timeout)),
        maximum_age: seconds(age),
        ..ONCE
    };
    ask(&app, with(1.0, 0.0), seconds(0.0));
    assert_eq!(app.link.next_due(), Some(seconds(1.0)));
    // Looked at late: the position came after the deadline all the same.
    app.link.advance(seconds(5.0));
    assert_eq!(came(&app), ["timeout"]);

    ask(&app, with(3.0, 0.0), seconds(5.0));
    assert_eq!(app.link.next_due(), Some(seconds(7.0)));
    app.link.advance(seconds(7.0));
    assert_eq!(came(&app), ["2"]);

    // Young enough: at once. Too old: acquired anew. Nothing comes in no time.
    ask(&app, with(0.0, 1.0), seconds(8.0));
    assert_eq!(came(&app), ["2"]);
    ask(&app, with(0.0, 0.5), seconds(8.0));
    assert_eq!(came(&app), ["timeout"]);
    ask(&app, with(9.0, 0.5), seconds(8.0));
    assert_eq!(came(&app), [""; 0]);
    app.link.advance(seconds(10.0));
    assert_eq!(came(&app), ["3"]);
}

#[test]
fn a_cancelled_request_gets_nothing() {
    let bridge = bridge(Some(route()), false);
    let app = App::connect(&bridge, ORIGIN);
    let waiting = ask(&app, ONCE, Micros::ZERO);
    app.link.cancel(waiting);
    assert!(bridge.permissions().pending().is_empty(), "the prompt is withdrawn");
    bridge.permissions().set(ORIGIN, GEO, Some(PermissionState::Granted));
    let watch = ask(&app, WATCH, seconds(1.0));
    assert_eq!(came(&app), ["1"]);
    app.link.cancel(watch);
    app.link.advance(seconds(9.0));
    assert_eq!(came(&app), [""; 0]);
}

#[test]
fn revocation_stops_a_watch() {
    let bridge = bridge(Some(route()), false);
    bridge.permissions().set(ORIGIN, GEO, Some(PermissionState::Granted));
    let app = App::connect(&bridge, ORIGIN);
    ask(&app, WATCH, Micros::ZERO);
    assert_eq!(came(&app), ["1"]);
    bridge.permissions().set(ORIGIN, GEO, Some(PermissionState::Denied));
    assert_eq!(
        app.receive(),
        ToApp::Permission { origin: ORIGIN.to_owned(), name: GEO, state: PermissionState::Denied }
    );
    assert_eq!(app.link.next_due(), Some(Micros::ZERO), "not only with the next position");
    app.link.advance(seconds(0.5));
    assert_eq!(came(&app), ["denied"]);
    assert_eq!(app.link.next_due(), None);
    app.link.advance(seconds(9.0));
    assert_eq!(came(&app), [""; 0]);
}

#[test]
fn while_using_rests_while_hidden() {
    let bridge = bridge(Some(route()), false);
    let app = App::connect(&bridge, ORIGIN);
    ask(&app, WATCH, Micros::ZERO);
    let prompt = bridge.permissions().pending().remove(0);
    bridge.permissions().answer(prompt.id, PromptAnswer::WhileUsing);
    app.link.advance(seconds(0.1));
    assert_eq!(came(&app), ["1"]);
    app.link.set_visible(false);
    assert_eq!(app.link.next_due(), None);
    app.link.advance(seconds(6.0));
    assert_eq!(came(&app), [""; 0]);
    app.link.set_visible(true);
    app.link.advance(seconds(6.1));
    assert_eq!(came(&app), ["2"]);
}

#[test]
fn the_state_of_permissions() {
    let bridge = bridge(None, false);
    let app = App::connect(&bridge, "file:///apps/one/index.html");
    let state = || {
        let request = Request::PermissionState { origin: "null".to_owned(), name: GEO };
        app.request(request, Micros::ZERO);
        match app.replies().pop() {
            Some((_, Reply::Permission(state))) => state,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(state(), PermissionState::Prompt);
    bridge.permissions().set("file:///apps/one/", GEO, Some(PermissionState::Granted));
    assert_eq!(
        app.receive(),
        ToApp::Permission { origin: "null".to_owned(), name: GEO, state: PermissionState::Granted },
        "the app hears of its origin as it writes it"
    );
    assert_eq!(state(), PermissionState::Granted);
}
