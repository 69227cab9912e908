//! Intersection Observer: <https://w3c.github.io/IntersectionObserver/>
//!
//! What is observed costs with each frame that is made; what is not costs
//! nothing. A target's wrapper holds its observers, and an observer its targets
//! weakly, so that an element that is forgotten is not kept by who watched it.

mod entry;
mod margin;

pub(crate) use entry::IntersectionObserverEntry;

use std::cell::Cell;

use virga_display_list::kurbo::Rect;
use virga_dom::NodeId;
use virga_js::{
    Cx, DomString, Error, Fallible, Obj, Object, Platform, Trace, Traced, Value, WeakObj, webidl,
};

use crate::{
    agent::{EngineCx, TaskSource},
    dom::{self, Element},
    events::report_exception,
    generated::{
        DoubleOrDoubleSequence, ElementOrDocument, IntersectionObserverCallback,
        IntersectionObserverInit, IntersectionObserverMethods,
    },
    window::{Window, rendering},
    wrappers::Node,
};
use margin::Margins;

/// <https://w3c.github.io/IntersectionObserver/#intersection-observer-interface>
#[derive(Trace, Platform)]
pub(crate) struct IntersectionObserver {
    callback: IntersectionObserverCallback,
    /// An element or a document; `None` for the viewport.
    root: Option<WeakObj<Node>>,
    #[trace(skip)]
    margins: Margins,
    #[trace(skip)]
    thresholds: Vec<f64>,
    /// The array that script sees.
    threshold_array: Object,
    targets: Traced<Vec<Registration>>,
    queue: Traced<Vec<Obj<IntersectionObserverEntry>>>,
    #[trace(skip)]
    notifying: Cell<bool>,
}

/// <https://w3c.github.io/IntersectionObserver/#intersectionobserverregistration>
#[derive(Trace, Clone)]
struct Registration {
    target: WeakObj<Element>,
    #[trace(skip)]
    id: NodeId,
    /// The threshold index told last, and whether it intersected; none yet.
    #[trace(skip)]
    last: Option<(usize, bool)>,
}

/// Where an observer looks from.
struct Vantage {
    window: Obj<Window>,
    element: Option<NodeId>,
    bounds: Rect,
}

/// What an observer finds out about one target.
struct Finding {
    root: Option<Rect>,
    target: Rect,
    overlap: Rect,
    intersecting: bool,
}

impl IntersectionObserver {
    /// Where to look from: the root's window, the root if it is an element, and its
    /// rectangle there with its margins; `None` if the root is gone.
    fn vantage(&self, cx: &Cx) -> Option<Vantage> {
        let agent = cx.engine();
        let (window, element) = match &self.root {
            None => (agent.window()?, None),
            Some(root) => {
                let root = root.upgrade(cx)?;
                let window = agent.window_of(root.id())?;
                let element = (root.id() != window.document_id()).then(|| root.id());
                (window, element)
            }
        };
        let bounds = match element {
            Some(element) => rendering::root_bounds(cx, element)?,
            None => {
                let viewport = window.viewport();
                Rect::new(0.0, 0.0, f64::from(viewport.width), f64::from(viewport.height))
            }
        };
        Some(Vantage { window, element, bounds: self.margins.expand(bounds) })
    }

    /// <https://w3c.github.io/IntersectionObserver/#update-intersection-observations-algo>, step 2.2
    fn examine(cx: &Cx, from: Option<&Vantage>, target: NodeId) -> Finding {
        let agent = cx.engine();
        let nothing =
            |root, target| Finding { root, target, overlap: Rect::ZERO, intersecting: false };
        let Some(from) = from else { return nothing(None, Rect::ZERO) };
        let Some(window) = agent.window_of(target) else { return nothing(None, Rect::ZERO) };
        // What another origin's page is like is not told.
        let root = (window.origin() == from.window.origin()).then_some(from.bounds);
        let Some(rect) = rendering::bounding_rect(cx, target) else {
            return nothing(root, Rect::ZERO);
        };
        let seen = rendering::visible_part(cx, target, &from.window, from.element, from.bounds);
        match seen {
            Some(overlap) => Finding { root, target: rect, overlap, intersecting: true },
            None => nothing(root, rect),
        }
    }

    /// The index of the first threshold above a ratio.
    fn threshold_index(&self, ratio: f64) -> usize {
        self.thresholds.iter().position(|limit| *limit > ratio).unwrap_or(self.thresholds.len())
    }
}

