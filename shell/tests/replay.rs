//! A recorded run, replayed elsewhere.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{fs, path::Path};

use support::{Finished, Response, Server, check, echo_socket, finish, hello, virga};

/// A run of `examples/hello` that follows a route; then the same from its log,
/// without the server, far away.
struct Runs {
    folder: tempfile::TempDir,
    recorded: Finished,
}

impl Runs {
    fn record(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::of_folder(hello());
        let url = server.url("/");
        let log = folder.path().join("run.log");
        let picture = folder.path().join("recorded.png");
        let recorded = finish(
            virga()
                .args(["screenshot", &url, "--out"])
                .arg(&picture)
                .args(["--dump", "display-list", "--grant", "geolocation", "--record"])
                .arg(&log)
                .arg("--gps")
                .arg(hello().join("route.gpx"))
                .args(options)
                .env("TZ", "America/New_York"),
        );
        check(&recorded, 0, "glyphs");
        Self { folder, recorded }
    }

    fn log(&self) -> std::path::PathBuf {
        self.folder.path().join("run.log")
    }

    fn replay(&self, log: &Path) -> Finished {
        finish(
            virga()
                .arg("screenshot")
                .arg("--replay")
                .arg(log)
                .args(["--dump", "display-list", "--out"])
                .arg(self.folder.path().join("replayed.png"))
                .env("TZ", "Asia/Kolkata")
                .env("LANG", "de_DE.UTF-8"),
        )
    }
}

#[test]
fn a_replay_is_the_same_run() {
    for options in [&["--until", "idle"][..], &["--until", "idle", "--time", "virtual"], &[]] {
        let runs = Runs::record(options);
        let replayed = runs.replay(&runs.log());
        check(&replayed, 0, "glyphs");
        assert_eq!(replayed.stdout, runs.recorded.stdout, "{options:?}");
        assert_eq!(replayed.stderr, runs.recorded.stderr, "{options:?}");
        assert!(replayed.stdout.contains("hello is ready"));
        let picture = |name: &str| fs::read(runs.folder.path().join(name)).unwrap();
        assert!(picture("replayed.png") == picture("recorded.png"), "{options:?}: other pixels");
    }
}

#[test]
fn a_log_that_was_changed_is_noticed() {
    let runs = Runs::record(&[]);
    let text = fs::read_to_string(runs.log()).unwrap();
    assert!(text.contains("hello is ready"));
    let changed = runs.folder.path().join("changed.log");
    fs::write(&changed, text.replace("hello is ready", "hello is late")).unwrap();
    let line = text.lines().position(|line| line.contains("hello is ready")).unwrap();
    let expected = format!("entry {line} (line {})", line + 1);
    check(&runs.replay(&changed), 1, &expected);
}

#[test]
fn a_log_that_was_cut_off_is_explained() {
    let runs = Runs::record(&[]);
    let text = fs::read(runs.log()).unwrap();
    let cut = runs.folder.path().join("cut.log");
    fs::write(&cut, &text[..text.len() - 20]).unwrap();
    let lines = text.iter().filter(|&&byte| byte == b'\n').count();
    check(&runs.replay(&cut), 1, &format!("line {lines}: the file ends in the middle"));
    fs::write(&cut, b"").unwrap();
    check(&runs.replay(&cut), 1, "is empty");
    fs::remove_file(&cut).unwrap();
    check(&runs.replay(&cut), 1, "cannot read the log");
}

#[test]
fn a_run_that_crashed_or_hung_leaves_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("hung.log");
    let page = "data:text/html,<script>console.log('before');while(true){}</script>";
    let recorded = finish(virga().args(["run", "--headless", page, "--record"]).arg(&log));
    check(&recorded, 5, "a script ran too long");
    assert!(fs::read_to_string(&log).unwrap().contains("before"));
    // The watchdog's answers are in the log: it stops at the same instruction.
    let replayed = finish(virga().args(["run", "--headless", "--replay"]).arg(&log));
    check(&replayed, 5, "a script ran too long");
    assert_eq!(replayed.stdout, recorded.stdout);
}

