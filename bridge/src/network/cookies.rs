//! The cookie jar of a profile.
//!
//! <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html>

use std::{
    fs, io,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Mutex,
};

use cookie_store::{Cookie, CookieStore};
use url::{Host, Origin, Url};

use crate::{bridge::Trouble, identity::is_loopback, sync::lock};

/// The jar, read at the first request that may carry cookies.
pub(super) struct Cookies {
    path: Option<PathBuf>,
    trouble: Trouble,
    jar: Mutex<Option<CookieStore>>,
}

/// Whence a request comes, as far as `SameSite` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// From the same site.
    Same,
    /// A document that the user goes to from another site.
    CrossNavigation,
    /// Anything else from another site.
    Cross,
}

impl Cookies {
    pub(super) fn new(path: Option<PathBuf>, trouble: Trouble) -> Self {
        Self { path, trouble, jar: Mutex::new(None) }
    }

    /// The value of the `Cookie` header for a request, if there is one.
    pub(super) fn header(&self, url: &Url, site: Site) -> Option<String> {
        self.pairs(url, |cookie| is_sent(cookie, site))
    }

    /// `document.cookie`: <https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie>
    pub(super) fn seen_by_script(&self, url: &Url, site: Site) -> String {
        let seen = |cookie: &Cookie<'_>| cookie.http_only() != Some(true) && is_sent(cookie, site);
        self.pairs(url, seen).unwrap_or_default()
    }

    /// Sets a cookie as script may: none that it could not see.
    pub(super) fn set_by_script(&self, url: &Url, site: Site, text: &str) {
        let Ok(cookie) = Cookie::parse(text.to_owned(), url) else {
            tracing::debug!("script at {url} set no cookie with {text:?}");
            return;
        };
        let hides = |known: &Cookie<'_>| {
            known.http_only() == Some(true)
                && known.name() == cookie.name()
                && known.domain == cookie.domain
                && known.path == cookie.path
        };
        let hidden = {
            let mut jar = lock(&self.jar);
            self.load(&mut jar).iter_any().any(hides)
        };
        if cookie.http_only() == Some(true) || hidden {
            tracing::debug!("script at {url} may not set a cookie for servers alone");
            return;
        }
        self.store(url, site, [text].into_iter());
    }

    fn pairs(&self, url: &Url, wanted: impl Fn(&Cookie<'_>) -> bool) -> Option<String> {
        let mut jar = lock(&self.jar);
        let jar = self.load(&mut jar);
        let mut cookies: Vec<_> =
            jar.matches(url).into_iter().filter(|cookie| wanted(cookie)).collect();
        // Longer paths first; the rest in an order that does not change.
        cookies.sort_by(|a, b| {
            let (path_a, path_b): (&str, &str) = (a.path.as_ref(), b.path.as_ref());
            path_b.len().cmp(&path_a.len()).then_with(|| a.name().cmp(b.name()))
        });
        let pairs: Vec<_> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Keeps what a response sets.
    pub(super) fn store<'a>(&self, url: &Url, site: Site, headers: impl Iterator<Item = &'a str>) {
        let mut headers = headers.peekable();
        if headers.peek().is_none() {
            return;
        }
        let mut jar = lock(&self.jar);
        let jar = self.load(&mut jar);
        for header in headers {
            match Cookie::parse(header.to_owned(), url) {
                Ok(cookie) if is_well_formed(header, &cookie) && is_kept(&cookie, url, site) => {
                    if let Err(error) = jar.insert(cookie.into_owned(), url) {
                        tracing::debug!("cookie of {url} refused: {error}");
                    }
                }
                Ok(_) => {
                    tracing::debug!("cookie of {url} refused: its attributes or site forbid it");
                }
                Err(error) => tracing::debug!("cookie of {url} refused: {error}"),
            }
        }
        if let Some(path) = &self.path
            && let Err(error) = save(jar, path)
        {
            (self.trouble)(&format!("the cookies could not be saved: {error}"));
        }
    }

    fn load<'a>(&self, jar: &'a mut Option<CookieStore>) -> &'a mut CookieStore {
        jar.get_or_insert_with(|| {
            let Some(path) = &self.path else { return CookieStore::new() };
            match fs::File::open(path) {
                Ok(file) => {
                    cookie_store::serde::json::load(BufReader::new(file)).unwrap_or_else(|error| {
                        (self.trouble)(&set_aside(path, &error.to_string()));
                        CookieStore::new()
                    })
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => CookieStore::new(),
                Err(error) => {
                    (self.trouble)(&format!("the cookies could not be read: {error}"));
                    CookieStore::new()
                }
            }
        })
    }
}

