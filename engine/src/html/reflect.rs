//! Reflecting content attributes in IDL attributes:
//! <https://html.spec.whatwg.org/#reflecting-content-attributes-in-idl-attributes>
//!
//! Which attribute reflects how is said in the IDL (`[Reflect]` and its company);
//! generated code hands the rule here.

use virga_dom::LocalName;
use virga_js::{
    Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value,
    webidl::{FromJs as _, Place, Site},
};

use super::numbers::{parse_float, parse_integer, parse_non_negative};
use crate::{agent::EngineCx, dom::Element};

/// How an attribute reflects.
pub(crate) struct Reflect {
    /// The content attribute.
    name: &'static str,
    kind: Kind,
}

enum Kind {
    String {
        null_to_empty: bool,
    },
    NullableString,
    Url,
    Boolean,
    Enumerated {
        /// The canonical keywords.
        only: &'static [&'static str],
        /// What an absent attribute stands for.
        missing: Option<&'static str>,
        /// What any other value stands for.
        invalid: Option<&'static str>,
        /// Absence is null.
        nullable: bool,
    },
    Long {
        default: i32,
        non_negative: bool,
    },
    Unsigned {
        default: u32,
        positive: bool,
        fallback: bool,
    },
    UnsignedRange {
        default: u32,
        min: u32,
        max: u32,
    },
    Double {
        default: f64,
        positive: bool,
    },
}

/// The largest value that an `unsigned long` reflects.
const MAX: u32 = i32::MAX.cast_unsigned();

impl Reflect {
    pub(crate) const fn string(name: &'static str, null_to_empty: bool) -> Self {
        Self { name, kind: Kind::String { null_to_empty } }
    }

    pub(crate) const fn nullable_string(name: &'static str) -> Self {
        Self { name, kind: Kind::NullableString }
    }

    pub(crate) const fn url(name: &'static str) -> Self {
        Self { name, kind: Kind::Url }
    }

    pub(crate) const fn boolean(name: &'static str) -> Self {
        Self { name, kind: Kind::Boolean }
    }

    pub(crate) const fn enumerated(
        name: &'static str,
        only: &'static [&'static str],
        missing: Option<&'static str>,
        invalid: Option<&'static str>,
        nullable: bool,
    ) -> Self {
        Self { name, kind: Kind::Enumerated { only, missing, invalid, nullable } }
    }

    pub(crate) const fn long(name: &'static str, default: i32, non_negative: bool) -> Self {
        Self { name, kind: Kind::Long { default, non_negative } }
    }

    pub(crate) const fn unsigned(
        name: &'static str,
        default: u32,
        positive: bool,
        fallback: bool,
    ) -> Self {
        Self { name, kind: Kind::Unsigned { default, positive, fallback } }
    }

    pub(crate) const fn unsigned_range(
        name: &'static str,
        default: u32,
        min: u32,
        max: u32,
    ) -> Self {
        Self { name, kind: Kind::UnsignedRange { default, min, max } }
    }

    pub(crate) const fn double(name: &'static str, default: f64, positive: bool) -> Self {
        Self { name, kind: Kind::Double { default, positive } }
    }
}

