//! `document.cookie`: <https://html.spec.whatwg.org/#dom-document-cookie>
//!
//! The jar is the host's; script waits for it, as the web has it.

use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj};
use virga_protocol::{Answer, Call};

use crate::{agent::EngineCx, dom::Document, generated::DocumentCookiesMethods, window::Origin};

/// Reads the jar at the document's address, after having set a cookie, if there is
/// one to set.
fn jar(cx: &mut Cx, document: &Obj<Document>, set: Option<String>) -> Fallible<String> {
    let agent = cx.engine();
    // A document that nobody looks at is cookie-averse, and so is one that did not
    // come over HTTP.
    let Some(window) = agent.window_of(document.id()) else { return Ok(String::new()) };
    let url = window.url();
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(String::new());
    }
    if matches!(window.security_origin(), Origin::Opaque(_)) {
        return Err(Error::dom(
            DomExceptionName::Security,
            "a document with an opaque origin has no cookies",
        ));
    }
    let top = agent.window().map_or_else(|| "null".to_owned(), |top| top.origin());
    match agent.call(Call::Cookies { url: url.into(), top, set }) {
        Answer::Cookies(pairs) => Ok(pairs),
        other => Err(Error::type_error(format!(
            "the host answered a question for cookies with {other:?}"
        ))),
    }
}

impl DocumentCookiesMethods for Obj<Document> {
    fn cookie(&self, cx: &mut Cx) -> Fallible<String> {
        jar(cx, self, None)
    }

    fn set_cookie(&self, cx: &mut Cx, value: String) -> Fallible<()> {
        jar(cx, self, Some(value)).map(drop)
    }
}
