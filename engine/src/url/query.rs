//! Queries in the encoding of a document.
//!
//! <https://html.spec.whatwg.org/#encoding-parsing-a-url>

use encoding_rs::{EncoderResult, Encoding, ISO_2022_JP, UTF_8};
use url::{ParseError, Url};

/// Parses an address as a document in `encoding` writes it: its query is
/// percent-encoded in that encoding, everything else in UTF-8.
pub(crate) fn parse(base: &Url, text: &str, encoding: &'static str) -> Result<Url, ParseError> {
    let url = base.join(text)?;
    let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8).output_encoding();
    let special = matches!(url.scheme(), "http" | "https" | "file" | "ftp");
    let (before, fragment) = match text.find('#') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let Some((path, query)) = before.split_once('?') else { return Ok(url) };
    let plain = query.is_ascii() && encoding != ISO_2022_JP;
    if encoding == UTF_8 || !special || plain {
        return Ok(url);
    }
    base.join(&format!("{path}?{}{fragment}", percent_encode(query, encoding)))
}

/// <https://url.spec.whatwg.org/#string-percent-encode-after-encoding>, with the
/// special-query percent-encode set
fn percent_encode(query: &str, encoding: &'static Encoding) -> String {
    let mut out = String::with_capacity(query.len() * 3);
    // The parser drops tabs and newlines wherever they are. What would switch the
    // state of ISO-2022-JP cannot be written in it.
    let switches = |c: char| encoding == ISO_2022_JP && matches!(c, '\u{e}' | '\u{f}' | '\u{1b}');
    let query: String = query
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .map(|c| if switches(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    let mut encoder = encoding.new_encoder();
    let mut rest = query.as_str();
    let mut bytes = [0; 256];
    loop {
        let (result, read, written) =
            encoder.encode_from_utf8_without_replacement(rest, &mut bytes, true);
        for &byte in &bytes[..written] {
            if matches!(byte, 0..=0x20 | b'"' | b'#' | b'\'' | b'<' | b'>' | 0x7f..) {
                out.push_str(&format!("%{byte:02X}"));
            } else {
                out.push(char::from(byte));
            }
        }
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return out,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(character) => {
                out.push_str(&format!("%26%23{}%3B", u32::from(character)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(encoding: &'static str, text: &str, expected: &str) {
        let base = Url::parse("http://example.org/a?b").expect("an address");
        let url = parse(&base, text, encoding).expect("an address");
        assert_eq!(url.as_str(), expected, "{text} in {encoding}");
    }

    #[test]
    fn queries_are_in_the_documents_encoding() {
        check("UTF-8", "?ä#ä", "http://example.org/a?%C3%A4#%C3%A4");
        check("windows-1252", "ä?ä#ä", "http://example.org/%C3%A4?%E4#%C3%A4");
        check("windows-1252", "?x=€ '", "http://example.org/a?x=%80%20%27");
        check("windows-1252", "?한!", "http://example.org/a?%26%2354620%3B!");
        check("euc-kr", "?한", "http://example.org/a?%C7%D1");
        check("iso-2022-jp", "?日a", "http://example.org/a?%1B$BF|%1B(Ba");
        check("iso-2022-jp", "?\u{e}x", "http://example.org/a?%26%2365533%3Bx");
        check("windows-1252", "?\u{e4}\n\u{e4}", "http://example.org/a?%E4%E4");
        // Long ones go through the buffer in pieces.
        let long = "ä".repeat(1000);
        let expected = format!("http://example.org/a?{}", "%E4".repeat(1000));
        check("windows-1252", &format!("?{long}"), &expected);
        check("utf-16le", "?ä", "http://example.org/a?%C3%A4");
        check("windows-1252", "data:,?ä", "data:,?%C3%A4");
    }
}
