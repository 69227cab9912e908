//! <https://w3c.github.io/navigation-timing/> and
//! <https://w3c.github.io/paint-timing/>

use std::cell::Cell;

use virga_display_list::{DisplayList, Item};
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::Micros;

use super::{PerformanceEntry, PerformanceResourceTiming, performance, queue_entry, time_origin};
use crate::{
    agent::EngineCx,
    generated::{
        NavigationTimingType, PerformanceNavigationMethods, PerformanceNavigationTimingMethods,
        PerformancePaintTimingMethods, PerformanceTimingMethods,
    },
    window::Window,
};

/// "Document load timing info": when a document reached which point of its life,
/// since the app's time origin; zero before.
#[derive(Default)]
pub(crate) struct LoadTiming {
    pub(crate) dom_interactive: Cell<Micros>,
    pub(crate) dom_content_loaded_start: Cell<Micros>,
    pub(crate) dom_content_loaded_end: Cell<Micros>,
    pub(crate) dom_complete: Cell<Micros>,
    pub(crate) load_start: Cell<Micros>,
    pub(crate) load_end: Cell<Micros>,
    /// Something was drawn, and of that something with content.
    painted: Cell<bool>,
    contentful: Cell<bool>,
    /// The entries that were made for that.
    told_painted: Cell<bool>,
    told_contentful: Cell<bool>,
}

impl LoadTiming {
    /// Notes that something happens now.
    pub(crate) fn note(cx: &Cx, of: impl FnOnce(&Self) -> &Cell<Micros>) {
        let window = cx.window();
        // A document at the time origin itself is not distinguished from "never".
        of(&window.loading.timing).set(cx.engine().task_time().max(Micros(1)));
    }

    /// The document is drawn like this. Costs something until there is content.
    pub(crate) fn look(&self, list: &DisplayList) {
        if self.contentful.get() {
            return;
        }
        let mut chunks = vec![&list.root];
        while let Some(chunk) = chunks.pop() {
            for item in chunk.items() {
                match item {
                    Item::Glyphs(_) | Item::Image(_) | Item::Tiles(_) => {
                        self.painted.set(true);
                        return self.contentful.set(true);
                    }
                    Item::Fill { .. } | Item::Border(_) | Item::BoxShadow(_) => {
                        self.painted.set(true);
                    }
                    _ => {}
                }
                chunks.extend(item.content());
            }
        }
    }
}

fn since(window: &Window, at: &Cell<Micros>) -> f64 {
    match at.get() {
        Micros::ZERO => 0.0,
        // What has been is not 0, however early: that says that it has not.
        at => window.relative_time(at).max(1.0 / 128.0),
    }
}

/// The entry of the current window's document.
pub(super) fn entry(cx: &mut Cx) -> Obj<PerformanceNavigationTiming> {
    let window = cx.window();
    let name = DomString::from(window.url().as_str());
    let resource = PerformanceResourceTiming::of_navigation(name);
    Obj::new(cx, PerformanceNavigationTiming { resource, window })
}

/// The `load` event of the current window's document is over.
pub(crate) fn loaded(cx: &mut Cx) {
    LoadTiming::note(cx, |timing| &timing.load_end);
    let window = cx.window();
    let performance = performance(cx, &window.upcast());
    let entry = performance
        .entries
        .borrow()
        .iter()
        .find(|entry| entry.entry_type() == "navigation")
        .cloned();
    if let Some(entry) = entry {
        entry.set_duration(since(&window, &window.loading.timing.load_end));
        queue_entry(cx, &performance, &entry);
    }
}

/// The current window's document was drawn, perhaps for the first time with
/// something in it.
///
/// <https://w3c.github.io/paint-timing/#mark-paint-timing>
pub(crate) fn painted(cx: &mut Cx) {
    let window = cx.window();
    let timing = &window.loading.timing;
    let first = timing.painted.get() && !timing.told_painted.replace(timing.painted.get());
    let contentful =
        timing.contentful.get() && !timing.told_contentful.replace(timing.contentful.get());
    if !first && !contentful {
        return;
    }
    let now = super::now(cx);
    let performance = performance(cx, &window.upcast());
    let names = [("first-paint", first), ("first-contentful-paint", contentful)];
    for (name, _) in names.into_iter().filter(|(_, is_due)| *is_due) {
        let entry = PerformanceEntry::new(name.into(), "paint", now, 0.0);
        let entry: Obj<PerformanceEntry> = Obj::new(cx, PerformancePaintTiming { entry }).upcast();
        queue_entry(cx, &performance, &entry);
        performance.entries.borrow_mut().push(entry);
    }
}

/// <https://w3c.github.io/navigation-timing/#sec-PerformanceNavigationTiming>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceNavigationTiming {
    #[base]
    resource: PerformanceResourceTiming,
    window: Obj<Window>,
}

impl PerformanceNavigationTiming {
    fn time(&self, of: impl FnOnce(&LoadTiming) -> &Cell<Micros>) -> f64 {
        since(&self.window, of(&self.window.loading.timing))
    }
}

impl PerformanceNavigationTimingMethods for Obj<PerformanceNavigationTiming> {
    fn unload_event_start(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn unload_event_end(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn dom_interactive(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.dom_interactive)
    }

    fn dom_content_loaded_event_start(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.dom_content_loaded_start)
    }

