//! GPX: <https://www.topografix.com/GPX/1/1/>
//!
//! The points of all tracks are read, in order; of a file without a track, those
//! of its routes; without either, its waypoints. Times become offsets from the
//! first; a file without times has one point a second. Speed and heading come
//! from the file (GPX 1.0, and extensions that call them `speed` and `course`),
//! or from the way between two points.

use std::str::Utf8Error;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use virga_protocol::Micros;

use super::{
    RoutePoint,
    route::{DEFAULT_ACCURACY, bearing, check_coordinates, distance},
};

/// What is wrong with a GPX document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct GpxError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl GpxError {
    /// The bytes are not text.
    pub(super) fn not_utf8(bytes: &[u8], error: Utf8Error) -> Self {
        Self { line: line_of(bytes, error.valid_up_to()), message: "not UTF-8".to_owned() }
    }
}

/// A point as it stands in the file.
#[derive(Clone, Debug)]
struct Point {
    kind: Kind,
    line: usize,
    latitude: f64,
    longitude: f64,
    altitude: Option<f64>,
    dilution: Option<f64>,
    speed: Option<f64>,
    course: Option<f64>,
    /// Microseconds since the Unix epoch.
    time: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Track,
    Route,
    Waypoint,
}

/// Reads the points that a device follows. At least one.
pub(super) fn read(text: &str) -> Result<Vec<RoutePoint>, GpxError> {
    let points = Parser::new(text).parse()?;
    let kind = [Kind::Track, Kind::Route, Kind::Waypoint]
        .into_iter()
        .find(|kind| points.iter().any(|point| point.kind == *kind));
    let points: Vec<_> = points.into_iter().filter(|point| Some(point.kind) == kind).collect();
    if points.is_empty() {
        let line = line_of(text.as_bytes(), text.len());
        let message = "there is no <trkpt>, <rtept> or <wpt> in it".to_owned();
        return Err(GpxError { line, message });
    }
    into_route(&points)
}

struct Parser<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Local names of the open elements.
    open: Vec<String>,
    /// Where in `open` the current point is.
    point_depth: usize,
    point: Option<Point>,
    content: String,
    points: Vec<Point>,
}

/// GPX nests seven deep; extensions a little deeper.
const DEEPEST: usize = 64;

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            text,
            reader: Reader::from_str(text),
            open: Vec::new(),
            point_depth: 0,
            point: None,
            content: String::new(),
            points: Vec::new(),
        }
    }

    fn parse(mut self) -> Result<Vec<Point>, GpxError> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                    return Err(GpxError {
                        line: line_of(self.text.as_bytes(), at),
                        message: format!("not well-formed XML: {error}"),
                    });
                }
            };
            match event {
                Event::Start(element) => self.start(&element)?,
                Event::Empty(element) => {
                    self.start(&element)?;
                    self.end()?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => match text.decode() {
                    Ok(text) => self.content.push_str(&text),
                    Err(error) => return Err(self.error(error.to_string())),
                },
                Event::CData(data) => self.content.push_str(&String::from_utf8_lossy(&data)),
                Event::Eof => break,
                // References to characters never stand in numbers and times.
                _ => {}
            }
        }
        match self.open.last() {
            Some(name) => Err(self.error(format!("the file ends inside <{name}>"))),
            None => Ok(self.points),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), GpxError> {
        let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
        if self.open.is_empty() && name != "gpx" {
            return Err(self.error(format!("the root is <{name}>, not <gpx>")));
        }
        if self.open.len() == DEEPEST {
            return Err(self.error(format!("elements nest more than {DEEPEST} deep")));
        }
        self.content.clear();
        let kind = match (self.open.last().map(String::as_str), name.as_str()) {
            (Some("trkseg"), "trkpt") => Some(Kind::Track),
            (Some("rte"), "rtept") => Some(Kind::Route),
            (Some("gpx"), "wpt") => Some(Kind::Waypoint),
            _ => None,
        };
        if let Some(kind) = kind {
            self.point = Some(self.point(kind, &name, element)?);
            self.point_depth = self.open.len();
        }
        self.open.push(name);
        Ok(())
    }

    fn point(&self, kind: Kind, name: &str, element: &BytesStart<'_>) -> Result<Point, GpxError> {
        let degrees = |attribute: &str| -> Result<f64, GpxError> {
            let value = element
                .try_get_attribute(attribute)
                .map_err(|error| self.error(format!("<{name}>: {error}")))?
                .ok_or_else(|| self.error(format!("<{name}> has no {attribute:?} attribute")))?;
            let text = String::from_utf8_lossy(&value.value);
            text.trim().parse().map_err(|_| {
                self.error(format!("{attribute}={:?} of <{name}> is not a number", text.as_ref()))
            })
        };
        let (latitude, longitude) = (degrees("lat")?, degrees("lon")?);
        check_coordinates(latitude, longitude).map_err(|message| self.error(message))?;
        Ok(Point {
            kind,
            line: self.line(),
            latitude,
            longitude,
            altitude: None,
            dilution: None,
            speed: None,
            course: None,
            time: None,
        })
    }

    fn end(&mut self) -> Result<(), GpxError> {
        let Some(name) = self.open.pop() else { return Ok(()) };
        let content = std::mem::take(&mut self.content);
        if self.point.is_some() && self.open.len() == self.point_depth {
            self.points.extend(self.point.take());
            return Ok(());
        }
        let direct = self.open.len() == self.point_depth + 1;
        let Some(mut point) = self.point.take() else { return Ok(()) };
        match name.as_str() {
            "ele" if direct => point.altitude = Some(self.number(&name, &content)?),
            "hdop" if direct => point.dilution = Some(self.number(&name, &content)?),
            "time" if direct => point.time = Some(self.time(&content)?),
            "speed" => point.speed = Some(self.number(&name, &content)?),
            "course" => point.course = Some(self.number(&name, &content)?),
            _ => {}
        }
        self.point = Some(point);
        Ok(())
    }

    fn number(&self, name: &str, content: &str) -> Result<f64, GpxError> {
        let text = content.trim();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(self.error(format!("<{name}> is {text:?}, not a number"))),
        }
    }

    fn time(&self, content: &str) -> Result<i64, GpxError> {
        let text = content.trim();
        parse_time(text).ok_or_else(|| {
            self.error(format!(
                "<time> is {text:?}, not a date and time such as 2026-05-01T12:00:00Z"
            ))
        })
    }

    fn line(&self) -> usize {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        line_of(self.text.as_bytes(), at)
    }

    fn error(&self, message: String) -> GpxError {
        GpxError { line: self.line(), message }
    }
}