/// Keeps a jar that cannot be read from being overwritten.
fn set_aside(path: &Path, reason: &str) -> String {
    let kept = path.with_extension("damaged.json");
    match fs::rename(path, &kept) {
        Ok(()) => format!("the cookies are damaged ({reason}); kept as {}", kept.display()),
        Err(error) => format!("the cookies are damaged ({reason}) and cannot be moved: {error}"),
    }
}

/// Replaces the file in one step, so that a crash leaves the old jar or the new.
fn save(jar: &CookieStore, path: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    cookie_store::serde::json::save(jar, &mut text).map_err(io::Error::other)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension("new");
    fs::write(&temporary, text)?;
    fs::rename(temporary, path)
}

/// Whether a cookie goes along, by its `SameSite` attribute. Without one it is
/// `Lax`.
fn is_sent(cookie: &Cookie<'_>, site: Site) -> bool {
    let none = is_for_all_sites(cookie);
    match site {
        Site::Same => true,
        Site::CrossNavigation => {
            none || !cookie.same_site().is_some_and(|same_site| same_site.is_strict())
        }
        Site::Cross => none,
    }
}

/// `SameSite=None`, which only counts on a `Secure` cookie.
fn is_for_all_sites(cookie: &Cookie<'_>) -> bool {
    cookie.same_site().is_some_and(|same_site| same_site.is_none()) && cookie.secure() == Some(true)
}

/// Whether what was said is a cookie: no control characters, which no header can
/// carry, and not too long.
///
/// <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.6>
fn is_well_formed(text: &str, cookie: &Cookie<'_>) -> bool {
    /// Bytes of a name and its value together.
    const LONGEST: usize = 4096;

    !text.contains(|c: char| c.is_ascii_control() && c != '\t')
        && cookie.name().len() + cookie.value().len() <= LONGEST
}

/// Whether a response may set this cookie.
fn is_kept(cookie: &Cookie<'_>, url: &Url, site: Site) -> bool {
    let secure = cookie.secure() == Some(true);
    if secure && url.scheme() != "https" && !is_loopback(url) {
        return false;
    }
    // <https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-cookie-name-prefixes>
    let has_prefix = |prefix: &str| {
        cookie.name().get(..prefix.len()).is_some_and(|name| name.eq_ignore_ascii_case(prefix))
    };
    let for_host = has_prefix("__Host-");
    let all_of_host = cookie.domain().is_none() && cookie.path() == Some("/");
    if (for_host || has_prefix("__Secure-")) && !secure || for_host && !all_of_host {
        return false;
    }
    // A cookie for all of `com` or `co.uk` is no one's to set.
    let domain = cookie.domain().map(|domain| domain.trim_start_matches('.'));
    let public = domain.is_some_and(|domain| {
        Some(domain) != url.host_str() && psl::domain_str(&domain.to_ascii_lowercase()).is_none()
    });
    !public && (site != Site::Cross || is_for_all_sites(cookie))
}

/// Where a request from `requester` to `url` comes from.
///
/// <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
pub(super) fn site_of(requester: &Origin, url: &Url, navigation: bool) -> Site {
    let same = match (requester, url.origin()) {
        (Origin::Tuple(from, a, _), Origin::Tuple(to, b, _)) => {
            *from == to && is_same_site_host(a, &b)
        }
        // The user's own doing, such as the first document of an app.
        (Origin::Opaque(_), _) => navigation,
        _ => false,
    };
    match (same, navigation) {
        (true, _) => Site::Same,
        (false, true) => Site::CrossNavigation,
        (false, false) => Site::Cross,
    }
}

