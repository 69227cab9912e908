//! One exchange with an HTTP server.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
};

use hyper::ext::ReasonPhrase;
use reqwest::{
    Client, ClientBuilder, Method, Request, Response, StatusCode, Upgraded,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderName, HeaderValue},
    redirect::Policy,
};
use rustls::crypto::{CryptoProvider, ring};
use url::Url;
use virga_protocol::{Bytes, FetchFailure};

use super::{NetworkOptions, failure};
use crate::identity::is_loopback;

/// The HTTP clients, made when they are first needed. Plain `http` has one of its
/// own, so that a page without TLS never loads the system's certificates.
pub(super) struct Clients {
    options: NetworkOptions,
    made: [OnceLock<Result<Client, String>>; 8],
}

/// What clients differ in.
#[derive(Clone, Copy)]
struct Kind {
    secure: bool,
    /// To this machine itself: past any proxy.
    local: bool,
    /// The connection will be used for something else than HTTP.
    upgrade: bool,
}

/// What goes to the server, beyond what the client itself adds.
pub(super) struct Exchange<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<&'a Bytes>,
}

/// Lower-case names and values in order; bytes beyond ASCII as Latin-1.
pub(super) type Headers = Vec<(String, String)>;

/// What came back, before its body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) status_text: String,
    pub(super) headers: Headers,
    pub(super) response: Response,
}

impl Clients {
    pub(super) const fn new(options: NetworkOptions) -> Self {
        Self { options, made: [const { OnceLock::new() }; 8] }
    }

    /// Sends a request and waits for the head of the response.
    ///
    /// A server may close a connection that it kept open just when it is used
    /// again. So a request that changes nothing is sent a second time if the
    /// connection went before anything came (RFC 9112, section 9.3.1).
    pub(super) async fn exchange(&self, exchange: Exchange<'_>) -> Result<Answer, FetchFailure> {
        let url = exchange.url;
        let client = self.client(url, false)?;
        let request = build(&exchange)?;
        let result = match client.execute(request).await {
            Err(error) if exchange.is_repeatable() && failure::is_lost_connection(&error) => {
                client.execute(build(&exchange)?).await
            }
            result => result,
        };
        result.map(Answer::new).map_err(|error| failure::of_request(&error, url))
    }

    /// Asks for a connection to be used for another protocol; `Ok` if the server
    /// agrees (101).
    pub(super) async fn upgrade(
        &self,
        exchange: Exchange<'_>,
    ) -> Result<(Headers, Upgraded), FetchFailure> {
        let url = exchange.url;
        let response = self.client(url, true)?.execute(build(&exchange)?).await;
        let response = response.map_err(|error| failure::of_request(&error, url))?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let reason = format!("the server answered with {}", response.status());
            return Err(FetchFailure::Blocked(url.to_string(), reason));
        }
        let headers = headers_of(&response);
        let upgraded = response.upgrade().await;
        let upgraded = upgraded.map_err(|error| failure::of_request(&error, url))?;
        Ok((headers, upgraded))
    }

    fn client(&self, url: &Url, upgrade: bool) -> Result<&Client, FetchFailure> {
        let secure = url.scheme() == "https";
        let kind = Kind { secure, local: is_loopback(url), upgrade };
        let place = usize::from(kind.secure)
            | usize::from(kind.local) << 1
            | usize::from(kind.upgrade) << 2;
        self.made[place]
            .get_or_init(|| self.make(kind))
            .as_ref()
            .map_err(|reason| FetchFailure::Dropped(reason.clone()))
    }

    fn make(&self, kind: Kind) -> Result<Client, String> {
        // Another library of the process may have installed one; that is as good.
        if CryptoProvider::get_default().is_none() {
            let _ = ring::default_provider().install_default();
        }
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .referer(false)
            // As other browsers write them, for servers that look.
            .http1_title_case_headers()
            .connect_timeout(self.options.connect_timeout)
            .read_timeout(self.options.idle_timeout)
            .tcp_nodelay(true);
        if kind.upgrade {
            builder = builder.http1_only();
        }
        if kind.local {
            builder = builder.no_proxy().dns_resolver(Loopback);
        }
        builder =
            if kind.secure { self.with_authorities(builder)? } else { builder.tls_certs_only([]) };
        builder.build().map_err(|error| format!("the HTTP client cannot be made: {error:?}"))
    }

    fn with_authorities(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, String> {
        for pem in &self.options.extra_authorities {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| format!("a certificate authority is not valid PEM: {error}"))?;
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(builder)
    }
}

/// Finds `localhost` and the names below it on this machine, whatever a name server
/// says (RFC 6761, section 6.3).
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        Box::pin(std::future::ready(Ok(Box::new(addresses.into_iter()) as Addrs)))
    }
}

impl Exchange<'_> {
    /// Whether sending it twice does the same as sending it once.
    fn is_repeatable(&self) -> bool {
        self.body.is_none() && matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }
}

fn build(exchange: &Exchange<'_>) -> Result<Request, FetchFailure> {
    let &Exchange { method, url, ref headers, body } = exchange;
    let invalid = |what: String| FetchFailure::Blocked(url.to_string(), what);
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| invalid(format!("the method {method:?} is not valid")))?;
    let mut request = Request::new(method, url.clone());
    for (name, value) in headers {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| invalid(format!("the header name {name:?} is not valid")))?;
        let bytes: Option<Vec<u8>> = value.chars().map(|unit| u8::try_from(unit).ok()).collect();
        let value = bytes
            .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
            .ok_or_else(|| invalid(format!("the value of the header {name} is not valid")))?;
        request.headers_mut().append(header, value);
    }
    if let Some(body) = body {
        *request.body_mut() = Some(body.to_vec().into());
    }
    Ok(request)
}

impl Answer {
    fn new(response: Response) -> Self {
        let status = response.status();
        let reason = response.extensions().get::<ReasonPhrase>();
        let status_text = match reason {
            Some(reason) => latin1(reason.as_bytes()),
            // HTTP/2 has none.
            None if response.version() >= reqwest::Version::HTTP_2 => String::new(),
            None => status.canonical_reason().unwrap_or_default().to_owned(),
        };
        let headers = headers_of(&response);
        Self { status: status.as_u16(), status_text, headers, response }
    }
}

fn headers_of(response: &Response) -> Headers {
    let each = response.headers().iter();
    each.map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes()))).collect()
}

/// <https://infra.spec.whatwg.org/#isomorphic-decode>
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Keeps clients sendable between the runtime's threads.
const _: fn() = || {
    fn is_shareable<T: Send + Sync>() {}
    is_shareable::<Arc<Clients>>();
};
