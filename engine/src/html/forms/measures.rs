//! `progress` and `meter`: <https://html.spec.whatwg.org/#the-progress-element>

use virga_dom::NodeId;
use virga_js::{Cx, Obj};

use crate::{
    dom::NodeList,
    generated::{HTMLMeterElementMethods, HTMLProgressElementMethods},
    html::{HTMLMeterElement, HTMLProgressElement, attribute, numbers::parse_float},
};

fn number(cx: &Cx, element: NodeId, name: &str) -> Option<f64> {
    attribute(cx, element, name).as_deref().and_then(parse_float)
}

/// The `max` of a progress bar.
fn progress_max(cx: &Cx, bar: NodeId) -> f64 {
    number(cx, bar, "max").filter(|max| *max > 0.0).unwrap_or(1.0)
}

impl HTMLProgressElementMethods for Obj<HTMLProgressElement> {
    /// <https://html.spec.whatwg.org/#dom-progress-value>
    fn value(&self, cx: &mut Cx) -> f64 {
        let value = number(cx, self.id(), "value").unwrap_or(0.0);
        value.clamp(0.0, progress_max(cx, self.id()))
    }

    /// <https://html.spec.whatwg.org/#dom-progress-position>
    fn position(&self, cx: &mut Cx) -> f64 {
        if attribute(cx, self.id(), "value").is_none() {
            return -1.0;
        }
        HTMLProgressElementMethods::value(self, cx) / progress_max(cx, self.id())
    }

    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }
}

/// <https://html.spec.whatwg.org/#the-meter-element>: each bound keeps the others
/// in order.
impl HTMLMeterElementMethods for Obj<HTMLMeterElement> {
    fn value(&self, cx: &mut Cx) -> f64 {
        let (min, max) = (self.min(cx), self.max(cx));
        number(cx, self.id(), "value").unwrap_or(0.0).clamp(min, max)
    }

    fn min(&self, cx: &mut Cx) -> f64 {
        number(cx, self.id(), "min").unwrap_or(0.0)
    }

    fn max(&self, cx: &mut Cx) -> f64 {
        let min = self.min(cx);
        number(cx, self.id(), "max").unwrap_or(1.0).max(min)
    }

    fn low(&self, cx: &mut Cx) -> f64 {
        let (min, max) = (self.min(cx), self.max(cx));
        number(cx, self.id(), "low").unwrap_or(min).clamp(min, max)
    }

    fn high(&self, cx: &mut Cx) -> f64 {
        let (low, max) = (self.low(cx), self.max(cx));
        number(cx, self.id(), "high").unwrap_or(max).clamp(low, max)
    }

    fn optimum(&self, cx: &mut Cx) -> f64 {
        let (min, max) = (self.min(cx), self.max(cx));
        number(cx, self.id(), "optimum").unwrap_or(f64::midpoint(min, max)).clamp(min, max)
    }
    fn labels(&self, cx: &mut Cx) -> Obj<NodeList> {
        super::labels_of(cx, self.id())
    }
}
