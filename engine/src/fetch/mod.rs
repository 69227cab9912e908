//! Fetch: <https://fetch.spec.whatwg.org/#fetch-api>
//!
//! The network's part of the algorithm, with redirects and CORS, is the host's.
//! Here are the objects that script holds, and [`pending`], the fetches whose
//! end is still to come.

mod beacon;
mod body;
mod buffer;
mod headers;
mod integrity;
mod mime;
mod package;
mod pending;
mod request;
mod response;

use virga_js::{Cx, Error, Fallible, Obj, Promise};

pub(crate) use self::{
    headers::{Headers, is_forbidden_request_header, is_token, trim},
    mime::MimeType,
    request::{BadMethod, Request, normalized_method},
    response::Response,
};
use crate::{
    generated::{RequestInit, RequestMethods, RequestOrUSVString, WindowOrWorkerFetchMethods},
    window::Global,
};

impl<T: Global> WindowOrWorkerFetchMethods for Obj<T> {
    /// <https://fetch.spec.whatwg.org/#dom-global-fetch>
    fn fetch(
        &self,
        cx: &mut Cx,
        input: RequestOrUSVString,
        init: RequestInit,
    ) -> Fallible<Promise> {
        // 2.
        let request = <Obj<Request> as RequestMethods>::constructor(cx, input, init)?;
        // 4.
        let signal = request.signal_object();
        if signal.is_aborted() {
            let reason = signal.abort_reason();
            request.cancel_body(cx, reason.clone())?;
            return Promise::rejected(cx, Error::Thrown(reason));
        }
        // 1, 5. - 13.
        pending::start(cx, &request)
    }
}
