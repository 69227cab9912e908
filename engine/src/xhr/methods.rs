//! What script calls of an `XMLHttpRequest`.

use virga_js::webidl::ByteString;
use virga_js::{Cx, DomExceptionName, DomString, Error, Fallible, Obj, Value};

use super::{
    FormData, XMLHttpRequest, XMLHttpRequestUpload, encode_multipart,
    request::{Failure, State, arm_timeout, fail, fire_state, send},
};
use crate::{
    agent::EngineCx,
    dom::Document,
    error::invalid_state,
    fetch::{BadMethod, MimeType, is_forbidden_request_header, is_token, normalized_method, trim},
    generated::{
        DocumentOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit,
        XMLHttpRequestMethods, XMLHttpRequestResponseType as ResponseType,
    },
    wrappers::Node,
};

type This = Obj<XMLHttpRequest>;

/// What is for requests that do not block a page.
fn check_window_sync(cx: &Cx, this: &This, what: &str) -> Fallible<()> {
    if cx.try_window().is_some() && this.is_sync.get() && this.state.get() != State::Unsent {
        let message = format!("XMLHttpRequest.{what}: not for a synchronous request of a page");
        return Err(Error::dom(DomExceptionName::InvalidAccess, message));
    }
    Ok(())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes of a body, its type, and whether a charset is fixed in it.
fn extract(cx: &mut Cx, body: BodyInit) -> Fallible<(Vec<u8>, Option<String>, bool)> {
    Ok(match body {
        BodyInit::Document(document) => {
            let node: Obj<Node> = document.upcast();
            let text = crate::dom::serialize_inner(cx, node.id())?.to_str().into_owned();
            let is_html = cx.engine().tree().is_html_document(node.id());
            let type_ = if is_html { "text/html" } else { "application/xml" };
            (text.into_bytes(), Some(format!("{type_};charset=UTF-8")), true)
        }
        BodyInit::Blob(blob) => {
            let type_ = blob.media_type();
            let type_ = (!type_.is_empty()).then(|| type_.to_owned());
            (blob.as_slice().to_vec(), type_, false)
        }
        BodyInit::BufferSource(source) => (source.bytes(cx)?, None, false),
        BodyInit::FormData(form) => {
            let form: Obj<FormData> = form;
            let (bytes, boundary) = encode_multipart(cx, &form.entries());
            (bytes, Some(format!("multipart/form-data; boundary={boundary}")), false)
        }
        BodyInit::URLSearchParams(params) => (
            params.serialize().into_bytes(),
            Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned()),
            false,
        ),
        BodyInit::USVString(text) => {
            (text.into_bytes(), Some("text/plain;charset=UTF-8".to_owned()), true)
        }
    })
}

/// Steps 4.4 to 4.6 of `send`: what `Content-Type` says.
fn set_content_type(headers: &mut Vec<(String, String)>, type_: Option<String>, is_text: bool) {
    match headers.iter_mut().find(|(name, _)| name == "content-type") {
        Some((_, author)) if is_text => {
            if let Some(mut mime) = MimeType::parse(author)
                && let Some(charset) = mime.parameter("charset")
                && !charset.eq_ignore_ascii_case("utf-8")
            {
                mime.set_parameter("charset", "UTF-8");
                *author = mime.to_string();
            }
        }
        Some(_) => {}
        None => headers.extend(type_.map(|type_| ("content-type".to_owned(), type_))),
    }
}

impl XMLHttpRequest {
    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open>
    fn open(
        this: &This,
        cx: &mut Cx,
        method: &ByteString,
        url: &str,
        is_async: bool,
        credentials: [Option<String>; 2],
    ) -> Fallible<()> {
        // 2. - 4.
        let method = normalized_method(&method.0).map_err(|error| match error {
            BadMethod::Syntax(text) => Error::dom(
                DomExceptionName::Syntax,
                format!("XMLHttpRequest.open: {text:?} is not a method"),
            ),
            BadMethod::Forbidden(text) => Error::dom(
                DomExceptionName::Security,
                format!("XMLHttpRequest.open: the method {text} is forbidden"),
            ),
        })?;
        // 5. - 7.
        let mut url = cx.base_url().join(url).map_err(|error| {
            let message = format!("XMLHttpRequest.open: {url:?} is not a valid URL: {error}");
            Error::dom(DomExceptionName::Syntax, message)
        })?;
        // 8.
        if url.host().is_some() {
            let [username, password] = credentials;
            // These cannot fail where there is a host.
            if let Some(username) = username {
                let _ = url.set_username(&username);
            }
            if let Some(password) = password {
                let _ = url.set_password(Some(&password));
            }
        }
        // 9.
        if !is_async
            && cx.try_window().is_some()
            && (this.timeout.get() != 0 || this.response_type.get() != ResponseType::Empty)
        {
            let message = "XMLHttpRequest.open: a synchronous request of a page has neither \
                           timeout nor responseType";
            return Err(Error::dom(DomExceptionName::InvalidAccess, message));
        }
        // 10, 11.
        this.terminate(cx);
        this.send_flag.set(false);
        this.method.replace(method);
        this.url.replace(Some(url));
        this.is_sync.set(!is_async);
        this.headers.borrow_mut().clear();
        this.forget_response();
        // 12.
        if this.state.replace(State::Opened) != State::Opened {
            fire_state(cx, this);
        }
        Ok(())
    }
}

