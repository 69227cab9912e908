//! `document.lastModified`: <https://html.spec.whatwg.org/#dom-document-lastmodified>

use crate::agent::Agent;
use crate::calendar::{civil_from_days, days_from_civil};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time that the header states, or the time now, as local time.
pub(crate) fn last_modified(agent: &Agent, header: Option<&str>) -> String {
    let now = || {
        let now = i64::try_from(agent.now().0).unwrap_or(i64::MAX);
        agent.config.time_origin.saturating_add(now).div_euclid(1_000_000)
    };
    let seconds = header.and_then(parse).unwrap_or_else(now);
    format(seconds.saturating_add(i64::from(agent.config.time_zone.offset_at(seconds))))
}

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
fn parse(date: &str) -> Option<i64> {
    let mut words = date.split_once(',')?.1.split_ascii_whitespace();
    let day: i64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    let year: i64 = words.next()?.parse().ok()?;
    let mut time = words.next()?.split(':').map(str::parse::<i64>);
    let mut next = || time.next()?.ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    let of_day = (0..24).contains(&hours) && (0..60).contains(&minutes);
    // A leap second may be told.
    let of_day = of_day && (0..=60).contains(&seconds);
    if !of_day || !(1..=31).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    let days = days_from_civil(year, i64::try_from(month).ok()? + 1, day);
    Some(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

fn format(seconds: i64) -> String {
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let time = seconds.rem_euclid(86_400);
    format!(
        "{month:02}/{day:02}/{year:04} {:02}:{:02}:{:02}",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn a_header_is_read_and_shown() {
        let seconds = parse("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(seconds, Some(784_111_777));
        assert_eq!(seconds.map(format).as_deref(), Some("11/06/1994 08:49:37"));
        assert_eq!(format(951_782_400), "02/29/2000 00:00:00");
        assert_eq!(parse("yesterday"), None);
        assert_eq!(parse("Sun, 06 Nov 1994 9223372036854775807:49:37 GMT"), None);
    }
}
