//! How deep the brackets of a script nest.
//!
//! The engine's parser descends by recursion, some ten functions for each
//! parenthesis, and a stack that overflows ends the process, with all apps in
//! it. So what nests deeper than any program is refused before it is parsed.

use crate::{Error, Fallible};

/// Brackets may nest so deep. Generated code reaches some hundreds; the stack of
/// an app's thread is enough for several times as many.
const LIMIT: usize = 1000;

/// Refuses a script that nests too deeply.
pub(crate) fn check(text: &str) -> Fallible<()> {
    match too_deep(text) {
        None => Ok(()),
        Some(line) => Err(Error::Syntax(format!(
            "more than {LIMIT} brackets are open at once, on line {line} of the script"
        ))),
    }
}

/// Where `text` nests too deeply: the line, from 1 on.
fn too_deep(text: &str) -> Option<u32> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, line: 1 };
    // What closes each open bracket; `` ` `` for a substitution in a template.
    let mut open: Vec<u8> = Vec::new();
    let mut before = b';';
    while let Some(byte) = scanner.next() {
        match byte {
            b'(' | b'[' | b'{' => open.push(byte),
            b')' | b']' => {
                open.pop();
            }
            b'}' if open.pop() == Some(b'`') && scanner.template() => open.push(b'`'),
            b'`' if scanner.template() => open.push(b'`'),
            b'"' | b'\'' => scanner.string(byte),
            b'/' if scanner.comment() => continue,
            // A slash after an operand divides; elsewhere it begins a pattern.
            b'/' if !is_operand_end(before) => scanner.pattern(),
            _ => {}
        }
        if open.len() > LIMIT {
            return Some(scanner.line);
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

fn is_operand_end(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'$' | b')' | b']' | b'}' | b'"' | b'\'' | b'`' | 0x80..)
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        self.line += u32::from(byte == b'\n');
        Some(byte)
    }

    /// The rest of a string; a line break ends what was none.
    fn string(&mut self, quote: u8) {
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => {
                    self.next();
                }
                b'\n' => break,
                byte if byte == quote => break,
                _ => {}
            }
        }
    }

    /// The rest of a template up to its end (`false`) or a substitution.
    fn template(&mut self) -> bool {
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => {
                    self.next();
                }
                b'`' => return false,
                b'$' if self.bytes.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// The rest of a comment, if the slash before began one.
    fn comment(&mut self) -> bool {
        match self.bytes.get(self.at) {
            Some(b'/') => while self.next().is_some_and(|byte| byte != b'\n') {},
            Some(b'*') => {
                self.at += 1;
                let mut star = false;
                while let Some(byte) = self.next() {
                    if star && byte == b'/' {
                        break;
                    }
                    star = byte == b'*';
                }
            }
            _ => return false,
        }
        true
    }

    /// The rest of a regular expression, which ends on its line.
    fn pattern(&mut self) {
        let mut class = false;
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => {
                    self.next();
                }
                b'[' => class = true,
                b']' => class = false,
                b'\n' => break,
                b'/' if !class => break,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expect(text: &str, expected: Option<u32>) {
        assert_eq!(too_deep(text), expected, "{}…", text.get(..40).unwrap_or(text));
    }

    #[test]
    fn only_brackets_that_are_open_at_once_count() {
        let many = LIMIT + 1;
        expect(&"(".repeat(many), Some(1));
        expect(&"\n[".repeat(many), Some(u32::try_from(many).unwrap() + 1));
        expect(&format!("{}{}", "(".repeat(LIMIT), ")".repeat(LIMIT)), None);
        expect(&"f(x)[0];{}".repeat(many), None);
        expect(&"`${".repeat(many), Some(1));
        expect(&"`${a}`;".repeat(many), None);
    }

    #[test]
    fn brackets_in_text_do_not_count() {
        let many = "(".repeat(LIMIT + 1);
        for text in [
            format!("'{many}'"),
            format!("\"\\\"{many}\""),
            format!("`{many}${{1}}{many}`"),
            format!("// {many}\n/* {many} */"),
            format!("x = /[/]{}/.test(y)", "\\(".repeat(LIMIT + 1)),
        ] {
            expect(&text, None);
        }
        // Division is no pattern.
        expect(&format!("a / b; {many} / c"), Some(1));
    }
}
