//! Objects, functions, exotic objects, promises and buffers.

use crate::common::Bench;
use virga_js::exotic::{self, Traps};
use virga_js::{
    Buffer, Cx, Error, Fallible, Flags, Function, Interface, NativeFn, Obj, Object, Platform,
    Promise, Property, PropertyKey, Realm, Slot, Trace, TypedArrayKind, Value, dom_string,
};

/// A list of numbers with indexed properties, as a live collection is one.
#[derive(Trace, Platform)]
struct List {
    items: Slot<Vec<u32>>,
}

#[derive(Trace)]
struct Shared {
    prototype: Object,
    handler: Object,
}

impl Interface for List {
    const NAME: &'static str = "List";

    fn prototype(cx: &mut Cx) -> Object {
        cx.realm_data::<Shared>().prototype.clone()
    }

    fn exotic(cx: &mut Cx) -> Option<Object> {
        Some(cx.realm_data::<Shared>().handler.clone())
    }
}

fn get(cx: &mut Cx, _: &Value, args: &[Value]) -> Fallible<Value> {
    let list = exotic::target_part::<List>(cx, &args[0]).expect("our target");
    let key = args[1].to_property_key(cx)?;
    if let Some(index) = key.as_index() {
        let item = list.items.with(|items| items.get(index as usize).copied());
        return Ok(item.map_or_else(Value::undefined, Value::from));
    }
    exotic::ordinary_get(cx, list.object(), &args[1], &args[2])
}

fn length(cx: &mut Cx, this: &Value, _: &[Value]) -> Fallible<Value> {
    match Obj::<List>::from_value(cx, this) {
        Some(list) => Ok(Value::from(list.items.with(Vec::len))),
        None => Err(Error::type_error("not a List")),
    }
}

fn install(bench: &mut Bench) -> Obj<List> {
    let cx = bench.cx();
    let prototype = Object::new(cx);
    let getter = Function::native(cx, "get length", 0, NativeFn::new(length));
    prototype.put("length", Property::accessor(Some(getter), None, Flags::ALL));
    let handler = Traps { get: Some(NativeFn::new(get)), ..Traps::default() }.handler(cx);
    cx.realm().insert_data(std::rc::Rc::new(Shared { prototype, handler }));
    let list = Obj::new(cx, List { items: Slot::new(vec![10, 20]) });
    cx.global().put("list", Property::data(&list, Flags::ALL));
    list
}

#[test]
fn exotic_objects_are_live_and_keep_their_brand() {
    let mut bench = Bench::new();
    let list = install(&mut bench);
    bench.check("[list[0], list[1], list[2], list.length].join()", "10,20,,2");
    list.items.set(vec![1]);
    bench.check("[list[0], list[1], list.length].join()", "1,,1");
    bench.check("list.expando = 5; list.expando", "5");
    bench.check("new Proxy(list, {}).length", "TypeError: not a List");
    bench.check("Object.create(list).length", "TypeError: not a List");
    let cx = bench.cx();
    cx.collect_garbage();
    assert_eq!(Obj::<List>::from_value(cx, &list.value()).unwrap(), list);
    bench.check("Reflect.get = null; list.expando", "5");
}

#[test]
fn properties_follow_their_flags() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let object = Object::new(cx);
    object.put("a", Property::data(1, Flags::CONSTANT));
    object.define(cx, "b", Property::data(2, Flags::HIDDEN)).unwrap();
    object.create(cx, 3_u32, "three").unwrap();
    let keys: Vec<_> =
        object.own_keys(cx).unwrap().iter().filter_map(PropertyKey::as_string).collect();
    assert_eq!(keys, ["3", "a", "b"]);
    let own = object.own_property(cx, "a").unwrap().unwrap();
    assert_eq!(
        (own.writable, own.enumerable, own.configurable),
        (Some(false), Some(true), Some(false))
    );
    let error = object.set(cx, "a", 2).unwrap_err();
    assert!(bench.error(error).starts_with("TypeError"));
    let cx = bench.cx();
    assert_eq!(object.own_property(cx, "missing").unwrap(), None);
    assert!(object.has(cx, "toString").unwrap() && !object.has_own(cx, "toString").unwrap());
    object.delete(cx, "b").unwrap();
    assert!(object.get(cx, "b").unwrap().is_undefined());
}

