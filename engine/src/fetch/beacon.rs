//! `navigator.sendBeacon`: <https://w3c.github.io/beacon/>

use virga_js::webidl::ByteString;
use virga_js::{Cx, Error, Fallible, Obj};

use super::{MimeType, Request, body::ToSend, pending};
use crate::{
    agent::EngineCx,
    generated::{
        NavigatorBeaconMethods,
        ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit,
        RequestCredentials, RequestInit, RequestMethods, RequestMode, RequestOrUSVString,
    },
    navigator::Navigator,
};

/// What may be sent at a time, in bytes: <https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>
const MOST: usize = 64 << 10;

impl NavigatorBeaconMethods for Obj<Navigator> {
    /// <https://w3c.github.io/beacon/#sendbeacon-method>
    fn send_beacon(&self, cx: &mut Cx, url: String, data: Option<BodyInit>) -> Fallible<bool> {
        let wrong = |why: &str| Error::type_error(format!("sendBeacon to {url:?}: {why}"));
        let address = cx.base_url().join(&url).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(wrong("beacons go over HTTP"));
        }
        if matches!(data, Some(BodyInit::ReadableStream(_))) {
            return Err(wrong("a stream may never end"));
        }
        // A type that a form could not send needs the server's consent.
        let mode = match &data {
            Some(BodyInit::Blob(blob)) if !is_safe(blob.media_type()) => RequestMode::Cors,
            _ => RequestMode::NoCors,
        };
        let init = RequestInit {
            method: Some(ByteString(b"POST".to_vec())),
            body: data.map(Some),
            mode: Some(mode),
            credentials: Some(RequestCredentials::Include),
            keepalive: Some(true),
            ..RequestInit::default()
        };
        let input = RequestOrUSVString::USVString(address.into());
        let request = <Obj<Request> as RequestMethods>::constructor(cx, input, init)?;
        if let ToSend::Bytes(bytes) = request.body_to_send()
            && bytes.len() > MOST
        {
            return Ok(false);
        }
        cx.engine().requests.initiated_by("beacon");
        // Nobody waits for what comes back.
        pending::start(cx, &request)?.mark_as_handled(cx)?;
        Ok(true)
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>, for `Content-Type`
fn is_safe(type_: &str) -> bool {
    type_.is_empty()
        || MimeType::parse(type_).is_some_and(|type_| {
            matches!(
                type_.essence(),
                "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
            )
        })
}
