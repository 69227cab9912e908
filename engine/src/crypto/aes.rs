//! AES and its modes.

use aes::{
    Aes128, Aes192, Aes256,
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit,
        KeyIvInit, block_padding::Pkcs7,
    },
};
use ghash::{GHash, universal_hash::UniversalHash};
use virga_js::Fallible;

use super::operation;

const BLOCK: usize = 16;
type Block = [u8; BLOCK];

/// The block cipher with a key of any of its lengths.
enum Cipher {
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

fn bad_key() -> virga_js::Error {
    operation("AES: the key has another length than 128, 192 or 256 bits")
}

impl Cipher {
    fn new(key: &[u8]) -> Fallible<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).map(|aes| Self::Aes128(Box::new(aes))),
            24 => Aes192::new_from_slice(key).map(|aes| Self::Aes192(Box::new(aes))),
            _ => Aes256::new_from_slice(key).map(|aes| Self::Aes256(Box::new(aes))),
        }
        .map_err(|_| bad_key())
    }

    fn encrypt(&self, block: &mut Block) {
        let mut array = Array::from(*block);
        match self {
            Self::Aes128(aes) => aes.encrypt_block(&mut array),
            Self::Aes192(aes) => aes.encrypt_block(&mut array),
            Self::Aes256(aes) => aes.encrypt_block(&mut array),
        }
        *block = array.into();
    }

    fn decrypt(&self, block: &mut Block) {
        let mut array = Array::from(*block);
        match self {
            Self::Aes128(aes) => aes.decrypt_block(&mut array),
            Self::Aes192(aes) => aes.decrypt_block(&mut array),
            Self::Aes256(aes) => aes.decrypt_block(&mut array),
        }
        *block = array.into();
    }
}

/// <https://w3c.github.io/webcrypto/#aes-cbc-operations>
pub(super) fn cbc_encrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Fallible<Vec<u8>> {
    macro_rules! run {
        ($aes:ty) => {
            cbc::Encryptor::<$aes>::new_from_slices(key, iv)
                .map_err(|_| operation("AES-CBC: the iv must have 16 bytes"))?
                .encrypt_padded_vec::<Pkcs7>(data)
        };
    }
    Ok(match key.len() {
        16 => run!(Aes128),
        24 => run!(Aes192),
        _ => run!(Aes256),
    })
}

/// The way back; every failure looks the same.
pub(super) fn cbc_decrypt(key: &[u8], iv: &[u8], data: &[u8]) -> Fallible<Vec<u8>> {
    macro_rules! run {
        ($aes:ty) => {
            cbc::Decryptor::<$aes>::new_from_slices(key, iv)
                .map_err(|_| operation("AES-CBC: the iv must have 16 bytes"))?
                .decrypt_padded_vec::<Pkcs7>(data)
        };
    }
    match key.len() {
        16 => run!(Aes128),
        24 => run!(Aes192),
        _ => run!(Aes256),
    }
    .map_err(|_| operation("AES-CBC: the data cannot be decrypted"))
}

/// Counts in the lowest `bits` of a block.
fn increment(counter: &mut Block, bits: u32) {
    let mask = if bits >= 128 { u128::MAX } else { (1 << bits) - 1 };
    let value = u128::from_be_bytes(*counter);
    let next = (value & !mask) | (value.wrapping_add(1) & mask);
    *counter = next.to_be_bytes();
}

fn ctr_with(cipher: &Cipher, mut counter: Block, bits: u32, data: &[u8]) -> Vec<u8> {
    let mut out = data.to_vec();
    for chunk in out.chunks_mut(BLOCK) {
        let mut pad = counter;
        cipher.encrypt(&mut pad);
        for (byte, pad) in chunk.iter_mut().zip(pad) {
            *byte ^= pad;
        }
        increment(&mut counter, bits);
    }
    out
}

