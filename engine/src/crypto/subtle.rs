//! <https://w3c.github.io/webcrypto/#subtlecrypto-interface>

use virga_js::{
    Buffer, Cx, Fallible, Obj, Object, Promise, Value, parse_json, webidl::BufferSource,
};
use virga_js::{Platform, Trace};

use super::{
    CryptoKey, access, aes,
    algorithm::{AesMode, Given, no_curve},
    data, import,
    import::KeyData,
    key::KeyAlgorithm,
    operation, random, syntax,
};
use crate::generated::{KeyFormat, KeyType, KeyUsage, ObjectOrDOMString, SubtleCryptoMethods};

/// The object `crypto.subtle`. What it computes it computes at once; promises tell
/// it later, as the specification has it.
#[derive(Trace, Platform)]
pub(crate) struct SubtleCrypto;

/// The promise for a result, a failure included.
fn promise<T: Into<Value>>(
    cx: &mut Cx,
    run: impl FnOnce(&mut Cx) -> Fallible<T>,
) -> Fallible<Promise> {
    let result = run(cx).map(Into::into);
    Promise::from_result(cx, result)
}

fn buffer(cx: &mut Cx, bytes: &[u8]) -> Fallible<Value> {
    Ok(Value::from(Buffer::array_buffer(cx, bytes)?))
}

/// The promise of an operation from bytes to bytes.
fn operate(
    cx: &mut Cx,
    algorithm: ObjectOrDOMString,
    input: &BufferSource,
    run: impl FnOnce(&mut Cx, &Given, &[u8]) -> Fallible<Vec<u8>>,
) -> Fallible<Promise> {
    promise(cx, |cx| {
        let input = input.bytes(cx)?;
        let given = Given::read(cx, algorithm)?;
        let out = run(cx, &given, &input)?;
        buffer(cx, &out)
    })
}

/// Encrypts or decrypts.
fn crypt(
    cx: &mut Cx,
    given: &Given,
    key: &CryptoKey,
    usage: KeyUsage,
    input: &[u8],
) -> Fallible<Vec<u8>> {
    let encrypts = matches!(usage, KeyUsage::Encrypt | KeyUsage::WrapKey);
    let mode = AesMode::from_name(given.name).filter(|mode| *mode != AesMode::Kw);
    let Some(mode) = mode else { return Err(given.unsupported("encrypt")) };
    match mode {
        AesMode::Cbc => {
            let iv = given.required_bytes(cx, "iv")?;
            key.demand(usage, given.name)?;
            if encrypts {
                aes::cbc_encrypt(key.bytes(), &iv, input)
            } else {
                aes::cbc_decrypt(key.bytes(), &iv, input)
            }
        }
        AesMode::Ctr => {
            let counter = given.required_bytes(cx, "counter")?;
            let length = given.required_integer(cx, "length")?;
            key.demand(usage, given.name)?;
            let length = u8::try_from(length).unwrap_or(0);
            aes::ctr(key.bytes(), &counter, length, input)
        }
        AesMode::Gcm | AesMode::Kw => {
            let iv = given.required_bytes(cx, "iv")?;
            let additional = given.bytes(cx, "additionalData")?.unwrap_or_default();
            let tag = given.integer(cx, "tagLength")?.unwrap_or(128);
            key.demand(usage, given.name)?;
            if !matches!(tag, 32 | 64 | 96 | 104 | 112 | 120 | 128) {
                return Err(operation(format!("AES-GCM: a tag cannot have {tag} bits")));
            }
            let tag = tag as usize / 8;
            if encrypts {
                aes::gcm_encrypt(key.bytes(), &iv, &additional, tag, input)
            } else {
                aes::gcm_decrypt(key.bytes(), &iv, &additional, tag, input)
            }
        }
    }
}

fn sign(cx: &mut Cx, given: &Given, key: &CryptoKey, input: &[u8]) -> Fallible<Vec<u8>> {
    match given.name {
        "HMAC" => {
            key.demand(KeyUsage::Sign, given.name)?;
            let KeyAlgorithm::Hmac(hash) = &key.algorithm else { return Err(wrong_key()) };
            hash.hmac(key.bytes(), input)
        }
        "ECDSA" => {
            let hash = given.hash(cx)?;
            key.demand(KeyUsage::Sign, given.name)?;
            let KeyAlgorithm::Ecdsa(curve) = &key.algorithm else { return Err(wrong_key()) };
            curve.sign(key.bytes(), &hash.digest(input))
        }
        _ => Err(given.unsupported("sign")),
    }
}

