//! `cargo xtask frameworks`: frameworks as npm has them, in the same app, used by
//! real input.
//!
//! `shell/tests/frameworks/` holds the apps and what a user does with them; the
//! page says after each step what it shows, and ends with `passed`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;

/// Seconds one app may take.
const LIMIT: &str = "60";

/// Runs the same app in every framework.
#[derive(Args)]
pub(crate) struct Options {
    /// Which frameworks, such as `react-19`; all without any.
    names: Vec<String>,
    /// The `virga` to run; without it the release profile is built.
    #[arg(long)]
    virga: Option<PathBuf>,
}

/// Builds the pages, serves them, and plays a user of each.
///
/// # Errors
///
/// What is missing for a run, and the frameworks that did not pass.
pub(crate) fn run(project: &Path, options: &Options) -> Result<()> {
    let virga = match &options.virga {
        Some(virga) => virga.canonicalize().with_context(|| format!("no {}", virga.display()))?,
        None => super::build_virga(project)?,
    };
    let source = project.join("shell/tests/frameworks");
    let work = project.join("target/frameworks");
    super::copy_folder(&source, &work)?;
    let pages = work.join("pages-built");
    call(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&work), "npm ci")?;
    call(
        Command::new("node").arg("build.mjs").arg(&pages).current_dir(&work),
        "building the pages",
    )?;
    let expected = read(&work.join("expected.txt"))?;
    let mut names = names(&pages)?;
    for name in &options.names {
        ensure!(names.contains(name), "there is no framework {name}; there are {names:?}");
    }
    names.retain(|name| options.names.is_empty() || options.names.contains(name));

    let server = Server::start(&work, &pages)?;
    let mut failed = Vec::new();
    for name in &names {
        let url = format!("http://127.0.0.1:{}/{name}.html", server.port);
        let output = Command::new(&virga)
            .args(["run", "--headless", "--test-hooks", "--timeout", LIMIT, &url])
            .output()
            .with_context(|| format!("running {}", virga.display()))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let passed = output.status.success() && said == expected;
        println!("{name}: {}", if passed { "passed" } else { "FAILED" });
        if !passed {
            let errors = String::from_utf8_lossy(&output.stderr);
            println!("{said}{errors}({})", output.status);
            failed.push(name.as_str());
        }
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    println!("{} frameworks passed", names.len());
    Ok(())
}

/// The pages that were built.
fn names(pages: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(pages).with_context(|| format!("reading {}", pages.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "html")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn call(command: &mut Command, what: &str) -> Result<()> {
    let status =
        command.stdout(Stdio::null()).status().with_context(|| format!("{what}: not started"))?;
    ensure!(status.success(), "{what}: {status}");
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// What serves the pages, until it is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(work: &Path, pages: &Path) -> Result<Self> {
        let mut child = Command::new("node")
            .arg("serve.mjs")
            .arg(pages)
            .current_dir(work)
            .stdout(Stdio::piped())
            .spawn()
            .context("running node")?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).context("the server's port")?;
        }
        let port = line.trim().parse().with_context(|| format!("the server's port: {line:?}"))?;
        Ok(Self { child, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
