//! Requests to the host whose answers are still to come.
//!
//! With the tasks and the timers this is the pending-activity table: what has
//! to outlive the task that started it is held here, and is let go when its
//! window is.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use virga_js::Cx;
use virga_protocol::{
    FetchFailure, Micros, PositionOptions, Reply, Request, RequestId, SocketEvent,
};

use crate::{
    event_loop::{Task, TaskSource},
    performance::ResourceRecord,
    window::WindowId,
};

type OnReply = Box<dyn FnMut(&mut Cx, Reply)>;

/// The requests of an agent.
#[derive(Default)]
pub(crate) struct Requests {
    pending: RefCell<BTreeMap<RequestId, Rc<Pending>>>,
    made: Cell<u64>,
    /// What the next fetch is for, if its caller said so.
    initiator: Cell<Option<&'static str>>,
}

struct Pending {
    window: Option<WindowId>,
    source: TaskSource,
    /// Whether any number of positions may come.
    watch: bool,
    is_fetch: bool,
    /// Goes on when its window is gone.
    keepalive: bool,
    /// What Resource Timing tells of a fetch of a global.
    record: Option<RefCell<ResourceRecord>>,
    /// Given up while a reply was on its way through the task queue.
    forgotten: Cell<bool>,
    on_reply: RefCell<OnReply>,
}

impl Requests {
    /// Enters a request that is about to be sent.
    pub(crate) fn enter(
        &self,
        window: Option<WindowId>,
        request: &Request,
        source: TaskSource,
        on_reply: OnReply,
        now: Micros,
    ) -> RequestId {
        self.made.set(self.made.get() + 1);
        let id = RequestId(self.made.get());
        let watch = matches!(
            request,
            Request::Position { options: PositionOptions { watch: true, .. }, .. }
        );
        let is_fetch = matches!(request, Request::Fetch(_));
        let keepalive = matches!(request, Request::Fetch(fetch) if fetch.keepalive);
        let initiator = self.initiator.take().unwrap_or("other");
        let record = match request {
            Request::Fetch(fetch) if window.is_some() && fetch.url.starts_with("http") => {
                Some(RefCell::new(ResourceRecord {
                    url: fetch.url.clone(),
                    initiator,
                    origin: fetch.origin.clone(),
                    start: now,
                    ..ResourceRecord::default()
                }))
            }
            _ => None,
        };
        let pending = Pending {
            window,
            source,
            watch,
            is_fetch,
            keepalive,
            record,
            forgotten: Cell::new(false),
            on_reply: RefCell::new(on_reply),
        };
        self.pending.borrow_mut().insert(id, Rc::new(pending));
        id
    }

    /// The task that handles a reply; `None` if nobody waits for it any more.
    pub(crate) fn reply(&self, id: RequestId, reply: Reply, at: Micros) -> Option<Task> {
        let pending = Rc::clone(self.pending.borrow().get(&id)?);
        if is_final(&reply, pending.watch) {
            self.pending.borrow_mut().remove(&id);
        }
        if let Some(record) = &pending.record {
            let mut record = record.borrow_mut();
            match &reply {
                Reply::Head(head) => record.head(head, at),
                Reply::Data(bytes) => {
                    record.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                }
                _ => record.response_end = at,
            }
        }
        Some(Task {
            source: pending.source,
            window: pending.window,
            steps: Box::new(move |cx| {
                if !pending.forgotten.get() {
                    // Script that hears of the end finds the entry.
                    if let (Reply::End, Some(record)) = (&reply, &pending.record) {
                        let record = record.borrow().clone();
                        crate::performance::finished(cx, &record);
                    }
                    (pending.on_reply.borrow_mut())(cx, reply);
                }
            }),
        })
    }

    /// Says what the next fetch is for (`initiatorType`).
    pub(crate) fn initiated_by(&self, initiator: &'static str) {
        self.initiator.set(Some(initiator));
    }

    /// Lets a request go; whether it was there.
    pub(crate) fn forget(&self, id: RequestId) -> bool {
        // Bound first: dropping what it captured must not find the borrow.
        let forgotten = self.pending.borrow_mut().remove(&id);
        forgotten.is_some_and(|pending| !pending.forgotten.replace(true))
    }

    /// Lets the requests of windows go that `keep` does not want.
    pub(crate) fn retain(&self, keep: impl Fn(WindowId) -> bool) -> Vec<RequestId> {
        let gone: BTreeMap<_, _> = {
            let mut pending = self.pending.borrow_mut();
            let all = std::mem::take(&mut *pending);
            let (kept, gone) =
                all.into_iter().partition(|(_, request)| request.window.is_none_or(&keep));
            *pending = kept;
            gone
        };
        // Nobody waits for these, but the host carries them out.
        gone.into_iter().filter(|(_, request)| !request.keepalive).map(|(id, _)| id).collect()
    }

    /// Lets the fetches of a window go; the tasks tell those that asked.
    pub(crate) fn stop_fetches(
        &self,
        window: WindowId,
        failure: &FetchFailure,
    ) -> Vec<(RequestId, Task)> {
        let is_own = |pending: &Pending| {
            pending.window == Some(window) && pending.is_fetch && !pending.keepalive
        };
        let stopped: Vec<_> =
            self.pending.borrow_mut().extract_if(.., |_, pending| is_own(pending)).collect();
        let task = |(id, pending): (RequestId, Rc<Pending>)| {
            // Replies that are on their way come to nothing.
            pending.forgotten.set(true);
            let reply = Reply::Failed(failure.clone());
            let (window, source) = (pending.window, pending.source);
            let steps = Box::new(move |cx: &mut Cx| (pending.on_reply.borrow_mut())(cx, reply));
            (id, Task { source, window, steps })
        };
        stopped.into_iter().map(task).collect()
    }

    /// Lets all requests go, those of the app itself included.
    pub(crate) fn clear(&self) -> Vec<RequestId> {
        let all = std::mem::take(&mut *self.pending.borrow_mut());
        all.into_keys().collect()
    }

    /// How many fetches are under way. Positions and permissions are not counted:
    /// they come with the time of the app, which must go on for them.
    pub(crate) fn outstanding(&self) -> usize {
        self.pending.borrow().values().filter(|request| request.is_fetch).count()
    }
}

fn is_final(reply: &Reply, watch: bool) -> bool {
    match reply {
        Reply::Head(_) | Reply::Data(_) => false,
        Reply::Socket(event) => matches!(event, SocketEvent::Closed { .. }),
        Reply::Position(_) | Reply::PositionError(_) => !watch,
        Reply::End | Reply::Failed(_) | Reply::Permission(_) | Reply::Unsupported(_) => true,
    }
}
