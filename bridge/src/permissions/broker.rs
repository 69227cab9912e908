use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, Weak},
};

use virga_protocol::{PermissionName, PermissionState};

use super::{
    AuditEntry, AuditEvent, Prompt, PromptAnswer, PromptDelegate, PromptId,
    audit::AuditLog,
    grant::AnyGrant,
    store::{Decision, DecisionStore},
};
use crate::{
    bridge::Trouble,
    identity::{AppId, is_trustworthy},
    profile::Profile,
    sync::lock,
};

/// Decides who may use what, asks the user, and remembers.
pub struct Broker {
    state: Mutex<State>,
    delegate: Option<Arc<dyn PromptDelegate>>,
    trouble: Trouble,
}

/// Names one waiting request of an app to the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// Why a permission was refused, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial(pub(crate) String);

/// How a request for a permission ended.
pub(crate) type Outcome = Result<AnyGrant, Denial>;

/// What asking for a permission brings at once.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It is decided.
    Decided(Outcome),
    /// The user is asked; the answer comes through [`PermissionPort::resolved`].
    Waiting,
}

/// How the broker reaches a connected app. Called without a lock held.
pub(crate) trait PermissionPort: Send + Sync {
    /// A waiting request ended.
    fn resolved(&self, ticket: Ticket, outcome: Outcome);
    /// A permission that the app knows of has another state now.
    fn changed(&self, origin: &str, name: PermissionName, state: PermissionState);
}

struct State {
    /// The host's own word, for every origin.
    host: BTreeMap<PermissionName, PermissionState>,
    stored: DecisionStore,
    /// One-time grants; they end when their app is closed.
    once: Vec<(AppId, String, PermissionName)>,
    apps: BTreeMap<AppId, App>,
    queue: VecDeque<Queued>,
    next_prompt: u64,
    /// All grants that someone may still hold.
    grants: Vec<AnyGrant>,
    audit: AuditLog,
    /// What could not be written or read, to be told once the lock is released.
    trouble: Vec<String>,
}

struct App {
    url: String,
    port: Weak<dyn PermissionPort>,
    visible: bool,
    /// States that the app was told or has asked for.
    known: BTreeMap<(String, PermissionName), PermissionState>,
}

struct Queued {
    prompt: Prompt,
    waiting: Vec<(AppId, Ticket)>,
    shown: bool,
    answer: Option<PromptAnswer>,
}

/// What is to be done once the lock is released.
enum Effect {
    Show(Prompt),
    Withdraw(PromptId),
    Resolved(Weak<dyn PermissionPort>, Ticket, Outcome),
    Changed(Weak<dyn PermissionPort>, String, PermissionName, PermissionState),
    Trouble(String),
}

impl Broker {
    pub(crate) fn new(
        profile: &Profile,
        host: BTreeMap<PermissionName, PermissionState>,
        delegate: Option<Arc<dyn PromptDelegate>>,
        trouble: Trouble,
    ) -> Self {
        let state = State {
            host,
            stored: DecisionStore::new(profile.clone()),
            once: Vec::new(),
            apps: BTreeMap::new(),
            queue: VecDeque::new(),
            next_prompt: 1,
            grants: Vec::new(),
            audit: AuditLog::new(profile.file("audit.jsonl")),
            trouble: Vec::new(),
        };
        Self { state: Mutex::new(state), delegate, trouble }
    }

    /// The state of a permission for an origin, one-time grants left out.
    pub fn state(&self, origin: &str, name: PermissionName) -> PermissionState {
        self.with(|state| state.lasting(origin, name))
    }

    /// Decides for an origin, as a settings page does; `None` forgets the
    /// decision, so that the next request asks again. Grants that no longer
    /// stand are withdrawn, and apps are told.
    pub fn set(&self, origin: &str, name: PermissionName, decision: Option<PermissionState>) {
        let decision = match decision {
            Some(PermissionState::Granted) => Some(Decision::Always),
            Some(PermissionState::Denied) => Some(Decision::Never),
            Some(PermissionState::Prompt) | None => None,
        };
        self.with(|state| {
            state.record("", origin, name, AuditEvent::Changed);
            state.once.retain(|(_, of, what)| (of.as_str(), *what) != (origin, name));
            state.store(origin, name, decision);
        });
    }

