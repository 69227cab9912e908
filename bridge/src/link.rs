use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, Weak},
};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use virga_protocol::{
    Answer, Call, Micros, PermissionName, PermissionState, PositionError, PositionOptions, Reply,
    Request, RequestId, SocketOrder, ToApp,
};

use crate::{
    bridge::Inner,
    devices::location::{
        LocationProvider, LocationService, NullLocation, PositionRequest, SimulatedLocation,
    },
    identity::Identity,
    permissions::{Asked, Denial, Outcome, PermissionPort, Ticket},
    responder::{Interest, Responder, Sink},
    storage::SessionStorage,
    sync::lock,
};

/// One app's end of the bridge. Dropping it cancels what the app waits for.
///
/// The device behind it lives on the app's clock: call [`AppLink::advance`] with
/// the app's time before the app runs its tasks, and wake up for
/// [`AppLink::next_due`].
pub struct AppLink {
    bridge: Arc<Inner>,
    shared: Arc<Shared>,
    session: SessionStorage,
    /// What the app waits for from the network.
    fetches: Mutex<BTreeMap<RequestId, Interest>>,
    /// Where orders to its sockets go.
    sockets: Mutex<BTreeMap<RequestId, UnboundedSender<SocketOrder>>>,
}

/// What the broker reaches from other threads.
struct Shared {
    app: Arc<Identity>,
    sink: Sink,
    state: Mutex<State>,
}

struct State {
    location: LocationService,
    /// Position requests that wait for the user, by ticket.
    asking: BTreeMap<Ticket, PositionOptions>,
    /// Answers of the user that the app's clock has not seen yet.
    answered: Vec<(Ticket, Outcome)>,
    /// Keys of origins, and the origins as the app writes them.
    origins: BTreeMap<String, String>,
}

impl AppLink {
    pub(crate) fn new(bridge: Arc<Inner>, app: Identity, sink: Sink) -> Self {
        let provider: Box<dyn LocationProvider> = match &bridge.phone.location {
            Some(route) => Box::new(SimulatedLocation::new(route.clone())),
            None => Box::new(NullLocation),
        };
        let state = State {
            location: LocationService::new(provider, app.time_origin),
            asking: BTreeMap::new(),
            answered: Vec::new(),
            origins: BTreeMap::new(),
        };
        let shared = Arc::new(Shared { app: Arc::new(app), sink, state: Mutex::new(state) });
        let port: Arc<dyn PermissionPort> = Arc::<Shared>::clone(&shared);
        let port: Weak<dyn PermissionPort> = Arc::downgrade(&port);
        bridge.broker.connect(shared.app.id, &shared.app.url, port);
        Self {
            bridge,
            shared,
            session: SessionStorage::default(),
            fetches: Mutex::default(),
            sockets: Mutex::default(),
        }
    }

