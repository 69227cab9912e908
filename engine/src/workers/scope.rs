//! <https://html.spec.whatwg.org/#the-workerglobalscope-common-interface>

use virga_js::{Cx, DomString, Fallible, Obj, Object, Realm, Value, webidl};
use virga_js::{Platform, Trace};
use virga_protocol::{FromApp, WorkerReport, WorkerStart};

use url::Url;

use super::{WorkerLocation, WorkerNavigator};
use crate::{
    agent::EngineCx,
    generated::{
        self, DedicatedWorkerGlobalScopeMethods, SharedWorkerGlobalScopeMethods,
        StructuredSerializeOptions, WorkerGlobalScopeMethods,
    },
    messaging::send_with_ports,
    structured_clone::serialize_with_transfer,
    window::{Global, GlobalScope},
};

/// What the globals of all kinds of workers share.
#[derive(Trace, Platform)]
pub(crate) struct WorkerGlobalScope {
    #[base]
    scope: GlobalScope,
    /// Whether its script is a module.
    pub(super) module: bool,
}

impl Global for WorkerGlobalScope {}

/// The global object of a dedicated worker.
#[derive(Trace, Platform)]
pub(crate) struct DedicatedWorkerGlobalScope {
    #[base]
    scope: WorkerGlobalScope,
    #[trace(skip)]
    name: DomString,
}

impl Global for DedicatedWorkerGlobalScope {}

/// The global object of a shared worker.
#[derive(Trace, Platform)]
pub(crate) struct SharedWorkerGlobalScope {
    #[base]
    scope: WorkerGlobalScope,
    #[trace(skip)]
    name: DomString,
}

impl Global for SharedWorkerGlobalScope {}

/// Makes the realm of a worker.
pub(super) fn create(
    cx: &mut Cx,
    url: Url,
    start: &WorkerStart,
) -> Fallible<Obj<WorkerGlobalScope>> {
    let agent = cx.engine();
    let realm = Realm::new(cx)?;
    let scope = GlobalScope::new(&agent, realm.clone(), url, start.secure);
    let scope = WorkerGlobalScope { scope, module: start.module };
    let name = DomString::from(start.name.as_str());
    let (global, exposure) = if start.shared {
        let global = Obj::global(&realm, SharedWorkerGlobalScope { scope, name });
        (global.upcast(), webidl::Exposure::SHARED_WORKER)
    } else {
        let global = Obj::global(&realm, DedicatedWorkerGlobalScope { scope, name });
        (global.upcast(), webidl::Exposure::DEDICATED_WORKER)
    };
    cx.in_realm(&realm, |cx| {
        webidl::install(cx, generated::INTERFACES, exposure.in_context(start.secure))
    })?;
    Ok(global)
}

impl WorkerGlobalScopeMethods for Obj<WorkerGlobalScope> {
    fn self_(&self, _: &mut Cx) -> Obj<WorkerGlobalScope> {
        self.clone()
    }

    fn location(&self, cx: &mut Cx) -> Obj<WorkerLocation> {
        let url = self.url();
        self.singleton(cx, |_| WorkerLocation::new(url))
    }

    fn navigator(&self, cx: &mut Cx) -> Obj<WorkerNavigator> {
        self.singleton(cx, |_| WorkerNavigator::default())
    }

    fn import_scripts(&self, cx: &mut Cx, urls: Vec<String>) -> Fallible<()> {
        super::import::import_scripts(cx, self, &urls)
    }
}

impl DedicatedWorkerGlobalScopeMethods for Obj<DedicatedWorkerGlobalScope> {
    fn name(&self, _: &mut Cx) -> DomString {
        self.name.clone()
    }

    fn post_message(&self, cx: &mut Cx, message: Value, transfer: Vec<Object>) -> Fallible<()> {
        post(cx, &message, &transfer)
    }

    fn post_message_with_message_and_options(
        &self,
        cx: &mut Cx,
        message: Value,
        options: StructuredSerializeOptions,
    ) -> Fallible<()> {
        post(cx, &message, &options.transfer)
    }

    /// <https://html.spec.whatwg.org/#close-a-worker>: what is running goes on to
    /// its end, and nothing comes after it.
    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        cx.engine().close();
        Ok(())
    }
}

impl SharedWorkerGlobalScopeMethods for Obj<SharedWorkerGlobalScope> {
    fn name(&self, _: &mut Cx) -> DomString {
        self.name.clone()
    }

    fn close(&self, cx: &mut Cx) -> Fallible<()> {
        cx.engine().close();
        Ok(())
    }
}

fn post(cx: &mut Cx, message: &Value, transfer: &[Object]) -> Fallible<()> {
    let value = serialize_with_transfer(cx, message, transfer)?;
    send_with_ports(&cx.engine(), value, |value| FromApp::Owner(WorkerReport::Message(value)));
    Ok(())
}
