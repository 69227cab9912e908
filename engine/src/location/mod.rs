//! The `location` object: <https://html.spec.whatwg.org/#the-location-interface>

use url::{Url, quirks};
use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};
use virga_js::{Platform, Trace};

use crate::{
    agent::EngineCx,
    generated::LocationMethods,
    loading::{self, History},
    navigable::{self, named},
    window::Window,
};

/// The address of a window's document.
#[derive(Trace, Platform)]
pub(crate) struct Location {
    window: Obj<Window>,
}

/// `window.location` of a window.
pub(crate) fn location(cx: &mut Cx, window: &Obj<Window>) -> Obj<Location> {
    let of = window.clone();
    window.singleton(cx, |_| Location { window: of })
}

impl Location {
    fn url(&self) -> Url {
        self.window.url()
    }

    /// Goes to a copy of the URL that `change` changed; one that it could not
    /// change is gone to as it is.
    fn change<R>(&self, cx: &mut Cx, change: impl FnOnce(&mut Url) -> R) {
        let mut url = self.url();
        let _ = change(&mut url);
        navigate(cx, self, url, History::Push);
    }

    /// <https://html.spec.whatwg.org/#encoding-parsing-a-url>, relative to the
    /// document.
    fn parse(&self, cx: &Cx, url: &str, member: &str) -> Fallible<Url> {
        // Relative to the document of whoever called.
        let entry = cx.incumbent_realm();
        let base = Obj::<Window>::from_object(cx, &entry.global_object());
        let base = base.unwrap_or_else(|| self.window.clone());
        base.parse_url(&cx.engine(), url).map_err(|error| {
            let message = format!("Location.{member}: {url:?} is not a valid URL: {error}");
            Error::dom(DomExceptionName::Syntax, message)
        })
    }
}

/// <https://html.spec.whatwg.org/#location-object-navigate>
fn navigate(cx: &mut Cx, location: &Location, url: Url, mut history: History) {
    let agent = cx.engine();
    let window = &location.window;
    let Some(navigable) = agent.navigables.get(window.navigable_id()) else { return };
    // 3. A page that goes elsewhere before it is loaded, without the user's
    // doing, leaves no entry of its own.
    let loading = navigable.window().is_none_or(|window| window.loading.is_loading());
    if loading {
        history = History::Replace;
    }
    // Whoever called is the source.
    let source = cx.incumbent_realm();
    let source = Obj::<Window>::from_object(cx, &source.global_object());
    let realm = source.as_ref().unwrap_or(window).realm().clone();
    cx.in_realm(&realm, |cx| {
        if navigable::current(cx).is_none_or(|own| named::may_navigate(cx, &own, &navigable)) {
            loading::navigate_in(cx, &navigable, url, history);
        }
    });
}

impl LocationMethods for Obj<Location> {
    fn href(&self, _: &mut Cx) -> String {
        self.url().into()
    }

    fn set_href(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        let url = self.parse(cx, &value, "href")?;
        navigate(cx, self, url, History::Push);
        Ok(())
    }

    fn origin(&self, _: &mut Cx) -> String {
        self.window.origin()
    }

    fn protocol(&self, _: &mut Cx) -> String {
        quirks::protocol(&self.url()).to_owned()
    }

    /// <https://html.spec.whatwg.org/#dom-location-protocol>
    fn set_protocol(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        let mut url = self.url();
        // 4. A scheme that cannot take the place of this one changes nothing.
        let scheme = value.split(':').next().unwrap_or_default();
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let _ = quirks::set_protocol(&mut url, &value);
        if !is_scheme {
            let message = format!("Location.protocol: {value:?} is not a scheme");
            return Err(Error::dom(DomExceptionName::Syntax, message));
        }
        // 6.
        if matches!(url.scheme(), "http" | "https") {
            navigate(cx, self, url, History::Push);
        }
        Ok(())
    }

    fn host(&self, _: &mut Cx) -> String {
        quirks::host(&self.url()).to_owned()
    }

    fn set_host(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        self.change(cx, |url| quirks::set_host(url, &value));
        Ok(())
    }

    fn hostname(&self, _: &mut Cx) -> String {
        quirks::hostname(&self.url()).to_owned()
    }

    fn set_hostname(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        self.change(cx, |url| quirks::set_hostname(url, &value));
        Ok(())
    }

    fn port(&self, _: &mut Cx) -> String {
        quirks::port(&self.url()).to_owned()
    }

    fn set_port(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        self.change(cx, |url| quirks::set_port(url, &value));
        Ok(())
    }

    fn pathname(&self, _: &mut Cx) -> String {
        quirks::pathname(&self.url()).to_owned()
    }

    fn set_pathname(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        self.change(cx, |url| quirks::set_pathname(url, &value));
        Ok(())
    }

    fn search(&self, _: &mut Cx) -> String {
        quirks::search(&self.url()).to_owned()
    }

    fn set_search(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        self.change(cx, |url| quirks::set_search(url, &value));
        Ok(())
    }

    fn hash(&self, _: &mut Cx) -> String {
        quirks::hash(&self.url()).to_owned()
    }

    /// <https://html.spec.whatwg.org/#dom-location-hash>
    fn set_hash(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        let mut url = self.url();
        // 3.
        let before = url.fragment().unwrap_or_default().to_owned();
        // 4, 5.
        let hash = value.strip_prefix('#').unwrap_or(&value);
        url.set_fragment(Some(hash));
        // 6. The same fragment again is no navigation.
        if url.fragment().unwrap_or_default() != before {
            navigate(cx, self, url, History::Push);
        }
        Ok(())
    }

    fn assign(&self, cx: &mut Cx, url: String) -> Fallible<()> {
        let url = self.parse(cx, &url, "assign")?;
        navigate(cx, self, url, History::Push);
        Ok(())
    }

    fn replace(&self, cx: &mut Cx, url: String) -> Fallible<()> {
        let url = self.parse(cx, &url, "replace")?;
        navigate(cx, self, url, History::Replace);
        Ok(())
    }

    fn reload(&self, cx: &mut Cx) -> Fallible<()> {
        loading::reload(cx, &self.window);
        Ok(())
    }
}
