//! <https://drafts.csswg.org/cssom-view/#visualviewport>
//!
//! An app's page is not zoomed by itself, so its visual viewport is its layout
//! viewport.

use virga_js::{Cx, Obj, Platform, Trace};

use crate::{agent::EngineCx, events::EventTarget, generated::VisualViewportMethods};

/// The object behind `window.visualViewport`.
#[derive(Trace, Platform)]
pub(crate) struct VisualViewport {
    #[base]
    target: EventTarget,
}

impl VisualViewport {
    pub(super) fn new() -> Self {
        Self { target: EventTarget::new() }
    }
}

impl VisualViewportMethods for Obj<VisualViewport> {
    fn offset_left(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn offset_top(&self, _: &mut Cx) -> f64 {
        0.0
    }

    fn page_left(&self, cx: &mut Cx) -> f64 {
        cx.window().scroll_offset(cx).0
    }

    fn page_top(&self, cx: &mut Cx) -> f64 {
        cx.window().scroll_offset(cx).1
    }

    fn width(&self, cx: &mut Cx) -> f64 {
        f64::from(cx.window().viewport().width)
    }

    fn height(&self, cx: &mut Cx) -> f64 {
        f64::from(cx.window().viewport().height)
    }

    fn scale(&self, _: &mut Cx) -> f64 {
        1.0
    }
}
