use std::cell::Cell;

use virga_js::{Cx, DomString, Obj};
use virga_js::{Platform, Trace};

use crate::generated::PerformanceEntryMethods;

/// <https://w3c.github.io/performance-timeline/#the-performanceentry-interface>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceEntry {
    #[trace(skip)]
    name: DomString,
    #[trace(skip)]
    entry_type: &'static str,
    start: Cell<f64>,
    duration: Cell<f64>,
}

impl PerformanceEntry {
    pub(super) fn new(
        name: DomString,
        entry_type: &'static str,
        start: f64,
        duration: f64,
    ) -> Self {
        Self { name, entry_type, start: Cell::new(start), duration: Cell::new(duration) }
    }

    pub(super) fn name(&self) -> &DomString {
        &self.name
    }

    pub(super) fn entry_type(&self) -> &'static str {
        self.entry_type
    }

    pub(super) fn start(&self) -> f64 {
        self.start.get()
    }

    pub(super) fn set_duration(&self, duration: f64) {
        self.duration.set(duration);
    }
}

impl PerformanceEntryMethods for Obj<PerformanceEntry> {
    fn name(&self, _: &mut Cx) -> DomString {
        self.name.clone()
    }

    fn entry_type(&self, _: &mut Cx) -> DomString {
        self.entry_type.into()
    }

    fn start_time(&self, _: &mut Cx) -> f64 {
        self.start.get()
    }

    fn duration(&self, _: &mut Cx) -> f64 {
        self.duration.get()
    }
}
