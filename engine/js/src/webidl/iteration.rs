//! Iterators of interfaces, and the built-ins behind maplike and setlike.

use std::cell::{Cell, RefCell};

use super::install::{Interfaces, Remembered, remembered};
use super::place::{Place, Site};
use super::spec::InterfaceSpec;
use crate::{
    Cx, Error, Fallible, Flags, Function, NativeFn, Obj, Object, Platform, Promise, Property,
    Symbol, Trace, Tracer, Value, dom_string,
};

/// The pair at an index of an object now; `None` ends the iteration.
type PairAt = fn(&mut Cx, &Value, usize) -> Fallible<Option<(Value, Value)>>;

/// What an iterator yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Pairs.
    Entries,
    /// Keys.
    Keys,
    /// Values.
    Values,
}

/// A pair iterator: <https://webidl.spec.whatwg.org/#js-default-iterator-object>.
#[derive(Platform)]
struct PairIterator {
    target: Value,
    part: Part,
    index: Cell<usize>,
    pair_at: PairAt,
}

impl Trace for PairIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.target.trace(tracer);
    }
}

impl Part {
    fn of(self, cx: &mut Cx, key: Value, value: Value) -> Value {
        match self {
            Self::Keys => key,
            Self::Values => value,
            Self::Entries => Value::from(Object::array(cx, [key, value])),
        }
    }
}

/// `{ value, done }`
#[must_use]
pub fn iterator_result(cx: &mut Cx, value: Value, done: bool) -> Value {
    let object = Object::new(cx);
    object.put(dom_string!("value"), Property::data(value, Flags::ALL));
    object.put(dom_string!("done"), Property::data(done, Flags::ALL));
    Value::from(object)
}

/// A new iterator over the pairs of `target`.
pub fn pair_iterator(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    target: Value,
    part: Part,
    pair_at: PairAt,
) -> Value {
    let prototype = remembered(cx, spec, Remembered::Iterator, |cx| {
        let parent = Object(cx.context().intrinsics().constructors().iterator().prototype());
        let prototype = Object::with_prototype(cx, Some(&parent));
        let next = Function::native(cx, dom_string!("next"), 0, NativeFn::new(pair_next));
        prototype.put(dom_string!("next"), Property::data(next, Flags::ALL));
        let tag = format!("{} Iterator", spec.name);
        prototype.put(Symbol::to_string_tag(), Property::data(tag, Flags::TAG));
        prototype
    });
    let iterator = PairIterator { target, part, index: Cell::new(0), pair_at };
    Obj::plain(cx, &prototype, iterator).value()
}

fn pair_next(cx: &mut Cx, this: &Value, _: &[Value]) -> Fallible<Value> {
    let Some(this) = Obj::<PairIterator>::from_value(cx, this) else {
        return Err(Error::type_error("next: 'this' is not an iterator of this kind"));
    };
    let index = this.index.get();
    match (this.pair_at)(cx, &this.target, index)? {
        Some((key, value)) => {
            this.index.set(index + 1);
            let value = this.part.of(cx, key, value);
            Ok(iterator_result(cx, value, false))
        }
        None => Ok(iterator_result(cx, Value::undefined(), true)),
    }
}

/// `forEach` of a pair iterable.
///
/// # Errors
/// What the callback throws.
pub fn pair_for_each(
    cx: &mut Cx,
    this: &Value,
    args: &[Value],
    site: Site,
    pair_at: PairAt,
) -> Fallible<Value> {
    let callback = match args.first().and_then(Value::as_object) {
        Some(object) if object.is_callable() => object,
        _ => {
            let place = Place::Argument { site, index: 0, name: "callback" };
            return Err(place.is("not a function"));
        }
    };
    let this_arg = args.get(1).cloned().unwrap_or_default();
    let mut index = 0;
    while let Some((key, value)) = pair_at(cx, this, index)? {
        callback.call(cx, &this_arg, &[value, key, this.clone()])?;
        index += 1;
    }
    Ok(Value::undefined())
}

/// What an `async iterable` gives its iterator objects.
pub trait AsyncIteration: Trace {
    /// A promise for the next [`iterator_result`].
    ///
    /// # Errors
    /// Becomes a rejection.
    fn next(&self, cx: &mut Cx) -> Fallible<Promise>;

