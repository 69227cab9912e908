//! Events of the HTML Standard and of XMLHttpRequest.

use virga_js::{Cx, DomString, Fallible, Obj, Object, Value};
use virga_js::{Platform, Trace};

use super::{Bubbles, Cancelable, Event};
use crate::generated::{
    BeforeUnloadEventMethods, ErrorEventInit, ErrorEventMethods, HashChangeEventInit,
    HashChangeEventMethods, PageTransitionEventInit, PageTransitionEventMethods, PopStateEventInit,
    PopStateEventMethods, ProgressEventInit, ProgressEventMethods, PromiseRejectionEventInit,
    PromiseRejectionEventMethods,
};

/// <https://html.spec.whatwg.org/#errorevent>
#[derive(Trace, Platform)]
pub(crate) struct ErrorEvent {
    #[base]
    event: Event,
    #[trace(skip)]
    message: DomString,
    filename: String,
    lineno: u32,
    colno: u32,
    error: Value,
}

impl ErrorEvent {
    /// A trusted `error` event about an exception.
    pub(crate) fn trusted(
        cx: &mut Cx,
        message: DomString,
        filename: String,
        (lineno, colno): (u32, u32),
        error: Value,
    ) -> Self {
        let event = Event::trusted(cx, "error", Bubbles(false), Cancelable(true));
        Self { event, message, filename, lineno, colno, error }
    }

    /// The five arguments of an `OnErrorEventHandler`.
    pub(super) fn handler_arguments(&self) -> [Value; 5] {
        [
            self.message.clone().into(),
            DomString::from(self.filename.as_str()).into(),
            self.lineno.into(),
            self.colno.into(),
            self.error.clone(),
        ]
    }
}

impl ErrorEventMethods for Obj<ErrorEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: ErrorEventInit,
    ) -> Fallible<Obj<ErrorEvent>> {
        let event = ErrorEvent {
            event: Event::new(cx, type_, &init.parent),
            message: init.message,
            filename: init.filename,
            lineno: init.lineno,
            colno: init.colno,
            error: init.error.unwrap_or_default(),
        };
        Ok(Obj::new(cx, event))
    }

    fn message(&self, _: &mut Cx) -> DomString {
        self.message.clone()
    }

    fn filename(&self, _: &mut Cx) -> String {
        self.filename.clone()
    }

    fn lineno(&self, _: &mut Cx) -> u32 {
        self.lineno
    }

    fn colno(&self, _: &mut Cx) -> u32 {
        self.colno
    }

    fn error(&self, _: &mut Cx) -> Value {
        self.error.clone()
    }
}

/// <https://html.spec.whatwg.org/#promiserejectionevent>
#[derive(Trace, Platform)]
pub(crate) struct PromiseRejectionEvent {
    #[base]
    event: Event,
    promise: Object,
    reason: Value,
}

impl PromiseRejectionEvent {
    /// `unhandledrejection` or `rejectionhandled`.
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        cancelable: Cancelable,
        promise: Object,
        reason: Value,
    ) -> Self {
        Self { event: Event::trusted(cx, type_, Bubbles(false), cancelable), promise, reason }
    }
}

impl PromiseRejectionEventMethods for Obj<PromiseRejectionEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: PromiseRejectionEventInit,
    ) -> Fallible<Obj<PromiseRejectionEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        let reason = init.reason.unwrap_or_default();
        Ok(Obj::new(cx, PromiseRejectionEvent { event, promise: init.promise, reason }))
    }

    fn promise(&self, _: &mut Cx) -> Object {
        self.promise.clone()
    }

    fn reason(&self, _: &mut Cx) -> Value {
        self.reason.clone()
    }
}

/// <https://xhr.spec.whatwg.org/#interface-progressevent>
#[derive(Trace, Platform)]
pub(crate) struct ProgressEvent {
    #[base]
    event: Event,
    length_computable: bool,
    #[trace(skip)]
    loaded: f64,
    #[trace(skip)]
    total: f64,
}

impl ProgressEvent {
    /// <https://xhr.spec.whatwg.org/#concept-event-fire-progress>
    pub(crate) fn trusted(
        cx: &mut Cx,
        type_: &str,
        length_computable: bool,
        loaded: f64,
        total: f64,
    ) -> Self {
        let event = Event::trusted(cx, type_, Bubbles(false), Cancelable(false));
        Self { event, length_computable, loaded, total }
    }
}

