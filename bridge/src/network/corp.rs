//! Who may have a response without CORS:
//! <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header>

use url::{Origin, Url};
use virga_protocol::EmbedderPolicy;

use super::{
    cookies::is_same_site_host,
    cors::{Headers, get},
};

/// <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check>, for what
/// is no navigation. The error says what forbids it.
pub(super) fn check(
    response: &Headers,
    requester: &Origin,
    url: &Url,
    embedder: EmbedderPolicy,
    with_credentials: bool,
) -> Result<(), String> {
    // 3, 4.
    let policy = get(response, "cross-origin-resource-policy")
        .filter(|policy| matches!(policy.as_str(), "same-origin" | "same-site" | "cross-origin"));
    // 5.
    let (policy, whose) = match (&policy, embedder) {
        (Some(policy), _) => (policy.as_str(), "its"),
        (None, EmbedderPolicy::RequireCorp) => ("same-origin", "without another its"),
        (None, EmbedderPolicy::Credentialless) if with_credentials => {
            ("same-origin", "without another its")
        }
        (None, _) => return Ok(()),
    };
    // 6.
    let allowed = match policy {
        "same-origin" => url.origin() == *requester,
        "same-site" => match (requester, url.origin()) {
            (Origin::Tuple(from, a, _), Origin::Tuple(to, b, _)) => {
                is_same_site_host(a, &b) && (from == "https" || to != "https")
            }
            _ => false,
        },
        _ => true,
    };
    if allowed {
        return Ok(());
    }
    Err(format!("{whose} Cross-Origin-Resource-Policy is {policy:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        use EmbedderPolicy::{Credentialless, RequireCorp, UnsafeNone};
        let check = |policy: &str, from: &str, embedder, credentials, allowed: bool| {
            let headers = match policy {
                "" => Vec::new(),
                policy => vec![("cross-origin-resource-policy".to_owned(), policy.to_owned())],
            };
            let requester = Url::parse(from).unwrap().origin();
            let url = Url::parse("https://a.example.com/x").unwrap();
            let found = check(&headers, &requester, &url, embedder, credentials);
            assert_eq!(found.is_ok(), allowed, "{policy} {from} {embedder:?} {credentials}");
        };
        let (same, site, other) =
            ("https://a.example.com", "https://b.example.com", "https://other.com");
        check("", other, UnsafeNone, true, true);
        check("", other, RequireCorp, false, false);
        check("", other, Credentialless, false, true);
        check("", other, Credentialless, true, false);
        check("cross-origin", other, RequireCorp, true, true);
        check("same-origin", same, UnsafeNone, true, true);
        check("same-origin", site, UnsafeNone, true, false);
        check("same-site", site, RequireCorp, true, true);
        check("same-site", other, UnsafeNone, true, false);
        check("same-site", "http://b.example.com", UnsafeNone, true, false);
        check("nonsense", other, UnsafeNone, true, true);
    }
}
