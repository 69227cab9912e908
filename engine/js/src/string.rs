//! Strings of script: sequences of UTF-16 code units.

use std::borrow::Cow;
use std::fmt;

use boa_engine::JsString;
use boa_engine::string::{JsStr, JsStrVariant};

/// A string of script ("DOMString"): immutable, shared, made of UTF-16 code
/// units that may hold lone surrogates.
///
/// Cloning is a counter. Text in Latin-1 is stored one byte per unit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct DomString(pub(crate) JsString);

impl DomString {
    /// The empty string.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A string of these code units.
    #[must_use]
    pub fn from_utf16(units: &[u16]) -> Self {
        Self(JsString::from(units))
    }

    /// A string of these Latin-1 bytes: byte `n` becomes code unit `n`.
    #[must_use]
    pub fn from_latin1(bytes: &[u8]) -> Self {
        Self(JsString::from(JsStr::latin1(bytes)))
    }

    /// Number of code units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no code unit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The code units.
    pub fn code_units(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        self.0.iter()
    }

    /// The code units, collected.
    #[must_use]
    pub fn to_utf16(&self) -> Vec<u16> {
        self.0.to_vec()
    }

    /// The code unit at `index`.
    #[must_use]
    pub fn code_unit_at(&self, index: usize) -> Option<u16> {
        self.0.code_unit_at(index)
    }

    /// The units `start..end`, both clamped to the length.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.len());
        let start = start.min(end);
        if start == 0 && end == self.len() {
            return self.clone();
        }
        Self(self.0.slice(start, end))
    }

    /// This string followed by `other`.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        Self(JsString::concat(self.0.as_str(), other.0.as_str()))
    }

    /// The text, if all of it is ASCII: no copy is made.
    #[must_use]
    pub fn as_ascii(&self) -> Option<&str> {
        match self.0.variant() {
            JsStrVariant::Latin1(bytes) if bytes.is_ascii() => std::str::from_utf8(bytes).ok(),
            JsStrVariant::Latin1(_) | JsStrVariant::Utf16(_) => None,
        }
    }

    /// The text as Rust text, borrowed when it is ASCII; lone surrogates become
    /// U+FFFD (the conversion to "USVString").
    #[must_use]
    pub fn to_str(&self) -> Cow<'_, str> {
        match self.as_ascii() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.0.to_std_string_lossy()),
        }
    }

    /// Each unit as a byte, if all fit ("ByteString").
    #[must_use]
    pub fn to_latin1(&self) -> Option<Vec<u8>> {
        match self.0.variant() {
            JsStrVariant::Latin1(bytes) => Some(bytes.to_vec()),
            JsStrVariant::Utf16(units) => {
                units.iter().map(|&unit| u8::try_from(unit).ok()).collect()
            }
        }
    }

    /// Whether every surrogate has its partner.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self.0.variant() {
            JsStrVariant::Latin1(_) => true,
            JsStrVariant::Utf16(units) => {
                char::decode_utf16(units.iter().copied()).all(|unit| unit.is_ok())
            }
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn from_static(text: &'static boa_engine::string::StaticString) -> Self {
        Self(JsString::from_static(text))
    }
}

/// A [`DomString`] made at compile time from an ASCII literal: no allocation,
/// no counting.
#[macro_export]
macro_rules! dom_string {
    ($text:literal) => {
        const {
            const TEXT: $crate::__private::StaticString =
                $crate::__private::StaticString::new($crate::__private::latin1($text));
            $crate::DomString::from_static(&TEXT)
        }
    };
}

/// For `dom_string!`.
#[doc(hidden)]
#[must_use]
pub const fn latin1(text: &'static str) -> JsStr<'static> {
    assert!(text.is_ascii(), "dom_string! takes ASCII text");
    JsStr::latin1(text.as_bytes())
}

impl From<&str> for DomString {
    fn from(text: &str) -> Self {
        if text.is_ascii() {
            return Self(JsString::from(JsStr::latin1(text.as_bytes())));
        }
        Self(JsString::from(text))
    }
}

impl From<&String> for DomString {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for DomString {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Cow<'_, str>> for DomString {
    fn from(text: Cow<'_, str>) -> Self {
        Self::from(&*text)
    }
}

impl From<char> for DomString {
    fn from(c: char) -> Self {
        Self::from(&*c.encode_utf8(&mut [0; 4]))
    }
}

impl From<&DomString> for String {
    fn from(text: &DomString) -> Self {
        text.to_str().into_owned()
    }
}

impl From<DomString> for String {
    fn from(text: DomString) -> Self {
        Self::from(&text)
    }
}

impl PartialEq<str> for DomString {
    fn eq(&self, other: &str) -> bool {
        match self.as_ascii() {
            Some(text) => text == other,
            None => self.code_units().eq(other.encode_utf16()),
        }
    }
}

impl PartialEq<&str> for DomString {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for DomString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

impl fmt::Debug for DomString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_both_ways() {
        for text in ["", "plain", "grüße", "日本語", "🌧 rain", "\u{ff}"] {
            let string = DomString::from(text);
            assert_eq!(string.to_str(), text);
            assert_eq!(string, *text);
            assert_eq!(string.len(), text.encode_utf16().count());
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        let string = DomString::from_utf16(&[0x61, 0xd83c, 0x62]);
        assert!(!string.is_well_formed());
        assert_eq!(string.to_str(), "a\u{fffd}b");
    }

    #[test]
    fn slices_are_clamped() {
        let string = DomString::from("abc");
        assert_eq!(string.slice(1, 9), *"bc");
        assert_eq!(string.slice(5, 2), *"");
    }

    #[test]
    fn bytes_need_latin1() {
        assert_eq!(DomString::from("é").to_latin1(), Some(vec![0xe9]));
        assert_eq!(DomString::from("日").to_latin1(), None);
    }

    #[test]
    fn literals_are_static() {
        assert_eq!(dom_string!("click"), *"click");
    }
}
