//! <https://fetch.spec.whatwg.org/#response-class>

use url::Url;
use virga_js::webidl::ByteString;
use virga_js::{Cx, Error, Fallible, GcCell, Obj, Value};
use virga_js::{Platform, Trace};
use virga_protocol::{HttpHead, ResponseTainting};

use super::{
    body::{Body, extract},
    buffer::Buffer,
    headers::{Guard, Headers},
    package::json,
};
use crate::{
    agent::EngineCx,
    generated::{
        ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit,
        ResponseInit, ResponseMethods, ResponseType,
    },
};

/// What a fetch brought, or what script made to stand for it.
#[derive(Trace, Platform)]
pub(crate) struct Response {
    #[trace(skip)]
    type_: ResponseType,
    /// Without fragment; empty if there is none.
    #[trace(skip)]
    url: String,
    redirected: bool,
    status: u16,
    #[trace(skip)]
    status_text: Vec<u8>,
    headers: Obj<Headers>,
    pub(super) body: Body,
}

impl Response {
    /// The response that a head from the host announces, as script may see it.
    ///
    /// <https://fetch.spec.whatwg.org/#concept-filtered-response>
    pub(super) fn received(cx: &mut Cx, head: &HttpHead, buffer: GcCell<Buffer>) -> Obj<Self> {
        let type_ = match head.tainting {
            ResponseTainting::Basic => ResponseType::Basic,
            ResponseTainting::Cors => ResponseType::Cors,
            ResponseTainting::Opaque => ResponseType::Opaque,
            ResponseTainting::OpaqueRedirect => ResponseType::Opaqueredirect,
        };
        let mut url = Url::parse(&head.url).ok();
        if let Some(url) = &mut url {
            url.set_fragment(None);
        }
        let url = url.map(String::from).unwrap_or_default();
        let opaque = matches!(type_, ResponseType::Opaque | ResponseType::Opaqueredirect);
        if opaque {
            let headers = Obj::new(cx, Headers::new(Guard::Immutable));
            let url = if type_ == ResponseType::Opaque { String::new() } else { url };
            return Obj::new(
                cx,
                Self {
                    type_,
                    url,
                    redirected: false,
                    status: 0,
                    status_text: Vec::new(),
                    headers,
                    body: Body::default(),
                },
            );
        }
        let body = match head.status {
            status if is_null_body_status(status) => Body::default(),
            _ => Body::filling(buffer),
        };
        let headers = Obj::new(cx, Headers::received(&head.headers));
        let status_text =
            head.status_text.chars().filter_map(|unit| u8::try_from(unit).ok()).collect();
        Obj::new(
            cx,
            Self {
                type_,
                url,
                redirected: head.redirected,
                status: head.status,
                status_text,
                headers,
                body,
            },
        )
    }

    pub(super) fn list(&self) -> &Headers {
        &self.headers
    }

    /// <https://fetch.spec.whatwg.org/#initialize-a-response>
    fn initialize(
        cx: &mut Cx,
        init: ResponseInit,
        body: Option<(Body, Option<String>)>,
    ) -> Fallible<Obj<Self>> {
        // 1.
        if !(200..=599).contains(&init.status) {
            let message = format!("Response: the status {} is not from 200 to 599", init.status);
            return Err(Error::range_error(message));
        }
        // 2.
        let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
        if !init.status_text.0.iter().all(is_text) {
            let message = "Response: the status text contains a control character";
            return Err(Error::type_error(message));
        }
        // 5.
        let headers = Headers::new(Guard::Response);
        if let Some(init) = init.headers {
            headers.fill(init)?;
        }
        // 6.
        let body = match body {
            None => Body::default(),
            Some(_) if is_null_body_status(init.status) => {
                let message = format!("Response: the status {} has no body", init.status);
                return Err(Error::type_error(message));
            }
            Some((body, content_type)) => {
                if let Some(content_type) = content_type
                    && !headers.contains("content-type")
                {
                    headers.push("content-type", &content_type);
                }
                body
            }
        };
        let headers = Obj::new(cx, headers);
        Ok(Obj::new(
            cx,
            Self {
                type_: ResponseType::Default,
                url: String::new(),
                redirected: false,
                status: init.status,
                status_text: init.status_text.0,
                headers,
                body,
            },
        ))
    }
}

