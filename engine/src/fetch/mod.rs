//! Fetch: <https://fetch.spec.whatwg.org/#fetch-api>
//!
//! The network's part of the algorithm, with redirects and CORS, is the host's.
//! Here are the objects that script holds, and [`pending`], the fetches whose
//! end is still to come.

mod body;
mod headers;
mod pending;
mod request;
mod response;

use virga_js::{Cx, Error, Fallible, Obj, Promise};

pub(crate) use self::{headers::Headers, request::Request, response::Response};
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
        let request = match <Obj<Request> as RequestMethods>::constructor(cx, input, init) {
            Ok(request) => request,
            Err(error) => return Promise::rejected(cx, error),
        };
        // 4.
        let signal = request.signal_object();
        if signal.is_aborted() {
            return Promise::rejected(cx, Error::Thrown(signal.abort_reason()));
        }
        // 1, 5. - 13.
        Ok(pending::start(cx, &request))
    }
}
