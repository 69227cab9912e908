//! <https://w3c.github.io/resource-timing/>

use std::cell::Cell;

use virga_js::{Cx, DomString, Obj, Traced, webidl::ByteString};
use virga_js::{Platform, Trace};
use virga_protocol::{HttpHead, Micros, ResponseTainting};

use super::{PerformanceEntry, performance, queue_entry};
use crate::{
    agent::{EngineCx, TaskSource},
    events::{self, Bubbles, Cancelable},
    generated::PerformanceResourceTimingMethods,
};

/// Entries that a global keeps if it does not say otherwise.
const DEFAULT_LIMIT: u32 = 250;
/// What the headers of a response count for, by the specification.
const HEADERS: u64 = 300;

/// What is known of a fetch, as it goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResourceRecord {
    /// The address that was asked for.
    pub(crate) url: String,
    /// `script`, `link`, `img`, `css`, `fetch`, `xmlhttprequest`, `beacon`, `other`.
    pub(crate) initiator: &'static str,
    /// Serialized origin of who asked.
    pub(crate) origin: String,
    /// Times since the app's time origin.
    pub(crate) start: Micros,
    pub(crate) response_start: Option<Micros>,
    pub(crate) response_end: Micros,
    /// Bytes of the body, as they came to the app.
    pub(crate) size: u64,
    /// Whether times and sizes may be told ("timing allow check").
    pub(crate) allowed: bool,
}

impl ResourceRecord {
    /// The response has begun.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-tao-check>
    pub(crate) fn head(&mut self, head: &HttpHead, at: Micros) {
        self.response_start = Some(at);
        let header = head.headers.iter().find(|(name, _)| name == "timing-allow-origin");
        let named = header.is_some_and(|(_, value)| {
            value.split(',').map(str::trim).any(|origin| origin == "*" || origin == self.origin)
        });
        let same = url::Url::parse(&head.url)
            .is_ok_and(|url| url.origin().ascii_serialization() == self.origin);
        self.allowed = named || (same && head.tainting == ResponseTainting::Basic);
    }
}

/// The resource timing buffer of a global.
#[derive(Trace)]
pub(super) struct Resources {
    entries: Traced<Vec<Obj<PerformanceEntry>>>,
    /// "resource timing secondary buffer"
    waiting: Traced<Vec<Obj<PerformanceEntry>>>,
    limit: Cell<u32>,
    full_pending: Cell<bool>,
    dropped: Cell<u64>,
}

impl Default for Resources {
    fn default() -> Self {
        Self {
            entries: Traced::default(),
            waiting: Traced::default(),
            limit: Cell::new(DEFAULT_LIMIT),
            full_pending: Cell::new(false),
            dropped: Cell::new(0),
        }
    }
}

impl Resources {
    pub(super) fn entries(&self) -> Vec<Obj<PerformanceEntry>> {
        self.entries.borrow().clone()
    }

    pub(super) fn clear(&self) {
        let gone = std::mem::take(&mut *self.entries.borrow_mut());
        drop(gone);
    }

    pub(super) fn set_limit(&self, limit: u32) {
        self.limit.set(limit);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.get()
    }

    fn has_room(&self) -> bool {
        self.entries.borrow().len() < self.limit.get() as usize
    }
}

/// A fetch of the current global has ended.
///
/// <https://w3c.github.io/resource-timing/#dfn-mark-resource-timing>
pub(crate) fn finished(cx: &mut Cx, record: &ResourceRecord) {
    let scope = cx.scope();
    let since = |at: Micros| scope.relative_time(at);
    let (start, end) = (since(record.start), since(record.response_end));
    let entry = PerformanceEntry::new(
        DomString::from(record.url.as_str()),
        "resource",
        start,
        (end - start).max(0.0),
    );
    let entry = Obj::new(
        cx,
        PerformanceResourceTiming {
            entry,
            initiator: record.initiator,
            start,
            response_start: record.response_start.map_or(0.0, since),
            end,
            size: record.size,
            allowed: record.allowed,
        },
    );
    let entry: Obj<PerformanceEntry> = entry.upcast();
    let performance = performance(cx, &scope);
    queue_entry(cx, &performance, &entry);
    // <https://w3c.github.io/resource-timing/#dfn-add-a-performanceresourcetiming-entry>
    let resources = &performance.resources;
    if resources.has_room() && !resources.full_pending.get() {
        resources.entries.borrow_mut().push(entry);
        return;
    }
    resources.waiting.borrow_mut().push(entry);
    if !resources.full_pending.replace(true) {
        let performance = performance.clone();
        cx.engine().queue_task(TaskSource::Dom, scope.id(), move |cx| {
            buffer_full(cx, &performance);
        });
    }
}