/// Turns times into offsets, and fills in speed and heading.
fn into_route(points: &[Point]) -> Result<Vec<RoutePoint>, GpxError> {
    /// Metres of error for one unit of horizontal dilution of precision.
    const METRES_PER_DILUTION: f64 = 5.0;

    let start = points[0].time;
    let mut route: Vec<RoutePoint> = Vec::with_capacity(points.len());
    for (index, point) in (0_u64..).zip(points) {
        let error = |message: &str| GpxError { line: point.line, message: message.to_owned() };
        let at = match (start, point.time) {
            (None, None) => Micros(index * 1_000_000),
            (Some(start), Some(time)) => time
                .checked_sub(start)
                .and_then(|offset| u64::try_from(offset).ok())
                .map(Micros)
                .ok_or_else(|| error("the time of this point is before the first"))?,
            (Some(_), None) => return Err(error("this point has no <time>, the first one has")),
            (None, Some(_)) => {
                return Err(error("this point has a <time>, the first one has none"));
            }
        };
        let here = (point.latitude, point.longitude);
        let (mut speed, mut heading) = (point.speed, point.course);
        if let Some(last) = route.last() {
            if at < last.at {
                return Err(error("the time of this point is before the one above it"));
            }
            #[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
            let seconds = (at.0 - last.at.0) as f64 / 1e6;
            let way = distance((last.latitude, last.longitude), here);
            if seconds > 0.0 {
                speed = speed.or(Some(way / seconds));
            }
            if way > 0.0 {
                heading = heading.or(Some(bearing((last.latitude, last.longitude), here)));
            }
        }
        route.push(RoutePoint {
            at,
            latitude: point.latitude,
            longitude: point.longitude,
            altitude: point.altitude,
            accuracy: point.dilution.map_or(DEFAULT_ACCURACY, |hdop| hdop * METRES_PER_DILUTION),
            speed,
            heading,
        });
    }
    Ok(route)
}

/// ISO 8601; a time without a zone is UTC, as GPX demands.
fn parse_time(text: &str) -> Option<i64> {
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let time = parse(text).or_else(|| parse(&format!("{text}Z")))?;
    i64::try_from(time.unix_timestamp_nanos() / 1000).ok()
}