    /// Answers a prompt; false if nobody waits for it any more.
    pub fn answer(&self, id: PromptId, answer: PromptAnswer) -> bool {
        self.with(|state| state.answer(id, answer))
    }

    /// The prompts that wait for an answer, the one on show first.
    pub fn pending(&self) -> Vec<Prompt> {
        self.with(|state| state.queue.iter().map(|queued| queued.prompt.clone()).collect())
    }

    /// The audit log of this process, oldest first.
    pub fn audit(&self) -> Vec<AuditEntry> {
        self.with(|state| state.audit.entries().to_vec())
    }

    /// Which origins hold a live grant of what, for an indicator.
    pub fn in_use(&self) -> Vec<(String, PermissionName)> {
        self.with(|state| {
            state.grants.retain(AnyGrant::is_held);
            let mut used: Vec<_> = state
                .grants
                .iter()
                .map(|grant| (grant.holder().1.to_owned(), grant.holder().2))
                .collect();
            used.sort();
            used.dedup();
            used
        })
    }

    /// Makes an app known. It is visible until [`Broker::set_visible`] says otherwise.
    pub(crate) fn connect(&self, app: AppId, url: &str, port: Weak<dyn PermissionPort>) {
        let url = url.to_owned();
        self.with(|state| {
            state.apps.insert(app, App { url, port, visible: true, known: BTreeMap::new() });
        });
    }

    /// Forgets an app: ends its one-time grants and takes its questions back.
    pub(crate) fn disconnect(&self, app: AppId) {
        self.with(|state| {
            state.once.retain(|(of, ..)| *of != app);
            for queued in &mut state.queue {
                queued.waiting.retain(|(of, _)| *of != app);
            }
            state.apps.remove(&app);
        });
    }

    /// Only the prompts of visible apps are shown.
    pub(crate) fn set_visible(&self, app: AppId, visible: bool) {
        self.with(|state| {
            if let Some(app) = state.apps.get_mut(&app) {
                app.visible = visible;
            }
        });
    }

    /// The state as an app sees it; it is told of changes from now on.
    pub(crate) fn state_for(
        &self,
        app: AppId,
        origin: &str,
        name: PermissionName,
    ) -> PermissionState {
        self.with(|state| state.learn(app, origin, name))
    }

    /// An app wants to use a feature.
    pub(crate) fn request(
        &self,
        app: AppId,
        origin: &str,
        name: PermissionName,
        ticket: Ticket,
    ) -> Asked {
        self.with(|state| state.request(app, origin, name, ticket))
    }

    /// An app no longer waits for a permission.
    pub(crate) fn cancel(&self, app: AppId, ticket: Ticket) {
        self.with(|state| {
            for queued in &mut state.queue {
                queued.waiting.retain(|waiting| *waiting != (app, ticket));
            }
        });
    }

    /// Changes the state under the lock, and does what follows from it outside.
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (result, effects) = {
            let mut state = lock(&self.state);
            let mut effects = Vec::new();
            let result = change(&mut state);
            state.settle(&mut effects);
            (result, effects)
        };
        for effect in effects {
            self.perform(effect);
        }
        result
    }

    fn perform(&self, effect: Effect) {
        match effect {
            Effect::Show(prompt) => {
                if let Some(delegate) = &self.delegate {
                    delegate.prompt(&prompt);
                }
            }
            Effect::Withdraw(id) => {
                if let Some(delegate) = &self.delegate {
                    delegate.withdraw(id);
                }
            }
            Effect::Resolved(port, ticket, outcome) => {
                if let Some(port) = port.upgrade() {
                    port.resolved(ticket, outcome);
                }
            }
            Effect::Changed(port, origin, name, state) => {
                if let Some(port) = port.upgrade() {
                    port.changed(&origin, name, state);
                }
            }
            Effect::Trouble(message) => (self.trouble)(&message),
        }
    }
}

impl State {
    /// What holds for an origin whatever the app.
    fn lasting(&mut self, origin: &str, name: PermissionName) -> PermissionState {
        if let Some(state) = self.host.get(&name) {
            return *state;
        }
        if !is_trustworthy(origin) {
            return PermissionState::Denied;
        }
        self.decision(origin, name).map_or(PermissionState::Prompt, Decision::state)
    }

