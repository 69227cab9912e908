//! `String.prototype`: `indexOf`, `lastIndexOf`, `includes`, `split`, `replace`,
//! `replaceAll`.
//!
//! The engine's own compare a window of the text with what is searched for at each
//! place, from the first place on: `split` and `replaceAll` are quadratic.

use boa_engine::string::{JsStr, JsStrVariant};
use boa_engine::{JsString, JsValue};

use super::search::{self, Pieces};
use super::substitution::{NoCaptures, Template};
use super::{argument, known};
use crate::{Cx, Fallible, NativeFn, Object, Value, dom_string};

/// The engine's own functions.
#[derive(virga_js_derive::Trace)]
pub(super) struct Originals {
    index_of: Object,
    last_index_of: Object,
    includes: Object,
    split: Object,
    replace: Object,
    replace_all: Object,
}

pub(super) fn install(cx: &mut Cx) -> Fallible<Originals> {
    let prototype = Object(cx.context().intrinsics().constructors().string().prototype());
    let mut put =
        |key, name, length, function| super::replace(cx, &prototype, key, name, length, function);
    Ok(Originals {
        index_of: put(dom_string!("indexOf"), "indexOf", 1, NativeFn::new(index_of))?,
        last_index_of: put(
            dom_string!("lastIndexOf"),
            "lastIndexOf",
            1,
            NativeFn::new(last_index_of),
        )?,
        includes: put(dom_string!("includes"), "includes", 1, NativeFn::new(includes))?,
        split: put(dom_string!("split"), "split", 2, NativeFn::new(split))?,
        replace: put(dom_string!("replace"), "replace", 2, NativeFn::new(replace))?,
        replace_all: put(dom_string!("replaceAll"), "replaceAll", 2, NativeFn::new(replace_all))?,
    })
}

/// The receiver and the first argument, if both are primitive strings.
fn two_strings(this: &Value, args: &[Value]) -> Option<(JsString, JsString)> {
    Some((this.0.as_string()?, args.first()?.0.as_string()?))
}

/// A position that is a number or left out, as an integer within the string.
fn position(args: &[Value], default: usize, length: usize) -> Option<usize> {
    let number = match args.get(1) {
        None => return Some(default),
        Some(value) if value.is_undefined() => return Some(default),
        Some(value) => value.as_number()?,
    };
    #[expect(clippy::cast_precision_loss, reason = "lengths of strings are below 2^53")]
    let clamped = number.clamp(0.0, length as f64);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped on the line above; NaN becomes 0"
    )]
    Some(clamped as usize)
}

fn found(index: Option<usize>) -> Value {
    index.map_or_else(|| Value::from(-1), Value::from)
}

/// <https://tc39.es/ecma262/#sec-string.prototype.indexof>
fn index_of(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, wanted)) = two_strings(this, args)
        && let Some(from) = position(args, 0, string.len())
    {
        return Ok(found(search::find(&string, &wanted, from)));
    }
    known(cx).string.index_of.call(cx, this, args)
}

/// <https://tc39.es/ecma262/#sec-string.prototype.includes>
fn includes(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, wanted)) = two_strings(this, args)
        && let Some(from) = position(args, 0, string.len())
    {
        return Ok(Value::from(search::find(&string, &wanted, from).is_some()));
    }
    known(cx).string.includes.call(cx, this, args)
}

/// <https://tc39.es/ecma262/#sec-string.prototype.lastindexof>
fn last_index_of(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, wanted)) = two_strings(this, args)
        // NaN is no position at all here, and not zero.
        && !args.get(1).and_then(Value::as_number).is_some_and(f64::is_nan)
        && let Some(from) = position(args, string.len(), string.len())
    {
        return Ok(found(search::find_last(&string, &wanted, from)));
    }
    known(cx).string.last_index_of.call(cx, this, args)
}

/// "ToUint32" of a limit that is a number, 2^32 - 1 when there is none.
pub(super) fn limit(cx: &mut Cx, value: &Value) -> Option<usize> {
    if value.is_undefined() {
        return Some(u32::MAX as usize);
    }
    if !value.is_number() {
        return None;
    }
    value.0.to_u32(cx.context_mut()).ok().map(|limit| limit as usize)
}

