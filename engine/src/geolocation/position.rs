//! What a position and the lack of one look like to script.

use virga_js::{Cx, DomString, Obj};
use virga_js::{Platform, Trace};
use virga_protocol::{Position, PositionError, Reply};

use crate::generated::{
    GeolocationCoordinatesMethods, GeolocationPositionErrorMethods, GeolocationPositionMethods,
};

/// <https://w3c.github.io/geolocation/#position_interface>
#[derive(Trace, Platform)]
pub(crate) struct GeolocationPosition {
    coords: Obj<GeolocationCoordinates>,
    /// Milliseconds since the Unix epoch.
    timestamp: u64,
}

/// <https://w3c.github.io/geolocation/#coordinates_interface>
#[derive(Trace, Platform)]
pub(crate) struct GeolocationCoordinates {
    #[trace(skip)]
    position: Position,
}

/// <https://w3c.github.io/geolocation/#position_error_interface>
#[derive(Trace, Platform)]
pub(crate) struct GeolocationPositionError {
    code: u16,
    #[trace(skip)]
    message: String,
}

impl GeolocationPosition {
    pub(super) fn new(cx: &mut Cx, position: &Position) -> Obj<Self> {
        let coords = Obj::new(cx, GeolocationCoordinates { position: *position });
        let timestamp = u64::try_from(position.timestamp / 1000).unwrap_or_default();
        Obj::new(cx, Self { coords, timestamp })
    }
}

impl GeolocationPositionError {
    /// The error that a reply without a position stands for.
    pub(super) fn of(reply: &Reply) -> Self {
        let (code, message) = match reply {
            Reply::PositionError(PositionError::PermissionDenied(message)) => (1, message.as_str()),
            Reply::PositionError(PositionError::PositionUnavailable(message)) => {
                (2, message.as_str())
            }
            Reply::PositionError(PositionError::Timeout(message)) => (3, message.as_str()),
            Reply::Unsupported(message) => (2, message.as_str()),
            _ => (2, "the host gave an answer to something else"),
        };
        Self { code, message: message.to_owned() }
    }
}

impl GeolocationPositionMethods for Obj<GeolocationPosition> {
    fn coords(&self, _: &mut Cx) -> Obj<GeolocationCoordinates> {
        self.coords.clone()
    }

    fn timestamp(&self, _: &mut Cx) -> u64 {
        self.timestamp
    }
}

impl GeolocationCoordinatesMethods for Obj<GeolocationCoordinates> {
    fn accuracy(&self, _: &mut Cx) -> f64 {
        self.position.accuracy
    }

    fn latitude(&self, _: &mut Cx) -> f64 {
        self.position.latitude
    }

    fn longitude(&self, _: &mut Cx) -> f64 {
        self.position.longitude
    }

    fn altitude(&self, _: &mut Cx) -> Option<f64> {
        self.position.altitude
    }

    fn altitude_accuracy(&self, _: &mut Cx) -> Option<f64> {
        self.position.altitude_accuracy
    }

    /// NaN for a device that stands still, `null` for one that does not know.
    fn heading(&self, _: &mut Cx) -> Option<f64> {
        match (self.position.heading, self.position.speed) {
            (None, Some(0.0)) => Some(f64::NAN),
            (heading, _) => heading,
        }
    }

    fn speed(&self, _: &mut Cx) -> Option<f64> {
        self.position.speed
    }
}

impl GeolocationPositionErrorMethods for Obj<GeolocationPositionError> {
    fn code(&self, _: &mut Cx) -> u16 {
        self.code
    }

    fn message(&self, _: &mut Cx) -> DomString {
        self.message.as_str().into()
    }
}