    fn decision(&mut self, origin: &str, name: PermissionName) -> Option<Decision> {
        let (decision, trouble) = self.stored.get(origin, name);
        self.trouble.extend(trouble);
        decision
    }

    /// What holds for an app: as [`State::lasting`], and its one-time grants.
    fn effective(&mut self, app: AppId, origin: &str, name: PermissionName) -> PermissionState {
        match self.lasting(origin, name) {
            PermissionState::Prompt if self.has_once(app, origin, name) => PermissionState::Granted,
            state => state,
        }
    }

    fn has_once(&self, app: AppId, origin: &str, name: PermissionName) -> bool {
        self.once.iter().any(|(a, o, n)| (*a, o.as_str(), *n) == (app, origin, name))
    }

    fn learn(&mut self, app: AppId, origin: &str, name: PermissionName) -> PermissionState {
        let state = self.effective(app, origin, name);
        if let Some(app) = self.apps.get_mut(&app) {
            app.known.insert((origin.to_owned(), name), state);
        }
        state
    }

    fn request(&mut self, app: AppId, origin: &str, name: PermissionName, ticket: Ticket) -> Asked {
        let Some(url) = self.apps.get(&app).map(|app| app.url.clone()) else {
            return Asked::Decided(Err(Denial("the app is closed".to_owned())));
        };
        match self.learn(app, origin, name) {
            PermissionState::Granted => {
                self.record(&url, origin, name, AuditEvent::Allowed);
                Asked::Decided(Ok(self.grant(app, origin, name)))
            }
            PermissionState::Denied => {
                self.record(&url, origin, name, AuditEvent::Refused);
                Asked::Decided(Err(self.reason(origin, name)))
            }
            PermissionState::Prompt => {
                self.ask(app, url, origin, name, ticket);
                Asked::Waiting
            }
        }
    }

    /// Puts a question into the queue, or the request to one that is there.
    fn ask(
        &mut self,
        app: AppId,
        app_url: String,
        origin: &str,
        name: PermissionName,
        ticket: Ticket,
    ) {
        let same = self
            .queue
            .iter_mut()
            .find(|queued| (queued.prompt.origin.as_str(), queued.prompt.name) == (origin, name));
        if let Some(queued) = same {
            queued.waiting.push((app, ticket));
            return;
        }
        self.record(&app_url, origin, name, AuditEvent::Prompted);
        let id = PromptId(self.next_prompt);
        self.next_prompt += 1;
        self.queue.push_back(Queued {
            prompt: Prompt { id, app: app.0, app_url, origin: origin.to_owned(), name },
            waiting: vec![(app, ticket)],
            shown: false,
            answer: None,
        });
    }

    fn answer(&mut self, id: PromptId, answer: PromptAnswer) -> bool {
        let Some(queued) = self.queue.iter_mut().find(|queued| queued.prompt.id == id) else {
            return false;
        };
        let prompt = queued.prompt.clone();
        let event = match answer {
            PromptAnswer::Once => AuditEvent::AllowedOnce,
            PromptAnswer::WhileUsing => AuditEvent::AllowedWhileUsing,
            PromptAnswer::Always => AuditEvent::AllowedAlways,
            PromptAnswer::Never => AuditEvent::Forbidden,
            PromptAnswer::Dismissed => AuditEvent::Dismissed,
        };
        let waiting = queued.waiting.clone();
        queued.answer = Some(answer);
        self.record(&prompt.app_url, &prompt.origin, prompt.name, event);
        match answer {
            PromptAnswer::Once => {
                for (app, _) in waiting {
                    if !self.has_once(app, &prompt.origin, prompt.name) {
                        self.once.push((app, prompt.origin.clone(), prompt.name));
                    }
                }
            }
            PromptAnswer::WhileUsing => {
                self.store(&prompt.origin, prompt.name, Some(Decision::WhileUsing));
            }
            PromptAnswer::Always => self.store(&prompt.origin, prompt.name, Some(Decision::Always)),
            PromptAnswer::Never => self.store(&prompt.origin, prompt.name, Some(Decision::Never)),
            PromptAnswer::Dismissed => {}
        }
        true
    }