/// The IDL attribute's value.
pub(crate) fn get(cx: &mut Cx, element: &Obj<Element>, rule: &'static Reflect) -> Fallible<Value> {
    let agent = cx.engine();
    let tree = agent.tree();
    let text = tree.plain_attribute(element.id(), &LocalName::from(rule.name));
    Ok(match &rule.kind {
        Kind::String { .. } => text.map_or_else(|| DomString::empty().into(), Value::from),
        Kind::NullableString => text.map_or_else(Value::null, Value::from),
        Kind::Boolean => text.is_some().into(),
        Kind::Url => {
            let Some(text) = text.map(str::to_owned) else { return Ok(DomString::empty().into()) };
            drop(tree);
            url(cx, &text).into()
        }
        Kind::Enumerated { only, missing, invalid, nullable } => {
            let known = match text {
                None => *missing,
                Some(text) => only
                    .iter()
                    .find(|keyword| keyword.eq_ignore_ascii_case(text))
                    .copied()
                    .or(*invalid),
            };
            match known {
                Some(keyword) => keyword.into(),
                None if *nullable => Value::null(),
                None => DomString::empty().into(),
            }
        }
        Kind::Long { default, non_negative } => {
            let parse = if *non_negative { parse_non_negative } else { parse_integer };
            let value = text.and_then(parse).and_then(|value| i32::try_from(value).ok());
            value.unwrap_or(*default).into()
        }
        Kind::Unsigned { default, positive, fallback } => {
            let least = i64::from(*positive || *fallback);
            let value = text.and_then(parse_non_negative);
            let value = value.filter(|value| *value >= least && *value <= i64::from(MAX));
            value.and_then(|value| u32::try_from(value).ok()).unwrap_or(*default).into()
        }
        Kind::UnsignedRange { default, min, max } => {
            let value = text.and_then(parse_non_negative);
            let value = value.map(|value| value.clamp(i64::from(*min), i64::from(*max)));
            value.and_then(|value| u32::try_from(value).ok()).unwrap_or(*default).into()
        }
        Kind::Double { default, positive } => {
            let value = text.and_then(parse_float).filter(|value| !positive || *value > 0.0);
            value.unwrap_or(*default).into()
        }
    })
}

/// An attribute's URL, resolved; the text itself where it is not one.
pub(super) fn url(cx: &Cx, text: &str) -> String {
    match cx.window().parse_url(&cx.engine(), text) {
        Ok(url) => url.into(),
        Err(_) => text.to_owned(),
    }
}

/// Sets the IDL attribute.
pub(crate) fn set(
    cx: &mut Cx,
    element: &Obj<Element>,
    rule: &'static Reflect,
    value: &Value,
    site: Site,
) -> Fallible<()> {
    let place = Place::Assigned(site);
    let index_size = |what: &str| {
        Err(Error::dom(
            DomExceptionName::IndexSize,
            format!("{site}: the value must not be {what}"),
        ))
    };
    let text: Option<String> = match &rule.kind {
        Kind::String { null_to_empty: true } if value.is_null() => Some(String::new()),
        Kind::String { .. } | Kind::Url => Some(value.to_string(cx)?.into()),
        Kind::NullableString | Kind::Enumerated { nullable: true, .. } => {
            match value.is_nullish() {
                true => None,
                false => Some(value.to_string(cx)?.into()),
            }
        }
        Kind::Enumerated { .. } => Some(value.to_string(cx)?.into()),
        Kind::Boolean => value.to_boolean().then(String::new),
        Kind::Long { non_negative, .. } => {
            let value = i32::from_js(cx, value, &place)?;
            if *non_negative && value < 0 {
                return index_size("negative");
            }
            Some(value.to_string())
        }
        Kind::Unsigned { default, positive, fallback } => {
            let value = u32::from_js(cx, value, &place)?;
            if *positive && value == 0 {
                return index_size("zero");
            }
            let fits = value <= MAX && !(*fallback && value == 0);
            Some(if fits { value } else { *default }.to_string())
        }
        Kind::UnsignedRange { default, .. } => {
            let value = u32::from_js(cx, value, &place)?;
            Some(if value <= MAX { value } else { *default }.to_string())
        }
        Kind::Double { positive, .. } => {
            let value = f64::from_js(cx, value, &place)?;
            if *positive && value <= 0.0 {
                return Ok(());
            }
            Some(number(cx, value)?)
        }
    };
    match text {
        Some(text) => super::set_attribute(cx, element.id(), rule.name, &text),
        None => super::remove_attribute(cx, element.id(), rule.name),
    }
    Ok(())
}

/// <https://html.spec.whatwg.org/#best-representation-of-the-number-as-a-floating-point-number>
pub(super) fn number(cx: &mut Cx, value: f64) -> Fallible<String> {
    Ok(Value::from(value).to_string(cx)?.into())
}