/// <https://w3c.github.io/webcrypto/#aes-ctr-operations>, the same both ways.
pub(super) fn ctr(key: &[u8], counter: &[u8], bits: u8, data: &[u8]) -> Fallible<Vec<u8>> {
    let counter: Block =
        counter.try_into().map_err(|_| operation("AES-CTR: the counter must have 16 bytes"))?;
    if !(1..=128).contains(&bits) {
        return Err(operation("AES-CTR: the length must be between 1 and 128"));
    }
    let blocks = data.len().div_ceil(BLOCK);
    if bits < 64 && u64::try_from(blocks).unwrap_or(u64::MAX) > 1 << bits {
        return Err(operation("AES-CTR: the counter would repeat"));
    }
    Ok(ctr_with(&Cipher::new(key)?, counter, u32::from(bits), data))
}

/// Galois/Counter Mode with nonces and tags of any length: NIST SP 800-38D.
struct Gcm {
    cipher: Cipher,
    h: Block,
    first: Block,
}

impl Gcm {
    fn new(key: &[u8], iv: &[u8]) -> Fallible<Self> {
        let cipher = Cipher::new(key)?;
        let mut h = [0; BLOCK];
        cipher.encrypt(&mut h);
        let first = if let Ok(iv) = <[u8; 12]>::try_from(iv) {
            let mut block = [0; BLOCK];
            block[..12].copy_from_slice(&iv);
            block[15] = 1;
            block
        } else {
            hash(&h, &[], iv)
        };
        Ok(Self { cipher, h, first })
    }

    fn crypt(&self, data: &[u8]) -> Vec<u8> {
        let mut counter = self.first;
        increment(&mut counter, 32);
        ctr_with(&self.cipher, counter, 32, data)
    }

    fn tag(&self, additional: &[u8], encrypted: &[u8]) -> Block {
        let mut tag = self.first;
        self.cipher.encrypt(&mut tag);
        for (byte, hashed) in tag.iter_mut().zip(hash(&self.h, additional, encrypted)) {
            *byte ^= hashed;
        }
        tag
    }
}

/// GHASH over both, each filled up with zeros, and their lengths in bits.
fn hash(key: &Block, additional: &[u8], data: &[u8]) -> Block {
    let bits = |data: &[u8]| u64::try_from(data.len()).unwrap_or_default().wrapping_mul(8);
    let mut lengths = [0; BLOCK];
    lengths[..8].copy_from_slice(&bits(additional).to_be_bytes());
    lengths[8..].copy_from_slice(&bits(data).to_be_bytes());
    let mut hash = GHash::new(&(*key).into());
    hash.update_padded(additional);
    hash.update_padded(data);
    hash.update_padded(&lengths);
    hash.finalize().into()
}

/// <https://w3c.github.io/webcrypto/#aes-gcm-operations>; `tag` in bytes.
pub(super) fn gcm_encrypt(
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    tag: usize,
    data: &[u8],
) -> Fallible<Vec<u8>> {
    let gcm = Gcm::new(key, iv)?;
    let mut out = gcm.crypt(data);
    let full = gcm.tag(additional, &out);
    out.extend_from_slice(&full[..tag.min(BLOCK)]);
    Ok(out)
}

/// The way back.
pub(super) fn gcm_decrypt(
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    tag: usize,
    data: &[u8],
) -> Fallible<Vec<u8>> {
    let wrong = || operation("AES-GCM: the data cannot be decrypted");
    let at = data.len().checked_sub(tag).ok_or_else(wrong)?;
    let (encrypted, given) = data.split_at(at);
    let gcm = Gcm::new(key, iv)?;
    let expected = gcm.tag(additional, encrypted);
    // In constant time.
    let differs = expected.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b));
    if differs != 0 {
        return Err(wrong());
    }
    Ok(gcm.crypt(encrypted))
}