    /// The consumer stops early with this value; the promise says when that is
    /// done.
    ///
    /// # Errors
    /// Becomes a rejection.
    fn finish(&self, cx: &mut Cx, value: &Value) -> Fallible<Promise> {
        let _ = value;
        Promise::resolved(cx, Value::undefined())
    }

    /// Whether the steps yield pairs, of which an iterator may want one part.
    fn yields_pairs(&self) -> bool {
        false
    }
}

/// An async iterator: steps run one after another, as
/// <https://webidl.spec.whatwg.org/#js-asynchronous-iterator-prototype-object>
/// asks.
#[derive(Platform)]
struct AsyncIterator {
    inner: Box<dyn AsyncIteration>,
    part: Part,
    ongoing: RefCell<Option<Promise>>,
    finished: Cell<bool>,
}

impl Trace for AsyncIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.inner.trace(tracer);
        self.ongoing.trace(tracer);
    }
}

/// A new async iterator. `part` picks from the pairs that the steps yield.
pub fn async_iterator(
    cx: &mut Cx,
    spec: &'static InterfaceSpec,
    part: Part,
    inner: Box<dyn AsyncIteration>,
) -> Value {
    let prototype = remembered(cx, spec, Remembered::Iterator, |cx| {
        let parent =
            Object(cx.context().intrinsics().objects().iterator_prototypes().async_iterator());
        let prototype = Object::with_prototype(cx, Some(&parent));
        for (name, length, function) in [
            ("next", 0, NativeFn::new(|cx, this, _| async_step(cx, this, None))),
            (
                "return",
                1,
                NativeFn::new(|cx, this, args| {
                    async_step(cx, this, Some(args.first().cloned().unwrap_or_default()))
                }),
            ),
        ] {
            let function = Function::native(cx, name, length, function);
            prototype.put(name, Property::data(function, Flags::ALL));
        }
        let tag = format!("{} AsyncIterator", spec.name);
        prototype.put(Symbol::to_string_tag(), Property::data(tag, Flags::TAG));
        prototype
    });
    let iterator =
        AsyncIterator { inner, part, ongoing: RefCell::new(None), finished: Cell::new(false) };
    Obj::plain(cx, &prototype, iterator).value()
}

/// `next()`, or `return(value)`.
fn async_step(cx: &mut Cx, this: &Value, finish: Option<Value>) -> Fallible<Value> {
    super::or_reject(cx, |cx| {
        let Some(iterator) = Obj::<AsyncIterator>::from_value(cx, this) else {
            return Err(Error::type_error("'this' is not an async iterator of this kind"));
        };
        let before = iterator.ongoing.borrow().clone();
        let finishing = finish.is_some();
        let data = (iterator.value(), finish.clone().unwrap_or_default());
        let promise = match before {
            None => step(cx, &iterator, finish)?,
            Some(before) => {
                let run: fn(&mut Cx, &(Value, Value), &Value) -> Fallible<Value> = if finishing {
                    |cx, data, _| queued(cx, &data.0, Some(data.1.clone()))
                } else {
                    |cx, data, _| queued(cx, &data.0, None)
                };
                before.then(cx, data, run, run)?
            }
        };
        *iterator.ongoing.borrow_mut() = Some(promise.clone());
        Ok(Value::from(promise.object()))
    })
}

fn queued(cx: &mut Cx, iterator: &Value, finish: Option<Value>) -> Fallible<Value> {
    let Some(iterator) = Obj::<AsyncIterator>::from_value(cx, iterator) else {
        return Ok(Value::undefined());
    };
    step(cx, &iterator, finish).map(|promise| Value::from(promise.object()))
}

