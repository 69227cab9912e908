//! The text of scripts and style sheets. Documents are decoded by their parser.

use encoding_rs::Encoding;

/// Decodes a whole resource: its byte order mark, its `Content-Type`, then
/// `fallback` decide.
pub(crate) fn decode(
    bytes: &[u8],
    content_type: Option<&str>,
    fallback: &'static Encoding,
) -> String {
    let encoding = content_type.and_then(charset_of).unwrap_or(fallback);
    encoding.decode(bytes).0.into_owned()
}

/// The encoding that a `Content-Type` names.
pub(crate) fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(())?;
        Encoding::for_label(value.trim().trim_matches('"').as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_8;

    use super::*;

    fn check(content_type: &str, expected: Option<&str>) {
        assert_eq!(charset_of(content_type).map(Encoding::name), expected, "{content_type}");
    }

    #[test]
    fn a_content_type_names_its_charset() {
        check("text/css", None);
        check("text/css; charset=utf-8", Some("UTF-8"));
        check("text/css;a=b; CharSet=\"latin1\" ", Some("windows-1252"));
        check("text/css; charset=nonsense", None);
    }

    #[test]
    fn a_byte_order_mark_beats_the_header() {
        assert_eq!(decode("\u{feff}é".as_bytes(), Some("a/b;charset=latin1"), UTF_8), "é");
        assert_eq!(decode(b"\xe9", Some("a/b;charset=latin1"), UTF_8), "é");
        assert_eq!(decode(b"\xe9", None, UTF_8), "\u{fffd}");
    }
}
