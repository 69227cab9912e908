//! Limits on what reaches the CSS parser.
//!
//! stylo and cssparser recurse into blocks, functions and nested rules, and a
//! stack overflow cannot be caught. So a sheet is looked at first, in one flat
//! pass, and what nests deeper than any person writes is refused.

/// The deepest nesting of `(`, `[` and `{` that is parsed.
pub const MAX_NESTING: usize = 100;

/// The most compounds that one complex selector may chain: stylo matches
/// them by recursion, one level for each.
pub const MAX_COMPOUNDS: usize = 1000;

/// Some CSS was not parsed, since parsing or matching it could overflow the
/// stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooComplex {
    /// Brackets nest deeper than [`MAX_NESTING`].
    #[error("CSS refused: its brackets nest deeper than {MAX_NESTING} levels")]
    Nesting,
    /// A selector (or anything between two of `,;{}`) has more than
    /// [`MAX_COMPOUNDS`] parts.
    #[error("CSS refused: a selector chains more than {MAX_COMPOUNDS} parts")]
    Chain,
}

/// Looks at CSS before it is parsed.
pub fn check(css: &str) -> Result<(), TooComplex> {
    let bytes = css.as_bytes();
    let (mut depth, mut parts, mut i) = (0usize, 0usize, 0usize);
    let mut in_gap = false;
    while i < bytes.len() {
        let byte = bytes[i];
        let gap = byte.is_ascii_whitespace() || matches!(byte, b'>' | b'+' | b'~');
        if gap && !in_gap {
            parts += 1;
            if parts > MAX_COMPOUNDS {
                return Err(TooComplex::Chain);
            }
        }
        in_gap = gap;
        match byte {
            b',' | b';' => parts = 0,
            b'(' | b'[' | b'{' => {
                if byte == b'{' {
                    parts = 0;
                }
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(TooComplex::Nesting);
                }
            }
            b')' | b']' | b'}' => {
                if byte == b'}' {
                    parts = 0;
                }
                depth = depth.saturating_sub(1);
            }
            b'\\' => i += 1,
            b'/' if bytes.get(i + 1) == Some(&b'*') => {
                match bytes[i + 2..].windows(2).position(|w| w == b"*/") {
                    Some(end) => i += end + 3,
                    None => return Ok(()),
                }
            }
            quote @ (b'"' | b'\'') => i = end_of_string(bytes, i + 1, quote),
            _ => {}
        }
        i += 1;
    }
    Ok(())
}

/// The index of the quote that ends a string, or of the newline that breaks it.
fn end_of_string(bytes: &[u8], mut i: usize, quote: u8) -> usize {
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'\n' | b'\r' | 0x0c => return i,
            b if b == quote => return i,
            _ => {}
        }
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(css: &str, expected: Result<(), TooComplex>) {
        assert_eq!(check(css), expected, "{}", &css[..css.len().min(40)]);
    }

    #[test]
    fn counts_brackets_outside_strings_and_comments() {
        case("a { width: calc((1px + 2px) * 3) }", Ok(()));
        case(&"(".repeat(MAX_NESTING), Ok(()));
        case(&"(".repeat(MAX_NESTING + 1), Err(TooComplex::Nesting));
        case(&format!("/*{}*/", "(".repeat(1000)), Ok(()));
        case(&format!("\"{}\"", "(".repeat(1000)), Ok(()));
        case(&format!("'{}\n{}", "(".repeat(1000), "{".repeat(1000)), Err(TooComplex::Nesting));
        case(&"a{b:c(d)}".repeat(10_000), Ok(()));
        case(&"\\(".repeat(1000), Ok(()));
        case("/* never closed ((((", Ok(()));
    }

    #[test]
    fn counts_the_parts_of_a_selector() {
        case(&"div ".repeat(MAX_COMPOUNDS), Ok(()));
        case(&"div ".repeat(MAX_COMPOUNDS + 1), Err(TooComplex::Chain));
        case(&"a>".repeat(MAX_COMPOUNDS + 1), Err(TooComplex::Chain));
        case(&"a b,".repeat(100_000), Ok(()));
        case(&"a b{c:d e}".repeat(100_000), Ok(()));
    }
}
