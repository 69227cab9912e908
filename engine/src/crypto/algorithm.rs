//! <https://w3c.github.io/webcrypto/#algorithm-normalization>

use virga_js::{Buffer, Cx, DomString, Error, Fallible, Object, Value};

use super::{ec::Curve, hash::Hash};
use crate::{error, generated::ObjectOrDOMString};

/// The modes of AES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AesMode {
    Ctr,
    Cbc,
    Gcm,
    Kw,
}

impl AesMode {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ctr => "AES-CTR",
            Self::Cbc => "AES-CBC",
            Self::Gcm => "AES-GCM",
            Self::Kw => "AES-KW",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Ctr, Self::Cbc, Self::Gcm, Self::Kw].into_iter().find(|mode| mode.name() == name)
    }

    /// What JSON Web Keys call it after the length.
    pub(super) const fn jwk(self) -> &'static str {
        match self {
            Self::Ctr => "CTR",
            Self::Cbc => "CBC",
            Self::Gcm => "GCM",
            Self::Kw => "KW",
        }
    }
}

/// All names that are known, as the registry writes them.
const NAMES: [&str; 18] = [
    "AES-CBC",
    "AES-CTR",
    "AES-GCM",
    "AES-KW",
    "ECDH",
    "ECDSA",
    "HKDF",
    "HMAC",
    "PBKDF2",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "RSA-OAEP",
    "RSA-PSS",
    "RSASSA-PKCS1-v1_5",
    "Ed25519",
    "X25519",
];

/// An algorithm as script gave it: its name, and where its members are read from.
pub(super) struct Given {
    pub(super) name: &'static str,
    members: Option<Object>,
}

impl Given {
    /// Reads the name.
    ///
    /// # Errors
    /// A `TypeError` without one; a `NotSupportedError` that names what is unknown.
    pub(super) fn read(cx: &mut Cx, algorithm: ObjectOrDOMString) -> Fallible<Self> {
        let (name, members) = match algorithm {
            ObjectOrDOMString::DOMString(name) => (name, None),
            ObjectOrDOMString::Object(object) => {
                let name = object.get(cx, "name")?;
                if name.is_undefined() {
                    return Err(Error::type_error("the algorithm has no name"));
                }
                (name.to_string(cx)?, Some(object))
            }
        };
        let text = name.to_str();
        let known = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(&text));
        let Some(name) = known else {
            return Err(error::not_supported(format!("the algorithm {text:?} is not supported")));
        };
        if name.starts_with("RSA") || name.ends_with("25519") {
            return Err(error::not_supported(format!("{name} is not supported")));
        }
        Ok(Self { name, members })
    }

    /// That the algorithm has another name than this operation can work with.
    pub(super) fn unsupported(&self, operation: &str) -> Error {
        error::not_supported(format!("{} cannot be used to {operation}", self.name))
    }

    fn member(&self, cx: &mut Cx, name: &'static str) -> Fallible<Value> {
        match &self.members {
            Some(object) => object.get(cx, name),
            None => Ok(Value::undefined()),
        }
    }

    fn missing(&self, name: &str) -> Error {
        Error::type_error(format!("{}: {name} is missing", self.name))
    }

    /// A member that is an `unsigned long` or less, with `[EnforceRange]`.
    pub(super) fn integer(&self, cx: &mut Cx, name: &'static str) -> Fallible<Option<u32>> {
        let value = self.member(cx, name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        let number = value.to_number(cx)?;
        let whole = number.trunc();
        if !(0.0..=f64::from(u32::MAX)).contains(&whole) {
            return Err(Error::type_error(format!("{}: {name} is out of range", self.name)));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        Ok(Some(whole as u32))
    }

    pub(super) fn required_integer(&self, cx: &mut Cx, name: &'static str) -> Fallible<u32> {
        self.integer(cx, name)?.ok_or_else(|| self.missing(name))
    }

    /// A member that is a `BufferSource`.
    pub(super) fn bytes(&self, cx: &mut Cx, name: &'static str) -> Fallible<Option<Vec<u8>>> {
        let value = self.member(cx, name)?;
        if value.is_undefined() {
            return Ok(None);
        }
        match value.as_object().and_then(|object| Buffer::from_object(&object)) {
            Some(buffer) => buffer.to_vec(cx).map(Some),
            None => Err(Error::type_error(format!("{}: {name} is no buffer or view", self.name))),
        }
    }

    pub(super) fn required_bytes(&self, cx: &mut Cx, name: &'static str) -> Fallible<Vec<u8>> {
        self.bytes(cx, name)?.ok_or_else(|| self.missing(name))
    }

    /// The member `hash`, itself an algorithm.
    pub(super) fn hash(&self, cx: &mut Cx) -> Fallible<Hash> {
        let value = self.member(cx, "hash")?;
        if value.is_undefined() {
            return Err(self.missing("hash"));
        }
        let given = match value.as_object() {
            Some(object) => ObjectOrDOMString::Object(object),
            None => ObjectOrDOMString::DOMString(value.to_string(cx)?),
        };
        let given = Self::read(cx, given)?;
        given.as_hash().ok_or_else(|| given.unsupported("hash"))
    }

    /// The algorithm itself as a hash function.
    pub(super) fn as_hash(&self) -> Option<Hash> {
        Hash::ALL.into_iter().find(|hash| hash.name() == self.name)
    }

    /// The member `namedCurve`.
    pub(super) fn curve(&self, cx: &mut Cx) -> Fallible<Result<Curve, DomString>> {
        let value = self.member(cx, "namedCurve")?;
        if value.is_undefined() {
            return Err(self.missing("namedCurve"));
        }
        let name = value.to_string(cx)?;
        let found = Curve::ALL.into_iter().find(|curve| name == *curve.name());
        Ok(found.ok_or(name))
    }

    /// The member `public`, a key.
    pub(super) fn public(&self, cx: &mut Cx) -> Fallible<virga_js::Obj<super::CryptoKey>> {
        let value = self.member(cx, "public")?;
        virga_js::Obj::from_value(cx, &value)
            .ok_or_else(|| Error::type_error(format!("{}: public is no CryptoKey", self.name)))
    }
}

/// A curve that is not there.
pub(super) fn no_curve(name: &DomString) -> Error {
    error::not_supported(format!("the curve {:?} is not supported", name.to_str()))
}