/// The line, from 1, in which the byte at `position` stands.
fn line_of(text: &[u8], position: usize) -> usize {
    let before = &text[..position.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACK: &str = r#"<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
  <metadata><time>2020-01-01T00:00:00Z</time></metadata>
  <wpt lat="1" lon="1"/>
  <trk><trkseg>
    <trkpt lat="0" lon="0"><ele>34.5</ele><time>2026-05-01T12:00:00Z</time></trkpt>
    <trkpt lat="0" lon="0.001"><time>2026-05-01T12:00:10.500Z</time><hdop>2</hdop></trkpt>
  </trkseg><trkseg>
    <trkpt lat="0" lon="0.001"><time>2026-05-01T14:00:11+02:00</time>
      <extensions><x:TrackPointExtension xmlns:x="x"><x:speed>3</x:speed>
      <x:course>45</x:course></x:TrackPointExtension></extensions></trkpt>
  </trkseg></trk>
</gpx>"#;

    #[test]
    fn a_track_with_times() {
        let points = read(TRACK).unwrap();
        let times: Vec<_> = points.iter().map(|point| point.at.0).collect();
        assert_eq!(times, [0, 10_500_000, 11_000_000]);
        assert_eq!(points[0].altitude, Some(34.5));
        assert_eq!((points[0].speed, points[0].heading), (None, None));
        assert!((points[1].speed.unwrap() - 111.195 / 10.5).abs() < 0.01);
        assert!((points[1].heading.unwrap() - 90.0).abs() < 0.01);
        assert!((points[1].accuracy - 10.0).abs() < 1e-9);
        assert_eq!((points[2].speed, points[2].heading), (Some(3.0), Some(45.0)));
    }

    #[test]
    fn routes_waypoints_and_no_times() {
        let check = |body: &str, expected: &[(f64, u64)]| {
            let points = read(&format!("<gpx>{body}</gpx>")).unwrap();
            let got: Vec<_> = points.iter().map(|point| (point.latitude, point.at.0)).collect();
            assert_eq!(got, expected, "{body}");
        };
        check(r#"<wpt lat="1" lon="2"/><wpt lat="3" lon="4"/>"#, &[(1.0, 0), (3.0, 1_000_000)]);
        check(
            r#"<wpt lat="1" lon="2"/><rte><name>n</name><rtept lat="5" lon="6"></rtept></rte>"#,
            &[(5.0, 0)],
        );
        check(
            r#"<wpt lat="1" lon="2"><time>2026-01-01T00:00:00</time></wpt>
               <wpt lat="2" lon="2"><time>2026-01-01T00:00:00Z</time></wpt>"#,
            &[(1.0, 0), (2.0, 0)],
        );
    }

    #[test]
    fn standing_still_has_speed_zero_and_no_heading() {
        let points = read(r#"<gpx><wpt lat="1" lon="2"/><wpt lat="1" lon="2"/></gpx>"#).unwrap();
        assert_eq!((points[1].speed, points[1].heading), (Some(0.0), None));
    }

    #[test]
    fn errors_name_the_line() {
        let check = |text: &str, line: usize, part: &str| {
            let error = read(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {error}");
            assert_eq!(error.line, line, "{text}: {error}");
        };
        check("", 1, "no <trkpt>");
        check("hello", 1, "no <trkpt>");
        check("<kml/>", 1, "not <gpx>");
        check("<gpx>\n</gpx>", 2, "no <trkpt>");
        check("<gpx>\n<trk>\n</gpx>", 3, "not well-formed");
        check("<gpx>\n<wpt lat='1' lon='2'/>\n<rte>", 3, "ends inside <rte>");
        check("<gpx>\n\n<wpt lat='1'/></gpx>", 3, "no \"lon\"");
        check("<gpx>\n<wpt lat='x' lon='2'/></gpx>", 2, "not a number");
        check("<gpx>\n<wpt lat='91' lon='2'/></gpx>", 2, "latitude 91");
        check("<gpx><wpt lat='1' lon='2'>\n<ele>high</ele></wpt></gpx>", 2, "\"high\"");
        check("<gpx><wpt lat='1' lon='2'>\n\n<time>noon</time></wpt></gpx>", 3, "\"noon\"");
        check(
            "<gpx><wpt lat='1' lon='2'><time>2026-01-01T00:00:00Z</time></wpt>\n<wpt lat='1' lon='2'/></gpx>",
            2,
            "no <time>",
        );
        check(
            "<gpx><wpt lat='1' lon='2'><time>2026-01-01T00:00:01Z</time></wpt>\n\
             <wpt lat='1' lon='2'><time>2026-01-01T00:00:00Z</time></wpt></gpx>",
            2,
            "before the first",
        );
        check(&format!("<gpx>{}", "<a>".repeat(100_000)), 1, "nest more than");
        check("<gpx><wpt lat='1' lon='2'", 1, "not well-formed");
    }
}
