//! Location: <https://w3c.github.io/geolocation/>
//!
//! [`Route`] is what the simulated phone plays, from a fixed point or a GPX
//! file; [`LocationProvider`] is the seam to what knows positions; the service
//! behind it answers the requests of one app.

mod gpx;
mod provider;
mod route;
mod service;

pub use gpx::GpxError;
pub use provider::{Fix, LocationProvider, NullLocation, SimulatedLocation, Unavailable};
pub use route::{LocationError, Route, RoutePoint};
pub(crate) use service::{LocationService, PositionRequest};
