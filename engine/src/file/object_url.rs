//! <https://w3c.github.io/FileAPI/#blob-url>

use std::{cell::RefCell, collections::BTreeMap};

use virga_js::{Cx, Obj};
use virga_protocol::{
    Bytes, FetchFailure, FetchRequest, Fetched, HttpHead, Reply, ResponseTainting,
};

use super::{Blob, BlobData};
use crate::agent::EngineCx;

/// The blob URL store of an agent.
#[derive(Default)]
pub(crate) struct ObjectUrls {
    entries: RefCell<BTreeMap<String, ObjectUrl>>,
}

/// What a blob URL stands for. It holds bytes, no object of script.
#[derive(Clone, Debug)]
pub(crate) struct ObjectUrl {
    pub(crate) data: BlobData,
    pub(crate) type_: String,
}

impl ObjectUrls {
    /// What a URL stands for; its fragment does not matter.
    pub(crate) fn get(&self, url: &str) -> Option<ObjectUrl> {
        let url = url.split('#').next().unwrap_or_default();
        self.entries.borrow().get(url).cloned()
    }
}

/// What a fetch of a blob URL brings.
///
/// <https://fetch.spec.whatwg.org/#scheme-fetch>
pub(crate) fn answer(urls: &ObjectUrls, request: &FetchRequest) -> Vec<Reply> {
    match urls.get(&request.url) {
        Some(entry) => entry.replies(request),
        None => {
            let reason = "there is no such object URL, or it was revoked".to_owned();
            vec![Reply::Failed(FetchFailure::Blocked(request.url.clone(), reason))]
        }
    }
}

/// As [`answer`], in one piece.
pub(crate) fn answer_whole(urls: &ObjectUrls, request: &FetchRequest) -> Fetched {
    let (mut found, mut whole) = (None, Bytes::default());
    for reply in answer(urls, request) {
        match reply {
            Reply::Head(head) => found = Some(head),
            Reply::Data(bytes) => whole = bytes,
            Reply::Failed(failure) => return Fetched::Failed(failure),
            _ => {}
        }
    }
    match found {
        Some(head) => Fetched::Response { head, body: whole },
        None => Fetched::Failed(FetchFailure::Dropped(request.url.clone())),
    }
}

impl ObjectUrl {
    /// The response to a request for it.
    pub(crate) fn replies(&self, request: &FetchRequest) -> Vec<Reply> {
        if request.method != "GET" {
            let reason = format!("an object URL cannot be the target of {}", request.method);
            return vec![Reply::Failed(FetchFailure::Blocked(request.url.clone(), reason))];
        }
        let whole = self.data.as_slice().len();
        let header = |name: &str, value: String| (name.to_owned(), value);
        let mut headers = vec![header("content-type", self.type_.clone())];
        let range = request.headers.iter().find(|(name, _)| name == "range");
        let (status, status_text, data) = match range {
            None => (200, "OK", self.data.clone()),
            Some((_, range)) => match range_of(range, whole) {
                Some((start, end)) => {
                    let content = format!("bytes {start}-{}/{whole}", end - 1);
                    headers.push(header("content-range", content));
                    (206, "Partial Content", self.data.part(start, end))
                }
                None => {
                    let reason = format!("the range {range:?} is not within the blob");
                    return vec![Reply::Failed(FetchFailure::Blocked(request.url.clone(), reason))];
                }
            },
        };
        headers.insert(0, header("content-length", data.as_slice().len().to_string()));
        let head = HttpHead {
            url: request.url.clone(),
            status,
            status_text: status_text.to_owned(),
            headers,
            redirected: false,
            tainting: ResponseTainting::Basic,
        };
        let mut replies = vec![Reply::Head(head)];
        if !data.as_slice().is_empty() {
            replies.push(Reply::Data(data.to_bytes()));
        }
        replies.push(Reply::End);
        replies
    }
}

/// <https://fetch.spec.whatwg.org/#simple-range-header-value>, as the bytes from
/// and up to.
fn range_of(header: &str, whole: usize) -> Option<(usize, usize)> {
    let (start, end) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.parse::<usize>().ok();
    let (start, end) = match (start, end) {
        ("", last) => (whole.checked_sub(number(last)?)?, whole),
        (start, "") => (number(start)?, whole),
        (start, end) => (number(start)?, number(end)?.saturating_add(1).min(whole)),
    };
    (start < end && end <= whole).then_some((start, end))
}

/// <https://w3c.github.io/FileAPI/#dfn-createObjectURL>
pub(crate) fn create_object_url(cx: &mut Cx, blob: &Obj<Blob>) -> String {
    // A version 4 UUID, from the app's own generator: a run can be repeated.
    let (high, low) = (cx.random_u64(), cx.random_u64());
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let url = format!(
        "blob:{}/{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        cx.scope().origin(),
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff,
    );
    let entry = ObjectUrl { data: blob.data().clone(), type_: blob.media_type().to_owned() };
    cx.engine().object_urls.entries.borrow_mut().insert(url.clone(), entry);
    url
}

/// <https://w3c.github.io/FileAPI/#dfn-revokeObjectURL>
pub(crate) fn revoke_object_url(cx: &Cx, url: &str) {
    // Of this origin only; others are ignored.
    let prefix = format!("blob:{}/", cx.scope().origin());
    if url.starts_with(&prefix) && !url.contains('#') {
        cx.engine().object_urls.entries.borrow_mut().remove(url);
    }
}

#[cfg(test)]
mod tests {
    use super::range_of;

    #[test]
    fn ranges() {
        for (header, expected) in [
            ("bytes=0-3", Some((0, 4))),
            ("bytes=2-", Some((2, 10))),
            ("bytes=-3", Some((7, 10))),
            ("bytes=5-100", Some((5, 10))),
            ("bytes=10-", None),
            ("bytes=4-2", None),
            ("bytes=-11", None),
            ("lines=1-2", None),
        ] {
            assert_eq!(range_of(header, 10), expected, "{header}");
        }
    }
}
