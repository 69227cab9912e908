//! A compiled pattern, and matching with it.

use std::cell::OnceCell;
use std::ops::Range;

use boa_engine::JsString;
use boa_engine::string::JsStrVariant;
use regress::{Match, Regex};

use super::subject::Text;
use crate::fast::substitution::Captures;

/// The flags of a regular expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are eight flags")]
pub(super) struct RegExpFlags {
    pub(super) has_indices: bool,
    pub(super) global: bool,
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) dot_all: bool,
    pub(super) unicode: bool,
    pub(super) unicode_sets: bool,
    pub(super) sticky: bool,
}

impl RegExpFlags {
    /// Whether a surrogate pair is one character.
    pub(super) fn full_unicode(self) -> bool {
        self.unicode || self.unicode_sets
    }

    fn compile(self, pattern: impl Iterator<Item = u32> + Clone) -> Option<Regex> {
        let flags = regress::Flags {
            icase: self.ignore_case,
            multiline: self.multiline,
            dot_all: self.dot_all,
            unicode: self.unicode,
            unicode_sets: self.unicode_sets,
            ..regress::Flags::default()
        };
        Regex::from_unicode(pattern, flags).ok()
    }
}

/// A compiled pattern.
pub(super) struct Program {
    pub(super) flags: RegExpFlags,
    /// The pattern, as the matcher takes it: characters or code units.
    pattern: Vec<u32>,
    search: Regex,
    /// Matches at the place it is started from, or not at all. Made when needed;
    /// `None` if it cannot be made.
    anchored: OnceCell<Option<Regex>>,
    /// Whether a match can only begin where the text begins.
    from_start: bool,
    /// Whether the pattern may be matched with ASCII text as such. The matcher gets
    /// characters beyond ASCII wrong there: in `/ä*a/` it takes the impossible `ä`
    /// for a failure of the whole loop.
    pub(super) is_ascii: bool,
}

impl Program {
    /// Compiles the pattern that a `source` shows. `None` when what it was made of
    /// cannot be told for sure, or does not compile.
    pub(super) fn new(source: &JsString, flags: RegExpFlags) -> Option<Self> {
        let units = unescaped(source)?;
        let pattern: Vec<u32> = if flags.full_unicode() {
            char::decode_utf16(units)
                .map(|unit| match unit {
                    Ok(character) => u32::from(character),
                    Err(lone) => u32::from(lone.unpaired_surrogate()),
                })
                .collect()
        } else {
            units.into_iter().map(u32::from).collect()
        };
        let search = flags.compile(pattern.iter().copied())?;
        // Classes nest with `v`, which is not looked through.
        let from_start = !flags.multiline && !flags.unicode_sets && begins_at_start(&pattern);
        // Ignoring case, a `k` may be a character beyond ASCII with `u` and `v`.
        let is_ascii = !(flags.ignore_case && flags.full_unicode()) && is_ascii(&pattern);
        Some(Self { flags, pattern, search, anchored: OnceCell::new(), from_start, is_ascii })
    }

    /// The first match that begins at or after `from`; exactly there if `sticky`.
    pub(super) fn find(&self, text: Text<'_>, from: usize, sticky: bool) -> Option<Match> {
        if self.from_start && from > 0 {
            return None;
        }
        if sticky || self.from_start {
            let anchored = self.anchored.get_or_init(|| self.compile_anchored());
            if let Some(anchored) = anchored {
                let mut found = self.first(anchored, text, from)?;
                // The last group takes part when the pattern itself does not match.
                return match found.captures.pop() {
                    Some(None) => Some(found),
                    _ => None,
                };
            }
        }
        let found = self.first(&self.search, text, from)?;
        (!sticky || found.start() == from).then_some(found)
    }

    /// `(?:pattern)|()`: tries the pattern at one place and no other, since the
    /// second alternative matches everywhere. The matcher offers no better way.
    fn compile_anchored(&self) -> Option<Regex> {
        let text = |text: &'static str| text.bytes().map(u32::from);
        let pattern = text("(?:").chain(self.pattern.iter().copied()).chain(text(")|()"));
        let anchored = self.flags.compile(pattern)?;
        let groups = self.first(&anchored, Text::Latin1(&[]), 0)?.captures.len();
        // The group that was added must not be what `\2` means; where there are
        // too few groups, that is a character.
        let is_safe = self.flags.full_unicode() || largest_reference(&self.pattern) < groups;
        is_safe.then_some(anchored)
    }