impl ProgressEventMethods for Obj<ProgressEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: ProgressEventInit,
    ) -> Fallible<Obj<ProgressEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(
            cx,
            ProgressEvent {
                event,
                length_computable: init.length_computable,
                loaded: init.loaded,
                total: init.total,
            },
        ))
    }

    fn length_computable(&self, _: &mut Cx) -> bool {
        self.length_computable
    }

    fn loaded(&self, _: &mut Cx) -> f64 {
        self.loaded
    }

    fn total(&self, _: &mut Cx) -> f64 {
        self.total
    }
}

/// <https://html.spec.whatwg.org/#the-popstateevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct PopStateEvent {
    #[base]
    event: Event,
    state: Value,
}

impl PopStateEvent {
    /// A trusted `popstate` event.
    pub(crate) fn trusted(cx: &mut Cx, state: Value) -> Self {
        Self { event: Event::trusted(cx, "popstate", Bubbles(false), Cancelable(false)), state }
    }
}

impl PopStateEventMethods for Obj<PopStateEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: PopStateEventInit,
    ) -> Fallible<Obj<PopStateEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(cx, PopStateEvent { event, state: init.state }))
    }

    fn state(&self, _: &mut Cx) -> Value {
        self.state.clone()
    }

    fn has_ua_visual_transition(&self, _: &mut Cx) -> bool {
        false
    }
}

/// <https://html.spec.whatwg.org/#the-hashchangeevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct HashChangeEvent {
    #[base]
    event: Event,
    old_url: String,
    new_url: String,
}

impl HashChangeEvent {
    /// A trusted `hashchange` event.
    pub(crate) fn trusted(cx: &mut Cx, old_url: String, new_url: String) -> Self {
        let event = Event::trusted(cx, "hashchange", Bubbles(false), Cancelable(false));
        Self { event, old_url, new_url }
    }
}

impl HashChangeEvent {
    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { event: Event::uninitialized(cx), old_url: String::new(), new_url: String::new() }
    }
}

impl HashChangeEventMethods for Obj<HashChangeEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: HashChangeEventInit,
    ) -> Fallible<Obj<HashChangeEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(cx, HashChangeEvent { event, old_url: init.old_url, new_url: init.new_url }))
    }

    fn old_url(&self, _: &mut Cx) -> String {
        self.old_url.clone()
    }

    fn new_url(&self, _: &mut Cx) -> String {
        self.new_url.clone()
    }
}

/// <https://html.spec.whatwg.org/#the-beforeunloadevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct BeforeUnloadEvent {
    #[base]
    event: Event,
}

impl BeforeUnloadEvent {
    /// A trusted `beforeunload` event.
    pub(crate) fn trusted(cx: &mut Cx) -> Self {
        Self { event: Event::trusted(cx, "beforeunload", Bubbles(false), Cancelable(true)) }
    }

    /// An event of `document.createEvent`.
    pub(super) fn uninitialized(cx: &mut Cx) -> Self {
        Self { event: Event::uninitialized(cx) }
    }
}

impl BeforeUnloadEventMethods for Obj<BeforeUnloadEvent> {}

/// <https://html.spec.whatwg.org/#the-pagetransitionevent-interface>
#[derive(Trace, Platform)]
pub(crate) struct PageTransitionEvent {
    #[base]
    event: Event,
    persisted: bool,
}

impl PageTransitionEvent {
    /// A trusted `pageshow` or `pagehide` event.
    pub(crate) fn trusted(cx: &mut Cx, name: &str, persisted: bool) -> Self {
        Self { event: Event::trusted(cx, name, Bubbles(true), Cancelable(true)), persisted }
    }
}

impl PageTransitionEventMethods for Obj<PageTransitionEvent> {
    fn constructor(
        cx: &mut Cx,
        type_: DomString,
        init: PageTransitionEventInit,
    ) -> Fallible<Obj<PageTransitionEvent>> {
        let event = Event::new(cx, type_, &init.parent);
        Ok(Obj::new(cx, PageTransitionEvent { event, persisted: init.persisted }))
    }

    fn persisted(&self, _: &mut Cx) -> bool {
        self.persisted
    }
}
