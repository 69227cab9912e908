//! The position requests of one app, on the app's clock.

use std::collections::BTreeMap;

use virga_protocol::{Micros, Position, PositionError, PositionOptions, Reply, RequestId};

use super::{Fix, LocationProvider};
use crate::permissions::{Geolocation, Grant};

/// Answers the requests that have a grant. It keeps no clock: its owner says what
/// time it is.
pub(crate) struct LocationService {
    provider: Box<dyn LocationProvider>,
    /// Microseconds since the Unix epoch at the app's time zero.
    time_origin: i64,
    visible: bool,
    requests: BTreeMap<RequestId, Active>,
    /// The last position of each origin, which `maximumAge` may bring back.
    cached: BTreeMap<String, Position>,
}

/// A request for a position that the broker has let through.
#[derive(Debug)]
pub(crate) struct PositionRequest {
    pub(crate) id: RequestId,
    pub(crate) grant: Grant<Geolocation>,
    pub(crate) options: PositionOptions,
}

struct Active {
    grant: Grant<Geolocation>,
    options: PositionOptions,
    /// When acquiring began.
    since: Micros,
    /// When it must have brought a position; none once it has.
    deadline: Option<Micros>,
    /// When the last delivered position was taken.
    last: Option<Micros>,
    /// That there is no position was said.
    reported: bool,
}

/// The answers that a moment brings.
pub(crate) type Replies = Vec<(RequestId, Reply)>;

impl LocationService {
    pub(crate) fn new(provider: Box<dyn LocationProvider>, time_origin: i64) -> Self {
        Self {
            provider,
            time_origin,
            visible: true,
            requests: BTreeMap::new(),
            cached: BTreeMap::new(),
        }
    }

    /// Begins to acquire a position.
    ///
    /// <https://w3c.github.io/geolocation/#acquire-a-position>
    pub(crate) fn start(&mut self, request: PositionRequest, now: Micros) -> Replies {
        let PositionRequest { id, grant, options } = request;
        let mut active = Active {
            grant,
            options,
            since: now,
            deadline: options.timeout.map(|timeout| now.saturating_add(timeout)),
            last: None,
            reported: false,
        };
        let mut replies = Replies::new();
        let mut ended = false;
        if let Some(position) = self.recent(&active, now) {
            replies.push((id, Reply::Position(position)));
            active.deadline = None;
            active.last = Some(now);
            ended = !options.watch;
        } else if options.timeout == Some(Micros::ZERO) {
            // Nothing can be acquired in no time.
            replies.push((id, Reply::PositionError(timed_out(&active))));
            active.deadline = None;
            ended = !options.watch;
        }
        if !ended {
            self.requests.insert(id, active);
            replies.extend(self.poll(now));
        }
        replies
    }

    /// Forgets a request.
    pub(crate) fn cancel(&mut self, id: RequestId) {
        self.requests.remove(&id);
    }

    /// Grants for the time of use rest while the app is hidden.
    pub(crate) fn set_visible(&mut self, visible: bool) {
        self.visible = visible;
    }

    /// When there is next something to deliver, if nothing else happens.
    pub(crate) fn next_due(&self) -> Option<Micros> {
        if self.requests.values().any(|active| !active.grant.is_live()) {
            // That it was withdrawn is to be said at once.
            return Some(Micros::ZERO);
        }
        self.requests
            .values()
            .filter(|active| self.visible || !active.grant.only_while_visible())
            .flat_map(|active| {
                let after = active.last.unwrap_or(active.since);
                let fix = match active.last {
                    Some(last) => self.provider.next_fix(active.since, last),
                    None if active.reported => None,
                    None => self.provider.next_fix(active.since, after),
                };
                [fix, active.deadline]
            })
            .flatten()
            .min()
    }

    /// What is due at `now`. A late caller gets the newest position, no backlog.
    pub(crate) fn poll(&mut self, now: Micros) -> Replies {
        let mut replies = Replies::new();
        let mut ended = Vec::new();
        for (&id, active) in &mut self.requests {
            if !active.grant.is_live() {
                let message = "the permission was withdrawn".to_owned();
                let error = PositionError::PermissionDenied(message);
                replies.push((id, Reply::PositionError(error)));
                ended.push(id);
                continue;
            }
            if !self.visible && active.grant.only_while_visible() {
                continue;
            }
            // What comes after the deadline comes too late, however late we look.
            let moment = active.deadline.map_or(now, |deadline| now.min(deadline));
            let reply = match self.provider.fix(&active.grant, active.since, moment) {
                Ok(Some(fix)) if active.last.is_none_or(|last| fix.at > last) => {
                    let first = active.last.is_none();
                    // A position that was asked for is taken when it is asked for;
                    // one that a watch follows, when the device came there.
                    let taken = if first { moment } else { fix.at };
                    active.last = Some(taken.max(fix.at));
                    active.deadline = None;
                    active.reported = false;
                    let position = position(&fix, self.time_origin, taken);
                    self.cached.insert(active.grant.origin().to_owned(), position);
                    Reply::Position(position)
                }
                Err(unavailable) if !active.reported => {
                    active.deadline = None;
                    active.reported = true;
                    Reply::PositionError(PositionError::PositionUnavailable(unavailable.0))
                }
                Ok(None) if active.deadline.is_some_and(|deadline| deadline <= now) => {
                    active.deadline = None;
                    Reply::PositionError(timed_out(active))
                }
                Ok(_) | Err(_) => continue,
            };
            replies.push((id, reply));
            if !active.options.watch {
                ended.push(id);
            }
        }
        for id in ended {
            self.requests.remove(&id);
        }
        replies
    }

    /// The cached position of the origin, if it is young enough.
    fn recent(&self, active: &Active, now: Micros) -> Option<Position> {
        if active.options.maximum_age == Micros::ZERO {
            return None;
        }
        let position = self.cached.get(active.grant.origin())?;
        let age = unix(self.time_origin, now).saturating_sub(position.timestamp);
        let maximum = i64::try_from(active.options.maximum_age.0).unwrap_or(i64::MAX);
        (age <= maximum).then_some(*position)
    }
}

fn timed_out(active: &Active) -> PositionError {
    let timeout = active.options.timeout.unwrap_or_default();
    PositionError::Timeout(format!("no position within {} ms", timeout.as_millis()))
}

fn position(fix: &Fix, time_origin: i64, taken: Micros) -> Position {
    let point = &fix.point;
    Position {
        latitude: point.latitude,
        longitude: point.longitude,
        accuracy: point.accuracy,
        altitude: point.altitude,
        altitude_accuracy: None,
        heading: point.heading,
        speed: point.speed,
        timestamp: unix(time_origin, taken),
    }
}

fn unix(time_origin: i64, at: Micros) -> i64 {
    time_origin.saturating_add(i64::try_from(at.0).unwrap_or(i64::MAX))
}
