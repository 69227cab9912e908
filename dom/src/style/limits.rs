//! Limits on what reaches the CSS parser.
//!
//! stylo and cssparser recurse into blocks, functions and nested rules, and a
//! stack overflow cannot be caught. So a sheet is looked at first, in one flat
//! pass, and what nests deeper than any person writes is refused.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// The deepest nesting of `(`, `[` and `{` that is parsed.
pub const MAX_NESTING: usize = 100;

/// The most compounds that one complex selector may chain: stylo matches
/// them by recursion, one level for each.
pub const MAX_COMPOUNDS: usize = 1000;

/// The longest chain of custom properties that refer to each other which one
/// sheet may hold: stylo substitutes them by recursion, one level for each.
pub const MAX_VARIABLE_CHAIN: usize = 250;

/// The most custom properties with a `var()` that one `style` attribute takes
/// from script, for the same reason.
pub(crate) const MAX_INLINE_VARIABLES: usize = 1000;

/// The longest chain that all sheets of a document together may make.
pub(crate) const MAX_TOTAL_CHAIN: usize = 10_000;

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
    /// Custom properties refer to each other in a chain longer than
    /// [`MAX_VARIABLE_CHAIN`].
    #[error("CSS refused: custom properties chain more than {MAX_VARIABLE_CHAIN} references")]
    Variables,
}

/// Looks at CSS before it is parsed.
pub fn check(css: &str) -> Result<(), TooComplex> {
    check_brackets(css)?;
    if variable_chain(css) > MAX_VARIABLE_CHAIN {
        return Err(TooComplex::Variables);
    }
    Ok(())
}

fn check_brackets(css: &str) -> Result<(), TooComplex> {
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

/// The length of the longest chain of references between custom properties.
///
/// Names are taken as written, whatever rule they are in, which can only find
/// chains that are too long. A name with an escape in it counts as a link of
/// its own, since it may be any name.
pub(crate) fn variable_chain(css: &str) -> usize {
    if !css.contains("var(") && !css.contains("VAR(") {
        return 0;
    }
    let mut references: FxHashMap<&str, SmallVec<[&str; 2]>> = FxHashMap::default();
    let mut escaped = 0;
    let mut current: Option<&str> = None;
    let bytes = css.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b';' | b'{' | b'}' => current = None,
            b'-' if bytes[i..].starts_with(b"--") && (i == 0 || !is_name(bytes[i - 1])) => {
                let start = i;
                while i < bytes.len() && is_name(bytes[i]) {
                    i += 1;
                }
                let name = &css[start..i];
                if name.contains('\\') {
                    escaped += 1;
                }
                match (current, bytes[i..].trim_ascii_start().first()) {
                    (None, Some(b':')) => current = Some(name),
                    (Some(of), _) => references.entry(of).or_default().push(name),
                    (None, _) => {}
                }
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    longest_path(&references) + escaped
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\') || !byte.is_ascii()
}

/// The longest path in a graph, without recursion. A cycle ends it: stylo finds
/// those and makes their members invalid.
fn longest_path<'a>(graph: &FxHashMap<&'a str, SmallVec<[&'a str; 2]>>) -> usize {
    // Known lengths; 0 for what is being looked at.
    let mut lengths: FxHashMap<&str, usize> = FxHashMap::default();
    let mut longest = 0;
    for start in graph.keys() {
        let mut stack = vec![*start];
        while let Some(name) = stack.last().copied() {
            let next = graph.get(name).map(|n| n.as_slice()).unwrap_or_default();
            if !lengths.contains_key(name) {
                lengths.insert(name, 0);
                stack.extend(next.iter().filter(|n| !lengths.contains_key(**n)));
                continue;
            }
            stack.pop();
            if lengths.get(name) > Some(&0) {
                continue;
            }
            let below = next.iter().filter_map(|n| lengths.get(n)).max().copied().unwrap_or(0);
            lengths.insert(name, below + 1);
            longest = longest.max(below + 1);
        }
    }
    longest
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

    #[test]
    fn measures_chains_of_variables() {
        fn chain(css: &str, expected: usize) {
            assert_eq!(variable_chain(css), expected, "{css}");
        }
        chain("p { --a: 1; color: red }", 0);
        chain("p { color: var(--a) }", 0);
        chain("p { --a: var(--b); --b: var(--c) }", 3);
        chain("p { --b: var(--c) } q { --a: var(--b, var(--d)) }", 3);
        chain("p { --a: var(--b); --c: var(--b); --d: var(--b) }", 2);
        chain("p{--a:var(--b);--b:var(--a)}", 2);
        let many: String = (0..100_000).map(|i| format!("--a{i}:var(--b);")).collect();
        chain(&many, 2);
        let long: String = (0..100_000).map(|i| format!("--a{i}:var(--a{});", i + 1)).collect();
        case(&long, Err(TooComplex::Variables));
        let hidden: String =
            (0..1000).map(|i| format!("--\\61 {i}:var(--\\61 {});", i + 1)).collect();
        case(&hidden, Err(TooComplex::Variables));
    }
}
