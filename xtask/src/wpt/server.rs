//! The tests' own server, for as long as a run takes.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::checkout::Checkout;

/// Where it answers, as the runner's configuration has it.
pub(super) const BASE: &str = "http://localhost:8800";
const ADDRESS: &str = "localhost:8800";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; dropping it ends what this run started.
pub(super) struct Server(Option<Child>);

impl Server {
    /// Starts it and waits until it answers. One that runs already is used, if it
    /// serves a checkout that was made ready.
    pub(super) fn start(checkout: &Checkout) -> Result<Self> {
        if let Some(report) = get("/resources/testharnessreport.js") {
            if report.contains("WPT_RESULT") {
                eprintln!("using the server that runs at {BASE}");
                return Ok(Self(None));
            }
            bail!("{BASE} is in use by something else");
        }
        let log = checkout.work.join("server.log");
        let output = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
        let child = Command::new("python3")
            .args(["wpt", "--venv", "/nonexistent", "serve", "--no-h2", "--config"])
            .arg(checkout.work.join("serve-config.json"))
            .current_dir(&checkout.root)
            .stdin(Stdio::null())
            .stdout(output.try_clone().context("the server's log")?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .context("running `wpt serve` with python3")?;
        let mut server = Self(Some(child));
        let begin = Instant::now();
        while get("/resources/testharness.js").is_none() {
            let ended = server.0.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                bail!("the tests' server ended ({status}); see {}", log.display());
            }
            if begin.elapsed() > PATIENCE {
                bail!("the tests' server does not answer; see {}", log.display());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It has a process per port, all in one group. What fails here leaves a
            // server behind, which the next run will find and use.
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["--", &group]).status();
            let _ = child.wait();
        }
    }
}

/// The answer to a request, if anybody gives one.
fn get(path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(ADDRESS).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {ADDRESS}\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset && !answer.is_empty() => {}
        Err(_) => return None,
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.lines().next()?.contains(" 200 ").then_some(answer)
}
