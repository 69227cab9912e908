//! JSON Web Keys: RFC 7517.

use virga_js::{Cx, DomString, Fallible, Object, Value};

use super::{data, key::normalize_usages};
use crate::{base64, generated::KeyUsage};

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
        text.and_then(|text| base64::decode_url(&text))
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
