//! The text that a pattern is matched against, in a form the matcher reads.
//!
//! The matcher reads ASCII text and UTF-16, and strings are stored in Latin-1 or
//! UTF-16. The engine's own `exec` copies a Latin-1 string for each match; here a
//! long one is copied once for as long as script keeps matching against it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use boa_engine::JsString;
use boa_engine::string::JsStrVariant;
use smallvec::SmallVec;

/// Up to this length a string is looked at anew each time.
const SHORT: usize = 128;

/// What the matcher reads. Offsets into it are offsets into the string.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    Ascii(&'a str),
    /// Units that are all characters: no surrogates.
    Latin1(&'a [u16]),
    Utf16(&'a [u16]),
}

/// A long Latin-1 string and its copies.
pub(super) struct Subject {
    /// Kept, so that no other string can come to lie at the same address.
    string: JsString,
    ascii: OnceCell<Option<String>>,
    wide: OnceCell<Vec<u16>>,
}

impl Subject {
    fn new(string: &JsString) -> Self {
        Self { string: string.clone(), ascii: OnceCell::new(), wide: OnceCell::new() }
    }

    fn is_of(&self, units: &[u8]) -> bool {
        match self.string.variant() {
            JsStrVariant::Latin1(own) => std::ptr::eq(own, units),
            JsStrVariant::Utf16(_) => false,
        }
    }

    fn text(&self, units: &[u8], may_be_ascii: bool) -> Text<'_> {
        if may_be_ascii
            && let Some(text) = self.ascii.get_or_init(|| ascii(units).map(str::to_owned))
        {
            return Text::Ascii(text);
        }
        Text::Latin1(self.wide.get_or_init(|| units.iter().map(|&unit| u16::from(unit)).collect()))
    }
}

fn ascii(units: &[u8]) -> Option<&str> {
    if units.is_ascii() { std::str::from_utf8(units).ok() } else { None }
}

/// Calls `read` with the text of `string`, as ASCII only if it may be; `last`
/// remembers the last long string.
pub(super) fn with_text<R>(
    last: &RefCell<Option<Rc<Subject>>>,
    string: &JsString,
    may_be_ascii: bool,
    read: impl FnOnce(Text<'_>) -> R,
) -> R {
    let units = match string.variant() {
        JsStrVariant::Utf16(units) => return read(Text::Utf16(units)),
        JsStrVariant::Latin1(units) => units,
    };
    if units.len() <= SHORT {
        if may_be_ascii && let Some(text) = ascii(units) {
            return read(Text::Ascii(text));
        }
        let wide: SmallVec<[u16; SHORT]> = units.iter().map(|&unit| u16::from(unit)).collect();
        return read(Text::Latin1(&wide));
    }
    let remembered = last.borrow().as_ref().filter(|subject| subject.is_of(units)).cloned();
    let subject = remembered.unwrap_or_else(|| {
        let subject = Rc::new(Subject::new(string));
        drop(last.replace(Some(Rc::clone(&subject))));
        subject
    });
    read(subject.text(units, may_be_ascii))
}
