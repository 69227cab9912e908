//! What script can measure: <https://w3c.github.io/hr-time/>,
//! <https://w3c.github.io/performance-timeline/>, and the specifications of what
//! stands in the timeline.
//!
//! All times are those of the app's clock, which the host keeps, in milliseconds
//! since the time origin of the global.

mod entry;
mod navigation;
mod observer;
mod resource;
mod user;

use std::cell::Cell;

use virga_js::{Cx, DomString, Fallible, Obj, Object, Traced};
use virga_js::{Platform, Trace};

pub(crate) use self::{
    entry::PerformanceEntry,
    navigation::{
        LoadTiming, PerformanceNavigation, PerformanceNavigationTiming, PerformancePaintTiming,
        PerformanceTiming, loaded, painted,
    },
    observer::{PerformanceObserver, PerformanceObserverEntryList},
    resource::{PerformanceResourceTiming, ResourceRecord, finished},
    user::{PerformanceMark, PerformanceMeasure},
};
use crate::{
    agent::{EngineCx, TaskSource},
    events::EventTarget,
    generated::{DOMStringOrPerformanceMeasureOptions, PerformanceMarkOptions, PerformanceMethods},
    window::GlobalScope,
};

/// `performance`, with the timeline of its global.
#[derive(Trace, Platform)]
pub(crate) struct Performance {
    #[base]
    target: EventTarget,
    /// Entries of all types but `resource`.
    entries: Traced<Vec<Obj<PerformanceEntry>>>,
    resources: resource::Resources,
    /// The list of registered performance observers.
    observers: Traced<Vec<Obj<PerformanceObserver>>>,
    observers_queued: Cell<bool>,
}

/// `performance` of a global, made when it is first asked for.
pub(crate) fn performance(cx: &mut Cx, scope: &Obj<GlobalScope>) -> Obj<Performance> {
    let mut new = false;
    let performance = scope.singleton(cx, |_| {
        new = true;
        Performance {
            target: EventTarget::new(),
            entries: Traced::new(Vec::new()),
            resources: resource::Resources::default(),
            observers: Traced::new(Vec::new()),
            observers_queued: Cell::new(false),
        }
    });
    if new && scope.downcast::<crate::window::Window>().is_some() {
        let entry = navigation::entry(cx);
        performance.entries.borrow_mut().push(entry.upcast());
    }
    performance
}

/// The time now, since the current global's time origin.
pub(crate) fn now(cx: &Cx) -> f64 {
    cx.scope().relative_time(cx.engine().now())
}

/// The types of entries that a global has, in alphabetical order.
fn supported_types(cx: &Cx) -> &'static [&'static str] {
    if cx.try_window().is_some() {
        &["mark", "measure", "navigation", "paint", "resource"]
    } else {
        &["mark", "measure", "resource"]
    }
}

/// <https://w3c.github.io/performance-timeline/#queue-a-performanceentry>, without
/// its last step: who makes an entry keeps it.
fn queue_entry(cx: &mut Cx, performance: &Obj<Performance>, entry: &Obj<PerformanceEntry>) {
    let type_ = entry.entry_type();
    let interested: Vec<_> = performance
        .observers
        .borrow()
        .iter()
        .filter(|observer| observer.observes(type_))
        .cloned()
        .collect();
    for observer in &interested {
        observer.push(entry.clone());
    }
    if !interested.is_empty() {
        queue_observers(cx, performance);
    }
}

/// <https://w3c.github.io/performance-timeline/#queue-the-performanceobserver-task>
fn queue_observers(cx: &mut Cx, performance: &Obj<Performance>) {
    if performance.observers_queued.replace(true) {
        return;
    }
    let performance = performance.clone();
    cx.engine().queue_task(TaskSource::Dom, cx.window_id(), move |cx| {
        performance.observers_queued.set(false);
        let observers = performance.observers.borrow().clone();
        for observer in observers {
            observer::notify(cx, &performance, &observer);
        }
    });
}

/// Entries of a list by name and type, sorted by their start.
fn filter(
    entries: impl IntoIterator<Item = Obj<PerformanceEntry>>,
    name: Option<&DomString>,
    type_: Option<&DomString>,
) -> Vec<Obj<PerformanceEntry>> {
    let mut found: Vec<_> = entries
        .into_iter()
        .filter(|entry| name.is_none_or(|name| *entry.name() == *name))
        .filter(|entry| type_.is_none_or(|type_| *type_ == *entry.entry_type()))
        .collect();
    found.sort_by(|a, b| a.start().total_cmp(&b.start()));
    found
}

