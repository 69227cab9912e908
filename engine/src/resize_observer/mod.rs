//! Resize Observer: <https://drafts.csswg.org/resize-observer/>
//!
//! A target's wrapper holds its observers, and an observer its targets weakly, so
//! that an element that is forgotten is not kept by who watched it. A frame asks
//! layout for the targets and nothing else.

use std::cell::Cell;

use virga_dom::{NodeId, ObservedBox};
use virga_js::{Cx, Fallible, Obj, Object, Platform, Slot, Trace, Traced, Value, WeakObj, webidl};

use crate::{
    agent::EngineCx,
    dom::{self, Element},
    events::{self, report_exception},
    generated::{
        ResizeObserverBoxOptions, ResizeObserverCallback, ResizeObserverEntryMethods,
        ResizeObserverMethods, ResizeObserverOptions, ResizeObserverSizeMethods,
    },
    geometry::DOMRectReadOnly,
    window::{Window, rendering},
};

/// <https://drafts.csswg.org/resize-observer/#resize-observer-interface>
#[derive(Trace, Platform)]
pub(crate) struct ResizeObserver {
    callback: ResizeObserverCallback,
    targets: Traced<Vec<Observation>>,
}

/// <https://drafts.csswg.org/resize-observer/#resize-observation-interface>
#[derive(Trace, Clone)]
struct Observation {
    target: WeakObj<Element>,
    #[trace(skip)]
    id: NodeId,
    #[trace(skip)]
    observed: ResizeObserverBoxOptions,
    #[trace(skip)]
    last: (f64, f64),
}

impl ResizeObserver {
    fn forget(&self, target: &Obj<Element>) {
        self.targets.borrow_mut().retain(|own| own.id != target.id());
    }
}

/// The sizes of an element's boxes now.
fn measure(cx: &Cx, element: NodeId) -> ObservedBox {
    rendering::observed_box(cx, element).unwrap_or_default()
}

/// The size of the box that is observed.
fn size_of(sizes: &ObservedBox, observed: ResizeObserverBoxOptions, scale: f64) -> (f64, f64) {
    let size = match observed {
        ResizeObserverBoxOptions::BorderBox => sizes.border,
        ResizeObserverBoxOptions::ContentBox => sizes.content.size(),
        ResizeObserverBoxOptions::DevicePixelContentBox => {
            let size = sizes.content.size() * scale;
            return (size.width.round(), size.height.round());
        }
    };
    (size.width, size.height)
}

/// How deep a node is in its tree, as far as the shadow trees around it.
fn depth_of(cx: &Cx, node: NodeId) -> usize {
    let agent = cx.engine();
    let tree = agent.tree();
    let mut depth = 0;
    let mut at = Some(node);
    while let Some(id) = at {
        depth += 1;
        at = tree.parent(id).or_else(|| tree.host(id));
    }
    depth
}

/// Tells observers of the sizes that changed, until nothing below what was told
/// changes any more.
///
/// <https://html.spec.whatwg.org/#update-the-rendering>, step 16
pub(crate) fn deliver(cx: &mut Cx, window: &Obj<Window>) {
    if window.resize_observers.borrow().is_empty() {
        return;
    }
    let mut deeper_than = 0;
    loop {
        let agent = cx.engine();
        rendering::settle(&agent, window);
        let observers: Vec<Obj<ResizeObserver>> =
            window.resize_observers.borrow().iter().filter_map(|weak| weak.upgrade(cx)).collect();
        let mut skipped = false;
        let mut shallowest = usize::MAX;
        let mut active = Vec::new();
        for observer in observers {
            let entries = gather(cx, &observer, deeper_than, &mut shallowest, &mut skipped);
            if !entries.is_empty() {
                active.push((observer, entries));
            }
        }
        if active.is_empty() {
            if skipped {
                // What was not told now is told with the next frame.
                window.observation_wanted.set(true);
                let text = "ResizeObserver loop completed with undelivered notifications.";
                events::report_message(cx, text.to_owned(), None);
            }
            break;
        }
        for (observer, entries) in active {
            let entries: Vec<_> = entries
                .into_iter()
                .map(|(target, sizes)| ResizeObserverEntry::create(cx, target, &sizes))
                .collect();
            let this = observer.value();
            if let Err(error) = observer.callback.call(cx, &this, entries, observer.clone()) {
                report_exception(cx, error);
            }
        }
        deeper_than = shallowest;
    }
    let mut known = window.resize_observers.borrow_mut();
    known.retain(|weak| weak.upgrade(cx).is_some_and(|own| !own.targets.borrow().is_empty()));
}

/// The active observations that are deep enough; their sizes count as told.
fn gather(
    cx: &Cx,
    observer: &Obj<ResizeObserver>,
    deeper_than: usize,
    shallowest: &mut usize,
    skipped: &mut bool,
) -> Vec<(Obj<Element>, ObservedBox)> {
    let scale = f64::from(cx.window().viewport().scale);
    let mut entries = Vec::new();
    let mut targets = observer.targets.borrow().clone();
    targets.retain_mut(|own| {
        let Some(target) = own.target.upgrade(cx) else { return false };
        let sizes = measure(cx, own.id);
        let size = size_of(&sizes, own.observed, scale);
        if size != own.last {
            let depth = depth_of(cx, own.id);
            if depth > deeper_than {
                *shallowest = depth.min(*shallowest);
                own.last = size;
                entries.push((target, sizes));
            } else {
                *skipped = true;
            }
        }
        true
    });
    *observer.targets.borrow_mut() = targets;
    entries
}