/// <https://w3c.github.io/IntersectionObserver/#update-intersection-observations-algo>
pub(crate) fn update(cx: &mut Cx, window: &Obj<Window>, time: f64) {
    if window.intersection_observers.borrow().is_empty() {
        return;
    }
    let observers: Vec<Obj<IntersectionObserver>> = {
        let known = window.intersection_observers.borrow();
        known.iter().filter_map(|weak| weak.upgrade(cx)).collect()
    };
    for observer in &observers {
        let mut targets = observer.targets.borrow().clone();
        let vantage = observer.vantage(cx);
        let mut told = Vec::new();
        targets.retain_mut(|own| {
            let Some(target) = own.target.upgrade(cx) else { return false };
            let found = IntersectionObserver::examine(cx, vantage.as_ref(), own.id);
            // 2.2.8–2.2.10. Without an area it is visible as a whole.
            let area = found.target.area();
            let ratio = if area > 0.0 {
                (found.overlap.area() / area).min(1.0)
            } else {
                f64::from(u8::from(found.intersecting))
            };
            let index = if found.intersecting { observer.threshold_index(ratio) } else { 0 };
            // It intersects for the observer once it reaches a threshold.
            let intersecting = found.intersecting && index > 0;
            if own.last != Some((index, intersecting)) {
                own.last = Some((index, intersecting));
                told.push((target, found, ratio, intersecting));
            }
            true
        });
        *observer.targets.borrow_mut() = targets;
        for (target, found, ratio, intersecting) in told {
            let entry = IntersectionObserverEntry::create(
                cx,
                entry::Facts {
                    time,
                    root: found.root,
                    target: found.target,
                    overlap: found.overlap,
                    intersecting,
                    ratio,
                },
                target,
            );
            observer.queue.borrow_mut().push(entry);
            notify_soon(cx, observer);
        }
    }
    let mut known = window.intersection_observers.borrow_mut();
    known.retain(|weak| weak.upgrade(cx).is_some_and(|own| !own.targets.borrow().is_empty()));
}

/// <https://w3c.github.io/IntersectionObserver/#notify-intersection-observers-algo>
fn notify_soon(cx: &mut Cx, observer: &Obj<IntersectionObserver>) {
    if observer.notifying.replace(true) {
        return;
    }
    let observer = observer.clone();
    let window = cx.window_id();
    cx.engine().queue_task(TaskSource::Dom, window, move |cx| {
        observer.notifying.set(false);
        let entries = std::mem::take(&mut *observer.queue.borrow_mut());
        if entries.is_empty() {
            return;
        }
        let this = observer.value();
        if let Err(error) = observer.callback.call(cx, &this, entries, observer.clone()) {
            report_exception(cx, error);
        }
    });
}

impl IntersectionObserverMethods for Obj<IntersectionObserver> {
    /// <https://w3c.github.io/IntersectionObserver/#initialize-a-new-intersectionobserver>
    fn constructor(
        cx: &mut Cx,
        callback: IntersectionObserverCallback,
        options: IntersectionObserverInit,
    ) -> Fallible<Self> {
        // 3.
        let margins = Margins::parse(&options.root_margin.to_str())?;
        // 4.–6.
        let mut thresholds = match options.threshold {
            DoubleOrDoubleSequence::Double(one) => vec![one],
            DoubleOrDoubleSequence::DoubleSequence(many) => many,
        };
        if let Some(wrong) = thresholds.iter().find(|limit| !(0.0..=1.0).contains(*limit)) {
            return Err(Error::Range(format!(
                "IntersectionObserver: the threshold {wrong} is not between 0 and 1"
            )));
        }
        thresholds.sort_by(f64::total_cmp);
        if thresholds.is_empty() {
            thresholds.push(0.0);
        }
        let threshold_array = webidl::frozen_array(cx, thresholds.iter().copied());
        let root = options.root.map(|root| match root {
            ElementOrDocument::Element(element) => element.upcast::<Node>().downgrade(),
            ElementOrDocument::Document(document) => document.upcast::<Node>().downgrade(),
        });
        let observer = IntersectionObserver {
            callback,
            root,
            margins,
            thresholds,
            threshold_array,
            targets: Traced::new(Vec::new()),
            queue: Traced::new(Vec::new()),
            notifying: Cell::new(false),
        };
        Ok(Self::new(cx, observer))
    }

    fn root(&self, cx: &mut Cx) -> Option<Obj<Node>> {
        self.root.as_ref()?.upgrade(cx)
    }

    fn root_margin(&self, _: &mut Cx) -> DomString {
        DomString::from(self.margins.text())
    }

    fn thresholds(&self, _: &mut Cx) -> Value {
        self.threshold_array.clone().into()
    }

    /// <https://w3c.github.io/IntersectionObserver/#observe-target-element>
    fn observe(&self, cx: &mut Cx, target: Obj<Element>) -> Fallible<()> {
        if self.targets.borrow().iter().any(|own| own.id == target.id()) {
            return Ok(());
        }
        self.targets.borrow_mut().push(Registration {
            target: target.downgrade(),
            id: target.id(),
            last: None,
        });
        dom::add_watcher(&target.upcast(), self.object());
        let window = cx.window();
        let mut known = window.intersection_observers.borrow_mut();
        if !known.iter().filter_map(|weak| weak.upgrade(cx)).any(|own| own == *self) {
            known.push(self.downgrade());
        }
        window.observation_wanted.set(true);
        Ok(())
    }

    /// <https://w3c.github.io/IntersectionObserver/#unobserve-target-element>
    fn unobserve(&self, _: &mut Cx, target: Obj<Element>) -> Fallible<()> {
        self.targets.borrow_mut().retain(|own| own.id != target.id());
        dom::remove_watcher(&target.upcast(), self.object());
        Ok(())
    }

    fn disconnect(&self, cx: &mut Cx) -> Fallible<()> {
        for own in std::mem::take(&mut *self.targets.borrow_mut()) {
            if let Some(target) = own.target.upgrade(cx) {
                dom::remove_watcher(&target.upcast(), self.object());
            }
        }
        Ok(())
    }

    fn take_records(&self, _: &mut Cx) -> Fallible<Vec<Obj<IntersectionObserverEntry>>> {
        Ok(std::mem::take(&mut *self.queue.borrow_mut()))
    }
}
