//! The fetch algorithm: <https://fetch.spec.whatwg.org/#fetching>

use std::sync::Arc;

use url::{Origin, Url};
use virga_protocol::{
    Bytes, EmbedderPolicy, FetchFailure, FetchRequest, HttpHead, RedirectMode, ReferrerPolicy,
    Reply, RequestCredentials, RequestMode, ResponseTainting,
};

use super::{
    Shared,
    cookies::{Site, site_of},
    corp, cors, failure,
    http::{Answer, Exchange},
    local, policy,
    preflight::PreflightKey,
};
use crate::{identity::Identity, responder::Responder};

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 20;

/// Carries a fetch out; the responder gets what comes of it.
pub(super) async fn run(
    shared: &Shared,
    app: &Identity,
    request: FetchRequest,
    responder: Responder,
) {
    let responder = Arc::new(responder);
    let interest = responder.interest();
    let fetch = async {
        if let Err(failure) = main_fetch(shared, app, request, &responder).await {
            responder.send(Reply::Failed(failure));
        }
    };
    // A cancelled fetch must not wait for its server.
    tokio::select! {
        () = fetch => {}
        () = interest.cancelled() => {}
    }
}

/// A request on its way through redirects.
struct Fetch<'a> {
    shared: &'a Shared,
    app: &'a Identity,
    request: FetchRequest,
    /// The first address, for errors.
    first: Url,
    /// The current address.
    url: Url,
    requester: Origin,
    tainting: ResponseTainting,
    redirects: usize,
    /// Went through another origin on the way: the origin it names is `null`.
    /// <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    origin_tainted: bool,
}

/// <https://fetch.spec.whatwg.org/#concept-main-fetch>
async fn main_fetch(
    shared: &Shared,
    app: &Identity,
    request: FetchRequest,
    responder: &Arc<Responder>,
) -> Result<(), FetchFailure> {
    let url =
        Url::parse(&request.url).map_err(|_| FetchFailure::InvalidUrl(request.url.clone()))?;
    let requester = match Url::parse(&request.origin) {
        Ok(origin) => origin.origin(),
        Err(_) => Origin::new_opaque(),
    };
    let mut fetch = Fetch {
        shared,
        app,
        first: url.clone(),
        url,
        requester,
        tainting: ResponseTainting::Basic,
        redirects: 0,
        origin_tainted: false,
        request,
    };
    policy::check(&fetch.url, &fetch.requester, fetch.request.mode)?;
    match fetch.url.scheme() {
        "http" | "https" => {}
        "data" => return local::data(&fetch.url, responder),
        "about" => return local::about(&fetch.url, responder),
        "file" => {
            return local::file(app, &fetch.request, &fetch.requester, &fetch.url, responder).await;
        }
        scheme => return Err(FetchFailure::UnsupportedScheme(scheme.to_owned())),
    }
    loop {
        policy::check(&fetch.url, &fetch.requester, fetch.request.mode)?;
        fetch.taint()?;
        let answer = fetch.http_fetch().await?;
        if !is_redirect(answer.status) {
            return fetch.respond(answer, responder).await;
        }
        match fetch.request.redirect {
            RedirectMode::Error => return Err(FetchFailure::Redirected(fetch.url.to_string())),
            RedirectMode::Manual => {
                fetch.tainting = ResponseTainting::OpaqueRedirect;
                return fetch.respond(answer, responder).await;
            }
            RedirectMode::Follow => match fetch.location(&answer) {
                // One that leads nowhere is a response like others.
                None => return fetch.respond(answer, responder).await,
                Some(location) => {
                    fetch.follow(location?, answer.status)?;
                    fetch.take_policy(&answer);
                }
            },
        }
    }
}

/// <https://fetch.spec.whatwg.org/#redirect-status>
const fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

