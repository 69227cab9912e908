//! `<meta http-equiv=refresh>` and the `Refresh` header:
//! <https://html.spec.whatwg.org/#shared-declarative-refresh-steps>

use virga_dom::NodeId;
use virga_js::Cx;
use virga_protocol::Micros;

use super::navigate::{self, History};
use crate::agent::EngineCx;

/// A `meta` element became connected, or its attributes were set.
pub(super) fn meta(cx: &mut Cx, element: NodeId) {
    let agent = cx.engine();
    let refreshes = agent
        .attribute(element, "http-equiv")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("refresh"));
    if refreshes && let Some(content) = agent.attribute(element, "content") {
        declare(cx, &content);
    }
}

/// The current document asks to be replaced after a while.
pub(super) fn declare(cx: &mut Cx, input: &str) {
    let window = cx.window();
    if window.loading.refreshes.replace(true) {
        return;
    }
    let agent = cx.engine();
    let here = window.url();
    let parsed = parse(input).and_then(|(seconds, url)| match url {
        None => Some((seconds, here)),
        Some(url) => Some((seconds, window.parse_url(&agent, &url).ok()?)),
    });
    let Some((seconds, url)) = parsed.filter(|(_, url)| url.scheme() != "javascript") else {
        window.loading.refreshes.set(false);
        return;
    };
    let delay = Micros::from_millis(seconds * 1000.0);
    // 14. Once the document is loaded, and the time has passed.
    window.loading.refreshing_now.set(delay == Micros::ZERO);
    crate::timers::run_after(cx, delay, move |cx| {
        let url = url.clone();
        when_loaded(cx, move |cx| {
            // `document.open` may have come between.
            if cx.window().loading.refreshes.get() {
                navigate::navigate(cx, url, History::Replace);
            }
        });
    });
}

fn when_loaded(cx: &mut Cx, then: impl FnOnce(&mut Cx) + 'static) {
    let window = cx.window();
    if window.loading.is_loading() {
        window.loading.after_load.borrow_mut().push(Box::new(then));
    } else {
        then(cx);
    }
}

/// The seconds, and the URL if there is one.
fn parse(input: &str) -> Option<(f64, Option<String>)> {
    // 3–6.
    let rest = input.trim_start_matches(is_space);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let seconds = match &rest[..digits] {
        "" if rest.starts_with('.') => 0.0,
        "" => return None,
        text => text.parse::<f64>().ok()?,
    };
    // 7.
    let rest = rest[digits..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    // 9.
    if rest.is_empty() {
        return Some((seconds, None));
    }
    if !rest.starts_with(|c: char| matches!(c, ';' | ',') || is_space(c)) {
        return None;
    }
    let rest = rest.trim_start_matches(is_space);
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start_matches(is_space);
    if rest.is_empty() {
        return Some((seconds, None));
    }
    // 11.
    let mut url = rest;
    if rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("url")) {
        let after = rest[3..].trim_start_matches(is_space);
        if let Some(after) = after.strip_prefix('=') {
            url = after.trim_start_matches(is_space);
        }
    }
    if let Some(quote) = url.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        url = &url[1..];
        url = url.split(quote).next().unwrap_or_default();
    }
    Some((seconds, Some(url.to_owned())))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(input: &str, expected: Option<(f64, Option<&str>)>) {
        let found = parse(input);
        let found = found.as_ref().map(|(seconds, url)| (*seconds, url.as_deref()));
        assert_eq!(found, expected, "{input}");
    }

    #[test]
    fn times_and_addresses() {
        check("5", Some((5.0, None)));
        check(" 5.9; url=foo", Some((5.0, Some("foo"))));
        check("0;URL='a b'c", Some((0.0, Some("a b"))));
        check("1, \"x\"", Some((1.0, Some("x"))));
        check("1 foo", Some((1.0, Some("foo"))));
        check("1;url foo", Some((1.0, Some("url foo"))));
        check(".5;x", Some((0.0, Some("x"))));
        check("x", None);
        check("1x", None);
    }
}
