//! Dedicated workers, each on a thread of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{Finished, Response, Server, check, finish, virga};

/// Runs a page with the scripts beside it until it closes itself.
fn page(script: &str, files: &'static [(&'static str, &'static str)]) -> Finished {
    let document = format!("<!DOCTYPE html><script>{COMMON}{script}</script>");
    let server = Server::start(move |path| match files.iter().find(|(name, _)| *name == path) {
        Some((_, text)) => Response::ok("text/javascript", *text),
        None if path == "/" => Response::html(document.clone()),
        None => Response::not_found(),
    });
    let url = server.url("/");
    finish(virga().args(["run", "--headless", "--timeout", "60", &url]))
}

/// Functions for the pages: the next event of a kind, and the end.
const COMMON: &str = "
    const next = (target, ...types) => new Promise(resolve => {
        for (const type of types) target.addEventListener(type, resolve, { once: true });
    });
    const steps = async run => {
        try { await run(); } catch (error) { console.log(`failed: ${error}`); }
        close();
    };
";

#[track_caller]
fn says(finished: &Finished, expected: &[&str]) {
    check(finished, 0, "");
    assert_eq!(finished.console(), expected, "{}", finished.stderr);
}

#[test]
fn a_classic_worker_answers() {
    let finished = page(
        "steps(async () => {
            const worker = new Worker('/classic.js', { name: 'adder' });
            worker.postMessage({ numbers: [1, 2, 39], when: new Date(0), map: new Map([[1, 'a']]) });
            const { data } = await next(worker, 'message');
            for (const line of data) console.log(line);
        });",
        &[
            (
                "/classic.js",
                "importScripts('/sum.js');
                 onmessage = event => postMessage([
                    `name ${name}, ${self instanceof DedicatedWorkerGlobalScope}`,
                    `sum ${sum(event.data.numbers)}, ${event.data.when.toISOString()}`,
                    `map ${event.data.map.get(1)}`,
                    `no window ${typeof window} ${typeof document} ${typeof HTMLElement}`,
                    `at ${location.pathname}`,
                 ]);",
            ),
            ("/sum.js", "var sum = numbers => numbers.reduce((a, b) => a + b);"),
        ],
    );
    says(
        &finished,
        &[
            "name adder, true",
            "sum 42, 1970-01-01T00:00:00.000Z",
            "map a",
            "no window undefined undefined undefined",
            "at /classic.js",
        ],
    );
}

#[test]
fn a_module_worker_imports() {
    let finished = page(
        "steps(async () => {
            const worker = new Worker('/main.mjs', { type: 'module' });
            console.log((await next(worker, 'message')).data);
            console.log((await next(worker, 'message')).data);
        });",
        &[
            (
                "/main.mjs",
                "import { answer } from './deep/answer.mjs';
                 postMessage(`static ${answer}, ${new URL(import.meta.url).pathname}`);
                 const { answer: again } = await import('./deep/answer.mjs');
                 let refused = '';
                 try { importScripts('/x.js') } catch (error) { refused = error.name }
                 postMessage(`dynamic ${again}, importScripts: ${refused}`);",
            ),
            ("/deep/answer.mjs", "export const answer = 42;"),
        ],
    );
    says(&finished, &["static 42, /main.mjs", "dynamic 42, importScripts: TypeError"]);
}

#[test]
fn buffers_and_ports_change_hands() {
    let finished = page(
        "steps(async () => {
            const worker = new Worker('/transfer.js');
            const bytes = new Uint8Array([1, 2, 3]);
            const { port1, port2 } = new MessageChannel();
            worker.postMessage({ bytes, port: port2 }, [bytes.buffer, port2]);
            console.log(`sent, ${bytes.byteLength} bytes left`);
            port1.start();
            const { data } = await next(port1, 'message');
            console.log(`through the port: ${[...new Uint8Array(data)]}`);
            port1.postMessage('over');
            console.log((await next(worker, 'message')).data);
            try {
                worker.postMessage(() => 1);
            } catch (error) {
                console.log(error.name);
            }
        });",
        &[(
            "/transfer.js",
            "onmessage = ({ data: { bytes, port } }) => {
                port.onmessage = event => postMessage(`${event.data}, ${bytes.byteLength} bytes left`);
                bytes.reverse();
                port.postMessage(bytes.buffer, [bytes.buffer]);
             };",
        )],
    );
    says(
        &finished,
        &["sent, 0 bytes left", "through the port: 3,2,1", "over, 0 bytes left", "DataCloneError"],
    );
}

