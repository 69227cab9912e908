//! Conversions of composed values: sequences, records, dictionaries,
//! enumerations and callbacks.

use super::convert::{FromJs, IntoJs};
use super::place::Place;
use crate::{
    Callback, Cx, DomString, Error, Fallible, Flags, Object, Property, PropertyKey, Symbol, Trace,
    Tracer, Value, dom_string,
};

/// Whether `value` is an object with an iterator method. May run script (a
/// getter).
///
/// # Errors
/// What the getter throws.
pub fn is_iterable(cx: &mut Cx, value: &Value) -> Fallible<bool> {
    match value.as_object() {
        Some(object) => Ok(object.get_method(cx, Symbol::iterator())?.is_some()),
        None => Ok(false),
    }
}

/// `sequence<T>`
impl<T: FromJs> FromJs for Vec<T> {
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        let Some(object) = value.as_object() else {
            return Err(place.wrong_type("sequence"));
        };
        let Some(method) = object.get_method(cx, Symbol::iterator())? else {
            return Err(place.is("not iterable"));
        };
        let mut out = Self::new();
        object.iterate(cx, &method, |cx, value| {
            let place = Place::Element { parent: place, index: out.len() };
            out.push(T::from_js(cx, &value, &place)?);
            Ok(())
        })?;
        Ok(out)
    }
}

impl<T: IntoJs> IntoJs for Vec<T> {
    fn into_js(self, cx: &mut Cx) -> Value {
        let values: Vec<Value> = self.into_iter().map(|value| value.into_js(cx)).collect();
        Value::from(Object::array(cx, values))
    }
}

/// A frozen array of these values, for `FrozenArray` attributes: make it once,
/// keep it, and hand out the same one until its content changes.
pub fn frozen_array<T: IntoJs>(cx: &mut Cx, values: impl IntoIterator<Item = T>) -> Object {
    let values: Vec<Value> = values.into_iter().map(|value| value.into_js(cx)).collect();
    let array = Object::array(cx, values);
    // Freezing a new array runs no script and cannot fail.
    let _ = array.freeze(cx);
    array
}

/// `record<K, V>`: the own enumerable properties of an object, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<K, V>(pub Vec<(K, V)>);

impl<K, V> Default for Record<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: FromJs + PartialEq, V: FromJs> FromJs for Record<K, V> {
    /// <https://webidl.spec.whatwg.org/#js-record>
    fn from_js(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Self> {
        let Some(object) = value.as_object() else {
            return Err(place.wrong_type("record"));
        };
        let mut out: Vec<(K, V)> = Vec::new();
        for key in object.own_keys(cx)? {
            let Some(property) = object.own_property(cx, &key)? else { continue };
            if property.enumerable != Some(true) {
                continue;
            }
            let typed = K::from_js(cx, &Value::from(&key), place)?;
            let value = object.get(cx, &key)?;
            let value = match key.as_string() {
                Some(name) => {
                    V::from_js(cx, &value, &Place::Member { parent: place, name: &name })?
                }
                None => V::from_js(cx, &value, place)?,
            };
            match out.iter_mut().find(|(k, _)| *k == typed) {
                Some(entry) => entry.1 = value,
                None => out.push((typed, value)),
            }
        }
        Ok(Self(out))
    }
}

impl<K: IntoJs, V: IntoJs> IntoJs for Record<K, V> {
    fn into_js(self, cx: &mut Cx) -> Value {
        let object = Object::new(cx);
        for (key, value) in self.0 {
            let key = key.into_js(cx);
            let value = value.into_js(cx);
            let key = match key.as_string() {
                Some(text) => PropertyKey::from(text),
                None => PropertyKey::from(DomString::from(key.display())),
            };
            object.put(key, Property::data(value, Flags::ALL));
        }
        Value::from(object)
    }
}

impl<K: Trace, V: Trace> Trace for Record<K, V> {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.0.trace(tracer);
    }
}

/// The object that a dictionary is read from.
pub struct DictionarySource<'a> {
    object: Option<Object>,
    place: &'a Place<'a>,
}

