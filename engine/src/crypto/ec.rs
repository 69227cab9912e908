//! ECDSA and ECDH on the curves P-256 and P-384.
//!
//! Private keys are scalars, public ones uncompressed points, both as bytes.

use virga_js::Fallible;

use super::{data, operation};

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    pub(super) const ALL: [Self; 2] = [Self::P256, Self::P384];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    /// Bytes of a coordinate.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// The public point of a scalar; `None` if that is no private key.
    pub(super) fn public(self, scalar: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::public(scalar),
            Self::P384 => p384_curve::public(scalar),
        }
    }

    /// A point, uncompressed; `None` if it is not on the curve.
    pub(super) fn point(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::point(bytes),
            Self::P384 => p384_curve::point(bytes),
        }
    }

    pub(super) fn sign(self, scalar: &[u8], digest: &[u8]) -> Fallible<Vec<u8>> {
        let digest = self.padded(digest);
        match self {
            Self::P256 => p256_curve::sign(scalar, &digest),
            Self::P384 => p384_curve::sign(scalar, &digest),
        }
        .ok_or_else(|| operation("ECDSA: the key cannot be used"))
    }

    pub(super) fn verify(self, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        let digest = self.padded(digest);
        match self {
            Self::P256 => p256_curve::verify(point, &digest, signature),
            Self::P384 => p384_curve::verify(point, &digest, signature),
        }
    }

    /// A digest that is shorter than the curve's field is the same number with
    /// zeros before it.
    fn padded(self, digest: &[u8]) -> Vec<u8> {
        let mut padded = vec![0; self.size().saturating_sub(digest.len())];
        padded.extend_from_slice(digest);
        padded
    }

    /// The shared secret of ECDH.
    pub(super) fn agree(self, scalar: &[u8], point: &[u8]) -> Fallible<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::agree(scalar, point),
            Self::P384 => p384_curve::agree(scalar, point),
        }
        .ok_or_else(|| operation("ECDH: the keys cannot be used"))
    }

    pub(super) fn to_pkcs8(self, scalar: &[u8]) -> Fallible<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::to_pkcs8(scalar),
            Self::P384 => p384_curve::to_pkcs8(scalar),
        }
        .ok_or_else(|| operation("the key cannot be exported"))
    }

    pub(super) fn read_pkcs8(self, bytes: &[u8]) -> Fallible<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::from_pkcs8(bytes),
            Self::P384 => p384_curve::from_pkcs8(bytes),
        }
        .ok_or_else(|| data(format!("this is no private key of {}", self.name())))
    }

    pub(super) fn to_spki(self, point: &[u8]) -> Fallible<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::to_spki(point),
            Self::P384 => p384_curve::to_spki(point),
        }
        .ok_or_else(|| operation("the key cannot be exported"))
    }

    pub(super) fn read_spki(self, bytes: &[u8]) -> Fallible<Vec<u8>> {
        match self {
            Self::P256 => p256_curve::from_spki(bytes),
            Self::P384 => p384_curve::from_spki(bytes),
        }
        .ok_or_else(|| data(format!("this is no public key of {}", self.name())))
    }
}

macro_rules! curve {
    ($module:ident, $curve:ident) => {
        mod $module {
            use $curve::{
                PublicKey, SecretKey,
                ecdsa::{
                    Signature, SigningKey, VerifyingKey,
                    signature::hazmat::{PrehashSigner, PrehashVerifier},
                },
                pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey},
            };

            fn uncompressed(key: &PublicKey) -> Vec<u8> {
                VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec()
            }

            pub(super) fn public(scalar: &[u8]) -> Option<Vec<u8>> {
                let key = SecretKey::from_slice(scalar).ok()?;
                Some(uncompressed(&key.public_key()))
            }

            pub(super) fn point(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(uncompressed(&PublicKey::from_sec1_bytes(bytes).ok()?))
            }

            pub(super) fn sign(scalar: &[u8], digest: &[u8]) -> Option<Vec<u8>> {
                let key = SigningKey::from_slice(scalar).ok()?;
                let signature: Signature = key.sign_prehash(digest).ok()?;
                Some(signature.to_vec())
            }

            pub(super) fn verify(point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
                let key = VerifyingKey::from_sec1_bytes(point);
                match (key, Signature::from_slice(signature)) {
                    (Ok(key), Ok(signature)) => key.verify_prehash(digest, &signature).is_ok(),
                    _ => false,
                }
            }

            pub(super) fn agree(scalar: &[u8], point: &[u8]) -> Option<Vec<u8>> {
                let key = SecretKey::from_slice(scalar).ok()?;
                let point = PublicKey::from_sec1_bytes(point).ok()?;
                Some(key.diffie_hellman(&point).raw_secret_bytes().to_vec())
            }

            pub(super) fn to_pkcs8(scalar: &[u8]) -> Option<Vec<u8>> {
                let key = SecretKey::from_slice(scalar).ok()?;
                Some(key.to_pkcs8_der().ok()?.as_bytes().to_vec())
            }

            pub(super) fn from_pkcs8(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(SecretKey::from_pkcs8_der(bytes).ok()?.to_bytes().to_vec())
            }

            pub(super) fn to_spki(point: &[u8]) -> Option<Vec<u8>> {
                let key = PublicKey::from_sec1_bytes(point).ok()?;
                Some(key.to_public_key_der().ok()?.as_bytes().to_vec())
            }

            pub(super) fn from_spki(bytes: &[u8]) -> Option<Vec<u8>> {
                Some(uncompressed(&PublicKey::from_public_key_der(bytes).ok()?))
            }
        }
    };
}

curve!(p256_curve, p256);
curve!(p384_curve, p384);
