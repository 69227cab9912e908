//! Limits on what reaches the CSS parser.
//!
//! stylo and cssparser recurse into blocks, functions and nested rules, and a
//! stack overflow cannot be caught. So a sheet is looked at first, in one flat
//! pass, and what nests deeper than any person writes is refused.

/// The deepest nesting of `(`, `[` and `{` that is parsed.
pub const MAX_NESTING: usize = 100;

/// Whether the brackets of some CSS nest deeper than [`MAX_NESTING`].
///
/// Strings, comments and escapes are passed over. Brackets are counted without
/// matching them by kind, which can only count too many.
pub fn nests_too_deep(css: &str) -> bool {
    let bytes = css.as_bytes();
    let mut depth = 0usize;
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return true;
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\\' => i += 1,
            b'/' if bytes.get(i + 1) == Some(&b'*') => {
                match css.get(i + 2..).and_then(|rest| rest.find("*/")) {
                    Some(end) => i += end + 3,
                    None => return false,
                }
            }
            quote @ (b'"' | b'\'') => i = end_of_string(bytes, i + 1, quote),
            _ => {}
        }
        i += 1;
    }
    false
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

    fn check(css: &str, too_deep: bool) {
        assert_eq!(nests_too_deep(css), too_deep, "{}", &css[..css.len().min(40)]);
    }

    #[test]
    fn counts_brackets_outside_strings_and_comments() {
        check("a { width: calc((1px + 2px) * 3) }", false);
        check(&"(".repeat(MAX_NESTING), false);
        check(&"(".repeat(MAX_NESTING + 1), true);
        check(&format!("/*{}*/", "(".repeat(1000)), false);
        check(&format!("\"{}\"", "(".repeat(1000)), false);
        check(&format!("'{}\n{}", "(".repeat(1000), "{".repeat(1000)), true);
        check(&"a{b:c(d)}".repeat(10_000), false);
        check(&"\\(".repeat(1000), false);
        check("/* never closed ((((", false);
    }
}
