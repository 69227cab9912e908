//! Where characters, words and lines begin and end in a text, in bytes. A caret
//! never stands within a character.

use std::ops::Range;

/// The nearest place at or before `at` where a caret can stand.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The word at a place, or the run of what is no word.
pub(crate) fn word_around(text: &str, at: usize) -> Range<usize> {
    let at = floor(text, at);
    let after = text[at..].chars().next();
    let before = text[..at].chars().next_back();
    // At the end of a word, that word.
    let kind = match (before, after) {
        (_, Some(after)) if is_word(after) => kind_of(after),
        (Some(before), _) if is_word(before) => kind_of(before),
        (_, Some(after)) => kind_of(after),
        (Some(before), None) => kind_of(before),
        (None, None) => return at..at,
    };
    let start = text[..at].trim_end_matches(|c| kind_of(c) == kind).len();
    let rest = text[at..].trim_start_matches(|c| kind_of(c) == kind);
    start..text.len() - rest.len()
}

/// The line at a place, with its line break.
pub(crate) fn line_around(text: &str, at: usize) -> Range<usize> {
    let at = floor(text, at);
    let end = line_end(text, at);
    line_start(text, at)..(end + 1).min(text.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words, line breaks, white space and the rest are told apart.
fn kind_of(c: char) -> u8 {
    match c {
        '\n' => 0,
        c if is_word(c) => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    }
}

/// As much of `data` as `maxlength`, in UTF-16 code units, leaves room for.
pub(super) fn within_limit<'a>(
    text: &str,
    range: &Range<usize>,
    data: &'a str,
    limit: Option<usize>,
) -> &'a str {
    let Some(limit) = limit else { return data };
    let units = |text: &str| text.encode_utf16().count();
    let kept = units(&text[..range.start]) + units(&text[range.end..]);
    let mut room = limit.saturating_sub(kept);
    let mut end = 0;
    for (at, character) in data.char_indices() {
        if character.len_utf16() > room {
            break;
        }
        room -= character.len_utf16();
        end = at + character.len_utf8();
    }
    &data[..end]
}

/// Marks that belong to the character before them.
fn is_mark(character: char) -> bool {
    matches!(u32::from(character),
        0x0300..=0x036f | 0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff | 0xe0100..=0xe01ef)
}

pub(super) fn before(text: &str, at: usize) -> usize {
    let mut chars = text[..at].char_indices().rev().peekable();
    while let Some((index, character)) = chars.next() {
        let joined = chars.peek().is_some_and(|(_, previous)| *previous == '\u{200d}');
        if !is_mark(character) && !joined {
            return index;
        }
    }
    0
}

pub(super) fn after(text: &str, at: usize) -> usize {
    let mut chars = text[at..].char_indices().peekable();
    let Some((_, mut last)) = chars.next() else { return at };
    for (index, character) in chars {
        if !is_mark(character) && last != '\u{200d}' {
            return at + index;
        }
        last = character;
    }
    text.len()
}

pub(super) fn word_before(text: &str, at: usize) -> usize {
    let trimmed = text[..at].trim_end_matches(|character: char| !character.is_alphanumeric());
    trimmed.trim_end_matches(char::is_alphanumeric).len()
}

pub(super) fn word_after(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let trimmed = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
    text.len() - trimmed.trim_start_matches(char::is_alphanumeric).len()
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |index| index + 1)
}

pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |index| at + index)
}

pub(super) fn line_above(text: &str, at: usize) -> usize {
    let start = line_start(text, at);
    if start == 0 {
        return 0;
    }
    same_column(text, line_start(text, start - 1), start - 1, start, at)
}

pub(super) fn line_below(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    if end == text.len() {
        return end;
    }
    same_column(text, end + 1, line_end(text, end + 1), line_start(text, at), at)
}

/// The place in `from..to` as many characters in as `at` is after `start`.
fn same_column(text: &str, from: usize, to: usize, start: usize, at: usize) -> usize {
    let column = text[start..at].chars().count();
    text[from..to].char_indices().nth(column).map_or(to, |(index, _)| from + index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_keep_their_marks() {
        for (text, at, expected) in [("ab", 2, 1), ("e\u{301}", 3, 0), ("a👍🏽", 9, 1), ("", 0, 0)]
        {
            assert_eq!(before(text, at), expected, "{text}");
        }
        for (text, at, expected) in [("ab", 0, 1), ("e\u{301}x", 0, 3), ("a👍🏽b", 1, 9), ("a", 1, 1)]
        {
            assert_eq!(after(text, at), expected, "{text}");
        }
    }

    #[test]
    fn words_and_lines() {
        assert_eq!(word_before("one two  ", 9), 4);
        assert_eq!(word_after("one two", 3), 7);
        assert_eq!(line_start("a\nbc", 4), 2);
        assert_eq!(line_end("a\nbc\nd", 2), 4);
        assert_eq!(line_above("abc\nde", 6), 2);
        assert_eq!(line_below("abc\nde\nf", 3), 6);
        assert_eq!(line_above("abc", 2), 0);
        assert_eq!(line_below("abc", 1), 3);
    }

    #[test]
    fn maxlength_counts_code_units() {
        assert_eq!(within_limit("ab", &(2..2), "cd", Some(3)), "c");
        assert_eq!(within_limit("ab", &(2..2), "👍", Some(3)), "");
        assert_eq!(within_limit("ab", &(0..2), "cd", Some(2)), "cd");
        assert_eq!(within_limit("ab", &(2..2), "cd", None), "cd");
    }

    #[test]
    fn words_and_lines_around() {
        for (at, expected) in [(0, 0..3), (2, 0..3), (3, 0..3), (4, 4..7), (7, 4..7), (8, 8..9)] {
            assert_eq!(word_around("one two, ", at), expected, "{at}");
        }
        assert_eq!(line_around("a\nbc\nd", 3), 2..5);
        assert_eq!(line_around("a\nbc", 3), 2..4);
    }
}