/// <https://tc39.es/ecma262/#sec-string.prototype.split>
fn split(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, separator)) = two_strings(this, args)
        && let Some(limit) = limit(cx, &argument(args, 1))
    {
        let parts = split_at(&string, &separator, limit);
        return Ok(Object::array(cx, parts).into());
    }
    known(cx).string.split.call(cx, this, args)
}

/// Steps 6 to 17.
fn split_at(string: &JsString, separator: &JsString, limit: usize) -> Vec<Value> {
    let mut parts = Vec::new();
    if limit == 0 {
        return parts;
    }
    if separator.is_empty() {
        let unit = |unit: JsStr<'_>| Value(JsValue::from(JsString::from(unit)));
        return match string.variant() {
            JsStrVariant::Latin1(units) => {
                units.chunks(1).take(limit).map(|part| unit(JsStr::latin1(part))).collect()
            }
            JsStrVariant::Utf16(units) => {
                units.chunks(1).take(limit).map(|part| unit(JsStr::utf16(part))).collect()
            }
        };
    }
    let mut start = 0;
    while let Some(end) = search::find(string, separator, start) {
        parts.push(Value(string.slice(start, end).into()));
        if parts.len() == limit {
            return parts;
        }
        start = end + separator.len();
    }
    parts.push(Value(string.slice(start, string.len()).into()));
    parts
}

/// What comes in the place of a match of plain text.
enum Replacement {
    Function(Object),
    Text(Template),
}

impl Replacement {
    /// Nothing for an object that is no function, whose conversion runs script.
    fn of(cx: &mut Cx, value: &Value) -> Option<Self> {
        match value.as_object() {
            Some(object) if object.is_callable() => Some(Self::Function(object)),
            Some(_) => None,
            // A symbol throws, which the original does as well as this.
            None => {
                let text = value.0.to_string(cx.context_mut()).ok()?;
                Some(Self::Text(Template::new(text, 0, false)))
            }
        }
    }
}

/// <https://tc39.es/ecma262/#sec-string.prototype.replace>
fn replace(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, wanted)) = two_strings(this, args)
        && let Some(replacement) = Replacement::of(cx, &argument(args, 1))
    {
        let Some(at) = search::find(&string, &wanted, 0) else { return Ok(Value(string.into())) };
        return replace_at(cx, &string, &wanted, &replacement, &[at]);
    }
    known(cx).string.replace.call(cx, this, args)
}

/// <https://tc39.es/ecma262/#sec-string.prototype.replaceall>
fn replace_all(cx: &mut Cx, this: &Value, args: &[Value]) -> Fallible<Value> {
    if let Some((string, wanted)) = two_strings(this, args)
        && let Some(replacement) = Replacement::of(cx, &argument(args, 1))
    {
        let mut places = Vec::new();
        let mut from = 0;
        while let Some(at) = search::find(&string, &wanted, from) {
            places.push(at);
            from = at + wanted.len().max(1);
        }
        return replace_at(cx, &string, &wanted, &replacement, &places);
    }
    known(cx).string.replace_all.call(cx, this, args)
}

fn replace_at(
    cx: &mut Cx,
    string: &JsString,
    wanted: &JsString,
    replacement: &Replacement,
    places: &[usize],
) -> Fallible<Value> {
    let mut out = Pieces::with_capacity(string.len());
    let mut end = 0;
    for &at in places {
        out.push_part(string, end, at);
        end = at + wanted.len();
        match replacement {
            Replacement::Function(function) => {
                let args =
                    [Value(wanted.clone().into()), Value::from(at), Value(string.clone().into())];
                let text = function.call(cx, &Value::undefined(), &args)?.to_string(cx)?;
                out.push(text.0.as_str());
            }
            Replacement::Text(template) => {
                template.expand(&mut out, string, at..end, &NoCaptures);
            }
        }
    }
    out.push_part(string, end, string.len());
    Ok(Value(out.finish().into()))
}
