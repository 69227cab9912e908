//! <https://w3c.github.io/FileAPI/#blob-package-data>

use encoding_rs::{Encoding, UTF_8};
use virga_js::{Buffer, Cx, DomString, Fallible, Value};

use super::Blob;
use crate::{base64, loading::charset_of};

/// What bytes are read as.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    ArrayBuffer,
    BinaryString,
    /// With the label of an encoding, if one was given.
    Text(Option<DomString>),
    DataUrl,
}

/// The whole blob as script wants it.
pub(super) fn package(cx: &mut Cx, blob: &Blob, kind: &Kind) -> Fallible<Value> {
    let bytes = blob.as_slice();
    Ok(match kind {
        Kind::ArrayBuffer => Value::from(Buffer::array_buffer(cx, bytes)?),
        Kind::BinaryString => Value::from(DomString::from_latin1(bytes)),
        Kind::Text(label) => {
            let label = label.as_ref().map(|label| label.to_str());
            Value::from(text(bytes, label.as_deref(), blob.media_type()))
        }
        Kind::DataUrl => {
            let type_ = match blob.media_type() {
                "" => "application/octet-stream",
                type_ => type_,
            };
            Value::from(format!("data:{type_};base64,{}", base64::encode(bytes)))
        }
    })
}

fn text(bytes: &[u8], label: Option<&str>, type_: &str) -> String {
    let encoding = label
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| charset_of(type_))
        .unwrap_or(UTF_8);
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_label_goes_before_the_type_and_a_mark_before_both() {
        assert_eq!(text(b"\xe9", Some("latin1"), "text/plain;charset=utf-8"), "é");
        assert_eq!(text(b"\xe9", None, "text/plain;charset=iso-8859-1"), "é");
        assert_eq!(text("é".as_bytes(), Some("nonsense"), ""), "é");
        assert_eq!(text("\u{feff}é".as_bytes(), Some("latin1"), ""), "é");
    }
}
