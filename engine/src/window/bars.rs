//! The bars around a document: <https://html.spec.whatwg.org/#browser-interface-elements>

use virga_js::{Cx, Obj};
use virga_js::{Platform, Trace};

use super::{GlobalScope, Window};
use crate::{agent::EngineCx, generated::BarPropMethods};

/// `window.toolbar` and its like.
#[derive(Trace, Platform)]
pub(crate) struct BarProp {
    window: Obj<Window>,
}

/// The bar of this name.
pub(super) fn bar(cx: &mut Cx, window: &Obj<Window>, name: &'static str) -> Obj<BarProp> {
    let scope: Obj<GlobalScope> = window.clone().upcast();
    let of = window.clone();
    let kept =
        scope.kept_array(cx, name, |cx| Obj::new(cx, BarProp { window: of }).object().clone());
    match Obj::from_object(cx, &kept) {
        Some(bar) => bar,
        None => Obj::new(cx, BarProp { window: window.clone() }),
    }
}

impl BarPropMethods for Obj<BarProp> {
    /// There are no bars to hide: what script learns is whether the window was opened
    /// by script.
    fn visible(&self, cx: &mut Cx) -> bool {
        let agent = cx.engine();
        let Some(own) = agent.navigable_of(&self.window) else { return true };
        agent.navigables.top_of(&own).is_app()
    }
}
