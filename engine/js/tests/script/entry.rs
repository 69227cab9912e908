//! The way into script: budget, microtasks, panics, errors.

use std::cell::RefCell;
use std::rc::Rc;

use crate::common::Bench;
use virga_js::{
    Callback, Error, ErrorReport, Flags, Function, NativeFn, Property, RuntimeOptions,
    ScriptSource, Value, enter,
};

#[test]
fn scripts_give_values_and_errors() {
    let mut bench = Bench::new();
    bench.check("1 + 2", "3");
    bench.check("var a = 'x'; a.repeat(3)", "xxx");
    bench.check("a.length", "1");
    bench.check("throw new TypeError('no')", "TypeError: no");
    bench.check("nothing", "ReferenceError: nothing is not defined");
    bench.check("throw 'text'", "text");
}

#[test]
fn an_endless_script_is_stopped_and_the_realm_goes_on() {
    let mut bench = Bench::new();
    bench.world.patience.set(Some(3));
    bench.run("var count = 0").unwrap();
    for _ in 0..20 {
        assert_eq!(bench.run("while (true) { count++ }"), Err(Error::Stopped));
        assert_eq!(
            bench.run(
                "(function f() { for (;;) try { f2() } finally { } })()\n"
                    .replace("f2()", "count++")
                    .as_str()
            ),
            Err(Error::Stopped)
        );
    }
    assert!(bench.world.slices.get() == 3);
    bench.check("count > 1000", "true");
    bench.check("(() => { try { return [1, 2].map(x => x + 1).join() } finally {} })()", "2,3");
    bench.check("function deep(n) { return n ? deep(n - 1) : 'done' } deep(200)", "done");
    bench.check("new Function('return 7')()", "7");
}

#[test]
fn an_endless_callback_is_stopped() {
    let mut bench = Bench::new();
    bench.world.patience.set(Some(2));
    let function = bench.run("globalThis.seen = []; (function (a, b, c, d) { seen.push([this.n, a, b, c, d].join()); if (d === 9) while (1) {} return a })").unwrap();
    let this = bench.run("({ n: 5 })").unwrap();
    let cx = bench.cx();
    let callback = Callback::new(cx, function.as_object().unwrap());
    let number = |n: i32| Value::from(n);
    let args = [number(1), number(2), number(3), number(4)];
    assert_eq!(callback.call(cx, &this, &args), Ok(number(1)));
    assert_eq!(callback.call(cx, &this, &args[..1]), Ok(number(1)));
    assert_eq!(callback.call(cx, &Value::undefined(), &args[..2]), Ok(number(1)));
    let args = [number(1), number(2), number(3), number(9)];
    assert_eq!(callback.call(cx, &this, &args), Err(Error::Stopped));
    bench.check("seen.join(' ')", "5,1,2,3,4 5,1,,, ,1,2,, 5,1,2,3,9");
}

#[test]
fn an_endless_microtask_is_stopped() {
    let mut bench = Bench::new();
    bench.world.patience.set(Some(2));
    bench.run("var log = []; Promise.resolve().then(() => { while (true) {} }); Promise.resolve().then(() => log.push('next'))").unwrap();
    assert_eq!(*bench.world.failures.borrow(), ["script was stopped"]);
    bench.check("log.join()", "next");
}

#[test]
fn an_endless_chain_of_microtasks_is_stopped() {
    let mut bench = Bench::new();
    bench.world.patience.set(Some(5));
    bench.run("var rounds = 0; (async () => { for (;;) { rounds++; await 0 } })()").unwrap();
    assert_eq!(*bench.world.failures.borrow(), ["script was stopped"]);
    bench.check("rounds > 100", "true");
}

#[test]
fn a_loop_below_a_native_call_ends_at_the_loop_limit() {
    let mut bench = Bench::with(RuntimeOptions { loop_limit: 100_000, ..Default::default() });
    assert_eq!(bench.run("[1].forEach(() => { while (true) {} })"), Err(Error::Stopped));
    bench.check("'still ' + 'here'", "still here");
}