    /// Draws the consequences of a change: answers what is decided, tells apps,
    /// withdraws grants, shows the next prompt.
    fn settle(&mut self, effects: &mut Vec<Effect>) {
        self.settle_queue(effects);
        self.settle_known(effects);
        self.settle_grants();
        self.show_next(effects);
        effects.extend(self.trouble.drain(..).map(Effect::Trouble));
    }

    fn settle_queue(&mut self, effects: &mut Vec<Effect>) {
        for mut queued in std::mem::take(&mut self.queue) {
            let Prompt { id, app_url, origin, name, .. } = queued.prompt.clone();
            let taken_back = queued.waiting.is_empty();
            for (app, ticket) in std::mem::take(&mut queued.waiting) {
                let outcome = match self.effective(app, &origin, name) {
                    PermissionState::Granted => Ok(self.grant(app, &origin, name)),
                    PermissionState::Denied => Err(self.reason(&origin, name)),
                    PermissionState::Prompt if queued.answer.is_some() => {
                        Err(Denial(format!("the question for {} was dismissed", name.as_str())))
                    }
                    PermissionState::Prompt => {
                        queued.waiting.push((app, ticket));
                        continue;
                    }
                };
                if let Some(app) = self.apps.get(&app) {
                    effects.push(Effect::Resolved(app.port.clone(), ticket, outcome));
                }
            }
            if !queued.waiting.is_empty() {
                self.queue.push_back(queued);
                continue;
            }
            if taken_back {
                self.record(&app_url, &origin, name, AuditEvent::Withdrawn);
            }
            if queued.shown && queued.answer.is_none() {
                effects.push(Effect::Withdraw(id));
            }
        }
    }

    fn settle_known(&mut self, effects: &mut Vec<Effect>) {
        let known: Vec<_> = self
            .apps
            .iter()
            .flat_map(|(id, app)| app.known.iter().map(|(key, told)| (*id, key.clone(), *told)))
            .collect();
        for (id, (origin, name), told) in known {
            let state = self.effective(id, &origin, name);
            if state == told {
                continue;
            }
            if let Some(app) = self.apps.get_mut(&id) {
                app.known.insert((origin.clone(), name), state);
                effects.push(Effect::Changed(app.port.clone(), origin, name, state));
            }
        }
    }

    fn settle_grants(&mut self) {
        for grant in std::mem::take(&mut self.grants) {
            if !grant.is_held() {
                continue;
            }
            let (app, origin, name) = grant.holder();
            if self.effective(app, origin, name) == PermissionState::Granted
                && self.apps.contains_key(&app)
            {
                grant.set_only_while_visible(self.only_while_visible(app, origin, name));
                self.grants.push(grant);
                continue;
            }
            grant.withdraw();
            if let Some(url) = self.apps.get(&app).map(|app| app.url.clone()) {
                self.record(&url, origin, name, AuditEvent::Revoked);
            }
        }
    }

    /// Shows the first prompt that a visible app waits for, if none is on show.
    fn show_next(&mut self, effects: &mut Vec<Effect>) {
        if self.queue.iter().any(|queued| queued.shown) {
            return;
        }
        let apps = &self.apps;
        let next = self.queue.iter_mut().find(|queued| {
            queued.waiting.iter().any(|(app, _)| apps.get(app).is_some_and(|app| app.visible))
        });
        if let Some(queued) = next {
            queued.shown = true;
            effects.push(Effect::Show(queued.prompt.clone()));
        }
    }

    fn store(&mut self, origin: &str, name: PermissionName, decision: Option<Decision>) {
        if let Err(error) = self.stored.set(origin, name, decision) {
            self.trouble.push(error);
        }
    }

    fn grant(&mut self, app: AppId, origin: &str, name: PermissionName) -> AnyGrant {
        let only_visible = self.only_while_visible(app, origin, name);
        let grant = AnyGrant::new(app, origin, name, only_visible);
        self.grants.retain(AnyGrant::is_held);
        self.grants.push(grant.clone());
        grant
    }

    fn only_while_visible(&mut self, app: AppId, origin: &str, name: PermissionName) -> bool {
        !self.host.contains_key(&name)
            && (self.decision(origin, name) == Some(Decision::WhileUsing)
                || self.has_once(app, origin, name))
    }

