//! <https://fetch.spec.whatwg.org/#request-class>

use url::Url;
use virga_js::webidl::ByteString;
use virga_js::{Cx, DomString, Error, Fallible, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{self as protocol, FetchFailure};

use super::{
    body::{Body, ToSend, extract},
    headers::{Guard, Headers, is_token},
};
use crate::{
    agent::EngineCx,
    events::AbortSignal,
    file::ObjectUrl,
    generated::{
        AbortSignalMethods, ReferrerPolicy, RequestCache, RequestCredentials, RequestDestination,
        RequestDuplex, RequestInit, RequestMethods, RequestMode, RequestOrUSVString,
        RequestRedirect,
    },
};

/// Bytes of a response that wait for a reader before the network pauses.
const WINDOW: u64 = 1024 * 1024;

/// What is to be fetched.
#[derive(Trace, Platform)]
pub(crate) struct Request {
    #[trace(skip)]
    settings: Settings,
    headers: Obj<Headers>,
    signal: Obj<AbortSignal>,
    pub(super) body: Body,
}

/// What of a request is copied from one to another.
#[derive(Clone)]
struct Settings {
    method: String,
    url: Url,
    /// What a blob URL stood for when it was parsed.
    object_url: Option<ObjectUrl>,
    referrer: Referrer,
    referrer_policy: ReferrerPolicy,
    mode: RequestMode,
    credentials: RequestCredentials,
    cache: RequestCache,
    redirect: RequestRedirect,
    integrity: String,
    keepalive: bool,
}

/// <https://fetch.spec.whatwg.org/#concept-request-referrer>
#[derive(Clone, Debug)]
enum Referrer {
    None,
    Client,
    Url(Url),
}

impl Request {
    pub(super) fn signal_object(&self) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    pub(super) fn list(&self) -> &Headers {
        &self.headers
    }

    pub(super) fn address(&self) -> String {
        self.settings.url.to_string()
    }

    pub(super) fn integrity_metadata(&self) -> &str {
        &self.settings.integrity
    }

    pub(super) fn object_url(&self) -> Option<ObjectUrl> {
        self.settings.object_url.clone()
    }

    pub(super) fn body_to_send(&self) -> ToSend {
        self.body.to_send()
    }

    pub(super) fn cancel_body(&self, cx: &mut Cx, reason: Value) -> Fallible<()> {
        self.body.cancel(cx, reason)
    }

    /// What forbids the fetch before anything is asked.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-main-fetch>
    pub(super) fn refusal(&self) -> Option<FetchFailure> {
        let Settings { url, mode, cache, .. } = &self.settings;
        let refuse = |reason: &str| Some(FetchFailure::Blocked(url.to_string(), reason.to_owned()));
        if url.scheme() == "about" {
            return refuse("a page of that scheme can only be gone to");
        }
        if *cache == RequestCache::OnlyIfCached && *mode == RequestMode::SameOrigin {
            return refuse("there is no cache that could have it");
        }
        None
    }

    /// The request as the host gets it, without its body.
    pub(super) fn to_send(&self, cx: &Cx) -> protocol::FetchRequest {
        let scope = cx.scope();
        let settings = &self.settings;
        let mut headers = self.headers.to_send();
        let mut add = |name: &str, value: &str| {
            if !headers.iter().any(|(of, _)| of == name) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        match settings.cache {
            RequestCache::NoCache => add("cache-control", "max-age=0"),
            RequestCache::NoStore | RequestCache::Reload => {
                add("pragma", "no-cache");
                add("cache-control", "no-cache");
            }
            _ => {}
        }
        protocol::FetchRequest {
            url: settings.url.to_string(),
            method: settings.method.clone(),
            headers,
            body: None,
            origin: scope.origin(),
            embedder: scope.embedder_policy(),
            mode: match settings.mode {
                RequestMode::Navigate => protocol::RequestMode::Navigate,
                RequestMode::SameOrigin => protocol::RequestMode::SameOrigin,
                RequestMode::NoCors => protocol::RequestMode::NoCors,
                RequestMode::Cors => protocol::RequestMode::Cors,
            },
            credentials: match settings.credentials {
                RequestCredentials::Omit => protocol::RequestCredentials::Omit,
                RequestCredentials::SameOrigin => protocol::RequestCredentials::SameOrigin,
                RequestCredentials::Include => protocol::RequestCredentials::Include,
            },
            redirect: match settings.redirect {
                RequestRedirect::Follow => protocol::RedirectMode::Follow,
                RequestRedirect::Error => protocol::RedirectMode::Error,
                RequestRedirect::Manual => protocol::RedirectMode::Manual,
            },
            referrer: match &settings.referrer {
                Referrer::None => None,
                Referrer::Client => Some(scope.url().to_string()),
                Referrer::Url(url) => Some(url.to_string()),
            },
            referrer_policy: policy(settings.referrer_policy)
                .unwrap_or_else(|| scope.referrer_policy()),
            cache: match settings.cache {
                RequestCache::Default => protocol::RequestCache::Default,
                RequestCache::NoStore => protocol::RequestCache::NoStore,
                RequestCache::Reload => protocol::RequestCache::Reload,
                RequestCache::NoCache => protocol::RequestCache::NoCache,
                RequestCache::ForceCache => protocol::RequestCache::ForceCache,
                RequestCache::OnlyIfCached => protocol::RequestCache::OnlyIfCached,
            },
            preflight: self.body.has_null_source(),
            // What is checked as a whole is not read piece by piece.
            window: settings.integrity.is_empty().then_some(WINDOW),
            keepalive: settings.keepalive,
        }
    }
}

/// The host's name of a policy; `None` for the empty one.
fn policy(policy: ReferrerPolicy) -> Option<protocol::ReferrerPolicy> {
    use protocol::ReferrerPolicy as To;
    Some(match policy {
        ReferrerPolicy::Empty => return None,
        ReferrerPolicy::NoReferrer => To::NoReferrer,
        ReferrerPolicy::NoReferrerWhenDowngrade => To::NoReferrerWhenDowngrade,
        ReferrerPolicy::SameOrigin => To::SameOrigin,
        ReferrerPolicy::Origin => To::Origin,
        ReferrerPolicy::StrictOrigin => To::StrictOrigin,
        ReferrerPolicy::OriginWhenCrossOrigin => To::OriginWhenCrossOrigin,
        ReferrerPolicy::StrictOriginWhenCrossOrigin => To::StrictOriginWhenCrossOrigin,
        ReferrerPolicy::UnsafeUrl => To::UnsafeUrl,
    })
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub(super) fn is_forbidden_method(method: &[u8]) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden.as_bytes()))
}

