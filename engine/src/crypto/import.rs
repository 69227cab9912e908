//! Keys from bytes and back: <https://w3c.github.io/webcrypto/#SubtleCrypto-method-importKey>

use virga_js::{Buffer, Cx, Error, Fallible, Obj, Object, Value};

use super::{
    CryptoKey, access,
    algorithm::{AesMode, Given, no_curve},
    data,
    ec::Curve,
    jwk::{self, Jwk},
    key::KeyAlgorithm,
    operation, syntax,
};
use crate::{
    base64, error,
    generated::{KeyFormat, KeyType, KeyUsage},
};

/// Refuses usages that a key cannot have.
pub(super) fn check_usages(
    algorithm: &KeyAlgorithm,
    type_: KeyType,
    usages: &[KeyUsage],
) -> Fallible<()> {
    let allowed = algorithm.usages(type_);
    match usages.iter().find(|usage| !allowed.contains(usage)) {
        Some(usage) => Err(syntax(format!(
            "a {} key of {} cannot be used to {}",
            type_.as_str(),
            algorithm.name(),
            usage.as_str()
        ))),
        None => Ok(()),
    }
}

/// What script gives to be imported.
pub(super) enum KeyData {
    Bytes(Vec<u8>),
    Json(Object),
}

impl KeyData {
    pub(super) fn read(cx: &mut Cx, format: KeyFormat, object: Object) -> Fallible<Self> {
        match (format, Buffer::from_object(&object)) {
            (KeyFormat::Jwk, None) => Ok(Self::Json(object)),
            (KeyFormat::Jwk, Some(_)) => {
                Err(Error::type_error("SubtleCrypto.importKey: a JSON Web Key is no buffer"))
            }
            (_, Some(buffer)) => Ok(Self::Bytes(buffer.to_vec(cx)?)),
            (_, None) => Err(Error::type_error(format!(
                "SubtleCrypto.importKey: the format {} takes a buffer",
                format.as_str()
            ))),
        }
    }
}

pub(super) fn import(
    cx: &mut Cx,
    format: KeyFormat,
    key_data: KeyData,
    given: &Given,
    extractable: bool,
    usages: &[KeyUsage],
) -> Fallible<Obj<CryptoKey>> {
    let key = match given.name {
        "HMAC" => hmac(cx, format, key_data, given, extractable, usages)?,
        "ECDSA" | "ECDH" => ec(cx, format, key_data, given, extractable, usages)?,
        "HKDF" | "PBKDF2" => {
            let algorithm =
                if given.name == "HKDF" { KeyAlgorithm::Hkdf } else { KeyAlgorithm::Pbkdf2 };
            let KeyData::Bytes(bytes) = key_data else { return Err(no_format(given, format)) };
            if format != KeyFormat::Raw {
                return Err(no_format(given, format));
            }
            check_usages(&algorithm, KeyType::Secret, usages)?;
            if extractable {
                return Err(syntax(format!("keys of {} cannot be extractable", given.name)));
            }
            CryptoKey::create(cx, KeyType::Secret, algorithm, bytes, false, usages)
        }
        name => match AesMode::from_name(name) {
            Some(mode) => aes(cx, format, key_data, mode, given, extractable, usages)?,
            None => return Err(given.unsupported("import a key")),
        },
    };
    if key.usages.is_empty() && key.type_ != KeyType::Public {
        return Err(syntax("a key must have a usage"));
    }
    Ok(key)
}

fn no_format(given: &Given, format: KeyFormat) -> Error {
    error::not_supported(format!("{} keys have no format {}", given.name, format.as_str()))
}

fn aes(
    cx: &mut Cx,
    format: KeyFormat,
    key_data: KeyData,
    mode: AesMode,
    given: &Given,
    extractable: bool,
    usages: &[KeyUsage],
) -> Fallible<Obj<CryptoKey>> {
    let algorithm = KeyAlgorithm::Aes(mode);
    check_usages(&algorithm, KeyType::Secret, usages)?;
    let is_length = |bytes: &[u8]| matches!(bytes.len(), 16 | 24 | 32);
    let bytes = match (format, key_data) {
        (KeyFormat::Raw, KeyData::Bytes(bytes)) => bytes,
        (KeyFormat::Jwk, KeyData::Json(object)) => {
            let jwk = Jwk::new(object);
            jwk.check(cx, "oct", "enc", usages, extractable)?;
            let bytes = jwk.bytes(cx, "k")?;
            if is_length(&bytes) {
                jwk.check_alg(cx, &format!("A{}{}", bytes.len() * 8, mode.jwk()))?;
            }
            bytes
        }
        _ => return Err(no_format(given, format)),
    };
    if !is_length(&bytes) {
        return Err(data(format!("{}: a key of {} bytes", given.name, bytes.len())));
    }
    Ok(CryptoKey::create(cx, KeyType::Secret, algorithm, bytes, extractable, usages))
}