    fn dom_content_loaded_event_end(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.dom_content_loaded_end)
    }

    fn dom_complete(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.dom_complete)
    }

    fn load_event_start(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.load_start)
    }

    fn load_event_end(&self, _: &mut Cx) -> f64 {
        self.time(|timing| &timing.load_end)
    }

    fn type_(&self, _: &mut Cx) -> NavigationTimingType {
        NavigationTimingType::Navigate
    }

    fn redirect_count(&self, _: &mut Cx) -> u16 {
        0
    }
}

/// <https://w3c.github.io/paint-timing/#sec-PerformancePaintTiming>
#[derive(Trace, Platform)]
pub(crate) struct PerformancePaintTiming {
    #[base]
    entry: PerformanceEntry,
}

impl PerformancePaintTimingMethods for Obj<PerformancePaintTiming> {}

/// `performance.timing`: the same in milliseconds since 1970.
#[derive(Trace, Platform)]
pub(crate) struct PerformanceTiming;

/// <https://w3c.github.io/navigation-timing/#dom-performancenavigation>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceNavigation;

impl PerformanceNavigationMethods for Obj<PerformanceNavigation> {
    fn type_(&self, _: &mut Cx) -> u16 {
        0
    }

    fn redirect_count(&self, _: &mut Cx) -> u16 {
        0
    }
}

/// The attributes of `PerformanceTiming`, and what they show; `None` is the
/// beginning of the navigation, `Some(None)` never.
type Source = Option<Option<fn(&LoadTiming) -> &Cell<Micros>>>;

const NAMES: [(&str, Source); 21] = [
    ("navigationStart", None),
    ("unloadEventStart", Some(None)),
    ("unloadEventEnd", Some(None)),
    ("redirectStart", Some(None)),
    ("redirectEnd", Some(None)),
    ("fetchStart", None),
    ("domainLookupStart", None),
    ("domainLookupEnd", None),
    ("connectStart", None),
    ("connectEnd", None),
    ("secureConnectionStart", Some(None)),
    ("requestStart", None),
    ("responseStart", None),
    ("responseEnd", None),
    ("domLoading", None),
    ("domInteractive", Some(Some(|timing| &timing.dom_interactive))),
    ("domContentLoadedEventStart", Some(Some(|timing| &timing.dom_content_loaded_start))),
    ("domContentLoadedEventEnd", Some(Some(|timing| &timing.dom_content_loaded_end))),
    ("domComplete", Some(Some(|timing| &timing.dom_complete))),
    ("loadEventStart", Some(Some(|timing| &timing.load_start))),
    ("loadEventEnd", Some(Some(|timing| &timing.load_end))),
];

/// Whether a name is an attribute of `PerformanceTiming`.
pub(super) fn is_timing_name(name: &str) -> bool {
    NAMES.iter().any(|(other, _)| *other == name)
}

/// Milliseconds since 1970; 0 for what did not happen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn epoch_time(cx: &Cx, name: &str) -> u64 {
    let source = NAMES.iter().find(|(other, _)| *other == name).map(|(_, source)| source);
    let since = match source {
        Some(None) => Some(0.0),
        Some(Some(Some(of))) => {
            let window = cx.window();
            let at = of(&window.loading.timing);
            (at.get() != Micros::ZERO).then(|| since(&window, at))
        }
        _ => None,
    };
    since.map_or(0, |since| (time_origin(cx) + since) as u64)
}

/// <https://w3c.github.io/user-timing/#convert-a-name-to-a-timestamp>
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit for long")]
pub(super) fn named_time(cx: &Cx, name: &str) -> Fallible<f64> {
    // 1.
    if cx.try_window().is_none() {
        let message = format!("Performance.measure: there is no {name} in workers");
        return Err(Error::type_error(message));
    }
    // 2.
    if name == "navigationStart" {
        return Ok(0.0);
    }
    // 3–5.
    let (start, end) = (epoch_time(cx, "navigationStart"), epoch_time(cx, name));
    if end == 0 {
        return Err(Error::dom(
            DomExceptionName::InvalidAccess,
            format!("Performance.measure: {name} has not happened"),
        ));
    }
    Ok(end.saturating_sub(start) as f64)
}

macro_rules! timing {
    ($($method:ident $name:literal),* $(,)?) => {
        impl PerformanceTimingMethods for Obj<PerformanceTiming> { $(
            fn $method(&self, cx: &mut Cx) -> u64 {
                epoch_time(cx, $name)
            }
        )* }
    };
}

timing! {
    navigation_start "navigationStart",
    unload_event_start "unloadEventStart",
    unload_event_end "unloadEventEnd",
    redirect_start "redirectStart",
    redirect_end "redirectEnd",
    fetch_start "fetchStart",
    domain_lookup_start "domainLookupStart",
    domain_lookup_end "domainLookupEnd",
    connect_start "connectStart",
    connect_end "connectEnd",
    secure_connection_start "secureConnectionStart",
    request_start "requestStart",
    response_start "responseStart",
    response_end "responseEnd",
    dom_loading "domLoading",
    dom_interactive "domInteractive",
    dom_content_loaded_event_start "domContentLoadedEventStart",
    dom_content_loaded_event_end "domContentLoadedEventEnd",
    dom_complete "domComplete",
    load_event_start "loadEventStart",
    load_event_end "loadEventEnd",
}