fn verify(
    cx: &mut Cx,
    given: &Given,
    key: &CryptoKey,
    signature: &[u8],
    input: &[u8],
) -> Fallible<bool> {
    match given.name {
        "HMAC" => {
            key.demand(KeyUsage::Verify, given.name)?;
            let KeyAlgorithm::Hmac(hash) = &key.algorithm else { return Err(wrong_key()) };
            hash.hmac_matches(key.bytes(), input, signature)
        }
        "ECDSA" => {
            let hash = given.hash(cx)?;
            key.demand(KeyUsage::Verify, given.name)?;
            let KeyAlgorithm::Ecdsa(curve) = &key.algorithm else { return Err(wrong_key()) };
            Ok(curve.verify(key.bytes(), &hash.digest(input), signature))
        }
        _ => Err(given.unsupported("verify")),
    }
}

fn wrong_key() -> virga_js::Error {
    access("the key is for something else")
}

fn generate(cx: &mut Cx, given: &Given, extractable: bool, usages: &[KeyUsage]) -> Fallible<Value> {
    match given.name {
        "HMAC" => {
            let hash = given.hash(cx)?;
            let length = given.integer(cx, "length")?;
            let algorithm = KeyAlgorithm::Hmac(hash);
            import::check_usages(&algorithm, KeyType::Secret, usages)?;
            let bits = length.unwrap_or_else(|| hash.block_bits());
            if bits == 0 || bits > 1 << 20 {
                return Err(operation(format!("HMAC: a key cannot have {bits} bits")));
            }
            let bytes = random(cx, bits.div_ceil(8) as usize)?;
            some_usage(usages)?;
            let type_ = KeyType::Secret;
            let material = (bytes, bits);
            Ok(CryptoKey::with_bits(cx, type_, algorithm, material, extractable, usages).value())
        }
        "ECDSA" | "ECDH" => {
            let curve = given.curve(cx)?;
            let allowed: &[KeyUsage] = if given.name == "ECDSA" {
                &[KeyUsage::Sign, KeyUsage::Verify]
            } else {
                &[KeyUsage::DeriveKey, KeyUsage::DeriveBits]
            };
            if let Some(usage) = usages.iter().find(|usage| !allowed.contains(usage)) {
                let message = format!("{} cannot be used to {}", given.name, usage.as_str());
                return Err(syntax(message));
            }
            some_usage(usages)?;
            let curve = curve.map_err(|name| no_curve(&name))?;
            let (scalar, point) = loop {
                // Nearly every number of this length is a scalar.
                let scalar = random(cx, curve.size())?;
                if let Some(point) = curve.public(&scalar) {
                    break (scalar, point);
                }
            };
            let algorithm = if given.name == "ECDSA" {
                KeyAlgorithm::Ecdsa(curve)
            } else {
                KeyAlgorithm::Ecdh(curve)
            };
            let of = |type_: KeyType| {
                let allowed = algorithm.usages(type_);
                usages.iter().copied().filter(|usage| allowed.contains(usage)).collect::<Vec<_>>()
            };
            let (for_private, for_public) = (of(KeyType::Private), of(KeyType::Public));
            some_usage(&for_private)?;
            let type_ = KeyType::Private;
            let (private, public) = (algorithm.clone(), algorithm.clone());
            let private = CryptoKey::create(cx, type_, private, scalar, extractable, &for_private);
            let public = CryptoKey::create(cx, KeyType::Public, public, point, true, &for_public);
            let pair = Object::new(cx);
            pair.create(cx, "privateKey", private.value())?;
            pair.create(cx, "publicKey", public.value())?;
            Ok(Value::from(pair))
        }
        name => {
            let Some(mode) = AesMode::from_name(name) else {
                return Err(given.unsupported("generate a key"));
            };
            let length = given.required_integer(cx, "length")?;
            let algorithm = KeyAlgorithm::Aes(mode);
            import::check_usages(&algorithm, KeyType::Secret, usages)?;
            if !matches!(length, 128 | 192 | 256) {
                return Err(operation(format!("{name}: a key cannot have {length} bits")));
            }
            let bytes = random(cx, length as usize / 8)?;
            some_usage(usages)?;
            let type_ = KeyType::Secret;
            Ok(CryptoKey::create(cx, type_, algorithm, bytes, extractable, usages).value())
        }
    }
}

fn some_usage(usages: &[KeyUsage]) -> Fallible<()> {
    if usages.is_empty() { Err(syntax("a key must have a usage")) } else { Ok(()) }
}

