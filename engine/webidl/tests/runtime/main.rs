//! The committed output of the generator, compiled and used from script: that
//! every feature does what WebIDL says, and says so in its errors.

#[expect(
    dead_code,
    clippy::too_many_arguments,
    reason = "not all of it is used, and some is meant to be large"
)]
mod generated;
mod interfaces;

use std::rc::Rc;

use virga_js::webidl::{self, Exposure};
use virga_js::{
    Cx, Environment, Error, ErrorReport, Fallible, ModuleFetch, Obj, Realm, Runtime,
    RuntimeOptions, ScriptSource, Value, enter,
};

/// What stands for the hand-written module of event handlers.
mod events {
    pub(crate) mod handler {
        use crate::interfaces::Base;
        use virga_js::{Cx, Fallible, Obj, Object};

        pub(crate) fn get(_: &mut Cx, target: &Obj<Base>, event: &'static str) -> Option<Object> {
            assert_eq!(event, "ring");
            target.handler.get()
        }

        pub(crate) fn set(
            _: &mut Cx,
            target: &Obj<Base>,
            event: &'static str,
            value: Option<Object>,
        ) -> Fallible<()> {
            assert_eq!(event, "ring");
            target.handler.set(value);
            Ok(())
        }
    }
}

/// What stands for the hand-written module of custom elements: notes the order.
mod custom_elements {
    use std::cell::RefCell;
    use virga_js::Cx;

    thread_local! {
        static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    pub(crate) fn note(what: &'static str) {
        LOG.with_borrow_mut(|log| log.push(what));
    }

    pub(crate) fn take() -> String {
        LOG.take().join(" ")
    }

    pub(crate) struct Reactions(());

    impl Reactions {
        pub(crate) fn push(_: &mut Cx) -> Self {
            note("push");
            Self(())
        }

        pub(crate) fn pop(self, _: &mut Cx) {
            note("pop");
        }
    }
}

/// What stands for the hand-written module of reflection: keeps the text.
mod html {
    pub(crate) mod reflect {
        use crate::interfaces::Base;
        use virga_js::webidl::Site;
        use virga_js::{Cx, Fallible, Obj, Value};

        pub(crate) struct Reflect(String2);

        struct String2 {
            name: &'static str,
            range: Option<(u32, u32, u32)>,
        }

        impl Reflect {
            pub(crate) const fn string(name: &'static str, _: bool) -> Self {
                Self(String2 { name, range: None })
            }

            pub(crate) const fn unsigned_range(
                name: &'static str,
                default: u32,
                min: u32,
                max: u32,
            ) -> Self {
                Self(String2 { name, range: Some((default, min, max)) })
            }
        }

        pub(crate) fn get(_: &mut Cx, this: &Obj<Base>, rule: &Reflect) -> Fallible<Value> {
            let found = this.attributes.borrow().iter().find(|(k, _)| k == rule.0.name).cloned();
            let text = found.map(|(_, v)| v).unwrap_or_default();
            Ok(match rule.0.range {
                None => text.into(),
                Some((default, min, max)) => {
                    text.parse().map_or(default, |n: u32| n.clamp(min, max)).into()
                }
            })
        }

        pub(crate) fn set(
            cx: &mut Cx,
            this: &Obj<Base>,
            rule: &Reflect,
            value: &Value,
            _: Site,
        ) -> Fallible<()> {
            let text: String = value.to_string(cx)?.into();
            this.attributes.borrow_mut().push((rule.0.name.to_owned(), text));
            Ok(())
        }
    }
}

struct Quiet;

impl Environment for Quiet {
    fn monotonic_micros(&self) -> u64 {
        0
    }
    fn wall_millis(&self) -> i64 {
        0
    }
    fn utc_offset_seconds(&self, _: i64) -> i32 {
        0
    }
    fn keep_running(&self, _: u64) -> bool {
        true
    }
    fn fetch_module(&self, cx: &mut Cx, fetch: ModuleFetch) {
        fetch.fail(cx, Error::type_error("there are no modules"));
    }
}

struct Bench {
    runtime: Runtime,
    realm: Realm,
}

impl Bench {
    fn new() -> Self {
        let mut runtime =
            Runtime::new(Rc::new(Quiet), RuntimeOptions::default()).expect("a runtime");
        let cx = runtime.cx();
        let realm = Realm::new(cx).expect("a realm");
        cx.in_realm(&realm, |cx| {
            let _world = Obj::global(&realm, interfaces::World);
            webidl::install(cx, generated::INTERFACES, Exposure::WINDOW.in_context(true))
                .expect("no hook fails");
            webidl::install_callback_objects(cx, generated::CALLBACK_INTERFACES);
        });
        Self { runtime, realm }
    }

