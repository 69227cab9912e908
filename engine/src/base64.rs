//! Bytes as text in base64, and in base64url.

/// What no digit is.
const NONE: u8 = 0xff;

/// 64 digits, and what each byte is among them.
struct Alphabet {
    digits: &'static [u8; 64],
    values: [u8; 256],
}

impl Alphabet {
    const fn new(digits: &'static [u8; 64]) -> Self {
        let mut values = [NONE; 256];
        let mut value = 0;
        while value < 64 {
            values[digits[value as usize] as usize] = value;
            value += 1;
        }
        Self { digits, values }
    }

    fn encode(&self, bytes: &[u8]) -> String {
        let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for group in bytes.chunks(3) {
            let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
            let bits = bits << (8 * (3 - group.len()));
            for place in 0..=group.len() {
                out.push(char::from(self.digits[(bits >> (18 - 6 * place) & 63) as usize]));
            }
        }
        out
    }

    fn decode(&self, digits: &[u8]) -> Option<Vec<u8>> {
        if digits.len() % 4 == 1 {
            return None;
        }
        let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
        for group in digits.chunks(4) {
            let mut bits = 0_u32;
            for digit in group {
                let value = self.values[usize::from(*digit)];
                if value == NONE {
                    return None;
                }
                bits = bits << 6 | u32::from(value);
            }
            bits <<= 6 * (4 - group.len());
            out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
        }
        Some(out)
    }
}

static STANDARD: Alphabet =
    Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
static URL: Alphabet =
    Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/// <https://infra.spec.whatwg.org/#forgiving-base64-encode>
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = STANDARD.encode(bytes);
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// <https://infra.spec.whatwg.org/#forgiving-base64-decode>: `None` is its failure.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    // 1. Remove all ASCII white space.
    let mut digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // 2. With a length divisible by 4, remove one or two trailing `=`.
    if digits.len().is_multiple_of(4) {
        for _ in 0..2 {
            if digits.last() == Some(&b'=') {
                digits.pop();
            }
        }
    }
    // 3. - 10.
    STANDARD.decode(&digits)
}

/// base64url without padding: <https://www.rfc-editor.org/rfc/rfc7515#section-2>
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    URL.encode(bytes)
}

/// The way back; `None` for anything else.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    URL.decode(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn decoding_forgives_space_and_padding_only() {
        assert_eq!(decode(" Z g = = ").as_deref(), Some(&b"f"[..]));
        assert_eq!(decode("Zg").as_deref(), Some(&b"f"[..]));
        for bad in ["Z", "Zg=", "Zg===", "Z=g=", "Zm9v-", "Zé=="] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn base64url_goes_there_and_back() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[251, 255], "-_8")]
        {
            assert_eq!(encode_url(bytes), text);
            assert_eq!(decode_url(text).as_deref(), Some(bytes));
        }
        for bad in ["a", "a+bc", "Zg=="] {
            assert_eq!(decode_url(bad), None, "{bad}");
        }
    }
}