fn hmac(
    cx: &mut Cx,
    format: KeyFormat,
    key_data: KeyData,
    given: &Given,
    extractable: bool,
    usages: &[KeyUsage],
) -> Fallible<Obj<CryptoKey>> {
    let hash = given.hash(cx)?;
    let wanted = given.integer(cx, "length")?;
    let algorithm = KeyAlgorithm::Hmac(hash);
    check_usages(&algorithm, KeyType::Secret, usages)?;
    let bytes = match (format, key_data) {
        (KeyFormat::Raw, KeyData::Bytes(bytes)) => bytes,
        (KeyFormat::Jwk, KeyData::Json(object)) => {
            let jwk = Jwk::new(object);
            jwk.check(cx, "oct", "sig", usages, extractable)?;
            jwk.check_alg(cx, hash.jwk_hmac())?;
            jwk.bytes(cx, "k")?
        }
        _ => return Err(no_format(given, format)),
    };
    let bits = u32::try_from(bytes.len() * 8).unwrap_or(u32::MAX);
    if bits == 0 {
        return Err(data("HMAC: the key is empty"));
    }
    let bits = match wanted {
        None => bits,
        Some(wanted) if wanted > bits || wanted + 8 <= bits => {
            return Err(data(format!("HMAC: the key has {bits} bits, not {wanted}")));
        }
        Some(wanted) => wanted,
    };
    let type_ = KeyType::Secret;
    Ok(CryptoKey::with_bits(cx, type_, algorithm, (bytes, bits), extractable, usages))
}

fn ec(
    cx: &mut Cx,
    format: KeyFormat,
    key_data: KeyData,
    given: &Given,
    extractable: bool,
    usages: &[KeyUsage],
) -> Fallible<Obj<CryptoKey>> {
    let curve = given.curve(cx)?.map_err(|name| no_curve(&name))?;
    let algorithm =
        if given.name == "ECDSA" { KeyAlgorithm::Ecdsa(curve) } else { KeyAlgorithm::Ecdh(curve) };
    let (type_, bytes) = match (format, key_data) {
        (KeyFormat::Raw, KeyData::Bytes(bytes)) => {
            check_usages(&algorithm, KeyType::Public, usages)?;
            let point = curve.point(&bytes);
            let point = point.ok_or_else(|| data(format!("no point of {}", curve.name())))?;
            (KeyType::Public, point)
        }
        (KeyFormat::Spki, KeyData::Bytes(bytes)) => {
            check_usages(&algorithm, KeyType::Public, usages)?;
            (KeyType::Public, curve.read_spki(&bytes)?)
        }
        (KeyFormat::Pkcs8, KeyData::Bytes(bytes)) => {
            check_usages(&algorithm, KeyType::Private, usages)?;
            (KeyType::Private, curve.read_pkcs8(&bytes)?)
        }
        (KeyFormat::Jwk, KeyData::Json(object)) => {
            let jwk = Jwk::new(object);
            ec_jwk(cx, &jwk, curve, &algorithm, extractable, usages)?
        }
        _ => return Err(no_format(given, format)),
    };
    Ok(CryptoKey::create(cx, type_, algorithm, bytes, extractable, usages))
}

