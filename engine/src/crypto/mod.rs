//! Web Cryptography: <https://w3c.github.io/webcrypto/>
//!
//! The primitives are the RustCrypto crates'; randomness is the host's
//! ([`Call::Random`]), so that a recorded run finds the same keys again. RSA is
//! not there, and says so by name.

mod aes;
mod algorithm;
mod ec;
mod hash;
mod import;
mod jwk;
mod key;
mod subtle;

use virga_js::{
    Buffer, Cx, DomExceptionName, DomString, Error, Fallible, Obj, Object, TypedArrayKind,
    webidl::ArrayBufferView,
};
use virga_js::{Platform, Trace};
use virga_protocol::{Answer, Call};

pub(crate) use self::{key::CryptoKey, subtle::SubtleCrypto};
use crate::{
    agent::EngineCx,
    generated::{CryptoMethods, GlobalCryptoMethods},
    window::{Global, GlobalScope},
};

/// The most bytes that `getRandomValues` gives at once.
const MOST_RANDOM: usize = 65_536;

/// The object `crypto`.
#[derive(Trace, Platform)]
pub(crate) struct Crypto;

impl<T: Global> GlobalCryptoMethods for Obj<T> {
    fn crypto(&self, cx: &mut Cx) -> Obj<Crypto> {
        self.upcast::<GlobalScope>().singleton(cx, |_| Crypto)
    }
}

impl CryptoMethods for Obj<Crypto> {
    fn subtle(&self, cx: &mut Cx) -> Obj<SubtleCrypto> {
        cx.scope().singleton(cx, |_| SubtleCrypto)
    }

    /// <https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues>
    fn get_random_values(&self, cx: &mut Cx, array: ArrayBufferView) -> Fallible<Object> {
        use TypedArrayKind::{Float16, Float32, Float64};
        let object = array.object().clone();
        // 1.
        let buffer = match Buffer::from_object(&object) {
            Some(buffer @ Buffer::Typed(_, kind))
                if !matches!(kind, Float16 | Float32 | Float64) =>
            {
                buffer
            }
            _ => {
                let message = "Crypto.getRandomValues: only arrays of integers are filled";
                return Err(Error::dom(DomExceptionName::TypeMismatch, message));
            }
        };
        // 2.
        let length = buffer.to_vec(cx)?.len();
        if length > MOST_RANDOM {
            let message =
                format!("Crypto.getRandomValues: {length} bytes are more than {MOST_RANDOM}");
            return Err(Error::dom(DomExceptionName::QuotaExceeded, message));
        }
        // 3.
        let bytes = random(cx, length)?;
        buffer.write(cx, &bytes)?;
        Ok(object)
    }

    /// <https://w3c.github.io/webcrypto/#Crypto-method-randomUUID>
    fn random_uuid(&self, cx: &mut Cx) -> Fallible<DomString> {
        let mut bytes = random(cx, 16)?;
        if let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes[..] {
            *version = (*version & 0x0f) | 0x40;
            *variant = (*variant & 0x3f) | 0x80;
        }
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push_str(&format!("{byte:02x}"));
        }
        Ok(DomString::from(text))
    }
}

/// Random bytes fit for secrets.
fn random(cx: &Cx, length: usize) -> Fallible<Vec<u8>> {
    if length == 0 {
        return Ok(Vec::new());
    }
    let wanted = u32::try_from(length).unwrap_or(u32::MAX);
    match cx.engine().call(Call::Random { length: wanted }) {
        Answer::Random(bytes) if bytes.len() == length => Ok(bytes.to_vec()),
        _ => Err(operation("the host gave no random numbers")),
    }
}

/// An `OperationError`.
fn operation(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::Operation, message)
}

/// A `DataError`.
fn data(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::Data, message)
}

/// A `SyntaxError`.
fn syntax(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::Syntax, message)
}

/// An `InvalidAccessError`.
fn access(message: impl Into<String>) -> Error {
    Error::dom(DomExceptionName::InvalidAccess, message)
}
