//! Dates, months, weeks and times as text and as numbers:
//! <https://html.spec.whatwg.org/#dates-and-times>

use super::kind::InputType;
use crate::calendar::{civil_from_days, days_from_civil};

const DAY: f64 = 86_400_000.0;
/// The last moment that a `Date` can hold, in milliseconds.
const LAST: f64 = 8.64e15;

/// 0 for Monday.
fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// <https://html.spec.whatwg.org/#weeks>
fn weeks_in_year(year: i64) -> i64 {
    let first = weekday(days_from_civil(year, 1, 1));
    if first == 3 || (first == 2 && is_leap(year)) { 53 } else { 52 }
}

/// The Monday of the first week of a year, in days.
fn first_week(year: i64) -> i64 {
    let fourth = days_from_civil(year, 1, 4);
    fourth - weekday(fourth)
}

/// Digits only, this many at least.
fn digits(text: &str, least: usize) -> Option<i64> {
    let all = text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// Exactly two digits.
fn two(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text, 2) } else { None }
}

fn year_and(text: &str) -> Option<(i64, &str)> {
    let (year, rest) = text.split_once('-')?;
    // More than the calendar of `Date` can hold is no year of ours.
    let year = digits(year, 4).filter(|year| (1..=275_760).contains(year))?;
    Some((year, rest))
}

/// <https://html.spec.whatwg.org/#parse-a-month-string>
fn month(text: &str) -> Option<(i64, i64)> {
    let (year, month) = year_and(text)?;
    let month = two(month).filter(|month| (1..=12).contains(month))?;
    (year < 275_760 || month <= 9).then_some((year, month))
}

/// <https://html.spec.whatwg.org/#parse-a-date-string>, in days.
fn date(text: &str) -> Option<i64> {
    let (rest, day) = text.rsplit_once('-')?;
    let (year, month) = month(rest)?;
    let day = two(day).filter(|day| (1..=days_in_month(year, month)).contains(day))?;
    let days = days_from_civil(year, month, day);
    (days <= 100_000_000).then_some(days)
}

/// <https://html.spec.whatwg.org/#parse-a-week-string>, as its Monday in days.
fn week(text: &str) -> Option<i64> {
    let (year, week) = year_and(text)?;
    let week = two(week.strip_prefix('W')?)?;
    let monday = first_week(year) + (week - 1) * 7;
    ((1..=weeks_in_year(year)).contains(&week) && monday <= 100_000_000).then_some(monday)
}

/// <https://html.spec.whatwg.org/#parse-a-time-string>, in milliseconds.
fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours = two(parts.next()?).filter(|hours| *hours < 24)?;
    let minutes = two(parts.next()?).filter(|minutes| *minutes < 60)?;
    let (seconds, millis) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = match seconds.split_once('.') {
                Some((whole, fraction)) => (whole, Some(fraction)),
                None => (seconds, None),
            };
            let millis = match fraction {
                None => 0,
                Some(fraction) if (1..=3).contains(&fraction.len()) => {
                    let scale = [100, 10, 1][fraction.len() - 1];
                    digits(fraction, 1)? * scale
                }
                Some(_) => return None,
            };
            (two(whole).filter(|seconds| *seconds < 60)?, millis)
        }
    };
    if parts.next().is_some() {
        return None;
    }
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

/// <https://html.spec.whatwg.org/#parse-a-local-date-and-time-string>, as days
/// and milliseconds.
fn local(text: &str) -> Option<(i64, i64)> {
    let (day, clock) = text.split_once(['T', ' '])?;
    let (days, millis) = (date(day)?, time(clock)?);
    (days < 100_000_000 || millis == 0).then_some((days, millis))
}

/// "The algorithm to convert a string to a number" of a temporal type: months
/// since 1970 for months, milliseconds for the others.
#[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 milliseconds")]
pub(crate) fn to_number(type_: InputType, text: &str) -> Option<f64> {
    Some(match type_ {
        InputType::Date => date(text)? as f64 * DAY,
        InputType::Month => {
            let (year, month) = month(text)?;
            ((year - 1970) * 12 + month - 1) as f64
        }
        InputType::Week => week(text)? as f64 * DAY,
        InputType::Time => time(text)? as f64,
        InputType::DatetimeLocal => {
            let (days, millis) = local(text)?;
            days as f64 * DAY + millis as f64
        }
        _ => return None,
    })
}

fn time_text(millis: i64) -> String {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = format!("{hours:02}:{minutes:02}");
    if seconds != 0 || rest != 0 {
        out.push_str(&format!(":{seconds:02}"));
    }
    if rest != 0 {
        let fraction = format!("{rest:03}");
        out.push('.');
        out.push_str(fraction.trim_end_matches('0'));
    }
    out
}

