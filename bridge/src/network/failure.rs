//! What went wrong, in the protocol's terms.

use std::{error::Error, io};

use url::Url;
use virga_protocol::FetchFailure;

/// Why a request brought no response.
pub(super) fn of_request(error: &reqwest::Error, url: &Url) -> FetchFailure {
    let host = host_and_port(url);
    if let Some(tls) = find::<rustls::Error>(error) {
        return FetchFailure::Tls(host, tls.to_string());
    }
    if error.is_timeout() {
        return FetchFailure::Timeout(url.to_string());
    }
    if error.is_dns() {
        return FetchFailure::HostNotFound(url.host_str().unwrap_or_default().to_owned());
    }
    let reason = innermost(error);
    let is_response = find::<hyper::Error>(error)
        .is_some_and(|error| error.is_parse() || error.is_incomplete_message());
    if is_response && !error.is_connect() {
        return FetchFailure::Body(url.to_string(), reason);
    }
    FetchFailure::Connection(host, reason)
}

/// Whether an established connection ended before a response came.
pub(super) fn is_lost_connection(error: &reqwest::Error) -> bool {
    let incomplete = find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
    let reset = find::<io::Error>(error).is_some_and(|error| {
        matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
    });
    !error.is_connect() && (incomplete || reset)
}

/// Why a body broke off.
pub(super) fn of_body(error: &reqwest::Error, url: &Url) -> FetchFailure {
    if error.is_timeout() {
        return FetchFailure::Timeout(url.to_string());
    }
    FetchFailure::Body(url.to_string(), innermost(error))
}

/// `host:port`, with the port that the scheme implies.
fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The causes of an error, itself first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = cause(error);
        Some(error)
    })
}

/// An `io::Error` hides what it wraps from `source`, so that it is unwrapped.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The cause that says most: the last one.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}