impl<'a> DictionarySource<'a> {
    /// `undefined` and `null` are a dictionary without members.
    ///
    /// # Errors
    /// The value is something else than an object.
    pub fn new(value: &Value, place: &'a Place<'a>) -> Fallible<Self> {
        if value.is_nullish() {
            return Ok(Self { object: None, place });
        }
        match value.as_object() {
            Some(object) => Ok(Self { object: Some(object), place }),
            None => Err(place.wrong_type("object")),
        }
    }

    /// A member, if it is there. May run script.
    ///
    /// # Errors
    /// A getter throws, or the value does not convert.
    #[inline]
    pub fn get<T: FromJs>(&self, cx: &mut Cx, name: DomString) -> Fallible<Option<T>> {
        let Some(object) = &self.object else { return Ok(None) };
        let value = object.get(cx, &name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        T::from_js(cx, &value, &Place::Member { parent: self.place, name: &name }).map(Some)
    }

    /// A member that must be there. May run script.
    ///
    /// # Errors
    /// It is not there, a getter throws, or the value does not convert.
    pub fn required<T: FromJs>(&self, cx: &mut Cx, name: DomString) -> Fallible<T> {
        match self.get(cx, name.clone())? {
            Some(value) => Ok(value),
            None => Err(Error::Type(format!("{} needs a member '{name}'", self.place))),
        }
    }
}

/// Puts a member of a dictionary on a new object.
pub fn put(cx: &mut Cx, object: &Object, name: DomString, value: impl IntoJs) {
    let value = value.into_js(cx);
    object.put(name, Property::data(value, Flags::ALL));
}

/// `[Default] toJSON`: an object with the values of these attributes, converted
/// as far as they are platform objects by reading them through script's eyes.
///
/// # Errors
/// What a getter throws.
pub fn to_json(cx: &mut Cx, this: &Value, names: &[&'static str]) -> Fallible<Value> {
    let out = Object::new(cx);
    if let Some(this) = this.as_object() {
        for name in names {
            let mut value = this.get(cx, *name)?;
            if let Some(object) = value.as_object()
                && let Some(convert) = object.get_method(cx, dom_string!("toJSON"))?
            {
                value = convert.call(cx, &value, &[])?;
            }
            out.put(*name, Property::data(value, Flags::ALL));
        }
    }
    Ok(Value::from(out))
}

/// An enumeration of strings. Generated.
pub trait Enumeration: Copy + 'static {
    /// Its name.
    const NAME: &'static str;
    /// Its values.
    const VALUES: &'static [(&'static str, Self)];
}

/// Converts to an enumeration; `None` for a string that is not one of its values.
///
/// # Errors
/// What a conversion to string throws.
pub fn enumeration<T: Enumeration>(cx: &mut Cx, value: &Value) -> Fallible<Option<T>> {
    let text = value.to_string(cx)?;
    Ok(T::VALUES.iter().find(|(name, _)| text == **name).map(|(_, value)| *value))
}

/// Converts to an enumeration.
///
/// # Errors
/// The string is not one of its values.
pub fn enumeration_from_js<T: Enumeration>(
    cx: &mut Cx,
    value: &Value,
    place: &Place<'_>,
) -> Fallible<T> {
    match enumeration(cx, value)? {
        Some(value) => Ok(value),
        None => {
            let text = value.to_string(cx)?;
            Err(place.is(format_args!("'{text}', which is not a value of {}", T::NAME)))
        }
    }
}

/// Converts to a callback function.
///
/// # Errors
/// The value is not callable.
pub fn callback_function(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Callback> {
    match value.as_object() {
        Some(object) if object.is_callable() => Ok(Callback::new(cx, object)),
        _ => Err(place.is("not a function")),
    }
}

/// Converts to a callback interface, whose operation is looked up when it is
/// called.
///
/// # Errors
/// The value is no object.
pub fn callback_object(cx: &mut Cx, value: &Value, place: &Place<'_>) -> Fallible<Callback> {
    match value.as_object() {
        Some(object) => Ok(Callback::new(cx, object)),
        None => Err(place.wrong_type("object")),
    }
}
