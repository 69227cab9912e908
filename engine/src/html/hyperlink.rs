//! The parts of a link's URL: <https://html.spec.whatwg.org/#htmlhyperlinkelementutils>

use url::{Position, Url, quirks};
use virga_js::{Cx, DomString, Fallible, Obj, Platform};

use super::{HTMLAnchorElement, HTMLAreaElement, attribute, set_attribute};
use crate::{
    agent::EngineCx,
    dom::{self, DOMTokenList, Element, mutation},
    generated::{
        HTMLAnchorElementMethods, HTMLAreaElementMethods, HTMLHyperlinkElementUtilsMethods,
    },
};

/// Elements that make links.
pub(crate) trait Link: Platform {}

impl Link for HTMLAnchorElement {}
impl Link for HTMLAreaElement {}

/// <https://html.spec.whatwg.org/#concept-hyperlink-url-set>
fn url<T: Link>(cx: &Cx, link: &Obj<T>) -> Option<Url> {
    let href = attribute(cx, link.upcast::<Element>().id(), "href")?;
    cx.window().parse_url(&cx.engine(), &href).ok()
}

/// Changes the URL and writes it back to `href`; a link without one stays so.
fn change<T: Link>(cx: &mut Cx, link: &Obj<T>, change: impl FnOnce(&mut Url)) -> Fallible<()> {
    if let Some(mut url) = url(cx, link) {
        change(&mut url);
        set_attribute(cx, link.upcast::<Element>().id(), "href", url.as_str());
    }
    Ok(())
}

impl<T: Link> HTMLHyperlinkElementUtilsMethods for Obj<T> {
    /// <https://html.spec.whatwg.org/#dom-hyperlink-href>
    fn href(&self, cx: &mut Cx) -> String {
        match url(cx, self) {
            Some(url) => url.into(),
            None => attribute(cx, self.upcast::<Element>().id(), "href").unwrap_or_default(),
        }
    }

    fn origin(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    fn protocol(&self, cx: &mut Cx) -> String {
        url(cx, self).map_or_else(|| ":".to_owned(), |url| quirks::protocol(&url).to_owned())
    }

    fn set_protocol(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        // A protocol that cannot be leaves the URL as it is.
        change(cx, self, |url| {
            let _ = quirks::set_protocol(url, &value);
        })
    }

    fn username(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::username(&url).to_owned()).unwrap_or_default()
    }

    fn set_username(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| {
            let _ = quirks::set_username(url, &value);
        })
    }

    fn password(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::password(&url).to_owned()).unwrap_or_default()
    }

    fn set_password(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| {
            let _ = quirks::set_password(url, &value);
        })
    }

    fn host(&self, cx: &mut Cx) -> String {
        url(cx, self)
            .map(|url| url[Position::BeforeHost..Position::AfterPort].to_owned())
            .unwrap_or_default()
    }

    fn set_host(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| {
            let _ = quirks::set_host(url, &value);
        })
    }

    fn hostname(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::hostname(&url).to_owned()).unwrap_or_default()
    }

    fn set_hostname(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| {
            let _ = quirks::set_hostname(url, &value);
        })
    }

    fn port(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::port(&url).to_owned()).unwrap_or_default()
    }

    fn set_port(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| {
            let _ = quirks::set_port(url, &value);
        })
    }

    fn pathname(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::pathname(&url).to_owned()).unwrap_or_default()
    }

    fn set_pathname(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| quirks::set_pathname(url, &value))
    }

    fn search(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::search(&url).to_owned()).unwrap_or_default()
    }

    fn set_search(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| quirks::set_search(url, &value))
    }

    fn hash(&self, cx: &mut Cx) -> String {
        url(cx, self).map(|url| quirks::hash(&url).to_owned()).unwrap_or_default()
    }

    fn set_hash(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        change(cx, self, |url| quirks::set_hash(url, &value))
    }
}

impl HTMLAnchorElementMethods for Obj<HTMLAnchorElement> {
    fn rel_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "rel")
    }

    fn text(&self, cx: &mut Cx) -> DomString {
        cx.engine().tree().text_content(self.id()).into()
    }

    fn set_text(&self, cx: &mut Cx, value: DomString) -> Fallible<()> {
        mutation::string_replace_all(cx, &value.to_str(), self.id());
        Ok(())
    }
}

impl HTMLAreaElementMethods for Obj<HTMLAreaElement> {
    fn rel_list(&self, cx: &mut Cx) -> Obj<DOMTokenList> {
        dom::token_list_of(cx, &self.upcast(), "rel")
    }
}