/// A page that uses what answers bit by bit and in any order: streams, workers (with
/// requests and random numbers of their own), a socket, server-sent events, timers.
const EVERYTHING: &str = r#"<!DOCTYPE html><body style="font: 20px sans-serif"><script>
    const say = text => {
        console.log(text);
        document.body.append(text, document.createElement("br"));
    };
    const streams = async () => {
        const response = await fetch("/long");
        let bytes = 0, sum = 0;
        for await (const chunk of response.body) {
            bytes += chunk.length;
            for (const byte of chunk) sum = (sum * 31 + byte) % 65521;
        }
        say(`streamed ${bytes} bytes, ${sum}`);
        const upper = new TransformStream({
            transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); },
        });
        const text = (await fetch("/short")).body.pipeThrough(new TextDecoderStream());
        for await (const part of text.pipeThrough(upper)) say(`piped ${part}`);
    };
    const worker = name => new Promise(resolve => {
        const worker = new Worker("/worker.js", { name });
        worker.onmessage = ({ data }) => { say(data); if (data.includes("end")) resolve(); };
        worker.postMessage(crypto.getRandomValues(new Uint8Array(2)));
    });
    const stuck = () => new Promise(resolve => {
        const worker = new Worker("/stuck.js");
        worker.onmessage = () => { worker.terminate(); say("terminated"); resolve(); };
    });
    const socket = () => new Promise(resolve => {
        const socket = new WebSocket("SOCKET");
        socket.binaryType = "arraybuffer";
        socket.onopen = () => { socket.send("one"); socket.send(new Uint8Array([2, 2])); };
        socket.onmessage = ({ data }) => {
            if (typeof data == "string") return say(`socket: ${data}`);
            say(`socket: ${new Uint8Array(data)}`);
            socket.close(1000, "enough");
        };
        socket.onclose = ({ code, wasClean }) => { say(`closed ${code} ${wasClean}`); resolve(); };
    });
    const events = () => new Promise(resolve => {
        const source = new EventSource("/events");
        source.addEventListener("tick", ({ data, lastEventId }) => {
            say(`tick ${data} ${lastEventId}`);
            if (data == "2") { source.close(); resolve(); }
        });
    });
    const timers = async () => {
        for (let i = 0; i < 3; i++) await new Promise(resolve => setTimeout(resolve, 3));
        say(`timers ${Math.random()} ${performance.now()} ${Date.now()}`);
    };
    Promise.all([streams(), worker("a"), worker("b"), stuck(), socket(), events(), timers()])
        .then(() => say("all done"), error => say(`failed: ${error}`))
        .then(() => close());
</script>"#;

const WORKER: &str = r#"
    onmessage = async ({ data }) => {
        postMessage(`${name} got ${data}, has ${Math.random()} at ${Date.now()}`);
        const text = await (await fetch("/short")).text();
        await new Promise(resolve => setTimeout(resolve, 2));
        console.log(`${name} says so itself`);
        postMessage(`${name} read ${text}, end`);
        close();
    };
"#;

#[test]
fn a_run_with_streams_workers_and_sockets_replays() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.log");
    let recorded = {
        let socket = echo_socket();
        let document = EVERYTHING.replace("SOCKET", &socket);
        let server = Server::start(move |path| match path {
            "/" => Response::html(document.clone()),
            "/worker.js" => Response::ok("text/javascript", WORKER),
            "/stuck.js" => Response::ok("text/javascript", "postMessage(1); while (true) {}"),
            "/short" => Response::ok("text/plain", "a few words"),
            "/long" => {
                let bytes: Vec<u8> = (0..300_000_u32).map(|index| (index % 251) as u8).collect();
                Response::ok("application/octet-stream", bytes)
            }
            "/events" => {
                let ticks = "event: tick\nid: x1\ndata: 1\n\nevent: tick\nid: x2\ndata: 2\n\n";
                Response::ok("text/event-stream", ticks)
            }
            _ => Response::not_found(),
        });
        let url = server.url("/");
        let mut command = virga();
        command.args(["run", "--headless", "--timeout", "60", &url, "--record"]).arg(&log);
        finish(&mut command)
    };
    check(&recorded, 0, "");
    for line in [
        "streamed 300000 bytes, 7900",
        "piped A FEW WORDS",
        "a read a few words, end",
        "b says so itself",
        "terminated",
        "socket: one",
        "socket: 2,2",
        "closed 1000 true",
        "tick 2 x2",
    ] {
        assert!(recorded.console().contains(&line), "no {line:?} in {:?}", recorded.console());
    }
    assert_eq!(recorded.console().last(), Some(&"all done"), "{}", recorded.stderr);
    // The servers are gone, and the workers' threads are not started.
    for _ in 0..2 {
        let replayed = finish(virga().args(["run", "--headless", "--replay"]).arg(&log));
        check(&replayed, 0, "");
        assert_eq!(replayed.stdout, recorded.stdout);
        assert_eq!(replayed.stderr, recorded.stderr);
    }
}
