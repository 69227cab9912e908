//! From bytes to text.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding>

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How much of a document is looked at for its encoding, in bytes.
const PRESCAN: usize = 1024;

/// Decodes a document as its bytes arrive.
pub struct ByteDecoder {
    transport: Option<&'static Encoding>,
    /// It decodes XML, which says itself what it is written in.
    xml: bool,
    /// Bytes that are held back until the encoding is known.
    held: Vec<u8>,
    decoder: Option<Decoder>,
}

impl std::fmt::Debug for ByteDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByteDecoder").field("encoding", &self.encoding()).finish_non_exhaustive()
    }
}

impl ByteDecoder {
    /// A decoder; `charset` is the label of the `Content-Type` header.
    pub fn new(charset: Option<&str>) -> Self {
        Self {
            transport: charset.and_then(|c| Encoding::for_label(c.as_bytes())),
            xml: false,
            held: Vec::new(),
            decoder: None,
        }
    }

    /// A decoder of an XML document.
    pub fn for_xml(charset: Option<&str>) -> Self {
        Self { xml: true, ..Self::new(charset) }
    }

    /// Decodes the next bytes. Nothing comes out until the encoding is known,
    /// for which the first 1024 bytes may be needed.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        if self.decoder.is_some() {
            return self.decode(bytes, false);
        }
        self.held.extend_from_slice(bytes);
        let known = self.transport.is_some() && self.held.len() >= 3;
        if !known && self.held.len() < PRESCAN {
            return String::new();
        }
        self.start();
        let held = std::mem::take(&mut self.held);
        self.decode(&held, false)
    }

    /// Decodes what is left at the end of the bytes.
    pub fn finish(&mut self) -> String {
        if self.decoder.is_none() {
            self.start();
        }
        let held = std::mem::take(&mut self.held);
        self.decode(&held, true)
    }

    /// The encoding's name, once it is known.
    pub fn encoding(&self) -> Option<&'static str> {
        self.decoder.as_ref().map(|d| d.encoding().name())
    }

    fn start(&mut self) {
        let encoding = match self.xml {
            true => sniff_xml(&self.held, self.transport),
            false => sniff(&self.held, self.transport),
        };
        self.decoder = Some(encoding.new_decoder_with_bom_removal());
    }

    fn decode(&mut self, bytes: &[u8], last: bool) -> String {
        let Some(decoder) = &mut self.decoder else {
            return String::new();
        };
        let mut text = String::new();
        let mut rest = bytes;
        loop {
            let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(rest.len() * 3);
            text.reserve(room);
            let (result, read, _) = decoder.decode_to_string(rest, &mut text, last);
            rest = &rest[read..];
            if result == encoding_rs::CoderResult::InputEmpty {
                return text;
            }
        }
    }
}

/// The encoding of an XML document: what a byte order mark says, or the
/// transport, or the XML declaration; else UTF-8.
///
/// <https://www.w3.org/TR/xml/#sec-guessing>
fn sniff_xml(bytes: &[u8], transport: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = transport {
        return encoding;
    }
    match bytes {
        [b'<', 0, b'?', 0, ..] => return UTF_16LE,
        [0, b'<', 0, b'?', ..] => return UTF_16BE,
        _ => {}
    }
    let declared = bytes.starts_with(b"<?xml").then(|| {
        let declaration = &bytes[..find(bytes, b"?>")?];
        let rest = &declaration[find(declaration, b"encoding")? + 8..];
        let value = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let quote = value.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let label = value[1..].split(|byte| byte == quote).next()?;
        // Read as ASCII, it cannot be UTF-16.
        Encoding::for_label(label).map(|encoding| encoding.output_encoding())
    });
    declared.flatten().unwrap_or(UTF_8)
}

/// The encoding of a document that starts with these bytes: what a byte order
/// mark says, or the transport, or a `meta` element, or the look of it.
pub fn sniff(bytes: &[u8], transport: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = transport {
        return encoding;
    }
    let head = &bytes[..bytes.len().min(PRESCAN)];
    if let Some(encoding) = prescan(head) {
        return encoding;
    }
    // Nothing is said. UTF-8 is told from older encodings by its shape; a
    // character cut off at the end of the head is no error.
    match std::str::from_utf8(head) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// <https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding>
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut at = Cursor { bytes, i: 0 };
    while at.i < bytes.len() {
        let rest = &bytes[at.i..];
        if rest.starts_with(b"<!--") {
            // The two dashes may be those of the start: `<!-->`.
            match find(&rest[2..], b"-->") {
                Some(end) => at.i += 2 + end + 3,
                None => return None,
            }
        } else if rest.len() > 5
            && rest[..5].eq_ignore_ascii_case(b"<meta")
            && (rest[5].is_ascii_whitespace() || rest[5] == b'/')
        {
            at.i += 6;
            if let Some(encoding) = meta(&mut at) {
                return Some(encoding);
            }
        } else if rest.len() > 2
            && rest[0] == b'<'
            && (rest[1].is_ascii_alphabetic() || rest[1] == b'/' && rest[2].is_ascii_alphabetic())
        {
            while at.peek().is_some_and(|b| !b.is_ascii_whitespace() && b != b'>') {
                at.i += 1;
            }
            while at.attribute().is_some() {}
        } else if matches!(rest, [b'<', b'!' | b'/' | b'?', ..]) {
            match find(rest, b">") {
                Some(end) => at.i += end + 1,
                None => return None,
            }
        } else {
            at.i += 1;
        }
    }
    None
}

