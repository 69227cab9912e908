//! <https://w3c.github.io/hr-time/>

use virga_js::{Cx, Fallible, Obj};
use virga_js::{Platform, Trace};

use crate::{agent::EngineCx, events::EventTarget, generated::PerformanceMethods};

/// The object behind `window.performance`.
#[derive(Trace, Platform)]
pub(crate) struct Performance {
    #[base]
    target: EventTarget,
}

impl Performance {
    pub(super) fn new() -> Self {
        Self { target: EventTarget::new() }
    }
}

impl PerformanceMethods for Obj<Performance> {
    /// Reads the clock, so a loop that waits for it ends also on virtual time.
    fn now(&self, cx: &mut Cx) -> Fallible<f64> {
        let origin = cx.scope().time_origin();
        Ok(cx.engine().now().saturating_sub(origin).as_millis())
    }

    #[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit for centuries")]
    fn time_origin(&self, cx: &mut Cx) -> f64 {
        cx.engine().config.time_origin as f64 / 1000.0 + cx.scope().time_origin().as_millis()
    }
}