fn derive(
    cx: &mut Cx,
    given: &Given,
    key: &CryptoKey,
    usage: KeyUsage,
    length: Option<u32>,
) -> Fallible<Vec<u8>> {
    let whole_bytes = |length: Option<u32>| match length {
        Some(length) if length > 0 && length % 8 == 0 => Ok(length as usize / 8),
        _ => {
            Err(operation(format!("{}: the length must be a multiple of 8, and not 0", given.name)))
        }
    };
    match given.name {
        "ECDH" => {
            let public = given.public(cx)?;
            key.demand(usage, given.name)?;
            let KeyAlgorithm::Ecdh(curve) = &key.algorithm else { return Err(wrong_key()) };
            if key.type_ != KeyType::Private {
                return Err(access("ECDH: the key to derive from must be a private one"));
            }
            if public.type_ != KeyType::Public || public.algorithm != key.algorithm {
                return Err(access("ECDH: the public key does not belong to this one"));
            }
            let mut secret = curve.agree(key.bytes(), public.bytes())?;
            let Some(length) = length else { return Ok(secret) };
            let bytes = length.div_ceil(8) as usize;
            if bytes > secret.len() {
                return Err(operation(format!("ECDH: {length} bits are too many")));
            }
            secret.truncate(bytes);
            if let (Some(last), rest @ 1..) = (secret.last_mut(), length % 8) {
                *last &= 0xff << (8 - rest);
            }
            Ok(secret)
        }
        "HKDF" => {
            let hash = given.hash(cx)?;
            let info = given.required_bytes(cx, "info")?;
            let salt = given.required_bytes(cx, "salt")?;
            key.demand(usage, given.name)?;
            let bytes = whole_bytes(length)?;
            hash.hkdf(key.bytes(), &salt, &info, bytes)
        }
        "PBKDF2" => {
            let hash = given.hash(cx)?;
            let iterations = given.required_integer(cx, "iterations")?;
            let salt = given.required_bytes(cx, "salt")?;
            key.demand(usage, given.name)?;
            let bytes = whole_bytes(length)?;
            if iterations == 0 {
                return Err(operation("PBKDF2: there must be an iteration"));
            }
            hash.pbkdf2(key.bytes(), &salt, iterations, bytes)
        }
        _ => Err(given.unsupported("derive bits")),
    }
}

/// "Get key length"
fn key_length(cx: &mut Cx, given: &Given) -> Fallible<Option<u32>> {
    match given.name {
        "HMAC" => {
            let hash = given.hash(cx)?;
            match given.integer(cx, "length")? {
                Some(0) => Err(virga_js::Error::type_error("HMAC: a key cannot have 0 bits")),
                Some(length) => Ok(Some(length)),
                None => Ok(Some(hash.block_bits())),
            }
        }
        "HKDF" | "PBKDF2" => Ok(None),
        name if AesMode::from_name(name).is_some() => {
            match given.required_integer(cx, "length")? {
                length @ (128 | 192 | 256) => Ok(Some(length)),
                length => Err(operation(format!("{name}: a key cannot have {length} bits"))),
            }
        }
        _ => Err(given.unsupported("derive a key")),
    }
}

impl SubtleCryptoMethods for Obj<SubtleCrypto> {
    fn encrypt(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        key: Obj<CryptoKey>,
        input: BufferSource,
    ) -> Fallible<Promise> {
        operate(cx, algorithm, &input, |cx, given, input| {
            crypt(cx, given, &key, KeyUsage::Encrypt, input)
        })
    }

    fn decrypt(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        key: Obj<CryptoKey>,
        input: BufferSource,
    ) -> Fallible<Promise> {
        operate(cx, algorithm, &input, |cx, given, input| {
            crypt(cx, given, &key, KeyUsage::Decrypt, input)
        })
    }

    fn sign(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        key: Obj<CryptoKey>,
        input: BufferSource,
    ) -> Fallible<Promise> {
        operate(cx, algorithm, &input, |cx, given, input| sign(cx, given, &key, input))
    }

