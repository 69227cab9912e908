use serde::{Deserialize, Serialize};

use crate::Bytes;

/// A request of the Fetch Standard, as far as the network has to know it.
///
/// <https://fetch.spec.whatwg.org/#concept-request>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FetchRequest {
    /// Absolute URL: `http`, `https`, `file`, `data` or `about`.
    pub url: String,
    /// Method, already normalized.
    pub method: String,
    /// Header names (lower case) and values in order.
    pub headers: Vec<(String, String)>,
    /// Request body.
    pub body: Option<Bytes>,
    /// Serialized origin of the requester, or `null`.
    pub origin: String,
    /// CORS mode.
    pub mode: RequestMode,
    /// Whether cookies go along.
    pub credentials: RequestCredentials,
    /// What to do at a redirect.
    pub redirect: RedirectMode,
    /// The address the `Referer` header is made of, if one is sent.
    pub referrer: Option<String>,
    /// How much of the referrer is sent.
    #[serde(default)]
    pub referrer_policy: ReferrerPolicy,
    /// What caches may do.
    #[serde(default)]
    pub cache: RequestCache,
    /// Whether another origin is asked before anything is sent, simple request
    /// or not.
    #[serde(default)]
    pub preflight: bool,
    /// How many bytes of the body the app takes before it says that it read them
    /// ([`FromApp::Consumed`](crate::FromApp::Consumed)); without limit if `None`.
    #[serde(default)]
    pub window: Option<u64>,
    /// Whether it goes on after its window is gone.
    #[serde(default)]
    pub keepalive: bool,
    /// Whether the requester takes only what lets others have it.
    #[serde(default)]
    pub embedder: EmbedderPolicy,
}

/// <https://html.spec.whatwg.org/#embedder-policy-value>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmbedderPolicy {
    /// Everything.
    #[default]
    UnsafeNone,
    /// What says so, and what is asked for without cookies.
    Credentialless,
    /// What says so (`Cross-Origin-Resource-Policy`).
    RequireCorp,
}

impl EmbedderPolicy {
    /// What a `Cross-Origin-Embedder-Policy` header asks for.
    #[must_use]
    pub fn from_header(value: &str) -> Self {
        // A structured header's item: what follows are its parameters.
        match value.split(';').next().unwrap_or_default().trim() {
            "require-corp" => Self::RequireCorp,
            "credentialless" => Self::Credentialless,
            _ => Self::UnsafeNone,
        }
    }

    /// Whether documents that have it can be isolated from other origins.
    #[must_use]
    pub fn isolates(self) -> bool {
        self != Self::UnsafeNone
    }
}

/// <https://w3c.github.io/webappsec-referrer-policy/#referrer-policies>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferrerPolicy {
    /// Nothing.
    NoReferrer,
    /// All of it, but nothing from `https` to `http`.
    NoReferrerWhenDowngrade,
    /// All of it, to the same origin only.
    SameOrigin,
    /// The origin.
    Origin,
    /// The origin, but nothing from `https` to `http`.
    StrictOrigin,
    /// All of it to the same origin, else the origin.
    OriginWhenCrossOrigin,
    /// All of it to the same origin, else the origin, but nothing from `https` to
    /// `http`.
    #[default]
    StrictOriginWhenCrossOrigin,
    /// All of it.
    UnsafeUrl,
}

impl ReferrerPolicy {
    /// The policy of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "no-referrer" => Self::NoReferrer,
            "no-referrer-when-downgrade" => Self::NoReferrerWhenDowngrade,
            "same-origin" => Self::SameOrigin,
            "origin" => Self::Origin,
            "strict-origin" => Self::StrictOrigin,
            "origin-when-cross-origin" => Self::OriginWhenCrossOrigin,
            "strict-origin-when-cross-origin" => Self::StrictOriginWhenCrossOrigin,
            "unsafe-url" => Self::UnsafeUrl,
            _ => return None,
        })
    }

    /// The policy of a `Referrer-Policy` header: its last known name.
    ///
    /// <https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header>
    #[must_use]
    pub fn from_header(value: &str) -> Option<Self> {
        value
            .split(',')
            .filter_map(|name| Self::from_name(name.trim().to_ascii_lowercase().as_str()))
            .next_back()
    }
}

