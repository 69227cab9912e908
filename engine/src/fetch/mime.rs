//! <https://mimesniff.spec.whatwg.org/#mime-types>

use std::fmt;

/// A media type with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MimeType {
    essence: String,
    parameters: Vec<(String, String)>,
}

/// <https://fetch.spec.whatwg.org/#http-whitespace>
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' ')
}

/// <https://mimesniff.spec.whatwg.org/#http-token-code-point>
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

impl MimeType {
    /// <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // 1. - 9.
        let text = text.trim_matches(is_space);
        let (essence, mut rest) = match text.find(';') {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, ""),
        };
        let (type_, subtype) = essence.split_once('/')?;
        let subtype = subtype.trim_end_matches(is_space);
        let is_name = |name: &str| !name.is_empty() && name.chars().all(is_token);
        if !is_name(type_) || !is_name(subtype) {
            return None;
        }
        // 10.
        let essence = format!("{type_}/{subtype}").to_ascii_lowercase();
        let mut parameters: Vec<(String, String)> = Vec::new();
        // 11.
        while !rest.is_empty() {
            rest = rest.trim_start_matches(is_space);
            let end = rest.find([';', '=']).unwrap_or(rest.len());
            let name = rest[..end].to_ascii_lowercase();
            let had_value = rest[end..].starts_with('=');
            rest = rest.get(end + 1..).unwrap_or_default();
            if !had_value {
                continue;
            }
            let value;
            if let Some(quoted) = rest.strip_prefix('"') {
                let (text, after) = quoted_string(quoted);
                value = text;
                rest = match after.find(';') {
                    Some(end) => &after[end + 1..],
                    None => "",
                };
            } else {
                let end = rest.find(';').unwrap_or(rest.len());
                value = rest[..end].trim_end_matches(is_space).to_owned();
                rest = rest.get(end + 1..).unwrap_or_default();
                if value.is_empty() {
                    continue;
                }
            }
            let is_text =
                value.chars().all(|c| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}'));
            if is_name(&name) && is_text && !parameters.iter().any(|(of, _)| *of == name) {
                parameters.push((name, value));
            }
        }
        Some(Self { essence, parameters })
    }

    /// The type of a list of `Content-Type` headers: the last that is one, with
    /// the charset of one before it.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-header-extract-mime-type>
    pub(crate) fn extract(header: &str) -> Option<Self> {
        let mut charset = None;
        let mut result: Option<Self> = None;
        for value in split(header) {
            let Some(mut mime) = Self::parse(value) else { continue };
            if mime.essence == "*/*" {
                continue;
            }
            if result.as_ref().is_none_or(|before| before.essence != mime.essence) {
                charset = mime.parameter("charset").map(str::to_owned);
            } else if mime.parameter("charset").is_none()
                && let Some(charset) = &charset
            {
                mime.parameters.push(("charset".to_owned(), charset.clone()));
            }
            result = Some(mime);
        }
        result
    }

    /// The type of what is only bytes.
    pub(crate) fn octet_stream() -> Self {
        Self { essence: "application/octet-stream".to_owned(), parameters: Vec::new() }
    }

    /// Type and subtype, in lower case.
    pub(crate) fn essence(&self) -> &str {
        &self.essence
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// Sets a parameter in its place, or adds it.
    pub(crate) fn set_parameter(&mut self, name: &str, value: &str) {
        match self.parameters.iter_mut().find(|(of, _)| of == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.parameters.push((name.to_owned(), value.to_owned())),
        }
    }

    /// <https://mimesniff.spec.whatwg.org/#xml-mime-type>
    pub(crate) fn is_xml(&self) -> bool {
        self.essence.ends_with("+xml")
            || matches!(self.essence.as_str(), "text/xml" | "application/xml")
    }

    /// <https://mimesniff.spec.whatwg.org/#html-mime-type>
    pub(crate) fn is_html(&self) -> bool {
        self.essence == "text/html"
    }
}

/// What a quoted string says, and what follows it.
///
/// <https://fetch.spec.whatwg.org/#collect-an-http-quoted-string>
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(chars.next().map_or('\\', |(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

/// <https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>
fn split(header: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}

/// <https://mimesniff.spec.whatwg.org/#serialize-a-mime-type>
impl fmt::Display for MimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        for (name, value) in &self.parameters {
            if !value.is_empty() && value.chars().all(is_token) {
                write!(f, ";{name}={value}")?;
            } else {
                let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, ";{name}=\"{escaped}\"")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_and_serializing() {
        let check = |text: &str, expected: Option<&str>| {
            let got = MimeType::parse(text).map(|mime| mime.to_string());
            assert_eq!(got.as_deref(), expected, "{text:?}");
        };
        check("text/html", Some("text/html"));
        check(" TEXT/HTML ;CHARSET=GBK", Some("text/html;charset=GBK"));
        check("text/html;charset=gbk;charset=other", Some("text/html;charset=gbk"));
        check("text/html;charset=\"a b\"", Some("text/html;charset=\"a b\""));
        check("text/html;charset=\"\\\"x\"", Some("text/html;charset=\"\\\"x\""));
        check("text/html;charset=\"unclosed", Some("text/html;charset=unclosed"));
        check("text/html;test;charset=gbk", Some("text/html;charset=gbk"));
        check("text/html;charset=", Some("text/html"));
        check("text/html;charset=\"\"", Some("text/html;charset=\"\""));
        check("text/html;=x", Some("text/html"));
        check("text", None);
        check("/html", None);
        check("text/ht(ml", None);
        check("", None);
    }

    #[test]
    fn the_last_type_counts() {
        let check = |text: &str, expected: Option<&str>| {
            let got = MimeType::extract(text).map(|mime| mime.to_string());
            assert_eq!(got.as_deref(), expected, "{text:?}");
        };
        check("text/plain;charset=gbk, text/html", Some("text/html"));
        check("text/html;charset=gbk, text/html", Some("text/html;charset=gbk"));
        check("text/html, */*", Some("text/html"));
        check("text/html;a=\",\", nonsense", Some("text/html;a=\",\""));
        check("", None);
    }
}