/// AES Key Wrap: RFC 3394.
pub(super) fn wrap(key: &[u8], data: &[u8]) -> Fallible<Vec<u8>> {
    if !data.len().is_multiple_of(8) || data.len() < 16 {
        return Err(operation(
            "AES-KW: what is wrapped must be a multiple of 8 bytes, at least 16",
        ));
    }
    let cipher = Cipher::new(key)?;
    let mut a = [0xa6; 8];
    let mut r: Vec<[u8; 8]> = data.as_chunks::<8>().0.to_vec();
    let count = u64::try_from(r.len()).unwrap_or(u64::MAX);
    for round in 0..6_u64 {
        for (index, part) in (1_u64..).zip(r.iter_mut()) {
            let mut block = [0; BLOCK];
            block[..8].copy_from_slice(&a);
            block[8..].copy_from_slice(part);
            cipher.encrypt(&mut block);
            let t = count * round + index;
            for ((a, block), t) in a.iter_mut().zip(&block[..8]).zip(t.to_be_bytes()) {
                *a = block ^ t;
            }
            part.copy_from_slice(&block[8..]);
        }
    }
    Ok([a].iter().chain(&r).flatten().copied().collect())
}

/// The way back.
pub(super) fn unwrap(key: &[u8], data: &[u8]) -> Fallible<Vec<u8>> {
    let wrong = || operation("AES-KW: the key cannot be unwrapped");
    if !data.len().is_multiple_of(8) || data.len() < 24 {
        return Err(wrong());
    }
    let cipher = Cipher::new(key)?;
    let parts = data.as_chunks::<8>().0;
    let (first, rest) = parts.split_first().ok_or_else(wrong)?;
    let mut a = *first;
    let mut r = rest.to_vec();
    let count = u64::try_from(r.len()).unwrap_or(u64::MAX);
    for round in (0..6_u64).rev() {
        for (part, index) in r.iter_mut().rev().zip((1..=count).rev()) {
            let t = (count * round + index).to_be_bytes();
            let mut block = [0; BLOCK];
            for ((block, a), t) in block.iter_mut().zip(a).zip(t) {
                *block = a ^ t;
            }
            block[8..].copy_from_slice(part);
            cipher.decrypt(&mut block);
            a.copy_from_slice(&block[..8]);
            part.copy_from_slice(&block[8..]);
        }
    }
    let differs = a.iter().fold(0, |all, byte| all | (byte ^ 0xa6));
    if differs != 0 {
        return Err(wrong());
    }
    Ok(r.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn gcm_is_that_of_the_specification() {
        // Test cases 4 and 6 of the GCM specification: nonces of 12 and 60 bytes.
        let key = bytes("feffe9928665731c6d6a8f9467308308");
        let data = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let additional = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let iv = bytes("cafebabefacedbaddecaf888");
        let out = gcm_encrypt(&key, &iv, &additional, 16, &data).unwrap();
        assert_eq!(out[data.len()..], bytes("5bc94fbc3221a5db94fae95ae7121a47"));
        assert_eq!(gcm_decrypt(&key, &iv, &additional, 16, &out).unwrap(), data);
        let mut bad = out.clone();
        bad[0] ^= 1;
        assert!(gcm_decrypt(&key, &iv, &additional, 16, &bad).is_err());
        let long = bytes(
            "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
        );
        let out = gcm_encrypt(&key, &long, &additional, 16, &data).unwrap();
        assert_eq!(out[data.len()..], bytes("619cc5aefffe0bfa462af43c1699d050"));
    }

    #[test]
    fn keys_are_wrapped_as_rfc_3394_says() {
        let key = bytes("000102030405060708090a0b0c0d0e0f");
        let data = bytes("00112233445566778899aabbccddeeff");
        let wrapped = wrap(&key, &data).unwrap();
        assert_eq!(wrapped, bytes("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"));
        assert_eq!(unwrap(&key, &wrapped).unwrap(), data);
    }

    #[test]
    fn counters_wrap_within_their_bits() {
        let mut counter = [0xff; BLOCK];
        increment(&mut counter, 4);
        assert_eq!(counter[15], 0xf0);
        assert_eq!(counter[14], 0xff);
    }
}