impl Fetch<'_> {
    fn is_same_origin(&self) -> bool {
        self.url.origin() == self.requester
    }

    /// Main fetch, step 12: how the response will be tainted.
    fn taint(&mut self) -> Result<(), FetchFailure> {
        let same_origin = self.is_same_origin() && self.tainting == ResponseTainting::Basic;
        self.tainting = match self.request.mode {
            _ if same_origin => ResponseTainting::Basic,
            RequestMode::Navigate => ResponseTainting::Basic,
            RequestMode::SameOrigin => {
                let reason = "the request is for its own origin only".to_owned();
                return Err(FetchFailure::Cors(self.url.to_string(), reason));
            }
            RequestMode::NoCors => ResponseTainting::Opaque,
            RequestMode::Cors => ResponseTainting::Cors,
        };
        Ok(())
    }

    /// <https://fetch.spec.whatwg.org/#concept-http-fetch>
    async fn http_fetch(&self) -> Result<Answer, FetchFailure> {
        if self.tainting == ResponseTainting::Cors {
            let unsafe_headers = cors::unsafe_header_names(&self.request.headers);
            let is_simple = cors::is_safe_method(&self.request.method) && unsafe_headers.is_empty();
            if self.request.preflight || !is_simple {
                let key = PreflightKey {
                    origin: self.origin(),
                    url: self.url.to_string(),
                    credentials: self.request.credentials == RequestCredentials::Include,
                };
                let cache = &self.shared.preflights;
                if self.request.preflight
                    || !cache.allows(&key, &self.request.method, &unsafe_headers)
                {
                    self.preflight(key, &unsafe_headers).await?;
                }
            }
        }
        let answer = self.network_fetch().await?;
        if self.tainting == ResponseTainting::Cors {
            cors::check(&answer.headers, &self.origin(), self.request.credentials)
                .map_err(|reason| self.forbidden(reason))?;
        }
        if self.tainting == ResponseTainting::Opaque {
            let (embedder, credentials) = (self.request.embedder, self.sends_credentials());
            corp::check(&answer.headers, &self.requester, &self.url, embedder, credentials)
                .map_err(|reason| self.forbidden(reason))?;
        }
        Ok(answer)
    }

    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
    async fn preflight(
        &self,
        key: PreflightKey,
        unsafe_headers: &[String],
    ) -> Result<(), FetchFailure> {
        let mut headers = vec![
            ("accept".to_owned(), "*/*".to_owned()),
            ("access-control-request-method".to_owned(), self.request.method.clone()),
            ("origin".to_owned(), self.origin()),
            ("user-agent".to_owned(), self.app.user_agent.clone()),
        ];
        if !unsafe_headers.is_empty() {
            headers.push(("access-control-request-headers".to_owned(), unsafe_headers.join(",")));
        }
        headers.extend(self.referer());
        let exchange = Exchange { method: "OPTIONS", url: &self.url, headers, body: None };
        let answer = self.shared.clients.exchange(exchange).await?;
        cors::check(&answer.headers, &self.origin(), self.request.credentials)
            .and_then(|()| match answer.status {
                200..=299 => Ok(()),
                status => Err(format!("the preflight was answered with status {status}")),
            })
            .and_then(|()| {
                cors::check_preflight(
                    &answer.headers,
                    &self.request.method,
                    unsafe_headers,
                    self.request.credentials,
                )
            })
            .map_err(|reason| self.forbidden(reason))?;
        self.shared.preflights.keep(key, &answer.headers);
        Ok(())
    }

    /// <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    async fn network_fetch(&self) -> Result<Answer, FetchFailure> {
        let request = &self.request;
        let mut headers = request.headers.clone();
        let with_origin = self.tainting == ResponseTainting::Cors
            || !matches!(request.method.as_str(), "GET" | "HEAD");
        if with_origin {
            headers.push(("origin".to_owned(), self.origin()));
        }
        headers.extend(self.referer());
        let mut default = |name: &str, value: &str| {
            if !headers.iter().any(|(of, _)| of == name) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        default("accept", "*/*");
        default("accept-language", &self.app.accept_language);
        default("user-agent", &self.app.user_agent);
        let site = self.site();
        if self.sends_credentials() {
            let cookies = self.shared.cookies.header(&self.url, site);
            headers.extend(cookies.map(|value| ("cookie".to_owned(), value)));
        }
        let exchange = Exchange {
            method: &request.method,
            url: &self.url,
            headers,
            body: request.body.as_ref(),
        };
        let answer = self.shared.clients.exchange(exchange).await?;
        if self.sends_credentials() {
            let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
            self.shared.cookies.store(&self.url, site, set.map(|(_, value)| value.as_str()));
        }
        Ok(answer)
    }

    fn sends_credentials(&self) -> bool {
        match self.request.credentials {
            // <https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials>
            RequestCredentials::Include => {
                self.tainting != ResponseTainting::Opaque
                    || self.request.embedder != EmbedderPolicy::Credentialless
            }
            RequestCredentials::SameOrigin => self.tainting == ResponseTainting::Basic,
            RequestCredentials::Omit => false,
        }
    }

    fn site(&self) -> Site {
        site_of(&self.requester, &self.url, self.request.mode == RequestMode::Navigate)
    }

    /// <https://fetch.spec.whatwg.org/#serializing-a-request-origin>
    fn origin(&self) -> String {
        if self.origin_tainted { "null".to_owned() } else { self.request.origin.clone() }
    }

    /// The `Referer` header for the current address.
    ///
    /// <https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer>
    fn referer(&self) -> Option<(String, String)> {
        let referrer = Url::parse(self.request.referrer.as_deref()?).ok()?;
        let value = referrer_for(referrer, &self.url, self.request.referrer_policy)?;
        Some(("referer".to_owned(), value))
    }

    fn forbidden(&self, reason: String) -> FetchFailure {
        FetchFailure::Cors(self.url.to_string(), reason)
    }

    /// Where a redirect leads to, if it says so.
    fn location(&self, answer: &Answer) -> Option<Result<Url, FetchFailure>> {
        let location = cors::get(&answer.headers, "location")?;
        let Ok(mut url) = self.url.join(&location) else {
            return Some(Err(FetchFailure::InvalidUrl(location)));
        };
        if url.fragment().is_none() {
            url.set_fragment(self.url.fragment());
        }
        Some(Ok(url))
    }

    /// <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
    fn follow(&mut self, location: Url, status: u16) -> Result<(), FetchFailure> {
        if !matches!(location.scheme(), "http" | "https") {
            return Err(FetchFailure::UnsupportedScheme(location.scheme().to_owned()));
        }
        if self.redirects == MOST_REDIRECTS {
            return Err(FetchFailure::TooManyRedirects(self.first.to_string()));
        }
        self.redirects += 1;
        let has_credentials = !location.username().is_empty() || location.password().is_some();
        let to_other_origin = location.origin() != self.requester;
        if has_credentials
            && (self.tainting == ResponseTainting::Cors
                || (self.request.mode == RequestMode::Cors && to_other_origin))
        {
            let reason = "it redirects to an address with a user name".to_owned();
            return Err(self.forbidden(reason));
        }
        let changes_origin = location.origin() != self.url.origin();
        if changes_origin && !self.is_same_origin() {
            self.origin_tainted = true;
        }
        let method = self.request.method.as_str();
        let becomes_get = (matches!(status, 301 | 302) && method == "POST")
            || (status == 303 && !matches!(method, "GET" | "HEAD"));
        if becomes_get {
            self.request.method = "GET".to_owned();
            self.request.body = None;
            self.request.headers.retain(|(name, _)| {
                !matches!(
                    name.as_str(),
                    "content-encoding"
                        | "content-language"
                        | "content-location"
                        | "content-type"
                        | "content-length"
                )
            });
        }
        if changes_origin {
            self.request.headers.retain(|(name, _)| name != "authorization");
        }
        self.url = location;
        Ok(())
    }

    /// <https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect>
    fn take_policy(&mut self, answer: &Answer) {
        let policy = cors::get(&answer.headers, "referrer-policy")
            .and_then(|value| ReferrerPolicy::from_header(&value));
        if let Some(policy) = policy {
            self.request.referrer_policy = policy;
        }
    }

    /// Hands the response to the app.
    async fn respond(&self, answer: Answer, responder: &Responder) -> Result<(), FetchFailure> {
        let Answer { status, status_text, mut headers, mut response } = answer;
        headers.retain(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2"));
        if self.tainting == ResponseTainting::Cors {
            headers = cors::exposed(headers, self.request.credentials);
        }
        let head = HttpHead {
            url: self.url.to_string(),
            status,
            status_text,
            headers,
            redirected: self.redirects > 0,
            tainting: self.tainting,
        };
        if !responder.send(Reply::Head(head)) {
            return Ok(());
        }
        if self.tainting != ResponseTainting::OpaqueRedirect {
            while let Some(piece) =
                response.chunk().await.map_err(|error| failure::of_body(&error, &self.url))?
            {
                if piece.is_empty() {
                    continue;
                }
                let interest = responder.interest();
                interest.sending(piece.len());
                if !responder.send(Reply::Data(Bytes::from(&piece[..]))) {
                    return Ok(());
                }
                // What nobody reads is not fetched.
                interest.room(self.request.window).await;
            }
        }
        responder.send(Reply::End);
        Ok(())
    }
}

