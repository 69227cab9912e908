//! Digests and what is built on them: HMAC, HKDF, PBKDF2.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use virga_js::Fallible;

use super::operation;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// Runs `$body` with `$d` as the type of a digest.
macro_rules! with_digest {
    ($hash:expr, $d:ident => $body:expr) => {
        match $hash {
            Hash::Sha1 => {
                type $d = Sha1;
                $body
            }
            Hash::Sha256 => {
                type $d = Sha256;
                $body
            }
            Hash::Sha384 => {
                type $d = Sha384;
                $body
            }
            Hash::Sha512 => {
                type $d = Sha512;
                $body
            }
        }
    };
}

impl Hash {
    pub(super) const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The name that JSON Web Keys use for HMAC with it.
    pub(super) const fn jwk_hmac(self) -> &'static str {
        match self {
            Self::Sha1 => "HS1",
            Self::Sha256 => "HS256",
            Self::Sha384 => "HS384",
            Self::Sha512 => "HS512",
        }
    }

    /// The block size in bits.
    pub(super) const fn block_bits(self) -> u32 {
        match self {
            Self::Sha1 | Self::Sha256 => 512,
            Self::Sha384 | Self::Sha512 => 1024,
        }
    }

    pub(super) fn digest(self, data: &[u8]) -> Vec<u8> {
        with_digest!(self, D => D::digest(data).to_vec())
    }

    pub(super) fn hmac(self, key: &[u8], data: &[u8]) -> Fallible<Vec<u8>> {
        with_digest!(self, D => {
            let mut mac = Hmac::<D>::new_from_slice(key)
                .map_err(|_| operation("HMAC: the key cannot be used"))?;
            mac.update(data);
            Ok(mac.finalize().into_bytes().to_vec())
        })
    }

    /// Compares in constant time.
    pub(super) fn hmac_matches(self, key: &[u8], data: &[u8], signature: &[u8]) -> Fallible<bool> {
        with_digest!(self, D => {
            let mut mac = Hmac::<D>::new_from_slice(key)
                .map_err(|_| operation("HMAC: the key cannot be used"))?;
            mac.update(data);
            Ok(mac.verify_slice(signature).is_ok())
        })
    }

    pub(super) fn hkdf(
        self,
        key: &[u8],
        salt: &[u8],
        info: &[u8],
        length: usize,
    ) -> Fallible<Vec<u8>> {
        let mut out = vec![0; length];
        with_digest!(self, D => {
            hkdf::Hkdf::<D>::new(Some(salt), key)
                .expand(info, &mut out)
                .map_err(|_| operation(format!("HKDF: {length} bytes are too many")))?;
        });
        Ok(out)
    }

    pub(super) fn pbkdf2(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        length: usize,
    ) -> Fallible<Vec<u8>> {
        let mut out = vec![0; length];
        with_digest!(self, D => pbkdf2::pbkdf2::<Hmac<D>>(password, salt, iterations, &mut out))
            .map_err(|_| operation("PBKDF2: the password cannot be used"))?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_and_codes_are_those_of_the_standards() {
        assert_eq!(hex(&Hash::Sha1.digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex(&Hash::Sha256.digest(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // RFC 4231, test case 2.
        let mac = Hash::Sha256.hmac(b"Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(Hash::Sha256.hmac_matches(b"Jefe", b"what do ya want for nothing?", &mac).unwrap());
        assert!(!Hash::Sha256.hmac_matches(b"Jefe", b"something else", &mac).unwrap());
        // RFC 6070, test case 2.
        let key = Hash::Sha1.pbkdf2(b"password", b"salt", 2, 20).unwrap();
        assert_eq!(hex(&key), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    }
}
