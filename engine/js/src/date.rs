//! `Date` objects, for native code that hands out and takes moments.

use boa_engine::object::builtins::JsDate;

use crate::{Cx, Object};

/// The time value of a `Date`, in milliseconds, NaN if it is no valid one;
/// `None` for another object.
#[must_use]
pub fn date_value(cx: &mut Cx, object: &Object) -> Option<f64> {
    let date = JsDate::from_object(object.0.clone()).ok()?;
    date.get_time(cx.context_mut()).ok()?.as_number()
}

/// A new `Date` of the current realm at a time in milliseconds.
#[must_use]
pub fn new_date(cx: &mut Cx, time: f64) -> Object {
    let date = JsDate::new(cx.context_mut());
    // Fails for no `Date`.
    let _ = date.set_time(time, cx.context_mut());
    Object(date.into())
}
