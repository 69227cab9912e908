//! Structured clones: values that leave their heap and come into another.
//!
//! [`serialize`] makes a [`ClonedValue`], which is plain data, and
//! [`deserialize`] makes new objects of it in the current realm, be it of this
//! agent or of another one. Which platform objects can go along stands in
//! [`platform`].
//!
//! <https://html.spec.whatwg.org/#safe-passing-of-structured-data>

mod deserialize;
mod platform;
mod serialize;

use virga_js::{Cx, DomString, Fallible, Object, Value};
use virga_protocol::{CloneString, ClonedValue};

pub(crate) use self::{
    deserialize::{deserialize, deserialize_with_transfer},
    platform::{Fields, Reader, Serializable, Transferable},
    serialize::{serialize, serialize_for_storage, serialize_with_transfer},
};

/// <https://html.spec.whatwg.org/#dom-structuredclone>
pub(crate) fn structured_clone(cx: &mut Cx, value: &Value, transfer: &[Object]) -> Fallible<Value> {
    let serialized: ClonedValue = serialize_with_transfer(cx, value, transfer)?;
    Ok(deserialize_with_transfer(cx, &serialized)?.0)
}

fn to_clone_string(text: &DomString) -> CloneString {
    let units = text.to_utf16();
    String::from_utf16(&units).map_or_else(|_| CloneString::Units(units), CloneString::Text)
}

fn from_clone_string(text: &CloneString) -> DomString {
    match text {
        CloneString::Text(text) => DomString::from(text.as_str()),
        CloneString::Units(units) => DomString::from_utf16(units),
    }
}
