//! Module graphs.

use crate::common::Bench;
use virga_js::{Error, Module, Promise, ScriptSource, Settled, enter};

fn add(bench: &Bench, url: &str, text: &str) {
    bench.world.modules.borrow_mut().insert(url.into(), text.into());
}

fn start(bench: &mut Bench, text: &str) -> Promise {
    let cx = bench.cx();
    let realm = cx.realm();
    enter(cx, &realm, |cx| {
        let module = Module::parse(cx, &ScriptSource::new(text, "main.js"))?;
        cx.remember_module(&realm, "main.js", module.clone());
        Ok(module.run(cx))
    })
    .expect("a module that parses")
}

#[test]
fn a_graph_with_a_cycle_runs_once_in_order() {
    let mut bench = Bench::new();
    add(
        &bench,
        "a.js",
        "import { b } from './b.js'; log.push('a'); export const a = () => 'a' + b()",
    );
    add(
        &bench,
        "b.js",
        "import { a } from './a.js'; log.push('b'); export const b = () => typeof a",
    );
    bench.run("var log = []").unwrap();
    let done = start(&mut bench, "import { a } from './a.js'; import './b.js'; log.push(a())");
    assert!(matches!(done.state(), Settled::Fulfilled(_)), "{:?}", done.state());
    bench.check("log.join()", "b,a,afunction");
}

#[test]
fn a_slow_network_delays_the_graph() {
    let mut bench = Bench::new();
    bench.world.slow_network.set(true);
    add(&bench, "a.js", "import './b.js'; log.push('a')");
    add(&bench, "b.js", "log.push('b')");
    bench.run("var log = []").unwrap();
    let done = start(&mut bench, "import './a.js'; log.push('main')");
    for expected in ["./a.js", "./b.js"] {
        assert_eq!(done.state(), Settled::Pending);
        bench.run("1").unwrap();
        let world = bench.world.clone();
        let fetch = world.fetches.borrow_mut().pop().unwrap();
        assert_eq!(fetch.specifier(), expected);
        assert!(!fetch.referrer().is_empty());
        let cx = bench.cx();
        world.answer(cx, fetch);
        cx.perform_microtask_checkpoint();
    }
    assert!(matches!(done.state(), Settled::Fulfilled(_)));
    bench.check("log.join()", "b,a,main");
}

#[test]
fn dynamic_imports_wait_for_the_host() {
    let mut bench = Bench::new();
    bench.world.slow_network.set(true);
    add(&bench, "late.js", "export default import.meta.url + '!'");
    bench.run("var got; import('./late.js').then(m => got = m.default, e => got = e)").unwrap();
    bench.check("got", "undefined");
    let world = bench.world.clone();
    let fetch = world.fetches.borrow_mut().pop().unwrap();
    let cx = bench.cx();
    world.answer(cx, fetch);
    cx.perform_microtask_checkpoint();
    bench.check("got", "late.js!");
    // The same module again needs no fetch of its text.
    world.slow_network.set(false);
    bench.run("import('./late.js').then(m => got = m.default + 2)").unwrap();
    bench.check("got", "late.js!2");
}

#[test]
fn what_cannot_be_loaded_rejects() {
    let mut bench = Bench::new();
    let done = start(&mut bench, "import './missing.js'");
    let Settled::Rejected(reason) = done.state() else { panic!("{:?}", done.state()) };
    assert_eq!(bench.error(Error::Thrown(reason)), "TypeError: no module missing.js");
    bench.world.slow_network.set(true);
    bench.run("var got; import('./x.js').catch(e => got = String(e))").unwrap();
    bench.world.fetches.borrow_mut().clear();
    bench.cx().perform_microtask_checkpoint();
    bench.check("got", "TypeError: loading module \"./x.js\" was abandoned");
}

#[test]
fn errors_of_imported_modules_reject() {
    let mut bench = Bench::new();
    add(&bench, "bad.js", "export let x = ;");
    add(&bench, "throws.js", "throw new RangeError('top')");
    let done = start(&mut bench, "import './bad.js'");
    let Settled::Rejected(reason) = done.state() else { panic!() };
    assert!(bench.error(Error::Thrown(reason)).starts_with("SyntaxError"));
    let done = start(&mut bench, "import './throws.js'");
    let Settled::Rejected(reason) = done.state() else { panic!() };
    assert_eq!(bench.error(Error::Thrown(reason)), "RangeError: top");
}

#[test]
fn json_modules_have_a_default_export() {
    let mut bench = Bench::new();
    bench.world.slow_network.set(true);
    bench
        .run("var got; import('./d.json', { with: { type: 'json' } }).then(m => got = m.default.n)")
        .unwrap();
    let fetch = bench.world.fetches.borrow_mut().pop().unwrap();
    assert_eq!(fetch.attributes(), [("type".to_owned(), "json".to_owned())]);
    let cx = bench.cx();
    let module = Module::parse_json(cx, "{\"n\": 5}").unwrap();
    fetch.succeed(cx, module);
    cx.perform_microtask_checkpoint();
    bench.check("got", "5");
}
