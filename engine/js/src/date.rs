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

/// The time now on the clock of the app's place: year, month from 1, day, hours,
/// minutes, seconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "fields of a calendar are small")]
pub fn local_now(cx: &mut Cx) -> [i32; 6] {
    let context = cx.context_mut();
    let date = JsDate::new(context);
    let fields = [
        date.get_full_year(context),
        date.get_month(context),
        date.get_date(context),
        date.get_hours(context),
        date.get_minutes(context),
        date.get_seconds(context),
    ];
    let mut fields =
        fields.map(|field| field.ok().and_then(|value| value.as_number()).unwrap_or(0.0) as i32);
    fields[1] += 1;
    fields
}
