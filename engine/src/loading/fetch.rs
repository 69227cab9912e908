//! Fetching whole resources of a document: scripts, style sheets, images.

use virga_js::Cx;
use virga_protocol::{
    FetchFailure, FetchRequest, HttpHead, RedirectMode, Reply, Request, RequestCredentials,
    RequestId, RequestMode,
};

use crate::agent::{EngineCx, TaskSource};

/// A response with its whole body.
pub(crate) struct Fetched {
    pub(crate) head: HttpHead,
    pub(crate) body: Vec<u8>,
}

impl Fetched {
    /// The value of `Content-Type`, if there is one.
    pub(crate) fn content_type(&self) -> Option<&str> {
        header(&self.head, "content-type")
    }

    /// The type and subtype, in lower case, without parameters.
    pub(crate) fn essence(&self) -> String {
        essence(self.content_type().unwrap_or_default())
    }

    /// An error for people, if the status is none of success.
    pub(crate) fn refusal(&self) -> Option<String> {
        let HttpHead { url, status, status_text, .. } = &self.head;
        (!(200..300).contains(status))
            .then(|| format!("{url} answered {status} {status_text}").trim_end().to_owned())
    }
}

/// The type and subtype of a media type, in lower case.
pub(crate) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The value of a header.
pub(crate) fn header<'a>(head: &'a HttpHead, name: &str) -> Option<&'a str> {
    head.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// A request for a resource of the current document.
pub(crate) fn request_for(cx: &Cx, url: &str, mode: RequestMode) -> FetchRequest {
    let scope = cx.scope();
    FetchRequest {
        url: url.to_owned(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: None,
        origin: scope.origin(),
        embedder: scope.embedder_policy(),
        mode,
        credentials: match mode {
            RequestMode::NoCors | RequestMode::Navigate => RequestCredentials::Include,
            RequestMode::SameOrigin | RequestMode::Cors => RequestCredentials::SameOrigin,
        },
        redirect: RedirectMode::Follow,
        referrer: Some(scope.url().to_string()),
        referrer_policy: scope.referrer_policy(),
        ..FetchRequest::default()
    }
}

/// Fetches a whole resource and calls `done` once, in a task of the networking
/// source; not at all if the window goes before.
pub(crate) fn fetch(
    cx: &mut Cx,
    request: FetchRequest,
    done: impl FnOnce(&mut Cx, Result<Fetched, FetchFailure>) + 'static,
) -> RequestId {
    let url = request.url.clone();
    let mut done = Some(done);
    let mut head = None;
    let mut body = Vec::new();
    let window = cx.window_id();
    let on_reply = move |cx: &mut Cx, reply: Reply| {
        let result = match reply {
            Reply::Head(got) => {
                head = Some(got);
                return;
            }
            Reply::Data(bytes) => {
                body.extend_from_slice(&bytes);
                return;
            }
            Reply::End => match head.take() {
                Some(head) => Ok(Fetched { head, body: std::mem::take(&mut body) }),
                None => Err(FetchFailure::Dropped(url.clone())),
            },
            Reply::Failed(failure) => Err(failure),
            Reply::Unsupported(what) => Err(FetchFailure::Dropped(what)),
            Reply::Position(_)
            | Reply::PositionError(_)
            | Reply::Permission(_)
            | Reply::Socket(_) => Err(FetchFailure::Dropped(url.clone())),
        };
        if let Some(done) = done.take() {
            done(cx, result);
        }
    };
    cx.engine().request(window, Request::Fetch(request), TaskSource::Networking, on_reply)
}
