//! <https://fetch.spec.whatwg.org/#request-class>

use url::Url;
use virga_js::webidl::ByteString;
use virga_js::{Cx, Error, Fallible, Obj};
use virga_js::{Platform, Trace};
use virga_protocol as protocol;

use super::{
    body::{Body, extract},
    headers::{Guard, Headers},
};
use crate::{
    agent::EngineCx,
    events::AbortSignal,
    generated::{
        AbortSignalMethods, RequestCredentials, RequestInit, RequestMethods, RequestMode,
        RequestOrUSVString, RequestRedirect,
    },
};

/// What is to be fetched.
#[derive(Trace, Platform)]
pub(crate) struct Request {
    #[trace(skip)]
    method: String,
    #[trace(skip)]
    url: Url,
    headers: Obj<Headers>,
    #[trace(skip)]
    mode: RequestMode,
    #[trace(skip)]
    credentials: RequestCredentials,
    #[trace(skip)]
    redirect: RequestRedirect,
    signal: Obj<AbortSignal>,
    pub(super) body: Body,
}

impl Request {
    pub(super) fn signal_object(&self) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    /// The request as the host gets it.
    pub(super) fn to_send(&self, cx: &Cx) -> protocol::FetchRequest {
        let scope = cx.scope();
        protocol::FetchRequest {
            url: self.url.to_string(),
            method: self.method.clone(),
            headers: self.headers.to_send(),
            body: self.body.bytes().map(protocol::Bytes::from),
            origin: scope.origin(),
            mode: match self.mode {
                RequestMode::Navigate => protocol::RequestMode::Navigate,
                RequestMode::SameOrigin => protocol::RequestMode::SameOrigin,
                RequestMode::NoCors => protocol::RequestMode::NoCors,
                RequestMode::Cors => protocol::RequestMode::Cors,
            },
            credentials: match self.credentials {
                RequestCredentials::Omit => protocol::RequestCredentials::Omit,
                RequestCredentials::SameOrigin => protocol::RequestCredentials::SameOrigin,
                RequestCredentials::Include => protocol::RequestCredentials::Include,
            },
            redirect: match self.redirect {
                RequestRedirect::Follow => protocol::RedirectMode::Follow,
                RequestRedirect::Error => protocol::RedirectMode::Error,
                RequestRedirect::Manual => protocol::RedirectMode::Manual,
            },
            referrer: Some(scope.url().to_string()),
        }
    }
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub(super) fn is_forbidden_method(method: &[u8]) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden.as_bytes()))
}

/// <https://fetch.spec.whatwg.org/#concept-method-normalize>, after the checks of
/// the constructor's step 25.
fn normalized_method(bytes: &[u8]) -> Fallible<String> {
    let text: String = bytes.iter().copied().map(char::from).collect();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if bytes.is_empty() || !bytes.iter().all(is_token) {
        return Err(Error::type_error(format!("Request: {text:?} is not a method")));
    }
    if is_forbidden_method(bytes) {
        return Err(Error::type_error(format!("Request: the method {text} is forbidden")));
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

impl RequestMethods for Obj<Request> {
    /// <https://fetch.spec.whatwg.org/#dom-request>
    fn constructor(
        cx: &mut Cx,
        input: RequestOrUSVString,
        init: RequestInit,
    ) -> Fallible<Obj<Request>> {
        // 10., of which only null is allowed.
        if init.window.as_ref().is_some_and(|window| !window.is_null() && !window.is_undefined()) {
            return Err(Error::type_error("Request: the member \"window\" can only be null"));
        }
        // 5, 6.
        let (url, input) = match input {
            RequestOrUSVString::USVString(text) => (parse_url(cx, &text)?, None),
            RequestOrUSVString::Request(request) => (request.url.clone(), Some(request)),
        };
        // 16. - 18.
        let mode = match (init.mode, &input) {
            (Some(RequestMode::Navigate), _) => {
                return Err(Error::type_error("Request: the mode \"navigate\" is not for script"));
            }
            (Some(mode), _) => mode,
            (None, Some(input)) => input.mode,
            (None, None) => RequestMode::Cors,
        };
        // 19, 22.
        let credentials = init
            .credentials
            .or(input.as_ref().map(|input| input.credentials))
            .unwrap_or(RequestCredentials::SameOrigin);
        let redirect = init
            .redirect
            .or(input.as_ref().map(|input| input.redirect))
            .unwrap_or(RequestRedirect::Follow);
        // 25.
        let method = match (&init.method, &input) {
            (Some(given), _) => normalized_method(&given.0)?,
            (None, Some(input)) => input.method.clone(),
            (None, None) => "GET".to_owned(),
        };
        // 26. - 30.
        let signal = match init.signal {
            Some(signal) => signal,
            None => input.as_ref().map(|input| input.signal.clone()),
        };
        let signals = signal.into_iter().collect();
        let signal = <Obj<AbortSignal> as AbortSignalMethods>::any(cx, signals)?;
        // 31, 32.
        let guard = match mode {
            RequestMode::NoCors => Guard::RequestNoCors,
            _ => Guard::Request,
        };
        if guard == Guard::RequestNoCors && !matches!(method.as_str(), "GET" | "HEAD" | "POST") {
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
            (None, Some(input)) => input.headers.copy(guard),
            (None, None) => Headers::new(guard),
        };
        // 34, 35.
        let given = init.body.flatten();
        let input_has_body = input.as_ref().is_some_and(|input| !input.body.is_null());
        if (given.is_some() || input_has_body) && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(Error::type_error(format!("Request: {method} cannot have a body")));
        }
        // 36, 37.
        let body = match (given, &input) {
            (Some(init), _) => {
                let (body, content_type) = extract(cx, init)?;
                if let Some(content_type) = content_type
                    && !headers.contains("content-type")
                {
                    headers.push("content-type", content_type);
                }
                body
            }
            // 40, 41.
            (None, Some(input)) => {
                if input.body.is_used() {
                    return Err(Error::type_error("Request: the body has been read already"));
                }
                input.body.take()
            }
            (None, None) => Body::default(),
        };
        let headers = Obj::new(cx, headers);
        Ok(Obj::new(
            cx,
            Request { method, url, headers, mode, credentials, redirect, signal, body },
        ))
    }

    fn method(&self, _: &mut Cx) -> ByteString {
        ByteString(self.method.clone().into_bytes())
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.to_string()
    }

    fn headers(&self, _: &mut Cx) -> Obj<Headers> {
        self.headers.clone()
    }

    fn mode(&self, _: &mut Cx) -> RequestMode {
        self.mode
    }

    fn credentials(&self, _: &mut Cx) -> RequestCredentials {
        self.credentials
    }

    fn redirect(&self, _: &mut Cx) -> RequestRedirect {
        self.redirect
    }

    fn signal(&self, _: &mut Cx) -> Obj<AbortSignal> {
        self.signal.clone()
    }

    /// <https://fetch.spec.whatwg.org/#dom-request-clone>
    fn clone(&self, cx: &mut Cx) -> Fallible<Obj<Request>> {
        if self.body.is_used() {
            return Err(Error::type_error("Request.clone: the body has been read already"));
        }
        let headers = Obj::new(cx, self.headers.copy(self.headers.guard()));
        let signal = <Obj<AbortSignal> as AbortSignalMethods>::any(cx, vec![self.signal_object()])?;
        Ok(Obj::new(
            cx,
            Request {
                method: self.method.clone(),
                url: self.url.clone(),
                headers,
                mode: self.mode,
                credentials: self.credentials,
                redirect: self.redirect,
                signal,
                body: self.body.copy(),
            },
        ))
    }
}
