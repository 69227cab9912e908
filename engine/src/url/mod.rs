//! URL: <https://url.spec.whatwg.org/#api>
//!
//! Parsing and serializing are the `url` crate's; this is what script sees of it.

pub(crate) mod query;
mod search_params;

use std::cell::RefCell;

use url::{Url, quirks};
use virga_js::{Cx, DomString, Error, Fallible, Obj, Slot};
use virga_js::{Platform, Trace};

pub(crate) use self::search_params::URLSearchParams;
use crate::generated::URLMethods;

/// An object of the interface `URL`.
#[expect(clippy::upper_case_acronyms, reason = "the name of the interface")]
#[derive(Trace, Platform)]
pub(crate) struct URL {
    #[trace(skip)]
    url: RefCell<Url>,
    /// Made when script first asks for it.
    search_params: Slot<Option<Obj<URLSearchParams>>>,
}

impl URL {
    fn new(url: Url) -> Self {
        Self { url: RefCell::new(url), search_params: Slot::new(None) }
    }

    /// <https://url.spec.whatwg.org/#concept-urlsearchparams-update>: the list of
    /// parameters changed.
    fn set_query(&self, query: &str) {
        self.url.borrow_mut().set_query(Some(query).filter(|query| !query.is_empty()));
    }

    /// Changes the URL and brings the list of parameters up to date. A setter
    /// that cannot parse its value changes nothing, and that is no error.
    fn change<R>(&self, change: impl FnOnce(&mut Url) -> R) {
        let _ = change(&mut self.url.borrow_mut());
        if let Some(params) = self.search_params.get() {
            params.set_list(self.url.borrow().query().unwrap_or_default());
        }
    }
}

/// <https://url.spec.whatwg.org/#api-url-parser>
fn parse(url: &str, base: Option<&str>) -> Result<Url, String> {
    let invalid = |what: &str| format!("{what:?} is not a valid URL");
    match base {
        None => Url::parse(url).map_err(|_| invalid(url)),
        Some(base) => {
            let base = Url::parse(base).map_err(|_| invalid(base))?;
            base.join(url).map_err(|_| invalid(url))
        }
    }
}

impl URLMethods for Obj<URL> {
    fn create_object_url(cx: &mut Cx, obj: Obj<crate::file::Blob>) -> Fallible<DomString> {
        Ok(DomString::from(crate::file::create_object_url(cx, &obj)))
    }

    fn revoke_object_url(cx: &mut Cx, url: DomString) -> Fallible<()> {
        crate::file::revoke_object_url(cx, &url.to_str());
        Ok(())
    }

    /// <https://url.spec.whatwg.org/#dom-url-url>
    fn constructor(cx: &mut Cx, url: String, base: Option<String>) -> Fallible<Obj<URL>> {
        let url = parse(&url, base.as_deref())
            .map_err(|reason| Error::type_error(format!("URL constructor: {reason}")))?;
        Ok(Obj::new(cx, URL::new(url)))
    }

    fn parse(cx: &mut Cx, url: String, base: Option<String>) -> Fallible<Option<Obj<URL>>> {
        let url = parse(&url, base.as_deref()).ok();
        Ok(url.map(|url| Obj::new(cx, URL::new(url))))
    }

    fn can_parse(_: &mut Cx, url: String, base: Option<String>) -> Fallible<bool> {
        Ok(parse(&url, base.as_deref()).is_ok())
    }

    fn href(&self, _: &mut Cx) -> String {
        quirks::href(&self.url.borrow()).to_owned()
    }

    fn set_href(&self, _: &mut Cx, value: String) -> Fallible<()> {
        let url = parse(&value, None)
            .map_err(|reason| Error::type_error(format!("URL.href: {reason}")))?;
        self.change(|current| *current = url);
        Ok(())
    }

    fn origin(&self, _: &mut Cx) -> String {
        quirks::origin(&self.url.borrow())
    }

    fn protocol(&self, _: &mut Cx) -> String {
        quirks::protocol(&self.url.borrow()).to_owned()
    }

    fn set_protocol(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_protocol(url, &value));
        Ok(())
    }

    fn username(&self, _: &mut Cx) -> String {
        quirks::username(&self.url.borrow()).to_owned()
    }

    fn set_username(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_username(url, &value));
        Ok(())
    }

    fn password(&self, _: &mut Cx) -> String {
        quirks::password(&self.url.borrow()).to_owned()
    }

    fn set_password(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_password(url, &value));
        Ok(())
    }

    fn host(&self, _: &mut Cx) -> String {
        quirks::host(&self.url.borrow()).to_owned()
    }

    fn set_host(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_host(url, &value));
        Ok(())
    }

    fn hostname(&self, _: &mut Cx) -> String {
        quirks::hostname(&self.url.borrow()).to_owned()
    }

    fn set_hostname(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_hostname(url, &value));
        Ok(())
    }

    fn port(&self, _: &mut Cx) -> String {
        quirks::port(&self.url.borrow()).to_owned()
    }

    fn set_port(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_port(url, &value));
        Ok(())
    }

    fn pathname(&self, _: &mut Cx) -> String {
        quirks::pathname(&self.url.borrow()).to_owned()
    }

    fn set_pathname(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_pathname(url, &value));
        Ok(())
    }

    fn search(&self, _: &mut Cx) -> String {
        quirks::search(&self.url.borrow()).to_owned()
    }

    fn set_search(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_search(url, &value));
        Ok(())
    }

    fn search_params(&self, cx: &mut Cx) -> Obj<URLSearchParams> {
        if let Some(params) = self.search_params.get() {
            return params;
        }
        let params = URLSearchParams::of_url(self.clone(), self.url.borrow().query());
        let params = Obj::new(cx, params);
        self.search_params.set(Some(params.clone()));
        params
    }

    fn hash(&self, _: &mut Cx) -> String {
        quirks::hash(&self.url.borrow()).to_owned()
    }

    fn set_hash(&self, _: &mut Cx, value: String) -> Fallible<()> {
        self.change(|url| quirks::set_hash(url, &value));
        Ok(())
    }

    fn to_json(&self, cx: &mut Cx) -> Fallible<String> {
        Ok(self.href(cx))
    }
}
