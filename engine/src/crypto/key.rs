//! <https://w3c.github.io/webcrypto/#cryptokey-interface>

use virga_js::{Cx, DomString, Fallible, Obj, Object, Slot, Value};
use virga_js::{Platform, Trace};
use virga_protocol::Bytes;

use super::{algorithm::AesMode, ec::Curve, hash::Hash};
use crate::{
    error,
    generated::{CryptoKeyMethods, KeyType, KeyUsage},
    structured_clone::{Fields, Reader, Serializable},
};

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyAlgorithm {
    Aes(AesMode),
    Hmac(Hash),
    Ecdsa(Curve),
    Ecdh(Curve),
    Hkdf,
    Pbkdf2,
}

impl KeyAlgorithm {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Aes(mode) => mode.name(),
            Self::Hmac(_) => "HMAC",
            Self::Ecdsa(_) => "ECDSA",
            Self::Ecdh(_) => "ECDH",
            Self::Hkdf => "HKDF",
            Self::Pbkdf2 => "PBKDF2",
        }
    }

    /// The usages that a key of that type can have.
    pub(super) fn usages(&self, type_: KeyType) -> &'static [KeyUsage] {
        use KeyUsage::{Decrypt, DeriveBits, DeriveKey, Encrypt, Sign, UnwrapKey, Verify, WrapKey};
        match (self, type_) {
            (Self::Aes(AesMode::Kw), _) => &[WrapKey, UnwrapKey],
            (Self::Aes(_), _) => &[Encrypt, Decrypt, WrapKey, UnwrapKey],
            (Self::Hmac(_), _) => &[Sign, Verify],
            (Self::Ecdsa(_), KeyType::Public) => &[Verify],
            (Self::Ecdsa(_), _) => &[Sign],
            (Self::Ecdh(_), KeyType::Public) => &[],
            (Self::Ecdh(_) | Self::Hkdf | Self::Pbkdf2, _) => &[DeriveKey, DeriveBits],
        }
    }
}

/// The secret, or the public point.
#[derive(Clone)]
pub(super) struct Material(pub(super) Bytes);

/// Shows nothing of it.
impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Material")
    }
}

/// A key. Script never sees what is in it, unless it exports it.
#[derive(Trace, Platform)]
pub(crate) struct CryptoKey {
    #[trace(skip)]
    pub(super) type_: KeyType,
    pub(super) extractable: bool,
    #[trace(skip)]
    pub(super) algorithm: KeyAlgorithm,
    /// In the order of the specification, each once.
    #[trace(skip)]
    pub(super) usages: Vec<KeyUsage>,
    #[trace(skip)]
    pub(super) material: Material,
    /// Bits of an HMAC key.
    pub(super) bits: u32,
    /// The same objects each time.
    algorithm_object: Slot<Option<Object>>,
    usages_object: Slot<Option<Object>>,
}

/// All usages, in the order in which keys list them.
const USAGES: [KeyUsage; 8] = [
    KeyUsage::Encrypt,
    KeyUsage::Decrypt,
    KeyUsage::Sign,
    KeyUsage::Verify,
    KeyUsage::DeriveKey,
    KeyUsage::DeriveBits,
    KeyUsage::WrapKey,
    KeyUsage::UnwrapKey,
];

/// "Normalized value": each once, in order.
pub(super) fn normalize_usages(usages: &[KeyUsage]) -> Vec<KeyUsage> {
    USAGES.into_iter().filter(|usage| usages.contains(usage)).collect()
}

impl CryptoKey {
    pub(super) fn create(
        cx: &mut Cx,
        type_: KeyType,
        algorithm: KeyAlgorithm,
        material: Vec<u8>,
        extractable: bool,
        usages: &[KeyUsage],
    ) -> Obj<Self> {
        let bits = u32::try_from(material.len() * 8).unwrap_or(u32::MAX);
        Self::with_bits(cx, type_, algorithm, (material, bits), extractable, usages)
    }

    /// As [`Self::create`], for keys whose last byte may not be used whole.
    pub(super) fn with_bits(
        cx: &mut Cx,
        type_: KeyType,
        algorithm: KeyAlgorithm,
        (material, bits): (Vec<u8>, u32),
        extractable: bool,
        usages: &[KeyUsage],
    ) -> Obj<Self> {
        let key = Self {
            type_,
            extractable,
            algorithm,
            usages: normalize_usages(usages),
            material: Material(Bytes::from(material)),
            bits,
            algorithm_object: Slot::new(None),
            usages_object: Slot::new(None),
        };
        Obj::new(cx, key)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.material.0
    }

