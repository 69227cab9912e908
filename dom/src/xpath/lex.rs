//! Tokens: <https://www.w3.org/TR/1999/REC-xpath-19991116/#exprlex>

use super::XPathError;
use super::value::is_space;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// Punctuation and operators, names of operators among them.
    Symbol(&'static str),
    Literal(String),
    Number(f64),
    /// A name test, node type, function or axis, with its prefix: what follows
    /// tells which. The local part may be `*`.
    Name(Option<String>, String),
    Variable(String),
}

/// Longer ones first.
const SYMBOLS: [&str; 21] = [
    "..", "::", "//", "!=", "<=", ">=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=",
    "<", ">", "*",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, XPathError> {
    let mut out: Vec<Token> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(first) = rest.chars().next() else { return Ok(out) };
        let second = rest.chars().nth(1);
        let (token, length) = if first == '"' || first == '\'' {
            let end = rest[1..]
                .find(first)
                .ok_or_else(|| XPathError::Syntax(format!("a string does not end: {rest}")))?;
            (Token::Literal(rest[1..=end].to_owned()), end + 2)
        } else if first.is_ascii_digit()
            || (first == '.' && second.is_some_and(|c| c.is_ascii_digit()))
        {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..end]
                .parse()
                .map_err(|_| XPathError::Syntax(format!("{} is no number", &rest[..end])))?;
            (Token::Number(number), end)
        } else if first == '$' {
            let length = name_length(&rest[1..]);
            (Token::Variable(rest[1..=length].to_owned()), length + 1)
        } else if is_name_start(first) {
            name(rest, wants_operator(out.last()))
        } else {
            let symbol = SYMBOLS
                .iter()
                .find(|symbol| rest.starts_with(**symbol))
                .ok_or_else(|| XPathError::Syntax(format!("unexpected `{first}`")))?;
            if *symbol == "*" && !wants_operator(out.last()) {
                (Token::Name(None, "*".to_owned()), 1)
            } else {
                (Token::Symbol(symbol), symbol.len())
            }
        };
        out.push(token);
        rest = &rest[length..];
    }
}

/// "If there is a preceding token and the preceding token is not one of @, ::, (,
/// [, , or an Operator", then `*` multiplies and a name is an operator.
fn wants_operator(previous: Option<&Token>) -> bool {
    match previous {
        None => false,
        Some(Token::Symbol(symbol)) => matches!(*symbol, ")" | "]" | "." | ".."),
        Some(_) => true,
    }
}

fn name(rest: &str, operator: bool) -> (Token, usize) {
    let length = name_length(rest);
    let word = &rest[..length];
    if operator && let Some(symbol) = ["and", "or", "mod", "div"].iter().find(|s| **s == word) {
        return (Token::Symbol(symbol), length);
    }
    let after = &rest[length..];
    if let Some(local) = after.strip_prefix(':')
        && !local.starts_with(':')
    {
        if local.starts_with('*') {
            return (Token::Name(Some(word.to_owned()), "*".to_owned()), length + 2);
        }
        let local_length = name_length(local);
        if local_length > 0 {
            let name = Token::Name(Some(word.to_owned()), local[..local_length].to_owned());
            return (name, length + 1 + local_length);
        }
    }
    (Token::Name(None, word.to_owned()), length)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Bytes of the <https://www.w3.org/TR/xml-names/#NT-NCName> at the beginning.
fn name_length(text: &str) -> usize {
    if !text.starts_with(is_name_start) {
        return 0;
    }
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}')))
        .unwrap_or(text.len())
}
