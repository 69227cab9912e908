//! What the bytes of a body are read as.

use virga_js::{self as js, Cx, Error, Fallible, Obj, Object, Trace, Value};

use super::MimeType;
use crate::{
    encoding::utf8_decode,
    file::Blob,
    xhr::{Entry, EntryValue, FormData, parse_multipart},
};

/// What the bytes of a body are read as.
#[derive(Trace, Clone, Debug)]
pub(super) enum Into {
    ArrayBuffer,
    Blob(#[trace(skip)] Option<MimeType>),
    Bytes,
    FormData(#[trace(skip)] Option<MimeType>),
    Json,
    Text,
}

/// <https://fetch.spec.whatwg.org/#concept-body-consume-body>, the steps of the
/// methods.
pub(super) fn package(cx: &mut Cx, bytes: Vec<u8>, into: &Into) -> Fallible<Value> {
    Ok(match into {
        Into::ArrayBuffer => Value::from(js::Buffer::array_buffer(cx, &bytes)?),
        Into::Bytes => Value::from(js::Buffer::uint8_array(cx, &bytes)?),
        Into::Text => Value::from(utf8_decode(&bytes)),
        Into::Json => {
            let text = Value::from(utf8_decode(&bytes));
            json(cx)?.invoke(cx, "parse", &[text])?
        }
        Into::Blob(mime) => {
            let type_ = mime.as_ref().map(ToString::to_string).unwrap_or_default();
            let blob: Obj<Blob> = Obj::new(cx, Blob::new(bytes, &type_));
            blob.value()
        }
        Into::FormData(mime) => form_data(cx, &bytes, mime.as_ref())?,
    })
}

/// <https://fetch.spec.whatwg.org/#dom-body-formdata>
fn form_data(cx: &mut Cx, bytes: &[u8], mime: Option<&MimeType>) -> Fallible<Value> {
    let entries = match mime.map(MimeType::essence) {
        Some("multipart/form-data") => {
            let parsed = mime.and_then(|mime| parse_multipart(cx, bytes, mime));
            parsed.ok_or_else(|| {
                Error::type_error("formData: the body is not valid multipart/form-data")
            })?
        }
        Some("application/x-www-form-urlencoded") => url::form_urlencoded::parse(bytes)
            .map(|(name, value)| Entry {
                name: name.into_owned(),
                value: EntryValue::Text(value.into_owned()),
            })
            .collect(),
        Some(other) => {
            return Err(Error::type_error(format!("formData: a body of type {other} is no form")));
        }
        None => return Err(Error::type_error("formData: the body has no type")),
    };
    Ok(FormData::create(cx, entries).value())
}

/// The JSON object of the realm.
pub(super) fn json(cx: &mut Cx) -> Fallible<Object> {
    let json = cx.global_property("JSON")?;
    json.as_object().ok_or_else(|| Error::type_error("JSON is missing"))
}