    /// Tells the apps of a bridge apart, as [`Prompt::app`](crate::Prompt::app)
    /// does; never reused.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.shared.app.id.0
    }

    /// Takes a request of the app at its time `now`. Replies come through the
    /// sink, the first ones possibly before this returns.
    pub fn request(&self, id: RequestId, request: Request, now: Micros) {
        match request {
            Request::Fetch(fetch) => {
                let responder = Responder::new(id, Arc::clone(&self.shared.sink));
                let mut fetches = lock(&self.fetches);
                fetches.retain(|_, interest| !interest.has_ended());
                fetches.insert(id, responder.interest());
                drop(fetches);
                self.bridge.network.fetch(Arc::clone(&self.shared.app), fetch, responder);
            }
            Request::Socket(socket) => {
                let responder = Responder::new(id, Arc::clone(&self.shared.sink));
                let (sender, orders) = unbounded_channel();
                lock(&self.fetches).insert(id, responder.interest());
                let mut sockets = lock(&self.sockets);
                sockets.retain(|_, sender| !sender.is_closed());
                sockets.insert(id, sender);
                drop(sockets);
                self.bridge.network.socket(Arc::clone(&self.shared.app), socket, responder, orders);
            }
            Request::Position { origin, options } => self.position(id, &origin, options, now),
            Request::PermissionState { origin, name } => {
                let state = match self.key(&origin) {
                    Some(key) => self.bridge.broker.state_for(self.shared.app.id, &key, name),
                    None => PermissionState::Denied,
                };
                self.shared.reply(id, Reply::Permission(state));
            }
        }
    }

    /// What the app wants of one of its sockets. One that is closed hears nothing.
    pub fn socket(&self, id: RequestId, order: SocketOrder) {
        if let Some(sender) = lock(&self.sockets).get(&id) {
            // The socket closed while the order was on its way.
            let _ = sender.send(order);
        }
    }

    /// The app read bytes of a response that it wants piece by piece.
    pub fn consumed(&self, id: RequestId, bytes: u64) {
        if let Some(interest) = lock(&self.fetches).get(&id) {
            interest.consumed(bytes);
        }
    }

    /// The app has lost interest in a request: when this returns, no reply
    /// follows.
    pub fn cancel(&self, id: RequestId) {
        if let Some(interest) = lock(&self.fetches).remove(&id) {
            interest.end();
        }
        lock(&self.sockets).remove(&id);
        let mut state = lock(&self.shared.state);
        state.location.cancel(id);
        state.answered.retain(|(ticket, _)| ticket.0 != id.0);
        let was_asking = state.asking.remove(&Ticket(id.0)).is_some();
        drop(state);
        if was_asking {
            self.bridge.broker.cancel(self.shared.app.id, Ticket(id.0));
        }
    }

    /// Answers what script waits for. Of the calls [`Call::Storage`] and
    /// [`Call::Cookies`] are the bridge's; the others are about the app's clock, thread and clipboard, or wait
    /// for what comes as messages, which their owner does, and `None` says so.
    pub fn call(&self, call: &Call) -> Option<Answer> {
        match call {
            Call::Storage { origin, area, call } => {
                let shared = &self.shared;
                let storage = &self.bridge.storage;
                let reply =
                    storage.call(&shared.app, &shared.sink, &self.session, origin, *area, call);
                Some(Answer::Storage(reply))
            }
            Call::Cookies { url, top, set } => {
                Some(Answer::Cookies(self.bridge.network.cookies(url, top, set.as_deref())))
            }
            Call::Now
            | Call::KeepRunning { .. }
            | Call::ReadClipboard
            | Call::WriteClipboard(_)
            | Call::Random { .. }
            | Call::Fetch(_) => None,
        }
    }

    /// Tells the device what time it is for the app: delivers what is due.
    pub fn advance(&self, now: Micros) {
        let mut state = lock(&self.shared.state);
        let mut replies = state.settle(now);
        replies.extend(state.location.poll(now));
        drop(state);
        self.shared.reply_all(replies);
    }

    /// When, on the app's clock, the device has something to deliver, if nothing
    /// happens until then.
    #[must_use]
    pub fn next_due(&self) -> Option<Micros> {
        let state = lock(&self.shared.state);
        if state.answered.is_empty() { state.location.next_due() } else { Some(Micros::ZERO) }
    }

    /// Tells whether the user sees the app: prompts and grants for the time of
    /// use depend on it.
    pub fn set_visible(&self, visible: bool) {
        lock(&self.shared.state).location.set_visible(visible);
        self.bridge.broker.set_visible(self.shared.app.id, visible);
    }

    fn position(&self, id: RequestId, origin: &str, options: PositionOptions, now: Micros) {
        let Some(key) = self.key(origin) else {
            let message = "documents without an origin have no permissions".to_owned();
            let error = PositionError::PermissionDenied(message);
            self.shared.reply(id, Reply::PositionError(error));
            return;
        };
        let ticket = Ticket(id.0);
        lock(&self.shared.state).asking.insert(ticket, options);
        let name = PermissionName::Geolocation;
        match self.bridge.broker.request(self.shared.app.id, &key, name, ticket) {
            Asked::Waiting => {}
            Asked::Decided(outcome) => {
                let mut state = lock(&self.shared.state);
                let replies = state.begin(ticket, outcome, now);
                drop(state);
                self.shared.reply_all(replies);
            }
        }
    }

    fn key(&self, origin: &str) -> Option<String> {
        let key = self.shared.app.key(origin)?;
        lock(&self.shared.state).origins.insert(key.clone(), origin.to_owned());
        Some(key)
    }
}

impl Drop for AppLink {
    fn drop(&mut self) {
        for interest in lock(&self.fetches).values() {
            interest.end();
        }
        self.bridge.broker.disconnect(self.shared.app.id);
        self.bridge.storage.disconnect(self.shared.app.id);
    }
}

impl State {
    /// Takes up the answers that came since the last time.
    fn settle(&mut self, now: Micros) -> Vec<(RequestId, Reply)> {
        let answered = std::mem::take(&mut self.answered);
        answered
            .into_iter()
            .flat_map(|(ticket, outcome)| self.begin(ticket, outcome, now))
            .collect()
    }

    /// A position request has its answer from the broker.
    fn begin(&mut self, ticket: Ticket, outcome: Outcome, now: Micros) -> Vec<(RequestId, Reply)> {
        let id = RequestId(ticket.0);
        let Some(options) = self.asking.remove(&ticket) else { return Vec::new() };
        let refused = |message: String| {
            vec![(id, Reply::PositionError(PositionError::PermissionDenied(message)))]
        };
        match outcome {
            Ok(grant) => match grant.typed() {
                Some(grant) => self.location.start(PositionRequest { id, grant, options }, now),
                None => refused("the grant is for something else".to_owned()),
            },
            Err(Denial(reason)) => refused(reason),
        }
    }
}

impl Shared {
    fn reply(&self, id: RequestId, reply: Reply) {
        (self.sink)(ToApp::Reply { id, reply });
    }

    fn reply_all(&self, replies: Vec<(RequestId, Reply)>) {
        for (id, reply) in replies {
            self.reply(id, reply);
        }
    }
}

impl PermissionPort for Shared {
    fn resolved(&self, ticket: Ticket, outcome: Outcome) {
        lock(&self.state).answered.push((ticket, outcome));
        // The app's thread takes it up at its next turn, on the app's clock.
        (self.sink)(ToApp::Wake);
    }

    fn changed(&self, origin: &str, name: PermissionName, state: PermissionState) {
        let written = lock(&self.state).origins.get(origin).cloned();
        let origin = written.unwrap_or_else(|| origin.to_owned());
        (self.sink)(ToApp::Permission { origin, name, state });
    }
}
