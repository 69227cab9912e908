//! Value sanitization of `input`:
//! <https://html.spec.whatwg.org/#value-sanitization-algorithm>

use crate::html::numbers::{is_valid_float, parse_float};

/// What an input of this type makes of a value. `min` and `max` are the texts of
/// those attributes.
pub(super) fn sanitize(type_: &str, value: &str, min: Option<&str>, max: Option<&str>) -> String {
    match type_ {
        "text" | "search" | "tel" | "password" => without_newlines(value),
        "url" | "email" => {
            without_newlines(value).trim_matches(|c: char| c.is_ascii_whitespace()).to_owned()
        }
        "number" if !is_valid_float(value) => String::new(),
        "range" => range(value, min, max),
        "color" => color(value),
        "date" => keep(value, is_date),
        "month" => keep(value, is_month),
        "week" => keep(value, is_week),
        "time" => keep(value, is_time),
        "datetime-local" => {
            let value = value.replacen(' ', "T", 1);
            keep(&value, |text| {
                text.split_once('T').is_some_and(|(date, time)| is_date(date) && is_time(time))
            })
        }
        _ => value.to_owned(),
    }
}

fn without_newlines(value: &str) -> String {
    value.chars().filter(|c| !matches!(c, '\n' | '\r')).collect()
}

fn keep(value: &str, is_valid: impl Fn(&str) -> bool) -> String {
    if is_valid(value) { value.to_owned() } else { String::new() }
}

/// A number between the bounds; the middle by default.
fn range(value: &str, min: Option<&str>, max: Option<&str>) -> String {
    let min = min.and_then(parse_float).unwrap_or(0.0);
    let max = max.and_then(parse_float).unwrap_or(100.0).max(min);
    if !is_valid_float(value) {
        return f64::midpoint(min, max).to_string();
    }
    match value.parse::<f64>() {
        Ok(number) if number < min => min.to_string(),
        Ok(number) if number > max => max.to_string(),
        _ => value.to_owned(),
    }
}

fn color(value: &str) -> String {
    let simple = value.len() == 7
        && value.starts_with('#')
        && value[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    if simple { value.to_ascii_lowercase() } else { "#000000".to_owned() }
}

/// Digits only, this many at least.
fn digits(text: &str, least: usize) -> Option<u32> {
    let all = text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

fn year_and(text: &str) -> Option<(u32, &str)> {
    let (year, rest) = text.split_once('-')?;
    Some((digits(year, 4).filter(|year| *year > 0)?, rest))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

fn is_month(text: &str) -> bool {
    year_and(text).is_some_and(|(_, month)| {
        month.len() == 2 && digits(month, 2).is_some_and(|month| (1..=12).contains(&month))
    })
}

fn is_date(text: &str) -> bool {
    let Some((year, rest)) = year_and(text) else { return false };
    let Some((month, day)) = rest.split_once('-') else { return false };
    if month.len() != 2 || day.len() != 2 {
        return false;
    }
    match (digits(month, 2), digits(day, 2)) {
        (Some(month @ 1..=12), Some(day)) => (1..=days_in(year, month)).contains(&day),
        _ => false,
    }
}

fn is_week(text: &str) -> bool {
    year_and(text).is_some_and(|(_, week)| {
        week.len() == 3
            && week
                .strip_prefix('W')
                .and_then(|week| digits(week, 2))
                .is_some_and(|week| (1..=53).contains(&week))
    })
}

fn is_time(text: &str) -> bool {
    let mut parts = text.split(':');
    let two = |part: Option<&str>, max: u32| {
        part.is_some_and(|part| part.len() == 2 && digits(part, 2).is_some_and(|n| n <= max))
    };
    if !two(parts.next(), 23) || !two(parts.next(), 59) {
        return false;
    }
    let seconds = match parts.next() {
        None => return true,
        Some(seconds) => seconds,
    };
    let (whole, fraction) = match seconds.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (seconds, None),
    };
    let fraction = fraction.is_none_or(|f| (1..=3).contains(&f.len()) && digits(f, 1).is_some());
    two(Some(whole), 59) && fraction && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_made_valid() {
        for (type_, input, expected) in [
            ("text", "a\nb\r", "ab"),
            ("email", "  a@b\n ", "a@b"),
            ("number", "1e2", "1e2"),
            ("number", "1px", ""),
            ("range", "x", "50"),
            ("range", "120", "100"),
            ("range", "-3", "0"),
            ("color", "#AbCdEf", "#abcdef"),
            ("color", "red", "#000000"),
            ("date", "2024-02-29", "2024-02-29"),
            ("date", "2023-02-29", ""),
            ("month", "2024-13", ""),
            ("week", "2024-W53", "2024-W53"),
            ("time", "23:59:59.999", "23:59:59.999"),
            ("time", "24:00", ""),
            ("datetime-local", "2024-01-01 10:00", "2024-01-01T10:00"),
            ("hidden", "a\nb", "a\nb"),
        ] {
            assert_eq!(sanitize(type_, input, None, None), expected, "{type_} {input:?}");
        }
    }
}