#[test]
fn page_code_cannot_see_how_it_is_called() {
    let mut bench = Bench::new();
    let function = bench
        .run("(function () { 'use strict'; return [this === undefined, arguments.length, typeof f, typeof a, Object.getOwnPropertyNames(globalThis).filter(n => n.length < 3).join()].join(' ') })")
        .unwrap();
    let cx = bench.cx();
    let callback = Callback::new(cx, function.as_object().unwrap());
    let shown = callback.call(cx, &Value::undefined(), &[]).unwrap();
    assert_eq!(bench.text(&shown), "true 0 undefined undefined ");
}

#[test]
fn microtasks_run_in_order_after_the_outermost_script() {
    let mut bench = Bench::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    let cx = bench.cx();
    let realm = cx.realm();
    let inner = Rc::clone(&log);
    enter(cx, &realm, |cx| {
        cx.evaluate_script(&ScriptSource::new(
            "globalThis.order = []; Promise.resolve().then(() => { order.push(1); Promise.resolve().then(() => order.push(3)) })",
            "a.js",
        ))?;
        let note = Rc::clone(&inner);
        cx.queue_microtask(move |cx| {
            let text = cx.global_property("order").and_then(|v| v.to_string(cx));
            note.borrow_mut().push(text.unwrap().to_string());
        });
        enter(cx, &cx.realm(), |cx| {
            cx.evaluate_script(&ScriptSource::new("order.push(0)", "b.js"))
        })?;
        let text = cx.global_property("order")?.to_string(cx)?;
        inner.borrow_mut().push(text.to_string());
        Ok(())
    })
    .unwrap();
    assert_eq!(*log.borrow(), ["0", "0,1"]);
    bench.check("order.join()", "0,1,3");
}

#[test]
fn a_failing_microtask_takes_no_other_with_it() {
    let mut bench = Bench::new();
    bench.run("var log = []; Promise.resolve().then(() => { throw new Error('x') }); Promise.resolve().then(() => log.push('a')); (async () => { await null; log.push('b') })()").unwrap();
    bench.check("log.join()", "a,b");
    let rejections = bench.cx().take_unhandled_rejections();
    assert_eq!(rejections.len(), 1);
    let reason = rejections[0].reason.clone();
    assert_eq!(bench.error(Error::Thrown(reason)), "Error: x");
}

#[test]
fn rejections_that_are_handled_are_not_told() {
    let mut bench = Bench::new();
    bench.run("var p = Promise.reject(1); p.catch(() => {}); var q = Promise.reject(2)").unwrap();
    let rejections = bench.cx().take_unhandled_rejections();
    assert_eq!(rejections.iter().map(|r| r.reason.display()).collect::<Vec<_>>(), ["2"]);
    bench.cx().note_rejection_told(&rejections[0]);
    assert!(bench.cx().take_late_handled().is_empty());
    bench.run("q.catch(() => {})").unwrap();
    let late = bench.cx().take_late_handled();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].promise, rejections[0].promise);
}

#[test]
fn a_panic_is_contained_and_poisons() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let function = Function::native(cx, "boom", 0, NativeFn::new(|_, _, _| panic!("at {}", 42)));
    cx.global().put("boom", Property::data(function, Flags::ALL));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = bench.run("try { boom() } catch { 'caught' }");
    std::panic::set_hook(hook);
    assert_eq!(result, Err(Error::Panicked("at 42".into())));
    assert!(bench.runtime.is_poisoned());
    assert_eq!(bench.run("1"), Err(Error::Panicked("at 42".into())));
}

#[test]
fn endless_recursion_is_a_range_error() {
    let mut bench = Bench::new();
    bench.check("(function f() { f() })()", "RangeError: Maximum call stack size exceeded");
    bench.check("1", "1");
    // Through native code, script can catch it.
    let cx = bench.cx();
    let call = Function::native(
        cx,
        "call",
        1,
        NativeFn::new(|cx, _, args| {
            args[0].as_object().unwrap().call(cx, &Value::undefined(), &[])
        }),
    );
    cx.global().put("call", Property::data(call, Flags::ALL));
    bench.check("try { call(function f() { f() }) } catch (e) { e instanceof RangeError }", "true");
}

