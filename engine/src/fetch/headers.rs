//! <https://fetch.spec.whatwg.org/#headers-class>

use std::cell::{Cell, RefCell};

use virga_js::webidl::ByteString;
use virga_js::{Cx, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use crate::generated::{
    ByteStringSequenceSequenceOrByteStringByteStringRecord as Init, HeadersMethods,
};

/// <https://fetch.spec.whatwg.org/#concept-headers-guard>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    Immutable,
    Request,
    RequestNoCors,
    Response,
    None,
}

/// A list of header names, in lower case, and values.
#[derive(Trace, Platform)]
pub(crate) struct Headers {
    #[trace(skip)]
    list: RefCell<Vec<(String, Vec<u8>)>>,
    #[trace(skip)]
    guard: Cell<Guard>,
}

impl Headers {
    pub(super) fn new(guard: Guard) -> Self {
        Self { list: RefCell::default(), guard: Cell::new(guard) }
    }

    /// Of a response that came from the host.
    pub(super) fn received(list: &[(String, String)]) -> Self {
        let headers = Self::new(Guard::Immutable);
        headers.list.borrow_mut().extend(list.iter().map(|(name, value)| {
            let bytes = value.chars().filter_map(|unit| u8::try_from(unit).ok()).collect();
            (name.clone(), bytes)
        }));
        headers
    }

    /// Appends those of another list, as the guard allows.
    pub(super) fn fill_with(&self, other: &Self) -> Fallible<()> {
        for (name, value) in other.list.borrow().iter() {
            let name = ByteString(name.clone().into_bytes());
            self.append_pair(&name, &ByteString(value.clone()))?;
        }
        Ok(())
    }

    /// A copy with another guard.
    pub(super) fn copy(&self, guard: Guard) -> Self {
        Self { list: self.list.clone(), guard: Cell::new(guard) }
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard.get()
    }

    /// The list as the host gets it: bytes as Latin-1, values of one name joined.
    pub(super) fn to_send(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect::<String>();
        let mut sent: Vec<(String, String)> = Vec::new();
        for (name, value) in self.list.borrow().iter() {
            match sent.iter_mut().find(|(of, _)| of == name) {
                Some((_, all)) => {
                    all.push_str(", ");
                    all.push_str(&text(value));
                }
                None => sent.push((name.clone(), text(value))),
            }
        }
        sent
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.list.borrow().iter().any(|(of, _)| of == name)
    }

    /// Appends what is known to be valid and allowed.
    pub(super) fn push(&self, name: &str, value: &str) {
        self.list.borrow_mut().push((name.to_owned(), value.as_bytes().to_vec()));
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-fill>
    pub(super) fn fill(&self, init: Init) -> Fallible<()> {
        match init {
            Init::ByteStringSequenceSequence(pairs) => {
                for pair in pairs {
                    let Ok([name, value]) = <[ByteString; 2]>::try_from(pair) else {
                        return Err(Error::type_error(
                            "Headers: an element of the sequence does not have two items",
                        ));
                    };
                    self.append_pair(&name, &value)?;
                }
            }
            Init::ByteStringByteStringRecord(record) => {
                for (name, value) in &record.0 {
                    self.append_pair(name, value)?;
                }
            }
        }
        Ok(())
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-append>
    fn append_pair(&self, name: &ByteString, value: &ByteString) -> Fallible<()> {
        // 1.
        let value = trim(&value.0).to_vec();
        // 2.
        let name = valid_name(name)?;
        if !self.validate(&name, &value)? {
            return Ok(());
        }
        // 3.
        if self.guard.get() == Guard::RequestNoCors {
            let mut combined = self.combined(&name).unwrap_or_default();
            if !combined.is_empty() {
                combined.extend_from_slice(b", ");
            }
            combined.extend_from_slice(&value);
            if !is_no_cors_safelisted(&name, &combined) {
                return Ok(());
            }
        }
        // 4.
        self.list.borrow_mut().push((name, value));
        // 5.
        self.remove_privileged();
        Ok(())
    }

    /// Whether a change is to be made: `false` if it is to be ignored.
    ///
    /// <https://fetch.spec.whatwg.org/#headers-validate>
    fn validate(&self, name: &str, value: &[u8]) -> Fallible<bool> {
        if value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
            let message = format!("Headers: the value of {name:?} contains a line break or NUL");
            return Err(Error::type_error(message));
        }
        match self.guard.get() {
            Guard::Immutable => Err(Error::type_error("Headers: these headers are immutable")),
            Guard::Request => Ok(!is_forbidden_request_header(name, value)),
            Guard::Response => Ok(!matches!(name, "set-cookie" | "set-cookie2")),
            Guard::RequestNoCors | Guard::None => Ok(true),
        }
    }

    /// <https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers>
    fn remove_privileged(&self) {
        if self.guard.get() == Guard::RequestNoCors {
            self.list.borrow_mut().retain(|(name, _)| name != "range");
        }
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-get>
    pub(super) fn combined(&self, name: &str) -> Option<Vec<u8>> {
        let list = self.list.borrow();
        let values: Vec<_> =
            list.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_slice()).collect();
        (!values.is_empty()).then(|| values.join(&b", "[..]))
    }

    /// <https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine>
    fn sorted_and_combined(&self) -> Vec<(String, Vec<u8>)> {
        let mut names: Vec<_> = self.list.borrow().iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names.dedup();
        let mut result = Vec::with_capacity(names.len());
        for name in names {
            if name == "set-cookie" {
                let list = self.list.borrow();
                result.extend(list.iter().filter(|(of, _)| *of == name).cloned());
            } else if let Some(value) = self.combined(&name) {
                result.push((name, value));
            }
        }
        result
    }
}

/// <https://httpwg.org/specs/rfc9110.html#tokens>
pub(crate) fn is_token(text: &[u8]) -> bool {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_allowed)
}

