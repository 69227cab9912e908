//! `cargo xtask wpt`: web-platform-tests.
//!
//! The tests are a checkout (`WPT_ROOT`); the runner, and the list that is the
//! denominator, are a folder of their own (`WPT_RUNNER`). What was reached last is
//! kept in `docs/wpt/`, test by test, and summed up in `docs/wpt.md`.

mod checkout;
mod record;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use checkout::Checkout;
use record::{Kind, Outcomes, Record};

/// Runs web-platform-tests against `virga` and compares with the last record.
#[derive(Args)]
pub(crate) struct Options {
    /// Directories to run, such as `dom`, `html/semantics` or `css/cssom`; all of
    /// the list without any.
    directories: Vec<String>,
    /// A checkout of web-platform-tests.
    #[arg(long, env = "WPT_ROOT")]
    root: PathBuf,
    /// The folder with `run_wpt.mjs` and `lists/`.
    #[arg(long, env = "WPT_RUNNER", default_value = "../shared/wpt")]
    runner: PathBuf,
    /// The list of tests that count, instead of the runner's `lists/open.txt`.
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only tests whose address matches this regular expression.
    #[arg(long)]
    filter: Option<String>,
    /// Tests that need synthetic input, which have no list: all of the directories.
    #[arg(long, conflicts_with_all = ["list", "reftest"])]
    testdriver: bool,
    /// Reference tests, which compare pictures, instead of script tests.
    #[arg(long)]
    reftest: bool,
    /// Tests at a time; one per core without it.
    #[arg(long)]
    jobs: Option<usize>,
    /// Seconds a test may take; those that the checkout calls long get twice that.
    #[arg(long, default_value_t = 13)]
    timeout: u32,
    /// The `virga` to run; without it the release profile is built.
    #[arg(long)]
    virga: Option<PathBuf>,
    /// Keeps what was reached in `docs/wpt.md` and `docs/wpt/`.
    #[arg(long)]
    record: bool,
}

impl Options {
    fn kind(&self) -> Kind {
        match (self.testdriver, self.reftest) {
            (true, _) => Kind::Testdriver,
            (_, true) => Kind::Reftest,
            _ => Kind::Testharness,
        }
    }
}

/// Runs the tests, prints a table per directory and what got worse.
///
/// # Errors
///
/// What is missing for a run, and where something got worse than recorded.
pub(crate) fn run(project: &Path, options: &Options) -> Result<()> {
    let kind = options.kind();
    let virga = match &options.virga {
        Some(virga) => virga.canonicalize().with_context(|| missing("program", virga))?,
        None => crate::build_virga(project)?,
    };
    let checkout = Checkout::prepare(project, &options.root, &options.runner)?;
    let list = match (kind, &options.list) {
        (Kind::Testdriver, _) => None,
        (_, Some(list)) => Some(list.canonicalize().with_context(|| missing("list", list))?),
        (_, None) => Some(checkout.runner.join("lists/open.txt")),
    };
    let _server = server::Server::start(&checkout)?;
    let results = checkout.work.join(format!("{}.json", kind.name()));
    let runs = match kind {
        Kind::Testdriver => Some(checkout.testdriver_list()?),
        _ => list.clone(),
    };
    run_tests(options, &checkout, runs.as_deref(), &virga, &results)?;

    let outcomes = match &list {
        Some(list) => Outcomes::of_list(
            &results,
            list,
            kind,
            |directory| options.covers(directory),
            options.filter.is_some(),
        )?,
        None => Outcomes::of_run(&results, &checkout.selection())?,
    };
    ensure!(!outcomes.is_empty(), "no test matches {}", options.directories.join(" "));
    let mut record = Record::read(project)?;
    let worse = record.compare(kind, &outcomes);
    if options.record {
        record.take(kind, outcomes);
        record.write(project)?;
    }
    if worse.is_empty() {
        return Ok(());
    }
    println!("\nworse than recorded:");
    for line in &worse {
        println!("  {line}");
    }
    // A new record is a decision; without one, getting worse is a failure.
    ensure!(options.record, "{} tests got worse", worse.len());
    Ok(())
}

impl Options {
    /// Whether a directory belongs to what was asked for.
    fn covers(&self, directory: &str) -> bool {
        self.directories.is_empty()
            || self.directories.iter().any(|wanted| {
                let wanted = wanted.trim_end_matches('/');
                directory.strip_prefix(wanted).is_some_and(|r| r.is_empty() || r.starts_with('/'))
            })
    }
}

fn missing(what: &str, path: &Path) -> String {
    format!("there is no {what} at {}", path.display())
}

fn run_tests(
    options: &Options,
    checkout: &Checkout,
    list: Option<&Path>,
    virga: &Path,
    results: &Path,
) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let virga = virga.display();
    let mut node = Command::new("node");
    node.current_dir(&checkout.work)
        .arg(checkout.work.join("run_wpt.mjs"))
        .args(["--driver", "cli", "--base", server::BASE])
        .arg("--selection")
        .arg(checkout.selection())
        .arg("--out")
        .arg(results)
        .args(["--jobs", &options.jobs.unwrap_or(cores).to_string()])
        .args(["--timeout", &options.timeout.to_string()])
        .args(["--long-timeout", &(2 * options.timeout).to_string()]);
    if options.reftest {
        let shot =
            format!("'{virga}' screenshot {{url}} --size {{width}}x{{height}} --out {{out}}");
        node.args(["--type", "reftest", "--shot", &shot]);
    } else {
        let hooks = if options.testdriver { "--test-hooks " } else { "" };
        let command = format!("'{virga}' run --headless {hooks}--timeout {{timeout}} {{url}}");
        node.args(["--cmd", &command]);
    }
    if let Some(list) = list {
        node.arg("--list").arg(list);
    }
    if options.testdriver {
        node.arg("--testdriver");
    }
    if !options.directories.is_empty() {
        let directories: Vec<_> =
            options.directories.iter().map(|d| d.trim_end_matches('/')).collect();
        node.args(["--cat", &directories.join("|")]);
    }
    if let Some(filter) = &options.filter {
        node.args(["--filter", filter]);
    }
    let status = node.status().context("running the test runner with `node`")?;
    if !status.success() {
        bail!("the test runner failed: {status}");
    }
    Ok(())
}
