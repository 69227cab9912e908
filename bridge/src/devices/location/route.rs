use std::{fs, path::Path, sync::Arc};

use virga_protocol::Micros;

use super::{GpxError, gpx};

/// Positions over time: at each moment the last point that was reached holds.
/// Nothing is interpolated. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Never empty; in order of time, the first at zero.
    points: Arc<[RoutePoint]>,
    acquisition: Micros,
}

/// One position of a route.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutePoint {
    /// Time since the first point.
    pub at: Micros,
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
    /// Metres above the ellipsoid.
    pub altitude: Option<f64>,
    /// Radius of the 95 % confidence circle, in metres.
    pub accuracy: f64,
    /// Metres per second.
    pub speed: Option<f64>,
    /// Degrees clockwise from north; `None` while standing still.
    pub heading: Option<f64>,
}

/// Why a location cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// Neither coordinates nor a file.
    #[error(
        "{0:?} is neither LATITUDE,LONGITUDE in degrees, such as 52.52,13.405, nor a GPX file: {1}"
    )]
    NotALocation(String, std::io::Error),
    /// Not on Earth.
    #[error("{0}")]
    OutOfRange(String),
    /// The GPX file is wrong.
    #[error("{0}: {1}")]
    Gpx(String, GpxError),
}

/// Accuracy in metres of points that do not say.
pub(super) const DEFAULT_ACCURACY: f64 = 10.0;

impl Route {
    /// Stays at one point.
    ///
    /// # Errors
    ///
    /// When the point is not on Earth.
    pub fn fixed(latitude: f64, longitude: f64) -> Result<Self, LocationError> {
        check_coordinates(latitude, longitude).map_err(LocationError::OutOfRange)?;
        Ok(Self::new(vec![RoutePoint {
            at: Micros::ZERO,
            latitude,
            longitude,
            altitude: None,
            accuracy: DEFAULT_ACCURACY,
            speed: None,
            heading: None,
        }]))
    }

    /// Follows the track, the route or the waypoints of a GPX document.
    ///
    /// # Errors
    ///
    /// When it is malformed, naming the line.
    pub fn from_gpx(text: &str) -> Result<Self, GpxError> {
        gpx::read(text).map(Self::new)
    }

    /// Reads `LATITUDE,LONGITUDE` or the path of a GPX file, as on a command line.
    ///
    /// # Errors
    ///
    /// When it is neither, or the file is malformed.
    pub fn parse_arg(argument: &str) -> Result<Self, LocationError> {
        let coordinates = argument.split_once(',').and_then(|(north, east)| {
            Some((north.trim().parse().ok()?, east.trim().parse().ok()?))
        });
        match coordinates {
            Some((latitude, longitude)) => Self::fixed(latitude, longitude),
            None => {
                let bytes = fs::read(Path::new(argument))
                    .map_err(|error| LocationError::NotALocation(argument.to_owned(), error))?;
                let gpx = match String::from_utf8(bytes) {
                    Ok(text) => Self::from_gpx(&text),
                    Err(error) => Err(GpxError::not_utf8(error.as_bytes(), error.utf8_error())),
                };
                gpx.map_err(|error| LocationError::Gpx(argument.to_owned(), error))
            }
        }
    }

    /// The same route on a device that needs `time` for its first position.
    #[must_use]
    pub fn with_acquisition(self, time: Micros) -> Self {
        Self { acquisition: time, ..self }
    }

    /// The points, in order of time.
    #[must_use]
    pub fn points(&self) -> &[RoutePoint] {
        &self.points
    }

    pub(super) const fn acquisition(&self) -> Micros {
        self.acquisition
    }

    /// The last point reached at `now`.
    pub(super) fn point_at(&self, now: Micros) -> &RoutePoint {
        let reached = self.points.partition_point(|point| point.at <= now);
        &self.points[reached.saturating_sub(1)]
    }

    /// When the first point after `after` is reached.
    pub(super) fn next_after(&self, after: Micros) -> Option<Micros> {
        let reached = self.points.partition_point(|point| point.at <= after);
        self.points.get(reached).map(|point| point.at)
    }

    /// `points` must not be empty.
    fn new(points: Vec<RoutePoint>) -> Self {
        debug_assert!(!points.is_empty(), "a route has a first point");
        Self { points: points.into(), acquisition: Micros::ZERO }
    }
}

/// Whether coordinates are on Earth; the error says which is not.
pub(super) fn check_coordinates(latitude: f64, longitude: f64) -> Result<(), String> {
    // Written so that NaN fails.
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(format!("latitude {latitude} is not between -90 and 90"));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(format!("longitude {longitude} is not between -180 and 180"));
    }
    Ok(())
}

/// Great-circle distance in metres.
pub(super) fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    /// Mean radius in metres (IUGG).
    const EARTH: f64 = 6_371_008.8;
    let (north_a, north_b) = (from.0.to_radians(), to.0.to_radians());
    let half_north = (north_b - north_a) / 2.0;
    let half_east = (to.1 - from.1).to_radians() / 2.0;
    let haversine =
        half_north.sin().powi(2) + north_a.cos() * north_b.cos() * half_east.sin().powi(2);
    2.0 * EARTH * haversine.sqrt().min(1.0).asin()
}

/// Initial direction of the great circle, in degrees clockwise from north.
pub(super) fn bearing(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (north_a, north_b) = (from.0.to_radians(), to.0.to_radians());
    let east = (to.1 - from.1).to_radians();
    let y = east.sin() * north_b.cos();
    let x = north_a.cos() * north_b.sin() - north_a.sin() * north_b.cos() * east.cos();
    y.atan2(x).to_degrees().rem_euclid(360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let check = |argument: &str, expected: Result<(f64, f64), &str>| match (
            Route::parse_arg(argument),
            expected,
        ) {
            (Ok(route), Ok(expected)) => {
                assert_eq!((route.points()[0].latitude, route.points()[0].longitude), expected);
            }
            (Err(error), Err(part)) => {
                let text = error.to_string();
                assert!(text.contains(part), "{argument}: {text}");
            }
            (got, expected) => panic!("{argument}: {got:?}, not {expected:?}"),
        };
        check("52.52,13.405", Ok((52.52, 13.405)));
        check(" -1.5 , 180 ", Ok((-1.5, 180.0)));
        check("91,0", Err("latitude 91"));
        check("0,-181", Err("longitude -181"));
        check("NaN,0", Err("latitude NaN"));
        check("no/such/file.gpx", Err("neither LATITUDE,LONGITUDE"));
    }

    #[test]
    fn distances_and_bearings() {
        let check = |from, to, metres: f64, degrees: f64| {
            assert!((distance(from, to) - metres).abs() < metres / 500.0 + 0.01, "{from:?} {to:?}");
            assert!((bearing(from, to) - degrees).abs() < 0.5, "{from:?} {to:?}");
        };
        check((0.0, 0.0), (1.0, 0.0), 111_195.0, 0.0);
        check((0.0, 0.0), (0.0, 1.0), 111_195.0, 90.0);
        check((0.0, 0.0), (0.0, -1.0), 111_195.0, 270.0);
        check((0.0, 179.5), (0.0, -179.5), 111_195.0, 90.0);
        // Berlin to Paris.
        check((52.52, 13.405), (48.8566, 2.3522), 877_500.0, 246.8);
        check((10.0, 10.0), (10.0, 10.0), 0.0, 0.0);
    }
}