    fn first(&self, regex: &Regex, text: Text<'_>, from: usize) -> Option<Match> {
        match text {
            Text::Ascii(text) => regex.find_from_ascii(text, from).next(),
            Text::Utf16(units) if self.flags.full_unicode() => {
                regex.find_from_utf16(units, from).next()
            }
            Text::Latin1(units) | Text::Utf16(units) => regex.find_from_ucs2(units, from).next(),
        }
    }
}

impl Captures for Match {
    fn numbered(&self, number: usize) -> Option<Range<usize>> {
        self.group(number)
    }

    fn named(&self, name: &JsString) -> Option<Range<usize>> {
        let name = name.to_std_string().ok()?;
        self.named_groups().find(|(own, _)| *own == name)?.1
    }
}

/// The units a `source` was made from. It has a backslash before each slash, and
/// escapes in the place of line ends.
///
/// An escape means the same as the line end it stands for, unless that was
/// escaped itself; then the text looks as if the backslash were, and nothing is
/// returned.
fn unescaped(source: &JsString) -> Option<Vec<u16>> {
    let mut units = Vec::with_capacity(source.len());
    let mut escaped = false;
    let source: Vec<u16> = match source.variant() {
        JsStrVariant::Latin1(units) => units.iter().map(|&unit| u16::from(unit)).collect(),
        JsStrVariant::Utf16(units) => units.to_vec(),
    };
    let is = |index: usize, byte: u8| source.get(index) == Some(&u16::from(byte));
    for (index, &unit) in source.iter().enumerate() {
        if unit == u16::from(b'\\') {
            if is(index + 1, b'/') {
                // Put there for the slash.
                continue;
            }
            if escaped
                && (is(index + 1, b'n')
                    || is(index + 1, b'r')
                    || (is(index + 1, b'u') && is(index + 2, b'2') && is(index + 3, b'0')))
            {
                return None;
            }
            escaped = !escaped;
        } else {
            escaped = false;
        }
        units.push(unit);
    }
    Some(units)
}

/// Whether all characters of a pattern are plainly ASCII: none is given by its
/// number or property.
fn is_ascii(pattern: &[u32]) -> bool {
    let mut units = pattern.iter().copied();
    while let Some(unit) = units.next() {
        if unit >= 0x80 {
            return false;
        }
        let is_number = || {
            let escaped = units.clone().next().and_then(char::from_u32);
            matches!(escaped, Some('u' | 'x' | 'p' | 'P'))
                || units.clone().take(3).filter(|unit| (0x30..0x38).contains(unit)).count() == 3
        };
        if unit == u32::from(b'\\') && is_number() {
            return false;
        }
    }
    true
}

/// The largest number after a backslash; at least that of every back reference.
fn largest_reference(pattern: &[u32]) -> usize {
    let mut largest = 0;
    let mut rest = pattern;
    while let Some(at) = rest.iter().position(|&unit| unit == u32::from(b'\\')) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut number = 0_usize;
        for &unit in rest {
            let Some(digit) = char::from_u32(unit).and_then(|c| c.to_digit(10)) else { break };
            number = number.saturating_mul(10).saturating_add(digit as usize);
        }
        largest = largest.max(number);
    }
    largest
}

/// Whether a pattern begins with `^` and has no second alternative.
fn begins_at_start(pattern: &[u32]) -> bool {
    let mut units = pattern.iter().map(|&unit| u8::try_from(unit).unwrap_or(0));
    if units.next() != Some(b'^') {
        return false;
    }
    let mut depth = 0_usize;
    let mut class = false;
    let mut is_first = true;
    while let Some(unit) = units.next() {
        match unit {
            // Nothing sensible follows; it is not for us to say what it means.
            b'*' | b'+' | b'?' | b'{' if is_first => return false,
            b'\\' => {
                units.next();
            }
            b'[' => class = true,
            b']' => class = false,
            b'(' if !class => depth += 1,
            b')' if !class => depth = depth.saturating_sub(1),
            b'|' if !class && depth == 0 => return false,
            _ => {}
        }
        is_first = false;
    }
    true
}
