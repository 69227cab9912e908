//! The event stream format:
//! <https://html.spec.whatwg.org/#event-stream-interpretation>

use encoding_rs::{Decoder, UTF_8};

/// More of an event than this is dropped with the rest of it, in bytes.
const MOST_DATA: usize = 16 << 20;

/// What a stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Something happened.
    Event {
        /// Its type; empty for `message`.
        type_: String,
        /// What.
        data: String,
        /// The last event id by now.
        id: String,
    },
    /// How long to wait before connecting again, in ms.
    Retry(u64),
}

/// Makes events of the bytes of one connection.
pub(super) struct Parser {
    decoder: Decoder,
    /// The line that is not complete.
    line: String,
    /// The last line ended with a return: a newline after it is part of the end.
    after_return: bool,
    type_: String,
    data: String,
    too_long: bool,
    id: String,
}

impl Parser {
    /// For a connection that goes on after the event with this id.
    pub(super) fn new(id: String) -> Self {
        Self {
            decoder: UTF_8.new_decoder_with_bom_removal(),
            line: String::new(),
            after_return: false,
            type_: String::new(),
            data: String::new(),
            too_long: false,
            id,
        }
    }

    /// What these bytes complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Said> {
        let room = self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3);
        let mut text = String::with_capacity(room);
        // The room is enough for all of it.
        let _ = self.decoder.decode_to_string(bytes, &mut text, false);
        let mut said = Vec::new();
        for c in text.chars() {
            let pair = std::mem::replace(&mut self.after_return, c == '\r');
            match c {
                '\n' if pair => {}
                '\n' | '\r' => {
                    let line = std::mem::take(&mut self.line);
                    said.extend(self.line(&line));
                }
                c if self.line.len() < MOST_DATA => self.line.push(c),
                _ => self.too_long = true,
            }
        }
        said
    }

    fn line(&mut self, line: &str) -> Option<Said> {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.type_),
            "data" if self.data.len() + value.len() < MOST_DATA => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "data" => self.too_long = true,
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                return value.parse().ok().map(Said::Retry);
            }
            _ => {}
        }
        None
    }

    /// <https://html.spec.whatwg.org/#dispatchMessage>
    fn dispatch(&mut self) -> Option<Said> {
        let type_ = std::mem::take(&mut self.type_);
        let mut data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.too_long) || data.pop().is_none() {
            return None;
        }
        Some(Said::Event { type_, data, id: self.id.clone() })
    }

    /// The last event id, for the next connection.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the pieces that a stream comes in, it says the same.
    fn check(stream: &str, expected: &[Said]) {
        for piece in [1, 2, 3, stream.len()] {
            let mut parser = Parser::new("before".to_owned());
            let said: Vec<Said> =
                stream.as_bytes().chunks(piece).flat_map(|bytes| parser.push(bytes)).collect();
            assert_eq!(said, expected, "{stream:?} in pieces of {piece}");
        }
    }

    fn event(type_: &str, data: &str, id: &str) -> Said {
        Said::Event { type_: type_.to_owned(), data: data.to_owned(), id: id.to_owned() }
    }

    #[test]
    fn streams_say_events() {
        check("data: a\n\n", &[event("", "a", "before")]);
        check("data:a\ndata: b\n\n", &[event("", "a\nb", "before")]);
        check("data\n\ndata\ndata\n\n", &[event("", "", "before"), event("", "\n", "before")]);
        check(
            "event: x\r\ndata: 1\r\rdata:  2\r\n\r\n",
            &[event("x", "1", "before"), event("", " 2", "before")],
        );
        check(
            ": a comment\nid: 7\ndata: ü\n\nid\ndata: b\n\n",
            &[event("", "ü", "7"), event("", "b", "")],
        );
        check("retry: 10\nretry: x\nretry\n", &[Said::Retry(10)]);
        check("\u{feff}data: a\n\n", &[event("", "a", "before")]);
        check("event: nothing\n\ndata: a\n\n", &[event("", "a", "before")]);
        check("id: a\0b\nother: c\ndata: d\n\n", &[event("", "d", "before")]);
        // What is not ended is not said.
        check("data: a\n", &[]);
    }
}