impl ResizeObserverMethods for Obj<ResizeObserver> {
    /// <https://drafts.csswg.org/resize-observer/#dom-resizeobserver-resizeobserver>
    fn constructor(cx: &mut Cx, callback: ResizeObserverCallback) -> Fallible<Self> {
        Ok(Self::new(cx, ResizeObserver { callback, targets: Traced::new(Vec::new()) }))
    }

    /// <https://drafts.csswg.org/resize-observer/#dom-resizeobserver-observe>
    fn observe(
        &self,
        cx: &mut Cx,
        target: Obj<Element>,
        options: ResizeObserverOptions,
    ) -> Fallible<()> {
        // 1. Observing again begins anew, unless it is the same.
        let again = self
            .targets
            .borrow()
            .iter()
            .any(|own| own.id == target.id() && own.observed == options.box_);
        if again {
            return Ok(());
        }
        self.forget(&target);
        // 2.–4.
        self.targets.borrow_mut().push(Observation {
            target: target.downgrade(),
            id: target.id(),
            observed: options.box_,
            last: (0.0, 0.0),
        });
        dom::add_watcher(&target.upcast(), self.object());
        let window = cx.window();
        let mut known = window.resize_observers.borrow_mut();
        if !known.iter().filter_map(|weak| weak.upgrade(cx)).any(|own| own == *self) {
            known.push(self.downgrade());
        }
        window.observation_wanted.set(true);
        Ok(())
    }

    /// <https://drafts.csswg.org/resize-observer/#dom-resizeobserver-unobserve>
    fn unobserve(&self, _: &mut Cx, target: Obj<Element>) -> Fallible<()> {
        self.forget(&target);
        dom::remove_watcher(&target.upcast(), self.object());
        Ok(())
    }

    /// <https://drafts.csswg.org/resize-observer/#dom-resizeobserver-disconnect>
    fn disconnect(&self, cx: &mut Cx) -> Fallible<()> {
        for own in std::mem::take(&mut *self.targets.borrow_mut()) {
            if let Some(target) = own.target.upgrade(cx) {
                dom::remove_watcher(&target.upcast(), self.object());
            }
        }
        Ok(())
    }
}

/// <https://drafts.csswg.org/resize-observer/#resize-observer-entry-interface>
#[derive(Trace, Platform)]
pub(crate) struct ResizeObserverEntry {
    target: Obj<Element>,
    content_rect: Obj<DOMRectReadOnly>,
    border_box: Slot<Object>,
    content_box: Slot<Object>,
    device_box: Slot<Object>,
}

impl ResizeObserverEntry {
    /// <https://drafts.csswg.org/resize-observer/#create-and-populate-resizeobserverentry-h>
    fn create(cx: &mut Cx, target: Obj<Element>, sizes: &ObservedBox) -> Obj<Self> {
        let scale = f64::from(cx.window().viewport().scale);
        let list = |cx: &mut Cx, observed| {
            let (inline, block) = size_of(sizes, observed, scale);
            let (inline, block) = if sizes.vertical { (block, inline) } else { (inline, block) };
            let size = ResizeObserverSize { inline: Cell::new(inline), block: Cell::new(block) };
            let size = Obj::new(cx, size);
            webidl::frozen_array(cx, [size])
        };
        let border = list(cx, ResizeObserverBoxOptions::BorderBox);
        let content = list(cx, ResizeObserverBoxOptions::ContentBox);
        let device = list(cx, ResizeObserverBoxOptions::DevicePixelContentBox);
        let rect = Obj::new(cx, DOMRectReadOnly::from_kurbo(sizes.content));
        let entry = Self {
            target,
            content_rect: rect,
            border_box: Slot::new(border),
            content_box: Slot::new(content),
            device_box: Slot::new(device),
        };
        Obj::new(cx, entry)
    }
}

impl ResizeObserverEntryMethods for Obj<ResizeObserverEntry> {
    fn target(&self, _: &mut Cx) -> Obj<Element> {
        self.target.clone()
    }

    fn content_rect(&self, _: &mut Cx) -> Obj<DOMRectReadOnly> {
        self.content_rect.clone()
    }

    fn border_box_size(&self, _: &mut Cx) -> Value {
        self.border_box.get().into()
    }

    fn content_box_size(&self, _: &mut Cx) -> Value {
        self.content_box.get().into()
    }

    fn device_pixel_content_box_size(&self, _: &mut Cx) -> Value {
        self.device_box.get().into()
    }
}

/// <https://drafts.csswg.org/resize-observer/#resizeobserversize>
#[derive(Trace, Platform)]
pub(crate) struct ResizeObserverSize {
    #[trace(skip)]
    inline: Cell<f64>,
    #[trace(skip)]
    block: Cell<f64>,
}

impl ResizeObserverSizeMethods for Obj<ResizeObserverSize> {
    fn inline_size(&self, _: &mut Cx) -> f64 {
        self.inline.get()
    }

    fn block_size(&self, _: &mut Cx) -> f64 {
        self.block.get()
    }
}
