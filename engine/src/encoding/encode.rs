//! <https://encoding.spec.whatwg.org/#interface-textencoder>

use virga_js::webidl::buffer::Uint8Array;
use virga_js::{Buffer, Cx, DomString, Fallible, Obj, dom_string};
use virga_js::{Platform, Trace};

use crate::generated::{TextEncoderCommonMethods, TextEncoderEncodeIntoResult, TextEncoderMethods};

/// Turns text into UTF-8.
#[derive(Trace, Platform)]
pub(crate) struct TextEncoder;

/// What has the members of `TextEncoderCommon`.
pub(crate) trait IsEncoder {}

impl IsEncoder for TextEncoder {}

impl<T: IsEncoder + Platform> TextEncoderCommonMethods for Obj<T> {
    fn encoding(&self, _: &mut Cx) -> DomString {
        dom_string!("utf-8")
    }
}

impl TextEncoderMethods for Obj<TextEncoder> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<TextEncoder>> {
        Ok(Obj::new(cx, TextEncoder))
    }

    fn encode(&self, cx: &mut Cx, input: String) -> Fallible<Uint8Array> {
        Uint8Array::new(cx, input.as_bytes())
    }

    /// <https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto>
    fn encode_into(
        &self,
        cx: &mut Cx,
        source: String,
        destination: Uint8Array,
    ) -> Fallible<TextEncoderEncodeIntoResult> {
        let range = Buffer::view_range(cx, destination.object())?;
        let (read, fitting) = prefix(&source, range.length);
        if let Some(buffer) = Buffer::from_object(destination.object()) {
            buffer.write(cx, fitting.as_bytes())?;
        }
        let written = u64::try_from(fitting.len()).unwrap_or(u64::MAX);
        Ok(TextEncoderEncodeIntoResult { read: Some(read), written: Some(written) })
    }
}

/// The longest beginning of `text` that fits into `room` bytes of UTF-8, and its
/// length in code units of UTF-16.
fn prefix(text: &str, room: usize) -> (u64, &str) {
    let end = text.floor_char_boundary(room.min(text.len()));
    let fitting = &text[..end];
    (fitting.chars().map(|c| c.len_utf16() as u64).sum(), fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_characters_are_written() {
        let check = |text: &str, room: usize, expected: (u64, &str)| {
            assert_eq!(prefix(text, room), expected, "{text} {room}");
        };
        check("abc", 2, (2, "ab"));
        check("aé", 2, (1, "a"));
        check("aé", 3, (2, "aé"));
        check("😀b", 3, (0, ""));
        check("😀b", 4, (2, "😀"));
        check("", 10, (0, ""));
    }
}
