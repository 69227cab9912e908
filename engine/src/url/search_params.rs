//! <https://url.spec.whatwg.org/#interface-urlsearchparams>

use std::cell::RefCell;

use url::form_urlencoded;
use virga_js::{Cx, DomString, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use super::URL;
use crate::generated::{
    URLSearchParamsMethods, USVStringSequenceSequenceOrUSVStringUSVStringRecordOrUSVString as Init,
};

/// A list of names and values, free or belonging to a [`URL`].
#[derive(Trace, Platform)]
pub(crate) struct URLSearchParams {
    #[trace(skip)]
    list: RefCell<Vec<(String, String)>>,
    url: Option<Obj<URL>>,
}

impl URLSearchParams {
    pub(super) fn of_url(url: Obj<URL>, query: Option<&str>) -> Self {
        Self { list: RefCell::new(parse(query.unwrap_or_default())), url: Some(url) }
    }

    /// The URL's query changed.
    pub(super) fn set_list(&self, query: &str) {
        self.list.replace(parse(query));
    }

    /// The pairs as `application/x-www-form-urlencoded`, as a request's body has
    /// them.
    pub(crate) fn serialize(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.list.borrow().iter())
            .finish()
    }

    /// Changes the list and brings the URL up to date.
    fn change(&self, change: impl FnOnce(&mut Vec<(String, String)>)) {
        change(&mut self.list.borrow_mut());
        if let Some(url) = &self.url {
            url.set_query(&self.serialize());
        }
    }
}

fn parse(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl URLSearchParamsMethods for Obj<URLSearchParams> {
    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams>
    fn constructor(cx: &mut Cx, init: Init) -> Fallible<Obj<URLSearchParams>> {
        let list = match init {
            Init::USVStringSequenceSequence(pairs) => pairs
                .into_iter()
                .map(|pair| match <[String; 2]>::try_from(pair) {
                    Ok([name, value]) => Ok((name, value)),
                    Err(pair) => Err(Error::type_error(format!(
                        "URLSearchParams constructor: an element of the sequence has {} items, not 2",
                        pair.len()
                    ))),
                })
                .collect::<Fallible<_>>()?,
            Init::USVStringUSVStringRecord(record) => record.0,
            Init::USVString(text) => parse(text.strip_prefix('?').unwrap_or(&text)),
        };
        Ok(Obj::new(cx, URLSearchParams { list: RefCell::new(list), url: None }))
    }

    fn size(&self, _: &mut Cx) -> u32 {
        u32::try_from(self.list.borrow().len()).unwrap_or(u32::MAX)
    }

    fn append(&self, _: &mut Cx, name: String, value: String) -> Fallible<()> {
        self.change(|list| list.push((name, value)));
        Ok(())
    }

    fn delete(&self, _: &mut Cx, name: String, value: Option<String>) -> Fallible<()> {
        self.change(|list| list.retain(|pair| !is_match(pair, &name, value.as_deref())));
        Ok(())
    }

    fn get(&self, _: &mut Cx, name: String) -> Fallible<Option<String>> {
        let list = self.list.borrow();
        Ok(list.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone()))
    }

    fn get_all(&self, _: &mut Cx, name: String) -> Fallible<Vec<String>> {
        let list = self.list.borrow();
        Ok(list.iter().filter(|(of, _)| *of == name).map(|(_, value)| value.clone()).collect())
    }

    fn has(&self, _: &mut Cx, name: String, value: Option<String>) -> Fallible<bool> {
        Ok(self.list.borrow().iter().any(|pair| is_match(pair, &name, value.as_deref())))
    }

    /// <https://url.spec.whatwg.org/#dom-urlsearchparams-set>
    fn set(&self, _: &mut Cx, name: String, value: String) -> Fallible<()> {
        self.change(|list| match list.iter().position(|(of, _)| *of == name) {
            None => list.push((name, value)),
            Some(first) => {
                list[first].1 = value;
                let mut index = 0;
                list.retain(|(of, _)| {
                    index += 1;
                    index <= first + 1 || *of != name
                });
            }
        });
        Ok(())
    }

    /// By code units of the names, equal names keeping their order.
    fn sort(&self, _: &mut Cx) -> Fallible<()> {
        self.change(|list| list.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16())));
        Ok(())
    }

    fn pair_at(&self, _: &mut Cx, index: usize) -> Fallible<Option<(String, String)>> {
        Ok(self.list.borrow().get(index).cloned())
    }

    fn stringify(&self, _: &mut Cx) -> Fallible<DomString> {
        Ok(DomString::from(self.serialize()))
    }
}

fn is_match(pair: &(String, String), name: &str, value: Option<&str>) -> bool {
    pair.0 == name && value.is_none_or(|value| pair.1 == value)
}
