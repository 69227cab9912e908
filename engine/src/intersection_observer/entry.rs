use virga_display_list::kurbo::Rect;
use virga_js::{Cx, Fallible, Obj, Platform, Trace};

use crate::{
    dom::Element,
    generated::{IntersectionObserverEntryInit, IntersectionObserverEntryMethods},
    geometry::DOMRectReadOnly,
};

/// <https://w3c.github.io/IntersectionObserver/#intersection-observer-entry>
#[derive(Trace, Platform)]
pub(crate) struct IntersectionObserverEntry {
    #[trace(skip)]
    time: f64,
    root_bounds: Option<Obj<DOMRectReadOnly>>,
    bounding_client_rect: Obj<DOMRectReadOnly>,
    intersection_rect: Obj<DOMRectReadOnly>,
    #[trace(skip)]
    is_intersecting: bool,
    #[trace(skip)]
    ratio: f64,
    target: Obj<Element>,
}

/// What an entry tells.
pub(super) struct Facts {
    pub(super) time: f64,
    pub(super) root: Option<Rect>,
    pub(super) target: Rect,
    pub(super) overlap: Rect,
    pub(super) intersecting: bool,
    pub(super) ratio: f64,
}

impl IntersectionObserverEntry {
    pub(super) fn create(cx: &mut Cx, facts: Facts, target: Obj<Element>) -> Obj<Self> {
        let root = facts.root.map(|rect| Obj::new(cx, DOMRectReadOnly::from_kurbo(rect)));
        let entry = Self {
            time: facts.time,
            root_bounds: root,
            bounding_client_rect: Obj::new(cx, DOMRectReadOnly::from_kurbo(facts.target)),
            intersection_rect: Obj::new(cx, DOMRectReadOnly::from_kurbo(facts.overlap)),
            is_intersecting: facts.intersecting,
            ratio: facts.ratio,
            target,
        };
        Obj::new(cx, entry)
    }
}

impl IntersectionObserverEntryMethods for Obj<IntersectionObserverEntry> {
    fn constructor(cx: &mut Cx, init: IntersectionObserverEntryInit) -> Fallible<Self> {
        let root = init.root_bounds.map(|rect| Obj::new(cx, rect.into()));
        let entry = IntersectionObserverEntry {
            time: init.time,
            root_bounds: root,
            bounding_client_rect: Obj::new(cx, init.bounding_client_rect.into()),
            intersection_rect: Obj::new(cx, init.intersection_rect.into()),
            is_intersecting: init.is_intersecting,
            ratio: init.intersection_ratio,
            target: init.target,
        };
        Ok(Self::new(cx, entry))
    }

    fn time(&self, _: &mut Cx) -> f64 {
        self.time
    }

    fn root_bounds(&self, _: &mut Cx) -> Option<Obj<DOMRectReadOnly>> {
        self.root_bounds.clone()
    }

    fn bounding_client_rect(&self, _: &mut Cx) -> Obj<DOMRectReadOnly> {
        self.bounding_client_rect.clone()
    }

    fn intersection_rect(&self, _: &mut Cx) -> Obj<DOMRectReadOnly> {
        self.intersection_rect.clone()
    }

    fn is_intersecting(&self, _: &mut Cx) -> bool {
        self.is_intersecting
    }

    fn intersection_ratio(&self, _: &mut Cx) -> f64 {
        self.ratio
    }

    fn target(&self, _: &mut Cx) -> Obj<Element> {
        self.target.clone()
    }
}