fn date_text(days: i64) -> Option<String> {
    let (year, month, day) = civil_from_days(days);
    (year > 0).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// "The algorithm to convert a number to a string" of a temporal type; `None`
/// for what has no text.
#[expect(clippy::cast_possible_truncation, reason = "checked to be within a calendar")]
pub(crate) fn to_text(type_: InputType, number: f64) -> Option<String> {
    if !number.is_finite() || number.abs() > LAST {
        return None;
    }
    let days = (number / DAY).floor() as i64;
    Some(match type_ {
        InputType::Date => date_text(days)?,
        InputType::Month => {
            let months = number.floor() as i64;
            let (year, month) = (1970 + months.div_euclid(12), months.rem_euclid(12) + 1);
            if !(1..=275_760).contains(&year) || (year == 275_760 && month > 9) {
                return None;
            }
            format!("{year:04}-{month:02}")
        }
        InputType::Week => {
            // The year of a week is that of its Thursday.
            let (year, ..) = civil_from_days(days - weekday(days) + 3);
            if year < 1 {
                return None;
            }
            let week = (days - first_week(year)).div_euclid(7) + 1;
            format!("{year:04}-W{week:02}")
        }
        InputType::Time => time_text((number.floor() as i64).rem_euclid(86_400_000)),
        InputType::DatetimeLocal => {
            let millis = (number - days as f64 * DAY).floor() as i64;
            format!("{}T{}", date_text(days)?, time_text(millis))
        }
        _ => return None,
    })
}

/// "The algorithm to convert a string to a `Date` object", in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 milliseconds")]
pub(crate) fn to_date(type_: InputType, text: &str) -> Option<f64> {
    match type_ {
        InputType::Month => {
            let (year, month) = month(text)?;
            Some(days_from_civil(year, month, 1) as f64 * DAY)
        }
        InputType::Date | InputType::Week | InputType::Time => to_number(type_, text),
        _ => None,
    }
}

/// "The algorithm to convert a `Date` object to a string".
#[expect(clippy::cast_possible_truncation, reason = "checked to be within a calendar")]
pub(crate) fn from_date(type_: InputType, time: f64) -> Option<String> {
    if type_ != InputType::Month {
        return to_text(type_, time);
    }
    if !time.is_finite() || time.abs() > LAST {
        return None;
    }
    let (year, month, _) = civil_from_days((time / DAY).floor() as i64);
    (year > 0).then(|| format!("{year:04}-{month:02}"))
}

/// A local date and time in its shortest form; empty if it is none.
pub(super) fn normalized_local(text: &str) -> String {
    let Some((days, millis)) = local(text) else { return String::new() };
    match date_text(days) {
        Some(date) => format!("{date}T{}", time_text(millis)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        use InputType::*;
        for (type_, text, number) in [
            (Date, "1970-01-01", 0.0),
            (Date, "2019-12-10", 1_575_936_000_000.0),
            (Date, "0001-01-01", -62_135_596_800_000.0),
            (Date, "275760-09-13", 8.64e15),
            (Month, "1970-01", 0.0),
            (Month, "1969-12", -1.0),
            (Month, "2016-02", 553.0),
            (Week, "1970-W01", -259_200_000.0),
            (Week, "2018-W53", f64::NAN),
            (Week, "2020-W53", 1_609_113_600_000.0),
            (Time, "12:00", 43_200_000.0),
            (Time, "23:59:59.999", 86_399_999.0),
            (Time, "00:00:00.5", 500.0),
            (DatetimeLocal, "2019-12-10T00:00", 1_575_936_000_000.0),
            (DatetimeLocal, "1969-12-31T23:59:59.9", -100.0),
        ] {
            let parsed = to_number(type_, text);
            if number.is_nan() {
                // Not the shortest form, or no such week.
                assert_ne!(parsed.and_then(|n| to_text(type_, n)).as_deref(), Some(text));
                continue;
            }
            assert_eq!(parsed, Some(number), "{text}");
            assert_eq!(to_text(type_, number).as_deref(), Some(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        use InputType::*;
        for (type_, text) in [
            (Date, "2023-02-29"),
            (Date, "0000-01-01"),
            (Date, "2023-1-01"),
            (Date, "275760-09-14"),
            (Month, "2024-13"),
            (Week, "2024-W53"),
            (Week, "2024-W00"),
            (Time, "24:00"),
            (Time, "1:00"),
            (Time, "10:00:00.1234"),
            (DatetimeLocal, "2024-01-01"),
        ] {
            assert_eq!(to_number(type_, text), None, "{text}");
        }
        assert_eq!(normalized_local("2024-01-01 10:00:00.000"), "2024-01-01T10:00");
    }
}
