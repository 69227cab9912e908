//! <https://html.spec.whatwg.org/#worker-locations>

use url::{Url, quirks};
use virga_js::{Cx, Obj};
use virga_js::{Platform, Trace};

use crate::generated::WorkerLocationMethods;

/// The address of a worker's script.
#[derive(Trace, Platform)]
pub(crate) struct WorkerLocation {
    #[trace(skip)]
    url: Url,
}

impl WorkerLocation {
    pub(super) fn new(url: Url) -> Self {
        Self { url }
    }
}

impl WorkerLocationMethods for Obj<WorkerLocation> {
    fn href(&self, _: &mut Cx) -> String {
        quirks::href(&self.url).to_owned()
    }

    fn origin(&self, _: &mut Cx) -> String {
        quirks::origin(&self.url)
    }

    fn protocol(&self, _: &mut Cx) -> String {
        quirks::protocol(&self.url).to_owned()
    }

    fn host(&self, _: &mut Cx) -> String {
        quirks::host(&self.url).to_owned()
    }

    fn hostname(&self, _: &mut Cx) -> String {
        quirks::hostname(&self.url).to_owned()
    }

    fn port(&self, _: &mut Cx) -> String {
        quirks::port(&self.url).to_owned()
    }

    fn pathname(&self, _: &mut Cx) -> String {
        quirks::pathname(&self.url).to_owned()
    }

    fn search(&self, _: &mut Cx) -> String {
        quirks::search(&self.url).to_owned()
    }

    fn hash(&self, _: &mut Cx) -> String {
        quirks::hash(&self.url).to_owned()
    }
}