    fn verify(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        key: Obj<CryptoKey>,
        signature: BufferSource,
        input: BufferSource,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let (signature, input) = (signature.bytes(cx)?, input.bytes(cx)?);
            let given = Given::read(cx, algorithm)?;
            verify(cx, &given, &key, &signature, &input)
        })
    }

    fn digest(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        input: BufferSource,
    ) -> Fallible<Promise> {
        operate(cx, algorithm, &input, |_, given, input| {
            let hash = given.as_hash().ok_or_else(|| given.unsupported("digest"))?;
            Ok(hash.digest(input))
        })
    }

    fn generate_key(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        extractable: bool,
        key_usages: Vec<KeyUsage>,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let given = Given::read(cx, algorithm)?;
            generate(cx, &given, extractable, &key_usages)
        })
    }

    fn derive_key(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        base_key: Obj<CryptoKey>,
        derived_key_type: ObjectOrDOMString,
        extractable: bool,
        key_usages: Vec<KeyUsage>,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let given = Given::read(cx, algorithm)?;
            let wanted = Given::read(cx, derived_key_type)?;
            let length = key_length(cx, &wanted)?;
            let secret = derive(cx, &given, &base_key, KeyUsage::DeriveKey, length)?;
            let secret = KeyData::Bytes(secret);
            import::import(cx, KeyFormat::Raw, secret, &wanted, extractable, &key_usages)
        })
    }

    fn derive_bits(
        &self,
        cx: &mut Cx,
        algorithm: ObjectOrDOMString,
        base_key: Obj<CryptoKey>,
        length: Option<u32>,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let given = Given::read(cx, algorithm)?;
            let bits = derive(cx, &given, &base_key, KeyUsage::DeriveBits, length)?;
            buffer(cx, &bits)
        })
    }

    fn import_key(
        &self,
        cx: &mut Cx,
        format: KeyFormat,
        key_data: Object,
        algorithm: ObjectOrDOMString,
        extractable: bool,
        key_usages: Vec<KeyUsage>,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let given = Given::read(cx, algorithm)?;
            let key_data = KeyData::read(cx, format, key_data)?;
            import::import(cx, format, key_data, &given, extractable, &key_usages)
        })
    }

    fn export_key(&self, cx: &mut Cx, format: KeyFormat, key: Obj<CryptoKey>) -> Fallible<Promise> {
        promise(cx, |cx| import::export(cx, format, &key))
    }

    /// <https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey>
    fn wrap_key(
        &self,
        cx: &mut Cx,
        format: KeyFormat,
        key: Obj<CryptoKey>,
        wrapping_key: Obj<CryptoKey>,
        wrap_algorithm: ObjectOrDOMString,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let given = Given::read(cx, wrap_algorithm)?;
            wrapping_key.demand(KeyUsage::WrapKey, given.name)?;
            let exported = import::export(cx, format, &key)?;
            let bytes = match exported.as_object().and_then(|o| Buffer::from_object(&o)) {
                Some(buffer) => buffer.to_vec(cx)?,
                None => {
                    let json = cx.global_property("JSON")?;
                    let json = json.as_object().ok_or_else(|| operation("JSON is missing"))?;
                    let text = json.invoke(cx, "stringify", &[exported])?.to_string(cx)?;
                    text.to_str().into_owned().into_bytes()
                }
            };
            let out = if given.name == "AES-KW" {
                // JSON is filled up with spaces, which it allows.
                let mut bytes = bytes;
                if format == KeyFormat::Jwk {
                    bytes.resize(bytes.len().next_multiple_of(8), b' ');
                }
                aes::wrap(wrapping_key.bytes(), &bytes)?
            } else {
                crypt(cx, &given, &wrapping_key, KeyUsage::WrapKey, &bytes)?
            };
            buffer(cx, &out)
        })
    }

    /// <https://w3c.github.io/webcrypto/#SubtleCrypto-method-unwrapKey>
    fn unwrap_key(
        &self,
        cx: &mut Cx,
        format: KeyFormat,
        wrapped_key: BufferSource,
        unwrapping_key: Obj<CryptoKey>,
        unwrap_algorithm: ObjectOrDOMString,
        unwrapped_key_algorithm: ObjectOrDOMString,
        extractable: bool,
        key_usages: Vec<KeyUsage>,
    ) -> Fallible<Promise> {
        promise(cx, |cx| {
            let wrapped = wrapped_key.bytes(cx)?;
            let given = Given::read(cx, unwrap_algorithm)?;
            let wanted = Given::read(cx, unwrapped_key_algorithm)?;
            unwrapping_key.demand(KeyUsage::UnwrapKey, given.name)?;
            let bytes = if given.name == "AES-KW" {
                aes::unwrap(unwrapping_key.bytes(), &wrapped)?
            } else {
                crypt(cx, &given, &unwrapping_key, KeyUsage::UnwrapKey, &wrapped)?
            };
            let key_data = if format == KeyFormat::Jwk {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let parsed = parse_json(cx, &text.as_str().into())
                    .map_err(|_| data("what was unwrapped is no JSON"))?;
                let object = parsed.as_object();
                KeyData::Json(object.ok_or_else(|| data("what was unwrapped is no JSON Web Key"))?)
            } else {
                KeyData::Bytes(bytes)
            };
            import::import(cx, format, key_data, &wanted, extractable, &key_usages)
        })
    }
}