#[test]
fn native_functions_show_name_and_length() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let add = Function::with_data(cx, "add", 1, 5, |cx, _, args, five| {
        Ok(Value::from(args[0].to_number(cx)? + f64::from(*five)))
    });
    cx.global().put("add", Property::data(add, Flags::ALL));
    bench.check("[add(2), add.name, add.length, 'prototype' in add].join()", "7,add,1,false");
    bench.check("new add()", "TypeError: not a constructor");
    bench.check("add({ valueOf() { throw new Error('conversion') } })", "Error: conversion");
}

#[test]
fn constructors_see_new_target() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let constructor = Function::constructor(
        cx,
        "Thing",
        0,
        NativeFn::new(|cx, new_target, _| {
            if new_target.is_undefined() {
                return Err(Error::type_error("use new"));
            }
            let prototype = virga_js::prototype_for(cx, new_target, |cx| Object::new(cx))?;
            Ok(Value::from(Object::with_prototype(cx, Some(&prototype))))
        }),
    );
    let prototype = Object::new(cx);
    prototype.put("constructor", Property::data(&constructor, Flags::HIDDEN));
    constructor.put("prototype", Property::data(prototype, Flags::FIXED));
    cx.global().put("Thing", Property::data(constructor, Flags::HIDDEN));
    bench.check("new Thing() instanceof Thing", "true");
    bench.check(
        "class Sub extends Thing {}; Object.getPrototypeOf(new Sub()) === Sub.prototype",
        "true",
    );
    bench.check("Thing()", "TypeError: use new");
}

#[test]
fn realms_are_apart_and_share_the_heap() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let first = cx.realm();
    let second = Realm::new(cx).unwrap();
    assert_ne!(first, second);
    assert_eq!(first.global_object(), cx.global());
    cx.in_realm(&second, |cx| {
        assert_eq!(cx.global(), second.global_object());
        cx.global().put("mark", Property::data("second", Flags::ALL));
    });
    assert_eq!(cx.realm(), first);
    assert!(cx.global_property("mark").unwrap().is_undefined());
    cx.global().put("other", Property::data(second.global_object(), Flags::ALL));
    bench.check(
        "other.mark + (other.Array === Array) + (new other.Array() instanceof Array)",
        "secondfalsefalse",
    );
    bench.check("other.Math.random() < 1", "true");
}

#[test]
fn promises_settle_and_chain() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let (promise, resolver) = Promise::new(cx);
    cx.global().put("p", Property::data(promise.clone(), Flags::ALL));
    let doubled = promise
        .then(
            cx,
            2.0_f64,
            |cx, factor, value| Ok(Value::from(value.to_number(cx)? * factor)),
            |_, _, _| Ok(Value::null()),
        )
        .unwrap();
    resolver.resolve(cx, 21).unwrap();
    bench.run("var got; p.then(v => got = v)").unwrap();
    bench.check("got", "21");
    assert_eq!(doubled.state(), virga_js::Settled::Fulfilled(Value::from(42)));
    let cx = bench.cx();
    let rejected = Promise::rejected(cx, Error::type_error("no")).unwrap();
    rejected.mark_as_handled(cx).unwrap();
    assert!(bench.cx().take_unhandled_rejections().is_empty());
}

