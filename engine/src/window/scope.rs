use std::{
    any::TypeId,
    cell::{Cell, RefCell},
};

use url::{Host, Url};
use virga_js::{Cx, Interface, Obj, Object, Platform, Realm, Trace, Traced};
use virga_protocol::{EmbedderPolicy, Micros, ReferrerPolicy};

use super::{Origin, WindowId};
use crate::{
    agent::{Agent, EngineCx},
    events::EventTarget,
};

/// What windows and the globals of workers have in common: the settings of a
/// realm, as far as they do not ask for a document.
///
/// Code of interfaces that workers have too asks for this
/// ([`EngineCx::scope`]), never for the window.
///
/// <https://html.spec.whatwg.org/#environment-settings-object>
#[derive(Trace, Platform)]
pub(crate) struct GlobalScope {
    #[base]
    target: EventTarget,
    #[trace(skip)]
    id: WindowId,
    realm: Realm,
    #[trace(skip)]
    url: RefCell<Url>,
    #[trace(skip)]
    origin: Origin,
    singletons: Traced<Vec<(TypeId, Object)>>,
    /// Arrays that script gets the same of each time, by name.
    arrays: Traced<Vec<(&'static str, Object)>>,
    /// When the global was made, since the app's time origin.
    #[trace(skip)]
    time_origin: Micros,
    #[trace(skip)]
    timer_nesting: Cell<u32>,
    #[trace(skip)]
    error_reporting: Cell<bool>,
    #[trace(skip)]
    referrer_policy: Cell<ReferrerPolicy>,
    #[trace(skip)]
    secure: bool,
    #[trace(skip)]
    isolated: Cell<bool>,
    #[trace(skip)]
    embedder_policy: Cell<EmbedderPolicy>,
}

/// <https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy>
pub(crate) fn is_trustworthy(agent: &Agent, url: &Url) -> bool {
    let trusted = &agent.config.trusted_origins;
    if !trusted.is_empty() && trusted.contains(&url.origin().ascii_serialization()) {
        return true;
    }
    match url.scheme() {
        "https" | "wss" | "file" | "data" => true,
        "about" => matches!(url.path(), "blank" | "srcdoc"),
        "blob" => Url::parse(url.path()).is_ok_and(|inner| is_trustworthy(agent, &inner)),
        _ => match url.host() {
            // <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>, 4 and 5.
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
    }
}

/// Globals: what has a [`GlobalScope`] at its base.
pub(crate) trait Global: Platform {}

impl GlobalScope {
    /// A global whose origin is that of its address.
    pub(crate) fn new(agent: &Agent, realm: Realm, url: Url, secure: bool) -> Self {
        let origin = Origin::of_url(agent, &url);
        Self::with_origin(agent, realm, url, origin, secure)
    }

    pub(crate) fn with_origin(
        agent: &Agent,
        realm: Realm,
        url: Url,
        origin: Origin,
        secure: bool,
    ) -> Self {
        Self {
            target: EventTarget::new(),
            id: agent.next_window_id(),
            realm,
            url: RefCell::new(url),
            origin,
            singletons: Traced::new(Vec::new()),
            arrays: Traced::new(Vec::new()),
            time_origin: agent.task_time(),
            timer_nesting: Cell::new(0),
            error_reporting: Cell::new(false),
            referrer_policy: Cell::default(),
            secure,
            isolated: Cell::new(false),
            embedder_policy: Cell::default(),
        }
    }

    /// Names the global in its agent: tasks, timers and requests belong to one.
    pub(crate) fn id(&self) -> WindowId {
        self.id
    }

    pub(crate) fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The URL of the document or of the worker's script.
    pub(crate) fn url(&self) -> Url {
        self.url.borrow().clone()
    }

    /// Changes the URL without a navigation: fragments and history, and the
    /// redirects of a worker's script.
    pub(crate) fn set_url(&self, url: Url) {
        self.url.replace(url);
    }

    /// The serialized origin.
    pub(crate) fn origin(&self) -> String {
        self.origin.serialize()
    }

    /// The origin, to be compared with others.
    pub(crate) fn security_origin(&self) -> Origin {
        self.origin.clone()
    }

    /// <https://html.spec.whatwg.org/#secure-context>
    pub(crate) fn is_secure_context(&self) -> bool {
        self.secure
    }

    /// <https://html.spec.whatwg.org/#concept-settings-object-cross-origin-isolated-capability>
    pub(crate) fn is_cross_origin_isolated(&self) -> bool {
        self.isolated.get()
    }

    /// The document has no response of its own: what that of another said goes for it.
    ///
    /// <https://html.spec.whatwg.org/#clone-a-policy-container>
    pub(crate) fn inherit_policies(&self, from: &Self) {
        self.isolated.set(from.isolated.get());
        self.embedder_policy.set(from.embedder_policy.get());
        self.referrer_policy.set(from.referrer_policy.get());
    }

    /// The headers of the response isolated it from other origins.
    pub(crate) fn isolate(&self) {
        self.isolated.set(true);
    }

    /// What it takes of other origins.
    pub(crate) fn embedder_policy(&self) -> EmbedderPolicy {
        self.embedder_policy.get()
    }

    /// Sets [`Self::embedder_policy`]: a header says so.
    pub(crate) fn set_embedder_policy(&self, policy: EmbedderPolicy) {
        self.embedder_policy.set(policy);
    }

    /// How much requests say of where they come from.
    pub(crate) fn referrer_policy(&self) -> ReferrerPolicy {
        self.referrer_policy.get()
    }

    /// Sets [`Self::referrer_policy`]: a header or a `meta` element says so.
    pub(crate) fn set_referrer_policy(&self, policy: ReferrerPolicy) {
        self.referrer_policy.set(policy);
    }

    /// The time of the task, in milliseconds since the time origin of this global, for
    /// events and script.
    pub(crate) fn time_stamp(&self, cx: &Cx) -> f64 {
        self.relative_time(cx.engine().task_time())
    }

    /// Milliseconds since the time origin of this global, as exactly as script may
    /// know them: in parts of a millisecond that binary fractions tell apart exactly,
    /// so that no difference is less than one.
    ///
    /// <https://w3c.github.io/hr-time/#dfn-coarsen-time>: no finer than 5 µs for globals
    /// that are isolated from other origins, else than 100 µs.
    pub(crate) fn relative_time(&self, at: Micros) -> f64 {
        let parts = if self.isolated.get() { 128.0 } else { 8.0 };
        let millis = at.saturating_sub(self.time_origin).as_millis();
        (millis * parts).floor() / parts
    }

    /// The time origin of this global, since that of the app.
    pub(crate) fn time_origin(&self) -> Micros {
        self.time_origin
    }

    /// The only object of its kind in this global, made when first asked for.
    pub(crate) fn singleton<T: Interface>(
        &self,
        cx: &mut Cx,
        make: impl FnOnce(&mut Cx) -> T,
    ) -> Obj<T> {
        let kind = TypeId::of::<T>();
        let find = |singletons: &Vec<(TypeId, Object)>| {
            singletons.iter().find(|(id, _)| *id == kind).map(|(_, object)| object.clone())
        };
        let found = find(&self.singletons.borrow());
        if let Some(obj) = found.and_then(|object| Obj::from_object(cx, &object)) {
            return obj;
        }
        let data = make(cx);
        let obj = Obj::new(cx, data);
        self.singletons.borrow_mut().push((kind, obj.object().clone()));
        obj
    }

    /// The array of this name, made when first asked for.
    pub(crate) fn kept_array(
        &self,
        cx: &mut Cx,
        name: &'static str,
        make: impl FnOnce(&mut Cx) -> Object,
    ) -> Object {
        let found = {
            let arrays = self.arrays.borrow();
            arrays.iter().find(|(other, _)| *other == name).map(|(_, array)| array.clone())
        };
        found.unwrap_or_else(|| {
            let array = make(cx);
            self.arrays.borrow_mut().push((name, array.clone()));
            array
        })
    }

    /// An exception is about to be reported; `false` if that is going on already.
    pub(crate) fn enter_error_reporting(&self) -> bool {
        !self.error_reporting.replace(true)
    }

    pub(crate) fn leave_error_reporting(&self) {
        self.error_reporting.set(false);
    }

    /// How deep timers that set timers are nested in the current task.
    pub(crate) fn timer_nesting(&self) -> u32 {
        self.timer_nesting.get()
    }

    /// Sets the nesting level; the level before comes back.
    pub(crate) fn set_timer_nesting(&self, level: u32) -> u32 {
        self.timer_nesting.replace(level)
    }
}