/// The encoding that a `meta` element declares.
fn meta(at: &mut Cursor<'_>) -> Option<&'static Encoding> {
    let (mut pragma, mut from_content, mut charset) = (false, None, None);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    while let Some((name, value)) = at.attribute() {
        if seen.contains(&name) {
            continue;
        }
        match &*name {
            b"http-equiv" => pragma = value == b"content-type",
            b"content" => from_content = charset_in(&value),
            b"charset" => charset = Some(Encoding::for_label(&value)),
            _ => {}
        }
        seen.push(name);
    }
    let encoding = match charset {
        Some(encoding) => encoding,
        None if pragma => from_content,
        None => None,
    }?;
    Some(if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

/// The encoding in `text/html; charset=…`.
fn charset_in(content: &[u8]) -> Option<&'static Encoding> {
    let mut rest = content;
    loop {
        rest = &rest[find(rest, b"charset")? + 7..];
        let trimmed = rest.trim_ascii_start();
        if let Some(value) = trimmed.strip_prefix(b"=") {
            let value = value.trim_ascii_start();
            let label = match value.first()? {
                quote @ (b'"' | b'\'') => {
                    let end = value[1..].iter().position(|b| b == quote)?;
                    &value[1..=end]
                }
                _ => {
                    let end = value
                        .iter()
                        .position(|b| b.is_ascii_whitespace() || *b == b';')
                        .unwrap_or(value.len());
                    &value[..end]
                }
            };
            return Encoding::for_label(label);
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    i: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.i).copied()
    }

    fn skip(&mut self, what: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&what) {
            self.i += 1;
        }
    }

    /// The next attribute of a tag, in lower case; `None` at the tag's end.
    ///
    /// <https://html.spec.whatwg.org/multipage/parsing.html#concept-get-attributes-when-sniffing>
    fn attribute(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.skip(|b| b.is_ascii_whitespace() || b == b'/');
        if self.peek()? == b'>' {
            return None;
        }
        let (mut name, mut value) = (Vec::new(), Vec::new());
        loop {
            match self.peek()? {
                b'=' if !name.is_empty() => break,
                b if b.is_ascii_whitespace() => {
                    self.skip(|b| b.is_ascii_whitespace());
                    if self.peek()? != b'=' {
                        return Some((name, value));
                    }
                    break;
                }
                b'/' | b'>' => return Some((name, value)),
                b => name.push(b.to_ascii_lowercase()),
            }
            self.i += 1;
        }
        self.i += 1;
        self.skip(|b| b.is_ascii_whitespace());
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.i += 1;
                while self.peek()? != quote {
                    value.push(self.peek()?.to_ascii_lowercase());
                    self.i += 1;
                }
                self.i += 1;
            }
            b'>' => {}
            _ => {
                while self.peek().is_some_and(|b| !b.is_ascii_whitespace() && b != b'>') {
                    value.push(self.peek()?.to_ascii_lowercase());
                    self.i += 1;
                }
            }
        }
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], charset: Option<&str>, expected: (&str, &str)) {
        // However the bytes are cut, the text is the same.
        for cut in [1, 2, 7, bytes.len().max(1)] {
            let mut decoder = ByteDecoder::new(charset);
            let mut text = String::new();
            for piece in bytes.chunks(cut) {
                text.push_str(&decoder.push(piece));
            }
            text.push_str(&decoder.finish());
            assert_eq!((decoder.encoding().unwrap(), &*text), expected, "cut at {cut}");
        }
    }

    #[test]
    fn the_encoding_is_found_and_used() {
        check("grün".as_bytes(), None, ("UTF-8", "grün"));
        check(b"gr\xfcn", None, ("windows-1252", "grün"));
        check("grün".as_bytes(), Some("latin1"), ("windows-1252", "grÃ¼n"));
        check(b"\xef\xbb\xbfgr\xc3\xbcn", Some("latin1"), ("UTF-8", "grün"));
        check(b"\xff\xfeg\0r\0", None, ("UTF-16LE", "gr"));
        let koi = b"<meta charset=koi8-r>\xd0";
        check(koi, None, ("KOI8-R", "<meta charset=koi8-r>п"));
        check(
            b"<!-- <meta charset=utf-8> --><META content='text/html; charset=\"koi8-r\"' http-equiv=Content-Type>\xd0",
            None,
            (
                "KOI8-R",
                "<!-- <meta charset=utf-8> --><META content='text/html; charset=\"koi8-r\"' http-equiv=Content-Type>п",
            ),
        );
        check(b"<meta charset=utf-16>\xc3\xbc", None, ("UTF-8", "<meta charset=utf-16>ü"));
        check(
            b"<a title='<meta charset=koi8-r>'>\xfc",
            None,
            ("windows-1252", "<a title='<meta charset=koi8-r>'>ü"),
        );
        check(b"a\xffb", Some("utf-8"), ("UTF-8", "a\u{fffd}b"));
        check(b"", None, ("UTF-8", ""));
        for junk in
            [&b"<meta"[..], b"<meta charset", b"<meta charset=", b"<!--", b"<", b"</", b"<a b='"]
        {
            let _ = sniff(junk, None);
        }
    }
}
