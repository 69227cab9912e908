//! Who an app is, seen from the host.

use std::path::PathBuf;

use url::{Host, Url};
use virga_protocol::AppConfig;

/// Tells the apps of a bridge apart; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AppId(pub(crate) u64);

/// What the bridge knows of an app for as long as it runs.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) id: AppId,
    /// The address of the app's first document.
    pub(crate) url: String,
    /// The folder of an app that is a file; its documents have the origin `null`.
    folder: Option<Url>,
    pub(crate) user_agent: String,
    pub(crate) accept_language: String,
    /// Microseconds since the Unix epoch.
    pub(crate) time_origin: i64,
}

impl Identity {
    pub(crate) fn new(id: AppId, config: &AppConfig) -> Self {
        let folder = Url::parse(&config.url)
            .ok()
            .filter(|url| url.scheme() == "file")
            .and_then(|url| if is_folder(&url) { url.join("./").ok() } else { url.join(".").ok() })
            .map(|mut url| {
                url.set_query(None);
                url.set_fragment(None);
                url
            });
        Self {
            id,
            url: config.url.clone(),
            folder,
            user_agent: config.user_agent.clone(),
            accept_language: accept_language(&config.locale),
            time_origin: config.time_origin,
        }
    }

    /// The folder that a file app may read as it likes.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.folder.as_ref()?.to_file_path().ok()
    }

    /// The name under which permissions and storage of `origin` are kept, or
    /// `None` if the origin is opaque and nothing can be kept for it.
    ///
    /// Documents from files have the opaque origin `null`; what they own is kept
    /// under the folder of the app they belong to.
    pub(crate) fn key(&self, origin: &str) -> Option<String> {
        match (origin, &self.folder) {
            ("null", Some(folder)) => Some(folder.to_string()),
            ("null", None) => None,
            _ => Some(origin.to_owned()),
        }
    }
}

/// Whether a `file:` URL names a folder, on disk or by its form.
fn is_folder(url: &Url) -> bool {
    url.path().ends_with('/') || url.to_file_path().is_ok_and(|path| path.is_dir())
}

/// `de-AT` becomes `de-AT,de;q=0.9`, as browsers write it.
fn accept_language(locale: &str) -> String {
    match locale.split_once('-') {
        Some((language, _)) => format!("{locale},{language};q=0.9"),
        None => locale.to_owned(),
    }
}

/// <https://w3c.github.io/webappsec-secure-contexts/#potentially-trustworthy-origin>,
/// on the keys that [`Identity::key`] makes.
pub(crate) fn is_trustworthy(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| match url.scheme() {
        "https" | "wss" | "file" => true,
        _ => is_loopback(&url),
    })
}

/// Whether a URL's host is this machine, whatever the network says.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trustworthy_origins() {
        let check = |origin: &str, expected: bool| {
            assert_eq!(is_trustworthy(origin), expected, "{origin}");
        };
        check("https://example.com", true);
        check("http://example.com", false);
        check("http://localhost:8080", true);
        check("http://app.localhost", true);
        check("http://localhost.example.com", false);
        check("http://127.3.2.1", true);
        check("http://[::1]:80", true);
        check("http://192.168.0.1", false);
        check("file:///home/user/app/", true);
        check("null", false);
    }

    #[test]
    fn languages() {
        assert_eq!(accept_language("de-AT"), "de-AT,de;q=0.9");
        assert_eq!(accept_language("en"), "en");
    }
}