impl XMLHttpRequestMethods for Obj<XMLHttpRequest> {
    fn constructor(cx: &mut Cx) -> Fallible<Obj<XMLHttpRequest>> {
        Ok(XMLHttpRequest::create(cx))
    }

    fn ready_state(&self, _: &mut Cx) -> u16 {
        self.state.get() as u16
    }

    fn open(&self, cx: &mut Cx, method: ByteString, url: String) -> Fallible<()> {
        XMLHttpRequest::open(self, cx, &method, &url, true, [None, None])
    }

    fn open_with_method_and_url_and_async_and_username_and_password(
        &self,
        cx: &mut Cx,
        method: ByteString,
        url: String,
        async_: bool,
        username: Option<String>,
        password: Option<String>,
    ) -> Fallible<()> {
        XMLHttpRequest::open(self, cx, &method, &url, async_, [username, password])
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-setrequestheader>
    fn set_request_header(&self, _: &mut Cx, name: ByteString, value: ByteString) -> Fallible<()> {
        // 1, 2.
        if self.state.get() != State::Opened || self.send_flag.get() {
            return Err(invalid_state("XMLHttpRequest.setRequestHeader: it is not open"));
        }
        // 3, 4.
        let value = trim(&value.0);
        let is_value = !value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n'));
        if !is_token(&name.0) || !is_value {
            let message = format!(
                "XMLHttpRequest.setRequestHeader: {:?} with {:?} is no header",
                latin1(&name.0),
                latin1(value)
            );
            return Err(Error::dom(DomExceptionName::Syntax, message));
        }
        let name = latin1(&name.0).to_ascii_lowercase();
        // 5.
        if is_forbidden_request_header(&name, value) {
            return Ok(());
        }
        // 6.
        let value = latin1(value);
        let mut headers = self.headers.borrow_mut();
        match headers.iter_mut().find(|(of, _)| *of == name) {
            Some((_, all)) => {
                all.push_str(", ");
                all.push_str(&value);
            }
            None => headers.push((name, value)),
        }
        Ok(())
    }

    fn timeout(&self, _: &mut Cx) -> Fallible<u32> {
        Ok(self.timeout.get())
    }

    fn set_timeout(&self, cx: &mut Cx, value: u32) -> Fallible<()> {
        check_window_sync(cx, self, "timeout")?;
        self.timeout.set(value);
        arm_timeout(cx, self);
        Ok(())
    }

    fn with_credentials(&self, _: &mut Cx) -> Fallible<bool> {
        Ok(self.with_credentials.get())
    }

    fn set_with_credentials(&self, _: &mut Cx, value: bool) -> Fallible<()> {
        if self.state.get() > State::Opened || self.send_flag.get() {
            return Err(invalid_state("XMLHttpRequest.withCredentials: it was sent already"));
        }
        self.with_credentials.set(value);
        Ok(())
    }

    fn upload(&self, _: &mut Cx) -> Obj<XMLHttpRequestUpload> {
        self.upload.clone()
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send>
    fn send(&self, cx: &mut Cx, body: Option<BodyInit>) -> Fallible<()> {
        // 1, 2.
        if self.state.get() != State::Opened {
            return Err(invalid_state("XMLHttpRequest.send: it is not open"));
        }
        if self.send_flag.get() {
            return Err(invalid_state("XMLHttpRequest.send: it was sent already"));
        }
        // 3, 4.
        let has_none = matches!(self.method.borrow().as_str(), "GET" | "HEAD");
        let body = match body.filter(|_| !has_none) {
            None => None,
            Some(body) => {
                let (bytes, type_, is_text) = extract(cx, body)?;
                set_content_type(&mut self.headers.borrow_mut(), type_, is_text);
                Some(bytes)
            }
        };
        send(cx, self, body)
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-abort>
    fn abort(&self, cx: &mut Cx) -> Fallible<()> {
        // 1.
        self.terminate(cx);
        // 2.
        let state = self.state.get();
        if (state == State::Opened && self.send_flag.get())
            || matches!(state, State::HeadersReceived | State::Loading)
        {
            fail(cx, self, Failure::Abort);
        }
        // 3.
        if self.state.get() == State::Done {
            self.state.set(State::Unsent);
            self.forget_response();
        }
        Ok(())
    }

    fn response_url(&self, _: &mut Cx) -> String {
        let received = self.received.borrow();
        let url = received.head.as_ref().map(|head| head.url.as_str()).unwrap_or_default();
        url.split('#').next().unwrap_or_default().to_owned()
    }

    fn status(&self, _: &mut Cx) -> u16 {
        self.received.borrow().head.as_ref().map_or(0, |head| head.status)
    }

    fn status_text(&self, _: &mut Cx) -> ByteString {
        let received = self.received.borrow();
        let text = received.head.as_ref().map(|head| head.status_text.as_str());
        let bytes = text.unwrap_or_default().chars().filter_map(|c| u8::try_from(c).ok());
        ByteString(bytes.collect())
    }

    fn get_response_header(&self, _: &mut Cx, name: ByteString) -> Fallible<Option<ByteString>> {
        let value = self.received.borrow().header(&latin1(&name.0));
        let bytes = |value: String| value.chars().filter_map(|c| u8::try_from(c).ok()).collect();
        Ok(value.map(|value| ByteString(bytes(value))))
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-getallresponseheaders>
    fn get_all_response_headers(&self, _: &mut Cx) -> Fallible<ByteString> {
        let received = self.received.borrow();
        let Some(head) = &received.head else { return Ok(ByteString(Vec::new())) };
        let mut names: Vec<String> =
            head.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_by_key(|name| name.to_ascii_uppercase());
        names.dedup();
        let mut out = Vec::new();
        for name in names {
            let value = received.header(&name).unwrap_or_default();
            let line = format!("{name}: {value}\r\n");
            out.extend(line.chars().filter_map(|c| u8::try_from(c).ok()));
        }
        Ok(ByteString(out))
    }

    fn override_mime_type(&self, _: &mut Cx, mime: DomString) -> Fallible<()> {
        if self.state.get() >= State::Loading {
            return Err(invalid_state("XMLHttpRequest.overrideMimeType: the response is coming"));
        }
        let mime = MimeType::parse(&mime.to_str()).unwrap_or_else(MimeType::octet_stream);
        self.override_mime.replace(Some(mime));
        Ok(())
    }

    fn response_type(&self, _: &mut Cx) -> Fallible<ResponseType> {
        Ok(self.response_type.get())
    }

    fn set_response_type(&self, cx: &mut Cx, value: ResponseType) -> Fallible<()> {
        // 1.
        if value == ResponseType::Document && cx.try_window().is_none() {
            return Ok(());
        }
        // 2, 3.
        if self.state.get() >= State::Loading {
            return Err(invalid_state("XMLHttpRequest.responseType: the response is coming"));
        }
        check_window_sync(cx, self, "responseType")?;
        self.response_type.set(value);
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-response>
    fn response(&self, cx: &mut Cx) -> Fallible<Value> {
        match self.response_type.get() {
            ResponseType::Empty | ResponseType::Text => {
                Ok(Value::from(if self.state.get() >= State::Loading {
                    self.text()
                } else {
                    String::new()
                }))
            }
            _ => self.response_value(cx),
        }
    }

    fn response_text(&self, _: &mut Cx) -> Fallible<String> {
        if !matches!(self.response_type.get(), ResponseType::Empty | ResponseType::Text) {
            return Err(invalid_state("XMLHttpRequest.responseText: responseType is not text"));
        }
        Ok(if self.state.get() >= State::Loading { self.text() } else { String::new() })
    }

    fn response_xml(&self, cx: &mut Cx) -> Fallible<Option<Obj<Document>>> {
        if !matches!(self.response_type.get(), ResponseType::Empty | ResponseType::Document) {
            return Err(invalid_state("XMLHttpRequest.responseXML: responseType is not document"));
        }
        if self.state.get() != State::Done {
            return Ok(None);
        }
        if let Some(value) = self.response_object.get() {
            return Ok(Obj::from_value(cx, &value));
        }
        let document = self.document(cx)?;
        self.response_object.set(Some(Value::from(document.clone())));
        Ok(document)
    }
}