#[test]
fn errors_know_where_they_come_from() {
    let mut bench = Bench::new();
    let mut check = |text: &str, line: u32, message: &str, place: (u32, u32)| {
        let cx = bench.cx();
        let source = ScriptSource { text, url: "https://a.test/x.js", line };
        let realm = cx.realm();
        let error = enter(cx, &realm, |cx| cx.evaluate_script(&source)).unwrap_err();
        let value = error.into_value(cx).unwrap();
        let report = ErrorReport::of(cx, &value);
        assert_eq!(report.message, message);
        assert_eq!(
            (report.url.as_str(), report.line, report.column),
            ("https://a.test/x.js", place.0, place.1),
            "{text}"
        );
    };
    check("\n  throw new Error('one')", 1, "Error: one", (2, 9));
    check(
        "function f() {\n  null.x\n}\nf()",
        10,
        "TypeError: cannot convert 'null' or 'undefined' to object",
        (11, 8),
    );
    check("\n\nthrow 5", 1, "5", (3, 7));
    check(
        "let = 3 3",
        5,
        "SyntaxError: expected token ';', got '3' in expression statement at line 5, col 9",
        (5, 9),
    );
}

#[test]
fn the_stack_names_functions() {
    let mut bench = Bench::new();
    let error = bench
        .run("function inner() { throw new Error('x') }\nfunction outer() { inner() }\nouter()")
        .unwrap_err();
    let cx = bench.cx();
    let value = error.into_value(cx).unwrap();
    let stack = ErrorReport::of(cx, &value).stack;
    let names: Vec<_> = stack.lines().map(|line| line.trim().split(' ').nth(1).unwrap()).collect();
    assert_eq!(names[..3], ["inner", "outer", "<main>"], "{stack}");
}

#[test]
fn functions_from_text_see_their_scopes() {
    let mut bench = Bench::new();
    bench.run("var name = 'global'").unwrap();
    let outer = bench.run("({ name: 'outer', other: 'o' })").unwrap().as_object().unwrap();
    let inner = bench.run("({ name: 'inner' })").unwrap().as_object().unwrap();
    let cx = bench.cx();
    let source = ScriptSource { text: "return event + name + other // }", url: "p.html", line: 7 };
    let function = cx.compile_function("onclick", &["event"], &source, &[outer, inner]).unwrap();
    assert_eq!(
        function.call(cx, &Value::undefined(), &[Value::from("e-")]),
        Ok(Value::from("e-innero"))
    );
    let shown = Value::from(&function).to_string(cx).unwrap();
    assert_eq!(shown, *"function onclick(event) {\nreturn event + name + other // }\n}");
    let bad = ScriptSource { text: "} alert(1); {", ..source };
    let error = cx.compile_function("onclick", &["event"], &bad, &[]).unwrap_err();
    assert!(bench.error(error).starts_with("SyntaxError"));
}

#[test]
fn functions_from_text_know_their_line() {
    let mut bench = Bench::new();
    let cx = bench.cx();
    let source = ScriptSource { text: "null.x", url: "p.html", line: 7 };
    let function = cx.compile_function("onclick", &["event"], &source, &[]).unwrap();
    let error = function.call(cx, &Value::undefined(), &[]).unwrap_err();
    let value = error.into_value(cx).unwrap();
    let report = ErrorReport::of(cx, &value);
    assert_eq!((report.url.as_str(), report.line), ("p.html", 7));
}

#[test]
fn the_seed_decides_what_is_random() {
    let draw = |seed| {
        let mut bench = Bench::with(RuntimeOptions { random_seed: seed, ..Default::default() });
        bench.show("[Math.random(), Math.random(), Math.random.name, Math.random.length].join()")
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert!(draw(1).ends_with(",random,0"));
}

#[test]
fn dates_follow_the_host() {
    let mut bench = Bench::new();
    bench.world.wall.set(1_790_000_000_123);
    bench.world.offset.set(2 * 3600);
    bench.check("Date.now()", "1790000000123");
    bench.check("new Date().getTimezoneOffset()", "-120");
    bench.check("new Date(0).getHours()", "2");
}
