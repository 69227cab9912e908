//! The device's time zone and language, read once when an app starts.
//!
//! An app gets its zone as a table of transitions, so that a recorded run has
//! the same dates wherever it is replayed.

use jiff::{Timestamp, tz::TimeZone as Zone};
use virga_protocol::TimeZone;

/// Transitions are listed from 1900 to 2100; outside, the nearest offset holds.
const FIRST: i64 = -2_208_988_800;
const LAST: i64 = 4_102_444_800;

/// The zone of this process: `TZ`, or else the system's.
pub(crate) fn system() -> TimeZone {
    table(&Zone::system())
}

fn table(zone: &Zone) -> TimeZone {
    let Ok(first) = Timestamp::from_second(FIRST) else { return TimeZone::utc() };
    let transitions = zone
        .following(first)
        .map(|transition| (transition.timestamp().as_second(), transition.offset().seconds()))
        .take_while(|&(at, _)| at < LAST)
        .collect();
    TimeZone {
        name: zone.iana_name().unwrap_or("UTC").to_owned(),
        base_offset: zone.to_offset(first).seconds(),
        transitions,
    }
}

/// The language of this process as a BCP 47 tag, from the POSIX environment.
pub(crate) fn locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .and_then(|value| language_tag(&value))
        .unwrap_or_else(|| "en-US".to_owned())
}

/// `de_AT.UTF-8@euro` is `de-AT`; `C` and `POSIX` are no language.
fn language_tag(posix: &str) -> Option<String> {
    let name = posix.split(['.', '@']).next()?;
    let mut parts = name.split('_');
    let language = parts.next()?;
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    match parts.next() {
        Some(region) if region.bytes().all(|b| b.is_ascii_alphanumeric()) && !region.is_empty() => {
            Some(format!("{language}-{region}"))
        }
        _ => Some(language.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posix_locales_become_language_tags() {
        for (posix, expected) in [
            ("de_AT.UTF-8", Some("de-AT")),
            ("pt_BR@euro", Some("pt-BR")),
            ("fr", Some("fr")),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("", None),
        ] {
            assert_eq!(language_tag(posix).as_deref(), expected, "{posix}");
        }
    }

    #[test]
    fn a_zone_becomes_a_table_of_offsets() {
        let posix = Zone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let zone = table(&posix);
        // 2026-01-15, 2026-07-15 and, far beyond any zone file, 2099-07-15.
        assert_eq!(zone.offset_at(1_768_435_200), 3600);
        assert_eq!(zone.offset_at(1_784_073_600), 7200);
        assert_eq!(zone.offset_at(4_087_756_800), 7200);
        assert_eq!(table(&Zone::UTC).transitions, []);
    }
}
