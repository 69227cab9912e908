//! <https://html.spec.whatwg.org/#import-scripts-into-worker-global-scope>

use virga_js::{Cx, DomExceptionName, Error, Fallible, Obj, ScriptSource};
use virga_protocol::{Answer, Call, Fetched, RequestMode};

use super::WorkerGlobalScope;
use crate::{agent::EngineCx, loading};

pub(super) fn import_scripts(
    cx: &mut Cx,
    scope: &Obj<WorkerGlobalScope>,
    urls: &[String],
) -> Fallible<()> {
    // 1.
    if scope.module {
        return Err(Error::type_error("importScripts: a module worker imports modules instead"));
    }
    // 5.
    let base = cx.base_url();
    let mut parsed = Vec::with_capacity(urls.len());
    for text in urls {
        parsed.push(base.join(text).map_err(|error| {
            let message = format!("importScripts: {text:?} is not a valid URL: {error}");
            Error::dom(DomExceptionName::Syntax, message)
        })?);
    }
    // 6.
    for url in parsed {
        let (text, from) = fetch(cx, url.as_str())?;
        cx.evaluate_script(&ScriptSource::new(&text, &from))?;
    }
    Ok(())
}

/// Fetches a script while the caller waits.
fn fetch(cx: &mut Cx, url: &str) -> Fallible<(String, String)> {
    let refuse = |reason: String| {
        Error::dom(DomExceptionName::Network, format!("importScripts: {url}: {reason}"))
    };
    let agent = cx.engine();
    if let Some(entry) = agent.object_urls.get(url) {
        let text = encoding_rs::UTF_8.decode(entry.data.as_slice()).0.into_owned();
        return Ok((text, url.to_owned()));
    }
    let request = loading::request_for(cx, url, RequestMode::NoCors);
    let (head, body) = match agent.call(Call::Fetch(request)) {
        Answer::Fetch(Fetched::Response { head, body }) => (head, body),
        Answer::Fetch(Fetched::Failed(failure)) => return Err(refuse(failure.to_string())),
        _ => return Err(refuse("the host gave no answer".to_owned())),
    };
    if !(200..300).contains(&head.status) {
        return Err(refuse(format!("the answer was {} {}", head.status, head.status_text)));
    }
    let essence = loading::essence(loading::header(&head, "content-type").unwrap_or_default());
    if head.url.starts_with("http") && !loading::is_javascript(&essence) {
        return Err(refuse(format!("its type is {essence:?}, which is no script")));
    }
    let text = encoding_rs::UTF_8.decode(&body).0.into_owned();
    Ok((text, head.url))
}
