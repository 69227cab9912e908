use std::{cell::Cell, time::Instant};

use virga_protocol::{Micros, TimeMode};

/// The time of one app, since its time origin.
pub(crate) enum Clock {
    /// The machine's monotonic clock.
    Real(Instant),
    /// Stands still until [`Clock::advance_to`]; a reading takes 1 µs.
    Virtual(Cell<Micros>),
}

impl Clock {
    pub(crate) fn start(mode: TimeMode) -> Self {
        match mode {
            TimeMode::Real => Self::Real(Instant::now()),
            TimeMode::Virtual => Self::Virtual(Cell::new(Micros::ZERO)),
        }
    }

    /// The time, for the host's own use: looking does not change it.
    pub(crate) fn now(&self) -> Micros {
        match self {
            Self::Real(origin) => {
                Micros(u64::try_from(origin.elapsed().as_micros()).unwrap_or(u64::MAX))
            }
            Self::Virtual(now) => now.get(),
        }
    }

    /// The time, as script reads it. A virtual clock moves on by 1 µs, so that a
    /// script that waits for a time to come sees it come.
    pub(crate) fn read(&self) -> Micros {
        let now = self.now();
        if let Self::Virtual(cell) = self {
            cell.set(now.saturating_add(Micros(1)));
        }
        now
    }

    /// Lets virtual time pass. Never goes back; a real clock is left alone.
    pub(crate) fn advance_to(&self, to: Micros) {
        if let Self::Virtual(now) = self {
            now.set(now.get().max(to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtual_clock_moves_by_readings_and_by_advancing() {
        let clock = Clock::start(TimeMode::Virtual);
        assert_eq!((clock.now(), clock.now()), (Micros(0), Micros(0)));
        assert_eq!((clock.read(), clock.read()), (Micros(0), Micros(1)));
        clock.advance_to(Micros(1000));
        assert_eq!(clock.now(), Micros(1000));
        clock.advance_to(Micros(10));
        assert_eq!(clock.now(), Micros(1000));
    }

    #[test]
    fn a_real_clock_follows_the_machine() {
        let clock = Clock::start(TimeMode::Real);
        let before = clock.read();
        clock.advance_to(Micros(u64::MAX));
        assert!(clock.read() >= before && clock.now() < Micros(60_000_000));
    }
}
