//! Workers, which the host runs on threads of their own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{Response, Server, check, run};

const PAGE: &str = r#"<!doctype html><script>
const said = [];
const say = line => { said.push(line); if (said.length === 4) { console.log(said.sort().join(" | ")); window.close(); } };
// What is sent at once waits for the worker; two of the same name are one worker.
for (const name of ["a", "a"]) {
  const { port } = new SharedWorker("shared.js", name);
  port.onmessage = e => say("shared " + e.data);
  port.postMessage(name);
}
new SharedWorker("shared.js", { name: "a", type: "module" }).onerror = () => say("another type");
const dedicated = new Worker("dedicated.js");
const { port1, port2 } = new MessageChannel();
dedicated.postMessage("port", [port2]);
port1.onmessage = e => say("dedicated " + e.data);
port1.postMessage("ping");
</script>"#;

const SHARED: &str = r#"let connections = 0;
onconnect = e => {
  connections++;
  const port = e.source;
  port.onmessage = m => port.postMessage([m.data, self.name, connections, e.ports.length].join());
};"#;

const DEDICATED: &str = "onmessage = e => { const port = e.ports[0]; port.onmessage = m => port.postMessage(m.data); };";

#[test]
fn workers_get_what_was_sent_before_they_ran() {
    let server = Server::start(|path| match path {
        "/" => Response::html(PAGE),
        "/shared.js" => Response::ok("text/javascript", SHARED),
        "/dedicated.js" => Response::ok("text/javascript", DEDICATED),
        _ => Response::not_found(),
    });
    let finished = run(["run", "--headless", "--timeout", "60", server.url("/").as_str()]);
    check(&finished, 0, "");
    let console = finished.console();
    let line = console.first().unwrap();
    assert!(
        line.starts_with("another type | dedicated ping | shared a,a,") && line.ends_with(",1"),
        "{console:?}"
    );
}
