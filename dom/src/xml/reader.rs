//! Reading from a text that may not be complete yet.
//!
//! What reads a construct either gets all of it, or stops with
//! [`Stop::Incomplete`]: then it is read again from its start when more of the
//! text has come.

use super::chars::{is_char, is_name_char, is_name_start, is_space};

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// More of the text is needed.
    Incomplete,
    /// It is not well-formed.
    Error(String),
}

/// What reading comes to.
pub(super) type Step<T> = Result<T, Stop>;

/// A syntax error.
pub(super) fn fail<T>(message: impl Into<String>) -> Step<T> {
    Err(Stop::Error(message.into()))
}

/// A text, and how far it was read.
#[derive(Debug)]
pub(super) struct Reader {
    text: String,
    at: usize,
    /// There will be no more text.
    complete: bool,
    /// Lines before the start of `text`.
    lines: u64,
    /// Characters of the line that `text` begins in, before `text`.
    columns: u64,
    /// A carriage return ended what was pushed last.
    pending_return: bool,
}

impl Reader {
    /// A reader of a text that is all there.
    pub(super) fn whole(text: &str) -> Self {
        let mut reader = Self::partial();
        reader.push(text);
        reader.end();
        reader
    }

    /// A reader without any text so far.
    pub(super) fn partial() -> Self {
        Self {
            text: String::new(),
            at: 0,
            complete: false,
            lines: 0,
            columns: 0,
            pending_return: false,
        }
    }

    /// Adds text, with line ends made `\n`.
    pub(super) fn push(&mut self, text: &str) {
        let read = &self.text[..self.at];
        (self.lines, self.columns) = advanced(self.lines, self.columns, read);
        self.text.drain(..self.at);
        self.at = 0;
        let mut rest = text;
        if std::mem::take(&mut self.pending_return) {
            self.text.push('\n');
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        if let Some(before) = rest.strip_suffix('\r') {
            self.pending_return = true;
            rest = before;
        }
        if rest.contains('\r') {
            self.text.push_str(&rest.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            self.text.push_str(rest);
        }
    }

    /// Says that there is no more text.
    pub(super) fn end(&mut self) {
        if std::mem::take(&mut self.pending_return) {
            self.text.push('\n');
        }
        self.complete = true;
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Where it is, from 1: line and column.
    pub(super) fn position(&self) -> (u64, u64) {
        let (lines, columns) = advanced(self.lines, self.columns, &self.text[..self.at]);
        (lines + 1, columns + 1)
    }

    /// A mark to come back to.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Goes back to a mark that was made since the last push.
    pub(super) fn reset(&mut self, mark: usize) {
        self.at = mark;
    }

    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Whether everything that there will be was read.
    pub(super) fn is_at_end(&self) -> Step<bool> {
        match (self.rest().is_empty(), self.complete) {
            (false, _) => Ok(false),
            (true, true) => Ok(true),
            (true, false) => Err(Stop::Incomplete),
        }
    }

    /// The next character; `None` at the end.
    pub(super) fn peek(&self) -> Step<Option<char>> {
        match self.rest().chars().next() {
            Some(c) => Ok(Some(c)),
            None if self.complete => Ok(None),
            None => Err(Stop::Incomplete),
        }
    }

    /// Whether the text goes on with this.
    pub(super) fn looking_at(&self, what: &str) -> Step<bool> {
        let rest = self.rest();
        if !self.complete && rest.len() < what.len() && what.starts_with(rest) {
            return Err(Stop::Incomplete);
        }
        Ok(rest.starts_with(what))
    }

    /// Reads this, if the text goes on with it.
    pub(super) fn eat(&mut self, what: &str) -> Step<bool> {
        let found = self.looking_at(what)?;
        if found {
            self.at += what.len();
        }
        Ok(found)
    }

    /// Reads this, which must come.
    pub(super) fn expect(&mut self, what: &str, place: &str) -> Step<()> {
        if self.eat(what)? { Ok(()) } else { fail(format!("expected \"{what}\" {place}")) }
    }

    /// Reads white space; whether there was any.
    pub(super) fn space(&mut self) -> Step<bool> {
        let rest = self.rest();
        let length = rest.find(|c| !is_space(c)).unwrap_or(rest.len());
        if length == rest.len() && !self.complete {
            return Err(Stop::Incomplete);
        }
        self.at += length;
        Ok(length > 0)
    }

    /// Reads white space, which must come.
    pub(super) fn require_space(&mut self, place: &str) -> Step<()> {
        if self.space()? { Ok(()) } else { fail(format!("expected white space {place}")) }
    }

    /// Reads a name: <https://www.w3.org/TR/xml/#NT-Name>
    pub(super) fn name(&mut self, what: &str) -> Step<String> {
        let rest = self.rest();
        match rest.chars().next() {
            Some(c) if is_name_start(c) => {}
            None if !self.complete => return Err(Stop::Incomplete),
            _ => return fail(format!("expected the name of {what}")),
        }
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        if length == rest.len() && !self.complete {
            return Err(Stop::Incomplete);
        }
        let name = rest[..length].to_owned();
        self.at += length;
        Ok(name)
    }

    /// Reads up to `end`, and `end` itself.
    pub(super) fn until(&mut self, end: &str, what: &str) -> Step<String> {
        let Some(length) = self.rest().find(end) else {
            if self.complete {
                return fail(format!("{what} has no end"));
            }
            return Err(Stop::Incomplete);
        };
        let text = self.rest()[..length].to_owned();
        if let Some(bad) = text.chars().find(|c| !is_char(*c)) {
            return fail(format!("the character U+{:04X} is not allowed", u32::from(bad)));
        }
        self.at += length + end.len();
        Ok(text)
    }

    /// Reads a literal in quotes, whatever is in it.
    pub(super) fn literal(&mut self, what: &str) -> Step<String> {
        let quote = match self.peek()? {
            Some('"') => "\"",
            Some('\'') => "'",
            _ => return fail(format!("expected {what} in quotes")),
        };
        self.at += 1;
        self.until(quote, what)
    }
}

/// Line and column after a text.
fn advanced(lines: u64, columns: u64, text: &str) -> (u64, u64) {
    match text.rfind('\n') {
        None => (lines, columns + text.chars().count() as u64),
        Some(last) => {
            let breaks = text.bytes().filter(|byte| *byte == b'\n').count() as u64;
            (lines + breaks, text[last + 1..].chars().count() as u64)
        }
    }
}
