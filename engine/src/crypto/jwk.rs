//! JSON Web Keys: RFC 7517.

use virga_js::{Cx, DomString, Fallible, Object, Value};

use super::{data, key::normalize_usages};
use crate::generated::KeyUsage;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// base64url without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |all, byte| (all << 8) | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = (bits >> (18 - 6 * place)) & 63;
            out.push(char::from(ALPHABET[index as usize]));
        }
    }
    out
}

/// The way back; `None` for anything else.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut bits = 0_u32;
        for byte in chunk {
            let index = ALPHABET.iter().position(|other| other == byte)?;
            bits = (bits << 6) | u32::try_from(index).ok()?;
        }
        bits <<= 6 * (4 - chunk.len());
        out.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    Some(out)
}

/// A key of JSON that is being read.
pub(super) struct Jwk {
    object: Object,
}

impl Jwk {
    pub(super) fn new(object: Object) -> Self {
        Self { object }
    }

    /// A member that is a string, if it is there.
    pub(super) fn text(&self, cx: &mut Cx, name: &'static str) -> Fallible<Option<String>> {
        let value = self.object.get(cx, name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        Ok(Some(value.to_string(cx)?.to_str().into_owned()))
    }

    /// A member that is bytes.
    pub(super) fn bytes(&self, cx: &mut Cx, name: &'static str) -> Fallible<Vec<u8>> {
        let text = self.text(cx, name)?;
        text.and_then(|text| decode(&text))
            .ok_or_else(|| data(format!("the JSON Web Key has no valid {name:?}")))
    }

    /// Checks what all kinds of keys have in common.
    pub(super) fn check(
        &self,
        cx: &mut Cx,
        kty: &str,
        usage: &str,
        usages: &[KeyUsage],
        extractable: bool,
    ) -> Fallible<()> {
        if self.text(cx, "kty")?.as_deref() != Some(kty) {
            return Err(data(format!("the JSON Web Key is not of the type {kty:?}")));
        }
        if let Some(use_) = self.text(cx, "use")?
            && !usages.is_empty()
            && use_ != usage
        {
            return Err(data(format!("the JSON Web Key is for {use_:?}")));
        }
        let operations = self.object.get(cx, "key_ops")?;
        if let Some(list) = operations.as_object() {
            let mut allowed = Vec::new();
            for index in 0..list.length(cx)?.min(64) {
                let index = u32::try_from(index).unwrap_or_default();
                let operation = list.get(cx, index)?.to_string(cx)?.to_str().into_owned();
                if allowed.contains(&operation) {
                    return Err(data("the JSON Web Key names an operation twice"));
                }
                allowed.push(operation);
            }
            if !usages.iter().all(|usage| allowed.iter().any(|other| other == usage.as_str())) {
                return Err(data("the JSON Web Key does not allow these usages"));
            }
        }
        let ext = self.object.get(cx, "ext")?;
        if extractable && !ext.is_undefined() && !ext.to_boolean() {
            return Err(data("the JSON Web Key is not extractable"));
        }
        Ok(())
    }

    /// `alg`, if there is one, must be this.
    pub(super) fn check_alg(&self, cx: &mut Cx, expected: &str) -> Fallible<()> {
        match self.text(cx, "alg")? {
            Some(alg) if alg != expected => {
                Err(data(format!("the JSON Web Key is for {alg:?}, not {expected:?}")))
            }
            _ => Ok(()),
        }
    }
}

/// A key of JSON with these members.
pub(super) fn write(
    cx: &mut Cx,
    members: &[(&'static str, &str)],
    usages: &[KeyUsage],
    extractable: bool,
) -> Fallible<Object> {
    let object = Object::new(cx);
    for (name, value) in members {
        object.create(cx, *name, *value)?;
    }
    let operations: Vec<Value> = normalize_usages(usages)
        .iter()
        .map(|usage| Value::from(DomString::from(usage.as_str())))
        .collect();
    let operations = Object::array(cx, operations);
    object.create(cx, "key_ops", operations)?;
    object.create(cx, "ext", extractable)?;
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_goes_there_and_back() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[251, 255], "-_8")]
        {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
        assert_eq!(decode("a"), None);
        assert_eq!(decode("a+bc"), None);
    }
}
