//! Replacement text with its `$` references, read once for many matches.
//!
//! <https://tc39.es/ecma262/#sec-getsubstitution>

use std::ops::Range;

use boa_engine::JsString;

use super::search::Pieces;

/// A replacement text.
pub(super) struct Template {
    text: JsString,
    parts: Vec<Part>,
}

enum Part {
    /// A part of the text itself.
    Literal(Range<usize>),
    /// `$&`
    Matched,
    /// `` $` ``
    Before,
    /// `$'`
    After,
    /// `$n`, from 1 on.
    Capture(usize),
    /// `$<name>`
    Named(JsString),
}

/// What one match offers to a [`Template`].
pub(super) trait Captures {
    /// The units of the capture with this number, from 1 on.
    fn numbered(&self, number: usize) -> Option<Range<usize>>;
    /// The units of the capture with this name.
    fn named(&self, name: &JsString) -> Option<Range<usize>>;
}

/// A match of plain text has none.
pub(super) struct NoCaptures;

impl Captures for NoCaptures {
    fn numbered(&self, _: usize) -> Option<Range<usize>> {
        None
    }

    fn named(&self, _: &JsString) -> Option<Range<usize>> {
        None
    }
}

impl Template {
    /// Reads the references, for matches with so many captures.
    pub(super) fn new(text: JsString, captures: usize, has_names: bool) -> Self {
        let units = text.to_vec();
        let dollar = u16::from(b'$');
        let mut parts = Vec::new();
        let mut literal = 0;
        let mut at = 0;
        while let Some(found) = units.iter().skip(at).position(|&unit| unit == dollar) {
            let start = at + found;
            let (part, end) = Self::reference(&text, &units, start, captures, has_names);
            at = end;
            let Some(part) = part else { continue };
            if literal < start {
                parts.push(Part::Literal(literal..start));
            }
            parts.push(part);
            literal = end;
        }
        if literal < units.len() {
            parts.push(Part::Literal(literal..units.len()));
        }
        Self { text, parts }
    }

    /// What the `$` at `start` begins, and where that ends; nothing when it stands
    /// for itself.
    fn reference(
        text: &JsString,
        units: &[u16],
        start: usize,
        captures: usize,
        has_names: bool,
    ) -> (Option<Part>, usize) {
        let byte = |index: usize| units.get(index).and_then(|&unit| u8::try_from(unit).ok());
        let digit = |index: usize| {
            byte(index).filter(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'))
        };
        match byte(start + 1) {
            Some(b'$') => (Some(Part::Literal(start..start + 1)), start + 2),
            Some(b'&') => (Some(Part::Matched), start + 2),
            Some(b'`') => (Some(Part::Before), start + 2),
            Some(b'\'') => (Some(Part::After), start + 2),
            Some(b'0'..=b'9') => {
                let one = digit(start + 1).unwrap_or(0);
                let two = digit(start + 2).map(|second| one * 10 + second);
                match two {
                    Some(two) if (1..=captures).contains(&two) => {
                        (Some(Part::Capture(two)), start + 3)
                    }
                    _ if (1..=captures).contains(&one) => (Some(Part::Capture(one)), start + 2),
                    _ => (None, start + 2),
                }
            }
            Some(b'<') if has_names => {
                let name = start + 2;
                match units.iter().skip(name).position(|&unit| unit == u16::from(b'>')) {
                    Some(length) => {
                        (Some(Part::Named(text.slice(name, name + length))), name + length + 1)
                    }
                    None => (None, name),
                }
            }
            _ => (None, start + 1),
        }
    }

    /// Appends the replacement of one match of `subject`.
    pub(super) fn expand(
        &self,
        out: &mut Pieces,
        subject: &JsString,
        matched: Range<usize>,
        captures: &impl Captures,
    ) {
        for part in &self.parts {
            let range = match part {
                Part::Literal(range) => {
                    out.push_part(&self.text, range.start, range.end);
                    continue;
                }
                Part::Matched => Some(matched.clone()),
                Part::Before => Some(0..matched.start),
                Part::After => Some(matched.end..subject.len()),
                Part::Capture(number) => captures.numbered(*number),
                Part::Named(name) => captures.named(name),
            };
            if let Some(range) = range {
                out.push_part(subject, range.start, range.end);
            }
        }
    }
}