/// What of a referrer goes along to an address; `None` if nothing does.
fn referrer_for(mut referrer: Url, target: &Url, policy: ReferrerPolicy) -> Option<String> {
    if !matches!(referrer.scheme(), "http" | "https") {
        return None;
    }
    referrer.set_fragment(None);
    // These fail only for addresses without a host, which these two schemes do not
    // have.
    let _ = referrer.set_username("");
    let _ = referrer.set_password(None);
    let is_same = referrer.origin() == target.origin();
    let is_downgrade = referrer.scheme() == "https" && target.scheme() == "http";
    let whole = referrer.to_string();
    referrer.set_path("/");
    referrer.set_query(None);
    let origin = referrer.to_string();
    /// Longer ones are cut down to the origin.
    const LONGEST: usize = 4096;
    let whole = if whole.len() > LONGEST { origin.clone() } else { whole };
    match policy {
        ReferrerPolicy::NoReferrer => None,
        ReferrerPolicy::NoReferrerWhenDowngrade => (!is_downgrade).then_some(whole),
        ReferrerPolicy::SameOrigin => is_same.then_some(whole),
        ReferrerPolicy::Origin => Some(origin),
        ReferrerPolicy::StrictOrigin => (!is_downgrade).then_some(origin),
        ReferrerPolicy::OriginWhenCrossOrigin => Some(if is_same { whole } else { origin }),
        ReferrerPolicy::StrictOriginWhenCrossOrigin if is_same => Some(whole),
        ReferrerPolicy::StrictOriginWhenCrossOrigin => (!is_downgrade).then_some(origin),
        ReferrerPolicy::UnsafeUrl => Some(whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referrers_by_policy() {
        let check = |policy, target: &str, expected: Option<&str>| {
            let referrer = Url::parse("https://user:pass@a.com/page?q#f").unwrap();
            let got = referrer_for(referrer, &Url::parse(target).unwrap(), policy);
            assert_eq!(got.as_deref(), expected, "{policy:?} {target}");
        };
        let whole = Some("https://a.com/page?q");
        let origin = Some("https://a.com/");
        let targets = ["https://a.com/x", "https://b.com/x", "http://b.com/x"];
        for (policy, expected) in [
            (ReferrerPolicy::NoReferrer, [None, None, None]),
            (ReferrerPolicy::NoReferrerWhenDowngrade, [whole, whole, None]),
            (ReferrerPolicy::SameOrigin, [whole, None, None]),
            (ReferrerPolicy::Origin, [origin, origin, origin]),
            (ReferrerPolicy::StrictOrigin, [origin, origin, None]),
            (ReferrerPolicy::OriginWhenCrossOrigin, [whole, origin, origin]),
            (ReferrerPolicy::StrictOriginWhenCrossOrigin, [whole, origin, None]),
            (ReferrerPolicy::UnsafeUrl, [whole, whole, whole]),
        ] {
            for (target, expected) in targets.iter().zip(expected) {
                check(policy, target, expected);
            }
        }
    }
}
