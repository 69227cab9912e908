//! The CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use virga_protocol::RequestCredentials;

/// The headers of a response, lower-case names with values in order.
pub(super) type Headers = [(String, String)];

/// The values of a header joined as the Fetch Standard's "get" does.
pub(super) fn get(headers: &Headers, name: &str) -> Option<String> {
    let values: Vec<_> =
        headers.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// <https://fetch.spec.whatwg.org/#cors-check>. The error says what is missing.
pub(super) fn check(
    response: &Headers,
    origin: &str,
    credentials: RequestCredentials,
) -> Result<(), String> {
    // 1. - 2.
    let Some(allowed) = get(response, "access-control-allow-origin") else {
        return Err("the response has no Access-Control-Allow-Origin header".to_owned());
    };
    // 3.
    let with_credentials = credentials == RequestCredentials::Include;
    if !with_credentials && allowed == "*" {
        return Ok(());
    }
    // 4. - 5.
    if allowed != origin {
        let star = if allowed == "*" { " which is not enough for credentials" } else { "" };
        return Err(format!(
            "its Access-Control-Allow-Origin is {allowed:?}{star}, not {origin:?}"
        ));
    }
    // 6. - 8.
    if with_credentials
        && get(response, "access-control-allow-credentials").as_deref() != Some("true")
    {
        return Err("its Access-Control-Allow-Credentials is not \"true\"".to_owned());
    }
    Ok(())
}

/// The answer to a preflight against what the request is about to send.
///
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, step 7.
pub(super) fn check_preflight(
    response: &Headers,
    method: &str,
    unsafe_headers: &[String],
    credentials: RequestCredentials,
) -> Result<(), String> {
    let with_credentials = credentials == RequestCredentials::Include;
    let methods = list(response, "access-control-allow-methods");
    let any_method = !with_credentials && methods.iter().any(|allowed| allowed == "*");
    if !methods.iter().any(|allowed| allowed == method) && !is_safe_method(method) && !any_method {
        return Err(format!("the method {method} is not in Access-Control-Allow-Methods"));
    }
    let allowed = list(response, "access-control-allow-headers");
    let any_header = !with_credentials && allowed.iter().any(|allowed| allowed == "*");
    for name in unsafe_headers {
        let named = allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        // A star never stands for credentials.
        if !named && (!any_header || name == "authorization") {
            return Err(format!("the header {name} is not in Access-Control-Allow-Headers"));
        }
    }
    Ok(())
}

pub(super) fn list(headers: &Headers, name: &str) -> Vec<String> {
    get(headers, name)
        .unwrap_or_default()
        .split(',')
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub(super) fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Names, sorted and without repetition, of headers that the other origin must
/// allow first.
///
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
pub(super) fn unsafe_header_names(headers: &Headers) -> Vec<String> {
    /// Bytes that safelisted values may have together.
    const LONGEST_SUM: usize = 1024;

    let (safe, unsafe_): (Vec<_>, Vec<_>) =
        headers.iter().partition(|(name, value)| is_safe_header(name, value));
    let sum: usize = safe.iter().map(|(_, value)| value.len()).sum();
    let too_long = if sum > LONGEST_SUM { safe } else { Vec::new() };
    let mut names: Vec<_> =
        unsafe_.into_iter().chain(too_long).map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn is_safe_header(name: &str, value: &str) -> bool {
    /// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
    fn is_unsafe(byte: char) -> bool {
        (byte < ' ' && byte != '\t') || "\"():<>?@[\\]{}\u{7f}".contains(byte)
    }
    let safe = match name {
        "accept" => !value.contains(is_unsafe),
        "accept-language" | "content-language" => {
            value.chars().all(|byte| byte.is_ascii_alphanumeric() || " *,-.;=".contains(byte))
        }
        "content-type" => {
            let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            !value.contains(is_unsafe)
                && matches!(
                    essence.as_str(),
                    "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
                )
        }
        "range" => value.strip_prefix("bytes=").is_some_and(|range| {
            range.split_once('-').is_some_and(|(first, last)| {
                let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                !first.is_empty() && number(first) && number(last)
            })
        }),
        _ => false,
    };
    safe && value.len() <= 128
}

/// What script may see of a response from another origin that agreed.
///
/// <https://fetch.spec.whatwg.org/#concept-filtered-response-cors>
pub(super) fn exposed(
    headers: Vec<(String, String)>,
    credentials: RequestCredentials,
) -> Vec<(String, String)> {
    const SAFE: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    let named = list(&headers, "access-control-expose-headers");
    let all = credentials != RequestCredentials::Include && named.iter().any(|name| name == "*");
    headers
        .into_iter()
        .filter(|(name, _)| {
            all || SAFE.contains(&name.as_str())
                || named.iter().any(|exposed| exposed.eq_ignore_ascii_case(name))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_check() {
        let check_one = |response: &[(&str, &str)], credentials, allowed: bool| {
            let got = check(&headers(response), "https://a.com", credentials);
            assert_eq!(got.is_ok(), allowed, "{response:?} {got:?}");
        };
        let (omit, include) = (RequestCredentials::Omit, RequestCredentials::Include);
        let origin = "access-control-allow-origin";
        let credentials = "access-control-allow-credentials";
        check_one(&[], omit, false);
        check_one(&[(origin, "*")], omit, true);
        check_one(&[(origin, "*")], include, false);
        check_one(&[(origin, "https://a.com")], omit, true);
        check_one(&[(origin, "https://a.com")], include, false);
        check_one(&[(origin, "https://a.com"), (credentials, "true")], include, true);
        check_one(&[(origin, "https://b.com")], omit, false);
        check_one(&[(origin, "https://a.com"), (origin, "https://a.com")], omit, false);
        check_one(&[(origin, "HTTPS://A.COM")], omit, false);
    }

    #[test]
    fn headers_that_need_a_preflight() {
        let check_one = |request: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(unsafe_header_names(&headers(request)), expected, "{request:?}");
        };
        check_one(&[("accept", "*/*"), ("content-type", "text/plain;charset=utf-8")], &[]);
        check_one(&[("content-type", "application/json")], &["content-type"]);
        check_one(&[("x-b", "1"), ("x-a", "1"), ("x-b", "2")], &["x-a", "x-b"]);
        check_one(&[("accept", "a\"b")], &["accept"]);
        check_one(&[("accept-language", "de, en;q=0.5")], &[]);
        check_one(&[("range", "bytes=0-10")], &[]);
        check_one(&[("range", "bytes=-10")], &["range"]);
        check_one(&[("accept", &"x".repeat(129))], &["accept"]);
        let many: Vec<_> = std::iter::repeat_n(("accept", "y".repeat(128)), 9).collect();
        let many: Vec<_> = many.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check_one(&many, &["accept"]);
    }

    #[test]
    fn preflights() {
        let check_one = |response: &[(&str, &str)], method: &str, names: &[&str], allowed: bool| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            let omit = RequestCredentials::Omit;
            let got = check_preflight(&headers(response), method, &names, omit);
            assert_eq!(got.is_ok(), allowed, "{response:?} {method} {names:?}");
        };
        let (methods, allowed) = ("access-control-allow-methods", "access-control-allow-headers");
        check_one(&[], "PUT", &[], false);
        check_one(&[(methods, "PUT, DELETE")], "PUT", &[], true);
        check_one(&[(methods, "put")], "PUT", &[], false);
        check_one(&[(methods, "*")], "PUT", &[], true);
        check_one(&[], "POST", &["content-type"], false);
        check_one(&[(allowed, "Content-Type")], "POST", &["content-type"], true);
        check_one(&[(allowed, "*")], "POST", &["x-a"], true);
        check_one(&[(allowed, "*")], "POST", &["authorization"], false);
        check_one(&[(allowed, "*, authorization")], "POST", &["authorization"], true);
    }

    #[test]
    fn what_script_sees() {
        let response = headers(&[
            ("content-type", "text/plain"),
            ("x-secret", "1"),
            ("x-open", "2"),
            ("access-control-expose-headers", "X-Open"),
        ]);
        let seen = exposed(response, RequestCredentials::Omit);
        assert_eq!(seen, headers(&[("content-type", "text/plain"), ("x-open", "2")]));
    }
}
