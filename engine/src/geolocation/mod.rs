//! Geolocation: <https://w3c.github.io/geolocation/>
//!
//! Permission, cache and time limits are the host's: they go with the request.
//! What is kept here is which watches there are.

mod position;

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;
use virga_js::{Cx, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{self as protocol, Micros, Reply, Request, RequestId};

pub(crate) use self::position::{
    GeolocationCoordinates, GeolocationPosition, GeolocationPositionError,
};
use crate::{
    agent::{EngineCx, TaskSource},
    events::report_exception,
    generated::{GeolocationMethods, PositionCallback, PositionErrorCallback, PositionOptions},
};

/// The object behind `navigator.geolocation`.
#[derive(Trace, Platform)]
pub(crate) struct Geolocation {
    /// <https://w3c.github.io/geolocation/#dfn-watchids>, with their requests.
    #[trace(skip)]
    watches: RefCell<FxHashMap<i32, RequestId>>,
    last_watch: Cell<i32>,
}

/// `navigator.geolocation` of the current window.
pub(crate) fn geolocation(cx: &mut Cx) -> Obj<Geolocation> {
    cx.window()
        .singleton(cx, |_| Geolocation { watches: RefCell::default(), last_watch: Cell::new(0) })
}

/// Whom to tell.
struct Callbacks {
    success: PositionCallback,
    error: Option<PositionErrorCallback>,
}

impl Callbacks {
    /// Invokes the callback that a reply is for, in the task that the reply came
    /// in.
    fn call(&self, cx: &mut Cx, reply: Reply) {
        let undefined = Value::undefined();
        let result = match reply {
            Reply::Position(position) => {
                let position = GeolocationPosition::new(cx, &position);
                self.success.call(cx, &undefined, position)
            }
            other => {
                let Some(callback) = &self.error else { return };
                let error = GeolocationPositionError::of(&other);
                let error = Obj::new(cx, error);
                callback.call(cx, &undefined, error)
            }
        };
        if let Err(error) = result {
            report_exception(cx, error);
        }
    }
}

impl Geolocation {
    /// <https://w3c.github.io/geolocation/#request-a-position>
    ///
    /// Steps 3 to 7, whether the document may and the user wants it, are the
    /// host's, which answers with an error of code 1 or not at all.
    fn request(
        cx: &mut Cx,
        callbacks: Callbacks,
        options: &PositionOptions,
        watch: Option<i32>,
    ) -> RequestId {
        let window = cx.window();
        let request = Request::Position {
            origin: window.origin(),
            options: protocol::PositionOptions {
                high_accuracy: options.enable_high_accuracy,
                maximum_age: millis(options.maximum_age),
                // The largest number is the default and means: without end.
                timeout: (options.timeout != u32::MAX).then(|| millis(options.timeout)),
                watch: watch.is_some(),
            },
        };
        let agent = cx.engine();
        let on_reply = move |cx: &mut Cx, reply: Reply| {
            // A watch that may not goes before its callback hears of it.
            let denied = matches!(
                reply,
                Reply::PositionError(protocol::PositionError::PermissionDenied(_))
                    | Reply::Unsupported(_)
            );
            if let Some(watch) = watch.filter(|_| denied) {
                geolocation(cx).end_watch(cx, watch);
            }
            callbacks.call(cx, reply);
        };
        let source = TaskSource::Geolocation;
        if window.is_secure_context() {
            return agent.request(window.id(), request, source, on_reply);
        }
        let reason = "positions are told to secure contexts only (https, localhost)".to_owned();
        let denied = Reply::PositionError(protocol::PositionError::PermissionDenied(reason));
        let id = agent.local_request(window.id(), &request, source, on_reply);
        agent.answer(Some(window.id()), source, id, vec![denied]);
        id
    }

    fn end_watch(&self, cx: &Cx, watch: i32) {
        let request = self.watches.borrow_mut().remove(&watch);
        if let Some(request) = request {
            cx.engine().cancel(request);
        }
    }
}

fn millis(millis: u32) -> Micros {
    Micros(u64::from(millis) * 1000)
}

impl GeolocationMethods for Obj<Geolocation> {
    /// <https://w3c.github.io/geolocation/#getcurrentposition-method>
    fn get_current_position(
        &self,
        cx: &mut Cx,
        success: PositionCallback,
        error: Option<PositionErrorCallback>,
        options: PositionOptions,
    ) -> Fallible<()> {
        // 1. In a document that is not fully active the error would be queued
        // for a task that never runs.
        if cx.engine().window_with(cx.window_id()).is_none() {
            return Ok(());
        }
        // 2.
        Geolocation::request(cx, Callbacks { success, error }, &options, None);
        Ok(())
    }

    /// <https://w3c.github.io/geolocation/#watchposition-method>
    fn watch_position(
        &self,
        cx: &mut Cx,
        success: PositionCallback,
        error: Option<PositionErrorCallback>,
        options: PositionOptions,
    ) -> Fallible<i32> {
        // 1.
        if cx.engine().window_with(cx.window_id()).is_none() {
            return Ok(0);
        }
        // 2, 3.
        let watch = self.last_watch.get() + 1;
        self.last_watch.set(watch);
        let callbacks = Callbacks { success, error };
        let request = Geolocation::request(cx, callbacks, &options, Some(watch));
        self.watches.borrow_mut().insert(watch, request);
        // 4.
        Ok(watch)
    }

    /// <https://w3c.github.io/geolocation/#clearwatch-method>
    fn clear_watch(&self, cx: &mut Cx, watch: i32) -> Fallible<()> {
        self.end_watch(cx, watch);
        Ok(())
    }
}
