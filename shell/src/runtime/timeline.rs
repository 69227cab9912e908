use std::{
    fmt::Write as _,
    sync::Mutex,
    time::{Duration, Instant},
};

/// A step on the way from a process's start to an app's first pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Milestone {
    /// `main` runs, the arguments are read.
    Arguments,
    /// The app's thread runs.
    Thread,
    /// The script engine is up, with the globals of the first realm, and the
    /// request for the document has left.
    Engine,
    /// The head of the document's response came.
    Response,
    /// The last byte of the document came.
    Received,
    /// The parser reached the end of the document; its scripts have run.
    Parsed,
    /// The `load` event was dispatched.
    Loaded,
    /// The first frame's styles are computed.
    Styled,
    /// The first frame is laid out.
    LaidOut,
    /// The first frame's display list is with the compositor.
    Painted,
    /// The first frame is pixels.
    Pixels,
}

impl Milestone {
    const ALL: [Self; 11] = [
        Self::Arguments,
        Self::Thread,
        Self::Engine,
        Self::Response,
        Self::Received,
        Self::Parsed,
        Self::Loaded,
        Self::Styled,
        Self::LaidOut,
        Self::Painted,
        Self::Pixels,
    ];

    /// What it is called in a report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arguments => "arguments read",
            Self::Thread => "app thread up",
            Self::Engine => "script engine up",
            Self::Response => "response began",
            Self::Received => "document received",
            Self::Parsed => "document parsed",
            Self::Loaded => "load event",
            Self::Styled => "styled",
            Self::LaidOut => "laid out",
            Self::Painted => "painted",
            Self::Pixels => "first pixels",
        }
    }
}

/// When an app reached its milestones, each for the first time.
#[derive(Debug)]
pub struct Timeline {
    start: Instant,
    reached: Mutex<Vec<(Milestone, Instant)>>,
}

impl Timeline {
    /// A timeline that counts from `start`.
    #[must_use]
    pub fn since(start: Instant) -> Self {
        Self { start, reached: Mutex::default() }
    }

    /// Notes that `milestone` is reached now, unless it was before.
    pub fn mark(&self, milestone: Milestone) {
        let mut reached = self.reached.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if reached.iter().all(|&(known, _)| known != milestone) {
            reached.push((milestone, Instant::now()));
        }
    }

    /// When `milestone` was reached, counted from the start.
    #[must_use]
    pub fn reached(&self, milestone: Milestone) -> Option<Duration> {
        let reached = self.reached.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        reached
            .iter()
            .find(|&&(known, _)| known == milestone)
            .map(|(_, at)| at.saturating_duration_since(self.start))
    }

    /// One line per milestone, in the order in which they were reached: the
    /// milliseconds since the start, and since the line above.
    #[must_use]
    pub fn report(&self) -> String {
        let mut lines: Vec<_> = Milestone::ALL
            .into_iter()
            .filter_map(|milestone| Some((self.reached(milestone)?, milestone)))
            .collect();
        lines.sort();
        let mut out = String::new();
        let mut last = Duration::ZERO;
        for (at, milestone) in lines {
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                out,
                "{:>9.2} ms {:>+9.2} ms  {}",
                at.as_secs_f64() * 1e3,
                (at - last).as_secs_f64() * 1e3,
                milestone.as_str()
            );
            last = at;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_time_counts_and_the_report_is_in_order() {
        let timeline = Timeline::since(Instant::now());
        timeline.mark(Milestone::Pixels);
        let first = timeline.reached(Milestone::Pixels);
        std::thread::sleep(Duration::from_millis(2));
        timeline.mark(Milestone::Loaded);
        timeline.mark(Milestone::Pixels);
        assert_eq!(timeline.reached(Milestone::Pixels), first);
        assert_eq!(timeline.reached(Milestone::Engine), None);
        let report = timeline.report();
        let names: Vec<_> = report.lines().filter_map(|line| line.split("  ").last()).collect();
        assert_eq!(names, ["first pixels", "load event"]);
    }
}