/// The name in lower case, if it is a token.
fn valid_name(name: &ByteString) -> Fallible<String> {
    let text: String = name.0.iter().copied().map(char::from).collect();
    if !is_token(&name.0) {
        return Err(Error::type_error(format!("Headers: {text:?} is not a header name")));
    }
    Ok(text.to_ascii_lowercase())
}

/// <https://fetch.spec.whatwg.org/#concept-header-value-normalize>
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' ');
    let start = value.iter().position(|byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub(crate) fn is_forbidden_request_header(name: &str, value: &[u8]) -> bool {
    match name {
        "accept-charset"
        | "accept-encoding"
        | "access-control-request-headers"
        | "access-control-request-method"
        | "access-control-request-private-network"
        | "connection"
        | "content-length"
        | "cookie"
        | "cookie2"
        | "date"
        | "dnt"
        | "expect"
        | "host"
        | "keep-alive"
        | "origin"
        | "referer"
        | "set-cookie"
        | "te"
        | "trailer"
        | "transfer-encoding"
        | "upgrade"
        | "via" => true,
        "x-http-method" | "x-http-method-override" | "x-method-override" => value
            .split(|byte| *byte == b',')
            .any(|method| super::request::is_forbidden_method(trim(method))),
        _ => name.starts_with("proxy-") || name.starts_with("sec-"),
    }
}

/// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
fn is_no_cors_safelisted(name: &str, value: &[u8]) -> bool {
    const LONGEST: usize = 128;
    let unsafe_byte =
        |byte: &u8| (*byte < b' ' && *byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(byte);
    let allowed = match name {
        "accept" => !value.iter().any(unsafe_byte),
        "accept-language" | "content-language" => {
            value.iter().all(|byte| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte))
        }
        "content-type" => {
            let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
            let essence = trim(essence).to_ascii_lowercase();
            !value.iter().any(unsafe_byte)
                && matches!(
                    essence.as_slice(),
                    b"application/x-www-form-urlencoded" | b"multipart/form-data" | b"text/plain"
                )
        }
        _ => false,
    };
    allowed && value.len() <= LONGEST
}

impl HeadersMethods for Obj<Headers> {
    fn constructor(cx: &mut Cx, init: Option<Init>) -> Fallible<Obj<Headers>> {
        let headers = Headers::new(Guard::None);
        if let Some(init) = init {
            headers.fill(init)?;
        }
        Ok(Obj::new(cx, headers))
    }

    fn append(&self, _: &mut Cx, name: ByteString, value: ByteString) -> Fallible<()> {
        self.append_pair(&name, &value)
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-delete>
    fn delete(&self, _: &mut Cx, name: ByteString) -> Fallible<()> {
        let name = valid_name(&name)?;
        if self.validate(&name, b"")? {
            self.list.borrow_mut().retain(|(of, _)| *of != name);
        }
        Ok(())
    }

    fn get(&self, _: &mut Cx, name: ByteString) -> Fallible<Option<ByteString>> {
        let name = valid_name(&name)?;
        Ok(self.combined(&name).map(ByteString))
    }

    fn get_set_cookie(&self, _: &mut Cx) -> Fallible<Vec<ByteString>> {
        let list = self.list.borrow();
        let cookies = list.iter().filter(|(name, _)| name == "set-cookie");
        Ok(cookies.map(|(_, value)| ByteString(value.clone())).collect())
    }

    fn has(&self, _: &mut Cx, name: ByteString) -> Fallible<bool> {
        let name = valid_name(&name)?;
        Ok(self.contains(&name))
    }

    /// <https://fetch.spec.whatwg.org/#dom-headers-set>
    fn set(&self, _: &mut Cx, name: ByteString, value: ByteString) -> Fallible<()> {
        // 1.
        let value = trim(&value.0).to_vec();
        // 2.
        let name = valid_name(&name)?;
        if !self.validate(&name, &value)? {
            return Ok(());
        }
        // 3.
        if self.guard.get() == Guard::RequestNoCors && !is_no_cors_safelisted(&name, &value) {
            return Ok(());
        }
        // 4. In the place of the first, the others go.
        {
            let mut list = self.list.borrow_mut();
            match list.iter().position(|(of, _)| *of == name) {
                None => list.push((name, value)),
                Some(first) => {
                    list[first].1 = value;
                    let mut index = 0;
                    list.retain(|(of, _)| {
                        index += 1;
                        index <= first + 1 || *of != name
                    });
                }
            }
        }
        // 5.
        self.remove_privileged();
        Ok(())
    }

    fn pair_at(&self, _: &mut Cx, index: usize) -> Fallible<Option<(ByteString, ByteString)>> {
        Ok(self
            .sorted_and_combined()
            .into_iter()
            .nth(index)
            .map(|(name, value)| (ByteString(name.into_bytes()), ByteString(value))))
    }
}
