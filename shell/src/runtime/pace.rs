//! What an app's loop does next, as a function of what it knows.

use virga_protocol::Micros;

/// Time from one frame to the next.
pub(super) const FRAME: Micros = Micros(16_667);
/// How long nothing must happen for an app to be idle.
pub(super) const QUIET: Micros = Micros(500_000);

/// Time from one frame to the next while the document loads: a quarter of it at
/// most goes into frames that the rest of the document will change again.
pub(super) fn while_loading(cost: Micros) -> Micros {
    FRAME.max(Micros(cost.0.saturating_mul(4)))
}

/// What an app's loop knows when it has handled all messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outlook {
    /// The app's clock.
    pub(super) now: Micros,
    /// When the app's next timer is due.
    pub(super) timer: Option<Micros>,
    /// When the simulated device has something to tell.
    pub(super) device: Option<Micros>,
    /// When the display can take the frame that the app wants.
    pub(super) frame: Option<Micros>,
    /// Since when nothing has happened, if being idle would be news.
    pub(super) quiet_since: Option<Micros>,
    /// When the app's time is up.
    pub(super) limit: Option<Micros>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Let the simulated device catch up.
    Device,
    /// Tell the app that time has passed.
    Wake,
    /// Offer the app a frame.
    Frame,
    /// Note that the app is idle.
    Idle,
    /// Halt: time is up.
    Limit,
    /// Nothing until then, or until a message comes.
    Until(Micros),
    /// Nothing until a message comes.
    Wait,
}

impl Outlook {
    /// What is due, or when something will be. What is due at the same time goes
    /// in the order of the alternatives of [`Step`], but the limit comes last:
    /// what is due when time is up still happens.
    pub(super) fn step(&self) -> Step {
        // A frame that waits for the display is something that happens.
        let idle = self.quiet_since.filter(|_| self.frame.is_none());
        let events = [
            (self.device, Step::Device),
            (self.timer, Step::Wake),
            (self.frame, Step::Frame),
            (idle.map(|since| since.saturating_add(QUIET)), Step::Idle),
            (self.limit, Step::Limit),
        ];
        let due = events.iter().find(|(at, _)| at.is_some_and(|at| at <= self.now));
        if let Some(&(_, step)) = due {
            return step;
        }
        events.iter().filter_map(|&(at, _)| at).min().map_or(Step::Wait, Step::Until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(outlook: Outlook, expected: Step) {
        assert_eq!(outlook.step(), expected, "{outlook:?}");
    }

    #[test]
    fn what_is_due_goes_first_and_then_what_comes_next() {
        let at = |micros| Some(Micros(micros));
        let none = Outlook { now: Micros(100), ..Outlook::default() };
        check(none, Step::Wait);
        check(Outlook { timer: at(100), device: at(100), ..none }, Step::Device);
        check(Outlook { timer: at(99), frame: at(5), ..none }, Step::Wake);
        check(Outlook { timer: at(101), frame: at(100), ..none }, Step::Frame);
        check(
            Outlook { timer: at(300), device: at(200), limit: at(900), ..none },
            Step::Until(Micros(200)),
        );
        check(Outlook { timer: at(100), limit: at(100), ..none }, Step::Wake);
        check(Outlook { timer: at(101), limit: at(100), ..none }, Step::Limit);
    }

    #[test]
    fn frames_leave_time_for_loading() {
        assert_eq!(while_loading(Micros::ZERO), FRAME);
        assert_eq!(while_loading(Micros(4_000)), FRAME);
        assert_eq!(while_loading(Micros(10_000)), Micros(40_000));
    }

    #[test]
    fn an_app_is_idle_after_half_a_second_without_a_frame_to_come() {
        let quiet = Outlook { quiet_since: Some(Micros(0)), ..Outlook::default() };
        check(quiet, Step::Until(QUIET));
        check(Outlook { now: QUIET, ..quiet }, Step::Idle);
        check(
            Outlook { now: QUIET, frame: Some(Micros(600_000)), ..quiet },
            Step::Until(Micros(600_000)),
        );
        check(Outlook { timer: Some(Micros(400_000)), ..quiet }, Step::Until(Micros(400_000)));
    }
}
