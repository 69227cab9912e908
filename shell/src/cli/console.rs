use std::io::{self, Write};

use serde::Serialize;
use virga::ConsoleMessage;

use super::args::Console;

/// Writes an app's console to standard output.
#[derive(Clone, Copy)]
pub(crate) struct Printer(pub(crate) Console);

impl Printer {
    /// One message, one line. When nobody reads, the app goes on.
    pub(crate) fn print(self, message: &ConsoleMessage) {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{}", line(self.0, message)).and_then(|()| out.flush());
    }
}

#[derive(Serialize)]
struct Object<'a> {
    level: virga::ConsoleLevel,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

fn line(format: Console, message: &ConsoleMessage) -> String {
    match format {
        Console::Text => message
            .text
            .replace('\r', "\\r")
            .replace('\n', "\\n")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
        Console::Json => {
            let at = message.position.as_ref();
            let object = Object {
                level: message.level,
                text: &message.text,
                url: at.map(|at| at.url.as_str()),
                line: at.map(|at| at.line),
                column: at.map(|at| at.column),
            };
            // Strings and numbers: that cannot fail.
            serde_json::to_string(&object).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virga::{ConsoleLevel, SourcePosition};

    fn check(text: &str, as_text: &str, as_json: &str) {
        let position = SourcePosition { url: "a.js".into(), line: 3, column: 4 };
        let message = ConsoleMessage {
            level: ConsoleLevel::Warn,
            text: text.into(),
            position: Some(position),
        };
        assert_eq!(line(Console::Text, &message), as_text);
        assert_eq!(line(Console::Json, &message), as_json);
    }

    #[test]
    fn a_message_is_one_line() {
        check("hi", "hi", r#"{"level":"warn","text":"hi","url":"a.js","line":3,"column":4}"#);
        check(
            "a\r\nb",
            "a\\r\\nb",
            r#"{"level":"warn","text":"a\r\nb","url":"a.js","line":3,"column":4}"#,
        );
    }
}
