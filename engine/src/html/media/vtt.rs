//! WebVTT: <https://w3c.github.io/webvtt/#parsing>

/// A cue as it stands in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FileCue {
    pub(super) id: String,
    /// In seconds.
    pub(super) start: f64,
    /// In seconds.
    pub(super) end: f64,
    pub(super) text: String,
    pub(super) settings: Settings,
}

/// Where and how a cue is shown; `None` stands for the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) vertical: Option<&'static str>,
    pub(super) line: Option<(f64, bool)>,
    pub(super) line_align: Option<&'static str>,
    pub(super) position: Option<f64>,
    pub(super) position_align: Option<&'static str>,
    pub(super) size: Option<f64>,
    pub(super) align: Option<&'static str>,
}

/// The cues of a file; `None` if it is no WebVTT file.
///
/// <https://w3c.github.io/webvtt/#webvtt-parser-algorithm>
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<FileCue>> {
    let text = String::from_utf8_lossy(bytes);
    // 1.–2.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace('\0', "\u{fffd}").replace("\r\n", "\n").replace('\r', "\n");
    // 4.–9.
    let rest = text.strip_prefix("WEBVTT")?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t', '\n']) {
        return None;
    }
    let mut lines = text.split('\n').peekable();
    lines.next();
    // 10.–14. What follows the header on the next lines belongs to it.
    while let Some(line) = lines.peek() {
        if line.is_empty() || line.contains("-->") {
            break;
        }
        lines.next();
    }
    let mut cues = Vec::new();
    while lines.peek().is_some() {
        while lines.next_if(|line| line.is_empty()).is_some() {}
        cues.extend(block(&mut lines));
    }
    Some(cues)
}

/// <https://w3c.github.io/webvtt/#collect-a-webvtt-block>
fn block<'a>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<FileCue> {
    let mut cue: Option<FileCue> = None;
    let mut buffer = String::new();
    let mut seen_arrow = false;
    let mut count = 0;
    while let Some(&line) = lines.peek() {
        if line.contains("-->") {
            if seen_arrow {
                break;
            }
            // Only the first two lines can be the timing.
            lines.next();
            seen_arrow = true;
            if count <= 1 {
                cue =
                    timing(line).map(|timed| FileCue { id: std::mem::take(&mut buffer), ..timed });
                if cue.is_none() {
                    // The rest of the block is skipped.
                    while lines.next_if(|line| !line.is_empty() && !line.contains("-->")).is_some()
                    {
                    }
                    return None;
                }
                buffer.clear();
            } else {
                break;
            }
            count += 1;
            continue;
        }
        if line.is_empty() {
            break;
        }
        lines.next();
        if !buffer.is_empty() {
            buffer.push('\n');
        }
        buffer.push_str(line);
        count += 1;
    }
    cue.map(|cue| FileCue { text: buffer, ..cue })
}

/// <https://w3c.github.io/webvtt/#collect-webvtt-cue-timings-and-settings>
fn timing(line: &str) -> Option<FileCue> {
    let (start, rest) = timestamp(line.trim_start_matches(is_space))?;
    let rest = rest.trim_start_matches(is_space).strip_prefix("-->")?;
    let (end, rest) = timestamp(rest.trim_start_matches(is_space))?;
    Some(FileCue { start, end, settings: settings(rest), ..FileCue::default() })
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r')
}

/// <https://w3c.github.io/webvtt/#collect-a-webvtt-timestamp>, in seconds.
pub(super) fn timestamp(text: &str) -> Option<(f64, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text.parse::<f64>().ok();
    let first_length = digits(text);
    let first = number(text.get(..first_length)?)?;
    let rest = text.get(first_length..)?.strip_prefix(':')?;
    if digits(rest) != 2 {
        return None;
    }
    let (second, rest) = (number(rest.get(..2)?)?, rest.get(2..)?);
    let has_hours = first_length != 2 || first > 59.0 || rest.starts_with(':');
    let (hours, minutes, seconds, rest) = if has_hours {
        let rest = rest.strip_prefix(':')?;
        if digits(rest) != 2 {
            return None;
        }
        (first, second, number(rest.get(..2)?)?, rest.get(2..)?)
    } else {
        (0.0, first, second, rest)
    };
    let rest = rest.strip_prefix('.')?;
    if digits(rest) != 3 || minutes > 59.0 || seconds > 59.0 {
        return None;
    }
    let millis = number(rest.get(..3)?)?;
    let total = hours * 3600.0 + minutes * 60.0 + seconds + millis / 1000.0;
    Some((total, rest.get(3..)?))
}

/// A number from 0 to 100 with a percent sign.
fn percentage(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.ends_with(|c: char| c.is_ascii_digit());
    let value = plain.then(|| number.parse::<f64>().ok()).flatten()?;
    (0.0..=100.0).contains(&value).then_some(value)
}

