use virga_protocol::Micros;

use super::{Route, RoutePoint};
use crate::permissions::{Geolocation, Grant};

/// A position that a provider knows of.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Where.
    pub point: RoutePoint,
    /// When it was taken, on the app's clock.
    pub at: Micros,
}

/// Why there is no position, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// What knows where the device is.
pub trait LocationProvider: Send {
    /// The newest position at `now`, if one could be acquired since `since`.
    ///
    /// # Errors
    ///
    /// When there cannot be one, as opposed to not yet.
    fn fix(
        &mut self,
        grant: &Grant<Geolocation>,
        since: Micros,
        now: Micros,
    ) -> Result<Option<Fix>, Unavailable>;

    /// When, after `after`, another position comes, as far as is known. Never
    /// before `since` plus the time that acquiring takes.
    fn next_fix(&self, since: Micros, after: Micros) -> Option<Micros>;
}

/// A device that cannot tell where it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullLocation;

impl LocationProvider for NullLocation {
    fn fix(
        &mut self,
        _: &Grant<Geolocation>,
        _: Micros,
        _: Micros,
    ) -> Result<Option<Fix>, Unavailable> {
        Err(Unavailable("this device has no location service".to_owned()))
    }

    fn next_fix(&self, _: Micros, _: Micros) -> Option<Micros> {
        None
    }
}

/// A device that follows a [`Route`]: the time since the app's time origin is
/// the time since the route's first point.
#[derive(Clone, Debug)]
pub struct SimulatedLocation {
    route: Route,
}

impl SimulatedLocation {
    /// A device that follows `route`.
    #[must_use]
    pub const fn new(route: Route) -> Self {
        Self { route }
    }

    fn acquired(&self, since: Micros) -> Micros {
        since.saturating_add(self.route.acquisition())
    }
}

impl LocationProvider for SimulatedLocation {
    fn fix(
        &mut self,
        _: &Grant<Geolocation>,
        since: Micros,
        now: Micros,
    ) -> Result<Option<Fix>, Unavailable> {
        let acquired = self.acquired(since);
        if now < acquired {
            return Ok(None);
        }
        let point = self.route.point_at(now);
        Ok(Some(Fix { at: point.at.max(acquired), point: point.clone() }))
    }

    fn next_fix(&self, since: Micros, after: Micros) -> Option<Micros> {
        let acquired = self.acquired(since);
        if after < acquired { Some(acquired) } else { self.route.next_after(after) }
    }
}