/// Why a method cannot be used.
pub(crate) enum BadMethod {
    /// It is no token.
    Syntax(String),
    /// It is one of those that pages may not use.
    Forbidden(String),
}

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>, after the checks of
/// the constructor's step 25.
pub(crate) fn normalized_method(bytes: &[u8]) -> Result<String, BadMethod> {
    let text: String = bytes.iter().copied().map(char::from).collect();
    if !is_token(bytes) {
        return Err(BadMethod::Syntax(text));
    }
    if is_forbidden_method(bytes) {
        return Err(BadMethod::Forbidden(text));
    }
    let upper = text.to_ascii_uppercase();
    let is_normalized =
        matches!(upper.as_str(), "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT");
    Ok(if is_normalized { upper } else { text })
}

/// The URL of a string input, relative to the document.
fn parse_url(cx: &Cx, text: &str) -> Fallible<Url> {
    let url = cx.base_url().join(text).map_err(|error| {
        Error::type_error(format!("Request: {text:?} is not a valid URL: {error}"))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let message = format!("Request: {text:?} has a user name or password in it");
        return Err(Error::type_error(message));
    }
    Ok(url)
}

/// Step 14 of the constructor.
fn parse_referrer(cx: &Cx, text: &str) -> Fallible<Referrer> {
    if text.is_empty() {
        return Ok(Referrer::None);
    }
    let url = cx.base_url().join(text).map_err(|error| {
        Error::type_error(format!("Request: the referrer {text:?} is not a valid URL: {error}"))
    })?;
    let is_client = url.scheme() == "about" && url.path() == "client";
    if is_client || url.origin() != cx.scope().url().origin() {
        return Ok(Referrer::Client);
    }
    Ok(Referrer::Url(url))
}

impl RequestMethods for Obj<Request> {
    /// <https://fetch.spec.whatwg.org/#dom-request>
    fn constructor(
        cx: &mut Cx,
        input: RequestOrUSVString,
        init: RequestInit,
    ) -> Fallible<Obj<Request>> {
        // 5, 6.
        let (mut settings, input) = match input {
            RequestOrUSVString::USVString(text) => {
                let url = parse_url(cx, &text)?;
                let object_url = cx.engine().object_urls.get(url.as_str());
                let settings = Settings {
                    method: "GET".to_owned(),
                    url,
                    object_url,
                    referrer: Referrer::Client,
                    referrer_policy: ReferrerPolicy::Empty,
                    mode: RequestMode::Cors,
                    credentials: RequestCredentials::SameOrigin,
                    cache: RequestCache::Default,
                    redirect: RequestRedirect::Follow,
                    integrity: String::new(),
                    keepalive: false,
                };
                (settings, None)
            }
            RequestOrUSVString::Request(request) => (request.settings.clone(), Some(request)),
        };
        // 10., of which only null is allowed.
        if init.window.as_ref().is_some_and(|window| !window.is_null() && !window.is_undefined()) {
            return Err(Error::type_error("Request: the member \"window\" can only be null"));
        }
        // 13.
        let has_init = is_not_empty(&init);
        if has_init {
            if settings.mode == RequestMode::Navigate {
                settings.mode = RequestMode::SameOrigin;
            }
            settings.referrer = Referrer::Client;
            settings.referrer_policy = ReferrerPolicy::Empty;
        }
        // 14, 15.
        if let Some(referrer) = &init.referrer {
            settings.referrer = parse_referrer(cx, referrer)?;
        }
        settings.referrer_policy = init.referrer_policy.unwrap_or(settings.referrer_policy);
        // 16. - 18.
        if init.mode == Some(RequestMode::Navigate) {
            return Err(Error::type_error("Request: the mode \"navigate\" is not for script"));
        }
        settings.mode = init.mode.unwrap_or(settings.mode);
        // 19. - 24.
        settings.credentials = init.credentials.unwrap_or(settings.credentials);
        settings.cache = init.cache.unwrap_or(settings.cache);
        if settings.cache == RequestCache::OnlyIfCached && settings.mode != RequestMode::SameOrigin
        {
            return Err(Error::type_error(
                "Request: the cache mode \"only-if-cached\" needs the mode \"same-origin\"",
            ));
        }
        settings.redirect = init.redirect.unwrap_or(settings.redirect);
        if let Some(integrity) = &init.integrity {
            settings.integrity = integrity.to_str().into_owned();
        }
        settings.keepalive = init.keepalive.unwrap_or(settings.keepalive);
        // 25.
        if let Some(method) = &init.method {
            settings.method = normalized_method(&method.0).map_err(|error| match error {
                BadMethod::Syntax(text) => {
                    Error::type_error(format!("Request: {text:?} is not a method"))
                }
                BadMethod::Forbidden(text) => {
                    Error::type_error(format!("Request: the method {text} is forbidden"))
                }
            })?;
        }
        // 26. - 30.
        let signal = match init.signal {
            Some(signal) => signal,
            None => input.as_ref().map(|input| input.signal.clone()),
        };
        let signals = signal.into_iter().collect();
        let signal = <Obj<AbortSignal> as AbortSignalMethods>::any(cx, signals)?;
        // 31, 32.
        let guard = match settings.mode {
            RequestMode::NoCors => Guard::RequestNoCors,
            _ => Guard::Request,
        };
        let method = settings.method.as_str();
        if guard == Guard::RequestNoCors && !matches!(method, "GET" | "HEAD" | "POST") {
            let message = format!("Request: the method {method} is not for the mode \"no-cors\"");
            return Err(Error::type_error(message));
        }
        // 33.
        let headers = match (init.headers, &input) {
            (Some(init), _) => {
                let headers = Headers::new(guard);
                headers.fill(init)?;
                headers
            }
            (None, Some(input)) if has_init => {
                let headers = Headers::new(guard);
                headers.fill_with(&input.headers)?;
                headers
            }
            (None, Some(input)) => input.headers.copy(guard),
            (None, None) => Headers::new(guard),
        };
        // 34, 35.
        let given = init.body.flatten();
        let input_has_body = input.as_ref().is_some_and(|input| !input.body.is_null());
        if (given.is_some() || input_has_body) && matches!(method, "GET" | "HEAD") {
            return Err(Error::type_error(format!("Request: {method} cannot have a body")));
        }
        // 36. - 41.
        let body = match (given, &input) {
            (Some(body), _) => {
                let (body, content_type) = extract(cx, body, settings.keepalive)?;
                if let Some(content_type) = content_type
                    && !headers.contains("content-type")
                {
                    headers.push("content-type", &content_type);
                }
                if body.has_null_source() && init.duplex.is_none() {
                    return Err(Error::type_error(
                        "Request: a body that is a stream needs the member \"duplex\"",
                    ));
                }
                body
            }
            (None, Some(input)) => {
                if input_has_body && input.body.is_unusable() {
                    return Err(Error::type_error("Request: the body has been read already"));
                }
                input.body.take(cx)?
            }
            (None, None) => Body::default(),
        };
        if body.has_null_source()
            && !matches!(settings.mode, RequestMode::SameOrigin | RequestMode::Cors)
        {
            return Err(Error::type_error("Request: a stream cannot be sent in this mode"));
        }
        let headers = Obj::new(cx, headers);
        Ok(Obj::new(cx, Request { settings, headers, signal, body }))
    }

    fn method(&self, _: &mut Cx) -> ByteString {
        ByteString(self.settings.method.clone().into_bytes())
    }

    fn url(&self, _: &mut Cx) -> String {
        self.settings.url.to_string()
    }

    fn headers(&self, _: &mut Cx) -> Obj<Headers> {
        self.headers.clone()
    }

    fn destination(&self, _: &mut Cx) -> RequestDestination {
        RequestDestination::Empty
    }

    fn referrer(&self, _: &mut Cx) -> String {
        match &self.settings.referrer {
            Referrer::None => String::new(),
            Referrer::Client => "about:client".to_owned(),
            Referrer::Url(url) => url.to_string(),
        }
    }

    fn referrer_policy(&self, _: &mut Cx) -> ReferrerPolicy {
        self.settings.referrer_policy
    }

    fn mode(&self, _: &mut Cx) -> RequestMode {
        self.settings.mode
    }

    fn credentials(&self, _: &mut Cx) -> RequestCredentials {
        self.settings.credentials
    }

    fn cache(&self, _: &mut Cx) -> RequestCache {
        self.settings.cache
    }

    fn redirect(&self, _: &mut Cx) -> RequestRedirect {
        self.settings.redirect
    }

    fn integrity(&self, _: &mut Cx) -> DomString {
        DomString::from(self.settings.integrity.as_str())
    }

    fn keepalive(&self, _: &mut Cx) -> bool {
        self.settings.keepalive
    }

    fn is_reload_navigation(&self, _: &mut Cx) -> bool {
        false
    }

    fn is_history_navigation(&self, _: &mut Cx) -> bool {
        false
    }

    fn signal(&self, _: &mut Cx) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    fn duplex(&self, _: &mut Cx) -> RequestDuplex {
        RequestDuplex::Half
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-clone>
    fn clone(&self, cx: &mut Cx) -> Fallible<Obj<Request>> {
        if self.body.is_unusable() {
            return Err(Error::type_error("Request.clone: the body has been read already"));
        }
        let headers = Obj::new(cx, self.headers.copy(self.headers.guard()));
        let signal = <Obj<AbortSignal> as AbortSignalMethods>::any(cx, vec![self.signal_object()])?;
        let body = self.body.copy(cx)?;
        Ok(Obj::new(cx, Request { settings: self.settings.clone(), headers, signal, body }))
    }
}

/// Whether any member is there.
fn is_not_empty(init: &RequestInit) -> bool {
    init.method.is_some()
        || init.headers.is_some()
        || init.body.is_some()
        || init.referrer.is_some()
        || init.referrer_policy.is_some()
        || init.mode.is_some()
        || init.credentials.is_some()
        || init.cache.is_some()
        || init.redirect.is_some()
        || init.integrity.is_some()
        || init.keepalive.is_some()
        || init.signal.is_some()
        || init.duplex.is_some()
        || init.priority.is_some()
        || init.window.is_some()
}