#[test]
fn iteration_takes_the_direct_way_only_when_nobody_can_tell() {
    let mut bench = Bench::new();
    let sum = |bench: &mut Bench, text: &str| {
        let object = bench.run(text).unwrap().as_object().unwrap();
        let cx = bench.cx();
        let method = object.iterator_method(cx).unwrap().unwrap();
        let mut values = Vec::new();
        object
            .iterate(cx, &method, |cx, value| {
                values.push(value.to_string(cx)?.to_string());
                Ok(())
            })
            .unwrap();
        values.join()
    };
    trait Join {
        fn join(&self) -> String;
    }
    impl Join for Vec<String> {
        fn join(&self) -> String {
            self.as_slice().join(",")
        }
    }
    assert_eq!(sum(&mut bench, "[1, , 3]"), "1,undefined,3");
    assert_eq!(sum(&mut bench, "new Set([1, 2, 1])"), "1,2");
    assert_eq!(sum(&mut bench, "(function* () { yield 'a'; yield 'b' })()"), "a,b");
    bench.run("Object.getPrototypeOf([][Symbol.iterator]()).next = function () { return { done: (this.n = (this.n ?? 0) + 1) > 2, value: 'x' } }").unwrap();
    assert_eq!(sum(&mut bench, "[1, 2, 3]"), "x,x");
}

#[test]
fn buffers_show_their_bytes() {
    let mut bench = Bench::new();
    bench.run("var whole = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer").unwrap();
    let mut check = |text: &str, kind: Option<TypedArrayKind>, bytes: &[u8]| {
        let value = bench.run(text).unwrap();
        let cx = bench.cx();
        let buffer = Buffer::try_from(&value).unwrap();
        assert_eq!(buffer.to_vec(cx).unwrap(), bytes, "{text}");
        match buffer {
            Buffer::Typed(_, is) => assert_eq!(Some(is), kind),
            _ => assert_eq!(kind, None),
        }
    };
    check("whole", None, &[1, 2, 3, 4, 5, 6, 7, 8]);
    check("new Uint16Array(whole, 2, 2)", Some(TypedArrayKind::Uint16), &[3, 4, 5, 6]);
    check("new DataView(whole, 6)", None, &[7, 8]);
    let cx = bench.cx();
    let made = Buffer::uint8_array(cx, &[9, 8]).unwrap();
    cx.global().put(dom_string!("made"), Property::data(&made, Flags::ALL));
    let buffer = Buffer::from_object(&made).unwrap();
    assert_eq!(buffer.write(cx, &[5, 6, 7]).unwrap(), 2);
    bench.check("made.constructor.name + made.join()", "Uint8Array5,6");
    assert!(Buffer::try_from(&Value::from(1)).is_err());
}

#[test]
fn dom_exceptions_have_a_name_before_their_interface_exists() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let function = Function::native(
        cx,
        "fail",
        0,
        NativeFn::new(|_, _, _| Err(Error::dom(virga_js::DomExceptionName::NotFound, "gone"))),
    );
    cx.global().put("fail", Property::data(function, Flags::ALL));
    bench.check("try { fail() } catch (e) { e.name + ' ' + e.message }", "NotFoundError gone");
}

#[test]
fn names_fall_through_to_a_proxy_behind_the_global() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let global = cx.global();
    let behind = Object::with_prototype(cx, global.prototype().as_ref());
    let get = NativeFn::new(|cx, _, args| {
        let key = args[1].to_property_key(cx)?.as_string().unwrap_or_default();
        match key.to_str().strip_prefix("id") {
            Some(n) => Ok(Value::from(format!("element {n}"))),
            None => exotic::ordinary_get(cx, &args[0].as_object().unwrap(), &args[1], &args[2]),
        }
    });
    let has = NativeFn::new(|cx, _, args| {
        let key = args[1].to_property_key(cx)?;
        let named = key.as_string().is_some_and(|key| key.to_str().starts_with("id"));
        Ok(Value::from(named || args[0].as_object().unwrap().has(cx, key)?))
    });
    let handler = Traps { get: Some(get), has: Some(has), ..Traps::default() }.handler(cx);
    let proxy = exotic::bare(cx, &behind, &handler);
    assert!(global.set_prototype(Some(&proxy)));
    bench.check("id7 + typeof other + typeof toString", "element 7undefinedfunction");
    bench.check("var id7 = 'own'; id7", "own");
    bench.check("'id9' in globalThis && !Object.hasOwn(globalThis, 'id9')", "true");
    bench.check("missing", "ReferenceError: missing is not defined");
}
