//! <https://streams.spec.whatwg.org/#qs-api>

use std::rc::Rc;

use virga_js::{
    Callback, Cx, Error, Fallible, Function, NativeFn, Obj, Object, Slot, Value, dom_string,
};
use virga_js::{Platform, Trace};

use crate::generated::{
    ByteLengthQueuingStrategyMethods, CountQueuingStrategyMethods, QueuingStrategy,
    QueuingStrategyInit, QueuingStrategySize,
};

/// Counts bytes: the `byteLength` of chunks.
#[derive(Trace, Platform)]
pub(crate) struct ByteLengthQueuingStrategy {
    high_water_mark: f64,
}

/// Counts chunks.
#[derive(Trace, Platform)]
pub(crate) struct CountQueuingStrategy {
    high_water_mark: f64,
}

/// What says how large a chunk is; 1 without one.
#[derive(Trace, Clone, Default)]
pub(super) struct SizeAlgorithm(Option<Callback>);

impl SizeAlgorithm {
    /// <https://streams.spec.whatwg.org/#make-size-algorithm-from-size-function>
    pub(super) fn of(strategy: &QueuingStrategy) -> Self {
        Self(strategy.size.as_ref().map(|size| size.0.clone()))
    }

    /// The size of a chunk. May run script.
    pub(super) fn size(&self, cx: &mut Cx, chunk: &Value) -> Fallible<f64> {
        match &self.0 {
            Some(size) => {
                QueuingStrategySize(size.clone()).call(cx, &Value::undefined(), chunk.clone())
            }
            None => Ok(1.0),
        }
    }

    pub(super) fn is_given(&self) -> bool {
        self.0.is_some()
    }
}

/// <https://streams.spec.whatwg.org/#validate-and-normalize-high-water-mark>
pub(super) fn high_water_mark(strategy: &QueuingStrategy, default: f64) -> Fallible<f64> {
    match strategy.high_water_mark {
        None => Ok(default),
        Some(mark) if mark.is_nan() || mark < 0.0 => {
            let message = format!("the high water mark {mark} is not a number from 0 upwards");
            Err(Error::range_error(message))
        }
        Some(mark) => Ok(mark),
    }
}

/// The `size` functions of a realm: each global has one of each kind.
#[derive(Trace, Default)]
struct SizeFunctions {
    byte_length: Slot<Option<Object>>,
    count: Slot<Option<Object>>,
}

impl SizeFunctions {
    fn get(
        cx: &mut Cx,
        slot: fn(&Self) -> &Slot<Option<Object>>,
        length: usize,
        function: NativeFn,
    ) -> Value {
        let realm = cx.realm();
        let functions = loop {
            match realm.data::<Self>() {
                Some(functions) => break functions,
                None => realm.insert_data(Rc::new(Self::default())),
            }
        };
        if let Some(object) = slot(&functions).get() {
            return Value::from(object);
        }
        let object = Function::native(cx, dom_string!("size"), length, function);
        slot(&functions).set(Some(object.clone()));
        Value::from(object)
    }
}

impl ByteLengthQueuingStrategyMethods for Obj<ByteLengthQueuingStrategy> {
    fn constructor(
        cx: &mut Cx,
        init: QueuingStrategyInit,
    ) -> Fallible<Obj<ByteLengthQueuingStrategy>> {
        let high_water_mark = init.high_water_mark;
        Ok(Obj::new(cx, ByteLengthQueuingStrategy { high_water_mark }))
    }

    fn high_water_mark(&self, _: &mut Cx) -> f64 {
        self.high_water_mark
    }

    fn size(&self, cx: &mut Cx) -> Value {
        let size = NativeFn::new(|cx, _, args| {
            let chunk = args.first().cloned().unwrap_or_default();
            match chunk.as_object() {
                Some(object) => object.get(cx, dom_string!("byteLength")),
                // "GetV": primitives are looked at through their wrappers.
                None => chunk.to_object(cx)?.get(cx, dom_string!("byteLength")),
            }
        });
        SizeFunctions::get(cx, |functions| &functions.byte_length, 1, size)
    }
}

impl CountQueuingStrategyMethods for Obj<CountQueuingStrategy> {
    fn constructor(cx: &mut Cx, init: QueuingStrategyInit) -> Fallible<Obj<CountQueuingStrategy>> {
        let high_water_mark = init.high_water_mark;
        Ok(Obj::new(cx, CountQueuingStrategy { high_water_mark }))
    }

    fn high_water_mark(&self, _: &mut Cx) -> f64 {
        self.high_water_mark
    }

    fn size(&self, cx: &mut Cx) -> Value {
        let size = NativeFn::new(|_, _, _| Ok(Value::from(1)));
        SizeFunctions::get(cx, |functions| &functions.count, 0, size)
    }
}
