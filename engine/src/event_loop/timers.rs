use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    rc::Rc,
};

use virga_js::Cx;
use virga_protocol::Micros;

use super::{Task, TaskSource};
use crate::window::WindowId;

/// What `setTimeout` returns: a positive integer, unique in its window.
pub(crate) type TimerId = i32;

/// Nesting levels above this are clamped to [`CLAMP`].
const CLAMPED_NESTING: u32 = 5;
const CLAMP: Micros = Micros(4000);

/// The map of active timers of every window, and the order they are due in.
///
/// <https://html.spec.whatwg.org/#timers>
#[derive(Default)]
pub(crate) struct Timers {
    active: BTreeMap<(WindowId, TimerId), Timer>,
    /// Holds stale entries for timers that were cleared; they are skipped by
    /// their sequence number.
    due: BinaryHeap<Reverse<(Micros, u64, WindowId, TimerId)>>,
    set: u64,
    last_id: BTreeMap<WindowId, TimerId>,
}

/// One entry of the map of active timers.
#[derive(Clone)]
pub(crate) struct Timer {
    pub(crate) window: WindowId,
    pub(crate) id: TimerId,
    /// How deep timers that set timers are nested, this one included.
    pub(crate) nesting: u32,
    /// The delay of an interval, after which it runs again.
    pub(crate) repeats: Option<Micros>,
    /// Tells this setting of the timer from an earlier one with the same id.
    order: u64,
    action: Rc<dyn Fn(&mut Cx)>,
}

impl Timer {
    /// The task that runs the timer, unless it was cleared meanwhile.
    pub(super) fn into_task(self) -> Task {
        Task {
            source: TaskSource::Timer,
            window: Some(self.window),
            steps: Box::new(move |cx| crate::timers::run(cx, &self)),
        }
    }

    pub(crate) fn act(&self, cx: &mut Cx) {
        (self.action)(cx);
    }

    pub(crate) fn action(&self) -> Rc<dyn Fn(&mut Cx)> {
        Rc::clone(&self.action)
    }
}

impl Timers {
    /// Sets a timer that is due `delay` after `now`; `nesting` is the level of
    /// the timer whose action sets this one, 0 outside of any.
    #[expect(clippy::too_many_arguments, reason = "what the standard's steps take")]
    pub(crate) fn set(
        &mut self,
        window: WindowId,
        previous: Option<TimerId>,
        now: Micros,
        delay: Micros,
        nesting: u32,
        repeats: Option<Micros>,
        action: Rc<dyn Fn(&mut Cx)>,
    ) -> TimerId {
        let id = previous.unwrap_or_else(|| {
            let last = self.last_id.entry(window).or_default();
            *last = last.wrapping_add(1).max(1);
            *last
        });
        let delay = if nesting > CLAMPED_NESTING { delay.max(CLAMP) } else { delay };
        self.set += 1;
        self.due.push(Reverse((now.saturating_add(delay), self.set, window, id)));
        let timer = Timer { window, id, nesting: nesting + 1, repeats, order: self.set, action };
        self.active.insert((window, id), timer);
        id
    }

    /// Forgets a timer; what it held comes back, to be dropped without a borrow.
    pub(crate) fn clear(&mut self, window: WindowId, id: TimerId) -> Option<Timer> {
        self.active.remove(&(window, id))
    }

    /// Whether `timer` was neither cleared nor set anew since it became due.
    pub(crate) fn is_active(&self, timer: &Timer) -> bool {
        self.active.get(&(timer.window, timer.id)).is_some_and(|found| found.order == timer.order)
    }

    /// When the next timer is due.
    pub(crate) fn next(&mut self) -> Option<Micros> {
        self.drop_stale();
        self.due.peek().map(|Reverse((due, ..))| *due)
    }

    /// The timers that are due at `now`, in their order. They stay active until
    /// their task runs, so that they can still be cleared.
    pub(super) fn take_due(&mut self, now: Micros) -> Vec<Timer> {
        let mut taken = Vec::new();
        loop {
            self.drop_stale();
            match self.due.peek() {
                Some(&Reverse((due, _, window, id))) if due <= now => {
                    self.due.pop();
                    taken.extend(self.active.get(&(window, id)).cloned());
                }
                _ => return taken,
            }
        }
    }

    pub(super) fn extract(&mut self, keep: &impl Fn(WindowId) -> bool) -> Vec<Timer> {
        let gone: Vec<_> =
            self.active.keys().copied().filter(|&(window, _)| !keep(window)).collect();
        self.last_id.retain(|&window, _| keep(window));
        gone.iter().filter_map(|key| self.active.remove(key)).collect()
    }

    fn drop_stale(&mut self) {
        while let Some(&Reverse((_, order, window, id))) = self.due.peek() {
            if self.active.get(&(window, id)).is_some_and(|timer| timer.order == order) {
                return;
            }
            self.due.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: WindowId = WindowId(1);

    fn set(timers: &mut Timers, now: u64, delay: u64, nesting: u32) -> TimerId {
        timers.set(WINDOW, None, Micros(now), Micros(delay), nesting, None, Rc::new(|_| ()))
    }

    #[test]
    fn timers_are_due_by_time_and_then_by_setting() {
        let mut timers = Timers::default();
        let late = set(&mut timers, 0, 30, 0);
        let first = set(&mut timers, 0, 10, 0);
        let second = set(&mut timers, 5, 5, 0);
        assert_eq!(timers.next(), Some(Micros(10)));
        let ids: Vec<_> = timers.take_due(Micros(30)).iter().map(|timer| timer.id).collect();
        assert_eq!(ids, [first, second, late]);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_cleared_timer_is_not_due() {
        let mut timers = Timers::default();
        let id = set(&mut timers, 0, 10, 0);
        assert!(timers.clear(WINDOW, id).is_some());
        assert_eq!(timers.next(), None);
        assert!(timers.take_due(Micros(100)).is_empty());
    }

    #[test]
    fn deep_nesting_is_clamped_to_four_milliseconds() {
        let mut timers = Timers::default();
        set(&mut timers, 0, 0, 5);
        assert_eq!(timers.next(), Some(Micros(0)));
        timers.take_due(Micros(0));
        let mut timers = Timers::default();
        set(&mut timers, 0, 0, 6);
        assert_eq!(timers.next(), Some(Micros(4000)));
    }

    #[test]
    fn a_timer_set_anew_under_its_id_makes_the_old_one_stale() {
        let mut timers = Timers::default();
        let id = set(&mut timers, 0, 0, 0);
        let due = timers.take_due(Micros(0));
        timers.set(WINDOW, Some(id), Micros(0), Micros(7), 1, None, Rc::new(|_| ()));
        assert!(!timers.is_active(&due[0]));
        assert_eq!(timers.next(), Some(Micros(7)));
    }
}
