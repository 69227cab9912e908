use serde::{Deserialize, Serialize};

use crate::Micros;

/// A powerful feature of the Permissions registry that Virga knows.
///
/// <https://w3c.github.io/permissions-registry/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionName {
    /// Where the device is.
    Geolocation,
    /// Showing notifications.
    Notifications,
    /// Waking up for messages.
    Push,
    /// Pictures from a camera.
    Camera,
    /// Sound from a microphone.
    Microphone,
    /// Storage that is not evicted.
    PersistentStorage,
    /// The user's address book.
    Contacts,
}

impl PermissionName {
    /// All names, in the registry's order.
    pub const ALL: [Self; 7] = [
        Self::Geolocation,
        Self::Notifications,
        Self::Push,
        Self::Camera,
        Self::Microphone,
        Self::PersistentStorage,
        Self::Contacts,
    ];

    /// The name that pages and the command line use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Geolocation => "geolocation",
            Self::Notifications => "notifications",
            Self::Push => "push",
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::PersistentStorage => "persistent-storage",
            Self::Contacts => "contacts",
        }
    }

    /// The permission of that name, if Virga knows it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }
}

/// <https://w3c.github.io/permissions/#dom-permissionstate>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PermissionState {
    /// Allowed.
    Granted,
    /// Forbidden.
    Denied,
    /// The user will be asked.
    Prompt,
}

/// <https://w3c.github.io/geolocation/#position_options_interface>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionOptions {
    /// The best the device can do.
    pub high_accuracy: bool,
    /// How old a position may be.
    pub maximum_age: Micros,
    /// How long acquiring one may take, after permission; `None` is for ever.
    pub timeout: Option<Micros>,
    /// Positions until cancelled, instead of one.
    pub watch: bool,
}

/// <https://w3c.github.io/geolocation/#coordinates_interface>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
    /// Radius of the 95 % confidence circle, in metres.
    pub accuracy: f64,
    /// Metres above the ellipsoid.
    pub altitude: Option<f64>,
    /// In metres.
    pub altitude_accuracy: Option<f64>,
    /// Direction of travel, in degrees clockwise from north.
    pub heading: Option<f64>,
    /// Metres per second.
    pub speed: Option<f64>,
    /// When it was acquired, in microseconds since the Unix epoch.
    pub timestamp: i64,
}

/// <https://w3c.github.io/geolocation/#position_error_interface>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionError {
    /// Code 1.
    PermissionDenied(String),
    /// Code 2.
    PositionUnavailable(String),
    /// Code 3.
    Timeout(String),
}