fn keyword(text: &str, known: &[&'static str]) -> Option<&'static str> {
    known.iter().copied().find(|keyword| *keyword == text)
}

/// <https://w3c.github.io/webvtt/#parse-the-webvtt-cue-settings>
fn settings(text: &str) -> Settings {
    let mut out = Settings::default();
    for setting in text.split(is_space) {
        let Some((name, value)) = setting.split_once(':') else { continue };
        if name.is_empty() || value.is_empty() {
            continue;
        }
        let (main, align) = match value.split_once(',') {
            Some((main, align)) => (main, Some(align)),
            None => (value, None),
        };
        match name {
            "vertical" => {
                out.vertical = keyword(value, &["rl", "lr"]).or(out.vertical);
            }
            "line" => {
                let line = if main.ends_with('%') {
                    percentage(main).map(|value| (value, false))
                } else {
                    let digits = main.strip_prefix('-').unwrap_or(main);
                    let whole =
                        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                    whole.then(|| main.parse::<f64>().ok()).flatten().map(|value| (value, true))
                };
                let known = align.map(|align| keyword(align, &["start", "center", "end"]));
                if let Some(line) = line
                    && known != Some(None)
                {
                    out.line = Some(line);
                    out.line_align = known.flatten().or(out.line_align);
                }
            }
            "position" => {
                let known =
                    align.map(|align| keyword(align, &["line-left", "center", "line-right"]));
                if let Some(position) = percentage(main)
                    && known != Some(None)
                {
                    out.position = Some(position);
                    out.position_align = known.flatten().or(out.position_align);
                }
            }
            "size" => out.size = percentage(value).or(out.size),
            "align" => {
                let known = ["start", "center", "end", "left", "right"];
                out.align = keyword(value, &known).or(out.align);
            }
            _ => {}
        }
    }
    out
}

/// A piece of a cue's text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    /// Name, classes, annotation.
    Start(String, Vec<String>, String),
    End(String),
    /// In seconds, with its text.
    Timestamp(String),
}

/// <https://w3c.github.io/webvtt/#webvtt-cue-text-tokenizer>, all tokens at once.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut buffer = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                if !buffer.is_empty() {
                    out.push(Token::Text(std::mem::take(&mut buffer)));
                }
                let end = rest.find('>').unwrap_or(rest.len());
                out.push(tag(&rest[1..end]));
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            '&' => {
                let (character, used) = reference(rest);
                buffer.push_str(character);
                rest = &rest[used..];
            }
            _ => {
                buffer.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    if !buffer.is_empty() {
        out.push(Token::Text(buffer));
    }
    out
}

/// The character references that captions use, and how long they are.
fn reference(text: &str) -> (&'static str, usize) {
    const KNOWN: [(&str, &str); 8] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&lrm;", "\u{200e}"),
        ("&rlm;", "\u{200f}"),
        ("&nbsp;", "\u{a0}"),
        ("&quot;", "\""),
        ("&apos;", "'"),
    ];
    let known = KNOWN.iter().find(|(name, _)| text.starts_with(name));
    known.map_or(("&", 1), |(name, character)| (*character, name.len()))
}

fn tag(text: &str) -> Token {
    if let Some(name) = text.strip_prefix('/') {
        return Token::End(name.to_owned());
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Token::Timestamp(text.to_owned());
    }
    let (head, annotation) = match text.find(is_space) {
        Some(at) => (
            &text[..at],
            text[at..]
                .split(is_space)
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        ),
        None => (text, String::new()),
    };
    let mut parts = head.split('.');
    let name = parts.next().unwrap_or_default().to_owned();
    let classes = parts.filter(|class| !class.is_empty()).map(str::to_owned).collect();
    let mut decoded = String::new();
    let mut rest = annotation.as_str();
    while let Some(c) = rest.chars().next() {
        if c == '&' {
            let (character, used) = reference(rest);
            decoded.push_str(character);
            rest = &rest[used..];
        } else {
            decoded.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Token::Start(name, classes, decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for (text, expected) in [
            ("00:01.500", Some(1.5)),
            ("01:00:01.000", Some(3601.0)),
            ("100:00:00.000", Some(360_000.0)),
            ("00:61.000", None),
            ("0:01.000", None),
            ("00:01.00", None),
            ("00:01", None),
        ] {
            assert_eq!(timestamp(text).map(|found| found.0), expected, "{text}");
        }
    }

    #[test]
    fn files() {
        let file = "WEBVTT title\nmore\n\nNOTE x\n\nid\n00:00.000 --> 00:01.000 align:start line:-1 \
            size:50%\na\nb\n\n00:02.000 --> 00:01.x\nlost\n\n00:03.000 --> 00:04.000\r\nc";
        let cues = parse(file.as_bytes()).unwrap_or_default();
        assert_eq!(cues.len(), 2);
        assert_eq!((cues[0].id.as_str(), cues[0].text.as_str()), ("id", "a\nb"));
        assert_eq!(cues[0].settings.line, Some((-1.0, true)));
        assert_eq!(cues[0].settings.size, Some(50.0));
        assert_eq!(cues[1].text, "c");
        assert_eq!(parse(b"WEBVTTx"), None);
        assert_eq!(parse(b"\xef\xbb\xbfWEBVTT"), Some(Vec::new()));
    }

    #[test]
    fn cue_texts() {
        let found = tokens("a &amp; <c.x.y>b</c><v Bob  B>c<00:01.000>");
        let text = |text: &str| Token::Text(text.to_owned());
        assert_eq!(
            found,
            [
                text("a & "),
                Token::Start("c".to_owned(), vec!["x".to_owned(), "y".to_owned()], String::new()),
                text("b"),
                Token::End("c".to_owned()),
                Token::Start("v".to_owned(), Vec::new(), "Bob B".to_owned()),
                text("c"),
                Token::Timestamp("00:01.000".to_owned()),
            ]
        );
    }
}