    /// Checks that a key can be used so.
    pub(super) fn demand(&self, usage: KeyUsage, algorithm: &str) -> Fallible<()> {
        if self.algorithm.name() != algorithm {
            return Err(super::access(format!(
                "the key is for {}, not for {algorithm}",
                self.algorithm.name()
            )));
        }
        if !self.usages.contains(&usage) {
            return Err(super::access(format!("the key is not for {}", usage.as_str())));
        }
        Ok(())
    }

    fn describe(&self, cx: &mut Cx) -> Fallible<Object> {
        let object = Object::new(cx);
        object.create(cx, "name", self.algorithm.name())?;
        match &self.algorithm {
            KeyAlgorithm::Aes(_) => {
                object.create(cx, "length", self.bits)?;
            }
            KeyAlgorithm::Hmac(hash) => {
                let inner = Object::new(cx);
                inner.create(cx, "name", hash.name())?;
                object.create(cx, "hash", inner)?;
                object.create(cx, "length", self.bits)?;
            }
            KeyAlgorithm::Ecdsa(curve) | KeyAlgorithm::Ecdh(curve) => {
                object.create(cx, "namedCurve", curve.name())?;
            }
            KeyAlgorithm::Hkdf | KeyAlgorithm::Pbkdf2 => {}
        }
        Ok(object)
    }
}

impl CryptoKeyMethods for Obj<CryptoKey> {
    fn type_(&self, _: &mut Cx) -> KeyType {
        self.type_
    }

    fn extractable(&self, _: &mut Cx) -> bool {
        self.extractable
    }

    fn algorithm(&self, cx: &mut Cx) -> Object {
        if let Some(object) = self.algorithm_object.get() {
            return object;
        }
        let object = self.describe(cx).unwrap_or_else(|_| Object::new(cx));
        self.algorithm_object.set(Some(object.clone()));
        object
    }

    fn usages(&self, cx: &mut Cx) -> Object {
        if let Some(object) = self.usages_object.get() {
            return object;
        }
        let usages: Vec<Value> =
            self.usages.iter().map(|usage| Value::from(DomString::from(usage.as_str()))).collect();
        let object = Object::array(cx, usages);
        self.usages_object.set(Some(object.clone()));
        object
    }
}

/// <https://w3c.github.io/webcrypto/#cryptokey-interface-clone>
impl Serializable for CryptoKey {
    fn serialize(this: &Obj<Self>, _: &mut Cx, to: &mut Fields) -> Fallible<()> {
        to.text(this.type_.as_str());
        to.bool(this.extractable);
        to.text(this.algorithm.name());
        to.text(match &this.algorithm {
            KeyAlgorithm::Hmac(hash) => hash.name(),
            KeyAlgorithm::Ecdsa(curve) | KeyAlgorithm::Ecdh(curve) => curve.name(),
            _ => "",
        });
        to.number(f64::from(this.bits));
        let usages: Vec<&str> = this.usages.iter().map(|usage| usage.as_str()).collect();
        to.text(&usages.join(" "));
        to.bytes(this.material.0.clone());
        Ok(())
    }

    fn deserialize(cx: &mut Cx, from: &mut Reader<'_>) -> Fallible<Obj<Self>> {
        let broken = || error::data_clone("the record of a CryptoKey is not whole");
        let type_ = match from.text()?.as_str() {
            "public" => KeyType::Public,
            "private" => KeyType::Private,
            "secret" => KeyType::Secret,
            _ => return Err(broken()),
        };
        let extractable = from.bool()?;
        let (name, detail) = (from.text()?, from.text()?);
        let hash = Hash::ALL.into_iter().find(|hash| hash.name() == detail);
        let curve = Curve::ALL.into_iter().find(|curve| curve.name() == detail);
        let algorithm = match name.as_str() {
            "HMAC" => hash.map(KeyAlgorithm::Hmac),
            "ECDSA" => curve.map(KeyAlgorithm::Ecdsa),
            "ECDH" => curve.map(KeyAlgorithm::Ecdh),
            "HKDF" => Some(KeyAlgorithm::Hkdf),
            "PBKDF2" => Some(KeyAlgorithm::Pbkdf2),
            name => AesMode::from_name(name).map(KeyAlgorithm::Aes),
        };
        let algorithm = algorithm.ok_or_else(broken)?;
        let bits = to_u32(from.number()?);
        let usages = from.text()?;
        let usages: Vec<_> = USAGES
            .into_iter()
            .filter(|usage| usages.split(' ').any(|u| u == usage.as_str()))
            .collect();
        let material = from.bytes()?.to_vec();
        Ok(Self::with_bits(cx, type_, algorithm, (material, bits), extractable, &usages))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn to_u32(number: f64) -> u32 {
    number as u32
}