/// Whether two hosts belong to the same registrable domain.
pub(super) fn is_same_site_host(a: &Host, b: &Host) -> bool {
    match (a, b) {
        (Host::Domain(a), Host::Domain(b)) => {
            a == b
                || matches!((psl::domain_str(a), psl::domain_str(b)), (Some(a), Some(b)) if a == b)
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn jar() -> Cookies {
        Cookies::new(None, Arc::new(|message| panic!("{message}")))
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn which_cookies_go_along() {
        let check = |set_at: &str, set: &str, to: &str, site: Site, expected: Option<&str>| {
            let jar = jar();
            jar.store(&url(set_at), Site::Same, [set].into_iter());
            assert_eq!(jar.header(&url(to), site).as_deref(), expected, "{set} at {set_at}, {to}");
        };
        let page = "https://www.example.com/a/b";
        check(page, "a=1", page, Site::Same, Some("a=1"));
        check(page, "a=1", "https://example.com/", Site::Same, None);
        check(page, "a=1; Domain=example.com", "https://example.com/a/", Site::Same, Some("a=1"));
        check(page, "a=1; Domain=com", page, Site::Same, None);
        check(page, "a=1; Domain=other.com", page, Site::Same, None);
        check(page, "a=1; Path=/a", "https://www.example.com/b", Site::Same, None);
        check(page, "a=1; Secure", "http://www.example.com/a/b", Site::Same, None);
        check(page, "a=1; Max-Age=0", page, Site::Same, None);
        check(page, "a=1", page, Site::Cross, None);
        check(page, "a=1", page, Site::CrossNavigation, Some("a=1"));
        check(page, "a=1; SameSite=Strict", page, Site::CrossNavigation, None);
        check(page, "a=1; SameSite=None; Secure", page, Site::Cross, Some("a=1"));
        check(page, "a=1; SameSite=None", page, Site::Cross, None);
        check("http://www.example.com/", "a=1; Secure", page, Site::Same, None);
        check("http://localhost/", "a=1; Secure", "http://localhost/", Site::Same, Some("a=1"));
        check(page, "__Secure-a=1", page, Site::Same, None);
        check(page, "__secure-a=1; Secure", page, Site::Same, Some("__secure-a=1"));
        check(page, "__Host-a=1; Secure", page, Site::Same, None);
        check(page, "__Host-a=1; Secure; Path=/", page, Site::Same, Some("__Host-a=1"));
        check(page, "__Host-a=1; Secure; Path=/; Domain=example.com", page, Site::Same, None);
        check(page, "a=1\0", page, Site::Same, None);
        check(page, "a=1\r\nB: 2", page, Site::Same, None);
        check(page, &format!("a={}", "1".repeat(5000)), page, Site::Same, None);
        check("https://shop.co.uk/", "a=1; Domain=co.uk", "https://bank.co.uk/", Site::Same, None);
    }

    #[test]
    fn script_neither_sees_nor_replaces_what_is_for_servers() {
        let jar = jar();
        let page = url("https://example.com/a");
        jar.store(&page, Site::Same, ["a=1; HttpOnly", "b=2"].into_iter());
        assert_eq!(jar.seen_by_script(&page, Site::Same), "b=2");
        jar.set_by_script(&page, Site::Same, "a=3");
        jar.set_by_script(&page, Site::Same, "c=4; HttpOnly");
        jar.set_by_script(&page, Site::Same, "b=5; Path=/");
        jar.set_by_script(&page, Site::Same, "d");
        assert_eq!(jar.header(&page, Site::Same).as_deref(), Some("a=1; b=5"));
        jar.set_by_script(&page, Site::Same, "b=; Max-Age=0; Path=/");
        assert_eq!(jar.seen_by_script(&page, Site::Same), "");
        assert_eq!(jar.seen_by_script(&page, Site::Cross), "");
    }

    #[test]
    fn sites() {
        let check = |from: &str, to: &str, navigation: bool, expected: Site| {
            assert_eq!(site_of(&url(from).origin(), &url(to), navigation), expected, "{from} {to}");
        };
        check("https://a.example.com", "https://b.example.com", false, Site::Same);
        check("http://a.example.com", "https://a.example.com", false, Site::Cross);
        check("https://a.co.uk", "https://b.co.uk", false, Site::Cross);
        check("https://a.com", "https://b.com", true, Site::CrossNavigation);
        check("http://127.0.0.1:1", "http://127.0.0.1:2", false, Site::Same);
        check("http://127.0.0.1", "http://127.0.0.2", false, Site::Cross);
        check("http://localhost", "http://localhost:3000", false, Site::Same);
        check("file:///x", "https://b.com", true, Site::Same);
        check("file:///x", "https://b.com", false, Site::Cross);
    }

    #[test]
    fn lasting_cookies_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cookies.json");
        let open = || Cookies::new(Some(path.clone()), Arc::new(|message| panic!("{message}")));
        let page = url("https://example.com/");
        let set = ["keep=1; Max-Age=1000", "forget=1"];
        open().store(&page, Site::Same, set.into_iter());
        assert_eq!(open().header(&page, Site::Same).as_deref(), Some("keep=1"));
    }

    #[test]
    fn a_damaged_jar_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cookies.json");
        fs::write(&path, "not json").unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        let trouble: Trouble = {
            let told = Arc::clone(&told);
            Arc::new(move |message| lock(&told).push_str(message))
        };
        let jar = Cookies::new(Some(path), trouble);
        assert_eq!(jar.header(&url("https://example.com/"), Site::Same), None);
        assert!(lock(&told).contains("damaged"));
        let kept = folder.path().join("cookies.damaged.json");
        assert_eq!(fs::read_to_string(kept).unwrap(), "not json");
    }
}