/// <https://fetch.spec.whatwg.org/#null-body-status>
const fn is_null_body_status(status: u16) -> bool {
    matches!(status, 101 | 103 | 204 | 205 | 304)
}

impl ResponseMethods for Obj<Response> {
    /// <https://fetch.spec.whatwg.org/#dom-response>
    fn constructor(
        cx: &mut Cx,
        body: Option<BodyInit>,
        init: ResponseInit,
    ) -> Fallible<Obj<Response>> {
        let body = body.map(|body| extract(cx, body, false)).transpose()?;
        Response::initialize(cx, init, body)
    }

    fn error(cx: &mut Cx) -> Fallible<Obj<Response>> {
        let headers = Obj::new(cx, Headers::new(Guard::Immutable));
        Ok(Obj::new(
            cx,
            Response {
                type_: ResponseType::Error,
                url: String::new(),
                redirected: false,
                status: 0,
                status_text: Vec::new(),
                headers,
                body: Body::default(),
            },
        ))
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-redirect>
    fn redirect(cx: &mut Cx, url: String, status: u16) -> Fallible<Obj<Response>> {
        // 1, 2.
        let target = cx.base_url().join(&url).map_err(|error| {
            Error::type_error(format!("Response.redirect: {url:?} is not a valid URL: {error}"))
        })?;
        // 3.
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            let message = format!("Response.redirect: {status} is not a status of a redirect");
            return Err(Error::range_error(message));
        }
        // 4. - 7.
        let headers = Headers::new(Guard::Immutable);
        headers.push("location", target.as_str());
        let headers = Obj::new(cx, headers);
        Ok(Obj::new(
            cx,
            Response {
                type_: ResponseType::Default,
                url: String::new(),
                redirected: false,
                status,
                status_text: Vec::new(),
                headers,
                body: Body::default(),
            },
        ))
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-json>
    fn json(cx: &mut Cx, data: Value, init: ResponseInit) -> Fallible<Obj<Response>> {
        // 1.
        let text = json(cx)?.invoke(cx, "stringify", &[data])?;
        let Some(text) = text.as_string() else {
            return Err(Error::type_error("Response.json: the value has no form in JSON"));
        };
        // 2. - 4.
        let body = Body::of(text.to_str().into_owned().into_bytes());
        Response::initialize(cx, init, Some((body, Some("application/json".to_owned()))))
    }

    fn type_(&self, _: &mut Cx) -> ResponseType {
        self.type_
    }

    fn url(&self, _: &mut Cx) -> String {
        self.url.clone()
    }

    fn redirected(&self, _: &mut Cx) -> bool {
        self.redirected
    }

    fn status(&self, _: &mut Cx) -> u16 {
        self.status
    }

    fn ok(&self, _: &mut Cx) -> bool {
        (200..=299).contains(&self.status)
    }

    fn status_text(&self, _: &mut Cx) -> ByteString {
        ByteString(self.status_text.clone())
    }

    fn headers(&self, _: &mut Cx) -> Obj<Headers> {
        self.headers.clone()
    }

    /// <https://fetch.spec.whatwg.org/#dom-response-clone>
    fn clone(&self, cx: &mut Cx) -> Fallible<Obj<Response>> {
        if self.body.is_unusable() {
            return Err(Error::type_error("Response.clone: the body has been read already"));
        }
        let headers = Obj::new(cx, self.headers.copy(self.headers.guard()));
        let body = self.body.copy(cx)?;
        Ok(Obj::new(
            cx,
            Response {
                type_: self.type_,
                url: self.url.clone(),
                redirected: self.redirected,
                status: self.status,
                status_text: self.status_text.clone(),
                headers,
                body,
            },
        ))
    }
}