/// <https://w3c.github.io/resource-timing/#dfn-fire-a-buffer-full-event>
fn buffer_full(cx: &mut Cx, performance: &Obj<super::Performance>) {
    let resources = &performance.resources;
    loop {
        let before = resources.waiting.borrow().len();
        if before == 0 {
            break;
        }
        if !resources.has_room() {
            let target = performance.upcast();
            let (bubbles, cancelable) = (Bubbles(false), Cancelable(false));
            events::fire(cx, &target, "resourcetimingbufferfull", bubbles, cancelable);
        }
        while resources.has_room() && !resources.waiting.borrow().is_empty() {
            let entry = resources.waiting.borrow_mut().remove(0);
            resources.entries.borrow_mut().push(entry);
        }
        if resources.waiting.borrow().len() >= before {
            let gone = std::mem::take(&mut *resources.waiting.borrow_mut());
            let count = u64::try_from(gone.len()).unwrap_or(u64::MAX);
            resources.dropped.set(resources.dropped.get().saturating_add(count));
            break;
        }
    }
    resources.full_pending.set(false);
}

/// <https://w3c.github.io/resource-timing/#sec-performanceresourcetiming>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceResourceTiming {
    #[base]
    entry: PerformanceEntry,
    #[trace(skip)]
    initiator: &'static str,
    #[trace(skip)]
    start: f64,
    #[trace(skip)]
    response_start: f64,
    #[trace(skip)]
    end: f64,
    size: u64,
    allowed: bool,
}

impl PerformanceResourceTiming {
    /// The part of a navigation's entry.
    pub(super) fn of_navigation(name: DomString) -> Self {
        Self {
            entry: PerformanceEntry::new(name, "navigation", 0.0, 0.0),
            initiator: "navigation",
            start: 0.0,
            response_start: 0.0,
            end: 0.0,
            size: 0,
            allowed: true,
        }
    }

    fn unless_opaque(&self, time: f64) -> f64 {
        if self.allowed { time } else { 0.0 }
    }
}

/// The network is the host's: what happens before a response begins is not told
/// apart, and stands as having happened at once.
impl PerformanceResourceTimingMethods for Obj<PerformanceResourceTiming> {
    fn initiator_type(&self, _: &mut Cx) -> DomString {
        self.initiator.into()
    }

    fn next_hop_protocol(&self, _: &mut Cx) -> ByteString {
        ByteString(Vec::new())
    }

    fn worker_start(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn redirect_start(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn redirect_end(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn fetch_start(&self, _: &mut Cx) -> f64 {
        self.start
    }

    fn domain_lookup_start(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.start)
    }

    fn domain_lookup_end(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.start)
    }

    fn connect_start(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.start)
    }

    fn connect_end(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.start)
    }

    fn secure_connection_start(&self, _: &mut Cx) -> f64 {
        let secure = PerformanceEntry::name(self).to_str().starts_with("https:");
        if secure { self.unless_opaque(self.start) } else { 0.0 }
    }

    fn request_start(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.start)
    }

    fn response_start(&self, _: &mut Cx) -> f64 {
        self.unless_opaque(self.response_start)
    }

    fn response_end(&self, _: &mut Cx) -> f64 {
        self.end
    }

    fn transfer_size(&self, _: &mut Cx) -> u64 {
        if self.allowed { self.size + HEADERS } else { 0 }
    }

    fn encoded_body_size(&self, _: &mut Cx) -> u64 {
        if self.allowed { self.size } else { 0 }
    }

    fn decoded_body_size(&self, _: &mut Cx) -> u64 {
        if self.allowed { self.size } else { 0 }
    }
}
