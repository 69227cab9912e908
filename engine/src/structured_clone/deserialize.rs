//! <https://html.spec.whatwg.org/#structureddeserialize>

use virga_js::{
    BigInt, Buffer, Cx, ErrorKind, Fallible, Flags, Object, Property, PropertyKey, TypedArrayKind,
    Value,
};
use virga_protocol::{
    CLONE_VERSION, CloneItem, CloneObject, CloneString, CloneTransfer, ClonedValue,
};

use super::{from_clone_string, platform};
use crate::error;

/// Makes the value in the current realm. Runs no script of pages.
///
/// # Errors
/// A `DataCloneError` if the record is not whole, or an interface in it is not
/// exposed here; a `RangeError` without memory.
pub(crate) fn deserialize(cx: &mut Cx, value: &ClonedValue) -> Fallible<Value> {
    Ok(deserialize_with_transfer(cx, value)?.0)
}

/// "StructuredDeserializeWithTransfer": also gives the objects that were
/// transferred, in their order.
pub(crate) fn deserialize_with_transfer(
    cx: &mut Cx,
    value: &ClonedValue,
) -> Fallible<(Value, Vec<Object>)> {
    if value.version != CLONE_VERSION {
        return Err(error::data_clone(format!(
            "a record of version {}, not {CLONE_VERSION}",
            value.version
        )));
    }
    let mut transferred = Vec::with_capacity(value.transferred.len());
    for moved in &value.transferred {
        transferred.push(match moved {
            CloneTransfer::ArrayBuffer { bytes, max_length } => {
                array_buffer(cx, bytes, *max_length)?
            }
            CloneTransfer::Platform { interface, fields } => {
                platform::receive(cx, interface, fields)?
            }
        });
    }
    // First the objects, then what they hold: so cycles need no recursion.
    let mut objects: Vec<Object> = Vec::with_capacity(value.objects.len());
    for cloned in &value.objects {
        let object = create(cx, cloned, &objects, &transferred)?;
        objects.push(object);
    }
    for (object, cloned) in objects.iter().zip(&value.objects) {
        fill(cx, object, cloned, &objects)?;
    }
    Ok((item(&value.root, &objects)?, transferred))
}

fn broken() -> virga_js::Error {
    error::data_clone("the record of a cloned value is not whole")
}

fn item(item: &CloneItem, objects: &[Object]) -> Fallible<Value> {
    Ok(match item {
        CloneItem::Undefined => Value::undefined(),
        CloneItem::Null => Value::null(),
        CloneItem::Bool(value) => Value::from(*value),
        CloneItem::Number(number) => Value::from(number.0),
        CloneItem::BigInt(digits) => Value::from(BigInt::parse(digits).ok_or_else(broken)?),
        CloneItem::String(text) => Value::from(from_clone_string(text)),
        CloneItem::Object(place) => Value::from(objects.get(*place as usize).ok_or_else(broken)?),
        CloneItem::Bytes(_) => return Err(broken()),
    })
}

fn array_buffer(cx: &mut Cx, bytes: &[u8], max_length: Option<u64>) -> Fallible<Object> {
    match max_length {
        None => Buffer::array_buffer(cx, bytes),
        Some(max) => Buffer::resizable(cx, bytes, max),
    }
}

/// Makes an object, empty where it can hold others.
fn create(
    cx: &mut Cx,
    cloned: &CloneObject,
    before: &[Object],
    transferred: &[Object],
) -> Fallible<Object> {
    match cloned {
        CloneObject::Wrapper(value) => {
            let value = item(value, &[])?;
            Object::wrapping(cx, &value)
        }
        CloneObject::Date(millis) => Object::date(cx, millis.0),
        CloneObject::RegExp { source, flags } => {
            Object::reg_exp(cx, &from_clone_string(source), &flags.as_str().into())
        }
        CloneObject::ArrayBuffer { bytes, max_length } => array_buffer(cx, bytes, *max_length),
        CloneObject::View { kind, buffer, offset, length } => {
            let buffer = before.get(*buffer as usize).ok_or_else(broken)?;
            let kind = match kind.as_str() {
                "DataView" => None,
                name => Some(TypedArrayKind::from_name(name).ok_or_else(broken)?),
            };
            Buffer::view(cx, kind, buffer, *offset, Some(*length))
        }
        CloneObject::Map(_) => Ok(Object::map(cx)),
        CloneObject::Set(_) => Ok(Object::set_object(cx)),
        CloneObject::Error { name, message, stack } => {
            error_object(cx, name, message.as_ref(), stack.as_ref())
        }
        CloneObject::Array { length, .. } => Object::array_of_length(cx, *length),
        CloneObject::Object(_) => Ok(Object::new(cx)),
        CloneObject::Platform { interface, fields } => platform::deserialize(cx, interface, fields),
        CloneObject::Transferred(number) => {
            transferred.get(*number as usize).cloned().ok_or_else(broken)
        }
    }
}

fn fill(cx: &mut Cx, object: &Object, cloned: &CloneObject, objects: &[Object]) -> Fallible<()> {
    match cloned {
        CloneObject::Map(entries) => {
            for (key, value) in entries {
                let (key, value) = (item(key, objects)?, item(value, objects)?);
                object.map_set(cx, key, value)?;
            }
        }
        CloneObject::Set(values) => {
            for value in values {
                let value = item(value, objects)?;
                object.set_add(cx, value)?;
            }
        }
        CloneObject::Array { dense, properties, .. } => {
            for (index, value) in dense.iter().enumerate() {
                let index = u32::try_from(index).map_err(|_| broken())?;
                object.create(cx, index, item(value, objects)?)?;
            }
            fill_properties(cx, object, properties, objects)?;
        }
        CloneObject::Object(properties) => fill_properties(cx, object, properties, objects)?,
        _ => {}
    }
    Ok(())
}

fn fill_properties(
    cx: &mut Cx,
    object: &Object,
    properties: &[(CloneString, CloneItem)],
    objects: &[Object],
) -> Fallible<()> {
    for (name, value) in properties {
        let key = Value::from(from_clone_string(name));
        let key: PropertyKey = key.to_property_key(cx)?;
        object.create(cx, key, item(value, objects)?)?;
    }
    Ok(())
}

fn error_object(
    cx: &mut Cx,
    name: &str,
    message: Option<&CloneString>,
    stack: Option<&CloneString>,
) -> Fallible<Object> {
    let kind = match name {
        "EvalError" => ErrorKind::EvalError,
        "RangeError" => ErrorKind::RangeError,
        "ReferenceError" => ErrorKind::ReferenceError,
        "SyntaxError" => ErrorKind::SyntaxError,
        "TypeError" => ErrorKind::TypeError,
        "URIError" => ErrorKind::URIError,
        _ => ErrorKind::Error,
    };
    let message = message.map(from_clone_string);
    let object = Object::error(cx, kind, message.as_ref())?;
    if let Some(stack) = stack {
        object.define(cx, "stack", Property::data(from_clone_string(stack), Flags::HIDDEN))?;
    }
    Ok(object)
}
