//! <https://html.spec.whatwg.org/#the-workernavigator-object>

use virga_js::{Object, Slot};
use virga_js::{Platform, Trace};

use crate::{generated::WorkerNavigatorMethods, navigator::AnyNavigator};

/// `navigator` in workers.
#[derive(Trace, Platform, Default)]
pub(crate) struct WorkerNavigator {
    /// The same frozen array each time.
    languages: Slot<Option<Object>>,
}

impl AnyNavigator for WorkerNavigator {
    fn languages(&self) -> &Slot<Option<Object>> {
        &self.languages
    }
}

impl WorkerNavigatorMethods for virga_js::Obj<WorkerNavigator> {}
