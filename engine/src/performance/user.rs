//! <https://w3c.github.io/user-timing/>

use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value};
use virga_js::{Platform, Trace};

use super::{Performance, PerformanceEntry, navigation, now};
use crate::{
    agent::EngineCx,
    generated::{
        DOMStringOrDouble, DOMStringOrPerformanceMeasureOptions, PerformanceMarkMethods,
        PerformanceMarkOptions, PerformanceMeasureMethods,
    },
    structured_clone::{deserialize, serialize},
};

/// <https://w3c.github.io/user-timing/#performancemark>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceMark {
    #[base]
    entry: PerformanceEntry,
    detail: Value,
}

/// <https://w3c.github.io/user-timing/#performancemeasure>
#[derive(Trace, Platform)]
pub(crate) struct PerformanceMeasure {
    #[base]
    entry: PerformanceEntry,
    detail: Value,
}

/// <https://w3c.github.io/user-timing/#the-performancemark-constructor>
pub(super) fn mark(
    cx: &mut Cx,
    name: DomString,
    options: PerformanceMarkOptions,
) -> Fallible<Obj<PerformanceMark>> {
    // 1.
    if cx.try_window().is_some() && navigation::is_timing_name(&name.to_str()) {
        return Err(Error::dom(
            DomExceptionName::Syntax,
            format!("Performance.mark: {} is an attribute of PerformanceTiming", name.to_str()),
        ));
    }
    // 5.
    let start = match options.start_time {
        Some(start) if start < 0.0 => {
            return Err(Error::type_error("Performance.mark: startTime is negative"));
        }
        Some(start) => start,
        None => now(cx),
    };
    // 7.
    let detail = detail(cx, options.detail)?;
    let entry = PerformanceEntry::new(name, "mark", start, 0.0);
    Ok(Obj::new(cx, PerformanceMark { entry, detail }))
}

fn detail(cx: &mut Cx, detail: Option<Value>) -> Fallible<Value> {
    match detail {
        Some(detail) if !detail.is_nullish() => {
            let record = serialize(cx, &detail)?;
            deserialize(cx, &record)
        }
        _ => Ok(Value::null()),
    }
}

/// <https://w3c.github.io/user-timing/#dom-performance-measure>
pub(super) fn measure(
    cx: &mut Cx,
    performance: &Performance,
    name: DomString,
    start_or_options: DOMStringOrPerformanceMeasureOptions,
    end_mark: Option<DomString>,
) -> Fallible<Obj<PerformanceMeasure>> {
    let wrong = |what: &str| Err(Error::type_error(format!("Performance.measure: {what}")));
    let (start_mark, options) = match start_or_options {
        DOMStringOrPerformanceMeasureOptions::DOMString(mark) => (Some(mark), None),
        DOMStringOrPerformanceMeasureOptions::PerformanceMeasureOptions(options) => {
            (None, Some(options))
        }
    };
    let options = options.filter(|options| {
        options.start.is_some()
            || options.end.is_some()
            || options.duration.is_some()
            || options.detail.is_some()
    });
    // 1.
    if let Some(options) = &options {
        if end_mark.is_some() {
            return wrong("options and an end mark exclude each other");
        }
        match (&options.start, &options.end, options.duration) {
            (None, None, _) => return wrong("there must be a start or an end"),
            (Some(_), Some(_), Some(_)) => {
                return wrong("start, end and duration cannot all be given");
            }
            _ => {}
        }
    }
    let options = options.unwrap_or_default();
    // 2.
    let end = if let Some(mark) = &end_mark {
        mark_time(cx, performance, mark)?
    } else if let Some(end) = &options.end {
        time(cx, performance, end)?
    } else if let (Some(start), Some(duration)) = (&options.start, options.duration) {
        time(cx, performance, start)? + check(duration)?
    } else {
        now(cx)
    };
    // 3.
    let start = if let Some(start) = &options.start {
        time(cx, performance, start)?
    } else if let (Some(duration), Some(end)) = (options.duration, &options.end) {
        time(cx, performance, end)? - check(duration)?
    } else if let Some(mark) = &start_mark {
        mark_time(cx, performance, mark)?
    } else {
        0.0
    };
    // 4–10.
    let detail = detail(cx, options.detail)?;
    let entry = PerformanceEntry::new(name, "measure", start, end - start);
    Ok(Obj::new(cx, PerformanceMeasure { entry, detail }))
}

/// <https://w3c.github.io/user-timing/#convert-a-mark-to-a-timestamp>
fn time(cx: &Cx, performance: &Performance, mark: &DOMStringOrDouble) -> Fallible<f64> {
    match mark {
        DOMStringOrDouble::DOMString(name) => mark_time(cx, performance, name),
        DOMStringOrDouble::Double(time) => check(*time),
    }
}

fn check(time: f64) -> Fallible<f64> {
    if time < 0.0 {
        return Err(Error::type_error("Performance.measure: a time is negative"));
    }
    Ok(time)
}

fn mark_time(cx: &Cx, performance: &Performance, name: &DomString) -> Fallible<f64> {
    // 1.
    if navigation::is_timing_name(&name.to_str()) {
        return navigation::named_time(cx, &name.to_str());
    }
    let entries = performance.entries.borrow();
    let found =
        entries.iter().rev().find(|entry| entry.entry_type() == "mark" && *entry.name() == *name);
    found.map(|entry| entry.start()).ok_or_else(|| {
        Error::dom(
            DomExceptionName::Syntax,
            format!("Performance.measure: there is no mark {:?}", name.to_str()),
        )
    })
}

impl PerformanceMarkMethods for Obj<PerformanceMark> {
    fn constructor(
        cx: &mut Cx,
        mark_name: DomString,
        mark_options: PerformanceMarkOptions,
    ) -> Fallible<Self> {
        mark(cx, mark_name, mark_options)
    }

    fn detail(&self, _: &mut Cx) -> Value {
        self.detail.clone()
    }
}

impl PerformanceMeasureMethods for Obj<PerformanceMeasure> {
    fn detail(&self, _: &mut Cx) -> Value {
        self.detail.clone()
    }
}
