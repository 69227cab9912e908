//! Finding code units in code units.

use boa_engine::JsString;
use boa_engine::string::{JsStr, JsStrVariant};

/// How many units are looked at before asking whether one was there: enough for
/// the compiler to use wide registers.
const BLOCK: usize = 32;

/// Where `needle` begins in `hay` at or after `from`.
pub(super) fn find(hay: &JsString, needle: &JsString, from: usize) -> Option<usize> {
    match (hay.variant(), needle.variant()) {
        (JsStrVariant::Latin1(hay), JsStrVariant::Latin1(needle)) => find_in(hay, needle, from),
        (JsStrVariant::Utf16(hay), JsStrVariant::Utf16(needle)) => find_in(hay, needle, from),
        (JsStrVariant::Utf16(hay), JsStrVariant::Latin1(needle)) => {
            find_in(hay, &widened(needle), from)
        }
        (JsStrVariant::Latin1(hay), JsStrVariant::Utf16(needle)) => {
            find_in(hay, &narrowed(needle)?, from)
        }
    }
}

/// Where the last `needle` begins in `hay` at or before `from`.
pub(super) fn find_last(hay: &JsString, needle: &JsString, from: usize) -> Option<usize> {
    match (hay.variant(), needle.variant()) {
        (JsStrVariant::Latin1(hay), JsStrVariant::Latin1(needle)) => {
            find_last_in(hay, needle, from)
        }
        (JsStrVariant::Utf16(hay), JsStrVariant::Utf16(needle)) => find_last_in(hay, needle, from),
        (JsStrVariant::Utf16(hay), JsStrVariant::Latin1(needle)) => {
            find_last_in(hay, &widened(needle), from)
        }
        (JsStrVariant::Latin1(hay), JsStrVariant::Utf16(needle)) => {
            find_last_in(hay, &narrowed(needle)?, from)
        }
    }
}

fn widened(units: &[u8]) -> Vec<u16> {
    units.iter().map(|&unit| u16::from(unit)).collect()
}

/// `None` if a unit does not fit, so that Latin-1 text cannot contain it.
fn narrowed(units: &[u16]) -> Option<Vec<u8>> {
    units.iter().map(|&unit| u8::try_from(unit).ok()).collect()
}

fn find_in<U: Copy + Eq>(hay: &[U], needle: &[U], from: usize) -> Option<usize> {
    let Some((&first, rest)) = needle.split_first() else {
        return (from <= hay.len()).then_some(from);
    };
    let last = hay.len().checked_sub(needle.len())?;
    let mut at = from;
    while at <= last {
        at += position(hay.get(at..=last)?, first)?;
        if hay.get(at + 1..at + needle.len()) == Some(rest) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn find_last_in<U: Copy + Eq>(hay: &[U], needle: &[U], from: usize) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    let Some((&first, rest)) = needle.split_first() else { return Some(from.min(last)) };
    let mut end = from.min(last) + 1;
    loop {
        let at = hay.get(..end)?.iter().rposition(|&unit| unit == first)?;
        if hay.get(at + 1..at + needle.len()) == Some(rest) {
            return Some(at);
        }
        end = at;
    }
}

/// The first place of a unit.
fn position<U: Copy + Eq>(units: &[U], wanted: U) -> Option<usize> {
    let mut at = 0;
    for block in units.chunks(BLOCK) {
        if block.iter().fold(false, |found, &unit| found | (unit == wanted)) {
            return block.iter().position(|&unit| unit == wanted).map(|index| at + index);
        }
        at += block.len();
    }
    None
}

/// A string that is made of pieces, in Latin-1 as long as they are.
pub(super) enum Pieces {
    Latin1(Vec<u8>),
    Utf16(Vec<u16>),
}

impl Pieces {
    pub(super) fn with_capacity(units: usize) -> Self {
        Self::Latin1(Vec::with_capacity(units))
    }

    pub(super) fn push(&mut self, piece: JsStr<'_>) {
        match (&mut *self, piece.variant()) {
            (Self::Latin1(units), JsStrVariant::Latin1(piece)) => units.extend_from_slice(piece),
            (Self::Utf16(units), JsStrVariant::Latin1(piece)) => {
                units.extend(piece.iter().map(|&unit| u16::from(unit)));
            }
            (Self::Utf16(units), JsStrVariant::Utf16(piece)) => units.extend_from_slice(piece),
            (Self::Latin1(_), JsStrVariant::Utf16([])) => {}
            (Self::Latin1(units), JsStrVariant::Utf16(piece)) => {
                let mut wide = widened(units);
                wide.extend_from_slice(piece);
                *self = Self::Utf16(wide);
            }
        }
    }

    /// The units `start..end` of a string.
    pub(super) fn push_part(&mut self, string: &JsString, start: usize, end: usize) {
        if let Some(part) = string.as_str().get(start..end) {
            self.push(part);
        }
    }

    pub(super) fn finish(self) -> JsString {
        match self {
            Self::Latin1(units) => JsString::from(JsStr::latin1(&units)),
            Self::Utf16(units) => JsString::from(&units[..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the standard says it: try each place.
    fn slow(hay: &[u16], needle: &[u16], from: usize) -> Option<usize> {
        (from..=hay.len().checked_sub(needle.len())?)
            .find(|&at| hay[at..at + needle.len()] == *needle)
    }

    fn slow_last(hay: &[u16], needle: &[u16], from: usize) -> Option<usize> {
        let last = hay.len().checked_sub(needle.len())?;
        (0..=from.min(last)).rev().find(|&at| hay[at..at + needle.len()] == *needle)
    }

    #[test]
    fn every_place_is_found() {
        // Strings over few letters, so that there are many near misses; a wide
        // letter makes some of them UTF-16.
        let mut seed = 7_u32;
        let mut next = |bound: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % bound
        };
        for round in 0..4000 {
            let letters: &[u16] = if round % 2 == 0 { &[97, 98, 255] } else { &[97, 98, 0x3b1] };
            let mut make = |longest: u32| -> Vec<u16> {
                (0..next(longest)).map(|_| letters[next(3) as usize]).collect()
            };
            let (hay, needle) = (make(90), make(5));
            let from = next(100) as usize;
            let narrow = |units: &[u16]| match narrowed(units) {
                Some(bytes) => JsString::from(JsStr::latin1(&bytes)),
                None => JsString::from(units),
            };
            let wide = |units: &[u16]| JsString::from(units);
            for (h, n) in [
                (narrow(&hay), narrow(&needle)),
                (wide(&hay), wide(&needle)),
                (narrow(&hay), wide(&needle)),
                (wide(&hay), narrow(&needle)),
            ] {
                assert_eq!(find(&h, &n, from), slow(&hay, &needle, from), "{hay:?} {needle:?}");
                assert_eq!(
                    find_last(&h, &n, from),
                    slow_last(&hay, &needle, from),
                    "{hay:?} {needle:?}"
                );
            }
        }
    }

    #[test]
    fn pieces_widen_when_they_must() {
        let mut pieces = Pieces::with_capacity(0);
        pieces.push(JsString::from("ab").as_str());
        pieces.push(JsString::from("α").as_str());
        pieces.push_part(&JsString::from("cdef"), 1, 3);
        assert_eq!(pieces.finish(), JsString::from("abαde"));
    }
}
