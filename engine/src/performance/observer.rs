//! <https://w3c.github.io/performance-timeline/#the-performanceobserver-interface>

use std::cell::{Cell, RefCell};

use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Traced, Value, webidl};
use virga_js::{Platform, Trace};
use virga_protocol::ConsoleLevel;

use super::{Performance, PerformanceEntry, filter, performance, queue_observers, supported_types};
use crate::{
    agent::EngineCx,
    events::report_exception,
    generated::{
        PerformanceObserverCallback, PerformanceObserverCallbackOptions,
        PerformanceObserverEntryListMethods, PerformanceObserverInit, PerformanceObserverMethods,
    },
};

/// Hears of new entries of the types that it asked for.
#[derive(Trace, Platform)]
pub(crate) struct PerformanceObserver {
    callback: PerformanceObserverCallback,
    #[trace(skip)]
    mode: Cell<Mode>,
    #[trace(skip)]
    types: RefCell<Vec<&'static str>>,
    buffer: Traced<Vec<Obj<PerformanceEntry>>>,
    /// "requires dropped entries": it was not told yet how many there are.
    wants_dropped: Cell<bool>,
}

/// "Observer type".
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Undefined,
    Single,
    Multiple,
}

impl PerformanceObserver {
    pub(super) fn observes(&self, type_: &str) -> bool {
        self.types.borrow().contains(&type_)
    }

    pub(super) fn push(&self, entry: Obj<PerformanceEntry>) {
        self.buffer.borrow_mut().push(entry);
    }
}

/// What the task does for one observer.
pub(super) fn notify(
    cx: &mut Cx,
    performance: &Obj<Performance>,
    observer: &Obj<PerformanceObserver>,
) {
    let entries = std::mem::take(&mut *observer.buffer.borrow_mut());
    if entries.is_empty() {
        return;
    }
    let mut options = PerformanceObserverCallbackOptions::default();
    if observer.wants_dropped.replace(false) {
        let dropped =
            if observer.observes("resource") { performance.resources.dropped() } else { 0 };
        options.dropped_entries_count = Some(dropped);
    }
    let list = Obj::new(cx, PerformanceObserverEntryList { entries });
    let this = observer.value();
    if let Err(error) = observer.callback.call(cx, &this, list, observer.clone(), options) {
        report_exception(cx, error);
    }
}

impl PerformanceObserverMethods for Obj<PerformanceObserver> {
    fn constructor(cx: &mut Cx, callback: PerformanceObserverCallback) -> Fallible<Self> {
        Ok(Self::new(
            cx,
            PerformanceObserver {
                callback,
                mode: Cell::default(),
                types: RefCell::default(),
                buffer: Traced::new(Vec::new()),
                wants_dropped: Cell::new(false),
            },
        ))
    }

    /// <https://w3c.github.io/performance-timeline/#observe-method>
    fn observe(&self, cx: &mut Cx, options: PerformanceObserverInit) -> Fallible<()> {
        let wrong =
            |what: &str| Err(Error::type_error(format!("PerformanceObserver.observe: {what}")));
        // 3, 4.
        match (&options.entry_types, &options.type_) {
            (None, None) => return wrong("there must be entryTypes or a type"),
            (Some(_), Some(_)) => return wrong("entryTypes and type exclude each other"),
            (Some(_), None) if options.buffered.is_some() => {
                return wrong("entryTypes and buffered exclude each other");
            }
            _ => {}
        }
        // 5–7.
        let mode = if options.entry_types.is_some() { Mode::Multiple } else { Mode::Single };
        if self.mode.get() != Mode::Undefined && self.mode.get() != mode {
            let message = "PerformanceObserver.observe: it was used with the other of entryTypes \
                           and type before";
            return Err(Error::dom(DomExceptionName::InvalidModification, message));
        }
        self.mode.set(mode);
        let performance = performance(cx, &cx.scope());
        let known = supported_types(cx);
        let find = |wanted: &DomString| known.iter().copied().find(|known| *wanted == **known);
        self.wants_dropped.set(true);
        match (options.entry_types, options.type_) {
            // 8.
            (Some(wanted), _) => {
                let types: Vec<_> = wanted.iter().filter_map(find).collect();
                if types.is_empty() {
                    return ignored(cx);
                }
                self.types.replace(types);
            }
            // 9.
            (None, Some(wanted)) => {
                let Some(type_) = find(&wanted) else { return ignored(cx) };
                if !self.observes(type_) {
                    self.types.borrow_mut().push(type_);
                }
                if options.buffered == Some(true) {
                    let entries = filter(performance.all(), None, Some(&wanted));
                    if !entries.is_empty() {
                        self.buffer.borrow_mut().extend(entries);
                        queue_observers(cx, &performance);
                    }
                }
            }
            (None, None) => {}
        }
        let mut observers = performance.observers.borrow_mut();
        if !observers.contains(self) {
            observers.push(self.clone());
        }
        Ok(())
    }

    fn disconnect(&self, cx: &mut Cx) -> Fallible<()> {
        let performance = performance(cx, &cx.scope());
        performance.observers.borrow_mut().retain(|other| other != self);
        self.types.borrow_mut().clear();
        self.mode.set(Mode::Undefined);
        let entries = std::mem::take(&mut *self.buffer.borrow_mut());
        drop(entries);
        Ok(())
    }

    fn take_records(&self, _: &mut Cx) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(std::mem::take(&mut *self.buffer.borrow_mut()))
    }

    /// The same frozen array each time.
    fn supported_entry_types(cx: &mut Cx) -> Value {
        let types = supported_types(cx).iter().map(|name| DomString::from(*name));
        let kept =
            cx.scope().kept_array(cx, "supportedEntryTypes", |cx| webidl::frozen_array(cx, types));
        Value::from(kept)
    }
}

fn ignored(cx: &mut Cx) -> Fallible<()> {
    let text = "PerformanceObserver.observe: none of these types of entries is known".to_owned();
    cx.engine().console(ConsoleLevel::Warn, text, None);
    Ok(())
}

/// <https://w3c.github.io/performance-timeline/#performanceobserverentrylist-interface>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceObserverEntryList {
    entries: Vec<Obj<PerformanceEntry>>,
}

impl PerformanceObserverEntryListMethods for Obj<PerformanceObserverEntryList> {
    fn get_entries(&self, _: &mut Cx) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.entries.iter().cloned(), None, None))
    }

    fn get_entries_by_type(
        &self,
        _: &mut Cx,
        type_: DomString,
    ) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.entries.iter().cloned(), None, Some(&type_)))
    }

    fn get_entries_by_name(
        &self,
        _: &mut Cx,
        name: DomString,
        type_: Option<DomString>,
    ) -> Fallible<Vec<Obj<PerformanceEntry>>> {
        Ok(filter(self.entries.iter().cloned(), Some(&name), type_.as_ref()))
    }
}
