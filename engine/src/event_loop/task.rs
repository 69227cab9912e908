use std::collections::VecDeque;

use virga_js::Cx;

use crate::window::WindowId;

/// <https://html.spec.whatwg.org/#task-source>
///
/// Tasks of one source run in the order they were queued. Between sources the
/// order is ours: what the user does goes first, then whatever is oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TaskSource {
    /// What the user did.
    UserInteraction,
    /// Reactions of the DOM that must not block.
    Dom,
    /// Network replies.
    Networking,
    /// `setTimeout` and `setInterval`.
    Timer,
    /// Navigation and history.
    Navigation,
    /// Going back and forth in the session history.
    History,
    /// `postMessage`.
    PostMessage,
    /// Positions.
    Geolocation,
    /// Changes of permissions.
    Permission,
    /// Reading files and blobs.
    FileReading,
    /// `requestIdleCallback`.
    Idle,
}

impl TaskSource {
    const COUNT: usize = Self::Idle as usize + 1;
}

/// <https://html.spec.whatwg.org/#concept-task>
pub(crate) struct Task {
    pub(crate) source: TaskSource,
    /// The window whose realm is current while the task runs; the task is
    /// dropped if that window is gone. `None` is the app's own.
    pub(crate) window: Option<WindowId>,
    pub(crate) steps: Box<dyn FnOnce(&mut Cx)>,
}

/// One first-in, first-out queue per task source.
#[derive(Default)]
pub(crate) struct TaskQueues {
    queues: [VecDeque<(u64, Task)>; TaskSource::COUNT],
    queued: u64,
}

impl TaskQueues {
    pub(crate) fn push(&mut self, task: Task) {
        self.queued += 1;
        self.queues[task.source as usize].push_back((self.queued, task));
    }

    /// The next task: user interaction first, idle tasks last, else the oldest.
    pub(crate) fn pop(&mut self) -> Option<Task> {
        let [user, others @ .., idle] = &mut self.queues;
        if let Some((_, task)) = user.pop_front() {
            return Some(task);
        }
        let oldest = others
            .iter_mut()
            .filter(|queue| !queue.is_empty())
            .min_by_key(|queue| queue.front().map(|(order, _)| *order))
            .unwrap_or(idle);
        oldest.pop_front().map(|(_, task)| task)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }

    /// Takes out the tasks of windows that `keep` does not want.
    pub(crate) fn extract(&mut self, keep: &impl Fn(WindowId) -> bool) -> Vec<Task> {
        let mut gone = Vec::new();
        for queue in &mut self.queues {
            let (kept, dropped): (VecDeque<_>, VecDeque<_>) =
                queue.drain(..).partition(|(_, task)| task.window.is_none_or(keep));
            *queue = kept;
            gone.extend(dropped.into_iter().map(|(_, task)| task));
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use super::*;

    fn order(sources: &[TaskSource]) -> Vec<TaskSource> {
        let mut queues = TaskQueues::default();
        let popped = Rc::new(RefCell::new(Vec::new()));
        for &source in sources {
            queues.push(Task { source, window: None, steps: Box::new(|_| ()) });
        }
        while let Some(task) = queues.pop() {
            popped.borrow_mut().push(task.source);
        }
        popped.take()
    }

    #[test]
    fn the_user_goes_first_and_idle_tasks_last() {
        use TaskSource::{Dom, Idle, Networking, UserInteraction};
        assert_eq!(
            order(&[Idle, Networking, Dom, UserInteraction, Networking]),
            [UserInteraction, Networking, Dom, Networking, Idle]
        );
    }

    #[test]
    fn tasks_of_gone_windows_are_taken_out() {
        let mut queues = TaskQueues::default();
        for id in [1, 2, 1] {
            queues.push(Task {
                source: TaskSource::Dom,
                window: Some(WindowId(id)),
                steps: Box::new(|_| ()),
            });
        }
        assert_eq!(queues.extract(&|window| window == WindowId(2)).len(), 2);
        assert_eq!(queues.pop().and_then(|task| task.window), Some(WindowId(2)));
        assert!(queues.is_empty());
    }
}
