//! What is not fetched, whoever asks.

use url::{Origin, Url};
use virga_protocol::{FetchFailure, RequestMode};

use crate::identity::is_loopback;

/// Refuses what mixes secure with insecure, and ports of other protocols.
pub(super) fn check(url: &Url, requester: &Origin, mode: RequestMode) -> Result<(), FetchFailure> {
    let refuse = |reason: String| Err(FetchFailure::Blocked(url.to_string(), reason));
    if let Some(port) = url.port()
        && BAD_PORTS.contains(&port)
    {
        return refuse(format!("port {port} belongs to another protocol"));
    }
    // <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>
    let secure = matches!(requester, Origin::Tuple(scheme, ..) if scheme == "https");
    if secure && url.scheme() == "http" && mode != RequestMode::Navigate && !is_loopback(url) {
        return refuse("a page loaded over https may not load from http".to_owned());
    }
    Ok(())
}

/// <https://fetch.spec.whatwg.org/#port-blocking>
const BAD_PORTS: [u16; 82] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_content_and_ports() {
        let check_one = |page: &str, url: &str, mode: RequestMode, allowed: bool| {
            let requester = Url::parse(page).unwrap().origin();
            let got = check(&Url::parse(url).unwrap(), &requester, mode);
            assert_eq!(got.is_ok(), allowed, "{page} {url} {mode:?}");
        };
        let cors = RequestMode::Cors;
        check_one("https://a.com", "http://b.com/", cors, false);
        check_one("https://a.com", "http://b.com/", RequestMode::NoCors, false);
        check_one("https://a.com", "http://b.com/", RequestMode::Navigate, true);
        check_one("https://a.com", "http://localhost:3000/", cors, true);
        check_one("https://a.com", "https://b.com/", cors, true);
        check_one("http://a.com", "http://b.com/", cors, true);
        check_one("http://a.com", "http://b.com:25/", cors, false);
        check_one("http://a.com", "http://b.com:6667/", RequestMode::Navigate, false);
        check_one("http://a.com", "http://b.com:8080/", cors, true);
    }
}