/// <https://fetch.spec.whatwg.org/#concept-request-cache-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestCache {
    /// As the response's headers say.
    #[default]
    Default,
    /// Past all caches.
    NoStore,
    /// From the server, for the cache.
    Reload,
    /// From the cache, once the server agrees.
    NoCache,
    /// From the cache, however old.
    ForceCache,
    /// From the cache or not at all.
    OnlyIfCached,
}

/// <https://fetch.spec.whatwg.org/#concept-request-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestMode {
    /// Only to the requester's origin.
    SameOrigin,
    /// The CORS protocol.
    Cors,
    /// Opaque responses: images, classic scripts and style sheets.
    #[default]
    NoCors,
    /// A document.
    Navigate,
}

/// <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestCredentials {
    /// Never.
    Omit,
    /// To the requester's own origin.
    #[default]
    SameOrigin,
    /// Always.
    Include,
}

/// <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectMode {
    /// Follow, at most 20 times.
    #[default]
    Follow,
    /// Fail.
    Error,
    /// Hand the redirect back.
    Manual,
}

/// Status and headers of a response, before its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpHead {
    /// The URL that answered, after redirects, with the request's fragment.
    pub url: String,
    /// Status code; 200 for schemes that have none.
    pub status: u16,
    /// Reason phrase, possibly empty.
    pub status_text: String,
    /// Header names (lower case) and values in order.
    pub headers: Vec<(String, String)>,
    /// Whether a redirect was followed.
    pub redirected: bool,
    /// How much of the response the requester may see. The headers of a
    /// [`ResponseTainting::Cors`] response are filtered already; those of an
    /// opaque one are complete, for the loader, and never reach script.
    pub tainting: ResponseTainting,
}

/// <https://fetch.spec.whatwg.org/#concept-request-response-tainting>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseTainting {
    /// The requester's own origin, or a scheme without one.
    #[default]
    Basic,
    /// Another origin that agreed.
    Cors,
    /// Another origin that was not asked: script sees nothing of it.
    Opaque,
    /// A redirect that was not followed, in `manual` mode.
    OpaqueRedirect,
}

/// Why a fetch brought no response, or broke off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FetchFailure {
    /// The URL cannot be parsed.
    #[error("the address {0:?} is not valid")]
    InvalidUrl(String),
    /// No handler for the scheme.
    #[error("the scheme {0:?} is not supported")]
    UnsupportedScheme(String),
    /// The host name has no address.
    #[error("the host {0} was not found")]
    HostNotFound(String),
    /// Nobody listens, or the connection broke.
    #[error("cannot connect to {0}: {1}")]
    Connection(String, String),
    /// TLS failed.
    #[error("no secure connection to {0}: {1}")]
    Tls(String, String),
    /// More than 20 redirects.
    #[error("{0} redirects without end")]
    TooManyRedirects(String),
    /// A redirect in `error` mode.
    #[error("{0} redirects, which this request forbids")]
    Redirected(String),
    /// A rule forbids it: mixed content, a blocked port, a file outside the
    /// app's folder.
    #[error("{0} was not fetched: {1}")]
    Blocked(String, String),
    /// CORS said no.
    #[error("{0} does not allow this origin: {1}")]
    Cors(String, String),
    /// A file could not be read.
    #[error("cannot read {0}: {1}")]
    File(String, String),
    /// The response broke off or could not be decoded.
    #[error("the response of {0} is broken: {1}")]
    Body(String, String),
    /// Took too long.
    #[error("{0} did not answer in time")]
    Timeout(String),
    /// The host dropped the request without an answer, or has no network.
    #[error("the request was dropped: {0}")]
    Dropped(String),
    /// The document that asked stopped loading.
    #[error("{0} was given up: its document stopped loading")]
    Stopped(String),
}
