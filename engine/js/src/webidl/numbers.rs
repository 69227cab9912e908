//! Numbers: <https://webidl.spec.whatwg.org/#js-to-integer> and the floats.

use super::convert::{FromJs, IntoJs};
use super::place::Place;
use crate::{Cx, Error, Fallible, Trace, Tracer, Value};

/// `[Clamp]`: out of range becomes the nearest value in range, fractions are
/// rounded to the nearest, halves to the even one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Clamp<T>(pub T);

/// `[EnforceRange]`: out of range throws, fractions are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct EnforceRange<T>(pub T);

/// `unrestricted`: NaN and the infinities are values.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Unrestricted<T>(pub T);

const TWO_TO_53: f64 = 9_007_199_254_740_992.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// The number modulo 2^64, as bits.
#[inline]
fn modulo(number: f64) -> u64 {
    if !number.is_finite() {
        return 0;
    }
    (number.trunc() % TWO_TO_64) as i128 as u64
}

/// Rounds halves to the even neighbour.
fn round_half_even(number: f64) -> f64 {
    number.round_ties_even()
}

macro_rules! integers {
    ($($t:ident $name:literal $min:expr, $max:expr;)*) => { $(
        impl FromJs for $t {
            #[inline]
            fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
                {
                    if let Some(int) = value.as_i32() {
                        return Ok(int as $t);
                    }
                    Ok(modulo(value.to_number(cx)?) as $t)
                }
            }
        }

        impl IntoJs for $t {
            #[inline]
            fn into_js(self, _: &mut Cx) -> Value {
                Value::from(self)
            }
        }

        impl FromJs for Clamp<$t> {
            fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
                let number = value.to_number(cx)?;
                if number.is_nan() {
                    return Ok(Self(0));
                }
                Ok(Self(round_half_even(number.clamp($min, $max)) as $t))
            }
        }

        impl FromJs for EnforceRange<$t> {
            fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
                let number = value.to_number(cx)?;
                let int = number.trunc();
                if !number.is_finite() || int < $min || int > $max {
                    return Err(out_of_range(place, number, $name));
                }
                Ok(Self(int as $t))
            }
        }
    )* };
}

integers! {
    i8 "byte" -128.0, 127.0;
    u8 "octet" 0.0, 255.0;
    i16 "short" -32_768.0, 32_767.0;
    u16 "unsigned short" 0.0, 65_535.0;
    i32 "long" -2_147_483_648.0, 2_147_483_647.0;
    u32 "unsigned long" 0.0, 4_294_967_295.0;
    i64 "long long" -(TWO_TO_53 - 1.0), TWO_TO_53 - 1.0;
    u64 "unsigned long long" 0.0, TWO_TO_53 - 1.0;
}

/// A number as script writes it.
fn shown(number: f64) -> String {
    Value::from(number).display()
}

#[cold]
fn out_of_range(place: &Place<'_>, number: f64, ty: &str) -> Error {
    place.is(format_args!("{}, which is outside the range of {ty}", shown(number)))
}

impl FromJs for f64 {
    #[inline]
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        let number = value.to_number(cx)?;
        if number.is_finite() {
            return Ok(number);
        }
        Err(place.is(format_args!("{}, not a finite number", shown(number))))
    }
}

impl FromJs for f32 {
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        let number = value.to_number(cx)?;
        let single = number as Self;
        if single.is_finite() {
            return Ok(single);
        }
        Err(place.is(format_args!("{}, not a finite number in the range of float", shown(number))))
    }
}

impl FromJs for Unrestricted<f64> {
    #[inline]
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        value.to_number(cx).map(Self)
    }
}

impl FromJs for Unrestricted<f32> {
    fn from_js(cx: &mut Cx, value: &Value, _: &Place<'_>) -> Fallible<Self> {
        value.to_number(cx).map(|number| Self(number as f32))
    }
}

impl IntoJs for f64 {
    #[inline]
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(self)
    }
}

impl IntoJs for f32 {
    fn into_js(self, _: &mut Cx) -> Value {
        Value::from(f64::from(self))
    }
}

macro_rules! wrappers {
    ($($name:ident)*) => { $(
        impl<T: IntoJs> IntoJs for $name<T> {
            fn into_js(self, cx: &mut Cx) -> Value {
                self.0.into_js(cx)
            }
        }

        impl<T> Trace for $name<T> {
            fn trace(&self, _: &mut Tracer<'_>) {}
        }
    )* };
}

wrappers!(Clamp EnforceRange Unrestricted);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modulo_wraps_like_the_standard() {
        for (input, expected) in [
            (0.0, 0u64),
            (-0.0, 0),
            (1.9, 1),
            (-1.9, u64::MAX),
            (-1.0, u64::MAX),
            (4_294_967_296.0, 4_294_967_296),
            (TWO_TO_64, 0),
            (TWO_TO_64 + 4096.0, 4096),
            (-TWO_TO_64 - 4096.0, u64::MAX - 4095),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (1e300, modulo(1e300)),
        ] {
            assert_eq!(modulo(input), expected, "{input}");
        }
        assert_eq!(modulo(300.0) as u8, 44);
        assert_eq!(modulo(-129.0) as i8, 127);
    }
}
