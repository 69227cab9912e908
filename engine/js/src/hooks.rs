//! What the engine asks while it runs: the host hooks of ECMAScript.

use std::cell::RefCell;
use std::rc::Rc;

use boa_engine::builtins::function::OrdinaryFunction;
use boa_engine::builtins::promise::{OperationType, Promise};
use boa_engine::context::HostHooks;
use boa_engine::context::intrinsics::Intrinsics;
use boa_engine::job::JobCallback;
use boa_engine::realm::Realm;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::platform::NativeData;
use crate::runtime::Environment;
use crate::{DomString, Object, nesting, raw};

pub(crate) struct Hooks {
    pub(crate) environment: Rc<dyn Environment>,
    pub(crate) next_global_this: Rc<RefCell<Option<JsObject>>>,
}

impl HostHooks for Hooks {
    /// Handlers of promises written in script run with a budget; native ones
    /// (the rest of an async function, for one) are called directly.
    fn call_job_callback(
        &self,
        job: &JobCallback,
        this: &JsValue,
        args: &[JsValue],
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let function: &JsObject = job.callback();
        if !function.is::<OrdinaryFunction>() {
            return function.call(this, args, context);
        }
        let cx = raw::cx(context);
        let function = Object(function.clone());
        match cx.call_entry(&function, raw::value(this), raw::values(args)) {
            Ok(value) => Ok(value.into_js()),
            Err(error) => Err(error.into_js(cx)),
        }
    }

    fn promise_rejection_tracker(
        &self,
        promise: &JsObject<Promise>,
        operation: OperationType,
        context: &mut Context,
    ) {
        let promise = Object(promise.clone().upcast());
        let cx = raw::cx(context);
        let state = Rc::clone(cx.state());
        match operation {
            OperationType::Reject => state.rejections.rejected(cx, promise),
            OperationType::Handle => state.rejections.handled(cx, &promise),
        }
    }

    fn ensure_can_compile_strings(
        &self,
        realm: Realm,
        parameters: &[JsString],
        body: &JsString,
        _direct: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        let cx = raw::cx(context);
        let source = DomString(body.clone());
        let shallow = parameters
            .iter()
            .chain([body])
            .try_for_each(|text| nesting::check(&text.to_std_string_lossy()));
        let result = shallow.and_then(|()| {
            cx.in_realm(&crate::Realm(realm), |cx| self.environment.allow_compile(cx, &source))
        });
        result.map_err(|error| error.into_js(cx))
    }

    /// Global objects of ours, which get their native data later.
    fn create_global_object(&self, intrinsics: &Intrinsics) -> JsObject {
        JsObject::from_proto_and_data(
            intrinsics.constructors().object().prototype(),
            NativeData::empty(),
        )
    }

    fn create_global_this(&self, _: &Intrinsics) -> Option<JsObject> {
        self.next_global_this.take()
    }

    fn local_timezone_offset_seconds(&self, unix_time_seconds: i64) -> i32 {
        self.environment.utc_offset_seconds(unix_time_seconds)
    }
}