fn step(cx: &mut Cx, iterator: &Obj<AsyncIterator>, finish: Option<Value>) -> Fallible<Promise> {
    if let Some(value) = finish {
        if iterator.finished.replace(true) {
            let result = iterator_result(cx, value, true);
            return Promise::resolved(cx, result);
        }
        let promise = iterator.inner.finish(cx, &value)?;
        return promise.then(
            cx,
            value,
            |cx, value, _| Ok(iterator_result(cx, value.clone(), true)),
            |_, _, reason| Err(Error::Thrown(reason.clone())),
        );
    }
    if iterator.finished.get() {
        let result = iterator_result(cx, Value::undefined(), true);
        return Promise::resolved(cx, result);
    }
    let promise = iterator.inner.next(cx)?;
    promise.then(
        cx,
        iterator.value(),
        |cx, iterator, result| {
            let Some(iterator) = Obj::<AsyncIterator>::from_value(cx, iterator) else {
                return Ok(result.clone());
            };
            let Some(object) = result.as_object() else { return Ok(result.clone()) };
            if object.get(cx, dom_string!("done"))?.to_boolean() {
                iterator.finished.set(true);
                return Ok(result.clone());
            }
            let index = match iterator.part {
                _ if !iterator.inner.yields_pairs() => return Ok(result.clone()),
                Part::Keys => 0_u32,
                Part::Values => 1,
                Part::Entries => return Ok(result.clone()),
            };
            let value = object.get(cx, dom_string!("value"))?;
            match value.as_object() {
                Some(pair) if pair.is_array() => {
                    let part = pair.get(cx, index)?;
                    Ok(iterator_result(cx, part, false))
                }
                _ => Ok(result.clone()),
            }
        },
        |cx, iterator, reason| {
            if let Some(iterator) = Obj::<AsyncIterator>::from_value(cx, iterator) {
                iterator.finished.set(true);
            }
            Err(Error::Thrown(reason.clone()))
        },
    )
}

/// Which built-in backs a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// `maplike`
    Map,
    /// `setlike`
    Set,
}

/// The functions of `Map` and `Set`, noted before any script runs.
pub(super) fn collection_functions(
    cx: &mut Cx,
) -> Fallible<Vec<(Collection, &'static str, Object)>> {
    let constructors = cx.context().intrinsics().constructors();
    let map = Object(constructors.map().prototype());
    let set = Object(constructors.set().prototype());
    let mut out = Vec::new();
    let common = ["entries", "forEach", "has", "keys", "values", "clear", "delete"];
    for (kind, object, own) in
        [(Collection::Map, &map, &["get", "set"][..]), (Collection::Set, &set, &["add"][..])]
    {
        for name in common.iter().chain(own) {
            if let Some(function) = object.get(cx, *name)?.as_object() {
                out.push((kind, *name, function));
            }
        }
        let size = object.own_property(cx, "size")?;
        if let Some(getter) = size.and_then(|p| p.get).and_then(|get| get.as_object()) {
            out.push((kind, "size", getter));
        }
    }
    Ok(out)
}

fn collection_function(cx: &mut Cx, kind: Collection, name: &str) -> Fallible<Object> {
    let data = cx.realm_data::<Interfaces>();
    let found = data.collections.iter().find(|(k, n, _)| *k == kind && *n == name);
    found
        .map(|(_, _, function)| function.clone())
        .ok_or_else(|| Error::Type(format!("{kind:?} has no {name}")))
}

/// The `size` of a maplike or setlike.
///
/// # Errors
/// The backing object is not of that kind.
pub fn collection_size(cx: &mut Cx, kind: Collection, backing: &Object) -> Fallible<Value> {
    collection_function(cx, kind, "size")?.call(cx, &Value::from(backing), &[])
}

/// A method of a maplike or setlike.
///
/// # Errors
/// What a callback throws.
pub fn collection_call(
    cx: &mut Cx,
    kind: Collection,
    backing: &Object,
    this: &Value,
    name: &'static str,
    args: &[Value],
) -> Fallible<Value> {
    let function = collection_function(cx, kind, name)?;
    if name == "forEach" {
        // The callback gets the interface's object, not the backing one.
        let callback = args.first().and_then(Value::as_object).filter(Object::is_callable);
        let Some(callback) = callback else {
            return Err(Error::type_error("forEach: the callback is not a function"));
        };
        let this_arg = args.get(1).cloned().unwrap_or_default();
        let data = (Value::from(&callback), this_arg, this.clone());
        let relay =
            Function::with_data(cx, "", 2, data, |cx, _, args, (callback, this_arg, this)| {
                let Some(callback) = callback.as_object() else { return Ok(Value::undefined()) };
                let at = |i: usize| args.get(i).cloned().unwrap_or_default();
                callback.call(cx, this_arg, &[at(0), at(1), this.clone()])
            });
        return function.call(cx, &Value::from(backing), &[Value::from(relay)]);
    }
    let result = function.call(cx, &Value::from(backing), args)?;
    // `set` and `add` return the object they were called on.
    Ok(if name == "set" || name == "add" { this.clone() } else { result })
}