    fn reason(&self, origin: &str, name: PermissionName) -> Denial {
        let name = name.as_str();
        Denial(if !is_trustworthy(origin) {
            format!(
                "{name} is offered only to secure origins (https, localhost, files), not to {origin}"
            )
        } else {
            format!("{name} is forbidden for {origin}")
        })
    }

    fn record(&mut self, app: &str, origin: &str, name: PermissionName, event: AuditEvent) {
        if let Err(error) = self.audit.append(app, origin, name, event) {
            self.trouble.push(format!("the audit log could not be written: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    const ORIGIN: &str = "https://example.com";
    const GEO: PermissionName = PermissionName::Geolocation;

    /// A connected app that writes down what it is told.
    struct App {
        id: AppId,
        told: Receiver<String>,
        grants: Receiver<AnyGrant>,
        _port: Arc<Port>,
    }

    struct Port {
        told: Mutex<Sender<String>>,
        grants: Mutex<Sender<AnyGrant>>,
    }

    impl PermissionPort for Port {
        fn resolved(&self, ticket: Ticket, outcome: Outcome) {
            let text = match outcome {
                Ok(grant) => {
                    lock(&self.grants).send(grant).unwrap();
                    format!("{} granted", ticket.0)
                }
                Err(Denial(reason)) => format!("{} denied: {reason}", ticket.0),
            };
            lock(&self.told).send(text).unwrap();
        }

        fn changed(&self, origin: &str, name: PermissionName, state: PermissionState) {
            let line = format!("{origin} {} {state:?}", name.as_str());
            lock(&self.told).send(line).unwrap();
        }
    }

    impl App {
        fn open(broker: &Broker, id: u64) -> Self {
            let (told, told_receiver) = mpsc::channel();
            let (grants, grants_receiver) = mpsc::channel();
            let port = Arc::new(Port { told: Mutex::new(told), grants: Mutex::new(grants) });
            let weak: Weak<dyn PermissionPort> =
                Arc::downgrade(&(Arc::clone(&port) as Arc<dyn PermissionPort>));
            broker.connect(AppId(id), "https://example.com/app", weak);
            Self { id: AppId(id), told: told_receiver, grants: grants_receiver, _port: port }
        }

        fn ask(&self, broker: &Broker, ticket: u64) -> Option<Outcome> {
            match broker.request(self.id, ORIGIN, GEO, Ticket(ticket)) {
                Asked::Decided(outcome) => Some(outcome),
                Asked::Waiting => None,
            }
        }

        fn told(&self) -> Vec<String> {
            self.told.try_iter().collect()
        }
    }

    #[derive(Default)]
    struct Screen(Mutex<Vec<String>>);

    impl PromptDelegate for Screen {
        fn prompt(&self, prompt: &Prompt) {
            lock(&self.0).push(format!("show {}", prompt.id.0));
        }

        fn withdraw(&self, id: PromptId) {
            lock(&self.0).push(format!("withdraw {}", id.0));
        }
    }

    impl Screen {
        fn seen(&self) -> Vec<String> {
            std::mem::take(&mut lock(&self.0))
        }
    }

    fn broker_with(
        profile: Option<&std::path::Path>,
        host: &[(PermissionName, PermissionState)],
    ) -> (Broker, Arc<Screen>) {
        let screen = Arc::new(Screen::default());
        let profile = Profile::new(profile.map(std::path::Path::to_owned));
        let delegate: Arc<dyn PromptDelegate> = Arc::<Screen>::clone(&screen);
        let trouble: Trouble = Arc::new(|message| panic!("trouble: {message}"));
        let broker = Broker::new(&profile, host.iter().copied().collect(), Some(delegate), trouble);
        (broker, screen)
    }

    fn broker() -> (Broker, Arc<Screen>) {
        broker_with(None, &[])
    }

    #[test]
    fn an_unanswered_prompt_leaves_the_request_pending() {
        let (broker, screen) = broker();
        let app = App::open(&broker, 1);
        assert!(app.ask(&broker, 1).is_none());
        assert_eq!(screen.seen(), ["show 1"]);
        assert_eq!(broker.state(ORIGIN, GEO), PermissionState::Prompt);
        assert!(app.told().is_empty());
    }

    #[test]
    fn each_answer_and_what_it_leaves() {
        // answer, what the request gets, what another app's request gets, the state left
        let check = |answer: PromptAnswer, told: &[&str], other: &str, left: PermissionState| {
            let (broker, _) = broker();
            let (app, second) = (App::open(&broker, 1), App::open(&broker, 2));
            assert!(app.ask(&broker, 7).is_none());
            assert!(broker.answer(PromptId(1), answer));
            assert!(!broker.answer(PromptId(1), answer), "answered twice");
            assert_eq!(app.told(), told, "{answer:?}");
            let asked = second.ask(&broker, 8);
            let got = match &asked {
                None => "asks",
                Some(Ok(_)) => "granted",
                Some(Err(_)) => "denied",
            };
            assert_eq!(got, other, "{answer:?}");
            assert_eq!(broker.state(ORIGIN, GEO), left, "{answer:?}");
        };
        let changed = "https://example.com geolocation Granted";
        let forbidden = "https://example.com geolocation Denied";
        check(PromptAnswer::Once, &["7 granted", changed], "asks", PermissionState::Prompt);
        check(
            PromptAnswer::WhileUsing,
            &["7 granted", changed],
            "granted",
            PermissionState::Granted,
        );
        check(PromptAnswer::Always, &["7 granted", changed], "granted", PermissionState::Granted);
        check(
            PromptAnswer::Never,
            &["7 denied: geolocation is forbidden for https://example.com", forbidden],
            "denied",
            PermissionState::Denied,
        );
        check(
            PromptAnswer::Dismissed,
            &["7 denied: the question for geolocation was dismissed"],
            "asks",
            PermissionState::Prompt,
        );
    }

    #[test]
    fn the_scope_of_a_grant() {
        let check = |answer: PromptAnswer, only_while_visible: bool| {
            let (broker, _) = broker();
            let app = App::open(&broker, 1);
            app.ask(&broker, 1);
            broker.answer(PromptId(1), answer);
            let grant = app.grants.recv().unwrap().typed::<super::super::Geolocation>().unwrap();
            assert_eq!(grant.only_while_visible(), only_while_visible, "{answer:?}");
        };
        check(PromptAnswer::Once, true);
        check(PromptAnswer::WhileUsing, true);
        check(PromptAnswer::Always, false);
    }

    #[test]
    fn requests_of_one_origin_share_a_prompt_and_prompts_queue() {
        let (broker, screen) = broker();
        let (app, other) = (App::open(&broker, 1), App::open(&broker, 2));
        app.ask(&broker, 1);
        app.ask(&broker, 2);
        other.ask(&broker, 3);
        broker.request(app.id, ORIGIN, PermissionName::Camera, Ticket(4));
        assert_eq!(screen.seen(), ["show 1"]);
        assert_eq!(broker.pending().len(), 2);
        broker.answer(PromptId(1), PromptAnswer::Always);
        assert_eq!(screen.seen(), ["show 2"], "an answered prompt is not withdrawn");
        assert_eq!(app.told()[..2], ["1 granted", "2 granted"]);
        assert_eq!(other.told()[0], "3 granted");
    }

    #[test]
    fn a_prompt_nobody_waits_for_is_withdrawn() {
        let (broker, screen) = broker();
        let app = App::open(&broker, 1);
        app.ask(&broker, 1);
        app.ask(&broker, 2);
        broker.cancel(app.id, Ticket(1));
        assert_eq!(screen.seen(), ["show 1"]);
        broker.cancel(app.id, Ticket(2));
        assert_eq!(screen.seen(), ["withdraw 1"]);
        app.ask(&broker, 3);
        broker.disconnect(app.id);
        assert_eq!(screen.seen(), ["show 2", "withdraw 2"]);
        assert!(broker.pending().is_empty());
    }

    #[test]
    fn hidden_apps_show_no_prompt() {
        let (broker, screen) = broker();
        let app = App::open(&broker, 1);
        broker.set_visible(app.id, false);
        app.ask(&broker, 1);
        assert!(screen.seen().is_empty());
        broker.set_visible(app.id, true);
        assert_eq!(screen.seen(), ["show 1"]);
    }

    #[test]
    fn revocation_withdraws_grants_and_tells_the_app() {
        let (broker, _) = broker();
        let app = App::open(&broker, 1);
        broker.set(ORIGIN, GEO, Some(PermissionState::Granted));
        let grant = app.ask(&broker, 1).unwrap().unwrap();
        let typed = grant.clone().typed::<super::super::Geolocation>().unwrap();
        assert!(typed.is_live());
        assert_eq!(broker.in_use(), [(ORIGIN.to_owned(), GEO)]);
        broker.set(ORIGIN, GEO, Some(PermissionState::Denied));
        assert!(!typed.is_live());
        assert_eq!(app.told(), ["https://example.com geolocation Denied"]);
        assert!(broker.in_use().is_empty());
        let events: Vec<_> = broker.audit().into_iter().map(|entry| entry.event).collect();
        assert_eq!(
            events,
            [AuditEvent::Changed, AuditEvent::Allowed, AuditEvent::Changed, AuditEvent::Revoked]
        );
    }

    #[test]
    fn a_one_time_grant_ends_with_its_app() {
        let (broker, _) = broker();
        let app = App::open(&broker, 1);
        app.ask(&broker, 1);
        broker.answer(PromptId(1), PromptAnswer::Once);
        assert_eq!(broker.state_for(app.id, ORIGIN, GEO), PermissionState::Granted);
        assert!(app.ask(&broker, 2).unwrap().is_ok(), "still the same run");
        let grant = app.grants.recv().unwrap().typed::<super::super::Geolocation>().unwrap();
        broker.disconnect(app.id);
        assert!(!grant.is_live());
    }

    #[test]
    fn the_hosts_word_goes_before_everything() {
        let host =
            [(GEO, PermissionState::Denied), (PermissionName::Camera, PermissionState::Granted)];
        let (broker, screen) = broker_with(None, &host);
        let app = App::open(&broker, 1);
        broker.set(ORIGIN, GEO, Some(PermissionState::Granted));
        assert!(app.ask(&broker, 1).unwrap().is_err());
        let insecure = "http://example.com";
        assert_eq!(broker.state(insecure, PermissionName::Camera), PermissionState::Granted);
        assert_eq!(broker.state(insecure, PermissionName::Contacts), PermissionState::Denied);
        assert!(screen.seen().is_empty());
    }

    #[test]
    fn decisions_and_the_audit_log_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        {
            let (broker, _) = broker_with(Some(folder.path()), &[]);
            let app = App::open(&broker, 1);
            app.ask(&broker, 1);
            broker.answer(PromptId(1), PromptAnswer::Always);
            broker.set(ORIGIN, PermissionName::Camera, Some(PermissionState::Denied));
            broker.set(ORIGIN, PermissionName::Push, Some(PermissionState::Granted));
            broker.set(ORIGIN, PermissionName::Push, None);
        }
        let (broker, _) = broker_with(Some(folder.path()), &[]);
        assert_eq!(broker.state(ORIGIN, GEO), PermissionState::Granted);
        assert_eq!(broker.state(ORIGIN, PermissionName::Camera), PermissionState::Denied);
        assert_eq!(broker.state(ORIGIN, PermissionName::Push), PermissionState::Prompt);
        assert_eq!(broker.state("https://example.org", GEO), PermissionState::Prompt);
        let log = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
        let entries: Vec<AuditEntry> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(entries[0].event, AuditEvent::Prompted);
        assert_eq!(entries[1].event, AuditEvent::AllowedAlways);
        assert_eq!(entries.len(), 5);
    }

    #[test]
    fn a_broken_store_is_told_and_asks_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("permissions.sqlite"), [7; 4096]).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let trouble: Trouble = {
            let told = Arc::clone(&told);
            Arc::new(move |message| lock(&told).push(message.to_owned()))
        };
        let profile = Profile::new(Some(folder.path().to_owned()));
        let broker = Broker::new(&profile, BTreeMap::new(), None, trouble);
        assert_eq!(broker.state(ORIGIN, GEO), PermissionState::Prompt);
        assert!(lock(&told)[0].contains("stored permissions could not be read"), "{told:?}");
    }
}
