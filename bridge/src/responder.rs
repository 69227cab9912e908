use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use virga_protocol::{FetchFailure, Reply, RequestId, SocketEvent, ToApp};

use crate::sync::lock;

/// Delivers to an app, from any thread.
pub(crate) type Sink = Arc<dyn Fn(ToApp) + Send + Sync>;

/// Whether a request still wants replies; shared by who answers and who cancels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interest(Arc<State>);

#[derive(Debug, Default)]
struct State {
    has_ended: Mutex<bool>,
    cancelled: Notify,
    /// Bytes that were sent and that the app has not read.
    unread: Mutex<u64>,
    consumed: Notify,
}

impl Interest {
    /// Ends it. When this returns, no reply follows.
    pub(crate) fn end(&self) {
        *lock(&self.0.has_ended) = true;
        // Kept for one who begins to wait later.
        self.0.cancelled.notify_one();
    }

    /// Whether a final reply was sent or the app lost interest.
    pub(crate) fn has_ended(&self) -> bool {
        *lock(&self.0.has_ended)
    }

    /// The app read some bytes.
    pub(crate) fn consumed(&self, bytes: u64) {
        let mut unread = lock(&self.0.unread);
        *unread = unread.saturating_sub(bytes);
        drop(unread);
        self.0.consumed.notify_one();
    }

    /// Counts bytes that are about to be sent: before the app can say that it read
    /// them.
    pub(crate) fn sending(&self, bytes: usize) {
        *lock(&self.0.unread) += u64::try_from(bytes).unwrap_or(u64::MAX);
    }

    /// Waits until less than `window` bytes are unread. For one task only.
    pub(crate) async fn room(&self, window: Option<u64>) {
        let Some(window) = window else { return };
        loop {
            // Kept for one who begins to wait later, so none is missed.
            let consumed = self.0.consumed.notified();
            if *lock(&self.0.unread) < window {
                return;
            }
            consumed.await;
        }
    }

    /// Waits until the app loses interest. For one task only.
    pub(crate) async fn cancelled(&self) {
        self.0.cancelled.notified().await;
    }
}

/// The only way to answer a fetch: dropped unanswered, it answers itself.
pub(crate) struct Responder {
    id: RequestId,
    sink: Sink,
    interest: Interest,
}

impl Responder {
    pub(crate) fn new(id: RequestId, sink: Sink) -> Self {
        Self { id, sink, interest: Interest::default() }
    }

    pub(crate) fn interest(&self) -> Interest {
        self.interest.clone()
    }

    /// Sends a reply, unless the request has ended. False: nobody listens.
    pub(crate) fn send(&self, reply: Reply) -> bool {
        // The lock is held while the sink runs, so that `Interest::end` returns
        // only after a reply in progress. Sinks put the message into a queue.
        let mut ended = lock(&self.interest.0.has_ended);
        if *ended {
            return false;
        }
        *ended = is_final(&reply);
        (self.sink)(ToApp::Reply { id: self.id, reply });
        !*ended
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        let reason = "the host stopped before it was answered".to_owned();
        self.send(Reply::Failed(FetchFailure::Dropped(reason)));
    }
}

const fn is_final(reply: &Reply) -> bool {
    match reply {
        Reply::Head(_) | Reply::Data(_) => false,
        Reply::Socket(event) => matches!(event, SocketEvent::Closed { .. }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn responder() -> (Responder, mpsc::Receiver<ToApp>) {
        let (sender, receiver) = mpsc::channel();
        let sink: Sink = Arc::new(move |message| sender.send(message).unwrap());
        (Responder::new(RequestId(7), sink), receiver)
    }

    #[test]
    fn answers_itself_when_dropped() {
        let (responder, replies) = responder();
        drop(responder);
        let ToApp::Reply { id, reply: Reply::Failed(FetchFailure::Dropped(_)) } =
            replies.recv().unwrap()
        else {
            panic!("no answer");
        };
        assert_eq!(id, RequestId(7));
    }

    #[test]
    fn a_final_reply_is_the_last() {
        let (responder, replies) = responder();
        assert!(!responder.send(Reply::End));
        assert!(!responder.send(Reply::End));
        drop(responder);
        assert_eq!(replies.iter().count(), 1);
    }

    #[test]
    fn nothing_follows_the_end_of_interest() {
        let (responder, replies) = responder();
        responder.interest().end();
        responder.send(Reply::Data(Vec::new().into()));
        drop(responder);
        assert_eq!(replies.iter().count(), 0);
    }
}