#[test]
fn a_worker_that_never_returns_is_terminated() {
    let finished = page(
        "steps(async () => {
            const busy = new Worker('/busy.js');
            console.log((await next(busy, 'message')).data);
            busy.onmessage = () => console.log('it still speaks');
            busy.terminate();
            busy.postMessage('nobody hears this');
            // Another one works meanwhile.
            const other = new Worker('/echo.js');
            for (const word of ['a', 'b']) {
                other.postMessage(word);
                console.log((await next(other, 'message')).data);
            }
            const ending = new Worker('/closing.js');
            console.log((await next(ending, 'message')).data);
            ending.onmessage = () => console.log('it still speaks');
            ending.postMessage('x');
            other.postMessage('c');
            console.log((await next(other, 'message')).data);
        });",
        &[
            ("/busy.js", "postMessage('busy'); while (true) {}"),
            ("/echo.js", "onmessage = event => postMessage(event.data);"),
            (
                "/closing.js",
                "onmessage = () => postMessage('no'); close(); postMessage('last words');",
            ),
        ],
    );
    says(&finished, &["busy", "a", "b", "last words", "c"]);
}

#[test]
fn what_goes_wrong_in_a_worker_is_told() {
    let finished = page(
        "steps(async () => {
            const tell = event => console.log(`${event.type}: ${event.message ?? ''}`
                + ` ${(event.filename ?? '').split('/').pop()}:${event.lineno ?? ''}`);
            onerror = message => { console.log(`onerror: ${message}`); return true; };
            const broken = new Worker('/broken.js');
            broken.addEventListener('error', event => { event.preventDefault(); tell(event); });
            await next(broken, 'error');
            broken.postMessage('go on');
            console.log((await next(broken, 'message')).data);
            tell(await next(new Worker('/missing.js'), 'error'));
            const syntax = new Worker('/syntax.js');
            const error = next(syntax, 'error');
            syntax.onerror = () => false;
            console.log((await error).type);
            try { new Worker('https://elsewhere.example/x.js'); await 0; console.log('made'); }
            catch (error) { console.log(error.name); }
        });",
        &[
            (
                "/broken.js",
                "onmessage = () => postMessage('still there');
                 throw new RangeError('too much');",
            ),
            ("/syntax.js", "let = = 1;"),
        ],
    );
    check(&finished, 0, "");
    let console = finished.console();
    let [uncaught, after, missing, rest @ ..] = console.as_slice() else {
        panic!("{console:?}");
    };
    assert_eq!(*uncaught, "error: Uncaught RangeError: too much broken.js:2");
    assert_eq!(*after, "still there");
    assert!(missing.starts_with("Failed to start a worker: "), "{missing}");
    assert!(missing.ends_with("/missing.js answered 404 Not Found"), "{missing}");
    // Without a message: the worker could not be started.
    assert_eq!(rest, ["error:  :", "error", "SecurityError"]);
}

#[test]
fn workers_make_workers() {
    let finished = page(
        "steps(async () => {
            const outer = new Worker('/outer.js');
            outer.postMessage(5);
            console.log((await next(outer, 'message')).data);
        });",
        &[
            (
                "/outer.js",
                "onmessage = event => {
                    const inner = new Worker('/inner.js');
                    inner.onmessage = answer => postMessage(`outer got ${answer.data}`);
                    inner.postMessage(event.data);
                 };",
            ),
            ("/inner.js", "onmessage = event => { postMessage(event.data * 2); close(); };"),
        ],
    );
    says(&finished, &["outer got 10"]);
}

#[test]
fn the_interfaces_of_a_worker_are_plain_properties() {
    let finished = page(
        "steps(async () => {
            const worker = new Worker('/names.js');
            for (const line of (await next(worker, 'message')).data) console.log(line);
        });",
        &[(
            "/names.js",
            "const show = name => {
                const d = Object.getOwnPropertyDescriptor(self, name);
                return `${name} ${typeof d.value} ${d.writable} ${d.enumerable} ${d.configurable}`;
             };
             const names = Object.getOwnPropertyNames(self);
             postMessage([show('Blob'), show('console'), show('WorkerGlobalScope'),
                `listed ${names.includes('MessagePort')} ${names.includes('HTMLElement')}`,
                `inherits ${Object.getPrototypeOf(DedicatedWorkerGlobalScope) === WorkerGlobalScope}`]);",
        )],
    );
    says(
        &finished,
        &[
            "Blob function true false true",
            "console object true false true",
            "WorkerGlobalScope function true false true",
            "listed true false",
            "inherits true",
        ],
    );
}