    /// What a script gives, as text; what it throws, as an error report says it.
    fn show(&mut self, text: &str) -> String {
        let cx = self.runtime.cx();
        let result: Fallible<Value> =
            enter(cx, &self.realm, |cx| cx.evaluate_script(&ScriptSource::new(text, "test.js")));
        match result {
            Ok(value) => value.to_string(cx).map(String::from).unwrap_or_else(|e| e.to_string()),
            Err(error) => match error.into_value(cx) {
                Ok(value) => ErrorReport::of(cx, &value).message,
                Err(error) => error.to_string(),
            },
        }
    }

    #[track_caller]
    fn check(&mut self, text: &str, expected: &str) {
        assert_eq!(self.show(text), expected, "{text}");
    }
}

/// Runs a table of scripts and what they give. `d` is a fresh `Derived`.
#[track_caller]
fn check(table: &[(&str, &str)]) {
    let mut bench = Bench::new();
    bench.show("var d = new Derived('label');");
    for (text, expected) in table {
        bench.check(text, expected);
    }
}

#[test]
fn interface_objects() {
    check(&[
        ("typeof Derived + ' ' + Derived.name + ' ' + Derived.length", "function Derived 1"),
        ("Object.getPrototypeOf(Derived) === Base", "true"),
        ("Object.getPrototypeOf(Derived.prototype) === Base.prototype", "true"),
        ("Derived.prototype.constructor === Derived", "true"),
        ("Object.prototype.toString.call(d)", "[object Derived]"),
        ("d instanceof Base", "true"),
        ("'OnlyInWorkers' in globalThis", "false"),
        ("Object.keys(globalThis).includes('Derived')", "false"),
        (
            "let q = Object.getOwnPropertyDescriptor(Derived, 'prototype'); [q.writable, q.enumerable, q.configurable].join()",
            "false,false,false",
        ),
        ("Derived.ONE + Derived.prototype.HALF + d.YES", "2.5"),
        (
            "JSON.stringify(Object.getOwnPropertyDescriptor(Derived, 'ONE'))",
            r#"{"value":1,"writable":false,"enumerable":true,"configurable":false}"#,
        ),
        ("Derived.describe('cat')", "a cat"),
        ("typeof Derived.made", "number"),
        (
            "let p = Object.getOwnPropertyDescriptor(Derived.prototype, 'count'); p.get.name + p.set.name + p.enumerable + p.configurable",
            "get countset counttruetrue",
        ),
        ("Derived.prototype.reduce.length + Derived.prototype.reduce.name", "2reduce"),
        (
            "JSON.stringify(Object.getOwnPropertyDescriptor(Derived.prototype, 'over'))",
            r#"{"writable":true,"enumerable":true,"configurable":true}"#,
        ),
        ("Object.getOwnPropertyNames(Derived.prototype).includes('isReal')", "false"),
        ("d.hasOwnProperty('isReal') + ' ' + d.isReal", "true true"),
        ("delete d.isReal", "false"),
        ("Object.keys(Derived.prototype[Symbol.unscopables])", "blend"),
        ("Filter.REJECT", "2"),
        ("new Filter()", "TypeError: Illegal constructor: a callback interface has no objects"),
        ("tools.half(3) + tools.motto + tools.VERSION", "1.5sharp3"),
        ("Object.prototype.toString.call(tools)", "[object tools]"),
        ("new World()", "TypeError: Illegal constructor: World objects cannot be made with 'new'"),
        ("Base()", "TypeError: Base: the constructor must be called with 'new'"),
    ]);
}

#[test]
fn constructors() {
    check(&[
        ("d.label", "label"),
        ("new Derived(7).label + new Derived(7).count", "number7"),
        ("new Derived('x', {level: 999}).count", "255"),
        ("new Shortcut().count + new Shortcut(2).label", "5shortcut"),
        ("new Shortcut() instanceof Derived", "true"),
        ("new Derived()", "TypeError: new Derived: 1 argument required, 0 given"),
        (
            "class Mine extends Derived { get mine() { return this.label + '!' } } new Mine('m').mine",
            "m!",
        ),
        ("Reflect.construct(Base, [], Array) instanceof Array", "true"),
    ]);
}

#[test]
fn attributes() {
    check(&[
        ("d.count = '12'; d.count", "12"),
        ("d.text = null; d.text === ''", "true"),
        ("d.text = undefined; d.text", "undefined"),
        ("d.flavor = 'bitter-sweet'; d.flavor = 'nonsense'; d.flavor", "bitter-sweet"),
        ("d.flavor = ''; d.flavor === ''", "true"),
        ("d.partner === null", "true"),
        ("d.partner = d; d.partner === d", "true"),
        ("d.partner = undefined; d.partner", "null"),
        ("d.partner = {}", "TypeError: Derived.partner: the assigned value is not of type Base"),
        ("d.anything = Symbol.iterator; d.anything === Symbol.iterator", "true"),
        ("d.risky", "NotSupportedError: too risky"),
        ("d.risky = 'x'", "RangeError: x"),
        ("d.forward = 9; d.forward.count", "9"),
        (
            "d.replaceable = 'mine'; d.replaceable + JSON.stringify(Object.getOwnPropertyDescriptor(d, 'replaceable'))",
            r#"mine{"value":"mine","writable":true,"enumerable":true,"configurable":true}"#,
        ),
        ("Derived.prototype.lenient === undefined", "true"),
        ("Derived.prototype.count", "TypeError: Derived.count: 'this' is not of type Derived"),
        ("d.frozen === d.frozen && Object.isFrozen(d.frozen) && d.frozen[1]", "2"),
        ("'use strict'; d.frozen = 1", "TypeError: cannot set non-writable property: frozen"),
        ("d.later instanceof Promise", "true"),
        ("d.reflected = 'r'; d.reflected", "r"),
        ("d.ranged", "3"),
        ("d.ranged = 50; d.ranged", "10"),
        ("d.onring === null", "true"),
        ("d.onring = 5; d.onring === null", "true"),
        ("let f = () => 1; d.onring = f; d.onring === f", "true"),
        ("Base.prototype.onhush === undefined", "true"),
        ("Base.prototype.onring", "TypeError: Base.onring: 'this' is not of type Base"),
        ("d.mixed + d.blend('m') + d.partialOne()", "mixedm+partial"),
        ("String(d)", "derived 12"),
    ]);
}

#[test]
fn numbers() {
    check(&[
        (
            "d.numbers(200, 300, 40000, 70000, 2**31, -1, 2**53 + 2, -1)",
            "-56 44 -25536 4464 -2147483648 4294967295 9007199254740994 18446744073709551615",
        ),
        ("d.numbers(-1.9, NaN, Infinity, '0x10', null, undefined, true, [5])", "-1 0 0 16 0 0 1 5"),
        ("d.numbers(Symbol(), 0, 0, 0, 0, 0, 0, 0)", "TypeError: argument must not be a symbol"),
        ("d.numbers(1n, 0, 0, 0, 0, 0, 0, 0)", "TypeError: argument must not be a bigint"),
        ("d.clamped(300, 5.9)", "255 5"),
        (
            "d.clamped(1.5, 0) + d.clamped(2.5, 0) + d.clamped(NaN, 0) + d.clamped(-4, 0)",
            "2 02 00 00 0",
        ),
        (
            "d.clamped(0, 65536)",
            "TypeError: Derived.clamped: argument 2 ('b') is 65536, which is outside the range of unsigned short",
        ),
        (
            "d.clamped(0, NaN)",
            "TypeError: Derived.clamped: argument 2 ('b') is NaN, which is outside the range of unsigned short",
        ),
        ("d.floats(1.1, 2, NaN, Infinity)", "1.1 2 NaN inf"),
        (
            "d.floats(NaN, 0, 0, 0)",
            "TypeError: Derived.floats: argument 1 ('a') is NaN, not a finite number in the range of float",
        ),
        (
            "d.floats(1e300, 0, 0, 0)",
            "TypeError: Derived.floats: argument 1 ('a') is 1e+300, not a finite number in the range of float",
        ),
        (
            "d.floats(0, Infinity, 0, 0)",
            "TypeError: Derived.floats: argument 2 ('b') is Infinity, not a finite number",
        ),
        ("d.others(5, Symbol(), {}, 1)", "TypeError: cannot convert Number to a BigInt"),
        ("d.others(5n, Symbol(), {}, '')", "5 false"),
        (
            "d.others(5n, 's', {}, 0)",
            "TypeError: Derived.others: argument 2 ('b') is not of type symbol",
        ),
        (
            "d.others(5n, Symbol(), 3, 0)",
            "TypeError: Derived.others: argument 3 ('c') is not of type object",
        ),
    ]);
}

#[test]
fn strings_and_optionals() {
    check(&[
        (r"d.strings('\ud800', '\ud800x', '\xff', null)", "1|\u{fffd}x|[255]|"),
        ("d.strings(null, undefined, 1, 0)", "4|undefined|[49]|0"),
        (
            r"d.strings('', '', '\u0100', '')",
            "TypeError: Derived.strings: argument 3 ('c') is a string with a character above U+00FF",
        ),
        ("d.strings('')", "TypeError: Derived.strings: 4 arguments required, 1 given"),
        ("d.optionals()", "None b true 1.5 bitter-sweet None"),
        (
            "d.optionals(undefined, undefined, undefined, undefined, undefined, undefined)",
            "None b true 1.5 bitter-sweet None",
        ),
        ("d.optionals(1, null, 0, '2', '2d', null)", "Some(1) null false 2 2d None"),
        ("d.optionals(1, '', true, 0, 'sweet', 3)", "Some(1)  true 0 sweet Some(3)"),
        (
            "d.optionals(1, '', true, 0, 'sour')",
            "TypeError: Derived.optionals: argument 5 ('e') is 'sour', which is not a value of Flavor",
        ),
        ("d.variadic('a') + d.variadic('a', 1, '2', 3.9)", "a[]a[1, 2, 3]"),
        ("d.flavorOf('2d')", "2d"),
    ]);
}

#[test]
fn sequences_records_dictionaries() {
    check(&[
        ("d.reversed(['a', 1, null])", "null,1,a"),
        ("d.reversed(new Set(['x', 'y']))", "y,x"),
        ("d.reversed((function*() { yield 1; yield 2; })())", "2,1"),
        (
            "d.reversed('abc')",
            "TypeError: Derived.reversed: argument 1 ('list') is not of type sequence",
        ),
        ("d.reversed({})", "TypeError: Derived.reversed: argument 1 ('list') is not iterable"),
        ("Array.isArray(d.reversed([]))", "true"),
        (
            "JSON.stringify(d.doubled({b: 2, a: '3', [Symbol.iterator]: undefined}))",
            "TypeError: can't convert symbol to string",
        ),
        ("JSON.stringify(d.doubled({b: 2, a: '3'}))", r#"{"b":4,"a":6}"#),
        ("d.doubled(5)", "TypeError: Derived.doubled: argument 1 ('map') is not of type record"),
        (
            "JSON.stringify(d.echo())",
            r#"{"early":true,"flavor":"sweet","later":false,"level":7,"list":[],"name":"none","other":null}"#,
        ),
        (
            "JSON.stringify(d.echo({list: [1.5, '2'], point: {y: 1}, weight: Infinity, extra: {z: 1}, early: 0}))",
            r#"{"early":false,"extra":{"z":1},"flavor":"sweet","later":false,"level":7,"list":[1,2],"name":"none","other":null,"point":{"x":0,"y":1},"weight":null}"#,
        ),
        ("d.echo({other: d}).other === d", "true"),
        ("d.echo(null).name", "none"),
        ("d.echo(5)", "TypeError: Derived.echo: argument 1 ('options') is not of type object"),
        (
            "d.echo({point: {}})",
            "TypeError: Derived.echo: argument 1 ('options'), member 'point' needs a member 'y'",
        ),
        (
            "d.echo({point: {y: NaN}})",
            "TypeError: Derived.echo: argument 1 ('options'), member 'point', member 'y' is NaN, not a finite number",
        ),
        ("d.echo({list: [1, Symbol()]})", "TypeError: argument must not be a symbol"),
        (
            "d.echo({other: {}})",
            "TypeError: Derived.echo: argument 1 ('options'), member 'other' is not of type Base",
        ),
        ("d.point({y: 2})", "0 2"),
        ("d.point()", "TypeError: Derived.point: 1 argument required, 0 given"),
        // Members are read in the order of inheritance, then of their names.
        (
            "let seen = []; d.echo(new Proxy({}, {get(t, k) { seen.push(k) }})); seen.join()",
            "early,extra,flavor,later,level,list,name,other,point,weight",
        ),
    ]);
}

#[test]
fn unions_and_overloads() {
    check(&[
        ("d.union(d)", "base label"),
        ("d.union(() => 1)", "reducer"),
        ("d.union([1, 2])", "list [1, 2]"),
        ("d.union({y: 4})", "point 4"),
        ("d.union(true)", "boolean true"),
        ("d.union(1.5)", "double 1.5"),
        ("d.union('s')", "string s"),
        ("d.union(10n)", "string 10"),
        ("d.union(null)", "TypeError: Derived.union: argument 1 ('value') needs a member 'y'"),
        ("d.textOrNumber(5) + 1", "6"),
        ("d.textOrNumber('5') + 1", "51"),
        ("d.textOrNumber(undefined)", "null"),
        ("d.textOrNumber(true)", "true"),
        ("d.bytes(new Uint8Array([1, 2, 3]).subarray(1))", "2 3"),
        ("d.bytes(new Uint16Array([258]).buffer)", "2 1"),
        ("d.bytes(new DataView(new ArrayBuffer(2)))", "0 0"),
        ("d.bytes({})", "[object Object]"),
        ("d.over()", "nothing"),
        ("d.over(3)", "long 3"),
        ("d.over('3')", "string 3"),
        ("d.over(null)", "string null"),
        ("d.over({})", "string [object Object]"),
        ("d.over(d)", "base label None"),
        ("d.over(d, 'x')", "base label Some(\"x\")"),
        ("d.over('3', 'x')", "TypeError: Derived.over: argument 1 ('a') is not of type Base"),
        ("d.over(1, 2, 3, 4)", "three 1 2 3"),
        ("d.over.length", "0"),
    ]);
}

#[test]
fn callbacks_and_promises() {
    let mut bench = Bench::new();
    bench.show("var d = new Derived('label'); var out = [];");
    bench.check("d.reduce([1, 2, 3], (sum, value) => sum + value)", "6");
    bench.check("d.reduce([1], () => ({}))", "0");
    bench.check(
        "d.reduce([1], 5)",
        "TypeError: Derived.reduce: argument 2 ('reducer') is not a function",
    );
    bench.check("d.reduce([1], () => { throw new RangeError('mine') })", "RangeError: mine");
    bench.check(
        "let got; d.log(function(...args) { got = [this === d, ...args] }, 1, 'two'); got",
        "true,logged,1,two",
    );
    bench.check("d.filter({ accept(item) { return item === d ? 7 : 0 } })", "7");
    bench.check("d.filter(item => Filter.REJECT)", "2");
    bench.check("d.filter({})", "TypeError: accept of the callback is not a function");
    bench.check(
        "d.filter(5)",
        "TypeError: Derived.filter: argument 1 ('filter') is not of type object",
    );
    bench.show("d.promised(4, false).then(v => out.push(v)); d.promised(4, true).catch(e => out.push(e.message)); d.promised().catch(e => out.push(e.message)); d.later.then(v => out.push(v));");
    bench.check(
        "out.sort().join()",
        "4,5,Derived.promised: 2 arguments required, 0 given,asked to fail",
    );
    bench.show("Derived.prototype.promised.call(5).catch(e => out = e.message)");
    bench.check("out", "Derived.promised: 'this' is not of type Derived");
}

#[test]
fn reactions_bracket_the_call() {
    let mut bench = Bench::new();
    bench.show("var d = new Derived('label')");
    custom_elements::take();
    bench.show("d.react(); d.reacting = 'x'; d.reflected = 'y'");
    assert_eq!(custom_elements::take(), "push react pop push set pop push pop");
}

#[test]
fn indexed_properties() {
    check(&[
        (
            "var i = new Items(); i.push('a'); i.push('b'); i.length + i[0] + i[1] + i[2]",
            "2abundefined",
        ),
        ("i.item(1)", "b"),
        ("i[1] = 'c'; i[1]", "c"),
        ("i[5] = 'x'", "IndexSizeError: no such item"),
        ("0 in i && !(2 in i) && 'item' in i", "true"),
        ("Object.keys(i).join()", "0,1"),
        (
            "JSON.stringify(Object.getOwnPropertyDescriptor(i, 0))",
            r#"{"value":"a","writable":true,"enumerable":true,"configurable":true}"#,
        ),
        ("delete i[0]", "false"),
        ("delete i[9]", "true"),
        ("[...i].join()", "a,c"),
        (
            "i[Symbol.iterator] === Array.prototype.values && i.forEach === Array.prototype.forEach",
            "true",
        ),
        ("i.mine = 3; i.mine + Object.keys(i).join()", "30,1,mine"),
        ("i instanceof Items && Items.prototype.item.call(i, 0)", "a"),
        (
            "Items.prototype.item.call(new Proxy(i, {}), 0)",
            "TypeError: Items.item: 'this' is not of type Items",
        ),
        ("'use strict'; i[1.5] = 4; i[1.5]", "4"),
    ]);
}

#[test]
fn named_properties() {
    check(&[
        ("var n = new Names(); n.a = 1; n.b = 'two'; n.a + n.b + n.c", "1twoundefined"),
        ("Object.keys(n).join() + ('a' in n)", "a,btrue"),
        ("delete n.a; Object.keys(n).join() + ('a' in n)", "bfalse"),
        ("n.toString = 'hidden'; n.toString", "hidden"),
        ("Object.defineProperty(n, 'd', {value: 4}); n.d", "4"),
        ("Object.defineProperty(n, 'e', {get() {}})", "TypeError: cannot redefine property: e"),
        ("Object.preventExtensions(n)", "TypeError: cannot prevent extensions"),
    ]);
}

#[test]
fn iterables_and_collections() {
    let mut bench = Bench::new();
    for (text, expected) in [
        ("var p = new Pairs(); JSON.stringify([...p])", r#"[["one",1],["two",2]]"#),
        ("[...p.keys()].join() + [...p.values()].join()", "one,two1,2"),
        ("p.entries === p[Symbol.iterator]", "true"),
        (
            "let seen = []; p.forEach(function(v, k, o) { seen.push(this.x, v, k, o === p) }, {x: 9}); seen.join()",
            "9,1,one,true,9,2,two,true",
        ),
        ("Object.prototype.toString.call(p.keys())", "[object Pairs Iterator]"),
        ("Object.getPrototypeOf(Object.getPrototypeOf(p.keys())) === Iterator.prototype", "true"),
        ("p.keys().next.call({})", "TypeError: next: 'this' is not an iterator of this kind"),
        ("p.forEach(5)", "TypeError: Pairs.forEach: argument 1 ('callback') is not a function"),
        ("var t = new Table(); t.set('a', 1).set('b', 2).size", "2"),
        (
            "JSON.stringify([...t]) + t.get('b') + t.has('c') + t.delete('a')",
            r#"[["a",1],["b",2]]2falsetrue"#,
        ),
        ("let all = []; t.forEach((v, k, o) => all.push(v, k, o === t)); all.join()", "2,b,true"),
        ("Map.prototype.get = () => 'patched'; t.get('b')", "2"),
        ("t.clear(); t.size", "0"),
        ("var b = new Bag(); [...b].join() + b.size + b.has('a') + ('add' in b)", "a,b2truefalse"),
        ("Bag.prototype[Symbol.iterator] === Bag.prototype.values", "true"),
    ] {
        bench.check(text, expected);
    }
    bench.show("var got = []; (async () => { for await (const n of new Ticks().values(2)) got.push(n); for await (const n of new Ticks()) { got.push(n); if (n) break } got.push('end') })()");
    bench.check("got.join()", "0,1,0,1,end");
    bench.check(
        "Object.prototype.toString.call(new Ticks().values())",
        "[object Ticks AsyncIterator]",
    );
}

#[test]
fn globals() {
    check(&[
        ("planet + globalThis.planet", "earthearth"),
        ("hello() + hello.call(undefined, 'you')", "hello nobodyhello you"),
        ("globalThis instanceof World", "true"),
        ("world === globalThis", "true"),
        ("Object.getOwnPropertyDescriptor(globalThis, 'planet') !== undefined", "true"),
        ("Object.getOwnPropertyDescriptor(World.prototype, 'planet') === undefined", "true"),
        ("Object.getOwnPropertyDescriptor(globalThis, 'world').configurable", "false"),
        ("Object.prototype.toString.call(globalThis)", "[object World]"),
    ]);
}

#[test]
fn to_json_takes_the_attributes_of_json_types() {
    check(&[(
        "JSON.stringify(new Leaf())",
        r#"{"label":"leaf","isReal":true,"depth":4,"above":{"label":"above","isReal":true}}"#,
    )]);
}