impl Performance {
    fn all(&self) -> Vec<Obj<PerformanceEntry>> {
        let mut all = self.entries.borrow().clone();
        all.extend(self.resources.entries());
        all
    }

    fn clear(&self, type_: &str, name: Option<&DomString>) {
        // Bound first: handles are dropped after the borrow.
        let gone: Vec<_> = {
            let mut entries = self.entries.borrow_mut();
            let (gone, kept) = entries.drain(..).partition(|entry| {
                entry.entry_type() == type_ && name.is_none_or(|name| *entry.name() == *name)
            });
            *entries = kept;
            gone
        };
        drop(gone);
    }
}

impl PerformanceMethods for Obj<Performance> {
    /// Reads the clock, so a loop that waits for it ends also on virtual time.
    fn now(&self, cx: &mut Cx) -> Fallible<f64> {
        Ok(now(cx))
    }

    fn time_origin(&self, cx: &mut Cx) -> f64 {
        time_origin(cx)
    }

    fn get_entries(&self, _: &mut Cx) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.all(), None, None))
    }

    fn get_entries_by_type(
        &self,
        _: &mut Cx,
        type_: DomString,
    ) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.all(), None, Some(&type_)))
    }

    fn get_entries_by_name(
        &self,
        _: &mut Cx,
        name: DomString,
        type_: Option<DomString>,
    ) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.all(), Some(&name), type_.as_ref()))
    }

    fn mark(
        &self,
        cx: &mut Cx,
        mark_name: DomString,
        mark_options: PerformanceMarkOptions,
    ) -> Fallible<Obj<PerformanceMark>> {
        let mark = user::mark(cx, mark_name, mark_options)?;
        let entry: Obj<PerformanceEntry> = mark.upcast();
        queue_entry(cx, self, &entry);
        self.entries.borrow_mut().push(entry);
        Ok(mark)
    }

    fn clear_marks(&self, _: &mut Cx, mark_name: Option<DomString>) -> Fallible<()> {
        self.clear("mark", mark_name.as_ref());
        Ok(())
    }

    fn measure(
        &self,
        cx: &mut Cx,
        measure_name: DomString,
        start_or_measure_options: DOMStringOrPerformanceMeasureOptions,
        end_mark: Option<DomString>,
    ) -> Fallible<Obj<PerformanceMeasure>> {
        let measure = user::measure(cx, self, measure_name, start_or_measure_options, end_mark)?;
        let entry: Obj<PerformanceEntry> = measure.upcast();
        queue_entry(cx, self, &entry);
        self.entries.borrow_mut().push(entry);
        Ok(measure)
    }

    fn clear_measures(&self, _: &mut Cx, measure_name: Option<DomString>) -> Fallible<()> {
        self.clear("measure", measure_name.as_ref());
        Ok(())
    }

    fn clear_resource_timings(&self, _: &mut Cx) -> Fallible<()> {
        self.resources.clear();
        Ok(())
    }

    fn set_resource_timing_buffer_size(&self, _: &mut Cx, max_size: u32) -> Fallible<()> {
        self.resources.set_limit(max_size);
        Ok(())
    }

    fn timing(&self, cx: &mut Cx) -> Obj<PerformanceTiming> {
        cx.scope().singleton(cx, |_| PerformanceTiming)
    }

    fn navigation(&self, cx: &mut Cx) -> Obj<PerformanceNavigation> {
        cx.scope().singleton(cx, |_| PerformanceNavigation)
    }

    /// <https://w3c.github.io/hr-time/#dom-performance-tojson>, with the objects
    /// that Navigation Timing adds where there are documents.
    fn to_json(&self, cx: &mut Cx) -> Fallible<Object> {
        let object = Object::new(cx);
        object.create(cx, "timeOrigin", time_origin(cx))?;
        if cx.try_window().is_some() {
            let timing = self.timing(cx);
            let timing = timing.object().invoke(cx, "toJSON", &[])?;
            object.create(cx, "timing", timing)?;
            let navigation = self.navigation(cx);
            let navigation = navigation.object().invoke(cx, "toJSON", &[])?;
            object.create(cx, "navigation", navigation)?;
        }
        Ok(object)
    }
}

/// In milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit for centuries")]
fn time_origin(cx: &Cx) -> f64 {
    cx.engine().config.time_origin as f64 / 1000.0 + cx.scope().time_origin().as_millis()
}