fn ec_jwk(
    cx: &mut Cx,
    jwk: &Jwk,
    curve: Curve,
    algorithm: &KeyAlgorithm,
    extractable: bool,
    usages: &[KeyUsage],
) -> Fallible<(KeyType, Vec<u8>)> {
    let is_private = jwk.text(cx, "d")?.is_some();
    let type_ = if is_private { KeyType::Private } else { KeyType::Public };
    check_usages(algorithm, type_, usages)?;
    let usage = if matches!(algorithm, KeyAlgorithm::Ecdsa(_)) { "sig" } else { "enc" };
    jwk.check(cx, "EC", usage, usages, extractable)?;
    if jwk.text(cx, "crv")?.as_deref() != Some(curve.name()) {
        return Err(data(format!("the JSON Web Key is not of the curve {}", curve.name())));
    }
    let coordinate = |bytes: Vec<u8>| {
        if bytes.len() == curve.size() {
            Ok(bytes)
        } else {
            Err(data("the JSON Web Key has a coordinate of a wrong length"))
        }
    };
    let x = coordinate(jwk.bytes(cx, "x")?)?;
    let y = coordinate(jwk.bytes(cx, "y")?)?;
    let point = [&[4][..], &x, &y].concat();
    let point = curve.point(&point).ok_or_else(|| data("the point is not on the curve"))?;
    if !is_private {
        return Ok((type_, point));
    }
    let scalar = coordinate(jwk.bytes(cx, "d")?)?;
    if curve.public(&scalar) != Some(point) {
        return Err(data("the private and the public part do not belong together"));
    }
    Ok((type_, scalar))
}

/// <https://w3c.github.io/webcrypto/#SubtleCrypto-method-exportKey>
pub(super) fn export(cx: &mut Cx, format: KeyFormat, key: &CryptoKey) -> Fallible<Value> {
    if matches!(key.algorithm, KeyAlgorithm::Hkdf | KeyAlgorithm::Pbkdf2) {
        let name = key.algorithm.name();
        return Err(error::not_supported(format!("{name} keys cannot be exported")));
    }
    if !key.extractable {
        return Err(access("the key is not extractable"));
    }
    let bytes = match format {
        KeyFormat::Jwk => return export_jwk(cx, key),
        KeyFormat::Raw => match (&key.algorithm, key.type_) {
            (KeyAlgorithm::Ecdsa(_) | KeyAlgorithm::Ecdh(_), KeyType::Private) => {
                return Err(access("a private key has no raw format"));
            }
            _ => key.bytes().to_vec(),
        },
        KeyFormat::Spki | KeyFormat::Pkcs8 => {
            let (KeyAlgorithm::Ecdsa(curve) | KeyAlgorithm::Ecdh(curve)) = &key.algorithm else {
                return Err(error::not_supported(format!(
                    "{} keys have no format {}",
                    key.algorithm.name(),
                    format.as_str()
                )));
            };
            match (format, key.type_) {
                (KeyFormat::Spki, KeyType::Public) => curve.to_spki(key.bytes())?,
                (KeyFormat::Pkcs8, KeyType::Private) => curve.to_pkcs8(key.bytes())?,
                _ => {
                    let type_ = key.type_.as_str();
                    let format = format.as_str();
                    return Err(access(format!("a {type_} key has no format {format}")));
                }
            }
        }
    };
    Ok(Value::from(Buffer::array_buffer(cx, &bytes)?))
}

fn export_jwk(cx: &mut Cx, key: &CryptoKey) -> Fallible<Value> {
    let object = match &key.algorithm {
        KeyAlgorithm::Aes(mode) => {
            let alg = format!("A{}{}", key.bytes().len() * 8, mode.jwk());
            let k = base64::encode_url(key.bytes());
            jwk::write(cx, &[("kty", "oct"), ("k", &k), ("alg", &alg)], &key.usages, true)?
        }
        KeyAlgorithm::Hmac(hash) => {
            let k = base64::encode_url(key.bytes());
            let members = [("kty", "oct"), ("k", k.as_str()), ("alg", hash.jwk_hmac())];
            jwk::write(cx, &members, &key.usages, true)?
        }
        KeyAlgorithm::Ecdsa(curve) | KeyAlgorithm::Ecdh(curve) => {
            let point = match key.type_ {
                KeyType::Private => curve.public(key.bytes()),
                _ => Some(key.bytes().to_vec()),
            };
            let point = point.ok_or_else(|| operation("the key cannot be exported"))?;
            let (x, y) = point.get(1..).unwrap_or_default().split_at(curve.size());
            let (x, y) = (base64::encode_url(x), base64::encode_url(y));
            let d = base64::encode_url(key.bytes());
            let mut members = vec![("kty", "EC"), ("crv", curve.name()), ("x", &x), ("y", &y)];
            if key.type_ == KeyType::Private {
                members.push(("d", &d));
            }
            jwk::write(cx, &members, &key.usages, true)?
        }
        KeyAlgorithm::Hkdf | KeyAlgorithm::Pbkdf2 => {
            return Err(error::not_supported("the key cannot be exported"));
        }
    };
    Ok(Value::from(object))
}
